"""SQL that makes a table for each type."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from linkml.generators.sqltablegen import SQLTableGenerator
from linkml_runtime.linkml_model import SchemaDefinition

from nwb_models.schema.translation.dtype import ANY

if TYPE_CHECKING:
    from nwb_models.schema.translation.namespace import Schema

HEADER = """\
-- An object has a row in the table of its type, in that of each type above it, and in that of its place where the place
-- asks for more than the type (Units__spike_times), all with its path. What lies in a group is found by its path, which
-- begins with that of the group. Arrays and rows of compound types are JSON.
"""


def export(schema: Schema) -> str:
    """Return the SQL of a merged schema."""
    return HEADER + str(SQLTableGenerator(SchemaDefinition(**tabular(schema))).generate_ddl())


def tabular(schema: Schema) -> Schema:
    """Return a schema whose slots are columns: without collections, and with text for what a column cannot hold."""
    schema = copy.deepcopy(schema)
    classes = schema["classes"]
    texts = {ANY, *(name for name, cls in classes.items() if _stored_as(cls) == "compound")}
    for name in texts:
        del classes[name]
    for cls in classes.values():
        slots = cls.get("attributes", {})
        for name, slot in list(slots.items()):
            if slot.get("multivalued"):
                del slots[name]
            elif slot["range"] in texts or "array" in slot or "any_of" in slot:
                for key in ("array", "any_of", "inlined"):
                    slot.pop(key, None)
                slot["range"] = "string"
    return schema


def _stored_as(cls: dict[str, Any]) -> str | None:
    found = cls.get("annotations", {}).get("stored_as")
    return None if found is None else str(found)
