"""Other processes: arrays and models travel as where they are, and are found there again."""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import textwrap
import zlib
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

import nwb_models as nwb
from nwb_models import errors
from nwb_models.core import v2_11_0 as core
from nwb_models.errors import ClosedFileError, NWBError, UnsavedChangesError
from nwb_models.io import pickling
from nwb_models.models.arrays import Array
from nwb_models.models.issues import Issue
from nwb_models.models.links import Region
from tests.conftest import ROOT
from tests.io.handmade import TEXT, column, new_file, references, series, table, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SPEC = {
    "neurodata_type_def": "Two", "neurodata_type_inc": "TimeSeries", "doc": "A series of an extension.",
    "attributes": [{"name": "extra", "dtype": "text", "doc": "What is more.", "required": False}],
}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with series, a table that refers to them, and an extension that no package provides."""
    result = tmp_path / "a.nwb"
    with new_file(result) as file:
        namespace = {
            "name": "ndx-two", "version": "0.1.0", "doc": "d", "author": "a", "contact": "c",
            "schema": [{"namespace": "core"}, {"source": "ndx-two"}],
        }  # fmt: skip
        stored = file.create_group("specifications/ndx-two/0.1.0")
        stored["namespace"] = json.dumps({"namespaces": [namespace]})
        stored["ndx-two"] = json.dumps({"groups": [SPEC]})
        for number in range(4):
            series(file["acquisition"], f"s{number}", np.arange(20.0) + 100 * number)
        two = series(file["acquisition"], "two")
        two.attrs.update(neurodata_type="Two", namespace="ndx-two", extra="more")
        typed(file["processing"], "behavior", "ProcessingModule", description="d")
        typed(file["processing"], "strange", "Unknown", "ndx-x")
        rows = table(file["processing/behavior"], "rows", "of", "number")
        column(rows, "of", references(*(file[f"acquisition/s{n}"] for n in range(3))), description="d")
        column(rows, "number", np.arange(3), description="d")
        file["acquisition/s0"].attrs["region"] = file["acquisition/s1/data"].regionref[2:5]
        file["analysis/texts"] = np.array(["a", "b"], dtype=TEXT)
    return result


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """Two processes that know nothing of this one."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as found:
        yield found


def again(value: Any) -> Any:
    """Return what arrives of something that travels."""
    return pickle.loads(pickle.dumps(value))


# ---------------------------------------------------------------------------------------------- what workers do
def part_sum(data: Any, start: int) -> float:
    """Return the sum of five rows."""
    return float(data[start : start + 5].sum())


def described(model: Any) -> tuple[str, str, str, float]:
    """Return what a series says of itself."""
    return type(model).__name__, type(model).__module__, model.name, float(model.data[:].sum())


def opened_files(arrays: list[Array]) -> tuple[int, int, list[float]]:
    """Return how many files are open after reading, how many there are for the arrays, and what was read."""
    found = [float(array[3]) for array in arrays]
    handles = {id(array.source.io) for array in arrays}  # type: ignore[attr-defined]
    return h5py.h5f.get_obj_count(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_FILE), len(handles), found


def is_the_one_of_its_file(model: Any, root: Any) -> bool:
    """Tell whether two objects of a file arrive as parts of the same tree."""
    return root.acquisition[model.name] is model


def the_same(value: Any) -> Any:
    """Return what arrived."""
    return value


def same_class(made: Any, read: Any) -> tuple[bool, str, list[float]]:
    """Tell whether what was made by hand has the class of what was read."""
    return type(made) is type(read), made.extra, made.data[:].tolist()


def failing(name: str) -> None:
    """Raise one of the errors of the library."""
    raise EXAMPLES[name]


# ---------------------------------------------------------------------------------------------- arrays
def test_parts_of_an_array(path: Path, pool: ProcessPoolExecutor) -> None:
    """Each worker reads its part itself."""
    data = nwb.read(path).acquisition["s1"].data
    starts = list(range(0, 20, 5))
    for one in (data, data.value):
        assert list(pool.map(part_sum, [one] * 4, starts)) == [float(data[n : n + 5].sum()) for n in starts]


def test_a_file_is_opened_once_for_all_its_arrays(path: Path, pool: ProcessPoolExecutor) -> None:
    """However many arrive, and is closed when nobody reads."""
    root = nwb.read(path)
    arrays = [root.acquisition[f"s{number}"].data.value for number in range(4)]
    for count in (4, 2):
        found = pool.submit(opened_files, arrays[:count]).result()
        assert found == (0, 1, [3.0, 103.0, 203.0, 303.0][:count])


def test_rows_that_were_appended_travel_with_their_array(path: Path, pool: ProcessPoolExecutor) -> None:
    """They are in memory only."""
    data = nwb.read(path).acquisition["s0"].data
    data.append([7.0] * 5)
    assert pool.submit(part_sum, data.value, 20).result() == 35.0
    with pytest.raises(UnsavedChangesError, match=r"/acquisition/s0/data of .* was changed since it was read"):
        pickle.dumps(data)


# ---------------------------------------------------------------------------------------------- models
def test_models(path: Path, pool: ProcessPoolExecutor) -> None:
    """They arrive as models of the same classes, those of an extension generated there from the file, too."""
    models = list(nwb.read(path).acquisition.values())
    assert len(models) == 5
    assert list(pool.map(described, models)) == [described(model) for model in models]
    assert models[-1].extra == "more"


def test_objects_of_a_file_arrive_as_one_tree(path: Path, pool: ProcessPoolExecutor) -> None:
    """Whether they travel together or one after the other."""
    root = nwb.read(path)
    assert pool.submit(is_the_one_of_its_file, root.acquisition["two"], root).result()
    one, other = again(root.acquisition["two"]), again(root)
    assert other.acquisition["two"] is one
    assert type(one) is type(root.acquisition["two"])
    assert one is not root.acquisition["two"]
    assert again(one) is one


def test_what_is_in_a_group(path: Path, pool: ProcessPoolExecutor) -> None:
    """Collections, untyped groups, tables, columns, what refers to something, and types without a specification."""
    root = nwb.read(path)
    collection = pool.submit(the_same, root.acquisition).result()
    assert list(collection) == list(root.acquisition)
    assert collection["s2"].data[4] == 204.0
    assert again(root.processing) is again(root).processing
    rows = root["processing/behavior/rows"]
    column = again(rows["of"])
    assert [row.path for row in column[:]] == [f"/acquisition/s{n}" for n in range(3)]
    assert column[0] is again(root).acquisition["s0"]
    assert again(rows)["number"][:].tolist() == [0, 1, 2]
    region = again(root.acquisition["s0"].region)
    assert isinstance(region, Region)
    assert region.selection == root.acquisition["s0"].region.selection
    assert region.target is again(root).acquisition["s1"].data
    strange = again(root.processing["strange"])
    assert (type(strange).__name__, type(strange).specified) == ("Unknown", False)
    assert again(nwb.read(path, "/analysis/texts"))[:].tolist() == ["a", "b"]


def test_models_made_by_hand(path: Path, pool: ProcessPoolExecutor) -> None:
    """They travel as what they hold; what they hold of a file, as where it is."""
    read = nwb.read(path).acquisition["s1"]
    made = core.TimeSeries(name="made", data=np.arange(3.0), unit="V", rate=1.0, starting_time=0.0)
    group = core.ProcessingModule(name="module", description="d", nwb_data_interface=[made])
    made.data.unit = "mV"
    arrived, other, held = pool.submit(the_same, (group, made, read)).result()
    assert arrived.nwb_data_interface["made"] is other
    assert (other.data.unit, other.rate, other.data[:].tolist()) == ("mV", 1.0, [0.0, 1.0, 2.0])
    assert type(other) is core.TimeSeries
    assert held.data[0] == 100.0
    with pytest.raises(TypeError):
        arrived.nwb_data_interface["x"] = core.Device(name="x")
    arrived.nwb_data_interface.add(core.TimeSeries(name="more", data=[1.0], unit="V", rate=1.0, starting_time=0.0))


def test_a_file_made_by_hand_travels_whole(path: Path, tmp_path: Path) -> None:
    """With what leads round in it, and parts of other files; it can be written where it arrives."""
    root = nwb.read(path)
    made = root.model_copy()
    made.session_description = "a copy"
    arrived = again(made)
    arrived.acquisition["s1"].description = "changed"
    nwb.write(arrived, tmp_path / "b.nwb")
    found = nwb.read(tmp_path / "b.nwb")
    assert found.session_description == "a copy"
    assert found.acquisition["s1"].description == "changed"
    assert found.acquisition["s1"].data[:].tolist() == root.acquisition["s1"].data[:].tolist()


def test_a_class_of_an_extension(path: Path, pool: ProcessPoolExecutor) -> None:
    """What is made by hand of a generated class arrives as one of the class that is generated there from the file."""
    read = nwb.read(path).acquisition["two"]
    made = type(read)(name="made", data=[1.0, 2.0], unit="V", rate=1.0, starting_time=0.0, extra="by hand")
    assert len(pickle.dumps(made)) < 100_000
    assert pool.submit(same_class, made, read).result() == (True, "by hand", [1.0, 2.0])


def test_a_class_that_is_not_there_yet(path: Path) -> None:
    """A process that has read no file of it generates the class of what arrives first."""
    made = type(nwb.read(path).acquisition["two"])(
        name="made", data=[1.0], unit="V", rate=1.0, starting_time=0.0, extra="by hand"
    )
    code = "import pickle, sys; found = pickle.load(sys.stdin.buffer); print(type(found).__module__, found.extra)"
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(made), capture_output=True, check=True, cwd=ROOT
    )
    assert done.stdout.decode().split() == [type(made).__module__, "by", "hand"]


def test_schemas_travel(tmp_path: Path) -> None:
    """Types of which the file has no specification are the same where they arrive."""
    with new_file(tmp_path / "b.nwb") as file:
        two = series(file["acquisition"], "two")
        two.attrs.update(neurodata_type="Two", namespace="ndx-two", extra="more")
    folder = tmp_path / "schema"
    folder.mkdir()
    namespace = {
        "name": "ndx-two", "version": "0.1.0", "doc": "d", "author": "a", "contact": "c",
        "schema": [{"namespace": "core"}, {"source": "ndx-two.json"}],
    }  # fmt: skip
    (folder / "ndx-two.namespace.json").write_text(json.dumps({"namespaces": [namespace]}))
    (folder / "ndx-two.json").write_text(json.dumps({"groups": [SPEC]}))
    with nwb.open(tmp_path / "b.nwb", schemas=[folder / "ndx-two.namespace.json"]) as io:
        two = io.read("/acquisition/two")
    assert type(two).specified
    assert type(again(two)) is type(two)


# ---------------------------------------------------------------------------------------------- what was changed
def test_a_file_that_was_changed_in_between(path: Path, pool: ProcessPoolExecutor) -> None:
    """Nothing of the file that is there now is taken for what was sent, and the workers live on."""
    model = nwb.read(path).acquisition["s1"]
    sent = model, model.data.value
    assert pool.submit(part_sum, model.data, 0).result() == 510.0
    with nwb.open(path, "r+") as io:
        root = io.read()
        root.acquisition["s1"].data = np.zeros(20)
        io.write(root)
        now = root.acquisition["s1"]
    for one in sent:
        with pytest.raises(ClosedFileError, match=r"a\.nwb was changed or removed since it was read: read it again"):
            pool.submit(described if one is model else part_sum, one, *(() if one is model else (0,))).result()
    assert pool.submit(part_sum, now.data, 0).result() == 0.0
    lost = again(model)
    assert repr(lost).startswith("<Lost: ")
    for use in (lambda: lost.name, lambda: lost["data"], lambda: list(lost), lambda: len(lost), lambda: np.sum(lost)):
        with pytest.raises(ClosedFileError):
            use()


def test_a_change_that_is_not_written_does_not_get_lost(path: Path) -> None:
    """What was changed since it was read does not travel as where it is; all else does."""
    with nwb.open(path, "r+") as io:
        root = io.read()
        changed, other = root.acquisition["s1"], root.acquisition["s2"]
        changed.description = "another one"
        for one in (changed, root, root.acquisition):
            with pytest.raises(UnsavedChangesError, match=r"/acquisition/s1 was changed since it was read: write it"):
                pickle.dumps(one)
        assert again(other).name == "s2"
        assert again(changed.model_copy()).description == "another one"
        io.write(changed)
        assert again(root).acquisition["s1"].description == "another one"
        del root.acquisition["s3"]
        with pytest.raises(UnsavedChangesError, match="/acquisition"):
            pickle.dumps(root)
        io.write(root)
        assert "s3" not in again(root).acquisition


def test_what_is_changed_where_it_arrived_is_not_found_there_again(path: Path) -> None:
    """The next one that arrives is as it is in the file."""
    sent = pickle.dumps(nwb.read(path).acquisition["s1"])
    first = pickle.loads(sent)
    first.description = "changed by a task"
    assert pickle.loads(sent).description == "d"


def test_what_cannot_travel(path: Path) -> None:
    """An open file, and what was read from a file object."""
    with nwb.open(path) as io, pytest.raises(TypeError, match="send its path, or models"):
        pickle.dumps(io)
    with path.open("rb") as stream, nwb.HDF5IO(stream) as io:
        root = io.read()
        with pytest.raises(ClosedFileError, match="a file object, which does not travel"):
            pickle.dumps(root)


# ---------------------------------------------------------------------------------------------- what somebody altered
CANARY = "nwb_models_canary"
ALTERED: dict[str, Callable[[tuple[Any, ...]], tuple[Any, ...]]] = {
    "no object": lambda spec: (spec, "/nowhere"),
    "no path": lambda spec: (spec, 5),
    "no field": lambda spec: (spec, "/acquisition/s1", CANARY),
    "a method": lambda spec: (spec, "/acquisition/s1", "model_copy"),
    "no text for a field": lambda spec: (spec, "/acquisition/s1", 3),
    "a device": lambda spec: (("hdf5", "/dev/zero", spec[2], None), "/acquisition/s1"),
    "another state": lambda spec: ((*spec[:3], (1, 2, 3)), "/acquisition/s1"),
    "another engine": lambda spec: ((CANARY, *spec[1:]), "/acquisition/s1"),
    "nothing": lambda _: (None, "/acquisition/s1"),
    "half of it": lambda spec: (spec[:2], "/acquisition/s1"),
    "a mode": lambda spec: ((*spec[:2], {"mode": "w"}, None), "/acquisition/s1"),
    "no limits": lambda spec: ((*spec[:2], {"limits": 5}, None), "/acquisition/s1"),
    "schemas of a device": lambda spec: ((*spec[:2], {"schemas": ["/dev/zero"]}, None), "/acquisition/s1"),
}


@pytest.mark.parametrize("how", ALTERED)
def test_a_model_of_which_somebody_altered_where_it_is(how: str, path: Path) -> None:
    """It arrives, as an error would end the process, and says what is wrong when something is asked of it."""
    content = path.read_bytes()
    function, (spec, _, _) = nwb.read(path).acquisition["s1"].__reduce__()
    lost = pickle.loads(pickle.dumps(function))(*ALTERED[how](spec))
    with pytest.raises(NWBError):
        _ = lost.name
    assert path.read_bytes() == content


HANDLES: dict[str, Any] = {
    "path": "/nowhere", "path of a group": "/acquisition/s1", "shape": (2, 2), "_spec": ("hdf5", "/dev/zero", {}, None),
    "_spec of nothing": 5, "_spec of code": (CANARY, CANARY, {}, None), "more": 1,
}  # fmt: skip


@pytest.mark.parametrize("how", HANDLES)
def test_an_array_of_which_somebody_altered_where_it_is(how: str, path: Path) -> None:
    array = nwb.read(path).acquisition["s1"].data.value
    state = array.source.__getstate__() | {how.partition(" ")[0]: HANDLES[how]}
    with pytest.raises(NWBError):
        first_rows(type(array.source), state)


def first_rows(cls: type[Any], state: dict[str, Any]) -> Any:
    """Read as what arrives in this state would."""
    source = cls.__new__(cls)
    source.__setstate__(state)
    return source.read((slice(0, 3, 1),))


def test_a_class_that_somebody_altered(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither is a module imported that is named there, nor anything but a class of models taken from one that is."""
    (tmp_path / f"{CANARY}.py").write_text("raise AssertionError")
    monkeypatch.syspath_prepend(str(tmp_path))
    read = nwb.read(path).acquisition["two"]
    made = type(read)(name="made", data=[1.0], unit="V", rate=1.0, starting_time=0.0, extra="by hand")
    empty, (named,), _ = made.__reduce__()
    function, (module, name, packed) = named.__reduce__()
    assert function(module, name, packed) is type(read)
    wrong = [
        (CANARY, name, packed), ("os", "system", packed), ("nwb_models.io.guarded", "Guarded", packed),
        (module, "NoSuchClass", packed), (module, "__doc__", packed), (f"{module}x", name, packed),
        (f"{module}x", name, b"no such thing"), (f"{module}x", name, zlib.compress(pickle.dumps([]))),
    ]  # fmt: skip
    for entry in wrong:
        with pytest.raises(NWBError, match="What was pickled is damaged"):
            function(*entry)
    assert CANARY not in sys.modules
    for cls in (dict, "text", Array):
        with pytest.raises(NWBError, match="is no class of models"):
            empty(cls)


def test_few_files_are_kept(path: Path, tmp_path: Path) -> None:
    """A process that many files pass through remembers the last ones."""
    for number in range(pickling.KEPT + 5):
        copy = tmp_path / f"copy{number}.nwb"
        copy.write_bytes(path.read_bytes())
        assert again(nwb.read(copy, "/acquisition/s1").data.value)[1] == 101.0
    assert len(pickling._kept) == pickling.KEPT


ISSUE = Issue("/a", "T", "dtype", "a", "b")
EXAMPLES: dict[str, Exception] = {
    "DepartureError": errors.DepartureError("a.nwb", [ISSUE]),
    "InvalidModelError": errors.InvalidModelError([ISSUE]),
    "DanglingReferenceError": errors.DanglingReferenceError(["one"], "repair"),
    **{
        name: cls("what is wrong")
        for name, cls in vars(errors).items()
        if isinstance(cls, type) and issubclass(cls, errors.NWBError)
        and name not in ("DepartureError", "InvalidModelError", "DanglingReferenceError", "SelectionError")
    },
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_errors_travel(name: str) -> None:
    """What goes wrong in a worker is said by the one that asked: an error that does not arrive breaks the pool."""
    arrived = again(EXAMPLES[name])
    assert type(arrived) is type(EXAMPLES[name])
    assert str(arrived) == str(EXAMPLES[name])


# ---------------------------------------------------------------------------------------------- fork
fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


def in_a_fork(code: str, *arguments: Path) -> str:
    """Run a program that forks, on its own: this process has threads that would not be there."""
    lines = ["import os, sys, threading", "import nwb_models as nwb", textwrap.dedent(code)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "\n".join(lines), *map(str, arguments)],
        capture_output=True, text=True, cwd=ROOT, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@fork
def test_a_fork_reads_while_the_threads_of_its_parent_do(path: Path) -> None:
    """Through what was open: no lock is held there by a thread that it has not, and the parent reads on."""
    code = """
        io = nwb.open(sys.argv[1])
        root, stop = io.read(), threading.Event()

        def read():
            while not stop.is_set():
                other = nwb.open(sys.argv[1])
                for number in range(4):
                    other.read(f"/acquisition/s{number}")
                    assert root.acquisition[f"s{number}"].data[3] == 100.0 * number + 3
                other.close()

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        good = 0
        for _ in range(10):
            child = os.fork()
            if child == 0:
                found = [float(root.acquisition[f"s{number}"].data[3]) for number in range(4)]
                more = nwb.read(sys.argv[1], "/acquisition/two").extra
                os._exit(0 if found == [3.0, 103.0, 203.0, 303.0] and more == "more" else 1)
            good += os.waitpid(child, 0)[1] == 0
        stop.set()
        for thread in threads:
            thread.join()
        print(good)
    """
    assert in_a_fork(code, path) == "10\n"


@fork
def test_a_fork_does_not_edit_what_its_parent_edits(path: Path) -> None:
    """One editor at a time: that stays the parent."""
    code = """
        io = nwb.open(sys.argv[1], "r+")
        root = io.read()
        child = os.fork()
        if child == 0:
            root.session_description = "by the child"
            try:
                io.write(root)
            except nwb.errors.NotWritableError as error:
                io.close()
                os._exit(0)
            os._exit(1)
        print(os.waitpid(child, 0)[1])
        root.session_description = "by the parent"
        io.write(root)
    """
    assert in_a_fork("import nwb_models.errors\n" + textwrap.dedent(code), path) == "0\n"
    assert nwb.read(path).session_description == "by the parent"


# ---------------------------------------------------------------------------------------------- dask
@pytest.mark.parametrize("scheduler", ["threads", "processes"])
def test_dask(path: Path, scheduler: str) -> None:
    """An array is one for dask, and the tasks read their chunks."""
    dask_array = pytest.importorskip("dask.array")
    data = nwb.read(path).acquisition["s1"].data
    for one in (data, data.value):
        lazy = dask_array.from_array(one, chunks=(5,))
        assert float(lazy.sum().compute(scheduler=scheduler, num_workers=2)) == float(np.sum(data))


def test_numpy(path: Path) -> None:
    """An array and the model of its dataset are arrays for numpy."""
    data = nwb.read(path).acquisition["s1"].data
    for one in (data, data.value):
        assert np.asarray(one).tolist() == one[:].tolist()
        assert np.asarray(one, dtype="f4").dtype == np.float32
        assert np.add(one, 1)[0] == 101.0
        assert np.mean(one) == one[:].mean()
