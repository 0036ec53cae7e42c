"""Tables as DataFrames of pandas: which columns, which rows, and what a cell holds.

What does not fit in a file is not left out in silence: a warning names the column and what became of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.errors import ObjectNotFoundError, UnreadableObjectError, warn
from nwb_models.models.base import NWBDataset, NWBGroup
from nwb_models.models.children import missing
from nwb_models.models.columns import Around, Column, child_of, column_names, columns_of, indexes_of, is_a, row_numbers
from nwb_models.models.garbage import collecting_later

if TYPE_CHECKING:
    import pandas as pd

    from nwb_models.models.columns import Numbers

    Key = str | tuple[str, str]


def frame_of(
    table: Any,
    columns: Iterable[Key] | None = None,
    rows: Any = None,
    *,
    nested: bool = False,
    above: tuple[int, ...] = (),
) -> pd.DataFrame:
    """Return a table, or part of it, as a DataFrame; see `DynamicTableMixin.to_dataframe`.

    Parameters
    ----------
    above
        The tables, by their ``id``, in whose cells this one is: what leads back to them stays a number.
    """
    if not is_a(table, "DynamicTable"):
        msg = f"{table!r} is no table"
        raise ObjectNotFoundError(msg)
    columns = [columns] if isinstance(columns, str) else columns
    if columns is not None and not isinstance(columns, Iterable):
        msg = f"columns are names, or the name of one, and not {columns!r:.60}"  # type: ignore[unreachable]
        raise TypeError(msg)
    numbers = row_numbers(rows, row_count(table), table)
    frame = _Frame(table, numbers, nested=nested, above=(*above, id(table)))
    with collecting_later():
        if is_a(table, "AlignedDynamicTable"):
            return _aligned(frame, columns)
        return frame.made(None if columns is None else list(columns))


def row_count(table: Any) -> int:
    """Return the number of rows: as many as there are in `id`, or in the first column where that is not there."""
    if isinstance(table.id, NWBDataset):
        return len(Column(table.id, []))
    return next((len(_column(Around(table), name)) for name in columns_of(table)), 0)


def rows_of(column: Column, index: Any) -> Any:
    """Return what ``column[index]`` is: what a row has for a number, and else that of several.

    It is an array for a row of a ragged column, and a list of them for several; of a region of a table, its rows.
    """
    is_one = isinstance(index, int) or not (isinstance(index, slice) or index is Ellipsis or np.ndim(index))
    cells = column.cells(row_numbers(index, len(column), column.outermost))
    if is_a(column.model, "DynamicTableRegion"):
        if not column.indexes:
            frame = rows_referred(column.model, cells)
            return frame.iloc[0] if is_one else frame
        cells = resolved(column.model, cells)
    return cells[0] if is_one else cells


def resolved(region: Any, cells: Any, *, nested: bool = False, above: tuple[int, ...] = ()) -> list[Any]:
    """Return the rows of a table, as DataFrames, that cells of a `DynamicTableRegion` refer to.

    Parameters
    ----------
    cells
        For each row one number, an array of them, or a list of such arrays.
    """
    cells = list(cells)
    flat = _flat(cells)
    unique = np.unique(flat)
    frame = rows_referred(region, unique, nested=nested, above=above)
    return [_picked(frame, unique, cell) for cell in cells]


def rows_referred(
    region: Any,
    numbers: Numbers,
    columns: Iterable[Key] | None = None,
    *,
    nested: bool = False,
    above: tuple[int, ...] = (),
) -> pd.DataFrame:
    """Return rows of the table of a region.

    Raises
    ------
    IndexError
        Where the table has no such row.
    ObjectNotFoundError
        Where the region refers to no table.
    """
    count = row_count(region.table) if is_a(region.table, "DynamicTable") else 0
    wrong = numbers[(numbers < 0) | (numbers >= count)]
    if not is_a(region.table, "DynamicTable"):
        msg = f"{region!r} refers to no table, but to {region.table!r}: its numbers are in 'value'"
        raise ObjectNotFoundError(msg)
    if wrong.size:
        msg = f"{region!r} refers to row {wrong[0]} of {region.table!r}, which has {count}: its numbers are in 'value'"
        raise IndexError(msg)
    return frame_of(region.table, columns, numbers, nested=nested, above=above)


def _flat(cells: list[Any]) -> Numbers:
    parts = [_flat(cell) if isinstance(cell, list) else np.atleast_1d(cell) for cell in cells]
    return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)


def _picked(frame: pd.DataFrame, numbers: Numbers, cell: Any) -> Any:
    if isinstance(cell, list):
        return [_picked(frame, numbers, inner) for inner in cell]
    return frame.iloc[np.searchsorted(numbers, np.atleast_1d(cell))]


def _column(around: Around, name: str) -> Column:
    model = around.table[name]
    return Column(model, indexes_of(model, around.table, around))


class _Frame:
    """Rows of one table.

    Parameters
    ----------
    table, numbers
        The table, and the numbers of its rows that are wanted.
    nested, above
        Whether regions become DataFrames, and of which tables they do not.
    """

    def __init__(self, table: Any, numbers: Numbers, *, nested: bool, above: tuple[int, ...]) -> None:
        self.table, self.numbers, self.nested, self.above = table, numbers, nested, above
        self.where = table.path or table.name

    def made(self, columns: list[Any] | None) -> pd.DataFrame:
        """Return the frame with some columns, or all."""
        import pandas as pd

        names = self._names() if columns is None else self._asked(columns)
        around = Around(self.table)
        found = {name: self._values(name, _column(around, name)) for name in names}
        return pd.DataFrame(found, index=self._index(), columns=pd.Index(list(found)))

    def _names(self) -> list[str]:
        """Return the names of the columns that are there."""
        names = columns_of(self.table)
        gone = [name for name in column_names(self.table.colnames) if name not in self.table]
        odd = [name for name in names if not _is_column(child_of(self.table, name))]
        if gone or odd:
            listed = ", ".join(map(repr, gone + odd))
            warn(f"{self.where}: colnames names {listed}, and there is no such column: it is left out")
        return [name for name in names if name not in odd]

    def _asked(self, columns: list[Any]) -> list[str]:
        for name in columns:
            if not (isinstance(name, str) and name in self.table):
                inner = categories_of(self.table) if is_a(self.table, "AlignedDynamicTable") else []
                msg = f"{self.table!r} has no such column. {missing(str(name), [*columns_of(self.table), *inner])}"
                raise ObjectNotFoundError(msg)
            if not _is_column(column := child_of(self.table, name)):
                msg = f"{self.table!r} has no such column: {name!r} is {column!r}"
                raise ObjectNotFoundError(msg)
        return columns

    def _index(self) -> Any:
        import pandas as pd

        if not isinstance(self.table.id, NWBDataset):
            warn(f"{self.where} has no id: its rows are numbered from 0")
            return pd.Index(self.numbers, name="id")
        ids = self._cells(Column(self.table.id, []), "id")
        if isinstance(ids, np.ndarray) and ids.dtype.kind in "iu" and ids.dtype != np.uint64:
            ids = ids.astype(np.int64)
        return pd.Index(ids, name="id")

    def _values(self, name: str, column: Column) -> Any:
        """Return the cells of a column as pandas takes them."""
        import pandas as pd

        try:
            cells = self._cells(column, name)
        except UnreadableObjectError as error:
            error.add_note(f"The other columns of {self.where} can be read by their names: to_dataframe(columns=[...])")
            raise
        if isinstance(cells, np.ndarray) and cells.ndim == 1 and cells.dtype.names is None:
            return cells if cells.dtype.isnative else cells.astype(cells.dtype.newbyteorder("="))
        return pd.Series(np.fromiter(cells, dtype=object, count=len(cells)), dtype=object).array

    def _cells(self, column: Column, name: str) -> Any:
        """Return the cells of the rows that are wanted; those that a column lacks are NaN, or None."""
        rows, found = row_count(self.table), len(column)
        if found != rows:
            outcome = "those that it lacks are missing" if found < rows else "those that are too many are left out"
            warn(f"{self.where}/{name} has {found} rows and its table {rows}: {outcome}")
        there = self.numbers < found
        cells, region = column.cells(self.numbers[there]), column.model
        if self.nested and is_a(region, "DynamicTableRegion") and id(region.table) not in self.above:
            cells = resolved(region, cells, nested=True, above=self.above)
        if there.all():
            return cells
        is_real = isinstance(cells, np.ndarray) and cells.ndim == 1 and cells.dtype.kind == "f"
        filled = np.full(len(there), np.nan if is_real else None, dtype=cells.dtype if is_real else object)
        for place, cell in zip(np.flatnonzero(there), cells, strict=True):
            filled[place] = cell
        return filled


def _is_column(child: Any) -> bool:
    return isinstance(child, NWBDataset) or (hasattr(child, "shape") and hasattr(child, "dtype"))


# ---------------------------------------------------------------------------------------------- aligned tables
def categories_of(table: Any) -> list[str]:
    """Return the names of the tables inside an aligned table: those of `categories`, in that order, then others."""
    groups = [name for name, entry in table._children() if entry is not None and _holds_groups(entry.model)]
    names = dict.fromkeys((*column_names(table.categories), *groups))
    return [name for name in names if is_a(child_of(table, name), "DynamicTable")]


def _holds_groups(model: Any) -> bool:
    return model is not None and issubclass(model, NWBGroup)


def _aligned(main: _Frame, columns: Iterable[Key] | None) -> pd.DataFrame:
    """Return an aligned table: columns have two levels, the name of the table or category, and that of the column."""
    import pandas as pd

    table, categories = main.table, categories_of(main.table)
    wanted: dict[str, list[str] | None]
    if columns is None:
        wanted = {table.name: None, **dict.fromkeys(categories)}
    else:
        wanted = _by_category(table, categories, columns)
    frames = {}
    for name, names in wanted.items():
        frame = main if name == table.name else _Frame(table[name], main.numbers, nested=main.nested, above=main.above)
        frames[name] = frame.made(names).reset_index()
    result = pd.concat(frames.values(), axis=1, keys=list(frames))
    return result.set_index((table.name, "id"))


def _by_category(table: Any, categories: list[str], columns: Iterable[Key]) -> dict[str, list[str] | None]:
    """Return which columns of which category are wanted: a name may be that of a column, or of a category."""
    wanted: dict[str, list[str] | None] = {table.name: []}
    for key in columns:
        if isinstance(key, str) and key in categories:
            wanted[key] = None
            continue
        category, name = (table.name, key) if isinstance(key, str) else key
        if category not in (table.name, *categories):
            msg = f"{table!r} has no such category. {missing(str(category), categories)}"
            raise ObjectNotFoundError(msg)
        known = wanted.setdefault(category, [])
        if known is not None:
            known.append(name)
    return wanted
