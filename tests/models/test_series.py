"""Series know when their samples were taken, give a part of them by time, and their data in its unit."""

from __future__ import annotations

import math
import pickle
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import nwb_models as nwb
from nwb_models import core
from nwb_models.errors import InvalidModelError
from nwb_models.models.mixins import series as module
from tests.conftest import EXAMPLE
from tests.io.handmade import new_file
from tests.io.handmade import series as stored_series

if TYPE_CHECKING:
    from pathlib import Path

TIMES = np.cumsum(np.random.default_rng(0).exponential(size=500))


def made(**more: Any) -> core.TimeSeries:
    return core.TimeSeries(name="x", unit="V", **{"data": np.arange(500, dtype="int16"), **more})


@pytest.fixture(params=["in memory", "in a file"])
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Return what makes a series be in memory, or read from a file."""

    def get(series: core.TimeSeries) -> Any:
        if request.param == "in memory":
            return series
        nwbfile = core.NWBFile(
            session_description="d",
            identifier="i",
            session_start_time=datetime(2026, 5, 1, tzinfo=UTC),
            acquisition=[series],
        )
        nwb.write(nwbfile, tmp_path / "x.nwb")
        return nwb.read(tmp_path / "x.nwb").acquisition[series.name]

    return get


def test_times_follow_from_a_rate(stored: Any) -> None:
    series = stored(made(rate=30.0, starting_time=2.0))
    every = np.arange(500) / 30.0 + 2.0
    assert np.array_equal(series.get_timestamps(), every)
    assert np.array_equal(series.get_timestamps(slice(3, 400, 7)), every[3:400:7])
    assert np.array_equal(series.get_timestamps([4, 2]), every[[4, 2]])
    assert series.get_timestamps(-1) == every[-1]
    assert (series.num_samples, series.duration) == (500, pytest.approx(every[-1] - every[0]))
    with pytest.raises(IndexError):
        series.get_timestamps(500)


def test_times_are_read_where_they_are_stored(stored: Any) -> None:
    series = stored(made(timestamps=TIMES))
    assert np.array_equal(series.get_timestamps(), TIMES)
    assert np.array_equal(series.get_timestamps(slice(3, 9)), TIMES[3:9])
    assert (series.num_samples, series.duration) == (500, TIMES[-1] - TIMES[0])


@pytest.mark.parametrize("times", [{"rate": 30.0, "starting_time": 2.0}, {"timestamps": TIMES}], ids=["rate", "stored"])
@pytest.mark.parametrize("block", [4, 1 << 16])
def test_a_window_has_the_samples_from_its_start_until_before_its_stop(
    times: Any, block: int, stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    series = stored(made(**times))
    every = series.get_timestamps()
    edges = [every[0] - 1, every[0], every[7], every[7] + 1e-9, every[7] - 1e-9, every[-1], every[-1] + 1, None]
    for start in edges:
        for stop in edges:
            if start is not None and stop is not None and stop < start:
                continue
            window = series.time_window(start, stop)
            wanted = np.flatnonzero((every >= (-np.inf if start is None else start)) & (every < (stop or np.inf)))
            assert np.array_equal(window.data, wanted)
            assert np.array_equal(window.timestamps, every[wanted])


@pytest.mark.parametrize(
    ("start", "stop", "said"),
    [
        (2, 1, "a window from 2 s to 1 s ends before it begins"),
        (math.nan, 1, "start is a time in seconds, and NaN is none"),
        (0, np.float32("nan"), "stop is a time in seconds, and NaN is none"),
        ("a", 2, "start is a time in seconds, a number, and not 'a'"),
        (0, [1], r"stop is a time in seconds, a number, and not \[1\]"),
    ],
)
def test_what_is_no_window(start: Any, stop: Any, said: str) -> None:
    """Nothing is found in silence where the question is wrong; a window beside the samples is an empty one."""
    series = made(rate=1.0)
    with pytest.raises((TypeError, ValueError), match=said):
        series.time_window(start, stop)
    assert [series.time_window(*times).count for times in ((1, 1), (-5, -1), (900, None), (-math.inf, math.inf))] == [
        0, 0, 0, 500,
    ]  # fmt: skip


@pytest.mark.parametrize("number", [500, -501, "a", 1.5])
def test_the_number_of_no_sample(number: Any) -> None:
    with pytest.raises(IndexError, match=f"<TimeSeries 'x'> has 500 samples, counted from 0, and {number!r} is"):
        made(rate=1.0).get_timestamps(number)


@pytest.mark.parametrize(
    "more", [{"timestamps": [0.0, 1.0]}, {"rate": 1.0, "control": [1], "control_description": ["a"]}]
)
def test_a_series_that_does_not_fit_together_is_not_made(more: Any) -> None:
    with pytest.raises(ValueError, match=r"<TimeSeries 'x'> does not fit together: \w+: expected 3 .*, found [12]"):
        made(data=[1, 2, 3], **more)


NO_CLOCKS: dict[str, tuple[dict[str, Any], str]] = {
    "no rate": ({"rate": float("nan")}, "starting_time@rate: expected a finite number above 0, in Hz, found nan"),
    "no time passes": ({"rate": 0}, "@rate: expected a finite number above 0, in Hz, found 0"),
    "backwards": ({"rate": -3.0}, "@rate: expected a finite number above 0, in Hz, found -3"),
    "at once": ({"rate": np.float32("inf")}, "@rate: expected a finite number above 0, in Hz, found inf"),
    "no start": ({"rate": 1.0, "starting_time": float("nan")}, "starting_time: expected a finite number of seconds"),
    "two": ({"rate": 1.0, "timestamps": [0.0]}, "expected timestamps, or starting_time and its rate, found both"),
    "two starts": (
        {"rate": 1.0, "starting_time": 1.0, "timestamps": [0.0]},
        "expected timestamps, or starting_time and its rate, found both",
    ),
}


@pytest.mark.parametrize("clock", NO_CLOCKS)
def test_a_series_with_an_impossible_clock_is_not_made(clock: str) -> None:
    given, said = NO_CLOCKS[clock]
    with pytest.raises(ValueError, match=said):
        made(data=[1], **given)


@pytest.mark.parametrize(("field", "value"), [("rate", -1.0), ("rate", float("nan")), ("starting_time", np.inf)])
def test_an_impossible_clock_is_not_set(field: str, value: Any) -> None:
    series = made(data=[1], rate=2.0, starting_time=3.0)
    with pytest.raises(ValueError, match=rf"{field} of <TimeSeries 'x'> has to be a finite number"):
        setattr(series, field, value)
    assert (series.rate, series.starting_time) == (2.0, 3.0)


def test_two_clocks_are_not_written(tmp_path: Path) -> None:
    """They can stand beside each other until the one is taken away."""
    series = made(data=[1], rate=2.0)
    series.timestamps = [0.5]
    nwbfile = core.NWBFile(
        session_description="d", identifier="i", session_start_time="2026-05-01T00:00:00Z", acquisition=[series]
    )
    with pytest.raises(InvalidModelError, match=r"/acquisition/x .* or starting_time and its rate, found both"):
        nwb.write(nwbfile, tmp_path / "a.nwb")
    series.starting_time = None
    nwb.write(nwbfile, tmp_path / "a.nwb")


def test_a_stored_rate_that_is_none_is_named(tmp_path: Path) -> None:
    with new_file(tmp_path / "a.nwb") as file:
        stored_series(file["acquisition"], "one")["starting_time"].attrs["rate"] = np.float32(-1)
    with pytest.raises(ValueError, match=r"no timestamps and a rate of -1\.0, so that nobody knows"):
        nwb.read(tmp_path / "a.nwb").acquisition["one"].time_window(0, 1)


@pytest.mark.parametrize(
    ("times", "block"),
    [([math.nan, 1, 2, 3], 16), ([0, 1, 2, 1, 4, 5], 16), ([5, 4, 3, 2, 1, 0], 2), ([math.nan], 2), ([0, math.nan], 1)],
    ids=str,
)
def test_a_window_of_timestamps_in_disorder_is_refused(
    times: list[float], block: int, stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    series = stored(made(data=np.zeros(len(times)), timestamps=times))
    with pytest.raises(ValueError, match=r"'x'.* has timestamps that do not ascend.*, at number \d"):
        series.time_window(1.5, 4.5)


def test_a_window_reads_few_timestamps(stored: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 16)
    series = stored(made(timestamps=TIMES))
    times = series.timestamps.value
    read = 0

    class Watched:
        def __len__(self) -> int:
            return len(times)

        def __getitem__(self, index: Any) -> Any:
            nonlocal read
            read += np.size(times[index])
            return times[index]

    assert module.found_at(Watched(), TIMES[77]) == 77
    assert read <= 16 + 6


def test_a_series_without_times_says_so() -> None:
    series = made()
    for ask in (series.get_timestamps, lambda: series.time_window(0.0, 1.0), lambda: series.duration):
        with pytest.raises(ValueError, match="<TimeSeries 'x'> has no timestamps and no rate"):
            ask()


INDEXES = {
    "all": ...,
    "a sample": 3,
    "a slice": slice(2, 9, 2),
    "a channel": (slice(None), 1),
    "a list": [4, 1],
    "samples of channels": (slice(0, 3), slice(1, None)),
    "a list of channels": (2, [2, 0]),
    "a number": (5, 2),
}


@pytest.mark.parametrize("index", INDEXES.values(), ids=INDEXES)
def test_data_in_its_unit(index: Any, stored: Any) -> None:
    data = np.arange(30, dtype="int16").reshape(10, 3)
    table = core.DynamicTable(name="t", description="d", colnames=[], id=core.ElementIdentifiers(value=[0, 1, 2]))
    factors = np.array([1.0, 10.0, 100.0], dtype="float32")
    electrodes = core.DynamicTableRegion(name="electrodes", description="d", value=[0, 1, 2], table=table)
    plain = made(data=data, conversion=0.5, offset=1.0, rate=1.0)
    assert np.array_equal(stored(plain).scaled[index], data[index] * 0.5 + 1.0)
    series = core.ElectricalSeries(
        name="e", data=data, conversion=0.5, offset=1.0, channel_conversion=factors, electrodes=electrodes, rate=1.0
    )
    scaled = series.scaled
    assert np.allclose(scaled[index], (data * 0.5 * factors + 1.0)[index])
    assert (scaled.shape, scaled.dtype, scaled.unit, len(scaled)) == ((10, 3), np.dtype("float64"), "volts", 10)
    assert np.allclose(list(scaled), np.asarray(scaled))
    assert np.allclose(series.time_window(2.0, 4.0).scaled, scaled[2:4])


def test_data_without_a_unit_says_so() -> None:
    notes = core.AnnotationSeries(name="notes", data=["a", "b"], timestamps=[0.0, 1.0])
    with pytest.raises(ValueError, match="<AnnotationSeries 'notes'> holds text or object, which has no unit"):
        notes.scaled[:]


def test_channels_that_do_not_fit_say_so() -> None:
    table = core.DynamicTable(name="t", description="d", colnames=[], id=core.ElementIdentifiers(value=[0]))
    region = core.DynamicTableRegion(name="electrodes", description="d", value=[0, 0], table=table)
    series = core.ElectricalSeries(
        name="e", data=np.ones((3, 2)), electrodes=region, channel_conversion=[1.0, 2.0, 3.0], rate=1.0
    )
    with pytest.raises(ValueError, match=r"<ElectricalSeries 'e'>: 3 values of channel_conversion do not fit data of"):
        series.scaled[0]


def test_series_of_an_old_core_have_no_offset() -> None:
    old = nwb.SchemaProvider().get_class("core", "TimeSeries", "2.1.0")
    series = old(name="x", data=[1, 2], unit="V", conversion=0.5, rate=1.0)
    assert series.scaled[:].tolist() == [0.5, 1.0]


def test_floating_data_keeps_its_dtype() -> None:
    series = made(data=np.ones(3, "float32"), conversion=0.5, rate=1.0)
    assert series.scaled.dtype == series.scaled[:].dtype == np.dtype("float32")


def test_frames_in_other_files_are_not_looked_for_in_this_one() -> None:
    video = core.ImageSeries(
        name="v", external_file=["a.avi", "b.avi"], starting_frame=[0, 9], rate=30.0, num_samples=20
    )
    assert video.num_samples == 20
    assert len(video.get_timestamps()) == 20
    window = video.time_window(0.1, 0.2)
    assert (window.idx_start, window.count) == (3, 3)
    for ask in (lambda: video.scaled, lambda: window.data, lambda: video.to_dask()):
        with pytest.raises(ValueError, match=r"its frames are in a.avi, b.avi: read them with a library for videos"):
            ask()


def test_a_member_of_the_mixin_gives_way_to_a_field() -> None:
    class Trial(core.TimeSeries):
        duration: int = 3

    assert Trial(name="x", data=[1], unit="V", rate=1.0).duration == 3
    assert core.ImageSeries.model_fields["num_samples"].default is None


def test_the_data_as_an_array_of_dask(stored: Any) -> None:
    pytest.importorskip("dask.array")
    series = stored(made(conversion=0.5, rate=1.0))
    for scaled in (False, True):
        array = series.to_dask(scaled=scaled)
        wanted = np.arange(500, dtype="int16") * (0.5 if scaled else 1)
        assert (array.shape, array.dtype) == (wanted.shape, series.scaled.dtype if scaled else np.dtype("int16"))
        assert np.array_equal(array[10:20].compute(), wanted[10:20])
    assert np.array_equal(pickle.loads(pickle.dumps(series.scaled))[:5], np.arange(5) * 0.5)


def test_the_blocks_of_dask_are_those_that_are_asked_for(stored: Any) -> None:
    pytest.importorskip("dask.array")
    series = stored(made(data=np.zeros((10, 4)), rate=1.0))
    assert series.to_dask(chunks=(4, -1)).chunks == ((4, 4, 2), (4,))
    assert series.to_dask(scaled=True, chunks=5).chunks == ((5, 5), (4,))


def test_text_as_an_array_of_dask(stored: Any) -> None:
    """Of values of no known size, dask chooses no blocks."""
    pytest.importorskip("dask.array")
    notes = [f"note {number}" for number in range(module.BLOCK + 3)]
    series = stored(core.AnnotationSeries(name="x", data=notes, timestamps=np.arange(len(notes), dtype=float)))
    array = series.to_dask()
    assert array.numblocks[0] == 2
    assert array[-4:].compute().tolist() == notes[-4:]
    with pytest.raises(ValueError, match="which has no unit"):
        series.to_dask(scaled=True)


def test_a_series_as_an_array_of_xarray(stored: Any) -> None:
    pytest.importorskip("xarray")
    found = stored(made(data=np.zeros((4, 2)), rate=2.0)).to_xarray()
    assert (found.dims, found.name, found.attrs["unit"]) == (("time", "dim_1"), "x", "V")
    assert found.time.values.tolist() == [0.0, 0.5, 1.0, 1.5]
    notes = stored(core.AnnotationSeries(name="notes", data=["a", "b"], timestamps=[0.5, 1.0]))
    assert notes.to_xarray(chunks=1).sel(time=1.0).values == "b"


def test_an_array_of_xarray_is_in_the_unit_that_it_names(stored: Any) -> None:
    """What is labelled as volts is volts; numbers as they are stored say how volts are made of them."""
    pytest.importorskip("xarray")
    counts = np.arange(8, dtype="int16").reshape(4, 2)
    plain = stored(made(data=counts, rate=2.0)).to_xarray()
    assert (plain.dtype, plain.attrs["unit"], plain.values.tolist()) == ("int16", "V", counts.tolist())
    for more in ({"conversion": 0.5}, {"offset": 1.0}, {"conversion": 0.5, "offset": 1.0}):
        series = stored(made(data=counts, rate=2.0, **more))
        found, raw = series.to_xarray(), series.to_xarray(scaled=False)
        assert (found.attrs["unit"], found.values.tolist()) == ("V", series.scaled[...].tolist())
        assert raw.dtype == "int16"
        assert "unit" not in raw.attrs
        assert raw.attrs.items() >= more.items()


def test_an_array_of_xarray_with_a_conversion_for_each_channel() -> None:
    pytest.importorskip("xarray")
    data, factors = np.arange(6, dtype="int16").reshape(3, 2), np.array([1.0, 10.0], dtype="float32")
    table = core.DynamicTable(name="t", description="d", colnames=[], id=core.ElementIdentifiers(value=[0, 1]))
    electrodes = core.DynamicTableRegion(name="electrodes", description="d", value=[0, 1], table=table)
    series = core.ElectricalSeries(name="e", data=data, channel_conversion=factors, electrodes=electrodes, rate=1.0)
    found, raw = series.to_xarray(), series.to_xarray(scaled=False)
    assert (found.attrs["unit"], found.values.tolist()) == ("volts", (data * factors).tolist())
    assert "unit" not in raw.attrs
    assert raw.attrs["channel_conversion"].tolist() == [1.0, 10.0]


@pytest.mark.parametrize(("method", "package"), [("to_dask", "dask"), ("to_xarray", "xarray")])
def test_what_is_not_installed_is_named(method: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for name in ("dask", "dask.array", "xarray"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=f"{package} is needed for this, and is not installed: pip install"):
        getattr(made(rate=1.0), method)()


def test_every_series_of_the_example_has_times() -> None:
    nwbfile = nwb.read(EXAMPLE)
    found = list(nwbfile.find("TimeSeries"))
    assert len(found) == 13
    for series in found:
        times = series.get_timestamps()
        assert len(times) == (len(series.data) or series.num_samples or len(series.timestamps))
        assert series.time_window(times[0], None).count == len(times)


def test_a_series_made_of_the_data_of_another_one_leaves_that_as_it_is(tmp_path: Path) -> None:
    speed = core.TimeSeries(name="speed", data=[1.0, 2.0], unit="m/s", rate=10.0)
    other = core.TimeSeries(name="cm", data=speed.data, unit="cm/s", starting_time=speed.starting_time, rate=5.0)
    assert (speed.unit, speed.rate, other.unit, other.rate) == ("m/s", 10.0, "cm/s", 5.0)
    same = core.TimeSeries(name="same", data=speed.data, unit="m/s", rate=10.0)
    assert same.data is speed.data  # stored once, as a link

    path = tmp_path / "file.nwb"
    shutil.copy(EXAMPLE, path)
    with nwb.open(path, "r+") as io:
        nwbfile: Any = io.read()
        read = nwbfile.acquisition["ElectricalSeries"]
        unit, rate = read.unit, read.rate
        made = core.TimeSeries(name="made", data=read.data, unit="mV", starting_time=read.starting_time, rate=1.0)
        nwbfile.acquisition.add(made)
        io.write(nwbfile)
    acquisition = nwb.read(path).acquisition
    assert (acquisition["ElectricalSeries"].unit, acquisition["ElectricalSeries"].rate) == (unit, rate)
    assert (acquisition["made"].unit, acquisition["made"].rate) == ("mV", 1.0)
    assert np.array_equal(acquisition["made"].data[:5], acquisition["ElectricalSeries"].data[:5])
