"""`nwb_models.validate` and its command: reports of files and models, valid files, files that cannot be opened."""

from __future__ import annotations

import json
import shutil
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models import cli
from nwb_models.core import (
    DynamicTable,
    DynamicTableRegion,
    ElementIdentifiers,
    NWBFile,
    TimeSeries,
    VectorData,
    VectorIndex,
)
from nwb_models.errors import DepartureError, NWBWarning
from nwb_models.validation import Finding, Report, reading
from nwb_models.validation.rules import RULES
from tests.conftest import EXAMPLE, ROOT, corpus_files
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", FILES)
def test_files_of_pynwb_are_valid(name: str, tmp_path: Path) -> None:
    """One for each field of neurophysiology, as PyNWB writes them."""
    path = tmp_path / f"{name}.nwb"
    FILES[name](path)
    assert str(nwb.validate(path)) == f"{path}: valid"


def test_what_is_written_is_valid(tmp_path: Path) -> None:
    """The example, the models that are read from it, and a file that is written from these."""
    nwbfile = nwb.read(EXAMPLE)
    nwb.write(nwbfile, tmp_path / "same.nwb")
    assert [len(nwb.validate(subject)) for subject in (EXAMPLE, nwbfile, tmp_path / "same.nwb")] == [0, 0, 0]


def _file(*series: Any) -> NWBFile:
    nwbfile = NWBFile(session_description="d", identifier="i", session_start_time=datetime(2026, 3, 1, tzinfo=UTC))
    for one in series:
        nwbfile.acquisition.add(one)
    return nwbfile


def _ids(count: int) -> ElementIdentifiers:
    return ElementIdentifiers(name="id", value=list(range(count)))


def test_models_made_by_hand() -> None:
    """What they hold is looked at, with paths from the model on; the rules are the same."""
    late = TimeSeries(name="late", data=[1.0, 2.0], unit="V", timestamps=[2.0, 1.0])
    never = TimeSeries(name="never", data=[1.0, 2.0], unit="V")
    assert [(f.path, f.rule) for f in nwb.validate(_file(late, never))] == [
        ("/acquisition/late/timestamps", "time-order"),
        ("/acquisition/never", "time-missing"),
    ]
    assert nwb.validate(never)[0].path == "/"
    assert nwb.validate(_file()).findings == ()


def test_a_table_made_by_hand() -> None:
    """Its index leads too far, it is shorter than its columns, and a region of it leads out of it."""
    tags = VectorData(name="tags", description="d", value=["a", "b"])
    index = VectorIndex(name="tags_index", description="d", value=np.array([1, 3], "u1"), target=tags)
    table = DynamicTable(name="t", description="d", colnames=["tags"], id=_ids(3))
    table.vector_data.add(tags)
    table.vector_data.add(index)
    assert [(f.path, f.rule) for f in nwb.validate(table)] == [
        ("/tags_index", "column-length"),
        ("/tags_index", "index-range"),
    ]
    region = DynamicTableRegion(name="r", description="d", value=[0, 2], table=table)
    region.value = [0, 3]
    assert [(f.path, f.rule) for f in nwb.validate(region)] == [("/", "region-range")]


def test_what_writing_refuses_is_found_once() -> None:
    """A model that lacks something: what writing says of it, and the rules, do not repeat each other."""
    nwbfile = _file()
    table = nwbfile.acquisition.add(DynamicTable(name="t", description="d", colnames=["x"], id=_ids(2)))
    table.vector_data.add(VectorData(name="x", description="d", value=[1, 2, 3]))
    assert [f.rule for f in nwb.validate(nwbfile)] == ["column-length"]


def test_part_of_a_file_and_a_changed_one(session: Path) -> None:
    """A model that was read stands for its part of the file, and for what it holds once it was changed."""
    with h5py.File(session, "r+") as file:
        name = next(iter(file["acquisition"]))
        file[f"acquisition/{name}"].attrs["mood"] = "good"
        file.attrs["weather"] = "fine"
    nwbfile = nwb.read(session)
    series = nwbfile.acquisition[name]
    assert [f.path for f in nwb.validate(series)] == [f"/acquisition/{name}@mood"]
    assert [f.path for f in nwb.validate(nwbfile)] == ["/@weather", f"/acquisition/{name}@mood"]
    series.timestamps = series.starting_time = None
    assert [f.rule for f in nwb.validate(series)] == ["time-missing"]


def test_reading_says_what_needs_no_data(session: Path) -> None:
    """What shapes and attributes tell is an issue of an eager reading already, and refused by ``strict``."""
    with h5py.File(session, "r+") as file:
        table = file["intervals/trials"]
        attributes = dict(table["stop_time"].attrs)
        rows = len(table["id"])
        del table["stop_time"]
        table.create_dataset("stop_time", data=np.zeros(rows + 1)).attrs.update(attributes)
    with nwb.open(session) as io:
        io.read(eager=True)
        assert [(issue.path, issue.rule) for issue in io.issues] == [("/intervals/trials/stop_time", "column-length")]
    with pytest.raises(DepartureError, match="column-length"):
        nwb.read(session, strict=True)


# ---------------------------------------------------------------------------------------------- data
def _indexed(path: Path, wrong: int) -> None:
    """Write a table with an index of many rows, stored in small chunks, of which one is wrong."""
    shutil.copy(EXAMPLE, path)
    with h5py.File(path, "r+") as file:
        units = file["units"]
        attributes = {name: dict(units[name].attrs) for name in ("spike_times", "spike_times_index")}
        data = {"spike_times": np.zeros(5000), "spike_times_index": np.arange(1, 5001, dtype="u2")}
        data["spike_times_index"][3210] = wrong
        for name, values in data.items():
            del units[name]
            units.create_dataset(name, data=values, chunks=(100,)).attrs.update(attributes[name])
        target = units["spike_times"].ref
        units["spike_times_index"].attrs["target"] = target


@pytest.mark.parametrize(("wrong", "rules"), [(9999, ["index-order", "index-range"]), (3000, ["index-order"])])
def test_data_is_read_in_blocks(wrong: int, rules: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the size of the blocks, the row is the same: also where it is the first or last one of a block."""
    path = tmp_path / "indexed.nwb"
    _indexed(path, wrong)
    found = set()
    for rows in (5000, 3210, 3211, 7):
        monkeypatch.setattr(
            reading, "parts", lambda a, rows=rows: ((slice(n, n + rows),) for n in range(0, len(a), rows))
        )
        report = [f for f in nwb.validate(path) if f.path == "/units/spike_times_index"]
        found.add(tuple((f.rule, f.found.partition(" (and")[0]) for f in report if f.rule.startswith("index")))
    assert len(found) == 1
    assert [rule for rule, _ in found.pop()] == rules


def test_no_data_is_read_where_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then shapes, types, attributes and links are looked at."""
    path = tmp_path / "indexed.nwb"
    _indexed(path, 9999)
    monkeypatch.setattr(reading, "parts", lambda _: pytest.fail("data was read"))
    assert {f.rule for f in nwb.validate(path, data=False)} == {"column-length"}


def test_data_that_is_declared_and_not_written(tmp_path: Path) -> None:
    """An index that is said to have a thousand billion rows takes neither time nor memory."""
    path = tmp_path / "large.nwb"
    shutil.copy(EXAMPLE, path)
    with h5py.File(path, "r+") as file:
        series = file.create_group("acquisition/large")
        names = {"neurodata_type": "TimeSeries", "namespace": "core", "object_id": "large"}
        series.attrs.update(names, description="d", comments="c")
        for name, attributes in {
            "data": {"unit": "V", "conversion": 1.0, "resolution": -1.0, "offset": 0.0},
            "timestamps": {"interval": np.int32(1), "unit": "seconds"},
        }.items():
            series.create_dataset(name, (10**12,), "f8", chunks=(1000,)).attrs.update(attributes)
        series["timestamps"][:3] = [1.0, 2.0, 1.5]
    report = nwb.validate(path)
    assert [(f.path, f.rule) for f in report] == [("/acquisition/large/timestamps", "time-order")]


# ---------------------------------------------------------------------------------------------- reports
def test_a_report() -> None:
    """It is a sequence, true where it is valid, short and readable, and JSON."""
    error = Finding("/x@unit", "missing", "attribute unit", "none", "error", "TimeSeries")
    warning = Finding("/y\x1b", "time-order", "times that do not go down", "1.0 behind 2.0", "warning")
    report = Report("a.nwb", (error, warning))
    assert (len(report), report[0], list(report), report[1:]) == (2, error, [error, warning], (warning,))
    assert (bool(report), report.ok, report.errors, report.warnings) == (False, False, (error,), (warning,))
    assert str(report).splitlines() == [
        "a.nwb: not valid: 1 error and 1 warning",
        "  error: /x@unit (TimeSeries): missing: expected attribute unit, found none",
        "  warning: /y\\x1b: time-order: expected times that do not go down, found 1.0 behind 2.0",
    ]
    assert bool(Report("a.nwb", (warning,))) is True
    assert Report("a.nwb", (warning, warning)).summary == "a.nwb: valid, with 2 warnings"
    assert json.loads(json.dumps(report.to_dict()))["findings"][0] == {
        "path": "/x@unit",
        "rule": "missing",
        "expected": "attribute unit",
        "found": "none",
        "severity": "error",
        "neurodata_type": "TimeSeries",
    }


def test_rules_are_documented() -> None:
    """Each name is in the page about validation, with its severity."""
    page = (ROOT / "docs" / "validation.md").read_text()
    for rule in RULES:
        row = next((line for line in page.splitlines() if line.startswith(f"| `{rule.name}`")), "")
        assert rule.severity in row, rule.name


# ---------------------------------------------------------------------------------------------- what cannot be read
def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """It is a finding, whatever the reason."""
    text, other = tmp_path / "text.nwb", tmp_path / "other.nwb"
    text.write_text("no HDF5")
    with h5py.File(other, "w") as file:
        file["x"] = 1
    for path in (tmp_path / "nothing.nwb", tmp_path, text, other):
        report = nwb.validate(path)
        assert not report
        assert not report.is_readable
        assert [(f.path, f.rule, f.severity) for f in report] == [("/", "unreadable", "error")]
    assert nwb.validate(text)[0].found == "one that is not an HDF5 file"
    assert nwb.validate(tmp_path / "nothing.nwb")[0].found == "no such file"


def test_an_object_that_cannot_be_read(session: Path) -> None:
    """The rest of the file is looked at all the same."""
    with h5py.File(session, "r+") as file:
        file.attrs["mood"] = "good"
        name = next(iter(file["acquisition"]))
        series = file[f"acquisition/{name}"]
        for child in ("starting_time", "timestamps"):
            if child in series:
                del series[child]
        times = series.create_dataset(
            "timestamps", data=np.arange(len(series["data"])) * 1.0, chunks=(8,), fletcher32=True
        )
        times.attrs.update(interval=np.int32(1), unit="seconds")
        offset = times.id.get_chunk_info(0).byte_offset
    with session.open("r+b") as stream:
        stream.seek(offset)
        stream.write(b"damaged!")
    assert [(f.path, f.rule) for f in nwb.validate(session)] == [
        ("/@mood", "unknown"),
        (f"/acquisition/{name}", "unreadable"),
    ]


def test_a_file_without_specifications(session: Path) -> None:
    """It is looked at with those that are nearest, which is said."""
    with h5py.File(session, "r+") as file:
        del file["specifications"]
        del file.attrs[".specloc"]
    with pytest.warns(NWBWarning, match="holds no specification of core"):
        report = nwb.validate(session)
    assert [(f.path, f.rule, f.severity) for f in report] == [("/specifications", "specification", "warning")]


# ---------------------------------------------------------------------------------------------- the command
def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    status = cli.main(["validate", *map(str, words)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_the_command(session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 0 for valid files, 1 for others, 2 for what cannot be read; no traceback."""
    assert run(capsys, session) == (0, f"{session}: valid\n", "")
    with h5py.File(session, "r+") as file:
        file.attrs["mood"] = "good"
    finding = "warning: /@mood (NWBFile): unknown: expected no such attribute, found 'good'"
    said = f"{session}: valid, with 1 warning\n  {finding}\n"
    assert run(capsys, session) == (0, said, "")
    assert run(capsys, "--strict", session) == (1, said, "")
    with h5py.File(session, "r+") as file:
        del file["identifier"]
    assert run(capsys, session)[0] == 1
    status, out, err = run(capsys, tmp_path / "nothing.nwb", EXAMPLE)
    assert (status, len(out.splitlines()), err) == (2, 3, "")
    assert out.endswith(f"{EXAMPLE}: valid\n")


def test_the_command_gives_json(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One document for each file, in a line."""
    with h5py.File(session, "r+") as file:
        del file["identifier"]
    status, out, _ = run(capsys, "--json", "--no-data", session, EXAMPLE)
    first, second = map(json.loads, out.splitlines())
    assert (status, first["valid"], second["valid"], second["findings"]) == (1, False, True, [])
    assert first["findings"][0]["path"] == "/identifier"
    assert (first["passed"], second["passed"], second["strict"]) == (False, True, False)


@pytest.mark.parametrize("strict", [False, True])
def test_json_says_what_the_status_says(session: Path, capsys: pytest.CaptureFixture[str], *, strict: bool) -> None:
    """A file with a warning is valid, and does not pass where warnings count."""
    with h5py.File(session, "r+") as file:
        file.attrs["mood"] = "good"
    status, out, _ = run(capsys, "--json", *["--strict"] * strict, session)
    found = json.loads(out)
    assert (found["valid"], found["strict"], found["passed"], status) == (True, strict, not strict, int(strict))


# ---------------------------------------------------------------------------------------------- PyNWB
@pytest.mark.corpus
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: path.name)
def test_what_pynwb_finds_is_found(path: Path) -> None:
    """Of files that carry their own specifications: PyNWB takes its newest ones for others."""
    from pynwb import validate

    with h5py.File(path) as file:
        if "specifications" not in file:
            pytest.skip("it has no specifications of its own")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            errors = validate(path=str(path))
        except (ValueError, TypeError) as error:
            pytest.skip(f"PyNWB cannot validate it: {error}")
        ours = {finding.path.partition("@")[0] for finding in nwb.validate(path)}
    for error in errors:
        place = "/" + str(error.location).strip("/")
        assert any(found == place or found.startswith(f"{place}/") for found in ours), error
