"""nwb.epoch of core 2.11.0: generated from the specifications with sha256 f9e69f032ac797df, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Absent, Dataset, Filled, Given, Values

from ...hdmf_common.v1_10_0.table import DynamicTable, VectorData, VectorIndex
from .nwb_base import TimeSeriesReferenceVectorData

__all__ = ["TimeIntervals"]


class TimeIntervals(DynamicTable):
    """A column-based table to store information about time intervals, one interval per row. Use `TimeIntervals` when
    each row naturally has a start and stop time and represents a contiguous period of time, often encompassing an
    experimental condition. Rows can optionally reference `TimeSeries` data via the `timeseries` column. Examples
    include trials, epochs, behavioral states (e.g., "running", "resting"), and invalid recording windows.
    """

    neurodata_type: ClassVar[str] = "TimeIntervals"
    namespace: ClassVar[str] = "core"

    start_time: Annotated[Given[VectorData, Values], Dataset(dtype="float32")] = Filled
    """Start time of epoch, in seconds."""
    stop_time: Annotated[Given[VectorData, Values], Dataset(dtype="float32")] = Filled
    """Stop time of epoch, in seconds."""
    tags: Annotated[Given[VectorData | None, Values], Dataset(dtype="text")] = Absent
    """User-defined tags that identify or categorize events."""
    tags_index: Annotated[Given[VectorIndex | None, Values], Dataset()] = Absent
    """Index for tags."""
    timeseries: Annotated[Given[TimeSeriesReferenceVectorData | None, Values], Dataset()] = Absent
    """An index into a TimeSeries object."""
    timeseries_index: Annotated[Given[VectorIndex | None, Values], Dataset()] = Absent
    """Index for timeseries."""
