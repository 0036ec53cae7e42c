"""Files of text that are there whole or not at all, also where the process that writes them is killed."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STALE = 3600.0
"""After how many seconds an unfinished file is taken for one whose writer was killed."""
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


def remove_stale(folder: Path) -> None:
    """Remove what writers have left in a folder that were killed some time ago."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if _UNFINISHED.fullmatch(path.name) and time.time() - path.lstat().st_mtime > STALE:
                path.unlink(missing_ok=True)
