"""Every format of an export, for core and for an extension with what is awkward for it; and where it is written."""

from __future__ import annotations

import doctest
import importlib
import json
import logging
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rdflib
import yaml
from rdflib.namespace import OWL, RDF, RDFS, SH

import nwb_models as nwb
from nwb_models import cli
from nwb_models.errors import NotWritableError, SpecificationError, SpecificationWarning
from nwb_models.schema import load
from nwb_models.schema.export import FILES, Format, export, exported_files
from nwb_models.schema.language import Namespace, Specifications
from nwb_models.schema.sources import completed
from tests.conftest import EXAMPLE
from tests.schema.exported import exported, extension, only
from tests.schema.specs import BASE, namespace

BOTH = pytest.mark.parametrize("name", ["core", "ndx-rig"])
URI = "https://w3id.org/nwb-models/"
SINGLE = sorted(FILES)


# ------------------------------------------------------------------------------------------ one file each
@BOTH
@pytest.mark.parametrize("kind", SINGLE)
def test_the_file_is_named_after_the_namespace(name: str, kind: Format) -> None:
    """It says that it is not to be edited, and in which words."""
    ending, head = FILES[kind]
    assert list(exported(name, kind)) == [name + ending]
    assert only(name, kind).startswith(head)
    assert "not to be edited" in head


def test_nothing_is_said_and_nothing_is_left_behind(capfd: pytest.CaptureFixture[str]) -> None:
    """linkml warns and logs much that is nobody's business."""
    before = logging.root.manager.disable, list(logging.root.handlers)
    exported_files([namespace(text=BASE)], "graphql")
    assert capfd.readouterr() == ("", "")
    assert (logging.root.manager.disable, list(logging.root.handlers)) == before


# ------------------------------------------------------------------------------------------ JSON Schema
@BOTH
def test_json_schema(name: str) -> None:
    """It is one; what it accepts is in test_json_schema.py."""
    schema = json.loads(only(name, "json-schema"))
    jsonschema.Draft201909Validator.check_schema(schema)
    assert schema["$ref"] == "#/$defs/NWBFile"
    assert schema["title"] == name
    defined = {f"#/$defs/{key}" for key in schema["$defs"]}
    assert set(re.findall(r'"\$ref": "([^"]+)"', only(name, "json-schema"))) <= defined


# ------------------------------------------------------------------------------------------ SQL
class Database:
    """A file in the tables of an export: what the head of the SQL says, in code."""

    def __init__(self, sql: str) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.connection = sqlite3.connect(":memory:")
        self.connection.executescript(sql)
        tables = [name for (name,) in self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        self.columns = {
            table: [row[1] for row in self.connection.execute(f'PRAGMA table_info("{table}")')] for table in tables
        }
        self.targets = {
            table: {row[3]: row[2] for row in self.connection.execute(f'PRAGMA foreign_key_list("{table}")')}
            for table in tables
        }

    def fill(self, node: Any) -> None:
        """Insert a file, when it is known what is in it."""
        waiting = [node]
        while waiting:
            entry = waiting.pop()
            if isinstance(entry, dict) and "neurodata_type" in entry:
                self.objects[entry["path"]] = entry
            waiting += entry if isinstance(entry, list) else entry.values() if isinstance(entry, dict) else []
        self.add(node)

    def add(self, node: dict[str, Any], place: str | None = None) -> None:
        """Insert an object with a type and all that is in it; `place` is the table of what its place asks for."""
        cls = nwb.SchemaProvider().get_class(node["namespace"], node["neurodata_type"])
        tables = [base.__name__ for base in cls.__mro__ if base.__name__ in self.columns]
        for table in dict.fromkeys([*tables, *([place] if place else [])]):
            self._insert(table, node, " ON CONFLICT (path) DO NOTHING")

    def _insert(self, table: str, node: dict[str, Any], unless: str = "") -> int | None:
        places = {column.rpartition("_")[0]: target for column, target in self.targets[table].items()}
        for slot, value in node.items():
            for entry in value if isinstance(value, list) else [value]:
                if isinstance(entry, dict) and "neurodata_type" in entry:
                    self.add(entry, places.get(slot))
        own = [column for column in self.columns[table] if unless or column != "id"]
        values = {f'"{column}"': self._value(table, column, node) for column in own}
        listed = f"({', '.join(values)}) VALUES ({', '.join('?' * len(values))})" if values else "DEFAULT VALUES"
        return self.connection.execute(f'INSERT INTO "{table}" {listed}{unless}', list(values.values())).lastrowid

    def _value(self, table: str, column: str, node: dict[str, Any]) -> Any:
        """Return the value of a column; what it leads to is a row of another table."""
        slot, _, key = column.rpartition("_")
        value = node.get(column, node.get(slot) if column in self.targets[table] else None)
        if (
            key == "id" and column in self.targets[table] and isinstance(value, str)
        ):  # a link to a part of another object
            owner, _, name = value.rpartition("/")
            value = self.objects[owner][name]
        if isinstance(value, dict) and column in self.targets[table]:
            return value["path"] if "path" in value else self._insert(self.targets[table][column], value)
        return json.dumps(value) if isinstance(value, dict | list) else value


@BOTH
def test_sqlite_loads_the_tables(name: str) -> None:
    """There is one for each type, and text that would end a comment makes no statement of its own."""
    database = Database(only(name, "sql"))
    assert {"NWBFile", "ElectricalSeries", "ElectricalSeries__data", "NWBObject"} <= set(database.columns)
    if name == "ndx-rig":
        assert {"gain", "order", "class_", "stand", "first"} <= set(database.columns["Rig"])
        assert database.targets["Rig"] == {"stand": "Device", "first": "TimeSeries", "model": "DeviceModel"}


def test_sqlite_holds_the_example() -> None:
    """All references between the rows lead to a row."""
    database = Database(only("core", "sql"))
    document = nwb.read(EXAMPLE).model_dump(mode="json")
    database.fill(document)
    assert database.connection.execute("PRAGMA foreign_key_check").fetchall() == []
    units = """
        SELECT series.path, data.unit, data.value FROM TimeSeries
        JOIN ElectricalSeries AS series ON TimeSeries.path = series.path
        JOIN ElectricalSeries__data AS data ON series.data_id = data.id
    """
    found = database.connection.execute(units).fetchall()
    assert ("/acquisition/ElectricalSeries", "volts", '{"shape": [6000, 4], "dtype": "int16"}') in found
    devices = """
        SELECT ElectrodeGroup.name, Device.name FROM ElectrodeGroup JOIN Device ON ElectrodeGroup.device = Device.path
    """
    groups = document["general"]["extracellular_ephys"]["electrode_group"]
    assert sorted(database.connection.execute(devices)) == sorted(
        (group["name"], group["device"].rpartition("/")[2]) for group in groups
    )


# ------------------------------------------------------------------------------------------ RDF
@BOTH
def test_owl(name: str) -> None:
    """Each type is a class below that which it includes."""
    graph = rdflib.Graph().parse(data=only(name, "owl"))
    for below, above in {"core/ElectricalSeries": "core/TimeSeries", "core/NWBData": "hdmf-common/Data"}.items():
        assert (rdflib.URIRef(URI + below), RDF.type, OWL.Class) in graph
        assert (rdflib.URIRef(URI + below), RDFS.subClassOf, rdflib.URIRef(URI + above)) in graph
    ours = rdflib.URIRef(URI + "ndx-rig/Rig"), RDFS.subClassOf, rdflib.URIRef(URI + "core/Device")
    assert (ours in graph) is (name == "ndx-rig")


@BOTH
def test_shacl(name: str) -> None:
    """Each type has a shape, which asks for what the type requires."""
    graph = rdflib.Graph().parse(data=only(name, "shacl"))
    series = rdflib.URIRef(URI + "core/ElectricalSeries")
    assert (series, RDF.type, SH.NodeShape) in graph
    required = {
        graph.value(shape, SH.path) for shape in graph.objects(series, SH.property) if graph.value(shape, SH.minCount)
    }
    assert rdflib.URIRef(URI + "core/electrodes") in required
    assert rdflib.URIRef(URI + "core/filtering") not in required


# ------------------------------------------------------------------------------------------ GraphQL, TypeScript
def _without_text(source: str) -> str:
    """Return GraphQL or TypeScript without its comments and strings."""
    return re.sub(r'"(?:[^"\\\n]|\\.)*"|/\*.*?\*/|//[^\n]*|#[^\n]*', "", source, flags=re.DOTALL)


@BOTH
def test_graphql(name: str) -> None:
    """All that is named is defined, once, and no type is empty; nothing but definitions stands there."""
    source = _without_text(only(name, "graphql"))
    defined = re.findall(r"^(?:type|scalar|union) (\w+)", source, re.MULTILINE)
    assert len(defined) == len(set(defined))
    fields = re.findall(r"^  (\w+): \[?(\w+)!?\]?!?$", source, re.MULTILINE)
    assert {kind for _, kind in fields} <= {*defined, "String", "Int", "Float", "Boolean"}
    assert {word for line in re.findall(r"^union \w+ = (.*)$", source, re.MULTILINE) for word in line.split(" | ")} <= {
        *defined
    }
    assert not re.search(r"\{\s*\}", source)
    rest = re.sub(r"^(type \w+ \{|  \w+: \S+|\}|scalar \w+|union .*|)$", "", source, flags=re.MULTILINE)
    assert rest.strip() == ""
    assert ("order", "Long") in fields or name == "core"


@BOTH
def test_typescript(name: str) -> None:
    """All that is named is defined, once; what gets wider is left out of what is inherited."""
    source = _without_text(only(name, "typescript"))
    defined = re.findall(r"^export (?:interface|type) (\w+)", source, re.MULTILINE)
    assert len(defined) == len(set(defined))
    members = re.findall(r"^    (\w+)\??: (.*),$", source, re.MULTILINE)
    used = {word for _, kind in members for word in re.findall(r"\w+", kind)}
    assert used <= {*defined, "string", "number", "boolean", "unknown", "null"}
    rest = re.sub(r"^( +\w+\??: .*,|export .*|\}|)$", "", source, flags=re.MULTILINE)
    assert rest.split() == []
    assert "export interface ImageSeries extends Omit<TimeSeries, 'data'> {" in source
    if name == "ndx-rig":
        assert "export interface QuietSeries extends Omit<TimeSeries, 'data'> {" in source
        assert ("value", "(number | null)[] | (number | null)[][] | ArraySummary") in members
        assert {"QuietSeries__data", "QuietSeriesData", "QuietSeries__nothing"} <= set(defined)


# ------------------------------------------------------------------------------------------ documentation
@BOTH
def test_markdown(name: str) -> None:
    """A page for each class, with links that lead somewhere, shapes of arrays, and no HTML of a description."""
    pages = exported(name, "markdown")
    assert {f"{name}/index.md", f"{name}/classes/ElectricalSeries.md"} <= set(pages)
    assert all("not to be edited" in page[:200] for page in pages.values())
    folder = f"{name}/classes"
    for link in re.findall(r"\]\(\.\./([\w/]+\.md)\)", pages[f"{folder}/ElectricalSeries.md"]):
        assert f"{name}/{link}" in pages
    assert "Shape: (num_times) or (num_times, num_channels)" in pages[f"{folder}/ElectricalSeries__data.md"]
    if name == "ndx-rig":
        assert "<script>" not in pages[f"{folder}/Rig.md"]


# ------------------------------------------------------------------------------------------ LinkML and NWB
def test_linkml_for_its_own_tools(tmp_path: Path) -> None:
    """The layout of schemas/: linkml's linter finds no error, its generators run, and it is a source again."""
    export(extension(), "linkml", tmp_path)
    main = tmp_path / "ndx_rig" / "v0_1_0" / "namespace.yaml"
    lint = subprocess.run(
        [Path(sys.executable).with_name("linkml"), "lint", main], capture_output=True, text=True, check=False
    )
    assert "warning" in lint.stdout
    assert not re.search(r"\berror\b", lint.stdout + lint.stderr)
    made = subprocess.run(
        [Path(sys.executable).with_name("gen-json-schema"), main], capture_output=True, text=True, check=True
    )
    assert "QuietSeries" in json.loads(made.stdout)["$defs"]
    again = {entry.name: entry for entry in load(tmp_path)}
    assert again["ndx-rig"].documents == extension().get("ndx-rig").documents
    assert set(again) == {"core", "hdmf-common", "ndx-rig"}


def test_nwb_for_pynwb(tmp_path: Path) -> None:
    """PyNWB loads the namespace, and makes classes of it."""
    export(extension(), "nwb", tmp_path)
    code = "import sys, pynwb; pynwb.load_namespaces(sys.argv[1]); print(pynwb.get_class('Rig', 'ndx-rig').__mro__[1])"
    command = [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "ndx-rig.namespace.yaml")]
    assert "pynwb.device.Device" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_nwb_as_it_was(tmp_path: Path) -> None:
    """All documents are what they were; sources are files, also where those of two have the same names."""
    specifications = completed([namespace("one", text=BASE), namespace("two", text=BASE.replace("Series", "Course"))])
    written = export(specifications, "nwb", tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in written) == [
        "one.namespace.yaml",
        "two-0.1.0/two.namespace.yaml",
        "two-0.1.0/types.yaml",
        "types.yaml",
    ]
    for name in ("one", "two"):
        (path,) = tmp_path.rglob(f"{name}.namespace.yaml")
        (again,) = load(path)
        before = specifications.get(name)
        assert again.documents["types"] == before.documents["types"]
        assert again.header == before.header | {"schema": [{"source": "types.yaml"}]}


# ------------------------------------------------------------------------------------------ what is together
def test_namespaces_that_do_not_know_each_other(tmp_path: Path) -> None:
    """Each has its file, and one is of both, in which types of the same name have names of their own."""
    one = namespace("ndx-one", text=BASE)
    two = namespace("ndx-two", text=BASE)
    files = exported_files([one, two], "typescript")
    assert list(files) == ["ndx-one.ts", "ndx-two.ts", "all.ts"]
    assert "export interface ndx_two__Series " in files["all.ts"]
    assert "export interface Series " in files["all.ts"]


def test_what_goes_with_every_file() -> None:
    """PyNWB writes hdmf-experimental into each, and nothing includes it there."""
    with nwb.open(EXAMPLE) as io:
        specifications = io.make_provider().specifications
        assert specifications is not None
        files = exported_files(specifications, "typescript")
    assert list(files) == ["core.ts"]
    assert "export interface EnumData " in files["core.ts"]


def test_the_version_that_a_file_means() -> None:
    """Of two versions of a namespace in a file."""
    old, new = (namespace("ndx-one", version, text=BASE) for version in ("0.1.0", "0.2.0"))
    files = exported_files(Specifications([old, new], {"ndx-one": "0.1.0"}), "graphql")
    assert "# version: 0.1.0" in files["ndx-one.graphql"]


@pytest.mark.parametrize("module", ["graphql", "language", "markdown"])
def test_examples_in_docstrings(module: str) -> None:
    """They show what they say."""
    found = doctest.testmod(importlib.import_module(f"nwb_models.schema.exporting.{module}"))
    assert (found.failed, found.attempted > 0) == (0, True)


# ------------------------------------------------------------------------------------------ where it is written
HOSTILE = ("../../evil", "/etc/evil", "..", "", "a\x00b", "con\n", "x" * 300, "\N{SNOWMAN}", "all", "joined")


SLOW = (Format.MARKDOWN, Format.OWL, Format.SHACL, Format.SQL)
"""Formats that take a second; the names of their files are made as for the others."""


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in Format for name in (HOSTILE[:1] if kind in SLOW else HOSTILE)]
)
def test_hostile_names_stay_in_the_folder(name: str, kind: Format) -> None:
    """Of namespaces and sources; and no version is a line of its own."""
    header = {"name": name, "version": "../1\nEVIL", "doc": "x", "schema": [{"source": f"{name}.yaml"}]}
    (source,) = Namespace({"namespace": header}).sources
    found = Namespace({"namespace": header, source: yaml.safe_load(BASE)})
    files = exported_files(Specifications([found]), kind)
    assert files
    for file, text in files.items():
        assert "EVIL" not in text.splitlines()
        assert not Path(file).is_absolute()
        assert re.fullmatch(r"(\w[\w.-]*/){0,2}\w[\w.-]*", file, re.ASCII)


@pytest.mark.parametrize("kind", [Format.NWB, Format.JSON_SCHEMA, Format.SHACL, Format.TYPESCRIPT])
def test_what_is_no_text_is_written_with_escapes(kind: Format, tmp_path: Path) -> None:
    """The JSON in a file can spell half a character, which no file of text can hold."""
    half = "\ud800"
    attributes = [{"name": f"x{half}", "doc": half, "dtype": "text", "value": half}]
    found = namespace("ndx-half", groups=[{"neurodata_type_def": "A", "doc": half, "attributes": attributes}])
    paths = export([found], kind, tmp_path)
    assert any("\\ud800" in path.read_text("utf-8").lower() for path in paths)


def test_only_what_an_export_wrote_is_replaced(tmp_path: Path) -> None:
    """Other files stay, and one of the user's in the way is an error before anything is written."""
    (tmp_path / "notes.txt").write_text("mine")
    base = [namespace("ndx-one", text=BASE)]
    (path,) = export(base, "graphql", tmp_path)
    first = path.read_text()
    assert export(base, "graphql", tmp_path) == [path]
    path.write_text("mine")
    with pytest.raises(NotWritableError, match="not replaced"):
        export([namespace("ndx-a", text=BASE), *base], "graphql", tmp_path)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"notes.txt": "mine", path.name: "mine"}
    assert first.startswith("# Generated")


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    """Nothing is written."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(NotWritableError, match="out is a file"):
        export([namespace(text=BASE)], "graphql", tmp_path / "out")


@pytest.mark.parametrize("kind", [Format.NWB, Format.LINKML])
def test_what_carries_a_broken_schema_warns_of_it(kind: Format, tmp_path: Path) -> None:
    groups = [
        {"neurodata_type_def": "Rig", "neurodata_type_inc": "Nil", "doc": "d"},
        {"neurodata_type_def": "Box", "doc": "d", "attributes": [{"name": "x", "dtype": "floot", "doc": "d"}]},
    ]
    found = namespace("ndx-broken", groups=groups)
    with pytest.warns(SpecificationWarning) as caught:
        export([found], kind, tmp_path)
    said = sorted(str(warning.message) for warning in caught)
    assert [line.split(" ")[0] for line in said] == ["ndx-broken.Box", "ndx-broken.Rig"]
    assert all(line.endswith("; it is carried as it is") for line in said)
    [again] = load(tmp_path if kind is Format.NWB else tmp_path / "ndx_broken" / "v0_1_0" / "namespace.yaml")
    assert again.documents["types"]["groups"] == groups


def test_what_is_wrong_with_specifications_is_said() -> None:
    """As everywhere."""
    wrong = namespace(groups=[{"neurodata_type_def": "A", "neurodata_type_inc": "Missing", "doc": "x"}])
    with pytest.raises(SpecificationError, match="'Missing'"):
        exported_files([wrong], "sql")
    with pytest.raises(SpecificationError, match="'gone'"):
        exported_files([namespace(includes=("gone",))], "sql")


# ------------------------------------------------------------------------------------------ the command
@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Any:
    """Run the command; gives status, stdout and stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        status = cli.main([str(word) for word in words])
        return (status, *capfd.readouterr())

    return run


@pytest.mark.parametrize("source", ["file", "yaml", "folder", "core@2.5.0", "hdmf-common"])
def test_sources_of_the_command(source: str, run: Any, tmp_path: Path) -> None:
    """A file, a namespace file, a folder, and what ships."""
    export([namespace("ndx-one", text=BASE)], "nwb", tmp_path / "spec")
    word, made = {
        "file": (EXAMPLE, "core.ts"),
        "yaml": (tmp_path / "spec" / "ndx-one.namespace.yaml", "ndx-one.ts"),
        "folder": (tmp_path / "spec", "ndx-one.ts"),
    }.get(source, (source, f"{source.partition('@')[0]}.ts"))
    out = tmp_path / "out"
    assert run("schema", "export", word, "--format", "typescript", "-o", out) == (0, f"{out / made}\n", "")
    assert [file.name for file in out.iterdir()] == [made]


def test_many_files_are_counted(run: Any, tmp_path: Path) -> None:
    """And not listed."""
    assert run("schema", "export", "hdmf-common", "-f", "linkml", "-o", tmp_path) == (0, f"{tmp_path}: 6 files\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["core@9.9.9", "-f", "sql"], "No schema of namespace 'core' 9.9.9"),
        (["missing.nwb", "-f", "sql"], "missing.nwb"),
        (["core", "-f", "excel"], "excel"),
        (["core"], "--format"),
        (["core", "-f", "sql", "-o", EXAMPLE], "example.nwb is a file"),
    ],
    ids=["version", "file", "format", "no format", "folder"],
)
def test_wrong_use_is_one_line(words: list[object], said: str, run: Any, tmp_path: Path, monkeypatch: Any) -> None:
    """With status 2."""
    monkeypatch.chdir(tmp_path)
    status, out, err = run("schema", "export", *words)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert said in err
    assert list(tmp_path.iterdir()) == []


def test_list(run: Any, tmp_path: Path) -> None:
    """What ships, what is cached, and what is in a file."""
    status, out, err = run("schema", "list", EXAMPLE)
    assert (status, err) == (0, "")
    assert re.search(r"^  core +2\.0\.0 .*2\.11\.0 \(with models\)$", out, re.MULTILINE)
    assert re.search(r"^  core +2\.11\.0 +83 types +models are shipped$", out, re.MULTILINE)


def test_list_knows_the_cache(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that were made for a file are there for the next time."""
    monkeypatch.setenv("NWB_MODELS_CACHE", str(tmp_path / "cache"))
    found = namespace("ndx-listed", text=BASE)
    export([found], "nwb", tmp_path)
    assert "cache: nothing" in run("schema", "list")[1]
    assert "models are made when they are needed" in run("schema", "list", tmp_path)[1]
    nwb.SchemaProvider(load(tmp_path)).get("ndx-listed")
    assert re.search(r"^  ndx-listed +0\.1\.0$", run("schema", "list")[1], re.MULTILINE)
    assert "models are cached" in run("schema", "list", tmp_path)[1]


def test_list_says_what_is_wrong(run: Any, tmp_path: Path) -> None:
    """Beside the namespace."""
    (tmp_path / "x.namespace.yaml").write_text(
        "namespaces: [{name: ndx-wrong, version: '1', doc: x, schema: [{namespace: gone}]}]"
    )
    status, out, _ = run("schema", "list", tmp_path)
    assert status == 0
    assert re.search(r"^  ndx-wrong +1 +no models +.*'gone'", out, re.MULTILINE)
