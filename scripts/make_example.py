"""Write `nwb_models/examples/example.nwb`, the recording that ships with the library.

The animal and the laboratory are invented, the types are not: each of the larger families of NWB core
appears at least once, with the ways of storing things that a reader has to get right (ragged columns, tables
of references, compound columns, soft links, external files). PyNWB writes it, so that the file owes nothing
to this library.

Run twice, it writes the same bytes: the seed, the dates and the object ids are all fixed.

    python scripts/make_example.py [TARGET]
"""

from __future__ import annotations

import random
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import h5py
import numpy as np
from hdmf.common import MeaningsTable
from pynwb import NWBHDF5IO, H5DataIO, NWBFile, TimeSeries
from pynwb.base import ImageReferences, Images
from pynwb.behavior import BehavioralTimeSeries, Position, SpatialSeries
from pynwb.ecephys import LFP, ElectricalSeries
from pynwb.event import EventsTable
from pynwb.file import Subject
from pynwb.icephys import CurrentClampSeries, CurrentClampStimulusSeries
from pynwb.image import GrayscaleImage, ImageSeries, IndexSeries, RGBImage
from pynwb.ogen import OptogeneticSeries
from pynwb.ophys import (
    Fluorescence,
    ImageSegmentation,
    OpticalChannel,
    TwoPhotonSeries,
)

TARGET = Path(__file__).resolve().parent.parent / "nwb_models" / "examples" / "example.nwb"

LAYOUT = ("v110", "v110")
"""HDF5's compact layout: 350 kB, not the 560 kB of the oldest one, which PyNWB writes by default."""

SEED = 20260314
ZONE = timezone(timedelta(hours=1))
START = datetime(2026, 3, 14, 9, 26, 53, tzinfo=ZONE)
CREATED = datetime(2026, 3, 15, 18, 0, 0, tzinfo=ZONE)

DURATION = 6.0
"""Length of the recording, in seconds."""

RAW_RATE = 1000.0
LFP_RATE = 125.0
VIDEO_RATE = 30.0
IMAGING_RATE = 10.0
PATCH_RATE = 10_000.0


def make_nwbfile() -> NWBFile:
    """Return the whole recording, in memory."""
    rng = np.random.default_rng(SEED)
    nwbfile = session()
    raw = add_extracellular(nwbfile, rng)
    add_units(nwbfile, rng)
    add_behavior(nwbfile, rng)
    add_events(nwbfile)
    add_imaging(nwbfile, rng)
    add_images(nwbfile, rng)
    laser = add_optogenetics(nwbfile)
    add_intracellular(nwbfile, rng)
    add_trials(nwbfile, raw, laser)
    return nwbfile


def session() -> NWBFile:
    """Return the file with what describes the session as a whole."""
    return NWBFile(
        session_description="A mouse runs along a track for drops of water; its hippocampus is recorded.",
        identifier="pearl-2026-03-14",
        session_start_time=START,
        file_create_date=CREATED,
        session_id="pearl_day_05",
        experimenter=["Lindqvist, Maja", "Okafor, Ben"],
        lab="Laboratory of Invented Results",
        institution="University of the North Coast",
        experiment_description="Place cells before, during and after a light pulse to the medial septum.",
        keywords=["hippocampus", "CA1", "place cells", "optogenetics"],
        related_publications=["doi:10.0000/invented.2026.001"],
        surgery="Probe and cranial window implanted on 2026-02-20; five days of recovery.",
        virus="AAV5-DIO-ChR2-eYFP, 300 nL in the medial septum.",
        notes="The track was cleaned between trials 2 and 3.",
        subject=Subject(
            subject_id="pearl",
            species="Mus musculus",
            strain="C57BL/6J",
            genotype="PV-Cre/wt",
            sex="F",
            date_of_birth=datetime(2025, 11, 2, tzinfo=ZONE),
            age="P132D",
            weight="0.021 kg",
            description="Well habituated, runs fast, stops for water.",
        ),
    )


def add_extracellular(nwbfile: NWBFile, rng: np.random.Generator) -> ElectricalSeries:
    """Add a probe of two shanks, the raw signal of the first and the LFP of both; return the raw signal."""
    model = nwbfile.create_device_model(
        name="TwoShank-8",
        manufacturer="North Coast Probes",
        model_number="NCP-2x4",
        description="Silicon probe, two shanks of four sites, 25 um apart.",
    )
    probe = nwbfile.create_device(name="probe", description="Probe used in CA1.", serial_number="NCP-0042", model=model)

    nwbfile.add_electrode_column(name="label", description="Shank and site, as printed on the connector.")
    for shank in range(2):
        group = nwbfile.create_electrode_group(
            name=f"shank{shank}",
            description=f"Shank {shank} of the probe.",
            location="CA1, stratum pyramidale",
            device=probe,
            position=(-2.0, 1.5 + 0.25 * shank, 1.3),
        )
        for site in range(4):
            nwbfile.add_electrode(
                x=-2.0,
                y=1.5 + 0.25 * shank,
                z=1.3 + 0.025 * site,
                imp=float(1.0e6 + 5.0e4 * site),
                location="CA1",
                filtering="analog, 1 Hz to 7.5 kHz",
                group=group,
                rel_x=0.0,
                rel_y=25.0 * site,
                reference="skull screw above the cerebellum",
                label=f"{shank}-{site}",
            )

    samples = int(DURATION * RAW_RATE)
    time = np.arange(samples) / RAW_RATE
    theta = 40 * np.sin(2 * np.pi * 8 * time)
    raw = ElectricalSeries(
        name="ElectricalSeries",
        description="Signal of the first shank, reduced to 1 kHz to keep the example small.",
        data=H5DataIO(
            (theta[:, None] * [1.0, 0.8, 0.6, 0.4] + rng.normal(0, 6, (samples, 4))).round().astype(np.int16),
            chunks=(1000, 4),
            compression="gzip",
            compression_opts=9,
            shuffle=True,
        ),
        electrodes=nwbfile.create_electrode_table_region([0, 1, 2, 3], "The sites of shank 0, deepest first."),
        starting_time=0.0,
        rate=RAW_RATE,
        conversion=1.95e-7,
        offset=0.0,
        resolution=1.95e-7,
        channel_conversion=[1.0, 1.0, 1.02, 0.99],
        filtering="none beyond that of the amplifier",
    )
    nwbfile.add_acquisition(raw)

    samples = int(DURATION * LFP_RATE)
    time = np.arange(samples) / LFP_RATE
    phase = 2 * np.pi * 8 * time[:, None] + np.linspace(0, np.pi / 2, 8)
    module = nwbfile.create_processing_module(name="ecephys", description="What was computed from the raw signal.")
    lfp = LFP()
    module.add(lfp)  # before its series: PyNWB warns of a region whose table is not in the same file yet
    lfp.create_electrical_series(
        name="ElectricalSeries",
        description="Local field potential of all sites, below 50 Hz.",
        data=H5DataIO(
            (8.0e-5 * np.sin(phase)).astype(np.float16).astype(np.float32),
            compression="gzip",
            compression_opts=9,
            shuffle=True,
        ),
        electrodes=nwbfile.create_electrode_table_region(list(range(8)), "All sites of the probe."),
        starting_time=0.0,
        rate=LFP_RATE,
        filtering="Butterworth, low-pass at 50 Hz",
    )
    return raw


def add_units(nwbfile: NWBFile, rng: np.random.Generator) -> None:
    """Add three sorted units, each with its own number of spikes, intervals and electrodes."""
    nwbfile.add_unit_column(name="quality", description="Verdict of the person who curated the sorting.")
    nwbfile.add_unit_column(name="isolation_distance", description="Distance to the next cluster, in units of d'.")
    shape = -1.0e-4 * np.exp(-((np.arange(30) - 10) ** 2) / 18)
    for spikes, electrodes, quality, distance in [
        (42, [0, 1], "good", 31.5),
        (7, [2], "noise", 4.25),
        (23, [4, 5, 6], "good", 18.0),
    ]:
        nwbfile.add_unit(
            spike_times=np.sort(rng.uniform(0, DURATION, spikes)).round(4),
            obs_intervals=[[0.0, 2.5], [3.0, DURATION]] if quality == "good" else [[0.0, DURATION]],
            electrodes=electrodes,
            electrode_group=nwbfile.electrode_groups["shank0" if electrodes[0] < 4 else "shank1"],
            waveform_mean=(shape * (1 + distance / 100)).astype(np.float32),
            waveform_sd=np.full(30, 1.0e-5, dtype=np.float32),
            quality=quality,
            isolation_distance=distance,
        )
    nwbfile.units.waveform_rate = 30_000.0
    nwbfile.units.resolution = 1 / 30_000


def add_behavior(nwbfile: NWBFile, rng: np.random.Generator) -> None:
    """Add the camera, the position it tracked, and the running speed at the same timestamps."""
    camera = nwbfile.create_device(name="camera", description="Camera above the track.")
    frames = int(DURATION * VIDEO_RATE)
    nwbfile.add_acquisition(
        ImageSeries(
            name="behavior_video",
            description="Video of the track in two files, which do not travel with this one.",
            external_file=["pearl_day_05_part1.mp4", "pearl_day_05_part2.mp4"],
            format="external",
            starting_frame=[0, frames // 2],
            rate=VIDEO_RATE,
            num_samples=frames,
            unit="n.a.",
            device=camera,
        )
    )

    timestamps = (np.arange(frames) / VIDEO_RATE + rng.uniform(0, 1.0e-3, frames)).round(5)
    along = 0.8 * (1 - np.cos(2 * np.pi * timestamps / 3)) / 2
    module = nwbfile.create_processing_module(name="behavior", description="Position and speed of the animal.")
    position = SpatialSeries(
        name="position",
        description="Centre of the body, from the video.",
        data=np.column_stack([along, np.full(frames, 0.05)]).round(4),
        timestamps=timestamps,
        reference_frame="Origin at the start of the track, x along it, y to the left.",
        unit="meters",
    )
    module.add(Position(spatial_series=position))
    speed = TimeSeries(
        name="speed",
        description="Running speed, with what the animal was doing as its control.",
        data=np.abs(np.gradient(along, timestamps)).round(4),
        unit="m/s",
        timestamps=position,
        control=(along > 0.4).astype(np.uint8),
        control_description=["first half of the track", "second half of the track"],
        continuity="continuous",
    )
    module.add(BehavioralTimeSeries(time_series=speed, name="BehavioralTimeSeries"))


def add_events(nwbfile: NWBFile) -> None:
    """Add the drops of water as events, one column of them explained by a table of meanings."""
    rewards = EventsTable(
        name="rewards",
        description="Drops of water: the rising edge of the valve's control signal.",
        source_description="Digital input 3 of the acquisition system",
    )
    rewards.add_column(name="port", description="Port that gave the drop.")
    for timestamp, duration, port, annotation in [
        (1.35, 0.03, "R", ""),
        (2.88, float("nan"), "L", "valve stuck, no drop"),
        (4.36, 0.03, "R", ""),
        (5.87, 0.04, "L", ""),
    ]:
        rewards.add_event(timestamp=timestamp, duration=duration, annotation=annotation, port=port)
    meanings = MeaningsTable(target=rewards["port"])
    meanings.add_row(value="L", meaning="port at the left end of the track")
    meanings.add_row(value="R", meaning="port at the right end of the track")
    rewards.add_meanings_table(meanings)
    nwbfile.add_events_table(rewards)


def add_imaging(nwbfile: NWBFile, rng: np.random.Generator) -> None:
    """Add a small two-photon recording, its cells as ragged pixel masks, and their fluorescence."""
    microscope = nwbfile.create_device(name="microscope", description="Two-photon microscope, 16 x objective.")
    plane = nwbfile.create_imaging_plane(
        name="ImagingPlane",
        description="Plane beneath the cranial window.",
        optical_channel=OpticalChannel(name="green", description="Green channel", emission_lambda=525.0),
        device=microscope,
        excitation_lambda=920.0,
        indicator="GCaMP8m",
        location="CA1",
        imaging_rate=IMAGING_RATE,
        origin_coords=[-2.0, 1.5, 1.2],
        grid_spacing=[2.0e-6, 2.0e-6],
    )
    frames = int(DURATION * IMAGING_RATE)
    nwbfile.add_acquisition(
        TwoPhotonSeries(
            name="TwoPhotonSeries",
            description="The plane at 10 frames per second.",
            data=H5DataIO(rng.poisson(3, (frames, 16, 12)).astype(np.uint8), chunks=(10, 16, 12), compression="gzip"),
            imaging_plane=plane,
            unit="counts",
            rate=IMAGING_RATE,
            starting_time=0.0,
            scan_line_rate=15_700.0,
        )
    )

    module = nwbfile.create_processing_module(name="ophys", description="Cells found in the two-photon recording.")
    segmentation, fluorescence = ImageSegmentation(), Fluorescence()
    module.add(segmentation)
    module.add(fluorescence)
    rois = segmentation.create_plane_segmentation(
        name="PlaneSegmentation", description="Cells drawn by hand.", imaging_plane=plane
    )
    rois.add_roi(pixel_mask=[(2, 3, 1.0), (2, 4, 0.5), (3, 3, 0.5)])
    rois.add_roi(pixel_mask=[(9, 5, 1.0), (10, 5, 1.0)])
    rois.add_roi(pixel_mask=[(13, 8, 1.0), (13, 9, 0.8), (14, 8, 0.6), (14, 9, 0.4)])
    fluorescence.create_roi_response_series(
        name="RoiResponseSeries",
        description="Mean brightness of each cell.",
        data=(100 + 20 * rng.random((frames, 3))).round(1).astype(np.float32),
        rois=rois.create_roi_table_region(region=[0, 1, 2], description="All cells."),
        unit="lumens",
        rate=IMAGING_RATE,
        starting_time=0.0,
    )


def add_images(nwbfile: NWBFile, rng: np.random.Generator) -> None:
    """Add two pictures in an order of their own, and the series of indices that says when each was shown."""
    grating = GrayscaleImage(
        name="grating",
        data=np.tile(np.array([0, 255], dtype=np.uint8), (16, 8)),
        description="Vertical grating.",
    )
    noise = RGBImage(
        name="noise", data=rng.integers(0, 256, (16, 16, 3), dtype=np.uint8), description="Coloured noise."
    )
    pictures = Images(
        name="pictures",
        description="Pictures shown at the end of the track.",
        images=[grating, noise],
        order_of_images=ImageReferences(name="order_of_images", data=[noise, grating]),
    )
    nwbfile.add_stimulus_template(pictures)
    nwbfile.add_stimulus(
        IndexSeries(
            name="shown_pictures",
            description="Which picture was on the screen.",
            data=np.array([0, 1, 1, 0], dtype=np.uint32),
            indexed_images=pictures,
            timestamps=[0.5, 2.0, 3.5, 5.0],
            unit="N/A",
        )
    )


def add_optogenetics(nwbfile: NWBFile) -> OptogeneticSeries:
    """Add the light that was sent to the medial septum, and return it."""
    laser = nwbfile.create_device(name="laser", description="473 nm laser with a 200 um fibre.")
    site = nwbfile.create_ogen_site(
        name="medial_septum",
        device=laser,
        description="Fibre above the medial septum.",
        excitation_lambda=473.0,
        location="medial septum",
    )
    power = np.zeros(int(DURATION * 100), dtype=np.float32)
    power[300:350] = 0.005
    series = OptogeneticSeries(
        name="light_power", description="Power at the tip of the fibre.", data=power, site=site, rate=100.0
    )
    nwbfile.add_stimulus(series)
    return series


def add_intracellular(nwbfile: NWBFile, rng: np.random.Generator) -> None:
    """Add two sweeps of a patched cell and the tables that say how they belong together."""
    amplifier = nwbfile.create_device(name="amplifier", description="Patch-clamp amplifier.")
    pipette = nwbfile.create_icephys_electrode(
        name="pipette",
        description="Borosilicate pipette in a pyramidal cell.",
        device=amplifier,
        cell_id="pearl-cell-1",
        resistance="5 MOhm",
        location="CA1",
    )
    samples = 200
    rows = []
    for sweep, current in enumerate([2.0e-11, 6.0e-11]):
        step = np.zeros(samples, dtype=np.float32)
        step[50:150] = current
        stimulus = CurrentClampStimulusSeries(
            name=f"step_{sweep}",
            description="Current step.",
            data=step,
            electrode=pipette,
            gain=1.0,
            rate=PATCH_RATE,
            starting_time=1.0 + sweep,
            stimulus_description="step",
            sweep_number=np.uint64(sweep),
        )
        response = CurrentClampSeries(
            name=f"voltage_{sweep}",
            description="Voltage of the membrane during the step.",
            data=(-0.07 + 2.0e8 * step + rng.normal(0, 1.0e-4, samples)).round(5).astype(np.float32),
            electrode=pipette,
            gain=0.1,
            bias_current=0.0,
            bridge_balance=1.5e7,
            rate=PATCH_RATE,
            starting_time=1.0 + sweep,
            stimulus_description="step",
            sweep_number=np.uint64(sweep),
        )
        nwbfile.add_stimulus(stimulus)
        nwbfile.add_acquisition(response)
        rows.append(
            nwbfile.add_intracellular_recording(
                electrode=pipette,
                stimulus=stimulus,
                stimulus_start_index=50,
                stimulus_index_count=100,
                response=response,
            )
        )
    simultaneous = [nwbfile.add_icephys_simultaneous_recording(recordings=[row]) for row in rows]
    sequential = nwbfile.add_icephys_sequential_recording(simultaneous_recordings=simultaneous, stimulus_type="square")
    repetition = nwbfile.add_icephys_repetition(sequential_recordings=[sequential])
    nwbfile.add_icephys_experimental_condition(repetitions=[repetition])


def add_trials(nwbfile: NWBFile, raw: TimeSeries, laser: TimeSeries) -> None:
    """Add four runs along the track, each with its part of the signals, and a stretch to leave out."""
    nwbfile.add_trial_column(name="direction", description="Direction of the run.")
    nwbfile.add_trial_column(name="rewarded", description="Whether a drop of water was given.")
    for number, (start, stop) in enumerate([(0.0, 1.4), (1.5, 2.9), (3.0, 4.4), (4.5, 5.9)]):
        lit = number == 2
        nwbfile.add_trial(
            start_time=start,
            stop_time=stop,
            tags=["laser", "fast"] if lit else ["control"],
            timeseries=[raw, laser] if lit else [raw],
            direction="outbound" if number % 2 == 0 else "inbound",
            rewarded=number != 1,
        )
    nwbfile.add_invalid_time_interval(start_time=2.5, stop_time=3.0, tags=["cable"])


def write_example(target: Path = TARGET) -> Path:
    """Write the recording to `target`, with object ids that do not change from run to run."""
    target.parent.mkdir(parents=True, exist_ok=True)
    ids = random.Random(SEED)
    with patch("hdmf.container.uuid4", lambda: UUID(int=ids.getrandbits(128), version=4)):
        nwbfile = make_nwbfile()
        with h5py.File(target, "w", libver=LAYOUT) as file, NWBHDF5IO(file=file, mode="w") as io:
            io.write(nwbfile)
    return target


if __name__ == "__main__":
    written = write_example(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
    print(f"{written}: {written.stat().st_size / 1000:.0f} kB")
