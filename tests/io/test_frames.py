"""Tables as people use them: columns by rows, rows as DataFrames, and what PyNWB makes of the same files."""

from __future__ import annotations

import gc
import json
import warnings
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pandas as pd
import pynwb
import pytest
from hdmf.common import DynamicTable, VectorData, VectorIndex
from hdmf.common.hierarchicaltable import to_hierarchical_dataframe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nwb_models as nwb
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import NWBWarning, ObjectNotFoundError
from nwb_models.generated.hdmf_common import v1_10_0 as common
from nwb_models.io.arrays import HDF5Array
from nwb_models.models import columns as columns_module
from nwb_models.models.base import NWBModel
from nwb_models.models.mixins.tables import DynamicTableMixin
from nwb_models.models.time_series_reference import TimeSeriesReference
from tests.conftest import CORPUS, EXAMPLE, corpus_files
from tests.io.handmade import TEXT, column, new_file, series, table
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# ---------------------------------------------------------------------------------------------- beside PyNWB
def plain(value: Any) -> Any:
    """Return what a cell holds in what can be compared: PyNWB has objects of its own."""
    if isinstance(value, pd.DataFrame):
        return [list(map(str, value.columns)), value.index.tolist(), [plain(row) for row in value.to_numpy()]]
    if isinstance(value, pd.Series):
        return plain(value.tolist())
    if isinstance(value, NWBModel) or hasattr(value, "object_id"):
        return ["object", value.name]
    if type(value).__name__ == "TimeSeriesReference":
        return None if value[0] is None else [plain(entry) for entry in value]
    if isinstance(value, np.void | np.ndarray | list | tuple):
        return [plain(entry) for entry in value]
    value = value.item() if isinstance(value, np.generic) else value
    return "nan" if isinstance(value, float) and value != value else value


def require_same(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Compare two frames: columns, dtypes, index and every cell."""
    assert list(map(str, ours.columns)) == list(map(str, theirs.columns))
    assert ours.index.tolist() == theirs.index.tolist()
    assert (ours.index.name, ours.index.dtype) == (theirs.index.name, theirs.index.dtype)
    assert ours.dtypes.tolist() == theirs.dtypes.tolist()
    for number, name in enumerate(ours.columns):
        assert plain(ours.iloc[:, number]) == plain(theirs.iloc[:, number]), name


def tables_of(io: nwb.HDF5IO) -> dict[str, Any]:
    io.read(eager=True)
    return {model.path: model for model in io.builder.models.values() if isinstance(model, DynamicTableMixin)}


def compare_with_pynwb(path: Path) -> int:
    """Compare every table of a file, regions as numbers and as DataFrames; return how many there are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pynwb.NWBHDF5IO(str(path), "r") as other, nwb.open(path) as io:
            tables = tables_of(io)
            found = [obj for obj in other.read().objects.values() if isinstance(obj, DynamicTable)]
            for theirs in found:
                ours = tables["/" + other.manager.get_builder(theirs).path.removeprefix("root").strip("/")]
                require_same(ours.to_dataframe(nested=True), theirs.to_dataframe())
                if ours.neurodata_type not in ALIGNED:
                    require_same(ours.to_dataframe(), theirs.to_dataframe(index=True))
    return len(found)


ALIGNED = {"AlignedDynamicTable", "IntracellularRecordingsTable"}
"""Of these PyNWB has no frame with numbers in the place of the rows that regions refer to."""


@pytest.mark.parametrize("name", FILES)
def test_frames_are_those_of_pynwb(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.nwb"
    FILES[name](path)
    assert compare_with_pynwb(path) >= 1


def test_frames_of_the_example_are_those_of_pynwb() -> None:
    assert compare_with_pynwb(EXAMPLE) > 5


@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(CORPUS)))
def test_frames_of_the_corpus_are_those_of_pynwb(path: Path) -> None:
    """Old schemas and extensions included; what PyNWB cannot read is read all the same."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pynwb.NWBHDF5IO(str(path), "r") as io:
                io.read()
    except Exception:  # noqa: BLE001 - whatever it is
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NWBWarning)
            with nwb.open(path) as io:
                for found in tables_of(io).values():
                    assert len(found.to_dataframe()) == len(found)
        return
    compare_with_pynwb(path)


# ---------------------------------------------------------------------------------------------- columns by rows
def ragged(path: Path) -> None:
    """Write a table of three rows: plain, ragged, doubly ragged, an index of another name, labels, compounds, rows."""
    with new_file(path) as file:
        names = ["flat", "words", "deep", "odd", "label", "where", "many", "pair", "window", "columns"]
        rows = table(file["acquisition"], "rows", *names)
        column(rows, "flat", np.arange(6.0).reshape(3, 2), description="d")
        words = column(rows, "words", np.array(["a", "b", "ü", "d"], dtype=object), description="d")
        index(rows, "words_index", [1, 1, 4], words)
        deep = column(rows, "deep", np.arange(10), description="d")
        index(rows, "deep_index_index", [1, 3, 3], index(rows, "deep_index", [2, 5, 10], deep))
        index(rows, "ends_of_odd", [2, 3, 3], column(rows, "odd", [7.0, 8.0, 9.0], description="d"))
        elements = column(rows, "label_elements", np.array(["lo", "hi"], dtype=object), description="d")
        label = column(rows, "label", np.array([1, 0, 1], "u1"), "EnumData", description="d", elements=elements.ref)
        label.attrs["namespace"] = "hdmf-experimental"
        where = column(rows, "where", [2, 0, 2], "DynamicTableRegion", description="d", table=rows.ref)
        many = column(rows, "many", [0, 1, 2, 0], "DynamicTableRegion", description="d", table=rows.ref)
        index(rows, "many_index", [2, 2, 4], many)
        assert where.ref
        column(rows, "pair", np.array([(1, 2.0), (3, 4.0), (5, 6.0)], dtype="i4,>f8"), description="d")
        windows = np.empty(3, [("idx_start", "i4"), ("count", "i4"), ("timeseries", h5py.ref_dtype)])
        for number, (first, count) in enumerate([(1, 2), (-1, -1), (0, 3)]):
            windows[number] = first, count, (file["acquisition/x"] if number else series(file["acquisition"], "x")).ref
        column(rows, "window", windows, "TimeSeriesReferenceVectorData", description="d").attrs["namespace"] = "core"
        column(rows, "columns", [1, 2, 3], description="d")
        column(rows, "unnamed", [4.0, 5.0, 6.0], description="d")


def index(parent: h5py.Group, name: str, ends: list[int], target: h5py.Dataset) -> h5py.Dataset:
    return column(parent, name, np.array(ends, "u1"), "VectorIndex", description="d", target=target.ref)


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Any]:
    """The table of `ragged`."""
    path = tmp_path / "ragged.nwb"
    ragged(path)
    with nwb.open(path) as io:
        yield io.read("/acquisition/rows")


def lists(value: Any) -> Any:
    """Return arrays as lists."""
    return [lists(entry) for entry in value] if isinstance(value, np.ndarray | list | tuple) else value


CELLS: dict[str, list[Any]] = {
    "flat": [[0, 1], [2, 3], [4, 5]],
    "words": [["a"], [], ["b", "ü", "d"]],
    "deep": [[[0, 1]], [[2, 3, 4], [5, 6, 7, 8, 9]], []],
    "odd": [[7, 8], [9], []],
    "label": ["hi", "lo", "hi"],
    "where": [2, 0, 2],
    "many": [[0, 1], [], [2, 0]],
    "columns": [1, 2, 3],
    "unnamed": [4, 5, 6],
}


def test_columns_are_listed_in_their_order(rows: Any) -> None:
    """Without the indexes and the elements of an enumeration; what `colnames` leaves out comes last."""
    assert rows.columns == [*rows.colnames, "unnamed"]
    assert rows["columns"][1] == 2
    assert list(rows.to_dataframe().columns) == rows.columns
    assert len(rows) == 3


@pytest.mark.parametrize("name", [name for name in CELLS if name not in ("where", "many")])
def test_a_column_is_indexed_by_rows(name: str, rows: Any) -> None:
    """However it is reached, ragged at any depth, under an index of any name; the index says the same."""
    found, wanted = rows[name], CELLS[name]
    assert found is getattr(rows, name) or name == "columns"
    assert len(found) == 3
    assert [lists(found[number]) for number in range(3)] == wanted
    assert [lists(found[number]) for number in range(-3, 0)] == wanted
    assert lists(found[1:]) == wanted[1:]
    assert lists(found[[2, 0, 2]]) == [wanted[2], wanted[0], wanted[2]]
    assert lists(found[np.array([True, False, True])]) == [wanted[0], wanted[2]]
    assert lists(found[...]) == lists(found[:]) == lists(list(found)) == wanted
    assert lists(rows[1, name]) == wanted[1]
    for outer in columns_module.indexes_of(found)[-1:]:
        assert lists(outer[:]) == lists(list(outer)) == wanted
        assert lists(outer.row(1)) == wanted[1]
        assert len(outer) == 3
    with pytest.raises(IndexError, match=r"3|out of bounds"):
        found[3]


def test_what_is_stored_is_in_value(rows: Any) -> None:
    """And what is said of its shape; so numpy has the numbers, too."""
    deep = rows["deep"]
    assert deep.value[2:4].tolist() == [2, 3]
    assert (deep.shape, deep.size, np.asarray(deep).tolist()) == ((10,), 10, list(range(10)))
    assert rows["deep_index"].value[:].tolist() == [2, 5, 10]
    assert lists(rows["deep_index"][1]) == [2, 3, 4]
    assert lists(rows["deep_index_index"][1]) == CELLS["deep"][1]
    assert rows["label"].value[:].tolist() == [1, 0, 1]
    assert np.asarray(rows["many"]).tolist() == [0, 1, 2, 0]


def test_a_column_that_is_read_without_its_table_has_rows(tmp_path: Path) -> None:
    ragged(tmp_path / "a.nwb")
    assert lists(nwb.read(tmp_path / "a.nwb", "/acquisition/rows/words")[2]) == ["b", "ü", "d"]


def test_a_region_gives_the_rows_that_it_refers_to(rows: Any) -> None:
    """A row for a number, a DataFrame for several; of a ragged one, a DataFrame for each of its rows."""
    frame = rows.to_dataframe(columns=["label", "columns"])
    assert rows["where"][0]["label"] == "hi"
    assert rows["where"][0].name == 2
    assert rows["where"][:]["columns"].tolist() == [3, 1, 3]
    assert [row["columns"] for row in rows["where"]] == [3, 1, 3]
    pd.testing.assert_frame_equal(rows["where"].to_dataframe(["label", "columns"]), frame.iloc[[2, 0, 2]])
    assert rows["many"][2]["columns"].tolist() == [3, 1]
    assert [len(found) for found in rows["many"][:]] == [2, 0, 2]
    assert rows["many"].to_dataframe(["columns"])["columns"].tolist() == [1, 2, 3, 1]


def test_a_region_that_refers_to_no_row_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.nwb"
    with new_file(path) as file:
        wrong = table(file["acquisition"], "rows", "where")
        column(wrong, "where", [0, 9, 1], "DynamicTableRegion", description="d", table=wrong.ref)
    where = nwb.read(path, "/acquisition/rows/where")
    assert where[0].name == 0
    with pytest.raises(IndexError, match=r"refers to row 9 of .*rows.*, which has 3"):
        where[1]
    assert nwb.read(path, "/acquisition/rows").to_dataframe()["where"].tolist() == [0, 9, 1]


def test_references_to_parts_of_series(rows: Any) -> None:
    """With the data and times of the part; -1 says that there is none."""
    found = rows["window"][:]
    first = found[0]
    assert isinstance(first, TimeSeriesReference)
    assert rows["window"][0] == first
    assert (first.idx_start, first.count, first.timeseries.name, found[1]) == (1, 2, "x", None)
    assert first.data.tolist() == [1, 2]
    assert first.timestamps.tolist() == [0.1, 0.2]
    assert rows["window"].value[1]["count"] == -1
    assert rows.to_dataframe()["window"].tolist() == found


def test_times_of_parts_of_series_are_read_where_there_are_any() -> None:
    times = core.TimeSeries(name="x", data=[1.0, 2.0, 3.0], unit="V", timestamps=[0.5, 1.5, 7.5])
    assert TimeSeriesReference(1, 2, times).timestamps.tolist() == [1.5, 7.5]


# ---------------------------------------------------------------------------------------------- rows as frames
def test_a_frame_has_what_the_columns_have(rows: Any) -> None:
    frame = rows.to_dataframe()
    assert (frame.index.name, frame.index.dtype, frame.index.tolist()) == ("id", np.int64, [0, 1, 2])
    assert {name: lists(frame[name].tolist()) for name in CELLS} == CELLS
    assert [tuple(pair) for pair in frame["pair"]] == [(1, 2), (3, 4), (5, 6)]
    assert isinstance(frame["words"][2], np.ndarray)


def test_rows_by_their_numbers(rows: Any) -> None:
    """As `iloc` of the whole frame has them."""
    frame = rows.to_dataframe()
    row = rows[1]
    assert isinstance(row, pd.Series)
    assert (row.name, row["label"], lists(row["odd"])) == (1, "lo", [9])
    assert rows[np.int64(-1)].name == 2
    for asked in (slice(1, 3), slice(None, None, -1), [2, 0, 0], np.array([False, True, True]), [], slice(5, 9)):
        found = rows[asked]
        assert found.index.tolist() == frame.index[asked].tolist()
        assert lists(found["deep"].tolist()) == lists(frame["deep"].iloc[asked].tolist())
    assert rows.to_dataframe(rows=2, columns=["odd", "flat"]).columns.tolist() == ["odd", "flat"]


@pytest.mark.parametrize("asked", [3, -4, [0, 7], 1.5, [[0]], np.array([True])])
def test_rows_that_are_not_there(asked: Any, rows: Any) -> None:
    with pytest.raises(IndexError, match="row"):
        rows[asked]


def test_columns_that_are_not_there(rows: Any) -> None:
    with pytest.raises(ObjectNotFoundError, match="did you mean 'words'"):
        rows.to_dataframe(columns=["wrds"])
    with pytest.raises(ObjectNotFoundError, match="did you mean 'words'"):
        rows["wrds"]


def test_regions_as_frames(rows: Any) -> None:
    """What leads back to the table itself stays a number."""
    cell = rows.to_dataframe(nested=True)["many"].iloc[0]
    assert lists(cell) == [0, 1]
    again = nwb.read(EXAMPLE).units.to_dataframe(nested=True)["electrodes"].iloc[0]
    assert isinstance(again, pd.DataFrame)
    assert "location" in again


@given(asked=st.lists(st.integers(-40, 39), max_size=30), gap=st.sampled_from([0, 8, 64, 1 << 16]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_rows_are_those_of_the_whole(asked: list[int], gap: int, forty: Any, monkeypatch: Any) -> None:
    """Whichever are read together."""
    monkeypatch.setattr(columns_module, "GAP", gap)
    found, whole = forty.to_dataframe(rows=asked), forty.to_dataframe()
    assert found.index.tolist() == whole.index[asked].tolist() if asked else found.empty
    for name in found:
        assert lists(found[name].tolist()) == lists(whole[name].iloc[asked].tolist())


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A table of forty rows, written by PyNWB, with a column that is ragged and one that is doubly so."""
    path = tmp_path_factory.mktemp("forty") / "forty.nwb"
    write_forty(path)
    with nwb.open(path) as io:
        yield io.read("/acquisition/forty")


def write_forty(path: Path) -> None:
    lengths = np.arange(40) % 4
    values = VectorData(name="x", description="d", data=np.arange(lengths.sum() * 2.0))
    inner = VectorIndex(name="x_index", data=np.arange(2, 2 * lengths.sum() + 2, 2), target=values)
    outer = VectorIndex(name="x_index_index", data=np.cumsum(lengths), target=inner)
    words = VectorData(name="words", description="d", data=[str(number) for number in range(40)])
    forty = DynamicTable(
        name="forty", description="d", id=list(range(40)), columns=[values, inner, outer, words],
        colnames=["words", "x"],
    )  # fmt: skip
    with new_file(path):
        pass
    with pynwb.NWBHDF5IO(path, "r+") as io:
        file = io.read()
        file.add_acquisition(forty)
        io.write(file)


# ---------------------------------------------------------------------------------------------- what is read
@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """The name of each array that is read, and the slice."""
    found: list[tuple[str, Any]] = []
    read = HDF5Array.read

    def noted(self: HDF5Array, index: Any) -> Any:
        found.append((self.path.rpartition("/")[2], index[0]))
        return read(self, index)

    monkeypatch.setattr(HDF5Array, "read", noted)
    return found


def test_only_what_is_asked_for_is_read(rows: Any, reads: list[tuple[str, Any]]) -> None:
    """One piece of each column, and of a ragged one the part of the rows."""
    rows.to_dataframe(columns=["words", "flat"], rows=slice(2, 3))
    one, row = slice(2, 3, 1), slice(1, 3, 1)
    assert reads == [("words_index", row), ("words", slice(1, 4, 1)), ("flat", one), ("id", one)]
    reads.clear()
    assert lists(rows["odd"][1]) == [9]
    assert dict(reads) == {"ends_of_odd": slice(0, 2, 1), "odd": slice(2, 3, 1)}


def test_every_column_is_read_once(forty: Any, reads: list[tuple[str, Any]]) -> None:
    forty.to_dataframe()
    assert sorted(name for name, _ in reads) == ["id", "words", "x", "x_index", "x_index_index"]


def test_rows_far_apart_are_read_apart(forty: Any, reads: list[tuple[str, Any]], monkeypatch: Any) -> None:
    """And near ones together: another read takes longer than what lies between."""
    monkeypatch.setattr(columns_module, "GAP", 8)
    forty.to_dataframe(rows=[1, 2, 30])
    assert [part for name, part in reads if name == "x"] == [slice(0, 6, 1), slice(86, 90, 1)]


def test_going_through_a_column_reads_some_rows_at_a_time(forty: Any, reads: list[Any], monkeypatch: Any) -> None:
    whole = lists(forty["x"][:])
    monkeypatch.setattr(columns_module, "BLOCK", 480)
    reads.clear()
    assert lists(list(forty["x"])) == whole
    assert len([name for name, _ in reads if name == "x"]) == 2


def test_only_the_columns_that_are_asked_for_are_built(tmp_path: Path) -> None:
    ragged(tmp_path / "a.nwb")
    with nwb.open(tmp_path / "a.nwb") as io:
        io.read("/acquisition/rows").to_dataframe(columns=["words"])
        built = {model.path.rpartition("/")[2] for model in io.builder.models.values() if isinstance(model, NWBModel)}
        assert "words" in built
        assert not {"flat", "deep", "label", "pair", "window"} & built


# ---------------------------------------------------------------------------------------------- tables in memory
def made() -> Any:
    """Return a table made by hand."""
    notes = common.VectorData(name="notes", description="d", value=[1, 2, 3])
    return common.DynamicTable(
        name="made", description="d", colnames=["notes", "x"], id={"name": "id", "value": [5, 6]},
        vector_data=[
            notes, common.VectorIndex(name="notes_index", description="d", value=[1, 3], target=notes),
            common.VectorData(name="x", description="d", value=["a", "b"]),
        ],
    )  # fmt: skip


@pytest.mark.parametrize("how", ["made", "copied", "deep", "written"])
def test_tables_made_by_hand(how: str, tmp_path: Path) -> None:
    """They have rows before they are in a file, and so have their copies."""
    found = made()
    if how != "made":
        found = found.model_copy(deep=how == "deep")
    if how == "written":
        file = nwb.read(EXAMPLE)
        file.acquisition.add(found)
        nwb.write(file, tmp_path / "a.nwb")
        assert lists(nwb.read(tmp_path / "a.nwb", "/acquisition/made")["notes"][1]) == [2, 3]
    assert lists(found["notes"][1]) == [2, 3]
    assert found.columns == ["notes", "x"]
    frame = found.to_dataframe()
    assert (frame.index.tolist(), frame["x"].tolist(), lists(frame["notes"].tolist())) == (
        [5, 6],
        ["a", "b"],
        [[1], [2, 3]],
    )


def test_an_index_that_is_given_another_target() -> None:
    """The former one is no longer ragged."""
    found = made()
    other = common.VectorData(name="other", description="d", value=[7, 8, 9])
    found["notes_index"].target = other
    assert lists(other[1]) == [8, 9]
    assert found["notes"][1] == 2


def test_rows_follow_what_is_done_to_the_indexes(rows: Any) -> None:
    """Which indexes a column has is asked again after any change: another target, another name, none, a new one."""
    odd, words = rows["odd"], rows["words"]
    assert lists(odd[0]) == [7, 8]
    assert lists(words[2]) == ["b", "ü", "d"]
    rows["ends_of_odd"].target = rows["flat"]
    assert odd[0] == 7
    assert lists(rows["flat"][0]) == [[0, 1], [2, 3]]
    rows["ends_of_odd"].target = odd
    assert lists(odd[0]) == [7, 8]
    del rows["words_index"]
    assert words[2] == "ü"
    rows["ends_of_words"] = common.VectorIndex(name="ends_of_words", description="d", value=[2, 3, 4], target=words)
    assert lists(words[0]) == ["a", "b"]
    rows["ends_of_words"].value = [1, 3, 4]
    assert lists(words[1]) == ["b", "ü"]


def test_a_column_is_ragged_without_its_table() -> None:
    """Nobody holds the table any more, only the column."""
    cells = {"spike_times": [[0.1, 0.5], [0.2]], "deep": [[[1], [2, 3]], [[4]]]}
    frame = pd.DataFrame(cells)
    column = core.Units.from_dataframe(frame, name="units")["spike_times"]
    deep = core.Units.from_dataframe(frame, name="units")["deep"]
    gc.collect()
    assert lists(column[0]) == [0.1, 0.5]
    assert len(column) == 2
    assert lists(deep[0]) == [[1], [2, 3]]
    units = core.Units.from_dataframe(frame, name="units")
    column = units["spike_times"]
    del units["spike_times_index"]
    assert column[0] == 0.1


# ---------------------------------------------------------------------------------------------- what does not fit
def broken(path: Path) -> None:
    """Write a table in which everything is wrong."""
    with new_file(path) as file:
        wrong = table(file["acquisition"], "rows", "nothing", "short", "long", "beyond", "back", "words", "label", "id")
        column(wrong, "short", [1, 2], description="d")
        column(wrong, "long", [1.0, 2.0, 3.0, 4.0], description="d")
        index(wrong, "beyond_index", [1, 9, 9], column(wrong, "beyond", [1, 2], description="d"))
        index(wrong, "back_index", [2, 1, 3], column(wrong, "back", [1, 2, 3], description="d"))
        wrong.create_dataset("words", data=np.array(["a"], dtype=object), dtype=TEXT)
        elements = column(wrong, "label_elements", np.array(["lo"], dtype=object), description="d")
        label = column(wrong, "label", np.array([0, 1, 0], "u1"), "EnumData", description="d", elements=elements.ref)
        label.attrs["namespace"] = "hdmf-experimental"


BROKEN = {
    "short": ([1, 2, None], "rows/short has 2 rows and its table 3: those that it lacks are missing"),
    "long": ([1, 2, 3], "rows/long has 4 rows and its table 3: those that are too many are left out"),
    "beyond": ([[1], [2], []], "beyond_index does not fit .*beyond, which has 2 values: row 1 is 1:9( .and 1 more.)?;"),
    "back": ([[1, 2], [], [2, 3]], r"back_index does not fit .*back, which has 3 values: row 1 is 2:1;"),
    "words": (["a", None, None], "rows/words has 1 rows and its table 3"),
    "label": (["lo", None, "lo"], "label has 1 elements, and numbers such as 1: those become None"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_columns_that_do_not_fit_are_read_with_a_warning(name: str, tmp_path: Path) -> None:
    """That names the column and says what became of it."""
    broken(tmp_path / "a.nwb")
    cells, said = BROKEN[name]
    rows = nwb.read(tmp_path / "a.nwb", "/acquisition/rows")
    with pytest.warns(NWBWarning, match=said) as noted:
        found = rows.to_dataframe(columns=[name])
    assert [None if cell is np.nan else lists(cell) for cell in found[name]] == cells
    assert [warning.filename for warning in noted] == [__file__]
    if name in ("beyond", "back"):
        with pytest.warns(NWBWarning, match=said):
            assert lists(rows[name][1]) == cells[1]


def test_a_region_that_is_too_short_becomes_frames_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "a.nwb"
    with new_file(path) as file:
        far = table(file["acquisition"], "far", "x")
        column(far, "x", [1, 2, 3], description="d")
        rows = table(file["acquisition"], "rows", "where")
        column(rows, "where", [2, 0], "DynamicTableRegion", description="d", table=far.ref)
    rows = nwb.read(path, "/acquisition/rows")
    with pytest.warns(NWBWarning, match="where has 2 rows"):
        found = rows.to_dataframe("where", nested=True)["where"]
    assert [cell["x"].tolist() for cell in found[:2]] == [[3], [1]]
    assert found[2] is None


def test_what_colnames_names_for_nothing_is_left_out_with_a_warning(tmp_path: Path) -> None:
    broken(tmp_path / "a.nwb")
    rows = nwb.read(tmp_path / "a.nwb", "/acquisition/rows")
    assert rows.columns == list(BROKEN)
    with pytest.warns(NWBWarning) as noted:
        found = rows.to_dataframe()
    assert list(found.columns) == list(BROKEN)
    assert len(noted) == len(BROKEN) + 1
    assert any("colnames names 'nothing', and there is no such column" in str(entry.message) for entry in noted)


def test_a_table_without_row_identifiers_is_read_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "a.nwb"
    with new_file(path) as file:
        rows = table(file["acquisition"], "rows", "x")
        column(rows, "x", [1, 2], description="d")
        del rows["id"]
    rows = nwb.read(path, "/acquisition/rows")
    assert len(rows) == 2
    with pytest.warns(NWBWarning, match="rows has no id: its rows are numbered from 0"):
        found = rows.to_dataframe()
    assert (found.index.name, found.index.tolist(), found["x"].tolist()) == ("id", [0, 1], [1, 2])


def test_an_empty_table() -> None:
    found = common.DynamicTable(name="x", description="d", colnames=[], id={"name": "id", "value": np.empty(0, int)})
    assert (len(found), found.columns, found.to_dataframe().shape) == (0, [], (0, 0))
    assert found.to_dataframe().index.name == "id"


# ---------------------------------------------------------------------------------------------- other tables
def test_aligned_tables_in_part(tmp_path: Path) -> None:
    """A name is that of a column or of a category, a pair that of a column of a category."""
    FILES["icephys"](tmp_path / "a.nwb")
    aligned = nwb.read(tmp_path / "a.nwb").intracellular_recordings
    whole = aligned.to_dataframe()
    name = aligned.name
    assert whole.index.name == (name, "id")
    assert [key for key, _ in whole.columns][::2][:1] == ["electrodes"]
    part = aligned.to_dataframe(columns=[("stimuli", "stimulus"), "electrodes"], rows=[2, 0])
    assert list(part.columns) == [
        ("stimuli", "id"),
        ("stimuli", "stimulus"),
        ("electrodes", "id"),
        ("electrodes", "electrode"),
    ]
    assert part.index.tolist() == [2, 0]
    assert part["stimuli", "stimulus"].tolist() == whole["stimuli", "stimulus"].iloc[[2, 0]].tolist()
    assert aligned[1]["stimuli", "stimulus"] == whole["stimuli", "stimulus"].iloc[1]
    assert aligned["stimuli"].to_dataframe()["stimulus"].tolist() == whole["stimuli", "stimulus"].tolist()
    with pytest.raises(ObjectNotFoundError, match="did you mean 'stimuli'"):
        aligned.to_dataframe(columns=[("stimulus", "x")])


def test_tables_of_tables(tmp_path: Path) -> None:
    """Down to the recordings, through every table between."""
    FILES["icephys"](tmp_path / "a.nwb")
    cell: Any = nwb.read(tmp_path / "a.nwb").experimental_conditions.to_dataframe(nested=True)
    for name in ("repetitions", "sequential_recordings", "simultaneous_recordings", "recordings"):
        cell = cell[name].iloc[0]
    assert cell.index.tolist() == [0, 1]
    assert cell["responses", "response"].iloc[1].timeseries.name == "response_1"
    with pynwb.NWBHDF5IO(tmp_path / "a.nwb", "r") as io:
        theirs = to_hierarchical_dataframe(io.read().icephys_experimental_conditions)
        assert len(theirs) == 3


def test_a_table_of_a_type_never_seen(tmp_path: Path) -> None:
    """An extension in the file is enough; a column of its specification may be called as a member is."""
    path = tmp_path / "a.nwb"
    group = {
        "neurodata_type_def": "ScoreTable", "neurodata_type_inc": "DynamicTable", "doc": "d",
        "datasets": [
            {"name": name, "neurodata_type_inc": "VectorData", "doc": "d", "dtype": "float"}
            for name in ("columns", "to_dataframe")
        ],
    }  # fmt: skip
    namespace = {
        "name": "ndx-score", "version": "0.1.0", "doc": "d",
        "schema": [{"namespace": "core"}, {"source": "score"}],
    }  # fmt: skip
    with new_file(path) as file:
        stored = file.create_group("specifications/ndx-score/0.1.0")
        stored["namespace"], stored["score"] = json.dumps({"namespaces": [namespace]}), json.dumps({"groups": [group]})
        scores = table(file["acquisition"], "scores", "to_dataframe", "columns")
        scores.attrs.update(neurodata_type="ScoreTable", namespace="ndx-score")
        column(scores, "columns", [1.0, 2.0, 3.0], description="d")
        column(scores, "to_dataframe", [4.0, 5.0, 6.0], description="d")
    scores = nwb.read(path, "/acquisition/scores")
    assert type(scores).__name__ == "ScoreTable"
    assert scores.columns == ["to_dataframe", "columns"]
    assert scores["columns"][1] == 2
    assert scores.to_dataframe()["to_dataframe"].tolist() == [4, 5, 6]
