"""The direct reading of object headers gives what h5py gives, to the last bit, and leaves the rest to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.errors import SpecificationError
from nwb_models.io import headers
from nwb_models.io.headers import Headers
from nwb_models.io.heaps import ENDLESS
from nwb_models.io.nodes import StoredDataset, StoredReference
from nwb_models.io.queue import flatten
from nwb_models.io.specifications import stored_specifications
from nwb_models.io.stored_bytes import stored_bytes
from nwb_models.models.links import Unreadable
from tests.conftest import CORPUS, EXAMPLE, ROOT, corpus_files
from tests.io import damage
from tests.io.handmade import new_file, references, series, table
from tests.io.same_nodes import counting, differences, through_h5py
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = h5py.string_dtype()
SEEDS = int(os.environ.get("NWB_MODELS_FUZZ", "400"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made.nwb"


def _check(path: Path, *, by_h5py: int = 0) -> None:
    """Compare every node; so many objects are for h5py."""
    found, objects, direct = differences(path)
    assert found == []
    assert direct == objects - by_h5py
    assert objects > 0


# ------------------------------------------------------------------------------------------ whole files
@pytest.mark.parametrize("name", FILES)
def test_files_of_pynwb(name: str, path: Path) -> None:
    FILES[name](path)
    _check(path)


def test_the_example_is_of_a_newer_layout() -> None:
    found, _, direct = differences(EXAMPLE)
    assert (found, direct) == ([], 0)


@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(CORPUS)))
def test_the_corpus(path: Path) -> None:
    """All but a few objects of rare layouts (filled, compact, empty or never written) are read directly."""
    found, objects, direct = differences(path)
    assert found == []
    assert direct >= objects * 0.85 - 1


@pytest.mark.parametrize("names", [("data",), ("data", "soft", "none"), ()], ids=str)
def test_some_children_only(names: tuple[str, ...], path: Path) -> None:
    with h5py.File(path, "w") as file:
        group = file.create_group("data")
        group["soft"], group["other"] = h5py.SoftLink("/other"), 1
        file["other"] = [1, 2]
    found, _, direct = differences(path, follow=lambda _node: names)
    assert found == []
    assert direct > 0


# ------------------------------------------------------------------------------------------ one kind of content each
def _numbers(file: h5py.File) -> None:
    kinds = [*"bBhHiIqQefd?", ">i2", ">f8", ">u4", "c8", "V3"]
    for number, kind in enumerate(kinds):
        values = np.frombuffer(bytes(range(1, 97)), dtype=np.dtype(kind).newbyteorder("=") if kind == "?" else kind)[:4]
        file.attrs[f"one{number}"] = values[0]
        file.attrs[f"some{number}"] = values.reshape(2, 2)
        file.attrs.create(f"none{number}", values[:0])
        file[f"one{number}"], file[f"some{number}"], file[f"none{number}"] = values[0], values, values[:0]


def _texts(file: h5py.File) -> None:
    utf8, ascii_ = h5py.string_dtype(length=9), h5py.string_dtype("ascii")
    for number, (value, kind) in enumerate(
        [("", TEXT), ("ä" * 3000, TEXT), ("a", ascii_), ("ü".encode(), utf8), (b"fixed", "S9"), (b"", "S1")]
    ):
        file.attrs.create(f"one{number}", value, dtype=kind)
        file.attrs.create(f"some{number}", [[value, value]], dtype=kind)
        file.create_dataset(f"one{number}", data=value, dtype=kind)
    file.attrs.create("none", [], shape=(0,), dtype=TEXT)
    broken = np.array(b"\xff\xfe", dtype=object)
    h5py.h5a.create(file.id, b"broken", h5py.h5t.py_create(TEXT), h5py.h5s.create(h5py.h5s.SCALAR)).write(
        broken, mtype=h5py.h5t.py_create(h5py.string_dtype("ascii"))
    )
    kinds = [h5py.h5t.C_S1.copy() for _ in range(3)]
    for number, pad in enumerate((h5py.h5t.STR_NULLTERM, h5py.h5t.STR_NULLPAD, h5py.h5t.STR_SPACEPAD)):
        kinds[number].set_size(8)
        kinds[number].set_strpad(pad)
        space = h5py.h5s.create(h5py.h5s.SCALAR)
        attribute = h5py.h5a.create(file.id, b"padded%d" % number, kinds[number], space)
        attribute.write(np.array(b"ab\0cd   ", dtype="S8"), mtype=kinds[number])


def _references(file: h5py.File) -> None:
    group, data = file.create_group("group"), file.create_dataset("data", data=np.arange(6))
    file.attrs["one"], file.attrs["region"] = group.ref, data.regionref[2:4]
    file.attrs["some"] = references(group, data, file)
    file.attrs.create("null", h5py.Reference(), dtype=h5py.ref_dtype)
    file["one"], file["some"] = data.ref, references(data, group)
    group.attrs["above"] = file.ref
    gone = file.create_group("gone")
    file.attrs["dangling"] = gone.ref
    file["type"] = np.dtype("i4")
    file.attrs["type"] = h5py.h5r.create(file.id, b"type", h5py.h5r.OBJECT)
    del file["gone"]


def _compounds(file: h5py.File) -> None:
    for number, kind in enumerate(
        [
            [("a", "i4"), ("b", "f8")],
            [("text", TEXT), ("n", "u1")],
            [("fixed", "S3"), ("flag", "?")],
            [("inner", [("x", "f4"), ("y", "f4")]), ("row", "i2", (3,))],
            np.dtype({"names": ["a", "b"], "formats": ["i1", "f8"], "offsets": [0, 16], "itemsize": 32}),
            [("ref", h5py.ref_dtype)],
        ]
    ):
        values = np.zeros(2, dtype=kind)
        for name, value in (("text", "t"), ("ref", file.ref)):
            if name in values.dtype.names:
                values[name] = value
        file.attrs[f"one{number}"], file.attrs[f"some{number}"] = values[0], values
        file[f"one{number}"], file[f"some{number}"] = values[0], values


def _rare_types(file: h5py.File) -> None:
    enum = h5py.enum_dtype({"red": 0, "blue": 5}, basetype="i2")
    file.attrs.create("enum", 5, dtype=enum)
    file.attrs.create("enums", [0, 5], dtype=enum)
    file.attrs.create("ragged", np.array([np.arange(2), np.arange(3)], dtype=object), dtype=h5py.vlen_dtype("i4"))
    file.attrs.create("rows", np.zeros((2, 3)), dtype=np.dtype(("f8", (3,))))
    file.attrs.create("opaque", np.void(b"abc"))
    space, time = h5py.h5s.create(h5py.h5s.SCALAR), h5py.h5t.UNIX_D32LE
    h5py.h5a.create(file.id, b"time", time, space)
    odd = h5py.h5t.STD_I32LE.copy()
    odd.set_precision(20)
    h5py.h5a.create(file.id, b"odd", odd, space).write(np.array(5, dtype="i4"))
    file.attrs["complex"] = 1 + 2j
    file.attrs["null"], file.attrs["no text"] = h5py.Empty("f8"), h5py.Empty(TEXT)
    file["enum"] = np.array([0, 5], dtype=enum)


def _layouts(file: h5py.File) -> None:
    for number, options in enumerate(
        [
            {"chunks": (2, 5)}, {"chunks": (2, 5), "maxshape": (None, 10)}, {"maxshape": (40, None)},
            {"compression": "gzip"}, {"compression": "lzf", "shuffle": True}, {"fletcher32": True},
            {"scaleoffset": 3}, {"fillvalue": 7}, {"chunks": (1, 1)},
        ]
    ):  # fmt: skip
        file.create_dataset(f"d{number}", data=np.arange(200).reshape(20, 10), **options)
        file.create_dataset(f"empty{number}", shape=(20, 10), dtype="i4", **options)
    file["d0"].resize((0, 10)) if file["d0"].maxshape[0] is None else None
    file.create_dataset("never", shape=(), dtype="f8", fillvalue=2.5)
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    for name, space in ((b"compact", h5py.h5s.create_simple((3,))), (b"one compact", h5py.h5s.create(h5py.h5s.SCALAR))):
        h5py.h5d.create(file.id, name, h5py.h5t.NATIVE_INT32, space, dcpl=compact)
    file.create_dataset("outside", shape=(4,), dtype="i2", external=[("made.raw", 0, 8)])
    file["null"] = h5py.Empty("i2")
    layout = h5py.VirtualLayout((20, 10), "i8")
    layout[:] = h5py.VirtualSource(file["d3"])
    file.create_virtual_dataset("virtual", layout)


def _attributes(file: h5py.File) -> None:
    group = file.create_group("many")
    for number in range(300):
        group.attrs[f"a{number * 7919 % 300}"] = number
    file.attrs["x" * 500] = "long name"
    file.attrs["ä/b."] = "odd name"
    file.attrs["big"] = np.arange(7000)
    file.attrs["B"], file.attrs["a"], file.attrs["é"] = 1, 2, 3
    del group.attrs["a5"]
    group.attrs["new"] = "in the place of the old"


def _links(file: h5py.File) -> None:
    group = file.create_group("many")
    for number in range(900):
        if number % 3:
            group[f"name{number * 7919 % 1000:04}"] = file.require_dataset("one", (3,), "i2")
        else:
            group[f"soft{number:04}"] = h5py.SoftLink("/one" if number % 2 else "../nowhere")
    for number in range(0, 900, 6):
        del group[f"soft{number:04}"]
    group["ring"], file["again"], file["ü" * 200] = file, group, 1
    file["outside"] = h5py.ExternalLink("other.nwb", "/x")
    near = file.create_group("near")
    near["relative"], near["circle"], near["here"] = (
        h5py.SoftLink("deep/one"), h5py.SoftLink("circle"), h5py.SoftLink("/near/deep/"),
    )  # fmt: skip
    near["deep/one"] = np.float32(1)
    file.create_group("empty")


def _committed(file: h5py.File) -> None:
    file["type"] = np.dtype([("a", "i4")])
    file.create_dataset("data", shape=(3,), dtype=file["type"])
    file["data"].attrs.create("a", np.zeros((), [("a", "i4")]), dtype=file["type"])
    file["text type"] = TEXT
    file.create_group("group").attrs.create("typed", "text", dtype=file["text type"])


CONTENT: dict[str, tuple[Callable[[h5py.File], None], int]] = {
    "numbers": (_numbers, 0),
    "texts": (_texts, 0),
    "references": (_references, 0),
    "compounds": (_compounds, 2),
    "rare types": (_rare_types, 1),
    "layouts": (_layouts, 7),
    "attributes": (_attributes, 0),
    "links": (_links, 1),
    "committed types": (_committed, 2),
}
"""What is written, and how many objects of it are for h5py."""


@pytest.mark.parametrize("content", CONTENT)
def test_each_kind_of_content(content: str, path: Path) -> None:
    write, by_h5py = CONTENT[content]
    with h5py.File(path, "w") as file:
        write(file)
    _check(path, by_h5py=by_h5py)


@pytest.mark.parametrize("libver", ["v108", "v110", "latest"])
@pytest.mark.parametrize("content", [name for name in CONTENT if name != "attributes"])
def test_newer_layouts_are_for_h5py(content: str, libver: str, path: Path) -> None:
    with h5py.File(path, "w", libver=(libver, "latest")) as file:
        CONTENT[content][0](file)
    found, _, direct = differences(path)
    assert (found, direct) == ([], 0)


def test_a_newer_layout_inside_an_old_file(path: Path) -> None:
    """Creation order makes a group one of the newer layout."""
    with h5py.File(path, "w") as file:
        file.create_group("ordered", track_order=True).create_group("b").attrs["x"] = 1
        file["ordered/a"] = 2
        file.create_dataset("data", data=[1], track_order=True)
    found, objects, direct = differences(path)
    assert found == []
    assert 0 < direct < objects


@pytest.mark.parametrize("content", CONTENT)
def test_headers_like_ones_before(content: str, path: Path) -> None:
    """What was kept of headers says the same of others that are alike: in the same file, and in the next one."""
    write, by_h5py = CONTENT[content]
    headers._patterns.clear()
    for _ in range(3):
        with h5py.File(path, "w") as file:
            write(file)
        _check(path, by_h5py=by_h5py)


def test_alike_but_for_what_may_differ(path: Path) -> None:
    """Shapes, values and addresses; and what must not be taken for it: types, names, filters and damage."""
    with h5py.File(path, "w") as file:
        for number in range(40):
            kind = "<i4" if number % 4 else "<f4"
            options = {"chunks": (number + 1,), "shuffle": True} if number % 3 == 0 else {}
            data = file.create_dataset(f"d{number}", data=np.arange(number + 1, dtype=kind), **options)
            data.attrs["unit" if number % 5 else "Unit"] = f"unit {number}" if number % 7 else number
            data.attrs["same"] = 1.0
            file.create_group(f"g{number}").attrs.update(neurodata_type="T" * number, number=number)
            file[f"g{number}/x"] = np.float32(number) if number % 2 else f"text {number}"
    _check(path)


def test_no_more_patterns_are_kept_than_allowed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nwb_models.io.header_patterns.MAX_PATTERNS", 3)
    headers._patterns.clear()
    with h5py.File(path, "w") as file:
        for number in range(60):
            file.create_group(f"g{number}").attrs["x" * (number % 12 + 1)] = number
    _check(path)
    assert headers._patterns._count <= 3


def test_files_made_by_hand(path: Path) -> None:
    with new_file(path) as file:
        table(series(file["acquisition"], "series"), "table", "id")
    found, _, direct = differences(path)
    assert (found, direct) == ([], 0)


# ------------------------------------------------------------------------------------------ what is not read so
def test_other_ways_to_open_a_file(path: Path) -> None:
    """Only a local file, read and not written, by the plain driver."""
    _for_damage(path)
    with h5py.File(path) as file:
        assert stored_bytes(file) is not None
    with path.open("rb") as stream, h5py.File(stream, "r") as file:
        assert stored_bytes(file) is None
    for options in ({"mode": "r", "driver": "core"}, {"mode": "r+"}, {"mode": "r", "driver": "stdio"}):
        with h5py.File(path, **options) as file:
            assert stored_bytes(file) is None
    with h5py.File(path, "r+"), h5py.File(path, "r") as file:
        assert stored_bytes(file) is None
    with h5py.File(path, "w", userblock_size=512) as file:
        file["a"] = 1
    with h5py.File(path) as file:
        assert stored_bytes(file) is None
    assert differences(path)[0] == []


def test_one_setting_leaves_everything_to_h5py(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FILES["ecephys"](path)
    monkeypatch.setenv(headers.SETTING, "0")
    with counting() as count, nwb.open(path) as io:
        io.read(eager=True)
    assert count() == 0


@pytest.mark.parametrize("eager", [True, False], ids=["eager", "lazy"])
def test_models_are_read_so(path: Path, *, eager: bool) -> None:
    """Whole and in part; what they say is compared with h5py in test_corpus.py."""
    FILES["ecephys"](path)
    with counting() as count, nwb.open(path) as io:
        io.read("/" if eager else "/units", eager=eager)
        assert count() > 40 if eager else count() == 2  # itself, and the group that it is in


def test_the_path_of_a_reference(path: Path) -> None:
    """It is found when somebody asks for it, as that of one that h5py has read."""
    with h5py.File(path, "w") as file:
        _references(file)
    with h5py.File(path) as file:
        ours = flatten(file, locate=lambda *_: None).nodes
        with through_h5py():
            theirs = flatten(file, locate=lambda *_: None).nodes
        for key, node in ours.items():
            values = [*node.attributes.values(), *([node.value] if isinstance(node, StoredDataset) else [])]
            others = theirs[key]
            expected = [*others.attributes.values(), *([others.value] if isinstance(others, StoredDataset) else [])]
            for one, two in zip(values, expected, strict=True):
                if isinstance(one, StoredReference):
                    assert one.path == two.path


# ------------------------------------------------------------------------------------------ damage
def _for_damage(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.attrs["empty"], file.attrs["ü"], file.attrs["null"] = "", "ä", h5py.Empty("f8")
        file.attrs["compound"] = np.array((1, 2.0), dtype=[("a", "i4"), ("b", "f8")])
        for number in range(24):
            group = file.create_group(f"g{number:02}")
            group.attrs.update(namespace="core", number=number, ratio=np.float32(number / 3), flag=bool(number & 1))
            if number % 4 == 0:
                group["data"], group["text"], group["number"] = np.arange(5), f"value {number}", 1.5
                group["data"].attrs.update(unit="V", conversion=1.0)
                group["soft"] = h5py.SoftLink("/g00/data")
            if number % 6 == 0:
                data = np.arange(200).reshape(20, 10)
                options = {"chunks": (5, 5), "maxshape": (None, 10), "compression": "gzip"}
                dataset = file.create_dataset(f"{group.name}/chunked", data=data, **options)
                dataset.attrs.create("names", ["a", "b", "c"], dtype=TEXT)
                dataset.attrs.update(ref=file["g00"].ref, fixed=np.bytes_("fixed"), rows=np.ones((2, 3), ">i2"))
        file["refs"], file["ref"] = references(file["g00"], file["g01"]), file["g00"].ref


def _many_links(path: Path) -> None:
    with h5py.File(path, "w") as file:
        group = file.create_group("many")
        for number in range(200):
            group[f"name{number * 7919 % 1000:04}"] = (
                file.require_dataset("one", (3,), "i2") if number % 3 else h5py.SoftLink(f"/many/name{number:04}")
            )


def _run(path: Path, first: int, last: int, *options: str) -> tuple[list[str], bool]:
    """Read damaged files in another process; return what it said, and whether it crashed."""
    command = [sys.executable, "-m", "tests.io.damage", str(path), str(path.parent), str(first), str(last), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, errors="replace")
    assert done.returncode <= 0, done.stderr
    return done.stdout.splitlines(), done.returncode < 0


@pytest.mark.parametrize("make", [_for_damage, _many_links], ids=["objects", "links"])
def test_damage(make: Callable[[Path], None], path: Path) -> None:
    """A damaged file says what h5py says of it, or is refused where h5py refuses it.

    HDF5 itself crashes with a few of them, about one in a thousand; it has to be HDF5.
    """
    make(path)
    seed, compared, direct = 0, 0, 0
    while seed < SEEDS:
        lines, crashed = _run(path, seed, SEEDS)
        done = [line.split(" ", 3) for line in lines if not line.endswith(" begin")]
        assert [line for line in done if len(line) > 3] == []
        compared += len(done)
        direct += sum(int(line[2]) for line in done)
        seed = SEEDS
        if crashed:
            seed = int(lines[-1].split()[0]) + 1
            assert _run(path, seed - 1, seed, "h5py")[1], f"seed {seed - 1} crashes, and not with h5py alone"
    assert compared > 0.97 * SEEDS
    assert direct > compared * 1.5


def test_damage_is_the_same_in_every_run(path: Path) -> None:
    _for_damage(path)
    content, places = path.read_bytes(), damage.regions(path)
    assert damage.damaged(content, places, 7) == damage.damaged(content, places, 7) != content


def test_a_file_that_was_cut_off_since_it_was_opened(path: Path) -> None:
    """It is an error, not the end of the process."""
    _for_damage(path)
    with h5py.File(path) as file:
        direct = Headers(file)
        address = h5py.h5o.get_info(file["g20"].id).addr
        os.truncate(path, 600)
        assert direct.node(address, "/g20") is None


def test_a_heap_of_zeros_is_no_endless_search(tmp_path: Path) -> None:
    """HDF5 2.0.0 goes on from an object of no size to itself."""
    path = tmp_path / "a.nwb"
    with h5py.File(path, "w") as file:
        file.attrs.update(neurodata_type="NWBFile", namespace="core", nwb_version="2.11.0", notes="text", object_id="r")
        file["identifier"] = "i"
    content = bytearray(path.read_bytes())
    heap = content.index(b"GCOL")
    content[heap + 16 : heap + 4096] = bytes(4080)
    path.write_bytes(content)
    with h5py.File(path) as file:
        node = flatten(file, ["/"]).nodes["", h5py.h5o.get_info(file.id).addr]
        below = flatten(file, ["/"]).nodes["", node.links["identifier"].key[1]]
    assert node.attributes["notes"] == Unreadable(
        "the heap that its text is in is damaged: HDF5 would search it for ever, or read beyond it"
    )
    assert below.problem == ENDLESS


def test_specifications_and_version_in_a_heap_of_zeros(tmp_path: Path) -> None:
    """They are asked for before anything else, and HDF5 2.0.0 would look for them for ever."""
    path = tmp_path / "a.nwb"
    with h5py.File(path, "w") as file:
        file.attrs["nwb_version"] = "2.11.0"
        file["specifications/core/2.11.0/namespace"] = json.dumps({"namespaces": []})
        file["specifications/core/2.11.0/short"] = np.bytes_(b"[]")
    content = bytearray(path.read_bytes())
    heap = content.index(b"GCOL")
    content[heap + 16 : heap + 4096] = bytes(4080)
    path.write_bytes(content)
    with h5py.File(path) as file:
        found = stored_specifications(file)
    ((_, _, namespace),) = found.namespaces
    assert found.version is None
    assert namespace.documents["short"] == []
    with pytest.raises(SpecificationError, match=r"core/2.11.0/namespace is no JSON"):
        namespace.documents["namespace"]
