"""Damages the headers of a file in a reproducible way and reads it both ways, in a process that HDF5 may crash.

    python -m tests.io.damage FILE FOLDER FIRST LAST [h5py]

prints, for each seed, ``SEED begin`` and then ``SEED OBJECTS DIRECT`` and what differs; ``h5py``: only h5py reads.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from unittest.mock import patch

from nwb_models.io import headers
from nwb_models.io.stored_bytes import StoredBytes
from tests.io.same_nodes import differences, flattened, through_h5py

END_OF_FILE = slice(40, 48)


def regions(path: Path) -> list[tuple[int, int]]:
    """Return (address, size) of everything that is read directly from a file."""
    found: set[tuple[int, int]] = set()
    original = StoredBytes.at

    def at(self: StoredBytes, address: int, size: int) -> bytes:
        found.add((address, size))
        return original(self, address, size)

    with patch.object(StoredBytes, "at", at):
        flattened(path)
    return sorted(found)


def damaged(content: bytes, places: list[tuple[int, int]], seed: int) -> bytes:
    """Return the content with a few bytes changed, or cut off."""
    chance = random.Random(seed)
    data = bytearray(content)
    if chance.random() < 0.05:
        begin, size = chance.choice(places)
        data = data[: max(begin + chance.randrange(size), 96)]
        data[END_OF_FILE] = len(data).to_bytes(8, "little")
        return bytes(data)
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        begin, size = chance.choice(places)
        at = begin + chance.randrange(min(size, 700))
        how = chance.randrange(4)
        if how == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif how == 1:
            data[at] = chance.choice([0, 1, 2, 3, 8, 0x10, 0xFF])
        elif how == 2:
            data[at] = (data[at] + chance.choice([-8, -1, 1, 8])) % 256
        else:
            source, _ = chance.choice(places)
            data[at : at + 8] = content[source : source + 8]
    return bytes(data[: len(content)])


def main() -> None:
    """Run some seeds."""
    path, folder, first, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    content, places = path.read_bytes(), regions(path)
    target = folder / f"damaged-{first}.h5"
    for seed in range(first, last):
        target.write_bytes(damaged(content, places, seed))
        print(seed, "begin", flush=True)  # noqa: T201
        if seed % 4 == 0:  # nothing learned before
            headers._kinds.clear()
            headers._accepted.clear()
            headers._patterns.clear()
        if sys.argv[5:] == ["h5py"]:
            with through_h5py():
                flattened(target)
            continue
        found, objects, direct = differences(target)
        print(seed, objects, direct, *(" ".join(text.split()) for text in found), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
