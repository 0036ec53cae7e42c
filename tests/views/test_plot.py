"""Pictures: each type is drawn as it is meant, with units, and of a long recording only a part is read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.core import (
    AnnotationSeries,
    ElementIdentifiers,
    EventsTable,
    GrayscaleImage,
    ImageSeries,
    IntervalSeries,
    NWBFile,
    PlaneSegmentation,
    SpatialSeries,
    TimeIntervals,
    TimeSeries,
    TimestampVectorData,
    Units,
    VectorData,
)
from nwb_models.io.arrays import HDF5Array
from nwb_models.models.mixins.series import found_at
from nwb_models.views import pictures
from nwb_models.views.marks import EVENTS
from nwb_models.views.plot import PICTURES, picture_of
from nwb_models.views.traces import BINS, CHANNELS, SNIPPETS
from nwb_models.views.windows import BYTES, MOST, _allowed
from tests.conftest import EXAMPLE

matplotlib = pytest.importorskip("matplotlib")

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.axes import Axes


@pytest.fixture
def ax() -> Axes:
    """Axes of a figure that no window shows."""
    from matplotlib.figure import Figure

    return Figure().add_subplot()


@pytest.fixture(autouse=True)
def _no_window() -> Iterator[None]:
    matplotlib.use("Agg")
    yield
    from matplotlib import pyplot

    pyplot.close("all")


def series(**fields: Any) -> TimeSeries:
    return TimeSeries(
        **{"name": "one", "data": [1.0, 2.0, 4.0], "unit": "V", "rate": 2.0, "starting_time": 10.0} | fields
    )


def lines(ax: Axes) -> list[tuple[list[float], list[float]]]:
    return [(list(line.get_xdata()), list(line.get_ydata())) for line in ax.lines]


def title(ax: Axes) -> str:
    return ax.get_title(loc="left")


# ------------------------------------------------------------------------------------------------ series
def test_a_series_is_drawn_over_time_in_its_unit(ax: Axes) -> None:
    assert nwb.plot(series(), ax) is ax
    assert lines(ax) == [([10.0, 10.5, 11.0], [1.0, 2.0, 4.0])]
    assert (ax.get_xlabel(), ax.get_ylabel(), title(ax)) == ("time [s]", "one [V]", "one")


def test_conversion_offset_and_prefix(ax: Axes) -> None:
    nwb.plot(series(data=np.array([1, 2], "i2"), unit="volts", conversion=1e-6, offset=1e-6), ax)
    assert np.allclose(lines(ax)[0][1], [2.0, 3.0])
    assert ax.get_ylabel() == "one [µV]"


def test_a_unit_that_takes_no_prefix(ax: Axes) -> None:
    nwb.plot(series(data=[0.001, 0.002], unit="cm/s"), ax)
    assert lines(ax)[0][1] == [0.001, 0.002]
    assert ax.get_ylabel() == "one [cm/s]"


def test_stored_timestamps_and_a_window(ax: Axes) -> None:
    one = TimeSeries(name="one", data=np.arange(100.0), unit="V", timestamps=np.arange(100.0) ** 2)
    nwb.plot(one, ax, start=25.0, stop=50.0)
    assert lines(ax) == [([25.0, 36.0, 49.0], [5.0, 6.0, 7.0])]


def test_a_window_by_rate(ax: Axes) -> None:
    nwb.plot(series(data=np.arange(10.0)), ax, start=11.0, stop=12.0)
    assert lines(ax) == [([11.0, 11.5], [2.0, 3.0])]


@pytest.mark.parametrize(("start", "stop"), [(0.0, 5.0), (100.0, 200.0)], ids=["before", "after"])
def test_a_window_with_nothing_in_it(ax: Axes, start: float, stop: float) -> None:
    with pytest.raises(ValueError, match=r"it goes from 10 s to 11 s"):
        nwb.plot(series(), ax, start=start, stop=stop)


def test_channels_stand_above_each_other(ax: Axes) -> None:
    nwb.plot(series(data=np.random.default_rng(0).normal(size=(50, 3))), ax)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["0", "1", "2"]
    assert list(ax.get_yticks()) == sorted(ax.get_yticks(), reverse=True)
    assert "one step" in ax.get_ylabel()


@pytest.mark.parametrize(
    ("asked", "drawn"), [([5, 2], ["5", "2"]), (slice(0, 4, 2), ["0", "2"]), (None, [str(n) for n in range(CHANNELS)])]
)
def test_which_channels(ax: Axes, asked: Any, drawn: list[str]) -> None:
    nwb.plot(series(data=np.random.default_rng(0).normal(size=(50, 40))), ax, channels=asked)
    assert [text.get_text() for text in ax.get_yticklabels()] == drawn
    assert ("16 of 40 channels" in title(ax)) == (asked is None)


def test_one_channel_of_many(ax: Axes) -> None:
    nwb.plot(series(data=np.arange(6.0).reshape(3, 2)), ax, channels=1)
    assert lines(ax)[0][1] == [1.0, 3.0, 5.0]


def test_each_channel_has_its_own_conversion(ax: Axes) -> None:
    electrical = nwb.read(EXAMPLE).acquisition["ElectricalSeries"]
    factors = np.asarray(electrical.channel_conversion)
    nwb.plot(electrical, ax, channels=2)
    volts = np.asarray(electrical.data[:, 2]) * electrical.conversion * factors[2]
    assert np.allclose(lines(ax)[0][1], volts * 1e6)
    assert ax.get_ylabel().endswith("[µV]")


def test_a_long_trace_keeps_its_peaks(ax: Axes) -> None:
    """Each piece is drawn from its least to its largest value."""
    data = np.zeros(100_000)
    data[51_234], data[77_777] = 9.0, -7.0
    nwb.plot(series(data=data), ax)
    _, drawn = lines(ax)[0]
    assert len(drawn) <= 2 * BINS
    assert (max(drawn), min(drawn)) == (9.0, -7.0)


def test_values_that_are_missing(ax: Axes) -> None:
    """A channel of NaN is drawn as nothing, and others where they have values."""
    data = np.column_stack([np.full(20_000, np.nan), np.sin(np.arange(20_000.0))])
    data[::3, 1] = np.nan
    nwb.plot(series(data=data), ax)
    (_, nothing), (_, drawn) = lines(ax)
    assert np.isnan(nothing).all()
    assert np.isfinite(drawn).all()


def test_fewer_timestamps_than_samples(ax: Axes) -> None:
    short = TimeSeries(name="one", data=np.arange(5.0), unit="V")
    short.timestamps = [1.0, 2.0]
    nwb.plot(short, ax)
    assert lines(ax) == [([1.0, 2.0], [0.0, 1.0])]


@pytest.mark.parametrize(
    ("chunks", "rows"),
    [((1, 20_000), 6710), ((1000, 16), 10_000), ((5000, 8), 10_000)],
    ids=["a row a chunk", "channels apart", "few channels"],
)
def test_what_chunks_hold_counts(chunks: tuple[int, int], rows: int) -> None:
    """Of 20,000 channels 16 are drawn, and HDF5 reads whole chunks for that."""

    class Data:
        shape, dtype = (10_000, 20_000), np.dtype("u2")

        class value:  # noqa: N801 - as a model has it
            pass

    Data.value.chunks = chunks  # type: ignore[attr-defined]

    class Series:
        data = Data

    allowed = _allowed(Series, np.arange(16))
    across = -(-16 // chunks[1]) * chunks[1]
    assert allowed * across * 2 <= BYTES
    assert min(allowed, 10_000) == rows


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    """A series of 512 GB, of which nothing is stored."""
    file = NWBFile(name="root", identifier="x", session_description="x", session_start_time="2026-03-14T09:26:53+01:00")
    file.acquisition.add(
        TimeSeries(name="huge", data=np.zeros((4, 64), "i2"), unit="V", rate=30000.0, starting_time=0.0)
    )
    nwb.write(file, tmp_path / "huge.nwb")
    with h5py.File(tmp_path / "huge.nwb", "r+") as stored:
        group = stored["acquisition/huge"]
        attributes = dict(group["data"].attrs)
        del group["data"]
        data = group.create_dataset("data", (4_000_000_000, 64), "i2", chunks=(1024, 64))
        data.attrs.update(attributes)
    return tmp_path / "huge.nwb"


@pytest.mark.parametrize(
    ("options", "said"),
    [({}, "first"), ({"start": 0.0, "stop": 100_000.0}, "thinned out"), ({"start": 5.0, "stop": 5.1}, "")],
    ids=["first", "all", "window"],
)
def test_of_a_huge_recording_a_part_is_read(
    huge: Path, ax: Axes, monkeypatch: pytest.MonkeyPatch, options: dict[str, float], said: str
) -> None:
    sizes = []
    read = HDF5Array.read

    def noting(self: HDF5Array, index: tuple[Any, ...]) -> Any:
        values = read(self, index)
        sizes.append(np.size(values))
        return values

    monkeypatch.setattr(HDF5Array, "read", noting)
    nwb.plot(nwb.read(huge).acquisition["huge"], ax, **options)
    assert 0 < sum(sizes) <= MOST.get()
    assert said in title(ax)
    low, high = ax.get_xlim()
    assert low >= options.get("start", 0.0)
    assert high <= options.get("stop", 5.0)


def test_how_much_is_read_can_be_set(ax: Axes) -> None:
    token = MOST.set(1000)
    try:
        nwb.plot(series(data=np.arange(5000.0)), ax)
    finally:
        MOST.reset(token)
    assert title(ax) == "one (first 500 s of 2.5e+03 s)"


def test_a_place_in_ascending_times() -> None:
    times = np.arange(100_000) * 0.5
    for wanted in (-1.0, 0.0, 0.3, 20_000.0, 49_999.5, 1e9):
        assert found_at(times, wanted, 0, len(times)) == np.searchsorted(times, wanted)


@pytest.mark.parametrize("shape", [(120, 30), (120, 2, 30)], ids=["one channel", "two"])
def test_snippets_of_spikes_are_drawn_over_each_other(ax: Axes, shape: tuple[int, ...]) -> None:
    class Spikes(TimeSeries):
        neurodata_type = "SpikeEventSeries"

    data = np.random.default_rng(0).normal(size=shape)
    nwb.plot(Spikes(name="s", data=data, unit="volts", timestamps=np.arange(120.0)), ax)
    assert len(ax.lines) == SNIPPETS
    first = data[0] if len(shape) == 2 else data[0, 0]
    assert np.allclose(ax.lines[0].get_ydata(), first)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("sample", "s [V]")
    assert "first 100 of 120" in title(ax)


def test_numbers_that_hold_until_the_next_one(ax: Axes) -> None:
    nwb.plot(nwb.read(EXAMPLE)["stimulus/presentation/shown_pictures"], ax)
    assert ax.lines[0].get_drawstyle() == "steps-post"


# ------------------------------------------------------------------------------------------------ positions
def test_a_position_is_a_path(ax: Axes) -> None:
    data = np.array([[0.0, 0.0], [0.1, 0.2], [0.3, 0.1]])
    nwb.plot(
        SpatialSeries(name="p", data=data, unit="meters", rate=1.0, starting_time=0.0, reference_frame="corner"), ax
    )
    x, y = lines(ax)[0]
    assert np.allclose(x, [0, 100, 300])
    assert np.allclose(y, [0, 200, 100])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x [mm]", "y [mm]")


def test_a_position_along_a_line_is_drawn_over_time(ax: Axes) -> None:
    one = SpatialSeries(name="p", data=[0.0, 0.5], unit="meters", rate=1.0, starting_time=0.0, reference_frame="start")
    nwb.plot(one, ax)
    assert (ax.get_xlabel(), lines(ax)[0][0]) == ("time [s]", [0.0, 1.0])


# ------------------------------------------------------------------------------------------------ marks
def units() -> Units:
    import pandas as pd

    spikes = [[0.1, 0.5, 0.9], [0.2], []]
    return Units.from_dataframe(pd.DataFrame({"spike_times": [np.array(cell, float) for cell in spikes]}), name="units")


def test_a_raster_has_a_row_for_each_unit(ax: Axes) -> None:
    nwb.plot(units(), ax)
    assert lines(ax) == [([0.1, 0.5, 0.9], [0, 0, 0]), ([0.2], [1]), ([], [])]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time [s]", "unit")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["0", "1", "2"]


def test_a_raster_of_some_units_in_a_window(ax: Axes) -> None:
    nwb.plot(units(), ax, units=[0], start=0.3, stop=0.9)
    assert lines(ax) == [([0.5], [0])]


def test_of_many_spikes_all_units_are_drawn_up_to_the_same_time(ax: Axes) -> None:
    import pandas as pd

    cells = [np.arange(1000) * 0.001, np.arange(10) * 0.01]
    table = Units.from_dataframe(pd.DataFrame({"spike_times": cells}), name="units")
    token = MOST.set(100)
    try:
        nwb.plot(table, ax)
    finally:
        MOST.reset(token)
    assert [len(x) for x, _ in lines(ax)] == [50, 5]
    assert "up to 0.049 s" in title(ax)


def trials() -> TimeIntervals:
    import pandas as pd

    frame = pd.DataFrame(
        {"start_time": [0.0, 2.0, 4.0], "stop_time": [1.0, 3.0, 5.0], "side": ["left", "right", "left"]}
    )
    return TimeIntervals.from_dataframe(frame, name="trials")


def spans(ax: Axes) -> list[list[tuple[float, float]]]:
    return [
        [(path.vertices[:, 0].min(), path.vertices[:, 0].max()) for path in collection.get_paths()]
        for collection in ax.collections
    ]


def test_intervals_are_spans(ax: Axes) -> None:
    nwb.plot(trials(), ax)
    assert spans(ax) == [[(0.0, 1.0), (2.0, 3.0), (4.0, 5.0)]]
    assert (ax.get_xlabel(), title(ax)) == ("time [s]", "trials")


def test_intervals_of_kinds_over_a_series(ax: Axes) -> None:
    """What is there keeps its labels."""
    nwb.plot(series(), ax)
    nwb.plot(trials(), ax, by="side", start=1.5)
    assert spans(ax) == [[(4.0, 5.0)], [(2.0, 3.0)]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["left", "right"]
    assert (title(ax), ax.get_ylabel()) == ("one", "one [V]")


def test_events_are_lines(ax: Axes) -> None:
    table = EventsTable(
        name="rewards",
        description="drops",
        colnames=["timestamp"],
        id=ElementIdentifiers(name="id", value=np.arange(3)),
        timestamp=TimestampVectorData(name="timestamp", description="when", value=np.array([1.0, 2.0, 5.0])),
    )
    nwb.plot(table, ax, stop=3.0)
    (drawn,) = ax.collections
    assert [segment[0][0] for segment in drawn.get_segments()] == [1.0, 2.0]


def test_events_of_many_kinds_share_the_last_colour() -> None:
    from nwb_models.views.marks import KINDS, _kinds

    table: Any = {"kind": [f"k{number}" for number in range(12)] + ["k11"]}
    numbers, labels = _kinds(table, "kind", 13)
    assert labels[0] == "k11"
    assert labels[-1] == "other"
    assert len(labels) == KINDS + 1
    assert numbers.max() == KINDS


def test_only_the_first_of_very_many_intervals(ax: Axes) -> None:
    import pandas as pd

    starts = np.arange(EVENTS + 5) * 1.0
    table = TimeIntervals.from_dataframe(pd.DataFrame({"start_time": starts, "stop_time": starts + 0.5}), name="t")
    nwb.plot(table, ax)
    assert title(ax) == "t (first 10,000 of 10,005)"


def test_notes_and_interval_series(ax: Axes) -> None:
    nwb.plot(AnnotationSeries(name="notes", data=["begins", "a $drop$"], timestamps=[1.0, 4.0]), ax)
    assert [text.get_text() for text in ax.texts] == ["begins", r"a \$drop\$"]
    nwb.plot(IntervalSeries(name="on", data=np.array([1, -1, 1, -1], "i1"), timestamps=[0.0, 1.0, 2.0, 5.0]), ax)
    assert spans(ax)[-1] == [(0.0, 1.0), (2.0, 5.0)]


# ------------------------------------------------------------------------------------------------ images
def test_an_image_has_its_first_axis_downwards(ax: Axes) -> None:
    nwb.plot(GrayscaleImage(name="i", value=np.arange(6.0).reshape(2, 3)), ax)
    assert np.array_equal(ax.images[0].get_array(), np.arange(6.0).reshape(2, 3))
    assert ax.images[0].get_extent() == [-0.5, 2.5, 1.5, -0.5]


def movie(**fields: Any) -> ImageSeries:
    data = np.arange(24).reshape(4, 2, 3).astype("u1")
    given = {"name": "m", "data": data, "unit": "n.a.", "rate": 2.0, "starting_time": 0.0, "format": "raw"}
    return ImageSeries(**given | fields)


def test_a_frame_has_its_first_axis_to_the_right(ax: Axes) -> None:
    nwb.plot(movie(), ax, frame=-1)
    assert np.array_equal(ax.images[0].get_array(), np.arange(18, 24).reshape(2, 3).T)
    assert title(ax) == "m (frame 3 of 4 at 1.500 s)"


def test_frames_in_other_files(ax: Axes) -> None:
    with pytest.raises(ValueError, match=r"frames are in pearl_day_05_part1.mp4, .*library for videos"):
        nwb.plot(nwb.read(EXAMPLE).acquisition["behavior_video"], ax)


def test_large_images_are_thinned_out(ax: Axes) -> None:
    token = MOST.set(100)
    try:
        nwb.plot(GrayscaleImage(name="i", value=np.zeros((100, 60))), ax)
    finally:
        MOST.reset(token)
    assert ax.images[0].get_array().size <= 400
    assert ax.images[0].get_extent()[1] >= 59


@pytest.fixture
def masks() -> PlaneSegmentation:
    found = nwb.read(EXAMPLE)["processing/ophys/ImageSegmentation/PlaneSegmentation"]
    assert isinstance(found, PlaneSegmentation)
    return found


def test_masks_of_pixels(ax: Axes, masks: PlaneSegmentation) -> None:
    nwb.plot(masks, ax)
    canvas = np.asarray(ax.images[0].get_array())
    for row in range(3):
        for x, y, weight in masks["pixel_mask"][row]:
            assert (canvas[y, x, 3] > 0) == (weight > 0)
    assert (canvas[..., 3] > 0).sum() == len({(x, y) for row in range(3) for x, y, _ in masks["pixel_mask"][row]})
    assert [text.get_text() for text in ax.texts] == ["0", "1", "2"]


@pytest.mark.parametrize("more", [(), (7,)], ids=["pixels", "voxels"])
def test_masks_of_old_files_are_rows_of_numbers(more: tuple[int, ...]) -> None:
    """PyNWB before 2.0 has written such."""
    rows = np.array([(2, 1, *more, 1), (3, 0, *more, 2), (-1, 0, *more, 3)])
    found = [values.tolist() for values in pictures._of_pixels(rows)]
    assert found == [[2, 3], [1, 0], [1.0, 2.0]]


def test_masks_of_some_regions(ax: Axes, masks: PlaneSegmentation) -> None:
    nwb.plot(masks, ax, rois=[1])
    assert [text.get_text() for text in ax.texts] == ["1"]


def test_image_masks(ax: Axes, masks: PlaneSegmentation) -> None:
    value = np.zeros((2, 5, 4), "f4")
    value[0, 1, 2], value[1, 4, 0] = 1.0, 0.5
    table = PlaneSegmentation(
        name="s",
        description="d",
        colnames=["image_mask"],
        id=ElementIdentifiers(name="id", value=np.arange(2)),
        image_mask=VectorData(name="image_mask", description="masks", value=value),
        imaging_plane=masks.imaging_plane,
    )
    nwb.plot(table, ax)
    canvas = np.asarray(ax.images[0].get_array())
    assert canvas.shape == (4, 5, 4)
    assert [tuple(place) for place in np.argwhere(canvas[..., 3] > 0)] == [(0, 4), (2, 1)]


# ------------------------------------------------------------------------------------------------ which picture
def test_all_that_the_example_has_is_drawn() -> None:
    from matplotlib.figure import Figure

    root, drawn = nwb.read(EXAMPLE), set()
    for path, neurodata_type in nwb.object_types(EXAMPLE).items():
        if neurodata_type in (None, "NWBFile") or picture_of(root[path]) is None or path.endswith("behavior_video"):
            continue
        found = Figure().add_subplot()
        nwb.plot(root[path], found)
        assert found.has_data() or found.collections
        drawn.add(neurodata_type)
    assert drawn >= {"ElectricalSeries", "TwoPhotonSeries", "Units", "TimeIntervals", "EventsTable", "GrayscaleImage"}


def test_a_type_is_drawn_as_the_one_that_it_derives_from() -> None:
    class Nearer(SpatialSeries):
        neurodata_type = "Nearer"

    assert PICTURES["SpatialSeries"] is picture_of(Nearer.model_construct())
    assert picture_of(nwb.read(EXAMPLE).general.devices) is None


def test_other_types_can_be_put_in(ax: Axes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PICTURES, "Subject", lambda thing, ax: ax.set_title(thing.subject_id))
    assert nwb.plot(nwb.read(EXAMPLE).general.subject, ax).get_title() == "pearl"


def test_what_holds_one_thing_is_drawn_as_it(ax: Axes) -> None:
    nwb.plot(nwb.read(EXAMPLE)["processing/behavior/Position"], ax)
    assert title(ax) == "position"


def test_what_holds_many_things_names_them(ax: Axes) -> None:
    with pytest.raises(TypeError, match=r"has no picture; draw one of what is in it: 'ElectricalSeries', "):
        nwb.plot(nwb.read(EXAMPLE).acquisition, ax)


def test_a_module_names_what_is_in_its_containers(ax: Axes) -> None:
    nwbfile = nwb.read(EXAMPLE)
    with pytest.raises(TypeError, match=r"in it: 'BehavioralTimeSeries/speed', 'Position/position'$"):
        nwb.plot(nwbfile.processing["behavior"], ax)
    (lfp,) = nwbfile["processing/ecephys/LFP"].values()
    nwb.plot(nwbfile.processing["ecephys"], ax, start=1.0, stop=1.1)
    assert title(ax).startswith(lfp.name)


def test_what_has_no_picture(ax: Axes) -> None:
    with pytest.raises(TypeError, match=r"Subject .* has no picture; these are drawn: .*AnnotationSeries, "):
        nwb.plot(nwb.read(EXAMPLE).general.subject, ax)


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (lambda: series(data=np.empty(0)), "no data to draw"),
        (lambda: TimeSeries(name="one", data=[1.0], unit="V"), "no timestamps and no rate"),
        (lambda: Units(name="units", description="none"), "no spike times"),
    ],
    ids=["empty", "timeless", "no spikes"],
)
def test_where_there_is_nothing_to_draw(ax: Axes, thing: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        nwb.plot(thing(), ax)


@pytest.mark.parametrize(
    ("thing", "options", "error", "said"),
    [
        (series, {"chanels": [0]}, TypeError, "plot has no option 'chanels' for <TimeSeries 'one'>: did you mean"),
        (series, {"rois": [0]}, TypeError, "no option 'rois' for .*; it has: start, stop, channels"),
        (series, {"start": 12.0, "stop": 11.0}, ValueError, "from 12 s to 11 s ends before it begins"),
        (series, {"start": "a"}, TypeError, "start is a time in seconds, a number, and not 'a'"),
        (lambda: series(data=np.zeros((3, 2))), {"channels": [2]}, IndexError, r"channels=\[2\]: .* has 2, counted"),
        (lambda: series(data=np.zeros((3, 2))), {"channels": []}, ValueError, r"channels=\[\] chooses none: .* has 2"),
        (lambda: series(data=np.zeros((3, 2))), {"channels": slice(5, 9)}, ValueError, "chooses none"),
        (series, {"channels": "a"}, TypeError, "channels='a': a number is needed"),
        (units, {"units": [99]}, IndexError, r"units=\[99\]: <Units 'units'> has 3, counted from 0"),
        (units, {"units": []}, ValueError, "chooses none"),
        (units, {"start": 3.0, "stop": 1.0}, ValueError, "ends before it begins"),
        (trials, {"by": 3}, TypeError, "by=3: the name of a column is needed"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for(ax: Axes, thing: Any, options: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        nwb.plot(thing(), ax, **options)


def test_regions_and_frames_that_are_not_there(ax: Axes, masks: PlaneSegmentation) -> None:
    with pytest.raises(IndexError, match=r"rois=\[999\]: <PlaneSegmentation .* has 3, counted from 0"):
        nwb.plot(masks, ax, rois=[999])
    movie = nwb.read(EXAMPLE).acquisition["TwoPhotonSeries"]
    with pytest.raises(IndexError, match=r"frame=60: .* has 60, counted from 0"):
        nwb.plot(movie, ax, frame=60)
    with pytest.raises(TypeError, match="ax is what to draw in, axes of matplotlib, and not 3"):
        nwb.plot(movie, 3)  # type: ignore[arg-type]


def test_a_window_that_is_empty_is_said_to_be(ax: Axes) -> None:
    """Silence can be data, so it is drawn; of what is drawn over something else, the title is not its own."""
    for thing, name in ((units(), "units"), (trials(), "trials"), (notes(), "notes")):
        ax.clear()
        nwb.plot(thing, ax, start=100, stop=200)
        assert title(ax) == f"{name} (nothing from 100 s to 200 s)"
        ax.clear()
        nwb.plot(thing, ax, stop=200)
        assert title(ax) == name
    ax.clear()
    nwb.plot(series(), ax)
    nwb.plot(trials(), ax, start=100)
    assert title(ax) == "one"


def notes() -> AnnotationSeries:
    return AnnotationSeries(name="notes", data=["a", "b"], timestamps=[1.0, 2.0])


def test_new_axes() -> None:
    from matplotlib.axes import Axes as Made

    assert isinstance(nwb.plot(series()), Made)


def test_names_are_no_formulas(ax: Axes) -> None:
    """Matplotlib would refuse what it cannot read as a formula, when it draws."""
    nwb.plot(series(name=r"$\frac{$", unit=r"$\x$"), ax)
    ax.figure.canvas.draw()
    assert title(ax) == r"\$\frac{\$"


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install 'pydantic-nwb\[plot\]'"):
        nwb.plot(series())
