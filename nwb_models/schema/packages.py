"""Models and their LinkML as a folder of Python packages, one for each namespace and version.

::

    models/ndx_pose/__init__.py              the models of the newest version
    models/ndx_pose/v0_4_0/__init__.py       all models of this version
    models/ndx_pose/v0_4_0/ndx_pose.py       those of one schema file
    models/ndx_pose/v0_4_0/ndx-pose.yaml     and the LinkML that they were made from
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nwb_models.errors import SpecificationError
from nwb_models.naming import module_name, version_key, version_name
from nwb_models.schema.provider import shipped_digests, shipped_package
from nwb_models.schema.shipping import language_file, linkml_files, module_files
from nwb_models.schema.translation.documents import problems_of
from nwb_models.schema.whole import remove_stale, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from nwb_models.schema.language import Namespace, Specifications

MARK = "not to be edited"
"""What every file says that the generator wrote: only those are replaced."""


def sound(given: Iterable[Namespace], specifications: Specifications) -> tuple[list[Namespace], list[str]]:
    """Return the namespaces that models can be made of, and what is wrong with the others.

    Parameters
    ----------
    given
        What models are wanted of.
    specifications
        Where the namespaces that they include are found; they are returned, too, each before those that include it.
    """
    good: dict[Namespace, None] = {}
    problems: dict[str, None] = {}
    for namespace in given:
        try:
            closure = specifications.closure(namespace)
        except SpecificationError as error:
            problems[str(error)] = None
            continue
        found = [problem for entry in closure for problem in problems_of(entry, specifications)]
        problems |= dict.fromkeys(found)
        if not found:
            good |= dict.fromkeys(closure)
    return list(good), list(problems)


def package_files(namespaces: Iterable[Namespace], specifications: Specifications) -> dict[str, str]:
    """Return packages of models as files: ``ndx_pose/v0_4_0/ndx_pose.py`` -> its text.

    Parameters
    ----------
    namespaces
        What to write.  Models that ship with the library are imported from it.
    specifications
        Where the namespaces that they include are found.

    Raises
    ------
    SpecificationError
        Where two namespaces would have the same package.
    """
    namespaces = list(namespaces)
    shipped = {entry: place for entry in namespaces if (place := shipped_digests().get(specifications.digest(entry)))}
    files = {"__init__.py": f'"""Models of NWB namespaces, written by nwb_models: {MARK}."""\n', **language_file()}
    homes: dict[str, list[Namespace]] = {}
    for entry in namespaces:
        home = homes.setdefault(module_name(entry.name), [])
        if any(other.name != entry.name or _version(other) == _version(entry) for other in home):
            msg = f"Namespace {entry.name!r} {entry.version} and another one would both be the package {_place(entry)}"
            raise SpecificationError(msg)
        home.append(entry)
        if entry in shipped:
            what = f"Models of {entry.name} {entry.version}"
            files[f"{_place(entry)}/__init__.py"] = _imports(what, shipped_package(*shipped[entry]))
        else:
            files |= module_files(entry, specifications, shipped) | linkml_files(entry, specifications)
    for module, entries in homes.items():
        newest = max(entries, key=lambda entry: version_key(entry.version))
        what = f"Models of {newest.name}, as of version {newest.version}"
        files[f"{module}/__init__.py"] = _imports(what, f".{_version(newest)}")
    return files


def _is_ours(path: Path) -> bool:
    with path.open(encoding="utf-8", errors="replace") as stream:
        return MARK in " ".join(stream.read(2000).split())


def write_files(files: dict[str, str], folder: Path) -> None:
    """Write files into a folder, each of them whole; nothing else in it is touched.

    Raises
    ------
    FileExistsError
        Where a file that the generator did not write stands in the place of one, before anything is written.
    """
    for name in files:
        path = folder / name
        if path.exists() and not (path.is_file() and _is_ours(path)):
            msg = f"{path} is not a file that the generator wrote, so it is not replaced: choose another folder"
            raise FileExistsError(msg)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / name, text)
    for place in {(folder / name).parent for name in files}:
        remove_stale(place)


def _imports(what: str, origin: str) -> str:
    from nwb_models.schema.codegen.text import docstring

    pragma = "" if origin.startswith(".") else "# pyright: reportWildcardImportFromLibrary=false\n\n"
    return f"{docstring(f'{what}: {MARK}.', 0)}\n\n{pragma}from {origin} import *\n"


def _version(namespace: Namespace) -> str:
    return version_name(namespace.version)


def _place(namespace: Namespace) -> str:
    return f"{module_name(namespace.name)}/{_version(namespace)}"
