"""The libraries of a figure in turn, A B C A B C ..., so that what else happens on the machine happens to all of them.

What they are compared by is the ratio within each turn; what is before the first turn counts for none.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.figures import FIGURES, FLOOR, IMPORTS, OURS, PYNWB, SCRIPTS, Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIBRARIES = (OURS, PYNWB, FLOOR)
ROOT = Path(__file__).resolve().parent.parent

INSIDE = "import time; begin = time.process_time(); {code}; print(time.process_time() - begin)"


class FailedError(Exception):
    """A library that could not do what it was asked for."""


@dataclass
class Row:
    """What was measured of a figure on one file."""

    figure: str
    file: str
    measured: dict[str, list[float]] = field(default_factory=dict)
    """Library -> one figure for each round: seconds, or megabytes."""
    first: dict[str, float] = field(default_factory=dict)
    """Library -> the figure of the first time in its process, where one process did it again and again."""
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    """Library -> what came out."""
    missing: list[str] = field(default_factory=list)
    """Libraries that cannot do it."""
    failed: dict[str, str] = field(default_factory=dict)
    """Library -> what it said."""


class Worker:
    """A process of `benchmarks.worker`."""

    def __init__(self, library: str, figure: Figure, path: Path, folder: Path, caches: Path) -> None:
        command = [sys.executable, "-m", "benchmarks.worker", library, figure.function, str(path), str(folder)]
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the process; a pipe could fill up
        self.process = subprocess.Popen(
            [*command, str(figure.repeats)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            cwd=ROOT,
            env=environment(caches),
        )
        self.is_there: bool = self._said()["there"]

    def measure(self, *, answer: bool) -> dict[str, Any]:
        """Let it be done once more."""
        assert self.process.stdin is not None
        self.process.stdin.write("answer\n" if answer else "\n")
        self.process.stdin.flush()
        return self._said()

    def _said(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.errors.seek(0)
            raise FailedError(_last_line(self.errors.read()))
        found: dict[str, Any] = json.loads(line)
        return found

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()
        self.errors.close()


def _last_line(errors: str) -> str:
    lines = [line for line in errors.splitlines() if line.strip()]
    return (lines or ["it ended without a word"])[-1][:200]


def environment(caches: Path) -> dict[str, str]:
    """Return the environment of a process, with caches of its own: those of the user are left alone.

    Modules are compiled once, as for anybody.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"NWB_MODELS_CACHE": str(caches / "models"), "XDG_CACHE_HOME": str(caches / "others")}


def measured(
    figures: tuple[Figure, ...],
    files: dict[str, Path],
    rounds: int,
    scratch: Path,
    say: Callable[[str], object],
) -> Iterator[Row]:
    """Measure figures, one after another, and yield what was found on each file."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        for figure in figures:
            for name in figure.files:
                say(f"{figure.title}: {name}")
                path = files.get(name, Path("-"))
                yield _row(figure, name, path, figure.rounds or rounds, Path(folder))


def _row(figure: Figure, name: str, path: Path, rounds: int, scratch: Path) -> Row:
    row = Row(figure.name, name)
    with ExitStack() as stack:
        turns: dict[str, Callable[..., dict[str, Any]]] = {}
        for library in LIBRARIES:
            with _failure_noted(row, library, turns):
                turn = stack.enter_context(_turns(figure, library, path, scratch))
                if turn is None:
                    row.missing.append(library)
                    continue
                turns[library] = turn
                found = turn(answer=True)
                row.answers[library] = found.get("answer", {})
                if figure.process == "kept":
                    row.first[library] = found["first"][figure.clock]
        for _ in range(rounds):
            for library, turn in list(turns.items()):
                with _failure_noted(row, library, turns):
                    row.measured.setdefault(library, []).append(turn(answer=False)[figure.clock])
    return row


@contextmanager
def _failure_noted(row: Row, library: str, turns: dict[str, Any]) -> Iterator[None]:
    try:
        yield
    except FailedError as error:
        turns.pop(library, None)
        row.measured.pop(library, None)
        row.failed[library] = str(error)


@contextmanager
def _turns(figure: Figure, library: str, path: Path, scratch: Path) -> Iterator[Callable[..., dict[str, Any]] | None]:
    """Give what measures one library once, None where the library cannot do it."""
    caches = scratch / "caches"
    if figure.process in ("import", "script"):
        yield lambda **_: _script(figure, library, path, caches)
        return
    with Worker(library, figure, path, scratch, caches) as worker:
        if not worker.is_there:
            yield None
            return
        if figure.process == "kept":
            yield worker.measure
            return

    def fresh(*, answer: bool) -> dict[str, Any]:
        with ExitStack() as stack:
            own = caches
            if figure.generated == "none":
                own = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=scratch)))
            return stack.enter_context(Worker(library, figure, path, scratch, own)).measure(answer=answer)

    yield fresh


def _script(figure: Figure, library: str, path: Path, caches: Path) -> dict[str, Any]:
    """Run a program: the time of the whole of it, or the one that it says."""
    code = (
        INSIDE.format(code=IMPORTS[library]) if figure.process == "import" else SCRIPTS[library].format(path=str(path))
    )
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment(caches)
    )
    wall = time.perf_counter() - begin
    if done.returncode:
        raise FailedError(_last_line(done.stderr))
    if figure.process == "import":
        return {"cpu": float(done.stdout)}
    return {"wall": wall, "answer": {"identifier": done.stdout.strip()}}


def by_name(names: list[str] | None) -> tuple[Figure, ...]:
    """Return the figures of some names, all where none are given."""
    return tuple(figure for figure in FIGURES if names is None or figure.name in names)
