"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Attribute, Given, Group, NWBGroup

from ...base.v1_0_0.types import Series

__all__ = ["Rig", "Rig__series"]


class Rig__series(Series):
    """d"""

    note: Annotated[str, Attribute(dtype="text")]
    """d"""


class Rig(NWBGroup):
    """A rig."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    series: Annotated[Given[Rig__series, Series], Group()]
    """d"""
