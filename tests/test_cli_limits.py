"""The option ``--limit``: each command that reads a file has it, and what a limit refuses says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import typer

from nwb_models.cli import app, main
from nwb_models.cli_limits import limits_of
from nwb_models.limits import DEFAULT, Limits, raising
from tests.io.handmade import TEXT, new_file, series

if TYPE_CHECKING:
    from pathlib import Path

READING = ["tree", "copy", "diff", "repack", "check", "validate", "html", "metadata", "truncate", "references", "graph"]
UNLIMITED = 9223372036854775807


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file with an attribute of 80 kB, and texts of as many bytes."""
    with new_file(tmp_path / "a.nwb") as file:
        group = series(file["acquisition"], "x")
        group.attrs["many"] = np.zeros(10_000)
        file.create_dataset("general/keywords", data=["x" * 40_000] * 2, dtype=TEXT)
    return tmp_path / "a.nwb"


@pytest.mark.parametrize("command", READING)
def test_each_command_that_reads_takes_limits(command: str) -> None:
    found = {name: entry for name, entry in typer.main.get_command(app).commands.items() if name in READING}  # type: ignore[attr-defined]
    (option,) = (entry for entry in found[command].params if entry.name == "limit")
    assert option.opts == ["--limit"]
    assert all(name in option.help for name in Limits._fields)


def test_what_can_be_given() -> None:
    assert limits_of(None) is DEFAULT or limits_of(None) == DEFAULT
    given = ["array_bytes=1.5GiB", "chunk_bytes=512MB", "value_bytes=none", "sources=20"]
    assert limits_of(given) == Limits(3 << 29, 512 << 20, UNLIMITED, 20)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("size=4G", "--limit size=4G: give one of array_bytes, chunk_bytes, value_bytes, sources"),
        ("array_bytes", "--limit array_bytes : give a size, as in 500M or 4G"),
        ("array_bytes=much", "--limit array_bytes much: give a size, as in 500M or 4G"),
        ("value_bytes=-1", "--limit value_bytes -1: give a size"),
    ],
)
def test_what_cannot_be_given(words: str, said: str, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", str(path), "--limit", words]) == 2
    assert said in capsys.readouterr().err


def test_what_is_refused_says_how_it_is_raised(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(path), "--deep", "-v", "--limit", "value_bytes=50K", "--limit", "array_bytes=100K"]) == 2
    said = capsys.readouterr().out
    assert f"it has 80000 bytes, and 51200 are the limit: {raising('value_bytes')}" in said
    assert "its texts or rows would take 160000 bytes of memory, and 102400 are the limit" in said
    assert raising("array_bytes") in said
    assert main(["check", str(path), "--deep"]) < 2


def test_the_others_hand_it_on(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--limit", "value_bytes=50K"]
    assert main(["metadata", str(path), *small]) == 0
    assert "80000 bytes, and 51200 are the limit" in capsys.readouterr().out
    assert main(["validate", str(path), *small]) < 2
    assert "80000 bytes, and 51200" in capsys.readouterr().out
    texts = ["--limit", "array_bytes=100K"]
    assert main(["copy", str(path), str(tmp_path / "copy.nwb"), *texts]) == 2
    assert main(["repack", str(path), *texts]) == 2
    assert main(["diff", str(path), str(path), *texts]) == 1
    assert capsys.readouterr().err.count(raising("array_bytes")) == 2
