"""SHACL shapes of the types, in Turtle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkml.generators.shaclgen import ShaclGenerator
from linkml_runtime.linkml_model import SchemaDefinition

if TYPE_CHECKING:
    from nwb_models.schema.translation.namespace import Schema


def export(schema: Schema) -> str:
    """Return the shapes of a merged schema; open ones, since an object also has what the types below add."""
    return str(ShaclGenerator(SchemaDefinition(**schema), closed=False).serialize())
