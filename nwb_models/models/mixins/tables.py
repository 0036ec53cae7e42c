"""Behaviour of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload
from weakref import WeakKeyDictionary

import numpy as np

from nwb_models.models.base import NWBModel
from nwb_models.models.children import names
from nwb_models.models.columns import child_of, column_names, columns_of, is_a
from nwb_models.models.frames import categories_of, frame_of, row_count
from nwb_models.models.mapping import Dataset, storage, stored_fields
from nwb_models.models.mixins.columns import VectorIndexMixin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Self

    import pandas as pd

    Rows = slice | Sequence[int] | Sequence[bool] | np.ndarray[Any, Any] | pd.Series[Any] | pd.Index[Any]

_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""What tables that were made by hand held when they were made, or written: it was taken away if it is not there."""


class DynamicTableMixin:
    """A table: its length is the number of its rows, and its `colnames` follow its columns.

    ``table["start_time"]`` is a column, ``table[3]`` a row, ``table[2:5]`` some rows as a DataFrame, and
    ``table[3, "start_time"]`` what a column has in a row.

    A constructor takes cells for the columns that the class knows, ragged or not; where they are not given, `colnames`
    names the columns that are, `categories` of an aligned table the tables in it, and `id` counts the rows.

    >>> from nwb_models.core import Units
    >>> units = Units(name="units", description="Sorted by hand.", spike_times=[[0.1], [0.2, 0.3]])
    >>> units["spike_times"][1], units.id.value
    (array([0.2, 0.3]), array([0, 1]))
    """

    def __init__(self, /, **data: Any) -> None:
        from nwb_models.models.building_tables import empty, with_columns

        cls: Any = type(self)
        table: Any = self
        has_rows, is_aligned = _has_rows(cls, data), is_a(self, "AlignedDynamicTable")
        begun = {"colnames": [], "id": [], **with_columns(cls, data)} if has_rows else {**empty(cls, data), **data}
        super().__init__(**({"categories": [], **begun} if is_aligned else begun))
        if has_rows and "colnames" not in data:
            table.colnames = list(_columns(table))
        inside = categories_of(table) if is_aligned else []
        if is_aligned and "categories" not in data:
            table.categories = inside
        if has_rows and "id" not in data:
            table.id.value = np.arange(max((len(table[name]) for name in (*table.columns, *inside)), default=0))
        _known[self] = set(table.keys())

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a field; cells that are given for a column become it, with its indexes: see `__setitem__`."""
        from nwb_models.models.building_tables import with_columns

        table: Any = self
        cls: Any = type(self)
        entry = stored_fields(cls).get(name)
        if entry is not None and entry.stored_name in table and _are_cells(cls, entry.stored_name, value):
            table[entry.stored_name] = value
            return
        for field, model in with_columns(cls, {name: value}).items():
            super().__setattr__(field, model)

    def __setitem__(self, path: Any, child: Any) -> None:
        """Put a child where the path says; or cells for a column, which is added if it is not there.

        A column that is there keeps all but its values.  ``table[3, "tags"] = ["a"]`` sets one cell, and
        ``table[2:4, "score"] = [0.5, 0.1]`` several.

        Raises
        ------
        ValueError
            Where the cells do not go together, are nested more or less deep than those of the column, are none of its
            dtype, or are not as many as the rows.
        IndexError
            Where there is no such row.
        TypeError
            Where rows are set without naming a column.
        ObjectNotFoundError, UnknownFieldError
            As of any group.
        """
        from nwb_models.models.growing_tables import set_column

        if isinstance(path, tuple) and len(path) == 2 and isinstance(path[1], str):
            from nwb_models.models.changing_rows import set_cells

            set_cells(self, path[0], path[1], child)
        elif not isinstance(path, str):
            how = 'table["score"] = [...] sets a column, table[3, "score"] = 0.5 a cell, and add_row(...) adds a row'
            msg = f"{self!r} has no item {path!r:.60} to be set: {how}"
            raise TypeError(msg)
        elif _are_cells(type(self), path, child):
            set_column(self, path, child)
        else:
            super().__setitem__(path, child)  # type: ignore[misc]

    def __delitem__(self, path: Any) -> None:
        """Take away a column or another child, by its name or path; or rows, by a number, a slice, or a list or mask.

        ``del table[3]`` keeps the descriptions and the ``id`` of the other rows, and takes the row out of the tables in
        an aligned table as well.  Of a table on disk, all columns are read, and written anew.

        Raises
        ------
        ValueError
            Where anything in the same file refers to rows of the table, whose numbers would mean others then; where it
            is a category of an aligned table; or where its columns do not have as many rows as it.
        IndexError
            Where there is no such row.
        ObjectNotFoundError, InvalidModelError
            As of any group.
        """
        if isinstance(path, str):
            super().__delitem__(path)  # type: ignore[misc]
            return
        if path is None or isinstance(path, tuple):
            msg = f"of {self!r}, a column is taken away by its name, and rows by numbers, not {path!r:.60}"
            raise TypeError(msg)
        from nwb_models.models.changing_rows import remove_rows

        remove_rows(self, path)

    def __len__(self: Any) -> int:
        """Return the number of rows."""
        return row_count(self)

    @overload
    def __getitem__(self, path: str) -> Any: ...
    @overload
    def __getitem__(self, path: int) -> pd.Series[Any]: ...
    @overload
    def __getitem__(self, path: Rows | list[str]) -> pd.DataFrame: ...
    @overload
    def __getitem__(self, path: tuple[Any, str]) -> Any: ...
    def __getitem__(self, path: Any) -> Any:
        """Return a column or another child by its name or path, or rows by their numbers.

        Parameters
        ----------
        path
            A name or path; a list of names; the number of a row, from 0, which is not its id; a slice, list or mask of
            rows, or the index of a DataFrame of the table, which has ids; or rows and the name of a column.

        Returns
        -------
        NWBModel, pandas.Series or pandas.DataFrame
            The child; columns as ``to_dataframe(columns=path)`` has them; a row as ``to_dataframe().iloc[path]`` has
            it; rows as ``to_dataframe(rows=path)`` has them; or, for rows and a name, ``table[name][rows]``.

        Raises
        ------
        ObjectNotFoundError
            Where there is no child of this name.
        IndexError
            Where there is no such row.
        """
        if isinstance(path, str):
            return super().__getitem__(path)  # type: ignore[misc]
        if isinstance(path, list) and path and all(isinstance(name, str) for name in path):
            return self.to_dataframe(columns=path)
        if isinstance(path, tuple) and len(path) == 2 and isinstance(path[1], str) and not isinstance(path[0], str):
            rows, name = path
            return self[name][rows]
        if path is None or isinstance(path, tuple):
            how = "by a name, a list of names, by rows, or by rows and the name of a column"
            msg = f"{self!r} is indexed {how}, and not by {path!r:.60}"
            raise TypeError(msg)
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
        rows: int | Rows | None = None,
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
            The number of a row, from 0, which is not its id, or a slice, list or mask of them, or the index of a
            DataFrame of the table, which has ids; all where none are given.
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

    @classmethod
    def from_dataframe(
        cls,
        frame: pd.DataFrame,
        *,
        name: str | None = None,
        description: str | None = None,
        columns: Mapping[Any, str] | None = None,
        tables: Mapping[Any, Any] | None = None,
        enums: Iterable[Any] = (),
        **fields: Any,
    ) -> Self:
        """Make a table of a DataFrame of pandas: the inverse of `to_dataframe`.

        Lists and arrays in cells become a ragged column with its index, lists of lists one with two, unless the schema
        says that the column is not ragged; models in cells become references.  Dates become text in ISO 8601, and
        categories their values, unless `enums` names the column.  What is missing (None, NaN, NA) is NaN among numbers,
        "" among text, and an empty row of a ragged column.

        Parameters
        ----------
        frame
            The rows.  Its index becomes their `id`, and has to hold integers; a column called ``id`` takes its place.
            That of an aligned table has columns of two levels, as `to_dataframe` gives it.
        name, description
            Those of the table.
        columns
            Descriptions of columns, by their names.  For others, it is what the schema says of the column, and
            "no description" where that says nothing.
        tables
            The tables of columns whose cells are numbers of rows of another table, by the names of the columns:
            ``{"electrodes": nwbfile.electrodes}``.  Of aligned tables, names here and in `columns` are pairs.
        enums
            The names of columns that are stored as numbers of labels, which are the categories of a Categorical, or
            else the different values, in order.
        fields
            Other fields of the class.

        Raises
        ------
        ValueError
            Where a required column is missing, or cells of one column do not go together.

        Examples
        --------
        >>> import pandas as pd
        >>> from nwb_models.core import Units
        >>> units = Units.from_dataframe(
        ...     pd.DataFrame({"spike_times": [[0.1, 0.5], [0.2]], "quality": ["good", "noise"]}), name="units"
        ... )
        >>> units["spike_times"][0], units["quality"][1]
        (array([0.1, 0.5]), 'noise')
        """
        from nwb_models.models.building_tables import table_of

        made: Self = table_of(
            cls,
            frame,
            name=name,
            description=description,
            columns=columns,
            tables=tables,
            enums=enums,
            fields=fields,
        )
        return made

    def add_column(
        self,
        name: str,
        data: Any = (),
        *,
        description: str | None = None,
        index: bool | int | Sequence[int] | np.ndarray[Any, Any] | None = None,
        table: Any = None,
        enum: bool = False,
        **fields: Any,
    ) -> Any:
        """Add a column with a cell for each row that there is; it is written with the table.

        Parameters
        ----------
        name
            Its name.
        data
            A cell for each row, as in a DataFrame: a Series goes to the rows whose ids are in its index.  Or an array
            whose first axis is the rows, which is stored as it is.
        description
            Where none is given, what the schema says of the column, or "no description".
        index
            How many indexes the column has: none is ``0`` or False, one ``1`` or True.  Found from the cells where it
            is not given, so a ragged column of a table without rows needs it.  Or the index itself: where each row
            ends in `data`, which is then the values of all rows, one behind the other.
        table
            The table, where the cells are numbers of its rows.
        enum
            Whether the cells are stored as numbers of labels, which are the categories of a Categorical of pandas, or
            else the different values, in order.
        fields
            Other fields of the class of the column, such as ``resolution`` of spike times.

        Returns
        -------
        VectorData
            The column.

        Raises
        ------
        ValueError
            Where there are more or fewer cells than rows, the cells do not go together, or the name is taken.
        """
        from nwb_models.models.building_tables import add_column

        return add_column(self, name, data, description=description, index=index, of=table, enum=enum, fields=fields)

    def add_row(self, row: Mapping[str, Any] | None = None, /, **values: Any) -> None:
        """Add a row at the end: a value for each column, by name or in a dict.

        All columns grow, or, where something is wrong, none.  To a table that was read from a file the row is added
        when that is written, without writing again what is there where the file allows that.  Numbers in memory get
        the width that they need; those on disk keep theirs, and what does not fit is refused.

        Parameters
        ----------
        row, values
            The cells, as in a DataFrame.  ``id`` may be given, and is one more than the last one otherwise.  Of an
            aligned table, the row of each table inside is a dict under its name, or its cells are under pairs of its
            name and that of a column.

        Raises
        ------
        UnknownFieldError
            Where a column gets no value, or there is none of a name.
        ValueError
            Where a value is none of its column.

        Examples
        --------
        >>> from nwb_models.core import TimeIntervals
        >>> trials = TimeIntervals(name="trials", description="Licks for water.")
        >>> column = trials.add_column("correct", description="Whether it licked in time.")
        >>> trials.add_row(start_time=0.0, stop_time=1.5, correct=True)
        >>> trials.add_row({"start_time": 2.0, "stop_time": 3.1, "correct": False})
        >>> len(trials), trials["stop_time"][1]
        (2, np.float64(3.1))
        """
        from nwb_models.models.growing_tables import add_row

        if row is not None and not hasattr(row, "keys"):
            msg = f"a row is a value for each column, by name, as in add_row(start_time=0.5), or a dict: {row!r:.40}"
            raise TypeError(msg)
        add_row(self, values if row is None else {**row, **values})

    def add_rows(self, rows: pd.DataFrame | Iterable[Mapping[str, Any]]) -> None:
        """Add rows at the end, as `add_row` does: all of them, or, where something is wrong in one, none.

        Parameters
        ----------
        rows
            A DataFrame, or a dict for each row.  An ``id`` may be among the columns; the index of a DataFrame is not
            looked at, nor the ``id`` of tables in an aligned table: these count on.

        Raises
        ------
        UnknownFieldError, ValueError
            As of `add_row`.
        """
        from nwb_models.models.growing_tables import add_rows

        add_rows(self, rows)


def _are_cells(cls: Any, name: str, value: Any) -> bool:
    """Tell whether a value is cells for a column, and no model, or nothing."""
    from nwb_models.models.cells import foreseen

    return value is not None and not isinstance(value, NWBModel | dict) and foreseen(cls, name) is not None


def _has_rows(cls: Any, data: Mapping[str, Any]) -> bool:
    """Tell whether any column or category is given, or what says which rows or columns there are."""
    from nwb_models.models.building_tables import is_table

    tables = storage(cls)
    columns = (
        entry.field for entry in tables.children.values() if isinstance(entry.marker, Dataset) or is_table(entry)
    )
    groups = (entry.field for entry in tables.collections)
    return any(field in data for field in (*columns, *groups, "colnames"))


def follow_columns(table: Any, stored: Iterable[str] = ()) -> None:
    """Let `colnames` of a table name the columns that there are; indexes and labels of a column go with it.

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
    for name in gone:
        labels = f"{name}_elements"
        if labels not in before and is_a(table.get(labels), "VectorData") and not _labels_any(table, labels):
            del table[labels]
            columns.pop(labels, None)
    after = [renamed.get(name, name) for name in before if name not in gone]
    after += [name for name in columns if name not in after and name not in stored]
    for name in (*gone, *renamed):
        _follow_column(table, name, renamed.get(name))
    _known[table] = {*known, *columns}
    if after != before:
        table.colnames = after


def _columns(table: Any) -> dict[str, Any]:
    """Return the columns in memory by their names; an index, and the labels of an enumeration, are none."""
    cls: Any = type(table)
    tables = storage(cls)
    found = {name: vars(table).get(entry.field) for name, entry in tables.children.items()}
    for entry in tables.collections:
        collection = getattr(table, entry.field)
        if collection is not None:
            collection._settle_names()
            found.update(collection._items)
    labels = {id(getattr(model, "elements", None)) for model in found.values()}
    return {
        name: model
        for name, model in found.items()
        if is_a(model, "VectorData") and not isinstance(model, VectorIndexMixin) and id(model) not in labels
    }


def _labels_any(table: Any, name: str) -> bool:
    """Tell whether a dataset of a table has the labels of an enumeration that is there."""
    return any(getattr(child_of(table, column), "elements", None) is table[name] for column in columns_of(table))


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
