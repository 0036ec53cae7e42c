"""nwb.retinotopy of core 2.11.0: generated from the specifications with sha256 f9e69f032ac797df, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Absent, Array, Attribute, Dataset, Given, NWBDataset, Name, Shortcut, Value, Values

from .nwb_base import NWBDataInterface

__all__ = ["ImagingRetinotopy", "ImagingRetinotopy__axis_1_phase_map", "ImagingRetinotopy__axis_1_power_map"]
__all__ += ["ImagingRetinotopy__axis_2_phase_map", "ImagingRetinotopy__axis_2_power_map"]
__all__ += ["ImagingRetinotopy__focal_depth_image", "ImagingRetinotopy__sign_map"]
__all__ += ["ImagingRetinotopy__vasculature_image"]


class ImagingRetinotopy__axis_1_phase_map(NWBDataset):
    """Phase response to stimulus on the first measured axis."""

    value: Annotated[Given[Array, Values], Value(dtype="float32", shape=((None, None),))]
    dimension: Annotated[Given[Array, Values], Attribute(dtype="int32", shape=((2,),))]
    """Number of rows and columns in the image. NOTE: row, column representation is equivalent to height, width."""
    field_of_view: Annotated[Given[Array, Values], Attribute(dtype="float32", shape=((2,),))]
    """Size of viewing area, in meters."""
    unit: Annotated[str, Attribute(dtype="text")]
    """Unit that axis data is stored in (e.g., degrees)."""


class ImagingRetinotopy__axis_1_power_map(NWBDataset):
    """Power response on the first measured axis."""

    value: Annotated[Given[Array, Values], Value(dtype="float32", shape=((None, None),))]
    dimension: Annotated[Given[Array, Values], Attribute(dtype="int32", shape=((2,),))]
    """Number of rows and columns in the image. NOTE: row, column representation is equivalent to height, width."""
    field_of_view: Annotated[Given[Array, Values], Attribute(dtype="float32", shape=((2,),))]
    """Size of viewing area, in meters."""
    unit: Annotated[str, Attribute(dtype="text")]
    """Unit that axis data is stored in (e.g., degrees)."""


class ImagingRetinotopy__axis_2_phase_map(NWBDataset):
    """Phase response to stimulus on the second measured axis."""

    value: Annotated[Given[Array, Values], Value(dtype="float32", shape=((None, None),))]
    dimension: Annotated[Given[Array, Values], Attribute(dtype="int32", shape=((2,),))]
    """Number of rows and columns in the image. NOTE: row, column representation is equivalent to height, width."""
    field_of_view: Annotated[Given[Array, Values], Attribute(dtype="float32", shape=((2,),))]
    """Size of viewing area, in meters."""
    unit: Annotated[str, Attribute(dtype="text")]
    """Unit that axis data is stored in (e.g., degrees)."""


class ImagingRetinotopy__axis_2_power_map(NWBDataset):
    """Power response on the second measured axis."""

    value: Annotated[Given[Array, Values], Value(dtype="float32", shape=((None, None),))]
    dimension: Annotated[Given[Array, Values], Attribute(dtype="int32", shape=((2,),))]
    """Number of rows and columns in the image. NOTE: row, column representation is equivalent to height, width."""
    field_of_view: Annotated[Given[Array, Values], Attribute(dtype="float32", shape=((2,),))]
    """Size of viewing area, in meters."""
    unit: Annotated[str, Attribute(dtype="text")]
    """Unit that axis data is stored in (e.g., degrees)."""


class ImagingRetinotopy__focal_depth_image(NWBDataset):
    """Gray-scale image taken with the same settings/parameters (e.g., focal depth, wavelength) as data collection."""

    value: Annotated[Given[Array, Values], Value(dtype="uint16", shape=((None, None),))]
    bits_per_pixel: Annotated[int, Attribute(dtype="int32")]
    """Number of bits used to represent each value. This is necessary to determine maximum (white) pixel value."""
    dimension: Annotated[Given[Array, Values], Attribute(dtype="int32", shape=((2,),))]
    """Number of rows and columns in the image. NOTE: row, column representation is equivalent to height, width."""
    field_of_view: Annotated[Given[Array, Values], Attribute(dtype="float32", shape=((2,),))]
    """Size of viewing area, in meters."""
    focal_depth: Annotated[float, Attribute(dtype="float32")]
    """Focal depth offset, in meters."""
    format: Annotated[str, Attribute(dtype="text")]
    """Format of image. Currently only 'raw' is supported."""


class ImagingRetinotopy__sign_map(NWBDataset):
    """Sine of the angle between the direction of the gradient in axis_1 and axis_2."""

    value: Annotated[Given[Array, Values], Value(dtype="float32", shape=((None, None),))]
    dimension: Annotated[Given[Array, Values], Attribute(dtype="int32", shape=((2,),))]
    """Number of rows and columns in the image. NOTE: row, column representation is equivalent to height, width."""
    field_of_view: Annotated[Given[Array, Values], Attribute(dtype="float32", shape=((2,),))]
    """Size of viewing area, in meters."""


class ImagingRetinotopy__vasculature_image(NWBDataset):
    """Gray-scale anatomical image of cortical surface. Array structure: [rows][columns]"""

    value: Annotated[Given[Array, Values], Value(dtype="uint16", shape=((None, None),))]
    bits_per_pixel: Annotated[int, Attribute(dtype="int32")]
    """Number of bits used to represent each value. This is necessary to determine maximum (white) pixel value."""
    dimension: Annotated[Given[Array, Values], Attribute(dtype="int32", shape=((2,),))]
    """Number of rows and columns in the image. NOTE: row, column representation is equivalent to height, width."""
    field_of_view: Annotated[Given[Array, Values], Attribute(dtype="float32", shape=((2,),))]
    """Size of viewing area, in meters."""
    format: Annotated[str, Attribute(dtype="text")]
    """Format of image. Currently only 'raw' is supported."""


class ImagingRetinotopy(NWBDataInterface):
    """DEPRECATED. Intrinsic signal optical imaging or widefield imaging for measuring retinotopy. Stores orthogonal
    maps (e.g., altitude/azimuth; radius/theta) of responses to specific stimuli and a combined polarity map from
    which to identify visual areas. This group does not store the raw responses imaged during retinotopic mapping or
    the stimuli presented, but rather the resulting phase and power maps after applying a Fourier transform on the
    averaged responses. Note: for data consistency, all images and arrays are stored in the format [row][column] and
    [row, col], which equates to [y][x]. Field of view and dimension arrays may appear backward (i.e., y before x).
    """

    neurodata_type: ClassVar[str] = "ImagingRetinotopy"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "ImagingRetinotopy"
    axis_1_phase_map: Annotated[Given[ImagingRetinotopy__axis_1_phase_map, Values], Dataset()]
    """Phase response to stimulus on the first measured axis."""
    axis_1_power_map: Annotated[Given[ImagingRetinotopy__axis_1_power_map | None, Values], Dataset()] = Absent
    """Power response on the first measured axis. Response is scaled so 0.0 is no power in the response and 1.0 is
    maximum relative power.
    """
    axis_2_phase_map: Annotated[Given[ImagingRetinotopy__axis_2_phase_map, Values], Dataset()]
    """Phase response to stimulus on the second measured axis."""
    axis_2_power_map: Annotated[Given[ImagingRetinotopy__axis_2_power_map | None, Values], Dataset()] = Absent
    """Power response on the second measured axis. Response is scaled so 0.0 is no power in the response and 1.0 is
    maximum relative power.
    """
    axis_descriptions: Annotated[Given[Array, Values], Dataset(dtype="text", shape=((2,),))]
    """Two-element array describing the contents of the two response axis fields. Description should be something like
    ['altitude', 'azimuth'] or ['radius', 'theta'].
    """
    focal_depth_image: Annotated[Given[ImagingRetinotopy__focal_depth_image | None, Values], Dataset()] = Absent
    """Gray-scale image taken with the same settings/parameters (e.g., focal depth, wavelength) as data collection.
    Array format: [rows][columns].
    """
    sign_map: Annotated[Given[ImagingRetinotopy__sign_map | None, Values], Dataset()] = Absent
    """Sine of the angle between the direction of the gradient in axis_1 and axis_2."""
    vasculature_image: Annotated[Given[ImagingRetinotopy__vasculature_image, Values], Dataset()]
    """Gray-scale anatomical image of cortical surface. Array structure: [rows][columns]"""

    focal_depth: float | None = Shortcut("focal_depth_image", "focal_depth")
