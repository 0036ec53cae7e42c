"""A specification full of code, in what is made of it and not executed here: exports, packages, stubs, the cache."""

from __future__ import annotations

import ast
import builtins
import contextlib
import runpy
from typing import TYPE_CHECKING

import pytest

from nwb_models import cli
from nwb_models.errors import NWBError
from nwb_models.schema import cache
from nwb_models.schema.codegen.allowlist import checked
from nwb_models.schema.export import Format, exported_files
from nwb_models.schema.language import Namespace
from nwb_models.schema.packages import package_files, write_files
from nwb_models.schema.provider import SchemaProvider
from nwb_models.schema.sources import completed
from nwb_models.schema.whole import STALE
from tests.io.handmade import column, new_file, table
from tests.schema.edits import documents, places, put
from tests.schema.test_allowlist import CANARY, FOLDER, MARK, TEMPLATES, TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


pytestmark = pytest.mark.filterwarnings("ignore::nwb_models.errors.SpecificationWarning")


@pytest.fixture(autouse=True)
def _nothing_runs() -> Iterator[None]:
    yield
    assert not hasattr(builtins, CANARY)
    assert not FOLDER.exists()


def hostile(shift: int = 0) -> list[Namespace]:
    """Return namespaces with another payload in each text of the first one."""
    changed = documents()
    paths = [path for path in places(changed[0]) if path[-1] in TEXT]
    for number, path in enumerate(paths):
        template = TEMPLATES[(number + shift) % len(TEMPLATES)]
        put(changed[0], path, template.replace("P", MARK).encode("utf-8", "replace").decode())
    return [Namespace(entry) for entry in changed]


@pytest.mark.parametrize("kind", Format)
@pytest.mark.filterwarnings("ignore")
def test_an_export_runs_nothing(kind: Format) -> None:
    """It is text, made by linkml's generators or by us, and nothing of it is executed."""
    made = 0
    for shift in range(0, len(TEMPLATES), 16):
        with contextlib.suppress(NWBError):
            made += len(exported_files(completed(hostile(shift)), kind))
    assert made


@pytest.mark.parametrize("shift", range(0, len(TEMPLATES), 8))
def test_what_generate_writes_runs_nothing_when_it_is_imported(shift: int, tmp_path: Path) -> None:
    """The packages are for others to import: they pass the check, too, and are imported here."""
    found = completed(hostile(shift))
    files = package_files(list(found), found)
    modules = [name for name in files if name.endswith(".py") and not name.endswith("__init__.py")]
    assert modules
    for name in modules:
        assert checked(files[name], name)
    write_files(files, tmp_path / "models")
    for name in files:
        if name.endswith("__init__.py"):
            assert isinstance(ast.parse(files[name]), ast.Module)


def test_stubs_run_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names and descriptions of columns are text of the file, and the module is imported by its user."""
    names = [template.replace("P", MARK) for template in TEMPLATES]
    names = [
        name for name in names if name.isprintable() and 0 < len(name) < 1000 and "/" not in name and name.strip(".")
    ]
    names += ["class", "None", "\uff45\uff56\uff41\uff4c", "\u0430"]
    path = tmp_path / 'file".nwb'
    with new_file(path) as file:
        made = table(file["acquisition"], "T", *names)
        for name in names:
            if name not in made:
                column(made, name, [1, 2, 3], description=name)
    assert cli.main(["schema", "stubs", str(path), "-o", str(tmp_path / "stubs.py")]) == 0
    source = (tmp_path / "stubs.py").read_text("utf-8")
    assert source.count("Literal[") > 0
    runpy.run_path(str(tmp_path / "stubs.py"))
    checked_part = next(node for node in ast.parse(source).body if isinstance(node, ast.If))
    exec(compile(ast.Module(checked_part.body, []), "stubs", "exec"), {**runpy.run_path(str(tmp_path / "stubs.py"))})


def test_a_hostile_file_does_not_change_an_innocent_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same name and version, with the same cache: what decides is what a specification says."""
    monkeypatch.setenv("NWB_MODELS_CACHE", str(tmp_path / "cache"))
    (good, *base), (evil, *_) = map(Namespace, documents()), hostile(8)
    header = {**evil.documents["namespace"]["namespaces"][0], "name": good.name, "version": good.version}
    evil = Namespace({**evil.documents, "namespace": {"namespaces": [header]}})
    assert (evil.name, evil.version) == (good.name, good.version)
    SchemaProvider([evil, *base]).get(good.name)
    found = SchemaProvider([good, *base]).get(good.name)
    assert [entry.namespace for entry in cache.kept()].count(good.name) == 2
    assert CANARY in str([entry.modules for entry in cache.kept()])
    texts = [cls.__doc__ for cls in vars(found).values() if isinstance(cls, type)]
    assert texts
    assert CANARY not in str(texts)


# ------------------------------------------------------------------------------------------ files that are whole
def test_a_torn_file_of_a_killed_writer_is_replaced_by_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where writing fails, what was there is there still, and nothing beside it."""
    write_files({"one.py": "# not to be edited\n1\n"}, tmp_path)

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_files({"one.py": "# not to be edited\n2\n"}, tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"one.py": "# not to be edited\n1\n"}


@pytest.mark.parametrize("where", ["cache", "packages"])
def test_what_a_killed_writer_left_is_removed_in_time(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at once: another process may be writing it."""
    import os

    monkeypatch.setenv("NWB_MODELS_CACHE", str(tmp_path))

    def write() -> None:
        if where == "cache":
            assert cache.store("0123", cache.Kept("a", "1", {}))
        else:
            write_files({"one.py": "# not to be edited\n"}, tmp_path)

    write()
    folder = tmp_path / cache.generator_digest() if where == "cache" else tmp_path
    new, old, other = (folder / name for name in (".new-0123456789ab.tmp", ".new-ba9876543210.tmp", ".new-x.tmp"))
    for path in (new, old, other):
        path.write_text("torn")
    for path in (old, other):
        status = path.stat()
        os.utime(path, (status.st_atime, status.st_mtime - STALE - 60))
    write()
    assert (new.exists(), old.exists(), other.exists()) == (True, False, True)
    assert [entry.namespace for entry in cache.kept()] == (["a"] if where == "cache" else [])
