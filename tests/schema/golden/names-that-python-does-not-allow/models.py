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

    both: Annotated[str, Attribute(dtype="text")]
    """d"""
    class_: Annotated[str, Attribute(name="class", dtype="text")]
    """d"""
    a_b: Annotated[str, Attribute(name="a-b", dtype="text")]
    """d"""
    a_b_: Annotated[str, Attribute(name="a b", dtype="text")]
    """d"""
    field_1st: Annotated[str, Attribute(name="1st", dtype="text")]
    """d"""
    keys_: Annotated[str, Attribute(name="keys", dtype="text")]
    """d"""
    copy_: Annotated[str, Attribute(name="copy", dtype="text")]
    """d"""
    Device_: Annotated[str, Attribute(name="Device", dtype="text")]
    """d"""
    int_: Annotated[str, Attribute(name="int", dtype="text")]
    """d"""
    both_: Annotated[int, Dataset(name="both", dtype="int8")]
    """d"""
