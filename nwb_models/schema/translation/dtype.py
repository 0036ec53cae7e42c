"""dtypes of the specification language <-> LinkML types.

Every primitive dtype is a LinkML type of the same name, so that its spelling and its width survive.
Source: "dtype" in the NWB Specification Language (a dtype is a minimum: ``int32`` allows ``int64``).
"""

from __future__ import annotations

import json
from typing import Any

_FLOATS = ("float", "float32", "double", "float64")
_INTEGERS = ("long", "int64", "int", "int32", "short", "int16", "int8", "byte")
_UNSIGNED = ("uint64", "uint", "uint32", "uint16", "uint8")
TEXTS = ("text", "utf", "utf8", "utf-8", "ascii", "bytes", "str")

ANY = "AnyType"
"""The LinkML class for what may be anything."""

ROOT = "NWBObject"
"""The LinkML class that every type without another one above it is."""

FIXED_TEXT = "string"
"""The LinkML type of text with a fixed value: ``equals_string`` is allowed with no type of another name."""

LANGUAGE = "nwb.language"
"""The name of the LinkML schema that holds the types below."""


def _type(uri: str, base: str, description: str, **more: str) -> dict[str, str]:
    return {"uri": uri, "base": base, "description": description, **more}


TYPES: dict[str, dict[str, str]] = {
    **{name: _type("xsd:double", "float", "A floating point number.") for name in _FLOATS},
    **{name: _type("xsd:integer", "int", "A whole number.") for name in _INTEGERS},
    **{name: _type("xsd:nonNegativeInteger", "int", "A whole number of 0 or more.") for name in _UNSIGNED},
    **{name: _type("xsd:string", "str", "Text.") for name in TEXTS},
    "numeric": _type("xsd:decimal", "float", "A number of any type."),
    "bool": _type("xsd:boolean", "Bool", "True or false.", repr="bool"),
    "isodatetime": _type("xsd:dateTime", "XSDDateTime", "A date and time in ISO 8601.", repr="str"),
    "datetime": _type("xsd:dateTime", "XSDDateTime", "A date and time in ISO 8601.", repr="str"),
    "date": _type("xsd:date", "XSDDate", "A date in ISO 8601.", repr="str"),
}
"""Every primitive dtype as the definition of a LinkML type."""


PREFIXES = {
    "linkml": "https://w3id.org/linkml/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "nwb": "https://w3id.org/nwb-models/",
}
"""The prefixes that every schema has."""

ROOT_SLOTS: dict[str, dict[str, Any]] = {
    "path": {
        "description": "Where the object is in its file; what links and references to it say.",
        "identifier": True,
        "range": "string",
        "required": True,
    },
    "name": {"description": "The name of the object in its group.", "range": "string", "required": True},
    "neurodata_type": {"description": "The type of the object.", "range": "string", "required": True},
    "namespace": {"description": "The namespace that defines the type.", "range": "string", "required": True},
    "object_id": {
        "description": "The UUID of the object; files written before PyNWB 1.1 have none.",
        "range": "string",
    },
}
"""What every object with a type has: an identifier, without which linkml's generators make parts of references."""


def language_schema() -> dict[str, Any]:
    """Return the LinkML schema with the types and classes that every translated schema imports."""
    root = {"description": "An object of an NWB file that has a type of its own.", "abstract": True}
    return {
        "id": f"https://w3id.org/nwb-models/{LANGUAGE}",
        "name": LANGUAGE,
        "description": "The primitive types of the NWB specification language.",
        "prefixes": dict(PREFIXES),
        "default_prefix": "nwb",
        "types": {name: dict(definition) for name, definition in (TYPES | {FIXED_TEXT: TYPES["text"]}).items()},
        "slots": {name: dict(slot) for name, slot in ROOT_SLOTS.items()},
        "classes": {
            ANY: {"class_uri": "linkml:Any", "description": "A value of any type."},
            ROOT: {**root, "slots": list(ROOT_SLOTS)},
        },
    }


def reference_target(dtype: Any) -> tuple[str, str] | None:
    """Return (target type, kind of reference) of a reference dtype, None for any other.

    >>> reference_target({"target_type": "VectorData", "reftype": "object"})
    ('VectorData', 'object')
    """
    if isinstance(dtype, dict) and isinstance(dtype.get("target_type"), str):
        kind = "region" if str(dtype.get("reftype", "")).startswith("region") else "object"
        return dtype["target_type"], kind
    return None


def is_compound(dtype: Any) -> bool:
    """Tell whether a dtype is compound: a list of named fields."""
    return isinstance(dtype, list)


def is_dtype(dtype: Any) -> bool:
    """Tell whether the specification language, or HDMF, has a dtype; none at all is one.

    >>> is_dtype("float32"), is_dtype({"target_type": "Device"}), is_dtype([{"name": "x", "dtype": "float17"}])
    (True, True, False)
    """
    if isinstance(dtype, list):
        return all(is_dtype(entry.get("dtype")) for entry in dtype if isinstance(entry, dict))
    if isinstance(dtype, str):
        return dtype in TYPES or dtype in ("object", "region")
    return dtype is None or reference_target(dtype) is not None


def primitive_range(dtype: Any) -> dict[str, Any]:
    """Return the range of a slot for a primitive dtype, or for none.

    NWB::

        dtype: float32

    LinkML::

        range: float32

    A dtype that the language does not have stays as an annotation, and anything goes:

    >>> primitive_range("float32"), primitive_range(None)
    ({'range': 'float32'}, {'range': 'AnyType'})
    >>> primitive_range("float17")
    {'range': 'AnyType', 'annotations': {'dtype': '"float17"'}}
    """
    if dtype is None:
        return {"range": ANY}
    if isinstance(dtype, str) and dtype in TYPES:
        return {"range": dtype}
    return {"range": ANY, "annotations": {"dtype": json.dumps(dtype)}}


def written_dtype(slot: dict[str, Any]) -> dict[str, Any]:
    """Return the primitive dtype of a slot as its specification has it: what `primitive_range` wrote, read back.

    >>> written_dtype({"range": "float32"}), written_dtype({"range": "AnyType"})
    ({'dtype': 'float32'}, {})
    >>> written_dtype(primitive_range("float17"))
    {'dtype': 'float17'}
    """
    annotations = slot.get("annotations", {})
    if "dtype" in annotations:
        return {"dtype": json.loads(annotations["dtype"])}
    return {} if slot.get("range") == ANY else {"dtype": slot["range"]}


def as_text(value: Any) -> str:
    """Return a value as text that YAML can hold."""
    return str(value).encode("utf-8", "backslashreplace").decode()


def with_text(value: Any) -> Any:
    """Return a document that YAML can hold: JSON can spell a lone surrogate, which is no text."""
    if isinstance(value, dict):
        return {with_text(key): with_text(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [with_text(entry) for entry in value]
    return as_text(value) if isinstance(value, str) else value
