"""Whether a file can be read, tried in a process of its own: HDF5 does not promise to survive crafted or damaged files.

The process protects its parent from crashes, from hanging and from eating its memory.  It is no sandbox: whoever
found a way to make HDF5 run code would run it with the rights of the user.
"""

from __future__ import annotations

import dataclasses
import math
import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from h5py import h5d

from nwb_models.errors import NWBError, NWBWarning
from nwb_models.io.arrays import HDF5Array
from nwb_models.io.copying import BLOCK, blocks
from nwb_models.io.guarded import Ended, Guarded
from nwb_models.io.hdf5 import HDF5IO
from nwb_models.io.mappings import open_object
from nwb_models.io.opening import path_of
from nwb_models.io.queue import DAMAGE, link_of
from nwb_models.io.values import encode
from nwb_models.limits import DEFAULT, Limits
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBDataset, NWBGroup, NWBModel
from nwb_models.models.issues import Issue, printable
from nwb_models.models.mapping import storage

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator

    import h5py

    from nwb_models.io.guarded import At

SECONDS = 300.0
"""How long a file may take where nothing else is said."""
MEMORY = 2 << 30
"""How many bytes of memory it may take where nothing else is said."""


class Outcome(StrEnum):
    """What became of a file that was tried."""

    FINE = "fine"
    """All of it could be read, and it is as its specifications say."""
    DEPARTS = "departs"
    """All of it could be read, and it departs from its specifications."""
    UNREADABLE = "unreadable"
    """It, or a part of it, cannot be read: it is missing, damaged, or no NWB file."""
    CRASHED = "crashed"
    """HDF5, or another library, crashed."""
    TIME = "time"
    """It took longer than it may."""
    MEMORY = "memory"
    """It took more memory than it may."""
    FAULT = "fault"
    """This library has met what it did not foresee, which should be reported."""


@dataclass(frozen=True)
class Checked:
    """What became of a file that was tried in a process of its own; true where all of it could be read."""

    path: str
    """The file."""
    outcome: Outcome
    """What became of it."""
    problems: tuple[str, ...] = ()
    """What cannot be read and why, or what else went wrong; each says where."""
    issues: tuple[Issue, ...] = ()
    """Departures from its specifications."""
    notes: tuple[str, ...] = ()
    """Warnings."""

    def __bool__(self) -> bool:
        """Tell whether all of it could be read."""
        return self.outcome in (Outcome.FINE, Outcome.DEPARTS)

    def __str__(self) -> str:
        """Return one line."""
        match self.outcome:
            case Outcome.FINE:
                said = "fine"
            case Outcome.DEPARTS:
                number = len(self.issues)
                said = f"departs from its specifications in {number} place{'s' * (number != 1)}"
            case _:
                more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
                said = f"{self.problems[0] if self.problems else self.outcome}{more}"
        return printable(" ".join((said if said.startswith(self.path) else f"{self.path}: {said}").split()))

    def to_dict(self) -> dict[str, Any]:
        """Return what it says as a dictionary, which ``json.dumps`` takes."""
        return {
            "file": self.path,
            "outcome": str(self.outcome),
            "problems": list(self.problems),
            "issues": [dataclasses.asdict(issue) for issue in self.issues],
            "warnings": list(self.notes),
        }


def check(
    path: str | os.PathLike[str],
    *,
    deep: bool = False,
    seconds: float | None = SECONDS,
    memory: int | None = MEMORY,
    limits: Limits = DEFAULT,
) -> Checked:
    """Try to read a file in a process of its own, so that this one survives whatever it does to HDF5.

    Parameters
    ----------
    path
        The file.
    deep
        Whether to read all data, too, block by block; otherwise the file is opened and all models are built.
    seconds
        How long that may take; None for any time.
    memory
        How many bytes of memory it may take, where the system can limit that, as Linux can; None for any.
    limits
        What is refused as too large; by default, what the process may have.

    Returns
    -------
    Checked
        What became of it; true where all of it could be read.  It is not raised what is wrong with the file.
    """
    return next(iter(check_files([path], deep=deep, seconds=seconds, memory=memory, limits=limits)))


def check_files(
    paths: Iterable[str | os.PathLike[str]],
    *,
    deep: bool = False,
    seconds: float | None = SECONDS,
    memory: int | None = MEMORY,
    limits: Limits = DEFAULT,
) -> Iterator[Checked]:
    """Try files one after another, see `check`; one process serves for many, until one of them does it harm."""
    with Guarded(f"{__name__}:examine", memory=memory) as tried:
        for path in paths:
            found = judged(
                path_of(path),
                tried({"path": path_of(path), "deep": deep, "limits": limits}, seconds=seconds),
                seconds=seconds,
                memory=memory,
            )
            if not found:
                tried.close()  # what HDF5 has met may have left traces
            yield found


def judged(path: str, ended: Ended, *, seconds: float | None, memory: int | None) -> Checked:
    """Return what became of a file from how its examination ended."""
    where = f" while {ended.at}" if ended.at else ""
    match ended.failure:
        case None:
            problems, issues = tuple(ended.value["problems"]), tuple(Issue(**entry) for entry in ended.value["issues"])
            outcome = Outcome.UNREADABLE if problems else Outcome.DEPARTS if issues else Outcome.FINE
            return Checked(path, outcome, problems, issues, tuple(ended.value["notes"]))
        case "crashed":
            text = f"HDF5 crashed on it ({ended.reason}){where}"
        case "time":
            text = f"took longer than {seconds:g} s{where}"
        case "memory":
            text = f"needs more memory than the {(memory or 0) / 2**30:.3g} GiB that it may take{where}"
        case _:
            text = f"unexpected {ended.reason}{where}; please report it"
    return Checked(path, Outcome(ended.failure), (text,))


# ------------------------------------------------------------------------------------ in the other process
def examine(request: dict[str, Any], at: At) -> dict[str, Any]:
    """Read a file, and return what cannot be read of it, how it departs from its specifications, and warnings."""
    return examined(request["path"], at, _read if request["deep"] else None, Limits(*request["limits"]))


def examined(path: str, at: At, look: Callable[[str, Any], None] | None, limits: Limits = DEFAULT) -> dict[str, Any]:
    """Read a file, and hand over everything that it holds, each with its path."""
    problems: list[str] = []
    issues: list[Issue] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", NWBWarning)
        at("it was opened")
        try:
            with HDF5IO(path, limits=limits) as io:
                at("its objects were read")
                root = io.read(eager=True)
                issues += io.issues
                for place, value in values_of(root) if look is not None else ():
                    at(f"{place} was read")
                    try:
                        look(place, value)  # type: ignore[misc]
                    except NWBError as error:
                        problems.append(str(error))
                with io.opened() as file:
                    damage = [issue for issue in issues if _is_damage(file, issue)]
                problems += [f"{issue.path} of {path} cannot be read: {issue.found}" for issue in damage]
        except NWBError as error:
            problems.append(str(error))
    return {
        "problems": problems,
        "issues": [dataclasses.asdict(issue) for issue in issues],
        "notes": [str(warning.message) for warning in caught],
    }


def _is_damage(file: h5py.File, issue: Issue) -> bool:
    """Tell whether a departure means that something cannot be read: a link to nothing can be a soft one."""
    if issue.rule != "link":
        return issue.rule == "unreadable"
    above, _, name = issue.path.rpartition("/")
    try:
        group = open_object(file, encode(above or "/"))
        link = link_of(group, name)
        if link is not None and link.kind == "hard":
            open_object(file, encode(name), group)
    except (*DAMAGE, KeyError, ValueError):
        return True
    return False


def _read(path: str, value: Any) -> None:  # noqa: ARG001 - who compares what was read wants to know where it was
    """Read an array that is on disk."""
    if isinstance(value, Array):
        for part in parts(value):
            value[part]


def values_of(root: NWBModel) -> Iterator[tuple[str, Any]]:
    """Yield everything that a file holds and that is no model, each once, with the path of an attribute or a dataset.

    Every object is built for that.
    """
    waiting: list[tuple[str, NWBModel]] = [("/", root)]
    seen = {id(root)}
    while waiting:
        path, model = waiting.pop()
        for entry in storage(type(model)).attributes.values():
            yield f"{path}@{entry.stored_name}", getattr(model, entry.field)
        if isinstance(model, NWBDataset):
            yield path, model.value
        children = dict(model.items()) if isinstance(model, NWBGroup) else {}
        for name, value in (model.model_extra or {}).items():
            if name not in children:
                yield f"{path}@{name.removeprefix('@')}", value
        for name, child in children.items():
            where = f"{path.rstrip('/')}/{name}"
            if not isinstance(child, NWBModel):
                yield where, child
            elif id(child) not in seen:
                seen.add(id(child))
                waiting.append((where, child))


def parts(array: Array) -> Iterator[tuple[slice, ...]]:
    """Yield what covers an array in blocks of some megabytes; of one that is mostly unwritten, only what is stored.

    An array can be declared to have more values than any disk holds, with none of them written.
    """
    stored = _stored_chunks(array)
    if stored is not None:
        chunk = array.chunks or ()
        yield from (tuple(slice(a, a + b) for a, b in zip(start, chunk, strict=True)) for start in stored)
        return
    size = max(1, array.dtype.itemsize)
    rows = array.chunks[0] if array.chunks else 1
    if math.prod(array.shape[1:]) * rows * size > 4 * BLOCK:
        rows = 1
    for start, count in blocks(array.shape, size, rows):
        yield tuple(slice(a, a + b) for a, b in zip(start, count, strict=True))


def _stored_chunks(array: Array) -> list[tuple[int, ...]] | None:
    """Return where the stored chunks of an array begin, None where they are most of it."""
    source = array.source
    if array.chunks is None or not isinstance(source, HDF5Array):
        return None
    total = math.prod(-(-length // chunk) for length, chunk in zip(array.shape, array.chunks, strict=True))
    if total * math.prod(array.chunks) * array.dtype.itemsize <= BLOCK:
        return None
    found: list[tuple[int, ...]] = []
    with source.io.opened() as file:
        dataset = h5d.open(file.id, encode(source.path))
        if 2 * dataset.get_num_chunks() >= total:
            return None
        dataset.chunk_iter(lambda info: found.append(info.chunk_offset))
    return found
