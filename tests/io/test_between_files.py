"""Objects of one file in another one: what they refer to comes along, or is refused with the reasons."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import InvalidModelError
from nwb_models.generated.hdmf_common import v1_10_0 as common
from tests.conftest import EXAMPLE
from tests.io.handmade import REFERENCE, column, new_file, references, series, table, typed
from tests.io.test_writing import new_session

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file with a table whose rows refer to groups that link to a device, and a column that refers to the table."""
    path = tmp_path / "source.nwb"
    with new_file(path) as file:
        device = typed(file, "general/devices/probe", "Device", object_id="probe")
        shank = typed(
            file,
            "general/extracellular_ephys/shank",
            "ElectrodeGroup",
            object_id="shank",
            description="d",
            location="l",
        )
        shank["device"] = h5py.SoftLink("/general/devices/probe")
        made = table(file["general/extracellular_ephys"], "electrodes", "group", "location")
        made.attrs.update(object_id="electrodes", neurodata_type="ElectrodesTable", namespace="core")
        column(made, "location", ["a", "b", "c"], description="d", object_id="location")
        column(made, "group", references(shank, shank, shank), description="d")
        electrical = series(file["acquisition"], "electrical")
        electrical.attrs["neurodata_type"] = "ElectricalSeries"
        electrical["data"].attrs["unit"] = "volts"
        rows = column(electrical, "electrodes", [0, 2], "DynamicTableRegion", description="d")
        rows.attrs.create("table", made.ref, dtype=REFERENCE)
        module = typed(file, "processing/behavior", "ProcessingModule", description="d", object_id="behavior")
        series(module, "inner")
        holder = series(file["acquisition"], "holder")
        holder.attrs.create("to_inner", module["inner"].ref, dtype=REFERENCE)
        assert device
    return path


def added(source: Path, name: str, target: Any) -> Any:
    """Add an object of a file to a tree."""
    target.acquisition.add(nwb.read(source).acquisition[name])
    return target


def test_all_that_an_object_refers_to_comes_along(source: Path, tmp_path: Path) -> None:
    """Each object to the place that it had; what nothing refers to stays behind."""
    nwb.write(added(source, "electrical", new_session()), tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file:
        electrodes = file["general/extracellular_ephys/electrodes"]
        assert file[file["acquisition/electrical/electrodes"].attrs["table"]] == electrodes
        shank = file["general/extracellular_ephys/shank"]
        assert [file[entry] for entry in electrodes["group"][:]] == [shank] * 3
        assert shank.get("device", getlink=True).path == "/general/devices/probe"
        assert shank["device"].attrs["object_id"] == "probe"
        assert "holder" not in file["acquisition"]
        assert "behavior" not in file["processing"]
    assert nwb.read(tmp_path / "b.nwb", strict=True).acquisition["electrical"].electrodes.table.name == "electrodes"


def test_into_a_file_that_is_edited(source: Path, session: Path) -> None:
    """The same as into a new one."""
    with h5py.File(session, "r+") as file:
        for name in ("electrodes", "shank0", "shank1"):
            file["general/extracellular_ephys"].pop(name, None)
        for name in list(file["acquisition"]):
            del file["acquisition"][name]
        file.move("general/devices/probe", "general/devices/other")
    with nwb.open(session, "r+") as io:
        root = added(source, "electrical", io.read())
        io.write(root)
    with h5py.File(session) as file:
        electrodes = file["general/extracellular_ephys/electrodes"]
        assert file[file["acquisition/electrical/electrodes"].attrs["table"]] == electrodes
        assert file["general/extracellular_ephys/shank/device"] == file["general/devices/probe"]


def test_what_is_there_already_is_meant(source: Path, tmp_path: Path) -> None:
    """The same object, by its object_id, in two files of one session."""
    shutil.copy(source, tmp_path / "a.nwb")
    with h5py.File(tmp_path / "a.nwb", "r+") as file:
        del file["acquisition/electrical"]
        file["general/devices/probe"].attrs["description"] = "that of the target"
    nwb.write(added(source, "electrical", nwb.read(tmp_path / "a.nwb")), tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file:
        electrodes = file["general/extracellular_ephys/electrodes"]
        assert file[file["acquisition/electrical/electrodes"].attrs["table"]] == electrodes
        assert file["general/devices/probe"].attrs["description"] == "that of the target"
        assert len(file["general/devices"]) == 1


def test_a_link_of_an_object_that_was_made_by_hand(source: Path, tmp_path: Path) -> None:
    """Its device comes from where it is; so do the objects in an array of references."""
    root, other = new_session(), nwb.read(source)
    pipette = core.IntracellularElectrode(name="pipette", description="d", device=other.general.devices.device["probe"])
    root.general.intracellular_ephys = {"name": "intracellular_ephys", "intracellular_electrode": [pipette]}
    groups = np.empty(2, dtype=object)
    groups[0] = groups[1] = other.general.extracellular_ephys.electrode_group["shank"]
    objects = common.VectorData(name="objects", description="d", value=groups)
    root.acquisition.add(
        common.DynamicTable(
            name="t", description="d", colnames=["objects"], id={"name": "id", "value": [0, 1]}, vector_data=[objects]
        )
    )
    nwb.write(root, tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file:
        assert file["general/intracellular_ephys/pipette/device"] == file["general/devices/probe"]
        shank = file["general/extracellular_ephys/shank"]
        assert [file[entry] for entry in file["acquisition/t/objects"][:]] == [shank] * 2


def test_two_objects_for_one_place_are_refused(source: Path, tmp_path: Path) -> None:
    """With what refers to it, what is there, and nothing changed in the tree."""
    root = new_session()
    root.add(core.Device(name="probe"))
    added(source, "electrical", root)
    with pytest.raises(
        InvalidModelError, match=r"/general/extracellular_ephys/shank .*/general/devices/probe.*another"
    ):
        nwb.write(root, tmp_path / "b.nwb")
    assert "shank" not in (root.general.extracellular_ephys or ())
    assert not (tmp_path / "b.nwb").exists()


def test_two_objects_for_one_place_and_the_way_out(source: Path, tmp_path: Path) -> None:
    """What is added may refer to the one that is there."""
    root = added(source, "electrical", new_session())
    device = root.add(core.Device(name="d"))
    group = root.add(core.ElectrodeGroup(name="g", description="d", location="l", device=device))
    column = {
        name: common.VectorData(name=name, description="d", value=value)
        for name, value in {"location": ["CA1"] * 3, "group": [group] * 3, "group_name": ["g"] * 3}.items()
    }
    root.electrodes = core.ElectrodesTable(
        name="electrodes", description="d", colnames=list(column), id={"name": "id", "value": [0, 1, 2]}, **column
    )
    with pytest.raises(InvalidModelError, match=r"another <ElectrodesTable.*: let it refer to that one, or take that"):
        nwb.write(root, tmp_path / "b.nwb")
    root.acquisition["electrical"].electrodes.table = root.electrodes
    nwb.write(root, tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file:
        electrodes = file["general/extracellular_ephys/electrodes"]
        assert file[file["acquisition/electrical/electrodes"].attrs["table"]] == electrodes
        assert file[electrodes["group"][0]] == file["general/extracellular_ephys/g"]


def test_an_object_in_one_that_is_not_there_is_refused(source: Path, tmp_path: Path) -> None:
    """A module is not taken along for what is in it: it is said what to add."""
    root = added(source, "holder", new_session())
    with pytest.raises(InvalidModelError, match=r"no ProcessingModule at /processing/behavior: add that first"):
        nwb.write(root, tmp_path / "b.nwb")
    root.processing.add(nwb.read(source).processing["behavior"])
    root = new_session()
    other = nwb.read(source)
    root.processing.add(other.processing["behavior"])
    root.acquisition.add(other.acquisition["holder"])
    nwb.write(root, tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file:
        assert file[file["acquisition/holder"].attrs["to_inner"]] == file["processing/behavior/inner"]


# ---------------------------------------------------------------------------------------------- versions
def renumber(file: h5py.File, number: str) -> h5py.Group:
    """Let the core that a file has be of another version; return its documents."""
    file.attrs["nwb_version"] = number
    (version,) = core_group = file["specifications/core"]
    core_group.move(version, number)
    documents = core_group[number]
    text = documents["namespace"][()].decode().replace(f'"{version}"', f'"{number}"')
    del documents["namespace"]
    documents["namespace"] = text
    return documents


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a version of core of its own, in which a TimeSeries has an attribute more."""
    path = tmp_path_factory.mktemp("newer") / "newer.nwb"
    with new_file(path) as file:
        documents = renumber(file, "2.99.0")
        content = json.loads(documents["nwb.base"][()])
        base = next(entry for entry in content["groups"] if entry["neurodata_type_def"] == "TimeSeries")
        base["attributes"].append({"name": "mood", "dtype": "text", "doc": "d", "required": False})
        del documents["nwb.base"]
        documents["nwb.base"] = json.dumps(content)
        series(file["acquisition"], "plain")
        series(file["acquisition"], "moody").attrs["mood"] = "good"
    return path


def test_another_version_whose_objects_fit(newer: Path, tmp_path: Path) -> None:
    """The file has the one version that it had."""
    nwb.write(added(newer, "plain", nwb.read(EXAMPLE)), tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file, h5py.File(EXAMPLE) as before:
        assert list(file["specifications/core"]) == list(before["specifications/core"])
        assert file["acquisition/plain/data"][:].tolist() == [0, 1, 2, 3, 4]
    assert type(nwb.read(tmp_path / "b.nwb", strict=True).acquisition["plain"]).__name__ == "TimeSeries"


def test_another_version_whose_objects_do_not_fit(newer: Path, tmp_path: Path) -> None:
    """The versions are named, and what the one does not know of the other."""
    with pytest.raises(InvalidModelError, match=r"/acquisition/moody.*core 2\.99\.0.*'mood', which is not known"):
        nwb.write(added(newer, "moody", nwb.read(EXAMPLE)), tmp_path / "b.nwb")


@pytest.mark.parametrize("new", [False, True], ids=["edit", "new"])
def test_times_that_another_series_has_come_along(new: bool, tmp_path: Path) -> None:
    """A series may link to the times of another one, which need not come: they are stored with the first that does."""
    with new_file(tmp_path / "a.nwb"):
        pass
    with new_file(tmp_path / "source.nwb") as file:
        first, second = series(file["acquisition"], "first"), series(file["acquisition"], "second")
        for one in (first, second):
            del one["starting_time"]
        first["timestamps"] = np.arange(5.0)
        first["timestamps"].attrs.update(unit="seconds", interval=np.int32(1))
        second["timestamps"] = h5py.SoftLink("/acquisition/first/timestamps")
    target = tmp_path / ("b.nwb" if new else "a.nwb")
    with nwb.open(tmp_path / "source.nwb") as source, nwb.open(tmp_path / "a.nwb", "r" if new else "r+") as io:
        nwbfile = io.read()
        nwbfile.acquisition.add(source.read("/acquisition/second"))
        if new:
            nwb.write(nwbfile, target)
        else:
            io.write(nwbfile)
    with h5py.File(target) as file:
        assert list(file["acquisition"]) == ["second"]
        assert file["acquisition/second/timestamps"][:].tolist() == [0, 1, 2, 3, 4]
        assert file["acquisition/second/timestamps"].attrs["unit"] == "seconds"


@pytest.mark.parametrize("new", [False, True], ids=["edit", "new"])
def test_what_a_link_leads_to_that_nothing_foresees_comes_along(new: bool, tmp_path: Path) -> None:
    """Files hold more than their specifications say; a link inside of what is added leads to the same there."""
    with new_file(tmp_path / "a.nwb"):
        pass
    with new_file(tmp_path / "source.nwb") as file:
        typed(file, "general/devices/probe", "Device", object_id="probe")
        one = series(file["acquisition"], "one")
        one["link"] = h5py.SoftLink("/general/devices/probe")
        one["inside"] = h5py.SoftLink("/acquisition/one/data")
        typed(one, "deep", "NWBContainer", object_id="deep")["up"] = h5py.SoftLink("/acquisition/one")
    target = tmp_path / ("b.nwb" if new else "a.nwb")
    with nwb.open(tmp_path / "source.nwb") as source, nwb.open(tmp_path / "a.nwb", "r" if new else "r+") as io:
        nwbfile = io.read()
        nwbfile.acquisition.add(source.read("/acquisition/one"))
        if new:
            nwb.write(nwbfile, target)
        else:
            io.write(nwbfile)
    with h5py.File(target) as file:
        one = file["acquisition/one"]
        assert one["link"] == file["general/devices/probe"]
        assert one.get("link", getlink=True).path == "/general/devices/probe"
        assert one["inside"] == one["data"]
        assert one["deep/up"] == one


def test_what_has_one_place_comes_from_a_file_of_another_version(tmp_path: Path) -> None:
    """As what is added to a collection does; a column may have what its place foresees and its type does not."""
    path = tmp_path / "source.nwb"
    shutil.copy(EXAMPLE, path)
    with h5py.File(path, "a") as file:
        renumber(file, "2.99.0")
    old = nwb.read(path)
    nwbfile: Any = new_session()
    nwbfile.devices = [old.devices["probe"]]
    for name in ("subject", "electrodes", "units"):
        setattr(nwbfile, name, getattr(old, name))
    nwb.write(nwbfile, tmp_path / "new.nwb")
    new = nwb.read(tmp_path / "new.nwb")
    assert type(new.subject) is core.Subject is not type(old.subject)
    assert new.subject.age == old.subject.age
    assert new.units["spike_times"].resolution == old.units["spike_times"].resolution is not None
    assert nwb.validate(tmp_path / "new.nwb").ok


def test_an_object_of_another_type_is_refused_at_each_place() -> None:
    """Also where the class of the place has several places: what pydantic knows of a class goes for all of them."""
    group = core.NWBFile__intervals(name="intervals")
    units: Any = core.Units(name="units", description="d")
    for field in ("trials", "epochs", "invalid_times"):
        with pytest.raises(ValueError, match="a TimeIntervals is needed here, not <Units 'units'>"):
            setattr(group, field, units)
