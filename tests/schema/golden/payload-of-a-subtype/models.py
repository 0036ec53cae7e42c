"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Array, Given, Value, Values

from ...base.v1_0_0.types import Column

__all__ = ["Numbers", "Pairs", "Same"]


class Numbers(Column):
    """What it does not say is inherited."""

    neurodata_type: ClassVar[str] = "Numbers"
    namespace: ClassVar[str] = "ndx-test"

    value: Annotated[Given[Array, Values], Value(dtype="float32", shape=((None,),))]


class Pairs(Column):
    """As here."""

    neurodata_type: ClassVar[str] = "Pairs"
    namespace: ClassVar[str] = "ndx-test"

    value: Annotated[Given[Array, Values], Value(shape=((None, 2),))]


class Same(Numbers):
    """Says nothing of it."""

    neurodata_type: ClassVar[str] = "Same"
    namespace: ClassVar[str] = "ndx-test"
