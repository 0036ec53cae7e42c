"""Every Python block of the README and of the documentation runs, one page after another in an empty folder."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from nwb_models.views import plot
from tests.conftest import EXAMPLE, ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", [p for p in PAGES if BLOCK.search(p.read_text())], ids=lambda page: page.name)
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
