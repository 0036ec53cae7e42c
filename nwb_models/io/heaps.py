"""Heaps that HDF5 would never come back from: it is kept from reading them.

Text of any length, rows of their own length and regions are stored in global heaps.  HDF5 2.0.0 goes through a heap
from object to object, and where one was overwritten with zeros it goes on from it to itself, for ever; of an object
that is larger than its heap it reads what is behind that in memory.  Which heaps are behind a value only HDF5 knows.
So what may have any is read through Python, which looks at each heap before HDF5 gets it: `watched` gives the same
object in the same file, opened once more in this way.  Attributes are read as fast (14 us each), as there is little to
read of a heap but itself.
"""

from __future__ import annotations

import atexit
import os
import struct
import threading
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from h5py import h5a, h5d, h5f, h5fd, h5i, h5o, h5p, h5t

from nwb_models.errors import UnreadableObjectError
from nwb_models.io.leaf_types import uses_heaps
from nwb_models.io.opening import limit_cache

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

ENDLESS = "the heap that its text is in is damaged: HDF5 would search it for ever, or read beyond it"
SIGNATURE = b"GCOL"
ODD = "its type is damaged: it is of any length, and neither rows nor text"
MAX_OPEN = 16
"""How many files are open for this at a time."""
_BEGIN = struct.Struct("<4sB3xQ").unpack_from
_refused = threading.local()
_sound: set[tuple[Any, int]] = set()
"""Heaps that HDF5 comes back from: the file as it is, and where in it.  To look at one takes as long as to read it."""
_MAX_SOUND = 10_000


class EndlessHeapError(UnreadableObjectError):
    """What is in a heap that HDF5 would never come back from is not read."""

    def __init__(self, where: str = "", reason: str = ENDLESS) -> None:
        super().__init__(f"{where} cannot be read: {reason}" if where else reason)
        self.reason = reason


def is_endless(heap: bytes) -> bool:
    """Tell whether HDF5 would go through a global heap collection for ever, or read beyond it.

    An object has to end behind its begin, as its size can overflow, and within the heap: HDF5 copies so many bytes as
    its size says, whatever comes behind the heap in memory.

    Source: HDF5 File Format Specification, III.E.  An object without number is the free space, whose size counts its
    header of 16 bytes; the sizes of the others are without it.
    """
    words = np.frombuffer(heap, "<u8", len(heap) // 8).astype(np.uint64, copy=False).data  # which gives plain int
    at, end = 2, len(words)
    while end - at >= 2:
        size = words[at + 1]
        if not words[at] & 0xFFFF:
            step = size >> 3
            if not 0 < step <= end:  # it would go nowhere, or leave the heap, or overflow
                return step == 0 or step >> 60 > 0
        else:
            step = size + 23 >> 3
            if at + step > end:
                return True
        at += step
    return False


def is_in_heap(dtype: np.dtype[Any]) -> bool:
    """Tell whether values of a dtype may be in heaps: all objects but object references, which are addresses."""
    if dtype.names is not None:
        return dtype.hasobject and any(is_in_heap(dtype[name]) for name in dtype.names)
    return dtype.base.hasobject and h5py.check_ref_dtype(dtype.base) is not h5py.Reference


def seen(data: Any, address: int, read: Callable[[int, int], bytes], file: Any = None) -> bool:
    """Look at what HDF5 has read, before it gets it; a heap that it would not come back from loses its signature.

    Then HDF5 says that it is no heap.  It may not be told of an exception here: see `~nwb_models.io.stream.Stream`.

    Parameters
    ----------
    data
        What it gets.
    address
        Where that is in the file.
    read
        Called with address and size of the heap, of which HDF5 may have asked for the beginning only.
    file
        What tells that the file is one whose heaps were looked at before; None where nothing does.

    Returns
    -------
    bool
        Whether all is well.
    """
    if len(data) < 16 or bytes(data[:4]) != SIGNATURE:
        return True
    if (file, address) in _sound:
        return True
    if not is_endless(read(address, _BEGIN(data)[2])):
        if file is not None:
            if len(_sound) >= _MAX_SOUND:
                _sound.clear()
            _sound.add((file, address))
        return True
    data[:4] = bytes(4)
    _refused.count = refusals() + 1
    return False


def refusals() -> int:
    """Return how many heaps HDF5 did not get in this thread."""
    return getattr(_refused, "count", 0)


class watched:  # noqa: N801 - it is called as a function
    """Give an open object or attribute, or file, as it is read through Python; itself where that is so already.

    Nothing is looked at of a file that is open for writing, of one that is not read by descriptor, and on Windows.

    Raises
    ------
    EndlessHeapError
        Where HDF5 was kept from a heap meanwhile.
    """

    __slots__ = ("_before", "_obj")

    def __init__(self, obj: Any) -> None:
        self._obj = obj

    def __enter__(self) -> Any:
        self._before = refusals()
        try:
            return _again(self._obj)
        except Exception as error:
            self.__exit__(type(error), error, None)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if refusals() != self._before and (error is None or isinstance(error, Exception)):
            _refused.count = self._before
            raise EndlessHeapError(where(self._obj)) from error


def read_stored(
    obj: h5a.AttrID | h5d.DatasetID, values: np.ndarray[Any, Any], memory: h5t.TypeID, spaces: tuple[Any, ...] = ()
) -> None:
    """Let HDF5 read an attribute, or a part of a dataset, into an array.

    Parameters
    ----------
    values
        The array; of a dtype of bytes where numpy has none for it.
    memory
        The type that the values have in memory.
    spaces
        Of a dataset, where they belong in memory, and where they are in the file.

    Raises
    ------
    EndlessHeapError
        Where they are in a heap that HDF5 would never come back from.
    """
    if is_in_heap(values.dtype) or (values.dtype.kind == "V" and uses_heaps(obj.get_type())):
        with watched(obj) as again:
            again.read(*spaces, values, memory)
    else:
        obj.read(*spaces, values, memory)


def where(obj: Any) -> str:
    """Return file and path of an open object or attribute."""
    name = f"@{_text(obj.name)}" if isinstance(obj, h5a.AttrID) else ""
    path = "" if isinstance(obj, h5f.FileID) else f":{_text(h5i.get_name(obj) or b'?')}"
    return f"{_text(h5f.get_name(obj))}{path}{name}"


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _again(obj: Any) -> Any:
    """Open an object in the file that is read through Python."""
    file = h5i.get_file_id(obj)
    try:
        twin = _twins[file.id]
    except KeyError:
        twin = _keep(file)
    if twin is None or (isinstance(obj, h5d.DatasetID) and _is_virtual(obj)):
        return obj
    if isinstance(obj, h5f.FileID):
        return twin.file
    path = h5i.get_name(obj)
    if not path:  # no link leads to it that HDF5 can follow
        return obj
    found = twin.open(path)
    return h5a.open(found, obj.name) if isinstance(obj, h5a.AttrID) else found


def _is_virtual(dataset: h5d.DatasetID) -> bool:
    """Tell whether HDF5 would open other files, through what is there for this one; `require_sources` looks at them."""
    return dataset.get_offset() is None and dataset.get_create_plist().get_layout() == h5d.VIRTUAL


class _Twin:
    """A file that is read through Python."""

    def __init__(self, file: h5f.FileID) -> None:
        self.file = file
        self._last: tuple[tuple[bytes, Any], tuple[bytes, Any]] = (b"", file), (b"/", h5o.open(file, b"/"))
        """The path of the group that was met last, the path of an object in it, and both themselves."""

    def open(self, path: bytes) -> Any:
        """Open an object: from the root, HDF5 would go through each name of a path again, of groups in groups."""
        group, last = self._last
        if path == last[0]:
            return last[1]
        above, _, name = path.rpartition(b"/")
        if above != group[0]:
            group = last if above == last[0] else (above, h5o.open(self.file, above or b"/"))
        found = h5o.open(group[1], name or b"/")
        self._last = group, (path, found)
        return found


_twins: dict[int, _Twin | None] = {}
"""The identifier of an open file -> the same file, read through Python; HDF5 gives no identifier a second time."""


def _keep(file: h5f.FileID) -> _Twin | None:
    """Open a file once more."""
    while len(_twins) >= MAX_OPEN:
        forget(next(iter(_twins)))
    again = _opened(file)
    _twins[file.id] = twin = None if again is None else _Twin(again)
    return twin


def forget(number: int) -> None:
    """Let go of what was opened for the file with an identifier."""
    _twins.pop(number, None)


def _opened(file: h5f.FileID) -> h5f.FileID | None:
    if file.get_intent() != h5f.ACC_RDONLY or not hasattr(os, "pread"):
        return None
    if file.get_access_plist().get_driver() != h5fd.SEC2:
        return None
    options = h5p.create(h5p.FILE_ACCESS)
    options.set_libver_bounds(h5f.LIBVER_EARLIEST, h5f.LIBVER_LATEST)  # as h5py does
    options.set_fileobj_driver(h5fd.fileobj_driver, _Source(file.get_vfd_handle()))
    limit_cache(options)
    return h5f.open(h5f.get_name(file), h5f.ACC_RDONLY, options)


@atexit.register
def _close() -> None:
    """Close all files: HDF5 would, after Python has ended, and call it."""
    for twin in filter(None, _twins.values()):
        for obj in h5f.get_obj_ids(twin.file):
            while obj.valid:
                h5i.dec_ref(obj)
    _twins.clear()


class LookedAt:
    """A file object that HDF5 reads, which looks at each heap before HDF5 gets it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def readinto(self, buffer: Any) -> int:
        """Read, from the place where the file is."""
        place = self._stream.tell()
        if hasattr(self._stream, "readinto"):
            count: int = self._stream.readinto(buffer)
        else:
            data = self._stream.read(len(buffer))
            count = len(data)
            buffer[:count] = data
        seen(buffer, place, lambda address, size: read_at(self._stream, address, size))
        return count


def read_at(stream: Any, address: int, size: int) -> bytes:
    """Return so many bytes from a place, fewer at the end, and go back to where the stream was."""
    place = stream.tell()
    end = stream.seek(0, os.SEEK_END)
    stream.seek(address)
    data: bytes = stream.read(min(size, max(0, end - address)))
    stream.seek(place)
    return data


class _Source:
    """What HDF5 reads a file through a second time: the descriptor that it has open."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor, self.place = descriptor, 0
        status = os.fstat(descriptor)
        self._state = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        self.place = offset if whence != os.SEEK_END else self._size() + offset
        return self.place

    def tell(self) -> int:
        """Return the place."""
        return self.place

    def readinto(self, buffer: Any) -> int:
        """Read; what cannot be read is zeros, of which HDF5 says that it is no such thing."""
        try:
            data = self.read(self.place, len(buffer))
            buffer[: len(data)] = data
            seen(buffer, self.place, self.read, self._state)
        except BaseException:  # noqa: BLE001 - HDF5 may not be told
            buffer[:] = bytes(len(buffer))
            return 0
        return len(data)

    def read(self, address: int, size: int) -> bytes:
        """Return so many bytes from a place, fewer at the end of the file."""
        return os.pread(self.descriptor, min(size, self._size() - address), address)

    def _size(self) -> int:
        try:
            return os.fstat(self.descriptor).st_size
        except OSError:
            return 0
