"""Patterns of object headers: the headers of a thousand series differ in nothing but addresses, lengths and values.

A header that was read once, message by message, gives a pattern.  The bytes of the next one are taken apart by one
call of `struct`, and where all of them that mean something else are the same as before, so is what they say.  That
takes a third of the time of reading the messages again.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from nwb_models.io.stored_bytes import UnfamiliarError

if TYPE_CHECKING:
    from nwb_models.io.stored_bytes import StoredBytes

MAX_PATTERNS = 1000
"""How many are kept."""
MAX_ALIKE = 8
"""How many ways to take apart chunks of one size are tried."""
MAX_CHUNK = 1 << 13
"""The most bytes of a chunk that has a pattern."""
MAX_MET = 10_000

_PREFIX = struct.Struct("<BxHII4x").unpack_from


@dataclass(slots=True, eq=False)
class Span:
    """Bytes of a chunk that may differ from header to header."""

    begin: int
    end: int
    form: str
    """What `struct` makes of them: one value or several, or none."""
    slot: int = -1
    """The place of the first value among all those of a header."""


@dataclass(slots=True)
class Chunk:
    """One of the blocks of bytes that a header is in."""

    data: bytes
    spans: list[Span]
    """What may differ, in its order."""
    address: Span | None = None
    """What says where the chunk is; None for the first one."""


class _Match:
    """Chunks whose constant bytes are the same."""

    __slots__ = ("content", "following", "patterns", "size")

    def __init__(self, following: int | None, size: int = 0) -> None:
        self.following, self.size = following, size
        """The place of the address of the next chunk among the values, and its size."""
        self.patterns: list[_Pattern] = []
        """Those of the next chunk."""
        self.content: Any = None
        """What the header says, where this is its last chunk."""


class _Pattern:
    """One way to take a chunk apart."""

    __slots__ = ("constant", "form", "matches", "unpack")

    def __init__(self, form: str, constant: list[int]) -> None:
        self.form = form
        self.unpack = struct.Struct(form).unpack_from
        self.constant = itemgetter(*constant)
        self.matches: dict[Any, _Match] = {}


class Patterns:
    """The patterns of the headers that were met."""

    def __init__(self) -> None:
        self._first: dict[tuple[int, int], list[_Pattern]] = {}
        """Numbers of messages and bytes -> patterns of first chunks."""
        self._met: set[tuple[int, int]] = set()
        self._count = 0

    def clear(self) -> None:
        """Forget them."""
        self._first.clear()
        self._met.clear()
        self._count = 0

    def find(self, data: StoredBytes, address: int) -> tuple[Any, tuple[Any, ...]] | None:
        """Return what was kept for headers like the one at an address, and the values in this one; None for a new one.

        Raises
        ------
        UnfamiliarError
            Where the header leads out of the file.
        """
        version, count, _, size = _PREFIX(data.at(address, 16))
        patterns = self._first.get((count, size))
        if patterns is None or version != 1:
            return None
        begin = address + 16
        met = [begin]
        values: tuple[Any, ...] = ()
        while True:
            chunk = data.at(begin, size)
            for pattern in patterns:
                found = pattern.unpack(chunk)
                match = pattern.matches.get(pattern.constant(found))
                if match is not None:
                    break
            else:
                return None
            values = values + found if values else found
            if match.following is None:
                return match.content, values
            begin, size, patterns = values[match.following], match.size, match.patterns
            if begin in met:
                raise UnfamiliarError
            met.append(begin)

    def keep(self, count: int, chunks: list[Chunk], content: Any) -> None:
        """Keep what a header says, from the second one on with so many messages and bytes.

        Parameters
        ----------
        count
            How many messages it has.
        chunks
            Its chunks, in their order.
        content
            What it says, in terms of the slots of the spans.
        """
        key = count, len(chunks[0].data)
        if key not in self._met:
            if len(self._met) >= MAX_MET:
                self._met.clear()
            self._met.add(key)
            return
        if max(len(chunk.data) for chunk in chunks) > MAX_CHUNK:
            return
        if self._count >= MAX_PATTERNS:  # a file can have any number of them
            self.clear()
        self._count += 1
        patterns = self._first.setdefault(key, [])
        match = _Match(None)
        for number, chunk in enumerate(chunks):
            form, constant = _form(chunk)
            pattern = next((known for known in patterns if known.form == form), None)
            if pattern is None:
                if len(patterns) == MAX_ALIKE:
                    return
                pattern = _Pattern(form, constant)
                patterns.append(pattern)
            following = chunks[number + 1] if number + 1 < len(chunks) else None
            place = None if following is None or following.address is None else following.address.slot
            constants = pattern.constant(pattern.unpack(chunk.data))
            match = pattern.matches.setdefault(constants, _Match(place, len(following.data) if following else 0))
            patterns = match.patterns
        match.content = content


def values_of(chunks: list[Chunk]) -> tuple[Any, ...]:
    """Return the values of a header as its pattern would, and note in the spans where each is.

    There is one for the constant bytes between two spans as well.
    """
    values: list[Any] = []
    for chunk in chunks:
        at = 0
        for span in chunk.spans:
            if span.begin > at:
                values.append(None)
            span.slot = len(values)
            values += struct.unpack_from("<" + span.form, chunk.data, span.begin)
            at = span.end
        if at < len(chunk.data):
            values.append(None)
    return tuple(values)


def _form(chunk: Chunk) -> tuple[str, list[int]]:
    """Return how a chunk is taken apart, and which of the values are its constant bytes."""
    form, constant, at, slot = "<", [], 0, 0
    for span in (*chunk.spans, Span(len(chunk.data), len(chunk.data), "")):
        if span.begin > at:
            constant.append(slot)
            form += f"{span.begin - at}s"
            slot += 1
        form += span.form
        slot += len(struct.unpack_from("<" + span.form, chunk.data, span.begin))
        at = span.end
    return form, constant
