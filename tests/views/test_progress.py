"""Progress: shown on a terminal, quiet elsewhere, and said by all that takes long."""

from __future__ import annotations

import io
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

import nwb_models as nwb
from nwb_models import cli
from nwb_models.io.progress import is_reported, report, reported
from tests.conftest import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Terminal(io.StringIO):
    """What says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def use_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Let stderr be one, from now on: what a fixture sets, pytest's own capture sets back before the test."""
    found = Terminal()
    monkeypatch.setattr(sys, "stderr", found)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    return found


def test_nothing_is_shown_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with nwb.progress("Working"):
        assert not is_reported()
        report(1, 2)
    assert capsys.readouterr() == ("", "")


def test_without_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with nwb.progress("Working"):
        report(1, 2)


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed meanwhile goes to stdout, and names are no markup."""
    terminal = use_terminal(monkeypatch)
    with nwb.progress("Working on [bold]\n", of="files"):
        report(0, 3)
        report(2)
        sys.stdout.write("a line\n")
        report(1)
    assert "Working on [bold]\\n" in terminal.getvalue()
    assert "3/3" in terminal.getvalue()
    assert capsys.readouterr().out == "a line\n"
    assert not is_reported()


def test_writing_is_counted_in_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    terminal = use_terminal(monkeypatch)
    with nwb.progress("Writing"):
        nwb.write(nwb.read(EXAMPLE), tmp_path / "a.nwb")
    assert "kB" in terminal.getvalue()


LONG: dict[str, Callable[[Path], Any]] = {
    "write": lambda path: nwb.write(nwb.read(path), path.with_name("b.nwb")),
    "repack": nwb.repack,
    "truncate": lambda path: nwb.truncate(path, path.with_name("b.nwb"), 2),
    "validate": nwb.validate,
}


@pytest.mark.parametrize("name", LONG)
def test_what_takes_long_says_how_far_it_is(name: str, tmp_path: Path) -> None:
    """It says at the beginning how much there is, and no more than that is done."""
    shutil.copy(EXAMPLE, tmp_path / "a.nwb")
    said: list[tuple[int, int | None]] = []
    with reported(lambda done, total: said.append((done, total))):
        LONG[name](tmp_path / "a.nwb")
    (total,) = [total for _, total in said if total is not None]
    done = sum(done for done, _ in said)
    assert 0 < done <= total
    assert said[0] == (0, total)


COMMANDS = {
    "copy": (["a.nwb", "b.nwb"], "Copying"),
    "repack": (["a.nwb"], "Repacking"),
    "truncate": (["a.nwb", "b.nwb"], "Truncating"),
    "check": (["a.nwb"], "Checking a.nwb (1 of 1)"),
    "validate": (["a.nwb", "a.nwb"], "Validating a.nwb (2 of 2)"),
    "generate": (["a.nwb", "-o", "models"], "Generating"),
    "html": (["a.nwb", "--no-plots"], "Drawing"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_show_what_they_do(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And what they print is the same on a terminal as elsewhere."""
    shutil.copy(EXAMPLE, tmp_path / "a.nwb")
    monkeypatch.chdir(tmp_path)
    words, said = COMMANDS[command]
    terminal = use_terminal(monkeypatch)
    assert cli.main([command, *words]) == 0
    assert said in terminal.getvalue()
    printed = capsys.readouterr().out
    assert said not in printed
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert cli.main([command, *words]) == 0
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]
    if command != "repack":  # which has nothing left to do the second time
        assert capsys.readouterr().out == printed
