"""What depends on what in a file: containment, links and references, as a graph and as questions to it."""

from __future__ import annotations

import contextlib

from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.io.nodes import StoredDataset, StoredGroup, StoredObject, StoredReference
from nwb_models.io.queue import Flat, flatten, join, key_of, open_path, references_in, references_of
from nwb_models.io.specifications import SKIP_PATTERN, specifications_path
from nwb_models.io.values import plain, stored_reference

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import networkx as nx

ROWS = 100_000
"""How many references of a dataset are read at a time."""


def hdf_dependency_graph(h5f: str | os.PathLike[str] | h5py.File | h5py.Group) -> nx.MultiDiGraph[str]:
    """Return the graph of all objects of a file, or of a group and what it refers to.

    Parameters
    ----------
    h5f
        A path, an open file, or a group of one.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are paths, with the HDF5 attributes of the object as node attributes.  Edges lead from what depends to
        what it depends on; ``label`` says how: ``child``, ``hard`` (a further hard link), ``soft``, ``external``,
        ``reference`` or ``region``.  A link that leads nowhere, or out of the file, ends at a node with
        ``missing=True`` or ``external=True``.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    with _opened(h5f) as group:
        skipped = specifications_path(group.file)
        flat = flatten(group.file, [group.name or "/"], skip=lambda path: _is_skipped(path, skipped))
        for node in flat.nodes.values():
            kind = "group" if isinstance(node, StoredGroup) else "dataset"
            graph.add_node(node.path, kind=kind, **{k: v for k, v in node.attributes.items() if k != "kind"})
        for node in flat.nodes.values():
            for label, target, extra in _edges(group.file, node, flat):
                if target not in graph:
                    graph.add_node(target, **extra)
                graph.add_edge(node.path, target, label=label)
    return graph


def _edges(file: h5py.File, node: StoredObject, flat: Flat) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (label, target, attributes of a target that is no object of the file)."""
    if isinstance(node, StoredGroup):
        for link in node.links.values():
            path = join(node.path, link.name)
            if link.kind == "external":
                yield "external", f"{link.filename}:{link.path}", {"external": True}
            elif path not in flat.keys:
                if link.kind == "soft":
                    yield "soft", link.path, {"missing": True}
            else:
                target = flat.nodes[flat.keys[path]].path
                yield ("soft" if link.kind == "soft" else "child" if target == path else "hard"), target, {}
    for reference in (*references_of(node), *_dataset_references(file, node)):
        if reference.key is not None:
            label = "reference" if reference.kind == "object" else "region"
            known = flat.nodes.get(reference.key)
            target = known.path if known is not None else reference.path
            if target is not None:
                yield label, target, {}


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
            from nwb_models.errors import ObjectNotFoundError

            msg = f"No object at {path!r} in {file.filename}"
            raise ObjectNotFoundError(msg)
        return sorted(_index(file).get(key_of(found[0])[1], ()))


def get_references(obj: h5py.Group | h5py.Dataset) -> list[str]:
    """Return the paths of all objects that an object refers to: from attributes, and from the data of a dataset.

    Parameters
    ----------
    obj
        A group or dataset of an open file.
    """
    from nwb_models.io.queue import read_node

    node = read_node(obj.file, obj.id, obj.name or "/")
    found = [*references_of(node), *_dataset_references(obj.file, node)]
    targets = {reference.key: reference for reference in found if reference.key is not None}
    return [path for reference in targets.values() if (path := reference.path) is not None]


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
        return str(obj.name)
    best = _first_paths(obj.file).get(info.addr)
    return best if best is not None else str(obj.name)


# ---------------------------------------------------------------------------------------------- indexes
def _state(file: h5py.File) -> tuple[Any, ...]:
    """Return what changes when a file does."""
    if file.mode != "r":
        return (object(),)
    with contextlib.suppress(OSError):
        status = Path(file.filename).stat()
        return file.filename, status.st_size, status.st_mtime_ns, status.st_ino
    return (object(),)


def _index(file: h5py.File) -> dict[int, set[str]]:
    """Return address of a target -> paths of what refers to it."""
    return _cached("references", file)


def _first_paths(file: h5py.File) -> dict[int, str]:
    """Return address -> first path of every object."""
    return _cached("paths", file)


_KEPT: dict[str, tuple[tuple[Any, ...], Any]] = {}
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
    flat = flatten(file, skip=lambda path: _is_skipped(path, skipped))
    index: dict[int, set[str]] = {}
    for node in flat.nodes.values():
        for reference in (*references_of(node), *_dataset_references(file, node)):
            if reference.key is not None:
                index.setdefault(reference.key[1], set()).add(node.path)
    return index


def _make_paths(file: h5py.File) -> dict[int, str]:
    flat = flatten(file)
    return {
        key[1]: min(node.paths, key=lambda path: (path.count("/") if path != "/" else 0, path))
        for key, node in flat.nodes.items()
    }


def _dataset_references(file: h5py.File, node: StoredObject) -> Iterator[StoredReference]:
    """Yield the references in the data of a dataset, each once; what it holds is known from its dtype."""
    if not isinstance(node, StoredDataset) or not node.shape or not _holds_references(node.dtype):
        return
    found = open_path(file, node.path)
    assert found is not None
    dataset = h5py.Dataset(found[0])
    seen: set[StoredReference] = set()

    def resolve(reference: Any) -> StoredReference:
        return stored_reference(file.id, reference)

    for block in _blocks(dataset):
        for reference in references_in(np.asarray(plain(block, node.dtype, resolve))):
            if reference not in seen:
                seen.add(reference)
                yield reference


def _blocks(dataset: h5py.Dataset) -> Iterator[np.ndarray[Any, Any]]:
    if dataset.ndim == 0:
        yield np.asarray(dataset[()], dtype=dataset.dtype)
        return
    per_row = max(1, int(np.prod(dataset.shape[1:], dtype=np.int64)))
    step = max(1, ROWS // per_row)
    for start in range(0, dataset.shape[0], step):
        yield np.asarray(dataset[start : start + step], dtype=dataset.dtype)


def _holds_references(dtype: np.dtype[Any]) -> bool:
    if dtype.names is not None:
        return any(_holds_references(dtype[name]) for name in dtype.names)
    if dtype.subdtype is not None:
        return _holds_references(dtype.subdtype[0])
    vlen = h5py.check_vlen_dtype(dtype)
    if vlen is not None:
        return _holds_references(np.dtype(vlen))
    return h5py.check_ref_dtype(dtype) is not None


def _is_skipped(path: str, root: str) -> bool:
    return bool(SKIP_PATTERN.search(path)) or (bool(root) and (path == root or path.startswith(root + "/")))


@contextlib.contextmanager
def _opened(h5f: str | os.PathLike[str] | h5py.File | h5py.Group) -> Iterator[h5py.Group]:
    if isinstance(h5f, h5py.Group):
        yield h5f
        return
    from nwb_models.io.hdf5 import HDF5IO

    with HDF5IO(h5f) as io, io.opened() as file:
        yield file
