"""Text of any length, which lies in heaps: what is found there, and what is left to HDF5."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h5py
import pytest

from nwb_models.io.stored_bytes import StoredBytes, UnfamiliarError

if TYPE_CHECKING:
    from pathlib import Path

WORDS = [b"one", b"eight by", b"and some more"]


def words(path: Path) -> int:
    """Write a file with a heap, and return where that is."""
    with h5py.File(path, "w") as file:
        file.create_dataset("words", data=WORDS, dtype=h5py.string_dtype())
    return path.read_bytes().index(b"GCOL")


def test_objects_of_a_heap(tmp_path: Path) -> None:
    at = words(tmp_path / "a.h5")
    for _ in range(2):
        with h5py.File(tmp_path / "a.h5") as file:
            stored = StoredBytes(file)
            assert [stored.in_heap(at, number) for number in (3, 2, 1)] == WORDS  # HDF5 writes the last first
            with pytest.raises(UnfamiliarError):
                stored.in_heap(at, 4)


DAMAGE = {
    "the same number twice": (48, b"\x01"),
    "longer than the heap": (24, b"\xff\xff"),
    "longer than any": (24, b"\xff" * 8),
    "the rest of another length": (104, b"\x08"),
    "no heap": (0, b"g"),
}
"""Which bytes of the heap become which."""


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_heap_is_left_to_hdf5(what: str, tmp_path: Path) -> None:
    """Whichever of its objects is asked for, and although one like it was sound."""
    path = tmp_path / "a.h5"
    at = words(path)
    with h5py.File(path) as file:
        StoredBytes(file).in_heap(at, 1)
    begin, wrong = DAMAGE[what]
    content = bytearray(path.read_bytes())
    content[at + begin : at + begin + len(wrong)] = wrong
    path.write_bytes(content)
    with h5py.File(path) as file:
        stored = StoredBytes(file)
        for number in (1, 2, 3):
            with pytest.raises(UnfamiliarError):
                stored.in_heap(at, number)
