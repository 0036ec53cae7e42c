"""Checked source -> a module of classes."""

from __future__ import annotations

import ast
import linecache
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from nwb_models.errors import SpecificationError, UnsafeSourceError
from nwb_models.models.base import NWBModel
from nwb_models.schema.codegen.allowlist import checked

if TYPE_CHECKING:
    from collections.abc import Mapping


def execute(source: str, name: str, siblings: Mapping[str, ModuleType]) -> ModuleType:
    """Check generated source and make a module of it.

    Parameters
    ----------
    source
        The source of one generated module.
    name
        The name of the module; it is registered under it, so that annotations are resolved.
    siblings
        The generated modules that it imports from, as ``{"hdmf_common.v1_8_0": module}``.

    Raises
    ------
    UnsafeSourceError
        Where the source holds something that is not on the allow-list.
    SpecificationError
        Where Python or pydantic cannot make these classes.
    """
    filename = f"<{name}>"
    tree = checked(source, filename)
    module = ModuleType(name)
    module.__file__ = filename
    kept = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.level:
            for alias in node.names:
                found = getattr(siblings.get(node.module or ""), alias.name, None)
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
    sys.modules[name] = module
    try:
        exec(code, vars(module))  # noqa: S102 - the tree that was checked
    except BaseException as error:
        del sys.modules[name]
        if not isinstance(error, Exception) or isinstance(error, RecursionError):
            raise
        msg = f"The specifications of {name} make no models: {error}"
        raise SpecificationError(msg) from error
    return module
