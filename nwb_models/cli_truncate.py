"""The command ``nwb-models truncate``: test data from real data."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nwb_models.cli_limits import LimitOption, limits_of
from nwb_models.views.progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable


class Externals(StrEnum):
    """What becomes of external links."""

    keep = "keep"
    copy = "copy"
    drop = "drop"


def truncate(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The NWB file; it is only read.")],
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="TARGET",
            help="The new file; one that is there is replaced. SOURCE_truncated.nwb where it is not given.",
            show_default=False,
        ),
    ] = None,
    n: Annotated[
        int | None,
        typer.Option(
            "-n",
            metavar="N",
            help="How many entries of each series and rows of each table; 10 where nothing else says what stays.",
            show_default=False,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="PATH",
            help="An object that stays, with all that it needs; may be given several times.",
            show_default=False,
        ),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            "--time",
            metavar="START:STOP",
            help="Seconds on the clock of the timestamps; either may be left out.",
            show_default=False,
        ),
    ] = None,
    rows: Annotated[
        list[str] | None,
        typer.Option(
            "--rows",
            metavar="TABLE=START:STOP",
            help="The rows of one table or series; may be given several times.",
            show_default=False,
        ),
    ] = None,
    externals: Annotated[Externals, typer.Option("--externals", help="What becomes of external links.")] = (
        Externals.keep
    ),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not say what was cut.")] = False,
    limit: LimitOption = None,
) -> None:
    """Write a small file that is still true to its original: the first rows of everything, and all that these need."""
    from nwb_models.cli import human_size, printable
    from nwb_models.io.truncation import truncate_file

    window = _range(time, "--time", float) if time is not None else None
    chosen = dict(_table_rows(text) for text in rows or ())
    with progress("Truncating"):
        found = truncate_file(
            source,
            target,
            n,
            only=only or (),
            time=window,
            rows=chosen,
            externals=externals.value,
            limits=limits_of(limit),
        )
    if not quiet and str(found):
        print(*map(printable, str(found).splitlines()), sep="\n")
    print(printable(f"{found.target}: {human_size(found.target.stat().st_size)}"))


def _table_rows(text: str) -> tuple[str, slice]:
    path, equals, part = text.rpartition("=")
    if not equals or not path:
        msg = f"--rows {text}: give a path and rows, as in --rows /units=0:50"
        raise typer.BadParameter(msg)
    return path, slice(*_range(part, f"--rows {path}", int))


def _range(text: str, option: str, kind: Callable[[str], Any]) -> tuple[Any, Any]:
    """Return both ends of a range, None for one that is left out."""
    start, colon, stop = text.partition(":")
    try:
        found = [kind(part) if part.strip() else None for part in (start, stop)]
    except ValueError:
        found = []
    if not colon or not found or any(part is not None and math.isnan(part) for part in found):
        example = "0:50" if kind is int else "10:12.5"
        msg = f"{option} {text}: give where it begins and where it ends, as in {example}"
        raise typer.BadParameter(msg)
    return found[0], found[1]
