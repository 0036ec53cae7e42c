"""A truncated file is still true to its original: in order by itself, and equal to the source as far as it goes."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import h5py
import hdf5plugin
import numpy as np
import pandas as pd
import pynwb
import pytest
from hdmf.common import DynamicTable, MeaningsTable, VectorData
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.base import ImageReferences, Images
from pynwb.image import GrayscaleImage, ImageSeries, IndexSeries
from pynwb.misc import DecompositionSeries, FrequencyBandsTable

import nwb_models as nwb
from nwb_models.errors import (
    NotReadableError,
    NotWritableError,
    NWBError,
    NWBWarning,
    ObjectNotFoundError,
    SelectionError,
)
from nwb_models.io import copying, cutting, excerpt
from tests.conftest import CORPUS, EXAMPLE, corpus_files
from tests.io.handmade import REFERENCE, REGION, TEXT, column, new_file, references, series, table, typed
from tests.io.integrity import objects, problems
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NUMBERS = (1, 2, 10)
BY_PYNWB = ("4.2.0_rich", "1.3.3_rich", "roundtrip_link_timestamps", "ndx-events_0.2.1", "4.0.0_ecephys")
"""Files of the corpus that are read by PyNWB, too."""


# ------------------------------------------------------------------------------------------ the contract
def truncated(source: Path, n: int | None = None, **options: Any) -> Path:
    """Truncate a file, beside itself; what is there is in order, and doing it again changes nothing."""
    target, again = (source.with_name(f"{source.stem}.{name}.nwb") for name in ("cut", "twice"))
    before = source.read_bytes(), source.stat().st_mtime_ns
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NWBWarning)
        nwb.truncate(source, target, n, **options)
        nwb.truncate(target, again, n)
        assert list(nwb.diff(target, again, storage=True, specifications=True)) == []
    assert (source.read_bytes(), source.stat().st_mtime_ns) == before
    assert problems(target) <= problems(source)
    return target


def require_same_in_pynwb(source: Path, target: Path, n: int) -> None:
    """Compare what PyNWB makes of a file and of its first rows: every row of every table, every series."""
    with by_pynwb(source) as whole, by_pynwb(target) as part:
        assert part.keys() == whole.keys()
        for path, obj in part.items():
            if isinstance(obj, DynamicTable):
                require_rows(rows_of(whole[path]), rows_of(obj), n, path)
            elif isinstance(obj, TimeSeries):
                require_entries(whole[path], obj, n)


def require_rows(before: list[Any], after: list[Any], n: int, path: Any) -> None:
    """Check that rows are those of the source: the first n, and others in their order."""
    assert len(after) >= min(n, len(before)), path
    assert after[:n] == before[:n], path
    rest = iter(before[n:])
    assert all(row in rest for row in after[n:]), path


def require_entries(before: TimeSeries, after: TimeSeries, n: int) -> None:
    """Check that a series is the beginning of another one."""
    for name in ("data", "timestamps", "control"):
        values, found = (getattr(series, name, None) for series in (before, after))
        assert (found is None) == (values is None)
        if found is None or not np.shape(found):
            continue
        assert len(found) >= min(n, len(values)), (before.name, name)
        assert plain(found[:]) == plain(values[: len(found)]), (before.name, name)


@contextmanager
def by_pynwb(path: Path) -> Iterator[dict[Any, Any]]:
    """Give the objects of a file as PyNWB reads them, by their paths; several of one path are numbered."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with NWBHDF5IO(str(path), "r", load_namespaces=True) as io:
            seen: Counter[str] = Counter()
            found = {}
            for obj in io.read().objects.values():
                where = path_of(obj)
                found[where, seen[where]] = obj
                seen[where] += 1
            yield found


def path_of(obj: Any) -> str:
    return "" if obj.parent is None else f"{path_of(obj.parent)}/{obj.name}"


def rows_of(table: DynamicTable | pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, with those of other tables in the place of their numbers."""
    frame = table.to_dataframe() if isinstance(table, DynamicTable) else table
    columns = {"id": list(frame.index), **{str(name): list(frame[name]) for name in frame.columns}}
    return [{name: plain(values[number]) for name, values in columns.items()} for number in range(len(frame))]


def plain(value: Any) -> Any:
    """Return what is in a cell as something that compares: objects by their paths."""
    if isinstance(value, pd.DataFrame):
        return rows_of(value)
    if hasattr(value, "timeseries"):  # may be clipped, see require_windows
        return "a range of time"
    if hasattr(value, "object_id"):
        return path_of(value)
    if isinstance(value, h5py.Dataset):
        return plain(value[()])
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(entry) for entry in value]
    return repr(value)


def require_windows(source: Path, target: Path) -> None:
    """Check that ranges of time are those of the source, as far as their series has them still."""
    with h5py.File(source) as whole, h5py.File(target) as part:
        for data in objects(part):
            if isinstance(data, h5py.Dataset) and set(data.dtype.names or ()) == {"idx_start", "count", "timeseries"}:
                rows = iter([(*row, whole[row[2]].name) for row in whole[data.name][()].tolist()])
                for start, count, reference in data[()].tolist():
                    series = part[reference]
                    length = len(series.get("timestamps", series["data"]))
                    assert any((start, count) == clipped(*row[:2], length) and series.name == row[3] for row in rows), (
                        data.name
                    )


def clipped(start: int, count: int, length: int) -> tuple[int, int]:
    """Return a range of time of a series of which the first entries are left."""
    if start < 0 and count < 0:
        return start, count
    inside = range(length)[max(start, 0) : max(start + count, 0)]
    return (inside.start if inside else min(max(start, 0), length - 1)), len(inside)


def findings(path: Path) -> set[str]:
    """Return what PyNWB's validator says of a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {f"{error.name}: {error.reason}" for error in pynwb.validate(path=str(path))}


@pytest.mark.parametrize(("name", "n"), [*((name, n) for name in FILES for n in NUMBERS), ("example", 2)])
def test_files_of_pynwb(name: str, n: int, tmp_path: Path) -> None:
    """What is cut is read by PyNWB as the source is, as far as it goes, and validates."""
    source = tmp_path / f"{name}.nwb"
    if name == "example":
        source.write_bytes(EXAMPLE.read_bytes())
    else:
        FILES[name](source)
    target = truncated(source, n)
    require_windows(source, target)
    require_same_in_pynwb(source, target, n)
    assert findings(target) <= findings(source)


@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(CORPUS)))
def test_the_corpus(path: Path, tmp_path: Path) -> None:
    """Real files, old schemas, extensions: nothing is wrong with a part of one that is right with the whole."""
    source = tmp_path / "source.nwb"
    source.write_bytes(path.read_bytes())
    target = truncated(source, 2)
    require_windows(source, target)
    if path.stem.endswith(BY_PYNWB):
        require_same_in_pynwb(source, target, 2)


# ------------------------------------------------------------------------------------------ how data is stored
ENUM = h5py.enum_dtype({"no": 0, "yes": 1, "maybe": 7}, basetype="u1")
POINT = np.dtype([("x", ">i4"), ("name", h5py.string_dtype()), ("more", [("y", "<f4", (2,))])])
POINTS = np.array([(number, f"p{number}", ((number, 0.5),)) for number in range(50)], POINT)
STORED: dict[str, dict[str, Any]] = {
    "contiguous": {"data": np.arange(50)},
    "big-endian": {"data": np.arange(50, dtype=">f4")},
    "half": {"data": np.arange(50, dtype="<f2")},
    "complex": {"data": np.arange(50, dtype="<c16")},
    "bool": {"data": np.arange(50) % 3 == 0},
    "enum": {"data": np.arange(50, dtype="u1") % 2, "dtype": ENUM},
    "text": {"data": [f"tä{number}" for number in range(50)], "dtype": h5py.string_dtype()},
    "fixed text": {"data": np.array([b"t%d" % number for number in range(50)], "S5")},
    "opaque": {"data": np.array([b"t%d" % number for number in range(50)], "V3")},
    "vlen": {"data": [np.arange(number % 4) for number in range(50)], "dtype": h5py.vlen_dtype("i4")},
    "array": {"shape": (50,), "dtype": np.dtype(("i4", (6,)))},
    "compound": {"data": POINTS},
    "gzip": {"data": np.arange(100).reshape(50, 2), "chunks": (7, 1), "compression": 4, "shuffle": True},
    "lzf": {"data": np.arange(50), "compression": "lzf", "chunks": (20,), "maxshape": (None,), "fletcher32": True},
    "scaleoffset": {"data": np.arange(50) + 1000, "scaleoffset": 0, "chunks": (20,)},
    "blosc": {"data": np.arange(50), "chunks": (20,), **hdf5plugin.Blosc2(cname="zstd")},
    "zstd": {"data": np.arange(50), "chunks": (20,), **hdf5plugin.Zstd(5)},
    "fill value": {"data": np.arange(50), "fillvalue": -7, "maxshape": (None,), "chunks": (3,)},
}


@pytest.mark.parametrize("name", STORED)
def test_entries_are_stored_as_they_were(name: str, tmp_path: Path) -> None:
    """Type, filters, fill value, limits and attributes of a dataset stay; so do the values of its first entries."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        group = series(file["acquisition"], "S")
        del group["data"]
        data = group.create_dataset("data", **STORED[name])
        data.attrs["unit"] = "V"
        if name == "array":  # h5py creates none with data
            data[...] = np.arange(300, dtype="i4").reshape(50, 6)
    with h5py.File(path) as whole, h5py.File(truncated(path, 3)) as part:
        before, after = whole["acquisition/S/data"], part["acquisition/S/data"]
        assert after.shape == (3, *before.shape[1:])
        assert before.id.get_type().equal(after.id.get_type())
        assert after[()].tobytes() == before[:3].tobytes() or plain(after[()]) == plain(before[:3])
        assert storage_of(after) == storage_of(before)
        assert dict(after.attrs) == dict(before.attrs)


def storage_of(data: h5py.Dataset) -> Any:
    options = data.id.get_create_plist()
    filters = [options.get_filter(number)[:1] for number in range(options.get_nfilters())]
    return filters, data.maxshape[1:], data.maxshape[0] is None, plain(data.fillvalue)


def test_data_of_other_files_comes_along(tmp_path: Path) -> None:
    """Virtual datasets and external storage: the rows that stay are in the file; a named type stays the same one."""
    path = tmp_path / "session.nwb"
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["x"] = np.arange(50)
    layout = h5py.VirtualLayout((50,), "i8")
    layout[:] = h5py.VirtualSource(tmp_path / "other.h5", "x", (50,))
    with new_file(path) as file:
        file["general/kind"] = np.dtype("<i8")
        for name in ("virtual", "outside", "named"):
            del series(file["acquisition"], name)["data"]
        file["acquisition/virtual"].create_virtual_dataset("data", layout)
        raw = [(str(tmp_path / "raw.bin"), 0, h5py.h5f.UNLIMITED)]
        file["acquisition/outside"].create_dataset("data", data=np.arange(50), external=raw)
        file["acquisition/named"].create_dataset("data", data=np.arange(50), dtype=file["general/kind"])
    target = truncated(path, 4)
    (tmp_path / "other.h5").unlink()
    (tmp_path / "raw.bin").unlink()
    with h5py.File(target) as part:
        for name in ("virtual", "outside", "named"):
            data = part["acquisition"][name]["data"]
            assert data[()].tolist() == [0, 1, 2, 3]
            assert data.external is None
            assert not data.is_virtual
        assert isinstance(part["general/kind"], h5py.Datatype)


@pytest.mark.parametrize("block", [8, 64, 1000])
def test_large_data_is_copied_in_parts(block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is more than a block goes through memory part by part, and comes out the same; so do scattered rows."""
    for module in (copying, cutting):
        monkeypatch.setattr(module, "BLOCK", block)
    monkeypatch.setattr(cutting, "GAP", 16)
    path = tmp_path / "session.nwb"
    numbers = np.array([40, 3, 17, 18, 3, 45])
    with new_file(path) as file:
        del series(file["acquisition"], "S")["data"]
        file["acquisition/S/data"] = np.arange(600).reshape(50, 3, 4)
        wide = table(file["acquisition"], "wide", "x", "chunked")
        del wide["id"]
        column(wide, "id", np.arange(50), "ElementIdentifiers")
        column(wide, "x", np.arange(100.0).reshape(50, 2))
        chunked = wide.create_dataset("chunked", data=np.arange(50) * 3, chunks=(4,), compression=1)
        chunked.attrs.update(neurodata_type="VectorData", namespace="hdmf-common")
        user = table(file["acquisition"], "user", "rows")
        del user["id"]
        column(user, "id", np.arange(6), "ElementIdentifiers")
        column(user, "rows", numbers, "DynamicTableRegion", table=wide.ref, description="d")
    with h5py.File(truncated(path, 6)) as part:
        assert part["acquisition/S/data"][()].tolist() == np.arange(72).reshape(6, 3, 4).tolist()
        kept = [0, 1, 2, 3, 4, 5, 17, 18, 40, 45]
        found = part["acquisition/wide"]
        assert found["id"][()].tolist() == kept
        assert found["x"][()].tolist() == np.arange(100.0).reshape(50, 2)[kept].tolist()
        assert found["chunked"][()].tolist() == [3 * number for number in kept]
        assert found["id"][()][part["acquisition/user/rows"][()]].tolist() == numbers.tolist()


def test_what_was_never_written_takes_no_space(tmp_path: Path) -> None:
    """Of a dataset that is a million wide and almost empty, the chunks that are there are copied."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        for name, options in (("zero", {}), ("big", {"fillvalue": -3, "dtype": ">i8"})):
            del series(file["acquisition"], name)["data"]
            options = {"dtype": "f8", **options}
            data = file["acquisition"][name].create_dataset("data", (30, 1_000_000), chunks=(10, 10_000), **options)
            data[1, 500_000:500_010] = np.arange(10)
            data[20] = 5
    target = truncated(path, 3)
    with h5py.File(path) as whole, h5py.File(target) as part:
        for name in ("zero", "big"):
            before, after = (file["acquisition"][name]["data"] for file in (whole, part))
            assert np.array_equal(before[:3, 400_000:600_000], after[:, 400_000:600_000])
            assert after[2, 0] == before.fillvalue
            assert after.id.get_storage_size() < 13_000_000  # of 24


# ------------------------------------------------------------------------------------------ what is not cut
def test_what_has_no_entries_and_rows_is_identical(tmp_path: Path) -> None:
    """Scalars, empty and null values, arrays of no table and no series, attributes, object ids, specifications."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        short = series(file["acquisition"], "short", [1.0, 2.0])
        free = file["analysis"]
        free["matrix"] = np.arange(600).reshape(20, 30)
        free["none"] = h5py.Empty("f4")
        free["nothing"] = np.empty((0, 3))
        free["text"] = "ß"
        free["points"] = POINTS
        free.attrs.update(empty=h5py.Empty("i2"), many=np.arange(40), pair=POINTS[:2])
        free.attrs["who"] = short.ref
        references_to = free.create_dataset("references", data=references(*[short, free, short["data"]] * 8))
        references_to.attrs["region"] = short["data"].regionref[:1]
        free["soft"] = h5py.SoftLink("/acquisition/short")
        free["nowhere"] = h5py.SoftLink("/not/there")
        free["out"] = h5py.ExternalLink("else.nwb", "/x")
        free["hard"] = short
        series(file["acquisition"], "long", np.arange(30.0))
        empty = table(file["analysis"], "empty", "x")
        del empty["id"]
        column(empty, "id", np.empty(0, "i8"), "ElementIdentifiers")
        column(empty, "x", np.empty((0, 2)))
    target = truncated(path, 5)
    changes = list(nwb.diff(path, target, specifications=True))
    assert {change.path for change in changes} == {"/acquisition/long/data"}, changes
    with h5py.File(path) as whole, h5py.File(target) as part:
        for name in ("soft", "nowhere", "out", "hard"):
            link, was = (file["analysis"].get(name, getlink=True) for file in (part, whole))
            assert type(link) is type(was)
            assert getattr(link, "path", "") == getattr(was, "path", "")
        assert part["analysis/hard"] == part["acquisition/short"]


def test_links_between_series(tmp_path: Path) -> None:
    """Timestamps and data that several series have in common stay one dataset, and are cut once."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        groups = [series(file["acquisition"], name, np.arange(20.0)) for name in "abcd"]
        for group in groups:
            del group["starting_time"]
        groups[0]["timestamps"] = np.arange(20) / 4
        groups[1]["timestamps"] = groups[0]["timestamps"]
        groups[2]["timestamps"] = h5py.SoftLink("/acquisition/b/timestamps")
        del groups[3]["data"]
        groups[3]["data"] = h5py.SoftLink("/acquisition/a/data")
        groups[3]["timestamps"] = groups[0]["timestamps"]
        file["stimulus/presentation/same"] = groups[0]
    with h5py.File(truncated(path, 4)) as part:
        found = part["acquisition"]
        assert found["b/timestamps"] == found["a/timestamps"] == found["c/timestamps"]
        assert found["c"].get("timestamps", getlink=True).path == "/acquisition/b/timestamps"
        assert found["d"].get("data", getlink=True).path == "/acquisition/a/data"
        assert part["stimulus/presentation/same"] == found["a"]
        assert all(len(found[name]["data"]) == len(found[name]["timestamps"]) == 4 for name in "abcd")


def test_region_references_select_what_they_did(tmp_path: Path) -> None:
    """Regions of data that is cut select the same elements; those that are not there any more are left out."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        data = series(file["acquisition"], "S", np.arange(60).reshape(20, 3))["data"]
        space = data.id.get_space()
        space.select_elements([(1, 2), (7, 0), (2, 1)])
        points = h5py.h5r.create(file.id, data.name.encode(), h5py.h5r.DATASET_REGION, space)
        space.select_hyperslab((0, 0), (5, 2), (4, 2))
        strided = h5py.h5r.create(file.id, data.name.encode(), h5py.h5r.DATASET_REGION, space)
        space.select_none()
        none = h5py.h5r.create(file.id, data.name.encode(), h5py.h5r.DATASET_REGION, space)
        values = np.empty(5, REGION)
        values[:] = [points, strided, none, data.regionref[2:, 1:], data.regionref[...]]
        file["analysis"].create_dataset("regions", data=values)
        file["analysis"].attrs.create("points", points, dtype=REGION)
    with h5py.File(truncated(path, 5)) as part:
        data = part["acquisition/S/data"]
        found = [sorted(selected(data, reference)) for reference in part["analysis/regions"][()]]
        assert found == [[5, 7], [0, 2, 12, 14], [], [7, 8, 10, 11, 13, 14], list(range(15))]
        assert sorted(selected(data, part["analysis"].attrs["points"])) == [5, 7]


def selected(data: h5py.Dataset, reference: Any) -> list[int]:
    """Return the elements of a dataset that a region reference selects."""
    assert data.file[reference] == data
    space = h5py.h5r.get_region(reference, data.file.id)
    count = space.get_select_npoints()
    values = np.empty(count, data.dtype)
    if count:
        data.id.read(h5py.h5s.create_simple((count,)), space, values)
    return values.tolist()


# ------------------------------------------------------------------------------------------ tables
def test_rows_that_survivors_need_survive(tmp_path: Path) -> None:
    """Ragged references to rows of a table, of itself, and of one that refers back: all are there, renumbered."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        one, two = (
            long_table(file["analysis"], "one", "to", "self"),
            long_table(file["analysis"], "two", "back", "name"),
        )
        ragged(one, "to", [[30], [7, 30], [], *[[number] for number in range(37)]], "DynamicTableRegion", table=two.ref)
        column(one, "self", np.minimum(np.arange(40) * 3, 39), "DynamicTableRegion", table=one.ref, description="d")
        column(two, "back", np.arange(40)[::-1], "DynamicTableRegion", table=one.ref, description="d")
        column(two, "name", np.arange(40) * 100)
    with h5py.File(truncated(path, 2)) as part:
        one, two = part["analysis/one"], part["analysis/two"]
        ids = {name: part["analysis"][name]["id"][()] for name in ("one", "two")}
        assert {name: (np.diff(found) > 0).all() for name, found in ids.items()} == {"one": True, "two": True}
        assert {0, 1, 3, 9, 27, 39} <= set(ids["one"].tolist())
        assert {0, 1, 7, 30} <= set(ids["two"].tolist())
        assert ids["one"][one["self"][()]].tolist() == np.minimum(ids["one"] * 3, 39).tolist()
        assert ids["one"][two["back"][()]].tolist() == (39 - ids["two"]).tolist()
        assert two["name"][()].tolist() == (ids["two"] * 100).tolist()
        ends = [0, *one["to_index"][()].tolist()]
        cells = [ids["two"][one["to"][a:b]].tolist() for a, b in pairwise(ends)]
        first = [[30], [7, 30], []]
        assert cells == [first[number] if number < 3 else [number - 3] for number in ids["one"].tolist()]


def long_table(parent: h5py.Group, name: str, *colnames: str, rows: int = 40, **attributes: Any) -> h5py.Group:
    made = table(parent, name, *colnames)
    del made["id"]
    column(made, "id", np.arange(rows), "ElementIdentifiers")
    made.attrs.update(attributes)
    return made


def ragged(group: h5py.Group, name: str, cells: list[Any], kind: str = "VectorData", **attributes: Any) -> None:
    """Add a ragged column with its index."""
    values = column(group, name, np.concatenate([*cells, []]).astype("i8"), kind, description="d", **attributes)
    ends = np.cumsum([len(cell) for cell in cells])
    column(group, f"{name}_index", ends.astype("u2"), "VectorIndex", target=values.ref, description="d")


def test_columns_ragged_through_several_levels(tmp_path: Path) -> None:
    """A column with two indexes, one with three, and one of no elements at all are cut at the end of a row."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        made = long_table(file["analysis"], "t", "deep", "none", rows=6)
        deep = column(made, "deep", np.arange(60).reshape(30, 2))
        first = column(
            made, "deep_index", np.array([3, 3, 10, 11, 20, 21, 25, 30], "u1"), "VectorIndex", target=deep.ref
        )
        second = column(made, "deep_index_index", np.array([1, 2, 4, 4, 6, 8], "u1"), "VectorIndex", target=first.ref)
        column(made, "deep_index_index_index", np.arange(1, 7), "VectorIndex", target=second.ref)
        ragged(made, "none", [[]] * 6)
    with h5py.File(truncated(path, 3)) as part:
        found = part["analysis/t"]
        assert found["deep_index_index_index"][()].tolist() == [1, 2, 3]
        assert found["deep_index_index"][()].tolist() == [1, 2, 4]
        assert found["deep_index"][()].tolist() == [3, 3, 10, 11]
        assert found["deep"][()].tolist() == np.arange(22).reshape(11, 2).tolist()
        assert found["none_index"][()].tolist() == [0, 0, 0]
        assert found["none"].shape == (0,)


def test_tables_that_share_columns(tmp_path: Path) -> None:
    """A column that is in two tables by hard links has what either needs; both keep the same rows."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        one, two = long_table(file["analysis"], "one", "x"), long_table(file["analysis"], "two", "x", "y")
        column(one, "x", np.arange(40) * 2)
        two["x"] = one["x"]
        column(two, "y", np.arange(40) * 3)
        user = long_table(file["analysis"], "user", "rows", rows=2)
        column(user, "rows", np.array([20, 39]), "DynamicTableRegion", table=two.ref, description="d")
    with h5py.File(truncated(path, 2)) as part:
        one, two = part["analysis/one"], part["analysis/two"]
        assert one["x"] == two["x"]
        assert one["id"][()].tolist() == two["id"][()].tolist() == [0, 1, 20, 39]
        assert one["x"][()].tolist() == [0, 2, 40, 78]
        assert two["y"][()].tolist() == [0, 3, 60, 117]
        assert part["analysis/user/rows"][()].tolist() == [2, 3]


def test_elements_that_something_else_needs(tmp_path: Path) -> None:
    """Elements of a ragged column that a region, or another index, needs come with the rows that have them."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        made = long_table(file["analysis"], "t", "x", rows=6)
        ragged(made, "x", [[10 * number, 10 * number + 1] for number in range(6)])
        file["analysis"].attrs.create("part", made["x"].regionref[9:10], dtype=REGION)
        other = long_table(file["analysis"], "other", "y", rows=3)
        other["y"] = made["x"]
        column(other, "y_index", [6, 8, 12], "VectorIndex", target=made["x"].ref)
    with h5py.File(truncated(path, 1)) as part:
        made, other = part["analysis/t"], part["analysis/other"]
        assert selected(made["x"], part["analysis"].attrs["part"]) == [41]
        for found, cells in (
            (made, {0: [0, 1], 1: [10, 11], 2: [20, 21], 4: [40, 41], 5: [50, 51]}),
            (other, {0: [0, 1, 10, 11, 20, 21], 2: [40, 41, 50, 51]}),
        ):
            name = "x" if found == made else "y"
            ends = [0, *found[f"{name}_index"][()].tolist()]
            assert [found[name][a:b].tolist() for a, b in pairwise(ends)] == list(cells.values())
            assert found["id"][()].tolist() == list(cells)


def test_tables_of_tables(tmp_path: Path) -> None:
    """The categories of an aligned table are cut with it; of a table that is merely in another one, nothing is lost."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        aligned = long_table(file["analysis"], "aligned", "x", neurodata_type="AlignedDynamicTable")
        aligned.attrs.create("categories", ["inner"], dtype=TEXT)
        column(aligned, "x", np.arange(40))
        column(long_table(aligned, "inner", "y"), "y", np.arange(40) * 2)
        user = long_table(file["analysis"], "user", "rows", rows=3)
        column(user, "rows", [5, 0, 30], "DynamicTableRegion", table=aligned["inner"].ref, description="d")
    with h5py.File(truncated(path, 2)) as part:
        found = part["analysis/aligned"]
        assert found["id"][()].tolist() == found["x"][()].tolist() == found["inner/id"][()].tolist() == [0, 1, 5]
        assert found["inner/y"][()].tolist() == [0, 2, 10]
        assert part["analysis/user/rows"][()].tolist() == [2, 0]


def test_what_was_wrong_stays_wrong_and_is_said(tmp_path: Path) -> None:
    """Indexes that go backwards or past their data, numbers of rows that are not there: nothing fails, all is named."""
    path, target = tmp_path / "session.nwb", tmp_path / "cut.nwb"
    with new_file(path) as file:
        made = long_table(file["analysis"], "t", "past", "backwards", "rows", rows=6)
        for name, ends in (("past", [2, 4, 90, 91, 92, 93]), ("backwards", [4, 2, 6, 1, 9, 10])):
            values = column(made, name, np.arange(10))
            column(made, f"{name}_index", ends, "VectorIndex", target=values.ref)
        column(made, "rows", [-1, 99, 5, 0, 1, 2], "DynamicTableRegion", table=made.ref, description="d")
    report = nwb.truncate(path, target, 3)
    truncated(path, 3)
    assert "/analysis/t/past_index" in " ".join(report.unsound)
    assert "/analysis/t/rows" in " ".join(report.unsound)
    with h5py.File(target) as part:
        found = part["analysis/t"]
        assert found["id"][()].tolist() == [0, 1, 2, 5]
        assert found["rows"][()].tolist() == [-1, 99, 3, 2]
        assert found["past_index"][()].max() == len(found["past"])
        assert found["past"][()].tolist()[:4] == [0, 1, 2, 3]


def test_meanings_of_values_are_all_kept(tmp_path: Path) -> None:
    """The table that says what the values of a column mean has a row for each of the values that are there."""
    path = tmp_path / "session.nwb"
    nwbfile = nwbfile_of_pynwb()
    meanings = MeaningsTable(target=VectorData(name="kind", description="d", data=[f"k{n % 7}" for n in range(20)]),
                             description="d")  # fmt: skip
    for number in range(7):
        meanings.add_row(value=f"k{number}", meaning=f"the {number}th kind")
    events = DynamicTable(name="events", description="d", columns=[meanings.target], meanings_tables=[meanings])
    nwbfile.add_acquisition(events)
    write(nwbfile, path)
    target = truncated(path, 3)
    require_same_in_pynwb(path, target, 3)
    with h5py.File(target) as part:
        names = []
        part.visit(names.append)
        table_of_meanings = next(part[name] for name in names if name.endswith("meanings"))
        assert len(table_of_meanings["id"]) >= 3


def test_ranges_of_time_are_clipped(tmp_path: Path) -> None:
    """Ranges that are missing stay so; of others, what the series has still; what is too long or negative is mended."""
    path, target = tmp_path / "session.nwb", tmp_path / "cut.nwb"
    dtype = np.dtype([("idx_start", "i4"), ("count", "i4"), ("timeseries", REFERENCE)])
    ranges = [(0, 3), (2, 40), (-1, -1), (-3, 5), (6, 2), (0, 0), (1, 3)]
    with new_file(path) as file:
        one = series(file["acquisition"], "one", np.arange(20.0))
        made = long_table(file["analysis"], "t", "w", rows=7)
        windows = np.array([(start, count, one.ref) for start, count in ranges], dtype)
        column(made, "w", windows, "TimeSeriesReferenceVectorData")
    report = nwb.truncate(path, target, 6)
    assert report.clipped == {"/analysis/t/w": 3}
    truncated(path, 6)
    require_windows(path, target)
    with h5py.File(target) as part:
        found = part["analysis/t/w"][()]
        assert found["idx_start"].tolist() == [0, 2, -1, 0, 5, 0]
        assert found["count"].tolist() == [3, 4, -1, 2, 0, 0]
        assert all(part[reference] == part["acquisition/one"] for reference in found["timeseries"])
    nwb.truncate(path, target, time=(0.5, 1.2))
    with h5py.File(target) as part:  # entries 5 to 11
        assert part["acquisition/one/data"][()].tolist() == list(range(5, 12))
        assert part["analysis/t/w"]["idx_start"].tolist() == [0, 0, -1, 0, 1, 0, 0]
        assert part["analysis/t/w"]["count"].tolist() == [0, 7, -1, 0, 2, 0, 0]


# ------------------------------------------------------------------------------------------ series
def test_series_of_unusual_forms(tmp_path: Path) -> None:
    """Channels first, frames elsewhere, bands, indexes into series and images, events of channels."""
    path = tmp_path / "session.nwb"
    nwbfile = nwbfile_of_pynwb()
    video = ImageSeries(
        name="video", external_file=["a.avi", "b.avi"], starting_frame=[0, 15], format="external", unit="n.a.",
        timestamps=np.arange(30) / 10,
    )  # fmt: skip
    nwbfile.add_acquisition(video)
    frames = ImageSeries(name="frames", data=np.arange(20 * 4).reshape(20, 2, 2), rate=1.0, unit="n.a.")
    nwbfile.add_stimulus_template(frames)
    photos = [GrayscaleImage(name=f"photo{number}", data=np.full((3, 15), number)) for number in range(12)]
    images = Images(name="images", images=photos, order_of_images=ImageReferences(name="order_of_images", data=photos))
    nwbfile.add_stimulus_template(images)
    shown = np.array([17, 3, 17, *range(17)], "u4")
    nwbfile.add_stimulus(IndexSeries(name="photos", data=shown % 12, indexed_images=images, unit="N/A", rate=1.0))
    bands = FrequencyBandsTable()
    for number in range(15):
        limits = np.array([number, number + 1.0])
        bands.add_row(band_name=f"b{number}", band_limits=limits, band_mean=1.0, band_stdev=0.5)
    nwbfile.add_acquisition(DecompositionSeries(
        name="spectrum", data=np.arange(20 * 2 * 15.0).reshape(20, 2, 15), metric="power", bands=bands, rate=1.0,
    ))  # fmt: skip
    write(nwbfile, path)
    with h5py.File(path, "a") as file:
        across = series(file["acquisition"], "across", np.arange(90).reshape(3, 30))
        across.attrs["object_id"] = "7b6f6fd2-5a0c-4b87-a2d9-7e1df3e1b0bb"
        del across["starting_time"]
        across["timestamps"] = np.arange(30.0)
        across["timestamps"].attrs.update(unit="seconds", interval=np.int32(1))
        old = series(file["stimulus/presentation"], "shown", shown)
        old.attrs["neurodata_type"] = "IndexSeries"
        old["indexed_timeseries"] = h5py.SoftLink("/stimulus/templates/frames")
    target = truncated(path, 2)
    assert findings(target) <= findings(path)
    with h5py.File(path) as whole, h5py.File(target) as part:
        assert part["acquisition/across/data"].shape == (3, 30)
        assert part["acquisition/across/timestamps"].shape == (30,)
        assert part["acquisition/spectrum/data"].shape == (2, 2, 15)
        assert len(part["acquisition/spectrum/bands/id"]) == 15
        assert part["acquisition/video/external_file"].shape == (2,)
        assert part["acquisition/video/data"].shape == whole["acquisition/video/data"].shape
        assert part["stimulus/templates/photo0" if "photo0" in part["stimulus/templates"] else
                    "stimulus/templates/images/photo0"].shape == (3, 15)  # fmt: skip
        kept = part["stimulus/templates/frames/data"]
        numbers = part["stimulus/presentation/shown/data"][()]
        assert kept[()][numbers].tolist() == whole["stimulus/templates/frames/data"][()][shown[:2]].tolist()
        order = part["stimulus/templates/images/order_of_images"]
        photo = [part[order[number]].name for number in part["stimulus/presentation/photos/data"][()]]
        assert [name.rpartition("/")[2] for name in photo] == ["photo5", "photo3"]


def nwbfile_of_pynwb() -> NWBFile:
    return NWBFile(
        session_description="a session", identifier="id", session_start_time=datetime(2026, 3, 1, tzinfo=UTC)
    )


def write(nwbfile: NWBFile, path: Path) -> None:
    with NWBHDF5IO(str(path), "w") as io:
        io.write(nwbfile)


def test_entries_of_an_extension(tmp_path: Path) -> None:
    """A dataset of an extension whose first axis is called like that of the data is cut with it; another one is not."""
    path = tmp_path / "session.nwb"
    schema = [{"namespace": "core"}, {"source": "tracking"}]
    about = {
        "name": "ndx-tracking",
        "version": "0.1.0",
        "author": ["a"],
        "contact": ["c"],
        "doc": "d",
        "schema": schema,
    }
    datasets = [
        {"name": name, "dtype": "numeric", "dims": dims, "shape": [None], "doc": "d"}
        for name, dims in (("confidence", ["num_times"]), ("colors", ["num_colors"]))
    ]
    types = {
        "neurodata_type_def": "Tracked", "neurodata_type_inc": "TimeSeries", "doc": "d", "datasets": datasets
    }  # fmt: skip
    with new_file(path) as file:
        file["specifications/ndx-tracking/0.1.0/namespace"] = json.dumps({"namespaces": [about]})
        file["specifications/ndx-tracking/0.1.0/tracking"] = json.dumps({"groups": [types]})
        group = series(file["acquisition"], "S", np.arange(40.0))
        group.attrs.update(neurodata_type="Tracked", namespace="ndx-tracking")
        group["confidence"] = np.arange(40) / 40
        group["colors"] = np.arange(40)
    with h5py.File(truncated(path, 3)) as part:
        group = part["acquisition/S"]
        assert group["data"].shape == group["confidence"].shape == (3,)
        assert group["colors"].shape == (40,)


def test_events_detected_in_a_series(tmp_path: Path) -> None:
    """The entries of a recording in which events were detected are there, as far as the last of them."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        recording = series(file["acquisition"], "recording", np.arange(60).reshape(30, 2))
        for name, found in (("one", [8, 2, 20, 25]), ("two", [[4, 1], [11, 0], [12, 1], [29, 1]])):
            events = typed(file["processing"], name, "EventDetection")
            events["source_idx"] = np.array(found)
            events["times"] = np.arange(4.0)
            events["source_electricalseries"] = h5py.SoftLink(recording.name)
    with h5py.File(truncated(path, 2)) as part:
        assert part["acquisition/recording/data"][:, 0].tolist() == list(range(0, 24, 2))
        assert part["processing/one/source_idx"][()].tolist() == [8, 2]
        assert part["processing/one/times"][()].tolist() == [0.0, 1.0]
        assert part["processing/two/source_idx"][()].tolist() == [[4, 1], [11, 0]]
    target = tmp_path / "later.nwb"
    nwb.truncate(path, target, rows={"/acquisition/recording": slice(5, 7)})
    with h5py.File(target) as part:  # from the second entry on, as one of the events needs it
        assert part["acquisition/recording/data"][0].tolist() == [4, 5]
        assert part["acquisition/recording/starting_time"][()] == pytest.approx(0.2)
        assert part["processing/two/source_idx"][()].tolist() == [[2, 1], [9, 0], [10, 1], [27, 1]]


# ------------------------------------------------------------------------------------------ a part of a file
def test_only_what_is_named_and_what_it_needs(tmp_path: Path) -> None:
    """A series comes with its electrodes, their group and device; nothing else, and PyNWB reads it."""
    path, target = tmp_path / "session.nwb", tmp_path / "part.nwb"
    FILES["ecephys"](path)
    report = nwb.truncate(path, target, only=["processing/ecephys/LFP/lfp/"])
    assert problems(target) == set()
    assert findings(target) <= findings(path)
    with by_pynwb(target) as part, by_pynwb(path) as whole:
        kept = {where for where, _ in part}
        assert {"/ecephys/LFP/lfp", "/electrodes", "/shank", "/probe"} <= kept
        assert not {where for where in kept if where.startswith("/units")}
        raw = part["/ElectricalSeries", 0]  # it has the electrodes, to which the other one has a link
        assert raw.data.shape == (0, 4)
        assert len(raw.electrodes.data) == 4
        lfp = ("/ecephys/LFP/lfp", 0)
        assert part[lfp].data.shape == whole[lfp].data.shape
        assert rows_of(part["/electrodes", 0]) == rows_of(whole["/electrodes", 0])
    assert "/units" in report.dropped
    assert {part.path: part.kept for part in report.parts} == {"/acquisition/ElectricalSeries": 0}


def test_only_some_rows_and_what_they_need(tmp_path: Path) -> None:
    """Of a table that is only there for another one, there are the rows that this one needs."""
    path, target = tmp_path / "session.nwb", tmp_path / "part.nwb"
    FILES["ecephys"](path)
    nwb.truncate(path, target, only=["/units"], rows={"units": slice(1, 3)})
    assert problems(target) == set()
    with by_pynwb(target) as part, by_pynwb(path) as whole:
        assert rows_of(part["/units", 0]) == rows_of(whole["/units", 0])[1:]
        assert rows_of(part["/electrodes", 0]) == rows_of(whole["/electrodes", 0])[1:3]


def test_only_an_object_that_ranges_of_time_are_of(tmp_path: Path) -> None:
    """Ranges of time bring the entries that they are of, where nothing is said of the series."""
    path, target = tmp_path / "session.nwb", tmp_path / "part.nwb"
    FILES["behavior"](path)
    nwb.truncate(path, target, only=["/intervals/trials"], rows={"/intervals/trials": slice(1, 3)})
    assert problems(target) == set()
    with by_pynwb(target) as part, by_pynwb(path) as whole:
        before, after = (file["/trials", 0].to_dataframe()["timeseries"] for file in (whole, part))
        assert [[list(r.data) for r in cell] for cell in after] == [
            [list(r.data) for r in cell] for cell in before[1:3]
        ]
        assert [[list(r.timestamps) for r in cell] for cell in after] == [
            [list(r.timestamps) for r in cell] for cell in before[1:3]
        ]
        assert ("/clock", 0) not in part


def test_a_part_of_time(tmp_path: Path) -> None:
    """Series by timestamps and by rate, intervals that overlap, events, spikes with what is parallel to them."""
    path, target = tmp_path / "session.nwb", tmp_path / "part.nwb"
    nwbfile = nwbfile_of_pynwb()
    nwbfile.add_acquisition(TimeSeries(name="rate", data=np.arange(100), unit="V", rate=10.0, starting_time=2.0))
    nwbfile.add_acquisition(TimeSeries(name="times", data=np.arange(50), unit="V", timestamps=np.arange(50) / 3))
    nwbfile.add_acquisition(TimeSeries(name="late", data=np.arange(5), unit="V", rate=1.0, starting_time=90.0))
    nwbfile.add_unit_column(name="spike_depths", description="d", index=True)
    nwbfile.add_unit_column(name="notes", description="d", index=True)
    for unit in range(4):
        spikes = np.arange(unit * 20) / 4
        nwbfile.add_unit(spike_times=spikes, spike_depths=spikes * 100, notes=[unit] * 2)
    for number in range(12):
        nwbfile.add_trial(start_time=number - 0.5, stop_time=number + 0.6)
    write(nwbfile, path)
    nwb.truncate(path, target, time=(4.0, 6.0))
    assert problems(target) == set()
    assert findings(target) <= findings(path)
    with by_pynwb(path) as whole, by_pynwb(target) as part:
        series_of_rate = part["/rate", 0]
        assert series_of_rate.starting_time == 4.0
        assert series_of_rate.data[()].tolist() == list(range(20, 40))
        times = part["/times", 0]
        expected = [n for n in range(50) if 4 <= n / 3 < 6]
        assert times.data[()].tolist() == expected
        assert times.timestamps[()].tolist() == (np.array(expected) / 3).tolist()
        assert len(part["/late", 0].data) == 0
        assert [int(row["id"]) for row in rows_of(part["/trials", 0])] == [4, 5, 6]
        units = part["/units", 0].to_dataframe()
        assert units["notes"].map(list).tolist() == whole["/units", 0].to_dataframe()["notes"].map(list).tolist()
        for unit, row in units.iterrows():
            spikes = np.arange(unit * 20) / 4
            spikes = spikes[(spikes >= 4) & (spikes < 6)]
            assert np.array_equal(row["spike_times"], spikes)
            assert np.array_equal(row["spike_depths"], spikes * 100)


def test_a_part_of_time_of_many_timestamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of timestamps that are too many to be read at once, the bounds are found by halving."""
    path, target = tmp_path / "session.nwb", tmp_path / "part.nwb"
    nwbfile = nwbfile_of_pynwb()
    nwbfile.add_acquisition(TimeSeries(name="times", data=np.arange(500), unit="V", timestamps=np.arange(500) // 3 / 7))
    write(nwbfile, path)
    monkeypatch.setattr(excerpt, "ALL_AT_ONCE", 4)
    nwb.truncate(path, target, 5, time=(10 / 7, 30.0))
    with h5py.File(target) as part:
        assert part["acquisition/times/data"][()].tolist() == [30, 31, 32, 33, 34]


# ------------------------------------------------------------------------------------------ other files
@pytest.fixture
def two_files(tmp_path: Path) -> Path:
    """A file with a series of which the data is in another one, and a link to a whole series there."""
    path = tmp_path / "session.nwb"
    with new_file(tmp_path / "raw.nwb") as file:
        series(file["acquisition"], "whole", np.arange(50.0) * 2)
        file["analysis/x"] = np.arange(50.0)
    with new_file(path) as file:
        group = series(file["acquisition"], "S")
        del group["data"], group["starting_time"]
        group["timestamps"] = np.arange(50.0)
        file["acquisition/S/data"] = h5py.ExternalLink("raw.nwb", "/analysis/x")
        file["acquisition/other"] = h5py.ExternalLink("raw.nwb", "/acquisition/whole")
        series(file["acquisition"], "own", np.arange(50.0))
    return path


def test_external_links_are_kept(two_files: Path) -> None:
    """By default, they stay links, and the series of which the data is elsewhere is not cut."""
    folder = two_files.parent / "elsewhere"
    folder.mkdir()
    nwb.truncate(two_files, folder / "cut.nwb", 4)
    with h5py.File(folder / "cut.nwb") as part:
        assert isinstance(part["acquisition"].get("other", getlink=True), h5py.ExternalLink)
        assert part["acquisition/S/data"].shape == part["acquisition/other/data"].shape == (50,)
        assert part["acquisition/S/timestamps"].shape == (50,)
        assert part["acquisition/own/data"].shape == (4,)


def test_external_links_are_copied(two_files: Path) -> None:
    """What they lead to becomes a part of the file, and is cut like all the rest."""
    target = two_files.with_name("cut.nwb")
    report = nwb.truncate(two_files, target, 4, externals="copy")
    assert len(report.externals) == 2
    two_files.with_name("raw.nwb").unlink()
    with h5py.File(target) as part:
        for name, values in (("S", [0.0, 1.0, 2.0, 3.0]), ("other", [0.0, 2.0, 4.0, 6.0])):
            assert part["acquisition"][name]["data"][()].tolist() == values
        assert part["acquisition/S/timestamps"].shape == (4,)
    with h5py.File(target) as part:
        for name in ("S", "other"):
            assert isinstance(part["acquisition"].get(name, getlink=True), h5py.HardLink)
    assert problems(target) == set()


def test_external_links_are_dropped(two_files: Path) -> None:
    """They are not there any more, and neither is a series that has no data without them."""
    target = two_files.with_name("cut.nwb")
    report = nwb.truncate(two_files, target, 4, externals="drop")
    with h5py.File(target) as part:
        assert list(part["acquisition"]) == ["own"]
    assert len(report.externals) == 2
    with nwb.open(target) as io:
        io.read(strict=True)


# ------------------------------------------------------------------------------------------ what is refused
@pytest.mark.parametrize(
    ("options", "error"),
    {
        "n of 0": ({"n": 0}, SelectionError),
        "n below 0": ({"n": -3}, SelectionError),
        "n no number": ({"n": "3"}, SelectionError),
        "n half": ({"n": 2.5}, SelectionError),
        "n true": ({"n": True}, SelectionError),
        "no object": ({"only": ["/nothing/there"]}, ObjectNotFoundError),
        "no table": ({"rows": {"/nothing": slice(0, 3)}}, ObjectNotFoundError),
        "rows of no table": ({"rows": {"/general": slice(0, 3)}}, SelectionError),
        "rows behind the end": ({"rows": {"/acquisition/S": slice(100, 200)}}, SelectionError),
        "rows of no step": ({"rows": {"/acquisition/S": slice(0, 3, 0)}}, SelectionError),
        "rows as text": ({"rows": {"/acquisition/S": "0:3"}}, SelectionError),
        "time backwards": ({"time": (3.0, 2.0)}, SelectionError),
        "time of no length": ({"time": (3.0, 3.0)}, SelectionError),
        "time that is none": ({"time": (float("nan"), 3.0)}, SelectionError),
        "time as text": ({"time": ("a", "b")}, SelectionError),
        "time of three": ({"time": (1.0, 2.0, 3.0)}, SelectionError),
        "only as text": ({"only": "/nothing"}, ObjectNotFoundError),
        "externals": ({"externals": "maybe"}, SelectionError),
    }.values(),
    ids=str,
)
def test_bad_requests(options: dict[str, Any], error: type[Exception], tmp_path: Path) -> None:
    """What cannot be is refused in one line, and nothing is written."""
    path, target = tmp_path / "session.nwb", tmp_path / "cut.nwb"
    with new_file(path) as file:
        series(file["acquisition"], "S")
    with pytest.raises(error) as caught:
        nwb.truncate(path, target, **options)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, NWBError)
    assert not target.exists()


@pytest.mark.parametrize("link", ["the path", "another way", "symbolic", "hard"])
def test_the_source_is_no_target(link: str, tmp_path: Path) -> None:
    """By no name that it has is the source written to."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        series(file["acquisition"], "S")
    target = tmp_path / "name.nwb"
    if link == "symbolic":
        target.symlink_to(path)
    elif link == "hard":
        target.hardlink_to(path)
    else:
        target = path if link == "the path" else tmp_path / ".." / tmp_path.name / "session.nwb"
    before = path.read_bytes(), path.stat()
    with pytest.raises(NotWritableError, match="is the source"):
        nwb.truncate(path, target, 2)
    assert (path.read_bytes(), path.stat()) == before


def test_a_file_that_is_copied_from_is_no_target(two_files: Path) -> None:
    """Nor is a file that something is copied from."""
    raw = two_files.with_name("raw.nwb")
    before = raw.read_bytes()
    with pytest.raises(NotWritableError):
        nwb.truncate(two_files, raw, 4, externals="copy")
    assert raw.read_bytes() == before


def test_a_source_that_is_none(tmp_path: Path) -> None:
    """A file that is not there, and one that is no NWB file: errors of this library, no target."""
    (tmp_path / "text.nwb").write_text("text")
    for name in ("nothing.nwb", "text.nwb"):
        with pytest.raises(NotReadableError):
            nwb.truncate(tmp_path / name, tmp_path / "cut.nwb")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["text.nwb"]


def test_the_report(tmp_path: Path) -> None:
    """It says what was cut, what is there for the sake of what, and what is whole and why."""
    path = tmp_path / "session.nwb"
    with new_file(path) as file:
        series(file["acquisition"], "S", np.arange(50.0))
        wide = long_table(file["analysis"], "wide", "x")
        column(wide, "x", np.arange(40))
        user = long_table(file["analysis"], "user", "rows", rows=5)
        column(user, "rows", [30] * 5, "DynamicTableRegion", table=wide.ref, description="d")
    report = nwb.truncate(path, n=3)
    assert report.target == tmp_path / "session_truncated.nwb"
    assert report.target.exists()
    parts = {part.path: (part.kept, part.total, part.needed_by) for part in report.parts}
    assert parts == {
        "/acquisition/S": (3, 50, ()),
        "/analysis/wide": (4, 40, ("/analysis/user/rows",)),
        "/analysis/user": (3, 5, ()),
    }
    assert "/analysis/wide: 4 of 40, for the sake of /analysis/user/rows" in str(report).splitlines()
