"""Files as PyNWB writes them today: one for each field of neurophysiology, and one that refers all over the place."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import numpy as np
from pynwb import NWBHDF5IO, H5DataIO, NWBFile, TimeSeries
from pynwb.base import ImageReferences, Images
from pynwb.behavior import BehavioralEvents, Position, SpatialSeries
from pynwb.ecephys import LFP, ElectricalSeries
from pynwb.file import Subject
from pynwb.icephys import CurrentClampSeries, CurrentClampStimulusSeries
from pynwb.image import GrayscaleImage, ImageSeries
from pynwb.misc import AnnotationSeries, IntervalSeries
from pynwb.ophys import Fluorescence, ImageSegmentation, OpticalChannel, TwoPhotonSeries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ZONE = timezone(timedelta(hours=-7))


def _file() -> NWBFile:
    return NWBFile(
        session_description="a session",
        identifier="identifier",
        session_start_time=datetime(2026, 3, 1, 12, 30, 15, 250000, tzinfo=ZONE),
        experimenter=["Doe, Jane", "Roe, Richard"],
        keywords=["a", "ü"],
        lab="lab",
    )


def _write(path: Path, nwbfile: NWBFile) -> None:
    with NWBHDF5IO(str(path), "w") as io:
        io.write(nwbfile)


def ecephys(path: Path) -> None:
    """Electrodes, raw data compressed, LFP, units with ragged columns."""
    nwbfile = _file()
    device = nwbfile.create_device(name="probe", description="a probe")
    group = nwbfile.create_electrode_group(name="shank", description="d", location="CA1", device=device)
    nwbfile.add_electrode_column(name="label", description="a label")
    for number in range(4):
        nwbfile.add_electrode(group=group, location="CA1", label=f"e{number}", x=1.0, y=2.0, z=float(number))
    region = nwbfile.create_electrode_table_region(region=[0, 1, 2, 3], description="all")
    data = H5DataIO(np.arange(4000, dtype="i2").reshape(1000, 4), chunks=(100, 4), compression="gzip")
    nwbfile.add_acquisition(
        ElectricalSeries(name="ElectricalSeries", data=data, electrodes=region, rate=30000.0, conversion=1e-6)
    )
    lfp = LFP(
        electrical_series=ElectricalSeries(
            name="lfp", data=np.zeros((10, 4)), electrodes=region, timestamps=np.arange(10.0)
        )
    )
    nwbfile.create_processing_module(name="ecephys", description="processed").add(lfp)
    for number in range(3):
        nwbfile.add_unit(spike_times=np.arange(number + 1.0), electrodes=[number], id=10 + number)
    _write(path, nwbfile)


def behavior(path: Path) -> None:
    """Trials that refer to series, positions, events, annotations."""
    nwbfile = _file()
    nwbfile.subject = Subject(subject_id="m1", species="Mus musculus", age="P90D", sex="F", description="d")
    series = TimeSeries(name="running", data=np.arange(50.0), unit="m/s", rate=10.0)
    nwbfile.add_acquisition(series)
    nwbfile.add_trial_column(name="correct", description="whether it was")
    for number in range(5):
        nwbfile.add_trial(
            start_time=float(number), stop_time=number + 0.5, correct=number % 2 == 0, timeseries=[series]
        )
    times = TimeSeries(name="clock", data=np.zeros(50), unit="s", timestamps=np.arange(50.0))
    nwbfile.add_acquisition(times)
    position = Position(
        spatial_series=SpatialSeries(name="xy", data=np.zeros((50, 2)), reference_frame="origin", timestamps=times)
    )
    module = nwbfile.create_processing_module(name="behavior", description="d")
    module.add(position)
    module.add(
        BehavioralEvents(time_series=TimeSeries(name="licks", data=np.ones(3), unit="n.a.", timestamps=[1.0, 2.0, 3.0]))
    )
    nwbfile.add_acquisition(AnnotationSeries(name="notes", data=["one", "zwö"], timestamps=[1.0, 2.0]))
    nwbfile.add_acquisition(IntervalSeries(name="on", data=[1, -1], timestamps=[1.0, 2.0]))
    nwbfile.add_scratch(np.arange(3), name="scratch", description="d")
    _write(path, nwbfile)


def ophys(path: Path) -> None:
    """An imaging plane, masks of all kinds, fluorescence, external images."""
    nwbfile = _file()
    device = nwbfile.create_device(name="microscope")
    channel = OpticalChannel(name="green", description="d", emission_lambda=525.0)
    plane = nwbfile.create_imaging_plane(
        name="plane", optical_channel=channel, description="d", device=device, excitation_lambda=920.0,
        imaging_rate=30.0, indicator="GCaMP6f", location="V1", grid_spacing=[1.0, 1.0], grid_spacing_unit="micrometers",
    )  # fmt: skip
    images = TwoPhotonSeries(name="images", data=np.zeros((4, 5, 6), "u2"), imaging_plane=plane, unit="n.a.", rate=30.0)
    nwbfile.add_acquisition(images)
    segmentation = ImageSegmentation()
    rois = segmentation.create_plane_segmentation(
        name="rois", imaging_plane=plane, description="masks", reference_images=images
    )
    rois.add_roi(pixel_mask=[(1, 2, 1.0), (3, 4, 0.5)])
    rois.add_roi(pixel_mask=[(0, 0, 1.0)])
    module = nwbfile.create_processing_module(name="ophys", description="d")
    module.add(segmentation)
    fluorescence = Fluorescence()
    fluorescence.create_roi_response_series(
        name="dff",
        data=np.zeros((4, 2)),
        rois=rois.create_roi_table_region(description="all", region=[0, 1]),
        unit="n.a.",
        rate=30.0,
    )
    module.add(fluorescence)
    nwbfile.add_acquisition(
        ImageSeries(
            name="video",
            external_file=["a.avi"],
            starting_frame=[0],
            format="external",
            num_samples=3,
            rate=1.0,
            unit="n.a.",
        )
    )
    photos = [GrayscaleImage(name=name, data=np.zeros((3, 3)), description="d") for name in ("one", "two")]
    nwbfile.add_acquisition(
        Images(name="photos", images=photos, order_of_images=ImageReferences(name="order_of_images", data=photos))
    )
    _write(path, nwbfile)


def icephys(path: Path) -> None:
    """Intracellular recordings with all their tables."""
    nwbfile = _file()
    device = nwbfile.create_device(name="amplifier")
    electrode = nwbfile.create_icephys_electrode(name="electrode", description="d", device=device)
    for sweep in range(3):
        options = {"electrode": electrode, "gain": 1.0, "rate": 1e4, "sweep_number": np.uint64(sweep)}
        stimulus = CurrentClampStimulusSeries(name=f"stimulus_{sweep}", data=np.zeros(10), unit="amperes", **options)
        response = CurrentClampSeries(name=f"response_{sweep}", data=np.zeros(10), unit="volts", **options)
        nwbfile.add_intracellular_recording(electrode=electrode, stimulus=stimulus, response=response, id=sweep)
    one = nwbfile.add_icephys_simultaneous_recording(recordings=[0, 1])
    two = nwbfile.add_icephys_simultaneous_recording(recordings=[2])
    sequential = nwbfile.add_icephys_sequential_recording(simultaneous_recordings=[one, two], stimulus_type="square")
    repetition = nwbfile.add_icephys_repetition(sequential_recordings=[sequential])
    nwbfile.add_icephys_experimental_condition(repetitions=[repetition])
    _write(path, nwbfile)


FILES: dict[str, Callable[[Path], None]] = {
    "ecephys": ecephys, "behavior": behavior, "ophys": ophys, "icephys": icephys,
}  # fmt: skip
