"""Reading a compressed dataset in one thread or process and in two: ``python -m benchmarks.parallel``.

It stands beside the other figures, which compare libraries: this one compares ways of reading with one of them.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import nwb_models as nwb

ROWS, CHANNELS, PARTS, ROUNDS = 1_600_000, 64, 16, 5
"""205 MB of 16-bit numbers."""


def make(path: Path) -> None:
    """Write a recording that compresses to about half."""
    steps = np.random.default_rng(0).integers(-3, 4, (ROWS, CHANNELS), dtype=np.int16)
    data = nwb.DatasetOptions(np.cumsum(steps, axis=0, dtype=np.int16), compression="gzip", chunks=(10_000, CHANNELS))
    nwbfile = nwb.core.NWBFile(
        identifier="parallel", session_description="d", session_start_time=datetime(2026, 3, 1, tzinfo=UTC)
    )
    nwbfile.acquisition.add(nwb.core.TimeSeries(name="recording", data=data, unit="V", rate=30e3, starting_time=0.0))
    nwb.write(nwbfile, path)


def highest(data: Any, start: int, stop: int) -> int:
    """Return the highest value of some rows."""
    return int(data[start:stop].max())


def seconds(pool: Executor, data: Any) -> float:
    """Return how long reading takes, of all rows in parts."""
    starts = list(range(0, ROWS, ROWS // PARTS))
    begin = time.perf_counter()
    list(pool.map(highest, [data] * PARTS, starts, [start + ROWS // PARTS for start in starts]))
    return time.perf_counter() - begin


def main() -> None:
    """Measure each way in turn, and print the best of some rounds."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder) / "recording.nwb")
        data = nwb.read(Path(folder) / "recording.nwb").acquisition["recording"].data
        pools: dict[str, Executor] = {}
        for count in (1, 2):
            pools[f"{count} threads"] = ThreadPoolExecutor(count)
            pools[f"{count} processes"] = ProcessPoolExecutor(count, mp_context=spawn)
        for pool in pools.values():
            seconds(pool, data)  # the processes start, and the file comes into the cache of the system
        found = {name: seconds(pool, data) for name, pool in pools.items()}
        for _ in range(ROUNDS):
            found = {name: min(found[name], seconds(pool, data)) for name, pool in pools.items()}
        for pool in pools.values():
            pool.shutdown()
    for name, best in found.items():
        sys.stdout.write(f"{name:12} {best:.2f} s, {found['1 processes'] / best:.2f} times one process\n")


if __name__ == "__main__":
    main()
