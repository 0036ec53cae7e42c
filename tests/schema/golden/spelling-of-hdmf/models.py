"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Children, Collection, Dataset, Made

from ...base.v1_0_0.types import Column, Device, Series

__all__ = ["Rig", "Special"]


class Rig(Device):
    """A rig."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    column: Annotated[Column, Dataset()]
    """A column."""
    series: Annotated[Collection[Series], Children(kind="group")] = Made(Collection)
    """Series."""


class Special(Rig):
    """Spelled in both ways."""

    neurodata_type: ClassVar[str] = "Special"
    namespace: ClassVar[str] = "ndx-test"
