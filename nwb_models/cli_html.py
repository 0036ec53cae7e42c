"""The command ``nwb-models html``: a file as one page that can be sent to somebody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nwb_models.cli_limits import LimitOption, limits_of
from nwb_models.errors import NotWritableError
from nwb_models.schema.whole import write_text


def html(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The NWB file.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="PAGE.html", help="What is written; FILE.html if not given."),
    ] = None,
    plots: Annotated[bool, typer.Option("--plots/--no-plots", help="Draw series, units and images, or not.")] = True,
    limit: LimitOption = None,
) -> None:
    """Write one page with what is in a file: its session, its tree, first rows, pictures and departures."""
    from nwb_models.cli import complain, human_size, printable
    from nwb_models.views.page import page_of
    from nwb_models.views.plot import require_matplotlib
    from nwb_models.views.progress import progress

    output = output or Path(f"{Path(file).stem}.html")
    if output.exists() and Path(file).exists() and output.samefile(file):
        msg = f"{output} is the file that is shown, and is not replaced"
        raise NotWritableError(msg)
    if plots:
        try:
            require_matplotlib()
        except ImportError as error:
            plots = False
            complain("warning", f"{error}; the page is written without pictures")
    with progress("Drawing", of="pictures"):
        text = page_of(file, plots=plots, limits=limits_of(limit))
    write_text(output, text)
    print(printable(f"{output}: {human_size(output.stat().st_size)}"))
