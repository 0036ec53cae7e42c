"""TypeScript interfaces of what `nwb_models.models.metadata` writes, with the names that the schema has."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linkml.generators.typescriptgen import TypescriptGenerator
from linkml_runtime.linkml_model import SchemaDefinition

from nwb_models.models.check import DATES, TEXTS
from nwb_models.naming import identifier
from nwb_models.schema.translation.dtype import ANY, FIXED_TEXT

if TYPE_CHECKING:
    from linkml_runtime.linkml_model import ClassDefinition, SlotDefinition

    from nwb_models.schema.translation.namespace import Schema

HEAD = """\
/** Where an object is: its path, behind the file and # where it is in another one. */
export type {path} = string;
/** An array whose values are left out. */
export interface {summary} {{ shape: number[], dtype: string }}

"""


def export(schema: Schema) -> str:
    """Return the TypeScript of a merged schema."""
    names = {"path": identifier("Path", schema["classes"]), "summary": identifier("ArraySummary", schema["classes"])}
    generator = _Generator(SchemaDefinition(**commentable(schema)), **names)
    return HEAD.format(**names) + str(generator.serialize())


def commentable(schema: Schema) -> Schema:
    """Return a schema whose documentation does not end the comment that it will stand in."""
    schema = copy.deepcopy(schema)
    slots = [slot for cls in schema["classes"].values() for slot in cls.get("attributes", {}).values()]
    for element in (*schema["classes"].values(), *slots):
        element["description"] = element.get("description", "").replace("*/", "* /")
    return schema


@dataclass
class _Generator(TypescriptGenerator):  # type: ignore[misc]
    path: str = "Path"
    summary: str = "ArraySummary"

    @staticmethod
    def name(element: Any) -> str:
        """Return the name that an element has in the schema."""
        return str(element.alias or element.name)

    def classref(self, cls: ClassDefinition) -> str | None:  # noqa: ARG002
        """Return nothing: references to all types are the same."""
        return None

    def parents(self, cls: ClassDefinition) -> list[str]:
        """Return the interface above, without the members that are declared anew: TypeScript lets none get wider."""
        if not cls.is_a:
            return []
        inherited = self.schemaview.class_slots(cls.is_a)
        anew = [f"'{slot}'" for slot in cls.attributes if slot in inherited]
        return [f"Omit<{cls.is_a}, {' | '.join(anew)}>" if anew else str(cls.is_a)]

    def range(self, slot: SlotDefinition) -> str:
        """Return the type of a member."""
        one = self._one(slot)
        if slot.multivalued:
            return f"({one})[]"
        arrays = [entry.array for entry in slot.any_of or [slot] if entry.array]
        if arrays:
            return " | ".join([*(f"({one}){'[]' * len(array.dimensions)}" for array in arrays), self.summary])
        payload = "stored_as" in slot.annotations and slot.annotations["stored_as"].value == "value"
        return f"{one} | unknown[] | {self.summary}" if payload and slot.range != ANY else one

    def _one(self, slot: SlotDefinition) -> str:
        """Return the type of a single value."""
        if slot.range == ANY:
            return "unknown"
        if slot.range not in self.schemaview.all_classes():
            text = slot.range in TEXTS | DATES or slot.range == FIXED_TEXT
            # JSON has no NaN and no infinity
            return "string" if text else "boolean" if slot.range == "bool" else "number | null"
        return f"{slot.range} | {self.path}" if slot.inlined else self.path
