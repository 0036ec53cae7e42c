"""What an HDF5 type is, in words: two types with the same words store the same values in the same way."""

from __future__ import annotations

from typing import Any

from h5py import h5t

NUMBERS = {h5t.INTEGER: "int", h5t.FLOAT: "float"}
PADDINGS = {h5t.STR_NULLTERM: "", h5t.STR_NULLPAD: ", padded with NUL", h5t.STR_SPACEPAD: ", padded with spaces"}
CLASSES = {h5t.TIME: "time", h5t.BITFIELD: "bits", h5t.OPAQUE: "opaque"}


def type_name(stored: h5t.TypeID) -> str:
    """Return what a stored type is, whichever version of the format it is written in.

    >>> type_name(h5t.py_create("<i2")), type_name(h5t.py_create(">f8")), type_name(h5t.py_create("S8"))
    ('int16', 'float64, big-endian', 'text of 8 bytes, ascii, padded with NUL')
    """
    kind = stored.get_class()
    if kind == h5t.COMPOUND:
        fields = (
            f"{_text(stored.get_member_name(number))}: {type_name(stored.get_member_type(number))}"
            for number in range(stored.get_nmembers())
        )
        return "compound {" + "; ".join(fields) + "}"
    if kind == h5t.STRING:
        return _string_name(stored)
    if kind == h5t.ENUM:
        return _enum_name(stored)
    if kind == h5t.VLEN:
        return f"rows of any length of {type_name(stored.get_super())}"
    if kind == h5t.ARRAY:
        return f"array {stored.get_array_dims()} of {type_name(stored.get_super())}"
    if kind == h5t.REFERENCE:
        return "region reference" if stored.equal(h5t.STD_REF_DSETREG) else "object reference"
    return _number_name(stored)


def _string_name(stored: Any) -> str:
    length = "of any length" if stored.is_variable_str() else f"of {stored.get_size()} bytes"
    encoding = "utf-8" if stored.get_cset() == h5t.CSET_UTF8 else "ascii"
    padding = "" if stored.is_variable_str() else PADDINGS.get(stored.get_strpad(), "")
    return f"text {length}, {encoding}{padding}"


def _enum_name(stored: Any) -> str:
    members = {
        _text(stored.get_member_name(number)): stored.get_member_value(number)
        for number in range(stored.get_nmembers())
    }
    base = type_name(stored.get_super())
    if members == {"FALSE": 0, "TRUE": 1} and base == "int8":
        return "bool"
    return f"enumeration of {base} {{" + ", ".join(f"{name}: {value}" for name, value in members.items()) + "}"


def _number_name(stored: Any) -> str:
    kind = stored.get_class()
    bits = stored.get_size() * 8
    if kind not in NUMBERS:
        tag = f" {stored.get_tag()!r}" if kind == h5t.OPAQUE and stored.get_tag() else ""
        return f"{CLASSES.get(kind, f'type of class {kind}')} of {stored.get_size()} bytes{tag}"
    sign = "u" if kind == h5t.INTEGER and stored.get_sign() == h5t.SGN_NONE else ""
    partial = f" with {stored.get_precision()} bits used" if stored.get_precision() != bits else ""
    big = ", big-endian" if bits > 8 and stored.get_order() == h5t.ORDER_BE else ""
    return f"{sign}{NUMBERS[kind]}{bits}{partial}{big}"


def family(stored: h5t.TypeID) -> Any:
    """Return what values of a type can be compared with: those of a type of the same family."""
    kind = stored.get_class()
    if kind == h5t.COMPOUND:
        numbers = range(stored.get_nmembers())
        return frozenset((stored.get_member_name(n), family(stored.get_member_type(n))) for n in numbers)
    if kind in (h5t.INTEGER, h5t.FLOAT, h5t.ENUM):
        return "number"
    if kind == h5t.STRING:
        return "text"
    if kind == h5t.VLEN:
        return "rows", family(stored.get_super())
    if kind == h5t.ARRAY:
        return "array", stored.get_array_dims(), family(stored.get_super())
    return type_name(stored)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
