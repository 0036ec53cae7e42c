"""Files made by hand: every type of core and hdmf-common, and an extension, against PyNWB."""

from __future__ import annotations

import json
import re
import uuid
import warnings
from datetime import datetime
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pynwb
import pytest

import nwb_models as nwb
from nwb_models.generated.core import v2_11_0 as core
from nwb_models.generated.hdmf_common import v1_10_0 as common
from nwb_models.io.write import write_file
from nwb_models.models import Array, NWBDataset, NWBGroup, NWBModel
from nwb_models.models.mapping import storage
from nwb_models.schema.language import Namespace
from nwb_models.schema.provider import SchemaProvider, namespaces_of_classes
from tests.io.examples import START, World
from tests.io.handmade import reach_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WITHOUT_A_PLACE = ("Container", "Data", "NWBData", "SimpleMultiContainer", "CSRMatrix")
"""Types that no type of core holds."""
NOT_FOR_PYNWB = ("EventWaveform",)
"""Types that PyNWB 4.2 cannot read."""
DESCRIBED_BY_PYNWB = (
    "VectorIndex", "ElectrodesTable", "FrequencyBandsTable", "IntracellularRecordingsTable", "MeaningsTable",
    "RepetitionsTable", "SequentialRecordingsTable", "SimultaneousRecordingsTable", "ExperimentalConditionsTable",
    "SweepTable", "IntracellularElectrodesTable", "IntracellularStimuliTable", "IntracellularResponsesTable",
)  # fmt: skip
"""Types whose description PyNWB replaces by its own when it reads them."""
TYPES = sorted(set(World(common, core).types) - {"NWBFile", *WITHOUT_A_PLACE})


@pytest.mark.parametrize("name", TYPES)
def test_every_type(name: str, tmp_path: Path) -> None:
    """All that a type may have is written, reads back equal, is valid, and has the same values in PyNWB."""
    world = World(common, core)
    model = world.example(world.types[name], full=True)
    world.place(model)
    nwb.write(world.file, tmp_path / "a.nwb")
    again = nwb.read(tmp_path / "a.nwb", strict=True)
    assert list(_unequal(world.file, again)) == []
    assert pynwb.validate(path=tmp_path / "a.nwb") == []
    if name not in NOT_FOR_PYNWB:
        assert _unequal_in_pynwb(again, model.object_id, tmp_path / "a.nwb") == []


@pytest.mark.filterwarnings("ignore::nwb_models.errors.NWBWarning")
@pytest.mark.parametrize("name", WITHOUT_A_PLACE)
def test_a_type_without_a_place_is_written_alone(name: str, tmp_path: Path) -> None:
    """Extensions hold such types; a file of one of them is none that users can write."""
    world = World(common, core)
    cls = world.types[name]
    if issubclass(cls, NWBDataset):
        holder = common.SimpleMultiContainer(name="root", data=[cls(name="data", value=np.arange(3.0))])
    else:
        holder = world.example(cls, "root", full=True)
    write_file(holder, tmp_path / "a.nwb")
    assert list(_unequal(holder, nwb.read(tmp_path / "a.nwb"))) == []


def _unequal(one: Any, two: Any, where: str = "", seen: frozenset[int] = frozenset()) -> Iterator[str]:
    """Yield where two models differ, one made by hand and the one that was read."""
    if id(one) in seen:
        return
    if type(one).__name__ != type(two).__name__ or (where and one.name != two.name):
        yield f"{where}: {one!r} and {two!r}"
        return
    seen |= {id(one)}
    tables = storage(type(one))
    for entry in (*tables.attributes.values(), *tables.children.values(), *tables.unnamed):
        yield from _unequal_values(getattr(one, entry.field), getattr(two, entry.field), f"{where}/{entry.field}", seen)
    if tables.value is not None:
        yield from _unequal_values(one.value, two.value, f"{where}#", seen)
    for entry in tables.collections:
        first, second = getattr(one, entry.field), getattr(two, entry.field)
        if set(first) != set(second):
            yield f"{where}/{entry.field}: {set(first)} and {set(second)}"
        for name in set(first) & set(second):
            yield from _unequal(first[name], second[name], f"{where}/{entry.field}/{name}", seen)


def _unequal_values(one: Any, two: Any, where: str, seen: frozenset[int]) -> Iterator[str]:
    if isinstance(one, NWBModel):
        yield from _unequal(one, two, where, seen)
        return
    two = two[...] if isinstance(two, Array) else two
    if not _equal(one, two):
        yield f"{where}: {one!r} and {two!r}"


def _equal(one: Any, two: Any) -> bool:
    """Tell whether two values say the same; models stand for references."""
    if isinstance(one, NWBModel) or isinstance(two, NWBModel):
        return one.object_id == two.object_id
    if isinstance(one, datetime) and isinstance(two, str):
        return one == datetime.fromisoformat(two)
    if isinstance(one, np.ndarray | list | np.void):
        one, two = np.asarray(one), np.asarray(two)
        if one.dtype.names is not None:
            return all(_equal(one[name], two[name]) for name in one.dtype.names)
        return one.shape == two.shape and all(map(_equal, one.reshape(-1).tolist(), two.reshape(-1).tolist()))
    return bool(one == two)


def _unequal_in_pynwb(root: Any, wanted: str, path: Path) -> list[str]:
    """Return which plain values PyNWB finds to be others; the object that is wanted has to be there."""
    models = {model.object_id: model for model in reach_all(root) if isinstance(model, NWBModel) and model.object_id}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pynwb.NWBHDF5IO(path, "r", load_namespaces=True) as io:
            objects = dict(io.read().objects)
            found = (
                []
                if wanted in objects or isinstance(models[wanted], NWBDataset)
                else [f"{models[wanted]!r} is missing"]
            )
            for key in set(objects) & set(models):
                found += _unequal_fields(models[key], objects[key].fields)
            return found


def _unequal_fields(model: NWBModel, fields: dict[str, Any]) -> list[str]:
    found = []
    described = {"description"} if model.neurodata_type in DESCRIBED_BY_PYNWB else set()
    for name in set(fields) & set(type(model).model_fields) - described:
        ours = getattr(model, name)
        ours = ours.value if isinstance(ours, NWBDataset) else ours
        theirs = fields[name]
        if (
            ours is None
            or isinstance(ours, NWBModel)
            or not isinstance(theirs, str | float | int | np.generic | h5py.Dataset)
        ):
            continue
        ours = ours[...] if isinstance(ours, Array) else ours
        theirs = theirs[...] if isinstance(theirs, h5py.Dataset) else theirs
        if isinstance(theirs, np.ndarray) and (theirs.dtype.hasobject or theirs.dtype.names):
            continue
        if not np.array_equal(np.asarray(ours), np.asarray(theirs)):
            found.append(f"{model!r}.{name}: {ours!r} and {theirs!r}")
    return found


# ---------------------------------------------------------------------------------------------- the file itself
@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A file with one series, made by hand."""
    world = World(common, core)
    world.place(core.TimeSeries(name="one", data=[1, 2, 3], unit="V", rate=10.0, starting_time=0.0))
    nwb.write(world.file, tmp_path / "a.nwb")
    return tmp_path / "a.nwb"


def test_the_root_of_a_new_file(made: Path) -> None:
    """Version, types, ids, dates with their zones, and where the specifications are."""
    with h5py.File(made) as file:
        assert file.attrs["nwb_version"] == "2.11.0"
        assert (file.attrs["neurodata_type"], file.attrs["namespace"]) == ("NWBFile", "core")
        assert uuid.UUID(file.attrs["object_id"]).version == 4
        assert file[file.attrs[".specloc"]] == file["specifications"]
        assert file["session_start_time"][()] == START.isoformat().encode()
        assert file["file_create_date"][0] == START.isoformat().encode()


def test_specifications_are_those_that_are_used_and_as_pynwb_writes_them(made: Path, tmp_path: Path) -> None:
    """The namespace and what it includes; sources have no ending; each document is one scalar text."""
    when = {"session_description": "d", "identifier": "i", "session_start_time": START}
    with pynwb.NWBHDF5IO(tmp_path / "b.nwb", "w") as io:
        io.write(pynwb.NWBFile(**when))
    with h5py.File(made) as ours, h5py.File(tmp_path / "b.nwb") as theirs:
        assert set(ours["specifications"]) == {"core", "hdmf-common"}
        for name in ours["specifications"]:
            for version in ours["specifications"][name]:
                one, two = ours["specifications"][name][version], theirs["specifications"][name][version]
                assert set(one) == set(two)
                assert all(document.shape == () and document.dtype == two[key].dtype for key, document in one.items())
                sources = [json.loads(side["namespace"][()])["namespaces"][0]["schema"] for side in (one, two)]
                assert [[part.get("source") for part in side if "source" in part] for side in sources] == [
                    [part.get("source") for part in side if "source" in part] for side in (sources[1], sources[1])
                ]


def test_object_ids_are_given_once(tmp_path: Path) -> None:
    """Writing again gives the same; untyped objects have none."""
    world = World(common, core)
    world.place(core.TimeSeries(name="one", data=[1, 2, 3], unit="V", rate=10.0, starting_time=0.0))
    found = []
    for name in ("a.nwb", "b.nwb"):
        nwb.write(world.file, tmp_path / name)
        with h5py.File(tmp_path / name) as file:
            found.append([file.attrs["object_id"], file["acquisition/one"].attrs["object_id"]])
            assert "object_id" not in file["acquisition"].attrs
            assert "object_id" not in file["acquisition/one/data"].attrs
    assert found[0] == found[1]


EXTENSION = {
    "namespace": {
        "namespaces": [
            {
                "name": "ndx-tetrode", "version": "0.1.0", "doc": "d", "author": "a", "contact": "c",
                "schema": [{"namespace": "core", "neurodata_types": ["NWBDataInterface", "NWBContainer"]},
                           {"source": "ndx-tetrode.extensions.yaml"}],
            }
        ]
    },
    "ndx-tetrode.extensions": {
        "groups": [
            {
                "neurodata_type_def": "Tetrode", "neurodata_type_inc": "NWBDataInterface", "doc": "four wires",
                "attributes": [{"name": "impedance", "dtype": "float32", "doc": "d", "shape": [4], "dims": ["wire"]}],
                "datasets": [{"name": "spikes", "dtype": "float64", "doc": "d", "shape": [None], "dims": ["spike"],
                              "attributes": [{"name": "unit", "dtype": "text", "value": "seconds", "doc": "d"}]}],
            }
        ]
    },
}  # fmt: skip


def test_an_extension(tmp_path: Path) -> None:
    """Its specifications are written, and PyNWB opens it with them."""
    provider = SchemaProvider([*namespaces_of_classes([core.NWBFile]), Namespace(EXTENSION)])
    world = World(common, core)
    cls = provider.get_class("ndx-tetrode", "Tetrode")
    world.file.acquisition.nwb_data_interface.add(cls(name="t", impedance=[1.0, 2.0, 3.0, 4.0], spikes=[0.5, 1.5]))
    nwb.write(world.file, tmp_path / "a.nwb")
    with h5py.File(tmp_path / "a.nwb") as file:
        assert set(file["specifications"]) == {"core", "hdmf-common", "ndx-tetrode"}
    again = nwb.read(tmp_path / "a.nwb", strict=True)
    assert again.acquisition["t"].neurodata_type == "Tetrode"
    assert again.acquisition["t"].spikes[:].tolist() == [0.5, 1.5]
    assert pynwb.validate(path=tmp_path / "a.nwb") == []
    with pynwb.NWBHDF5IO(tmp_path / "a.nwb", "r", load_namespaces=True) as io:
        assert io.read().acquisition["t"].impedance[:].tolist() == [1.0, 2.0, 3.0, 4.0]


def test_a_table_that_pandas_shows_as_it_was_made(tmp_path: Path) -> None:
    """Columns of text, numbers, references and ragged rows."""
    world = World(common, core)
    device = core.Device(name="probe")
    world.place(device)
    group = core.ElectrodeGroup(name="shank", description="d", location="CA1", device=device)
    world.place(group)
    label = common.VectorData(name="label", description="d", value=["a", "bb", "ü"])
    values = common.VectorData(name="values", description="d", value=[1.0, 2.0, 3.0, 4.0])
    index = common.VectorIndex(name="values_index", description="d", value=[1, 1, 4], target=values)
    column = {
        name: common.VectorData(name=name, description="d", value=value)
        for name, value in {"location": ["CA1"] * 3, "group": [group] * 3, "group_name": ["shank"] * 3}.items()
    }
    world.place(
        core.ElectrodesTable(
            name="electrodes", description="d", colnames=["location", "group", "group_name", "label", "values"],
            id=common.ElementIdentifiers(name="id", value=[0, 1, 2]), vector_data=[label, values, index], **column,
        )
    )  # fmt: skip
    nwb.write(world.file, tmp_path / "a.nwb")
    with pynwb.NWBHDF5IO(tmp_path / "a.nwb", "r") as io:
        frame = next(o for o in io.read().objects.values() if o.name == "electrodes").to_dataframe()
        assert frame["label"].tolist() == ["a", "bb", "ü"]
        assert [list(row) for row in frame["values"]] == [[1.0], [], [2.0, 3.0, 4.0]]
        assert {found.name for found in frame["group"]} == {"shank"}


# ---------------------------------------------------------------------------------------------- values
def test_numbers_become_what_the_specification_asks_for() -> None:
    """Nothing is lost by it, and what would lose something is refused."""
    index = common.VectorIndex(
        name="i", description="d", value=[1, 300], target=common.VectorData(name="v", description="d", value=[1])
    )
    assert index.value.dtype == "uint16"
    series = core.TimeSeries(name="s", data=[1, 2, 3], unit="V", timestamps=np.arange(3))
    assert series.timestamps.value.dtype == "float64"
    for wrong in ([-1, 2], [0.5], ["a"]):
        with pytest.raises(ValueError, match=re.escape("has to be uint8")):
            index.value = wrong


def test_a_typed_dataset_has_to_hold_what_its_place_asks_for() -> None:
    """The sweep numbers of a table are whole numbers."""
    column = common.VectorData(name="location", description="d", value=[1.5])
    with pytest.raises(ValueError, match="dtype is float64, and has to be text"):
        core.ElectrodesTable(name="e", description="d", colnames=[], id={"name": "id", "value": [0]}, location=column)


def test_rows_that_differ_in_length_are_no_array() -> None:
    """The error says what is."""
    with pytest.raises(ValueError, match="VectorIndex"):
        common.VectorData(name="v", description="d", value=[[1, 2], [3]])


def test_an_empty_list_has_the_dtype_of_its_field(tmp_path: Path) -> None:
    """A table without columns names them with an empty array of text."""
    world = World(common, core)
    world.place(common.DynamicTable(name="t", description="d", colnames=[], id={"name": "id", "value": []}))
    nwb.write(world.file, tmp_path / "a.nwb")
    table = nwb.read(tmp_path / "a.nwb", strict=True)["acquisition/t"]
    assert isinstance(table, NWBGroup)
    assert table.colnames.shape == (0,)
    assert table.id.dtype == "int32"
