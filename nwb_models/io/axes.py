"""What is aligned in a file: datasets that have their rows in common, and what their values say of other rows.

The entries of a series, the rows of a table, the elements of a ragged column: each is an axis, which several datasets
share.  Source: the docs of DynamicTable, VectorIndex, DynamicTableRegion, TimeSeries, TimeSeriesReferenceVectorData,
IndexSeries and EventDetection in hdmf-common and NWB core.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.errors import SpecificationError
from nwb_models.io.cutting import parts_of
from nwb_models.io.nodes import StoredDataset, StoredGroup, StoredReference
from nwb_models.io.queue import join
from nwb_models.io.rows import Rows
from nwb_models.models.mapping import type_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from h5py import h5d

    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.nodes import Key, StoredObject
    from nwb_models.io.queue import Flat

TIMES = ("timestamps", "times")
"""What the datasets are called that say when the entries of a group are; they make a group one of entries."""
SERIES = ("data", "timestamps", "control")
"""The datasets of a TimeSeries that have its entries for their first axis."""
WINDOW = ("idx_start", "count", "timeseries")
"""The fields of a TimeSeriesReference: `count` entries from `idx_start` on of a series."""
NUMBERED = {"IndexSeries": ("data", "indexed_timeseries"), "EventDetection": ("source_idx", "source_electricalseries")}
"""Types with data that numbers the entries of a series, and the link to that."""


@dataclass(eq=False, slots=True)
class Axis:
    """Rows that some datasets have in common."""

    members: list[Key] = field(default_factory=list)
    """The datasets whose first axis this is."""
    owners: list[Key] = field(default_factory=list)
    """The groups whose entries or rows these are."""
    length: int = 0
    gapless: bool = False
    """Whether the entries are those of a series, of which a part has no gaps."""
    whole: str = ""
    """Why these rows have to be as many as they are, "" where they do not."""


class Axes:
    """The axes of a file.

    Parameters
    ----------
    io
        The file.
    flat
        All its objects.
    opened
        Returns the open dataset of a node.
    """

    def __init__(self, io: HDF5IO, flat: Flat, opened: Callable[[StoredDataset], h5d.DatasetID]) -> None:
        self._io, self._flat, self._opened = io, flat, opened
        self.of: dict[Key, Axis] = {}
        """Dataset, or group with entries or rows -> axis."""
        self.indexes: dict[Key, Key] = {}
        """VectorIndex -> the column whose elements it counts."""
        self.numbered: dict[Key, Axis] = {}
        """Dataset of numbers -> the axis whose rows they are."""
        self.windows: set[Key] = set()
        """Datasets of TimeSeriesReferences."""
        self._dims: dict[type, dict[str, list[list[str]]]] = {}
        nodes = [node for node in flat.nodes.values() if not io.is_skipped(node.path)]
        groups = [node for node in nodes if isinstance(node, StoredGroup)]
        datasets = [node for node in nodes if isinstance(node, StoredDataset) and node.shape]
        for node in datasets:
            self._note_index(node)
        for group in groups:
            self._note_group(group)
        for node in datasets:
            self._note_numbers(node)
        for group in groups:
            self._note_numbered(group)
        for column in self.indexes.values():
            self.join([column])

    # ------------------------------------------------------------------------------------------ what there is
    def types(self, node: StoredObject) -> frozenset[str]:
        """Return the neurodata_types that an object has: its own and those that this one is made from."""
        cls = self._io.builder.classes.of(node)
        return frozenset() if cls is None else type_names(cls)

    def child(self, group: StoredObject, name: str) -> Any:
        """Return a child by its name, soft links followed; None where there is none."""
        key = self._flat.keys.get(join(group.path, name))
        return self._flat.nodes.get(key) if key is not None else None

    def column(self, group: StoredObject, name: str) -> StoredDataset | None:
        """Return a child that is an array."""
        found = self.child(group, name)
        return found if isinstance(found, StoredDataset) and found.shape else None

    def above(self, node: StoredObject) -> Iterator[StoredGroup]:
        """Yield the groups that an object is in, the nearest one first."""
        path = node.path
        while path != "/":
            path = posixpath.dirname(path)
            found = self._flat.nodes[self._flat.keys[path]] if path in self._flat.keys else None
            if isinstance(found, StoredGroup):
                yield found

    def read(self, node: StoredDataset, rows: Rows | None = None) -> Iterator[np.ndarray[Any, Any]]:
        """Yield the values of an array, or of some rows of it, part by part."""
        source = self._opened(node)
        rows = Rows.span(0, source.shape[0]) if rows is None else rows.below(source.shape[0])
        yield from (values for _, values in parts_of(source, rows, self._io.limits))

    def numbers(self, node: StoredDataset, rows: Rows | None = None) -> np.ndarray[Any, Any]:
        """Return an array of numbers, or some rows of it."""
        found = list(self.read(node, rows))
        return np.concatenate(found) if found else np.empty(0, node.dtype)

    # ------------------------------------------------------------------------------------------ finding out
    def _note_index(self, node: StoredDataset) -> None:
        target = node.attributes.get("target")
        if not isinstance(target, StoredReference) or "VectorIndex" not in self.types(node):
            return
        column = self._flat.nodes.get(target.key) if target.key is not None else None
        if isinstance(column, StoredDataset) and column.shape and node.dtype.kind in "iu" and column is not node:
            self.indexes[node.key] = column.key

    def _note_group(self, group: StoredGroup) -> None:
        types = self.types(group)
        if "DynamicTable" in types:
            self._note(group, self._columns(group))
        elif "TimeSeries" in types:
            self._note_entries(group, SERIES)
        elif group.neurodata_type is not None:
            names = (*TIMES, *(NUMBERED[name][0] for name in NUMBERED if name in types))
            if any(self.column(group, name) for name in names):
                self._note_entries(group, names)

    def _note_entries(self, group: StoredGroup, names: Iterable[str]) -> None:
        members = self._entries(group, names)
        axis = self._note(group, members, gapless=True)
        for name in names:
            node = self.column(group, name)
            if node is not None and node not in members and 0 not in (node.shape or ()):
                axis.whole = axis.whole or f"its {name} has them on another axis than the first"

    def _note(self, group: StoredGroup, members: list[StoredDataset], *, gapless: bool = False) -> Axis:
        axis = self.join([node.key for node in members])
        axis.owners.append(group.key)
        axis.gapless |= gapless
        outside = [
            link.name for link in group.links.values() if link.kind == "external" and link.name in (*SERIES, *TIMES)
        ]
        if gapless and outside:
            axis.whole = f"its {outside[0]} is in another file"
        holder = next((above for above in self.above(group) if above.key in self.of), None)
        if holder is not None and holder.path == posixpath.dirname(group.path) and self._is_aligned(holder, axis):
            axis = self._merge(self.of[holder.key], axis)
        elif holder is not None:
            axis.whole = axis.whole or f"it is a part of {holder.path}"
        self.of[group.key] = axis
        return axis

    def _is_aligned(self, table: StoredGroup, axis: Axis) -> bool:
        return "AlignedDynamicTable" in self.types(table) and axis.length == self.of[table.key].length

    def _columns(self, table: StoredGroup) -> list[StoredDataset]:
        """Return the columns of a table whose rows are its own; those of ragged columns are their indexes."""
        found = {name: self.column(table, name) for name in table.links}
        columns = {name: node for name, node in found.items() if node is not None}
        elements = {*self.indexes.values(), *(_target(node, "elements") for node in columns.values())}
        named = {str(name) for name in np.atleast_1d(table.attributes.get("colnames", []))}
        ids = columns.get("id")
        length = ids.shape[0] if ids is not None and ids.shape else None
        return [
            node
            for name, node in columns.items()
            if node.key not in elements
            and node.shape
            and (node is ids or name in named or (_is_column(self.types(node)) and length in (None, node.shape[0])))
        ]

    def _entries(self, group: StoredGroup, names: Iterable[str]) -> list[StoredDataset]:
        """Return the datasets that have one row for each entry of a group.

        These are the ones that are named here, and any whose specification calls its first axis like one of theirs.
        """
        dims = self._declared_dims(group)
        found = {name: self.column(group, name) for name in names}
        lengths = {node.shape[0] for name, node in found.items() if node is not None and node.shape and name in TIMES}
        entries = {name: node for name, node in found.items() if node is not None and _lies_along(node, lengths)}
        first = {shape[0] for name in entries for shape in dims.get(name, ()) if shape}
        others = {name for name, shapes in dims.items() if shapes and all(s and s[0] in first for s in shapes)}
        for name in sorted(others - found.keys()):
            node = self.column(group, name)
            if node is not None and _lies_along(node, lengths):
                entries[name] = node
        return list(entries.values())

    def _declared_dims(self, group: StoredGroup) -> dict[str, list[list[str]]]:
        """Return what the specification calls the axes of the datasets of a group, in each shape that they may have."""
        cls: Any = self._io.builder.classes.of(group)
        if cls not in self._dims:
            self._dims[cls] = dict(self._find_dims(cls))
        return self._dims[cls]

    def _find_dims(self, cls: Any) -> Iterator[tuple[str, list[list[str]]]]:
        specifications = self._io.provider.specifications
        if specifications is None:
            return
        try:
            entry = specifications.find_type(specifications.get(cls.namespace), cls.neurodata_type)
            members = specifications.resolved_members(entry) if entry is not None else []
        except (SpecificationError, LookupError):
            return
        for kind, spec, _ in members:
            dims = spec.get("dims")
            if kind == "dataset" and spec.get("name") and isinstance(dims, list) and dims:
                shapes = dims if isinstance(dims[0], list) else [dims]
                yield spec["name"], [[str(name) for name in shape] for shape in shapes]

    def _note_numbers(self, node: StoredDataset) -> None:
        """Note a dataset whose values say which rows of others are meant."""
        names = node.dtype.names
        table = self.of.get(_target(node, "table"))  # type: ignore[arg-type]
        if names is not None and set(WINDOW) <= set(names):
            self.windows.add(node.key)
        elif table is not None and node.dtype.kind in "iu":
            self.numbered[node.key] = table
        if node.key in self.indexes:
            self.join([node.key])

    def _note_numbered(self, group: StoredGroup) -> None:
        types = self.types(group)
        for name, (data, link) in NUMBERED.items():
            if name in types:
                column, series = self.column(group, data), self.child(group, link)
                axis = self.of.get(series.key) if series is not None else None
                if column is not None and axis is not None and column.dtype.kind in "iu":
                    self.numbered[column.key] = axis

    # ------------------------------------------------------------------------------------------ axes
    def join(self, keys: list[Key]) -> Axis:
        """Return the axis that some datasets share from now on."""
        axis = Axis()
        for key in keys:
            known = self.of.get(key)
            if known is None:
                node = self._flat.nodes[key]
                assert isinstance(node, StoredDataset)
                assert node.shape
                known = self.of[key] = Axis([key], length=node.shape[0])
            axis = self._merge(known, axis)
        return axis

    def _merge(self, one: Axis, two: Axis) -> Axis:
        if len(one.members) < len(two.members):  # thousands of series may have their timestamps in common
            one, two = two, one
        if one is not two:
            one.members += two.members
            one.owners += two.owners
            one.length = max(one.length, two.length)
            one.gapless |= two.gapless
            one.whole = one.whole or two.whole
            for key in (*two.members, *two.owners):
                self.of[key] = one
        return one

    @cached_property
    def tables(self) -> set[Key]:
        """The groups that are tables."""
        return {key for key in self.of if "DynamicTable" in self.types(self._flat.nodes[key])}


def row_numbers(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return what numbers rows among the values of a dataset that does; of events that is (time, channel) the time."""
    return values[:, 0] if values.ndim == 2 else values


def _target(node: StoredObject, name: str) -> Key | None:
    """Return the object that an attribute refers to."""
    found = node.attributes.get(name)
    return found.key if isinstance(found, StoredReference) else None


def _lies_along(node: StoredDataset, lengths: set[int]) -> bool:
    """Tell whether the entries of a series are on the first axis of a dataset: some writers have it the other way."""
    assert node.shape
    first, *others = node.shape
    return 0 not in others and (not lengths or first in lengths or not lengths & set(others[:1]))


def _is_column(types: frozenset[str]) -> bool:
    return bool({"VectorData", "VectorIndex", "ElementIdentifiers"} & types)
