"""A graph of dependencies as text for other programs: a picture in SVG, GraphML, and the JSON that networkx reads.

hdf_dependency_graph -> to_svg, to_graphml, to_json -> text
"""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from nwb_models.io import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import networkx as nx

    from nwb_models.io.nodes import StoredReference

    PathOf = Callable[[StoredReference], str | None]

COLOURS = {
    "child": "#b5b5b5",
    "hard": "#000000",
    "soft": "#0072b2",
    "external": "#009e73",
    "reference": "#d55e00",
    "region": "#cc79a7",
}
"""What leads from one object to another one, and its colour: those of Okabe and Ito, told apart by everybody."""

ROW, INDENT, CHARACTER, MARGIN = 18, 18, 7.25, 16
"""Pixels: the height of a row, one level of the tree, the width of a character, the border."""

LONGEST = 64
"""The most characters of a name that are shown; the whole of it is in the title of its row."""

STYLE = """
text { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1a1a1a }
.type { fill: #6a6a6a } .lost { fill: #c00000; font-style: italic } .outside { fill: #00785a; font-style: italic }
.head { font-weight: bold } .group { fill: #5b7fa6 } .dataset { fill: #fff; stroke: #5b7fa6; stroke-width: 1.5 }
.tree { fill: none; stroke: #b5b5b5 } .leader { stroke: #c0c0c0; stroke-dasharray: 1 3 }
.arc { fill: none; stroke-width: 1.4; stroke-opacity: .75 } .arc:hover { stroke-width: 4; stroke-opacity: 1 }
"""


# ---------------------------------------------------------------------------------------------- for programs
def to_json(graph: nx.MultiDiGraph[str], path_of: PathOf) -> str:
    """Return what `networkx.node_link_graph` makes the graph from, with ``edges="edges"`` where it asks for that.

    Parameters
    ----------
    graph
        A graph of `hdf_dependency_graph`.
    path_of
        Finds the path of the object that a reference in an attribute leads to.

    Notes
    -----
    Values are as in `nwb_models.io.tree.to_json`.  An HDF5 attribute ``id`` is kept as ``@id``.
    """
    nodes = [
        {**{"@id" if name == "id" else name: value for name, value in attributes.items()}, "id": node}
        for node, attributes in _nodes(graph, path_of)
    ]
    edges = [
        {**attributes, "source": source, "target": target, "key": key}
        for source, target, key, attributes in graph.edges(keys=True, data=True)
    ]
    document = {"directed": True, "multigraph": True, "graph": {}, "nodes": nodes, "edges": edges}
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def to_graphml(graph: nx.MultiDiGraph[str], path_of: PathOf) -> str:
    """Return the graph in GraphML: text, numbers and truth as they are, everything else as the JSON that says it.

    Parameters
    ----------
    graph
        A graph of `hdf_dependency_graph`.
    path_of
        Finds the path of the object that a reference in an attribute leads to.
    """
    import networkx as nx

    plain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node, attributes in _nodes(graph, path_of):
        plain.add_node(printable(node))
        plain.nodes[printable(node)].update(
            (printable(name), _scalar(value)) for name, value in attributes.items() if value is not None
        )
    for source, target, label in graph.edges(data="label"):
        plain.add_edge(printable(source), printable(target), label=label)
    return "\n".join(nx.generate_graphml(plain)) + "\n"


def _nodes(graph: nx.MultiDiGraph[str], path_of: PathOf) -> Iterator[tuple[str, dict[str, Any]]]:
    for node, attributes in graph.nodes(data=True):
        yield node, {name: tree.to_json(value, path_of) for name, value in attributes.items()}


def _scalar(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    return value if isinstance(value, bool | int | float) else json.dumps(value)


def printable(text: str) -> str:
    r"""Return text with escapes for what XML cannot hold, and for what controls how text is shown.

    >>> print(printable("a\x01b\udcff"))
    a\x01b\udcff
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


# ---------------------------------------------------------------------------------------------- for people
def to_svg(graph: nx.MultiDiGraph[str], title: str = "") -> str:
    """Return a picture: what contains what as an indented list, and arcs at its side for links and references.

    What lies outside of the file, or nowhere, stands at the end of the list.

    Parameters
    ----------
    graph
        A graph of `hdf_dependency_graph`.
    title
        Its head line.
    """
    rows = list(_rows(graph))
    place = {node: number for number, (node, _, _) in enumerate(rows)}
    arcs = [edge for edge in graph.edges(data="label") if edge[2] != "child"]
    top = MARGIN + 3 * ROW
    texts, widths = [], []
    for number, (node, level, name) in enumerate(rows):
        text, width = _row(node, name, graph.nodes[node], MARGIN + INDENT * level, top + ROW * number)
        texts.append(text)
        widths.append(width)
    side = max(widths, default=0) + 24
    leaders = [
        f'<path class="leader" d="M{widths[number] + 8:.0f} {top + ROW * number}H{side:.0f}"/>'
        for number in sorted({place[end] for source, target, _ in arcs for end in (source, target)})
    ]
    curves = [_arc(edge, place, side, top) for edge in arcs]
    reach = max((_reach(place[source], place[target]) for source, target, _ in arcs), default=0)
    legend, legend_width = _legend(graph)
    width = max(side + 0.75 * reach + MARGIN, legend_width, MARGIN * 2 + CHARACTER * _columns(title))
    height = top + ROW * len(rows) + MARGIN
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
                f'viewBox="0 0 {width:.0f} {height}">'
            ),
            f"<style>{escape(STYLE)}</style>",
            "<defs>",
            *(
                f'<marker id="{label}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
                f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
                for label, colour in COLOURS.items()
            ),
            "</defs>",
            '<rect width="100%" height="100%" fill="#fff"/>',
            f'<text class="head" x="{MARGIN}" y="{MARGIN + 4}">{escape(printable(title))}</text>',
            *legend,
            f'<path class="tree" d="{_branches(rows, top)}"/>',
            *leaders,
            *texts,
            *curves,
            "</svg>",
            "",
        ]
    )


def _rows(graph: nx.MultiDiGraph[str]) -> Iterator[tuple[str, int, str]]:
    """Yield each node with its level and the name to show; without recursion, as a file can be nested very deeply."""
    children: dict[str, list[str]] = {}
    owned = set()
    for parent, child, label in graph.edges(data="label"):
        if label == "child":
            children.setdefault(parent, []).append(child)
            owned.add(child)
    outside = [node for node, about in graph.nodes(data=True) if "missing" in about or "external" in about]
    tops = [node for node in graph if node not in owned and node not in set(outside)]
    waiting = [(node, 0, node) for node in (*tops, *sorted(outside))]
    waiting.reverse()
    while waiting:
        node, level, name = waiting.pop()
        yield node, level, name
        below = sorted(children.get(node, ()), reverse=True)
        waiting.extend((child, level + 1, child.rpartition("/")[2]) for child in below)


def _row(node: str, name: str, about: dict[str, Any], x: int, y: int) -> tuple[str, float]:
    """Return one row of the list, and where it ends."""
    neurodata_type = about.get("neurodata_type", about.get("data_type"))
    kind = neurodata_type if isinstance(neurodata_type, str) else ""
    style = ""
    if "missing" in about:
        kind, style = "nothing there", ' class="lost"'
    elif "external" in about:
        kind, style = "in another file", ' class="outside"'
    name, kind = _shortened(printable(name)), _shortened(printable(kind))
    mark = ""
    if not style:
        mark = (
            f'<rect class="group" x="{x - 5}" y="{y - 5}" width="10" height="10" rx="2"/>'
            if about.get("kind") == "group"
            else f'<circle class="dataset" cx="{x}" cy="{y}" r="4.5"/>'
        )
    shown = f'<tspan class="type" dx="{CHARACTER:.0f}">{escape(kind)}</tspan>' if kind else ""
    text = (
        f"<g><title>{escape(printable(node))}</title>{mark}"
        f'<text{style} x="{x + 11}" y="{y + 4}">{escape(name)}{shown}</text></g>'
    )
    return text, x + 11 + CHARACTER * (_columns(name) + (_columns(kind) + 1 if kind else 0))


def _branches(rows: list[tuple[str, int, str]], top: int) -> str:
    """Return the lines of the tree: down from each parent to its last child, and to the right to each child."""
    lines: list[str] = []
    above: list[int] = []  # by level, the row that was last there
    last: dict[int, tuple[int, int]] = {}
    for number, (_, level, _) in enumerate(rows):
        del above[level:]
        above.append(number)
        if level:
            x, y = MARGIN + INDENT * (level - 1), top + ROW * number
            lines.append(f"M{x} {y}h{INDENT - 6}")
            last[above[level - 1]] = (x, y)
    lines += [f"M{x} {top + ROW * number + 6}V{y}" for number, (x, y) in last.items()]
    return "".join(lines)


def _arc(edge: tuple[str, str, str], place: dict[str, int], x: float, top: int) -> str:
    source, target, label = edge
    start, end = top + ROW * place[source] + 3, top + ROW * place[target] - 3  # what leaves a row, and what comes
    reach = x + _reach(place[source], place[target])
    return (
        f'<path class="arc" d="M{x:.0f} {start}C{reach:.0f} {start} {reach:.0f} {end} {x:.0f} {end}" '
        f'stroke="{COLOURS.get(label, "#000")}" marker-end="url(#{label})">'
        f"<title>{escape(printable(source))} → {escape(printable(target))}: {label}</title></path>"
    )


def _reach(source: int, target: int) -> float:
    """Return how far to the side the handles of an arc are: long arcs pass outside of short ones."""
    return float(min(24 + 22 * abs(source - target) ** 0.5, 600))


def _legend(graph: nx.MultiDiGraph[str]) -> tuple[list[str], float]:
    """Return one line on what is in the picture, and its width."""
    counts = dict.fromkeys(COLOURS, 0)
    for *_, label in graph.edges(data="label"):
        counts[label] = counts.get(label, 0) + 1
    x, y = float(MARGIN), MARGIN + ROW + 4
    parts = []
    for kind, mark in (
        ("group", '<rect class="group" x="{0:.0f}" y="{1}" width="10" height="10" rx="2"/>'),
        ("dataset", '<circle class="dataset" cx="{2:.0f}" cy="{3}" r="4.5"/>'),
    ):
        parts.append(mark.format(x, y - 5, x + 5, y) + f'<text x="{x + 16:.0f}" y="{y + 4}">{kind}</text>')
        x += 16 + CHARACTER * len(kind) + 20
    for label, count in counts.items():
        if count:
            name = f"{label} ({count})"
            arrow = "" if label == "child" else f' marker-end="url(#{label})"'
            parts.append(
                f'<path d="M{x:.0f} {y}h24" stroke="{COLOURS.get(label, "#000")}" stroke-width="2"{arrow}/>'
                f'<text x="{x + 30:.0f}" y="{y + 4}">{name}</text>'
            )
            x += 30 + CHARACTER * len(name) + 20
    return parts, x


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _columns(text: str) -> int:
    """Return how many characters wide a text is where all of them have one width: some have two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
