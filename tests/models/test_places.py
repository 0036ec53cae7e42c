"""Adding objects to groups: where they go, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError

import nwb_models as nwb
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import NWBWarning, UnknownFieldError
from nwb_models.generated.hdmf_common import v1_10_0 as common
from nwb_models.naming import with_article

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def nwbfile() -> Any:
    return core.NWBFile(session_description="d", identifier="i", session_start_time=START)


def series(name: str = "x") -> Any:
    return core.TimeSeries(name=name, data=np.arange(3.0), unit="V", rate=1.0, starting_time=0.0)


def test_a_file_made_by_hand_is_made_now_and_counts_from_its_start(nwbfile: Any) -> None:
    assert nwbfile.timestamps_reference_time == START
    [created] = nwbfile.file_create_date
    assert abs((created - datetime.now(UTC)).total_seconds()) < 60
    other = core.NWBFile(
        session_description="d",
        identifier="i",
        session_start_time=START,
        timestamps_reference_time=datetime(2025, 1, 1, tzinfo=UTC),
        file_create_date=[START],
    )
    assert (other.timestamps_reference_time.year, list(other.file_create_date)) == (2025, [START])


def test_times_count_from_the_start_that_a_new_file_is_given(nwbfile: Any) -> None:
    for new in (nwbfile, nwbfile.model_copy()):
        for hours in (1, 2):
            new.session_start_time = START + timedelta(hours=hours)
            assert new.timestamps_reference_time == START + timedelta(hours=hours)


def test_what_times_count_from_stays_where_it_was_given_or_read(nwbfile: Any, tmp_path: Path) -> None:
    nwb.write(nwbfile, tmp_path / "a.nwb")
    nwbfile.timestamps_reference_time = START
    for known in (nwbfile, nwb.read(tmp_path / "a.nwb")):
        known.session_start_time = START.astimezone(timezone(timedelta(hours=2)))
        with pytest.warns(NWBWarning, match="times are still seconds from .*, which timestamps_reference_time says"):
            known.session_start_time = START + timedelta(hours=1)
        known.session_start_time = START + timedelta(hours=2)
        assert known.timestamps_reference_time == START


def test_an_object_goes_into_the_collection_of_the_group(nwbfile: Any) -> None:
    added = series()
    assert nwbfile.acquisition.add(added) is added
    assert nwbfile["acquisition/x"] is added
    assert list(nwbfile.acquisition.nwb_data_interface) == ["x"]


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: core.Device(name="a", description="d"), "general/devices/a"),
        (lambda: core.ProcessingModule(name="a", description="d"), "processing/a"),
        (lambda: core.LabMetaData(name="a"), "general/a"),
        (
            lambda: core.ElectrodeGroup(
                name="a", description="d", location="l", device=core.Device(name="b", description="d")
            ),
            "general/extracellular_ephys/a",
        ),
    ],
    ids=["device", "module", "metadata", "electrode group"],
)
def test_an_object_of_a_file_goes_where_its_type_belongs(nwbfile: Any, make: Any, path: str) -> None:
    assert path not in nwbfile
    added = nwbfile.add(make())
    assert nwbfile[path] is added


def test_the_collection_of_its_type_is_meant(nwbfile: Any) -> None:
    """A processing module has one for data interfaces and one for tables."""
    module = nwbfile.add(core.ProcessingModule(name="m", description="d"))
    module.add(series("s"))
    rows = common.ElementIdentifiers(name="id", value=np.array([0]))
    module.add(common.DynamicTable(name="t", description="d", colnames=[], id=rows))
    assert (list(module.nwb_data_interface), list(module.dynamic_table)) == (["s"], ["t"])


def test_where_several_places_could_be_meant_they_are_named(nwbfile: Any) -> None:
    places = r"several places .*: acquisition\.add\(\.\.\.\), .*scratch = \[\.\.\.\], stimulus\.presentation\.add.*$"
    with pytest.raises(UnknownFieldError, match=places):
        nwbfile.add(series())
    nwbfile.scratch = [series("put there")]
    with pytest.raises(UnknownFieldError, match=r"scratch\.add\(\.\.\.\)"):
        nwbfile.add(series())
    assert "x" not in nwbfile.stimulus.presentation


def units() -> Any:
    return core.Units(name="units", description="d", colnames=[], id={"name": "id", "value": []})


def test_what_has_one_place_is_set_there(nwbfile: Any) -> None:
    """The most general collections would take it as well."""
    subject = core.Subject(name="subject")
    with pytest.raises(UnknownFieldError, match=r"one place in .*, /general/subject: .*'nwbfile\.subject = "):
        nwbfile.add(subject)
    with pytest.raises(UnknownFieldError, match=r"general/subject: .*'general\.subject = "):
        nwbfile.general.add(subject)
    with pytest.raises(UnknownFieldError, match=r"one place in .*, /units: .*'nwbfile\.units = "):
        nwbfile.add(units())
    nwbfile.units = units()
    with pytest.raises(UnknownFieldError, match=r"one already at /units: "):
        nwbfile.add(units())


def test_what_belongs_nowhere_is_refused(nwbfile: Any) -> None:
    with pytest.raises(UnknownFieldError, match="holds no NWBFile"):
        nwbfile.acquisition.add(core.NWBFile(session_description="d", identifier="i", session_start_time=START))
    with pytest.raises(UnknownFieldError, match="holds no Device"):
        nwbfile.acquisition.add(core.Device(name="a", description="d"))


def test_nothing_is_replaced_in_silence(nwbfile: Any) -> None:
    first = nwbfile.acquisition.add(series())
    with pytest.raises(ValueError, match="'x' already"):
        nwbfile.acquisition.add(series())
    assert nwbfile.acquisition["x"] is first


FIELDS: dict[str, tuple[Any, str, str]] = {
    # what is set: (on what, its field, what has to come)
    "a link": (
        lambda: core.ElectrodeGroup(name="g", description="d", location="l", device=core.Device(name="p")),
        "device",
        "Device",
    ),
    "a group": (lambda: core.NWBFile__general(name="general"), "subject", "Subject"),
    "an untyped group": (
        lambda: core.NWBFile(session_description="d", identifier="i", session_start_time=START),
        "acquisition",
        "NWBFile__acquisition",
    ),
    "a dataset": (series, "data", "TimeSeries__data"),
    "a reference": (
        lambda: common.VectorIndex(
            name="i", description="d", value=[1], target=common.VectorData(name="c", description="d", value=[1])
        ),
        "target",
        "VectorData",
    ),
}


@pytest.mark.parametrize("what", FIELDS)
def test_an_object_of_another_type_is_refused_by_name(what: str) -> None:
    """With the field, what has to be there, and what came: not by what a mapping of such a name would lack."""
    make, field, wanted = FIELDS[what]
    model, wrong = make(), core.LabMetaData(name="maze")
    before = getattr(model, field)
    needed = with_article(wanted)
    said = rf"(?s)^1 validation error for {type(model).__name__}\n{field}\n.*{needed} is needed here, not {wrong!r}"
    with pytest.raises(ValidationError, match=said):
        setattr(model, field, wrong)
    assert getattr(model, field) is before


def test_a_constructor_names_the_field_as_well() -> None:
    with pytest.raises(ValidationError, match=r"device\n.*a Device is needed here, not <TimeSeries 'x'>"):
        core.ElectrodeGroup(name="g", description="d", location="l", device=series())


def test_an_object_of_another_version_is_told_apart_by_its_module(nwbfile: Any) -> None:
    other = type("Subject", (core.NWBContainer,), {"__module__": "other.version"})
    with pytest.raises(ValidationError, match=r"a Subject of nwb_models\S+ is needed .* of other\.version"):
        nwbfile.general.subject = other(name="subject")


MISSING: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    # what is given: what is said to be wrong, by what people would have to give
    "no unit": ({"data": [1.0], "rate": 1.0}, {"unit": "Field"}),
    "no data": ({"unit": "V"}, {"data": "Field required: unit cannot stand alone"}),
    "None for data": ({"data": None, "unit": "V"}, {"data": "Field required: unit cannot stand alone"}),
    "None, and nothing else": ({"data": None}, {"data": "instance of TimeSeries__data"}),
    "no rate": ({"data": [1.0], "unit": "V", "starting_time": 0.0}, {"rate": "Field required"}),
    "another type": ({"data": "text", "unit": 3}, {"data": "an array or a list", "unit": "a valid string"}),
    "a dict": ({"data": {"name": "data", "unit": "V"}}, {"data.value": "Field required"}),
}


@pytest.mark.parametrize("what", MISSING)
def test_what_is_missing_is_called_as_it_is_given(what: str) -> None:
    given, said = MISSING[what]
    with pytest.raises(ValidationError) as caught:
        core.TimeSeries(name="x", **given)
    assert caught.value.title == "TimeSeries"
    found = {".".join(map(str, line["loc"])): line["msg"] for line in caught.value.errors()}
    assert set(found) == set(said)
    assert all(part in found[place] for place, part in said.items()), found


def test_none_is_as_if_it_was_not_given() -> None:
    made = core.TimeSeries(name="x", data=[1.0], unit="V", timestamps=[0.0], rate=None, starting_time=None)
    assert (made.starting_time, made.rate) == (None, None)


def test_a_shortcut_completes_a_dict() -> None:
    made = core.TimeSeries(name="x", data={"name": "data", "value": [1.0]}, unit="V")
    assert (made.data[:].tolist(), made.unit) == ([1.0], "V")


ROWS: dict[str, tuple[Any, str]] = {
    "a number": (1.0, r"an array or a list of rows, such as \[1\.0\], and got 1\.0 for"),
    "text": ("a", "an array or a list of rows"),
    "a generator": ((n for n in [[1.0]]), "got an iterator: append each of its blocks"),
    "rows of another shape": ([[1.0]], r"rows of shape \(1, 1\)"),
}


@pytest.mark.parametrize("what", ROWS)
def test_what_is_appended_is_rows(what: str) -> None:
    given, said = ROWS[what]
    with pytest.raises(ValueError, match=said):
        series().data.append(given)


def test_a_single_row_is_told_from_rows() -> None:
    made = core.TimeSeries(name="x", data=np.zeros((2, 3)), unit="V")
    with pytest.raises(ValueError, match=r"an array of shape \(1, 3\) for one row"):
        made.data.append(1.0)


def test_what_the_schema_has_a_place_for_is_put_there_by_its_name() -> None:
    nwbfile = core.NWBFile(session_description="d", identifier="i", session_start_time="2026-01-01T00:00:00Z")
    trials = nwbfile.add(core.TimeIntervals(name="trials", description="d"))
    assert nwbfile.trials is trials
    assert trials.parent is nwbfile.intervals
    epochs = nwbfile.intervals.add(core.TimeIntervals(name="epochs", description="d"))
    assert nwbfile.intervals.epochs is epochs
    mine = nwbfile.add(core.TimeIntervals(name="mine", description="d"))
    assert nwbfile.intervals.time_intervals["mine"] is mine
    assert sorted(nwbfile.intervals) == ["epochs", "mine", "trials"]
    with pytest.raises(ValueError, match="called 'trials' already"):
        nwbfile.add(core.TimeIntervals(name="trials", description="d"))
    with pytest.raises(UnknownFieldError, match=r"'invalid_times' has a field of its own.*intervals.invalid_times = "):
        nwbfile.intervals.time_intervals.add(core.TimeIntervals(name="invalid_times", description="d"))
