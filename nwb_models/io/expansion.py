"""How much memory HDF5 takes for a part of a dataset, found out before it is taken.

A few kilobytes of a file can ask for any amount: a compressed chunk inflates to whatever comes of it, a thousand times
its size, and a million times where it was compressed twice; and any number of entries may refer to one long text.  So
the stored bytes are looked at first, where what they can become is more than the limits allow.  In all other files that
takes some microseconds for a reading.
"""

from __future__ import annotations

import itertools
import math
import zlib
from operator import contains
from typing import TYPE_CHECKING, Any, NoReturn

import h5py
import numpy as np
from h5py import h5d, h5i, h5t

from nwb_models.errors import TooLargeError, UnreadableObjectError
from nwb_models.io.elsewhere import names_sources
from nwb_models.io.faults import ADVICE
from nwb_models.io.heaps import read_stored, where
from nwb_models.io.leaf_types import uses_heaps
from nwb_models.io.stored_bytes import UnfamiliarError, heap_bytes
from nwb_models.io.values import dtype_of, size_of
from nwb_models.limits import raising

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nwb_models.io.stored_bytes import StoredBytes
    from nwb_models.limits import Limits

    Place = tuple[int, ...]
    Filters = list[tuple[int, tuple[int, ...]]]

DEFLATE, SHUFFLE, FLETCHER32, LZF = h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32, 32000
REACH = {DEFLATE: 1032, LZF: 88}
"""How many bytes a filter makes of one at most: 258 bytes of two bits, and 264 of three bytes."""
SLACK = 1 << 16
"""How many bytes more than twice its size a chunk may have: what cannot be compressed becomes a little longer."""
FEW, MANY = 256, 1000
"""Of how many chunks the index is asked for each, where it is not gone through; how many there may be for that to take
no time."""
REFERENCE = 16
"""How many bytes an entry has that refers to text or a row in a heap: length, address, and number in the heap."""


def require_bounded(
    dataset: h5d.DatasetID,
    limits: Limits,
    start: Place = (),
    count: Place | None = None,
    file: h5py.File | None = None,
) -> bool:
    """Refuse to read what would take more memory than the limits allow.

    Parameters
    ----------
    dataset
        An open dataset; data in other datasets and files is not looked at.
    limits
        `Limits.chunk_bytes` for what a chunk may become, `Limits.array_bytes` for texts and rows of their own length.
    start, count
        The part that will be read; all of it where that is not given.
    file
        The file as it was opened, where that is at hand: h5py takes 40 us to say how it reads a file.

    Returns
    -------
    bool
        Whether all of the dataset can be read, so that it need not be asked again.

    Raises
    ------
    TooLargeError
        Where a limit has to be raised to read it.
    UnreadableObjectError
        Where a chunk holds more than it may.
    """
    shape = dataset.shape
    if not shape or 0 in shape:
        return True
    count = shape if count is None else count
    start = start or (0,) * len(shape)
    options = dataset.get_create_plist()
    chunk = options.get_chunk() if options.get_layout() == h5d.CHUNKED else None
    filters = [(code, values) for code, _, values, _ in map(options.get_filter, range(options.get_nfilters()))]
    part = _Part(dataset, shape, start, count, chunk, filters, limits)
    is_bounded = chunk is None or not filters or part.require_chunks()
    varying = list(_varying(dataset.get_type()))
    if varying and not names_sources(options):
        part.require_texts(varying, file)
    return is_bounded and (not varying or count == shape)


def require_sources(dataset: h5d.DatasetID, limits: Limits, hops: int = 0) -> None:
    """Refuse a virtual dataset with a source that `require_bounded` might refuse.

    Which part of a source is read is not asked: so one that was compressed twice is refused as a whole.
    """
    options = dataset.get_create_plist()
    if options.get_layout() == h5d.VIRTUAL:
        from nwb_models.io.outside import MAX_CHAIN, opened_sources

        for source in opened_sources(dataset) if hops < MAX_CHAIN else ():
            require_sources(source, limits, hops + 1)
    elif hops and options.get_layout() == h5d.CHUNKED:
        codes = [options.get_filter(number)[0] for number in range(options.get_nfilters())]
        shape = dataset.shape
        part = _Part(dataset, shape, (0,) * len(shape), shape, options.get_chunk(), [], limits)
        if codes and part.chunk_size() > limits.chunk_size() and dataset.get_storage_size():
            part.refuse_chunk(part.chunk_size())
        if uses_heaps(dataset.get_type()):
            from nwb_models.io.copying import read_all

            read_all(dataset, limits)  # or HDF5 might never come back from one of them
        if sum(code in REACH for code in codes) > 1:
            msg = f"{part.where()} cannot be read through a virtual dataset: it was compressed twice"
            raise UnreadableObjectError(msg)


def touched_blocks(block: Place, start: Place, count: Place) -> list[Place]:
    """Return where the chunks begin, or other blocks, that a part of a dataset lies in; none where those are many."""
    touched = _touched(block, start, count)
    return list(itertools.product(*touched)) if math.prod(map(len, touched)) <= FEW else []


def _touched(chunk: Place, start: Place, count: Place) -> list[range]:
    """Return where the chunks of a part begin along each axis."""
    return [range(a // c * c, a + n, c) for a, n, c in zip(start, count, chunk, strict=True)]


class _Part:
    """A part of a dataset that is going to be read."""

    def __init__(
        self,
        dataset: h5d.DatasetID,
        shape: Place,
        start: Place,
        count: Place,
        chunk: Place | None,
        filters: Filters,
        limits: Limits,
    ) -> None:
        self.dataset, self.start, self.count = dataset, start, count
        self.shape, self.chunk, self.filters, self.limits = shape, chunk, filters, limits
        self.itemsize = _stored_size(dataset.get_type())
        self.file = h5i.get_file_id(dataset)
        self.data: StoredBytes | None = None
        self._is_whole = False
        """Whether all chunks of the dataset were looked at."""

    def where(self) -> str:
        """Return file and path."""
        return where(self.dataset)

    # ------------------------------------------------------------------------------------------ chunks
    def chunk_size(self) -> int:
        """Return how many bytes a chunk has before it is compressed."""
        assert self.chunk is not None
        return math.prod(self.chunk) * self.itemsize

    def require_chunks(self) -> bool:
        """Refuse chunks that inflate to more than they may; tell whether all chunks of the dataset are fine."""
        assert self.chunk is not None
        size, most = self.chunk_size(), self.limits.chunk_size()
        if size > most and self.dataset.get_storage_size():
            self.refuse_chunk(size)
        reach = [REACH[code] for code, _ in self.filters if code in REACH]
        few = most // math.prod(reach) if len(reach) < 2 else 0  # nobody compresses twice but to do harm
        total = math.prod(-(-n // c) for n, c in zip(self.shape, self.chunk, strict=True))
        stored = self.dataset.get_storage_size() if total <= MANY else self.file.get_filesize()
        if total <= MANY and stored > 2 * total * size + SLACK:
            msg = f"{self.where()} cannot be read: its {total * size} bytes are stored in {stored}, and may become more"
            raise UnreadableObjectError(msg)
        if not reach or stored <= few:
            return True
        large = self._chunks(few)
        for place in large:
            self.inflated(place)
        return not large and self._is_whole

    def _chunks(self, few: int) -> list[Place]:
        """Return where those chunks of the part begin that have more than some bytes in the file."""
        assert self.chunk is not None
        touched = _touched(self.chunk, self.start, self.count)
        if math.prod(map(len, touched)) <= FEW:
            self._is_whole = False
            return [place for place in itertools.product(*touched) if self._is_larger(place, few)]
        found: list[Place] = []
        self.dataset.chunk_iter(lambda info: found.append(info.chunk_offset) if info.size > few else None)
        self._is_whole = True
        return [place for place in found if all(map(contains, touched, place))]

    def _is_larger(self, place: Place, few: int) -> bool:
        """Tell whether a chunk has more than some bytes in the file: one that has not HDF5 finds again in a cache.

        This goes down the index of the chunks once, where HDF5 goes through all of it to say the size of one.
        """
        try:
            if few < 0:
                return True
            self.dataset.read_direct_chunk(place, out=bytearray(few))
        except ValueError:
            return True
        except (OSError, RuntimeError):  # it is not there, or damaged, which is said when it is read
            return False
        return False

    def inflated(self, place: Place) -> bytes | None:
        """Return a chunk as it was before it was compressed; None where only HDF5 can tell.

        Raises
        ------
        UnreadableObjectError
            Where it is more than a chunk has.
        """
        assert self.chunk is not None
        size = self.chunk_size()
        try:
            mask, raw = self.dataset.read_direct_chunk(place)
        except (OSError, RuntimeError):  # it is not there, or damaged, which is said when it is read
            return bytes(size)
        for number in reversed(range(len(self.filters))):
            code, values = self.filters[number]
            if mask >> number & 1:
                continue
            if code == DEFLATE:
                try:
                    raw = zlib.decompressobj().decompress(raw, 2 * size + SLACK)
                except zlib.error as error:
                    self._refuse_damaged(place, str(error), error)
                if len(raw) == 2 * size + SLACK:
                    self._refuse_damaged(place, f"it has {size} bytes, and inflates to more")
            elif code == FLETCHER32:
                raw = raw[:-4]
            elif code == SHUFFLE:
                raw = _in_order(raw, values[0] if values else self.itemsize)
            else:
                if REACH.get(code, 1) * len(raw) > self.limits.array_size():
                    self.refuse_chunk(REACH[code] * len(raw))
                return None
        return bytes(raw)

    def _refuse_damaged(self, place: Place, reason: str, error: BaseException | None = None) -> NoReturn:
        msg = f"{self.where()} cannot be read: the chunk at {place}: {reason}{ADVICE}"
        raise UnreadableObjectError(msg) from error

    def refuse_chunk(self, size: int) -> NoReturn:
        """Refuse what may become so many bytes."""
        msg = (
            f"{self.where()}: one of its chunks may take {size} bytes of memory, and {self.limits.chunk_size()} are "
            f"the limit: {raising('chunk_bytes')}"
        )
        raise TooLargeError(msg)

    # ------------------------------------------------------------------------------------------ texts
    def require_texts(self, varying: list[tuple[int, int]], file: h5py.File | None) -> None:
        """Refuse texts, and rows of their own length, that are more than the limits allow."""
        most = self.limits.array_size()
        total = 0
        self.data = heap_bytes(file or h5py.File(self.file))
        try:
            for raw in self._stored():
                for offset, size in varying:
                    entries = raw[..., offset : offset + REFERENCE].reshape(-1, REFERENCE)
                    total += size * int(np.ascontiguousarray(entries[:, :4]).view("<u4").sum(dtype=np.uint64))
        except UnfamiliarError:
            if 2 * math.prod(self.count) * self.file.get_filesize() > most:
                self._require_pieces(most)
            return
        if 2 * total > most:  # HDF5 has them, and what Python makes of them
            self._refuse_texts(2 * total, most)

    def _stored(self) -> Iterator[np.ndarray[Any, Any]]:
        """Yield the stored bytes of the part, those of an entry in the last axis.

        Raises
        ------
        UnfamiliarError
            Where they cannot be had.
        """
        if self.chunk is None:
            yield self._contiguous()
            return
        size = self.chunk_size()
        for place in self._chunks(-1):
            data = self.inflated(place)
            if data is None:
                raise UnfamiliarError
            if len(data) < size:
                self._refuse_damaged(place, f"it has {size} bytes, and {len(data)} are there")
            inside = zip(self.start, self.count, place, self.chunk, strict=True)
            within = tuple(slice(max(0, a - p), min(c, a + n - p)) for a, n, p, c in inside)
            yield np.frombuffer(data, "u1", size).reshape(*self.chunk, self.itemsize)[within]

    def _contiguous(self) -> np.ndarray[Any, Any]:
        """Return the stored bytes of rows of a dataset that lies in one piece."""
        offset = self.dataset.get_offset()
        whole = math.prod(self.shape) * self.itemsize
        if offset is None or self.data is None or self.dataset.get_storage_size() != whole:
            raise UnfamiliarError
        row = whole // self.shape[0]
        raw = self.data.part(offset + self.start[0] * row, self.count[0] * row)
        inside = (slice(a, a + n) for a, n in zip(self.start[1:], self.count[1:], strict=True))
        return np.frombuffer(raw, "u1").reshape(self.count[0], *self.shape[1:], self.itemsize)[slice(None), *inside]

    def _require_pieces(self, most: int) -> None:
        """Read few entries at a time, and refuse what is together more than the limit."""
        from nwb_models.io.copying import spaces_of, tile

        dtype = dtype_of(self.dataset.get_type())
        step = tile(self.count, 1, max(1, most // max(1, self.file.get_filesize())))
        total = 0
        for corner in itertools.product(*(range(0, n, s) for n, s in zip(self.count, step, strict=True))):
            count = tuple(min(s, n - a) for a, s, n in zip(corner, step, self.count, strict=True))
            values = np.empty(count, dtype)
            begin = tuple(a + b for a, b in zip(self.start, corner, strict=True))
            read_stored(self.dataset, values, h5t.py_create(dtype), spaces_of(self.dataset, begin, count))
            total += 2 * sum(map(size_of, values.flat))
            if total > most:
                self._refuse_texts(total, most)

    def _refuse_texts(self, size: int, most: int) -> None:
        msg = (
            f"{self.where()}: its texts or rows would take {size} bytes of memory, and {most} are the limit: read a "
            f"part of it, as in array[:1000], or {raising('array_bytes')}"
        )
        raise TooLargeError(msg)


def _in_order(raw: bytes, size: int) -> bytes:
    """Undo the shuffle filter, which puts the first bytes of all entries before their second ones."""
    count = len(raw) // size if size else 0
    array = np.frombuffer(raw, "u1", count * size).reshape(size, count)
    return array.T.tobytes() + raw[count * size :]


def _stored_size(stored: h5t.TypeID) -> int:
    """Return how many bytes an entry has in the file: text of any length is a pointer in memory, and more there."""
    kind = stored.get_class()
    if kind == h5t.COMPOUND:
        members = map(stored.get_member_type, range(stored.get_nmembers()))
        return int(stored.get_size() + sum(_stored_size(member) - member.get_size() for member in members))
    if kind == h5t.ARRAY:
        return int(math.prod(stored.get_array_dims())) * _stored_size(stored.get_super())
    return REFERENCE if _is_text(stored) else int(stored.get_size())


def _varying(stored: h5t.TypeID, begin: int = 0) -> Iterable[tuple[int, int]]:
    """Yield where an entry refers to text, or a row of its own length, and how many bytes one of that has."""
    kind = stored.get_class()
    if kind == h5t.COMPOUND:
        for number in sorted(range(stored.get_nmembers()), key=stored.get_member_offset):
            member = stored.get_member_type(number)
            yield from _varying(member, begin + stored.get_member_offset(number))
            begin += _stored_size(member) - member.get_size()
    elif kind == h5t.ARRAY:
        size = _stored_size(stored.get_super())
        for number in range(math.prod(stored.get_array_dims())):
            yield from _varying(stored.get_super(), begin + number * size)
    elif kind == h5t.VLEN:
        yield begin, int(stored.get_super().get_size())
    elif _is_text(stored):
        yield begin, 1


def _is_text(stored: h5t.TypeID) -> bool:
    return stored.get_class() == h5t.STRING and bool(stored.is_variable_str())
