"""Checked source -> a module of classes."""

from __future__ import annotations

import ast
import linecache
import sys
from types import ModuleType
from typing import TYPE_CHECKING

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
        The name of the module; it is registered under it, so that annotations are resolved and classes pickled.
    siblings
        The generated modules that it imports from, as ``{"hdmf_common.v1_8_0": module}``.

    Raises
    ------
    UnsafeSourceError
        Where the source holds something that is not on the allow-list.
    """
    filename = f"<{name}>"
    tree = checked(source, filename)
    module = ModuleType(name)
    module.__file__ = filename
    kept = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.level:
            for alias in node.names:
                setattr(module, alias.asname or alias.name, getattr(siblings[node.module or ""], alias.name))
        else:
            kept.append(node)
    tree.body = kept
    code = compile(tree, filename, "exec")
    # tracebacks and editors show the source that never was a file
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    sys.modules[name] = module
    try:
        exec(code, vars(module))
    except BaseException:
        del sys.modules[name]
        raise
    return module
