"""A valid file that has something of everything, for departures to be planted in."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from hdmf.common import AlignedDynamicTable, DynamicTable, EnumData, VectorData
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.ecephys import ElectricalSeries
from pynwb.file import Subject
from pynwb.image import ImageSeries
from pynwb.ophys import Fluorescence, ImageSegmentation, OpticalChannel

if TYPE_CHECKING:
    from pathlib import Path

ZONE = timezone(timedelta(hours=-7))
TYPES = {
    "groups": [
        {
            "neurodata_type_def": "Rack",
            "neurodata_type_inc": "NWBDataInterface",
            "doc": "A rack.",
            "attributes": [
                {"name": "slots", "dtype": "int32", "doc": "How many slots it has."},
                {"name": "kind", "dtype": "text", "value": "rack", "doc": "What it is."},
                {"name": "built", "dtype": "isodatetime", "required": False, "doc": "When it was built."},
            ],
            "datasets": [
                {"name": "label", "dtype": "text", "linkable": False, "doc": "What is written on it."},
                {"name": "sizes", "dtype": "float32", "shape": [None, 3], "dims": ["n", "xyz"], "doc": "Sizes."},
                {"name": "codes", "dtype": "ascii", "shape": [None], "dims": ["n"], "doc": "Codes."},
                {
                    "name": "shown",
                    "dtype": {"target_type": "TimeSeries", "reftype": "object"},
                    "shape": [None],
                    "dims": ["n"],
                    "doc": "What it shows.",
                },
                {"name": "depth", "dtype": "int32", "quantity": "?", "doc": "A single value."},
            ],
            "groups": [
                {"neurodata_type_inc": "Lid", "doc": "What is on top.", "quantity": "?"},
                {"neurodata_type_inc": "Foot", "doc": "What it stands on.", "quantity": 2},
            ],
            "links": [{"name": "device", "target_type": "Device", "doc": "What stands in it."}],
        },
        {"neurodata_type_def": "Lid", "neurodata_type_inc": "NWBContainer", "doc": "A lid."},
        {"neurodata_type_def": "Foot", "neurodata_type_inc": "NWBContainer", "doc": "A foot."},
    ]
}
NAMESPACE = {
    "namespaces": [
        {
            "name": "ndx-rack",
            "version": "0.1.0",
            "doc": "Racks.",
            "author": "A. Author",
            "contact": "a@author.org",
            "schema": [{"namespace": "core"}, {"source": "ndx-rack"}],
        }
    ]
}


def write(path: Path) -> None:
    """Write the file: PyNWB's part, and an object of an extension that no package knows."""
    nwbfile = NWBFile("a session", "identifier", datetime(2026, 3, 1, 12, 30, tzinfo=ZONE))
    nwbfile.subject = Subject(subject_id="m1", species="Mus musculus", age="P90D", sex="F", description="d")
    device = nwbfile.create_device(name="probe", description="a probe")
    _series(nwbfile)
    _electrodes(nwbfile, device)
    _trials(nwbfile)
    _tables(nwbfile)
    _imaging(nwbfile, device)
    with NWBHDF5IO(str(path), "w") as io:
        io.write(nwbfile)
    with h5py.File(path, "a") as file:
        _rack(file)


def _series(nwbfile: Any) -> None:
    nwbfile.add_acquisition(
        TimeSeries(
            name="ts", data=np.arange(10.0), unit="V", timestamps=np.arange(10.0),
            control=np.zeros(10, "u1"), control_description=["none"],
        )
    )  # fmt: skip
    nwbfile.add_acquisition(TimeSeries(name="rated", data=np.arange(100.0), unit="V", rate=10.0))
    nwbfile.add_acquisition(
        ImageSeries(
            name="video", external_file=["a.avi"], starting_frame=[0], format="external", num_samples=3, rate=1.0,
            unit="n.a.",
        )
    )  # fmt: skip


def _electrodes(nwbfile: Any, device: Any) -> None:
    group = nwbfile.create_electrode_group(name="shank", description="d", location="CA1", device=device)
    for _ in range(4):
        nwbfile.add_electrode(group=group, location="CA1")
    region = nwbfile.create_electrode_table_region(region=[0, 1, 2, 3], description="all")
    nwbfile.add_acquisition(ElectricalSeries(name="es", data=np.zeros((10, 4)), electrodes=region, rate=1000.0))
    for number in range(3):
        nwbfile.add_unit(spike_times=np.arange(number + 1.0), electrodes=[number])


def _trials(nwbfile: Any) -> None:
    nwbfile.add_trial_column(name="deep", description="lists of lists", index=2)
    for number in range(3):
        nwbfile.add_trial(
            start_time=float(number), stop_time=number + 0.5, tags=["a"] * (number + 1),
            timeseries=[nwbfile.acquisition["rated"]], deep=[[1, 2], [3]],
        )  # fmt: skip


def _tables(nwbfile: Any) -> None:
    module = nwbfile.create_processing_module(name="tables", description="d")
    labels = VectorData(name="labels", description="d", data=["low", "high"])
    enum = EnumData(name="level", description="d", data=np.array([0, 1, 1], "u1"), elements=labels)
    module.add(DynamicTable(name="levels", description="d", columns=[enum, labels], colnames=["level"]))
    numbers = [VectorData(name=name, description="d", data=[1, 2, 3]) for name in ("x", "y")]
    category = DynamicTable(name="category", description="d", columns=[numbers[0]])
    module.add(AlignedDynamicTable(name="aligned", description="d", columns=[numbers[1]], category_tables=[category]))


def _imaging(nwbfile: Any, device: Any) -> None:
    channel = OpticalChannel(name="green", description="d", emission_lambda=525.0)
    plane = nwbfile.create_imaging_plane(
        name="plane", optical_channel=channel, description="d", device=device, excitation_lambda=920.0,
        indicator="GCaMP6f", location="V1",
    )  # fmt: skip
    segmentation = ImageSegmentation()
    rois = segmentation.create_plane_segmentation(name="rois", imaging_plane=plane, description="masks")
    rois.add_roi(pixel_mask=[(1, 2, 1.0), (3, 4, 0.5)])
    rois.add_roi(pixel_mask=[(0, 0, 1.0)])
    fluorescence = Fluorescence()
    region = rois.create_roi_table_region(description="all", region=[0, 1])
    fluorescence.create_roi_response_series(name="dff", data=np.zeros((4, 2)), rois=region, unit="n.a.", rate=30.0)
    module = nwbfile.create_processing_module(name="ophys", description="d")
    module.add(segmentation)
    module.add(fluorescence)


def _rack(file: h5py.File) -> None:
    specification = file.create_group("specifications/ndx-rack/0.1.0")
    specification["namespace"], specification["ndx-rack"] = json.dumps(NAMESPACE), json.dumps(TYPES)
    rack = file.create_group("acquisition/rack")
    rack.attrs.update(neurodata_type="Rack", namespace="ndx-rack", object_id="rack", slots=np.int32(4), kind="rack")
    rack["label"] = "A"
    rack["sizes"] = np.zeros((2, 3), "f4")
    rack.create_dataset("codes", data=["x"], dtype=h5py.string_dtype("ascii"))
    rack.create_dataset("shown", data=[file["acquisition/ts"].ref] * 2, dtype=h5py.ref_dtype)
    rack["device"] = h5py.SoftLink("/general/devices/probe")
    for name, kind in {"lid": "Lid", "left": "Foot", "right": "Foot"}.items():
        rack.create_group(name).attrs.update(neurodata_type=kind, namespace="ndx-rack", object_id=name)
