"""Threads: any number of them read through one file that is open, and one of them may edit it."""

from __future__ import annotations

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from tests.io.handmade import column, new_file, reach_all, references, series, table, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

THREADS = 8
SERIES = 12


@pytest.fixture(autouse=True)
def _switching_all_the_time() -> Iterator[None]:
    """Let the threads take turns at every other call of a function of the library: what can go wrong then does."""
    before, chance = sys.getswitchinterval(), Random(1)
    sys.setswitchinterval(1e-6)

    def switch(frame: FrameType, event: str, _: Any) -> None:
        if event in ("call", "return") and "nwb_models" in frame.f_code.co_filename and chance.random() < 0.1:
            time.sleep(0)

    threading.setprofile(switch)
    yield
    threading.setprofile(None)
    sys.setswitchinterval(before)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with many series, rows that refer to them, and a departure."""
    result = tmp_path / "many.nwb"
    with new_file(result) as file:
        for number in range(SERIES):
            series(file["acquisition"], f"s{number}", np.full(50, float(number)))
        typed(file["processing"], "behavior", "ProcessingModule", description="d")
        rows = table(file["processing/behavior"], "rows", "of", "number")
        del rows["id"]
        column(rows, "id", np.arange(3 * SERIES), "ElementIdentifiers")
        targets = [file[f"acquisition/s{number % SERIES}"] for number in range(3 * SERIES)]
        column(rows, "of", references(*targets), description="d")
        column(rows, "number", np.arange(3 * SERIES) % SERIES, description="d")
        typed(file["processing"], "strange", "Unknown", "ndx-x")
        file["analysis/values"] = np.zeros(1000)
    return result


def at_once(*works: Callable[[], Any], times: int = THREADS) -> list[Any]:
    """Do each work in some threads, all of them starting at once; return what came out, each work after the other."""
    start = threading.Barrier(len(works) * times)

    def started(work: Callable[[], Any]) -> Any:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works) * times) as pool:
        futures = [pool.submit(started, work) for work in works for _ in range(times)]
        return [future.result() for future in futures]


# ---------------------------------------------------------------------------------------------- reading
def test_an_object_is_one_model_in_all_threads(path: Path) -> None:
    """Whoever comes to it first builds it, and the others get the same one."""
    for _ in range(5):
        with nwb.open(path) as io:
            found = at_once(lambda: io.read().acquisition, lambda: io.read("/acquisition/s7"), times=4)
            assert len(set(map(id, found))) == 2
            held = at_once(lambda found=found: [series.data.value for series in found[0].values()])
            assert len({tuple(map(id, arrays)) for arrays in held}) == 1
            assert found[0]["s7"] is found[4]


def test_everything_is_reached_at_once(path: Path) -> None:
    """By collections, by paths, by references, and by building all."""
    for _ in range(3):
        with nwb.open(path) as io:

            def by_reference() -> list[Any]:
                return list(io.read()["processing/behavior/rows/of"][:])

            def by_path() -> list[Any]:
                return [io.read(f"/acquisition/s{number % SERIES}") for number in range(3 * SERIES)]

            def by_name() -> list[Any]:
                return [io.read()["acquisition"][f"s{number % SERIES}"] for number in range(3 * SERIES)]

            def eagerly() -> list[Any]:
                io.read(eager=True)
                return by_name()

            found = at_once(by_reference, by_path, by_name, eagerly, times=3)
            assert len({tuple(map(id, objects)) for objects in found}) == 1


def test_issues_are_the_same_in_all_threads(path: Path) -> None:
    """Each departure is noted once, whoever comes by it, and they can be asked for meanwhile."""
    with nwb.open(path) as io:
        io.read(eager=True)
        expected = set(io.issues)
    assert expected
    for _ in range(3):
        with nwb.open(path) as io:

            def asked() -> None:
                for _ in range(50):
                    assert set(io.issues) <= expected

            at_once(lambda: reach_all(io.read()), lambda: io.read(eager=True), asked, times=3)
            assert sorted(map(str, io.issues)) == sorted(map(str, expected))


def test_the_classes_of_an_object_are_one_in_all_threads(path: Path) -> None:
    """Also where several files are opened at once, and the provider of each is made by whoever needs it first."""
    ios = [nwb.open(path) for _ in range(2)]
    found = at_once(*(lambda io=io: (io.provider, type(io.read("/acquisition/s1"))) for io in ios))
    assert len({id(provider) for provider, _ in found}) == 2
    assert len({cls for _, cls in found}) == 1
    for io in ios:
        io.close()


def test_arrays_are_read_at_once(path: Path) -> None:
    """Of a file that is closed, opened again and closed all the time."""
    io = nwb.open(path)
    arrays = [io.read(f"/acquisition/s{number}").data for number in range(SERIES)]

    def read() -> None:
        for _ in range(3):
            for number, array in enumerate(arrays):
                assert array[number : number + 5].tolist() == [float(number)] * 5

    def close() -> None:
        for _ in range(100):
            io.close()

    at_once(read, read, close, times=4)
    assert io._users == 0
    still_open = h5py.h5f.get_obj_ids(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_FILE)  # other tests may have left some
    assert os.fsencode(path) not in {file.name for file in still_open}


def test_files_that_lead_to_each_other(tmp_path: Path) -> None:
    """Threads that come from two sides do not wait for each other for ever."""
    for name, other in (("a", "b"), ("b", "a")):
        with new_file(tmp_path / f"{name}.nwb") as file:
            series(file["acquisition"], "own")
            for number in range(20):
                file[f"acquisition/other{number}"] = h5py.ExternalLink(f"{other}.nwb", "/acquisition/own")
    for _ in range(3):
        with nwb.open(tmp_path / "a.nwb") as a:
            b = a.external("b.nwb")
            found = at_once(lambda: reach_all(a.read()), lambda b=b: reach_all(b.read()), times=4)
        assert len({frozenset(map(id, models)) for models in found[:4]}) == 1
        assert len({frozenset(map(id, models)) for models in found[4:]}) == 1


# ---------------------------------------------------------------------------------------------- editing
def _until(done: threading.Event, work: Callable[[], Any]) -> Callable[[], Any]:
    def again_and_again() -> None:
        while not done.is_set():
            work()

    return again_and_again


def test_editing_while_others_reach_for_objects(path: Path) -> None:
    """They find each object, and it is one model before and after."""
    with nwb.open(path, "r+") as io:
        root, done = io.read(), threading.Event()

        def edit() -> None:
            try:
                for number in range(6):
                    root.acquisition[f"s{number}"].description = f"number {number}"
                    root.session_description = f"session {number}"
                    io.write(root)
            finally:
                done.set()

        def reach() -> None:
            assert set(root.acquisition) == {f"s{number}" for number in range(SERIES)}
            for number in range(SERIES):
                model = root.acquisition[f"s{number}"]
                assert model is io.read(f"/acquisition/s{number}")
                assert model.data[3] == float(number)
            assert list(root["processing/behavior/rows/of"][:3]) == [root.acquisition[f"s{n}"] for n in range(3)]

        at_once(edit, *[_until(done, reach)] * 3, times=1)
        reach()
        assert [root.acquisition[f"s{number}"].description for number in range(6)] == [
            f"number {number}" for number in range(6)
        ]


def test_two_threads_write(path: Path) -> None:
    """One after the other, and what each has written is there."""
    with nwb.open(path, "r+") as io:
        root = io.read()

        def writing(first: int) -> Callable[[], None]:
            def write() -> None:
                for number in range(first, first + 4):
                    root.acquisition[f"s{number}"].description = f"by {first}"
                    io.write(root.acquisition[f"s{number}"])

            return write

        at_once(writing(0), writing(4), writing(8), times=1)
    with nwb.open(path) as io:
        for first in (0, 4, 8):
            for number in range(first, first + 4):
                assert io.read(f"/acquisition/s{number}").description == f"by {first}"


def test_what_is_listed_meanwhile_is_there(path: Path) -> None:
    """An edit lets its file forget which class each object has; whoever is asking for one at that moment gets it."""
    with nwb.open(path, "r+") as io:
        root, done = io.read(), threading.Event()

        def edit() -> None:
            try:
                for number in range(6):
                    root.session_description = f"session {number}"
                    io.write(root)
            finally:
                done.set()

        def look() -> None:
            for number in range(SERIES):
                assert io.builder.classes.at(f"/acquisition/s{number}").neurodata_type == "TimeSeries"

        at_once(edit, *[_until(done, look)] * 3, times=1)


def test_what_is_read_meanwhile_is_old_or_new(path: Path) -> None:
    """Never some of either: through what edits, and through another one that was open before, or is opened now."""
    with nwb.open(path, "r+") as io, nwb.open(path) as before:
        root, done = io.read(), threading.Event()
        one, rows = root.acquisition["s1"], root.acquisition["s2"].data.value
        array, earlier = one.data.value, before.read("/acquisition/s1").data

        def edit() -> None:
            try:
                for number in range(2, 8):
                    one.data = np.full(50, float(number))
                    rows.append([2.0] * 10) if number % 2 else None
                    io.write(root)
            finally:
                done.set()

        def read() -> None:
            for found in (one.data[:], array[:], rows[:]):
                assert (found == found[0]).all()
            assert rows[:].shape[0] % 10 == 0

        def read_earlier() -> None:
            assert (earlier[:] == 1.0).all()

        def read_anew() -> None:
            with nwb.open(path) as other:
                found = other.read("/acquisition/s1").data[:]
            assert (found == found[0]).all()

        at_once(edit, *[_until(done, work) for work in (read, read, read_earlier, read_anew)], times=1)
        assert rows.shape == (80,)
        assert one.data[7] == array[7] == 7.0


def test_what_changes_places_is_not_mixed_up(path: Path) -> None:
    """An array that is read while its object and another one exchange their names stays that of its object."""
    with nwb.open(path, "r+") as io:
        root, done = io.read(), threading.Event()
        one, two = root.acquisition["s1"], root.acquisition["s2"]
        first, second = one.data.value, two.data.value

        def edit() -> None:
            try:
                for _ in range(2):
                    for model, name in ((one, "spare"), (two, "s1"), (one, "s2")):
                        model.name = name
                        io.write(root)
                    for model, name in ((one, "spare"), (two, "s2"), (one, "s1")):
                        model.name = name
                        io.write(root)
            finally:
                done.set()

        def read() -> None:
            assert (first[:] == 1.0).all()
            assert (second[:] == 2.0).all()

        at_once(edit, *[_until(done, read)] * 3, times=1)
