"""The commands ``nwb-models references`` and ``nwb-models graph``: what in a file leads to what."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nwb_models.cli_limits import LimitOption, limits_of
from nwb_models.errors import NotWritableError
from nwb_models.schema.whole import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nwb_models.io.reference_index import Referral

SUFFIXES = (".svg", ".graphml", ".json")
"""What a graph is written as."""


def references(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The NWB file.")],
    path: Annotated[str, typer.Argument(metavar="PATH", help="An object of the file.")],
    outgoing: Annotated[bool, typer.Option("--from", help="Show what PATH leads to, not what leads to PATH.")] = False,
    below: Annotated[
        bool, typer.Option("--below", help="Count all that is below PATH, too, but not what leads from there to there.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")] = False,
    limit: LimitOption = None,
) -> None:
    """Show what refers to an object, and where: references, soft links and further hard links.

    One line for each object that refers to PATH, or for each that PATH refers to; none where there is nothing.
    """
    from nwb_models.cli import printable
    from nwb_models.io.dependencies import references_from, references_to

    found = (references_from if outgoing else references_to)(file, path, below=below, limits=limits_of(limit))
    if as_json:
        print(json.dumps({"file": file, "path": path, "references": [_to_json(entry) for entry in found]}))
        return
    for line in _lines(found, outgoing=outgoing, below=below):
        print(printable(line, sys.stdout.encoding or "utf-8"))


def _to_json(referral: Referral) -> dict[str, Any]:
    """Return what a program may want to know; addresses mean something inside of HDF5 only."""
    return {key: value for key, value in asdict(referral).items() if key not in ("holder", "address")}


def _lines(found: Iterable[Referral], *, outgoing: bool, below: bool) -> Iterator[str]:
    """Yield a line for each object at the other end; with ``--below``, for each pair of objects."""

    def ends(referral: Referral) -> tuple[str, str]:
        if below:
            return referral.source, referral.target
        return (referral.target if outgoing else referral.source), ""

    for (first, second), group in groupby(sorted(found, key=ends), ends):
        how = ", ".join(_how(referral, named=outgoing and not below) for referral in group)
        yield f"{first}  {how}" + (f" -> {second}" if second else "")


def _how(referral: Referral, *, named: bool) -> str:
    """Return how one leads to the other; a link is named where its path is not in the line."""
    words: str = "field" if referral.how == "data" and referral.name else referral.how
    if referral.name and (named or referral.reference is not None):
        words += f" {referral.name}"
    if referral.problem:
        return f"{words} ({referral.problem})"
    if referral.count > 1:
        return f"{words} ({referral.count} {'regions' if referral.reference == 'region' else 'references'})"
    return f"{words} (region)" if referral.reference == "region" else words


def graph(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The NWB file.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE.svg|.graphml|.json", help="What is written; one that is there is replaced."
        ),
    ],
    path: Annotated[str, typer.Option(metavar="PATH", help="Begin with this group, and what it refers to.")] = "/",
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Show all: also what has no type and leads to nothing, as links do that are broken or external.",
        ),
    ] = False,
    limit: LimitOption = None,
) -> None:
    """Draw what contains, links to and refers to what: a picture, GraphML, or JSON for networkx."""
    from nwb_models.io import drawing
    from nwb_models.io.dependencies import filter_dependency_graph, group_at, hdf_dependency_graph, path_finder
    from nwb_models.io.hdf5 import HDF5IO

    suffix = output.suffix.lower()
    if suffix not in SUFFIXES:
        msg = f"{output} has none of the suffixes {', '.join(SUFFIXES)}, which say what is written"
        raise NotWritableError(msg)
    if output.exists() and Path(file).exists() and output.samefile(file):
        msg = f"{output} is the file that is drawn, and is not replaced"
        raise NotWritableError(msg)
    limits = limits_of(limit)
    with HDF5IO(file, limits=limits) as io, io.opened() as opened:
        found = hdf_dependency_graph(group_at(opened, path), limits=limits)
        if not everything:
            found = filter_dependency_graph(found)
        if suffix == ".svg":
            text = drawing.to_svg(found, file if path == "/" else f"{file}:{path}")
        else:
            text = (drawing.to_json if suffix == ".json" else drawing.to_graphml)(found, path_finder(opened))
    write_text(output, text)
    print(f"{output}: {found.number_of_nodes()} nodes, {found.number_of_edges()} edges")
