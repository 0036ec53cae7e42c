"""Nodes read straight from the object headers of a file: what `flatten` makes through h5py, at a tenth of the cost.

Most of what a walk through h5py costs are the Python objects that it makes for each object, attribute, type and
dataspace.  Here headers of version 1, groups with symbol tables and the plain messages of datasets are read from the
bytes, and everything else is left to h5py, object by object.  Types are not decoded at all: what h5py makes of the
bytes of a type is learned when they are first met, and so is which filters and fill values HDF5 accepts.

See docs/decisions/0014-reading-headers-directly.md.
"""

from __future__ import annotations

import math
import os
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import h5py
import numpy as np
from h5py import h5a, h5d, h5o, h5t

from nwb_models.io.nodes import StoredDataset, StoredGroup, StoredObject, StoredReference
from nwb_models.io.stored_bytes import UNDEFINED, EndlessHeapError, StoredBytes, UnfamiliarError, stored_bytes
from nwb_models.io.symbol_table import MAX_LEVEL, links_in_table
from nwb_models.io.values import decode, dtype_of, encode, path_at, plain, read_attribute, stored_reference
from nwb_models.models.links import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from nwb_models.io.nodes import StoredLink

REFUSALS = (UnfamiliarError, OSError, RuntimeError, ValueError, LookupError, TypeError, OverflowError, struct.error)
"""What makes an object one for h5py."""

SETTING = "NWB_MODELS_READ_HEADERS"
"""The environment variable that, where it is 0, leaves everything to h5py."""
MAX_KNOWN = 10_000
"""How many types are kept, and as many combinations with fill values and filters."""
MAX_TYPE = 4096
"""The most bytes of a type that is kept."""
MAX_MESSAGE = 1 << 16
TEXT_SIZE, ADDRESS_SIZE = 16, 8

_BYTES = bytes.fromhex("10000000 01000000 00000800")
"""The type of which text of any length is a row, as HDF5 writes it: unsigned integers of one byte."""
_NULL, _SPACE, _TYPE, _OLD_FILL, _FILL, _LAYOUT = 0x00, 0x01, 0x03, 0x04, 0x05, 0x08
_FILTERS, _ATTRIBUTE, _CONTINUATION, _TABLE, _TIME = 0x0B, 0x0C, 0x10, 0x11, 0x12
_GROUP = {_TABLE, _TIME}
_REQUIRED = {_SPACE, _TYPE, _LAYOUT}
_LEARNED = (_OLD_FILL, _FILL, _FILTERS)
_DATASET = {*_REQUIRED, *_LEARNED, _TIME}
_CONTIGUOUS, _CHUNKED = 1, 2
_FLAGS = 0x01 | 0x04
"""The flags of a message that say nothing here: that it does not change, and that it is not to be shared."""

_PREFIX = struct.Struct("<BxHII4x").unpack_from
_MESSAGE = struct.Struct("<HHB3x").unpack_from
_PAIR = struct.Struct("<QQ").unpack_from
_SIZES = struct.Struct("<BBHHH").unpack_from
_TEXT = struct.Struct("<IQI").unpack_from
_ADDRESS = struct.Struct("<Q").unpack_from
_SIZE = struct.Struct("<I").unpack_from
_NODE = struct.Struct("<4sBBHQQ").unpack_from


@dataclass(frozen=True, slots=True)
class Kind:
    """What h5py makes of a stored type."""

    dtype: np.dtype[Any]
    size: int
    """How many bytes a stored value has."""
    reading: Literal["number", "raw", "text", "reference"] | None
    """How values are read: a number or another value as numpy has it, text from a heap, an address; None by h5py."""


@dataclass(frozen=True, slots=True)
class _Attribute:
    """What all attributes have in common whose messages begin with the same bytes."""

    raw_name: bytes
    name: str
    kind: Kind
    shape: tuple[int, ...] | None
    begin: int
    end: int
    """Where in the message the value is."""


_kinds: dict[bytes, Kind] = {}
"""The bytes of a type -> what h5py makes of it, in all files."""
_accepted: set[tuple[Any, ...]] = set()
"""What a dataset says of type, fill value and filters, where HDF5 has opened one that says so, in all files."""


class _Header:
    """The messages of one object header."""

    __slots__ = ("attributes", "messages")

    def __init__(self, data: StoredBytes, address: int) -> None:
        version, count, _, size = _PREFIX(data.at(address, 16))
        if version != 1:
            raise UnfamiliarError
        self.attributes: list[bytes] = []
        self.messages: dict[int, tuple[int, bytes]] = {}
        """Kind -> flags and content of the messages of which there is one."""
        chunks = [(address + 16, size)]
        for begin, length in chunks:  # which grows
            chunk, at = data.at(begin, length), 0
            while at < length:
                kind, size, flags = _MESSAGE(chunk, at)
                body = at + 8
                at = body + size
                count -= 1
                if at > length or size & 7 or count < 0 or flags & ~_FLAGS:
                    raise UnfamiliarError
                if kind == _ATTRIBUTE:
                    self.attributes.append(chunk[body:at])
                elif kind == _CONTINUATION:
                    chunks.append(_PAIR(chunk[body:at]))
                elif kind in self.messages:
                    raise UnfamiliarError
                elif kind != _NULL:
                    self.messages[kind] = flags, chunk[body:at]
        if count or len({begin for begin, _ in chunks}) != len(chunks):
            raise UnfamiliarError
        time = self.messages.get(_TIME)
        if time is not None and (len(time[1]) != 8 or time[1][0] != 1):
            raise UnfamiliarError


class Headers:
    """The object headers of an open file.

    Parameters
    ----------
    file
        An open file.
    """

    def __init__(self, file: h5py.File) -> None:
        self._file = file
        data = None if os.environ.get(SETTING) == "0" else stored_bytes(file)
        self._reader = None if data is None else _Reader(file, data)
        self.read = 0
        """How many objects were read here, and not by h5py."""

    def node(self, address: int, path: str, *, whole: bool = True) -> StoredObject | None:
        """Return the object at an address, None where h5py has to read it.

        Parameters
        ----------
        address
            Where its header is.
        path
            A path of hard links that leads to it.
        whole
            Whether the links of a group are wanted even where they are very many.
        """
        if self._reader is None:
            return None
        try:
            node = self._reader.node(address, path, whole=whole)
        except REFUSALS:
            return None
        self.read += 1
        return node


class _Reader:
    """Reads objects, or raises one of `REFUSALS`."""

    def __init__(self, file: h5py.File, data: StoredBytes) -> None:
        self._file, self._data = file, data
        self._beginnings: dict[bytes, _Attribute] = {}
        self._objects: set[int] = set()
        """Addresses where HDF5 can open an object."""

    def node(self, address: int, path: str, *, whole: bool) -> StoredObject:
        header = _Header(self._data, address)
        key = ("", address)
        if _TABLE in header.messages:
            links = self._links(header, whole=whole)
            self._objects.add(address)
            return StoredGroup(key, path, self._attributes(header, path), [path], links, complete=True)
        kind, shape, maxshape, chunks, begin = self._described(header, path)
        self._objects.add(address)
        value, problem = None, ""
        if shape == ():
            try:
                value = self._value(kind, self._data.at(begin, kind.size), 0, ())
            except EndlessHeapError as error:
                problem = str(error)
        attributes = self._attributes(header, path)
        node = StoredDataset(key, path, attributes, [path], shape, kind.dtype, maxshape, chunks, value)
        node.problem = problem
        return node

    def _links(self, header: _Header, *, whole: bool) -> dict[str, StoredLink]:
        if not header.messages.keys() <= _GROUP:
            raise UnfamiliarError
        tree, heap = _PAIR(header.messages[_TABLE][1])
        return links_in_table(self._data, tree, heap, max_level=MAX_LEVEL if whole else 0)

    # ------------------------------------------------------------------------------------------ attributes
    def _attributes(self, header: _Header, path: str) -> dict[str, Any]:
        """Return the attributes, in the order in which HDF5 gives them: that of their names."""
        found: dict[bytes, tuple[_Attribute, bytes]] = {}
        for message in header.attributes:
            version, flags, name_size, type_size, space_size = _SIZES(message)
            if version == 1:
                type_at = 8 + (name_size + 7 & ~7)
                space_at = type_at + (type_size + 7 & ~7)
                end = space_at + (space_size + 7 & ~7)
            else:
                type_at = (8 if version == 2 else 9) + name_size
                space_at = type_at + type_size
                end = space_at + space_size
            attribute = self._beginnings.get(message[:end])
            if attribute is None:
                if not 1 <= version <= 3 or flags or (version == 3 and message[8] > 1) or end > len(message):
                    raise UnfamiliarError
                name = message[9 if version == 3 else 8 :][:name_size]
                stored_type, space = message[type_at : type_at + type_size], message[space_at : space_at + space_size]
                attribute = self._beginning(path, name, stored_type, space, end)
                self._beginnings[message[:end]] = attribute
            if len(message) < attribute.end:
                raise UnfamiliarError
            found[attribute.raw_name] = attribute, message
        if len(found) != len(header.attributes):
            raise UnfamiliarError
        return {found[name][0].name: self._attribute(*found[name], path) for name in sorted(found)}

    def _beginning(self, path: str, name: bytes, stored_type: bytes, space: bytes, end: int) -> _Attribute:
        """Return what the beginning of an attribute says."""
        raw_name = name[:-1]
        if name[-1:] != b"\0" or not raw_name or b"\0" in raw_name:
            raise UnfamiliarError
        kind = _kinds.get(stored_type)
        if kind is None:
            kind = _learned(stored_type, h5a.open(self._open(path), raw_name).get_type())
        shape = _space(space)[0]
        size = 0 if shape is None else math.prod(shape) * kind.size
        if size > MAX_MESSAGE:
            raise UnfamiliarError
        return _Attribute(raw_name, decode(raw_name), kind, shape, end, end + size)

    def _attribute(self, attribute: _Attribute, message: bytes, path: str) -> Any:
        """Return the value of an attribute; h5py reads it where it is of a rare type, or there is no such object."""
        if attribute.shape is None:
            return h5py.Empty(attribute.kind.dtype)
        try:
            return self._value(attribute.kind, message, attribute.begin, attribute.shape)
        except UnfamiliarError:
            return read_attribute(self._open(path), attribute.raw_name, self._resolve)
        except EndlessHeapError as error:
            return Unreadable(str(error))

    def _open(self, path: str) -> Any:
        return h5o.open(self._file.id, encode(path))

    def _resolve(self, reference: Any) -> StoredReference:
        return stored_reference(self._file.id, reference)

    # ------------------------------------------------------------------------------------------ values
    def _value(self, kind: Kind, data: bytes, begin: int, shape: tuple[int, ...]) -> Any:
        """Return what `~nwb_models.io.values.plain` makes of a stored value."""
        if kind.reading == "text":
            one: Callable[[bytes, int], Any] = self._text
        elif kind.reading == "reference":
            one = self._reference
        elif kind.reading is None:
            raise UnfamiliarError
        elif kind.reading == "number" and not shape:
            return np.frombuffer(data, kind.dtype, 1, begin)[0]
        else:
            array = np.empty(shape, kind.dtype)
            if array.size:
                array[...] = np.frombuffer(data, kind.dtype, array.size, begin).reshape(shape)
            return plain(array, kind.dtype, self._resolve)
        if not shape:
            return one(data, begin)
        values = np.empty(math.prod(shape), dtype=object)
        for number in range(values.size):
            values[number] = one(data, begin + number * kind.size)
        return values.reshape(shape)

    def _text(self, data: bytes, at: int) -> str:
        """Return text of any length; it ends with the first NUL, as it does in memory."""
        length, address, index = _TEXT(data, at)
        if not length and not address:
            return ""
        raw = self._data.in_heap(address, index)
        if len(raw) != length:
            raise UnfamiliarError
        if b"\0" in raw:
            raw = raw[: raw.index(b"\0")]
        return raw.decode("utf-8", "surrogateescape")

    def _reference(self, data: bytes, at: int) -> StoredReference:
        """Return an object reference; only one that HDF5 can follow leads somewhere."""
        (address,) = _ADDRESS(data, at)
        if not address:
            return StoredReference("object", None)
        if address not in self._objects:
            self._require_object(address)
        file = self._file.id
        return StoredReference("object", ("", address), "", lambda: path_at(file, address))

    def _require_object(self, address: int) -> None:
        try:
            header = _Header(self._data, address)
            if _TABLE in header.messages:
                self._links(header, whole=True)
            else:
                self._described(header, None)
        except REFUSALS:
            raise UnfamiliarError from None
        self._objects.add(address)

    # ------------------------------------------------------------------------------------------ datasets
    def _described(self, header: _Header, path: str | None) -> _Described:
        """Return kind, shape, greatest shape, chunks and the address of the data of a dataset.

        HDF5 looks at all of this when it opens one, so nothing of it may be doubtful.
        """
        messages = header.messages
        if not _REQUIRED <= messages.keys() <= _DATASET:
            raise UnfamiliarError
        shape, maxshape = _space(messages[_SPACE][1])
        stored_type, layout = messages[_TYPE][1], messages[_LAYOUT][1]
        said = (stored_type, layout[1], *map(messages.get, _LEARNED))
        kind = _kinds.get(stored_type)
        if kind is None or said not in _accepted:
            kind = self._opened(path, stored_type, said)
        if shape is None or layout[0] != 3:
            raise UnfamiliarError
        if layout[1] == _CONTIGUOUS:
            begin, size = _PAIR(layout, 2)
            is_there = begin != UNDEFINED and begin + size <= self._data.end
            if size != math.prod(shape) * kind.size or maxshape != shape or not (is_there or begin == UNDEFINED):
                raise UnfamiliarError
            return kind, shape, maxshape if shape else (), None, begin
        if layout[1] != _CHUNKED or layout[2] != len(shape) + 1 or not shape:
            raise UnfamiliarError
        (begin,) = _ADDRESS(layout, 3)
        *chunks, size = lengths = struct.unpack_from(f"<{layout[2]}I", layout, 11)
        fitting = all(m is None or 0 < n <= m for n, m in zip(chunks, maxshape, strict=True))
        if not fitting or 0 in chunks or size != kind.size or math.prod(lengths) >= 1 << 32:
            raise UnfamiliarError
        if begin != UNDEFINED:
            self._require_index(begin, lengths)
        return kind, shape, maxshape, tuple(chunks), begin

    def _opened(self, path: str | None, stored_type: bytes, said: tuple[Any, ...]) -> Kind:
        """Let h5py open a dataset; note that it does, and what it makes of the type."""
        if path is None:
            raise UnfamiliarError
        dataset = self._open(path)
        if not isinstance(dataset, h5d.DatasetID):
            raise UnfamiliarError
        kind = _learned(stored_type, dataset.get_type())
        h5o.get_info(dataset)
        dataset.get_create_plist()
        if len(stored_type) + sum(len(message[1]) for message in said[2:] if message is not None) <= MAX_TYPE:
            if len(_accepted) >= MAX_KNOWN:
                _accepted.clear()
            _accepted.add(said)
        return kind

    def _require_index(self, address: int, lengths: tuple[int, ...]) -> None:
        """Check the B-tree of chunks where it is one node: HDF5 goes through it to tell the size of a dataset."""
        space = self._data.chunk_space
        entry = struct.Struct(f"<8x{len(lengths)}QQ")
        node = self._data.at(address, 16 + entry.size * (space + 1))
        signature, kind, level, used, left, right = _NODE(node)
        alone = left == right == UNDEFINED and level == 0
        if signature != b"TREE" or kind != 1 or not alone or used > space:
            raise UnfamiliarError
        for offsets in entry.iter_unpack(node[24 : 16 + entry.size * (used + 1)] + bytes(8)):
            if any(offset % length for offset, length in zip(offsets, lengths, strict=False)):
                raise UnfamiliarError


_Described = tuple[Kind, tuple[int, ...], tuple[int | None, ...], tuple[int, ...] | None, int]


def _learned(stored_type: bytes, stored: h5t.TypeID) -> Kind:
    """Return what h5py makes of a type, and keep it."""
    dtype, (size,) = dtype_of(stored), _SIZE(stored_type, 4)
    string = h5py.check_string_dtype(dtype)
    reading: Literal["number", "raw", "text", "reference"] | None = None
    if string is not None and string.length is None:
        reading = "text" if size == TEXT_SIZE and stored_type[8:20] == _BYTES else None
    elif dtype.hasobject:
        reading = "reference" if h5py.check_ref_dtype(dtype) is h5py.Reference and size == ADDRESS_SIZE else None
    elif dtype.subdtype is None and dtype.itemsize == size and stored.equal(h5t.py_create(dtype)):
        reading = "number" if dtype.kind in "biuf" else "raw"
    kind = Kind(dtype, size, reading)
    if len(stored_type) <= MAX_TYPE:
        if len(_kinds) >= MAX_KNOWN:  # a file can define any number of types
            _kinds.clear()
        _kinds[stored_type] = kind
    return kind


@lru_cache(maxsize=1024)
def _space(raw: bytes) -> tuple[tuple[int, ...] | None, tuple[int | None, ...]]:
    """Return the lengths of the axes and the greatest ones, None without limit; no lengths for an empty dataspace."""
    version, rank, flags, kind = raw[:4]
    if version == 1:
        begin, kind = 8, int(rank > 0)
    elif version == 2:
        begin = 4
    else:
        raise UnfamiliarError
    if kind == 2 and not rank:
        return None, ()
    if flags > 1 or rank > 32 or kind != int(rank > 0):
        raise UnfamiliarError
    shape = struct.unpack_from(f"<{rank}Q", raw, begin)
    maxshape: tuple[int | None, ...] = shape
    if flags and rank:
        stored = struct.unpack_from(f"<{rank}Q", raw, begin + 8 * rank)
        if any(n > m for n, m in zip(shape, stored, strict=True)):
            raise UnfamiliarError
        maxshape = tuple(None if m == UNDEFINED else m for m in stored)
    if math.prod(max(n, 1) for n in shape) >= 1 << 60:
        raise UnfamiliarError
    return shape, maxshape
