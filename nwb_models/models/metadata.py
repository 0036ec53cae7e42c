"""A model and all below it as JSON: what `model_dump(mode="json")` gives, and the exported JSON Schema describes.

An object with a type of its own begins with ``path``, ``name``, ``neurodata_type``, ``namespace`` and ``object_id``.
Collections are lists.  Where a link, a reference or a second appearance leads is a path, with the file before it and
``#`` where it leads to another one, so that no circle is gone round.  Arrays of more than `LIMIT` values are
``{"shape": ..., "dtype": ...}``.  What is not there is left out.
"""

from __future__ import annotations

import math
import os
from collections import deque
from datetime import date
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.errors import UnreadableObjectError
from nwb_models.models.base import NWBGroup, NWBModel
from nwb_models.models.check import dtype_name
from nwb_models.models.links import Region, Unreadable, Unresolved
from nwb_models.models.mapping import Children, StoredField, owns, storage
from nwb_models.naming import identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 16
"""The most values of an array that are written."""
SPECIAL_NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
"""What stands for numbers that JSON has not, where arrays are written whole."""
SPECIAL = ("name", "object_id")
"""Fields that only objects with a type of their own have, in front of all others."""


def metadata(model: NWBModel, *, finite: bool = True, whole: bool = False) -> dict[str, Any]:
    """Return a model and all below it as what JSON has; data stays where it is.

    Parameters
    ----------
    model
        The object.
    finite
        Whether NaN and infinite numbers are None, as JSON has none; they stay what they are otherwise.
    whole
        Whether arrays are written with all values, and so that they come back as they are: numbers as ``{"shape": ...,
        "dtype": ..., "values": ...}``, with the text ``NaN``, ``Infinity`` and ``-Infinity`` for what JSON has not.
    """
    return _Metadata(model, finite=finite, whole=whole).written(model)


class _Metadata:
    """What is known of all objects below one: where each of them lives."""

    def __init__(self, top: NWBModel, *, finite: bool, whole: bool) -> None:
        self._source = top._source
        self._finite, self._whole = finite, whole
        self._places: dict[int, str] = {}
        self._find(top)

    def _find(self, top: NWBModel) -> None:
        """Find out where objects live: at their path in the file, else with their first owner."""
        waiting = [(top, top.path or ("/" if top.name == "root" else f"/{top.name}"))]
        elsewhere: deque[tuple[NWBModel, str]] = deque()
        while waiting or elsewhere:
            model, path = waiting.pop() if waiting else elsewhere.popleft()
            if id(model) in self._places:
                continue
            self._places[id(model)] = path
            here: list[tuple[NWBModel, str]] = []
            for name, entry, child in _children(model):
                if isinstance(child, NWBModel) and owns(entry) and not self._is_foreign(child):
                    place = f"{path.rstrip('/')}/{name}"
                    moved = child._source is not None and child._source is self._source and child.path != place
                    (elsewhere if moved else here).append((child, place))
            waiting += reversed(here)

    def _is_foreign(self, model: NWBModel) -> bool:
        """Tell whether an object lives in another file than the one that is looked at."""
        return self._source is not None and model._source is not None and model._source is not self._source

    # ------------------------------------------------------------------------------------------ objects
    def written(self, model: NWBModel) -> dict[str, Any]:
        """Return an object with all that lives in it."""
        found: dict[str, Any] = {}
        if model.neurodata_type is not None:
            found = {"path": _text(self._places[id(model)]), "name": _text(model.name), **_type_of(type(model))}
            if model.object_id is not None:
                found["object_id"] = self._value(model.object_id)
        tables = storage(type(model))
        for own in (*tables.attributes.values(), *([tables.value] if tables.value is not None else [])):
            value = getattr(model, own.field, None)
            given = model._source is None or own.field in model.model_fields_set
            if own.field not in SPECIAL and given and value is not None:
                found[own.field] = self._value(value)
        path = self._places[id(model)].rstrip("/")
        for name, entry, child in _children(model):
            lives_here = isinstance(child, NWBModel) and self._places.get(id(child)) == f"{path}/{name}"
            value = self.written(child) if lives_here and owns(entry) else self._value(child)
            if entry is not None and isinstance(entry.marker, Children):
                found.setdefault(entry.field, []).append(value)
            else:
                found[_text(name) if entry is None else entry.field] = value
        for key, value in (model.__pydantic_extra__ or {}).items():
            found.setdefault(_text(key), self._value(value))
        return found

    def _path(self, model: NWBModel) -> str:
        """Return where an object is, as a link to it says it."""
        path = self._places.get(id(model)) or model.path or f"/{model.name}"
        if not self._is_foreign(model):
            return _text(path)
        return _text(f"{_relative(model._source.location, os.path.dirname(self._source.location))}#{path}")  # noqa: PTH120

    # ------------------------------------------------------------------------------------------ values
    def _value(self, value: Any) -> Any:
        """Return a value: a link as a path, an array as nested lists or, where it is large, as what it is."""
        match value:
            case None | bool() | int():
                return value
            case str():
                return _text(value)
            case float():
                return self._number(float(value))
            case date():
                return value.isoformat()
            case NWBModel():
                return self._path(value)
            case Region():
                return self._value(value.target)
            case Unresolved():
                return None if value.path is None else _text(f"{value.filename}#" * bool(value.filename) + value.path)
            case Unreadable():
                return {"unreadable": _text(value.reason)}
            case h5py.Empty():
                return None
            case list() | tuple():
                return [self._value(entry) for entry in value]
            case bytes():
                return value.decode("utf-8", "backslashreplace")
            case np.void() if value.dtype.names is not None:
                return self._row(value)
            case np.generic():
                plain = value.item()
                return self._value(plain) if isinstance(plain, bool | int | float | str | bytes) else str(plain)
            case _ if hasattr(value, "shape") and hasattr(value, "dtype"):
                return self._array(value)
            case _:
                return str(value)

    def _number(self, value: float) -> float | str | None:
        """Return a number; what JSON has no number for as text, where that is read again, or as None."""
        if math.isfinite(value) or not self._finite:
            return value
        return (
            next(text for text, number in SPECIAL_NUMBERS.items() if str(number) == str(value)) if self._whole else None
        )

    def _row(self, row: np.void) -> dict[str, Any]:
        """Return a row of a compound dtype; its fields have the names that their slots have."""
        found: dict[str, Any] = {}
        for name in row.dtype.names or ():
            found[identifier(name, found)] = self._value(row[name])
        return found

    def _array(self, array: Any) -> Any:
        shape = tuple(array.shape)
        if self._whole or math.prod(shape) <= LIMIT:
            try:
                values = np.asarray(array)
            except UnreadableObjectError:
                return _summary(array)  # for want of a filter, say: shape and dtype are known all the same
            kind = _kind(values) if self._whole and shape else "text"
            listed = self._nested(values)
            return listed if kind == "text" else {**_summary(array), "dtype": kind, "values": listed}
        return _summary(array)

    def _nested(self, array: np.ndarray[Any, Any]) -> Any:
        if array.ndim == 0:
            return self._value(array[()])
        return [self._nested(entry) if array.ndim > 1 else self._value(entry) for entry in array]


def _kind(values: np.ndarray[Any, Any]) -> str:
    """Return the name of the dtype of an array; of one in memory, its values tell text from objects."""
    if values.dtype.kind != "O":
        return dtype_name(values.dtype)
    if any(isinstance(value, Region) for value in values.ravel()):
        return "region reference"
    return "object reference" if any(isinstance(value, NWBModel | Unresolved) for value in values.ravel()) else "text"


def _summary(array: Any) -> dict[str, Any]:
    return {"shape": [int(length) for length in array.shape], "dtype": dtype_name(np.dtype(array.dtype))}


def _children(model: NWBModel) -> Iterator[tuple[str, StoredField | None, Any]]:
    """Yield the children of a group with the fields that hold them, None for one that the class does not foresee."""
    if not isinstance(model, NWBGroup):
        return
    for name, entry in model._children():
        if entry is None or isinstance(entry.marker, Children):
            yield name, entry, model._child(name)
        else:
            yield name, entry, getattr(model, entry.field)


def _type_of(cls: type[NWBModel]) -> dict[str, str | None]:
    """Return the type of a class with the namespace that defines it, also where the file names another one."""
    named = "specified" in vars(cls) and cls.specified
    base = next((base for base in cls.__mro__[1:] if "namespace" in vars(base)), cls) if named else cls
    found = {"neurodata_type": cls.neurodata_type, "namespace": base.namespace}  # type: ignore[attr-defined]
    return {key: None if name is None else _text(name) for key, name in found.items()}


def _relative(path: str, folder: str) -> str:
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:  # on another drive
        return path


def _text(text: str) -> str:
    """Return text that JSON can hold: names and values in a file may be no UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()
