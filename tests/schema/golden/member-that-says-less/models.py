"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Absent, Array, Attribute, Dataset, Given, Values

from ...base.v1_0_0.types import Series, Series__data

__all__ = ["Special", "Special__data"]


class Special__data(Series__data):
    """Optional here."""

    unit: Annotated[str | None, Attribute(dtype="text")] = None  # type: ignore[assignment]
    """Optional here."""


class Special(Series):
    """Requires less than the type that it includes."""

    neurodata_type: ClassVar[str] = "Special"
    namespace: ClassVar[str] = "ndx-test"

    data: Annotated[Given[Special__data | None, Values], Dataset()] = Absent  # type: ignore[assignment]
    """Optional here."""
