"""The tables of one file with the columns that they really have, as classes for type checkers and editors.

What is written is a module with a class for each table and for each group on the way to one, and `read`, which
reads the file as these.  A type checker then refuses a misspelt column of this very file.
"""

from __future__ import annotations

import keyword
import textwrap
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import h5py

from nwb_models.models.base import NWBDataset, NWBGroup, NWBModel, ShortcutInfo
from nwb_models.models.mapping import Children
from nwb_models.models.mixins.tables import DynamicTableMixin
from nwb_models.models.reserved import FIELDS, GROUP_FIELDS, NAMES
from nwb_models.naming import class_name, module_name, version_name
from nwb_models.schema.codegen.text import WIDTH, docstring, literal, wrapped
from nwb_models.schema.provider import is_shipped, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.schema.language import Namespace

PRAGMAS = """\
# The classes say more than the models that they describe: which children there are.
# mypy: disable-error-code="assignment, misc, override"
# pyright: reportGeneralTypeIssues=false
# pyright: reportIncompatibleMethodOverride=false
# pyright: reportIncompatibleVariableOverride=false"""


@dataclass
class _Stub:
    """One class while it is written."""

    name: str
    base: str
    text: str
    """Its documentation."""
    is_table: bool
    fields: list[str] = field(default_factory=list)
    children: dict[str, str] = field(default_factory=dict)
    """Child -> its class."""


class Stubs:
    """The classes of one file.

    Parameters
    ----------
    root
        The file, as it was read.
    filename
        Where it is.
    packages
        The name of the folder with the models that do not ship with the library, see `namespaces`.
    """

    def __init__(self, root: NWBGroup, filename: str, packages: str) -> None:
        self.filename = filename
        self.packages = packages
        self.namespaces: dict[Namespace, None] = {}
        """Those whose models do not ship: what is written imports them from `packages`."""
        self.imports: dict[str, set[str]] = {}
        self.stubs: dict[int, _Stub] = {}
        self.taken = {*NAMES, "NWBFile"}
        self.seen: set[int] = set()
        self.root = self._visit(root, "NWBFile") or self._stub(root, "NWBFile")

    # ------------------------------------------------------------------------------------- the file
    def _visit(self, model: NWBGroup, name: str) -> _Stub | None:
        """Return the class of a group that is a table, or leads to one."""
        if id(model) in self.seen:
            return self.stubs.get(id(model))
        self.seen.add(id(model))
        is_table = isinstance(model, DynamicTableMixin)
        found: list[tuple[str, str | None, NWBModel]] = []
        for child_name, stored in model._children():
            child = model[child_name]
            own = stored.field if stored is not None and not isinstance(stored.marker, Children) else None
            inner = self._visit(child, _words(name, child_name)) if isinstance(child, NWBGroup) else None
            if inner is not None or (is_table and isinstance(child, NWBDataset)):
                found.append((child_name, own, child))
        if not found and not is_table:
            return None
        stub = self._stub(model, name)
        for child_name, own, child in found:
            self._add(stub, model, child_name, own, child)
        stub.fields += self._shortcuts(model)
        return stub

    def _stub(self, model: NWBGroup, name: str) -> _Stub:
        name = name if name == "NWBFile" else class_name(name, self.taken)
        self.taken.add(name)
        rows = f": {len(model)} rows" if isinstance(model, DynamicTableMixin) else ""
        base = self._imported(type(model))
        stub = self.stubs[id(model)] = _Stub(name, base, f"{model.path}{rows}.", isinstance(model, DynamicTableMixin))
        return stub

    def _add(self, stub: _Stub, model: NWBGroup, name: str, own: str | None, child: NWBModel) -> None:
        """Note a child of a group: as an attribute where it is one, and by its name."""
        held = self.stubs.get(id(child))
        kind = held.name if held is not None else self._imported(type(child))
        stub.children[name] = kind
        attribute = own or name
        is_free = _is_name(attribute) and attribute not in FIELDS | GROUP_FIELDS
        if own is not None or (is_free and not hasattr(type(model), attribute) and hasattr(model, attribute)):
            stub.fields += [f"{attribute}: {kind}", docstring(_described(child), 8)]

    def _shortcuts(self, model: NWBGroup) -> Iterator[str]:
        for cls in type(model).__mro__:
            for name, value in vars(cls).items():
                if isinstance(value, ShortcutInfo):
                    held = self.stubs.get(id(getattr(model, name)))
                    if held is not None:
                        yield f"{name}: {held.name}"

    # ------------------------------------------------------------------------------------- names
    def _imported(self, cls: type[NWBModel]) -> str:
        """Return what a class is called here, and note where it comes from."""
        cls = _importable(cls)
        package, _, module = cls.__module__.rpartition(".")
        if not is_shipped(cls) and not package.startswith("nwb_models.models"):
            namespace = origin_of(cls)
            self.namespaces[namespace] = None
            package = f"{self.packages}.{module_name(namespace.name)}.{version_name(namespace.version)}"
        alias = f"{package.split('.')[-2]}_{module}".removeprefix("nwb_models_")
        self.imports.setdefault(package, set()).add(f"{module} as {alias}")
        self.taken.add(alias)
        return f"{alias}.{cls.__name__}"

    @property
    def tables(self) -> list[str]:
        """The classes of the tables."""
        return [stub.name for stub in self.stubs.values() if stub.is_table]

    # ------------------------------------------------------------------------------------- source
    def source(self) -> str:
        """Return the source of the module."""
        self.imports.setdefault("nwb_models.models", set()).add("NWBGroup")
        classes = [self._class(stub) for stub in self.stubs.values()]
        imports = [
            f"from {place} import {name}" for place, names in sorted(self.imports.items()) for name in sorted(names)
        ]
        names = "\n".join(f"{stub.name} = NWBGroup" for stub in self.stubs.values())
        what = f"The tables of {self.filename} with their columns, for type checkers: not to be edited."
        checked = "\n\n".join(["\n".join(imports), *classes])
        parts = [
            docstring(what, 0),
            PRAGMAS,
            "from __future__ import annotations",
            "from typing import TYPE_CHECKING, Any, Literal, cast, overload",
            "import nwb_models",
            f"if TYPE_CHECKING:\n{textwrap.indent(checked, '    ')}",
            RUNTIME + textwrap.indent(names, "    "),
        ]
        return "\n\n".join(parts) + READ.format(filename=literal(self.filename))

    def _class(self, stub: _Stub) -> str:
        lines = [f"class {stub.name}({stub.base}):", docstring(stub.text, 8), ""]
        lines += stub.fields
        lines += [""] if stub.fields else []
        by_class: dict[str, list[str]] = {}
        for name, kind in stub.children.items():
            by_class.setdefault(kind, []).append(literal(name))
        overloads = [(f"Literal[{', '.join(names)}]", kind) for kind, names in by_class.items()]
        # a table has no other columns than these, and rows by their numbers
        overloads.append(("int | slice | list[Any] | tuple[Any, str]" if stub.is_table else "str", "Any"))
        for key, kind in overloads:
            lines += ["@overload"] if len(overloads) > 1 else []
            lines.append(wrapped(f"def __getitem__(self, path: {key}) -> {kind}: ...", WIDTH - 8))
        if len(overloads) > 1:
            lines.append("def __getitem__(self, path: Any) -> Any: ...")
        return "\n".join([lines[0], textwrap.indent("\n".join(lines[1:]), "    ")])


RUNTIME = """\
else:  # the models of the file have these columns, whatever they are called here
    from nwb_models.models import NWBGroup

"""
READ = """


def read(path: str = {filename}) -> NWBFile:
    \"\"\"Read the file, or another one with the same tables.\"\"\"
    return cast("NWBFile", nwb_models.read(path))
"""


def _importable(cls: type[NWBModel]) -> type[NWBModel]:
    """Return a class, or the nearest above it that comes from a specification or from this library."""
    return next(
        base for base in cls.__mro__ if issubclass(base, NWBModel) and not base.__module__.startswith("nwb_models.io")
    )


def _is_name(text: str) -> bool:
    """Tell whether text is an identifier in Python, which takes some letters for others and keywords for none."""
    return text.isidentifier() and not keyword.iskeyword(text) and unicodedata.normalize("NFKC", text) == text


def _words(above: str, name: str) -> str:
    """Return the name of a class after the path of its object: ``IntervalsTrials`` for ``/intervals/trials``."""
    words = "".join(word[:1].upper() + word[1:] for word in name.split("_"))
    return words if above == "NWBFile" else above + words


def _described(child: NWBModel) -> str:
    """Return what is known of a child in words."""
    text = str(getattr(child, "description", None) or child.path).rstrip(".")
    if isinstance(child, NWBDataset) and child.dtype is not None:
        kind = str(child.dtype.names or child.dtype)
        if child.dtype.kind == "O":
            kind = "text" if h5py.check_string_dtype(child.dtype) else "references"
        text = f"{text}: {kind}, {child.shape}"
    return f"{text}."
