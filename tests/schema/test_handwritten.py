"""LinkML that a person writes: classes that are types of NWB, as good a source as the YAML of NWB."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from nwb_models.errors import SpecificationError
from nwb_models.models.mapping import storage
from nwb_models.schema import load
from nwb_models.schema.export import export
from nwb_models.schema.language import Namespace
from nwb_models.schema.provider import SchemaProvider
from nwb_models.schema.sources import gathered
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

HEAD = {
    "id": "https://example.org/ndx-lick",
    "name": "ndx-lick",
    "version": "0.1.0",
    "description": "Licks.",
    "imports": ["linkml:types", "core"],
}


def write(folder: Path, text: str, name: str = "ndx-lick.yaml", **more: Any) -> Path:
    """Write a schema: what every one has, and the rest as YAML."""
    path = folder / name
    path.write_text(yaml.safe_dump({**HEAD, **(yaml.safe_load(text) or {}), **more}, sort_keys=False), "utf-8")
    return path


def types(folder: Path, text: str, **more: Any) -> dict[str, Any]:
    """Return the specifications of the types that a schema defines."""
    [namespace] = load(write(folder, text, **more))
    return {name: entry.spec for name, entry in namespace.types.items()}


SLOTS: dict[str, tuple[str, str]] = {
    "a single value": ("{range: float, required: true}", "attributes: [{name: x, dtype: float32, doc: x}]"),
    "may be missing": ("{range: integer}", "attributes: [{name: x, dtype: int, doc: x, required: false}]"),
    "no range": ("{description: Text.}", "attributes: [{name: x, dtype: text, doc: Text., required: false}]"),
    "type of NWB": ("{range: uint8, required: true}", "attributes: [{name: x, dtype: uint8, doc: x}]"),
    "type of the schema": ("{range: Volts, required: true}", "attributes: [{name: x, dtype: float64, doc: x}]"),
    "enum": ("{range: Side, required: true}", "attributes: [{name: x, dtype: text, doc: x}]"),
    "fixed text": (
        "{equals_string: volts, required: true}",
        "attributes: [{name: x, dtype: text, value: volts, doc: x}]",
    ),
    "fixed number": (
        "{range: integer, equals_number: 0, required: true}",
        "attributes: [{name: x, dtype: int, value: 0, doc: x}]",
    ),
    "default": (
        "{range: double, ifabsent: float(0.5)}",
        "attributes: [{name: x, dtype: float64, default_value: 0.5, doc: x}]",
    ),
    "several values": (
        "{range: double, multivalued: true, required: true}",
        "datasets: [{name: x, dtype: float64, shape: [null], doc: x}]",
    ),
    "array": (
        "{range: double, array: {dimensions: [{alias: t}, {alias: xyz, exact_cardinality: 3}]}}",
        "datasets: [{name: x, dtype: float64, dims: [t, xyz], shape: [null, 3], doc: x, quantity: '?'}]",
    ),
    "a single value as a dataset": (
        "{range: double, required: true, annotations: {stored_as: dataset}}",
        "datasets: [{name: x, dtype: float64, doc: x}]",
    ),
    "part": ("{range: Device, required: true}", "groups: [{neurodata_type_inc: Device, name: x, doc: x}]"),
    "part that is a dataset": (
        "{range: VectorData}",
        "datasets: [{neurodata_type_inc: VectorData, name: x, doc: x, quantity: '?'}]",
    ),
    "any number of parts": (
        "{range: Device, multivalued: true}",
        "groups: [{neurodata_type_inc: Device, doc: x, quantity: '*'}]",
    ),
    "one part or more": (
        "{range: Device, multivalued: true, required: true}",
        "groups: [{neurodata_type_inc: Device, doc: x, quantity: +}]",
    ),
    "link": (
        "{range: Device, inlined: false, required: true}",
        "links: [{name: x, target_type: Device, doc: x}]",
    ),
    "annotations in the long spelling": (
        "{range: double, required: true, annotations: {stored_as: {tag: stored_as, value: dataset}}}",
        "datasets: [{name: x, dtype: float64, doc: x}]",
    ),
    "untyped group": (
        "{range: Box, required: true}",
        "groups: [{name: x, doc: x, attributes: [{name: deep, dtype: int, doc: deep, required: false}]}]",
    ),
    "compound": (
        "{range: Row, multivalued: true, required: true}",
        """
        datasets:
        - {name: x, doc: x, shape: [null], dtype: [{name: a, dtype: int, doc: a}, {name: b, dtype: text, doc: b}]}
        """,
    ),
}

SHARED = """
enums: {Side: {permissible_values: {left: {}, right: {}}}}
types: {Volts: {typeof: double}}
classes:
  Box: {attributes: {deep: {range: integer}}}
  Row:
    annotations: {stored_as: compound}
    attributes: {a: {range: integer, required: true}, b: {required: true}}
"""


@pytest.mark.parametrize(("slot", "spec"), SLOTS.values(), ids=SLOTS)
def test_what_a_slot_becomes(tmp_path: Path, slot: str, spec: str) -> None:
    schema = yaml.safe_load(SHARED)
    schema["classes"]["Rig"] = {
        "is_a": "NWBContainer",
        "description": "A rig.",
        "attributes": {"x": yaml.safe_load(slot)},
    }
    found = types(tmp_path, yaml.safe_dump(schema))
    expected = {
        "neurodata_type_def": "Rig",
        "neurodata_type_inc": "NWBContainer",
        "doc": "A rig.",
        **yaml.safe_load(spec),
    }
    assert found == {"Rig": expected}


def test_the_members_of_a_dataset_are_attributes_and_its_value(tmp_path: Path) -> None:
    text = """
    classes:
      Column:
        is_a: VectorData
        description: A column.
        attributes:
          value: {range: double, array: {dimensions: [{alias: rows}]}}
          unit: {equals_string: volts, required: true}
          device: {range: Device, inlined: false, required: true}
    """
    assert types(tmp_path, text)["Column"] == {
        "neurodata_type_def": "Column",
        "neurodata_type_inc": "VectorData",
        "dtype": "float64",
        "dims": ["rows"],
        "shape": [None],
        "doc": "A column.",
        "attributes": [
            {"name": "unit", "dtype": "text", "value": "volts", "doc": "unit"},
            {"name": "device", "dtype": {"target_type": "Device", "reftype": "object"}, "doc": "device"},
        ],
    }


def test_slots_mixins_and_usage_are_induced(tmp_path: Path) -> None:
    text = """
    slots: {gain: {range: float, description: The gain.}}
    classes:
      HasSide: {mixin: true, attributes: {side: {required: true}}}
      Rig: {is_a: Device, mixins: [HasSide], slots: [gain], slot_usage: {gain: {required: true}}}
    """
    found = types(tmp_path, text)
    assert list(found) == ["Rig"]
    assert found["Rig"]["attributes"] == [
        {"name": "side", "dtype": "text", "doc": "side"},
        {"name": "gain", "dtype": "float32", "doc": "The gain."},
    ]


def test_the_header_of_the_namespace(tmp_path: Path) -> None:
    [found] = load(write(tmp_path, "classes: {Rig: {is_a: Device}}", annotations={"author": "A. Author"}))
    assert found.header == {
        "name": "ndx-lick",
        "version": "0.1.0",
        "doc": "Licks.",
        "author": "A. Author",
        "schema": [{"namespace": "core"}, {"source": "ndx-lick.yaml"}],
    }


@pytest.mark.parametrize("name", ["core", "core/2.5.0", "nwb:core/v2_5_0", "../schemas/core/v2_5_0/namespace"])
def test_the_namespace_that_is_imported(tmp_path: Path, name: str) -> None:
    write(tmp_path, "classes: {Rig: {is_a: Device}}", imports=["linkml:types", name])
    [found] = load(tmp_path / "ndx-lick.yaml")
    assert found.includes == (("core", "2.5.0" if "2" in name else None),)
    provider = SchemaProvider([tmp_path / "ndx-lick.yaml"])
    assert provider.versions["core"] == ("2.5.0" if "2" in name else SchemaProvider().versions["core"])


def test_schemas_of_several_files_are_one_namespace(tmp_path: Path) -> None:
    write(tmp_path, "classes: {Rig: {is_a: Device}}", imports=["core", "parts"])
    part = {
        "id": "https://example.org/parts",
        "name": "parts",
        "imports": ["core"],
        "classes": {"Part": {"is_a": "Rig"}},
    }
    (tmp_path / "parts.yaml").write_text(yaml.safe_dump(part), "utf-8")
    [found] = load(tmp_path / "ndx-lick.yaml")
    assert (list(found.types), found.sources) == (["Part", "Rig"], ("parts", "ndx-lick"))
    [again] = load(tmp_path)
    assert again.documents == found.documents


def test_a_provider_makes_models_of_it(tmp_path: Path) -> None:
    text = """
    classes:
      Spout: {is_a: Device, attributes: {volume: {range: float, required: true}}}
      LickSeries: {is_a: TimeSeries, attributes: {spout: {range: Spout, inlined: false, required: true}}}
    """
    provider = SchemaProvider([write(tmp_path, text)])
    cls = provider.get_class("ndx-lick", "LickSeries")
    assert issubclass(cls, provider.get_class("core", "TimeSeries"))
    assert storage(cls).children["spout"].model is provider.get_class("ndx-lick", "Spout")


def test_generate_takes_it_and_linkml_loads_what_comes_out(tmp_path: Path) -> None:
    path = write(tmp_path, "classes: {Spout: {is_a: Device, attributes: {volume: {range: float, required: true}}}}")
    command = [sys.executable, "-m", "nwb_models.cli", "generate", str(path), "-o", "models"]
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True, env={"PYTHONPATH": str(ROOT), "PATH": ""})
    for place in ("core", "hdmf_common"):  # what ships is imported from there, and linkml wants it beside
        for version in (ROOT / "schemas" / place).iterdir():
            shutil.copytree(version, tmp_path / "models" / place / version.name, dirs_exist_ok=True)
    [again] = load(tmp_path / "models" / "ndx_lick" / "v0_1_0" / "namespace.yaml")
    assert isinstance(again, Namespace)
    assert again.types["Spout"].spec["attributes"] == [{"name": "volume", "dtype": "float32", "doc": "volume"}]

    from linkml_runtime.utils.schemaview import SchemaView

    view = SchemaView(str(tmp_path / "models" / "ndx_lick" / "v0_1_0" / "namespace.yaml"))
    assert view.class_ancestors("Spout")[:2] == ["Spout", "Device"]


WRONG: dict[str, tuple[str, list[str]]] = {
    "unknown type": ("classes: {Rig: {is_a: Devise}}", ["Devise", "Rig"]),
    "unknown range": ("classes: {Rig: {is_a: Device, attributes: {x: {range: Nope}}}}", ["Rig", "Nope"]),
    "circle": ("classes: {A: {is_a: B}, B: {is_a: A}}", ["is_a", "A -> B -> A"]),
    "unknown mixin": ("classes: {Rig: {is_a: Device, mixins: [Nope]}}", ["Rig", "Nope"]),
    "unknown range, slot": ("classes: {Rig: {is_a: Device, attributes: {x: {range: Nope}}}}", ["slot 'x'", "range"]),
    "classes as a list": ("classes: [Rig]", ["classes"]),
    "class as text": ("classes: {Rig: text}", ["Rig"]),
    "slots as a list": ("classes: {Rig: {is_a: Device, attributes: [x]}}", ["Rig", "attributes"]),
    "slot as text": ("classes: {Rig: {is_a: Device, attributes: {x: float}}}", ["Rig", "'x'", "float"]),
    "is_a as a list": ("classes: {Rig: {is_a: [Device]}}", ["Rig", "is_a"]),
    "range as a list": ("classes: {Rig: {is_a: Device, attributes: {x: {range: [a]}}}}", ["Rig", "'x'", "range"]),
    "array as text": ("classes: {Rig: {is_a: Device, attributes: {x: {array: a}}}}", ["Rig", "'x'", "array"]),
    "required as text": ("classes: {Rig: {is_a: Device, attributes: {x: {required: maybe}}}}", ["'x'", "required"]),
    "imports as text": ("imports: core", ["imports: 'core' is not a list"]),
    "annotations as text": ("classes: {Rig: {is_a: Device, annotations: a}}", ["Rig", "annotations"]),
    "enums as a list": ("enums: [Side]", ["enums"]),
    "key of a class misspelt": ("classes: {Rig: {isa: Device}}", ["Rig", "'isa'", "did you mean 'is_a'"]),
    "key of a slot misspelt": (
        "classes: {Rig: {is_a: Device, attributes: {x: {requird: true}}}}",
        ["Rig", "'x'", "'requird'", "did you mean 'required'"],
    ),
    "unknown slot": ("classes: {Rig: {is_a: Device, slots: [nope]}}", ["Rig", "slots", "nope"]),
    "unknown place": (
        "classes: {Rig: {is_a: Device, attributes: {x: {annotations: {stored_as: shelf}}}}}",
        ["Rig", "'x'", "stored_as", "shelf", "attribute"],
    ),
    "unknown default": ("classes: {Rig: {is_a: Device, attributes: {x: {ifabsent: a(}}}}", ["'x'", "ifabsent", "a("]),
    "mixins in a circle": (
        "classes: {Rig: {is_a: Device, mixins: [A]}, A: {mixin: true, mixins: [B]}, B: {mixin: true, mixins: [A]}}",
        ["mixins", "A -> B -> A"],
    ),
    "what holds itself": (
        "classes: {Rig: {is_a: Device, attributes: {x: {range: A}}}, A: {attributes: {y: {range: A}}}}",
        ["nested too deeply"],
    ),
    "no version": ("version: null", ["version"]),
    "unknown import": ("imports: [core, ndx-none]", ["imports", "ndx-none"]),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_what_means_nothing_is_named_with_its_file(tmp_path: Path, text: str, words: list[str]) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SpecificationError) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    assert [word for word in [str(path), *words] if word not in str(caught.value)] == []


@pytest.mark.parametrize("annotations", ["annotations:", "annotations: {}"], ids=["nothing", "none"])
def test_annotations_may_be_empty(tmp_path: Path, annotations: str) -> None:
    path = write(tmp_path, "classes: {Rig: {is_a: Device}}")
    path.write_text(path.read_text("utf-8") + annotations, "utf-8")
    assert list(load(path)[0].types) == list(load(tmp_path)[0].types) == ["Rig"]


def test_keys_of_linkml_that_mean_nothing_here_are_no_mistake(tmp_path: Path) -> None:
    text = "classes: {Rig: {is_a: Device, tree_root: true, attributes: {x: {equals_string_in: [a, b], pattern: a}}}}"
    assert list(types(tmp_path, text)) == ["Rig"]


# ---------------------------------------------------------------------------------------- one builds on another
OTHER = {"a.namespace.yaml": """
namespaces:
- {name: ndx-a, version: 0.2.0, doc: A., schema: [{namespace: core}, {source: a.types.yaml}]}
""", "a.types.yaml": "groups: [{neurodata_type_def: Rig, neurodata_type_inc: Device, doc: A rig.}]"}  # fmt: skip
ON_IT = "classes: {Maze: {is_a: Rig}}"


def other(folder: Path) -> Path:
    """Write an extension in YAML of NWB."""
    folder.mkdir(exist_ok=True)
    for name, text in OTHER.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def built(*sources: Path) -> list[str]:
    """Return the classes above that of the type which builds on another extension."""
    provider = SchemaProvider(sources)
    return [f"{cls.namespace}.{cls.__name__}" for cls in provider.get_class("ndx-lick", "Maze").__mro__[:3]]


BUILT = ["ndx-lick.Maze", "ndx-a.Rig", "core.Device"]


def test_an_extension_in_the_language_of_nwb_is_built_on(tmp_path: Path) -> None:
    path = write(tmp_path, ON_IT, imports=["core", "ndx-a"])
    assert built(other(tmp_path / "elsewhere"), path) == BUILT
    with pytest.raises(SpecificationError, match=r"imports: .* ndx-a.namespace.yaml"):
        load(path)
    other(tmp_path)
    assert built(tmp_path) == BUILT
    (tmp_path / "a.namespace.yaml").rename(tmp_path / "ndx-a.namespace.yaml")
    assert built(path) == BUILT


def test_another_schema_with_a_version_is_a_namespace_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "name: ndx-a\nclasses: {Rig: {is_a: Device}}", "ndx-a.yaml")
    path = write(tmp_path, ON_IT, imports=["core", "ndx-a", "ndx-lick"])
    for source in (path, tmp_path):
        assert [(entry.name, list(entry.types)) for entry in load(source)] == [
            ("ndx-a", ["Rig"]),
            ("ndx-lick", ["Maze"]),
        ]
    assert built(path) == BUILT
    write(tmp_path, "name: ndx-a\nclasses: {Rig: {is_a: Device}}", "ndx-a.yaml", imports=["core", "ndx-lick"])
    with pytest.raises(SpecificationError, match=r"imports go in a circle: .*ndx-lick.yaml -> .*ndx-a.yaml -> "):
        load(path)


def test_schemas_that_were_exported_and_import_each_other_are_named(tmp_path: Path) -> None:
    for name, imported in (("ndx-a", "ndx_b"), ("ndx-b", "ndx_a")):
        found = Namespace({"namespace": {"name": name, "version": "1", "schema": []}})
        [path] = [path for path in export([found], "linkml", tmp_path) if path.stem == "namespace"]
        schema = yaml.safe_load(path.read_text("utf-8")) | {"imports": [f"../../{imported}/v1/namespace"]}
        path.write_text(yaml.safe_dump(schema), "utf-8")
    with pytest.raises(SpecificationError, match=r"imports go in a circle: .*ndx_a.v1 -> .*ndx_b.v1 -> .*ndx_a.v1"):
        load(tmp_path / "ndx_a" / "v1" / "namespace.yaml")


def test_linkml_that_was_exported_brings_what_it_imports(tmp_path: Path) -> None:
    path = write(tmp_path, ON_IT, imports=["core", "ndx-a"])
    export([*load(other(tmp_path / "a")), *load(path, load(tmp_path / "a"))], "linkml", tmp_path / "linkml")
    main = tmp_path / "linkml" / "ndx_lick" / "v0_1_0" / "namespace.yaml"
    assert [entry.name for entry in load(main)] == ["ndx-a", "ndx-lick"]
    assert built(main) == BUILT
    path = write(tmp_path / "linkml", ON_IT, imports=["core", "ndx_a/v0_2_0/namespace"])
    assert built(path) == BUILT


def test_the_same_source_twice_is_there_once(tmp_path: Path) -> None:
    path = write(tmp_path, "classes: {Rig: {is_a: Device}}")
    assert [entry.name for entry in gathered([path, path, *load(path)])] == ["ndx-lick"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["generate", "ndx-lick.yaml", "-o", "file"], "file is a file: packages go into a folder"),
        (["generate", "ndx-lick.yaml", "-o", "own"], "own/__init__.py is not a file that the generator wrote"),
        (["schema", "stubs", "x.nwb", "-o", "1-a.py"], "1-a.py is no module that Python can import"),
    ],
    ids=["a file", "a package of the user", "no name of a module"],
)
def test_where_nothing_can_be_written_is_named(tmp_path: Path, arguments: list[str], words: str) -> None:
    write(tmp_path, "classes: {Rig: {is_a: Device}}")
    (tmp_path / "file").write_text("mine", "utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "__init__.py").write_text("mine", "utf-8")
    command = [sys.executable, "-m", "nwb_models.cli", *arguments]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr.count("\n"), "unexpected" in done.stderr) == (2, 1, False)
    assert words in done.stderr
    assert (tmp_path / "own" / "__init__.py").read_text("utf-8") == "mine"
