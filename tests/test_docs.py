"""Every Python block of the README and of the documentation runs, one page after another in an empty folder."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import nwb_models as nwb
from tests.conftest import EXAMPLE, ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


BESIDE_PYNWB = ROOT / "docs" / "from-pynwb.md"
"""The page with blocks in pairs: each begins with a comment that says whose it is."""
ALONE = [page for page in PAGES if BLOCK.search(page.read_text()) and page != BESIDE_PYNWB]


@pytest.mark.parametrize("page", ALONE, ids=lambda page: page.name)
def test_the_blocks_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of one page share their names, as in a session."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")  # pictures, and no window
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
            assert (page.parent / target).exists(), f"{page.name}: {target}"
