"""What depends on what in a file: containment, links and references, as a graph and as questions to it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Literal

import h5py
from h5py import h5g

from nwb_models.errors import NWBError, ObjectNotFoundError, UnreadableObjectError
from nwb_models.io.mappings import open_object
from nwb_models.io.nodes import StoredDataset, StoredGroup, StoredLink
from nwb_models.io.queue import DAMAGE, Flat, flatten, join, key_of, references_of, walk
from nwb_models.io.reference_index import (
    Found,
    Referral,
    first_paths,
    reference_columns,
    reference_index,
    references_in_data,
    references_of_object,
)
from nwb_models.io.specifications import SKIP_PATTERN, is_specification, specifications_path
from nwb_models.io.values import decode, encode
from nwb_models.limits import DEFAULT, Limits

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    import networkx as nx

    from nwb_models.io.nodes import Key, StoredObject, StoredReference

OWN = frozenset({"kind", "missing", "external"})
"""What a graph says of a node itself; an HDF5 attribute of this name is kept with ``@`` before it."""


def hdf_dependency_graph(
    h5f: str | os.PathLike[str] | h5py.File | h5py.Group, *, limits: Limits = DEFAULT
) -> nx.MultiDiGraph[str]:
    """Return the graph of all objects of a file, or of a group and what it refers to.

    Parameters
    ----------
    h5f
        A path, an open file, or a group of one.
    limits
        What is refused as too large.

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
        file = group.file
        flat, references = _flattened(file, decode(group.name or "/"), limits)
        for node in flat.nodes.values():
            graph.add_node(node.path)  # attributes may be called like the arguments of add_node
            said = {f"@{name}" if name in OWN else name: value for name, value in node.attributes.items()}
            graph.nodes[node.path].update(said, kind="group" if isinstance(node, StoredGroup) else "dataset")
        owned = {next(iter(flat.nodes), None)}
        for node in flat.nodes.values():
            links = _links(file, node, flat, owned)
            for label, target, extra in (*links, *_edges(file, references[node.key], flat)):
                if target not in graph:
                    graph.add_node(target, **extra)
                graph.add_edge(node.path, target, label=label)
    return graph


def _flattened(file: h5py.File, start: str, limits: Limits) -> tuple[Flat, dict[Key, list[Found]]]:
    """Return the objects of a group and all that they refer to, and of each of them the references, each once."""
    skipped = specifications_path(file)
    references: dict[Key, list[Found]] = {}
    starts: dict[str, None] = {start: None}
    find = path_finder(file)
    while True:
        flat = flatten(
            file,
            starts,
            skip=lambda path: is_specification(path, skipped),
            locate=lambda found, _: find(found),
            limits=limits,
        )
        for node in flat.nodes.values():
            if node.key not in references:
                references[node.key] = list(dict.fromkeys(_references_of_node(file, node, limits)))
        # what attributes refer to is in `flat`, what data refers to may be elsewhere in the file
        unmet = {address for found in references.values() for _, address in found if ("", address) not in flat.nodes}
        paths = first_paths(file) if unmet else {}
        more = sorted(paths[address] for address in unmet if address in paths)
        more = [path for path in more if path not in starts and not is_specification(path, skipped)]
        if start == "/" or not more:
            return flat, references
        starts.update(dict.fromkeys(more))


def _references_of_node(file: h5py.File, node: StoredObject, limits: Limits) -> Iterator[Found]:
    for reference in references_of(node):
        if reference.key is not None:
            yield reference.kind, reference.key[1]
    if isinstance(node, StoredDataset) and node.shape and node.dtype.hasobject and reference_columns(node.dtype):
        for _, found, _ in references_in_data(file, open_object(file, encode(node.path)), node.path, limits):
            yield found


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


def _edges(file: h5py.File, references: list[Found], flat: Flat) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (label, target, nothing) for what a node refers to; what leads nowhere is no edge."""
    for kind, address in references:
        known = flat.nodes.get(("", address))
        target = known.path if known is not None else first_paths(file).get(address)
        if target is not None:
            yield "reference" if kind == "object" else "region", target, {}


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
        obj, _ = _located(file, path)
        found = reference_index(file).to.get(key_of(obj)[1], ())
        return sorted({referral.source for referral in found if referral.is_reference})


def references_to(
    h5f: str | os.PathLike[str] | h5py.File, path: str, *, below: bool = False, limits: Limits = DEFAULT
) -> list[Referral]:
    """Return all that leads to an object, and how: references, soft links, and further hard links.

    Parameters
    ----------
    h5f
        A path or an open file.
    path
        Any path of the object.  The hard link at its end is not returned.
    below
        Count what leads to anything below the object, too; but not what is below it itself.
    limits
        What is refused as too large.

    Raises
    ------
    ObjectNotFoundError
        Where there is no object at the path.
    """
    return _asked(h5f, path, "to", below=below, limits=limits)


def references_from(
    h5f: str | os.PathLike[str] | h5py.File, path: str, *, below: bool = False, limits: Limits = DEFAULT
) -> list[Referral]:
    """Return all that an object leads to, and how; the inverse of `references_to`.

    Of a group, that are also the links in it, but those that are all that leads to an object: its children.  Links
    that lead nowhere, or out of the file, are there as well.

    Parameters
    ----------
    h5f
        A path or an open file.
    path
        Any path of the object.
    below
        Count what is below the object, too; but not what leads to something below it.
    limits
        What is refused as too large.

    Raises
    ------
    ObjectNotFoundError
        Where there is no object at the path.
    """
    return _asked(h5f, path, "of", below=below, limits=limits)


def _asked(
    h5f: str | os.PathLike[str] | h5py.File, path: str, direction: Literal["to", "of"], *, below: bool, limits: Limits
) -> list[Referral]:
    with _opened(h5f) as group:
        obj, where = _located(group.file, path)
        address = key_of(obj)[1]
        index = reference_index(group.file, limits)
        inside = {address}
        if below:
            above = index.paths[address].rstrip("/") + "/"
            inside.update(key for key, other in index.paths.items() if other.startswith(above))
        found = [referral for key in inside for referral in getattr(index, direction).get(key, ())]
        if below:
            found = [referral for referral in found if not {referral.holder, referral.address} <= inside]
        if direction == "to":
            asked = "hard link", _link_at(group.file, where, index.paths)
            found = [referral for referral in found if (referral.how, referral.source) != asked]
    return sorted(found, key=lambda referral: (referral.source, referral.how, referral.name, referral.target))


def group_at(file: h5py.File, path: str) -> h5py.Group:
    """Return the group of a file at a path; external links are not followed.

    Raises
    ------
    ObjectNotFoundError
        Where there is none.
    """
    with _damage_told(file.filename):
        obj, _ = _located(file, path)
        if not isinstance(obj, h5g.GroupID):
            msg = f"{path} of {file.filename} is a dataset, and not a group"
            raise ObjectNotFoundError(msg)
        return h5py.Group(obj)


def path_finder(file: h5py.File) -> Callable[[StoredReference], str | None]:
    """Return what finds the first path of the object that a reference leads to, without going through the file."""
    return lambda reference: None if reference.key is None else first_paths(file).get(reference.key[1])


def _located(file: h5py.File, path: str) -> tuple[Any, str]:
    """Return the object at a path (low level), and its path after soft links."""
    obj, where, out = walk(file, path)
    if obj is None:
        leads = f": it leads out of the file, to {out.filename}:{out.path}" if out is not None else ""
        msg = f"No object at {path!r} in {file.filename}{leads}"
        raise ObjectNotFoundError(msg)
    return obj, where


def _link_at(file: h5py.File, where: str, paths: dict[int, str]) -> str:
    """Return the path of a hard link as an index has it: the first path of its group, and its name."""
    parent, _, name = where.rpartition("/")
    group = walk(file, parent)[0]
    return join(paths[key_of(group)[1]], name)


def get_references(obj: h5py.Group | h5py.Dataset) -> list[str]:
    """Return the paths of all objects that an object refers to: from attributes, and from the data of a dataset.

    Each path is that of `resolve_hardlink`.

    Parameters
    ----------
    obj
        A group or dataset of an open file.
    """
    addresses = dict.fromkeys(
        address for *_, (_, address), _ in references_of_object(obj.file, obj.id, decode(obj.name))
    )
    # HDF5 has no names for them: it would walk through the file for each
    paths = first_paths(obj.file) if addresses else {}
    return [paths[address] for address in addresses if address in paths]


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
    best = first_paths(obj.file).get(info.addr)
    return best if best is not None else decode(obj.name)


@contextlib.contextmanager
def _opened(h5f: str | os.PathLike[str] | h5py.File | h5py.Group) -> Iterator[h5py.Group]:
    with contextlib.ExitStack() as stack:
        if isinstance(h5f, h5py.Group):
            group = h5f
        else:
            from nwb_models.io.hdf5 import HDF5IO

            group = stack.enter_context(stack.enter_context(HDF5IO(h5f)).opened())
        stack.enter_context(_damage_told(group.file.filename))
        yield group


@contextlib.contextmanager
def _damage_told(filename: str) -> Iterator[None]:
    """Say of what HDF5 refuses that the file is damaged."""
    try:
        yield
    except NWBError:
        raise
    except DAMAGE as error:
        msg = f"{filename} is damaged: {error}"
        raise UnreadableObjectError(msg) from error
