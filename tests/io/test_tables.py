"""Tables that are made and changed: their `colnames` follow their columns, and what does not fit is refused."""

from __future__ import annotations

from copy import deepcopy as copy_of
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pandas as pd
import pynwb
import pytest

import nwb_models as nwb
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import InvalidModelError
from nwb_models.generated.hdmf_common import v1_10_0 as common
from tests.io.handmade import column as stored_column
from tests.io.handmade import new_file
from tests.io.handmade import table as stored_table
from tests.io.refused import WAYS, require_refused
from tests.io.test_careful_user import ROWS, column, region, session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REGULAR = ["start_time", "stop_time"]


def trials() -> Any:
    """Return a file with trials, with a column of their own, a ragged one and one of rows of another table."""
    file = session()
    notes, where = column("notes", [1, 2, 3]), column("where", [[0, 1], [1, 0]])
    file.trials = core.TimeIntervals(
        name="trials", description="d", colnames=[*REGULAR, "where", "notes"], id=ROWS,
        start_time=column("start_time", [0.0, 1.0]), stop_time=column("stop_time", [0.5, 1.5]),
        vector_data=[where, notes, column("notes_index", [1, 3], common.VectorIndex, target=notes)],
    )  # fmt: skip
    return file


def ragged(table: Any, index: Any, **more: Any) -> None:
    """Add a ragged column of three values."""
    values = table.add(column("x", [1, 2, 3]))
    table.add(column("x_index", index, common.VectorIndex, target=values, **more))


def rename(table: Any, name: str, new: str) -> None:
    """Give a column another name."""
    table.vector_data[name].name = new


def replace(table: Any) -> None:
    """Take a column away, and put another one there."""
    del table["where"]
    table["where"] = column("where", [7, 8])


CHANGES: dict[str, tuple[Callable[[Any], Any], list[str]]] = {
    "added": (lambda t: t.add(column("x", [1, 2])), [*REGULAR, "where", "notes", "x"]),
    "added to the collection": (lambda t: t.vector_data.add(column("x", [1, 2])), [*REGULAR, "where", "notes", "x"]),
    "added ragged": (lambda t: ragged(t, [0, 3]), [*REGULAR, "where", "notes", "x"]),
    "a field": (lambda t: setattr(t, "tags", column("tags", ["a", "b"])), [*REGULAR, "where", "notes", "tags"]),
    "renamed": (lambda t: rename(t, "where", "place"), [*REGULAR, "place", "notes"]),
    "renamed ragged": (lambda t: rename(t, "notes", "words"), [*REGULAR, "where", "words"]),
    "removed": (lambda t: t.__delitem__("where"), [*REGULAR, "notes"]),
    "removed from the collection": (lambda t: t.vector_data.__delitem__("where"), [*REGULAR, "notes"]),
    "removed ragged": (lambda t: t.__delitem__("notes"), [*REGULAR, "where"]),
    "replaced": (replace, [*REGULAR, "where", "notes"]),
    "said by hand": (
        lambda t: (t.add(column("x", [1, 2])), setattr(t, "colnames", ["x", *REGULAR, "where", "notes"])),
        ["x", *REGULAR, "where", "notes"],
    ),
}


@pytest.mark.parametrize("how", ["by hand", "read", "in place", "again"])
@pytest.mark.parametrize("change", CHANGES)
def test_colnames_follow_the_columns(change: str, how: str, tmp_path: Path) -> None:
    """Whichever way a column comes or goes, made by hand or read, in a new file and in place; PyNWB reads it."""
    edit, wanted = CHANGES[change]
    path, file = tmp_path / "a.nwb", trials()
    if how == "by hand":
        edit(file.trials)
    nwb.write(file, path)
    if how == "again":  # made by hand, written, and changed
        edit(file.trials)
        nwb.write(file, path)
    elif how == "read":
        file = nwb.read(path)
        edit(file.trials)
        path = tmp_path / "b.nwb"
        nwb.write(file, path)
    elif how == "in place":
        with nwb.open(path, "r+") as io:
            file = io.read()
            edit(file.trials)
            io.write(file)
            assert not io.write(file)
    assert list(file.trials.colnames) == wanted
    assert pynwb.validate(path=path) == []
    with pynwb.NWBHDF5IO(path, "r") as io:
        frame = io.read().trials.to_dataframe()
        assert frame.columns.tolist() == wanted
        assert [list(row) for row in frame.get("notes", frame.get("words", []))] in ([[1], [2, 3]], [])
    with h5py.File(path) as stored:
        assert {n for n in stored["intervals/trials"] if not n.endswith("_index")} == {*wanted, "id"}


@pytest.mark.parametrize("name", ["where", "notes", "tags"])
def test_colnames_of_a_copy_follow_its_columns(name: str, tmp_path: Path) -> None:
    """And those of the table that it was made of stay."""
    file = trials()
    file.trials.tags = column("tags", ["a", "b"])
    nwb.write(file, tmp_path / "a.nwb")
    copy = copy_of(file)
    del copy.trials[name]
    nwb.write(copy, tmp_path / "b.nwb")
    everything = [*REGULAR, "where", "notes", "tags"]
    assert file.trials.colnames.tolist() == everything
    with pynwb.NWBHDF5IO(tmp_path / "b.nwb", "r") as io:
        assert io.read().trials.colnames == tuple(n for n in everything if n != name)


def odd(path: Path) -> None:
    """Write tables in which everything is wrong."""
    with new_file(path) as file:
        rows = stored_table(file["acquisition"], "rows", "nothing", "short", "linked", "meanings_tables")
        rows.attrs["object_id"] = "rows"
        stored_column(rows, "short", np.arange(2), description="d")
        stored_column(rows, "unnamed", np.arange(9), description="d")
        rows["linked"] = h5py.SoftLink(stored_column(file["acquisition"], "far", np.arange(7), description="d").name)
        index = stored_column(rows, "short_index", np.array([5, 1]), "VectorIndex", description="d")
        index.attrs["target"] = rows["short"].ref
        where = stored_column(rows, "where", [100], "DynamicTableRegion", description="d")
        where.attrs["table"] = rows.ref


@pytest.mark.parametrize("new", [False, True], ids=["edit", "new"])
def test_what_nobody_touched_stays_as_it_was(new: bool, tmp_path: Path) -> None:
    """Right or wrong, also where something else of the table is changed."""
    odd(tmp_path / "a.nwb")
    target = tmp_path / ("b.nwb" if new else "a.nwb")
    with nwb.open(tmp_path / "a.nwb", "r+") as io:
        file = io.read(eager=True)
        rows = file["acquisition/rows"]
        for number in range(2):
            if new:
                nwb.write(file, target)
            else:
                assert bool(io.write(file)) == bool(number)
            rows.description = "another"
        rows.vector_data.add(column("more", [1, 2, 3]))
        if new:
            nwb.write(file, target)
        else:
            io.write(file)
    with h5py.File(target) as stored:
        wanted = ["nothing", "short", "linked", "meanings_tables", "more"]
        assert stored["acquisition/rows"].attrs["colnames"].tolist() == wanted
        assert stored["acquisition/rows/short_index"][:].tolist() == [5, 1]


def changed(made: Any, rows: Any) -> Any:
    """Give a region other rows: what is wrong from the beginning is not made."""
    made.value = rows
    return made


def test_a_region_of_rows_that_are_not_there_is_not_made() -> None:
    table = trials().trials
    for ask in (
        lambda: region("rows", table, [0, 2]),
        lambda: core.DynamicTable(name="t", description="d").add_column("rows", [0, 2], table=table),
        lambda: core.Units.from_dataframe(pd.DataFrame({"rows": [[0], [2]]}), name="units", tables={"rows": table}),
    ):
        with pytest.raises(ValueError, match=r"'rows'> .*: expected rows of trials, which has 2, .* found 2, at row 1"):
            ask()


WRONG: dict[str, tuple[Callable[[Any], Any], str]] = {
    "length": (
        lambda t: t.add(column("x", [1])),
        "/intervals/trials/x .*: column-length: expected 2 rows, as .*id, found 1",
    ),
    "changed length": (lambda t: setattr(t["where"], "value", [1]), "/where .*: column-length: expected 2 rows.* 1"),
    "appended": (lambda t: t["where"].append([[5, 5]]), "/where .*: column-length: expected 2 rows.* 3"),
    "more rows": (lambda t: t.id.append([9]), r"(?s)start_time .*3 rows.* 2\n.*/notes_index .*3 rows"),
    "name": (
        lambda t: setattr(t, "colnames", [*REGULAR, "where", "nothing"]),
        "trials@colnames .*: column-missing: expected names of columns of the table, found 'nothing', which is none",
    ),
    "backwards": (
        lambda t: ragged(t, [3, 2]),
        "x_index .*: index-order: .* never go down, found 2 behind 3",
    ),
    "end": (
        lambda t: ragged(t, [1, 2]),
        "x_index .*: index-end: .* end with 3, the length of .*, found 2",
    ),
    "target": (lambda t: t["notes"].append([4]), "notes_index .*: index-end: expected .* end with 4, .* found 3"),
    "appended index": (
        lambda t: t["notes_index"].append([2]),
        "notes_index .*: index-order: .* found 2 behind 3",
    ),
    "region": (
        lambda t: t.add(changed(region("rows", t, [0, 0]), [0, 2])),
        "trials/rows .*: region-range: expected rows of .*trials, which has 2, counted from 0, found 2, at row 1",
    ),
    "negative": (
        lambda t: t.add(changed(region("rows", t, [0, 0]), [-1, 0])),
        "trials/rows .*: region-range: .* found -1",
    ),
}


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_fit_is_refused(wrong: str, how: str, tmp_path: Path) -> None:
    """With the table, the column and what is expected; before anything is written."""
    edit, said = WRONG[wrong]
    require_refused(trials(), lambda file: edit(file.trials), how, said, tmp_path)


def test_a_column_that_was_read_without_its_table(tmp_path: Path) -> None:
    """Its table is looked at all the same."""
    nwb.write(trials(), tmp_path / "a.nwb")
    with nwb.open(tmp_path / "a.nwb", "r+") as io:
        where = io.read("/intervals/trials/where")
        where.value = [1, 2, 3]
        with pytest.raises(InvalidModelError, match="/where: column-length: expected 2 rows"):
            io.write(where)


def test_rows_of_a_region_outside_of_tables(tmp_path: Path) -> None:
    """As those of the electrodes of a series."""
    file = trials()
    electrodes = changed(region("electrodes", file.trials, [0]), [5])
    file.acquisition.add(
        core.ElectricalSeries(name="voltage", data=[[1.0]], rate=1.0, starting_time=0.0, electrodes=electrodes)
    )
    with pytest.raises(InvalidModelError, match=r"voltage/electrodes .*: region-range: expected rows of trials"):
        nwb.write(file, tmp_path / "a.nwb")


# ---------------------------------------------------------------------------------------------- series
def _timed(**more: Any) -> Any:
    file = session()
    file.acquisition.add(core.TimeSeries(name="x", data=[1.0, 2.0], unit="V", **more))
    return file


def test_a_series_without_a_clock_is_refused(tmp_path: Path) -> None:
    """It may get its times until it is written; PyNWB would not make it."""
    file = _timed()
    with pytest.raises(
        InvalidModelError, match=r"/acquisition/x .*: time-missing: expected timestamps, .* found neither"
    ):
        nwb.write(file, tmp_path / "a.nwb")
    file.acquisition["x"].timestamps = [0.0]
    with pytest.raises(InvalidModelError, match=r"x/timestamps .*: time-length: expected 2 times.*, found 1"):
        nwb.write(file, tmp_path / "a.nwb")
    file.acquisition["x"].timestamps = [0.0, 1.0]
    nwb.write(file, tmp_path / "a.nwb")
    assert nwb.validate(tmp_path / "a.nwb").ok


UNFITTING: dict[str, tuple[Callable[[Any], Any], str]] = {
    "no times": (lambda s: setattr(s, "timestamps", None), "x .*: time-missing"),
    "more data": (lambda s: s.data.append([3.0]), "x/timestamps .*: time-length: expected 3 times.*, found 2"),
    "other data": (lambda s: setattr(s, "data", [1.0]), "x/timestamps .*: time-length: expected 1 times.*, found 2"),
    "more times": (lambda s: s.timestamps.append([3.0]), "x/timestamps .*: time-length: expected 2 times.*, found 3"),
}


@pytest.mark.parametrize("change", UNFITTING)
def test_a_series_is_not_changed_to_one_that_does_not_fit(change: str, tmp_path: Path) -> None:
    path = tmp_path / "a.nwb"
    nwb.write(_timed(timestamps=[0.0, 1.0]), path)
    before = path.read_bytes()
    edit, said = UNFITTING[change]
    with nwb.open(path, "r+") as io:
        file = io.read()
        edit(file.acquisition["x"])
        with pytest.raises(InvalidModelError, match=said):
            io.write(file)
    assert path.read_bytes() == before


def test_a_series_that_was_read_stays_as_it_is(tmp_path: Path) -> None:
    """Right or wrong: it is written again, and what else is said of it can be changed."""
    path = tmp_path / "a.nwb"
    nwb.write(_timed(timestamps=[0.0, 1.0]), path)
    with h5py.File(path, "r+") as stored:
        del stored["acquisition/x/timestamps"]
    nwb.write(nwb.read(path), tmp_path / "b.nwb")
    with nwb.open(path, "r+") as io:
        file = io.read()
        file.acquisition["x"].comments = "Its clock was lost."
        file.acquisition["x"].data.append([3.0])
        io.write(file)
    for name, count in (("a.nwb", 3), ("b.nwb", 2)):
        series = nwb.read(tmp_path / name).acquisition["x"]
        assert (len(series.data), series.timestamps, series.starting_time) == (count, None, None)
