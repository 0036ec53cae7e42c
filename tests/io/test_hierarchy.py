"""Path and type of every object: compared with the tree, which reads everything, and case by case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models.errors import NotReadableError, ObjectNotFoundError, UnreadableObjectError
from nwb_models.io import headers
from nwb_models.io.hierarchy import types_below
from nwb_models.io.tree import file_tree
from tests.conftest import CORPUS, EXAMPLE, corpus_files
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _in_tree(path: Path, start: str = "/", *, depth: int | None = None) -> dict[str, str | None]:
    """Return what the tree says of paths and types."""
    found: dict[str, str | None] = {}
    with nwb.open(path) as io:
        pending: list[Any] = [file_tree(io, start, depth=depth)["tree"]]
    while pending:
        entry = pending.pop()
        found[entry["path"]] = entry["neurodata_type"]
        pending += entry.get("children") or ()
    return found


@pytest.fixture(params=["directly", "by h5py"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "by h5py":
        monkeypatch.setenv(headers.SETTING, "0")


def _write_all(file: h5py.File) -> None:
    """Write what is awkward to a walk for types."""
    text = h5py.string_dtype()
    file.attrs.update(neurodata_type="NWBFile", nwb_version="2.7.0")
    group = file.create_group("group")
    group.attrs["neurodata_type"] = "Gruppe ä"
    group["same"] = file["/"]
    file["zzz"] = group
    file["soft"], file["outside"] = h5py.SoftLink("/group"), h5py.ExternalLink("other.nwb", "/")
    file["type"] = np.dtype("f4")
    for name, attribute, value, kind in [
        ("fixed", "neurodata_type", b"Fixed", None),
        ("older", "data_type", "Older", text),
        ("one", "neurodata_type", ["OneOfOne"], text),
        ("two", "neurodata_type", ["A", "B"], text),
        ("number", "neurodata_type", 5, None),
        ("nothing", "neurodata_type", "", text),
        ("null", "neurodata_type", h5py.Empty("S3"), None),
    ]:
        file[f"data/{name}"] = [1, 2]
        file[f"data/{name}"].attrs.create(attribute, value, dtype=kind)
    file["data/one"].attrs["data_type"] = "not this one"
    file["data/number"].attrs["data_type"] = "nor this one"
    file.create_dataset("data/compressed", data=np.arange(100), chunks=(10,), compression="gzip")
    file["data/single"] = 1.5


EXPECTED = {
    "/": "NWBFile", "/data": None, "/group": "Gruppe ä",
    "/data/compressed": None, "/data/fixed": "Fixed", "/data/nothing": "", "/data/null": None, "/data/number": None,
    "/data/older": "Older", "/data/one": "OneOfOne", "/data/single": None, "/data/two": None,
}  # fmt: skip


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("libver", ["earliest", "latest"])
def test_each_object_once_with_its_type(libver: str, tmp_path: Path) -> None:
    """Whichever way a type is written; links and named types are no objects of their own."""
    path = tmp_path / "a.nwb"
    with h5py.File(path, "w", libver=libver) as file:
        _write_all(file)
    assert nwb.object_types(path) == EXPECTED == _in_tree(path)


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("write", FILES.values(), ids=FILES.keys())
def test_files_of_pynwb(write: Callable[[Path], None], tmp_path: Path) -> None:
    write(tmp_path / "a.nwb")
    assert nwb.object_types(tmp_path / "a.nwb") == _in_tree(tmp_path / "a.nwb")


@pytest.mark.corpus
@pytest.mark.skipif(not corpus_files(), reason="there is no corpus beside the checkout")
@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(CORPUS)))
def test_the_corpus(path: Path) -> None:
    assert nwb.object_types(path) == _in_tree(path)


def test_no_value_and_no_other_attribute_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FILES["ecephys"](tmp_path / "a.nwb")
    expected = _in_tree(tmp_path / "a.nwb")

    def never(*_: Any, **__: Any) -> None:
        msg = "a node was read"
        raise AssertionError(msg)

    monkeypatch.setattr(headers.Headers, "node", never)
    monkeypatch.setattr("nwb_models.io.queue.read_node", never)
    assert nwb.object_types(tmp_path / "a.nwb") == expected


def test_a_part() -> None:
    acquisition = nwb.object_types(EXAMPLE, "acquisition")
    assert next(iter(acquisition)) == "/acquisition"
    assert acquisition == _in_tree(EXAMPLE, "/acquisition")
    with nwb.open(EXAMPLE) as io:
        for depth in (0, 1, 2):
            assert types_below(io, "/", depth=depth) == _in_tree(EXAMPLE, depth=depth)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ObjectNotFoundError, match="did you mean /acquisition"):
        nwb.object_types(EXAMPLE, "/acquisitio")
    with pytest.raises(ObjectNotFoundError, match="holds specifications and no data"):
        nwb.object_types(EXAMPLE, "/specifications")
    with pytest.raises(NotReadableError, match="no such file"):
        nwb.object_types(tmp_path / "missing.nwb")


@pytest.mark.usefixtures("_way")
def test_a_damaged_group(tmp_path: Path) -> None:
    """The list of its links is overwritten: the file is refused, and not shown as if it ended there."""
    path = tmp_path / "a.nwb"
    with h5py.File(path, "w") as file:
        _write_all(file)
    content = path.read_bytes()
    assert content.count(b"SNOD") > 1
    path.write_bytes(content[: content.rindex(b"SNOD")] + b"DAMN" + content[content.rindex(b"SNOD") + 4 :])
    with pytest.raises(UnreadableObjectError, match="is damaged"):
        nwb.object_types(path)
