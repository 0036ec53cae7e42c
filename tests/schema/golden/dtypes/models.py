"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar

from nwb_models.models import Attribute, NWBGroup

__all__ = ["Rig"]


class Rig(NWBGroup):
    """A rig."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    anything: Annotated[Any, Attribute()]
    """No dtype."""
    unknown: Annotated[Any, Attribute()]
    """A dtype that the language does not have."""
    number: Annotated[float, Attribute(dtype="numeric")]
    """Any number."""
    time: Annotated[datetime, Attribute(dtype="isodatetime")]
    """A time."""
    day: Annotated[str, Attribute(dtype="date")]
    """A day."""
    flag: Annotated[bool, Attribute(dtype="bool")]
    """True or false."""
    text: Annotated[str, Attribute(dtype="ascii")]
    """Text."""
    count: Annotated[int, Attribute(dtype="uint")]
    """A whole number."""
