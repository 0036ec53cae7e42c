"""Copies: objects of their own, with all that lives in the ones that were copied."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import InvalidModelError, UnknownFieldError
from nwb_models.generated.hdmf_common import v1_10_0 as common
from nwb_models.models import Array
from tests.compare import differences
from tests.conftest import EXAMPLE
from tests.io.handmade import new_file
from tests.io.handmade import series as stored_series
from tests.io.test_writing import new_session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WAYS: dict[str, Callable[[Any], Any]] = {
    "model_copy": lambda model: model.model_copy(),
    "model_copy, deep": lambda model: model.model_copy(deep=True),
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.deepcopy,
    "copy": lambda model: model.copy(),
}
EVERY_WAY = pytest.mark.parametrize("copied", WAYS.values(), ids=WAYS)


def series(name: str = "x", **more: Any) -> Any:
    return core.TimeSeries(**{"name": name, "data": [1.0, 2.0], "unit": "V", **more})


def table(**more: Any) -> Any:
    """Make a table with a ragged column."""
    spikes = common.VectorData(name="spikes", description="d", value=[0.1, 0.2, 0.3])
    index = common.VectorIndex(name="spikes_index", description="d", value=[1, 3], target=spikes)
    return common.DynamicTable(
        name="t", description="d", colnames=["spikes"], id={"name": "id", "value": [0, 1]}, vector_data=[spikes, index]
    )


@EVERY_WAY
def test_a_copy_of_a_read_object_is_written_as_one_of_its_own(copied: Any, tmp_path: Path) -> None:
    """The object that was copied stays as it is, in memory and in the file."""
    (tmp_path / "a.nwb").write_bytes(EXAMPLE.read_bytes())
    with nwb.open(tmp_path / "a.nwb", "r+") as io:
        root = io.read()
        first = root.acquisition["voltage_0"]
        shape, description = first.data.shape, first.description
        other = copied(first)
        assert (other.object_id, other.path, type(other)) == (None, None, type(first))
        other.name, other.data, other.description = "other", [0.0], "mine"
        assert (first.name, first.data.shape, first.description) == ("voltage_0", shape, description)
        root.acquisition.add(other)
        io.write(root)
        assert other.object_id not in (None, first.object_id)
    with h5py.File(tmp_path / "a.nwb") as file:
        stored = file["acquisition/other"]
        assert stored != file["acquisition/voltage_0"]
        assert stored["data"][:].tolist() == [0.0]
        assert stored["electrode"] == file["acquisition/voltage_0/electrode"]
    with h5py.File(tmp_path / "a.nwb", "r+") as file:
        del file["acquisition/other"]
    assert differences(EXAMPLE, tmp_path / "a.nwb") == []


@EVERY_WAY
def test_a_copy_of_an_object_made_by_hand_shares_nothing_that_lives_in_it(copied: Any) -> None:
    first = series()
    first.object_id = "an id"
    other = copied(first)
    other.data, other.unit = [5.0, 6.0], "mV"
    other.data.append([7.0])
    assert (first.data[:].tolist(), first.unit, first.object_id) == ([1, 2], "V", "an id")
    assert (other.data[:].tolist(), other.unit, other.object_id) == ([5, 6, 7], "mV", None)


def test_arrays_in_memory_are_copied_where_that_is_asked_for() -> None:
    first = series()
    assert first.model_copy().data.value is first.data.value
    assert first.model_copy(deep=True).data.value is not first.data.value


@EVERY_WAY
def test_arrays_on_disk_stay_there(copied: Any) -> None:
    first = nwb.read(EXAMPLE).acquisition["voltage_0"]
    before = first.data.shape
    other = copied(first)
    assert isinstance(other.data.value, Array)
    other.data.append(np.zeros(3, dtype=other.data.dtype))
    assert (first.data.shape, other.data.shape) == (before, (before[0] + 3,))


@EVERY_WAY
def test_what_it_links_to_is_shared_and_what_lives_in_it_is_led_to_the_copy(copied: Any) -> None:
    probe = core.Device(name="probe")
    group = core.ElectrodeGroup(name="g", description="d", location="l", device=probe)
    assert copied(group).device is probe
    first = table()
    other = copied(first)
    assert other.vector_data["spikes"] is not first.vector_data["spikes"]
    assert other.vector_data["spikes_index"].target is other.vector_data["spikes"]
    assert first.vector_data["spikes_index"].target is first.vector_data["spikes"]


def test_members_of_a_collection_and_what_the_class_does_not_foresee_are_copied(tmp_path: Path) -> None:
    """A link that stands among them stays one."""
    with new_file(tmp_path / "a.nwb") as file:
        stored_series(file["acquisition"], "one")
        file["acquisition/soft"] = h5py.SoftLink("/processing/behavior")
        file["acquisition/one/more"] = np.arange(3)
        file["acquisition/one"].attrs["odd"] = 5
        module = file["processing"].create_group("behavior")
        module.attrs.update(neurodata_type="ProcessingModule", namespace="core", object_id="m", description="d")
        module["linked"] = h5py.SoftLink("/acquisition/one")
        stored_series(module, "own")
    root = nwb.read(tmp_path / "a.nwb")
    one, module = root.acquisition["one"].model_copy(), root.processing["behavior"].model_copy()
    assert (one["more"][:].tolist(), one.odd) == ([0, 1, 2], 5)
    assert module["linked"] is root.acquisition["one"]
    assert module["own"] is not root.processing["behavior"]["own"]
    one.name, module.name = "two", "again"
    root.acquisition.add(one)
    root.processing.processing_module.add(module)
    nwb.write(root, tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file:
        assert file["acquisition/two/more"][:].tolist() == [0, 1, 2]
        assert file["acquisition/two"].attrs["odd"] == 5
        assert file["processing/again"].get("linked", getlink=True).path == "/acquisition/one"
        assert file["processing/again/own"] != file["processing/behavior/own"]


def test_a_whole_file(tmp_path: Path) -> None:
    """References in data on disk lead to the copies, too."""
    root = nwb.read(EXAMPLE).model_copy()
    assert root.electrodes["group"][0] is root.general.extracellular_ephys[root.electrodes["group"][0].name]
    nwb.write(root, tmp_path / "b.nwb")
    again = nwb.read(tmp_path / "b.nwb")
    assert list(again.acquisition) == list(nwb.read(EXAMPLE).acquisition)
    assert again.electrodes["group"][0] is again.general.extracellular_ephys[again.electrodes["group"][0].name]


def test_update_sets_fields_and_shortcuts_and_checks_them() -> None:
    other = series().model_copy(update={"name": "y", "unit": "mV", "data": [3.0]})
    assert (other.name, other.unit, other.data[:].tolist()) == ("y", "mV", [3.0])
    with pytest.raises(UnknownFieldError, match="unti"):
        series().model_copy(update={"unti": "mV"})


def test_objects_that_are_copied_together_are_copied_once() -> None:
    first = series()
    one, two = copy.deepcopy([first, first])
    assert one is two is not first


def test_blocks_are_the_data_of_one_of_them(tmp_path: Path) -> None:
    root = new_session()
    first = root.acquisition.add(series(data=(np.full(2, n) for n in range(3))))
    root.acquisition.add(first.model_copy(update={"name": "y"}, deep=True))
    with pytest.raises(InvalidModelError, match=r"/acquisition/y/data.*the one of /acquisition/x/data"):
        nwb.write(root, tmp_path / "a.nwb")
