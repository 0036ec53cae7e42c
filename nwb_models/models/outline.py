"""What people see of a model: lines that unfold, bounded in number, and no data of an array.

    model -> outline -> Line -> nwb_models.models.html

Each line is made once, level by level, so that what is near is shown where not all can be.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.errors import NWBError
from nwb_models.models.base import NWBDataset, NWBGroup, NWBModel, kind_of
from nwb_models.models.check import dtype_name
from nwb_models.models.children import Collection
from nwb_models.models.columns import Column, columns_of, indexes_of, is_a, meant
from nwb_models.models.frames import row_count
from nwb_models.models.issues import printable
from nwb_models.models.links import Region, Unreadable, Unresolved
from nwb_models.models.mapping import owns, storage
from nwb_models.models.time_series_reference import TimeSeriesReference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.models.mapping import StoredField

TEXT = 200
"""The most characters of one value that are shown."""
FEW = 6
"""The most values that are shown of what is in memory, or in a cell of a table."""
CHUNK = 1 << 26
"""Bytes of a chunk from which on nothing is read of an array: HDF5 reads whole chunks."""
SILENT = ("name", "object_id", "neurodata_type", "namespace", "colnames")
"""Fields that say nothing that is not shown elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is shown."""

    lines: int = 400
    """Objects and values in all."""
    children: int = 20
    """Children of one object."""
    rows: int = 5
    """Rows of a table."""
    columns: int = 20
    """Columns of which rows are shown."""
    heads: bool = False
    """Whether rows are shown of each table, and not only where it is the object itself."""


@dataclass(slots=True)
class Line:
    """One object or value, and what it unfolds to."""

    name: str
    kind: str = ""
    """The type of an object, ``link`` for what lives elsewhere, and nothing for a value."""
    text: str = ""
    """What is said of it in short."""
    lines: list[Line] = field(default_factory=list)
    more: int = 0
    """How many children are not shown."""
    head: Head | None = None
    """The first rows of a table."""
    is_problem: bool = False


@dataclass(slots=True)
class Head:
    """The first rows of a table."""

    columns: list[str]
    rows: list[list[str]]
    """Cells, the ``id`` first."""
    more_rows: int
    more_columns: int


def outline(thing: Any, bounds: Bounds) -> Line:
    """Return what is shown of a model, a collection or an array; no array is read, but for rows of a table.

    Parameters
    ----------
    thing
        What is shown.
    bounds
        How much of it.
    """
    if isinstance(thing, Collection):
        top = Line("", "Collection", _counted(len(thing), "object"))
        children = [(name, None) for name in itertools.islice(thing, bounds.children)]
        waiting: deque[tuple[Line, Any]] = deque()
        walk = _Walk(bounds, waiting)
        walk.add(top, [(name, None, lambda name=name: thing[name]) for name, _ in children], len(thing), None)
        return walk.done(top)
    if isinstance(thing, NWBModel):
        top = _line(thing.name, thing)
        walk = _Walk(bounds, deque([(top, thing)]))
        return walk.done(top)
    top = Line("", "Array", described(thing))
    top.lines = array_lines(thing)
    return top


class _Walk:
    """Unfolds objects, those near the top first, until there are enough lines."""

    def __init__(self, bounds: Bounds, waiting: deque[tuple[Line, Any]]) -> None:
        self.bounds, self.waiting = bounds, waiting
        self.left = bounds.lines
        self.seen = {id(model) for _, model in waiting}
        self.is_top = bool(waiting)

    def done(self, top: Line) -> Line:
        """Unfold what is waiting, and return the first line."""
        while self.waiting and self.left > 0:
            line, model = self.waiting.popleft()
            self._unfold(line, model)
            self.is_top = False
        return top

    def _unfold(self, line: Line, model: NWBModel) -> None:
        line.lines += itertools.islice(_attributes(model), self.bounds.lines)
        if isinstance(model, NWBDataset):
            line.lines += array_lines(model.value)
        self.left -= len(line.lines)
        if is_a(model, "DynamicTable") and (self.is_top or self.bounds.heads):
            try:
                line.head = head_of(model, self.bounds)
            except NWBError as error:
                line.lines.append(_problem("rows", error))
        if isinstance(model, NWBGroup):
            try:
                children, count = first_children(model, self.bounds.children)
            except NWBError as error:
                line.lines.append(_problem("children", error))
                return
            self.add(line, [(*child, lambda child=child: _child(model, *child)) for child in children], count, model)

    def add(self, line: Line, children: list[tuple[str, Any, Any]], count: int, parent: Any) -> None:
        """Add lines for children, each with what builds it."""
        line.more = count - len(children)
        for name, entry, build in children:
            self.left -= 1
            try:
                child = build()
                line.lines.append(self._of_child(name, entry, child, parent))
            except NWBError as error:
                line.lines.append(_problem(name, error))

    def _of_child(self, name: str, entry: StoredField | None, child: Any, parent: Any) -> Line:
        if not isinstance(child, NWBModel):
            return Line(name, "", described(child))
        if not owns(entry) or _is_elsewhere(name, child, parent) or id(child) in self.seen:
            return Line(name, "link", described(child))
        self.seen.add(id(child))
        made = _line(name, child)
        self.waiting.append((made, child))
        return made


def _line(name: str, model: NWBModel) -> Line:
    """Return the line of an object, which says what it is without what is in it."""
    try:
        return Line(name, kind_of(model), _summary(model))
    except NWBError as error:
        return Line(name, kind_of(model), _problem("", error).text)


def _summary(model: NWBModel) -> str:
    if isinstance(model, NWBDataset):
        return described(model.value)
    assert isinstance(model, NWBGroup)
    if is_a(model, "DynamicTable"):
        return f"{_counted(row_count(model), 'row')}, {_counted(len(columns_of(model)), 'column')}"
    data = getattr(model, "data", None) if "data" in type(model).model_fields else None
    if isinstance(data, NWBDataset):
        return described(data.value)
    if model.neurodata_type is None:
        count = len(set(model._names()))
        return _counted(count, "object") if count else "empty"
    description = model.__dict__.get("description")
    return short(description, 80) if isinstance(description, str) else ""


def _attributes(model: NWBModel) -> Iterator[Line]:
    for entry in storage(type(model)).attributes.values():
        value = getattr(model, entry.field, None)
        if entry.field not in SILENT and value is not None:
            yield Line(entry.field, "link" if isinstance(value, NWBModel) else "", described(value))
    for name, value in (model.__pydantic_extra__ or {}).items():
        yield Line(name, "", described(value))


def first_children(group: NWBGroup, most: int) -> tuple[list[tuple[str, StoredField | None]], int]:
    """Return the first children with their fields, and how many there are.

    Of many, only the names are listed: to look at the type of each of 8,000 takes seconds.
    """
    names = list(dict.fromkeys(group._names()))
    if len(names) <= most:
        children = list(group._children())
        return children, len(children)
    known = storage(type(group)).children
    return [(name, known.get(name)) for name in names[:most]], len(names)


def _child(group: NWBGroup, name: str, entry: StoredField | None) -> Any:
    tables = storage(type(group))
    if entry is None or any(entry is known for known in tables.collections):
        return group._child(name)
    return getattr(group, entry.field)


def _is_elsewhere(name: str, child: NWBModel, parent: Any) -> bool:
    """Tell whether an object lives at another place of a file than the one where it was come by."""
    if parent is None or parent.path is None or child.path is None:
        return False
    return child._source is not parent._source or child.path != f"{parent.path.rstrip('/')}/{name}"


def _problem(name: str, error: NWBError) -> Line:
    return Line(name, "", short(" ".join(str(entry) for entry in error.args)), is_problem=True)


# ---------------------------------------------------------------------------------------------- values
def short(text: str, most: int = TEXT) -> str:
    """Return text in one line that everything can show."""
    line = printable(" ".join(text[: most * 2].split()))
    return line if len(line) <= most and len(text) <= most * 2 else line[: most - 1] + "…"


def described(value: Any) -> str:
    """Return in one line what a value is; nothing on disk is read."""
    match value:
        case str():
            return short(value)
        case bytes():
            return short(value[: TEXT * 2].decode("utf-8", "backslashreplace"))
        case NWBModel():
            where = value.path or value.name
            return short(f"{where} ({kind_of(value)})")
        case Region():
            return f"{described(value.target)} [{short(value.selection)}]"
        case Unresolved():
            file = f"{value.filename}: " if value.filename else ""
            return short(f"{file}{value.path}, which is not followed" if value.path else "refers to nothing")
        case Unreadable():
            return short(f"cannot be read: {value.reason}")
        case date():
            return value.isoformat()
        case np.generic() if value.dtype.names is None:
            return short(str(value.item()))
        case TimeSeriesReference():
            return f"{described(value.timeseries)} [{value.idx_start} : {value.idx_start + value.count}]"
        case tuple() | list():
            return f"[{_few(value)}]"
        case np.void() if value.dtype.names is not None:
            return f"({_few([value[name] for name in value.dtype.names])})"
        case np.ndarray() if value.ndim == 0:
            return described(value[()])
        case np.ndarray() if value.ndim < 2 and value.size <= FEW:
            return f"[{_few(list(value))}]"
        case _ if getattr(value, "shape", None) is not None and hasattr(value, "dtype"):
            return shape_and_dtype(value)
    return short(repr(value) if type(value) in (int, float, bool, complex) else str(value))


def _few(values: Any) -> str:
    shown = [short(described(value), 40) for value in values[:FEW]]
    return ", ".join(shown) + (f", … ({len(values)})" if len(values) > FEW else "")


def shape_and_dtype(array: Any) -> str:
    """Return shape and dtype, as ``6000 x 4 int16``."""
    lengths = " x ".join("?" if length is None else str(length) for length in array.shape)
    return short(f"{lengths or 'a single value'} {dtype_name(np.dtype(array.dtype))}".strip())


def array_lines(value: Any) -> list[Line]:
    """Return what is known of an array without reading it."""
    value = value.data if hasattr(value, "with_data") else value
    shape = getattr(value, "shape", None)
    if shape is None or not hasattr(value, "dtype") or len(shape) == 0:
        return []
    lines = [Line("shape", "", str(tuple(shape))), Line("dtype", "", short(dtype_name(np.dtype(value.dtype))))]
    if None not in shape:
        size = math.prod(shape) * np.dtype(value.dtype).itemsize
        if np.dtype(value.dtype).kind != "O":
            lines.append(Line("size", "", human_size(size)))
    if getattr(value, "chunks", None):
        lines.append(Line("chunks", "", str(tuple(value.chunks))))
    return lines


def human_size(size: float) -> str:
    """Return a number of bytes as people write it.

    >>> human_size(10), human_size(48_000), human_size(5e9)
    ('10 B', '48.0 kB', '5.0 GB')
    """
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            break
        size /= 1000
    return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


# ---------------------------------------------------------------------------------------------- tables
def head_of(table: Any, bounds: Bounds) -> Head:
    """Return the first rows of a table; of a cell with many values, the first few are read."""
    count = row_count(table)
    rows, names = min(count, bounds.rows), columns_of(table)
    shown = names[: bounds.columns]
    cells = [_identifiers(table, rows), *(_cells_of(table, name, rows) for name in shown)]
    lines = [[column[row] if row < len(column) else "" for column in cells] for row in range(rows)]
    return Head(["id", *shown], lines, count - rows, len(names) - len(shown))


def _identifiers(table: Any, rows: int) -> list[str]:
    return (
        [str(number) for number in range(rows)] if not isinstance(table.id, NWBDataset) else _cells(table.id, [], rows)
    )


def _cells_of(table: Any, name: str, rows: int) -> list[str]:
    try:
        model = table[name]
        return _cells(model, indexes_of(model, table), rows)
    except (NWBError, ValueError, TypeError, IndexError) as error:
        return [f"cannot be read ({type(error).__name__})"] * rows


def _cells(model: Any, indexes: list[Any], rows: int) -> list[str]:
    """Return cells as text; nothing is read that would take long."""
    column = Column(model, indexes)
    rows = min(rows, len(column))
    if is_costly(column.data) or any(is_costly(Column(index, []).data) for index in indexes):
        return ["not read"] * rows
    if not indexes:
        inner = math.prod(column.data.shape[1:])
        if inner > FEW:
            return [f"{' x '.join(map(str, column.data.shape[1:]))} values"] * rows
        return [described(cell) for cell in Column(_values_of(model), []).cells(np.arange(rows))]
    outer = Column(indexes[-1], []).data
    ends = [0, *np.asarray(outer[:rows]).astype(np.int64).tolist()]
    parts = list(itertools.pairwise(ends))
    if len(indexes) > 1:
        return [_counted(max(0, stop - start), "list") for start, stop in parts]
    inner = math.prod(column.data.shape[1:])
    length = column.data.shape[0]
    found = []
    for start, stop in parts:
        start, stop = min(start, length), min(stop, length)
        cell = [] if inner > FEW or stop <= start else list(_meant(model, column.data[start : min(stop, start + 3)]))
        listed = [described(value) for value in cell] + ["…"] * (stop - start > len(cell))
        found.append(f"[{', '.join(listed)}]" + (f" ({stop - start:,})" if stop - start > len(cell) else ""))
    return found


def _meant(model: Any, values: Any) -> Any:
    return values if is_a(model, "DynamicTableRegion") else meant(model, values)


def _values_of(model: Any) -> Any:
    """Return what stands for the cells of a column: of a region the numbers of its rows, and not the rows."""
    return model.value if is_a(model, "DynamicTableRegion") else model


def is_costly(array: Any) -> bool:
    """Tell whether a few values of an array cost much: those of a chunk are read together."""
    chunks: tuple[int, ...] = getattr(array, "chunks", None) or ()
    return bool(chunks) and math.prod(chunks) * array.dtype.itemsize > CHUNK
