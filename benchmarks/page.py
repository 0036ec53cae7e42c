"""docs/performance.md: what stands between its two marks is written here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks import plots, report
from benchmarks.judge import grown

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.judge import Judged

BEGIN = "<!-- written by `python -m benchmarks --docs`: from here -->"
END = "<!-- to here -->"


def write(document: dict[str, Any], page: Path) -> None:
    """Put the tables and plots of a run into the page, and leave the rest of it as it is."""
    lines = report.judged(report.from_json(document), document["scale"])
    drawn = plots.draw(lines, document["scale"], page.parent)
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    parts = [
        BEGIN,
        _machine(document),
        _table(report.HEADINGS, [report.cells(line) for line in lines]),
        _notes(lines),
        "## Growth",
        _table(report.GROWTH_HEADINGS, [report.growth_cells(line) for line in grown(lines)]),
        *(f"![{title}]({path.name})" for title, path in drawn.items()),
        END,
    ]
    page.write_text(before + "\n\n".join(part for part in parts if part) + after, encoding="utf-8")


def _machine(document: dict[str, Any]) -> str:
    """Say what was measured with."""
    lines = [f"- {name}: {value}" for name, value in document["machine"].items()]
    head = (
        f"Measured on {document['date']}, scale `{document['scale']}`, {document['rounds']} rounds where nothing else"
        f" is said; other work on the machine: {document['load']}."
    )
    return "\n".join([head, "", *lines])


def _table(headings: tuple[str, ...], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    if not rows:
        return ""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def _notes(lines: list[Judged]) -> str:
    """Say what a figure is measured against, where that is not plain."""
    notes = {line.figure.title: line.figure.note for line in lines if line.figure.note}
    return "\n".join(f"- {title}: {note}." for title, note in notes.items())
