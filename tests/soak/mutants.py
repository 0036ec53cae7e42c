"""Reads damaged copies of files, in a process that HDF5 may crash, and compares every value with the original's.

    python -m tests.soak.mutants [--count N] [--seed N] [--only NAME] [--json]

The files are those of PyNWB in `tests.pynwb_files`, the same with everything under a checksum of HDF5's, and some of
the corpus where it is there.  Each mutant is made from its seed, and can be made again: --keep FOLDER keeps those that
are no good.  Exit status 1 where the library let an exception through that is not its own, where a process hung, or
where a value was wrong that a checksum covers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.io.checking import Outcome, examined, judged, parts
from nwb_models.io.guarded import Guarded
from nwb_models.models import Array, NWBModel
from nwb_models.models.links import Region, Unreadable, Unresolved
from tests.conftest import EXAMPLE, corpus_files
from tests.io.damage import END_OF_FILE
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nwb_models.io.guarded import At

SECONDS, MEMORY = 60.0, 2 << 30
READ = "tests.soak.mutants:values"
CHECKED = ", with checksums"
OLD_SUPERBLOCK = 8
"""Where a superblock says its version: only 0 has the end of the file in `END_OF_FILE`, without a checksum."""
EQUAL, NOTED, REFUSED = "read, and equal", "read, departures noted", "refused, or in parts"
CRASHED, HUNG, MEMORY_OUT = "HDF5 crashed, caught", "TOOK TOO LONG", "took too much memory"
ENDLESS = "HDF5 ran for ever, ended"
UNPROTECTED, WRONG, FAULT = "other values, no checksum tells", "WRONG VALUE IN SILENCE", "FAULT OF THE LIBRARY"
OUTCOMES = (EQUAL, NOTED, REFUSED, CRASHED, ENDLESS, MEMORY_OUT, UNPROTECTED, HUNG, WRONG, FAULT)
BAD = (HUNG, WRONG, FAULT)


# ------------------------------------------------------------------------------------ what is read, as digests
def values(request: dict[str, Any], at: At) -> dict[str, Any]:
    """Read a file deeply; return what `check` would know, and a digest of each value."""
    found: dict[str, str] = {}

    def look(path: str, value: Any) -> None:
        digest = hashlib.sha1()
        try:
            if isinstance(value, Array):
                digest.update(f"{value.dtype} {value.shape}".encode())
                for part in parts(value):
                    digest.update(_bytes(value[part]))
            else:
                digest.update(_bytes(value))
        except _NotThereError:
            return
        found[path] = digest.hexdigest()[:12]

    return {**examined(request["path"], at, look), "values": found}


class _NotThereError(Exception):
    """A value says of itself that it is not there, or cannot be read."""


def _bytes(value: Any) -> bytes:
    if isinstance(value, Unresolved | Unreadable):
        raise _NotThereError
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return f"{value.dtype} {value.shape}".encode() + value.tobytes()
    if isinstance(value, np.ndarray):
        return b"".join(_bytes(entry) for entry in value.reshape(-1).tolist())
    if isinstance(value, tuple | list):
        return b"".join(map(_bytes, value))
    if isinstance(value, NWBModel):
        return f"{type(value).__name__} {value.path}".encode("utf-8", "surrogateescape")
    if isinstance(value, Region):
        return b"region " + _bytes(value.target)
    return f"{type(value).__name__} {value!r}".encode("utf-8", "surrogateescape")


# ------------------------------------------------------------------------------------ the files
@dataclass
class Original:
    """A file that mutants are made of."""

    name: str
    content: bytes
    values: dict[str, str]
    issues: set[str]
    texts: list[tuple[int, int]]
    """Where the texts of the specifications are: a damaged one means other models, which take seconds to make."""
    covered: np.ndarray[Any, Any] = field(repr=False)
    """Which bytes a checksum covers."""
    chunks: list[tuple[int, int]] = field(repr=False)
    """Where the chunks of data are."""


def originals(folder: Path, only: str = "") -> Iterator[Original]:
    """Make the files, and read them."""
    paths: dict[str, Path] = {"example": EXAMPLE}
    for name, write in FILES.items():
        paths[name] = folder / f"{name}.nwb"
        write(paths[name])
    for name in list(paths):
        paths[name + CHECKED] = folder / f"{name}-checked.nwb"
        with_checksums(paths[name], paths[name + CHECKED])
    corpus = [path for path in corpus_files() if path.stat().st_size < 3_000_000]
    paths |= {f"corpus: {path.stem[:60]}": path for path in corpus[:: max(1, len(corpus) // 20)]}
    with Guarded(READ) as read:
        for name, path in paths.items():
            if only in name:
                said = read({"path": str(path)}).value
                content = path.read_bytes()
                issues = {json.dumps(issue) for issue in said["issues"]}
                yield Original(
                    name, content, said["values"], issues, texts_of(path), covered(name, path, content), chunks_of(path)
                )


def with_checksums(source: Path, target: Path) -> None:
    """Write a file in the newest format, with checksums: of all headers, of chunks, of small data in its header.

    Text has a fixed length there, since HDF5 has no checksum for what has any length.
    """
    with h5py.File(source) as old, h5py.File(target, "w", libver="latest") as new:
        groups: list[tuple[Any, Any]] = [(old, new)]
        pairs = [(old, new)]
        made = {h5py.h5o.get_info(old.id).addr: new}
        for group, copy in groups:  # which grows
            for name in group:
                link = group.get(name, getlink=True)
                if not isinstance(link, h5py.HardLink):
                    copy[name] = link
                    continue
                obj = group[name]
                address = h5py.h5o.get_info(obj.id).addr
                if address in made:
                    copy[name] = made[address]
                    continue
                if isinstance(obj, h5py.Group):
                    made[address] = copy.create_group(name)
                    groups.append((obj, made[address]))
                else:
                    made[address] = _create(copy, name, obj)
                pairs.append((obj, made[address]))
        for obj, copy in pairs:
            if isinstance(obj, h5py.Dataset) and obj.shape is not None and 0 not in obj.shape:
                copy[...] = np.asarray(_moved(obj[()], old, made), copy.dtype)
            for name, value in obj.attrs.items():
                if isinstance(value, h5py.Empty):
                    copy.attrs[name] = value
                    continue
                dtype = _dtype(obj.attrs.get_id(name).dtype, value)
                copy.attrs.create(name, np.asarray(_moved(value, old, made), dtype), dtype=dtype)


def _create(group: Any, name: str, obj: Any) -> Any:
    if obj.shape is None:
        return group.create_dataset(name, data=h5py.Empty(obj.dtype))
    if obj.shape == ():
        create = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        dtype = _dtype(obj.dtype, obj[()])
        if dtype.itemsize < 60_000:
            create.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create(h5py.h5s.SCALAR)
        made = h5py.h5d.create(group.id, name.encode(), h5py.h5t.py_create(dtype, logical=True), space, create)
        return h5py.Dataset(made)
    dtype = _dtype(obj.dtype, obj[()])
    is_empty = 0 in obj.shape
    return group.create_dataset(name, obj.shape, dtype, **({} if is_empty else {"chunks": True, "fletcher32": True}))


def _dtype(dtype: Any, value: Any) -> Any:
    """Return the dtype with a fixed length in the place of any length."""
    if h5py.check_string_dtype(dtype) is None:
        return dtype
    entries = np.asarray(value, dtype=object).reshape(-1).tolist()
    raw = (entry if isinstance(entry, bytes) else str(entry).encode() for entry in entries)
    return h5py.string_dtype("utf-8", max(1, *map(len, raw)) if entries else 1)


def _moved(value: Any, old: Any, made: dict[int, Any]) -> Any:
    """Return values with references to the new objects, and text as bytes."""
    if isinstance(value, h5py.RegionReference):
        return made[h5py.h5o.get_info(old[value].id).addr].regionref[...]
    if isinstance(value, h5py.Reference):
        return made[h5py.h5o.get_info(old[value].id).addr].ref if value else value
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, np.ndarray) and value.dtype.names is not None:
        result = value.copy()
        for name in value.dtype.names:
            result[name] = _moved(value[name], old, made)
        return result
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        result = np.empty(value.shape, value.dtype)
        for index in np.ndindex(value.shape):
            result[index] = _moved(value[index], old, made)
        is_text = all(isinstance(entry, bytes) for entry in result.reshape(-1))
        return result.astype("S") if is_text else result
    return value


def texts_of(path: Path) -> list[tuple[int, int]]:
    """Return where in a file the texts of its specifications are."""
    content, found = path.read_bytes(), []
    with h5py.File(path) as file:

        def visit(name: str, obj: Any) -> None:
            if isinstance(obj, h5py.Dataset):
                text = obj[()]
                raw = text if isinstance(text, bytes) else str(text).encode()
                begin = content.find(raw[:2000])
                if begin >= 0:
                    found.append((begin, begin + len(raw)))

        if "specifications" in file:
            file["specifications"].visititems(visit)
    return found


def covered(name: str, path: Path, content: bytes) -> np.ndarray[Any, Any]:
    """Return which bytes HDF5 has a checksum of: in a file with checksums all, but for some data and texts."""
    if not name.endswith(CHECKED):
        return np.zeros(len(content), bool)
    found = np.ones(len(content), bool)
    begin = content.find(b"GCOL")
    while begin >= 0:
        found[begin : begin + int.from_bytes(content[begin + 8 : begin + 16], "little")] = False
        begin = content.find(b"GCOL", begin + 4)
    with h5py.File(path) as file:

        def visit(name: str, obj: Any) -> None:
            if isinstance(obj, h5py.Dataset) and obj.id.get_offset() is not None:
                found[obj.id.get_offset() : obj.id.get_offset() + obj.id.get_storage_size()] = False

        file.visititems(visit)
    return found


def chunks_of(path: Path) -> list[tuple[int, int]]:
    """Return where in a file its chunks are."""
    found: list[tuple[int, int]] = []
    with h5py.File(path) as file:

        def visit(name: str, obj: Any) -> None:
            if isinstance(obj, h5py.Dataset) and obj.chunks:
                obj.id.chunk_iter(lambda info: found.append((info.byte_offset, info.byte_offset + info.size)))

        file.visititems(visit)
    return found


# ------------------------------------------------------------------------------------ mutants
def mutant(original: Original, seed: int) -> tuple[bytes, str]:
    """Return a damaged copy, and what was done to it."""
    chance = random.Random(f"{original.name} {seed}")
    kind = chance.choice(list(KINDS))
    data = bytearray(original.content)
    KINDS[kind](data, chance, lambda: _place(original, chance))
    return bytes(data), kind


def _place(original: Original, chance: random.Random) -> int:
    """Return a place, seldom one in the texts of specifications."""
    for _ in range(50):
        place = chance.randrange(len(original.content))
        if not any(begin <= place < end for begin, end in original.texts) or chance.random() < 0.002:
            return place
    return 0


def _flip(data: bytearray, chance: random.Random, place: Callable[[], int]) -> None:
    for _ in range(chance.choice([1, 1, 1, 2, 8])):
        data[place()] ^= 1 << chance.randrange(8)


def _set(data: bytearray, chance: random.Random, place: Callable[[], int]) -> None:
    for _ in range(chance.choice([1, 2, 4])):
        data[place()] = chance.choice([0, 1, 2, 8, 0x7F, 0x80, 0xFF])


def _long(data: bytearray, chance: random.Random, place: Callable[[], int]) -> None:
    at = place() & ~7
    number = chance.choice([0, 1, 2**31, 2**32 - 1, 2**40, 2**63, 2**64 - 1, at, len(data)])
    data[at : at + 8] = number.to_bytes(8, "little")[: len(data) - at]


def _block(data: bytearray, chance: random.Random, place: Callable[[], int]) -> None:
    size, at = chance.choice([64, 512, 4096]), place()
    size = min(size, len(data) - at)
    fill = [bytes(size), b"\xff" * size, chance.randbytes(size), bytes(data[(other := place()) : other + size])]
    found = chance.choice(fill)
    data[at : at + len(found)] = found
    del data[max(at + len(found), len(data)) :]


def _cut(data: bytearray, chance: random.Random, place: Callable[[], int]) -> None:
    del data[max(1, place()) :]
    if len(data) > END_OF_FILE.stop and data[OLD_SUPERBLOCK] == 0 and chance.random() < 0.7:
        data[END_OF_FILE] = len(data).to_bytes(8, "little")  # or HDF5 would refuse it at once


def _hole(data: bytearray, chance: random.Random, place: Callable[[], int]) -> None:
    """A copy that was interrupted and continued: the end is there, and zeros before it."""
    at = place()
    size = chance.randrange(1, len(data) - at + 1)
    data[at : at + size] = bytes(size)


KINDS: dict[str, Callable[[bytearray, random.Random, Callable[[], int]], None]] = {
    "flip": _flip, "set": _set, "long": _long, "block": _block, "cut": _cut, "hole": _hole,
}  # fmt: skip


def is_covered(original: Original, content: bytes) -> bool:
    """Tell whether all that was changed is under a checksum, which can tell.

    That of chunks, fletcher32, cannot where all bits are zero, or all are one: so are those of their checksum.
    """
    uniform = ({0}, {0xFF})
    if any(set(content[a:b]) in uniform and content[a:b] != original.content[a:b] for a, b in original.chunks):
        return False
    size = min(len(content), len(original.content))
    one, two = (np.frombuffer(data, np.uint8, size) for data in (content, original.content))
    changed = np.flatnonzero(one != two)
    return bool(original.covered[changed].all() and original.covered[size:].all())


def has_endless_heap(content: bytes) -> bool:
    """Tell whether there are zeros in a heap of texts: HDF5 2.0 goes on by the size of an object, which is none."""
    begin = content.find(b"GCOL")
    while begin >= 0:
        end = min(begin + int.from_bytes(content[begin + 8 : begin + 16], "little"), len(content))
        at = begin + 16
        while end - at >= 16:
            index, size = (int.from_bytes(content[at + a : at + b], "little") for a, b in ((0, 2), (8, 16)))
            if index == 0 and size == 0:
                return True
            at += 16 + (size + 7 & ~7) if index else size
        begin = content.find(b"GCOL", begin + 4)
    return False


# ------------------------------------------------------------------------------------ the run
@dataclass
class Run:
    """What became of the mutants."""

    keep: Path | None
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(name of the original, outcome) -> how many."""
    bad: list[str] = field(default_factory=list)

    def judge(self, original: Original, seed: int, content: bytes, ended: Any, path: Path) -> str:
        """Return what became of a mutant."""
        found = judged(path.name, ended, seconds=SECONDS, memory=MEMORY)
        match found.outcome:
            case Outcome.CRASHED:
                return CRASHED
            case Outcome.TIME:
                return ENDLESS if has_endless_heap(content) else HUNG
            case Outcome.MEMORY:
                return MEMORY_OUT
            case Outcome.FAULT:
                return FAULT
        read: dict[str, str] = ended.value["values"]
        other = sorted(name for name in read if name in original.values and read[name] != original.values[name])
        lost = original.values.keys() - read.keys()
        if found.outcome is Outcome.UNREADABLE:
            return WRONG if other and is_covered(original, content) else REFUSED
        noted = {json.dumps(issue) for issue in ended.value["issues"]} - original.issues
        if other and is_covered(original, content):
            return WRONG
        if noted or found.notes:
            return NOTED
        if other or lost or read.keys() - original.values.keys():
            return WRONG if is_covered(original, content) else UNPROTECTED
        return EQUAL


def run(count: int, seed: int, *, only: str = "", keep: Path | None = None, quiet: bool = True) -> Run:
    """Make mutants, read them and judge."""
    result = Run(keep)
    with tempfile.TemporaryDirectory() as folder:
        found = list(originals(Path(folder), only))
        path = Path(folder) / "mutant.nwb"
        with Guarded(READ, memory=MEMORY) as read:
            for number in range(seed, seed + count):
                original = found[number % len(found)]
                content, kind = mutant(original, number)
                path.unlink(missing_ok=True)
                path.write_bytes(content)
                ended = read({"path": str(path)}, seconds=SECONDS)
                outcome = result.judge(original, number, content, ended, path)
                result.counts[original.name, outcome] += 1
                if outcome in (*BAD, CRASHED, ENDLESS, MEMORY_OUT):
                    line = f"seed {number}, {original.name}, {kind}: {outcome}: {ended.reason} {ended.at}"
                    result.bad += [line] if outcome in BAD else []
                    if not quiet:
                        print(line, flush=True)  # noqa: T201
                    if keep is not None:
                        (keep / f"{number}.nwb").write_bytes(content)
    return result


def main(arguments: list[str] | None = None) -> int:
    """Run, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="a part of the name of the files")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    begin = time.monotonic()
    result = run(options.count, options.seed, only=options.only, keep=options.keep, quiet=options.json)
    totals = Counter[str]()
    groups: dict[str, Counter[str]] = {}
    for (name, outcome), number in result.counts.items():
        totals[outcome] += number
        group = "corpus" if name.startswith("corpus") else "with checksums" if name.endswith(CHECKED) else "of PyNWB"
        groups.setdefault(group, Counter())[outcome] += number
    if options.json:
        print(json.dumps({"counts": totals, "bad": result.bad}))  # noqa: T201
    else:
        for outcome in OUTCOMES:
            print(f"{outcome:34}", *(f"{name}: {group[outcome]:5}" for name, group in groups.items()), totals[outcome])  # noqa: T201
        print(f"{sum(totals.values())} mutants in {time.monotonic() - begin:.0f} s")  # noqa: T201
    return int(any(totals[outcome] for outcome in BAD))


if __name__ == "__main__":
    sys.exit(main())
