"""Every Python block of the README and of the documentation runs, one page after another in an empty folder."""

from __future__ import annotations

import html
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer

import nwb_models as nwb
from nwb_models.cli import app
from nwb_models.views import plot
from tests.conftest import EXAMPLE, ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
MADE = {"commands.md", "decisions/index.md"}
"""Pages that are made when the documentation is built, by scripts/mkdocs_hooks.py."""
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


BESIDE_PYNWB = ROOT / "docs" / "from-pynwb.md"
"""The page with blocks in pairs: each begins with a comment that says whose it is."""
ALONE = [page for page in PAGES if BLOCK.search(page.read_text()) and page != BESIDE_PYNWB]


@pytest.mark.parametrize("page", ALONE, ids=lambda page: page.name)
def test_the_blocks_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of one page share their names, as in a session."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")  # pictures, and no window
    monkeypatch.setattr(plot, "PICTURES", dict(plot.PICTURES))  # a page puts one in
    shutil.copy(EXAMPLE, "session.nwb")
    names: dict[str, Any] = {}
    text = page.read_text()
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        exec(compile("\n" * line + match[1], str(page), "exec"), names)


def assert_equal(theirs: Any, ours: Any) -> None:
    """Compare values of any kind that a session ends with."""
    if isinstance(theirs, pd.DataFrame):
        pd.testing.assert_frame_equal(theirs, ours)
    else:
        np.testing.assert_array_equal(theirs, ours, strict=True)


@pytest.mark.filterwarnings("ignore")  # PyNWB's own
def test_what_is_beside_pynwb_does_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each pair, what both sides have computed under the same name is equal; so is what they have written."""
    blocks = BLOCK.findall(BESIDE_PYNWB.read_text())
    names: dict[str, dict[str, Any]] = {"# PyNWB": {}, "# nwb_models": {}}
    compared: set[str] = set()
    assert [block.partition("\n")[0] for block in blocks] == list(names) * (len(blocks) // 2)
    for number, block in enumerate(blocks):
        who = block.partition("\n")[0]
        (tmp_path / who[2:]).mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / who[2:])
        exec(compile(block, f"{BESIDE_PYNWB.name}, block {number}", "exec"), names[who])
        theirs, ours = names.values()
        for name in theirs.keys() & ours.keys() if number % 2 else ():
            if isinstance(theirs[name], str | int | float | list | np.ndarray | pd.DataFrame):
                compared.add(name)
                assert_equal(theirs[name], ours[name])
    names["# PyNWB"]["io"].close()
    assert compared >= {"times", "snippet", "volts", "window", "trials", "spikes", "series", "in_volts", "device"}
    theirs, ours = (nwb.read(tmp_path / who[2:] / "mouse.nwb") for who in names)
    for series in theirs.find("TimeSeries"):
        mine = ours[series.path]
        assert type(mine).__name__ == type(series).__name__
        assert np.array_equal(mine.data[...], series.data[...])
        assert np.array_equal(mine.get_timestamps(), series.get_timestamps())
        assert (mine.unit, mine.conversion, mine.offset) == (series.unit, series.conversion, series.offset)
    found = [{(m.path, m.neurodata_type) for m in side.find()} for side in (theirs, ours)]
    assert found[0] == found[1]
    for table in ("trials", "units", "electrodes"):
        frames = [getattr(side, table).to_dataframe() for side in (theirs, ours)]
        if table == "electrodes":
            frames = [frame.assign(group=[group.path for group in frame.group]) for frame in frames]
        pd.testing.assert_frame_equal(*frames, check_like=True, check_dtype=False)


def test_the_tutorial_says_what_it_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """What a comment behind a line of the tutorial says is what the line prints."""
    test_the_blocks_of_a_page_run(ROOT / "docs" / "tutorial.md", tmp_path, monkeypatch)
    printed = capsys.readouterr().out
    assert "<NWBFile 'root' at />" in printed
    assert "spikes of the first unit" in printed


def test_links_lead_somewhere() -> None:
    """Relative links of every page name files that are there."""
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
            assert target in MADE or (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_figures_of_the_readme_are_those_that_were_measured() -> None:
    """Each row of its comparison begins one of docs/performance.md."""
    section = (ROOT / "README.md").read_text().split("## Beside PyNWB")[1].split("##")[0]
    rows = re.findall(r"^\| (?=\w)(.+) \|$", section, re.MULTILINE)
    measured = re.sub(r" +", " ", (ROOT / "docs" / "performance.md").read_text())
    assert len(rows) == 10
    for row in rows:
        assert f"\n| {re.sub(r' +', ' ', row)} |" in measured


def test_the_picture_of_the_tree_is_what_the_command_prints() -> None:
    """It was drawn by scripts/draw_tree.py; how rich draws may differ between its versions, the words may not."""
    spec = importlib.util.spec_from_file_location("draw_tree", ROOT / "scripts" / "draw_tree.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    drawn, committed = script.draw(), script.TARGET.read_text(encoding="utf-8")
    assert words(committed) == words(drawn)
    assert "TwoPhotonSeries" in words(committed)
    assert "url(http" not in committed


def words(picture: str) -> list[str]:
    """The words in an SVG, in their order."""
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    return " ".join(html.unescape(text).replace("\N{NO-BREAK SPACE}", " ") for text in texts).split()


def test_the_reference_has_every_public_name() -> None:
    """Each name of the package, and each error, is on the page of functions and classes."""
    page = (ROOT / "docs" / "reference.md").read_text()
    named = set(re.findall(r"^      heading: nwb\.(\w+)$", page, re.MULTILINE))
    assert named == set(nwb.__all__) - {"__version__"}
    assert "::: nwb_models.errors" in page
    for place in re.findall(r"^::: (\S+)$", page, re.MULTILINE):
        module, _, name = place.rpartition(".")
        assert place == "nwb_models.errors" or hasattr(importlib.import_module(module), name), place


def test_commands_in_the_documentation_are_commands() -> None:
    """What follows ``$ nwb-models`` on a page, or stands between backticks, is a command with options that it has."""
    top = typer.main.get_command(app)
    seen = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for line in re.findall(r"(?:^\$ |`)nwb-models ([a-z][^#`\n]*)", text, re.MULTILINE):
            words = shlex.split(line.replace("\\", ""))
            command: Any = top
            while words and words[0] in getattr(command, "commands", {}):
                command = command.commands[words.pop(0)]
            where = f"{page.name}: nwb-models {line}"
            assert not hasattr(command, "commands") or not words, where
            options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
            assert {word for word in words if word.startswith("-")} <= options, where
            seen.add(command.name)
    assert {"tree", "check", "validate", "truncate", "generate", "export", "references"} <= seen


def test_the_commands_of_the_tutorial_print_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE, "session.nwb")
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    shown = [
        (command, output)
        for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        for command, output in re.findall(r"^\$ (.+)\n((?:(?!\$ ).+\n)*)", block, re.MULTILINE)
        if output
    ]
    assert len(shown) == 2
    folders = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for command, output in shown:
        name, *arguments = shlex.split(command)
        program = shutil.which(name, path=folders)
        assert program is not None
        printed = subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout
        assert printed == output
