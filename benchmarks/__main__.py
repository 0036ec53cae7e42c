"""The command ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks import files, page, report
from benchmarks.figures import FIGURES
from benchmarks.measure import ROOT, by_name, measured

PAGE = ROOT / "docs" / "performance.md"


def main(arguments: list[str] | None = None) -> int:
    """Make the files, measure, and say what was found; 1 where libraries do not agree about what came out."""
    options = parser().parse_args(arguments)
    console = Console(width=None if Console().is_terminal else 200)
    log = Console(stderr=True, style="dim", highlight=False)
    if options.results is not None:
        document = json.loads(options.results.read_text())
    else:
        with tempfile.TemporaryDirectory(prefix="benchmarks-") as temporary:
            folder = options.cache or Path(temporary)
            scale = files.SCALES[options.scale]
            made = files.made(folder, scale, log.print)
            if options.files_only:
                return 0
            rounds = options.rounds or scale.rounds
            before = _load()
            rows = list(measured(by_name(options.only), made, rounds, folder, log.print))
            document = report.to_json(rows, scale.name, rounds, f"load {before} before, {_load()} after")
    lines = report.judged(report.from_json(document), document["scale"])
    report.show(lines, console)
    if options.json is not None:
        options.json.write_text(json.dumps(document, indent=1) + "\n")
    if options.docs:
        page.write(document, PAGE)
    return int(any(line.problems for line in lines))


def _load() -> str:
    """Return how many processes were running in the last minute."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def parser() -> argparse.ArgumentParser:
    """Return what the command takes."""
    result = argparse.ArgumentParser(
        prog="python -m benchmarks", description="How fast nwb_models is, beside PyNWB and the h5py floor."
    )
    result.add_argument("--scale", choices=files.SCALES, default="quick", help="how large the files are")
    result.add_argument("--only", nargs="+", choices=[figure.name for figure in FIGURES], help="some figures only")
    result.add_argument("--rounds", type=int, help="how often each figure is measured")
    result.add_argument("--cache", type=Path, help="a folder where the files are kept for the next time")
    result.add_argument("--files-only", action="store_true", help="make the files, and measure nothing")
    result.add_argument("--json", type=Path, help="where everything that was measured is written")
    result.add_argument("--results", type=Path, help="measure nothing, and take what --json has written")
    result.add_argument("--docs", action="store_true", help="write docs/performance.md and the plots beside it")
    return result


if __name__ == "__main__":
    raise SystemExit(main())
