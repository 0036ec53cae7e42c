"""Reading as a user does it: lazily, by path, with references as the objects themselves."""

from __future__ import annotations

import multiprocessing
import pickle
import shutil
import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.errors import (
    ClosedFileError,
    DepartureError,
    NotNWBError,
    NotReadableError,
    ObjectNotFoundError,
)
from nwb_models.io import arrays
from nwb_models.io.arrays import HDF5Array
from tests.conftest import EXAMPLE, corpus_files
from tests.io.handmade import new_file, references
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the arrays whose data was read."""
    paths: list[str] = []
    read = HDF5Array.read

    def noted(self: HDF5Array, index: Any) -> Any:
        paths.append(self.path)
        return read(self, index)

    monkeypatch.setattr(HDF5Array, "read", noted)
    return paths


# ---------------------------------------------------------------------------------------------- what is typed first
def test_the_first_lines_that_a_user_types(session: Path) -> None:
    """The lines of the README, with what they give."""
    nwbfile = nwb.read(session)
    assert type(nwbfile).__name__ == "NWBFile"
    assert nwbfile.nwb_version == "2.11.0"
    assert isinstance(nwbfile.session_start_time, datetime)
    assert nwbfile.session_start_time.tzinfo is not None
    series = nwbfile.acquisition["ElectricalSeries"]
    with h5py.File(session) as file:
        data = file["acquisition/ElectricalSeries/data"]
        assert (series.data.unit, series.data.shape) == (data.attrs["unit"], data.shape)
        np.testing.assert_array_equal(series.data[:1000, 3], data[:1000, 3])
    assert series.electrodes.table is nwbfile.electrodes
    assert series.unit == series.data.unit
    units = nwb.read(session, "/units")
    assert units.neurodata_type == "Units"
    with nwb.open(session) as io:
        assert io.read("/units/spike_times").shape == io.read("units/spike_times").shape
        assert io.make_provider().versions["core"] == "2.11.0"


@pytest.mark.parametrize("path", ["acquisition", "/acquisition", "/acquisition/", "//acquisition"])
def test_paths_are_taken_as_people_write_them(path: str) -> None:
    """With or without a slash before or behind; an untyped group is a mapping."""
    with nwb.open(EXAMPLE) as io:
        group = io.read(path)
        assert group is io.read().acquisition
        assert {name: child.name for name, child in group.items()} == {name: name for name in group}


def test_children_are_reached_by_path_and_by_name() -> None:
    """Fields, collections and paths lead to the same object."""
    nwbfile = nwb.read(EXAMPLE)
    assert nwbfile["acquisition/ElectricalSeries"] is nwbfile.acquisition["ElectricalSeries"]
    assert "acquisition/ElectricalSeries" in nwbfile
    assert "acquisition/Nothing" not in nwbfile
    assert nwbfile.get("nothing", 3) == 3
    assert nwbfile["general/subject"] is nwbfile.subject is nwbfile.general.subject


def test_a_wrong_name_says_what_is_there() -> None:
    """The error names the nearest name, and is a KeyError."""
    nwbfile = nwb.read(EXAMPLE)
    with pytest.raises(KeyError, match="did you mean 'ElectricalSeries'"):
        nwbfile.acquisition["ElectricalSerie"]
    with pytest.raises(ObjectNotFoundError, match=r"/acquisition holds: .*ElectricalSeries"):
        nwb.read(EXAMPLE, "/acquisition/Nothing")
    with pytest.raises(AttributeError, match="nothing"):
        _ = nwbfile.nothing
    with pytest.raises(ObjectNotFoundError, match="make_provider"):
        nwb.read(EXAMPLE, "/specifications/core")


# ---------------------------------------------------------------------------------------------- laziness
def test_reading_touches_no_array(session: Path, reads: list[str]) -> None:
    """Neither lazily nor eagerly is any array read; indexing reads that one."""
    with nwb.open(session) as io:
        nwbfile = io.read(eager=True)
        assert reads == []
        _ = nwbfile.acquisition["ElectricalSeries"].data[0]
        assert reads == ["/acquisition/ElectricalSeries/data"]


def test_reading_touches_no_array_of_any_file(tmp_path: Path, reads: list[str]) -> None:
    """The same for files full of references, as PyNWB writes them."""
    for name, write in FILES.items():
        path = tmp_path / f"{name}.nwb"
        write(path)
        with nwb.open(path) as io:
            io.read(eager=True)
    assert reads == []


def test_what_is_not_touched_is_not_built() -> None:
    """A listing builds nothing, an object builds itself and what it refers to."""
    with nwb.open(EXAMPLE) as io:
        nwbfile = io.read()
        names = list(nwbfile.acquisition)
        assert len(names) > 3
        before = len(io.builder.models)
        assert "ElectricalSeries" in nwbfile.acquisition
        assert len(io.builder.models) == before
        _ = nwbfile.acquisition["ElectricalSeries"]
        built = {getattr(model, "path", None) for model in io.builder.models.values()}
        assert "/acquisition/ElectricalSeries" in built
        assert not built & {f"/acquisition/{name}" for name in names if name != "ElectricalSeries"}


def test_touching_one_of_many_opens_none_of_the_others(tmp_path: Path) -> None:
    """Reading one series of 300 looks at as many objects as reading one of 3."""
    looked_at = {}
    for count in (3, 300):
        path = tmp_path / f"{count}.nwb"
        _many(path, count)
        with nwb.open(path) as io:
            assert io.read().acquisition["series_001"].data.unit == "V"
            looked_at[count] = len(io.builder.models), len(io.builder.classes)
    assert looked_at[3] == looked_at[300]


def _many(path: Path, count: int) -> None:
    shutil.copy(EXAMPLE, path)
    with h5py.File(path, "r+") as file:
        acquisition = file["acquisition"]
        for number in range(count):
            series = acquisition.create_group(f"series_{number:03}")
            series.attrs.update({"neurodata_type": "TimeSeries", "namespace": "core", "object_id": f"id{number}"})
            data = series.create_dataset("data", data=np.arange(3.0))
            data.attrs.update({"unit": "V", "conversion": np.float32(1), "resolution": np.float32(-1)})


def test_an_object_is_built_once(session: Path) -> None:
    """Two paths, references and repeated reading give the same object."""
    with h5py.File(session, "r+") as file:
        file["acquisition/again"] = file["acquisition/ElectricalSeries"]
        file["acquisition/soft"] = h5py.SoftLink("/acquisition/ElectricalSeries")
    with nwb.open(session) as io:
        series = io.read("/acquisition/ElectricalSeries")
        assert io.read("/acquisition/again") is series
        nwbfile = io.read()
        assert nwbfile.acquisition["soft"] is nwbfile.acquisition["again"] is series
        io.read(eager=True)
        assert io.read("/acquisition/again") is series


# ---------------------------------------------------------------------------------------------- closing, pickling
def test_models_outlive_the_file(session: Path) -> None:
    """After closing, arrays read, and collections build what was not built yet."""
    with nwb.open(session) as io:
        nwbfile = io.read()
        series = nwbfile.acquisition["ElectricalSeries"]
    assert series.data[:2].shape == (2, 4)
    others = [name for name in nwbfile.acquisition if name != "ElectricalSeries"]
    assert nwbfile.acquisition[others[0]].name == others[0]
    with h5py.File(session, "r+") as file:  # nothing holds it open
        file.attrs["touched"] = 1
    with pytest.raises(ClosedFileError, match="changed"):
        series.data[:2]


def _sum_in_another_process(pickled: bytes) -> float:
    return float(np.sum(pickle.loads(pickled)[...]))


def test_arrays_travel_to_another_process(session: Path) -> None:
    """An array pickles as where it is, not what it holds."""
    array = nwb.read(session).acquisition["ElectricalSeries"].data.value
    pickled = pickle.dumps(array)
    assert len(pickled) < 2000
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_sum_in_another_process, (pickled,)) == float(np.sum(array[...]))


def test_a_file_object_is_read(session: Path) -> None:
    """Anything that can be read and sought will do."""
    with session.open("rb") as stream, nwb.HDF5IO(stream) as io:
        assert (
            io.read().acquisition["ElectricalSeries"].data[0, 0]
            == nwb.read(session)["acquisition/ElectricalSeries"].data[0, 0]
        )


# ---------------------------------------------------------------------------------------------- bad input
def _not_hdf5(path: Path) -> None:
    path.write_bytes(b"no HDF5 at all" * 100)


def _cut(path: Path) -> None:
    path.write_bytes(EXAMPLE.read_bytes()[:-5000])


def _plain_hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["x"] = 1


def _nwb1(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["nwb_version"] = "NWB-1.0.6"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (_not_hdf5, NotReadableError, "is not an HDF5 file"),
        (_cut, NotReadableError, "is cut off: it has"),
        (lambda path: path.write_bytes(b""), NotReadableError, "is empty"),
        (lambda path: path.mkdir(), NotReadableError, "is a folder"),
        (lambda path: None, NotReadableError, "no such file"),
        (_plain_hdf5, NotNWBError, "not NWB"),
        (_nwb1, NotNWBError, "NWB-1.0.6"),
    ],
    ids=["not HDF5", "cut off", "empty", "folder", "missing", "not NWB", "NWB 1"],
)
def test_what_cannot_be_read_is_said_in_one_line(
    make: Callable[[Path], Any], error: type[Exception], message: str, tmp_path: Path
) -> None:
    """One line that names the file; OSError or ValueError."""
    path = tmp_path / "bad.nwb"
    make(path)
    with pytest.raises(error, match=message) as caught:
        nwb.read(path)
    assert "\n" not in str(caught.value)
    assert "bad.nwb" in str(caught.value)
    with pytest.raises(error):
        nwb.open(path)


@pytest.mark.parametrize("address", ["s3://bucket/a.nwb", "https://example.org/a.nwb"])
def test_an_address_is_no_path(address: str) -> None:
    with pytest.raises(NotReadableError, match=f"{address}: an address, .* an open file object of fsspec"):
        nwb.read(address)


def test_departures_are_kept_noted_and_refused_when_asked(session: Path) -> None:
    """Reading keeps what the file holds; strict=True names every departure at once."""
    with h5py.File(session, "r+") as file:
        series = file["acquisition/ElectricalSeries"]
        series.attrs["mood"] = "good"
        series["data"].attrs["unit"] = "parsecs"
        del file["identifier"]
    with nwb.open(session) as io:
        nwbfile = io.read()
        series = nwbfile.acquisition["ElectricalSeries"]
        assert (series.mood, series.data.unit, nwbfile.identifier) == ("good", "parsecs", None)
        expected = {
            ("/identifier", "missing"),
            ("/acquisition/ElectricalSeries@mood", "unknown"),
            ("/acquisition/ElectricalSeries/data@unit", "value"),
        }
        assert {(issue.path, issue.rule) for issue in io.issues} == expected
        assert {issue.path for issue in series.issues} == {path for path, _ in expected if "acquisition" in path}
    with pytest.raises(DepartureError) as caught:
        nwb.read(session, strict=True)
    assert {(issue.path, issue.rule) for issue in caught.value.issues} == expected
    assert "parsecs" in str(caught.value)


def test_issues_of_a_file_that_nothing_was_read_of(session: Path) -> None:
    """There are those of the specifications, which are looked at then; asking twice, or for a provider, adds none."""
    with nwb.open(session) as io:
        assert io.issues == ()
    with h5py.File(session, "r+") as file:
        file.attrs[".specloc"] = "/nowhere"
    with nwb.open(session) as io:
        assert [issue.path for issue in io.issues] == ["/@.specloc"]
        io.make_provider()
        assert [issue.path for issue in io.issues] == ["/@.specloc"]


# ---------------------------------------------------------------------------------------------- versions
@pytest.mark.skipif(not corpus_files(), reason="needs files of several versions")
def test_versions_side_by_side() -> None:
    """Files of two versions are open together, each with its own classes; files of one version share theirs."""
    by_version: dict[str, list[Any]] = {}
    for path in corpus_files():
        if path.name in (
            "1.1.2_nwbfile.nwb",
            "pynwb-1.1.0_ophys.nwb",
            "pynwb-4.2.0_rich.nwb",
            "pynwb-4.2.0_behavior.nwb",
        ):
            nwbfile = nwb.read(path)
            by_version.setdefault(nwbfile.nwb_version, []).append(type(nwbfile))
    assert set(by_version) == {"2.1.0", "2.11.0"}
    new, old = by_version["2.11.0"], by_version["2.1.0"]
    assert new[0] is new[1]
    assert not issubclass(old[0], new[0])
    assert "events" in new[0].model_fields
    assert "events" not in old[0].model_fields


def test_no_linkml_where_models_are_shipped(session: Path) -> None:
    """Reading a file of the newest core needs neither linkml nor pandas."""
    code = (
        "import sys, nwb_models as nwb\n"
        "assert not {'networkx', 'linkml', 'linkml_runtime', 'pandas', 'rich', 'typer', 'yaml'} & set(sys.modules)\n"
        f"nwb.read({str(session)!r}, eager=True)\n"
        "assert not {'linkml', 'linkml_runtime', 'pandas', 'yaml'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


WINDOW = np.dtype([("idx_start", "<i4"), ("count", ">i8"), ("timeseries", h5py.ref_dtype)])
INDEXES = [slice(None), slice(5, 150), slice(3, 190, 7), 7, -1, [1, 5, 100], slice(10, 10)]


@pytest.mark.parametrize("kind", ["plain", "wide", "compound", "with_text", "regions", "many_targets"])
def test_thousands_of_references_are_resolved_once_for_each_target(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read by address is what is read one by one, null references and deleted objects included."""
    path = tmp_path / "references.nwb"
    with new_file(path) as file:
        groups = [
            file["acquisition"].create_group(f"g{number}") for number in range(200 if kind == "many_targets" else 3)
        ]
        gone = file["acquisition"].create_group("gone")
        targets = [*(group.ref for group in groups), gone.ref, h5py.Reference()]
        chosen = references(*(targets[number % len(targets)] for number in range(200)))
        del file["acquisition/gone"]
        _write(file["analysis"], kind, chosen)
    with nwb.open(path) as io:
        array = io.read("/analysis/references")
        found = [array[index] for index in INDEXES]
        monkeypatch.setattr(arrays, "MANY", 10**9)
        for index, values in zip(INDEXES, found, strict=True):
            expected = array[index]
            assert type(values) is type(expected)
            if isinstance(values, np.ndarray | np.void):
                assert (values.dtype, values.shape) == (expected.dtype, expected.shape)
                values, expected = values.tolist(), expected.tolist()
            assert values == expected


def _write(group: h5py.Group, kind: str, chosen: np.ndarray[Any, Any]) -> None:
    """Write 200 rows of references in a dataset of one of the kinds that there are."""
    if kind == "compound":
        rows = np.zeros(200, WINDOW)
        rows["idx_start"], rows["count"], rows["timeseries"] = np.arange(200), np.arange(200)[::-1], chosen
        group.create_dataset("references", data=rows)
    elif kind == "with_text":
        dtype = np.dtype([("label", h5py.string_dtype()), ("object", h5py.ref_dtype)])
        rows = np.empty(200, dtype)
        rows["label"], rows["object"] = [f"row {number}" for number in range(200)], chosen
        group.create_dataset("references", data=rows)
    elif kind == "regions":
        data = group.create_dataset("data", data=np.arange(300))
        regions = [data.regionref[number : number + 3] for number in range(200)]
        group.create_dataset("references", (200,), h5py.regionref_dtype)[:] = regions
    else:
        data = chosen.reshape(200, 1).repeat(2, axis=1) if kind == "wide" else chosen
        group.create_dataset("references", data=data, dtype=h5py.ref_dtype, chunks=True)
