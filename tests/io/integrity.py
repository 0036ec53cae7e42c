"""What is wrong with the tables, indexes and references of a file, with plain h5py and nothing of this library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np


def problems(path: str | Path) -> set[str]:
    """Return every index, region and reference that does not lead where it should, and columns of other lengths."""
    with h5py.File(path, "r") as file:
        return set(_problems(file))


def _problems(file: h5py.File) -> Iterator[str]:
    seen = set()

    def walk(group: h5py.Group) -> Iterator[Any]:
        for name in group:
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                continue
            child = group[name]
            if not isinstance(child, h5py.Group | h5py.Dataset):
                continue
            address = h5py.h5o.get_info(child.id).addr
            if address in seen or child.name.startswith("/specifications"):
                continue
            seen.add(address)
            yield child
            if isinstance(child, h5py.Group):
                yield from walk(child)

    for obj in walk(file):
        yield from _attributes(file, obj)
        if isinstance(obj, h5py.Dataset):
            yield from _dataset(file, obj)
        elif "colnames" in obj.attrs:
            yield from _table(obj)
        else:
            yield from _series(obj)


def _series(group: h5py.Group) -> Iterator[str]:
    parts = {n: group[n] for n in ("data", "timestamps", "control") if isinstance(group.get(n), h5py.Dataset)}
    if "timestamps" not in parts or group.attrs.get("neurodata_type") in ("ImageSeries", "TwoPhotonSeries"):
        return
    lengths = {name: part.shape[0] for name, part in parts.items() if part.shape}
    if len(set(lengths.values())) > 1:
        yield f"{group.name}: entries {sorted(lengths)}"


def _table(table: h5py.Group) -> Iterator[str]:
    columns = {n: c for n, c in table.items() if isinstance(c, h5py.Dataset) and c.shape}
    targets = {table.file[c.attrs["target"]].name for c in columns.values() if "target" in c.attrs}
    named = [*np.atleast_1d(table.attrs["colnames"]), "id"]
    named += [f"{n}_index" * 1 for n in named] + [f"{n}_index_index" for n in named]
    lengths = {n: len(c) for n, c in columns.items() if n in named and c.name not in targets}
    if len(set(lengths.values())) > 1:
        yield f"{table.name}: columns of lengths {sorted(set(lengths.values()))}" if False else f"{table.name}: columns"
    for name in np.atleast_1d(table.attrs.get("categories", [])):
        if name in table and len(table[name]["id"]) != len(table["id"]):
            yield f"{table.name}: category {name}"


def _attributes(file: h5py.File, obj: Any) -> Iterator[str]:
    for name, value in obj.attrs.items():
        for reference in np.atleast_1d(np.asarray(value, dtype=object)).flat:
            if isinstance(reference, h5py.Reference):
                yield from _reference(file, reference, f"{obj.name}@{name}")


def _reference(file: h5py.File, reference: Any, where: str) -> Iterator[str]:
    if not reference:
        return
    try:
        target = file[reference]
    except (ValueError, KeyError):
        yield f"{where}: dangling"
        return
    if isinstance(reference, h5py.RegionReference):
        space = h5py.h5r.get_region(reference, file.id)
        bounds = space.get_select_bounds()[1] if space.get_select_npoints() else ()
        if any(last >= length for last, length in zip(bounds, target.shape, strict=False)):
            yield f"{where}: region past its target"


def _dataset(file: h5py.File, data: h5py.Dataset) -> Iterator[str]:
    if not data.shape and data.shape != ():
        return
    kind = data.attrs.get("neurodata_type", "")
    if data.dtype.hasobject and data.size < 10**6:
        for reference in _references(data[()]):
            yield from _reference(file, reference, data.name)
    if data.shape == () or data.size > 10**7:
        return
    if kind == "VectorIndex" and "target" in data.attrs:
        ends = data[:].astype("i8")
        target = file[data.attrs["target"]]
        if np.any(np.diff(ends) < 0):
            yield f"{data.name}: goes backwards"
        if (ends[-1] if len(ends) else 0) != len(target):
            yield f"{data.name}: does not end where its target does"
    elif "table" in data.attrs and data.dtype.kind in "iu":
        rows, table = data[:], file[data.attrs["table"]]
        length = len(table["id"]) if "id" in table else 0
        if rows.size and (rows.min() < 0 or rows.max() >= length):
            yield f"{data.name}: rows past its table"
    elif data.dtype.names is not None and set(data.dtype.names) == {"idx_start", "count", "timeseries"}:
        yield from _windows(file, data)
    elif data.name.endswith("/data") and data.parent.attrs.get("neurodata_type") == "IndexSeries":
        frames = data.parent.get("indexed_timeseries")
        if frames is not None and data.size and frames["data"].shape and data[:].max() >= frames["data"].shape[0]:
            yield f"{data.name}: frames past its series"


def _windows(file: h5py.File, data: h5py.Dataset) -> Iterator[str]:
    for start, count, series in data[:]:
        if (start, count) == (-1, -1):
            continue
        found = file[series]
        length = (found.get("timestamps") if "timestamps" in found else found["data"]).shape[0]
        if start < 0 or count < 0 or start + count > length or (count == 0 and start > length):
            yield f"{data.name}: windows past their series"


def _references(values: Any) -> Iterator[Any]:
    if isinstance(values, h5py.Reference):
        yield values
    elif isinstance(values, np.ndarray | np.void) and values.dtype.names is not None:
        for name in values.dtype.names:
            yield from _references(values[name])
    elif isinstance(values, np.ndarray) and values.dtype.hasobject:
        for entry in values.flat:
            yield from _references(entry)
