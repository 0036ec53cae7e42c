"""The quick start of the README, run on the recording that comes with the library."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import sys
import tempfile
import tokenize
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nwb_models.errors import NotWritableError

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICK_START = """\
import nwb_models as nwb
nwbfile = nwb.read("session.nwb")                    # NWBFile of the version the file was written with
nwbfile.session_start_time                           # datetime with its time zone
series = nwbfile.acquisition["ElectricalSeries"]     # class from the file's own specification
series.data.unit, series.data.shape, series.data[:1000, 3]
series.electrodes.table is nwbfile.electrodes        # references are the objects themselves
nwb.read("session.nwb", "/units")                    # one object and what it refers to
with nwb.open("session.nwb") as io:                  # HDF5IO
    io.read("/units/spike_times")                    # a dataset, too
    io.make_provider().versions                      # {'core': '2.11.0', 'hdmf-common': '1.10.0', ...}
"""
"""As it stands in the README; a test compares the two."""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement that was run."""

    lines: list[tuple[str, str]]
    """Its lines: code, and the comment behind it."""
    values: list[Any]
    """What Python's prompt would show for it."""


def save_example(path: str | os.PathLike[str]) -> None:
    """Save the recording that comes with the library as a new file.

    Raises
    ------
    NotWritableError
        Where something of this name is there already, or cannot be.
    """
    try:
        with Path(path).open("xb") as file:
            file.write(files("nwb_models.examples").joinpath("example.nwb").read_bytes())
    except FileExistsError:
        msg = f"{os.fspath(path)} is there already, and was left as it is"
        raise NotWritableError(msg) from None
    except OSError as error:
        msg = f"{os.fspath(path)} cannot be written: {error.strerror}"
        raise NotWritableError(msg) from error


@contextlib.contextmanager
def example_folder() -> Iterator[None]:
    """Work in a temporary folder that holds the example as ``session.nwb``; it is removed at the end."""
    # Windows removes no file that a model keeps open; such a one is left in the folder for temporary files.
    with tempfile.TemporaryDirectory(prefix="nwb-models-", ignore_cleanup_errors=True) as folder:
        save_example(Path(folder, "session.nwb"))
        with contextlib.chdir(folder):
            yield


def run(source: str) -> Iterator[Step]:
    """Run source as Python's prompt does, one statement at a time.

    Parameters
    ----------
    source
        The statements.

    Yields
    ------
    Step
        A statement and what comes of it, before the next one is run.
    """
    lines = list(_lines(source))
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for statement in ast.parse(source).body:
        code = compile(ast.Interactive([statement]), "<quick start>", "single")
        values: list[Any] = []
        before, sys.displayhook = sys.displayhook, values.append
        try:
            exec(code, namespace)  # noqa: S102 (it is the text above)
        finally:
            sys.displayhook = before
        yield Step(lines[statement.lineno - 1 : statement.end_lineno], [v for v in values if v is not None])


def _lines(source: str) -> Iterator[tuple[str, str]]:
    """Yield each line as its code and its comment."""
    comments = {
        token.start[0]: token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    for number, line in enumerate(source.splitlines(), start=1):
        token = comments.get(number)
        yield (line, "") if token is None else (line[: token.start[1]].rstrip(), token.string)
