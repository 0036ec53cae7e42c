"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Array, Given, Value, Values

from ...base.v1_0_0.types import Data

__all__ = ["Mask"]


class Mask(Data):
    """d"""

    neurodata_type: ClassVar[str] = "Mask"
    namespace: ClassVar[str] = "ndx-test"

    value: Annotated[Given[Array, Values], Value(dtype=(("x", "uint8"), ("y pos", "object:Device")))]
