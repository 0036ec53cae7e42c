"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Children, Collection, Made, NWBGroup

from ...base.v1_0_0.types import Device

__all__ = ["Part", "Rig"]


class Part(Device):
    """d"""

    neurodata_type: ClassVar[str] = "Part"
    namespace: ClassVar[str] = "ndx-test"


class Rig(NWBGroup):
    """A rig."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    part: Annotated[Collection[Part], Children(kind="group")] = Made(Collection)
    """d"""
