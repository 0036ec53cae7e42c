"""Checked sources -> a package of classes."""

from __future__ import annotations

import ast
import linecache
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from nwb_models.errors import SpecificationError, UnsafeSourceError
from nwb_models.models.base import NWBModel
from nwb_models.naming import GENERATED
from nwb_models.schema.codegen.allowlist import IDENTIFIER, checked

if TYPE_CHECKING:
    from collections.abc import Mapping


def execute(sources: Mapping[str, str], name: str, siblings: Mapping[str, ModuleType]) -> ModuleType:
    """Check the generated sources of a namespace and make a package of them.

    Parameters
    ----------
    sources
        Module -> its source, each after those that it imports; ``__init__`` is not looked at: what a package holds
        follows from its modules.
    name
        The name of the package; its modules are registered below it, so that annotations are resolved.
    siblings
        The packages that it imports from, as ``{"hdmf_common.v1_8_0": package}``.

    Raises
    ------
    UnsafeSourceError
        Where a source holds something that is not on the allow-list.
    SpecificationError
        Where Python or pydantic cannot make these classes.
    """
    package = ModuleType(name)
    package.__path__ = []
    made: dict[str, ModuleType] = {name: package}
    sys.modules[name] = package
    try:
        for part, source in sources.items():
            if part != "__init__":
                if not IDENTIFIER.fullmatch(part):
                    msg = f"{name}: a module with the name {part!r}"
                    raise UnsafeSourceError(msg)
                module = made[f"{name}.{part}"] = sys.modules[f"{name}.{part}"] = ModuleType(f"{name}.{part}")
                _execute(source, module, made, siblings)
                setattr(package, part, module)
                models = {
                    k: v for k, v in vars(module).items() if isinstance(v, type) and v.__module__ == module.__name__
                }
                vars(package).update(models)
    except BaseException:
        for entry in made:
            sys.modules.pop(entry, None)
        raise
    return package


def _execute(
    source: str, module: ModuleType, made: Mapping[str, ModuleType], siblings: Mapping[str, ModuleType]
) -> None:
    """Check the source of one module and run it."""
    filename = f"<{module.__name__}>"
    tree = checked(source, filename)
    module.__file__ = filename
    kept = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.level or str(node.module).startswith(f"{GENERATED}.")):
            origin = _imported(node, module, made, siblings)
            for alias in node.names:
                found = getattr(origin, alias.name, None)
                if not (isinstance(found, type) and issubclass(found, NWBModel)):
                    msg = f"{filename}: {node.module} has no model {alias.name}"
                    raise UnsafeSourceError(msg)
                setattr(module, alias.asname or alias.name, found)
        else:
            kept.append(node)
    tree.body = kept
    try:
        code = compile(tree, filename, "exec")
    except (SyntaxError, ValueError) as error:
        msg = f"{filename}: the generated source is not valid Python: {error}"
        raise UnsafeSourceError(msg) from None
    # tracebacks and editors show the source that never was a file
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    try:
        exec(code, vars(module))  # noqa: S102 - the tree that was checked
    except BaseException as error:
        if not isinstance(error, Exception) or isinstance(error, RecursionError):
            raise
        msg = f"The specifications of {module.__name__} make no models: {error}"
        raise SpecificationError(msg) from error


def _imported(
    node: ast.ImportFrom, module: ModuleType, made: Mapping[str, ModuleType], siblings: Mapping[str, ModuleType]
) -> ModuleType | None:
    """Return the module that an import leads to: one of this package, or of those that it may import from."""
    if node.level == 1:
        return made.get(f"{module.__name__.rpartition('.')[0]}.{node.module}")
    place, _, part = str(node.module).removeprefix(f"{GENERATED}.").rpartition(".")
    return getattr(siblings.get(place), part, None)
