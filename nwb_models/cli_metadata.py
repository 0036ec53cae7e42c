"""The command ``nwb-models metadata``: what a file says of itself, for people to read and to edit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from nwb_models.cli_limits import LimitOption, limits_of
from nwb_models.schema.whole import write_text


def metadata(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The NWB file.")],
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the document to a file.", show_default=False),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--format", metavar="yaml|json", help="YAML, or JSON as for OUTPUT.json.", show_default="yaml"),
    ] = None,
    edited: Annotated[
        str | None,
        typer.Option(
            "--apply", metavar="DOCUMENT", help="Write what was edited in the document to the file; - for stdin."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what --apply would change.")] = False,
    backup: Annotated[bool, typer.Option("--backup", help="Keep the file as it was, as FILE.bak.")] = False,
    limit: LimitOption = None,
) -> None:
    """Print what a file says of itself as YAML, without its data; or write an edited document back.

    What is not in the document stays as it is; a field that is null is removed.
    """
    from nwb_models.cli import printable
    from nwb_models.io.documents import from_text, to_text
    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.metadata import apply_metadata
    from nwb_models.models.metadata import metadata as document_of

    if edited is None:
        if dry_run or backup:
            msg = "--dry-run and --backup go with --apply"
            raise typer.BadParameter(msg)
        kind = kind or ("json" if output is not None and output.endswith(".json") else "yaml")
        if kind not in ("yaml", "json"):
            msg = f"--format {kind}: give yaml or json"
            raise typer.BadParameter(msg)
        with HDF5IO(file, limits=limits_of(limit)) as io:
            text = to_text(document_of(io.read(eager=True), finite=kind == "json"), kind)  # type: ignore[arg-type]
        if output is not None:
            if Path(output).exists() and Path(output).samefile(file):
                msg = f"--output {output}: this is the NWB file itself"
                raise typer.BadParameter(msg)
            write_text(output, text)
        else:
            _print_utf8(text)
        return
    if output is not None or kind is not None:
        msg = "--output and --format go without --apply"
        raise typer.BadParameter(msg)
    limits = limits_of(limit)
    most = limits.document_bytes
    document = from_text(sys.stdin.read(min(most, sys.maxsize - 1) + 1), most) if edited == "-" else edited
    found = apply_metadata(file, document, dry_run=dry_run, backup=backup, limits=limits)
    for edit in found:
        print(printable(str(edit), sys.stdout.encoding or "utf-8"))
    count = f"{len(found)} change{'s' * (len(found) != 1)}"
    print(f"{file}: {'nothing to change' if not found else f'{count} to make' if dry_run else f'{count} made'}")


def _print_utf8(text: str) -> None:
    """Print a document: in UTF-8 where it goes to a file, whatever the locale says, as it is read so again."""
    if not sys.stdout.isatty() and hasattr(sys.stdout, "buffer"):
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())
    else:
        print(text, end="")
