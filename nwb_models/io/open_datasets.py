"""Datasets of a file that stay open for a while: what was read of one is mostly read again, row by row."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import h5py
from h5py import h5d, h5p

from nwb_models.io.heaps import is_in_heap, watched
from nwb_models.io.mappings import open_object
from nwb_models.io.opening import LocalFile
from nwb_models.io.values import encode

if TYPE_CHECKING:
    from nwb_models.io.arrays import HDF5Array
    from nwb_models.io.hdf5 import HDF5IO

MOST = 8
"""How many datasets stay open."""
KEPT = 1 << 23
"""How many bytes of chunks HDF5 keeps of a dataset, as HDF5 2 does when left to itself."""
LARGEST = 1 << 25
"""The largest chunk that is kept though it has more bytes than that."""
SLOTS = 521
"""How many chunks are kept at most: a prime number, as the manual of HDF5 advises."""


class OpenDatasets:
    """The datasets of an open file that were read last.

    HDF5 keeps chunks that it has decompressed for as long as their dataset is open.  Of one that is opened for each
    row, it decompresses a whole chunk for each row: 4 ms in place of 30 us, with chunks of 1 MiB in gzip.

    Parameters
    ----------
    io
        The file, whose lock is held while one is looked up.
    """

    def __init__(self, io: HDF5IO) -> None:
        self._io = io
        self._file: h5py.File | None = None
        self._held: dict[str, h5py.Dataset] = {}

    def of(self, file: h5py.File, array: HDF5Array) -> tuple[h5py.Dataset, bool]:
        """Return the dataset of an array, and whether it was open.

        One whose data is in other files is opened each time, since HDF5 keeps those open with it.

        Raises
        ------
        OSError, RuntimeError, KeyError, ValueError
            As h5py does.
        """
        if array.elsewhere:
            return h5py.Dataset(open_object(file, encode(array.path))), False
        with self._io._lock:
            if self._file is not file:
                self._file, self._held = file, {}
            dataset = self._held.pop(array.path, None)
            is_known = dataset is not None
            if not is_known:
                stored = h5d.open(file.id, encode(array.path), _access(_kept(file, array)))
                if is_in_heap(array.dtype):
                    with watched(stored) as again:
                        stored = again
                dataset = h5py.Dataset(stored, readonly=True)  # which lets h5py keep what it has looked up
                if len(self._held) == MOST:
                    del self._held[next(iter(self._held))]
            self._held[array.path] = dataset
            return dataset, is_known

    def release(self) -> None:
        """Let go of the file."""
        with self._io._lock:
            self._file, self._held = None, {}


def _kept(file: h5py.File, array: HDF5Array) -> int:
    """Return how many bytes of chunks HDF5 is to keep.

    Of a local file without filters those are none, for HDF5 then reads the rows that are asked for, 12 us, and not the
    chunks that they lie in, 150 us for one of 4 MiB.  From a file object a chunk comes as fast as a row.
    """
    if not array.filtered and isinstance(file, LocalFile):
        return 0
    size = math.prod(array.chunks or ()) * array.dtype.itemsize
    return size if KEPT < size <= LARGEST else KEPT


@cache
def _access(kept: int) -> h5p.PropDAID:
    access = h5p.create(h5p.DATASET_ACCESS)
    access.set_chunk_cache(SLOTS, kept, 1.0 if kept == 0 else 0.75)
    return access
