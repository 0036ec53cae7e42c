"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Dataset, Group, Link, Made, NWBGroup

from ...base.v1_0_0.types import Device, Series

__all__ = ["Rig", "Rig__general"]


class Rig__general(NWBGroup):
    """No documentation."""


class Rig(NWBGroup):
    """No documentation."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    gain: Annotated[float, Dataset(dtype="float32")]
    """No documentation."""
    general: Annotated[Rig__general, Group()] = Made(lambda: Rig__general(name="general"))
    """No documentation."""
    device: Annotated[Device, Group(unnamed=True)]
    """No documentation."""
    series: Annotated[Series, Link(unnamed=True)]
    """No documentation."""
