"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Array, Dataset, Given, NWBGroup, Values

__all__ = ["Rig"]


class Rig(NWBGroup):
    """A rig."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    one: Annotated[Given[Array, Values], Dataset(dtype="float32", shape=((None, 3),))]
    """Names and sizes."""
    names: Annotated[Given[Array, Values], Dataset(dtype="float32", shape=((None,),))]
    """Names."""
    sizes: Annotated[Given[Array, Values], Dataset(dtype="float32", shape=((None, 2),))]
    """Sizes."""
    alternatives: Annotated[Given[Array, Values], Dataset(dtype="int8", shape=((None,), (None, 3)))]
    """Either."""
    one_alternative: Annotated[Given[Array, Values], Dataset(dtype="int8", shape=((None,),))]
    """A list of one."""
    disagreeing: Annotated[Given[Array, Values], Dataset(dtype="int8", shape=((None,), (None, 2)))]
    """Names for one of two."""
    text: Annotated[Given[Array, Values], Dataset(dtype="int8", shape=((None,),))]
    """A name that is in no list."""
