"""What stays of a file when a part of it is asked for: that part, and all that it needs.

Rows that stay need others: the elements of a ragged column, the rows that a DynamicTableRegion numbers, the objects
that they refer to; these stay, and may need more.  A TimeSeriesReference is a range of time and is clipped instead.
See docs/decisions/0013-what-stays-of-a-truncated-file.md.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.io.axes import NUMBERED, TIMES, WINDOW, row_numbers
from nwb_models.io.nodes import StoredDataset, StoredGroup, StoredReference
from nwb_models.io.queue import SPECLOC, join, references_in
from nwb_models.io.rows import Rows
from nwb_models.io.specifications import specifications_path
from nwb_models.io.values import plain, stored_reference
from nwb_models.models.mapping import storage

if TYPE_CHECKING:
    from nwb_models.io.axes import Axes, Axis
    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.nodes import Key, StoredObject
    from nwb_models.io.queue import Flat

ALL_AT_ONCE = 1 << 20
"""How many timestamps are read as a whole; of more, those where a range begins and ends are looked for by halving."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for."""

    n: int | None = None
    """How many entries of each series, and rows of each table."""
    only: tuple[str, ...] = ()
    """The paths of the objects that are to stay; empty for all."""
    time: tuple[float, float] | None = None
    """From when until before when, in seconds as timestamps are."""
    rows: dict[str, slice] = field(default_factory=dict)
    """The rows of some tables or series, by their paths."""


class Excerpt:
    """Finds out what stays.

    Parameters
    ----------
    io
        The file.
    file
        The same, open.
    flat
        All its objects.
    axes
        Its axes.
    wanted
        What is asked for.
    """

    def __init__(self, io: HDF5IO, file: h5py.File, flat: Flat, axes: Axes, wanted: Wanted) -> None:
        self._io, self._file, self._flat, self._axes, self._wanted = io, file, flat, axes, wanted
        self.kept: dict[Key, None] = {}
        """Objects that stay with all that is in them."""
        self.shells: dict[Key, None] = {}
        """Groups that stay because something in them does, with what they have to have."""
        self.rows: dict[int, Rows] = defaultdict(Rows)
        """Axis (by its id) -> the rows that stay of it."""
        self.begun: dict[int, Rows] = {}
        """Axis -> the rows that stay of it because they were asked for, and not because others need them."""
        self.needed_by: dict[int, dict[str, None]] = defaultdict(dict)
        """Axis -> the paths of what needs more of its rows than were asked for."""
        self.gone: set[Key] = set()
        """Groups that do not stay."""
        self._filters: dict[int, Rows] = {}
        """Axis of elements -> those among which a row of the table may have some: spikes in the time asked for."""
        self._owners: dict[Key, list[Key]] = {}
        """Ragged column -> the VectorIndexes that count its elements."""
        for index, column in axes.indexes.items():
            self._owners.setdefault(column, []).append(index)
        self._with_rows: set[Key] = set()
        """Groups that stay with the rows that were asked for."""
        self._changed: dict[int, Axis] = {}
        self._followed: dict[Key, Rows] = {}
        """Dataset -> the rows of which it is known what they need."""
        self._given: dict[Key, Rows] = {}
        """VectorIndex -> the elements that its rows need."""

    def find(self) -> None:
        """Find out what stays; the result is in the attributes."""
        for key in self._axes.tables if self._wanted.time is not None else ():
            self._filter_spikes(self._flat.nodes[key])
        root = self._flat.keys["/"]
        if not self._wanted.only:
            self._keep(root)
        else:
            self._shell(self._flat.nodes[root])  # type: ignore[arg-type]
            for path in (*self._wanted.only, specifications_path(self._file)):
                self._reach(self._flat.keys.get(path))
        self._follow()

    def stays(self, key: Key | None) -> bool:
        """Tell whether an object stays, whole or in part."""
        return key in self.kept or key in self.shells

    def of(self, node: StoredDataset) -> Rows | None:
        """Return the rows that stay of a dataset, None for all of them."""
        axis = self._axes.of.get(node.key)
        if axis is None or not node.shape:
            return None
        rows = self.rows[id(axis)].below(node.shape[0])
        return None if rows.is_whole(node.shape[0]) else rows

    # ------------------------------------------------------------------------------------------ objects
    def _reach(self, key: Key | None, *, with_rows: bool = True) -> None:
        """Keep an object that something refers to, and the table or series that it is in.

        Parameters
        ----------
        with_rows
            Whether the rows of a table or series are wanted, too, besides those that others need of it.  They never
            are for the sake of something in it that has none of them: the electrodes that a series of raw data has in
            common with others do not bring its data.
        """
        node = self._flat.nodes.get(key) if key is not None else None
        if node is not None:
            whole = [above.key for above in self._axes.above(node) if above.key in self._axes.of]
            with_rows = with_rows and (not whole or node.key in self._axes.of)
            self._keep(whole[-1] if whole else node.key, with_rows=with_rows)

    def _keep(self, key: Key, *, with_rows: bool = True) -> None:
        """Keep an object with all that is in it, and that this links and refers to."""
        waiting = [key]
        while waiting:
            node = self._flat.nodes.get(waiting.pop())
            if node is None or node.key in self.gone:
                continue
            axis = self._axes.of.get(node.key)
            if axis is not None and self._begins(node, axis, with_rows=with_rows):
                self._begin(axis)
            known = node.key in self.kept
            if known and not (with_rows and isinstance(node, StoredGroup) and node.key not in self._with_rows):
                continue
            if with_rows:
                self._with_rows.add(node.key)
            if isinstance(node, StoredGroup):
                waiting += [link.key for link in node.links.values() if link.kind == "hard" and link.key is not None]
            if not known:
                self.kept[node.key] = None
                self.shells.pop(node.key, None)
                for above in self._axes.above(node):
                    self._shell(above)
                self._needs(node, axis)

    def _shell(self, group: StoredGroup) -> None:
        """Keep a group that has to be there for something in it, with what it has to have.

        That is what its class requires, and what it says of itself: datasets that are no objects of their own, and
        objects under a name that the specification gives, such as the subject, as long as they are no data.
        """
        if self.stays(group.key):
            return
        self.shells[group.key] = None
        cls = self._io.builder.classes.of(group)
        fields = storage(cls).children if cls is not None else {}
        for link in group.links.values():
            child = self._flat.nodes.get(link.key) if link.kind == "hard" and link.key is not None else None
            entry = fields.get(link.name)
            if child is None:
                continue
            is_plain = isinstance(child, StoredDataset) and child.neurodata_type is None
            is_typed = child.neurodata_type is not None
            if isinstance(child, StoredGroup) and not is_typed and entry is not None and entry.required:
                self._shell(child)
            elif is_plain or (entry is not None and is_typed and (entry.required or child.key not in self._axes.of)):
                self._keep(child.key)

    def _needs(self, node: StoredObject, axis: Axis | None) -> None:
        """Let stay what an object links and refers to."""
        if isinstance(node, StoredGroup):
            numbered = {link for name, (_, link) in NUMBERED.items() if name in self._axes.types(node)}
            for link in node.links.values():
                if link.kind == "soft":
                    self._reach(self._flat.keys.get(join(node.path, link.name)), with_rows=link.name not in numbered)
        for name, value in node.attributes.items():
            with_rows = name != "table" or node.key not in self._axes.numbered
            for reference in references_in(value) if (node.path, name) != ("/", SPECLOC) else ():
                self._refer(node, reference, with_rows=with_rows)
        if isinstance(node, StoredDataset) and node.shape == ():
            for reference in references_in(node.value):
                self._refer(node, reference)
        elif isinstance(node, StoredDataset) and axis is not None:
            self._changed[id(axis)] = axis
        elif isinstance(node, StoredDataset) and node.shape:
            self._values(node, Rows.span(0, node.shape[0]))

    def _refer(self, node: StoredObject, reference: StoredReference, *, with_rows: bool = True) -> None:
        if reference.key is None:
            return
        self._reach(reference.key, with_rows=with_rows)
        axis = self._axes.of.get(reference.key)
        if reference.kind == "region" and axis is not None and not axis.gapless and reference.region != "none":
            start, _, stop = reference.region.partition(",")[0].partition(":")
            self._add(axis, Rows.span(int(start), int(stop)) if stop else Rows.span(0, axis.length), node.path)

    # ------------------------------------------------------------------------------------------ rows
    def _begins(self, node: StoredObject, axis: Axis, *, with_rows: bool) -> bool:
        """Tell whether an object stands for rows that stay by themselves, and not because others need them."""
        if id(axis) in self.begun:
            return False
        if isinstance(node, StoredGroup):
            return with_rows or bool(axis.whole)
        return not axis.owners and not any(key in self._owners for key in axis.members)

    def _begin(self, axis: Axis) -> None:
        """Let the rows of an axis stay that were asked for."""
        self.begun[id(axis)] = rows = self._asked_for(axis)
        self._add(axis, rows)

    def _add(self, axis: Axis, rows: Rows, needed_by: str = "") -> None:
        known = self.rows[id(axis)]
        found = (known | rows).below(axis.length)
        found = found.hull() if axis.gapless else found
        if found != known:
            self.rows[id(axis)] = found
            self._changed[id(axis)] = axis
            if needed_by:
                self.needed_by[id(axis)][needed_by] = None

    def _follow(self) -> None:
        """Let rows stay that others need, until nothing is missing."""
        while self._changed:
            number, axis = self._changed.popitem()
            rows = self.rows[number]
            for key in axis.members:
                if key in self.kept and self._followed.get(key) is not rows:
                    node = self._flat.nodes[key]
                    assert isinstance(node, StoredDataset)
                    new = rows - self._followed.get(key, Rows())
                    self._followed[key] = rows
                    self._values(node, new)
                    for index in self._owners.get(key, ()):
                        self._owning(index, node, rows)

    def _values(self, node: StoredDataset, rows: Rows) -> None:
        """Let stay what some rows of a dataset need by their values."""
        if node.key in self._axes.indexes:
            self._elements(node, rows)
        elif node.key in self._axes.numbered:
            numbered = self._axes.numbered[node.key]
            if numbered is self._axes.of.get(node.key):
                found = self._reachable(node, rows)
            else:
                numbers = row_numbers(self._axes.numbers(node, rows)).astype(np.int64)
                found = Rows.of(numbers[numbers >= 0])
            self._add(numbered, found, node.path)
        elif node.key in self._axes.windows and self._wanted.only:
            self._windows(node, rows)
        elif _holds(node.dtype, None if self._wanted.only else h5py.RegionReference):
            for values in self._axes.read(node, rows):
                for reference in dict.fromkeys(references_in(plain(values, node.dtype, self._resolve))):
                    self._refer(node, reference)

    def _reachable(self, column: StoredDataset, rows: Rows) -> Rows:
        """Return some rows of a table with those that they lead to by a column that numbers rows of the same table."""
        numbers = self._axes.numbers(column).astype(np.int64)
        numbers[(numbers < 0) | (numbers >= len(numbers))] = -1
        reached = np.zeros(len(numbers) + 1, bool)  # the last one stands for what is no row
        reached[-1] = True
        new = rows.below(len(numbers)).numbers()
        while len(new):
            reached[new] = True
            next_ones = np.unique(numbers[new])
            new = next_ones[~reached[next_ones]]
        return Rows.of(np.flatnonzero(reached[:-1]))

    def _elements(self, index: StoredDataset, rows: Rows) -> None:
        """Let the elements stay that some rows of a ragged column have."""
        column = self._flat.nodes[self._axes.indexes[index.key]]
        axis = self._axes.of[column.key]
        around = Rows(np.maximum(rows.starts - 1, 0), rows.stops).below(axis_length(index))
        stored = self._axes.numbers(index, around)
        if stored.ndim != 1 or stored.dtype.kind not in "iuf":  # it says nothing of rows
            return
        ends = stored.astype(np.int64)
        numbers = rows.below(axis_length(index)).numbers()
        starts = np.where(numbers == 0, 0, ends[around.rank(numbers - 1)] if len(ends) else 0)
        found = Rows(starts, ends[around.rank(numbers)]).below(axis_length(column))
        found = found & self._filters[id(axis)] if id(axis) in self._filters else found
        self._given[index.key] = self._given.get(index.key, Rows()) | found
        self._add(axis, found, "" if column.key in self._owners else index.path)

    def _owning(self, key: Key, column: StoredDataset, elements: Rows) -> None:
        """Let the rows stay that have elements which something else needs."""
        if self._given.get(key) == elements:
            return
        index = self._flat.nodes[key]
        assert isinstance(index, StoredDataset)
        stored = self._axes.numbers(index)
        if stored.ndim != 1 or stored.dtype.kind not in "iuf":  # it says nothing of rows
            return
        ends = np.concatenate(([0], stored.astype(np.int64)))
        owning = np.flatnonzero(elements.rank(ends[1:]) > elements.rank(ends[:-1]))
        self._add(self._axes.of[key], Rows.of(owning), column.path)

    def _windows(self, node: StoredDataset, rows: Rows) -> None:
        """Let the series stay that ranges of time are of; the ranges too, where nothing else was asked for of them."""
        extends = self._wanted.n is None and self._wanted.time is None
        start, count, series = WINDOW
        for values in self._axes.read(node, rows):
            for row in values.reshape(-1):
                reference = self._resolve(row[series])
                self._reach(reference.key, with_rows=not extends)
                axis = self._axes.of.get(reference.key) if reference.key is not None else None
                if extends and axis is not None and row[count] > 0:
                    self._add(axis, Rows.span(max(0, int(row[start])), int(row[start]) + int(row[count])), node.path)

    def _resolve(self, reference: Any) -> StoredReference:
        return stored_reference(self._file.id, reference)

    # ------------------------------------------------------------------------------------------ what is asked for
    def _asked_for(self, axis: Axis) -> Rows:
        rows = Rows.span(0, axis.length)
        if axis.whole or not axis.owners:
            return rows
        owners = [self._flat.nodes[key] for key in axis.owners]
        for path in (path for owner in owners for path in owner.paths):
            if path in self._wanted.rows:
                return Rows.of(range(axis.length)[self._wanted.rows[path]])
        if self._wanted.time is not None:
            found = [part for part in (self._within(owner, axis) for owner in owners) if part is not None]
            for part in found[:1]:
                rows = part
        return rows if self._wanted.n is None else rows.first(self._wanted.n)

    def _within(self, group: StoredObject, axis: Axis) -> Rows | None:
        """Return the rows of a table or series in the time asked for; None where they have no time."""
        assert self._wanted.time is not None
        start, stop = self._wanted.time
        if group.key in self._axes.tables:
            begin, end = (self._axes.column(group, name) for name in ("start_time", "stop_time"))
            moment = self._axes.column(group, "timestamp")
            if moment is not None and self._axes.of.get(moment.key) is axis:
                times = self._axes.numbers(moment)
                return Rows.of(np.flatnonzero((times >= start) & (times < stop)))
            if begin is None or end is None:
                return None
            first, last = self._axes.numbers(begin), self._axes.numbers(end)
            return Rows.of(np.flatnonzero((first < stop) & (np.fmax(first, last) >= start)))
        for column in (self._axes.column(group, name) for name in TIMES):
            if column is not None and len(column.shape or ()) == 1 and column.dtype.kind in "iuf":
                return Rows.span(self._first_not_before(column, start), self._first_not_before(column, stop))
        clock = clock_of(self._axes, group)
        if clock is None or not (math.isfinite(clock.start) and math.isfinite(clock.rate)):
            return None
        bounds = [min(max((moment - clock.start) * clock.rate, 0), axis.length) for moment in (start, stop)]
        low, high = (math.ceil(round(bound, 6)) for bound in bounds)
        return Rows.span(low, high)

    def _first_not_before(self, times: StoredDataset, moment: float) -> int:
        """Return the number of the first of some ascending timestamps that is not before a moment."""
        low, high = 0, axis_length(times)
        while high - low > ALL_AT_ONCE:
            middle = (low + high) // 2
            found = self._axes.numbers(times, Rows.span(middle, middle + 1))[0]
            low, high = (low, middle) if found >= moment else (middle + 1, high)
        return low + int(np.searchsorted(self._axes.numbers(times, Rows.span(low, high)), moment))

    def _filter_spikes(self, table: StoredObject) -> None:
        """Note which spikes are in the time asked for; columns that are as ragged as the spike times go with them."""
        spikes = self._axes.column(table, "spike_times")
        if "Units" not in self._axes.types(table) or spikes is None or spikes.key not in self._owners:
            return
        assert self._wanted.time is not None
        start, stop = self._wanted.time
        ends = self._axes.numbers(self._index(spikes.key))
        for column, indexes in self._owners.items():
            index = self._flat.nodes[indexes[0]]
            if index.path.rpartition("/")[0] == table.path and np.array_equal(
                self._axes.numbers(self._index(column)), ends
            ):
                self._axes.join([spikes.key, column])
        found, done = Rows(), 0
        for times in self._axes.read(spikes):
            found |= Rows.of(done + np.flatnonzero((times >= start) & (times < stop)))
            done += len(times)
        self._filters[id(self._axes.of[spikes.key])] = found

    def _index(self, column: Key) -> StoredDataset:
        found = self._flat.nodes[self._owners[column][0]]
        assert isinstance(found, StoredDataset)
        return found


@dataclass(frozen=True, slots=True)
class Clock:
    """When the entries of a series are that has no timestamps."""

    node: StoredDataset
    """The dataset that says when the first one is."""
    start: float
    """When that is, in seconds."""
    rate: float
    """How many entries a second has."""


def clock_of(axes: Axes, group: StoredObject) -> Clock | None:
    """Return when the entries of a series are; None where timestamps say it, or nothing does."""
    node = axes.child(group, "starting_time")
    if not isinstance(node, StoredDataset) or any(axes.column(group, name) for name in TIMES):
        return None
    try:
        clock = Clock(node, float(node.value), float(node.attributes["rate"]))
    except (KeyError, TypeError, ValueError):
        return None
    return clock if clock.rate > 0 else None


def axis_length(node: Any) -> int:
    """Return the length of the first axis of an array."""
    return int(node.shape[0])


def _holds(dtype: np.dtype[Any], kind: type | None) -> bool:
    """Tell whether data has references in it: of one kind, or of any."""
    if dtype.names is not None:
        return any(_holds(dtype[name], kind) for name in dtype.names)
    if dtype.subdtype is not None:
        return _holds(dtype.subdtype[0], kind)
    vlen = h5py.check_vlen_dtype(dtype)
    if vlen is not None:
        return _holds(np.dtype(vlen), kind)
    found = h5py.check_ref_dtype(dtype)
    return found is not None and kind in (None, found)
