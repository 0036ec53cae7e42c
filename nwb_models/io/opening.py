"""A file that is opened to read it: what it costs HDF5, and how to tell that it is another one by now."""

from __future__ import annotations

import os
import time
from functools import cache
from typing import Any

import h5py
import numpy as np
from h5py import h5f, h5g, h5p

from nwb_models.errors import NotReadableError

State = tuple[int, ...]
"""What `state_of` says of a file."""

BEING_WRITTEN = "it is open for writing elsewhere, in another process or by h5py in this one: close it there first"
"""Why a file cannot be opened, or replaced."""

CACHE = 1 << 20
"""How many bytes of headers HDF5 keeps of a file that is gone through once."""


ROOM = 1 << 20
"""How many bytes of memory there are to be when HDF5 opens a file: it takes somewhat more than half of that at once."""


def require_room() -> None:
    """Raise `MemoryError` where there is no memory to open a file with.

    HDF5 2.0 crashes there: where it does not get the half MiB of the table of its cache of headers, ``H5AC_create``
    goes on to read of a cache that is not there.
    """
    np.empty(ROOM, np.uint8)


class OpenedFile(h5py.File):  # type: ignore[misc]
    """A file that is read, and does not change meanwhile."""

    trail: tuple[list[str], list[h5g.GroupID]] = ([], [])
    """The names of the groups on the way to what was looked for last, see `~nwb_models.io.queue.walk`, and the root and
    these groups."""
    base: int | None = None
    """Where the file begins that HDF5 sees, see `~nwb_models.io.mappings.open_object`; None where nobody has asked."""


class LocalFile(OpenedFile):
    """A file of this machine that HDF5 reads through a descriptor of the system."""

    descriptor: int


def path_of(path: Any) -> str:
    """Return the path of a file as text: what stands in every error about it.

    Raises
    ------
    TypeError
        Where it is nothing that can be a path.
    NotReadableError
        Where it is empty.
    """
    if not isinstance(path, str | bytes | os.PathLike):
        msg = f"the path of a file is needed here, and not {path!r:.80}"
        raise TypeError(msg)
    found = os.fsdecode(path)
    if not found:
        msg = "the path of a file is needed here, and it is empty"
        raise NotReadableError(msg)
    return found


def opened(place: Any) -> OpenedFile:
    """Open a file to read it: a path, or a file object.

    A local one has properties that are made once, which leaves out a quarter of what `h5py.File` takes.

    Raises
    ------
    OSError, RuntimeError, ValueError
        As h5py does.
    """
    if not isinstance(place, str):
        file = OpenedFile(place, "r")
        limit_cache(file.id)
        return file
    file = LocalFile(h5f.open(os.fsencode(place), h5f.ACC_RDONLY, _properties()))
    file.descriptor = file.id.get_vfd_handle()
    return file


def descriptor_of(file: h5py.File) -> int | None:
    """Return the descriptor that HDF5 reads a file from; None of one that is written, or has another driver."""
    if isinstance(file, LocalFile):
        return file.descriptor
    if file.mode != "r" or file.driver != "sec2":
        return None
    descriptor: int = file.id.get_vfd_handle()
    return descriptor


@cache
def _properties() -> h5p.PropFAID:
    properties = h5p.create(h5p.FILE_ACCESS)
    properties.set_libver_bounds(h5f.LIBVER_EARLIEST, h5f.LIBVER_LATEST)  # as h5py does
    properties.set_fapl_sec2()
    limit_cache(properties)
    return properties


def limit_cache(place: h5f.FileID | h5p.PropFAID) -> None:
    """Let HDF5 keep few headers of a file.

    Left to itself it keeps more and more where it finds that it comes by each only once, decoded and therefore many
    times as large as in the file: 300 MB for 25,000 objects, and no faster than with this limit.
    """
    config = place.get_mdc_config()
    config.max_size = CACHE
    config.min_size = min(config.min_size, CACHE)
    config.set_initial_size, config.initial_size = True, CACHE
    place.set_mdc_config(config)


def state_of(path: str | os.PathLike[str]) -> State | None:
    """Return what changes when a file does: size, time and identity; None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a path of pathlib takes three times as long to make
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


SETTLED = 2_000_000_000
"""Nanoseconds after which a file that is changed once more has another time for sure, on any file system."""


def identity_of(file: h5py.File) -> State | None:
    """Return what tells that an open file is the same, with the same content, as one that was open before.

    It is asked of the descriptor that HDF5 reads from, not of a path, at which there may be another file by now.

    Returns
    -------
    tuple of int or None
        None where that cannot be told: of another driver, a file that is written, or one that was changed just now.
    """
    descriptor = descriptor_of(file)
    if descriptor is None:
        return None
    status = os.fstat(descriptor)
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    if not 0 < changed < time.time_ns() - SETTLED:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
