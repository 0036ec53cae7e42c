"""The floor: the fastest that h5py allows, with no model of anything.

The walks use the low level of h5py, one pass over links and one over attributes, and make each dtype once: 1.9 times
as fast as ``visititems`` when it was measured.  Drivers, larger caches and ``libver`` make no difference.
"""

from __future__ import annotations

import itertools
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from h5py import h5a, h5d, h5f, h5g, h5l, h5o, h5p, h5r, h5s, h5t

from benchmarks.contenders import Answer, Operation, answers

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = tuple[dict[str, Any], tuple[int, ...] | None, np.dtype[Any] | None]
Tree = dict[str, Node]

SPECIFICATIONS = "/specifications"
TEXT = h5py.string_dtype()
TEXT_IN_MEMORY = h5t.py_create(TEXT)
TEXT_BUFFER = np.empty((), dtype=TEXT)
TYPES: dict[bytes, tuple[np.dtype[Any], h5t.TypeID, bool]] = {}


# ------------------------------------------------------------------------------------ walks
def type_of(stored: h5t.TypeID) -> tuple[np.dtype[Any], h5t.TypeID, bool]:
    """Return dtype, type in memory, and whether it is text of any length; made once for each type."""
    key = stored.encode()
    if key not in TYPES:
        dtype = stored.dtype
        text = h5t.check_string_dtype(dtype)
        TYPES[key] = dtype, h5t.py_create(dtype), text is not None and text.length is None
    return TYPES[key]


def attributes_of(obj: Any) -> dict[str, Any]:
    """Return the attributes of an open object."""
    found: dict[str, Any] = {}

    def visit(name: bytes, _: Any) -> None:
        attribute = h5a.open(obj, name)
        dtype, in_memory, is_text = type_of(attribute.get_type())
        shape = attribute.shape
        if shape is None:
            found[name.decode()] = h5py.Empty(dtype)
            return
        values = np.empty(shape, dtype=dtype)
        attribute.read(values, mtype=in_memory)
        found[name.decode()] = _decoded(values) if is_text else values[()]

    h5a.iterate(obj, visit, info=True)
    return found


def _decoded(values: np.ndarray[Any, Any]) -> Any:
    if values.ndim == 0:
        return values[()].decode()
    return np.array([item.decode() for item in values.flat], dtype=object).reshape(values.shape)


def new_children(group: h5g.GroupID, seen: set[Any]) -> list[bytes]:
    """Return the names of the hard links to objects that were not met before."""
    names: list[bytes] = []

    def visit(name: bytes, info: Any) -> None:
        if info.type == h5l.TYPE_HARD and info.u not in seen:
            seen.add(info.u)
            names.append(name)

    group.links.iterate(visit, info=True)
    return names


def objects(path: Path | str) -> Iterator[tuple[str, Any]]:
    """Yield path and open object of everything in a file but the specifications, groups before what is in them."""
    seen: set[Any] = set()
    file = h5f.open(os.fsencode(path), h5f.ACC_RDONLY)
    pending: list[tuple[str, Any]] = [("/", h5o.open(file, b"/"))]
    while pending:
        where, obj = pending.pop()
        yield where, obj
        if type(obj) is h5g.GroupID:
            above = where.rstrip("/") + "/"
            for name in new_children(obj, seen):
                below = above + name.decode()
                if below != SPECIFICATIONS:
                    pending.append((below, h5o.open(obj, name)))
    file.close()


def tree_of(path: Path | str) -> Tree:
    """Return attributes, shape and dtype of everything in a file."""
    tree: Tree = {}
    for where, obj in objects(path):
        if type(obj) is h5d.DatasetID:
            tree[where] = attributes_of(obj), obj.shape, type_of(obj.get_type())[0]
        else:
            tree[where] = attributes_of(obj), None, None
    return tree


def types_by_path(path: Path | str) -> dict[str, str | None]:
    """Return the path of everything in a file, and its neurodata_type."""
    found: dict[str, str | None] = {}
    for where, obj in objects(path):
        kind = None
        if h5a.exists(obj, b"neurodata_type"):
            h5a.open(obj, b"neurodata_type").read(TEXT_BUFFER, mtype=TEXT_IN_MEMORY)
            kind = TEXT_BUFFER[()].decode()
        found[where] = kind
    return found


# ------------------------------------------------------------------------------------ reading
def one_field(path: Path, _scratch: Path) -> Operation:
    """One field."""

    def run(_: None) -> str:
        with h5py.File(path, "r") as file:
            return str(file["identifier"].asstr()[()])

    return Operation(run, lambda found: {"identifier": found})


def hierarchy(path: Path, _scratch: Path) -> Operation:
    """Every path and type."""
    return Operation(lambda _: types_by_path(path), answers.of_types)


def metadata(path: Path, _scratch: Path) -> Operation:
    """Every attribute, shape and dtype."""
    return Operation(lambda _: tree_of(path), answers.of_tree)


def spikes(path: Path, _scratch: Path) -> Operation:
    """The spike times of the unit in the middle."""

    def run(_: None) -> np.ndarray[Any, Any]:
        with h5py.File(path, "r") as file:
            ends = file["units/spike_times_index"]
            row = len(ends) // 2
            start, stop = int(ends[row - 1]), int(ends[row])
            return file["units/spike_times"][start:stop]

    return Operation(run, lambda found: {"count": len(found), "sum": float(np.sum(found))})


def all_spikes(path: Path, _scratch: Path) -> Operation:
    """The spike times of each unit, after one another."""

    def run(_: None) -> list[np.ndarray[Any, Any]]:
        with h5py.File(path, "r") as file:
            ends, times = file["units/spike_times_index"][:].tolist(), file["units/spike_times"]
            return [times[start:stop] for start, stop in itertools.pairwise((0, *ends))]

    return Operation(run, answers.of_pieces)


def samples(path: Path, _scratch: Path) -> Operation:
    """Samples of all channels, after one another."""

    def run(_: None) -> list[np.ndarray[Any, Any]]:
        with h5py.File(path, "r") as file:
            data = file["acquisition/raw/data"]
            return [data[number] for number in range(answers.SAMPLES)]

    return Operation(run, answers.of_pieces)


def columns(path: Path, _scratch: Path) -> Operation:
    """Every column of the trials as it is stored: text decoded, references as references, ragged ones not cut."""
    return Operation(lambda _: _columns(path), answers.of_columns)


dataframe = columns


def _columns(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    with h5py.File(path, "r") as file:
        return {
            name: data.asstr()[:] if h5t.check_string_dtype(data.dtype) else data[:]
            for name, data in file["intervals/trials"].items()
        }


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return some columns of the trials as rows, in what Python has: what is added to a table again."""
    found = _columns(path)
    ends = found["tags_index"].tolist()
    names = ("start_time", "stop_time", "stimulus", "is_correct", "count_0", "value_3")
    cells = [
        *(found[name].tolist() for name in names),
        [found["tags"][a:b].tolist() for a, b in zip([0, *ends], ends, strict=False)],
    ]
    return [dict(zip((*names, "tags"), row, strict=True)) for row in zip(*cells, strict=True)]


# ------------------------------------------------------------------------------------ writing
def write(path: Path, scratch: Path) -> Operation:
    """What PyNWB wrote, written again."""
    target = scratch / "floor.nwb"

    def run(content: Content) -> Path:
        content.write(target)
        return target

    return Operation(run, answers.of_series, lambda: Content(path))


def copy(path: Path, scratch: Path) -> Operation:
    """The copy of the system, until it is on the disk, and every attribute of the source."""
    target = scratch / "floor.nwb"

    def run(_: None) -> Path:
        subprocess.run(["cp", path, target], check=True)
        with target.open("rb+") as stream:
            os.fsync(stream.fileno())
        tree_of(path)
        return target

    return Operation(run, answers.of_copy, lambda: target.unlink(missing_ok=True))


def truncate(path: Path, scratch: Path) -> Operation:
    """Every attribute of the source, and what stays of it written."""
    target = scratch / "floor.nwb"

    def prepare() -> Content:
        import nwb_models

        short = scratch / "short.nwb"
        nwb_models.truncate(path, short, n=10)
        return Content(short)

    def run(content: Content) -> Path:
        tree_of(path)
        content.write(target)
        return target

    def answer(_: Path) -> Answer:
        with h5py.File(path, "r") as file:
            first = file["acquisition/series_00000/data"][:10]
            return {"typed": answers.typed_of(types_by_path(path)), "kept": len(first), "sum": float(first.sum())}

    return Operation(run, answer, prepare)


class Content:
    """All that is in a file, in memory, to be written again as fast as h5py can; its specifications as well."""

    def __init__(self, path: Path) -> None:
        self.items: list[tuple[str, dict[str, Any], Any, dict[str, Any] | None]] = []
        with h5py.File(path, "r") as self.file:
            self.root = self._attributes(self.file)
            self._load(self.file, "")
        del self.file

    def _attributes(self, obj: Any) -> dict[str, Any]:
        return {name: self._loose(value) for name, value in obj.attrs.items()}

    def _loose(self, value: Any) -> Any:
        """Return a value with paths in the place of references: those are of one file."""
        return Path(self.file[value].name) if isinstance(value, h5py.Reference) else value

    def _load(self, group: h5py.Group, above: str) -> None:
        for name, obj in group.items():
            where = f"{above}/{name}"
            if isinstance(obj, h5py.Group):
                self.items.append((where, self._attributes(obj), None, None))
                self._load(obj, where)
            else:
                options = {"shape": obj.shape, "dtype": obj.dtype, "chunks": obj.chunks, "maxshape": obj.maxshape}
                self.items.append((where, self._attributes(obj), obj[()], options))

    def write(self, path: Path) -> None:
        """Write everything, each type and dataspace made once."""
        file = h5f.create(os.fsencode(path), h5f.ACC_TRUNC)
        types: dict[Any, tuple[h5t.TypeID, h5t.TypeID]] = {}
        spaces: dict[Any, h5s.SpaceID] = {}
        groups: dict[str, Any] = {"": h5g.open(file, b"/")}
        contiguous = h5p.create(h5p.DATASET_CREATE)
        contiguous.set_obj_track_times(False)
        late: list[tuple[Any, str, Path]] = []

        def types_of(dtype: np.dtype[Any]) -> tuple[h5t.TypeID, h5t.TypeID]:
            key = (dtype.str, str(dtype.metadata)) if dtype.names is None else dtype
            if key not in types:
                types[key] = h5t.py_create(dtype, logical=True), h5t.py_create(dtype)
            return types[key]

        def space_of(shape: tuple[int, ...], largest: tuple[int | None, ...] | None = None) -> h5s.SpaceID:
            key = shape, largest
            if key not in spaces:
                limits = largest and tuple(h5s.UNLIMITED if n is None else n for n in largest)
                spaces[key] = h5s.create_simple(shape, limits) if shape else h5s.create(h5s.SCALAR)
            return spaces[key]

        def put_attribute(obj: Any, name: str, value: Any) -> None:
            if isinstance(value, str):
                values = np.empty((), dtype=TEXT)
                values[()] = value
            else:
                values = np.asarray(value)
                if values.dtype.kind in "OU" and not h5t.check_ref_dtype(values.dtype):
                    values = values.astype(TEXT)
            stored, in_memory = types_of(values.dtype)
            h5a.create(obj, name.encode(), stored, space_of(values.shape)).write(values, mtype=in_memory)

        def put_attributes(obj: Any, attributes: dict[str, Any]) -> None:
            for name, value in attributes.items():
                if isinstance(value, Path):
                    late.append((obj, name, value))
                else:
                    put_attribute(obj, name, value)

        put_attributes(groups[""], self.root)
        for where, attributes, value, options in self.items:
            above, _, name = where.rpartition("/")
            if options is None:
                obj = groups[where] = h5g.create(groups[above], name.encode())
            else:
                creation = contiguous
                if options["chunks"]:
                    creation = h5p.create(h5p.DATASET_CREATE)
                    creation.set_chunk(options["chunks"])
                stored, in_memory = types_of(options["dtype"])
                space = space_of(options["shape"], options["maxshape"])
                obj = h5d.create(groups[above], name.encode(), stored, space, creation)
                values = np.empty(options["shape"], dtype=options["dtype"])
                values[()] = value
                obj.write(h5s.ALL, h5s.ALL, values, mtype=in_memory)
            put_attributes(obj, attributes)
        for obj, name, target in late:
            values = np.empty((), dtype=h5py.ref_dtype)
            values[()] = h5r.create(file, os.fsencode(target), h5r.OBJECT)
            stored, in_memory = types_of(values.dtype)
            h5a.create(obj, name.encode(), stored, space_of(())).write(values)
        file.close()
