"""What HDF5 writes a file through: Python, so that an error is an exception and not the end of the process.

With its own driver, a write that fails while HDF5 closes the file can end the process by a signal (HDF5 2.0).
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import h5py

from nwb_models.errors import ClosedFileError
from nwb_models.io.heaps import EndlessHeapError, read_at, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import BinaryIO

    Handler = Callable[[int, FrameType | None], Any]


class Stream:
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
        self.refused = False
        """Whether HDF5 was kept from a heap: what it has read instead must not be written."""
        self.interrupt: BaseException | None = None
        """What a signal raised while HDF5 was at work: it is raised as soon as HDF5 is not."""

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
        """Read what was written, into memory that is there; each heap is looked at before HDF5 gets it."""
        return self._tried(lambda: self._looked_at(buffer), 0)

    def _looked_at(self, buffer: Any) -> int:
        place = self._stream.tell()
        count: int = self._stream.readinto(buffer)  # type: ignore[attr-defined]
        self.refused |= not seen(buffer, place, lambda address, size: read_at(self._stream, address, size))
        return count

    def _tried(self, call: Callable[[], Any], otherwise: Any) -> Any:
        if self.error is not None:
            return otherwise
        try:
            return call()
        except BaseException as error:  # noqa: BLE001 - see `write`
            self.error = error
            return otherwise

    def require_written(self) -> None:
        """Raise what went wrong."""
        error = self.error or self.interrupt or (EndlessHeapError() if self.refused else None)
        if error is not None:
            raise error

    def end(self) -> None:
        """Take everything from now on, and forget what went wrong.

        An error leads to the frames that it went through, to HDF5's options in one of them, and these, unseen by
        Python's collector, back to this object: HDF5 would free it at the end of the process, after Python has ended.
        """
        self.error = ClosedFileError()


class StreamFile(h5py.File):  # type: ignore[misc] # h5py has no types
    """An HDF5 file in a stream."""

    stream: Stream


def require_written(file: h5py.File) -> None:
    """Raise what went wrong while HDF5 wrote to a file that goes through a stream; of others, it raises by itself."""
    if isinstance(file, StreamFile):
        file.stream.require_written()


@contextmanager
def interrupts_noted(stream: Stream) -> Iterator[None]:
    """Note what the handlers of signals raise while HDF5 works; elsewhere it is raised as always.

    Python calls a handler where it next runs code.  While HDF5 writes, that is at the entry of a method of the stream,
    before any ``try`` there, and h5py goes on with the exception waiting: of 895 interrupts at that place, 2 came out
    as another error, and 10 ended the process by a signal at its end.
    """
    handlers: dict[int, Handler] = {}

    def handle(number: int, frame: FrameType | None) -> None:
        try:
            handlers[number](number, frame)
        except BaseException as error:
            if not _is_of_stream(frame):
                raise
            stream.interrupt = stream.interrupt or error

    try:
        if threading.current_thread() is threading.main_thread():  # the only one that handles signals
            for number in map(int, signal.valid_signals()):
                handler = signal.getsignal(number)
                if callable(handler):
                    handlers[number] = handler
                    signal.signal(number, handle)
        yield
    finally:
        for number, handler in handlers.items():
            if signal.getsignal(number) is handle:
                signal.signal(number, handler)
    if stream.interrupt is not None:  # it came at the very end
        raise stream.interrupt


def _is_of_stream(frame: FrameType | None) -> bool:
    """Tell whether code of this module runs, called by HDF5."""
    while frame is not None and frame.f_globals is not globals():
        frame = frame.f_back
    return frame is not None
