"""Constructors take what people have: plain data, shortcuts, lists of objects, and no name where the schema has one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import nwb_models as nwb
from nwb_models import core
from nwb_models.errors import InvalidModelError, UnknownFieldError

if TYPE_CHECKING:
    from pathlib import Path

HEADER: dict[str, Any] = {
    "session_description": "d",
    "identifier": "i",
    "session_start_time": datetime(2026, 5, 1, tzinfo=UTC),
}


def series(name: str = "x", **more: Any) -> core.TimeSeries:
    return core.TimeSeries(name=name, data=[1.0, 2.0], unit="V", **more)


NAMED = {
    "by its place": (lambda: core.Subject(), "subject"),
    "by its type": (lambda: core.LFP(), "LFP"),
    "by its type, not by its place": (lambda: core.ElementIdentifiers(value=[0]), "element_id"),
    "a fixed one": (lambda: core.NWBFile(**HEADER), "root"),
}


@pytest.mark.parametrize("what", NAMED)
def test_what_the_schema_names_needs_no_name(what: str) -> None:
    make, name = NAMED[what]
    assert make().name == name


def test_what_the_schema_does_not_name_needs_a_name() -> None:
    for cls in (core.TimeSeries, core.ElectricalSeries, core.Device, core.DynamicTable, core.VectorData):
        assert cls.model_fields["name"].is_required(), cls


def test_an_object_without_a_name_is_called_as_its_place() -> None:
    table: dict[str, Any] = {"description": "d", "colnames": [], "id": core.ElementIdentifiers(value=[0])}
    units = core.Units(**table)
    assert (units.name, units.id.name) == ("Units", "id")
    nwbfile = core.NWBFile(**HEADER, units=units)
    assert units.name == "units"
    nwbfile.units = core.Units(name="mine", **table)
    assert nwbfile.units.name == "mine"  # which writing refuses


@pytest.mark.parametrize("how", [list, tuple, iter, lambda found: {item.name: item for item in found}])
def test_a_group_is_made_of_objects(how: Any) -> None:
    lick, table = (
        series("lick", rate=1.0),
        core.DynamicTable(name="t", description="d", colnames=[], id=core.ElementIdentifiers(value=[])),
    )
    nwbfile = core.NWBFile(**HEADER, acquisition=how([lick, table]))
    assert list(nwbfile.acquisition) == ["lick", "t"]
    assert nwbfile.acquisition["lick"] is lick
    assert "t" in nwbfile.acquisition.dynamic_table
    nwbfile.acquisition = how([table])
    assert list(nwbfile.acquisition) == ["t"]


def test_the_objects_of_a_shortcut_get_their_groups(tmp_path: Path) -> None:
    probe = core.Device(name="probe")
    shank = core.ElectrodeGroup(name="shank", description="d", location="CA1", device=probe)
    subject = core.Subject(subject_id="m1")
    nwbfile = core.NWBFile(
        **HEADER, subject=subject, devices=[probe], electrode_group=[shank], experimenter="Ada", keywords=["a", "b"]
    )
    nwb.write(nwbfile, tmp_path / "x.nwb")
    found = nwb.read(tmp_path / "x.nwb")
    assert found["general/devices/probe"] is found.devices["probe"] is found.electrode_group["shank"].device
    assert (found.subject.subject_id, list(found.experimenter), list(found.keywords)) == ("m1", ["Ada"], ["a", "b"])


def test_what_does_not_belong_in_a_group_is_refused() -> None:
    with pytest.raises(UnknownFieldError, match="holds no Device"):
        core.NWBFile(**HEADER, acquisition=[core.Device(name="d")])
    with pytest.raises(ValueError, match="valid dictionary"):
        core.NWBFile(**HEADER, acquisition=3)


def test_a_group_that_needs_an_object_may_be_filled_later(tmp_path: Path) -> None:
    lfp = core.LFP()
    module = core.ProcessingModule(name="ecephys", description="d", nwb_data_interface=[lfp])
    nwbfile = core.NWBFile(**HEADER, processing=[module])
    with pytest.raises(InvalidModelError, match=r"/processing/ecephys/LFP .*expected children electrical_series"):
        nwb.write(nwbfile, tmp_path / "x.nwb")


def test_a_rate_alone_starts_at_zero() -> None:
    made = series(rate=2.0)
    assert (made.starting_time.value, made.rate) == (0.0, 2.0)
    assert series(rate=2.0, starting_time=3.0).starting_time.value == 3.0


def test_a_series_may_share_the_times_of_another_one(tmp_path: Path) -> None:
    first = series("first", timestamps=[0.0, 0.5])
    nwbfile = core.NWBFile(
        **HEADER, acquisition=[first, core.TimeSeries(name="x", data=[1, 2], unit="V", timestamps=first)]
    )
    nwb.write(nwbfile, tmp_path / "x.nwb")
    found = nwb.read(tmp_path / "x.nwb").acquisition
    assert found["x"].timestamps is found["first"].timestamps
    assert found["x"].get_timestamps().tolist() == [0.0, 0.5]


def test_a_series_of_frames_in_other_files_has_no_data(tmp_path: Path) -> None:
    video = core.ImageSeries(name="video", external_file=["a.avi"], rate=30.0)
    nwb.write(core.NWBFile(**HEADER, acquisition=[video]), tmp_path / "x.nwb")
    found = nwb.read(tmp_path / "x.nwb").acquisition["video"]
    assert (found.data.shape, found.format, found.unit) == ((0, 0, 0), "external", "unknown")
    assert (list(found.external_file), list(found.starting_frame)) == (["a.avi"], [0])
    assert core.ImageSeries(name="v", data=np.zeros((2, 3, 4)), unit="n.a.", rate=1.0).format == "raw"
