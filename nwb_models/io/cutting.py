"""Some rows of a dataset from one HDF5 file to another, as they are stored."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from h5py import h5d, h5p, h5s, h5t

from nwb_models.io.copying import BLOCK, blocks
from nwb_models.io.elsewhere import has_sources
from nwb_models.io.expansion import require_bounded, require_sources
from nwb_models.io.heaps import read_stored
from nwb_models.io.leaf_types import refers
from nwb_models.io.progress import report
from nwb_models.io.values import dtype_of
from nwb_models.limits import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nwb_models.io.rows import Rows
    from nwb_models.limits import Limits

    Values = np.ndarray[Any, Any]
    Part = tuple[tuple[int, ...], Values]

GAP = 1 << 16
"""How many bytes between two rows are rather read than skipped, in data that is not in chunks."""


def create_part(source: h5d.DatasetID, file: h5py.File, path: bytes, rows: Rows) -> h5d.DatasetID:
    """Create a dataset for some rows of another one, with its type, filters and fill value, and none of its data.

    A chunk is as long as that of the source, and no longer than the data; an axis that may grow still may.
    """
    shape, count = source.shape, len(rows)
    limits = source.get_space().get_simple_extent_dims(maxdims=True)
    limit = count if limits[0] == shape[0] else limits[0]
    options = _options(source, count)
    space = h5s.create_simple((count, *shape[1:]), (limit, *limits[1:]))
    return h5d.create(file.id, path, source.get_type().copy(), space, options)


def _options(source: h5d.DatasetID, count: int) -> h5p.PropDCID:
    """Return how the rows are stored; what lies in other files comes into this one."""
    options = source.get_create_plist()
    if options.get_layout() == h5d.CHUNKED:
        chunk = options.get_chunk()
        options.set_chunk((max(1, min(chunk[0], count)), *chunk[1:]))
        return options
    if has_sources(source):
        return h5p.create(h5p.DATASET_CREATE)
    return options


def copy_part(
    source: h5d.DatasetID,
    target: h5d.DatasetID,
    rows: Rows,
    change: Callable[[Values], Values] | None = None,
    limits: Limits = DEFAULT,
) -> None:
    """Copy rows to the dataset that was created for them.

    Parameters
    ----------
    change
        Called with the values of each part; returns those to write, as many.
    """
    memory = _in_memory(source, as_stored=change is None)[0]
    unwritten = _unwritten(target)
    for start, values in parts_of(source, rows, limits, as_stored=change is None):
        count = values.shape[: len(start)]
        report(values.nbytes)
        if unwritten is not None and change is None and _is_all(values, unwritten):
            continue
        space = target.get_space()
        space.select_hyperslab(start, count)
        target.write(h5s.create_simple(count), space, values if change is None else change(values), memory)


def _unwritten(target: h5d.DatasetID) -> bytes | None:
    """Return the bytes of a value where nothing was written; None where they are not known, or space is taken anyway.

    A dataset of a million columns may have a few chunks only.
    """
    options, dtype = target.get_create_plist(), target.dtype
    if (
        options.get_layout() != h5d.CHUNKED
        or dtype.kind not in "biufc"
        or options.get_fill_time() == h5d.FILL_TIME_NEVER
    ):
        return None
    value = np.zeros((), dtype)
    if options.fill_value_defined() != h5d.FILL_VALUE_UNDEFINED:
        options.get_fill_value(value)
    return value.tobytes()


def _is_all(values: Values, value: bytes) -> bool:
    return bool(np.all(values.view(np.uint8).reshape(-1, len(value)) == np.frombuffer(value, np.uint8)))


def parts_of(source: h5d.DatasetID, rows: Rows, limits: Limits = DEFAULT, *, as_stored: bool = False) -> Iterator[Part]:
    """Yield rows of a dataset part by part: where a part begins among the rows, and its values.

    Parameters
    ----------
    as_stored
        Whether values are bytes that only HDF5 understands, where these can be written to another file.
    """
    require_sources(source, limits)
    shape = source.shape
    memory, dtype = _in_memory(source, as_stored=as_stored)
    row = max(1, dtype.itemsize * math.prod(shape[1:]))
    options = source.get_create_plist()
    gap = options.get_chunk()[0] if options.get_layout() == h5d.CHUNKED else GAP // row
    done = 0
    for run in rows.runs(gap, max(1, BLOCK // row)):
        low, high = int(run.starts[0]), int(run.stops[-1])
        for start, count in blocks((high - low, *shape[1:]), dtype.itemsize):
            begin = (low + start[0], *start[1:])
            require_bounded(source, limits, begin, count)
            space = source.get_space()
            space.select_hyperslab(begin, count)
            values: Values = np.empty(count, dtype)
            read_stored(source, values, memory, (h5s.create_simple(count), space))
            if len(run) != high - low:
                values = np.concatenate([values[a - low : b - low] for a, b in run])
            yield (done + start[0], *start[1:]), values
        done += len(run)


def _in_memory(source: h5d.DatasetID, *, as_stored: bool) -> tuple[h5t.TypeID, np.dtype[Any]]:
    """Return the types that data of a dataset has in memory, for HDF5 and for numpy.

    Raises
    ------
    TypeError
        Where numpy has no type for it, and the bytes mean nothing elsewhere.
    """
    stored = source.get_type()
    try:
        dtype = dtype_of(stored)
        if dtype.hasobject or not as_stored:
            return h5t.py_create(dtype), dtype
    except TypeError:
        if refers(stored) or not as_stored:
            raise
    return stored, np.dtype(f"V{stored.get_size()}")


# -------------------------------------------------------------------------------- region references
def moved_region(space: h5s.SpaceID, rows: Rows) -> h5s.SpaceID:
    """Return the part of a dataset that a region reference selects, where only some rows are left of the dataset."""
    shape = space.shape
    moved = h5s.create_simple((len(rows), *shape[1:]))
    if space.get_select_type() == h5s.SEL_ALL:
        return moved
    moved.select_none()
    for low, high in _boxes(space):
        first, last = rows.rank([low[0], high[0] + 1]).tolist()
        if first < last:
            count = (last - first, *(b - a + 1 for a, b in zip(low[1:], high[1:], strict=True)))
            moved.select_hyperslab((first, *low[1:]), (1,) * len(count), block=count, op=h5s.SELECT_OR)
    return moved


def _boxes(space: h5s.SpaceID) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield the first and the last element of each block that is selected."""
    if space.get_select_type() == h5s.SEL_POINTS:
        yield from ((point, point) for point in map(tuple, space.get_select_elem_pointlist().tolist()))
    elif space.get_select_npoints():
        for low, high in space.get_select_hyper_blocklist().tolist():
            yield tuple(low), tuple(high)
