"""Small NWB files built by hand with plain h5py, for what PyNWB would never write."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

import nwb_models as nwb
from nwb_models.models import NWBGroup
from tests.conftest import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REFERENCE = h5py.ref_dtype
REGION = h5py.regionref_dtype
TEXT = h5py.string_dtype()
DATE = "2026-03-01T12:30:15+00:00"
GROUPS = ("acquisition", "analysis", "processing", "stimulus/presentation", "stimulus/templates", "general")


@contextmanager
def new_file(path: Path, *, specifications: bool = True) -> Iterator[h5py.File]:
    """Write the least that core asks of a file, then what the caller adds."""
    with h5py.File(path, "w", libver="latest") as file:
        root = {"neurodata_type": "NWBFile", "namespace": "core", "nwb_version": "2.11.0", "object_id": "root"}
        file.attrs.update(root)
        if specifications:
            with h5py.File(EXAMPLE) as example:
                example.copy("specifications", file)
            file.attrs[".specloc"] = file["specifications"].ref
        file["identifier"] = "made by hand"
        file["session_description"] = "a session"
        file["session_start_time"] = file["timestamps_reference_time"] = DATE
        file.create_dataset("file_create_date", data=[DATE], dtype=TEXT)
        for name in GROUPS:
            file.create_group(name)
        yield file


def as_before(path: Path) -> None:
    """Write a file anew in the oldest format of HDF5, which PyNWB writes."""
    with h5py.File(path) as new, h5py.File(path.with_suffix(".old"), "w") as file:
        for name in new:
            new.copy(name, file)
        file.attrs.update({name: value for name, value in new.attrs.items() if name != ".specloc"})
        file.attrs[".specloc"] = file["specifications"].ref
    path.with_suffix(".old").replace(path)


def typed(parent: h5py.Group, name: str, neurodata_type: str, namespace: str = "core", **attributes: Any) -> h5py.Group:
    """Add a group of some type, and no more than its attributes."""
    group = parent.create_group(name)
    group.attrs.update({"neurodata_type": neurodata_type, "namespace": namespace, **attributes})
    return group


def column(
    parent: h5py.Group, name: str, data: Any, neurodata_type: str = "VectorData", **attributes: Any
) -> h5py.Dataset:
    """Add a typed dataset of hdmf-common."""
    dataset = parent.create_dataset(name, data=data)
    dataset.attrs.update({"neurodata_type": neurodata_type, "namespace": "hdmf-common", **attributes})
    return dataset


def series(parent: h5py.Group, name: str, data: Any = (0.0, 1.0, 2.0, 3.0, 4.0)) -> h5py.Group:
    """Add a TimeSeries that departs from nothing."""
    group = typed(parent, name, "TimeSeries", object_id=name, description="d", comments="c")
    group["data"] = np.asarray(data)
    group["data"].attrs.update(unit="V", conversion=np.float32(1), offset=np.float32(0), resolution=np.float32(-1))
    group["starting_time"] = 0.0
    group["starting_time"].attrs.update(unit="seconds", rate=np.float32(10))
    return group


def table(parent: h5py.Group, name: str, *colnames: str) -> h5py.Group:
    """Add a DynamicTable of three rows; its columns are for the caller to add."""
    group = typed(parent, name, "DynamicTable", "hdmf-common", description="d")
    group.attrs.create("colnames", list(colnames), dtype=TEXT, shape=(len(colnames),))
    column(group, "id", np.arange(3), "ElementIdentifiers")
    return group


def references(*objects: Any) -> np.ndarray[Any, Any]:
    """Return an array of references: of h5py objects, or references themselves."""
    found = np.empty(len(objects), dtype=REFERENCE)
    for number, obj in enumerate(objects):
        found[number] = obj if isinstance(obj, h5py.Reference) else obj.ref
    return found


@contextmanager
def reading(path: Path, *, eager: bool, **options: Any) -> Iterator[tuple[nwb.HDF5IO, Any]]:
    """Open a file and read the whole of it."""
    with nwb.open(path, **options) as io:
        yield io, io.read(eager=eager)


def reach_all(model: Any) -> list[Any]:
    """Reach every object below a model, each once: so everything is built that is lazy."""
    found: dict[int, Any] = {}
    waiting = [model]
    while waiting:
        reached = waiting.pop()
        if id(reached) not in found:
            found[id(reached)] = reached
            if isinstance(reached, NWBGroup):
                waiting.extend(reached.values())
    return list(found.values())
