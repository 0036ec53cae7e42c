"""Heaps that HDF5 would search for ever: whatever is done with such a file comes to an end, and says where they are.

HDF5 2.0.0 cannot be interrupted there.  So all is done in another process, which is ended after a time.
"""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.io.copying import read_blocks
from nwb_models.io.heaps import ENDLESS, ODD, EndlessHeapError, is_endless, watched
from nwb_models.io.mappings import LOST, _may_be_virtual, open_object
from nwb_models.io.opening import opened
from nwb_models.io.values import read_attribute
from tests.io.handmade import TEXT, as_before, new_file, series, typed

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = "x" * 5000
"""A text that gets a heap of its own."""
SECONDS = 120
"""How long one file may take, which takes a few seconds on a machine that does nothing else."""
COMPOUND = np.dtype([("number", "i4"), ("text", TEXT)])
ROWS = h5py.vlen_dtype(np.dtype("f8"))


def _attribute(group: h5py.Group) -> None:
    group.attrs["comments"] = LONG


def _of_many(group: h5py.Group) -> None:
    group.attrs.update({f"a{number}": number for number in range(20)})
    group.attrs["words"] = np.array([LONG, "short"], object)


def _of_compound(group: h5py.Group) -> None:
    group.attrs.create("pairs", np.array([(1, LONG), (2, "b")], COMPOUND), dtype=COMPOUND)


def _of_rows(group: h5py.Group) -> None:
    values = np.empty(2, object)
    values[:] = [np.zeros(700), np.zeros(2)]
    group.attrs.create("rows", values, dtype=ROWS)


def _region(group: h5py.Group) -> None:
    group.attrs["notes"] = LONG
    group.attrs["region"] = group["data"].regionref[:2]


def _single(group: h5py.Group) -> None:
    group["extra"] = LONG


def _single_compound(group: h5py.Group) -> None:
    group.create_dataset("extra", data=np.array((1, LONG), COMPOUND), dtype=COMPOUND)


def _texts(group: h5py.Group) -> None:
    group.create_dataset("extra", data=np.array([LONG, "short"], object), dtype=TEXT)


def _filtered(group: h5py.Group) -> None:
    group.create_dataset("extra", data=np.array([LONG, "short"], object), dtype=TEXT, chunks=(1,), compression="lzf")


def _compact(group: h5py.Group) -> None:
    options = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    options.set_layout(h5py.h5d.COMPACT)
    space, kind = h5py.h5s.create_simple((2,)), h5py.h5t.py_create(TEXT, logical=True)
    made = h5py.h5d.create(group.id, b"extra", kind, space, options)
    made.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([LONG.encode(), b"short"], object))


def _compound(group: h5py.Group) -> None:
    group.create_dataset("extra", data=np.array([(1, LONG), (2, "b")], COMPOUND), dtype=COMPOUND)


def _ragged(group: h5py.Group) -> None:
    data = group.create_dataset("extra", (2,), ROWS)
    data[0], data[1] = np.zeros(700), np.zeros(3)


def _nested(group: h5py.Group) -> None:
    data = group.create_dataset("extra", (1,), h5py.vlen_dtype(TEXT))
    data[0] = np.array([LONG], object)


def _mapping(group: h5py.Group) -> None:
    """A virtual dataset, with names of sources that fill a heap."""
    layout = h5py.VirtualLayout((9,), "f8")
    for row in range(9):
        layout[row] = h5py.VirtualSource(".", f"{LONG}{row}", (9,))[row]
    group.create_virtual_dataset("extra", layout)


def _referred_mapping(group: h5py.Group) -> None:
    _mapping(group)
    group.attrs["reference"] = group["extra"].ref


KINDS: dict[str, Callable[[h5py.Group], None]] = {
    "attribute": _attribute,
    "attribute of many": _of_many,
    "attribute with fields": _of_compound,
    "attribute with rows": _of_rows,
    "single": _single,
    "single with fields": _single_compound,
    "texts": _texts,
    "texts with a filter": _filtered,
    "texts in the header": _compact,
    "fields": _compound,
    "rows": _ragged,
}


def damaged(path: Path, add: Callable[[h5py.Group], None], libver: str) -> Path:
    """Write a file with something of any length, and zeros in the heap where that is."""
    with new_file(path) as file:
        series(file["acquisition"], "x")
    shutil.copy(path, path.with_name("sound.nwb"))
    with h5py.File(path.with_name("sound.nwb"), "r+") as file:
        add_to(file, add)
    if libver == "earliest":
        as_before(path)
    before = path.stat().st_size
    with h5py.File(path, "r+", libver=libver) as file:
        add_to(file, add)
    content = bytearray(path.read_bytes())
    mark = bytes(5000) if b"x" * 5000 not in content else LONG.encode()
    at = content.rindex(mark)
    heap = content.rindex(b"GCOL", 0, at)
    assert heap >= before - 4096
    size = int.from_bytes(content[heap + 8 : heap + 16], "little")
    content[heap + 16 : heap + size] = bytes(size - 16)
    path.write_bytes(content)
    return path


def add_to(file: h5py.File, add: Callable[[h5py.Group], None]) -> None:
    """Add what is in a heap, and something that is not."""
    group = typed(file["acquisition"], "y", "NWBContainer", object_id="y")
    group.create_dataset("data", data=np.arange(5.0))
    add(group)


PROGRAM = """
import contextlib, io, json, sys, warnings
warnings.simplefilter("ignore")
import numpy as np
import nwb_models as nwb
from nwb_models.cli import main
from nwb_models.io.checking import examined
from nwb_models.io.dependencies import references_to
from nwb_models.io.metadata import metadata
from nwb_models.views.page import page_of

path, folder = sys.argv[1:]
said = {}

def said_by(name, way):
    print(name, file=sys.stderr, flush=True)
    try:
        found = way()
    except nwb.errors.NWBError as error:
        found = f"{type(error).__name__}: {error}"
    said[name] = found if isinstance(found, (list, dict, str, int)) else None

def edit(change):
    copy = f"{folder}/edited.nwb"
    with open(path, "rb") as one, open(copy, "wb") as two:
        two.write(one.read())
    with nwb.open(copy, "r+") as opened:
        root = opened.read()
        change(root.acquisition["y"])
        opened.write(root)

def command(*words):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([str(word) for word in words])
    return [status, out.getvalue()[-3000:], err.getvalue()]

def replace(y):
    for name in ("comments", "words", "pairs"):
        if name in (y.model_extra or {}) or name in y:
            new = ["a", "b"] if name == "words" else "new"
            if name in y:
                y[name] = new
            else:
                setattr(y, name, new)

def look(where, value):
    if hasattr(value, "source"):
        value[...]

ways = {
    "read": lambda: [str(issue) for issue in nwb.read(path, eager=True).issues],
    "lazy": lambda: [str(nwb.read(path).acquisition["y"])],
    "deep": lambda: examined(path, lambda where: None, look)["problems"],
    "write": lambda: nwb.write(nwb.read(path), f"{folder}/written.nwb"),
    "diff": lambda: [str(one) for one in nwb.diff(path, path)],
    "diff with another": lambda: [str(one) for one in nwb.diff(path, f"{folder}/sound.nwb")],
    "metadata": lambda: metadata(path) and "",
    "page_of": lambda: page_of(path, plots=False) and "",
    "references": lambda: len(references_to(path, "/acquisition/y/data")),
    "remove": lambda: edit(lambda y: y._source.read().acquisition.__delitem__("y")),
    "edit": lambda: edit(lambda y: setattr(y, "object_id", "new")),
    "replace": lambda: edit(replace),
}
for name, way in ways.items():
    said_by(name, way)
for words in (
    ("tree", path), ("tree", path, "--types"), ("copy", path, f"{folder}/c.nwb"), ("truncate", path, f"{folder}/t.nwb"),
    ("check", path, "--deep", "--time", 100), ("validate", path), ("metadata", path), ("diff", path, path),
    ("html", path, "-o", f"{folder}/p.html", "--no-plots"), ("references", path, "/acquisition/x"),
    ("graph", path, "-o", f"{folder}/g.json"), ("repack", path),
):
    said_by(f"command {words[0]}{' --types' * ('--types' in words)}", lambda: command(*words))
print(json.dumps(said))
"""


def all_said(path: Path, folder: Path) -> dict[str, Any]:
    """Do everything with a file in another process, and return what came of it."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path), str(folder)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def run(program: str, path: Path) -> str:
    """Let another process do something with a file, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program), str(path)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("libver", ["earliest", "latest"])
@pytest.mark.parametrize("kind", KINDS)
def test_everything_ends(kind: str, libver: str, tmp_path: Path) -> None:
    path = damaged(tmp_path / "a.nwb", KINDS[kind], libver)
    said = all_said(path, tmp_path)
    where = f"/acquisition/y{'@' if kind.startswith('attribute') else '/extra'}"
    assert all(where in str(said[way]) for way in ("deep", "diff", "diff with another", "command check"))
    assert said["read"]
    assert said["command tree"][0] == said["command metadata"][0] == said["command html"][0] == 0
    assert said["command diff"][0] == 1
    assert said["command validate"][0] < 2
    for way in ("write", "command copy", "command truncate", "command repack"):
        error = said[way] if isinstance(said[way], str) else said[way][2]
        assert f"{path}:{where}" in error
        assert ENDLESS in error
    if kind.startswith("attribute"):  # HDF5 takes an attribute away without a look at what it says
        assert said["replace"] is None
        assert nwb.read(tmp_path / "edited.nwb").acquisition["y"].model_extra
    assert said["edit"] is None


ODD_KINDS = {
    "attribute": (_attribute, b"\x19\x01\x01\x00\x10\x00\x00\x00"),
    "attribute with rows": (_of_rows, b"\x19\x00\x00\x00\x10\x00\x00\x00"),
    "single": (_single, b"\x19\x01\x01\x00\x10\x00\x00\x00"),
    "texts": (_texts, b"\x19\x01\x01\x00\x10\x00\x00\x00"),
    "fields": (_compound, b"\x19\x01\x01\x00\x10\x00\x00\x00"),
    "rows": (_ragged, b"\x19\x00\x00\x00\x10\x00\x00\x00"),
}


@pytest.mark.parametrize("kind", ODD_KINDS)
def test_a_type_of_any_length_that_is_neither_rows_nor_text(kind: str, tmp_path: Path) -> None:
    """With it, HDF5 2.0.0 calls functions that are not there."""
    path = tmp_path / "a.nwb"
    add, mark = ODD_KINDS[kind]
    with new_file(path) as file:
        series(file["acquisition"], "x")
    shutil.copy(path, tmp_path / "sound.nwb")
    with h5py.File(tmp_path / "sound.nwb", "r+") as file:
        add_to(file, add)
    before = path.stat().st_size
    with h5py.File(path, "r+", libver="earliest") as file:
        add_to(file, add)
    content = bytearray(path.read_bytes())
    at = content.index(mark, before) if kind.startswith("attribute") else content.rindex(mark)
    while kind == "attribute" and b"comments" not in content[at - 24 : at]:
        at = content.index(mark, at + 1)
    content[at + 1] |= 3
    path.write_bytes(content)
    said = all_said(path, tmp_path)
    where = f"/acquisition/y{'@' if kind.startswith('attribute') else '/extra'}"
    assert where in str(said["deep"])
    assert ODD in str(said["deep"])
    assert said["command check"][0] == 2
    for way in ("write", "command copy", "command truncate", "command repack"):
        error = said[way] if isinstance(said[way], str) else said[way][2]
        assert f"{path}:{where}" in error
        assert ODD in error


@pytest.mark.parametrize("userblock", [0, 512])
@pytest.mark.parametrize("libver", ["earliest", "latest"])
def test_a_virtual_dataset_that_does_not_say_where_its_data_is(libver: str, userblock: int, tmp_path: Path) -> None:
    """HDF5 looks for that as soon as it looks at the dataset, in whichever way."""
    path = damaged(tmp_path / "a.nwb", _mapping, libver)
    path.write_bytes(bytes(userblock) + path.read_bytes())  # which HDF5 passes over
    said = all_said(path, tmp_path)
    where = "/acquisition/y/extra"
    for way in ("read", "deep", "write", "diff", "diff with another"):
        assert where in str(said[way])
        assert LOST in str(said[way])
    for words in ("check", "validate", "copy", "truncate", "diff", "repack"):
        assert said[f"command {words}"][0] == (1 if words == "validate" else 2)
        assert where in str(said[f"command {words}"])
    assert said["command tree"][0] == said["command metadata"][0] == said["command html"][0] == 0
    assert "cannot be opened: " + LOST in said["command tree"][1]
    assert said["edit"] is None  # of what is beside it
    assert "cannot be edited, and is as it was" in said["remove"]


def test_a_source_that_does_not_say_where_its_data_is(tmp_path: Path) -> None:
    """HDF5 opens it for whoever reads what it is a source of; whether that may be anywhere makes no difference."""
    damaged(tmp_path / "source.nwb", _mapping, "latest")
    path = tmp_path / "a.nwb"
    with new_file(path) as file:
        layout = h5py.VirtualLayout((9,), "f8")
        layout[:] = h5py.VirtualSource("source.nwb", "acquisition/y/extra", (9,))
        file["acquisition"].create_virtual_dataset("v", layout)
    program = """
    import sys
    import nwb_models as nwb
    for anywhere in (False, True):
        with nwb.open(sys.argv[1], external_links=anywhere) as io:
            array = io.read("/acquisition/v")
            print(*io.issues)
            try:
                array[:]
            except nwb.errors.UnreadableObjectError as error:
                print(error)
    """
    assert run(program, path).count(LOST) == 4


def test_references_to_a_virtual_dataset_that_does_not_say_where_its_data_is(tmp_path: Path) -> None:
    path = damaged(tmp_path / "a.nwb", _referred_mapping, "latest")
    assert "/acquisition/y@reference" in " ".join(all_said(path, tmp_path)["read"])


def test_regions_in_a_heap(tmp_path: Path) -> None:
    """To say what they lead to, HDF5 looks into it."""
    path = damaged(tmp_path / "a.nwb", _region, "latest")
    said = all_said(path, tmp_path)
    assert any("/acquisition/y@region" in issue for issue in said["read"])


def test_texts_in_rows_in_a_heap(tmp_path: Path) -> None:
    """The rows are in one heap, and the texts that they hold in another."""
    path = damaged(tmp_path / "a.h5", _nested, "latest")
    with h5py.File(path) as file, pytest.raises(EndlessHeapError, match=r"a\.h5:/acquisition/y/extra cannot be read"):
        list(read_blocks(file["acquisition/y/extra"].id))


@pytest.mark.parametrize(
    ("words", "endless"),
    {
        "free space to the end": ([0, 16], False),
        "an object, and free space": ([1, 3, 7, 0, 0], True),
        "zeros": ([0, 0], True),
        "an object that ends where it begins": ([1, 2**64 - 16], True),
        "an object that ends before it begins": ([1, 1, 7, 2, 2**64 - 40], True),
        "an object that is larger than the heap": ([1, 4096], True),
        "free space that is larger than the heap": ([0, 4096], False),
        "an object to the end": ([1, 8, 0], False),
        "no place for another object": ([1, 8, 0, 0], False),
    }.values(),
)
def test_what_is_endless(words: list[int], *, endless: bool) -> None:
    """HDF5 comes back where each object ends behind its beginning, or outside."""
    assert is_endless(struct.pack(f"<4sB3xQ{len(words)}Q", b"GCOL", 1, 16 + 8 * len(words), *words)) is endless


def test_a_sound_file_is_read_as_it_is(tmp_path: Path) -> None:
    """What is opened once more is the same, whichever object and file is asked for, and none stays open."""
    descriptors = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    for number in range(40):
        with h5py.File(tmp_path / f"{number}.h5", "w", libver="latest") as file:
            for name in ("a/b/c", "a/b/d", "e"):
                file.create_group(name).attrs["text"] = f"{number} {name}"
    for _ in range(2):
        for number in range(40):
            with h5py.File(tmp_path / f"{number}.h5") as file:
                for name in ("a/b/d", "e", "a/b/c"):
                    assert read_attribute(file[name].id, b"text", str) == f"{number} {name}"
    if descriptors:
        assert len(list(Path("/proc/self/fd").iterdir())) == descriptors


def test_a_file_that_is_being_written_is_not_opened_once_more(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["text"] = "not on the disk yet"
        with watched(file.id) as same:
            assert same is file.id or same == file.id
        assert read_attribute(file.id, b"text", str) == "not on the disk yet"


def test_a_file_object(tmp_path: Path) -> None:
    """It is looked at, too."""
    path = damaged(tmp_path / "a.nwb", _attribute, "latest")
    program = """
    import sys
    import nwb_models as nwb
    with open(sys.argv[1], "rb") as stream, nwb.open(stream) as io:
        print(io.read().acquisition["y"].model_extra["comments"])
    """
    assert ENDLESS in run(program, path)


@pytest.mark.parametrize("userblock_size", [0, 1024])
@pytest.mark.parametrize("track_order", [True, False])
@pytest.mark.parametrize("libver", ["earliest", "latest"])
def test_what_may_be_a_virtual_dataset_is_known_by_its_header(
    libver: str, tmp_path: Path, *, track_order: bool, userblock_size: int
) -> None:
    """Wherever in the header that stands, and whichever links lead there; nothing else is taken for one."""
    layout = h5py.VirtualLayout((4,), "f8")
    layout[:] = h5py.VirtualSource(".", "group/chunks", (4,))
    with h5py.File(tmp_path / "a.h5", "w", libver=libver, userblock_size=userblock_size) as file:
        group = file.create_group("group", track_order=track_order)
        for name, options in {"chunks": {"chunks": (2,)}, "contiguous": {}, "filtered": {"compression": 1}}.items():
            group.create_dataset(name, data=np.arange(4.0), track_order=track_order, **options)
        group.create_virtual_dataset("virtual", layout)
        for number in range(30):
            for obj in group.values():
                obj.attrs[f"a{number}"] = np.arange(8.0) + 0x0300000008 * number
        group["late"] = h5py.SoftLink("virtual")
        file["above"] = h5py.SoftLink("/group/late")
        group.attrs["a"] = "text"
    with opened(str(tmp_path / "a.h5")) as file:
        for path in ("group/virtual", "group/late", "above", "/group/virtual"):
            assert _may_be_virtual(file, file.id, path.encode(), None)
        for path in ("group", "/", "group/chunks", "group/contiguous", "group/filtered"):
            assert not _may_be_virtual(file, file.id, path.encode(), None)
        assert h5py.Dataset(open_object(file, b"late", file["group"].id))[:].tolist() == [0, 1, 2, 3]
