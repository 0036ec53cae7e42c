"""Commands that are given what is no file of the kind: a pipe, a device, a folder, an endless document.

Each says what is wrong, at once.  What waits for ever is ended with its process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.io.handmade import new_file, series

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files")

SECONDS = 120
PROGRAM = """
import contextlib, io, json, sys, warnings
warnings.simplefilter("ignore")
from nwb_models.cli import main

said = []
for words in json.load(sys.stdin):
    print(words, file=sys.stderr, flush=True)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(words)
    said.append([status, out.getvalue() + err.getvalue()])
print(json.dumps(said))
"""
READING = (
    "tree X", "tree X --types", "validate X", "check X", "metadata X", "html X -o OUT", "copy X OUT", "truncate X OUT",
    "repack X", "diff X GOOD", "diff GOOD X", "references X /acquisition", "graph X -o OUT.json", "schema stubs X",
    "metadata X --apply /dev/null",
)  # fmt: skip
WRITING = "copy GOOD X", "truncate GOOD X"


def said_of(commands: list[str], **names: str) -> dict[str, tuple[int, str]]:
    """Run commands in another process; return the exit status of each, and what it prints."""
    words = [[names.get(word, word) for word in command.split()] for command in commands]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(words),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {command: (status, text) for command, (status, text) in zip(commands, json.loads(done.stdout), strict=True)}


@pytest.fixture
def good(tmp_path: Path) -> str:
    with new_file(tmp_path / "good.nwb") as file:
        series(file["acquisition"], "x")
    return str(tmp_path / "good.nwb")


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_file_is_said_to_be_none(kind: str, good: str, tmp_path: Path) -> None:
    place = tmp_path / kind
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    wrong = "/dev/zero" if kind == "device" else str(place)
    said = said_of([*READING, *WRITING, "generate X -o OUT"], X=wrong, GOOD=good, OUT=str(tmp_path / "out"))
    for command, (status, text) in said.items():
        assert status == 2, command
        assert wrong in text, command
        assert "regular file" in text or "folder" in text, command
    assert not (tmp_path / "out").exists()


def test_a_document_without_end(good: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "long").write_text("path: /\nnotes: " + "x" * 1000)
    names = {"GOOD": good, "PIPE": str(tmp_path / "pipe"), "LONG": str(tmp_path / "long"), "FOLDER": str(tmp_path)}
    said = said_of(
        [
            "metadata GOOD --apply /dev/zero",
            "metadata GOOD --apply LONG --limit document_bytes=1000",
            "metadata GOOD --apply PIPE",
            "metadata GOOD --apply FOLDER",
            "metadata GOOD --apply /dev/null",
        ],
        **names,
    )
    assert [status for status, _ in said.values()] == [2] * 5
    zeros, long, pipe, folder, nothing = (text for _, text in said.values())
    assert "/dev/zero has more than 16777216 bytes, the limit: raise it with" in zeros
    assert "long has more than 1000 bytes, the limit" in long
    assert "--limit document_bytes=SIZE" in long
    assert "no document of a file" in pipe
    assert "Is a directory" in folder
    assert "no document of a file" in nothing


def test_a_document_from_stdin_has_the_same_limit(good: str) -> None:
    with open("/dev/zero", "rb") as zeros:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "nwb_models.cli", "metadata", good, "--apply", "-", "--limit", "document_bytes=1M"],
            stdin=zeros,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    assert done.returncode == 2
    assert "The document has more than 1048576 bytes, the limit" in done.stderr


def test_a_pipe_that_nobody_reads_from(good: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / "pipe.json")
    commands = ["metadata GOOD -o PIPE", "html GOOD -o PIPE --no-plots", "graph GOOD -o PIPE.json"]
    pipe = str(tmp_path / "pipe")
    for status, text in said_of(commands, **{"GOOD": good, "PIPE": pipe, "PIPE.json": f"{pipe}.json"}).values():
        assert status == 2
        assert f"{pipe}" in text
        assert "nobody reads from this pipe" in text


def test_a_pipe_that_somebody_reads_from(good: str, tmp_path: Path) -> None:
    """As the shell makes them for ``<(...)`` and ``>(...)``: what is longer than a pipe holds goes through."""
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE)
    command = [sys.executable, "-m", "nwb_models.cli", "html", good, "-o", str(tmp_path / "page.html")]
    subprocess.run(command, check=True, timeout=SECONDS, capture_output=True)
    descriptor = os.open(tmp_path / "pipe", os.O_WRONLY)  # waits for the reader
    subprocess.run([*command[:-1], str(tmp_path / "pipe")], check=True, timeout=SECONDS, capture_output=True)
    os.close(descriptor)
    page, _ = reader.communicate(timeout=SECONDS)
    assert page == (tmp_path / "page.html").read_bytes()


@pytest.mark.parametrize("kind", ["pipe", "folder", "link to a pipe"])
def test_generated_files_replace_nothing_else(kind: str, tmp_path: Path) -> None:
    """A pipe at the place of a module is not read to see who wrote it."""
    from nwb_models.schema.packages import write_files

    place = tmp_path / "types.py"
    if kind == "folder":
        place.mkdir()
    else:
        os.mkfifo(tmp_path / "pipe" if kind.startswith("link") else place)
    if kind.startswith("link"):
        place.symlink_to(tmp_path / "pipe")
    with pytest.raises(FileExistsError, match="not a file that the generator wrote"):
        write_files({"types.py": "x = 1\n"}, tmp_path)
