"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import ClassVar

from ...base.v1_0_0.types import Series

__all__ = ["Special"]


class Special(Series):
    """d"""

    neurodata_type: ClassVar[str] = "Special"
    namespace: ClassVar[str] = "ndx-test"
