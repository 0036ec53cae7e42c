"""Models against plain h5py: every object, attribute, child and value of a file."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.models import Array, NWBDataset, NWBGroup, NWBModel
from nwb_models.models.links import Region, Unreadable, Unresolved
from nwb_models.models.mapping import storage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models import HDF5IO

TYPE_ATTRIBUTES = {"neurodata_type", "data_type", "namespace"}
BIG = 2_000_000


@dataclass
class Comparison:
    """What was compared, and what differs."""

    objects: int = 0
    typed: int = 0
    attributes: int = 0
    datasets: int = 0
    differences: list[str] = field(default_factory=list)


def compare(io: HDF5IO, file: h5py.File) -> Comparison:
    """Compare the models of a file with what h5py says."""
    result = Comparison()
    for path, obj in objects(file):
        result.objects += 1
        model = io.read(path)
        differs = result.differences
        if "neurodata_type" in obj.attrs:
            result.typed += 1
            expected = {key: _text(obj.attrs.get(key)) for key in ("neurodata_type", "namespace", "object_id")}
            expected["name"] = path.rpartition("/")[2] or "root"
            found = {key: getattr(model, key) for key in expected}
            if found != expected:
                differs.append(f"{path}: {found} instead of {expected}")
        if isinstance(model, NWBModel):
            _attributes(model, obj, path, result)
        elif set(obj.attrs) - TYPE_ATTRIBUTES and not _kept_by_parent(io, path, obj):
            differs.append(f"{path}: its attributes are lost")
        if isinstance(obj, h5py.Group):
            _children(io, model, obj, path, result)
        else:
            result.datasets += 1
            value = model.value if isinstance(model, NWBDataset) else model
            if not _same_data(value, obj):
                differs.append(f"{path}: {value!r} instead of {obj}")
    return result


def objects(file: h5py.File) -> Iterator[tuple[str, h5py.Group | h5py.Dataset]]:
    """Yield every object but the specifications once, by a path of hard links."""
    location = file.attrs.get(".specloc")
    skipped = file[location] if isinstance(location, h5py.Reference) else file.get("specifications")
    seen = set()
    queue = deque(["/"])
    while queue:
        path = queue.popleft()
        obj = file[path]
        address = h5py.h5o.get_info(obj.id).addr
        if address in seen or obj == skipped:
            continue
        seen.add(address)
        yield path, obj
        if isinstance(obj, h5py.Group):
            queue.extend(
                path.rstrip("/") + "/" + name
                for name in obj
                if isinstance(obj.get(name, getlink=True), h5py.HardLink)
                and obj.get(name, getclass=True) is not h5py.Datatype
            )


def _attributes(model: NWBModel, obj: Any, path: str, result: Comparison) -> None:
    for name in obj.attrs:
        if name in TYPE_ATTRIBUTES or (path == "/" and name == ".specloc"):
            continue
        entry = storage(type(model)).attributes.get(name)
        extra = model.model_extra or {}
        value = getattr(model, entry.field) if entry else extra.get(name, extra.get(f"@{name}"))
        result.attributes += 1
        try:
            raw = obj.attrs[name]
        except (TypeError, OSError):
            if not isinstance(value, Unreadable):
                result.differences.append(f"{path}@{name}: {value!r}, and h5py cannot read it")
            continue
        if not same(value, raw, obj.file):
            result.differences.append(f"{path}@{name}: {value!r} instead of {raw!r}")


def _kept_by_parent(io: HDF5IO, path: str, obj: Any) -> bool:
    above, _, name = path.rpartition("/")
    extra = io.read(above or "/").model_extra or {}
    return all(f"{name}@{attribute}" in extra for attribute in set(obj.attrs) - TYPE_ATTRIBUTES)


def _children(io: HDF5IO, model: NWBGroup, obj: h5py.Group, path: str, result: Comparison) -> None:
    names = {name for name in obj if not io.is_skipped(path.rstrip("/") + "/" + name)}
    if set(model.keys()) != names:
        result.differences.append(f"{path}: children {sorted(set(model.keys()) ^ names)} are in one only")
    for name in names:
        child = model[name]
        if isinstance(obj.get(name, getlink=True), h5py.SoftLink):
            target = obj.get(name)
            if target is None and not isinstance(child, Unresolved):
                result.differences.append(f"{path}/{name}: a dangling link became {child!r}")
            if target is not None and isinstance(child, NWBModel) and child is not io.read(target.name):
                result.differences.append(f"{path}/{name}: not the object that the link leads to")


def _same_data(value: Any, dataset: h5py.Dataset) -> bool:
    if dataset.shape is None:
        return isinstance(value, h5py.Empty)
    if dataset.shape == ():
        return same(value, dataset[()], dataset.file)
    if not isinstance(value, Array) or (value.shape, value.dtype, value.chunks, value.maxshape) != (
        dataset.shape,
        dataset.dtype,
        dataset.chunks,
        dataset.maxshape,
    ):
        return False
    part = () if dataset.size < BIG else (slice(0, 3),)
    return same(value[part], dataset[part], dataset.file)


def same(ours: Any, theirs: Any, file: h5py.File) -> bool:
    """Tell whether a value of ours says what h5py's says."""
    if isinstance(theirs, h5py.Empty):
        return isinstance(ours, h5py.Empty) and ours.dtype == theirs.dtype
    if isinstance(theirs, h5py.RegionReference):
        if isinstance(ours, Region):
            return _is_target(ours.target, theirs, file)
        return isinstance(ours, Unresolved) and not theirs
    if isinstance(theirs, h5py.Reference):
        return _is_target(ours, theirs, file)
    if isinstance(ours, datetime):
        return ours == datetime.fromisoformat(_text(theirs) or "")
    if isinstance(theirs, bytes | str):
        return bool(ours == _text(theirs))
    theirs = np.asarray(theirs)
    if theirs.dtype.names is not None:
        ours = np.asarray(ours)
        return ours.shape == theirs.shape and all(same(ours[n], theirs[n], file) for n in theirs.dtype.names)
    if theirs.dtype.kind in "OS":
        ours = np.asarray(ours, dtype=object)
        return ours.shape == theirs.shape and all(
            same(one, other, file) for one, other in zip(ours.reshape(-1), theirs.reshape(-1), strict=True)
        )
    ours = np.asarray(ours)
    floating = ours.dtype.kind in "fc"
    return (
        ours.shape == theirs.shape and ours.dtype == theirs.dtype and np.array_equal(ours, theirs, equal_nan=floating)
    )


def _is_target(ours: Any, reference: Any, file: h5py.File) -> bool:
    try:
        target = file[reference] if reference else None
    except (ValueError, KeyError):
        target = None
    if target is None:
        return isinstance(ours, Unresolved)
    if isinstance(ours, NWBModel):
        return ours.path is not None and file[ours.path] == target
    return not isinstance(ours, Unresolved)


def _text(value: Any) -> str | None:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
