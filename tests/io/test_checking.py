"""Files tried in a process of their own: what is said of them, and that nothing they do reaches this process."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models import cli
from nwb_models.errors import NWBWarning
from nwb_models.io import hdf5
from nwb_models.io.checking import Outcome, check_files, judged, parts
from nwb_models.io.guarded import Guarded
from tests.conftest import EXAMPLE
from tests.io.handmade import new_file, series

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")


@pytest.fixture(scope="module")
def trouble() -> Iterator[Any]:
    """What becomes of a file that makes trouble."""
    with Guarded("tests.io.trouble:make", memory=1 << 30) as tried:

        def run(name: str, seconds: float | None = None) -> Any:
            return judged(name, tried({"path": name}, seconds=seconds), seconds=seconds, memory=1 << 30)

        yield run


TROUBLE = {
    "crash": (Outcome.CRASHED, "crash: HDF5 crashed on it (SIGSEGV) while it was opened"),
    "abort": (Outcome.CRASHED, "abort: HDF5 crashed on it (SIGABRT) while it was opened"),
    "exit": (
        Outcome.CRASHED,
        "exit: HDF5 crashed on it (exit status 3: what a library says at its end) while it was opened",
    ),
    "hang": (Outcome.TIME, "hang: took longer than 0.5 s while it was opened"),
    "memory": (Outcome.MEMORY, "memory: needs more memory than the 1 GiB that it may take while it was opened"),
    "talk": (Outcome.FINE, "talk: fine"),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_this_process_survives(name: str, trouble: Any) -> None:
    """And the next file is tried all the same."""
    found = trouble(name, 0.5 if name == "hang" else None)
    assert (found.outcome, str(found)) == TROUBLE[name]
    assert bool(found) == (name == "talk")
    assert trouble("fine").outcome is Outcome.FINE


def test_what_nobody_foresaw_is_to_be_reported(trouble: Any) -> None:
    """With where it happened."""
    found = trouble("fault")
    assert found.outcome is Outcome.FAULT
    assert str(found).startswith("fault: unexpected ZeroDivisionError: by nothing (tests.io.trouble, line ")
    assert str(found).endswith("while it was opened; please report it")


def test_one_process_serves_until_a_file_does_it_harm(trouble: Any) -> None:
    """To start one takes longer than to read most files."""
    first, second = (trouble("fine").notes for _ in range(2))
    assert first == second != (str(os.getpid()),)
    trouble("crash")
    assert trouble("fine").notes != first


def test_a_process_that_does_not_start_says_why() -> None:
    """It is no fault of a file."""
    with pytest.raises(RuntimeError, match=r"did not start: exit status 1: ModuleNotFoundError: .*nosuch"):
        Guarded("nosuch:module")({})


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """One file of each kind."""
    paths = {name: tmp_path / f"{name}.nwb" for name in ("departs", "chunk", "header", "cut", "text")}
    paths["fine"] = EXAMPLE
    for name in ("departs", "chunk", "header"):
        with new_file(paths[name]) as file:
            made = series(file["acquisition"], "one")
            series(file["acquisition"], "two")
            made.create_dataset("more" if name != "chunk" else "x", data=np.arange(50), fletcher32=True, chunks=(50,))
            if name != "departs":
                del made["data"]
                made["data"] = made["x" if name == "chunk" else "more"]
                del made["x" if name == "chunk" else "more"]
                made["data"].attrs.update(unit="V", conversion=1.0, offset=0.0, resolution=-1.0)
            address = h5py.h5o.get_info(made.id).addr
            chunk = made["data"].id.get_chunk_info(0).byte_offset if name == "chunk" else 0
        if name != "departs":
            content = bytearray(paths[name].read_bytes())
            content[chunk + 8 if name == "chunk" else address + 8] ^= 1
            paths[name].write_bytes(content)
    paths["cut"].write_bytes(EXAMPLE.read_bytes()[:-1000])
    paths["text"].write_text("text")
    paths["nothing"] = tmp_path / "nothing.nwb"
    return paths


def test_what_is_said_of_files(files: dict[str, Path]) -> None:
    """Damage that a checksum of HDF5's finds is found; in data, where data is read."""
    found = {name: nwb.check(path, deep=name != "chunk") for name, path in files.items() if name != "chunk"}
    assert {name: found[name].outcome for name in found} == {
        "fine": Outcome.FINE,
        "departs": Outcome.DEPARTS,
        "header": Outcome.UNREADABLE,
        "cut": Outcome.UNREADABLE,
        "text": Outcome.UNREADABLE,
        "nothing": Outcome.UNREADABLE,
    }
    assert str(found["fine"]) == f"{EXAMPLE}: fine"
    assert str(found["departs"]) == f"{files['departs']}: departs from its specifications in 1 place"
    assert [issue.path for issue in found["departs"].issues] == ["/acquisition/one/more"]
    assert "/acquisition/one" in found["header"].problems[0]
    assert "is cut off" in str(found["cut"])
    assert str(found["text"]) == f"{files['text']} is not an HDF5 file"
    assert str(found["nothing"]) == f"{files['nothing']}: no such file"


def test_deep_reads_the_data(files: dict[str, Path]) -> None:
    """A chunk that is not what its checksum says is found by reading it."""
    shallow, deep = (nwb.check(files["chunk"], deep=deep) for deep in (False, True))
    assert shallow.outcome is Outcome.FINE
    assert deep.outcome is Outcome.UNREADABLE
    assert "/acquisition/one/data cannot be read" in str(deep)


def test_json_says_the_same(files: dict[str, Path]) -> None:
    """For programs."""
    found = list(check_files([files["departs"], files["text"]]))
    assert [json.loads(json.dumps(one.to_dict()))["outcome"] for one in found] == ["departs", "unreadable"]
    assert found[0].to_dict()["issues"][0]["path"] == "/acquisition/one/more"


def test_what_is_not_written_is_not_read(tmp_path: Path) -> None:
    """Of an array that is declared to be larger than any disk, what is stored."""
    with new_file(tmp_path / "a.nwb") as file:
        made = series(file["acquisition"], "one")
        del made["data"]
        made.create_dataset("data", (10**9, 10**9), "i1", chunks=(100, 100), maxshape=(None, None))
        made["data"][1000:1100, 500:700] = 1
        made["data"].attrs.update(unit="V", conversion=1.0, offset=0.0, resolution=-1.0)
    array = nwb.read(tmp_path / "a.nwb").acquisition["one"].data.value
    assert [array[part].sum() for part in parts(array)] == [10_000, 10_000]
    assert nwb.check(tmp_path / "a.nwb", deep=True).outcome is Outcome.FINE


@pytest.mark.parametrize(("shape", "dtype"), [((5, 7), "f8"), ((3_000_000,), "i8"), ((3, 2, 1_500_000), "i2")])
def test_parts_cover_an_array(shape: tuple[int, ...], dtype: str, tmp_path: Path) -> None:
    """Each value once, in blocks of no more than some megabytes."""
    with new_file(tmp_path / "a.nwb") as file:
        series(file["acquisition"], "one", np.zeros(shape, dtype))
    array = nwb.read(tmp_path / "a.nwb").acquisition["one"].data.value
    times = np.zeros(shape, int)
    for part in parts(array):
        assert times[part].size * array.dtype.itemsize <= 1 << 24
        times[part] += 1
    assert (times == 1).all()


def test_an_older_hdf5_is_warned_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is what h5py was built with, whatever its own version."""
    monkeypatch.setattr(h5py.version, "hdf5_version_tuple", (1, 14, 6))
    monkeypatch.setattr(h5py.version, "hdf5_version", "1.14.6")
    hdf5._warn_of_old_hdf5.cache_clear()
    with pytest.warns(NWBWarning, match=r"built with HDF5 1\.14\.6, which crashes on more") as caught:
        nwb.read(EXAMPLE)
    assert [warning.filename for warning in caught] == [__file__]
    nwb.read(EXAMPLE)  # warnings are errors in the tests


# ------------------------------------------------------------------------------------------ the command
@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Any:
    """Run the command; gives status, stdout and stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        status = cli.main(["check", *map(str, words)])
        captured = capfd.readouterr()
        return status, captured.out, captured.err

    return run


def test_the_command(files: dict[str, Path], run: Any) -> None:
    """One line for each file, and the worst of them as the exit status."""
    assert run(files["fine"]) == (0, f"{EXAMPLE}: fine\n", "")
    assert run("--deep", files["fine"], files["departs"])[0] == 1
    status, out, err = run(files["fine"], files["text"], files["departs"])
    assert (status, err) == (2, "")
    assert [line.rpartition("/")[2] for line in out.splitlines()] == [
        "example.nwb: fine",
        "text.nwb is not an HDF5 file",
        "departs.nwb: departs from its specifications in 1 place",
    ]


def test_the_command_says_more(files: dict[str, Path], run: Any) -> None:
    """All departures, or JSON in lines."""
    _, out, _ = run("-v", files["departs"])
    assert out.splitlines()[1].startswith("  /acquisition/one/more (TimeSeries): unknown")
    _, out, _ = run("--json", files["departs"], files["text"])
    assert [json.loads(line)["outcome"] for line in out.splitlines()] == ["departs", "unreadable"]


def test_the_command_refuses_what_is_no_size(files: dict[str, Path], run: Any) -> None:
    """In one line."""
    status, out, err = run("--memory", "much", files["fine"])
    assert (status, out) == (2, "")
    assert "--memory much: give a size, as in 500M or 4G" in err
