"""Datasets stay open while their rows are read: what was decompressed is there for the next row, and nothing is old."""

from __future__ import annotations

import gc
import shutil
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.errors import ClosedFileError
from nwb_models.io import arrays, open_datasets
from tests.io.handmade import new_file, series

if TYPE_CHECKING:
    from pathlib import Path

VALUES = np.arange(4_000 * 8, dtype=np.int32).reshape(4_000, 8)
STORED: dict[str, dict[str, Any]] = {
    "contiguous": {},
    "chunks": {"chunks": (500, 8)},
    "gzip": {"chunks": (500, 8), "compression": "gzip"},
    "tiles": {"chunks": (300, 3), "compression": "lzf", "shuffle": True, "fletcher32": True},
    "big": {"chunks": (4_000, 8), "compression": "gzip", "dtype": ">f8"},
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("open") / "rows.nwb"
    with new_file(path) as file:
        for name, options in STORED.items():
            group = series(file["acquisition"], name)
            del group["data"]
            data = group.create_dataset("data", data=VALUES, **options)
            data.attrs.update(unit="V", conversion=1.0, offset=0.0, resolution=-1.0)
    return path


@pytest.fixture
def path(stored: Path, tmp_path: Path) -> Path:
    return shutil.copy(stored, tmp_path / "rows.nwb")


def opened(path: Path) -> int:
    """Return how many datasets of a file HDF5 has open."""
    gc.collect()
    found = h5py.h5f.get_obj_ids(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_DATASET)
    return sum(h5py.h5f.get_name(one) == str(path).encode() for one in found)


@pytest.mark.parametrize("name", STORED)
def test_whatever_was_read_before(name: str, path: Path) -> None:
    """Any rows, after any others, are what h5py reads."""
    rng = np.random.default_rng(1)
    data = nwb.read(path).acquisition[name].data
    with h5py.File(path) as file:
        expected = file[f"acquisition/{name}/data"][()]
    for _ in range(200):
        a, b = sorted(rng.integers(0, 4_001, 2).tolist())
        row, step, column = int(rng.integers(4_000)), int(rng.integers(1, 900)), int(rng.integers(8))
        for index in (row, slice(a, b), slice(a, b, step), (slice(a, b), column), (row, column), [a % 4_000, 3_999]):
            found = data[index]
            assert found.dtype == expected[index].dtype
            np.testing.assert_array_equal(found, expected[index])


def test_what_was_decompressed_is_there_for_the_next_row(path: Path) -> None:
    """The bytes of a chunk are read once: that they are another's by now is seen in other chunks only."""
    data = nwb.read(path).acquisition["gzip"].data
    np.testing.assert_array_equal(data[0], VALUES[0])
    with h5py.File(path) as file:
        places = [file["acquisition/gzip/data"].id.get_chunk_info(number) for number in range(2)]
    with path.open("r+b") as raw:
        for place in places:
            raw.seek(place.byte_offset)
            raw.write(bytes(place.size))
    for row in (1, 499, 0):
        np.testing.assert_array_equal(data[row], VALUES[row])
    with pytest.raises(ClosedFileError, match="was changed or removed since it was read"):
        data[500]
    np.testing.assert_array_equal(data[2], VALUES[2])


@pytest.mark.parametrize("options", [{}, {"chunks": (700,)}, {"chunks": (700,), "compression": "gzip"}])
def test_each_text_is_looked_at_once(options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of text are looked at chunk by chunk before HDF5 reads them, and not row by row."""
    path, texts = tmp_path / "text.nwb", [f"row {number} ü" for number in range(2_500)]
    with new_file(path) as file:
        file["analysis"].create_dataset("text", data=texts, dtype=h5py.string_dtype(), **options)
    looked: list[Any] = []
    look = arrays.require_bounded
    monkeypatch.setattr(arrays, "require_bounded", lambda *given: looked.append(given[2:4]) or look(*given))
    data = nwb.read(path).analysis["text"]
    for row in (*range(1_390, 1_410), 3, -1):
        assert data[row] == texts[row]
    assert data[690:1_410].tolist() == texts[690:1_410]
    assert len(looked) <= 5
    assert len(looked) == len(set(looked))


def test_few_stay_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no more than some, those that were read last, and none of a file that was closed."""
    monkeypatch.setattr(open_datasets, "MOST", 2)
    file = nwb.read(path)
    arrays = {name: file.acquisition[name].data for name in STORED}
    before = opened(path)
    for data in arrays.values():
        assert data[7, 3] == VALUES[7, 3]
    assert opened(path) == before + 2
    file._source.close()
    assert opened(path) == 0
    assert [data[9, 3] for data in arrays.values()] == [VALUES[9, 3]] * len(arrays)
    assert opened(path) == 0


def test_after_an_edit_rows_are_those_that_were_written(path: Path) -> None:
    """The file that takes the place of another one has other datasets under the same paths."""
    with nwb.open(path, "r+") as io:
        file = io.read()
        for name in STORED:
            data = file.acquisition[name].data
            assert data[5, 0] == VALUES[5, 0]
        file.acquisition["gzip"].data = VALUES[::-1]
        file.acquisition["chunks"].data = VALUES * 2
        io.write(file)
        assert file.acquisition["gzip"].data[0, 0] == VALUES[-1, 0]
        assert file.acquisition["chunks"].data[5, 1] == VALUES[5, 1] * 2
        assert file.acquisition["tiles"].data[5, 1] == VALUES[5, 1]
