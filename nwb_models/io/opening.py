"""A file that is opened to read it: what it costs HDF5, and how to tell that it is another one by now."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import h5py

State = tuple[int, ...]
"""What `state_of` says of a file."""

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


def with_small_cache(file: h5py.File) -> h5py.File:
    """Return a file of which HDF5 keeps few headers.

    Left to itself it keeps more and more where it finds that it comes by each only once, decoded and therefore many
    times as large as in the file: 300 MB for 25,000 objects, and no faster than with this limit.
    """
    config = file.id.get_mdc_config()
    config.max_size = CACHE
    config.min_size = min(config.min_size, CACHE)
    config.set_initial_size, config.initial_size = True, CACHE
    file.id.set_mdc_config(config)
    return file


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
    if file.mode != "r" or file.driver != "sec2":
        return None
    status = os.fstat(file.id.get_vfd_handle())
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    if not 0 < changed < time.time_ns() - SETTLED:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
