"""How far long work has come, on a terminal only: the one way in which anything of this library shows that."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def progress(description: str, *, of: str = "bytes") -> Iterator[None]:
    """Show a bar on stderr while something takes long: writing, copying, truncating, validating, drawing a page.

    It goes when the work is done.  Nothing is shown where stderr is no terminal.

    Parameters
    ----------
    description
        What is being done.
    of
        What is counted: ``"bytes"``, or the name of things.  Work that does not say how much there is moves the bar to
        and fro, and the time that has passed is shown.

    Examples
    --------
    >>> import nwb_models as nwb
    >>> with nwb.progress("Writing"):  # doctest: +SKIP
    ...     nwb.write(nwbfile, "session.nwb")
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from nwb_models.io.progress import reported
    from nwb_models.models.issues import printable

    count: ProgressColumn = DownloadColumn() if of == "bytes" else MofNCompleteColumn()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), count, TimeElapsedColumn())
    console = Console(stderr=True, markup=False)
    # stdout is left alone: rich would print on stderr what is meant for a file
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(printable(description), total=None)

        def show(done: int, total: int | None) -> None:
            if total is not None:
                bar.update(task, total=total)
            bar.advance(task, done)

        with reported(show):
            yield
