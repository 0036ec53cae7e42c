"""A new file that is there whole or not at all.

It is written beside its target, synced, opened again and looked through, and renamed into place; then the folder is
synced.  HDF5 is handed a Python file object: with its own driver, a write that fails while HDF5 closes the file can end
the process by a signal (HDF5 2.0), while the error of a Python object comes back as an exception.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import h5py

from nwb_models.errors import NotWritableError, NWBError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

LIBVER = ("v108", "latest")
"""The oldest format, where HDF5 has a choice: attributes of more than 64 KiB need it."""


@contextmanager
def new_file(
    path: str | os.PathLike[str],
    check: Callable[[h5py.File], None],
    *,
    exclusive: bool = False,
    in_use: Collection[Path] = (),
) -> Iterator[h5py.File]:
    """Give an empty file to write to; after the block, it stands at the path, and before it nothing has changed there.

    Parameters
    ----------
    path
        The target.  Of a symbolic link, what it leads to is replaced; mode and owner are kept.
    check
        Called with the finished file, open for reading; what it raises keeps the target as it was.
    exclusive
        Whether a file that is there already is refused.
    in_use
        Files that are still read from, and cannot be replaced therefore.

    Raises
    ------
    NotWritableError
        Where the file cannot be written.
    """
    target = Path(path).resolve()
    _require_target(os.fspath(path), target, in_use, exclusive=exclusive)
    beside, descriptor = _beside(os.fspath(path), target)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            with h5py.File(stream, "w", libver=LIBVER) as file:
                yield file
            stream.flush()
            os.fsync(stream.fileno())  # once: after a failure, the system may have dropped what was not written
        with h5py.File(beside, "r") as file:
            check(file)
        _place(beside, target, exclusive=exclusive)
    except NWBError:
        raise
    except OSError as error:
        if error.errno is None:
            raise
        msg = f"{os.fspath(path)} cannot be written, and is as it was: {error.strerror}"
        raise NotWritableError(msg) from error
    finally:
        beside.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _require_target(shown: str, target: Path, in_use: Collection[Path], *, exclusive: bool) -> None:
    """Say why a file cannot be written, before any work is done."""
    reason = None
    if not target.parent.is_dir():
        reason = f"there is no folder {target.parent}"
    elif not os.access(target.parent, os.W_OK | os.X_OK):
        reason = f"the folder {target.parent} may not be written to"
    elif target in in_use:
        reason = "the models that are written are still read from it; write to another file and rename that"
    elif target.exists():
        reason = _why_not_replaced(target, exclusive=exclusive)
    if reason is not None:
        msg = f"{shown} cannot be written: {reason}"
        raise NotWritableError(msg)


def _why_not_replaced(target: Path, *, exclusive: bool) -> str | None:
    if target.is_dir():
        return "it is a folder"
    if exclusive:
        return "it is there already; mode 'w' replaces it"
    if not target.is_file():
        return "it is no regular file"
    if not os.access(target, os.W_OK):
        return "permission denied"
    return "it is open for writing elsewhere" if _is_being_written(target) else None


def _is_being_written(target: Path) -> bool:
    """Tell whether somebody holds the lock that HDF5 takes of a file that it writes."""
    try:
        import fcntl
    except ImportError:  # not on a POSIX system
        return False
    try:
        with target.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EWOULDBLOCK, errno.EACCES)
    return False


def _beside(shown: str, target: Path) -> tuple[Path, int]:
    """Create a file beside the target, with the mode and owner that it has, or that a new file gets."""
    beside = target.with_name(f".{target.name[:200]}.{secrets.token_hex(6)}.tmp")
    try:
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        msg = f"{shown} cannot be written: {error.strerror}"
        raise NotWritableError(msg) from error
    with contextlib.suppress(OSError):
        status = target.stat()
        with contextlib.suppress(OSError, AttributeError):
            os.fchown(descriptor, status.st_uid, status.st_gid)
        beside.chmod(stat.S_IMODE(status.st_mode))
    return beside, descriptor


def _place(beside: Path, target: Path, *, exclusive: bool) -> None:
    """Rename the finished file; where none may be replaced, link it, which fails if another process was faster."""
    if not exclusive:
        beside.replace(target)
        return
    try:
        target.hardlink_to(beside)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        beside.rename(target)


def _sync_folder(folder: Path) -> None:
    """Make the new name last."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # folders cannot be opened on every system
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            msg = f"{folder} could not be synced: the new file is there, and may not outlast a power cut"
            raise NotWritableError(msg) from error
    finally:
        os.close(descriptor)
