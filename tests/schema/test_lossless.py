"""Specification -> LinkML -> specification: nothing is lost, whatever it is."""

from __future__ import annotations

import copy
import json
import os
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nwb_models.errors import SpecificationError, SpecificationWarning
from nwb_models.io.specifications import specifications_group, stored_documents
from nwb_models.naming import module_name, version_name
from nwb_models.schema.language import Namespace, Specifications, load_document, load_namespaces
from nwb_models.schema.shipping import linkml_files, yaml_text
from nwb_models.schema.sources import load_linkml, shipped_namespaces, shipped_schemas
from nwb_models.schema.translation import from_linkml, to_linkml
from tests.conftest import CORPUS, EXAMPLE, ROOT, corpus_files
from tests.schema.edits import PLAIN, edited, values_of
from tests.schema.specs import AWKWARD, base, namespace, published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SHIPPED = [(name, version) for name, versions in shipped_schemas().items() for version in versions]
COLLECTED = os.environ.get("NWB_MODELS_SPECIFICATIONS")
"""A folder that ``scripts/collect_specifications.py`` has filled."""


def canonical(document: Any) -> str:
    """Return JSON with sorted keys: 1, 1.0 and true are three values there."""
    return json.dumps(document, sort_keys=True, indent=1)


def through_files(schemas: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return schemas after a way through YAML files."""
    for name, schema in schemas.items():
        (folder / f"{name}.yaml").write_text(yaml_text(schema), "utf-8")
    return {path.stem: load_document(path) for path in sorted(folder.glob("*.yaml"))}


def back(specs: Mapping[str, Any], included: Iterable[Mapping[str, Any]] = ()) -> tuple[dict[str, Any], list[str]]:
    """Translate there and back, at once and by files; return the schemas and what was warned of."""
    before = canonical(specs)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        schemas = to_linkml(specs, included)
    assert {warning.category for warning in caught} <= {SpecificationWarning}
    assert {warning.filename for warning in caught} <= {__file__}
    assert canonical(from_linkml(schemas)) == before
    with tempfile.TemporaryDirectory() as folder:
        read = through_files(schemas, Path(folder))
    assert canonical(read) == canonical(schemas)
    assert canonical(from_linkml(read)) == before
    assert canonical(specs) == before  # left as it was
    return schemas, [str(warning.message) for warning in caught]


def contents(schemas: Mapping[str, Any]) -> list[str]:
    """Return the documents that are kept word for word, since no rule fits them."""
    return [name for name, schema in schemas.items() if "content" in schema.get("annotations", {})]


# -------------------------------------------------------------------------------------------- what is published
@pytest.mark.parametrize("entry", published(), ids=lambda entry: entry.name)
@pytest.mark.parametrize("alone", [False, True], ids=["with-what-it-includes", "alone"])
def test_what_is_installed(entry: Namespace, alone: bool) -> None:
    closure = Specifications(published()).closure(Specifications(published()).get(entry.name))
    schemas, problems = back(entry.documents, [] if alone else [other.documents for other in closure[:-1]])
    assert (contents(schemas), problems) == ([], [])


@pytest.mark.parametrize("place", SHIPPED, ids=" ".join)
def test_what_ships(place: tuple[str, str]) -> None:
    """The files give specifications, and these give the files."""
    namespaces = shipped_namespaces(*place)
    files = linkml_files(namespaces[-1], Specifications(namespaces))
    folder = ROOT / "schemas" / module_name(place[0]) / version_name(place[1])
    assert {f"{'/'.join(folder.parts[-2:])}/{path.name}" for path in folder.glob("*.yaml")} == set(files)
    for name, text in files.items():
        assert (ROOT / "schemas" / name).read_text("utf-8") == text
    schemas, problems = back(namespaces[-1].documents, [other.documents for other in namespaces[:-1]])
    assert (contents(schemas), problems) == ([], [])


def test_the_versions_that_ship() -> None:
    names = [version for name, version in SHIPPED if name == "core"]
    assert names == [
        *("2.0.0", "2.0.1", "2.0.2", "2.1.0", "2.2.2", "2.2.4", "2.2.5", "2.3.0", "2.4.0", "2.5.0", "2.6.0-alpha"),
        *("2.7.0", "2.8.0", "2.9.0", "2.10.0", "2.11.0"),
    ]


# -------------------------------------------------------------------------------------------- what is in files
def in_file(path: Path) -> list[Namespace]:
    with h5py.File(path) as file:
        group = specifications_group(file)
        # all of it, while the file is open
        return [Namespace(dict(documents)) for _, _, documents in stored_documents(group)] if group is not None else []


def check_file(path: Path) -> int:
    """Translate everything that a file specifies; return how many namespaces it has."""
    namespaces = in_file(path)
    for entry in namespaces:
        schemas, problems = back(entry.documents, [other.documents for other in namespaces if other is not entry])
        assert contents(schemas) == []
        assert problems == [] or entry.name.startswith("ndx-")
    return len(namespaces)


def test_the_example() -> None:
    assert check_file(EXAMPLE) == 3


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus")
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: path.stem)
def test_the_corpus(path: Path) -> None:
    check_file(path)


def collected() -> list[tuple[str, str, str]]:
    """Return each content of a namespace in a folder of collected specifications: its file, name and version."""
    if COLLECTED is None:
        return []
    index = json.loads(Path(COLLECTED, "index.json").read_text("utf-8"))
    return [(entry["path"], entry["namespace"], entry["version"]) for entry in index]


@pytest.mark.skipif(COLLECTED is None, reason="NWB_MODELS_SPECIFICATIONS names no folder")
@pytest.mark.parametrize(("path", "name", "version"), collected())
def test_what_was_collected(path: str, name: str, version: str) -> None:
    assert COLLECTED is not None
    folder = Path(COLLECTED, path.partition("/")[0])  # that of the release
    namespaces = load_namespaces(Path(COLLECTED, path), folder)
    entry = next(n for n in namespaces if (n.name, n.version) == (name, version))
    schemas, problems = back(entry.documents, [other.documents for other in namespaces if other is not entry])
    assert contents(schemas) == []
    assert all(name in problem for problem in problems)
    assert problems == [] or name not in ("core", "hdmf-common", "hdmf-experimental") or version < "2.0"


# -------------------------------------------------------------------------------------------- what is broken
def one(text: str) -> dict[str, Any]:
    """Return the documents of a namespace with one document."""
    return dict(namespace(text=text, includes=("base",)).documents)


def with_header(documents: Mapping[str, Any] | None = None, /, **header: Any) -> dict[str, Any]:
    """Return the documents of a namespace with another header, and documents beside its own."""
    found = one("groups: [{neurodata_type_def: Rig, doc: A rig.}]") | dict(documents or {})
    found["namespace"] = {"namespaces": [{**found["namespace"]["namespaces"][0], **header}]}
    return found


def rig(text: str) -> dict[str, Any]:
    """Return the documents of a namespace with one type that has these members."""
    return one(f"groups: [{{neurodata_type_def: Rig, doc: A rig., {text}}}]")


def deep(key: str, depth: int) -> dict[str, Any]:
    """Return the documents of a namespace with members inside members."""
    member: dict[str, Any] = {"name": "x", "doc": "d"}
    for _ in range(depth):
        member = {"name": "x", "doc": "d", key: [member]}
    return dict(namespace(groups=[{"neurodata_type_def": "Rig", "doc": "d", key: [member]}]).documents)


SOUND: dict[str, dict[str, Any]] = {
    "nothing": one("{}"),
    "empty-lists": one("{groups: [], datasets: []}"),
    "no-lists": one("{groups: null, datasets: null}"),
    "other-keys": one("{groups: [], x: 1, doc: d, classes: {a: b}, annotations: {content: 1}}"),
    "awkward": one(AWKWARD.replace("NWBContainer", "Container").replace("VectorData", "Column")),
    "other-keys-everywhere": rig("""
        x: {y: 1}, datasets: [{name: a, doc: d, x: null, attributes: [{name: b, doc: d, dtype: text, x: []}]}],
        links: [{name: l, target_type: Device, doc: d, x: 1.0}], groups: [{name: g, doc: d, x: true}]
        """),
    "keys-of-annotations": rig("""
        stored_as: group, neurodata_type: Other, as_written: {a: 1}, not_written: [doc], carried: {groups: []},
        defines: false, namespace: x, annotations: {}, attributes: [{name: a, dtype: text, doc: d, stored_as: link}]
        """),
    "nulls": rig("""
        attributes: null, name: null, default_name: null, linkable: null, neurodata_type_inc: null, datasets: [
        {name: a, doc: null, dtype: null, dims: null, shape: null, value: null, default_value: null, quantity: null}],
        groups: [{name: b, doc: d, groups: null, neurodata_type_inc: null, neurodata_type_def: null}]
        """),
    "documentation-that-is-no-text": rig("""
        attributes: [{name: a, dtype: int, doc: 1}, {name: b, dtype: int, doc: 1.0}, {name: c, dtype: int, doc: true},
        {name: d, dtype: int, doc: [x]}, {name: e, dtype: int, doc: {x: y}}, {name: f, dtype: int, doc: ''}]
        """),
    "numbers": rig("""
        attributes: [{name: a, dtype: int, doc: d, value: 1}, {name: b, dtype: int, doc: d, value: 1.0},
        {name: c, dtype: int, doc: d, value: true}, {name: d, dtype: int, doc: d, default_value: 0},
        {name: e, dtype: int, doc: d, default_value: -0.0}, {name: f, dtype: int, doc: d, default_value: false},
        {name: g, dtype: text, doc: d, required: 1}, {name: h, dtype: text, doc: d, required: 0},
        {name: i, dtype: float, doc: d, value: 1.0e+300}, {name: j, dtype: int, doc: d, value: 123456789012345678901}]
        """),
    "infinities": rig("""
        attributes: [{name: a, dtype: float, doc: d, value: .nan}, {name: b, dtype: float, doc: d, value: .inf},
        {name: c, dtype: float, doc: d, default_value: -.inf}, {name: d, dtype: float, doc: d, default_value: .nan}],
        x: .nan
        """),
    "sizes": rig("""
        datasets: [{name: a, doc: d, shape: [1, 1.0, true, null]}, {name: b, doc: d, dims: [1, null, x]},
        {name: c, doc: d, dims: [[]], shape: [[]]}, {name: d, doc: d, dims: [], shape: []},
        {name: e, doc: d, shape: 3, dims: x}, {name: f, doc: d, shape: [[null], null]},
        {name: g, doc: d, dims: [[x], [y, z]], shape: [[null], [null]]}, {name: h, doc: d, dims: {x: 1}},
        {name: i, doc: d, shape: [-1]}, {name: j, doc: d, dims: [''], shape: ['']}]
        """),
    "quantities": rig("""
        datasets: [{name: a, doc: d, quantity: 1}, {name: b, doc: d, quantity: '1'}, {name: c, doc: d, quantity: 2},
        {name: d, doc: d, quantity: true}, {name: e, doc: d, quantity: zero_or_many}, {name: f, doc: d, quantity: 0}]
        """),
    "dtypes": rig("""
        attributes: [{name: a, doc: d, dtype: float17}, {name: b, doc: d, dtype: {}}, {name: c, doc: d, dtype: 1},
        {name: d, doc: d, dtype: {target_type: Device}}, {name: e, doc: d, dtype: {target_type: Device, reftype: odd}},
        {name: f, doc: d, dtype: {target_type: Device, reftype: region, x: 1}}, {name: g, doc: d, dtype: ''},
        {name: h, doc: d, dtype: {target_type: Device, reftype: 1}}, {name: i, doc: d, dtype: []}]
        """),
    "types-inside-types": rig("""
        groups: [{neurodata_type_def: Part, neurodata_type_inc: Device, doc: d, quantity: '*', datasets: [
        {neurodata_type_def: Inner, neurodata_type_inc: Data, doc: d, name: inner, attributes: [
        {name: a, dtype: text, doc: d}]}]}, {name: g, doc: d, groups: [{neurodata_type_def: Deepest, doc: d}]}]
        """),
    "types-of-one-name": rig("""
        groups: [{neurodata_type_inc: Device, doc: d, quantity: '*'}, {neurodata_type_inc: Series, doc: d}],
        datasets: [{name: device, doc: d}, {name: Device, doc: d}], attributes: [{name: device, dtype: int, doc: d}]
        """),
    "both-spellings": one("""
        groups: [{data_type_def: A, doc: d}, {neurodata_type_def: B, data_type_inc: A, doc: d},
        {neurodata_type_def: C, data_type_def: D, doc: d}, {data_type_def: E, neurodata_type_inc: B, data_type_inc: A}]
        """),
    "spelling-of-hdmf": one("""
        groups: [{data_type_def: A, data_type_inc: Device, doc: d, groups: [{data_type_inc: Series, doc: d}]}]
        """),
    "names-of-the-library": one("""
        groups: [{neurodata_type_def: NWBObject, doc: d}, {neurodata_type_def: AnyType, doc: d},
        {neurodata_type_def: value, doc: d}, {neurodata_type_def: string, doc: d}, {neurodata_type_def: text, doc: d},
        {neurodata_type_def: Sub, neurodata_type_inc: NWBObject, doc: d, links: [{target_type: AnyType, doc: d}]},
        {neurodata_type_def: path, doc: d, attributes: [{name: path, dtype: text, doc: d},
        {name: namespace, dtype: text, doc: d}, {name: neurodata_type, dtype: text, doc: d}]}]
        """),
    "names": one(
        json.dumps(
            {
                "groups": [
                    {"neurodata_type_def": name, "doc": name, "attributes": [{"name": name, "dtype": "text"}]}
                    for name in ("é", "Δ F", "a b", "a_b", "a-b", "1", " ", "\n", "\u2028", "x" * 500, "class", "\x00")
                ]
            }
        )
    ),
    "surrogates": one(
        json.dumps(
            {
                "groups": [
                    {
                        "neurodata_type_def": "\ud800",
                        "doc": "\udcff",
                        "name": "\ud801",
                        "\ud802": 1,
                        "attributes": [{"name": "\ud803", "dtype": "text", "value": "\ud804", "doc": "\ud805"}],
                        "datasets": [
                            {"name": "d", "doc": "d", "dims": ["\ud806"], "dtype": "\ud807"},
                            {"name": "e", "doc": "d", "dtype": [{"name": "\ud808", "dtype": "int8", "doc": "\ud809"}]},
                        ],
                    }
                ]
            }
        )
    ),
    "text-that-yaml-changes": rig("""
        attributes: [{name: a, dtype: text, doc: "a\\x85b\\u2028c\\r\\nd\\te ", value: "\\x85\\r"},
        {name: 'yes', dtype: text, doc: '~', value: 'null'}, {name: '1.0', dtype: text, doc: '0x1', value: '1_000'},
        {name: '2024-01-01', dtype: text, doc: '=', default_value: '<<'}, {name: b, dtype: text, doc: "\\x00\\x07"},
        {name: c, dtype: text, doc: d, dims: ["\\x00", "\\ufffe"]}, {name: e, dtype: text, doc: d, value: "\\x01"}]
        """),
    "a-header-with-more": with_header(
        author=["A"], contact=["c"], date="2024-01-31", full_name="Full", x={"y": [1, 1.0, True, None]}, doc=3
    ),
    "a-header-with-less": {"namespace": {"name": "ndx-test", "schema": []}},
    "a-header-by-itself": {
        "namespace": {"name": "ndx-test", "version": "1", "schema": [{"source": "a"}]},
        "a": {"groups": []},
    },
    "a-header-beside-others": {
        "namespace": {"namespaces": [{"name": "a", "version": "1", "schema": []}, {"name": "b"}], "x": 1}
    },
    "a-version-that-is-a-number": with_header(version=1.0),
    "an-empty-version": with_header(version=""),
    "a-title-that-is-no-text": with_header(full_name=["x"], doc=None),
    "documents-that-the-namespace-does-not-name": with_header(
        {"other": {"groups": [{"neurodata_type_def": "X"}]}, "text": "x", "list": [1], "nil": None, "number": 1.0}
    ),
    "a-document-in-a-folder": with_header(
        schema=[{"source": "spec/types.yaml"}, {"source": "./types"}, {"source": "types", "doc": "d", "title": "t"}]
    ),
    "spelling-of-lists": one("groups: [{neurodata_type_def: A, doc: d, groups: [], links: [], attributes: []}]"),
    "fields-of-fields": one("""
        datasets: [{neurodata_type_def: A, doc: d, dtype: [{name: x, dtype: [{name: y, dtype: int8, doc: d, x: 1}],
        doc: d}, {name: z, doc: d, dtype: int8, shape: [2], dims: [a], quantity: '?', value: 3}]}]
        """),
    "group-and-link-of-one-type": rig(
        "groups: [{neurodata_type_inc: Device, doc: d}], links: [{target_type: Device, doc: d}]"
    ),
    "nested": deep("groups", 20),
}
"""Nothing of this breaks the language, or not so that somebody has to know it."""

NAMES = [
    # documents whose names are no names of files or modules, and how many schemas they become
    ["__init__", "__main__"],
    ["../x", "/etc/passwd", "a/b", "..", "."],
    ["os", "sys", "nwb_models", "typing", "pydantic"],
    ["", " "],
    ["x" * 500, "x" * 499 + "y"],
    ["a-b", "a_b", "a b", "a.b", "a__b"],
    ["namespace", "namespaces", "nwb.language", "imports"],
    ["Rig", "rig", "RIG"],
    ["é", "\u202e", "\u2028", "\x00", "\ud800"],
    ["a.yaml", "a.yml", "a.json", "a"],
]


@pytest.mark.parametrize("specs", SOUND.values(), ids=SOUND)
def test_what_is_sound_comes_back(specs: dict[str, Any]) -> None:
    _, problems = back(specs, [base().documents])
    # what can be carried and means nothing: see below
    odd = ("is no name", "is no value", "is none that")
    assert [problem for problem in problems if not any(word in problem for word in odd)] == []


ODD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "of-types": (
        one("groups: [{neurodata_type_def: My-Type, doc: d}, {neurodata_type_def: Good_1, doc: d}]"),
        ["ndx-test.My-Type (in types): neurodata_type_def: 'My-Type' is no name of a type"],
    ),
    "of-types-inside-types": (
        rig("groups: [{data_type_def: 'é', doc: d}]"),
        ["ndx-test.é (in types): data_type_def: 'é' is no name of a type"],
    ),
    "of-members": (
        rig("datasets: [{name: a/b, doc: d}, {name: a.b, doc: d}, {name: '..', doc: d}]"),
        [f"ndx-test.Rig (in types): datasets: name: {name!r} is no name that HDF5" for name in ("a/b", "..")],
    ),
    "of-members-of-members": (
        rig("groups: [{name: g, doc: d, attributes: [{name: /, dtype: text, doc: d}]}]"),
        ["ndx-test.Rig (in types): attributes: name: '/' is no name that HDF5"],
    ),
    "dtypes": (
        rig("attributes: [{name: a, dtype: floot, doc: d}, {name: b, dtype: {}, doc: d}, {name: c, doc: d}]"),
        [
            f"ndx-test.Rig (in types): attributes: {name!r}: dtype: {dtype!r} is none that the specification language"
            for name, dtype in (("a", "floot"), ("b", {}))
        ],
    ),
    "dtypes-of-references": (
        rig("attributes: [{name: a, dtype: object, doc: d}, {name: b, dtype: {target_type: Device}, doc: d}]"),
        [],
    ),
    "dtype-of-a-payload": (
        one("datasets: [{neurodata_type_def: D, dtype: floot, doc: d}]"),
        ["ndx-test.D (in types): dtype: 'floot' is none"],
    ),
    "dtype-in-a-compound": (
        rig("datasets: [{name: x, doc: d, dtype: [{name: y, dtype: int8, doc: d}, {name: z, dtype: floot, doc: d}]}]"),
        ["ndx-test.Rig (in types): datasets: 'x': dtype: 'floot' is none"],
    ),
    "defaults": (
        rig("""
        attributes: [{name: a, dtype: int8, doc: d, default_value: none}, {name: b, dtype: text, doc: d, value: 1},
        {name: c, dtype: bool, doc: d, default_value: 0}, {name: d, dtype: uint8, doc: d, value: -1},
        {name: e, dtype: float, doc: d, default_value: 1}, {name: f, dtype: isodatetime, doc: d, default_value: now},
        {name: g, dtype: int8, doc: d, default_value: [1, 2]}, {name: h, doc: d, default_value: [1, a]},
        {name: i, dtype: numeric, doc: d, default_value: 0.5}, {name: j, doc: d, value: {x: 1}}]
        """),
        [
            f"ndx-test.Rig (in types): attributes: {name!r}: {key}: {value!r} is no value of dtype {dtype}"
            for name, key, value, dtype in (
                ("a", "default_value", "none", "int8"),
                ("b", "value", 1, "text"),
                ("c", "default_value", 0, "bool"),
                ("d", "value", -1, "uint8"),
            )
        ]
        + ["ndx-test.Rig (in types): attributes: 'j': value: {'x': 1} is no value"],
    ),
}


@pytest.mark.parametrize(("specs", "words"), ODD.values(), ids=ODD)
def test_what_is_odd_comes_back_and_is_named(specs: dict[str, Any], words: list[str]) -> None:
    _, problems = back(specs, [base().documents])
    assert len(problems) == len(words)
    assert [found for found, expected in zip(problems, words, strict=True) if not found.startswith(expected)] == []


@pytest.mark.parametrize("names", NAMES, ids=lambda names: ascii(names[0])[1:12])
@pytest.mark.parametrize("named", [True, False], ids=["named", "not-named"])
def test_documents_of_any_names_come_back(names: list[str], named: bool) -> None:
    """Also from files, which lie in the folder that they were written to."""
    document = {"groups": [{"neurodata_type_def": "Rig", "doc": "d"}]}
    header = {"name": "ndx-test", "version": "1", "schema": [{"source": name} for name in names] if named else []}
    specs: dict[str, Any] = {name: {"groups": []} for name in names} | {names[0]: document, "namespace": header}
    schemas, _ = back(specs)
    assert all(Path(name).name == name and not name.startswith(".") and len(name) < 200 for name in schemas)


BROKEN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "unknown-type-included": (
        one("groups: [{neurodata_type_def: Rig, neurodata_type_inc: Nil, doc: d}]"),
        ["Rig", "neurodata_type_inc", "'Nil'"],
    ),
    "unknown-type-included-in-the-other-spelling": (
        one("groups: [{data_type_def: Rig, data_type_inc: Nil, doc: d}]"),
        ["Rig", "data_type_inc", "'Nil'"],
    ),
    "unknown-type-of-a-member": (rig("groups: [{name: x, neurodata_type_inc: Nil, doc: d}]"), ["Rig", "'Nil'"]),
    "unknown-type-of-a-nested-member": (
        rig("groups: [{name: g, doc: d, datasets: [{name: x, neurodata_type_inc: Nil, doc: d}]}]"),
        ["Rig", "'Nil'"],
    ),
    "type-of-a-nameless-member-that-is-no-text": (
        rig("datasets: [{neurodata_type_inc: [], doc: d}]"),
        ["Rig", "neurodata_type_inc", "has to be text"],
    ),
    "definition-in-a-member-that-is-no-text": (
        rig("groups: [{name: x, neurodata_type_def: {}, doc: d}]"),
        ["neurodata_type_def", "has to be text"],
    ),
    "unknown-target-of-a-link": (rig("links: [{name: x, target_type: Nil, doc: d}]"), ["Rig", "'Nil'"]),
    "unknown-target-of-a-reference": (
        rig("attributes: [{name: x, dtype: {target_type: Nil, reftype: object}, doc: d}]"),
        ["Rig", "'Nil'"],
    ),
    "unknown-target-in-a-compound": (
        rig("datasets: [{name: x, doc: d, dtype: [{name: y, dtype: {target_type: Nil}, doc: d}]}]"),
        ["Rig", "'Nil'"],
    ),
    "type-of-the-other-kind": (
        one("groups: [{neurodata_type_def: Rig, neurodata_type_inc: Data, doc: d}]"),
        ["Rig", "Data", "dataset"],
    ),
    "member-of-the-other-kind": (
        rig("datasets: [{name: x, neurodata_type_inc: Series, doc: d}]"),
        ["Rig", "'x'", "Series"],
    ),
    "types-in-a-circle": (
        one("groups: [{neurodata_type_def: A, neurodata_type_inc: B}, {neurodata_type_def: B, neurodata_type_inc: A}]"),
        ["A", "neurodata_type_inc", "A -> B -> A"],
    ),
    "type-that-includes-itself": (one("groups: [{neurodata_type_def: A, neurodata_type_inc: A}]"), ["A -> A"]),
    "type-defined-twice": (
        one("groups: [{neurodata_type_def: A, doc: d}, {neurodata_type_def: B}, {neurodata_type_def: A, doc: e}]"),
        ["'A'", "neurodata_type_def"],
    ),
    "type-defined-as-both": (
        one("{groups: [{neurodata_type_def: A, doc: d}], datasets: [{neurodata_type_def: A, doc: d}]}"),
        ["'A'"],
    ),
    "type-defined-in-itself": (rig("groups: [{neurodata_type_def: Rig, doc: d}]"), ["'Rig'"]),
    "type-defined-in-two-documents": (
        with_header(
            {"more": {"groups": [{"neurodata_type_def": "Rig", "doc": "e"}]}},
            schema=[{"source": "types"}, {"source": "more"}],
        ),
        ["more", "'Rig'"],
    ),
    "member-twice": (rig("datasets: [{name: x, doc: d}, {name: x, doc: e, dtype: int8}]"), ["Rig", "'x'", "twice"]),
    "member-without-a-name-twice": (
        rig("groups: [{neurodata_type_inc: Device, doc: d}, {neurodata_type_inc: Device, doc: e}]"),
        ["Rig", "'Device'", "twice"],
    ),
    "document-with-the-name-of-the-first": (
        with_header(schema=[{"source": "types"}, {"source": "namespace.yaml"}]),
        [],
    ),
    "field-twice": (rig("datasets: [{name: x, doc: d, dtype: [{name: y, dtype: int8}, {name: y, dtype: int16}]}]"), []),
    "compound-without-names": (rig("datasets: [{name: x, doc: d, dtype: [{dtype: int8, doc: d}]}]"), ["Rig", "dtype"]),
    "compound-of-text": (rig("datasets: [{name: x, doc: d, dtype: [int8, int16]}]"), ["Rig", "dtype"]),
    "wrong-quantity": (rig("datasets: [{name: x, doc: d, quantity: some}]"), ["Rig", "quantity", "'some'", "'x'"]),
    "quantity-that-is-a-list": (rig("datasets: [{name: x, doc: d, quantity: [1]}]"), ["Rig", "quantity", "'x'"]),
    "groups-that-are-no-list": (one("groups: {neurodata_type_def: Rig}"), ["groups"]),
    "types-that-are-text": (one("groups: [Rig, 1, null, [x]]"), ["groups", "'Rig'"]),
    "members-that-are-no-list": (rig("datasets: {name: x}"), ["Rig", "datasets"]),
    "members-that-are-text": (rig("links: [x]"), ["Rig", "links"]),
    "member-without-a-name": (rig("datasets: [{doc: d}]"), ["Rig", "dataset", "name"]),
    "link-without-a-target": (rig("links: [{name: x, doc: d}]"), ["Rig", "target_type", "'x'"]),
    "name-that-is-no-text": (rig("datasets: [{name: 1, doc: d}]"), ["Rig", "name", "1"]),
    "included-type-that-is-no-text": (
        one("groups: [{neurodata_type_def: Rig, neurodata_type_inc: [x], doc: d}]"),
        ["Rig", "neurodata_type_inc", "['x']"],
    ),
    "type-of-a-member-that-is-no-text": (
        rig("groups: [{name: x, neurodata_type_inc: {y: z}, doc: d}, {name: z, data_type_inc: 1, doc: d}]"),
        ["Rig", "neurodata_type_inc", "{'y': 'z'}", "data_type_inc", "1"],
    ),
    "target-that-is-no-text": (
        rig("links: [{name: x, target_type: [y], doc: d}, {target_type: 1, doc: d}]"),
        ["Rig", "target_type", "['y']", "1"],
    ),
    "name-of-a-type-that-is-no-text": (
        one("groups: [{neurodata_type_def: Rig, neurodata_type_inc: Device, name: [x], doc: d}]"),
        ["Rig", "name", "['x']"],
    ),
    "type-that-is-no-text": (one("groups: [{neurodata_type_def: 1, doc: d}]"), ["neurodata_type_def", "1"]),
    "type-without-a-definition": (
        one("groups: [{name: x, doc: d}, {neurodata_type_inc: Device, name: y, doc: d}]"),
        ["'x'", "neurodata_type_def"],
    ),
    "document-that-is-missing": (with_header(schema=[{"source": "types"}, {"source": "absent.yaml"}]), ["absent"]),
    "document-that-is-a-list": (with_header({"types": [1]}), ["types"]),
    "document-that-is-null": (with_header({"types": None}), ["types"]),
    "document-that-is-text": (with_header({"types": "x"}), ["types"]),
    "attributes-of-attributes": (
        rig("attributes: [{name: x, dtype: text, doc: d, attributes: [{name: y, dtype: text}]}]"),
        [],
    ),
    "datasets-of-datasets": (
        one("datasets: [{neurodata_type_def: D, doc: d, datasets: [{name: y, doc: d}], groups: [{name: z, doc: d}]}]"),
        [],
    ),
}


@pytest.mark.parametrize(("specs", "words"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_comes_back_and_is_named(specs: dict[str, Any], words: list[str]) -> None:
    _, problems = back(specs, [base().documents])
    assert bool(problems) == bool(words)
    assert [problem for problem in problems if not problem.endswith("; it is carried as it is")] == []
    text = "\n".join(problems)
    where = ["ndx-test", "types" if "absent" not in words and "more" not in words else ""]
    assert [word for word in (*where, *words) if words and word not in text] == []
    assert len(set(problems)) == len(problems)


def test_what_is_sound_beside_it_is_translated() -> None:
    """One bad type takes none of the others with it, and one bad member none of the others."""
    specs = one("""
        groups:
        - {neurodata_type_def: First, neurodata_type_inc: Device, doc: d}
        - {neurodata_type_def: First, doc: Again.}
        - neurodata_type_def: Second
          doc: d
          datasets:
          - {name: good, dtype: int8, doc: d}
          - {name: bad, neurodata_type_inc: Nil, doc: d}
          - {name: better, dtype: int16, doc: d}
        - text
        - {neurodata_type_def: Third, neurodata_type_inc: Nil, doc: d}
        """)
    schemas, problems = back(specs, [base().documents])
    classes = schemas["types"]["classes"]
    assert list(classes) == ["First", "Second", "Third"]
    assert list(classes["Second"]["attributes"]) == ["good", "better"]
    assert len(problems) == 4


REFUSED: dict[str, Any] = {
    "nothing": {},
    "no-namespace": {"types": {}},
    "no-name": {"namespace": {"version": "1", "schema": []}},
    "a-name-that-is-a-number": {"namespace": {"name": 1, "schema": []}},
    "no-namespaces": {"namespace": {"namespaces": []}},
    "a-schema-that-is-text": {"namespace": {"name": "x", "schema": "types"}},
    "no-schema": {"namespace": {"name": "x"}},
    "namespace-is-null": {"namespace": None},
}


@pytest.mark.parametrize("specs", REFUSED.values(), ids=REFUSED)
def test_what_says_of_no_namespace_that_it_is_one_is_refused(specs: Any) -> None:
    with pytest.raises(SpecificationError, match=r"namespace|'schema'"):
        to_linkml(specs)


@pytest.mark.parametrize("schemas", [{}, {"types": {}}], ids=["nothing", "another"])
def test_schemas_without_the_main_one_are_refused(schemas: Any) -> None:
    with pytest.raises(SpecificationError, match="no LinkML schema 'namespace'"):
        from_linkml(schemas)


def test_what_is_nested_without_end_is_refused() -> None:
    with pytest.raises(SpecificationError, match="nested too deeply"):
        to_linkml(deep("groups", 400), [base().documents])


def test_the_namespaces_that_are_included_may_be_at_hand_or_not() -> None:
    """What is taken from one that is not is known by its name."""
    specs = one("groups: [{neurodata_type_def: Rig, neurodata_type_inc: Device, doc: d}]")
    for included in ([], [base().documents]):
        schemas, problems = back(specs, included)
        assert problems == []
        assert schemas["types"]["classes"]["Rig"]["is_a"] == "Device"


# -------------------------------------------------------------------------------------------- at random
names = st.one_of(
    st.sampled_from(["data", "Rig", "Device", "value", "name", "a b", "class"]),
    st.text(st.characters(), max_size=6),  # surrogates, too
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | names
dtypes = st.one_of(
    st.sampled_from(["text", "int8", "numeric", "isodatetime", "bool", "float17"]),
    st.fixed_dictionaries({"target_type": names}, optional={"reftype": names}),
    st.lists(st.fixed_dictionaries({}, optional={"name": names, "dtype": names, "doc": names}), max_size=3),
    scalars,
)
sizes = st.lists(st.lists(scalars, max_size=3) | scalars, max_size=3)
common = {"name": names, "doc": names, "dtype": dtypes, "dims": sizes, "shape": sizes, "x": values_of(names)}
attributes = st.fixed_dictionaries(
    {}, optional={**common, "value": scalars, "default_value": scalars, "required": scalars}
)
links = st.fixed_dictionaries({}, optional={"name": names, "target_type": names, "doc": names, "quantity": scalars})
types = {"neurodata_type_def": names, "neurodata_type_inc": names, "data_type_def": names, "default_name": names}
quantities = (
    st.sampled_from([1, "1", "?", "*", "+", "zero_or_one", "zero_or_many", "one_or_many", 0, 2, True]) | scalars
)


def children(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    few = st.lists(inner | attributes | links, max_size=3) | scalars
    members = {"attributes": st.lists(attributes, max_size=3), "datasets": few, "groups": few, "links": st.lists(links)}
    return st.fixed_dictionaries({}, optional={**common, **types, **members, "value": scalars, "quantity": quantities})


entries = st.recursive(children(st.nothing()), children, max_leaves=6)
anything = st.fixed_dictionaries(
    {}, optional={"groups": st.lists(entries), "datasets": st.lists(entries), "x": scalars}
)

seldom = settings(
    max_examples=int(os.environ.get("NWB_MODELS_FUZZ", "150")),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@seldom
@given(anything, st.booleans())
def test_anything_comes_back(document: dict[str, Any], alone: bool) -> None:
    """More of it with ``NWB_MODELS_FUZZ=10000``."""
    back(with_header({"types": document}), [] if alone else [base().documents])


@seldom
@given(edited(PLAIN))
def test_whatever_is_changed_comes_back(changed: list[Any]) -> None:
    specs = changed[0]
    try:
        header = Namespace(specs)
        assert header.sources is not None
    except SpecificationError:
        with pytest.raises(SpecificationError):
            to_linkml(specs)
        return
    back(specs, [base().documents])


# -------------------------------------------------------------------------------------------- what is edited
def edit_description(schemas: Any) -> None:
    schemas["types"]["classes"]["Rig"]["description"] = "Another."


def edit_quantity(schemas: Any) -> None:
    schemas["types"]["classes"]["Rig"]["attributes"]["image"]["required"] = True


def edit_dtype(schemas: Any) -> None:
    schemas["types"]["classes"]["Rig"]["attributes"]["image"]["range"] = "int16"


def add_attribute(schemas: Any) -> None:
    slot = {"description": "New.", "range": "text", "required": True, "annotations": {"stored_as": "attribute"}}
    schemas["types"]["classes"]["Rig"]["attributes"]["added"] = slot


def add_type(schemas: Any) -> None:
    annotations = {"stored_as": "group", "neurodata_type": "Added", "namespace": "ndx-test"}
    schemas["types"]["classes"]["Added"] = {"description": "New.", "is_a": "Rig", "annotations": annotations}


def remove_member(schemas: Any) -> None:
    del schemas["types"]["classes"]["Rig"]["attributes"]["note"]


def edit_version(schemas: Any) -> None:
    schemas["namespace"]["version"] = "0.2.0"


RIG = {
    "neurodata_type_def": "Rig",
    "neurodata_type_inc": "Device",
    "doc": "A rig.",
    "attributes": [{"name": "note", "dtype": "text", "doc": "A note."}],
    "datasets": [{"name": "image", "dtype": "int8", "doc": "An image.", "quantity": "?"}],
}
EDITS: list[tuple[Any, dict[str, Any]]] = [
    (edit_description, {"doc": "Another."}),
    (edit_quantity, {"datasets": [{"name": "image", "dtype": "int8", "doc": "An image."}]}),
    (edit_dtype, {"datasets": [{"name": "image", "dtype": "int16", "doc": "An image.", "quantity": "?"}]}),
    (add_attribute, {"attributes": [*RIG["attributes"], {"name": "added", "dtype": "text", "doc": "New."}]}),
    (remove_member, {"attributes": ...}),
]


@pytest.mark.parametrize(("edit", "change"), EDITS, ids=lambda value: getattr(value, "__name__", ""))
def test_an_edit_of_the_linkml_is_seen(edit: Any, change: dict[str, Any]) -> None:
    specs = dict(namespace(groups=[RIG], includes=("base",)).documents)
    schemas = to_linkml(specs, [base().documents])
    edit(schemas)
    expected = {key: value for key, value in {**RIG, **change}.items() if value is not ...}
    assert from_linkml(schemas)["types"]["groups"] == [expected]
    again = to_linkml(from_linkml(schemas), [base().documents])
    assert canonical(from_linkml(again)) == canonical(from_linkml(schemas))


def test_types_and_versions_may_be_edited() -> None:
    schemas = to_linkml(namespace(groups=[RIG], includes=("base",)).documents, [base().documents])
    add_type(schemas)
    edit_version(schemas)
    found = from_linkml(schemas)
    assert found["types"]["groups"][1:] == [{"neurodata_type_def": "Added", "neurodata_type_inc": "Rig", "doc": "New."}]
    assert found["namespace"]["namespaces"][0]["version"] == "0.2.0"


@pytest.mark.parametrize("edit", [edit_description, edit_quantity, edit_dtype, add_attribute, add_type, remove_member])
def test_an_edit_of_a_file_is_seen(edit: Any, tmp_path: Path) -> None:
    specs = dict(namespace(groups=[RIG], includes=("base",)).documents)
    schemas = to_linkml(specs, [base().documents])
    edited_schemas = copy.deepcopy(schemas)
    edit(edited_schemas)
    folder = tmp_path / "ndx_test" / "v0_1_0"
    below = tmp_path / "base" / "v1_0_0"
    for place, found in ((folder, edited_schemas), (below, to_linkml(base().documents))):
        place.mkdir(parents=True)
        through_files(found, place)
    namespaces = load_linkml(folder)
    assert [entry.name for entry in namespaces] == ["base", "ndx-test"]
    assert canonical(dict(namespaces[1].documents)) == canonical(from_linkml(edited_schemas))
    assert canonical(dict(namespaces[1].documents)) != canonical(specs)


DAMAGED: dict[str, Callable[[Any], object]] = {
    "the namespace is gone": lambda schemas: schemas["namespace"]["annotations"].pop("namespace"),
    "imports are no list": lambda schemas: schemas["namespace"].update(imports=1),
    "an annotation is no JSON": lambda schemas: schemas["types"]["classes"]["Device"].update(
        annotations={"stored_as": "group", "neurodata_type": "Device", "carried": "{"}
    ),
    "a class is empty": lambda schemas: schemas["types"]["classes"].update(Device=None),
    "a slot does not say how it is stored": lambda schemas: schemas["types"]["classes"]["Series"]["attributes"][
        "data"
    ].pop("annotations"),
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_damaged_linkml_is_named_with_its_folder(damage: Callable[[Any], object], tmp_path: Path) -> None:
    schemas = to_linkml(base().documents)
    damage(schemas)
    through_files(schemas, tmp_path)
    with pytest.raises(SpecificationError, match=f"^{tmp_path}: "):
        load_linkml(tmp_path)


def test_linkml_of_a_user_is_read_anew(tmp_path: Path) -> None:
    """It is edited while a notebook runs; what ships is read once."""
    folder = tmp_path / "base" / "v1_0_0"
    folder.mkdir(parents=True)
    schemas = through_files(to_linkml(base().documents), folder)
    assert "Device" in load_linkml(folder)[0].types
    del schemas["types"]["classes"]["Device"]
    through_files(schemas, folder)
    assert "Device" not in load_linkml(folder)[0].types
    assert shipped_namespaces("core", "2.11.0") == shipped_namespaces("core", "2.11.0")
