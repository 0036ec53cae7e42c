"""What differs between two files: nothing between copies, and each of many planted differences by its kind."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models import cli
from tests.conftest import EXAMPLE, corpus_files
from tests.io.handmade import REFERENCE, TEXT, column, new_file, references, series, table, typed
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[h5py.File], None]


def content(file: h5py.File) -> None:
    """Fill a file with one of everything that can differ."""
    one = series(file["acquisition"], "one")
    series(file["acquisition"], "two")
    table(file["processing"], "table", "label")
    column(file["processing/table"], "label", ["a", "b", "c"], description="d")
    group = typed(file["analysis"], "box", "NWBContainer", object_id="box")
    group["numbers"] = np.arange(12, dtype="i4").reshape(3, 4)
    group["grid"] = np.zeros((3, 4))
    group["nan"] = np.array([np.nan, 1.0, np.nan])
    group["texts"] = np.array(["a", "b", "ü"], dtype=object)
    group["fixed"] = np.array([b"a", b"b"], dtype="S4")
    group["rows"] = np.array([(1, 2.0), (3, np.nan)], dtype=[("x", "i4"), ("y", "f8")])
    group["objects"] = references(one, file["acquisition/two"], h5py.Reference())
    ragged = group.create_dataset("ragged", (2,), dtype=h5py.vlen_dtype("i4"))
    ragged[0], ragged[1] = [1, 2], [3]
    group["empty"] = h5py.Empty("f4")
    group.create_dataset("packed", data=np.arange(1000.0), chunks=(100,), compression="gzip", maxshape=(None,))
    sparse = group.create_dataset("sparse", (10**5, 10**5), dtype="f4", chunks=(100, 100))
    sparse[5, 5] = 1.0
    group.attrs["number"] = 1.5
    group.attrs["numbers"] = [1, 2, 3]
    group.attrs["to"] = one.ref
    group.attrs.create("to_part", group["grid"].regionref[1:2, 0:2], dtype=h5py.regionref_dtype)
    group["soft"] = h5py.SoftLink("/acquisition/one")
    group["hard"] = one
    group["nowhere"] = h5py.SoftLink("/acquisition/three")
    group["outside"] = h5py.ExternalLink("other.nwb", "/acquisition/x")


BOX = "/analysis/box"


def _replaced(path: str, **options: Any) -> Change:
    """Return what stores a dataset anew."""

    def change(file: h5py.File) -> None:
        data, attributes = file[path][()], dict(file[path].attrs)
        del file[path]
        made = file.create_dataset(path, **{"data": data, **options})
        made.attrs.update(attributes)

    return change


def _set(path: str, index: Any, value: Any) -> Change:
    return lambda file: file[path].__setitem__(index, value)


def _relinked(name: str, link: Any) -> Change:
    def change(file: h5py.File) -> None:
        del file[f"{BOX}/{name}"]
        file[f"{BOX}/{name}"] = file[link] if isinstance(link, str) else link

    return change


def _attribute(path: str, name: str, value: Any, dtype: Any = None) -> Change:
    return lambda file: file[path].attrs.create(name, value, dtype=dtype)


def _pointed(file: h5py.File) -> None:
    file[f"{BOX}/objects"][1] = file["acquisition/one"].ref


def _part(file: h5py.File) -> None:
    region = file[f"{BOX}/grid"].regionref[1:3, 0:2]
    file[BOX].attrs.create("to_part", region, dtype=h5py.regionref_dtype)


def _copied(file: h5py.File) -> None:
    del file[f"{BOX}/hard"]
    file.copy("acquisition/one", f"{BOX}/hard")


def _to_dataset(file: h5py.File) -> None:
    del file["acquisition/two/starting_time"], file["processing/table"]
    file["processing/table"] = 1.0


def _swapped(file: h5py.File) -> None:
    file.move("acquisition/one", "acquisition/x")
    file.move("acquisition/two", "acquisition/one")
    file.move("acquisition/x", "acquisition/two")


PLANTED: dict[str, tuple[Change, set[tuple[str, str]]]] = {
    "an object is gone": (lambda f: f["processing"].__delitem__("table"), {("missing", "/processing/table")}),
    "an object is new": (lambda f: series(f["acquisition"], "x") and None, {("added", "/acquisition/x")}),
    "another kind of object": (
        _to_dataset, {("object", "/processing/table"), ("missing", "/acquisition/two/starting_time")}
    ),
    "one number": (_set(f"{BOX}/numbers", (1, 2), 99), {("value", f"{BOX}/numbers")}),
    "a number that was NaN": (_set(f"{BOX}/nan", 2, 0.0), {("value", f"{BOX}/nan")}),
    "a number that is NaN now": (_set(f"{BOX}/nan", 1, np.nan), {("value", f"{BOX}/nan")}),
    "one text": (_set(f"{BOX}/texts", 2, "u"), {("value", f"{BOX}/texts")}),
    "text of a fixed width": (_set(f"{BOX}/fixed", 1, b"c"), {("value", f"{BOX}/fixed")}),
    "a field of a compound row": (_set(f"{BOX}/rows", 1, (4, np.nan)), {("value", f"{BOX}/rows")}),
    "a ragged row": (_set(f"{BOX}/ragged", 1, [3, 4]), {("value", f"{BOX}/ragged")}),
    "a single value": (_set("/identifier", (), "other"), {("value", "/identifier")}),
    "a value in a chunk": (_set(f"{BOX}/packed", 555, -1.0), {("value", f"{BOX}/packed")}),
    "a chunk that was not written": (_set(f"{BOX}/sparse", (99_999, 0), 1.0), {("value", f"{BOX}/sparse")}),
    "a reference in data": (_pointed, {("reference", f"{BOX}/objects")}),
    "a reference that is null": (_set(f"{BOX}/objects", 0, h5py.Reference()), {("reference", f"{BOX}/objects")}),
    "a reference in an attribute": (
        lambda f: f[BOX].attrs.create("to", f["acquisition/two"].ref, dtype=REFERENCE), {("reference", f"{BOX}@to")}
    ),
    "a region": (_part, {("reference", f"{BOX}@to_part")}),
    "the objects of two names are exchanged": (
        _swapped,
        {
            ("object_id", "/acquisition/one@object_id"), ("object_id", "/acquisition/two@object_id"),
            ("reference", f"{BOX}/objects"), ("reference", f"{BOX}@to"), ("link", f"{BOX}/hard"),
        },
    ),
    "the width of numbers": (_replaced(f"{BOX}/numbers", dtype="i8"), {("dtype", f"{BOX}/numbers")}),
    "the order of bytes": (_replaced(f"{BOX}/nan", dtype=">f8"), {("dtype", f"{BOX}/nan")}),
    "the width of text": (_replaced(f"{BOX}/fixed", dtype="S8"), {("dtype", f"{BOX}/fixed")}),
    "the kind of text": (_replaced(f"{BOX}/fixed", dtype=TEXT), {("dtype", f"{BOX}/fixed")}),
    "a truth value for a number": (
        _replaced(f"{BOX}/numbers", data=np.arange(12).reshape(3, 4) > 0),
        {("dtype", f"{BOX}/numbers"), ("value", f"{BOX}/numbers")},
    ),
    "the shape": (_replaced(f"{BOX}/numbers", data=np.arange(12, dtype="i4")), {("shape", f"{BOX}/numbers")}),
    "nothing for a value": (_replaced(f"{BOX}/empty", data=np.float32(0)), {("shape", f"{BOX}/empty")}),
    "an attribute is gone": (lambda f: f[BOX].attrs.__delitem__("number"), {("missing", f"{BOX}@number")}),
    "an attribute is new": (_attribute(BOX, "new", 1), {("added", f"{BOX}@new")}),
    "the value of an attribute": (_attribute(BOX, "number", 2.5), {("value", f"{BOX}@number")}),
    "the type of an attribute": (_attribute(BOX, "number", 1.5, "f4"), {("dtype", f"{BOX}@number")}),
    "the shape of an attribute": (_attribute(BOX, "numbers", [1, 2]), {("shape", f"{BOX}@numbers")}),
    "the neurodata_type": (_attribute(BOX, "neurodata_type", "LabMetaData"), {("type", f"{BOX}@neurodata_type")}),
    "the object_id": (_attribute(BOX, "object_id", "other"), {("object_id", f"{BOX}@object_id")}),
    "the target of a soft link": (_relinked("soft", h5py.SoftLink("/acquisition/two")), {("link", f"{BOX}/soft")}),
    "the text of a link that leads nowhere": (
        _relinked("nowhere", h5py.SoftLink("/acquisition/four")), {("link", f"{BOX}/nowhere")}
    ),
    "a soft link that became hard": (_relinked("soft", "/acquisition/one"), {("link", f"{BOX}/soft")}),
    "a link that became a copy": (_copied, {("link", f"{BOX}/hard")}),
    "a hard link to another object": (_relinked("hard", "/acquisition/two"), {("link", f"{BOX}/hard")}),
    "the target of an external link": (
        _relinked("outside", h5py.ExternalLink("other.nwb", "/acquisition/y")), {("link", f"{BOX}/outside")}
    ),
    "the file of an external link": (
        _relinked("outside", h5py.ExternalLink("another.nwb", "/acquisition/x")), {("link", f"{BOX}/outside")}
    ),
    "a link is gone": (lambda f: f[BOX].__delitem__("soft"), {("missing", f"{BOX}/soft")}),
}  # fmt: skip


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A file with one of everything, and a copy of it."""
    with new_file(tmp_path / "a.nwb") as file:
        content(file)
    shutil.copy(tmp_path / "a.nwb", tmp_path / "b.nwb")
    return tmp_path / "a.nwb", tmp_path / "b.nwb"


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_difference_is_found_and_no_other(name: str, pair: tuple[Path, Path]) -> None:
    """From both sides."""
    change, expected = PLANTED[name]
    with h5py.File(pair[1], "r+") as file:
        change(file)
    assert {(found.kind, found.path) for found in nwb.diff(*pair)} == expected
    turned = {"missing": "added", "added": "missing"}
    assert {(found.kind, found.path) for found in nwb.diff(*reversed(pair))} == {
        (turned.get(kind, kind), path) for kind, path in expected
    }


STORED: dict[str, Change] = {
    "chunks": _replaced(f"{BOX}/packed", chunks=(50,), compression="gzip", maxshape=(None,)),
    "level": _replaced(f"{BOX}/packed", chunks=(100,), compression="gzip", compression_opts=9, maxshape=(None,)),
    "filter": _replaced(f"{BOX}/packed", chunks=(100,), compression="lzf", maxshape=(None,)),
    "maxshape": _replaced(f"{BOX}/packed", chunks=(100,), compression="gzip"),
    "contiguous": _replaced(f"{BOX}/packed"),
}


@pytest.mark.parametrize("name", STORED)
def test_storage_is_compared_where_it_is_asked_for(name: str, pair: tuple[Path, Path]) -> None:
    """The same values in other chunks are the same values."""
    with h5py.File(pair[1], "r+") as file:
        STORED[name](file)
    assert nwb.diff(*pair) == []
    assert [(found.kind, found.path) for found in nwb.diff(*pair, storage=True)] == [("storage", f"{BOX}/packed")]
    with h5py.File(pair[1], "r+") as file:
        file[f"{BOX}/packed"][999] = -1
    (found,) = nwb.diff(*pair)
    assert (found.kind, found.note, found.one, found.two) == ("value", "1 of 1000, first at [999]", "999.0", "-1.0")


def test_specifications_are_compared_where_it_is_asked_for(pair: tuple[Path, Path]) -> None:
    """They are no data."""
    with h5py.File(pair[1], "r+") as file:
        (version,) = file["specifications/core"]
        file[f"specifications/core/{version}/nwb.base"][()] = "{}"
    assert nwb.diff(*pair) == []
    (found,) = nwb.diff(*pair, specifications=True)
    assert (found.kind, found.path) == ("value", f"/specifications/core/{version}/nwb.base")
    with h5py.File(pair[1], "r+") as file:
        del file["specifications"]
    assert nwb.diff(*pair) == []


def test_a_reference_follows_its_object(pair: tuple[Path, Path]) -> None:
    """Addresses differ between files: what counts is the object, by any of its names."""
    with h5py.File(pair[1], "r+") as file:
        file.copy("acquisition/one", "acquisition/new")
        new = file["acquisition/new"]
        del file["acquisition/one"], file[f"{BOX}/hard"]
        file["acquisition/one"] = file[f"{BOX}/hard"] = new
        del file["acquisition/new"]
        file[f"{BOX}/objects"][0] = new.ref
        file[BOX].attrs.create("to", new.ref, dtype=REFERENCE)
    assert nwb.diff(*pair) == []


def test_objects_in_a_circle_and_under_many_names(pair: tuple[Path, Path]) -> None:
    """Each is compared once."""
    for path in pair:
        with h5py.File(path, "r+") as file:
            file[f"{BOX}/again"] = file["analysis"]
            file["processing/more"] = file["processing/table"]
    assert nwb.diff(*pair) == []
    with h5py.File(pair[1], "r+") as file:
        del file["processing/more"]
    (found,) = nwb.diff(*pair)
    assert str(found) == "missing    /processing/table  hard link to /processing/more" or (
        (found.kind, found.path, found.one) == ("missing", "/processing/more", "hard link to /processing/table")
    )


def test_data_whose_filter_is_missing_is_compared_as_it_is_stored(pair: tuple[Path, Path]) -> None:
    """Equal bytes are equal values; of others, nobody can tell."""
    for path in pair:
        with h5py.File(path, "r+") as file:
            options = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            options.set_chunk((10,))
            options.set_filter(61234, h5py.h5z.FLAG_OPTIONAL, (1,))
            space = h5py.h5s.create_simple((20,))
            made = h5py.h5d.create(file[BOX].id, b"strange", h5py.h5t.NATIVE_INT8, space, options)
            made.write_direct_chunk((0,), b"0123456789", 0)
    assert nwb.diff(*pair) == []
    with h5py.File(pair[1], "r+") as file:
        file[f"{BOX}/strange"].id.write_direct_chunk((0,), b"9876543210", 0)
    (found,) = nwb.diff(*pair)
    assert (found.kind, found.path) == ("unreadable", f"{BOX}/strange")


@pytest.mark.parametrize("name", FILES)
def test_a_copy_of_a_file_of_pynwb_does_not_differ(name: str, tmp_path: Path) -> None:
    """Neither one of its bytes nor one of its models."""
    FILES[name](tmp_path / "a.nwb")
    nwb.write(nwb.read(tmp_path / "a.nwb"), tmp_path / "b.nwb")
    assert nwb.diff(tmp_path / "a.nwb", tmp_path / "b.nwb", storage=True, specifications=True) == []


@pytest.mark.corpus
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: path.stem[:60])
@pytest.mark.filterwarnings("ignore::nwb_models.errors.NWBWarning")
def test_a_copy_of_a_file_of_the_corpus_does_not_differ(path: Path, tmp_path: Path) -> None:
    """Neither one of its bytes nor one of its models."""
    shutil.copy(path, tmp_path / "a.nwb")
    assert nwb.diff(path, tmp_path / "a.nwb", storage=True, specifications=True) == []
    nwb.write(nwb.read(path), tmp_path / "b.nwb")
    assert nwb.diff(path, tmp_path / "b.nwb", storage=True, specifications=True) == []


# ---------------------------------------------------------------------------------------------- the command
def test_the_command(session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 0 and silence; 1 and a line for each difference; 2 and one line on stderr."""
    assert cli.main(["diff", str(EXAMPLE), str(session)]) == 0
    assert capsys.readouterr() == ("", "")
    with h5py.File(session, "r+") as file:
        del file["identifier"]
        file["identifier"] = "\x1b[31mred"
        file["acquisition/TwoPhotonSeries"].attrs["description"] = "other"
    assert cli.main(["diff", str(EXAMPLE), str(session)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any("/identifier  " in line and r"\x1b" in line for line in lines)
    assert any("/acquisition/TwoPhotonSeries@description" in line and "'other'" in line for line in lines)
    assert all(line.isprintable() for line in lines)
    assert cli.main(["diff", "--json", str(EXAMPLE), str(session)]) == 1
    found = json.loads(capsys.readouterr().out)["differences"]
    assert len(found) == len(lines)
    assert set(found[0]) == {"kind", "path", "one", "two", "note"}
    assert cli.main(["diff", str(EXAMPLE), str(tmp_path / "none.nwb")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


LARGE = """
import pathlib, re, sys
import nwb_models as nwb
found = nwb.diff(sys.argv[1], sys.argv[2])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())
print(len(found), found[0].note, int(peak[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is asked of Linux")
@pytest.mark.parametrize("chunks", [None, (1000, 64)], ids=["contiguous", "chunks"])
def test_large_data_is_compared_without_memory(chunks: Any, tmp_path: Path) -> None:
    """Of 400 MB on each side, the parts that are stored otherwise are read, one at a time."""
    rows = 800_000
    for name in ("a", "b"):
        with new_file(tmp_path / f"{name}.nwb") as file:
            made = series(file["acquisition"], "one")
            del made["data"]
            data = made.create_dataset("data", (rows, 64), dtype="f8", chunks=chunks)
            data[: rows // 2] = 1.0
            if name == "b":
                data[rows - 1, 7] = 2.0
    command = [sys.executable, "-c", LARGE, str(tmp_path / "a.nwb"), str(tmp_path / "b.nwb")]
    count, *note, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert (count, " ".join(note)) == ("1", f"1 of {rows * 64}, first at [{rows - 1}, 7]")
    assert int(peak) < 300
