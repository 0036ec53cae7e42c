"""LinkML that a person wrote -> the LinkML that specifications become.

A class that ``is_a`` type of NWB is a type of the new namespace; what it leaves unsaid is what an author of NWB
would say:

==========================================  ==============================================================
slot                                        member
==========================================  ==============================================================
a single value                              attribute
``multivalued`` or ``array``                dataset (an attribute where the class is a dataset)
``value`` of a class that is a dataset      the payload
range a class, ``inlined: false``           link (an object reference where the class is a dataset)
range a class                               group or dataset, as that class is
range a class, ``multivalued``              any number of them, named as one likes
range an enum                               text: the specification language has no enums
==========================================  ==============================================================

A class without ``is_a`` is what an untyped group holds.  The annotation ``stored_as`` says otherwise:
``attribute``, ``dataset``, ``group``, ``link`` for a slot; ``group``, ``dataset``, ``compound`` for a class.
"""

from __future__ import annotations

import json
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from nwb_models.errors import SpecificationError
from nwb_models.schema.translation.dtype import TYPES
from nwb_models.schema.translation.values import read_default

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from nwb_models.schema.language import TypeSpec

Schema = dict[str, Any]
STANDARD_TYPES = {
    "string": "text", "integer": "int", "float": "float32", "double": "float64", "decimal": "numeric",
    "boolean": "bool", "datetime": "isodatetime", "date": "text", "time": "text", "date_or_datetime": "text",
    "uri": "text", "uriorcurie": "text", "curie": "text", "ncname": "text", "objectidentifier": "text",
    "nodeidentifier": "text", "jsonpointer": "text", "jsonpath": "text", "sparqlpath": "text",
}  # fmt: skip
"""The types of ``linkml:types`` as dtypes."""


def is_handwritten(schema: Mapping[str, Any]) -> bool:
    """Tell whether a schema is not one that specifications were translated into."""
    annotations = schema.get("annotations")
    return not (isinstance(annotations, dict) and "type_key" in annotations)


def normalized(
    main: Schema, others: Mapping[str, Schema], included: list[Schema], find_type: Callable[[str], TypeSpec | None]
) -> dict[str, Schema]:
    """Return LinkML as `to_linkml` gives it, which `from_linkml` takes.

    Parameters
    ----------
    main
        The schema with the name and the version of the namespace.
    others
        The schemas that it imports and that are part of the namespace: name -> schema.
    included
        The namespaces that it imports, as the header of a namespace has them: ``{"namespace": "core"}``.
    find_type
        What finds a type of these.

    Raises
    ------
    SpecificationError
        Where a class or a slot means nothing in NWB.
    """
    for schema in (main, *others.values()):
        _check(schema)
    if not main.get("version"):
        msg = "the schema: version is missing, and a namespace has one"
        raise SpecificationError(msg)
    name = str(main["name"])
    parts = {**others, **({name: main} if main.get("classes") else {})}
    reader = _Reader(name, [main, *others.values()], find_type)
    header = {
        "schema": [*included, *({"source": f"{part}.yaml"} for part in parts)],
        **{key: value for key in ("author", "contact") if (value := _annotations(main).get(key)) is not None},
    }
    annotations = {"namespace": name, "type_key": "neurodata_type", "as_written": json.dumps(header)}
    description = main.get("description") or main.get("title") or name
    head = {"version": str(main.get("version", "")), "description": description, "annotations": annotations}
    return {"namespace": head, **{part: {"classes": reader.classes(schema)} for part, schema in parts.items()}}


# ---------------------------------------------------------------------------------------- what is no LinkML
TABLES = {"classes": "class", "slots": "slot", "enums": "enum", "types": "type"}
LISTS = ("imports", "mixins", "slots")
TEXTS = ("is_a", "range", "typeof", "description", "ifabsent", "equals_string")
TRUTHS = ("required", "multivalued", "inlined", "mixin")
STORED_AS = {"class": ("group", "dataset", "compound"), "slot": ("attribute", "dataset", "group", "link", "value")}
KNOWN = {
    "class": {"is_a", "mixin", "mixins", "slots", "attributes", "slot_usage", "annotations", "description", "title"},
    "slot": {
        "range", "required", "multivalued", "inlined", "array", "any_of", "equals_string", "equals_number", "ifabsent",
        "annotations", "description", "title",
    },
}  # fmt: skip
"""The keys that mean something here; LinkML has more of them."""


def _check(schema: Schema) -> None:
    """Refuse what is no LinkML, where it would be misread or left out.

    Raises
    ------
    SpecificationError
        With the class or slot, and the key.
    """
    _check_keys("the schema", schema)
    for key, kind in TABLES.items():
        for name, definition in _mapping("the schema", key, schema.get(key)).items():
            where = f"{kind} {name!r}"
            _check_element(kind, where, _mapping(where, "", definition))
    for name, cls in (schema.get("classes") or {}).items():
        for key in ("attributes", "slot_usage"):
            for slot, definition in _mapping(f"class {name!r}", key, (cls or {}).get(key)).items():
                where = f"class {name!r}: slot {slot!r}"
                _check_element("slot", where, _mapping(where, "", definition))


def _check_element(kind: str, where: str, definition: dict[str, Any]) -> None:
    _check_keys(where, definition)
    stored_as = _annotations(definition).get("stored_as")
    if kind in STORED_AS and stored_as is not None and stored_as not in STORED_AS[kind]:
        msg = f"{where}: annotations: stored_as: {stored_as!r} is none of {', '.join(STORED_AS[kind])}"
        raise SpecificationError(msg)
    strange = [key for key in definition if key not in KNOWN.get(kind, definition)]
    for key in strange:
        if key not in _keys_of_linkml(kind):
            msg = f"{where}: LinkML has no key {key!r} for a {kind}{_meant(key, KNOWN[kind])}"
            raise SpecificationError(msg)


def _check_keys(where: str, element: dict[str, Any]) -> None:
    """Check the kinds of values that have the same meaning in every element."""
    _mapping(where, "annotations", element.get("annotations"))
    for key, types, what in ((LISTS, list, "a list"), (TEXTS, str, "text"), (TRUTHS, bool, "true or false")):
        for name in key:
            given = element.get(name)
            if given is None or isinstance(given, types) or (name == "slots" and where == "the schema"):
                continue
            msg = f"{where}: {name}: {given!r} is not {what}"
            raise SpecificationError(msg)
    try:
        read_default({"ifabsent": element.get("ifabsent")})
    except (KeyError, ValueError):
        msg = f"{where}: ifabsent: {element['ifabsent']!r} is none of int(0), float(0.5), string(text), True and False"
        raise SpecificationError(msg) from None
    if not isinstance(element.get("array") or {}, dict):
        msg = f"{where}: array: {element['array']!r} is no mapping"
        raise SpecificationError(msg)


def _mapping(where: str, key: str, given: Any) -> dict[str, Any]:
    if given is not None and not isinstance(given, dict):
        msg = f"{where}: {f'{key}: ' if key else ''}{given!r} is no mapping of names to what they mean"
        raise SpecificationError(msg)
    return given or {}


def _keys_of_linkml(kind: str) -> set[str]:
    """Return the keys that LinkML has for a class or a slot; those that are common need no look at them."""
    from linkml_runtime.linkml_model import meta

    return {field.name for field in fields(meta.ClassDefinition if kind == "class" else meta.SlotDefinition)}


def _meant(key: str, known: Iterable[str]) -> str:
    close = get_close_matches(str(key), sorted(known), n=1)
    return f": did you mean {close[0]!r}?" if close else ""


class _Reader:
    """Finds out what classes and slots mean."""

    def __init__(self, namespace: str, schemas: list[Schema], find_type: Callable[[str], TypeSpec | None]) -> None:
        self.namespace = namespace
        self.find_type = find_type
        self.known: dict[str, dict[str, Any]] = {}
        for schema in schemas:
            for name, definition in (schema.get("classes") or {}).items():
                if name in self.known:
                    msg = f"The class {name!r} is defined twice"
                    raise SpecificationError(msg)
                self.known[name] = definition or {}
        self.slots = _merged(schemas, "slots")
        self.enums = _merged(schemas, "enums")
        own = {name: (kind or {}).get("typeof", "string") for name, kind in _merged(schemas, "types").items()}
        self.types = {name: kind for name, kind in own.items() if name not in STANDARD_TYPES and name not in TYPES}

    # ------------------------------------------------------------------------------------- classes
    def classes(self, schema: Schema) -> dict[str, dict[str, Any]]:
        """Return the classes of one schema; mixins are part of those that have them."""
        classes = schema.get("classes") or {}
        return {name: self._class(name, cls or {}) for name, cls in classes.items() if not (cls or {}).get("mixin")}

    def _class(self, name: str, cls: dict[str, Any]) -> dict[str, Any]:
        try:
            kind = self.kind(name)
            given = self._slots(name, cls)
        except SpecificationError as error:
            msg = f"class {name!r}: {error}"
            raise SpecificationError(msg) from None
        slots = {}
        for slot, said in given.items():
            try:
                slots[slot] = self._slot(kind, slot, said)
            except SpecificationError as error:
                msg = f"class {name!r}: slot {slot!r}: range: {error}"
                raise SpecificationError(msg) from None
        annotations = {"stored_as": kind, **_annotations(cls)}
        found = {"description": cls.get("description") or cls.get("title") or name, "annotations": annotations}
        if "is_a" in cls:
            found["is_a"] = cls["is_a"]
            annotations |= {"neurodata_type": name, "namespace": self.namespace}
        return found | {"attributes": slots}

    def kind(self, name: str, below: tuple[str, ...] = ()) -> str:
        """Return how a class is stored: as its annotation says, or as the type that it is."""
        if name in below:
            msg = f"is_a goes in a circle: {' -> '.join([*below, name])}"
            raise SpecificationError(msg)
        cls = self.known.get(name)
        if cls is not None:
            stored_as = _annotations(cls).get("stored_as")
            return stored_as or (self.kind(cls["is_a"], (*below, name)) if "is_a" in cls else "group")
        entry = self.find_type(name)
        if entry is None:
            where = "it is no class of this schema and no type of the namespaces that it imports"
            msg = f"{name!r} is unknown: {where}"
            raise SpecificationError(msg)
        return entry.kind

    # ------------------------------------------------------------------------------------- slots
    def _slots(self, name: str, cls: dict[str, Any], below: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
        """Return the slots of a class and of its mixins, as they are induced."""
        if name in below:
            msg = f"mixins go in a circle: {' -> '.join([*below, name])}"
            raise SpecificationError(msg)
        found: dict[str, dict[str, Any]] = {}
        for mixin in cls.get("mixins") or ():
            if mixin not in self.known:
                msg = f"the mixin {mixin!r} of {name!r} is unknown"
                raise SpecificationError(msg)
            found |= self._slots(mixin, self.known[mixin], (*below, name))
        unknown = [slot for slot in cls.get("slots") or () if slot not in self.slots]
        if unknown:
            msg = f"slots: {unknown[0]!r} is no slot of this schema"
            raise SpecificationError(msg)
        found |= {slot: self.slots[slot] or {} for slot in cls.get("slots") or ()}
        found |= {slot: given or {} for slot, given in (cls.get("attributes") or {}).items()}
        for slot, usage in (cls.get("slot_usage") or {}).items():
            found[slot] = {**found.get(slot, {}), **(usage or {})}
        return found

    def _slot(self, kind: str, name: str, slot: dict[str, Any]) -> dict[str, Any]:
        target = slot.get("range", "string")
        said = ("required", "equals_string", "equals_number", "ifabsent")
        found: dict[str, Any] = {key: slot[key] for key in said if key in slot}
        annotations: dict[str, Any] = {}
        found |= {"description": slot.get("description") or slot.get("title") or name, "annotations": annotations}
        if target in STANDARD_TYPES or target in TYPES or target in self.types or target in self.enums:
            many = bool(slot.get("multivalued") or "array" in slot)
            annotations["stored_as"] = "value" if (kind, name) == ("dataset", "value") else "attribute"
            if many and kind == "group":
                annotations["stored_as"] = "dataset"
            found |= {"range": self._dtype(target), **_array(slot)}
        else:
            found |= self._object(kind, slot, target, annotations)
        annotations |= _annotations(slot)
        return found

    def _dtype(self, target: str) -> str:
        """Return the dtype that a type of LinkML stands for."""
        for _ in self.types:  # as many steps as there are types: more would go in a circle
            target = self.types.get(target, target)
        return "text" if target in self.enums | self.types else STANDARD_TYPES.get(target, target)

    def _object(self, kind: str, slot: dict[str, Any], target: str, annotations: dict[str, Any]) -> dict[str, Any]:
        """Return what a slot says that leads to objects."""
        stored_as = self.kind(target)
        if stored_as == "compound":
            annotations["stored_as"] = "value" if kind == "dataset" else "dataset"
            return {"range": target, "inlined": True, **_array(slot)}
        if slot.get("inlined") is not False and kind == "group":
            annotations["stored_as"] = stored_as
            if slot.get("multivalued"):
                annotations["unnamed"] = True
            return {"range": target, "inlined": True, "multivalued": bool(slot.get("multivalued"))}
        if kind == "group" and not slot.get("multivalued"):
            annotations["stored_as"] = "link"
            return {"range": target, "inlined": False}
        annotations |= {"reference": "object", "reftype": "object"}
        annotations["stored_as"] = "dataset" if kind == "group" else "attribute"
        return {"range": target, "inlined": False, **_array(slot)}


def _array(slot: dict[str, Any]) -> dict[str, Any]:
    """Return the array of a slot: several values are one of any length."""
    if "array" in slot:
        return {key: slot[key] for key in ("array", "any_of") if key in slot}
    return {"array": {"dimensions": [{"minimum_cardinality": 0}]}} if slot.get("multivalued") else {}


def _merged(schemas: list[Schema], key: str) -> dict[str, Any]:
    return {name: entry for schema in schemas for name, entry in (schema.get(key) or {}).items()}


def _annotations(element: Mapping[str, Any]) -> dict[str, Any]:
    """Return the annotations of an element, in either spelling of LinkML: a value, or a mapping with a ``value``."""
    found = element.get("annotations") or {}
    return {tag: entry.get("value") if isinstance(entry, dict) else entry for tag, entry in found.items()}
