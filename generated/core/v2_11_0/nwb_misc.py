"""nwb.misc of core 2.11.0: generated from the specifications with sha256 f9e69f032ac797df, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from nwb_models.models import Absent, Array, Attribute, Dataset, Filled, Given, Group, Link, Name, Value, Values

from ...hdmf_common.v1_10_0.table import DynamicTable, DynamicTableRegion, VectorData, VectorIndex
from .nwb_base import TimeSeries, TimeSeries__data

__all__ = ["AbstractFeatureSeries", "AbstractFeatureSeries__data", "AnnotationSeries", "AnnotationSeries__data"]
__all__ += ["DecompositionSeries", "DecompositionSeries__data", "FrequencyBandsTable", "IntervalSeries"]
__all__ += ["IntervalSeries__data", "Units", "Units__spike_times", "Units__waveform_mean", "Units__waveform_sd"]
__all__ += ["Units__waveforms"]


class AbstractFeatureSeries__data(TimeSeries__data):
    """Values of each feature at each time."""

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None,), (None, None)))]
    unit: Annotated[str, Attribute(dtype="text")] = "see 'feature_units'"
    """Since there can be different units for different features, store the units in 'feature_units'. The default value
    for this attribute is "see 'feature_units'".
    """


class AbstractFeatureSeries(TimeSeries):
    """Abstract features, such as quantitative descriptions of sensory stimuli. The TimeSeries::data field is a 2-D
    array, storing those features (e.g., for a visual grating stimulus this might be orientation, spatial frequency
    and contrast). Null stimuli (e.g., uniform gray) can be marked as being an independent feature (e.g., 1.0 for
    gray, 0.0 for actual stimulus) or by storing NaNs for feature values, or through use of the TimeSeries::control
    fields. A set of features is considered to persist until the next set of features is defined. The final set of
    features stored should be the null set. This is useful when storing the raw stimulus is impractical.
    """

    neurodata_type: ClassVar[str] = "AbstractFeatureSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[AbstractFeatureSeries__data, Values], Dataset()]
    """Values of each feature at each time."""
    feature_units: Annotated[Given[Array | None, Values], Dataset(dtype="text", shape=((None,),))] = Absent
    """Units of each feature."""
    features: Annotated[Given[Array, Values], Dataset(dtype="text", shape=((None,),))]
    """Description of the features represented in TimeSeries::data."""


class AnnotationSeries__data(TimeSeries__data):
    """Annotations made during an experiment."""

    value: Annotated[Given[Array, Values], Value(dtype="text", shape=((None,),))]
    resolution: Annotated[float, Attribute(dtype="float32", value=-1.0)] = -1.0
    """Smallest meaningful difference between values in data. Annotations have no units, so the value is fixed to
    -1.0.
    """
    unit: Annotated[Literal["n/a"], Attribute(dtype="text", value="n/a")] = "n/a"
    """Base unit of measurement for working with the data. Annotations have no units, so the value is fixed to 'n/a'."""


class AnnotationSeries(TimeSeries):
    """DEPRECATED. Use an `EventsTable` instead, placed in the top-level `/events` group of the `NWBFile`. The
    `timestamps` field maps to the `timestamp` column, and the `data` field (annotation strings) maps to the
    `annotation` column on `EventsTable`. Use the `source_description` attribute on the `EventsTable` to record where
    the annotations came from (e.g., "Manual video review"). Original definition: Stores user annotations made during
    an experiment. The data[] field stores a text array, and timestamps are stored for each annotation (i.e.,
    interval=1). This is largely an alias to a standard TimeSeries storing a text array but that is identifiable as
    storing annotations in a machine-readable way.
    """

    neurodata_type: ClassVar[str] = "AnnotationSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[AnnotationSeries__data, Values], Dataset()]
    """Annotations made during an experiment."""


class IntervalSeries__data(TimeSeries__data):
    """Use values >0 if interval started, <0 if interval ended."""

    value: Annotated[Given[Array, Values], Value(dtype="int8", shape=((None,),))]
    resolution: Annotated[float, Attribute(dtype="float32", value=-1.0)] = -1.0
    """Smallest meaningful difference between values in data. IntervalSeries stores integer markers, so the value is
    fixed to -1.0.
    """
    unit: Annotated[Literal["n/a"], Attribute(dtype="text", value="n/a")] = "n/a"
    """Base unit of measurement for working with the data. IntervalSeries stores integer markers with no physical unit,
    so the value is fixed to 'n/a'.
    """


class IntervalSeries(TimeSeries):
    """Stores intervals of data. The timestamps field stores the beginning and end of intervals. The data field stores
    whether the interval just started (>0 value) or ended (<0 value). Different interval types can be represented in
    the same series by using multiple key values (e.g., 1 for feature A, 2 for feature B, 3 for feature C, etc.). The
    field data stores an 8-bit integer. This is largely an alias of a standard TimeSeries but that is identifiable as
    representing time intervals in a machine-readable way.
    """

    neurodata_type: ClassVar[str] = "IntervalSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[IntervalSeries__data, Values], Dataset()]
    """Use values >0 if interval started, <0 if interval ended."""


class FrequencyBandsTable(DynamicTable):
    """Table for describing the bands that DecompositionSeries was generated from. There should be one row in this table
    for each band.
    """

    neurodata_type: ClassVar[str] = "FrequencyBandsTable"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "bands"
    band_name: Annotated[Given[VectorData, Values], Dataset(dtype="text")] = Filled
    """Name of the band, e.g., theta."""
    band_limits: Annotated[Given[VectorData, Values], Dataset(dtype="float32", shape=((None, 2),))] = Filled
    """Low and high limit of each band in Hz. If it is a Gaussian filter, use 2 SD on either side of the center."""
    band_mean: Annotated[Given[VectorData | None, Values], Dataset(dtype="float32", shape=((None,),))] = Absent
    """The center frequency (mean) of each Gaussian filter, in Hz."""
    band_stdev: Annotated[Given[VectorData | None, Values], Dataset(dtype="float32", shape=((None,),))] = Absent
    """The standard deviation (bandwidth) of each Gaussian filter, in Hz."""


class DecompositionSeries__data(TimeSeries__data):
    """Data decomposed into frequency bands."""

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None, None, None),))]
    unit: Annotated[str, Attribute(dtype="text")] = "no unit"
    """Base unit of measurement for working with the data. Actual stored values are not necessarily stored in these
    units. To access the data in these units, multiply 'data' by 'conversion'.
    """


class DecompositionSeries(TimeSeries):
    """Spectral analysis of a time series, e.g., of an LFP or a speech signal."""

    neurodata_type: ClassVar[str] = "DecompositionSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[DecompositionSeries__data, Values], Dataset()]
    """Data decomposed into frequency bands."""
    metric: Annotated[str, Dataset(dtype="text")]
    """The metric used, e.g., phase, amplitude, power."""
    source_channels: Annotated[DynamicTableRegion | None, Dataset()] = None
    """DynamicTableRegion pointer to the channels that this decomposition series was generated from."""
    bands: Annotated[FrequencyBandsTable | None, Group()] = None
    """Table for describing the bands that this series was generated from."""
    source_timeseries: Annotated[TimeSeries | None, Link()] = None
    """Link to TimeSeries object that this data was calculated from. Metadata about electrodes and their position can be
    read from that ElectricalSeries so it is not necessary to store that information here.
    """


class Units__spike_times(VectorData):
    """Spike times for each unit, in seconds, relative to the session reference time (i.e., session_start_time or, if
    defined, timestamps_reference_time).
    """

    value: Annotated[
        Given[Array, Values],
        Value(dtype="float64", shape=((None,), (None, None), (None, None, None), (None, None, None, None))),
    ]
    resolution: Annotated[float | None, Attribute(dtype="float64")] = None
    """The temporal resolution of the spike times, in seconds. This is typically the sampling period (1/sampling_rate)
    of the acquisition data from which spikes were extracted. If the acquisition data was downsampled before spike
    sorting, the resolution should be based on the downsampled sampling rate (lower sampling rate, larger resolution
    value). If interpolation was applied during spike sorting, then spike times may fall between samples of the
    acquisition data, so the resolution should be the interpolation step size (higher sampling rate, smaller
    resolution value).
    """


class Units__waveform_mean(VectorData):
    """Spike waveform mean for each spike unit."""

    value: Annotated[Given[Array, Values], Value(dtype="float32", shape=((None, None), (None, None, None)))]
    sampling_rate: Annotated[float | None, Attribute(dtype="float32")] = None
    """Sampling rate, in hertz."""
    time_before_peak_in_ms: Annotated[float | None, Attribute(dtype="float32")] = None
    """Time, in milliseconds, from the start of the waveform to the spike peak. The peak is the alignment point used
    during spike sorting, typically the sample of maximum absolute amplitude. The same value applies to every unit in
    the table. Together with 'sampling_rate' and the number of samples, this fully specifies where each waveform
    sample falls relative to the spike event.
    """
    unit: Annotated[str, Attribute(dtype="text")] = "volts"
    """Unit of measurement. The default value is 'volts'."""


class Units__waveform_sd(VectorData):
    """Spike waveform standard deviation for each spike unit."""

    value: Annotated[Given[Array, Values], Value(dtype="float32", shape=((None, None), (None, None, None)))]
    sampling_rate: Annotated[float | None, Attribute(dtype="float32")] = None
    """Sampling rate, in hertz."""
    time_before_peak_in_ms: Annotated[float | None, Attribute(dtype="float32")] = None
    """Time, in milliseconds, from the start of the waveform to the spike peak. The peak is the alignment point used
    during spike sorting, typically the sample of maximum absolute amplitude. The same value applies to every unit in
    the table. Together with 'sampling_rate' and the number of samples, this fully specifies where each waveform
    sample falls relative to the spike event.
    """
    unit: Annotated[str, Attribute(dtype="text")] = "volts"
    """Unit of measurement. The default value is 'volts'."""


class Units__waveforms(VectorData):
    """Individual waveforms for each spike on each electrode."""

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None, None),))]
    sampling_rate: Annotated[float | None, Attribute(dtype="float32")] = None
    """Sampling rate, in hertz."""
    time_before_peak_in_ms: Annotated[float | None, Attribute(dtype="float32")] = None
    """Time, in milliseconds, from the start of the waveform to the spike peak. The peak is the alignment point used
    during spike sorting, typically the sample of maximum absolute amplitude. The same value applies to every
    waveform in the table. Together with 'sampling_rate' and the number of samples, this fully specifies where each
    waveform sample falls relative to the spike event.
    """
    unit: Annotated[str, Attribute(dtype="text")] = "volts"
    """Unit of measurement. The default value is 'volts'."""


class Units(DynamicTable):
    """Data about spiking units. Event times of observed units (e.g., cell, synapse, etc.) should be concatenated and
    stored in spike_times.
    """

    neurodata_type: ClassVar[str] = "Units"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "Units"
    spike_times_index: Annotated[Given[VectorIndex | None, Values], Dataset()] = Absent
    """Index into the spike_times dataset."""
    spike_times: Annotated[Given[Units__spike_times | None, Values], Dataset()] = Absent
    """Spike times for each unit, in seconds, relative to the session reference time (i.e., session_start_time or, if
    defined, timestamps_reference_time). Times should be stored in ascending order.
    """
    obs_intervals_index: Annotated[Given[VectorIndex | None, Values], Dataset()] = Absent
    """Index into the obs_intervals dataset."""
    obs_intervals: Annotated[Given[VectorData | None, Values], Dataset(dtype="float64", shape=((None, 2),))] = Absent
    """Observation intervals for each unit, in seconds, relative to the session reference time (i.e., session_start_time
    or, if defined, timestamps_reference_time). Intervals should be in ascending order and non-overlapping.
    """
    electrodes_index: Annotated[Given[VectorIndex | None, Values], Dataset()] = Absent
    """Index into electrodes."""
    electrodes: Annotated[DynamicTableRegion | None, Dataset()] = None
    """Electrode that each spike unit came from, specified using a DynamicTableRegion."""
    electrode_group: Annotated[Given[VectorData | None, Values], Dataset(dtype="object:ElectrodeGroup")] = Absent
    """Electrode group that each spike unit came from."""
    waveform_mean: Annotated[Given[Units__waveform_mean | None, Values], Dataset()] = Absent
    """Spike waveform mean for each spike unit."""
    waveform_sd: Annotated[Given[Units__waveform_sd | None, Values], Dataset()] = Absent
    """Spike waveform standard deviation for each spike unit."""
    waveforms: Annotated[Given[Units__waveforms | None, Values], Dataset()] = Absent
    """Individual waveforms for each spike on each electrode. This is a doubly indexed column. The 'waveforms_index'
    column indexes which waveforms in this column belong to the same spike event for a given unit, where each
    waveform was recorded from a different electrode. The 'waveforms_index_index' column indexes the
    'waveforms_index' column to indicate which spike events belong to a given unit. For example, if the
    'waveforms_index_index' column has values [2, 5, 6], then the first 2 elements of the 'waveforms_index' column
    correspond to the 2 spike events of the first unit, the next 3 elements of the 'waveforms_index' column
    correspond to the 3 spike events of the second unit, and the next 1 element of the 'waveforms_index' column
    corresponds to the 1 spike event of the third unit. If the 'waveforms_index' column has values [3, 6, 8, 10, 12,
    13], then the first 3 elements of the 'waveforms' column contain the 3 spike waveforms that were recorded from 3
    different electrodes for the first spike time of the first unit. See
    https://nwb-schema.readthedocs.io/en/stable/format_description.html#doubly-ragged-arrays for a graphical
    representation of this example. When there is only one electrode for each unit (i.e., each spike time is
    associated with a single waveform), then the 'waveforms_index' column will have values 1, 2, ..., N, where N is
    the number of spike events. The number of electrodes for each spike event should be the same within a given unit.
    The 'electrodes' column should be used to indicate which electrodes are associated with each unit, and the order
    of the waveforms within a given unit x spike event should be the same as the order of the electrodes referenced
    in the 'electrodes' column of this table. The number of samples for each waveform must be the same.
    """
    waveforms_index: Annotated[Given[VectorIndex | None, Values], Dataset()] = Absent
    """Index into the 'waveforms' dataset. One value for every spike event. See 'waveforms' for more detail."""
    waveforms_index_index: Annotated[Given[VectorIndex | None, Values], Dataset()] = Absent
    """Index into the 'waveforms_index' dataset. One value for every unit (row in the table). See 'waveforms' for more
    detail.
    """
