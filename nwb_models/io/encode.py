"""Values of Python as HDF5 stores them: the inverse of `nwb_models.io.values`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.io.nodes import StoredReference
from nwb_models.io.options import DatasetOptions
from nwb_models.io.plan import NewValue, Target
from nwb_models.io.stored_types import types_of
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBModel
from nwb_models.models.blocks import Blocks
from nwb_models.models.check import DATES
from nwb_models.models.convert import array_of, is_exact, require_unmasked
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
    if type(value) is str and like is None:
        return _text(_single(value), _kind_of_text(wanted))
    _require_values(value)
    if isinstance(value, DatasetOptions):
        found = encode(value.data, wanted, like)
        return NewValue(value.with_data(found.data), found.dtype)
    if isinstance(value, h5py.Dataset) and value.shape is None:
        value = h5py.Empty(value.dtype)
    if isinstance(value, h5py.Empty):
        return NewValue(value, value.dtype)
    if is_elsewhere(value):
        found = NewValue(value, _stored_dtype(value, wanted, like))
    else:
        array = array_of(value if isinstance(value, list | tuple | np.ndarray) else _single(value), wanted)
        found = _encoded(array, wanted, like)
    _require_type(found.dtype)
    return found


def _require_values(value: Any) -> None:
    """Refuse an array that has not got all of its values, or whose values nobody can ask for."""
    if isinstance(value, h5py.Dataset):
        if not value:
            msg = "the file of this h5py dataset was closed: open it again, or read the data before"
            raise ValueError(msg)
        return
    if isinstance(value, Iterator):  # models have made `Blocks` of those that may be data
        msg = "an iterator, and this is no dataset that could be written block by block: give a list"
        raise ValueError(msg)
    require_unmasked(value)
    if isinstance(getattr(value, "_meta", None), np.ma.MaskedArray):  # numpy would show what the blocks hide
        msg = "blocks of masked arrays may hide values, and HDF5 cannot: fill them in, as with dask.array.ma.filled"
        raise ValueError(msg)
    if any(math.isnan(length) for length in getattr(value, "shape", None) or () if length is not None):
        msg = "the shape of this array is not known before it is computed: call its compute_chunk_sizes()"
        raise ValueError(msg)


def _require_type(dtype: np.dtype[Any]) -> None:
    """Refuse what HDF5 has no type for."""
    try:
        types_of(dtype)
    except TypeError:
        msg = f"HDF5 has no type for {dtype}"
        raise ValueError(msg) from None


def is_elsewhere(value: Any) -> bool:
    """Tell whether a value is an array that is not in memory: on disk, not computed yet, or still to come."""
    if isinstance(value, np.ndarray | np.generic | NWBModel) or not hasattr(value, "dtype"):
        return False
    return bool(getattr(value, "shape", ()))


def _stored_dtype(value: Any, wanted: Dtype | None, like: np.dtype[Any] | None) -> np.dtype[Any]:
    """Return what an array that is not in memory is stored as; nothing of it is read.

    Raises
    ------
    ValueError
        Where it cannot be read any more.
    """
    if isinstance(value, Blocks) and value.is_spent:
        iter(value).__next__()  # says why
    dtype: np.dtype[Any] = value.dtype
    if dtype.kind == "O" and not dtype.metadata and str(wanted).startswith(("object", "region")):
        return REGION if str(wanted).startswith("region") else OBJECT
    if dtype.kind == "O" and not dtype.metadata and like is not None and like.kind == "O":
        return like
    if dtype.kind in "UTM" or (dtype.kind == "O" and not dtype.metadata):
        return _kind_of_text(wanted)
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
        return _ragged(array, like)
    kind = _kind(array, wanted, like)
    if kind is None:
        return _numbers(_unboxed(array), like)
    if kind is not TEXT:
        return NewValue(array, kind)
    return _text(array, like if like is not None else _kind_of_text(wanted))


def _kind_of_text(wanted: Dtype | None) -> np.dtype[Any]:
    """Return what text is stored as where none is there so far."""
    return ASCII if wanted in DATES or wanted == "ascii" else TEXT


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
    if like is None or like.kind not in "iufb" or array.dtype.kind not in "iufb":
        return NewValue(array, array.dtype)
    names = h5py.check_enum_dtype(like)
    if (like.kind == "b") != (array.dtype.kind == "b") or not is_exact(array, like):
        return NewValue(array, array.dtype)
    if names is not None and not np.isin(array, list(names.values())).all():
        return NewValue(array, array.dtype)
    return NewValue(array.astype(like), like)


def _ragged(array: np.ndarray[Any, Any], like: np.dtype[Any]) -> NewValue:
    """Return rows of their own length, in the dtype that was there where it can hold them all.

    All rows get one dtype here: of rows of several, HDF5 is handed garbage by h5py 3.16.
    """
    base = np.dtype(h5py.check_vlen_dtype(like))
    if base.kind not in "iufb":
        return NewValue(array, like)
    rows = [np.asarray(row) for row in array.flat]
    if not all(_numbers(row, base).dtype == base for row in rows if row.size):
        base = np.result_type(*(row.dtype for row in rows if row.size))
        if base.kind not in "biufc" or not all(is_exact(row, base) for row in rows if row.size):
            msg = f"rows that no dtype of numbers holds all of: {base}"
            raise ValueError(msg)
        like = h5py.vlen_dtype(base)
    result = np.empty(array.shape, dtype=object)
    for index, row in zip(np.ndindex(array.shape), rows, strict=True):
        result[index] = row.astype(base)
    return NewValue(result, like)


def _text(array: np.ndarray[Any, Any], like: np.dtype[Any]) -> NewValue:
    """Return text as bytes, of the kind and width that was there where it can hold them."""
    result = np.empty(array.shape, dtype=object)
    texts = [_bytes(entry) for entry in array.flat]
    result.reshape(-1)[:] = texts
    kind = h5py.check_string_dtype(like)
    if like is TEXT or kind is None or not (kind.length is None or max(map(len, texts), default=0) <= kind.length):
        return NewValue(result, TEXT)
    if kind.encoding == "ascii" and not all(text.isascii() for text in texts):
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


def has_references(dtype: np.dtype[Any]) -> bool:
    """Tell whether values of a dtype are references, or have some in their fields."""
    if dtype.names is not None:
        return any(has_references(dtype[name].base) for name in dtype.names)
    return dtype.hasobject and h5py.check_ref_dtype(dtype) is not None


def _compound(array: np.ndarray[Any, Any], wanted: Dtype | None, like: np.dtype[Any] | None) -> NewValue:
    """Return compound rows, field by field; a field may itself be an array in each row."""
    kinds = dict(wanted) if wanted is not None and not isinstance(wanted, str) else {}
    stored = {name: like[name].base for name in like.names} if like is not None and like.names else {}
    assert array.dtype.names is not None
    parts = {name: _encoded(array[name], kinds.get(name), stored.get(name)) for name in array.dtype.names}
    shapes = {name: array.dtype[name].shape for name in parts}
    dtype = np.dtype([(name, part.dtype, shapes[name]) for name, part in parts.items()])
    result = np.empty(array.shape, dtype=[(name, _held(part.dtype), shapes[name]) for name, part in parts.items()])
    for name, part in parts.items():
        result[name] = part.data
    return NewValue(result, dtype)


def _held(dtype: np.dtype[Any]) -> Any:
    return np.dtype(object) if dtype.kind == "O" else dtype
