"""A file that is there whole or not at all: a new one, or one that was edited.

It is written beside its target, synced, opened again and looked through, and renamed into place; then the folder is
synced.  What is edited is a copy of the target.
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
from typing import TYPE_CHECKING

import h5py

from nwb_models.errors import ClosedFileError, NotWritableError, NWBError
from nwb_models.io.faults import is_of_h5py, raise_interrupt, reason_of
from nwb_models.io.lock import FileLock, remove, shortened
from nwb_models.io.opening import BEING_WRITTEN, require_room, state_of
from nwb_models.io.stream import Stream, StreamFile, interrupts_noted

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
        unfinished = _Unfinished(self.target)
        try:
            with unfinished.created(self.shown) as stream:
                if source is not None:
                    self._copy(source, stream.fileno())
                with _hdf5(Stream(stream), "w" if source is None else "r+") as file:
                    yield file
                stream.flush()
                os.fsync(stream.fileno())  # once: after a failure, the system may have dropped what was not written
            require_room()
            with h5py.File(unfinished.path, "r") as file:
                check(file)
            self._place(unfinished.path)
        except NWBError:
            raise
        except (OSError, RuntimeError, SystemError) as error:
            raise_interrupt(error)
            first = _first_of(error)
            if isinstance(first, NWBError):
                raise first from None
            if first is None and not is_of_h5py(error):
                raise
            reason = reason_of(error) if first is None else first.strerror
            msg = f"{self.shown} cannot be written, and is as it was: {reason}"
            raise NotWritableError(msg) from error
        finally:
            unfinished.remove()
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
            msg = f"{self.shown} cannot be written: {BEING_WRITTEN}"
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


@contextmanager
def _hdf5(stream: Stream, mode: str) -> Iterator[h5py.File]:
    """Give the HDF5 file in a stream; it is closed whatever happens, and HDF5 holds nothing of it any more."""
    require_room()
    file = None
    with interrupts_noted(stream):
        try:
            file = StreamFile(stream, mode, libver=LIBVER)
            file.stream = stream
            yield file
            stream.require_written()
            file.close()
            stream.require_written()
        except BaseException as error:
            first = stream.error or stream.interrupt
            stream.error, stream.interrupt = first or error, None
            with contextlib.suppress(OSError, RuntimeError, ValueError):
                if file is not None:
                    file.close()
            if first is not None and first is not error:
                raise first from error
            raise
        finally:
            stream.end()


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
    return BEING_WRITTEN if is_being_written(target) else None


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


class _Unfinished:
    """A file beside its target, until that has its name.

    It is removed when the block ends that writes it, and else when nobody has this object any more: an interrupt may
    come at any moment, also before that block begins, or when it is about to remove the file.
    """

    _process = 0

    def __init__(self, target: Path) -> None:
        self._target = target
        self.path = target.with_name(f".{shortened(target.name)}.{secrets.token_hex(6)}.tmp")
        self._name = os.fspath(self.path)
        self._process = os.getpid()

    def created(self, shown: str) -> BinaryIO:
        """Create the file, with the mode and owner that the target has, or that a new file gets."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            stream = os.fdopen(os.open(self._name, flags, 0o666), "w+b")
        except OSError as error:
            msg = f"{shown} cannot be written: {error.strerror}"
            raise NotWritableError(msg) from error
        with contextlib.suppress(OSError):
            status = self._target.stat()
            with contextlib.suppress(OSError, AttributeError):
                os.fchown(stream.fileno(), status.st_uid, status.st_gid)
            self.path.chmod(stat.S_IMODE(status.st_mode))
        return stream

    def remove(self) -> None:
        """Remove the file, unless it has another name by now, or belongs to the process that this one was forked of."""
        if self._process == os.getpid():
            with contextlib.suppress(OSError):  # the next editor removes it
                remove(self._name)
                self._process = 0

    def __del__(self) -> None:
        self.remove()


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
