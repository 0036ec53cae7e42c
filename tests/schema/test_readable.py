"""Generated code looks as if somebody had written and reviewed it: formatted, typed, importable in any order."""

from __future__ import annotations

import importlib.util
import itertools
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from nwb_models.schema.language import Namespace, Specifications
from nwb_models.schema.shipping import module_files
from nwb_models.schema.sources import shipped_namespaces
from tests.conftest import ROOT
from tests.schema.edits import EXTENSION
from tests.schema.specs import AWKWARD, base, namespace, published

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG = "a_name_of_many_words_that_" * 3 + "goes_on"
LISTS = {"names": ["x" * 40, "y" * 40, "z" * 40], "numbers": list(range(40)), "rows": [[1, 2], [3, 4]], "one": [0]}
QUOTES = ["'", '"', "\\", "'\"", "(", ")]}", "#", ", ", " = ", " | ", "\n", "\t", '"""', "'''", "é", "\u2028", "%s{}"]
DOCS = [
    *(
        "",
        " ",
        "x",
        '"',
        "'",
        '"x',
        'x"',
        "x\\",
        "\\",
        '"""',
        "a 'b' \"c\"",
        "tab\tand\nlines\n\nof text",
        "\u2028",
        "\x00",
    ),
    *(
        "word " * 60,
        "x" * 300,
        "x" * 114,
        "x" * 113 + "y",
        "w " * 57,
        "http://example.org/" + "path/" * 30 + " and more",
    ),
    *("An µ-opioid; ≤ 3 °C", "ends with a colon:", "# no comment", "type: ignore"),
]
TYPES = ["text", "int8", "float32", "numeric", "bool", "isodatetime", "float17"]


def attribute(name: str, doc: str = "An attribute.", **more: Any) -> dict[str, Any]:
    return {"name": name, "doc": doc, "dtype": "text", **more}


def group(name: str, **members: Any) -> dict[str, Any]:
    return {"neurodata_type_def": name, "neurodata_type_inc": "Container", "doc": "A type.", **members}


def extension(*groups: dict[str, Any]) -> Namespace:
    return namespace("ndx-awkward", groups=groups, includes=("base",))


FIELDS = [{"name": f"{LONG}_{number}", "dtype": "int8", "doc": "A field."} for number in range(4)]
FORMATTED: dict[str, Namespace] = {
    "long-names": extension(
        group(f"AType{LONG}", attributes=[attribute(f"{LONG}_{kind}", dtype=kind) for kind in TYPES]),
        group(
            "Members",
            datasets=[{"name": LONG, "doc": "d", "dtype": "int8", "shape": [None, 3], "quantity": "?"}],
            groups=[
                {"name": f"{LONG}_g", "doc": "d", "quantity": "?", "attributes": [attribute(LONG)]},
                {"name": "some", "doc": "d", "groups": [{"name": "deep", "doc": "d", "attributes": [attribute("x")]}]},
                {"neurodata_type_inc": f"AType{LONG}", "doc": "d", "quantity": "*"},
            ],
            links=[{"name": f"{LONG}_l", "target_type": f"AType{LONG}", "doc": "d", "quantity": "?"}],
        ),
    ),
    "fixed-and-default-values": extension(
        group(
            "Quotes",
            attributes=[
                attribute(f"{key}_{place}_{times}", **{key: text * times})
                for place, text in enumerate(QUOTES)
                for key in ("value", "default_value")
                for times in (1, 70)
            ],
        ),
        group(
            "Numbers",
            attributes=[
                attribute(f"{key}_{place}", dtype="numeric", **{key: value})
                for place, value in enumerate([0, -1, 10**40, -(10**50), -0.5, 1e300, -1e-300, float("inf"), True])
                for key in ("value", "default_value")
            ],
        ),
        group("Lists", attributes=[attribute(name, shape=[None], value=found) for name, found in LISTS.items()]),
    ),
    "compound-dtypes": namespace(
        "ndx-awkward",
        datasets=[
            {"neurodata_type_def": "Short", "doc": "d", "dtype": FIELDS[:1]},
            {"neurodata_type_def": "Long", "doc": "d", "dtype": FIELDS, "shape": [[None], [None, 2], [None, None, 3]]},
            {"neurodata_type_def": "One", "doc": "d", "dtype": [{"name": "x", "dtype": "int8", "doc": "d"}]},
            {
                "neurodata_type_def": "References",
                "doc": "d",
                "dtype": [{"name": "x'\"", "dtype": {"target_type": "Device", "reftype": "object"}, "doc": "d"}],
            },
        ],
        includes=("base",),
    ),
    "documentation": extension(
        *(group(f"Type{place}", doc=doc) for place, doc in enumerate(DOCS)),
        group("All", attributes=[attribute(f"a{place}", doc) for place, doc in enumerate(DOCS)]),
    ),
    "many-imports": namespace(
        "ndx-awkward",
        groups=[group("Many", links=[{"name": n.lower(), "target_type": n, "doc": "d"} for n in ("Device", "Series")])],
        text=EXTENSION,
        includes=("base",),
    ),
    "awkward": namespace("ndx awkward/é", '0.1 "beta"', text=AWKWARD, includes=("core",)),
    "odd-names": namespace("'\\", "\"\n'", text=EXTENSION, includes=("base",)),
}


def specifications(*namespaces: Namespace) -> Specifications:
    return Specifications([*published(), base(), *namespaces])


def write(folder: Path, *namespaces: Namespace, shipped: bool = False) -> None:
    """Write the packages of namespaces and of all that these include, as ``nwb-models generate`` does."""
    known = specifications(*namespaces)
    published_ones = [entry for entry in known if entry.name in {other.name for other in published()}]
    for namespace_ in namespaces:
        for entry in known.closure(namespace_):
            if shipped and entry in published_ones:
                continue
            for name, text in module_files(entry, known, published_ones if shipped else ()).items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text, "utf-8")


# -------------------------------------------------------------------------------------------- format
RUFF = [sys.executable, "-m", "ruff", "format", "--check", "--diff", "--isolated", "--line-length", "120", "--no-cache"]
needs_ruff = pytest.mark.skipif(importlib.util.find_spec("ruff") is None, reason="no ruff")


@needs_ruff
@pytest.mark.parametrize("folder", ["generated", "tests/schema/golden"])
def test_a_formatter_finds_nothing_to_change(folder: str) -> None:
    done = subprocess.run([*RUFF, ROOT / folder], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


@needs_ruff
@pytest.mark.parametrize("entry", FORMATTED.values(), ids=FORMATTED)
def test_a_formatter_finds_nothing_to_change_in_an_extension(entry: Namespace, tmp_path: Path) -> None:
    write(tmp_path, entry)
    done = subprocess.run([*RUFF, tmp_path], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


# -------------------------------------------------------------------------------------------- type checkers
ACCEPTED = """
from datetime import datetime, timezone

import numpy as np

from nwb_models import DatasetOptions
from nwb_models.core import LFP, Device, ElectricalSeries, ElectrodeGroup, NWBFile
from nwb_models.core import ProcessingModule, Subject, TimeSeries
from nwb_models.core.v2_11_0 import TimeSeries__data
from nwb_models.models import Collection
from nwb_models.core.v2_11_0 import Units
from nwb_models.generated.hdmf_common.v1_10_0 import DynamicTable, VectorData


def rate(series: TimeSeries) -> float | None:
    return series.rate


def unit(series: ElectricalSeries) -> str:
    return series.data.unit


def subject(nwbfile: NWBFile) -> Subject | None:
    return nwbfile.subject


def make(device: Device) -> ElectrodeGroup:
    return ElectrodeGroup(name="shank", description="A shank.", location="CA1", device=device)


def table(units: Units) -> DynamicTable:
    return units


def descriptions(columns: list[VectorData]) -> list[str]:
    return [column.description for column in columns]


kind: str = TimeSeries.neurodata_type

series = TimeSeries(name="raw", data=[1.0, 2.0], unit="V", rate=30_000.0, starting_time=0.0)
TimeSeries(name="raw", data=np.zeros((3, 2)), unit="V", timestamps=(0.1, 0.2, 0.3))
TimeSeries(name="raw", data=DatasetOptions([1.0]), unit="V", timestamps=series.timestamps)
series.data, series.rate = np.zeros(3), 10.0
stored: TimeSeries__data = series.data
probe = Device(name="probe")
whole = NWBFile(
    session_description="d",
    identifier="i",
    session_start_time=datetime.now(timezone.utc),
    subject=Subject(age="P90D"),
    devices=[probe],
    electrode_group=[make(probe)],
    acquisition=[series],
    processing=[ProcessingModule(name="ecephys", description="d", nwb_data_interface=[LFP()])],
    keywords=["one", "two"],
)
whole.acquisition = {"raw": series}
groups: Collection[ElectrodeGroup] | None = whole.electrode_group
rates: list[float | None] = [found.rate for found in whole.find(TimeSeries, unit="V")]
start: float = float(series.time_window(0.0, 1.0).timestamps[0])
"""

REFUSED = """
from nwb_models.core import LFP, Device, ElectrodeGroup, TimeSeries


def typo(series: TimeSeries) -> object:
    return series.descripton  # 1


def another_type(series: TimeSeries) -> str:
    return series.rate  # 2


def none(series: TimeSeries) -> float:
    return series.rate + 1  # 3


ElectrodeGroup(name=1, description="A shank.", location="CA1", device=Device(name="d"))  # 4
ElectrodeGroup(name="shank", description="A shank.", location="CA1", device="d")  # 5
series = TimeSeries(name="a", data=5, unit="V")  # 6
TimeSeries(name="a", data=[1.0], units="V")  # 7
TimeSeries(name="a", data=[1.0], unit=3)  # 8
TimeSeries(name="a", data=[1.0], unit="V", starting_time="now")  # 9
TimeSeries(name="a", unit="V")  # 10
LFP(electrical_series=[series])  # 11
ElectrodeGroup(description="A shank.", location="CA1", device=Device(name="d"))  # 12
series.data = 5  # 13
series.rate = "fast"  # 14
"""

MYPY = [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--explicit-package-bases"]
PYRIGHT = shutil.which("pyright")


def _pyright() -> list[str]:
    """Return how pyright is called; nothing where it is not there, or cannot run: it needs node."""
    command = [PYRIGHT] if PYRIGHT is not None else [sys.executable, "-m", "pyright"]
    if PYRIGHT is None and importlib.util.find_spec("pyright") is None:
        return []
    try:
        done = subprocess.run([*command, "--version"], capture_output=True, check=False, timeout=120)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [*command, "--pythonpath", sys.executable] if done.returncode == 0 else []


CIRCLE = Namespace(
    {
        "namespace": {
            "name": "ndx-circle",
            "version": "0.1.0",
            "schema": [{"namespace": "core"}, *({"source": source} for source in ("one", "two", "three"))],
        },
        "one": {
            "groups": [
                {
                    "neurodata_type_def": "Edge",
                    "neurodata_type_inc": "Node",
                    "doc": "An edge.",
                    "groups": [{"neurodata_type_inc": "Device", "doc": "Devices.", "quantity": "*"}],
                }
            ]
        },
        "two": {
            "groups": [
                {
                    "neurodata_type_def": "Node",
                    "neurodata_type_inc": "NWBContainer",
                    "doc": "A node.",
                    "groups": [{"name": "edge", "neurodata_type_inc": "Edge", "doc": "An edge.", "quantity": "?"}],
                }
            ]
        },
        "three": {"groups": [{"neurodata_type_def": "Graph", "neurodata_type_inc": "Node", "doc": "A graph."}]},
    }
)
"""Documents that need each other: a type of the one is made of one of the other, which holds it."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as ``nwb-models generate -o models/`` makes it, beside a file that uses it and what ships."""
    folder = tmp_path_factory.mktemp("written")
    extensions = [namespace("ndx-awkward", text=AWKWARD, includes=("core",)), CIRCLE]
    extensions.append(namespace("ndx-rig", text=EXTENSION, includes=("base",)))
    write(folder / "models", *extensions, shipped=True)
    (folder / "accepted.py").write_text(
        "from models.ndx_circle.v0_1_0 import Edge, Node\n"
        f"{ACCEPTED}\n\ndef edge(node: Node) -> Edge | None:\n    return node.edge\n"
    )
    (folder / "refused.py").write_text(REFUSED)
    return folder


@pytest.fixture(params=["mypy", "pyright"])
def checker(request: pytest.FixtureRequest, tmp_path: Path) -> list[str | Path]:
    """The command of a type checker, with nothing of this repository's settings."""
    if request.param == "mypy":
        if importlib.util.find_spec("mypy") is None:
            pytest.skip("no mypy")
        return [*MYPY, "--config-file=", "--cache-dir", tmp_path]
    return _pyright() or pytest.skip("no pyright")


def check(command: list[str | Path], *paths: Path, cwd: Path) -> list[str]:
    """Return the lines of a type checker that name an error."""
    done = subprocess.run([*command, *paths], capture_output=True, text=True, check=False, cwd=cwd)
    lines = [line.strip() for line in done.stdout.splitlines() if " error: " in line or " - error: " in line]
    assert (done.returncode == 0) == (not lines), done.stdout + done.stderr
    return lines


def test_type_checkers_accept_what_ships(checker: list[str | Path]) -> None:
    assert check(checker, ROOT / "nwb_models" / "generated", cwd=ROOT) == []


def test_type_checkers_accept_extensions_and_their_users(checker: list[str | Path], written: Path) -> None:
    assert check(checker, written / "models", written / "accepted.py", cwd=written) == []


def test_type_checkers_refuse_what_is_wrong(checker: list[str | Path], written: Path) -> None:
    lines = check(checker, written / "refused.py", cwd=written)
    wrong = [number for number, line in enumerate(REFUSED.splitlines(), 1) if "  # " in line]
    assert sorted({int(line.partition("refused.py:")[2].partition(":")[0]) for line in lines}) == wrong


# -------------------------------------------------------------------------------------------- modules
def test_documents_that_need_each_other_share_a_module(written: Path) -> None:
    folder = written / "models" / "ndx_circle" / "v0_1_0"
    sources = {path.stem: path.read_text("utf-8") for path in folder.glob("*.py")}
    assert set(sources) == {"__init__", "one", "two", "three"}
    homes = {name: [k for k, text in sources.items() if f"class {name}(" in text] for name in ("Edge", "Node", "Graph")}
    assert homes == {"Edge": ["one"], "Node": ["one"], "Graph": ["three"]}
    assert 'from .one import Node\n\n__all__ = ["Node"]' in sources["two"]


IMPORT = """
import json, sys
from importlib import import_module
for name in {names!r}:
    import_module("models.ndx_circle.v0_1_0" + name)
package = import_module("models.ndx_circle.v0_1_0")
assert package.two.Node is package.one.Node is package.Node
made = package.Edge(name="e", edge=package.Edge(name="edge"))
print(json.dumps([
    sorted(n for n, c in vars(package).items() if getattr(c, "__module__", "").startswith("models.ndx_circle")),
    made.edge.name,
    sorted({{"linkml", "linkml_runtime", "yaml"}} & set(sys.modules)),
]))
"""


@pytest.mark.parametrize("names", list(itertools.permutations([".one", ".two", ".three"])), ids="".join)
def test_modules_import_in_any_order(names: tuple[str, ...], written: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT.format(names=names)], capture_output=True, text=True, check=False, cwd=written
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [["Edge", "Graph", "Node"], "edge", []]


@pytest.fixture
def importable(written: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(written))
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "models"]:
        del sys.modules[name]


@pytest.mark.usefixtures("importable")
def test_what_is_written_inherits_from_what_ships() -> None:
    from nwb_models.core import NWBContainer

    module = importlib.import_module("models.ndx_circle.v0_1_0")
    assert issubclass(module.Graph, NWBContainer)
    assert module.Graph(name="x", edge=module.Edge(name="edge")).edge.neurodata_type == "Edge"


def test_every_version_can_be_written_beside_the_others(tmp_path: Path) -> None:
    """Two cores in one folder of packages, each with the tables that it was published with."""
    for version in ("2.5.0", "2.11.0"):
        namespaces = shipped_namespaces("core", version)
        for entry in namespaces:
            for name, text in module_files(entry, Specifications(namespaces)).items():
                (tmp_path / "models" / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / "models" / name).write_text(text, "utf-8")
    code = (
        "import models.core.v2_5_0 as old, models.core.v2_11_0 as new\n"
        "print([old.Units.__mro__[1].__module__, new.Units.__mro__[1].__module__, old.Units is new.Units])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "['models.hdmf_common.v1_5_1.table', 'models.hdmf_common.v1_10_0.table', False]"
