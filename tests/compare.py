"""Models against plain h5py, and one file against another: every object, attribute, child and value."""

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
    from pathlib import Path

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


def differences(one: Path, two: Path) -> list[str]:
    """Return what differs between two files, with plain h5py: objects, types, storage, values, links, references."""
    with h5py.File(one) as first, h5py.File(two) as second:
        sides = _described(first), _described(second)
    keys = sorted({*sides[0], *sides[1]})
    return [
        f"{key}: {sides[0].get(key)!r} -> {sides[1].get(key)!r}"[:400]
        for key in keys
        if sides[0].get(key) != sides[1].get(key)
    ]


def _described(file: h5py.File) -> dict[str, Any]:
    """Return a description of a file: where -> what is there, in values that can be compared."""
    names = _names(file)
    found: dict[str, Any] = {}
    for address, path in names.items():
        obj = h5py.h5o.open(file.id, path.encode("utf-8", "surrogateescape"))
        assert h5py.h5o.get_info(obj).addr == address
        if isinstance(obj, h5py.h5t.TypeID):
            found[path] = "type", _type(obj)
            continue
        found[path] = "group" if isinstance(obj, h5py.h5g.GroupID) else _dataset(obj, file, names)
        raw: list[bytes] = []
        h5py.h5a.iterate(obj, raw.append)
        for name in raw:
            attribute = h5py.h5a.open(obj, name)
            found[f"{path}@{name!r}"] = _stored(attribute, attribute.shape, file, names)
        if isinstance(obj, h5py.h5g.GroupID):
            for name in sorted(obj):
                found[f"{path}>{name!r}"] = _link(obj, name, names)
    return found


def _names(file: h5py.File) -> dict[int, str]:
    """Return the address of every object and the first path of hard links to it."""
    names = {h5py.h5o.get_info(file.id).addr: "/"}
    queue = deque(["/"])
    while queue:
        path = queue.popleft()
        group = h5py.h5o.open(file.id, path.encode("utf-8", "surrogateescape"))
        for name in sorted(group) if isinstance(group, h5py.h5g.GroupID) else ():
            info = group.links.get_info(name)
            if info.type == h5py.h5l.TYPE_HARD and info.u not in names:
                names[info.u] = path.rstrip("/") + "/" + name.decode("utf-8", "surrogateescape")
                queue.append(names[info.u])
    return names


def _link(group: Any, name: bytes, names: dict[int, str]) -> Any:
    info = group.links.get_info(name)
    return ("hard", names[info.u]) if info.type == h5py.h5l.TYPE_HARD else (info.type, group.links.get_val(name))


def _dataset(obj: Any, file: h5py.File, names: dict[int, str]) -> Any:
    create = obj.get_create_plist()
    filters = [create.get_filter(number) for number in range(create.get_nfilters())]
    storage = [(code, values) for code, _, values, _ in filters], create.get_layout()
    extent = None if obj.shape is None else obj.get_space().get_simple_extent_dims(maxdims=True)
    chunks = create.get_chunk() if create.get_layout() == h5py.h5d.CHUNKED else None
    return storage, extent, chunks, _stored(obj, obj.shape, file, names)


def _stored(obj: Any, shape: tuple[int, ...] | None, file: h5py.File, names: dict[int, str]) -> Any:
    """Return type, shape and values of a dataset or an attribute."""
    stored = obj.get_type()
    if shape is None or 0 in shape:
        return _type(stored), shape
    if isinstance(obj, h5py.h5d.DatasetID) and (_no_filter(obj) or _is_large(obj)):
        count = range(obj.get_num_chunks())
        places = sorted(obj.get_chunk_info(number).chunk_offset for number in count)
        return _type(stored), shape, [(place, hash(obj.read_direct_chunk(place))) for place in places]
    try:
        memory, values = h5py.h5t.py_create(stored.dtype), np.empty(shape, dtype=stored.dtype)
    except TypeError:  # numpy has no such type: byte by byte
        memory, values = stored, np.empty(shape, dtype=f"V{stored.get_size()}")
    arguments = (h5py.h5s.ALL, h5py.h5s.ALL) if isinstance(obj, h5py.h5d.DatasetID) else ()
    obj.read(*arguments, values, mtype=memory)
    return _type(stored), shape, _comparable(values, file, names)


def _type(stored: Any) -> Any:
    """Return what a type is, whichever version of the format it is written in."""
    t, kind = h5py.h5t, stored.get_class()
    if kind == t.COMPOUND:
        members = range(stored.get_nmembers())
        return "compound", [(stored.get_member_name(n), _type(stored.get_member_type(n))) for n in members]
    if kind == t.STRING:
        return "text", stored.is_variable_str() or stored.get_size(), stored.get_cset(), stored.get_strpad()
    if kind == t.ENUM:
        members = range(stored.get_nmembers())
        return (
            "enum",
            _type(stored.get_super()),
            [(stored.get_member_name(n), stored.get_member_value(n)) for n in members],
        )
    if kind in (t.VLEN, t.ARRAY):
        return kind, _type(stored.get_super()), stored.get_array_dims() if kind == t.ARRAY else None
    order = stored.get_order() if kind in (t.INTEGER, t.FLOAT) else None
    sign = stored.get_sign() if kind == t.INTEGER else None
    return kind, stored.get_size(), order, sign, stored.equal(t.STD_REF_DSETREG)


def _is_large(obj: Any) -> bool:
    """Tell whether an array is compared chunk by chunk, as they are stored."""
    chunked = obj.get_create_plist().get_layout() == h5py.h5d.CHUNKED
    return bool(chunked and np.prod(obj.shape, dtype=np.float64) > BIG)


def _no_filter(obj: Any) -> bool:
    create = obj.get_create_plist()
    return any(not h5py.h5z.filter_avail(create.get_filter(n)[0]) for n in range(create.get_nfilters()))


def _comparable(values: Any, file: h5py.File, names: dict[int, str]) -> Any:
    """Return values with the paths of their targets in the place of references, bytes for the rest."""
    if isinstance(values, np.ndarray) and values.dtype.names is not None:
        return {name: _comparable(values[name], file, names) for name in values.dtype.names}
    if isinstance(values, np.ndarray) and values.dtype.hasobject:
        return [_comparable(value, file, names) for value in values.reshape(-1)]
    if isinstance(values, h5py.Reference):
        return _target(values, file, names)
    return values.tobytes() if isinstance(values, np.ndarray) else values


def _target(reference: Any, file: h5py.File, names: dict[int, str]) -> Any:
    if not reference:
        return None
    path = names.get(h5py.h5o.get_info(h5py.h5r.dereference(reference, file.id)).addr)
    if not isinstance(reference, h5py.RegionReference):
        return path
    space = h5py.h5r.get_region(reference, file.id)
    return path, space.get_select_type(), space.get_select_npoints(), space.encode()
