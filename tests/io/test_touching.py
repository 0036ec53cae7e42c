"""Opening costs what is touched: the children of a group are built when somebody asks for them, and not before."""

from __future__ import annotations

import copy
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.errors import ClosedFileError
from nwb_models.io.headers import SETTING
from nwb_models.io.single import SingleObjects
from nwb_models.models import NWBGroup
from nwb_models.models.base import Shortcut
from nwb_models.models.children import Nothing, Shelf
from nwb_models.models.links import Unresolved
from nwb_models.models.mapping import Dataset, storage
from tests.io.handmade import column, new_file, series, table, typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COLUMNS = 30


@pytest.fixture(params=["headers", "h5py"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a series and units of many columns, in both layouts; it is read in both ways."""
    monkeypatch.setenv(SETTING, str(int(request.param == "headers")))
    with new_file(tmp_path / "new.nwb") as file:
        series(file["acquisition"], "x")
        names = [f"c{number:02}" for number in range(COLUMNS)]
        units = typed(file, "units", "Units", description="d")
        units.attrs.create("colnames", ["spike_times", *names], dtype=h5py.string_dtype())
        column(units, "id", np.arange(2), "ElementIdentifiers")
        column(units, "spike_times", np.arange(5.0), description="d")
        index = column(units, "spike_times_index", np.array([2, 5], "u1"), "VectorIndex", description="d")
        index.attrs["target"] = units["spike_times"].ref
        for name in names:
            column(units, name, np.arange(2), description="d")
    if request.param == "h5py":
        return tmp_path / "new.nwb"
    with h5py.File(tmp_path / "new.nwb") as file, h5py.File(tmp_path / "old.nwb", "w", libver="earliest") as old:
        old.attrs.update({key: value for key, value in file.attrs.items() if key != ".specloc"})
        for name in file:
            file.copy(name, old)
        old.attrs[".specloc"] = old["specifications"].ref
        old["units/spike_times_index"].attrs["target"] = old["units/spike_times"].ref
    return tmp_path / "old.nwb"


@pytest.fixture
def root(path: Path, built: list[str]) -> Iterator[Any]:
    """The root of the file, of which nothing was touched."""
    with nwb.open(path) as io:
        yield io.read()
    assert len(built) == len(set(built)), "something was built twice"


# ---------------------------------------------------------------------------------------------- what is built
def test_opening_builds_the_root_and_a_field_itself(root: Any, built: list[str]) -> None:
    """No other object of the file is even looked at."""
    assert built == ["/"]
    assert root.identifier == "made by hand"
    assert root.identifier == root["identifier"]
    assert built == ["/", "/identifier"]


def test_objects_that_are_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for the root and one for a field, however much else is in the file."""
    read: list[str] = []
    node = SingleObjects._node

    def noting(self: Any, file: Any, where: str, *rest: Any) -> Any:
        read.append(where)
        return node(self, file, where, *rest)

    monkeypatch.setattr(SingleObjects, "_node", noting)
    assert nwb.read(path).session_description == "a session"
    assert read == ["/", "/session_description"]


def test_of_a_table_one_column_is_built(root: Any, built: list[str]) -> None:
    """And what its attributes refer to: the column of an index."""
    units = root.units
    assert built == ["/", "/units"]
    assert units["c07"][1] == units.vector_data["c07"][1] == 1
    assert built == ["/", "/units", "/units/c07"]
    np.testing.assert_array_equal(units.spike_times_index.row(1), [2.0, 3.0, 4.0])
    assert built[3:] == ["/units/spike_times", "/units/spike_times_index"]
    assert units.spike_times_index.target is units.spike_times is units["spike_times"]
    assert len(units) == 2
    assert built[5:] == ["/units/id"]


@pytest.mark.parametrize(
    "look",
    [
        repr,
        dir,
        lambda group: [*iter(group)],
        lambda group: list(group.keys()),
        lambda group: len(group.keys()),
        lambda group: "spike_times" in group and "nothing" not in group,
        lambda group: group.model_fields_set,
        lambda group: group.get("nothing"),
        lambda group: hasattr(group, "nothing"),
        lambda group: bool(group),
        lambda group: group.issues,
    ],
    ids=["repr", "dir", "iter", "keys", "len", "in", "fields_set", "get", "hasattr", "bool", "issues"],
)
def test_looking_builds_nothing(look: Any, root: Any, built: list[str]) -> None:
    """Names are known from the links."""
    units = root.units
    look(units)
    assert built == ["/", "/units"]


def test_what_is_there_is_told_as_if_it_were_built(path: Path) -> None:
    """Names, fields and members that are not there are those of a file that was read at once."""
    lazy, eager = nwb.read(path), nwb.read(path, eager=True)
    for one, two in ((lazy, eager), (lazy.units, eager.units)):
        assert list(one) == list(two)
        assert one.model_fields_set == two.model_fields_set
        assert dir(one) == dir(two)
    assert "waveforms" in dir(lazy.units)
    assert lazy.units.waveforms is None
    assert "waveforms" not in lazy.units
    with pytest.raises(AttributeError, match="nothing"):
        _ = lazy.nothing


def test_a_field_that_takes_the_place_of_a_shortcut() -> None:
    """It is found although the class above has something of its name."""

    class _Above(NWBGroup):
        rate: ClassVar[Shortcut[float]] = Shortcut("start", "rate")

    class _Below(_Above):
        rate: Annotated[float | None, Dataset()] = None  # type: ignore[assignment]

    class _Disk(Nothing):
        def member(self, field: str) -> tuple[Any, dict[str, Any]]:
            return f"{field} of the file", {}

    model = _Below(name="x")
    del model.__dict__["rate"]
    model._shelf = Shelf(_Disk(_Below))
    model._shelf.pending.members["rate"] = "rate"
    assert model.rate == "rate of the file"


def test_a_member_that_the_specification_gives_no_name(path: Path, built: list[str], tmp_path: Path) -> None:
    """It is found by its type, which is looked at when the group is opened, and built when it is touched."""
    header = {"name": "ndx-rig", "version": "0.1.0", "doc": "d", "schema": [{"namespace": "core"}, {"source": "rig"}]}
    groups = [{"neurodata_type_inc": "Device", "doc": "d", "quantity": "?"}]
    rig = {"neurodata_type_def": "Rig", "neurodata_type_inc": "NWBDataInterface", "doc": "d", "groups": groups}
    with h5py.File(path, "r+") as file:
        documents = file["specifications"].create_group("ndx-rig/0.1.0")
        documents["namespace"] = json.dumps({"namespaces": [header]})
        documents["rig"] = json.dumps({"groups": [rig]})
        for name in ("one", "two"):
            typed(typed(file["acquisition"], name, "Rig", "ndx-rig"), "camera", "Device", description=name)
    with nwb.open(path, "r+") as io:
        root = io.read()
        rig = root.acquisition["one"]
        (field,) = storage(type(rig)).unnamed
        assert (list(rig), "camera" in rig, rig.model_fields_set >= {field.field}) == (["camera"], True, True)
        assert built == ["/", "/acquisition", "/acquisition/one"]
        nwb.write(root, tmp_path / "copy.nwb")
        assert built == ["/", "/acquisition", "/acquisition/one"]
        assert getattr(rig, field.field) is rig["camera"]
        del root.acquisition["two"]["camera"]
        assert list(root.acquisition["two"]) == []
        assert io.write(root)
    with h5py.File(path) as file, h5py.File(tmp_path / "copy.nwb") as copied:
        assert [len(file["acquisition"][name]) for name in ("one", "two")] == [1, 0]
        assert copied["acquisition/one/camera"].attrs["description"] == "one"


# ---------------------------------------------------------------------------------------------- the same as before
def test_a_dump_has_everything(path: Path) -> None:
    """It builds what was not touched."""
    lazy, eager = nwb.read(path), nwb.read(path, eager=True)
    found, expected = lazy.units.model_dump(), eager.units.model_dump()
    assert found.keys() == expected.keys()
    assert found["spike_times"]["description"] == "d"
    assert nwb.read(path).model_dump(mode="json") == eager.model_dump(mode="json")


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda model: model.model_copy()])
def test_a_copy_has_everything(copied: Any, path: Path) -> None:
    """Its index leads to the column that was copied."""
    units = nwb.read(path).units
    made = copied(units)
    assert list(made) == list(units)
    assert made.spike_times_index.target is made.spike_times is not units.spike_times
    np.testing.assert_array_equal(made.spike_times.value[:], units.spike_times.value[:])


def test_reading_eagerly_goes_on_with_what_was_touched(path: Path, built: list[str]) -> None:
    """Nothing is built again, and everything is there."""
    with nwb.open(path) as io:
        root = io.read()
        units, index = root.units, root.units.spike_times_index
        assert io.read(eager=True) is root
        assert (root.units, units.spike_times_index) == (units, index)
        assert set(type(units).model_fields) <= set(vars(units))
        count = len(built)
        _ = root.general, root.identifier, units.id, units["c03"]
    assert len(built) == count == len(set(built))


@pytest.mark.parametrize("first", ["/units/spike_times", "/units/spike_times_index", "/units", "/"])
def test_one_object_is_one_model(first: str, path: Path) -> None:
    """Whichever way leads to it first."""
    with nwb.open(path) as io:
        io.read(first)
        ways = [io.read("/units/spike_times"), io.read().units.spike_times, io.read("units/spike_times_index").target]
        ways += [io.read("units").spike_times_index.target, io.read()["units/spike_times"]]
        assert len(set(map(id, ways))) == 1


def test_hard_links_that_lead_round(path: Path) -> None:
    """A field may hold its own group, or one further up."""
    with h5py.File(path, "r+") as file:
        del file["general"]
        file["general"] = file["/"]
        file["processing/round"] = file["processing"]
    root = nwb.read(path)
    assert root.general is root
    assert root["general/general/identifier"] == "made by hand"
    assert root.processing["round"] is root.processing


def test_threads_get_the_same_model(path: Path, built: list[str]) -> None:
    """What two of them touch at the same time is built once."""
    for _ in range(20):
        root, start = nwb.read(path), threading.Barrier(8)
        built.clear()

        def touch(_: int, root: Any = root, start: threading.Barrier = start) -> Any:
            start.wait()
            return root.units.spike_times_index

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(touch, range(8)))
        assert len(set(map(id, found))) == 1
        assert sorted(built) == ["/units", "/units/spike_times", "/units/spike_times_index"]


# ---------------------------------------------------------------------------------------------- departures
def test_what_is_missing_is_known_at_once(path: Path, built: list[str]) -> None:
    """From the links of the group; what is wrong with a child is known when that is built."""
    with h5py.File(path, "r+") as file:
        del file["identifier"], file["units/id"]
        file["session_description"].attrs["mine"] = 3
        file["units/spike_times"].attrs["unit"] = "hours"
    with nwb.open(path) as io:
        root = io.read()
        assert [(issue.path, issue.rule) for issue in io.issues] == [("/identifier", "missing")]
        assert root.identifier is None
        assert root.session_description == "a session"
        assert [issue.path for issue in io.issues[1:]] == ["/session_description@mine"]
        assert root.units.id is None
        assert [issue.path for issue in io.issues[2:]] == ["/units/id"]
        lazily = {str(issue) for issue in (*io.issues, *root.units.spike_times.issues)}
    with nwb.open(path) as io:
        io.read(eager=True)
        assert lazily == {str(issue) for issue in io.issues}


def test_broken_children_are_what_they_were(path: Path) -> None:
    """A link that leads nowhere, and one out of the file that is not followed, are issues when they are touched."""
    with h5py.File(path, "r+") as file:
        del file["session_description"], file["analysis"], file["identifier"]
        file["session_description"] = h5py.SoftLink("/nothing")
        file["identifier"] = h5py.SoftLink("/acquisition/x/data")
        file["analysis"] = h5py.ExternalLink("nothing.nwb", "/")
    with nwb.open(path) as io:
        root = io.read()
        assert io.issues == ()
        assert root.session_description == Unresolved("soft", "/nothing")
        assert root.analysis == Unresolved("external", "/", "nothing.nwb")
        assert root.identifier is root.acquisition["x"].data
        assert [(issue.path, issue.rule) for issue in io.issues] == [
            ("/session_description", "link"),
            ("/analysis", "link"),
        ]


def test_a_damaged_child_is_told_when_it_is_touched(path: Path) -> None:
    """The rest of the group is there."""
    with h5py.File(path) as file:
        address = h5py.h5o.get_info(file["identifier"].id).addr
    with path.open("r+b") as stream:
        stream.seek(address)
        stream.write(b"\xff" * 16)
    with nwb.open(path) as io:
        root = io.read()
        assert io.issues == ()
        assert root.identifier == Unresolved("hard", "/identifier")
        assert root.session_description == "a session"
        assert [(issue.path, issue.rule) for issue in io.issues] == [("/identifier", "link")]


def test_attributes_of_a_plain_dataset_come_with_it(path: Path) -> None:
    """They are kept with its group, by whichever way its value was built."""
    with h5py.File(path, "r+") as file:
        file["identifier"].attrs["mine"] = 3
    with nwb.open(path) as io:
        assert io.read("/identifier") == "made by hand"
        assert io.read().identifier == "made by hand"
        assert io.read().__pydantic_extra__ == {"identifier@mine": 3}
    assert nwb.read(path).model_extra == {"identifier@mine": 3}


# ---------------------------------------------------------------------------------------------- the file goes away
def test_a_closed_file_is_opened_again(path: Path) -> None:
    """For as long as something is built."""
    with nwb.open(path) as io:
        root = io.read()
    assert root.units.spike_times_index.row(0).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("happens", ["deleted", "replaced"])
def test_a_file_that_is_gone_is_told(happens: str, path: Path) -> None:
    """What was built stays; what was not is never taken from another file, nor for something that is not there."""
    with nwb.open(path) as io:
        root = io.read()
        units = root.units
        _ = units.spike_times
    if happens == "replaced":
        with new_file(path.with_name("other.nwb")):
            pass
        path.with_name("other.nwb").replace(path)
    else:
        path.unlink()
    for _ in range(2):
        with pytest.raises(ClosedFileError, match="changed or removed"):
            _ = root.identifier
        with pytest.raises(ClosedFileError, match="changed or removed"):
            _ = units.spike_times_index
    assert (root.units, units.spike_times.description) == (units, "d")
    assert "identifier" in root


# ---------------------------------------------------------------------------------------------- changes
def test_what_is_set_without_a_look_at_it_is_written(path: Path, built: list[str]) -> None:
    """Everything else is as it was, and nothing of it is built."""
    with h5py.File(path, "r+") as file:
        file["identifier"].attrs["mine"] = 3
    with nwb.open(path, "r+") as io:
        root = io.read()
        root.identifier = "another"
        done = io.write(root)
        assert done is not None
        assert done.written == ("/identifier",)
        assert not [where for where in built if where not in ("/", "/identifier")]
        assert root.identifier == "another"
        assert not io.write(root)
    with h5py.File(path) as file:
        assert (file["identifier"].asstr()[()], file["identifier"].attrs["mine"]) == ("another", 3)
        assert file["session_description"].asstr()[()] == "a session"
        assert len(file["units"]) == COLUMNS + 3


def test_what_is_taken_away_without_a_look_at_it_is_gone(path: Path) -> None:
    """What somebody holds of it says what it said, and its arrays that they are gone."""
    with nwb.open(path, "r+") as io:
        root = io.read()
        units = root.units
        del root["units"]
        assert "units" not in root
        assert root.units is None
        assert io.write(root)
        assert units.path is None
        assert units.spike_times.description == "d"
        with pytest.raises(ClosedFileError, match="was removed from the file"):
            units.spike_times[:]
    with h5py.File(path) as file:
        assert "units" not in file


def test_a_wrong_value_is_refused_and_changes_nothing(path: Path) -> None:
    """As where the field was touched before."""
    root = nwb.read(path)
    with pytest.raises(ValueError, match="identifier"):
        root.identifier = table
    assert root.identifier == "made by hand"


def test_a_new_file_is_written_from_what_was_not_touched(path: Path, built: list[str], tmp_path: Path) -> None:
    """No model is needed of what is copied as it is."""
    nwb.write(nwb.read(path), tmp_path / "copy.nwb")
    assert built == ["/"]
    assert nwb.diff(path, tmp_path / "copy.nwb") == []


def test_an_object_of_another_file_comes_whole(path: Path, tmp_path: Path) -> None:
    """What it refers to is looked for in fields that were not touched, too."""
    with new_file(tmp_path / "target.nwb"):
        pass
    with nwb.open(tmp_path / "target.nwb", "r+") as io:
        target = io.read()
        target.units = nwb.read(path).units
        assert io.write(target)
        assert target.units.spike_times_index.target is target.units.spike_times
    assert nwb.read(tmp_path / "target.nwb").units.spike_times_index.row(0).tolist() == [0.0, 1.0]
