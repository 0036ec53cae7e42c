"""The benchmarks measure the same thing in every library: what comes out is equal.  How fast it is, no test asks."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks import files, page, report
from benchmarks.contenders import MODULES, find
from benchmarks.figures import FIGURES, FLOOR, GROWTH, OURS, PYNWB
from benchmarks.judge import grown
from benchmarks.measure import Row
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figures import Figure

OPERATIONS = {
    (figure.function, file): figure
    for figure in FIGURES
    if figure.process in ("kept", "fresh")
    for file in figure.files
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the tiny scale, made in another process: PyNWB keeps the extension that it loads."""
    folder = tmp_path_factory.mktemp("benchmarks")
    _run("--files-only", "--cache", folder)
    return folder


def _run(*options: object) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks", "--scale", "tiny", *map(str, options)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize(("operation", "file"), OPERATIONS, ids=lambda text: text)
def test_libraries_agree(operation: str, file: str, cache: Path, tmp_path: Path) -> None:
    """What two libraries say by the same name, both say the same."""
    path = files.made(cache, files.SCALES["tiny"], print)[file]
    said: dict[str, dict[str, Any]] = {}
    for library in MODULES:
        function = find(library, operation)
        if function is not None:
            done = function(path, tmp_path)
            said[library] = done.answer(done.run(done.prepare()))
    assert said
    assert OURS in said or operation == "dataframe"
    for one in said.values():
        for other in said.values():
            for key in one.keys() & other.keys():
                assert one[key] == other[key], key
    if len(said) > 1:
        assert set.intersection(*(set(answer) for answer in said.values()))


def test_the_suite_runs(cache: Path, tmp_path: Path) -> None:
    """The processes of each kind are started, and what they say is judged."""
    target = tmp_path / "found.json"
    _run("--cache", cache, "--json", target, "--rounds", 2, "--only", "import", "cold", "spikes", "memory")
    document = json.loads(target.read_text())
    assert {row["figure"] for row in document["rows"]} == {"import", "cold", "spikes", "memory"}
    for row in document["rows"]:
        assert row["problems"] == []
        assert set(row["measured"]) == {OURS, PYNWB, FLOOR}
        assert all(len(found) in (2, 3) and min(found) > 0 for found in row["measured"].values())
    assert not {"hostname", "node"} & {name.lower() for name in document["machine"]}


def _row(figure: Figure, file: str, seconds: float) -> Row:
    return Row(figure.name, file, {OURS: [seconds] * 3, PYNWB: [10 * seconds] * 3, FLOOR: [1.0] * 3})


def test_ratios_and_targets() -> None:
    """A ratio is the median of those of the rounds, and a target is met by what is at most that."""
    metadata = next(figure for figure in FIGURES if figure.name == "metadata")
    row = Row("metadata", "series", {OURS: [1.0, 4.0, 3.0], PYNWB: [10.0, 10.0, 10.0], FLOOR: [2.0, 4.0, 1.0]})
    (line,) = report.judged([row], "tiny")
    assert line.to_floor is not None
    assert (line.to_floor.lowest, line.to_floor.median, line.to_floor.highest) == (0.5, 1.0, 3.0)
    assert line.is_met
    small, large = report.judged([_row(metadata, "few_series", 1.0), _row(metadata, "many_series", 19.0)], "tiny")
    assert not large.is_met
    (growth,) = grown([small, large])
    assert growth.found[OURS] == 19.0
    assert growth.is_met is False


def test_what_came_out_differently_is_said() -> None:
    """Libraries that do not agree are named, and so is one that fails."""
    row = Row("spikes", "units", failed={PYNWB: "OSError: no"}, answers={OURS: {"count": "3"}, FLOOR: {"count": "4"}})
    (line,) = report.judged([row], "tiny")
    assert line.problems == ["PyNWB: OSError: no", "count: {'nwb_models': '3', 'h5py': '4'}"]


def test_names_of_figures_and_files_exist() -> None:
    """The rules of the suite name what there is."""
    places = {(figure.name, file) for figure in FIGURES for file in figure.files}
    assert {file for _, file in places} <= {*files.LABELS, "-"}
    assert {(growth.figure, name) for growth in GROWTH for name in (growth.file, growth.than)} <= places
    assert all(set(figure.targets) <= set(figure.files) for figure in FIGURES)
    assert set(files.LABELS) == set(files.MAKERS)


def test_the_page_is_written_between_its_marks(tmp_path: Path) -> None:
    """What people wrote stays; tables and plots are those of the run, and the same run gives the same bytes."""
    pytest.importorskip("matplotlib")
    rows = [_row(figure, file, 2.0) for figure in FIGURES for file in figure.files]
    document = report.to_json(rows, "tiny", 3, "load 0")
    target = tmp_path / "performance.md"
    target.write_text(f"# Before\n{page.BEGIN}\nformer tables\n{page.END}\nAfter\n")
    page.write(document, target)
    text = target.read_text()
    assert text.startswith("# Before\n")
    assert text.endswith("After\n")
    assert "former tables" not in text
    assert "| spike times of one unit | 5 units, 500 spikes | 2 s |" in text
    plots = {path.name: path.read_bytes() for path in tmp_path.glob("*.svg")}
    assert {f"({name})" for name in plots} <= {"(" + part.split(")")[0] + ")" for part in text.split("](")[1:]}
    assert len(plots) == 3
    page.write(document, target)
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.svg")} == plots
    assert target.read_text() == text
