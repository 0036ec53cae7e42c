"""What notebooks show of models: complete markup, nothing of a stranger's, nothing read, and not too much of it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.core import NWBFile, ProcessingModule, TimeSeries
from nwb_models.errors import NWBWarning, UnreadableObjectError
from nwb_models.io.arrays import HDF5Array
from nwb_models.models import Collection
from nwb_models.models.html import html_of
from nwb_models.models.outline import Bounds, human_size, is_costly, outline, short
from tests.conftest import EXAMPLE, corpus_files
from tests.markup import Markup

if TYPE_CHECKING:
    from pathlib import Path

TAGS = {"style", "div", "details", "summary", "span", "table", "thead", "tbody", "tr", "th", "td"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)></style></div>&amp;\x1b[2J\u202e"


def markup_of(thing: Any) -> Markup:
    """Return what a notebook would show; it has no tags and attributes but our own."""
    found = Markup(thing._repr_html_())
    assert found.tags <= TAGS
    assert found.attributes <= {"class", "open"}
    return found


def series(name: str = "one", **fields: Any) -> TimeSeries:
    return TimeSeries(**{"name": name, "data": [1.0, 2.0], "unit": "V", "rate": 1.0, "starting_time": 0.0, **fields})


def file_with(**fields: Any) -> NWBFile:
    given = {
        "name": "root",
        "identifier": "x",
        "session_description": "made for a test",
        "session_start_time": "2026-03-14T09:26:53+01:00",
    }
    return NWBFile(**given | fields)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The arrays of which something is read, and how many values."""
    found: list[tuple[str, int]] = []
    read = HDF5Array.read

    def noting(self: HDF5Array, index: tuple[Any, ...]) -> Any:
        values = read(self, index)
        found.append((self.path, int(np.size(values))))
        return values

    monkeypatch.setattr(HDF5Array, "read", noting)
    return found


def test_a_file_shows_what_is_in_it_and_reads_no_array(reads: list[tuple[str, int]]) -> None:
    shown = markup_of(nwb.read(EXAMPLE)).text
    assert reads == []
    for text in ("NWBFile", "session_description", "pearl-2026-03-14", "acquisition", "CurrentClampSeries", "6000 x 4"):
        assert text in shown


def test_an_array_says_what_it_is(reads: list[tuple[str, int]]) -> None:
    data = nwb.read(EXAMPLE).acquisition["ElectricalSeries"].data
    for thing in (data, data.value):
        shown = markup_of(thing).text
        for text in ("(6000, 4)", "int16", "48.0 kB", "(1000, 4)"):
            assert text in shown
    assert "volts" in markup_of(data).text
    assert reads == []


def test_a_table_shows_its_columns_and_first_rows(reads: list[tuple[str, int]]) -> None:
    units = nwb.read(EXAMPLE).units
    shown = markup_of(units)
    assert "table" in shown.tags
    for text in ("3 rows, 8 columns", "[0.3952, 0.7463, 0.7828, …] (42)", "good", "30 values", "shank1"):
        assert text in shown.text
    assert max(count for _, count in reads) <= 8
    assert "waveform_mean" not in {path.rpartition("/")[2] for path, _ in reads}


def test_only_the_table_itself_shows_rows(reads: list[tuple[str, int]]) -> None:
    assert "table" not in markup_of(nwb.read(EXAMPLE)).tags
    assert reads == []


def test_cells_of_all_kinds() -> None:
    head = outline(nwb.read(EXAMPLE)["intervals/trials"], Bounds()).head
    assert head is not None
    row = dict(zip(head.columns, head.rows[0], strict=True))
    assert (row["id"], row["start_time"], row["direction"], row["rewarded"]) == ("0", "0.0", "outbound", "True")
    assert row["tags"] == "[control]"
    assert row["timeseries"].startswith("[/acquisition/")
    assert head.more_rows == 0


def test_rows_and_columns_that_are_left_out_are_counted() -> None:
    head = outline(nwb.read(EXAMPLE)["intervals/trials"], Bounds(rows=1, columns=2)).head
    assert head is not None
    assert (len(head.rows), head.more_rows, len(head.columns), head.more_columns) == (1, 3, 3, 4)
    assert "3 more rows and 4 more columns" in html_of(nwb.read(EXAMPLE)["intervals/trials"], Bounds(rows=1, columns=2))


def test_text_from_a_file_is_escaped(tmp_path: Path) -> None:
    """Names, values, attributes that no specification foresees, and types of strangers."""
    name = HOSTILE.replace("/", "")
    file = file_with(session_description=HOSTILE)
    file.acquisition.add(series(name, description=HOSTILE, unit=HOSTILE))
    nwb.write(file, tmp_path / "hostile.nwb")
    with h5py.File(tmp_path / "hostile.nwb", "r+") as stored:
        group = stored["acquisition"][name]
        group.attrs[HOSTILE.replace("/", "")] = HOSTILE
        stored["acquisition"].create_group("odd").attrs.update(
            {"neurodata_type": HOSTILE, "namespace": "core", "object_id": "y"}
        )
        stored["general/<b>link"] = h5py.SoftLink("/<b>nowhere")
    found = nwb.read(tmp_path / "hostile.nwb")
    things = [found, found.acquisition[name], found.acquisition[name].data, found.acquisition, found.general]
    for thing in things:
        shown = markup_of(thing).text
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert "<script>" in markup_of(found).text  # as text


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """A name in another encoding than UTF-8 comes as surrogates, which no page can hold."""
    nwb.write(file_with(), tmp_path / "bad.nwb")
    with h5py.File(tmp_path / "bad.nwb", "r+") as stored:
        h5py.h5g.create(stored["acquisition"].id, b"bad\xff")
    html = nwb.read(tmp_path / "bad.nwb")._repr_html_()
    assert "bad\\udcff" in Markup(html).text
    assert html.encode("utf-8")


def test_many_children_are_counted(tmp_path: Path, built: list[str]) -> None:
    """Of a file with many, the first are built and no other."""
    file = file_with()
    for number in range(300):
        file.acquisition.add(series(f"s{number:03}"))
    nwb.write(file, tmp_path / "many.nwb")
    found = nwb.read(tmp_path / "many.nwb")
    shown = markup_of(found.acquisition).text
    assert "… and 280 more" in shown
    assert "s019" in shown
    assert "s020" not in shown
    assert sum(path.startswith("/acquisition/s") and path.count("/") == 2 for path in built) <= 20
    assert "… and 280 more" in markup_of(file.acquisition).text


def test_lines_are_bounded_and_what_is_near_comes_first() -> None:
    root = nwb.read(EXAMPLE)

    def count(line: Any) -> int:
        return 1 + sum(map(count, line.lines))

    few = outline(root, Bounds(lines=30))
    assert count(few) < 60
    assert [line.name for line in few.lines] == [line.name for line in outline(root, Bounds()).lines]


def test_links_and_second_places_are_shown_as_links(tmp_path: Path) -> None:
    """A hard link to a group above it makes no circle."""
    file = file_with()
    file.acquisition.add(series())
    nwb.write(file, tmp_path / "links.nwb")
    with h5py.File(tmp_path / "links.nwb", "r+") as stored:
        stored["acquisition/soft"] = h5py.SoftLink("/acquisition/one")
        stored["acquisition/broken"] = h5py.SoftLink("/acquisition/gone")
        stored["acquisition/out"] = h5py.ExternalLink("other.nwb", "/there")
        stored["acquisition/circle"] = stored["acquisition"]
    shown = markup_of(nwb.read(tmp_path / "links.nwb").acquisition).text
    assert "→ /acquisition/one (TimeSeries)" in shown
    assert "/acquisition/gone" in shown
    assert "other.nwb" in shown
    assert "→ /acquisition (group)" in shown


def test_departures_are_shown(tmp_path: Path) -> None:
    file = file_with()
    file.acquisition.add(series())
    nwb.write(file, tmp_path / "departs.nwb")
    with h5py.File(tmp_path / "departs.nwb", "r+") as stored:
        stored["acquisition/one"].attrs["odd"] = 1
    shown = markup_of(nwb.read(tmp_path / "departs.nwb")).text
    assert "1 departure from the specifications, as far as was read" in shown
    assert "/acquisition/one@odd" in shown


def test_what_cannot_be_read_is_said_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    root = nwb.read(EXAMPLE)
    fetch = type(root)._child

    def failing(self: Any, name: str) -> Any:
        if name == "voltage_0":
            msg = "<it is damaged>"
            raise UnreadableObjectError(msg)
        return fetch(self, name)

    monkeypatch.setattr("nwb_models.models.base.NWBGroup._child", failing)
    shown = markup_of(root.acquisition).text
    assert "<it is damaged>" in shown
    assert "voltage_1" in shown


def test_of_a_file_that_was_replaced_is_shown_what_is_known(tmp_path: Path) -> None:
    """A notebook shows no traceback for that."""
    file = file_with()
    file.acquisition.add(series())
    nwb.write(file, tmp_path / "a.nwb")
    with nwb.open(tmp_path / "a.nwb") as io:
        root = io.read()
        acquisition = root.acquisition
    (tmp_path / "a.nwb").unlink()
    for thing in (root, acquisition):
        assert "a.nwb" in markup_of(thing).text  # the error, in its place


def test_objects_made_by_hand_and_collections() -> None:
    module = ProcessingModule(name="behavior", description="what it does")
    module.add(series("speed"))
    assert "speed" in markup_of(module).text
    collection = Collection([series("one"), series("two")])
    shown = markup_of(collection).text
    assert "2 objects" in shown
    assert "two" in shown
    assert "0 objects" in markup_of(Collection()).text


def test_an_object_that_was_not_made_has_a_repr() -> None:
    """As tracebacks show it; pydantic's own would fail."""
    assert repr(TimeSeries.__new__(TimeSeries)) == "<TimeSeries, not made>"


def test_a_long_list_of_names_is_short() -> None:
    assert repr(Collection([series(f"s{n}") for n in range(12)])).endswith("s11>")
    assert repr(Collection([series(f"s{n}") for n in range(13)])).endswith("s11, ... (13)>")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\n b", "a b"), ("x" * 300, "x" * 199 + "…"), ("a\x00b", "a\\x00b"), (" " * 5000 + "end", "…")],
    ids=["lines", "long", "control", "blank"],
)
def test_short_text(text: str, shown: str) -> None:
    assert short(text) == shown


def test_sizes() -> None:
    assert [human_size(size) for size in (999, 1000, 5e11, 5e15)] == ["999 B", "1.0 kB", "500.0 GB", "5000.0 TB"]


def test_nothing_is_read_of_very_large_chunks() -> None:
    class Stored:
        dtype = np.dtype("f8")
        chunks: Any = (1 << 20, 64)

    assert is_costly(Stored())
    Stored.chunks = (1 << 10, 64)
    assert not is_costly(Stored())
    Stored.chunks = None
    assert not is_costly(Stored())


@pytest.mark.corpus
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: path.stem)
def test_the_corpus(path: Path, reads: list[tuple[str, int]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NWBWarning)
        markup_of(nwb.read(path))
    assert reads == []
