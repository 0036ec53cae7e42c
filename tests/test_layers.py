"""The rooms of the package import downward only, and importing it leaves the heavy libraries out."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "nwb_models"
LEVELS = {"cli": 7, "demo": 6, "io": 5, "schema": 4, "core": 3, "generated": 2, "models": 1, "naming": 0, "errors": 0}
"""A module imports what stands lower, or in its own room."""
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
    """cli -> io -> schema -> models -> naming, errors."""
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
    heavy = {"networkx", "linkml", "linkml_runtime", "pandas", "rich", "typer", "yaml", "platformdirs", "jinja2"}
    code = f"import sys, nwb_models; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_the_public_face() -> None:
    """What `from nwb_models import *` gives."""
    import nwb_models

    functions = {"check", "diff", "open", "read", "repack", "truncate", "write"}
    assert set(nwb_models.__all__) == {"DatasetOptions", "HDF5IO", "SchemaProvider", "__version__", *functions}
    assert all(hasattr(nwb_models, name) for name in nwb_models.__all__)
