"""A file that is replaced while others have it: each of them has the old one or the new one, never both."""

from __future__ import annotations

import gc
import io as streams
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.errors import ClosedFileError, NotWritableError
from nwb_models.io import atomic, lock
from nwb_models.io.lock import FileLock
from nwb_models.io.stream import Stream
from tests.io.handmade import new_file, series

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType


def make(path: Path, number: float) -> Path:
    """A file whose two series hold the same number throughout."""
    with new_file(path) as file:
        for name in ("one", "two"):
            series(file["acquisition"], name, np.full(300_000, number))
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="an open file is not replaced there")
@pytest.mark.parametrize("locking", ["TRUE", "FALSE"])
def test_a_reader_has_the_old_file_or_says_that_it_is_gone(
    locking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has open stays the old file; closed and opened again, it would be another one."""
    monkeypatch.setenv("HDF5_USE_FILE_LOCKING", locking)
    path, source = make(tmp_path / "a.nwb", 1.0), make(tmp_path / "b.nwb", 2.0)
    reader = nwb.open(path)
    one, two = (reader.read().acquisition[name].data for name in ("one", "two"))
    assert (one[:10] == 1).all()
    nwb.write(nwb.read(source), path)
    assert (one[...] == 1).all()
    assert (two[...] == 1).all()
    reader.close()
    with pytest.raises(ClosedFileError, match="changed or removed"):
        two[:10]
    assert (nwb.read(path).acquisition["one"].data[...] == 2).all()


@pytest.mark.skipif(not hasattr(os, "link"), reason="hard links")
def test_another_name_of_a_file_keeps_what_was(tmp_path: Path) -> None:
    """A hard link is a name of the old file; the path that was written has the new one."""
    path, source = make(tmp_path / "a.nwb", 1.0), make(tmp_path / "b.nwb", 2.0)
    (tmp_path / "other.nwb").hardlink_to(path)
    nwb.write(nwb.read(source), path)
    with nwb.open(tmp_path / "other.nwb", "r+") as io:
        root = io.read()
        root.session_description = "the old one"
        io.write(root)
    assert (nwb.read(path).acquisition["one"].data[:10] == 2).all()
    assert nwb.read(path).session_description == "a session"
    assert (nwb.read(tmp_path / "other.nwb").acquisition["one"].data[:10] == 1).all()


def test_memory_that_runs_out_while_hdf5_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error comes through, the file is as it was, and nothing is beside it."""
    path, source = make(tmp_path / "a.nwb", 1.0), make(tmp_path / "b.nwb", 2.0)
    before, write = path.read_bytes(), Stream.write
    left = [5]

    def fail(self: Stream, data: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            self.error = MemoryError()
        return write(self, data)

    monkeypatch.setattr(Stream, "write", fail)
    with pytest.raises(MemoryError):
        nwb.write(nwb.read(source), path)
    assert left[0] < 0
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.nwb", "b.nwb"]


INTERRUPTED = """
import os, signal, sys
import nwb_models as nwb
root, fdopen, left = nwb.read(sys.argv[1]), os.fdopen, 5

class Interrupted:
    def __init__(self, stream): self.stream = stream
    def __getattr__(self, name): return getattr(self.stream, name)
    def __enter__(self): return self
    def __exit__(self, *_): self.stream.close()
    def write(self, data):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), getattr(signal, sys.argv[3]))
        return self.stream.write(data)

os.fdopen = lambda *args: Interrupted(fdopen(*args))
nwb.write(root, sys.argv[2])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_signals_in_the_middle(name: str, tmp_path: Path) -> None:
    """An interrupt cleans up; of a process that was ended, the next writer removes what it left."""
    path, source = make(tmp_path / "a.nwb", 1.0), make(tmp_path / "b.nwb", 2.0)
    before = path.read_bytes()
    command = [sys.executable, "-W", "ignore", "-c", INTERRUPTED, str(source), str(path), name]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (-signal.Signals[name], 1 if name == "SIGINT" else None), done.stderr
    assert path.read_bytes() == before
    left = {entry.name for entry in tmp_path.iterdir()} - {"a.nwb", "b.nwb"}
    assert bool(left) == (name == "SIGTERM")
    nwb.write(nwb.read(source), path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.nwb", "b.nwb"]


WATCHED = {atomic.__file__, lock.__file__}


def run_until(line: int, error: type[BaseException], write: Callable[[], None]) -> int:
    """Raise an error where so many lines of what makes files whole have run; return how many did."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        calls = {frame.f_code.co_name, frame.f_back.f_code.co_name if frame.f_back else ""}
        if frame.f_code.co_filename not in WATCHED or "__del__" in calls:  # what is raised there, Python only prints
            return None
        if event == "line":
            count += 1
            if count == line:
                raise error
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        write()
    except error:
        pass
    finally:
        sys.settrace(before)
    return count


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # what is open then is closed by Python
@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("how", ["new", "edit"])
def test_an_error_at_any_line(how: str, error: type[BaseException], tmp_path: Path) -> None:
    """The file is the old one or the new one, nothing is beside it, and the next writer has its way."""
    path, source = tmp_path / "folder" / "a.nwb", tmp_path / "b.nwb"
    path.parent.mkdir()
    with new_file(source) as file:
        series(file["acquisition"], "one", np.arange(10.0))

    def write() -> None:
        if how == "new":
            nwb.write(nwb.read(source), path)
            return
        with nwb.open(path, "r+") as io:
            root = io.read()
            root.session_description = f"not {root.session_description}"
            io.write(root)

    def described() -> str | None:
        return str(nwb.read(path).session_description) if path.exists() else None

    def start() -> None:
        path.unlink(missing_ok=True)
        if how == "edit":
            path.write_bytes(source.read_bytes())

    start()
    write()
    old, new = None if how == "new" else "a session", described()
    start()
    lines, found = run_until(0, error, write), set()
    assert lines > 50
    for line in range(1, lines + 1):
        start()
        assert run_until(line, error, write) == line
        found.add(described())
        assert {entry.name for entry in path.parent.iterdir()} <= {"a.nwb"}, line
    gc.collect()
    assert found == {old, new}
    start()
    write()
    assert described() == new


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupt_that_comes_while_hdf5_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is raised when HDF5 is out of the way, and HDF5 is not told of it; the handler is there again then."""
    path, source = make(tmp_path / "a.nwb", 1.0), make(tmp_path / "b.nwb", 2.0)
    before, handler, fdopen, told = path.read_bytes(), signal.getsignal(signal.SIGINT), os.fdopen, []

    class Raw(streams.BufferedRandom):
        def write(self, data: Any) -> int:
            if not told:
                told.append(signal.getsignal(signal.SIGINT))
                os.kill(os.getpid(), signal.SIGINT)
                told.append("HDF5 was not told")
            return super().write(data)

    monkeypatch.setattr(os, "fdopen", lambda descriptor, _: Raw(streams.FileIO(descriptor, "r+")))
    with pytest.raises(KeyboardInterrupt):
        nwb.write(nwb.read(source), path)
    monkeypatch.setattr(os, "fdopen", fdopen)
    assert told[0] is not handler
    assert told[1:] == ["HDF5 was not told"]
    assert signal.getsignal(signal.SIGINT) is handler
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.nwb", "b.nwb"]


NO_MEMORY = """
import resource, sys
import nwb_models as nwb
from nwb_models.io.opening import ROOM
root = nwb.read(sys.argv[1], eager=True)
nwb.write(root, sys.argv[3])  # which imports what it needs
with open("/proc/self/statm") as stream:
    pages = int(stream.read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * 4096, resource.RLIM_INFINITY))
taken = []
try:
    while True:
        taken.append(bytearray(ROOM // 4))
except MemoryError:
    pass
for task in (lambda: nwb.open(sys.argv[1]), lambda: nwb.write(root, sys.argv[2])):
    try:
        task()
    except MemoryError:
        print("refused", flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_no_memory_to_open_a_file(tmp_path: Path) -> None:
    """HDF5 would crash: it is not asked."""
    path, source = make(tmp_path / "a.nwb", 1.0), make(tmp_path / "b.nwb", 2.0)
    before = path.read_bytes()
    (tmp_path / "other").mkdir()
    command = [sys.executable, "-W", "ignore", "-c", NO_MEMORY, str(source), str(path), str(tmp_path / "other/c.nwb")]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    assert (done.returncode, done.stdout) == (0, "refused\nrefused\n"), done.stderr
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.nwb", "b.nwb", "other"]


def test_an_interrupt_while_the_lock_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be held by nobody, for as long as this process lives."""

    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("nwb_models.io.lock._note_holder", interrupt)
        with pytest.raises(KeyboardInterrupt):
            FileLock(tmp_path / "a.nwb").acquire()
    assert list(tmp_path.iterdir()) == []
    with FileLock(tmp_path / "a.nwb"), pytest.raises(NotWritableError, match="edited in this process"):
        FileLock(tmp_path / "a.nwb").acquire()
