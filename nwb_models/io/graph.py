"""Dependencies between nodes, and the order in which to build them.

A graph here has keys for nodes and knows no model: an edge leads from what depends to what it depends on.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    N = TypeVar("N", bound=Hashable)


def construction_order(dependencies: Mapping[N, Iterable[N]]) -> list[N]:
    """Return the nodes, each after all that it depends on.

    The order is the same in every run: it follows that of the mapping wherever dependencies leave a choice.
    Nodes that depend on each other in a circle (a strongly connected component) stand together, in the order of the
    mapping.

    Parameters
    ----------
    dependencies
        Each node with those it depends on; ones that are no keys of the mapping do not count.

    >>> construction_order({"table": ["column"], "column": [], "index": ["column"]})
    ['column', 'table', 'index']
    >>> construction_order({"a": ["b"], "b": ["a"], "c": ["a"]})
    ['a', 'b', 'c']
    """
    order = _topological(dependencies)
    if order is not None:
        return order
    import networkx as nx  # for circles only: for thousands of nodes it takes ten times as long

    graph: nx.DiGraph[N] = nx.DiGraph()
    graph.add_nodes_from(dependencies)
    graph.add_edges_from(
        (needed, node) for node, needs in dependencies.items() for needed in needs if needed in dependencies
    )
    place = {node: number for number, node in enumerate(dependencies)}
    condensed = nx.condensation(graph)
    first = {part: min(map(place.__getitem__, data["members"])) for part, data in condensed.nodes(data=True)}
    return [
        node
        for part in nx.lexicographical_topological_sort(condensed, key=first.__getitem__)
        for node in sorted(condensed.nodes[part]["members"], key=place.__getitem__)
    ]


def _topological(dependencies: Mapping[N, Iterable[N]]) -> list[N] | None:
    """Return the nodes in their order, the first of the mapping that can be next each time; None for circles."""
    nodes = list(dependencies)
    place = {node: number for number, node in enumerate(nodes)}
    missing: list[int] = []
    users: list[list[int]] = [[] for _ in nodes]
    for number, needs in enumerate(dependencies.values()):
        needed = {place[node] for node in needs if node in place} if needs else ()
        missing.append(len(needed))
        for other in needed:
            users[other].append(number)
    ready = [number for number, count in enumerate(missing) if not count]  # in ascending order, so it is a heap
    order: list[N] = []
    while ready:
        number = heapq.heappop(ready)
        order.append(nodes[number])
        for user in users[number]:
            missing[user] -= 1
            if not missing[user]:
                heapq.heappush(ready, user)
    return order if len(order) == len(nodes) else None
