"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Array, Attribute, Given, NWBGroup, Values

__all__ = ["Rig"]


class Rig(NWBGroup):
    """A rig."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    text: Annotated[str, Attribute(dtype="text")] = "no comment"
    """Text."""
    brackets: Annotated[str, Attribute(dtype="text")] = "a (b)"
    """LinkML reads brackets."""
    empty: Annotated[str, Attribute(dtype="text")] = ""
    """No text."""
    whole: Annotated[int, Attribute(dtype="int32")] = 0
    """A number."""
    real: Annotated[float, Attribute(dtype="float")] = 1.0
    """Another number."""
    falsehood: Annotated[bool, Attribute(dtype="bool")] = False
    """Neither true nor nothing."""
    list: Annotated[Given[Array, Values], Attribute(dtype="int", shape=((2,),))] = (0, 1)
    """A list."""
    required: Annotated[int, Attribute(dtype="int")] = 3
    """Said to be required all the same."""
