"""`validate`: what is not as it has to be in a file, or in models.

The first half is what reading notes: each departure from the specifications of the file.  The second half are rules for
what the specifications say in words, see `nwb_models.validation.rules`: most of them read data.
"""

from __future__ import annotations

import dataclasses
import os
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from nwb_models.errors import DanglingReferenceError, InvalidModelError, NWBError
from nwb_models.io.classes import SPECIFIED
from nwb_models.io.deconstruct import deconstruct
from nwb_models.io.hdf5 import HDF5IO
from nwb_models.io.progress import report
from nwb_models.io.sources import Sources
from nwb_models.limits import DEFAULT, Limits
from nwb_models.models.base import NWBGroup, NWBModel
from nwb_models.models.consistency import OF_NUMBERS, RULES, Problem, children_of, problems_of
from nwb_models.models.mapping import storage
from nwb_models.models.mixins.files import NWBFileMixin
from nwb_models.validation.members import of_members
from nwb_models.validation.reading import Place
from nwb_models.validation.references import CHARSET, references
from nwb_models.validation.report import Finding, Report
from nwb_models.validation.rules import OF_READING, data_rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nwb_models.models.consistency import Rule, Severity
    from nwb_models.models.issues import Issue

WRITTEN_AGAIN = frozenset(rule.name for rule in (*RULES, *OF_NUMBERS))
"""Rules whose breach writing finds as well."""


def validate(
    subject: str | os.PathLike[str] | NWBModel,
    *,
    data: bool = True,
    external_links: bool = False,
    limits: Limits = DEFAULT,
) -> Report:
    """Say where a file, or a model, is not as its specifications ask for.

    A file is held against its own specifications.  Of its data, as much is read as the rules need: indexes and row
    numbers of tables, references, timestamps; block by block.

    Parameters
    ----------
    subject
        The path of a file; or a model: of one that was read from a file and is unchanged, that part of the file is
        looked at, of others what they hold.
    data
        Whether to read data; without, only types, shapes, attributes and links are looked at.
    external_links
        Whether to follow links to files outside of the folder of the file.
    limits
        What is refused as too large.

    Returns
    -------
    Report
        All findings; true where there is no error.  A file that cannot be opened is one finding.

    Raises
    ------
    ClosedFileError
        Where a model is given whose file is gone, or another one by now.

    Examples
    --------
    >>> import nwb_models as nwb
    >>> report = nwb.validate("session.nwb")  # doctest: +SKIP
    >>> report.ok, len(report.errors), len(report.warnings)  # doctest: +SKIP
    (True, 0, 0)
    """
    if isinstance(subject, NWBModel):
        source, path = subject._source, subject.path
        if source is None or path is None or source.has_changes(path):
            return _of_models(subject, data=data)
        return _of_file(source, path, data=data)
    if not isinstance(subject, str | bytes | os.PathLike):
        msg = f"the path of a file, or a model, is needed here, and not {subject!r:.80}"  # type: ignore[unreachable]
        raise TypeError(msg)
    name = os.fsdecode(subject)
    try:
        with HDF5IO(name, external_links=external_links, limits=limits) as io:
            return _of_file(io, "/", data=data)
    except NWBError as error:
        return Report(
            name, (Finding("/", "unreadable", "an NWB file", _text(error, name), "error"),), is_readable=False
        )


def _of_file(io: HDF5IO, path: str, *, data: bool) -> Report:
    """Look at a file, or at what is at and below a path of it."""
    root = io.read("/" if path == "/" else path, eager=True)
    below = path.rstrip("/") + "/"
    models = [
        model for model in list(io.builder.models.values()) if isinstance(model, NWBModel) and model._source is io
    ]
    if path != "/":
        models = [model for model in models if f"{model.path}/".startswith(below)]
    issues = [issue for issue in io.issues if path == "/" or f"{issue.path}/".startswith((below, f"{path}@"))]
    whole = root if path == "/" else io.read("/")
    found = list(_of_reading(io, issues, models))
    found += _of_rules([(str(model.path), model) for model in models], whole, "warning", data=data)  # errors are issues
    found += of_members(io, models)
    if not io.is_specified:
        taken = f"none; core {io.provider.versions['core']} was taken"
        found.append(Finding("/specifications", "specification", "those of core", taken, "warning"))
    return Report(io.filename if path == "/" else f"{io.filename}:{path}", _sorted(found))


def _of_models(model: NWBModel, *, data: bool) -> Report:
    """Look at models that are in no file, or were changed since they were read."""
    found = []
    if isinstance(model, NWBFileMixin):
        try:
            with Sources() as sources:
                deconstruct(model, sources)
        except InvalidModelError as error:
            found = [_of_issue(issue) for issue in error.issues if issue.rule not in WRITTEN_AGAIN]
        except DanglingReferenceError as error:
            found = [Finding("/", "reference", "an object of the file", line, "error") for line in error.referrers]
    broken = _of_rules(list(_walked(model)), model, None, data=data)
    known = {(finding.path, finding.rule) for finding in broken}
    found = [finding for finding in found if (finding.path, finding.rule) not in known]
    return Report(repr(model), _sorted([*found, *broken]))


def _walked(root: NWBModel) -> Iterator[tuple[str, NWBModel]]:
    """Yield a model and all below it, each once, with its path."""
    waiting, seen = [("/", root)], {id(root)}
    while waiting:
        path, model = waiting.pop()
        yield path, model
        for name, child in children_of(model) if isinstance(model, NWBGroup) else ():
            if isinstance(child, NWBModel) and id(child) not in seen:
                seen.add(id(child))
                waiting.append((f"{path.rstrip('/')}/{name}", child))


def _of_rules(models: list[tuple[str, NWBModel]], root: Any, severity: Severity | None, *, data: bool) -> list[Finding]:
    """Return what breaks the rules in models; of those that need no data, all or those of a severity."""
    found = []
    asked = _asked(models) if data else {}
    report(0, len(models))
    for path, model in models:
        report(1)
        problems: Iterator[tuple[Rule, Problem]] = problems_of(model, severity)
        found += [_of_problem(path, model, rule, problem) for rule, problem in problems]
        if data:
            found += _of_data(path, model, Place(root, asked.get(id(model))))
            found += _of_plain_data(path, model, root)
    return [*found, *_repeated_ids(models)]


def _of_data(path: str, model: NWBModel, place: Place) -> Iterator[Finding]:
    """Yield what breaks the rules that read data."""
    with_rules = ((rule, rule.check(model, place)) for rule in data_rules_of(type(model)))
    problems = ((rule, problem) for rule, found in with_rules for problem in found)
    yield from _read(path, model, chain(problems, references(model, place)))


def _of_plain_data(path: str, model: NWBModel, root: Any) -> Iterator[Finding]:
    """Yield references to nothing, and the like, in the datasets of a group that have no model of their own."""
    for name, field, dtype in _plain_fields(type(model)):
        value, place = model.__dict__.get(field), Place(root, dtype)
        problems = chain(((CHARSET, problem) for problem in CHARSET.check(value, place)), references(value, place))
        yield from _read(f"{path.rstrip('/')}/{name}", model, problems)


@cache
def _plain_fields(cls: type) -> tuple[tuple[str, str, Any], ...]:
    """Return name, field and dtype of the plain datasets of a group whose dtype says more than reading looks at."""
    return tuple(
        (name, entry.field, entry.marker.dtype)
        for name, entry in storage(cls).children.items()
        if entry.model is None and (entry.marker.dtype == "ascii" or "object:" in str(entry.marker.dtype))
    )


def _read(path: str, model: NWBModel, problems: Iterator[tuple[Rule, Problem]]) -> Iterator[Finding]:
    """Yield findings; data that cannot be read is one."""
    try:
        for rule, problem in problems:
            yield _of_problem(path, model, rule, problem)
    except NWBError as error:
        source = model._source
        text = _text(error, source.location if source is not None else "")
        yield Finding(path, "unreadable", "data that can be read", text, "error", model.neurodata_type)


def _asked(models: Iterable[tuple[str, NWBModel]]) -> dict[int, Any]:
    """Return the dtypes that groups ask for in the datasets in them, by the identity of these."""
    found: dict[int, Any] = {}
    for _, model in models:
        for entry in storage(type(model)).children.values():
            if entry.marker.dtype is not None and entry.model is not None:
                child = model.__dict__.get(entry.field)
                if child is not None:
                    found[id(child)] = entry.marker.dtype
    return found


def _repeated_ids(models: Iterable[tuple[str, NWBModel]]) -> Iterator[Finding]:
    """Yield objects that have the identifier of another one."""
    known: dict[str, str] = {}
    for path, model in models:
        identifier = model.object_id
        if isinstance(identifier, str) and known.setdefault(identifier, path) != path:
            found = f"{identifier!r}, as {known[identifier]} has"
            yield Finding(
                f"{path}@object_id", "object-id", "an identifier of its own", found, "error", model.neurodata_type
            )


# ---------------------------------------------------------------------------------------------- findings
def _of_reading(io: HDF5IO, issues: Iterable[Issue], models: Iterable[NWBModel]) -> Iterator[Finding]:
    """Yield what reading has noted; of what nothing specifies, it says no more than that."""
    unspecified = {model.path: model.namespace for model in models if not model.specified}
    for issue in issues:
        if issue.path not in unspecified:
            yield _of_issue(issue)
        elif issue.rule != "unknown":
            namespace, finding = unspecified[issue.path], _of_issue(issue)
            if issue.expected == SPECIFIED and namespace is not None and namespace not in io.provider.versions:
                wanted = "a namespace of the file's specifications"
                finding = dataclasses.replace(finding, rule="namespace", expected=wanted)
            yield finding


def _of_issue(issue: Issue) -> Finding:
    """Return what reading or writing has noted as a finding."""
    severity: Severity = OF_READING.get(issue.rule, "error")
    return Finding(issue.path, issue.rule, issue.expected, issue.found, severity, issue.neurodata_type)


def _of_problem(path: str, model: NWBModel, rule: Rule, problem: Problem) -> Finding:
    where = f"{path.rstrip('/') if problem.where.startswith('/') else path}{problem.where}"
    return Finding(where, rule.name, problem.expected, problem.found, rule.severity, model.neurodata_type)


def _sorted(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of their paths, each once."""
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: finding.path))


def _text(error: Exception, name: str) -> str:
    """Return what an error says of a file, as what was found in its place."""
    text = str(error)
    if text.startswith(f"{name} "):
        return f"one that {text.removeprefix(f'{name} ')}"
    return text.removeprefix(f"{name}:").lstrip()
