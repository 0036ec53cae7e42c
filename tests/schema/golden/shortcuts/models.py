"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from nwb_models.models import (
    Array,
    Attribute,
    Children,
    Collection,
    Dataset,
    Group,
    NWBDataset,
    NWBGroup,
    Shortcut,
    Value,
)
from pydantic import Field

from ...base.v1_0_0.types import Device

__all__ = ["Rig", "Rig__general", "Rig__general__devices", "Rig__image", "Rig__sound"]


class Rig__image(NWBDataset):
    """An image."""

    value: Annotated[Array, Value(dtype="uint8", shape=((None, None),))]
    unit: Annotated[str, Attribute(dtype="text")]
    """Its unit."""
    help: Annotated[Literal["An image."], Attribute(dtype="text", value="An image.")] = "An image."
    """A constant."""


class Rig__sound(NWBDataset):
    """A sound."""

    value: Annotated[Array, Value(dtype="float32", shape=((None,),))]
    rate: Annotated[float, Attribute(dtype="float32")]
    """Its rate."""
    help: Annotated[str, Attribute(dtype="text")]
    """No constant."""
    unit: Annotated[str, Attribute(dtype="text")]
    """Its unit."""


class Rig__general__devices(NWBGroup):
    """A group in it."""

    device: Annotated[Collection[Device], Children(kind="group")] = Field(default_factory=Collection)
    """Devices."""


class Rig__general(NWBGroup):
    """A group."""

    devices: Annotated[Rig__general__devices, Group()] = Field(
        default_factory=lambda: Rig__general__devices(name="devices")
    )
    """A group in it."""

    device: ClassVar[Shortcut[Collection[Device]]] = Shortcut("devices", "device")


class Rig(NWBGroup):
    """What untyped members hold is reached from here, where its name means one thing."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    image: Annotated[Rig__image, Dataset()]
    """An image."""
    sound: Annotated[Rig__sound | None, Dataset()] = None
    """A sound."""
    general: Annotated[Rig__general, Group()] = Field(default_factory=lambda: Rig__general(name="general"))
    """A group."""

    help: ClassVar[Shortcut[str | None]] = Shortcut("sound", "help")
    rate: ClassVar[Shortcut[float | None]] = Shortcut("sound", "rate")
    devices: ClassVar[Shortcut[Rig__general__devices]] = Shortcut("general", "devices")
    device: ClassVar[Shortcut[Collection[Device]]] = Shortcut("general", "devices", "device")
