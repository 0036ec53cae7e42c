"""Values that a field is given: what would be lost in a file is refused where it is given."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pandas as pd
import pynwb
import pytest
from pydantic import ValidationError

import nwb_models as nwb
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import InvalidModelError
from tests.compare import differences
from tests.conftest import EXAMPLE
from tests.io.test_writing import new_session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MASKED = np.ma.masked_array([1.0, 2.0, 3.0], mask=[False, True, False])
ROWS = np.ma.masked_array(np.zeros(2, dtype=[("a", "i4"), ("b", "f4")]), mask=[(False, True), (False, False)])
NAN = float("nan")
LARGE = 2**53 + 1
"""The first integer that no float64 holds."""


def series(**more: Any) -> Any:
    times = {} if "timestamps" in more else {"rate": 1.0}
    return core.TimeSeries(**{"name": "x", "data": [1.0], "unit": "V", **times, **more})


# ---------------------------------------------------------------------------------------------- masks
HIDDEN: dict[str, Callable[[], Any]] = {
    "numbers": lambda: series(data=MASKED),
    "numbers that are converted": lambda: series(timestamps=np.ma.masked_array([1, 2], mask=[False, True])),
    "text": lambda: series(control_description=np.ma.masked_array(["a", "b"], mask=[False, True])),
    "a list of arrays": lambda: series(data=[MASKED, MASKED]),
    "a list with nothing": lambda: series(data=[1.0, np.ma.masked]),
    "compound rows": lambda: core.VectorData(name="c", description="d", value=ROWS),
    "the first block": lambda: series(data=iter([MASKED])),
    "options of a list": lambda: nwb.DatasetOptions([MASKED, MASKED]),
    "rows behind others": lambda: series().data.append(MASKED),
}


@pytest.mark.parametrize("what", HIDDEN)
def test_what_a_mask_hides_does_not_come_to_light(what: str) -> None:
    with pytest.raises(ValueError, match=r"masked array are hidden.* fill them in"):
        HIDDEN[what]()


@pytest.mark.parametrize("what", ["a block", "dask", "options"])
def test_what_a_mask_hides_is_not_written(what: str, tmp_path: Path) -> None:
    root = new_session()
    if what == "dask":
        data = pytest.importorskip("dask.array").from_array(MASKED, chunks=2)
    else:
        data = iter([[0.0], MASKED]) if what == "a block" else nwb.DatasetOptions(MASKED)
    root.acquisition.add(series(data=data))
    with pytest.raises((InvalidModelError, OSError), match=r"/acquisition/x/data.*hid(e|den).*fill them in"):
        nwb.write(root, tmp_path / "a.nwb")
    assert list(tmp_path.iterdir()) == []


def test_a_mask_that_hides_nothing_is_none(tmp_path: Path) -> None:
    root = new_session()
    root.acquisition.add(series(data=np.ma.masked_array([1.0, 2.0], mask=[False, False])))
    nwb.write(root, tmp_path / "a.nwb")
    assert nwb.read(tmp_path / "a.nwb").acquisition["x"].data[:].tolist() == [1, 2]


# ---------------------------------------------------------------------------------------------- values of pandas
LABELLED: dict[str, tuple[Callable[[], Any], list[Any]]] = {
    "a series": (lambda: pd.Series([10.0, 20.0, 30.0], index=[2, 1, 0]), [10.0, 20.0, 30.0]),
    "a filtered series": (lambda: pd.Series([0.0, 1.0, 2.0])[1:], [1.0, 2.0]),
    "an index": (lambda: pd.Index([3, 2]), [3, 2]),
    "integers that might be missing": (lambda: pd.Series([1, 2], dtype="Int32", index=[1, 0]), [1, 2]),
    "floats of which one is missing": (lambda: pd.array([0.5, None], "Float32"), [0.5, None]),
    "text": (lambda: pd.Series(["a", "b"], index=[1, 0]), ["a", "b"]),
    "categories": (lambda: pd.Series(pd.Categorical(["b", "a"])), ["b", "a"]),
    "a list of series": (lambda: [pd.Series([1, 2], index=[1, 0]), pd.Series([3, 4])], [[1, 2], [3, 4]]),
}


@pytest.mark.parametrize("how", ["made", "set", "options", "payload"])
@pytest.mark.parametrize("what", LABELLED)
def test_values_of_pandas_are_taken_by_position(what: str, how: str) -> None:
    make, expected = LABELLED[what]
    made = series(data=make() if how == "made" else nwb.DatasetOptions(make()) if how == "options" else [1.0])
    if how == "set":
        made.data = make()
    elif how == "payload":
        made.data.value = make()
    assert isinstance(made.data[:], np.ndarray)
    found = [None if value != value else value for value in made.data[:].tolist()]
    assert found == expected
    assert made.data[-1].tolist() == expected[-1] if isinstance(expected[-1], list) else made.data[0] == expected[0]


def test_timestamps_of_a_filtered_frame(tmp_path: Path) -> None:
    frame = pd.DataFrame({"time": [0.0, 1.0, 2.0], "value": [5, 6, 7]}).query("time > 0")
    root = new_session()
    root.acquisition.add(series(data=frame["value"], timestamps=frame["time"]))
    assert root.acquisition["x"].timestamps[0] == 1.0
    nwb.write(root, tmp_path / "a.nwb")
    found = nwb.read(tmp_path / "a.nwb").acquisition["x"]
    assert found.timestamps[:].tolist() == [1.0, 2.0]
    assert found.data[:].tolist() == [6, 7]


# ---------------------------------------------------------------------------------------------- values of one kind
MIXED: dict[str, tuple[Any, str]] = {
    "nothing among numbers": ([1, None], r"None at \[1\] stands among numbers"),
    "nothing first": ([None, 1], r"None at \[0\] stands among numbers"),
    "nothing in a row": ([[1, 2], [3, None]], r"None at \[1\]\[1\] stands among numbers"),
    "nothing in an array": (np.array([1, None], dtype=object), r"None at \[1\] stands among numbers"),
    "nothing of pandas": (pd.Series([1, None], dtype="Int64"), r"<NA> at \[1\] stands among numbers"),
    "nothing among text": (["a", None], r"None at \[1\] stands among text"),
    "text behind a number": ([NAN, "a"], r"'a' at \[1\] stands among numbers"),
    "a number behind text": (["a", NAN], r"nan at \[1\] stands among text"),
}


@pytest.mark.parametrize("what", MIXED)
def test_values_of_one_array_are_of_one_kind(what: str) -> None:
    given, said = MIXED[what]
    with pytest.raises(ValueError, match=said):
        series(data=given)
    with pytest.raises(ValueError, match=said):
        nwb.DatasetOptions(list(given))


def test_a_range_is_an_array() -> None:
    made = series(data=range(3), timestamps=range(3))
    assert (made.data[:].tolist(), made.timestamps.dtype, made.timestamps[:].tolist()) == ([0, 1, 2], "f8", [0, 1, 2])
    table = core.DynamicTable(name="t", description="d")
    table.add_column("x", [5, 6, 7])
    assert core.DynamicTableRegion(table=table, value=range(1, 3), description="d").to_dataframe().x.tolist() == [6, 7]


def test_references_may_be_missing() -> None:
    there = series()
    assert core.VectorData(name="c", description="d", value=[there, None]).value.tolist() == [there, None]


# ---------------------------------------------------------------------------------------------- large integers
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([LARGE], f"up to {LARGE}, exactly"),
        (np.array([2**63 - 1]), "exactly"),
        (np.array([2**64 - 1], dtype="u8"), "exactly"),
    ],
    ids=["a list", "int64", "uint64"],
)
def test_integers_are_not_rounded(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        series(timestamps=given)


def test_integers_that_a_float_holds_become_one() -> None:
    assert series(data=[1, 2], timestamps=[LARGE - 1, 2**60]).timestamps[:].tolist() == [2.0**53, 2.0**60]
    with pytest.raises(ValueError, match="cannot be stored"):
        series().data.append([LARGE])


def test_integers_that_are_not_looked_at_are_not_rounded(tmp_path: Path) -> None:
    """Those of blocks are looked at when they come."""
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for dtype in ("i4", "i8"):
            file[dtype] = np.arange(3, dtype=dtype)
        assert series(data=[1, 2, 3], timestamps=file["i4"]).timestamps.dtype == "f8"
        with pytest.raises(ValueError, match="dtype is int64, and has to be float64"):
            series(data=[1, 2, 3], timestamps=file["i8"])
    root = new_session()
    root.acquisition.add(series(timestamps=iter([np.arange(3), np.arange(3)])))
    nwb.write(root, tmp_path / "b.nwb")
    assert nwb.read(tmp_path / "b.nwb").acquisition["x"].timestamps[:].tolist() == [0, 1, 2] * 2


# ---------------------------------------------------------------------------------------------- iterators
def pieces() -> Any:
    """Yield blocks; a generator, which can be known again."""
    yield from (np.full(2, n) for n in range(3))


@pytest.mark.parametrize("make", [pieces, lambda: iter(list(pieces()))], ids=["generator", "iterator"])
def test_an_iterator_is_the_data_of_one_place(make: Any, tmp_path: Path) -> None:
    """Each block would go to whichever asks for it first."""
    root, data = new_session(), make()
    for name in ("a", "b"):
        root.acquisition.add(series(name=name, data=data))
    with pytest.raises(InvalidModelError, match=r"/acquisition/b/data: .* the one of /acquisition/a/data"):
        nwb.write(root, tmp_path / "a.nwb")
    assert list(tmp_path.iterdir()) == []


def test_a_block_that_was_asked_for_in_vain_is_not_lost(tmp_path: Path) -> None:
    """A constructor that refuses something else has asked for the first block already."""
    root, data = new_session(), pieces()
    with pytest.raises(ValueError, match="unit"):
        core.TimeSeries(name="x", data=data)
    root.acquisition.add(series(data=data))
    nwb.write(root, tmp_path / "a.nwb")
    assert nwb.read(tmp_path / "a.nwb").acquisition["x"].data[:].tolist() == [0, 0, 1, 1, 2, 2]
    root.acquisition["x"].data = data
    with pytest.raises(InvalidModelError, match="were written already"):
        nwb.write(root, tmp_path / "b.nwb")


# ---------------------------------------------------------------------------------------------- times
NAIVE = [datetime(2025, 1, 1), "2025-01-01T12:00:00", "2025-01-01", date(2025, 1, 1)]  # noqa: DTZ001
ZONED = [datetime(2025, 1, 1, tzinfo=UTC), "2025-01-01T12:00Z", "2025-01-01T12:00:00.5-03:30", NAIVE[0].astimezone()]


@pytest.mark.parametrize("given", NAIVE, ids=str)
def test_a_time_needs_a_zone(given: Any) -> None:
    """PyNWB finds an error in a file that has one without."""
    with pytest.raises(ValidationError, match=r"session_start_time\n.*no time zone: give one, as with datetime\("):
        core.NWBFile(session_description="d", identifier="i", session_start_time=given)
    with pytest.raises(ValidationError, match=r"date_of_birth\n.*no time zone"):
        core.Subject(name="subject", date_of_birth=given)
    root = nwb.read(EXAMPLE)
    before = root.session_start_time
    with pytest.raises(ValidationError, match=r"session_start_time\n.*no time zone"):
        root.session_start_time = given
    assert root.session_start_time == before


@pytest.mark.parametrize("given", ZONED, ids=str)
def test_a_time_with_a_zone_is_valid(given: Any, tmp_path: Path) -> None:
    root = core.NWBFile(
        session_description="d", identifier="i", session_start_time=given, file_create_date=["2025-01-01T00:00:00Z"]
    )
    root.subject = core.Subject(name="subject", date_of_birth=given)
    nwb.write(root, tmp_path / "a.nwb")
    assert pynwb.validate(path=tmp_path / "a.nwb") == []


def test_a_time_without_a_zone_is_read_and_copied(tmp_path: Path) -> None:
    """It is what the file says; an object that has one can be given to another file."""
    (tmp_path / "a.nwb").write_bytes(EXAMPLE.read_bytes())
    with h5py.File(tmp_path / "a.nwb", "r+") as file:
        for name in ("session_start_time", "general/subject/date_of_birth"):
            file.pop(name, None)
            file[name] = "2025-01-01T12:00:00"
    root, other = nwb.read(tmp_path / "a.nwb"), new_session()
    assert root.session_start_time == datetime(2025, 1, 1, 12)  # noqa: DTZ001
    nwb.write(root, tmp_path / "b.nwb")
    assert differences(tmp_path / "a.nwb", tmp_path / "b.nwb") == []
    other.subject = root.subject.model_copy()
    nwb.write(other, tmp_path / "c.nwb")
    assert nwb.read(tmp_path / "c.nwb").subject.date_of_birth == root.subject.date_of_birth


# ---------------------------------------------------------------------------------------------- options
def test_options_for_data_that_was_read(tmp_path: Path) -> None:
    """The data of a series is a model; its values are meant."""
    root = nwb.read(EXAMPLE)
    one = root.acquisition["ElectricalSeries"]
    before, unit = one.data[:], one.unit
    one.data = nwb.DatasetOptions(one.data, compression="gzip", compression_opts=9)
    root.acquisition.add(series(data=nwb.DatasetOptions(root.acquisition["voltage_0"].data, chunks=(10,))))
    nwb.write(root, tmp_path / "a.nwb")
    with h5py.File(tmp_path / "a.nwb") as file:
        found = file["acquisition/ElectricalSeries/data"]
        assert (found.compression_opts, found.attrs["unit"]) == (9, unit)
        assert np.array_equal(found[:], before)
        assert file["acquisition/x/data"].chunks == (10,)
