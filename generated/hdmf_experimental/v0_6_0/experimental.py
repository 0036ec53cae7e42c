"""experimental of hdmf-experimental 0.6.0: generated from the specifications with sha256 ca0abf3c389be9d0, not to be
edited.
"""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Array, Given, Reference, Value, Values

from ...hdmf_common.v1_10_0.table import VectorData

__all__ = ["EnumData"]


class EnumData(VectorData):
    """Data that come from a fixed set of values. A data value of i corresponds to the i-th value in the VectorData
    referenced by the 'elements' attribute.
    """

    neurodata_type: ClassVar[str] = "EnumData"
    namespace: ClassVar[str] = "hdmf-experimental"

    value: Annotated[
        Given[Array, Values],
        Value(dtype="uint8", shape=((None,), (None, None), (None, None, None), (None, None, None, None))),
    ]
    elements: Annotated[VectorData, Reference()]
    """Reference to the VectorData object that contains the enumerable elements."""
