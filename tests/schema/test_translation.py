"""Specification -> LinkML: what becomes what, the one beside the other; and that linkml takes it."""

from __future__ import annotations

import doctest
import importlib
import json
import pkgutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import nwb_models.schema
from nwb_models.errors import SpecificationError
from nwb_models.naming import module_name, version_name
from nwb_models.schema.language import Namespace, Specifications
from nwb_models.schema.translation import from_linkml, to_linkml, translate, translated_classes
from nwb_models.schema.translation.dtype import ANY, FIXED_TEXT, LANGUAGE, TYPES, language_schema
from nwb_models.schema.translation.dtype import ROOT as ROOT_CLASS
from nwb_models.schema.translation.shape import shapes
from nwb_models.schema.translation.values import default_value, fixed_value, read_default, read_fixed
from tests.conftest import ROOT
from tests.schema.specs import AWKWARD, base, extension, namespace, published, with_core

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = ("core/v2_11_0", "hdmf_common/v1_10_0", "hdmf_experimental/v0_6_0")

MODULES = [info.name for info in pkgutil.walk_packages(nwb_models.schema.__path__, "nwb_models.schema.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    """The rules show their own before and after."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def slot(member: str, kind: str = "datasets") -> dict[str, Any]:
    """Return the slot of one member, without what stands in every one; the rest is in ``golden/``."""
    text = f"groups: [{{neurodata_type_def: Rig, doc: d, {kind}: [{{name: x, doc: d, {member}}}]}}]"
    found = translate(*extension(text))["types"]["classes"]["Rig"]["attributes"]["x"]
    assert found.pop("description") == "d"
    assert found["annotations"].pop("stored_as") == kind.removesuffix("s")
    return {key: value for key, value in found.items() if value is not False and value != {}}


SHAPES = [
    # specification, LinkML, shapes as they are read back
    (
        "dims: [t, x], shape: [null, 3]",
        "array: {dimensions: [{alias: t}, {alias: x, exact_cardinality: 3}]}",
        ((None, 3),),
    ),
    (
        "dims: [t]",
        """{array: {dimensions: [{alias: t}]}, annotations: {not_written: '["shape"]'}}""",
        ((None,),),
    ),
    (
        "shape: [null, 2]",
        "array: {dimensions: [{minimum_cardinality: 0}, {exact_cardinality: 2}]}",
        ((None, 2),),
    ),
    (
        "shape: [[null]]",
        """{array: {dimensions: [{minimum_cardinality: 0}]}, annotations: {as_written: '{"shape": [[null]]}'}}""",
        ((None,),),
    ),
    (
        "dims: [[t], [t, x]], shape: [[null], [null, 3]]",
        """
        array: {minimum_number_dimensions: 1, maximum_number_dimensions: 2}
        any_of:
        - array: {dimensions: [{alias: t}]}
        - array: {dimensions: [{alias: t}, {alias: x, exact_cardinality: 3}]}
        """,
        ((None,), (None, 3)),
    ),
    (
        "dims: [[t], [t, x]]",
        """
        array: {minimum_number_dimensions: 1, maximum_number_dimensions: 2}
        any_of:
        - array: {dimensions: [{alias: t}]}
        - array: {dimensions: [{alias: t}, {alias: x}]}
        annotations: {not_written: '["shape"]'}
        """,
        ((None,), (None, None)),
    ),
    (
        "dims: [t], shape: [[null], [null, 2]]",
        """
        array: {minimum_number_dimensions: 1, maximum_number_dimensions: 2}
        any_of:
        - array: {dimensions: [{minimum_cardinality: 0}]}
        - array: {dimensions: [{minimum_cardinality: 0}, {exact_cardinality: 2}]}
        annotations: {dims: '["t"]'}
        """,
        ((None,), (None, 2)),
    ),
    ("dims: t", """annotations: {dims: '"t"'}""", None),
    (
        "dims: t, shape: [null]",
        """{array: {dimensions: [{minimum_cardinality: 0}]}, annotations: {dims: '"t"'}}""",
        ((None,),),
    ),
    (
        "shape: any, dims: [t]",
        """{array: {dimensions: [{alias: t}]}, annotations: {shape: '"any"'}}""",
        ((None,),),
    ),
    ("shape: null, dims: null", """annotations: {as_written: '{"shape": null, "dims": null}'}""", None),
    ("shape: []", "annotations: {shape: '[]'}", None),
]


@pytest.mark.parametrize(("specification", "linkml", "read"), SHAPES, ids=[row[0] for row in SHAPES])
def test_dims_and_shape(specification: str, linkml: str, read: Any) -> None:
    found = slot(f"dtype: float, {specification}")
    assert found == {"range": "float", "required": True, **yaml.safe_load(linkml)}
    assert shapes(found) == read


VALUES = [
    # specification, LinkML
    (
        "dtype: text, value: volts",
        """{range: string, required: true, equals_string: volts, annotations: {dtype: '"text"'}}""",
    ),
    ("dtype: text, value: ''", """{range: text, required: true, annotations: {value: '""'}}"""),
    (
        "dtype: text, value: V, dims: [[a], [b]]",
        """
     range: text
     required: true
     array: {minimum_number_dimensions: 1, maximum_number_dimensions: 1}
     any_of: [{array: {dimensions: [{alias: a}]}}, {array: {dimensions: [{alias: b}]}}]
     annotations: {value: '"V"', not_written: '["shape"]'}
     """,
    ),
    ("value: anything", """{range: AnyType, required: true, annotations: {value: '"anything"'}}"""),
    ("dtype: int, value: 0", "{range: int, required: true, equals_number: 0}"),
    ("dtype: int, value: 1", "{range: int, required: true, equals_number: 1}"),
    ("dtype: bool, value: false", "{range: bool, required: true, annotations: {value: 'false'}}"),
    ("dtype: bool, value: true", "{range: bool, required: true, annotations: {value: 'true'}}"),
    ("dtype: float, value: -1.0", "{range: float, required: true, annotations: {value: '-1.0'}}"),
    (
        "dtype: text, value: volts, required: false",
        """{range: string, equals_string: volts, annotations: {dtype: '"text"'}}""",
    ),
    (
        "dtype: text, value: null",
        """{range: text, required: true, annotations: {as_written: '{"value": null}'}}""",
    ),
    ("dtype: text, default_value: none", "{range: text, ifabsent: string(none)}"),
    ("dtype: text, default_value: ''", "{range: text, ifabsent: string()}"),
    ("dtype: text, default_value: a (b)", """{range: text, annotations: {default_value: '"a (b)"'}}"""),
    ("dtype: int, default_value: 0", "{range: int, ifabsent: int(0)}"),
    ("dtype: bool, default_value: false", "{range: bool, ifabsent: 'False'}"),
    ("dtype: float, default_value: 1.0", "{range: float, ifabsent: float(1.0)}"),
    ("dtype: float, default_value: 0.0", "{range: float, ifabsent: float(0.0)}"),
    ("dtype: int, default_value: [0, 1]", "{range: int, annotations: {default_value: '[0, 1]'}}"),
    (
        "dtype: text, default_value: null",
        """{range: text, required: true, annotations: {as_written: '{"default_value": null}'}}""",
    ),
]


@pytest.mark.parametrize(("specification", "linkml"), VALUES, ids=[row[0] for row in VALUES])
def test_fixed_and_default_values(specification: str, linkml: str) -> None:
    assert slot(specification, "attributes") == yaml.safe_load(linkml)


@pytest.mark.parametrize(
    "value",
    [0, 1, -1, 10**30, 0.0, -1.5, 1e300, "", "x", "a (b)", 'q"', "\\", "\n", "True", False, True, [0, ""]],
)
def test_values_are_read_back(value: Any) -> None:
    for read, written in ((read_fixed, fixed_value(value, {"range": "text"})), (read_default, default_value(value))):
        found = read(written)
        assert (found, type(found)) == (value, type(value))
    assert read_fixed({}) is None
    assert read_default({}) is None


@pytest.mark.parametrize("dtype", TYPES)
def test_every_dtype_is_a_type_of_the_same_name(dtype: str) -> None:
    assert slot(f"dtype: {dtype}", "attributes") == {"range": dtype, "required": True}


@pytest.mark.parametrize(
    ("dtype", "annotations"),
    [
        ("null", {"as_written": '{"dtype": null}'}),
        ("float17", {"dtype": '"float17"'}),
        ("{target: A}", {"dtype": '{"target": "A"}'}),
        ("8", {"dtype": "8"}),
    ],
)
def test_any_other_dtype_is_kept_and_allows_anything(dtype: str, annotations: dict[str, str]) -> None:
    expected = {"range": ANY, "required": True, "annotations": annotations}
    assert slot(f"dtype: {dtype}", "attributes") == {key: value for key, value in expected.items() if value != {}}


# ------------------------------------------------------------------------------------ schemas and namespaces
def test_a_class_says_its_type_its_namespace_and_its_documentation() -> None:
    found = translate(*extension("groups: [{neurodata_type_def: My-Rig, doc: A rig.}]"))["types"]["classes"]
    assert found == {
        "My_Rig": {
            "description": "A rig.",
            "is_a": ROOT_CLASS,
            "annotations": {"stored_as": "group", "neurodata_type": "My-Rig", "namespace": "ndx-test"},
            "attributes": {},
            "slot_usage": {
                "neurodata_type": {"equals_string": "My-Rig"},
                "namespace": {"equals_string": "ndx-test"},
            },
        }
    }


def test_a_namespace_becomes_a_schema_for_each_document_and_one_that_imports_them() -> None:
    header = {"name": "ndx-test", "version": "0.1.0", "doc": "Two documents.", "author": ["A. U. Thor"]}
    schema = [{"namespace": "base"}, {"source": "a.yaml"}, {"source": "b.yaml"}]
    found = Namespace(
        {
            "namespace": {"namespaces": [{**header, "schema": schema}]},
            "a": {"groups": [{"neurodata_type_def": "A", "neurodata_type_inc": "B", "doc": "d"}]},
            "b": {"groups": [{"neurodata_type_def": "B", "doc": "d"}]},
        }
    )
    schemas = translate(found, Specifications([base(), found]))
    assert list(schemas) == ["namespace", "a", "b"]
    included, own = "../../base/v1_0_0/namespace", "../../ndx_test/v0_1_0"
    assert schemas["namespace"]["imports"] == [included, f"{own}/a", f"{own}/b"]
    assert schemas["a"]["imports"] == ["../../nwb.language", included, f"{own}/b"]
    assert schemas["b"]["imports"] == ["../../nwb.language", included]
    assert (schemas["namespace"]["name"], schemas["a"]["name"]) == ("ndx-test", "a")
    assert schemas["namespace"]["description"] == "Two documents."
    assert schemas["namespace"]["annotations"] == {"namespace": "ndx-test", "type_key": "neurodata_type"}
    assert {schema["version"] for schema in schemas.values()} == {"0.1.0"}
    with_header = to_linkml(found.documents, [base().documents])
    rest = {"author": ["A. U. Thor"], "schema": schema}
    assert json.loads(with_header["namespace"]["annotations"]["as_written"]) == rest
    assert from_linkml(with_header) == found.documents


def test_names_are_the_same_whoever_includes_the_namespace() -> None:
    """Two namespaces that do not know each other may have types of one name; a third may include both."""
    one = namespace("one", includes=("base",), groups=[{"data_type_def": "Thing", "data_type_inc": "Series"}])
    two = namespace(
        "two",
        groups=[{"data_type_def": "Thing", "doc": "d", "groups": [{"name": "part", "doc": "d"}]}],
    )
    three = namespace("three", includes=("one", "two"), groups=[{"data_type_def": "X", "data_type_inc": "Thing"}])
    specifications = Specifications([base(), one, two, three])
    found = {entry.name: entry for entry in translated_classes(three, specifications)}
    assert found["X"].definition["is_a"] == "two__Thing"
    aliases = {name: e.definition.get("alias", name) for name, e in found.items() if e.namespace is two}
    assert aliases == {"two__Thing": "Thing", "Thing__part": "Thing__part"}
    assert list(aliases.values()) == [entry.name for entry in translated_classes(two, specifications)]


def test_two_versions_of_a_namespace_may_be_included() -> None:
    old, new = namespace("lib", "1.0"), namespace("lib", "2.0")
    for entry in (old, new):
        entry.documents["types"]["groups"].append({"data_type_def": "Thing", "doc": entry.version})
    users = []
    for name, version in (("one", "1.0"), ("two", "2.0")):
        schema = [{"namespace": "lib", "version": version}, {"source": "types"}]
        header = {"name": name, "version": "1", "schema": schema}
        group = {"data_type_def": f"User_{name}", "data_type_inc": "Thing"}
        users.append(Namespace({"namespace": header, "types": {"groups": [group]}}))
    both = namespace("both", includes=("one", "two"))
    found = {e.name: e for e in translated_classes(both, Specifications([old, new, *users, both]))}
    parents = {user: found[found[user].definition["is_a"]].namespace.version for user in ("User_one", "User_two")}
    assert parents == {"User_one": "1.0", "User_two": "2.0"}


WRONG: dict[str, tuple[str, list[str]]] = {
    "unknown type of a member": (
        "groups: [{neurodata_type_def: Rig, doc: d, groups: [{name: x, neurodata_type_inc: Nil, doc: d}]}]",
        ["ndx-test.Rig (in types)", "'Nil'"],
    ),
    "unknown target of a link": (
        "groups: [{neurodata_type_def: Rig, doc: d, links: [{name: x, target_type: Nil, doc: d}]}]",
        ["ndx-test.Rig", "'Nil'"],
    ),
    "unknown target of a reference": (
        "groups: [{neurodata_type_def: Rig, attributes: [{name: x, dtype: {target_type: Nil}}]}]",
        ["ndx-test.Rig", "'Nil'"],
    ),
    "link without a target": (
        "groups: [{neurodata_type_def: Rig, doc: d, links: [{name: lost, doc: d}]}]",
        ["ndx-test.Rig", "target_type", "'lost'"],
    ),
    "member without name and type": (
        "groups: [{neurodata_type_def: Rig, doc: d, datasets: [{doc: What is this}]}]",
        ["ndx-test.Rig", "no name and no type", "What is this"],
    ),
    "name that is no text": (
        "groups: [{neurodata_type_def: Rig, doc: d, datasets: [{name: [1], doc: d}]}]",
        ["[1]", "text"],
    ),
    "dataset of the type of a group": (
        "groups: [{neurodata_type_def: Rig, datasets: [{name: x, neurodata_type_inc: Series, doc: d}]}]",
        ["ndx-test.Rig", "'x'", "base.Series", "group"],
    ),
    "compound field without a name": (
        "datasets: [{neurodata_type_def: Mask, doc: d, dtype: [{dtype: int8, doc: d}]}]",
        ["ndx-test.Mask", "field 0", "no name"],
    ),
    "compound field of a typed dataset that is none": (
        (
            "groups: [{neurodata_type_def: Rig, doc: d, "
            "datasets: [{neurodata_type_inc: Column, doc: d, quantity: '*', dtype: [null]}]}]"
        ),
        ["ndx-test.Rig", "field 0", "no name", "None"],
    ),
    "compound field in another one that is none": (
        (
            "groups: [{neurodata_type_def: Rig, doc: d, "
            "datasets: [{neurodata_type_inc: Column, doc: d, quantity: '*', dtype: [{name: a, dtype: [5]}]}]}]"
        ),
        ["ndx-test.Rig", "field 0", "no name", "5"],
    ),
    "unknown quantity": (
        "groups: [{neurodata_type_def: Rig, doc: d, datasets: [{name: x, quantity: some, doc: d}]}]",
        ["'some'", "'x'"],
    ),
}


@pytest.mark.parametrize(("specification", "words"), WRONG.values(), ids=WRONG)
def test_what_breaks_the_language_is_named(specification: str, words: list[str]) -> None:
    with pytest.raises(SpecificationError) as caught:
        translate(*extension(specification))
    assert [word for word in words if word not in str(caught.value)] == []


def test_what_is_nested_without_end_is_refused() -> None:
    dtype: Any = "int8"
    for _ in range(5000):
        dtype = [{"name": "x", "dtype": dtype}]
    found = namespace(datasets=[{"data_type_def": "Deep", "doc": "d", "dtype": dtype}])
    with pytest.raises(SpecificationError, match=r"'ndx-test' 0.1.0 are nested too deeply"):
        translate(found, Specifications([found]))


# ------------------------------------------------------------------------------------------- linkml takes it
@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what ships and an awkward extension of it, as the files that linkml would read."""
    folder = tmp_path_factory.mktemp("schemas")
    found = namespace("ndx test/é", "0.1 beta", text=AWKWARD, includes=("core",))
    specifications = with_core(found)
    documents = {f"{LANGUAGE}.yaml": language_schema()}
    for entry in specifications:
        for name, schema in translate(entry, specifications).items():
            documents[f"{module_name(entry.name)}/{version_name(entry.version)}/{name}.yaml"] = schema
    for name, schema in documents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(yaml.safe_dump(schema, sort_keys=False, allow_unicode=True), "utf-8")
    return folder


EXTENSION = "ndx_test_/v0_1_beta"
quiet = pytest.mark.filterwarnings("ignore:::linkml", "ignore:::linkml_runtime", "ignore::DeprecationWarning")


@quiet
@pytest.mark.parametrize("place", SHIPPED)
def test_the_shipped_schemas_are_found_by_their_imports(place: str) -> None:
    from linkml_runtime.utils.schemaview import SchemaView

    view = SchemaView(str(ROOT / "schemas" / place / "namespace.yaml"))
    view.imports_closure()
    found = view.all_classes()
    written: dict[str, Any] = {}
    for path in (ROOT / "schemas" / place).glob("*.yaml"):
        written |= yaml.safe_load(path.read_text("utf-8")).get("classes", {})
    assert set(written) <= set(found)
    assert {"Container", "VectorData"} <= set(found)
    assert set(view.all_types()) == {*TYPES, FIXED_TEXT}
    for name in written:
        induced = view.class_induced_slots(name)
        assert all(slot.range in {*found, *TYPES, FIXED_TEXT} for slot in induced), name


@quiet
def test_a_document_may_have_the_name_of_its_namespace(tmp_path: Path) -> None:
    """LinkML skips an import of the name that the importing schema has."""
    from linkml_runtime.utils.schemaview import SchemaView

    found = namespace("types", text="groups: [{neurodata_type_def: Rig, doc: d}]")
    (tmp_path / "types" / "v0_1_0").mkdir(parents=True)
    (tmp_path / f"{LANGUAGE}.yaml").write_text(yaml.safe_dump(language_schema()))
    for name, schema in translate(found, Specifications([found])).items():
        (tmp_path / "types" / "v0_1_0" / f"{name}.yaml").write_text(yaml.safe_dump(schema))
    assert "Rig" in SchemaView(str(tmp_path / "types" / "v0_1_0" / "namespace.yaml")).all_classes()


@quiet
@pytest.mark.parametrize("place", [*SHIPPED, EXTENSION])
def test_json_schema_comes_from_it(schemas: Path, place: str) -> None:
    import jsonschema
    from linkml.generators.jsonschemagen import JsonSchemaGenerator

    path = schemas / place / "namespace.yaml"
    found = json.loads(JsonSchemaGenerator(str(path)).serialize())
    jsonschema.Draft201909Validator.check_schema(found)
    assert "VectorData" in found["$defs"]


@quiet
def test_json_schema_knows_how_many_dimensions_an_array_has(schemas: Path) -> None:
    import jsonschema
    from linkml.generators.jsonschemagen import JsonSchemaGenerator

    path = schemas / "core" / "v2_11_0" / "namespace.yaml"
    found = json.loads(JsonSchemaGenerator(str(path)).serialize())
    image = jsonschema.Draft201909Validator({"$ref": "#/$defs/GrayscaleImage", "$defs": found["$defs"]})
    known = {"path": "/image", "name": "image", "neurodata_type": "GrayscaleImage", "namespace": "core"}
    assert image.is_valid({**known, "value": [[1, 2], [3, 4]]})
    for value in ([1, 2], 1, [["a"]]):
        assert not image.is_valid({**known, "value": value})
    assert not image.is_valid({**known, "neurodata_type": "RGBImage", "value": [[1, 2], [3, 4]]})
    assert not image.is_valid({"value": [[1, 2], [3, 4]]})


@quiet
@pytest.mark.parametrize("place", [*SHIPPED, EXTENSION])
def test_the_loader_that_rdf_comes_from_takes_it(schemas: Path, place: str) -> None:
    """It looks for imports elsewhere than SchemaView, and is the only one that checks how values are fixed."""
    from linkml.utils.schemaloader import SchemaLoader

    found = SchemaLoader(str(schemas / place / "namespace.yaml"), mergeimports=True).resolve()
    written: set[str] = set()
    for path in (schemas / place).glob("*.yaml"):
        written |= set(yaml.safe_load(path.read_text("utf-8")).get("classes", {}))
    assert written <= set(found.classes)


def test_the_linter_finds_no_error(schemas: Path) -> None:
    """``linkml lint`` with its recommended rules: it warns only that names and prefixes are of our own."""
    command = [sys.executable, "-m", "linkml.linter.cli", "--ignore-warnings", "-f", "tsv"]
    warned = ("standard_naming", "canonical_prefixes")
    for place in (*(ROOT / "schemas" / place for place in SHIPPED), schemas / EXTENSION):
        done = subprocess.run([*command, str(place)], capture_output=True, text=True, check=False)
        assert "standard_naming" in done.stdout, done.stderr  # it has looked
        lines = [line.split("\t") for line in done.stdout.splitlines()[1:] if line]
        assert [line for line in lines if line[2] not in warned or line[3] != "warning"] == []
        assert done.returncode == 0, done.stderr


def test_what_is_published_and_what_is_shipped_are_the_same() -> None:
    known = {entry.name: entry for entry in published()}
    for entry in known.values():
        folder = ROOT / "schemas" / module_name(entry.name) / version_name(entry.version)
        closure = Specifications(known.values()).closure(entry)
        schemas = to_linkml(entry.documents, [other.documents for other in closure[:-1]])
        assert {path.stem for path in folder.glob("*.yaml")} == set(schemas)
        for name, schema in schemas.items():
            assert yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8")) == schema
