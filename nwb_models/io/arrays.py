"""Arrays of an HDF5 file as the source of an `nwb_models.models.arrays.Array`."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from h5py import h5d, h5t, h5z

from nwb_models.errors import ClosedFileError, NotReadableError, NWBError, TooLargeError, UnreadableObjectError
from nwb_models.io.copying import spaces_of
from nwb_models.io.expansion import require_bounded, require_sources, touched_blocks
from nwb_models.io.faults import ADVICE, FAULTS, is_of_h5py, reason_of
from nwb_models.io.heaps import is_in_heap, watched
from nwb_models.io.values import decode, encode, plain, plain_dtype
from nwb_models.limits import raising
from nwb_models.models.issues import Issue
from nwb_models.models.links import Region, Unresolved
from nwb_models.models.time_series_reference import is_of_parts

if TYPE_CHECKING:
    from nwb_models.io.hdf5 import HDF5IO, Spec
    from nwb_models.io.nodes import StoredDataset
    from nwb_models.models.arrays import ArraySource


MANY = 64
"""From how many references on it pays to look which are the same."""
NUMPY = 2**63 - 1
"""The most bytes that an array of numpy may have, its axes without entries counted as one."""
FEW = 1000
"""How many rows are looked at when one is read, where there are no chunks."""
NOTHING: frozenset[tuple[int, ...]] = frozenset()
MOST = 10_000
"""Of how many chunks it is kept that they can be read."""


ELSEWHERE = "; its data is in other files: HDF5 looks for those of external storage from the working directory on"
"""What is said of data that is not in the file, where it cannot be read."""


class HDF5Array:
    """One dataset of a file; it opens the file again where that was closed, or where it arrives in another process."""

    __slots__ = (
        "_allowed_from",
        "_fine",
        "_io",
        "_is_bounded",
        "_spec",
        "chunks",
        "dtype",
        "elsewhere",
        "filtered",
        "maxshape",
        "path",
        "shape",
    )

    def __init__(self, io: HDF5IO, node: StoredDataset) -> None:
        assert node.shape is not None
        self._io: HDF5IO | None = io
        self._spec: Spec | None = None
        """What finds the file again, where the array was unpickled."""
        self.path = node.path
        self.shape = node.shape
        self.dtype = node.dtype
        self.maxshape = node.maxshape
        self.chunks = node.chunks
        self.filtered = node.filtered
        self.elsewhere = node.elsewhere
        self._is_bounded = not node.filtered and not node.dtype.hasobject and not node.elsewhere
        self._fine: frozenset[tuple[int, ...]] = NOTHING
        """Where chunks begin that can be read; as long as it is not all of them."""
        self._allowed_from: str | None = None
        """The working directory, where HDF5 looks for files too, in which the data was found to be of this folder."""

    @property
    def io(self) -> HDF5IO:
        """The file, opened again where the array was unpickled."""
        if self._io is None:
            from nwb_models.io.pickling import file_of

            assert self._spec is not None
            self._io = file_of(self._spec)
        return self._io

    def read(self, index: tuple[Any, ...]) -> Any:
        """Read a part.

        Raises
        ------
        UnreadableObjectError
            Where HDF5 cannot, for example for want of a filter, or may not, as it would open a file elsewhere.
        TooLargeError
            Where that is more than `~nwb_models.limits.Limits` allow.
        """
        self._require_size(index)
        try:
            with self.io.opened() as file:
                dataset, is_known = self.io.datasets.of(file, self)
                if self.elsewhere:
                    self._require_inside(dataset.id)
                if not self._is_bounded:
                    self._require_bounded(file, dataset.id, index)
                is_block = self.dtype.kind in "iuf" and all(type(part) is slice and part.step == 1 for part in index)
                if is_block and not is_known:
                    return self._block(dataset.id, index)
                if is_in_heap(self.dtype):
                    with watched(dataset.id):
                        return self._entries(file, dataset, index)
                return self._entries(file, dataset, index)
        except NWBError:
            raise
        except MemoryError as error:
            msg = f"{self.where()}: there is no memory for what is read of it: read a part of it, as in array[:1000]"
            raise TooLargeError(msg) from error
        except FAULTS as error:
            if not is_of_h5py(error):
                raise
            advice = ELSEWHERE if self.elsewhere else self._missing_filters() or ADVICE
            msg = f"{self.where()} cannot be read: {reason_of(error)}{advice}"
            raise UnreadableObjectError(msg) from error

    def _entries(self, file: h5py.File, dataset: h5py.Dataset, index: tuple[Any, ...]) -> Any:
        """Read entries of any type, in any order."""
        dtype = dataset.dtype
        if dtype.kind not in "OSV":
            return dataset[index]
        # A single entry comes from h5py as what it holds, be that text or itself an array: taken as a slice of one it
        # is an entry of an array like any other.
        single = tuple(0 if isinstance(entry, int) else slice(None) for entry in index)
        rows = tuple(slice(entry, entry + 1) if isinstance(entry, int) else entry for entry in index)
        values = self._by_address(file, dataset, rows)
        if values is None:
            values = plain(dataset[rows], dtype, self._resolve)
        if h5py.check_string_dtype(dtype) is not None:
            self._note_encoding(values)
        return values[single]

    def _block(self, stored: h5d.DatasetID, index: tuple[slice, ...]) -> np.ndarray[Any, Any]:
        """Read a block of numbers, the first one of its dataset: h5py takes 30 us more to look up what it needs."""
        slices = *index, *(slice(None),) * (len(self.shape) - len(index))
        bounds = [part.indices(length) for part, length in zip(slices, self.shape, strict=True)]
        start, count = tuple(a for a, _, _ in bounds), tuple(max(0, b - a) for a, b, _ in bounds)
        values = np.zeros(count, self.dtype)  # not empty: HDF5 leaves alone what was stored nowhere
        if values.size:
            stored.read(*spaces_of(stored, start, count), values)
        return values

    def _require_inside(self, dataset: h5d.DatasetID) -> None:
        """Refuse data for which HDF5 would open a file outside of the folder, unless that was allowed."""
        from nwb_models.io.outside import require_inside

        here = os.path.realpath("")
        if not self.io.external_links and self._allowed_from != here:
            require_inside(dataset, self.io.filename, self.path, self.io.limits.sources)
            self._allowed_from = here

    def _require_bounded(self, file: h5py.File, dataset: h5d.DatasetID, index: tuple[Any, ...]) -> None:
        """Refuse what HDF5 would take more memory for than the limits allow, see `expansion`.

        Whole chunks are looked at, and once: to look at one again would take as long as to read a row of it, and makes
        HDF5 forget what it has decompressed.  Where some of a chunk is no good, the rest can still be read.
        """
        if not self.shape or 0 in self.shape:
            self._is_bounded = True
            return
        limits = self.io.limits
        if self.elsewhere:
            require_sources(dataset, limits)
        bounds = [_bounds(entry, length) for entry, length in zip(index, self.shape, strict=False)]
        bounds += [(0, length) for length in self.shape[len(index) :]]
        start, count = tuple(low for low, _ in bounds), tuple(high - low for low, high in bounds)
        if 0 in count:
            return
        block = self.chunks or (FEW, *self.shape[1:])
        touched = touched_blocks(block, start, count)
        if touched and self._fine.issuperset(touched):
            return
        if touched:
            ends = (min(a + n, length) for a, n, length in zip(touched[-1], block, self.shape, strict=True))
            whole = tuple(end - a for a, end in zip(touched[0], ends, strict=True))
            try:
                self._is_bounded = require_bounded(dataset, limits, touched[0], whole, file)
            except NWBError:
                pass
            else:
                self._fine = self._fine.union(touched) if len(self._fine) < MOST else frozenset(touched)
                return
        self._is_bounded = require_bounded(dataset, limits, start, count, file)

    def _note_encoding(self, values: np.ndarray[Any, Any]) -> None:
        """Note text that is no UTF-8, which comes with surrogates for the bytes that are none."""
        try:
            "".join(values.reshape(-1).tolist()).encode("utf-8")
        except UnicodeEncodeError as error:
            bad = repr(encode(str(error.object[max(0, error.start - 20) : error.start + 20])))
            self._note("encoding", "text in UTF-8", bad[:80])

    def _require_size(self, index: tuple[Any, ...]) -> None:
        """Refuse to read more at once than the limits allow, before memory is taken for it."""
        counts = [_count(entry, length) for entry, length in zip(index, self.shape, strict=False)]
        size = math.prod(counts) * math.prod(self.shape[len(index) :]) * self.dtype.itemsize
        most = self.io.limits.array_size()
        if size > most:
            msg = (
                f"{self.where()}: {size} bytes would be read at once, and {most} are the limit: read a part of it, as "
                f"in array[:1000], or {raising('array_bytes')}"
            )
            raise TooLargeError(msg)
        if not size and math.prod(max(1, length) for length in self.shape) * self.dtype.itemsize > NUMPY:
            msg = f"{self.where()}: numpy has no array of the shape {self.shape}, though there is nothing in it"
            raise TooLargeError(msg)

    def _resolve(self, reference: Any) -> Any:
        """Return what a reference leads to; where that is nothing, or has no type, it is noted.

        Source: NWB Specification Language, `reftype`: a reference says which type it leads to.
        """
        found = self.io.resolve(reference, self.path)
        target = found.target if isinstance(found, Region) else found
        if isinstance(target, Unresolved):
            if target.path is None and not is_of_parts(self.dtype):
                self._note("reference", "a reference to an object", "a reference to nothing")
        elif getattr(target, "neurodata_type", None) is None:
            self._note("type", "a reference to an object with a type", f"one to {target!r:.80}")
        return found

    def _note(self, rule: str, expected: str, found: str) -> None:
        self.io.builder.add(Issue(self.path, None, rule, expected, found))

    def _by_address(self, file: h5py.File, dataset: h5py.Dataset, rows: tuple[Any, ...]) -> Any:
        """Read object references, alone or beside numbers in compound rows, resolving each that occurs but once.

        Thousands of rows of a table refer to a few objects, and HDF5 takes long to say to which.

        Returns
        -------
        numpy.ndarray or None
            None where that is no way to read it, or would be none faster.
        """
        from nwb_models.io.reference_index import has_addresses

        raw = _with_addresses(dataset.dtype)
        if raw is None or not all(isinstance(part, slice) and part.step in (None, 1) for part in rows):
            return None
        rows += (slice(None),) * (dataset.ndim - len(rows))
        bounds = [part.indices(length)[:2] for part, length in zip(rows, dataset.shape, strict=True)]
        start, count = tuple(a for a, _ in bounds), tuple(max(0, b - a) for a, b in bounds)
        if math.prod(count) < MANY or not has_addresses(file):
            return None
        values = np.empty(count, raw)
        dataset.id.read(*spaces_of(dataset.id, start, count), values, h5t.py_create(dataset.dtype, logical=True))
        result = np.empty(count, plain_dtype(dataset.dtype))
        for name in raw.names or [...]:
            if not raw.names or h5py.check_ref_dtype(dataset.dtype[name]) is not None:
                _, first, places = np.unique(values[name], return_index=True, return_inverse=True)
                if len(first) * 4 > values.size:
                    return None
                found = np.empty(len(first), object)
                for number, place in enumerate(first):
                    where = tuple(a + b for a, b in zip(start, np.unravel_index(place, count), strict=True))
                    reference = dataset[where]
                    found[number] = self._resolve(reference[name] if raw.names else reference)
                result[name] = found[places].reshape(count)
            else:
                result[name] = values[name]
        return result

    def _missing_filters(self) -> str:
        """Say which filters the data went through that this HDF5 has not; what it says itself is of folders."""
        try:
            with self.io.opened() as file:
                create = h5d.open(file.id, encode(self.path)).get_create_plist()
                filters = [create.get_filter(number) for number in range(create.get_nfilters())]
        except (OSError, RuntimeError, KeyError, ValueError):
            return ""
        missing = [f"{code} {decode(name)}".strip() for code, _, _, name in filters if not h5z.filter_avail(code)]
        if not missing:
            return ""
        listed = " and ".join(missing)
        return f" (filter {listed} is missing: 'pip install hdf5plugin' and 'import hdf5plugin' may bring it)"

    def where(self) -> str:
        """Return file and path."""
        return f"{(self._spec or self.io.spec)[1]}:{self.path}"

    def note_change(self) -> None:
        """Note that rows were added, which are not in the file."""
        self.io.note_change(self.path)

    def __getstate__(self) -> dict[str, Any]:
        """Return where the array is; open files do not travel."""
        if self._io is not None:
            self._spec = self._io.spec  # that of today: the file may have been edited since
        return {name: getattr(self, name) for name in self.__slots__ if name != "_io"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take up where the array is; the file is opened when something is read."""
        if state.keys() != {*self.__slots__} - {"_io"}:
            msg = "What was pickled is damaged: it does not say where an array is"
            raise NotReadableError(msg)
        for name, value in state.items():
            setattr(self, name, value)
        self._io = None


def _count(entry: Any, length: int) -> int:
    """Return how many entries of an axis are read."""
    if isinstance(entry, slice):
        return len(range(*entry.indices(length)))
    return 1 if isinstance(entry, int) else len(entry)


def _bounds(entry: Any, length: int) -> tuple[int, int]:
    """Return between which entries of an axis something is read."""
    if isinstance(entry, slice):
        found = range(*entry.indices(length))
        return (min(found[0], found[-1]), max(found[0], found[-1]) + 1) if found else (0, 0)
    if isinstance(entry, int):
        return entry, entry + 1
    return (int(entry.min()), int(entry.max()) + 1) if len(entry) else (0, 0)


def _with_addresses(dtype: np.dtype[Any]) -> np.dtype[Any] | None:
    """Return a dtype with addresses in the place of object references; None where there are none, or other objects."""
    fields = [dtype[name] for name in dtype.names or ()] or [dtype]
    references = [h5py.check_ref_dtype(entry) is h5py.Reference for entry in fields]
    if not any(references) or any(entry.hasobject != is_one for entry, is_one in zip(fields, references, strict=True)):
        return None
    if dtype.names is None:
        return np.dtype(np.uint64)
    formats = [np.dtype(np.uint64) if is_one else entry for entry, is_one in zip(fields, references, strict=True)]
    offsets = [dtype.fields[name][1] for name in dtype.names]  # type: ignore[index]
    spec = {"names": dtype.names, "formats": formats, "offsets": offsets, "itemsize": dtype.itemsize}
    return np.dtype(spec)  # type: ignore[call-overload, no-any-return]


class RemovedArray:
    """What is left of an array whose object was removed from its file: its shape, and no values."""

    def __init__(self, former: ArraySource) -> None:
        self.shape, self.dtype = former.shape, former.dtype
        self.maxshape, self.chunks = former.maxshape, former.chunks
        self._where = former.where()

    def read(self, index: tuple[Any, ...]) -> Any:  # noqa: ARG002 - that of every source
        """Refuse, whatever the index.

        Raises
        ------
        ClosedFileError
            Always.
        """
        msg = f"{self._where} was removed from the file"
        raise ClosedFileError(msg)

    def where(self) -> str:
        """Return file and path."""
        return self._where
