"""What is given wrongly is refused with what was meant: what, where, and what is wanted."""

from __future__ import annotations

import copy
import os
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import nwb_models as nwb
from nwb_models import core
from nwb_models.errors import NotReadableError, ObjectNotFoundError, SelectionError, SpecificationError
from tests.conftest import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATH = "the path of a file is needed here, and not "
SCHEMAS = "schemas come from files, such as a .*, or folders, and not from 3"
ROW = "a row is a value for each column, by name, as in add_row"
ROWS = "rows are a DataFrame, or a list with a dict for each row, and not "
FRAME = "a DataFrame of pandas is needed, as pandas.DataFrame.* makes it, and not "
CELLS = "the cells of a column are a list or an array, one for each row, and not "


def table() -> Any:
    return core.TimeIntervals(name="t", description="d", start_time=[0.0], stop_time=[1.0])


def series() -> Any:
    return core.TimeSeries(name="x", data=[1, 2, 3], unit="V", rate=1.0)


def of_frame(**options: Any) -> Any:
    return core.TimeIntervals.from_dataframe(table().to_dataframe(), name="t", **options)


def array(nwbfile: Any) -> Any:
    return nwbfile.acquisition["ElectricalSeries"].data.value


SESSION = {"identifier": "i", "session_description": "d"}
CALLS: dict[str, tuple[Callable[[Any], Any], type[Exception], str]] = {
    # what is no path
    "read": (lambda _: nwb.read(3), TypeError, PATH + "3"),  # type: ignore[arg-type]
    "read nothing": (lambda _: nwb.read(None), TypeError, PATH + "None"),  # type: ignore[arg-type]
    "read a model": (lambda f: nwb.read(f), TypeError, PATH + "<NWBFile 'root'"),
    "read an empty path": (lambda _: nwb.read(""), NotReadableError, "the path of a file is needed here, and it is"),
    "read an object": (lambda _: nwb.read(EXAMPLE, 3), TypeError, "the path of an object is text, such as '/units'"),  # type: ignore[arg-type]
    "open": (lambda _: nwb.open(["a.nwb"]), TypeError, PATH),  # type: ignore[arg-type]
    "write": (lambda f: nwb.write(f, 3), TypeError, PATH + "3"),  # type: ignore[arg-type]
    "validate": (lambda _: nwb.validate(5), TypeError, "the path of a file, or a model, is needed here, and not 5"),  # type: ignore[arg-type]
    "check": (lambda _: nwb.check(3), TypeError, PATH + "3"),  # type: ignore[arg-type]
    "diff": (lambda _: nwb.diff(EXAMPLE, 4), TypeError, PATH + "4"),  # type: ignore[arg-type]
    "metadata": (lambda _: nwb.metadata(3), TypeError, PATH + "3"),  # type: ignore[arg-type]
    "apply metadata": (lambda _: nwb.apply_metadata(3, {}), TypeError, PATH + "3"),  # type: ignore[arg-type]
    "types": (lambda _: nwb.object_types(3), TypeError, PATH + "3"),  # type: ignore[arg-type]
    "truncate": (lambda _: nwb.truncate(3), TypeError, PATH + "3"),  # type: ignore[arg-type]
    "repack": (lambda _: nwb.repack(3), TypeError, PATH + "3"),  # type: ignore[arg-type]
    # options
    "limits": (lambda _: nwb.read(EXAMPLE, limits=3), TypeError, r"limits are made by nwb_models.Limits\(...\)"),  # type: ignore[arg-type]
    "schemas": (lambda _: nwb.open(EXAMPLE, schemas=3), TypeError, SCHEMAS),
    "provider": (lambda _: nwb.SchemaProvider(3), TypeError, SCHEMAS),  # type: ignore[arg-type]
    "class": (
        lambda _: nwb.SchemaProvider().get_class("core", "TimeSeris"),
        ObjectNotFoundError,
        "'core' .* has no type 'TimeSeris': did you mean 'TimeSeries'?",
    ),
    "namespace": (
        lambda _: nwb.SchemaProvider().get_class("cor", "TimeSeries"),
        ObjectNotFoundError,
        "No schema of namespace 'cor' is shipped: did you mean 'core'?",
    ),
    "chunks": (lambda _: nwb.DatasetOptions([1, 2], chunks="x"), ValueError, "chunks='x': a length for each of"),  # type: ignore[arg-type]
    # tables
    "a frame": (lambda _: core.Units.from_dataframe({"x": [1]}), TypeError, FRAME + "{'x'"),  # type: ignore[arg-type]
    "a row as a list": (lambda _: table().add_row([0, 1]), TypeError, ROW),
    "rows as columns": (lambda _: table().add_rows({"start_time": [1.0]}), TypeError, ROWS),
    "rows": (lambda _: table().add_rows(3), TypeError, ROWS + "3"),
    "cells": (lambda _: table().add_column("c", 3), TypeError, CELLS + "3"),
    "text for cells": (lambda _: table().add_column("c", "a"), TypeError, CELLS + "'a'"),
    "an index": (lambda _: table().add_column("c", [1], index="x"), TypeError, "index is how many indexes 'c' has"),
    "a name": (lambda _: table().add_column("a/b", [1]), TypeError, "column called 'a/b': a name without '/' is"),
    "columns": (lambda _: table().to_dataframe(columns=3), TypeError, "columns are names, or the name of one, and"),
    "no row": (lambda _: table()[None], TypeError, "<TimeIntervals 't'> is indexed by a name, a list"),
    "three keys": (lambda f: f.units[0, 1, 2], TypeError, "by rows, or by rows and the name of"),
    "descriptions": (lambda f: of_frame(columns=3), TypeError, "columns is a dict from the names of columns to desc"),
    "tables": (lambda f: of_frame(tables=[f.units]), TypeError, "tables is a dict from the names of columns to tables"),
    "blocks": (lambda f: next(array(f).iter_chunks(-1)), ValueError, "rows is -1: the length of a block is a number"),
    "only": (lambda _: nwb.truncate(EXAMPLE, only=3), SelectionError, "only is 3: give the path of an object"),  # type: ignore[arg-type]
    "rows of objects": (lambda _: nwb.truncate(EXAMPLE, rows=3), SelectionError, "rows is 3: give a dict from paths"),  # type: ignore[arg-type]
    "a limit": (lambda _: nwb.read(EXAMPLE, limits=nwb.Limits("4G")), TypeError, "limits are made by .*, of numbers"),  # type: ignore[arg-type]
    # objects
    "a year": (lambda _: core.NWBFile(session_start_time="2026", **SESSION), ValueError, "'2026' is no date and time"),
    "a number for a date": (
        lambda f: setattr(f, "session_start_time", 20260501),
        ValueError,
        "20260501 is no date and time: give a datetime, or text",
    ),
    "no model": (
        lambda _: core.ElectricalSeries(name="e", data=[1.0], rate=1.0, electrodes=[0]),
        ValueError,
        r"a DynamicTableRegion is needed here, not \[0\]",
    ),
    "no name": (lambda f: f.acquisition.nwb_data_interface[3], TypeError, "objects have names: 3 is not one"),
    "no child": (lambda f: f.acquisition.nwb_data_interface.add(3), TypeError, "objects of NWB are added"),
    "a list of objects": (lambda f: f.add([series()]), TypeError, "holds objects of NWB, each added by itself"),
    "no object": (lambda f: f.acquisition.add(3), TypeError, "holds objects of NWB, .*, and 3 is none"),
}  # fmt: skip


@pytest.mark.parametrize("what", CALLS)
def test_what_is_wanted_is_said(what: str) -> None:
    call, error, said = CALLS[what]
    with pytest.raises(error, match=said):
        call(nwb.read(EXAMPLE))


def test_a_path_may_be_of_bytes(session: Path) -> None:
    assert nwb.read(os.fsencode(session)).identifier == nwb.read(session).identifier  # type: ignore[arg-type]
    assert nwb.validate(os.fsencode(session)).ok  # type: ignore[arg-type]


def test_one_schema_may_stand_alone(tmp_path: Path) -> None:
    """The letters of its path are no schemas."""
    with pytest.raises(SpecificationError, match=r"nothing\.yaml"):
        nwb.open(EXAMPLE, schemas=str(tmp_path / "nothing.yaml")).read()


# ---------------------------------------------------------------------------------------------- names of attributes
@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda f: f.unitts, "'NWBFile' object has no attribute 'unitts': did you mean 'units'?"),
        (lambda f: f.acquisition["ElectricalSeries"].rat, "'ElectricalSeries' .* 'rat': did you mean 'rate'?"),
        (lambda f: f.acquisition["ElectricalSeries"].data.apend, "no attribute 'apend': did you mean 'append'?"),
        (lambda f: f.trials.rewardd, "'TimeIntervals' object has no attribute 'rewardd': did you mean 'rewarded'?"),
        (lambda f: f.acquisition.ElectricalSerie, "did you mean 'ElectricalSeries'?"),
        (lambda _: core.TimeSeris, "module 'nwb_models.core' has no attribute 'TimeSeris': did you mean 'TimeSeries'?"),
        (lambda _: nwb.raed, "module 'nwb_models' has no attribute 'raed': did you mean 'read'?"),
        (lambda _: nwb.zzzzzz, "module 'nwb_models' has no attribute 'zzzzzz'$"),
    ],
    ids=["file", "series", "data", "column", "child", "class", "function", "nothing near"],
)
def test_the_attribute_that_was_meant_is_named(ask: Any, said: str) -> None:
    with pytest.raises(AttributeError, match=said) as raised:
        ask(nwb.read(EXAMPLE))
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
    assert str(copy.copy(raised.value)) == str(raised.value)


def test_what_fails_in_a_property_is_said_as_it_is() -> None:
    class Odd(core.TimeSeries):
        @property
        def speed(self) -> Any:
            msg = "no wheel"
            raise AttributeError(msg)

    with pytest.raises(AttributeError, match=r"^no wheel$"):
        Odd(name="x", data=np.zeros(2), unit="V", rate=1.0).speed  # noqa: B018


def test_frames_elsewhere_are_said_with_the_file() -> None:
    video = nwb.read(EXAMPLE).acquisition["behavior_video"]
    for ask in (lambda: video.scaled, lambda: nwb.plot(video)):
        with pytest.raises(
            ValueError, match=r"'behavior_video' .* of .*example.nwb has no data of its own, its frames"
        ):
            ask()
