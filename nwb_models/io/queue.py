"""File -> a flat queue of nodes: each object once, with every path that leads to it.

Low-level calls of h5py throughout: a group of a thousand series is walked in a fraction of the time that the
high-level interface takes.  No array is read here; what a dataset refers to is known from its dtype.
"""

from __future__ import annotations

import posixpath
from collections import deque
from dataclasses import dataclass, field, replace
from itertools import compress, count
from operator import ne
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from h5py import h5d, h5g, h5l, h5o, h5t

from nwb_models.errors import NWBError, UnreadableObjectError
from nwb_models.io.elsewhere import declared_space, names_sources
from nwb_models.io.faults import FAULTS, is_of_h5py, reason_of
from nwb_models.io.headers import Headers
from nwb_models.io.heaps import ENDLESS, EndlessHeapError, watched
from nwb_models.io.mappings import open_object
from nwb_models.io.nodes import Key, StoredDataset, StoredGroup, StoredLink, StoredObject, StoredReference
from nwb_models.io.opening import OpenedFile
from nwb_models.io.stored_bytes import LargeTextsError, too_large
from nwb_models.io.values import decode, dtype_of, encode, read_attributes, read_scalar, stored_reference
from nwb_models.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Follow = Callable[[StoredObject], Iterable[str] | None]
    Locate = Callable[[StoredReference, str], str | None]

DAMAGE = (OSError, RuntimeError, SystemError)
"""What h5py raises where a file is damaged; a SystemError where it met that while it was calling back."""

SPECLOC = ".specloc"
"""The attribute of the root that refers to the specifications, which are no data."""

MAX_SOFT_LINKS = 40
"""How many soft links are followed one after another before they count as a circle, as on a POSIX system."""


_PLAIN = {str, type(None), h5py.Empty, *np.sctypeDict.values()} - {np.object_, np.void}
"""Types of values that hold no reference: nearly all that there are."""


@dataclass(slots=True)
class Flat:
    """A flattened file, or part of one."""

    nodes: dict[Key, StoredObject] = field(default_factory=dict)
    """Each object once, in the order in which they were found: breadth first."""
    keys: dict[str, Key] = field(default_factory=dict)
    """Every path that was come by, soft links included, and the object that it leads to."""
    soft: set[str] = field(default_factory=set)
    """The paths that lead through soft links."""
    references: dict[Key, list[StoredReference]] = field(default_factory=dict)
    """What the objects that refer to others refer to, in attributes and single values."""


def flatten(
    file: h5py.File,
    start: Iterable[str] = ("/",),
    follow: Follow | None = None,
    skip: Callable[[str], bool] | None = None,
    locate: Locate | None = None,
    damaged: Callable[[str, str], None] | None = None,
    limits: Limits = DEFAULT,
) -> Flat:
    """Return the objects below some paths, and those that they refer to, each once.

    Parameters
    ----------
    file
        An open file.
    start
        The paths to begin with.
    follow
        Called with each node; returns the names of the children to go on with, None for all of them.
    skip
        Called with a path; True for what is left out with all below it.
    locate
        Called with each reference to an object that no link led to, and the path of what holds it; returns the path
        of the object, None to leave it out.
    damaged
        Called with the path of an object below `start` that HDF5 cannot read, and the reason; it is left out then.
    limits
        How large a single value may be.

    Raises
    ------
    UnreadableObjectError
        Where an object cannot be read, and `damaged` is not given.
    """
    flat = Flat()
    references: dict[Key, tuple[StoredReference, str]] = {}
    soft: deque[tuple[str, Any, StoredLink | None]] = deque()  # last, so that hard links name what they lead to
    queue: deque[tuple[str, Any, StoredLink | None]] = deque((path, None, None) for path in start)
    headers = Headers(file, limits)
    while queue or soft or references:
        if not queue and soft:
            queue.append(soft.popleft())
        if not queue:
            path = _unmet(flat, references, locate)
            if path is None:
                continue
            queue.append((path, None, None))
        asked, parent, link = queue.popleft()
        if asked in flat.keys or (skip is not None and skip(asked)):
            continue
        if link is not None and link.key in flat.nodes:
            _note(flat, asked, link.key, asked)
            continue
        if link is not None and link.kind == "soft" and _is_met(flat, link.path):
            _note(flat, asked, flat.keys[link.path], link.path)
            continue
        obj, path, known, node = None, asked, False, None
        try:
            direct = link.key if link is not None and parent is None else None
            if direct is not None:
                node = headers.node(direct[1], asked, whole=follow is None)
            if node is None:
                found = _open_child(file, asked, parent, link)
                if found is None or (skip is not None and skip(found[1])):
                    continue
                obj, path = found
                key = key_of(obj)
                known = key in flat.nodes
                node = flat.nodes.get(key)
                if node is None and direct is None:
                    node = headers.node(key[1], path, whole=follow is None)
                if node is None:
                    node = read_node(file, obj, path, limits)
            if not known:
                names = None if follow is None else follow(node)
                if isinstance(node, StoredGroup):
                    obj = _choose_links(node, obj, names)
                flat.nodes[node.key] = node
        except EndlessHeapError as error:
            if damaged is not None:
                damaged(asked, error.reason)
            continue
        except FAULTS as error:
            if isinstance(error, NWBError) or not is_of_h5py(error):
                raise
            if damaged is None or link is None:
                msg = f"{asked} of {file.filename} cannot be read: {error}"
                raise UnreadableObjectError(msg) from error
            damaged(asked, reason_of(error))
            continue
        key = node.key
        _note(flat, asked, key, path)
        if known:
            continue
        found_references = references_of(node)
        if found_references:
            flat.references[key] = found_references
            references.update((each.key, (each, path)) for each in found_references if each.key is not None)
        if isinstance(node, StoredGroup):
            above = join(path, "")
            for name, entry in node.links.items():
                if entry.kind != "external":
                    below = join(path, name) if name[:1] == "/" else above + name
                    (queue if entry.kind == "hard" else soft).append((below, obj, entry))
    return flat


def _unmet(
    flat: Flat,
    references: dict[Key, tuple[StoredReference, str]],
    locate: Locate | None,
) -> str | None:
    """Take out a reference and return the path of its object, where no link has led there."""
    key, (reference, holder) = references.popitem()
    if key in flat.nodes:
        return None
    return reference.path if locate is None else locate(reference, holder)


def _note(flat: Flat, asked: str, key: Key, path: str) -> None:
    """Note that a path leads to an object; each is noted once, so that no list of many hard links is searched."""
    if path not in flat.keys:
        node = flat.nodes[key]
        if path != node.path:
            node.paths.append(path)
    flat.keys[asked] = flat.keys[path] = key
    if asked != path:
        flat.soft.add(asked)


def _is_met(flat: Flat, path: str) -> bool:
    """Tell whether a path is one of hard links to an object that was met: nothing has to be opened to follow it."""
    return path in flat.keys and path not in flat.soft


def _choose_links(node: StoredGroup, obj: Any, names: Iterable[str] | None) -> Any:
    """Keep the links of a group that have some names, None for all; read them where they were not.

    Returns
    -------
    object
        The group, where its links were found by HDF5 and are for HDF5 to follow; None where `Headers` found them.
    """
    if not node.complete:
        node.links, node.complete = links_of(obj, names), names is None
        return obj
    if names is not None:
        node.links, node.complete = {name: node.links[name] for name in names if name in node.links}, False
    return None


def _open_child(file: h5py.File, path: str, parent: Any, link: StoredLink | None) -> tuple[Any, str] | None:
    """Open what a link leads to: from the group, where that is open; soft links and references, from the root."""
    if link is None or link.kind != "hard":
        return open_path(file, path)
    try:
        address = None if link.key is None else link.key[1]
        obj = open_object(file, encode(path if parent is None else link.name), parent, address)
    except EndlessHeapError:
        raise
    except (KeyError, OSError, RuntimeError, ValueError):
        return None
    return None if isinstance(obj, h5t.TypeID) else (obj, path)


def node_of(file: h5py.File, obj: Any, path: str, limits: Limits = DEFAULT) -> StoredObject:
    """Read one open object, without HDF5 where that is possible: it may never come back from a damaged heap."""
    node = Headers(file, limits).node(key_of(obj)[1], path, whole=False)
    return read_node(file, obj, path, limits) if node is None else node


def read_node(file: h5py.File, obj: Any, path: str, limits: Limits = DEFAULT) -> StoredObject:
    """Read what one open object says of itself: attributes, and shape and dtype of a dataset."""

    def resolve(reference: Any) -> StoredReference:
        return stored_reference(file.id, reference)

    key, most = key_of(obj), limits.value_bytes
    if isinstance(obj, h5d.DatasetID):
        return _dataset(obj, StoredDataset(key, path, read_attributes(obj, resolve, most), [path]), resolve, most)
    attributes = read_attributes(obj, resolve, most) if isinstance(obj, h5g.GroupID) else {}
    return StoredGroup(key, path, attributes, [path])


def _dataset(
    obj: h5d.DatasetID, node: StoredDataset, resolve: Callable[[Any], StoredReference], most: int
) -> StoredDataset:
    """Fill in what a dataset says of its data; of the data, a single value only, and no other file is opened for it."""
    try:
        node.dtype = dtype_of(obj.get_type())
        create = obj.get_create_plist()
        layout = create.get_layout()
        node.elsewhere, node.filtered = names_sources(create), create.get_nfilters() > 0
        space = declared_space(obj) if node.elsewhere else obj.get_space()
        node.shape = space.shape
        if node.shape:
            unlimited = h5py.h5s.UNLIMITED
            node.maxshape = tuple(None if n == unlimited else n for n in space.get_simple_extent_dims(maxdims=True))
            node.chunks = create.get_chunk() if layout == h5d.CHUNKED else None
        elif node.shape == () and node.elsewhere:
            node.problem = "a single value that is in another dataset or file"
        elif node.shape == () and node.dtype.itemsize > most:
            node.problem = too_large(node.dtype.itemsize, most)
        elif node.shape == ():
            node.value = read_scalar(obj, node.dtype, resolve, most)
    except EndlessHeapError:
        node.problem = ENDLESS
    except (LargeTextsError, UnreadableObjectError) as error:
        node.problem = str(error)
    except (TypeError, OSError, RuntimeError, ValueError) as error:
        node.problem = f"{type(error).__name__}: {error}"
    return node


def references_of(node: StoredObject) -> list[StoredReference]:
    """Return the references in the attributes of a node, and in its value where that is a single one."""
    found: list[StoredReference] = []
    for name, value in node.attributes.items():
        if type(value) not in _PLAIN and (name != SPECLOC or node.path != "/"):
            found += references_in(value)
    if isinstance(node, StoredDataset) and type(node.value) not in _PLAIN:
        found += references_in(node.value)
    return found


def references_in(values: Any) -> Iterator[StoredReference]:
    """Yield the references in an array that was read, those in its compound fields included."""
    if isinstance(values, StoredReference):
        yield values
    elif getattr(values, "dtype", None) is None:
        return
    elif values.dtype.names is not None:
        for name in values.dtype.names:
            yield from references_in(values[name])
    elif values.dtype.kind == "O" and hasattr(values, "flat"):
        for value in values.flat:
            yield from references_in(value)


def links_of(group: h5g.GroupID, names: Iterable[str] | None = None) -> dict[str, StoredLink]:
    """Return the links of a group, or those of some names that are there."""
    found: dict[str, StoredLink] = {}
    links = group.links
    if names is not None:
        for name in names:
            link = link_of(group, name)
            if link is not None:
                found[name] = link
        return found

    def visit(name: bytes, info: Any) -> None:
        text = decode(name)
        found[text] = _link(links, name, text, info)

    links.iterate(visit, info=True)
    return found


def link_of(group: h5g.GroupID, name: str) -> StoredLink | None:
    """Return one link of a group, None where there is none of this name."""
    links, raw = group.links, name.encode("utf-8", "surrogateescape")
    if not raw or b"\0" in raw or not links.exists(raw):
        return None
    return _link(links, raw, name, links.get_info(raw))


def _link(links: Any, raw: bytes, name: str, info: Any) -> StoredLink:
    if info.type == h5l.TYPE_HARD:
        return StoredLink(name, "hard", ("", info.u))
    if info.type == h5l.TYPE_SOFT:
        return StoredLink(name, "soft", path=decode(links.get_val(raw)))
    if info.type == h5l.TYPE_EXTERNAL:
        filename, path = links.get_val(raw)
        return StoredLink(name, "external", path=decode(path), filename=decode(filename))
    return StoredLink(name, "soft", path="")


def key_of(obj: Any) -> Key:
    """Return the key of an open object: its address in the file."""
    return "", h5o.get_info(obj).addr


def open_path(file: h5py.File, path: str) -> tuple[Any, str] | None:
    """Open the object at a path without leaving the file.

    Returns
    -------
    tuple or None
        The object (low level) and its path after soft links; None where the path leads nowhere or out of the file.
    """
    obj, where, _ = walk(file, path)
    return None if obj is None else (obj, where)


def walk(file: h5py.File, path: str) -> tuple[Any, str, StoredLink | None]:
    """Follow a path to its object.

    Soft links are followed here and not by HDF5, so that the path of the object itself is known, and so that an
    external link is never followed by accident.  Of a file that is only read, the groups on the way stay open until
    something is looked for elsewhere: of 3,000 groups in groups, each would be found through all above it.

    Returns
    -------
    tuple
        The object (low level), None where the path leads nowhere; its path after soft links; and the external link by
        which the path leaves the file, with what remains of the path behind the one that the link names.
    """
    if path == "/":
        return h5o.open(file.id, b"/"), "/", None
    parts = _parts(path)
    names, groups = file.trail if isinstance(file, OpenedFile) else ([], [])
    known = next(compress(count(), map(ne, names, parts)), min(len(names), len(parts)))
    remaining, done = deque(parts[known:]), parts[:known]
    groups = groups[: known + 1] or [h5o.open(file.id, b"/")]
    obj: Any = groups[-1]
    followed = 0
    while remaining:
        name = remaining.popleft()
        try:
            link = link_of(obj, name) if isinstance(obj, h5g.GroupID) else None
        except DAMAGE:
            link = None
        if link is None:
            return None, "", None
        if link.kind == "external":
            return None, "", replace(link, path="/".join([link.path.rstrip("/"), *remaining]))
        if link.kind == "soft":
            followed += 1
            if followed > MAX_SOFT_LINKS or not link.path:
                return None, "", None
            if link.path.startswith("/"):
                groups, done = groups[:1], []
                obj = groups[0]
            remaining.extendleft(reversed(_parts(link.path)))
            continue
        try:
            obj = open_object(file, encode(name), obj, None if link.key is None else link.key[1])
        except (KeyError, OSError, RuntimeError, ValueError):
            return None, "", None
        if isinstance(obj, h5t.TypeID):
            return None, "", None
        done.append(name)
        if isinstance(obj, h5g.GroupID):
            groups.append(obj)
    if isinstance(file, OpenedFile):
        file.trail = done[: len(groups) - 1], groups
    return obj, "/" + "/".join(done), None


def _parts(path: str) -> list[str]:
    """Return the names in a path; HDF5 passes over empty ones, and over single dots."""
    parts = list(filter(None, path.split("/")))
    return [part for part in parts if part != "."] if "." in parts else parts


def paths_by_key(file: h5py.File) -> dict[Key, str]:
    """Return a path of every object of a file that can be opened: in one pass of HDF5, where that gets through."""
    root = "", h5o.get_info(file.id).addr
    paths: dict[Key, str] = {root: "/"}

    def visit(name: bytes, info: Any) -> None:
        paths["", info.addr] = "/" + decode(name)

    try:
        with watched(file.id) as again:
            h5o.visit(again, visit, info=True)
    except DAMAGE:
        return _paths_around_damage(file, root)
    return paths


def _paths_around_damage(file: h5py.File, root: Key) -> dict[Key, str]:
    """Return the same for a damaged file, where HDF5 stops at the first object that it cannot open."""
    paths = {root: "/"}
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        try:
            obj = open_object(file, encode(path))
            links = links_of(obj) if isinstance(obj, h5g.GroupID) else {}
        except (*DAMAGE, KeyError, ValueError):
            continue
        for name, link in links.items():
            if link.kind == "hard" and link.key is not None and link.key not in paths:
                paths[link.key] = join(path, name)
                waiting.append(paths[link.key])
    return paths


def join(path: str, name: str) -> str:
    """Return the path of a child."""
    if not path or name.startswith("/"):  # which no name of a link does, unless the file is damaged
        return posixpath.join(path, name)
    return path + name if path.endswith("/") else f"{path}/{name}"
