"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import (
    Array,
    Attribute,
    Dataset,
    Given,
    Group,
    Made,
    NWBDataset,
    NWBGroup,
    Shortcut,
    Value,
    Values,
)

__all__ = ["Rig", "Rig__general", "Rig__general__deep", "Rig__image"]


class Rig__image(NWBDataset):
    """d"""

    value: Annotated[Given[int | Array, Values], Value(dtype="uint8")]
    help: Annotated[str, Attribute(dtype="text")]
    """d"""


class Rig__general__deep(NWBGroup):
    """d"""


class Rig__general(NWBGroup):
    """d"""

    deep: Annotated[Rig__general__deep | None, Group()] = None
    """d"""


class Rig(NWBGroup):
    """A rig."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    image: Annotated[Given[Rig__image, int], Dataset()]
    """d"""
    general: Annotated[Rig__general, Group()] = Made(lambda: Rig__general(name="general"))
    """d"""

    help: str = Shortcut("image", "help")
    deep: Rig__general__deep | None = Shortcut("general", "deep")
