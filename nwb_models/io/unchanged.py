"""Whether a value is still what the file says: if so, it is written as it was stored, text in its kind and width."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.io.arrays import HDF5Array
from nwb_models.io.nodes import StoredDataset, StoredReference
from nwb_models.models.arrays import Array
from nwb_models.models.links import Region, Unreadable, Unresolved

if TYPE_CHECKING:
    from collections.abc import Callable

    from nwb_models.io.hdf5 import HDF5IO

    Leads = Callable[[StoredReference, Any], bool]


def same(stored: Any, current: Any, leads: Leads) -> bool:
    """Tell whether a value of a model says what is stored.

    Parameters
    ----------
    stored
        What was read again from the file.
    current
        The value of the model.
    leads
        Called with a stored reference and what stands for its target; tells whether that is what it leads to.
    """
    if (
        type(stored) is type(current)
        and isinstance(stored, str | np.number | np.bool_)
        and _is_identical(stored, current)
    ):
        return True
    if isinstance(stored, StoredReference):
        return _same_reference(stored, current, leads)
    if isinstance(stored, h5py.Empty | Unreadable) or isinstance(current, h5py.Empty | Unreadable | Array):
        return type(stored) is type(current) and bool(stored == current)
    if isinstance(current, date):
        return isinstance(stored, str) and _same_date(stored, current)
    if isinstance(stored, str) or isinstance(current, str):
        return isinstance(stored, str) and isinstance(current, str) and stored == current
    return _same_array(stored, current, leads)


def _is_identical(one: Any, two: Any) -> bool:
    """Tell whether two values of one class are the same, bit by bit: most are, and numpy takes long to compare them."""
    if isinstance(one, str):
        return bool(one == two)
    return bool(one.dtype == two.dtype and one.tobytes() == two.tobytes())


def same_data(stored: StoredDataset, current: Any, io: HDF5IO, leads: Leads) -> bool:
    """Tell whether the payload of a dataset is still the one that is stored."""
    if stored.problem:
        return isinstance(current, Unreadable)
    if stored.shape:
        return isinstance(current, Array) and is_array_of(current, io, stored)
    return same(h5py.Empty(stored.dtype) if stored.shape is None else stored.value, current, leads)


def is_array_of(array: Array, io: HDF5IO, stored: StoredDataset) -> bool:
    """Tell whether an array is the whole of a stored dataset, by whichever path."""
    source = array.source
    if not isinstance(source, HDF5Array) or source.io is not io:
        return False
    return source.path == stored.path or io.builder.models.get(stored.key) is array


def _same_reference(stored: StoredReference, current: Any, leads: Leads) -> bool:
    if isinstance(current, Unresolved):
        return current.kind == stored.kind and not leads(stored, None)
    if isinstance(current, Region):
        return stored.kind == "region" and stored.region == current.selection and leads(stored, current.target)
    return stored.kind == "object" and leads(stored, current)


def _same_date(stored: str, current: date) -> bool:
    """Tell whether text says the same date, in the same zone."""
    try:
        parsed = datetime.fromisoformat(stored.strip())
    except ValueError:
        return False
    return isinstance(current, datetime) and parsed == current and parsed.utcoffset() == current.utcoffset()


def _same_array(stored: Any, current: Any, leads: Leads) -> bool:
    kept = isinstance(current, np.ndarray | np.generic)
    if not kept and not isinstance(current, int | float | complex | list | tuple):
        return False
    one, two = np.asarray(stored), np.asarray(current)
    if one.shape != two.shape or (kept and one.dtype != two.dtype):
        return False
    if one.dtype.names is not None:
        return all(_same_array(one[name], two[name], leads) for name in one.dtype.names)
    if one.dtype.kind == "O":
        return all(same(a, b, leads) for a, b in zip(one.flat, two.flat, strict=True))
    if (one.dtype.kind == "b") != (two.dtype.kind == "b"):
        return False
    floating = one.dtype.kind in "fc" and two.dtype.kind in "fc"
    return np.array_equal(one, two, equal_nan=floating) and not (floating and _has_other_signs(one, two))


def _has_other_signs(one: np.ndarray[Any, Any], two: np.ndarray[Any, Any]) -> bool:
    """Tell whether equal numbers differ all the same: 0.0 is equal to -0.0."""
    parts = [(one.real, two.real), (one.imag, two.imag)] if "c" in (one.dtype.kind, two.dtype.kind) else [(one, two)]
    return any(((np.signbit(a) != np.signbit(b)) & ~np.isnan(a)).any() for a, b in parts)
