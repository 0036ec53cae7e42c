"""Behaviour of columns of tables: they are indexed by the rows of their table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.columns import Column, is_a, iterated, meant, note_target
from nwb_models.models.consistency import require_fitting
from nwb_models.models.frames import rows_of, rows_referred
from nwb_models.models.labels import row_numbers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

UNNAMED = "rows"
"""What rows of a table are called that nobody gave a name, until they are at a place that has one."""


class VectorDataMixin:
    """A column: ``column[3]`` is what row 3 of its table has, also where the column is ragged.

    `value` is the data as it is stored, without rows: `shape`, `dtype`, `size`, `append` and ``numpy.asarray`` are
    about that.
    """

    def __getitem__(self: Any, index: Any) -> Any:
        """Return what rows have; of a ragged column an array for a row, and a list of arrays for several.

        Parameters
        ----------
        index
            The number of a row, or a slice, list or mask of them; the index of a DataFrame of the table, which has
            ids; where the column is not ragged, any index of its array.

        Raises
        ------
        IndexError
            Where there is no such row.
        """
        column = Column.of(self)
        if column.indexes:
            return rows_of(column, index)
        return meant(self, super().__getitem__(row_numbers_of(index, self)))  # type: ignore[misc]

    def __setitem__(self: Any, index: Any, cells: Any) -> None:
        """Give rows other cells, as ``table[index, name]`` does.

        Raises
        ------
        TypeError
            Where the column is in no table.
        """
        if not is_a(self.parent, "DynamicTable"):
            msg = f"{self!r} is in no table: give it another 'value'"
            raise TypeError(msg)
        self.parent[index, self.name] = cells

    def __len__(self: Any) -> int:
        """Return the number of rows."""
        return len(Column.of(self))

    if not TYPE_CHECKING:  # to type checkers, that of every dataset: pydantic's has another type

        def __iter__(self) -> Iterator[Any]:
            """Yield what each row has, reading some rows at a time."""
            return iterated(self)


class VectorIndexMixin:
    """The index of a ragged column: its rows are those of the column that it leads to, also where that is an index.

    `value` has the numbers themselves: entry `i` is where row `i` ends in the target.
    """

    def __init__(self, /, **data: Any) -> None:
        super().__init__(**data)
        note_target(self)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a field; a new target comes to know of its index."""
        super().__setattr__(name, value)
        if name == "target":
            note_target(self)

    def __getitem__(self: Any, index: Any) -> Any:
        """Return the values of one row, or a list of those of several; see `row`."""
        return rows_of(Column.of(self), index)

    def __len__(self: Any) -> int:
        """Return the number of rows."""
        return len(self.value)

    if not TYPE_CHECKING:  # to type checkers, that of every dataset: pydantic's has another type

        def __iter__(self) -> Iterator[Any]:
            """Yield the values of each row, reading some rows at a time."""
            return iterated(self)

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

        Raises
        ------
        IndexError
            Where there is no such row.
        """
        return rows_of(Column.of(self), number)


class DynamicTableRegionMixin:
    """Rows of another table: ``region[3]`` is the row that entry 3 refers to, ``region[2:5]`` a DataFrame of three.

    Their numbers are in `value`.  One that is made without a name is called as its place is.  Numbers of rows that the
    table does not have are refused.  The index of a DataFrame of the table may be given for them, which has ids.
    """

    def __init__(self, /, **data: Any) -> None:
        if "value" in data and data.get("table") is not None:
            data["value"] = row_numbers_of(data["value"], data.get("table"))
        super().__init__(**{"name": UNNAMED, **data})
        if "name" not in data:
            model: Any = self
            model.model_fields_set.discard("name")
        require_fitting(self)

    def __getitem__(self: Any, index: Any) -> Any:
        """Return rows of the table that is referred to.

        Parameters
        ----------
        index
            The number of an entry, or a slice, list or mask of them; where the column is ragged, of its rows.

        Returns
        -------
        pandas.Series or pandas.DataFrame
            The row for a number, rows for several; of a ragged column, the rows as a DataFrame for a number, and a
            list of those for several.

        Raises
        ------
        IndexError
            Where there is no such entry, or it refers to a row that the table does not have.
        """
        return rows_of(Column.of(self), index)

    def to_dataframe(
        self: Any, columns: Iterable[str | tuple[str, str]] | None = None, *, nested: bool = False
    ) -> pd.DataFrame:
        """Read the rows that are referred to, all of them one after another.

        Parameters
        ----------
        columns, nested
            As of ``DynamicTable.to_dataframe``, for the table that is referred to.
        """
        return rows_referred(self, np.asarray(self.value).astype(np.int64), columns, nested=nested)
