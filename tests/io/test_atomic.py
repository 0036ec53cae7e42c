"""A new file is there whole or not at all, and an error is one of this library."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.errors import ClosedFileError, NotReadableError, NotWritableError
from nwb_models.io import atomic
from tests.compare import differences
from tests.conftest import EXAMPLE
from tests.io.handmade import new_file, series

if TYPE_CHECKING:
    from collections.abc import Callable

OLD = b"what was there before"


def litter(folder: Path) -> list[str]:
    """Return what is in a folder besides the file that was asked for."""
    return sorted(path.name for path in folder.iterdir() if path.name != "b.nwb")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file that is to be replaced."""
    path = tmp_path / "folder" / "b.nwb"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def test_a_new_file_has_the_mode_of_a_new_file(tmp_path: Path) -> None:
    """As the mask says, not that of a temporary file."""
    before = os.umask(0o027)
    try:
        nwb.write(nwb.read(EXAMPLE), tmp_path / "b.nwb")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "b.nwb").stat().st_mode) == 0o640
    assert litter(tmp_path) == []


def test_a_file_that_is_replaced_keeps_its_mode(target: Path) -> None:
    """And its place: what it was before is gone."""
    target.chmod(0o604)
    nwb.write(nwb.read(EXAMPLE), target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o604
    assert differences(EXAMPLE, target) == []
    assert litter(target.parent) == []


def test_what_a_symbolic_link_leads_to_is_replaced(target: Path, tmp_path: Path) -> None:
    """The link stays one, also where it leads nowhere yet."""
    for number, goal in enumerate((target, tmp_path / "new.nwb")):
        link = tmp_path / f"link_{number}.nwb"
        link.symlink_to(goal)
        nwb.write(nwb.read(EXAMPLE), link)
        assert link.is_symlink()
        assert differences(EXAMPLE, goal) == []


def test_exclusive(target: Path, tmp_path: Path) -> None:
    """Only where there is no file yet."""
    with pytest.raises(NotWritableError, match=r"b\.nwb cannot be written: it is there already"):
        nwb.write(nwb.read(EXAMPLE), target, exclusive=True)
    assert target.read_bytes() == OLD
    nwb.write(nwb.read(EXAMPLE), tmp_path / "c.nwb", exclusive=True)
    assert differences(EXAMPLE, tmp_path / "c.nwb") == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.nwb", "folder"]


def test_another_process_was_faster(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that appears while the new one is written is not replaced, where it may not be."""
    monkeypatch.setattr(atomic, "_why_not_replaced", lambda *_, **__: None)
    with pytest.raises(NotWritableError, match="File exists"):
        nwb.write(nwb.read(EXAMPLE), target, exclusive=True)
    assert target.read_bytes() == OLD
    assert litter(target.parent) == []


def test_the_file_that_is_read_from_is_not_written(tmp_path: Path) -> None:
    """By whichever path."""
    nwb.write(nwb.read(EXAMPLE), tmp_path / "b.nwb")
    root = nwb.read(tmp_path / "b.nwb")
    before = (tmp_path / "b.nwb").read_bytes()
    (tmp_path / "link.nwb").symlink_to("b.nwb")
    for path in (tmp_path / "b.nwb", tmp_path / "link.nwb"):
        with pytest.raises(NotWritableError, match="still read from it"):
            nwb.write(root, path)
    assert (tmp_path / "b.nwb").read_bytes() == before


def test_a_source_that_was_changed_since(tmp_path: Path) -> None:
    """What is in memory may no longer be what is in the file."""
    nwb.write(nwb.read(EXAMPLE), tmp_path / "a.nwb")
    root = nwb.read(tmp_path / "a.nwb")
    root._source.close()
    with h5py.File(tmp_path / "a.nwb", "r+") as file:
        file["identifier"][()] = "another"
    with pytest.raises(ClosedFileError, match="changed or removed"):
        nwb.write(root, tmp_path / "b.nwb")
    assert litter(tmp_path) == ["a.nwb"]


@pytest.mark.skipif(sys.platform == "win32", reason="asks for locks of POSIX systems")
def test_a_file_that_is_open_for_writing_elsewhere(tmp_path: Path) -> None:
    """Its writer would lose what it writes."""
    nwb.write(nwb.read(EXAMPLE), tmp_path / "b.nwb")
    code = (
        "import h5py, sys, time\n"
        "file = h5py.File(sys.argv[1], 'r+', locking=True)\n"
        "print('open', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "b.nwb")], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            with pytest.raises(NotWritableError, match=r"open for writing elsewhere, .*h5py in this one: close it"):
                nwb.write(nwb.read(EXAMPLE), tmp_path / "b.nwb")
        finally:
            other.kill()
    nwb.write(nwb.read(EXAMPLE), tmp_path / "b.nwb")


WHERE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no folder": (lambda folder: folder / "none" / "b.nwb", "there is no folder"),
    "a folder": (lambda folder: folder, "it is a folder"),
    "no regular file": (lambda folder: Path(os.devnull), "no regular file"),
}


@pytest.mark.parametrize("where", WHERE)
def test_where_no_file_can_be(where: str, tmp_path: Path) -> None:
    """One line says why."""
    place, message = WHERE[where]
    with pytest.raises(NotWritableError, match=message) as caught:
        nwb.write(nwb.read(EXAMPLE), place(tmp_path))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_what_may_not_be_written(target: Path) -> None:
    """A read-only folder, and a read-only file."""
    target.chmod(0o444)
    with pytest.raises(NotWritableError, match="permission denied"):
        nwb.write(nwb.read(EXAMPLE), target)
    target.parent.chmod(0o555)
    with pytest.raises(NotWritableError, match="may not be written to"):
        nwb.write(nwb.read(EXAMPLE), target)
    target.parent.chmod(0o755)


def _run(code: str, *arguments: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files as Linux does")
@pytest.mark.parametrize("limit", [0, 100, 20_000, 200_000, 1_000_000])
def test_a_full_disk(limit: int, target: Path) -> None:
    """The file stays as it was, wherever the disk becomes full; no litter, and no death by a signal."""
    with new_file(target.parent.parent / "a.nwb") as file:
        made = series(file["acquisition"], "one")
        made["more"] = np.random.default_rng(0).random(300_000)
    code = """
        import resource, signal, sys
        import nwb_models as nwb
        root = nwb.read(sys.argv[1])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
        try:
            nwb.write(root, sys.argv[2])
        except nwb.errors.NotWritableError as error:
            print(error)
    """
    done = _run(code, target.parent.parent / "a.nwb", target, limit)
    assert done.returncode == 0, done.stderr
    assert "b.nwb cannot be written, and is as it was: File too large" in done.stdout
    assert target.read_bytes() == OLD
    assert litter(target.parent) == []


@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_a_step_that_fails(name: str, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed fsync is not tried again; the file stays as it was."""
    calls = []

    def fail(*arguments: Any) -> None:
        calls.append(arguments)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(*((os, "fsync") if name == "fsync" else (Path, "replace")), fail)
    with pytest.raises(NotWritableError, match="is as it was: Input/output error"):
        nwb.write(nwb.read(EXAMPLE), target)
    assert len(calls) == 1
    assert target.read_bytes() == OLD
    assert litter(target.parent) == []


def test_a_file_that_does_not_read_back_is_not_put_in_place(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked through before it takes the place of one that can be read."""
    monkeypatch.setattr("nwb_models.io.write.unflatten", lambda *_: None)
    with pytest.raises(NotWritableError, match="not put in place"):
        nwb.write(nwb.read(EXAMPLE), target)
    assert target.read_bytes() == OLD
    assert litter(target.parent) == []


def test_both_the_data_and_the_folder_are_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data before the file has its name, the folder after that."""
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def replaced(self: Path, other: Path) -> Path:
        steps.append("rename")
        return replace(self, other)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    nwb.write(nwb.read(EXAMPLE), tmp_path / "b.nwb")
    assert steps == ["file", "rename", "folder"]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_writer_that_is_killed(target: Path) -> None:
    """At whatever moment: the file is the old one or the new one."""
    folder = target.parent.parent
    with new_file(folder / "a.nwb") as file:
        for number in range(200):
            series(file["acquisition"], f"series_{number}")
    nwb.write(nwb.read(folder / "a.nwb"), folder / "whole.nwb")
    new = (folder / "whole.nwb").stat().st_size
    code = """
        import sys
        import nwb_models as nwb
        root = nwb.read(sys.argv[1])
        print("now", flush=True)
        nwb.write(root, sys.argv[2])
    """
    found = set()
    for number in range(12):
        target.write_bytes(OLD)
        with subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), str(folder / "a.nwb"), str(target)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(number * 0.03)
            writer.send_signal(signal.SIGKILL)
        found.add("old" if target.read_bytes() == OLD else "new")
        if target.read_bytes() != OLD:
            assert target.stat().st_size == new
            assert differences(folder / "a.nwb", target) == []
    assert "old" in found


def test_a_file_object(tmp_path: Path) -> None:
    """It is written as it stands."""
    with (tmp_path / "b.nwb").open("w+b") as stream:
        io = nwb.HDF5IO(stream, "w")
        io.write(nwb.read(EXAMPLE))
        assert io.read().identifier == nwb.read(EXAMPLE).identifier
        io.close()
    assert differences(EXAMPLE, tmp_path / "b.nwb") == []


def test_modes(tmp_path: Path) -> None:
    """What is written can be read; what was opened for reading is not written."""
    with nwb.open(tmp_path / "b.nwb", "w") as io:
        with pytest.raises(NotReadableError, match="nothing was written yet"):
            io.read()
        io.write(nwb.read(EXAMPLE))
        assert io.read().acquisition["voltage_0"].data.shape == (200,)
    with nwb.open(tmp_path / "b.nwb") as io, pytest.raises(NotWritableError, match="opened for reading"):
        io.write(io.read())
    with pytest.raises(ValueError, match="mode 'q'"):
        nwb.open(tmp_path / "b.nwb", "q")


FULL = """
import os, resource, sys
import numpy as np
import nwb_models as nwb
path, limit, how = sys.argv[1], int(sys.argv[2]), sys.argv[3]
nwbfile = nwb.read(path)
data = [np.random.default_rng(n).random(100_000) for n in range(20)]
nwbfile.acquisition["one"].data.value = iter(data) if how == "blocks" else np.concatenate(data)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
try:
    nwb.write(nwbfile, os.path.join(os.path.dirname(path), "new.nwb"))
except nwb.errors.NotWritableError as error:
    assert "File too large" in str(error), error
    print("refused", *os.listdir(os.path.dirname(path)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files")
@pytest.mark.parametrize("how", ["array", "blocks"])
@pytest.mark.parametrize("limit", [100_000, 3_000_000, 8_000_000])
def test_a_full_disk_ends_no_process(limit: int, how: str, tmp_path: Path) -> None:
    """HDF5 tries to write what it has in memory until the process ends: it has to get rid of it."""
    with new_file(tmp_path / "a.nwb") as file:
        series(file["acquisition"], "one")
    command = [sys.executable, "-W", "ignore", "-c", FULL, str(tmp_path / "a.nwb"), str(limit), how]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "refused a.nwb\n"), done.stderr
