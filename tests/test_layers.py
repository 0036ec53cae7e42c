"""The rooms of the package import downward only, and importing it leaves the heavy libraries out."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys

import pytest

from tests.conftest import EXAMPLE, ROOT

PACKAGE = ROOT / "nwb_models"
LEVELS = {"cli": 7, "demo": 6, "views": 6, "validation": 6, "io": 5, "schema": 4, "core": 3, "generated": 2}
LEVELS |= {"models": 1, "naming": 0, "errors": 0, "late": 0, "limits": 0, "misspelt": -1}
"""A module imports what stands lower, or in its own room."""
HEAVY = {"networkx", "linkml", "linkml_runtime", "pandas", "rich", "typer", "yaml", "jinja2", "difflib", "platformdirs"}
HEAVY |= {"matplotlib"}
RARE = {
    f"nwb_models.{name}"
    for name in (
        "io.atomic",
        "io.dependencies",
        "io.options",
        "io.outside",
        "io.reference_index",
        "io.write",
        "models.outline",
        "schema.cache",
    )
} | {f"nwb_models.schema.{name}" for name in ("translation.documents", "codegen.allowlist", "codegen.generator")}
"""What few need: to write, to edit, or to generate models."""
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if not {"generated", "schemas"} & set(p.relative_to(PACKAGE).parts))


def _imports(path: str) -> set[str]:
    """Return the modules that a file imports when it is run, type checking aside."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                continue
            if isinstance(child, ast.ImportFrom) and child.module:
                found.add(child.module)
            elif isinstance(child, ast.Import):
                found.update(alias.name for alias in child.names)
            visit(child)

    visit(ast.parse(path))
    return found


def _room(name: str) -> str:
    """Return the room of a module: the commands of ``cli.py`` are in files beside it."""
    return "cli" if name.startswith("cli_") else name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_lead_downward(path: object) -> None:
    """cli -> validation -> io -> schema -> models -> naming, errors."""
    from pathlib import Path

    assert isinstance(path, Path)
    room = _room(path.relative_to(PACKAGE).parts[0].removesuffix(".py"))
    if room == "__init__":
        return
    for module in _imports(path.read_text()):
        if module.startswith("nwb_models."):
            other = _room(module.split(".")[1])
            assert other == room or LEVELS[other] < LEVELS[room], f"{path.name} imports {module}"


def test_translation_knows_no_hdf5_and_graph_no_model() -> None:
    """Two rules of their own."""
    for path in (PACKAGE / "schema").rglob("*.py"):
        assert not any(module.split(".")[0] == "h5py" for module in _imports(path.read_text())), path.name
    assert not any(
        m.startswith(("pydantic", "nwb_models")) for m in _imports((PACKAGE / "io" / "graph.py").read_text())
    )


def test_what_importing_leaves_out() -> None:
    """`import nwb_models` stays near the cost of numpy, h5py and pydantic."""
    assert _imported("import nwb_models") & (HEAVY | RARE) == set()


def test_what_reading_leaves_out() -> None:
    """A file of which the models ship is read without what generates, writes and draws."""
    imported = _imported(f"import nwb_models; assert nwb_models.read({str(EXAMPLE)!r}).identifier")
    assert "nwb_models.generated.core.v2_11_0" in imported
    assert imported & (HEAVY | RARE) == set()


def _imported(code: str) -> set[str]:
    """Return the modules that a program has imported when it ends."""
    code = f"import sys; {code}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


LATE = ("nwb_models", "nwb_models.io.hdf5", "nwb_models.schema", "nwb_models.schema.translation")
"""Modules some of whose names are imported when they are asked for."""


@pytest.mark.parametrize("name", LATE)
def test_names_that_are_imported_late(name: str) -> None:
    """They are those that type checkers are told of, and the very same objects; another name is none."""
    module = importlib.import_module(name)
    told = [
        (alias.asname or alias.name, statement.module)
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    ]
    origin = {alias: place for alias, place in told if alias in module.__all__}
    assert origin
    for alias, place in origin.items():
        found = getattr(module, alias)
        assert found is getattr(importlib.import_module(place), found.__name__)
    with pytest.raises(AttributeError, match=f"module '{name}' has no attribute 'nothing'"):
        module.nothing  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'nothing'"):
        exec(f"from {name} import nothing", {})


def test_the_public_face() -> None:
    """What `from nwb_models import *` gives."""
    import nwb_models

    functions = {"apply_metadata", "check", "diff", "metadata", "object_types", "open", "plot", "progress", "read"}
    functions |= {"repack", "truncate", "validate", "write"}
    classes = {"DatasetOptions", "HDF5IO", "Limits", "SchemaProvider"}
    assert set(nwb_models.__all__) == {"__version__", *classes, *functions}
    assert all(hasattr(nwb_models, name) for name in nwb_models.__all__)
