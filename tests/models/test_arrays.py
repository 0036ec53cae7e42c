"""`Array`: indexing as numpy does it, and reading after the file was closed, in another process, or not at all."""

from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest
from h5py import h5d, h5p, h5s, h5t, h5z
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import nwb_models as nwb
from nwb_models.errors import ClosedFileError, NWBWarning, UnreadableObjectError
from nwb_models.generated.core.v2_11_0 import TimeSeries__data
from nwb_models.models.arrays import Array, ArraySource
from tests.io.handmade import TEXT, new_file, references, series

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS = np.dtype([("number", "i4"), ("text", TEXT)])
SHAPES: dict[str, tuple[int, ...]] = {
    "one": (7,),
    "two": (5, 4),
    "three": (3, 4, 2),
    "single": (1, 1),
    "none": (0,),
    "no_columns": (4, 0),
}


def _numbers(shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    return np.arange(int(np.prod(shape)), dtype="i4").reshape(shape)


def _texts(shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    return _numbers(shape).astype(str).astype(object)


def _rows(shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    rows = np.empty(shape, dtype=ROWS)
    rows["number"], rows["text"] = _numbers(shape), _texts(shape)
    return rows


KINDS = {"numbers": _numbers, "texts": _texts, "rows": _rows}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with arrays of every kind and shape, contiguous and in chunks."""
    path = tmp_path_factory.mktemp("arrays") / "arrays.nwb"
    with new_file(path) as file:
        for kind, make in KINDS.items():
            for name, shape in SHAPES.items():
                data = make(shape)
                stored = {"texts": TEXT, "rows": ROWS}.get(kind, data.dtype)
                file.create_dataset(f"analysis/{kind}_{name}", data=data, dtype=stored)
                if all(shape):
                    chunks = tuple(min(2, n) for n in shape)
                    grows = (None, *shape[1:])
                    file.create_dataset(
                        f"analysis/{kind}_{name}_chunks", data=data, dtype=stored, chunks=chunks, maxshape=grows
                    )
        file.create_dataset("analysis/long", data=np.arange(1000.0), chunks=(64,))
        file.create_dataset("analysis/objects", data=references(file["acquisition"], file["analysis"]))
        file.create_dataset("analysis/bytes", data=np.array([b"ab", b"caf\xe9"], "S4"))
        series(file["acquisition"], "x")
    return path


@pytest.fixture(scope="module")
def arrays(path: Path) -> Iterator[dict[str, Array]]:
    """Every array of the file."""
    with nwb.open(path) as io:
        group = io.read("/analysis")
        yield {name: group[name] for name in group}


# ---------------------------------------------------------------------------------------------- indexing
def _entry_along(length: int) -> st.SearchStrategy[Any]:
    """Lists with negative, unsorted and repeated numbers, arrays of them, and masks."""
    numbers = st.lists(st.integers(-length, length - 1), max_size=6) if length else st.just([])
    masks = st.lists(st.booleans(), min_size=length, max_size=length)
    return st.one_of(
        numbers, numbers.map(lambda n: np.array(n, dtype="i8")), masks.map(lambda m: np.array(m, dtype=bool))
    )


@st.composite
def _indices(draw: st.DrawFn, shape: tuple[int, ...]) -> Any:
    """Basic indices of numpy; in half of them one axis has a list or mask, and the others slices or numbers."""
    if draw(st.booleans()):
        return draw(hnp.basic_indices(shape, allow_newaxis=False))
    axis = draw(st.integers(0, len(shape) - 1))
    numbers = [st.integers(-length, length - 1) if length else st.nothing() for length in shape]
    entries: list[Any] = [draw(st.slices(n) | number) for n, number in zip(shape, numbers, strict=True)]
    entries[axis] = draw(_entry_along(shape[axis]))
    start, stop = draw(st.integers(0, axis)), draw(st.integers(axis + 1, len(shape)))
    # "..." stands for the axes before, behind or in the middle, or for none
    if start == 0:
        entries = entries[:stop]
        if stop == len(shape) and draw(st.booleans()):
            entries.insert(draw(st.integers(0, len(shape))), ...)
    else:
        entries = [..., *entries[start:]]
    return entries[0] if len(entries) == 1 and draw(st.booleans()) else tuple(entries)


def _same(ours: Any, theirs: Any) -> None:
    """Compare as numpy does, with shapes and dtypes; single values too."""
    assert np.shape(ours) == np.shape(theirs)
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    if ours.dtype.names is None and ours.dtype.kind not in "OU":
        assert ours.dtype == theirs.dtype
    if ours.dtype.names is not None:
        assert ours.dtype.names == theirs.dtype.names
        for name in ours.dtype.names:
            _same(ours[name], theirs[name])
        return
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("chunks", ["", "_chunks"], ids=["contiguous", "chunks"])
@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_indexing_is_that_of_numpy(
    kind: str, name: str, chunks: str, arrays: dict[str, Array], data: st.DataObject
) -> None:
    """Whatever index, it gives what the same array in memory gives."""
    array = arrays.get(f"{kind}_{name}{chunks}", arrays[f"{kind}_{name}"])
    twin = KINDS[kind](SHAPES[name])
    index = data.draw(_indices(SHAPES[name]))
    _same(array[index], twin[index])


INDICES: dict[str, Any] = {
    "number": 1,
    "negative number": -1,
    "numpy number": np.int64(2),
    "unsigned number": np.uint8(2),
    "nothing": (),
    "dots": ...,
    "all": slice(None),
    "tuple of dots": (...,),
    "number and dots": (1, ...),
    "dots and number": (..., -1),
    "dots in between": (0, ..., 1),
    "dots for no axis": (0, 1, ...),
    "dots for no axis first": (..., 0, 1),
    "slice": slice(1, 3),
    "open slice": slice(2, None),
    "slice with a step": slice(None, None, 2),
    "backwards": slice(None, None, -1),
    "backwards with a step": slice(None, None, -2),
    "backwards from": slice(3, 0, -1),
    "backwards to the first": slice(2, None, -1),
    "backwards and nothing": slice(0, 3, -1),
    "backwards beyond the ends": slice(100, -100, -3),
    "slice beyond the end": slice(3, 100),
    "slice of nothing": slice(3, 3),
    "slice with a step beyond all": slice(1, None, 2**70),
    "backwards with a step beyond all": slice(None, None, -(2**70)),
    "slice of numpy numbers": slice(np.int64(1), np.int64(3)),
    "backwards twice": (slice(None, None, -1), slice(None, None, -1)),
    "backwards and a number": (slice(None, None, -1), 1),
    "list": [0, 2],
    "unsorted list": [3, 0, 2],
    "list with repetitions": [1, 1, 0, 1],
    "negative numbers in a list": [-1, 0, -2],
    "empty list": [],
    "list of one": [2],
    "array": np.array([2, 0]),
    "empty array": np.array([], dtype="i8"),
    "list along the second axis": (slice(None), [3, 0]),
    "list and a number": ([2, 0], 1),
    "number and a list": (1, [2, 0]),
    "list and backwards": ([2, 0, 2], slice(None, None, -1)),
    "backwards and a list": (slice(None, None, -1), [3, 0, 3]),
    "number, dots and a list": (1, ..., [2, 0]),
    "list, dots and a number": ([2, 0], ..., 1),
    "dots and a list": (..., [1, 0]),
    "range": range(3, 0, -1),
    "tuple in a tuple": ((2, 0),),
    "mask": np.array([True, False, True, False, True]),
    "mask as a list": [True, False, False, False, True],
    "mask of nothing": np.zeros(5, dtype=bool),
    "mask of all": np.ones(5, dtype=bool),
    "mask along the second axis": (slice(None), np.array([False, True, True, False])),
    "mask and a number": (np.array([True, False, True, False, True]), 2),
}


THREE: dict[str, Any] = {
    # to numpy, a number beside a list is a list too: apart from each other, their axis comes first
    "number, slice, list": (1, slice(None), [1, 0, 1]),
    "list, slice, number": ([2, 0], slice(None), 1),
    "number, list": (1, [2, 0]),
    "list, number": ([2, 0], 1),
    "slice, number, list": (slice(None), 1, [1, 0, 1]),
    "slice, list, number": (slice(None), [3, 1], 0),
    "number, list, number": (0, [3, 1], 0),
    "number, dots, list": (1, ..., [1, 0]),
    "number, number, list": (1, 1, [0, 1]),
    "number, backwards, list": (1, slice(None, None, -1), [1, 0]),
}


@pytest.mark.parametrize("index", THREE.values(), ids=THREE)
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_and_a_list(kind: str, index: Any, arrays: dict[str, Array]) -> None:
    """The axis of the list comes where numpy has it."""
    _same(arrays[f"{kind}_three"][index], KINDS[kind](SHAPES["three"])[index])


@pytest.mark.parametrize("index", INDICES.values(), ids=INDICES)
@pytest.mark.parametrize("kind", KINDS)
def test_indices(kind: str, index: Any, arrays: dict[str, Array]) -> None:
    """The same, one by one."""
    _same(arrays[f"{kind}_two_chunks"][index], KINDS[kind]((5, 4))[index])


OUTSIDE: dict[str, Any] = {
    "number": 5,
    "negative number": -6,
    "second axis": (0, 4),
    "too many": (0, 0, 0),
    "too many with dots": (0, ..., 0, 0),
    "two dots": (..., ...),
    "list": [0, 5],
    "negative in a list": [0, -6],
    "list along the second axis": (slice(None), [4]),
    "short mask": np.array([True, False]),
    "long mask": np.ones(6, dtype=bool),
    "mask along the second axis": (slice(None), np.ones(5, dtype=bool)),
    "float": 1.0,
    "floats": [0.5, 1.0],
    "text": "number",
    "float in a slice axis": (slice(None), 1.5),
}


@pytest.mark.parametrize("index", OUTSIDE.values(), ids=OUTSIDE)
def test_indices_that_numpy_refuses(index: Any, arrays: dict[str, Array]) -> None:
    """They raise what numpy raises, before anything is read."""
    with pytest.raises(IndexError):
        _numbers((5, 4))[index]
    with pytest.raises(IndexError):
        arrays["numbers_two"][index]


NOT_TAKEN: dict[str, Any] = {
    # indices that numpy takes, and no array on disk does
    "two lists": ([0, 1], [1, 0]),
    "two masks": (np.ones(5, dtype=bool), np.ones(4, dtype=bool)),
    "list of lists": [[0, 1], [1, 0]],
    "mask of all axes": np.ones((5, 4), dtype=bool),
    "new axis": None,
    "new axis behind": (slice(None), None),
    "True": True,
    "numpy's False": np.False_,
}


@pytest.mark.parametrize("index", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_indices_that_are_not_taken(index: Any, arrays: dict[str, Array]) -> None:
    """More than one list, or an axis more, is refused and never something else than what numpy gives."""
    with pytest.raises(IndexError):
        arrays["numbers_two"][index]


STEPS = {"zero": slice(None, None, 0), "text": slice("a", None), "float": slice(0.5, None)}


@pytest.mark.parametrize("index", STEPS.values(), ids=STEPS)
def test_slices_that_are_none(index: slice, arrays: dict[str, Array]) -> None:
    """A slice that is no slice raises what numpy raises."""
    with pytest.raises((ValueError, TypeError)) as wanted:
        _numbers((5, 4))[index]
    with pytest.raises(type(wanted.value)):
        arrays["numbers_two"][index]


def test_an_index_leaves_what_it_was_given_alone(arrays: dict[str, Array]) -> None:
    """A list or mask is not changed, and what was read is not the array's own."""
    index = np.array([3, -1, 3])
    first = arrays["numbers_two"][index]
    assert index.tolist() == [3, -1, 3]
    first[:] = 0
    np.testing.assert_array_equal(arrays["numbers_two"][index], _numbers((5, 4))[index])


def test_many_numbers_in_a_list(arrays: dict[str, Array]) -> None:
    """As many as there are rows, unsorted."""
    index = np.random.default_rng(0).permutation(1000)
    np.testing.assert_array_equal(arrays["long"][index], index.astype("f8"))


# ---------------------------------------------------------------------------------------------- what it says of itself
@pytest.mark.parametrize(
    "name", [f"{kind}_{name}{end}" for kind in KINDS for name in SHAPES for end in ("", "_chunks")]
)
def test_what_it_says_without_reading(name: str, arrays: dict[str, Array], path: Path) -> None:
    """Shape, dtype, chunks and so on are those of h5py."""
    if name not in arrays:
        return
    array = arrays[name]
    with h5py.File(path) as file:
        dataset = file["analysis"][name]
        for about in ("shape", "dtype", "ndim", "size", "nbytes", "chunks", "maxshape"):
            assert getattr(array, about) == getattr(dataset, about), about
        assert len(array) == len(dataset)
    assert repr(array).startswith(f"<Array {array.shape} ")
    assert repr(array).endswith(f"{path}:/analysis/{name}>")


def test_names_of_dtypes(arrays: dict[str, Array]) -> None:
    """They are written as people write them."""
    assert {
        name: repr(arrays[name]).partition(" at ")[0] for name in ("numbers_one", "texts_one", "rows_one", "objects")
    } == {
        "numbers_one": "<Array (7,) int32",
        "texts_one": "<Array (7,) text",
        "rows_one": "<Array (7,) compound (number: int32, text: text)",
        "objects": "<Array (2,) object reference",
    }


def test_text_is_str(arrays: dict[str, Array]) -> None:
    """Text of any length, alone and in rows, with surrogate escapes for what is no UTF-8."""
    assert arrays["texts_one"][1] == "1"
    assert {type(text) for text in arrays["texts_two"][:].flat} == {str}
    assert arrays["rows_one"][2]["text"] == "2"
    assert arrays["rows_one"][:]["text"].tolist() == list("0123456")
    assert arrays["bytes"][:].tolist() == ["ab", "caf\udce9"]
    assert arrays["bytes"][1] == "caf\udce9"


def test_references_are_objects(path: Path) -> None:
    """Those of the same file."""
    with nwb.open(path) as io:
        root = io.read()
        assert root["analysis/objects"][0] is root["acquisition"]
        assert root["analysis/objects"][::-1].tolist() == [root["analysis"], root["acquisition"]]


# ---------------------------------------------------------------------------------------------- numpy
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SHAPES)
def test_asarray(kind: str, name: str, arrays: dict[str, Array]) -> None:
    """numpy makes an array of it, of another dtype too."""
    _same(np.asarray(arrays[f"{kind}_{name}"]), KINDS[kind](SHAPES[name]))
    if kind == "numbers":
        converted = np.asarray(arrays[f"{kind}_{name}"], dtype="f4")
        assert converted.dtype == np.dtype("f4")
        _same(converted, _numbers(SHAPES[name]).astype("f4"))


def test_copies(arrays: dict[str, Array]) -> None:
    """There is no array in memory to be shared: without a copy it cannot be had."""
    array = arrays["numbers_two"]
    for copy in (None, True):
        np.testing.assert_array_equal(np.array(array, copy=copy), _numbers((5, 4)))
    with pytest.raises(ValueError, match="without a copy"):
        np.array(array, copy=False)
    with pytest.raises(ValueError, match="without a copy"):
        np.asarray(array, copy=False)


def test_numpy_functions_take_it(arrays: dict[str, Array]) -> None:
    """As they take anything that becomes an array."""
    array, twin = arrays["numbers_two"], _numbers((5, 4))
    assert np.sum(array) == twin.sum()
    np.testing.assert_array_equal(np.add(array, 1), twin + 1)
    np.testing.assert_array_equal(np.stack([array, array]), np.stack([twin, twin]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SHAPES)
def test_iteration(kind: str, name: str, arrays: dict[str, Array]) -> None:
    """Row by row along the first axis, as an array in memory."""
    ours, theirs = list(arrays[f"{kind}_{name}"]), list(KINDS[kind](SHAPES[name]))
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        _same(one, other)


def test_chunks(arrays: dict[str, Array], monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks along the first axis: of as many rows as were asked for, else of whole chunks."""
    long = arrays["long"]
    assert [len(block) for block in long.iter_chunks(300)] == [300, 300, 300, 100]
    np.testing.assert_array_equal(np.concatenate(list(long.iter_chunks(7))), np.arange(1000.0))
    assert [len(block) for block in long.iter_chunks()] == [1000]
    assert list(arrays["numbers_none"].iter_chunks()) == []
    assert [block.shape for block in arrays["numbers_no_columns"].iter_chunks()] == [(4, 0)]
    assert [block.shape for block in arrays["numbers_three"].iter_chunks(2)] == [(2, 4, 2), (1, 4, 2)]


class Counting:
    """A source that notes what is read from it; any object with these members is one."""

    def __init__(self, shape: tuple[int, ...], chunks: tuple[int, ...] | None, dtype: str) -> None:
        self.shape, self.chunks, self.dtype, self.maxshape = shape, chunks, np.dtype(dtype), shape
        self.asked: list[Any] = []

    def read(self, index: tuple[Any, ...]) -> Any:
        self.asked.append(index)
        return np.zeros(self.shape, self.dtype)[index]

    def where(self) -> str:
        return "memory"


BLOCKS: dict[str, tuple[tuple[int, ...], tuple[int, ...] | None, str, int]] = {
    # name: (shape, chunks, dtype, rows of a block: about 1 MiB, and whole chunks where those are given)
    "in one piece": ((1_000_000,), None, "f8", 131_072),
    "small chunks": ((1_000_000,), (1000,), "f8", 131_000),
    "large chunks": ((1_000_000,), (300_000,), "f8", 300_000),
    "wide rows": ((100, 1_000_000), None, "f8", 1),
    "wide rows in chunks": ((100, 1_000_000), (10, 1000), "f8", 10),
}


@pytest.mark.parametrize(("shape", "chunks", "dtype", "rows"), BLOCKS.values(), ids=BLOCKS)
def test_blocks_are_whole_chunks(shape: tuple[int, ...], chunks: tuple[int, ...] | None, dtype: str, rows: int) -> None:
    """No chunk is read twice, and a block is about 1 MiB."""
    source = Counting(shape, chunks, dtype)
    source.read = lambda index: source.asked.append(index) or np.empty(0)  # type: ignore[method-assign]
    assert isinstance(source, ArraySource)
    list(Array(source).iter_chunks())
    starts = [index[0].start for index in source.asked]
    assert starts == list(range(0, shape[0], rows))


def test_only_what_is_indexed_is_read() -> None:
    """One read for one index, and no more than it asks for."""
    source = Counting((10, 4), None, "i4")
    array = Array(source)
    assert (array.shape, len(array), array.nbytes, array.size, repr(array)) == (
        (10, 4), 10, 160, 40, "<Array (10, 4) int32 at memory>",
    )  # fmt: skip
    assert source.asked == []
    array[3], array[7:2:-2], array[..., -1]
    assert source.asked == [(3,), (slice(3, 8, 2),), (slice(0, 10, 1), 3)]


# ---------------------------------------------------------------------------------------------- other processes
def _read_elsewhere(array: Array) -> Any:
    return array[1:3].tolist()


def test_pickle_and_close(path: Path) -> None:
    """It travels as where it is: what arrives reads again, also when the file was closed before."""
    with nwb.open(path) as io:
        array = io.read("/analysis/numbers_one")
        texts = io.read("/analysis/texts_one")
        objects = io.read("/analysis/objects")
        pickled = pickle.dumps([array, texts, objects])
    assert len(pickle.dumps(io.read("/analysis/long"))) < 1000
    again, more, others = pickle.loads(pickled)
    for one in (array, again):
        assert one[1:3].tolist() == [1, 2]
        assert (one.shape, one.dtype, one.chunks) == ((7,), np.dtype("i4"), None)
    assert more[1:3].tolist() == ["1", "2"]
    assert [obj.path for obj in others] == ["/acquisition", "/analysis"]
    assert others[0] is others[:1][0]


def test_no_file_stays_open(path: Path) -> None:
    """After reading from a file that was closed, it is closed again."""
    with nwb.open(path) as io:
        array = io.read("/analysis/long")
    before = h5py.h5f.get_obj_count(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_FILE)
    assert array[3] == 3.0
    assert pickle.loads(pickle.dumps(array))[4] == 4.0
    assert h5py.h5f.get_obj_count(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_FILE) == before


def test_another_working_directory(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file that was opened by a relative path is found again from anywhere."""
    monkeypatch.chdir(path.parent)
    with nwb.open(path.name) as io:
        array = io.read("/analysis/numbers_one")
    monkeypatch.chdir(tmp_path)
    assert array[2] == 2
    assert pickle.loads(pickle.dumps(array))[2] == 2


def test_two_readers_of_a_closed_file(path: Path) -> None:
    """Threads that read at once open the file once; it stays open until the last of them is done."""
    with nwb.open(path) as io:
        io.read("/analysis/numbers_one")
    first, second = io.opened(), io.opened()
    first.__enter__()
    file = second.__enter__()
    first.__exit__(None, None, None)
    assert file["analysis/numbers_one"][2] == 2
    second.__exit__(None, None, None)
    assert not file


def test_closing_while_another_thread_reads(path: Path) -> None:
    """What reads goes on to its end."""
    io = nwb.open(path)
    reader = io.opened()
    file = reader.__enter__()
    io.close()
    assert file["analysis/numbers_one"][2] == 2
    reader.__exit__(None, None, None)
    assert not file


def test_threads(path: Path) -> None:
    """Any number of them read from a file that was closed."""
    with nwb.open(path) as io:
        array = io.read("/analysis/long")
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda number: array[number], range(400))) == list(range(400))


def test_another_process(path: Path) -> None:
    """A process that knows nothing of the file reads from it."""
    arrays = [nwb.read(path, f"/analysis/{name}") for name in ("numbers_one", "texts_one")]
    data = nwb.read(path, "/acquisition/x").data.value
    # not multiprocessing.Pool, which waits for ever for a process that could not start
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(_read_elsewhere, [*arrays, data])) == [[1, 2], ["1", "2"], [1.0, 2.0]]


def _small_file(path: Path, value: float) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs.update(neurodata_type="NWBFile", namespace="core", nwb_version="2.11.0")
        file["data"] = np.full(3, value)
    return path


@pytest.fixture
def closed(tmp_path: Path) -> tuple[Path, Array, bytes]:
    """A file that was read and closed, an array of it, and the array pickled."""
    path = _small_file(tmp_path / "closed.nwb", 1.0)
    io = nwb.open(path)
    with pytest.warns(NWBWarning, match="no specification"):
        array = io.read("/data")
    io.close()
    return path, array, pickle.dumps(array)


def test_a_file_that_was_changed(closed: tuple[Path, Array, bytes]) -> None:
    """Values of another file are never taken for those that were meant."""
    path, array, pickled = closed
    _small_file(path.with_name("other.nwb"), 2.0).replace(path)
    with pytest.raises(ClosedFileError, match=r"closed\.nwb was changed or removed since it was read: read it again"):
        array[:]
    with pytest.raises(ClosedFileError, match=r"closed\.nwb was changed or removed since it was read: read it again"):
        pickle.loads(pickled)[:]


def test_a_file_that_was_removed(closed: tuple[Path, Array, bytes]) -> None:
    """The error says so, and is an ``OSError``."""
    path, array, pickled = closed
    path.unlink()
    with pytest.raises(ClosedFileError, match=r"closed\.nwb was changed or removed"):
        array[:]
    with pytest.raises(ClosedFileError, match=r"closed\.nwb"):
        pickle.loads(pickled)[:]
    assert issubclass(ClosedFileError, OSError)


def test_a_file_object_does_not_travel(path: Path) -> None:
    """There is no path by which another process could find it."""
    with path.open("rb") as stream, nwb.HDF5IO(stream) as io:
        array = io.read("/analysis/numbers_one")
        assert array[2] == 2
        pickled = pickle.dumps(array)
        with pytest.raises(ClosedFileError, match="a file object, which does not travel"):
            pickle.loads(pickled)[:]


# ---------------------------------------------------------------------------------------------- what cannot be read
def test_a_missing_filter(tmp_path: Path) -> None:
    """The error names the file, the path and the filter."""
    path = _small_file(tmp_path / "filter.nwb", 1.0)
    with h5py.File(path, "r+") as file:
        create = h5p.create(h5p.DATASET_CREATE)
        create.set_chunk((4,))
        create.set_filter(32_098, h5z.FLAG_OPTIONAL, ())
        dataset = h5d.create(file.id, b"filtered", h5t.NATIVE_DOUBLE, h5s.create_simple((4,)), create)
        dataset.write_direct_chunk((0,), b"x" * 32)
    with pytest.warns(NWBWarning, match="no specification"):
        array = nwb.read(path, "/filtered")
    with pytest.raises(UnreadableObjectError) as caught:
        array[:]
    message = str(caught.value)
    assert message.startswith(f"{path}:/filtered cannot be read: ")
    assert message.endswith("(filter 32098 is missing: 'pip install hdf5plugin' and 'import hdf5plugin' may bring it)")
    assert isinstance(caught.value, OSError)
    assert (array.shape, array.dtype) == ((4,), np.dtype("f8"))


def test_a_filter_that_is_there(tmp_path: Path) -> None:
    """With its plug-in imported, data is read like any other."""
    hdf5plugin = pytest.importorskip("hdf5plugin")
    path = _small_file(tmp_path / "zstd.nwb", 1.0)
    with h5py.File(path, "r+") as file:
        file.create_dataset("filtered", data=np.arange(100), chunks=(10,), **hdf5plugin.Zstd())
    with pytest.warns(NWBWarning, match="no specification"):
        array = nwb.read(path, "/filtered")
    np.testing.assert_array_equal(array[::-1], np.arange(100)[::-1])


def test_an_object_that_is_gone(tmp_path: Path) -> None:
    """Changes in a file that is open elsewhere do not end in an internal error."""
    path = _small_file(tmp_path / "gone.nwb", 1.0)
    with pytest.warns(NWBWarning, match="no specification"):
        array = nwb.read(path, "/data")
    array._source.path = "/gone"
    with pytest.raises(UnreadableObjectError, match=r"gone\.nwb:/gone cannot be read"):
        array[:]


# ---------------------------------------------------------------------------------------------- in models
def test_models_behave_as_their_arrays(path: Path) -> None:
    """A dataset with attributes is an array with attributes."""
    data = nwb.read(path, "/acquisition/x").data
    assert (data.shape, data.dtype, data.ndim, data.size, len(data)) == ((5,), np.dtype("f8"), 1, 5, 5)
    assert (data[-1], data[::-2].tolist(), list(data)) == (4.0, [4, 2, 0], [0, 1, 2, 3, 4])
    np.testing.assert_array_equal(data, np.arange(5.0))
    assert data.value[...].sum() == 10.0


GIVEN: dict[str, tuple[Any, Any]] = {
    "a list": ([1, 2], [1, 2]),
    "a tuple": ((1.5, 2), [1.5, 2]),
    "texts": (["a", "b"], ["a", "b"]),
    "an array": (np.arange(2), [0, 1]),
}


@pytest.mark.parametrize(("given", "held"), GIVEN.values(), ids=GIVEN)
def test_fields_take_arrays_and_lists(given: Any, held: list[Any]) -> None:
    """Lists become numpy arrays, of objects where they hold text."""
    model = TimeSeries__data(name="data", value=given, unit="V")
    assert model.value.tolist() == held
    assert model.value.dtype.kind != "U"


@pytest.mark.parametrize("given", [5, "text", None, {"a": 1}], ids=repr)
def test_fields_refuse_what_is_no_array(given: Any) -> None:
    """With a word on what is needed."""
    with pytest.raises(ValueError, match="an array or a list is needed here"):
        TimeSeries__data(name="data", value=given, unit="V")


def test_arrays_of_another_file_are_fields(arrays: dict[str, Array]) -> None:
    """What is on disk stays there when it is put into a model."""
    array = arrays["long"]
    assert TimeSeries__data(name="data", value=array, unit="V").value is array
