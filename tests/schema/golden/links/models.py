"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Children, Collection, Link, Made, NWBGroup

from ...base.v1_0_0.types import Container, Device, Series

__all__ = ["Rig"]


class Rig(NWBGroup):
    """A rig."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    device: Annotated[Device, Link()]
    """d"""
    container: Annotated[Container | None, Link(unnamed=True)] = None
    """d"""
    series: Annotated[Collection[Series], Children(kind="link")] = Made(Collection)
    """d"""
