"""Where specifications come from: LinkML schemas that ship with the library or lie in a folder, and YAML of NWB."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nwb_models.errors import ObjectNotFoundError, SpecificationError
from nwb_models.misspelt import meant
from nwb_models.naming import module_name, version_key, version_name
from nwb_models.schema import translation
from nwb_models.schema.language import Namespace, Specifications, load_document, load_namespaces, nesting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nwb_models.schema.language import Spec, TypeSpec

ROOT = Path(__file__).parents[1] / "schemas"
ENDINGS = (".yaml", ".yml", ".json")
MAIN = "namespace"
"""The schema of a folder that imports the others."""


# ---------------------------------------------------------------------------------------- what ships
@cache
def shipped_schemas() -> dict[str, list[str]]:
    """Return the namespaces that ship as LinkML, each with its versions, the newest last."""
    text = (ROOT / "index.json").read_text("utf-8")
    found: dict[str, list[str]] = json.loads(text)
    return {name: sorted(versions, key=version_key) for name, versions in found.items()}


def shipped_folder(*place: str) -> Path:
    """Return the folder of all LinkML schemas that ship, or one below it: ``"hdmf_common", "v1_8_0"``."""
    return ROOT.joinpath(*place)


def shipped_namespaces(namespace: str, version: str) -> list[Namespace]:
    """Return a namespace that ships, after those that it includes.

    Raises
    ------
    ObjectNotFoundError
        Where it does not ship in this version.
    """
    if version not in shipped_schemas().get(namespace, ()):
        known = ", ".join(f"{name} {' '.join(versions)}" for name, versions in shipped_schemas().items())
        what = f"{namespace!r} {version}".rstrip()
        hint = "" if namespace in shipped_schemas() else meant(str(namespace), shipped_schemas())
        msg = f"No schema of namespace {what} is shipped{hint}; there are: {known}"
        raise ObjectNotFoundError(msg)
    return load_linkml(shipped_folder(module_name(namespace), version_name(version)))


def completed(sources: Iterable[Namespace | str | Path], defaults: Mapping[str, str] | None = None) -> Specifications:
    """Return namespaces together with those that they include and that ship.

    Parameters
    ----------
    sources
        Namespaces, or what `load` takes.
    defaults
        The version of a namespace that is meant where none is named: the highest one otherwise.

    Notes
    -----
    Of a namespace that is included, the version is taken that is asked for, or that was published together with the
    one that includes it; where that does not ship, the newest.
    """
    return _completed(tuple(gathered(sources)), tuple((defaults or {}).items()))


@lru_cache(maxsize=100)
def _completed(given: tuple[Namespace, ...], defaults: tuple[tuple[str, str], ...]) -> Specifications:
    """Return the specifications that the same namespaces had before, as those of most files are: see `completed`."""
    known = {(entry.name, entry.version): entry for entry in given}
    waiting = list(known.values())
    while waiting:
        namespace = waiting.pop()
        for name, version in _includes(namespace):
            if name in shipped_schemas() and not any(name == other for other, _ in known):
                found = shipped_namespaces(name, _matching(namespace, name, version))
                waiting += found
                known |= {(entry.name, entry.version): entry for entry in found}
    return Specifications(known.values(), dict(defaults))


def listed(sources: Any) -> list[Namespace | str | Path]:
    """Return what schemas are taken from as a list; one alone stands for itself.

    Raises
    ------
    TypeError
        Where it is nothing of the kind.
    """
    found = (
        [sources] if isinstance(sources, str | Path | Namespace) or not isinstance(sources, Iterable) else [*sources]
    )
    for source in found:
        if not isinstance(source, str | Path | Namespace):
            msg = f"schemas come from files, such as a *.namespace.yaml, or folders, and not from {source!r:.60}"
            raise TypeError(msg)
    return found


def gathered(sources: Iterable[Namespace | str | Path]) -> list[Namespace]:
    """Return namespaces, and those in the files and folders among them: each may build on those before it."""
    found: list[Namespace] = []
    for source in listed(sources):
        found = joined(found, [source] if isinstance(source, Namespace) else load(source, found))
    return found


def _includes(namespace: Namespace) -> tuple[tuple[str, str | None], ...]:
    """Return what a namespace includes; nothing where it does not say so properly, which is found when it is used."""
    try:
        return namespace.includes
    except SpecificationError:
        return ()


def _matching(namespace: Namespace, included: str, version: str | None) -> str:
    """Return the version of a namespace that goes with the one that includes it."""
    versions = shipped_schemas()[included]
    if version in versions:
        return str(version)
    if namespace.version in shipped_schemas().get(namespace.name, ()):
        together = shipped_namespaces(namespace.name, namespace.version)
        return next((entry.version for entry in together if entry.name == included), versions[-1])
    return versions[-1]


# ---------------------------------------------------------------------------------------- what a user has
def load(path: str | Path, known: Iterable[Namespace] = ()) -> list[Namespace]:
    """Return the namespaces that a file or a folder defines, and those beside it that its LinkML imports.

    Parameters
    ----------
    path
        A namespace file of the NWB specification language (YAML or JSON), a LinkML schema, or a folder with any
        number of these, at any depth.  Sources lie beside their namespace, or anywhere in the folder.
    known
        What LinkML may import by name, too.

    Raises
    ------
    SpecificationError
        Where there is no namespace, or one cannot be read.
    """
    path = Path(path)
    if not path.is_dir():
        return _load_file(path, load_document(path), path.parent, known)
    defining = _defining(path)
    if not defining:
        msg = f"{path} has no namespace file (*.namespace.yaml) and no LinkML schema with a version"
        raise SpecificationError(msg)
    found: list[Namespace] = []
    for file, document in defining:
        found = joined(found, _load_file(file, document, path, [*known, *found]))
    return found


def joined(found: Iterable[Namespace], more: Iterable[Namespace]) -> list[Namespace]:
    """Return namespaces and more of them, without those that are there already, word for word."""
    together = list(found)
    for entry in more:
        # what differs in name or version is not compared, which would parse all of it
        same = (other for other in together if (other.name, other.version) == (entry.name, entry.version))
        if not any(other.documents == entry.documents for other in same):
            together.append(entry)
    return together


def _load_file(
    path: Path, document: Spec, within: Path, known: Iterable[Namespace] = (), below: tuple[Path, ...] = ()
) -> list[Namespace]:
    if "namespaces" in document:
        return load_namespaces(path, within)
    if "name" not in document or not ({"classes", "imports", "id"} & set(document)):
        msg = f"{path} has neither 'namespaces', as a namespace file, nor 'name' and 'classes', as a LinkML schema"
        raise SpecificationError(msg)
    if not translation.is_handwritten(document):
        *included, namespace = load_linkml(path.parent)
        return [*_unshipped(included), namespace]
    return _load_handwritten(path, document, known, below)


def _unshipped(namespaces: Iterable[Namespace]) -> list[Namespace]:
    return [entry for entry in namespaces if entry.version not in shipped_schemas().get(entry.name, ())]


def _defining(folder: Path) -> list[tuple[Path, Spec]]:
    """Return the files of a folder that define a namespace, and are not a part of one, with what is in them.

    LinkML that a person wrote comes last: what it imports by name is there before it is.
    """
    files = [file for file in sorted(folder.rglob("*")) if file.suffix in ENDINGS]
    found = {file: load_document(file) for file in files if file.stem.endswith(MAIN)}
    translated = {
        file.parent for file in found if file.name == f"{MAIN}.yaml" and not translation.is_handwritten(found[file])
    }
    for file in files:
        if file not in found and file.parent not in translated:  # otherwise a document of that namespace
            with suppress(SpecificationError):
                document = load_document(file)
                if {"classes", "name", "version"} <= document.keys() and translation.is_handwritten(document):
                    found[file] = document
    return sorted(
        found.items(), key=lambda item: ("namespaces" not in item[1] and translation.is_handwritten(item[1]), item[0])
    )


# ---------------------------------------------------------------------------------------- LinkML
def _load_handwritten(
    path: Path, main: dict[str, Any], known: Iterable[Namespace], below: tuple[Path, ...]
) -> list[Namespace]:
    """Return the namespace that a LinkML schema is, which a person wrote, after those beside it that it imports."""
    _refuse_circle(path, below)
    if not isinstance(main.get("imports") or [], list):
        msg = f"{path}: the schema: imports: {main['imports']!r} is not a list"
        raise SpecificationError(msg)
    parts: dict[str, dict[str, Any]] = {}
    files = {str(main["name"]): path, MAIN: path}
    included: list[dict[str, Any]] = []
    types: dict[str, TypeSpec] = {}
    others: list[Namespace] = []
    waiting = [(path, entry) for entry in main.get("imports") or ()]
    while waiting:
        file, entry = waiting.pop(0)
        beside = file.parent / f"{entry}.yaml"
        if beside == path:
            continue
        if beside.is_file() and "version" not in (part := load_document(beside)) and translation.is_handwritten(part):
            if str(part.get("name", entry)) not in parts:
                parts[str(part.get("name", entry))] = part
                files[str(part.get("name", entry))] = beside
                waiting += [(beside, other) for other in part.get("imports") or ()]
        elif not str(entry).startswith("linkml:"):
            namespaces, version = _namespace_of(str(entry), file, [*known, *others], (*below, path))
            wanted = {"namespace": namespaces[-1].name, **({"version": version} if version else {})}
            others = joined(others, _unshipped(namespaces))
            included += [wanted] if wanted not in included else []
            types |= {name: found for namespace in namespaces for name, found in namespace.types.items()}
    try:
        with nesting(main["name"]):
            documents = translation.from_linkml(translation.normalized(main, parts, included, types.get))
    except SpecificationError as error:
        msg = f"{path}: {error}"
        raise SpecificationError(msg) from None
    return [*others, Namespace(documents, files)]


def _refuse_circle(path: Path, below: tuple[Path, ...]) -> None:
    if path in below:
        msg = f"{path}: imports go in a circle: {' -> '.join(map(str, [*below[below.index(path) :], path]))}"
        raise SpecificationError(msg)


def _namespace_of(
    imported: str, file: Path, known: Iterable[Namespace], below: tuple[Path, ...]
) -> tuple[list[Namespace], str | None]:
    """Return the namespace that an import of LinkML means, after what it includes, and the version that it names."""
    parts = imported.rpartition(":")[2].removesuffix(f"/{MAIN}").split("/")
    for name, versions in shipped_schemas().items():
        names = {name, module_name(name)}
        if parts[-1] in names:
            return shipped_namespaces(name, versions[-1]), None
        if len(parts) > 1 and parts[-2] in names:
            for version in versions:
                if parts[-1] in (version, version_name(version)):
                    return shipped_namespaces(name, version), version
    beside = (file.parent / imported).parent
    if (beside / f"{MAIN}.yaml").is_file():
        found = load_linkml(beside)
        return found, found[-1].version
    given = list(known)
    if not any(entry.name == imported for entry in given):
        another = [file.parent / f"{imported}{ending}" for ending in (".yaml", f".{MAIN}.yaml")]
        loaded = [
            _load_file(near, load_document(near), near.parent, given, below) for near in another if near.is_file()
        ]
        given = joined(given, itertools.chain(*loaded))
    if any(entry.name == imported for entry in given):
        specifications = completed(given)
        return specifications.closure(specifications.get(imported)), None
    there = ", ".join(dict.fromkeys([*shipped_schemas(), *(entry.name for entry in given)]))
    msg = (
        f"{file}: imports: there is no file {imported}.yaml or {imported}.{MAIN}.yaml beside it, "
        f"and no namespace of this name ships or is given before it: {there}"
    )
    raise SpecificationError(msg)


def load_linkml(folder: Path, below: tuple[Path, ...] = ()) -> list[Namespace]:
    """Return the namespace whose LinkML schemas lie in a folder, after those that it includes.

    What it imports is looked for where the imports lead to, else among what ships.

    Parameters
    ----------
    folder
        The folder with the schemas.
    below
        The folders whose schemas import this one.

    Raises
    ------
    SpecificationError
        Where a schema is missing or is no LinkML of a namespace, or imports go in a circle.
    """
    folder = folder.resolve()
    _refuse_circle(folder, below)
    return list(_load_shipped(folder) if folder.is_relative_to(ROOT.resolve()) else _load_linkml(folder, below))


@cache
def _load_shipped(folder: Path) -> tuple[Namespace, ...]:
    """Return what a folder that ships holds, which does not change; what lies in that of a user may."""
    return _load_linkml(folder)


def _load_linkml(folder: Path, below: tuple[Path, ...] = ()) -> tuple[Namespace, ...]:
    schemas = {path.stem: load_document(path) for path in sorted(folder.glob("*.yaml"))}
    if MAIN not in schemas:
        msg = f"{folder} has no {MAIN}.yaml, the LinkML schema that imports the others"
        raise SpecificationError(msg)
    try:
        places = _imported(schemas[MAIN], folder)
        namespace = Namespace(translation.from_linkml(schemas))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        msg = f"{folder}: this LinkML was changed so that it gives no specifications any more: {error!r}"
        raise SpecificationError(msg) from error
    found = {(entry.name, entry.version): entry for place in places for entry in load_linkml(place, (*below, folder))}
    return (*found.values(), namespace)


def _imported(schema: dict[str, Any], folder: Path) -> list[Path]:
    """Return the folders of the namespaces that a schema imports."""
    places = [Path(entry).parent for entry in schema.get("imports", ()) if Path(entry).name == MAIN]
    beside = [(folder / place, shipped_folder(*place.parts[-2:])) for place in places]
    return [(near if near.is_dir() else shipped).resolve() for near, shipped in beside if near.resolve() != folder]
