"""JSON Schema of what `nwb_models.models.metadata` writes of a file.

linkml's generator gives classes, slots and their types.  What differs from it:

-   A slot takes each of the shapes that are allowed, or the shape and dtype of an array; linkml takes none of several.
-   An object may be a path instead: any member of a group can be a link.
-   Where one of many types may stand, ``neurodata_type`` decides; an error then says what is wrong inside of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from linkml.generators.jsonschemagen import ClassResult, JsonSchema, JsonSchemaGenerator, SchemaResult, SlotResult
from linkml_runtime.linkml_model import SchemaDefinition, SlotDefinition

from nwb_models.models.check import DATES, MINIMUM, TEXTS, allows
from nwb_models.schema.exporting.merged import subtypes
from nwb_models.schema.translation.dtype import ANY, ROOT, as_text, primitive_range
from nwb_models.schema.translation.shape import array

if TYPE_CHECKING:
    from linkml_runtime.linkml_model import ClassDefinition
    from linkml_runtime.utils.schemaview import SchemaView

    from nwb_models.schema.translation.namespace import Schema

DEFINITIONS: dict[str, dict[str, Any]] = {
    "Path": {
        "type": "string",
        "pattern": "^([^#]+#)?/",
        "description": "Where an object is: its path, behind the file and # where it is in another one.",
    },
    "ArraySummary": {
        "type": "object",
        "description": "An array whose values are left out.",
        "required": ["shape", "dtype"],
        "properties": {
            "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
            "dtype": {"type": "string"},
        },
        "additionalProperties": False,
    },
}

VALUE = {"stored_as": "value"}
NUMBERS = [np.dtype(kind).name for kind in np.typecodes["AllInteger"] + np.typecodes["AllFloat"] + "?"]
"""The dtypes of numbers, as they are written."""


def export(schema: Schema) -> str:
    """Return the JSON Schema of a merged schema."""
    below = {name: subtypes(schema, name) for name in schema["classes"]}
    generator = _Generator(
        SchemaDefinition(**schema), preserve_names=True, include_null=False, title_from="title", below=below
    )
    return as_text(json.dumps(generator.generate(), indent=1, ensure_ascii=False)) + "\n"


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


@dataclass
class _Generator(JsonSchemaGenerator):  # type: ignore[misc]
    below: dict[str, list[str]] = field(default_factory=dict)
    """Class -> the classes of objects that may stand in its place."""
    families: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The definitions of types where any that includes them may stand, too."""

    # ---------------------------------------------------------------------- the hooks of linkml
    def after_generate_class(self, cls: ClassResult, sv: SchemaView) -> ClassResult:  # noqa: ARG002
        """Let the class for what may be anything be anything."""
        if cls.source.name == ANY:
            cls.schema_ = JsonSchema(description=cls.source.description)
        return cls

    def after_generate_class_slot(
        self,
        slot: SlotResult,
        cls: ClassDefinition,  # noqa: ARG002
        sv: SchemaView,  # noqa: ARG002
    ) -> SlotResult:
        """Describe a member as it is written."""
        described = {"description": slot.source.description} if slot.source.description else {}
        slot.schema_ = JsonSchema(described | self._member(slot.source))
        return slot

    def after_generate_schema(self, schema: SchemaResult, sv: SchemaView) -> SchemaResult:
        """Say what a document is: a file, or an object of any type where the schema has no files."""
        roots = [name for name, cls in sv.all_classes().items() if cls.tree_root] or [ROOT]
        top = {key: schema.schema_[key] for key in ("$schema", "$id", "title", "version")}
        options = [self._family(name) for name in roots]
        found = options[0] if len(options) == 1 else {"anyOf": options}
        definitions = {**schema.schema_["$defs"], **self.families, **DEFINITIONS}
        schema.schema_ = JsonSchema(top | found | {"$defs": dict(sorted(definitions.items()))})
        return schema

    # ---------------------------------------------------------------------- members
    def _member(self, slot: SlotDefinition) -> dict[str, Any]:
        one = self._one(slot)
        if slot.multivalued:
            return {"type": "array", "items": one, **({"minItems": 1} if slot.required else {})}
        if slot.range == ANY and not slot.array:
            return one
        dimensions = [array.dimensions for array in (entry.array for entry in slot.any_of or [slot]) if array]
        if not dimensions and _annotation(slot, "stored_as") != "value":
            return one
        shapes = [[entry.exact_cardinality for entry in shape] for shape in dimensions]
        values = [_nested(one, shape) for shape in shapes] or [
            one,
            {"type": "array", "items": {"anyOf": [one, {"type": "array"}]}},
        ]
        return {"anyOf": [*values, *([_summary(slot.range, shape) for shape in shapes] or [_summary(slot.range)])]}

    def _one(self, slot: SlotDefinition) -> dict[str, Any]:
        """Return what a single value of a slot is."""
        if slot.range == ANY:
            return self._constant(slot)
        if slot.range not in self.schemaview.all_classes():
            kind, form, _ = self.get_type_info_for_slot_subschema(slot)
            # JSON has no NaN and no infinity
            plain = {"type": ["number", "null"] if kind == "number" else kind} | ({"format": form} if form else {})
            return plain | self._constant(slot)
        if not slot.inlined:
            return _ref("Path")
        target = self.schemaview.get_class(slot.range)
        if _annotation(target, "stored_as") == "compound":
            return _ref(target.name)
        found = self._family(target.name) | self._refined(slot)
        return {"if": {"type": "object"}, "then": found, "else": _ref("Path")}

    def _refined(self, slot: SlotDefinition) -> dict[str, Any]:
        """Return what a place asks of the payload of a dataset beside its type: a column of numbers, say."""
        texts = {key: _annotation(slot, key) for key in ("dtype", "shape")}
        wanted = {key: json.loads(text) for key, text in texts.items() if text is not None}
        if not wanted or not isinstance(wanted.get("dtype", ""), str):
            return {}
        payload = primitive_range(wanted.get("dtype")) | array(wanted)
        return {"properties": {"value": self._member(SlotDefinition("value", **payload | {"annotations": VALUE}))}}

    def _constant(self, slot: SlotDefinition) -> dict[str, Any]:
        value = _annotation(slot, "value")
        return dict(self.get_value_constraints_for_slot(slot)) if value is None else {"const": json.loads(value)}

    # ---------------------------------------------------------------------- types
    def _family(self, name: str) -> dict[str, Any]:
        """Return a reference to a class, or to it and the types that include it."""
        if self.below[name] == [name]:
            return _ref(name)
        members: dict[str, list[str]] = {}
        for entry in self.below[name]:
            members.setdefault(self._type(entry), []).append(entry)
        key = f"{name}-or-subtype"
        if key not in self.families:
            self.families[key] = {
                "type": "object",
                "required": ["neurodata_type"],
                "properties": {"neurodata_type": {"enum": list(members)}},
                "allOf": [
                    {
                        "if": {
                            "required": ["neurodata_type"],
                            "properties": {"neurodata_type": {"const": neurodata_type}},
                        },
                        "then": _ref(names[0]) if len(names) == 1 else {"anyOf": [_ref(entry) for entry in names]},
                    }
                    for neurodata_type, names in members.items()
                ],
            }
        return _ref(key)

    def _type(self, name: str) -> str:
        """Return the type of a class, or that which it refines for its place."""
        for entry in self.schemaview.class_ancestors(name):
            found = _annotation(self.schemaview.get_class(entry), "neurodata_type")
            if found is not None:
                return found
        return name


def _nested(one: dict[str, Any], lengths: list[int | None]) -> dict[str, Any]:
    """Return what an array is, from the inside."""
    for length in reversed(lengths):
        one = {"type": "array", "items": one}
        if length is not None:
            one |= {"minItems": length, "maxItems": length}
    return one


def _summary(dtype: str, lengths: list[int | None] | None = None) -> dict[str, Any]:
    """Return what an array is whose values are left out."""
    members: dict[str, Any] = {}
    if lengths is not None:
        entries: list[dict[str, Any]] = [{} if length is None else {"const": length} for length in lengths]
        members["shape"] = {"minItems": len(lengths), "maxItems": len(lengths), "items": entries}
    if dtype in TEXTS | DATES:
        members["dtype"] = {"enum": ["text", "text or object"]}
    elif dtype in MINIMUM or dtype in ("numeric", "bool"):
        members["dtype"] = {"enum": [name for name in NUMBERS if allows(dtype, np.dtype(name))]}
    return _ref("ArraySummary") | ({"properties": members} if members else {})


def _annotation(element: Any, name: str) -> str | None:
    """Return an annotation of a class or a slot."""
    return str(element.annotations[name].value) if name in element.annotations else None
