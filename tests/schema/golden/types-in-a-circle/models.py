"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Children, Collection, Group, Made, NWBGroup, Name

__all__ = ["Edge", "Node"]


class Node(NWBGroup):
    """Holds what holds it."""

    neurodata_type: ClassVar[str] = "Node"
    namespace: ClassVar[str] = "ndx-test"

    edge: Annotated[Edge | None, Group()] = None
    """An edge."""
    node: Annotated[Collection[Node], Children(kind="group")] = Made(Collection)
    """Nodes."""


class Edge(Node):
    """An edge."""

    neurodata_type: ClassVar[str] = "Edge"
    namespace: ClassVar[str] = "ndx-test"

    name: Annotated[str, Name()] = "edge"
