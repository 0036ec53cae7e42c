"""Columns of tables by their rows: which indexes make rows of a column, and what is read for some of them.

A column is read in as few pieces as its rows lie in, and cut into rows in memory.
"""

from __future__ import annotations

import contextlib
from functools import partial
from posixpath import dirname
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

import numpy as np

from nwb_models.errors import NWBError, TooLargeError, UnreadableObjectError, warn
from nwb_models.models.base import NWBDataset, NWBGroup
from nwb_models.models.labels import row_numbers_of
from nwb_models.models.links import Unresolved
from nwb_models.models.mapping import type_names
from nwb_models.models.time_series_reference import TimeSeriesReference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

GAP = 1 << 16
"""The most bytes between two parts that are read with them: another read takes longer than so many bytes do."""
BLOCK = 1 << 22
"""About how many bytes are read together where one goes through the rows of a column."""

_kept: WeakKeyDictionary[Any, tuple[int, list[ref[Any]]]] = WeakKeyDictionary()
"""Column in a file -> how often anything of the file was changed, and the indexes of the column then."""


# ---------------------------------------------------------------------------------------------- which index
def note_target(model: Any) -> None:
    """Let the column that a model leads to know it, where the model is an index."""
    target = getattr(model, "target", None)
    if isinstance(target, NWBDataset) and is_a(model, "VectorIndex"):
        target._index = model


def indexes_of(column: Any, table: Any = None, around: Around | None = None) -> list[Any]:
    """Return the index of a column, the index of that index, and so on: the last one has an entry for each row.

    Parameters
    ----------
    column
        The model of the column, or of an index.
    table
        The table that it is reached through; where none is given, that in whose group it lies.
    around
        What is in the table, where that is known already.
    """
    if not isinstance(column, NWBDataset):
        return []
    if table is None and column._source is not None and column.path is not None:
        with contextlib.suppress(NWBError):  # it was removed: then its data is not there either, which says so
            table = column._source.read(dirname(column.path))
    if around is None and isinstance(table, NWBGroup):
        around = Around(table)
    found: list[Any] = []
    index = _index_of(column, around)
    while index is not None and all(index is not other for other in found):
        found.append(index)
        index = _index_of(index, around)
    return found


def _kept_indexes(column: Any) -> list[Any]:
    """Return the indexes of a column as `indexes_of` does, which is asked again once anything of the file has changed.

    One goes through a column row by row, and a row is found in 30 us, its indexes in 40.
    """
    source = column._source if isinstance(column, NWBDataset) else None
    if source is None:
        return indexes_of(column)
    changes = source.changes
    kept = _kept.get(column)
    if kept is not None and kept[0] == changes:
        found = [index() for index in kept[1]]
        if None not in found:
            return found
    found = indexes_of(column)
    _kept[column] = changes, [ref(index) for index in found]
    return found


def _index_of(column: Any, around: Around | None) -> Any:
    """Return the index of a column: ``x_index`` of ``x``, or one of an unusual name; None where it has none."""
    if around is not None:
        usual = f"{column.name}_index"
        for name in ([usual] if usual in around.names else []) + around.unusual:
            found = child_of(around.table, name)
            if _leads_to(found, column):
                return found
    noted: Any = getattr(column, "_index", None)
    if not _leads_to(noted, column):
        return None
    is_removed = column._source is None and column.parent is not None and noted.parent is None
    return None if is_removed else noted


def _leads_to(index: Any, column: Any) -> bool:
    return getattr(index, "target", None) is column and is_a(index, "VectorIndex")


class Around:
    """What is in a table, by names; nothing is built for it."""

    def __init__(self, table: Any) -> None:
        self.table = table
        self.names = set(table._names())
        """Everything that is there."""
        self.unusual: list[str] = []
        """The datasets that are no columns or indexes as far as names tell."""
        named = {"id", *column_names(getattr(table, "colnames", None))}
        rest = [name for name in self.names - named if not _is_usual(name, named)]
        if not rest:  # as nearly always: what else there is has to be looked at
            return
        for name, entry in table._children():
            is_group = entry is not None and entry.model is not None and issubclass(entry.model, NWBGroup)
            if not is_group and name in rest:
                self.unusual.append(name)


def _is_usual(name: str, named: set[str]) -> bool:
    while name not in named and name.endswith("_index"):
        name = name.removesuffix("_index")
    return name in named


def columns_of(table: Any) -> list[str]:
    """Return the names of the columns in a table: those of `colnames`, in that order, then others that are there."""
    around = Around(table)
    named = [name for name in dict.fromkeys(column_names(table.colnames)) if name != "id" and name in around.names]
    rest = {name: child_of(table, name) for name in around.unusual}
    rest = {name: child for name, child in rest.items() if is_a(child, "VectorData") and not is_a(child, "VectorIndex")}
    if rest:  # what an enumeration takes its labels from stands in the table and has rows of its own
        elements = [getattr(child_of(table, name), "elements", None) for name in (*named, *rest)]
        rest = {name: child for name, child in rest.items() if all(child is not entry for entry in elements)}
    return [*named, *rest]


def child_of(table: Any, name: str) -> Any:
    """Return a child of a table, None where there is none or it cannot be read."""
    with contextlib.suppress(NWBError):
        return table.get(name)
    return None


def column_names(value: Any) -> list[str]:
    """Return the names in the attribute ``colnames``; none where it holds something else."""
    entries = [entry.decode() if isinstance(entry, bytes) else entry for entry in np.atleast_1d(value).flat]
    return [entry for entry in entries if isinstance(entry, str)]


def is_a(model: Any, neurodata_type: str) -> bool:
    """Tell whether a model is of a type or one that derives from it, in any version."""
    cls: Any = type(model)
    return neurodata_type in type_names(cls)


# ---------------------------------------------------------------------------------------------- reading rows
class Column:
    """A column as its table has it: its cells, row by row.

    Parameters
    ----------
    model
        The model of the column, or an array.
    indexes
        What makes rows of it, from the column outwards; see `indexes_of`.
    """

    def __init__(self, model: Any, indexes: list[Any]) -> None:
        self.model, self.indexes = model, indexes
        self.data = _array(model)
        for index in indexes:
            _require_index(index)

    @classmethod
    def of(cls, model: Any) -> Column:
        """Return a column with its indexes; of an index, the column below with what leads there."""
        if not is_a(model, "VectorIndex"):
            return cls(model, _kept_indexes(model))
        chain = [model]
        while is_a(chain[0].target, "VectorIndex") and all(chain[0].target is not index for index in chain):
            chain.insert(0, chain[0].target)
        return cls(chain[0].target, chain)

    @property
    def outermost(self) -> Any:
        """What has an entry for each row: an index, or the column itself."""
        return self.indexes[-1] if self.indexes else self.model

    def __len__(self) -> int:
        """Return the number of rows."""
        return _length(_array(self.outermost))

    def cells(self, rows: Numbers) -> Any:
        """Read rows.

        Parameters
        ----------
        rows
            The numbers of the rows, each of which the column has.

        Returns
        -------
        numpy.ndarray or list
            The values of a column of single values.  Of a ragged one, a list of arrays, or of lists of them where an
            index has an index.
        """
        return self._cells(len(self.indexes), rows)

    def _cells(self, depth: int, rows: Numbers) -> Any:
        if depth == 0:
            values, places = _fetch(self._values, self.data, rows, rows + 1)
            return values if _are_in_order(places, len(values)) else _picked(values, places)
        if depth == 1 and len(rows) == 1:
            found = self._row(int(rows[0]))
            if found is not None:
                return [found]
        starts, stops = self._bounds(self.indexes[depth - 1], rows)
        if depth == 1:
            values, places = _fetch(self._values, self.data, starts, stops)
        else:
            inner = _array(self.indexes[depth - 2])
            values, places = _fetch(lambda a, b: self._cells(depth - 1, np.arange(a, b)), inner, starts, stops)
        ends = places + (stops - starts)
        return [values[start:stop] for start, stop in zip(places.tolist(), ends.tolist(), strict=True)]

    def _row(self, row: int) -> Any:
        """Read one row of a ragged column; None where its index does not fit it.

        It is what is asked for most often, and takes half the time of one row of many.
        """
        index = self.indexes[0]
        if _array(index).dtype.kind == "f":  # of which some may be no numbers
            return None
        ends = np.asarray(_array(index)[max(row - 1, 0) : row + 1]).tolist()
        start, stop = ends[0] if row else 0, ends[-1]
        return self._values(start, stop) if 0 <= start <= stop <= _length(_array(index.target)) else None

    def _bounds(self, index: Any, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Return where rows start and stop in the target of an index, as far as that reaches."""
        data = _array(index)
        before = np.maximum(rows - 1, 0)
        values, places = _fetch(lambda a, b: np.asarray(data[a:b]).astype(np.int64), data, before, rows + 1)
        stops = values[places + (rows - before)]
        starts = np.where(rows > 0, values[places], 0) if len(rows) else stops
        length = _length(_array(index.target))
        first, last = np.clip(starts, 0, length), np.clip(stops, 0, length)
        last = np.maximum(first, last)
        wrong = np.flatnonzero((first != starts) | (last != stops))
        if len(wrong):
            place, more = wrong[0], f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            warn(
                f"{_where(index)} does not fit {_where(index.target)}, which has {length} values: "
                f"row {rows[place]} is {starts[place]}:{stops[place]}{more}; rows have what is there"
            )
        return first, last

    def _values(self, start: int, stop: int) -> Any:
        return meant(self.model, self.data[start:stop])


def iterated(model: Any) -> Iterator[Any]:
    """Yield what each row of a column has, reading some of them at a time."""
    column = Column.of(model)
    size = int(np.prod(column.data.shape, dtype=np.int64)) * int(column.data.dtype.itemsize)
    step = max(1, BLOCK * len(column) // max(1, size))
    for start in range(0, len(column), step):
        block = model[start : start + step]
        yield from (block.iloc[row] for row in range(len(block))) if hasattr(block, "iloc") else block


def row_numbers(rows: Any, count: int, owner: Any) -> Numbers:
    """Return the numbers of rows that were asked for.

    Parameters
    ----------
    rows
        None for all, a number, a slice, or a list or mask; or the index of a DataFrame of the table, which has ids.
    count
        How many there are.
    owner
        What has the rows, for an error.

    Raises
    ------
    IndexError
        Where there is no such row, or this is no way to ask for one.
    TooLargeError
        Where there are too many for the memory.
    """
    if rows is None or rows is Ellipsis or isinstance(rows, slice):
        try:
            return np.arange(*(rows if isinstance(rows, slice) else slice(None)).indices(count))
        except MemoryError as error:
            msg = f"{owner!r} has {count} rows, more than memory holds: ask for some of them, as rows=slice(1000)"
            raise TooLargeError(msg) from error
    if type(rows) is int and 0 <= rows < count:
        return np.array([rows])
    asked = np.asarray(row_numbers_of(rows, owner))
    if asked.dtype.kind == "b" and asked.shape == (count,):
        return np.flatnonzero(asked)
    if asked.ndim > 1 or (asked.size and asked.dtype.kind not in "iu"):
        msg = f"{owner!r} has {count} rows: a number, a slice, or a list or mask of so many is needed, not {rows!r}"
        raise IndexError(msg)
    asked = asked.reshape(-1).astype(np.int64)
    wrong = asked[(asked < -count) | (asked >= count)]
    if wrong.size:
        msg = f"there is no row {wrong[0]} in {owner!r}: it has {count}"
        raise IndexError(msg)
    return np.where(asked < 0, asked + count, asked)


def _fetch(read: Callable[[int, int], Any], data: Any, starts: Numbers, stops: Numbers) -> tuple[Any, Numbers]:
    """Read parts of something along its first axis: near ones together, and nothing that lies far between them.

    Parameters
    ----------
    read
        Reads from one place on, and up to another.
    data
        What is read, to tell how large its entries are.
    starts, stops
        Where the parts start and stop.

    Returns
    -------
    tuple
        What was read, one piece behind the other, and where each part starts in it.
    """
    there = np.flatnonzero(starts < stops)
    if len(there) == 0:
        return read(0, 0), np.zeros(len(starts), np.int64)
    gap = GAP // max(1, _row_size(data))
    if (starts[1:] >= starts[:-1]).all() and (starts[1:] <= stops[:-1] + gap).all():
        return read(int(starts[0]), int(stops.max())), starts - starts[0]  # all rows, or some that follow each other
    order = there[np.argsort(starts[there], kind="stable")]
    first, last = starts[order], np.maximum.accumulate(stops[order])
    new = np.append(True, first[1:] > last[:-1] + gap)
    begins, ends = first[new], last[np.append(new[1:], True)]
    pieces = [read(int(a), int(b)) for a, b in zip(begins, ends, strict=True)]
    before = np.append(0, np.cumsum(ends - begins)[:-1])
    piece = np.maximum(np.searchsorted(begins, starts, "right") - 1, 0)
    places = np.where(starts < stops, starts - begins[piece] + before[piece], 0)
    return _joined(pieces), places


def _joined(pieces: list[Any]) -> Any:
    if len(pieces) == 1:
        return pieces[0]
    return np.concatenate(pieces) if isinstance(pieces[0], np.ndarray) else [row for piece in pieces for row in piece]


def _picked(values: Any, places: Numbers) -> Any:
    return values[places] if isinstance(values, np.ndarray) else [values[place] for place in places]


def _are_in_order(places: Numbers, count: int) -> bool:
    return len(places) == count and bool((places == np.arange(count)).all())


def _array(column: Any) -> Any:
    """Return what a column holds; nothing, where that is no array, or an iterator that is still to come."""
    value = column.value if isinstance(column, NWBDataset) else column
    value = value.data if hasattr(value, "with_data") else value
    shape = getattr(value, "shape", None)
    return value if shape and shape[0] is not None else np.empty(0)


def _length(data: Any) -> int:
    return int(data.shape[0])


def _row_size(data: Any) -> int:
    return int(np.prod(data.shape[1:], dtype=np.int64)) * int(data.dtype.itemsize)


def _require_index(index: Any) -> None:
    """Refuse as an index what has no single axis of numbers.

    Raises
    ------
    UnreadableObjectError
        Where it says nothing of rows.
    """
    data = _array(index)
    if len(data.shape) != 1 or data.dtype.kind not in "iuf":
        msg = f"{index!r} is no index of rows: it has the shape {tuple(data.shape)} and the dtype {data.dtype}"
        raise UnreadableObjectError(msg)


def _where(model: Any) -> str:
    return str(model.path or getattr(model, "name", model))


# ---------------------------------------------------------------------------------------------- what values mean
def meant(model: Any, values: Any) -> Any:
    """Return stored values as what they stand for: the labels of an enumeration, references to parts of series."""
    if is_a(model, "EnumData"):
        return _labels(model, values)
    names = values.dtype.names if isinstance(values, np.ndarray | np.void) else None
    if names is None or set(names) != set(TimeSeriesReference._fields):
        return values
    return _references(values) if values.ndim else _references(values.reshape(1))[0]


def _labels(model: Any, values: Any) -> Any:
    """Return the labels of an enumeration; None for a number that has none."""
    labels = np.asarray(_array(getattr(model, "elements", None)))
    numbers = np.asarray(values)
    known = (numbers >= 0) & (numbers < len(labels))
    if known.all():
        return labels[numbers]
    warn(f"{_where(model)} has {len(labels)} elements, and numbers such as {numbers[~known][0]}: those become None")
    found = np.full(numbers.shape, None, object)
    found[known] = labels[numbers[known]]
    return found


def _references(values: np.ndarray[Any, Any]) -> list[TimeSeriesReference | None]:
    """Return references to parts of series; None where the numbers are -1 or the reference is null: there is none.

    They are made as plain tuples are, which takes 10 ms for 50,000 and not 25.

    Source: IntracellularRecordingsTable, in `nwb.icephys.yaml` of the core of NWB.
    """
    parts = [values[name] for name in TimeSeriesReference._fields]
    rows = zip(*(part.tolist() for part in parts), strict=True)
    found: list[Any] = list(map(partial(tuple.__new__, TimeSeriesReference), rows))
    null = [place for place, series in enumerate(parts[2].tolist()) if type(series) is Unresolved and not series.path]
    for place in (*np.flatnonzero((parts[0] < 0) | (parts[1] < 0)), *null):
        found[place] = None
    return found
