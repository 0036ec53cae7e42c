"""One library doing one thing, in a process of its own: each line that it is sent is one measurement.

    python -m benchmarks.worker LIBRARY FIGURE FILE FOLDER REPEATS

It imports what the library needs, says so with a line of JSON, and answers each line with another one: the seconds
that the operation took, and, where it is asked for an ``answer``, what came out.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import resource
import statistics
import sys
import time
import warnings
from pathlib import Path
from typing import Any

ENOUGH = 0.5
"""After how many seconds nothing is repeated: what takes that long needs no median of many."""
LONG = 100
"""How long what came out may be to be shown; of anything longer there is a digest."""


def measure(operation: Any, repeats: int, *, answer: bool) -> dict[str, Any]:
    """Do something again and again, and return the medians; garbage is collected in between, and as ever during it."""
    cpu, wall = [], []
    for number in range(repeats):
        given = operation.prepare()
        gc.collect()
        begin, begin_cpu = time.perf_counter(), time.process_time()
        result = operation.run(given)
        cpu.append(time.process_time() - begin_cpu)
        wall.append(time.perf_counter() - begin)
        said = operation.answer(result) if answer and number == 0 else None
        del given, result
        if sum(wall) > ENOUGH:
            break
    found: dict[str, Any] = {"cpu": statistics.median(cpu), "wall": statistics.median(wall), "peak": peak()}
    found["first"] = {"cpu": cpu[0], "wall": wall[0]}
    return found | ({"answer": {key: short(value) for key, value in said.items()}} if said is not None else {})


def short(value: Any) -> str:
    """Return a value as text: what is long by its digest."""
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= LONG else f"sha256 {hashlib.sha256(text.encode()).hexdigest()[:16]} of {len(text)}"


def peak() -> float:
    """Return the largest number of megabytes that this process has had in memory.

    ``ru_maxrss`` would do, but on Linux it begins with what the process had that started this one.
    """
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main(library: str, figure: str, path: str, folder: str, repeats: str) -> None:
    """Serve until there are no more lines."""
    warnings.simplefilter("ignore")
    from benchmarks.contenders import find

    function = find(library, figure)
    operation = None if function is None else function(Path(path), Path(folder))
    print(json.dumps({"there": operation is not None}), flush=True)
    if operation is None:
        return
    for line in sys.stdin:
        with contextlib.redirect_stdout(sys.stderr):
            found = measure(operation, int(repeats), answer=line.strip() == "answer")
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
