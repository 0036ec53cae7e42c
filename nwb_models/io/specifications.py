"""The specifications inside a file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import h5py

from nwb_models.errors import SpecificationError
from nwb_models.io.values import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.schema.language import Spec

SKIP_PATTERN = re.compile(r"^/?specifications(?:/|$)|(?:^|/)\.specloc$")
"""Paths that are never read as data: the specifications and the attribute that says where they are.  A file whose
``.specloc`` points elsewhere keeps them there; `HDF5IO.is_skipped` knows of it."""

DEFAULT = "specifications"


def specifications_group(file: h5py.File) -> h5py.Group | None:
    """Return the group with the specifications: where ``.specloc`` points, else ``/specifications``.

    Source: "Storing specifications in HDF5 files" in the NWB storage documentation.
    """
    location = file.attrs[".specloc"] if ".specloc" in file.attrs else None
    try:
        if isinstance(location, h5py.Reference) and location:
            found = file[location]
        elif isinstance(location, str | bytes):
            found = file[decode(location)]
        else:
            found = file.get(DEFAULT)
    except (KeyError, ValueError, OSError, RuntimeError):
        found = file.get(DEFAULT)
    return found if isinstance(found, h5py.Group) and found != file["/"] else None


def specifications_path(file: h5py.File) -> str:
    """Return the path of the specifications, "" where there are none."""
    group = specifications_group(file)
    if group is None:
        return ""
    # a group that was reached by a reference has no name yet, and HDF5 walks through the file to find one
    return f"/{DEFAULT}" if file.get(DEFAULT) == group else str(group.name)


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
        if isinstance(documents, Exception):
            raise documents
        specs.setdefault(name, {})[version] = documents
    return specs


def stored_documents(group: h5py.Group) -> Iterator[tuple[str, str, dict[str, Spec] | SpecificationError]]:
    """Yield each namespace in each version with its documents, or with what is wrong with them."""
    for name, versions in group.items():
        if isinstance(versions, h5py.Group):
            for version, documents in versions.items():
                if isinstance(documents, h5py.Group):
                    yield name, version, _documents(documents)


def _documents(group: h5py.Group) -> dict[str, Spec] | SpecificationError:
    found: dict[str, Any] = {}
    for key, dataset in group.items():
        if not isinstance(dataset, h5py.Dataset):
            continue
        try:
            value = dataset[()]
            found[key] = json.loads(value if isinstance(value, bytes | str) else value.reshape(-1)[0])
        except (ValueError, TypeError, OSError, AttributeError, IndexError, RecursionError) as error:
            return SpecificationError(f"{dataset.name} is no JSON: {error}")
    return found
