"""The specifications inside a file."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from h5py import h5d, h5g, h5o

from nwb_models.errors import SpecificationError
from nwb_models.io.queue import SPECLOC, links_of
from nwb_models.io.values import decode, dtype_of, read_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.io.nodes import StoredLink
    from nwb_models.schema.language import Spec

SKIP_PATTERN = re.compile(r"^/?(?:specifications(?:/|$)|\.specloc$)")
"""Paths that are never read as data: the specifications and the attribute that says where they are.  A file whose
``.specloc`` points elsewhere keeps them there; `HDF5IO.is_skipped` goes by that."""

DEFAULT = "specifications"


def specifications_group(file: h5py.File) -> h5py.Group | None:
    """Return the group with the specifications: where ``.specloc`` points, else ``/specifications``.

    Source: "Storing specifications in HDF5 files" in the NWB storage documentation.
    """
    found = _located(file)
    if found is None:
        found = file.get(DEFAULT)
    return found if isinstance(found, h5py.Group) and found != file["/"] else None


def is_located(file: h5py.File, group: h5py.Group | None) -> bool:
    """Tell whether ``.specloc`` leads to a group."""
    return group is not None and _located(file) == group


def _located(file: h5py.File) -> h5py.Group | None:
    """Return the group that ``.specloc`` leads to."""
    location = file.attrs.get(SPECLOC)
    if isinstance(location, np.ndarray) and location.size == 1:
        location = location.reshape(-1)[0]
    found = None
    try:
        if isinstance(location, h5py.Reference) and location:
            found = file[location]
        elif isinstance(location, str | bytes):
            found = file[decode(location)]
    except (KeyError, ValueError, OSError, RuntimeError):
        pass
    return found if isinstance(found, h5py.Group) and found != file["/"] else None


def specifications_path(file: h5py.File) -> str:
    """Return the path of the specifications, "" where there are none."""
    group = specifications_group(file)
    if group is None:
        return ""
    # a group that was reached by a reference has no name yet, and HDF5 walks through the file to find one
    return f"/{DEFAULT}" if file.get(DEFAULT) == group else str(group.name)


def is_specification(path: str, root: str) -> bool:
    """Tell whether a path is that of the specifications, which are at `root`, or of something in them."""
    return bool(root) and (path == root or path.startswith(root + "/"))


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

    def __init__(self, texts: Mapping[str, str], where: str) -> None:
        self._texts = dict(texts)
        self._where = where
        self._parsed: dict[str, Any] = {}

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of names and texts."""
        digest = hashlib.sha256()
        for name in sorted(self._texts):
            for part in (name, self._texts[name]):
                raw = part.encode("utf-8", "surrogateescape")
                digest.update(b"%d:" % len(raw) + raw)
        return digest.hexdigest()

    def __getitem__(self, name: str) -> Any:
        if name not in self._parsed:
            try:
                self._texts[name].encode("utf-8")  # surrogates stand for bytes that are none
                self._parsed[name] = json.loads(self._texts[name])
            except (ValueError, RecursionError) as error:
                msg = f"{self._where}/{name} is no JSON: {error}"
                raise SpecificationError(msg) from None
        return self._parsed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def stored_documents(group: h5py.Group) -> Iterator[tuple[str, str, JSONDocuments]]:
    """Yield each namespace in each version with its documents."""
    for name, versions in _children(group.id):
        if isinstance(versions, h5g.GroupID):
            for version, documents in _children(versions):
                if isinstance(documents, h5g.GroupID):
                    texts = {
                        key: _document(dataset)
                        for key, dataset in _children(documents)
                        if isinstance(dataset, h5d.DatasetID)
                    }
                    yield name, version, JSONDocuments(texts, f"{name}/{version}")


def _children(group: h5g.GroupID) -> Iterator[tuple[str, Any]]:
    """Yield the names and objects of the hard links of a group: specifications from elsewhere are not the file's."""
    links: dict[str, StoredLink] = {}
    with contextlib.suppress(OSError, RuntimeError):  # damaged: what is missing then is noted by who needs it
        links = links_of(group)
    for name, link in links.items():
        if link.kind == "hard":
            with contextlib.suppress(KeyError, OSError, RuntimeError, ValueError):
                yield name, h5o.open(group, name.encode("utf-8", "surrogateescape"))


def _document(dataset: h5d.DatasetID) -> str:
    """Return the text of a document; "", which is no JSON, where it is none."""
    try:
        value = h5py.Dataset(dataset)[()] if dataset.shape else read_scalar(dataset, dtype_of(dataset.get_type()), str)
    except (OSError, RuntimeError, TypeError, ValueError, KeyError):
        return ""
    if isinstance(value, np.ndarray):
        value = value.reshape(-1)[0] if value.size == 1 else ""
    return decode(value) if isinstance(value, str | bytes) else ""
