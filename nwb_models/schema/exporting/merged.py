"""One LinkML schema of namespaces and all that they include, as linkml's generators take it.

They could load the files of `nwb_models.schema.shipping` themselves; reading YAML and following the imports would
be nine tenths of their time.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from typing import TYPE_CHECKING, Any

from nwb_models.naming import identifier
from nwb_models.schema.language import Namespace, Specifications
from nwb_models.schema.translation import translated_classes
from nwb_models.schema.translation.dtype import ANY, ROOT, as_text, language_schema, with_text
from nwb_models.schema.translation.namespace import rooted, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nwb_models.schema.translation.namespace import Schema

KEPT = {"stored_as", "name", "neurodata_type", "namespace", "value", "dtype", "shape"}
"""Annotations that say something to others; the rest is there for the way back to the specification."""

PAYLOAD = {"description": "The data.", "range": ANY, "annotations": {"stored_as": "value"}}
"""The slot of a dataset whose specification does not say what is in it."""


def merged(name: str, namespaces: Sequence[Namespace], specifications: Specifications) -> Schema:
    """Return one LinkML schema of namespaces and all that they include.

    Parameters
    ----------
    name
        What the schema is called.
    namespaces
        What it is a schema of, the one that it is named after first.
    specifications
        Where the namespaces that these include are found.

    Raises
    ------
    SpecificationError
        Where the specifications break their language.
    """
    schema = _without_classes(name, namespaces[0])
    top, known = _joined(namespaces, specifications)
    prefixes: dict[str, str] = schema["prefixes"]
    for class_name, owner, _, definition in translated_classes(top, known):
        home = schema_of(owner, "namespace")
        prefix = _prefix(owner, home["prefixes"][home["default_prefix"]], prefixes)
        if definition.get("is_a") is None and definition["annotations"]["stored_as"] == "dataset":
            definition["attributes"].setdefault("value", dict(PAYLOAD))
        plain = _plain(rooted(definition)) | {"class_uri": f"{prefix}:{class_name}", "from_schema": home["id"]}
        plain.pop("alias", None)
        plain["attributes"] = {
            slot: _plain(entry) | {"slot_uri": f"{prefix}:{slot}"} for slot, entry in definition["attributes"].items()
        }
        schema["classes"][class_name] = plain
    found: Schema = with_text(schema)
    return found


def subtypes(schema: Schema, name: str) -> list[str]:
    """Return the classes of objects that may stand where a class is asked for: it, and the types that include it.

    Where it refines a type for its place, it takes the place of that type; of what is no type there is it alone.
    """
    classes: dict[str, dict[str, Any]] = schema["classes"]

    def above(start: str | None) -> Iterator[str]:
        while start in classes:
            yield start
            start = classes[start].get("is_a")

    def is_type(entry: str) -> bool:
        return "neurodata_type" in classes[entry].get("annotations", {})

    base = name if name == ROOT else next(filter(is_type, above(name)), None)
    if base is None:
        return [name]
    found = [entry for entry in classes if is_type(entry) and base in above(entry)]
    return [name if entry == base else entry for entry in found]


def _without_classes(name: str, namespace: Namespace) -> Schema:
    """Return the head of the schema, with the types of the specification language."""
    language = language_schema()
    for element in (*language["types"].values(), *language["classes"].values()):
        element["from_schema"] = language["id"]
    schema = schema_of(namespace, "namespace", _line(namespace.header.get("doc", "")))
    parts = {key: language[key] for key in ("types", "slots", "classes")}
    return schema | {"name": identifier(name), "title": _line(name), "version": _line(namespace.version)} | parts


def _joined(namespaces: Sequence[Namespace], specifications: Specifications) -> tuple[Namespace, Specifications]:
    """Return a namespace that only includes others, and where it finds them."""
    if len(namespaces) == 1:
        return namespaces[0], specifications
    name = "joined"
    while name in specifications.versions:
        name += "_"
    schema = [{"namespace": entry.name, "version": entry.version} for entry in namespaces]
    top = Namespace({"namespace": {"name": name, "version": "", "schema": schema}})
    return top, Specifications([*specifications, top], specifications.defaults)


def _prefix(namespace: Namespace, uri: str, prefixes: dict[str, str]) -> str:
    """Return the prefix of a namespace; note it where it is new."""
    known = next((prefix for prefix, other in prefixes.items() if other == uri), None)
    if known is None:
        known = identifier(namespace.name, prefixes)
        prefixes[known] = uri
    return known


def _plain(element: dict[str, Any]) -> dict[str, Any]:
    """Return a class or a slot without annotations that are nobody else's business."""
    annotations = {key: value for key, value in element.get("annotations", {}).items() if key in KEPT}
    return element | {"description": _line(element.get("description", "")), "annotations": annotations}


def _line(text: Any) -> str:
    """Return documentation in one line: in one of several it could leave the comment that a generator makes of it."""
    return " ".join(as_text(text).split())


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep to themselves what linkml and its libraries have to say to developers."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
