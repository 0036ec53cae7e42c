"""What is wrong with the tables, indexes and references of a file, with plain h5py and nothing of this library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENTRIES = ("data", "timestamps", "control")
WINDOW = {"idx_start", "count", "timeseries"}


def problems(path: str | Path) -> set[str]:
    """Return what of a file does not fit together, in words that are the same for the whole file and for a part of it.

    Columns and entries of other lengths than those beside them; indexes that go backwards or do not end where their
    column does; numbers of rows and ranges of time beyond what they are of; references and soft links to nothing, and
    regions beyond their dataset; channels that are not as many as their electrodes.
    """
    with h5py.File(path, "r") as file:
        return {problem for obj in objects(file) for problem in _problems(obj)}


def objects(group: h5py.Group) -> list[Any]:
    """Return all groups and datasets of a file, each once, but for the specifications."""
    found: list[Any] = [group]

    def visit(name: str, obj: Any) -> None:
        if name.split("/")[0] != "specifications":
            found.append(obj)

    group.visititems(visit)  # each object once, and along hard links only
    return [obj for obj in found if isinstance(obj, h5py.Group | h5py.Dataset)]


def _problems(obj: Any) -> Iterator[str]:
    for name in obj.attrs:
        if (obj.name, name) != ("/", ".specloc"):
            yield from _wrong_references(obj, obj.attrs[name], f"{obj.name}@{name}")
    if isinstance(obj, h5py.Group):
        for name in obj:
            link = obj.get(name, getlink=True)
            if isinstance(link, h5py.SoftLink) and name not in obj:
                yield f"{obj.name}/{name}: leads nowhere"
        yield from _wrong_table(obj) if "colnames" in obj.attrs else _wrong_series(obj)
    elif obj.shape:
        if _holds_references(obj.dtype):
            yield from _wrong_references(obj, obj[()], obj.name)
        yield from _wrong_numbers(obj)


# ------------------------------------------------------------------------------------------ groups
def _wrong_table(table: h5py.Group) -> Iterator[str]:
    columns = {name: table[name] for name in table if isinstance(table.get(name), h5py.Dataset) and table[name].shape}
    index_of = {_target(column): column for column in columns.values() if _is_index(column)}
    lengths = set()
    for name in {*np.atleast_1d(table.attrs["colnames"]), "id"} & columns.keys():
        column = columns[name]
        while column in index_of:
            column = index_of[column]
        lengths.add(len(column))
    if len(lengths) > 1:
        yield f"{table.name}: columns of different lengths"
    for name in np.atleast_1d(table.attrs.get("categories", [])):
        if name not in table or len(table[name]["id"]) != len(table["id"]):
            yield f"{table.name}: {name} is not as long"


def _wrong_series(group: h5py.Group) -> Iterator[str]:
    parts = {name: group.get(name) for name in ENTRIES}
    arrays = {name: part for name, part in parts.items() if isinstance(part, h5py.Dataset) and part.shape}
    data = arrays.get("data")
    if data is not None and data.size == 0:  # the frames are in other files
        return
    if "timestamps" in arrays and len({len(part) for part in arrays.values()}) > 1:
        yield f"{group.name}: entries of different numbers"
    for name in ("electrodes", "rois"):
        region = group.get(name)
        if data is not None and isinstance(region, h5py.Dataset) and (*data.shape, 1)[1] != len(region):
            yield f"{group.name}: not as many channels as {name}"


# ------------------------------------------------------------------------------------------ numbers
def _wrong_numbers(data: h5py.Dataset) -> Iterator[str]:
    if _is_index(data):
        ends = data[()].astype("i8")
        if np.any(np.diff(ends) < 0):
            yield f"{data.name}: goes backwards"
        if ends.max(initial=0) != len(_target(data)):
            yield f"{data.name}: does not end where its target does"
    elif "table" in data.attrs and data.dtype.kind in "iu":
        yield from _wrong_rows(data, data[()], len(data.file[data.attrs["table"]]["id"]))
    elif data.dtype.names is not None and set(data.dtype.names) == WINDOW:
        if not all(_is_window(data.file, *row) for row in data[()]):
            yield f"{data.name}: ranges beyond their series"
    elif data.name.endswith("/data") and _has_array(data.parent, "indexed_timeseries"):
        yield from _wrong_rows(data, data[()], len(data.parent["indexed_timeseries/data"]))
    elif data.name.endswith("/data") and "indexed_images" in data.parent:
        yield from _wrong_rows(data, data[()], len(data.parent["indexed_images/order_of_images"]))
    elif data.name.endswith("/source_idx") and _has_array(data.parent, "source_electricalseries"):
        values = data[()] if data.ndim == 1 else data[:, 0]
        yield from _wrong_rows(data, values, len(data.parent["source_electricalseries/data"]))


def _wrong_rows(data: h5py.Dataset, numbers: Any, length: int) -> Iterator[str]:
    if numbers.size and (numbers.min() < 0 or numbers.max() >= length):
        yield f"{data.name}: numbers of rows that are not there"


def _is_window(file: h5py.File, start: int, count: int, series: h5py.Reference) -> bool:
    if (start, count) == (-1, -1):
        return True
    found = file[series]
    length = len(found["timestamps"] if "timestamps" in found else found["data"])
    return start >= 0 and count >= 0 and start + count <= length


def _has_array(group: h5py.Group, series: str) -> bool:
    return series in group and bool(group[series]["data"].size)


def _is_index(data: h5py.Dataset) -> bool:
    return data.attrs.get("neurodata_type") == "VectorIndex" and "target" in data.attrs


def _target(index: h5py.Dataset) -> h5py.Dataset:
    return index.file[index.attrs["target"]]


# ------------------------------------------------------------------------------------------ references
def _wrong_references(holder: Any, values: Any, where: str) -> Iterator[str]:
    for reference in references_in(values):
        try:
            target = holder.file[reference] if reference else None
        except (ValueError, KeyError):
            yield f"{where}: refers to nothing"
            continue
        if target is not None and isinstance(reference, h5py.RegionReference):
            space = h5py.h5r.get_region(reference, holder.file.id)
            ends = space.get_select_bounds()[1] if space.get_select_npoints() else ()
            if any(last >= length for last, length in zip(ends, target.shape, strict=False)):
                yield f"{where}: a region beyond its dataset"


def references_in(values: Any) -> Iterator[Any]:
    """Yield the references in what h5py has read."""
    if isinstance(values, h5py.Reference | h5py.RegionReference):
        yield values
    elif isinstance(values, np.ndarray | np.void) and values.dtype.names is not None:
        for name in values.dtype.names:
            yield from references_in(values[name])
    elif isinstance(values, np.ndarray) and values.dtype.hasobject:
        for entry in values.flat:
            yield from references_in(entry)


def _holds_references(dtype: np.dtype[Any]) -> bool:
    if dtype.names is not None:
        return any(_holds_references(dtype[name]) for name in dtype.names)
    vlen = h5py.check_vlen_dtype(dtype)
    if isinstance(vlen, np.dtype):
        return _holds_references(vlen)
    return h5py.check_ref_dtype(dtype.base) is not None
