"""A file that is replaced while others have it: each of them has the old one or the new one, never both."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.errors import ClosedFileError, NotWritableError
from nwb_models.io import atomic
from nwb_models.io.lock import FileLock
from tests.io.handmade import new_file, series

if TYPE_CHECKING:
    from pathlib import Path


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
    before, write = path.read_bytes(), atomic._Stream.write
    left = [5]

    def fail(self: atomic._Stream, data: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            self.error = MemoryError()
        return write(self, data)

    monkeypatch.setattr(atomic._Stream, "write", fail)
    with pytest.raises(MemoryError):
        nwb.write(nwb.read(source), path)
    assert left[0] < 0
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.nwb", "b.nwb"]


INTERRUPTED = """
import os, signal, sys
import nwb_models as nwb
from nwb_models.io import atomic
root, write, left = nwb.read(sys.argv[1]), atomic._Stream.write, 5
def interrupted(self, data):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), getattr(signal, sys.argv[3]))
    return write(self, data)
atomic._Stream.write = interrupted
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
