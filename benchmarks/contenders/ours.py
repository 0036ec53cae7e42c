"""Each figure with `nwb_models`, as its documentation says to do it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

import nwb_models as nwb
from benchmarks import series
from benchmarks.contenders import Answer, Operation, answers, floor

if TYPE_CHECKING:
    from pathlib import Path


# ------------------------------------------------------------------------------------ reading
def one_field(path: Path, _scratch: Path) -> Operation:
    """One field."""
    return Operation(lambda _: nwb.read(path).identifier, lambda found: {"identifier": found})


def typed(path: Path, _scratch: Path) -> Operation:
    """One object with its class, which may have to be generated."""
    name = series.name_of_typed(path)
    return Operation(lambda _: type(nwb.read(path).acquisition[name]).__name__, lambda found: {"type": found})


def hierarchy(path: Path, _scratch: Path) -> Operation:
    """Every path and type."""
    return Operation(lambda _: nwb.object_types(path), answers.of_types)


def metadata(path: Path, _scratch: Path) -> Operation:
    """Everything as models, and every attribute, shape and dtype of them looked at."""

    def run(_: None) -> Any:
        nwbfile = nwb.read(path, eager=True)
        for model in _models(nwbfile):
            for value in vars(model).values():
                _ = getattr(value, "shape", None), getattr(value, "dtype", None)
        return nwbfile

    return Operation(run, _answer_of_models)


def _models(nwbfile: Any) -> dict[Any, None]:
    """Return all models of a file that was read eagerly, each once."""
    from nwb_models.models import NWBGroup, NWBModel

    found: dict[Any, None] = {nwbfile: None}
    pending = [nwbfile]
    while pending:
        for child in pending.pop().values():
            if isinstance(child, NWBModel) and child not in found:
                found[child] = None
                if isinstance(child, NWBGroup):
                    pending.append(child)
    return found


def _answer_of_models(nwbfile: Any) -> Answer:
    """Return what the h5py floor says of the file as well, from the models alone."""
    from nwb_models.models import NWBGroup
    from nwb_models.models.arrays import Array
    from nwb_models.models.mapping import storage

    typed: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    arrays: dict[str, Any] = {}
    for model in _models(nwbfile):
        tables = storage(type(model))
        given = {name: getattr(model, entry.field) for name, entry in tables.attributes.items()}
        given = {
            name: value for name, value in given.items() if tables.attributes[name].field in model.model_fields_set
        }
        given |= {name.removeprefix("@"): value for name, value in (model.__pydantic_extra__ or {}).items()}
        if plain := answers.plain_attributes(given):
            attributes[model.path] = plain
        values = list(model.values()) if isinstance(model, NWBGroup) else [model.value]
        for value in values:
            if isinstance(value, Array):
                arrays[value.source.path] = [list(value.shape), str(value.dtype)]
        if model.neurodata_type is not None:
            data = getattr(model, "data", None) if isinstance(model, NWBGroup) else model
            typed[model.path] = [model.neurodata_type, model.object_id, None if data is None else list(data.shape)]
    return {"typed": typed, "attributes": attributes, "arrays": arrays}


def spikes(path: Path, _scratch: Path) -> Operation:
    """The spike times of the unit in the middle."""

    def run(_: None) -> np.ndarray[Any, Any]:
        units = nwb.read(path).units
        found: np.ndarray[Any, Any] = units["spike_times"][len(units) // 2]
        return found

    return Operation(run, lambda found: {"count": len(found), "sum": float(np.sum(found))})


def all_spikes(path: Path, _scratch: Path) -> Operation:
    """The spike times of each unit, after one another."""

    def run(_: None) -> list[np.ndarray[Any, Any]]:
        units = nwb.read(path).units
        return [units["spike_times"][row] for row in range(len(units))]

    return Operation(run, answers.of_pieces)


def samples(path: Path, _scratch: Path) -> Operation:
    """Samples of all channels, after one another."""

    def run(_: None) -> list[np.ndarray[Any, Any]]:
        data = nwb.read(path).acquisition["raw"].data
        return [data[number] for number in range(answers.SAMPLES)]

    return Operation(run, answers.of_pieces)


def columns(path: Path, _scratch: Path) -> Operation:
    """Every column of the trials as it is stored, references as the objects that they lead to."""

    def run(_: None) -> dict[str, Any]:
        return {name: column.value[:] for name, column in nwb.read(path).trials.items()}

    return Operation(run, answers.of_columns)


def dataframe(path: Path, _scratch: Path) -> Operation:
    """The trials as a DataFrame, ragged columns cut and references resolved."""
    return Operation(lambda _: nwb.read(path).trials.to_dataframe(), answers.of_frame)


# ------------------------------------------------------------------------------------ making tables
def rows(path: Path, _scratch: Path) -> Operation:
    """A table that grows row by row."""
    from nwb_models.core.v2_11_0 import TimeIntervals

    def run(given: list[dict[str, Any]]) -> Any:
        trials = TimeIntervals(name="trials", description="experimental trials")
        for name in given[0]:
            if name not in trials:
                trials.add_column(name, index=name == "tags")
        for row in given:
            trials.add_row(row)
        return trials

    return Operation(run, lambda found: answers.of_rows(found.to_dataframe()), lambda: floor.rows_of(path))


def from_dataframe(path: Path, _scratch: Path) -> Operation:
    """A table of a DataFrame."""
    from nwb_models.core.v2_11_0 import TimeIntervals

    return Operation(
        lambda frame: TimeIntervals.from_dataframe(frame, name="trials", description="experimental trials"),
        lambda found: answers.of_rows(found.to_dataframe()),
        lambda: _frame(path),
    )


def _frame(path: Path) -> Any:
    import pandas as pd

    return pd.DataFrame(floor.rows_of(path))


# ------------------------------------------------------------------------------------ writing
def build(path: Path, _scratch: Path) -> Operation:
    """Models made in memory."""
    return Operation(_built, lambda found: {"series": len(found.acquisition)}, lambda: series.arguments_of(path))


def _built(arguments: list[dict[str, Any]]) -> Any:
    """Return what `benchmarks.files.file_of_series` does, in models."""
    from nwb_models.core.v2_11_0 import NWBFile, ProcessingModule, TimeSeries

    nwbfile = NWBFile(
        session_description="benchmark file series",
        identifier="bench-series",
        session_start_time=datetime(2024, 5, 17, 10, 30, tzinfo=UTC),
        experimenter=["Doe, Jane", "Roe, Richard"],
        institution="Some University",
        lab="Some Lab",
        session_id="series",
        keywords=["benchmark", "synthetic"],
    )
    acquired = series.acquired_of(arguments)
    for each in arguments[:acquired]:
        nwbfile.acquisition.add(TimeSeries(**each))
    for number, each in enumerate(arguments[acquired:]):
        name = series.module_of(number)
        if name not in nwbfile.processing:
            nwbfile.processing.add(ProcessingModule(name=name, description=f"{name} results"))
        nwbfile.processing[name].add(TimeSeries(**each))
    return nwbfile


def write(path: Path, scratch: Path) -> Operation:
    """Models made in memory, written: on the disk, and looked through, when it returns."""
    target = scratch / "ours.nwb"

    def run(nwbfile: Any) -> Path:
        nwb.write(nwbfile, target)
        return target

    return Operation(run, answers.of_series, lambda: _built(series.arguments_of(path)))


def copy(path: Path, scratch: Path) -> Operation:
    """A file read into models, and the models written: on the disk when it returns."""
    target = scratch / "ours.nwb"

    def run(_: None) -> Path:
        nwb.write(nwb.read(path), target)
        return target

    return Operation(run, answers.of_copy, lambda: target.unlink(missing_ok=True))


def truncate(path: Path, scratch: Path) -> Operation:
    """Ten rows of everything."""
    target = scratch / "ours.nwb"

    def run(_: None) -> Path:
        nwb.truncate(path, target, n=10)
        return target

    def answer(found: Path) -> Answer:
        first = nwb.read(found).acquisition["series_00000"].data[:]
        return {"typed": answers.typed_of(floor.types_by_path(found)), "kept": len(first), "sum": float(first.sum())}

    return Operation(run, answer, lambda: target.unlink(missing_ok=True))
