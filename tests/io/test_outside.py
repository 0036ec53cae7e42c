"""What a file names outside of its folder is neither read nor written unasked; what the file itself says stays."""

from __future__ import annotations

import io as stdio
import os
import pickle
import shutil
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest
from h5py import h5s

import nwb_models as nwb
from nwb_models.errors import NotReadableError, OutsideError
from nwb_models.io.hdf5 import hdf_dependency_graph
from nwb_models.io.outside import sources_of, why_not_followed
from nwb_models.io.tree import file_tree
from nwb_models.models.links import Unresolved
from tests.io.handmade import TEXT, new_file, series
from tests.io.watching import opened_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET, INSIDE = np.arange(5.0) + 1000, np.arange(5.0) + 10
DATA = "/acquisition/x/data"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what may be read, one with secrets beside it; the working directory is a third one."""
    for name, values in {"here": INSIDE, "outside": SECRET}.items():
        folder = tmp_path / name
        folder.mkdir()
        folder.joinpath("raw.bin").write_bytes(values.tobytes())
        with h5py.File(folder / "source.h5", "w") as file:
            file.create_dataset("d", data=values, maxshape=(None,), chunks=(5,))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def virtual(filename: str, path: str = "d", *, grows: bool = False) -> Callable[[h5py.Group], h5py.Dataset]:
    """Return what makes ``data`` a virtual dataset."""

    def make(group: h5py.Group) -> h5py.Dataset:
        limit = (None,) if grows else None
        layout = h5py.VirtualLayout((5,), "f8", maxshape=limit)
        source = h5py.VirtualSource(filename, path, (5,), maxshape=limit)
        stop = h5s.UNLIMITED if grows else 5
        layout[:stop] = source[:stop]
        return group.create_virtual_dataset("data", layout)

    return make


def external(filename: str) -> Callable[[h5py.Group], h5py.Dataset]:
    """Return what makes ``data`` a dataset in external storage."""
    return lambda group: group.create_dataset("data", (5,), "f8", external=[(filename, 0, 40)])


def main_file(folders: Path, make: Callable[[h5py.Group], h5py.Dataset]) -> Path:
    """Write a file with a series whose data is elsewhere."""
    path = folders / "here" / "main.nwb"
    with new_file(path) as file:
        group = series(file["acquisition"], "x")
        attributes = dict(group["data"].attrs)
        del group["data"]
        make(group).attrs.update(attributes)
    return path


def chained(folders: Path, make: Callable[[Any], Any]) -> str:
    """Make a file in the folder whose dataset ``d`` leads on, and return its name."""
    with h5py.File(folders / "here" / "chain.h5", "w", libver="latest") as file:
        make(file)
        if "data" in file:
            file.move("data", "d")
    return "chain.h5"


def _link_to_a_secret(folders: Path) -> str:
    (folders / "here" / "alias.h5").symlink_to(folders / "outside" / "source.h5")
    return "alias.h5"


def _in_the_working_directory(folders: Path) -> str:
    os.chdir(folders / "outside")
    with h5py.File(folders / "outside" / "only.h5", "w") as file:
        file["d"] = SECRET
    return "only.h5"


def _of_a_prefix(variable: str, name: str, monkeypatch: pytest.MonkeyPatch, folders: Path) -> str:
    monkeypatch.setenv(variable, str(folders / "outside"))
    return name


def _link_of_hdf5(folders: Path) -> str:
    return chained(folders, lambda f: f.__setitem__("d", h5py.ExternalLink("../outside/source.h5", "d")))


def _same_file(folders: Path) -> Callable[[h5py.Group], h5py.Dataset]:
    def make(group: h5py.Group) -> h5py.Dataset:
        group.create_dataset("timestamps", (5,), "f8", external=[(str(folders / "outside/raw.bin"), 0, 40)])
        group["timestamps"].attrs.update(unit="seconds", interval=np.int32(1))
        return virtual(".", "/acquisition/x/timestamps")(group)

    return make


OUTSIDE: dict[str, Any] = {
    # name: what makes the dataset, given the folders and monkeypatch
    "virtual, absolute": lambda f, _: virtual(str(f / "outside/source.h5")),
    "virtual, relative": lambda f, _: virtual("../outside/source.h5"),
    "virtual, grows": lambda f, _: virtual("../outside/source.h5", grows=True),
    "virtual, in and out": lambda f, _: virtual("x/../../outside/source.h5"),
    "virtual, symbolic link": lambda f, _: virtual(_link_to_a_secret(f)),
    "virtual, working directory": lambda f, _: virtual(_in_the_working_directory(f)),
    "virtual, prefix": lambda f, m: virtual(_of_a_prefix("HDF5_VDS_PREFIX", "source.h5", m, f)),
    "virtual, pattern": lambda f, _: virtual("../outside/sour%%ce.h5"),
    "virtual, virtual": lambda f, _: virtual(chained(f, virtual("../outside/source.h5"))),
    "virtual, external": lambda f, _: virtual(chained(f, external(str(f / "outside/raw.bin")))),
    "virtual, external link": lambda f, _: virtual(_link_of_hdf5(f)),
    "virtual, same file": lambda f, _: _same_file(f),
    "virtual, network": lambda f, _: virtual("//server/share/source.h5"),
    "virtual, URL": lambda f, _: virtual(f"file://{f}/outside/source.h5"),
    "external, absolute": lambda f, _: external(str(f / "outside/raw.bin")),
    "external, relative": lambda f, _: external("../outside/raw.bin"),
    "external, device": lambda f, _: external("/dev/zero"),
    "external, prefix": lambda f, m: external(_of_a_prefix("HDF5_EXTFILE_PREFIX", "raw.bin", m, f)),
}


@pytest.mark.parametrize("eager", [True, False], ids=["eager", "lazy"])
@pytest.mark.parametrize("kind", OUTSIDE)
def test_data_outside_of_the_folder(kind: str, folders: Path, monkeypatch: pytest.MonkeyPatch, *, eager: bool) -> None:
    """Reading, comparing, copying, packing, cutting, looking at it: no other file is opened, and all say so."""
    path = main_file(folders, OUTSIDE[kind](folders, monkeypatch))
    with h5py.File(path) as file:
        stored = set(sources_of(file[DATA].id))
    with opened_files(folders / "outside") as opened:
        root = nwb.read(path, eager=eager)
        data = root.acquisition["x"].data
        assert (data.shape, data.value.dtype, data.unit) == ((5,), np.dtype("f8"), "V")
        with pytest.raises(OutsideError) as caught:
            data[:2]
        with pytest.raises(OutsideError):
            pickle.loads(pickle.dumps(data.value))[:]
        for part in (DATA, str(path), "external_links=True"):
            assert part in str(caught.value)
        assert (DATA, "outside") in {(issue.path, issue.rule) for issue in root.issues}
        nwb.write(root, folders / "here" / "copy.nwb")
        found = nwb.diff(path, folders / "here" / "copy.nwb", storage=True)
        assert (DATA, "unreadable") in {(entry.path, entry.kind) for entry in found}
        assert {entry.path for entry in found} <= {DATA, "/acquisition/x/timestamps"}
        nwb.repack(folders / "here" / "copy.nwb")
        with pytest.raises(OutsideError, match="external_links=True"):
            nwb.truncate(path, folders / "here" / "cut.nwb", 2)
        hdf_dependency_graph(path)
        assert DATA in nwb.object_types(path)
        with nwb.open(path) as io:
            file_tree(io)
    assert opened == set()
    with h5py.File(folders / "here" / "copy.nwb") as file:
        assert set(sources_of(file[DATA].id)) == stored
    assert not (folders / "here" / "cut.nwb").exists()


@pytest.mark.parametrize("kind", [kind for kind in OUTSIDE if kind.split(", ")[1] in ("absolute", "grows", "virtual")])
def test_it_is_read_where_that_is_allowed(kind: str, folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``external_links=True`` data is read wherever it is, in another process too."""
    path = main_file(folders, OUTSIDE[kind](folders, monkeypatch))
    root = nwb.read(path, external_links=True)
    np.testing.assert_array_equal(root.acquisition["x"].data[:], SECRET)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(root.acquisition["x"].data.value))[:], SECRET)
    assert root.issues == ()


INSIDE_OF_IT: dict[str, Any] = {
    "virtual": lambda f: virtual("source.h5"),
    "virtual, grows": lambda f: virtual("source.h5", grows=True),
    "virtual, absolute": lambda f: virtual(str(f / "here/source.h5")),
    "virtual, virtual": lambda f: virtual(chained(f, virtual("source.h5"))),
    "external, absolute": lambda f: external(str(f / "here/raw.bin")),
}


@pytest.mark.parametrize("kind", INSIDE_OF_IT)
def test_data_in_the_folder(kind: str, folders: Path) -> None:
    """It is read unasked; of sources that have grown, all."""
    path = main_file(folders, INSIDE_OF_IT[kind](folders))
    with h5py.File(folders / "here" / "source.h5", "r+") as file:
        file["d"].resize((6,))
        file["d"][5] = 99
    root = nwb.read(path)
    expected = [*INSIDE, 99] if "grows" in kind else INSIDE
    np.testing.assert_array_equal(root.acquisition["x"].data[:], expected)
    assert root.acquisition["x"].data.shape == (len(expected),)
    assert root.issues == ()


def test_a_file_of_the_same_name_in_the_working_directory(folders: Path) -> None:
    """HDF5 takes the one beside the file, and so it is read."""
    path = main_file(folders, virtual("source.h5"))
    os.chdir(folders / "outside")
    np.testing.assert_array_equal(nwb.read(path).acquisition["x"].data[:], INSIDE)


@pytest.mark.parametrize("length", [1, 2, 40])
def test_sources_in_a_circle(length: int, folders: Path) -> None:
    """Virtual datasets that lead to each other are not read: HDF5 would call itself until it crashes."""
    names = [f"chain{number}.h5" for number in range(length - 1)]
    for name, following in zip(names, [*names[1:], "main.nwb"], strict=False):
        with h5py.File(folders / "here" / name, "w", libver="latest") as file:
            virtual(following, DATA)(file.create_group("acquisition/x"))
    path = main_file(folders, virtual([*names, "main.nwb"][0], DATA))
    with pytest.raises(OutsideError, match="leads back to itself, or through more than 16 datasets"):
        nwb.read(path).acquisition["x"].data[:]


def test_more_sources_than_the_limit(folders: Path) -> None:
    """They are not looked at one by one without end."""
    path = main_file(folders, virtual(chained(folders, virtual("source.h5"))))
    with pytest.raises(OutsideError, match=r"one of more than 1, see Limits\.sources"):
        nwb.read(path, limits=nwb.Limits(sources=1)).acquisition["x"].data[:]
    assert nwb.read(path, limits=nwb.Limits(sources=2)).acquisition["x"].data.shape == (5,)


def test_a_pipe_in_the_folder(folders: Path) -> None:
    """Nobody writes to it, and HDF5 would wait for ever."""
    os.mkfifo(folders / "here" / "pipe")
    path = main_file(folders, external(str(folders / "here" / "pipe")))
    with h5py.File(path, "r+") as file:
        file["acquisition/link"] = h5py.ExternalLink("pipe", "/")
    root = nwb.read(path)
    with pytest.raises(OutsideError, match="is no regular file"):
        root.acquisition["x"].data[:]
    assert isinstance(root.acquisition["link"], Unresolved)
    with pytest.raises(NotReadableError, match=r"pipe is (no regular file|empty)"):
        nwb.read(folders / "here" / "pipe")


def test_a_file_object_has_no_folder(folders: Path) -> None:
    """Nothing beside it is read, whatever the working directory is."""
    path = main_file(folders, external(str(folders / "here" / "raw.bin")))
    os.chdir(folders / "here")
    with nwb.open(stdio.BytesIO(path.read_bytes())) as io, pytest.raises(OutsideError, match="from a file object"):
        io.read().acquisition["x"].data[:]


@pytest.mark.parametrize("kind", ["virtual, relative", "external, relative", "external, absolute"])
def test_editing_never_writes_to_another_file(kind: str, folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """New values come into the file; those of the other file stay what they are."""
    make = OUTSIDE[kind](folders, monkeypatch)
    before = {file: file.read_bytes() for file in (folders / "outside").iterdir()}
    path = main_file(folders, make)
    with nwb.open(path, "r+") as io:
        root = io.read()
        root.acquisition["x"].data.value = np.zeros(5)
        root.acquisition["x"].description = "changed"
        io.write(root)
    assert {file: file.read_bytes() for file in (folders / "outside").iterdir()} == before
    np.testing.assert_array_equal(nwb.read(path).acquisition["x"].data[:], np.zeros(5))


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "//server/x", r"\\server\x", "file:///x", "a\0b",
                                  "https://x/y", "x" * 5000, "loop"])  # fmt: skip
def test_names_that_are_not_followed(name: str, tmp_path: Path) -> None:
    """Of links as well as of data; the reason fits behind the name."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert why_not_followed(str(tmp_path.resolve()), name) != ""
    with new_file(tmp_path / "main.nwb") as file:
        if "\0" not in name:
            file["acquisition/link"] = h5py.ExternalLink(name, "/")
    root = nwb.read(tmp_path / "main.nwb", eager=True)
    assert [issue.rule for issue in root.issues] == ([] if "\0" in name else ["link"])


def test_specifications_and_versions_of_another_file(folders: Path) -> None:
    """Neither a link nor storage makes what another file says a part of this one."""
    path = folders / "here" / "main.nwb"
    with new_file(path, specifications=False) as file:
        file["specifications"] = h5py.ExternalLink("../outside/source.h5", "/")
        file.attrs[".specloc"] = "/specifications"
        document = file.create_group("extra/ndx-x/0.1.0")
        document.create_dataset("namespace", (1,), "S40", external=[(str(folders / "outside/raw.bin"), 0, 40)])
    other = shutil.copy(path, folders / "here" / "other.nwb")
    with h5py.File(other, "r+") as file:
        file.attrs[".specloc"] = file["extra"].ref
    with h5py.File(folders / "here" / "old.nwb", "w") as file:
        file["nwb_version"] = h5py.ExternalLink("../outside/source.h5", "d")
    with opened_files(folders / "outside") as opened:
        with pytest.warns(nwb.errors.NWBWarning, match="holds no specification of core"):
            nwb.read(path)
        with pytest.warns(nwb.errors.NWBWarning, match="holds no specification of core"):
            nwb.read(other, eager=True)
        with pytest.raises(nwb.errors.NotNWBError):
            nwb.read(folders / "here" / "old.nwb")
    assert opened == set()


def test_external_files_of_images_are_text(folders: Path) -> None:
    """The names of movies are names, and nothing is opened."""
    path = folders / "here" / "main.nwb"
    with new_file(path) as file:
        group = series(file["acquisition"], "movie")
        group.attrs["neurodata_type"] = "ImageSeries"
        group.create_dataset("external_file", data=["../outside/raw.bin", "/etc/passwd"], dtype=TEXT)
        group["external_file"].attrs["starting_frame"] = np.array([0, 1], "i4")
    with opened_files(folders / "outside") as opened:
        found = nwb.read(path, eager=True).acquisition["movie"].external_file[:]
    assert list(found) == ["../outside/raw.bin", "/etc/passwd"]
    assert opened == set()


def test_references_in_external_storage_are_not_translated_there(folders: Path) -> None:
    """A copy that wrote its references where the data is would change the file of the original."""
    raw = folders / "here" / "references.bin"
    raw.write_bytes(bytes(range(1, 17)))
    path = folders / "here" / "main.nwb"
    with new_file(path) as file:
        file["general"].create_dataset("raw", (2,), h5py.ref_dtype, external=[(str(raw), 0, 16)])
    nwb.write(nwb.read(path), folders / "here" / "copy.nwb")
    assert raw.read_bytes() == bytes(range(1, 17))
    with h5py.File(folders / "here" / "copy.nwb") as file:
        assert [source.filename for source in sources_of(file["general/raw"].id)] == [str(raw)]
