"""The command ``nwb-models generate``: models as Python packages, from whatever holds specifications."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nwb_models.errors import NotWritableError, SpecificationError
from nwb_models.naming import identifier
from nwb_models.views.progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nwb_models.schema.language import Namespace, Specifications


def generate(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE...", help="NWB files, namespace YAML, LinkML schemas, or folders of these."),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the packages are written.")
    ] = Path("models"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 where a file is not what would be written.")
    ] = False,
) -> None:
    """Write the models of a file or a schema as Python packages.

    Without SOURCE, --check looks at the schemas and models that come with this library.
    """
    from nwb_models.schema.packages import package_files, sound
    from nwb_models.schema.sources import completed

    if not sources:
        _check_shipped(asked=check)
        return
    given = namespaces_of(sources)
    specifications = completed(given)
    namespaces, problems = sound(given, specifications)
    for problem in problems:
        _print_error(problem)
    if not namespaces:
        raise typer.Exit(2)
    with progress("Generating", of="namespaces"):
        files = package_files(namespaces, specifications)
    if check:
        _report(name for name, text in files.items() if _differs(output / name, text))
    else:
        _write(files, output)
        for entry in namespaces:
            print(f"{entry.name} {entry.version}: {len(entry.types)} types")
        print(f"written to {output}")
    if problems:
        raise typer.Exit(1)


def stubs(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The NWB file.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="MODULE.py", help="What is written.", show_default=False)
    ] = None,
) -> None:
    """Write the tables of a file with their own columns as classes, for editors and type checkers."""
    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.stubs import Stubs
    from nwb_models.schema.packages import package_files

    output = output or Path(f"{identifier(file.stem, fallback='file')}_models.py")
    if not output.stem.isidentifier():
        msg = f"{output} is no module that Python can import: letters, digits and _ make its name"
        raise NotWritableError(msg)
    packages = f"{output.stem}_schemas"
    with HDF5IO(file) as io:
        made = Stubs(io.read(), str(file), packages)
        source = made.source()
        specifications = io.provider.specifications
    if made.namespaces and specifications is not None:
        used = [specifications.get(entry.name, entry.version) for entry in made.namespaces]
        needed = dict.fromkeys(entry for namespace in used for entry in specifications.closure(namespace))
        _write(package_files(needed, specifications), output.parent / packages)
        print(f"{output.parent / packages}: the models that do not come with nwb_models")
    _write({output.name: source}, output.parent)
    print(f"{output}: {len(made.tables)} tables; in Python: from {output.stem} import read")


def namespaces_of(sources: Iterable[str]) -> list[Namespace]:
    """Return the namespaces in NWB files, namespace files, LinkML schemas and folders of these.

    Raises
    ------
    SpecificationError
        Where there are none, or where two sources have another namespace each of one name and version.
    """
    from nwb_models.schema.sources import completed, load

    found: dict[tuple[str, str], tuple[Namespace, Specifications, object]] = {}
    for source in sources:
        known = [entry for entry, _, _ in found.values()]
        specifications = stored_specifications(source)
        if specifications is not None:
            given = list(specifications)
        elif Path(source).exists():
            given = load(source, known)
            specifications = completed([*known, *given])
        else:
            msg = f"{source}: there is no such file or folder"
            raise SpecificationError(msg)
        for entry in given:
            here = entry, specifications, entry.files.get("namespace", source)
            there = found.setdefault((entry.name, entry.version), here)
            if entry is not there[0] and _models_of(*here[:2]) != _models_of(*there[:2]):
                where = f"in {there[2]} is not that in {here[2]}, or includes other versions"
                msg = f"Namespace {entry.name!r} {entry.version} {where}: give one of them"
                raise SpecificationError(msg)
    return [entry for entry, _, _ in found.values()]


def _models_of(namespace: Namespace, specifications: Specifications) -> object:
    """Return what the models of a namespace are known by, in whatever words it is written."""
    from nwb_models.schema.provider import shipped_digests

    digest = specifications.digest(namespace)
    return shipped_digests().get(digest, digest)


def stored_specifications(source: str) -> Specifications | None:
    """Return the specifications in an NWB file and what they include, None where the source is something else."""
    import h5py

    from nwb_models.io.hdf5 import HDF5IO

    if not (Path(source).is_file() and h5py.is_hdf5(source)):
        return None
    with HDF5IO(source) as io:
        return io.provider.specifications


def _write(files: dict[str, str], folder: Path) -> None:
    """Write files into a folder; what is in the way is named."""
    from nwb_models.schema.packages import write_files

    if folder.exists() and not folder.is_dir():
        msg = f"{folder} is a file: packages go into a folder"
        raise NotWritableError(msg)
    try:
        write_files(files, folder)
    except FileExistsError as error:
        raise NotWritableError(str(error)) from None


def _check_shipped(*, asked: bool) -> None:
    from nwb_models.schema.shipping import differences

    if not asked:
        msg = "SOURCE is missing: what are the models to be made of?"
        raise typer.BadParameter(msg)
    with progress("Generating", of="namespaces"):
        found = differences()
    _report(found)


def _report(different: Iterable[str]) -> None:
    found = list(different)
    for name in found:
        _print_error(f"{name} is not what the generator writes")
    if found:
        raise typer.Exit(1)
    print("all files are what the generator writes")


def _differs(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_text("utf-8") != text


def _print_error(text: str) -> None:
    from nwb_models.cli import complain

    complain("error", text)
