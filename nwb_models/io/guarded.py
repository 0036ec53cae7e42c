"""Functions that run in a process of their own, which may crash, hang or eat its memory without harm to this one."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import IO, Self

    At = Callable[[str], None]

START = f"from {__name__} import serve; serve()"
STARTING = 120.0
"""How many seconds the process may take to start and import what it needs."""
ALLOWANCE = 5
"""How many seconds longer than it may a process lives whose parent has died."""
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Each thread of these libraries takes memory of its own, though nothing is computed here."""


@dataclass(frozen=True)
class Ended:
    """How a call ended."""

    value: Any = None
    """What the function returned, where it did."""
    failure: str | None = None
    """None where it did; else ``crashed``, ``time``, ``memory`` or ``fault``."""
    reason: str = ""
    """The signal of a crash, or what an unexpected exception says."""
    at: str = ""
    """Where the function said last that it is."""


class Guarded:
    """A function in another process; where that dies, the next call has a new one.

    Parameters
    ----------
    function
        ``module:name`` of the function.  It is called with a request and with a function that takes the place where it
        is at the moment; the request and what it returns are what JSON can say.
    memory
        How many bytes the process may take besides what it takes at first, where the system can limit that: Linux can.
    """

    def __init__(self, function: str, *, memory: int | None = None) -> None:
        self.function, self.memory = function, memory
        self._process: subprocess.Popen[bytes] | None = None
        self._said: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._errors: IO[bytes] | None = None

    def __call__(self, request: Any, *, seconds: float | None = None) -> Ended:
        """Call the function.

        Parameters
        ----------
        request
            What it is called with.
        seconds
            How long it may take; the process is ended then.
        """
        if self._process is None:
            self._start()
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has died: no answer comes
            self._process.stdin.write(json.dumps([request, seconds]).encode() + b"\n")
            self._process.stdin.flush()
        ended = self._answer(seconds)
        if ended.failure is not None:
            self.close()
        return ended

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, self._errors):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()

    def __enter__(self) -> Self:
        """Return the function."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def _start(self) -> None:
        folders = [entry for entry in sys.path if entry]  # not the working directory, where the files may be
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - `close` does
        self._said = queue.SimpleQueue()
        self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
            [
                sys.executable,
                "-P",
                "-c",
                f"from {__name__} import serve; serve()",
                self.function,
                str(self.memory or 0),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(folders)},
        )
        assert self._process.stdout is not None
        threading.Thread(target=_listen, args=(self._process.stdout, self._said), daemon=True).start()
        ended = self._answer(STARTING)
        if ended.failure is not None:
            self.close()
            msg = f"the process that tries files did not start: {ended.reason or ended.failure}"
            raise RuntimeError(msg)

    def _answer(self, seconds: float | None) -> Ended:
        """Wait for what the function returns."""
        until = None if seconds is None else time.monotonic() + seconds
        at = ""
        while True:
            try:
                line = self._said.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
            except queue.Empty:
                return Ended(failure="time", at=at)
            if not line:
                return Ended(failure="crashed", reason=self._died(), at=at)
            match json.loads(line):
                case ["at", str(place)]:
                    at = place
                case ["value", value]:
                    return Ended(value, at=at)
                case [str(failure), str(reason)]:
                    return Ended(failure=failure, reason=reason, at=at)

    def _died(self) -> str:
        """Return what a process died of."""
        assert self._process is not None
        status = self._process.wait()
        if status < 0:
            with contextlib.suppress(ValueError):
                return signal.Signals(-status).name
        assert self._errors is not None
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return f"exit status {status}{': ' if said else ''}{said[-1] if said else ''}"


def _listen(stream: IO[bytes], said: queue.SimpleQueue[bytes]) -> None:
    """Hand on what the process says; b"" when it has ended."""
    with contextlib.suppress(OSError, ValueError):  # closed by `close`
        for line in stream:
            said.put(line)
    said.put(b"")


# ------------------------------------------------------------------------------------ in the other process
def serve() -> None:
    """Answer what stdin asks, until it ends."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends this
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # for what libraries print

    def send(*said: Any) -> None:
        answers.write(json.dumps(said).encode() + b"\n")
        answers.flush()

    module, _, name = sys.argv[1].partition(":")
    function = getattr(importlib.import_module(module), name)
    _limit_memory(int(sys.argv[2]))
    send("value", None)
    for line in sys.stdin.buffer:
        request, seconds = json.loads(line)
        with _alarm(seconds):
            try:
                answer = ("value", function(request, lambda place: send("at", place)))
            except MemoryError:
                answer = ("memory", "")
            except Exception as error:  # noqa: BLE001 - it is handed over
                answer = ("fault", _described(error))
        send(*answer)


def _described(error: BaseException) -> str:
    """Return what an exception says, and where it comes from."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({trace.tb_frame.f_globals.get('__name__')}, line {trace.tb_lineno})" if trace is not None else ""
    return f"{type(error).__name__}: {error}{where}"


@contextlib.contextmanager
def _alarm(seconds: float | None) -> Iterator[None]:
    """End this process some time later, where nobody else does: the parent may have died."""
    if seconds is None or not hasattr(signal, "alarm"):
        yield
        return
    signal.alarm(int(seconds) + ALLOWANCE)
    try:
        yield
    finally:
        signal.alarm(0)


def _limit_memory(size: int) -> None:
    """Let this process have no more memory than it has, and so many bytes; and leave no dump of it when it crashes."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123
            taken = int(stream.read().split()[0]) * resource.getpagesize()
    except OSError:  # no Linux
        return
    if size:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = taken + size if hard == resource.RLIM_INFINITY else min(taken + size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
