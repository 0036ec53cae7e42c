"""Tables that are made of DataFrames, and that grow by rows and columns: in memory and on disk."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pandas as pd
import pynwb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nwb_models as nwb
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import InvalidModelError, ObjectNotFoundError, UnknownFieldError
from nwb_models.generated.hdmf_common import v1_10_0 as common
from nwb_models.generated.hdmf_experimental import v0_6_0 as experimental
from nwb_models.models.columns import is_a
from nwb_models.models.frames import categories_of
from nwb_models.models.mapping import Dataset, storage
from nwb_models.models.time_series_reference import TimeSeriesReference
from tests.conftest import EXAMPLE
from tests.io.test_frames import plain, tables_of
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from pathlib import Path

NAN = float("nan")


# ---------------------------------------------------------------------------------------------- from DataFrames
CELLS: dict[str, tuple[Any, str, Any, int]] = {
    "integers": ([1, 2], "int64", [1, 2], 0),
    "narrow integers": (np.array([1, 2], "i2"), "int16", [1, 2], 0),
    "floats": ([0.5, NAN], "float64", [0.5, "nan"], 0),
    "floats and integers": ([1, 0.5], "float64", [1.0, 0.5], 0),
    "missing integers": (pd.array([1, None], "Int64"), "float64", [1.0, "nan"], 0),
    "nullable integers": (pd.array([1, 2], "Int64"), "int64", [1, 2], 0),
    "truth values": ([True, False], "bool", [True, False], 0),
    "text": (["a", "é"], "object", ["a", "é"], 0),
    "missing text": (["a", None], "object", ["a", ""], 0),
    "bytes": ([b"a", b"b"], "object", ["a", "b"], 0),
    "categories": (pd.Categorical(["a", "b"]), "object", ["a", "b"], 0),
    "nothing": ([None, None], "float64", ["nan", "nan"], 0),
    "times": (
        [datetime(2026, 1, 1, tzinfo=UTC), pd.NaT],
        "object",
        ["2026-01-01T00:00:00+00:00", ""],
        0,
    ),
    "lists": ([[1], [2, 3]], "int64", [[1], [2, 3]], 1),
    "equal lists": ([[1, 2], [3, 4]], "int64", [[1, 2], [3, 4]], 1),
    "lists of text": ([["a"], []], "object", [["a"], []], 1),
    "a missing list": ([[1.5], None], "float64", [[1.5], []], 1),
    "arrays": ([np.arange(2), np.arange(1.0)], "float64", [[0, 1], [0]], 1),
    "series": ([pd.Series([1, 2], index=[5, 6]), pd.Series([3])], "int64", [[1, 2], [3]], 1),
    "arrays of two axes": ([np.ones((2, 3)), np.zeros((0, 3))], "float64", [[[1.0] * 3] * 2, []], 1),
    "lists of lists": ([[[1], [2, 3]], []], "int64", [[[1], [2, 3]], []], 2),
    "lists of arrays": ([[np.arange(2)], [np.arange(1), np.arange(0)]], "int64", [[[0, 1]], [[0], []]], 2),
    "deep": ([[[["a"]], []], []], "object", [[[["a"]], []], []], 3),
}


def series_of(cells: Any) -> Any:
    """Return cells as a Series; lists are put in one by one."""
    if isinstance(cells, list):
        found = np.empty(len(cells), object)
        for number, cell in enumerate(cells):
            found[number] = cell
        return pd.Series(found).infer_objects()
    return pd.Series(cells)


@pytest.mark.parametrize("written", [False, True], ids=["memory", "file"])
@pytest.mark.parametrize("name", CELLS)
def test_cells_of_a_frame(name: str, written: bool, tmp_path: Path) -> None:
    """Their dtype, and how many indexes they need; in a file as in memory."""
    cells, dtype, wanted, depth = CELLS[name]
    frame = pd.DataFrame({"x": series_of(cells)}).set_index(pd.Index([7, 9]))
    table = common.DynamicTable.from_dataframe(frame, name="rows", columns={"x": "what it is"})
    if written:
        file = nwb.read(EXAMPLE)
        file.acquisition.add(table)
        nwb.write(file, tmp_path / "a.nwb")
        table = nwb.read(tmp_path / "a.nwb", "/acquisition/rows")
    assert (table["x"].dtype.name, table["x"].description) == (dtype, "what it is")
    assert sum(f"x{'_index' * n}" in table for n in range(1, 9)) == depth
    assert table.columns == ["x"]
    found = table.to_dataframe()
    assert (found.index.tolist(), found.index.name) == ([7, 9], "id")
    assert plain(found["x"]) == wanted


def rebuilt(table: Any) -> Any:
    """Return a table that is made of the frame of another one."""
    cls, fields = type(table), {}
    for entry in (*storage(cls).children.values(), *storage(cls).attributes.values()):
        child = getattr(table, entry.field, None)
        is_column = isinstance(entry.marker, Dataset)
        known = ("colnames", "description", "categories")
        if entry.required and not is_column and not is_a(child, "DynamicTable") and entry.field not in known:
            fields[entry.field] = child
    tables = regions(table)
    if is_a(table, "AlignedDynamicTable"):
        tables = {(part.name, name): of for part in [table, *inner(table)] for name, of in regions(part).items()}
    return cls.from_dataframe(table.to_dataframe(), name=table.name, tables=tables, **fields)


def inner(table: Any) -> list[Any]:
    return [table[name] for name in categories_of(table)]


def regions(table: Any) -> dict[Any, Any]:
    return {name: table[name].table for name in table.columns if is_a(table[name], "DynamicTableRegion")}


def stored_tables() -> Iterator[tuple[str, Any]]:
    return iter([("example", EXAMPLE), *FILES.items()])


NO_SERIES = "/general/intracellular_ephys/intracellular_recordings/stimuli"
"""None of its rows refers to a series: there is nothing that None could be stored as."""


@pytest.mark.parametrize("name", ["example", *FILES])
def test_frames_become_tables_again(name: str, tmp_path: Path) -> None:
    """Of every kind of table that PyNWB writes; and rows of each are rows of the other, one by one and together."""
    path = dict(stored_tables())[name]
    if name != "example":
        FILES[name](tmp_path / "a.nwb")
        path = tmp_path / "a.nwb"
    with warnings.catch_warnings(), nwb.open(path) as io:
        warnings.simplefilter("ignore")
        for place, table in tables_of(io).items():
            made, frame = rebuilt(table), table.to_dataframe()
            require_same(made.to_dataframe(), frame)
            if is_a(table, "AlignedDynamicTable") or place == NO_SERIES:
                continue
            for row in frame.to_dict("records"):
                made.add_row(row)
            made.add_rows(frame)
            require_same(made.to_dataframe(), pd.concat([frame] * 3), index=False)


def require_same(one: pd.DataFrame, two: pd.DataFrame, *, index: bool = True) -> None:
    assert list(one.columns) == list(two.columns)
    assert one.dtypes.tolist() == two.dtypes.tolist()
    assert not index or one.index.tolist() == two.index.tolist()
    for number, name in enumerate(one.columns):
        assert plain(one.iloc[:, number]) == plain(two.iloc[:, number]), name


def session() -> Any:
    """Return a file with a probe, electrodes and a series."""
    file = core.NWBFile(session_description="d", identifier="i", session_start_time=datetime(2026, 1, 1, tzinfo=UTC))
    probe = file.add(core.Device(name="probe"))
    shank = file.add(core.ElectrodeGroup(name="shank", description="d", location="CA1", device=probe))
    file.electrodes = core.ElectrodesTable.from_dataframe(
        pd.DataFrame(
            {"location": ["CA1"] * 3, "group": [shank] * 3, "group_name": ["shank"] * 3, "x": [1.0, 2.0, 3.0]}
        ),
        name="electrodes",
    )
    file.acquisition.add(core.TimeSeries(name="wheel", data=np.arange(9.0), unit="m", rate=1.0, starting_time=0.0))
    return file


def units_of(file: Any) -> pd.DataFrame:
    """Return units with every kind of column."""
    shank = file.electrodes["group"][0]
    return pd.DataFrame(
        {
            "spike_times": [np.array([0.1, 0.2]), np.array([]), np.array([0.3])],
            "obs_intervals": [[[0.0, 1.0]], [[0.0, 1.0], [2.0, 3.0]], []],
            "electrodes": [[0, 2], [1], []],
            "electrode_group": [shank] * 3,
            "waveform_mean": [np.ones(4), np.zeros(4), np.ones(4)],
            "waveforms": [[np.ones((2, 4)), np.zeros((2, 4))], [], [np.ones((1, 4))]],
            "quality": ["good", None, "noise"],
        }
    )


def test_units_as_pynwb_reads_them(tmp_path: Path) -> None:
    """Columns that the schema knows are stored as it says, with its descriptions; PyNWB finds nothing wrong."""
    file = session()
    frame = units_of(file)
    said = {"quality": "by eye"}
    file.units = core.Units.from_dataframe(frame, name="units", columns=said, tables={"electrodes": file.electrodes})
    nwb.write(file, tmp_path / "a.nwb")
    assert pynwb.validate(path=tmp_path / "a.nwb") == []
    with pynwb.NWBHDF5IO(tmp_path / "a.nwb", "r") as io:
        theirs = io.read().units
        assert theirs.colnames == tuple(frame.columns)
        assert theirs["quality"].description == "by eye"
        assert theirs["spike_times"].target.description.startswith("Spike times for each unit, in seconds")
        assert theirs.description == "no description"
        assert (
            plain(theirs["waveforms"][0])
            == np.concatenate([np.ones((2, 4)), np.zeros((2, 4))]).reshape(2, 2, 4).tolist()
        )
        assert theirs["electrodes"][0].index.tolist() == [0, 2]
    with h5py.File(tmp_path / "a.nwb") as stored:
        units = stored["units"]
        assert units["obs_intervals"].shape == (3, 2)
        assert units["waveform_mean"].shape == (3, 4)
        assert [units[f"waveforms{more}"].shape[0] for more in ("", "_index", "_index_index")] == [5, 3, 3]
        assert units["spike_times_index"].dtype == np.uint8
        assert units["quality"].asstr()[:].tolist() == ["good", "", "noise"]


def test_intervals_with_parts_of_series(tmp_path: Path) -> None:
    """Several in a row; and one for each row, where None is no part of the series of another row."""
    file = session()
    wheel = file.acquisition["wheel"]
    part = TimeSeriesReference(0, 3, wheel)
    frame = pd.DataFrame({"start_time": [0, 1], "stop_time": [1, 2.5], "timeseries": [[part], [part, part]]})
    file.trials = core.TimeIntervals.from_dataframe(frame, name="trials", description="d")
    single = common.DynamicTable.from_dataframe(pd.DataFrame({"part": series_of([part, None])}), name="parts")
    file.acquisition.add(single)
    nwb.write(file, tmp_path / "a.nwb")
    assert pynwb.validate(path=tmp_path / "a.nwb") == []
    read = nwb.read(tmp_path / "a.nwb")
    assert [[entry.count for entry in row] for row in read.trials["timeseries"]] == [[3], [3, 3]]
    assert type(single["part"]) is core.TimeSeriesReferenceVectorData
    assert [None if entry is None else entry.idx_start for entry in read["acquisition/parts/part"]] == [0, None]


FRAMES: dict[str, tuple[Any, dict[str, Any], type[Exception], str]] = {
    "required": (
        {"start_time": [0.0]},
        {},
        ValueError,
        "TimeIntervals needs the columns 'stop_time', and .* has 'start_t",
    ),
    "name": ({"a/b": [1]}, {}, ValueError, "no column can be called 'a/b': rename"),
    "number": ({3: [1]}, {}, ValueError, "no column can be called 3: rename"),
    "index": ({"x_index": [[1]], "x": [[1]]}, {}, ValueError, "'x_index'"),
    "description": ({}, {"columns": {"z": "d"}}, UnknownFieldError, "no columns 'z'; it has 'start_time'"),
    "mixed": ({"x": [1, "a"]}, {}, ValueError, "'x' holds numbers, and 'a' is none .row 1"),
    "text and number": ({"x": ["a", 1]}, {}, ValueError, "'x' holds text, and 1 is none .row 1"),
    "truth": ({"x": [True, None]}, {}, ValueError, "'x' holds truth values, and None is none"),
    "truth and number": ({"x": [1, True]}, {}, ValueError, "'x' holds numbers, and True is none"),
    "not a list": ({"tags": [["a"], "b"]}, {}, ValueError, "'tags' is a ragged column: .* in each row, not 'b' .row 1"),
    "dict": ({"x": [{}, {}]}, {}, ValueError, "no place for a value of type dict"),
    "duration": ({"x": pd.to_timedelta([1, 2], "s")}, {}, ValueError, "no place .* timedelta: give seconds"),
    "large": ({"x": pd.array([2**53 + 1, None], "Int64")}, {}, ValueError, "no float holds it"),
    "frames": ({"x": [pd.DataFrame(), None]}, {}, ValueError, "type DataFrame: give the numbers of the rows"),
    "dtype": ({"start_time": ["a", "b"]}, {}, ValueError, "start_time"),
    "two axes": ({"x": [np.ones((1, 2)), np.ones((1, 3))]}, {}, ValueError, "'x': the arrays do not fit together"),
    "identifiers": ({"id": ["a", "b"]}, {}, ValueError, "row identifiers, which are integers, and it holds 'a'"),
}


@pytest.mark.parametrize("name", FRAMES)
def test_frames_that_no_table_can_hold(name: str) -> None:
    """The column, the cell, and what to do are said."""
    cells, options, error, said = FRAMES[name]
    cells = cells if name == "required" else {"start_time": [0.0, 1.0], "stop_time": [1.0, 2.0], **cells}
    frame = pd.DataFrame({key: series_of(value) for key, value in cells.items()})
    with pytest.raises(error, match=said):
        core.TimeIntervals.from_dataframe(frame, name="trials", description="d", **options)


WRONG_CELLS: dict[str, tuple[list[Any], str, int]] = {
    "single values": ([1, 3, "a"], "holds numbers, and 'a'", 2),
    "lists": ([[1, 2, 3], [2], [3, "a"]], "holds numbers, and 'a'", 2),
    "lists behind an empty one": ([[], ["b"], [3]], "holds text, and 3", 2),
    "lists of lists": ([[[1], [2, 3]], [[3], [], [4, "a"]], []], "holds numbers, and 'a'", 1),
    "no list": ([[1, 2], [3], 5], "a list or an array is needed in each row, not 5", 2),
    "no list of lists": ([[[1], [2], [3]], [[4], 5], []], "a list or an array is needed in each row, not 5", 1),
}


@pytest.mark.parametrize("what", WRONG_CELLS)
def test_a_wrong_cell_is_in_the_row_that_is_named(what: str) -> None:
    """Not in that which its value is among the values of all rows."""
    cells, said, row = WRONG_CELLS[what]
    table = core.DynamicTable(name="t", description="d")
    with pytest.raises(ValueError, match=rf"'mix'.*{said}.*\(row {row} of") as caught:
        table.add_column("mix", cells)
    with pytest.raises(ValueError, match=rf"\(row {row} of"):
        core.DynamicTable.from_dataframe(pd.DataFrame({"mix": cells}), name="t")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_table_does_not_change_with_its_frame() -> None:
    """Numbers, arrays in cells, and identifiers are those of the time when it was made."""
    spikes, ids = np.array([0.1, 0.2]), np.array([7])
    frame = pd.DataFrame({"spike_times": [spikes], "waveform_mean": [spikes], "depth": [5.0]}, index=pd.Index(ids))
    units = core.Units.from_dataframe(frame, name="units")
    units.add_column("again", frame["depth"])
    for held in (spikes, frame.index.to_numpy(), frame["depth"].to_numpy()):
        held.setflags(write=True)
        held[:] = 0
    assert (units["spike_times"][0].tolist(), units["waveform_mean"][0].tolist()) == ([0.1, 0.2], [0.1, 0.2])
    assert (units["depth"][0], units["again"][0], units.id[0]) == (5.0, 5.0, 7)


def test_names_are_no_references() -> None:
    """Objects are wanted, which the message says; text was taken where the schema asks for references."""
    shanks = pd.DataFrame({"location": ["CA1"], "group": ["shank0"], "group_name": ["shank0"]})
    with pytest.raises(ValueError, match=r"'group' holds references, .* ElectrodeGroup are given, and 'shank0'"):
        core.ElectrodesTable.from_dataframe(shanks, name="electrodes", description="d")
    table = core.DynamicTable(name="t", description="d")
    table.add_column("what", [core.TimeSeries(name="x", data=[1.0], unit="V", rate=1.0)])
    with pytest.raises(ValueError, match=r"'x' cannot be stored .*: references, for which objects are given"):
        table.add_row(what="x")
    words = core.DynamicTable(name="t", description="d")
    words.add_column("what", ["x"])
    with pytest.raises(ValueError, match="cannot be stored with what is there: text"):
        words.add_row(what=table["what"][0])


def test_a_region_needs_a_table() -> None:
    with pytest.raises(ValueError, match="'electrodes' of Units holds numbers of rows of another table: say of which"):
        core.Units.from_dataframe(pd.DataFrame({"electrodes": [[0]]}), name="units")


def test_identifiers_in_a_column() -> None:
    frame = pd.DataFrame({"id": [4, 5], "x": [1, 2]})
    assert common.DynamicTable.from_dataframe(frame, name="rows").to_dataframe().index.tolist() == [4, 5]


# ---------------------------------------------------------------------------------------------- rows
def trials() -> Any:
    """Return trials without a row, as they are begun."""
    found = core.TimeIntervals(name="trials", description="d")
    found.add_column("correct", description="Whether it was.")
    found.add_column("words", index=True)
    found.add_column("count")
    return found


ROW = {"start_time": 0.0, "stop_time": 1.5, "correct": True, "words": ["a", "b"], "count": 3}


def test_rows_one_by_one() -> None:
    """By name or in a dict; `id` counts on, also from one that is given."""
    found = trials()
    assert (len(found), found.columns) == (0, ["start_time", "stop_time", "correct", "words", "count"])
    found.add_row(**ROW)
    found.add_row({**ROW, "words": [], "id": 10})
    found.add_row(ROW, count=4)
    assert found.to_dataframe().to_dict("list") | {"words": None} == {
        "start_time": [0.0] * 3, "stop_time": [1.5] * 3, "correct": [True] * 3, "words": None, "count": [3, 3, 4]
    }  # fmt: skip
    assert plain(found["words"][:]) == [["a", "b"], [], ["a", "b"]]
    assert found.id.value.tolist() == [0, 10, 11]
    assert isinstance(found["count"].value, np.ndarray)


def test_a_column_that_the_schema_knows_comes_with_the_first_row() -> None:
    """It is not there before; a later row cannot bring one."""
    units = core.Units(name="units", description="d")
    units.add_row(spike_times=[0.1, 0.2], waveform_mean=[1.0, 2.0])
    units.add_row(spike_times=[], waveform_mean=np.zeros(2))
    assert plain(units["spike_times"][:]) == [[0.1, 0.2], []]
    assert units.waveform_mean.shape == (2, 2)
    with pytest.raises(UnknownFieldError, match="no column 'obs_intervals': add the column first, with add_column"):
        units.add_row(spike_times=[], waveform_mean=[0.0, 0.0], obs_intervals=[])


WRONG: dict[str, tuple[dict[Any, Any], str]] = {
    "not given": ({"correct": ...}, "a value is needed for 'correct'"),
    "several not given": ({"correct": ..., "count": ...}, "a value is needed for 'correct', 'count'"),
    "unknown": ({"extra": 1}, "there is no column 'extra': add the column first, with add_column.'extra'"),
    "misspelt": ({"count": ..., "conut": 1}, "there is no column 'conut': did you mean 'count'?"),
    "a number for a name": ({3: 1}, "no column can be called 3"),
    "impossible": ({"a/b": 1}, "no column can be called 'a/b'"),
    "text for a number": ({"start_time": "now"}, "start_time"),
    "number for a truth value": ({"correct": 1}, "correct"),
    "truth value for a number": ({"count": True}, "count"),
    "one for several": (
        {"words": "a"},
        "'words' is a ragged column: a list or an array is needed in each row, not 'a'",
    ),
    "several for one": ({"count": [1, 2]}, "count"),
    "numbers for text": ({"words": [1]}, "words"),
    "an object": ({"count": core.Device(name="d")}, "count"),
    "identifier": ({"id": "a"}, "id"),
}


@pytest.mark.parametrize("how", ["memory", "file", "together"])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_row_changes_nothing(wrong: str, how: str, tmp_path: Path) -> None:
    """Whichever column it is wrong in; of several rows, none is added."""
    change, said = WRONG[wrong]
    row = {name: cell for name, cell in {**ROW, **change}.items() if cell is not ...}
    file = session()
    file.trials = trials()
    file.trials.add_row(ROW)
    if how == "file":
        nwb.write(file, tmp_path / "a.nwb")
    with nwb.open(tmp_path / "a.nwb") if how == "file" else warnings.catch_warnings() as io:
        found = io.read().trials if how == "file" else file.trials
        before = plain(found.to_dataframe()), found.id.value[:].tolist()
        add = found.add_row if how != "together" else lambda row: found.add_rows([row, row])
        with pytest.raises((ValueError, UnknownFieldError), match=said):
            add(row)
        assert (plain(found.to_dataframe()), found.id.value[:].tolist()) == before
        found.add_row(ROW)
        assert (len(found), len(found["words"]), found["words"].value.shape) == (2, 2, (4,))


def test_rows_together() -> None:
    """As dicts and as a frame; dicts that differ are refused, and none is no row."""
    found = trials()
    found.add_rows([ROW, {**ROW, "words": ["c"]}])
    found.add_rows(found.to_dataframe())
    found.add_rows([])
    assert plain(found["words"][:]) == [["a", "b"], ["c"]] * 2
    assert found.id.value.tolist() == [0, 1, 2, 3]
    with pytest.raises(UnknownFieldError, match="row 1 has the columns 'start_time', and row 0 'start_time', 'stop"):
        found.add_rows([ROW, {"start_time": 0.0}])
    with pytest.raises(TypeError, match="row 0 is 3"):
        found.add_rows([3])
    assert len(found) == 4


def test_numbers_in_memory_get_the_width_that_they_need() -> None:
    """Nothing is rounded: what was there before neither."""
    found = common.DynamicTable(name="rows", description="d")
    found.add_column("x", np.array([1, 2], "i1"))
    for cell, dtype in [(3, "int8"), (300, "int64"), (0.1, "float64"), (None, "float64"), (2**40, "float64")]:
        found.add_row(x=cell)
        assert found["x"].dtype == dtype
    assert plain(found["x"][:]) == [1, 2, 3, 300, 0.1, "nan", 2**40]
    with pytest.raises(ValueError, match="x"):
        found.add_row(x=2**60 + 1)
    started = core.TimeIntervals(name="trials", description="d")
    for start in (0, 0.1):
        started.add_row(start_time=start, stop_time=1)
    assert started["start_time"][1] == 0.1
    assert len(found) == 7


@pytest.mark.parametrize("on_disk", [False, True], ids=["memory", "file"])
def test_text_that_is_missing_is_empty(on_disk: bool, tmp_path: Path) -> None:
    """In columns that the schema knows nothing of, too, and in lists."""
    file = session()
    rows = pd.DataFrame({"word": ["a"], "words": [["b"]]})
    file.acquisition.add(common.DynamicTable.from_dataframe(rows, name="rows"))
    if on_disk:
        nwb.write(file, tmp_path / "a.nwb")
        file = nwb.read(tmp_path / "a.nwb")
    found = file.acquisition["rows"]
    found.add_row(word=None, words=["c", None])
    found.add_rows([{"word": NAN, "words": None}])
    assert found["word"][:].tolist() == ["a", "", ""]
    assert plain(found["words"][:]) == [["b"], ["c", ""], []]


def test_an_index_in_memory_gets_wider() -> None:
    found = common.DynamicTable(name="rows", description="d")
    found.add_column("x", index=True)
    for _ in range(4):
        found.add_row(x=[1] * 100)
    assert found["x_index"].value.tolist() == [100, 200, 300, 400]
    assert [len(row) for row in found["x"]] == [100] * 4


def test_rows_are_not_copied_for_each_that_is_added() -> None:
    """The arrays behind the columns are new ones a few times only."""
    found = trials()
    rooms = {name: set[int]() for name in ("start_time", "count", "words_index", "words")}
    kept = []
    for number in range(3000):
        found.add_row({**ROW, "start_time": float(number)})
        for name, seen in rooms.items():
            array = found[name].value
            kept.append(array.base)
            seen.add(id(array.base))
    assert all(len(seen) < 25 for seen in rooms.values())
    assert found["start_time"].value.tolist() == list(range(3000))


def test_what_else_changes_a_table_is_noticed() -> None:
    """Between rows, columns come, go and are renamed, and values are given; a copy grows by itself."""
    found = trials()
    found.add_row(ROW)
    copy = found.model_copy()
    found.vector_data["count"].name = "number"
    row = {**ROW, "number": 5}
    del row["count"]
    found.add_row(row)
    del found["number"]
    del row["number"]
    found.add_row(row)
    found.add_column("more", [1, 2, 3])
    found.add_row({**row, "more": 4})
    found["more"].value = [1.5, 2.5, 3.5, 4.5]
    found.add_row({**row, "more": 5.5})
    found.id.append([9])
    with pytest.raises(ValueError, match=r"has 6 rows, and of its columns 'start_time' has 5, 'stop_time' has 5"):
        found.add_row({**row, "more": 5.5})
    copy.add_row({**ROW, "count": 8})
    assert found["more"].value.tolist() == [1.5, 2.5, 3.5, 4.5, 5.5]
    assert copy["count"].value.tolist() == [3, 8]


def test_a_constructor_takes_cells_for_columns() -> None:
    rows = session().electrodes
    units = core.Units(
        name="units",
        description="d",
        spike_times=[[0.1], [0.2, 0.3]],
        obs_intervals=[[[0.0, 1.0]], [[2.0, 3.0], [4.0, 5.0]]],
        electrodes=common.DynamicTableRegion(table=rows, value=[0, 2], description="one each"),
        vector_data=[common.VectorData(name="quality", description="d", value=["good", "bad"])],
    )
    assert units.columns == ["spike_times", "obs_intervals", "electrodes", "quality"]
    assert units.colnames.tolist() == units.columns
    assert units.id.value.tolist() == [0, 1]
    assert units["spike_times"][1].tolist() == [0.2, 0.3]
    assert units["obs_intervals"][1].tolist() == [[2.0, 3.0], [4.0, 5.0]]
    assert units["electrodes"].name == "electrodes"
    assert units["spike_times"].description.startswith("Spike times for each unit")


def test_a_constructor_takes_the_index_of_cells_as_numbers() -> None:
    units = core.Units(name="units", description="d", spike_times=[0.1, 0.2, 0.3], spike_times_index=[1, 3], id=[7, 8])
    assert [row.tolist() for row in units["spike_times"]] == [[0.1], [0.2, 0.3]]
    assert units.id.value.tolist() == [7, 8]
    units.id = [1, 2]
    assert units.id.value.tolist() == [1, 2]


def test_a_column_is_replaced_by_cells() -> None:
    units = core.Units(name="units", description="d", spike_times=[[0.1], [0.2, 0.3]])
    units.spike_times = [[], [0.5]]
    assert [row.tolist() for row in units["spike_times"]] == [[], [0.5]]
    units.waveform_mean = np.zeros((2, 3))
    assert units["waveform_mean"][1].tolist() == [0.0, 0.0, 0.0]


def test_rows_of_a_table_are_called_as_their_place() -> None:
    rows = common.DynamicTableRegion(table=session().electrodes, value=[0], description="d")
    series = core.ElectricalSeries(name="x", data=np.zeros((2, 1)), rate=1.0, electrodes=rows)
    assert (series.electrodes, rows.name) == (rows, "electrodes")
    kept = common.DynamicTableRegion(name="mine", table=session().electrodes, value=[0], description="d")
    assert core.DynamicTable(name="t", description="d", vector_data=[kept]).columns == ["mine"]


@pytest.mark.parametrize(
    ("cells", "labels", "numbers"),
    [
        (pd.Categorical(["b", "a", "b"], categories=["b", "a", "never"]), ["b", "a", "never"], [0, 1, 0]),
        (pd.Series(["b", "a", "b"], dtype="category"), ["a", "b"], [1, 0, 1]),
        (["b", "a", "b"], ["a", "b"], [1, 0, 1]),
    ],
    ids=["categorical", "series", "texts"],
)
def test_enumerations_are_made_of_categories_and_read_back(
    cells: Any, labels: list[str], numbers: list[int], tmp_path: Path
) -> None:
    frame = pd.DataFrame({"start_time": [0.0, 1.0, 2.0], "stop_time": [1.0, 2.0, 3.0], "side": cells})
    nwbfile = session()
    nwbfile.trials = core.TimeIntervals.from_dataframe(frame, name="trials", description="d", enums=["side"])
    nwbfile.trials.add_column("again", cells, enum=True)
    nwb.write(nwbfile, tmp_path / "enumerations.nwb")
    assert not nwb.validate(tmp_path / "enumerations.nwb").findings
    found = nwb.read(tmp_path / "enumerations.nwb").trials
    assert found.columns == ["start_time", "stop_time", "side", "again"]
    for name in ("side", "again"):
        assert isinstance(found[name], experimental.EnumData)
        assert found[name][:].tolist() == list(cells)
        assert (found[name].value[:].tolist(), found[name].elements[:].tolist()) == (numbers, labels)
    with pynwb.NWBHDF5IO(tmp_path / "enumerations.nwb", "r") as io:
        assert io.read().trials.to_dataframe()["side"].tolist() == list(cells)


def test_an_enumeration_of_many_labels_has_wide_numbers() -> None:
    table = core.DynamicTable(name="t", description="d")
    assert table.add_column("few", [f"{n:03}" for n in range(256)], enum=True).value.dtype == "u1"
    other = core.DynamicTable(name="t", description="d")
    assert other.add_column("many", [f"{n:03}" for n in range(257)], enum=True).value.dtype == "u2"


def test_what_cannot_be_an_enumeration_is_refused() -> None:
    table = core.TimeIntervals.from_dataframe(
        pd.DataFrame({"start_time": [0.0], "stop_time": [1.0]}), name="t", description="d"
    )
    with pytest.raises(ValueError, match="has no number for the missing cell in row 0"):
        table.add_column("side", [None], enum=True)
    with pytest.raises(ValueError, match="'tags' of TimeIntervals cannot be an enumeration"):
        table.add_column("tags", ["a"], enum=True)
    assert table.columns == ["start_time", "stop_time"]


def test_enumerations_and_regions() -> None:
    """Labels are given as they are read; rows that a table does not have are refused at once."""
    labels = common.VectorData(name="labels", description="d", value=["left", "right"])
    found = common.DynamicTable(
        name="rows", description="d", colnames=["side", "where"], id={"name": "id", "value": [0]},
        vector_data=[
            labels, experimental.EnumData(name="side", description="d", value=np.array([1], "u1"), elements=labels),
        ],
    )  # fmt: skip
    found.add_column("where", [0], table=session().electrodes)
    found.add_row(side="left", where=2)
    assert found["side"][:].tolist() == ["right", "left"]
    assert found["where"][1].x == 3.0
    with pytest.raises(ValueError, match="'side' has no label 'up'; it has 'left', 'right'"):
        found.add_row(side="up", where=0)
    with pytest.raises(ValueError, match=r"'where' refers to row 3 of .*electrodes.*, which has 3"):
        found.add_row(side="left", where=3)
    assert len(found) == 2


def test_aligned_tables_grow_with_those_inside(tmp_path: Path) -> None:
    """All of them, or none."""
    FILES["icephys"](tmp_path / "a.nwb")
    with nwb.open(tmp_path / "a.nwb", "r+") as io:
        file = io.read()
        table = file.intracellular_recordings
        frame = table.to_dataframe()
        row = {part.name: part[0].to_dict() for part in inner(table)}
        row |= {name: table[0, name] for name in table.columns}
        table.add_row(row)
        table.add_rows(frame)
        last = categories_of(table)[-1]
        with pytest.raises(UnknownFieldError, match=last):
            table.add_row({**row, last: {}})
        rows = 2 * len(frame) + 1
        assert [len(part) for part in (table, *inner(table))] == [rows] * (1 + len(categories_of(table)))
        io.write(file)
    assert pynwb.validate(path=tmp_path / "a.nwb") == []
    after = nwb.read(tmp_path / "a.nwb").intracellular_recordings.to_dataframe()
    assert len(after) == rows


def sweeps() -> tuple[Any, Any, Any]:
    """Return an electrode, and parts of a stimulus and a response."""
    electrode = core.IntracellularElectrode(name="e", description="d", device=core.Device(name="amplifier"))
    made = [
        cls(name=name, data=[1.0, 2.0], rate=1.0, electrode=electrode, gain=1.0, stimulus_description="step")
        for name, cls in (("in", core.CurrentClampStimulusSeries), ("out", core.CurrentClampSeries))
    ]
    return electrode, *(series.time_window(0, 1) for series in made)


def test_an_aligned_table_is_made_of_its_tables() -> None:
    """It has their rows, and its categories are they."""
    electrode, stimulus, response = sweeps()
    made = core.IntracellularRecordingsTable(
        electrodes=core.IntracellularElectrodesTable(electrode=[electrode]),
        stimuli=core.IntracellularStimuliTable(stimulus=[stimulus]),
        responses=core.IntracellularResponsesTable(response=[response]),
    )
    assert (len(made), list(made.categories)) == (1, ["electrodes", "stimuli", "responses"])
    assert made.to_dataframe()["responses", "response"][0] == response


def test_an_aligned_table_is_begun_and_grows_by_pairs() -> None:
    """As `to_dataframe` calls its columns, or with a dict for each table; what is no row says how one looks."""
    electrode, stimulus, response = sweeps()
    made = core.IntracellularRecordingsTable()
    row = {"electrodes": {"electrode": electrode}, "stimuli": {"stimulus": stimulus}}
    made.add_row(row, responses={"response": response})
    pairs = {(table, column): cell for table, cells in row.items() for column, cell in cells.items()}
    pairs["responses", "response"] = response
    made.add_row(pairs)
    made.add_rows([pairs, pairs])
    made.add_rows(made.to_dataframe(rows=[0, 1]))
    assert [part.id.value.tolist() for part in (made, made.electrodes, made.responses)] == [list(range(6))] * 3
    said = r"a row of .* has a dict for each table in it: electrodes=\{'electrode': \.\.\.\} is needed"
    for wrong in ({"electrode": electrode}, {**row, "electrodes": electrode}):
        with pytest.raises(UnknownFieldError, match=said):
            made.add_row(wrong)
    assert len(made) == 6


def test_a_table_is_begun_with_columns_of_several_axes() -> None:
    bands = core.FrequencyBandsTable(description="d")
    assert bands.band_limits.value.shape == (0, 2)
    bands.add_row(band_name="theta", band_limits=[4.0, 8.0])
    assert bands["band_limits"][0].tolist() == [4.0, 8.0]


def test_rows_of_a_table_that_nobody_has_named() -> None:
    """What is said works."""
    units, other = core.Units(description="d"), session().electrodes
    with pytest.raises(ValueError, match=r"table.add_column\('electrodes', table=other_table\) before rows"):
        units.add_row(spike_times=[0.1], electrodes=[0])
    units.add_column("electrodes", table=other)
    units.add_row(spike_times=[0.1], electrodes=[0])
    assert units["electrodes"][0].index.tolist() == [0]
    for more in ({}, {"recordings": [[0]]}):
        with pytest.raises(ValueError, match=r"with SimultaneousRecordingsTable.from_dataframe\(frame, tables="):
            core.SimultaneousRecordingsTable(description="d", **more)


def test_lists_of_other_lengths_say_how_a_column_holds_them() -> None:
    table = core.DynamicTable(name="t", description="d")
    table.add_column("a")
    table.add_row(a=[1, 2])
    with pytest.raises(ValueError, match=r"is made with add_column\('a', index=True\), before any row"):
        table.add_row(a=[1, 2, 3])


def recordings(*rows: tuple[Any, Any]) -> pd.DataFrame:
    """A frame of intracellular recordings with a stimulus and a response each."""
    electrode = core.IntracellularElectrode(name="e", description="d", device=core.Device(name="d"))
    return pd.DataFrame(
        {
            ("electrodes", "electrode"): [electrode] * len(rows),
            ("stimuli", "stimulus"): pd.Series([row[0] for row in rows], dtype=object),
            ("responses", "response"): pd.Series([row[1] for row in rows], dtype=object),
        }
    )


def test_recordings_without_any_stimulus(tmp_path: Path) -> None:
    """What refers to no part of a series names one all the same: that of the response."""
    file = session()
    series = file.acquisition.add(core.TimeSeries(name="v", data=np.zeros(9), unit="V", rate=1.0))
    part = series.time_window(0, 3)
    frame = recordings((None, part), (None, part))
    electrode = frame["electrodes", "electrode"][0]
    file.add(electrode.device)
    file.add(electrode)
    row = {"electrodes": {"electrode": electrode}, "stimuli": {"stimulus": None}, "responses": {"response": part}}
    table = file.intracellular_recordings = core.IntracellularRecordingsTable.from_dataframe(frame)
    table.add_row(row)
    table.add_rows([row, row])
    found = table.to_dataframe()
    assert found["stimuli", "stimulus"].tolist() == [None] * 5
    assert table.stimuli["stimulus"].value["timeseries"].tolist() == [series] * 5
    nwb.write(file, tmp_path / "a.nwb")
    with nwb.open(tmp_path / "a.nwb", "r+") as io:
        nwbfile = io.read()
        again = nwbfile.intracellular_recordings
        more = {**row, "electrodes": {"electrode": again.electrodes["electrode"][0]}}
        again.add_row({**more, "responses": {"response": again.responses["response"][0]}})
        io.write(nwbfile)
    with pynwb.NWBHDF5IO(str(tmp_path / "a.nwb"), "r") as other:
        theirs = other.read().intracellular_recordings.to_dataframe()
        assert len(theirs) == 6
        assert {tuple(cell) for cell in theirs["stimuli", "stimulus"]} == {(None, None, None)}


def test_rows_without_a_part_of_a_series() -> None:
    """The series is that of the row before; without any, the message says what to give."""
    series = core.TimeSeries(name="v", data=np.zeros(9), unit="V", rate=1.0)
    stimuli = core.IntracellularStimuliTable()
    with pytest.raises(ValueError, match=r"'stimulus': no row has a part .* give \(-1, -1, series\)"):
        stimuli.add_row(stimulus=None)
    stimuli.add_row(stimulus=(-1, -1, series))
    stimuli.add_row(stimulus=None)
    assert stimuli["stimulus"].value.tolist() == [(-1, -1, series)] * 2
    trials = core.TimeIntervals(name="t", description="d", start_time=[0.0], stop_time=[1.0])
    trials.add_column("timeseries", [[series.time_window(0, 3)]])
    trials.add_row(start_time=1.0, stop_time=2.0, timeseries=None)
    assert [len(cell) for cell in trials["timeseries"]] == [1, 0]


ragged = st.lists(st.lists(st.lists(st.integers(-9, 400), max_size=3), max_size=3), max_size=12)


@given(rows=ragged, cut=st.integers(0, 12), single=st.booleans())
@settings(deadline=None, max_examples=60)
def test_however_rows_come_they_are_the_same(rows: list[Any], cut: int, single: bool) -> None:
    """One by one, some together, or all in a frame."""
    found = common.DynamicTable(name="rows", description="d")
    found.add_column("x", index=2)
    found.add_column("n")
    cells = [{"x": row, "n": len(row)} for row in rows]
    found.add_rows(cells[:cut])
    if single:
        for row in cells[cut:]:
            found.add_row(row)
    else:
        found.add_rows(cells[cut:])
    assert plain(found["x"][:]) == rows
    assert found["n"][:].tolist() == list(map(len, rows))
    if rows:
        frame = pd.DataFrame({"x": series_of(rows), "n": list(map(len, rows))})
        made = common.DynamicTable.from_dataframe(frame, name="rows")
        assert plain(made.to_dataframe()) == plain(found.to_dataframe())


# ---------------------------------------------------------------------------------------------- on disk
def address(path: Path, name: str) -> int:
    with h5py.File(path) as stored:
        return int(h5py.h5o.get_info(stored[name].id).addr)


def chunked(path: Path) -> None:
    """Write trials whose columns can grow, and one that cannot, with an index of one byte that is nearly full."""
    file = session()
    frame = pd.DataFrame({"start_time": [0.0, 1.0], "stop_time": [0.5, 1.5], "words": [["a"] * 200, ["b"] * 50]})
    file.trials = core.TimeIntervals.from_dataframe(frame, name="trials", description="d")
    file.trials.add_column("fixed", [1, 2])
    nwb.write(file, path)
    with h5py.File(path, "r+") as stored:
        group = stored["intervals/trials"]
        for name in ("id", "start_time", "stop_time", "words"):
            old = group[name]
            values, attributes = old[:], dict(old.attrs)
            dtype = old.dtype
            del group[name]
            new = group.create_dataset(name, data=values, dtype=dtype, chunks=(64,), maxshape=(None,))
            new.attrs.update(attributes)
        group["words_index"].attrs["target"] = group["words"].ref


def test_rows_are_put_behind_those_on_disk(tmp_path: Path) -> None:
    """Datasets that can grow stay where they are, and keep their dtype; the index gets wider, and all is PyNWB's."""
    path = tmp_path / "a.nwb"
    chunked(path)
    names = [f"intervals/trials/{name}" for name in ("id", "start_time", "stop_time", "words")]
    before = [address(path, name) for name in names]
    with nwb.open(path, "r+") as io:
        file = io.read()
        table = file.trials
        row = {"start_time": 2, "stop_time": 2.5, "words": ["c"] * 4, "fixed": 3}
        table.add_row(row)
        assert table["words_index"].dtype == np.uint8
        table.add_row({**row, "words": ["d"] * 300})
        table.add_rows([row, row])
        expected = plain(table.to_dataframe())
        written = io.write(file).written
        assert not any("acquisition" in place or "electrodes" in place for place in written)
        assert plain(table.to_dataframe()) == expected
        table.add_row(row)
        io.write(file)
        assert not io.write(file)
    assert [address(path, name) for name in names] == before
    with h5py.File(path) as stored:
        group = stored["intervals/trials"]
        assert group["words_index"].dtype == np.uint16
        assert group["words_index"][:].tolist() == [200, 250, 254, 554, 558, 562, 566]
        assert group["fixed"][:].tolist() == [1, 2, 3, 3, 3, 3, 3]
        assert group["id"][:].tolist() == list(range(7))
        assert group["start_time"].dtype == np.float64
    assert pynwb.validate(path=path) == []
    with pynwb.NWBHDF5IO(path, "r") as other:
        assert [len(row) for row in other.read().trials["words"][:]] == [200, 50, 4, 300, 4, 4, 4]


ON_DISK: dict[str, tuple[dict[str, Any], str]] = {
    "range": ({"fixed": 300}, "these values cannot be stored in .*/fixed, which holds int8"),
    "fraction": ({"fixed": 0.5}, "cannot be stored in .*/fixed"),
    "missing": ({"fixed": None}, "cannot be stored in .*/fixed"),
    "text": ({"words": [3]}, "words"),
    "reference": (
        {"group": "shank"},
        "'shank' cannot be stored in .*/group, which holds references.*objects .*are given",
    ),
    "text for a reference": ({"words": [core.Device(name="d")]}, "words"),
}


@pytest.mark.parametrize("name", ON_DISK)
def test_what_is_on_disk_keeps_its_dtype(name: str, tmp_path: Path) -> None:
    """What it cannot hold is refused before anything has changed."""
    change, said = ON_DISK[name]
    file = session()
    shank = file.electrodes["group"][0]
    table = common.DynamicTable.from_dataframe(
        pd.DataFrame({"fixed": np.array([1], "i1"), "words": [["a"]], "group": [shank]}), name="rows"
    )
    file.acquisition.add(table)
    nwb.write(file, tmp_path / "a.nwb")
    with nwb.open(tmp_path / "a.nwb", "r+") as io:
        file = io.read()
        table = file.acquisition["rows"]
        row = {"fixed": 2, "words": [], "group": file.electrodes["group"][0]}
        with pytest.raises(ValueError, match=said):
            table.add_row({**row, **change})
        assert len(table) == 1
        assert not io.write(file)
        table.add_row(row)
        io.write(file)
        assert table["fixed"].dtype == np.int8
        assert table["group"][1] is row["group"]


def test_columns_are_added_to_a_table_on_disk(tmp_path: Path) -> None:
    """The others stay as they are."""
    path = tmp_path / "a.nwb"
    chunked(path)
    before = address(path, "intervals/trials/words")
    with nwb.open(path, "r+") as io:
        file = io.read()
        file.trials.add_column("tags", [["a"], []])
        file.trials.add_column("score", [0.5, 1.5], description="of the trial")
        file.trials.add_row(start_time=1.0, stop_time=2.0, words=[], fixed=9, tags=["z"], score=2.5)
        io.write(file)
    assert address(path, "intervals/trials/words") == before
    with pynwb.NWBHDF5IO(path, "r") as other:
        trials = other.read().trials
        assert trials.colnames == ("start_time", "stop_time", "words", "fixed", "tags", "score")
        assert plain(trials["tags"][:]) == [["a"], [], ["z"]]
        assert trials["score"].description == "of the trial"


# ---------------------------------------------------------------------------------------------- columns
COLUMNS: dict[str, tuple[Any, dict[str, Any], Any, int]] = {
    "single": ([1, 2], {}, [1, 2], 0),
    "lists": ([[1], [2, 3]], {}, [[1], [2, 3]], 1),
    "an array of two axes": (np.ones((2, 3)), {}, [[1.0] * 3] * 2, 0),
    "an array, ragged": (np.ones((2, 3)), {"index": True}, [[1.0] * 3] * 2, 1),
    "lists, not ragged": ([[1, 2], [3, 4]], {"index": False}, [[1, 2], [3, 4]], 0),
    "an index": ([1, 2, 3], {"index": [1, 3]}, [[1], [2, 3]], 1),
    "two": ([[[1]], []], {"index": 2}, [[[1]], []], 2),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns(name: str) -> None:
    """How they are stored follows from what is given, or is said."""
    data, options, wanted, depth = COLUMNS[name]
    found = common.DynamicTable(name="rows", description="d", colnames=[], id={"name": "id", "value": [4, 5]})
    column = found.add_column("x", data, description="d", **options)
    assert column is found["x"]
    assert plain(list(found["x"])) == wanted
    assert sum(f"x{'_index' * n}" in found for n in (1, 2, 3)) == depth
    assert (found.columns, list(found.colnames), found.id.value.tolist()) == (["x"], ["x"], [4, 5])


def test_columns_that_cannot_be_added() -> None:
    found = trials()
    found.add_row(ROW)
    with pytest.raises(ValueError, match="has 1 rows, and 2 are given for 'x'"):
        found.add_column("x", [1, 2])
    with pytest.raises(ValueError, match="has something called 'count' already"):
        found.add_column("count", [1])
    with pytest.raises(UnknownFieldError, match="no place for a column called 'a/b'"):
        found.add_column("a/b", [1])
    with pytest.raises(ValueError, match="tags"):
        found.add_column("tags", [1])
    assert found.columns == ["start_time", "stop_time", "correct", "words", "count"]


def test_a_column_has_fields_of_its_own() -> None:
    """Such as those that the schema has for it; the first column of a table without any brings its rows."""
    units = core.Units(name="units", description="d")
    units.add_column("spike_times", [[0.1], [0.2, 0.3]], resolution=0.001)
    assert (len(units), units.spike_times.resolution) == (2, 0.001)
    assert units.spike_times.description.startswith("Spike times for each unit")


def test_a_table_that_was_not_finished_is_not_written(tmp_path: Path) -> None:
    """A column without rows, in a table that has some."""
    file = session()
    file.trials = trials()
    file.trials.add_row(ROW)
    file.trials.add(common.VectorData(name="short", description="d", value=np.empty(0)))
    with pytest.raises(ValueError, match="has 1 rows, and of its columns 'short' has 0"):
        file.trials.add_row(ROW)
    with pytest.raises(InvalidModelError, match="short"):
        nwb.write(file, tmp_path / "a.nwb")


def test_models_in_frames_are_printed_as_what_they_are() -> None:
    """And not as dicts of all that is in them, which pandas makes of mappings; also inside of lists."""
    file = nwb.read(EXAMPLE)
    with pd.option_context("display.max_colwidth", 200):
        for text in (repr(file.electrodes.to_dataframe("group")), file.electrodes.to_dataframe("group")._repr_html_()):
            assert "ElectrodeGroup 'shank0' at /general/extracellular_ephys/shank0" in text
        assert "<ElectricalSeries 'ElectricalSeries' at" in repr(file.trials.to_dataframe("timeseries"))
    assert not isinstance(file.subject, Iterator)
    with pytest.raises(TypeError, match="'Subject' object is not an iterator"):
        next(file.subject)


# ---------------------------------------------------------------------------------------------- columns by their names
def units_by_hand() -> core.Units:
    units = core.Units(name="units", description="d", spike_times=[[0.1], [0.2, 0.3]])
    units.add_column("quality", ["good", "noise"], description="Judged by eye.")
    units.add_column("tags", [["a"], ["b", "c"]], description="Words.")
    units.add_column("side", ["left", "right"], description="Of the brain.", enum=True)
    units.add_column("near", [[0], [1, 0]], description="Rows of this table.", table=units)
    return units


def test_columns_of_a_new_table_are_attributes() -> None:
    units: Any = units_by_hand()
    assert units.quality is units["quality"]
    assert units.tags[1].tolist() == ["b", "c"]
    assert {"quality", "tags", "spike_times"} <= set(dir(units))
    assert not hasattr(units, "qualities")


def test_columns_added_to_a_table_that_was_read_are_attributes() -> None:
    trials: Any = nwb.read(EXAMPLE).trials
    trials.add_column("late", [False] * len(trials))
    assert trials.late is trials["late"]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("quality", ["noise", "good"]),
        ("tags", [["x", "y"], []]),
        ("side", ["right", "right"]),
        ("near", [[1], [1]]),
        ("spike_times", [[0.5, 0.6, 0.7], [0.8]]),
    ],
)
@pytest.mark.parametrize("way", ["attribute", "item"])
def test_a_column_gets_other_cells_and_keeps_what_else_it_has(name: str, cells: list[Any], way: str) -> None:
    units = units_by_hand()
    column, columns, said = units[name], units.columns, units[name].description
    if way == "item":
        units[name] = cells
    else:
        setattr(units, name, cells)
    assert units[name] is column
    assert (column.description, units.columns) == (said, columns)
    found = units.to_dataframe(name)[name]
    assert [list(cell) if isinstance(cell, np.ndarray) else cell for cell in found] == cells


def test_a_column_that_is_not_there_is_added() -> None:
    units = units_by_hand()
    units["depth"] = [1.5, 2.5]
    assert units["depth"][1] == 2.5
    assert units.columns[-1] == "depth"
    with pytest.raises(ValueError, match="2 rows, and 3 are given"):
        units["deep"] = [1, 2, 3]
    with pytest.raises(UnknownFieldError, match="no field 'deptth'"):
        units.deptth = [1.0, 2.0]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("tags", ["a", "b"], "tags"),
        ("quality", [["a"], ["b", "c"]], "quality"),
        ("side", ["left", "middle"], "no label 'middle'"),
        ("near", [[0], [7]], "refers to row 7"),
    ],
)
def test_cells_that_do_not_fit_change_nothing(name: str, cells: list[Any], said: str) -> None:
    units = units_by_hand()
    before = plain(units.to_dataframe())
    with pytest.raises(ValueError, match=said):
        units[name] = cells
    assert plain(units.to_dataframe()) == before


def test_other_cells_of_a_column_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "units.nwb"
    nwb.write(
        core.NWBFile(
            session_description="d",
            identifier="i",
            session_start_time="2026-01-01T00:00:00Z",
            units=units_by_hand(),
        ),
        path,
    )
    with nwb.open(path, "r+") as io:
        units: Any = io.read().units
        units["tags"] = [["x", "y"], ["z"]]
        units.quality = ["noise", "good"]
        del units.side
        io.write(io.read())
    units = nwb.read(path).units
    assert [list(cell) for cell in units["tags"]] == [["x", "y"], ["z"]]
    assert (list(units.quality), units.quality.description) == (["noise", "good"], "Judged by eye.")
    assert not {"side", "side_elements"} & {*units.keys(), *units.colnames}
    assert nwb.validate(path).ok


@pytest.mark.parametrize("is_on_disk", [False, True])
def test_labels_stay_where_another_enumeration_has_them(tmp_path: Path, *, is_on_disk: bool) -> None:
    path = tmp_path / "units.nwb"
    nwbfile = core.NWBFile(session_description="d", identifier="i", session_start_time="2026-01-01T00:00:00Z")
    nwbfile.units = units_by_hand()
    side: Any = nwbfile.units["side"]
    nwbfile.units.vector_data.add(
        type(side)(name="other", description="d", value=np.array([1, 0], "u1"), elements=side.elements)
    )
    nwbfile.units.colnames = [*nwbfile.units.colnames, "other"]
    if not is_on_disk:
        del nwbfile.units["side"]
    nwb.write(nwbfile, path)
    if is_on_disk:
        with nwb.open(path, "r+") as io:
            edited = io.read()
            del edited.units["side"]
            io.write(edited)
    units = nwb.read(path).units
    assert "side" not in units
    assert list(units["other"]) == ["right", "left"]
    assert nwb.validate(path).ok


# ---------------------------------------------------------------------------------------------- one row by mistake
@pytest.mark.parametrize(
    "make",
    [
        lambda: core.Units(name="units", description="d", spike_times=[0.1, 0.2, 0.3]),
        lambda: core.Units(name="units", description="d", spike_times=np.array([0.1, 0.2, 0.3])),
        lambda: core.Units(name="units", description="d").add_row(spike_times=0.1),
        lambda: core.Units.from_dataframe(pd.DataFrame({"spike_times": [0.1, 0.2]}), name="units"),
        lambda: core.Units(name="units", description="d").add_column("electrodes", [1, 2], table=units_by_hand()),
    ],
    ids=["list", "array", "row", "frame", "column"],
)
def test_single_values_are_no_rows_of_a_column_that_is_ragged(make: Any) -> None:
    with pytest.raises(ValueError, match="has a list of values for each row"):
        make()


def test_a_ragged_column_without_index_is_said_to_be_one() -> None:
    units = core.Units(name="units", description="d")
    units.add_column("spike_times", [0.1, 0.2], index=0)
    assert units["spike_times"][1] == 0.2
    assert "spike_times_index" not in units


def test_a_list_of_names_gives_these_columns() -> None:
    trials = nwb.read(EXAMPLE).trials
    found = trials[["stop_time", "start_time"]]
    assert plain(found) == plain(trials.to_dataframe(["stop_time", "start_time"]))
    with pytest.raises(ObjectNotFoundError, match="'stop_tim'"):
        trials[["stop_tim"]]
    with pytest.raises(TypeError, match="a list of names"):
        trials["start_time", "stop_time"]
