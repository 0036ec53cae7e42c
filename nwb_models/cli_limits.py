"""The option ``--limit`` of the commands: how much a file may ask for, see `nwb_models.limits.Limits`."""

from __future__ import annotations

import re
import sys
from typing import Annotated

import typer

from nwb_models.limits import DEFAULT, Limits

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}

LimitOption = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="NAME=SIZE",
        help=f"What is refused as too large: more than SIZE, as in 500M or 4G, or none; NAME is one of "
        f"{', '.join(Limits._fields)}; may be given several times.",
        show_default=False,
    ),
]
"""What a command takes to hand it to `limits_of`."""


def limits_of(given: list[str] | None) -> Limits:
    """Return the limits that options give; the others are as always.

    >>> limits_of(["array_bytes=4G", "value_bytes=none"])[:3]
    (4294967296, None, 9223372036854775807)
    """
    found: dict[str, int] = {}
    for text in given or ():
        name, _, size = text.partition("=")
        if name not in Limits._fields:
            msg = f"--limit {text}: give one of {', '.join(Limits._fields)}, and its size, as in array_bytes=4G"
            raise typer.BadParameter(msg)
        found[name] = sys.maxsize if size.strip().lower() == "none" else size_of(size, f"--limit {name}")
    return DEFAULT._replace(**found)


def size_of(text: str, option: str) -> int:
    """Return a number of bytes.

    >>> size_of("500M", "--memory"), size_of("1.5GiB", "--memory"), size_of("0", "--memory")
    (524288000, 1610612736, 0)
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE)
    if match is None:
        msg = f"{option} {text}: give a size, as in 500M or 4G"
        raise typer.BadParameter(msg)
    return int(float(match[1]) * UNITS[match[2].upper()])
