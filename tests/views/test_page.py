"""Pages: all that a colleague wants to know of a file, on their own, without scripts, and bounded."""

from __future__ import annotations

import base64
import re
import shutil
import sys
from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models import cli
from nwb_models.core import NWBFile, TimeSeries
from nwb_models.io.progress import reported
from nwb_models.views import page
from nwb_models.views.page import page_of
from tests.conftest import EXAMPLE
from tests.markup import Markup
from tests.models.test_html import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

PNG = re.compile(r'src="data:image/png;base64,([^"]+)"')


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a copy of the example."""
    shutil.copy(EXAMPLE, tmp_path / "session.nwb")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_of_the_example() -> None:
    found = page_of(EXAMPLE)
    markup = Markup(found)
    assert not markup.tags & {"script", "link", "iframe", "object"}
    assert not {name for name in markup.attributes if name.startswith("on")}
    assert "default-src 'none'" in found
    for text in (
        "example.nwb", "NWB 2.11.0", "A mouse runs along a track", "Lindqvist, Maja; Okafor, Ben", "hippocampus; CA1",
        "Mus musculus", "P132D", "2026-03-14T09:26:53+01:00", "core 2.11.0, hdmf-common",
        "[0.3952, 0.7463, 0.7828, …] (42)",
    ):  # fmt: skip
        assert text in markup.text
    pictures = [base64.b64decode(match[1]) for match in PNG.finditer(found)]
    assert 3 < len(pictures) <= page.PICTURES
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert "/units (Units)" in markup.text


def test_a_page_without_pictures_needs_no_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert not PNG.search(page_of(EXAMPLE, plots=False))
    with pytest.raises(ImportError, match="pip install"):
        page_of(EXAMPLE)


def test_a_page_of_strangers(tmp_path: Path) -> None:
    """Nothing of a file becomes markup; what departs, and what cannot be drawn, is said."""
    name = HOSTILE.replace("/", "")
    file = NWBFile(
        name="root", identifier=HOSTILE, session_description=HOSTILE, session_start_time="2026-03-14T09:26:53+01:00"
    )
    file.acquisition.add(TimeSeries(name=name, data=[1.0, 2.0], unit=HOSTILE, timestamps=[0.0, 1.0]))
    file.acquisition.add(TimeSeries(name="<b>empty", data=np.empty(0), unit="V", rate=1.0))
    nwb.write(file, tmp_path / "<i>.nwb")
    with h5py.File(tmp_path / "<i>.nwb", "r+") as stored:
        stored["acquisition"][name].attrs["<b>odd"] = "<b>"
    markup = Markup(page_of(tmp_path / "<i>.nwb"))
    assert not markup.tags & {"script", "b", "i"}
    assert "onerror" not in markup.attributes
    assert "departure" in markup.text
    assert "<b>empty" in markup.text
    assert "<i>.nwb" in markup.text


def test_a_page_is_bounded(tmp_path: Path, built: list[str]) -> None:
    """Of many objects some are shown, and few are drawn."""
    file = NWBFile(name="root", identifier="x", session_description="x", session_start_time="2026-03-14T09:26:53+01:00")
    for number in range(300):
        file.acquisition.add(TimeSeries(name=f"s{number:03}", data=[1.0, 2.0], unit="V", rate=1.0, starting_time=0.0))
    nwb.write(file, tmp_path / "many.nwb")
    found = page_of(tmp_path / "many.nwb")
    assert len(PNG.findall(found)) == page.EACH
    assert "… and 250 more" in found
    assert sum(path.startswith("/acquisition/s") and path.count("/") == 2 for path in built) <= 50


def test_pictures_end_when_their_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "SECONDS", -1.0)
    assert not PNG.search(page_of(EXAMPLE))


def test_how_far_a_page_is() -> None:
    said: list[tuple[int, int | None]] = []
    with reported(lambda done, total: said.append((done, total))):
        page_of(EXAMPLE)
    assert [total for _, total in said if total is not None] == [sum(done for done, _ in said)]


# ------------------------------------------------------------------------------------------------ the command
def test_the_command_writes_a_page(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["html", "session.nwb"]) == 0
    out, err = capsys.readouterr()
    assert re.fullmatch(r"session\.html: \d+ KiB\n", out)
    assert err == ""
    assert PNG.search((here / "session.html").read_text("utf-8"))


def test_the_command_without_pictures(here: Path) -> None:
    assert cli.main(["html", "session.nwb", "-o", "other.html", "--no-plots"]) == 0
    assert not PNG.search((here / "other.html").read_text("utf-8"))


def test_the_command_without_matplotlib(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert cli.main(["html", "session.nwb"]) == 0
    assert "pip install 'pydantic-nwb[plot]'; the page is written without pictures" in capsys.readouterr().err
    assert (here / "session.html").exists()


def test_the_command_does_not_replace_the_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (here / "session.nwb").read_bytes()
    assert cli.main(["html", "session.nwb", "-o", "session.nwb"]) == 2
    assert "is the file that is shown, and is not replaced" in capsys.readouterr().err
    assert (here / "session.nwb").read_bytes() == before


def test_the_command_with_something_else(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "notes.nwb").write_text("nothing")
    assert cli.main(["html", "notes.nwb"]) == 2
    assert not (here / "notes.html").exists()
    assert cli.main(["html", "gone.nwb"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_data_that_cannot_be_read_is_no_hindrance(tmp_path: Path) -> None:
    """A checksum that is wrong: the page says so in the place of the picture."""
    file = NWBFile(name="root", identifier="x", session_description="x", session_start_time="2026-03-14T09:26:53+01:00")
    file.acquisition.add(TimeSeries(name="one", data=np.zeros(4), unit="V", rate=1.0, starting_time=0.0))
    nwb.write(file, tmp_path / "a.nwb")
    with h5py.File(tmp_path / "a.nwb", "r+") as stored:
        group = stored["acquisition/one"]
        attributes = dict(group["data"].attrs)
        del group["data"]
        data = group.create_dataset("data", data=np.arange(4.0), chunks=(4,), fletcher32=True)
        data.attrs.update(attributes)
        stored.flush()
        offset = data.id.get_chunk_info(0).byte_offset
    with (tmp_path / "a.nwb").open("r+b") as raw:
        raw.seek(offset)
        raw.write(b"\x12\x34")
    assert "/acquisition/one is not drawn" in Markup(page_of(tmp_path / "a.nwb")).text
