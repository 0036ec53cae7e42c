"""Values of HDF5 attributes and datasets as Python has them: text as ``str``, references resolved by the caller.

Text that is not valid UTF-8 comes with surrogate escapes, so that nothing of it is lost.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import h5py
import numpy as np
from h5py import h5a, h5d, h5g, h5o, h5r, h5s, h5t

from nwb_models.errors import UnreadableObjectError
from nwb_models.io.heaps import ENDLESS, ODD, EndlessHeapError, read_stored, watched
from nwb_models.io.leaf_types import is_odd
from nwb_models.io.nodes import StoredReference
from nwb_models.io.stored_bytes import LargeTextsError, too_large
from nwb_models.limits import DEFAULT
from nwb_models.models.links import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_VALUE = DEFAULT.value_bytes

_TYPES: dict[bytes, np.dtype[Any]] = {}
"""Encoded HDF5 type -> dtype: making a dtype is most of what h5py does for a small attribute."""
_REFERENCES = (h5r.Reference, h5r.RegionReference)


def dtype_of(stored: h5t.TypeID) -> np.dtype[Any]:
    """Return the dtype of a stored type.

    Raises
    ------
    TypeError
        Where numpy has no such type.
    UnreadableObjectError
        Where HDF5 would crash with it.
    """
    key = stored.encode()
    if key not in _TYPES:
        if is_odd(stored):
            raise UnreadableObjectError(ODD)
        if len(_TYPES) > 10_000:  # a file can define any number of types
            _TYPES.clear()
        _TYPES[key] = stored.dtype
    return _TYPES[key]


def read_attributes(obj: Any, resolve: Callable[[Any], Any], most: int = MAX_VALUE) -> dict[str, Any]:
    """Read the attributes of an open object.

    Parameters
    ----------
    obj
        A group or dataset of h5py's low-level interface.
    resolve
        Called with each reference; what it returns takes the place of the reference.
    most
        How many bytes a value may have; a larger one becomes `Unreadable`.
    """
    names: list[bytes] = []
    h5a.iterate(obj, names.append)
    return {decode(name): read_attribute(obj, name, resolve, most) for name in names}


def read_attribute(obj: Any, name: bytes, resolve: Callable[[Any], Any], most: int = MAX_VALUE) -> Any:
    """Read one attribute; what cannot be read becomes `Unreadable`."""
    try:
        attribute = h5a.open(obj, name)
        dtype = dtype_of(attribute.get_type())
        shape = attribute.shape
        if shape is None:
            return h5py.Empty(dtype)
        if math.prod(shape) * dtype.itemsize > most:
            return Unreadable(too_large(math.prod(shape) * dtype.itemsize, most))
        array = np.empty(shape, dtype=dtype)
        if array.size:
            read_stored(attribute, array, h5t.py_create(dtype))
        require_small(array, most)
    except LargeTextsError as error:
        return Unreadable(str(error))
    except EndlessHeapError:
        return Unreadable(ENDLESS)
    except UnreadableObjectError as error:
        return Unreadable(str(error))
    except (TypeError, OSError, RuntimeError, ValueError, KeyError, UnicodeDecodeError) as error:
        return Unreadable(f"{type(error).__name__}: {error}")
    return plain(array, dtype, resolve)


def read_scalar(
    dataset: h5d.DatasetID, dtype: np.dtype[Any], resolve: Callable[[Any], Any], most: int = MAX_VALUE
) -> Any:
    """Read a dataset that holds a single value.

    Raises
    ------
    LargeTextsError
        Where it has more than `most` bytes.
    EndlessHeapError
        Where that is in a heap that HDF5 would never come back from.
    """
    array = np.empty((), dtype=dtype)
    read_stored(dataset, array, h5t.py_create(dtype), (h5s.ALL, h5s.ALL))
    require_small(array, most)
    return plain(array, dtype, resolve)


def require_small(array: np.ndarray[Any, Any], most: int) -> None:
    """Refuse a value whose texts and rows have more bytes than it may have.

    Raises
    ------
    LargeTextsError
        Where they have.
    """
    if array.dtype.hasobject:
        size = sum(map(size_of, array.flat))
        if size > most:
            raise LargeTextsError(size, most)


def size_of(value: Any) -> int:
    """Return the bytes of an entry that was read, with those of the texts and rows in it."""
    if isinstance(value, bytes | str):
        return len(value)
    if isinstance(value, np.ndarray):
        return value.nbytes + (sum(map(size_of, value.flat)) if value.dtype.hasobject else 0)
    return sum(map(size_of, value.item())) if isinstance(value, np.void) and value.dtype.names is not None else 8


def plain(array: np.ndarray[Any, Any], dtype: np.dtype[Any], resolve: Callable[[Any], Any]) -> Any:
    """Return what was read with text decoded and references resolved; an array with no axis as its value.

    The fields of compound rows, arrays in such fields and rows of their own length are gone into.
    """
    if dtype.subdtype is not None:  # numpy has put the axes of such a type behind those of the array
        dtype = dtype.subdtype[0]
    wanted = plain_dtype(dtype)
    if wanted is dtype:
        return array[()]
    result = np.empty(array.shape, dtype=wanted)
    _fill(result, array, dtype, resolve)
    return result[()]


def plain_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype of what `plain` makes of one: objects for text and references; itself where nothing changes."""
    if dtype.names is not None:
        fields = [(name, plain_dtype(dtype[name])) for name in dtype.names]
        return dtype if all(kind is dtype[name] for name, kind in fields) else np.dtype(fields)
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        wanted = plain_dtype(base)
        return dtype if wanted is base else np.dtype((wanted, shape))
    return np.dtype(object) if dtype.kind in "OS" else dtype


def _fill(
    result: np.ndarray[Any, Any], array: np.ndarray[Any, Any], dtype: np.dtype[Any], resolve: Callable[[Any], Any]
) -> None:
    """Fill in the plain form of an array; `result` may be one field of a compound array."""
    if dtype.names is not None:
        for name in dtype.names:
            field = dtype[name]
            _fill(result[name], array[name], field.subdtype[0] if field.subdtype else field, resolve)
        return
    values = np.empty(array.size, dtype=object)
    if h5py.check_string_dtype(dtype) is not None:
        values[:] = _decoded(array.reshape(-1).tolist())
        result[...] = values.reshape(array.shape)
        return
    function = _conversion(dtype, resolve)
    if function is None:
        result[...] = array
        return
    for number, value in enumerate(array.reshape(-1)):
        values[number] = function(value)
    result[...] = values.reshape(array.shape)


def _conversion(dtype: np.dtype[Any], resolve: Callable[[Any], Any]) -> Callable[[Any], Any] | None:
    """Return what makes a plain value of one of this dtype, None where it is one."""
    if h5py.check_ref_dtype(dtype) is not None:
        return resolve
    vlen = h5py.check_vlen_dtype(dtype)
    if vlen is None:
        return None
    inner = np.dtype(vlen)
    return lambda row: plain(np.asarray(row), inner, resolve)


def _decoded(values: list[Any]) -> list[str]:
    """Return texts, with surrogate escapes where there is need: 50,000 in 3 ms, which take 10 one by one."""
    try:
        return list(map(bytes.decode, values))
    except (UnicodeDecodeError, TypeError):
        return [decode(value) for value in values]


def decode(value: Any) -> str:
    """Return text, with surrogate escapes for what is not UTF-8."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return str(value)


def encode(text: str) -> bytes:
    """Return the bytes of a name or path; the inverse of `decode`."""
    return text.encode("utf-8", "surrogateescape")


def stored_reference(file: Any, reference: Any) -> StoredReference:
    """Return what a reference says: its kind and the object that it leads to.

    The object is known by its address: to find its name, HDF5 walks through the file.
    """
    kind: Literal["object", "region"] = "region" if isinstance(reference, h5r.RegionReference) else "object"
    if not isinstance(reference, _REFERENCES) or not reference:
        return StoredReference(kind, None)

    def lookup() -> str | None:
        try:
            name = h5r.get_name(reference, file)
        except (OSError, RuntimeError):  # on its way HDF5 has come by a damaged object
            return None
        return decode(name) if name is not None else None

    try:
        target = target_of(reference, file)
        if target is None:
            return StoredReference(kind, None)
        region = _region(region_of(reference, file)) if kind == "region" else ""
        return StoredReference(kind, ("", h5o.get_info(target).addr), region, lookup)
    except (ValueError, KeyError, RuntimeError, OSError, TypeError):
        return StoredReference(kind, None)


def target_of(reference: Any, file: Any) -> Any:
    """Open the object that a reference leads to.

    Which one a region is of is in a heap, and so is where the data of a virtual dataset is.

    Raises
    ------
    EndlessHeapError
        Where HDF5 would never come back from that; what h5py raises where it leads nowhere.
    """
    look = h5r.get_region if isinstance(reference, h5r.RegionReference) else h5r.dereference
    if look is h5r.get_region or h5r.get_obj_type(reference, file) == h5g.DATASET:
        with watched(file) as again:
            look(reference, again)
    return h5r.dereference(reference, file)


def region_of(reference: Any, file: Any) -> h5s.SpaceID:
    """Return the part of a dataset that a region reference selects, see `target_of`."""
    with watched(file) as again:
        return h5r.get_region(reference, again)


def path_at(file: Any, address: int) -> str | None:
    """Return a path of the object at an address, None where there is none; HDF5 may walk through the whole file."""
    if h5o.get_info(file).addr == address:
        return "/"

    def visit(name: bytes, info: Any) -> str | None:
        return "/" + decode(name) if info.addr == address else None

    try:
        with watched(file) as again:
            found: str | None = h5o.visit(again, visit, info=True)
    except (OSError, RuntimeError):  # on its way HDF5 has come by a damaged object
        return None
    return found


def _region(space: Any) -> str:
    kind = space.get_select_type()
    if kind == h5s.SEL_ALL:
        return "all"
    if kind == h5s.SEL_NONE or space.get_select_npoints() == 0:
        return "none"
    low, high = space.get_select_bounds()
    return ",".join(f"{int(a)}:{int(b) + 1}" for a, b in zip(low, high, strict=True))
