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
from nwb_models.schema.language import Namespace
from nwb_models.schema.provider import SchemaProvider
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
    "unknown import": ("imports: [core, ndx-none]", ["imports", "ndx-none"]),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_what_means_nothing_is_named_with_its_file(tmp_path: Path, text: str, words: list[str]) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SpecificationError) as caught:
        load(path)
    assert [word for word in [str(path), *words] if word not in str(caught.value)] == []
