"""A file that is there whole or not at all: a new one, or one that was edited.

It is written beside its target, synced, opened again and looked through, and renamed into place; then the folder is
synced.  What is edited is a copy of the target.  HDF5 is handed a Python file object: with its own driver, a write that
fails while HDF5 closes the file can end the process by a signal (HDF5 2.0), while the error of a Python object comes
back as an exception.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import secrets
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py

from nwb_models.errors import ClosedFileError, NotWritableError, NWBError
from nwb_models.io.lock import FileLock, shortened
from nwb_models.io.opening import state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from typing import BinaryIO

    from nwb_models.io.opening import State

LIBVER = ("v108", "latest")
"""The oldest format, where HDF5 has a choice: attributes of more than 64 KiB need it."""

BLOCK = 1 << 24
"""How many bytes are copied at a time."""


@contextmanager
def new_file(
    path: str | os.PathLike[str],
    check: Callable[[h5py.File], None],
    *,
    exclusive: bool = False,
    in_use: Collection[Path] = (),
    backup: bool = False,
    locked: bool = False,
    state: State | None = None,
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
    backup
        Whether the file that is replaced is kept, see `kept_beside`.
    locked
        Whether the caller has the lock of the file already.
    state
        What `state_of` said of the file that is replaced, where it must not have changed since.

    Raises
    ------
    NotWritableError
        Where the file cannot be written.
    ClosedFileError
        Where it was changed since.
    """
    shown, target = os.fspath(path), Path(path).resolve()
    require_target(shown, target, in_use, exclusive=exclusive)
    with contextlib.nullcontext() if locked else FileLock(target):
        replacement = Replacement(shown, target, exclusive, backup and target.exists(), state)
        with replacement.written(None, check) as file:
            yield file


@contextmanager
def edited_file(
    path: str | os.PathLike[str],
    state: State | None,
    check: Callable[[h5py.File], None],
    *,
    backup: bool = False,
) -> Iterator[tuple[h5py.File, Replacement]]:
    """Give a copy of a file to edit; after the block it has taken the place of the file.

    The caller has the lock of the file.

    Parameters
    ----------
    path
        The file.
    state
        What `state_of` said when it was read.
    check
        Called with the edited file, open for reading; what it raises keeps the file as it was.
    backup
        Whether the file is kept as it was, see `kept_beside`.

    Raises
    ------
    NotWritableError
        Where the file cannot be written.
    ClosedFileError
        Where it was changed since it was read.
    """
    shown, target = os.fspath(path), Path(path).resolve()
    require_target(shown, target, ())
    replacement = Replacement(shown, target, backup=backup, state=state)
    with replacement.written(target, check) as file:
        yield file, replacement


@dataclass
class Replacement:
    """What is to stand at a path in the end."""

    shown: str
    """The path as it was given."""
    target: Path
    exclusive: bool = False
    backup: bool = False
    state: State | None = None
    """The state of the target, where what is written depends on it."""
    kept: Path | None = None
    """Where the file that was replaced is kept."""

    @contextmanager
    def written(self, source: Path | None, check: Callable[[h5py.File], None]) -> Iterator[h5py.File]:
        """Give the file to write, with the contents of another one or none; then put it in place."""
        beside, descriptor = _beside(self.shown, self.target)
        try:
            with os.fdopen(descriptor, "w+b") as stream:
                if source is not None:
                    self._copy(source, descriptor)
                with _hdf5(_Stream(stream), "w" if source is None else "r+") as file:
                    yield file
                stream.flush()
                os.fsync(stream.fileno())  # once: after a failure, the system may have dropped what was not written
            with h5py.File(beside, "r") as file:
                check(file)
            self._place(beside)
        except NWBError:
            raise
        except (OSError, RuntimeError) as error:
            first = _first_of(error)
            if isinstance(first, NWBError):
                raise first from None
            if first is None:
                raise
            msg = f"{self.shown} cannot be written, and is as it was: {first.strerror}"
            raise NotWritableError(msg) from error
        finally:
            with contextlib.suppress(OSError):  # it has another name by now, or the next editor removes it
                beside.unlink()
        sync_folder(self.target.parent)

    def _copy(self, source: Path, descriptor: int) -> None:
        """Copy the file that is to be edited."""
        self._require_state()
        reading = os.open(source, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            copy_contents(reading, descriptor)
            self._require_state()
        finally:
            os.close(reading)

    def _require_state(self) -> None:
        """Refuse to replace what somebody else has written since it was read."""
        if self.state is not None and state_of(self.target) != self.state:
            msg = (
                f"{self.shown} was changed or removed since it was read, and is as that left it: "
                "nothing was written; read it again, and make the changes to that"
            )
            raise ClosedFileError(msg)

    def _place(self, beside: Path) -> None:
        """Rename the finished file; where none may be replaced, link it, which fails if another was faster."""
        self._require_state()
        if self.state is not None and is_being_written(self.target):
            msg = f"{self.shown} cannot be written: it is open for writing elsewhere"
            raise NotWritableError(msg)
        if self.exclusive:
            _place_exclusively(beside, self.target)
            return
        self.kept = kept_beside(self.target) if self.backup else None
        try:
            beside.replace(self.target)
        except BaseException:
            if self.kept is not None:
                self.kept.unlink(missing_ok=True)
            raise


class _Stream:
    """What HDF5 writes to: after an error, it takes everything and keeps nothing.

    HDF5 does not let go of a file, or of a dataset with chunks in memory, whose last write fails: it tries again when
    Python collects the objects, or ends, and dies of a signal, as the file is closed by then.  Nor may it be told of an
    error: it calls other methods here while the exception waits, which Python does not survive.  So errors are noted,
    and `require_written` raises them.  What was written is of no use by then.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.error: BaseException | None = None
        """What went wrong first: nothing is written any more."""

    def write(self, data: Any) -> int:
        """Write, or take what is to be written."""
        if self.error is None:
            try:
                return self._stream.write(data)
            except BaseException as error:  # noqa: BLE001 - it is raised when HDF5 is out of the way
                self.error = error
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; what is in memory may be written before."""
        if self.error is None:
            try:
                return self._stream.seek(offset, whence)
            except BaseException as error:  # noqa: BLE001 - see `write`
                self.error = error
        return offset

    def truncate(self, size: int | None = None) -> Any:
        """Cut off or lengthen the file."""
        return self._tried(lambda: self._stream.truncate(size), size)

    def flush(self) -> None:
        """Hand what was written to the system."""
        self._tried(self._stream.flush, None)

    def tell(self) -> int:
        """Return the place."""
        return int(self._tried(self._stream.tell, 0))

    def read(self, size: int = -1) -> bytes:
        """Read what was written; h5py asks whether a file can do that."""
        return bytes(self._tried(lambda: self._stream.read(size), b""))

    def readinto(self, buffer: Any) -> Any:
        """Read what was written, into memory that is there."""
        return self._tried(lambda: self._stream.readinto(buffer), 0)  # type: ignore[attr-defined]

    def _tried(self, call: Callable[[], Any], otherwise: Any) -> Any:
        if self.error is not None:
            return otherwise
        try:
            return call()
        except BaseException as error:  # noqa: BLE001 - see `write`
            self.error = error
            return otherwise


class _File(h5py.File):  # type: ignore[misc] # h5py has no types
    """An HDF5 file in a stream."""

    stream: _Stream


def require_written(file: h5py.File) -> None:
    """Raise what went wrong while HDF5 wrote to a file of this module."""
    if isinstance(file, _File) and file.stream.error is not None:
        raise file.stream.error


@contextmanager
def _hdf5(stream: _Stream, mode: str) -> Iterator[h5py.File]:
    """Give the HDF5 file in a stream; it is closed whatever happens, and HDF5 holds nothing of it any more."""
    file = _File(stream, mode, libver=LIBVER)
    file.stream = stream
    try:
        yield file
        file.close()
    except BaseException as error:
        first = stream.error
        stream.error = first or error
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            file.close()
        if first is not None and first is not error:
            raise first from error
        raise
    require_written(file)


def _first_of(error: BaseException | None) -> OSError | NWBError | None:
    """Return what went wrong first: HDF5, closing a file after an error, has one of its own."""
    found: OSError | NWBError | None = None
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, NWBError):
            return found or error
        if isinstance(error, OSError) and error.errno is not None:
            found = error
        error = error.__cause__ or error.__context__
    return found


def copy_contents(source: int, target: int) -> None:
    """Copy an open file to an empty one: by sharing its blocks where the file system can, else inside the system.

    Raises
    ------
    OSError
        Where there is not enough room, before anything is copied.
    """
    if _shared(source, target):
        return
    size = os.fstat(source).st_size
    if hasattr(os, "fstatvfs"):
        free = os.fstatvfs(target)
        if free.f_bavail * free.f_frsize < size:
            raise OSError(errno.ENOSPC, f"a copy of it needs {size} bytes, and the disk has no room for them")
    remaining = size - _copied_by_system(source, target, size)
    while remaining > 0:
        block = os.read(source, min(BLOCK, remaining))
        if not block:
            raise OSError(errno.EIO, "it became shorter while it was copied")
        remaining -= len(block)
        while block:
            block = block[os.write(target, block) :]
    os.lseek(target, 0, os.SEEK_SET)


def _shared(source: int, target: int) -> bool:
    """Let two files share their blocks on the disk (Btrfs, XFS, bcachefs): no time, no space."""
    try:
        import fcntl

        fcntl.ioctl(target, getattr(fcntl, "FICLONE", 0x40049409), source)
    except (ImportError, OSError):
        return False
    return True


def _copied_by_system(source: int, target: int, size: int) -> int:
    """Copy without passing the bytes through this process; return how many were, where the system stops at some."""
    done = 0
    while hasattr(os, "copy_file_range") and done < size:
        try:
            count = os.copy_file_range(source, target, size - done)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
                raise
            break
        if count == 0:
            break
        done += count
    return done


def kept_beside(target: Path) -> Path:
    """Keep a file that is about to be replaced, as ``NAME.bak``, or ``NAME.bak2`` and so on where that is taken.

    It costs neither time nor space: the file gets a second name, and loses the first one.
    """
    for number in itertools.count(1):
        path = target.with_name(f"{target.name}.bak{number if number > 1 else ''}")
        try:
            path.hardlink_to(target)
        except FileExistsError:
            continue
        except OSError:  # a file system without hard links
            if path.exists():
                continue
            _copy_to(target, path)
        return path
    raise AssertionError


def _copy_to(source: Path, path: Path) -> None:
    with source.open("rb") as reading, path.open("xb") as writing:
        try:
            copy_contents(reading.fileno(), writing.fileno())
            os.fsync(writing.fileno())
        except BaseException:
            path.unlink()
            raise


def require_target(shown: str, target: Path, in_use: Collection[Path], *, exclusive: bool = False) -> None:
    """Say why a file cannot be written, before any work is done.

    Raises
    ------
    NotWritableError
        With the reason.
    """
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
    return "it is open for writing elsewhere" if is_being_written(target) else None


def is_being_written(target: Path) -> bool:
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
    beside = target.with_name(f".{shortened(target.name)}.{secrets.token_hex(6)}.tmp")
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


def _place_exclusively(beside: Path, target: Path) -> None:
    try:
        target.hardlink_to(beside)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        beside.rename(target)


def sync_folder(folder: Path) -> None:
    """Make the new name last.

    Raises
    ------
    NotWritableError
        Where the system cannot say that it will.
    """
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
