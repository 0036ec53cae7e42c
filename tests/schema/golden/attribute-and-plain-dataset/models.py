"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Attribute, Dataset, NWBGroup

__all__ = ["Rig"]


class Rig(NWBGroup):
    """A rig."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    gain: Annotated[float | None, Attribute(dtype="float32")] = None
    """d"""
    notes: Annotated[str | None, Dataset(dtype="text")] = None
    """d"""
