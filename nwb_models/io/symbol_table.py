"""The links of a group in the oldest layout: a B-tree of symbol tables, the names in a local heap.

HDF5 File Format Specification 3.0, sections III.A.1 (B-trees, version 1), III.B and III.C.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING

from nwb_models.io.nodes import StoredLink
from nwb_models.io.stored_bytes import UNDEFINED, StoredBytes, UnfamiliarError
from nwb_models.io.values import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LEVEL = 8
"""More levels than this no B-tree has in practice."""
MAX_HEAP = 1024
"""The most bytes of a local heap that is kept for groups with the same names."""

_NODE = struct.Struct("<4sBBHQQ").unpack_from
_LEAF = struct.Struct("<4sBxH").unpack_from
_ENTRY = struct.Struct("<QQI4xI12x")
_ONE = struct.Struct("<QQQ").unpack_from
_ALONE = b"TREE\0\0\1\0"
"""How a tree begins that is one node with one leaf."""
_NO_SIBLINGS = bytes([255] * 16)
_HARD = (0, 1)
_SOFT = 2


def links_in_table(data: StoredBytes, tree: int, heap: int, *, max_level: int = MAX_LEVEL) -> dict[str, StoredLink]:
    """Return the links of a group, in the order of the file, which is that of their names.

    Parameters
    ----------
    data
        The file.
    tree, heap
        Where the group says that its B-tree and its local heap are.
    max_level
        How many levels the B-tree may have above that of the leaves.

    Raises
    ------
    UnfamiliarError
        Where anything is out of order: HDF5 finds links by their names only as long as they are sorted.
    """
    heap_bytes = data.local_heap(heap)
    links: dict[str, StoredLink] = {}
    last = b""
    for leaf, above, below in _leaves(data, tree, heap_bytes, max_level):
        offsets, addresses, kinds, values = zip(*_entries(data, leaf), strict=True)
        look_up = _names if len(heap_bytes) <= MAX_HEAP else _names.__wrapped__
        names, last = look_up(heap_bytes, max(last, above), below, offsets)
        for name, address, kind, value in zip(names, addresses, kinds, values, strict=True):
            if kind in _HARD and address != UNDEFINED:
                links[name] = StoredLink(name, "hard", ("", address))
            elif kind == _SOFT:
                links[name] = StoredLink(name, "soft", path=decode(_text(heap_bytes, value)))
            else:
                raise UnfamiliarError
    return links


@lru_cache(maxsize=1024)
def _names(heap: bytes, above: bytes, below: bytes, offsets: tuple[int, ...]) -> tuple[list[str], bytes]:
    """Return the names at some places of a local heap, and the last one as it is stored; groups often have the same.

    They have to be sorted, and between two others.
    """
    names = []
    for offset in offsets:
        raw = _text(heap, offset)
        if raw <= above or b"/" in raw or raw == b".":
            raise UnfamiliarError
        above = raw
        names.append(decode(raw))
    if above > below:
        raise UnfamiliarError
    return names, above


def _leaves(data: StoredBytes, tree: int, names: bytes, max_level: int) -> list[tuple[int, bytes, bytes]]:
    """Return the address of each leaf, with the names between which those in it have to be."""
    size = 32 + 16 * data.tree_space
    node = data.at(tree, size)
    if node[:8] == _ALONE and node[8:24] == _NO_SIBLINGS:  # most groups have up to eight links
        low, leaf, high = _ONE(node, 24)
        return [(leaf, _text(names, low), _text(names, high))]
    return list(_leaves_below(data, tree, names, max_level))


def _leaves_below(data: StoredBytes, tree: int, names: bytes, max_level: int) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the same, for a tree of any size."""
    size = 32 + 16 * data.tree_space
    waiting: list[tuple[int, int, bytes | None, bytes | None]] = [(tree, -1, None, None)]
    last: dict[int, tuple[int, int]] = {}
    seen = set()
    while waiting:
        address, expected, low, high = waiting.pop()
        node = data.at(address, size)
        signature, kind, level, used, left, right = _NODE(node)
        at_left, wanted = last.get(level, (UNDEFINED, address))
        valid = signature == b"TREE" and kind == 0 and used <= data.tree_space and left == at_left and wanted == address
        if not valid or address in seen or level > max_level or expected not in (-1, level):
            raise UnfamiliarError
        seen.add(address)
        last[level] = address, right
        if not used:
            if expected != -1:
                raise UnfamiliarError
            continue
        words = struct.unpack_from(f"<{2 * used + 1}Q", node, 24)
        keys = [_text(names, offset) for offset in words[::2]]
        if low is not None and high is not None:
            keys[0], keys[-1] = max(keys[0], low), min(keys[-1], high)
        ranges = list(zip(words[1::2], keys, keys[1:], strict=False))
        if level == 0:
            yield from ranges
        else:
            waiting.extend((child, level - 1, above, below) for child, above, below in reversed(ranges))
    if any(right != UNDEFINED for _, right in last.values()):
        raise UnfamiliarError


def _entries(data: StoredBytes, leaf: int) -> Iterator[tuple[int, int, int, int]]:
    """Return place of the name, address of the object, kind and place of the text of each link in a leaf."""
    node = data.at(leaf, 8 + _ENTRY.size * data.leaf_space)
    signature, version, used = _LEAF(node)
    if signature != b"SNOD" or version != 1 or not 0 < used <= data.leaf_space:
        raise UnfamiliarError
    return _ENTRY.iter_unpack(node[8 : 8 + _ENTRY.size * used])


def _text(names: bytes, offset: int) -> bytes:
    """Return the text at a place of a local heap; HDF5 wants one there."""
    end = names.find(b"\0", offset) if offset < len(names) else -1
    if end < 0:
        raise UnfamiliarError
    return names[offset:end]
