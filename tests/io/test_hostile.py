"""Files from strangers, made to do harm: each is read or refused in order, whatever is done with it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models import cli
from nwb_models.errors import UnreadableObjectError
from nwb_models.io.faults import reading
from nwb_models.views.page import page_of
from tests.io.handmade import REGION, TEXT, column, new_file, references, series, table, typed
from tests.soak.api import ACTIONS, Said, act

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Build = Callable[[h5py.File], Any]

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
NAMES = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "\x1b[31mred\x1b]0;title\x07",
    "a\nb\r\x9b31m\x7f",
    "\u202eabc\u2066",
    "%s%n{0}{x.__class__}{{7*7}}",
    "=cmd|' /C calc'!A0",
    "[bold]x[/]",
    "..",
    " ",
    "model_fields",
    "\u2028",
)


def indexed(values: Any, target: Callable[[h5py.Group, h5py.Dataset], Any] | None = None) -> Build:
    """Return what writes units with an index, that leads to the spike times or elsewhere."""

    def build(file: h5py.File) -> None:
        made = typed(file, "units", "Units", description="d")
        made.attrs.create("colnames", ["spike_times"], dtype=TEXT)
        column(made, "id", np.arange(3), "ElementIdentifiers")
        column(made, "spike_times", np.arange(6.0), description="d")
        index = column(made, "spike_times_index", values, "VectorIndex", description="d")
        index.attrs["target"] = (target(made, index) if target is not None else made["spike_times"]).ref

    return build


def timed(name: str, value: Any) -> Build:
    """Return what writes a series with something else for its rate, its starting time or its timestamps."""

    def build(file: h5py.File) -> None:
        x = series(file["acquisition"], "x")
        if name == "rate":
            del x["starting_time"].attrs["rate"]
            x["starting_time"].attrs["rate"] = value
            return
        del x["starting_time"]
        x[name] = value
        x[name].attrs.update({"unit": "seconds", "interval": 1, "rate": 10.0})

    return build


def of_type(make: Callable[[], h5py.h5t.TypeID], *, scalar: bool = False) -> Build:
    """Return what writes a series whose data and description are of a type of HDF5."""

    def build(file: h5py.File) -> None:
        x = series(file["acquisition"], "x")
        del x["data"], x.attrs["description"]
        space = h5py.h5s.create(h5py.h5s.SCALAR) if scalar else h5py.h5s.create_simple((5,))
        h5py.Dataset(h5py.h5d.create(x.id, b"data", make(), space)).attrs["unit"] = "V"
        h5py.h5a.create(x.id, b"description", make(), h5py.h5s.create(h5py.h5s.SCALAR))

    return build


def named(name: str, value: Any) -> Build:
    """Return what writes a series with something else for its type, namespace or id."""

    def build(file: h5py.File) -> None:
        x = series(file["acquisition"], "x")
        x.attrs[name] = value

    return build


def _declared(file: h5py.File) -> None:
    """What is declared to have 10^12 entries, of which none is stored."""
    x = series(file["acquisition"], "x")
    del x["data"], x["starting_time"]
    for name in ("data", "timestamps", "control_description"):
        x.create_dataset(name, (10**12,), TEXT if name.startswith("control") else "f4", chunks=(10**5,))
    made = table(file["acquisition"], "T", "x")
    del made["id"]
    for name, kind in (("id", "ElementIdentifiers"), ("x", "VectorData")):
        found = made.create_dataset(name, (10**12,), "i8", chunks=(10**5,))
        found.attrs.update({"neurodata_type": kind, "namespace": "hdmf-common", "description": "d"})
    file.create_dataset("general/keywords", (10**12,), TEXT, chunks=(10**5,))


def _dangling(file: h5py.File) -> None:
    data = file.create_dataset("scratch/d", data=np.arange(10), maxshape=(None,), chunks=(5,))
    region = file.create_dataset("scratch/r", (1,), REGION)
    region[0] = data.regionref[5:10]
    data.resize((2,))
    x = series(file["acquisition"], "x")
    file["scratch"].attrs["x"] = x.ref
    file["scratch/o"] = references(x, x["data"])
    del file["acquisition/x"]


def _itself(file: h5py.File) -> None:
    for name in ("acquisition/x", "units", "general/devices", "intervals"):
        file[name] = h5py.SoftLink(f"/{name}")
    file["acquisition/y"] = h5py.SoftLink(".")
    file["acquisition/z"] = h5py.ExternalLink("file.nwb", "/acquisition/z")
    for number in range(1000):
        file[f"analysis/{number}"] = file["analysis"]


def _parts(file: h5py.File) -> None:
    x = series(file["acquisition"], "x")
    rows = np.zeros(4, np.dtype([("idx_start", "i4"), ("count", "i4"), ("timeseries", h5py.ref_dtype)]))
    rows["idx_start"], rows["count"] = [0, 10**9, 2, 2**31 - 1], [2**31 - 1, 5, -4, 2**31 - 1]
    rows["timeseries"] = [x.ref, x.ref, file.ref, h5py.Reference()]
    made = table(file["acquisition"], "T", "r", "e", "s")
    column(made, "r", rows, "TimeSeriesReferenceVectorData", description="d").attrs["namespace"] = "core"
    column(made, "e", np.array([0, 5, 200], "u1"), "EnumData", description="d").attrs["namespace"] = "hdmf-experimental"
    column(made, "s", [0, -1, 2**62], "DynamicTableRegion", description="d").attrs["table"] = made.ref


def _other_kinds(file: h5py.File) -> None:
    for name in ("session_description", "identifier", "session_start_time", "acquisition", "general"):
        del file[name]
    file.create_group("session_description")
    file["identifier"], file["session_start_time"] = np.arange(5), h5py.Empty("f8")
    file["acquisition"], file["general"], file["units"], file["intervals"] = 3.0, "text", 5, [1, 2]


def _names(file: h5py.File) -> None:
    made = table(file["acquisition"], "T", *(name for name in NAMES if name != ".."))
    for number, name in enumerate(NAMES):
        typed(file["acquisition"], f"t{number}", name)
        x = series(file["acquisition"], f"s{number}")
        x.attrs.update({"description": name, name: name})
        x["data"].attrs["unit"] = name
        if name != "..":
            series(file["analysis"], name)
            column(made, name, np.array([name] * 3, dtype=object), description=name)
    file.create_dataset("general/keywords", data=list(NAMES), dtype=TEXT)
    h5py.h5g.create(file["acquisition"].id, b"caf\xe9")


CASES: dict[str, Build] = {
    "an index that decreases": indexed([4, 2, 6]),
    "an index past the end": indexed([2, 900, 2**40]),
    "an index of NaN": indexed([1, float("nan"), 6]),
    "an index beyond int64": indexed(np.array([1, 2**64 - 1, 2**63], "u8")),
    "a negative index": indexed([-5, -1, 6]),
    "an index of two axes": indexed([[1, 2], [3, 4], [5, 6]]),
    "an index of text": indexed(np.array([b"a", b"b", b"c"])),
    "an index of itself": indexed([1, 2, 3], lambda _, index: index),
    "an index of a group": indexed([1, 2, 3], lambda made, _: made),
    **{f"a rate of {rate!r}": timed("rate", rate) for rate in (-10.0, 0.0, float("nan"), float("inf"), 5e-324, "ten")},
    "two rates": timed("rate", [1.0, 2.0]),
    "a rate without a value": timed("rate", h5py.Empty("f8")),
    "a start of NaN": timed("starting_time", float("nan")),
    "a start that is text": timed("starting_time", "x"),
    "two starts": timed("starting_time", [0.0, 1.0]),
    "no start": timed("starting_time", h5py.Empty("f8")),
    "timestamps of NaN": timed("timestamps", [float("nan")] * 5),
    "timestamps that overflow": timed("timestamps", [1e308, -1e308, 1e308, 0, 0]),
    "timestamps of two axes": timed("timestamps", np.zeros((5, 2))),
    "a single timestamp": timed("timestamps", 3.0),
    "timestamps of text": timed("timestamps", np.array([b"a"] * 5)),
    "a bitfield": of_type(lambda: h5py.h5t.STD_B8LE),
    "a time of HDF5": of_type(lambda: h5py.h5t.UNIX_D32LE),
    "a single time of HDF5": of_type(lambda: h5py.h5t.UNIX_D32LE, scalar=True),
    "opaque bytes": of_type(lambda: h5py.h5t.create(h5py.h5t.OPAQUE, 7)),
    "rows of rows": of_type(lambda: h5py.h5t.vlen_create(h5py.h5t.vlen_create(h5py.h5t.NATIVE_INT32))),
    "rows of text": of_type(lambda: h5py.h5t.vlen_create(h5py.h5t.py_create(TEXT))),
    "a compound of compounds": of_type(lambda: h5py.h5t.py_create(np.dtype([("a", [("b", "i4"), ("c", "f8")])]))),
    "an array type": of_type(lambda: h5py.h5t.array_create(h5py.h5t.NATIVE_INT32, (3, 4))),
    "complex numbers": of_type(lambda: h5py.h5t.py_create(np.dtype("c16"))),
    **{
        f"a {name} that is {kind}": named(name, value)
        for name in ("neurodata_type", "namespace")
        for kind, value in {
            "a number": 5,
            "several": np.array([b"a", b"b"]),
            "nothing": h5py.Empty("S5"),
            "no UTF-8": np.bytes_(b"\xff\xfe\x80"),
            "full-width": "\uff34imeSeries",
            "a path": "../../x",
            "long": "x" * 60_000,
        }.items()
    },
    "10^12 entries": _declared,
    "references to nothing": _dangling,
    "links to themselves": _itself,
    "parts that are not there": _parts,
    "things of another kind": _other_kinds,
    "names that do harm": _names,
}


@pytest.mark.parametrize("kind", CASES)
def test_whatever_is_done_ends_in_order(kind: str, tmp_path: Path) -> None:
    """With a value, or with an error of the library's that says where."""
    path = tmp_path / "file.nwb"
    with new_file(path) as file:
        file.create_group("scratch")
        CASES[kind](file)
    done = ("touch", "tables", "series", "validate", "copy", "truncate", "metadata", "json", "edit")
    for action in done:
        assert not act({"path": str(path), "original": str(path), "action": action}, print)["bad"], action


def test_the_soak_sees_what_is_wrong() -> None:
    """Errors that are none of the library's, and those that do not say of which file they are."""
    assert len(ACTIONS) > 15
    for error, found in ((KeyError("x"), 1), (UnreadableObjectError("no"), 1), (UnreadableObjectError("a.nwb: no"), 0)):
        said = Said("a.nwb")
        with said.tried():
            raise error
        assert len(said.bad) == found


# ------------------------------------------------------------------------------------ what is shown
class _Harmless(HTMLParser):
    """Refuses what a browser would run."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "iframe", "object", "embed")
        for name, value in attrs:
            assert not name.startswith("on")
            assert not (value or "").strip().lower().startswith("javascript")


@pytest.fixture
def nasty(tmp_path: Path) -> Path:
    """Return a file with names and values that do harm where they are shown."""
    with new_file(tmp_path / "file.nwb") as file:
        _names(file)
    return tmp_path / "file.nwb"


@pytest.mark.parametrize("words", ["tree", "tree --types", "validate", "metadata", "metadata --format json"])
def test_no_command_controls_the_terminal(words: str, nasty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names and values of a file are printed with escapes."""
    cli.main([*words.split(), str(nasty)])
    printed = capsys.readouterr()
    assert "abc" in printed.out
    assert CONTROL.search(printed.out + printed.err) is None


def test_no_error_controls_the_terminal(nasty: Path) -> None:
    """Nor does what Python prints of it, nor a representation or an issue."""
    root = nwb.read(nasty, eager=True)
    shown = [repr(child) for child in root.acquisition.values()] + [str(issue) for issue in root.issues]
    with pytest.raises(UnreadableObjectError) as caught, reading("a.nwb", "/\x1b[31m"), h5py.File(nasty) as file:
        file["nothing"]
    assert len(shown) > 2 * len(NAMES)
    for text in (*shown, str(caught.value), str(nwb.check(nasty))):
        assert CONTROL.search(text) is None


def test_no_page_runs_anything(nasty: Path) -> None:
    """Nor does what a notebook shows."""
    _Harmless().feed(page_of(nasty, plots=False))
    root = nwb.read(nasty)
    _Harmless().feed(root._repr_html_())
    for child in root.acquisition.values():
        if hasattr(child, "_repr_html_"):
            _Harmless().feed(child._repr_html_())


@pytest.mark.parametrize("rows", [slice(None), 1, slice(1, 2)])
@pytest.mark.parametrize(
    ("lead", "rule", "found"),
    [
        (lambda _: h5py.Reference(), "reference", "a reference to nothing"),
        (lambda file: file["identifier"].ref, "type", "one to '"),
        (lambda file: file["units"].ref, None, ""),
    ],
    ids=["nothing", "no type", "a type"],
)
def test_references_in_data_that_lead_nowhere_are_noted(
    tmp_path: Path, lead: Any, rule: str | None, found: str, rows: Any
) -> None:
    with new_file(tmp_path / "file.nwb") as file:
        made = typed(file, "units", "Units", description="d")
        made.attrs.create("colnames", ["near"], dtype=TEXT)
        column(made, "id", np.arange(2), "ElementIdentifiers")
        near = column(made, "near", np.array([made.ref, made.ref], dtype=h5py.ref_dtype), description="d")
        near[1] = lead(file)
    with nwb.HDF5IO(tmp_path / "file.nwb") as io:
        io.read("/units/near").value[rows]
        noted = [issue for issue in io.issues if issue.path == "/units/near" and issue.rule in ("reference", "type")]
    assert [issue.rule for issue in noted] == ([rule] if rule else [])
    assert all(issue.found.startswith(found) for issue in noted)
