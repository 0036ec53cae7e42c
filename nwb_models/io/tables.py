"""Whether objects that are written hold together: only what is new or changed is looked at.

What was read from a file and is unchanged is copied as it is, right or wrong.  The rules are those errors of
`nwb_models.models.consistency`; of data on disk, no more than lengths and ends are read for them, and the numbers of an
enumeration that gets other labels.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.errors import NWBError
from nwb_models.io.blocks import unwrapped
from nwb_models.io.checking import parts
from nwb_models.io.plan import NewDataset, NewGroup
from nwb_models.io.sources import identity_of
from nwb_models.models.appending import Appended
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBModel
from nwb_models.models.columns import child_of, column_names, is_a
from nwb_models.models.consistency import OF_NUMBERS, RULES, WHEN_MADE, Children, applying, rules_of
from nwb_models.models.mixins.tables import DynamicTableMixin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nwb_models.io.deconstruct import Deconstruction
    from nwb_models.io.plan import Identity, NewObject
    from nwb_models.models.consistency import Problem, Rule

    Numbers = Iterable[tuple[int, np.ndarray[Any, Any]]]


LISTS = {name for rule in RULES for name in rule.besides if name.startswith("@")}
"""The attributes that list children."""


def check_fitting(walk: Deconstruction) -> None:
    """Note what in new and changed objects breaks the rules that are errors, and identifiers that two objects have."""
    for made in list(walk.plan.objects.values()):
        model: Any = walk.models.get(made.identity)
        if isinstance(made, NewGroup):
            _check_group(walk, made, model)
        elif isinstance(made, NewDataset) and is_a(model, "VectorData"):
            _check_rules(walk, made, model, Children(model), {f"@{name}" for name in made.attributes})
            if made.value is not None and is_a(model, "DynamicTableRegion"):
                _check_numbers(walk, made, "", model, _new_part(model.value))
    _check_identifiers(walk)


def _check_identifiers(walk: Deconstruction) -> None:
    """Note identifiers that were given to objects, and that others have; those that were read so are left."""
    known: dict[str, NewObject] = {}
    for made in walk.plan.objects.values():
        identifier = getattr(walk.models.get(made.identity), "object_id", None)
        other = known.setdefault(identifier, made) if isinstance(identifier, str) else made
        if other is made:
            continue
        given = next((one for one in (made, other) if one.origin is None or "object_id" in one.attributes), None)
        if given is not None:
            found = f"{identifier!r}, as {(other if given is made else made).path} has"
            walk._add(given, "@object_id", "object-id", "an identifier of its own", found)


# ---------------------------------------------------------------------------------------------- groups
class _Written(Children):
    """The children of a group that are written."""

    def __init__(self, made: NewGroup, model: Any) -> None:
        super().__init__(model)
        self._links = made.links

    def get(self, name: str) -> Any:
        """Return what is written under a name."""
        return child_of(self._model, name) if name in self._links else None

    @cached_property
    def _all(self) -> dict[str, Any]:
        return {name: child_of(self._model, name) for name in self._links}


def _check_group(walk: Deconstruction, made: NewGroup, model: Any) -> None:
    """Note what does not fit in a group, a table or a series most often."""
    new = _new_in(walk, made)
    changed = _changed_in(walk, made, new) if made.origin is not None else set()
    if made.origin is not None and not changed:
        return
    if model is None and made.origin is not None:  # one of its columns was read, and the table was not
        model = made.origin.io.read(made.origin.path)
    kind: Any = type(model)
    if not _asked(kind):
        return
    is_table = isinstance(model, DynamicTableMixin)
    children = _Written(made, model) if is_table or made.origin is not None else Children(model)
    _check_rules(walk, made, model, children, changed)
    if is_table:
        _check_columns(walk, made, children, new)


def _new_in(walk: Deconstruction, made: NewGroup) -> set[Identity]:
    """Return the children of a group that are new there, or of which the data is; of tables in it, the rows."""
    io = made.origin.io if made.origin is not None else None
    stored = walk.stored.get(made.identity, {})
    keys = {(id(io), link.key) for link in stored.values()}
    found = set()
    for name, link in made.links.items():
        child = walk.plan.objects.get(link.target) if link.target is not None else None
        if child is None:
            continue
        was_link = name in stored and stored[name].kind != "hard"
        data: Any = child
        if isinstance(child, NewGroup):
            rows = child.links.get("id")
            data = walk.plan.objects.get(rows.target) if rows is not None and rows.target is not None else None
        if getattr(data, "value", None) is not None or not (was_link or child.identity in keys):
            found.add(child.identity)
    return found


def _changed_in(walk: Deconstruction, made: NewGroup, new: set[Identity]) -> set[str]:
    """Return what of a group is not as it was: names of children, their attributes, and its own lists of children."""
    stored = walk.stored.get(made.identity, {})
    lists = {f"@{name}" for name in (*made.attributes, *made.without)} & LISTS
    found: set[str] = lists | (stored.keys() - made.links.keys())
    for name, link in made.links.items():
        child = walk.plan.objects.get(link.target) if link.target is not None else None
        found |= {f"/{name}@{attribute}" for attribute in (child.attributes if child is not None else ())}
        if link.target in new:
            found.add(name)
    return found


def _asked(kind: Any) -> list[Rule]:
    """Return the rules that what is written may not break: errors, and what constructors refuse."""
    return [rule for rule in rules_of(kind) if rule.severity == "error" or rule.name in WHEN_MADE]


def _check_rules(walk: Deconstruction, made: NewObject, model: Any, children: Children, changed: set[str]) -> None:
    """Note what breaks the rules that need no data; in what was read, as far as it is about what changed."""
    kind: Any = type(model)
    for rule in _asked(kind) if changed or made.origin is None else ():
        for problem in rule.check(model, children):
            about = {problem.where, problem.where[1:].partition("@")[0], problem.name, *rule.besides}
            if made.origin is None or (changed & about and not _was_so(walk, made, model, rule, problem)):
                walk._add(made, problem.where, rule.name, problem.expected, problem.found)


def _was_so(walk: Deconstruction, made: Any, model: Any, rule: Rule, problem: Problem) -> bool:
    """Tell whether a group that was read listed its children in `colnames` or `categories` as wrongly as now."""
    attribute = problem.where if problem.name else next((name for name in rule.besides if name.startswith("@")), None)
    if attribute is None:
        return False
    before = column_names(walk._node(made.origin).attributes.get(attribute[1:], []))
    stored = walk.stored.get(made.identity, {})
    if not problem.name:
        name = problem.where[1:]
        return name in stored and name not in before
    is_gone = problem.name in stored and problem.name not in made.links
    now = column_names(getattr(model, attribute[1:], None))
    return before.count(problem.name) >= now.count(problem.name) and not is_gone


# ---------------------------------------------------------------------------------------------- numbers of rows
def _check_columns(walk: Deconstruction, made: NewGroup, table: Children, new: set[Identity]) -> None:
    """Note indexes and enumerations of a table that do not fit their columns and labels, where either is new."""

    def is_new(column: Any) -> bool:
        return isinstance(column, NWBModel) and identity_of(column) in new

    for name, index in table.indexes.items():
        if is_new(index) or is_new(index.target):
            _check_numbers(walk, made, f"/{name}", index, _ends(index.value))
    for name, column in table.columns.items():
        if is_a(column, "EnumData") and (is_new(column) or is_new(column.elements)):
            numbers = _all_of(column.value) if is_new(column.elements) else _new_part(column.value)
            _check_numbers(walk, made, f"/{name}", column, numbers)


def _check_numbers(walk: Deconstruction, made: Any, where: str, model: Any, blocks: Numbers) -> None:
    """Note numbers of rows that are wrong, of those that are known."""
    for rule in applying(OF_NUMBERS, type(model)):
        for problem in rule.check(model, blocks):
            walk._add(made, where + problem.where, rule.name, problem.expected, problem.found)


def _new_part(value: Any) -> Numbers:
    """Return what of a value is in memory, with the row at which it begins."""
    value, _ = unwrapped(value)
    if isinstance(value, Array) and isinstance(value.source, Appended):
        return _blocks(value.source.base.shape[0], np.concatenate(value.source.blocks))
    return _blocks(0, value) if isinstance(value, np.ndarray) else []


def _all_of(value: Any) -> Numbers:
    """Yield a value block by block, also from a disk."""
    value, _ = unwrapped(value)
    if isinstance(value, np.ndarray):
        yield from _blocks(0, value)
    elif isinstance(value, Array) and value.ndim:
        for part in parts(value):
            yield from _blocks(part[0].start, value[part])


def _ends(value: Any) -> Numbers:
    """Return what of an index is in memory, behind the last entry on disk; nothing where that cannot be read."""
    value, _ = unwrapped(value)
    if isinstance(value, np.ndarray):
        return _blocks(0, value) if value.ndim == 1 else []
    if not isinstance(value, Array) or value.ndim != 1:
        return []
    on_disk = value.source.base.shape[0] if isinstance(value.source, Appended) else len(value)
    start = max(on_disk - 1, 0)
    try:
        return _blocks(start, np.asarray(value[start:]))
    except NWBError:  # for want of a filter: it is copied all the same
        return []


def _blocks(start: int, values: np.ndarray[Any, Any]) -> Numbers:
    return [(start, values.reshape(-1).astype(np.int64))] if values.dtype.kind in "iu" else []
