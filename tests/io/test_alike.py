"""Objects like ones before are not judged again, and what departs from the specifications is still told of each."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from tests.io.handmade import new_file, reach_all, reading, series, typed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _replace(group: h5py.Group, name: str, data: object) -> None:
    attributes = dict(group[name].attrs)
    del group[name]
    group[name] = data
    group[name].attrs.update(attributes)


DEPARTURES: dict[str, Callable[[h5py.Group], object]] = {
    "constant": lambda group: group["starting_time"].attrs.__setitem__("unit", "hours"),
    "type of an attribute": lambda group: group["data"].attrs.__setitem__("conversion", "much"),
    "missing attribute": lambda group: group["starting_time"].attrs.__delitem__("rate"),
    "unknown attribute": lambda group: group.attrs.__setitem__("mood", "good"),
    "shape of the data": lambda group: _replace(group, "data", np.zeros((1, 1, 1, 1, 1))),
    "type of a child": lambda group: _replace(group, "starting_time", "late"),
    "missing child": lambda group: group.__delitem__("data"),
    "unknown child": lambda group: group.create_dataset("more", data=1),
    "number for a type": lambda group: group.create_group("sync").attrs.__setitem__("neurodata_type", 1),
    "no namespace": lambda group: group.attrs.__delitem__("namespace"),
    "unknown type": lambda group: group.attrs.__setitem__("neurodata_type", "Mystery"),
    "empty value": lambda group: group["data"].attrs.__setitem__("conversion", h5py.Empty("f4")),
}


@pytest.mark.parametrize("departure", DEPARTURES)
def test_a_departure_behind_many_that_are_in_order(departure: str, tmp_path: Path) -> None:
    """It is told as when it is alone, and as when each object is built by itself; and of the next one as well."""
    found = {}
    for name, others in {"alone": 0, "behind": 5}.items():
        with new_file(tmp_path / f"{name}.nwb") as file:
            for number in range(others):
                series(file["acquisition"], f"a{number}").create_group("sync")
            for wrong in ("w1", "w2"):
                DEPARTURES[departure](series(file["acquisition"], wrong))
        with reading(tmp_path / f"{name}.nwb", eager=True) as (io, _):
            found[name] = set(io.issues)
    with reading(tmp_path / "behind.nwb", eager=False) as (io, nwbfile):
        reach_all(nwbfile)
        one_by_one = set(io.issues)
    assert found["alone"] == found["behind"] == one_by_one
    assert {issue.path.split("/")[2].split("@")[0] for issue in found["behind"]} == {"w1", "w2"}


def test_dates_are_judged_one_by_one(tmp_path: Path) -> None:
    """The type of the text says nothing of them."""
    with new_file(tmp_path / "a.nwb") as file:
        subjects = file["general"].create_group("subject")
        subjects.attrs.update(neurodata_type="Subject", namespace="core", object_id="s")
        subjects["date_of_birth"] = "yesterday"
    with reading(tmp_path / "a.nwb", eager=True) as (io, _):
        assert [issue.path for issue in io.issues] == ["/general/subject/date_of_birth"]


def test_fields_are_in_the_same_order_each_time(tmp_path: Path) -> None:
    """The second of two that are alike is filled in by what is known of the first."""
    with new_file(tmp_path / "a.nwb") as file:
        for number in range(3):
            series(file["acquisition"], f"a{number}")
            typed(file["analysis"], f"b{number}", "NWBContainer", object_id=f"b{number}")
    with reading(tmp_path / "a.nwb", eager=True) as (_, nwbfile):
        first, *others = (list(vars(nwbfile.acquisition[f"a{number}"])) for number in range(3))
        assert first == others[0] == others[1]
        given = [nwbfile.acquisition[f"a{number}"].model_fields_set for number in range(3)]
        assert given[0] == given[1]
        assert given[0] is not given[1]


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_collection_is_as_it_was(enabled: bool, tmp_path: Path) -> None:
    with new_file(tmp_path / "a.nwb"):
        pass
    try:
        (gc.enable if enabled else gc.disable)()
        nwb.read(tmp_path / "a.nwb", eager=True)
        assert gc.isenabled() is enabled
        assert gc.get_freeze_count() == 0
    finally:
        gc.enable()
