"""LinkML classes -> the specifications of types: the inverse of `nwb_models.schema.translation.namespace`.

What LinkML has no word for, or says in one of several spellings, is in these annotations:

=================  ==================================================================================
``as_written``     keys of the specification, as JSON, that the LinkML beside it does not give
``not_written``    keys that it would give, as JSON, and that the specification leaves out
``carried``        members of a class that are no slots, as JSON: ``{"datasets": [[place, member]]}``
=================  ==================================================================================

So ``quantity: zero_or_one`` is an optional slot with ``as_written: {"quantity": "zero_or_one"}``, and one whose
quantity is ``?`` has no such annotation.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nwb_models.schema.translation.dtype import ROOT, written_dtype
from nwb_models.schema.translation.shape import dims_and_shape
from nwb_models.schema.translation.values import read_default, read_fixed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nwb_models.schema.language import Spec

Definition = dict[str, Any]

KEYS = (
    "neurodata_type_def", "neurodata_type_inc", "data_type_def", "data_type_inc", "target_type", "name",
    "default_name", "dtype", "dims", "shape", "value", "default_value", "doc", "quantity", "required", "linkable",
    "attributes", "datasets", "groups", "links",
)  # fmt: skip
"""The keys of a specification, in the order in which they are written; others follow."""
_PLACES = {key: place for place, key in enumerate(KEYS)}


class Inverse:
    """The specifications of some LinkML classes.

    Parameters
    ----------
    classes
        Every class of one namespace, by its name.
    type_key
        How the namespace spells its types: ``neurodata_type`` or ``data_type``.
    """

    def __init__(self, classes: Mapping[str, Definition], type_key: str) -> None:
        self.classes = classes
        self.type_key = type_key

    # ------------------------------------------------------------------------------------- types
    def type_spec(self, name: str) -> Spec:
        """Return the specification of a type."""
        definition = self.classes[name]
        annotations = definition.get("annotations", {})
        spec: Spec = {f"{self.type_key}_def": self.type_name(name)}
        if definition.get("is_a", ROOT) != ROOT:
            spec[f"{self.type_key}_inc"] = self.type_name(definition["is_a"])
        spec |= {key: annotations[key] for key in ("name", "default_name") if key in annotations}
        spec |= {"doc": definition.get("description", ""), **self._contents(definition)}
        return as_written(spec, definition)

    def type_name(self, name: str) -> str:
        """Return the type that a class stands for, or the nearest above it that stands for one."""
        while name in self.classes:
            definition = self.classes[name]
            annotations = definition.get("annotations", {})
            if "neurodata_type" in annotations:
                return str(annotations["neurodata_type"])
            name = definition.get("is_a", ROOT)
            if name == ROOT:
                return ""
        return name

    def is_type(self, name: str) -> bool:
        """Tell whether a class is a type of its own: classes of other namespaces are."""
        return name not in self.classes or "neurodata_type" in self.classes[name].get("annotations", {})

    def is_part(self, slot: Definition) -> bool:
        """Tell whether the class of a slot is specified where the slot is."""
        defines = slot.get("annotations", {}).get("defines")
        return slot.get("range") in self.classes and bool(defines or not self.is_type(slot["range"]))

    def document(self, classes: Mapping[str, Definition]) -> Spec:
        """Return the document whose types some classes stand for."""
        found: Spec = {}
        for name, definition in classes.items():
            if self.is_type(name) and name not in self._inside:
                found.setdefault(f"{definition['annotations']['stored_as']}s", []).append(self.type_spec(name))
        return found

    @cached_property
    def _inside(self) -> set[str]:
        """The types that are defined inside others."""
        slots = (slot for cls in self.classes.values() for slot in cls.get("attributes", {}).values())
        return {slot["range"] for slot in slots if slot.get("annotations", {}).get("defines")}

    # ------------------------------------------------------------------------------------- members
    def _contents(self, definition: Definition) -> Spec:
        """Return payload and members of a class."""
        spec: Spec = {}
        for name, slot in definition.get("attributes", {}).items():
            annotations = slot.get("annotations", {})
            if annotations["stored_as"] == "value":
                inherited = json.loads(annotations.get("inherited", "[]"))
                spec |= {key: value for key, value in self._payload(slot).items() if key not in inherited}
            else:
                spec.setdefault(f"{annotations['stored_as']}s", []).append(self.member(name, slot))
        return insert(spec, definition.get("annotations", {}))

    def member(self, name: str, slot: Definition) -> Spec:
        """Return the specification of the member that a slot stands for."""
        annotations = slot.get("annotations", {})
        kind = annotations["stored_as"]
        spec: Spec = {} if annotations.get("unnamed") else {"name": annotations.get("name", name)}
        if kind == "link":
            spec["target_type"] = self.type_name(slot["range"])
        elif kind in ("group", "dataset"):
            spec |= self._child(slot)
        else:
            spec |= self._payload(slot)
        spec.setdefault("doc", slot.get("description", ""))
        required, many = bool(slot.get("required")), bool(slot.get("multivalued"))
        if kind == "attribute":
            if not required and "default_value" not in spec:
                spec["required"] = False
        elif kind != "field" and (many or not required):
            spec["quantity"] = "+" if many and required else "*" if many else "?"
        return as_written(spec, slot)

    def _child(self, slot: Definition) -> Spec:
        """Return what a dataset or a group is, beside its name and quantity."""
        target, annotations = slot.get("range"), slot.get("annotations", {})
        if annotations.get("defines"):
            return self.type_spec(str(target))
        if not slot.get("inlined") or self._is_compound(slot):
            return self._payload(slot)
        typed = self.type_name(str(target))
        spec: Spec = {f"{self.type_key}_inc": typed} if typed else {}
        if self.is_part(slot):
            return spec | self._contents(self.classes[str(target)])
        keys = ("dtype", "dims", "shape", "value", "default_value")
        return spec | {key: json.loads(annotations[key]) for key in keys if key in annotations}

    def _is_compound(self, slot: Definition) -> bool:
        """Tell whether the class of a slot is a compound dtype."""
        row = self.classes.get(str(slot.get("range")), {})
        return bool(row.get("annotations", {}).get("stored_as") == "compound")

    def _payload(self, slot: Definition) -> Spec:
        """Return dtype, dims, shape and values of an attribute, a plain dataset or the payload of one."""
        spec: Spec = {}
        annotations, target = slot.get("annotations", {}), slot.get("range")
        if "reference" in annotations:
            spec["dtype"] = {"target_type": self.type_name(str(target))}
            if "reftype" in annotations:
                spec["dtype"]["reftype"] = annotations["reftype"]
        elif self._is_compound(slot):
            fields = self.classes[str(target)]["attributes"]
            spec["dtype"] = [self.member(name, field) for name, field in fields.items()]
        else:
            spec |= written_dtype(slot)
        spec |= dims_and_shape(slot)
        for key, value in (("value", read_fixed(slot)), ("default_value", read_default(slot))):
            if value is not None:
                spec[key] = value
        return spec

    # ------------------------------------------------------------------------------------- what is left
    @staticmethod
    def annotate(element: Definition, made: Spec, wanted: Spec) -> None:
        """Note in an element what its specification says otherwise than what is made of it."""
        annotations = remainder(made, wanted)
        if annotations:
            element["annotations"] = {**element.get("annotations", {}), **annotations}


def remainder(made: Spec, wanted: Spec) -> dict[str, str]:
    """Return the annotations that make of one specification the other.

    >>> remainder({"name": "x", "quantity": "?"}, {"name": "x", "quantity": "zero_or_one", "linkable": False})
    {'as_written': '{"quantity": "zero_or_one", "linkable": false}'}
    >>> remainder({"doc": "", "dims": ["t"]}, {"dims": ["t"]})
    {'not_written': '["doc"]'}
    """
    differs = {key: value for key, value in wanted.items() if key not in made or not equal(made[key], value)}
    left_out = [key for key in made if key not in wanted]
    found = {"as_written": differs, "not_written": left_out}
    return {key: json.dumps(value) for key, value in found.items() if value}


def as_written(spec: Spec, element: Definition) -> Spec:
    """Return a specification with what the annotations of an element say of it: what `remainder` noted."""
    annotations = element.get("annotations", {})
    spec = {**spec, **json.loads(annotations.get("as_written", "{}"))}
    for key in json.loads(annotations.get("not_written", "[]")):
        spec.pop(key, None)
    return dict(sorted(spec.items(), key=lambda item: _PLACES.get(item[0], len(KEYS))))


def insert(spec: Spec, annotations: Mapping[str, Any]) -> Spec:
    """Put what is carried in annotations into the lists of a specification, each at its place."""
    for key, entries in json.loads(annotations.get("carried", "{}")).items():
        for place, entry in entries:
            spec.setdefault(key, []).insert(place, entry)
    return spec


def equal(one: Any, other: Any) -> bool:
    """Tell whether two values are the same in JSON, where 1, 1.0 and true are three values."""
    if one != other:
        return False
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
