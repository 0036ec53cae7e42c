"""Behaviour of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from nwb_models.models.children import names
from nwb_models.models.mapping import storage

if TYPE_CHECKING:
    from collections.abc import Iterable

_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""What tables that were made by hand held when they were made, or written: it was taken away if it is not there."""


class DynamicTableMixin:
    """A table: its length is the number of its rows, and its `colnames` follow its columns."""

    def __init__(self, /, **data: Any) -> None:
        super().__init__(**data)
        table: Any = self
        _known[self] = set(table.keys())

    def __len__(self: Any) -> int:
        """Return the number of rows."""
        return 0 if self.id is None else len(self.id)


def follow_columns(table: Any, stored: Iterable[str] = ()) -> None:
    """Let `colnames` of a table name the columns that there are; the index of a ragged column goes with it.

    New columns come last, a renamed one keeps its place, and one that was taken away is no longer named.  What
    nothing happened to stays as it is, right or wrong.  It is called when the table is written, which is when all
    is known: columns come and go by the table, by its collections and by their own names.

    Parameters
    ----------
    table
        The table.
    stored
        The names of what the table held in the file that it was read from.
    """
    columns = _columns(table)
    cls: Any = type(table)
    tables = storage(cls)
    collections = [getattr(table, entry.field) for entry in tables.collections]
    removed = [collection._removed for collection in collections if collection is not None]
    of_a_copy = tables.children if table._source is None else ()
    known = {*stored, *_known.get(table, of_a_copy)}.union(*removed)
    before = column_names(table.colnames)
    given = {old: new for new, column in columns.items() if new not in before for old in names.former(column)}
    renamed = {name: given[name] for name in before if name in given and name not in table}
    gone = {name for name in before if name not in table and name in known and name not in renamed}
    after = [renamed.get(name, name) for name in before if name not in gone]
    after += [name for name in columns if name not in after and name not in stored]
    for name in (*gone, *renamed):
        _follow_column(table, name, renamed.get(name))
    _known[table] = {*known, *columns}
    if after != before:
        table.colnames = after


def column_names(value: Any) -> list[str]:
    """Return the names in the attribute ``colnames``; none where it holds something else."""
    entries = [entry.decode() if isinstance(entry, bytes) else entry for entry in np.atleast_1d(value).flat]
    return [entry for entry in entries if isinstance(entry, str)]


def is_a(model: Any, neurodata_type: str) -> bool:
    """Tell whether a model is of a type or one that derives from it, in any version."""
    return any(getattr(base, "neurodata_type", None) == neurodata_type for base in type(model).__mro__)


def _columns(table: Any) -> dict[str, Any]:
    """Return the columns in memory by their names; an index is no column of its own."""
    cls: Any = type(table)
    tables = storage(cls)
    found = {name: vars(table).get(entry.field) for name, entry in tables.children.items()}
    for entry in tables.collections:
        collection = getattr(table, entry.field)
        if collection is not None:
            collection._settle_names()
            found.update(collection._items)
    return {
        name: model
        for name, model in found.items()
        if is_a(model, "VectorData") and not isinstance(model, VectorIndexMixin)
    }


def _follow_column(table: Any, name: str, new: str | None) -> None:
    """Let the index of a ragged column, and the index of that, be called as the column is now, or go as it did."""
    index = f"{name}_index"
    if not isinstance(table.get(index), VectorIndexMixin):
        return
    if new is None:
        del table[index]
    else:
        table[index].name = f"{new}_index"
    _follow_column(table, index, None if new is None else f"{new}_index")


class VectorIndexMixin:
    """The index of a ragged column: entry `i` is where row `i` ends in the target."""

    def row(self: Any, number: int) -> Any:
        """Return the values of one row of the ragged column, and read no other.

        Parameters
        ----------
        number
            The number of the row, from 0.

        Returns
        -------
        numpy.ndarray
            The values; where the target is itself an index, a list with the values of each of its rows.
        """
        start = int(self[number - 1]) if number > 0 else 0
        stop = int(self[number])
        if isinstance(self.target, VectorIndexMixin):
            return [self.target.row(inner) for inner in range(start, stop)]
        return self.target[start:stop]
