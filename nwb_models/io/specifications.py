"""The specifications inside a file."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import h5py
import numpy as np
from h5py import h5a, h5d, h5g, h5l, h5o, h5s, h5t

from nwb_models.errors import SpecificationError
from nwb_models.io.elsewhere import has_sources
from nwb_models.io.headers import Headers
from nwb_models.io.heaps import read_stored
from nwb_models.io.mappings import open_object
from nwb_models.io.opening import State, identity_of
from nwb_models.io.queue import SPECLOC, open_path
from nwb_models.io.values import MAX_VALUE, decode, dtype_of, encode, plain, read_attribute, target_of
from nwb_models.schema.language import Namespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.schema.language import Spec

SKIP_PATTERN = re.compile(r"^/?(?:specifications(?:/|$)|\.specloc$)")
"""Paths that are never read as data: the specifications and the attribute that says where they are.  A file whose
``.specloc`` points elsewhere keeps them there; `HDF5IO.is_skipped` goes by that."""

DEFAULT = "specifications"


class Place(NamedTuple):
    """Where a file keeps its specifications."""

    group: h5py.Group | None
    """The group that holds them, None where there is none."""
    path: str
    """The path of the group, "" where there is none."""
    is_misstated: bool
    """Whether there is a ``.specloc`` that leads to no group."""


def specifications_place(file: h5py.File) -> Place:
    """Return where the specifications are: where ``.specloc`` points, else at ``/specifications``.

    Source: "Storing specifications in HDF5 files" in the NWB storage documentation.
    """
    usual = _usual_group(file)
    if usual is not None:
        return Place(usual, f"/{DEFAULT}", is_misstated=False)
    located, default = _located(file), _group_at(file, DEFAULT)
    group = located if located is not None else default
    is_misstated = located is None and SPECLOC in file.attrs
    if group is None or group == file["/"]:
        return Place(None, "", is_misstated)
    # a group that was reached by a reference has no name yet, and HDF5 walks through the file to find one
    return Place(group, f"/{DEFAULT}" if default == group else str(group.name), is_misstated)


def specifications_group(file: h5py.File) -> h5py.Group | None:
    """Return the group with the specifications, see `specifications_place`."""
    return specifications_place(file).group


def specifications_path(file: h5py.File) -> str:
    """Return the path of the specifications, "" where there are none."""
    return specifications_place(file).path


def _usual_group(file: h5py.File) -> h5py.Group | None:
    """Return the group ``/specifications`` where ``.specloc`` is a reference to it, as in nearly every file.

    It takes 0.03 ms, and what finds the group wherever it is takes 0.3 ms.
    """
    root = h5g.open(file.id, b"/")
    try:
        attribute = h5a.open(root, SPECLOC.encode())
        link = root.links.get_info(DEFAULT.encode())
        if attribute.shape != () or not attribute.get_type().equal(h5t.STD_REF_OBJ) or link.type != h5l.TYPE_HARD:
            return None
        reference = np.empty((), dtype=h5py.ref_dtype)
        attribute.read(reference)
        referred = target_of(reference[()], file.id)
        group = open_object(file, DEFAULT.encode(), root, link.u)
        found, address = h5o.get_info(group).addr, h5o.get_info(root).addr
        if not isinstance(group, h5g.GroupID) or h5o.get_info(referred).addr != found or found == address:
            return None
    except (KeyError, OSError, RuntimeError, TypeError, ValueError):
        return None
    return h5py.Group(group)


def _located(file: h5py.File) -> h5py.Group | None:
    """Return the group that ``.specloc`` leads to."""
    name = SPECLOC.encode()
    location = read_attribute(file.id, name, lambda reference: reference) if h5a.exists(file.id, name) else None
    if isinstance(location, np.ndarray) and location.size == 1:
        location = location.reshape(-1)[0]
    found = None
    try:
        if isinstance(location, h5py.Reference) and location:
            found = h5py.Group(target_of(location, file.id))
        elif isinstance(location, str | bytes):
            found = _group_at(file, decode(location))
    except (KeyError, ValueError, OSError, RuntimeError):
        pass
    return found if isinstance(found, h5py.Group) and found != file["/"] else None


def _group_at(file: h5py.File, path: str) -> h5py.Group | None:
    """Return the group at a path, None where there is none in this file: external links are not followed."""
    found = open_path(file, path)
    return h5py.Group(found[0]) if found is not None and isinstance(found[0], h5g.GroupID) else None


def is_specification(path: str, root: str) -> bool:
    """Tell whether a path is that of the specifications, which are at `root`, or of something in them."""
    return bool(root) and path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/")


def read_specs_as_dicts(group: h5py.Group) -> dict[str, dict[str, dict[str, Spec]]]:
    """Return the specifications below a group: namespace -> version -> document -> its content.

    Parameters
    ----------
    group
        The group that holds them, e.g. ``file["specifications"]``; given a file, the group is looked up.

    Raises
    ------
    SpecificationError
        Where a document is no JSON.

    Examples
    --------
    >>> read_specs_as_dicts(file["specifications"])["core"]["2.5.0"]["nwb.base"]  # doctest: +SKIP
    {'datasets': [...], 'groups': [...]}
    """
    if isinstance(group, h5py.File):
        found = specifications_group(group)
        if found is None:
            return {}
        group = found
    specs: dict[str, dict[str, dict[str, Spec]]] = {}
    for name, version, documents in stored_documents(group):
        specs.setdefault(name, {})[version] = dict(documents)
    return specs


class JSONDocuments(Mapping[str, Any]):
    """The documents of one namespace as a file keeps them: JSON, parsed when it is asked for.

    Most files carry specifications whose models are there already, known by the `fingerprint` of the text.

    Parameters
    ----------
    texts
        Document -> its JSON.
    where
        The path of the group that holds them, for errors.
    """

    def __init__(self, texts: Mapping[str, bytes], where: str) -> None:
        self._texts = dict(texts)
        self._where = where
        self._parsed: dict[str, Any] = {}

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of names and texts."""
        digest = hashlib.sha256()
        for name in sorted(self._texts):
            for part in (encode(name), self._texts[name]):
                digest.update(b"%d:" % len(part) + part)
        return digest.hexdigest()

    @property
    def size(self) -> int:
        """The number of bytes of the texts."""
        return sum(map(len, self._texts.values()))

    def is_same(self, other: Mapping[str, Any]) -> bool:
        """Tell whether other documents have the same names and, byte for byte, the same texts."""
        return isinstance(other, JSONDocuments) and self._texts == other._texts

    def __getitem__(self, name: str) -> Any:
        if name not in self._parsed:
            try:
                self._parsed[name] = json.loads(self._texts[name].decode("utf-8"))
            except (ValueError, RecursionError) as error:
                msg = f"{self._where}/{name} is no JSON: {error}"
                raise SpecificationError(msg) from None
        return self._parsed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def stored_documents(group: h5py.Group, file: h5py.File | None = None) -> Iterator[tuple[str, str, JSONDocuments]]:
    """Yield each namespace in each version with its documents."""
    file = group.file if file is None else file
    for name, versions in _children(file, group.id):
        if isinstance(versions, h5g.GroupID):
            for version, documents in _children(file, versions):
                if isinstance(documents, h5g.GroupID):
                    texts = {
                        key: _document(dataset)
                        for key, dataset in _children(file, documents)
                        if isinstance(dataset, h5d.DatasetID)
                    }
                    yield name, version, JSONDocuments(texts, f"{name}/{version}")


class StoredSpecifications(NamedTuple):
    """What a file says of its specifications."""

    path: str
    """Where they are, "" where there are none."""
    is_misstated: bool
    """Whether there is a ``.specloc`` that leads to no group."""
    namespaces: tuple[tuple[str, str, Namespace], ...]
    """Name and version as the groups are called, and what is in them."""
    version: str | None
    """What the file says of its version of NWB, None where it says none or no text."""
    problem: str = ""
    """Why they cannot be read, where they cannot."""


def stored_specifications(file: h5py.File) -> StoredSpecifications:
    """Return the specifications of a file.

    A namespace whose documents were met before in this process is the same object as then: what it includes, and its
    `fingerprint`, are found once and not for each file.  Those of a file that was open before are not read again,
    which is half of the time of opening it.
    """
    identity = identity_of(file)
    if identity in _known:
        return _known[identity]
    place = specifications_place(file)
    namespaces = () if place.group is None else tuple(_namespaces(file, place.group))
    found = StoredSpecifications(place.path, place.is_misstated, namespaces, version_of(file))
    if identity is not None and identity == identity_of(file):
        if len(_known) >= MAX_MET:
            _known.clear()
        _known[identity] = found
    return found


def version_of(file: h5py.File) -> str | None:
    """Return what a file says of its version of NWB, None where it says none or no text."""
    said = Headers(file).attribute(h5o.get_info(file.id).addr, "/", "nwb_version")
    if said is None:  # or HDF5 might never come back from the heap that it is in
        said = read_attribute(file.id, b"nwb_version", str)
    return said if isinstance(said, str) else None


def _namespaces(file: h5py.File, group: h5py.Group) -> Iterator[tuple[str, str, Namespace]]:
    """Yield each namespace in each version."""
    for name, version, documents in stored_documents(group, file):
        key = name, version, documents.size
        namespace = _met.get(key)
        if namespace is None or not documents.is_same(namespace.documents):
            if len(_met) >= MAX_MET:
                _met.clear()
            namespace = _met[key] = Namespace(documents)
        yield name, version, namespace


_met: dict[tuple[str, str, int], Namespace] = {}
"""The last namespace of this name, version and number of bytes that was in a file."""
_known: dict[State | None, StoredSpecifications] = {}
"""What was found in files, by what `identity_of` says of them."""
MAX_MET = 100
"""How many of each are kept: the documents of core are 140 kB, and most files share them."""


def _children(file: h5py.File, group: h5g.GroupID) -> Iterator[tuple[str, Any]]:
    """Yield the names and objects of the hard links of a group: specifications from elsewhere are not the file's."""
    found: dict[bytes, int] = {}
    group.links.iterate(
        lambda name, info: found.update({name: info.u} if info.type == h5l.TYPE_HARD else {}), info=True
    )
    for name, address in found.items():
        with contextlib.suppress(*_REFUSALS):
            yield decode(name), open_object(file, name, group, address)


_TEXT = h5py.string_dtype()
_TEXT_IN_MEMORY = h5t.py_create(_TEXT)
_SINGLE = h5s.create(h5s.SCALAR)
_REFUSALS = (OSError, RuntimeError, TypeError, ValueError, KeyError)


def _document(dataset: h5d.DatasetID) -> bytes:
    """Return the text of a document; b"", which is no JSON, where it is none, or is not in the file."""
    buffer = np.empty((), dtype=_TEXT)
    if has_sources(dataset):
        return b""
    try:
        space = dataset.get_space()  # h5s.ALL would give the first of many
        read_stored(dataset, buffer, _TEXT_IN_MEMORY, (_SINGLE, space))
        text = buffer.item()
        if isinstance(text, bytes):
            return text
    except _REFUSALS:
        pass  # of another type or shape
    try:
        if (dataset.shape and max(dataset.shape) > 1) or dataset.get_type().get_size() > MAX_VALUE:
            return b""
        dtype = dtype_of(dataset.get_type())
        values = np.empty(dataset.shape, dtype)
        read_stored(dataset, values, h5t.py_create(dtype), (h5s.ALL, h5s.ALL))
        value = plain(values, dtype, str)
    except _REFUSALS:
        return b""
    if isinstance(value, np.ndarray):
        value = value.reshape(-1)[0] if value.size == 1 else ""
    return encode(decode(value)) if isinstance(value, str | bytes) else b""
