"""JSON of a model, as `nwb_models.models.metadata` writes it, back to a model.

Paths become the objects that they lead to, which are made first.  Whatever is not in the JSON, as the values of large
arrays or objects of another file, is said in an error: a model never lacks in silence what it had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.convert import array_of
from nwb_models.models.links import Unresolved
from nwb_models.models.mapping import Children, Link, Reference, StoredField, Value, derived, stored_fields
from nwb_models.models.metadata import SPECIAL_NUMBERS
from nwb_models.naming import with_article

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.models.base import NWBModel

WHOLE = "{'arrays': 'whole'}"
TYPE = ("path", "neurodata_type", "namespace")
"""What says where and of which type an object is, and is no field of it."""


def is_object(value: Any) -> bool:
    """Tell whether a value of JSON is an object with a type of its own."""
    return isinstance(value, dict) and isinstance(value.get("neurodata_type"), str) and "name" in value


def model_of(document: dict[str, Any], cls: type[NWBModel]) -> NWBModel:
    """Return the model that JSON describes, with all that is in it; its class is `cls`, or derives from it.

    Raises
    ------
    ValueError
        Where the JSON does not hold all of it, or is that of another type.
    """
    try:
        found = _Loader(document, cls).made(document)
    except (
        LookupError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:  # of which pydantic would say no place
        msg = f"{document['name']!r} cannot be made of this JSON: {error}"
        raise ValueError(msg) from error
    if not isinstance(found, cls):
        msg = f"{with_article(cls.__name__)} is needed here, not {with_article(document['neurodata_type'])}"
        raise ValueError(msg)
    return found


class _Loader:
    def __init__(self, document: dict[str, Any], cls: type[NWBModel]) -> None:
        self._documents: dict[str, dict[str, Any]] = {}
        """What describes the objects with a type, by their paths."""
        self._classes: dict[int, tuple[type[NWBModel], Any]] = {}
        """The class of each object, and the dtype that its place asks for, by the identity of what describes it."""
        self._made: dict[int, NWBModel | None] = {}
        """The objects, likewise; None while one is made."""
        self._packages = _packages(cls)
        self._look(document, self._class_of(document, cls))

    def _look(self, document: dict[str, Any], cls: type[NWBModel], dtype: Any = None) -> None:
        """Find the class of an object, and of all that are in it."""
        self._classes[id(document)] = cls, dtype
        if isinstance(document.get("path"), str):
            self._documents[document["path"]] = document
        fields = stored_fields(cls)
        for key, value in document.items():
            entry = fields.get(key)
            if entry is not None and entry.model is not None:
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, dict):
                        model: Any = self._class_of(child, entry.model) if is_object(child) else entry.model
                        self._look(child, model, entry.marker.dtype)

    # ------------------------------------------------------------------------------------------ objects
    def made(self, document: dict[str, Any], name: str | None = None) -> NWBModel:
        """Return the object that JSON describes, made once."""
        if id(document) in self._made:
            known = self._made[id(document)]
            if known is None:
                msg = f"{document.get('path')} refers to itself by way of others, and cannot be made of JSON"
                raise ValueError(msg)
            return known
        self._made[id(document)] = None
        made = self._made[id(document)] = self._filled(document, document.get("name", name))
        return made

    def _filled(self, document: dict[str, Any], name: str | None) -> NWBModel:
        """Return an object with what JSON says of it."""
        cls, dtype = self._classes[id(document)]
        fields, where = stored_fields(cls), str(document.get("path", name))
        given: dict[str, Any] = {"object_id": document["object_id"]} if "object_id" in document else {}
        extra = {}
        for key, value in document.items():
            if key in fields:
                asked = (
                    dtype if isinstance(fields[key].marker, Value) and dtype is not None else fields[key].marker.dtype
                )
                given[key] = self._field(value, fields[key], asked, where)
            elif key not in ("name", "object_id") and (key not in TYPE or "neurodata_type" not in document):
                extra[key] = value
        made = cls(name=name, **given)
        for key, value in extra.items():
            if any(isinstance(leaf, dict) for leaf in _leaves(value)):
                msg = f"{where}: {cls.__name__} has no field {key!r}, and what is in it cannot be made of JSON"
                raise ValueError(msg)
            if made.__pydantic_extra__ is not None:
                made.__pydantic_extra__[key] = value
        return made

    def _class_of(self, document: dict[str, Any], declared: type[NWBModel]) -> type[NWBModel]:
        """Return the class of an object: that of its place where it has that type, or one that is known beside it."""
        wanted = document["neurodata_type"], document.get("namespace")
        if (declared.neurodata_type, declared.namespace) == wanted:
            return declared
        found: list[type[NWBModel]] = [
            cls for cls in derived(declared) if (cls.neurodata_type, cls.namespace) == wanted
        ]
        own = [cls for cls in found if "neurodata_type" in vars(cls)]  # others are what a type is at one place
        if not own:
            msg = (
                f"{document.get('path')}: no {wanted[1]}.{wanted[0]} is known that is a {declared.__name__}: where an "
                "extension defines it, read its models first, see nwb_models.SchemaProvider"
            )
            raise ValueError(msg)
        fitting = [cls for cls in own if (self._packages | _packages(cls)) == (_packages(cls) | self._packages)]
        return (fitting or own)[-1]

    def _target(self, path: Any, holder: str) -> Any:
        """Return the object that a path leads to."""
        above, inside = str(path), list[str]()
        while above not in self._documents and "/" in above.strip("/"):
            above, _, name = above.rpartition("/")
            inside.insert(0, name)
        if not isinstance(path, str) or above not in self._documents:
            msg = f"{holder} refers to {path!r}, which is not in this JSON: make it of the whole file, or in Python"
            raise ValueError(msg)
        target: Any = self.made(self._documents[above])
        for name in inside:
            target = target[name]
        return target

    # ------------------------------------------------------------------------------------------ fields
    def _field(self, value: Any, entry: StoredField, dtype: Any, where: str) -> Any:
        """Return the value of a field."""
        if isinstance(entry.marker, Children):
            found = [self._target(item, where) if isinstance(item, str) else self.made(item) for item in value]
            return {item.name: item for item in found}
        if entry.model is None and not isinstance(entry.marker, Link | Reference):
            return self._data(value, dtype, f"{where}: {entry.field}")
        if isinstance(value, str):
            return self._target(value, where)
        return self.made(value, entry.stored_name) if isinstance(value, dict) else value

    def _data(self, value: Any, dtype: Any, where: str) -> Any:
        """Return data: an array where it was one."""
        if isinstance(value, dict) and "shape" in value and "dtype" in value:
            if "values" not in value:
                msg = f"{where}: the values are not in this JSON: model_dump_json(context={WHOLE}) writes them"
                raise ValueError(msg)
            return self._array(value, dtype, where)
        if isinstance(value, dict):
            return self._rows([value], dtype, where).reshape(())
        if not isinstance(value, list):
            return value
        leaves = list(_leaves(value))
        if leaves and all(isinstance(leaf, dict) for leaf in leaves):
            return self._rows(value, dtype, where)
        if str(dtype).startswith("object"):
            return array_of(_mapped(value, lambda path: self._target(path, where)), dtype)
        if None in leaves and all(leaf is None or isinstance(leaf, int | float) for leaf in leaves):
            return np.array(_mapped(value, lambda leaf: np.nan if leaf is None else leaf), float)
        paths = [leaf for leaf in leaves if isinstance(leaf, str)]
        if dtype is None and paths and all(path in self._documents for path in paths):
            msg = f"{where}: these may be references or text: model_dump_json(context={WHOLE}) says which"
            raise ValueError(msg)
        return value

    def _array(self, value: dict[str, Any], dtype: Any, where: str) -> Any:
        """Return an array that was written with its dtype."""
        kind, shape = value["dtype"], tuple(value["shape"])
        if kind == "object reference":
            paths = list(_leaves(value["values"]))
            found = np.empty(len(paths), object)
            for number, path in enumerate(paths):
                found[number] = Unresolved("object", None) if path is None else self._target(path, where)
            return found.reshape(shape)
        if kind.startswith("compound"):
            return self._rows(list(_leaves(value["values"])), dtype, where).reshape(shape)
        if kind not in np.sctypeDict:
            msg = f"{where}: an array of {kind} cannot be made of JSON"
            raise ValueError(msg)
        numbers = _mapped(
            value["values"], lambda leaf: SPECIAL_NUMBERS.get(leaf, leaf) if isinstance(leaf, str) else leaf
        )
        return np.array(numbers, dtype=np.dtype(kind)).reshape(shape)

    def _rows(self, rows: list[Any], dtype: Any, where: str) -> Any:
        """Return compound rows, with the objects that they refer to."""
        if not isinstance(dtype, tuple) or not all(isinstance(row, dict) for row in rows):
            msg = f"{where}: rows of a table whose dtype no specification gives cannot be made of JSON"
            raise ValueError(msg)
        kinds = [kind for _, kind in dtype]
        listed = [
            tuple(
                self._target(entry, where) if kind.startswith("object") else np.nan if entry is None else entry
                for kind, entry in zip(kinds, row.values(), strict=True)
            )
            for row in rows
        ]
        return array_of(listed, dtype)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for entry in value:
            yield from _leaves(entry)
    else:
        yield value


def _mapped(value: Any, function: Any) -> Any:
    return [_mapped(entry, function) for entry in value] if isinstance(value, list) else function(value)


def _packages(cls: type[NWBModel]) -> dict[str, str]:
    """Return the package of each namespace that a class and what it derives from are of: one version of it."""
    bases = (base for base in cls.__mro__ if vars(base).get("namespace") is not None)
    return {base.namespace: base.__module__.rpartition(".")[0] for base in bases}  # type: ignore[attr-defined]
