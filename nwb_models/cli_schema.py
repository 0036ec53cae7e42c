"""The commands ``nwb-models schema ...``: look at schemas, and give them to others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nwb_models.cli_generate import namespaces_of, stored_specifications, stubs
from nwb_models.errors import NotWritableError, SpecificationError
from nwb_models.schema.export import Format  # noqa: TC001 - typer looks at the annotations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nwb_models.schema.language import Namespace, Specifications

schema = typer.Typer(rich_markup_mode=None)
schema.command()(stubs)


@schema.callback(invoke_without_command=True)
def _schema(context: typer.Context) -> None:
    """Look at schemas, and give them to others."""
    if context.invoked_subcommand is None:
        print(context.get_help())


@schema.command("export")
def export_command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="An NWB file, a namespace YAML, a LinkML schema, a folder of these, or a namespace that ships: "
            "core, core@2.5.0.",
        ),
    ],
    kind: Annotated[Format, typer.Option("--format", "-f", help="What to write.", show_default=False)],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where to write; nothing in it is removed.")
    ] = Path("schema"),
) -> None:
    """Write a schema in a language that other programs read."""
    from nwb_models.schema.export import export

    if output.exists() and not output.is_dir():  # before anything that takes time
        msg = f"{output} is a file: an export goes into a folder"
        raise NotWritableError(msg)
    written = export(_specifications(source), kind, output)
    print(*map(str, written if len(written) <= 3 else [f"{output}: {len(written)} files"]), sep="\n")


@schema.command("list")
def list_command(
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="An NWB file, or whatever else has a schema.", show_default=False),
    ] = None,
) -> None:
    """List the schemas and models that come with this library, those in the cache, and those in FILE."""
    from nwb_models.schema import cache
    from nwb_models.schema.provider import shipped_versions
    from nwb_models.schema.sources import shipped_schemas

    models = shipped_versions()
    shipped = [
        (
            name,
            " ".join(f"{version} (with models)" if version in models.get(name, ()) else version for version in known),
        )
        for name, known in shipped_schemas().items()
    ]
    found = None if file is None else list(_rows(_specifications(file)))
    _print_table("shipped", shipped)
    _print_table(f"cached in {cache.folder()}", sorted((entry.namespace, entry.version) for entry in cache.kept()))
    if found is not None:
        _print_table(f"in {file}", found)


def _specifications(source: str) -> Specifications:
    """Return the specifications of a source, or of a namespace that ships."""
    from nwb_models.schema.language import Specifications
    from nwb_models.schema.sources import completed, shipped_namespaces, shipped_schemas

    name, _, version = source.partition("@")
    versions = shipped_schemas().get(name)
    stored = stored_specifications(source)
    if stored is not None:
        return stored
    if versions is None or Path(source).exists():
        return completed(namespaces_of([source]))
    return Specifications(shipped_namespaces(name, version or versions[-1]))


def _rows(specifications: Specifications) -> Iterable[tuple[str, ...]]:
    """Yield name, version, number of types and where the models are, for each namespace."""
    for namespace in specifications:
        try:
            number = len(namespace.types)
            described = f"{number} type{'s' * (number != 1)}", _models(namespace, specifications)
        except SpecificationError as error:
            described = "no models", str(error)
        yield namespace.name, namespace.version, *described


def _models(namespace: Namespace, specifications: Specifications) -> str:
    """Return where the models of a namespace are."""
    from nwb_models.schema import cache
    from nwb_models.schema.provider import shipped_digests

    found = specifications.digest(namespace)
    if found in shipped_digests():
        return "models are shipped"
    return "models are cached" if cache.load(found) is not None else "models are made when they are needed"


def _print_table(title: str, rows: Iterable[tuple[str, ...]]) -> None:
    """Print rows in columns."""
    from nwb_models.cli import printable

    found = [tuple(map(printable, row)) for row in rows]
    print(printable(f"{title}:" if found else f"{title}: nothing"))
    widths = [max(map(len, column)) for column in zip(*found, strict=True)]
    for row in found:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
