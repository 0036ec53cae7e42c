"""What depends on what in a file: containment, links and references, as a graph and as questions to it."""

from __future__ import annotations

import contextlib
from collections import deque
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from h5py import h5d, h5g, h5o

from nwb_models.errors import ObjectNotFoundError, UnreadableObjectError
from nwb_models.io.atomic import state_of
from nwb_models.io.copying import read_blocks
from nwb_models.io.nodes import StoredDataset, StoredGroup, StoredReference
from nwb_models.io.queue import (
    Flat,
    flatten,
    join,
    key_of,
    links_of,
    open_path,
    read_node,
    references_in,
    references_of,
    walk,
)
from nwb_models.io.specifications import SKIP_PATTERN, is_specification, specifications_path
from nwb_models.io.values import decode, encode, plain, stored_reference

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import networkx as nx

    from nwb_models.io.nodes import Key, StoredLink, StoredObject

OWN = frozenset({"kind", "missing", "external"})
"""What a graph says of a node itself; an HDF5 attribute of this name is kept with ``@`` before it."""


def hdf_dependency_graph(h5f: str | os.PathLike[str] | h5py.File | h5py.Group) -> nx.MultiDiGraph[str]:
    """Return the graph of all objects of a file, or of a group and what it refers to.

    Parameters
    ----------
    h5f
        A path, an open file, or a group of one.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are paths, with the HDF5 attributes of the object as node attributes, and ``kind``: ``group`` or
        ``dataset``.  Edges lead from what depends to what it depends on; ``label`` says how: ``child``, ``hard`` (a
        further hard link), ``soft``, ``external``, ``reference`` or ``region``.  A link that leads nowhere, or out of
        the file, ends at a node with ``missing=True`` or ``external=True``.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    with _opened(h5f) as group:
        skipped = specifications_path(group.file)
        flat = flatten(group.file, [decode(group.name or "/")], skip=lambda path: is_specification(path, skipped))
        for node in flat.nodes.values():
            graph.add_node(node.path)  # attributes may be called like the arguments of add_node
            said = {f"@{name}" if name in OWN else name: value for name, value in node.attributes.items()}
            graph.nodes[node.path].update(said, kind="group" if isinstance(node, StoredGroup) else "dataset")
        owned = {next(iter(flat.nodes), None)}
        for node in flat.nodes.values():
            links = _links(group.file, node, flat, owned)
            for label, target, extra in (*links, *_references(group.file, node, flat)):
                if target not in graph:
                    graph.add_node(target, **extra)
                graph.add_edge(node.path, target, label=label)
    return graph


def _links(
    file: h5py.File, node: StoredObject, flat: Flat, owned: set[Key | None]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (label, target, attributes of a target that is no object of the file); note what has its parent now."""
    links: dict[str, StoredLink] = node.links if isinstance(node, StoredGroup) else {}
    for link in links.values():
        where = join(node.path, link.name)
        key = flat.keys.get(where)
        if link.kind == "external":
            yield "external", f"{link.filename}:{link.path}", {"external": True}
        elif key is not None:
            label = "soft" if link.kind == "soft" else "hard" if key in owned else "child"
            if label == "child":
                owned.add(key)
            yield label, flat.nodes[key].path, {}
        elif link.kind == "soft":
            out = walk(file, where)[2]
            if out is not None:
                yield "soft", f"{out.filename}:{out.path}", {"external": True}
            else:
                yield "soft", join(node.path, link.path), {"missing": True}


def _references(file: h5py.File, node: StoredObject, flat: Flat) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (label, target, nothing) for what a node refers to, each once."""
    seen = set()
    for reference in (*references_of(node), *_dataset_references(file, node)):
        found = reference.kind, reference.key
        if reference.key is None or found in seen:
            continue
        seen.add(found)
        known = flat.nodes.get(reference.key)
        target = known.path if known is not None else reference.path
        if target is not None:
            yield "reference" if reference.kind == "object" else "region", target, {}


def filter_dependency_graph(g: nx.MultiDiGraph[str]) -> nx.MultiDiGraph[str]:
    """Return the graph without what is no data: the specifications, and nodes with neither a type nor an outgoing edge.

    The first node, which the graph was asked for, always stays.
    """
    result = g.copy()
    keep = next(iter(g), None)
    for node, attributes in g.nodes(data=True):
        typed = "neurodata_type" in attributes or "data_type" in attributes
        if SKIP_PATTERN.search(node) or (node != keep and not typed and g.out_degree(node) == 0):
            result.remove_node(node)
    return result


def find_references(h5f: str | os.PathLike[str] | h5py.File, path: str) -> list[str]:
    """Return the paths of all objects that refer to an object.

    Object and region references count, wherever they are: in attributes, datasets, compound columns, arrays.  The
    references of the whole file are collected once and kept for as long as the file does not change.

    Parameters
    ----------
    h5f
        A path or an open file.
    path
        Any path of the object.
    """
    with _opened(h5f) as group:
        file = group.file
        found = open_path(file, path)
        if found is None:
            msg = f"No object at {path!r} in {file.filename}"
            raise ObjectNotFoundError(msg)
        return sorted(_index(file).get(key_of(found[0])[1], ()))


def get_references(obj: h5py.Group | h5py.Dataset) -> list[str]:
    """Return the paths of all objects that an object refers to: from attributes, and from the data of a dataset.

    Each path is that of `resolve_hardlink`.

    Parameters
    ----------
    obj
        A group or dataset of an open file.
    """
    node = read_node(obj.file, obj.id, decode(obj.name))
    found = (*references_of(node), *_dataset_references(obj.file, node, obj.id))
    keys = dict.fromkeys(reference.key for reference in found if reference.key is not None)
    # not `reference.path`: for each of these, HDF5 would walk through the file
    paths = _first_paths(obj.file) if keys else {}
    return [paths[key[1]] for key in keys if key[1] in paths]


def resolve_hardlink(obj: h5py.Group | h5py.Dataset) -> str:
    """Return the path under which an object is found first: the shallowest, and of those the first by name.

    Parameters
    ----------
    obj
        A group or dataset of an open file, opened by whichever of its paths.
    """
    info = h5py.h5o.get_info(obj.id)
    root = h5py.h5o.get_info(obj.file.id)
    if info.fileno != root.fileno:
        # opened through an external link: h5py's `file` is then the file that the object is in
        return decode(obj.name)
    best = _first_paths(obj.file).get(info.addr)
    return best if best is not None else decode(obj.name)


# ---------------------------------------------------------------------------------------------- indexes
def _state(file: h5py.File) -> Any:
    """Return what changes when a file does; what equals nothing where it may be written to, or cannot be asked."""
    state = state_of(file.filename) if file.mode == "r" else None
    return object() if state is None else (file.filename, state)


def _index(file: h5py.File) -> dict[int, set[str]]:
    """Return address of a target -> paths of what refers to it."""
    index: dict[int, set[str]] = _cached("references", file)
    return index


def _first_paths(file: h5py.File) -> dict[int, str]:
    """Return address -> first path of every object."""
    paths: dict[int, str] = _cached("paths", file)
    return paths


_KEPT: dict[str, tuple[Any, Any]] = {}
"""The last index of each kind, with the state of the file that it is of."""


def _cached(kind: str, file: h5py.File) -> Any:
    state = _state(file)
    known = _KEPT.get(kind)
    if known is None or known[0] != state:
        known = (state, _make_index(file) if kind == "references" else _make_paths(file))
        _KEPT[kind] = known
    return known[1]


def _make_index(file: h5py.File) -> dict[int, set[str]]:
    skipped = specifications_path(file)
    flat = flatten(file, skip=lambda path: is_specification(path, skipped))
    index: dict[int, set[str]] = {}
    for node in flat.nodes.values():
        for reference in (*references_of(node), *_dataset_references(file, node)):
            if reference.key is not None:
                index.setdefault(reference.key[1], set()).add(node.path)
    return index


def _make_paths(file: h5py.File) -> dict[int, str]:
    """Follow the hard links, breadth first and by name, so that what comes first is the shallowest path."""
    paths = {key_of(h5o.open(file.id, b"/"))[1]: "/"}
    queue = deque(["/"])
    while queue:
        path = queue.popleft()
        group = h5o.open(file.id, encode(path))
        if not isinstance(group, h5g.GroupID):
            continue
        for link in links_of(group).values():
            if link.key is not None and link.key[1] not in paths:
                paths[link.key[1]] = join(path, link.name)
                queue.append(paths[link.key[1]])
    return paths


def _dataset_references(
    file: h5py.File, node: StoredObject, dataset: h5d.DatasetID | None = None
) -> Iterator[StoredReference]:
    """Yield the references in the data of a dataset, each once; what it holds is known from its dtype.

    Raises
    ------
    UnreadableObjectError
        Where the data cannot be read.
    """
    if not isinstance(node, StoredDataset) or not node.shape or not _holds_references(node.dtype):
        return
    seen: set[StoredReference] = set()

    def resolve(reference: Any) -> StoredReference:
        return stored_reference(file.id, reference)

    try:
        for _, block, _ in read_blocks(dataset or h5o.open(file.id, encode(node.path))):
            for reference in references_in(plain(block, node.dtype, resolve)):
                if reference not in seen:
                    seen.add(reference)
                    yield reference
    except (OSError, RuntimeError) as error:
        msg = f"The references in {file.filename}:{node.path} cannot be read: {error}"
        raise UnreadableObjectError(msg) from error


def _holds_references(dtype: np.dtype[Any]) -> bool:
    if dtype.names is not None:
        return any(_holds_references(dtype[name]) for name in dtype.names)
    if dtype.subdtype is not None:
        return _holds_references(dtype.subdtype[0])
    vlen = h5py.check_vlen_dtype(dtype)
    if vlen is not None:
        return _holds_references(np.dtype(vlen))
    return h5py.check_ref_dtype(dtype) is not None


@contextlib.contextmanager
def _opened(h5f: str | os.PathLike[str] | h5py.File | h5py.Group) -> Iterator[h5py.Group]:
    if isinstance(h5f, h5py.Group):
        yield h5f
        return
    from nwb_models.io.hdf5 import HDF5IO

    with HDF5IO(h5f) as io, io.opened() as file:
        yield file
