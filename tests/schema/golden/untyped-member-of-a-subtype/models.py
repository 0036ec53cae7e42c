"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Array, Attribute, Dataset, Given, Shortcut, Value, Values

from ...base.v1_0_0.types import Series, Series__data

__all__ = ["Special", "Special__data"]


class Special__data(Series__data):
    """d"""

    value: Annotated[Given[Array, Values], Value(dtype="int16", shape=((None,),))]
    gain: Annotated[float, Attribute(dtype="float")]
    """d"""


class Special(Series):
    """d"""

    neurodata_type: ClassVar[str] = "Special"
    namespace: ClassVar[str] = "ndx-test"

    data: Annotated[Given[Special__data, Values], Dataset()]
    """d"""

    gain: float = Shortcut("data", "gain")
