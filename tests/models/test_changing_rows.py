"""Cells that are replaced, and rows that are taken away, in memory and in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import ObjectNotFoundError
from nwb_models.models.frames import categories_of
from tests.io.test_careful_user import session
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def licks() -> Any:
    """Return a file with trials that have columns of each kind."""
    file = session()
    file.trials = core.TimeIntervals(
        name="trials", description="Licks.", id=[5, 6, 7, 8], start_time=[0.0, 1.0, 2.0, 3.0],
        stop_time=[0.5, 1.5, 2.5, 3.5],
    )  # fmt: skip
    file.trials.add_column("score", np.array([1, 2, 3, 4], "i1"), description="How well it went.")
    file.trials.add_column("tags", [["a"], [], ["b", "c"], ["d"]])
    file.trials.add_column("deep", [[[1], [2, 3]], [], [[4]], [[], [5]]])
    file.trials.add_column("side", ["left", "right", "left", "left"], enum=True)
    file.trials.add_column("shape", np.arange(8.0).reshape(4, 2))
    file.trials.add_column("where", [[0], [1], [0, 1], []], table=places(file))
    return file


def places(file: Any) -> Any:
    """Return a table that rows of another one are of."""
    table = core.DynamicTable(name="places", description="d")
    table.add_column("x", [1.0, 2.0])
    file.scratch = {"places": table}
    return table


def plain(table: Any) -> dict[str, list[Any]]:
    """Return the cells of a table as Python has them."""

    def listed(cell: Any) -> Any:
        return [listed(inner) for inner in cell] if isinstance(cell, list | np.ndarray) else cell

    frame = table.to_dataframe()
    return {"id": list(frame.index)} | {name: [listed(cell) for cell in frame[name]] for name in frame.columns}


def both_ways(edit: Callable[[Any], Any], tmp_path: Path) -> list[Any]:
    """Return the trials that are edited in memory, and those in a file."""
    path, found = tmp_path / "a.nwb", licks()
    nwb.write(found, path)
    edit(found.trials)
    with nwb.open(path, "r+") as io:
        file = io.read()
        before = file.trials.object_id
        edit(file.trials)
        io.write(file)
    assert nwb.validate(path).ok
    after = nwb.read(path).trials
    assert after.object_id == before
    assert after["score"].description == "How well it went."
    return [found.trials, after]


CELLS = {
    "number": ("start_time", 2.25),
    "narrow": ("score", 9),
    "ragged": ("tags", ["x", "y", "z"]),
    "emptied": ("tags", []),
    "deep": ("deep", [[7, 8], [], [9]]),
    "label": ("side", "right"),
    "several axes": ("shape", [0.5, 0.25]),
    "rows": ("where", [1, 1, 0]),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_is_set(name: str, tmp_path: Path) -> None:
    """And nothing else changes, not even the dtype."""
    column, cell = CELLS[name]
    wanted = plain(licks().trials)
    wanted[column][2] = cell
    dtype = licks().trials[column].value.dtype
    for trials in both_ways(lambda table: table.__setitem__((2, column), cell), tmp_path):
        assert plain(trials) == wanted
        assert trials[column].value.dtype.kind == dtype.kind
        assert trials[column].value.dtype.itemsize == dtype.itemsize


def test_several_cells_are_set_by_their_column_or_their_table() -> None:
    trials = licks().trials
    trials[1:3, "start_time"] = [1.25, 2.25]
    trials[[True, False, False, True], "stop_time"] = 9.0
    trials["tags"][-1] = ["last"]
    assert trials["start_time"][:].tolist() == [0.0, 1.25, 2.25, 3.0]
    assert trials["stop_time"][:].tolist() == [9.0, 1.5, 2.5, 9.0]
    assert list(trials["tags"][3]) == ["last"]


WRONG: dict[str, tuple[Any, Any, type[Exception], str]] = {
    "text": ((0, "start_time"), "x", ValueError, "'x' cannot be stored|dtype is text"),
    "no list": ((0, "tags"), "x", ValueError, "a list or an array is needed"),
    "no label": ((0, "side"), "up", ValueError, "no label 'up'"),
    "no such row": ((4, "start_time"), 1.0, IndexError, "there is no row 4"),
    "too few": ((slice(None), "start_time"), [1.0], ValueError, "4 rows of .* are meant, and 1 cells"),
    "no column": ((0, "nothing"), 1.0, ObjectNotFoundError, "nothing"),
    "an index": ((0, "tags_index"), 2, TypeError, "where rows of 'tags' end: set cells of that"),
    "a row": (0, {"start_time": 1.0}, TypeError, r"table\[3, \"score\"\] = 0.5 a cell"),
    "rows of other tables": ((0, "where"), [2], ValueError, "refers to row 2"),
    "a short column": ("start_time", [1.0], ValueError, r"has 4 rows, and 1 are given.*del table\[rows\]"),
    "a column of text": ("start_time", ["w", "x", "y", "z"], ValueError, "'start_time': dtype is text"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_cell_changes_nothing(wrong: str) -> None:
    place, cell, error, said = WRONG[wrong]
    trials = licks().trials
    before = plain(trials)
    with pytest.raises(error, match=said):
        trials[place] = cell
    assert plain(trials) == before


def test_the_only_column_has_the_rows() -> None:
    table = core.DynamicTable(name="t", description="d")
    table.add_column("a", [1, 2, 3])
    table["a"] = [1, 2]
    assert (len(table), table.id.value.tolist()) == (2, [0, 1])


def test_a_table_is_begun_column_by_column() -> None:
    table = core.TimeIntervals(name="t", description="d")
    table["start_time"] = [0.0, 1.0]
    with pytest.raises(ValueError, match="has 2 rows, and 1 are given for 'stop_time'"):
        table["stop_time"] = [0.5]
    table["stop_time"] = [0.5, 1.5]
    table.add_row(start_time=2.0, stop_time=2.5)
    assert plain(table) == {"id": [0, 1, 2], "start_time": [0.0, 1.0, 2.0], "stop_time": [0.5, 1.5, 2.5]}


@pytest.mark.parametrize("rows", [1, -1, slice(1, 3), [0, 3], [True, False, True, False], []], ids=repr)
def test_rows_are_taken_away(rows: Any, tmp_path: Path) -> None:
    """The others keep what they have."""
    gone = {int(row) for row in np.atleast_1d(np.arange(4)[np.asarray(rows, int) if rows == [] else rows])}
    wanted = {
        name: [cell for row, cell in enumerate(cells) if row not in gone]
        for name, cells in plain(licks().trials).items()
    }
    for trials in both_ways(lambda table: table.__delitem__(rows), tmp_path) if gone else [licks().trials]:
        assert plain(trials) == wanted


def test_rows_of_an_aligned_table_are_taken_away(tmp_path: Path) -> None:
    """Of all tables in it; not of one of them, nor where another table refers to its rows."""
    path = tmp_path / "a.nwb"
    FILES["icephys"](path)
    with nwb.open(path, "r+") as io:
        file = io.read()
        table = file.intracellular_recordings
        count = len(table)
        with pytest.raises(ValueError, match="take rows away from that"):
            del table.electrodes[0]
        with pytest.raises(ValueError, match=r"referred to by number, from /.*/recordings"):
            del table[0]
        for name in ("repetitions", "sequential_recordings", "simultaneous_recordings", "experimental_conditions"):
            if name in file.general.intracellular_ephys:
                del file.general.intracellular_ephys[name]
        last = table.to_dataframe().iloc[1:].to_dict()
        del table[0]
        io.write(file)
    assert nwb.validate(path).ok
    after = nwb.read(path).intracellular_recordings
    assert [len(part) for part in (after, *(after[name] for name in categories_of(after)))] == [count - 1] * 4
    assert [str(cell) for cell in last] == [str(cell) for cell in after.to_dataframe().to_dict()]


def test_rows_that_are_not_there() -> None:
    trials = licks().trials
    for rows, error in ((4, IndexError), ((0, "tags"), TypeError), (None, TypeError)):
        with pytest.raises(error):
            del trials[rows]
    assert len(trials) == 4
