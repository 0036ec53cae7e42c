"""nwb.device of core 2.11.0: generated from the specifications with sha256 f9e69f032ac797df, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Attribute, Link

from .nwb_base import NWBContainer

__all__ = ["Device", "DeviceModel"]


class DeviceModel(NWBContainer):
    """Model properties of a data acquisition device, e.g., recording system, electrode, microscope. This should be
    extended for specific types of device models to include additional attributes specific to each type. The name of
    the DeviceModel should be the most common representation of the model name, e.g., Neuropixels 1.0, V-Probe,
    Bergamo III.
    """

    neurodata_type: ClassVar[str] = "DeviceModel"
    namespace: ClassVar[str] = "core"

    manufacturer: Annotated[str, Attribute(dtype="text")]
    """The name of the manufacturer of the device model, e.g., Imec, Plexon, Thorlabs."""
    model_number: Annotated[str | None, Attribute(dtype="text")] = None
    """The model number (or part/product number) of the device, e.g., PRB_1_4_0480_1,
    PLX-VP-32-15SE(75)-(260-80)(460-10)-300-(1)CON/32m-V, BERGAMO.
    """
    description: Annotated[str | None, Attribute(dtype="text")] = None
    """Description of the device model as free-form text."""


class Device(NWBContainer):
    """Metadata about a specific instance of a data acquisition device, e.g., recording system, electrode, microscope.
    Link to a DeviceModel.model to represent information about the model of the device.
    """

    neurodata_type: ClassVar[str] = "Device"
    namespace: ClassVar[str] = "core"

    description: Annotated[str | None, Attribute(dtype="text")] = None
    """Description of the device as free-form text. If there is any software/firmware associated with the device, the
    names and versions of those can be added to NWBFile.was_generated_by.
    """
    manufacturer: Annotated[str | None, Attribute(dtype="text")] = None
    """DEPRECATED. The name of the manufacturer of the device, e.g., Imec, Plexon, Thorlabs. Instead of using this
    field, store the value in DeviceModel.manufacturer and link to that DeviceModel from this Device.
    """
    model_number: Annotated[str | None, Attribute(dtype="text")] = None
    """DEPRECATED. The model number (or part/product number) of the device, e.g., PRB_1_4_0480_1,
    PLX-VP-32-15SE(75)-(260-80)(460-10)-300-(1)CON/32m-V, BERGAMO. Instead of using this field, store the value in
    DeviceModel.model_number and link to that DeviceModel from this Device.
    """
    model_name: Annotated[str | None, Attribute(dtype="text")] = None
    """DEPRECATED. The model name of the device, e.g., Neuropixels 1.0, V-Probe, Bergamo III. Instead of using this
    field, create and add a new DeviceModel named the model name and link to that DeviceModel from this Device.
    """
    serial_number: Annotated[str | None, Attribute(dtype="text")] = None
    """The serial number of the device."""
    model: Annotated[DeviceModel | None, Link()] = None
    """The model of the device."""
