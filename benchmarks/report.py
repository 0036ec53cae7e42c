"""The table on the terminal, and the JSON."""

from __future__ import annotations

import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from benchmarks.figures import FIGURES, FLOOR, OURS, PYNWB
from benchmarks.files import SCALES
from benchmarks.files import labels as labels_of
from benchmarks.judge import UNITS, Grown, Judged, Ratio, grown
from benchmarks.measure import Row

if TYPE_CHECKING:
    from rich.console import Console

HEADINGS = ("", "on", OURS, PYNWB, "floor", "/ floor", "first time", "/ PyNWB", "target", "met")
GROWTH_HEADINGS = ("", OURS, PYNWB, "floor", "target", "met")


def judged(rows: list[Row], scale: str) -> list[Judged]:
    """Return the lines of the table."""
    figures = {figure.name: figure for figure in FIGURES}
    labels = labels_of(SCALES[scale])
    return [Judged(figures[row.figure], row, labels.get(row.file, "")) for row in rows]


def cells(line: Judged) -> list[str]:
    """Return the cells of a line."""
    unit = UNITS[line.figure.clock]
    medians = [_missing(line, library) or amount(line.median(library), unit) for library in (OURS, PYNWB, FLOOR)]
    first = line.first_to_floor
    return [
        line.figure.title,
        line.label,
        *medians,
        spread(line.to_floor),
        "" if first is None else number(first),
        spread(line.to_pynwb),
        _target(line),
        _met(line.is_met),
    ]


def growth_cells(line: Grown) -> list[str]:
    """Return the cells of a line about growth."""
    sign, unit = ("+", " s") if line.growth.kind == "seconds more" else ("", "x")
    found = [
        f"{line.found[library]:{sign}.2f}{unit}" if library in line.found else "" for library in (OURS, PYNWB, FLOOR)
    ]
    most = line.growth.at_most
    return [line.title, *found, "" if most is None else f"{sign}{most:g}{unit} at most", _met(line.is_met)]


def _missing(line: Judged, library: str) -> str:
    if library in line.row.failed:
        return "failed"
    if library in line.row.missing:
        return "not there yet" if library == OURS else "-"
    return ""


def _target(line: Judged) -> str:
    target = line.target
    if target is None:
        return ""
    unit = " s" if target.of == "seconds" else ""
    return f"{target.at_most:g}{unit}" + (f" ({target.later:g})" if target.later is not None else "")


def _met(is_met: bool | None) -> str:  # noqa: FBT001
    return "" if is_met is None else "yes" if is_met else "no"


def amount(value: float | None, unit: str) -> str:
    """Return seconds or megabytes for people."""
    if value is None:
        return ""
    if unit == "s" and value < 1:
        value, unit = value * 1_000, "ms"
    return f"{number(value)} {unit}"


def number(value: float) -> str:
    """Return three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def spread(ratio: Ratio | None) -> str:
    """Return a ratio with its lowest and highest."""
    if ratio is None:
        return ""
    return f"{number(ratio.median)} ({number(ratio.lowest)} - {number(ratio.highest)})"


def show(lines: list[Judged], console: Console) -> None:
    """Print the tables."""
    for headings, rows in (
        (HEADINGS, [cells(line) for line in lines]),
        (GROWTH_HEADINGS, [growth_cells(line) for line in grown(lines)]),
    ):
        if not rows:
            continue
        table = Table(show_edge=False, pad_edge=False)
        for place, heading in enumerate(headings):
            table.add_column(heading, justify="left" if place < 1 else "right")
        for row in rows:
            style = {"yes": "green", "no": "red"}.get(row[-1], "")
            table.add_row(*row[:-1], f"[{style}]{row[-1]}[/]" if style else row[-1])
        console.print(table)
        console.print()
    for line in lines:
        for problem in line.problems:
            console.print(f"{line.figure.title}, {line.label}: {problem}", style="red", markup=False)


def machine() -> dict[str, str]:
    """Return what the figures were measured with; nothing that names the machine or its user."""
    import h5py
    import hdmf
    import numpy as np
    import pydantic
    import pynwb

    return {
        "CPU": f"{_cpu()}, {_cores()} cores",
        "memory": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "h5py": f"{h5py.__version__} with HDF5 {h5py.version.hdf5_version}",
        "numpy": np.__version__,
        "pydantic": pydantic.VERSION,
        "PyNWB": f"{pynwb.__version__} with hdmf {hdmf.__version__}",
    }


def _cpu() -> str:
    """Return the model of the CPU."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> str:
    try:
        kilobytes = int(Path("/proc/meminfo").read_text().split()[1])
    except (OSError, ValueError):
        return "unknown"
    return f"{kilobytes / (1 << 20):.0f} GiB"


def to_json(rows: list[Row], scale: str, rounds: int, load: str) -> dict[str, Any]:
    """Return everything that was measured, and what comes out of it."""
    lines = judged(rows, scale)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "scale": scale,
        "rounds": rounds,
        "machine": machine(),
        "load": load,
        "rows": [
            asdict(line.row)
            | {
                "title": line.figure.title,
                "on": line.label,
                "unit": UNITS[line.figure.clock],
                "clock": line.figure.clock,
                "to_floor": _as_json(line.to_floor),
                "to_pynwb": _as_json(line.to_pynwb),
                "pynwb_to_floor": _as_json(line.pynwb_to_floor),
                "target": None if line.target is None else asdict(line.target),
                "met": line.is_met,
                "problems": line.problems,
            }
            for line in lines
        ],
        "growth": [
            asdict(line.growth) | {"title": line.title, "found": line.found, "met": line.is_met}
            for line in grown(lines)
        ],
    }


def _as_json(ratio: Ratio | None) -> dict[str, float] | None:
    return None if ratio is None else asdict(ratio)


def from_json(document: dict[str, Any]) -> list[Row]:
    """Return what was measured, from what `to_json` made."""
    names = Row.__dataclass_fields__
    return [Row(**{name: entry[name] for name in names}) for entry in document["rows"]]
