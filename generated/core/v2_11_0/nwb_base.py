"""nwb.base of core 2.11.0: generated from the specifications with sha256 f9e69f032ac797df, not to be edited."""

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
    NWBDataset,
    NWBGroup,
    Name,
    Shortcut,
    Value,
    Values,
)
from nwb_models.models.mixins.series import TimeSeriesMixin

from ...hdmf_common.v1_10_0.base import Container, Data
from ...hdmf_common.v1_10_0.table import DynamicTable, VectorData

__all__ = ["BaseImage", "ExternalImage", "Image", "ImageReferences", "Images", "NWBContainer", "NWBData"]
__all__ += ["NWBDataInterface", "ProcessingModule", "TimeSeries", "TimeSeriesReferenceVectorData", "TimeSeries__data"]
__all__ += ["TimeSeries__starting_time", "TimeSeries__sync", "TimeSeries__timestamps"]


class NWBData(Data):
    """An abstract data type for a dataset."""

    neurodata_type: ClassVar[str] = "NWBData"
    namespace: ClassVar[str] = "core"


class TimeSeriesReferenceVectorData(VectorData):
    """Column storing references into one or more TimeSeries objects. Each row of this column stores a start index and
    count into a referenced TimeSeries and an object reference to that TimeSeries.
    """

    neurodata_type: ClassVar[str] = "TimeSeriesReferenceVectorData"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "timeseries"
    value: Annotated[
        Given[Array, Values],
        Value(
            dtype=(("idx_start", "int32"), ("count", "int32"), ("timeseries", "object:TimeSeries")),
            shape=((None,), (None, None), (None, None, None), (None, None, None, None)),
        ),
    ]


class BaseImage(NWBData):
    """An abstract base type for image data. Parent type for Image and ExternalImage types."""

    neurodata_type: ClassVar[str] = "BaseImage"
    namespace: ClassVar[str] = "core"

    description: Annotated[str | None, Attribute(dtype="text")] = None
    """Description of the image."""


class Image(BaseImage):
    """A type for storing image data directly. Shape can be 2-D (x, y), or 3-D where the third dimension can have three
    or four elements, e.g., (x, y, (r, g, b)) or (x, y, (r, g, b, a)).
    """

    neurodata_type: ClassVar[str] = "Image"
    namespace: ClassVar[str] = "core"

    value: Annotated[
        Given[Array, Values], Value(dtype="numeric", shape=((None, None), (None, None, 3), (None, None, 4)))
    ]
    resolution: Annotated[float | None, Attribute(dtype="float32")] = None
    """Pixel resolution of the image, in pixels per centimeter."""


class ExternalImage(BaseImage):
    """A type for referencing an external image file. The single file path or URI to the external image file should be
    stored in the dataset. This type should NOT be used if the image is stored in another NWB file and that file is
    linked to this file.
    """

    neurodata_type: ClassVar[str] = "ExternalImage"
    namespace: ClassVar[str] = "core"

    value: Annotated[Given[str | Array, Values], Value(dtype="text")]
    image_mode: Annotated[str | None, Attribute(dtype="text")] = None
    """Image mode (color mode) of the image, e.g., "RGB", "RGBA", "grayscale", and "LA"."""
    image_format: Annotated[str, Attribute(dtype="text")]
    """Common name of the image file format. Only widely readable, open file formats are allowed. Allowed values are
    "PNG", "JPEG", and "GIF".
    """


class ImageReferences(NWBData):
    """Ordered dataset of references to BaseImage (e.g., Image or ExternalImage) objects."""

    neurodata_type: ClassVar[str] = "ImageReferences"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "order_of_images"
    value: Annotated[Given[Array, Values], Value(dtype="object:BaseImage", shape=((None,),))]


class NWBContainer(Container):
    """An abstract data type for a generic container storing collections of data and metadata. Base type for all data
    and metadata containers.
    """

    neurodata_type: ClassVar[str] = "NWBContainer"
    namespace: ClassVar[str] = "core"


class NWBDataInterface(NWBContainer):
    """An abstract data type for a generic container storing collections of data, as opposed to metadata."""

    neurodata_type: ClassVar[str] = "NWBDataInterface"
    namespace: ClassVar[str] = "core"


class TimeSeries__data(NWBDataset):
    """Data values."""

    value: Annotated[
        Given[Array, Values], Value(shape=((None,), (None, None), (None, None, None), (None, None, None, None)))
    ]
    conversion: Annotated[float, Attribute(dtype="float32")] = 1.0
    """Scalar to multiply each element in data to convert it to the specified 'unit'. If the data are stored in
    acquisition system units or other units that require a conversion to be interpretable, multiply the data by
    'conversion' to convert the data to the specified 'unit'. For example, if the data acquisition system stores
    values in this object as signed 16-bit integers (int16 range -32,768 to 32,767) that correspond to a 5V range
    (-2.5V to 2.5V), and the data acquisition system gain is 8000X, then the 'conversion' multiplier to get from raw
    data acquisition values to recorded volts is 2.5/32768/8000 = 9.5367e-9.
    """
    offset: Annotated[float, Attribute(dtype="float32")] = 0.0
    """Scalar to add to the data after scaling by 'conversion' to finalize its coercion to the specified 'unit'. Two
    common examples of this include (a) data stored in an unsigned type that requires a shift after scaling to
    re-center the data, and (b) specialized recording devices that naturally cause a scalar offset with respect to
    the true units.
    """
    resolution: Annotated[float, Attribute(dtype="float32")] = -1.0
    """Smallest meaningful difference between values in data, stored in the specified unit, e.g., the change in value of
    the least significant bit, or a larger number if signal noise is known to be present. If unknown, use -1.0.
    """
    unit: Annotated[str, Attribute(dtype="text")]
    """Base unit of measurement for working with the data. Actual stored values are not necessarily stored in these
    units. To access the data in these units, multiply 'data' by 'conversion' and add 'offset'.
    """
    continuity: Annotated[str | None, Attribute(dtype="text")] = None
    """Optionally describe the continuity of the data. Can be "continuous", "instantaneous", or "step". For example, a
    voltage trace would be "continuous", because samples are recorded from a continuous process. An array of lick
    times would be "instantaneous", because the data represents distinct moments in time. Times of image
    presentations would be "step" because the picture remains the same until the next timepoint. This field is
    optional, but is useful in providing information about the underlying data. It may inform the way this data is
    interpreted, the way it is visualized, and what analysis methods are applicable. For storing instantaneous event
    information, it is recommended to use an EventsTable instead of a TimeSeries with continuity set to
    "instantaneous".
    """


class TimeSeries__starting_time(NWBDataset):
    """Timestamp of the first sample in seconds."""

    value: Annotated[Given[float | Array, Values], Value(dtype="float64")]
    rate: Annotated[float, Attribute(dtype="float32")]
    """Sampling rate, in Hz."""
    unit: Annotated[Literal["seconds"], Attribute(dtype="text", value="seconds")] = "seconds"
    """Unit of measurement for time, which is fixed to 'seconds'."""


class TimeSeries__timestamps(NWBDataset):
    """Timestamps for samples stored in data, in seconds, relative to the common experiment master clock stored in
    NWBFile.timestamps_reference_time.
    """

    value: Annotated[Given[Array, Values], Value(dtype="float64", shape=((None,),))]
    interval: Annotated[Literal[1], Attribute(dtype="int32", value=1)] = 1
    """Value is '1'"""
    unit: Annotated[Literal["seconds"], Attribute(dtype="text", value="seconds")] = "seconds"
    """Unit of measurement for timestamps, which is fixed to 'seconds'."""


class TimeSeries__sync(NWBGroup):
    """Lab-specific time and sync information as provided directly from hardware devices and that is necessary for
    aligning all acquired time information to a common timebase.
    """


class TimeSeries(TimeSeriesMixin, NWBDataInterface):
    """General purpose time series."""

    neurodata_type: ClassVar[str] = "TimeSeries"
    namespace: ClassVar[str] = "core"

    description: Annotated[str, Attribute(dtype="text")] = "no description"
    """Description of the time series."""
    comments: Annotated[str, Attribute(dtype="text")] = "no comments"
    """Human-readable comments about the TimeSeries. This second descriptive field can be used to store additional
    information, or descriptive information if the primary description field is populated with a computer-readable
    string.
    """
    data: Annotated[Given[TimeSeries__data, Values], Dataset()]
    """Data values. Data can be in 1-D, 2-D, 3-D, or 4-D. The first dimension should always represent time. This can
    also be used to store binary data (e.g., image frames). This can also be a link to data stored in an external
    file.
    """
    starting_time: Annotated[Given[TimeSeries__starting_time | None, float], Dataset()] = Absent
    """Timestamp of the first sample in seconds. When timestamps are uniformly spaced, the timestamp of the first sample
    can be specified and all subsequent ones calculated from the sampling rate attribute.
    """
    timestamps: Annotated[Given[TimeSeries__timestamps | None, Values], Dataset()] = Absent
    """Timestamps for samples stored in data, in seconds, relative to the common experiment master clock stored in
    NWBFile.timestamps_reference_time.
    """
    control: Annotated[Given[Array | None, Values], Dataset(dtype="uint8", shape=((None,),))] = Absent
    """Numerical labels that apply to each time point in data for the purpose of querying and slicing data by these
    values. If present, the length of this array should be the same as the length of the first dimension of data.
    """
    control_description: Annotated[Given[Array | None, Values], Dataset(dtype="text", shape=((None,),))] = Absent
    """Description of each control value. Must be present if control is present. If present, control_description[0]
    should describe time points where control == 0.
    """
    sync: Annotated[TimeSeries__sync | None, Group()] = None
    """Lab-specific time and sync information as provided directly from hardware devices and that is necessary for
    aligning all acquired time information to a common timebase. The timestamp array stores time in the common
    timebase. This group will usually only be populated in TimeSeries that are stored external to the NWB file, in
    files storing raw data. Once timestamp data is calculated, the contents of 'sync' are mostly for archival
    purposes.
    """

    conversion: float = Shortcut("data", "conversion")
    offset: float = Shortcut("data", "offset")
    resolution: float = Shortcut("data", "resolution")
    unit: str = Shortcut("data", "unit")
    continuity: str | None = Shortcut("data", "continuity")
    rate: float | None = Shortcut("starting_time", "rate")
    interval: Literal[1] | None = Shortcut("timestamps", "interval")


class ProcessingModule(NWBContainer):
    """A collection of processed data."""

    neurodata_type: ClassVar[str] = "ProcessingModule"
    namespace: ClassVar[str] = "core"

    description: Annotated[str, Attribute(dtype="text")]
    """Description of this collection of processed data."""
    nwb_data_interface: Annotated[Collection[NWBDataInterface], Children(kind="group")] = Made(Collection)
    """Data objects stored in this collection."""
    dynamic_table: Annotated[Collection[DynamicTable], Children(kind="group")] = Made(Collection)
    """Tables stored in this collection."""


class Images(NWBDataInterface):
    """A collection of images with an optional way to specify the order of the images using the "order_of_images"
    dataset. An order must be specified if the images are referenced by index, e.g., from an IndexSeries.
    """

    neurodata_type: ClassVar[str] = "Images"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "Images"
    description: Annotated[str, Attribute(dtype="text")]
    """Description of this collection of images."""
    base_image: Annotated[Collection[BaseImage], Children(kind="dataset", required=True)] = Made(Collection)
    """Images stored in this collection."""
    order_of_images: Annotated[Given[ImageReferences | None, Values], Dataset()] = Absent
    """Ordered dataset of references to BaseImage objects stored in the parent group. Each object in the Images group
    should be stored once and only once, so the dataset should have the same length as the number of images.
    """
