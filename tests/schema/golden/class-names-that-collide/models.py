"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import ClassVar

from nwb_models.models import NWBGroup

__all__ = ["Array_", "My_Type", "My_Type_"]


class My_Type(NWBGroup):
    """d"""

    neurodata_type: ClassVar[str] = "My-Type"
    namespace: ClassVar[str] = "ndx-test"


class My_Type_(NWBGroup):
    """d"""

    neurodata_type: ClassVar[str] = "My Type"
    namespace: ClassVar[str] = "ndx-test"


class Array_(NWBGroup):
    """d"""

    neurodata_type: ClassVar[str] = "Array"
    namespace: ClassVar[str] = "ndx-test"
