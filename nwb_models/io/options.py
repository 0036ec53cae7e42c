"""How data is stored: what is asked for with `DatasetOptions`, and what is done where nothing is.

Large arrays are stored in chunks of about 1 MiB, whole rows where these are shorter than that, and compressed with gzip
after their bytes were shuffled; see docs/decisions/0012-chunks-and-filters.md for what was measured.  What takes the
place of an array of a file is stored as that was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from h5py import h5d, h5p, h5s, h5z

from nwb_models.io.copying import missing_filters, tile
from nwb_models.models.blocks import Blocks
from nwb_models.models.convert import array_of, without_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGE = 1 << 20
"""From how many bytes on an array is stored in chunks, and about how many there are in one."""
LEVEL = 4
"""How hard gzip tries, of 9."""
LOSSY = frozenset({32013, 32016, 32017, 32019, 32022, 32023, 32024, 32028})
"""Registered filters that may give back other values: ZFP, B3D, SZ, JPEG, BitRound (2), SZ3, SPERR."""
OF_A_DTYPE = (h5z.FILTER_SCALEOFFSET, h5z.FILTER_NBIT, h5z.FILTER_SZIP)
"""Filters whose parameters mean something for the dtype that they were given for."""
NAMES = {"gzip": h5z.FILTER_DEFLATE, "lzf": h5z.FILTER_LZF, "szip": h5z.FILTER_SZIP}


class DatasetOptions:
    """Data, and how it is to be stored.

    Give it in the place of the data.  What is not said, or None, is left to the library: large arrays are stored in
    chunks and compressed, small ones in one piece.

    Parameters
    ----------
    data
        An array, an `Array` of a file, an h5py dataset, a dask array, a list, or an iterator of blocks.
    chunks
        The lengths of a chunk; False for one piece; True for chunks whatever the size is.
    compression
        ``"gzip"``, ``"lzf"``, ``"szip"``, the number of a filter, or an object of hdf5plugin such as
        ``hdf5plugin.Zstd()``; False for none, which h5py calls None; True for gzip whatever the size is.
    compression_opts
        What the filter takes: of gzip the level, 0 to 9.
    shuffle
        Whether bytes of equal weight are put together before they are compressed.
    fletcher32
        Whether each chunk has a checksum.
    maxshape
        The lengths to which the array may grow, None for any.  Arrays in chunks may grow along the first axis where
        this is not given.

    Raises
    ------
    ValueError
        Where the options contradict each other or the data, or the filter is not installed.

    Examples
    --------
    >>> DatasetOptions([1, 2, 3], chunks=(2,), compression="gzip", compression_opts=9).shape
    (3,)
    """

    def __init__(
        self,
        data: Any,
        *,
        chunks: tuple[int, ...] | list[int] | bool | None = None,
        compression: str | int | bool | Mapping[str, Any] | None = None,
        compression_opts: Any = None,
        shuffle: bool | None = None,
        fletcher32: bool | None = None,
        maxshape: tuple[int | None, ...] | list[int | None] | None = None,
    ) -> None:
        if isinstance(data, DatasetOptions):
            msg = "these data have options already"
            raise ValueError(msg)
        data = without_labels(data)
        if isinstance(data, Iterator):
            data = Blocks(data)
        elif not hasattr(data, "shape") or not hasattr(data, "dtype"):
            data = array_of(data, None)
        self.data = data
        self.chunks = tuple(chunks) if isinstance(chunks, list) else chunks
        self.compression = compression
        self.compression_opts = compression_opts
        self.shuffle = shuffle
        self.fletcher32 = fletcher32
        self.maxshape = tuple(maxshape) if isinstance(maxshape, list) else maxshape
        self._check()

    def _check(self) -> None:
        problem = self._shape_problem() or self._filter_problem() or self._level_problem()
        if problem is not None:
            raise ValueError(problem)

    def _shape_problem(self) -> str | None:
        shape = self.shape
        if not shape:
            return "a single value is stored as it is: give it without options"
        for name in ("chunks", "maxshape"):
            given = getattr(self, name)
            if not (given is None or isinstance(given, tuple) or (name == "chunks" and isinstance(given, bool))):
                return (
                    f"{name}={given!r:.60}: a length for each of the {len(shape)} axes is needed, as in {name}={shape}"
                )
            if isinstance(given, tuple) and len(given) != len(shape):
                return f"{name}={given}, and the data has {len(shape)} axes"
        if self.chunks is False and (self.compression or self.shuffle or self.fletcher32 or self.maxshape):
            return "filters and growing arrays need chunks, and chunks=False was given"
        if isinstance(self.chunks, tuple) and not all(_is_length(length, 1) for length in self.chunks):
            return f"chunks={self.chunks}: the lengths of a chunk are whole numbers from 1 on"
        for length, most in zip(shape, self.maxshape or (), strict=False):
            if most is not None and not _is_length(most, length or 0):
                return f"maxshape={self.maxshape}, and the data has the shape {shape}"
        return None

    def _filter_problem(self) -> str | None:
        asked = self.compression
        if isinstance(asked, str) and asked not in NAMES:
            return f"compression={asked!r}; known by name are {', '.join(NAMES)}, others come from hdf5plugin"
        if asked is None or isinstance(asked, bool):
            return None
        code = NAMES[asked] if isinstance(asked, str) else getattr(asked, "filter_id", asked)
        if not isinstance(code, int | np.integer):
            return f"compression={asked!r}: a name, the number of a filter, or an object of hdf5plugin is needed"
        if not h5z.filter_avail(code):
            return f"filter {code} is not installed: 'pip install hdf5plugin' and 'import hdf5plugin' may bring it"
        return None

    def _level_problem(self) -> str | None:
        if self.compression_opts is None:
            return None
        if self.compression in (None, False):
            return f"compression_opts={self.compression_opts!r} is for a filter, and compression names none"
        gzip = self.compression is True or self.compression == "gzip"
        if gzip and (isinstance(self.compression_opts, bool) or self.compression_opts not in range(10)):
            return f"compression_opts={self.compression_opts!r}: the level of gzip is a number from 0 to 9"
        return None

    def with_data(self, data: Any) -> DatasetOptions:
        """Return the same options for other data."""
        made = object.__new__(DatasetOptions)
        vars(made).update({**vars(self), "data": data})
        return made

    def astype(self, dtype: Any) -> DatasetOptions:
        """Return the same options for the data in another dtype."""
        return self.with_data(self.data.astype(dtype))

    @property
    def shape(self) -> tuple[int | None, ...]:
        """The lengths of the axes; the first is None where the data comes from an iterator."""
        return tuple(self.data.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the data."""
        found: np.dtype[Any] = self.data.dtype
        return found

    def __len__(self) -> int:
        """Return the length of the first axis."""
        return len(self.data)

    def __getitem__(self, index: Any) -> Any:
        """Return part of the data."""
        return self.data[index]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:  # noqa: FBT001 - numpy's
        """Return the data."""
        return np.asarray(self.data, dtype=dtype)

    def __repr__(self) -> str:
        """Return what is stored and how."""
        said = {key: value for key, value in vars(self).items() if key != "data" and value is not None}
        return f"<DatasetOptions {self.shape} {self.dtype}{''.join(f', {k}={v}' for k, v in said.items())}>"


def _is_length(length: Any, least: int) -> bool:
    return isinstance(length, int | np.integer) and not isinstance(length, bool) and int(length) >= least


def storage_options(
    shape: tuple[int | None, ...], dtype: np.dtype[Any], options: DatasetOptions | None
) -> dict[str, Any]:
    """Return how an array is stored, in the words of ``h5py.Group.create_dataset``; nothing for one piece.

    Parameters
    ----------
    shape
        The lengths of its axes; the first is None where it is not known yet.
    dtype
        What is stored.
    options
        What was asked for.
    """
    unknown = shape[:1] == (None,)
    size = math.prod(length or 0 for length in shape) * dtype.itemsize
    if options is None and size < LARGE and not unknown:
        return {}
    asked = DatasetOptions(np.empty(0)) if options is None else options
    wanted = any((asked.chunks, asked.compression, asked.shuffle, asked.fletcher32, asked.maxshape))
    large = (size >= LARGE and not dtype.hasobject) or unknown
    if not shape or (asked.chunks is False and not unknown) or not (large or wanted) or 0 in shape[1:]:
        return {}
    chunks = asked.chunks if isinstance(asked.chunks, tuple) else default_chunks(shape, dtype)
    found: dict[str, Any] = {"chunks": chunks, "maxshape": asked.maxshape or (None, *shape[1:])}
    compression = asked.compression
    if (compression is None and large and not dtype.hasobject) or compression is True:
        compression = "gzip"
    if compression:
        found["compression"] = compression
        level = asked.compression_opts
        found["compression_opts"] = LEVEL if level is None and compression == "gzip" else level
    shuffled = compression in ("gzip", "lzf") and dtype.itemsize > 1 and not dtype.hasobject
    found["shuffle"] = shuffled if asked.shuffle is None else asked.shuffle
    found["fletcher32"] = bool(asked.fletcher32)
    return found


def kept_options(
    stored: h5d.DatasetID, shape: tuple[int | None, ...], dtype: np.dtype[Any], *, grows: bool = False
) -> dict[str, Any]:
    """Return how an array is stored that takes the place of another one, in the words of `storage_options`.

    Chunks, filters, fill value and the axes along which it can grow are those of the other one, as far as they fit.

    Parameters
    ----------
    stored
        The dataset that it replaces.
    shape, dtype
        As for `storage_options`.
    grows
        Whether the new one is to grow along its first axis in any case.
    """
    fill = _fill_value(stored, dtype)
    filled = {} if fill is None else {"fillvalue": fill}
    create = stored.get_create_plist()
    if create.get_layout() != h5d.CHUNKED or missing_filters(stored) or not shape or 0 in shape[1:]:
        found = storage_options(shape, dtype, None) if not grows else growing_options(shape, dtype, None)
        return {**found, **filled}
    limits = _limits(stored, shape, grows=grows)
    chunks = create.get_chunk() if len(stored.shape) == len(shape) else default_chunks(shape, dtype)
    fitting = tuple(c if most is None else min(c, max(1, most)) for c, most in zip(chunks, limits, strict=True))
    return {"chunks": fitting, "maxshape": limits, "dcpl": _filters(stored, dtype), **filled}


def growing_options(
    shape: tuple[int | None, ...], dtype: np.dtype[Any], chunks: tuple[int, ...] | None
) -> dict[str, Any]:
    """Return how an array is stored that was appended to, and may be again."""
    return {"chunks": chunks or _rows_of_a_chunk(shape, dtype.itemsize), "maxshape": (None, *shape[1:])}


def _rows_of_a_chunk(shape: tuple[int | None, ...], itemsize: int) -> tuple[int, ...]:
    """Return chunks of whole rows for data that grows along its first axis: of 16 KiB to 1 MiB."""
    first, *rest = (length or 0 for length in shape)
    per_row = max(1, math.prod(rest) * itemsize)
    least, most = (1 << 14) // per_row, LARGE // per_row
    return (max(1, min(max(first, least), most)), *(max(1, size) for size in rest))


def _limits(stored: h5d.DatasetID, shape: tuple[int | None, ...], *, grows: bool) -> tuple[int | None, ...]:
    """Return how far an array may grow that takes the place of another one, None for any length."""
    was = stored.get_space().get_simple_extent_dims(maxdims=True)
    if len(was) != len(shape):
        was = (was[0] if was else 0, *(length or 0 for length in shape[1:]))
    found = [None if most == h5s.UNLIMITED else most for most in was]
    for axis, (length, most) in enumerate(zip(shape, found, strict=True)):
        has_room = axis < len(stored.shape) and most is not None and most > stored.shape[axis]
        if most is not None and length is not None and not (has_room and length <= most):
            found[axis] = length
    return (None, *found[1:]) if grows or shape[0] is None else tuple(found)


def _filters(stored: h5d.DatasetID, dtype: np.dtype[Any]) -> h5p.PropDCID:
    """Return options with the filters of a dataset, but for those that are about another dtype, or lose something."""
    create, made = stored.get_create_plist(), h5p.create(h5p.DATASET_CREATE)
    made.set_fill_time(create.get_fill_time())
    was = stored.dtype
    for number in range(create.get_nfilters()) if was.hasobject == dtype.hasobject else ():
        code, flags, values, _ = create.get_filter(number)
        if not _loses(code, values) and (was == dtype or code not in OF_A_DTYPE):
            made.set_filter(code, flags, values)
    return made


def is_lossy(stored: h5d.DatasetID) -> bool:
    """Tell whether the filters of a dataset may give back other values than are written to it."""
    create = stored.get_create_plist()
    return any(_loses(*create.get_filter(number)[::2]) for number in range(create.get_nfilters()))


def _loses(code: int, values: tuple[int, ...]) -> bool:
    """Tell whether a filter loses something: of scale-offset, all but that of integers of as many bits as it takes."""
    if code == h5z.FILTER_SCALEOFFSET:
        return tuple(values[:2]) != (h5z.SO_INT, h5z.SO_INT_MINBITS_DEFAULT)
    return code in LOSSY


def _fill_value(stored: h5d.DatasetID, dtype: np.dtype[Any]) -> Any:
    """Return what a dataset says of values that were never written, None where it says nothing that another holds."""
    create, was = stored.get_create_plist(), stored.dtype
    if create.fill_value_defined() != h5d.FILL_VALUE_USER_DEFINED or was.hasobject or dtype.hasobject:
        return None
    found = np.zeros((), dtype=was)
    create.get_fill_value(found)
    numbers = "biufc" if dtype.kind == "c" else "biuf"
    with np.errstate(all="ignore"):
        is_held = was == dtype or (was.kind in numbers and dtype.kind in numbers and found.astype(dtype) == found)
    return found.astype(dtype)[()] if is_held else None


def default_chunks(shape: tuple[int | None, ...], dtype: np.dtype[Any]) -> tuple[int, ...]:
    """Return the lengths of a chunk of about 1 MiB: whole rows, or parts of one where a row is longer.

    >>> default_chunks((10**8, 384), np.dtype("i2")), default_chunks((None, 2048, 2048), np.dtype("u2"))
    ((1365, 384), (1, 256, 2048))
    """
    lengths = tuple(LARGE if length is None else max(length, 1) for length in shape)
    return tile(lengths, dtype.itemsize, LARGE)
