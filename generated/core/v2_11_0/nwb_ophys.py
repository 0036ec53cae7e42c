"""nwb.ophys of core 2.11.0: generated from the specifications with sha256 f9e69f032ac797df, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import (
    Absent,
    Array,
    Attribute,
    Children,
    Collection,
    Dataset,
    Filled,
    Given,
    Group,
    Link,
    Made,
    Many,
    NWBDataset,
    NWBGroup,
    Name,
    Shortcut,
    Value,
    Values,
)

from ...hdmf_common.v1_10_0.table import DynamicTable, DynamicTableRegion, VectorData, VectorIndex
from .nwb_base import NWBContainer, NWBDataInterface, TimeSeries, TimeSeries__data
from .nwb_device import Device
from .nwb_image import ImageSeries, ImageSeries__data

__all__ = ["CorrectedImageStack", "DfOverF", "Fluorescence", "ImageSegmentation", "ImagingPlane"]
__all__ += ["ImagingPlane__grid_spacing", "ImagingPlane__manifold", "ImagingPlane__origin_coords", "MotionCorrection"]
__all__ += ["OnePhotonSeries", "OnePhotonSeries__data", "OpticalChannel", "PlaneSegmentation"]
__all__ += ["PlaneSegmentation__reference_images", "RoiResponseSeries", "RoiResponseSeries__data", "TwoPhotonSeries"]
__all__ += ["TwoPhotonSeries__data"]


class OnePhotonSeries__data(ImageSeries__data):
    """Time-series of microscopy data indexed as data[time, width, height]. Indexing convention: - width: first spatial
    axis (horizontal direction, columns) - height: second spatial axis (vertical direction, rows) For raster-scanning
    systems (two-photon, confocal, one-photon laser scanning): - width: fast scan direction (horizontal) - height:
    slow scan direction (vertical) Coordinate system diagram:: height ^ (slow) | | +-----------------+ | | | | |
    Image plane | | | | | +-----------------+ | 0 ----------------------> width (fast) For non-raster systems
    (wide-field, light-sheet, random-access), width and height are arbitrary coordinates of the image plane. Note:
    This indexing convention conflicts with standard matrix[row, column] notation for array access where the first
    index moves vertically through rows and the second moves horizontally through columns.
    """

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None, None, None), (None, None, None, None)))]


class ImagingPlane__manifold(NWBDataset):
    """DEPRECATED."""

    value: Annotated[Given[Array, Values], Value(dtype="float32", shape=((None, None, 3), (None, None, None, 3)))]
    conversion: Annotated[float, Attribute(dtype="float32")] = 1.0
    """Scalar to multiply each element in data to convert it to the specified 'unit'. If the data are stored in
    acquisition system units or other units that require a conversion to be interpretable, multiply the data by
    'conversion' to convert the data to the specified 'unit'. For example, if the data acquisition system stores
    values in this object as pixels from x = -500 to 499, y = -500 to 499 that correspond to a 2 m x 2 m range, then
    the 'conversion' multiplier to get from raw data acquisition pixel units to meters is 2/1000.
    """
    unit: Annotated[str, Attribute(dtype="text")] = "meters"
    """Base unit of measurement for working with the data. The default value is 'meters'."""


class ImagingPlane__origin_coords(NWBDataset):
    """Physical location of the first element of the imaging plane (0, 0) for 2-D data or (0, 0, 0) for 3-D data."""

    value: Annotated[Given[Array, Values], Value(dtype="float32", shape=((2,), (3,)))]
    unit: Annotated[str, Attribute(dtype="text")] = "meters"
    """Measurement units for origin_coords. The default value is 'meters'."""


class ImagingPlane__grid_spacing(NWBDataset):
    """Space between pixels in (x, y) or voxels in (x, y, z) directions, in the specified unit."""

    value: Annotated[Given[Array, Values], Value(dtype="float32", shape=((2,), (3,)))]
    unit: Annotated[str, Attribute(dtype="text")] = "meters"
    """Measurement units for grid_spacing. The default value is 'meters'."""


class OpticalChannel(NWBContainer):
    """An optical channel used to record from an imaging plane."""

    neurodata_type: ClassVar[str] = "OpticalChannel"
    namespace: ClassVar[str] = "core"

    description: Annotated[str, Dataset(dtype="text")]
    """Description or other notes about the channel."""
    emission_lambda: Annotated[float, Dataset(dtype="float32")]
    """Emission wavelength for channel, in nm."""


class ImagingPlane(NWBContainer):
    """An imaging plane and its metadata."""

    neurodata_type: ClassVar[str] = "ImagingPlane"
    namespace: ClassVar[str] = "core"

    description: Annotated[str | None, Dataset(dtype="text")] = None
    """Description of the imaging plane."""
    excitation_lambda: Annotated[float, Dataset(dtype="float32")]
    """Excitation wavelength, in nm."""
    imaging_rate: Annotated[float | None, Dataset(dtype="float32")] = None
    """Rate that images are acquired, in Hz. If the corresponding TimeSeries is present, the rate should be stored there
    instead.
    """
    indicator: Annotated[str, Dataset(dtype="text")]
    """Calcium indicator."""
    location: Annotated[str, Dataset(dtype="text")]
    """Location of the imaging plane. Specify the area, layer, comments on estimation of area/layer, stereotaxic
    coordinates if in vivo, etc. Use standard atlas names for anatomical regions when possible.
    """
    manifold: Annotated[Given[ImagingPlane__manifold | None, Values], Dataset()] = Absent
    """DEPRECATED. Physical position of each pixel. 'xyz' represents the position of the pixel relative to the defined
    coordinate space. Deprecated in favor of origin_coords and grid_spacing.
    """
    origin_coords: Annotated[Given[ImagingPlane__origin_coords | None, Values], Dataset()] = Absent
    """Physical location of the first element of the imaging plane (0, 0) for 2-D data or (0, 0, 0) for 3-D data. See
    also reference_frame for what the physical location is relative to (e.g., bregma).
    """
    grid_spacing: Annotated[Given[ImagingPlane__grid_spacing | None, Values], Dataset()] = Absent
    """Space between pixels in (x, y) or voxels in (x, y, z) directions, in the specified unit. Assumes imaging plane is
    a regular grid. See also reference_frame to interpret the grid.
    """
    reference_frame: Annotated[str | None, Dataset(dtype="text")] = None
    'Describes reference frame of origin_coords and grid_spacing. For example, this can be a text description of the anatomical location and orientation of the grid defined by origin_coords and grid_spacing or the vectors needed to transform or rotate the grid to a common anatomical axis (e.g., AP/DV/ML). This field is necessary to interpret origin_coords and grid_spacing. If origin_coords and grid_spacing are not present, then this field is not required. For example, if the microscope takes 10 x 10 x 2 images, where the first value of the data matrix (index (0, 0, 0)) corresponds to (-1.2, -0.6, -2) mm relative to bregma, the spacing between pixels is 0.2 mm in x, 0.2 mm in y and 0.5 mm in z, and larger numbers in x mean more anterior, larger numbers in y mean more rightward, and larger numbers in z mean more ventral, then enter the following -- origin_coords = (-1.2, -0.6, -2) grid_spacing = (0.2, 0.2, 0.5) reference_frame = "Origin coordinates are relative to bregma. First dimension corresponds to anterior-posterior axis (larger index = more anterior). Second dimension corresponds to medial-lateral axis (larger index = more rightward). Third dimension corresponds to dorsal-ventral axis (larger index = more ventral)."'
    optical_channel: Annotated[Collection[OpticalChannel], Children(kind="group", required=True)] = Made(Collection)
    """An optical channel used to record from an imaging plane."""
    device: Annotated[Device, Link()]
    """Link to the Device object (e.g., microscope) used to acquire images from this imaging plane."""

    conversion: float | None = Shortcut("manifold", "conversion")


class OnePhotonSeries(ImageSeries):
    """Image stack recorded over time from 1-photon microscope."""

    neurodata_type: ClassVar[str] = "OnePhotonSeries"
    namespace: ClassVar[str] = "core"

    pmt_gain: Annotated[float | None, Attribute(dtype="float32")] = None
    """Photomultiplier gain."""
    scan_line_rate: Annotated[float | None, Attribute(dtype="float32")] = None
    """Lines imaged per second. This is also stored in /general/optophysiology but is kept here as it is useful
    information for analysis, and is therefore stored with the actual data.
    """
    exposure_time: Annotated[float | None, Attribute(dtype="float32")] = None
    """Exposure time of the sample; often the inverse of the frequency."""
    binning: Annotated[int | None, Attribute(dtype="uint8")] = None
    """Amount of pixels combined into 'bins'; could be 1, 2, 4, 8, etc."""
    power: Annotated[float | None, Attribute(dtype="float32")] = None
    """Power of the excitation in mW, if known."""
    intensity: Annotated[float | None, Attribute(dtype="float32")] = None
    """Intensity of the excitation in mW/mm^2, if known."""
    data: Annotated[Given[OnePhotonSeries__data, Values], Dataset()] = Filled
    """Time-series of microscopy data indexed as data[time, width, height]. Indexing convention: - width: first spatial
    axis (horizontal direction, columns) - height: second spatial axis (vertical direction, rows) For raster-scanning
    systems (two-photon, confocal, one-photon laser scanning): - width: fast scan direction (horizontal) - height:
    slow scan direction (vertical) Coordinate system diagram:: height ^ (slow) | | +-----------------+ | | | | |
    Image plane | | | | | +-----------------+ | 0 ----------------------> width (fast) For non-raster systems
    (wide-field, light-sheet, random-access), width and height are arbitrary coordinates of the image plane. Note:
    This indexing convention conflicts with standard matrix[row, column] notation for array access where the first
    index moves vertically through rows and the second moves horizontally through columns. In the schema, data[time,
    width, height] means that the first spatial index moves horizontally (width) through columns and the second
    spatial index moves vertically (height) through rows. In summary, incrementing the first spatial index moves you
    horizontally across the image, while in matrix notation it would move you vertically across the rows of the
    image.
    """
    imaging_plane: Annotated[ImagingPlane, Link()]
    """Link to ImagingPlane object from which this TimeSeries data was generated."""


class TwoPhotonSeries__data(ImageSeries__data):
    """Time-series of microscopy data indexed as data[time, width, height]. Indexing convention: - width: first spatial
    axis (horizontal direction, columns) - height: second spatial axis (vertical direction, rows) For raster-scanning
    systems (two-photon, confocal, one-photon laser scanning): - width: fast scan direction (horizontal) - height:
    slow scan direction (vertical) Coordinate system diagram:: height ^ (slow) | | +-----------------+ | | | | |
    Image plane | | | | | +-----------------+ | 0 ----------------------> width (fast) For non-raster systems
    (wide-field, light-sheet, random-access), width and height are arbitrary coordinates of the image plane. Note:
    This indexing convention conflicts with standard matrix[row, column] notation for array access where the first
    index moves vertically through rows and the second moves horizontally through columns.
    """

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None, None, None), (None, None, None, None)))]


class TwoPhotonSeries(ImageSeries):
    """Image stack recorded over time from 2-photon microscope."""

    neurodata_type: ClassVar[str] = "TwoPhotonSeries"
    namespace: ClassVar[str] = "core"

    pmt_gain: Annotated[float | None, Attribute(dtype="float32")] = None
    """Photomultiplier gain."""
    scan_line_rate: Annotated[float | None, Attribute(dtype="float32")] = None
    """Lines imaged per second. This is also stored in /general/optophysiology but is kept here as it is useful
    information for analysis, and is therefore stored with the actual data.
    """
    data: Annotated[Given[TwoPhotonSeries__data, Values], Dataset()] = Filled
    """Time-series of microscopy data indexed as data[time, width, height]. Indexing convention: - width: first spatial
    axis (horizontal direction, columns) - height: second spatial axis (vertical direction, rows) For raster-scanning
    systems (two-photon, confocal, one-photon laser scanning): - width: fast scan direction (horizontal) - height:
    slow scan direction (vertical) Coordinate system diagram:: height ^ (slow) | | +-----------------+ | | | | |
    Image plane | | | | | +-----------------+ | 0 ----------------------> width (fast) For non-raster systems
    (wide-field, light-sheet, random-access), width and height are arbitrary coordinates of the image plane. Note:
    This indexing convention conflicts with standard matrix[row, column] notation for array access where the first
    index moves vertically through rows and the second moves horizontally through columns. In the schema, data[time,
    width, height] means that the first spatial index moves horizontally (width) through columns and the second
    spatial index moves vertically (height) through rows.
    """
    field_of_view: Annotated[Given[Array | None, Values], Dataset(dtype="float32", shape=((2,), (3,)))] = Absent
    """Physical dimensions of the imaging field of view in width, height, and optionally depth directions, in meters.
    The width dimension corresponds to the faster scanning axis, and the height dimension corresponds to the slower
    scanning axis.
    """
    imaging_plane: Annotated[ImagingPlane, Link()]
    """Link to ImagingPlane object from which this TimeSeries data was generated."""


class RoiResponseSeries__data(TimeSeries__data):
    """Signals from ROIs."""

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None,), (None, None)))]


class RoiResponseSeries(TimeSeries):
    """ROI responses over an imaging plane. The first dimension represents time. The second dimension, if present,
    represents ROIs.
    """

    neurodata_type: ClassVar[str] = "RoiResponseSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[RoiResponseSeries__data, Values], Dataset()]
    """Signals from ROIs."""
    rois: Annotated[DynamicTableRegion, Dataset()]
    """DynamicTableRegion referencing into a PlaneSegmentation table containing information on the ROIs stored in this
    TimeSeries.
    """


class DfOverF(NWBDataInterface):
    """dF/F information about a region of interest (ROI). Storage hierarchy of dF/F should be the same as for
    segmentation (i.e., same names for ROIs and for image planes).
    """

    neurodata_type: ClassVar[str] = "DfOverF"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "DfOverF"
    roi_response_series: Annotated[Collection[RoiResponseSeries], Children(kind="group", required=True)] = Made(
        Collection
    )
    """RoiResponseSeries object(s) containing dF/F for a ROI."""


class Fluorescence(NWBDataInterface):
    """Fluorescence information about a region of interest (ROI). Storage hierarchy of fluorescence should be the same
    as for segmentation (i.e., same names for ROIs and for image planes).
    """

    neurodata_type: ClassVar[str] = "Fluorescence"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "Fluorescence"
    roi_response_series: Annotated[Collection[RoiResponseSeries], Children(kind="group", required=True)] = Made(
        Collection
    )
    """RoiResponseSeries object(s) containing fluorescence data for a ROI."""


class PlaneSegmentation__reference_images(NWBGroup):
    """Image stacks that the segmentation masks apply to."""

    image_series: Annotated[Collection[ImageSeries], Children(kind="group")] = Made(Collection)
    """One or more image stacks that the masks apply to (can be one-element stack)."""


class PlaneSegmentation(DynamicTable):
    """Results from image segmentation of a specific imaging plane. At least one of `image_mask`, `pixel_mask`, or
    `voxel_mask` is required.
    """

    neurodata_type: ClassVar[str] = "PlaneSegmentation"
    namespace: ClassVar[str] = "core"

    image_mask: Annotated[
        Given[VectorData | None, Values], Dataset(shape=((None, None, None), (None, None, None, None)))
    ] = Absent
    """ROI masks for each ROI. Each image mask is the size of the original imaging plane (or volume) and members of the
    ROI are finite non-zero. At least one of `image_mask`, `pixel_mask`, or `voxel_mask` is required.
    """
    pixel_mask_index: Annotated[Given[VectorIndex | None, Values], Dataset()] = Absent
    """Index into pixel_mask."""
    pixel_mask: Annotated[
        Given[VectorData | None, Values], Dataset(dtype=(("x", "uint32"), ("y", "uint32"), ("weight", "float32")))
    ] = Absent
    """Pixel masks for each ROI: a list of indices and weights for the ROI. Pixel masks are concatenated and parsing of
    this dataset is maintained by the PlaneSegmentation. At least one of `image_mask`, `pixel_mask`, or `voxel_mask`
    is required.
    """
    voxel_mask_index: Annotated[Given[VectorIndex | None, Values], Dataset()] = Absent
    """Index into voxel_mask."""
    voxel_mask: Annotated[
        Given[VectorData | None, Values],
        Dataset(dtype=(("x", "uint32"), ("y", "uint32"), ("z", "uint32"), ("weight", "float32"))),
    ] = Absent
    """Voxel masks for each ROI: a list of indices and weights for the ROI. Voxel masks are concatenated and parsing of
    this dataset is maintained by the PlaneSegmentation. At least one of `image_mask`, `pixel_mask`, or `voxel_mask`
    is required.
    """
    reference_images: Annotated[Given[PlaneSegmentation__reference_images, Many[ImageSeries]], Group()] = Made(
        lambda: PlaneSegmentation__reference_images(name="reference_images")
    )
    """Image stacks that the segmentation masks apply to."""
    imaging_plane: Annotated[ImagingPlane, Link()]
    """Link to ImagingPlane object from which this data was generated."""

    image_series: Collection[ImageSeries] = Shortcut("reference_images", "image_series")


class ImageSegmentation(NWBDataInterface):
    """Stores pixels in an image that represent different regions of interest (ROIs) or masks. All segmentation for a
    given imaging plane is stored together, with storage for multiple imaging planes (masks) supported. Each ROI is
    stored in its own subgroup, with the ROI group containing both a 2-D mask and a list of pixels that make up this
    mask. Segments can also be used for masking neuropil. If segmentation is allowed to change with time, a new
    imaging plane (or module) is required and ROI names should remain consistent between them.
    """

    neurodata_type: ClassVar[str] = "ImageSegmentation"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "ImageSegmentation"
    plane_segmentation: Annotated[Collection[PlaneSegmentation], Children(kind="group", required=True)] = Made(
        Collection
    )
    """Results from image segmentation of a specific imaging plane."""


class CorrectedImageStack(NWBDataInterface):
    """Results from motion correction of an image stack."""

    neurodata_type: ClassVar[str] = "CorrectedImageStack"
    namespace: ClassVar[str] = "core"

    corrected: Annotated[ImageSeries, Group()]
    """Image stack with frames shifted to the common coordinates."""
    xy_translation: Annotated[TimeSeries, Group()]
    """Stores the x,y delta necessary to align each frame to the common coordinates, for example, to align each frame to
    a reference image.
    """
    original: Annotated[ImageSeries, Link()]
    """Link to ImageSeries object that is being registered."""


class MotionCorrection(NWBDataInterface):
    """An image stack where all frames are shifted (registered) to a common coordinate system, to account for movement
    and drift between frames. Note: each frame at each point in time is assumed to be 2-D (has only x and y
    dimensions).
    """

    neurodata_type: ClassVar[str] = "MotionCorrection"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "MotionCorrection"
    corrected_image_stack: Annotated[Collection[CorrectedImageStack], Children(kind="group", required=True)] = Made(
        Collection
    )
    """Results from motion correction of an image stack."""
