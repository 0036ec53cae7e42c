"""Whether tables that are written hold together: only what is new or changed is looked at.

What was read from a file and is unchanged is copied as it is, right or wrong.  Of data on disk, no more than lengths
and ends are read.
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
from nwb_models.models.base import NWBDataset, NWBModel
from nwb_models.models.columns import child_of, column_names, is_a
from nwb_models.models.mixins.columns import VectorIndexMixin
from nwb_models.models.mixins.tables import DynamicTableMixin

if TYPE_CHECKING:
    from nwb_models.io.deconstruct import Deconstruction
    from nwb_models.io.plan import Identity


def check_tables(walk: Deconstruction) -> None:
    """Note what in new and changed tables, and in new regions of tables, does not fit."""
    for made in list(walk.plan.objects.values()):
        model: Any = walk.models.get(made.identity)
        if isinstance(made, NewGroup):
            new = _new_in(walk, made)
            if not new and "colnames" not in made.attributes:
                continue
            if model is None and made.origin is not None:  # one of its columns was read, and the table was not
                model = made.origin.io.read(made.origin.path)
            if isinstance(model, DynamicTableMixin):
                _Table(walk, made, model, new).check()
        elif isinstance(made, NewDataset) and made.value is not None and is_a(model, "DynamicTableRegion"):
            _check_region(walk, made, model)


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


class _Table:
    """A table that is new, or of which something is.

    Parameters
    ----------
    walk, made, table
        All that is written, and in it the table.
    new
        What is new of its columns.
    """

    def __init__(self, walk: Deconstruction, made: NewGroup, table: Any, new: set[Identity]) -> None:
        self.walk, self.made, self.table, self.new = walk, made, table, new
        found = {name: child_of(table, name) for name in made.links}
        self.columns: dict[str, Any] = {name: child for name, child in found.items() if isinstance(child, NWBDataset)}
        indexes: dict[str, Any] = {name: c for name, c in self.columns.items() if isinstance(c, VectorIndexMixin)}
        self.indexes = {id(index.target): name for name, index in indexes.items()}

    def check(self) -> None:
        """Note what does not fit."""
        names = column_names(self.table.colnames)
        self._check_names(names)
        for name in names:
            if name in self.columns:
                self._check_length(name)
        for name, column in self.columns.items():
            if isinstance(column, VectorIndexMixin):
                self._check_index(name, column)

    def _is_new(self, column: Any) -> bool:
        return isinstance(column, NWBModel) and identity_of(column) in self.new

    def _check_names(self, names: list[str]) -> None:
        """Note names of columns that are not there; one that the file had and nobody touched is left."""
        stored = self.walk.stored.get(self.made.identity, {})
        before = []
        if self.made.origin is not None:
            before = column_names(self.walk._node(self.made.origin).attributes.get("colnames", []))
        for name in names:
            if name not in self.made.links and (name in stored or name not in before):
                wanted = f"the names of the columns of {self.made.path}"
                self._add("@colnames", "column", wanted, f"{name!r}, which is none")

    def _check_length(self, name: str) -> None:
        """Note a column that is not as long as the table; of a ragged one, its outermost index."""
        column = self.columns[name]
        for _ in self.indexes:  # an index may have one, too; a wrong one, itself
            name = self.indexes.get(id(column), name)
            column = self.columns[name]
        rows, found = _length(self.table.id), _length(column)
        if rows is None or found in (None, rows) or not (self._is_new(column) or self._is_new(self.table.id)):
            return
        self._add(f"/{name}", "length", f"{rows} rows, as {self.made.path}/id has", str(found))

    def _check_index(self, name: str, index: Any) -> None:
        """Note an index that goes backwards, or does not end where its column does."""
        length = _length(index.target)
        if length is None or not (self._is_new(index) or self._is_new(index.target)):
            return
        ends = _known_end(index.value)
        if ends is None or ends.ndim != 1 or ends.dtype.kind not in "iu":
            return
        wanted = f"numbers that never go down and end with {length}, the length of {index.target.name!r}"
        last = int(ends[-1]) if len(ends) else 0
        if (ends[1:] < ends[:-1]).any():
            self._add(f"/{name}", "index", wanted, "numbers that go down")
        elif last != length:
            self._add(f"/{name}", "index", wanted, f"numbers that end with {last}")

    def _add(self, where: str, rule: str, expected: str, found: str) -> None:
        self.walk._add(self.made, where, rule, expected, found)


def _check_region(walk: Deconstruction, made: NewDataset, region: Any) -> None:
    """Note rows that a table does not have."""
    table: Any = region.table
    is_table = isinstance(table, DynamicTableMixin)
    rows = _length(table.id) if is_table else None
    values = _new_part(region.value)
    if rows is None or values is None or values.dtype.kind not in "iu":
        return
    wrong = values[(values < 0) | (values >= rows)]
    if wrong.size:
        expected = f"rows of {table.path or table.name}, which has {rows}, counted from 0"
        walk._add(made, "", "rows", expected, str(wrong.flat[0]))


def _length(column: Any) -> int | None:
    """Return how long a column is; None where that is not known, or it is a single value."""
    shape = getattr(getattr(column, "value", None), "shape", None)
    return shape[0] if shape else None


def _new_part(value: Any) -> np.ndarray[Any, Any] | None:
    """Return what of a value is in memory."""
    value, _ = unwrapped(value)
    if isinstance(value, Array) and isinstance(value.source, Appended):
        return np.concatenate(value.source.blocks)
    return value if isinstance(value, np.ndarray) else None


def _known_end(value: Any) -> np.ndarray[Any, Any] | None:
    """Return what of an index is in memory, behind the last entry on disk; None where that cannot be read."""
    value, _ = unwrapped(value)
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return value
    if not isinstance(value, Array) or value.ndim != 1:
        return None
    on_disk = value.source.base.shape[0] if isinstance(value.source, Appended) else len(value)
    try:
        return np.asarray(value[max(on_disk - 1, 0) :])
    except NWBError:  # for want of a filter: it is copied all the same
        return None
