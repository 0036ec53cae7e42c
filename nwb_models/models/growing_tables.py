"""Rows that are added to a table: all of its columns grow, or none.

A column in memory gets room for as many rows as it has when it is full, so that 50,000 rows that are added one by one
are copied a few times and not 50,000 times.  Its `value` is the part of the room that is used, at any time.  Behind a
column on disk there is such room, too: what is there is not read, and not written again.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import h5py
import numpy as np

from nwb_models.errors import UnknownFieldError
from nwb_models.models.appending import Appended, fitting
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBDataset, NWBModel
from nwb_models.models.building_tables import columns_for, parts_of, place
from nwb_models.models.cells import (
    OBJECTS,
    Foreseen,
    ends_of,
    flattened,
    foreseen,
    listed,
    missing_of,
    named,
    series_in,
    with_parts,
)
from nwb_models.models.check import array_problem, dtype_name, shape_name
from nwb_models.models.children import names
from nwb_models.models.columns import columns_of, indexes_of, is_a
from nwb_models.models.convert import array_of, is_exact
from nwb_models.models.frames import categories_of, row_count
from nwb_models.models.labels import in_row_order
from nwb_models.models.links import Unresolved
from nwb_models.models.mapping import storage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nwb_models.models.arrays import ArraySource

Change = tuple["Callable[[Any], None]", Any]
"""What is to be done, and with what: found for all columns before anything is done."""

_growths: WeakKeyDictionary[Any, Growth] = WeakKeyDictionary()
"""Table -> how it grows: what has to be known of its columns for each row is found once."""


def add_row(table: Any, row: Mapping[str, Any]) -> None:
    """Add a row to a table; see `DynamicTableMixin.add_row`."""
    for change, argument in growth_of(table).one(row):
        change(argument)


def add_rows(table: Any, rows: Any) -> None:
    """Add rows to a table; see `DynamicTableMixin.add_rows`."""
    cells, count = _by_column(table, rows)
    if not count:
        return
    for change, argument in growth_of(table).several(cells, count):
        change(argument)


def _by_column(table: Any, rows: Any) -> tuple[dict[str, Any], int]:
    """Return rows as the cells of columns; of an aligned table, those of a category below its name."""
    if hasattr(rows, "columns") and hasattr(rows, "iloc"):
        if rows.columns.nlevels == 1:
            return {name: listed(rows[name]) for name in rows.columns}, len(rows)
        found: dict[str, Any] = {}
        for category, name in rows.columns:
            inner = found if category == table.name else found.setdefault(category, {})
            if name != "id" or inner is found:  # of a category, as the index of the frame: they count on
                inner[name] = listed(rows[category, name])
        return found, len(rows)
    if hasattr(rows, "keys") or not isinstance(rows, Iterable):
        msg = f"rows are a DataFrame, or a list with a dict for each row, and not {rows!r:.60}"
        raise TypeError(msg)
    rows = list(rows)
    categories = categories_of(table) if is_a(table, "AlignedDynamicTable") else []
    if categories:
        rows = [_by_category(table, categories, row) if hasattr(row, "keys") else row for row in rows]
    found = {}
    for number, row in enumerate(rows):
        if not hasattr(row, "keys"):
            msg = f"rows are a DataFrame, or dicts: row {number} is {row!r:.60}"
            raise TypeError(msg)
        if row.keys() != rows[0].keys():
            msg = f"row {number} has the columns {named(row)}, and row 0 {named(rows[0])}: None is no value"
            raise UnknownFieldError(msg)
    for name in rows[0] if rows else ():
        cells = [row[name] for row in rows]
        found[name] = _by_column(table[name], cells)[0] if name in categories else cells
    return found, len(rows)


def _by_category(table: Any, categories: Iterable[str], row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row of an aligned table with the cells of each category below its name, also where pairs name them."""
    found: dict[Any, Any] = {}
    for name, cell in row.items():
        if not isinstance(name, tuple) or len(name) != 2:
            found[name] = cell
        elif name[0] in categories:
            found.setdefault(name[0], {})[name[1]] = cell
        else:
            found[name[1] if name[0] == table.name else name] = cell
    return found


def growth_of(table: Any) -> Growth:
    """Return how a table grows; made anew where anything but `add_row` has changed it."""
    found = _growths.get(table)
    if found is None or not found.is_current():
        found = _growths[table] = Growth(table)
    return found


# ---------------------------------------------------------------------------------------------- a table
class Growth:
    """The columns of a table, as they are when rows are added.

    Raises
    ------
    ValueError
        Where the columns do not have as many rows as the table.
    """

    def __init__(self, table: Any) -> None:
        self.table = table
        if not isinstance(table.id, NWBDataset):
            msg = f"rows cannot be added to {table!r}, which has no id: set that first, to the numbers of its rows"
            raise ValueError(msg)
        self.cls: Any = table.__class__
        self.count = row_count(table)
        self.columns = {name: Growing.of(table, name) for name in columns_of(table)}
        self.ids = Growing(table.id, [], _unknown("id", table.id))
        last = self.ids.tail.last()
        self.next = 0 if last is None else int(last) + 1
        self.inside = {}
        if is_a(table, "AlignedDynamicTable"):
            self.inside = {name: Growth(table[name]) for name in categories_of(table)}
        wrong = {name: len(column) for name, column in self.columns.items() if len(column) != self.count}
        wrong |= {name: inner.count for name, inner in self.inside.items() if inner.count != self.count}
        if wrong:
            said = ", ".join(f"{name!r} has {count}" for name, count in wrong.items())
            msg = f"rows cannot be added to {table!r}, which has {self.count} rows, and of its columns {said}"
            raise ValueError(msg)
        self._fields = [entry.field for entry in storage(self.cls).children.values()]
        self._collections = [entry.field for entry in storage(self.cls).collections]
        self._seen = self._state()
        tails = (tail for column in self.columns.values() for tail in column.tails)
        self._parts: list[Tail | Growth] = [self.ids.tail, *tails, *self.inside.values()]

    def _state(self) -> list[Any]:
        """Return what tells whether columns came, went, or have other names."""
        fields = vars(self.table)
        found = [fields.get(field) for field in self._fields]
        for field in self._collections:
            collection = fields.get(field)
            found += collection._items.values() if collection is not None else ()
        return [names.given, *found]

    def is_current(self) -> bool:
        """Tell whether nothing but this has changed the table."""
        return self._state() == self._seen and all(part.is_current() for part in self._parts)

    def one(self, row: Mapping[str, Any]) -> list[Change]:
        """Return the changes that add a row: nothing is changed before all are known.

        What a column takes as it is, which nearly everything is, needs no more than to know its type.
        """
        cells = _by_category(self.table, self.inside, row) if self.inside else dict(row)
        number = cells.pop("id", None)
        changes: list[Change] = []
        if cells.keys() != self.columns.keys() or self.inside:
            changes = self._unlike({name: [cell] for name, cell in cells.items()}, 1, single=True)
        for name, column in self.columns.items():
            cell = cells[name]
            tail = column.tail
            if type(cell) in tail.plain and (tail.low is None or tail.low <= cell <= tail.high):
                changes.append((tail.put, cell))
            else:
                changes += column.grown([cell])
        if number is not None:
            return [*changes, *self._numbered([number])]
        if int not in self.ids.tail.plain:
            return [*changes, *self._numbered([self.next])]
        return [*changes, (self.ids.tail.put, self.next), (self._count, [self.next])]

    def _count(self, ids: list[int]) -> None:
        self.count += len(ids)
        self.next = int(ids[-1]) + 1

    def several(self, cells: Mapping[str, Any], count: int) -> list[Change]:
        """Return the changes that add rows."""
        cells = dict(cells)
        ids = cells.pop("id", None)
        changes = self._unlike(cells, count) if cells.keys() != self.columns.keys() or self.inside else []
        for name, column in self.columns.items():
            changes += column.grown(cells[name])
        if ids is None:
            ids = range(self.next, self.next + count)
        return [*changes, *self._numbered(list(ids))]

    def _numbered(self, ids: list[int]) -> list[Change]:
        return [*self.ids.grown(ids), (self._count, ids)]

    def _unlike(self, cells: dict[str, Any], count: int, *, single: bool = False) -> list[Change]:
        """Return the changes for what is given besides cells of columns that are there.

        That is what is in the tables inside; and in the first row of all, columns that the class knows are made.

        Raises
        ------
        UnknownFieldError
            Where a column is not given, or there is none of a name.
        """
        changes: list[Change] = []
        parts = {name: cells.get(name, {}) for name in self.inside}
        if single:
            parts = {name: given[0] if isinstance(given, list) else given for name, given in parts.items()}
        rows = [given for given in parts.values() if hasattr(given, "keys")]
        series = series_in(cell for row in rows for each in row.values() for cell in ([each] if single else each))
        for name, inner in self.inside.items():
            given = parts[name]
            is_row = isinstance(given, Mapping) and not isinstance(given, NWBModel)
            if not is_row or (name not in cells and inner.columns):
                example = ", ".join(f"{column!r}: ..." for column in inner.columns)
                msg = f"a row of {self.table!r} has a dict for each table in it: {name}={{{example}}} is needed"
                raise UnknownFieldError(msg)
            given = inner._with_parts(given, series, single=single)
            changes += inner.one(given) if single else inner.several(given, count)
        gone = [name for name in self.columns if name not in cells]
        new = [name for name in cells if name not in self.columns and name not in self.inside]
        known = [name for name in new if self.count == 0 and name in storage(self.cls).children]
        if gone or len(known) < len(new):
            raise UnknownFieldError(self._explained(gone, [name for name in new if name not in known], list(cells)))
        for name in known:
            models = columns_for(self.cls, name, cells[name])
            changes.append((partial(place, self.table), models))
        return changes

    def _with_parts(self, given: Any, series: Any, *, single: bool) -> Any:
        """Return what is given for an inner table, with references to a series where there is no part of any."""
        if series is None or not hasattr(given, "keys"):
            return given
        found = {}
        for name, cells in given.items():
            filled = with_parts(foreseen(self.cls, name), [cells] if single else cells, series)
            found[name] = filled[0] if single else filled
        return found

    def _explained(self, gone: list[str], new: list[str], given: list[str]) -> str:
        said = []
        if gone:
            said.append(f"a value is needed for {named(gone)}")
        for name in new:
            near = difflib.get_close_matches(str(name), [n for n in self.columns if n not in given], n=1)
            known = foreseen(self.cls, name)
            hint = f"did you mean {near[0]!r}?" if near else f"add the column first, with add_column({name!r}, ...)"
            said.append(f"there is no column {name!r}: {hint}" if known else f"no column can be called {name!r}")
        there = (*self.columns, *self.inside)
        has = f"the columns {named(there)}" if there else "no columns"
        return f"{self.table!r} has {has}: {'; '.join(said)}"


# ---------------------------------------------------------------------------------------------- a column
class Growing:
    """A column with its indexes.

    Parameters
    ----------
    model, indexes
        The column, and what makes rows of it, from the column outwards.
    column
        What the class of the table says of it.
    """

    def __init__(self, model: Any, indexes: list[Any], column: Foreseen) -> None:
        self.model, self.column = model, column
        self.as_text = replace(column, dtype="text") if column.dtype is None else None
        """What is said of it where it holds text: None is an empty one there, and NaN among numbers."""
        self.is_region, self.is_enumeration = is_a(model, "DynamicTableRegion"), is_a(model, "EnumData")
        self.has_parts = isinstance(column.dtype, tuple) and "timeseries" in dict(column.dtype) and not indexes
        is_plain = not (indexes or self.is_region or self.is_enumeration)
        self.tails = [Tail(model, column, is_plain=is_plain), *(Tail(index, None) for index in indexes)]
        for inner, outer in zip(self.tails, self.tails[1:], strict=False):
            last = outer.last()
            if (0 if last is None else int(last)) != len(inner):
                msg = (
                    f"rows cannot be added: {outer.where} ends with {0 if last is None else last}, and "
                    f"{inner.where} has {len(inner)} values"
                )
                raise ValueError(msg)
        self.tail = self.tails[-1]

    @classmethod
    def of(cls, table: Any, name: str) -> Growing:
        """Return a column of a table."""
        model: Any = table[name]
        if not isinstance(model, NWBDataset):
            msg = f"rows cannot be added to {table!r}: {name!r} is no column, but {model!r}"
            raise ValueError(msg)
        kind: Any = type(table)
        return cls(model, indexes_of(model, table), _said(kind, name, model))

    def __len__(self) -> int:
        return len(self.tail)

    def grown(self, cells: Sequence[Any]) -> list[Change]:
        """Return the changes that add cells, one for each row.

        Raises
        ------
        ValueError
            Where one of them is no cell of this column.
        """
        if self.is_enumeration:
            cells = _numbers(self.model, cells)
        if self.has_parts and any(missing_of(cells)):
            last = self.tail.last()
            cells = with_parts(self.column, cells, None if last is None else last["timeseries"])
        column = self.as_text if self.as_text is not None and self.tails[0].holds_text() else self.column
        values, lengths = flattened(cells, len(self.tails) - 1, column)
        if self.is_region:
            _check_region(self.model, values)
        inner, changes = self.tails[0], []
        changes += inner.grown(inner.fitted(values))
        start = len(inner)
        for tail, counts in zip(self.tails[1:], lengths, strict=True):
            changes += tail.grown(ends_of(counts, start))
            start = len(tail)
        return changes


class Tail:
    """The end of a dataset, with room behind it.

    Parameters
    ----------
    model
        The dataset.
    column
        What the specification says of it; None for an index.
    is_plain
        Whether a cell is a value that can be stored as it is.
    """

    def __init__(self, model: Any, column: Foreseen | None, *, is_plain: bool = False) -> None:
        self.model, self.column, self.is_plain = model, column, is_plain
        self.where = str(model.path or model.name)
        self.source = model._source
        self._open()

    def _open(self) -> None:
        """Begin with the value that the dataset has."""
        value = self.model.value
        self.array: Array | None = None
        self.base: ArraySource | None = None
        if isinstance(value, Array):
            source = value.source
            self.array, self.base = value, source.base if isinstance(source, Appended) else source
            rows = np.concatenate(source.blocks) if isinstance(source, Appended) else None
            self.published: Any = source
            self.room = np.empty((0, *value.shape[1:]), value.dtype) if rows is None else rows
        elif isinstance(value, np.ndarray):
            self.room, self.published = value, value
        else:
            msg = f"rows cannot be added to {self.where}, which holds {type(value).__name__}: give it an array first"
            raise ValueError(msg)
        self.before = 0 if self.base is None else int(self.base.shape[0])
        self.used = len(self.room)
        self.owns = False
        self.plain: set[type] = set()
        self.low: int | None = None
        self.high: int | None = None
        self._note_plain()

    def __len__(self) -> int:
        return self.before + self.used

    def last(self) -> Any:
        """Return the last entry, None where there is none."""
        if self.used:
            return self.room[self.used - 1]
        return self.array[self.before - 1] if self.array is not None and self.before else None

    def is_current(self) -> bool:
        """Tell whether nothing else has given the dataset another value."""
        value: Any = self.model.__dict__.get("value")
        return (value if self.array is None or value is not self.array else self.array.source) is self.published

    def _note_plain(self) -> None:
        """Find the types whose values are stored as they are, so that one of them needs no other look."""
        dtype = self.room.dtype
        self.plain, self.low, self.high = set(), None, None
        if not self.is_plain or self.room.ndim != 1 or not len(self):
            return
        if dtype == np.float64:
            self.plain = {float, np.float64}
        elif dtype.kind == "b":
            self.plain = {bool, np.bool_}
        elif dtype.kind in "iu":
            limits = np.iinfo(dtype)
            self.plain, self.low, self.high = {int, dtype.type}, int(limits.min), int(limits.max)
        elif self.holds_text():
            self.plain = {str}

    def holds_text(self) -> bool:
        """Tell whether it is known to hold text, of any length and alphabet."""
        if self.base is not None:
            text = h5py.check_string_dtype(self.base.dtype)
            return text is not None and text.length is None and text.encoding == "utf-8"
        return self.room.dtype.kind == "O" and self.used > 0 and isinstance(self.room.flat[0], str)

    def fitted(self, values: Any) -> np.ndarray[Any, Any]:
        """Return values as they can stand here.

        Raises
        ------
        ValueError
            Where they cannot.
        """
        assert self.column is not None
        empty: np.ndarray[Any, Any] = np.empty((0, *self.room.shape[1:]), self.room.dtype)
        if self.base is not None:
            if not len(values):
                return empty
            if h5py.check_ref_dtype(self.base.dtype) is not None and _kind(np.asarray(values).flat[0]) != "object":
                msg = f"{values[0]!r:.60} cannot be stored in {self.where}, which holds {OBJECTS}"
                raise ValueError(msg)
            return fitting(values, self.base.dtype, self.base.shape, self.where)
        if self._has_the_like_of(values):
            return np.asarray(values)
        values = np.asarray(array_of(values, self.column.dtype))
        if self.used and not len(values):
            return empty
        problem = array_problem(values, self.column.dtype, self.column.shapes)
        if problem is None and self.used:
            problem = self._unlike(values)
        if problem is not None:
            msg = f"{self.column.name!r}: {problem}"
            raise ValueError(msg)
        return self._alike(values) if self.used else values

    def _has_the_like_of(self, values: Any) -> bool:
        """Tell whether values are at once seen to be of the dtype and shape that are there, as most are."""
        room = self.room
        if not self.used or not len(values) or values.dtype != room.dtype or values.shape[1:] != room.shape[1:]:
            return False
        return room.dtype.kind != "O" or _kind(values.flat[0]) == _kind(room.flat[0])

    def _unlike(self, values: np.ndarray[Any, Any]) -> str | None:
        """Say why values cannot follow those that are there."""
        if values.shape[1:] != self.room.shape[1:]:
            wanted = shape_name((None, *self.room.shape[1:]))
            hint = ""
            if self.column is not None and self.column.depth is None:
                name = self.column.name
                hint = (
                    f"; a column of lists of any length is made with add_column({name!r}, index=True), before any row"
                )
            return f"rows of shape {shape_name(values.shape)} cannot follow those that there are: {wanted}{hint}"
        one, two = self.room.dtype, values.dtype
        kinds = ["number" if d.kind in "iufc" else d.kind for d in (one, two)]
        if one.kind == "O":
            kinds = [_kind(self.room.flat[0]), _kind(values.flat[0])]
        if kinds[0] != kinds[1] or one.names != two.names:
            there = {"object": OBJECTS, "text": "text"}.get(kinds[0], dtype_name(one))
            return f"{values.flat[0]!r:.60} cannot be stored with what is there: {there}"
        return None

    def _alike(self, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return values in the dtype that is there, or one that holds what is there as well: nothing is rounded."""
        dtype = self.room.dtype
        if values.dtype == dtype or dtype.kind not in "iufc":
            return values.astype(dtype)
        if is_exact(values, dtype):
            return values.astype(dtype)
        common = np.result_type(values.dtype, dtype)
        problem = array_problem(values.astype(common), self.column.dtype, None) if self.column is not None else None
        if problem is not None or not is_exact(values, common) or not is_exact(self.room[: self.used], common):
            msg = f"{self.where} holds {dtype_name(dtype)}, and {values.flat[0]!r:.60} is none"
            raise ValueError(msg)
        return values.astype(common)

    def put(self, value: Any) -> None:
        """Put one value behind those that there are."""
        if not self.owns or self.used == len(self.room):
            self._make_room(1)
        self.room[self.used] = value
        self._publish(1)

    def grown(self, rows: np.ndarray[Any, Any]) -> list[Change]:
        """Return the changes that put rows behind those that there are; an index gets the width that it needs."""
        if self.column is not None or self.room.dtype.kind not in "iu":
            return [(self._extend, rows)]
        rows = rows.astype(np.result_type(rows.dtype, self.room.dtype))
        if rows.dtype != self.room.dtype and self.array is not None:  # on disk, the index is too narrow
            return [(self._replace, np.asarray(self.array).astype(rows.dtype)), (self._extend, rows)]
        return [(self._extend, rows)]

    def _replace(self, value: np.ndarray[Any, Any]) -> None:
        self.model.value = value
        self._open()

    def _extend(self, rows: np.ndarray[Any, Any]) -> None:
        """Put rows behind those that there are, of a wider dtype, too."""
        is_other = not self.used or rows.dtype != self.room.dtype
        if is_other:
            self.room = self.room[: self.used].astype(rows.dtype) if self.used else rows[:0]
            self.owns = False
        self._make_room(len(rows))
        self.room[self.used : self.used + len(rows)] = rows
        self._publish(len(rows))
        if self.is_plain and (not self.plain or is_other):
            self._note_plain()

    def _make_room(self, count: int) -> None:
        """Have room for so many more rows, in an array of which nobody else has the end."""
        wanted = self.used + count
        if self.owns and wanted <= len(self.room):
            return
        room = np.empty((max(64, wanted, self.used + self.used // 2), *self.room.shape[1:]), self.room.dtype)
        room[: self.used] = self.room[: self.used]
        self.room, self.owns = room, True

    def _publish(self, count: int) -> None:
        """Let the dataset have the rows that are in the room."""
        self.used += count
        if self.array is not None:
            assert self.base is not None
            if not isinstance(self.published, Appended) and hasattr(self.base, "note_change"):
                self.base.note_change()
            self.published = self.array._source = Appended(self.base, [self.room[: self.used]])
            return
        if self.source is not None:
            self.source.note_change(self.model._path)
        self.published = self.model.__dict__["value"] = self.room[: self.used]


def set_column(table: Any, name: str, cells: Any) -> None:
    """Give a column other cells, where it keeps all else that it has; one that is not there is added.

    Raises
    ------
    ValueError
        Where the cells do not go together, are nested more or less deep than those that are there, are none of this
        column, or are not as many as the rows of the table.
    """
    model = table.get(name)
    if model is None:
        table.add_column(name, cells)
        return
    column, indexes = _said(type(table), name, model), indexes_of(model, table)
    cells = listed(in_row_order(cells, table))
    if is_a(model, "EnumData"):
        cells = _numbers(model, cells)
    values, lengths = parts_of(cells, column, len(indexes))
    if is_a(model, "DynamicTableRegion"):
        _check_region(model, values)
    problem = array_problem(values, column.dtype, column.shapes)
    if problem is not None:
        msg = f"{name!r}: {problem}"
        raise ValueError(msg)
    count, rows = row_count(table), len(lengths[-1]) if lengths else len(values)
    others = [other for other in columns_of(table) if other != name] if count else []  # one that is empty is begun
    others += categories_of(table) if is_a(table, "AlignedDynamicTable") else []
    if rows != count and others:
        msg = f"{table!r} has {count} rows, and {rows} are given for {name!r}: del table[rows] takes rows away"
        raise ValueError(msg)
    if rows != count and isinstance(table.id, NWBDataset):
        table.id.value = np.arange(rows)
    model.value = values
    for index, each in zip(indexes, lengths, strict=True):
        index.value = ends_of(each)


def _check_region(region: Any, values: Any) -> None:
    """Refuse rows that the table of a region does not have."""
    rows = row_count(region.table) if is_a(region.table, "DynamicTable") else None
    if rows is None or values.dtype.kind not in "iu":
        return
    wrong = values[(values < 0) | (values >= rows)]
    if wrong.size:
        msg = f"{region.name!r} refers to row {wrong[0]} of {region.table!r}, which has {rows} rows"
        raise ValueError(msg)


def _numbers(enumeration: Any, cells: Sequence[Any]) -> Any:
    """Return the labels of an enumeration as their numbers."""
    labels = np.asarray(enumeration.elements).tolist()
    known = {label: number for number, label in enumerate(labels)}

    def number(cell: Any) -> Any:
        if isinstance(cell, list | tuple | np.ndarray):
            return [number(inner) for inner in cell]
        if cell not in known:
            msg = f"{enumeration.name!r} has no label {cell!r}; it has {named(labels)}"
            raise ValueError(msg)
        return known[cell]

    return [number(cell) for cell in cells]


def _said(table: Any, name: str, model: Any) -> Foreseen:
    """Return what a class of tables says of a column; where it does not know it, what the column's own class does."""
    column = foreseen(table, name)
    return column if column is not None and column.depth is not None else _unknown(name, model)


def _unknown(name: str, model: Any) -> Foreseen:
    """Return what is said of a column that the class of its table does not know: its own class says it."""
    cls: Any = type(model)
    value = storage(cls).value
    assert value is not None
    return Foreseen(name, cls, value.marker.dtype, value.marker.shape, None, required=False, description="")


def _kind(entry: Any) -> str:
    return "object" if isinstance(entry, NWBModel | Unresolved) else "text" if isinstance(entry, str) else "number"
