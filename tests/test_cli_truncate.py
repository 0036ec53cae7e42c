"""The command ``nwb-models truncate``: what it writes, says and refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

from nwb_models import cli
from tests.io.handmade import column, new_file, series, table

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command as in a pipe; gives status, stdout and stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        status = cli.main(["truncate", *map(str, words)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A file with a series of 50 entries, and a table of three rows."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        series(file["acquisition"], "S", np.arange(50.0))
        column(table(file["acquisition"], "T", "x"), "x", [1, 2, 3])
    return path


def test_n(session: Path, run: Any) -> None:
    """It says what was cut, and where the new file is; no bar where nobody looks."""
    target = session.with_name("small.nwb")
    status, out, err = run(session, target, "-n", 2)
    assert (status, err) == (0, "")
    *cut, last = out.splitlines()
    assert sorted(cut) == ["/acquisition/S: 2 of 50", "/acquisition/T: 2 of 3"]
    assert last.startswith(f"{target}: ")
    with h5py.File(target) as file:
        assert file["acquisition/S/data"].shape == (2,)


def test_the_default_target(session: Path, run: Any) -> None:
    """Without a target, it stands beside the source; without anything, ten entries stay."""
    status, out, _ = run(session, "--quiet")
    assert status == 0
    assert len(out.splitlines()) == 1
    with h5py.File(session.with_name("session_truncated.nwb")) as file:
        assert file["acquisition/S/data"].shape == (10,)


@pytest.mark.parametrize(
    ("options", "entries", "rows"),
    {
        "only": (["--only", "/acquisition/S"], range(50), None),
        "only two": (["--only", "acquisition/S", "--only", "/acquisition/T", "-n", "2"], range(2), [0, 1]),
        "time": (["--time", "1:2"], range(10, 20), [0, 1, 2]),
        "time from": (["--time", "4.5:"], range(45, 50), [0, 1, 2]),
        "time until": (["--time", ":0.25"], range(3), [0, 1, 2]),
        "rows": (["--rows", "/acquisition/T=1:", "--rows", "acquisition/S=5:7"], [5, 6], [1, 2]),
        "rows from the end": (["--rows", "/acquisition/T=-1:"], range(50), [2]),
    }.values(),
    ids=str,
)
def test_a_part(options: list[str], entries: Any, rows: Any, session: Path, run: Any) -> None:
    """Each option means what its argument of the function does."""
    target = session.with_name("small.nwb")
    status, _, err = run(session, target, *options)
    assert (status, err) == (0, "")
    with h5py.File(target) as file:
        assert file["acquisition/S/data"][()].tolist() == list(entries)
        assert ("T" in file["acquisition"]) == (rows is not None)
        assert rows is None or file["acquisition/T/id"][()].tolist() == rows


@pytest.mark.parametrize(
    ("options", "said"),
    {
        "n": (["-n", "0"], "n is 0"),
        "n as text": (["-n", "many"], "Invalid value for '-n'"),
        "only": (["--only", "/nothing"], "No object at /nothing"),
        "time": (["--time", "5:1"], "time is 5 to 1"),
        "time as text": (["--time", "now:then"], "--time now:then"),
        "time nan": (["--time", "nan:1"], "--time nan:1"),
        "time without end": (["--time", "5"], "--time 5"),
        "rows": (["--rows", "/acquisition/T"], "--rows /acquisition/T"),
        "rows as text": (["--rows", "/acquisition/T=a:b"], "--rows /acquisition/T a:b"),
        "rows that are not there": (["--rows", "/acquisition/T=7:9"], "none of those asked for"),
        "rows of none": (["--rows", "/general=0:3"], "it has no rows"),
        "externals": (["--externals", "maybe"], "maybe"),
    }.values(),
    ids=str,
)
def test_bad_requests(options: list[str], said: str, session: Path, run: Any) -> None:
    """What cannot be is refused in one line, and nothing is written."""
    status, out, err = run(session, session.with_name("small.nwb"), *options)
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert list(session.parent.iterdir()) == [session]


def test_the_source_is_no_target(session: Path, run: Any) -> None:
    """The source is refused as a target, and is as it was."""
    before = session.read_bytes()
    status, out, err = run(session, session)
    assert (status, out) == (2, "")
    assert "is the source" in err
    assert len(err.splitlines()) == 1
    assert session.read_bytes() == before
