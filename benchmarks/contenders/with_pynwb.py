"""Each figure with PyNWB, which builds all objects of a file when it reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pynwb import NWBHDF5IO, NWBFile
from pynwb.epoch import TimeIntervals

from benchmarks import files, series
from benchmarks.contenders import Answer, Operation, answers

if TYPE_CHECKING:
    from pathlib import Path

Read = tuple[NWBHDF5IO, NWBFile]
"""The file has to stay open for as long as what was read is used."""


def read(path: Path) -> Read:
    """Read a file."""
    io = NWBHDF5IO(str(path), "r")
    return io, io.read()


def one_field(path: Path, _scratch: Path) -> Operation:
    """One field."""

    def run(_: None) -> str:
        with NWBHDF5IO(str(path), "r") as io:
            return str(io.read().identifier)

    return Operation(run, lambda found: {"identifier": found})


def typed(path: Path, _scratch: Path) -> Operation:
    """One object with its class."""
    name = series.name_of_typed(path)

    def run(_: None) -> str:
        with NWBHDF5IO(str(path), "r") as io:
            return type(io.read().acquisition[name]).__name__

    return Operation(run, lambda found: {"type": found})


def hierarchy(path: Path, _scratch: Path) -> Operation:
    """The types of all typed objects; their paths are known to be had, and cost more."""

    def run(_: None) -> tuple[Read, list[tuple[str, str]]]:
        io, nwbfile = read(path)
        return (io, nwbfile), [(obj.name, _type(obj)) for obj in nwbfile.objects.values()]

    def answer(found: tuple[Read, Any]) -> Answer:
        io, nwbfile = found[0]
        result = {_path(io, obj): _type(obj) for obj in nwbfile.objects.values()}
        io.close()
        return {"typed": result}

    return Operation(run, answer)


def _path(io: NWBHDF5IO, obj: Any) -> str:
    """Return where an object is in its file."""
    return "/" + io.manager.get_builder(obj).path.removeprefix("root").strip("/")


def _type(obj: Any) -> str:
    """Return the type of an object; what a type of core takes over from hdmf-common has the ``data_type`` of that."""
    return str(getattr(obj, "neurodata_type", obj.data_type))


def metadata(path: Path, _scratch: Path) -> Operation:
    """Every field of every object, shapes and dtypes included."""

    def run(_: None) -> Read:
        io, nwbfile = read(path)
        for obj in nwbfile.objects.values():
            for value in (*obj.fields.values(), getattr(obj, "data", None)):
                _ = getattr(value, "shape", None), getattr(value, "dtype", None)
        return io, nwbfile

    def answer(found: Read) -> Answer:
        io, nwbfile = found
        result = {
            _path(io, obj): [_type(obj), obj.object_id, None if data is None else list(np.shape(data))]
            for obj in nwbfile.objects.values()
            for data in [getattr(obj, "data", None)]
        }
        io.close()
        return {"typed": result}

    return Operation(run, answer)


def spikes(path: Path, _scratch: Path) -> Operation:
    """The spike times of the unit in the middle."""

    def run(_: None) -> np.ndarray[Any, Any]:
        with NWBHDF5IO(str(path), "r") as io:
            units = io.read().units
            return units["spike_times"][len(units) // 2]

    return Operation(run, lambda found: {"count": len(found), "sum": float(np.sum(found))})


def all_spikes(path: Path, _scratch: Path) -> Operation:
    """The spike times of each unit, after one another."""

    def run(_: None) -> list[np.ndarray[Any, Any]]:
        with NWBHDF5IO(str(path), "r") as io:
            units = io.read().units
            return [units["spike_times"][row] for row in range(len(units))]

    return Operation(run, answers.of_pieces)


def samples(path: Path, _scratch: Path) -> Operation:
    """Samples of all channels, after one another."""

    def run(_: None) -> list[np.ndarray[Any, Any]]:
        with NWBHDF5IO(str(path), "r") as io:
            data = io.read().acquisition["raw"].data
            return [data[number] for number in range(answers.SAMPLES)]

    return Operation(run, answers.of_pieces)


def columns(path: Path, _scratch: Path) -> Operation:
    """Every column of the trials, as arrays and not as rows; references are read as h5py has them."""

    def run(_: None) -> dict[str, Any]:
        with NWBHDF5IO(str(path), "r") as io:
            trials = io.read().trials
            return {column.name: column.data[:] for column in (trials.id, *trials.columns)}

    return Operation(run, answers.of_columns)


def dataframe(path: Path, _scratch: Path) -> Operation:
    """The trials as a DataFrame."""

    def run(_: None) -> tuple[NWBHDF5IO, Any]:
        io, nwbfile = read(path)
        return io, nwbfile.trials.to_dataframe()

    def answer(found: tuple[NWBHDF5IO, Any]) -> Answer:
        io, frame = found
        result = answers.of_frame(frame)
        io.close()
        return result

    return Operation(run, answer)


def rows(path: Path, _scratch: Path) -> Operation:
    """A table that grows row by row."""
    from benchmarks.contenders import floor

    def run(given: list[dict[str, Any]]) -> TimeIntervals:
        trials = TimeIntervals(name="trials", description="experimental trials")
        for name in given[0]:
            if name not in ("start_time", "stop_time", "tags"):
                trials.add_column(name=name, description=name)
        for row in given:
            trials.add_row(**row)
        return trials

    return Operation(run, lambda found: answers.of_rows(found.to_dataframe()), lambda: floor.rows_of(path))


def from_dataframe(path: Path, _scratch: Path) -> Operation:
    """A table of a DataFrame."""
    import pandas as pd

    from benchmarks.contenders import floor

    return Operation(
        lambda frame: TimeIntervals.from_dataframe(frame, name="trials", table_description="experimental trials"),
        lambda found: answers.of_rows(found.to_dataframe()),
        lambda: pd.DataFrame(floor.rows_of(path)),
    )


def build(path: Path, _scratch: Path) -> Operation:
    """Objects made in memory."""
    return Operation(
        files.file_of_series, lambda found: {"series": len(found.acquisition)}, lambda: series.arguments_of(path)
    )


def write(path: Path, scratch: Path) -> Operation:
    """Objects made in memory, written."""
    target = scratch / "pynwb.nwb"

    def run(nwbfile: NWBFile) -> Path:
        files.write(nwbfile, target)
        return target

    return Operation(run, answers.of_series, lambda: files.file_of_series(series.arguments_of(path)))


def copy(path: Path, scratch: Path) -> Operation:
    """An export, with the data; PyNWB does not wait for the disk."""
    target = scratch / "pynwb.nwb"

    def run(_: None) -> Path:
        with NWBHDF5IO(str(path), "r") as source, NWBHDF5IO(str(target), "w") as new:
            new.export(source, write_args={"link_data": False})
        return target

    return Operation(run, answers.of_copy, lambda: target.unlink(missing_ok=True))
