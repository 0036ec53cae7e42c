"""Whether tables and series that are written hold together: only what is new or changed is looked at.

What was read from a file and is unchanged is copied as it is, right or wrong.  The rules are those of
`nwb_models.models.consistency`; of data on disk, no more than lengths and ends are read for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.errors import NWBError
from nwb_models.io.blocks import unwrapped
from nwb_models.io.plan import NewDataset, NewGroup
from nwb_models.io.sources import identity_of
from nwb_models.models.appending import Appended
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBModel
from nwb_models.models.columns import child_of, column_names, is_a
from nwb_models.models.consistency import OF_NUMBERS, RULES, WHEN_MADE, Children, applying, rules_of
from nwb_models.models.mixins.tables import DynamicTableMixin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.io.deconstruct import Deconstruction
    from nwb_models.io.plan import Identity
    from nwb_models.models.consistency import Problem

    Numbers = list[tuple[int, np.ndarray[Any, Any]]]


def check_fitting(walk: Deconstruction) -> None:
    """Note what in new and changed tables and series, and in new regions of tables, does not fit."""
    for made in list(walk.plan.objects.values()):
        model: Any = walk.models.get(made.identity)
        if isinstance(made, NewGroup):
            new = _new_in(walk, made)
            gone = walk.stored.get(made.identity, {}).keys() - made.links.keys()
            if not new and not gone and "colnames" not in made.attributes:
                continue
            if model is None and made.origin is not None:  # one of its columns was read, and the table was not
                model = made.origin.io.read(made.origin.path)
            if isinstance(model, DynamicTableMixin):
                _Table(walk, made, model, new).check()
            elif model is not None:
                changed = {name for name, link in made.links.items() if link.target in new}
                _check_group(walk, made, model, changed | gone)
        elif isinstance(made, NewDataset) and made.value is not None and is_a(model, "DynamicTableRegion"):
            _check_numbers(walk, made, "", model, _new_part(model.value))


def _new_in(walk: Deconstruction, made: NewGroup) -> set[Identity]:
    """Return the datasets of a group that are new there, or of which the data is."""
    io = made.origin.io if made.origin is not None else None
    stored = walk.stored.get(made.identity, {})
    keys = {(id(io), link.key) for link in stored.values()}
    found = set()
    for name, link in made.links.items():
        child = walk.plan.objects.get(link.target) if link.target is not None else None
        if child is None or isinstance(child, NewGroup):
            continue
        was_link = name in stored and stored[name].kind != "hard"
        if getattr(child, "value", None) is not None or not (was_link or child.identity in keys):
            found.add(child.identity)
    return found


class _Written(Children):
    """The children of a group that are written."""

    def __init__(self, made: NewGroup, model: Any) -> None:
        super().__init__(model)
        self._all = {name: child_of(model, name) for name in made.links}

    def get(self, name: str) -> Any:
        """Return what is written under a name."""
        return self._all.get(name)


def _check_group(walk: Deconstruction, made: NewGroup, model: Any, changed: set[str]) -> None:
    """Note what does not fit in a group that is no table; in one that was read, as far as it is about what changed."""
    kind: Any = type(model)
    rules = [rule for rule in rules_of(kind) if rule.severity == "error" or rule.name in WHEN_MADE]
    if not rules:
        return
    children = Children(model) if made.origin is None else _Written(made, model)
    for rule in rules:
        for problem in rule.check(model, children):
            name = problem.where[1:].partition("@")[0]
            if made.origin is None or changed & ({name, "data"} if name else {"timestamps", "starting_time"}):
                walk._add(made, problem.where, rule.name, problem.expected, problem.found)


class _Table(_Written):
    """A table that is new, or of which something is: its children are those that are written.

    Parameters
    ----------
    walk, made, table
        All that is written, and in it the table.
    new
        What is new of its columns.
    """

    def __init__(self, walk: Deconstruction, made: NewGroup, table: Any, new: set[Identity]) -> None:
        super().__init__(made, table)
        self.walk, self.made, self.table, self.new = walk, made, table, new

    def check(self) -> None:
        """Note what does not fit."""
        for problem in self._problems("column-length"):
            if self._is_new("id") or self._is_new(problem.where[1:]):
                self._add("column-length", problem)
        for name, index in self.indexes.items():
            if self._is_new(name) or self._is_new_model(index.target):
                _check_numbers(self.walk, self.made, f"/{name}", index, _ends(index.value))
        stored = self.walk.stored.get(self.made.identity, {})
        before = []
        if self.made.origin is not None:
            before = column_names(self.walk._node(self.made.origin).attributes.get("colnames", []))
        # one that the file had and nobody touched is left
        self.colnames = [n for n in self.colnames if n not in self.made.links and (n in stored or n not in before)]
        for problem in self._problems("column-missing"):
            self._add("column-missing", problem)

    def _problems(self, rule: str) -> Iterator[Problem]:
        return next(entry for entry in RULES if entry.name == rule).check(self.table, self)

    def _add(self, rule: str, problem: Problem) -> None:
        self.walk._add(self.made, problem.where, rule, problem.expected, problem.found)

    def _is_new(self, name: str) -> bool:
        return self._is_new_model(self.get(name))

    def _is_new_model(self, column: Any) -> bool:
        return isinstance(column, NWBModel) and identity_of(column) in self.new


def _check_numbers(walk: Deconstruction, made: Any, where: str, model: Any, blocks: Numbers) -> None:
    """Note numbers of rows that are wrong, of those that are known."""
    for rule in applying(OF_NUMBERS, type(model)) if blocks else ():
        for problem in rule.check(model, blocks):
            walk._add(made, where + problem.where, rule.name, problem.expected, problem.found)


def _new_part(value: Any) -> Numbers:
    """Return what of a value is in memory, with the row at which it begins."""
    value, _ = unwrapped(value)
    if isinstance(value, Array) and isinstance(value.source, Appended):
        return _blocks(value.source.base.shape[0], np.concatenate(value.source.blocks))
    return _blocks(0, value) if isinstance(value, np.ndarray) else []


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
