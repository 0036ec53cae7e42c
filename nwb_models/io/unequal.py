"""Where the values of two datasets, or of two attributes, are not equal: block by block, and raw chunks first."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from h5py import h5a, h5d, h5t

from nwb_models.io.copying import BLOCK, blocks, spaces_of
from nwb_models.io.expansion import require_bounded, require_sources
from nwb_models.io.heaps import read_stored
from nwb_models.io.leaf_types import has_pointers
from nwb_models.io.type_names import type_name
from nwb_models.io.values import dtype_of
from nwb_models.limits import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nwb_models.limits import Limits

    SameTarget = Callable[[Any, Any], bool]
    Region = tuple[tuple[int, ...], tuple[int, ...]]

SPARSE = 4
"""How many times larger than what is stored an array is that is compared by its stored chunks only."""


@dataclass(slots=True)
class Unequal:
    """The values of two arrays that are not equal."""

    count: int = 0
    """How many; of an array that is almost all unwritten, those in the first block that differs."""
    first: tuple[int, ...] = ()
    """The index of the first of them."""
    one: Any = None
    two: Any = None


def unequal_attributes(one: h5a.AttrID, two: h5a.AttrID, same_target: SameTarget) -> Unequal | None:
    """Return where two attributes of equal shape differ, None where they do not."""
    sides = [_read_attribute(side) for side in (one, two)]
    found = Unequal()
    _note(found, sides[0], sides[1], (0,) * sides[0].ndim, same_target)
    return found if found.count else None


def unequal_data(
    one: h5d.DatasetID, two: h5d.DatasetID, same_target: SameTarget, limits: Limits = DEFAULT
) -> Unequal | None:
    """Return where two datasets of equal shape differ, None where they do not.

    Parameters
    ----------
    one, two
        Datasets of the same shape, with types of the same family.
    same_target
        Tells whether two references lead to the same object.
    limits
        How much memory may be taken for a block.

    Raises
    ------
    OSError
        Where HDF5 cannot read one of them, for example for want of a filter.
    """
    found = Unequal()
    readers = _reader(one, limits), _reader(two, limits)
    for start, count in _regions(one, two, max(1, one.get_type().get_size(), two.get_type().get_size())):
        _note(found, readers[0](start, count), readers[1](start, count), start, same_target)
        if found.count and _is_sparse(one, two):
            break
    return found if found.count else None


# -------------------------------------------------------------------------------- values
def _note(found: Unequal, one: Any, two: Any, start: tuple[int, ...], same_target: SameTarget) -> None:
    mask = differing(one, two, len(start), same_target)
    count = int(np.count_nonzero(mask))
    if count and not found.count:
        place = np.unravel_index(int(np.argmax(mask)), mask.shape) if mask.ndim else ()
        found.first = tuple(int(a) + b for a, b in zip(place, start, strict=True))
        found.one, found.two = one[place], two[place]
    found.count += count


def differing(one: Any, two: Any, ndim: int, same_target: SameTarget) -> np.ndarray[Any, Any]:
    """Return a mask of the entries of two arrays that differ; NaN equals NaN.

    Parameters
    ----------
    ndim
        The number of axes of the dataset; what is behind them belongs to the type.
    """
    mask: np.ndarray[Any, Any]
    if one.dtype.names is not None and two.dtype.names is not None:
        mask = np.zeros(one.shape, dtype=bool)
        for name in one.dtype.names:
            mask |= differing(one[name], two[name], ndim, same_target)
    elif "O" in (one.dtype.kind, two.dtype.kind):
        pairs = zip(one.reshape(-1), two.reshape(-1), strict=True)
        mask = np.array([not _equal(a, b, same_target) for a, b in pairs], dtype=bool).reshape(one.shape)
    elif one.dtype.kind == "V":
        sizes = (*one.shape, one.dtype.itemsize)
        raw = [np.frombuffer(side.tobytes(), dtype="u1").reshape(sizes) for side in (one, two)]
        mask = (raw[0] != raw[1]).any(axis=-1)
    else:
        mask = np.asarray(one != two)
        if one.dtype.kind in "fc" and two.dtype.kind in "fc":
            mask &= ~(np.isnan(one) & np.isnan(two))
    return np.asarray(mask.any(axis=tuple(range(ndim, mask.ndim)))) if mask.ndim > ndim else mask


def _equal(one: Any, two: Any, same_target: SameTarget) -> bool:
    """Tell whether two single values are equal: text, a row of its own length, or a reference."""
    if isinstance(one, h5py.Reference) or isinstance(two, h5py.Reference):
        return same_target(one, two)
    if isinstance(one, np.ndarray) and isinstance(two, np.ndarray):
        return one.shape == two.shape and not differing(one, two, one.ndim, same_target).any()
    return bool(_raw(one) == _raw(two))


def _raw(value: Any) -> Any:
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value


# -------------------------------------------------------------------------------- reading
def _memory(stored: h5t.TypeID) -> tuple[np.dtype[Any], h5t.TypeID]:
    """Return the types that values have in memory; those that numpy has no type for are compared byte by byte."""
    try:
        dtype = dtype_of(stored)
    except TypeError:
        return np.dtype(f"V{stored.get_size()}"), stored
    return dtype, h5t.py_create(dtype)


def _read_attribute(attribute: h5a.AttrID) -> np.ndarray[Any, Any]:
    dtype, memory = _memory(attribute.get_type())
    values: np.ndarray[Any, Any] = np.empty(attribute.shape, dtype=dtype)
    if values.size:
        read_stored(attribute, values, memory)
    return values


def _reader(
    dataset: h5d.DatasetID, limits: Limits
) -> Callable[[tuple[int, ...], tuple[int, ...]], np.ndarray[Any, Any]]:
    require_sources(dataset, limits)
    dtype, memory = _memory(dataset.get_type())

    def read(start: tuple[int, ...], count: tuple[int, ...]) -> np.ndarray[Any, Any]:
        require_bounded(dataset, limits, start, count)
        values: np.ndarray[Any, Any] = np.empty(count, dtype=dtype)
        read_stored(dataset, values, memory, spaces_of(dataset, start, count))
        return values

    return read


# -------------------------------------------------------------------------------- which parts are read
def _regions(one: h5d.DatasetID, two: h5d.DatasetID, itemsize: int) -> Iterator[Region]:
    """Yield the parts in which two datasets may differ."""
    if 0 in one.shape:
        return
    grids = [_chunk_shape(side) for side in (one, two)]
    if grids[0] is not None and grids[0] == grids[1]:
        yield from _unequal_chunks(one, two, grids[0])
    elif _is_sparse(one, two):
        for side, grid in zip((one, two), grids, strict=True):
            yield from (_clipped(place, grid or one.shape, one.shape) for place in stored_chunks(side))
    else:
        rows = max((grid[0] for grid in grids if grid is not None), default=1)
        grid = next((grid for grid in grids if grid is not None), None)
        if grid is None or rows * math.prod(one.shape[1:]) * itemsize <= 4 * BLOCK:
            yield from _bands(one.shape, itemsize, rows)
        else:
            steps = (range(0, length, step) for length, step in zip(one.shape, grid, strict=True))
            yield from (_clipped(place, grid, one.shape) for place in itertools.product(*steps))


def _bands(shape: tuple[int, ...], itemsize: int, rows: int) -> Iterator[Region]:
    """Yield blocks of whole rows, as many at a time as there are in a chunk, or in several."""
    if rows == 1:
        yield from blocks(shape, itemsize)
        return
    step = rows * max(1, BLOCK // (rows * math.prod(shape[1:]) * itemsize))
    for first in range(0, shape[0], step):
        yield (first, *(0,) * (len(shape) - 1)), (min(step, shape[0] - first), *shape[1:])


def _unequal_chunks(one: h5d.DatasetID, two: h5d.DatasetID, grid: tuple[int, ...]) -> Iterator[Region]:
    """Yield the chunks that are not stored as the same bytes: others are equal, and need not be decoded."""
    first, second = stored_chunks(one), stored_chunks(two)
    raw = _pipeline(one) == _pipeline(two) and not has_pointers(one.get_type())
    raw = raw and type_name(one.get_type()) == type_name(two.get_type())
    for place in sorted({*first, *second}):
        alike = raw and place in second and first.get(place) == second[place]
        if not alike or one.read_direct_chunk(place) != two.read_direct_chunk(place):
            yield _clipped(place, grid, one.shape)
    if len({*first, *second}) < math.prod(-(-n // c) for n, c in zip(one.shape, grid, strict=True)):
        hole = _hole(one.shape, grid, {*first, *second})
        yield tuple(hole), (1,) * len(hole)  # what is stored in neither has the fill value of each


def _hole(shape: tuple[int, ...], grid: tuple[int, ...], stored: set[tuple[int, ...]]) -> tuple[int, ...]:
    steps = (range(0, length, step) for length, step in zip(shape, grid, strict=True))
    return next(place for place in itertools.product(*steps) if place not in stored)


def stored_chunks(dataset: h5d.DatasetID) -> dict[tuple[int, ...], tuple[int, int]]:
    """Return where the stored chunks of a dataset begin, with filter mask and size of each."""
    found: dict[tuple[int, ...], tuple[int, int]] = {}
    if _chunk_shape(dataset) is not None:

        def visit(info: Any) -> None:
            found[tuple(info.chunk_offset)] = info.filter_mask, info.size

        dataset.chunk_iter(visit)
    return found


def _chunk_shape(dataset: h5d.DatasetID) -> tuple[int, ...] | None:
    options = dataset.get_create_plist()
    return options.get_chunk() if options.get_layout() == h5d.CHUNKED else None


def _pipeline(dataset: h5d.DatasetID) -> list[Any]:
    options = dataset.get_create_plist()
    return [(code, values) for code, _, values, _ in map(options.get_filter, range(options.get_nfilters()))]


def _is_sparse(one: h5d.DatasetID, two: h5d.DatasetID) -> bool:
    """Tell whether both are almost all unwritten."""
    return all(_is_mostly_unwritten(side) for side in (one, two))


def _is_mostly_unwritten(dataset: h5d.DatasetID) -> bool:
    grid = _chunk_shape(dataset)
    if grid is None or not dataset.shape:
        return False
    cells = math.prod(-(-n // c) for n, c in zip(dataset.shape, grid, strict=True))
    return bool(cells > 1000 and dataset.get_num_chunks() * SPARSE < cells)


def _clipped(place: tuple[int, ...], grid: tuple[int, ...], shape: tuple[int, ...]) -> Region:
    return place, tuple(min(c, n - p) for p, c, n in zip(place, grid, shape, strict=True))
