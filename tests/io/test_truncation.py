"""A truncated file is still true to its original: whole by its own account, and equal to the source where it is there."""

from __future__ import annotations

import warnings
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pandas as pd
import pynwb
import pytest
from hdmf.common import DynamicTable
from pynwb import NWBHDF5IO, TimeSeries

import nwb_models as nwb
from nwb_models.errors import NWBWarning
from tests.conftest import CORPUS, EXAMPLE, corpus_files
from tests.io.integrity import objects, problems
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NUMBERS = (1, 2, 10)
BY_PYNWB = ("4.2.0_rich", "1.3.3_rich", "write_pose_training", "full_roundtrip", "ndx-events_0.2.1", "4.0.0_ecephys")
"""Files of the corpus that are read by PyNWB, too."""


# ------------------------------------------------------------------------------------------ the contract
def truncated(source: Path, n: int | None = None, **options: Any) -> Path:
    """Truncate a file, beside itself; what is there is in order, and doing it again changes nothing."""
    target, again = (source.with_name(f"{source.stem}.{name}.nwb") for name in ("cut", "twice"))
    before = source.read_bytes(), source.stat().st_mtime_ns
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NWBWarning)
        nwb.truncate(source, target, n, **options)
        nwb.truncate(target, again, n)
        assert list(nwb.diff(target, again, storage=True, specifications=True)) == []
    assert (source.read_bytes(), source.stat().st_mtime_ns) == before
    assert problems(target) <= problems(source)
    return target


def require_same_in_pynwb(source: Path, target: Path, n: int) -> None:
    """Compare what PyNWB makes of a file and of its first rows: every row of every table, every series."""
    with by_pynwb(source) as whole, by_pynwb(target) as part:
        assert part.keys() == whole.keys()
        for path, obj in part.items():
            if isinstance(obj, DynamicTable):
                require_rows(rows_of(whole[path]), rows_of(obj), n, path)
            elif isinstance(obj, TimeSeries):
                require_entries(whole[path], obj, n)


def require_rows(before: list[Any], after: list[Any], n: int, path: Any) -> None:
    """Check that rows are those of the source: the first n, and others in their order."""
    assert len(after) >= min(n, len(before)), path
    assert after[:n] == before[:n], path
    rest = iter(before[n:])
    assert all(row in rest for row in after[n:]), path


def require_entries(before: TimeSeries, after: TimeSeries, n: int) -> None:
    """Check that a series is the beginning of another one."""
    for name in ("data", "timestamps", "control"):
        values, found = (getattr(series, name, None) for series in (before, after))
        assert (found is None) == (values is None)
        if found is None or not np.shape(found):
            continue
        assert len(found) >= min(n, len(values)), (before.name, name)
        assert plain(found[:]) == plain(values[: len(found)]), (before.name, name)


@contextmanager
def by_pynwb(path: Path) -> Iterator[dict[Any, Any]]:
    """Give the objects of a file as PyNWB reads them, by their paths; several of one path are numbered."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with NWBHDF5IO(str(path), "r", load_namespaces=True) as io:
            seen: Counter[str] = Counter()
            found = {}
            for obj in io.read().objects.values():
                where = path_of(obj)
                found[where, seen[where]] = obj
                seen[where] += 1
            yield found


def path_of(obj: Any) -> str:
    return "" if obj.parent is None else f"{path_of(obj.parent)}/{obj.name}"


def rows_of(table: DynamicTable | pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, with those of other tables in the place of their numbers."""
    frame = table.to_dataframe() if isinstance(table, DynamicTable) else table
    columns = {"id": list(frame.index), **{str(name): list(frame[name]) for name in frame.columns}}
    return [{name: plain(values[number]) for name, values in columns.items()} for number in range(len(frame))]


def plain(value: Any) -> Any:
    """Return what is in a cell as something that compares: objects by their paths."""
    if isinstance(value, pd.DataFrame):
        return rows_of(value)
    if hasattr(value, "timeseries"):  # may be clipped, see require_windows
        return "a range of time"
    if hasattr(value, "object_id"):
        return path_of(value)
    if isinstance(value, h5py.Dataset):
        return plain(value[()])
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(entry) for entry in value]
    return repr(value)


def require_windows(source: Path, target: Path) -> None:
    """Check that ranges of time are those of the source, as far as their series has them still."""
    with h5py.File(source) as whole, h5py.File(target) as part:
        for data in objects(part):
            if isinstance(data, h5py.Dataset) and set(data.dtype.names or ()) == {"idx_start", "count", "timeseries"}:
                rows = iter([(*row, whole[row[2]].name) for row in whole[data.name][()].tolist()])
                for start, count, reference in data[()].tolist():
                    series = part[reference]
                    length = len(series.get("timestamps", series["data"]))
                    assert any((start, count) == clipped(*row[:2], length) and series.name == row[3] for row in rows), (
                        data.name
                    )


def clipped(start: int, count: int, length: int) -> tuple[int, int]:
    """Return a range of time of a series of which the first entries are left."""
    if start < 0 and count < 0:
        return start, count
    inside = range(length)[max(start, 0) : max(start + count, 0)]
    return (inside.start if inside else min(max(start, 0), length - 1)), len(inside)


def findings(path: Path) -> set[str]:
    """Return what PyNWB's validator says of a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {f"{error.name}: {error.reason}" for error in pynwb.validate(path=str(path))}


@pytest.mark.parametrize("n", NUMBERS)
@pytest.mark.parametrize("name", [*FILES, "example"])
def test_files_of_pynwb(name: str, n: int, tmp_path: Path) -> None:
    """What is cut is read by PyNWB as the source is, as far as it goes, and validates."""
    source = tmp_path / f"{name}.nwb"
    if name == "example":
        source.write_bytes(EXAMPLE.read_bytes())
    else:
        FILES[name](source)
    target = truncated(source, n)
    require_windows(source, target)
    require_same_in_pynwb(source, target, n)
    assert findings(target) <= findings(source)


@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(CORPUS)))
def test_the_corpus(path: Path, tmp_path: Path) -> None:
    """Real files, old schemas, extensions: nothing is wrong with a part of one that is right with the whole."""
    source = tmp_path / "source.nwb"
    source.write_bytes(path.read_bytes())
    target = truncated(source, 2)
    require_windows(source, target)
    if path.stem.endswith(BY_PYNWB):
        require_same_in_pynwb(source, target, 2)
