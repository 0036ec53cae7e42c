"""Data that is not in memory, and how it is stored."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models import DatasetOptions
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import InvalidModelError, NotWritableError
from nwb_models.generated.hdmf_common import v1_10_0 as common
from nwb_models.io.copying import blocks
from tests.io.handmade import new_file, references, series
from tests.io.test_writing import new_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS = np.arange(6000, dtype="i2").reshape(1000, 6)


def pieces(*lengths: int) -> Iterator[np.ndarray[Any, Any]]:
    """Yield parts of the rows."""
    first = 0
    for length in lengths:
        yield ROWS[first : first + length]
        first += length


class Sliced:
    """An array that can be sliced, and never be read as a whole."""

    shape, dtype = ROWS.shape, ROWS.dtype

    def __getitem__(self, index: Any) -> Any:
        return ROWS[index]


def _dask() -> Any:
    array = pytest.importorskip("dask.array")
    return array.from_array(ROWS, chunks=(300, 4))


GIVEN: dict[str, Callable[[], Any]] = {
    "an array": lambda: ROWS,
    "every second of twice as many": lambda: np.repeat(ROWS, 2, axis=0)[::2],
    "a list": ROWS.tolist,
    "a generator": lambda: pieces(400, 1, 0, 599),
    "a generator of single rows": lambda: (ROWS[n : n + 1] for n in range(1000)),
    "an iterator of lists": lambda: iter([ROWS[:500].tolist(), ROWS[500:].tolist()]),
    "what can be sliced": Sliced,
    "a dask array": _dask,
    "options": lambda: DatasetOptions(pieces(1000), compression="lzf"),
}


def written(path: Path, data: Any, **more: Any) -> Any:
    """Write a series with some data."""
    root = new_session()
    root.acquisition.add(
        core.TimeSeries(name="x", data=data, unit="V", **(more or {"rate": 1.0, "starting_time": 0.0}))
    )
    nwb.write(root, path)
    return root


@pytest.mark.parametrize("name", GIVEN)
def test_data_of_all_kinds(name: str, tmp_path: Path) -> None:
    """The same values, in the dtype that was given."""
    written(tmp_path / "a.nwb", GIVEN[name]())
    with h5py.File(tmp_path / "a.nwb") as file:
        data = file["acquisition/x/data"]
        assert np.array_equal(data[:], ROWS)
        assert data.dtype == (np.dtype("i8") if "list" in name else ROWS.dtype)
        assert data.attrs["unit"] == "V"


def test_data_of_other_files(tmp_path: Path) -> None:
    """Handles and h5py's datasets are copied as they are stored; with options, they are stored anew."""
    with new_file(tmp_path / "a.nwb") as file:
        series(file["acquisition"], "one")
        del file["acquisition/one/data"]
        made = file.create_dataset("acquisition/one/data", data=ROWS, chunks=(7, 3), compression="lzf")
        made.attrs["unit"] = "V"
        file["analysis/texts"] = ["a", "ü"]
        file["analysis/numbers"] = references(file["acquisition"])
    handle = nwb.read(tmp_path / "a.nwb").acquisition["one"].data.value
    with h5py.File(tmp_path / "a.nwb") as source:
        given = {
            "handle": handle,
            "dataset": source["acquisition/one/data"],
            "anew": DatasetOptions(handle, chunks=(100, 6), compression="gzip"),
            "dataset_anew": DatasetOptions(source["acquisition/one/data"], chunks=False),
        }
        root = new_session()
        for name, data in given.items():
            root.acquisition.add(core.TimeSeries(name=name, data=data, unit="V", rate=1.0, starting_time=0.0))
        nwb.write(root, tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file:
        found = {name: file[f"acquisition/{name}/data"] for name in given}
        assert all(np.array_equal(data[:], ROWS) for data in found.values())
        assert {name: (data.chunks, data.compression) for name, data in found.items()} == {
            "handle": ((7, 3), "lzf"), "dataset": ((7, 3), "lzf"), "anew": ((100, 6), "gzip"),
            "dataset_anew": (None, None),
        }  # fmt: skip


def test_text_and_references_block_by_block(tmp_path: Path) -> None:
    """They are encoded and translated as they come."""
    root = new_session()
    one = core.TimeSeries(name="one", data=[1], unit="V", rate=1.0, starting_time=0.0)
    root.acquisition.add(one)
    texts = common.VectorData(name="texts", description="d", value=(np.array([t, "ü"]) for t in "abc"))
    many = np.empty(2, dtype=object)
    many[0] = many[1] = one
    objects = common.VectorData(name="objects", description="d", value=DatasetOptions(many, chunks=(1,)))
    columns = {"colnames": ["texts", "objects"], "vector_data": [texts, objects]}
    root.acquisition.add(
        common.DynamicTable(
            name="t", description="d", id={"name": "id", "value": iter([[0, 1, 2], [3, 4, 5]])}, **columns
        )
    )
    nwb.write(root, tmp_path / "a.nwb")
    with h5py.File(tmp_path / "a.nwb") as file:
        assert file["acquisition/t/texts"].asstr()[:].tolist() == ["a", "ü", "b", "ü", "c", "ü"]
        assert [file[entry].name for entry in file["acquisition/t/objects"][:]] == ["/acquisition/one"] * 2
        assert file["acquisition/t/id"][:].tolist() == [0, 1, 2, 3, 4, 5]


def test_numbers_that_are_not_in_memory_are_widened(tmp_path: Path) -> None:
    """Times are float64: what fits in there by its dtype is converted as it comes, the rest is refused."""
    written(tmp_path / "a.nwb", [1, 2, 3], timestamps=(np.array([n], dtype="f4") for n in range(3)))
    with h5py.File(tmp_path / "a.nwb") as file:
        assert file["acquisition/x/timestamps"].dtype == "f8"
        assert file["acquisition/x/timestamps"][:].tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="dtype is complex128, and has to be float64"):
        written(tmp_path / "b.nwb", [1], timestamps=iter([np.ones(3, dtype="c16")]))


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "single values": (lambda: iter([1, 2]), "blocks is needed"),
    "nothing": (lambda: iter([]), "without any block"),
    "a table for a number": (lambda: DatasetOptions(1.5), "single value"),
    "chunks of other axes": (lambda: DatasetOptions(ROWS, chunks=(1,)), "2 axes"),
    "filters and one piece": (lambda: DatasetOptions(ROWS, chunks=False, compression="gzip"), "need chunks"),
    "an unknown name": (lambda: DatasetOptions(ROWS, compression="zip"), "hdf5plugin"),
    "no chunk": (lambda: DatasetOptions(ROWS, chunks=(0, 6)), "whole numbers"),
    "half a row": (lambda: DatasetOptions(ROWS, chunks=(2.5, 6)), "whole numbers"),  # type: ignore[arg-type]
    "less than there is": (lambda: DatasetOptions(ROWS, maxshape=(10, 6)), "has the shape"),
    "gzip of level 44": (lambda: DatasetOptions(ROWS, compression="gzip", compression_opts=44), "0 to 9"),
    "a level of nothing": (lambda: DatasetOptions(ROWS, compression_opts=4), "names none"),
    "no filter": (lambda: DatasetOptions(ROWS, compression=object()), "hdf5plugin"),  # type: ignore[arg-type]
    "a filter that is not there": (lambda: DatasetOptions(ROWS, compression=61234), "61234 is not installed"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_stored_is_refused_where_it_is_given(name: str) -> None:
    """Not when everything is written."""
    make, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        core.TimeSeries(name="x", data=make(), unit="V")


BREAKS: dict[str, tuple[Callable[[], Any], str]] = {
    "another shape": (lambda: iter([ROWS, ROWS[:, :3]]), r"block 1 has the shape \(1000, 3\)"),
    "values that do not fit": (lambda: iter([ROWS, ROWS.astype("i8") + 2**40]), "int16 does not"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_blocks_that_do_not_continue_the_others(name: str, tmp_path: Path) -> None:
    """No file appears."""
    make, message = BREAKS[name]
    with pytest.raises(OSError, match=message):
        written(tmp_path / "a.nwb", make())
    assert list(tmp_path.iterdir()) == []


FAILURES = [ZeroDivisionError("z"), ValueError("v"), FileNotFoundError(2, "No such file", "x"), RuntimeError("r")]


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_an_error_of_a_generator_says_where(error: Exception, tmp_path: Path) -> None:
    """The data and the block, whatever kind of error it is; no file appears."""

    def failing() -> Iterator[Any]:
        yield ROWS
        raise error

    said = f"/acquisition/x/data cannot be written: block 1 of its data: {type(error).__name__}: "
    with pytest.raises(NotWritableError, match=said) as caught:
        written(tmp_path / "a.nwb", failing())
    assert caught.value.__cause__ is error
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_what_is_sliced_says_where(tmp_path: Path) -> None:
    """An array that is computed, such as one of dask, may fail as well."""

    class Failing(Sliced):
        def __getitem__(self, index: Any) -> Any:
            raise KeyError(index)

    with pytest.raises(NotWritableError, match="/acquisition/x/data cannot be written: block 0 of its data: KeyError"):
        written(tmp_path / "a.nwb", Failing())


def test_an_array_of_unknown_shape_is_refused(tmp_path: Path) -> None:
    """Of a selection by values, dask does not know the length before it is computed."""
    array = pytest.importorskip("dask.array").arange(10, chunks=4)
    with pytest.raises(InvalidModelError, match="compute_chunk_sizes"):
        written(tmp_path / "a.nwb", array[array > 3])


def test_what_has_no_values_or_no_type_is_refused(tmp_path: Path) -> None:
    """Nothing is written in the place of what is hidden, closed, or no type of HDF5."""
    with pytest.raises(InvalidModelError, match=r"/acquisition/x/data.*no type for timedelta64"):
        written(tmp_path / "a.nwb", np.array([1], dtype="m8[s]"))
    written(tmp_path / "a.nwb", np.ma.masked_array([1.0, 2.0]))
    with h5py.File(tmp_path / "other.h5", "w") as file:
        root = new_session()
        data = file.create_dataset("x", data=ROWS)
        root.acquisition.add(core.TimeSeries(name="x", data=data, unit="V", rate=1.0, starting_time=0.0))
    with pytest.raises(InvalidModelError, match=r"/acquisition/x/data.*was closed"):
        nwb.write(root, tmp_path / "b.nwb")


@pytest.mark.parametrize("options", [False, True])
def test_blocks_are_not_read_before_they_are_written(options: bool) -> None:
    """They would be gone then."""
    blocks = (np.zeros(3) for _ in range(2))
    data = core.TimeSeries(name="x", data=nwb.DatasetOptions(blocks) if options else blocks, unit="V", rate=1.0).data
    for read in (lambda: data[:], lambda: data[0], lambda: np.asarray(data)):
        with pytest.raises(TypeError, match="comes block by block when it is written: read the data from that file"):
            read()


def test_blocks_come_once(tmp_path: Path) -> None:
    """A second file cannot have them, and the error says so before it is begun."""
    root = written(tmp_path / "a.nwb", pieces(1000))
    with pytest.raises(InvalidModelError, match=r"/acquisition/x/data.*were written already"):
        nwb.write(root, tmp_path / "b.nwb")
    assert not (tmp_path / "b.nwb").exists()


# ---------------------------------------------------------------------------------------------- storage
MIB = np.zeros((1 << 16, 16), dtype="i1")
STORED: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "small": (lambda: np.zeros(1000), {"chunks": None, "compression": None, "maxshape": (1000,)}),
    "large": (
        lambda: np.zeros((400, 1000)),
        {"chunks": (131, 1000), "compression": "gzip", "compression_opts": 4, "shuffle": True,
         "maxshape": (None, 1000), "fletcher32": False},
    ),
    "bytes are not shuffled": (lambda: MIB, {"chunks": MIB.shape, "compression": "gzip", "shuffle": False}),
    "large rows": (lambda: np.zeros((2, 4, 1 << 18), dtype="f4"), {"chunks": (1, 1, 1 << 18)}),
    "one piece": (lambda: DatasetOptions(MIB, chunks=False), {"chunks": None, "compression": None}),
    "not compressed": (lambda: DatasetOptions(MIB, compression=False), {"chunks": MIB.shape, "compression": None}),
    "small and compressed": (
        lambda: DatasetOptions(np.zeros(10, dtype="i2"), compression=True),
        {"chunks": (10,), "compression": "gzip", "shuffle": True, "maxshape": (None,)},
    ),
    "all that is asked for": (
        lambda: DatasetOptions(
            np.zeros((10, 3)), chunks=(5, 1), compression="gzip", compression_opts=9, shuffle=False, fletcher32=True,
            maxshape=(20, None),
        ),
        {"chunks": (5, 1), "compression": "gzip", "compression_opts": 9, "shuffle": False, "fletcher32": True,
         "maxshape": (20, None)},
    ),
    "a generator": (
        lambda: iter([np.zeros((3, 8), dtype="i2")]),
        {"chunks": (65536, 8), "compression": "gzip", "maxshape": (None, 8), "shape": (3, 8)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STORED)
def test_how_data_is_stored(name: str, tmp_path: Path) -> None:
    """By default, and as it was asked for."""
    make, expected = STORED[name]
    written(tmp_path / "a.nwb", make())
    with h5py.File(tmp_path / "a.nwb") as file:
        data = file["acquisition/x/data"]
        assert {key: getattr(data, key) for key in expected} == expected


def test_filters_of_hdf5plugin(tmp_path: Path) -> None:
    """With their options, and read back."""
    hdf5plugin = pytest.importorskip("hdf5plugin")
    given = DatasetOptions(ROWS, chunks=(100, 6), compression=hdf5plugin.Blosc(cname="zstd", clevel=3))
    written(tmp_path / "a.nwb", given)
    with h5py.File(tmp_path / "a.nwb") as file:
        data = file["acquisition/x/data"]
        assert data.id.get_create_plist().get_filter(0)[0] == hdf5plugin.Blosc.filter_id
        assert np.array_equal(data[:], ROWS)


def test_dask_arrays_are_computed_block_by_block(tmp_path: Path) -> None:
    """Each block once, and never two at a time."""
    array = pytest.importorskip("dask.array")
    computed = []

    def block(block_info: Any = None) -> Any:
        computed.append(block_info[None]["array-location"])
        return np.ones([b - a for a, b in block_info[None]["array-location"]])

    data = array.map_blocks(block, chunks=((100, 100, 50), (30, 20)), dtype="f8", meta=np.empty((0, 0)))
    written(tmp_path / "a.nwb", data)
    with h5py.File(tmp_path / "a.nwb") as file:
        assert (file["acquisition/x/data"][:] == 1).all()
    assert len(computed) == len({str(place) for place in computed}) == 6


@pytest.mark.parametrize("shape", [(), (0,), (5,), (7, 300, 5), (3, 0), (2, 3, 1 << 22)])
@pytest.mark.parametrize("rows", [1, 4])
def test_blocks_cover_an_array_once(shape: tuple[int, ...], rows: int) -> None:
    """In parts that fit into memory."""
    found = list(blocks(shape, 8, rows))
    assert sum(int(np.prod(count)) for _, count in found) == int(np.prod(shape))
    assert all(s + c <= n for start, count in found for s, c, n in zip(start, count, shape, strict=True))


PEAK = """
import pathlib, re, sys
import numpy as np
import nwb_models as nwb
from tests.io.test_writing import new_session, core
def parts():
    for n in range(64):
        yield np.full((8192, 64), n, dtype="f8")
root = new_session()
root.acquisition.add(core.TimeSeries(name="x", data=parts(), unit="V", rate=1.0, starting_time=0.0))
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())[1]) // 1024
before = peak()
nwb.write(root, sys.argv[1])
print(before, peak())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is asked of Linux")
def test_large_data_is_written_without_memory(tmp_path: Path) -> None:
    """A generator of 256 MiB adds a few blocks to what the program has anyway."""
    command = [sys.executable, "-c", PEAK, str(tmp_path / "a.nwb")]
    before, after = map(int, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    assert after - before < 100
    with h5py.File(tmp_path / "a.nwb") as file:
        assert file["acquisition/x/data"].shape == (64 * 8192, 64)
