"""A progress bar for the commands, on a terminal only."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def progress_bar(description: str) -> Iterator[None]:
    """Show on stderr how much of a file is written; nothing where that is no terminal.

    Parameters
    ----------
    description
        What is being done.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from nwb_models.io.progress import reported

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True, markup=False), transient=True) as progress:
        task = progress.add_task(description, total=None)

        def show(written: int, total: int | None) -> None:
            if total is not None:
                progress.update(task, total=total)
            progress.advance(task, written)

        with reported(show):
            yield
