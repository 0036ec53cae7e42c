"""The command: what it prints for people and programs, and how it ends."""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import nwb_models
from nwb_models import cli, demo
from nwb_models.errors import NWBWarning
from nwb_models.io import tree
from tests.conftest import CORPUS, EXAMPLE, ROOT, corpus_files

Result = tuple[int, str, str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command as in a pipe; gives status, stdout and stderr."""

    def run(*words: object) -> Result:
        status = cli.main([str(word) for word in words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def start(*words: object, stdout: Any = subprocess.PIPE, **environment: str) -> subprocess.Popen[str]:
    """Start the command as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "nwb_models.cli", *map(str, words)],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "", **environment},
        encoding="utf-8",
        cwd=ROOT,
    )


def nwb_file(path: Path) -> h5py.File:
    file = h5py.File(path, "w")
    file.attrs.update(nwb_version="2.7.0", neurodata_type="NWBFile", namespace="core")
    return file


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A file with one thing of each kind that the tree shows."""
    path = tmp_path / "small.nwb"
    with nwb_file(path) as file:
        for version in ("core/2.7.0", "hdmf-common/1.8.0", "ndx-pose/0.2.0"):
            file.create_dataset(f"specifications/{version}/namespace", data="{}")
        file.create_dataset("session_description", data="word " * 50)
        series = file.create_group("acquisition/series")
        series.attrs.update(neurodata_type="TimeSeries", namespace="core", comments="no comments")
        series.attrs["description"] = "Voltage of the membrane."
        data = series.create_dataset("data", data=np.zeros((5000, 2), "i2"), chunks=(1000, 2), compression="gzip")
        data.attrs.update(unit="volts", conversion=1e-6, offset=0.0, resolution=-1.0)
        data.attrs["channels"] = [1, 2]
        series.create_dataset("starting_time", data=0.0).attrs.update(rate=30.0, unit="seconds")
        series["device"] = h5py.SoftLink("/general/devices/probe")
        series["again"] = data
        series["video"] = h5py.ExternalLink("video.h5", "/frames")
        probe = file.create_group("general/devices/probe")
        probe.attrs.update(neurodata_type="Skeleton", namespace="ndx-pose")
        series.attrs["probe"] = probe.ref
        file.create_dataset("labels", data=["a", "b"], dtype=h5py.string_dtype())
        file.create_dataset("lost", data=h5py.Empty("f4"))
        file["nothing"] = h5py.SoftLink("/nowhere")
    return path


# -------------------------------------------------------------------------------- tree, for people
def test_a_tree_for_people(small: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small.parent)
    monkeypatch.setenv("COLUMNS", "80")
    with h5py.File(small) as file:
        stored = file["acquisition/series/data"].id.get_storage_size()
    status, out, err = run("tree", "small.nwb")
    assert (status, err) == (0, "")
    assert (
        out
        == f"""\
small.nwb  {cli.human_size(small.stat().st_size)}  NWB 2.7.0, hdmf-common 1.8.0, ndx-pose 0.2.0
/: NWBFile
├── acquisition
│   └── series: TimeSeries  "Voltage of the membrane."  probe -> .../probe
│       ├── again: int16 (5000, 2)  19.5 KiB, {stored} B on disk  unit=volts  +2
│       ├── data -> /acquisition/series/again  hard link
│       ├── device -> /general/devices/probe  soft link
│       ├── starting_time: float64 = 0.0  rate=30.0  unit=seconds
│       └── video -> video.h5:/frames  external link
├── general
│   └── devices
│       └── probe: ndx-pose.Skeleton  empty
├── labels: text (2,)
├── lost: float32  empty
├── nothing -> /nowhere  soft link, nothing there
└── session_description: text = "word word word word word word word word wor..."
"""
    )


def test_more_room_shows_more(small: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "150")
    out = run("tree", small, "--path", "/acquisition/series")[1]
    assert 'TimeSeries  "Voltage of the membrane."  probe -> /general/devices/probe' in out
    assert "unit=volts  conversion=1e-06  in chunks (1000, 2)  +1 attribute" in out


def test_types_only(small: Path, run: Any) -> None:
    """One object a line, for grep and cut."""
    found = nwb_models.object_types(small)
    _, out, _ = run("tree", small, "--types")
    assert dict(line.split("\t") for line in out.splitlines()) == {path: kind or "" for path, kind in found.items()}
    assert json.loads(run("tree", small, "--types", "--json")[1]) == found
    _, out, _ = run("tree", small, "--types", "--path", "/acquisition", "--depth", "1")
    levels = {path for path in found if path.startswith("/acquisition") and path.count("/") <= 2}
    assert {line.split("\t")[0] for line in out.splitlines()} == levels


def test_depth_and_path(small: Path, run: Any) -> None:
    assert run("tree", small, "--depth", "0")[1].splitlines()[1:] == ["/: NWBFile  6 members"]
    assert run("tree", small, "--path", "general", "--depth", "1")[1].splitlines()[1:] == [
        "/general",
        "└── devices  1 member",
    ]
    assert run("tree", small, "--path", "/labels")[1].splitlines()[1:] == ["/labels: text (2,)"]


@pytest.mark.corpus
@pytest.mark.skipif(not corpus_files(), reason="there is no corpus beside the checkout")
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(CORPUS)))
def test_every_file_of_the_corpus_is_shown(path: Path, run: Any) -> None:
    assert_tree_is_complete(run, path)


def test_the_example_is_shown(run: Any) -> None:
    assert_tree_is_complete(run, EXAMPLE)


def assert_tree_is_complete(run: Any, path: Path) -> None:
    """One line for each object and link, with its whole name; and the JSON has the same."""
    status, out, err = run("tree", path)
    assert (status, err) == (0, "")
    assert "\x1b" not in out
    json_status, as_json, json_err = run("tree", path, "--json")
    assert (json_status, json_err) == (0, "")
    head, root, *lines = out.splitlines()
    assert head.startswith(str(path))
    assert root.startswith("/")
    names = [re.sub(r"^[│├└─ ]+", "", line) for line in lines]
    expected = list(members(json.loads(as_json)["tree"]))
    assert len(names) == len(expected)
    for line, name in zip(names, expected, strict=True):
        assert re.match(re.escape(name) + r"(:| ->|$|  )", line), line


def members(entry: dict[str, Any]) -> Any:
    """Yield the names below an entry in the order of the lines."""
    for member in sorted([*entry["children"], *entry["links"]], key=lambda member: member["name"]):
        yield member["name"]
        if member.get("children") is not None:
            yield from members(member)


HOSTILE = "[red]x[bold]\x1b]0;title\x07\n\r\u202e\x9b31m :smile: <b>"
"""A name that is markup of rich, and that controls a terminal."""
ESCAPED = r"[red]x[bold]\x1b]0;title\x07\n\r\u202e\x9b31m :smile: <b>"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    with nwb_file(tmp_path / "hostile.nwb") as file:
        file.attrs["nwb_version"] = HOSTILE
        group = file.create_group(HOSTILE)
        group.attrs.update({"neurodata_type": HOSTILE, "namespace": HOSTILE, HOSTILE: HOSTILE})
        group.create_dataset("value", data=HOSTILE)
        group.create_dataset("fields", data=np.zeros(2, dtype=[(HOSTILE, "i4")]))
        group["soft"] = h5py.SoftLink(HOSTILE)
        group["external"] = h5py.ExternalLink(HOSTILE, HOSTILE)
        h5py.h5g.create(file.id, b"\xff\xfe")
    return tmp_path / "hostile.nwb"


@pytest.mark.parametrize("color", [{}, {"FORCE_COLOR": "1", "TERM": "xterm-256color"}], ids=["pipe", "terminal"])
def test_what_controls_a_terminal_is_escaped(color: dict[str, str], hostile: Path) -> None:
    process = start("tree", hostile, COLUMNS="500", **color)
    out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", out) if color else out
    assert all(character.isprintable() for character in shown.replace("\n", ""))
    for text in (
        f"NWB {ESCAPED},",
        f" {ESCAPED}: {ESCAPED}.{ESCAPED}  {ESCAPED}=",
        f'value: text = "{ESCAPED}"',
        f"fields: {{{ESCAPED}}} (2,)",
        f"soft -> {ESCAPED}",
        f"external -> {ESCAPED}:{ESCAPED}",
        r"\udcff\udcfe",
    ):
        assert text in shown
    assert ("\x1b[" in out) == bool(color)


def test_errors_are_escaped_too(hostile: Path, run: Any) -> None:
    _, _, err = run("tree", hostile, "--path", "/nope\x1b[31m")
    assert "/nope\\x1b[31m" in err
    assert "[red]x[bold]\\x1b]0;title\\x07" in err
    assert all(character.isprintable() for character in err.removesuffix("\n"))


def test_a_terminal_without_unicode(tmp_path: Path) -> None:
    with nwb_file(tmp_path / "a.nwb") as file:
        file.create_dataset("µ/größe", data="Å")
    process = start("tree", tmp_path / "a.nwb", PYTHONIOENCODING="ascii")
    assert process.communicate()[0].splitlines()[1:] == [
        "/: NWBFile",
        r"`-- \xb5",
        r'    `-- gr\xf6\xdfe: text = "\xc5"',
    ]


def test_lines_fit_a_terminal_and_names_stay_whole(small: Path) -> None:
    with h5py.File(small, "a") as file:
        file.create_dataset("acquisition/series/" + "long_name_" * 12, data=1)
    process = start("tree", small, COLUMNS="60", FORCE_COLOR="1", TERM="xterm-256color")
    lines = re.sub(r"\x1b\[[0-9;]*m", "", process.communicate()[0]).splitlines()[1:]
    assert max(map(len, lines)) <= 60
    assert "long_name_" * 12 in re.sub(r"[│├└─ ]", "", "".join(lines))
    piped = start("tree", small, COLUMNS="60").communicate()[0]
    assert "long_name_" * 12 + ": int64 = 1" in piped


# -------------------------------------------------------------------------------- tree, for programs
def test_json_has_the_same_keys_everywhere(small: Path, run: Any) -> None:
    keys: dict[str, set[frozenset[str]]] = {"group": set(), "dataset": set(), "link": set()}
    for path in (small, EXAMPLE):
        document = json.loads(run("tree", path, "--json")[1])
        assert list(document) == ["file", "size", "nwb_version", "namespaces", "tree"]
        waiting = [document["tree"]]
        while waiting:
            entry = waiting.pop()
            keys[entry["kind"]].add(frozenset(entry))
            waiting += entry.get("children", [])
            keys["link"] |= {frozenset(link) for link in entry.get("links", [])}
    assert keys == {
        "group": {frozenset(tree.GroupEntry.__annotations__)},
        "dataset": {frozenset(tree.DatasetEntry.__annotations__)},
        "link": {frozenset(tree.LinkEntry.__annotations__)},
    }


def test_json_is_one_document_in_ascii_and_no_more_than_json(hostile: Path, run: Any) -> None:
    with h5py.File(hostile, "a") as file:
        file.create_dataset("not_a_number", data=np.nan)
        file.attrs["numbers"] = [np.inf, 1.0]

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    out = run("tree", hostile, "--json")[1]
    assert out.isascii()
    assert out.count("\n") == 1
    document = json.loads(out, parse_constant=refuse)
    assert document["file"] == str(hostile)
    assert document["nwb_version"] == HOSTILE
    assert document["tree"]["attributes"]["numbers"] == ["Infinity", 1.0]
    children = {child["name"]: child for child in document["tree"]["children"]}
    assert set(children) == {HOSTILE, "not_a_number", "\udcff\udcfe"}
    assert children["not_a_number"]["value"] == "NaN"


def test_json_of_a_part(small: Path, run: Any) -> None:
    document = json.loads(run("tree", small, "--json", "--path", "acquisition", "--depth", "1")[1])
    (series,) = document["tree"]["children"]
    assert (document["tree"]["path"], series["path"]) == ("/acquisition", "/acquisition/series")
    assert (series["members"], series["children"], series["links"]) == (5, None, None)


# -------------------------------------------------------------------------------- demo
def test_demo(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")
    before = Path.cwd()
    status, out, err = run("demo")
    assert (status, err) == (0, "")
    assert Path.cwd() == before
    assert list(tmp_path.iterdir()) == []
    lines = out.splitlines()
    assert len(lines) < 70
    assert max(map(len, lines)) <= 80
    # what is shown is what the lines give
    with h5py.File(EXAMPLE) as file:
        data = file["acquisition/ElectricalSeries/data"]
        assert f"('{data.attrs['unit']}', {data.shape}, array([{data[0, 3]}, {data[1, 3]}, ..., " in out
        names = list(file["acquisition"])
    assert lines[lines.index(">>> series.electrodes.table is nwbfile.electrodes") + 1] == "True"
    assert lines[lines.index('>>> nwb.read("session.nwb", "/units")') + 1] == "<Units 'units' at /units>"
    assert "{'core': '2.11.0', 'hdmf-common': '1.10.0', 'hdmf-experimental': '0.6.0'}" in lines
    assert all(any(re.match(f"[├└]── {name}: ", line) for line in lines) for name in names)
    assert "ElectricalSeries" in names
    assert "nwb-models tree" in lines[-1]


def test_demo_runs_the_quick_start_of_the_readme() -> None:
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Quick start")[1]
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found is not None
    assert found[1] == demo.QUICK_START


def test_demo_saves_the_recording_where_nothing_is_yet(run: Any, tmp_path: Path) -> None:
    target = tmp_path / "session.nwb"
    assert run("demo", "--save", str(target)) == (0, "", "")
    assert target.read_bytes() == EXAMPLE.read_bytes()
    target.write_bytes(b"mine")
    status, _, err = run("demo", "--save", str(target))
    assert status == 2
    assert "is there already" in err
    assert target.read_bytes() == b"mine"
    status, _, err = run("demo", "--save", str(tmp_path / "nowhere" / "session.nwb"))
    assert (status, err.count("\n")) == (2, 1)


def test_demo_cleans_up_after_an_error(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(demo, "QUICK_START", "open('session.nwb', 'rb').close()\n1 / 0\n")
    before = Path.cwd()
    status, _, err = run("demo")
    assert (status, err.count("\n")) == (2, 1)
    assert (Path.cwd(), list(tmp_path.iterdir())) == (before, [])


def test_statements_run_as_at_the_prompt() -> None:
    source = "x = 2  # two\nx\nfor i in range(2):\n    i * x  # twice\nNone\n'#'\n"
    steps = [(step.lines, step.values) for step in demo.run(source)]
    assert steps == [
        ([("x = 2", "# two")], []),
        ([("x", "")], [2]),
        ([("for i in range(2):", ""), ("    i * x", "# twice")], [0, 2]),
        ([("None", "")], []),
        ([("'#'", "")], ["#"]),
    ]


# -------------------------------------------------------------------------------- errors
def assert_one_line(result: Result, *said: str, status: int = 2) -> None:
    code, out, err = result
    assert (code, out) == (status, "")
    assert err.startswith("nwb-models: error: ")
    assert err.count("\n") == 1
    for text in said:
        assert text in err


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        ("tree", "Missing argument 'FILE'", "tree "),
        ("tree a.nwb b.nwb", "unexpected extra argument", "tree "),
        ("tree a.nwb --color", "No such option: --color", "tree "),
        ("tree a.nwb --depth", "'--depth' requires an argument", "tree "),
        ("tree a.nwb --depth x", "Invalid value for '--depth'", "tree "),
        ("tree a.nwb --depth -1", "Invalid value for '--depth'", "tree "),
        ("demo a.nwb", "unexpected extra argument", "demo "),
        ("forest", "No such command 'forest'", ""),
        ("--color", "No such option: --color", ""),
    ],
)
def test_wrong_usage(words: str, said: str, hint: str, run: Any) -> None:
    result = run(*words.split())
    assert_one_line(result, said)
    assert result[2].endswith(f"; see 'nwb-models {hint}--help'\n")


def _not_hdf5(path: Path) -> None:
    path.write_text("time,voltage\n0,1\n" * 100)


def _empty(path: Path) -> None:
    path.touch()


def _cut_off(path: Path) -> None:
    path.write_bytes(EXAMPLE.read_bytes()[:-1000])


def _not_nwb(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["data"] = [1, 2]


def _before_version_2(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["nwb_version"] = "NWB-1.0.6"


def _missing(path: Path) -> None:
    pass


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_not_hdf5, "is not an HDF5 file"),
        (_empty, "is empty"),
        (_cut_off, "is cut off"),
        (_not_nwb, "is an HDF5 file and not NWB"),
        (_before_version_2, "is NWB NWB-1.0.6: versions before 2.0 cannot be read"),
        (_missing, "no such file"),
        (_folder, "is a folder"),
    ],
)
def test_what_cannot_be_read(make: Any, said: str, tmp_path: Path, run: Any) -> None:
    path = tmp_path / "input.nwb"
    make(path)
    assert_one_line(run("tree", path), str(path), said)
    assert_one_line(run("tree", path, "--json"), str(path), said)


def test_a_file_that_is_not_ours_to_read(small: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nwb_models.io.hdf5.os.access", lambda path, mode: False)
    assert_one_line(run("tree", small), str(small), "permission denied")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission(small: Path, run: Any) -> None:
    small.chmod(0)
    assert_one_line(run("tree", small), str(small), "permission denied")


def test_a_path_that_is_not_in_the_file(small: Path, run: Any) -> None:
    assert_one_line(run("tree", small, "--path", "/acquisition/serie"), "did you mean /acquisition/series?")
    assert_one_line(run("tree", small, "--path", "/specifications"), "holds specifications and no data")


def test_json_that_would_be_nested_too_deeply(tmp_path: Path, run: Any) -> None:
    with nwb_file(tmp_path / "a.nwb") as file:
        file.create_group("/".join("g" * sys.getrecursionlimit()))
    result = run("tree", tmp_path / "a.nwb", "--json")
    if result[0]:  # Python 3.11; later ones nest JSON as deeply as there is memory
        assert_one_line(result, "nested too deeply", "--help")
    assert run("tree", tmp_path / "a.nwb", "--json", "--depth", "5")[0] == 0
    assert run("tree", tmp_path / "a.nwb")[0] == 0


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (KeyboardInterrupt(), 130, "error: interrupted"),
        (OSError(28, "No space left on device", "/tmp/x"), 2, "error: /tmp/x: No space left on device"),
        (MemoryError(), 2, "error: the memory is not enough"),
        (ZeroDivisionError("division\nby zero"), 2, "error: unexpected ZeroDivisionError: division by zero"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_of_every_kind_are_one_line(
    error: BaseException, status: int, said: str, small: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise error

    monkeypatch.setattr(tree, "file_tree", fail)
    assert_one_line(run("tree", small), said, status=status)


@pytest.mark.parametrize("words", [("--traceback", "tree"), ("tree", "--traceback")], ids=["before", "behind"])
def test_traceback_where_it_is_asked_for(words: tuple[str, str], tmp_path: Path, run: Any) -> None:
    status, out, err = run(*words, tmp_path / "missing.nwb")
    assert (status, out) == (2, "")
    first, *_, last = err.splitlines()
    assert first == "Traceback (most recent call last):"
    assert "NotReadableError" in err
    assert last == f"nwb-models: error: {tmp_path / 'missing.nwb'}: no such file"


def test_a_file_may_be_called_like_an_option(tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    nwb_file(tmp_path / "--traceback").close()
    assert run("tree", "--", "--traceback")[:2] == (0, run("tree", "./--traceback")[1].removeprefix("./"))


def test_warnings_are_one_line(small: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = tree.file_tree

    def warn(*args: Any, **options: Any) -> Any:
        for _ in range(2):
            warnings.warn("something\nto know \x1b[31m", NWBWarning, stacklevel=1)
        return usual(*args, **options)

    monkeypatch.setattr(tree, "file_tree", warn)
    status, out, err = run("tree", small)
    assert (status, out) == (0, run("tree", small)[1])
    assert err == "nwb-models: warning: something to know \\x1b[31m\n" * 2


def test_other_warnings_are_left_alone(small: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    show = warnings.showwarning
    monkeypatch.setattr(tree, "file_tree", lambda *a, **o: warnings.warn("old", DeprecationWarning, stacklevel=1))
    assert_one_line(run("tree", small), "unexpected DeprecationWarning: old")  # the tests make it an error
    assert warnings.showwarning is show


# -------------------------------------------------------------------------------- the process
@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """A file whose tree is longer than what a pipe holds."""
    with nwb_file(tmp_path / "wide.nwb") as file:
        for number in range(1000):
            file.create_group(f"{number:04}" + "x" * 400)
    return tmp_path / "wide.nwb"


@pytest.mark.parametrize("words", [["tree"], ["tree", "--json"], ["tree", "--depth", "0"]], ids=" ".join)
@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
def test_a_reader_that_has_seen_enough(words: list[str], wide: Path) -> None:
    """Also where all of the output is still in a buffer when the pipe breaks."""
    with start(*words, wide) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        if "--depth" not in words:
            process.stdout.read(100)
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk to write to")
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["people", "json"])
def test_a_full_disk(options: tuple[str, ...], small: Path) -> None:
    with Path("/dev/full").open("w") as full, start("tree", small, *options, stdout=full) as process:
        assert process.communicate()[1] == "nwb-models: error: No space left on device\n"
        assert process.returncode == 2


@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
@pytest.mark.parametrize(
    ("name", "status", "said"), [("SIGINT", 130, "interrupted"), ("SIGTERM", 143, "ended by SIGTERM")]
)
@pytest.mark.parametrize("words", ["copy A B", "copy A C", "truncate A B", "truncate A C", "repack A"])
def test_signals_leave_nothing_unfinished(name: str, status: int, said: str, words: str, tmp_path: Path) -> None:
    """A signal comes before the new file is in place; every file is as it was, and there is no other one."""
    demo.save_example(tmp_path / "A")
    demo.save_example(tmp_path / "C")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    code = (
        "import os, signal, sys; from nwb_models import cli\n"
        "os.fsync = lambda descriptor: os.kill(os.getpid(), signal.Signals[sys.argv[1]])\n"
        "sys.exit(cli.main(sys.argv[2:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, name, *words.split()],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (status, "", f"nwb-models: error: {said}\n")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
def test_who_ignores_an_end_goes_on_ignoring_it(tmp_path: Path) -> None:
    """As under ``trap '' TERM`` in a shell."""
    code = (
        "import os, signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); from nwb_models import cli\n"
        "from nwb_models.io import tree; real = tree.file_tree\n"
        "tree.file_tree = lambda *a, **o: (os.kill(os.getpid(), signal.SIGTERM), real(*a, **o))[1]\n"
        "sys.exit(cli.main(['tree', sys.argv[1]]))"
    )
    done = subprocess.run([sys.executable, "-c", code, EXAMPLE], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="a shell closes streams otherwise there")
@pytest.mark.parametrize(("words", "status"), [(["tree", str(EXAMPLE)], 0), (["tree"], 2)])
def test_streams_that_the_shell_has_closed(words: list[str], status: int) -> None:
    code = "import os, sys; os.close(1); os.close(2); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    done = subprocess.run([sys.executable, "-c", code, "-m", "nwb_models.cli", *words], cwd=ROOT)
    assert done.returncode == status


def test_version(run: Any) -> None:
    assert run("--version") == (0, f"nwb-models {nwb_models.__version__}\n", "")


def test_help(run: Any) -> None:
    alone = run()
    assert alone == run("--help") == run("-h")
    assert (alone[0], alone[2]) == (0, "")
    for text in ("Usage: nwb-models", "tree", "demo", "--version", "--traceback"):
        assert text in alone[1]
    status, out, err = run("tree", "--help")
    assert (status, err) == (0, "")
    for text in ("FILE", "--path", "--depth", "--json"):
        assert text in out
    assert max(map(len, (out + alone[1]).splitlines())) <= 80


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(cli) == (0, 2)
