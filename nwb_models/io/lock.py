"""One editor of a file at a time: a lock of this library's own, since that of HDF5 can be switched off.

The lock is the operating system's (``flock``), of a small file beside the one that is edited: of the edited file itself
it would be in the way of HDF5's own lock, and would be lost when a new file takes its place.  It holds between
processes and between threads, and the system releases it when its process ends, however that happens.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import socket
import warnings
from typing import TYPE_CHECKING

from nwb_models.errors import NotWritableError, NWBError, NWBWarning

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

UNSUPPORTED = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
"""What file systems say that have no locks, as Lustre does where it is mounted so."""


LONGEST = 200
"""How many bytes of a name are kept; most file systems allow 255."""


class FileLock:
    """The right to write one file.

    Parameters
    ----------
    target
        The file, symbolic links resolved.

    Raises
    ------
    NotWritableError
        On entering: where somebody else has it.
    """

    _descriptor: int | None = None
    _process = 0

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = target.with_name(f".{shortened(target.name)}.lock")

    def acquire(self) -> Self:
        """Take the lock, and remove what a writer that was killed has left."""
        try:
            while self._descriptor is None:
                self._try()
        except NWBError:
            raise
        except BaseException:
            self.release()
            self._remove_unlocked()
            raise
        return self

    def _try(self) -> None:
        descriptor = self._opened()
        try:
            self._take(descriptor)
        finally:
            if self._descriptor is None:
                os.close(descriptor)

    def _take(self, descriptor: int) -> None:
        """Lock the open file, and keep it where it still is the one at its path."""
        try:
            locked = _lock(descriptor, self.path)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise _refused(self.target, error.strerror) from error
            holder = _holder(descriptor)
            msg = f"it is being edited elsewhere, by {holder}" if holder else "it is being edited elsewhere"
            if holder == _ourselves():
                msg = "it is being edited in this process: write with what has it open, or close that first"
            raise _refused(self.target, msg) from None
        if self._is_current(descriptor):  # not removed by the one who had it, between our opening and locking it
            self._descriptor, self._process = descriptor, os.getpid()
            _note_holder(descriptor)
            if locked:
                _remove_litter(self.target)

    def _remove_unlocked(self) -> None:
        """Remove the file of the lock where nobody has it: an interrupt came when it was just made."""
        with contextlib.suppress(OSError):
            descriptor = os.open(self.path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
            try:
                if _lock(descriptor, self.path) and self._is_current(descriptor):
                    self.path.unlink()
            finally:
                os.close(descriptor)

    def release(self) -> None:
        """Give the lock back; in a process that was forked meanwhile, it is left to the one that took it.

        An interrupt in the middle leaves the rest to another call, at the latest when nobody has this object any more.
        """
        if self._descriptor is None:
            return
        if self._process == os.getpid():
            with contextlib.suppress(OSError):
                if self._is_current(self._descriptor):  # else it is another one's by now
                    remove(self.path)  # while it is locked: whoever locks it later sees that it is gone
            _unlock(self._descriptor)
        descriptor, self._descriptor = self._descriptor, None
        os.close(descriptor)

    def _opened(self) -> int:
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        except OSError as error:
            raise _refused(self.target, f"its lock {self.path} cannot be made: {error.strerror}") from error

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self.path.stat())
        except FileNotFoundError:
            return False

    def __enter__(self) -> Self:
        """Take the lock."""
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        self.release()

    def __del__(self) -> None:
        self.release()


def remove(path: str | Path) -> None:
    """Remove a file where it is there; a disk that fails once is asked twice."""
    for number in range(2):
        try:
            os.unlink(path)  # noqa: PTH108 - pathlib makes objects, and there may be no memory
        except FileNotFoundError:
            return
        except OSError:
            if number:
                raise
        else:
            return


def shortened(name: str) -> str:
    """Return the name of a file, cut off where there would be no room to put something around it.

    File systems count bytes, and characters may have four of them.
    """
    while len(os.fsencode(name)) > LONGEST:
        name = name[:-1]
    return name


def _refused(target: Path, reason: str | None) -> NotWritableError:
    return NotWritableError(f"{target} cannot be written: {reason}")


def _lock(descriptor: int, path: Path) -> bool:
    """Lock an open file, or raise at once; False, and a warning, where the file system has no locks."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise
        msg = f"the file system of {path.parent} has no locks: nothing keeps others from editing the same file"
        warnings.warn(msg, NWBWarning, stacklevel=2)
        return False
    return True


def _unlock(descriptor: int) -> None:
    """Unlock for everybody who shares the open file, as processes that were forked do."""
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _note_holder(descriptor: int) -> None:
    """Write who has the lock, for the message to others; it holds without that, too."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{_ourselves()}\n".encode())


def _ourselves() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _holder(descriptor: int) -> str:
    try:
        text = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
    except (OSError, AttributeError):
        return ""
    return text if text.isprintable() else ""


def _remove_litter(target: Path) -> None:
    """Remove unfinished files beside the target: nobody else is writing it now."""
    if shortened(target.name) != target.name:
        return  # it may be another file's
    ours = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{12}}\.tmp")
    with contextlib.suppress(OSError):
        for path in target.parent.iterdir():
            if ours.fullmatch(path.name):
                path.unlink(missing_ok=True)
