"""The command ``nwb-models check``: whether files can be read, tried where a crash does no harm."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from nwb_models.cli_limits import LimitOption, limits_of, size_of
from nwb_models.io.checking import MEMORY, SECONDS, Outcome, check_files
from nwb_models.views.progress import progress

STATUS = {Outcome.FINE: 0, Outcome.DEPARTS: 1}
"""The exit status for an outcome; 2 for all others."""


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="The NWB files.")],
    deep: Annotated[bool, typer.Option("--deep", help="Read all data, too, block by block.")] = False,
    seconds: Annotated[
        float, typer.Option("--time", metavar="SECONDS", min=0, help="How long one file may take; 0 for any time.")
    ] = SECONDS,
    memory: Annotated[
        str,
        typer.Option(
            "--memory", metavar="SIZE", help="How much memory one may take, as in 500M or 4G; 0 for any (Linux)."
        ),
    ] = f"{MEMORY >> 30}G",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List what departs, and all problems.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document for each file, in a line.")] = False,
    limit: LimitOption = None,
) -> None:
    """Try to read files in a process of their own, and say in one line each what became of them.

    Exit status: 0 all are fine; 1 some depart from their specifications; 2 some cannot be read, crashed HDF5, or took
    more time or memory than they may.
    """
    from nwb_models.cli import printable

    status = 0
    most = size_of(memory, "--memory") or None
    checked = check_files(files, deep=deep, seconds=seconds or None, memory=most, limits=limits_of(limit))
    for number, path in enumerate(files, 1):
        with progress(f"Checking {path} ({number} of {len(files)})", of="files"):
            found = next(checked)
        status = max(status, STATUS.get(found.outcome, 2))
        lines = [str(found)]
        if as_json:
            lines = [json.dumps(found.to_dict())]
        elif verbose:
            more = found.problems if len(found.problems) > 1 else ()
            lines += [f"  {' '.join(str(text).split())}" for text in (*more, *found.issues, *found.notes)]
        for line in lines:
            print(printable(line, sys.stdout.encoding or "utf-8"))
        sys.stdout.flush()
    if status:
        raise typer.Exit(status)
