"""nwb.file of core 2.11.0: generated from the specifications with sha256 f9e69f032ac797df, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal

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
    Made,
    Many,
    NWBDataset,
    NWBGroup,
    Name,
    Shortcut,
    Value,
    Values,
)
from nwb_models.models.mixins.files import NWBFileMixin

from ...hdmf_common.v1_10_0.resources import HERD
from ...hdmf_common.v1_10_0.table import DynamicTable
from .nwb_base import Images, NWBContainer, NWBData, NWBDataInterface, ProcessingModule, TimeSeries
from .nwb_device import Device, DeviceModel
from .nwb_ecephys import ElectrodeGroup, ElectrodesTable
from .nwb_epoch import TimeIntervals
from .nwb_event import EventsTable
from .nwb_icephys import (
    ExperimentalConditionsTable,
    IntracellularElectrode,
    IntracellularRecordingsTable,
    RepetitionsTable,
    SequentialRecordingsTable,
    SimultaneousRecordingsTable,
    SweepTable,
)
from .nwb_misc import Units
from .nwb_ogen import OptogeneticStimulusSite
from .nwb_ophys import ImagingPlane

__all__ = ["LabMetaData", "NWBFile", "NWBFile__acquisition", "NWBFile__analysis", "NWBFile__events"]
__all__ += ["NWBFile__general", "NWBFile__general__devices", "NWBFile__general__devices__models"]
__all__ += ["NWBFile__general__extracellular_ephys", "NWBFile__general__intracellular_ephys"]
__all__ += ["NWBFile__general__optogenetics", "NWBFile__general__optophysiology", "NWBFile__general__source_script"]
__all__ += ["NWBFile__intervals", "NWBFile__processing", "NWBFile__scratch", "NWBFile__stimulus"]
__all__ += ["NWBFile__stimulus__presentation", "NWBFile__stimulus__templates", "ScratchData", "Subject", "Subject__age"]


class ScratchData(NWBData):
    """Any one-off datasets"""

    neurodata_type: ClassVar[str] = "ScratchData"
    namespace: ClassVar[str] = "core"

    notes: Annotated[str, Attribute(dtype="text")]
    """Any notes the user has about the dataset being stored"""


class NWBFile__acquisition(NWBGroup):
    """Data streams recorded from the system, including ephys, ophys, tracking, etc."""

    nwb_data_interface: Annotated[Collection[NWBDataInterface], Children(kind="group")] = Made(Collection)
    """Acquired, raw data."""
    dynamic_table: Annotated[Collection[DynamicTable], Children(kind="group")] = Made(Collection)
    """Tabular data that is relevant to acquisition"""


class NWBFile__analysis(NWBGroup):
    """Lab-specific and custom scientific analysis of data."""

    nwb_container: Annotated[Collection[NWBContainer], Children(kind="group")] = Made(Collection)
    """Custom analysis results."""
    dynamic_table: Annotated[Collection[DynamicTable], Children(kind="group")] = Made(Collection)
    """Tabular data that is relevant to data stored in analysis"""


class NWBFile__scratch(NWBGroup):
    """A place to store one-off analysis results."""

    scratch_data: Annotated[Collection[ScratchData], Children(kind="dataset")] = Made(Collection)
    """Any one-off datasets"""
    nwb_container: Annotated[Collection[NWBContainer], Children(kind="group")] = Made(Collection)
    """Any one-off containers"""
    dynamic_table: Annotated[Collection[DynamicTable], Children(kind="group")] = Made(Collection)
    """Any one-off tables"""


class NWBFile__processing(NWBGroup):
    """The home for ProcessingModules."""

    processing_module: Annotated[Collection[ProcessingModule], Children(kind="group")] = Made(Collection)
    """Intermediate analysis of acquired data."""


class NWBFile__stimulus__presentation(NWBGroup):
    """Stimuli presented during the experiment."""

    time_series: Annotated[Collection[TimeSeries], Children(kind="group")] = Made(Collection)
    """TimeSeries objects containing data of presented stimuli."""
    nwb_data_interface: Annotated[Collection[NWBDataInterface], Children(kind="group")] = Made(Collection)
    """Generic NWB data interfaces, usually from an extension, containing data of presented stimuli."""
    dynamic_table: Annotated[Collection[DynamicTable], Children(kind="group")] = Made(Collection)
    """DynamicTable objects containing data of presented stimuli."""


class NWBFile__stimulus__templates(NWBGroup):
    """Template stimuli."""

    time_series: Annotated[Collection[TimeSeries], Children(kind="group")] = Made(Collection)
    """TimeSeries objects containing template data of presented stimuli."""
    images: Annotated[Collection[Images], Children(kind="group")] = Made(Collection)
    """Images objects containing images of presented stimuli."""


class NWBFile__stimulus(NWBGroup):
    """Data pushed into the system (e.g., video stimulus, sound, voltage, etc.) and secondary representations of that
    data (e.g., measurements of something used as a stimulus).
    """

    presentation: Annotated[
        Given[NWBFile__stimulus__presentation, Many[TimeSeries | NWBDataInterface | DynamicTable]], Group()
    ] = Made(lambda: NWBFile__stimulus__presentation(name="presentation"))
    """Stimuli presented during the experiment."""
    templates: Annotated[Given[NWBFile__stimulus__templates, Many[TimeSeries | Images]], Group()] = Made(
        lambda: NWBFile__stimulus__templates(name="templates")
    )
    """Template stimuli. Timestamps in templates are based on stimulus design and are relative to the beginning of the
    stimulus. When templates are used, the stimulus instances must convert presentation times to the experiment's
    time reference frame.
    """

    nwb_data_interface: Collection[NWBDataInterface] = Shortcut("presentation", "nwb_data_interface")
    dynamic_table: Collection[DynamicTable] = Shortcut("presentation", "dynamic_table")
    images: Collection[Images] = Shortcut("templates", "images")


class NWBFile__general__source_script(NWBDataset):
    """Script file or link to public source code used to create this NWB file."""

    value: Annotated[Given[str | Array, Values], Value(dtype="text")]
    file_name: Annotated[str, Attribute(dtype="text")]
    """Name of script file."""


class LabMetaData(NWBContainer):
    """Lab-specific meta-data."""

    neurodata_type: ClassVar[str] = "LabMetaData"
    namespace: ClassVar[str] = "core"


class NWBFile__general__devices__models(NWBGroup):
    """Collection of data acquisition device models."""

    device_model: Annotated[Collection[DeviceModel], Children(kind="group")] = Made(Collection)
    """Data acquisition device models."""


class NWBFile__general__devices(NWBGroup):
    """Description of hardware devices used during experiment, e.g., monitors, ADC boards, microscopes, etc."""

    device: Annotated[Collection[Device], Children(kind="group")] = Made(Collection)
    """Data acquisition devices."""
    models: Annotated[Given[NWBFile__general__devices__models | None, Many[DeviceModel]], Group()] = Absent
    """Collection of data acquisition device models."""

    device_model: Given[Collection[DeviceModel] | None, Many[DeviceModel]] = Shortcut("models", "device_model")


class Subject__age(NWBDataset):
    """Age of subject."""

    value: Annotated[Given[str | Array, Values], Value(dtype="text")]
    reference: Annotated[str, Attribute(dtype="text")] = "birth"
    """Age is with reference to this event. Can be 'birth' or 'gestational'. If reference is omitted, 'birth' is
    implied.
    """


class Subject(NWBContainer):
    """Information about the animal or person from which the data was measured."""

    neurodata_type: ClassVar[str] = "Subject"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "subject"
    age: Annotated[Given[Subject__age | None, str], Dataset()] = Absent
    """Age of subject. Can be supplied instead of 'date_of_birth'. The ISO 8601 Duration format is recommended, e.g.,
    'P90D' for 90 days old. If the precise age is unknown, an age range can be given by '[lower bound]/[upper bound]'
    e.g. 'P10D/P20D' would mean that the age is in between 10 and 20 days. If only the lower bound is known, then
    including only the slash after that lower bound can be used to indicate a missing bound. For instance, 'P90Y/'
    would indicate that the age is 90 years or older.
    """
    date_of_birth: Annotated[datetime | None, Dataset(dtype="isodatetime")] = None
    """Date of birth of subject. Can be supplied instead of 'age'."""
    description: Annotated[str | None, Dataset(dtype="text")] = None
    """Description of subject and where subject came from (e.g., breeder, if animal)."""
    genotype: Annotated[str | None, Dataset(dtype="text")] = None
    """Genetic strain. If absent, assume Wild Type (WT)."""
    sex: Annotated[str | None, Dataset(dtype="text")] = None
    """Biological sex of subject."""
    species: Annotated[str | None, Dataset(dtype="text")] = None
    """Species of subject."""
    strain: Annotated[str | None, Dataset(dtype="text")] = None
    """Strain of subject."""
    subject_id: Annotated[str | None, Dataset(dtype="text")] = None
    """ID of animal/person used/participating in experiment (lab convention)."""
    weight: Annotated[str | None, Dataset(dtype="text")] = None
    """Weight at time of experiment, at time of surgery and at other important times."""

    reference: str | None = Shortcut("age", "reference")


class NWBFile__general__extracellular_ephys(NWBGroup):
    """Metadata related to extracellular electrophysiology."""

    electrode_group: Annotated[Collection[ElectrodeGroup], Children(kind="group")] = Made(Collection)
    """Physical group of electrodes."""
    electrodes: Annotated[ElectrodesTable | None, Group()] = None
    """A table of all electrodes (i.e., channels) used for recording. Changed in NWB 2.9.0 to use the newly added
    ElectrodesTable neurodata type instead of a DynamicTable with added columns.
    """


class NWBFile__general__intracellular_ephys(NWBGroup):
    """Metadata related to intracellular electrophysiology."""

    filtering: Annotated[str | None, Dataset(dtype="text")] = None
    """[DEPRECATED] Use IntracellularElectrode.filtering instead. Description of filtering used. Includes filtering type
    and parameters, frequency fall-off, etc. If this changes between TimeSeries, filter description should be stored
    as a text attribute for each TimeSeries.
    """
    intracellular_electrode: Annotated[Collection[IntracellularElectrode], Children(kind="group")] = Made(Collection)
    """An intracellular electrode."""
    sweep_table: Annotated[SweepTable | None, Group()] = None
    """[DEPRECATED] Table used to group different PatchClampSeries. SweepTable is being replaced by
    IntracellularRecordingsTable and SimultaneousRecordingsTable tables. Additional SequentialRecordingsTable,
    RepetitionsTable and ExperimentalConditions tables provide enhanced support for experiment metadata.
    """
    intracellular_recordings: Annotated[IntracellularRecordingsTable | None, Group()] = None
    """A table to group together a stimulus and response from a single electrode and a single simultaneous recording.
    Each row in the table represents a single recording consisting typically of a stimulus and a corresponding
    response. In some cases, however, only a stimulus or a response are recorded as part of an experiment. In this
    case, both the stimulus and response will point to the same TimeSeries while the idx_start and count of the
    invalid column will be set to -1, thus, indicating that no values have been recorded for the stimulus or
    response, respectively. Note, a recording MUST contain at least a stimulus or a response. Typically the stimulus
    and response are PatchClampSeries. However, the use of AD/DA channels that are not associated to an electrode is
    also common in intracellular electrophysiology, in which case other TimeSeries may be used.
    """
    simultaneous_recordings: Annotated[SimultaneousRecordingsTable | None, Group()] = None
    """A table for grouping different intracellular recordings from the IntracellularRecordingsTable table together that
    were recorded simultaneously from different electrodes
    """
    sequential_recordings: Annotated[SequentialRecordingsTable | None, Group()] = None
    """A table for grouping different sequential recordings from the SimultaneousRecordingsTable table together. This is
    typically used to group together sequential recordings where a sequence of stimuli of the same type with varying
    parameters have been presented in a sequence.
    """
    repetitions: Annotated[RepetitionsTable | None, Group()] = None
    """A table for grouping different sequential intracellular recordings together. With each SequentialRecording
    typically representing a particular type of stimulus, the RepetitionsTable table is typically used to group sets
    of stimuli applied in sequence.
    """
    experimental_conditions: Annotated[ExperimentalConditionsTable | None, Group()] = None
    """A table for grouping different intracellular recording repetitions together that belong to the same experimental
    conditions.
    """


class NWBFile__general__optogenetics(NWBGroup):
    """Metadata describing optogenetic stimulation."""

    optogenetic_stimulus_site: Annotated[Collection[OptogeneticStimulusSite], Children(kind="group")] = Made(Collection)
    """An optogenetic stimulation site."""


class NWBFile__general__optophysiology(NWBGroup):
    """Metadata related to optophysiology."""

    imaging_plane: Annotated[Collection[ImagingPlane], Children(kind="group")] = Made(Collection)
    """An imaging plane."""


class NWBFile__general(NWBGroup):
    """Experimental metadata, including protocol, notes and description of hardware device(s)."""

    data_collection: Annotated[str | None, Dataset(dtype="text")] = None
    """Notes about data collection and analysis."""
    experiment_description: Annotated[str | None, Dataset(dtype="text")] = None
    """General description of the experiment."""
    experimenter: Annotated[Given[Array | None, Values], Dataset(dtype="text", shape=((None,),))] = Absent
    """Name of person(s) who performed the experiment. Can also specify roles of different people involved."""
    institution: Annotated[str | None, Dataset(dtype="text")] = None
    """Institution(s) where experiment was performed."""
    keywords: Annotated[Given[Array | None, Values], Dataset(dtype="text", shape=((None,),))] = Absent
    """Terms to search over."""
    lab: Annotated[str | None, Dataset(dtype="text")] = None
    """Laboratory where experiment was performed."""
    notes: Annotated[str | None, Dataset(dtype="text")] = None
    """Notes about the experiment."""
    pharmacology: Annotated[str | None, Dataset(dtype="text")] = None
    """Description of drugs used, including how and when they were administered. Anesthesia(s), painkiller(s), etc.,
    plus dosage, concentration, etc.
    """
    protocol: Annotated[str | None, Dataset(dtype="text")] = None
    """Experimental protocol, if applicable. e.g., include IACUC protocol number."""
    related_publications: Annotated[Given[Array | None, Values], Dataset(dtype="text", shape=((None,),))] = Absent
    """Publication information. PMID, DOI, URL, etc."""
    session_id: Annotated[str | None, Dataset(dtype="text")] = None
    """Lab-specific ID for the session."""
    slices: Annotated[str | None, Dataset(dtype="text")] = None
    """Description of slices, including information about preparation thickness, orientation, temperature, and bath
    solution.
    """
    source_script: Annotated[Given[NWBFile__general__source_script | None, str], Dataset()] = Absent
    """Script file or link to public source code used to create this NWB file."""
    was_generated_by: Annotated[Given[Array | None, Values], Dataset(dtype="text", shape=((None, 2),))] = Absent
    """Name and version of software package(s) used to generate data contained in this NWB file. For each software
    package or library, include the name of the software as the first value and the version as the second value.
    """
    stimulus: Annotated[str | None, Dataset(dtype="text")] = None
    """Notes about stimuli, such as how and where they were presented."""
    surgery: Annotated[str | None, Dataset(dtype="text")] = None
    """Narrative description about surgery/surgeries, including date(s) and who performed surgery."""
    virus: Annotated[str | None, Dataset(dtype="text")] = None
    """Information about virus(es) used in experiments, including virus ID, source, date made, injection location,
    volume, etc.
    """
    external_resources: Annotated[HERD | None, Group()] = None
    """This is the HERD structure for this specific NWBFile, storing the mapped external resources."""
    lab_meta_data: Annotated[Collection[LabMetaData], Children(kind="group")] = Made(Collection)
    """Place-holder that can be extended so that lab-specific meta-data can be placed in /general."""
    devices: Annotated[Given[NWBFile__general__devices | None, Many[Device]], Group()] = Absent
    """Description of hardware devices used during experiment, e.g., monitors, ADC boards, microscopes, etc."""
    subject: Annotated[Subject | None, Group()] = None
    """Information about the animal or person from which the data was measured."""
    extracellular_ephys: Annotated[
        Given[NWBFile__general__extracellular_ephys | None, Many[ElectrodeGroup]], Group()
    ] = Absent
    """Metadata related to extracellular electrophysiology."""
    intracellular_ephys: Annotated[
        Given[NWBFile__general__intracellular_ephys | None, Many[IntracellularElectrode]], Group()
    ] = Absent
    """Metadata related to intracellular electrophysiology."""
    optogenetics: Annotated[Given[NWBFile__general__optogenetics | None, Many[OptogeneticStimulusSite]], Group()] = (
        Absent
    )
    """Metadata describing optogenetic stimulation."""
    optophysiology: Annotated[Given[NWBFile__general__optophysiology | None, Many[ImagingPlane]], Group()] = Absent
    """Metadata related to optophysiology."""

    file_name: str | None = Shortcut("source_script", "file_name")
    device: Given[Collection[Device] | None, Many[Device]] = Shortcut("devices", "device")
    models: Given[NWBFile__general__devices__models | None, Many[DeviceModel]] = Shortcut("devices", "models")
    device_model: Given[Collection[DeviceModel] | None, Many[DeviceModel]] = Shortcut(
        "devices", "models", "device_model"
    )
    electrode_group: Given[Collection[ElectrodeGroup] | None, Many[ElectrodeGroup]] = Shortcut(
        "extracellular_ephys", "electrode_group"
    )
    electrodes: ElectrodesTable | None = Shortcut("extracellular_ephys", "electrodes")
    filtering: str | None = Shortcut("intracellular_ephys", "filtering")
    intracellular_electrode: Given[Collection[IntracellularElectrode] | None, Many[IntracellularElectrode]] = Shortcut(
        "intracellular_ephys", "intracellular_electrode"
    )
    sweep_table: SweepTable | None = Shortcut("intracellular_ephys", "sweep_table")
    intracellular_recordings: IntracellularRecordingsTable | None = Shortcut(
        "intracellular_ephys", "intracellular_recordings"
    )
    simultaneous_recordings: SimultaneousRecordingsTable | None = Shortcut(
        "intracellular_ephys", "simultaneous_recordings"
    )
    sequential_recordings: SequentialRecordingsTable | None = Shortcut("intracellular_ephys", "sequential_recordings")
    repetitions: RepetitionsTable | None = Shortcut("intracellular_ephys", "repetitions")
    experimental_conditions: ExperimentalConditionsTable | None = Shortcut(
        "intracellular_ephys", "experimental_conditions"
    )
    optogenetic_stimulus_site: Given[Collection[OptogeneticStimulusSite] | None, Many[OptogeneticStimulusSite]] = (
        Shortcut("optogenetics", "optogenetic_stimulus_site")
    )
    imaging_plane: Given[Collection[ImagingPlane] | None, Many[ImagingPlane]] = Shortcut(
        "optophysiology", "imaging_plane"
    )


class NWBFile__intervals(NWBGroup):
    """Experimental intervals, whether these are logically distinct sub-experiments having a particular scientific goal,
    trials (see trials subgroup) during an experiment, or epochs (see epochs subgroup) derived from analysis of data.
    """

    epochs: Annotated[TimeIntervals | None, Group()] = None
    """Time intervals marking coarse-grained experimental phases or subdivisions of a recording session, such as
    baseline, task, rest, or sleep stages.
    """
    trials: Annotated[TimeIntervals | None, Group()] = None
    """Time intervals corresponding to repeated experimental units with consistent structure, such as individual
    stimulus-response-reward cycles.
    """
    invalid_times: Annotated[TimeIntervals | None, Group()] = None
    """Time intervals that should be removed from analysis."""
    time_intervals: Annotated[Collection[TimeIntervals], Children(kind="group")] = Made(Collection)
    """Optional additional table(s) for describing other experimental time intervals."""


class NWBFile__events(NWBGroup):
    """Experimental event tables for the session, stored as `EventsTable` instances."""

    events_table: Annotated[Collection[EventsTable], Children(kind="group")] = Made(Collection)
    """An EventsTable holding a collection of event times of a particular type (e.g., licks, rewards, stimulus
    presentations) along with their per-event metadata.
    """


class NWBFile(NWBFileMixin, NWBContainer):
    """An NWB file storing cellular-based neurophysiology data from a single experimental session."""

    neurodata_type: ClassVar[str] = "NWBFile"
    namespace: ClassVar[str] = "core"

    name: Annotated[str, Name()] = "root"
    nwb_version: Annotated[Literal["2.11.0"], Attribute(dtype="text", value="2.11.0")] = "2.11.0"
    """File version string. Use semantic versioning, e.g., 1.2.1. This will be the name of the format with trailing
    major, minor and patch numbers.
    """
    file_create_date: Annotated[Given[Array, Values], Dataset(dtype="isodatetime", shape=((None,),))] = Filled
    """A record of the date the file was created and of subsequent modifications. The date is stored in UTC with local
    timezone offset as ISO 8601 extended formatted strings: 2018-09-28T14:43:54.123+02:00. Dates stored in UTC end in
    "Z" with no timezone offset. Date accuracy is up to milliseconds. The file can be created after the experiment
    was run, so this may differ from the experiment start time. Each modification to the nwb file adds a new entry to
    the array.
    """
    identifier: Annotated[str, Dataset(dtype="text")]
    """A unique text identifier for the file. For example, concatenated lab name, file creation date/time and
    experimentalist, or a hash of these and/or other values. The goal is that the string should be unique to all
    other files.
    """
    session_description: Annotated[str, Dataset(dtype="text")]
    """A description of the experimental session and data in the file."""
    session_start_time: Annotated[datetime, Dataset(dtype="isodatetime")]
    """Date and time of the experiment/session start. The date is stored in UTC with local timezone offset as ISO 8601
    extended formatted string: 2018-09-28T14:43:54.123+02:00. Dates stored in UTC end in "Z" with no timezone offset.
    Date accuracy is up to milliseconds.
    """
    timestamps_reference_time: Annotated[datetime, Dataset(dtype="isodatetime")] = Filled
    """Date and time corresponding to time zero of all timestamps. The date is stored in UTC with local timezone offset
    as ISO 8601 extended formatted string: 2018-09-28T14:43:54.123+02:00. Dates stored in UTC end in "Z" with no
    timezone offset. Date accuracy is up to milliseconds. All times stored in the file use this time as reference
    (i.e., time zero).
    """
    acquisition: Annotated[Given[NWBFile__acquisition, Many[NWBDataInterface | DynamicTable]], Group()] = Made(
        lambda: NWBFile__acquisition(name="acquisition")
    )
    """Data streams recorded from the system, including ephys, ophys, tracking, etc. This group should be read-only
    after the experiment is completed and timestamps are corrected to a common timebase. The data stored here may be
    links to raw data stored in external NWB files. This will allow keeping bulky raw data out of the file while
    preserving the option of keeping some/all in the file. Acquired data includes tracking and experimental data
    streams (i.e., everything measured from the system). If bulky data is stored in the /acquisition group, the data
    can exist in a separate NWB file that is linked to by the file being used for processing and analysis.
    """
    analysis: Annotated[Given[NWBFile__analysis, Many[NWBContainer | DynamicTable]], Group()] = Made(
        lambda: NWBFile__analysis(name="analysis")
    )
    """Lab-specific and custom scientific analysis of data. There is no defined format for the content of this group -
    the format is up to the individual user/lab. To facilitate sharing analysis data between labs, the contents here
    should be stored in standard types (e.g., neurodata_types) and appropriately documented. The file can store
    lab-specific and custom data analysis without restriction on its form or schema, reducing data formatting
    restrictions on end users. Such data should be placed in the analysis group. The analysis data should be
    documented so that it could be shared with other labs.
    """
    scratch: Annotated[Given[NWBFile__scratch | None, Many[ScratchData | NWBContainer | DynamicTable]], Group()] = (
        Absent
    )
    """A place to store one-off analysis results. Data placed here is not intended for sharing. By placing data here,
    users acknowledge that there is no guarantee that their data meets any standard.
    """
    processing: Annotated[Given[NWBFile__processing, Many[ProcessingModule]], Group()] = Made(
        lambda: NWBFile__processing(name="processing")
    )
    """The home for ProcessingModules. These modules perform intermediate analysis of data that is necessary to perform
    before scientific analysis. Examples include spike clustering, extracting position from tracking data, stitching
    together image slices. ProcessingModules can be large and express many data sets from relatively complex analysis
    (e.g., spike detection and clustering) or small, representing extraction of position information from tracking
    video, or even binary lick/no-lick decisions. Common software tools (e.g., klustakwik, MClust) are expected to
    read/write data here. 'Processing' refers to intermediate analysis of the acquired data to make it more amenable
    to scientific analysis.
    """
    stimulus: Annotated[NWBFile__stimulus, Group()] = Made(lambda: NWBFile__stimulus(name="stimulus"))
    """Data pushed into the system (e.g., video stimulus, sound, voltage, etc.) and secondary representations of that
    data (e.g., measurements of something used as a stimulus). This group should be made read-only after the
    experiment is complete and timestamps are corrected to a common timebase. Stores both presented stimuli and
    stimulus templates, the latter in case the same stimulus is presented multiple times, or is pulled from an
    external stimulus library. Stimuli are here defined as any signal that is pushed into the system as part of the
    experiment (e.g., sound, video, voltage, etc.). Many different experiments can use the same stimuli, and stimuli
    can be reused during an experiment. The stimulus group is organized so that one version of template stimuli can
    be stored and these can be used multiple times. These templates can exist in the present file or can be linked to
    a remote library file.
    """
    general: Annotated[Given[NWBFile__general, Many[LabMetaData]], Group()] = Made(
        lambda: NWBFile__general(name="general")
    )
    """Experimental metadata, including protocol, notes and description of hardware device(s). The metadata stored in
    this section should be used to describe the experiment. Metadata necessary for interpreting the data is stored
    with the data. General experimental metadata, including animal strain, experimental protocols, experimenter,
    devices, etc. are stored under 'general'. Core metadata (e.g., that required to interpret data fields) is stored
    with the data itself, and implicitly defined by the file specification (e.g., time is in seconds). The strategy
    used here for storing non-core metadata is to use free-form text fields, such as would appear in sentences or
    paragraphs from a Methods section. Metadata fields are text to enable them to be more general, for example to
    represent ranges instead of numerical values. Machine-readable metadata is stored as attributes to these
    free-form datasets. All entries in the below table are to be included when data is present. Unused groups (e.g.,
    intracellular_ephys in an optophysiology experiment) should not be created unless there is data to store within
    them.
    """
    intervals: Annotated[Given[NWBFile__intervals | None, Many[TimeIntervals]], Group()] = Absent
    """Experimental intervals, whether these are logically distinct sub-experiments having a particular scientific goal,
    trials (see trials subgroup) during an experiment, or epochs (see epochs subgroup) derived from analysis of data.
    """
    events: Annotated[Given[NWBFile__events | None, Many[EventsTable]], Group()] = Absent
    """Experimental event tables for the session, stored as `EventsTable` instances. This is the recommended location
    for all event tables in the file, regardless of whether the events were emitted directly by the acquisition
    system (TTL edges, hardware event channels), derived by user processing (filtering, detection algorithms), or
    added as post-hoc annotations. The provenance of each table can be recorded in the `source_description` attribute
    of the `EventsTable` and described in more detail in its `description`. Each `EventsTable` should hold events of
    a single type (i.e., events sharing the same per-event metadata columns). For periods with required start and
    stop times, see `/intervals/`. For continuous acquired signals or stimulus templates from which events may have
    been derived, see `/acquisition/` or `/stimulus/`.
    """
    units: Annotated[Units | None, Group()] = None
    """Data about sorted spike units."""

    scratch_data: Given[Collection[ScratchData] | None, Many[ScratchData]] = Shortcut("scratch", "scratch_data")
    processing_module: Collection[ProcessingModule] = Shortcut("processing", "processing_module")
    presentation: Given[NWBFile__stimulus__presentation, Many[TimeSeries | NWBDataInterface | DynamicTable]] = Shortcut(
        "stimulus", "presentation"
    )
    templates: Given[NWBFile__stimulus__templates, Many[TimeSeries | Images]] = Shortcut("stimulus", "templates")
    images: Collection[Images] = Shortcut("stimulus", "templates", "images")
    data_collection: str | None = Shortcut("general", "data_collection")
    experiment_description: str | None = Shortcut("general", "experiment_description")
    experimenter: Given[Array | None, Values] = Shortcut("general", "experimenter")
    institution: str | None = Shortcut("general", "institution")
    keywords: Given[Array | None, Values] = Shortcut("general", "keywords")
    lab: str | None = Shortcut("general", "lab")
    notes: str | None = Shortcut("general", "notes")
    pharmacology: str | None = Shortcut("general", "pharmacology")
    protocol: str | None = Shortcut("general", "protocol")
    related_publications: Given[Array | None, Values] = Shortcut("general", "related_publications")
    session_id: str | None = Shortcut("general", "session_id")
    slices: str | None = Shortcut("general", "slices")
    source_script: Given[NWBFile__general__source_script | None, str] = Shortcut("general", "source_script")
    was_generated_by: Given[Array | None, Values] = Shortcut("general", "was_generated_by")
    surgery: str | None = Shortcut("general", "surgery")
    virus: str | None = Shortcut("general", "virus")
    external_resources: HERD | None = Shortcut("general", "external_resources")
    lab_meta_data: Collection[LabMetaData] = Shortcut("general", "lab_meta_data")
    devices: Given[NWBFile__general__devices | None, Many[Device]] = Shortcut("general", "devices")
    device: Given[Collection[Device] | None, Many[Device]] = Shortcut("general", "devices", "device")
    models: Given[NWBFile__general__devices__models | None, Many[DeviceModel]] = Shortcut(
        "general", "devices", "models"
    )
    device_model: Given[Collection[DeviceModel] | None, Many[DeviceModel]] = Shortcut(
        "general", "devices", "models", "device_model"
    )
    subject: Subject | None = Shortcut("general", "subject")
    extracellular_ephys: Given[NWBFile__general__extracellular_ephys | None, Many[ElectrodeGroup]] = Shortcut(
        "general", "extracellular_ephys"
    )
    electrode_group: Given[Collection[ElectrodeGroup] | None, Many[ElectrodeGroup]] = Shortcut(
        "general", "extracellular_ephys", "electrode_group"
    )
    electrodes: ElectrodesTable | None = Shortcut("general", "extracellular_ephys", "electrodes")
    intracellular_ephys: Given[NWBFile__general__intracellular_ephys | None, Many[IntracellularElectrode]] = Shortcut(
        "general", "intracellular_ephys"
    )
    filtering: str | None = Shortcut("general", "intracellular_ephys", "filtering")
    intracellular_electrode: Given[Collection[IntracellularElectrode] | None, Many[IntracellularElectrode]] = Shortcut(
        "general", "intracellular_ephys", "intracellular_electrode"
    )
    sweep_table: SweepTable | None = Shortcut("general", "intracellular_ephys", "sweep_table")
    intracellular_recordings: IntracellularRecordingsTable | None = Shortcut(
        "general", "intracellular_ephys", "intracellular_recordings"
    )
    simultaneous_recordings: SimultaneousRecordingsTable | None = Shortcut(
        "general", "intracellular_ephys", "simultaneous_recordings"
    )
    sequential_recordings: SequentialRecordingsTable | None = Shortcut(
        "general", "intracellular_ephys", "sequential_recordings"
    )
    repetitions: RepetitionsTable | None = Shortcut("general", "intracellular_ephys", "repetitions")
    experimental_conditions: ExperimentalConditionsTable | None = Shortcut(
        "general", "intracellular_ephys", "experimental_conditions"
    )
    optogenetics: Given[NWBFile__general__optogenetics | None, Many[OptogeneticStimulusSite]] = Shortcut(
        "general", "optogenetics"
    )
    optogenetic_stimulus_site: Given[Collection[OptogeneticStimulusSite] | None, Many[OptogeneticStimulusSite]] = (
        Shortcut("general", "optogenetics", "optogenetic_stimulus_site")
    )
    optophysiology: Given[NWBFile__general__optophysiology | None, Many[ImagingPlane]] = Shortcut(
        "general", "optophysiology"
    )
    imaging_plane: Given[Collection[ImagingPlane] | None, Many[ImagingPlane]] = Shortcut(
        "general", "optophysiology", "imaging_plane"
    )
    epochs: TimeIntervals | None = Shortcut("intervals", "epochs")
    trials: TimeIntervals | None = Shortcut("intervals", "trials")
    invalid_times: TimeIntervals | None = Shortcut("intervals", "invalid_times")
    time_intervals: Given[Collection[TimeIntervals] | None, Many[TimeIntervals]] = Shortcut(
        "intervals", "time_intervals"
    )
    events_table: Given[Collection[EventsTable] | None, Many[EventsTable]] = Shortcut("events", "events_table")
