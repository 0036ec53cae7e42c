"""Faults at the file operations of everything that writes: what is left is the old file or the new one.

    python -m tests.soak.faults [--points N] [--seed N] [--only NAME] [--faults NAME,NAME]

Each task runs in a process that was forked from this one, with `faults.c` in between it and the system: Linux, and a C
compiler.  Of each fault, every operation of a task is tried, or N of them.  After a fault the file is old, new, broken
or gone; the task is silent where it said that it did what it did not, and died where it was not killed by us.  Then the
task runs again, undisturbed: it must come to its end, and leave nothing beside the file.
Exit status 1 where anything of that is not as it should be.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LIBRARY = "NWB_MODELS_FAULTS"
"""The environment variable that names the compiled `faults.c`, in the process where it is preloaded."""
ACTIONS = ("none", "kill", "torn", "eio", "full", "short", "interrupt", "terminate", "memory", "no memory")
"""As in `faults.c`."""
POWER = ("lost", "some", "kept")
"""What a power cut does to what was not synced."""
FAULTS = (*ACTIONS[1:], *(f"power: {kind}" for kind in POWER))
OURS = {"kill": signal.SIGKILL, "torn": signal.SIGKILL, "terminate": signal.SIGTERM}
DONE, REFUSED, INTERRUPTED, NO_MEMORY, UNEXPECTED = 0, 3, 4, 5, 6
COLUMNS = ("old", "new", "LOST", "SILENT", "DIED", "EXCEPTION", "STUCK", "LITTER")
SECONDS = 120
SOURCE = str(Path(__file__).with_suffix(".c"))


@dataclass
class Task:
    """Something that writes."""

    prepare: Callable[[Path], None]
    """Makes what is there before, in an empty folder."""
    run: Callable[[Path], Any]
    names: Callable[[Path], dict[str, bytes]] = lambda folder: contents(folder)
    """Returns what counts of a folder."""
    each: bool = False
    """Whether each file of it is old or new for itself."""


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder but those that are only known to the library."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found if not is_own(path)}


def is_own(path: Path) -> bool:
    """Tell whether a file is a lock or an unfinished one, by its name."""
    return path.name.startswith(".") and path.suffix in (".lock", ".tmp")


def tasks(folder: Path) -> dict[str, Task]:
    """Return everything that writes; what they read is made here, once."""
    import numpy as np

    import nwb_models as nwb
    from nwb_models.core import v2_11_0 as core
    from nwb_models.schema import cache
    from nwb_models.schema.packages import package_files, write_files
    from nwb_models.schema.sources import completed
    from tests.schema.specs import namespace

    source = folder / "source.nwb"
    nwbfile = core.NWBFile(
        session_description="a session", identifier="i", session_start_time="2026-03-01T12:30:15+00:00", object_id="r"
    )
    for number in range(6):
        made = core.TimeSeries(
            name=f"series_{number}",
            data=np.arange(20_000.0) + number,
            unit="V",
            rate=1.0,
            starting_time=0.0,
            object_id=f"s{number}",
        )
        nwbfile.acquisition.add(made)
    nwb.write(nwbfile, source)
    nwb.read(source, eager=True)
    other = folder / "other.nwb"
    nwb.truncate(source, other, 100)
    spacious = folder / "spacious.nwb"
    shutil.copyfile(source, spacious)
    with nwb.open(spacious, "r+") as io:
        model = io.read()
        del model.acquisition["series_1"]
        io.write(model)
    found = completed([namespace("ndx-fault", "1.0.0")])
    files = {name: text * 3 for name, text in package_files([found.get("ndx-fault")], found).items()}
    older = {name: text[:900] for name, text in files.items()}
    kept = cache.Kept("ndx-fault", "1.0.0", {"one": "# source\n" * 5000})

    def new(place: Path) -> None:
        nwb.write(nwb.read(source), place / "a.nwb")

    def edit(place: Path, *, backup: bool = False) -> None:
        with nwb.open(place / "a.nwb", "r+") as io:
            model = io.read()
            model.acquisition["series_1"].data.append(np.ones(3000))
            model.acquisition["series_2"].description = "another"
            del model.acquisition["series_3"]
            io.write(model, backup=backup)

    def linked(place: Path) -> None:
        shutil.copyfile(other, place / "a.nwb")
        (place / "link.nwb").symlink_to("a.nwb")

    def without_backup(place: Path) -> dict[str, bytes]:
        return {name: data for name, data in contents(place).items() if ".bak" not in name}

    def store(place: Path) -> None:
        os.environ["NWB_MODELS_CACHE"] = str(place)
        cache.store("0123", kept)

    def stored(place: Path) -> dict[str, bytes]:
        os.environ["NWB_MODELS_CACHE"] = str(place)
        entry = cache.load("0123")
        return {} if entry is None else {"0123": repr(entry).encode()}

    copied = {name: lambda place, path=path: shutil.copyfile(path, place / "a.nwb") for name, path in
              {"source": source, "other": other, "spacious": spacious}.items()}  # fmt: skip
    return {
        "a new file": Task(lambda place: None, new),
        "a file replaced": Task(copied["other"], new),
        "a link's file replaced": Task(linked, lambda place: nwb.write(nwb.read(source), place / "link.nwb")),
        "a file edited": Task(copied["source"], edit),
        "edited, with a backup": Task(copied["source"], lambda place: edit(place, backup=True), without_backup),
        "truncate": Task(copied["other"], lambda place: nwb.truncate(source, place / "a.nwb", 1000)),
        "repack": Task(copied["spacious"], lambda place: nwb.repack(place / "a.nwb")),
        "the cache": Task(lambda place: None, store, stored),
        "generate": Task(lambda place: write_files(older, place), lambda place: write_files(files, place), each=True),
    }  # fmt: skip


# ------------------------------------------------------------------------------------ one run
class Injector:
    """Runs tasks with faults, in processes of their own."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(os.environ[LIBRARY])
        self._library.fault_arm.argtypes = ctypes.c_char_p, ctypes.c_int, ctypes.c_long, ctypes.c_int
        self._library.fault_count.restype = ctypes.c_long

    def run(self, task: Task, place: Path, fault: str = "none", at: int = 0, trace: Path | None = None) -> Result:
        """Run a task, and tell how it ended and how many operations it made."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os._exit(self._child(task, place, fault, at, trace, writing))
        os.close(writing)
        with os.fdopen(reading, "rb") as stream:
            said = stream.read().decode("utf-8", "replace")
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        count, _, text = said.partition("\n")
        return Result(code, int(count or 0), text)

    def _child(self, task: Task, place: Path, fault: str, at: int, trace: Path | None, writing: int) -> int:
        signal.alarm(SECONDS)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background of a shell it is ignored
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        to = -1 if trace is None else os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._library.fault_arm(os.fsencode(place), ACTIONS.index(fault), at, to)
        code, text = DONE, ""
        try:
            task.run(place)
        except BaseException as error:  # noqa: BLE001
            code, text = _code_of(error), f"{type(error).__name__}: {error}"
        count = self._library.fault_count()
        self._library.fault_arm(b"", 0, 0, -1)
        os.write(writing, f"{count}\n{text}".encode("utf-8", "replace")[:4000])
        return code


def _edit(place: Path) -> None:
    """Be the next one who edits the file, and change nothing."""
    import nwb_models as nwb

    if (place / "a.nwb").exists():
        with nwb.open(place / "a.nwb", "r+") as io:
            io.write(io.read())


def _code_of(error: BaseException) -> int:
    from nwb_models.errors import NWBError

    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, MemoryError):
        return NO_MEMORY
    return REFUSED if isinstance(error, NWBError | OSError) else UNEXPECTED


@dataclass
class Result:
    """How a run ended."""

    code: int
    count: int
    """How many file operations there were."""
    text: str


@dataclass
class Figures:
    """What became of the runs of one task under one fault."""

    rounds: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def note(self, column: str, what: str) -> None:
        """Count something, and say more of what is bad."""
        self.counts[column] += 1
        if column.isupper():
            self.problems.append(f"{column}: {what}")


class Trial:
    """One task, under all faults."""

    def __init__(self, injector: Injector, name: str, task: Task, folder: Path, chance: random.Random) -> None:
        self.injector, self.name, self.task, self.folder, self.chance = injector, name, task, folder, chance
        self.number = 0
        place = self._place()
        self.old = task.names(place)
        self.trace = folder / "trace"
        result = injector.run(task, place, trace=self.trace)
        assert result.code == DONE, (name, result)
        self.count = result.count
        self.new = task.names(place)
        assert self.new != self.old, name
        self.start = self._place()
        again = self._place()
        injector.run(task, again)
        assert task.names(again) == self.new, f"{name} is not the same each time"

    def _place(self) -> Path:
        self.number += 1
        place = self.folder / f"{self.number}"
        place.mkdir(mode=0o700)
        self.task.prepare(place)
        return place

    def state(self, place: Path) -> str:
        """Return what is in a folder."""
        found = self.task.names(place)
        if found in (self.old, self.new):
            return "new" if found == self.new else "old"
        if self.task.each and all(found.get(n) in (self.old.get(n), self.new.get(n)) for n in {*found, *self.new}):
            return "old"
        return "LOST"

    def points(self, most: int) -> list[int]:
        """Return the operations to fail at: all, or some with the first and the last ones."""
        if self.count <= most:
            return list(range(1, self.count + 1))
        ends = {1, 2, *range(self.count - 8, self.count + 1)}
        middle = [number for number in range(1, self.count + 1) if number not in ends]
        return sorted(ends | set(self.chance.sample(middle, max(0, most - len(ends)))))

    def under(self, fault: str, most: int) -> Figures:
        """Run the task with a fault at each of some operations."""
        figures = Figures()
        for at in self.points(most):
            place = self._place()
            where = f"{self.name}, {fault}, operation {at} of {self.count}"
            if fault.startswith("power"):
                rebuild(self.trace, self.start, place, at, fault.partition(": ")[2], self.chance)
                result = Result(-signal.SIGKILL, at, "")
            else:
                result = self.injector.run(self.task, place, fault, at)
            self._judge(figures, fault, place, result, where)
            shutil.rmtree(place)
            figures.rounds += 1
        return figures

    def _judge(self, figures: Figures, fault: str, place: Path, result: Result, where: str) -> None:
        state = self.state(place)
        where = f"{where}: {result.text or result.code}"
        figures.note(state, where)
        killed = fault.startswith("power") or result.code == -OURS.get(fault, 0)
        if result.code < 0 and not killed:
            figures.note("DIED", where)
        if result.code == UNEXPECTED:
            figures.note("EXCEPTION", where)
        if result.code == DONE and state != "new" and self.name != "the cache":
            figures.note("SILENT", where)
        if not killed and [path.name for path in place.rglob(".*") if is_own(path)]:
            figures.note("LITTER", where)
        again = self.injector.run(
            self.task if state == "old" or self.task.each else Task(self.task.prepare, _edit), place
        )
        if again.code != DONE or self.state(place) != "new":
            figures.note("STUCK", f"{where}; then {again.text or again.code}")
        left = [path.name for path in place.rglob(".*") if is_own(path)]
        if left and self.name not in ("the cache", "generate"):  # there, what is older than an hour is removed
            figures.note("LITTER", f"{where}; then {left}")


# ------------------------------------------------------------------------------------ power cuts
def rebuild(trace: Path, start: Path, place: Path, upto: int, kind: str, chance: random.Random) -> None:
    """Make a folder as a power cut after some operations may leave it.

    Names are on the disk in their order, at least until the last time that the folder was synced, perhaps further; data
    is where its file was synced, and of the rest nothing, some or all.
    """
    operations = read_trace(trace)[:upto]
    root = operations[0][1] if operations else ""
    base = _common(root)
    synced_folder = max(
        (n for n, op in enumerate(operations) if op[0] == "s" and op[1] == base.rstrip("/")), default=-1
    )
    names_until = {"lost": synced_folder, "kept": len(operations)}.get(kind)
    if names_until is None:
        names_until = chance.randint(synced_folder, len(operations))
    inodes = {path.name: number for number, path in enumerate(sorted(start.iterdir())) if path.is_file()}
    links = {path.name: path.readlink() for path in start.iterdir() if path.is_symlink()}
    data = {inodes[name]: bytearray((start / name).read_bytes()) for name in inodes}
    disk = {number: bytearray(content) for number, content in data.items()}
    open_names, waiting = dict(inodes), {number: [] for number in data}  # type: ignore[var-annotated]
    for number, (what, path, other, offset, content) in enumerate(operations):
        name, to = path.rpartition("/")[2], other.rpartition("/")[2]
        durable = number <= names_until
        if what == "o" and offset:
            inode = open_names.get(name)
            if inode is None:
                inode = open_names[name] = len(waiting)
                waiting[inode], disk[inode] = [], bytearray()
                if durable:
                    inodes[name] = inode
            else:
                waiting[inode].append(("t", 0, b""))
        elif what in "wt" and name in open_names:
            waiting[open_names[name]].append((what, offset, content))
        elif what == "s" and name in open_names:
            for entry in waiting[open_names[name]]:
                _apply(disk[open_names[name]], entry)
            waiting[open_names[name]] = []
        elif what in "rlu":
            for table in (open_names, *([inodes] if durable else [])):
                if what == "u":
                    table.pop(name, None)
                elif name in table:
                    table[to] = table[name]
                    if what == "r":
                        del table[name]
    for inode, entries in waiting.items():
        for entry in entries:
            if kind == "kept" or (kind == "some" and chance.random() < 0.5):
                _apply(disk[inode], entry)
    shutil.rmtree(place)
    place.mkdir(mode=0o700)
    for name, inode in inodes.items():
        if name not in links:
            (place / name).write_bytes(disk[inode])
    for name, to in links.items():
        (place / name).symlink_to(to)


def _common(path: str) -> str:
    return path.rpartition("/")[0] + "/"


def _apply(content: bytearray, entry: tuple[str, int, bytes]) -> None:
    what, offset, data = entry
    if what == "t":
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def read_trace(path: Path) -> list[tuple[str, str, str, int, bytes]]:
    """Return the operations of a run: what, path, other path, offset and data."""
    found, raw, at = [], path.read_bytes(), 0
    while at < len(raw):
        kind, first, second, offset, size = struct.unpack_from("<5q", raw, at)
        at += 40
        one, two = raw[at : at + first].decode(), raw[at + first : at + first + second].decode()
        at += first + second
        body = raw[at : at + size] if chr(kind) == "w" else b""
        at += len(body)
        found.append((chr(kind), one, two, offset, body))
    return found


# ------------------------------------------------------------------------------------ all of it
def main(arguments: list[str] | None = None) -> int:
    """Compile and preload, then run, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--points", type=int, default=60, help="how many operations of a task, for each fault")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="a part of the name of the task")
    parser.add_argument("--faults", default=",".join(FAULTS))
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        if LIBRARY not in os.environ:
            library = folder / "faults.so"
            command = [
                "cc",
                "-O2",
                "-fPIC",
                "-shared",
                "-o",
                str(library),
                str(Path(__file__).with_suffix(".c")),
                "-ldl",
            ]
            subprocess.run(command, check=True)
            environment = {**os.environ, LIBRARY: str(library), "LD_PRELOAD": str(library)}
            again = [sys.executable, "-m", "tests.soak.faults", *(sys.argv[1:] if arguments is None else arguments)]
            return subprocess.run(again, env=environment, check=False).returncode
        warnings.simplefilter("ignore")
        return _run(folder, options)


def _run(folder: Path, options: argparse.Namespace) -> int:
    begin, total, problems = time.monotonic(), Figures(), []
    injector = Injector()
    print(f"{'task':24} {'fault':12} {'rounds':>6}", *(f"{column:>9}" for column in COLUMNS))  # noqa: T201
    for number, (name, task) in enumerate(tasks(folder).items()):
        if options.only not in name:
            continue
        place = folder / f"task{number}"
        place.mkdir()
        trial = Trial(injector, name, task, place, random.Random(f"{options.seed} {name}"))
        for fault in options.faults.split(","):
            if fault.startswith("power") and name in ("the cache", "generate"):
                continue  # of folders in folders; what they hold can be made again
            figures = trial.under(fault, options.points)
            total.rounds += figures.rounds
            total.counts += figures.counts
            problems += figures.problems
            _print(name, fault, figures)
    _print("all", "", total)
    print(f"{time.monotonic() - begin:.0f} s", *problems, sep="\n")  # noqa: T201
    return int(bool(problems))


def _print(name: str, fault: str, figures: Figures) -> None:
    counts = (f"{figures.counts[column] or '.':>9}" for column in COLUMNS)
    print(f"{name:24} {fault:12} {figures.rounds:6}", *counts, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
