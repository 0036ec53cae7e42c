"""What is in a file, as a tree of plain values: compared with plain h5py, and case by case."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest
from h5py import h5d, h5o, h5s, h5t

from nwb_models.errors import ObjectNotFoundError, UnreadableObjectError
from nwb_models.io import queue, tree
from nwb_models.io.hdf5 import HDF5IO
from nwb_models.io.headers import Headers
from tests.conftest import CORPUS, EXAMPLE, corpus_files
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from nwb_models.io.tree import Document, Entry


def file_tree(path: Path, start: str = "/", *, depth: int | None = None) -> Document:
    with HDF5IO(path) as io:
        return tree.file_tree(io, start, depth=depth)


def walk(entry: Entry) -> Iterator[Entry]:
    """Yield an entry and all below."""
    yield entry
    for child in entry.get("children") or ():
        yield from walk(child)


def entries(document: Document) -> dict[str, Any]:
    return {entry["path"]: entry for entry in walk(document["tree"])}


def links(document: Document) -> dict[str, Any]:
    return {link["path"]: link for entry in walk(document["tree"]) for link in entry.get("links") or ()}


def nwb_file(path: Path) -> h5py.File:
    file = h5py.File(path, "w")
    file.attrs["nwb_version"] = "2.7.0"
    file.attrs["neurodata_type"] = "NWBFile"
    file.attrs["namespace"] = "core"
    return file


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """A file with every kind of link, in places where a walk goes astray."""
    path = tmp_path / "linked.nwb"
    with nwb_file(path) as file:
        deep = file.create_group("processing/module/interface")
        deep.create_dataset("data", data=np.arange(6).reshape(2, 3))
        first = file.create_group("acquisition")
        first["ahead"] = h5py.SoftLink("/processing/module/interface")  # met before what it leads to
        first["elsewhere"] = h5py.ExternalLink("other.h5", "/data")
        first["lost"] = h5py.SoftLink("/nowhere")
        first["circle"] = h5py.SoftLink("/acquisition/circle")
        first["relative"] = h5py.SoftLink("series/data")
        first.create_group("series").create_dataset("data", data=[1.0])
        first.attrs["refers"] = deep.ref
        file["type"] = np.dtype("f4")
        file["aaa"] = h5py.SoftLink("/processing/module/interface")  # met before both hard links to it
        file["processing/zzz"] = deep  # a second hard link, above the first one
        deep["up"] = file["processing"]
        file["root"] = file["/"]
    return path


# -------------------------------------------------------------------------------- against h5py
def objects_of(file: h5py.File) -> dict[int, set[str]]:
    """Return address and paths of each group and dataset that hard links lead to, with plain h5py."""
    specifications = file.get("specifications")
    found: dict[int, set[str]] = {h5o.get_info(file.id).addr: {"/"}}

    def visit(group: h5py.Group, above: str) -> None:
        for name in objects_in(group):
            member = group[name]
            if member == specifications:
                continue
            address = h5o.get_info(member.id).addr
            known = address in found
            found.setdefault(address, set()).add(f"{above}/{name}")
            if not known and isinstance(member, h5py.Group):
                visit(member, f"{above}/{name}")

    visit(file, "")
    return found


def objects_in(group: Any) -> list[str]:
    """Return the names of the groups and datasets to which a group has hard links."""
    if not isinstance(group, h5py.Group):
        return []
    hard = [name for name in group if isinstance(group.get(name, getlink=True), h5py.HardLink)]
    return [name for name in hard if not isinstance(group[name], h5py.Datatype)]


def assert_same_objects(path: Path) -> None:
    """Each object is in the tree once, by one of its paths, as what it is, and all of its members are."""
    document = json.loads(json.dumps(file_tree(path), allow_nan=False))
    shown = list(walk(document["tree"]))
    with h5py.File(path) as file:
        addresses = [h5o.get_info(file[entry["path"]].id).addr for entry in shown]
        assert len(addresses) == len(set(addresses))
        assert set(addresses) == set(objects_of(file))
        for entry in shown:
            stored = file[entry["path"]]
            assert entry["kind"] == ("group" if isinstance(stored, h5py.Group) else "dataset")
            if isinstance(stored, h5py.Group):
                names = {member["name"] for member in (*entry["children"], *entry["links"])}
                assert names == set(stored) - ({"specifications"} if stored.name == "/" else set())
                assert entry["members"] == len(names)
            else:
                assert entry["shape"] == (None if stored.shape is None else list(stored.shape))
                assert entry["chunks"] == (None if stored.chunks is None else list(stored.chunks))
                assert entry["stored_size"] == stored.id.get_storage_size()


@pytest.mark.corpus
@pytest.mark.skipif(not corpus_files(), reason="there is no corpus beside the checkout")
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(CORPUS)))
def test_same_objects_in_the_corpus(path: Path) -> None:
    assert_same_objects(path)


@pytest.mark.parametrize("write", FILES.values(), ids=FILES.keys())
def test_same_objects_in_files_of_pynwb(write: Callable[[Path], None], tmp_path: Path) -> None:
    write(tmp_path / "file.nwb")
    assert_same_objects(tmp_path / "file.nwb")


def test_same_objects_in_the_example() -> None:
    assert_same_objects(EXAMPLE)


def test_same_objects_among_links(linked: Path) -> None:
    assert_same_objects(linked)


# -------------------------------------------------------------------------------- entries
def test_an_entry_of_each_kind(tmp_path: Path) -> None:
    with nwb_file(tmp_path / "a.nwb") as file:
        group = file.create_group("acquisition/series")
        group.attrs.update(neurodata_type="Fancy", namespace="ndx-fancy", object_id="1-2-3", comments="good")
        data = group.create_dataset(
            "data", data=np.zeros((100, 4), "i2"), chunks=(10, 4), maxshape=(None, 4), compression="gzip"
        )
        data.attrs["unit"] = "volts"
        stored = data.id.get_storage_size()
    found = entries(file_tree(tmp_path / "a.nwb"))
    data_entry = {
        "path": "/acquisition/series/data",
        "name": "data",
        "kind": "dataset",
        "neurodata_type": None,
        "namespace": None,
        "object_id": None,
        "attributes": {"unit": "volts"},
        "shape": [100, 4],
        "maxshape": [None, 4],
        "dtype": "int16",
        "chunks": [10, 4],
        "size": 800,
        "stored_size": stored,
        "value": None,
        "problem": None,
    }
    assert found["/acquisition/series"] == {
        "path": "/acquisition/series",
        "name": "series",
        "kind": "group",
        "neurodata_type": "Fancy",
        "namespace": "ndx-fancy",
        "object_id": "1-2-3",
        "attributes": {"comments": "good"},
        "members": 1,
        "children": [data_entry],
        "links": [],
    }
    assert 0 < stored < 800


@pytest.mark.parametrize(
    ("data", "dtype", "expected_dtype", "expected"),
    [
        pytest.param("mouse", None, "text", "mouse", id="text"),
        pytest.param(np.bytes_(b"mouse"), None, "ascii", "mouse", id="fixed-ascii"),
        pytest.param(b"\xff\xfe", h5py.string_dtype(), "text", "\udcff\udcfe", id="not-utf8"),
        pytest.param(3, "i1", "int8", 3, id="int"),
        pytest.param(2**64 - 1, "u8", "uint64", 2**64 - 1, id="large-int"),
        pytest.param(0.1, "f4", "float32", 0.1, id="float32-is-not-0.10000000149"),
        pytest.param(1.5, ">f8", "big-endian float64", 1.5, id="big-endian"),
        pytest.param(np.nan, "f8", "float64", "NaN", id="nan"),
        pytest.param(-np.inf, "f8", "float64", "-Infinity", id="infinity"),
        pytest.param(1 + 2j, "c16", "complex128", {"real": 1.0, "imag": 2.0}, id="complex"),
        pytest.param(True, None, "bool", True, id="bool"),
        pytest.param(1, h5py.enum_dtype({"a": 0, "b": 1}), "enum of uint8", 1, id="enum"),
        pytest.param(np.void(b"\x00\xffab"), None, "opaque of 4 bytes", {"bytes": "00ff6162"}, id="opaque"),
        pytest.param(
            np.array((1, 2.5), [("n", "i4"), ("x", "f4")])[()],
            None,
            [{"name": "n", "dtype": "int32"}, {"name": "x", "dtype": "float32"}],
            {"n": 1, "x": 2.5},
            id="compound",
        ),
        pytest.param(h5py.Empty("f4"), None, "float32", None, id="empty"),
        pytest.param([1, 2], "i4", "int32", None, id="the-values-of-an-array-are-not-read"),
    ],
)
def test_dtype_and_value(data: Any, dtype: Any, expected_dtype: Any, expected: Any, tmp_path: Path) -> None:
    with nwb_file(tmp_path / "a.nwb") as file:
        file.create_dataset("x", data=data, dtype=dtype)
        if dtype is None or h5py.check_string_dtype(np.dtype(dtype)) is None:
            file["x"].attrs["same"] = data
    entry = entries(file_tree(tmp_path / "a.nwb"))["/x"]
    assert entry["dtype"] == expected_dtype
    assert entry["value"] == expected
    assert json.loads(json.dumps(entry, allow_nan=False)) == entry
    if expected is not None and dtype is None:
        assert entry["attributes"]["same"] == expected


def test_references_say_where_they_lead(tmp_path: Path) -> None:
    with nwb_file(tmp_path / "a.nwb") as file:
        target = file.create_dataset("target", data=np.arange(10))
        file.create_dataset("object", data=target.ref, dtype=h5py.ref_dtype)
        file.create_dataset("region", data=target.regionref[2:5], dtype=h5py.regionref_dtype)
        file.create_dataset("null", data=h5py.Reference(), dtype=h5py.ref_dtype)
        file["target"].attrs["all"] = np.array([file.ref, target.ref], dtype=h5py.ref_dtype)
        file["target"].attrs["rows"] = np.array(
            [(0, target.ref)], dtype=np.dtype([("start", "i4"), ("series", h5py.ref_dtype)])
        )
    found = entries(file_tree(tmp_path / "a.nwb"))
    to_target = {"reference": "object", "path": "/target"}
    assert found["/object"]["value"] == to_target
    assert found["/region"]["value"] == {"reference": "region", "path": "/target", "region": "2:5"}
    assert found["/null"]["value"] == {"reference": "object", "path": None}
    assert found["/target"]["attributes"] == {
        "all": [{"reference": "object", "path": "/"}, to_target],
        "rows": [{"start": 0, "series": to_target}],
    }


def test_a_reference_out_of_what_is_shown_is_still_told(linked: Path) -> None:
    found = file_tree(linked, "/acquisition", depth=0)["tree"]
    assert found["attributes"]["refers"]["reference"] == "object"
    with h5py.File(linked) as file:
        assert file[found["attributes"]["refers"]["path"]] == file["processing/module/interface"]


def test_what_numpy_has_no_type_for(tmp_path: Path) -> None:
    with nwb_file(tmp_path / "a.nwb") as file:
        h5d.create(file.id, b"when", h5t.UNIX_D32LE, h5s.create(h5s.SCALAR))
    entry = entries(file_tree(tmp_path / "a.nwb"))["/when"]
    assert (entry["dtype"], entry["value"]) == ("unknown", None)
    assert "TypeError" in entry["problem"]


# -------------------------------------------------------------------------------- links
def test_links_say_where_they_lead(linked: Path) -> None:
    found = {path: (x["kind"], x["target"], x["file"], x["object"]) for path, x in links(file_tree(linked)).items()}
    shallow = "/processing/zzz"  # found before /processing/module/interface, so the object is there
    assert found == {
        "/aaa": ("soft", "/processing/module/interface", None, shallow),
        "/acquisition/ahead": ("soft", "/processing/module/interface", None, shallow),
        "/acquisition/circle": ("soft", "/acquisition/circle", None, None),
        "/acquisition/elsewhere": ("external", "/data", "other.h5", None),
        "/acquisition/lost": ("soft", "/nowhere", None, None),
        "/acquisition/relative": ("soft", "series/data", None, "/acquisition/series/data"),
        "/processing/module/interface": ("hard", shallow, None, shallow),
        "/root": ("hard", "/", None, "/"),
        "/type": ("hard", None, None, None),
        "/processing/zzz/up": ("hard", "/processing", None, "/processing"),
    }


def test_links_that_lead_nowhere_say_so(linked: Path) -> None:
    problems = {path: link["problem"] for path, link in links(file_tree(linked)).items() if link["problem"]}
    assert problems == {
        "/acquisition/circle": "nothing there",
        "/acquisition/lost": "nothing there",
        "/type": "a named datatype",
    }


# -------------------------------------------------------------------------------- path and depth
@pytest.fixture
def read_paths(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the objects that were read."""
    paths: list[str] = []
    read = queue.read_node

    def noted(file: h5py.File, obj: Any, path: str, limits: Any) -> Any:
        paths.append(path)
        return read(file, obj, path, limits)

    monkeypatch.setattr(queue, "read_node", noted)
    directly = Headers.node

    def noted_directly(self: Headers, address: int, path: str, *, whole: bool = True) -> Any:
        node = directly(self, address, path, whole=whole)
        paths.extend([path] if node is not None else [])
        return node

    monkeypatch.setattr(Headers, "node", noted_directly)
    return paths


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_depth_ends_the_walk_itself(depth: int, read_paths: list[str]) -> None:
    shown = set(entries(file_tree(EXAMPLE, depth=depth)))
    with h5py.File(EXAMPLE) as file:
        every = {path for paths in objects_of(file).values() for path in paths}
    level = {path: 0 if path == "/" else path.count("/") for path in every}
    assert shown == {path for path in every if level[path] <= depth}
    assert sorted(read_paths) == sorted(shown)


def test_what_is_not_walked_is_counted_and_not_listed() -> None:
    found = entries(file_tree(EXAMPLE, depth=1))
    with h5py.File(EXAMPLE) as file:
        assert found["/acquisition"]["members"] == len(file["acquisition"]) > 0
        assert entries(file_tree(EXAMPLE, depth=0))["/"]["members"] == len(file) - 1  # the specifications
    assert found["/acquisition"]["children"] is None
    assert found["/acquisition"]["links"] is None
    assert found["/"]["children"] is not None


@pytest.mark.parametrize("depth", range(5))
def test_what_is_met_by_a_way_around_is_shown_in_its_place(depth: int, linked: Path) -> None:
    """A soft link leads further down than the walk has come; the object may be nearer by another way."""
    with h5py.File(linked) as file:
        within, level = {"/": h5o.get_info(file.id).addr}, {"/"}
        for _ in range(depth):
            members = [f"{path.rstrip('/')}/{name}" for path in level for name in objects_in(file[path])]
            new = {path: h5o.get_info(file[path].id).addr for path in members}
            level = {path for path, address in new.items() if address not in within.values()}
            within |= {path: new[path] for path in level}
        shown = list(walk(file_tree(linked, depth=depth)["tree"]))
        assert sorted(h5o.get_info(file[entry["path"]].id).addr for entry in shown) == sorted(set(within.values()))


@pytest.mark.parametrize("start", ["/acquisition/series", "acquisition/series", "/acquisition/series/"])
def test_a_path_begins_there(start: str, linked: Path, read_paths: list[str]) -> None:
    document = file_tree(linked, start)
    assert list(entries(document)) == ["/acquisition/series", "/acquisition/series/data"] == read_paths
    assert (document["nwb_version"], document["size"]) == ("2.7.0", linked.stat().st_size)


def test_a_path_follows_soft_links(linked: Path) -> None:
    assert file_tree(linked, "/acquisition/relative")["tree"]["path"] == "/acquisition/series/data"
    assert set(entries(file_tree(linked, "/acquisition/ahead"))) >= {
        "/processing/module/interface",
        "/processing/module/interface/data",
    }


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("/acquisitoin", "did you mean /acquisition?"),
        ("/acquisition/serie/data", "no object at /acquisition/serie in"),
        ("/qqq", "/ holds aaa, acquisition, processing, root, type"),
        ("/acquisition/series/data/x", "/acquisition/series/data is a dataset"),
        ("/acquisition/elsewhere", "is a link to /data in other.h5, which is not in this file"),
        ("/acquisition/lost", "is a link to /nowhere, which is not in this file"),
    ],
)
def test_a_path_that_is_not_there(start: str, said: str, linked: Path) -> None:
    with pytest.raises(ObjectNotFoundError) as caught:
        file_tree(linked, start)
    assert said in str(caught.value)
    assert str(linked) in str(caught.value)


# -------------------------------------------------------------------------------- specifications
@pytest.mark.parametrize("where", ["specifications", "general/kept/here"])
def test_specifications_are_named_and_not_shown(where: str, tmp_path: Path) -> None:
    with nwb_file(tmp_path / "a.nwb") as file:
        for version in ("core/2.10.0", "core/2.9.0", "ndx-fancy/0.1.0"):
            file.create_dataset(f"{where}/{version}/namespace", data="no JSON at all: it is not read")
        file.attrs[".specloc"] = file[where].ref
        file.create_group("acquisition")
    document = file_tree(tmp_path / "a.nwb")
    assert document["namespaces"] == [
        {"name": "core", "versions": ["2.9.0", "2.10.0"]},
        {"name": "ndx-fancy", "versions": ["0.1.0"]},
    ]
    assert not any(path.startswith(f"/{where}") for path in (*entries(document), *links(document)))
    assert document["tree"]["attributes"] == {"nwb_version": "2.7.0"}
    with pytest.raises(ObjectNotFoundError, match="holds specifications and no data"):
        file_tree(tmp_path / "a.nwb", f"/{where}/core")


def test_a_file_without_specifications(tmp_path: Path) -> None:
    nwb_file(tmp_path / "a.nwb").close()
    assert file_tree(tmp_path / "a.nwb")["namespaces"] == []


def test_no_model_is_loaded_and_none_is_generated(tmp_path: Path) -> None:
    """A file of an unknown version and an unknown extension costs what any other file costs."""
    with nwb_file(tmp_path / "a.nwb") as file:
        file.attrs.update(namespace="ndx-unknown", neurodata_type="Unknown", nwb_version="99.0.0")
        file["specifications/ndx-unknown/99.0.0/namespace"] = "{}"
    code = (
        "import sys; from nwb_models.io.hdf5 import HDF5IO; from nwb_models.io.tree import file_tree\n"
        "for path in sys.argv[1:]: file_tree(HDF5IO(path))\n"
        "heavy = ('linkml', 'linkml_runtime', 'networkx', 'rich', 'typer')\n"
        "print([m for m in sys.modules if m.split('.')[0] in heavy or m.startswith('nwb_models.generated')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a.nwb", EXAMPLE], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


# -------------------------------------------------------------------------------- damage and depth
def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.nwb"
    with nwb_file(path) as file:
        file.create_group("acquisition/series").create_dataset("data", data=[1])
    whole = path.read_bytes()
    last = whole.rindex(b"SNOD")  # the members of the group that was made last
    path.write_bytes(whole[:last] + b"XXXX" + whole[last + 4 :])
    with pytest.raises(UnreadableObjectError, match=r"a\.nwb cannot be read: .*signature"):
        file_tree(path)


def test_nested_deeper_than_the_stack_of_python(tmp_path: Path) -> None:
    deep = sys.getrecursionlimit() + 500
    with nwb_file(tmp_path / "a.nwb") as file:
        group = file
        for _ in range(deep):
            group = group.create_group("g")
    entry: Any = file_tree(tmp_path / "a.nwb")["tree"]
    levels = 0
    while entry["children"]:
        (entry,) = entry["children"]
        levels += 1
    assert levels == deep


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(tree) == (0, 3)
