"""`SchemaProvider`: (namespace, version) -> a module of classes.

Shipped with the library, else in the cache, else generated now.  What decides is a digest of the
specifications themselves, never a name or a version: a file with a changed core gets the models of its own.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
import threading
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from nwb_models.errors import NotReadableError, ObjectNotFoundError, SpecificationError, UnsafeSourceError
from nwb_models.misspelt import meant
from nwb_models.models.pickling import REDUCERS
from nwb_models.naming import GENERATED, module_name, version_key, version_name
from nwb_models.schema.language import Namespace, Specifications, nesting
from nwb_models.schema.sources import (
    ROOT,
    completed,
    gathered,
    load_linkml,
    shipped_folder,
    shipped_namespaces,
    shipped_schemas,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import ModuleType


_GENERATING = threading.RLock()
"""Held while a module is made: it is in ``sys.modules`` before its classes are, for another thread to find."""


_USABLE: WeakKeyDictionary[Specifications, dict[str, list[ModuleType]]] = WeakKeyDictionary()
"""Namespace -> its module and those of what it includes, where they can be used, for all providers of the same."""


class SchemaProvider:
    """The models of some specifications, any number of namespaces and versions side by side.

    Parameters
    ----------
    namespaces
        The specifications, for example those of a file, or files and folders with them: namespaces of NWB in YAML or
        JSON, or LinkML whose classes are types of NWB.  What they include is added as far as it ships with the
        library; where nothing is given, it is all that ships.
    defaults
        The version of a namespace that is meant where none is named; otherwise the highest one.
    progress
        Called with a line of text when something has to be generated, which takes seconds.

    Examples
    --------
    >>> SchemaProvider().get_class("core", "TimeSeries").neurodata_type
    'TimeSeries'
    """

    def __init__(
        self,
        namespaces: Iterable[Namespace | str | Path] | None = None,
        defaults: Mapping[str, str] | None = None,
        *,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.specifications = None if namespaces is None else completed(namespaces, defaults)
        self._progress = progress
        self._modules: dict[tuple[str, str], ModuleType] = {}
        self._classes: dict[tuple[str | None, str], type[Any] | None] = {}
        self._usable_modules: dict[str, list[ModuleType]] = (
            {} if self.specifications is None else _USABLE.setdefault(self.specifications, {})
        )
        self.problems: dict[tuple[str, str], str] = {}
        """Namespaces that cannot be used, and why; their types count as without specification."""

    @classmethod
    def nearest(
        cls,
        version: str | None,
        namespaces: Iterable[Namespace | str | Path] = (),
        *,
        progress: Callable[[str], None] | None = None,
    ) -> SchemaProvider:
        """Return the provider of some namespaces and of the shipped core nearest to a version.

        That is the first core after it, else the last.
        """
        core = shipped_schemas()["core"]
        later = [v for v in core if version is not None and version_key(v) >= version_key(version)]
        chosen = shipped_namespaces("core", later[0] if later else core[-1])
        names = {entry.name for entry in chosen}
        return cls([*(entry for entry in gathered(namespaces) if entry.name not in names), *chosen], progress=progress)

    @property
    def versions(self) -> dict[str, str]:
        """The version of each namespace that is used where none is named."""
        if self.specifications is not None:
            return self.specifications.versions
        return {name: versions[-1] for name, versions in shipped_schemas().items()}

    def get(self, namespace: str, version: str | None = None) -> ModuleType:
        """Return the module with the classes of a namespace.

        Raises
        ------
        ObjectNotFoundError
            Where there are no specifications of this namespace and version.
        SpecificationError
            Where they break the specification language.
        """
        if self.specifications is None:
            return self._shipped(namespace, version)
        found = self.specifications.get(namespace, version)
        key = found.name, found.version
        if key not in self._modules:
            with _GENERATING, nesting(f"namespace {found.name!r} {found.version}"):
                self.specifications.closure(found)  # says what is missing or goes in a circle
                return self._loaded(found, self.specifications)
        return self._modules[key]

    def get_class(self, namespace: str, neurodata_type: str, version: str | None = None) -> type[Any]:
        """Return the class of a type.

        Raises
        ------
        ObjectNotFoundError
            Where the namespace, or the type in it, is not there.
        """
        module = self.get(namespace, version)
        found = types_of(module).get(neurodata_type)
        if found is None:
            known = ", ".join(sorted(types_of(module)))
            where = f"Namespace {namespace!r} {version or self.versions[namespace]}"
            hint = meant(str(neurodata_type), types_of(module))
            msg = f"{where} has no type {neurodata_type!r}{hint or f'; it has: {known}'}"
            raise ObjectNotFoundError(msg)
        return found

    def find_class(self, namespace: str | None, neurodata_type: str) -> type[Any] | None:
        """Return the class of a type, None where no specification that can be used defines it.

        Where the namespace does not define it, those that it includes are searched: files written before the
        types of the tables moved from core to hdmf-common name the one for the other.
        """
        key = namespace, neurodata_type
        if key not in self._classes:
            names = [namespace] if namespace is not None else list(self.versions)
            tables = (types_of(module) for name in names for module in self._usable(name))
            self._classes[key] = next((table[neurodata_type] for table in tables if neurodata_type in table), None)
        return self._classes[key]

    def types(self) -> dict[str, list[str]]:
        """Return the names of the types of each namespace that models can be made of."""
        usable = {name: self._usable(name) for name in self.versions}
        return {name: sorted(types_of(modules[0])) for name, modules in usable.items() if modules}

    def is_usable(self, name: str) -> bool:
        """Tell whether there are specifications of a namespace, and models can be made of them."""
        return bool(self._usable(name))

    def _usable(self, name: str) -> list[ModuleType]:
        """Return the module of a namespace and of what it includes; none where it cannot be used."""
        if name in self._usable_modules:
            return self._usable_modules[name]
        versions = self.versions
        if name not in versions or (name, versions[name]) in self.problems:
            return []
        try:
            return self._usable_modules.setdefault(name, [self.get(name), *self._included(name)])
        except SpecificationError as error:
            self.problems[name, versions[name]] = str(error)
            return []

    def _included(self, name: str) -> list[ModuleType]:
        if self.specifications is None:
            return [self.get(other) for other in self.versions if other != name]
        closure = self.specifications.closure(self.specifications.get(name))
        return [self.get(other.name, other.version) for other in reversed(closure[:-1])]

    # ------------------------------------------------------------------------------------- modules
    def _shipped(self, namespace: str, version: str | None) -> ModuleType:
        version = version or self.versions.get(namespace, "")
        if version in shipped_versions().get(namespace, ()):
            return import_shipped(namespace, version)
        if (namespace, version) not in self._modules:
            provider = SchemaProvider(shipped_namespaces(namespace, version), progress=self._progress)
            self._modules[namespace, version] = provider.get(namespace, version)
        return self._modules[namespace, version]

    def _module(self, namespace: Namespace, specifications: Specifications) -> ModuleType:
        """Return the module of a namespace: shipped, cached or generated."""
        fingerprint = fingerprint_of(namespace, specifications)
        if fingerprint in shipped_digests():
            return import_shipped(*shipped_digests()[fingerprint])
        digest = _DIGESTS.get(fingerprint) or specifications.digest(namespace)
        if fingerprint:
            _DIGESTS[fingerprint] = digest
        if digest in shipped_digests():
            return import_shipped(*shipped_digests()[digest])
        name = f"{GENERATED}.{module_name(namespace.name)}.{version_name(namespace.version)}_{digest[:16]}"
        if name in sys.modules:
            return sys.modules[name]
        siblings: dict[str, ModuleType] = {}
        for other in specifications.closure(namespace)[:-1]:
            place = f"{module_name(other.name)}.{version_name(other.version)}"
            if place in siblings:
                msg = f"{namespace.name!r} includes two namespaces for the module {place}"
                raise SpecificationError(msg)
            siblings[place] = self._loaded(other, specifications)
        _ORIGINS[name] = namespace, specifications
        return self._made(namespace, specifications, digest, name, siblings)

    def _made(
        self,
        namespace: Namespace,
        specifications: Specifications,
        digest: str,
        name: str,
        siblings: Mapping[str, ModuleType],
    ) -> ModuleType:
        """Return a module that is made in this process, from what the cache has or from the specifications."""
        from nwb_models.schema import cache as source_cache
        from nwb_models.schema.codegen.execute import execute

        kept = source_cache.load(digest)
        if kept is not None:
            try:
                return execute(kept.modules, name, siblings)
            except UnsafeSourceError:
                pass  # not written by the generator: written anew
        from nwb_models.schema.codegen.generator import generate

        if self._progress is not None:
            self._progress(f"Generating the models of {namespace.name} {namespace.version} (once on this machine) ...")
        sources = generate(namespace, specifications, digest)
        package = execute(sources, name, siblings)
        source_cache.store(digest, source_cache.Kept(namespace.name, namespace.version, sources))
        return package

    def _loaded(self, namespace: Namespace, specifications: Specifications) -> ModuleType:
        key = namespace.name, namespace.version
        if key not in self._modules:
            self._modules[key] = self._module(namespace, specifications)
        return self._modules[key]


_ORIGINS: dict[str, tuple[Namespace, Specifications]] = {}
"""Package made in this process -> what it was made from."""
MAX_PACKED = 1 << 28
"""The most bytes of specifications that a class travels with: those of an extension of core are 0.6 MB."""
_DIGESTS: dict[str, str] = {}
"""fingerprint -> digest, of what this process has met: the digest takes ten times as long."""


def _generated_again(cls: type[Any]) -> Any:
    """Return what finds a class that was generated in this process again in another one."""
    package = cls.__module__.rpartition(".")[0]
    is_made_here = package in _ORIGINS and package.startswith(f"{GENERATED}.")
    if not is_made_here or package in _shipped_packages():
        return None
    return generated, (cls.__module__, cls.__qualname__, _packed(package))


@cache
def _packed(package: str) -> bytes:
    """Return all that a package was generated from: of an extension of core, some 50 KB."""
    namespace, specifications = _ORIGINS[package]
    documents = [dict(entry.documents) for entry in specifications.closure(namespace)]
    return zlib.compress(json.dumps(documents).encode())


def generated(module: str, name: str, packed: bytes) -> type[Any]:
    """Return a class by its module and name, generated where it is not there yet.

    Raises
    ------
    NotReadableError
        Where it is none that these specifications make: what was pickled is damaged.
    """
    if module.startswith(f"{GENERATED}.") and module not in sys.modules:
        try:
            documents = json.loads(zlib.decompressobj().decompress(packed, MAX_PACKED))
        except (zlib.error, ValueError, TypeError, RecursionError) as error:
            msg = f"What was pickled is damaged: the specifications of {module}.{name} cannot be read: {error}"
            raise NotReadableError(msg) from None
        namespaces = [Namespace(entry) for entry in documents]
        SchemaProvider(namespaces).get(namespaces[-1].name, namespaces[-1].version)
    found = getattr(sys.modules.get(module), name, None) if module.startswith(f"{GENERATED}.") else None
    if not isinstance(found, type):
        msg = f"What was pickled is damaged: its specifications make no class {module}.{name}"
        raise NotReadableError(msg)
    return found


REDUCERS.append(_generated_again)


def fingerprint_of(namespace: Namespace, specifications: Specifications) -> str:
    """Return the sha256 of the text of a namespace and of all that it includes, "" where it has no text.

    Texts of other formatting have other fingerprints and the same digest.
    """
    parts = [str(getattr(namespace.documents, "fingerprint", ""))]
    parts += [fingerprint_of(other, specifications) for other in specifications.included(namespace)]
    return hashlib.sha256(":".join(parts).encode()).hexdigest() if all(parts) else ""


@cache
def types_of(module: ModuleType) -> dict[str, type[Any]]:
    """Return the classes of a generated package by their neurodata_type."""
    return {
        vars(value)["neurodata_type"]: value
        for value in vars(module).values()
        if isinstance(value, type)
        and value.__module__.startswith(f"{module.__name__}.")
        and "neurodata_type" in vars(value)
    }


@cache
def shipped_index() -> dict[str, Any]:
    """Return the index of what ships with the library, which the generator writes beside it."""
    text = (ROOT.parent / "generated" / "index.json").read_text("utf-8")
    index: dict[str, Any] = json.loads(text)
    return index


def shipped_versions() -> dict[str, dict[str, Any]]:
    """Return the namespaces whose models are shipped, and their versions."""
    versions: dict[str, dict[str, Any]] = shipped_index()["namespaces"]
    return versions


@cache
def shipped_digests() -> dict[str, tuple[str, str]]:
    """Return digest -> (namespace, version) of what ships: as published, and as PyNWB writes it."""
    return {
        digest: (name, version)
        for name, versions in shipped_versions().items()
        for version, entry in versions.items()
        for digest in entry["digests"]
    }


def namespaces_of_classes(classes: Iterable[type[Any]]) -> list[Namespace]:
    """Return the specifications of the packages that models come from, and of all that these include.

    Each namespace comes after those that it includes.

    Raises
    ------
    ObjectNotFoundError
        Where a class comes from a package without specifications.
    """
    packages = dict.fromkeys(cls.__module__.rpartition(".")[0] for cls in classes)
    found: dict[tuple[str, str], Namespace] = {}
    for namespace, specifications in map(_origin, packages):
        for entry in specifications.closure(namespace):
            found.setdefault((entry.name, entry.version), entry)
    return list(found.values())


def is_shipped(cls: type[Any]) -> bool:
    """Tell whether a model comes with the library."""
    return cls.__module__.rpartition(".")[0] in _shipped_packages()


@cache
def _shipped_packages() -> frozenset[str]:
    return frozenset(shipped_package(*place) for place in shipped_digests().values())


def origin_of(cls: type[Any]) -> Namespace:
    """Return the namespace that a model was made from.

    Raises
    ------
    SpecificationError
        Where a class comes from a package without specifications.
    """
    return _origin(cls.__module__.rpartition(".")[0])[0]


def _origin(package: str) -> tuple[Namespace, Specifications]:
    """Return what a package was made from: the LinkML that lies beside it, or is shipped."""
    if package not in _ORIGINS:
        folder = Path(str(sys.modules[package].__file__)).parent
        if package.startswith(f"{GENERATED}."):
            folder = shipped_folder(*package.split(".")[2:])
        namespaces = load_linkml(folder)
        _ORIGINS[package] = namespaces[-1], Specifications(namespaces)
    return _ORIGINS[package]


def import_shipped(namespace: str, version: str) -> ModuleType:
    """Return a module that ships with the library."""
    return importlib.import_module(shipped_package(namespace, version))


def shipped_package(namespace: str, version: str) -> str:
    """Return the name of a package that ships with the library."""
    return f"{GENERATED}.{module_name(namespace)}.{version_name(version)}"
