"""New data into a dataset, block by block: what is written is never in memory as a whole."""

from __future__ import annotations

import itertools
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.errors import NotWritableError, NWBError
from nwb_models.io.copying import BLOCK, blocks
from nwb_models.io.encode import encode, is_elsewhere
from nwb_models.io.options import DatasetOptions, growing_options, kept_options, storage_options
from nwb_models.io.outside import shape_of
from nwb_models.io.plan import NewValue
from nwb_models.io.stored_types import create_in_one_piece
from nwb_models.io.values import encode as as_bytes
from nwb_models.models.appending import Appended
from nwb_models.models.arrays import Array
from nwb_models.models.blocks import Blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from h5py import h5d

    from nwb_models.io.sources import Opener

    Start = tuple[int, ...]
    Block = tuple[Start, np.ndarray[Any, Any]]


def create_dataset(opener: Opener, path: str, value: NewValue, replaced: h5d.DatasetID | None = None) -> h5d.DatasetID:
    """Create a dataset for a value that is not stored as it is in a file, and write nothing to it yet.

    Parameters
    ----------
    opener, path
        The file, and where in it.
    value
        What is to be written.
    replaced
        The dataset in whose place it stands, if any: the new one is stored as that was, unless options were given.
    """
    data, options = unwrapped(value.data)
    shape = tuple(data.shape)
    grows = isinstance(data, Array) and isinstance(data.source, Appended)
    if options is None and replaced is not None and shape_of(replaced) is not None:
        stored = kept_options(replaced, shape, value.dtype, grows=grows)
    elif grows:
        stored = growing_options(shape, value.dtype, data.chunks)
    else:
        stored = storage_options(shape, value.dtype, options)
    found = tuple(length or 0 for length in shape)
    if not stored:
        return create_in_one_piece(*opener.near(path), found, value.dtype)
    return opener.file.create_dataset(as_bytes(path), found, value.dtype, track_times=False, **stored).id


def unwrapped(data: Any) -> tuple[Any, DatasetOptions | None]:
    """Return data, and how it is to be stored where that was said."""
    return (data.data, data) if isinstance(data, DatasetOptions) else (data, None)


def write_blocks(
    obj: h5d.DatasetID, value: NewValue, put: Callable[[np.ndarray[Any, Any], Start], None], where: str
) -> None:
    """Write a value to the dataset that was created for it.

    Parameters
    ----------
    obj
        The dataset; it grows where the length was not known.
    value
        What is to be written.
    put
        Called with each block, as it is to be stored but for references, and where it begins; () for all of the data.
    where
        The path of the dataset, for errors.
    """
    data, _ = unwrapped(value.data)
    if isinstance(data, np.ndarray) and data.size * value.dtype.itemsize <= BLOCK:
        if data.size:
            put(data, ())
        return
    layout = obj.get_create_plist()
    chunk = layout.get_chunk() if layout.get_layout() == h5py.h5d.CHUNKED else None
    for start, block in blocks_of(data, value.dtype, where, chunk):
        if isinstance(data, Blocks):
            obj.set_extent((start[0] + len(block), *block.shape[1:]))
        put(block, start)


def blocks_of(data: Any, dtype: np.dtype[Any], where: str, chunk: tuple[int, ...] | None = None) -> Iterator[Block]:
    """Yield where each block of an array begins, and its values as they are to be stored.

    Parameters
    ----------
    data
        An array in memory or on disk, a dask array, or `Blocks`.
    dtype
        What is stored.
    where
        Where it goes, for errors.
    chunk
        The lengths of a chunk in the file: blocks are made of whole ones, so that none is compressed twice.

    Raises
    ------
    NotWritableError
        Where a block cannot be had, does not continue the others, or holds what does not fit the dtype.
    """
    if isinstance(data, Blocks):
        first = 0
        for block in _joined(_numbered(data, dtype, where), chunk[0] if chunk else 1):
            yield (first, *(0,) * (block.ndim - 1)), block
            first += len(block)
        return
    for number, (start, count) in enumerate(_regions(data, dtype, chunk)):
        with _named(where, number):
            part = np.asarray(data[tuple(slice(s, s + c) for s, c in zip(start, count, strict=True))]).reshape(count)
            part = part if isinstance(data, np.ndarray) else converted(part, dtype)
        yield start, part


def _numbered(data: Blocks, dtype: np.dtype[Any], where: str) -> Iterator[np.ndarray[Any, Any]]:
    """Yield blocks as they are to be stored; an error of whoever makes them says which one it was."""
    blocks = iter(data)
    for number in itertools.count():
        with _named(where, number):
            block = next(blocks, None)
            if block is not None:
                block = converted(block, dtype)
        if block is None:
            return
        yield block


@contextmanager
def _named(where: str, number: int) -> Iterator[None]:
    """Say in errors which block of which data it is; those of this library say it themselves."""
    try:
        yield
    except NWBError:
        raise
    except Exception as error:  # whatever comes from the code of others
        msg = f"{where} cannot be written: block {number} of its data: {type(error).__name__}: {error}"
        raise NotWritableError(msg) from error


def gathered(value: NewValue, where: str) -> NewValue:
    """Return a value that is in memory, whatever it was given as: attributes are not written block by block."""
    data, _ = unwrapped(value.data)
    if not is_elsewhere(data):
        return value if data is value.data else NewValue(data, value.dtype)
    if isinstance(data, Blocks):
        return NewValue(np.concatenate(list(_numbered(data, value.dtype, where))), value.dtype)
    with _named(where, 0):
        return NewValue(converted(np.asarray(data[...]), value.dtype), value.dtype)


def converted(block: np.ndarray[Any, Any], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Return the values of a block as they are to be stored.

    Raises
    ------
    ValueError
        Where the dtype does not hold them.
    """
    if block.dtype == dtype and not dtype.hasobject:
        return block
    found = encode(block, None, dtype)
    if found.dtype != dtype:
        msg = f"a block of {block.dtype} holds values that {dtype} does not"
        raise ValueError(msg)
    values: np.ndarray[Any, Any] = found.data
    return values


def _regions(data: Any, dtype: np.dtype[Any], chunk: tuple[int, ...] | None) -> Iterator[tuple[Start, Start]]:
    """Yield starts and counts of the blocks of an array that can be sliced."""
    own = getattr(data, "chunks", None)
    if own and isinstance(own[0], tuple):  # a dask array: each of its blocks is computed once
        starts = (list(itertools.accumulate((0, *lengths[:-1]))) for lengths in own)
        yield from zip(itertools.product(*starts), itertools.product(*own), strict=True)
        return
    rows = chunk[0] if chunk and math.prod(data.shape[1:]) * chunk[0] * dtype.itemsize <= 4 * BLOCK else 1
    yield from blocks(tuple(data.shape), max(1, dtype.itemsize), rows)


def _joined(parts: Iterator[np.ndarray[Any, Any]], rows: int) -> Iterator[np.ndarray[Any, Any]]:
    """Yield blocks of a multiple of so many rows each, but for the last one."""
    waiting: list[np.ndarray[Any, Any]] = []
    count = 0
    for part in parts:
        waiting.append(part)
        count += len(part)
        if count >= rows:
            whole = np.concatenate(waiting) if len(waiting) > 1 else part
            ready = count - count % rows
            yield whole[:ready]
            waiting = [whole[ready:].copy()] if ready < count else []
            count -= ready
    if count:
        yield np.concatenate(waiting)
