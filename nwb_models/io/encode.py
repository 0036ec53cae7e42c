"""Values of Python as HDF5 stores them: the inverse of `nwb_models.io.values`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.io.nodes import StoredReference
from nwb_models.io.options import DatasetOptions
from nwb_models.io.plan import NewValue, Target
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBModel
from nwb_models.models.blocks import Blocks
from nwb_models.models.check import DATES
from nwb_models.models.convert import array_of
from nwb_models.models.links import Region, Unresolved

if TYPE_CHECKING:
    from nwb_models.models.mapping import Dtype

TEXT: np.dtype[Any]
ASCII: np.dtype[Any]
OBJECT: np.dtype[Any]
REGION: np.dtype[Any]
TEXT, ASCII = h5py.string_dtype(), h5py.string_dtype("ascii")
OBJECT, REGION = h5py.ref_dtype, h5py.regionref_dtype
REFERENCES = (NWBModel, Region, Unresolved, StoredReference, Target, Array)
"""What stands for a reference in an array."""


def encode(value: Any, wanted: Dtype | None = None, like: np.dtype[Any] | None = None) -> NewValue:
    """Return a value as it is to be stored.

    Parameters
    ----------
    value
        A number, text, a date, a model, lists or arrays of them; an array that is on disk stays there.
    wanted
        The dtype of the specification.
    like
        The dtype that stands in its place so far: it is kept where it can hold the value.

    Raises
    ------
    ValueError
        Where HDF5 cannot store it.
    """
    if isinstance(value, Iterator):
        value = Blocks(value)
    if isinstance(value, DatasetOptions):
        found = encode(value.data, wanted, like)
        return NewValue(value.with_data(found.data), found.dtype)
    if isinstance(value, h5py.Empty):
        return NewValue(value, value.dtype)
    if is_elsewhere(value):
        return NewValue(value, _stored_dtype(value, wanted))
    array = array_of(value if isinstance(value, list | tuple | np.ndarray) else _single(value), wanted)
    return _encoded(array, wanted, like)


def is_elsewhere(value: Any) -> bool:
    """Tell whether a value is an array that is not in memory: on disk, not computed yet, or still to come."""
    if isinstance(value, np.ndarray | np.generic | NWBModel) or not hasattr(value, "dtype"):
        return False
    return len(getattr(value, "shape", ())) > 0


def _stored_dtype(value: Any, wanted: Dtype | None) -> np.dtype[Any]:
    """Return what an array that is not in memory is stored as; nothing of it is read.

    Raises
    ------
    ValueError
        Where it cannot be read any more.
    """
    if isinstance(value, Blocks) and value.is_spent:
        iter(value).__next__()  # says why
    dtype: np.dtype[Any] = value.dtype
    if dtype.kind in "UTM" or (dtype.kind == "O" and not dtype.metadata):
        return ASCII if wanted in DATES or wanted == "ascii" else TEXT
    return dtype


def _single(value: Any) -> np.ndarray[Any, Any]:
    """Return a single value as an array without an axis."""
    if isinstance(value, np.generic | bool | int | float | complex):
        return np.asarray(value)
    if hasattr(value, "__array__") and not isinstance(value, NWBModel):
        return np.asarray(value)
    array = np.empty((), dtype=object)
    array[()] = value
    return array


def _encoded(array: np.ndarray[Any, Any], wanted: Dtype | None, like: np.dtype[Any] | None) -> NewValue:
    if array.dtype.names is not None:
        return _compound(array, wanted, like)
    if array.dtype.kind == "M":
        array = np.datetime_as_string(array).astype(object)
    if array.dtype.kind != "O":
        return _numbers(array, like)
    if like is not None and h5py.check_vlen_dtype(like) is not None and h5py.check_string_dtype(like) is None:
        return NewValue(array, like)
    kind = _kind(array, wanted, like)
    if kind is None:
        return _numbers(_unboxed(array), like)
    if kind is not TEXT:
        return NewValue(array, kind)
    return _text(array, ASCII if like is None and (wanted in DATES or wanted == "ascii") else like)


def _kind(array: np.ndarray[Any, Any], wanted: Dtype | None, like: np.dtype[Any] | None) -> np.dtype[Any] | None:
    """Return what an array of objects is stored as; None where it holds numbers."""
    first = next(iter(array.flat), None)
    if isinstance(first, str | bytes | date):
        return TEXT
    if isinstance(first, Region) or (isinstance(first, Unresolved) and first.kind == "region"):
        return REGION
    if isinstance(first, REFERENCES):
        return OBJECT
    if first is not None:
        return None
    if like is not None and like.kind == "O":
        return TEXT if h5py.check_string_dtype(like) is not None else like
    text = str(wanted)
    return REGION if text.startswith("region") else OBJECT if text.startswith("object") else TEXT


def _unboxed(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return numbers that stand in an array of objects."""
    unboxed = np.asarray(array.tolist())
    if unboxed.dtype.kind not in "biufc":
        found = type(next(iter(array.flat))).__name__
        msg = f"HDF5 has no place for a value of type {found}"
        raise ValueError(msg)
    return unboxed


def _numbers(array: np.ndarray[Any, Any], like: np.dtype[Any] | None) -> NewValue:
    """Return numbers, in the dtype that was there where it can hold them."""
    if like is not None and like != array.dtype and like.kind in "iufb" and array.dtype.kind in "iufb":
        with np.errstate(all="ignore"):
            converted = array.astype(like)
            floating = array.dtype.kind == "f"
        if (like.kind == "b") == (array.dtype.kind == "b") and np.array_equal(converted, array, equal_nan=floating):
            return NewValue(converted, like)
    return NewValue(array, array.dtype)


def _text(array: np.ndarray[Any, Any], like: np.dtype[Any] | None) -> NewValue:
    """Return text as bytes, of the kind and width that was there where it can hold them."""
    result = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        result[index] = _bytes(array[index])
    kind = h5py.check_string_dtype(like) if like is not None else None
    longest = max((len(text) for text in result.flat), default=0)
    ascii_only = all(text.isascii() for text in result.flat)
    if like is None or kind is None or not (kind.length is None or longest <= kind.length):
        return NewValue(result, TEXT)
    if kind.encoding == "ascii" and not ascii_only:
        return NewValue(result, TEXT)
    return NewValue(result.astype(like) if like.kind == "S" else result, like)


def _bytes(value: Any) -> bytes:
    text = value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str | bytes):
        msg = f"text and a value of type {type(value).__name__} stand in one array"
        raise ValueError(msg)
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    if b"\0" in raw:
        msg = f"text with a NUL character, which HDF5 cuts off there: {text[:40]!r}"
        raise ValueError(msg)
    return raw


def _compound(array: np.ndarray[Any, Any], wanted: Dtype | None, like: np.dtype[Any] | None) -> NewValue:
    """Return compound rows, field by field."""
    kinds = dict(wanted) if wanted is not None and not isinstance(wanted, str) else {}
    stored = {name: like[name] for name in like.names} if like is not None and like.names else {}
    assert array.dtype.names is not None
    parts = {name: _field(array[name], kinds.get(name), stored.get(name)) for name in array.dtype.names}
    dtype = np.dtype([(name, part.dtype) for name, part in parts.items()])
    result = np.empty(array.shape, dtype=[(name, _held(part.dtype)) for name, part in parts.items()])
    for name, part in parts.items():
        result[name] = part.data
    return NewValue(result, dtype)


def _field(array: np.ndarray[Any, Any], wanted: Dtype | None, like: np.dtype[Any] | None) -> NewValue:
    base = array.dtype.subdtype
    if base is not None or (like is not None and like.subdtype is not None):
        return NewValue(array, like if like is not None else array.dtype)
    return _encoded(array, wanted, like)


def _held(dtype: np.dtype[Any]) -> Any:
    return np.dtype(object) if dtype.kind == "O" else dtype
