"""What the specifications say of a class and its fields, at run time.

Generated classes have the description of a field as a docstring below it, as editors show it; Python throws these away.
They are looked up in the source when somebody asks: ``help(cls)``, ``cls.model_fields["x"].description``, and JSON
Schema.  Nothing is done for it when classes are made or files are read, and validators are built without it.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
import textwrap
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from nwb_models.models.check import describe, shape_name
from nwb_models.models.mapping import Children, Link, Reference, stored_fields

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass

    from nwb_models.models.base import NWBModel
    from nwb_models.models.mapping import StoredField
else:
    ModelMetaclass = type(BaseModel)  # it has no public name


class Documented(ModelMetaclass):
    """The class of model classes: they know what the schema says of their fields."""

    def __init__(cls: Any, *arguments: Any, **options: Any) -> None:  # noqa: N805 - the class that is made
        super().__init__(*arguments, **options)
        type.__setattr__(cls, "_documented", {})  # what was looked up, which goes with the class

    @property
    def __doc__(self: Any) -> str | None:  # type: ignore[override]
        """The text of the class, and what its fields are, inherited ones and shortcuts as well."""
        text = own_text(self)
        if not text:
            return text
        fields = "\n".join(_entry(name, kind, said) for name, kind, said in _told(self))
        return f"{text}\n\nAttributes\n----------\n{fields}"

    @property
    def model_fields(self: Any) -> dict[str, FieldInfo]:
        """The fields, each of which knows its description: see `DescribedField`."""
        plain = self.__pydantic_fields__
        shown: dict[str, FieldInfo]
        known, shown = self._documented.get("fields", (None, {}))
        if known is not plain:  # pydantic has collected them, perhaps anew
            shown = {name: _described(info, self, name) for name, info in plain.items()}
            self._documented["fields"] = plain, shown
        return shown


def own_text(cls: type) -> str | None:
    """Return what a class says of itself, without its fields."""
    text = vars(cls).get("__doc__")
    return inspect.cleandoc(text) if isinstance(text, str) else None


class DescribedField(FieldInfo):  # type: ignore[misc] # final to type checkers, since pydantic makes no others itself
    """A field whose description is looked up when it is asked for first: until then its slot is empty."""

    def __getattr__(self, name: str) -> Any:
        """Return the description; Python calls this for what is not there."""
        if name != "description":
            msg = f"a field has no {name!r}"
            raise AttributeError(msg)
        owner, field = self._place
        self.description = descriptions(owner).get(field)
        return self.description


def _described(info: FieldInfo, owner: type[NWBModel], name: str) -> FieldInfo:
    if info.description is not None:
        return info
    made: Any = DescribedField.__new__(DescribedField)
    for slot in FieldInfo.__slots__:
        if slot != "description" and hasattr(info, slot):
            setattr(made, slot, getattr(info, slot))
    made._place = owner, name
    return made  # type: ignore[no-any-return]


def descriptions(cls: Any) -> dict[str, str]:
    """Return what is said of the fields of a class, inherited ones included."""
    found: dict[str, str] = cls._documented.get("descriptions", {})
    if found:
        return found
    for base in reversed(cls.__mro__):
        module = sys.modules.get(base.__module__)
        if module is not None:
            lines = linecache.getlines(getattr(module, "__file__", None) or "", vars(module))
            found.update(_written("".join(lines)).get(base.__name__, {}))
    cls._documented["descriptions"] = found
    return found


@cache
def _written(source: str) -> dict[str, dict[str, str]]:
    """Return the docstrings below the fields of each class of a module."""
    return {
        node.name: {
            field: " ".join(text.split())
            for statement, below in zip(node.body, node.body[1:], strict=False)
            for field, text in _documented(statement, below)
        }
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef)
    }


def _documented(statement: ast.stmt, below: ast.stmt) -> list[tuple[str, str]]:
    match statement, below:
        case ast.AnnAssign(target=ast.Name(id=field)), ast.Expr(value=ast.Constant(value=str(text))):
            return [(field, text)]
    return []


def _told(cls: type[NWBModel]) -> list[tuple[str, str, str]]:
    """Return name, kind and description of the fields of a class and of its shortcuts."""
    from nwb_models.models.base import shortcuts

    entries = stored_fields(cls)
    said = descriptions(cls)
    told = [
        (name, _kind(entries[name]) if name in entries else "text", said.get(name, "")) for name in cls.model_fields
    ]
    for name, steps in shortcuts(cls).items():
        if name in said or name in entries:  # of a subclass, which takes its place
            continue
        holder: Any = cls
        required = True
        for step in steps[:-1]:
            required &= stored_fields(holder)[step].required
            holder = stored_fields(holder)[step].model
        text = f"Short for ``{'.'.join(steps)}``. {descriptions(holder).get(steps[-1], '')}"
        told.append((name, _kind(stored_fields(holder)[steps[-1]], required=required), text.rstrip()))
    return told


def _kind(entry: StoredField, *, required: bool = True) -> str:
    """Return what a field holds, in few words."""
    marker, model = entry.marker, entry.model
    if model is not None:
        value = stored_fields(model).get("value") if getattr(model, "neurodata_type", None) is None else None
        words = _array(value) if value is not None else getattr(model, "neurodata_type", None) or "group"
    else:
        words = _array(entry)
    if isinstance(marker, Children):
        return f"any number of {words}" if marker.kind != "link" else f"any number of links to {words}"
    if isinstance(marker, Link | Reference):
        words = f"{'link' if isinstance(marker, Link) else 'reference'} to {words}"
    return words if entry.required and required else f"{words}, optional"


def _array(entry: StoredField) -> str:
    marker = entry.marker
    words = describe(marker.dtype) if marker.dtype is not None else "any value"
    if marker.value is not None:
        return f"{words}, always {marker.value!r}"
    return f"{words}, shape {' or '.join(map(shape_name, marker.shape))}" if marker.shape else words


def _entry(name: str, kind: str, text: str) -> str:
    wrapped = textwrap.fill(text, 100, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
    return f"{name} : {kind}" + (f"\n{wrapped}" if text else "")
