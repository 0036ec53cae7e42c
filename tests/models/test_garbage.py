"""Who reads or writes one file after another keeps none that he has let go of."""

import gc
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np

import nwb_models as nwb
from nwb_models import core
from nwb_models.models.garbage import MANY, collecting_later


def written(path: Path) -> "weakref.ref[np.ndarray]":
    data = np.arange(1000.0)
    nwbfile = core.NWBFile(session_description="d", identifier="i", session_start_time="2024-01-01T00:00:00Z")
    nwbfile.acquisition.add(core.TimeSeries(name="s", data=data, unit="V", rate=1.0))
    nwb.write(nwbfile, path)
    return weakref.ref(data)


def test_arrays_of_files_that_were_written(tmp_path: Path) -> None:
    made = [written(tmp_path / "one.nwb") for _ in range(40)]
    assert sum(array() is not None for array in made) < 20


ROOT = Path(__file__).parents[2]


class Ring:
    """Refers to itself: only the garbage collector finds it."""

    def __init__(self) -> None:
        self.itself = self
        self.others = [[number] for number in range(2 * MANY)]


ALIVE = """
import weakref
from nwb_models.models.garbage import collecting_later
from tests.models.test_garbage import Ring

made = []
for _ in range(60):
    with collecting_later():
        made.append(weakref.ref(Ring()))
print(sum(ring() is not None for ring in made))
"""


def test_many_objects_made_at_once() -> None:
    """In a process of its own: how many others there are decides when all are looked at."""
    found = subprocess.run([sys.executable, "-c", ALIVE], check=True, capture_output=True, text=True, cwd=ROOT)
    assert int(found.stdout) < 40


def test_nothing_is_looked_at_while_many_are_made() -> None:
    looks = gc.get_stats()[0]["collections"]
    with collecting_later():
        rings = [Ring() for _ in range(2)]
        assert gc.get_stats()[0]["collections"] == looks
    assert gc.isenabled()
    del rings


def test_who_has_switched_it_off_keeps_it_so() -> None:
    gc.disable()
    try:
        with collecting_later():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
