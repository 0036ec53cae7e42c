"""Documentation as a folder of Markdown pages, one for each class, slot and type."""

from __future__ import annotations

import copy
import html
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkml.generators.docgen import DocGenerator
from linkml_runtime.linkml_model import SchemaDefinition

if TYPE_CHECKING:
    from nwb_models.schema.translation.namespace import Schema


def export(schema: Schema) -> dict[str, str]:
    """Return the pages of a merged schema: ``classes/TimeSeries.md`` -> its text."""
    with tempfile.TemporaryDirectory() as folder:
        generator = DocGenerator(
            SchemaDefinition(**readable(schema)),
            mergeimports=True,
            subfolder_type_separation=True,
            preserve_names=True,
        )
        generator.serialize(directory=folder)
        pages = sorted(Path(folder).rglob("*.md"))
        return {page.relative_to(folder).as_posix(): page.read_text("utf-8") for page in pages}


def readable(schema: Schema) -> Schema:
    """Return a schema whose documentation says the shapes of arrays, and in which nothing is HTML."""
    schema = copy.deepcopy(schema)
    for cls in schema["classes"].values():
        for slot in cls.get("attributes", {}).values():
            slot["description"] = " ".join(filter(None, [slot["description"], _shapes(slot)]))
    escaped: Schema = _escaped(schema)
    return escaped


def _escaped(node: Any) -> Any:
    """Return text, or all text in something, as Markdown shows it."""
    match node:
        case str():
            return html.escape(node, quote=False)
        case list():
            return [_escaped(entry) for entry in node]
        case dict():
            return {key: _escaped(value) for key, value in node.items()}
    return node


def _shapes(slot: dict[str, Any]) -> str:
    """Return the shapes of an array as a sentence.

    >>> _shapes({"array": {"dimensions": [{"alias": "num_times"}, {"exact_cardinality": 3}]}})
    'Shape: (num_times, 3).'
    """
    arrays = [entry["array"]["dimensions"] for entry in slot.get("any_of") or [slot] if "array" in entry]
    shapes = [", ".join(_length(dimension) for dimension in array) for array in arrays]
    return f"Shape: {' or '.join(f'({shape})' for shape in shapes)}." if shapes else ""


def _length(dimension: dict[str, Any]) -> str:
    name, length = dimension.get("alias"), dimension.get("exact_cardinality")
    return " = ".join(str(part) for part in (name, length) if part is not None) or "any"
