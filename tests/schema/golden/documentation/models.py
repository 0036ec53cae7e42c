"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Attribute, NWBGroup

__all__ = ["Rig"]


class Rig(NWBGroup):
    """The documentation of a type is wrapped where it is longer than a line, and it says "quotes" as they are; what is
    over several lines becomes one paragraph.
    """

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    quote: Annotated[str, Attribute(dtype="text")]
    'Ends with a "quote"'
    quotes: Annotated[str, Attribute(dtype="text")]
    'Three quotes, """, would end it.'
    backslash: Annotated[str, Attribute(dtype="text")]
    "A backslash \\ escapes."
    micro: Annotated[str, Attribute(dtype="text")]
    """In µm, μ ≤ 3."""
    empty: Annotated[str, Attribute(dtype="text")]
    """No documentation."""
    number: Annotated[str, Attribute(dtype="text")]
    """5"""
