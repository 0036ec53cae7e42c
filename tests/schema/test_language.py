"""The specification language: loading namespaces, and finding what their types include."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nwb_models.errors import ObjectNotFoundError, SpecificationError
from nwb_models.schema.language import (
    Namespace,
    Specifications,
    load_namespaces,
    members,
    namespaces_of,
    quantity,
    source_name,
    type_def,
    type_inc,
)
from tests.schema.specs import base, extension, namespace, published

if TYPE_CHECKING:
    from pathlib import Path

HEADER = """
namespaces:
- name: ndx-test
  version: 0.1.0
  doc: For a test.
  schema:
  - namespace: core
  - source: ndx-test.types.yaml
"""
TYPES = """
groups:
- neurodata_type_def: Thing
  neurodata_type_inc: NWBContainer
  doc: A thing.
"""


def write(folder: Path, **files: str | bytes) -> Path:
    """Write files, `_` for `.` in the keywords, and return the first of them."""
    paths = [folder / name.replace("__", "-").replace("_", ".") for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return paths[0]


# -------------------------------------------------------------------------------- loading files
def test_a_namespace_file_is_loaded_with_its_sources(tmp_path: Path) -> None:
    path = write(tmp_path, ndx__test_namespace_yaml=HEADER, ndx__test_types_yaml=TYPES)
    (found,) = load_namespaces(path)
    assert (found.name, found.version) == ("ndx-test", "0.1.0")
    assert found.includes == (("core", None),)
    assert found.sources == ("ndx-test.types",)
    assert str(found.types["Thing"]) == f"ndx-test.Thing (in {tmp_path / 'ndx-test.types.yaml'})"
    assert found.types["Thing"].spec == {
        "neurodata_type_def": "Thing",
        "neurodata_type_inc": "NWBContainer",
        "doc": "A thing.",
    }


def test_json_is_loaded_as_yaml_is(tmp_path: Path) -> None:
    yaml_path = write(tmp_path, ndx__test_namespace_yaml=HEADER, ndx__test_types_yaml=TYPES)
    header = {"name": "ndx-test", "version": "0.1.0", "doc": "For a test."}
    schema = [{"namespace": "core"}, {"source": "ndx-test.types.json"}]
    thing = {"neurodata_type_def": "Thing", "neurodata_type_inc": "NWBContainer", "doc": "A thing."}
    json_path = write(
        tmp_path,
        ndx__test_namespace_json=json.dumps({"namespaces": [{**header, "schema": schema}]}),
        ndx__test_types_json=json.dumps({"groups": [thing]}),
    )
    (from_yaml,), (from_json,) = load_namespaces(yaml_path), load_namespaces(json_path)
    assert from_json.types["Thing"].spec == from_yaml.types["Thing"].spec


def test_a_source_may_be_named_without_its_ending(tmp_path: Path) -> None:
    header = HEADER.replace("ndx-test.types.yaml", "ndx-test.types")
    path = write(tmp_path, ndx__test_namespace_yaml=header, ndx__test_types_yaml=TYPES)
    assert "Thing" in load_namespaces(path)[0].types


def test_a_source_may_lie_in_a_folder_below(tmp_path: Path) -> None:
    path = write(tmp_path, a_namespace_yaml=HEADER.replace("ndx-test.types.yaml", "spec/ndx-test.types.yaml"))
    (tmp_path / "spec").mkdir()
    write(tmp_path / "spec", ndx__test_types_yaml=TYPES)
    assert load_namespaces(path)[0].sources == ("ndx-test.types",)


def test_one_file_may_hold_several_namespaces(tmp_path: Path) -> None:
    second = HEADER.replace("namespaces:", "").replace("name: ndx-test", "name: ndx-other")
    path = write(tmp_path, a_namespace_yaml=HEADER + second, ndx__test_types_yaml=TYPES)
    assert [found.name for found in load_namespaces(path)] == ["ndx-test", "ndx-other"]


def test_yaml_is_read_as_json_would_be(tmp_path: Path) -> None:
    """A date is text: a version is no day, and what is stored in a file is JSON, which has none."""
    path = write(
        tmp_path,
        a_namespace_yaml=HEADER.replace("0.1.0", "2024-01-31"),
        ndx__test_types_yaml=TYPES + "  1: 2024-01-31\n",
    )
    (found,) = load_namespaces(path)
    assert found.version == "2024-01-31"
    assert found.types["Thing"].spec["1"] == "2024-01-31"


@pytest.mark.parametrize("ending", ["yaml", "yml", "json", ""])
def test_a_document_is_named_after_its_file(ending: str) -> None:
    assert source_name(f"spec/nwb.base.{ending}".rstrip(".")) == "nwb.base"


BROKEN: dict[str, tuple[dict[str, str | bytes], list[str]]] = {
    "no-such-file": ({}, ["a.namespace.yaml", "cannot be read", "No such file"]),
    "no-yaml": ({"a_namespace_yaml": "a: [1"}, ["a.namespace.yaml", "is not valid"]),
    "no-text": ({"a_namespace_yaml": b"\xff\xfe\x00"}, ["a.namespace.yaml", "is not valid"]),
    "empty": ({"a_namespace_yaml": ""}, ["a.namespace.yaml", "no mapping"]),
    "a-list": ({"a_namespace_yaml": "[1, 2]"}, ["a.namespace.yaml", "no mapping"]),
    "a-python-object": (
        {"a_namespace_yaml": "!!python/object/apply:os.getcwd []"},
        ["is not valid", "os.getcwd"],
    ),
    "holds-itself": ({"a_namespace_yaml": "a: &x [*x]"}, ["a.namespace.yaml", "is not valid"]),
    "a-type-file": ({"a_namespace_yaml": TYPES}, ["a.namespace.yaml", "'namespaces'"]),
    "no-namespaces": ({"a_namespace_yaml": "namespaces: []"}, ["a.namespace.yaml", "'namespaces'"]),
    "no-name": ({"a_namespace_yaml": "namespaces: [{version: 1.0.0}]"}, ["a.namespace.yaml", "'name'"]),
    "name-is-a-number": ({"a_namespace_yaml": "namespaces: [{name: 1}]"}, ["a.namespace.yaml", "'name'"]),
    "a-namespace-is-a-number": ({"a_namespace_yaml": "namespaces: [1]"}, ["a.namespace.yaml", "'name'"]),
    "no-schema": (
        {"a_namespace_yaml": "namespaces: [{name: ndx-x}]"},
        ["a.namespace.yaml", "'ndx-x'", "'schema'"],
    ),
    "schema-is-text": (
        {"a_namespace_yaml": "namespaces: [{name: ndx-x, schema: a.yaml}]"},
        ["a.namespace.yaml", "'ndx-x'", "'schema'"],
    ),
    "source-missing": ({"a_namespace_yaml": HEADER}, ["ndx-test.types.yaml", "cannot be read"]),
    "source-broken": (
        {"a_namespace_yaml": HEADER, "ndx__test_types_yaml": "{"},
        ["ndx-test.types.yaml", "is not valid"],
    ),
    "source-is-a-list": (
        {"a_namespace_yaml": HEADER, "ndx__test_types_yaml": "[]"},
        ["ndx-test.types.yaml", "no mapping"],
    ),
    "source-outside": (
        {"a_namespace_yaml": HEADER.replace("ndx-test.types.yaml", "../secret.yaml")},
        ["a.namespace.yaml", "'../secret.yaml'", "outside"],
    ),
    "source-absolute": (
        {"a_namespace_yaml": HEADER.replace("ndx-test.types.yaml", "/etc/passwd")},
        ["a.namespace.yaml", "'/etc/passwd'", "outside"],
    ),
    "source-with-a-null-byte": (
        {"a_namespace_yaml": HEADER.replace("ndx-test.types.yaml", '"a\\0b"')},
        ["a.namespace.yaml", r"'a\x00b'"],
    ),
    "source-is-the-folder": (
        {"a_namespace_yaml": HEADER.replace("ndx-test.types.yaml", ".")},
        ["cannot be read"],
    ),
    "two-sources-of-one-name": (
        {"a_namespace_yaml": HEADER + "  - source: b/ndx-test.types.yaml\n", "ndx__test_types_yaml": TYPES},
        ["a.namespace.yaml", "'b/ndx-test.types.yaml'", "'ndx-test.types'"],
    ),
}


@pytest.mark.parametrize(("files", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_named(tmp_path: Path, files: dict[str, Any], words: list[str]) -> None:
    write(tmp_path, **files) if files else None
    with pytest.raises(SpecificationError) as caught:
        load_namespaces(tmp_path / "a.namespace.yaml")
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("groups: []")
    (tmp_path / "spec").mkdir()
    path = write(tmp_path / "spec", a_namespace_yaml=HEADER)
    (tmp_path / "spec" / "ndx-test.types.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(SpecificationError, match="outside"):
        load_namespaces(path)


def test_what_is_published_is_loaded() -> None:
    found = {entry.name: entry for entry in published()}
    assert set(found) == {"core", "hdmf-common", "hdmf-experimental"}
    assert found["core"].version == "2.11.0"
    assert found["core"].types["TimeSeries"].source == "nwb.base"
    assert len(found["core"].sources) == 13


# -------------------------------------------------------------------------------- from dicts
def test_namespaces_come_from_the_dicts_of_a_file() -> None:
    documents = dict(namespace(groups=[{"data_type_def": "A", "doc": "d"}]).documents)
    (found,) = namespaces_of({"ndx-test": {"0.1.0": documents}})
    assert (found.name, found.version, list(found.types)) == ("ndx-test", "0.1.0", ["A"])


def test_the_header_may_stand_by_itself() -> None:
    header = {"name": "ndx-test", "version": "1", "schema": [{"source": "types.yaml"}]}
    assert Namespace({"namespace": header, "types": {}}).types == {}


def test_both_spellings_mean_the_same() -> None:
    for prefix in ("neurodata_type", "data_type"):
        spec = {f"{prefix}_def": "Inner", f"{prefix}_inc": "Outer"}
        assert (type_def(spec), type_inc(spec)) == ("Inner", "Outer")
    found, specifications = extension(
        """
        groups:
        - {data_type_def: A, data_type_inc: Series, doc: d}
        - {neurodata_type_def: B, data_type_inc: A, doc: d}
        """
    )
    assert [entry.name for entry in specifications.ancestry(found.types["B"])] == [
        "B",
        "A",
        "Series",
        "Container",
    ]


QUANTITIES = [
    # quantity, required, many
    (None, True, False),
    (1, True, False),
    ("?", False, False),
    ("zero_or_one", False, False),
    ("*", False, True),
    ("zero_or_many", False, True),
    ("+", True, True),
    ("one_or_many", True, True),
    (2, True, True),
    ("3", True, True),
    ("1", True, False),
    (0, False, False),
]


@pytest.mark.parametrize(("value", "required", "many"), QUANTITIES, ids=lambda value: repr(value))
def test_quantity(value: Any, required: bool, many: bool) -> None:
    assert quantity({"quantity": value}) == (required, many)
    if value is None:
        assert quantity({}) == (required, many)


@pytest.mark.parametrize("value", ["many", "", 1.5, [1], {}, "²", "9" * 5000], ids=lambda value: repr(value)[:9])
def test_any_other_quantity_is_refused(value: Any) -> None:
    with pytest.raises(SpecificationError, match=r"quantity .* of 'data' is none of"):
        quantity({"name": "data", "quantity": value})


def test_members_come_in_their_order() -> None:
    spec = {kind: [{"name": kind}] for kind in ("links", "groups", "datasets", "attributes")}
    assert [kind for kind, _ in members(spec)] == ["attribute", "dataset", "group", "link"]


def test_types_inside_types_are_found() -> None:
    found = namespace(
        text="""
        groups:
        - neurodata_type_def: Outer
          doc: d
          groups:
          - name: untyped
            doc: d
            groups:
            - {neurodata_type_def: Inner, doc: d}
          datasets:
          - {neurodata_type_def: InnerData, doc: d, quantity: '*'}
        """
    )
    assert {entry.name: entry.kind for entry in found.types.values()} == {
        "Outer": "group",
        "Inner": "group",
        "InnerData": "dataset",
    }


ODD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a-type-is-text": ({"groups": ["Thing"]}, ["groups", "'Thing'"]),
    "types-are-a-dict": ({"groups": {"Thing": {}}}, ["groups", "no list"]),
    "members-are-a-number": (
        {"groups": [{"data_type_def": "Thing", "datasets": 7}]},
        ["datasets", "'Thing'"],
    ),
    "a-member-is-null": ({"groups": [{"data_type_def": "Thing", "links": [None]}]}, ["links", "'Thing'"]),
    "the-type-is-a-list": ({"groups": [{"data_type_def": ["Thing"]}]}, ["data_type_def", "['Thing']"]),
    "defined-twice": (
        {"groups": [{"data_type_def": "Thing"}], "datasets": [{"data_type_def": "Thing"}]},
        ["'Thing'", "already"],
    ),
    "defined-twice-inside": (
        {"groups": [{"data_type_def": "Thing", "groups": [{"data_type_def": "Thing"}]}]},
        ["'Thing'", "already"],
    ),
}


@pytest.mark.parametrize(("document", "words"), ODD.values(), ids=ODD)
def test_an_odd_document_is_named(document: dict[str, Any], words: list[str]) -> None:
    found = Namespace({**namespace().documents, "types": document})
    with pytest.raises(SpecificationError) as caught:
        _ = found.types
    assert [word for word in ("'ndx-test'", "0.1.0", "types", *words) if word not in str(caught.value)] == []


def test_a_type_defined_in_two_documents_is_refused() -> None:
    document = {"groups": [{"data_type_def": "Thing"}]}
    header = {"name": "ndx-test", "version": "1", "schema": [{"source": "one"}, {"source": "two"}]}
    with pytest.raises(SpecificationError, match=r"ndx-test.*two.*'Thing'.*one"):
        _ = Namespace({"namespace": header, "one": document, "two": document}).types


def test_a_document_that_is_missing_is_named() -> None:
    found = Namespace({"namespace": {"name": "ndx-test", "version": "1", "schema": [{"source": "absent.yaml"}]}})
    with pytest.raises(SpecificationError, match=r"'ndx-test' 1 has no document 'absent'"):
        _ = found.types


@pytest.mark.parametrize("documents", [{}, {"namespace": {}}, {"namespace": []}, {"namespace": {"name": 3}}], ids=repr)
def test_documents_without_a_namespace_are_refused(documents: dict[str, Any]) -> None:
    with pytest.raises(SpecificationError, match="names no namespace"):
        _ = Namespace(documents).name


def test_a_namespace_included_for_some_types_and_for_others_is_included_once() -> None:
    schema = [{"namespace": "core", "neurodata_types": [name]} for name in ("TimeSeries", "Device")]
    header = {"name": "ndx-test", "version": "1", "schema": [*schema, {"source": "a.yaml"}, {"source": "a"}]}
    found = Namespace({"namespace": header, "a": {}})
    assert (found.includes, found.sources) == ((("core", None),), ("a",))


# -------------------------------------------------------------------------------- versions
def versions(*names: str) -> Specifications:
    return Specifications([namespace("lib", version) for version in names])


def test_the_highest_version_is_meant_where_none_is_named() -> None:
    assert versions("2.9.0", "2.10.0", "2.10.0-alpha").get("lib").version == "2.10.0"


def test_a_default_comes_before_the_highest() -> None:
    found = Specifications(versions("1.0", "2.0"), defaults={"lib": "1.0"})
    assert found.get("lib").version == "1.0"
    assert found.get("lib", "2.0").version == "2.0"
    assert found.versions == {"lib": "1.0"}


@pytest.mark.parametrize(("name", "version", "words"), [("lib", "9", ["'lib' 9", "lib 1.0"]), ("nil", None, ["'nil'"])])
def test_what_is_not_there_is_named(name: str, version: str | None, words: list[str]) -> None:
    with pytest.raises(ObjectNotFoundError) as caught:
        versions("1.0").get(name, version)
    assert [word for word in words if word not in str(caught.value)] == []


INCLUDES = [
    # what the entry says, versions that are there, what is included
    ({"namespace": "lib", "version": "1.0"}, ["1.0", "2.0"], "1.0"),
    ({"namespace": "lib", "version": "2.0"}, ["1.0", "2.0"], "2.0"),
    ({"namespace": "lib"}, ["1.0", "2.0"], "2.0"),
    ({"namespace": "lib", "version": None}, ["1.0", "2.0"], "2.0"),
    # files hold the version they were written with, whatever the extension was made for
    ({"namespace": "lib", "version": "1.5"}, ["1.0"], "1.0"),
]


@pytest.mark.parametrize(("entry", "there", "found"), INCLUDES)
def test_includes_name_a_version_or_none(entry: dict[str, Any], there: list[str], found: str) -> None:
    user = Namespace({"namespace": {"name": "user", "version": "1", "schema": [entry]}})
    specifications = Specifications([*versions(*there), user])
    assert [other.version for other in specifications.included(user)] == [found]


def test_an_included_namespace_that_is_missing_is_named() -> None:
    user = namespace("ndx-user", includes=("ndx-absent",))
    with pytest.raises(SpecificationError, match=r"'ndx-user' 0.1.0.*schema: namespace 'ndx-absent'"):
        Specifications([user]).closure(user)


def test_the_closure_has_each_namespace_after_what_it_includes() -> None:
    bottom, left, right = namespace("bottom"), namespace("left", includes=("bottom",)), namespace("right")
    top = namespace("top", includes=("left", "right", "bottom"))
    found = Specifications([top, right, left, bottom]).closure(top)
    assert [entry.name for entry in found] == ["bottom", "left", "right", "top"]


@pytest.mark.parametrize(
    ("includes", "circle"),
    [({"a": ("a",)}, "a -> a"), ({"a": ("b",), "b": ("c",), "c": ("a",)}, "a -> b -> c -> a")],
    ids=["itself", "three"],
)
def test_namespaces_in_a_circle_are_refused(includes: dict[str, tuple[str, ...]], circle: str) -> None:
    found = [namespace(name, includes=others) for name, others in includes.items()]
    with pytest.raises(SpecificationError, match=circle):
        Specifications(found).closure(found[0])


# -------------------------------------------------------------------------------- types
def test_a_type_is_found_in_its_namespace_first() -> None:
    found, specifications = extension("groups: [{neurodata_type_def: Device, doc: Mine.}]")
    device = specifications.find_type(found, "Device")
    assert device is not None
    assert device.namespace is found
    series = specifications.find_type(found, "Series")
    assert series is not None
    assert series.namespace.name == "base"
    assert specifications.find_type(found, "Nothing") is None


def test_a_type_is_not_found_in_a_namespace_that_is_not_included() -> None:
    stranger = namespace("stranger", groups=[{"data_type_def": "Stranger", "doc": "d"}])
    alone = namespace("alone")
    assert Specifications([stranger, alone]).find_type(alone, "Stranger") is None


def test_what_is_included_last_comes_first() -> None:
    """An extension that changes a type of core stands before core for those who include both."""
    changed = namespace("changed", includes=("base",), groups=[{"data_type_def": "Series", "doc": "Changed."}])
    user = namespace("user", includes=("base", "changed"))
    found = Specifications([base(), changed, user]).find_type(user, "Series")
    assert found is not None
    assert found.namespace is changed


ANCESTRY = {
    "itself": (["A: A"], "A", "A -> A"),
    "three": (["A: B", "B: C", "C: A"], "A", "A -> B -> C -> A"),
    "further-up": (["A: B", "B: C", "C: B"], "A", "B -> C -> B"),
}


@pytest.mark.parametrize(("pairs", "start", "circle"), ANCESTRY.values(), ids=ANCESTRY)
def test_types_in_a_circle_are_refused(pairs: list[str], start: str, circle: str) -> None:
    groups = [dict(zip(("data_type_def", "data_type_inc"), pair.split(": "), strict=True)) for pair in pairs]
    found = namespace(groups=groups)
    with pytest.raises(SpecificationError, match=rf"ndx-test\.{circle[0]} .*data_type_inc: .*{circle}"):
        Specifications([found]).ancestry(found.types[start])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("groups: [{data_type_def: A, data_type_inc: Nil, doc: d}]", ["ndx-test.A (in types)", "'Nil'"]),
        ("groups: [{data_type_def: A, data_type_inc: Data, doc: d}]", ["ndx-test.A", "base.Data", "dataset"]),
    ],
    ids=["unknown", "other-kind"],
)
def test_a_parent_that_does_not_fit_is_named(text: str, words: list[str]) -> None:
    found, specifications = extension(text)
    with pytest.raises(SpecificationError) as caught:
        specifications.ancestry(found.types["A"])
    assert [word for word in words if word not in str(caught.value)] == []


def test_resolved_members_are_those_declared_nearest() -> None:
    found, specifications = extension(
        """
        groups:
        - neurodata_type_def: Special
          neurodata_type_inc: Series
          doc: d
          attributes:
          - {name: data, dtype: text, doc: An attribute of the same name.}
          datasets:
          - {name: data, doc: Mine., dtype: int8}
          - {neurodata_type_inc: Column, doc: Columns., quantity: '*'}
          links:
          - {target_type: Device, doc: Without a name.}
        - neurodata_type_def: MoreSpecial
          neurodata_type_inc: Special
          doc: d
          datasets:
          - {neurodata_type_inc: Column, doc: Other columns., quantity: '+'}
          links:
          - {target_type: Series, doc: Another one.}
        """
    )
    resolved = specifications.resolved_members(found.types["MoreSpecial"])
    assert {(kind, member["doc"], level.name) for kind, member, level in resolved} == {
        ("attribute", "An attribute of the same name.", "Special"),
        ("dataset", "Mine.", "Special"),
        ("dataset", "Other columns.", "MoreSpecial"),
        ("link", "Without a name.", "Special"),
        ("link", "Another one.", "MoreSpecial"),
    }
