"""GraphQL types with the names of the schema, scalars for what GraphQL has no type for, and unions for subtypes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from linkml.generators.graphqlgen import GraphqlGenerator
from linkml_runtime.linkml_model import SchemaDefinition

from nwb_models.models.check import DATES, MINIMUM, TEXTS
from nwb_models.schema.exporting.merged import subtypes
from nwb_models.schema.translation.dtype import ANY, FIXED_TEXT

if TYPE_CHECKING:
    from linkml_runtime.linkml_model import ClassDefinition, SlotDefinition

    from nwb_models.schema.translation.namespace import Schema

SCALARS = {
    ANY: "A value of any type.",
    "Array": "Nested lists, or the shape and dtype of an array whose values are left out.",
    "DateTime": "A date, or a date and time, in ISO 8601.",
    "Long": "A whole number that may have more than 32 bits.",
    "Nothing": "Nothing: it is the type of the only field of a type that has none.",
}
"""Scalars that GraphQL does not have."""
_INT = ("int8", "byte", "int16", "short", "int32", "int", "uint8", "uint16")


def _scalar(dtype: str) -> str:
    """Return the scalar of a primitive dtype.

    >>> _scalar("float32"), _scalar("uint32"), _scalar("text"), _scalar("isodatetime")
    ('Float', 'Long', 'String', 'DateTime')
    """
    if dtype in TEXTS or dtype == FIXED_TEXT:
        return "String"
    if dtype in DATES:
        return "DateTime"
    if dtype == "bool":
        return "Boolean"
    if dtype in _INT:
        return "Int"
    return "Float" if dtype == "numeric" or MINIMUM[dtype][0] == "f" else "Long"


def export(schema: Schema) -> str:
    """Return the GraphQL of a merged schema."""
    below = {name: subtypes(schema, name) for name in schema["classes"]}
    return str(_Generator(SchemaDefinition(**schema), below=below).serialize())


@dataclass
class _Generator(GraphqlGenerator):  # type: ignore[misc]
    below: dict[str, list[str]] = field(default_factory=dict)
    """Class -> the types that may stand in its place."""
    used: set[str] = field(default_factory=set)
    """Classes in the place of which several types may stand."""

    def visit_schema(self, **options: object) -> str:
        """Begin with the scalars."""
        scalars = [f"{json.dumps(text)}\nscalar {name}\n" for name, text in SCALARS.items()]
        return "\n".join([super().visit_schema(**options), *scalars, ""])

    def visit_class(self, cls: ClassDefinition) -> str:
        """Begin a type; the class for what may be anything is a scalar, and stands at the top."""
        if cls.name == ANY:
            return ""
        return f"{_described(cls.description, '')}type {cls.name} {{"

    def end_class(self, cls: ClassDefinition) -> str:
        """End a type: one without fields is not allowed."""
        if cls.name == ANY:
            return ""
        return "\n}\n\n" if cls.slots else '\n  "There is nothing in it."\n  nothing: Nothing\n}\n\n'

    def visit_class_slot(self, cls: ClassDefinition, aliased_slot_name: str, slot: SlotDefinition) -> str:  # noqa: ARG002
        """Add a field."""
        kind = "Array" if slot.array else self._range(str(slot.range))
        kind = f"[{kind}!]" if slot.multivalued else kind
        return f"\n{_described(slot.description, '  ')}  {aliased_slot_name}: {kind}{'!' if slot.required else ''}"

    def _range(self, name: str) -> str:
        if name not in self.schema.classes:
            return _scalar(name)
        if len(self.below[name]) < 2:
            return name
        self.used.add(name)
        return f"{name}_or_subtype"

    def end_schema(self, **options: object) -> str:  # noqa: ARG002
        """End with the unions: a query picks from them with ``... on ElectricalSeries { ... }``."""
        return "".join(f"union {name}_or_subtype = {' | '.join(self.below[name])}\n" for name in sorted(self.used))


def _described(text: str | None, indent: str) -> str:
    """Return documentation as GraphQL has it: its strings are those of JSON."""
    return f"{indent}{json.dumps(text, ensure_ascii=False)}\n" if text else ""
