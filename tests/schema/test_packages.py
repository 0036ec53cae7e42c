"""``generate``: packages of models from whatever holds specifications, and what is said of broken ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import h5py
import pytest
import yaml

from nwb_models import cli
from nwb_models.schema import load, packages
from nwb_models.schema.provider import SchemaProvider
from nwb_models.schema.sources import completed, shipped_schemas
from tests.conftest import EXAMPLE, ROOT

if TYPE_CHECKING:
    from pathlib import Path

TYPES: dict[str, Any] = {
    "groups": [
        {
            "neurodata_type_def": "LickSeries",
            "neurodata_type_inc": "TimeSeries",
            "doc": "Licks of a spout.",
            "attributes": [{"name": "threshold", "dtype": "float64", "doc": "What counts as a lick."}],
            "links": [{"name": "spout", "target_type": "Spout", "doc": "The spout."}],
        },
        {"neurodata_type_def": "Spout", "neurodata_type_inc": "Device", "doc": "A spout."},
    ]
}


def write(folder: Path, types: Any = TYPES, name: str = "ndx-lick", includes: Any = ("core",), **more: Any) -> Path:
    """Write a namespace and its types as YAML; text is written as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    schema = [*({"namespace": other} for other in includes), {"source": f"{name}.extensions.yaml"}]
    header = {"name": name, "version": "0.1.0", "doc": "For a test.", "schema": schema, **more}
    path = folder / f"{name}.namespace.yaml"
    path.write_text(yaml.safe_dump({"namespaces": [header]}), "utf-8")
    text = types if isinstance(types, str) else yaml.safe_dump(types)
    (folder / f"{name}.extensions.yaml").write_text(text, "utf-8")
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in a folder of its own; gives status, stdout and the lines of stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> tuple[int, str, list[str]]:
        status = cli.main([str(word) for word in words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err.splitlines()

    return run


def python(code: str, folder: Path) -> str:
    """Run code in a process of its own that starts in a folder, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# ------------------------------------------------------------------------------------------------ what is written
def test_models_are_imported_from_the_folder(run: Any, tmp_path: Path) -> None:
    status, out, errors = run("generate", write(tmp_path / "spec"), "-o", "models")
    assert (status, errors) == (0, [])
    assert "ndx-lick 0.1.0: 2 types" in out
    code = """
import sys
from models.ndx_lick import LickSeries
from models.core import TimeSeries
from nwb_models.core.v2_11_0 import TimeSeries as shipped
print(LickSeries.neurodata_type, LickSeries.namespace, issubclass(LickSeries, TimeSeries), TimeSeries is shipped,
      LickSeries.__module__, "linkml" in sys.modules)
"""
    assert python(code, tmp_path) == "LickSeries ndx-lick True True models.ndx_lick.v0_1_0.ndx_lick_extensions False"


@pytest.mark.parametrize(
    ("make", "module"),
    [
        pytest.param(lambda folder: write(folder), "ndx_lick", id="namespace file"),
        pytest.param(lambda folder: write(folder).parent, "ndx_lick", id="folder"),
        pytest.param(lambda folder: write(folder / "deep" / "down").parents[2], "ndx_lick", id="folder of folders"),
        pytest.param(lambda folder: EXAMPLE, "core", id="NWB file"),
        pytest.param(lambda folder: ROOT / "schemas" / "core" / "v2_5_0", "core", id="LinkML"),
    ],
)
def test_every_source_gives_a_package(run: Any, tmp_path: Path, make: Any, module: str) -> None:
    assert run("generate", make(tmp_path / "spec"), "-o", "models")[0] == 0
    assert (
        python(f"import models.{module} as m; print('TimeSeries' in dir(m) or 'Spout' in dir(m))", tmp_path) == "True"
    )


def test_sources_outside_the_folder_of_the_namespace_are_read_from_a_given_folder(run: Any, tmp_path: Path) -> None:
    """As in the package ndx-conelab: ``spec/`` has the namespace and ``extensions/`` the types."""
    path = write(tmp_path / "pkg" / "spec", schema=[{"namespace": "core"}, {"source": "../extensions/lick.yaml"}])
    (tmp_path / "pkg" / "extensions").mkdir()
    (tmp_path / "pkg" / "extensions" / "lick.yaml").write_text(yaml.safe_dump(TYPES), "utf-8")
    status, _, errors = run("generate", path)
    assert (status, len(errors)) == (2, 1)
    assert "outside of the folder" in errors[0]
    assert run("generate", tmp_path / "pkg")[0] == 0


def test_two_versions_lie_side_by_side_and_the_newest_is_meant(run: Any, tmp_path: Path) -> None:
    write(tmp_path / "old")
    write(tmp_path / "new", version="0.10.0")
    write(tmp_path / "middle", version="0.9.0")
    assert run("generate", tmp_path)[0] == 0
    code = "import models.ndx_lick.v0_1_0 as a, models.ndx_lick as b; print(a.Spout is b.Spout, b.Spout.__module__)"
    assert python(code, tmp_path) == "False models.ndx_lick.v0_10_0.ndx_lick_extensions"


def test_a_shipped_core_of_another_version_is_generated_with_it(run: Any, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "schemas" / "core" / "v2_5_0", tmp_path / "core" / "v2_5_0")
    write(tmp_path / "spec")
    assert run("generate", tmp_path / "spec", tmp_path / "core" / "v2_5_0")[0] == 0
    code = "from models.ndx_lick import LickSeries; print([c.__module__ for c in LickSeries.__mro__[1:6]])"
    common = "models.hdmf_common.v1_5_1.base"
    base = "models.core.v2_5_0.nwb_base"
    assert python(code, tmp_path) == str([base, "nwb_models.models.mixins.series", base, base, common])


def test_what_it_wrote_is_written_again_and_nothing_else_is_touched(run: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "spec")
    assert run("generate", path)[0] == 0
    kept = {file: file.read_bytes() for file in (tmp_path / "models").rglob("*.*")}
    (tmp_path / "models" / "mine.py").write_text("x = 1\n")
    assert run("generate", path)[0] == 0
    assert {file: file.read_bytes() for file in kept} == kept
    assert (tmp_path / "models" / "mine.py").read_text() == "x = 1\n"


def test_a_file_of_the_user_is_not_replaced(run: Any, tmp_path: Path) -> None:
    mine = tmp_path / "models" / "ndx_lick" / "__init__.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("x = 1\n")
    status, _, errors = run("generate", write(tmp_path / "spec"))
    assert (status, len(errors)) == (2, 1)
    assert str(mine.relative_to(tmp_path)) in errors[0]
    assert [file.name for file in (tmp_path / "models").rglob("*.*")] == ["__init__.py"]


def test_check_compares_and_writes_nothing(run: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "spec")
    assert run("generate", path, "--check")[0] == 1
    assert not (tmp_path / "models").exists()
    run("generate", path)
    assert run("generate", path, "--check")[0] == 0
    changed = tmp_path / "models" / "ndx_lick" / "v0_1_0" / "ndx_lick_extensions.py"
    changed.write_text(changed.read_text() + "# by hand\n")
    status, _, errors = run("generate", path, "--check")
    assert status == 1
    assert errors == ["nwb-models: error: ndx_lick/v0_1_0/ndx_lick_extensions.py is not what the generator writes"]


def test_what_ships_is_what_the_generator_writes(run: Any) -> None:
    assert run("generate", "--check")[::2] == (0, [])


def test_without_a_source_there_is_nothing_to_do(run: Any) -> None:
    status, _, errors = run("generate")
    assert (status, len(errors)) == (2, 1)


@pytest.mark.parametrize("version", shipped_schemas()["core"])
def test_models_of_every_published_core(version: str) -> None:
    found = SchemaProvider().get("core", version)
    assert found.NWBFile.neurodata_type == "NWBFile"


# ------------------------------------------------------------------------------------------------ bad input
def changed(**more: Any) -> Any:
    """Return the types, with other keys for the first of them."""
    first, *others = TYPES["groups"]
    return {"groups": [{**first, **more}, *others]}


BROKEN: dict[str, tuple[Any, list[str]]] = {
    "unknown type included": (
        changed(neurodata_type_inc="TimeSerie"),
        ["LickSeries", "neurodata_type_inc", "TimeSerie"],
    ),
    "unknown dtype": (
        changed(attributes=[{"name": "threshold", "dtype": "floot", "doc": "d"}]),
        ["LickSeries", "attributes", "'threshold'", "dtype", "'floot'"],
    ),
    "default of another dtype": (
        changed(attributes=[{"name": "threshold", "dtype": "float64", "doc": "d", "default_value": "1e-3"}]),
        ["LickSeries", "attributes", "'threshold'", "default_value", "'1e-3'", "float64"],
    ),
    "type of a member unknown": (
        changed(datasets=[{"neurodata_type_inc": "Colum", "doc": "d", "quantity": "*"}]),
        ["LickSeries", "neurodata_type_inc", "Colum"],
    ),
    "target unknown": (
        changed(links=[{"name": "a", "doc": "d", "target_type": "No"}]),
        ["LickSeries", "target_type", "No"],
    ),
    "types in a circle": (
        {
            "groups": [
                {"neurodata_type_def": "A", "neurodata_type_inc": "B", "doc": "d"},
                {"neurodata_type_def": "B", "neurodata_type_inc": "A", "doc": "d"},
            ]
        },
        ["A", "neurodata_type_inc", "circle"],
    ),
    "type twice": ({"groups": [*TYPES["groups"], TYPES["groups"][1]]}, ["Spout", "neurodata_type_def"]),
    "member twice": (
        changed(attributes=[{"name": "a", "doc": "d", "dtype": "int8"}] * 2),
        ["LickSeries", "attributes", "'a'"],
    ),
    "name of a type": (changed(neurodata_type_def="Lick Series!"), ["Lick Series!", "neurodata_type_def"]),
    "name of a member": (
        changed(attributes=[{"name": "a/b", "doc": "d", "dtype": "int8"}]),
        ["LickSeries", "name", "a/b"],
    ),
    "quantity": (changed(datasets=[{"name": "x", "doc": "d", "quantity": "some"}]), ["LickSeries", "quantity", "some"]),
    "group that is a dataset": (
        changed(neurodata_type_inc="VectorData"),
        ["LickSeries", "neurodata_type_inc", "VectorData"],
    ),
    "compound without a name": (
        changed(datasets=[{"name": "x", "doc": "d", "dtype": [{"dtype": "int8", "doc": "d"}]}]),
        ["LickSeries", "dtype"],
    ),
    "groups that are no list": ({"groups": {"a": 1}}, ["groups"]),
    "no type at all": ({"groups": [{"name": "x", "doc": "d"}]}, ["neurodata_type_def", "'x'"]),
    "YAML": ("groups:\n- {neurodata_type_def: A\n", ["line 3"]),
    "not a mapping": ("- 1\n", ["mapping"]),
}


@pytest.mark.parametrize(("types", "words"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_gives_one_error_with_file_type_and_key(
    run: Any, tmp_path: Path, types: Any, words: list[str]
) -> None:
    path = write(tmp_path / "spec", types)
    status, _, errors = run("generate", path)
    own = [
        line
        for line in errors
        if not all(word in line for word in ["nwb-models: error:", "ndx-lick.extensions.yaml", *words])
    ]
    assert (status, own) == (2, []), errors
    assert len(errors) == 1
    assert not (tmp_path / "models").exists()


def test_several_errors_are_all_said(run: Any, tmp_path: Path) -> None:
    types = changed(neurodata_type_inc="No", attributes=[{"name": "a", "doc": "d", "dtype": "int8", "quantity": []}])
    types["groups"].append({"neurodata_type_def": "Other", "neurodata_type_inc": "Nope", "doc": "d"})
    _, _, errors = run("generate", write(tmp_path / "spec", types))
    assert [word for word in ("'No'", "'Nope'") if not any(word in line for line in errors)] == []


def test_an_unknown_namespace_is_named_with_the_file(run: Any, tmp_path: Path) -> None:
    status, _, errors = run("generate", write(tmp_path / "spec", includes=("core", "ndx-other")))
    assert (status, len(errors)) == (2, 1)
    assert [word for word in ("ndx-lick.namespace.yaml", "schema", "ndx-other") if word not in errors[0]] == []


def test_namespaces_in_a_circle_are_named(run: Any, tmp_path: Path) -> None:
    write(tmp_path / "spec", name="ndx-a", includes=("ndx-b",), types={"groups": []})
    write(tmp_path / "spec", name="ndx-b", includes=("ndx-a",), types={"groups": []})
    status, _, errors = run("generate", tmp_path / "spec")
    assert status == 2
    assert all("circle" in line for line in errors)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("x.namespace.yaml", "namespaces: [", ["x.namespace.yaml"]),
        ("x.namespace.json", '{"namespaces": ', ["x.namespace.json"]),
        ("x.namespace.yaml", "a: 1", ["x.namespace.yaml", "namespaces"]),
        ("x.namespace.yaml", "namespaces: [{name: x, version: '1'}]", ["x.namespace.yaml", "schema"]),
        ("x.namespace.yaml", "namespaces: [{name: x, schema: [{source: no.yaml}]}]", ["no.yaml"]),
        ("x.namespace.yaml", "!!python/object/apply:os.getcwd []", ["x.namespace.yaml"]),
    ],
    ids=["broken YAML", "broken JSON", "no namespaces", "no schema", "missing source", "code"],
)
def test_a_broken_namespace_file_gives_one_error(
    run: Any, tmp_path: Path, name: str, text: str, words: list[str]
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    status, _, errors = run("generate", tmp_path / name)
    assert (status, len(errors)) == (2, 1)
    assert [word for word in words if word not in errors[0]] == []


def test_one_broken_namespace_does_not_keep_the_others_from_being_written(run: Any, tmp_path: Path) -> None:
    write(tmp_path / "spec")
    write(tmp_path / "spec", changed(neurodata_type_inc="No"), name="ndx-broken")
    status, out, errors = run("generate", tmp_path / "spec")
    assert (status, len(errors)) == (1, 1)
    assert "ndx-lick 0.1.0" in out
    assert not (tmp_path / "models" / "ndx_broken").exists()


def stored(path: Path, namespace: Path) -> Path:
    """Write a file of HDF5 with an extension, in the words in which PyNWB puts it there."""
    [entry] = load(namespace)
    header = {**entry.header, "schema": [{"namespace": "core"}, {"source": "ndx-lick.extensions"}]}
    with h5py.File(path, "w") as file:
        file.attrs["nwb_version"] = "2.11.0"
        documents = file.create_group(f"specifications/{entry.name}/{entry.version}")
        documents["namespace"] = json.dumps({"namespaces": [header]})
        documents["ndx-lick.extensions"] = json.dumps(entry.documents["ndx-lick.extensions"])
    return path


def test_sources_may_have_the_same_namespaces(run: Any, tmp_path: Path) -> None:
    """Two files with core, an extension in YAML and in a file."""
    path = write(tmp_path / "spec")
    file = stored(tmp_path / "a.nwb", path)
    for given in ((path, file), (file, path), (EXAMPLE, file, EXAMPLE)):
        status, out, errors = run("generate", *given, "-o", "models")
        assert (status, [line for line in errors if "warning" not in line]) == (0, [])
        assert out.count("ndx-lick 0.1.0: 2 types") == 1
        assert run("generate", *given, "-o", "models", "--check")[0] == 0


def test_two_sources_that_say_something_else_are_both_named(run: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "spec")
    file = stored(tmp_path / "a.nwb", path)
    other = write(tmp_path / "other", changed(doc="Of another kind."))
    for given in ((path, other), (other, file), (file, other)):
        status, _, errors = run("generate", *given, "-o", "models")
        assert (status, not (tmp_path / "models").exists()) == (2, True)
        assert [word for word in ("'ndx-lick' 0.1.0", *map(str, given)) if word not in errors[-1]] == []


def test_a_namespace_that_would_be_the_same_package_as_another_is_refused(tmp_path: Path) -> None:
    write(tmp_path, name="ndx-a")
    write(tmp_path, name="ndx_a")
    given = load(tmp_path)
    specifications = completed(given)
    good, problems = packages.sound(given, specifications)
    assert problems == []
    with pytest.raises(ValueError, match="both be the package ndx_a/v0_1_0"):
        packages.package_files(good, specifications)


def test_a_hostile_namespace_stays_in_the_folder(run: Any, tmp_path: Path) -> None:
    write(tmp_path / "spec", name="x", version="../../../../evil")
    run("generate", tmp_path / "spec", "-o", tmp_path / "out" / "models")
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_relative_to(tmp_path / "spec")]
    assert outside != []
    assert all(path.is_relative_to(tmp_path / "out" / "models") for path in outside)
