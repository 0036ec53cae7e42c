"""nwb.behavior of core 2.11.0: generated from the specifications with sha256 f9e69f032ac797df, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Array, Attribute, Children, Collection, Dataset, Given, Made, Name, Value, Values

from .nwb_base import NWBDataInterface, TimeSeries, TimeSeries__data
from .nwb_misc import IntervalSeries

__all__ = ["BehavioralEpochs", "BehavioralEvents", "BehavioralTimeSeries", "CompassDirection", "EyeTracking"]
__all__ += ["Position", "PupilTracking", "SpatialSeries", "SpatialSeries__data"]


class SpatialSeries__data(TimeSeries__data):
    """1-D or 2-D array storing position or direction relative to some reference frame."""

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None,), (None, 1), (None, 2), (None, 3)))]
    unit: Annotated[str, Attribute(dtype="text")] = "meters"
    """Base unit of measurement for working with the data. The default value is 'meters'. Actual stored values are not
    necessarily stored in these units. To access the data in these units, multiply 'data' by 'conversion' and add
    'offset'.
    """


class SpatialSeries(TimeSeries):
    """Direction, e.g., of gaze or travel, or position. The TimeSeries::data field is a 2-D array storing position or
    direction relative to some reference frame. Array structure: [num measurements] [num dimensions]. Each
    SpatialSeries has a text dataset reference_frame that indicates the zero-position, or the zero-axes for
    direction. For example, if representing gaze direction, 'straight-ahead' might be a specific pixel on the
    monitor, or some other point in space. For position data, the 0,0 point might be the top-left corner of an
    enclosure, as viewed from the tracking camera. The unit of data will indicate how to interpret SpatialSeries
    values.
    """

    neurodata_type: ClassVar[str] = "SpatialSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[SpatialSeries__data, Values], Dataset()]
    """1-D or 2-D array storing position or direction relative to some reference frame."""
    reference_frame: Annotated[str | None, Dataset(dtype="text")] = None
    """Description defining what exactly 'straight-ahead' means."""


class BehavioralEpochs(NWBDataInterface):
    """TimeSeries for storing behavioral epochs. The objective of this and the other two Behavioral interfaces (e.g.,
    BehavioralEvents and BehavioralTimeSeries) is to provide generic hooks for software tools/scripts. This allows a
    tool/script to take the output of one specific interface (e.g., UnitTimes) and plot that data relative to another
    data modality (e.g., behavioral events) without having to define all possible modalities in advance. Declaring
    one of these interfaces means that one or more TimeSeries of the specified type are published. These TimeSeries
    should reside in a group having the same name as the interface. For example, if a BehavioralTimeSeries interface
    is declared, the module will have one or more TimeSeries defined in the module sub-group 'BehavioralTimeSeries'.
    BehavioralEpochs should use IntervalSeries. BehavioralEvents is used for irregular events. BehavioralTimeSeries
    is for continuous data.
    """

    neurodata_type: ClassVar[str] = "BehavioralEpochs"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "BehavioralEpochs"
    interval_series: Annotated[Collection[IntervalSeries], Children(kind="group", required=True)] = Made(Collection)
    """IntervalSeries object containing start and stop times of epochs."""


class BehavioralEvents(NWBDataInterface):
    """DEPRECATED. Use an `EventsTable` instead, placed in the top-level `/events` group of the `NWBFile`. Each
    `TimeSeries` formerly stored under `BehavioralEvents` becomes one `EventsTable`. The `timestamps` field maps to
    the `timestamp` column, and the `data` field maps to an additional column named after the event marker (e.g.,
    `reward_magnitude`, `port_number`); for multi-dimensional `data`, use one column per field. Any other per-event
    metadata becomes additional columns. Use the `source_description` attribute on the `EventsTable` to record where
    the events came from (e.g., "Acquisition system", "Thresholding of analog signal ANALOG1 at 3 V", "Manual video
    review"). Original definition: TimeSeries for storing behavioral events. See description of BehavioralEpochs for
    more details.
    """

    neurodata_type: ClassVar[str] = "BehavioralEvents"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "BehavioralEvents"
    time_series: Annotated[Collection[TimeSeries], Children(kind="group", required=True)] = Made(Collection)
    """TimeSeries object containing behavioral events."""


class BehavioralTimeSeries(NWBDataInterface):
    """TimeSeries for storing behavioral time series data. See description of BehavioralEpochs for more details."""

    neurodata_type: ClassVar[str] = "BehavioralTimeSeries"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "BehavioralTimeSeries"
    time_series: Annotated[Collection[TimeSeries], Children(kind="group", required=True)] = Made(Collection)
    """TimeSeries object containing continuous behavioral data."""


class PupilTracking(NWBDataInterface):
    """Eye-tracking data, representing pupil size."""

    neurodata_type: ClassVar[str] = "PupilTracking"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "PupilTracking"
    time_series: Annotated[Collection[TimeSeries], Children(kind="group", required=True)] = Made(Collection)
    """TimeSeries object containing time series data on pupil size."""


class EyeTracking(NWBDataInterface):
    """Eye-tracking data, representing direction of gaze."""

    neurodata_type: ClassVar[str] = "EyeTracking"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "EyeTracking"
    spatial_series: Annotated[Collection[SpatialSeries], Children(kind="group", required=True)] = Made(Collection)
    """SpatialSeries object containing data measuring direction of gaze."""


class CompassDirection(NWBDataInterface):
    """With a CompassDirection interface, a module publishes a SpatialSeries object representing a floating point value
    for theta. The SpatialSeries::reference_frame field should indicate what direction corresponds to 0 and which is
    the direction of rotation (this should be clockwise). The unit for the SpatialSeries should be radians or
    degrees.
    """

    neurodata_type: ClassVar[str] = "CompassDirection"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "CompassDirection"
    spatial_series: Annotated[Collection[SpatialSeries], Children(kind="group", required=True)] = Made(Collection)
    """SpatialSeries object containing direction of gaze travel."""


class Position(NWBDataInterface):
    """Position data, whether along the x, x/y, or x/y/z axes."""

    neurodata_type: ClassVar[str] = "Position"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "Position"
    spatial_series: Annotated[Collection[SpatialSeries], Children(kind="group", required=True)] = Made(Collection)
    """SpatialSeries object containing position data."""
