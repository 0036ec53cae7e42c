"""Data of models, read block by block for the rules that need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.io.checking import parts
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBDataset

if TYPE_CHECKING:
    from collections.abc import Iterator

    Values = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """What rules are told of where a model stands."""

    root: Any
    """The root of what is validated."""
    dtype: Any = None
    """The dtype that the specification of its group asks for at this place; None where it asks for none."""


def dtype_of(model: Any) -> np.dtype[Any]:
    """Return the dtype of what a dataset holds; that of objects for what is no array."""
    value = model.value if isinstance(model, NWBDataset) else model
    found = getattr(value, "dtype", None)
    return found if isinstance(found, np.dtype) else np.dtype(object)


def blocks_of(model: Any) -> Iterator[tuple[int, Values]]:
    """Yield what a dataset holds in blocks of some megabytes, each with the number of its first row.

    Of what is mostly unwritten, only what is stored is read; data that is still to come from an iterator is left alone.
    """
    value = model.value if isinstance(model, NWBDataset) else model
    if isinstance(value, np.ndarray):
        if value.ndim:
            yield 0, value
        return
    if isinstance(value, Array) and value.ndim:
        for part in parts(value):
            yield part[0].start, value[part]


def numbers_of(model: Any) -> Iterator[tuple[int, Values]]:
    """Yield the blocks of a dataset that has one axis of integers; none of another one."""
    value = model.value if isinstance(model, NWBDataset) else model
    if dtype_of(model).kind in "iu" and len(getattr(value, "shape", None) or ()) == 1:
        for start, block in blocks_of(model):
            yield start, block.astype(np.int64) if block.dtype != np.uint64 else np.minimum(block, 1 << 62).astype(int)


def refers(dtype: np.dtype[Any]) -> bool:
    """Tell whether a dtype, or a field of it, is that of references."""
    return any(h5py.check_ref_dtype(entry) is not None for entry in _entries(dtype))


def _entries(dtype: np.dtype[Any]) -> list[np.dtype[Any]]:
    return [dtype[name] for name in dtype.names] if dtype.names else [dtype]
