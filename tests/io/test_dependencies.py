"""What depends on what: graphs and questions of references against a slow reading of the same file with h5py alone."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict, deque
from typing import TYPE_CHECKING, Any

import h5py
import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nwb_models.errors import NotNWBError, ObjectNotFoundError, SpecificationError, UnreadableObjectError
from nwb_models.io import reference_index
from nwb_models.io.dependencies import references_from, references_to
from nwb_models.io.graph import construction_order
from nwb_models.io.hdf5 import (
    SKIP_PATTERN,
    filter_dependency_graph,
    find_references,
    get_references,
    hdf_dependency_graph,
    read_specs_as_dicts,
    resolve_hardlink,
)
from nwb_models.io.reference_index import Referral
from tests.conftest import CORPUS, EXAMPLE, corpus_files
from tests.io.handmade import REFERENCE, REGION, TEXT, column, new_file, references, series, table, typed
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Edge = tuple[str, str, str]


# ---------------------------------------------------------------------------------------------- by h5py alone
def objects_of(file: h5py.File) -> dict[str, h5py.Group | h5py.Dataset]:
    """Return every object but the specifications by its first path: the shallowest, and of those the first by name."""
    skipped = file[file.attrs[".specloc"]] if ".specloc" in file.attrs else None
    found: dict[str, Any] = {"/": file["/"]}
    seen = {file["/"], skipped}
    waiting = deque(["/"])
    while waiting:
        path = waiting.popleft()
        for name in file[path] if isinstance(file[path], h5py.Group) else ():
            if isinstance(file[path].get(name, getlink=True), h5py.HardLink):
                child = file[path][name]
                if isinstance(child, h5py.Group | h5py.Dataset) and child not in seen:
                    seen.add(child)
                    waiting.append(f"{path.rstrip('/')}/{name}")
                    found[waiting[-1]] = child
    return found


def references_in(value: Any) -> Iterator[Any]:
    """Yield every reference in a value, however deep."""
    if isinstance(value, h5py.Reference | h5py.RegionReference):
        yield value
    elif isinstance(value, np.void) and value.dtype.names is not None:
        for name in value.dtype.names:
            yield from references_in(value[name])
    elif isinstance(value, np.ndarray) and value.dtype.kind in "OV":
        for part in value.reshape(-1):
            yield from references_in(part)


def opened(group: h5py.Group, name: str) -> Any:
    """Return what a soft link leads to; a circle of them is an error to h5py, and nothing here."""
    try:
        return group[name]
    except (KeyError, RuntimeError):
        return None


def edges_by_h5py(file: h5py.File) -> set[Edge]:
    """Return (from, to, label) of a whole file; what leads nowhere is left out."""
    objects = objects_of(file)
    first = {obj: path for path, obj in objects.items()}.get
    edges = set()
    for path, obj in objects.items():
        for name in obj if isinstance(obj, h5py.Group) else ():
            where, link = f"{path.rstrip('/')}/{name}", obj.get(name, getlink=True)
            if isinstance(link, h5py.HardLink):
                target = first(obj[name])
                label = "child" if target == where else "hard"
            elif isinstance(link, h5py.SoftLink):
                target, label = first(opened(obj, name)), "soft"
            else:
                target, label = f"{link.filename}:{link.path}", "external"
            if target is not None:
                edges.add((path, target, label))
        values = [value for name, value in obj.attrs.items() if path != "/" or name != ".specloc"]
        if isinstance(obj, h5py.Dataset) and obj.shape is not None:
            values.append(obj[()])
        for reference in itertools.chain.from_iterable(references_in(value) for value in values):
            try:
                target = first(file[reference]) if reference else None
            except (ValueError, KeyError):
                target = None
            if target is not None:
                edges.add((path, target, "region" if isinstance(reference, h5py.RegionReference) else "reference"))
    return edges


def fields_of(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (names of the fields, value) of a value, compound or not."""
    if getattr(value, "dtype", None) is not None and value.dtype.names is not None:
        for field in value.dtype.names:
            yield from fields_of(value[field], f"{name}.{field}" if name else field)
    else:
        yield name, value


def referrals_by_h5py(file: h5py.File) -> set[Referral]:
    """Return all that leads from one object to another one; hard links where there are several."""
    objects = objects_of(file)
    first = {obj: path for path, obj in objects.items()}.get
    hard = Counter({file["/"]: 1})
    found: Counter[tuple[Any, ...]] = Counter()
    for path, obj in objects.items():
        values = [
            ("attribute", f"{name}.{field}" if field else name, part)
            for name, value in obj.attrs.items()
            if path != "/" or name != ".specloc"
            for field, part in fields_of(value)
        ]
        if isinstance(obj, h5py.Dataset) and obj.shape is not None:
            values += [("data", *entry) for entry in fields_of(obj[()])]
        for how, name, value in values:
            for reference in references_in(value):
                try:
                    target = first(file[reference]) if reference else None
                except (ValueError, KeyError):
                    target = None
                kind = "region" if isinstance(reference, h5py.RegionReference) else "object"
                if target is not None:
                    found[path, how, name, target, kind] += 1
        hard.update(obj[name] for name, link in links_of(obj) if isinstance(link, h5py.HardLink))
    referrals = {Referral(*entry, count) for entry, count in found.items()}  # type: ignore[arg-type]
    for path, obj in objects.items():
        for name, link in links_of(obj):
            source = f"{path.rstrip('/')}/{name}"
            if isinstance(link, h5py.ExternalLink):
                referrals.add(Referral(source, "external link", name, f"{link.filename}:{link.path}"))
            elif isinstance(link, h5py.SoftLink):
                target = first(opened(obj, name))
                if target is not None:
                    referrals.add(Referral(source, "soft link", name, target))
            elif hard[obj[name]] > 1 and first(obj[name]) is not None:
                referrals.add(Referral(source, "hard link", name, first(obj[name])))
    return referrals


def links_of(obj: h5py.Group | h5py.Dataset) -> list[tuple[str, Any]]:
    """Return the names and links of a group."""
    return [(name, obj.get(name, getlink=True)) for name in obj] if isinstance(obj, h5py.Group) else []


def edges_of(graph: nx.MultiDiGraph[str]) -> set[Edge]:
    """Return (from, to, label) of a graph, without the soft links that lead nowhere or out of the file."""
    return {
        (source, target, label)
        for source, target, label in graph.edges(data="label")
        if label != "soft" or not {"missing", "external"} & set(graph.nodes[target])
    }


# ---------------------------------------------------------------------------------------------- files
ROWS = np.dtype([("start", "i4"), ("count", "i4"), ("timeseries", REFERENCE), ("text", TEXT)])


def _plain(file: h5py.File) -> None:
    """Nothing but what every file has."""


def _links(file: h5py.File) -> None:
    acquisition = file["acquisition"]
    x = series(acquisition, "x")
    acquisition["hard"] = x
    series(acquisition, "y")
    del acquisition["y/data"]
    acquisition["y/data"] = x["data"]
    file["stimulus/presentation/first_by_depth"] = x["starting_time"]
    acquisition["soft"] = h5py.SoftLink("/acquisition/x")
    acquisition["chain"] = h5py.SoftLink("soft")
    acquisition["dangling"] = h5py.SoftLink("/nowhere")
    acquisition["relative"] = h5py.SoftLink("nowhere")
    acquisition["circle"] = h5py.SoftLink("/acquisition/circle")
    acquisition["external"] = h5py.ExternalLink("other.nwb", "/acquisition/x")
    acquisition["through"] = h5py.SoftLink("external/data")
    acquisition["type"] = np.dtype("i4")


def _cycle(file: h5py.File) -> None:
    module = typed(file["processing"], "m", "ProcessingModule", description="d")
    module["itself"] = module
    module["up"] = file["processing"]
    module["root"] = file["/"]


def _references(file: h5py.File) -> None:
    acquisition = file["acquisition"]
    x, y = series(acquisition, "x"), series(acquisition, "y")
    x.attrs["other"] = y.ref
    x.attrs["again"] = y.ref
    x.attrs["itself"] = x.ref
    x.attrs.create("null", h5py.Reference(), dtype=REFERENCE)
    y.attrs.create("all", references(x, y["data"], h5py.Reference()), dtype=REFERENCE)
    y.attrs.create("rows", np.array([(1, 2, x["data"].ref, "ä")], dtype=ROWS))
    x.create_dataset("scalar", data=y.ref, dtype=REFERENCE)
    x.create_dataset("second", data=references(h5py.Reference(), x, y, x))
    x.create_dataset("rows", data=np.array([(0, 0, x.ref, "a"), (1, 2, y.ref, "b")], dtype=ROWS))
    x.create_dataset("row", data=np.array((1, 2, y.ref, "b"), dtype=ROWS))
    x.create_dataset("none", shape=(0,), dtype=ROWS)
    x.create_dataset("empty", data=h5py.Empty(REFERENCE))
    gone = series(acquisition, "gone")
    x.attrs["gone"] = gone.ref
    x.create_dataset("gone", data=references(gone))
    del acquisition["gone"]


def _regions(file: h5py.File) -> None:
    rows = table(typed(file["processing"], "m", "ProcessingModule", description="d"), "t", "own", "other")
    column(rows, "own", np.empty(3, dtype=REGION), description="d")
    rows["own"][1] = rows["own"].regionref[0:2]
    column(rows, "other", np.array([rows["id"].regionref[0:2]] * 3, dtype=REGION), description="d")
    rows.attrs["region"] = rows["id"].regionref[...]
    rows.attrs.create("null", h5py.RegionReference(), dtype=REGION)


def _ragged(file: h5py.File) -> None:
    dataset = file["general"].create_dataset("ragged", shape=(2,), dtype=h5py.vlen_dtype(REFERENCE))
    dataset[1] = references(file["acquisition"], file["general"])


def _aliased(file: h5py.File) -> None:
    """A soft link that leads through a further hard link of a group, and is found before what it leads to."""
    series(typed(file["processing"], "m", "ProcessingModule", description="d"), "x")
    file["analysis/m"] = file["processing/m"]
    file["acquisition/soft"] = h5py.SoftLink("/processing/m/x")


def _nested(file: h5py.File) -> None:
    """References in fields of fields, in arrays in fields, and in rows of their own length; none, and empty ones."""
    x = series(file["acquisition"], "x")
    inner = np.dtype([("k", "i4"), ("pair", REFERENCE, (2,)), ("where", REGION)])
    dtype = np.dtype([("text", TEXT), ("inner", inner), ("one", REFERENCE)])
    rows = np.empty(3, dtype=dtype)
    rows["text"] = "ä"
    rows["inner"]["pair"] = h5py.Reference()
    rows["inner"]["where"] = h5py.RegionReference()
    rows["one"] = h5py.Reference()
    rows["inner"]["pair"][1, 1] = x.ref
    rows["inner"]["pair"][2, 0] = x["data"].ref
    rows["inner"]["where"][2] = x["data"].regionref[1:2]
    rows["one"][0] = file["general"].ref
    general = file["general"]
    general["rows"] = rows
    general.attrs.create("rows", rows)
    general.create_dataset("chunked", data=rows, chunks=(2,), compression="gzip", maxshape=(None,))
    general.create_dataset("no_rows", shape=(0, 4), dtype=dtype)
    general.create_dataset("null", data=h5py.Empty(dtype))
    general.attrs["null"] = h5py.Empty(REFERENCE)
    general.attrs.create("none", np.empty(0, dtype=REFERENCE))
    general.attrs.create("square", references(x, general, x, h5py.Reference()).reshape(2, 2), dtype=REFERENCE)
    general.create_dataset("regions", shape=(2, 2), dtype=REGION)[0, 1] = x["data"].regionref[0:0]
    ragged = general.create_dataset("ragged", shape=(3,), dtype=h5py.vlen_dtype(REFERENCE))
    ragged[0] = references(x, x, general)


def _freed(file: h5py.File) -> None:
    """References to what is gone, and whose place something else may have taken."""
    gone = [series(file["acquisition"], f"gone{number}") for number in range(5)]
    file["general"].create_dataset("gone", data=references(*gone, *(group["data"] for group in gone)))
    file["general"].attrs["gone"] = gone[0].ref
    for number in range(5):
        del file[f"acquisition/gone{number}"]
    for number in range(3):
        file["analysis"].create_group(f"new{number}")


HANDMADE: dict[str, Callable[[h5py.File], None]] = {
    "plain": _plain, "links": _links, "cycle": _cycle, "references": _references, "regions": _regions,
    "ragged": _ragged, "aliased": _aliased, "nested": _nested, "freed": _freed,
}  # fmt: skip
ALL = [*HANDMADE, *FILES, "example"]


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files made by hand, some of PyNWB's, and the packaged example."""
    folder = tmp_path_factory.mktemp("dependencies")
    found = {name: folder / f"{name}.nwb" for name in (*HANDMADE, *FILES)}
    for name, build in HANDMADE.items():
        with new_file(found[name]) as file:
            build(file)
    for name, write in FILES.items():
        write(found[name])
    return {**found, "example": EXAMPLE}


# ---------------------------------------------------------------------------------------------- the graph
@pytest.mark.parametrize("name", ALL)
def test_graph_of_a_file(name: str, paths: dict[str, Path]) -> None:
    """Every object is a node with its attributes, and every link and reference an edge, as h5py says."""
    graph = hdf_dependency_graph(paths[name])
    with h5py.File(paths[name]) as file:
        objects = objects_of(file)
        assert edges_of(graph) == edges_by_h5py(file)
        inside = {node for node, about in graph.nodes(data=True) if not {"missing", "external"} & set(about)}
        assert inside == set(objects)
        for path, obj in objects.items():
            about = graph.nodes[path]
            assert about["kind"] == ("group" if isinstance(obj, h5py.Group) else "dataset")
            assert set(about) - {"kind"} == set(obj.attrs)
            for key in ("neurodata_type", "namespace", "object_id"):
                assert about.get(key) == obj.attrs.get(key)


@pytest.mark.parametrize("name", ALL)
def test_each_object_has_one_parent(name: str, paths: dict[str, Path]) -> None:
    """One edge of each object is that of a child; what further hard links lead to it are ``hard``."""
    graph = hdf_dependency_graph(paths[name])
    children = [target for _, target, label in graph.edges(data="label") if label == "child"]
    assert len(children) == len(set(children))
    inside = {node for node, about in graph.nodes(data=True) if not {"missing", "external"} & set(about)}
    assert {*children, "/"} == inside


def test_graph_takes_paths_files_and_groups(paths: dict[str, Path]) -> None:
    """All three give the same; a group gives what is below it, and what that refers to."""
    with h5py.File(paths["references"]) as file:
        whole = [
            hdf_dependency_graph(source) for source in (paths["references"], str(paths["references"]), file, file["/"])
        ]
        assert len({frozenset(edges_of(graph)) for graph in whole}) == 1
        assert file  # still open
        part = hdf_dependency_graph(file["acquisition/x"])
    assert next(iter(part)) == "/acquisition/x"
    assert {node for node in part if not node.startswith("/acquisition/x")} == {
        "/acquisition/y",
        "/acquisition/y/data",
        "/acquisition/y/starting_time",
    }
    assert edges_of(part) == {edge for edge in edges_of(whole[0]) if edge[0] in part}


def test_graph_of_a_group_that_a_link_leads_to(paths: dict[str, Path]) -> None:
    """A group that was opened by a soft link is the group that it is."""
    with h5py.File(paths["links"]) as file:
        graph = hdf_dependency_graph(file["acquisition/chain"])
    assert next(iter(graph)) == "/acquisition/x"
    assert {target for _, target, label in graph.edges(data="label") if label == "child"} == {
        "/acquisition/x/data",
        "/acquisition/x/starting_time",
    }


def test_graph_of_a_group_whose_name_is_not_utf8(tmp_path: Path) -> None:
    """Names that are bytes to h5py come with surrogate escapes."""
    with h5py.File(tmp_path / "bytes.h5", "w") as file:
        group = file.create_group(b"bad\xff")
        group.create_dataset(b"d\xfe", data=references(group))
        assert edges_of(hdf_dependency_graph(group)) == {
            ("/bad\udcff", "/bad\udcff/d\udcfe", "child"),
            ("/bad\udcff/d\udcfe", "/bad\udcff", "reference"),
        }
        assert get_references(group[b"d\xfe"]) == ["/bad\udcff"]
        assert find_references(file, "/bad\udcff") == ["/bad\udcff/d\udcfe"]


def test_graph_of_what_is_no_nwb(tmp_path: Path) -> None:
    """An open file may be any HDF5; a path has to be NWB."""
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["group/data"] = np.arange(3)
        file["group"].attrs["to"] = file["group/data"].ref
        assert edges_of(hdf_dependency_graph(file)) == {
            ("/", "/group", "child"),
            ("/group", "/group/data", "child"),
            ("/group", "/group/data", "reference"),
        }
    with pytest.raises(NotNWBError):
        hdf_dependency_graph(tmp_path / "other.h5")


def test_links_that_lead_nowhere_are_nodes_of_their_own(paths: dict[str, Path]) -> None:
    """A broken soft link is an edge to a missing node, an external one to a node outside."""
    graph = hdf_dependency_graph(paths["links"])
    missing = {node for node, is_missing in graph.nodes(data="missing") if is_missing}
    assert missing == {"/nowhere", "/acquisition/nowhere", "/acquisition/circle"}
    outside = {node for node, is_outside in graph.nodes(data="external") if is_outside}
    assert outside == {"other.nwb:/acquisition/x", "other.nwb:/acquisition/x/data"}
    assert graph.get_edge_data("/acquisition", "other.nwb:/acquisition/x/data")[0] == {"label": "soft"}
    assert all(graph.out_degree(node) == 0 for node in missing)


def test_attributes_of_any_name_are_on_the_nodes(tmp_path: Path) -> None:
    """Names that networkx or the graph itself uses are no exception."""
    with new_file(tmp_path / "names.nwb") as file:
        for name in ("node_for_adding", "self", "kind", "missing", "external", "label", "key"):
            file["acquisition"].attrs[name] = f"my {name}"
    node = hdf_dependency_graph(tmp_path / "names.nwb").nodes["/acquisition"]
    assert node == {
        "kind": "group",
        "@kind": "my kind",
        "@missing": "my missing",
        "@external": "my external",
        "node_for_adding": "my node_for_adding",
        "self": "my self",
        "label": "my label",
        "key": "my key",
    }


def test_references_of_one_object_are_one_edge(paths: dict[str, Path]) -> None:
    """However often an object refers to another one."""
    graph = hdf_dependency_graph(paths["references"])
    labels = [about["label"] for about in graph.get_edge_data("/acquisition/x", "/acquisition/y").values()]
    assert labels == ["reference"]
    labels = [about["label"] for about in graph.get_edge_data("/acquisition/y", "/acquisition/y/data").values()]
    assert sorted(labels) == ["child", "reference"]


def test_references_that_cannot_be_read(tmp_path: Path) -> None:
    """The error names the dataset."""
    with new_file(tmp_path / "corrupt.nwb") as file:
        data = file.create_dataset("general/lost", shape=(2,), chunks=(2,), dtype=REFERENCE, compression="gzip")
        data.id.write_direct_chunk((0,), b"no gzip")
    with pytest.raises(UnreadableObjectError, match=r"corrupt\.nwb:/general/lost cannot be read"):
        hdf_dependency_graph(tmp_path / "corrupt.nwb")


def test_references_are_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more than fit, none is missed at the seams."""
    monkeypatch.setattr(reference_index, "BLOCK", 24)
    with new_file(tmp_path / "blocks.nwb") as file:
        targets = [file["general"].create_group(f"g{number}") for number in range(8)]
        file["acquisition"].create_dataset("wide", data=references(*targets).reshape(2, 4))
        file["acquisition"].create_dataset("long", data=references(*targets))
        wanted = [f"/general/g{number}" for number in range(8)]
        assert get_references(file["acquisition/wide"]) == wanted
        assert get_references(file["acquisition/long"]) == wanted


# ---------------------------------------------------------------------------------------------- filtering
def _graph(nodes: dict[str, dict[str, Any]], *edges: tuple[str, str]) -> nx.MultiDiGraph[str]:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(nodes.items())
    graph.add_edges_from((source, target, {"label": "child"}) for source, target in edges)
    return graph


TYPED = {"neurodata_type": "TimeSeries"}
FILTERED: dict[str, tuple[nx.MultiDiGraph[str], set[str]]] = {
    # each name with a graph, and what is left of it
    "typed leaves stay": (_graph({"/": TYPED, "/x": TYPED}, ("/", "/x")), {"/", "/x"}),
    "types of HDMF count": (_graph({"/": TYPED, "/x": {"data_type": "Container"}}, ("/", "/x")), {"/", "/x"}),
    "untyped leaves go": (_graph({"/": TYPED, "/x": {}}, ("/", "/x")), {"/"}),
    "untyped nodes that lead on stay": (
        _graph({"/": TYPED, "/x": {}, "/x/y": TYPED}, ("/", "/x"), ("/x", "/x/y")),
        {"/", "/x", "/x/y"},
    ),
    "what was asked for stays": (_graph({"/x": {}}), {"/x"}),
    "specifications go": (
        _graph({"/": TYPED, "/specifications": {}, "/specifications/core": TYPED}, ("/", "/specifications")),
        {"/"},
    ),
    "what is called like them stays": (
        _graph(
            {"/": TYPED, "/specifications_x": TYPED, "/acquisition/specifications": TYPED}, ("/", "/specifications_x")
        ),
        {"/", "/specifications_x", "/acquisition/specifications"},
    ),
    "nothing": (_graph({}), set()),
}


@pytest.mark.parametrize(("graph", "left"), FILTERED.values(), ids=FILTERED)
def test_filter(graph: nx.MultiDiGraph[str], left: set[str]) -> None:
    """Specifications and untyped leaves go; the graph that was given stays as it is."""
    before = set(graph)
    result = filter_dependency_graph(graph)
    assert set(result) == left
    assert set(graph) == before
    assert set(result.edges) == {edge for edge in graph.edges if {edge[0], edge[1]} <= left}


@pytest.mark.parametrize("name", ALL)
def test_filter_of_a_file(name: str, paths: dict[str, Path]) -> None:
    """What is left has a type or leads on; with a type, nothing is lost."""
    graph = hdf_dependency_graph(paths[name])
    left = filter_dependency_graph(graph)
    assert {node for node in graph if "neurodata_type" in graph.nodes[node]} <= set(left)
    assert all("neurodata_type" in graph.nodes[node] or graph.out_degree(node) for node in left)


def test_filter_keeps_a_dataset_that_was_asked_for(paths: dict[str, Path]) -> None:
    """An untyped group without children is a leaf, and what ``read(path)`` asked for."""
    with h5py.File(paths["plain"]) as file:
        assert set(filter_dependency_graph(hdf_dependency_graph(file["analysis"]))) == {"/analysis"}


SKIPPED: dict[str, bool] = {
    "/specifications": True,
    "specifications": True,
    "/specifications/": True,
    "/specifications/core/2.11.0/nwb.base": True,
    "specifications/core": True,
    "/.specloc": True,
    ".specloc": True,
    "/": False,
    "/specifications_x": False,
    "/specifications_x/core": False,
    "/my_specifications": False,
    "/acquisition/specifications": False,
    "/acquisition/specifications/core": False,
    "/acquisition/.specloc": False,
    "/acquisition/x.specloc": False,
    "/.speclocx": False,
    "/Specifications": False,
}


@pytest.mark.parametrize(("path", "skipped"), SKIPPED.items(), ids=SKIPPED)
def test_skip_pattern(path: str, skipped: bool) -> None:
    """It matches the specifications and the attribute that leads there, and nothing that is only called alike."""
    assert bool(SKIP_PATTERN.search(path)) == skipped


def test_specifications_elsewhere_are_no_part_of_the_graph(tmp_path: Path) -> None:
    """They are where ``.specloc`` points."""
    with new_file(tmp_path / "specs.nwb") as file:
        file.move("specifications", "general/my_specs")
        file.attrs[".specloc"] = file["general/my_specs"].ref
        file["specifications_x"] = 1
    graph = hdf_dependency_graph(tmp_path / "specs.nwb")
    assert [node for node in graph if "specs" in node] == []
    assert "/specifications_x" in graph


# ---------------------------------------------------------------------------------------------- references
@pytest.mark.parametrize("name", ALL)
def test_references_both_ways(name: str, paths: dict[str, Path]) -> None:
    """What an object refers to, and what refers to it, for every object of a file."""
    with h5py.File(paths[name]) as file:
        to, back = defaultdict(set), defaultdict(set)
        for source, target, label in edges_by_h5py(file):
            if label in ("reference", "region"):
                to[source].add(target)
                back[target].add(source)
        for path, obj in objects_of(file).items():
            found = get_references(obj)
            assert set(found) == to[path]
            assert len(found) == len(set(found))
            assert find_references(file, path) == sorted(back[path])
    assert find_references(paths[name], "/") == sorted(back["/"])


def test_find_references_by_any_path(paths: dict[str, Path]) -> None:
    """With or without a leading slash, by a hard or a soft link."""
    with h5py.File(paths["links"], "r") as file:
        assert find_references(file, "/acquisition/soft") == find_references(file, "acquisition/x")
    with h5py.File(paths["references"]) as file:
        assert "/acquisition/x" in find_references(file, "acquisition/y")
        with pytest.raises(ObjectNotFoundError, match="No object at '/nowhere'"):
            find_references(file, "/nowhere")


def test_references_are_collected_once(paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is made at the first question and again only when the file has changed."""
    made: list[str] = []
    make = reference_index._make_index
    monkeypatch.setattr(
        reference_index, "_make_index", lambda file, *more: made.append(file.filename) or make(file, *more)
    )
    monkeypatch.setattr(reference_index, "_KEPT", {})
    with h5py.File(paths["references"]) as file:
        for path in ("/acquisition/x", "/acquisition/y", "/general"):
            find_references(file, path)
    find_references(paths["references"], "/acquisition/x")
    assert made == [str(paths["references"])]


def test_a_changed_file_has_new_references(tmp_path: Path) -> None:
    """What was collected before the change does not count after it, nor while the file is open for writing."""
    path = tmp_path / "changing.nwb"
    with new_file(path) as file:
        series(file["acquisition"], "x")
    assert find_references(path, "/acquisition/x") == []
    with h5py.File(path, "r+") as file:
        file["general"].attrs["to"] = file["acquisition/x"].ref
        assert find_references(file, "/acquisition/x") == ["/general"]
        file["analysis"].attrs["to"] = file["acquisition/x"].ref
        assert find_references(file, "/acquisition/x") == ["/analysis", "/general"]
    assert find_references(path, "/acquisition/x") == ["/analysis", "/general"]


# ---------------------------------------------------------------------------------------------- how and where
def assert_complete(path: Path) -> None:
    """Both directions, for every object, say what a slow reading says."""
    to, back, into = defaultdict(set), defaultdict(set), {}
    with h5py.File(path) as file:
        for referral in referrals_by_h5py(file):
            holder = referral.source if referral.is_reference else referral.source.rpartition("/")[0] or "/"
            if referral.how != "hard link" or referral.source != referral.target:
                to[holder].add(referral)
            back[referral.target].add(referral)
        objects = list(objects_of(file))
        for name in objects:
            wanted = {entry for entry in back[name] if (entry.how, entry.source) != ("hard link", name)}
            into[name] = references_to(file, name)
            assert set(into[name]) == wanted, name
            leads = [referral for referral in references_from(file, name) if referral.problem is None]
            assert set(leads) - {entry for entry in leads if leads_out(entry)} == {
                entry for entry in to[name] if entry.how != "external link"
            }, name
            found = [entry.source for entry in into[name] if entry.is_reference]
            assert find_references(file, name) == sorted(set(found))
    assert {name: references_to(path, name) for name in objects[:3]} == {name: into[name] for name in objects[:3]}


def leads_out(referral: Referral) -> bool:
    return not referral.is_reference and ":" in referral.target


@pytest.mark.parametrize("name", ALL)
def test_how_and_where(name: str, paths: dict[str, Path]) -> None:
    """Attribute or data, the field, how often, each link: as h5py says."""
    assert_complete(paths[name])


@pytest.mark.parametrize("name", ["references", "nested", "freed"])
def test_references_that_are_no_addresses(name: str, paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where HDF5 would store them otherwise, they are resolved one by one: the same is found."""
    monkeypatch.setattr(reference_index, "_KEPT", {})
    monkeypatch.setattr(reference_index, "_references_are_addresses", lambda: False)
    assert_complete(paths[name])
    monkeypatch.setattr(reference_index, "_KEPT", {})


def test_references_of_this_hdf5_are_addresses() -> None:
    """Or tables with many of them are slow: then a new way has to be found."""
    assert reference_index._references_are_addresses()


@pytest.mark.corpus
@pytest.mark.skipif(not corpus_files(), reason="there is no corpus beside the checkout")
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(CORPUS)))
def test_the_corpus(path: Path) -> None:
    """Every reference and link of every file, in both directions; the same edges in the graph."""
    if "basic_sparse" in path.name:
        pytest.skip("plain h5py would read 10^12 values")
    assert_complete(path)
    with h5py.File(path) as file:
        assert edges_of(hdf_dependency_graph(file)) == edges_by_h5py(file)


BELOW: dict[str, tuple[str, bool, list[tuple[str, str]]]] = {
    # name, object, whether it is asked what it leads to, (source, target) of what is found
    "links": (
        "/acquisition/hard",
        False,
        [
            ("/acquisition/chain", "/acquisition/hard"),
            ("/acquisition/soft", "/acquisition/hard"),
            ("/acquisition/x", "/acquisition/hard"),
            ("/acquisition/y/data", "/acquisition/hard/data"),
            ("/stimulus/presentation/first_by_depth", "/acquisition/hard/starting_time"),
        ],
    ),
    "references": (
        "/acquisition/x",
        True,
        [
            ("/acquisition/x", "/acquisition/y"),
            ("/acquisition/x", "/acquisition/y"),
            ("/acquisition/x/row", "/acquisition/y"),
            ("/acquisition/x/rows", "/acquisition/y"),
            ("/acquisition/x/scalar", "/acquisition/y"),
            ("/acquisition/x/second", "/acquisition/y"),
        ],
    ),
    "cycle": ("/processing", False, []),
    "regions": ("/processing/m", False, []),
}


@pytest.mark.parametrize("name", BELOW)
def test_what_leads_below_an_object(name: str, paths: dict[str, Path]) -> None:
    """What is below counts, and what stays inside does not."""
    path, outgoing, wanted = BELOW[name]
    found = (references_from if outgoing else references_to)(paths[name], path, below=True)
    assert [(entry.source, entry.target) for entry in found] == wanted


def test_links_that_lead_nowhere_or_out(paths: dict[str, Path]) -> None:
    """They are told apart, with what they name."""
    found = {entry.name: entry for entry in references_from(paths["links"], "/acquisition")}
    for name, target in {
        "dangling": "/nowhere",
        "relative": "/acquisition/nowhere",
        "circle": "/acquisition/circle",
    }.items():
        assert (found[name].target, found[name].problem) == (target, "nothing there")
    for name, target in {"external": "other.nwb:/acquisition/x", "through": "other.nwb:/acquisition/x/data"}.items():
        assert (found[name].target, found[name].problem) == (target, None)


@pytest.mark.parametrize("path", ["/acquisition/external", "/acquisition/through"])
def test_what_is_in_another_file_has_no_answer_here(path: str, paths: dict[str, Path]) -> None:
    """The error says where to ask."""
    with pytest.raises(ObjectNotFoundError, match=r"it leads out of the file, to other\.nwb:/acquisition/x"):
        references_to(paths["links"], path)


def test_data_in_other_files_refers_to_nothing_here(tmp_path: Path) -> None:
    """The addresses in it are those of another file, or any bytes at all."""
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["a"] = references(other.create_group("b"), other)
        (tmp_path / "raw.bin").write_bytes(np.array([96, 800], dtype="<u8").tobytes())
        layout = h5py.VirtualLayout((2,), REFERENCE)
        layout[:] = h5py.VirtualSource(other["a"])
    with h5py.File(tmp_path / "here.h5", "w") as file:
        file.create_group("g")
        file["own"] = references(file["g"])
        file.create_virtual_dataset("virtual", layout)
        file.create_dataset("raw", shape=(2,), dtype=REFERENCE, external=[(str(tmp_path / "raw.bin"), 0, 16)])
        inside = h5py.VirtualLayout((1,), REFERENCE)
        inside[:] = h5py.VirtualSource(".", "own", (1,), dtype=REFERENCE)
        file.create_virtual_dataset("inside", inside)
    with h5py.File(tmp_path / "here.h5") as file:
        assert get_references(file["virtual"]) == get_references(file["raw"]) == []
        assert find_references(file, "/g") == ["/inside", "/own"]
        assert {source for source, _, label in edges_of(hdf_dependency_graph(file)) if label == "reference"} == {
            "/inside",
            "/own",
        }


@pytest.mark.parametrize(("sizes", "userblock"), [((8, 8), 512), ((4, 4), 0), ((4, 4), 512)])
def test_files_with_other_addresses(sizes: tuple[int, int], userblock: int, tmp_path: Path) -> None:
    """Addresses may be shorter, and begin behind a block of the user's."""
    options = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    options.set_sizes(*sizes)
    options.set_userblock(userblock)
    path = tmp_path / "sizes.h5"
    with h5py.File(h5py.h5f.create(bytes(path), h5py.h5f.ACC_TRUNC, fcpl=options)) as file:
        for name in "abc":
            file.create_group(name)
        data = file.create_dataset("data", shape=(3,), dtype=REFERENCE)
        for number, name in enumerate("cab"):  # of several short ones, HDF5 2.0 writes only the first as it should
            data[number] = file[name].ref
        file["a"].attrs["b"] = file["b"].ref
    with h5py.File(path) as file:
        assert get_references(file["data"]) == ["/c", "/a", "/b"]
        assert find_references(file, "/b") == ["/a", "/data"]


def test_a_sparse_dataset_costs_what_is_stored(tmp_path: Path) -> None:
    """Of 10^12 references, the two that are there."""
    with h5py.File(tmp_path / "sparse.h5", "w") as file:
        data = file.create_dataset("sparse", shape=(10**6, 10**6), chunks=(100, 100), dtype=REFERENCE)
        data[123_456, 654_321] = file.create_group("a").ref
        data[999_999, 999_999] = file.create_group("b").ref
    with h5py.File(tmp_path / "sparse.h5") as file:
        assert get_references(file["sparse"]) == ["/a", "/b"]


def test_a_group_brings_what_its_tables_refer_to(paths: dict[str, Path]) -> None:
    """Objects that only data refers to are nodes like all others, with what is below them."""
    with h5py.File(paths["nested"]) as file:
        graph = hdf_dependency_graph(file["general"])
        assert {node for node in graph if node.startswith("/acq")} == {
            f"/acquisition/x{name}" for name in ("", "/data", "/starting_time")
        }
        assert graph.nodes["/acquisition/x"]["neurodata_type"] == "TimeSeries"
        assert next(iter(graph)) == "/general"


# ---------------------------------------------------------------------------------------------- hard links
@pytest.mark.parametrize("name", ALL)
def test_resolve_hardlink(name: str, paths: dict[str, Path]) -> None:
    """By whichever path an object was opened, its first path is the same, and that of the graph."""
    graph = hdf_dependency_graph(paths[name])
    with h5py.File(paths[name]) as file:
        objects = objects_of(file)
        first = {obj: path for path, obj in objects.items()}
        for path, obj in objects.items():
            assert resolve_hardlink(obj) == path
            assert path in graph
            for child in obj if isinstance(obj, h5py.Group) else ():
                if isinstance(obj.get(child, getlink=True), h5py.HardLink) and obj[child] in first:
                    assert resolve_hardlink(obj[child]) == first[obj[child]]


def test_resolve_hardlink_of_an_external_link(paths: dict[str, Path], tmp_path: Path) -> None:
    """An object of another file has its first path there, whatever has the same address here."""
    with h5py.File(tmp_path / "main.h5", "w") as file:
        for name in "abc":
            file.create_group(name)
        file["link"] = h5py.ExternalLink(str(paths["links"]), "/acquisition/hard")
        assert file["link"].file.filename == str(paths["links"])
        assert resolve_hardlink(file["link"]) == "/acquisition/hard"
        assert resolve_hardlink(file["link/data"]) == "/acquisition/hard/data"
        assert resolve_hardlink(file["b"]) == "/b"


def test_resolve_hardlink_of_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    """Bytes come with surrogate escapes."""
    with h5py.File(tmp_path / "bytes.h5", "w") as file:
        group = file.create_group(b"bad\xff")
        group["data"] = 1
        file["zzz"] = group
        assert resolve_hardlink(file["zzz/data"]) == "/bad\udcff/data"


# ---------------------------------------------------------------------------------------------- specifications
def test_specifications_with_their_versions(paths: dict[str, Path]) -> None:
    """Namespace, version, document: as they are in the file."""
    with h5py.File(paths["plain"]) as file:
        specs = read_specs_as_dicts(file["specifications"])
        assert read_specs_as_dicts(file) == specs
        assert {name: list(versions) for name, versions in specs.items()} == {
            "core": ["2.11.0"],
            "hdmf-common": ["1.10.0"],
            "hdmf-experimental": ["0.6.0"],
        }
        for name, version, document in [
            ("core", "2.11.0", "nwb.base"),
            ("core", "2.11.0", "namespace"),
            ("hdmf-common", "1.10.0", "table"),
        ]:
            text = file[f"specifications/{name}/{version}/{document}"][()]
            assert specs[name][version][document] == json.loads(text)
        for name, versions in specs.items():
            for version, documents in versions.items():
                assert set(documents) == set(file[f"specifications/{name}/{version}"])


def test_two_versions_of_a_namespace_do_not_overwrite_each_other(tmp_path: Path) -> None:
    """Each is there under its own version."""
    with h5py.File(tmp_path / "specs.h5", "w") as file:
        for version in ("0.1.0", "0.2.0"):
            file[f"specifications/ndx/{version}/namespace"] = json.dumps({"version": version})
        file["specifications/ndx/note"] = "no version"
        file["specifications/note"] = "no namespace"
        assert read_specs_as_dicts(file["specifications"]) == {
            "ndx": {version: {"namespace": {"version": version}} for version in ("0.1.0", "0.2.0")}
        }


def test_specifications_elsewhere_are_found(tmp_path: Path) -> None:
    """A file knows where they are; without any there is nothing."""
    with h5py.File(tmp_path / "specs.h5", "w") as file:
        assert read_specs_as_dicts(file) == {}
        file["mine/ndx/0.1.0/namespace"] = "{}"
        file.attrs[".specloc"] = file["mine"].ref
        assert read_specs_as_dicts(file) == {"ndx": {"0.1.0": {"namespace": {}}}}


def test_specifications_that_are_no_json(tmp_path: Path) -> None:
    """The error names the document."""
    with h5py.File(tmp_path / "specs.h5", "w") as file:
        file["specifications/ndx/0.1.0/ndx.extensions"] = "{broken"
        with pytest.raises(SpecificationError, match=r"ndx/0\.1\.0/ndx\.extensions is no JSON"):
            read_specs_as_dicts(file["specifications"])


# ---------------------------------------------------------------------------------------------- order
graphs = st.lists(st.lists(st.integers(0, 11), max_size=4), max_size=12).map(
    lambda needs: {f"n{number}": [f"n{need}" for need in needed] for number, needed in enumerate(needs)}
)
"""Up to twelve nodes with what each needs: itself, each other in circles, and nodes that are not there."""


def _needs(graph: dict[str, list[str]]) -> nx.DiGraph[str]:
    found: nx.DiGraph[str] = nx.DiGraph()
    found.add_nodes_from(graph)
    found.add_edges_from((node, need) for node, needs in graph.items() for need in needs if need in graph)
    return found


@given(graphs)
def test_construction_order(graph: dict[str, list[str]]) -> None:
    """Each node once, after all that it needs but those of its own circle, which stand together."""
    order = construction_order(graph)
    assert sorted(order) == sorted(graph)
    place = {node: number for number, node in enumerate(order)}
    circles = list(nx.strongly_connected_components(_needs(graph)))
    circle_of = {node: number for number, circle in enumerate(circles) for node in circle}
    for node, needs in graph.items():
        for need in needs:
            if need in graph and circle_of[node] != circle_of[need]:
                assert place[need] < place[node]
    for circle in circles:
        stands = sorted(place[node] for node in circle)
        assert stands == list(range(stands[0], stands[0] + len(circle)))
        assert sorted(circle, key=list(graph).index) == sorted(circle, key=place.__getitem__)


@given(graphs, st.randoms(use_true_random=False))
def test_construction_order_is_the_same_every_time(graph: dict[str, list[str]], random: Any) -> None:
    """It depends on the order of the nodes, and not on that of what each needs."""
    shuffled = {node: random.sample(needs, len(needs)) for node, needs in graph.items()}
    assert construction_order(shuffled) == construction_order(graph)


@given(graphs)
def test_construction_order_follows_the_mapping(graph: dict[str, list[str]]) -> None:
    """Wherever a node could stand earlier, something that comes first in the mapping stands there."""
    order = construction_order(graph)
    if not nx.is_directed_acyclic_graph(_needs(graph)):
        return
    done: set[str] = set()
    for node in order:
        ready = [
            other for other in graph if other not in done and all(n in done or n not in graph for n in graph[other])
        ]
        assert node == ready[0]
        done.add(node)


def test_construction_order_of_a_long_chain() -> None:
    """Deep graphs are no deeper stack."""
    chain = {number: [number + 1] for number in range(5_000)}
    assert construction_order(chain) == list(reversed(range(5_000)))
    ring = {number: [(number + 1) % 5_000] for number in range(5_000)}
    assert construction_order(ring) == list(range(5_000))
