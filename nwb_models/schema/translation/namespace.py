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
and namespace.  What LinkML has no word for is an annotation, see `nwb_models.schema.translation.inverse`.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple
from urllib.parse import quote

from nwb_models.naming import identifier, module_name, version_name
from nwb_models.schema.language import Namespace, Specifications, nesting
from nwb_models.schema.translation.classes import Classes, LinkMLClass
from nwb_models.schema.translation.dtype import LANGUAGE, PREFIXES, ROOT, as_text
from nwb_models.schema.translation.inverse import Inverse

Schema = dict[str, Any]


def translate(
    namespace: Namespace, specifications: Specifications, problems: list[str] | None = None
) -> dict[str, Schema]:
    """Translate a namespace.

    Parameters
    ----------
    namespace
        What to translate.
    specifications
        Where the namespaces that it includes are found.
    problems
        Where to note what breaks the specification language, and go on; None to raise an error.

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
        return _Schemas(Classes(specifications, namespace, problems)).schemas()


class Translated(NamedTuple):
    """A LinkML class, and where it comes from."""

    name: str
    namespace: Namespace
    source: str
    definition: dict[str, Any]


def translated_classes(namespace: Namespace, specifications: Specifications) -> list[Translated]:
    """Return the classes of a namespace and of all that it includes.

    Document by document.  Made in one go, so that types of two namespaces that do not know each other have
    different names here.
    """
    made = Classes(specifications, namespace)
    documents = [(current, source) for current in made.closure for source in current.sources]
    order = {document: number for number, document in enumerate(documents)}
    entries = [
        Translated(name, cls.entry.namespace, cls.entry.source, cls.definition) for name, cls in made.classes.items()
    ]
    return sorted(entries, key=lambda entry: order[entry.namespace, entry.source])


class _Schemas:
    """The LinkML schemas of one namespace, put together from its classes."""

    def __init__(self, made: Classes) -> None:
        self.made = made
        self.namespace = made.namespace
        self.specifications = made.specifications
        self.type_key = type_key(made.namespace)
        self.schema_names = {"namespace", LANGUAGE}

    def schemas(self) -> dict[str, Schema]:
        """Return the schemas of the namespace."""
        self._annotate()
        header = self.namespace.header
        imports = [self._import(other, "namespace") for other in self.specifications.included(self.namespace)]
        named = {source: schema_name(source, self.schema_names) for source in self.namespace.sources}
        schemas: dict[str, Schema] = {}
        for name in named.values():
            schemas[name] = schema_of(self.namespace, name) | {
                "imports": [f"../../{LANGUAGE}", *imports],
                "classes": {},
            }
        for cls in self.made.classes.values():
            if cls.entry.namespace is self.namespace:
                schemas[named[cls.entry.source]]["classes"][cls.name] = rooted(cls.definition)
        for name, schema in schemas.items():
            needed = sorted(self._needed(schema, schemas) - {name}, key=list(schemas).index)
            schema["imports"] += [self._import(self.namespace, other) for other in needed]
        imports += [self._import(self.namespace, name) for name in schemas]
        main = schema_of(self.namespace, "namespace", as_text(header.get("doc", "")))
        main |= {"name": schema_name(self.namespace.name, self.schema_names), "imports": imports}
        if isinstance(header.get("full_name"), str):
            main["title"] = as_text(header["full_name"])
        main["annotations"] = {"namespace": self.namespace.name, "type_key": self.type_key}
        for source, name in named.items():
            if source != name:
                schemas[name]["annotations"] = {"document": json.dumps(source)}
        return {"namespace": main, **schemas}

    def _annotate(self) -> None:
        """Note in the classes what `from_linkml` would not find in them."""
        own = {name: cls for name, cls in self.made.classes.items() if cls.entry.namespace is self.namespace}
        inverse = Inverse({name: cls.definition for name, cls in own.items()}, self.type_key)
        waiting = dict(own)

        def annotate(cls: LinkMLClass) -> None:
            waiting.pop(cls.name)
            slots = cls.definition["attributes"]
            if cls.carried:
                cls.definition["annotations"]["carried"] = json.dumps(cls.carried)
            for held in [slot["range"] for slot in slots.values() if inverse.is_part(slot)]:
                if held in waiting:
                    annotate(waiting[held])
            for name, member in cls.sources.items():
                inverse.annotate(slots[name], inverse.member(name, slots[name]), member)
            if cls.spec is cls.entry.spec:
                inverse.annotate(cls.definition, inverse.type_spec(cls.name), cls.spec)

        while waiting:
            annotate(next(iter(waiting.values())))

    @staticmethod
    def _import(namespace: Namespace, document: str) -> str:
        """Return an import that leads to the same file from every schema.

        linkml has two loaders: one starts from the folder of the importing schema, the other, which RDF comes from,
        from that of the first schema.
        """
        return f"../../{module_name(namespace.name)}/{version_name(namespace.version)}/{document}"

    @staticmethod
    def _needed(schema: Schema, schemas: dict[str, Schema]) -> set[str]:
        """Return the documents of this namespace whose classes a schema mentions."""
        home = {name: document for document, other in schemas.items() for name in other["classes"]}
        mentioned = set()
        for definition in schema["classes"].values():
            mentioned.add(definition.get("is_a"))
            mentioned.update(slot.get("range") for slot in definition["attributes"].values())
        return {home[name] for name in mentioned if name in home}


def schema_name(name: str, taken: set[str]) -> str:
    """Return the name of a schema, and add it to those that are taken: one that LinkML and file systems allow.

    Some of these do not tell upper from lower case.
    """
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", name)[:100]
    plain = plain if plain[:1].isalpha() else f"_{plain}"
    while plain.lower() in taken:
        plain += "_"
    taken.add(plain.lower())
    return plain


def schema_of(namespace: Namespace, name: str, description: str = "") -> Schema:
    """Return a schema of a namespace, without classes."""
    home = f"https://w3id.org/nwb-models/{_quoted(namespace.name)}/"
    prefix = identifier(namespace.name, PREFIXES)
    return {
        "id": f"{home}{_quoted(namespace.version)}/{_quoted(name)}",
        "name": name,
        "version": namespace.version,
        **({"description": description} if description else {}),
        "prefixes": {**PREFIXES, prefix: home},
        "default_prefix": prefix,
    }


def rooted(definition: dict[str, Any]) -> dict[str, Any]:
    """Return a class as linkml's generators want it: a type says which one it is, and is an object with a path."""
    annotations = definition["annotations"]
    constants = {
        key: {"equals_string": annotations[key]} for key in ("neurodata_type", "namespace") if key in annotations
    }
    if not constants:
        return definition
    found = {"description": definition["description"], "is_a": ROOT, **definition, "slot_usage": constants}
    if annotations.get("name") == "root":  # as in the specification of NWBFile: it is the file
        found["tree_root"] = True
    return found


def type_key(namespace: Namespace) -> str:
    """Return how a namespace spells its types: ``neurodata_type``, or ``data_type`` as those of HDMF."""
    written = [entry.spec.get("data_type_def") for entry in namespace.types.values()]
    return "data_type" if written and all(written) else "neurodata_type"


def _quoted(name: str) -> str:
    """Return a name as part of a URI."""
    return quote(name, safe="", errors="backslashreplace")
