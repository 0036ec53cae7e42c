"""Departures planted in a valid file: each is found, and nothing else is."""

from __future__ import annotations

import shutil
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.validation.rules import RULES
from tests.validation import sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Change = Callable[[h5py.File], Any]


@pytest.fixture(scope="session")
def valid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file without a departure."""
    path = tmp_path_factory.mktemp("sound") / "sound.nwb"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what PyNWB says of its own experimental types
        sound.write(path)
    return path


@dataclass(frozen=True)
class Planted:
    """One departure."""

    id: str
    change: Change
    path: str
    rule: str
    found: str = ""
    """What the finding says, among other things."""
    severity: str = "error"


def replace(path: str, data: Any, **options: Any) -> Change:
    """Put other data in the place of a dataset, with the attributes that it has."""

    def change(file: h5py.File) -> None:
        attributes = dict(file[path].attrs)
        del file[path]
        file.create_dataset(path, data=data, **options).attrs.update(attributes)

    return change


def put(path: str, place: Any, value: Any) -> Change:
    """Change a value in a dataset."""
    return lambda file: file[path].__setitem__(place, value)


def attribute(path: str, name: str, value: Any) -> Change:
    """Set an attribute; None takes it away."""
    if value is None:
        return lambda file: file[path].attrs.__delitem__(name)
    return lambda file: file[path].attrs.__setitem__(name, value(file) if callable(value) else value)


def remove(path: str) -> Change:
    """Take an object away."""
    return lambda file: file.__delitem__(path)


def soft(path: str, target: str) -> Change:
    """Put a soft link in the place of something, or where nothing was."""

    def change(file: h5py.File) -> None:
        if path in file:
            del file[path]
        file[path] = h5py.SoftLink(target)

    return change


def external(path: str) -> Change:
    """Put an external link to a file that is not there."""
    return lambda file: file.__setitem__(path, h5py.ExternalLink("not-there.nwb", "/acquisition/ts"))


def typed(path: str, neurodata_type: str, namespace: str = "core") -> Change:
    """Add a group of a type."""
    names = {"neurodata_type": neurodata_type, "namespace": namespace, "object_id": "new"}
    return lambda file: file.create_group(path).attrs.update(names)


def column(path: str, data: Any) -> Change:
    """Add a column without telling its table."""
    names = {"neurodata_type": "VectorData", "namespace": "hdmf-common", "object_id": "new", "description": "d"}
    return lambda file: file.create_dataset(path, data=data).attrs.update(names)


def window(start: int, count: int) -> Change:
    """Let a trial refer to a part of a series."""

    def change(file: h5py.File) -> None:
        dataset = file["intervals/trials/timeseries"]
        row = dataset[0]
        row["idx_start"], row["count"] = start, count
        dataset[0] = row

    return change


def window_of(target: str | None) -> Change:
    """Let a trial refer to something else than a series, or to nothing."""

    def change(file: h5py.File) -> None:
        dataset = file["intervals/trials/timeseries"]
        row = dataset[0]
        row["timeseries"] = file[target].ref if target else h5py.h5r.Reference()
        dataset[0] = row

    return change


def dangling(path: str, name: str) -> Change:
    """Let an attribute refer to an object that is then taken away."""

    def change(file: h5py.File) -> None:
        gone = file.create_group("scratch_group")
        file[path].attrs[name] = gone.ref
        del file["scratch_group"]

    return change


def dangling_row(file: h5py.File) -> None:
    """Let a row refer to an object that is then taken away."""
    gone = file.create_group("scratch_group")
    file["general/extracellular_ephys/electrodes/group"][2] = gone.ref
    del file["scratch_group"]


def other_table(file: h5py.File) -> None:
    """Let electrodes be rows of another table, which has fewer."""
    file[f"{ES}/electrodes"].attrs["table"] = file[f"{TABLES}/aligned"].ref
    file[f"{ES}/electrodes"][3] = 0


def times_twice(file: h5py.File) -> None:
    """Give a series a rate beside its timestamps."""
    file.copy("acquisition/rated/starting_time", file[TS])


def shorter_category(file: h5py.File) -> None:
    """Take a row of all that a category has."""
    for name in ("id", "x"):
        replace(f"{TABLES}/aligned/category/{name}", [0, 1])(file)


TEXT = h5py.string_dtype()
TRIALS, TS, ES = "intervals/trials", "acquisition/ts", "acquisition/es"
RACK, ELECTRODES = "acquisition/rack", "general/extracellular_ephys/electrodes"
TABLES = "processing/tables"

PLANTED = [
    # what is missing
    Planted("attribute-missing", attribute(f"{TS}/data", "unit", None), f"/{TS}/data@unit", "missing"),
    Planted("dataset-missing", remove(f"{RACK}/sizes"), f"/{RACK}/sizes", "missing"),
    Planted("link-missing", remove(f"{RACK}/device"), f"/{RACK}/device", "missing"),
    Planted("root-field-missing", remove("identifier"), "/identifier", "missing"),
    Planted(
        "type-missing",
        attribute(f"{RACK}/lid", "neurodata_type", None),
        f"/{RACK}/lid",
        "unknown",
        "untyped",
        "warning",
    ),
    Planted("namespace-missing", attribute(TS, "namespace", None), f"/{TS}@namespace", "missing"),
    Planted(
        "child-of-type-missing",
        remove("general/optophysiology/plane/green"),
        "/general/optophysiology/plane",
        "missing",
        "none",
    ),
    Planted("colnames-missing", attribute(TRIALS, "colnames", None), f"/{TRIALS}@colnames", "missing"),
    # what is unknown
    Planted("unknown-attribute", attribute(TS, "mood", "good"), f"/{TS}@mood", "unknown", severity="warning"),
    Planted(
        "unknown-dataset", lambda f: f.__setitem__(f"{TS}/more", 1.0), f"/{TS}/more", "unknown", severity="warning"
    ),
    Planted("unknown-group", lambda f: f.create_group("unheard_of"), "/unheard_of", "unknown", severity="warning"),
    Planted(
        "misplaced-type", typed("general/devices/x", "LabMetaData"), "/general/devices/x", "unknown", severity="warning"
    ),
    Planted("unspecified-type", typed("acquisition/x", "Nonesuch"), "/acquisition/x", "type", "core.Nonesuch"),
    Planted(
        "unspecified-namespace", typed("acquisition/x", "Thing", "ndx-lost"), "/acquisition/x", "namespace", "ndx-lost"
    ),
    Planted("too-few", remove(f"{RACK}/left"), f"/{RACK}", "quantity", "1"),
    Planted("quantity", typed(f"{RACK}/lid2", "Lid", "ndx-rack"), f"/{RACK}/lid2", "quantity"),
    # dtypes, shapes, fixed values
    Planted("attribute-dtype", attribute(RACK, "slots", "four"), f"/{RACK}@slots", "dtype", "text"),
    Planted("attribute-precision", attribute(RACK, "slots", np.int8(4)), f"/{RACK}@slots", "dtype", "int8"),
    Planted("attribute-not-single", attribute(RACK, "slots", np.array([4, 5], "i4")), f"/{RACK}@slots", "shape", "(2)"),
    Planted("dataset-dtype", replace(f"{RACK}/sizes", np.zeros((2, 3), "i4")), f"/{RACK}/sizes", "dtype", "int32"),
    Planted("text-for-numbers", replace(f"{TS}/timestamps", ["a"] * 10), f"/{TS}/timestamps", "dtype", "text"),
    Planted("number-for-text", replace(f"{RACK}/label", 4.0), f"/{RACK}/label", "dtype", "float64"),
    Planted(
        "compound-fields",
        replace("processing/ophys/ImageSegmentation/rois/pixel_mask", np.zeros(3, "u4")),
        "/processing/ophys/ImageSegmentation/rois/pixel_mask",
        "dtype",
        "uint32",
    ),
    Planted("dataset-shape", replace(f"{RACK}/sizes", np.zeros((2, 4), "f4")), f"/{RACK}/sizes", "shape", "(2, 4)"),
    Planted("too-few-axes", replace(f"{RACK}/sizes", np.zeros(3, "f4")), f"/{RACK}/sizes", "shape", "(3)"),
    Planted(
        "array-expected", replace(f"{TS}/control_description", "none"), f"/{TS}/control_description", "shape", "single"
    ),
    Planted(
        "single-expected",
        lambda f: f.create_dataset(f"{RACK}/depth", data=np.zeros(2, "i4")),
        f"/{RACK}/depth",
        "shape",
        "(2)",
    ),
    Planted("empty-dataspace", replace(f"{RACK}/sizes", h5py.Empty("f4")), f"/{RACK}/sizes", "shape", "empty"),
    Planted("fixed-value", attribute(RACK, "kind", "shelf"), f"/{RACK}@kind", "value", "shelf"),
    Planted("fixed-unit", attribute(f"{ES}/data", "unit", "mV"), f"/{ES}/data@unit", "value", "mV"),
    Planted("encoding", attribute(TS, "comments", np.bytes_(b"\xff\xfe")), f"/{TS}@comments", "encoding"),
    # dates
    Planted("no-date", replace("session_start_time", "yesterday"), "/session_start_time", "dtype", "yesterday"),
    Planted("time-zone", replace("session_start_time", "2026-03-01T12:30:00"), "/session_start_time", "time-zone"),
    Planted("time-zone-attribute", attribute(RACK, "built", "2026-03-01T12:30:00"), f"/{RACK}@built", "time-zone"),
    Planted(
        "time-zone-in-array",
        put("file_create_date", 0, "2026-03-01T12:30:00"),
        "/file_create_date",
        "time-zone",
        "number 0",
    ),
    Planted("no-date-in-array", put("file_create_date", 0, "today"), "/file_create_date", "dtype", "today"),
    # links and references
    Planted("soft-dangling", soft("acquisition/lost", "/no/such/thing"), "/acquisition/lost", "link", "nothing"),
    Planted("external-dangling", external("acquisition/lost"), "/acquisition/lost", "link", "not-there.nwb"),
    Planted("link-to-wrong-type", soft(f"{RACK}/device", "/general/subject"), f"/{RACK}/device", "type", "Subject"),
    Planted("link-illegal", soft(f"{RACK}/label", "/identifier"), f"/{RACK}/label", "link", "soft link"),
    Planted("link-to-no-data", soft("acquisition/g", "/general"), "/acquisition/g", "unknown", severity="warning"),
    Planted(
        "attribute-null",
        attribute(f"{ES}/electrodes", "table", lambda f: h5py.h5r.Reference()),
        f"/{ES}/electrodes@table",
        "reference",
    ),
    Planted("attribute-dangling", dangling(f"{ES}/electrodes", "table"), f"/{ES}/electrodes@table", "reference"),
    Planted(
        "attribute-wrong-type",
        attribute(f"{ES}/electrodes", "table", lambda f: f[TS].ref),
        f"/{ES}/electrodes@table",
        "type",
        "TimeSeries",
    ),
    Planted(
        "attribute-no-reference",
        attribute(f"{ES}/electrodes", "table", "electrodes"),
        f"/{ES}/electrodes@table",
        "dtype",
        "text",
    ),
    Planted(
        "row-null", put(f"{ELECTRODES}/group", 1, h5py.h5r.Reference()), f"/{ELECTRODES}/group", "reference", "row 1"
    ),
    Planted("plain-row-null", put(f"{RACK}/shown", 1, h5py.h5r.Reference()), f"/{RACK}/shown", "reference", "row 1"),
    Planted(
        "plain-row-wrong-type",
        lambda f: put(f"{RACK}/shown", 0, f["general/subject"].ref)(f),
        f"/{RACK}/shown",
        "type",
        "Subject",
    ),
    Planted("charset", replace(f"{RACK}/codes", ["x"], dtype=TEXT), f"/{RACK}/codes", "charset", severity="warning"),
    Planted("times-twice", times_twice, f"/{TS}", "time-twice", "both", "warning"),
    Planted("row-dangling", dangling_row, f"/{ELECTRODES}/group", "reference", "row 2"),
    Planted(
        "row-wrong-type",
        lambda f: f[f"{ELECTRODES}/group"].__setitem__(3, f["identifier"].ref),
        f"/{ELECTRODES}/group",
        "type",
        "row 3",
    ),
    # tables
    Planted("column-missing", remove(f"{TRIALS}/stop_time"), f"/{TRIALS}/stop_time", "missing"),
    Planted(
        "column-not-there",
        attribute(f"{TABLES}/levels", "colnames", ["level", "other"]),
        f"/{TABLES}/levels@colnames",
        "column-missing",
        "'other'",
    ),
    Planted("column-undeclared", column(f"{TRIALS}/extra", np.arange(3.0)), f"/{TRIALS}/extra", "column-undeclared"),
    Planted(
        "column-repeated",
        attribute(f"{TABLES}/levels", "colnames", ["level", "level"]),
        f"/{TABLES}/levels@colnames",
        "column-repeated",
    ),
    Planted("column-shorter", replace(f"{TRIALS}/stop_time", [0.5, 1.5]), f"/{TRIALS}/stop_time", "column-length", "2"),
    Planted(
        "column-longer", replace(f"{TRIALS}/stop_time", np.arange(4.0)), f"/{TRIALS}/stop_time", "column-length", "4"
    ),
    Planted(
        "index-longer",
        replace(f"{TRIALS}/tags_index", np.array([1, 3, 6, 6], "u1")),
        f"/{TRIALS}/tags_index",
        "column-length",
        "4",
    ),
    Planted("id-repeated", put(f"{TRIALS}/id", 2, 0), f"/{TRIALS}/id", "id-repeated", "0 2 times", "warning"),
    Planted(
        "index-past-end", put(f"{TRIALS}/tags_index", 2, 200), f"/{TRIALS}/tags_index", "index-range", "200, at row 2"
    ),
    Planted(
        "index-of-index-past-end", put(f"{TRIALS}/deep_index_index", 2, 9), f"/{TRIALS}/deep_index_index", "index-range"
    ),
    Planted(
        "index-decreasing",
        put(f"{TRIALS}/tags_index", 0, 4),
        f"/{TRIALS}/tags_index",
        "index-order",
        "3 behind 4, at row 1",
    ),
    Planted(
        "index-ends-early", put(f"{TRIALS}/tags_index", 2, 5), f"/{TRIALS}/tags_index", "index-end", "5", "warning"
    ),
    Planted(
        "index-of-itself",
        attribute(f"{TRIALS}/tags_index", "target", lambda f: f[f"{TRIALS}/tags_index"].ref),
        f"/{TRIALS}/tags_index@target",
        "index-cycle",
    ),
    Planted(
        "category-undeclared",
        attribute(f"{TABLES}/aligned", "categories", np.array([], TEXT)),
        f"/{TABLES}/aligned/category",
        "category-names",
    ),
    Planted("category-length", shorter_category, f"/{TABLES}/aligned/category", "category-length", "2"),
    Planted(
        "index-of-other-table",
        attribute(f"{TRIALS}/tags_index", "target", lambda f: f["units/spike_times"].ref),
        f"/{TRIALS}/tags_index@target",
        "index-target",
    ),
    Planted(
        "index-of-a-group",
        attribute(f"{TRIALS}/tags_index", "target", lambda f: f[TS].ref),
        f"/{TRIALS}/tags_index@target",
        "type",
        "TimeSeries",
    ),
    Planted("region-past-end", put(f"{ES}/electrodes", 1, 9), f"/{ES}/electrodes", "region-range", "9, at row 1"),
    Planted("region-negative", put(f"{ES}/electrodes", 0, -1), f"/{ES}/electrodes", "region-range", "-1"),
    Planted("region-of-ragged-column", put("units/electrodes", 2, 7), "/units/electrodes", "region-range", "7"),
    Planted("region-of-wrong-table", other_table, f"/{ES}/electrodes@table", "region-table", "aligned", "warning"),
    Planted("enum-range", put(f"{TABLES}/levels/level", 0, 2), f"/{TABLES}/levels/level", "enum-range", "2, at row 0"),
    Planted(
        "category-not-there",
        attribute(f"{TABLES}/aligned", "categories", ["category", "other"]),
        f"/{TABLES}/aligned@categories",
        "category-names",
    ),
    Planted("window-past-end", window(98, 5), f"/{TRIALS}/timeseries", "window-range", "98:103", "warning"),
    Planted("window-to-nothing", window_of(None), f"/{TRIALS}/timeseries", "reference", "row 0 of timeseries"),
    Planted("window-of-wrong-type", window_of("general/subject"), f"/{TRIALS}/timeseries", "type", "Subject"),
    # series
    Planted("no-times", remove(f"{TS}/timestamps"), f"/{TS}", "time-missing"),
    Planted("times-differ", replace(f"{TS}/timestamps", np.arange(5.0)), f"/{TS}/timestamps", "time-length", "5"),
    Planted(
        "times-decrease",
        put(f"{TS}/timestamps", 4, 99.0),
        f"/{TS}/timestamps",
        "time-order",
        "5.0 behind 99.0, at number 5",
        "warning",
    ),
    Planted(
        "times-missing",
        put(f"{TS}/timestamps", slice(3, 5), np.nan),
        f"/{TS}/timestamps",
        "time-order",
        "nan, at row 3 (and 1 more)",
        "warning",
    ),
    Planted(
        "start-of-nothing",
        replace("acquisition/rated/starting_time", np.inf),
        "/acquisition/rated/starting_time",
        "time-start",
        "inf",
        "warning",
    ),
    Planted(
        "rate-without-end",
        attribute("acquisition/rated/starting_time", "rate", np.float32(np.inf)),
        "/acquisition/rated/starting_time@rate",
        "rate",
        "inf",
        "warning",
    ),
    Planted("control-differs", replace(f"{TS}/control", np.zeros(9, "u1")), f"/{TS}/control", "control-length", "9"),
    Planted(
        "control-undescribed",
        remove(f"{TS}/control_description"),
        f"/{TS}/control_description",
        "control-description",
        severity="warning",
    ),
    Planted(
        "rate-of-nothing",
        attribute("acquisition/rated/starting_time", "rate", np.float32(0)),
        "/acquisition/rated/starting_time@rate",
        "rate",
        "0",
        "warning",
    ),
    Planted(
        "rate-missing",
        attribute("acquisition/rated/starting_time", "rate", None),
        "/acquisition/rated/starting_time@rate",
        "missing",
    ),
    Planted(
        "frames",
        attribute("acquisition/video/external_file", "starting_frame", np.array([0, 4], "i4")),
        "/acquisition/video/external_file@starting_frame",
        "frames",
        "2",
    ),
    Planted("electrodes-differ", replace(f"{ES}/electrodes", [0, 1]), f"/{ES}/electrodes", "channels", "2", "warning"),
    Planted(
        "rois-differ",
        replace("processing/ophys/Fluorescence/dff/rois", [0]),
        "/processing/ophys/Fluorescence/dff/rois",
        "channels",
        "1",
        "warning",
    ),
    # the file
    Planted(
        "object-id",
        attribute("acquisition/rated", "object_id", lambda f: f[TS].attrs["object_id"]),
        f"/{TS}@object_id",
        "object-id",
    ),
]


def test_the_file_without_a_departure(valid: Path) -> None:
    """It is valid, and there are enough departures to plant."""
    report = nwb.validate(valid)
    assert (report.ok, len(report), str(report)) == (True, 0, f"{valid}: valid")
    assert len({planted.id for planted in PLANTED}) == len(PLANTED) >= 40
    assert {rule.name for rule in RULES} <= {planted.rule for planted in PLANTED}


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.id)
def test_planted(planted: Planted, valid: Path, tmp_path: Path) -> None:
    """Each departure is found where it is, by its rule, and nothing else is found."""
    path = tmp_path / "planted.nwb"
    shutil.copy(valid, path)
    with h5py.File(path, "r+") as file:
        planted.change(file)
    report = nwb.validate(path)
    assert [(f.path, f.rule, f.severity) for f in report] == [(planted.path, planted.rule, planted.severity)], str(
        report
    )
    assert planted.found in report[0].found
    assert report.ok == (planted.severity == "warning")


WORDS = {rule.name for rule in RULES if rule.severity == "error"} - {"dtype", "type", "time-zone", "reference"}


@pytest.mark.parametrize("planted", [p for p in PLANTED if p.rule in WORDS], ids=lambda planted: planted.id)
def test_what_was_planted_stays(planted: Planted, valid: Path, tmp_path: Path) -> None:
    """What was read is no reason to refuse what is changed beside it."""
    path = tmp_path / "planted.nwb"
    shutil.copy(valid, path)
    with h5py.File(path, "r+") as file:
        planted.change(file)
    with nwb.open(path, "r+") as io:
        root = io.read(eager=True)
        for name in (TRIALS, f"{TABLES}/levels", f"{TABLES}/aligned", TS, "acquisition/video"):
            root[name].description = "another"
        for name in (TRIALS, f"{TABLES}/levels"):
            table = root[name]
            more = table.vector_data[next(iter(table.vector_data))].model_copy()
            more.name, more.value = "more", np.arange(len(table))
            table.vector_data.add(more)
        assert io.write(root)
    found = [(f.path, f.rule) for f in nwb.validate(path) if f.severity == "error"]
    assert found == [(planted.path, planted.rule)]
