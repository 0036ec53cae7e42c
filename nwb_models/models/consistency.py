"""What has to fit together within one object, as far as shapes and attributes tell: no data is read for it.

The rules are a table, `RULES`, by the types that they are about: every type that derives from one inherits its rules.
Reading a whole file applies those whose breach is an error, and `nwb_models.validate` all of them.
"""

# ruff: noqa: ARG001 - all rules are called alike

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from nwb_models.errors import NWBError
from nwb_models.models.base import NWBDataset, NWBGroup, NWBModel
from nwb_models.models.columns import column_names
from nwb_models.models.mapping import storage, type_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Blocks = Iterable[tuple[int, np.ndarray[Any, Any]]]

Severity = Literal["error", "warning"]


class Problem(NamedTuple):
    """Where an object breaks a rule."""

    where: str
    """What is behind the path of the object: ``/child``, ``@attribute``, or nothing for itself."""
    expected: str
    """What the rule asks for."""
    found: str
    """What is there."""
    name: str = ""
    """The name that an attribute lists wrongly, where it is about one."""


class Children:
    """The children of a group, all of which are in memory, and what several rules ask of a table.

    Looking one up takes a quarter of the time that the group would take: reading asks for some of every series.

    Parameters
    ----------
    model
        The group.
    """

    def __init__(self, model: NWBModel) -> None:
        cls: Any = type(model)
        self._model: Any = model
        self._fields, self._data = storage(cls).children, model.__dict__

    def get(self, name: str) -> Any:
        """Return a child that the type has under a name, None where it is not there."""
        entry = self._fields.get(name)
        return None if entry is None else self._data.get(entry.field)

    def items(self) -> Iterable[tuple[str, Any]]:
        """Return all children with their names."""
        return self._all.items()

    @cached_property
    def _all(self) -> dict[str, Any]:
        model = self._model
        if not isinstance(model, NWBGroup):
            return {}
        if model._source is None:
            return dict(children_of(model))
        cls: Any = type(model)
        found = {name: child for name in self._fields if (child := self.get(name)) is not None}
        for entry in storage(cls).collections:
            collection = self._data.get(entry.field)
            if collection is not None:
                found.update(collection._items)
        if model._shelf is not None:
            found.update(model._shelf.extras)
        return found

    @cached_property
    def colnames(self) -> list[str]:
        """The names that the table lists."""
        return column_names(getattr(self._model, "colnames", None))

    @cached_property
    def columns(self) -> dict[str, Any]:
        """What is a dataset or an array, by its name."""
        return {name: child for name, child in self.items() if _is_dataset(child) or hasattr(child, "ndim")}

    @cached_property
    def indexes(self) -> dict[str, Any]:
        """The indexes among these."""
        return {name: child for name, child in self.columns.items() if _is_index(child)}


@dataclass(frozen=True, slots=True)
class Rule:
    """What has to be so in objects of some types."""

    name: str
    """What findings are called by; it does not change."""
    types: tuple[str, ...]
    """The types that it is about, with all that derive from them; none for all objects."""
    severity: Severity
    """``error`` where the specification says so or the data cannot be used; ``warning`` where it is at least odd."""
    check: Callable[..., Iterator[Any]]
    """Yields what breaks the rule: in a model, given its children by their names; or, where data is read, in a model
    and its place.  Both may be anything that a file holds there."""
    source: str
    """Who says so."""
    besides: tuple[str, ...] = ()
    """Children, and attributes behind an ``@``, whose change can break it, besides what a problem names."""


# ---------------------------------------------------------------------------------------------- tables
def missing_columns(table: NWBModel, children: Children) -> Iterator[Problem]:
    """Yield names of columns that are not there; one that the type requires is missing in any case."""
    columns, required = children.columns, storage(type(table)).children
    for name in dict.fromkeys(children.colnames):
        if name not in columns and not (name in required and required[name].required):
            yield Problem("@colnames", "names of columns of the table", f"{name!r}, which is none", name)


def undeclared_columns(table: Any, children: Children) -> Iterator[Problem]:
    """Yield columns that `colnames` does not list; what an enumeration takes its labels from is none."""
    columns = children.columns
    if getattr(table, "colnames", None) is None:  # which is a departure of its own
        return
    names = set(children.colnames)
    rest = [
        name
        for name, child in columns.items()
        if name not in names and "VectorData" in types_of(child) and not _is_index(child)
    ]
    elements = [getattr(child, "elements", None) for child in columns.values()] if rest else []
    for name in rest:
        if all(columns[name] is not entry for entry in elements):
            yield Problem(f"/{name}", "a column that colnames lists", f"{name!r}, which it does not")


def repeated_columns(table: Any, children: Children) -> Iterator[Problem]:
    """Yield names that `colnames` has twice."""
    for name, count in Counter(children.colnames).items():
        if count > 1:
            yield Problem("@colnames", "each name once", f"{name!r} {count} times", name)


def column_lengths(table: Any, children: Children) -> Iterator[Problem]:
    """Yield columns that are not as long as the table; of a ragged one, its outermost index."""
    rows = length_of(children.get("id"))
    if rows is None:
        return
    columns, indexes = children.columns, _index_names(children)
    for name in dict.fromkeys(children.colnames):
        outermost, passed = name, {name}
        while indexes.get(outermost, name) not in passed:
            outermost = indexes[outermost]
            passed.add(outermost)
        found = length_of(columns.get(outermost))
        if found not in (None, rows):
            yield Problem(f"/{outermost}", f"{rows} rows, as the table has by its id", f"{found}")


def index_targets(index: Any, children: Children) -> Iterator[Problem]:
    """Yield an index that leads back to itself."""
    if leads_round(index):
        yield Problem("@target", "a column, at the end", "an index that leads back to itself")


def leads_round(index: Any) -> bool:
    """Tell whether the targets of an index lead back to it."""
    passed: list[Any] = []
    target = _target(index)
    while _is_index(target) and target is not index and all(target is not entry for entry in passed):
        passed.append(target)
        target = _target(target)
    return target is index


def foreign_targets(table: Any, children: Children) -> Iterator[Problem]:
    """Yield indexes of what is no column of their table."""
    inside = {id(child) for child in children.columns.values()} if children.indexes else ()
    for name, child in children.indexes.items():
        target = _target(child)
        if _is_dataset(target) and id(target) not in inside:
            yield Problem(f"/{name}@target", "a column of the same table", str(target.path or target.name))


def aligned_categories(table: Any, children: Children) -> Iterator[Problem]:
    """Yield categories that are not there, or that are there and not listed."""
    names = column_names(getattr(table, "categories", None))
    tables = {name: child for name, child in children.items() if "DynamicTable" in types_of(child)}
    for name in dict.fromkeys(names):
        if name not in tables:
            yield Problem("@categories", "names of tables in this one", f"{name!r}, which is none", name)
    for name in tables:
        if name not in names:
            yield Problem(f"/{name}", "a table that categories lists", f"{name!r}, which it does not")


def aligned_lengths(table: Any, children: Children) -> Iterator[Problem]:
    """Yield categories that are not as long as the table that they are in."""
    rows = length_of(children.get("id"))
    for name, child in children.items():
        if rows is not None and "DynamicTable" in types_of(child):
            found = length_of(getattr(child, "id", None))
            if found not in (None, rows):
                yield Problem(f"/{name}", f"{rows} rows, as the table has that it is aligned with", f"{found}")


def _target(index: Any) -> Any:
    return getattr(index, "target", None)


def _index_names(children: Children) -> dict[str, str]:
    """Return the index of each column that has one: that which leads to it, or, where it leads nowhere, by its name."""
    if not children.indexes:
        return {}
    names = {id(child): name for name, child in children.columns.items()}
    found: dict[str, str] = {}
    lost = []
    for name, child in children.indexes.items():
        target = names.get(id(_target(child)))
        if target is None or target == name:
            lost.append(name)
        else:
            found[target] = name
    for name in lost:
        if name.endswith("_index"):
            found.setdefault(name.removesuffix("_index"), name)
    return found


def _is_index(model: Any) -> bool:
    return _is_dataset(model) and "VectorIndex" in types_of(model)


# ---------------------------------------------------------------------------------------------- numbers of rows
def index_order(index: Any, blocks: Blocks) -> Iterator[Problem]:
    """Yield an index that goes back."""
    before = None
    for start, block in blocks:
        joined = block if before is None else np.concatenate(([before], block))
        wrong = np.flatnonzero(joined[1:] < joined[:-1])
        if len(wrong):
            row = start + int(wrong[0]) + (before is None)
            found = f"{joined[wrong[0] + 1]} behind {joined[wrong[0]]}, at row {row}"
            yield Problem("", "numbers that never go down", found)
            return
        before = block[-1] if len(block) else before


def index_range(index: Any, blocks: Blocks) -> Iterator[Problem]:
    """Yield an index that leads out of its column."""
    length = None if leads_round(index) else length_of(getattr(index, "target", None))
    for start, block in blocks if length is not None else ():
        wrong = np.flatnonzero((block < 0) | (block > length))
        if len(wrong):
            yield Problem("", f"numbers up to {length}, the length of its column", first_of(block, wrong, start))
            return


def index_end(index: Any, blocks: Blocks) -> Iterator[Problem]:
    """Yield an index that ends before its column does: what is behind belongs to no row."""
    length, last = length_of(getattr(index, "target", None)), None
    if not length or length_of(index) is None or leads_round(index):
        return
    for _, block in blocks:
        last = int(block[-1]) if len(block) else last
    if (last is None and length_of(index) == 0) or (last is not None and 0 <= last < length):
        yield Problem("", f"numbers that end with {length}, the length of its column", f"{last or 0} at the end")


def enumeration_range(column: Any, blocks: Blocks) -> Iterator[Problem]:
    """Yield numbers that stand for no label."""
    labels = length_of(getattr(column, "elements", None))
    for start, block in blocks if labels is not None else ():
        wrong = np.flatnonzero((block < 0) | (block >= labels))
        if len(wrong):
            yield Problem("", f"numbers of {labels} labels, counted from 0", first_of(block, wrong, start))
            return


def region_range(region: Any, blocks: Blocks) -> Iterator[Problem]:
    """Yield rows that a table does not have."""
    table: Any = getattr(region, "table", None)
    if table is None or "DynamicTable" not in types_of(table):
        return
    rows = length_of(getattr(table, "id", None))
    for start, block in blocks if rows is not None else ():
        wrong = np.flatnonzero((block < 0) | (block >= rows))
        if len(wrong):
            where = table.path or table.name
            yield Problem("", f"rows of {where}, which has {rows}, counted from 0", first_of(block, wrong, start))
            return


def first_of(block: Any, wrong: Any, start: int) -> str:
    """Return the first of some wrong numbers in a block, and how many more there are."""
    return f"{block[wrong[0]]}, at row {start + int(wrong[0])}{more(len(wrong))}"


def more(count: int) -> str:
    """Return how many there are besides the one that is named."""
    return f" (and {count - 1} more)" if count > 1 else ""


# ---------------------------------------------------------------------------------------------- time series
def times_there(series: Any, children: Children) -> Iterator[Problem]:
    """Yield a series of which nobody can tell when it was."""
    if children.get("timestamps") is None and children.get("starting_time") is None:
        yield Problem("", "timestamps, or starting_time and its rate", "neither")


def times_once(series: Any, children: Children) -> Iterator[Problem]:
    """Yield a series that says twice when it was."""
    if children.get("timestamps") is not None and children.get("starting_time") is not None:
        yield Problem("", "timestamps, or starting_time and its rate", "both")


def times_lengths(series: Any, children: Children) -> Iterator[Problem]:
    """Yield timestamps that are not as many as there are samples; the frames of other files are not counted."""
    times = length_of(children.get("timestamps"))
    samples = length_of(children.get("data")) if times is not None else None
    if samples in (None, times) or (samples == 0 and _is_external(children)):
        return
    yield Problem("/timestamps", f"{samples} times, one for each sample of data", f"{times}")


def control_lengths(series: Any, children: Children) -> Iterator[Problem]:
    """Yield labels of samples that are not as many as those; none at all are what some write for nothing."""
    labels = length_of(children.get("control"))
    samples = length_of(children.get("data")) if labels else None
    if samples not in (None, labels):
        yield Problem("/control", f"{samples} labels, one for each sample of data", f"{labels}")


def control_described(series: Any, children: Children) -> Iterator[Problem]:
    """Yield labels of samples of which nobody says what they mean."""
    if children.get("control") is not None and children.get("control_description") is None:
        yield Problem("/control_description", "descriptions of the labels in control", "none")


def rate_above_zero(series: Any, children: Children) -> Iterator[Problem]:
    """Yield a rate at which no time passes, or nobody can tell how much."""
    rate = getattr(children.get("starting_time"), "rate", None)
    if (wanted := clock_problem("rate", rate)) is not None:
        yield Problem("/starting_time@rate", wanted, f"{rate}")


def start_finite(series: Any, children: Children) -> Iterator[Problem]:
    """Yield a starting time that is no time."""
    start = getattr(children.get("starting_time"), "value", None)
    if (wanted := clock_problem("starting_time", start)) is not None:
        yield Problem("/starting_time", wanted, f"{start}")


def clock_problem(name: str, value: Any) -> str | None:
    """Return what a `rate` or a `starting_time` has to be, where a number is none; None where it is one."""
    if not isinstance(value, float | int | np.number):
        return None
    if name == "rate":
        return None if value > 0 and np.isfinite(value) else "a finite number above 0, in Hz"
    return None if np.isfinite(value) else "a finite number of seconds"


def frames_of_files(series: Any, children: Children) -> Iterator[Problem]:
    """Yield frames that are said to begin files which are not as many."""
    files = children.get("external_file")
    count, starts = length_of(files), length_of(getattr(files, "starting_frame", None))
    if count is not None and starts not in (None, count):
        yield Problem("/external_file@starting_frame", f"{count} numbers, one for each file", f"{starts}")


def electrodes_of_channels(series: Any, children: Children) -> Iterator[Problem]:
    """Yield electrodes that are not as many as there are channels; events of one channel need no axis for it."""
    if "SpikeEventSeries" not in types_of(series) or len(shape_of(children.get("data")) or ()) == 3:
        yield from _channels(children, "electrodes")
    yield from _channels(children, "channel_conversion")


def rois_of_channels(series: Any, children: Children) -> Iterator[Problem]:
    """Yield regions of interest that are not as many as there are traces."""
    yield from _channels(children, "rois")


def _channels(children: Children, field: str) -> Iterator[Problem]:
    shape, found = shape_of(children.get("data")), length_of(children.get(field))
    if not shape or found is None:
        return
    channels = shape[1] if len(shape) > 1 else 1
    if found != channels and 0 not in shape:
        yield Problem(f"/{field}", f"{channels}, one for each channel of data", f"{found}")


def _is_external(children: Children) -> bool:
    return children.get("external_file") is not None or children.get("format") == "external"


# ---------------------------------------------------------------------------------------------- the table
_TABLE, _ALIGNED, _SERIES = "hdmf-common: DynamicTable", "hdmf-common: AlignedDynamicTable", "core: TimeSeries"
RULES: tuple[Rule, ...] = (
    Rule("column-missing", ("DynamicTable",), "error", missing_columns, _TABLE),
    Rule("column-undeclared", ("DynamicTable",), "error", undeclared_columns, _TABLE, ("@colnames",)),
    Rule("column-repeated", ("DynamicTable",), "error", repeated_columns, _TABLE),
    Rule("column-length", ("DynamicTable",), "error", column_lengths, _TABLE, ("id",)),
    Rule("index-cycle", ("VectorIndex",), "error", index_targets, "hdmf-common: VectorIndex"),
    Rule("index-target", ("DynamicTable",), "error", foreign_targets, "hdmf-common: VectorIndex"),
    Rule("category-names", ("AlignedDynamicTable",), "error", aligned_categories, _ALIGNED, ("@categories",)),
    Rule("category-length", ("AlignedDynamicTable",), "error", aligned_lengths, _ALIGNED, ("id",)),
    Rule("time-missing", ("TimeSeries",), "error", times_there, _SERIES, ("timestamps", "starting_time")),
    Rule("time-twice", ("TimeSeries",), "warning", times_once, _SERIES),
    Rule("time-length", ("TimeSeries",), "error", times_lengths, _SERIES, ("data",)),
    Rule("control-length", ("TimeSeries",), "error", control_lengths, _SERIES, ("data",)),
    Rule("control-description", ("TimeSeries",), "warning", control_described, _SERIES),
    Rule("rate", ("TimeSeries",), "warning", rate_above_zero, _SERIES),
    Rule("time-start", ("TimeSeries",), "warning", start_finite, _SERIES),
    Rule("frames", ("ImageSeries",), "error", frames_of_files, "core: ImageSeries"),
    Rule("channels", ("ElectricalSeries",), "warning", electrodes_of_channels, "core: ElectricalSeries"),
    Rule("channels", ("RoiResponseSeries",), "warning", rois_of_channels, "core: RoiResponseSeries"),
)
"""All rules that need no data."""

OF_NUMBERS: tuple[Rule, ...] = (
    Rule("index-order", ("VectorIndex",), "error", index_order, "hdmf-common: VectorIndex"),
    Rule("index-range", ("VectorIndex",), "error", index_range, "hdmf-common: VectorIndex"),
    Rule("index-end", ("VectorIndex",), "warning", index_end, "hdmf-common: VectorIndex"),
    Rule("region-range", ("DynamicTableRegion",), "error", region_range, "hdmf-common: DynamicTableRegion"),
    Rule("enum-range", ("EnumData",), "error", enumeration_range, "hdmf-experimental: EnumData"),
)
"""Rules about numbers of rows or labels: their checks take a model, and blocks of its numbers, each with its first
row."""

WHEN_MADE = frozenset({"time-length", "time-twice", "time-start", "rate", "control-length", "region-range"})
"""Rules that an object is held against when it is made, about what its constructor gets at once: others are about what
can still be given, such as times, and are asked for when it is written.  Some are warnings of a file that is read."""


def problems_of(model: NWBModel, severity: Severity | None = None) -> Iterator[tuple[Rule, Problem]]:
    """Yield what breaks the rules in a model; all of them, or those of a severity."""
    rules = rules_of(type(model), severity)
    if rules:
        children = Children(model)
        for rule in rules:
            for problem in rule.check(model, children):
                yield rule, problem


def require_fitting(model: Any) -> None:
    """Refuse what a constructor was given, where the rules of `WHEN_MADE` say that it does not go together.

    Raises
    ------
    ValueError
        Where it breaks a rule.
    """
    cls: Any = type(model)
    of_children, of_numbers = _rules_when_made(cls)
    children = Children(model) if of_children else None
    problems = [problem for rule in of_children for problem in rule.check(model, children)]
    value = getattr(model, "value", None) if of_numbers else None
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "iu":
        problems += [problem for rule in of_numbers for problem in rule.check(model, [(0, value)])]
    if problems:
        where = [f"{problem.where[1:]}: " if problem.where else "" for problem in problems]
        said = [f"{at}expected {p.expected}, found {p.found}" for at, p in zip(where, problems, strict=True)]
        msg = f"{model!r} does not fit together: {'; '.join(said)}"
        raise ValueError(msg)


@cache
def _rules_when_made(cls: type) -> tuple[tuple[Rule, ...], ...]:
    """Return the rules of `WHEN_MADE` for objects of a class: about its children, and about numbers of rows."""
    return tuple(
        tuple(rule for rule in applying(rules, cls) if rule.name in WHEN_MADE) for rules in (RULES, OF_NUMBERS)
    )


def children_of(group: Any) -> Iterator[tuple[str, Any]]:
    """Yield the children of a group that can be read, with their names."""
    for name, _ in group._children():
        with contextlib.suppress(NWBError):
            yield name, group._child(name)


@cache
def rules_of(cls: type, severity: Severity | None = None) -> tuple[Rule, ...]:
    """Return the rules for objects of a class, all or those of a severity."""
    return tuple(rule for rule in applying(RULES, cls) if severity in (None, rule.severity))


def applying(rules: tuple[Rule, ...], cls: type) -> tuple[Rule, ...]:
    """Return those of some rules that are about objects of a class."""
    types = type_names(cls)
    return tuple(rule for rule in rules if not rule.types or not types.isdisjoint(rule.types))


def types_of(model: Any) -> frozenset[str]:
    """Return the types of a model: its own and those that it derives from, in any version; none of anything else."""
    cls: Any = type(model)
    return type_names(cls)


def _is_dataset(model: Any) -> bool:
    """Tell whether something is the model of a dataset: to ask pydantic's classes takes five times as long."""
    cls: Any = type(model)
    return _is_of_datasets(cls)


@cache
def _is_of_datasets(cls: Any) -> bool:
    return issubclass(cls, NWBDataset)


def shape_of(value: Any) -> tuple[int, ...] | None:
    """Return the shape of what is stored in a dataset; None where nothing is, or its length is not known yet."""
    value = value.value if _is_dataset(value) else value
    shape = getattr(value, "shape", None)
    return None if shape is None or None in shape else shape


def length_of(value: Any) -> int | None:
    """Return the length of the first axis; None where there is none, or it is not known."""
    shape = shape_of(value)
    return shape[0] if shape else None
