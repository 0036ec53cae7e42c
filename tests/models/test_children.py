"""`Collection`: a mapping whose names are listed at once and whose objects are built when they are reached."""

from __future__ import annotations

import operator
import shutil
from collections.abc import Mapping, MutableMapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest
from pydantic import ValidationError

import nwb_models as nwb
from nwb_models import core
from nwb_models.errors import InvalidModelError, ObjectNotFoundError, UnknownFieldError
from nwb_models.generated.core.v2_11_0 import (
    Device,
    NWBFile__acquisition,
    ProcessingModule,
    TimeSeries,
    TimeSeries__data,
)
from nwb_models.generated.hdmf_common.v1_10_0 import DynamicTable
from nwb_models.models.children import Collection, Shelf
from tests.conftest import EXAMPLE
from tests.io.handmade import new_file, series, table, typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Stored:
    """Children on a shelf, and a note of what is asked of them."""

    cls = object

    def __init__(self, **fields: str | None) -> None:
        self.known = fields
        self.asked: list[tuple[str, ...]] = []

    def __contains__(self, name: object) -> bool:
        return name in self.known

    def group(self) -> None:
        return None

    def note_change(self) -> None:
        """Do nothing."""

    def names(self) -> list[str]:
        self.asked.append(("names",))
        return list(self.known)

    def field_of(self, name: str) -> str | None:
        self.asked.append(("field_of", name))
        return self.known[name]

    def listed(self, fields: set[str | None]) -> None:
        self.asked.append(("listed", *sorted(map(str, fields))))

    def build(self, name: str) -> tuple[Any, str | None]:
        self.asked.append(("build", name))
        return _named(name), self.known[name]


def _named(name: str) -> Any:
    return SimpleNamespace(name=name)


def _built(stored: Stored) -> list[str]:
    return [asked[1] for asked in stored.asked if asked[0] == "build"]


@pytest.fixture
def stored() -> Stored:
    """Two series, a table, and a child that the class does not foresee."""
    return Stored(one="series", two="series", rows="tables", odd=None)


@pytest.fixture
def series_of(stored: Stored) -> Collection[Any]:
    """The collection of the series."""
    shelf = Shelf(stored)
    Collection.on(shelf, "tables")
    return Collection.on(shelf, "series")


# ---------------------------------------------------------------------------------------------- on disk
def test_listing_builds_nothing(series_of: Collection[Any], stored: Stored) -> None:
    """Names, length and membership are there without the objects."""
    assert list(series_of) == ["one", "two"]
    assert len(series_of) == 2
    assert list(series_of.keys()) == ["one", "two"]
    assert "one" in series_of
    assert series_of
    assert repr(series_of) == "<Collection one, two>"
    assert _built(stored) == []


def test_membership_asks_for_one_name_only(series_of: Collection[Any], stored: Stored) -> None:
    """The others are not listed for it."""
    assert {name: name in series_of for name in ("one", "rows", "odd", "nothing")} == {
        "one": True, "rows": False, "odd": False, "nothing": False,
    }  # fmt: skip
    assert 1 not in series_of
    assert None not in series_of
    assert ("names",) not in stored.asked
    assert _built(stored) == []


def test_an_object_is_built_once(series_of: Collection[Any], stored: Stored) -> None:
    """When it is reached first, whichever way, and no other with it."""
    first = series_of["two"]
    assert first.name == "two"
    assert series_of["two"] is first
    assert series_of.get("two") is first
    assert _built(stored) == ["two"]
    assert [item.name for item in series_of.values()] == ["one", "two"]
    assert dict(series_of.items())["two"] is first
    assert _built(stored) == ["two", "one"]


def test_names_are_listed_once(series_of: Collection[Any], stored: Stored) -> None:
    """However often one goes through them."""
    for _ in range(3):
        assert len(list(series_of)) == 2
    assert stored.asked.count(("names",)) == 1
    assert stored.asked[-1] == ("listed", "None", "series", "tables")


def test_the_order_is_that_of_the_file(series_of: Collection[Any]) -> None:
    """Whatever was reached or added first; what was added stands at the end."""
    series_of["two"], series_of["new"] = series_of["two"], _named("new")
    assert list(series_of) == ["one", "two", "new"]


def test_children_of_other_collections_are_none_of_this_one(series_of: Collection[Any], stored: Stored) -> None:
    """The collections of a group share a shelf, and each has what belongs to it."""
    with pytest.raises(ObjectNotFoundError):
        series_of["rows"]
    assert list(series_of) == ["one", "two"]
    shelf = series_of._shelf
    assert shelf is not None
    assert list(shelf.collections["tables"]) == ["rows"]
    assert shelf.collections["tables"]["rows"].name == "rows"
    assert shelf.fetch("odd")
    assert not shelf.fetch("nothing")
    assert list(shelf.extras) == ["odd"]


def test_what_is_put_in_wins_over_the_file(series_of: Collection[Any], stored: Stored) -> None:
    """An object under the name of one on disk takes its place, which is never built."""
    mine = series_of["one"] = _named("one")
    assert series_of["one"] is mine
    assert len(series_of) == 2
    assert _built(stored) == []


def test_what_is_taken_out_stays_out(series_of: Collection[Any], stored: Stored) -> None:
    """It is not read again from the file, built or not."""
    del series_of["one"]
    series_of["two"]
    taken = series_of.pop("two")
    assert taken.name == "two"
    assert (list(series_of), len(series_of), "one" in series_of, "two" in series_of) == ([], 0, False, False)
    assert not series_of
    for name in ("one", "two"):
        with pytest.raises(ObjectNotFoundError):
            series_of[name]
        with pytest.raises(ObjectNotFoundError):
            del series_of[name]
    assert _built(stored) == ["two"]
    series_of["one"] = _named("one")
    assert list(series_of) == ["one"]


def test_clear(series_of: Collection[Any]) -> None:
    """Everything can be taken out."""
    series_of.clear()
    assert list(series_of) == []


# ---------------------------------------------------------------------------------------------- in memory
def test_it_is_a_mapping() -> None:
    """With all that mappings have."""
    one, two = _named("one"), _named("two")
    collection: Collection[Any] = Collection([one])
    assert isinstance(collection, Mapping)
    assert isinstance(collection, MutableMapping)
    assert collection.add(two) is two
    assert dict(collection) == {"one": one, "two": two}
    assert (collection.get("three"), collection.get("three", 3)) == (None, 3)
    assert collection.setdefault("one", two) is one
    collection.update({"three": two})
    assert list(collection) == ["one", "two", "three"]
    assert collection.pop("three") is two
    assert collection.pop("three", None) is None


def test_it_takes_objects_or_a_mapping() -> None:
    """Objects under their own names, or a mapping with others, which stays as it is."""
    items = {"a": _named("b")}
    collection: Collection[Any] = Collection(items)
    collection["c"] = _named("c")
    assert list(collection) == ["a", "c"]
    assert list(items) == ["a"]
    assert list(Collection(_named(name) for name in "xy")) == ["x", "y"]
    assert list(Collection()) == []
    assert repr(Collection()) == "<Collection (empty)>"


def test_equality_is_identity() -> None:
    """To compare what they hold would build it."""
    one = _named("one")
    collection: Collection[Any] = Collection([one])
    assert collection == collection
    assert collection != Collection([one])
    assert collection != {"one": one}
    assert Collection() != {}
    with pytest.raises(TypeError, match="unhashable"):
        hash(collection)


MISSING: dict[str, tuple[list[str], str]] = {
    # name: (names that there are, what the error says)
    "a near one": (["ElectricalSeries", "lfp"], "did you mean 'ElectricalSeries'?; there are: ElectricalSeries, lfp"),
    "none near": (["a", "b"], "'ElectricalSerie' here; there are: a, b"),
    "none": ([], "there are: none"),
    "many": ([f"x{number}" for number in range(20)], "x9, x10, x11, ..."),
}


@pytest.mark.parametrize(("names", "said"), MISSING.values(), ids=MISSING)
def test_what_is_not_there(names: list[str], said: str) -> None:
    """The error suggests a name, lists what there is, and is a ``KeyError``."""
    collection: Collection[Any] = Collection(_named(name) for name in names)
    with pytest.raises(KeyError) as caught:
        collection["ElectricalSerie"]
    assert isinstance(caught.value, ObjectNotFoundError)
    assert str(caught.value).startswith("Nothing is called 'ElectricalSerie' here")
    assert said in str(caught.value)
    assert "\\" not in str(caught.value)
    with pytest.raises(ObjectNotFoundError):
        del collection["ElectricalSerie"]


# ---------------------------------------------------------------------------------------------- as a field
def _series(name: str) -> TimeSeries:
    return TimeSeries(name=name, data=TimeSeries__data(name="data", value=[1.0], unit="V"))


GIVEN: dict[str, Any] = {
    "a list": lambda one, two: [one, two],
    "a tuple": lambda one, two: (one, two),
    "a generator": lambda one, two: (item for item in (one, two)),
    "a mapping": lambda one, two: {"one": one, "two": two},
    "a collection": lambda one, two: Collection([one, two]),
}


@pytest.mark.parametrize("make", GIVEN.values(), ids=GIVEN)
def test_fields_take_objects(make: Any) -> None:
    """A list of objects, a mapping of them, or another collection."""
    one, two = _series("one"), _series("two")
    module = ProcessingModule(name="m", description="d", nwb_data_interface=make(one, two))
    assert isinstance(module.nwb_data_interface, Collection)
    assert module.nwb_data_interface["one"] is one
    assert list(module.nwb_data_interface) == ["one", "two"]
    module.nwb_data_interface = make(two, one)
    assert module["one"].name == ("two" if make(one, two).__class__ is dict else "one")


def test_fields_take_a_single_object() -> None:
    """One alone needs no list."""
    one = _series("one")
    assert ProcessingModule(name="m", description="d", nwb_data_interface=one).nwb_data_interface["one"] is one


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (5, "objects or a mapping from their names are needed here, not int"),
        ("one", "objects or a mapping from their names are needed here, not str"),
        ({"t": "one"}, "'t' is a str, and has to be an NWBDataInterface"),
        ([SimpleNamespace(name="x")], "'x' is a SimpleNamespace, and has to be an NWBDataInterface"),
    ],
    ids=["number", "text", "mapping of text", "other objects"],
)
def test_fields_refuse_what_is_no_object(given: Any, said: str) -> None:
    """With a word on what is needed."""
    with pytest.raises(ValidationError, match=said):
        ProcessingModule(name="m", description="d", nwb_data_interface=given)


COLLECTIONS: dict[str, Any] = {
    "a default": lambda _: ProcessingModule(name="m", description="d"),
    "given": lambda _: ProcessingModule(name="m", description="d", nwb_data_interface=[]),
    "set later": lambda _: (
        setattr(module := ProcessingModule(name="m", description="d"), "nwb_data_interface", []) or module
    ),
    "of a file": lambda root: root["processing/m"],
}


@pytest.mark.parametrize("make", COLLECTIONS.values(), ids=COLLECTIONS)
def test_collections_refuse_objects_of_another_type(make: Any, root: Any) -> None:
    """When they are put in, with the name of the collection, what it takes and what came."""
    collection = make(root).nwb_data_interface
    names = list(collection)
    for name, wrong in {"d": Device(name="d"), "t": DynamicTable.model_construct(name="t"), "a": np.zeros(2)}.items():
        said = rf"'{name}' is a {type(wrong).__name__}, .* NWBDataInterface to be in 'nwb_data_interface'"
        with pytest.raises(UnknownFieldError, match=said):
            collection[name] = wrong
    with pytest.raises(UnknownFieldError, match="'d' is a Device"):
        collection.add(Device(name="d"))
    assert list(collection) == names
    collection["y"] = _series("y")
    assert list(collection) == [*names, "y"]


def test_fields_refuse_what_has_no_name() -> None:
    """In the same way, and with no internal error."""
    with pytest.raises(ValidationError, match="objects or a mapping from their names"):
        ProcessingModule(name="m", description="d", nwb_data_interface=[5])


def test_fields_refuse_collections_of_other_objects() -> None:
    """What they hold is looked at, as that of a list is."""
    table_of = DynamicTable.model_construct(name="t")
    with pytest.raises(ValidationError, match="'t' is a DynamicTable, and has to be an NWBDataInterface"):
        ProcessingModule(name="m", description="d", nwb_data_interface=Collection([table_of]))


def test_each_model_has_a_collection_of_its_own() -> None:
    """A default is not shared."""
    one, two = (ProcessingModule(name=name, description="d") for name in ("one", "two"))
    one.nwb_data_interface.add(_series("x"))
    assert list(two.nwb_data_interface) == []


# ---------------------------------------------------------------------------------------------- of a file
@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a hundred series, a module and an object that does not belong."""
    with new_file(tmp_path / "many.nwb") as file:
        for number in range(100):
            series(file["acquisition"], f"x{number:02}", np.arange(3.0) + number)
        module = typed(file["processing"], "m", "ProcessingModule", description="d")
        series(module, "x")
        table(module, "t")
        typed(module, "odd", "Device")
    return tmp_path / "many.nwb"


@pytest.fixture
def root(path: Path, built: list[str]) -> Iterator[Any]:
    """The models of the file."""
    with nwb.open(path) as io:
        yield io.read()


def test_a_file_is_listed_and_not_built(root: Any, built: list[str]) -> None:
    """A hundred series cost a listing, one costs one."""
    acquisition = root.acquisition
    assert isinstance(acquisition, NWBFile__acquisition)
    assert (len(acquisition), "x42" in acquisition, "x" in acquisition) == (100, True, False)
    assert [path for path in built if path.startswith("/acquisition/")] == []
    assert acquisition["x42"].data[1] == 43.0
    assert [path for path in built if path.startswith("/acquisition/")] == ["/acquisition/x42", "/acquisition/x42/data"]


def test_one_name_is_found_without_listing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``in`` and ``[]`` look for one link, however many there are."""
    listed: list[Any] = []
    with nwb.open(path) as io:
        acquisition = io.read("/acquisition")
        monkeypatch.setattr("nwb_models.io.construct.links_of", lambda *args: listed.append(args) or {})
        assert "x07" in acquisition
        assert acquisition["x07"].name == "x07"
        assert "x007" not in acquisition
        assert listed == []


def test_objects_are_in_the_collection_of_their_type(root: Any) -> None:
    """And what belongs in none is still a child of the group."""
    module = root["processing/m"]
    assert (list(module.nwb_data_interface), list(module.dynamic_table)) == (["x"], ["t"])
    assert set(module) == {"x", "t", "odd"}
    assert module["odd"].neurodata_type == "Device"
    assert "odd" not in module.nwb_data_interface
    with pytest.raises(ObjectNotFoundError, match="Nothing is called 'odd' here; there are: x"):
        module.nwb_data_interface["odd"]
    with pytest.raises(ObjectNotFoundError, match="did you mean 'x99'"):
        root.acquisition["x999"]


def test_a_name_with_a_slash_is_none(root: Any) -> None:
    """A collection has names; paths are for groups."""
    names = root.acquisition.nwb_data_interface
    assert "x01/data" not in names
    with pytest.raises(ObjectNotFoundError):
        names["x01/data"]
    assert root.acquisition["x01/data"].unit == "V"


def test_a_file_that_was_closed(path: Path) -> None:
    """What was not built yet is built when it is reached, as long as the file is what it was."""
    with nwb.open(path) as io:
        root = io.read()
    assert len(root.acquisition) == 100
    assert root.acquisition["x99"].data[0] == 99.0
    with h5py.File(path) as file:
        assert file["acquisition/x99/data"][0] == 99.0


def test_eager_is_built(path: Path, built: list[str]) -> None:
    """With ``eager=True`` nothing is left to be built."""
    root = nwb.read(path, eager=True)
    names = ["/"]
    with h5py.File(path) as file:
        file.visit(lambda name: names.append(f"/{name}"))
    assert sorted(built) == sorted(name for name in names if not name.startswith("/specifications"))
    count = len(built)
    assert [item.name for item in root.acquisition.values()] == [f"x{number:02}" for number in range(100)]
    assert len(list(root["processing/m"].values())) == 3
    assert len(built) == count


# ---------------------------------------------------------------------------------------------- taking away
@pytest.mark.parametrize("is_touched", [False, True])
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("trials", "/intervals/trials"),
        ("units", "/units"),
        ("subject", "/general/subject"),
        ("subject.species", "/general/subject/species"),
        ("intervals.trials", "/intervals/trials"),
        ("keywords", "/general/keywords"),
        ("general.lab", "/general/lab"),
    ],
)
def test_what_an_attribute_stands_for_is_taken_away(name: str, path: str, tmp_path: Path, *, is_touched: bool) -> None:
    file = tmp_path / "file.nwb"
    shutil.copy(EXAMPLE, file)
    with nwb.open(file, "r+") as io:
        nwbfile = io.read()
        above, _, last = name.rpartition(".")
        holder = operator.attrgetter(above)(nwbfile) if above else nwbfile
        if is_touched:
            assert getattr(holder, last) is not None
        delattr(holder, last)
        assert getattr(holder, last) is None
        edited = io.write(nwbfile)
    assert path in edited.removed
    with h5py.File(file) as raw:
        assert path not in raw


def test_what_is_required_is_not_taken_away() -> None:
    nwbfile = nwb.read(EXAMPLE)
    series = nwbfile.acquisition["ElectricalSeries"]
    for holder, name in [(nwbfile, "identifier"), (nwbfile, "acquisition"), (series, "data"), (series, "unit")]:
        with pytest.raises(InvalidModelError, match=f"^Nothing was taken away: .*\n.*{name}"):
            delattr(holder, name)
        assert getattr(holder, name) is not None


def test_none_takes_nothing_away_that_has_to_be_there() -> None:
    nwbfile = nwb.read(EXAMPLE)
    with pytest.raises(ValueError, match=r"'start_time', which it has to have: .* take away what can be with 'del'"):
        nwbfile.trials["start_time"] = None
    with pytest.raises(ValueError, match=r"None cannot be 'voltage_0': .* with 'del'"):
        nwbfile["acquisition/voltage_0"] = None
    nwbfile["units"] = None
    assert nwbfile.units is None


def test_the_names_of_children_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a few, and none of them is built."""
    group = nwb.read(EXAMPLE).acquisition
    names = "ElectricalSeries, TwoPhotonSeries, behavior_video, voltage_0, voltage_1"
    assert [repr(view) for view in (group.keys(), group.items())] == [f"KeysView({names})", f"ItemsView({names})"]
    assert str(group) == f"<group 'acquisition' at /acquisition: {names}>"
    assert repr(group) == "<group 'acquisition' at /acquisition>"
    assert not group.nwb_data_interface.has_built("voltage_0")


def test_what_no_field_holds_is_taken_away() -> None:
    nwbfile: Any = nwb.read(EXAMPLE)
    del nwbfile.acquisition.voltage_0
    assert "voltage_0" not in nwbfile.acquisition
    del nwbfile.acquisition.nwb_data_interface
    assert not nwbfile.acquisition
    with pytest.raises(UnknownFieldError, match="did you mean 'identifier'"):
        del nwbfile.identifer


def test_what_is_not_there_may_be_taken_away() -> None:
    nwbfile = core.NWBFile(session_description="d", identifier="i", session_start_time="2026-01-01T00:00:00Z")
    del nwbfile.subject
    del nwbfile.trials
    assert nwbfile.subject is None
