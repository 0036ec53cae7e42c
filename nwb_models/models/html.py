"""What notebooks show of a model: lines that unfold, with neither scripts nor anything from elsewhere.

What stands in a file comes from strangers: every text is escaped, here and nowhere else.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from nwb_models.models.issues import printable
from nwb_models.models.outline import Bounds, outline, short

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nwb_models.models.issues import Issue
    from nwb_models.models.outline import Head, Line

STYLE = """<style>
.nwbm{font-size:13px;line-height:1.5;color:inherit;overflow-x:auto}
.nwbm details details,.nwbm .nwbm-l{margin-left:1.25em}
.nwbm .nwbm-l{padding-left:1.05em}
.nwbm summary{cursor:pointer}
.nwbm summary:hover{background:rgba(128,128,128,.13)}
.nwbm .nwbm-n{font-weight:600}
.nwbm .nwbm-k,.nwbm .nwbm-m{opacity:.68}
.nwbm .nwbm-k::after{content:": "}
.nwbm .nwbm-t{color:#3d86c6;margin-left:.35em}
.nwbm .nwbm-s{opacity:.8;margin-left:.55em}
.nwbm .nwbm-p{color:#d0652f}
.nwbm table{border-collapse:collapse;margin:.3em 0 .5em 1.1em;font-size:12px}
.nwbm th,.nwbm td{border:1px solid rgba(128,128,128,.35);padding:.15em .6em;text-align:left;vertical-align:top;
max-width:22em;overflow-wrap:break-word;background:transparent;color:inherit}
.nwbm th{background:rgba(128,128,128,.13)}
</style>"""
"""It takes the colours of the page around it, so that it is legible on light and on dark ones."""
ISSUES = 20
"""The most departures that are listed."""


def html_of(thing: Any, bounds: Bounds | None = None) -> str:
    """Return HTML of a model, a collection or an array, see `outline`."""
    line = outline(thing, bounds or Bounds())
    return f'{STYLE}<div class="nwbm">{unfolding(line, is_open=True)}{departures(getattr(thing, "issues", ()))}</div>'


def text_of(text: str) -> str:
    """Return text as it stands in HTML, be it between tags or in an attribute."""
    return escape(printable(text), quote=True)


def unfolding(line: Line, *, is_open: bool = False) -> str:
    """Return a line with what it unfolds to."""
    inner = "".join(unfolding(child) for child in line.lines) + (_head(line.head) if line.head is not None else "")
    if line.more:
        inner += f'<div class="nwbm-l nwbm-m">… and {line.more:,} more</div>'
    if not inner:
        return f'<div class="nwbm-l">{_label(line)}</div>'
    opened = " open" if is_open else ""
    return f"<details{opened}><summary>{_label(line)}</summary>{inner}</details>"


def _label(line: Line) -> str:
    name, text = text_of(short(line.name)), text_of(line.text)
    if line.is_problem:
        return f'<span class="nwbm-k">{name}</span><span class="nwbm-p">{text}</span>'
    if not line.kind:
        return f'<span class="nwbm-k">{name}</span><span>{text}</span>'
    if line.kind == "link":
        return f'<span class="nwbm-n">{name}</span><span class="nwbm-s">→ {text}</span>'
    named = f'<span class="nwbm-n">{name}</span>' if name else ""
    said = f'<span class="nwbm-s">{text}</span>' if text else ""
    return f'{named}<span class="nwbm-t">{text_of(line.kind)}</span>{said}'


def _head(head: Head) -> str:
    titles = "".join(f"<th>{text_of(short(name))}</th>" for name in head.columns)
    rows = "".join("<tr>" + "".join(f"<td>{text_of(cell)}</td>" for cell in row) + "</tr>" for row in head.rows)
    more = [
        f"{count:,} more {noun}" for count, noun in ((head.more_rows, "rows"), (head.more_columns, "columns")) if count
    ]
    note = f'<div class="nwbm-l nwbm-m">… and {" and ".join(more)}</div>' if more else ""
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>{note}"


def departures(issues: Iterable[Issue]) -> str:
    """Return what departs from the specifications; nothing where nothing does."""
    found = list(issues)
    if not found:
        return ""
    lines = "".join(f'<div class="nwbm-l">{text_of(str(issue)[:1000])}</div>' for issue in found[:ISSUES])
    more = f'<div class="nwbm-l nwbm-m">… and {len(found) - ISSUES:,} more</div>' if len(found) > ISSUES else ""
    count = f"{len(found):,} departure{'' if len(found) == 1 else 's'} from the specifications"
    return f'<details><summary class="nwbm-p">{count}, as far as was read</summary>{lines}{more}</details>'
