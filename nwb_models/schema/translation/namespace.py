"""A namespace of the specification language -> LinkML schemas, one for each of its documents.

What becomes what:

===========================================  ===============================================================
specification                                LinkML
===========================================  ===============================================================
typed group or dataset                       class; ``is_a`` what it includes
untyped group, dataset with attributes       class ``Owner__member``; ``is_a`` the one of the type included
compound dtype                               class ``Owner__member__row``, one slot for each field
attribute, dataset without attributes        slot with the dtype as its range
payload of a dataset that is a class         slot ``value``
object or region reference, link             slot with the class that it leads to as its range, not inlined
member without a name, of any number         multivalued slot, named after its type
===========================================  ===============================================================

The annotation ``stored_as`` says how a slot or a class is stored; the annotations of a class hold its type
and namespace.  Whatever LinkML has no word for is an annotation of the same name, as JSON.
"""

from __future__ import annotations

import json
import re
import reprlib
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from nwb_models.errors import SpecificationError
from nwb_models.models.reserved import DATASET_FIELDS, FIELDS, GROUP_FIELDS, NAMES
from nwb_models.naming import class_name, identifier, module_name, snake_case, version_name
from nwb_models.schema.language import (
    Kind,
    Namespace,
    Spec,
    Specifications,
    TypeSpec,
    identity,
    members,
    nesting,
    quantity,
    type_def,
    type_inc,
)
from nwb_models.schema.translation.dtype import (
    LANGUAGE,
    is_compound,
    language_schema,
    primitive_range,
    reference_target,
)
from nwb_models.schema.translation.shape import array
from nwb_models.schema.translation.values import default_value, fixed_value

if TYPE_CHECKING:
    from collections.abc import Iterable

Schema = dict[str, Any]
_STRUCTURE = ("attributes", "datasets", "groups", "links")
_PAYLOAD = ("dtype", "dims", "shape")
_OWN_KEYS = {
    "name", "doc", "quantity", "required", "dtype", "dims", "shape", "value", "default_value", "target_type",
    "neurodata_type_def", "neurodata_type_inc", "data_type_def", "data_type_inc", *_STRUCTURE,
}  # fmt: skip


@dataclass
class _Class:
    """One LinkML class while it is made."""

    name: str
    kind: Kind
    entry: TypeSpec
    parent: _Class | None
    spec: Spec
    """Its specification; of a nested class, that of the member."""
    definition: dict[str, Any]
    alias: str
    """Its name inside its own namespace: that in the schemas may say more, to differ from those of others."""
    slots: dict[tuple[bool, str], str] = field(default_factory=dict)
    """(is an attribute, name in the file) -> slot, of this class alone."""
    nested: dict[str, _Class] = field(default_factory=dict)
    """slot -> the nested class that is its range, of this class alone."""
    filled: bool = False

    def chain(self) -> Iterable[_Class]:
        """Yield the class and those above it, nearest first."""
        current: _Class | None = self
        while current is not None:
            yield current
            current = current.parent

    def slot_of(self, key: tuple[bool, str]) -> str | None:
        """Return the slot of a member, inherited ones included."""
        return next((level.slots[key] for level in self.chain() if key in level.slots), None)

    def inherited_class(self, slot: str) -> _Class | None:
        """Return the nested class that a class above this one has for a slot."""
        above = self.parent.chain() if self.parent else ()
        return next((level.nested[slot] for level in above if slot in level.nested), None)

    def declared(self, kind: Kind, member: Spec) -> Spec | None:
        """Return the declaration of the same member nearest above this class."""
        above = self.parent.chain() if self.parent else ()
        for level in above:
            for other_kind, other in members(level.spec):
                if other_kind == kind and identity(other) == identity(member):
                    return other
        return None


def to_linkml(namespace: Namespace, specifications: Specifications) -> dict[str, Schema]:
    """Translate a namespace.

    Parameters
    ----------
    namespace
        What to translate.
    specifications
        Where the namespaces that it includes are found.

    Returns
    -------
    dict
        LinkML schemas as plain dicts: ``namespace``, which imports the others, and one for each document.

    Raises
    ------
    SpecificationError
        Where a type or a namespace that is included is not there, or includes itself.
    """
    with nesting(f"namespace {namespace.name!r} {namespace.version}"):
        return _Translation(specifications, namespace).schemas()


def translated_classes(
    namespace: Namespace, specifications: Specifications
) -> dict[str, tuple[Namespace, dict[str, Any]]]:
    """Return the classes of a namespace and of all that it includes: name -> (namespace, LinkML class).

    Document by document.  Made in one go, so that types of two namespaces that do not know each other have
    different names here.
    """
    made = _Translation(specifications, namespace)
    documents = [(current, source) for current in made.closure for source in current.sources]
    order = {document: number for number, document in enumerate(documents)}
    classes = sorted(made.classes.items(), key=lambda pair: order[pair[1].entry.namespace, pair[1].entry.source])
    return {name: (cls.entry.namespace, cls.definition) for name, cls in classes}


class _Translation:
    """The translation of one namespace; those that it includes are built as well, for what is inherited."""

    def __init__(self, specifications: Specifications, namespace: Namespace) -> None:
        self.specifications = specifications
        self.namespace = namespace
        self.closure = specifications.closure(namespace)
        self.classes: dict[str, _Class] = {}
        self.names: dict[tuple[Namespace, str], tuple[str, str]] = {}
        self.schema_names = {"namespace"}
        self.taken = set(NAMES)
        self.taken_aliases: dict[Namespace, set[str]] = {}
        for current in self.closure:
            self._name_types(current)
        self.type_names = {current: self._type_names(current) for current in self.closure}
        self.nested: deque[_Class] = deque()
        entries = [entry for current in self.closure for entry in current.types.values()]
        for cls in [self._typed_class(entry) for entry in entries]:
            self._fill(cls)
        while self.nested:  # after all types, whose slots they inherit, and each after the one that holds it
            self._fill(self.nested.popleft())

    # ------------------------------------------------------------------------------------- schemas
    def schemas(self) -> dict[str, Schema]:
        """Return the schemas of the namespace."""
        header = self.namespace.header
        place = f"{_quoted(self.namespace.name)}/{_quoted(self.namespace.version)}"
        prefix = f"https://w3id.org/nwb-models/{place}/"
        imports = [self._import(other, "namespace") for other in self.specifications.included(self.namespace)]
        named = {source: self._schema_name(source) for source in self.namespace.sources}
        schemas: dict[str, Schema] = {}
        for name in named.values():
            schemas[name] = self._schema(prefix, name, "", [f"../../{LANGUAGE}", *imports])
        for cls in self.classes.values():
            if cls.entry.namespace is self.namespace:
                schemas[named[cls.entry.source]]["classes"][cls.name] = cls.definition
        for name, schema in schemas.items():
            needed = sorted(self._needed(schema, schemas) - {name}, key=list(schemas).index)
            schema["imports"] += [self._import(self.namespace, other) for other in needed]
        imports += [self._import(self.namespace, name) for name in schemas]
        main = self._schema(prefix, "namespace", str(header.get("doc", "")), imports)
        main["name"] = self._schema_name(self.namespace.name)
        main["annotations"] = {"namespace": json.dumps(header)}
        return {"namespace": main, **schemas}

    @staticmethod
    def _import(namespace: Namespace, document: str) -> str:
        """Return an import that leads to the same file from every schema.

        linkml has two loaders: one starts from the folder of the importing schema, the other, which RDF comes from,
        from that of the first schema.
        """
        return f"../../{module_name(namespace.name)}/{version_name(namespace.version)}/{document}"

    def _schema_name(self, name: str) -> str:
        """Return the name of a schema: one that LinkML allows, and that no other has."""
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", name)
        plain = plain if plain[:1].isalpha() else f"_{plain}"
        while plain in self.schema_names:
            plain += "_"
        self.schema_names.add(plain)
        return plain

    def _schema(self, prefix: str, name: str, description: str, imports: list[str]) -> Schema:
        schema: Schema = {
            "id": prefix + _quoted(name),
            "name": name,
            "version": self.namespace.version,
        }
        if description:
            schema["description"] = description
        schema["prefixes"] = dict(language_schema()["prefixes"])
        schema["default_prefix"] = "nwb"
        schema["imports"] = imports
        schema["classes"] = {}
        return schema

    @staticmethod
    def _needed(schema: Schema, schemas: dict[str, Schema]) -> set[str]:
        """Return the documents of this namespace whose classes a schema mentions."""
        home = {name: document for document, other in schemas.items() for name in other["classes"]}
        mentioned = set()
        for definition in schema["classes"].values():
            mentioned.add(definition.get("is_a"))
            mentioned.update(slot.get("range") for slot in definition["attributes"].values())
        return {home[name] for name in mentioned if name in home}

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

    def _typed_class(self, entry: TypeSpec) -> _Class:
        name, alias = self.names[entry.namespace, entry.name]
        if name in self.classes:
            return self.classes[name]
        parent = next(iter(self.specifications.ancestry(entry)[1:]), None)
        above = self._typed_class(parent) if parent else None
        annotations = {
            "stored_as": entry.kind,
            "neurodata_type": entry.name,
            "namespace": entry.namespace.name,
            **_leftovers(entry.spec),
        }
        fixed_name, _ = identity(entry.spec)
        if fixed_name is not None:
            annotations["name"] = fixed_name
        return self._new_class(name, alias, entry.kind, entry, above, entry.spec, annotations)

    def _new_class(
        self,
        name: str,
        alias: str,
        kind: Kind,
        entry: TypeSpec,
        parent: _Class | None,
        spec: Spec,
        annotations: dict[str, Any],
    ) -> _Class:
        definition: dict[str, Any] = {"description": str(spec.get("doc", ""))}
        if parent is not None:
            definition["is_a"] = parent.name
        if alias != name:
            definition["alias"] = alias
        definition["annotations"] = annotations
        definition["attributes"] = {}
        cls = _Class(name, kind, entry, parent, spec, definition, alias)
        self.classes[name] = cls
        return cls

    def _fill(self, cls: _Class) -> None:
        """Give a class its slots, after the classes above it have theirs, whose names they keep."""
        if cls.filled:
            return
        cls.filled = True
        if cls.parent is not None:
            self._fill(cls.parent)
        if cls.kind == "dataset" and any(key in cls.spec for key in (*_PAYLOAD, "value", "default_value")):
            cls.definition["attributes"]["value"] = self._value_slot(cls)
        for kind, member in members(cls.spec):
            known = cls.declared(kind, member)
            if known is not None and _same(known, member):
                continue  # repeated word for word, as the specifications inside files do: it says nothing new
            self._member(cls, kind, member)

    def _nested_class(self, cls: _Class, kind: Kind, slot: str, member: Spec, parent: _Class | None) -> _Class:
        annotations = {"stored_as": kind, **_leftovers(member)}
        nested = self._new_class(*self._nested_name(cls, slot), kind, cls.entry, parent, member, annotations)
        self.nested.append(nested)
        return nested

    def _nested_name(self, cls: _Class, slot: str) -> tuple[str, str]:
        """Return the name and the alias of the class of a member."""
        aliases = self.taken_aliases[cls.entry.namespace]
        alias = identifier(f"{cls.alias}__{slot}", aliases)
        aliases.add(alias)
        return self._free_name(cls.entry.namespace, alias), alias

    # ------------------------------------------------------------------------------------- slots
    def _member(self, cls: _Class, kind: Kind, member: Spec) -> None:
        """Add the slot of one member to a class."""
        name, _ = identity(member)
        target = member.get("target_type") if kind == "link" else type_def(member) or type_inc(member)
        if target is None and (name is None or kind == "link"):
            lacks = "target_type" if kind == "link" else "name and no type"
            msg = f"{cls.entry}: a {kind} has no {lacks}: {reprlib.repr(member)}"
            raise SpecificationError(msg)
        key = (kind == "attribute", name if name is not None else f"*{target}")
        slot_name = cls.slot_of(key) or self._free_slot(cls, name if name is not None else snake_case(str(target)))
        cls.slots[key] = slot_name
        required, many = quantity(member)
        annotations: dict[str, Any] = {"stored_as": kind, **_leftovers(member)}
        slot: dict[str, Any] = {"description": str(member.get("doc", ""))}
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
        if member.get("quantity") not in (None, "?", "*", "+"):
            annotations["quantity"] = json.dumps(member["quantity"])
        slot["annotations"] = {**annotations, **slot.get("annotations", {})}
        cls.definition["attributes"][slot_name] = slot

    def _free_slot(self, cls: _Class, name: str) -> str:
        taken = {slot for level in cls.chain() for slot in level.slots.values()}
        taken |= FIELDS | (GROUP_FIELDS if cls.kind == "group" else DATASET_FIELDS)
        return identifier(name, taken | self.type_names[cls.entry.namespace])

    def _child_slot(
        self,
        cls: _Class,
        kind: Kind,
        slot_name: str,
        member: Spec,
        slot: dict[str, Any],
        annotations: dict[str, Any],
    ) -> None:
        """Say what a dataset or group member is: a class, or a plain value."""
        typed = type_def(member) or type_inc(member)
        target = self._find(cls, typed) if typed else None
        inherited = cls.inherited_class(slot_name)
        if target is not None and target.kind != kind:
            msg = f"{cls.entry}: the {kind} {slot_name!r} has the type {target.entry}, which is a {target.kind}"
            raise SpecificationError(msg)
        adds = self._adds(member, target)
        known = _effective(target) if target is not None else {}
        refined = [
            key for key in (*_PAYLOAD, "value", "default_value") if key in member and member[key] != known.get(key)
        ]
        if type_def(member) or (target is not None and not adds and inherited is None):
            assert target is not None
            slot |= {"range": target.name, "inlined": True}
            if not type_def(member):
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

    def _adds(self, member: Spec, target: _Class | None) -> bool:
        """Tell whether a member says more of its type than the type itself."""
        for member_kind, inner in members(member):
            known = None
            for level in target.chain() if target else ():
                known = next(
                    (o for k, o in members(level.spec) if k == member_kind and identity(o) == identity(inner)),
                    None,
                )
                if known is not None:
                    break
            if known is None or not _same(known, inner):
                return True
        return False

    def _value_slot(self, cls: _Class) -> dict[str, Any]:
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

    def _typed_range(self, cls: _Class, slot_name: str, spec: Spec, annotations: dict[str, Any]) -> dict[str, Any]:
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

    def _row_class(self, cls: _Class, slot_name: str, fields: list[Any]) -> str:
        """Return the class of the rows of a compound dtype."""
        name, alias = self._nested_name(cls, f"{slot_name}__row")
        row = self._new_class(name, alias, "dataset", cls.entry, None, {"doc": "A row."}, {"stored_as": "compound"})
        for number, entry in enumerate(fields):
            if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
                msg = f"{cls.entry}: field {number} of a compound dtype has no name: {entry}"
                raise SpecificationError(msg)
            column = identifier(entry["name"], row.definition["attributes"])
            annotations: dict[str, Any] = {"stored_as": "field", **_leftovers(entry)}
            if column != entry["name"]:
                annotations["name"] = entry["name"]
            slot: dict[str, Any] = {"description": str(entry.get("doc", ""))}
            self._update(slot, self._typed_range(cls, f"{slot_name}__{column}", entry, annotations))
            slot["required"] = True
            slot["annotations"] = {**annotations, **slot.get("annotations", {})}
            row.definition["attributes"][column] = slot
        return name

    def _find(self, cls: _Class, neurodata_type: str) -> _Class:
        entry = self.specifications.find_type(cls.entry.namespace, neurodata_type)
        if entry is None:
            where = "neither its namespace nor those it includes define"
            msg = f"{cls.entry} names the type {neurodata_type!r}, which {where}"
            raise SpecificationError(msg)
        return self._typed_class(entry)

    @staticmethod
    def _update(slot: dict[str, Any], more: dict[str, Any]) -> None:
        """Add to a slot; annotations are added to annotations."""
        annotations = {**slot.get("annotations", {}), **more.get("annotations", {})}
        slot.update(more)
        if annotations:
            slot["annotations"] = annotations


def _quoted(name: str) -> str:
    """Return a name as part of a URI."""
    return quote(name, safe="", errors="backslashreplace")


def _effective(cls: _Class) -> Spec:
    """Return dtype, dims and shape of a payload: each as the nearest class says it, dims with their shape."""
    effective: Spec = {}
    for level in cls.chain():
        if "dtype" in level.spec:
            effective.setdefault("dtype", level.spec["dtype"])
        if "shape" not in effective and "dims" not in effective:
            effective |= {key: level.spec[key] for key in ("dims", "shape") if key in level.spec}
    return effective


def _values(spec: Spec, slot: dict[str, Any]) -> dict[str, Any]:
    """Return what the fixed or default value of a member says of its slot."""
    if spec.get("value") is not None:
        return fixed_value(spec["value"], slot)
    if spec.get("default_value") is not None:
        return default_value(spec["default_value"])
    return {}


def _leftovers(spec: Spec) -> dict[str, str]:
    """Return the keys of a specification that no rule translates, as annotations."""
    return {f"nwb_{identifier(str(key))}": json.dumps(value) for key, value in spec.items() if key not in _OWN_KEYS}


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
