"""The NWB specification language: load namespaces, and find what their types include.

A *namespace* in one version is a dict of documents, as a file keeps them below ``/specifications``::

    {"namespace": {"namespaces": [{"name": "core", "version": "2.11.0", "schema": [...]}]},
     "nwb.base": {"groups": [...], "datasets": [...]}, ...}

Sources: the NWB Specification Language 2.0 (https://schema-language.readthedocs.io), both spellings of it
(``neurodata_type_def`` of NWB and ``data_type_def`` of HDMF).  Documents stay as they were read, key for key:
the functions here look at them and never change them.
"""

from __future__ import annotations

import hashlib
import json
import reprlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nwb_models.errors import ObjectNotFoundError, SpecificationError
from nwb_models.naming import version_key
from nwb_models.schema.whole import read_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Spec = dict[str, Any]
Kind = Literal["group", "dataset", "attribute", "link"]

MAX_DEPTH, MAX_ENTRIES = 500, 1_000_000
"""How deep the YAML of a specification may be nested, and how many entries it may have: those of NWB core are at
most 11 levels deep, and have 810 entries."""
MAX_DOCUMENT = 1 << 26
"""The most bytes of a document: those of NWB core have at most 80 kB."""
MAX_TYPES, MAX_ANCESTRY = 20_000, 50
"""How many types a namespace may define, for each of which models take 1.3 ms and 25 kB; and from how many a type may
inherit, one after another, which takes the square of their number.  NWB core has 83 types, at most 7 in a row."""
MEMBER_LISTS: tuple[tuple[str, Kind], ...] = (
    ("attributes", "attribute"),
    ("datasets", "dataset"),
    ("groups", "group"),
    ("links", "link"),
)
"""The lists of members that a specification has, in the order in which members are declared."""

QUANTITIES: dict[Any, tuple[bool, bool]] = {
    None: (True, False),
    1: (True, False),
    "?": (False, False),
    "zero_or_one": (False, False),
    "*": (False, True),
    "zero_or_many": (False, True),
    "+": (True, True),
    "one_or_many": (True, True),
}
"""Each spelling of a quantity as (required, many); any other whole number is required, and many above 1."""


def type_def(spec: Spec) -> str | None:
    """Return the type that a specification defines, in either spelling."""
    return _type_name(spec, "neurodata_type_def", "data_type_def")


def type_inc(spec: Spec) -> str | None:
    """Return the type that a specification includes, in either spelling."""
    return _type_name(spec, "neurodata_type_inc", "data_type_inc")


def _type_name(spec: Spec, *keys: str) -> str | None:
    for key in keys:
        name = spec.get(key)
        if name is not None and not isinstance(name, str):
            msg = f"{key} of {_short(spec.get('name') or spec)} is {_short(name)}, and has to be text"
            raise SpecificationError(msg)
        if name:
            return str(name)
    return None


def quantity(spec: Spec) -> tuple[bool, bool]:
    """Return (required, many) of a member.

    >>> quantity({"quantity": "?"}), quantity({"quantity": "one_or_many"}), quantity({"quantity": 3})
    ((False, False), (True, True), (True, True))
    """
    value = spec.get("quantity")
    try:
        if isinstance(value, str) and value.isdecimal():
            value = int(value)
        return (value > 0, value > 1) if isinstance(value, int) else QUANTITIES[value]
    except (KeyError, TypeError, ValueError):
        allowed = ", ".join(repr(key) for key in QUANTITIES if key is not None)
        msg = f"quantity {value!r} of {spec.get('name') or type_inc(spec)!r} is none of {allowed} or a number"
        raise SpecificationError(msg) from None


def members(spec: Spec) -> Iterator[tuple[Kind, Spec]]:
    """Yield the members of a specification: attributes, datasets, groups and links.

    Raises
    ------
    SpecificationError
        Where something else stands in the place of one.
    """
    for key, kind in MEMBER_LISTS:
        listed = spec.get(key) or []
        if not isinstance(listed, list):
            msg = f"{key} of {spec.get('name') or type_def(spec)!r} is no list: {_short(listed)}"
            raise SpecificationError(msg)
        for member in listed:
            if not isinstance(member, dict):
                where = spec.get("name") or type_def(spec)
                msg = f"{key} of {where!r} holds {_short(member)}, which is no specification of a {kind}"
                raise SpecificationError(msg)
            yield kind, member


def identity(member: Spec) -> tuple[str | None, str | None]:
    """Return what a member is known by: its name, or without one the type that it holds or leads to.

    >>> identity({"name": "data", "neurodata_type_inc": "VectorData"}), identity({"target_type": "Device"})
    (('data', None), (None, 'Device'))
    """
    name = _type_name(member, "name")
    target = _type_name(member, "target_type") or type_def(member) or type_inc(member)
    return name, None if name else target


def _short(value: Any) -> str:
    return reprlib.repr(value)


@contextmanager
def nesting(what: object) -> Iterator[None]:
    """Say what is nested too deeply, where Python gives up on it: specifications come from strangers.

    Raises
    ------
    SpecificationError
        In the place of a ``RecursionError``.
    """
    try:
        yield
    except RecursionError:
        msg = f"The specifications of {what} are nested too deeply"
        raise SpecificationError(msg) from None


@dataclass(frozen=True)
class TypeSpec:
    """One neurodata_type: what defines it, and where."""

    name: str
    """The neurodata_type."""
    kind: Kind
    """``group`` or ``dataset``."""
    spec: Spec
    """The specification, as it was read."""
    namespace: Namespace = field(repr=False)
    source: str = ""
    """The document that holds it, e.g. ``nwb.base``."""

    def __str__(self) -> str:
        """Return where the type is defined, as errors say it."""
        return f"{self.namespace.name}.{self.name} (in {self.namespace.place(self.source)})"

    def key(self, part: str) -> str:
        """Return how the specification spells a key: ``neurodata_type_inc`` or ``data_type_inc`` for ``inc``."""
        return f"data_type_{part}" if f"data_type_{part}" in self.spec else f"neurodata_type_{part}"


@dataclass(frozen=True, eq=False)
class Namespace:
    """One namespace in one version.

    Parameters
    ----------
    documents
        ``{"namespace": ..., source: ...}``, see the text of this module.  The document ``namespace`` may be
        the namespace itself or a list of one.
    files
        Where the documents were read from, as far as that is known: errors name it.

    Raises
    ------
    SpecificationError
        Where a document is missing or is not what it should be.
    """

    documents: Mapping[str, Spec]
    files: Mapping[str, Path] = field(default_factory=dict, repr=False)

    def place(self, source: str) -> str:
        """Return where a document is: its file, or its name where it comes from no file of its own."""
        return str(self.files.get(source, source))

    @cached_property
    def header(self) -> Spec:
        """The entry of the namespace: name, version, doc, author, schema ..."""
        header = self.documents.get("namespace")
        if isinstance(header, dict) and isinstance(header.get("namespaces"), list) and header["namespaces"]:
            header = header["namespaces"][0]
        if not isinstance(header, dict) or not isinstance(header.get("name"), str):
            msg = "The document 'namespace' names no namespace: it needs a 'name', a 'version' and a 'schema'"
            raise SpecificationError(msg)
        return header

    @property
    def name(self) -> str:
        """The name of the namespace, e.g. ``hdmf-common``."""
        return str(self.header["name"])

    @property
    def version(self) -> str:
        """The version of the namespace, as it is written."""
        return str(self.header.get("version", ""))

    @cached_property
    def includes(self) -> tuple[tuple[str, str | None], ...]:
        """The namespaces that this one includes, each with its version where one is asked for."""
        found = [
            (str(entry["namespace"]), str(entry["version"]) if entry.get("version") else None)
            for entry in self._schema()
            if "namespace" in entry
        ]
        return tuple(dict.fromkeys(found))  # an entry for some types of it, another for others

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The documents that define types, in their order."""
        names = dict.fromkeys(map(source_name, self.source_files))
        return tuple(name for name in names if name != "namespace")  # this document is the one that names them

    @property
    def source_files(self) -> list[str]:
        """The files of these documents, as the namespace names them."""
        return [str(entry["source"]) for entry in self._schema() if "source" in entry]

    @cached_property
    def types(self) -> dict[str, TypeSpec]:
        """Every type that the namespace defines, those inside other types included, in order."""
        found: dict[str, TypeSpec] = {}
        for source in self.sources:
            document = self.documents.get(source)
            if not isinstance(document, dict):
                where = f"Namespace {self.name!r} {self.version}"
                msg = f"{where} has no document {source!r}, which its schema names"
                raise SpecificationError(msg)
            try:
                for kind, spec in members(document):
                    self._collect(kind, spec, source, found)
            except SpecificationError as error:
                msg = f"Namespace {self.name!r} {self.version}, {self.place(source)}: {error}"
                raise SpecificationError(msg) from None
        if len(found) > MAX_TYPES:
            msg = f"Namespace {self.name!r} {self.version} defines {len(found)} types, and {MAX_TYPES} are the limit"
            raise SpecificationError(msg)
        return found

    def _schema(self) -> list[Spec]:
        schema = self.header.get("schema")
        if not isinstance(schema, list) or not all(isinstance(entry, dict) for entry in schema):
            msg = f"Namespace {self.name!r} has no list 'schema' of sources and namespaces"
            raise SpecificationError(msg)
        return schema

    def _collect(self, kind: Kind, spec: Spec, source: str, found: dict[str, TypeSpec]) -> None:
        """Note the type that `spec` defines, after those defined inside it."""
        pending = [(kind, spec)]
        defined = []
        while pending:
            kind, spec = pending.pop()
            name = type_def(spec)
            if name is not None and kind in ("group", "dataset"):
                defined.append(TypeSpec(name, kind, spec, self, source))
            pending += members(spec)
        for entry in reversed(defined):
            if entry.name in found:
                other = self.place(found[entry.name].source)
                msg = f"{entry.key('def')}: {entry.name!r} is defined here, and in {other} already"
                raise SpecificationError(msg)
            found[entry.name] = entry


class Specifications:
    """Any number of namespaces, in any number of versions, and how they include each other.

    Parameters
    ----------
    namespaces
        What is known.  A namespace that another one includes is looked up among these.
    defaults
        The version of a namespace that is meant where none is named: the highest one otherwise.
    """

    def __init__(self, namespaces: Iterable[Namespace], defaults: Mapping[str, str] | None = None) -> None:
        self._versions: dict[str, dict[str, Namespace]] = {}
        for namespace in namespaces:
            self._versions.setdefault(namespace.name, {})[namespace.version] = namespace
        self.defaults = dict(defaults or {})
        self._digests: dict[Namespace, str] = {}

    def __iter__(self) -> Iterator[Namespace]:
        """Yield every namespace in every version."""
        for versions in self._versions.values():
            yield from versions.values()

    @property
    def versions(self) -> dict[str, str]:
        """The version of each namespace that is used where none is named."""
        return {name: self.get(name).version for name in self._versions}

    def get(self, name: str, version: str | None = None) -> Namespace:
        """Return a namespace.

        Raises
        ------
        ObjectNotFoundError
            Where there is none of this name and version.
        """
        versions = self._versions.get(name, {})
        version = version or self.defaults.get(name)
        if version is None and versions:
            version = max(versions, key=version_key) if len(versions) > 1 else next(iter(versions))
        if version not in versions:
            known = ", ".join(f"{n.name} {n.version}" for n in self) or "none"
            wanted = f"{name!r} {version}" if version else repr(name)
            msg = f"No specifications of namespace {wanted}; there are: {known}"
            raise ObjectNotFoundError(msg)
        return versions[version]

    def included(self, namespace: Namespace) -> list[Namespace]:
        """Return the namespaces that `namespace` includes, in its order.

        Raises
        ------
        SpecificationError
            Where one of them is not there.
        """
        found = []
        for name, version in namespace.includes:
            wanted = version if version in self._versions.get(name, {}) else None
            try:
                found.append(self.get(name, wanted))
            except ObjectNotFoundError as error:
                where = f"Namespace {namespace.name!r} {namespace.version} (in {namespace.place('namespace')})"
                msg = f"{where}: schema: namespace {name!r} is included, and is not given with it: {error}"
                raise SpecificationError(msg) from None
        return found

    def closure(self, namespace: Namespace) -> list[Namespace]:
        """Return `namespace` and all that it includes, each after what it includes itself.

        Raises
        ------
        SpecificationError
            Where namespaces include each other in a circle.
        """
        done: dict[Namespace, None] = {}

        def visit(current: Namespace, above: tuple[Namespace, ...]) -> None:
            if current in above:
                circle = " -> ".join(entry.name for entry in (*above, current))
                msg = f"Namespaces include each other in a circle: {circle}"
                raise SpecificationError(msg)
            if current not in done:
                for other in self.included(current):
                    visit(other, (*above, current))
                done[current] = None

        visit(namespace, ())
        return list(done)

    def digest(self, namespace: Namespace) -> str:
        """Return the sha256 of the documents of a namespace and of the digests of what it includes.

        Of its header only name, version and sources count: authors and titles make no other models.
        """
        if namespace not in self._digests:
            documents = [(source, namespace.documents.get(source)) for source in namespace.sources]
            included = [self.digest(other) for other in self.included(namespace)]
            text = json.dumps([namespace.name, namespace.version, documents, included], sort_keys=True, default=str)
            self._digests[namespace] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return self._digests[namespace]

    def find_type(self, namespace: Namespace, name: str) -> TypeSpec | None:
        """Return the type that `name` means inside `namespace`: its own, or that of what it includes."""
        if name in namespace.types:
            return namespace.types[name]
        for other in reversed(self.closure(namespace)):
            if name in other.types:
                return other.types[name]
        return None

    def parent(self, entry: TypeSpec) -> TypeSpec | None:
        """Return the type that a type includes, None at the top.

        Raises
        ------
        SpecificationError
            Where it includes a type that is not there, or one of the other kind.
        """
        name = type_inc(entry.spec)
        if name is None:
            return None
        found = self.find_type(entry.namespace, name)
        if found is None:
            where = "neither its namespace nor those it includes define"
            msg = f"{entry}: {entry.key('inc')}: {name!r} is a type that {where}"
            raise SpecificationError(msg)
        if found.kind != entry.kind:
            msg = f"{entry}: {entry.key('inc')}: this is a {entry.kind}, and {found} is a {found.kind}"
            raise SpecificationError(msg)
        return found

    def ancestry(self, entry: TypeSpec) -> list[TypeSpec]:
        """Return the type and all that it inherits from, nearest first.

        Raises
        ------
        SpecificationError
            Where types include each other in a circle, or too many one after another.
        """
        chain = [entry]
        while (above := self.parent(chain[-1])) is not None:
            if above in chain:
                circle = chain[chain.index(above) :]
                first = circle.index(min(circle, key=lambda item: item.name))  # the same error for each of them
                circle = [*circle[first:], *circle[: first + 1]]
                names = " -> ".join(item.name for item in circle)
                msg = f"{circle[0]}: {entry.key('inc')}: types include each other in a circle: {names}"
                raise SpecificationError(msg)
            chain.append(above)
            if len(chain) > MAX_ANCESTRY:
                msg = f"{entry}: {entry.key('inc')}: it inherits from more than {MAX_ANCESTRY} types, one after another"
                raise SpecificationError(msg)
        return chain

    def resolved_members(self, entry: TypeSpec) -> list[tuple[Kind, Spec, TypeSpec]]:
        """Return every member of a type, inherited ones included: what is declared nearest wins.

        Two declarations are of one member when they have the same kind and name, or, without a name, the same
        type.
        """
        found: dict[tuple[Kind, str | None, str | None], tuple[Kind, Spec, TypeSpec]] = {}
        for level in reversed(self.ancestry(entry)):
            for kind, member in members(level.spec):
                found[kind, *identity(member)] = (kind, member, level)
        return list(found.values())


def source_name(source: str) -> str:
    """Return the name of a document: that of its file without its ending."""
    return Path(source).name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".json")


def namespaces_of(specs: Mapping[str, Mapping[str, Mapping[str, Spec]]]) -> list[Namespace]:
    """Return the namespaces of ``{name: {version: documents}}``, which `read_specs_as_dicts` gives."""
    return [Namespace(documents) for versions in specs.values() for documents in versions.values()]


def load_namespaces(path: str | Path, within: Path | None = None) -> list[Namespace]:
    """Load the namespaces of a namespace file and the schema files that it names.

    Parameters
    ----------
    path
        A ``*.namespace.yaml``, or JSON; its sources are looked for beside it.
    within
        The folder that the sources have to lie in: that of the file where none is given.

    Raises
    ------
    SpecificationError
        Where a file is missing, is neither YAML nor JSON, or names no namespace.
    """
    path = Path(path)
    entries = load_document(path).get("namespaces")
    if not isinstance(entries, list) or not entries:
        msg = f"{path} has no list 'namespaces': is it a namespace file?"
        raise SpecificationError(msg)
    return [_load_namespace(path, entry, within or path.parent) for entry in entries]


def _load_namespace(path: Path, entry: Any, within: Path) -> Namespace:
    """Return a namespace with the documents of its sources."""
    documents: dict[str, Spec] = {"namespace": {"namespaces": [entry]}}
    places = {"namespace": path}
    namespace = Namespace(documents, places)
    try:
        files = dict.fromkeys(namespace.source_files)
    except SpecificationError as error:
        msg = f"{path}: {error}"
        raise SpecificationError(msg) from None
    for source in files:
        if source_name(source) in documents:
            name = source_name(source)
            msg = f"{path} names the source {source!r}, and another document has the name {name!r}"
            raise SpecificationError(msg)
        places[source_name(source)] = file = _beside(path, source, within)
        if not file.exists():
            msg = f"{path} names the source {source!r}, which cannot be read: there is no file {file}"
            raise SpecificationError(msg)
        documents[source_name(source)] = load_document(file)
    return namespace


def _beside(path: Path, source: str, within: Path) -> Path:
    """Return the file of a source, which has to lie in a folder or below it."""
    target = path.parent / source
    try:
        inside = target.resolve().is_relative_to(within.resolve())
    except (OSError, ValueError, RuntimeError):  # a null byte in its name, a link that leads to itself
        inside = False
    if not inside:
        msg = f"{path} names the source {source!r}, which lies outside of the folder {within}"
        raise SpecificationError(msg)
    endings = (".yaml", ".yml", ".json")
    candidates = [target, *(target.with_name(target.name + ending) for ending in endings if target.name)]
    return next((candidate for candidate in candidates if candidate.is_file()), target)


def load_document(path: Path) -> Spec:
    """Return the document in a YAML or JSON file, as JSON has it: what is stored in files is JSON.

    Raises
    ------
    SpecificationError
        Where it cannot be read, or is no mapping.
    """
    import yaml

    try:
        text = read_whole(path, MAX_DOCUMENT).decode("utf-8").replace("\r\n", "\n")
        if path.suffix != ".json":
            require_modest(text)
        loaded = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_loader())  # noqa: S506
        loaded = json.loads(json.dumps(loaded))
    except OSError as error:
        msg = f"The specification {path} cannot be read: {error.strerror or error}"
        raise SpecificationError(msg) from None
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        msg = f"The specification {path} is not valid: {error}"
        raise SpecificationError(msg) from None
    if not isinstance(loaded, dict):
        msg = f"The specification {path} holds no mapping of keys to values"
        raise SpecificationError(msg)
    return loaded


def require_modest(text: str, entries: int = MAX_ENTRIES) -> None:
    """Refuse YAML that is nested so deeply that its loader crashes, or becomes huge where its aliases are written out.

    Raises
    ------
    ValueError
        Where it is.
    """
    import yaml

    sizes: dict[str, int] = {}
    open_ones: list[tuple[str | None, int]] = [(None, 0)]
    for event in yaml.parse(text, Loader=_loader()):
        if isinstance(event, yaml.CollectionStartEvent):
            open_ones.append((event.anchor, 1))
            if len(open_ones) > MAX_DEPTH:
                msg = f"it is nested more than {MAX_DEPTH} levels deep"
                raise ValueError(msg)
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_ones.pop()
        elif isinstance(event, yaml.NodeEvent):
            anchor, size = event.anchor, 1
            if isinstance(event, yaml.AliasEvent):
                anchor, size = None, sizes.get(event.anchor or "", 1)
        else:
            continue
        if anchor is not None:
            sizes[anchor] = size
        open_ones[-1] = (open_ones[-1][0], open_ones[-1][1] + size)
        if open_ones[-1][1] > entries:
            msg = f"it has more than {entries} entries, those counted again to which aliases lead"
            raise ValueError(msg)


@cache
def _loader() -> Any:
    """Return YAML's safe loader, in C where PyYAML has it (ten times faster), with the types that JSON has.

    A date stays text: a version ``2024-01-01`` is no day, and JSON has none.
    """
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    resolvers = {
        first: [(tag, pattern) for tag, pattern in known if tag != "tag:yaml.org,2002:timestamp"]
        for first, known in base.yaml_implicit_resolvers.items()
    }
    return type("Loader", (base,), {"yaml_implicit_resolvers": resolvers})
