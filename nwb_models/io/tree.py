"""Nodes -> a tree of plain values: what is in a file, for people and programs, without a single model.

    file -> flatten -> to_tree -> Document

A `Document` holds what JSON has, and nothing else.  Each group and dataset is in it exactly once, where the
walk came by first; whatever else leads to it is a `LinkEntry` of the group in which it stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import h5py
import numpy as np
from h5py import h5g, h5t

from nwb_models.io.headers import Headers
from nwb_models.io.heaps import EndlessHeapError
from nwb_models.io.hierarchy import start_of
from nwb_models.io.mappings import open_object
from nwb_models.io.nodes import Key, StoredDataset, StoredGroup, StoredLink, StoredObject, StoredReference
from nwb_models.io.queue import SPECLOC, flatten, join, key_of, links_of, open_path
from nwb_models.io.specifications import specifications_group, version_of
from nwb_models.models.links import Unreadable
from nwb_models.naming import version_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.queue import Flat

IDENTITY = ("neurodata_type", "data_type", "namespace", "object_id")
"""Attributes that have a key of their own in an entry."""

PathOf = Callable[[StoredReference], str | None]
"""Finds the path of the object that a reference leads to."""


class LinkEntry(TypedDict):
    """A link, and a hard link to an object that is somewhere else in the tree already."""

    path: str
    name: str
    kind: Literal["hard", "soft", "external"]
    target: str | None
    """The path that the link names; of a hard link, where its object is in the tree."""
    file: str | None
    """The file that an external link names."""
    object: str | None
    """The path of the object that it leads to in the end; None where it leads nowhere, or out of the file."""
    problem: str | None
    """Why it leads nowhere, where it does."""


class GroupEntry(TypedDict):
    """A group."""

    path: str
    name: str
    kind: Literal["group"]
    neurodata_type: str | None
    namespace: str | None
    object_id: str | None
    attributes: dict[str, Any]
    """All but those that have a key of their own here, see `to_json` for their values."""
    members: int
    """How many objects and links are in it."""
    children: list[Entry] | None
    """The objects in it; None where the walk was told to end here."""
    links: list[LinkEntry] | None
    """The links in it; None where the walk was told to end here."""


class DatasetEntry(TypedDict):
    """A dataset."""

    path: str
    name: str
    kind: Literal["dataset"]
    neurodata_type: str | None
    namespace: str | None
    object_id: str | None
    attributes: dict[str, Any]
    shape: list[int] | None
    """``[]`` for a single value, None for an empty dataset (a null dataspace)."""
    maxshape: list[int | None] | None
    """The lengths to which the axes may grow, None for an axis without bounds."""
    dtype: DType
    chunks: list[int] | None
    size: int | None
    """The bytes that the values take when they are read; None where nobody knows before, as for text."""
    stored_size: int
    """The bytes in the file.  HDF5 keeps text of any length in a heap, and counts only what points there."""
    value: Any
    """The value of a dataset that has a single one."""
    problem: str | None
    """Why the dataset cannot be read, where it cannot."""


Entry = GroupEntry | DatasetEntry
DType = str | list["FieldEntry"]
"""The name of a type; for a compound type, its fields."""


class FieldEntry(TypedDict):
    """A field of a compound type."""

    name: str
    dtype: DType


class NamespaceEntry(TypedDict):
    """A namespace that the file has specifications of."""

    name: str
    versions: list[str]


class Document(TypedDict):
    """A file, or a part of one."""

    file: str
    size: int | None
    """The size of the file in bytes; None for a file object."""
    nwb_version: str | None
    namespaces: list[NamespaceEntry]
    tree: Entry


def file_tree(io: HDF5IO, path: str = "/", *, depth: int | None = None) -> Document:
    """Return what is in a file; of its data, single values only are read.

    Parameters
    ----------
    io
        The file.
    path
        The group or dataset to begin with; soft links are followed.
    depth
        How many levels below it are walked; None for all.  What is further down is not read.

    Raises
    ------
    ObjectNotFoundError
        Where there is no object at the path, or only specifications.
    UnreadableObjectError
        Where the file is damaged in what is walked.
    """
    with io.reading(path) as file:
        start = start_of(io, file, path)
        walk = _Walk(start, depth, io.is_skipped)
        flat = flatten(file, [start], walk.follow, walk.skip, walk.locate, limits=io.limits)
        return {
            "file": io.filename,
            "size": Path(io.filename).stat().st_size if Path(io.filename).is_file() else None,
            "nwb_version": version_of(file),
            "namespaces": _namespaces(file),
            "tree": to_tree(flat, start, walk.opened, _Look(file, flat, io.is_skipped)),
        }


class _Walk:
    """Which objects are walked: those below the start, down to a depth.

    `flatten` also goes where references and soft links lead.  Here an object counts only when the walk comes
    by the group that holds it: each has one place in the tree, and nothing is read that is not shown.
    """

    def __init__(self, start: str, depth: int | None, skipped: Callable[[str], bool]) -> None:
        self.opened: set[str] = set()
        """The paths of the groups whose members are walked."""
        self._start, self._depth, self._skipped = start, depth, skipped

    def follow(self, node: StoredObject) -> Iterable[str] | None:
        if self._depth is not None and _level(node.path) - _level(self._start) >= self._depth:
            return ()
        self.opened.add(node.path)
        return None

    def skip(self, path: str) -> bool:
        return path != self._start and (_parent(path) not in self.opened or self._skipped(path))

    def locate(self, reference: StoredReference, holder: str) -> None:  # noqa: ARG002 (flatten calls it)
        return None


class _Look:
    """What the nodes do not say, looked up in the open file for those that are shown."""

    def __init__(self, file: h5py.File, flat: Flat, skipped: Callable[[str], bool]) -> None:
        self._file, self._skipped, self._headers = file, skipped, Headers(file)
        self._paths: dict[Key, str | None] = {key: node.path for key, node in flat.nodes.items()}

    def members(self, node: StoredGroup) -> int:
        """Return the number of members of a group; they are not walked."""
        try:
            group = self._open(node.path)
        except (KeyError, OSError, RuntimeError, ValueError):
            return 0
        if not isinstance(group, h5g.GroupID):
            return 0
        if node.path == "/":  # which may hold the specifications
            return sum(self.shows(join("/", name)) for name in links_of(group))
        return int(group.get_num_objs())

    def stored_size(self, node: StoredDataset) -> tuple[int, str]:
        """Return the bytes that the values of a dataset take, for which HDF5 walks its chunks; and why it cannot."""
        try:
            size = self._headers.stored_size(node.key[1], node.path) if not node.problem else None
            return int(self._open(node.path).get_storage_size()) if size is None else size, node.problem
        except (KeyError, OSError, RuntimeError, ValueError) as error:
            return 0, node.problem or f"{type(error).__name__}: {error}"

    def target(self, path: str) -> str | None:
        """Return where a soft link leads to in the end: by its place in the tree, where it has one."""
        found = open_path(self._file, path)
        return None if found is None else self._paths.get(key_of(found[0])) or found[1]

    def problem(self, path: str) -> str:
        """Say why a hard link leads to neither a group nor a dataset."""
        try:
            named = isinstance(self._open(path), h5t.TypeID)
        except EndlessHeapError as error:
            return f"cannot be opened: {error.reason}"
        except (KeyError, OSError, RuntimeError, ValueError) as error:
            return f"cannot be opened: {error}"
        return "a named datatype" if named else "neither a group nor a dataset"

    def shows(self, path: str) -> bool:
        """Tell whether a member is data, and no specifications."""
        return not self._skipped(path)

    def path_of(self, reference: StoredReference) -> str | None:
        """Return where a reference leads to; HDF5 has to search for an object that is not in the tree."""
        if reference.key is None:
            return None
        if reference.key not in self._paths:
            self._paths[reference.key] = reference.path
        return self._paths[reference.key]

    def _open(self, path: str) -> Any:
        """Open an object by a path of hard links."""
        return open_object(self._file, path.encode("utf-8", "surrogateescape"))


def to_tree(flat: Flat, start: str, opened: set[str], look: _Look) -> Entry:
    """Return the entry of one node, with those of all nodes below.

    Without recursion: a file can be nested deeper than Python's stack.

    Parameters
    ----------
    flat
        The nodes.
    start
        The path of the node.
    opened
        The paths of the groups whose members were walked.
    look
        Where values and the ends of links are looked up.
    """
    entries: dict[str, Entry] = {}
    for node in flat.nodes.values():
        entries[node.path] = _group(node, look) if isinstance(node, StoredGroup) else _dataset(node, look)
    for node in flat.nodes.values():
        group = entries[node.path]
        if not isinstance(node, StoredGroup) or group["kind"] != "group" or node.path not in opened:
            continue
        children: list[Entry] = []
        links: list[LinkEntry] = []
        for link in node.links.values():
            path = join(node.path, link.name)
            if path in entries:
                children.append(entries[path])
            elif look.shows(path):
                links.append(_link(path, link, flat, look))
        group["children"], group["links"], group["members"] = children, links, len(children) + len(links)
    return entries[start]


def _group(node: StoredGroup, look: _Look) -> GroupEntry:
    return {
        "path": node.path,
        "name": _name(node.path),
        "kind": "group",
        **_identity(node),  # type: ignore[typeddict-item]
        "attributes": _attributes(node, look.path_of),
        "members": 0 if node.links else look.members(node),
        "children": None,
        "links": None,
    }


def _dataset(node: StoredObject, look: _Look) -> DatasetEntry:
    assert isinstance(node, StoredDataset)
    shape = None if node.shape is None else [int(length) for length in node.shape]
    known = shape is not None and not node.dtype.hasobject and not node.problem
    stored_size, problem = look.stored_size(node)
    return {
        "path": node.path,
        "name": _name(node.path),
        "kind": "dataset",
        **_identity(node),  # type: ignore[typeddict-item]
        "attributes": _attributes(node, look.path_of),
        "shape": shape,
        "maxshape": None if shape is None else list(node.maxshape),
        "dtype": "unknown" if node.problem else dtype_name(node.dtype),
        "chunks": None if node.chunks is None else list(node.chunks),
        "size": math.prod(shape) * node.dtype.itemsize if known and shape is not None else None,
        "stored_size": stored_size,
        "value": to_json(node.value, look.path_of),
        "problem": problem or None,
    }


def _link(path: str, link: StoredLink, flat: Flat, look: _Look) -> LinkEntry:
    target: str | None = link.path
    found = problem = None
    if link.kind == "hard":
        node = flat.nodes.get(link.key) if link.key is not None else None
        target = found = node.path if node is not None else None
        problem = None if node is not None else look.problem(path)
    elif link.kind == "soft":
        found = flat.nodes[flat.keys[path]].path if path in flat.keys else look.target(path)
        problem = None if found is not None else "nothing there"
    return {
        "path": path,
        "name": link.name,
        "kind": link.kind,
        "target": target,
        "file": link.filename if link.kind == "external" else None,
        "object": found,
        "problem": problem,
    }


def _identity(node: StoredObject) -> dict[str, str | None]:
    object_id = node.attributes.get("object_id")
    return {
        "neurodata_type": node.neurodata_type,
        "namespace": node.namespace,
        "object_id": object_id if isinstance(object_id, str) else None,
    }


def _attributes(node: StoredObject, path_of: PathOf) -> dict[str, Any]:
    """Return the attributes of a node but those that its identity has told, and the way to specifications."""
    return {
        name: to_json(value, path_of)
        for name, value in node.attributes.items()
        if (name not in IDENTITY or not isinstance(value, str)) and (name != SPECLOC or node.path != "/")
    }


def to_json(value: Any, path_of: PathOf) -> Any:
    """Return a value of an attribute or dataset in what JSON has.

    Parameters
    ----------
    value
        What `nwb_models.io.values` reads.
    path_of
        Finds the path of the object that a reference leads to.

    Returns
    -------
    object
        Text, numbers and booleans as they are; arrays as lists; rows of a compound type as mappings.  Where
        JSON has no word for it: ``"NaN"``, ``"Infinity"``, ``"-Infinity"``; ``{"real", "imag"}`` for a
        complex number; ``{"reference", "path"}``, for a region with ``"region"``, for a reference;
        ``{"bytes"}``, in hexadecimal, for opaque bytes; ``{"unreadable"}``, the reason, for what cannot be
        read; None for an empty value.

    Examples
    --------
    >>> to_json(np.array([0.5, np.nan]), lambda reference: reference.path)
    [0.5, 'NaN']
    """
    match value:
        case None | str() | bool() | int():
            return value
        case np.ndarray():
            return [to_json(item, path_of) for item in value] if value.ndim else to_json(value[()], path_of)
        case np.bool_():
            return bool(value)
        case np.integer():
            return int(value)
        case float() | np.floating():
            return _float(value)
        case complex() | np.complexfloating():
            return {"real": _float(value.real), "imag": _float(value.imag)}
        case h5py.Empty():
            return None
        case StoredReference():
            region = {"region": value.region} if value.kind == "region" else {}
            return {"reference": value.kind, "path": path_of(value), **region}
        case Unreadable():
            return {"unreadable": value.reason}
        case np.void() if value.dtype.names is not None:
            return {name: to_json(value[name], path_of) for name in value.dtype.names}
        case np.void():
            return {"bytes": value.tobytes().hex()}
        case _:
            return str(value)


def _float(value: Any) -> float | str:
    """Return a number as JSON has it: the shortest one that is the same in the precision stored."""
    number = float(str(value)) if isinstance(value, np.float16 | np.float32) else float(value)
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def dtype_name(dtype: np.dtype[Any]) -> DType:
    """Return the name of a type: numpy's for numbers, the NWB specification language's for text.

    >>> dtype_name(np.dtype(">f8")), dtype_name(h5py.string_dtype()), dtype_name(h5py.ref_dtype)
    ('big-endian float64', 'text', 'object reference')
    >>> dtype_name(np.dtype([("x", "u4"), ("y", "u4")]))
    [{'name': 'x', 'dtype': 'uint32'}, {'name': 'y', 'dtype': 'uint32'}]
    """
    text = h5py.check_string_dtype(dtype)
    if text is not None:
        return "ascii" if text.encoding == "ascii" else "text"
    reference = h5py.check_ref_dtype(dtype)
    if reference is not None:
        return "region reference" if reference is h5py.RegionReference else "object reference"
    row = h5py.check_vlen_dtype(dtype)
    if row is not None:
        return f"vlen of {_short(dtype_name(np.dtype(row)))}"
    if h5py.check_enum_dtype(dtype) is not None:
        return f"enum of {np.dtype(dtype.str).name}"
    if dtype.names is not None:
        return [{"name": name, "dtype": dtype_name(dtype[name])} for name in dtype.names]
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return f"{_short(dtype_name(base))} {shape}"
    if dtype.kind == "V":
        return f"opaque of {dtype.itemsize} bytes"
    return f"big-endian {dtype.name}" if dtype.str.startswith(">") else dtype.name


def _short(dtype: DType) -> str:
    return dtype if isinstance(dtype, str) else "compound"


def _namespaces(file: h5py.File) -> list[NamespaceEntry]:
    """Return the namespaces in a file with their versions; the specifications are not read."""
    group = specifications_group(file)
    found: list[NamespaceEntry] = []
    for name in links_of(group.id) if group is not None else ():
        versions = _open_group(file, group.id, name) if group is not None else None
        if versions is not None:
            found.append({"name": name, "versions": sorted(links_of(versions), key=version_key)})
    return found


def _open_group(file: h5py.File, parent: h5g.GroupID, name: str) -> h5g.GroupID | None:
    """Return a group in a group, None for what is no group."""
    try:
        found = open_object(file, name.encode("utf-8", "surrogateescape"), parent)
    except (KeyError, OSError, RuntimeError, ValueError):
        return None
    return found if isinstance(found, h5g.GroupID) else None


def _name(path: str) -> str:
    return path.rpartition("/")[2] or "/"


def _parent(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def _level(path: str) -> int:
    return 0 if path == "/" else path.count("/")
