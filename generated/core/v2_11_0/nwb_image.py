"""nwb.image of core 2.11.0: generated from the specifications with sha256 f9e69f032ac797df, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from nwb_models.models import (
    Absent,
    Array,
    Attribute,
    Dataset,
    Filled,
    Given,
    Link,
    NWBDataset,
    Shortcut,
    Value,
    Values,
)
from nwb_models.models.mixins.series import ImageSeriesMixin

from .nwb_base import Image, Images, TimeSeries, TimeSeries__data
from .nwb_device import Device

__all__ = ["GrayscaleImage", "ImageMaskSeries", "ImageSeries", "ImageSeries__data", "ImageSeries__external_file"]
__all__ += ["IndexSeries", "IndexSeries__data", "OpticalSeries", "OpticalSeries__data", "RGBAImage", "RGBImage"]


class GrayscaleImage(Image):
    """A grayscale image."""

    neurodata_type: ClassVar[str] = "GrayscaleImage"
    namespace: ClassVar[str] = "core"

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None, None),))]


class RGBImage(Image):
    """A color image."""

    neurodata_type: ClassVar[str] = "RGBImage"
    namespace: ClassVar[str] = "core"

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None, None, 3),))]


class RGBAImage(Image):
    """A color image with transparency."""

    neurodata_type: ClassVar[str] = "RGBAImage"
    namespace: ClassVar[str] = "core"

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None, None, 4),))]


class ImageSeries__data(TimeSeries__data):
    """Binary data representing images across frames."""

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None, None, None), (None, None, None, None)))]


class ImageSeries__external_file(NWBDataset):
    """Paths to one or more external file(s)."""

    value: Annotated[Given[Array, Values], Value(dtype="text", shape=((None,),))]
    starting_frame: Annotated[Given[Array, Values], Attribute(dtype="int32", shape=((None,),))]
    """Each external image may contain one or more consecutive frames of the full ImageSeries. This attribute serves as
    an index to indicate which frames each file contains, to facilitate random access. The 'starting_frame'
    attribute, hence, contains a list of frame numbers within the full ImageSeries of the first frame of each file
    listed in the parent 'external_file' dataset. Zero-based indexing is used (hence, the first element will always
    be zero). For example, if the 'external_file' dataset has three paths to files and the first file has 5 frames,
    the second file has 10 frames, and the third file has 20 frames, then this attribute will have values [0, 5, 15].
    If there is a single external file that holds all of the frames of the ImageSeries (and so there is a single
    element in the 'external_file' dataset), then this attribute should have value [0].
    """


class ImageSeries(ImageSeriesMixin, TimeSeries):
    """General image data that is common between acquisition and stimulus time series. Sometimes the image data is
    stored in the file in a raw format while other times it will be stored as a series of external image files in the
    host file system. The data field will either be binary data, if the data is stored in the NWB file, or empty, if
    the data is stored in an external image stack. [frame][x][y] or [frame][x][y][z].
    """

    neurodata_type: ClassVar[str] = "ImageSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[ImageSeries__data, Values], Dataset()] = Filled
    """Binary data representing images across frames. If data are stored in an external file, this should be an empty
    3-D array.
    """
    dimension: Annotated[Given[Array | None, Values], Dataset(dtype="int32", shape=((None,),))] = Absent
    """Number of pixels on x, y, (and z) axes."""
    external_file: Annotated[Given[ImageSeries__external_file | None, Values], Dataset()] = Absent
    """Paths to one or more external file(s). The field is only present if format='external'. This is only relevant if
    the image series is stored in the file system as one or more image file(s). This field should NOT be used if the
    image is stored in another NWB file and that file is linked to this file.
    """
    num_samples: Annotated[int | None, Dataset(dtype="uint32")] = None
    """Total number of frames across all external files. This is required when format='external' and timing is described
    using starting_time and rate, since data is empty and its first dimension cannot be used to determine the number
    of frames. When timestamps is provided, len(timestamps) already serves this purpose.
    """
    format: Annotated[str, Dataset(dtype="text")] = "raw"
    """Format of image. If this is 'external', then the attribute 'external_file' contains the path information to the
    image files. If this is 'raw', then the raw (single-channel) binary data is stored in the 'data' dataset. If this
    attribute is not present, then the default format='raw' case is assumed.
    """
    device: Annotated[Device | None, Link()] = None
    """Link to the Device object that was used to capture these images."""

    starting_frame: Given[Array | None, Values] = Shortcut("external_file", "starting_frame")


class ImageMaskSeries(ImageSeries):
    """DEPRECATED. An alpha mask that is applied to a presented visual stimulus. The 'data' array contains an array of
    mask values that are applied to the displayed image. Mask values are stored as RGBA. Mask can vary with time. The
    timestamps array indicates the starting time of a mask, and that mask pattern continues until it is explicitly
    changed.
    """

    neurodata_type: ClassVar[str] = "ImageMaskSeries"
    namespace: ClassVar[str] = "core"

    masked_imageseries: Annotated[ImageSeries, Link()]
    """Link to ImageSeries object that this image mask is applied to."""


class OpticalSeries__data(ImageSeries__data):
    """Images presented to subject, either grayscale or RGB"""

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None, None, None), (None, None, None, 3)))]


class OpticalSeries(ImageSeries):
    """Image data that is presented or recorded. A stimulus template movie will be stored only as an image. When the
    image is presented as stimulus, additional data is required, such as field of view (e.g., how much of the visual
    field the image covers, or how large the imaged area of the target is). If the OpticalSeries represents acquired
    imaging data, orientation is also important.
    """

    neurodata_type: ClassVar[str] = "OpticalSeries"
    namespace: ClassVar[str] = "core"

    distance: Annotated[float | None, Dataset(dtype="float32")] = None
    """Distance from camera/monitor to target/eye."""
    field_of_view: Annotated[Given[Array | None, Values], Dataset(dtype="float32", shape=((2,), (3,)))] = Absent
    """Width, height and depth of image, or imaged area, in meters."""
    data: Annotated[Given[OpticalSeries__data, Values], Dataset()] = Filled
    """Images presented to subject, either grayscale or RGB"""
    orientation: Annotated[str | None, Dataset(dtype="text")] = None
    """Description of image relative to some reference frame (e.g., which way is up). Must also specify frame of
    reference.
    """


class IndexSeries__data(TimeSeries__data):
    """Index of the image (using zero-indexing) in the linked Images object."""

    value: Annotated[Given[Array, Values], Value(dtype="uint32", shape=((None,),))]
    conversion: Annotated[float | None, Attribute(dtype="float32")] = None  # type: ignore[assignment]
    """This field is unused by IndexSeries."""
    resolution: Annotated[float | None, Attribute(dtype="float32")] = None  # type: ignore[assignment]
    """This field is unused by IndexSeries."""
    offset: Annotated[float | None, Attribute(dtype="float32")] = None  # type: ignore[assignment]
    """This field is unused by IndexSeries."""
    unit: Annotated[Literal["N/A"], Attribute(dtype="text", value="N/A")] = "N/A"
    """This field is unused by IndexSeries and has the value N/A."""


class IndexSeries(TimeSeries):
    """Stores indices that reference images defined in other containers. The primary purpose of the IndexSeries is to
    allow images stored in an Images container to be referenced in a specific sequence through the 'indexed_images'
    link. This approach avoids duplicating image data when the same image needs to be presented multiple times or
    when images need to be shown in a different order than they are stored. Since images in an Images container do
    not have an inherent order, the Images container needs to include an 'order_of_images' dataset (of type
    ImageReferences) whenever it is referenced by an IndexSeries. This dataset establishes the ordered sequence that
    the indices in IndexSeries refer to. The 'data' field stores the index into this ordered sequence, and the
    'timestamps' array indicates the precise presentation time of each indexed image during an experiment. This can
    be used for displaying individual images or creating movie segments by referencing a sequence of images with the
    appropriate timestamps. While IndexSeries can also reference frames from an ImageSeries through the
    'indexed_timeseries' link, this usage is discouraged and will be deprecated in favor of using Images containers
    with 'order_of_images'.
    """

    neurodata_type: ClassVar[str] = "IndexSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[IndexSeries__data, Values], Dataset()]
    """Index of the image (using zero-indexing) in the linked Images object."""
    indexed_timeseries: Annotated[ImageSeries | None, Link()] = None
    """Link to ImageSeries object containing images that are indexed. Use of this link is discouraged and will be
    deprecated. Link to an Images type instead.
    """
    indexed_images: Annotated[Images | None, Link()] = None
    """Link to Images object containing an ordered set of images that are indexed. The Images object must contain an
    'order_of_images' dataset specifying the order of the images in the Images type.
    """
