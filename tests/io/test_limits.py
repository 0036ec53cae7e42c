"""What a file may ask for: nothing takes more than linear time, or more memory than the limits allow."""

from __future__ import annotations

import pickle
import struct
import sys
import zlib
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.errors import SpecificationError, TooLargeError, UnreadableObjectError
from nwb_models.io.classes import Classes
from nwb_models.io.copying import read_blocks
from nwb_models.io.heaps import EndlessHeapError
from nwb_models.models.links import Unreadable
from nwb_models.schema.language import Namespace, load_document
from tests.io.handmade import as_before, new_file, reach_all, series

if TYPE_CHECKING:
    from pathlib import Path

HUGE = 10**12


def declared(path: Path, shape: tuple[int, ...] = (HUGE,), **options: Any) -> Path:
    """Write a file with an array of which nothing is stored."""
    with new_file(path) as file:
        group = series(file["acquisition"], "x")
        del group["data"]
        chunks = (1,) * (len(shape) - 1) + (1000,)
        group.create_dataset("data", shape, "f8", chunks=chunks, **options).attrs["unit"] = "V"
    return path


READINGS: dict[str, Any] = {
    "all": lambda data: data[:],
    "all of them": lambda data: data[...],
    "numpy": np.asarray,
    "backwards": lambda data: data[::-1],
    "every second": lambda data: data[::2],
}


@pytest.mark.parametrize("how", READINGS)
@pytest.mark.parametrize("shape", [(HUGE,), (10**6, 10**6)], ids=str)
def test_an_array_larger_than_the_memory(how: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    """It is refused before memory is taken, and the error says how to read a part of it; a part is read."""
    data = nwb.read(declared(tmp_path / "huge.nwb", shape)).acquisition["x"].data
    with pytest.raises(
        TooLargeError, match=r"/acquisition/x/data: \d+ bytes .*\.Limits\(array_bytes=\.\.\.\)"
    ) as caught:
        READINGS[how](data)
    assert isinstance(caught.value, MemoryError)
    assert not data[-1].any()


def test_how_much_is_read_at_once_can_be_set(tmp_path: Path) -> None:
    """Lower, and higher; an array takes its limits along to other processes."""
    path = declared(tmp_path / "file.nwb", (1000,))
    with nwb.open(path, limits=nwb.Limits(array_bytes=7999)) as io:
        data = io.read().acquisition["x"].data
        assert data[:999].shape == (999,)
        with pytest.raises(TooLargeError, match="8000 bytes would be read at once, and 7999 are the limit"):
            data[:]
        with pytest.raises(TooLargeError, match="7999"):
            pickle.loads(pickle.dumps(data.value))[:]
    assert nwb.read(path, limits=nwb.Limits(array_bytes=8000)).acquisition["x"].data[:].shape == (1000,)


@pytest.mark.parametrize("eager", [True, False], ids=["eager", "lazy"])
@pytest.mark.parametrize("most", [70_000, 500])
@pytest.mark.parametrize("old", [True, False], ids=["oldest format", "newest format"])
def test_how_large_a_value_may_be_can_be_set(most: int, tmp_path: Path, *, eager: bool, old: bool) -> None:
    """Of attributes and single values; what is larger is named, the rest is there, and all of it is copied."""
    with new_file(tmp_path / "file.nwb") as file:
        group = series(file["acquisition"], "x")
        group.attrs["many"] = np.zeros(10_000)
        group["wide"] = np.bytes_(b"x" * 100_000)
        group.attrs["long"] = group["text"] = "x" * 100_000
    if old:
        as_before(tmp_path / "file.nwb")
    x = nwb.read(tmp_path / "file.nwb", eager=eager).acquisition["x"]
    assert (x.model_extra["many"].shape, len(x["wide"])) == ((10_000,), 100_000)
    root = nwb.read(tmp_path / "file.nwb", eager=eager, limits=nwb.Limits(value_bytes=most))
    x = root.acquisition["x"]
    unread = x.model_extra["many"], x.model_extra["long"], x["wide"], x["text"]
    assert [type(found) for found in unread] == [Unreadable] * 4
    assert x.description == "d"
    found = {issue.path: issue.found for issue in root.issues if issue.rule == "unreadable"}
    advice = "raise it with limits=nwb_models.Limits(value_bytes=...), or --limit value_bytes=SIZE of a command"
    assert found["/acquisition/x@many"] == f"it has 80000 bytes, and {most} are the limit: {advice}"
    assert found["/acquisition/x@long"] == f"it has 100000 bytes, and {most} are the limit: {advice}"
    assert found["/acquisition/x/text"] == found["/acquisition/x@long"]
    nwb.write(root, tmp_path / "copy.nwb")
    assert nwb.diff(tmp_path / "file.nwb", tmp_path / "copy.nwb") == []
    assert pickle.loads(pickle.dumps(x))["wide"] == x["wide"]


def test_a_chunk_that_inflates_to_more_than_it_holds(tmp_path: Path) -> None:
    """HDF5 would take memory for all of it: it is refused, by its size in the file."""
    inflated = zlib.compressobj(9)
    bomb = b"".join(inflated.compress(bytes(1 << 20)) for _ in range(80)) + inflated.flush()
    with new_file(tmp_path / "bomb.nwb") as file:
        group = series(file["acquisition"], "x")
        del group["data"]
        data = group.create_dataset("data", (128,), "f8", chunks=(128,), compression="gzip")
        data.attrs["unit"] = "V"
        data.id.write_direct_chunk((0,), bomb)
    with pytest.raises(UnreadableObjectError, match="x/data cannot be read: its 1024 bytes are stored in"):
        nwb.read(tmp_path / "bomb.nwb").acquisition["x"].data[:]


def test_limits_do_not_change() -> None:
    """They are said once, where a file is opened."""
    limits = nwb.Limits()
    with pytest.raises(AttributeError):
        limits.value_bytes = 1  # type: ignore[misc]
    assert limits.array_size() > limits.value_bytes


# ---------------------------------------------------------------------------------------------- many and deep
def _deep(file: h5py.File, count: int) -> None:
    group = file["general"]
    for _ in range(count):
        group = group.create_group("g")


def _siblings(file: h5py.File, count: int) -> None:
    for number in range(count):
        file["analysis"].create_group(f"g{number}")


def _attributes(file: h5py.File, count: int) -> None:
    for number in range(count):
        file["analysis"].attrs[f"a{number}"] = number


def _hard_links(file: h5py.File, count: int) -> None:
    x = series(file["acquisition"], "x")
    for number in range(count):
        file[f"analysis/l{number}"] = x


def _soft_links(file: h5py.File, count: int) -> None:
    series(file["acquisition"], "x")
    for number in range(count):
        file[f"analysis/l{number}"] = h5py.SoftLink("/acquisition/x")


def _circles(file: h5py.File, count: int) -> None:
    for number in range(count):
        file["analysis"].create_group(f"g{number}")["up"] = file["analysis"]


@pytest.mark.parametrize("eager", [True, False])
@pytest.mark.parametrize("build", [_deep, _siblings, _attributes, _hard_links, _soft_links, _circles])
def test_the_work_grows_with_the_file(build: Any, eager: bool, tmp_path: Path) -> None:
    """Twice as many take about twice as many steps of Python: lines are counted, and no clock is asked."""
    steps = []
    for count in (300, 600):
        with new_file(tmp_path / f"{count}.nwb") as file:
            build(file, count)
        steps.append(_lines_of(tmp_path / f"{count}.nwb", eager=eager))
    nothing = tmp_path / "nothing.nwb"
    with new_file(nothing):
        pass
    base = _lines_of(nothing, eager=eager)
    assert steps[1] - base < 2.5 * (steps[0] - base)


def _lines_of(path: Path, *, eager: bool) -> int:
    """Return how many lines of the library run while everything in a file is read, at once or when it is touched."""
    count = 0

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal count
        if "nwb_models" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    io = nwb.open(path)
    _ = io.provider
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        reach_all(io.read(eager=eager))
    finally:
        sys.settrace(before)
    return count


def test_deeper_than_the_stack_of_python(tmp_path: Path) -> None:
    """Groups in groups are built, and walked through, whatever their depth."""
    deep = sys.getrecursionlimit() + 500
    with new_file(tmp_path / "deep.nwb") as file:
        _deep(file, deep)
    root = nwb.read(tmp_path / "deep.nwb", eager=True)
    assert max(model.path.count("/g") for model in reach_all(root) if hasattr(model, "path")) > deep


def test_the_owner_of_an_object_is_looked_up_again(tmp_path: Path) -> None:
    """What was found for a path holds until a typed object is found that is nearer to it."""
    with new_file(tmp_path / "file.nwb") as file:
        series(file["acquisition"], "x")
    with nwb.open(tmp_path / "file.nwb") as io:
        classes = Classes(io, lambda *_: None)
        classes.at("/")
        assert classes.owner("/acquisition/x/data/deeper") == "NWBFile"
        classes.at("/acquisition/x")
        assert classes.owner("/acquisition/x/data/deeper") == "TimeSeries"


# ---------------------------------------------------------------------------------------------- specifications
LAUGHS = "\n".join(
    [
        "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]",
        *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)),
    ]
)
YAMLS = {
    "aliases of aliases": (LAUGHS, "more than 1000000 entries"),
    "deep": ("a: " + "[" * 100_000 + "]" * 100_000, "nested more than 500 levels deep"),
    "deep keys": ("\n".join(" " * n + "a:" for n in range(2000)), "nested more than 500 levels deep"),
    "a circle": ("a: &a [*a]", "not valid"),
}


@pytest.mark.parametrize("name", YAMLS)
def test_yaml_that_is_small_and_becomes_huge(name: str, tmp_path: Path) -> None:
    """It is refused before it is written out."""
    text, said = YAMLS[name]
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(SpecificationError, match=said):
        load_document(tmp_path / "a.yaml")


def test_yaml_with_aliases_is_read(tmp_path: Path) -> None:
    """They are allowed, as long as little comes of it."""
    (tmp_path / "a.yaml").write_text("dims: &dims [time, [x, y]]\nfirst: *dims\nsecond: {third: *dims}\n")
    dims = ["time", ["x", "y"]]
    assert load_document(tmp_path / "a.yaml") == {"dims": dims, "first": dims, "second": {"third": dims}}


def namespace_of(types: list[dict[str, Any]]) -> Namespace:
    """Return an extension of core."""
    schema = [{"namespace": "core"}, {"source": "ndx-many.extensions"}]
    header = {"name": "ndx-many", "version": "0.1.0", "doc": "d", "author": "a", "contact": "c", "schema": schema}
    return Namespace({"namespace": {"namespaces": [header]}, "ndx-many.extensions": {"groups": types}})


TYPES: dict[str, Any] = {
    "many": ([{"neurodata_type_def": f"T{n}", "doc": "d"} for n in range(20_001)], "defines 20001 types, and 20000"),
    "one after another": (
        [
            {"neurodata_type_def": f"T{n}", "neurodata_type_inc": f"T{n - 1}" if n else "NWBContainer", "doc": "d"}
            for n in range(1000)
        ],
        "inherits from more than 50 types",
    ),
}


@pytest.mark.parametrize("kind", TYPES)
def test_namespaces_that_would_take_very_long(kind: str) -> None:
    """They are refused; the other namespaces of the file are used."""
    types, said = TYPES[kind]
    provider = nwb.SchemaProvider([namespace_of(types)])
    assert not provider.is_usable("ndx-many")
    assert said in provider.problems["ndx-many", "0.1.0"]
    assert provider.is_usable("core")


# ---------------------------------------------------------------------------------------------- bombs
def _zeros(size: int, times: int) -> bytes:
    """Return zeros, deflated several times."""
    pressed = zlib.compressobj(9)
    found = b"".join(pressed.compress(bytes(1 << 20)) for _ in range(size >> 20)) + pressed.flush()
    for _ in range(times - 1):
        found = zlib.compress(found, 9)
    return found


def _chunked(group: h5py.Group, length: int, chunk: int, times: int, stored: bytes) -> h5py.Dataset:
    """Put a dataset with one stored chunk, as it is, in the place of the data of a series."""
    del group["data"]
    options = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    options.set_chunk((chunk,))
    for _ in range(times):
        options.set_filter(h5py.h5z.FILTER_DEFLATE, 0, (9,))
    space = h5py.h5s.create_simple((length,), (h5py.h5s.UNLIMITED,))
    data = h5py.Dataset(h5py.h5d.create(group.id, b"data", h5py.h5t.NATIVE_UINT8, space, options))
    data.attrs["unit"] = "V"
    data.id.write_direct_chunk((0,), stored)
    return data


def _once(group: h5py.Group) -> None:
    _chunked(group, 1 << 17, 1 << 17, 1, _zeros(64 << 20, 1))


def _twice(group: h5py.Group) -> None:
    _chunked(group, 8192, 8192, 2, _zeros(64 << 20, 2))


def _behind_another(group: h5py.Group) -> None:
    group.copy(_chunked(group, 8192, 8192, 2, _zeros(64 << 20, 2)), "source")
    del group["data"]
    layout = h5py.VirtualLayout((8192,), "u1")
    layout[:] = h5py.VirtualSource(".", f"{group.name}/source", (8192,), "u1")
    group.create_virtual_dataset("data", layout).attrs["unit"] = "V"


WAYS: dict[str, Any] = {
    "slice": lambda path, _: _data(path)[:3],
    "one": lambda path, _: _data(path)[0],
    "list": lambda path, _: _data(path)[[0, 5]],
    "asarray": lambda path, _: np.asarray(_data(path)),
    "truncate": lambda path, folder: nwb.truncate(path, folder / "small.nwb", 3, limits=SMALL),
}
SMALL = nwb.Limits(chunk_bytes=1 << 20)


def _data(path: Path) -> Any:
    return nwb.read(path, limits=SMALL).acquisition["x"].data


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("build", [_once, _twice, _behind_another])
def test_chunks_that_inflate_to_more_than_they_hold(build: Any, way: Any, tmp_path: Path) -> None:
    """Also where they are small in the file, and by every way into the data."""
    with new_file(tmp_path / "bomb.nwb") as file:
        build(series(file["acquisition"], "x"))
    with pytest.raises(UnreadableObjectError, match=r"/acquisition/x/\w+ cannot be read.*(inflates|compressed twice)"):
        way(tmp_path / "bomb.nwb", tmp_path)


def test_a_bomb_is_copied_and_not_lit(tmp_path: Path) -> None:
    """Numbers go from file to file as they are; `check` says what is wrong."""
    with new_file(tmp_path / "bomb.nwb") as file:
        _twice(series(file["acquisition"], "x"))
    nwb.write(nwb.read(tmp_path / "bomb.nwb", limits=SMALL), tmp_path / "copy.nwb")
    assert nwb.diff(tmp_path / "bomb.nwb", tmp_path / "copy.nwb", limits=SMALL) == []
    found = nwb.check(tmp_path / "bomb.nwb", deep=True, limits=SMALL)
    assert (found.outcome, "inflates to more" in found.problems[0]) == ("unreadable", True)


def test_how_large_a_chunk_may_be_can_be_set(tmp_path: Path) -> None:
    """One entry costs a chunk, however many the data has; what is sound is read where the limit is higher."""
    with new_file(tmp_path / "file.nwb") as file:
        _chunked(series(file["acquisition"], "x"), 10, 4 << 20, 1, _zeros(4 << 20, 1))
    with pytest.raises(TooLargeError, match=r"4194304 bytes of memory, and 1048576 are the limit.*chunk_bytes"):
        _data(tmp_path / "file.nwb")[0]
    assert nwb.read(tmp_path / "file.nwb", limits=nwb.Limits(chunk_bytes=4 << 20)).acquisition["x"].data[0] == 0


def _repeated(path: Path, count: int, dtype: Any, value: Any, **options: Any) -> None:
    """Write a file with an array of one text, or row, that all entries refer to."""
    with new_file(path) as file:
        group = series(file["acquisition"], "x")
        del group["data"]
        data = group.create_dataset("data", (count,), dtype, **options)
        data.attrs["unit"] = "V"
        data[0] = value
        file.flush()
        begin = data.id.get_offset() if data.chunks is None else data.id.get_chunk_info(0).byte_offset
    with path.open("r+b") as stream:
        stream.seek(begin)
        reference = stream.read(16)
        stream.seek(begin)
        stream.write(reference * count)


@pytest.mark.parametrize("options", [{}, {"chunks": (4000,)}], ids=["contiguous", "chunks"])
@pytest.mark.parametrize(
    ("dtype", "value"), [(h5py.string_dtype(), "x" * 10_000), (h5py.vlen_dtype("f8"), np.zeros(1250))]
)
def test_many_entries_that_are_one_long_text(dtype: Any, value: Any, options: Any, tmp_path: Path) -> None:
    """They are counted before they are made: 40 MB here, of some 100 kB; a few of them are read."""
    _repeated(tmp_path / "file.nwb", 4000, dtype, value, **options)
    limits = nwb.Limits(array_bytes=10 << 20)
    root = nwb.read(tmp_path / "file.nwb", limits=limits)
    data = root.acquisition["x"].data
    assert len(data[7]) == len(data[3998:][1]) == len(value)
    for way in (lambda: data[:], lambda: np.asarray(data), lambda: nwb.write(root, tmp_path / "copy.nwb")):
        with pytest.raises(TooLargeError, match=r"x/data: its texts or rows would take 80000000 bytes.*array_bytes"):
            way()


@pytest.mark.parametrize("libver", ["earliest", "latest"])
def test_texts_of_a_heap_of_zeros(libver: str, tmp_path: Path) -> None:
    """HDF5 2.0.0 would look for them for ever."""
    with h5py.File(tmp_path / "file.h5", "w", libver=libver) as file:
        data = file.create_dataset("x", data=["text"] * 500, dtype=h5py.string_dtype())
        file.flush()
        begin = data.id.get_offset()
    with (tmp_path / "file.h5").open("r+b") as stream:
        stream.seek(begin)
        _, address, _ = struct.unpack("<IQI", stream.read(16))
        stream.seek(address + 3000)
        stream.write(bytes(1000))
    with h5py.File(tmp_path / "file.h5") as file, pytest.raises(EndlessHeapError, match="/x cannot be read: the heap"):
        list(read_blocks(file["x"].id))


@pytest.mark.parametrize("dtype", [h5py.string_dtype(), h5py.string_dtype(length=8)], ids=["any length", "8 bytes"])
def test_text_in_arrays_that_is_no_utf_8(dtype: Any, tmp_path: Path) -> None:
    """It is noted when it is read, and copied as it is."""
    with new_file(tmp_path / "file.nwb") as file:
        group = series(file["acquisition"], "x")
        del group["data"]
        values = np.array([b"ok", b"\xff\xfe"], dtype)
        group.create_dataset("data", data=values, dtype=dtype).attrs["unit"] = "V"
    root = nwb.read(tmp_path / "file.nwb")
    assert root.acquisition["x"].data[:].tolist() == ["ok", "\udcff\udcfe"]
    assert [(issue.path, issue.rule) for issue in root.issues if issue.rule == "encoding"] == [
        ("/acquisition/x/data", "encoding")
    ]
    nwb.write(root, tmp_path / "copy.nwb")
    assert nwb.diff(tmp_path / "file.nwb", tmp_path / "copy.nwb") == []
