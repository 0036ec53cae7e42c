"""Values of HDF5 attributes and datasets as Python has them: text as ``str``, references resolved by the caller.

Text that is not valid UTF-8 comes with surrogate escapes, so that nothing of it is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import h5py
import numpy as np
from h5py import h5a, h5d, h5o, h5r, h5s, h5t

from nwb_models.io.nodes import StoredReference
from nwb_models.models.links import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

_TYPES: dict[bytes, np.dtype[Any]] = {}
"""Encoded HDF5 type -> dtype: making a dtype is most of what h5py does for a small attribute."""
_REFERENCES = (h5r.Reference, h5r.RegionReference)


def dtype_of(stored: h5t.TypeID) -> np.dtype[Any]:
    """Return the dtype of a stored type.

    Raises
    ------
    TypeError
        Where numpy has no such type.
    """
    key = stored.encode()
    if key not in _TYPES:
        if len(_TYPES) > 10_000:  # a file can define any number of types
            _TYPES.clear()
        _TYPES[key] = stored.dtype
    return _TYPES[key]


def read_attributes(obj: Any, resolve: Callable[[Any], Any]) -> dict[str, Any]:
    """Read the attributes of an open object.

    Parameters
    ----------
    obj
        A group or dataset of h5py's low-level interface.
    resolve
        Called with each reference; what it returns takes the place of the reference.
    """
    names: list[bytes] = []
    h5a.iterate(obj, names.append)
    return {decode(name): read_attribute(obj, name, resolve) for name in names}


def read_attribute(obj: Any, name: bytes, resolve: Callable[[Any], Any]) -> Any:
    """Read one attribute; what cannot be read becomes `Unreadable`."""
    try:
        attribute = h5a.open(obj, name)
        dtype = dtype_of(attribute.get_type())
        shape = attribute.shape
        if shape is None:
            return h5py.Empty(dtype)
        array = np.empty(shape, dtype=dtype)
        if array.size:
            attribute.read(array, mtype=h5t.py_create(dtype))
    except (TypeError, OSError, RuntimeError, ValueError, KeyError, UnicodeDecodeError) as error:
        return Unreadable(f"{type(error).__name__}: {error}")
    return plain(array, dtype, resolve)


def read_scalar(dataset: h5d.DatasetID, dtype: np.dtype[Any], resolve: Callable[[Any], Any]) -> Any:
    """Read a dataset that holds a single value."""
    array = np.empty((), dtype=dtype)
    dataset.read(h5s.ALL, h5s.ALL, array, mtype=h5t.py_create(dtype))
    return plain(array, dtype, resolve)


def plain(array: np.ndarray[Any, Any], dtype: np.dtype[Any], resolve: Callable[[Any], Any]) -> Any:
    """Return what was read with text decoded and references resolved; an array with no axis as its value."""
    if dtype.kind not in "OSV":
        return array[()]
    if h5py.check_string_dtype(dtype) is not None:
        return _mapped(array, decode)
    if h5py.check_ref_dtype(dtype) is not None:
        return _mapped(array, resolve)
    if dtype.names is not None:
        return _compound(array, dtype, resolve)
    vlen = h5py.check_vlen_dtype(dtype)
    if vlen is not None:
        inner = np.dtype(vlen)
        return _mapped(array, lambda row: plain(np.asarray(row), inner, resolve))
    return array[()]


def _mapped(array: np.ndarray[Any, Any], function: Callable[[Any], Any]) -> Any:
    if array.ndim == 0:
        return function(array[()])
    result = np.empty(array.shape, dtype=object)
    flat = result.reshape(-1)
    for number, value in enumerate(array.reshape(-1)):
        flat[number] = function(value)
    return result


def _compound(array: np.ndarray[Any, Any], dtype: np.dtype[Any], resolve: Callable[[Any], Any]) -> Any:
    """Return rows whose fields with text or references hold objects; other fields keep their dtype."""
    assert dtype.names is not None
    kinds = []
    for name in dtype.names:
        base = dtype[name].subdtype[0] if dtype[name].subdtype else dtype[name]
        kinds.append((name, object if base.kind in "OS" else dtype[name]))
    if all(kind is not object for _, kind in kinds):
        return array[()]
    result = np.empty(array.shape, dtype=kinds)
    for name, kind in kinds:
        result[name] = plain(array[name], dtype[name], resolve) if kind is object else array[name]
    return result[()]


def decode(value: Any) -> str:
    """Return text, with surrogate escapes for what is not UTF-8."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return str(value)


def stored_reference(file: Any, reference: Any) -> StoredReference:
    """Return what a reference says: its kind and the object that it leads to.

    The object is known by its address: to find its name, HDF5 walks through the file.
    """
    kind: Literal["object", "region"] = "region" if isinstance(reference, h5r.RegionReference) else "object"
    if not isinstance(reference, _REFERENCES) or not reference:
        return StoredReference(kind, None)

    def lookup() -> str | None:
        name = h5r.get_name(reference, file)
        return decode(name) if name is not None else None

    try:
        target = h5r.dereference(reference, file)
        if target is None:
            return StoredReference(kind, None)
        region = _region(h5r.get_region(reference, file)) if kind == "region" else ""
        return StoredReference(kind, ("", h5o.get_info(target).addr), region, lookup)
    except (ValueError, KeyError, RuntimeError, OSError, TypeError):
        return StoredReference(kind, None)


def _region(space: Any) -> str:
    kind = space.get_select_type()
    if kind == h5s.SEL_ALL:
        return "all"
    if kind == h5s.SEL_NONE or space.get_select_npoints() == 0:
        return "none"
    low, high = space.get_select_bounds()
    return ",".join(f"{int(a)}:{int(b) + 1}" for a, b in zip(low, high, strict=True))
