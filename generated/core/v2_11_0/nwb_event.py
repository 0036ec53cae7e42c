"""nwb.event of core 2.11.0: generated from the specifications with sha256 f9e69f032ac797df, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from nwb_models.models import Absent, Array, Attribute, Dataset, Filled, Given, Name, Value, Values

from ...hdmf_common.v1_10_0.table import DynamicTable, VectorData

__all__ = ["DurationVectorData", "EventsTable", "TimestampVectorData"]


class TimestampVectorData(VectorData):
    """A 1-D VectorData that stores timestamps in seconds from the session start time. Timestamps are not required to be
    sorted in time.
    """

    neurodata_type: ClassVar[str] = "TimestampVectorData"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "timestamp"
    value: Annotated[Given[Array, Values], Value(dtype="float", shape=((None,),))]
    unit: Annotated[Literal["seconds"], Attribute(dtype="text", value="seconds")] = "seconds"
    """The unit of measurement for the timestamps, fixed to 'seconds'."""
    resolution: Annotated[float | None, Attribute(dtype="float")] = None
    """The temporal resolution of the timestamps, in seconds. This is typically the sampling period (1 / sampling_rate),
    also known as the clock period, of the data acquisition system from which the timestamps were recorded or
    derived.
    """


class DurationVectorData(VectorData):
    """A 1-D VectorData that stores durations in seconds."""

    neurodata_type: ClassVar[str] = "DurationVectorData"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "duration"
    value: Annotated[Given[Array, Values], Value(dtype="float", shape=((None,),))]
    unit: Annotated[Literal["seconds"], Attribute(dtype="text", value="seconds")] = "seconds"
    """The unit of measurement for the durations, fixed to 'seconds'."""
    resolution: Annotated[float | None, Attribute(dtype="float")] = None
    """The temporal resolution of the durations, in seconds. This is typically the sampling period (1 / sampling_rate),
    also known as the clock period, of the data acquisition system from which the durations were recorded or derived.
    """


class EventsTable(DynamicTable):
    """A column-based table to store information about events, one event per row. Use `EventsTable` when each row is
    anchored at a single timestamp and duration is absent, optional, or mixed across rows. Additional columns may be
    added to store metadata about each event, such as the duration of the event. Examples include TTL pulses, licks,
    rewards, stimulus onsets, and detected ripples. Each `EventsTable` should hold events of a single type, so that
    all rows share the same set of per-event metadata columns. Events of different types (e.g., licks and stimulus
    presentations) should be stored in separate `EventsTable` instances.
    """

    neurodata_type: ClassVar[str] = "EventsTable"
    namespace: ClassVar[str] = "core"

    description: Annotated[str, Attribute(dtype="text")]
    """A description of the events stored in the table, including information about how the event times were computed,
    especially if the times are the result of processing or filtering raw data. For example, if the experimenter is
    encoding different types of events using a strobed or N-bit encoding, then the description should describe which
    channels were used and how the event time is computed, e.g., as the rise time of the first bit.
    """
    source_description: Annotated[str | None, Attribute(dtype="text")] = None
    """Optional short text description of where the events came from, applying to every row in the table. For example,
    "Acquisition system" for events emitted directly by the acquisition system (e.g., TTL edges or hardware event
    channels); "Thresholding of analog signal ANALOG1 at 3 V" for events produced by a detection algorithm run on
    acquired data; or "Manual video review" for events added by a human annotator. This is a free-text label of
    origin only; use `description` for the longer narrative of how the event times were computed (channels used,
    encoding scheme, algorithm parameters, etc.).
    """
    timestamp: Annotated[Given[TimestampVectorData, Values], Dataset()] = Filled
    """Column containing the time that each event occurred, in seconds, from the session start time."""
    duration: Annotated[Given[DurationVectorData | None, Values], Dataset()] = Absent
    """Optional column containing the duration of each event, in seconds. A value of NaN can be used for events without
    a duration or with a duration that is not yet specified.
    """
    annotation: Annotated[Given[VectorData | None, Values], Dataset(dtype="text", shape=((None,),))] = Absent
    """Column containing user annotations about events."""
