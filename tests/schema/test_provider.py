"""`SchemaProvider`: which module the classes of a namespace come from, and the cache of generated sources."""

from __future__ import annotations

import copy
import importlib
import json
import multiprocessing
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pydantic
import pytest

from nwb_models.errors import NWBWarning, ObjectNotFoundError, SpecificationError
from nwb_models.generated.core import v2_11_0 as core
from nwb_models.models.mapping import storage
from nwb_models.schema import cache
from nwb_models.schema.codegen import generator
from nwb_models.schema.language import Namespace, Specifications
from nwb_models.schema.provider import (
    GENERATED,
    SchemaProvider,
    namespaces_of_classes,
    shipped_versions,
    types_of,
)
from nwb_models.schema.sources import shipped_namespaces, shipped_schemas
from tests.conftest import ROOT
from tests.schema.specs import namespace, published, with_core

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALL = [{"data_type_def": "Small", "data_type_inc": "Container", "doc": "A small type."}]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache of the test's own, and no module that another test has made."""
    forget()
    folder = tmp_path / "cache"
    monkeypatch.setenv("NWB_MODELS_CACHE", str(folder))
    yield folder
    forget()


def forget() -> None:
    """Take the modules that were made in this process out of it, as if it were a new one."""
    for name in [name for name in sys.modules if name.startswith(f"{GENERATED}.")]:
        if sys.modules[name].__spec__ is None:  # no file
            del sys.modules[name]


@pytest.fixture
def generated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The namespaces that were generated since the test began."""
    names: list[str] = []
    generate = generator.generate

    def counted(entry: Namespace, *arguments: Any) -> dict[str, str]:
        names.append(f"{entry.name} {entry.version}")
        return generate(entry, *arguments)

    monkeypatch.setattr(generator, "generate", counted)
    return names


def small(version: str = "0.1.0", doc: str = "A small type.") -> SchemaProvider:
    """Return a provider of an extension that is quickly generated."""
    groups = [SMALL[0] | {"doc": doc}]
    return SchemaProvider(with_core(namespace("ndx-small", version, groups=groups, includes=("hdmf-common",))))


def changed_core(version: str = "2.11.0") -> list[Namespace]:
    """Return what is published, with another attribute for every TimeSeries."""
    found = published()
    entry = next(entry for entry in found if entry.name == "core")
    entry.header["version"] = version
    attribute = {"name": "laboratory", "dtype": "text", "doc": "Another attribute."}
    entry.types["TimeSeries"].spec["attributes"].append(attribute)
    return found


def kept(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.json"))


# ----------------------------------------------------------------------------------------------------- shipped
def test_without_specifications_it_gives_what_ships() -> None:
    provider = SchemaProvider()
    assert provider.get("core") is core
    assert provider.get("core", "2.11.0") is core
    assert provider.get_class("core", "TimeSeries") is core.TimeSeries
    assert provider.versions == {"core": "2.11.0", "hdmf-common": "1.10.0", "hdmf-experimental": "0.6.0"}
    assert {name: list(versions) for name, versions in shipped_versions().items()} == {
        name: [version] for name, version in provider.versions.items()
    }


def test_published_specifications_give_what_ships(generated: list[str], folder: Path) -> None:
    provider = SchemaProvider(published())
    assert provider.get("core") is core
    assert provider.get_class("hdmf-common", "DynamicTable") in core.Units.__mro__
    assert (generated, kept(folder)) == ([], [])


def test_the_order_of_keys_makes_no_difference(generated: list[str]) -> None:
    turned = [Namespace({k: turn(v) for k, v in entry.documents.items()}) for entry in published()]
    assert SchemaProvider(turned).get("core") is core
    assert generated == []


def turn(node: Any) -> Any:
    """Return a document with its keys the other way round."""
    if isinstance(node, dict):
        return {key: turn(value) for key, value in reversed(node.items())}
    return [turn(value) for value in node] if isinstance(node, list) else node


NEAREST = [
    # version, the core that is taken for it
    (None, "2.11.0"),
    ("", "2.0.0"),
    ("1.0.6", "2.0.0"),
    ("2.0b", "2.0.0"),
    ("2.0.0", "2.0.0"),
    ("2.2.3", "2.2.4"),
    ("2.5.0", "2.5.0"),
    ("2.6.0", "2.7.0"),
    ("2.11.0", "2.11.0"),
    ("3.0.0", "2.11.0"),
]


@pytest.mark.parametrize(("version", "core_version"), NEAREST)
def test_the_nearest_core(version: str | None, core_version: str) -> None:
    assert SchemaProvider.nearest(version).versions["core"] == core_version


@pytest.mark.parametrize(("version", "core_version"), [("2.5.0", "2.5.0"), ("2.2.3", "2.2.4"), (None, "2.11.0")])
def test_an_extension_in_a_file_without_core_has_the_nearest(version: str | None, core_version: str) -> None:
    """Files of PyNWB 1 may hold the specifications of extensions alone, or none."""
    groups = [{"neurodata_type_def": "Mine", "neurodata_type_inc": "TimeSeries", "doc": "A series."}]
    mine = namespace("ndx-mine", groups=groups, includes=("core",))
    provider = SchemaProvider.nearest(version, [mine])
    assert provider.versions["ndx-mine"] == "0.1.0"
    assert provider.versions["core"] == core_version
    assert provider.get_class("ndx-mine", "Mine").__mro__[1] is provider.get_class("core", "TimeSeries")
    assert provider.get("core") is SchemaProvider().get("core", core_version)


def test_the_nearest_core_takes_the_place_of_one_that_is_given() -> None:
    """What is asked for is a core and the tables that were published with it, whole."""
    provider = SchemaProvider.nearest("2.11.0", [namespace("core", "2.5.0", text="{}"), namespace("hdmf-common", "9")])
    assert provider.versions == {"core": "2.11.0", "hdmf-common": "1.10.0"}


CORES = shipped_schemas()["core"]
EVERY_CORE = """
import json, sys
from nwb_models.models.mapping import storage
from nwb_models.schema import cache
from nwb_models.schema.provider import SchemaProvider, types_of
provider, found = SchemaProvider(), {}
for version in sys.argv[1:]:
    classes = types_of(provider.get("core", version))
    for cls in classes.values():
        storage(cls)
        assert cls.model_rebuild(force=True)
    found[version] = sorted(classes)
heavy = {"linkml", "linkml_runtime", "jinja2", "yaml"}
kept = [[entry.namespace, entry.version] for entry in cache.kept()]
print(json.dumps([found, sorted(heavy & set(sys.modules)), kept]))
"""


def test_every_core_that_ships_is_made_without_linkml(folder: Path) -> None:
    """Once from what ships, where YAML is read, and once from the cache; all of them in one process."""
    runs = []
    for _ in range(2):
        command = [sys.executable, "-c", EVERY_CORE, *CORES]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        runs.append(json.loads(done.stdout))
    types = {version: sorted(shipped_namespaces("core", version)[-1].types) for version in CORES}
    assert [run[:2] for run in runs] == [[types, ["yaml"]]] * 2
    made = {(name, version) for name, version in runs[0][2]}
    assert runs[0][2] == runs[1][2]
    assert made >= {("core", version) for version in CORES if version != "2.11.0"}
    assert not {("core", "2.11.0"), ("hdmf-common", "1.10.0")} & made


def test_cores_are_side_by_side() -> None:
    provider = SchemaProvider()
    old, new = provider.get("core", "2.5.0"), provider.get("core", "2.11.0")
    assert new is core
    assert old.__name__.startswith(f"{GENERATED}.core.v2_5_0_")
    assert provider.get("core", "2.5.0") is old
    assert SchemaProvider().get("core", "2.5.0") is old
    assert not issubclass(old.TimeSeries, core.TimeSeries)
    series = [
        module.TimeSeries(name="x", data=[0, 1], unit="V", rate=1.0, starting_time=0.0, **more)
        for module, more in ((old, {}), (new, {}))
    ]
    assert [type(one).__module__ for one in series] == [f"{old.__name__}.nwb_base", f"{core.__name__}.nwb_base"]
    assert [module.NWBFile.model_fields["nwb_version"].default for module in (old, new)] == ["2.5.0", "2.11.0"]
    group = new.ElectrodeGroup(name="g", description="d", location="l", device=old.Device(name="d"))
    assert type(group.device) is old.Device  # whether it fits is asked when it is written
    with pytest.raises(pydantic.ValidationError, match="a Device is needed here"):
        new.ElectrodeGroup(name="g", description="d", location="l", device=series[0])


def test_the_specifications_of_models_are_found() -> None:
    """Those of each package that models come from, after what it includes: they go into a file."""
    provider = small()
    found = namespaces_of_classes([provider.get_class("ndx-small", "Small"), core.TimeSeries])
    assert [(entry.name, entry.version) for entry in found] == [
        ("hdmf-common", "1.10.0"),
        ("ndx-small", "0.1.0"),
        ("core", "2.11.0"),
    ]
    old = namespaces_of_classes([SchemaProvider().get_class("core", "NWBFile", "2.5.0")])
    assert [(entry.name, entry.version) for entry in old] == [("hdmf-common", "1.5.1"), ("core", "2.5.0")]


WANTING = {
    "namespace": (("ndx-nil", None), ["'ndx-nil'", "core", "2.11.0"]),
    "version": (("core", "1.0"), ["'core'", "1.0", "core", "2.11.0"]),
}


@pytest.mark.parametrize(("wanted", "words"), WANTING.values(), ids=WANTING)
@pytest.mark.parametrize("given", [None, published()], ids=["shipped", "given"])
def test_what_is_not_there_is_named(given: Any, wanted: tuple[str, str | None], words: list[str]) -> None:
    with pytest.raises(ObjectNotFoundError) as caught:
        SchemaProvider(given).get(*wanted)
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_type_that_is_not_there_is_named() -> None:
    with pytest.raises(ObjectNotFoundError, match=r"'hdmf-experimental' 0.6.0 has no type 'TimeSeries'.*EnumData"):
        SchemaProvider().get_class("hdmf-experimental", "TimeSeries")


def test_specifications_that_break_the_language_are_named() -> None:
    circle = [{"data_type_def": "A", "data_type_inc": "B"}, {"data_type_def": "B", "data_type_inc": "A"}]
    provider = SchemaProvider([namespace("ndx-circle", groups=circle)])
    with pytest.raises(SpecificationError, match="A -> B -> A"):
        provider.get("ndx-circle")
    assert provider.find_class("ndx-circle", "A") is None
    assert "A -> B -> A" in provider.problems["ndx-circle", "0.1.0"]


NAMESPACES_IN_A_CIRCLE = {"a": ("b",), "b": ("a",)}


def test_namespaces_in_a_circle_are_named() -> None:
    provider = SchemaProvider([namespace(n, includes=others) for n, others in NAMESPACES_IN_A_CIRCLE.items()])
    with pytest.raises(SpecificationError, match="a -> b -> a"):
        provider.get("a")


def test_a_class_is_found_in_what_a_namespace_includes() -> None:
    """Old files name core for the types of tables, which moved to hdmf-common."""
    provider = SchemaProvider(published())
    assert provider.find_class("core", "DynamicTable") is provider.get_class("hdmf-common", "DynamicTable")
    assert provider.find_class("core", "Nil") is None
    assert provider.find_class(None, "TimeSeries") is core.TimeSeries


def test_the_same_namespaces_have_the_same_specifications_and_problems() -> None:
    """What cannot be used is a problem of each provider, and what one of them uses is none of the other's."""
    header = {"name": "ndx-one", "version": "0.1.0", "schema": [{"namespace": "nil"}]}
    namespaces = [*published(), Namespace({"namespace": header})]
    first, second = SchemaProvider(namespaces), SchemaProvider(namespaces)
    assert first.specifications is second.specifications
    assert SchemaProvider(namespaces, {"core": "2.11.0"}).specifications is not first.specifications
    assert not first.is_usable("ndx-one")
    assert (list(first.problems), second.problems) == ([("ndx-one", "0.1.0")], {})
    assert not second.is_usable("ndx-one")
    assert second.problems == first.problems
    assert first.is_usable("core")
    assert second.find_class("core", "TimeSeries") is core.TimeSeries


# ------------------------------------------------------------------------------------------------- side by side
def test_two_versions_are_side_by_side(generated: list[str]) -> None:
    specifications = Specifications([*published(), *changed_core("2.99.0")], defaults={"core": "2.11.0"})
    provider = SchemaProvider(specifications, {"core": "2.11.0"})
    old = provider.get_class("core", "TimeSeries")
    new = provider.get_class("core", "TimeSeries", "2.99.0")
    assert old is core.TimeSeries
    assert new is not old
    assert not issubclass(new, old)
    assert new.neurodata_type == old.neurodata_type == "TimeSeries"
    assert set(storage(new).attributes) - set(storage(old).attributes) == {"laboratory"}
    assert provider.get_class("hdmf-common", "Container") in {*new.__mro__} & {*old.__mro__}
    assert provider.get("core", "2.99.0") is provider.get("core", "2.99.0")
    assert generated == ["core 2.99.0"]


def test_what_a_namespace_says_decides_and_not_its_version(generated: list[str]) -> None:
    provider = SchemaProvider(changed_core())
    own = provider.get("core")
    assert own is not core
    assert "laboratory" in storage(types_of(own)["TimeSeries"]).attributes
    assert own.__name__.startswith("nwb_models.generated.core.v2_11_0_")
    assert SchemaProvider(published()).get("core") is core
    assert generated == ["core 2.11.0"]


def test_what_is_included_decides_too() -> None:
    """An extension has other classes where it stands on another core."""
    groups = [{"data_type_def": "Mine", "data_type_inc": "TimeSeries", "doc": "A series."}]
    mine = namespace("ndx-mine", groups=groups, includes=("core",))
    one, other = SchemaProvider([*published(), mine]), SchemaProvider([*changed_core(), mine])
    assert issubclass(one.get_class("ndx-mine", "Mine"), core.TimeSeries)
    assert not issubclass(other.get_class("ndx-mine", "Mine"), core.TimeSeries)
    assert "laboratory" in storage(other.get_class("ndx-mine", "Mine")).attributes


def test_the_same_specifications_have_the_same_classes_in_one_process(generated: list[str]) -> None:
    assert small().get_class("ndx-small", "Small") is small().get_class("ndx-small", "Small")
    assert generated == ["ndx-small 0.1.0"]
    assert small(doc="Another.").get_class("ndx-small", "Small").__doc__.startswith("Another.\n")


def test_namespaces_whose_modules_would_be_one_are_refused() -> None:
    one, other = namespace("ndx-one"), namespace("ndx_one")
    user = namespace("user", includes=("ndx-one", "ndx_one"))
    with pytest.raises(SpecificationError, match=r"'user' includes two namespaces for the module ndx_one.v0_1_0"):
        SchemaProvider([one, other, user]).get("user")


def test_threads_wait_for_each_other(generated: list[str]) -> None:
    start = threading.Barrier(4)

    def get(_: int) -> type:
        start.wait()
        return small().get_class("ndx-small", "Small")

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(get, range(4)))) == 1
    assert generated == ["ndx-small 0.1.0"]


def test_progress_is_told_when_something_is_generated() -> None:
    lines: list[str] = []
    entry = namespace("ndx-small", groups=SMALL, includes=("hdmf-common",))
    for _ in range(2):
        SchemaProvider(with_core(entry), progress=lines.append).get("ndx-small")
    assert len(lines) == 1
    assert "ndx-small 0.1.0" in lines[0]


# ------------------------------------------------------------------------------------------------------- cache
def test_the_cache_is_where_the_environment_says(folder: Path, generated: list[str]) -> None:
    assert cache.folder() == folder
    small().get("ndx-small")
    assert len(kept(folder)) == 1
    for path in (folder, *folder.iterdir()):
        assert path.stat().st_mode & 0o077 == 0
    forget()
    found = small().get_class("ndx-small", "Small")
    assert (found.__doc__.partition("\n")[0], generated) == ("A small type.", ["ndx-small 0.1.0"])


def test_without_the_environment_it_is_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    monkeypatch.delenv("NWB_MODELS_CACHE")
    assert str(cache.folder()) == platformdirs.user_cache_dir("nwb_models", appauthor=False)


SECOND = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
from nwb_models.schema.provider import SchemaProvider
from tests.schema.specs import namespace, with_core
entry = namespace("ndx-small", groups={SMALL!r}, includes=("hdmf-common",))
found = SchemaProvider(with_core(entry)).get_class("ndx-small", "Small")
words = found.__doc__.partition(chr(10))[0]
print(json.dumps([words, sorted({{"linkml", "linkml_runtime", "jinja2"}} & set(sys.modules))]))
"""


def test_no_process_needs_linkml() -> None:
    """Importing it takes seconds."""
    results = []
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", SECOND], capture_output=True, text=True, check=True)
        results.append(json.loads(done.stdout))
    assert results == [["A small type.", []]] * 2


def content(path: Path) -> list[Any]:
    """Return what a file of the cache holds: namespace, version, module -> source."""
    found: list[Any] = json.loads(path.read_text().partition("\n")[2])
    return found


def seal(path: Path, content: str) -> None:
    """Write a file as the cache would."""
    path.write_text(f"{cache._seal(path.stem, content)}\n{content}")


def _appended(path: Path) -> None:
    path.write_text(path.read_text() + "\n")


def _source_appended(path: Path) -> None:
    path.write_text(path.read_text().replace('"types": "', '"types": "import os\\n'))


def _empty(path: Path) -> None:
    path.write_text("")


def _cut(path: Path) -> None:
    path.write_text(path.read_text()[:-20])


def _no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


def _documentation(path: Path) -> None:
    path.write_text(path.read_text().replace("A small type.", "Another text."))


def _without_a_seal(path: Path) -> None:
    path.write_text(path.read_text().partition("\n")[2])


def _of_another(path: Path) -> None:
    """A source that is sealed, allowed and kept under the digest of something else."""
    small(doc="Another text.").get("ndx-small")
    (other,) = set(path.parent.iterdir()) - {path}
    path.write_text(other.read_text())


def _sealed_again(path: Path) -> None:
    """A source that someone else has written as the cache would."""
    namespace, version, modules = content(path)
    modules["types"] += "\nimport os\n"
    seal(path, json.dumps([namespace, version, modules]))


def _a_module_more(path: Path) -> None:
    namespace, version, modules = content(path)
    seal(path, json.dumps([namespace, version, {"os": "import os", **modules}]))


def _a_module_with_a_name_of_pythons(path: Path) -> None:
    namespace, version, modules = content(path)
    seal(path, json.dumps([namespace, version, {"__path__": modules["types"], **modules}]))


def _a_module_elsewhere(path: Path) -> None:
    namespace, version, modules = content(path)
    seal(path, json.dumps([namespace, version, {"../types": modules["types"], **modules}]))


def _sealed_nonsense(path: Path) -> None:
    seal(path, "class")


def _sealed_python(path: Path) -> None:
    seal(path, json.dumps(["ndx-small", "0.1.0", {"types": "class"}]))


def _sealed_number(path: Path) -> None:
    seal(path, "1")


def _sealed_list(path: Path) -> None:
    seal(path, json.dumps(content(path)[:2]))


def _sealed_names(path: Path) -> None:
    seal(path, json.dumps([1, None, content(path)[2]]))


def _sealed_lists_as_sources(path: Path) -> None:
    seal(path, json.dumps(["ndx-small", "0.1.0", {"types": ["class"]}]))


def _sealed_source_for_modules(path: Path) -> None:
    seal(path, json.dumps(["ndx-small", "0.1.0", content(path)[2]["types"]]))


def _sealed_depth(path: Path) -> None:
    seal(path, "[" * 100_000 + "]" * 100_000)


def _sealed_without_models(path: Path) -> None:
    seal(path, json.dumps(["ndx-small", "0.1.0", {"types": "class A(A): pass"}]))


def _a_link(path: Path) -> None:
    elsewhere = path.parents[2] / "elsewhere.json"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _endless(path: Path) -> None:
    os.truncate(path, 1 << 40)


TAMPERING = [
    _appended, _source_appended, _empty, _cut, _no_text, _documentation, _without_a_seal, _of_another, _sealed_again,
    _a_module_more, _a_module_with_a_name_of_pythons, _a_module_elsewhere, _sealed_nonsense, _sealed_python,
    _sealed_number, _sealed_list, _sealed_names, _sealed_lists_as_sources, _sealed_source_for_modules, _sealed_depth,
    _sealed_without_models, _a_link, _a_folder, _endless, *([_a_pipe] if hasattr(os, "mkfifo") else []),
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERING, ids=lambda function: function.__name__.strip("_"))
def test_what_was_tampered_with_is_generated_anew(folder: Path, generated: list[str], tamper: Any) -> None:
    small().get("ndx-small")
    (path,) = kept(folder)
    written = path.read_text()
    tamper(path)
    generated.clear()
    forget()
    assert small().get_class("ndx-small", "Small").__doc__.startswith("A small type.\n")
    assert generated == ["ndx-small 0.1.0"]
    if path.is_file():
        assert path.read_text() == written
        assert not path.is_symlink()


FOLDERS = ["", "inner"]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="POSIX permissions")
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o722], ids=oct)
@pytest.mark.parametrize("which", FOLDERS)
def test_a_folder_that_others_may_write_to_is_not_used(
    folder: Path, generated: list[str], which: str, mode: int
) -> None:
    small().get("ndx-small")
    (path,) = kept(folder)
    (path.parent if which else folder).chmod(mode)
    forget()
    with pytest.warns(NWBWarning, match=r"is not used, .*: others may write to it\. Set NWB_MODELS_CACHE"):
        assert cache.load(path.stem) is None
    with pytest.warns(NWBWarning, match="others may write to it"):
        assert small().get_class("ndx-small", "Small")
    assert generated == ["ndx-small 0.1.0"] * 2
    with pytest.warns(NWBWarning, match="others may write to it"):
        assert not cache.store("0" * 64, cache.Kept("ndx-small", "0.1.0", {}))
    assert kept(folder) == [path]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="POSIX permissions")
def test_its_folders_are_for_the_user_alone(folder: Path) -> None:
    before = os.umask(0)
    try:
        small().get("ndx-small")
    finally:
        os.umask(before)
    (path,) = kept(folder)
    assert [oct(place.stat().st_mode & 0o777) for place in (folder, path.parent, path)] == ["0o700", "0o700", "0o600"]


@pytest.mark.parametrize("which", FOLDERS)
def test_a_folder_that_is_a_link_is_not_used(folder: Path, tmp_path: Path, generated: list[str], which: str) -> None:
    small().get("ndx-small")
    (path,) = kept(folder)
    linked = path.parent if which else folder
    linked.rename(tmp_path / "elsewhere")
    linked.symlink_to(tmp_path / "elsewhere")
    forget()
    with pytest.warns(NWBWarning, match="it is a link, or no folder"):
        assert small().get_class("ndx-small", "Small")
    assert generated == ["ndx-small 0.1.0"] * 2
    with pytest.warns(NWBWarning, match="it is a link, or no folder"):
        assert cache.load(path.stem) is None


def test_a_link_at_the_name_of_an_unfinished_entry_is_not_followed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, generated: list[str]
) -> None:
    """Its name cannot be guessed; here it is known, and what the link leads to is left as it is."""
    victim = tmp_path / "victim"
    victim.write_text("what was there")
    small().get("ndx-small")
    (path,) = kept(folder)
    path.unlink()
    monkeypatch.setattr("secrets.token_hex", lambda _: "0" * 12)
    (path.parent / f".new-{'0' * 12}.tmp").symlink_to(victim)
    forget()
    assert small().get_class("ndx-small", "Small")
    assert generated == ["ndx-small 0.1.0"] * 2
    assert victim.read_text() == "what was there"
    assert not path.exists()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="POSIX permissions")
def test_a_folder_of_somebody_else_is_not_used(monkeypatch: pytest.MonkeyPatch, generated: list[str]) -> None:
    small().get("ndx-small")
    forget()
    somebody = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: somebody)
    with pytest.warns(NWBWarning, match="it belongs to somebody else"):
        assert small().get_class("ndx-small", "Small")
    assert generated == ["ndx-small 0.1.0"] * 2


def test_a_folder_that_cannot_be_made_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, generated: list[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NWB_MODELS_CACHE", str(tmp_path / "file" / "cache"))
    for _ in range(2):
        assert small().get_class("ndx-small", "Small")
        forget()
    assert generated == ["ndx-small 0.1.0"] * 2


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_done_without(folder: Path, generated: list[str]) -> None:
    folder.mkdir(mode=0o500)
    for _ in range(2):
        assert small().get_class("ndx-small", "Small")
        forget()
    assert generated == ["ndx-small 0.1.0"] * 2


def test_a_disk_that_is_full_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path as RealPath

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RealPath, "replace", full)
    assert small().get_class("ndx-small", "Small")
    assert kept(folder) == []


def test_another_generator_has_another_cache(
    folder: Path, monkeypatch: pytest.MonkeyPatch, generated: list[str]
) -> None:
    small().get("ndx-small")
    forget()
    monkeypatch.setattr(cache, "generator_digest", lambda: "another")
    small().get("ndx-small")
    assert generated == ["ndx-small 0.1.0"] * 2
    assert len({path.parent for path in kept(folder)}) == 2


def _at_once(folder: str, barrier: Any, results: Any) -> None:
    """Generate in a process of its own."""
    os.environ["NWB_MODELS_CACHE"] = folder
    importlib.import_module("nwb_models.schema.codegen.generator")
    provider = small()
    barrier.wait(60)
    found = provider.get_class("ndx-small", "Small")
    results.put((found.__doc__.partition("\n")[0], found(name="x").name))


def test_two_processes_generate_at_once(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(2), context.Queue()
    processes = [context.Process(target=_at_once, args=(str(folder), barrier, results)) for _ in range(2)]
    for process in processes:
        process.start()
    found = [results.get(timeout=120) for _ in processes]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert found == [("A small type.", "x")] * 2
    assert len(kept(folder)) == 1


def test_the_specifications_are_left_as_they_were() -> None:
    found = changed_core("2.12.0")
    before = copy.deepcopy([dict(entry.documents) for entry in found])
    SchemaProvider(found).get("core", "2.12.0")
    assert [dict(entry.documents) for entry in found] == before
