"""Objects of a file, opened: but no virtual dataset of which HDF5 would never come back.

Where the data of a virtual dataset is, is in a global heap, and HDF5 reads that as soon as it looks at the object in
any way: to open it, to copy or remove it, or to walk through the file.  So before it is opened, its header is looked at
for what only virtual datasets have, which takes 4 us in place of the 20 us that HDF5 takes to open anything; and what
may be one is opened in the file that is read through Python first, see `~nwb_models.io.heaps`.
"""

from __future__ import annotations

import os
import re
import struct
from typing import TYPE_CHECKING, Any

from h5py import h5i, h5l, h5o

from nwb_models.io.heaps import EndlessHeapError, watched
from nwb_models.io.opening import descriptor_of

if TYPE_CHECKING:
    import h5py

LOST = "the heap that says where its data is is damaged: HDF5 would search it for ever, or read beyond it"
MAX_LINKS = 40
"""How many soft links are followed one after another, as HDF5 follows no more than 16."""
MAX_HEADER = 1 << 20
"""The most bytes of a header that are looked at; what has a larger one may be anything."""
_FIRST = 512
"""How many bytes of a header are read at first: most have no more."""
_LAYOUT, _CONTINUATION = 0x08, 0x10
_VIRTUAL = 3
_OLD, _NEW = struct.Struct("<HH4x"), struct.Struct("<BHx")
"""Kind and size of a message, in headers of version 1 and 2.

Source: HDF5 File Format Specification, IV.A.1 and IV.A.2.
"""
_ORDERED = struct.Struct("<BH3x")
"""The same where messages are numbered."""
_OF_8 = b"".join(b"\\x%02x" % size for size in range(0, 256, 8))
_LOOKS_VIRTUAL = re.compile(rb"\x08\x00.{7}\x03", re.DOTALL).search
_LOOKS_CONTINUED = re.compile(rb"\x10\x00(?:[%b]\x00|[%b][^\x00])" % (_OF_8[8:], _OF_8)).search
"""What such messages look like in a header of version 1: kind and size, which is a multiple of 8 and at least 16."""
_PAIR = struct.Struct("<QQ").unpack_from


def open_object(file: h5py.File, name: bytes, group: Any = None, address: int | None = None) -> Any:
    """Open a group, dataset or named type (low level).

    Parameters
    ----------
    file
        An open file.
    name
        A path from the root, or from a group.
    group
        The open group (low level), None for the root.
    address
        Where the header of the object is, where that is known.

    Raises
    ------
    EndlessHeapError
        Where HDF5 would never come back.
    OSError, RuntimeError, KeyError, ValueError
        As h5py does.
    """
    place = file.id if group is None else group
    if _may_be_virtual(file, place, name, address):
        try:
            with watched(place) as again:
                h5o.open(again, name)
        except EndlessHeapError as error:
            above = b"" if group is None or name[:1] == b"/" else (h5i.get_name(group) or b"?").rstrip(b"/")
            path = (above + b"/" + name.lstrip(b"/")).decode("utf-8", "surrogateescape")
            where = f"{file.filename}:{path}"
            raise EndlessHeapError(where, LOST) from error
    return h5o.open(place, name)


def _may_be_virtual(file: h5py.File, place: Any, name: bytes, address: int | None) -> bool:
    descriptor = descriptor_of(file)
    if descriptor is None or not hasattr(os, "pread"):
        return False  # what HDF5 reads through Python is looked at anyway
    try:
        found = _address(place.links, name) if address is None else address
    except (OSError, RuntimeError, KeyError, ValueError):
        return False  # no link leads there, as HDF5 will say as well
    try:
        return found is not None and _names_heap(descriptor, _base(file), found)
    except (OSError, IndexError, struct.error, OverflowError):
        return True


def _address(links: Any, name: bytes) -> int | None:
    """Return where the header of what a path leads to is; None for what is in another file."""
    for _ in range(MAX_LINKS):
        link = links.get_info(name)
        if link.type == h5l.TYPE_HARD:
            address: int = link.u
            return address
        if link.type != h5l.TYPE_SOFT:
            return None
        target: bytes = links.get_val(name)
        above = name.rpartition(b"/")[0]
        name = target if target[:1] == b"/" or b"/" not in name else above + b"/" + target
    return None


def _base(file: h5py.File) -> int:
    """Return where the file begins that HDF5 sees: something else can be before it."""
    base: int | None = getattr(file, "base", None)
    if base is None:
        base = file.base = int(file.id.get_create_plist().get_userblock())
    return base


def _names_heap(descriptor: int, base: int, address: int) -> bool:
    """Tell whether the header at an address is that of a virtual dataset, or one that only HDF5 can judge."""
    data = os.pread(descriptor, _FIRST, base + address)
    form, begin, size = _extent(data)
    blocks = [(address, begin, begin + size)]
    for where, at, end in blocks:  # which grows
        if end > MAX_HEADER or len(blocks) > MAX_LINKS:
            return True
        if where != address or end > _FIRST:
            data = os.pread(descriptor, end, base + where)
        if len(data) < end:
            return True
        if form is _OLD and _LOOKS_VIRTUAL(data, at, end) is None is _LOOKS_CONTINUED(data, at, end):
            continue  # as of nearly all, in a tenth of the time
        while end - at >= form.size:
            kind, size = form.unpack_from(data, at)
            at += form.size
            if kind == _LAYOUT and data[at + 1] == _VIRTUAL:
                return True
            if kind == _CONTINUATION:
                following, length = _PAIR(data, at)
                is_new = form is not _OLD
                blocks.append((following, 4 * is_new, length - 4 * is_new))  # a signature, and a checksum
            at += size
    return False


def _extent(data: bytes) -> tuple[struct.Struct, int, int]:
    """Return what the messages of a header are like, where they begin, and how many bytes they have."""
    if data[:4] != b"OHDR":
        return _OLD, 16, int.from_bytes(data[8:12], "little")
    flags = data[5]
    begin = 6 + 16 * bool(flags & 0x20) + 4 * bool(flags & 0x10)
    width = 1 << (flags & 3)
    return _ORDERED if flags & 4 else _NEW, begin + width, int.from_bytes(data[begin : begin + width], "little")
