"""Does all that the library can do to damaged files: read, describe, compare, copy, edit; each in its own process.

    python -m tests.soak.api [--count N] [--seed N] [--only NAME] [--keep FOLDER]
    python -m tests.soak.api --files FOLDER ORIGINALS

Each has to work, or to end with an error of the library's that says which file it is.  The mutants are those of
`tests.soak.mutants`, or files that are there: `ORIGINALS` is a JSON file that says of each what it was made of.
Exit status 1 where any other exception came, or where it took too long or too much memory.
"""

from __future__ import annotations

import argparse
import io
import json
import pickle
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

import nwb_models as nwb
from nwb_models.errors import DanglingReferenceError, DocumentError, InvalidModelError, NWBError
from nwb_models.io.checking import parts
from nwb_models.io.documents import from_text, to_text
from nwb_models.io.guarded import Guarded
from nwb_models.models import Array, NWBDataset, NWBGroup, NWBModel
from nwb_models.models.mixins.series import TimeSeriesMixin
from nwb_models.models.mixins.tables import DynamicTableMixin
from tests.soak.mutants import has_endless_heap, mutant, originals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nwb_models.io.guarded import At

SECONDS, MEMORY = 60.0, 4 << 30
ACT = "tests.soak.api:act"
FOREIGN, UNNAMED = "FAULT OF THE LIBRARY", "error without the file"
CRASHED, HUNG, MEMORY_OUT, ENDLESS = "HDF5 crashed", "TOOK TOO LONG", "TOO MUCH MEMORY", "HDF5 ran for ever"
DONE, REFUSED = "done", "refused"
OUTCOMES = (DONE, REFUSED, CRASHED, ENDLESS, UNNAMED, HUNG, MEMORY_OUT, FOREIGN)
BAD = (UNNAMED, HUNG, MEMORY_OUT, FOREIGN)
DRAWN = 5
"""Of how many objects a picture is drawn."""


class Said:
    """What the errors of one thing that was done say."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.own = 0
        """How many errors were the library's."""
        self.bad: dict[str, str] = {}
        """What kind of bad error -> the first one."""

    @contextmanager
    def tried(self, *allowed: type[Exception]) -> Iterator[None]:
        """Note what goes wrong, and go on."""
        try:
            yield
        except MemoryError as error:
            if not isinstance(error, NWBError):
                raise
            self._note(error)
        except Exception as error:  # noqa: BLE001 - it is noted
            if not isinstance(error, allowed):
                self._note(error)

    def _note(self, error: BaseException) -> None:
        trace = traceback.extract_tb(error.__traceback__)[-1]
        is_meant = "nwb_models" in trace.filename and (trace.line or "").startswith("raise ")
        if isinstance(error, ValueError) and is_meant and " at /" in str(error):  # an object that has no data, no times
            self.own += 1
            return
        if not isinstance(error, NWBError):
            self.bad.setdefault(FOREIGN, "".join(traceback.format_exception(error)[-12:]))
            return
        self.own += 1
        lists_objects = isinstance(error, InvalidModelError | DanglingReferenceError | DocumentError)
        if not lists_objects and Path(self.path).name not in str(error) and " at /" not in str(error):
            self.bad.setdefault(UNNAMED, f"{type(error).__name__}: {error}")


def act(request: dict[str, Any], at: At) -> dict[str, Any]:
    """Do one thing to a file."""
    said = Said(request["path"])
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder, said.tried():
        warnings.simplefilter("ignore")
        ACTIONS[request["action"]](said, Path(request["path"]), Path(request["original"]), Path(folder))
    return {"own": said.own, "bad": said.bad}


# ------------------------------------------------------------------------------------ what is done
def models(said: Said, root: NWBModel) -> Iterator[NWBModel]:
    """Yield all models below one, each once."""
    waiting, seen = [root], {id(root)}
    while waiting:
        model = waiting.pop()
        yield model
        found: list[Any] = []
        for name in (*type(model).model_fields, *(model.model_extra or ())):
            with said.tried():
                found.append(getattr(model, name))
        if isinstance(model, NWBGroup):
            for name in list(iter(model)):  # a table says that it is as long as its rows are many
                with said.tried():
                    found.append(model[name])
        for child in found:
            if isinstance(child, NWBModel) and id(child) not in seen:
                seen.add(id(child))
                waiting.append(child)


def _touch(said: Said, path: Path, original: Path, folder: Path) -> None:
    with nwb.open(path) as file:
        for model in models(said, file.read()):
            for name in (*type(model).model_fields, *(model.model_extra or ())):
                with said.tried():
                    value = getattr(model, name)
                    if isinstance(value, Array):
                        for part in parts(value):
                            value[part]
                        value[..., :1] if value.ndim else value[()]
            if isinstance(model, NWBDataset):
                with said.tried(IndexError):
                    model[:1] if model.ndim else np.asarray(model)
        str(file.issues)


def _eager(said: Said, path: Path, original: Path, folder: Path) -> None:
    root = nwb.read(path, eager=True)
    pickle.loads(pickle.dumps(root))
    for model in models(said, root):
        with said.tried():
            pickle.loads(pickle.dumps(model))
            _ = model.parent, model.path, model.issues
    with said.tried():
        nwb.read(path, strict=True)


def _types(said: Said, path: Path, original: Path, folder: Path) -> None:
    with said.tried():
        nwb.object_types(path)
    from nwb_models.cli import main

    words = (
        "tree", "tree --json", "tree --types", "references", "graph", "validate", "validate --json", "metadata",
        "metadata --format json",
    )  # fmt: skip
    for word in words:
        captured = io.StringIO()
        with said.tried(), redirect_stdout(captured):
            stderr, sys.stderr = sys.stderr, io.StringIO()
            try:
                main([*word.split(), str(path)])
                text = sys.stderr.getvalue()
            finally:
                sys.stderr = stderr
            if "unexpected" in text and "please report" in text:
                msg = f"{word}: {text}"
                raise AssertionError(msg)


def _tables(said: Said, path: Path, original: Path, folder: Path) -> None:
    with nwb.open(path) as file:
        for model in models(said, file.read()):
            if not isinstance(model, DynamicTableMixin):
                continue
            for options in ({}, {"rows": 0}, {"rows": slice(0, 3)}, {"rows": [0]}, {"nested": True}):
                with said.tried(IndexError):
                    model.to_dataframe(**options)
            with said.tried():
                names = model.columns
                len(model)
                for name in names:
                    with said.tried(IndexError):
                        model.to_dataframe(name, rows=slice(-2, None))
                        model[name][0]


def _series(said: Said, path: Path, original: Path, folder: Path) -> None:
    with nwb.open(path) as file:
        for model in models(said, file.read()):
            if isinstance(model, TimeSeriesMixin):
                with said.tried():
                    _ = model.num_samples
                with said.tried():
                    _ = model.duration
                with said.tried():
                    model.get_timestamps(slice(0, 3))
                with said.tried():
                    model.time_window(0.0, 1.0)
                with said.tried(IndexError):
                    model.scaled[:2]


def _validate(said: Said, path: Path, original: Path, folder: Path) -> None:
    with said.tried():
        str(nwb.validate(path))
    with said.tried():
        str(nwb.validate(nwb.read(path)))
    with said.tried():
        nwb.validate(path, data=False).to_dict()


def _copy(said: Said, path: Path, original: Path, folder: Path) -> None:
    with said.tried():
        nwb.write(nwb.read(path), folder / "copy.nwb")
    with said.tried():
        nwb.write(nwb.read(path, eager=True), folder / "copy2.nwb", repair=True)
        nwb.read(folder / "copy2.nwb", eager=True)
    with said.tried():
        nwb.write(nwb.read(path).model_copy(deep=True), folder / "copy3.nwb", repair=True)


def _truncate(said: Said, path: Path, original: Path, folder: Path) -> None:
    with said.tried():
        nwb.truncate(path, folder / "short.nwb", 2)
    with said.tried():
        nwb.truncate(path, folder / "short2.nwb", time=(0.0, 1.0))
    with said.tried():
        nwb.truncate(path, folder / "short3.nwb", 2, only="acquisition", externals="copy")


def _repack(said: Said, path: Path, original: Path, folder: Path) -> None:
    shutil.copyfile(path, folder / path.name)
    nwb.repack(folder / path.name)


def _diff(said: Said, path: Path, original: Path, folder: Path) -> None:
    with said.tried():
        [str(found) for found in nwb.diff(original, path)]
    with said.tried():
        [found.to_dict() for found in nwb.diff(path, original, storage=True, specifications=True)]
    with said.tried():
        nwb.diff(path, path)


def _metadata(said: Said, path: Path, original: Path, folder: Path) -> None:
    mine = folder / path.name
    shutil.copyfile(path, mine)
    document = nwb.metadata(mine)
    nwb.apply_metadata(mine, from_text(to_text(document, "yaml")))
    with said.tried():
        nwb.apply_metadata(mine, document, dry_run=True)
    with said.tried():
        nwb.apply_metadata(mine, {**document, "session_description": "edited"})


def _page(said: Said, path: Path, original: Path, folder: Path) -> None:
    from nwb_models.views.page import page_of

    page_of(path, plots=False)


def _plot(said: Said, path: Path, original: Path, folder: Path) -> None:
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    with nwb.open(path) as file:
        drawn = 0
        for model in models(said, file.read()):
            if model.neurodata_type is not None and model.path != "/" and drawn < DRAWN:
                with said.tried():
                    try:
                        nwb.plot(model)
                        drawn += 1
                    except TypeError as error:  # there is no way to draw it
                        if "has no picture" not in str(error):
                            raise
                plt.close("all")


def _json(said: Said, path: Path, original: Path, folder: Path) -> None:
    root = nwb.read(path)
    with said.tried():
        root.model_dump_json()
    with said.tried(ValidationError):  # what departs is no model
        text = root.model_dump_json(context={"arrays": "whole"})
        type(root).model_validate_json(text)
    with said.tried():
        root.model_dump()


def _show(said: Said, path: Path, original: Path, folder: Path) -> None:
    with nwb.open(path) as file:
        for model in models(said, file.read()):
            with said.tried():
                repr(model)
            with said.tried():
                model._repr_html_()
            for name in (*type(model).model_fields, *(model.model_extra or ())):
                with said.tried():
                    repr(getattr(model, name))


def _find(said: Said, path: Path, original: Path, folder: Path) -> None:
    with nwb.open(path) as file:
        root = file.read()
        for words in ((), ("TimeSeries",), ("hdmf-common:VectorData",), ("DynamicTable",)):
            with said.tried():
                list(root.find(*words))
        with said.tried():
            list(root.find("TimeSeries", unit="volts"))
        with said.tried():
            list(root.find("TimeSeries", lambda series: series.data is not None))


def _edit(said: Said, path: Path, original: Path, folder: Path) -> None:
    mine = folder / path.name
    shutil.copyfile(path, mine)
    with said.tried(), nwb.open(mine, "r+") as file:
        root = file.read()
        root.session_description = "edited"
        file.write(root)
    with said.tried(), nwb.open(mine, "r+") as file:
        root = file.read()
        for model in models(said, root):
            if "description" in type(model).model_fields:
                model.description = "edited"
                break
        file.write(root, repair=True)
    with said.tried(), nwb.open(mine, "r+") as file:
        root = file.read()
        for name in list(root.acquisition)[:1] if isinstance(root.acquisition, Mapping) else ():
            del root.acquisition[name]
        file.write(root, repair=True)


def _append(said: Said, path: Path, original: Path, folder: Path) -> None:
    mine = folder / path.name
    shutil.copyfile(path, mine)
    with said.tried(), nwb.open(mine, "a") as file:
        root = file.read()
        cls = file.provider.find_class("core", "TimeSeries")
        assert cls is not None
        if isinstance(root.acquisition, Mapping):
            root.acquisition.add(cls(name="new of mine", data=[1.0, 2.0], unit="V", rate=1.0, starting_time=0.0))
        file.write(root)
    with said.tried(), nwb.open(mine, "a") as file:
        root = file.read()
        for model in models(said, root):
            if isinstance(model, NWBDataset) and isinstance(model.value, Array) and model.ndim:
                with said.tried(ValueError):  # what is of a type that numpy has not
                    model.append(np.asarray(model.value[:1]))
                    file.write(root)
                break


def _check(said: Said, path: Path, original: Path, folder: Path) -> None:
    found = nwb.check(path, deep=True, seconds=SECONDS / 2)
    found.to_dict()
    if found.outcome == "fault":
        raise AssertionError(str(found))


ACTIONS: dict[str, Callable[[Said, Path, Path, Path], None]] = {
    "touch": _touch, "eager": _eager, "commands": _types, "tables": _tables, "series": _series, "validate": _validate,
    "copy": _copy, "truncate": _truncate, "repack": _repack, "diff": _diff, "metadata": _metadata, "page": _page,
    "plot": _plot, "json": _json, "show": _show, "find": _find, "edit": _edit, "append": _append, "check": _check,
}  # fmt: skip


# ------------------------------------------------------------------------------------ the run
def mutants_of(folder: Path, count: int, seed: int, only: str) -> Iterator[tuple[str, Path, Path]]:
    """Yield a description, a mutant, and the file that it was made of."""
    (folder / "originals").mkdir()
    found = []
    for number, original in enumerate(originals(folder, only)):
        found.append((original, folder / "originals" / f"{number}.nwb"))
        found[-1][1].write_bytes(original.content)
    for number in range(seed, seed + count):
        original, path = found[number % len(found)]
        content, kind = mutant(original, number)
        made = folder / f"mutant{number}.nwb"
        made.write_bytes(content)
        yield f"seed {number}, {original.name}, {kind}", made, path


def files_of(folder: Path, originals: Path) -> Iterator[tuple[str, Path, Path]]:
    """Yield the same of files that are there."""
    said = json.loads(originals.read_text())
    for path in sorted(folder.glob("*.nwb")):
        yield path.name, path, Path(said[path.name])


def main(arguments: list[str] | None = None) -> int:
    """Run, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="a part of the name of the files")
    parser.add_argument("--actions", default=",".join(ACTIONS), help="what is done, separated by commas")
    parser.add_argument("--files", nargs=2, type=Path, metavar=("FOLDER", "ORIGINALS"))
    parser.add_argument("--part", default="0/1", help="K/N: only each N-th file, from the K-th")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args(arguments)
    begin, part, of = time.monotonic(), *map(int, options.part.split("/"))
    counts: dict[str, Counter[str]] = {}
    files = 0
    with tempfile.TemporaryDirectory() as name, Guarded(ACT, memory=MEMORY) as do:
        folder = Path(name)
        made = mutants_of(folder, options.count, options.seed, options.only)
        source = files_of(*options.files) if options.files else made
        for number, (said, path, original) in enumerate(source):
            if number % of != part:
                continue
            files += 1
            for action in options.actions.split(","):
                ended = do({"path": str(path), "original": str(original), "action": action}, seconds=SECONDS)
                match ended.failure:
                    case None:
                        outcomes = ended.value["bad"] or {REFUSED if ended.value["own"] else DONE: ""}
                    case "crashed":
                        outcomes = {CRASHED: ended.reason}
                    case "time":
                        outcomes = {ENDLESS if has_endless_heap(path.read_bytes()) else HUNG: ""}
                    case "memory":
                        outcomes = {MEMORY_OUT: ""}
                    case _:
                        outcomes = {FOREIGN: ended.reason}
                for outcome, text in outcomes.items():
                    counts.setdefault(action, Counter())[outcome] += 1
                    if outcome not in (DONE, REFUSED):
                        print(f"{said}, {action}: {outcome}: {text}", flush=True)  # noqa: T201
                        if options.keep is not None:
                            shutil.copyfile(path, options.keep / path.name)
            if not options.files:
                path.unlink()
    print(f"{'':10}", *(f"{outcome:>24}" for outcome in OUTCOMES))  # noqa: T201
    for action, found in counts.items():
        print(f"{action:10}", *(f"{found[outcome] or '.':>24}" for outcome in OUTCOMES))  # noqa: T201
    print(f"{files} files in {time.monotonic() - begin:.0f} s")  # noqa: T201
    return int(any(found[outcome] for found in counts.values() for outcome in BAD))


if __name__ == "__main__":
    sys.exit(main())
