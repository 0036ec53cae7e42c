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
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import h5py
import numpy as np
from h5py import h5a, h5d, h5o, h5t

from nwb_models.io.header_patterns import Chunk, Patterns, Span, values_of
from nwb_models.io.mappings import open_object
from nwb_models.io.nodes import TYPE_NAMES, StoredDataset, StoredGroup, StoredObject, StoredReference, text_of
from nwb_models.io.stored_bytes import (
    UNDEFINED,
    LargeTextsError,
    RefusedValueError,
    StoredBytes,
    UnfamiliarError,
    stored_bytes,
)
from nwb_models.io.symbol_table import MAX_LEVEL, links_in_table
from nwb_models.io.values import decode, dtype_of, encode, path_at, plain, read_attribute, stored_reference
from nwb_models.limits import DEFAULT, Limits
from nwb_models.models.links import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable


REFUSALS = (UnfamiliarError, OSError, RuntimeError, ValueError, LookupError, TypeError, OverflowError, struct.error)
"""What makes an object one for h5py."""

SETTING = "NWB_MODELS_READ_HEADERS"
"""The environment variable that, where it is 0, leaves everything to h5py."""
MAX_KNOWN = 10_000
"""How many types are kept, and as many combinations with fill values and filters."""
MAX_TYPE = 4096
"""The most bytes of a type that is kept."""
MAX_MESSAGE = 1 << 16
"""The most bytes of an attribute, or of a single value of a dataset."""
MAX_NUMBERS = 256
"""How many numbers are kept of an attribute."""
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
_VARYING = {_TABLE: (0, "QQ"), _SPACE: (0, ""), _LAYOUT: (2, ""), _TIME: (1, "7x")}
"""Kinds of messages that differ from header to header: from which byte on, and how they are unpacked."""
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
    form: str
    """How it is unpacked."""
    numbers: dict[bytes, Any] = field(default_factory=dict)
    """Single numbers that were met already, by their bytes: many series have the same unit and conversion."""


_Place = tuple[str, _Attribute, int, dict[bytes, Any] | None]
"""Name of an attribute, what is known of it, where its value is, and numbers that were met.

None in the place of numbers for a single text of any length: it is by far the most frequent.
"""


class _Plan:
    """What an object says, in terms of the places of values."""

    def __init__(self, attributes: list[_Place], slots: dict[int, int], kind: Kind | None, layout_class: int) -> None:
        self.attributes = attributes
        """In the order of their names."""
        named = {place[0]: place for place in attributes}
        self.naming = [named[name] for name in TYPE_NAMES if name in named][:1]
        """The one that names the type."""
        self.table = slots.get(_TABLE)
        """Where a group has its links; None for a dataset."""
        self.space, self.layout = slots.get(_SPACE, -1), slots.get(_LAYOUT, -1)
        self.kind, self.layout_class = kind, layout_class
        self.filtered = False


_kinds: dict[bytes, Kind] = {}
"""The bytes of a type -> what h5py makes of it, in all files."""
_accepted: set[tuple[Any, ...]] = set()
"""What a dataset says of type, fill value and filters, where HDF5 has opened one that says so, in all files."""


_patterns = Patterns()
"""What headers say that were read, in all files."""


class _Header:
    """The messages of one object header."""

    __slots__ = ("attributes", "chunks", "count", "messages", "spans")

    def __init__(self, data: StoredBytes, address: int) -> None:
        version, count, _, size = _PREFIX(data.at(address, 16))
        if version != 1:
            raise UnfamiliarError
        self.count = count
        self.attributes: list[tuple[Chunk, int, int]] = []
        """Where the messages of attributes are: their chunk, their begin and end in it."""
        self.messages: dict[int, tuple[int, bytes]] = {}
        """Kind -> flags and content of the messages of which there is one."""
        self.spans: dict[int, Span] = {}
        """Kind -> what differs in them from header to header."""
        self.chunks: list[Chunk] = []
        blocks: list[tuple[int, int, Span | None]] = [(address + 16, size, None)]
        for begin, length, span in blocks:  # which grows
            chunk = Chunk(data.at(begin, length), [], span)
            self.chunks.append(chunk)
            at = 0
            while at < length:
                kind, size, flags = _MESSAGE(chunk.data, at)
                body = at + 8
                at = body + size
                count -= 1
                if at > length or size & 7 or count < 0 or flags & ~_FLAGS:
                    raise UnfamiliarError
                if kind == _ATTRIBUTE:
                    self.attributes.append((chunk, body, at))
                elif kind == _CONTINUATION:
                    chunk.spans.append(Span(body, body + 8, "Q"))
                    blocks.append((*_PAIR(chunk.data, body), chunk.spans[-1]))
                elif kind == _NULL:
                    chunk.spans.append(Span(body, at, f"{size}x"))
                elif kind in self.messages:
                    raise UnfamiliarError
                else:
                    self.messages[kind] = flags, chunk.data[body:at]
                    if kind in _VARYING:
                        begin, form = _VARYING[kind]
                        self.spans[kind] = Span(body + begin, at, form or f"{size - begin}s")
                        chunk.spans.append(self.spans[kind])
        if count or len({begin for begin, _, _ in blocks}) != len(blocks):
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
    limits
        How large a value may be; where that is less than what is read here, h5py reads everything.
    """

    def __init__(self, file: h5py.File, limits: Limits = DEFAULT) -> None:
        self._file = file
        is_left = os.environ.get(SETTING) == "0" or limits.value_bytes < MAX_MESSAGE
        data = None if is_left else stored_bytes(file)
        self._reader = None if data is None else _Reader(file, data, limits.value_bytes)
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

    def outline(self, address: int, path: str) -> tuple[str | None, list[tuple[str, int]]] | None:
        """Return the type of an object and names and addresses of its hard links, None where h5py has to look."""
        if self._reader is None:
            return None
        try:
            return self._reader.outline(address, path)
        except REFUSALS:
            return None

    def attribute(self, address: int, path: str, name: str) -> Any:
        """Return the value of one attribute of an object, None where there is none, or h5py has to look."""
        if self._reader is None:
            return None
        try:
            return self._reader.attribute(address, path, name)
        except REFUSALS:
            return None

    def stored_size(self, address: int, path: str) -> int | None:
        """Return how many bytes the values of a dataset take in the file, None where h5py has to say it."""
        if self._reader is None:
            return None
        try:
            return self._reader.stored_size(address, path)
        except REFUSALS:
            return None


class _Reader:
    """Reads objects, or raises one of `REFUSALS`."""

    def __init__(self, file: h5py.File, data: StoredBytes, most: int) -> None:
        self._file, self._data, self._most = file, data, most
        self._beginnings: dict[bytes, _Attribute] = {}
        self._objects: set[int] = set()
        """Addresses where HDF5 can open an object."""

    def node(self, address: int, path: str, *, whole: bool) -> StoredObject:
        plan, values = self._plan(address, path)
        if plan.table is not None:
            tree, heap = values[plan.table : plan.table + 2]
            links = links_in_table(self._data, tree, heap, max_level=MAX_LEVEL if whole else 0)
            self._objects.add(address)
            attributes = self._attributes(plan.attributes, values, path)
            return StoredGroup(("", address), path, attributes, [path], links, complete=True)
        kind = plan.kind
        assert kind is not None
        shape, maxshape, chunks, begin, _ = self._stored(plan, values)
        self._objects.add(address)
        value, problem = None, ""
        if shape == ():
            if kind.size > MAX_MESSAGE:
                raise UnfamiliarError
            try:
                value = self._value(kind, self._data.at(begin, kind.size), 0, ())
            except RefusedValueError as error:
                problem = str(error)
        attributes = self._attributes(plan.attributes, values, path)
        node = StoredDataset(("", address), path, attributes, [path], shape, kind.dtype, maxshape, chunks, value)
        node.problem, node.filtered = problem, plan.filtered
        return node

    def outline(self, address: int, path: str) -> tuple[str | None, list[tuple[str, int]]]:
        plan, values = self._plan(address, path)
        links: list[tuple[str, int]] = []
        if plan.table is None:
            self._stored(plan, values)  # or HDF5 refuses to open it
        else:
            found = links_in_table(self._data, *values[plan.table : plan.table + 2])
            links = [(name, link.key[1]) for name, link in found.items() if link.key is not None]
        (value,) = self._attributes(plan.naming, values, path).values() or (None,)
        return text_of(value), links

    def attribute(self, address: int, path: str, name: str) -> Any:
        plan, values = self._plan(address, path)
        return self._attributes([place for place in plan.attributes if place[0] == name], values, path).get(name)

    def stored_size(self, address: int, path: str) -> int:
        plan, values = self._plan(address, path)
        if plan.table is not None:
            raise UnfamiliarError
        return self._stored(plan, values)[-1]

    def _plan(self, address: int, path: str) -> tuple[_Plan, tuple[Any, ...]]:
        """Return what a header says, and the values in it."""
        known = _patterns.find(self._data, address)
        return self._planned(address, path) if known is None else known

    def _planned(self, address: int, path: str) -> tuple[_Plan, tuple[Any, ...]]:
        """Read a header message by message; return what it says, and the values in it."""
        header = _Header(self._data, address)
        attributes = []
        for chunk, begin, end in header.attributes:
            attribute = self._described(chunk.data[begin:end], path)
            attributes.append((attribute, Span(begin + attribute.begin, begin + attribute.end, attribute.form)))
            chunk.spans += [attributes[-1][1], Span(begin + attribute.end, end, f"{end - begin - attribute.end}x")]
        if len({attribute.raw_name for attribute, _ in attributes}) != len(attributes):
            raise UnfamiliarError
        for chunk in header.chunks:
            chunk.spans.sort(key=lambda span: (span.begin, span.end))
        values = values_of(header.chunks)
        attributes.sort(key=lambda one: one[0].raw_name)
        named = [
            (attribute.name, attribute, span.slot, None if attribute.form == "IQI" else attribute.numbers)
            for attribute, span in attributes
        ]
        kind, layout_class = (None, 0) if _TABLE in header.messages else self._kind(header, path)
        if kind is None and not header.messages.keys() <= _GROUP:
            raise UnfamiliarError
        plan = _Plan(named, {kind: span.slot for kind, span in header.spans.items()}, kind, layout_class)
        plan.filtered = _FILTERS in header.messages
        _patterns.keep(header.count, header.chunks, plan)
        return plan, values

    # ------------------------------------------------------------------------------------------ attributes
    def _attributes(self, places: list[_Place], values: tuple[Any, ...], path: str) -> dict[str, Any]:
        """Return the attributes at some places, in the order in which HDF5 gives them: that of their names."""
        found: dict[str, Any] = {}
        for name, attribute, slot, known in places:
            if known is None:
                try:
                    found[name] = self._text(*values[slot : slot + 3])
                except RefusedValueError as error:
                    found[name] = Unreadable(str(error))
                continue
            value = known.get(values[slot])
            found[name] = self._attribute(attribute, values[slot], path) if value is None else value
        return found

    def _described(self, message: bytes, path: str) -> _Attribute:
        """Return what the message of an attribute says but for its value."""
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
        return attribute

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
        form = "IQI" if kind.reading == "text" and shape == () else f"{size}s"
        return _Attribute(raw_name, decode(raw_name), kind, shape, end, end + size, form)

    def _attribute(self, attribute: _Attribute, raw: bytes, path: str) -> Any:
        """Return the value of an attribute; h5py reads it where it is of a rare type, or there is no such object."""
        if attribute.shape is None:
            return h5py.Empty(attribute.kind.dtype)
        try:
            value = self._value(attribute.kind, raw, 0, attribute.shape)
        except UnfamiliarError:
            return read_attribute(self._open(path), attribute.raw_name, self._resolve, self._most)
        except RefusedValueError as error:
            return Unreadable(str(error))
        if attribute.kind.reading == "number" and attribute.shape == () and len(attribute.numbers) < MAX_NUMBERS:
            attribute.numbers[raw] = value
        return value

    def _open(self, path: str) -> Any:
        return open_object(self._file, encode(path))

    def _resolve(self, reference: Any) -> StoredReference:
        return stored_reference(self._file.id, reference)

    # ------------------------------------------------------------------------------------------ values
    def _value(self, kind: Kind, data: bytes, begin: int, shape: tuple[int, ...]) -> Any:
        """Return what `~nwb_models.io.values.plain` makes of a stored value."""
        if kind.reading == "text":
            one: Callable[[bytes, int], Any] = self._text_at
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
        if kind.reading == "text":
            size = sum(_SIZE(data, begin + number * kind.size)[0] for number in range(values.size))
            if size > self._most:
                raise LargeTextsError(size, self._most)
        for number in range(values.size):
            values[number] = one(data, begin + number * kind.size)
        return values.reshape(shape)

    def _text(self, length: int, address: int, index: int) -> str:
        """Return text of any length; it ends with the first NUL, as it does in memory."""
        if not length and not address:
            return ""
        raw = self._data.in_heap(address, index)
        if len(raw) != length:
            raise UnfamiliarError
        if length > self._most:
            raise LargeTextsError(length, self._most)
        text = raw.decode("utf-8", "surrogateescape")
        return text if "\0" not in text else text[: text.index("\0")]

    def _text_at(self, data: bytes, at: int) -> str:
        return self._text(*_TEXT(data, at))

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
                if not header.messages.keys() <= _GROUP:
                    raise UnfamiliarError
                links_in_table(self._data, *_PAIR(header.messages[_TABLE][1]))
            else:
                kind, layout_class = self._kind(header, None)
                self._stored_as(kind, layout_class, header.messages[_SPACE][1], header.messages[_LAYOUT][1][2:])
        except REFUSALS:
            raise UnfamiliarError from None
        self._objects.add(address)

    # ------------------------------------------------------------------------------------------ datasets
    def _kind(self, header: _Header, path: str | None) -> tuple[Kind, int]:
        """Return the type of a dataset and the class of its layout.

        HDF5 looks at all that a header says when it opens a dataset, so nothing of it may be doubtful.
        """
        messages = header.messages
        if not _REQUIRED <= messages.keys() <= _DATASET:
            raise UnfamiliarError
        stored_type, layout = messages[_TYPE][1], messages[_LAYOUT][1]
        said = (stored_type, layout[1], *map(messages.get, _LEARNED))
        kind = _kinds.get(stored_type)
        if kind is None or said not in _accepted:
            kind = self._opened(path, stored_type, said)
        if layout[0] != 3:
            raise UnfamiliarError
        return kind, layout[1]

    def _stored(self, plan: _Plan, values: tuple[Any, ...]) -> _Stored:
        assert plan.kind is not None
        return self._stored_as(plan.kind, plan.layout_class, values[plan.space], values[plan.layout])

    def _stored_as(self, kind: Kind, layout_class: int, space: bytes, layout: bytes) -> _Stored:
        """Return shape, greatest shape and chunks of a dataset, the address of its data, and the size of that.

        Parameters
        ----------
        space
            The message that says the shape.
        layout
            The one that says where the data is, from behind the class of the layout.
        """
        shape, maxshape = _space(space)
        if shape is None:
            raise UnfamiliarError
        if layout_class == _CONTIGUOUS:
            begin, size = _PAIR(layout)
            is_there = begin != UNDEFINED and begin + size <= self._data.end
            if size != math.prod(shape) * kind.size or maxshape != shape or not (is_there or begin == UNDEFINED):
                raise UnfamiliarError
            return shape, maxshape if shape else (), None, begin, size if is_there else 0
        if layout_class != _CHUNKED or layout[0] != len(shape) + 1 or not shape:
            raise UnfamiliarError
        (begin,) = _ADDRESS(layout, 1)
        *chunks, size = lengths = struct.unpack_from(f"<{layout[0]}I", layout, 9)
        fitting = all(m is None or 0 < n <= m for n, m in zip(chunks, maxshape, strict=True))
        if not fitting or 0 in chunks or size != kind.size or math.prod(lengths) >= 1 << 32:
            raise UnfamiliarError
        stored_size = 0 if begin == UNDEFINED else self._size_of_chunks(begin, lengths)
        return shape, maxshape, tuple(chunks), begin, stored_size

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

    def _size_of_chunks(self, address: int, lengths: tuple[int, ...]) -> int:
        """Return the bytes of all chunks, where their B-tree is one node: HDF5 goes through it for that as well."""
        space, width = self._data.chunk_space, len(lengths) + 2
        node = self._data.at(address, 16 + 8 * width * (space + 1))
        signature, kind, level, used, left, right = _NODE(node)
        alone = left == right == UNDEFINED and level == 0
        if signature != b"TREE" or kind != 1 or not alone or used > space:
            raise UnfamiliarError
        words = _chunk_entries(len(lengths), used)(node, 24)  # of each chunk size, offsets, address; then the end
        for axis, length in enumerate(lengths, start=1):
            if any(offset % length for offset in words[axis::width]):
                raise UnfamiliarError
        return sum(words[: width * used : width])


@lru_cache(maxsize=1024)
def _chunk_entries(axes: int, count: int) -> Callable[[bytes, int], tuple[int, ...]]:
    return struct.Struct("<" + f"I4x{axes}QQ" * count + f"I4x{axes}Q").unpack_from


_Stored = tuple[tuple[int, ...], tuple[int | None, ...], tuple[int, ...] | None, int, int]


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
