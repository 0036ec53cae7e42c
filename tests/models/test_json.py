"""Models to JSON and back by pydantic's own means: `model_dump_json`, `model_validate_json`, `model_json_schema`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

import nwb_models as nwb
from nwb_models.generated.core import v2_11_0 as core
from nwb_models.generated.hdmf_common import v1_10_0 as common
from nwb_models.models import NWBModel
from nwb_models.models.metadata import LIMIT
from tests.conftest import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = {"arrays": "whole"}
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _series(data: Any, **more: Any) -> Any:
    return core.TimeSeries(name="s", data=data, unit="V", timestamps=np.arange(float(len(data))), **more)


def _file() -> Any:
    return core.NWBFile(
        identifier="x",
        session_description="d",
        session_start_time=START,
        timestamps_reference_time=START,
        file_create_date=[START],
    )


def _again(model: Any, **options: Any) -> Any:
    """Return a model that went through JSON."""
    return type(model).model_validate_json(model.model_dump_json(**options))


# ------------------------------------------------------------------------------------------ whole files
def test_a_file_with_all_that_is_in_it(tmp_path: Path) -> None:
    """Every object, value, dtype and reference comes back; the file that it is written to says the same."""
    nwbfile = nwb.read(EXAMPLE, eager=True)
    text = nwbfile.model_dump_json(context=WHOLE)
    again = type(nwbfile).model_validate_json(text)
    once_more = type(nwbfile).model_validate_json(again.model_dump_json(context=WHOLE))
    assert once_more.model_dump_json(context=WHOLE) == again.model_dump_json(context=WHOLE)
    nwb.write(again, tmp_path / "again.nwb")
    shared = {"/processing/behavior/BehavioralTimeSeries/speed", "/processing/behavior/Position/position"}
    for found in nwb.diff(EXAMPLE, tmp_path / "again.nwb"):
        if found.kind == "link":  # the times that two series share are stored with the first
            assert found.path.removesuffix("/timestamps") in shared
        else:
            assert (found.kind, found.path.rpartition("@")[2]) == ("dtype", "sweep_number")  # single integers
    assert nwb.validate(tmp_path / "again.nwb").ok


def test_links_lead_to_the_same_object() -> None:
    """Also where what they lead to comes later in the JSON."""
    again = _again(nwb.read(EXAMPLE, eager=True), context=WHOLE)
    series = again.acquisition["ElectricalSeries"]
    assert series.electrodes.table is again.electrodes
    groups = list(again.electrodes["group"].value)
    assert {id(group) for group in groups} <= {
        id(group) for group in again.general.extracellular_ephys.electrode_group.values()
    }
    assert again.processing["behavior"]["BehavioralTimeSeries"]["speed"].timestamps is (
        again.processing["behavior"]["Position"]["position"].timestamps
    )
    assert type(series) is core.ElectricalSeries


# ------------------------------------------------------------------------------------------ values
@pytest.mark.parametrize(
    "data",
    [
        np.array([1, 2, 3], "u1"),
        np.array([0.1, 1 / 3], "f4"),
        np.array([np.nan, np.inf, -np.inf, 5e-324]),
        np.array([2**63 - 1, -(2**63)]),
        np.array([2**64 - 1], "u8"),
        np.array([True, False]),
        np.zeros((0, 2)),
        np.arange(1000.0).reshape(10, 100),
    ],
    ids=["uint8", "float32", "no numbers", "int64", "uint64", "bool", "empty", "large"],
)
def test_whole_arrays_come_back_exactly(data: Any) -> None:
    """With dtype and shape."""
    value = _again(common.VectorData(name="x", description="d", value=data), context=WHOLE).value
    assert (value.dtype, value.shape) == (data.dtype, data.shape)
    assert value.tobytes() == data.tobytes()


def test_small_arrays_come_back_without_asking() -> None:
    """In the dtype of their field; null stands for NaN."""
    again = _again(_series([1.5, float("nan")], description="d"))
    assert again.data[0] == 1.5
    assert np.isnan(again.data[1])
    assert (again.unit, again.description, again.timestamps.unit) == ("V", "d", "seconds")
    text = _again(common.VectorData(name="x", description="d", value=["a", "1"]))
    assert list(text.value) == ["a", "1"]


def test_large_arrays_have_to_be_asked_for() -> None:
    """A summary is no data, and an error says how to get it."""
    series = _series(np.zeros(LIMIT + 1))
    with pytest.raises(ValidationError, match=r"the values are not in this JSON: model_dump_json\(context="):
        _again(series)
    assert _again(series, context=WHOLE).data.shape == (LIMIT + 1,)


def test_compound_rows() -> None:
    """In columns whose specification gives a dtype, with the objects that they refer to; and single ones."""
    nwbfile = _file()
    measured = nwbfile.acquisition.add(_series([1.0]))
    table = nwbfile.acquisition.add(
        common.DynamicTable(name="t", description="d", colnames=["refs"], id={"name": "id", "value": [0]})
    )
    table.vector_data.add(core.TimeSeriesReferenceVectorData(name="refs", description="d", value=[(0, 1, measured)]))
    device = nwbfile.add(core.Device(name="probe"))
    nwbfile.add(core.ElectrodeGroup(name="g", description="d", location="l", device=device, position=(1.0, 2.0, 3.0)))
    for options in ({}, {"context": WHOLE}):
        again = _again(nwbfile, **options)
        row = again.acquisition["t"]["refs"].value[0]
        assert (row["idx_start"], row["count"]) == (0, 1)
        assert row["timeseries"] is again.acquisition["s"]
        position = again.general.extracellular_ephys["g"].position
        assert [float(position[axis]) for axis in "xyz"] == [1.0, 2.0, 3.0]


def test_a_column_of_references() -> None:
    """Written whole, it says what it is; otherwise it could be text, and nothing is guessed."""
    nwbfile = _file()
    device = nwbfile.add(core.Device(name="probe"))
    table = nwbfile.acquisition.add(
        common.DynamicTable(name="t", description="d", colnames=["x"], id={"name": "id", "value": [0]})
    )
    table.vector_data.add(common.VectorData(name="x", description="d", value=[device]))
    again = _again(nwbfile, context=WHOLE)
    assert again.acquisition["t"].vector_data["x"].value[0] is again.general.devices["probe"]
    with pytest.raises(ValidationError, match="references or text"):
        _again(nwbfile)


def test_dates_and_names_stay() -> None:
    """And object_id, and fields that the class does not foresee."""
    nwbfile = _file()
    nwbfile.object_id = "an id"
    again = _again(nwbfile)
    assert (again.name, again.object_id, again.session_start_time) == ("root", "an id", START)
    document = {**json.loads(nwbfile.model_dump_json()), "more": 1}
    assert core.NWBFile.model_validate(document).more == 1


# ------------------------------------------------------------------------------------------ types
def test_the_type_in_the_json_decides() -> None:
    """Where it derives from the one that is asked for; another one is refused."""
    device = core.Device(name="probe", description="d")
    assert type(NWBModel.model_validate_json(device.model_dump_json())) is not NWBModel
    again = common.Container.model_validate_json(device.model_dump_json())
    assert type(again).neurodata_type == "Device"
    with pytest.raises(ValidationError, match=r"no core.Device is known that is a Subject"):
        core.Subject.model_validate_json(device.model_dump_json())

    class Holder(BaseModel):
        held: core.Device

    assert Holder.model_validate_json(Holder(held=device).model_dump_json()).held.description == "d"


def test_classes_of_a_module_that_is_gone_are_not_taken() -> None:
    """Python keeps them for a while, and nobody can find them."""
    content = {
        "__module__": "gone",
        "__annotations__": {"x": "Nothing"},
        "neurodata_type": "Device",
        "namespace": "core",
    }
    gone = type(common.Container)("Device", (common.Container,), content)
    document = core.Device(name="probe", description="d").model_dump_json()
    assert type(common.Container.model_validate_json(document)) is not gone


def test_what_is_elsewhere_is_said() -> None:
    """A part of a file alone does not hold what it links."""
    group = core.ElectrodeGroup(name="g", description="d", location="l", device=core.Device(name="probe"))
    with pytest.raises(ValidationError, match="refers to '/probe', which is not in this JSON"):
        _again(group)


@pytest.mark.parametrize(
    "values",
    [
        {"shape": [2], "dtype": "int8", "values": [1]},
        {"shape": [1], "dtype": "int8", "values": [300]},
        {"shape": [1], "dtype": "nothing", "values": [1]},
        {"shape": [10**15], "dtype": "object reference", "values": []},
        {"shape": "x", "dtype": "int8", "values": [1]},
        {"shape": [1], "dtype": "int8", "values": {"a": 1}},
        {"shape": [1], "dtype": "region reference", "values": ["/"]},
        {"shape": [1], "dtype": ["int8"], "values": [1]},
    ],
)
def test_arrays_that_are_none(values: Any) -> None:
    """Each is an error of validation, and nothing worse."""
    document = {"name": "x", "neurodata_type": "VectorData", "namespace": "hdmf-common", "description": "d"}
    with pytest.raises(ValidationError):
        common.VectorData.model_validate({**document, "value": values})


def test_what_is_required_is_asked_for() -> None:
    """As when a model is made by hand."""
    document = {"name": "x", "neurodata_type": "VectorData", "namespace": "hdmf-common"}
    with pytest.raises(ValidationError, match="description"):
        common.VectorData.model_validate({**document, "value": [1]})


# ------------------------------------------------------------------------------------------ JSON Schema
@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_every_class_has_a_json_schema(mode: Any) -> None:
    """Of what is written, and of what is read."""
    classes = [cls for cls in vars(core).values() if isinstance(cls, type) and issubclass(cls, NWBModel)]
    assert len(classes) > 50
    for cls in classes:
        Draft202012Validator.check_schema(cls.model_json_schema(mode=mode))


def test_the_json_schema_holds_for_what_is_written() -> None:
    """Whole or not; and refuses what is wrong."""
    nwbfile = nwb.read(EXAMPLE, eager=True)
    validator = Draft202012Validator(core.NWBFile.model_json_schema(mode="serialization"))
    for context in (None, WHOLE):
        document = json.loads(nwbfile.model_dump_json(context=context))
        assert list(validator.iter_errors(document)) == []
    assert list(validator.iter_errors({**document, "identifier": 3}))
    properties = core.ElectrodeGroup.model_json_schema()["properties"]
    assert {"type": "string", "description": "The path of the object."} in properties["device"]["anyOf"]
