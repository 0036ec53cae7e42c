"""What carries the ids of rows means the rows with these ids: masks, cells, and the index of a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import nwb_models as nwb
from nwb_models.core import v2_11_0 as core
from tests.io.test_writing import new_session

if TYPE_CHECKING:
    from pathlib import Path

IDS = {"from 0": [0, 1, 2], "others": [10, 20, 30], "backwards": [2, 1, 0]}


def units(ids: list[int]) -> Any:
    return core.Units(
        name="units", description="d", id=ids, spike_times=[[1.0], [2.0, 2.5], [3.0]], obs_intervals=[[[0, 9]]] * 3
    )


def stored(table: Any, folder: Path) -> Any:
    """Return the same table in a file."""
    root = new_session()
    root.units = table
    nwb.write(root, folder / "a.nwb")
    return nwb.read(folder / "a.nwb").units


@pytest.fixture(params=[False, True], ids=["in memory", "on disk"])
def where(request: Any, tmp_path: Path) -> Any:
    return (lambda table: stored(table, tmp_path)) if request.param else (lambda table: table)


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
def test_a_mask_goes_by_its_index(ids: list[int], where: Any) -> None:
    made = units(ids)
    made.add_column("depth", [5.0, 6.0, 7.0])
    table = where(made)
    mask = table.to_dataframe("depth").sort_values("depth", ascending=False).depth < 6
    assert mask.tolist() == [False, False, True]
    assert table[mask].index.tolist() == ids[:1]
    assert table["depth"][mask].tolist() == [5.0]
    assert [cell.tolist() for cell in table["spike_times"][mask]] == [[1.0]]
    assert table.to_dataframe(rows=mask.to_numpy()).index.tolist() == ids[2:]
    assert table[pd.Series([True, False, False], index=ids)].index.tolist() == ids[:1]


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
def test_the_index_of_a_frame_means_its_ids(ids: list[int], where: Any) -> None:
    table = where(units(ids))
    some = table.to_dataframe("spike_times").iloc[[2, 0]].index
    assert table[some].index.tolist() == [ids[2], ids[0]]
    assert table.to_dataframe("spike_times", rows=some).index.tolist() == [ids[2], ids[0]]
    assert [cell.tolist() for cell in table[some, "spike_times"]] == [[3.0], [1.0]]
    assert [cell.tolist() for cell in table["spike_times_index"][some]] == [[3.0], [1.0]]
    assert core.DynamicTableRegion(table=table, value=some, description="d").value.tolist() == [2, 0]
    assert table[some[:0]].empty
    assert table[pd.Index([1])].index.tolist() == ids[1:2]


def test_the_index_of_a_frame_beside_another_axis() -> None:
    made = units([10, 20, 30])
    made.add_column("place", np.arange(6).reshape(3, 2))
    some = made.to_dataframe("place").index[1:]
    assert made["place"][some, 1].tolist() == [3, 5]
    assert made["place"][some].tolist() == [[2, 3], [4, 5]]


@pytest.mark.parametrize(("wanted", "said"), [(99, "no row with the id 99"), (5, "2 rows with the id 5")])
def test_an_id_that_means_no_single_row(wanted: int, said: str, where: Any) -> None:
    table = where(units([5, 5, 6]))
    assert table[pd.Index([6], name="id")].index.tolist() == [6]
    for owner in (table, table["spike_times"]):
        with pytest.raises(IndexError, match=said):
            owner[pd.Index([wanted], name="id")]


def test_rows_of_a_region_go_by_the_ids_of_its_table() -> None:
    region = core.DynamicTableRegion(table=units([10, 20, 30]), value=[2, 1], description="d")
    frame = region.to_dataframe(["spike_times"])
    assert region[frame.index[:1]].index.tolist() == [30]
    assert region[frame[::-1].spike_times.map(len) > 1].index.tolist() == [20]


# ---------------------------------------------------------------------------------------------- cells
@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
def test_cells_of_a_series_go_to_their_rows(ids: list[int], where: Any) -> None:
    table = where(units(ids))
    backwards = pd.Series([3.0, 2.0, 1.0], index=ids[::-1])
    assert table.add_column("rank", backwards)[:].tolist() == [1.0, 2.0, 3.0]
    table["rank"] = backwards * 2
    assert table["rank"][:].tolist() == [2.0, 4.0, 6.0]
    table["words"] = pd.Series([["c"], [], ["a"]], index=ids[::-1])
    assert [cell.tolist() for cell in table["words"][:]] == [["a"], [], ["c"]]
    side = pd.Series(pd.Categorical(["l", "r", "r"]), index=ids[::-1])
    assert table.add_column("side", side, enum=True)[:].tolist() == ["r", "r", "l"]


def test_a_series_that_is_numbered_goes_by_position() -> None:
    table = units([10, 20, 30])
    assert table.add_column("x", pd.Series([7, 8, 9]))[:].tolist() == [7, 8, 9]
    assert table[pd.Series([False, True, False])].index.tolist() == [20]
    again = units([5, 5, 6])
    assert again.add_column("x", pd.Series([7, 8, 9], index=[5, 5, 6]))[:].tolist() == [7, 8, 9]
    empty = core.DynamicTable(name="t", description="d")
    assert empty.add_column("x", pd.Series([7, 8]))[:].tolist() == [7, 8]


LABELS: dict[str, tuple[list[int], list[Any]]] = {
    "others": ([10, 20, 30], [1, 2, 3]),
    "numbers in another order": ([10, 20, 30], [2, 1, 0]),
    "one of them twice": ([10, 20, 30], [10, 10, 30]),
    "ids that are there twice, in another order": ([5, 5, 6], [6, 5, 5]),
    "text": ([10, 20, 30], ["a", "b", "c"]),
}


@pytest.mark.parametrize("what", LABELS)
def test_a_series_about_something_else_is_refused(what: str) -> None:
    ids, labels = LABELS[what]
    table = units(ids)
    said = r"neither the ids of the rows .*with \.to_numpy\(\)"
    with pytest.raises(ValueError, match=said):
        table.add_column("x", pd.Series([1, 2, 3], index=labels))
    assert "x" not in table
    with pytest.raises(ValueError, match=said):
        table["spike_times"] = pd.Series([[1.0], [2.0], [3.0]], index=labels)
    for owner in (table, table["spike_times"]):
        with pytest.raises(IndexError, match=said):
            owner[pd.Series([True, False, True], index=labels)]
