"""The check of generated source: what is not on this list is not executed.

Specifications inside files come from strangers.  The source made of them is parsed, and each node of its tree
has to be one that models need: imports from known modules, classes, annotated fields, calls of known markers
with constants.  The tree that was checked is what is compiled and executed; the text is not looked at again.
"""

from __future__ import annotations

import ast
import re
from typing import NoReturn

from nwb_models.errors import UnsafeSourceError
from nwb_models.models.reserved import FIELDS, NAMES
from nwb_models.naming import GENERATED
from nwb_models.schema.codegen.mixins import MIXINS

IMPORTS: dict[str, frozenset[str]] = {
    "__future__": frozenset({"annotations"}),
    "datetime": frozenset({"datetime"}),
    "typing": frozenset({"Annotated", "Any", "ClassVar", "Literal"}),
    "nwb_models.models": frozenset(
        {
            "Absent", "Array", "Attribute", "Children", "Collection", "Dataset", "Filled", "Given", "Group", "Link",
            "Made", "Many", "NWBDataset", "NWBGroup", "Name", "Reference", "Shortcut", "Value", "Values",
        }
    ),
    **{module: frozenset(n for m, n in MIXINS.values() if m == module) for module, _ in MIXINS.values()},
}  # fmt: skip
"""What a generated module may import, besides classes of other generated modules."""

MARKERS = frozenset({"Attribute", "Children", "Dataset", "Group", "Link", "Name", "Reference", "Value"})
ARGUMENTS = frozenset({"dtype", "kind", "name", "required", "shape", "unnamed", "value"})
"""What a marker is told."""
BASES = frozenset({"NWBDataset", "NWBGroup"}) | {name for _, name in MIXINS.values()}
"""What a class may be made of, besides other generated classes."""
TYPES = frozenset({"Any", "Array", "bool", "datetime", "float", "int", "str", "Values"})
"""What a field may hold, besides generated classes."""
OWN_FIELDS = frozenset({"name", "value"})
CLASS_VARS = frozenset({"neurodata_type", "namespace"})
_SIBLINGS = {
    0: re.compile(re.escape(GENERATED) + r"\.[A-Za-z][A-Za-z0-9_]*\.v[A-Za-z0-9_]*\.[A-Za-z][A-Za-z0-9_]*"),
    1: re.compile(r"[A-Za-z][A-Za-z0-9_]*"),
    3: re.compile(r"[A-Za-z][A-Za-z0-9_]*\.v[A-Za-z0-9_]*\.[A-Za-z][A-Za-z0-9_]*"),
}
"""Dots -> the generated modules that are imported with so many."""
IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def checked(source: str, filename: str) -> ast.Module:
    """Parse generated source and check every node of it.

    Parameters
    ----------
    source
        The source of one module.
    filename
        What it is called in errors.

    Returns
    -------
    ast.Module
        The tree, to be compiled as it is.

    Raises
    ------
    UnsafeSourceError
        Where something is not on the list, with its line.
    """
    try:
        tree = ast.parse(source, filename)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        msg = f"{filename}: the generated source is not valid Python: {error}"
        raise UnsafeSourceError(msg) from None
    try:
        _Check(filename).module(tree)
    except RecursionError:
        msg = f"{filename}: the generated source is nested too deeply"
        raise UnsafeSourceError(msg) from None
    return tree


class _Check:
    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.imported: set[str] = set()
        self.models: set[str] = set()
        """The imported names that are classes of other generated modules."""
        self.classes: set[str] = set()
        self.defined: set[str] = set()

    def refuse(self, node: ast.AST, why: str) -> NoReturn:
        line = getattr(node, "lineno", "?")
        msg = f"{self.filename}, line {line}: {why}; a model never needs that, so it is not run"
        raise UnsafeSourceError(msg)

    # ------------------------------------------------------------------------------------- module
    def module(self, tree: ast.Module) -> None:
        self.classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
        for number, node in enumerate(tree.body):
            match node:
                case ast.Expr(value=ast.Constant(value=str())) if number == 0:
                    pass
                case ast.ImportFrom():
                    self.import_from(node)
                case (
                    ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names))
                    | ast.AugAssign(target=ast.Name(id="__all__"), op=ast.Add(), value=ast.List(elts=names))
                ):
                    for name in names:
                        if not isinstance(name, ast.Constant) or name.value not in self.classes | self.models:
                            self.refuse(node, "__all__ holds something other than models")
                case ast.ClassDef():
                    self.class_def(node)
                case _:
                    self.refuse(node, f"a {type(node).__name__} in a module")

    def import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if self.defined:
            self.refuse(node, "an import after the classes")
        for alias in node.names:
            name = alias.asname or alias.name
            if node.level == 0 and module in IMPORTS:
                if alias.asname is not None or alias.name not in IMPORTS[module]:
                    self.refuse(node, f"an import of {alias.name} from {module}")
            elif node.level not in _SIBLINGS or not _SIBLINGS[node.level].fullmatch(module):
                self.refuse(node, f"an import from {'.' * node.level}{module}")
            else:
                self.identifier(node, alias.name)
                self.identifier(node, name)
                if name in NAMES or name in self.imported:
                    self.refuse(node, f"an import that replaces {name}")
                self.models.add(name)
            self.imported.add(name)

    # ------------------------------------------------------------------------------------- classes
    def class_def(self, node: ast.ClassDef) -> None:
        self.identifier(node, node.name)
        if node.name in NAMES or node.name in self.imported or node.name in self.defined:
            self.refuse(node, f"a class that replaces {node.name}")
        if node.decorator_list or node.keywords or getattr(node, "type_params", None):
            self.refuse(node, "a class with decorators or keywords")
        known = (BASES & self.imported) | self.models | self.defined
        if not node.bases or not all(isinstance(base, ast.Name) and base.id in known for base in node.bases):
            self.refuse(node, "a class whose bases are not models known before")
        names: set[str] = set()
        for statement in node.body:
            self.statement(statement, names)
        self.defined.add(node.name)

    def statement(self, node: ast.stmt, names: set[str]) -> None:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                return
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value, simple=1):
                self.identifier(node, name)
                if name in names:
                    self.refuse(node, f"two fields called {name}")
                names.add(name)
                self.field(node, name, annotation, value)
            case _:
                self.refuse(node, f"a {type(node).__name__} in a class")

    def field(self, node: ast.AnnAssign, name: str, annotation: ast.expr, value: ast.expr | None) -> None:
        """Check a field, a shortcut, or what a class says of its type."""
        match annotation, value:
            case (
                ast.Subscript(value=ast.Name(id="ClassVar"), slice=ast.Name(id="str")),
                ast.Constant(value=str()),
            ) if name in CLASS_VARS:
                return
            case (
                kind,
                ast.Call(func=ast.Name(id="Shortcut"), args=steps, keywords=[]),
            ) if name not in FIELDS:
                self.annotation(kind)
                for step in steps:
                    self.constant(step)
                return
        if name in FIELDS and name not in OWN_FIELDS:
            self.refuse(node, f"a field that replaces {name}")
        self.annotation(annotation)
        match value:
            case None | ast.Name(id="Absent" | "Filled"):
                pass
            case ast.Call(func=ast.Name(id="Made"), args=[made], keywords=[]):
                self.factory(made)
            case _:
                self.constant(value)

    def factory(self, node: ast.expr) -> None:
        """Check ``Collection`` or ``lambda: Class(name="...")``, for a group that must be there."""
        match node:
            case ast.Name(id="Collection"):
                pass
            case ast.Lambda(
                args=ast.arguments(posonlyargs=[], args=[], vararg=None, kwonlyargs=[], kwarg=None),
                body=ast.Call(func=ast.Name(id=name), args=[], keywords=[ast.keyword(arg="name", value=value)]),
            ) if name in self.classes | self.models:
                self.constant(value)
            case _:
                self.refuse(node, "a default that is no model")

    # ------------------------------------------------------------------------------------- expressions
    def annotation(self, node: ast.expr) -> None:
        match node:
            case ast.Constant(value=None):
                pass
            case ast.Name(id=name):
                if name not in TYPES | self.models | self.classes:
                    self.refuse(node, f"the type {name}")
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                self.annotation(left)
                self.annotation(right)
            case ast.Subscript(value=ast.Name(id="Literal"), slice=inside):
                for entry in inside.elts if isinstance(inside, ast.Tuple) else [inside]:
                    self.constant(entry)
            case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[kind, marker])):
                self.annotation(kind)
                self.marker(marker)
            case ast.Subscript(value=ast.Name(id="Given"), slice=ast.Tuple(elts=[kind, other])):
                self.annotation(kind)
                self.annotation(other)
            case ast.Subscript(value=ast.Name(id="Collection" | "Many"), slice=inside):
                self.annotation(inside)
            case _:
                self.refuse(node, f"a {type(node).__name__} in a type")

    def marker(self, node: ast.expr) -> None:
        match node:
            case ast.Call(func=ast.Name(id=name), args=[], keywords=keywords) if name in MARKERS:
                for keyword in keywords:
                    if keyword.arg not in ARGUMENTS:
                        self.refuse(node, f"a marker with the argument {keyword.arg}")
                    self.constant(keyword.value)
            case _:
                self.refuse(node, "metadata of a field that is no marker")

    def constant(self, node: ast.expr) -> None:
        match node:
            case ast.Constant(value=None | bool() | int() | float() | str()):
                pass
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
                pass
            case ast.Tuple(elts=entries):
                for entry in entries:
                    self.constant(entry)
            case _:
                self.refuse(node, f"a {type(node).__name__} where a constant should stand")

    def identifier(self, node: ast.AST, name: str) -> None:
        if not IDENTIFIER.fullmatch(name):
            self.refuse(node, f"the name {name!r}")
