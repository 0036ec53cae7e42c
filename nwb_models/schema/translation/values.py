"""Fixed and default values <-> LinkML; 0, "" and False are values like any other."""

from __future__ import annotations

import json
from typing import Any

from nwb_models.schema.translation.dtype import FIXED_TEXT, TEXTS, TYPES


def fixed_value(value: Any, slot: dict[str, Any]) -> dict[str, Any]:
    """Return what a fixed value says of a slot, beside what is known of it.

    NWB::

        dtype: text
        value: volts

    LinkML, which wants this range, and the dtype as an annotation::

        range: string
        equals_string: volts

    >>> fixed_value("volts", {"range": "text"})
    {'range': 'string', 'equals_string': 'volts', 'annotations': {'dtype': '"text"'}}

    Whole numbers use ``equals_number``; LinkML has no word for the rest, which is an annotation:

    >>> fixed_value(0, {"range": "int"})
    {'equals_number': 0}
    >>> fixed_value(-1.0, {"range": "float"}), fixed_value("", {"range": "text"})
    ({'annotations': {'value': '-1.0'}}, {'annotations': {'value': '""'}})
    """
    if isinstance(value, str) and value and slot["range"] in TEXTS and "any_of" not in slot:
        dtype = {"dtype": json.dumps(slot["range"])}
        return {"range": FIXED_TEXT, "equals_string": value, "annotations": dtype}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"equals_number": value}
    return {"annotations": {"value": json.dumps(value)}}


def default_value(value: Any) -> dict[str, Any]:
    """Return what a default value says of a slot.

    NWB::

        default_value: 1.0

    LinkML::

        ifabsent: float(1.0)

    >>> default_value(1.0), default_value("no unit"), default_value(0)
    ({'ifabsent': 'float(1.0)'}, {'ifabsent': 'string(no unit)'}, {'ifabsent': 'int(0)'})
    >>> default_value("a (b)")
    {'annotations': {'default_value': '"a (b)"'}}
    """
    if isinstance(value, bool):
        return {"ifabsent": str(value)}
    if isinstance(value, int):
        return {"ifabsent": f"int({value})"}
    if isinstance(value, float):
        return {"ifabsent": f"float({value!r})"}
    if isinstance(value, str) and value.isprintable() and not set(value) & set("()\"'\\"):
        return {"ifabsent": f"string({value})"}
    return {"annotations": {"default_value": json.dumps(value)}}


def fits(value: Any, dtype: Any) -> bool:
    """Tell whether a fixed or default value, or each in a list of them, is one of a dtype.

    Where there is no dtype, any number or text is.

    >>> fits(0, "float32"), fits([1, 2], "uint8"), fits("0", "int8"), fits(-1, "uint8"), fits(0, "bool")
    (True, True, False, False, False)
    """
    if isinstance(value, list):
        return all(fits(entry, dtype) for entry in value)
    if value is None or not isinstance(dtype, str) or dtype not in TYPES:
        return not isinstance(value, dict)
    base = TYPES[dtype]["base"]
    if isinstance(value, bool) or base == "Bool":
        return isinstance(value, bool) and base == "Bool"
    if isinstance(value, int | float):
        is_negative = TYPES[dtype]["uri"] == "xsd:nonNegativeInteger" and value < 0
        return base == "float" or (base == "int" and isinstance(value, int) and not is_negative)
    return isinstance(value, str) and base not in ("float", "int")


def read_fixed(slot: dict[str, Any]) -> Any:
    """Return the fixed value of a slot, None where it has none: what `fixed_value` wrote, read back."""
    if slot.get("equals_string") is not None:
        return slot["equals_string"]
    if slot.get("equals_number") is not None:
        return slot["equals_number"]
    return _annotated(slot, "value")


def read_default(slot: dict[str, Any]) -> Any:
    """Return the default value of a slot, None where it has none: what `default_value` wrote, read back."""
    text = slot.get("ifabsent")
    if text is None:
        return _annotated(slot, "default_value")
    if text in ("True", "False"):
        return text == "True"
    kind, _, rest = text.partition("(")
    value = rest.removesuffix(")")
    return {"int": int, "float": float, "string": str}[kind](value)


def _annotated(slot: dict[str, Any], key: str) -> Any:
    text = slot.get("annotations", {}).get(key)
    return None if text is None else json.loads(text)
