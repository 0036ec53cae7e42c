"""Types of the specification language -> LinkML classes with their slots, as plain dicts."""

from __future__ import annotations

import json
import reprlib
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nwb_models.errors import SpecificationError
from nwb_models.models.reserved import DATASET_FIELDS, FIELDS, GROUP_FIELDS, NAMES
from nwb_models.naming import class_name, identifier, module_name, snake_case
from nwb_models.schema.language import (
    Kind,
    Namespace,
    Spec,
    Specifications,
    TypeSpec,
    identity,
    members,
    quantity,
    type_def,
    type_inc,
)
from nwb_models.schema.translation.dtype import as_text, is_compound, primitive_range, reference_target
from nwb_models.schema.translation.shape import array
from nwb_models.schema.translation.values import default_value, fixed_value

if TYPE_CHECKING:
    from collections.abc import Iterable

_STRUCTURE = ("attributes", "datasets", "groups", "links")
_PAYLOAD = ("dtype", "dims", "shape")


@dataclass
class LinkMLClass:
    """One LinkML class while it is made."""

    name: str
    kind: Kind
    entry: TypeSpec
    parent: LinkMLClass | None
    spec: Spec
    """Its specification; of a nested class, that of the member."""
    definition: dict[str, Any]
    alias: str
    """Its name inside its own namespace: that in the schemas may say more, to differ from those of others."""
    slots: dict[tuple[bool, str], str] = field(default_factory=dict)
    """(is an attribute, name in the file) -> slot, of this class alone."""
    nested: dict[str, LinkMLClass] = field(default_factory=dict)
    """slot -> the nested class that is its range, of this class alone."""
    sources: dict[str, Spec] = field(default_factory=dict)
    """slot -> the specification that it was made of, of this class alone."""
    carried: dict[str, list[tuple[int, Spec]]] = field(default_factory=dict)
    """Members that are no slots, with their places in their list: those that say nothing new, or are wrong."""
    filled: bool = False

    def chain(self) -> Iterable[LinkMLClass]:
        """Yield the class and those above it, nearest first."""
        current: LinkMLClass | None = self
        while current is not None:
            yield current
            current = current.parent

    def slot_of(self, key: tuple[bool, str]) -> str | None:
        """Return the slot of a member, inherited ones included."""
        return next((level.slots[key] for level in self.chain() if key in level.slots), None)

    def inherited_class(self, slot: str) -> LinkMLClass | None:
        """Return the nested class that a class above this one has for a slot."""
        above = self.parent.chain() if self.parent else ()
        return next((level.nested[slot] for level in above if slot in level.nested), None)

    def declared(self, kind: Kind, member: Spec) -> Spec | None:
        """Return the declaration of the same member nearest above this class."""
        return _declared(self.parent.chain() if self.parent else (), kind, member)


class Classes:
    """The classes of one namespace; those that it includes are made as well, for what is inherited.

    Parameters
    ----------
    specifications
        Where the namespaces that it includes are found.
    namespace
        What to translate.
    problems
        Where to note what breaks the specification language, and go on; None to raise an error.
    """

    def __init__(self, specifications: Specifications, namespace: Namespace, problems: list[str] | None = None) -> None:
        self.specifications = specifications
        self.namespace = namespace
        self.problems = problems
        self.closure = specifications.closure(namespace)
        self.classes: dict[str, LinkMLClass] = {}
        self.names: dict[tuple[Namespace, str], tuple[str, str]] = {}
        self.taken = set(NAMES)
        self.taken_aliases: dict[Namespace, set[str]] = {}
        for current in self.closure:
            self._name_types(current)
        self.type_names = {current: self._type_names(current) for current in self.closure}
        self.nested: deque[LinkMLClass] = deque()
        entries = [entry for current in self.closure for entry in current.types.values()]
        for cls in [self._typed_class(entry) for entry in entries]:
            self._fill(cls)
        while self.nested:  # after all types, whose slots they inherit, and each after the one that holds it
            self._fill(self.nested.popleft())

    # ------------------------------------------------------------------------------------- classes
    def _name_types(self, namespace: Namespace) -> None:
        """Name the class of every type: as the type, where Python allows it and no other has the name."""
        aliases = self.taken_aliases[namespace] = set(NAMES)
        for neurodata_type in namespace.types:
            alias = class_name(neurodata_type, aliases)
            aliases.add(alias)
            self.names[namespace, neurodata_type] = self._free_name(namespace, alias), alias

    def _type_names(self, namespace: Namespace) -> frozenset[str]:
        """Return what the types of fields may be called: a field of that name would be taken for the type."""
        known = self.specifications.closure(namespace)
        return NAMES | {self.names[other, name][1] for other in known for name in other.types}

    def _free_name(self, namespace: Namespace, alias: str) -> str:
        """Return the name of a class in the schemas: after its namespace where another class has it."""
        name = alias if alias not in self.taken else class_name(f"{module_name(namespace.name)}__{alias}", self.taken)
        self.taken.add(name)
        return name

    def _typed_class(self, entry: TypeSpec) -> LinkMLClass:
        name, alias = self.names[entry.namespace, entry.name]
        if name in self.classes:
            return self.classes[name]
        parent = fixed_name = None
        try:
            parent = next(iter(self.specifications.ancestry(entry)[1:]), None)
            fixed_name, _ = identity(entry.spec)
        except SpecificationError as error:
            self._refuse(error, entry)
        above = self._typed_class(parent) if parent else None
        annotations = {
            "stored_as": entry.kind,
            "neurodata_type": entry.name,
            "namespace": entry.namespace.name,
        }
        if fixed_name is not None:
            annotations["name"] = fixed_name
        if isinstance(entry.spec.get("default_name"), str):
            annotations["default_name"] = entry.spec["default_name"]
        return self._new_class(name, alias, entry.kind, entry, above, entry.spec, annotations)

    def _new_class(
        self,
        name: str,
        alias: str,
        kind: Kind,
        entry: TypeSpec,
        parent: LinkMLClass | None,
        spec: Spec,
        annotations: dict[str, Any],
    ) -> LinkMLClass:
        definition: dict[str, Any] = {"description": as_text(spec.get("doc", ""))}
        if parent is not None:
            definition["is_a"] = parent.name
        if alias != name:
            definition["alias"] = alias
        definition["annotations"] = annotations
        definition["attributes"] = {}
        cls = LinkMLClass(name, kind, entry, parent, spec, definition, alias)
        self.classes[name] = cls
        return cls

    def _fill(self, cls: LinkMLClass) -> None:
        """Give a class its slots, after the classes above it have theirs, whose names they keep."""
        if cls.filled:
            return
        cls.filled = True
        if cls.parent is not None:
            self._fill(cls.parent)
        try:
            if cls.kind == "dataset" and any(key in cls.spec for key in (*_PAYLOAD, "value", "default_value")):
                cls.definition["attributes"]["value"] = self._value_slot(cls)
        except SpecificationError as error:
            self._refuse(error, cls.entry)
        places = dict.fromkeys(_STRUCTURE, 0)
        for kind, member in members(cls.spec):
            place = places[f"{kind}s"]
            places[f"{kind}s"] += 1
            try:
                if not _same(cls.declared(kind, member), member):
                    self._member(cls, kind, member)
                    continue
            except SpecificationError as error:
                self._refuse(error, cls.entry)
            # wrong, or repeated word for word, as the specifications inside files do: it says nothing new
            cls.carried.setdefault(f"{kind}s", []).append((place, member))

    def _refuse(self, error: SpecificationError, entry: TypeSpec) -> None:
        """Raise an error, or note it where the rest is wanted all the same; it says which type it is about."""
        located = str(error).startswith(f"{entry.namespace.name}.")
        msg = str(error) if located else f"{entry}: {error}"
        if self.problems is None or entry.namespace is not self.namespace:
            raise SpecificationError(msg) from None
        self.problems.append(msg)

    def _nested_class(
        self, cls: LinkMLClass, kind: Kind, slot: str, member: Spec, parent: LinkMLClass | None
    ) -> LinkMLClass:
        annotations = {"stored_as": kind}
        nested = self._new_class(*self._nested_name(cls, slot), kind, cls.entry, parent, member, annotations)
        self.nested.append(nested)
        return nested

    def _nested_name(self, cls: LinkMLClass, slot: str) -> tuple[str, str]:
        """Return the name and the alias of the class of a member."""
        aliases = self.taken_aliases[cls.entry.namespace]
        alias = identifier(f"{cls.alias}__{slot}", aliases)
        aliases.add(alias)
        return self._free_name(cls.entry.namespace, alias), alias

    # ------------------------------------------------------------------------------------- slots
    def _member(self, cls: LinkMLClass, kind: Kind, member: Spec) -> None:
        """Add the slot of one member to a class."""
        name, _ = identity(member)
        target = member.get("target_type") if kind == "link" else type_def(member) or type_inc(member)
        if target is None and (name is None or kind == "link"):
            lacks = "target_type" if kind == "link" else "name and no type"
            msg = f"{cls.entry}: {kind}s: one has no {lacks}: {reprlib.repr(member)}"
            raise SpecificationError(msg)
        key = (kind == "attribute", name if name is not None else f"*{target}" + "@" * (kind == "link"))
        if key in cls.slots:
            msg = f"{cls.entry}: {kind}s: {name or target!r} is declared twice"
            raise SpecificationError(msg)
        slot_name = cls.slot_of(key) or self._free_slot(cls, name if name is not None else snake_case(str(target)))
        cls.slots[key] = slot_name
        required, many = quantity(member)
        annotations: dict[str, Any] = {"stored_as": kind}
        slot: dict[str, Any] = {"description": as_text(member.get("doc", ""))}
        if kind == "attribute":
            required = bool(member.get("required", True)) and member.get("default_value") is None
            self._update(slot, self._typed_range(cls, slot_name, member, annotations))
            self._update(slot, _values(member, slot))
        elif kind == "link":
            slot |= {"range": self._find(cls, str(target)).name, "inlined": False}
        else:
            self._child_slot(cls, kind, slot_name, member, slot, annotations)
        if name is None:
            annotations["unnamed"] = True
        elif name != slot_name:
            annotations["name"] = name
        slot["required"] = required
        if name is None and many:
            slot["multivalued"] = True
            if kind != "link":
                slot["inlined_as_list"] = True
        slot["annotations"] = {**annotations, **slot.get("annotations", {})}
        cls.definition["attributes"][slot_name] = slot
        cls.sources[slot_name] = member

    def _free_slot(self, cls: LinkMLClass, name: str) -> str:
        taken = {slot for level in cls.chain() for slot in level.slots.values()}
        taken |= FIELDS | (GROUP_FIELDS if cls.kind == "group" else DATASET_FIELDS)
        return identifier(name, taken | self.type_names[cls.entry.namespace])

    def _child_slot(
        self,
        cls: LinkMLClass,
        kind: Kind,
        slot_name: str,
        member: Spec,
        slot: dict[str, Any],
        annotations: dict[str, Any],
    ) -> None:
        """Say what a dataset or group member is: a class, or a plain value."""
        typed = type_def(member) or type_inc(member)
        target = self._find(cls, typed, cls.entry.key("inc")) if typed else None
        inherited = cls.inherited_class(slot_name)
        if target is not None and target.kind != kind:
            msg = f"{cls.entry}: {kind}s: {slot_name!r} has the type {target.entry}, which is a {target.kind}"
            raise SpecificationError(msg)
        adds = self._adds(member, target)
        known = _effective(target) if target is not None else {}
        refined = [
            key for key in (*_PAYLOAD, "value", "default_value") if key in member and member[key] != known.get(key)
        ]
        if type_def(member) or (target is not None and not adds and inherited is None):
            assert target is not None
            slot |= {"range": target.name, "inlined": True}
            if type_def(member):
                annotations["defines"] = True
            else:
                _require_named(cls, member.get("dtype"))
                annotations |= {key: json.dumps(member[key]) for key in refined}
        elif kind == "group" or adds or inherited is not None:
            parent = inherited
            if target is not None and (inherited is None or target not in inherited.chain()):
                parent = target
            nested = self._nested_class(cls, kind, slot_name, member, parent)
            cls.nested[slot_name] = nested
            slot |= {"range": nested.name, "inlined": True}
        else:
            self._update(slot, self._typed_range(cls, slot_name, member, annotations))
            self._update(slot, _values(member, slot))

    def _adds(self, member: Spec, target: LinkMLClass | None) -> bool:
        """Tell whether a member says more of its type than the type itself."""
        levels = list(target.chain()) if target else []
        return any(not _same(_declared(levels, inner_kind, inner), inner) for inner_kind, inner in members(member))

    def _value_slot(self, cls: LinkMLClass) -> dict[str, Any]:
        """Return the slot of a dataset's payload; what it does not say is what the class above says."""
        effective = _effective(cls)
        inherited = [key for key in _PAYLOAD if key in effective and key not in cls.spec]
        annotations: dict[str, Any] = {"stored_as": "value"}
        if inherited:
            annotations["inherited"] = json.dumps(inherited)
        slot: dict[str, Any] = {"description": "The data."}
        self._update(slot, self._typed_range(cls, "value", effective, annotations))
        self._update(slot, _values(cls.spec, slot))
        slot["required"] = True
        slot["annotations"] = {**annotations, **slot.get("annotations", {})}
        return slot

    def _typed_range(self, cls: LinkMLClass, slot_name: str, spec: Spec, annotations: dict[str, Any]) -> dict[str, Any]:
        """Return range and array of an attribute, a plain dataset or a payload."""
        dtype: Any = spec.get("dtype")
        reference = reference_target(dtype)
        if reference is not None:
            target, kind = reference
            annotations["reference"] = kind
            if "reftype" in dtype:
                annotations["reftype"] = str(dtype["reftype"])
            found: dict[str, Any] = {"range": self._find(cls, target).name, "inlined": False}
        elif is_compound(dtype):
            found = {"range": self._row_class(cls, slot_name, dtype), "inlined": True}
        else:
            found = primitive_range(dtype)
        self._update(found, array(spec))
        return found

    def _row_class(self, cls: LinkMLClass, slot_name: str, fields: list[Any]) -> str:
        """Return the class of the rows of a compound dtype."""
        name, alias = self._nested_name(cls, f"{slot_name}__row")
        row = self._new_class(name, alias, "dataset", cls.entry, None, {"doc": "A row."}, {"stored_as": "compound"})
        row.filled = True
        _require_named(cls, fields)
        for entry in fields:
            column = identifier(entry["name"], row.definition["attributes"])
            annotations: dict[str, Any] = {"stored_as": "field"}
            if column != entry["name"]:
                annotations["name"] = entry["name"]
            slot: dict[str, Any] = {"description": as_text(entry.get("doc", ""))}
            self._update(slot, self._typed_range(cls, f"{slot_name}__{column}", entry, annotations))
            slot["required"] = True
            slot["annotations"] = {**annotations, **slot.get("annotations", {})}
            row.definition["attributes"][column] = slot
            row.sources[column] = entry
        return name

    def _find(self, cls: LinkMLClass, neurodata_type: str, key: str = "target_type") -> LinkMLClass:
        entry = self.specifications.find_type(cls.entry.namespace, neurodata_type)
        if entry is None:
            where = "neither its namespace nor those it includes define"
            msg = f"{cls.entry}: {key}: {neurodata_type!r} is a type that {where}"
            raise SpecificationError(msg)
        return self._typed_class(entry)

    @staticmethod
    def _update(slot: dict[str, Any], more: dict[str, Any]) -> None:
        """Add to a slot; annotations are added to annotations."""
        annotations = {**slot.get("annotations", {}), **more.get("annotations", {})}
        slot.update(more)
        if annotations:
            slot["annotations"] = annotations


def _declared(levels: Iterable[LinkMLClass], kind: Kind, member: Spec) -> Spec | None:
    """Return the first declaration of the same member in some classes."""
    declared = (entry for level in levels for entry in members(level.spec))
    return next((other for found, other in declared if found == kind and identity(other) == identity(member)), None)


def _effective(cls: LinkMLClass) -> Spec:
    """Return dtype, dims and shape of a payload: each as the nearest class says it, dims with their shape."""
    effective: Spec = {}
    for level in cls.chain():
        if "dtype" in level.spec:
            effective.setdefault("dtype", level.spec["dtype"])
        if "shape" not in effective and "dims" not in effective:
            effective |= {key: level.spec[key] for key in ("dims", "shape") if key in level.spec}
    return effective


def _require_named(cls: LinkMLClass, dtype: Any) -> None:
    """Refuse a compound dtype of which a field has no name, at any depth."""
    for number, entry in enumerate(dtype if isinstance(dtype, list) else ()):
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            msg = f"{cls.entry}: dtype: field {number} of a compound has no name: {reprlib.repr(entry)}"
            raise SpecificationError(msg)
        _require_named(cls, entry.get("dtype"))


def _values(spec: Spec, slot: dict[str, Any]) -> dict[str, Any]:
    """Return what the fixed or default value of a member says of its slot."""
    if spec.get("value") is not None:
        return fixed_value(spec["value"], slot)
    if spec.get("default_value") is not None:
        return default_value(spec["default_value"])
    return {}


def _same(one: Any, other: Any) -> bool:
    """Tell whether two specifications say the same, however they spell what goes without saying."""
    return bool(_canonical(one) == _canonical(other))


def _canonical(spec: Any) -> Any:
    if isinstance(spec, list):
        return [_canonical(entry) for entry in spec]
    if not isinstance(spec, dict):
        return spec
    implied = {"required": True, "quantity": 1, **{key: [] for key in _STRUCTURE}}
    return {k: _canonical(v) for k, v in spec.items() if not (k in implied and v == implied[k])}
