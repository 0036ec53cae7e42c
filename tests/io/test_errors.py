"""What is wrong with a file is said with the file, the path in it, and what to do; no error of h5py comes through."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.errors import (
    AbsentError,
    ClosedFileError,
    DanglingReferenceError,
    InvalidModelError,
    UnreadableObjectError,
)
from nwb_models.io.faults import reading
from nwb_models.models.issues import Issue
from nwb_models.models.links import Unresolved
from tests.conftest import EXAMPLE, ROOT
from tests.io.handmade import DATE, TEXT, new_file, reach_all, series, typed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def old_format(path: Path, build: Callable[[h5py.File], None], *, specifications: bool = False) -> bytes:
    """Write a file in the oldest format, where nothing has a checksum, and return its bytes."""
    with h5py.File(path, "w") as file, h5py.File(EXAMPLE) as example:
        root = {"neurodata_type": "NWBFile", "namespace": "core", "nwb_version": "2.11.0", "object_id": "root"}
        file.attrs.update(root)
        file["identifier"] = file["session_description"] = "made by hand"
        file["session_start_time"] = file["timestamps_reference_time"] = DATE
        file.create_dataset("file_create_date", data=[DATE], dtype=TEXT)
        for name in ("acquisition", "analysis", "processing", "general"):
            file.create_group(name)
        if specifications:
            example["specifications"].visititems(lambda name, found: _document(file, name, found))
            file.attrs[".specloc"] = file["specifications"].ref
        build(file)
    return path.read_bytes()


def _document(file: h5py.File, name: str, found: Any) -> None:
    if isinstance(found, h5py.Dataset):
        file[f"specifications/{name}"] = found[()]


def overwritten(content: bytes, place: int) -> bytes:
    """Return content with four bytes overwritten."""
    return content[:place] + b"\xff\xff\xff\xff" + content[place + 4 :]


def _members(file: h5py.File) -> None:
    series(file["acquisition"], "x")
    for number in range(20):
        typed(file["acquisition"], f"more{number}", "TimeSeries")


def _text(file: h5py.File) -> None:
    series(file["acquisition"], "x").create_dataset(
        "control_description", data=[f"word {n}" for n in range(1000)], dtype=TEXT
    )


def _chunks(file: h5py.File) -> None:
    x = series(file["acquisition"], "x")
    del x["data"]
    x.create_dataset("data", data=np.arange(100.0), chunks=(10,), compression="gzip").attrs["unit"] = "V"


DAMAGE: dict[str, Any] = {
    # name: (build, the bytes that are overwritten, what is done)
    "children": (_members, b"SNOD", reach_all),
    "text of an array": (_text, b"GCOL", lambda root: root.acquisition["x"].control_description[:]),
    "a chunk": (_chunks, b"x^", lambda root: root.acquisition["x"].data[:]),
}


@pytest.mark.filterwarnings("ignore:.*holds no specification of core")
@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_named(kind: str, tmp_path: Path) -> None:
    """Where it is met: while a child is touched, an array is read."""
    build, mark, act = DAMAGE[kind]
    path = tmp_path / "broken.nwb"
    content = old_format(path, build)
    path.write_bytes(overwritten(content, content.rindex(mark)))
    root = nwb.read(path)
    with pytest.raises(UnreadableObjectError, match=r"/acquisition.* cannot be read") as caught:
        act(root)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:.*holds no specification of core")
def test_an_object_that_is_damaged_is_listed_beside_the_others(tmp_path: Path) -> None:
    """It is an issue, and they can be read."""
    content = old_format(tmp_path / "broken.nwb", _members)
    (tmp_path / "broken.nwb").write_bytes(overwritten(content, content.rindex(b"HEAP")))
    with nwb.open(tmp_path / "broken.nwb") as io:
        acquisition = io.read().acquisition
        assert set(acquisition) == {"x", *(f"more{number}" for number in range(20))}
        assert acquisition["more3"].neurodata_type == "TimeSeries"
        assert isinstance(acquisition["more19"], Unresolved)
        assert [issue.path for issue in io.issues if issue.rule == "unreadable"] == ["/acquisition/more19"]


@pytest.mark.filterwarnings("ignore:.*holds no specification of core")
def test_specifications_that_are_damaged_are_replaced_by_those_that_ship(tmp_path: Path) -> None:
    """The data is read all the same, and an issue says what was wrong."""
    content = old_format(tmp_path / "whole.nwb", lambda file: None, specifications=True)
    said = []
    for number, found in enumerate(re.finditer(b"SNOD", content)):
        path = tmp_path / f"{number}.nwb"
        path.write_bytes(overwritten(content, found.start()))
        try:
            with nwb.open(path) as io:
                io.read()
                said += [issue.rule for issue in io.issues if issue.path == "/specifications"]
        except UnreadableObjectError as error:  # that of the root
            said += [path.name in str(error)]
    assert "unreadable" in said
    assert False not in said


def test_errors_that_are_not_of_h5py_pass() -> None:
    """A mistake in the code of the caller, or of this library, is no damage of the file."""
    for error in (KeyError("x"), ValueError("x"), TypeError("x"), OSError(28, "No space left")):
        with pytest.raises(type(error)) as caught, reading("a.nwb", "/x"):
            raise error
        assert caught.value is error


def test_errors_of_h5py_are_translated(tmp_path: Path) -> None:
    """Whichever it raises; the original is kept as the cause."""
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for act in (lambda: file["nothing"], lambda: h5py.h5d.open(file.id, b"/"), lambda: file.id.links.get_val(b"x")):
            said = pytest.raises(UnreadableObjectError, match=r"^a\.nwb:/x cannot be read: [^'\"].*; the file")
            with said as caught, reading("a.nwb", "/x"):
                act()
            assert caught.value.__cause__ is not None


@pytest.mark.parametrize("eager", [True, False], ids=["eager", "lazy"])
def test_text_that_is_no_utf_8(tmp_path: Path, *, eager: bool) -> None:
    """It is kept, byte by byte, and noted, also where an object that is alike was in order before."""
    with new_file(tmp_path / "file.nwb") as file:
        series(file["acquisition"], "a").attrs["description"] = np.bytes_(b"cafe")
        x = series(file["acquisition"], "x")
        x.attrs["description"] = np.bytes_(b"caf\xe9")
        x.attrs["comments"] = "café"
        file["general"].create_dataset("notes", data=np.bytes_(b"na\xefve"))
    root = nwb.read(tmp_path / "file.nwb", eager=eager)
    assert [root.acquisition["a"].description, root.general.notes[:2]] == ["cafe", "na"]
    assert root.acquisition["x"].description.encode("utf-8", "surrogateescape") == b"caf\xe9"
    found = {issue.path: issue.found for issue in root.issues if issue.rule == "encoding"}
    assert found == {"/acquisition/x@description": r"b'caf\xe9'", "/general/notes": r"b'na\xefve'"}


# ---------------------------------------------------------------------------------- what stands for what is not there
ABSENT: dict[str, Any] = {
    # what is asked of a series whose data, timestamps and place lead nowhere
    "the data": lambda root: root.acquisition["x"].data[:3],
    "an attribute of the data": lambda root: root.acquisition["x"].unit,
    "the length": lambda root: root.acquisition["x"].num_samples,
    "the duration": lambda root: root.acquisition["y"].duration,
    "the times": lambda root: root.acquisition["y"].get_timestamps(0),
    "a group": lambda root: root.processing.add(root.acquisition["x"]),
    "a picture": lambda root: nwb.plot(root.acquisition["x"]),
}


def _leading_nowhere(file: h5py.File) -> None:
    del series(file["acquisition"], "x")["data"]
    del series(file["acquisition"], "y")["starting_time"]
    file["acquisition/x/data"] = file["acquisition/y/timestamps"] = h5py.SoftLink("/nothing")
    del file["processing"]
    file["processing"] = h5py.SoftLink("/processing")


@pytest.mark.parametrize("asked", ABSENT)
def test_what_stands_for_what_is_not_there_says_so(asked: str, tmp_path: Path) -> None:
    """It is taken for the object that should be there: the error says that it is none, of which file, and where."""
    if asked == "a picture":
        pytest.importorskip("matplotlib")
    with new_file(tmp_path / "file.nwb") as file:
        _leading_nowhere(file)
    with pytest.raises(AbsentError, match=r"file\.nwb:/(acquisition/./\w+|processing): Unresolved.*issues"):
        ABSENT[asked](nwb.read(tmp_path / "file.nwb"))


def test_what_stands_for_what_is_not_there_is_no_hindrance(tmp_path: Path) -> None:
    """Nothing that looks at all objects takes it for one of them."""
    with new_file(tmp_path / "file.nwb") as file:
        _leading_nowhere(file)
    root = nwb.read(tmp_path / "file.nwb")
    assert root.model_dump()["processing"]["path"] == "/processing"
    assert "Unresolved" not in root.model_dump_json()
    assert not hasattr(root.processing, "neurodata_type")
    assert {found.name for found in root.find("TimeSeries")} == {"x", "y"}
    nwb.write(root, tmp_path / "copy.nwb", repair=True)
    assert set(nwb.read(tmp_path / "copy.nwb").acquisition) == {"x", "y"}


@pytest.mark.filterwarnings("ignore:.*holds no specification of core")
def test_an_error_comes_whole_through_pydantic(tmp_path: Path) -> None:
    """Of what ends a serialization, pydantic keeps the text; and what is damaged is still named."""
    content = old_format(tmp_path / "broken.nwb", _members)
    (tmp_path / "broken.nwb").write_bytes(overwritten(content, content.rindex(b"SNOD")))
    with pytest.raises(UnreadableObjectError, match=r"broken\.nwb:/acquisition cannot be read"):
        nwb.read(tmp_path / "broken.nwb").model_dump_json()


AFTERWARDS: dict[str, Callable[[Any, Path], Any]] = {
    "data": lambda root, _: root.acquisition["ElectricalSeries"].data[0],
    "a table": lambda root, _: root.trials.to_dataframe(),
    "names": lambda root, _: list(root.processing),
    "a search": lambda root, _: list(root.find("TimeSeries")),
    "JSON": lambda root, _: root.model_dump_json(),
    "validation": lambda root, _: nwb.validate(root),
    "a copy": lambda root, folder: nwb.write(root, folder / "copy.nwb"),
}


@pytest.mark.parametrize("asked", AFTERWARDS)
@pytest.mark.parametrize("content", [b"\0" * 100_000, b"short"], ids=["zeros", "short"])
def test_a_file_that_was_overwritten_while_it_is_read(asked: str, content: bytes, tmp_path: Path) -> None:
    """HDF5 has it open, and finds nothing where something was: not the file is damaged, it is another one."""
    path = tmp_path / "a.nwb"
    path.write_bytes(EXAMPLE.read_bytes())
    root = nwb.read(path)
    with path.open("r+b") as file:
        file.truncate(0)
        file.write(content)
    with pytest.raises(ClosedFileError, match=r"a\.nwb was changed or removed since it was read: read it again"):
        AFTERWARDS[asked](root, tmp_path)


def test_each_problem_is_listed_once() -> None:
    issue = Issue("/x", "TimeSeries", "missing", "a unit", "none")
    assert InvalidModelError([issue, issue]).issues == (issue,)
    assert DanglingReferenceError(["a refers to b", "a refers to b"]).referrers == ("a refers to b",)


# ---------------------------------------------------------------------------------------------- mutants
MUTATE = """
import random, sys, warnings
from pathlib import Path
import nwb_models as nwb
from nwb_models.models import Array
from tests.io.handmade import reach_all

warnings.simplefilter("ignore")
source, folder, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
content = source.read_bytes()
chance = random.Random(seed)
for number in range(8):
    mutant = bytearray(content)
    for _ in range(chance.choice([1, 8, 64])):
        mutant[chance.randrange(len(mutant))] ^= 1 << chance.randrange(8)
    path = folder / f"{seed}-{number}.nwb"
    path.write_bytes(mutant)
    print(number, flush=True)
    try:
        for model in reach_all(nwb.read(path, eager=number % 2 == 0)):
            if isinstance(model, Array):
                try:
                    model[:]
                except nwb.errors.NWBError as error:
                    assert str(error)
    except nwb.errors.NWBError as error:
        assert path.name in str(error), error
    path.unlink()
print("done")
"""


@pytest.mark.parametrize("seed", range(4))
def test_mutants_of_a_file_are_read_or_refused(seed: int, tmp_path: Path) -> None:
    """Bits are flipped anywhere: what comes is models, or an error of this library that names the file."""
    source = tmp_path / "source.nwb"
    with h5py.File(source, "w") as file:
        file.attrs.update({"neurodata_type": "NWBFile", "namespace": "core", "nwb_version": "2.11.0"})
        for name in ("acquisition", "general", "analysis"):
            file.create_group(name)
        for number in range(5):
            x = series(file["acquisition"], f"x{number}")
            x["timestamps"] = np.arange(5.0)
            x["control_description"] = np.array(["a", "b"], dtype=object)
    done = subprocess.run(
        [sys.executable, "-c", MUTATE, str(source), str(tmp_path), str(seed)],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.stdout.endswith("done\n"), done.stderr[-3000:]
