"""A file as a careful user would make it: valid, and without any grave message of the inspector."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pynwb
import pytest

import nwb_models as nwb
from nwb_models import cli
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import NWBWarning
from nwb_models.generated.hdmf_common import v1_10_0 as common
from tests.conftest import EXAMPLE
from tests.io.handmade import new_file, references, series

if TYPE_CHECKING:
    from pathlib import Path

WHEN = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
CHANNELS = 8
ROWS = {"name": "id", "value": [0, 1]}


def column(name: str, value: Any, cls: Any = common.VectorData, **more: Any) -> Any:
    """Make a column."""
    return cls(name=name, description=f"The {name} of each row.", value=value, **more)


def region(name: str, table: Any, rows: Any) -> Any:
    """Make a column of rows of another table."""
    return common.DynamicTableRegion(name=name, description="Rows of a table.", value=rows, table=table)


def session() -> Any:
    """Make the file, with what it says of its session."""
    file = core.NWBFile(
        session_description="A mouse explores an open field while we record.",
        identifier="3b1c9f1e-2f0c-4f4f-a0d8-0c5f9a2b7c11", session_start_time=WHEN, timestamps_reference_time=WHEN,
    )  # fmt: skip
    general = file.general
    general.experimenter, general.institution, general.lab = ["Doe, Jane"], "University", "Laboratory"
    general.experiment_description, general.keywords = "How mice find their way.", ["mouse"]
    file.subject = core.Subject(
        name="subject", subject_id="m1", age="P90D", sex="M", species="Mus musculus", description="A mouse."
    )
    return file


def extracellular(file: Any) -> None:
    """Add a probe, electrodes, voltages, and units."""
    probe = file.add(core.Device(name="probe", description="A silicon probe."))
    shank = file.add(core.ElectrodeGroup(name="shank", description="The only one.", location="CA1", device=probe))
    electrodes = core.ElectrodesTable(
        name="electrodes", description="All electrodes.", colnames=["location", "group", "group_name"],
        id={"name": "id", "value": list(range(CHANNELS))}, location=column("location", ["CA1"] * CHANNELS),
        group=column("group", [shank] * CHANNELS), group_name=column("group_name", ["shank"] * CHANNELS),
    )  # fmt: skip
    file.electrodes = electrodes
    voltages = (np.random.default_rng(n).integers(-100, 100, (1000, CHANNELS)).astype("i2") for n in range(5))
    file.acquisition.add(
        core.ElectricalSeries(
            name="ElectricalSeries", description="As recorded.", data=voltages, conversion=1e-6, rate=30000.0,
            electrodes=region("electrodes", electrodes, list(range(CHANNELS))), starting_time=0.0,
        )
    )  # fmt: skip
    times, where = column("spike_times", [0.1, 0.2, 0.3, 0.5]), region("electrodes", electrodes, [0, 1, 2])
    file.units = core.Units(
        name="units", description="Sorted spikes.", colnames=["spike_times", "electrodes"], id=ROWS, spike_times=times,
        spike_times_index=column("spike_times_index", [2, 4], common.VectorIndex, target=times), electrodes=where,
        electrodes_index=column("electrodes_index", [1, 3], common.VectorIndex, target=where),
    )  # fmt: skip
    file.units.spike_times.resolution = 1 / 30000
    file.trials = core.TimeIntervals(
        name="trials", description="Trials.", colnames=["start_time", "stop_time", "correct"], id=ROWS,
        start_time=column("start_time", [0.0, 1.0]), stop_time=column("stop_time", [0.5, 1.5]),
        vector_data=[column("correct", [True, False])],
    )  # fmt: skip


def optical(file: Any) -> None:
    """Add images, regions and their fluorescence."""
    scope = file.add(core.Device(name="microscope", description="With two photons."))
    channel = core.OpticalChannel(name="green", description="Green.", emission_lambda=510.0)
    plane = file.add(
        core.ImagingPlane(
            name="plane", description="Layer 2.", excitation_lambda=920.0, imaging_rate=30.0, indicator="GCaMP6f",
            location="VISp", device=scope, optical_channel=channel,
        )
    )  # fmt: skip
    start = {"rate": 30.0, "starting_time": 0.0}
    images = np.random.default_rng(0).integers(0, 100, (20, 16, 16)).astype("u2")
    file.acquisition.add(
        core.TwoPhotonSeries(
            name="TwoPhotonSeries", description="As imaged.", data=images, unit="n.a.", imaging_plane=plane, **start
        )
    )
    regions = core.PlaneSegmentation(
        name="PlaneSegmentation", description="Cells.", colnames=["image_mask"], id=ROWS, imaging_plane=plane,
        image_mask=column("image_mask", np.eye(16)[None].repeat(2, 0)), reference_images={"name": "reference_images"},
    )  # fmt: skip
    trace = core.RoiResponseSeries(
        name="RoiResponseSeries", description="Of each cell.", data=np.random.default_rng(0).normal(size=(100, 2)),
        unit="n.a.", rois=region("rois", regions, [0, 1]), **start,
    )  # fmt: skip
    found = [
        core.ImageSegmentation(name="ImageSegmentation", plane_segmentation=[regions]),
        core.Fluorescence(name="Fluorescence", roi_response_series=[trace]),
    ]
    file.processing.add(core.ProcessingModule(name="ophys", description="Cells.", nwb_data_interface=found))


def intracellular(file: Any) -> None:
    """Add a pipette, its voltage and the current."""
    device = file.add(core.Device(name="amplifier", description="An amplifier."))
    pipette = file.add(
        core.IntracellularElectrode(name="pipette", description="A pipette.", device=device, cell_id="c1")
    )
    shared = {
        "stimulus_description": "steps", "electrode": pipette, "gain": 1.0, "rate": 20000.0, "starting_time": 0.0,
        "sweep_number": np.uint32(1),
    }  # fmt: skip
    voltage, current = np.linspace(-70, -60, 100), np.linspace(0, 1, 100)
    file.acquisition.add(
        core.CurrentClampSeries(name="voltage", description="V.", data=voltage, conversion=1e-3, **shared)
    )
    file.stimulus.presentation.add(
        core.CurrentClampStimulusSeries(name="current", description="I.", data=current, conversion=1e-12, **shared)
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file."""
    file = session()
    for add in (extracellular, optical, intracellular):
        add(file)
    path = tmp_path_factory.mktemp("careful") / "session.nwb"
    nwb.write(file, path)
    return path


def test_it_is_valid_to_pynwb_and_to_us(made: Path) -> None:
    """With the values that were given."""
    assert pynwb.validate(path=made) == []
    file = nwb.read(made, strict=True)
    assert file.acquisition["ElectricalSeries"].data.shape == (5000, CHANNELS)
    with pynwb.NWBHDF5IO(made, "r") as io:
        read = io.read()
        assert read.units.to_dataframe()["spike_times"].map(list).tolist() == [[0.1, 0.2], [0.3, 0.5]]
        assert read.trials["correct"][:].tolist() == [True, False]
        assert read.units.resolution == 1 / 30000


def test_the_inspector_has_nothing_grave_to_say(made: Path) -> None:
    """Where it is installed."""
    inspector = pytest.importorskip("nwbinspector")
    grave = {"ERROR", "PYNWB_VALIDATION", "CRITICAL"}
    assert [m for m in inspector.inspect_nwbfile(nwbfile_path=made) if m.importance.name in grave] == []


def test_a_column_of_which_its_place_says_more() -> None:
    """It stays the same object: an index may lead to it."""
    times = column("spike_times", [0.1])
    units = core.Units(name="units", description="d", colnames=["spike_times"], id=ROWS, spike_times=times)
    assert units.spike_times is times
    times.resolution = 0.5
    assert isinstance(times, common.VectorData)


def test_references_that_become_null_are_said(tmp_path: Path) -> None:
    """In one warning, with their places."""
    with new_file(tmp_path / "a.nwb") as file:
        one = series(file["acquisition"], "one")
        gone = file["analysis"].create_group("gone")
        one.attrs["many"] = references(gone, one)
        one.attrs.create("many", references(gone, one), dtype=h5py.ref_dtype)
        del file["analysis/gone"]
    with pytest.warns(NWBWarning, match=r"1 references led nowhere.*/acquisition/one@many"):
        nwb.write(nwb.read(tmp_path / "a.nwb"), tmp_path / "b.nwb")


def test_the_progress_bar_is_for_terminals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Elsewhere, nothing is printed; on one, how many bytes are written."""
    from nwb_models.io.progress import reported

    assert cli.main(["copy", str(EXAMPLE), str(tmp_path / "a.nwb")]) == 0
    assert capsys.readouterr() == ("", "")
    said: list[tuple[int, int | None]] = []
    with reported(lambda written, total: said.append((written, total))):
        nwb.write(nwb.read(EXAMPLE), tmp_path / "b.nwb")
    totals = [total for _, total in said if total is not None]
    assert totals == [sum(written for written, _ in said)]
