"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Array, Dataset, Given, NWBGroup, Reference, Value, Values

from ...base.v1_0_0.types import Column, Device

__all__ = ["Region", "Rig"]


class Region(Column):
    """d"""

    neurodata_type: ClassVar[str] = "Region"
    namespace: ClassVar[str] = "ndx-test"

    value: Annotated[Given[Array, Values], Value(dtype="object:Series", shape=((None,),))]


class Rig(NWBGroup):
    """A rig."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    device: Annotated[Device, Reference()]
    """d"""
    part: Annotated[Column, Reference(kind="region")]
    """d"""
    devices: Annotated[Given[Array, Values], Dataset(dtype="object:Device", shape=((None,),))]
    """d"""
