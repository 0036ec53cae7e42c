"""Writing: what was read comes out as it was stored, and what was changed reads back as it was given."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models import cli
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import (
    DanglingReferenceError,
    InvalidModelError,
    NotWritableError,
    NWBWarning,
    UnreadableObjectError,
)
from nwb_models.generated.hdmf_common import v1_10_0 as common
from nwb_models.models.children import Collection
from nwb_models.models.links import Region, Unresolved
from tests.compare import differences
from tests.conftest import EXAMPLE, corpus_files
from tests.io.handmade import REFERENCE, REGION, TEXT, column, new_file, references, series, table, typed
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from pathlib import Path

ZONE = timezone(timedelta(hours=-7))
START = datetime(2026, 3, 1, 12, 30, 15, 250000, tzinfo=ZONE)
HOW = pytest.mark.parametrize("eager", [False, True], ids=["lazy", "eager"])


def copied(path: Path, target: Path, *, eager: bool) -> list[str]:
    """Read a file, write it to another one, and return what differs."""
    with nwb.open(path) as io:
        nwb.write(io.read(eager=eager), target)
    return differences(path, target)


def new_session(**more: Any) -> Any:
    """Make a file by hand, with no more than it needs."""
    return core.NWBFile(
        file_create_date=[START], identifier="i", session_description="d", session_start_time=START,
        timestamps_reference_time=START, **more,
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- unchanged
@HOW
@pytest.mark.parametrize("name", FILES)
def test_files_of_pynwb_come_out_as_they_were(name: str, eager: bool, tmp_path: Path) -> None:
    """Types, widths, storage, values, links, references, specifications: nothing differs."""
    FILES[name](tmp_path / "a.nwb")
    assert copied(tmp_path / "a.nwb", tmp_path / "b.nwb", eager=eager) == []


@HOW
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: path.stem[:60])
@pytest.mark.filterwarnings("ignore::nwb_models.errors.NWBWarning")
def test_files_of_the_corpus_come_out_as_they_were(path: Path, eager: bool, tmp_path: Path) -> None:
    """Files of all ages, real ones and ones with extensions."""
    assert copied(path, tmp_path / "b.nwb", eager=eager) == []


def _links(file: h5py.File) -> None:
    """Links of all kinds, some of which lead nowhere, and a circle."""
    one = series(file["acquisition"], "one")
    two = series(file["acquisition"], "two")
    file["processing/alias"] = one
    file["analysis/relative"] = h5py.SoftLink("../acquisition/two")
    file["analysis/dots"] = h5py.SoftLink("/acquisition/./two/data")
    file["analysis/through"] = h5py.SoftLink("/analysis/relative/data")
    file["analysis/nowhere"] = h5py.SoftLink("/acquisition/three")
    file["analysis/circle"] = h5py.SoftLink("/analysis/circle")
    file["analysis/elsewhere"] = h5py.ExternalLink("other.nwb", "/acquisition/x")
    group = file["analysis"].create_group("round")
    group["again"] = group
    group["up"] = file["analysis"]
    del two["starting_time"]
    two["timestamps"] = np.arange(5.0)
    two["timestamps"].attrs.update(unit="seconds", interval=np.int32(1))
    three = series(file["acquisition"], "shares")
    three["timestamps"] = h5py.SoftLink("/acquisition/two/timestamps")
    three["control"] = h5py.SoftLink("../../plain")
    file["plain"] = np.arange(5, dtype="u1")
    file["general/plain_again"] = file["plain"]


def _references(file: h5py.File) -> None:
    """References in attributes, datasets, compound rows and ragged rows, to objects, plain datasets and regions."""
    one = series(file["acquisition"], "one")
    file["plain"] = np.arange(12).reshape(3, 4)
    file["text"] = "plain text"
    region, points = file["plain"].regionref[1:3, 0:2], file["plain"].regionref[np.eye(3, 4, dtype=bool)]
    one.attrs["to_plain"] = file["plain"].ref
    one.attrs["to_text"] = file["text"].ref
    one.attrs["to_root"] = file.ref
    one.attrs["null"] = h5py.Reference()
    one.attrs.create("region", region, dtype=REGION)
    one.attrs.create("many", references(one, file["plain"], h5py.Reference()), dtype=REFERENCE)
    file["analysis/objects"] = references(one, file["text"], h5py.Reference(), file)
    regions = np.empty(3, dtype=REGION)
    regions[0], regions[1], regions[2] = region, points, h5py.RegionReference()
    file["analysis/regions"] = regions
    file.create_dataset(
        "analysis/chunked", data=references(*[one] * 10), chunks=(3,), compression="gzip", maxshape=(None,)
    )
    row = np.dtype([("number", "i4"), ("text", TEXT), ("to", REFERENCE)])
    rows = np.zeros(2, dtype=row)
    rows["number"], rows["text"], rows["to"] = [1, 2], ["a", "ü"], references(one, file["plain"])
    file["analysis/rows"] = rows
    file["analysis/rows"].attrs.create("one", rows[0], dtype=row)
    ragged = file.create_dataset("analysis/ragged", (2,), dtype=h5py.vlen_dtype(REFERENCE))
    ragged[0], ragged[1] = references(one), references(file["text"], one)


def _types(file: h5py.File) -> None:
    """Types that HDF5 has, those without a match in numpy included."""
    values: dict[str, tuple[Any, Any]] = {
        "ascii": ("abc", "S8"), "utf8": ("äb".encode(), h5py.string_dtype("utf-8", 10)), "text": ("ä", TEXT),
        "texts": (["a", "", "ü"], TEXT), "vlen_ascii": ("a", h5py.string_dtype("ascii")), "bool": (True, bool),
        "big": (np.arange(3), ">i2"), "enum": ([0, 2], h5py.enum_dtype({"A": 0, "B": 2}, "u1")), "half": (1.5, "f2"),
        "complex": (1 + 2j, "c16"), "opaque": (np.void(b"\1\0\2"), "V3"),
        "nan": (np.float32("nan"), "f4"), "one": ([7], "i8"), "none": (np.zeros((0, 3)), "f8"),
    }  # fmt: skip
    group = typed(file["analysis"], "container", "NWBContainer")
    for name, (value, dtype) in values.items():
        group.create_dataset(name, data=value, dtype=dtype)
        group.attrs.create(name, value, dtype=dtype)
    group.create_dataset("array", (2,), dtype=np.dtype(("f4", (3,))))
    group["array"][0] = [1.0, 2.0, 3.0]
    for name, dtype in (("empty_text", TEXT), ("empty_number", np.dtype("i2"))):
        group[name] = h5py.Empty(dtype)
        group.attrs[name] = h5py.Empty(dtype)
    group.attrs["large"] = np.arange(20_000)
    for number in range(20):
        group.attrs[f"dense_{number}"] = number
    time = h5py.h5t.UNIX_D32LE.copy()
    stamp = h5py.h5a.create(group.id, b"time", time, h5py.h5s.create_simple((2,)))
    stamp.write(np.frombuffer(b"\1\2\3\4\5\6\7\x08", dtype="V4"), mtype=time)
    file["types"] = np.dtype([("x", "i4"), ("y", "f8")])
    group.create_dataset("typed", data=np.zeros(2, dtype=[("x", "i4"), ("y", "f8")]), dtype=file["types"])
    group.attrs.create("typed", np.zeros(2, dtype=[("x", "i4"), ("y", "f8")]), dtype=file["types"])


def _storage(file: h5py.File) -> None:
    """Chunks, filters, fill values, layouts and orders."""
    group = typed(file["analysis"], "container", "NWBContainer")
    data = np.arange(10_000).reshape(100, 100)
    group.create_dataset("gzip", data=data, chunks=(30, 50), compression="gzip", compression_opts=7, shuffle=True)
    group.create_dataset("lzf", data=data, chunks=(10, 100), compression="lzf", fletcher32=True, maxshape=(None, 100))
    group.create_dataset("scaled", data=data, chunks=(10, 10), scaleoffset=0)
    group.create_dataset("sparse", (10**6, 10**6), "f8", chunks=(100, 100), fillvalue=-1.0)[5, 7] = 3.0
    group.create_dataset("filled", (10,), "i4", fillvalue=7)
    group.create_dataset("texts", data=["a", "bb"] * 50, dtype=TEXT, chunks=(7,), compression="gzip")
    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    made = h5py.h5d.create(group.id, b"compact", h5py.h5t.NATIVE_INT16, h5py.h5s.create_simple((5,)), compact)
    made.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(5, dtype="i2"))
    ordered = file.create_group("analysis/ordered", track_order=True)
    for name in "zebra", "apple", "mango":
        ordered[name] = 1.0
    missing = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    missing.set_chunk((4,))
    missing.set_filter(32_999, h5py.h5z.FLAG_OPTIONAL, (1, 2))
    made = h5py.h5d.create(group.id, b"missing_filter", h5py.h5t.NATIVE_INT32, h5py.h5s.create_simple((6,)), missing)
    for start in (0, 4):
        made.write_direct_chunk((start,), b"encoded by somebody %d" % start)


def _names(file: h5py.File) -> None:
    """Names that are not UTF-8, and ones that mean something elsewhere."""
    group = typed(file["analysis"], "container", "NWBContainer")
    h5py.h5g.create(group.id, b"caf\xe9")
    h5py.h5a.create(group.id, b"na\xefve", h5py.h5t.NATIVE_INT8, h5py.h5s.create(h5py.h5s.SCALAR))
    group.attrs["data@unit"] = 1
    group["specifications"] = 1.0
    group["name"] = 2.0
    group.attrs["name"] = "another"
    group.attrs["path"] = "p"
    for name in "a b", "1", "@", "..x":
        group.create_group(name)


def _departures(file: h5py.File) -> None:
    """What the specification does not foresee, and the other way round."""
    one = series(file["acquisition"], "one")
    one["data"].attrs["extra"] = "e"
    one.attrs["extra"] = [1.5]
    one["unknown"] = np.arange(3)
    one["unknown"].attrs["of"] = "a dataset"
    one.create_group("unknown_group")["inside"] = 1
    one["control"] = np.arange(5)
    one["control"].attrs["help"] = "plain dataset with attributes"
    del one["data"].attrs["unit"], one.attrs["object_id"]
    typed(file["acquisition"], "strange", "Strange", "nowhere").attrs["x"] = 1
    rows = table(file["processing"], "table", "a")
    column(rows, "a", np.arange(3.0), description="d")
    file["identifier"].attrs["note"] = "attribute of a plain dataset"
    file.attrs["more"] = "extra at the root"


ODD: dict[str, Any] = {
    "links": _links, "references": _references, "types": _types, "storage": _storage, "names": _names,
    "departures": _departures,
}  # fmt: skip


@HOW
@pytest.mark.parametrize("odd", ODD)
def test_what_is_odd_comes_out_as_it_was(odd: str, eager: bool, tmp_path: Path) -> None:
    """What PyNWB would not write."""
    with new_file(tmp_path / "a.nwb") as file:
        ODD[odd](file)
    assert copied(tmp_path / "a.nwb", tmp_path / "b.nwb", eager=eager) == []


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`nwb-models copy a.nwb b.nwb`, and the one line where it cannot be done."""
    assert cli.main(["copy", str(EXAMPLE), str(tmp_path / "b.nwb")]) == 0
    assert differences(EXAMPLE, tmp_path / "b.nwb") == []
    assert cli.main(["copy", str(tmp_path / "b.nwb"), str(tmp_path / "b.nwb")]) == cli.FAILED
    assert "b.nwb cannot be written: the models that are written are still read from it" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux how much memory a process had")
def test_a_copy_takes_the_memory_of_no_array(tmp_path: Path) -> None:
    """Data goes from file to file."""
    with new_file(tmp_path / "a.nwb") as file:
        one = series(file["acquisition"], "one")
        del one["data"]
        for name, chunks in (("data", (1_000_000,)), ("plain", None)):
            data = one.create_dataset(name, (25_000_000,), "f8", chunks=chunks)
            for start in range(0, 25_000_000, 1_000_000):
                data[start : start + 1_000_000] = np.arange(1_000_000)
    code = (
        "import re, sys, nwb_models as nwb\n"
        "file = nwb.read(sys.argv[1], eager=True)\n"
        "nwb.write(file, sys.argv[2])\n"
        "print(re.search(r'VmHWM:\\s*(\\d+) kB', open('/proc/self/status').read())[1])\n"
    )
    paths = [str(tmp_path / name) for name in ("a.nwb", "b.nwb")]
    done = subprocess.run([sys.executable, "-c", code, *paths], check=True, capture_output=True, text=True)
    assert int(done.stdout) < 200_000  # the data is 400 MB
    assert differences(tmp_path / "a.nwb", tmp_path / "b.nwb") == []


def test_what_cannot_be_read_cannot_be_written(tmp_path: Path) -> None:
    """The object is named, and no file appears."""
    with new_file(tmp_path / "a.nwb") as file:
        one = series(file["acquisition"], "one")
        data = file.create_dataset("analysis/lost", data=references(*[one] * 100), chunks=(100,), fletcher32=True)
        place = data.id.get_chunk_info(0).byte_offset
    with (tmp_path / "a.nwb").open("r+b") as raw:
        raw.seek(place + 8)
        raw.write(b"\xff" * 32)
    with pytest.raises(
        UnreadableObjectError, match=r"/analysis/lost cannot be written from /analysis/lost of .*a\.nwb"
    ):
        nwb.write(nwb.read(tmp_path / "a.nwb"), tmp_path / "b.nwb")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.nwb"]


# ---------------------------------------------------------------------------------------------- changed
@pytest.fixture
def changed(tmp_path: Path) -> Any:
    """Return a function that changes a copy of the example and gives the file that is written, open with h5py."""
    files = []

    def change(how: Any, *, eager: bool = False) -> tuple[h5py.File, list[str]]:
        root = nwb.read(EXAMPLE, eager=eager)
        how(root)
        nwb.write(root, tmp_path / "b.nwb")
        files.append(h5py.File(tmp_path / "b.nwb"))
        return files[-1], differences(EXAMPLE, tmp_path / "b.nwb")

    yield change
    for file in files:
        file.close()


@pytest.mark.filterwarnings("ignore:session_start_time is")
def test_what_is_changed_and_nothing_else(changed: Any) -> None:
    """A value keeps the type that it had, where that can hold the new one."""

    def change(root: Any) -> None:
        root.subject.age = "P100D"
        root.acquisition["ElectricalSeries"].starting_time.rate = 500
        root.acquisition["ElectricalSeries"].description = "ä new one"
        root.session_start_time = START

    file, found = changed(change)
    assert sorted(line.partition(":")[0] for line in found) == [
        "/acquisition/ElectricalSeries/starting_time@b'rate'",
        "/acquisition/ElectricalSeries@b'description'",
        "/general/subject/age",
        "/session_start_time",
    ]
    assert file["general/subject/age"][()] == b"P100D"
    assert file["general/subject/age"].attrs["reference"] == "birth"
    assert file["acquisition/ElectricalSeries/starting_time"].attrs["rate"] == 500.0
    assert file["session_start_time"][()] == b"2026-03-01T12:30:15.250000-07:00"


def test_the_same_moment_in_another_zone_is_a_change(changed: Any) -> None:
    """Equal for Python, not the same text."""

    def change(root: Any) -> None:
        root.session_start_time = root.session_start_time.astimezone(ZONE)

    file, found = changed(change)
    assert [line.partition(":")[0] for line in found] == ["/session_start_time"]
    assert file["session_start_time"][()].endswith(b"-07:00")


def test_a_change_inside_an_array_of_an_attribute(changed: Any) -> None:
    """What is changed in place is seen, too."""

    def change(root: Any) -> None:
        names = root.electrodes.colnames
        names[0], names[1] = names[1], names[0]

    file, found = changed(change)
    assert len(found) == 1
    before = nwb.read(EXAMPLE).electrodes.colnames
    assert file["general/extracellular_ephys/electrodes"].attrs["colnames"][:2].tolist() == [before[1], before[0]]


def test_data_is_replaced_and_its_attributes_stay(changed: Any) -> None:
    """By an array, of another shape."""

    def change(root: Any) -> None:
        root.acquisition["voltage_0"].data = np.zeros(3, dtype="f4")

    file, found = changed(change)
    assert [line.partition(":")[0] for line in found] == ["/acquisition/voltage_0/data"]
    assert file["acquisition/voltage_0/data"].shape == (3,)
    assert file["acquisition/voltage_0/data"].attrs["unit"] == "volts"


def test_objects_are_removed_and_added(changed: Any) -> None:
    """A removed child is gone with all below it; a new one stands beside the old ones."""

    def change(root: Any) -> None:
        del root.acquisition.nwb_data_interface["behavior_video"]
        root.acquisition.nwb_data_interface.add(
            core.TimeSeries(name="new", data=[1, 2], unit="V", rate=1.0, starting_time=0.0)
        )

    file, _ = changed(change)
    assert "behavior_video" not in file["acquisition"]
    assert file["acquisition/new/data"][:].tolist() == [1, 2]
    assert file["acquisition/new"].attrs["neurodata_type"] == "TimeSeries"
    assert "voltage_0" in file["acquisition"]


def test_an_object_moves_and_links_follow(changed: Any) -> None:
    """What refers to it finds it where it is now."""

    def change(root: Any) -> None:
        series = root.acquisition.nwb_data_interface.pop("TwoPhotonSeries")
        root.analysis.nwb_container.add(series)

    file, _ = changed(change)
    assert "TwoPhotonSeries" not in file["acquisition"]
    assert file["analysis/TwoPhotonSeries/imaging_plane"] == file["general/optophysiology/ImagingPlane"]
    with h5py.File(EXAMPLE) as before:
        identity = before["acquisition/TwoPhotonSeries"].attrs["object_id"]
    assert file["analysis/TwoPhotonSeries"].attrs["object_id"] == identity


def test_the_same_object_in_two_places_is_a_link(changed: Any) -> None:
    """It lives at the first of them, by the order of the schema."""

    def change(root: Any) -> None:
        root.analysis.nwb_container.add(root.acquisition["voltage_0"])

    file, found = changed(change)
    assert file["analysis"].get("voltage_0", getlink=True).path == "/acquisition/voltage_0"
    assert len(found) == 1


@HOW
def test_an_object_that_others_link_to_is_not_lost(eager: bool, changed: Any) -> None:
    """It is refused, with the links that would lead nowhere."""

    def change(root: Any) -> None:
        del root.general.devices.device["probe"]

    with pytest.raises(InvalidModelError, match="/general/extracellular_ephys/shank0/device"):
        changed(change, eager=eager)


@HOW
def test_an_object_that_others_refer_to_is_not_lost(eager: bool, changed: Any) -> None:
    """The references are found in data, too."""

    def change(root: Any) -> None:
        del root.general.extracellular_ephys.electrode_group["shank1"]

    with pytest.raises(
        DanglingReferenceError, match="/general/extracellular_ephys/electrodes/group refers to /general/ext"
    ):
        changed(change, eager=eager)


@HOW
def test_shared_timestamps_outlive_their_owner(eager: bool, tmp_path: Path) -> None:
    """Data that a link leads to lives where the link was, once the owner is gone."""
    with new_file(tmp_path / "a.nwb") as file:
        for name in ("one", "two", "three"):
            made = series(file["acquisition"], name)
            del made["starting_time"]
        file["acquisition/one/timestamps"] = np.arange(5.0)
        file["acquisition/one/timestamps"].attrs.update(unit="seconds", interval=np.int32(1))
        file["acquisition/two/timestamps"] = h5py.SoftLink("/acquisition/one/timestamps")
        file["acquisition/three/timestamps"] = h5py.SoftLink("/acquisition/one/timestamps")
    root = nwb.read(tmp_path / "a.nwb", eager=eager)
    del root.acquisition.nwb_data_interface["one"]
    nwb.write(root, tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file:
        links = {name: file[f"acquisition/{name}"].get("timestamps", getlink=True) for name in ("two", "three")}
        assert sorted(type(link).__name__ for link in links.values()) == ["HardLink", "SoftLink"]
        assert all(file[f"acquisition/{name}/timestamps"][:].tolist() == [0, 1, 2, 3, 4] for name in links)


def test_links_and_references_made_by_hand(tmp_path: Path) -> None:
    """Soft links, object and region references, ones that lead nowhere, and one value for each of many rows."""
    root = new_session()
    one = core.TimeSeries(name="one", data=np.arange(4.0), unit="V", timestamps=[0.0, 1.0, 2.0, 3.0])
    two = core.TimeSeries(name="two", data=np.zeros(4), unit="V", timestamps=one.timestamps)
    root.acquisition.nwb_data_interface.add(one)
    root.acquisition.nwb_data_interface.add(two)
    nwb.write(root, tmp_path / "a.nwb")
    with h5py.File(tmp_path / "a.nwb") as file:
        assert file["acquisition/two"].get("timestamps", getlink=True).path == "/acquisition/one/timestamps"
    again = nwb.read(tmp_path / "a.nwb")
    assert again.acquisition["two"].timestamps is again.acquisition["one"].timestamps


def test_references_in_an_array_that_was_changed(tmp_path: Path) -> None:
    """Models, regions and nothing, in the places of references."""
    with new_file(tmp_path / "a.nwb") as file:
        _references(file)
    root = nwb.read(tmp_path / "a.nwb")
    one = root.acquisition["one"]
    one.many = np.array([None, one, None], dtype=object)
    one.many[0], one.many[2] = root.acquisition["one"].to_plain, Unresolved("object", None)
    one.region = Region(one.region.target, "0:2,1:4")
    nwb.write(root, tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file:
        many = file["acquisition/one"].attrs["many"]
        assert [file[r].name if r else None for r in many] == ["/plain", "/acquisition/one", None]
        assert file["plain"][file["acquisition/one"].attrs["region"]].shape == (2, 3)


def test_objects_of_two_files_in_one(tmp_path: Path) -> None:
    """Data and specifications come from where they are."""
    FILES["behavior"](tmp_path / "a.nwb")
    root, other = nwb.read(EXAMPLE), nwb.read(tmp_path / "a.nwb")
    root.acquisition.nwb_data_interface.add(other.acquisition["running"])
    own = core.TimeSeries(
        name="own", data=other.acquisition["notes"].timestamps.value, unit="s", rate=1.0, starting_time=0.0
    )
    root.acquisition.nwb_data_interface.add(own)
    nwb.write(root, tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file, h5py.File(tmp_path / "a.nwb") as source:
        assert file["acquisition/running"].attrs["object_id"] == source["acquisition/running"].attrs["object_id"]
        assert file["acquisition/running/data"][:].tolist() == list(range(50))
        assert file["acquisition/own/data"][:].tolist() == [1.0, 2.0]
    again = nwb.read(tmp_path / "b.nwb", strict=True)
    assert again.acquisition["own"].data[:].tolist() == [1.0, 2.0]


def test_an_object_of_another_file_comes_with_what_it_links_to(tmp_path: Path) -> None:
    """See test_between_files.py for more."""
    root, other = new_session(), nwb.read(EXAMPLE)
    root.acquisition.nwb_data_interface.add(other.acquisition["TwoPhotonSeries"])
    nwb.write(root, tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file:
        assert file["acquisition/TwoPhotonSeries/imaging_plane"] == file["general/optophysiology/ImagingPlane"]
        assert file["general/optophysiology/ImagingPlane/device"] == file["general/devices/microscope"]


def test_external_links_are_found_from_another_folder(tmp_path: Path) -> None:
    """The name of the file is rewritten where it is relative and there; elsewhere it stays."""
    (tmp_path / "there").mkdir()
    with new_file(tmp_path / "other.nwb") as file:
        series(file["acquisition"], "x")
    with new_file(tmp_path / "a.nwb") as file:
        file["acquisition/x"] = h5py.ExternalLink("other.nwb", "/acquisition/x")
        file["acquisition/y"] = h5py.ExternalLink("missing.nwb", "/acquisition/x")
    nwb.write(nwb.read(tmp_path / "a.nwb", eager=True), tmp_path / "there" / "b.nwb")
    with h5py.File(tmp_path / "there" / "b.nwb") as file:
        assert file["acquisition"].get("x", getlink=True).filename == "../other.nwb"
        assert file["acquisition"].get("y", getlink=True).filename == "missing.nwb"
        assert file["acquisition/x/data"].shape == (5,)


# ---------------------------------------------------------------------------------------------- replaced
def test_a_file_that_is_replaced_is_kept_beside(tmp_path: Path) -> None:
    """Where that is asked for and there is one; an older backup stays as it is."""
    path = tmp_path / "a.nwb"
    contents = []
    for number in range(4):
        nwb.write(new_session(notes=f"{number}"), path, backup=number < 3)
        contents.append(path.read_bytes())
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.nwb", "a.nwb.bak", "a.nwb.bak2"]
    assert [(tmp_path / f"a.nwb.bak{number}").read_bytes() for number in ("", 2)] == contents[:2]
    assert nwb.read(path).notes == "3"


def test_nothing_is_kept_of_a_file_that_stays(tmp_path: Path) -> None:
    """Where the new one cannot be written."""
    path = tmp_path / "a.nwb"
    nwb.write(new_session(), path)
    before = path.read_bytes()
    wrong = new_session()
    wrong.identifier = "a\0b"
    with pytest.raises(InvalidModelError):
        nwb.write(wrong, path, backup=True)
    with pytest.raises(NotWritableError, match="it is there already"):
        nwb.write(new_session(), path, exclusive=True, backup=True)
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (before, [path])


# ---------------------------------------------------------------------------------------------- refused
def _slash(root: Any) -> None:
    root.acquisition.nwb_data_interface["a/b"] = _series("b")


def _key(root: Any) -> None:
    root.acquisition.nwb_data_interface["x"] = _series("y")


def _type(root: Any) -> None:
    unchecked = Collection([core.Device(name="x")])
    root.acquisition = core.NWBFile__acquisition.model_construct(name="acquisition", nwb_data_interface=unchecked)


def _link(root: Any) -> None:
    group = core.ElectrodeGroup(name="g", description="d", location="l", device=core.Device(name="d"))
    root.general.extracellular_ephys = {"name": "extracellular_ephys", "electrode_group": [group]}


def _two(root: Any) -> None:
    root.acquisition.nwb_data_interface.add(_series("x"))
    made = common.DynamicTable(name="x", description="d", colnames=[], id={"name": "id", "value": [0]})
    root.acquisition.dynamic_table.add(made)


def _text(root: Any) -> None:
    root.identifier = "a\0b"


def _series(name: str) -> Any:
    return core.TimeSeries(name=name, data=[1], unit="V")


WRONG: dict[str, tuple[Any, str]] = {
    "a name with a slash": (_slash, "name without '/'"),
    "another name than its key": (_key, "/acquisition/x .*the name 'x'"),
    "another type": (_type, "/acquisition/x.*expected NWBDataInterface, found Device"),
    "a link to what is not there": (_link, "/g/device .*Device 'd', which no group of it holds"),
    "two of one name": (_two, "/acquisition/x.*one child of this name"),
    "text that HDF5 would cut off": (_text, "/identifier.*NUL"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_said_before_anything_is_written(wrong: str, tmp_path: Path) -> None:
    """All places are named, and no file appears."""
    change, message = WRONG[wrong]
    root = new_session()
    change(root)
    with pytest.raises(InvalidModelError, match=message):
        nwb.write(root, tmp_path / "a.nwb")
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------------------------------------- what is no file
def test_model_and_path_exchanged(tmp_path: Path) -> None:
    """It is said which comes first."""
    root: Any = nwb.read(EXAMPLE)
    with pytest.raises(TypeError, match=r"the model comes first, and then the path: .* not '.*b\.nwb'"):
        nwb.write(str(tmp_path / "b.nwb"), root)  # type: ignore[arg-type]
    with nwb.open(tmp_path / "b.nwb", "w") as io, pytest.raises(TypeError, match="the model comes first"):
        io.write(str(tmp_path / "b.nwb"))  # type: ignore[arg-type]


def test_a_file_has_an_nwbfile_at_its_root(tmp_path: Path) -> None:
    """Whether the object was read or made by hand; there is no file then."""
    made = core.TimeSeries(name="root", data=[1], unit="V", rate=1.0, starting_time=0.0)
    for model in (made, nwb.read(EXAMPLE).acquisition["voltage_0"]):
        with pytest.raises(InvalidModelError, match="root: expected an NWBFile: add the object to one"):
            nwb.write(model, tmp_path / "b.nwb")
    assert list(tmp_path.iterdir()) == []


def test_references_and_links_to_what_is_left_out_are_repaired(tmp_path: Path) -> None:
    """Where that is asked for, as in an edit: references become null, links go, and each is named."""
    with new_file(tmp_path / "a.nwb") as file:
        one, two = series(file["acquisition"], "one"), series(file["acquisition"], "two")
        two["of"] = h5py.SoftLink("/acquisition/one")
        two.attrs["one"] = one.ref
        two.attrs.create("many", references(one, file["acquisition"]), dtype=REFERENCE)
    root = nwb.read(tmp_path / "a.nwb")
    del root.acquisition["one"]
    with pytest.raises(InvalidModelError, match="/acquisition/two/of"):
        nwb.write(root, tmp_path / "b.nwb")
    with pytest.warns(NWBWarning) as said:
        nwb.write(root, tmp_path / "b.nwb", repair=True)
    (warning,) = said
    for part in (
        "/acquisition/two/of was a link to /acquisition/one",
        "/acquisition/two@one refers to /acquisition/one",
        "/acquisition/two@many refers to /acquisition/one",
    ):
        assert part in str(warning.message)
    with h5py.File(tmp_path / "b.nwb") as file:
        two = file["acquisition/two"]
        assert "of" not in two
        assert not two.attrs["one"]
        assert [bool(entry) for entry in two.attrs["many"]] == [False, True]


def test_what_to_do_about_references_to_what_is_left_out(tmp_path: Path) -> None:
    """The error says it."""
    with new_file(tmp_path / "a.nwb") as file:
        file["acquisition"].attrs["one"] = series(file["acquisition"], "one").ref
    root = nwb.read(tmp_path / "a.nwb")
    del root.acquisition["one"]
    with pytest.raises(DanglingReferenceError, match="repair=True makes such references null"):
        nwb.write(root, tmp_path / "b.nwb")


def test_groups_in_groups_are_opened_from_each_other(tmp_path: Path) -> None:
    """Not from the root, which takes the square of their number; and as many as there are come out."""
    from nwb_models.io.sources import Opener

    path = "/analysis" + "/g" * 300
    with new_file(tmp_path / "a.nwb") as file:
        file.create_group(path)
    nwb.write(nwb.read(tmp_path / "a.nwb"), tmp_path / "b.nwb")
    with h5py.File(tmp_path / "b.nwb") as file:
        assert path in file
        opener = Opener(file)
        group = opener.open(path)
        assert opener.near(f"{path}/h") == (group, b"h")
        assert opener.near("/general") == (file.id, b"/general")
