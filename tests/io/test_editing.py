"""Editing in place: only what changed is written, and nothing that others refer to is lost."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import stat
import subprocess
import sys
import textwrap
import threading
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pandas as pd
import pytest

import nwb_models as nwb
from nwb_models import cli
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import (
    ClosedFileError,
    DanglingReferenceError,
    InvalidModelError,
    NotReadableError,
    NotWritableError,
    NWBWarning,
    ObjectNotFoundError,
    UnknownFieldError,
)
from nwb_models.io import atomic, lock
from nwb_models.models.links import Unresolved
from tests.compare import differences
from tests.conftest import EXAMPLE, corpus_files
from tests.io.handmade import REFERENCE, TEXT, column, new_file, references, series, table, typed
from tests.io.test_writing import ODD, START

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOW = pytest.mark.parametrize("eager", [False, True], ids=["lazy", "eager"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with series, a table with a ragged column, and things that refer to others."""
    result = tmp_path / "folder" / "a.nwb"
    result.parent.mkdir()
    with new_file(result) as file:
        for name in ("noise", "one", "two"):
            series(file["acquisition"], name)
        del file["acquisition/two/starting_time"]
        file["acquisition/two/timestamps"] = np.arange(5.0)
        file["acquisition/two/timestamps"].attrs.update(unit="seconds", interval=np.int32(1))
        typed(file["processing"], "behavior", "ProcessingModule", description="d", object_id="behavior")
        series(file["processing/behavior"], "inside")
        rows = table(file, "intervals/trials", "start_time", "stop_time", "tags")
        rows.attrs["neurodata_type"], rows.attrs["namespace"] = "TimeIntervals", "core"
        column(rows, "start_time", np.arange(3.0), description="d")
        column(rows, "stop_time", np.arange(3.0) + 1, description="d")
        column(rows, "tags", np.arange(4.0), description="d")
        index = column(rows, "tags_index", np.array([1, 3, 4], dtype="u1"), "VectorIndex", description="d")
        index.attrs["target"] = rows["tags"].ref
        subject = typed(file["general"], "subject", "Subject", object_id="subject")
        subject["age"], subject["subject_id"] = "P80D", "s"
        growing = series(file["acquisition"], "growing")
        attributes = dict(growing["data"].attrs)
        del growing["data"]
        data = growing.create_dataset(
            "data", data=np.arange(40.0).reshape(20, 2), chunks=(8, 2), maxshape=(None, 2), compression="gzip"
        )
        data.attrs.update(attributes)
    return result


def addresses(path: Path) -> dict[str, tuple[Any, ...]]:
    """Return where each object of a file is, and where the data of each dataset is."""
    found: dict[str, tuple[Any, ...]] = {}
    with h5py.File(path) as file:

        def visit(name: str, obj: Any) -> None:
            info = h5py.h5o.get_info(obj.id)
            data: list[Any] = []
            if isinstance(obj, h5py.Dataset):
                chunked = obj.chunks is not None
                chunks = [obj.id.get_chunk_info(n) for n in range(obj.id.get_num_chunks())] if chunked else []
                data = [(chunk.byte_offset, chunk.size) for chunk in chunks] or [obj.id.get_offset()]
            found[name] = (info.addr, tuple(data))

        file.visititems(visit)
    return found


def moved(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Return the names of what is not where it was."""
    return {name for name in before | after if before.get(name) != after.get(name)}


def age(path: Path) -> str:
    """Return the age of the subject in a file."""
    with h5py.File(path) as file:
        return str(file["general/subject/age"].asstr()[()])


def litter(path: Path) -> list[str]:
    """Return what is beside a file."""
    return sorted(other.name for other in path.parent.iterdir() if other != path)


def new_series(name: str = "new", **more: Any) -> Any:
    """Make a series by hand."""
    return core.TimeSeries(name=name, data=np.arange(10.0), unit="V", rate=3.0, starting_time=0.0, **more)


# ---------------------------------------------------------------------------------------------- what is written
@HOW
def test_the_example_of_the_issue(path: Path, eager: bool) -> None:
    """Assign, add, remove: what is in the file is that, and everything else is where it was."""
    before, start = addresses(path), path.read_bytes()
    with nwb.open(path, "r+") as io:
        nwbfile = io.read(eager=eager)
        nwbfile.subject.age = "P90D"
        nwbfile.processing["behavior"].add(new_series())
        del nwbfile.acquisition["noise"]
        assert path.read_bytes() == start
        done = io.write(nwbfile)
        assert done is not None
        assert done.removed == ("/acquisition/noise",)
        assert done.freed > 0
        assert not io.write(nwbfile)  # nothing is left to be written
    gone = {name for name in before if name.startswith("acquisition/noise")}
    made = {f"processing/behavior/new{rest}" for rest in ("", "/data", "/starting_time")}
    with h5py.File(path) as file:
        assert file["general/subject/age"][()] == b"P90D"
        assert file["processing/behavior/new/data"][:].tolist() == list(range(10))
        assert "noise" not in file["acquisition"]
        assert file["processing/behavior/new"].attrs["object_id"]
    assert moved(before, addresses(path)) == gone | made
    assert litter(path) == []


@HOW
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.filterwarnings("ignore::nwb_models.errors.NWBWarning")
def test_what_is_odd_stays_as_it_was(odd: str, eager: bool, tmp_path: Path) -> None:
    """Nothing to write: not a byte.  One value: that one alone, and no object elsewhere."""
    path = tmp_path / "a.nwb"
    with new_file(path) as file:
        ODD[odd](file)
    before, start = addresses(path), path.read_bytes()
    with nwb.open(path, "r+") as io:
        nwbfile = io.read(eager=eager)
        assert not io.write(nwbfile)
        assert path.read_bytes() == start
        nwbfile.session_description = "changed"
        done = io.write(nwbfile)
        assert done is not None
        assert done.written == ("/session_description",)
    assert moved(before, addresses(path)) <= {"session_description"}
    (tmp_path / "old.nwb").write_bytes(start)
    assert [line.partition(":")[0] for line in differences(tmp_path / "old.nwb", path)] == ["/session_description"]


def _rename(nwbfile: Any) -> None:
    nwbfile.acquisition[next(iter(nwbfile.acquisition))].name = "renamed"


def _remove(nwbfile: Any) -> None:
    del nwbfile.acquisition[next(iter(nwbfile.acquisition))]


def _move(nwbfile: Any) -> None:
    one = nwbfile.acquisition[next(iter(nwbfile.acquisition))]
    del nwbfile.acquisition[one.name]
    nwbfile.analysis.add(one)


EDITS: dict[str, Callable[[Any], None]] = {"rename": _rename, "remove": _remove, "move": _move}


@HOW
@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("source", corpus_files()[::9], ids=lambda source: source.stem[:60])
@pytest.mark.filterwarnings("ignore::nwb_models.errors.NWBWarning")
def test_an_edit_gives_what_a_new_file_would_have(source: Path, edit: str, eager: bool, tmp_path: Path) -> None:
    """The two ways of writing agree; where one refuses, so does the other, and the file is as it was."""
    path, new = tmp_path / "a.nwb", tmp_path / "b.nwb"
    path.write_bytes(source.read_bytes())
    start = path.read_bytes()
    with nwb.open(source) as io:
        nwbfile = io.read(eager=eager)
        if not nwbfile.get("acquisition"):
            pytest.skip("nothing in acquisition")
        EDITS[edit](nwbfile)
        try:
            nwb.write(nwbfile, new)
        except (DanglingReferenceError, InvalidModelError):
            new.touch()
    with nwb.open(path, "r+") as io:
        nwbfile = io.read(eager=eager)
        EDITS[edit](nwbfile)
        if new.stat().st_size:
            io.write(nwbfile)
            assert differences(path, new) == []
        else:
            with pytest.raises((DanglingReferenceError, InvalidModelError)):
                io.write(nwbfile)
            assert path.read_bytes() == start


def test_a_part_is_written_alone(path: Path) -> None:
    """Changes elsewhere wait; a new object goes where it is said."""
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        one = io.read("/acquisition/one")
        one.description, nwbfile.subject.age = "changed", "P1D"
        io.write(one)
        assert h5py.File(path)["acquisition/one"].attrs["description"] == "changed"
        assert h5py.File(path)["general/subject/age"][()] == b"P80D"
        io.write(new_series("placed"), "processing/behavior/placed")
        assert "placed" in nwbfile.processing["behavior"]
        one.name = "renamed"
        io.write(one)
        assert one.path == "/acquisition/renamed"
        with pytest.raises(NotWritableError, match=r"was not read from .* path="):
            io.write(new_series())
    with nwb.open(path) as io:
        assert {"renamed", "two"} < set(io.read("/acquisition"))
        assert io.read("/processing/behavior/placed").data[3] == 3.0
        assert age(path) == "P80D"


def test_what_moved_out_of_a_part_is_not_lost(path: Path) -> None:
    """It is gone from the part that is written, and where it went is not written: that is refused."""
    start = path.read_bytes()
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        one, module = nwbfile.acquisition["one"], nwbfile.processing["behavior"]
        del nwbfile.acquisition["one"], nwbfile.acquisition["two"]
        module.add(one)
        with pytest.raises(InvalidModelError, match=r"/acquisition/one \(TimeSeries\): place: .* moved to .*behavior"):
            io.write(new_series(), "/acquisition/new")  # with all that is in /acquisition
        assert path.read_bytes() == start
        io.write(nwbfile)
        assert one.data[:].tolist() == [0, 1, 2, 3, 4]


# ---------------------------------------------------------------------------------------------- names and places
def test_a_name_is_changed_and_links_follow(path: Path) -> None:
    """Soft links and references lead to the object under its new name; its data is where it was."""
    with h5py.File(path, "r+") as file:
        file["analysis/link"] = h5py.SoftLink("/acquisition/one/data")
        file["analysis/reference"] = references(file["acquisition/one"])
    before = addresses(path)
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        one, data = nwbfile.acquisition["one"], nwbfile.acquisition["one"].data.value
        one.name = "first"
        assert nwbfile.acquisition["first"] is one
        assert "one" not in nwbfile.acquisition
        io.write(nwbfile)
        assert one.path == "/acquisition/first"
        assert nwbfile.acquisition["first"] is one
        assert data[:].tolist() == one.data[:].tolist() == [0, 1, 2, 3, 4]
        assert pickle.loads(pickle.dumps(data))[4] == 4
    with h5py.File(path) as file:
        assert file["analysis"].get("link", getlink=True).path == "/acquisition/first/data"
        assert file[file["analysis/reference"][0]].name == "/acquisition/first"
    after = addresses(path)
    assert {before[f"acquisition/one{rest}"] == after[f"acquisition/first{rest}"] for rest in ("", "/data")} == {True}


def test_two_names_are_exchanged(path: Path) -> None:
    """Handles of arrays follow their objects."""
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        one, growing = nwbfile.acquisition["one"], nwbfile.acquisition["growing"]
        data = one.data.value, growing.data.value
        one.name, growing.name = "other", "one"
        io.write(nwbfile)
        one.name = "growing"
        io.write(nwbfile)
        assert [array.shape for array in data] == [(5,), (20, 2)]
        assert (data[0][1], data[1][1, 1]) == (1.0, 3.0)
    with h5py.File(path) as file:
        assert file["acquisition/growing/data"].shape == (5,)
        assert file["acquisition/one/data"].shape == (20, 2)


def test_names_that_cannot_be(path: Path) -> None:
    """A name that is taken, or that is fixed; what is none is refused at once."""
    for name, place, said in (
        ("two", "acquisition/one", "one child of this name"),
        ("patient", "general/subject", "the name 'subject' at this place"),
    ):
        start = path.read_bytes()
        with nwb.open(path, "r+") as io:
            nwbfile = io.read()
            nwbfile[place].name = name
            with pytest.raises(InvalidModelError, match=said):
                io.write(nwbfile)
        assert path.read_bytes() == start
    for name, said in (
        ("a/b", "a name without '/'"),
        ("a\0b", "a name without a NUL character"),
        ("", "a name that is not empty"),
        (".", "a name that is not empty"),
    ):
        one = nwb.read(path)["acquisition/one"]
        with pytest.raises(ValueError, match=said):
            one.name = name
        assert one.name == "one"
        with pytest.raises(ValueError, match=said):
            core.TimeSeries(name=name, data=[1], unit="V")


@pytest.mark.parametrize("new", [False, True], ids=["edit", "new"])
def test_the_root_has_no_other_name(new: bool, path: Path, tmp_path: Path) -> None:
    """It has none in a file, so that a new one would be lost."""
    with nwb.open(path, "r" if new else "r+") as io:
        nwbfile = io.read()
        nwbfile.name = "session"
        with pytest.raises(InvalidModelError, match=r"/ .*: name: expected the name 'root' of a root, found 'session'"):
            nwb.write(nwbfile, tmp_path / "b.nwb") if new else io.write(nwbfile)


def test_an_object_is_moved(path: Path) -> None:
    """Also into a group that is new itself; the object is not written again."""
    before = addresses(path)
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        one = nwbfile.acquisition["one"]
        del nwbfile.acquisition["one"]
        assert "one" not in nwbfile.acquisition
        module = core.ProcessingModule(name="fresh", description="d")
        module.add(one)
        nwbfile.processing.add(module)
        io.write(nwbfile)
        assert one.path == "/processing/fresh/one"
        assert one.data[1] == 1.0
    after = addresses(path)
    assert after["processing/fresh/one"] == before["acquisition/one"]
    assert after["processing/fresh/one/data"] == before["acquisition/one/data"]


def test_a_child_is_put_and_taken_away_by_its_path(path: Path) -> None:
    """``group[name] = child`` and ``del group[name]``."""
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        with pytest.raises(UnknownFieldError, match="no place for a TimeSeries"):
            nwbfile["general/subject/x"] = new_series("x")
        nwbfile["acquisition/one"] = new_series("one")
        del nwbfile["general/subject"]
        with pytest.raises(InvalidModelError, match="session_description"):
            del nwbfile["session_description"]
        with pytest.raises(ObjectNotFoundError, match="Nothing is called 'nothing'"):
            del nwbfile["acquisition/nothing"]
        io.write(nwbfile)
        assert nwbfile.subject is None
    with h5py.File(path) as file:
        assert file["acquisition/one/data"].shape == (10,)
        assert "subject" not in file["general"]


# ---------------------------------------------------------------------------------------------- arrays
@pytest.mark.parametrize(
    ("value", "stays"),
    [
        (np.zeros((20, 2)), True),
        (np.zeros((30, 2)), True),
        (np.zeros((5, 2)), True),
        (np.zeros((20, 2), dtype="i4"), True),
        (np.zeros((20, 3)), False),
        (np.zeros(7), False),
    ],
    ids=["same", "longer", "shorter", "integers", "wider", "one_axis"],
)
def test_an_array_is_replaced(path: Path, value: np.ndarray[Any, Any], stays: bool) -> None:
    """In the dataset that is there, where that can take it; else in a new one with the same attributes."""
    before = addresses(path)
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        data = nwbfile.acquisition["growing"].data
        handle = data.value
        data.value = value + 1
        io.write(nwbfile)
        assert not io.write(nwbfile)
        assert data.shape == value.shape
        assert np.array_equal(data[:], value + 1)
        if stays:
            assert np.array_equal(data.value[:], value + 1)
        del handle
    with h5py.File(path) as file:
        assert np.array_equal(file["acquisition/growing/data"][:], value + 1)
        assert file["acquisition/growing/data"].attrs["unit"] == "V"
        assert (file["acquisition/growing/data"].maxshape == (None, 2)) is stays
    after = addresses(path)
    assert not stays or before["acquisition/growing/data"][0] == after["acquisition/growing/data"][0]
    assert {name for name in moved(before, after) if "growing" not in name} == set()


STORAGE: dict[str, tuple[Any, dict[str, Any]]] = {
    "wider": (np.zeros((20, 3)), {"chunks": (8, 2), "maxshape": (None, 3)}),
    "one axis": (np.zeros(7), {"maxshape": (None,)}),
    "three axes": (np.zeros((4, 3, 2)), {"maxshape": (None, 3, 2)}),
    "other numbers": (np.full((20, 2), 1j), {"chunks": (8, 2), "maxshape": (None, 2), "fillvalue": -1 + 0j}),
    "blocks": (lambda: iter([np.zeros((3, 2))] * 7), {"shape": (21, 2), "chunks": (8, 2), "maxshape": (None, 2)}),
    "options": (
        lambda: nwb.DatasetOptions(np.zeros((20, 3)), chunks=(5, 3), compression=False),
        {"chunks": (5, 3), "compression": None, "fillvalue": 0},
    ),
}


@pytest.mark.parametrize("name", STORAGE)
@pytest.mark.parametrize("new", [False, True], ids=["edit", "new"])
def test_what_replaces_an_array_is_stored_as_that_was(name: str, new: bool, path: Path) -> None:
    """Chunks where they fit, filters, fill value, and what can grow; unless options say otherwise."""
    value, expected = STORAGE[name]
    with h5py.File(path, "r+") as file:
        group = file["acquisition/growing"]
        attributes = dict(group["data"].attrs)
        del group["data"]
        group.create_dataset(
            "data", data=np.ones((20, 2)), chunks=(8, 2), maxshape=(None, 2), compression="gzip", shuffle=True,
            fletcher32=True, fillvalue=-1.0,
        ).attrs.update(attributes)  # fmt: skip
    other = path.with_name("b.nwb")
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        nwbfile.acquisition["growing"].data.value = value() if callable(value) else value
        if new:
            nwb.write(nwbfile, other)
        else:
            io.write(nwbfile)
    filters = {} if name == "options" else {"compression": "gzip", "shuffle": True, "fletcher32": True, "fillvalue": -1}
    with h5py.File(other if new else path) as file:
        data = file["acquisition/growing/data"]
        wanted = {**filters, **expected}
        assert {key: getattr(data, key) for key in wanted} == wanted
        assert data.attrs["unit"] == "V"


@pytest.mark.parametrize("how", ["assigned", "appended"])
def test_filters_that_lose_something_are_not_for_new_values(how: str, path: Path) -> None:
    """Four bits were enough for what there was: of 1000, they would keep 8."""
    with h5py.File(path, "r+") as file:
        group = file["acquisition/one"]
        del group["data"]
        data = group.create_dataset("data", data=np.arange(10), chunks=(5,), maxshape=(None,), scaleoffset=4)
        data.attrs["unit"] = "V"
    with nwb.open(path, "r+") as io:
        data = io.read("/acquisition/one").data
        if how == "assigned":
            data.value = np.array([1000, 2000])
        else:
            data.value.append([1000, 2000])
        io.write(data)
    with h5py.File(path) as file:
        found = file["acquisition/one/data"]
        assert found[-2:].tolist() == [1000, 2000]
        assert (found.chunks, found.maxshape) == ((5,), (None,))


def test_room_to_grow_is_kept(path: Path) -> None:
    """Of an array that may get so long and no longer; what is appended behind that lifts the limit."""
    with h5py.File(path, "r+") as file:
        group = file["acquisition/one"]
        del group["data"]
        group.create_dataset("data", data=np.arange(5.0), chunks=(4,), maxshape=(12,), fillvalue=7.0).attrs["unit"] = (
            "V"
        )
    with nwb.open(path, "r+") as io:
        data = io.read("/acquisition/one").data
        for value, most in ((np.arange(4) + 0.1j, 12), (np.arange(15) + 0.1j, 15)):
            data.value = value
            io.write(data)
            with h5py.File(path) as file:
                found = file["acquisition/one/data"]
                assert (found.maxshape, found.chunks, found.fillvalue) == ((most,), (4,), 7)
        data.value.append([1j])
        io.write(data)
    with h5py.File(path) as file:
        assert (file["acquisition/one/data"].maxshape, file["acquisition/one/data"].fillvalue) == ((None,), 7)


@pytest.mark.parametrize("how", ["external", "virtual"])
def test_data_in_other_files_is_not_written_to(how: str, path: Path) -> None:
    """A dataset may keep its data in another file: nobody asked to change that one, and no copy of it is made."""
    outside = path.with_name("outside")
    with h5py.File(path, "r+") as file:
        group = file["acquisition/one"]
        del group["data"]
        if how == "external":
            np.arange(5.0).tofile(outside)
            data = group.create_dataset("data", (5,), "f8", external=[(str(outside), 0, 40)])
        else:
            with h5py.File(outside, "w") as other:
                other["x"] = np.arange(5.0)
            layout = h5py.VirtualLayout((5,), "f8")
            layout[:] = h5py.VirtualSource(str(outside), "x", (5,))
            data = group.create_virtual_dataset("data", layout)
        data.attrs["unit"] = "V"
    before = outside.read_bytes()
    with nwb.open(path, "r+") as io:
        data = io.read("/acquisition/one").data
        data.value = np.ones(5)
        io.write(data)
        assert data[:].tolist() == [1] * 5
    assert outside.read_bytes() == before
    with h5py.File(path) as file:
        assert file["acquisition/one/data"].external is None
        assert not file["acquisition/one/data"].is_virtual
        assert file["acquisition/one/data"].attrs["unit"] == "V"


def test_types_are_kept_where_they_hold_what_is_new(path: Path) -> None:
    """Enumerations, text of fixed width, and text of ASCII: in datasets and in attributes."""
    names = {"A": 0, "B": 1}
    enum = h5py.enum_dtype(names, basetype="i1")
    row = np.dtype([("n", "i4"), ("e", enum), ("pair", "f4", (2,))])
    with h5py.File(path, "r+") as file:
        group = typed(file["analysis"], "container", "NWBContainer", object_id="c")
        group.attrs.create("one", 1, dtype=enum)
        group.attrs.create("fixed", np.bytes_("abc"), dtype="S5")
        group.attrs.create("ascii", "abc", dtype=h5py.string_dtype("ascii"))
        columns = table(file["analysis"], "t", "e", "rows")
        columns.attrs["object_id"] = "t"
        for name, dtype in (("e", enum), ("rows", row)):
            made = columns.create_dataset(name, (3,), dtype)
            made.attrs.update(
                {"neurodata_type": "VectorData", "namespace": "hdmf-common", "object_id": name, "description": "d"}
            )
    with nwb.open(path, "r+") as io:
        nwbfile, container, columns = io.read(), io.read("/analysis/container"), io.read("/analysis/t")
        container.one, container.fixed, container.ascii = 0, "de", "xyz"
        columns["e"].value = np.array([1, 0, 1], dtype="i1")
        rows = columns["rows"][:]
        rows["e"], rows["pair"] = [1, 1, 0], [[1, 2], [3, 4], [5, 6]]
        columns["rows"].value = rows
        io.write(nwbfile)
        assert not io.write(nwbfile)
        container.fixed = "too long"
        rows["pair"] = 0.1
        columns["rows"].value = rows
        columns["e"].value = np.array([1, 0, 7], dtype="i1")
        io.write(nwbfile)
        assert columns["e"][:].tolist() == [1, 0, 7]
    with h5py.File(path) as file:
        attributes = file["analysis/container"].attrs
        assert h5py.check_enum_dtype(attributes.get_id("one").dtype) == names
        assert h5py.check_string_dtype(attributes.get_id("ascii").dtype).encoding == "ascii"
        assert (attributes["fixed"], attributes["ascii"]) == ("too long", "xyz")
        assert h5py.check_enum_dtype(file["analysis/t/e"].dtype) is None  # 7 is none of the names
        rows = file["analysis/t/rows"]
        assert h5py.check_enum_dtype(rows.dtype["e"]) == names
        assert rows["e"].tolist() == [1, 1, 0]
        assert np.array_equal(rows["pair"], np.full((3, 2), 0.1, dtype=rows.dtype["pair"].base))


def test_ragged_rows_are_written_as_they_are_given(path: Path) -> None:
    """Rows of several dtypes, and ones that the dtype does not hold: h5py would write garbage, or cut them off."""
    with h5py.File(path, "r+") as file:
        columns = table(file["analysis"], "t", "v")
        columns.attrs["object_id"] = "t"
        made = columns.create_dataset("v", (3,), h5py.vlen_dtype("i4"), chunks=(2,), maxshape=(None,))
        made.attrs.update(
            {"neurodata_type": "VectorData", "namespace": "hdmf-common", "object_id": "v", "description": "d"}
        )
        for number in range(3):
            made[number] = np.arange(number, dtype="i4")
    with nwb.open(path, "r+") as io:
        column = io.read("/analysis/t/v")
        rows = column[:]
        for first, dtype in (([7, 8, 9], "i4"), ([2**40], "i8"), ([5.5], "f8")):
            rows = column[:]
            rows[0] = np.array(first)
            column.value = rows
            io.write(column)
            assert [row.tolist() for row in column[:]] == [first, [0], [0, 1]]
            assert column[:][2].dtype == dtype
        before = path.read_bytes()
        rows[0] = np.array(["a"])
        column.value = rows
        with pytest.raises(InvalidModelError, match="no dtype of numbers"):
            io.write(column)
        assert path.read_bytes() == before


def test_numbers_that_are_equal_and_not_the_same(path: Path) -> None:
    """-0.0 is written in the place of 0.0, and integers that a float does not hold stay integers."""
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        one = nwbfile.acquisition["one"]
        one.data.offset = -0.0
        one.data.value = np.array([2**53 + 1] * 5)
        io.write(nwbfile)
        assert one.data[:].tolist() == [2**53 + 1] * 5
    with h5py.File(path) as file:
        assert np.signbit(file["acquisition/one/data"].attrs["offset"])


def test_an_attribute_takes_no_iterator(path: Path) -> None:
    """It was asked for its values twice where the whole file had to be gone through: the first ones were lost."""
    with h5py.File(path, "r+") as file:
        typed(file["analysis"], "container", "NWBContainer", object_id="c", x=[1, 2])
    with nwb.open(path, "r+") as io:
        nwbfile, container = io.read(), io.read("/analysis/container")
        container.x = iter([[1, 2], [3, 4]])
        del nwbfile.acquisition["noise"]
        with pytest.raises(InvalidModelError, match=r"/analysis/container@x.*give a list"):
            io.write(nwbfile)
        container.x = nwbfile.acquisition["one"].data.value
        io.write(nwbfile)
        assert container.x.tolist() == [0, 1, 2, 3, 4]


def test_a_region_that_is_no_longer_there(path: Path) -> None:
    """A part of a dataset that has other axes now: nothing is written."""
    with h5py.File(path, "r+") as file:
        file["analysis"].attrs["part"] = file["acquisition/growing/data"].regionref[10:20]
    start = path.read_bytes()
    with nwb.open(path, "r+") as io:
        data = io.read("/acquisition/growing").data
        data.value = np.zeros(30)
        with pytest.raises(
            DanglingReferenceError, match=r"/analysis@part refers to a part of .*/data that it does not"
        ):
            io.write(data)
        assert path.read_bytes() == start
        data.value = np.zeros((30, 3))
        io.write(data)
    with h5py.File(path) as file:
        region = file["analysis"].attrs["part"]
        assert file[region].name == "/acquisition/growing/data"
        assert file[region][region].shape[0] == 10


def test_what_hdf5_refuses_is_one_error(path: Path) -> None:
    """Objects in the oldest format take no large attributes: it names the object, and the file is as it was."""
    with h5py.File(path.with_name("old.nwb"), "w", libver="earliest") as file, h5py.File(path) as source:
        for name in source:
            source.copy(name, file)
        file.attrs.update({name: value for name, value in source.attrs.items() if name != ".specloc"})
        file.attrs[".specloc"] = file["specifications"].ref
        typed(file["analysis"], "old", "NWBContainer", object_id="old", x=1)
    start = path.with_name("old.nwb").read_bytes()
    with nwb.open(path.with_name("old.nwb"), "r+") as io:
        old = io.read("/analysis/old")
        old.x = np.zeros(100_000)
        with pytest.raises(NotWritableError, match=r"/analysis/old cannot be written from .*64 KiB"):
            io.write(old)
    assert path.with_name("old.nwb").read_bytes() == start


def test_references_come_in_blocks(path: Path) -> None:
    """To what is in the file; to something else, it is said that nothing holds it."""
    with h5py.File(path, "r+") as file:
        rows = table(file["analysis"], "t", "to")
        rows.attrs["object_id"] = "t"
        column(rows, "to", references(*[file["acquisition/one"]] * 3), description="d")
    with nwb.open(path, "r+") as io:
        nwbfile, to = io.read(), io.read("/analysis/t/to")

        def blocks(*models: Any) -> Any:
            for model in models:
                block = np.empty(1, dtype=object)
                block[0] = model
                yield block

        one, two = nwbfile.acquisition["one"], nwbfile.acquisition["two"]
        to.value = blocks(one, two, one)
        io.write(nwbfile)
        assert list(to[:]) == [one, two, one]
        to.value = blocks(one, new_series("nowhere"))
        with pytest.raises(DanglingReferenceError, match=r"'nowhere'.*, which no group of the file holds"):
            io.write(nwbfile)


def test_references_follow_a_dataset_that_is_written_anew(path: Path) -> None:
    """A ragged column gets wider than its dataset can: its index refers to the new one."""
    with nwb.open(path, "r+") as io:
        trials = io.read("/intervals/trials")
        trials["tags"].value = np.zeros((4, 2))
        io.write(trials)
        assert trials["tags_index"].target is trials["tags"]
    with h5py.File(path) as file:
        rows = file["intervals/trials"]
        assert file[rows["tags_index"].attrs["target"]] == rows["tags"]
        assert rows["tags"].shape == (4, 2)


def test_rows_are_appended(path: Path) -> None:
    """To a dataset that can grow, only they are written; another one is written anew once, and can grow then."""
    before = addresses(path)
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        growing, one = nwbfile.acquisition["growing"].data, nwbfile.acquisition["one"].data
        growing.append([[1, 2], [3, 4]])
        growing.append(np.full((1, 2), 5.0))
        one.append([7.0])
        assert growing.shape == (23, 2)
        assert growing[18:].tolist() == [[36, 37], [38, 39], [1, 2], [3, 4], [5, 5]]
        assert growing[-1, 0] == 5
        assert growing[[1, 21]].tolist() == [[2, 3], [3, 4]]
        for wrong in ([1.0, 2.0], [["a", "b"]], np.zeros((1, 2), dtype=complex)):
            with pytest.raises(ValueError, match="cannot"):
                growing.append(wrong)
        io.write(nwbfile)
        first = addresses(path)
        growing.append(np.zeros((100, 2)))
        one.append(np.arange(100.0))
        io.write(nwbfile)
        assert growing.shape == (123, 2)
    second = addresses(path)
    assert before["acquisition/growing/data"][0] == first["acquisition/growing/data"][0]
    assert before["acquisition/growing/data"][1][:2] == first["acquisition/growing/data"][1][:2]
    assert first["acquisition/one/data"] == second["acquisition/one/data"]
    with h5py.File(path) as file:
        assert file["acquisition/growing/data"][20:24].tolist() == [[1, 2], [3, 4], [5, 5], [0, 0]]
        assert file["acquisition/growing/data"].compression == "gzip"
        assert file["acquisition/one/data"][:].tolist() == [0, 1, 2, 3, 4, 7, *range(100)]
        assert file["acquisition/one/data"].attrs["unit"] == "V"


def test_rows_of_text_and_compound_rows_are_appended(path: Path) -> None:
    """As they are stored; text that does not fit is refused."""
    row = np.dtype([("x", "i4"), ("y", "f8")])
    with h5py.File(path, "r+") as file:
        group = typed(file["analysis"], "container", "NWBContainer", object_id="c")
        for name, data, dtype in (
            ("text", ["a", "ü"], TEXT), ("fixed", [b"a", b"bc"], "S2"), ("rows", [(1, 2.0)], row),
            ("flags", [True], bool),
        ):  # fmt: skip
            group.create_dataset(name, data=np.array(data, dtype=dtype), maxshape=(None,), chunks=(4,), dtype=dtype)
    before = addresses(path)
    with nwb.open(path, "r+") as io:
        container = io.read("/analysis/container")
        container["text"].append(["längst"])
        container["fixed"].append(["de"])
        container["rows"].append([(3, 4.5)])
        container["flags"].append([False])
        for name, wrong in (("fixed", ["long"]), ("text", [1]), ("rows", [1]), ("flags", [2])):
            with pytest.raises((ValueError, TypeError)):
                container[name].append(wrong)
        io.write(container)
        assert container["text"][:].tolist() == ["a", "ü", "längst"]
    with h5py.File(path) as file:
        group = file["analysis/container"]
        assert group["text"].asstr()[:].tolist() == ["a", "ü", "längst"]
        assert group["fixed"][:].tolist() == [b"a", b"bc", b"de"]
        assert group["fixed"].dtype == "S2"
        assert group["rows"][:].tolist() == [(1, 2.0), (3, 4.5)]
        assert group["flags"][:].tolist() == [True, False]
    assert {name for name, (where, _) in addresses(path).items() if before[name][0] != where} == set()


# ---------------------------------------------------------------------------------------------- removing
def _referred(path: Path) -> None:
    """Let things refer to a series in every way."""
    with h5py.File(path, "r+") as file:
        noise = file["acquisition/noise"]
        file["analysis/link"] = h5py.SoftLink("/acquisition/noise")
        file["analysis/list"] = references(noise, file["acquisition/one"])
        file["analysis"].attrs["to_data"] = noise["data"].ref
        rows = np.zeros(2, dtype=[("n", "i4"), ("to", REFERENCE)])
        rows["n"], rows["to"] = [1, 2], references(noise, file["acquisition/one"])
        file["analysis/rows"] = rows


@HOW
def test_what_others_refer_to_is_not_removed(path: Path, eager: bool) -> None:
    """All that do are named, and the file is as it was; `repair` lets go of it."""
    _referred(path)
    start = path.read_bytes()
    named = [
        "/analysis/link is a link to /acquisition/noise", "/analysis/list refers to /acquisition/noise",
        "/analysis/rows refers to /acquisition/noise", "/analysis@to_data refers to /acquisition/noise/data",
    ]  # fmt: skip
    with nwb.open(path, "r+") as io:
        nwbfile = io.read(eager=eager)
        analysis = nwbfile["analysis"]
        del nwbfile.acquisition["noise"]
        with pytest.raises(DanglingReferenceError, match="repair=True") as caught:
            io.write(nwbfile)
        assert sorted(caught.value.referrers) == named
        assert path.read_bytes() == start
        done = io.write(nwbfile, repair=True)
        assert done is not None
        assert sorted(done.repaired) == named
        assert "link" not in analysis
        assert not io.write(nwbfile)
    with h5py.File(path) as file:
        assert set(file["analysis"]) == {"list", "rows"}
        assert not file["analysis"].attrs["to_data"]
        for name in ("list", "rows"):
            found = file["analysis"][name][:] if name == "list" else file["analysis"][name]["to"]
            assert not found[0]
            assert file[found[1]].name == "/acquisition/one"
    with nwb.open(path) as io:
        assert isinstance(io.read("/analysis/list")[0], Unresolved)


@pytest.mark.parametrize("place", ["b.nwb", None], ids=["copied", "in place"])
def test_references_to_parts_of_a_removed_series_are_to_no_part(tmp_path: Path, place: str | None) -> None:
    """`repair` leaves a valid file: what NWB writes for no part is -1, and a reference to nothing."""
    path = tmp_path / "a.nwb"
    nwbfile = core.NWBFile(session_description="d", identifier="i", session_start_time=START)
    gone, kept = (core.TimeSeries(name=name, data=[1.0, 2.0, 3.0], unit="V", rate=1.0) for name in ("gone", "kept"))
    nwbfile.acquisition = [gone, kept]
    parts = [gone.time_window(0, 2), kept.time_window(0, 2)]
    trials = pd.DataFrame({"start_time": [0.0, 1.0], "stop_time": [1.0, 2.0], "timeseries": [[parts[0]], parts]})
    nwbfile.trials = core.TimeIntervals.from_dataframe(trials, name="trials", description="d")
    nwb.write(nwbfile, path)
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        del nwbfile.acquisition["gone"]
        if place is None:
            io.write(nwbfile, repair=True)
        else:
            with pytest.warns(NWBWarning, match="leads nowhere"):
                nwb.write(nwbfile, tmp_path / place, repair=True)
    path = path if place is None else tmp_path / place
    assert not list(nwb.validate(path))
    with h5py.File(path) as file:
        stored = file["intervals/trials/timeseries"][:]
    assert [(int(row[0]), int(row[1]), bool(row[2])) for row in stored] == [(-1, -1, False)] * 2 + [(0, 2, True)]
    first, second = nwb.read(path).trials["timeseries"]
    assert first == [None]
    assert second[0] is None
    assert second[1].timeseries.name == "kept"


def test_a_part_of_a_null_series_is_none(tmp_path: Path) -> None:
    """Also where the numbers of a part stand beside the null reference."""
    with new_file(tmp_path / "a.nwb") as file:
        rows = np.zeros(3, [("idx_start", "i4"), ("count", "i4"), ("timeseries", REFERENCE)])
        rows["count"] = 1
        one = series(file["acquisition"], "one")
        rows["timeseries"] = references(h5py.Reference(), one, h5py.Reference())
        column(table(file["analysis"], "rows", "part"), "part", rows, description="d")
    first, second, _ = nwb.read(tmp_path / "a.nwb")["analysis"]["rows"]["part"][:]
    assert first is None
    assert second.timeseries.name == "one"


def test_what_is_removed_is_gone(path: Path) -> None:
    """A model and its arrays say so; another object at its address, or with its name, is not taken for it."""
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        noise = nwbfile.acquisition["noise"]
        data = noise.data.value
        del nwbfile.acquisition["noise"]
        io.write(nwbfile)
        nwbfile.acquisition.add(new_series("noise"))
        io.write(nwbfile)
        assert nwbfile.acquisition["noise"] is not noise
        assert noise.path is None
        with pytest.raises(ClosedFileError, match="was removed from the file"):
            data[:]
        nwbfile.processing["behavior"].add(noise)
        with pytest.raises(ClosedFileError, match="was removed from the file"):
            io.write(nwbfile)


def test_what_has_another_hard_link_lives_on(path: Path) -> None:
    """Nothing refers to what is gone then."""
    with h5py.File(path, "r+") as file:
        file["analysis/alias"] = file["acquisition/one"]
        file["analysis/reference"] = references(file["acquisition/one"])
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        del nwbfile.acquisition["one"]
        done = io.write(nwbfile)
        assert done is not None
        assert done.removed == ()
        assert nwbfile["analysis/alias"].data[2] == 2.0
    with h5py.File(path) as file:
        assert file["analysis/alias"] == file[file["analysis/reference"][0]]


def test_space_is_reported_and_given_back(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``nwb.repack`` and ``nwb-models repack``; the file says the same."""
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        nwbfile.acquisition.add(new_series("large"))
        nwbfile.acquisition["large"].data.value = np.random.default_rng(1).random(50_000)
        io.write(nwbfile)
        nwbfile.acquisition.add(new_series("behind"))
        io.write(nwbfile)
        del nwbfile.acquisition["large"]
        done = io.write(nwbfile)
        assert done is not None
        assert done.freed > 400_000
        (path.parent / "old.nwb").write_bytes(path.read_bytes())
    assert nwb.repack(path, backup=True) > 300_000
    assert differences(path.parent / "old.nwb", path) == []
    assert (path.parent / "a.nwb.bak").read_bytes() == (path.parent / "old.nwb").read_bytes()
    assert nwb.repack(path) == 0
    assert cli.main(["repack", str(path.parent / "old.nwb")]) == 0
    assert "KiB given back" in capsys.readouterr().out
    assert litter(path) == ["a.nwb.bak", "old.nwb"]


# ---------------------------------------------------------------------------------------------- several edits
def test_one_edit_follows_another(path: Path) -> None:
    """Models made by hand become those of the file, collections that people hold stay what they hold."""
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        acquisition, new = nwbfile.acquisition, new_series()
        acquisition.add(new)
        io.write(nwbfile)
        assert (new.path, new.data.value.shape) == ("/acquisition/new", (10,))
        new.comments = "later"
        acquisition.add(new_series("second"))
        done = io.write(nwbfile)
        assert done is not None
        assert "/acquisition/new/data" not in done.written
        assert acquisition["new"] is new
    with h5py.File(path) as file:
        assert file["acquisition/new"].attrs["comments"] == "later"
        assert "second" in file["acquisition"]
    assert new.data[3] == 3.0  # after the file is closed


def test_an_object_of_another_file_is_added(path: Path, tmp_path: Path) -> None:
    """It is copied, and found as an object of this file from then on."""
    with new_file(tmp_path / "other.nwb") as file:
        series(file["acquisition"], "foreign", np.arange(7.0))
    with nwb.open(path, "r+") as io, nwb.open(tmp_path / "other.nwb") as other:
        nwbfile, foreign = io.read(), other.read("/acquisition/foreign")
        nwbfile.acquisition.add(foreign)
        io.write(nwbfile)
        assert foreign.path == "/acquisition/foreign"
        assert nwbfile.acquisition["foreign"] is not foreign
        assert nwbfile.acquisition["foreign"].data[6] == 6.0
        assert not io.write(nwbfile)
    (tmp_path / "other.nwb").unlink()
    assert nwb.read(path, "/acquisition/foreign").data[6] == 6.0


def test_readers_of_another_thread_are_not_disturbed(path: Path) -> None:
    """They read what was, or what is."""
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        growing, stop, failed = nwbfile.acquisition["growing"].data.value, threading.Event(), []

        def read() -> None:
            while not stop.is_set():
                if growing[3, 1] != 7.0:
                    failed.append("wrong value")

        threads = [threading.Thread(target=read) for _ in range(2)]
        for thread in threads:
            thread.start()
        for number in range(5):
            nwbfile.session_description = f"number {number}"
            io.write(nwbfile)
        stop.set()
        for thread in threads:
            thread.join()
        assert failed == []


# ---------------------------------------------------------------------------------------------- modes and locks
def test_modes(path: Path, tmp_path: Path) -> None:
    """``a`` edits what is there and makes what is not; ``r`` writes nothing, and nobody writes to what is closed."""
    new = tmp_path / "new.nwb"
    with nwb.open(new, "a") as io:
        io.write(nwb.read(path))
        nwbfile = io.read()
        nwbfile.subject.age = "P3D"
        assert io.write(nwbfile)
    with nwb.open(new, "a") as io:
        assert age(new) == "P3D"
    with pytest.raises(NotWritableError, match="is closed"):
        io.write(nwbfile)
    with nwb.open(new) as io, pytest.raises(NotWritableError, match=r"mode 'r\+' edits"):
        io.write(io.read())
    with nwb.open(new, "w") as io:
        io.write(nwb.read(path))
        with pytest.raises(NotWritableError, match=r"was written, which is done once: mode 'a' or 'r\+' goes on"):
            io.write(nwb.read(path))
    with pytest.raises(NotReadableError, match="no such file"):
        nwb.open(tmp_path / "none.nwb", "r+")
    with path.open("r+b") as stream, pytest.raises(NotWritableError, match="give the path"):
        nwb.HDF5IO(stream, "r+")
    with pytest.raises(ValueError, match="mode 'rw'"):
        nwb.open(path, "rw")
    assert litter(path) == []
    assert sorted(other.name for other in tmp_path.iterdir()) == ["folder", "new.nwb"]


def test_one_editor_at_a_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one process and in two, whatever HDF5's own locks are, and by whichever name."""
    monkeypatch.setenv("HDF5_USE_FILE_LOCKING", "FALSE")
    (path.parent / "link.nwb").symlink_to(path)
    code = "import sys, nwb_models as nwb\nnwb.open(sys.argv[1], 'r+')"
    with nwb.open(path, "r+") as io:
        for other in (path, path.parent / "link.nwb"):
            with pytest.raises(NotWritableError, match="being edited in this process: write with what has it open"):
                nwb.open(other, "r+")
        with pytest.raises(NotWritableError, match="being edited"):
            nwb.repack(path)
        with pytest.raises(NotWritableError, match="being edited"):
            nwb.write(core.NWBFile(
                identifier="i", session_description="d", session_start_time=START,
                timestamps_reference_time=START, file_create_date=[START],
            ), path)  # fmt: skip
        done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=False)
        assert f"being edited elsewhere, by process {os.getpid()}" in done.stderr
        assert io.read() is not None
    with nwb.open(path, "r+"):
        pass
    assert litter(path) == ["link.nwb"]


def test_the_lock_of_a_killed_process_is_free(path: Path) -> None:
    """And what it left is cleared away."""
    code = """
        import os, signal, sys, nwb_models as nwb
        io = nwb.open(sys.argv[1], "r+")
        open(os.path.join(os.path.dirname(sys.argv[1]), ".a.nwb.0123456789ab.tmp"), "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code), path], check=False)
    assert litter(path) == [".a.nwb.0123456789ab.tmp", ".a.nwb.lock"]
    with nwb.open(path, "r+"):
        assert litter(path) == [".a.nwb.lock"]
    assert litter(path) == []


def test_a_file_system_without_locks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, and editing goes on: what was changed meanwhile is noticed all the same."""
    import fcntl

    def none(*_: Any) -> None:
        raise OSError(lock.UNSUPPORTED[0], "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    with pytest.warns(nwb.errors.NWBWarning, match="has no locks"):
        io = nwb.open(path, "r+")
    with io:
        nwbfile = io.read()
        nwbfile.subject.age = "P1D"
        io.write(nwbfile)


@pytest.mark.parametrize("how", ["changed", "replaced", "removed"])
def test_a_file_that_somebody_else_changed(path: Path, how: str) -> None:
    """Nothing is written over it."""
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        nwbfile.subject.age = "P1D"
        if how == "changed":
            os.utime(path, ns=(1, 1))
        elif how == "replaced":
            path.rename(path.parent / "was.nwb")
            path.write_bytes(b"something else")
        else:
            path.unlink()
        with pytest.raises(ClosedFileError, match="was changed or removed since it was read"):
            io.write(nwbfile)
    if how == "replaced":
        assert path.read_bytes() == b"something else"
    assert path.exists() == (how != "removed")


def test_a_file_that_is_open_for_writing_elsewhere(path: Path) -> None:
    """HDF5's own lock is respected."""
    code = "import h5py, sys\nf = h5py.File(sys.argv[1], 'r+')\nprint(flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(NotWritableError, match=r"open for writing elsewhere, .*h5py in this one: close it"):
            nwb.open(path, "r+")
        other.communicate("")
    assert litter(path) == []


# ---------------------------------------------------------------------------------------------- the file itself
def test_links_modes_and_backups(path: Path) -> None:
    """What a symbolic link leads to is replaced, its mode is kept, and no backup is ever written over."""
    path.chmod(0o640)
    link = path.parent.parent / "link.nwb"
    link.symlink_to(path)
    start = path.read_bytes()
    for number in range(3):
        with nwb.open(link, "r+") as io:
            nwbfile = io.read()
            nwbfile.subject.age = f"P{number}D"
            done = io.write(nwbfile, backup=number != 1)
            assert done is not None
            assert done.backup == (None if number == 1 else str(path) + (".bak" if number == 0 else ".bak2"))
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert litter(path) == ["a.nwb.bak", "a.nwb.bak2"]
    assert (path.parent / "a.nwb.bak").read_bytes() == start
    assert age(path.parent / "a.nwb.bak2") == "P1D"


def test_the_copy_is_made_by_reading_where_the_system_cannot(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No shared blocks, no copying inside the system: the bytes are the same."""
    monkeypatch.setattr(atomic, "_shared", lambda *_: False)
    monkeypatch.setattr(atomic, "_copied_by_system", lambda *_: 0)
    monkeypatch.setattr(atomic, "BLOCK", 1000)
    before = addresses(path)
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        nwbfile.subject.age = "P1D"
        io.write(nwbfile)
    assert moved(before, addresses(path)) == set()


def test_a_sync_that_fails_is_not_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is as it was, and the next edit does all of its work again."""
    start, calls, fsync = path.read_bytes(), [], os.fsync

    def fails(descriptor: int) -> None:
        calls.append(descriptor)
        raise OSError(5, "Input/output error")

    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        nwbfile.subject.age = "P1D"
        monkeypatch.setattr(os, "fsync", fails)
        with pytest.raises(NotWritableError, match="is as it was: Input/output error"):
            io.write(nwbfile)
        assert (len(calls), path.read_bytes() == start) == (1, True)
        monkeypatch.setattr(os, "fsync", fsync)
        assert io.write(nwbfile)
    assert age(path) == "P1D"


def test_a_name_of_as_many_bytes_as_there_may_be(path: Path) -> None:
    """What is beside the file while it is edited has a name with something around, which has to fit as well."""
    long = path.with_name("測" * 83 + ".nwb")
    long.write_bytes(path.read_bytes())
    with nwb.open(long, "r+") as io:
        nwbfile = io.read()
        nwbfile.subject.age = "P1D"
        io.write(nwbfile)
    nwb.write(nwb.read(path), path.with_name("字" * 83 + ".nwb"))
    assert age(long) == "P1D"
    assert litter(path) == sorted(["字" * 83 + ".nwb", long.name])


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to(path: Path) -> None:
    """It is said before any work."""
    path.parent.chmod(0o555)
    try:
        with pytest.raises(NotWritableError, match="may not be written to"):
            nwb.open(path, "r+")
    finally:
        path.parent.chmod(0o755)


EDIT = """
import os, resource, shutil, signal, sys
import numpy as np
import nwb_models as nwb
from nwb_models.core import v2_11_0 as core
from nwb_models.io import atomic
nwb.read(sys.argv[1], eager=True)

class Stream:
    '''A file that stops the process at its k-th operation, in the middle of a write.'''
    def __init__(self, stream): self.stream = stream
    def __getattr__(self, name): return getattr(self.stream, name)
    def __enter__(self): return self
    def __exit__(self, *_): self.stream.close()
    def write(self, data):
        step(lambda: (self.stream.write(bytes(data)[: len(data) // 2]), self.stream.flush()))
        written = self.stream.write(data); self.stream.flush(); return written
    def truncate(self, *size): step(); return self.stream.truncate(*size)
    def flush(self): step(); return self.stream.flush()

left = None
def step(last=lambda: None):
    global left, count
    count += 1
    if left is not None and count == left:
        last()
        os.kill(os.getpid(), signal.SIGKILL)

def stepping(call):
    def stepped(*args, **options):
        step()
        result = call(*args, **options)
        step()
        return result
    return stepped

count = 0
fdopen = os.fdopen
os.fdopen = lambda *args, **options: Stream(fdopen(*args, **options))
for name in ("open", "fsync", "close", "unlink", "rename", "replace", "link", "fchown", "chmod", "ftruncate", "write"):
    setattr(os, name, stepping(getattr(os, name)))
atomic.copy_contents = stepping(atomic.copy_contents)

def edit(path):
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        nwbfile.subject.age = "P90D"
        nwbfile.acquisition["growing"].data.append(np.ones((50, 2)))
        nwbfile.processing["behavior"].add(core.TimeSeries(
            name="new", data=np.arange(1000.0), unit="V", rate=1.0, starting_time=0.0, object_id="new"))
        del nwbfile.acquisition["noise"]
        nwbfile.acquisition["one"].name = "first"
        io.write(nwbfile, backup=len(sys.argv) > 3)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="forks and kills processes")
@pytest.mark.parametrize("backup", [False, True], ids=["plain", "backup"])
def test_a_killed_edit_leaves_the_file_before_or_after(path: Path, backup: bool) -> None:
    """At every operation on a file; and what it leaves beside is in nobody's way."""
    driver = (
        EDIT
        + """
base, folder = sys.argv[1:3]
for name in ("first", "before", "after"):
    shutil.copyfile(base, f"{folder}/{name}.nwb")
edit(f"{folder}/first.nwb")  # which reads schemas that the others do not read again
count = 0
edit(f"{folder}/after.nwb")
total, results = count, []
for k in range(1, total + 2):
    os.mkdir(f"{folder}/{k}")
    shutil.copyfile(base, f"{folder}/{k}/a.nwb")
    child = os.fork()
    if child == 0:
        count, left = 0, k
        edit(f"{folder}/{k}/a.nwb")
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    )
    folder = path.parent / "runs"
    folder.mkdir()
    arguments = [sys.executable, "-W", "ignore", "-c", driver, str(path), str(folder), *(["backup"] if backup else [])]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    codes = [int(line) for line in done.stdout.split()]
    assert codes[:-1] == [-9] * (len(codes) - 1)
    assert codes[-1] == 0
    assert len(codes) > 40
    states, before, after = set(), folder / "before.nwb", folder / "after.nwb"
    for k in range(1, len(codes) + 1):
        left = folder / str(k) / "a.nwb"
        state = "before" if differences(before, left) == [] else "after"
        assert state == "before" or differences(after, left) == [], k
        states.add(state)
        with nwb.open(left, "r+") as io:  # the next editor
            nwbfile = io.read()
            nwbfile.session_description = "the next one"
            io.write(nwbfile)
        rest = set(litter(left))
        assert rest <= {"a.nwb.bak"}, k
        if rest:
            assert differences(before, left.with_name("a.nwb.bak")) == [], k
    assert states == {"before", "after"}


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files")
def test_a_full_disk(path: Path) -> None:
    """At whatever size files end: one error, the file as it was, nothing beside it."""
    driver = (
        EDIT
        + """
import hashlib
path = sys.argv[1]
size, before = os.stat(path).st_size, hashlib.sha1(open(path, "rb").read()).hexdigest()
results = []
for limit in [0, 1, 100, 4096, *range(size // 2, size + 40_000, size // 30)]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        edit(path)
        results.append("done")
        break
    except nwb.errors.NotWritableError as error:
        results.append("refused")
        assert "File too large" in str(error), error
    assert hashlib.sha1(open(path, "rb").read()).hexdigest() == before, limit
    assert os.listdir(os.path.dirname(path)) == ["a.nwb"], os.listdir(os.path.dirname(path))
print(*results)
"""
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", driver, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = done.stdout.split()
    assert results.count("refused") > 15
    assert results[-1] == "done"
    assert litter(path) == []


def test_what_was_not_built_is_not_looked_at(tmp_path: Path) -> None:
    """An edit of a file with many objects asks for those that were touched."""
    path = tmp_path / "many.nwb"
    with new_file(path) as file:
        for number in range(300):
            series(file["acquisition"], f"s{number}")
    before = hashlib.sha1(path.read_bytes()).hexdigest()
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        nwbfile.acquisition["s7"].comments = "touched"
        io.write(nwbfile)
        assert len(io.builder.models) < 60
    assert hashlib.sha1(path.read_bytes()).hexdigest() != before
    assert nwb.read(path, "/acquisition/s7").comments == "touched"


@pytest.mark.parametrize("field", ["notes", "keywords"])
def test_texts_in_a_heap_of_zeros_are_not_replaced(field: str, tmp_path: Path) -> None:
    """HDF5 2.0.0 would look for the old ones for ever; so this is done in another process."""
    path = tmp_path / "a.nwb"
    long = "x" * 5000  # in a heap of its own
    with new_file(path) as file:
        if field == "notes":
            file["general/notes"] = long
        else:
            file.create_dataset("general/keywords", data=[long, "short"], dtype=TEXT)
    content = bytearray(path.read_bytes())
    heap = content.rindex(b"GCOL", 0, content.index(long.encode()))
    size = int.from_bytes(content[heap + 8 : heap + 16], "little")
    content[heap + 16 : heap + size] = bytes(size - 16)
    path.write_bytes(content)
    program = f"""
        import nwb_models as nwb
        with nwb.open({str(path)!r}, "r+") as io:
            root = io.read()
            root.{field} = "new" if {field!r} == "notes" else ["new", "words"]
            try:
                io.write(root)
            except nwb.errors.UnreadableObjectError as error:
                print(error)
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program)],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert f"{path}:/general/{field} cannot be" in done.stdout
    assert "the heap that its text is in is damaged: HDF5 would search it for ever, or read beyond it" in done.stdout
    assert path.read_bytes() == bytes(content)
    assert list(tmp_path.iterdir()) == [path]


def test_changes_that_are_not_written_are_said(tmp_path: Path) -> None:
    path = tmp_path / "file.nwb"
    shutil.copy(EXAMPLE, path)
    said = r"file\.nwb: what was changed at .*/general.* is not in the file"
    with pytest.warns(nwb.errors.NWBWarning, match=said), nwb.open(path, "r+") as io:
        io.read().lab = "another one"
    with nwb.open(path, "r+") as io:
        nwbfile = io.read()
        nwbfile.lab = "another one"
        io.write(nwbfile)
    with nwb.open(path) as io:
        io.read().lab = "for the screen only"
    with pytest.raises(ValueError, match="a third one"), nwb.open(path, "r+") as io:  # noqa: PT012
        io.read().lab = "a third one"
        raise ValueError(io.read().lab)
