"""The exported JSON Schema accepts the JSON of files that keep to their specifications, and refuses planted errors."""

from __future__ import annotations

import copy
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.errors import NWBWarning
from nwb_models.generated.core import v2_11_0
from nwb_models.generated.hdmf_common import v1_10_0
from nwb_models.models.consistency import RULES
from nwb_models.schema.provider import SchemaProvider
from tests.conftest import CORPUS, EXAMPLE, corpus_files
from tests.io.examples import World
from tests.schema.exported import core, errors, extension

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLACELESS = {"Container", "Data", "NWBData", "SimpleMultiContainer", "CSRMatrix"}
"""Types that no type of core holds."""
TYPES = sorted(set(World(v1_10_0, v2_11_0).types) - {"NWBFile"} - PLACELESS)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The JSON of the packaged example."""
    dumped: dict[str, Any] = nwb.read(EXAMPLE).model_dump(mode="json")
    return dumped


# ------------------------------------------------------------------------------------------ accepted
def test_the_example(document: dict[str, Any]) -> None:
    """With the schema of the shipped core, and with that of its own specifications."""
    assert errors(core(), document) == []
    with nwb.open(EXAMPLE) as io:
        assert errors(io.make_provider().specifications, document) == []


@pytest.mark.parametrize("name", TYPES)
def test_every_type_of_core(name: str) -> None:
    """An object with all that its type may have."""
    world = World(v1_10_0, v2_11_0)
    world.place(world.example(world.types[name], full=True))
    assert errors(core(), world.file.model_dump(mode="json")) == []


@pytest.mark.corpus
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(CORPUS)))
def test_the_corpus(path: Path) -> None:
    """The schema exported from a file refuses it where it departs from what a schema can say, and accepts it else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NWBWarning)
        with nwb.open(path) as io:
            dumped = io.read(eager=True).model_dump(mode="json")
            found = errors(io.make_provider().specifications, dumped)
            in_words = {rule.name for rule in RULES}
            assert bool(found) == any(issue.rule not in in_words for issue in io.issues), found


# ------------------------------------------------------------------------------------------ refused
def _series(document: dict[str, Any], name: str = "ElectricalSeries") -> dict[str, Any]:
    found: dict[str, Any] = next(
        entry for entry in document["acquisition"]["nwb_data_interface"] if entry["name"] == name
    )
    return found


def _group(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["general"]["extracellular_ephys"]["electrode_group"][0]
    return found


def _electrodes(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["general"]["extracellular_ephys"]["electrodes"]
    return found


VECTOR_DATA = {"neurodata_type": "VectorData", "description": "d"}
MUCH_TEXT = {"shape": [100], "dtype": "text"}

PLANTED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a required dataset is missing": (
        lambda d: d.pop("session_description"),
        "$: 'session_description' is a required property",
    ),
    "a required part of a series is missing": (lambda d: _series(d).pop("data"), "'data' is a required property"),
    "another unit than the fixed one": (
        lambda d: _series(d)["data"].update(unit="mV"),
        ".data.unit: 'volts' was expected",
    ),
    "another version": (lambda d: d.update(nwb_version="1.0"), "$.nwb_version: '2.11.0' was expected"),
    "a device that is none": (
        lambda d: d["general"]["devices"]["device"][0].update(neurodata_type="Subject"),
        "$.general.devices.device[0].neurodata_type: 'Device' was expected",
    ),
    "an attribute that is unknown": (lambda d: _series(d).update(sample_rate=3), "'sample_rate' was unexpected"),
    "a child that is unknown": (lambda d: d["general"].update(devise={}), "'devise' was unexpected"),
    "a number in place of a link": (lambda d: _group(d).update(device=5), ".device: 5 is not of type 'string'"),
    "text in place of a path": (lambda d: _group(d).update(device="probe"), ".device: 'probe' does not match"),
    "an object in place of a link": (lambda d: _group(d).update(device={}), ".device: {} is not of type 'string'"),
    "text in place of a number": (
        lambda d: _series(d)["starting_time"].update(rate="10 Hz"),
        ".rate: '10 Hz' is not of type 'number'",
    ),
    "too many dimensions": (
        lambda d: _series(d)["data"].update(value=[[[[1]]]]),
        ".data.value[0][0][0]: [1] is not of type 'number'",
    ),
    "too many dimensions of a large array": (
        lambda d: _series(d)["data"]["value"].update(shape=[10, 2, 2, 2]),
        ".data.value: {'shape': [10, 2, 2, 2], 'dtype': 'int16'} is not valid under any",
    ),
    "text in a large array of numbers": (
        lambda d: _series(d)["data"]["value"].update(dtype="text"),
        "'dtype': 'text'} is not valid under any",
    ),
    "a single value in place of a list": (
        lambda d: d.update(file_create_date=d["file_create_date"][0]),
        "$.file_create_date: '20",
    ),
    "a collection that is no list": (
        lambda d: d["acquisition"].update(nwb_data_interface={}),
        "is not of type 'array'",
    ),
    "text in a column of numbers": (
        lambda d: _electrodes(d).update(x={**_electrodes(d)["id"], "value": ["here"], **VECTOR_DATA}),
        ".x.value[0]: 'here' is not valid under any",
    ),
    "text in a large column of numbers": (
        lambda d: _electrodes(d).update(x={**_electrodes(d)["id"], "value": MUCH_TEXT, **VECTOR_DATA}),
        ".x.value.dtype: 'text' is not one of ['float32'",
    ),
    "a namespace that defines no such type": (
        lambda d: _series(d).update(namespace="hdmf-common"),
        ".namespace: 'core' was expected",
    ),
    "no type": (lambda d: _series(d).pop("neurodata_type"), "'neurodata_type' is a required property"),
}


@pytest.mark.parametrize(("plant", "said"), PLANTED.values(), ids=PLANTED)
def test_planted_errors(plant: Callable[[dict[str, Any]], object], said: str, document: dict[str, Any]) -> None:
    """Each is found, said where it is, and the only thing that is said."""
    broken = copy.deepcopy(document)
    plant(broken)
    (error,) = errors(core(), broken)
    assert said in error


# ------------------------------------------------------------------------------------------ an extension
@pytest.fixture(scope="module")
def rig() -> dict[str, Any]:
    """The JSON of a file with objects of the extension."""
    provider = SchemaProvider(extension())
    module = provider.get("ndx-rig")
    world = World(v1_10_0, provider.get("core"))
    series, device = (world.target(world.types[name]) for name in ("TimeSeries", "Device"))
    world.file.acquisition.nwb_data_interface.add(
        module.QuietSeries(
            name="quiet", rows=[(1, series)], timestamps=[0.0], nothing=module.QuietSeries__nothing(name="nothing")
        )
    )
    world.place(module.Rig(name="rig", order=2, first=series, stand=device))
    world.file.analysis.nwb_container.add(module.QuietSeriesData(name="near"))
    dumped: dict[str, Any] = world.file.model_dump(mode="json")
    return dumped


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["name"] == name)


def _quiet(document: dict[str, Any]) -> dict[str, Any]:
    return _named(document["acquisition"]["nwb_data_interface"], "quiet")


def _rig(document: dict[str, Any]) -> dict[str, Any]:
    return _named(document["analysis"]["nwb_container"], "rig")


def test_the_extension(rig: dict[str, Any]) -> None:
    """Its types are accepted where those stand that they include, with what they say more."""
    assert errors(extension(), rig) == []
    assert _rig(rig)["gain"] == -1.0
    (row,) = _quiet(rig)["rows"]
    assert row == {"x_y": 1, "of": "/acquisition/target_time_series"}


EXTENSION_ERRORS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another value than the fixed one": (
        lambda d: _rig(d).update(gain=1.0),
        ".gain: -1.0 was expected",
    ),
    "another shape than the two that are allowed": (
        lambda d: _quiet(d).update(data={"unit": "V", "value": [[1, 2]]}),
        ".data.value[0]: [1, 2] is too short",
    ),
    "a row without a field": (
        lambda d: _quiet(d)["rows"][0].pop("x_y"),
        "'x_y' is a required property",
    ),
}


@pytest.mark.parametrize(("plant", "said"), EXTENSION_ERRORS.values(), ids=EXTENSION_ERRORS)
def test_planted_errors_in_the_extension(
    plant: Callable[[dict[str, Any]], object], said: str, rig: dict[str, Any]
) -> None:
    """What the extension itself asks for is checked, too."""
    broken = copy.deepcopy(rig)
    plant(broken)
    (error,) = errors(extension(), broken)
    assert said in error


def test_types_of_other_namespaces_are_refused(rig: dict[str, Any]) -> None:
    """Core knows nothing of the extension."""
    assert any("'Rig' is not one of" in error for error in errors(core(), rig))


def test_a_schema_without_files_takes_any_object() -> None:
    """Such as hdmf-common alone."""
    from nwb_models.schema.language import Specifications
    from nwb_models.schema.sources import shipped_namespaces

    specifications = Specifications(shipped_namespaces("hdmf-common", "1.10.0"))
    column = v1_10_0.VectorData(name="x", description="d", value=np.arange(3))
    assert errors(specifications, column.model_dump(mode="json")) == []
    assert errors(specifications, {"neurodata_type": "NWBFile"}) != []
