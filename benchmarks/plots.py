"""The plots beside docs/performance.md, as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.figures import FLOOR, MANY, OURS, PYNWB, SIZES
from benchmarks.files import SCALES, Scale
from benchmarks.series import with_tenth

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.judge import Judged

COLOURS = {OURS: "#1f77b4", PYNWB: "#d62728", FLOOR: "#7f7f7f"}
LABELS = {OURS: OURS, PYNWB: PYNWB, FLOOR: "h5py floor"}
TITLES = {
    "one_field": "open, one field",
    "hierarchy": "whole hierarchy",
    "metadata": "everything as models",
    "copy": "copy",
}


def draw(lines: list[Judged], scale: str, folder: Path) -> dict[str, Path]:
    """Draw what there are figures for; return title -> file."""
    import matplotlib as mpl

    mpl.use("svg")
    # the same figures give the same bytes, and text stays text
    mpl.rcParams.update({"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 9})
    drawn = {
        "Times the h5py floor": (_ratios(lines), folder / "performance-ratios.svg"),
        "Growth with the number of objects": (
            _growth(lines, ("one_field", "hierarchy", "metadata"), MANY, _objects(SCALES[scale]), "series in the file"),
            folder / "performance-objects.svg",
        ),
        "Growth with the amount of data": (
            _growth(lines, ("one_field", "copy"), SIZES, SCALES[scale].megabytes, "MB in the file"),
            folder / "performance-data.svg",
        ),
    }
    for figure, path in drawn.values():
        if figure is not None:
            figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
    return {title: path for title, (figure, path) in drawn.items() if figure is not None}


def _objects(scale: Scale) -> tuple[int, ...]:
    return tuple(with_tenth(count) for count in scale.series)


def _ratios(lines: list[Judged]) -> Any:
    """Draw one bar for each library and line, on a scale of tens, with the targets."""
    from matplotlib.figure import Figure

    shown = [line for line in lines if line.to_floor is not None][::-1]
    if not shown:
        return None
    figure = Figure(figsize=(8, 0.45 * len(shown) + 1))
    axes = figure.subplots()
    for place, line in enumerate(shown):
        for offset, library, ratio in ((0.2, OURS, line.to_floor), (-0.2, PYNWB, line.pynwb_to_floor)):
            if ratio is None:
                continue
            errors = [[ratio.median - ratio.lowest], [ratio.highest - ratio.median]]
            axes.barh(place + offset, ratio.median, 0.38, color=COLOURS[library], xerr=errors, ecolor="#333333")
        if line.target is not None and line.target.of == "floor":
            axes.plot([line.target.at_most] * 2, [place - 0.45, place + 0.45], color="black", linewidth=2)
    axes.axvline(1, color=COLOURS[FLOOR], linewidth=1, linestyle="--")
    axes.set_xscale("log")
    axes.set_yticks(range(len(shown)), [f"{line.figure.title}\n{line.label}".rstrip() for line in shown])
    axes.set_xlabel("times the h5py floor (dashed); black: target")
    for library in (OURS, PYNWB):
        axes.barh([0], [0], color=COLOURS[library], label=LABELS[library])
    axes.legend(loc="lower right", frameon=False)
    return figure


def _growth(
    lines: list[Judged], names: tuple[str, ...], files: tuple[str, ...], amounts: tuple[int, ...], label: str
) -> Any:
    """Draw seconds over the size of the file, a panel for each figure."""
    from matplotlib.figure import Figure

    by_place = {(line.row.figure, line.row.file): line for line in lines}
    shown = [name for name in names if all((name, file) in by_place for file in files)]
    if not shown:
        return None
    figure = Figure(figsize=(3.2 * len(shown), 3), layout="constrained")
    panels = figure.subplots(1, len(shown), squeeze=False)[0]
    for panel, name in zip(panels, shown, strict=True):
        for library, colour in COLOURS.items():
            found = [(n, by_place[name, file].median(library)) for n, file in zip(amounts, files, strict=True)]
            points = [(n, seconds) for n, seconds in found if seconds is not None]
            if points:
                panel.plot(*zip(*points, strict=True), "o-", color=colour, label=LABELS[library])
        panel.set(xscale="log", yscale="log", xlabel=label, title=TITLES[name])
        panel.grid(visible=True, color="#dddddd")
    panels[0].set_ylabel("seconds")
    panels[0].legend(frameon=False)
    return figure
