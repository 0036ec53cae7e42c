"""What is in a file, path by path: links and types, without models, values or any other attribute."""

from __future__ import annotations

import contextlib
import difflib
from collections import deque
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from h5py import h5a, h5g, h5l, h5t

from nwb_models.errors import ObjectNotFoundError
from nwb_models.io.hdf5 import HDF5IO
from nwb_models.io.headers import Headers
from nwb_models.io.heaps import read_stored
from nwb_models.io.mappings import open_object
from nwb_models.io.nodes import TYPE_NAMES, text_of
from nwb_models.io.queue import join, key_of, links_of, open_path
from nwb_models.io.values import decode, encode, read_attribute
from nwb_models.limits import DEFAULT

if TYPE_CHECKING:
    import os

    from nwb_models.limits import Limits

_TEXT = h5t.py_create(h5py.string_dtype())
REFUSED = (KeyError, OSError, RuntimeError, ValueError)
"""What h5py raises for an object that HDF5 cannot open."""


def object_types(
    path: str | os.PathLike[str], object_path: str | None = None, *, limits: Limits = DEFAULT
) -> dict[str, str | None]:
    """Return the path and type of every object of a file: the quickest look at what is in it.

    Only links and types are read, and no model is built.

    Parameters
    ----------
    path
        The file.
    object_path
        The path of an object in it to begin with, with or without a leading ``/``; the whole file where it is not
        given.
    limits
        What is refused as too large.

    Returns
    -------
    dict
        Path -> neurodata_type, None for a group or dataset that has none; upper levels come first.  Each object is
        there once, by a path of hard links; soft and external links, and the specifications in the file, are not.

    Raises
    ------
    NotReadableError, NotNWBError
        Where it is no NWB file that can be opened.
    ObjectNotFoundError
        Where there is no object at `object_path`.
    UnreadableObjectError
        Where the file is damaged.

    Examples
    --------
    >>> import nwb_models as nwb
    >>> types = nwb.object_types("session.nwb")  # doctest: +SKIP
    >>> [path for path, kind in types.items() if kind == "ElectricalSeries"]  # doctest: +SKIP
    ['/acquisition/ElectricalSeries']
    """
    with HDF5IO(path, limits=limits) as io:
        return types_below(io, object_path or "/")


def types_below(io: HDF5IO, path: str, *, depth: int | None = None) -> dict[str, str | None]:
    """Return path and type of the objects at and below a path of an open file.

    Parameters
    ----------
    io
        The file.
    path
        The group or dataset to begin with; soft links are followed.
    depth
        How many levels below it are walked; None for all.

    Raises
    ------
    ObjectNotFoundError
        Where there is no object at the path, or only specifications.
    UnreadableObjectError
        Where the file is damaged in what is walked.
    """
    with io.reading(path) as file:
        start = start_of(io, file, path)
        headers = Headers(file, io.limits)
        begin = open_object(file, encode(start))
        address = key_of(begin)[1]
        seen = {address}
        found: dict[str, str | None] = {}
        waiting: deque[tuple[str, int, Any, str, int]] = deque([(start, address, begin, ".", 0)])
        while waiting:
            where, address, parent, name, level = waiting.popleft()
            outline = headers.outline(address, where)
            obj = None
            if outline is not None:
                found[where], links = outline
            else:
                obj = _opened(file, where, parent, name, address)
                if obj is None:
                    continue
                found[where], links = _type_of(obj), _links_of(obj)
            if depth is not None and level >= depth:
                continue
            above = join(where, "")
            for name, address in links:
                if address not in seen:
                    below = above + name
                    if not io.is_skipped(below):
                        seen.add(address)
                        waiting.append((below, address, obj, name, level + 1))
        return found


def _opened(file: h5py.File, path: str, parent: Any, name: str, address: int) -> Any:
    """Open an object, from its group where that is open; None for what is neither group nor dataset."""
    try:
        obj = open_object(file, encode(path if parent is None else name), parent, address)
    except REFUSED:
        return None
    return None if isinstance(obj, h5t.TypeID) else obj


def _type_of(obj: Any) -> str | None:
    """Return the type that an open object names; in nearly all files it is a single text of any length."""
    for name in TYPE_NAMES:
        raw = name.encode()
        if h5a.exists(obj, raw):
            attribute = h5a.open(obj, raw)
            if attribute.shape == ():
                value = np.empty((), dtype=object)
                with contextlib.suppress(TypeError, *REFUSED):  # where it is anything but text of any length
                    read_stored(attribute, value, _TEXT)
                    return decode(value[()])
            return text_of(read_attribute(obj, raw, lambda reference: reference))
    return None


def _links_of(obj: Any) -> list[tuple[str, int]]:
    """Return name and address of the hard links of an open group."""
    found: list[tuple[str, int]] = []

    def visit(name: bytes, info: Any) -> None:
        if info.type == h5l.TYPE_HARD:
            found.append((decode(name), info.u))

    if isinstance(obj, h5g.GroupID):
        obj.links.iterate(visit, info=True)
    return found


def start_of(io: HDF5IO, file: h5py.File, path: str) -> str:
    """Return the path of the object that a path leads to."""
    path = "/" + path.strip("/")
    found = open_path(file, path)
    if found is None:
        raise ObjectNotFoundError(_not_found(io, file, path))
    if io.is_skipped(path) or io.is_skipped(found[1]):
        msg = f"{path} of {io.filename} holds specifications and no data: HDF5IO.make_provider() reads them"
        raise ObjectNotFoundError(msg)
    return found[1]


def _not_found(io: HDF5IO, file: h5py.File, path: str) -> str:
    """Say where a path ends, and what is there instead."""
    above = path.rpartition("/")[0] or "/"
    while (found := open_path(file, above)) is None:
        path, above = above, above.rpartition("/")[0] or "/"
    msg = f"no object at {path} in {io.filename}"
    if not isinstance(found[0], h5g.GroupID):
        return f"{msg}: {above} is a dataset"
    links = links_of(found[0])
    name = path.rpartition("/")[2]
    if name in links:
        link = links[name]
        where = f"{link.path} in {link.filename}" if link.kind == "external" else link.path
        return f"{msg}: {join(above, name)} is a link to {where or 'something else'}, which is not in this file"
    names = [other for other in links if not io.is_skipped(join(above, other))]
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"{msg}: did you mean {join(above, near[0])}?"
    listed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"{msg}: {above} holds {listed or 'nothing'}"
