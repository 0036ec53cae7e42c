"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from nwb_models.models import (
    Absent,
    Array,
    Attribute,
    Children,
    Collection,
    Dataset,
    Given,
    Group,
    Made,
    Many,
    NWBDataset,
    NWBGroup,
    Shortcut,
    Value,
    Values,
)

from ...base.v1_0_0.types import Device

__all__ = ["Rig", "Rig__general", "Rig__general__devices", "Rig__image", "Rig__sound"]


class Rig__image(NWBDataset):
    """An image."""

    value: Annotated[Given[Array, Values], Value(dtype="uint8", shape=((None, None),))]
    unit: Annotated[str, Attribute(dtype="text")]
    """Its unit."""
    help: Annotated[Literal["An image."], Attribute(dtype="text", value="An image.")] = "An image."
    """A constant."""


class Rig__sound(NWBDataset):
    """A sound."""

    value: Annotated[Given[Array, Values], Value(dtype="float32", shape=((None,),))]
    rate: Annotated[float, Attribute(dtype="float32")]
    """Its rate."""
    help: Annotated[str, Attribute(dtype="text")]
    """No constant."""
    unit: Annotated[str, Attribute(dtype="text")]
    """Its unit."""


class Rig__general__devices(NWBGroup):
    """A group in it."""

    device: Annotated[Collection[Device], Children(kind="group")] = Made(Collection)
    """Devices."""


class Rig__general(NWBGroup):
    """A group."""

    devices: Annotated[Given[Rig__general__devices, Many[Device]], Group()] = Made(
        lambda: Rig__general__devices(name="devices")
    )
    """A group in it."""

    device: Collection[Device] = Shortcut("devices", "device")


class Rig(NWBGroup):
    """What untyped members hold is reached from here, where its name means one thing."""

    neurodata_type: ClassVar[str] = "Rig"
    namespace: ClassVar[str] = "ndx-test"

    image: Annotated[Given[Rig__image, Values], Dataset()]
    """An image."""
    sound: Annotated[Given[Rig__sound | None, Values], Dataset()] = Absent
    """A sound."""
    general: Annotated[Rig__general, Group()] = Made(lambda: Rig__general(name="general"))
    """A group."""

    help: str | None = Shortcut("sound", "help")
    rate: float | None = Shortcut("sound", "rate")
    devices: Given[Rig__general__devices, Many[Device]] = Shortcut("general", "devices")
    device: Collection[Device] = Shortcut("general", "devices", "device")
