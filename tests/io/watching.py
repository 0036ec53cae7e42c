"""Which files of a folder were opened, as Linux tells it: HDF5 opens some without a word."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IN_OPEN = 0x20
IN_ISDIR = 0x40000000


@contextmanager
def opened_files(folder: Path) -> Iterator[set[str]]:
    """Give a set that holds, at the end, the names of the files of a folder that were opened meanwhile."""
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux tells which files are opened")
    found: set[str] = set()
    libc = ctypes.CDLL(None, use_errno=True)
    handle = libc.inotify_init1(os.O_NONBLOCK)
    try:
        assert libc.inotify_add_watch(handle, os.fsencode(folder), IN_OPEN) > 0
        yield found
        found.update(_names(handle))
    finally:
        os.close(handle)


def _names(handle: int) -> Iterator[str]:
    try:
        events = os.read(handle, 1 << 16)
    except BlockingIOError:
        return
    while events:
        _, mask, _, length = struct.unpack_from("iIII", events)
        if not mask & IN_ISDIR:
            yield os.fsdecode(events[16 : 16 + length].rstrip(b"\0"))
        events = events[16 + length :]
