"""`nwb-models metadata`: what a file says of itself, and what was edited in that back into the file."""

from __future__ import annotations

import copy
import io
import json
import math
import shutil
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nwb_models as nwb
from nwb_models import cli
from nwb_models.errors import DocumentError, InvalidModelError
from nwb_models.io.documents import from_text, to_text
from tests.conftest import EXAMPLE
from tests.io.handmade import column, new_file, series, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SERIES = "acquisition/ElectricalSeries"
SHANK = "general/extracellular_ephys/shank0"
MASKS = "processing/ophys/ImageSegmentation/PlaneSegmentation/pixel_mask"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command as in a pipe; gives status, stdout and stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        status = cli.main(["metadata", *map(str, words)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """The recording that comes with the library."""
    return shutil.copy(EXAMPLE, tmp_path / "session.nwb")


def _object(document: Any, path: str) -> Any:
    """Return what a document says of the object at a path."""
    if isinstance(document, dict):
        if document.get("path") == f"/{path}":
            return document
        document = list(document.values())
    found = (_object(entry, path) for entry in document if isinstance(entry, dict | list))
    return next((entry for entry in found if entry is not None), None)


def _stored(path: Path) -> dict[str, tuple[Any, ...]]:
    """Return what is stored of each object but the specifications: address, bytes of contiguous data, attributes."""
    found: dict[str, tuple[Any, ...]] = {}
    with h5py.File(path) as file:

        def note(name: str, obj: Any) -> None:
            if not name.startswith("specifications"):
                offset = obj.id.get_offset() if isinstance(obj, h5py.Dataset) else None
                attributes = sorted((key, repr(value)) for key, value in obj.attrs.items())
                found[f"/{name}"] = (h5py.h5o.get_info(obj.id).addr, offset, attributes)

        file.visititems(note)
        note("", file)
    return found


def _edited(session: Path, edit: Callable[[Any], Any], **options: Any) -> list[nwb.io.metadata.MetadataEdit]:
    document = nwb.metadata(session)
    edit(document)
    return nwb.apply_metadata(session, document, **options)


# ------------------------------------------------------------------------------------------ there
def test_what_is_printed_is_yaml(session: Path, run: Any) -> None:
    """Arrays that are large are summaries in one line; nothing else is lost."""
    status, out, err = run(session)
    assert (status, err) == (0, "")
    assert "value: {shape: [6000, 4], dtype: int16}\n" in out
    assert "session_start_time: '2026-03-14T09:26:53+01:00'\n" in out
    assert repr(from_text(out).value) == repr(nwb.metadata(session)) == repr(nwb.metadata(nwb.read(session)))


def test_json(session: Path, tmp_path: Path, run: Any) -> None:
    """With --format, or the ending of the file that it goes to."""
    _, out, _ = run(session, "--format", "json")
    assert json.loads(out) == nwb.read(session).model_dump(mode="json")
    assert run(session, "-o", tmp_path / "meta.json") == (0, "", "")
    assert (tmp_path / "meta.json").read_text("utf-8") == out
    assert run(session, "--format", "toml")[0] == 2


# ------------------------------------------------------------------------------------------ and back
def test_edit_and_apply(session: Path, tmp_path: Path, run: Any) -> None:
    """Dump, edit as text, look at what would change, apply: that alone changes; once more, nothing does."""
    meta = tmp_path / "meta.yaml"
    run(session, "-o", meta)
    text = meta.read_text("utf-8")
    meta.write_text(text.replace("lab: Laboratory of Invented Results", "lab: Another one"), "utf-8")
    before = session.read_bytes()
    status, out, err = run(session, "--apply", meta, "--dry-run")
    assert (status, err) == (0, "")
    line = "/general: lab: 'Laboratory of Invented Results' -> 'Another one'"
    assert out.splitlines() == [line, f"{session}: 1 change to make"]
    assert session.read_bytes() == before
    status, out, _ = run(session, "--apply", meta, "--backup")
    assert out.splitlines() == [line, f"{session}: 1 change made"]
    assert session.with_name("session.nwb.bak").read_bytes() == before
    assert [found.path for found in nwb.diff(EXAMPLE, session, storage=True)] == ["/general/lab"]
    assert run(session, "--apply", meta)[1] == f"{session}: nothing to change\n"


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_what_is_not_edited_is_not_touched(session: Path, tmp_path: Path, run: Any, kind: str) -> None:
    """Not a byte of the file."""
    before = session.read_bytes()
    run(session, "-o", tmp_path / "meta", "--format", kind)
    assert run(session, "--apply", tmp_path / "meta")[1] == f"{session}: nothing to change\n"
    assert session.read_bytes() == before


def _set(path: str, **values: Any) -> Callable[[Any], Any]:
    """Return an edit of an object; a field ``data__unit`` is ``unit`` in ``data``."""

    def edit(document: Any) -> None:
        for key, value in values.items():
            *inner, last = key.split("__")
            found = _object(document, path)
            for step in inner:
                found = found[step]
            found[last] = value

    return edit


@pytest.mark.filterwarnings("ignore:session_start_time is")
@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        (_set("", session_description="another"), "/session_description"),
        (_set("", session_start_time="2026-03-14T10:00:00+01:00"), "/session_start_time"),
        (_set("", general__keywords=["one", "two"]), "/general/keywords"),
        (_set("", general__notes=None), "/general/notes"),
        (_set("", general__pharmacology="none"), "/general/pharmacology"),
        (_set("general/subject", age="P90D"), "/general/subject/age"),
        (_set("general/subject", sex="M"), "/general/subject/sex"),
        (_set(SERIES, description="no: 12\n  two lines\n"), f"/{SERIES}"),
        (_set(SERIES, data__conversion=2e-7), f"/{SERIES}/data"),
        (_set(SERIES, data__conversion=2), f"/{SERIES}/data"),
        (_set(SERIES, data__continuity="continuous"), f"/{SERIES}/data"),
        (_set(f"{SERIES}/electrodes", value=[3, 2, 1, 0]), f"/{SERIES}/electrodes"),
        (_set(f"{SERIES}/electrodes", table="/units"), f"/{SERIES}/electrodes"),
        (_set("acquisition/behavior_video", device="/general/devices/probe"), "/acquisition/behavior_video/device"),
        (_set("acquisition/behavior_video", device=None), "/acquisition/behavior_video/device"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_edit_changes_one_thing(session: Path, edit: Any, changed: str) -> None:
    """In what the file says, and in what stands where in it."""
    before = _stored(session)
    assert len(_edited(session, edit)) == 1
    assert [found.path.partition("@")[0] for found in nwb.diff(EXAMPLE, session, storage=True)] == [changed]
    after = _stored(session)
    differing = {path for path in before.keys() | after if before.get(path) != after.get(path)}
    assert differing <= {changed}
    document = nwb.metadata(EXAMPLE)
    edit(document)
    assert nwb.apply_metadata(session, document) == []


def test_several_at_once_and_what_is_left_out(session: Path) -> None:
    """A document need not hold more than says which file it is, and what is edited."""
    object_id = nwb.metadata(session)["object_id"]
    edits = nwb.apply_metadata(session, {"path": "/", "object_id": object_id, "general": {"lab": "x", "notes": None}})
    assert [str(edit).partition(":")[2].split()[0] for edit in edits] == ["lab:", "notes:"]
    assert len(nwb.diff(EXAMPLE, session)) == 2


def test_dtypes_stay(tmp_path: Path) -> None:
    """Those of attributes and of arrays; what does not fit is refused."""
    with new_file(tmp_path / "a.nwb") as file:
        series(file["acquisition"], "s")
        column(table(file["acquisition"], "t", "x"), "x", np.array([1, 2, 3], "u1"), description="d")
    edit = _set("acquisition/s", data__conversion=0.1)
    assert str(_edited(tmp_path / "a.nwb", edit)[0]) == "/acquisition/s: data.conversion: 1.0 -> 0.1"
    assert len(_edited(tmp_path / "a.nwb", _set("acquisition/t/x", value=[1, 2, 255]))) == 1
    with h5py.File(tmp_path / "a.nwb") as file:
        assert file["acquisition/s/data"].attrs["conversion"].dtype == np.float32
        assert file["acquisition/t/x"].dtype == np.uint8
        assert file["acquisition/t/x"][:].tolist() == [1, 2, 255]
    with pytest.raises(DocumentError, match=r"\[1, 2, 256\] does not fit into uint8"):
        _edited(tmp_path / "a.nwb", _set("acquisition/t/x", value=[1, 2, 256]))


def test_what_no_text_holds_exactly_stays(tmp_path: Path, run: Any) -> None:
    """NaN, infinity, integers above 2**53, bytes, text that looks like something else, many lines, no UTF-8."""
    with new_file(tmp_path / "a.nwb") as file:
        attributes = file["general"].attrs
        attributes.update(nan=math.nan, inf=-math.inf, large=2**63 - 1, small=5e-324, third=1 / 3, note="1:30")
        attributes.update(no="no", date="2020-01-01", lines="a\n b\n\n", empty="", odd=np.bytes_(b"a\xff"))
        attributes["single"] = np.float32(0.1)
    before = (tmp_path / "a.nwb").read_bytes()
    for kind in ("yaml", "json"):
        run(tmp_path / "a.nwb", "-o", tmp_path / "meta", "--format", kind)
        assert run(tmp_path / "a.nwb", "--apply", tmp_path / "meta")[1].endswith("nothing to change\n")
    assert (tmp_path / "a.nwb").read_bytes() == before
    run(tmp_path / "a.nwb", "-o", tmp_path / "meta.yaml")
    (tmp_path / "meta.yaml").write_text((tmp_path / "meta.yaml").read_text("utf-8").replace("1:30", "1:31"), "utf-8")
    assert "1 change made" in run(tmp_path / "a.nwb", "--apply", tmp_path / "meta.yaml")[1]
    with h5py.File(tmp_path / "a.nwb") as file:
        found = dict(file["general"].attrs)
    assert (found["large"], found["small"], found["third"], found["note"]) == (2**63 - 1, 5e-324, 1 / 3, "1:31")
    assert math.isnan(found["nan"])
    assert found["single"] == np.float32(0.1)


def test_compound_values_are_edited(session: Path) -> None:
    """One field of a single value, and a row among others; what is left out of a single value stays."""
    (edit,) = _edited(session, _set(SHANK, position={"x": 5.0}))
    assert (edit.before["x"], edit.after["x"], edit.after["y"]) == (-2.0, 5.0, edit.before["y"])
    assert _edited(session, _set(SHANK, position={"x": 5.0})) == []
    before = nwb.read(session)[MASKS].value[:]
    rows = [dict(zip(before.dtype.names, row.item(), strict=True)) for row in before]
    rows[1]["weight"] = 0.25
    _edited(session, _set(MASKS, value=rows))
    after = nwb.read(session)
    assert after[SHANK].position.item()[0] == 5.0
    assert after[MASKS].value.dtype == before.dtype
    assert [number for number, row in enumerate(after[MASKS].value[:]) if row != before[number]] == [1]
    assert after[MASKS].value[1]["weight"] == 0.25


# ------------------------------------------------------------------------------------------ refused
@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (_set(SERIES, data__unit="mV"), f"/{SERIES}: data.unit: it has to be 'volts'"),
        (_set(SERIES, data__value=[1, 2]), "too large for a document"),
        (_set(SERIES, data__value={"shape": [3, 4], "dtype": "int16"}), "too large for a document"),
        (_set(SERIES, data__conversion=None), "it has to be there, and cannot be removed"),
        (_set(SERIES, data__conversion="1"), "numbers are needed here, not '1'"),
        (_set(SERIES, description=12), "text is needed here, and 12 is none: put it in quotes"),
        (_set(SERIES, name="other"), "it says which object this is"),
        (_set(SERIES, neurodata_type="TimeSeries"), "it says which object this is"),
        (_set(SERIES, discription="d"), "has no field 'discription': did you mean 'description'"),
        (_set(SERIES, data="text"), "too large for a document"),
        (_set("", session_start_time="2026-03-14T10:00:00"), "no time zone"),
        (_set("", session_description=None), "cannot be removed"),
        (_set("", acquisition=None), "objects are not removed through a document"),
        (_set("", acquisition={"nwb_data_interface": [{"name": "new"}]}), "new objects are not made"),
        (
            _set("", acquisition={"voltage_1": {"description": "d"}}),
            "it is an entry of the list under 'nwb_data_interface': nwb_data_interface: [{path: /acquisition/voltage",
        ),
        (_set("", generl={}), "there is nothing called 'generl': did you mean 'general'; new objects are not made"),
        (_set("", acquisition={"nwb_data_interface": [{"path": "/acquisition/x"}]}), "the file has no /acquisition/x"),
        (_set("", acquisition={"nwb_data_interface": "x"}), "objects are needed here, as a list"),
        (_set("acquisition/TwoPhotonSeries", imaging_plane="/general/subject"), "an ImagingPlane is needed here"),
        (_set("acquisition/TwoPhotonSeries", imaging_plane="/nowhere"), "'/nowhere' is no path of an object"),
        (_set(SHANK, position=[1.0, 2.0, 3.0]), "a row with the fields x, y, z is needed here, not 1.0"),
        (_set(SHANK, position={"w": 1.0}), "a row with the fields x, y, z is needed here"),
        (_set(SHANK, position={"x": "far"}), "numbers are needed here, not 'far'"),
        (_set(MASKS, value=[{"x": 1, "y": 2}]), "a row with the fields x, y, weight is needed here"),
        (_set(MASKS, value=[{"x": 0.5, "y": 2, "weight": 1.0}]), "0.5 does not fit into uint32"),
        (_set("units", electrode_group={"value": ["/general/subject"]}), "references are not edited"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_cannot_be_applied_is_refused(session: Path, edit: Any, said: str) -> None:
    """With the reason, before anything is written; trying it says the same."""
    before = session.read_bytes()
    for dry_run in (True, False):
        with pytest.raises(DocumentError) as caught:
            _edited(session, edit, dry_run=dry_run)
        assert said in str(caught.value)
        assert session.read_bytes() == before


def test_all_problems_are_named_with_their_lines(session: Path, tmp_path: Path, run: Any) -> None:
    """And what is right beside them is not written either."""
    _, text, _ = run(session)
    lines = text.replace("unit: volts", "unit: mV", 1).replace("lab: Lab", "lab: lab").splitlines()
    lines[lines.index("  session_id: pearl-05") if "  session_id: pearl-05" in lines else 7] += "\nobject: 1"
    unit = lines.index("      unit: mV") + 1 + 1
    (tmp_path / "meta.yaml").write_text("\n".join(lines), "utf-8")
    status, out, err = run(session, "--apply", tmp_path / "meta.yaml")
    assert (status, out) == (2, "")
    first, *problems = err.splitlines()
    assert first.startswith("nwb-models: error: ")
    assert len(problems) == 2
    assert f"  line {unit}, /acquisition/ElectricalSeries: data.unit: it has to be 'volts'" in problems
    assert any("NWBFile has no field 'object'" in problem for problem in problems)
    assert session.read_bytes() == EXAMPLE.read_bytes()


def test_what_does_not_fit_together_is_refused(tmp_path: Path) -> None:
    """Columns of different lengths: each alone may have any."""
    with new_file(tmp_path / "a.nwb") as file:
        column(table(file["acquisition"], "t", "x"), "x", [1, 2, 3], description="d")
    for dry_run in (True, False):
        with pytest.raises((DocumentError, InvalidModelError), match="acquisition/t"):
            _edited(tmp_path / "a.nwb", _set("acquisition/t/x", value=[1, 2]), dry_run=dry_run)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"path": "/", "object_id": "x"}, "of another file: its object_id is 'x'"),
        ({"path": "/", "identifier": "x"}, "of another file: its identifier is 'x'"),
        ({"path": "/"}, "does not say of which file it is"),
        ({"path": "/units"}, "no document of a file"),
        ({}, "no document of a file"),
    ],
)
def test_the_document_of_another_file(session: Path, document: Any, said: str) -> None:
    """Its object_id or its identifier says so."""
    with pytest.raises(DocumentError, match=said):
        nwb.apply_metadata(session, document)


def test_wrong_usage(session: Path, run: Any) -> None:
    """Options that do not go together, and a document that is not there."""
    assert run(session, "--dry-run")[0] == 2
    assert run(session, "-o", session)[0] == 2
    assert session.read_bytes() == EXAMPLE.read_bytes()
    assert run(session, "--apply", "x.yaml", "-o", "y.yaml")[0] == 2
    status, _, err = run(session, "--apply", "nowhere.yaml")
    assert (status, "nowhere.yaml" in err) == (2, True)


def test_a_document_from_stdin(session: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a pipe gives it."""
    document = {**nwb.metadata(session), "session_description": "s"}
    monkeypatch.setattr("sys.stdin", io.StringIO(to_text(document)))
    assert "1 change made" in run(session, "--apply", "-")[1]


# ------------------------------------------------------------------------------------------ text
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner))


@settings(deadline=None)
@given(document=st.dictionaries(st.text(min_size=1), VALUES))
def test_text_comes_back_as_it_was(document: Any) -> None:
    """Whatever it looks like."""
    assert from_text(to_text(document)).value == document


@pytest.mark.parametrize(
    "text", ["no", "1e3", "1:30", "0o17", "017", "0x1f", "~", "", " a", "a ", "- a", "# a", "a: b", "=", "<<", "\ta"]
)
def test_text_that_looks_like_something_else(text: str) -> None:
    """Comes back as text."""
    assert from_text(to_text({"a": text, "b": [text]})).value == {"a": text, "b": [text]}


@pytest.mark.parametrize(
    ("text", "value"),
    [("no", "no"), ("2020-01-01", "2020-01-01"), ("1:30", "1:30"), ("1e-5", 1e-5), ("007", 7), (".nan", None),
     ("-.inf", -math.inf), ("null", None), ("", None), ("'1'", "1"), ("!!str 1", "1")],
)  # fmt: skip
def test_what_a_person_types(text: str, value: Any) -> None:
    """By the rules of YAML 1.2."""
    found = from_text(f"a: {text}").value["a"]
    assert math.isnan(found) if text == ".nan" else found == value


def _bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_bomb(), "more than"),
        ("[" * 2000, "levels deep"),
        ("a: 1\na: 2", "'a' is there twice"),
        ('{"a": 1, "a": 2}', "'a' is there twice"),
        ("a: !!python/object/apply:os.getcwd []", "stands for nothing"),
        ("a: !!int x", "invalid literal"),
        ("a: &a [*a]", "no YAML or JSON"),
        ("a: [", "no YAML or JSON"),
        ("? [1]\n: 2", "a key is no text"),
        ('{"a": ', "no YAML or JSON"),
    ],
    ids=["bomb", "deep", "twice", "twice in JSON", "tag", "no integer", "circle", "cut off", "key", "cut off JSON"],
)
def test_text_that_is_refused(text: str, said: str) -> None:
    """Each at once, and for its own reason."""
    with pytest.raises(DocumentError, match=said):
        from_text(text)


def test_a_document_is_not_changed(session: Path) -> None:
    """It may be applied to the next file."""
    document = {**nwb.metadata(session), "session_description": "s"}
    given_ = copy.deepcopy(document)
    nwb.apply_metadata(session, document)
    assert document == given_
