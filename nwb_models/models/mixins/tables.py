"""Behaviour of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload
from weakref import WeakKeyDictionary

import numpy as np

from nwb_models.models.children import names
from nwb_models.models.columns import column_names, columns_of, is_a
from nwb_models.models.frames import frame_of, row_count
from nwb_models.models.mapping import storage
from nwb_models.models.mixins.columns import VectorIndexMixin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""What tables that were made by hand held when they were made, or written: it was taken away if it is not there."""


class DynamicTableMixin:
    """A table: its length is the number of its rows, and its `colnames` follow its columns.

    ``table["start_time"]`` is a column, ``table[3]`` a row, ``table[2:5]`` some rows as a DataFrame, and
    ``table[3, "start_time"]`` what a column has in a row.
    """

    def __init__(self, /, **data: Any) -> None:
        super().__init__(**data)
        table: Any = self
        _known[self] = set(table.keys())

    def __len__(self: Any) -> int:
        """Return the number of rows."""
        return row_count(self)

    @overload
    def __getitem__(self, path: str) -> Any: ...
    @overload
    def __getitem__(self, path: int) -> pd.Series[Any]: ...
    @overload
    def __getitem__(self, path: slice | Sequence[int] | Sequence[bool] | np.ndarray[Any, Any]) -> pd.DataFrame: ...
    @overload
    def __getitem__(self, path: tuple[Any, str]) -> Any: ...
    def __getitem__(self, path: Any) -> Any:
        """Return a column or another child by its name or path, or rows by their numbers.

        Parameters
        ----------
        path
            A name or path; the number of a row, from 0; a slice, list or mask of rows; or rows and the name of a
            column.

        Returns
        -------
        NWBModel, pandas.Series or pandas.DataFrame
            The child; a row as ``to_dataframe().iloc[path]`` has it; rows as ``to_dataframe(rows=path)`` has them; or,
            for rows and a name, ``table[name][rows]``.

        Raises
        ------
        ObjectNotFoundError
            Where there is no child of this name.
        IndexError
            Where there is no such row.
        """
        if isinstance(path, str):
            return super().__getitem__(path)  # type: ignore[misc]
        if isinstance(path, tuple):
            rows, name = path
            return self[name][rows]
        frame = frame_of(self, rows=path)
        return frame.iloc[0] if np.ndim(path) == 0 and not isinstance(path, slice) else frame

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in the order of `colnames`; those that it does not name come last.

        An index is no column of its own, and the row identifiers, `id`, are none.
        """
        return columns_of(self)

    def to_dataframe(
        self,
        columns: str | Iterable[str | tuple[str, str]] | None = None,
        rows: int | slice | Sequence[int] | Sequence[bool] | np.ndarray[Any, Any] | None = None,
        *,
        nested: bool = False,
    ) -> pd.DataFrame:
        """Read the table, or part of it; nothing else is read.

        Cells of ragged columns are arrays, and lists of arrays where an index has an index.  Text is ``str``, object
        references are the models that they lead to, and references to parts of series are `TimeSeriesReference`, or
        None where there is none.  Numbers of an enumeration come as its labels.

        Parameters
        ----------
        columns
            The name of a column, or names of those that are wanted, in this order; all where none are given.  Of an
            aligned table, a name is that of one of its own columns or of a category, and ``(category, name)`` a column
            of a category.
        rows
            The number of a row, from 0, or a slice, list or mask of them; all where none are given.
        nested
            Whether a cell of a `DynamicTableRegion` is a DataFrame with the rows that it refers to, and not their
            numbers.

        Returns
        -------
        pandas.DataFrame
            Its index is the `id` of the rows.  That of an aligned table has columns of two levels, the name of the
            table or category and that of the column, as PyNWB has them.

        Raises
        ------
        ObjectNotFoundError
            Where there is no such column.
        IndexError
            Where there is no such row.

        Warns
        -----
        NWBWarning
            Where a column is shorter or longer than the table, an index does not fit its column, or `colnames` names
            what is not there.
        """
        return frame_of(self, columns, rows, nested=nested)


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
