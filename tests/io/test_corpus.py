"""Every object of every file: its model says what plain h5py says.  Files of PyNWB's, and the corpus where it is."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING

import h5py
import pytest

import nwb_models as nwb
from nwb_models.errors import NWBWarning
from tests.compare import compare
from tests.conftest import CORPUS, EXAMPLE, corpus_files
from tests.pynwb_files import FILES

if TYPE_CHECKING:
    from pathlib import Path


def _check(path: Path, *, eager: bool) -> nwb.HDF5IO:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NWBWarning)
        io = nwb.open(path)
        if eager:
            io.read(eager=True)
        with h5py.File(path) as file:
            result = compare(io, file)
    assert result.differences == []
    assert result.objects > 10
    return io


@pytest.mark.parametrize("eager", [False, True], ids=["lazy", "eager"])
@pytest.mark.parametrize("name", FILES)
def test_files_of_pynwb(name: str, tmp_path: Path, *, eager: bool) -> None:
    """What PyNWB writes today reads in full and departs from nothing."""
    path = tmp_path / f"{name}.nwb"
    FILES[name](path)
    with _check(path, eager=eager) as io:
        io.read(eager=True)
        assert io.issues == ()


@pytest.mark.parametrize("eager", [False, True], ids=["lazy", "eager"])
def test_the_example(*, eager: bool) -> None:
    """The packaged example reads in full and departs from nothing."""
    with _check(EXAMPLE, eager=eager) as io:
        io.read(strict=True)


@pytest.mark.parametrize("eager", [False, True], ids=["lazy", "eager"])
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(CORPUS)))
def test_the_corpus(path: Path, *, eager: bool) -> None:
    """Real files, old schemas, extensions."""
    _check(path, eager=eager).close()


@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: str(path.relative_to(CORPUS)))
def test_the_corpus_against_its_descriptions(path: Path) -> None:
    """Type, namespace, object_id and name of each object are those of an independent description of the file."""
    objects = json.loads(path.with_suffix(".oracle.json").read_text())["hdf5"]["objects"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NWBWarning)
        with nwb.open(path) as io:
            found = {}
            for where in objects:
                model = io.read(where)
                found[where] = {key: getattr(model, key) for key in ("neurodata_type", "namespace", "object_id")}
                assert model.name == (where.rpartition("/")[2] or "root")
    assert found == objects
