"""What validation calls an error is refused when it is written: by hand, changed in a file, and in a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.core import v2_11_0 as core
from nwb_models.generated.hdmf_common import v1_10_0 as common
from nwb_models.validation.rules import RULES
from tests.io.refused import WAYS, require_refused
from tests.io.test_careful_user import column, session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOT_BY_HAND = {"reference", "column-undeclared"}
"""A reference to nothing is only read; and `colnames` follows columns when they are written."""


def table(name: str, rows: int, **more: Any) -> Any:
    """Return a table of one column."""
    return common.DynamicTable(name=name, description="d", vector_data=[column("x", list(range(rows)))], **more)


def sound() -> Any:
    """Return a file with all that the rules are about."""
    file = session()
    tables = file.add(core.ProcessingModule(name="tables", description="d"))
    rows = tables.add(table("rows", 3))
    rows.add_column("tags", [["a"], [], ["b", "c"]], description="d")
    rows.add_column("side", ["left", "right", "left"], description="d", enum=True)
    rows.add_column("where", [0, 1, 2], description="d", table=rows)
    parts = [table("one", 2), table("two", 2)]
    tables.add(
        common.AlignedDynamicTable(name="aligned", description="d", categories=["one", "two"], dynamic_table=parts,
                                   id={"name": "id", "value": [0, 1]})
    )  # fmt: skip
    file.acquisition.add(
        core.TimeSeries(name="one", data=[1.0, 2.0], unit="V", timestamps=[0.0, 1.0], control=np.array([0, 1], "u1"),
                        control_description=["off", "on"])
    )  # fmt: skip
    file.acquisition.add(core.TimeSeries(name="two", data=[1.0, 2.0], unit="V", rate=1.0))
    file.acquisition.add(
        core.ImageSeries(name="video", unit="n.a.", rate=1.0, external_file=["a.avi", "b.avi"], format="external",
                         starting_frame=np.array([0, 9], "i4"))
    )  # fmt: skip
    shank = core.ElectrodeGroup(
        name="shank", description="d", location="CA1", device=file.add(core.Device(name="probe"))
    )
    file.electrodes = core.ElectrodesTable(name="electrodes", description="d")
    file.electrodes.add_row(location="CA1", group=file.add(shank), group_name="shank")
    file.trials = core.TimeIntervals(name="trials", description="d")
    part = file.acquisition["one"].time_window(0, 1)
    file.trials.add_row(start_time=0.0, stop_time=1.0, timeseries=[part])
    return file


def rows_of(file: Any) -> Any:
    return file["processing/tables/rows"]


def aligned_of(file: Any) -> Any:
    return file["processing/tables/aligned"]


def sharing_an_id(file: Any) -> None:
    for name in ("one", "two"):
        file.acquisition[name].object_id = "abc"


def like_another(file: Any) -> None:
    file.acquisition["one"].object_id = file.acquisition["one"].object_id or "abc"
    file.acquisition["two"].object_id = file.acquisition["one"].object_id


def ending_in_itself(file: Any) -> None:
    index = rows_of(file)["tags_index"]
    index.target = index


def ending_elsewhere(file: Any) -> None:
    aligned_of(file)["one"].add(column("x_index", [1, 2], common.VectorIndex, target=rows_of(file)["x"]))


def shorter(file: Any) -> None:
    part = aligned_of(file)["one"]
    part.id.value, part["x"].value = [0], [0]


def longer(file: Any) -> None:
    part = aligned_of(file)
    part.id.value = [0, 1, 2]


BROKEN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "a name too many": ("column-missing", lambda f: setattr(rows_of(f), "colnames", [*rows_of(f).colnames, "other"])),
    "a name twice": ("column-repeated", lambda f: setattr(rows_of(f), "colnames", [*rows_of(f).colnames, "x"])),
    "a column too short": ("column-length", lambda f: setattr(rows_of(f)["x"], "value", [1])),
    "an index of itself": ("index-cycle", ending_in_itself),
    "an index of another table": ("index-target", ending_elsewhere),
    "a category not named": ("category-names", lambda f: setattr(aligned_of(f), "categories", ["one"])),
    "a category too many": ("category-names", lambda f: setattr(aligned_of(f), "categories", ["one", "two", "three"])),
    "a new category": ("category-names", lambda f: aligned_of(f).add(table("three", 2))),
    "a category removed": ("category-names", lambda f: aligned_of(f).__delitem__("two")),
    "a category too short": ("category-length", shorter),
    "categories too short": ("category-length", longer),
    "no times": ("time-missing", lambda f: setattr(f.acquisition["one"], "timestamps", None)),
    "no starting time": ("time-missing", lambda f: setattr(f.acquisition["two"], "starting_time", None)),
    "more samples": ("time-length", lambda f: f.acquisition["one"].data.append([3.0])),
    "more times": ("time-length", lambda f: f.acquisition["one"].timestamps.append([3.0])),
    "more labels": ("control-length", lambda f: setattr(f.acquisition["one"], "control", np.array([0, 0, 1], "u1"))),
    "more frames": ("frames", lambda f: setattr(f.acquisition["video"], "starting_frame", np.array([0, 1, 2], "i4"))),
    "more files": ("frames", lambda f: f.acquisition["video"].external_file.append(["c.avi"])),
    "an index that goes back": ("index-order", lambda f: setattr(rows_of(f)["tags_index"], "value", [2, 1, 3])),
    "an index too far": ("index-range", lambda f: setattr(rows_of(f)["tags_index"], "value", [1, 1, 4])),
    "a row that is not there": ("region-range", lambda f: setattr(rows_of(f)["where"], "value", [0, 1, 3])),
    "no label": ("enum-range", lambda f: setattr(rows_of(f)["side"], "value", np.array([0, 1, 7], "u1"))),
    "fewer labels": ("enum-range", lambda f: setattr(rows_of(f)["side"].elements, "value", ["left"])),
    "a series of another type": (
        "type",
        lambda f: setattr(
            f.trials["timeseries"],
            "value",
            np.array([(0, 1, f.subject)], [("idx_start", "i4"), ("count", "i4"), ("timeseries", object)]),
        ),
    ),
    "no date": ("dtype", lambda f: setattr(f, "file_create_date", ["yesterday"])),
    "no time zone": ("time-zone", lambda f: setattr(f, "file_create_date", ["2026-03-01T12:30:00"])),
    "one identifier": ("object-id", sharing_an_id),
    "the identifier of another": ("object-id", like_another),
}


def test_each_rule_is_broken() -> None:
    """A rule that is added is broken here as well."""
    broken = {rule for rule, _ in BROKEN.values()}
    assert {rule.name for rule in RULES if rule.severity == "error"} - broken == NOT_BY_HAND


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_an_error_is_not_written(broken: str, how: str, tmp_path: Path) -> None:
    """And what was there is as it was."""
    rule, edit = BROKEN[broken]
    if how == "by hand":
        edit(file := sound())
        assert rule in {finding.rule for finding in nwb.validate(file).errors}
    require_refused(sound(), edit, how, f": {rule}: ", tmp_path)
