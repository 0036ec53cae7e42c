"""The documents of one namespace <-> LinkML schemas, with nothing lost on the way there and back."""

from __future__ import annotations

import json
import re
import reprlib
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from nwb_models.errors import SpecificationError, SpecificationWarning
from nwb_models.schema.language import Namespace, Specifications, members, nesting, type_def, type_inc
from nwb_models.schema.translation.dtype import LANGUAGE, is_dtype, with_text
from nwb_models.schema.translation.inverse import Inverse, as_written, equal, insert, remainder
from nwb_models.schema.translation.namespace import schema_name, schema_of, translate
from nwb_models.schema.translation.values import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nwb_models.schema.language import Kind, Spec, TypeSpec
    from nwb_models.schema.translation.namespace import Schema

ASSUMED = "assumed"
"""The document, and the version where none is said, of a namespace that is not at hand."""
_LISTS: tuple[tuple[str, Kind], ...] = (("datasets", "dataset"), ("groups", "group"))


def to_linkml(specs: Mapping[str, Spec], included: Iterable[Mapping[str, Spec]] = ()) -> dict[str, Schema]:
    """Translate the specifications of one namespace in one version into LinkML.

    Parameters
    ----------
    specs
        ``{"namespace": {...}, "nwb.base": {...}, ...}``, as `read_specs_as_dicts` gives it.
    included
        The same for the namespaces that it includes, as far as they are at hand.  What it takes from others is
        known by its name alone.

    Returns
    -------
    dict
        LinkML schemas as plain dicts that YAML can hold: ``namespace``, which imports the others, and one for each
        document.  `from_linkml` gives `specs` back.

    Warns
    -----
    SpecificationWarning
        For each place where the specifications break their language.  They are carried all the same.

    Raises
    ------
    SpecificationError
        Where they do not say which namespace they are of.
    """
    schemas, problems = _translated(Namespace(specs), list(map(Namespace, included)))
    for problem in problems:
        warnings.warn(f"{problem}; it is carried as it is", SpecificationWarning, stacklevel=2)
    return schemas


def problems_of(namespace: Namespace, specifications: Specifications) -> list[str]:
    """Return everything in a namespace that breaks the specification language, each with its file, type and key."""
    included = [entry for entry in specifications.closure(namespace) if entry is not namespace]
    return _translated(namespace, included)[1]


def _translated(namespace: Namespace, included: list[Namespace]) -> tuple[dict[str, Schema], list[str]]:
    """Return the schemas of a namespace, and what is wrong with its specifications."""
    problems: list[str] = []
    specs = namespace.documents
    with nesting(f"namespace {namespace.name!r} {namespace.version}"):
        sound, carried = _sound(namespace, problems)
        known = [*included, sound]
        schemas = with_text(translate(sound, Specifications([*known, *_assumed(known)]), problems))
        _carry(sound, schemas, specs, carried)
    return schemas, list(dict.fromkeys(problems))


def from_linkml(schemas: Mapping[str, Schema]) -> dict[str, Spec]:
    """Return the specifications of one namespace from its LinkML schemas: the inverse of `to_linkml`.

    Parameters
    ----------
    schemas
        ``{"namespace": {...}, "nwb.base": {...}, ...}``, as `to_linkml` gives it, or read from YAML.

    Raises
    ------
    SpecificationError
        Where there is no schema ``namespace``.
    """
    main = schemas.get("namespace")
    if main is None:
        msg = f"There is no LinkML schema 'namespace' among these: {', '.join(schemas)}"
        raise SpecificationError(msg)
    classes = {name: cls for schema in schemas.values() for name, cls in schema.get("classes", {}).items()}
    inverse = Inverse(classes, main["annotations"]["type_key"])
    specs = {"namespace": _content(main, {"namespaces": [as_written(_header(main), main)]})}
    for name, schema in schemas.items():
        annotations = schema.get("annotations", {})
        if schema is not main and not annotations.get("missing"):
            made = insert(inverse.document(schema.get("classes", {})), annotations)
            specs[_document(name, schema)] = _content(schema, as_written(made, schema))
    return specs


def _document(name: str, schema: Schema) -> str:
    """Return the document that a schema is made of: its own name, unless that is none for a schema."""
    source = schema.get("annotations", {}).get("document")
    return name if source is None else str(json.loads(source))


def _header(main: Schema) -> Spec:
    """Return the entry of the namespace, from the schema that imports the others."""
    header = {"doc": "description", "version": "version", "full_name": "title"}
    found = {key: main[name] for key, name in header.items() if name in main}
    return {**found, "name": main["annotations"]["namespace"]}


def _content(schema: Schema, made: Spec) -> Any:
    """Return what a document holds: what is made of its schema, unless that is noted to be something else."""
    content = schema.get("annotations", {}).get("content")
    return made if content is None else json.loads(content)


# ---------------------------------------------------------------------------------------- what is wrong
def _sound(namespace: Namespace, problems: list[str]) -> tuple[Namespace, dict[str, dict[str, list[tuple[int, Any]]]]]:
    """Return a namespace without what are no types, and that: document -> list -> (place in it, entry)."""
    specs = namespace.documents
    header: Spec = {"name": namespace.name, "version": namespace.version}
    sound: dict[str, Spec] = {"namespace": specs["namespace"]}
    carried: dict[str, dict[str, list[tuple[int, Any]]]] = {}
    home: dict[str, str] = {}
    for source in namespace.sources:
        document = specs.get(source)
        where = f"Namespace {namespace.name!r} {namespace.version} (in {namespace.place(source)})"
        if not isinstance(document, dict):
            problems.append(f"{where}: there is no such document, which the schema of the namespace names")
            document = {}
        sound[source] = {}
        for key, _ in _LISTS:
            listed = document.get(key) or []
            for place, entry in enumerate(listed if isinstance(listed, list) else ()):
                try:
                    single: dict[str, Spec] = {
                        "namespace": {**header, "schema": [{"source": source}]},
                        source: {key: [entry]},
                    }
                    types = Namespace(single, namespace.files)
                    _check_entry(types, entry, where, home)
                except SpecificationError as error:
                    problems.append(str(error))
                    carried.setdefault(source, {}).setdefault(key, []).append((place, entry))
                else:
                    problems += _odd_names_and_values(types)
                    home |= dict.fromkeys(types.types, namespace.place(source))
                    sound[source].setdefault(key, []).append(entry)
            if not isinstance(listed, list):
                problems.append(f"{where}: {key}: it is no list")
    return Namespace(sound, namespace.files), carried


def _check_entry(types: Namespace, entry: Spec, where: str, home: Mapping[str, str]) -> None:
    """Refuse an entry of a document that defines no type, or one that is defined already."""
    if not types.types or type_def(entry) is None:
        msg = f"{where}: neurodata_type_def: {entry.get('name')!r} stands among the types and defines none"
        raise SpecificationError(msg)
    for name in types.types:
        if name in home:
            msg = f"{where}: neurodata_type_def: {name!r} is defined here, and in {home[name]} already"
            raise SpecificationError(msg)


def _odd_names_and_values(namespace: Namespace) -> Iterator[str]:
    """Yield what can be carried and means nothing: types are named as classes are, and HDF5 takes a slash for a path.

    A dtype that the language does not have stands for anything, and nobody sees that it is misspelt.
    """
    for entry in namespace.types.values():
        if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", entry.name) is None:
            yield f"{entry}: {entry.key('def')}: {entry.name!r} is no name of a type: letters, digits and _ make one"
        with suppress(SpecificationError):  # what breaks the language is said where the type is translated
            yield from _odd_in_type(entry)


def _odd_in_type(entry: TypeSpec) -> Iterator[str]:
    yield from _odd_values(str(entry), entry.spec)
    waiting = [entry.spec]
    while waiting:
        for kind, member in members(waiting.pop()):
            name = member.get("name")  # one that is no text is refused with its member
            if isinstance(name, str) and ("/" in name or name in (".", "..")):
                yield f"{entry}: {kind}s: name: {name!r} is no name that HDF5 can hold"
            if type_def(member) is None:
                yield from _odd_values(f"{entry}: {kind}s: {name or type_inc(member)!r}", member)
                waiting.append(member)


def _odd_values(where: str, spec: Spec) -> Iterator[str]:
    dtype = spec.get("dtype")
    for field in dtype if isinstance(dtype, list) else [spec]:
        if isinstance(field, dict) and not is_dtype(field.get("dtype")):
            yield f"{where}: dtype: {reprlib.repr(field['dtype'])} is none that the specification language has"
    for key in ("value", "default_value"):
        if not fits(spec.get(key), dtype):
            of = f" of dtype {dtype}" if isinstance(dtype, str) else ""
            yield f"{where}: {key}: {reprlib.repr(spec[key])} is no value{of}"


def _carry(
    namespace: Namespace,
    schemas: dict[str, Schema],
    specs: Mapping[str, Any],
    carried: Mapping[str, dict[str, list[tuple[int, Any]]]],
) -> None:
    """Note in the schemas what `from_linkml` would not find in them."""
    home = {_document(name, schema): schema for name, schema in schemas.items()}
    taken = {LANGUAGE, *(name.lower() for name in schemas)}
    for source in specs:
        if source not in home:  # a document that the namespace does not name
            name = schema_name(source, taken)
            home[source] = schemas[name] = schema_of(namespace, name)
            if name != source:
                schemas[name]["annotations"] = {"document": json.dumps(source)}
    for source, schema in home.items():
        annotations = schema.setdefault("annotations", {})
        if source in carried:
            annotations["carried"] = json.dumps(carried[source])
    made = from_linkml(schemas)
    for source, schema in home.items():
        annotations = schema["annotations"]
        if source == "namespace":
            annotations |= remainder(_header(schema), namespace.header)
        elif source not in specs:
            annotations["missing"] = True
        elif isinstance(specs[source], dict):
            annotations |= remainder(made[source], specs[source])
    for source, document in from_linkml(schemas).items():
        if not equal(document, specs[source]):
            home[source]["annotations"]["content"] = json.dumps(specs[source])
    for schema in schemas.values():
        if not schema["annotations"]:
            del schema["annotations"]


# ---------------------------------------------------------------------------------------- what is not there
def _assumed(known: list[Namespace]) -> list[Namespace]:
    """Return the namespaces that are included and not at hand, with the types that are taken from them."""
    names = {namespace.name for namespace in known}
    missing = {n: v for namespace in known for n, v in namespace.includes if n not in names}
    defined = {name for namespace in known for name in namespace.types}
    wanted: dict[str, Kind] = {}
    for namespace in known:
        for entry in namespace.types.values():
            for name, kind in _mentioned(entry.kind, entry.spec):
                if name not in defined and (kind is not None or name not in wanted):
                    wanted[name] = kind or "group"
    found = []
    for name, version in missing.items():
        document = {key: [{"neurodata_type_def": n} for n, k in wanted.items() if k == kind] for key, kind in _LISTS}
        header = {"name": name, "version": version or ASSUMED, "schema": [{"source": ASSUMED}]}
        found.append(Namespace({"namespace": header, ASSUMED: document}))
        wanted = {}
    return found


def _mentioned(kind: Kind, spec: Spec) -> Iterator[tuple[str, Kind | None]]:
    """Yield the types that a specification names, each with its kind where that can be seen."""
    waiting = [(kind, spec)]
    while waiting:
        kind, spec = waiting.pop()
        waiting += members(spec)
        with suppress(SpecificationError):  # no text: it is refused with its type or member
            if (name := type_inc(spec)) is not None:
                yield name, kind
        dtype = spec.get("dtype")
        fields = [entry.get("dtype") for entry in dtype if isinstance(entry, dict)] if isinstance(dtype, list) else []
        for target in (spec, dtype, *fields):
            if isinstance(target, dict) and isinstance(target.get("target_type"), str):
                yield target["target_type"], None
