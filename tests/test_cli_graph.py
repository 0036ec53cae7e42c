"""The commands ``references`` and ``graph``: what they print and write, for people and programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import h5py
import networkx as nx
import numpy as np
import pytest

from nwb_models import cli
from nwb_models.io.hdf5 import filter_dependency_graph, hdf_dependency_graph
from tests.conftest import CORPUS, EXAMPLE, ROOT, corpus_files
from tests.io.handmade import REFERENCE, new_file, references, series, table

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<b>&amp;\x1b[31m\x01\u202e\n\"'--]]>"
"""A name that is markup, ends a comment, and controls what shows it."""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command as in a pipe; gives status, stdout and stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        status = cli.main([str(word) for word in words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def awkward(tmp_path: Path) -> Path:
    """A file with one thing of each kind that leads somewhere."""
    with new_file(tmp_path / "awkward.nwb") as file:
        acquisition, general = file["acquisition"], file["general"]
        x, y = series(acquisition, "x"), series(acquisition, "y")
        rows = table(acquisition, "rows", "to")
        dtype = np.dtype([("number", "i4"), ("to", REFERENCE)])
        rows["to"] = np.array([(1, x.ref), (2, x.ref), (3, y.ref)], dtype=dtype)
        rows.attrs["region"] = rows["id"].regionref[0:2]
        x.attrs["probe"] = general.ref
        general.create_dataset("all", data=references(x, x, y, h5py.Reference()))
        file["analysis/again"] = x
        acquisition["soft"] = h5py.SoftLink("/acquisition/x")
        acquisition["lost"] = h5py.SoftLink("/nowhere")
        acquisition["video"] = h5py.ExternalLink("video.h5", "/frames")
    return tmp_path / "awkward.nwb"


# -------------------------------------------------------------------------------- references
LINES: dict[str, tuple[list[str], str]] = {
    "who refers to it": (
        ["analysis/again"],
        """\
/acquisition/rows/to  field to (2 references)
/acquisition/soft  soft link
/acquisition/x  hard link
/general/all  data (2 references)
""",
    ),
    "another path": (
        ["/acquisition/x"],
        """\
/acquisition/rows/to  field to (2 references)
/acquisition/soft  soft link
/analysis/again  hard link
/general/all  data (2 references)
""",
    ),
    "attributes": (["/general"], "/acquisition/x  attribute probe\n"),
    "regions": (["/acquisition/rows/id"], "/acquisition/rows  attribute region (region)\n"),
    "nobody": (["/acquisition/rows"], ""),
    "to what it refers": (
        ["/acquisition", "--from"],
        """\
/acquisition/x  soft link soft
/nowhere  soft link lost (nothing there)
video.h5:/frames  external link video
""",
    ),
    "fields": (
        ["/acquisition/rows/to", "--from"],
        "/acquisition/x  field to (2 references)\n/acquisition/y  field to\n",
    ),
    "below": (
        ["/acquisition", "--below"],
        """\
/analysis/again  hard link -> /acquisition/x
/general/all  data (2 references) -> /acquisition/x
/general/all  data -> /acquisition/y
""",
    ),
    "from below": (
        ["/acquisition", "--from", "--below"],
        """\
/acquisition/lost  soft link (nothing there) -> /nowhere
/acquisition/video  external link -> video.h5:/frames
/acquisition/x  attribute probe -> /general
""",
    ),
}


@pytest.mark.parametrize(("words", "lines"), LINES.values(), ids=LINES)
def test_references_for_people(words: list[str], lines: str, awkward: Path, run: Any) -> None:
    assert run("references", awkward, *words) == (0, lines, "")


def test_references_for_programs(awkward: Path, run: Any) -> None:
    status, out, err = run("references", awkward, "/acquisition/y", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "file": str(awkward),
        "path": "/acquisition/y",
        "references": [
            {
                "source": source,
                "how": "data",
                "name": name,
                "target": "/acquisition/y",
                "reference": "object",
                "count": 1,
                "problem": None,
            }
            for source, name in [("/acquisition/rows/to", "to"), ("/general/all", "")]
        ],
    }


def test_names_that_control_a_terminal_are_escaped(tmp_path: Path, run: Any) -> None:
    with new_file(tmp_path / "hostile.nwb") as file:
        file["acquisition"].create_group(HOSTILE).attrs[HOSTILE] = file["general"].ref
    status, out, err = run("references", tmp_path / "hostile.nwb", "/general")
    assert (status, err) == (0, "")
    assert out.removesuffix("\n").isprintable()
    assert out.startswith("/acquisition/<b>&amp;\\x1b[31m\\x01\\u202e\\n")


ERRORS: dict[str, tuple[list[str], str]] = {
    "no object": (["references", "FILE", "/nope"], "No object at '/nope' in FILE"),
    "a link that leads nowhere": (["references", "FILE", "/acquisition/lost"], "No object at '/acquisition/lost'"),
    "another file": (
        ["references", "FILE", "/acquisition/video"],
        "No object at '/acquisition/video' in FILE: it leads out of the file, to video.h5:/frames",
    ),
    "no path": (["references", "FILE"], "Missing argument 'PATH'"),
    "no file": (["references", "nope.nwb", "/"], "nope.nwb"),
    "no output": (["graph", "FILE"], "Missing option '--output'"),
    "no suffix": (["graph", "FILE", "-o", "picture"], "picture has none of the suffixes .svg, .graphml, .json"),
    "another suffix": (["graph", "FILE", "-o", "a.png"], "a.png has none of the suffixes .svg, .graphml, .json"),
    "no group": (["graph", "FILE", "-o", "a.svg", "--path", "/nope"], "No object at '/nope' in FILE"),
    "a dataset": (["graph", "FILE", "-o", "a.svg", "--path", "/general/all"], "/general/all of FILE is a dataset"),
    "out of the file": (
        ["graph", "FILE", "-o", "a.svg", "--path", "/acquisition/video"],
        "it leads out of the file, to video.h5:/frames",
    ),
    "no folder": (["graph", "FILE", "-o", "nope/a.svg"], "nope/a.svg: No such file or directory"),
}


@pytest.mark.parametrize(("words", "said"), ERRORS.values(), ids=ERRORS)
def test_errors_in_one_line(
    words: list[str], said: str, awkward: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(awkward.parent)
    status, out, err = run(*(str(awkward) if word == "FILE" else word for word in words))
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert said.replace("FILE", str(awkward)) in err
    assert sorted(path.name for path in awkward.parent.iterdir()) == ["awkward.nwb"]


@pytest.mark.parametrize("words", [["references", "FILE", "/acquisition/x"], ["graph", "FILE", "-o", "drawn.json"]])
def test_damage_is_told_in_one_line(words: list[str], awkward: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links and objects whose checksum is wrong."""
    monkeypatch.chdir(awkward.parent)
    whole = awkward.read_bytes()
    failed = 0
    for place in [place for place in range(len(whole)) if whole[place : place + 4] in (b"OHDR", b"FRHP", b"BTHD")]:
        awkward.write_bytes(whole[: place + 12] + bytes([whole[place + 12] ^ 0xFF]) + whole[place + 13 :])
        status, _, err = run(*(str(awkward) if word == "FILE" else word for word in words))
        assert (status, err.count("\n")) in ((0, 0), (2, 1))
        assert "unexpected" not in err
        failed += status == 2
    assert failed


def test_the_recording_is_not_drawn_over(awkward: Path, run: Any) -> None:
    path = awkward.rename(awkward.with_suffix(".json"))
    before = path.read_bytes()
    assert run("graph", path, "-o", path)[::2] == (
        2,
        f"nwb-models: error: {path} is the file that is drawn, and is not replaced\n",
    )
    assert path.read_bytes() == before


# -------------------------------------------------------------------------------- graph
def drawn(run: Any, path: Path, suffix: str, *words: str) -> str:
    """Return what the command writes."""
    output = path.parent / f"drawn{suffix}"
    output.write_text("something old, and longer than nothing")
    status, out, err = run("graph", path, "-o", output, *words)
    assert (status, err) == (0, "")
    assert out.startswith(f"{output}: ")
    return output.read_text("utf-8")


def edges(graph: nx.MultiDiGraph[str]) -> list[tuple[str, str, str]]:
    return sorted(graph.edges(data="label"))


@pytest.mark.parametrize(
    "words", [(), ("--all",), ("--path", "/acquisition"), ("--all", "--path", "/general")], ids=str
)
def test_json_and_graphml_are_the_graph(words: tuple[str, ...], awkward: Path, run: Any) -> None:
    with h5py.File(awkward) as file:
        wanted = hdf_dependency_graph(file[words[-1]] if "--path" in words else file)
    if "--all" not in words:
        wanted = filter_dependency_graph(wanted)
    document = json.loads(drawn(run, awkward, ".json", *words))
    as_json = nx.node_link_graph(document, edges="edges")
    as_graphml = nx.parse_graphml(drawn(run, awkward, ".graphml", *words), force_multigraph=True)
    for found in (as_json, as_graphml):
        assert list(found) == list(wanted)
        assert edges(found) == edges(wanted)
        for node, about in wanted.nodes(data=True):
            assert found.nodes[node]["kind"] == about["kind"] if "kind" in about else found.nodes[node]
            assert found.nodes[node].get("neurodata_type") == about.get("neurodata_type")


def test_values_of_attributes(awkward: Path, run: Any) -> None:
    """JSON has the values; GraphML, which knows no lists, the JSON of those that are none of its own."""
    with h5py.File(awkward, "r+") as file:
        file["acquisition/x"].attrs.update(
            {
                "id": "mine",
                "float": 0.5,
                "nan": np.nan,
                "list": [1, 2],
                "big": np.uint64(2**64 - 1),
                "yes": np.bool_(True),
            }
        )
    nodes = {node["id"]: node for node in json.loads(drawn(run, awkward, ".json"))["nodes"]}
    found = nodes["/acquisition/x"]
    wanted = {"@id": "mine", "float": 0.5, "nan": "NaN", "list": [1, 2], "big": 2**64 - 1, "yes": True}
    assert {name: found[name] for name in wanted} == wanted
    assert found["probe"] == {"reference": "object", "path": "/general"}
    about = nx.parse_graphml(drawn(run, awkward, ".graphml")).nodes["/acquisition/x"]
    wanted = {"id": "mine", "float": 0.5, "nan": "NaN", "list": "[1, 2]", "big": str(2**64 - 1), "yes": True}
    assert {name: about[name] for name in wanted} == wanted
    assert json.loads(about["probe"]) == {"reference": "object", "path": "/general"}


def rows_of(svg: str) -> list[tuple[str, list[str]]]:
    """Return the whole path and the shown texts of each row of a picture."""
    root = ElementTree.fromstring(svg)
    return [
        (group.findtext(f"{SVG}title") or "", [text.strip() for text in group.find(f"{SVG}text").itertext()])  # type: ignore[union-attr]
        for group in root.iter(f"{SVG}g")
    ]


def test_a_picture(awkward: Path, run: Any) -> None:
    """Each node has a row, members below their groups, and each edge that is no child an arc."""
    svg = drawn(run, awkward, ".svg", "--all")
    graph = hdf_dependency_graph(awkward)
    rows = rows_of(svg)
    assert sorted(path for path, _ in rows) == sorted(graph)
    assert rows[:6] == [
        ("/", ["/", "NWBFile"]),
        ("/acquisition", ["acquisition"]),
        ("/acquisition/rows", ["rows", "DynamicTable"]),
        ("/acquisition/rows/id", ["id", "ElementIdentifiers"]),
        ("/acquisition/rows/to", ["to"]),
        ("/acquisition/x", ["x", "TimeSeries"]),
    ]
    assert rows[-2:] == [
        ("/nowhere", ["/nowhere", "nothing there"]),
        ("video.h5:/frames", ["video.h5:/frames", "in another file"]),
    ]
    titles = [arc.findtext(f"{SVG}title") for arc in ElementTree.fromstring(svg).iter(f"{SVG}path")]
    assert sorted(title for title in titles if title) == sorted(
        f"{source} → {target}: {label}" for source, target, label in graph.edges(data="label") if label != "child"
    )
    assert {path for path, _ in rows_of(drawn(run, awkward, ".svg"))} == set(filter_dependency_graph(graph))
    for label in ("soft (2)", "hard (1)", "external (1)", "region (1)", "reference (5)"):
        assert f">{label}<" in svg


@pytest.mark.parametrize("suffix", [".svg", ".graphml", ".json"])
def test_any_name_can_be_drawn(suffix: str, tmp_path: Path, run: Any) -> None:
    """What is markup, is no text for XML, or is wider than others."""
    path = tmp_path / "hostile.nwb"
    with new_file(path) as file:
        group = series(file["acquisition"], HOSTILE)
        group.attrs.update({"neurodata_type": HOSTILE, HOSTILE: HOSTILE})
        group["soft"] = h5py.SoftLink(HOSTILE)
        group["external"] = h5py.ExternalLink(HOSTILE, HOSTILE)
        series(file["acquisition"], "µ脳" * 100)
        h5py.h5g.create(file["acquisition"].id, b"\xff\xfe")
    text = drawn(run, path, suffix, "--all")
    if suffix == ".json":
        assert f"/acquisition/{HOSTILE}" in nx.node_link_graph(json.loads(text), edges="edges")
    elif suffix == ".graphml":
        assert any("<b>&amp;" in node for node in nx.parse_graphml(text))
    else:
        assert any("<b>&amp;" in shown[0] for _, shown in rows_of(text))
        assert max(len(shown[0]) for _, shown in rows_of(text)) <= 64
    assert all(character.isprintable() or character == "\n" for character in text)


def test_a_deep_file_can_be_drawn(tmp_path: Path, run: Any) -> None:
    """Levels are no deeper stack."""
    with new_file(tmp_path / "deep.nwb") as file:
        group = file["acquisition"]
        for _ in range(1500):
            group = group.create_group("g")
    assert len(rows_of(drawn(run, tmp_path / "deep.nwb", ".svg", "--all"))) > 1500


@pytest.mark.parametrize("suffix", [".svg", ".graphml", ".json"])
def test_the_same_every_time(suffix: str, awkward: Path) -> None:
    """Whatever the seed of the hashes is."""
    texts = set()
    for seed in ("1", "2"):
        output = awkward.parent / f"seed{suffix}"
        subprocess.run(
            [sys.executable, "-m", "nwb_models.cli", "graph", str(awkward), "-o", str(output)],
            check=True,
            capture_output=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        texts.add(output.read_bytes())
    assert len(texts) == 1


def assert_drawn(run: Any, path: Path, output: Path) -> None:
    for suffix in (".svg", ".graphml", ".json"):
        status, _, err = run("graph", path, "-o", output.with_suffix(suffix))
        assert (status, err) == (0, "")
    graph = filter_dependency_graph(hdf_dependency_graph(path))
    assert sorted(node for node, _ in rows_of(output.with_suffix(".svg").read_text("utf-8"))) == sorted(graph)
    assert edges(nx.read_graphml(output.with_suffix(".graphml"), force_multigraph=True)) == edges(graph)
    document = json.loads(output.with_suffix(".json").read_text())
    assert edges(nx.node_link_graph(document, edges="edges")) == edges(graph)


def test_the_example_is_drawn(run: Any, tmp_path: Path) -> None:
    assert_drawn(run, EXAMPLE, tmp_path / "drawn")


@pytest.mark.corpus
@pytest.mark.skipif(not corpus_files(), reason="there is no corpus beside the checkout")
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(CORPUS)))
def test_every_file_of_the_corpus_is_drawn(path: Path, run: Any, tmp_path: Path) -> None:
    assert_drawn(run, path, tmp_path / "drawn")
