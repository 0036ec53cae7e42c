"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from nwb_models.models import Array, Attribute, Given, NWBGroup, Values

__all__ = ["Rig"]


class Rig(NWBGroup):
    """A rig."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    text: Annotated[Literal["volts"], Attribute(dtype="text", value="volts")] = "volts"
    """Text."""
    quoted: Annotated[Literal['a "b" [c] \\'], Attribute(dtype="text", value='a "b" [c] \\')] = 'a "b" [c] \\'
    """Text with quotes and brackets."""
    empty: Annotated[Literal[""], Attribute(dtype="text", value="")] = ""
    """No text."""
    whole: Annotated[Literal[0], Attribute(dtype="int8", value=0)] = 0
    """A number."""
    negative: Annotated[float, Attribute(dtype="float32", value=-1.5)] = -1.5
    """Another number."""
    falsehood: Annotated[bool, Attribute(dtype="bool", value=False)] = False
    """Neither true nor nothing."""
    several: Annotated[Given[Array, Values], Attribute(dtype="text", shape=((2,),), value=("a", "b"))] = ("a", "b")
    """A list."""
    optional: Annotated[Literal["volts"] | None, Attribute(dtype="text", value="volts")] = None
    """Fixed where it is there."""
