"""The files that are measured on, written with PyNWB: random data from a seeded generator.

They are made once and kept in a folder, one for each scale and version of PyNWB.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pynwb
from hdmf.common import DynamicTableRegion, VectorData, VectorIndex
from pynwb import NWBHDF5IO, H5DataIO, NWBFile, TimeSeries
from pynwb.base import TimeSeriesReference, TimeSeriesReferenceVectorData
from pynwb.epoch import TimeIntervals
from pynwb.icephys import VoltageClampSeries, VoltageClampStimulusSeries
from pynwb.misc import Units
from pynwb.spec import (
    NWBAttributeSpec,
    NWBDatasetSpec,
    NWBGroupSpec,
    NWBNamespaceBuilder,
    export_spec,
)

from benchmarks import series

VERSION = 1
"""Goes up when the files change, so that kept ones of before are not taken for the new ones."""

SWEEP_LENGTH = 2_000
SWEEPS_PER_PROTOCOL = 20
CHANNELS = 64


@dataclass(frozen=True)
class Scale:
    """How large the files are."""

    name: str
    series: tuple[int, int, int]
    """How many series there are in acquisition, in three files; a tenth as many are in processing modules."""
    sweeps: int
    """How many sweeps of patch clamp: each is ten objects."""
    units: int
    spikes: int
    trials: int
    megabytes: tuple[int, int, int]
    """How much data is in one series, in three files."""
    rounds: int
    """How often each figure is measured where nothing else is said."""


SCALES = {
    scale.name: scale
    for scale in (
        Scale("tiny", (10, 20, 160), 20, 5, 500, 40, (1, 2, 4), 1),
        Scale("quick", (50, 200, 800), 100, 50, 100_000, 2_000, (1, 10, 100), 3),
        Scale("full", (500, 2_000, 8_000), 1_000, 500, 5_000_000, 50_000, (10, 200, 2_000), 7),
    )
}

Make = Callable[[Path, Scale], None]

LABELS = {
    "few_series": "{series[0]:,} series",
    "series": "{series[1]:,} series",
    "many_series": "{series[2]:,} series",
    "sweeps": "{sweeps:,} sweeps",
    "units": "{units:,} units, {spikes:,} spikes",
    "trials": "{trials:,} trials x 30 columns",
    "little_data": "{megabytes[0]:,} MB",
    "data": "{megabytes[1]:,} MB",
    "much_data": "{megabytes[2]:,} MB",
    "compressed": "{megabytes[0]:,} MB in gzip",
    "unseen_core": "unseen core",
    "extension": "unseen extension",
}


def labels(scale: Scale) -> dict[str, str]:
    """Return what the files are called in the table."""
    given = vars(scale) | {"series": [series.with_tenth(count) for count in scale.series]}
    return {name: label.format(**given) for name, label in LABELS.items()}


def made(folder: Path, scale: Scale, say: Callable[[str], object]) -> dict[str, Path]:
    """Return the files of a scale by their names; those that are not there yet are made."""
    kept = folder / f"{scale.name}-{VERSION}-pynwb-{pynwb.__version__}"
    kept.mkdir(parents=True, exist_ok=True)
    files = {name: kept / f"{name}.nwb" for name in LABELS}
    for name, path in files.items():
        if path.exists():
            continue
        begin = time.perf_counter()
        new = kept / f"new-{name}.nwb"  # a run that was interrupted leaves no half file
        new.unlink(missing_ok=True)
        MAKERS[name](new, scale)
        new.rename(path)
        say(f"made {name}: {path.stat().st_size / 1e6:,.1f} MB in {time.perf_counter() - begin:.1f} s")
    return files


# ------------------------------------------------------------------------------------ series
def new_file(name: str) -> NWBFile:
    """Return an empty file with the usual metadata."""
    return NWBFile(
        session_description=f"benchmark file {name}",
        identifier=f"bench-{name}",
        session_start_time=datetime(2024, 5, 17, 10, 30, tzinfo=UTC),
        experimenter=["Doe, Jane", "Roe, Richard"],
        institution="Some University",
        lab="Some Lab",
        session_id=name,
        keywords=["benchmark", "synthetic"],
    )


def file_of_series(arguments: list[dict[str, Any]]) -> NWBFile:
    """Return a file with many series, the last of them in processing modules."""
    nwbfile = new_file("series")
    acquired = series.acquired_of(arguments)
    for each in arguments[:acquired]:
        nwbfile.add_acquisition(TimeSeries(**each))
    for number, each in enumerate(arguments[acquired:]):
        name = series.module_of(number)
        if name not in nwbfile.processing:
            nwbfile.create_processing_module(name=name, description=f"{name} results")
        nwbfile.processing[name].add(TimeSeries(**each))
    return nwbfile


def write(nwbfile: NWBFile, path: Path) -> None:
    """Write a file with PyNWB."""
    with NWBHDF5IO(str(path), "w") as io:
        io.write(nwbfile)


def _series(which: int) -> Make:
    return lambda path, scale: write(file_of_series(series.all_arguments(scale.series[which])), path)


# ------------------------------------------------------------------------------------ tables
def _column(name: str, data: Any) -> VectorData:
    return VectorData(name=name, description=f"{name} of the row", data=data)


def _ragged(target: VectorData, lengths: np.ndarray) -> list[VectorData]:
    """Return a ragged column: its values and the index that cuts them into rows."""
    ends = np.cumsum(lengths).astype(np.uint32)
    return [target, VectorIndex(name=f"{target.name}_index", data=ends, target=target)]


def _names(columns: list[VectorData]) -> list[str]:
    return [column.name for column in columns if not isinstance(column, VectorIndex)]


def _units(path: Path, scale: Scale) -> None:
    """Write units with very different numbers of spikes (log-normal), electrodes, and mean waveforms."""
    rng = np.random.default_rng(1)
    nwbfile = new_file("units")
    device = nwbfile.create_device(name="probe", description="a silicon probe")
    shank = nwbfile.create_electrode_group(name="shank", description="a shank", location="VISp", device=device)
    for number in range(CHANNELS):
        nwbfile.add_electrode(
            x=float(number % 4), y=float(number), z=0.0, location="VISp", filtering="none", group=shank
        )
    weights = np.cumsum(rng.lognormal(0.0, 0.8, scale.units))
    ends = np.round(weights / weights[-1] * scale.spikes).astype(np.int64)
    lengths = np.diff(ends, prepend=0)
    spikes = np.concatenate([np.sort(rng.uniform(0.0, 3_600.0, length)) for length in lengths])
    electrodes = DynamicTableRegion(
        name="electrodes",
        description="electrodes that see the unit",
        data=rng.integers(0, CHANNELS, scale.units * 3),
        table=nwbfile.electrodes,
    )
    columns = [
        *_ragged(_column("spike_times", spikes), lengths),
        *_ragged(electrodes, np.full(scale.units, 3)),
        _column("waveform_mean", rng.standard_normal((scale.units, 82, 32)).astype("f4")),
        _column("quality", rng.choice(["good", "mua", "noise"], scale.units).tolist()),
        *(_column(name, rng.random(scale.units)) for name in ("firing_rate", "snr", "depth", "d_prime")),
    ]
    nwbfile.units = Units(
        name="units",
        description="sorted units",
        id=list(range(scale.units)),
        columns=columns,
        colnames=_names(columns),
        waveform_rate=30_000.0,
        waveform_unit="volts",
    )
    write(nwbfile, path)


def _trials(path: Path, scale: Scale) -> None:
    """Write trials with 30 columns: numbers, text, three ragged ones, one of which refers to series."""
    rng = np.random.default_rng(2)
    rows = scale.trials
    nwbfile = new_file("trials")
    signals = [
        TimeSeries(name=name, data=rng.standard_normal(rows * 10).astype("f4"), unit="a.u.", rate=1_000.0)
        for name in ("speed", "pupil")
    ]
    for signal in signals:
        nwbfile.add_acquisition(signal)
    start = np.cumsum(rng.uniform(0.5, 1.5, rows))
    references = [TimeSeriesReference(i * 10, 10, signals[i % len(signals)]) for i in range(rows)]
    tags, licks = rng.integers(0, 4, rows), rng.integers(0, 12, rows)
    columns = [
        _column("start_time", start),
        _column("stop_time", start + 0.4),
        *_ragged(_column("tags", rng.choice(["easy", "hard", "probe", "opto"], tags.sum()).tolist()), tags),
        *_ragged(
            TimeSeriesReferenceVectorData(name="timeseries", description="signals of the row", data=references),
            np.ones(rows, dtype=int),
        ),
        *_ragged(_column("lick_times", np.repeat(start, licks) + rng.random(licks.sum())), licks),
        *(
            _column(name, rng.choice([f"{name}_{k}" for k in range(8)], rows).tolist())
            for name in ("stimulus", "context", "response", "block_type", "rig")
        ),
        *(_column(f"is_{name}", rng.random(rows) < 0.5) for name in ("correct", "opto", "aborted")),
        *(_column(f"count_{k}", rng.integers(0, 100, rows)) for k in range(6)),
        *(_column(f"value_{k}", rng.standard_normal(rows)) for k in range(11)),
    ]
    nwbfile.trials = TimeIntervals(
        name="trials",
        description="experimental trials",
        id=list(range(rows)),
        columns=columns,
        colnames=_names(columns),
    )
    write(nwbfile, path)


def _sweeps(path: Path, scale: Scale) -> None:
    """Write sweeps of voltage clamp: stimulus, response, and the tables that put them together."""
    rng = np.random.default_rng(3)
    nwbfile = new_file("sweeps")
    device = nwbfile.create_device(name="amplifier")
    electrode = nwbfile.create_icephys_electrode(name="electrode0", description="a pipette", device=device)
    step = np.zeros(SWEEP_LENGTH, dtype="f4")
    step[SWEEP_LENGTH // 4 : SWEEP_LENGTH // 2] = 1.0
    rows = []
    for number in range(scale.sweeps):
        shared: dict[str, Any] = {
            "electrode": electrode,
            "gain": 1.0,
            "rate": 20_000.0,
            "starting_time": number * 2.0,
            "sweep_number": np.uint32(number),
        }
        stimulus = VoltageClampStimulusSeries(
            name=f"stimulus_{number:04d}", data=step * (number % SWEEPS_PER_PROTOCOL), unit="volts", **shared
        )
        response = VoltageClampSeries(
            name=f"response_{number:04d}",
            data=(step + rng.standard_normal(SWEEP_LENGTH)).astype("f4"),
            unit="amperes",
            capacitance_fast=1e-12,
            **shared,
        )
        nwbfile.add_stimulus(stimulus, use_sweep_table=False)
        nwbfile.add_acquisition(response, use_sweep_table=False)
        rows.append(nwbfile.add_intracellular_recording(electrode=electrode, stimulus=stimulus, response=response))
    simultaneous = [nwbfile.add_icephys_simultaneous_recording(recordings=[row]) for row in rows]
    for first in range(0, scale.sweeps, SWEEPS_PER_PROTOCOL):
        nwbfile.add_icephys_sequential_recording(
            simultaneous_recordings=simultaneous[first : first + SWEEPS_PER_PROTOCOL], stimulus_type="square"
        )
    write(nwbfile, path)


# ------------------------------------------------------------------------------------ data
def _data(which: int, compression: str | None = None) -> Make:
    """Write one series of so many megabytes, in chunks; PyNWB writes it empty and h5py fills it block by block."""

    def make(path: Path, scale: Scale) -> None:
        samples = scale.megabytes[which] * 1_000_000 // (CHANNELS * 2)
        nwbfile = new_file("data")
        nwbfile.add_acquisition(
            TimeSeries(
                name="raw",
                data=H5DataIO(
                    shape=(samples, CHANNELS), dtype=np.dtype("i2"), chunks=(4_096, CHANNELS), compression=compression
                ),
                unit="V",
                rate=30_000.0,
            )
        )
        write(nwbfile, path)
        rng = np.random.default_rng(4)
        with h5py.File(path, "r+") as file:
            for first in range(0, samples, 1 << 18):
                shape = (min(1 << 18, samples - first), CHANNELS)
                file["acquisition/raw/data"][first : first + shape[0]] = rng.integers(-200, 200, shape, dtype="i2")

    return make


# ------------------------------------------------------------------------------------ specifications
def _unseen_core(path: Path, scale: Scale) -> None:
    """Write a file whose specifications nobody has seen: each type of core and of what it includes is said anew."""
    write(file_of_series(series.all_arguments(scale.series[0])), path)
    with h5py.File(path, "r+") as file:
        for namespace in file["specifications"].values():
            for version in namespace.values():
                for name, dataset in version.items():
                    if name == "namespace":
                        continue
                    source = json.loads(dataset.asstr()[()])
                    for types in source.values():
                        for entry in types:
                            entry["doc"] += " As the benchmark has it."
                    dataset[()] = json.dumps(source)


def _extension(path: Path, scale: Scale) -> None:
    """Write a file with an extension of three types."""
    builder = NWBNamespaceBuilder("An extension of the benchmark.", "ndx-benchmark", version="0.1.0")
    builder.include_type("TimeSeries", namespace="core")
    builder.include_type("NWBDataInterface", namespace="core")
    builder.include_type("DynamicTable", namespace="hdmf-common")
    builder.include_type("VectorData", namespace="hdmf-common")
    column = NWBDatasetSpec("A score.", name="score", neurodata_type_inc="VectorData", dtype="float64")
    types = [
        NWBGroupSpec(
            "A series with a gain.",
            neurodata_type_def="GainedSeries",
            neurodata_type_inc="TimeSeries",
            attributes=[NWBAttributeSpec("gain", "The gain.", "float64")],
        ),
        NWBGroupSpec(
            "A table of scores.",
            neurodata_type_def="ScoreTable",
            neurodata_type_inc="DynamicTable",
            datasets=[column],
        ),
        NWBGroupSpec(
            "Settings.",
            neurodata_type_def="Settings",
            neurodata_type_inc="NWBDataInterface",
            attributes=[NWBAttributeSpec("mode", "The mode.", "text")],
        ),
    ]
    folder = path.with_suffix(".extension")
    folder.mkdir(exist_ok=True)
    export_spec(builder, types, str(folder))
    pynwb.load_namespaces(str(folder / "ndx-benchmark.namespace.yaml"))
    gained = pynwb.get_class("GainedSeries", "ndx-benchmark")
    nwbfile = file_of_series(series.all_arguments(scale.series[0]))
    nwbfile.add_acquisition(gained(name="gained", data=np.arange(10.0), unit="V", rate=1.0, gain=2.0))
    write(nwbfile, path)
    shutil.rmtree(folder)


MAKERS: dict[str, Make] = {
    "few_series": _series(0),
    "series": _series(1),
    "many_series": _series(2),
    "sweeps": _sweeps,
    "units": _units,
    "trials": _trials,
    "little_data": _data(0),
    "compressed": _data(0, "gzip"),
    "data": _data(1),
    "much_data": _data(2),
    "unseen_core": _unseen_core,
    "extension": _extension,
}
