"""An OWL ontology of the types, in Turtle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkml.generators.owlgen import OwlSchemaGenerator
from linkml_runtime.linkml_model import SchemaDefinition

if TYPE_CHECKING:
    from nwb_models.schema.translation.namespace import Schema


def export(schema: Schema) -> str:
    """Return the ontology of a merged schema, without axioms that follow from others."""
    generator = OwlSchemaGenerator(
        SchemaDefinition(**schema),
        use_native_uris=False,
        skip_vacuous_min_zero_cardinality_axioms=True,
        skip_vacuous_local_range_axioms=True,
        consolidate_cardinality_axioms=True,
    )
    return str(generator.serialize())
