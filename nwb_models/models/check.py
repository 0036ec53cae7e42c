"""Whether a value has the dtype and the shape that a specification asks for: for reading and for making models."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

if TYPE_CHECKING:
    from nwb_models.models.mapping import Dtype, Shapes

Problem = tuple[str, str, str]
"""(rule, expected, found)."""

MINIMUM: dict[str, tuple[str, int]] = {
    "float": ("f", 4), "float32": ("f", 4), "double": ("f", 8), "float64": ("f", 8),
    "long": ("i", 8), "int64": ("i", 8), "int": ("i", 4), "int32": ("i", 4), "short": ("i", 2), "int16": ("i", 2),
    "int8": ("i", 1), "byte": ("i", 1),
    "uint64": ("u", 8), "uint": ("u", 4), "uint32": ("u", 4), "uint16": ("u", 2), "uint8": ("u", 1),
}  # fmt: skip
"""Kind and least number of bytes of each numeric dtype: a specification names the least precision allowed.
Source: the table of dtypes in the NWB Specification Language."""

TEXTS = frozenset({"text", "utf", "utf8", "utf-8", "ascii", "bytes", "str"})
_NO_MAPPINGS = (str, np.generic, np.ndarray)
DATES = frozenset({"isodatetime", "datetime", "date"})


def name_problem(name: str) -> str | None:
    """Return what a name has to be that no object in a file can have, None where one can: HDF5 has paths for names."""
    if "/" in name:
        return "a name without '/'"
    if "\0" in name:
        return "a name without a NUL character"
    return "a name that is not empty, '.' or '..'" if name in ("", ".", "..") else None


def dtype_problem(value: Any, dtype: Dtype | None) -> Problem | None:
    """Return the problem with the dtype of a value, None where it has none."""
    if dtype is None or value is None:
        return None
    found = getattr(value, "dtype", None)
    if isinstance(found, np.dtype) and allows(dtype, found):  # which most do: nothing else has to be known
        return None
    if _is_mapping(value):  # a child of a group may be called "dtype"
        return None
    if getattr(value, "size", 1) == 0:  # no value, so none of a wrong dtype
        return None
    if found is None:
        found = np.dtype(object) if isinstance(value, str | bytes) else np.asarray(value).dtype
    return None if allows(dtype, found) else ("dtype", describe(dtype), dtype_name(found))


def allows(dtype: Dtype, found: np.dtype[Any]) -> bool:
    """Tell whether a specification's dtype allows a numpy dtype."""
    if not isinstance(dtype, str):
        if found.names is None:
            return False
        return all(name in found.names and allows(kind, found[name]) for name, kind in dtype)
    if dtype in MINIMUM:
        kind, size = MINIMUM[dtype]
        return found.kind == kind and found.itemsize >= size
    if dtype in TEXTS or dtype in DATES:
        return found.kind in "OSUT" and h5py.check_ref_dtype(found) is None
    if dtype == "numeric":
        return found.kind in "iufcb"
    if dtype == "bool":
        return found.kind == "b"
    if dtype.startswith(("object", "region")):
        return found.kind == "O"
    return True


def shape_problem(value: Any, shapes: Shapes | None) -> Problem | None:
    """Return the problem with the shape of a value, None where it has none."""
    if shapes is None or value is None or _is_mapping(value):
        return None
    shape = getattr(value, "shape", None)
    if shape is None:
        shape = () if isinstance(value, str | bytes) or not hasattr(value, "__len__") else np.shape(value)
    for allowed in shapes:
        if len(allowed) == len(shape) and all(
            a is None or s is None or a == s for a, s in zip(allowed, shape, strict=True)
        ):
            return None
    return "shape", " or ".join(shape_name(allowed) for allowed in shapes), shape_name(shape)


def _is_mapping(value: Any) -> bool:
    """Tell whether a value is a mapping, at once for what most values are: an abstract class takes its time."""
    return not isinstance(value, _NO_MAPPINGS) and isinstance(value, Mapping)


def array_problem(value: Any, dtype: Dtype | None, shapes: Shapes | None) -> str | None:
    """Return what is wrong with an array that a model is given, as a sentence."""
    if not hasattr(value, "shape") or not hasattr(value, "dtype") or hasattr(value, "neurodata_type"):
        return None
    problem = dtype_problem(value, dtype) or shape_problem(value, shapes)
    return None if problem is None else f"{problem[0]} is {problem[2]}, and has to be {problem[1]}"


def date_problem(text: str, dtype: str) -> tuple[str, str, str] | None:
    """Return the problem with text that is to be a date of a dtype, None where it has none.

    Source: the dtype ``isodatetime`` in the NWB Specification Language, which asks for a time zone.
    """
    found = date_of(text)
    if found is None:
        return "dtype", "a date and time in ISO 8601", repr(text)[:80]
    if dtype != "date" and found.utcoffset() is None:
        return "time-zone", "a date and time with its time zone", repr(text)[:80]
    return None


def date_of(text: str) -> datetime | None:
    """Return the date that text in ISO 8601 says, None where it says none."""
    with suppress(ValueError):
        return datetime.fromisoformat(text.strip())
    return None


def require_date(value: Any) -> None:
    """Refuse a number for a date, and text that is one: pydantic would count its seconds from 1970 on.

    Raises
    ------
    ValueError
        Where it is a number.
    """
    is_number = isinstance(value, int | float)
    if isinstance(value, str):
        with suppress(ValueError):
            float(value)
            is_number = True
    if is_number:
        msg = f"{value!r} is no date and time: give a datetime, or text such as '2026-05-01T10:30:00+02:00'"
        raise ValueError(msg)


def require_zone(value: Any) -> None:
    """Refuse a time of which nobody can say when it was.

    Those in an array are refused when they are written.  A date alone is no moment to it either.

    Raises
    ------
    ValueError
        Where the time has no zone.
    """
    if isinstance(value, datetime) and value.utcoffset() is None:
        msg = (
            f"{value.isoformat()} has no time zone: give one, as with datetime(..., tzinfo=timezone.utc), with "
            f"'{value.isoformat()}+01:00', or with .astimezone() where it is the time of this computer"
        )
        raise ValueError(msg)


def describe(dtype: Dtype) -> str:
    """Return a dtype of the specification as text."""
    if isinstance(dtype, str):
        return dtype
    return "compound (" + ", ".join(f"{name}: {kind}" for name, kind in dtype) + ")"


def dtype_name(dtype: np.dtype[Any]) -> str:
    """Return a stored dtype as people write it: ``int16``, ``text``, ``object reference``, ``compound (x: int32)``."""
    if h5py.check_string_dtype(dtype) is not None or dtype.kind in "SU":
        return "text"
    reference = h5py.check_ref_dtype(dtype)
    if reference is not None:
        return "object reference" if reference is h5py.Reference else "region reference"
    vlen = h5py.check_vlen_dtype(dtype)
    if vlen is not None:
        return f"ragged {dtype_name(np.dtype(vlen))}"
    if dtype.names is not None:
        return "compound (" + ", ".join(f"{name}: {dtype_name(dtype[name])}" for name in dtype.names) + ")"
    if dtype.kind == "O":
        return "text or object"
    if dtype.subdtype is not None:
        return f"{dtype_name(dtype.subdtype[0])}{list(dtype.subdtype[1])}"
    return dtype.name


def shape_name(shape: tuple[int | None, ...]) -> str:
    """Return a shape as people write it."""
    if not shape:
        return "a single value"
    return "(" + ", ".join("*" if size is None else str(size) for size in shape) + ")"
