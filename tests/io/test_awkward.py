"""Files that PyNWB would never write, each built by hand, and read lazily and eagerly: what h5py finds is there."""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest
from h5py import h5a, h5d, h5p, h5s, h5t, h5z
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nwb_models as nwb
from nwb_models.errors import DepartureError, NotNWBError, NWBWarning, ObjectNotFoundError, UnreadableObjectError
from nwb_models.io.arrays import HDF5Array
from nwb_models.models import Array, NWBDataset, NWBGroup, NWBModel, consistency
from nwb_models.models.links import Region, Unresolved
from tests.compare import compare
from tests.io.handmade import (
    DATE,
    REFERENCE,
    REGION,
    TEXT,
    column,
    new_file,
    reach_all,
    reading,
    references,
    series,
    table,
    typed,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Build = Callable[[h5py.File], None]

lazily_and_eagerly = pytest.mark.parametrize("eager", [False, True], ids=["lazy", "eager"])


def cases(rows: dict[str, Any]) -> Any:
    """Parametrize with the rows of a table; one whose last entry is a mark is a bug that is known."""
    params = []
    for name, row in rows.items():
        row = row if isinstance(row, tuple) else (row,)
        marks = [part for part in row if isinstance(part, pytest.MarkDecorator)]
        values = [part for part in row if not isinstance(part, pytest.MarkDecorator)]
        params.append(pytest.param(*values, id=name, marks=marks))
    return params


def built(path: Path, build: Build, **options: Any) -> Path:
    """Write a file and return its path."""
    with new_file(path, **options) as file:
        build(file)
    return path


def same_as_h5py(io: nwb.HDF5IO, path: Path) -> None:
    """Compare every object, attribute, child and value with what h5py says."""
    with h5py.File(path) as file:
        result = compare(io, file)
    assert result.differences == []


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, for tests in which models are generated."""
    monkeypatch.setenv("NWB_MODELS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


# ---------------------------------------------------------------------------------------------- links
SOFT = h5py.SoftLink
LINKS: dict[str, Any] = {
    # name: (links to make, as "path of a hard link" or SoftLink; path to read: the object there, None for nothing)
    "hard link to a group": (
        {"/acquisition/x_again": "/acquisition/x"},
        {"/acquisition/x_again": "/acquisition/x"},
    ),
    "hard link to a dataset": (
        {"/acquisition/y/data": "/acquisition/x/data"},
        {"/acquisition/y/data": "/acquisition/x/data"},
    ),
    "hard link from far away": (
        {"/stimulus/presentation/x": "/acquisition/x"},
        {"/stimulus/presentation/x": "/acquisition/x"},
    ),
    "soft link": (
        {"/stimulus/templates/x": SOFT("/acquisition/x")},
        {"/stimulus/templates/x": "/acquisition/x"},
    ),
    "soft link to a dataset": (
        {"/acquisition/y/data": SOFT("/acquisition/x/data")},
        {"/acquisition/y/data": "/acquisition/x/data"},
    ),
    "soft link chain": (
        {"/acquisition/a": SOFT("/acquisition/b"), "/acquisition/b": SOFT("c"), "/acquisition/c": SOFT("x")},
        dict.fromkeys(["/acquisition/a", "/acquisition/b", "/acquisition/c"], "/acquisition/x"),
    ),
    "soft link with a relative path": (
        {"/acquisition/a": SOFT("x"), "/acquisition/b": SOFT("./x/../x"), "/acquisition/c": SOFT(".//x")},
        # to HDF5 ".." is a name like any other, and nothing is called so
        {"/acquisition/a": "/acquisition/x", "/acquisition/b": None, "/acquisition/c": "/acquisition/x"},
    ),
    "soft link through a soft link": (
        {"/acquisition/a": SOFT("/stimulus/templates/b/data"), "/stimulus/templates/b": SOFT("/acquisition/x")},
        {"/acquisition/a": "/acquisition/x/data"},
    ),
    "soft link through a hard link": (
        {"/stimulus/templates/b": "/acquisition/x", "/acquisition/y/data": SOFT("/stimulus/templates/b/data")},
        {"/acquisition/y/data": "/acquisition/x/data"},
    ),
    "dangling soft link": ({"/acquisition/a": SOFT("/nowhere/at/all")}, {"/acquisition/a": None}),
    "dangling soft link in place of a field": (
        {"/acquisition/y/data": SOFT("/nowhere")},
        {"/acquisition/y/data": None},
    ),
}


@lazily_and_eagerly
@pytest.mark.parametrize(("links", "leads_to"), cases(LINKS))
def test_links(links: dict[str, Any], leads_to: dict[str, str | None], tmp_path: Path, *, eager: bool) -> None:
    """A link of any kind leads to the one Python object; one that leads nowhere is kept as what it is."""
    with new_file(tmp_path / "links.nwb") as file:
        for name in "xy":
            series(file["acquisition"], name)
        for path, target in links.items():
            if path in file:
                del file[path]
            file[path] = file[target] if isinstance(target, str) else target
    with reading(tmp_path / "links.nwb", eager=eager) as (io, root):
        for path, target in leads_to.items():
            if target is None:
                assert root[path] == Unresolved("soft", links[path].path)
                assert path in [issue.path for issue in io.issues if issue.rule == "link"]
            else:
                assert root[target] is root[path]
                assert io.read(path) is root[path]
        np.testing.assert_array_equal(root["acquisition/x/data"], np.arange(5.0))
        same_as_h5py(io, tmp_path / "links.nwb")


@pytest.mark.parametrize("place", ["analysis/alias", "general/group/alias", "stimulus/templates/alias"])
def test_a_field_that_has_another_path_before_its_own(place: str, tmp_path: Path) -> None:
    """A dataset has the class of the place that foresees it, whichever hard link comes first."""

    def build(file: h5py.File) -> None:
        file[place] = series(file["acquisition"], "x")["data"]

    with reading(built(tmp_path / "alias.nwb", build), eager=True) as (io, root):
        x = root["acquisition"]["x"]
        assert root[place] is x.data
        assert type(x.data) is io.provider.get("core").TimeSeries__data
        assert (x.data.unit, x.data.conversion, x.unit) == ("V", 1.0, "V")
        assert {issue.rule for issue in io.issues} == {"unknown"}
        assert f"/{place}@unit" not in {issue.path for issue in io.issues}


@lazily_and_eagerly
def test_soft_links_in_a_circle(tmp_path: Path, *, eager: bool) -> None:
    """They lead nowhere, and reading comes to an end."""

    def build(file: h5py.File) -> None:
        file["acquisition/a"] = SOFT("/acquisition/b")
        file["acquisition/b"] = SOFT("/acquisition/a")
        file["acquisition/itself"] = SOFT("itself")

    with reading(built(tmp_path / "circle.nwb", build), eager=eager) as (io, root):
        assert {name: root["acquisition"][name].path for name in ("a", "b", "itself")} == {
            "a": "/acquisition/b",
            "b": "/acquisition/a",
            "itself": "itself",
        }
        assert {issue.path for issue in io.issues} == {"/acquisition/a", "/acquisition/b", "/acquisition/itself"}


def _module(file: h5py.File) -> h5py.Group:
    return typed(file["processing"], "m", "ProcessingModule", description="d")


def _contains_its_parent(file: h5py.File) -> None:
    _module(file)["up"] = file["processing"]


def _contains_the_root(file: h5py.File) -> None:
    _module(file)["up"] = file["/"]


def _contains_itself(file: h5py.File) -> None:
    module = _module(file)
    module["up"] = module


def _contain_each_other(file: h5py.File) -> None:
    group = file["general"].create_group("a/b")
    group["up"] = file["general/a"]


CYCLES: dict[str, Any] = {
    # name: (build, path of the group that closes the circle, path of what it is)
    "its parent": (_contains_its_parent, "/processing/m/up", "/processing"),
    "the root": (_contains_the_root, "/processing/m/up", "/"),
    "itself": (_contains_itself, "/processing/m/up", "/processing/m"),
    "untyped groups": (_contain_each_other, "/general/a/b/up", "/general/a"),
}


@lazily_and_eagerly
@pytest.mark.parametrize(("build", "path", "target"), cases(CYCLES))
def test_groups_that_contain_their_ancestors(
    build: Build, path: str, target: str, tmp_path: Path, *, eager: bool
) -> None:
    """Hard links can make a circle of groups: each is one object all the same."""
    with reading(built(tmp_path / "cycle.nwb", build), eager=eager) as (io, root):
        assert root[path] is (root if target == "/" else root[target])
        assert len({id(model) for model in reach_all(root)}) == len(reach_all(root))
        same_as_h5py(io, tmp_path / "cycle.nwb")


# ---------------------------------------------------------------------------------------------- references
ROWS = np.dtype([("number", "i4"), ("object", REFERENCE), ("text", TEXT)])


def _rows(*rows: tuple[int, Any, str]) -> np.ndarray[Any, Any]:
    return np.array([(number, obj.ref, text) for number, obj, text in rows], dtype=ROWS)


def _each_other(x: h5py.Group, y: h5py.Group) -> None:
    x.attrs["other"] = y.ref
    y.attrs["other"] = x.ref


def _itself(x: h5py.Group, y: h5py.Group) -> None:
    x.attrs["me"] = x.ref


def _field_itself(x: h5py.Group, y: h5py.Group) -> None:
    x.attrs["comments"] = x.ref


def _array_attribute(x: h5py.Group, y: h5py.Group) -> None:
    x.attrs.create("others", references(y, x, y), dtype=REFERENCE)


def _compound_attribute(x: h5py.Group, y: h5py.Group) -> None:
    x.attrs.create("rows", _rows((1, y, "ä"), (2, x, "b")))


def _compound_row_attribute(x: h5py.Group, y: h5py.Group) -> None:
    x.attrs.create("row", _rows((1, x, "ä"))[0], dtype=ROWS)


def _scalar(x: h5py.Group, y: h5py.Group) -> None:
    x.create_dataset("scalar", data=y.ref, dtype=REFERENCE)


def _scalar_to_its_parent(x: h5py.Group, y: h5py.Group) -> None:
    x.create_dataset("scalar", data=x.ref, dtype=REFERENCE)


def _field_to_its_parent(x: h5py.Group, y: h5py.Group) -> None:
    x.create_dataset("control", data=x.ref, dtype=REFERENCE)


def _scalar_to_the_root(x: h5py.Group, y: h5py.Group) -> None:
    x.create_dataset("scalar", data=x.file["/"].ref, dtype=REFERENCE)


def _one_column(x: h5py.Group, y: h5py.Group) -> None:
    x.create_dataset("column", data=references(y, x, y))


def _two_axes(x: h5py.Group, y: h5py.Group) -> None:
    x.create_dataset("column", data=references(y, x).reshape(2, 1))


def _compound(x: h5py.Group, y: h5py.Group) -> None:
    x.create_dataset("rows", data=_rows((1, y, "ä"), (2, x, "b")))


def _compound_scalar(x: h5py.Group, y: h5py.Group) -> None:
    x.create_dataset("row", data=_rows((1, y, "ä"))[0], dtype=ROWS)


def _array_field(x: h5py.Group, y: h5py.Group) -> None:
    x.create_dataset("rows", shape=(1,), dtype=np.dtype([("pair", REFERENCE, (2,))]))
    rows = x["rows"][:]
    rows["pair"][0] = references(y, x)
    x["rows"][:] = rows


PAIRS = np.dtype([("pair", REFERENCE, (2,)), ("inner", [("object", REFERENCE), ("text", TEXT)])])


def _pairs(x: h5py.Group, y: h5py.Group) -> np.ndarray[Any, Any]:
    rows = np.zeros(1, dtype=PAIRS)
    rows["pair"][0] = references(y, x)
    rows["inner"]["object"], rows["inner"]["text"] = references(x), ["ä"]
    return rows


def _nested_compound(x: h5py.Group, y: h5py.Group) -> None:
    x.create_dataset("rows", data=_pairs(x, y))
    x.create_dataset("row", data=_pairs(x, y)[0], dtype=PAIRS)


def _nested_compound_attribute(x: h5py.Group, y: h5py.Group) -> None:
    x.attrs.create("rows", _pairs(x, y))
    x.attrs.create("row", _pairs(x, y)[0], dtype=PAIRS)


def _ragged(x: h5py.Group, y: h5py.Group) -> None:
    dataset = x.create_dataset("ragged", shape=(2,), dtype=h5py.vlen_dtype(REFERENCE))
    dataset[0] = references(y, x)


def _ragged_attribute(x: h5py.Group, y: h5py.Group) -> None:
    rows = np.empty(1, dtype=object)
    rows[0] = references(y, x)
    x.attrs.create("ragged", rows, dtype=h5py.vlen_dtype(REFERENCE))


def _null(x: h5py.Group, y: h5py.Group) -> None:
    x.attrs.create("null", h5py.Reference(), dtype=REFERENCE)
    x.create_dataset("scalar", data=h5py.Reference(), dtype=REFERENCE)
    x.create_dataset("column", data=references(y, h5py.Reference()))


def _deleted(x: h5py.Group, y: h5py.Group) -> None:
    gone = series(x.parent, "gone")
    x.attrs["gone"] = gone.ref
    x.create_dataset("scalar", data=gone.ref, dtype=REFERENCE)
    x.create_dataset("column", data=references(y, gone))
    del x.parent["gone"]


def _to_a_plain_dataset(x: h5py.Group, y: h5py.Group) -> None:
    x.attrs["number"] = x.parent.parent["identifier"].ref


def _regions(x: h5py.Group, y: h5py.Group) -> None:
    data = y["data"]
    x.attrs["region"] = data.regionref[1:3]
    x.create_dataset("scalar", data=data.regionref[...], dtype=REGION)
    x.create_dataset("column", data=np.array([data.regionref[0:2], data.regionref[4:5]], dtype=REGION))


def _region_of_itself(x: h5py.Group, y: h5py.Group) -> None:
    column(x, "column", np.empty(2, dtype=REGION), description="points at its own rows")
    x["column"][0] = x["column"].regionref[1:2]


def _null_region(x: h5py.Group, y: h5py.Group) -> None:
    x.attrs.create("region", h5py.RegionReference(), dtype=REGION)


def extra(name: str, of: str = "x") -> Callable[[NWBGroup], Any]:
    """Return what reads an attribute that the class does not foresee."""
    return lambda root: root["acquisition"][of].model_extra[name]


def child(name: str, index: Any = None) -> Callable[[NWBGroup], Any]:
    """Return what reads a child of ``x``, or part of one."""
    return lambda root: root["acquisition"]["x"][name] if index is None else root["acquisition"]["x"][name][index]


X, Y, DATA = "/acquisition/x", "/acquisition/y", "/acquisition/y/data"
REFERENCES: dict[str, Any] = {
    # name: (build, [(what reads it, what it has to be, models as their paths)])
    "attributes of two objects to each other": (_each_other, [(extra("other"), Y), (extra("other", "y"), X)]),
    "attribute to its own object": (_itself, [(extra("me"), X)]),
    "attribute that is a field, to its own object": (
        _field_itself,
        [(lambda root: root["acquisition"]["x"].comments, X)],
    ),
    "array attribute": (_array_attribute, [(extra("others"), [Y, X, Y])]),
    "compound attribute": (_compound_attribute, [(extra("rows"), [(1, Y, "ä"), (2, X, "b")])]),
    "compound attribute of one row": (_compound_row_attribute, [(extra("row"), (1, X, "ä"))]),
    "scalar dataset": (_scalar, [(child("scalar"), Y)]),
    "scalar dataset to its parent": (_scalar_to_its_parent, [(child("scalar"), X)]),
    "scalar dataset that is a field, to its parent": (
        _field_to_its_parent,
        [(child("control"), X), (lambda root: root["acquisition"]["x"].control, X)],
    ),
    "scalar dataset to the root": (_scalar_to_the_root, [(child("scalar"), "/")]),
    "dataset of one column": (_one_column, [(child("column", slice(None)), [Y, X, Y]), (child("column", 1), X)]),
    "dataset with two axes": (_two_axes, [(child("column", slice(None)), [[Y], [X]]), (child("column", (0, 0)), Y)]),
    "compound dataset with text": (
        _compound,
        [(child("rows", slice(None)), [(1, Y, "ä"), (2, X, "b")]), (child("rows", 1), (2, X, "b"))],
    ),
    "compound dataset of one row": (_compound_scalar, [(child("row"), (1, Y, "ä"))]),
    "field of two references": (_array_field, [(child("rows", 0), ([Y, X],))]),
    "compound in a compound": (
        _nested_compound,
        [(child("rows", slice(None)), [([Y, X], (X, "ä"))]), (child("row"), ([Y, X], (X, "ä")))],
    ),
    "compound in a compound attribute": (
        _nested_compound_attribute,
        [(extra("rows"), [([Y, X], (X, "ä"))]), (extra("row"), ([Y, X], (X, "ä")))],
    ),
    "dataset of ragged rows": (_ragged, [(child("ragged", 0), [Y, X]), (child("ragged", slice(1, 2)), [[]])]),
    "attribute of ragged rows": (_ragged_attribute, [(extra("ragged"), [[Y, X]])]),
    "null": (
        _null,
        [
            (extra("null"), Unresolved("object", None)),
            (child("scalar"), Unresolved("object", None)),
            (child("column", slice(None)), [Y, Unresolved("object", None)]),
        ],
    ),
    "to what was deleted": (
        _deleted,
        [
            (extra("gone"), Unresolved("object", None)),
            (child("scalar"), Unresolved("object", None)),
            (child("column", slice(None)), [Y, Unresolved("object", None)]),
        ],
    ),
    "to a plain dataset": (_to_a_plain_dataset, [(extra("number"), "made by hand")]),
    "regions": (
        _regions,
        [
            (extra("region"), ("region", DATA, "1:3")),
            (child("scalar"), ("region", DATA, "all")),
            (child("column", slice(None)), [("region", DATA, "0:2"), ("region", DATA, "4:5")]),
        ],
    ),
    "region of its own table": (
        _region_of_itself,
        [
            (
                child("column", slice(None)),
                [("region", "/acquisition/x/column", "1:2"), Unresolved("region", None)],
            )
        ],
    ),
    "null region": (_null_region, [(extra("region"), Unresolved("region", None))]),
}


def paths_of(value: Any) -> Any:
    """Return a value with the paths of models in their place, so that it can be written down."""
    if isinstance(value, NWBModel):
        return value.path
    if isinstance(value, Region):
        return "region", paths_of(value.target), value.selection
    if isinstance(value, np.void):
        return tuple(paths_of(part) for part in value)
    if isinstance(value, np.ndarray):
        return [paths_of(part) for part in value]
    return value.item() if isinstance(value, np.generic) else value


@lazily_and_eagerly
@pytest.mark.parametrize(("build", "expected"), cases(REFERENCES))
def test_references(build: Callable[..., None], expected: list[Any], tmp_path: Path, *, eager: bool) -> None:
    """A reference is the object that it leads to, wherever it stands."""
    with new_file(tmp_path / "references.nwb") as file:
        build(series(file["acquisition"], "x"), series(file["acquisition"], "y"))
    with reading(tmp_path / "references.nwb", eager=eager) as (io, root):
        for read, wanted in expected:
            value = read(root)
            assert paths_of(value) == wanted
            if isinstance(value, NWBModel):
                assert value is io.read(wanted)
        same_as_h5py(io, tmp_path / "references.nwb")


@lazily_and_eagerly
def test_a_value_that_is_settled_last(tmp_path: Path, *, eager: bool) -> None:
    """A reference as a value, in a circle that is wider than its parent: all that waits for it gets the object."""

    def build(file: h5py.File) -> None:
        group = file["analysis"].create_group("group")
        group["up"] = file["/"]
        file.create_dataset("scalar", data=group.ref, dtype=REFERENCE)
        series(file["acquisition"], "x").attrs["through"] = file["scalar"].ref
        file["processing"].attrs["through"] = file["scalar"].ref

    with reading(built(tmp_path / "circle.nwb", build), eager=eager) as (io, root):
        group = root["analysis/group"]
        assert group["up"] is root
        assert io.read("/scalar") is group
        assert root["scalar"] is group
        assert root["acquisition"]["x"].through is group
        assert root["processing"].through is group
        assert ("/scalar", *NO_CHILD, "an untyped group") in map(_facts, io.issues)


@lazily_and_eagerly
def test_scalars_that_lead_to_nothing_but_each_other(tmp_path: Path, *, eager: bool) -> None:
    """A plain dataset is its value: where that is a reference to itself there is none, and it stays a reference."""

    def build(file: h5py.File) -> None:
        group = file["general"].create_group("group")
        for name in ("a", "b", "itself"):
            group.create_dataset(name, shape=(), dtype=REFERENCE)
        for name, target in (("a", "b"), ("b", "a"), ("itself", "itself")):
            group[name][()] = group[target].ref

    with reading(built(tmp_path / "scalars.nwb", build), eager=eager) as (_, root):
        found = root["general/group"]
        assert {name: found[name] for name in found} == {
            "a": Unresolved("object", "/general/group/b"),
            "b": Unresolved("object", "/general/group/a"),
            "itself": Unresolved("object", "/general/group/itself"),
        }


# ---------------------------------------------------------------------------------------------- values
def _ragged_rows() -> np.ndarray[Any, Any]:
    rows = np.empty(2, dtype=object)
    rows[:] = [np.arange(3, dtype="i4"), np.arange(0, dtype="i4")]
    return rows


def _compound_of_everything() -> np.ndarray[Any, Any]:
    fields = [("xyz", "f4", (3,)), ("matrix", "i2", (2, 2)), ("fixed", "S3", (2,)), ("texts", TEXT, (2,))]
    rows = np.zeros(2, dtype=[*fields, ("inner", [("text", TEXT), ("number", "u1")])])
    rows["xyz"] = [[1, 2, 3], [4, 5, 6]]
    rows["matrix"][1] = [[1, 2], [3, 4]]
    rows["fixed"] = [[b"a", b"bcd"], [b"", b"e"]]
    rows["texts"] = [["ä", "b"], ["", "d"]]
    rows["inner"]["text"] = ["ö", "p"]
    return rows


EVERYTHING = [
    ([1, 2, 3], [[0, 0], [0, 0]], ["a", "bcd"], ["ä", "b"], ("ö", 0)),
    ([4, 5, 6], [[1, 2], [3, 4]], ["", "e"], ["", "d"], ("p", 0)),
]
LETTERS = h5py.enum_dtype({"a": 0, "b": 1, "c": 2}, "i2")
MOMENTS = np.array(["2026-03-01T12:30:15", "1970-01-01"], "M8[s]")
VALUES: dict[str, Any] = {
    # name: (data, dtype in the file, what a model holds, its dtype; None for what is no numpy value)
    "bool": (np.array([True, False]), None, [True, False], "bool"),
    "one bool": (np.True_, None, True, "bool"),
    "enum": (np.array([0, 2, 1], "i2"), LETTERS, [0, 2, 1], "i2"),
    "largest uint64": (np.array([2**64 - 1], "u8"), None, [2**64 - 1], "u8"),
    "smallest int8": (np.int8(-128), None, -128, "i1"),
    "big-endian int": (np.array([1, -2], ">i4"), None, [1, -2], ">i4"),
    "big-endian float": (np.array([1.5, -2.5], ">f8"), None, [1.5, -2.5], ">f8"),
    "float16": (np.array([1.5, np.inf], "f2"), None, [1.5, np.inf], "f2"),
    "long double": (np.array([1.5], np.longdouble), None, [1.5], np.longdouble),
    "complex": (np.array([1 + 2j], "c8"), None, [1 + 2j], "c8"),
    "one complex": (np.complex128(1 - 2j), None, 1 - 2j, "c16"),
    "opaque": (np.array([b"abc", b"\0\1\2"], "V3"), None, [np.void(b"abc"), np.void(b"\0\1\2")], "V3"),
    "one opaque": (np.void(b"abc"), None, np.void(b"abc"), "V3"),
    "opaque moments": (MOMENTS.astype(h5py.opaque_dtype("M8[s]")), h5py.opaque_dtype("M8[s]"), list(MOMENTS), "M8[s]"),
    "ragged ints": (_ragged_rows(), h5py.vlen_dtype("i4"), [[0, 1, 2], []], "O"),
    "text": (np.array(["a", "zwö", ""], dtype=object), TEXT, ["a", "zwö", ""], "O"),
    "one text": ("zwö", TEXT, "zwö", None),
    "text with a line end": ("a\nb\t", TEXT, "a\nb\t", None),
    "fixed-length text": (np.array([b"ab", b"c"], "S4"), None, ["ab", "c"], "O"),
    "one fixed-length text": (np.bytes_(b"abc"), None, "abc", None),
    "fixed-length UTF-8": (np.array(["ä".encode()], h5py.string_dtype("utf-8", 4)), None, ["ä"], "O"),
    "ASCII text": (np.array(["ab"], dtype=object), h5py.string_dtype("ascii"), ["ab"], "O"),
    "fixed-length text with a zero byte": (np.array([b"a\0b"], "S4"), None, ["a\0b"], "O"),
    "text that is not UTF-8": (np.array([b"\xe4\xff"], dtype=object), TEXT, ["\udce4\udcff"], "O"),
    "one text that is not UTF-8": (b"caf\xe9", TEXT, "caf\udce9", None),
    "fixed-length text that is not UTF-8": (np.array([b"\xe4"], "S4"), None, ["\udce4"], "O"),
    "compound": (_compound_of_everything(), None, EVERYTHING, None),
    "one compound": (_compound_of_everything()[0], _compound_of_everything().dtype, EVERYTHING[0], None),
    "zero-length": (np.zeros((0,), "f8"), None, [], "f8"),
    "zero-length with two axes": (np.zeros((3, 0), "i2"), None, [[], [], []], "i2"),
    "zero-length text": (np.zeros((0,), object), TEXT, [], "O"),
    "zero-length compound": (np.zeros(0, [("a", "i4"), ("b", TEXT)]), None, [], None),
    "five axes": (np.arange(32, dtype="i1").reshape((2,) * 5), None, np.arange(32).reshape((2,) * 5).tolist(), "i1"),
}


def plainly(value: Any) -> Any:
    """Return a value as lists, tuples and Python's own numbers, so that it can be written down."""
    if isinstance(value, np.void) and value.dtype.names is not None:
        return tuple(plainly(part) for part in value)
    if isinstance(value, np.ndarray):
        return [plainly(part) for part in value]
    return value.item() if isinstance(value, np.generic) and value.dtype.kind not in "VMg" else value


@lazily_and_eagerly
@pytest.mark.parametrize(("data", "stored", "expected", "dtype"), cases(VALUES))
def test_values(data: Any, stored: Any, expected: Any, dtype: Any, tmp_path: Path, *, eager: bool) -> None:
    """What a file holds is what a model says: in an attribute, a plain dataset, a typed one and row by row."""

    def build(file: h5py.File) -> None:
        group = file.create_group("scratch")
        group.attrs.create("attribute", data, dtype=stored)
        group.create_dataset("plain", data=data, dtype=stored)
        column(group, "typed", 0, "ScratchData", notes="n")
        attributes = dict(group["typed"].attrs, namespace="core")
        del group["typed"]
        group.create_dataset("typed", data=data, dtype=stored).attrs.update(attributes)

    with reading(built(tmp_path / "values.nwb", build), eager=eager) as (io, root):
        group = root["scratch"]
        found = {
            "attribute": group.model_extra["attribute"],
            "plain": group["plain"][()] if isinstance(group["plain"], Array) else group["plain"],
            "typed": group["typed"][()],
        }
        assert {name: plainly(value) for name, value in found.items()} == dict.fromkeys(found, expected)
        if dtype is not None:
            assert {name: np.asarray(value).dtype for name, value in found.items()} == dict.fromkeys(
                found, np.dtype(dtype)
            )
        if isinstance(group["plain"], Array):
            assert [plainly(group["plain"][number]) for number in range(len(group["plain"]))] == expected
            assert [plainly(row) for row in group["typed"]] == expected
        same_as_h5py(io, tmp_path / "values.nwb")


def _array_type(file: h5py.File) -> None:
    group = file.create_group("scratch")
    pair = np.dtype(("i4", (2,)))
    group.attrs.create("pairs", np.arange(6).reshape(3, 2), dtype=pair)
    group.create_dataset("pairs", shape=(3,), dtype=pair)[...] = np.arange(6).reshape(3, 2)
    group.create_dataset("texts", shape=(1,), dtype=np.dtype((TEXT, (2,))))[...] = np.array([["ä", "b"]], object)
    group.create_dataset("pair", shape=(), dtype=pair)[...] = [7, 8]


@lazily_and_eagerly
def test_values_of_an_array_type(tmp_path: Path, *, eager: bool) -> None:
    """HDF5 has arrays for values of arrays and attributes; numpy puts their axes behind those of the array."""
    with reading(built(tmp_path / "arrays.nwb", _array_type), eager=eager) as (_, root):
        group = root["scratch"]
        assert group.model_extra["pairs"].tolist() == [[0, 1], [2, 3], [4, 5]]
        assert group["pairs"][:].tolist() == [[0, 1], [2, 3], [4, 5]]
        assert group["pairs"][1].tolist() == [2, 3]
        assert group["pairs"][[2, 0]].tolist() == [[4, 5], [0, 1]]
        assert group["texts"][:].tolist() == [["ä", "b"]]
        assert group["texts"][0].tolist() == ["ä", "b"]
        assert group["pair"].tolist() == [7, 8]


@lazily_and_eagerly
def test_null_dataspaces(tmp_path: Path, *, eager: bool) -> None:
    """No value is not a value: it stays ``h5py.Empty``, and a field that needs one says so."""

    def build(file: h5py.File) -> None:
        x = series(file["acquisition"], "x")
        x.attrs["description"] = h5py.Empty(TEXT)
        x.attrs["more"] = h5py.Empty("f4")
        del x["data"]
        x.create_dataset("data", data=h5py.Empty("f4")).attrs["unit"] = "V"
        x.create_dataset("control", data=h5py.Empty("u1"))

    with reading(built(tmp_path / "null.nwb", build), eager=eager) as (io, root):
        x = root["acquisition"]["x"]
        assert isinstance(x.data, NWBDataset)
        found = {"data": x.data.value, "control": x.control, "more": x.more, "description": x.description}
        assert all(isinstance(value, h5py.Empty) for value in found.values())
        assert {name: value.dtype for name, value in found.items()} == {
            "data": np.dtype("f4"),
            "control": np.dtype("u1"),
            "more": np.dtype("f4"),
            "description": np.dtype("O"),
        }
        empty = [issue.path for issue in io.issues if issue.found == "an empty dataspace"]
        assert sorted(empty) == ["/acquisition/x/control", "/acquisition/x/data", "/acquisition/x@description"]
        same_as_h5py(io, tmp_path / "null.nwb")


# ---------------------------------------------------------------------------------------------- names
NAMES = [
    "with space", " ", "ünïcödé", "e\u0301", "dot.ted", "..", "...", "-dash", "--help", "1st", "a@b", "a\\b", "%s",
    "line\nend", "x" * 300, "specifications", "specifications_x",
    # members of models, of mappings and of arrays
    "name", "value", "keys", "values", "items", "get", "path", "issues", "shape", "dtype", "row", "copy", "dict",
    "json", "model_fields", "model_extra", "model_config", "specified", "_private", "_shelf", "_path", "self",
    # Python
    "class", "None", "__class__", "__dict__", "__init__", "__slots__",
    # fields of the class itself and of others
    "data", "starting_time", "unit", "description", "timestamps",
]  # fmt: skip


@lazily_and_eagerly
def test_names(tmp_path: Path, *, eager: bool) -> None:
    """Any name does for an object, and for an attribute and a child of the same object at once."""

    def build(file: h5py.File) -> None:
        for name in NAMES:
            series(file["acquisition"], name)
        group = file["general"].create_group("group")
        x = series(file["acquisition"], "x")
        for owner in (group, x):
            for name in NAMES:
                if name not in owner:
                    owner[name] = f"child {name}"
                if name not in owner.attrs:
                    owner.attrs[name] = f"attribute {name}"
        for name in NAMES:
            if name not in x["data"].attrs:
                x["data"].attrs[name] = f"attribute {name}"

    with reading(built(tmp_path / "names.nwb", build), eager=eager) as (io, root):
        acquisition, group, x = root["acquisition"], root["general/group"], root["acquisition/x"]
        assert set(acquisition) == set(acquisition.keys()) == {*NAMES, "x"}
        assert [acquisition[name].name for name in NAMES] == NAMES
        assert [acquisition[name].data[1] for name in NAMES] == [1.0] * len(NAMES)
        assert set(group) == set(group.keys()) == set(NAMES)
        for owner, fields in ((group, {"name"}), (x, {"name", "data", "starting_time", "timestamps"})):
            for name in NAMES:
                if name not in {"data", "starting_time", "timestamps"} or owner is group:
                    assert owner[name] == f"child {name}"
                if name != "description" or owner is group:
                    # an attribute that is called like a field of the model stands under another name
                    assert owner.model_extra[f"@{name}" if name in fields else name] == f"attribute {name}"
        assert (x.name, x.path, x.description, x.data.shape) == ("x", "/acquisition/x", "d", (5,))
        assert x.timestamps.value == "child timestamps"
        assert x.data.model_extra["@value"] == "attribute value"
        assert x.data.model_extra["shape"] == "attribute shape"
        same_as_h5py(io, tmp_path / "names.nwb")


@lazily_and_eagerly
def test_a_name_that_is_special_at_the_root_only(tmp_path: Path, *, eager: bool) -> None:
    """``.specloc`` is an attribute of the root; anywhere else it is a name like any other."""

    def build(file: h5py.File) -> None:
        x = series(file["acquisition"], ".specloc")
        x.attrs[".specloc"] = series(file["acquisition"], "y").ref
        x[".specloc"] = 5

    with reading(built(tmp_path / "specloc.nwb", build), eager=eager) as (io, root):
        x = root["acquisition"][".specloc"]
        assert x[".specloc"] == 5
        assert x.model_extra[".specloc"] is root["acquisition"]["y"]
        same_as_h5py(io, tmp_path / "specloc.nwb")


@lazily_and_eagerly
def test_names_that_are_not_utf8(tmp_path: Path, *, eager: bool) -> None:
    """Names of links and attributes are bytes to HDF5: what is no UTF-8 comes with surrogate escapes."""

    def build(file: h5py.File) -> None:
        series(file["acquisition"], b"bad\xff")
        group = file["general"].create_group("group")
        group.create_dataset(b"numbers\xfe", data=np.arange(3))
        group.create_dataset(b"texts\xfe", data=["a", "b"], dtype=TEXT)
        group.create_dataset(b"references\xfe", data=references(file["acquisition"][b"bad\xff"]))
        h5a.create(group.id, b"at\xff", h5t.NATIVE_INT32, h5s.create(h5s.SCALAR)).write(np.array(7, "i4"))
        templates = file["stimulus/templates"]
        templates.id.links.create_soft(b"soft\xff", b"/acquisition/bad\xff")

    with reading(built(tmp_path / "bytes.nwb", build), eager=eager) as (io, root):
        bad, group = root["acquisition"]["bad\udcff"], root["general/group"]
        assert bad.data[:].tolist() == [0, 1, 2, 3, 4]
        assert io.read("/acquisition/bad\udcff") is bad
        assert root["stimulus/templates/soft\udcff"] is bad
        assert group["numbers\udcfe"][:].tolist() == [0, 1, 2]
        assert group["texts\udcfe"][:].tolist() == ["a", "b"]
        assert group["references\udcfe"][0] is bad
        assert group.model_extra["at\udcff"] == 7


def test_names_that_are_not_utf8_can_be_printed(tmp_path: Path) -> None:
    """A terminal takes no surrogates: what is shown to people has none."""

    def build(file: h5py.File) -> None:
        del series(file["acquisition"], b"bad\xff")["data"]

    with reading(built(tmp_path / "bytes.nwb", build), eager=True) as (io, root):
        bad = root["acquisition"]["bad\udcff"]
        shown = [repr(bad), str(bad), repr(root["acquisition"].nwb_data_interface), *map(str, io.issues)]
        assert len(shown) > 3
        for text in shown:
            assert "bad\\udcff" in text.encode("utf-8").decode()


# ---------------------------------------------------------------------------------------------- external links
EXTERNAL = h5py.ExternalLink


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with ``main.nwb``, others that it links to, and one outside."""
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    for path in (folder / "other.nwb", folder / "below" / "other.nwb", tmp_path / "outside.nwb"):
        built(path, lambda file: series(file["acquisition"], "there", np.arange(3.0)))
    with h5py.File(folder / "plain.h5", "w") as file:
        file["data"] = np.arange(3.0)

    def back(file: h5py.File) -> None:
        file["acquisition/next"] = EXTERNAL("other.nwb", "/acquisition/there")
        file["acquisition/back"] = EXTERNAL("main.nwb", "/acquisition/here")
        file["acquisition/circle"] = EXTERNAL("main.nwb", "/acquisition/circle")
        file["acquisition/soft"] = SOFT("next")

    def main(file: h5py.File) -> None:
        series(file["acquisition"], "here")
        file["acquisition/circle"] = EXTERNAL("chain.nwb", "/acquisition/circle")

    built(folder / "chain.nwb", back)
    built(folder / "main.nwb", main)
    return folder


THERE, OUTSIDE = "/acquisition/there", "'../outside.nwb' lies outside of the folder of"
EXTERNALS: dict[str, Any] = {
    # name: (what is linked, the file and the path of the object that it is, or what the issue says)
    "in the same folder": (EXTERNAL("other.nwb", THERE), ("other.nwb", THERE)),
    "with a dot": (EXTERNAL("./other.nwb", THERE), ("other.nwb", THERE)),
    "in a folder below": (EXTERNAL("below/other.nwb", THERE), ("below/other.nwb", THERE)),
    "without a leading slash": (EXTERNAL("other.nwb", "acquisition/there"), ("other.nwb", THERE)),
    "to a dataset": (EXTERNAL("other.nwb", f"{THERE}/data"), ("other.nwb", f"{THERE}/data")),
    "to a whole file": (EXTERNAL("other.nwb", "/"), ("other.nwb", "/")),
    "to the file itself": (EXTERNAL("main.nwb", "/acquisition/here"), ("main.nwb", "/acquisition/here")),
    "chain": (EXTERNAL("chain.nwb", "/acquisition/next"), ("other.nwb", THERE)),
    "chain with a soft link": (EXTERNAL("chain.nwb", "/acquisition/soft"), ("other.nwb", THERE)),
    "chain back": (EXTERNAL("chain.nwb", "/acquisition/back"), ("main.nwb", "/acquisition/here")),
    "through a link": (EXTERNAL("chain.nwb", "/acquisition/next/data"), ("other.nwb", f"{THERE}/data")),
    "soft link to an external link": (SOFT("/acquisition/external"), ("other.nwb", THERE)),
    "soft link through an external link": (SOFT("/acquisition/external/data"), ("other.nwb", f"{THERE}/data")),
    "circle": (SOFT("/acquisition/circle"), "circle"),
    "to a missing file": (EXTERNAL("missing.nwb", THERE), "no such file"),
    "to a missing object": (EXTERNAL("other.nwb", "/nowhere"), "No object at '/nowhere'"),
    "to a file that is no NWB": (EXTERNAL("plain.h5", "/data"), "not NWB"),
    "to a file outside": (EXTERNAL("../outside.nwb", THERE), OUTSIDE),
    "to a file outside by a detour": (EXTERNAL("below/../../outside.nwb", THERE), "lies outside"),
}


@lazily_and_eagerly
@pytest.mark.parametrize(("link", "expected"), cases(EXTERNALS))
def test_external_links(link: Any, expected: Any, files: Path, *, eager: bool) -> None:
    """They lead to the models of the other file, in the folder; what is not followed stays a link, with an issue."""
    with h5py.File(files / "main.nwb", "r+") as file:
        file["acquisition/external"] = EXTERNAL("other.nwb", THERE)
        file["acquisition/link"] = link
    with reading(files / "main.nwb", eager=eager) as (io, root):
        found = root["acquisition"]["link"]
        if isinstance(expected, str):
            kind = "soft" if isinstance(link, h5py.SoftLink) else "external"
            assert found == Unresolved(kind, link.path, getattr(link, "filename", None))
            (issue,) = [issue for issue in io.issues if issue.path == "/acquisition/link"]
            assert issue.rule == "link"
            assert expected in issue.found
            return
        filename, path = expected
        assert found.path == path
        assert found is root["acquisition"]["link"]
        assert [issue.path for issue in io.issues if issue.rule == "link" and issue.path == "/acquisition/link"] == []
        if filename == "main.nwb":
            assert found is root["acquisition"]["here"]
    with h5py.File(files / filename) as file:
        assert found.neurodata_type == file[path].attrs.get("neurodata_type")
        if path == THERE:
            np.testing.assert_array_equal(found.data, file[path]["data"])
        if path.endswith("data"):
            np.testing.assert_array_equal(found, file[path])


@lazily_and_eagerly
def test_external_links_out_of_the_folder_when_allowed(files: Path, *, eager: bool) -> None:
    """With ``external_links=True`` they are followed anywhere, by absolute paths too."""
    with h5py.File(files / "main.nwb", "r+") as file:
        file["acquisition/relative"] = EXTERNAL("../outside.nwb", THERE)
        file["acquisition/absolute"] = EXTERNAL(str(files.parent / "outside.nwb"), THERE)
    with reading(files / "main.nwb", eager=eager, external_links=True) as (io, root):
        assert root["acquisition"]["relative"] is root["acquisition"]["absolute"]
        assert root["acquisition"]["relative"].data[:].tolist() == [0, 1, 2]
        assert [issue for issue in io.issues if "circle" not in issue.path] == []
    with reading(files / "main.nwb", eager=eager) as (io, root):
        assert root["acquisition"]["absolute"] == Unresolved("external", THERE, str(files.parent / "outside.nwb"))


@lazily_and_eagerly
def test_external_link_in_place_of_a_field(files: Path, *, eager: bool) -> None:
    """The data of a series may lie in another file: it is that file's, and read when it is asked for."""
    with h5py.File(files / "main.nwb", "r+") as file:
        del file["acquisition/here/data"]
        file["acquisition/here/data"] = EXTERNAL("other.nwb", f"{THERE}/data")
        del file["acquisition/here/starting_time"]
        file["acquisition/here/starting_time"] = EXTERNAL("missing.nwb", f"{THERE}/starting_time")
    with reading(files / "main.nwb", eager=eager) as (io, root):
        here = root["acquisition"]["here"]
        assert here.data.unit == here.unit == "V"
        assert here.starting_time == Unresolved("external", f"{THERE}/starting_time", "missing.nwb")
        assert "/acquisition/here/starting_time" in {issue.path for issue in io.issues}
    assert here.data[:].tolist() == [0, 1, 2]


def _other_core(file: h5py.File) -> None:
    """Make the core of a file another one than that of the library."""
    file.move("specifications/core/2.11.0", "specifications/core/2.99.0")
    document = file["specifications/core/2.99.0/namespace"]
    header = json.loads(document[()])
    header["namespaces"][0]["version"] = file.attrs["nwb_version"] = "2.99.0"
    document[()] = json.dumps(header)


@lazily_and_eagerly
def test_external_link_to_a_file_of_another_version(tmp_path: Path, cache: Path, *, eager: bool) -> None:
    """The other file has classes of its own; a type is what it is in every version."""

    def other(file: h5py.File) -> None:
        series(file["acquisition"], "there")
        typed(file["general"].create_group("devices"), "d", "Device")
        _other_core(file)

    def main(file: h5py.File) -> None:
        file["acquisition/there"] = EXTERNAL("other.nwb", THERE)
        x = series(file["acquisition"], "x")
        del x["data"]
        x["data"] = EXTERNAL("other.nwb", f"{THERE}/data")
        group = typed(file["general"].create_group("extracellular_ephys"), "g", "ElectrodeGroup")
        group.attrs.update(description="d", location="l")
        group["device"] = EXTERNAL("other.nwb", "/general/devices/d")

    built(tmp_path / "other.nwb", other)
    with reading(built(tmp_path / "main.nwb", main), eager=eager) as (io, root):
        there = root.acquisition.nwb_data_interface["there"]
        assert type(there).__module__.startswith("nwb_models.generated.core.v2_99_0")
        assert root["acquisition/x"].data is there.data
        assert root["general/extracellular_ephys/g"].device.neurodata_type == "Device"
        reach_all(root)
        assert io.issues == ()


# ---------------------------------------------------------------------------------------------- types
def _typed_dataset(parent: h5py.Group, name: str, neurodata_type: str, namespace: str) -> None:
    parent.create_dataset(name, data=np.arange(3)).attrs.update(neurodata_type=neurodata_type, namespace=namespace)


def _group(neurodata_type: str, namespace: str | None = "core") -> Build:
    def build(file: h5py.File) -> None:
        group = typed(file["acquisition"], "it", neurodata_type)
        if namespace is None:
            del group.attrs["namespace"]
        else:
            group.attrs["namespace"] = namespace

    return build


def _dataset(neurodata_type: str, namespace: str) -> Build:
    return lambda file: _typed_dataset(
        file["scratch"] if "scratch" in file else file.create_group("scratch"), "it", neurodata_type, namespace
    )


def _unknown_in_the_place_of_a_field(file: h5py.File) -> None:
    x = series(file["acquisition"], "it")
    x["data"].attrs.update(neurodata_type="BetterData", namespace="ndx-better")


def _unknown_column(file: h5py.File) -> None:
    _typed_dataset(
        table(typed(file["processing"], "m", "ProcessingModule", description="d"), "t", "it"), "it", "Column", "ndx-x"
    )


NOT_SPECIFIED = "a type of the file's specifications"
NO_CHILD = ("unknown", "no such child")
TYPES: dict[str, Any] = {
    # name: (build, path, (neurodata_type, namespace, class, specified), base, issues as (rule, expected, found))
    "unknown type": (
        _group("Unknown"), "/acquisition/it", ("Unknown", "core", "Unknown", False), "NWBContainer",
        [("type", NOT_SPECIFIED, "core.Unknown, read as NWBContainer"), (*NO_CHILD, "Unknown")],
    ),
    "unknown namespace": (
        _group("Unknown", "ndx-x"), "/acquisition/it", ("Unknown", "ndx-x", "Unknown", False), "NWBContainer",
        [("type", NOT_SPECIFIED, "ndx-x.Unknown, read as NWBContainer"), (*NO_CHILD, "Unknown")],
    ),
    "known type of an unknown namespace": (
        _group("TimeSeries", "ndx-x"), "/acquisition/it", ("TimeSeries", "ndx-x", "TimeSeries", False), "NWBContainer",
        [("type", NOT_SPECIFIED, "ndx-x.TimeSeries, read as NWBContainer"), (*NO_CHILD, "TimeSeries")],
    ),
    "type of an included namespace": (
        _group("Container", "core"), "/acquisition/it", ("Container", "core", "Container", True), "Container",
        [(*NO_CHILD, "Container")],
    ),
    "unknown type without a namespace": (
        _group("Unknown", None), "/acquisition/it", ("Unknown", None, "Unknown", False), "NWBContainer",
        [("type", NOT_SPECIFIED, "no namespace.Unknown, read as NWBContainer"), (*NO_CHILD, "Unknown")],
    ),
    "a keyword": (
        _group("class"), "/acquisition/it", ("class", "core", "class_", False), "NWBContainer",
        [("type", NOT_SPECIFIED, "core.class, read as NWBContainer"), (*NO_CHILD, "class")],
    ),
    "a constant": (
        _group("None"), "/acquisition/it", ("None", "core", "None_", False), "NWBContainer",
        [("type", NOT_SPECIFIED, "core.None, read as NWBContainer"), (*NO_CHILD, "None")],
    ),
    "no identifier": (
        _group("a b-c"), "/acquisition/it", ("a b-c", "core", "a_b_c", False), "NWBContainer",
        [("type", NOT_SPECIFIED, "core.a b-c, read as NWBContainer"), (*NO_CHILD, "a b-c")],
    ),
    "a leading digit": (
        _group("1st"), "/acquisition/it", ("1st", "core", "Type_1st", False), "NWBContainer",
        [("type", NOT_SPECIFIED, "core.1st, read as NWBContainer"), (*NO_CHILD, "1st")],
    ),
    "a name of Python's own": (
        _group("__init__"), "/acquisition/it", ("__init__", "core", "init__", False), "NWBContainer",
        [("type", NOT_SPECIFIED, "core.__init__, read as NWBContainer"), (*NO_CHILD, "__init__")],
    ),
    "unknown type of a dataset": (
        _dataset("Unknown", "ndx-x"), "/scratch/it", ("Unknown", "ndx-x", "Unknown", False), "NWBData",
        [("type", NOT_SPECIFIED, "ndx-x.Unknown, read as NWBData"), (*NO_CHILD, "Unknown")],
    ),
    "unknown type of a column": (
        _unknown_column, "/processing/m/t/it", ("Column", "ndx-x", "Column", False), "NWBData",
        [("type", NOT_SPECIFIED, "ndx-x.Column, read as NWBData"), (*NO_CHILD, "Column")],
    ),
    "unknown type in the place of a field": (
        _unknown_in_the_place_of_a_field, "/acquisition/it/data",
        ("BetterData", "ndx-better", "BetterData", False), "TimeSeries__data",
        [("type", NOT_SPECIFIED, "ndx-better.BetterData, read as TimeSeries__data")],
    ),
    "type of a group as a dataset": (
        _dataset("TimeSeries", "core"), "/scratch/it", ("TimeSeries", "core", "TimeSeries", False), "NWBData",
        [("type", "a group", "a dataset"), (*NO_CHILD, "TimeSeries")],
    ),
    "type of a dataset as a group": (
        _group("VectorData", "hdmf-common"), "/acquisition/it",
        ("VectorData", "hdmf-common", "VectorData", False), "NWBContainer",
        [("type", "a dataset", "a group"), (*NO_CHILD, "VectorData")],
    ),
}  # fmt: skip


@lazily_and_eagerly
@pytest.mark.parametrize(("build", "path", "expected", "base", "issues"), cases(TYPES))
def test_types(
    build: Build,
    path: str,
    expected: tuple[Any, ...],
    base: str,
    issues: list[tuple[str, str, str]],
    tmp_path: Path,
    *,
    eager: bool,
) -> None:
    """What no specification defines is read as the nearest class that one does, says so, and keeps all of it."""
    with reading(built(tmp_path / "types.nwb", build), eager=eager) as (io, root):
        model = root[path]
        assert model is io.read(path)
        cls = type(model)
        assert (model.neurodata_type, model.namespace, cls.__name__, model.specified) == expected
        assert base in [above.__name__ for above in cls.__mro__[:2]]
        assert sorted(_facts(issue)[1:] for issue in _formal(io) if issue.path == path) == sorted(issues)
        same_as_h5py(io, tmp_path / "types.nwb")


def _formal(io: Any) -> list[Any]:
    """Return the issues but for what does not fit together within an object: only an eager reading looks for that."""
    return [issue for issue in io.issues if issue.rule not in {rule.name for rule in consistency.RULES}]


def _facts(issue: Any) -> tuple[str, str, str, str]:
    return issue.path, issue.rule, issue.expected, issue.found


# ---------------------------------------------------------------------------------------------- departures
def _x(change: Callable[[h5py.Group], None]) -> Build:
    """Return what makes a series ``x`` and changes it."""
    return lambda file: change(series(file["acquisition"], "x"))


def _replaced(path: str, data: Any, **attributes: Any) -> Build:
    """Return what puts other data in the place of a dataset of the file or of ``x``, attributes kept."""

    def build(file: h5py.File) -> None:
        series(file["acquisition"], "x")
        kept = dict(file[path].attrs) if path in file else {}
        if path in file:
            del file[path]
        text = isinstance(data, str | list) and isinstance(data[0], str)
        file.create_dataset(path, data=data, dtype=TEXT if text else None).attrs.update({**kept, **attributes})

    return build


def _attribute(path: str, name: str, value: Any) -> Build:
    def build(file: h5py.File) -> None:
        series(file["acquisition"], "x")
        file[path].attrs[name] = value(file) if callable(value) else value

    return build


def _without(*paths: str) -> Build:
    """Return what makes ``x`` and takes out objects, or attributes as ``path@name``."""

    def build(file: h5py.File) -> None:
        series(file["acquisition"], "x")
        for path in paths:
            where, _, name = path.partition("@")
            if name:
                del file[where].attrs[name]
            else:
                del file[path]

    return build


def _electrode_group(change: Callable[[h5py.Group], None]) -> Build:
    def build(file: h5py.File) -> None:
        typed(file["general"].create_group("devices"), "d", "Device")
        shelf = file["general"].create_group("extracellular_ephys")
        group = typed(shelf, "g", "ElectrodeGroup", description="d", location="l")
        group["device"] = SOFT("/general/devices/d")
        change(group)

    return build


def _without_device(group: h5py.Group) -> None:
    del group["device"]


def _dangling_device(group: h5py.Group) -> None:
    del group["device"]
    group["device"] = SOFT("/nowhere")


def _not_a_device(group: h5py.Group) -> None:
    del group["device"]
    series(group.file["acquisition"], "x")
    group["device"] = SOFT("/acquisition/x")


def _other_position(group: h5py.Group) -> None:
    group["position"] = np.zeros(1, [("x", "f4"), ("y", "f2")])


def _region(change: Callable[[h5py.Dataset, h5py.Group], None]) -> Build:
    """Return what makes two tables, one with a region column, and changes that."""

    def build(file: h5py.File) -> None:
        module = typed(file["processing"], "m", "ProcessingModule", description="d")
        dataset = column(table(module, "t", "r"), "r", np.arange(3), "DynamicTableRegion", description="d")
        dataset.attrs["table"] = table(module, "u").ref
        series(module, "x")
        change(dataset, module)

    return build


def _null_table(dataset: h5py.Dataset, module: h5py.Group) -> None:
    dataset.attrs.create("table", h5py.Reference(), dtype=REFERENCE)


def _no_table(dataset: h5py.Dataset, module: h5py.Group) -> None:
    dataset.attrs["table"] = module["x"].ref


def _named_table(dataset: h5py.Dataset, module: h5py.Group) -> None:
    dataset.attrs["table"] = "u"


def _region_of_a_table(dataset: h5py.Dataset, module: h5py.Group) -> None:
    dataset.attrs.create("table", module["u/id"].regionref[0:2], dtype=REGION)


def _untyped_things(file: h5py.File) -> None:
    group = file["general"].create_group("mine/below").parent
    group.attrs["why"] = "because"
    group["numbers"] = np.arange(3)
    group["numbers"].attrs["unit"] = "V"
    group["below/one"] = 1


def _dataset_for_a_group(file: h5py.File) -> None:
    file["general/devices"] = np.arange(3)
    file["general/devices"].attrs["why"] = "because"


def _group_for_a_dataset(file: h5py.File) -> None:
    file["general"].create_group("lab").attrs["why"] = "because"


def _group_for_a_dataset_with_attributes(x: h5py.Group) -> None:
    del x["data"]
    x.create_group("data").attrs["unit"] = "V"


def _other_type_for_a_group(file: h5py.File) -> None:
    typed(file["general"], "subject", "Device")


RAGGED = "(*) or (*, *) or (*, *, *) or (*, *, *, *)"
DEPARTURES: dict[str, Any] = {
    # name: (build, every issue as (path, rule, expected, found))
    "nothing": (_x(lambda x: None), []),
    "missing attribute": (
        _without("acquisition/x/data@unit"),
        [("/acquisition/x/data@unit", "missing", "attribute unit", "none")],
    ),
    "missing attribute with a default": (_without("acquisition/x@description"), []),
    "missing dataset": (
        _without("acquisition/x/data", "identifier"),
        [
            ("/acquisition/x/data", "missing", "dataset data", "none"),
            ("/identifier", "missing", "dataset identifier", "none"),
        ],
    ),
    "missing group": (_without("analysis"), [("/analysis", "missing", "group analysis", "none")]),
    "missing link": (
        _electrode_group(_without_device),
        [("/general/extracellular_ephys/g/device", "missing", "link device", "none")],
    ),
    "none of what there has to be one of": (
        lambda file: typed(file["acquisition"], "it", "LFP"),
        [("/acquisition/it", "missing", "an ElectricalSeries", "none")],
    ),
    "missing nwb_version": (_without("/@nwb_version"), [("/@nwb_version", "missing", "attribute nwb_version", "none")]),
    "missing neurodata_type of the root": (
        _without("/@neurodata_type"),
        [("/", "missing", "attribute neurodata_type", "none")],
    ),
    "wrong nwb_version": (
        _attribute("/", "nwb_version", "2.0.0"),
        [("/@nwb_version", "value", "'2.11.0'", "'2.0.0'")],
    ),
    "wrong dtype of an attribute": (
        _attribute("acquisition/x", "description", 5),
        [("/acquisition/x@description", "dtype", "text", "int64")],
    ),
    "text for a number": (
        _attribute("acquisition/x/data", "conversion", "one"),
        [("/acquisition/x/data@conversion", "dtype", "float32", "text or object")],
    ),
    "reference for text": (
        _attribute("acquisition/x", "description", lambda file: file["acquisition"].ref),
        [("/acquisition/x@description", "dtype", "text", "object reference")],
    ),
    "wrong dtype of a dataset": (_replaced("identifier", 5), [("/identifier", "dtype", "text", "int64")]),
    "wrong dtype of an array": (
        _replaced("acquisition/x/control", np.zeros(5, "f4")),
        [("/acquisition/x/control", "dtype", "uint8", "float32")],
    ),
    "too few bytes": (
        _attribute("acquisition/x/data", "conversion", np.float16(1)),
        [("/acquisition/x/data@conversion", "dtype", "float32", "float16")],
    ),
    "more bytes than needed": (_attribute("acquisition/x/data", "conversion", np.float64(1)), []),
    "more bytes than needed in an array": (_replaced("acquisition/x/control", np.zeros(5, "u4")), []),
    "wrong dtype of no values": (_replaced("acquisition/x/control", np.zeros(0, "f8")), []),
    "other fields of a compound": (
        _electrode_group(_other_position),
        [
            (
                "/general/extracellular_ephys/g/position",
                "dtype",
                "compound (x: float32, y: float32, z: float32)",
                "compound (x: float32, y: float16)",
            )
        ],
    ),
    "no date": (
        _replaced("session_start_time", "yesterday"),
        [("/session_start_time", "dtype", "a date and time in ISO 8601", "'yesterday'")],
    ),
    "wrong fixed value": (
        _attribute("acquisition/x/starting_time", "unit", "ms"),
        [("/acquisition/x/starting_time@unit", "value", "'seconds'", "'ms'")],
    ),
    "one value for an array": (
        _replaced("file_create_date", DATE),
        [("/file_create_date", "shape", "(*)", "a single value")],
    ),
    "one value for data": (
        _replaced("acquisition/x/data", 1.0),
        [("/acquisition/x/data", "shape", RAGGED, "a single value")],
    ),
    "an array for one value": (
        _replaced("identifier", ["made by hand"]),
        [("/identifier", "shape", "a single value", "(1)")],
    ),
    "an array for one number": (
        _attribute("acquisition/x/data", "offset", np.zeros(2, "f4")),
        [("/acquisition/x/data@offset", "shape", "a single value", "(2)")],
    ),
    "too many axes": (
        _replaced("acquisition/x/data", np.zeros((1,) * 5)),
        [("/acquisition/x/data", "shape", RAGGED, "(1, 1, 1, 1, 1)")],
    ),
    "wrong shape of a column": (
        _replaced("acquisition/x/control", np.zeros((5, 1), "u1")),
        [("/acquisition/x/control", "shape", "(*)", "(5, 1)")],
    ),
    "attribute that is not foreseen": (
        _attribute("acquisition/x", "mine", 5),
        [("/acquisition/x@mine", "unknown", "no such attribute", "np.int64(5)")],
    ),
    "attribute of several lines": (
        _attribute("acquisition/x", "mine", np.arange(40.0).reshape(20, 2)),
        [
            (
                "/acquisition/x@mine",
                "unknown",
                "no such attribute",
                " ".join(repr(np.arange(40.0).reshape(20, 2)).split())[:80],
            )
        ],
    ),
    "attribute of a plain dataset": (
        _attribute("identifier", "mine", "yes"),
        [("/identifier@mine", "unknown", "no such attribute", "'yes'")],
    ),
    "dataset that is not foreseen": (
        _replaced("acquisition/x/mine", np.arange(3)),
        [("/acquisition/x/mine", "unknown", "no such child", "an array of shape (3,)")],
    ),
    "untyped groups and datasets": (
        _untyped_things,
        [
            ("/general/mine", "unknown", "no such child", "an untyped group"),
            ("/general/mine@why", "unknown", "no such attribute", "'because'"),
            ("/general/mine/below", "unknown", "no such child", "an untyped group"),
            ("/general/mine/below/one", "unknown", "no such child", "np.int64(1)"),
            ("/general/mine/numbers", "unknown", "no such child", "an untyped dataset"),
            ("/general/mine/numbers@unit", "unknown", "no such attribute", "'V'"),
        ],
    ),
    "dataset for a group": (
        _dataset_for_a_group,
        [
            ("/general/devices", "type", "NWBFile__general__devices", "an untyped dataset"),
            ("/general/devices@why", "unknown", "no such attribute", "'because'"),
        ],
    ),
    "group for a dataset": (
        _group_for_a_dataset,
        [
            ("/general/lab", "type", "dataset", "an untyped group"),
            ("/general/lab@why", "unknown", "no such attribute", "'because'"),
        ],
    ),
    "group for a dataset with attributes": (
        _x(_group_for_a_dataset_with_attributes),
        [
            ("/acquisition/x/data", "type", "TimeSeries__data", "an untyped group"),
            ("/acquisition/x/data@unit", "unknown", "no such attribute", "'V'"),
        ],
    ),
    "another type": (_other_type_for_a_group, [("/general/subject", "type", "Subject", "Device")]),
    "link to another type": (
        _electrode_group(_not_a_device),
        [("/general/extracellular_ephys/g/device", "type", "Device", "TimeSeries")],
    ),
    "link to nothing": (
        _electrode_group(_dangling_device),
        [("/general/extracellular_ephys/g/device", "link", "an object at /nowhere", "nothing that can be opened")],
    ),
    "null reference": (
        _region(_null_table),
        [("/processing/m/t/r@table", "reference", "DynamicTable", "a reference to nothing")],
    ),
    "reference to another type": (
        _region(_no_table),
        [("/processing/m/t/r@table", "type", "DynamicTable", "TimeSeries")],
    ),
    "text for a reference": (
        _region(_named_table),
        [("/processing/m/t/r@table", "dtype", "object reference", "text or object")],
    ),
    "region for a reference": (
        _region(_region_of_a_table),
        [("/processing/m/t/r@table", "dtype", "object reference", "region reference")],
    ),
}


@pytest.mark.parametrize(("build", "expected"), cases(DEPARTURES))
def test_departures(build: Build, expected: list[tuple[str, str, str, str]], tmp_path: Path) -> None:
    """Each is recorded once, lazily and eagerly alike, nothing is lost by it, and ``strict=True`` raises them all."""
    path = built(tmp_path / "departs.nwb", build)
    for eager in (False, True):
        with reading(path, eager=eager) as (io, root):
            reach_all(root)
            assert sorted(map(_facts, io.issues)) == sorted(expected)
            same_as_h5py(io, path)
    with nwb.open(path) as io:
        if not expected:
            io.read(strict=True)
            return
        with pytest.raises(DepartureError) as caught:
            io.read(strict=True)
        assert sorted(map(_facts, caught.value.issues)) == sorted(expected)
        message = str(caught.value).splitlines()
        assert message[0] == f"{path} departs from its specifications in {len(expected)} places:"
        assert sorted(message[1:]) == sorted(f"  {issue}" for issue in caught.value.issues)


def test_a_missing_namespace_is_a_departure(tmp_path: Path) -> None:
    """The type is looked for in every namespace of the file."""
    with reading(built(tmp_path / "type.nwb", _without("acquisition/x@namespace")), eager=True) as (io, root):
        assert (root["acquisition"]["x"].neurodata_type, root["acquisition"]["x"].unit) == ("TimeSeries", "V")
        assert list(map(_facts, io.issues)) == [("/acquisition/x@namespace", "missing", "attribute namespace", "none")]


def test_a_type_that_is_no_text_is_a_departure(tmp_path: Path) -> None:
    """The object has no type then, which is said."""
    with reading(built(tmp_path / "type.nwb", _attribute("acquisition/x", "neurodata_type", 5)), eager=True) as (
        io,
        root,
    ):
        assert type(root["acquisition"]["x"]) is NWBGroup
        assert ("/acquisition/x@neurodata_type", "dtype", "text", "int64") in map(_facts, io.issues)
        assert ("/acquisition/x", *NO_CHILD, "an untyped group") in map(_facts, io.issues)


def test_departures_name_the_typed_object_that_they_belong_to(tmp_path: Path) -> None:
    """An attribute of untyped data belongs to the series, a group of the root to the file."""

    def build(file: h5py.File) -> None:
        del series(file["acquisition"], "x")["data"].attrs["unit"]
        _untyped_things(file)

    with reading(built(tmp_path / "owners.nwb", build), eager=True) as (io, root):
        owners = {issue.path: issue.neurodata_type for issue in io.issues}
        assert owners["/acquisition/x/data@unit"] == "TimeSeries"
        assert owners["/general/mine"] == owners["/general/mine/numbers@unit"] == "NWBFile"
        assert [issue.path for issue in root["acquisition"]["x"].issues] == ["/acquisition/x/data@unit"]


# ---------------------------------------------------------------------------------------------- specifications
def _move(to: str, specloc: Callable[[h5py.Group], Any]) -> Build:
    """Return what moves the specifications, and says so in ``.specloc``."""

    def build(file: h5py.File) -> None:
        if to != "/specifications":
            file.require_group(to.rpartition("/")[0] or "/")
            file.move("specifications", to)
        del file.attrs[".specloc"]
        location = specloc(file[to])
        if location is not None:
            file.attrs[".specloc"] = location

    return build


SPECLOCS: dict[str, Any] = {
    # name: (where the specifications are, what .specloc says of that)
    "reference": ("/specs", lambda group: group.ref),
    "reference far down": ("/general/my/specs", lambda group: group.ref),
    "text": ("/specs", lambda group: group.name),
    "text without a leading slash": ("/specs", lambda group: "specs"),
    "fixed-length text": ("/specs", lambda group: np.bytes_(group.name)),
    "array of one reference": ("/specs", references),
    "nothing": ("/specifications", lambda group: None),
    "nothing of this name": ("/specifications", lambda group: "/nowhere"),
    "a dataset": ("/specifications", lambda group: group.file["identifier"].ref),
    "null reference": ("/specifications", lambda group: h5py.Reference()),
}


@lazily_and_eagerly
@pytest.mark.parametrize(("place", "specloc"), cases(SPECLOCS))
def test_where_the_specifications_are(
    place: str, specloc: Callable[[h5py.Group], Any], tmp_path: Path, *, eager: bool
) -> None:
    """``.specloc`` says where they are, else ``/specifications``; they are no data."""
    with reading(built(tmp_path / "specs.nwb", _move(place, specloc)), eager=eager) as (io, root):
        assert io.provider.specifications is not None
        assert io.provider.versions["core"] == "2.11.0"
        assert type(root).__module__.startswith("nwb_models.generated.core.v2_11_0.")
        above, _, name = place.rpartition("/")
        assert name not in set(root.get(above, root))
        assert io.is_skipped(place)
        assert io.is_skipped(f"{place}/core/2.11.0")
        with pytest.raises(ObjectNotFoundError, match="holds specifications and no data"):
            io.read(place)


@lazily_and_eagerly
def test_data_that_is_called_like_the_specifications(tmp_path: Path, *, eager: bool) -> None:
    """Only the group that ``.specloc`` points to is no data."""

    def build(file: h5py.File) -> None:
        file["specifications_x"] = np.arange(3)
        file.create_group("general/specifications")["number"] = 5

    with reading(built(tmp_path / "specs.nwb", build), eager=eager) as (io, root):
        assert root["specifications_x"][:].tolist() == [0, 1, 2]
        assert root["general/specifications/number"] == 5
        same_as_h5py(io, tmp_path / "specs.nwb")


@lazily_and_eagerly
def test_data_in_the_place_of_the_specifications(tmp_path: Path, *, eager: bool) -> None:
    """Where ``.specloc`` points elsewhere, a group called ``specifications`` is data like any other."""

    def build(file: h5py.File) -> None:
        _move("/specs", lambda group: group.ref)(file)
        file.create_group("specifications")["number"] = 7

    with reading(built(tmp_path / "specs.nwb", build), eager=eager) as (io, root):
        assert root["specifications/number"] == 7
        same_as_h5py(io, tmp_path / "specs.nwb")


def _extension(file: h5py.File, version: str, attribute: str, name: str = "ndx-two") -> h5py.Group:
    """Add a namespace of one type with one attribute to the specifications."""
    group = file["specifications"].create_group(f"{name}/{version}")
    schema = [{"namespace": "core"}, {"source": "ndx-two"}]
    group["namespace"] = json.dumps({"namespaces": [{"name": name, "version": version, "doc": "d", "schema": schema}]})
    attributes = [{"name": attribute, "dtype": "text", "doc": "d"}]
    spec = {"neurodata_type_def": "Two", "neurodata_type_inc": "NWBDataInterface", "doc": "d", "attributes": attributes}
    group["ndx-two"] = json.dumps({"groups": [spec]})
    return group


def test_two_versions_of_a_namespace_in_one_file(tmp_path: Path, cache: Path) -> None:
    """Objects are of the higher version, and the other one is there for who asks."""

    def build(file: h5py.File) -> None:
        _extension(file, "0.9.0", "old")
        _extension(file, "0.10.0", "new")
        typed(file["acquisition"], "two", "Two", "ndx-two", new="n")

    with nwb.open(built(tmp_path / "two.nwb", build)) as io:
        two = io.read("/acquisition/two")
        assert two.new == "n"
        assert type(two) is io.provider.get_class("ndx-two", "Two")
        older = io.provider.get_class("ndx-two", "Two", "0.9.0")
        assert set(older.model_fields) - set(type(two).model_fields) == {"old"}
        assert io.issues == ()


def test_two_versions_of_core_in_one_file(tmp_path: Path) -> None:
    """``nwb_version`` says which of them the file was written with, were it the lower one."""

    def build(file: h5py.File) -> None:
        file.copy("specifications/core/2.11.0", "specifications/core/99.0.0")
        header = json.loads(file["specifications/core/2.11.0/namespace"][()])
        header["namespaces"][0]["version"] = "99.0.0"
        del file["specifications/core/99.0.0/namespace"]
        file["specifications/core/99.0.0/namespace"] = json.dumps(header)

    with nwb.open(built(tmp_path / "two.nwb", build)) as io:
        assert io.provider.versions["core"] == "2.11.0"
        assert type(io.read()).__module__.startswith("nwb_models.generated.core.v2_11_0.")
        assert {entry.version for entry in io.provider.specifications if entry.name == "core"} == {"2.11.0", "99.0.0"}


def _add(document: str, text: Any) -> Build:
    def build(file: h5py.File) -> None:
        group = _extension(file, "0.1.0", "a")
        del group[document]
        if text is not None:
            group[document] = text
        typed(file["acquisition"], "two", "Two", "ndx-two", a="n")

    return build


NO_JSON = "ndx-two/0.1.0/{} is no JSON: "
NO_NAME = "The document 'namespace' names no namespace: it needs a 'name', a 'version' and a 'schema'"
BROKEN: dict[str, Any] = {
    # name: (build, what the issue says)
    "broken JSON": (_add("ndx-two", "{broken"), NO_JSON.format("ndx-two")),
    "broken JSON of the namespace": (_add("namespace", "{broken"), NO_JSON.format("namespace")),
    "numbers": (_add("ndx-two", np.arange(3)), NO_JSON.format("ndx-two")),
    "text that is not UTF-8": (_add("ndx-two", b"\xff"), NO_JSON.format("ndx-two")),
    "a list": (_add("namespace", "[1, 2]"), NO_NAME),
    "no namespace": (_add("namespace", None), NO_NAME),
    "no schema": (_add("namespace", '{"name": "ndx-two", "version": "0.1.0"}'), "has no list 'schema'"),
    "missing document": (_add("ndx-two", None), "has no document 'ndx-two', which its schema names"),
}


@pytest.mark.parametrize(("build", "said"), cases(BROKEN))
def test_broken_specifications(build: Build, said: str, tmp_path: Path, cache: Path) -> None:
    """The rest of the file is read by the specifications that are sound; the broken one is an issue of its own."""
    with nwb.open(built(tmp_path / "broken.nwb", build)) as io:
        two = io.read("/acquisition/two")
        assert (two.neurodata_type, two.specified, two.model_extra["a"]) == ("Two", False, "n")
        (issue,) = [issue for issue in io.issues if issue.rule == "specification"]
        assert issue.path == "/specifications/ndx-two/0.1.0"
        assert said in issue.found
        assert type(io.read()).__module__.startswith("nwb_models.generated.core.v2_11_0.")
        with pytest.raises(DepartureError, match=r"/specifications/ndx-two/0\.1\.0: specification"):
            io.read(strict=True)


def _none(file: h5py.File) -> None:
    del file["specifications"], file.attrs[".specloc"]


def _empty(file: h5py.File) -> None:
    del file["specifications"]
    file.attrs[".specloc"] = file.create_group("specifications").ref


def _broken_core(file: h5py.File) -> None:
    del file["specifications/core/2.11.0/nwb.base"]
    file["specifications/core/2.11.0/nwb.base"] = "{broken"


def _core_missing(file: h5py.File) -> None:
    del file["specifications/core"]


@lazily_and_eagerly
@pytest.mark.parametrize(
    "build", cases({"none": _none, "empty": _empty, "broken": _broken_core, "without core": _core_missing})
)
def test_no_specifications_of_core(build: Build, tmp_path: Path, *, eager: bool) -> None:
    """The nearest core that is shipped is used, which is said in a warning where the caller stands."""

    def with_series(file: h5py.File) -> None:
        series(file["acquisition"], "x")
        build(file)

    path = built(tmp_path / "none.nwb", with_series)
    with pytest.warns(NWBWarning, match="holds no specification of core: it is read with that of 2.11.0") as warned:
        root = nwb.read(path, eager=eager)
    assert type(root).__module__.startswith("nwb_models.generated.core.v2_11_0.")
    assert root.acquisition["x"].unit == "V"
    assert [warning.filename for warning in warned] == [__file__]


def test_a_file_with_an_extension_and_no_core(tmp_path: Path, cache: Path) -> None:
    """Without the core that it includes the extension means nothing: its types count as without specification."""

    def build(file: h5py.File) -> None:
        del file["specifications/core"]
        _extension(file, "0.1.0", "a")
        typed(file["acquisition"], "two", "Two", "ndx-two", a="n")

    path = built(tmp_path / "extension.nwb", build)
    with pytest.warns(NWBWarning, match="holds no specification of core"):
        two = nwb.read(path, "/acquisition/two")
    assert (two.neurodata_type, two.specified, two.a) == ("Two", True, "n")


@lazily_and_eagerly
def test_unknown_version_without_specifications(tmp_path: Path, *, eager: bool) -> None:
    """Without ``nwb_version`` too, the newest core that is shipped is the nearest."""

    def build(file: h5py.File) -> None:
        _none(file)
        del file.attrs["nwb_version"]

    path = built(tmp_path / "none.nwb", build)
    with pytest.warns(NWBWarning, match="NWB of unknown version"):
        root = nwb.read(path, eager=eager)
    assert root.neurodata_type == "NWBFile"
    assert [issue.path for issue in root.issues] == ["/@nwb_version"]


@lazily_and_eagerly
def test_root_without_a_type(tmp_path: Path, *, eager: bool) -> None:
    """What has an ``nwb_version`` is an NWBFile."""

    def build(file: h5py.File) -> None:
        series(file["acquisition"], "x")
        del file.attrs["neurodata_type"], file.attrs["namespace"]

    with reading(built(tmp_path / "root.nwb", build), eager=eager) as (io, root):
        assert type(root) is io.provider.get_class("core", "NWBFile")
        assert root.acquisition["x"].unit == "V"


@lazily_and_eagerly
def test_root_of_another_type(tmp_path: Path, *, eager: bool) -> None:
    """The type that the root names counts, also where no specification defines it."""

    def build(file: h5py.File) -> None:
        file.attrs["neurodata_type"] = "MyFile"

    with reading(built(tmp_path / "root.nwb", build), eager=eager) as (io, root):
        assert (root.neurodata_type, root.specified, type(root).__mro__[1].__name__) == (
            "MyFile",
            False,
            "NWBContainer",
        )
        assert root["identifier"] == "made by hand"
        assert ("/", "type", NOT_SPECIFIED, "core.MyFile, read as NWBContainer") in map(_facts, io.issues)


NOT_NWB: dict[str, Any] = {
    # name: (datasets of the file, what the error says)
    "NWB 1": ({"nwb_version": "NWB-1.0.6"}, "is NWB NWB-1.0.6: versions before 2.0 cannot be read"),
    "NWB 1 in fixed-length text": ({"nwb_version": np.bytes_("NWB-1.0.5")}, "is NWB NWB-1.0.5: versions before 2.0"),
    "HDF5": ({"nwb": 1}, "is an HDF5 file and not NWB: its root has neither 'nwb_version' nor 'neurodata_type'"),
    "an empty file": ({}, "is an HDF5 file and not NWB"),
}


@pytest.mark.parametrize(("datasets", "said"), cases(NOT_NWB))
def test_files_that_are_no_nwb(datasets: dict[str, Any], said: str, tmp_path: Path) -> None:
    """The error says what the file is."""
    path = tmp_path / "other.nwb"
    with h5py.File(path, "w") as file:
        for name, value in datasets.items():
            file[name] = value
    with pytest.raises(NotNWBError, match=said):
        nwb.read(path)


# ---------------------------------------------------------------------------------------------- other objects
@lazily_and_eagerly
def test_committed_datatypes(tmp_path: Path, *, eager: bool) -> None:
    """A named datatype is no group and no dataset: it is left where it is, with an issue; what uses it is read."""

    def build(file: h5py.File) -> None:
        file["acquisition/type"] = np.dtype("f4")
        file["general"].create_group("group")["type"] = np.dtype([("a", "i4")])
        x = series(file["acquisition"], "x")
        x["type"] = np.dtype("i2")
        x["control"] = np.dtype("u1")
        del x["data"]
        x.create_dataset("data", data=np.arange(3), dtype=x["type"]).attrs["unit"] = "V"
        x.attrs.create("mine", 5, dtype=x["type"])

    with reading(built(tmp_path / "types.nwb", build), eager=eager) as (io, root):
        x = root["acquisition"]["x"]
        assert (x.data[:].tolist(), x.data.dtype, x.mine) == ([0, 1, 2], np.dtype("i2"), 5)
        paths = {"/acquisition/type", "/general/group/type", "/acquisition/x/type", "/acquisition/x/control"}
        assert {path: root[path] for path in paths} == {path: Unresolved("hard", path) for path in paths}
        reach_all(root)
        about = sorted(_facts(issue) for issue in io.issues if issue.path in paths)
        assert about == [(path, "link", f"an object at {path}", "nothing that can be opened") for path in sorted(paths)]


@lazily_and_eagerly
def test_forty_levels(tmp_path: Path, *, eager: bool) -> None:
    """Groups in groups in groups, untyped and typed."""

    def build(file: h5py.File) -> None:
        untyped, modules = file["general"], file["processing"]
        for level in range(40):
            untyped = untyped.create_group(f"g{level}")
            modules = typed(modules, f"m{level}", "ProcessingModule", description="d")
        untyped["number"] = 5
        series(modules, "x")

    with reading(built(tmp_path / "deep.nwb", build), eager=eager) as (io, root):
        assert root["general/" + "/".join(f"g{level}" for level in range(40))]["number"] == 5
        modules = root["processing/" + "/".join(f"m{level}" for level in range(40))]
        assert modules["x"].path.count("/") == 42
        same_as_h5py(io, tmp_path / "deep.nwb")


def _calls(function: Callable[[], Any]) -> int:
    """Count the Python functions and builtins that are called."""
    count = 0

    def profile(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


def test_twenty_thousand_attributes(tmp_path: Path) -> None:
    """They are all there, and the work grows with their number, not with its square."""
    numbers = (2_000, 20_000)
    with new_file(tmp_path / "many.nwb") as file:
        for number in numbers:
            group = series(file["acquisition"], f"x{number}")
            space = h5s.create(h5s.SCALAR)
            for index in range(number):
                h5a.create(group.id, b"a%d" % index, h5t.NATIVE_INT32, space).write(np.array(index, "i4"))
    work = {}
    with nwb.open(tmp_path / "many.nwb") as io:
        io.read("/acquisition")
        for number in numbers:
            work[number] = _calls(partial(io.read, f"/acquisition/x{number}"))
            extra = io.read(f"/acquisition/x{number}").model_extra
            assert extra == {f"a{index}": index for index in range(number)}
        assert len(io.issues) == sum(numbers)
    assert work[20_000] < 11 * work[2_000]


# ---------------------------------------------------------------------------------------------- metadata only
def _filtered(parent: h5py.Group, name: str, dtype: Any = "f8") -> h5py.Dataset:
    """Add an array whose chunks went through a filter that HDF5 does not have: it cannot be read."""
    create = h5p.create(h5p.DATASET_CREATE)
    create.set_chunk((4,))
    create.set_filter(32_099, h5z.FLAG_OPTIONAL, ())
    kind = h5t.py_create(np.dtype(dtype), logical=True)
    dataset = h5d.create(parent.id, name.encode(), kind, h5s.create_simple((8,)), create)
    for start in (0, 4):
        dataset.write_direct_chunk((start,), b"x" * 4 * kind.get_size())
    return h5py.Dataset(dataset)


def _corrupt(parent: h5py.Group, name: str) -> h5py.Dataset:
    """Add an array whose chunks are no gzip, though it says that they are."""
    dataset = parent.create_dataset(name, shape=(8,), chunks=(4,), dtype="f8", compression="gzip")
    dataset.id.write_direct_chunk((0,), b"no gzip")
    return dataset


def _elsewhere(parent: h5py.Group, name: str) -> h5py.Dataset:
    """Add an array whose values are in a file that is gone."""
    return parent.create_dataset(name, shape=(8,), dtype="f8", external=[("gone.raw", 0, h5py.h5f.UNLIMITED)])


UNREADABLE = {"filter": _filtered, "corrupt": _corrupt, "elsewhere": _elsewhere}


def _unreadable_file(path: Path) -> None:
    """Write a file in which no array can be read."""
    with new_file(path, specifications=False) as file:
        del file["file_create_date"]
        _filtered(file, "file_create_date", TEXT)
        for name, make in UNREADABLE.items():
            x = series(file["acquisition"], name)
            del x["data"]
            make(x, "data").attrs["unit"] = "V"
            make(x, "timestamps").attrs.update(unit="seconds", interval=np.int32(1))
            _filtered(x, "control_description", TEXT)
        rows = table(typed(file["processing"], "m", "ProcessingModule", description="d"), "t", "text", "object")
        del rows["id"]
        about = {"neurodata_type": "VectorData", "namespace": "hdmf-common", "description": "d"}
        _filtered(rows, "text", TEXT).attrs.update(about)
        _filtered(rows, "object", REFERENCE).attrs.update(about)
        _filtered(rows, "id", "i8").attrs.update(neurodata_type="ElementIdentifiers", namespace="hdmf-common")
        file["general"].create_group("mine")
        _corrupt(file["general/mine"], "plain")


@lazily_and_eagerly
def test_reading_metadata_reads_no_array(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, eager: bool) -> None:
    """All of the metadata of a file is there whose arrays cannot be read at all, and none is asked for."""
    _unreadable_file(tmp_path / "unreadable.nwb")
    asked: list[str] = []
    monkeypatch.setattr(HDF5Array, "read", lambda self, index: asked.append(self.path))
    monkeypatch.setattr(h5py.Dataset, "__getitem__", lambda self, index: asked.append(self.name))
    with pytest.warns(NWBWarning, match="no specification of core"):
        root = nwb.read(tmp_path / "unreadable.nwb", eager=eager)
    models = reach_all(root)
    arrays = [model for model in models if isinstance(model, Array)]
    arrays += [model.value for model in models if isinstance(model, NWBDataset) and isinstance(model.value, Array)]
    assert {array.shape for array in arrays} == {(8,)}
    assert len(arrays) == 14
    assert [root["acquisition"][name].unit for name in UNREADABLE] == ["V"] * 3
    assert len(root["processing/m/t"]) == 8
    assert all(repr(thing) for thing in models + arrays)
    assert sorted(_facts(issue)[:3] for issue in root.issues) == [
        ("/general/mine", "unknown", "no such child"),
        ("/general/mine/plain", "unknown", "no such child"),
    ]
    assert asked == []


@pytest.mark.parametrize(("make", "said"), [
    (_filtered, r"\(filter 32099 is missing: 'pip install hdf5plugin' and 'import hdf5plugin' may bring it\)"),
    (_corrupt, "filter returned failure"),
    (_elsewhere, "external raw data file"),
], ids=["filter", "corrupt", "elsewhere"])  # fmt: skip
def test_arrays_that_cannot_be_read(make: Callable[..., h5py.Dataset], said: str, tmp_path: Path) -> None:
    """The error names file and path, and a filter that is missing; the rest of the object is there."""

    def build(file: h5py.File) -> None:
        x = series(file["acquisition"], "x")
        del x["data"]
        make(x, "data").attrs["unit"] = "V"

    path = built(tmp_path / "unreadable.nwb", build)
    x = nwb.read(path).acquisition["x"]
    with pytest.raises(UnreadableObjectError, match=said) as caught:
        x.data[:]
    assert str(caught.value).startswith(f"{path}:/acquisition/x/data cannot be read: ")
    assert ("hdf5plugin" in str(caught.value)) == (make is _filtered)
    assert (x.unit, x.data.shape, x.starting_time.rate) == ("V", (8,), 10.0)


# ---------------------------------------------------------------------------------------------- any file
WORDS = ["a", "b", "data", "device", "control", "timestamps", "devices", "electrodes", "value", "table", "target", "id"]
GROUP_TYPES = [
    ("ProcessingModule", "core"), ("Device", "core"), ("LFP", "core"), ("ElectrodeGroup", "core"), ("Units", "core"),
    ("Images", "core"), ("Subject", "core"), ("NWBFile", "core"), ("DynamicTable", "hdmf-common"), ("Mine", "ndx-x"),
]  # fmt: skip
COLUMN_TYPES = ["VectorData", "VectorIndex", "DynamicTableRegion", "ElementIdentifiers", "Mine"]
PLAIN = [1, 2.5, [1, 2, 3], np.zeros((2, 2)), np.zeros(0)]


def _anything(file: h5py.File, draw: Callable[..., Any]) -> None:
    """Put groups, datasets, links and references anywhere."""
    groups = [file[name] for name in ("acquisition", "processing", "general", "analysis", "stimulus/templates", "/")]
    objects = list(groups)
    for _ in range(draw(st.integers(1, 12))):
        parent, name = draw(st.sampled_from(groups)), draw(st.sampled_from(WORDS))
        kind = draw(st.sampled_from(["series", "typed", "group", "plain", "column", "references", "soft", "external"]))
        target = draw(st.sampled_from(objects))
        if name in parent or isinstance(parent.get(name, getlink=True), h5py.SoftLink | h5py.ExternalLink):
            continue
        if kind == "soft":
            parent[name] = SOFT(target.name + draw(st.sampled_from(["", "/starting_time", "/nowhere"])))
            continue
        if kind == "external":
            parent[name] = EXTERNAL("nowhere.nwb", target.name)
            continue
        if kind == "series":
            series(parent, name)
        elif kind == "typed":
            typed(parent, name, *draw(st.sampled_from(GROUP_TYPES)), description="d")
        elif kind == "group":
            parent.create_group(name)
        elif kind == "plain":
            parent.create_dataset(name, data=draw(st.sampled_from(PLAIN)))
        elif kind == "references":
            parent.create_dataset(name, data=references(target, *objects[:2]))
        else:
            column(parent, name, np.arange(3), draw(st.sampled_from(COLUMN_TYPES)), description="d")
            parent[name].attrs["table"] = target.ref
        objects.append(parent[name])
        if isinstance(parent[name], h5py.Group):
            groups.append(parent[name])
        for attribute in draw(
            st.lists(st.sampled_from(["target", "model", "description", "name", "unit"]), max_size=2)
        ):
            draw(st.sampled_from(objects)).attrs[attribute] = draw(st.sampled_from(objects)).ref


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_file(data: st.DataObject, tmp_path: Path) -> None:
    """However odd a file is, it reads in full, lazily and eagerly alike, and each departure is told once."""
    path = built(tmp_path / "any.nwb", lambda file: _anything(file, data.draw))
    found = []
    for eager in (False, True):
        with reading(path, eager=eager) as (io, root):
            reach_all(root)
            same_as_h5py(io, path)
            found.append(sorted(map(_facts, _formal(io))))
            assert len(set(found[-1])) == len(found[-1])
    assert found[0] == found[1]
