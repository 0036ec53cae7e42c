"""`model_dump(mode="json")`: what JSON says of a model, with paths for all that lives elsewhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest
from pydantic import BaseModel

import nwb_models as nwb
from nwb_models.errors import NWBWarning
from nwb_models.generated.core import v2_11_0 as core
from nwb_models.generated.hdmf_common import v1_10_0 as common
from nwb_models.models.metadata import LIMIT
from tests.io.handmade import new_file, series, typed

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def nwbfile() -> Any:
    """A file made by hand."""
    return core.NWBFile(
        file_create_date=[START],
        identifier="x",
        session_description="a session",
        session_start_time=START,
        timestamps_reference_time=START,
    )


def _series(name: str, data: Any, **more: Any) -> Any:
    return core.TimeSeries(name=name, data=data, unit="V", timestamps=[0.0], **more)


def _acquired(dumped: dict[str, Any]) -> dict[str, Any]:
    return {entry["name"]: entry for entry in dumped["acquisition"]["nwb_data_interface"]}


# ------------------------------------------------------------------------------------------ objects
def test_an_object_begins_with_where_and_what_it_is(nwbfile: Any) -> None:
    """Paths of models made by hand are those that they would have in a file."""
    nwbfile.acquisition.nwb_data_interface.add(_series("a", [1.5]))
    dumped = nwbfile.model_dump(mode="json")
    assert list(dumped)[:4] == ["path", "name", "neurodata_type", "namespace"]
    assert dumped["path"] == "/"
    assert _acquired(dumped)["a"] == {
        "path": "/acquisition/a",
        "name": "a",
        "neurodata_type": "TimeSeries",
        "namespace": "core",
        "description": "no description",
        "comments": "no comments",
        "data": {"unit": "V", "conversion": 1.0, "offset": 0.0, "resolution": -1.0, "value": [1.5]},
        "timestamps": {"interval": 1, "unit": "seconds", "value": [0.0]},
    }


def test_one_object_alone() -> None:
    """It need not be a file; nothing says where it is, so it is at the top."""
    assert _series("a", [1]).model_dump(mode="json")["path"] == "/a"
    assert core.TimeSeries__data(name="data", value=[1], unit="V").model_dump(mode="json")["value"] == [1]


def test_what_is_linked_and_what_comes_again_is_a_path(nwbfile: Any) -> None:
    """An object is written where it lives, and nowhere else, so circles end."""
    device = core.Device(name="probe")
    nwbfile.general.devices = core.NWBFile__general__devices(name="devices", device=[device])
    group = core.ElectrodeGroup(name="shank", description="d", location="l", device=device)
    nwbfile.general.extracellular_ephys = core.NWBFile__general__extracellular_ephys(
        name="extracellular_ephys", electrode_group=[group]
    )
    same = _series("same", [1])
    nwbfile.acquisition.nwb_data_interface.add(same)
    nwbfile.analysis.nwb_container.add(same)
    dumped = nwbfile.model_dump(mode="json")
    assert dumped["general"]["extracellular_ephys"]["electrode_group"][0]["device"] == "/general/devices/probe"
    assert dumped["analysis"] == {"nwb_container": ["/acquisition/same"]}
    assert dumped["general"]["devices"]["device"][0]["path"] == "/general/devices/probe"


def test_references_in_tables_and_compound_rows(nwbfile: Any) -> None:
    """Each is the path of its object; a row is a dict."""
    table = common.DynamicTable(
        name="table",
        description="d",
        colnames=["a"],
        id=common.ElementIdentifiers(name="id", value=[0]),
        vector_data=[],
    )
    column = common.VectorData(name="a", description="d", value=[1])
    table.vector_data.add(column)
    table.vector_data.add(common.VectorIndex(name="a_index", description="i", value=np.array([1], "u1"), target=column))
    measured = _series("s", [1])
    rows = core.TimeSeriesReferenceVectorData(name="refs", description="d", value=[(0, 1, measured)])
    table.vector_data.add(rows)
    nwbfile.acquisition.dynamic_table.add(table)
    nwbfile.acquisition.nwb_data_interface.add(measured)
    columns = {c["name"]: c for c in nwbfile.model_dump(mode="json")["acquisition"]["dynamic_table"][0]["vector_data"]}
    assert columns["a_index"]["target"] == "/acquisition/table/a"
    assert columns["refs"]["value"] == [{"idx_start": 0, "count": 1, "timeseries": "/acquisition/s"}]


def test_members_of_an_object_read_from_a_file_keep_their_place(tmp_path: Path) -> None:
    """Soft links, links to another file, and an object put into another file by hand."""
    with h5py.File(tmp_path / "other.nwb", "w") as other:
        other.attrs.update({"neurodata_type": "NWBFile", "namespace": "core", "nwb_version": "2.11.0"})
        series(other, "far")
    with new_file(tmp_path / "a.nwb") as file:
        series(file["acquisition"], "near")
        file["analysis/again"] = h5py.SoftLink("/acquisition/near")
        file["analysis/far"] = h5py.ExternalLink("other.nwb", "/far")
        file["analysis/nowhere"] = h5py.ExternalLink("gone.nwb", "/x")
    with pytest.warns(NWBWarning, match="holds no specification"):
        nwbfile = nwb.read(tmp_path / "a.nwb", eager=True)
    dumped = nwbfile.model_dump(mode="json")
    assert sorted(dumped["analysis"].pop("nwb_container")) == ["/acquisition/near", "other.nwb#/far"]
    assert dumped["analysis"] == {"nowhere": "gone.nwb#/x"}
    assert _acquired(dumped)["near"]["path"] == "/acquisition/near"
    moved = core.NWBFile__acquisition(name="acquisition", nwb_data_interface=[nwbfile.acquisition["near"]])
    nwbfile = core.NWBFile(**dict.fromkeys(("identifier", "session_description"), "x"), acquisition=moved,
        file_create_date=[START], session_start_time=START, timestamps_reference_time=START)  # fmt: skip
    assert _acquired(nwbfile.model_dump(mode="json"))["near"]["data"]["unit"] == "V"


def test_what_is_not_there_is_left_out(tmp_path: Path) -> None:
    """Defaults that the file does not hold, and groups that were made for want of one."""
    with new_file(tmp_path / "a.nwb") as file:
        del file["analysis"]
        typed(file["general"].create_group("devices"), "probe", "Device")
    dumped = nwb.read(tmp_path / "a.nwb").model_dump(mode="json")
    assert "analysis" not in dumped
    assert "units" not in dumped
    assert dumped["general"]["devices"]["device"] == [
        {"path": "/general/devices/probe", "name": "probe", "neurodata_type": "Device", "namespace": "core"}
    ]


def test_a_group_that_the_file_has_not_is_there_once_something_is_in_it(tmp_path: Path) -> None:
    """By its name, in its parent, and in JSON alike."""
    with new_file(tmp_path / "a.nwb") as file:
        del file["acquisition"], file["stimulus"]
    nwbfile = nwb.read(tmp_path / "a.nwb")
    assert {"acquisition", "stimulus"}.isdisjoint({*nwbfile, *nwbfile.model_dump(mode="json")})
    added = nwbfile.acquisition.add(_series("a", [1]))
    assert nwbfile["acquisition/a"] is added
    assert "acquisition" in nwbfile.keys() & nwbfile.model_dump(mode="json").keys()
    assert "stimulus" not in {*nwbfile, *nwbfile.model_dump(mode="json")}


def test_a_default_that_is_not_written_is_not_there() -> None:
    """What the specification fixes is; what it merely suggests is, once it is given."""
    images = core.ImageSeries(name="i", data=np.zeros((1, 2, 2)), unit="V", rate=1.0, starting_time=0.0)
    assert "format" not in {*images, *images.model_dump(mode="json")}
    images.format = "raw"
    assert images["format"] == images.model_dump(mode="json")["format"] == "raw"


def test_what_the_class_does_not_foresee_keeps_its_name(tmp_path: Path) -> None:
    """Attributes of any object and of plain datasets, and children."""
    with new_file(tmp_path / "a.nwb") as file:
        file.attrs["more"] = "text"
        file["identifier"].attrs["note"] = 3
        typed(file["general"].create_group("odd"), "thing", "Device")["x"] = 2
    dumped = nwb.read(tmp_path / "a.nwb").model_dump(mode="json")
    assert (dumped["more"], dumped["identifier@note"]) == ("text", 3)
    assert dumped["general"]["odd"]["thing"]["x"] == 2


# ------------------------------------------------------------------------------------------ values
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([1, 2], [1, 2]),
        ([[1.5, float("nan")], [float("inf"), -1.0]], [[1.5, None], [None, -1.0]]),
        (["a", "b"], ["a", "b"]),
        ([True], [True]),
        (np.zeros((0, 2)), []),
        (np.arange(LIMIT), list(range(LIMIT))),
        (np.zeros((LIMIT + 1, 2), "f4"), {"shape": [LIMIT + 1, 2], "dtype": "float32"}),
        (["a"] * (LIMIT + 1), {"shape": [LIMIT + 1], "dtype": "text or object"}),
    ],
    ids=["integers", "no numbers", "text", "bool", "empty", "at the limit", "above it", "much text"],
)
def test_arrays(data: Any, expected: Any) -> None:
    """Small ones with their values, larger ones as what they are."""
    model = common.VectorData(name="x", description="d", value=data)
    assert model.model_dump(mode="json")["value"] == expected


def test_large_arrays_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shape and dtype are known without."""
    with new_file(tmp_path / "a.nwb") as file:
        series(file["acquisition"], "s")
        file["acquisition/s"].create_dataset("control", data=np.zeros(1000, "u1"))
    nwbfile = nwb.read(tmp_path / "a.nwb", eager=True)
    read = []
    source = type(nwbfile.acquisition["s"].control.source)
    monkeypatch.setattr(
        source, "read", lambda self, index, usual=source.read: read.append(self.path) or usual(self, index)
    )
    assert _acquired(nwbfile.model_dump(mode="json"))["s"]["control"] == {"shape": [1000], "dtype": "uint8"}
    assert "/acquisition/s/control" not in read


def test_text_that_is_not_utf8_comes_with_escapes(tmp_path: Path) -> None:
    """JSON holds Unicode only."""
    with new_file(tmp_path / "a.nwb") as file:
        kind = h5py.h5t.C_S1.copy()
        kind.set_size(4)
        space = h5py.h5s.create(h5py.h5s.SCALAR)
        attribute = h5py.h5a.create(file["general"].id, b"odd", kind, space)
        attribute.write(np.array(b"a\xff", dtype="S4"))
    text = nwb.read(tmp_path / "a.nwb").model_dump_json()
    assert json.loads(text)["general"]["odd"] == "a\\udcff"


def test_the_namespace_is_the_one_that_defines_the_type(tmp_path: Path) -> None:
    """Files from before the types of the tables left core name core for them."""
    with new_file(tmp_path / "a.nwb") as file:
        table = typed(file["acquisition"], "t", "DynamicTable", description="d", colnames=np.array([], "S1"))
        table["id"] = [0]
        table["id"].attrs.update({"neurodata_type": "ElementIdentifiers", "namespace": "hdmf-common"})
    dumped = nwb.read(tmp_path / "a.nwb").model_dump(mode="json")["acquisition"]["dynamic_table"][0]
    assert (dumped["neurodata_type"], dumped["namespace"]) == ("DynamicTable", "hdmf-common")


# ------------------------------------------------------------------------------------------ pydantic
def test_every_way_to_json_says_the_same(nwbfile: Any) -> None:
    """`model_dump_json`, a part of another model, and what is included or left out."""

    class Holder(BaseModel):
        held: core.Device

    device = core.Device(name="probe", description="d")
    dumped = device.model_dump(mode="json")
    assert json.loads(device.model_dump_json()) == dumped
    assert json.loads(Holder(held=device).model_dump_json()) == {"held": dumped}
    assert device.model_dump(mode="json", include={"name"}) == {"name": "probe"}
    assert "name" not in device.model_dump(mode="json", exclude={"name"})


def test_python_mode_is_pydantics_own() -> None:
    """Values stay what they are."""
    dumped = core.Device(name="probe", description="d").model_dump()
    assert dumped["name"] == "probe"
    assert "path" not in dumped
    data = np.zeros(100)
    assert common.VectorData(name="x", description="d", value=data).model_dump()["value"] is data
