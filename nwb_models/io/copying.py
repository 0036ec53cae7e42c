"""Attributes and data from one HDF5 file to another, as they are stored.

What numpy has no type for is copied byte by byte; what refers to other objects is translated, since HDF5 stores their
addresses in the file.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from h5py import h5a, h5d, h5g, h5o, h5p, h5s, h5t, h5z

from nwb_models.errors import UnreadableObjectError
from nwb_models.io.expansion import require_bounded, require_sources
from nwb_models.io.heaps import ODD, read_stored, watched, where
from nwb_models.io.leaf_types import has_pointers, is_odd, refers, uses_heaps
from nwb_models.io.mappings import open_object
from nwb_models.io.stored_types import SCALAR, types_of
from nwb_models.io.values import dtype_of
from nwb_models.limits import DEFAULT
from nwb_models.models.time_series_reference import is_of_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nwb_models.limits import Limits

    Translate = Callable[[Any], Any]
    Spaces = tuple[h5s.SpaceID, h5s.SpaceID]

BLOCK = 1 << 22
"""About how many bytes of references are in memory at a time."""


def attribute_names(obj: Any) -> list[bytes]:
    """Return the names of the attributes of an open object."""
    names: list[bytes] = []
    h5a.iterate(obj, names.append)
    return names


def require_known(obj: h5a.AttrID | h5d.DatasetID, stored: h5t.TypeID) -> None:
    """Refuse an attribute or dataset with a type with which HDF5 would crash."""
    if is_odd(stored):
        msg = f"{where(obj)} cannot be read: {ODD}"
        raise UnreadableObjectError(msg)


def copy_attribute(
    attribute: h5a.AttrID, stored: h5t.TypeID, target: Any, translate: Translate | None, *, sound: bool = False
) -> None:
    """Copy one attribute to another open object.

    Parameters
    ----------
    attribute, stored
        The attribute and its type.
    translate
        Called with each reference; returns the one to write.  None where the type has no references.
    sound
        Whether HDF5 can read it without Python in between.
    """
    shape = attribute.shape
    space = SCALAR if shape == () else attribute.get_space()
    made = h5a.create(target, attribute.name, stored.copy(), space)
    if shape is None or 0 in shape:
        return
    values, memory = read_attribute(attribute, stored, sound=sound)
    if translate is not None:
        values = translated(values, translate)
    made.write(values, memory)


def read_attribute(
    attribute: h5a.AttrID, stored: h5t.TypeID | None = None, *, sound: bool = False
) -> tuple[np.ndarray[Any, Any], h5t.TypeID]:
    """Return the values of an attribute, and the type that they have in memory."""
    stored = attribute.get_type() if stored is None else stored
    require_known(attribute, stored)
    try:
        dtype = dtype_of(stored)
    except TypeError:
        if refers(stored):
            raise  # byte by byte, addresses would be copied that mean something else in another file
        dtype = None
    if dtype is not None and dtype.hasobject:
        memory = types_of(dtype)[1]
        values = np.empty(attribute.shape, dtype=dtype)
    else:
        memory = stored
        values = np.empty(attribute.shape, dtype=f"V{stored.get_size()}")
    if sound:
        attribute.read(values, memory)
    else:
        read_stored(attribute, values, memory)
    return values, memory


def translated(values: np.ndarray[Any, Any], translate: Translate) -> np.ndarray[Any, Any]:
    """Return an array with each reference in it translated, those in compound fields and ragged rows included.

    A reference to a part of a series that is made null becomes one to no part: its numbers are -1 then.

    Source: TimeSeriesReferenceVectorData, in ``nwb.base.yaml`` of the core of NWB.
    """
    result = values.copy()
    _translate(result, translate)
    if is_of_parts(values.dtype):
        lost = _is_there(values["timeseries"]) & ~_is_there(result["timeseries"])
        for name in ("idx_start", "count"):
            if result.dtype[name].kind in "if":
                result[name][lost] = -1
    return result


def _is_there(references: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Tell which references are not null."""
    return np.array([bool(entry) for entry in references.flat], dtype=bool).reshape(references.shape)


def _translate(values: np.ndarray[Any, Any], translate: Translate) -> None:
    if values.dtype.names is not None:
        for name in values.dtype.names:
            if values.dtype[name].hasobject:
                _translate(values[name], translate)
        return
    for index in np.ndindex(values.shape):
        entry: Any = values[index]
        if isinstance(entry, h5py.Reference):
            values[index] = translate(entry)
        elif isinstance(entry, np.ndarray) and entry.dtype.hasobject:
            values[index] = translated(entry, translate)


def copy_data(
    source: h5py.File,
    path: bytes,
    target: h5py.File,
    new_path: bytes,
    *,
    attributes: bool = False,
    sound: bool = False,
    limits: Limits = DEFAULT,
) -> None:
    """Copy a dataset or a named type, with or without its attributes: chunk by chunk, as the filters left them.

    Only what lies in heaps HDF5 takes apart; and where a filter fails then, HDF5 2.0.0 ends the process.  So what was
    compressed is read first.
    """
    dataset = open_object(source, path)
    if isinstance(dataset, h5d.DatasetID):
        require_known(dataset, dataset.get_type())
        if missing_filters(dataset):
            copy_chunks(dataset, target, new_path)
            return
        if has_pointers(dataset.get_type()):
            require_bounded(dataset, limits)
            if dataset.get_create_plist().get_nfilters():
                read_all(dataset, limits)
    options = h5p.create(h5p.OBJECT_COPY)
    options.set_copy_object(0 if attributes else h5o.COPY_WITHOUT_ATTR_FLAG)
    if (attributes and not sound) or not isinstance(dataset, h5d.DatasetID) or uses_heaps(dataset.get_type()):
        with watched(dataset) as again:
            h5o.copy(again, b".", target.id, new_path, options)
    else:
        h5o.copy(source.id, path, target.id, new_path, options)


def missing_filters(dataset: h5d.DatasetID) -> list[int]:
    """Return the numbers of the filters that the data went through and that this HDF5 does not have."""
    options = dataset.get_create_plist()
    found = [options.get_filter(number)[0] for number in range(options.get_nfilters())]
    return [code for code in found if not h5z.filter_avail(code)]


def copy_chunks(source: h5d.DatasetID, target: h5py.File, path: bytes) -> None:
    """Copy data that cannot be decoded here for want of a filter: it does not have to be.

    HDF5 creates no dataset with a filter that it does not have, unless the filter is marked as optional, which is
    about writing and not about reading.
    """
    options = source.get_create_plist()
    filters = [options.get_filter(number) for number in range(options.get_nfilters())]
    for code, *_ in filters:
        options.remove_filter(code)
    for code, flags, values, _ in filters:
        missing = not h5z.filter_avail(code)
        options.set_filter(code, h5z.FLAG_OPTIONAL if missing else flags, values)
    made = h5d.create(target.id, path, source.get_type().copy(), source.get_space(), options)
    for number in range(source.get_num_chunks()):
        place = source.get_chunk_info(number).chunk_offset
        mask, chunk = source.read_direct_chunk(place)
        made.write_direct_chunk(place, chunk, mask)


def create_like(source: h5d.DatasetID, target: h5py.File, path: bytes) -> None:
    """Create a dataset with the type, shape and storage of another one, and none of its data."""
    h5d.create(target.id, path, source.get_type().copy(), source.get_space(), source.get_create_plist())


def group_options(source: h5g.GroupID) -> h5p.PropGCID | None:
    """Return the options of a group: whether it keeps the order of its links and attributes.

    The list of options that HDF5 gives out holds addresses in the source file, too, where a group has many links.
    """
    options = source.get_create_plist()
    links, attributes = options.get_link_creation_order(), options.get_attr_creation_order()
    if not links and not attributes:
        return None
    made = h5p.create(h5p.GROUP_CREATE)
    made.set_link_creation_order(links)
    made.set_attr_creation_order(attributes)
    return made


def copy_references(
    source: h5d.DatasetID, target: h5d.DatasetID, translate: Translate, limits: Limits = DEFAULT
) -> None:
    """Copy data that has references in it, block by block."""
    for spaces, values, memory in read_blocks(source, limits):
        target.write(*spaces, translated(values, translate), memory)


def read_blocks(
    dataset: h5d.DatasetID, limits: Limits = DEFAULT
) -> Iterator[tuple[Spaces, np.ndarray[Any, Any], h5t.TypeID]]:
    """Yield the data of a dataset block by block: where a block is, its values, and the type they have in memory."""
    if dataset.shape is None:
        return
    require_sources(dataset, limits)
    dtype = dtype_of(dataset.get_type())
    memory = h5t.py_create(dtype)
    for start, count in blocks(dataset.shape, dtype.itemsize):
        require_bounded(dataset, limits, start, count)
        spaces, values = spaces_of(dataset, start, count), np.empty(count, dtype=dtype)
        read_stored(dataset, values, memory, spaces)
        yield spaces, values, memory


def read_all(dataset: h5d.DatasetID, limits: Limits = DEFAULT) -> None:
    """Read all data of a dataset and keep nothing: an error, in place of what HDF5 does where it finds none."""
    for _ in read_blocks(dataset, limits):
        pass


def spaces_of(dataset: h5d.DatasetID, start: tuple[int, ...], count: tuple[int, ...]) -> Spaces:
    """Return a block of a dataset as HDF5 selects it, in memory and in the file."""
    space = dataset.get_space()
    if not start:
        return h5s.create(h5s.SCALAR), space
    space.select_hyperslab(start, count)
    return h5s.create_simple(count), space


def blocks(shape: tuple[int, ...], itemsize: int, rows: int = 1) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield start and count of blocks that cover a shape: whole rows, or parts of one where a row is long.

    Parameters
    ----------
    rows
        Of how many rows a block is a multiple, the last one excepted.
    """
    if 0 in shape:
        return
    step = tile(shape, itemsize, BLOCK)
    if shape and (rows > 1 or step[0] > 1):
        step = (max(rows, step[0] - step[0] % rows), *shape[1:])
    for start in itertools.product(*(range(0, length, part) for length, part in zip(shape, step, strict=True))):
        yield start, tuple(min(c, n - s) for s, c, n in zip(start, step, shape, strict=True))


def tile(shape: tuple[int, ...], itemsize: int, size: int) -> tuple[int, ...]:
    """Return the lengths of a part of an array of no more than about so many bytes, whole along the last axes.

    >>> tile((1000, 64), 2, 1280), tile((10, 200, 300), 1, 1500), tile((), 8, 100)
    ((10, 64), (1, 5, 300), ())
    """
    left = max(1, size // max(1, itemsize))
    found: list[int] = []
    for length in reversed(shape):
        found.append(max(1, min(length, left)))
        left //= found[-1]
    return tuple(reversed(found))
