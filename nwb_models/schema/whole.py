"""Files of text that are there whole or not at all, also where the process that writes them is killed."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STALE = 3600.0
"""After how many seconds an unfinished file is taken for one whose writer was killed."""
PART = 1 << 20
"""How many bytes are read at a time."""
_UNFINISHED = re.compile(r"\.new-[0-9a-f]{12}\.tmp")


def write_whole(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Write a file beside its place, sync it and put it there.

    Parameters
    ----------
    mode
        The mode of the file, as far as the mask of the process lets it be.

    Raises
    ------
    OSError, UnicodeEncodeError
        Where it cannot be written: what was at its place is there still.
    """
    content = text.encode("utf-8")
    beside = path.with_name(f".new-{secrets.token_hex(6)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(beside, flags, mode), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        with contextlib.suppress(OSError):  # it has its name by now
            beside.unlink()


def read_whole(path: str | os.PathLike[str], most: int, *, regular: bool = True) -> bytes:
    """Return what is in a file, and wait for no pipe that nobody writes to.

    Parameters
    ----------
    most
        How many bytes it may have.
    regular
        Whether it has to be a regular file, and not a pipe or a device.

    Raises
    ------
    OSError
        Where it cannot be read; with the number `errno.EFBIG` where it has more bytes.
    """
    name = os.fspath(path)
    with open(path, "rb", buffering=0, opener=_open_at_once) as stream:
        if regular and not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", name)
        if hasattr(os, "set_blocking"):
            os.set_blocking(stream.fileno(), True)
        parts, size = [], 0
        while part := stream.read(PART):
            parts.append(part)
            size += len(part)
            if size > most:
                raise OSError(errno.EFBIG, f"it has more than {most} bytes", name)
    return b"".join(parts)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write text where the user wants it, which can be a device, or a pipe that somebody reads from.

    Raises
    ------
    OSError
        Where it cannot be written, or nobody reads from the pipe.
    """
    try:
        with open(path, "w", encoding="utf-8", newline="\n", opener=_open_at_once) as stream:
            if hasattr(os, "set_blocking"):
                os.set_blocking(stream.fileno(), True)
            stream.write(text)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, "nobody reads from this pipe", os.fspath(path)) from None
        raise


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o666)


def remove_stale(folder: Path) -> None:
    """Remove what writers have left in a folder that were killed some time ago."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if _UNFINISHED.fullmatch(path.name) and time.time() - path.lstat().st_mtime > STALE:
                path.unlink(missing_ok=True)
