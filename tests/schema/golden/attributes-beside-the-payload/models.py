"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Array, Attribute, Given, NWBDataset, Value, Values

__all__ = ["Note"]


class Note(NWBDataset):
    """d"""

    neurodata_type: ClassVar[str] = "Note"
    namespace: ClassVar[str] = "ndx-test"

    value: Annotated[Given[str | Array, Values], Value(dtype="text")]
    value_: Annotated[str, Attribute(name="value", dtype="text")]
    """d"""
    shape_: Annotated[str, Attribute(name="shape", dtype="text")]
    """d"""
