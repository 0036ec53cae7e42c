"""Objects are found by their types, and know what holds them: in memory, in a file, and before they are built."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from typing import TYPE_CHECKING, Any

import pytest

import nwb_models as nwb
from nwb_models import core
from nwb_models.errors import ObjectNotFoundError, UnknownFieldError
from tests.conftest import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=[False, True], ids=["touched", "eager"])
def nwbfile(request: pytest.FixtureRequest) -> Any:
    return nwb.read(EXAMPLE, eager=request.param)


def series(name: str, **more: Any) -> core.TimeSeries:
    return core.TimeSeries(name=name, data=[1.0], unit="V", rate=1.0, **more)


def paths(found: Any) -> set[str]:
    return {model.path for model in found}


def test_objects_of_a_type_and_those_that_include_it(nwbfile: Any) -> None:
    types = nwb.object_types(EXAMPLE)
    by_name = {path for path, kind in types.items() if kind == "ElectricalSeries"}
    assert paths(nwbfile.find("ElectricalSeries")) == paths(nwbfile.find(core.ElectricalSeries)) == by_name
    assert paths(nwbfile.find("core:ElectricalSeries")) == by_name
    every = paths(nwbfile.find("TimeSeries"))
    assert by_name < every
    assert every == paths(nwbfile.find(core.TimeSeries)) == paths(nwbfile.find("core:TimeSeries"))
    assert paths(nwbfile.find()) == {path for path, kind in types.items() if kind is not None} - {"/"}


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("TimeSerie", "did you mean TimeSeries"),
        ("timeseries", "did you mean TimeSeries"),
        ("hdmf-common:TimeSeries", "did you mean core:TimeSeries"),
        ("ndx-pose:Skeleton", "it has those of core, hdmf-common"),
    ],
)
def test_a_type_that_the_file_does_not_know_is_an_error(nwbfile: Any, wrong: str, near: str) -> None:
    with pytest.raises(ObjectNotFoundError, match=f"no type '{wrong}': .*{near}"):
        list(nwbfile.find(wrong))
    with pytest.raises(ObjectNotFoundError, match=f"no type '{wrong}'"):
        next(nwbfile["acquisition"].find(wrong))


def test_a_type_of_which_there_is_nothing_gives_nothing(nwbfile: Any) -> None:
    assert list(nwbfile.find("TimeSeries", unit="nothing has it")) == list(nwbfile.find("ImagingRetinotopy")) == []


def test_a_misspelt_type_is_an_error_in_memory() -> None:
    module = core.ProcessingModule(name="m", description="d")
    with pytest.raises(ObjectNotFoundError, match="did you mean TimeSeries"):
        list(module.find("TimeSerie"))
    assert list(module.find("TimeSeries")) == list(module.find("ndx-pose:Skeleton")) == []


def test_objects_with_properties(nwbfile: Any) -> None:
    assert {found.unit for found in nwbfile.find("TimeSeries", unit="volts")} == {"volts"}
    fast = list(nwbfile.find("TimeSeries", lambda found: (found.rate or 0) > 100))
    assert fast
    assert all(found.rate > 100 for found in fast)
    assert [found.name for found in nwbfile.find(name="probe")] == ["probe"]
    assert [found.name for found in nwbfile.find("Subject", subject_id=nwbfile.subject.subject_id)] == ["subject"]
    first = next(nwbfile.find("ElectricalSeries"))
    assert first in set(nwbfile.find("TimeSeries", data=first.data[:]))


@pytest.mark.parametrize(
    ("kind", "field", "said"),
    [
        (None, "nothing_has_this", "no object has a field 'nothing_has_this'"),
        ("TimeSeries", "ratee", "no TimeSeries has a field 'ratee': did you mean 'rate'"),
        (core.TimeSeries, "num_sample", "no TimeSeries has a field 'num_sample'"),
    ],
)
def test_a_field_that_nothing_has(nwbfile: Any, kind: Any, field: str, said: str) -> None:
    """It is misspelt; nothing is found where it has another value, also of a type that is not in the file."""
    with pytest.raises(UnknownFieldError, match=said):
        list(nwbfile.find(kind, **{field: 1}))
    assert list(nwbfile.find("TimeSeries", unit="volts", capacitance_fast=-3.0)) == []
    assert list(nwbfile.find("DynamicTable", rewarded=3)) == []


@pytest.mark.parametrize("kind", [3, int, ["TimeSeries"]])
def test_what_is_no_type(nwbfile: Any, kind: Any) -> None:
    with pytest.raises(TypeError, match="a type is a class of models, or the name of one"):
        nwbfile.find(kind)
    with pytest.raises(TypeError, match="where is called with each object"):
        nwbfile.find("TimeSeries", 3)


def test_only_what_is_found_is_built() -> None:
    nwbfile = nwb.read(EXAMPLE)
    found = next(nwbfile.find("Device", name="probe"))
    built = {model.path for model in nwbfile._source.builder.models.values() if hasattr(model, "path")}
    assert found.path in built
    assert not any(path.startswith(("/acquisition/", "/processing/", "/units", "/intervals/")) for path in built)


def test_what_was_changed_is_found_as_it_is() -> None:
    nwbfile = nwb.read(EXAMPLE)
    nwbfile.acquisition.add(series("new"))
    nwbfile.acquisition["ElectricalSeries"].name = "renamed"
    del nwbfile["processing/ecephys"]
    names = [found.name for found in nwbfile.find("TimeSeries", unit="V")]
    assert names == ["new"]
    assert [found.name for found in nwbfile.find("ElectricalSeries")] == ["renamed"]
    assert [found.name for found in nwbfile["processing"].find("BehavioralTimeSeries")] == ["BehavioralTimeSeries"]


def test_a_linked_object_is_found_once_where_it_lives() -> None:
    probe = core.Device(name="probe")
    shank = core.ElectrodeGroup(name="s", description="d", location="l", device=probe)
    assert list(shank.find("Device")) == []
    extracellular = core.ProcessingModule(name="m", description="d")
    assert list(extracellular.find()) == []


def test_what_is_read_knows_what_holds_it(nwbfile: Any) -> None:
    assert nwbfile.parent is None
    for found in nwbfile.find():
        above = found.path.rpartition("/")[0] or "/"
        assert found.parent.path == above
        assert found.parent[found.name] is found
    assert nwbfile.acquisition["ElectricalSeries"].data.parent is nwbfile.acquisition["ElectricalSeries"]


def test_an_object_that_is_read_alone_knows_what_holds_it() -> None:
    with nwb.open(EXAMPLE) as io:
        column = io.read("/units/spike_times")
        assert column.parent is io.read("/units")


def test_what_is_made_knows_what_holds_it() -> None:
    inner = series("inner")
    assert inner.parent is None
    assert inner.data.parent is inner
    module = core.ProcessingModule(name="m", description="d", nwb_data_interface=[inner])
    assert inner.parent is module
    other = core.ProcessingModule(name="n", description="d")
    other["inner"] = inner
    del module["inner"]
    assert inner.parent is other
    del other["inner"]
    assert inner.parent is None
    added = module.add(series("added"))
    module.nwb_data_interface = [series("given"), added]
    assert [found.parent for found in module.values()] == [module, module]
    probe = core.Device(name="probe")
    core.ElectrodeGroup(name="s", description="d", location="l", device=probe)
    assert probe.parent is None  # a link holds nothing


def test_what_holds_an_object_lives_as_long_as_the_object() -> None:
    inner = series("inner")
    core.ProcessingModule(name="m", description="d", nwb_data_interface=[inner])
    gc.collect()
    assert inner.parent is not None
    assert inner.parent["inner"] is inner
    assert inner.parent.name == "m"


def test_nothing_lives_on_that_nobody_has() -> None:
    inner = series("inner")
    module = core.ProcessingModule(name="m", description="d", nwb_data_interface=[inner])
    gone = weakref.ref(inner), weakref.ref(module)
    del inner, module
    gc.collect()
    assert [found() for found in gone] == [None, None]


def test_an_object_travels_without_what_holds_it() -> None:
    inner = series("inner")
    core.ProcessingModule(name="m", description="d", nwb_data_interface=[inner, series("other")])
    for alone in (copy.deepcopy(inner), inner.model_copy(), pickle.loads(pickle.dumps(inner))):
        assert alone.parent is None


def test_copies_know_what_holds_them() -> None:
    module = core.ProcessingModule(name="m", description="d", nwb_data_interface=[series("inner")])
    for other in (copy.deepcopy(module), module.model_copy(), pickle.loads(pickle.dumps(module))):
        assert other is not module
        assert other["inner"].parent is other
        assert other["inner"].data.parent is other["inner"]


def test_what_is_put_into_a_file_and_taken_out_again(tmp_path: Path) -> None:
    nwbfile = nwb.read(EXAMPLE)
    new = nwbfile.acquisition.add(series("new"))
    assert new.parent is nwbfile.acquisition
    old = nwbfile.acquisition["ElectricalSeries"]
    old.name = "renamed"
    assert old.parent is nwbfile.acquisition
    del nwbfile.acquisition["renamed"]
    assert old.parent is None
    nwbfile.subject = core.Subject(subject_id="other")
    assert nwbfile.subject.parent is nwbfile.general


def test_paths_are_asked_for_as_they_are_written(nwbfile: Any) -> None:
    assert nwbfile["acquisition/ElectricalSeries"] is nwbfile["/acquisition/ElectricalSeries"]
    assert "/units" in nwbfile
    assert "units/spike_times" in nwbfile
    assert "/acquisition/nothing" not in nwbfile
    assert nwbfile["/units/spike_times"].path == "/units/spike_times"
    assert [name for name in nwbfile.acquisition if name.startswith("E")] == ["ElectricalSeries"]
