"""The command ``nwb-models validate``: whether files are as their specifications say."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from nwb_models.cli_limits import LimitOption, limits_of
from nwb_models.views.progress import progress


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="The NWB files.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document for each file, in a line.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings count as errors.")] = False,
    data: Annotated[bool, typer.Option("--data/--no-data", help="Read the data that rules need, or none.")] = True,
    external_links: Annotated[
        bool, typer.Option("--external-links", help="Follow links to files outside of the folder of a file.")
    ] = False,
    limit: LimitOption = None,
) -> None:
    """Say where files are not as their own specifications ask for: all that is wrong, and what is odd.

    Exit status: 0 all are valid; 1 some are not, or, with --strict, have warnings; 2 some cannot be read.
    """
    from nwb_models.cli import printable
    from nwb_models.validation import validate as report_on

    status, limits = 0, limits_of(limit)
    for number, path in enumerate(files, 1):
        with progress(f"Validating {path} ({number} of {len(files)})", of="objects"):
            report = report_on(path, data=data, external_links=external_links, limits=limits)
        is_valid = report.ok and not (strict and len(report))
        status = max(status, 2 if not report.is_readable else int(not is_valid))
        verdict = {**report.to_dict(), "strict": strict, "passed": is_valid}
        for line in [json.dumps(verdict)] if as_json else str(report).splitlines():
            print(printable(line, sys.stdout.encoding or "utf-8"))
        sys.stdout.flush()
    if status:
        raise typer.Exit(status)
