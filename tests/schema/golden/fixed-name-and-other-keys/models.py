"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Link, NWBGroup, Name

from ...base.v1_0_0.types import Device

__all__ = ["Other", "Rig"]


class Rig(NWBGroup):
    """d"""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    name: Annotated[str, Name()] = "rig"


class Other(NWBGroup):
    """d"""

    neurodata_type: ClassVar[str] = "Other"
    namespace: ClassVar[str] = "ndx-test"

    name: Annotated[str, Name()] = "other"
    device: Annotated[Device, Link()]
    """d"""
