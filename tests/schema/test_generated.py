"""The generated modules: what every class has to hold to, and that they are what the generator writes."""

from __future__ import annotations

import ast
import copy
import gc
import inspect
import os
import pydoc
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Annotated, Any, ClassVar, get_origin

import numpy as np
import pydantic
import pytest

import nwb_models.core
import nwb_models.core.v2_11_0
from nwb_models.errors import UnknownFieldError
from nwb_models.generated.core import v2_11_0 as core
from nwb_models.generated.hdmf_common import v1_10_0 as common
from nwb_models.generated.hdmf_experimental import v0_6_0 as experimental
from nwb_models.models import NWBDataset, NWBGroup, NWBModel
from nwb_models.models.base import ShortcutInfo
from nwb_models.models.mapping import Stored, Value, own_fields, storage, stored_fields
from nwb_models.models.reserved import DATASET_FIELDS, FIELDS, GROUP_FIELDS, NAMES
from nwb_models.naming import module_name, version_name
from nwb_models.schema.codegen.allowlist import IMPORTS, TYPES
from nwb_models.schema.codegen.generator import generate
from nwb_models.schema.codegen.mixins import MIXINS
from nwb_models.schema.language import Namespace, Specifications
from nwb_models.schema.provider import SchemaProvider, shipped_index
from nwb_models.schema.shipping import shipped_files
from nwb_models.schema.sources import shipped_schemas
from tests.conftest import ROOT
from tests.schema.specs import namespace, published, with_core

MODULES = [common, experimental, core]
CLASSES = [
    value
    for module in MODULES
    for value in vars(module).values()
    if inspect.isclass(value) and value.__module__.startswith(f"{module.__name__}.")
]
FILES = sorted((ROOT / "generated").glob("*/v*/*.py"))
every_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)


def public(cls: type) -> set[str]:
    """Return the names of the members of a class that a field could hide; what gives way to a field hides itself."""
    return {name for name in dir(cls) if not name.startswith("_") and hasattr(cls, name)}


# ------------------------------------------------------------------------------------------------ every class
def test_there_are_classes_for_every_type() -> None:
    types = {name for entry in published() for name in entry.types}
    assert {cls.neurodata_type for cls in CLASSES if "neurodata_type" in vars(cls)} == types
    assert len(CLASSES) > len(types)


@every_class
def test_each_field_has_one_marker(cls: type[NWBModel]) -> None:
    """pydantic drops the marker of a field that a subclass declares again without it."""
    cls.model_rebuild()  # reads what stood open where types go in a circle
    for name, info in cls.model_fields.items():
        assert sum(isinstance(entry, Stored) for entry in info.metadata) == 1, name


@every_class
def test_each_declaration_has_one_marker(cls: type[NWBModel]) -> None:
    for name, annotation in inspect.get_annotations(cls, eval_str=True).items():
        if get_origin(annotation) is ClassVar:
            assert name in ("neurodata_type", "namespace")
        else:
            assert get_origin(annotation) is Annotated, name
            assert [type(entry) for entry in annotation.__metadata__ if isinstance(entry, Stored)] != [], name
            assert len(annotation.__metadata__) == 1, name


@every_class
def test_every_field_is_stored_somewhere(cls: type[NWBModel]) -> None:
    cls.model_rebuild()
    found = storage(cls)
    entries = [*found.attributes.values(), *found.children.values(), *found.unnamed, *found.collections]
    fields = [entry.field for entry in entries] + ([found.value.field] if found.value else [])
    # the name of an object is not stored in it
    assert sorted(fields) == sorted(set(cls.model_fields) - {"name"})
    for entry in entries:
        assert cls.model_fields[entry.field].metadata[0] == entry.marker
    assert (found.value is not None) == issubclass(cls, NWBDataset)


@every_class
def test_every_class_says_which_type_it_is(cls: type[NWBModel]) -> None:
    assert issubclass(cls, NWBGroup | NWBDataset)
    assert not (issubclass(cls, NWBGroup) and issubclass(cls, NWBDataset))
    own = vars(cls).get("neurodata_type")
    assert ("__" in cls.__name__) == (own is None)
    if own is not None:
        assert (own, cls.namespace in ("core", "hdmf-common", "hdmf-experimental")) == (cls.__name__, True)
        assert vars(sys.modules[cls.__module__.rpartition(".")[0]])[cls.__name__] is cls
    assert cls.__doc__
    assert cls.__doc__ != "No documentation."


@every_class
def test_no_name_hides_a_member(cls: type[NWBModel]) -> None:
    kind = NWBGroup if issubclass(cls, NWBGroup) else NWBDataset
    members = public(kind) | public(pydantic.BaseModel)
    for mixin in cls.__mro__:
        if mixin.__module__.startswith("nwb_models.models."):
            members |= public(mixin)
    declared = set(inspect.get_annotations(cls)) - {"neurodata_type", "namespace", "name", "value"}
    assert declared & members == set()


@every_class
def test_no_name_of_a_field_is_that_of_a_type(cls: type[NWBModel]) -> None:
    """In the body of its class it would be taken for the type."""
    assert set(inspect.get_annotations(cls)) & set(vars(sys.modules[cls.__module__])) == set()


@every_class
def test_a_shortcut_leads_to_a_field(cls: type[NWBModel]) -> None:
    for name, shortcut in vars(cls).items():
        if isinstance(shortcut, ShortcutInfo):
            at: Any = cls
            for step in shortcut.steps[:-1]:
                tables = storage(at)
                at = next(entry.model for entry in (*tables.children.values(), *tables.unnamed) if entry.field == step)
            assert shortcut.steps[-1] in at.model_fields, name
            assert name not in cls.model_fields


def test_redeclared_fields_keep_their_markers() -> None:
    """The case that goes wrong without a marker, so that the tests above are known to see it."""
    data = storage(core.ElectricalSeries).children["data"]
    assert data.model is core.ElectricalSeries__data
    assert issubclass(core.ElectricalSeries__data, core.TimeSeries__data)
    assert storage(core.ElectricalSeries__data).attributes["unit"].marker.value == "volts"

    class Wrong(core.TimeSeries):
        comments: str = ""

    assert [entry for entry in Wrong.model_fields["comments"].metadata if isinstance(entry, Stored)] == []


# --------------------------------------------------------------------------------------------- reserved names
def test_the_reserved_names_are_complete() -> None:
    assert (public(NWBModel) | public(pydantic.BaseModel) | set(NWBModel.model_fields)) <= FIELDS
    assert public(NWBGroup) | set(NWBGroup.model_fields) <= FIELDS | GROUP_FIELDS
    assert public(NWBDataset) | set(NWBDataset.model_fields) <= FIELDS | DATASET_FIELDS
    assert {name for names in IMPORTS.values() for name in names} | TYPES <= NAMES


@pytest.mark.parametrize("neurodata_type", MIXINS)
def test_the_members_of_mixins_are_reserved(neurodata_type: str) -> None:
    cls = next(cls for cls in CLASSES if vars(cls).get("neurodata_type") == neurodata_type)
    mixin = next(base for base in cls.__bases__ if base.__name__ == MIXINS[neurodata_type][1])
    assert public(mixin) <= FIELDS | (GROUP_FIELDS if issubclass(cls, NWBGroup) else DATASET_FIELDS)


def test_reserved_names_are_renamed_and_kept() -> None:
    """A type whose attributes have every name that is taken."""
    names = sorted(FIELDS | GROUP_FIELDS | DATASET_FIELDS | NAMES)
    attributes = [{"name": name, "doc": "d", "dtype": "text", "required": False} for name in names]
    types = [
        {"data_type_def": "Awkward", "data_type_inc": "NWBContainer", "doc": "d", "attributes": attributes},
        *({"data_type_def": name, "data_type_inc": "NWBContainer", "doc": "d"} for name in sorted(NAMES)),
    ]
    data = {"data_type_def": "AwkwardData", "data_type_inc": "NWBData", "doc": "d", "attributes": attributes}
    found = namespace("ndx-reserved", includes=("core",), groups=types, datasets=[data])
    provider = SchemaProvider(with_core(found))
    for neurodata_type in ("Awkward", "AwkwardData"):
        cls = provider.get_class("ndx-reserved", neurodata_type)
        assert set(storage(cls).attributes) >= set(names)
        assert cls.model_rebuild(force=True)
    made = provider.get_class("ndx-reserved", "Awkward")(name="x", keys_="k", copy_="c")
    assert (made.name, made.keys_, made.copy_) == ("x", "k", "c")
    for name in NAMES:
        assert provider.get_class("ndx-reserved", name).__name__ == f"{name}_"


# ------------------------------------------------------------------------------------------------ the sources
def test_core_is_short_enough_to_be_read() -> None:
    files = [path for path in FILES if path.parts[-3] == "core"]
    assert len(files) == 14
    assert sum(len(path.read_text("utf-8").splitlines()) for path in files) < 3200


def test_each_document_has_a_module_with_its_types() -> None:
    for entry in published():
        folder = ROOT / "generated" / module_name(entry.name) / version_name(entry.version)
        names = {source: source.replace(".", "_") for source in entry.sources}
        assert {path.stem for path in folder.glob("*.py")} == {"__init__", *names.values()}
        for source, name in names.items():
            tree = ast.parse((folder / f"{name}.py").read_text("utf-8"))
            found = {node.name for node in tree.body if isinstance(node, ast.ClassDef) and "__" not in node.name}
            assert found == {kind.name for kind in entry.types.values() if kind.source == source}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_no_type_is_left_open_for_the_modules_that_inherit_it(module: Any) -> None:
    """A class stands before those that hold it, unless these go in a circle."""
    code = (
        f"import {module.__name__} as m\n"
        "print([c.__name__ for c in vars(m).values() if isinstance(c, type) and c.__module__.startswith(m.__name__)"
        " and not c.__pydantic_fields_complete__])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    circles = {"nwb_models.generated.hdmf_common.v1_10_0": ["DynamicTable__meanings_tables"]}
    assert ast.literal_eval(done.stdout) == circles.get(module.__name__, [])


SEED = """
import json, sys
sys.path.insert(0, {root!r})
from hashlib import sha256
from nwb_models.schema.shipping import linkml_files, module_files
from tests.schema.specs import AWKWARD, namespace, with_core
extension = namespace("ndx-awkward", text=AWKWARD, includes=("core",))
specifications = with_core(extension)
for entry in specifications:
    files = linkml_files(entry, specifications) | module_files(entry, specifications)
    print(entry.name, len(files), sha256(json.dumps(files).encode()).hexdigest())
"""


def test_generation_does_not_depend_on_the_hash_seed() -> None:
    """Of what is published, and of an extension of it."""
    found = set()
    for seed in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", SEED.format(root=str(ROOT))]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        found.add(done.stdout)
    assert len(found) == 1
    names = [line.split()[:2] for line in found.pop().splitlines()]
    assert names == [["core", "28"], ["hdmf-common", "10"], ["hdmf-experimental", "4"], ["ndx-awkward", "4"]]


def test_what_ships_is_what_the_generator_writes() -> None:
    expected = dict(shipped_files(shipped_schemas(), shipped_index()))
    there = {
        path.relative_to(ROOT).as_posix(): path for name in ("schemas", "generated") for path in files(ROOT / name)
    }
    licences = {name for name in there if Path(name).name.startswith("LICENSE")}
    assert there.keys() - licences == expected.keys()
    assert [name for name, text in expected.items() if there[name].read_bytes() != text.encode()] == []
    assert len(licences) == 4


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def test_the_header_names_where_it_comes_from() -> None:
    specifications = Specifications(published())
    sources = generate(specifications.get("hdmf-experimental"), specifications, "the-digest")
    head = sources["__init__"].split('"""')[1]
    assert "namespace 'hdmf-experimental', version '0.6.0'" in head
    assert "not to be edited" in head
    assert "sha256 of the specifications: the-digest" in head
    head = " ".join(sources["experimental"].split('"""')[1].split())
    assert "experimental of hdmf-experimental 0.6.0" in head
    assert "not to be edited" in head
    assert "the-digest" in head


def test_core_is_importable_by_its_short_name_and_by_version() -> None:
    from nwb_models.core import NWBFile, TimeSeries
    from nwb_models.core.v2_11_0 import NWBFile as SameFile
    from nwb_models.core.v2_11_0 import TimeSeries as SameSeries

    assert (NWBFile, TimeSeries) == (SameFile, SameSeries) == (core.NWBFile, core.TimeSeries)
    own = {cls.__name__: cls for cls in CLASSES if cls.__module__.startswith(core.__name__)}
    for module in (nwb_models.core, nwb_models.core.v2_11_0):
        assert {name: vars(module).get(name) for name in own} == own


# --------------------------------------------------------------------------- types that lead to each other
CIRCLE = """
groups:
- neurodata_type_def: Node
  neurodata_type_inc: Container
  doc: Holds what holds it, and itself.
  groups:
  - {name: edge, neurodata_type_inc: Edge, doc: An edge., quantity: '?'}
  - {name: node, neurodata_type_inc: Node, doc: A node., quantity: '?'}
  - name: edges
    doc: Any number.
    groups:
    - {neurodata_type_inc: Edge, doc: Edges., quantity: '*'}
- neurodata_type_def: Edge
  neurodata_type_inc: Node
  doc: An edge.
  attributes:
  - {name: weight, dtype: float, doc: A weight., default_value: 0.0}
"""


def test_types_that_lead_to_each_other_are_inherited_by_other_namespaces() -> None:
    """pydantic evaluates what was open in the class above inside of the module of the subclass."""
    graph = namespace("ndx-graph", text=CIRCLE, includes=("hdmf-common",))
    groups = [
        {"data_type_def": "Edge", "data_type_inc": "Container", "doc": "Something else of that name."},
        {"data_type_def": "Special", "data_type_inc": "Node", "doc": "A node."},
    ]
    user = namespace("ndx-user", includes=("ndx-graph",), groups=groups)
    provider = SchemaProvider(with_core(graph, user))
    node, edge = (provider.get_class("ndx-graph", name) for name in ("Node", "Edge"))
    special, other = (provider.get_class("ndx-user", name) for name in ("Special", "Edge"))
    assert {entry.field: entry.model for entry in storage(special).children.values()} == {
        "edge": edge,
        "node": node,
        "edges": storage(node).children["edges"].model,
    }
    made = special(name="s", edge=edge(name="edge"), node=special(name="node"))
    assert (made.edge.weight, made.node.name, len(made.edges.edge)) == (0.0, "node", 0)
    with pytest.raises(pydantic.ValidationError, match="edge"):
        special(name="s", edge=other(name="edge"))


def test_names_that_differ_only_in_odd_characters_have_classes_and_fields_of_their_own() -> None:
    attributes = [{"name": name, "doc": name, "dtype": "text", "value": name} for name in ("a-b", "a_b", "a b")]
    groups = [
        {"data_type_def": name, "data_type_inc": "Container", "doc": name, "attributes": attributes}
        for name in ("My-Type", "My_Type", "My Type")
    ]
    found = namespace("ndx-odd", includes=("hdmf-common",), groups=groups)
    provider = SchemaProvider(with_core(found))
    classes = [provider.get_class("ndx-odd", name) for name in ("My-Type", "My_Type", "My Type")]
    assert [cls.__doc__.partition("\n")[0] for cls in classes] == ["My-Type", "My_Type", "My Type"]
    assert len(set(classes)) == 3
    made = classes[0](name="x")
    assert {name: getattr(made, entry.field) for name, entry in storage(classes[0]).attributes.items()} == {
        "object_id": None,
        "a-b": "a-b",
        "a_b": "a_b",
        "a b": "a b",
    }


def test_an_extension_may_change_a_type_of_core() -> None:
    attributes = [{"name": "extra", "doc": "More.", "dtype": "text"}]
    groups = [
        {
            "data_type_def": "TimeSeries",
            "data_type_inc": "NWBDataInterface",
            "doc": "Mine.",
            "attributes": attributes,
        },
        {"data_type_def": "Sub", "data_type_inc": "TimeSeries", "doc": "A series of mine."},
        {"data_type_def": "Other", "data_type_inc": "ElectricalSeries", "doc": "A series of core."},
    ]
    provider = SchemaProvider(with_core(namespace("ndx-mine", includes=("core",), groups=groups)))
    mine, sub, other = (provider.get_class("ndx-mine", name) for name in ("TimeSeries", "Sub", "Other"))
    assert mine is not core.TimeSeries
    assert issubclass(sub, mine)
    assert issubclass(other, core.TimeSeries)
    assert not issubclass(other, mine)
    assert provider.get_class("core", "TimeSeries") is core.TimeSeries


def test_values_that_are_false_are_kept() -> None:
    attributes = [
        {"name": f"{kind}_{name}", "doc": "d", "dtype": dtype, kind: value}
        for kind in ("value", "default_value")
        for name, dtype, value in (
            ("zero", "int", 0),
            ("empty", "text", ""),
            ("no", "bool", False),
            ("nil", "float", 0.0),
        )
    ]
    groups = [{"data_type_def": "Falsy", "data_type_inc": "Container", "doc": "d", "attributes": attributes}]
    provider = SchemaProvider(with_core(namespace("ndx-falsy", includes=("hdmf-common",), groups=groups)))
    cls = provider.get_class("ndx-falsy", "Falsy")
    made = cls(name="x")
    for attribute in attributes:
        expected = attribute.get("value", attribute.get("default_value"))
        found = getattr(made, attribute["name"])
        assert (found, type(found)) == (expected, type(expected))
        marker = storage(cls).attributes[attribute["name"]].marker
        assert marker.value == attribute.get("value")


# ------------------------------------------------------------------------------------ models made by hand
def made(**more: Any) -> core.TimeSeries:
    data = core.TimeSeries__data(name="data", value=np.arange(3), unit="V")
    start = core.TimeSeries__starting_time(name="starting_time", value=0.0, rate=10.0)
    return core.TimeSeries(**{"name": "x", "data": data, "starting_time": start, **more})


def test_a_model_is_made_of_its_parts() -> None:
    series = made(description="d")
    assert (series.unit, series.rate, series.description, series.conversion) == ("V", 10.0, "d", 1.0)
    assert series.data[1:].tolist() == [1, 2]
    assert series.starting_time.unit == "seconds"
    assert series.sync is None


def test_an_nwbfile_is_made() -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 1, 1, tzinfo=UTC)
    nwbfile = core.NWBFile(
        identifier="i",
        session_description="s",
        session_start_time=now,
        timestamps_reference_time=now,
        file_create_date=[now],
    )
    assert (nwbfile.name, nwbfile.nwb_version, dict(nwbfile.acquisition.items())) == ("root", "2.11.0", {})
    nwbfile.acquisition.nwb_data_interface.add(made())
    assert list(nwbfile.acquisition) == ["x"]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "missing": ({"data": ...}, "data"),
    "no-name": ({"name": ...}, "name"),
    "text-for-a-number": ({"starting_time": {"name": "starting_time", "value": 0.0, "rate": "fast"}}, "rate"),
    "number-for-text": ({"description": 3}, "description"),
    "another-class": ({"data": core.Device(name="data")}, "data"),
    "another-value-than-the-fixed-one": (
        {"starting_time": {"name": "starting_time", "value": 0.0, "rate": 1.0, "unit": "hours"}},
        "unit",
    ),
}


@pytest.mark.parametrize(("change", "field"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_by_the_name_of_its_field(change: dict[str, Any], field: str) -> None:
    parts = {key: value for key, value in made().__dict__.items() if value is not None} | change
    with pytest.raises(pydantic.ValidationError) as caught:
        core.TimeSeries(**{key: value for key, value in parts.items() if value is not ...})
    assert any(field in map(str, error["loc"]) for error in caught.value.errors())


@pytest.mark.parametrize(
    ("typo", "meant"),
    [("descripton", "description"), ("rat", "rate"), ("units", "unit"), ("timestamp", "timestamps")],
)
def test_a_typo_is_refused_with_a_suggestion(typo: str, meant: str) -> None:
    with pytest.raises(UnknownFieldError, match=f"TimeSeries has no field '{typo}': did you mean '{meant}'"):
        made(**{typo: 1})
    with pytest.raises(UnknownFieldError, match=f"'{typo}'.*'{meant}'"):
        setattr(made(), typo, 1)


def test_a_dataset_class_takes_lists_and_arrays_as_its_value() -> None:
    for value in ([1, 2], np.array([1, 2])):
        found = core.TimeSeries__data(name="data", value=value, unit="V").value
        assert isinstance(found, np.ndarray)
        assert found.tolist() == [1, 2]
    marker = storage(core.TimeSeries__data).value
    assert marker is not None
    assert isinstance(marker.marker, Value)


SHORTCUTS: dict[str, dict[str, Any]] = {
    "array": {"data": np.arange(2), "unit": "V", "rate": 1.0, "starting_time": 0.0},
    "list": {"data": [0, 1], "unit": "V", "rate": 1.0, "starting_time": 0.0},
    "timestamps": {"data": [0, 1], "unit": "V", "timestamps": [0.0, 0.5]},
}


@pytest.mark.parametrize("arguments", SHORTCUTS.values(), ids=SHORTCUTS)
def test_a_model_is_made_with_shortcuts(arguments: dict[str, Any]) -> None:
    series = core.TimeSeries(name="x", **arguments)
    assert isinstance(series.data, core.TimeSeries__data)
    assert (series.unit, np.asarray(series.data).tolist()) == ("V", [0, 1])
    assert series.rate == arguments.get("rate")


def test_a_digest_is_that_of_the_content() -> None:
    """The order of keys says nothing; anything else does."""

    def digest(entry: Namespace, *included: Namespace) -> str:
        return Specifications([*included, entry]).digest(entry)

    group = {"data_type_def": "A", "doc": "d"}
    found = namespace(groups=[group])
    turned = Namespace(
        {
            "types": {"datasets": [], "groups": [{"doc": "d", "data_type_def": "A"}]},
            "namespace": found.documents["namespace"],
            "unused": {"doc": "not named by the namespace"},
        }
    )
    assert digest(found) == digest(turned)
    assert digest(found) != digest(namespace(groups=[group | {"doc": "D"}]))
    above = namespace("ndx-above", includes=("ndx-test",))
    assert digest(above, found) == digest(above, turned)
    assert digest(above, found) != digest(above, namespace(groups=[group | {"doc": "D"}]))
    assert digest(namespace("ndx-above")) != digest(above, found)


# ------------------------------------------------------------------------------------------ what classes say of fields
@every_class
def test_fields_have_the_words_of_the_schema_at_run_time(cls: type[NWBModel]) -> None:
    """Those below each field in the source; all but the payload of a dataset have some."""
    for name, info in cls.model_fields.items():
        assert info.description, name
        assert f"\n{name} : " in str(cls.__doc__)


def test_help_shows_fields_and_shortcuts() -> None:
    told = pydoc.render_doc(core.ElectricalSeries, renderer=pydoc.plaintext)
    assert "filtering : text, optional" in told
    assert "Filtering applied to all channels of the data." in told
    assert "rate : float32, optional" in told
    assert "Short for ``starting_time.rate``. Sampling rate, in Hz." in told


def test_json_schema_has_the_words_of_the_schema() -> None:
    schema = core.ElectricalSeries.model_json_schema()
    assert schema["description"].startswith("A time series of acquired voltage data")
    assert "Attributes" not in schema["description"]
    assert schema["properties"]["filtering"]["description"].startswith("Filtering applied to all channels")


def test_descriptions_are_not_looked_up_before_somebody_asks() -> None:
    code = """
from nwb_models.models import documentation
def written(source):
    raise AssertionError("the source was parsed")
documentation._written = written
from nwb_models.core import TimeSeries
TimeSeries(name="x", data=[1.0], unit="V", rate=1.0).unit = "mV"
TimeSeries.model_fields["data"].is_required()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_copied_field_keeps_its_description() -> None:
    info = copy.copy(core.ElectricalSeries.model_fields["filtering"])
    assert str(info.description).startswith("Filtering applied")
    assert (
        pydantic.create_model("Mine", filtering=(str, info)).model_fields["filtering"].description == info.description
    )


def test_a_class_whose_words_were_looked_up_may_go() -> None:
    def made() -> weakref.ref[type]:
        class Mine(core.TimeSeries):
            """Mine."""

        assert Mine.model_fields["data"].description
        assert "sync : group, optional" in str(Mine.__doc__)
        return weakref.ref(Mine)

    seen = made()
    gc.collect()
    storage.cache_clear()
    stored_fields.cache_clear()
    own_fields.cache_clear()
    gc.collect()
    assert seen() is None
