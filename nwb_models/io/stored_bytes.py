"""The bytes of an HDF5 file that h5py has open, and what lies in its heaps; no length is believed unchecked.

The layouts are those of the HDF5 File Format Specification, version 3.0 (sections II.A, III.A, III.D and III.E), with
addresses and lengths of 8 bytes.  What is unusual in any way is `UnfamiliarError`: then h5py reads the object.
"""

from __future__ import annotations

import os
import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.errors import NWBError
from nwb_models.io.opening import descriptor_of
from nwb_models.limits import raising

if TYPE_CHECKING:
    import h5py

UNDEFINED = 0xFFFF_FFFF_FFFF_FFFF
"""The address of what was never stored."""
MAX_BLOCK = 1 << 26
"""The most bytes that are read at once."""

_PAGE_BITS = 14
_MAX_PAGES = 512
_MAX_HEAPS = 1 << 24
_SMALL_HEAP = 1 << 14
_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_BASE_ADDRESS = {0: 24, 1: 28}
"""Superblock version -> where it has the base address; 16 bytes behind that it says how long the file is."""
_NEWER = {**_BASE_ADDRESS, 2: 12, 3: 12}
_SUPERBLOCK = struct.Struct("<8sB4x2sxHH4xH").unpack_from
_ADDRESS = struct.Struct("<Q").unpack_from
_PAIR = struct.Struct("<QQ").unpack_from
_HEAP = struct.Struct("<4sB3xQQQ").unpack_from
_COLLECTION = struct.Struct("<4sB3xQ").unpack_from

Heap = tuple[bytes, dict[int, tuple[int, int]]]
"""A global heap collection, and where in it the object of each index begins and ends."""


class UnfamiliarError(Exception):
    """Something that only HDF5 itself can judge: a newer layout, a rare one, or damage."""


class RefusedValueError(NWBError):
    """A value that is not read, and that HDF5 is not asked for."""


def too_large(size: int, most: int) -> str:
    """Say that a value has more bytes than `Limits.value_bytes` allow."""
    return f"it has {size} bytes, and {most} are the limit: {raising('value_bytes')}"


class LargeTextsError(RefusedValueError):
    """Texts that are more than a value may have; any number of them can be one and the same in the file."""

    def __init__(self, size: int, most: int) -> None:
        super().__init__(too_large(size, most))


class StoredBytes:
    """What is stored at an address of a file.

    It is read through the descriptor that HDF5 has opened: it is the same file whatever happens to its name, and one
    that is cut off meanwhile is an error, which it would not be in a memory map.

    Parameters
    ----------
    file
        A local file, open for reading only.
    versions
        The versions of the superblock, and where in it the base address is.

    Raises
    ------
    UnfamiliarError
        Where it is no such file, or its superblock is not of one of the versions.
    """

    def __init__(self, file: h5py.File, versions: dict[int, int] = _BASE_ADDRESS) -> None:
        descriptor = descriptor_of(file)
        if descriptor is None:
            raise UnfamiliarError
        self._descriptor = descriptor
        self._pages: dict[int, bytes] = {}
        self._heaps: dict[int, Heap] = {}
        self._heaps_size = 0
        superblock = os.pread(self._descriptor, 96, 0)
        signature, version, sizes, leaf, tree, chunks = _SUPERBLOCK(superblock)
        begin = versions.get(version)
        sizes = superblock[9:11] if version > 1 else sizes
        if signature != _SIGNATURE or begin is None or sizes != b"\x08\x08" or _ADDRESS(superblock, begin)[0] != 0:
            raise UnfamiliarError
        self.leaf_space, self.tree_space = 2 * leaf, 2 * tree
        """How many links a leaf of a group's B-tree, and how many children a node of it, has space for."""
        self.chunk_space = 2 * chunks if version else 64
        """How many children a node of a B-tree of chunks has space for."""
        status = os.fstat(self._descriptor)
        self.end = min(_ADDRESS(superblock, begin + 16)[0], status.st_size)
        """How many bytes of the file count."""

    def at(self, address: int, size: int) -> bytes:
        """Return so many bytes.

        Raises
        ------
        UnfamiliarError
            Where the file has not as many.
        """
        number = address >> _PAGE_BITS
        start = address - (number << _PAGE_BITS)
        page = self._pages.get(number)
        if page is None:
            page = self._page(number)
        found = page[start : start + size]
        return found if len(found) == size else self._across(address, size)

    def _page(self, number: int) -> bytes:
        if len(self._pages) == _MAX_PAGES:
            self._pages.clear()
        begin = number << _PAGE_BITS
        if begin >= self.end:
            raise UnfamiliarError
        page = self._pages[number] = os.pread(self._descriptor, min(1 << _PAGE_BITS, self.end - begin), begin)
        return page

    def _across(self, address: int, size: int) -> bytes:
        """Return bytes of more than one page."""
        if size > MAX_BLOCK or address + size > self.end:
            raise UnfamiliarError
        found = os.pread(self._descriptor, size, address)
        if len(found) != size:
            raise UnfamiliarError
        return found

    def part(self, address: int, size: int) -> bytes:
        """Return many bytes, which are not kept.

        Raises
        ------
        UnfamiliarError
            Where the file has not as many.
        """
        found = os.pread(self._descriptor, size, address) if address + size <= self.end else b""
        if len(found) != size:
            raise UnfamiliarError
        return found

    def local_heap(self, address: int) -> bytes:
        """Return the bytes of a local heap, where the names of a group's links are; its free list is checked."""
        signature, version, size, free, where = _HEAP(self.at(address, 32))
        if signature != b"HEAP" or version != 0:
            raise UnfamiliarError
        data = self.at(where, size)
        seen = set()
        while free != 1:  # the offset of no block
            if free in seen or not 0 < free <= size - 16:
                raise UnfamiliarError
            seen.add(free)
            following, length = _PAIR(data, free)
            if free + length > size:
                raise UnfamiliarError
            free = following
        return data

    def in_heap(self, address: int, index: int) -> bytes:
        """Return one object of a global heap collection, where text of any length is."""
        heap = self._heaps.get(address)
        if heap is None:
            heap = self._heap(address)
        data, places = heap
        try:
            begin, end = places[index]
        except KeyError:
            raise UnfamiliarError from None
        return data[begin:end]

    def _heap(self, address: int) -> Heap:
        """Return a collection, and where its objects are."""
        signature, version, size = _COLLECTION(self.at(address, 16))
        if signature != b"GCOL" or version != 1 or size < 4096 or size & 7:
            raise UnfamiliarError
        data = self.at(address, size)
        heap = data, (_met_objects if size <= _SMALL_HEAP else _objects)(data)
        self._heaps_size += size
        if self._heaps_size > _MAX_HEAPS:
            self._heaps.clear()
            self._heaps_size = size
        self._heaps[address] = heap
        return heap


def _objects(data: bytes) -> dict[int, tuple[int, int]]:
    """Return where the objects of a global heap collection begin and end; they have to fill it.

    It is read as the numbers of 8 bytes that it consists of, which takes less than half of the time of unpacking each
    object.
    """
    words = np.frombuffer(data, "<u8").astype(np.uint64, copy=False).data  # one that gives plain int
    size = len(words)
    objects: dict[int, tuple[int, int]] = {}
    at = 2
    while size - at >= 2:
        index, length = words[at] & 0xFFFF, words[at + 1]
        if index == 0:
            if length != 8 * (size - at):
                raise UnfamiliarError
            break
        begin = at + 2
        at = begin + (length + 7 >> 3)
        if index in objects or at > size:
            raise UnfamiliarError
        objects[index] = 8 * begin, 8 * begin + length
    return objects


_met_objects = lru_cache(maxsize=8)(_objects)
"""The same for a small collection, which is often one of a file that was open before."""


def stored_bytes(file: Any) -> StoredBytes | None:
    """Return the bytes of an open file, None where h5py has to read it."""
    return _opened(file, _BASE_ADDRESS)


def heap_bytes(file: Any) -> StoredBytes | None:
    """Return the same for what has not changed in newer versions of the format: global heaps."""
    return _opened(file, _NEWER)


def _opened(file: Any, versions: dict[int, int]) -> StoredBytes | None:
    try:
        return StoredBytes(file, versions)
    except (UnfamiliarError, OSError, RuntimeError, ValueError, AttributeError, IndexError, struct.error):
        return None  # AttributeError: a platform without os.pread
