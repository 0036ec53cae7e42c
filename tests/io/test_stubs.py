"""The tables of a file with their own columns as classes: what type checkers make of them."""

from __future__ import annotations

import ast
import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import nwb_models as nwb
from nwb_models import cli
from nwb_models.io.stubs import Stubs
from nwb_models.models.base import NWBDataset
from nwb_models.models.mixins.tables import DynamicTableMixin
from tests.conftest import EXAMPLE, ROOT, corpus_files

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("mypy")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example and its stubs."""
    folder = tmp_path_factory.mktemp("stubs")
    (folder / "session.nwb").write_bytes(EXAMPLE.read_bytes())
    with contextlib.chdir(folder):
        assert cli.main(["schema", "stubs", "session.nwb", "-o", "session_models.py"]) == 0
    return folder


def mypy(code: str, folder: Path) -> list[str]:
    """Return what mypy says of code that stands beside the stubs: types that are revealed, and errors."""
    (folder / "use.py").write_text(code, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", "use.py"],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(ROOT)},
        check=False,
    )
    lines = [line.partition(": ")[2] for line in done.stdout.splitlines() if line.startswith("use.py")]
    other = [line for line in done.stdout.splitlines() if not line.startswith("use.py")]
    assert other == []
    return [line for line in lines if not line.startswith("note:     ") and "Possible overload" not in line]


def test_columns_are_known_and_misspelt_ones_refused(written: Path) -> None:
    code = """
from session_models import read

nwbfile = read()
reveal_type(nwbfile.units)
reveal_type(nwbfile.units.quality)
reveal_type(nwbfile.units["quality"])
reveal_type(nwbfile.units["spike_times"])
reveal_type(nwbfile.trials.rewarded)
reveal_type(nwbfile.intervals["trials"]["tags_index"])
nwbfile.units.qualty
nwbfile.units["qualty"]
nwbfile.trials.rewarded_
reveal_type(nwbfile.session_description)
first, some, cell = nwbfile.units[0], nwbfile.units[1:], nwbfile.units[0, "quality"]
reveal_type(nwbfile.units.columns)
"""
    table = "nwb_models.generated.hdmf_common.v1_10_0.table"
    units = "nwb_models.generated.core.v2_11_0.nwb_misc.Units__spike_times"
    found = mypy(code, written)
    assert [line.removeprefix("note: Revealed type is ") for line in found if "Revealed" in line] == [
        f'"{kind}"'
        for kind in (
            "session_models.Units",
            f"{table}.VectorData",
            f"{table}.VectorData",
            units,
            f"{table}.VectorData",
            f"{table}.VectorIndex",
            "str",
            "list[str]",
        )
    ]
    errors = [line for line in found if line.startswith("error")]
    assert [("qualty" in errors[0], "No overload" in errors[1], "rewarded_" in errors[2])] == [(True, True, True)]
    assert len(errors) == 3


def test_the_program_runs_on_the_models_of_the_file(written: Path) -> None:
    code = "import session_models as s; f = s.read().units; print(f.quality[0], isinstance(f, s.Units), type(f))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=written,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    value = nwb.read(EXAMPLE, "/units/quality")[0]
    assert done.stdout.strip() == f"{value} True <class 'nwb_models.generated.core.v2_11_0.nwb_misc.Units'>"


def test_every_column_of_every_table_is_there(written: Path) -> None:
    nwbfile = nwb.read(EXAMPLE)
    made = Stubs(nwbfile, "session.nwb", "packages")
    classes = {
        node.name: ast.get_source_segment(made.source(), node)
        for node in ast.walk(ast.parse(made.source()))
        if isinstance(node, ast.ClassDef)
    }
    tables = list(_tables(nwbfile))
    assert len(tables) == len(made.tables) > 5
    for table in tables:
        text = next(text for text in classes.values() if text is not None and f'"""{table.path}: ' in text)
        columns = [name for name, child in table.items() if isinstance(child, NWBDataset)]
        assert [name for name in columns if f'"{name}"' not in text] == []
        assert [name for name in columns if f"\n        {name}: " not in text] == []


def _tables(group: Any, seen: set[int] | None = None) -> Any:
    seen = set() if seen is None else seen
    for child in group.values():
        if hasattr(child, "items") and id(child) not in seen:
            seen.add(id(child))
            if isinstance(child, DynamicTableMixin):
                yield child
            yield from _tables(child, seen)


def test_models_that_do_not_ship_are_written_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [file for file in corpus_files() if file.stem in ("pynwb-2.0.1_rich", "pynwb-1.3.3_rich")]
    if not files:
        pytest.skip("needs the corpus")
    monkeypatch.chdir(tmp_path)
    for number, file in enumerate(files):
        assert cli.main(["schema", "stubs", str(file), "-o", f"f{number}_models.py"]) == 0
        units = next(iter(_tables(nwb.read(file))))
        assert (tmp_path / f"f{number}_models_schemas" / "core").is_dir()
        code = f"from f{number}_models import read\nreveal_type(read())\n"
        assert len(mypy(code, tmp_path)) == 1
        assert units is not None


def test_a_column_without_an_identifier_is_reached_by_its_name(tmp_path: Path) -> None:
    pynwb = pytest.importorskip("pynwb")
    from datetime import UTC, datetime

    path = tmp_path / "odd.nwb"
    nwbfile = pynwb.NWBFile("d", "i", datetime(2026, 1, 1, tzinfo=UTC))
    nwbfile.add_trial_column("is rewarded?", "A name with a space.")
    nwbfile.add_trial_column("copy", "A name that models have.")
    nwbfile.add_trial(start_time=0.0, stop_time=1.0, **{"is rewarded?": True, "copy": 1.0})
    with pynwb.NWBHDF5IO(path, "w") as io:
        io.write(nwbfile)
    source = Stubs(nwb.read(path), "odd.nwb", "packages").source()
    (tmp_path / "odd_models.py").write_text(source, "utf-8")
    code = """
from odd_models import read
reveal_type(read().trials["is rewarded?"])
reveal_type(read().trials["copy"])
"""
    assert [line.rpartition(".")[2] for line in mypy(code, tmp_path)] == ['VectorData"', 'VectorData"']
