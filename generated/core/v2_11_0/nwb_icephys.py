"""nwb.icephys of core 2.11.0: generated from the specifications with sha256 f9e69f032ac797df, not to be edited."""

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
    Group,
    Link,
    NWBDataset,
    Name,
    Reference,
    Value,
    Values,
)

from ...hdmf_common.v1_10_0.table import AlignedDynamicTable, DynamicTable, DynamicTableRegion, VectorData, VectorIndex
from .nwb_base import NWBContainer, TimeSeries, TimeSeriesReferenceVectorData, TimeSeries__data
from .nwb_device import Device

__all__ = ["CurrentClampSeries", "CurrentClampSeries__data", "CurrentClampStimulusSeries"]
__all__ += ["CurrentClampStimulusSeries__data", "ExperimentalConditionsTable"]
__all__ += ["ExperimentalConditionsTable__repetitions", "IZeroClampSeries", "IntracellularElectrode"]
__all__ += ["IntracellularElectrodesTable", "IntracellularRecordingsTable", "IntracellularResponsesTable"]
__all__ += ["IntracellularStimuliTable", "PatchClampSeries", "PatchClampSeries__data", "RepetitionsTable"]
__all__ += ["RepetitionsTable__sequential_recordings", "SequentialRecordingsTable"]
__all__ += ["SequentialRecordingsTable__simultaneous_recordings", "SimultaneousRecordingsTable"]
__all__ += ["SimultaneousRecordingsTable__recordings", "SweepTable", "VoltageClampSeries"]
__all__ += ["VoltageClampSeries__capacitance_fast", "VoltageClampSeries__capacitance_slow", "VoltageClampSeries__data"]
__all__ += ["VoltageClampSeries__resistance_comp_bandwidth", "VoltageClampSeries__resistance_comp_correction"]
__all__ += ["VoltageClampSeries__resistance_comp_prediction", "VoltageClampSeries__whole_cell_capacitance_comp"]
__all__ += ["VoltageClampSeries__whole_cell_series_resistance_comp", "VoltageClampStimulusSeries"]
__all__ += ["VoltageClampStimulusSeries__data"]


class PatchClampSeries__data(TimeSeries__data):
    """Recorded voltage or current."""

    value: Annotated[Given[Array, Values], Value(dtype="numeric", shape=((None,),))]


class IntracellularElectrode(NWBContainer):
    """An intracellular electrode and its metadata."""

    neurodata_type: ClassVar[str] = "IntracellularElectrode"
    namespace: ClassVar[str] = "core"

    cell_id: Annotated[str | None, Dataset(dtype="text")] = None
    """Unique identifier of the cell."""
    description: Annotated[str, Dataset(dtype="text")]
    """Description of electrode (e.g., whole-cell, sharp, etc.)."""
    filtering: Annotated[str | None, Dataset(dtype="text")] = None
    """Electrode specific filtering."""
    initial_access_resistance: Annotated[str | None, Dataset(dtype="text")] = None
    """Initial access resistance."""
    location: Annotated[str | None, Dataset(dtype="text")] = None
    """Location of the electrode. Specify the area, layer, comments on estimation of area/layer, stereotaxic coordinates
    if in vivo, etc. Use standard atlas names for anatomical regions when possible.
    """
    resistance: Annotated[str | None, Dataset(dtype="text")] = None
    """Electrode resistance, in ohms."""
    seal: Annotated[str | None, Dataset(dtype="text")] = None
    """Information about seal used for recording."""
    slice: Annotated[str | None, Dataset(dtype="text")] = None
    """Information about slice used for recording."""
    device: Annotated[Device, Link()]
    """Device that was used to record from this electrode."""


class PatchClampSeries(TimeSeries):
    """An abstract base class for patch-clamp data - stimulus or response, current or voltage."""

    neurodata_type: ClassVar[str] = "PatchClampSeries"
    namespace: ClassVar[str] = "core"

    stimulus_description: Annotated[str, Attribute(dtype="text")]
    """Protocol/stimulus name for this patch-clamp dataset."""
    sweep_number: Annotated[int | None, Attribute(dtype="uint32")] = None
    """Sweep number, allows users to group different PatchClampSeries together."""
    data: Annotated[Given[PatchClampSeries__data, Values], Dataset()]
    """Recorded voltage or current."""
    gain: Annotated[float | None, Dataset(dtype="float32")] = None
    """Gain of the recording, in units Volt/Amp (v-clamp) or Volt/Volt (c-clamp)."""
    electrode: Annotated[IntracellularElectrode, Link()]
    """Link to IntracellularElectrode object that describes the electrode that was used to apply or record this data."""


class CurrentClampSeries__data(PatchClampSeries__data):
    """Recorded voltage."""

    unit: Annotated[Literal["volts"], Attribute(dtype="text", value="volts")] = "volts"
    """Base unit of measurement for working with the data, which is fixed to 'volts'. Actual stored values are not
    necessarily stored in these units. To access the data in these units, multiply 'data' by 'conversion' and add
    'offset'.
    """


class CurrentClampSeries(PatchClampSeries):
    """Voltage data from an intracellular current-clamp recording. A corresponding CurrentClampStimulusSeries (stored
    separately as a stimulus) is used to store the current injected.
    """

    neurodata_type: ClassVar[str] = "CurrentClampSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[CurrentClampSeries__data, Values], Dataset()]
    """Recorded voltage."""
    bias_current: Annotated[float | None, Dataset(dtype="float32")] = None
    """Bias current, in amperes."""
    bridge_balance: Annotated[float | None, Dataset(dtype="float32")] = None
    """Bridge balance, in ohms."""
    capacitance_compensation: Annotated[float | None, Dataset(dtype="float32")] = None
    """Capacitance compensation, in farads."""


class IZeroClampSeries(CurrentClampSeries):
    """Voltage data from an intracellular recording when all current and amplifier settings are off (i.e.,
    CurrentClampSeries fields will be zero). There is no CurrentClampStimulusSeries associated with an IZero series
    because the amplifier is disconnected and no stimulus can reach the cell.
    """

    neurodata_type: ClassVar[str] = "IZeroClampSeries"
    namespace: ClassVar[str] = "core"

    stimulus_description: Annotated[Literal["N/A"], Attribute(dtype="text", value="N/A")] = "N/A"
    """An IZeroClampSeries has no stimulus, so this attribute is automatically set to "N/A"."""
    bias_current: Annotated[float, Dataset(dtype="float32", value=0.0)] = 0.0
    """Bias current, in amperes, fixed to 0.0."""
    bridge_balance: Annotated[float, Dataset(dtype="float32", value=0.0)] = 0.0
    """Bridge balance, in ohms, fixed to 0.0."""
    capacitance_compensation: Annotated[float, Dataset(dtype="float32", value=0.0)] = 0.0
    """Capacitance compensation, in farads, fixed to 0.0."""


class CurrentClampStimulusSeries__data(PatchClampSeries__data):
    """Stimulus current applied."""

    unit: Annotated[Literal["amperes"], Attribute(dtype="text", value="amperes")] = "amperes"
    """Base unit of measurement for working with the data, which is fixed to 'amperes'. Actual stored values are not
    necessarily stored in these units. To access the data in these units, multiply 'data' by 'conversion' and add
    'offset'.
    """


class CurrentClampStimulusSeries(PatchClampSeries):
    """Stimulus current applied during current clamp recording."""

    neurodata_type: ClassVar[str] = "CurrentClampStimulusSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[CurrentClampStimulusSeries__data, Values], Dataset()]
    """Stimulus current applied."""


class VoltageClampSeries__data(PatchClampSeries__data):
    """Recorded current."""

    unit: Annotated[Literal["amperes"], Attribute(dtype="text", value="amperes")] = "amperes"
    """Base unit of measurement for working with the data, which is fixed to 'amperes'. Actual stored values are not
    necessarily stored in these units. To access the data in these units, multiply 'data' by 'conversion' and add
    'offset'.
    """


class VoltageClampSeries__capacitance_fast(NWBDataset):
    """Fast capacitance, in farads."""

    value: Annotated[Given[float | Array, Values], Value(dtype="float32")]
    unit: Annotated[Literal["farads"], Attribute(dtype="text", value="farads")] = "farads"
    """Unit of measurement for capacitance_fast, which is fixed to 'farads'."""


class VoltageClampSeries__capacitance_slow(NWBDataset):
    """Slow capacitance, in farads."""

    value: Annotated[Given[float | Array, Values], Value(dtype="float32")]
    unit: Annotated[Literal["farads"], Attribute(dtype="text", value="farads")] = "farads"
    """Unit of measurement for capacitance_slow, which is fixed to 'farads'."""


class VoltageClampSeries__resistance_comp_bandwidth(NWBDataset):
    """Resistance compensation bandwidth, in hertz."""

    value: Annotated[Given[float | Array, Values], Value(dtype="float32")]
    unit: Annotated[Literal["hertz"], Attribute(dtype="text", value="hertz")] = "hertz"
    """Unit of measurement for resistance_comp_bandwidth, which is fixed to 'hertz'."""


class VoltageClampSeries__resistance_comp_correction(NWBDataset):
    """Resistance compensation correction, in percent."""

    value: Annotated[Given[float | Array, Values], Value(dtype="float32")]
    unit: Annotated[Literal["percent"], Attribute(dtype="text", value="percent")] = "percent"
    """Unit of measurement for resistance_comp_correction, which is fixed to 'percent'."""


class VoltageClampSeries__resistance_comp_prediction(NWBDataset):
    """Resistance compensation prediction, in percent."""

    value: Annotated[Given[float | Array, Values], Value(dtype="float32")]
    unit: Annotated[Literal["percent"], Attribute(dtype="text", value="percent")] = "percent"
    """Unit of measurement for resistance_comp_prediction, which is fixed to 'percent'."""


class VoltageClampSeries__whole_cell_capacitance_comp(NWBDataset):
    """Whole cell capacitance compensation, in farads."""

    value: Annotated[Given[float | Array, Values], Value(dtype="float32")]
    unit: Annotated[Literal["farads"], Attribute(dtype="text", value="farads")] = "farads"
    """Unit of measurement for whole_cell_capacitance_comp, which is fixed to 'farads'."""


class VoltageClampSeries__whole_cell_series_resistance_comp(NWBDataset):
    """Whole cell series resistance compensation, in ohms."""

    value: Annotated[Given[float | Array, Values], Value(dtype="float32")]
    unit: Annotated[Literal["ohms"], Attribute(dtype="text", value="ohms")] = "ohms"
    """Unit of measurement for whole_cell_series_resistance_comp, which is fixed to 'ohms'."""


class VoltageClampSeries(PatchClampSeries):
    """Current data from an intracellular voltage-clamp recording. A corresponding VoltageClampStimulusSeries (stored
    separately as a stimulus) is used to store the voltage injected.
    """

    neurodata_type: ClassVar[str] = "VoltageClampSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[VoltageClampSeries__data, Values], Dataset()]
    """Recorded current."""
    capacitance_fast: Annotated[Given[VoltageClampSeries__capacitance_fast | None, float], Dataset()] = Absent
    """Fast capacitance, in farads."""
    capacitance_slow: Annotated[Given[VoltageClampSeries__capacitance_slow | None, float], Dataset()] = Absent
    """Slow capacitance, in farads."""
    resistance_comp_bandwidth: Annotated[
        Given[VoltageClampSeries__resistance_comp_bandwidth | None, float], Dataset()
    ] = Absent
    """Resistance compensation bandwidth, in hertz."""
    resistance_comp_correction: Annotated[
        Given[VoltageClampSeries__resistance_comp_correction | None, float], Dataset()
    ] = Absent
    """Resistance compensation correction, in percent."""
    resistance_comp_prediction: Annotated[
        Given[VoltageClampSeries__resistance_comp_prediction | None, float], Dataset()
    ] = Absent
    """Resistance compensation prediction, in percent."""
    whole_cell_capacitance_comp: Annotated[
        Given[VoltageClampSeries__whole_cell_capacitance_comp | None, float], Dataset()
    ] = Absent
    """Whole cell capacitance compensation, in farads."""
    whole_cell_series_resistance_comp: Annotated[
        Given[VoltageClampSeries__whole_cell_series_resistance_comp | None, float], Dataset()
    ] = Absent
    """Whole cell series resistance compensation, in ohms."""


class VoltageClampStimulusSeries__data(PatchClampSeries__data):
    """Stimulus voltage applied."""

    unit: Annotated[Literal["volts"], Attribute(dtype="text", value="volts")] = "volts"
    """Base unit of measurement for working with the data, which is fixed to 'volts'. Actual stored values are not
    necessarily stored in these units. To access the data in these units, multiply 'data' by 'conversion' and add
    'offset'.
    """


class VoltageClampStimulusSeries(PatchClampSeries):
    """Stimulus voltage applied during a voltage clamp recording."""

    neurodata_type: ClassVar[str] = "VoltageClampStimulusSeries"
    namespace: ClassVar[str] = "core"

    data: Annotated[Given[VoltageClampStimulusSeries__data, Values], Dataset()]
    """Stimulus voltage applied."""


class SweepTable(DynamicTable):
    """[DEPRECATED] Table used to group different PatchClampSeries. SweepTable is being replaced by
    IntracellularRecordingsTable and SimultaneousRecordingsTable tables. Additional SequentialRecordingsTable,
    RepetitionsTable, and ExperimentalConditions tables provide enhanced support for experiment metadata.
    """

    neurodata_type: ClassVar[str] = "SweepTable"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "sweep_table"
    sweep_number: Annotated[Given[VectorData, Values], Dataset(dtype="uint32")] = Filled
    """Sweep number of the PatchClampSeries in that row."""
    series: Annotated[Given[VectorData, Values], Dataset(dtype="object:PatchClampSeries")] = Filled
    """The PatchClampSeries with the sweep number in that row."""
    series_index: Annotated[Given[VectorIndex, Values], Dataset()] = Filled
    """Index for series."""


class IntracellularElectrodesTable(DynamicTable):
    """Table for storing intracellular electrode related metadata."""

    neurodata_type: ClassVar[str] = "IntracellularElectrodesTable"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "electrodes"
    description: Annotated[
        Literal["Table for storing intracellular electrode related metadata."],
        Attribute(dtype="text", value="Table for storing intracellular electrode related metadata."),
    ] = "Table for storing intracellular electrode related metadata."
    """Description of what is in this dynamic table."""
    electrode: Annotated[Given[VectorData, Values], Dataset(dtype="object:IntracellularElectrode")] = Filled
    """Column for storing the reference to the intracellular electrode."""


class IntracellularStimuliTable(DynamicTable):
    """Table for storing intracellular stimulus related metadata."""

    neurodata_type: ClassVar[str] = "IntracellularStimuliTable"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "stimuli"
    description: Annotated[
        Literal["Table for storing intracellular stimulus related metadata."],
        Attribute(dtype="text", value="Table for storing intracellular stimulus related metadata."),
    ] = "Table for storing intracellular stimulus related metadata."
    """Description of what is in this dynamic table."""
    stimulus: Annotated[Given[TimeSeriesReferenceVectorData, Values], Dataset()] = Filled
    """Column storing the reference to the recorded stimulus for the recording (rows)."""
    stimulus_template: Annotated[Given[TimeSeriesReferenceVectorData | None, Values], Dataset()] = Absent
    """Column storing the reference to the stimulus template for the recording (rows)."""


class IntracellularResponsesTable(DynamicTable):
    """Table for storing intracellular response related metadata."""

    neurodata_type: ClassVar[str] = "IntracellularResponsesTable"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "responses"
    description: Annotated[
        Literal["Table for storing intracellular response related metadata."],
        Attribute(dtype="text", value="Table for storing intracellular response related metadata."),
    ] = "Table for storing intracellular response related metadata."
    """Description of what is in this dynamic table."""
    response: Annotated[Given[TimeSeriesReferenceVectorData, Values], Dataset()] = Filled
    """Column storing the reference to the recorded response for the recording (rows)."""


class IntracellularRecordingsTable(AlignedDynamicTable):
    """A table to group together a stimulus and response from a single electrode and a single simultaneous recording.
    Each row in the table represents a single recording consisting typically of a stimulus and a corresponding
    response. In some cases, however, only a stimulus or a response is recorded as part of an experiment. In this
    case, both the stimulus and response will point to the same TimeSeries while the idx_start and count of the
    invalid column will be set to -1, thus, indicating that no values have been recorded for the stimulus or
    response, respectively. Note, a recording MUST contain at least a stimulus or a response. Typically the stimulus
    and response are PatchClampSeries. However, the use of AD/DA channels that are not associated to an electrode is
    also common in intracellular electrophysiology, in which case other TimeSeries may be used.
    """

    neurodata_type: ClassVar[str] = "IntracellularRecordingsTable"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "intracellular_recordings"
    description: Annotated[
        Literal[
            "A table to group together a stimulus and response from a single electrode and a single simultaneous recording and for storing metadata about the intracellular recording."
        ],
        Attribute(
            dtype="text",
            value="A table to group together a stimulus and response from a single electrode and a single simultaneous recording and for storing metadata about the intracellular recording.",
        ),
    ] = "A table to group together a stimulus and response from a single electrode and a single simultaneous recording and for storing metadata about the intracellular recording."
    """Description of the contents of this table. Inherited from AlignedDynamicTable and overwritten here to fix the
    value of the attribute.
    """
    electrodes: Annotated[IntracellularElectrodesTable, Group()]
    """Table for storing intracellular electrode related metadata."""
    stimuli: Annotated[IntracellularStimuliTable, Group()]
    """Table for storing intracellular stimulus related metadata."""
    responses: Annotated[IntracellularResponsesTable, Group()]
    """Table for storing intracellular response related metadata."""


class SimultaneousRecordingsTable__recordings(DynamicTableRegion):
    """A reference to one or more rows in the IntracellularRecordingsTable table."""

    table: Annotated[IntracellularRecordingsTable, Reference()]
    """Reference to the IntracellularRecordingsTable table that this table region applies to. This specializes the
    attribute inherited from DynamicTableRegion to fix the type of table that can be referenced here.
    """


class SimultaneousRecordingsTable(DynamicTable):
    """A table for grouping different intracellular recordings from the IntracellularRecordingsTable table together that
    were recorded simultaneously from different electrodes.
    """

    neurodata_type: ClassVar[str] = "SimultaneousRecordingsTable"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "simultaneous_recordings"
    recordings: Annotated[Given[SimultaneousRecordingsTable__recordings, DynamicTableRegion], Dataset()]
    """A reference to one or more rows in the IntracellularRecordingsTable table."""
    recordings_index: Annotated[Given[VectorIndex, Values], Dataset()] = Filled
    """Index dataset for the recordings column."""


class SequentialRecordingsTable__simultaneous_recordings(DynamicTableRegion):
    """A reference to one or more rows in the SimultaneousRecordingsTable table."""

    table: Annotated[SimultaneousRecordingsTable, Reference()]
    """Reference to the SimultaneousRecordingsTable table that this table region applies to. This specializes the
    attribute inherited from DynamicTableRegion to fix the type of table that can be referenced here.
    """


class SequentialRecordingsTable(DynamicTable):
    """A table for grouping different sequential recordings from the SimultaneousRecordingsTable table together. This is
    typically used to group together sequential recordings where a sequence of stimuli of the same type with varying
    parameters have been presented in a sequence.
    """

    neurodata_type: ClassVar[str] = "SequentialRecordingsTable"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "sequential_recordings"
    simultaneous_recordings: Annotated[
        Given[SequentialRecordingsTable__simultaneous_recordings, DynamicTableRegion], Dataset()
    ]
    """A reference to one or more rows in the SimultaneousRecordingsTable table."""
    simultaneous_recordings_index: Annotated[Given[VectorIndex, Values], Dataset()] = Filled
    """Index dataset for the simultaneous_recordings column."""
    stimulus_type: Annotated[Given[VectorData, Values], Dataset(dtype="text")] = Filled
    """The type of stimulus used for the sequential recording."""


class RepetitionsTable__sequential_recordings(DynamicTableRegion):
    """A reference to one or more rows in the SequentialRecordingsTable table."""

    table: Annotated[SequentialRecordingsTable, Reference()]
    """Reference to the SequentialRecordingsTable table that this table region applies to. This specializes the
    attribute inherited from DynamicTableRegion to fix the type of table that can be referenced here.
    """


class RepetitionsTable(DynamicTable):
    """A table for grouping different sequential intracellular recordings together. With each SequentialRecording
    typically representing a particular type of stimulus, the RepetitionsTable table is typically used to group sets
    of stimuli applied in sequence.
    """

    neurodata_type: ClassVar[str] = "RepetitionsTable"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "repetitions"
    sequential_recordings: Annotated[Given[RepetitionsTable__sequential_recordings, DynamicTableRegion], Dataset()]
    """A reference to one or more rows in the SequentialRecordingsTable table."""
    sequential_recordings_index: Annotated[Given[VectorIndex, Values], Dataset()] = Filled
    """Index dataset for the sequential_recordings column."""


class ExperimentalConditionsTable__repetitions(DynamicTableRegion):
    """A reference to one or more rows in the RepetitionsTable table."""

    table: Annotated[RepetitionsTable, Reference()]
    """Reference to the RepetitionsTable table that this table region applies to. This specializes the attribute
    inherited from DynamicTableRegion to fix the type of table that can be referenced here.
    """


class ExperimentalConditionsTable(DynamicTable):
    """A table for grouping different intracellular recording repetitions together that belong to the same experimental
    condition.
    """

    neurodata_type: ClassVar[str] = "ExperimentalConditionsTable"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "experimental_conditions"
    repetitions: Annotated[Given[ExperimentalConditionsTable__repetitions, DynamicTableRegion], Dataset()]
    """A reference to one or more rows in the RepetitionsTable table."""
    repetitions_index: Annotated[Given[VectorIndex, Values], Dataset()] = Filled
    """Index dataset for the repetitions column."""
