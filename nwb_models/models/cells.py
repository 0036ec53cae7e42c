"""Cells of a table, as people give them -> the arrays that a column and its indexes store.

What is missing (None, NaN, NA, NaT) is NaN among numbers, empty text among text, and an empty row where the column is
ragged.  Truth values and references cannot be missing, which is an error.  Dates and times are text in ISO 8601.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.base import NWBDataset, NWBModel
from nwb_models.models.check import DATES, TEXTS, name_problem
from nwb_models.models.convert import array_of
from nwb_models.models.documentation import descriptions
from nwb_models.models.links import Unresolved
from nwb_models.models.mapping import storage, type_names
from nwb_models.models.time_series_reference import TimeSeriesReference

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nwb_models.models.mapping import Dtype, Shapes, StoredField

NEVER_MISSING: set[Any] = {str, int, bool, list, tuple, np.ndarray}
PARTS = (("idx_start", "int32"), ("count", "int32"), ("timeseries", "object:TimeSeries"))
"""The dtype of references to parts of series.  Source: TimeSeriesReferenceVectorData of the core of NWB."""
OBJECTS = "references, for which objects are given"
"""What is in a column of references, in a message."""
NO_DESCRIPTION = "no description"
"""What a description says that the schema requires, and nobody gave."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the class of a table says of a column."""

    name: str
    model: Any
    """The class of the column."""
    dtype: Dtype | None
    shapes: Shapes | None
    depth: int | None
    """How many indexes are foreseen; None for a column that the class does not know."""
    required: bool
    description: str
    """What the schema says of it."""

    def is_a(self, neurodata_type: str) -> bool:
        """Tell whether it is a column of this type."""
        return neurodata_type in type_names(self.model)


@cache
def foreseen(cls: Any, name: Any) -> Foreseen | None:
    """Return what a class of tables says of a column; None where it cannot have one of this name."""
    tables = storage(cls)
    entry = tables.children.get(name)
    if entry is not None:
        depth = 0
        while f"{name}{'_index' * (depth + 1)}" in tables.children:
            depth += 1
        known = _foreseen(entry, name, depth, descriptions(cls).get(entry.field, NO_DESCRIPTION))
        return known if known is not None and known.is_a("VectorData") and not known.is_a("VectorIndex") else None
    if not isinstance(name, str) or name_problem(name) is not None:
        return None
    found = (_foreseen(entry, name, None, NO_DESCRIPTION) for entry in tables.collections)
    return next((column for column in found if column is not None), None)


def _foreseen(entry: StoredField, name: str, depth: int | None, description: str) -> Foreseen | None:
    model: Any = entry.model
    if model is None or not issubclass(model, NWBDataset):
        return None
    value = storage(model).value
    inner = value.marker if value is not None else entry.marker
    dtype = entry.marker.dtype if entry.marker.dtype is not None else inner.dtype
    shapes = entry.marker.shape if entry.marker.shape is not None else inner.shape
    return Foreseen(name, model, dtype, shapes, depth, entry.required, description)


def known_columns(cls: Any) -> list[Foreseen]:
    """Return the columns that a class of tables has fields for."""
    found = (foreseen(cls, name) for name in storage(cls).children)
    return [column for column in found if column is not None]


class WrongCellError(ValueError):
    """A cell is none of its column; of a ragged one, `row` is found once it is known in which row the value is."""

    def __init__(self, what: str, row: int) -> None:
        super().__init__(what, row)
        self.row = row

    def __str__(self) -> str:
        """Return what is wrong, and in which row."""
        return f"{self.args[0]} (row {self.row} of those that are given)"


# ---------------------------------------------------------------------------------------------- cells -> arrays
def is_missing(cell: Any) -> bool:
    """Tell whether nothing is there: None, NaN, NA or NaT."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(cell, float | np.floating):
        return bool(cell != cell)
    return isinstance(cell, np.datetime64 | np.timedelta64) and bool(np.isnat(cell))


def missing_of(cells: Sequence[Any]) -> list[bool]:
    """Tell of each cell whether nothing is there; each is looked at only where their types allow for that."""
    if set(map(type, cells)) <= NEVER_MISSING:
        return [False] * len(cells)
    return [is_missing(cell) for cell in cells]


def is_list(cell: Any) -> bool:
    """Tell whether a cell holds several values."""
    if isinstance(cell, np.ndarray):
        return cell.ndim != 0
    if isinstance(cell, list | tuple):
        return not isinstance(cell, TimeSeriesReference)
    return _is_series(cell)


def _is_series(cell: Any) -> bool:
    """Tell whether a cell is a Series or an Index of pandas."""
    return hasattr(cell, "to_numpy") and getattr(cell, "ndim", 0) == 1


def depth_of(cells: Any, column: Foreseen) -> int:
    """Return how many indexes make rows of the cells: none where they are single values.

    A column that the class of the table knows has as many as it has fields for.  Any other has one where cells are
    lists or arrays, however long these are, and two where they are lists of lists or of arrays.

    Raises
    ------
    ValueError
        Where the class knows that it has an index, and no cell is a list: that is most often one row by mistake.
    """
    if isinstance(cells, np.ndarray) and cells.dtype.kind != "O":
        found = min(cells.ndim - 1, 1) if len(cells) else column.depth or 0
    else:
        there = [cell for cell, gone in zip(cells, missing_of(cells), strict=True) if not gone]
        if column.depth is None:
            return max((_depth(cell) for cell in there), default=0)
        if not there:
            return 0 if len(cells) and _is_text(column.dtype) else column.depth
        compound = column.dtype is not None and not isinstance(column.dtype, str)
        found = any(is_list(cell) and not (compound and isinstance(cell, tuple)) for cell in there)
    if column.depth and not found:
        msg = f"{column.name!r} has a list of values for each row, as [[...], [...]], and single values are given"
        raise ValueError(msg)
    return column.depth or 0


def _depth(cell: Any) -> int:
    """Return how deep lists are in a cell; of an array, only the first axis counts, and of a list its first entry."""
    if not is_list(cell):
        return 0
    if _is_series(cell):
        return _depth(cell.to_numpy())
    if isinstance(cell, np.ndarray) and cell.dtype.kind != "O":
        return 1
    return 1 + (_depth(cell[0]) if len(cell) else 0)


def flattened(cells: Sequence[Any], depth: int, column: Foreseen) -> tuple[Any, list[np.ndarray[Any, Any]]]:
    """Return the values of cells, one behind the other, and how many there are in each row.

    Parameters
    ----------
    cells
        One for each row.
    depth
        How many indexes the column has.

    Returns
    -------
    tuple
        An array of the values; and for each index, from the column outwards, the lengths of its rows.

    Raises
    ------
    ValueError
        Where cells do not go together.
    """
    lengths: list[np.ndarray[Any, Any]] = []
    try:
        for level in range(depth):
            rows = [_row(cell, number, column) for number, cell in enumerate(cells)]
            lengths.insert(0, np.fromiter(map(len, rows), np.int64, len(rows)))
            if level == depth - 1:
                return _joined(rows, column), lengths
            cells = [inner for row in rows for inner in row]
        return values_of(cells, column), lengths
    except WrongCellError as error:
        for each in lengths:
            error.row = int(np.searchsorted(np.cumsum(each), error.row, "right"))
        raise


def _row(cell: Any, number: int, column: Foreseen) -> Any:
    if type(cell) is list or is_list(cell):
        return cell.to_numpy() if _is_series(cell) else cell
    if is_missing(cell):
        return ()
    msg = f"{column.name!r} is a ragged column: a list or an array is needed in each row, not {cell!r:.60}"
    raise WrongCellError(msg, number)


def _joined(rows: list[Any], column: Foreseen) -> Any:
    """Return rows one behind the other; arrays of numbers are not gone through value by value."""
    there = [row for row in rows if len(row)]
    if there and all(isinstance(row, np.ndarray) and row.dtype.kind in "biufcV" for row in there):
        if len({"b" if row.dtype.kind == "b" else "" for row in there}) > 1:
            msg = f"{column.name!r}: truth values and numbers stand in one column"
            raise ValueError(msg)
        try:
            return values_of(np.concatenate(there), column)
        except (ValueError, TypeError) as error:
            msg = f"{column.name!r}: the arrays do not fit together: {error}"
            raise ValueError(msg) from None
    if not there and rows and all(isinstance(row, np.ndarray) and row.dtype.kind != "O" for row in rows):
        return values_of(max(rows, key=np.ndim), column)  # the type and the further axes are known
    return values_of(list(chain.from_iterable(there)), column)


def values_of(cells: Any, column: Foreseen) -> Any:
    """Return single cells as an array, of the dtype that the specification asks for where nothing is lost by that.

    Raises
    ------
    ValueError
        Where cells are not of one kind, or one is missing where there is nothing that says so.
    """
    if isinstance(cells, np.ndarray) and cells.dtype.kind not in "OMU":
        if cells.dtype.kind == "m":
            raise ValueError(_no_place(column, "timedelta"))
        return array_of(cells if cells.size else _empty(cells, column), column.dtype)
    cells = list(cells)
    kinds = set(map(type, cells))
    if (kinds <= {float, np.float64} or kinds == {int}) and not _is_text(column.dtype):
        return array_of(cells, column.dtype)  # nothing to look at: 5 million take 0.3 s and not 3
    missing = missing_of(cells)
    first = next((cell for cell, gone in zip(cells, missing, strict=True) if not gone), None)
    if isinstance(first, TimeSeriesReference) and column.dtype is None:
        column = replace(column, dtype=PARTS)
    if column.dtype is not None and not isinstance(column.dtype, str):
        return array_of(_with_references(cells, missing, column), column.dtype)
    if isinstance(first, np.void):
        return np.array(cells, dtype=first.dtype)
    if isinstance(first, NWBModel | Unresolved) or (cells and _is_reference(column.dtype)):
        return _references(cells, missing, column)
    if isinstance(first, str | bytes | date | time | np.datetime64) or (first is None and _is_text(column.dtype)):
        return _texts(cells, missing, column)
    if is_list(first):
        return _stacked(cells, missing, column)
    return _numbers(cells, missing, column)


def _empty(cells: np.ndarray[Any, Any], column: Foreseen) -> Any:
    """Return an array of nothing as one of the dtype that the specification asks for."""
    if column.dtype is None or not isinstance(column.dtype, str):
        return cells
    return np.asarray(array_of([], column.dtype)).reshape(cells.shape)


def _is_text(dtype: Dtype | None) -> bool:
    return isinstance(dtype, str) and (dtype in TEXTS or dtype in DATES)


def _is_reference(dtype: Dtype | None) -> bool:
    return isinstance(dtype, str) and dtype.startswith(("object", "region"))


def _no_place(column: Foreseen, kind: str) -> str:
    hints = {
        "timedelta": ": give seconds, as with .dt.total_seconds()",
        "DataFrame": ": give the numbers of the rows, as to_dataframe() does without nested=True",
    }
    return f"{column.name!r}: a column has no place for a value of type {kind}{hints.get(kind, '')}"


def _other(column: Foreseen, kind: str, cell: Any, number: int) -> WrongCellError:
    return WrongCellError(f"{column.name!r} holds {kind}, and {cell!r:.60} is none", number)


def _texts(cells: list[Any], missing: list[bool], column: Foreseen) -> np.ndarray[Any, Any]:
    found = np.empty(len(cells), dtype=object)
    if set(map(type, cells)) == {str}:
        found[:] = cells
        return found
    for number, cell in enumerate(cells):
        if missing[number]:
            found[number] = ""
        elif isinstance(cell, str | bytes):
            found[number] = str(cell) if isinstance(cell, str) else cell.decode()
        elif isinstance(cell, date | time):
            found[number] = cell.isoformat()
        elif isinstance(cell, np.datetime64):
            found[number] = str(cell)
        else:
            raise _other(column, "text", cell, number)
    return found


def _references(cells: list[Any], missing: list[bool], column: Foreseen) -> np.ndarray[Any, Any]:
    target = column.dtype.partition(":")[2] if isinstance(column.dtype, str) else ""
    found = np.empty(len(cells), dtype=object)
    for number, cell in enumerate(cells):
        fits = isinstance(cell, Unresolved) or (
            isinstance(cell, NWBModel) and (not target or target in type_names(type(cell)))
        )
        if missing[number] or not fits:
            kind = f"references, for which objects of type {target} are given" if target else OBJECTS
            raise _other(column, kind, cell, number)
        found[number] = cell
    return found


def _with_references(cells: list[Any], missing: list[bool], column: Foreseen) -> list[Any]:
    """Return rows of a compound; a reference to part of a series that is missing is one of no part of another's.

    Source: IntracellularRecordingsTable, in `nwb.icephys.yaml` of the core of NWB.
    """
    names = [] if isinstance(column.dtype, str | None) else [name for name, _ in column.dtype]
    for number, cell in enumerate(cells):
        row: Any = cell
        is_row = isinstance(cell, (tuple, list, np.void)) and len(row) == len(names)
        if not missing[number] and not is_row:
            raise _other(column, f"tuples ({', '.join(names)})", cell, number)
    if any(missing) and tuple(names) == TimeSeriesReference._fields:
        series = next((cell[2] for cell, gone in zip(cells, missing, strict=True) if not gone), None)
        if series is not None:
            cells = [(-1, -1, series) if gone else cell for cell, gone in zip(cells, missing, strict=True)]
            missing = []
        else:
            msg = (
                f"{column.name!r}: no row has a part of a series, and a row without one names a series all the same: "
                "give (-1, -1, series) for it"
            )
            raise WrongCellError(msg, missing.index(True))
    if any(missing):
        raise _other(column, f"tuples ({', '.join(names)})", None, missing.index(True))
    return cells


def series_in(cells: Iterable[Any]) -> Any:
    """Return the series of the first reference to part of one, None where there is no such reference."""
    return next((cell.timeseries for cell in cells if isinstance(cell, TimeSeriesReference)), None)


def with_parts(column: Foreseen | None, cells: Sequence[Any], series: Any) -> Sequence[Any]:
    """Return cells that are all missing, of a column of parts of series, as references to no part of this series.

    A file names a series also where there is no part of one, and these cells name none.
    """
    names = [] if column is None or isinstance(column.dtype, str | None) else [name for name, _ in column.dtype]
    is_ragged = column is not None and column.depth
    if series is None or tuple(names) != TimeSeriesReference._fields or is_ragged or not all(missing_of(cells)):
        return cells
    return [TimeSeriesReference(-1, -1, series)] * len(cells)


def _stacked(cells: list[Any], missing: list[bool], column: Foreseen) -> Any:
    """Return cells that are arrays, or lists, all of one shape."""
    if any(missing):
        raise _other(column, "arrays", None, missing.index(True))
    cells = [cell.to_numpy() if _is_series(cell) else cell for cell in cells]
    shapes = {np.shape(cell) for cell in cells}
    if len(shapes) > 1:
        msg = f"{column.name!r} is no ragged column, and its cells have several shapes: {sorted(shapes)[:4]}"
        raise ValueError(msg)
    if all(isinstance(cell, np.ndarray) and cell.dtype.kind in "biufc" for cell in cells):
        return array_of(np.stack(cells), column.dtype)
    return array_of([cell.tolist() if isinstance(cell, np.ndarray) else cell for cell in cells], column.dtype)


def _numbers(cells: list[Any], missing: list[bool], column: Foreseen) -> Any:
    found: dict[str, tuple[Any, int]] = {}
    for number, cell in enumerate(cells):
        if missing[number]:
            continue
        if isinstance(cell, bool | np.bool_):
            found.setdefault("truth values", (cell, number))
        elif isinstance(cell, int | float | complex | np.number):
            found.setdefault("numbers", (cell, number))
        elif found:
            raise _other(column, next(iter(found)), cell, number)
        else:
            raise ValueError(_no_place(column, type(cell).__name__.replace("Timedelta", "timedelta")))
    if len(found) > 1:
        kind, other = found
        raise _other(column, kind, *found[other])
    if "truth values" in found and any(missing):
        raise _other(column, "truth values", cells[missing.index(True)], missing.index(True))
    filled = [np.nan if gone else cell for cell, gone in zip(cells, missing, strict=True)] if any(missing) else cells
    if any(missing):
        whole = [cell for cell in filled if isinstance(cell, int | np.integer) and int(float(cell)) != int(cell)]
        if whole:
            msg = f"{column.name!r}: {whole[0]} and a missing value cannot stand in one column, as no float holds it"
            raise ValueError(msg)
    return array_of(filled, column.dtype)


def listed(series: Any) -> Any:
    """Return the cells of a Series of pandas, or whatever is given for a column, as an array or a list.

    Those of a Series are copied: a DataFrame may change later on.
    """
    dtype = getattr(series, "dtype", None)
    if isinstance(series, str | bytes | Mapping) or not hasattr(type(series), "__iter__"):
        msg = f"the cells of a column are a list or an array, one for each row, and not {series!r:.60}"
        raise TypeError(msg)
    if not hasattr(series, "to_numpy"):
        return series if isinstance(series, list | np.ndarray) else list(series)
    if isinstance(dtype, np.dtype) and dtype.kind in "biufcm":
        return series.to_numpy(copy=True)
    return series.tolist()


def ends_of(lengths: np.ndarray[Any, Any], start: int = 0) -> Any:
    """Return where rows end, as an index stores it: in the least width that holds all numbers."""
    ends = np.cumsum(lengths, dtype=np.int64) + start
    return ends.astype(np.min_scalar_type(int(ends[-1])) if len(ends) else np.uint8)


def named(names: Iterable[str]) -> str:
    """Return names as they stand in a message."""
    return ", ".join(map(repr, names))
