"""What is measured, on which files, and the targets: the rules of the suite, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

FLOOR, PYNWB, OURS = "h5py", "PyNWB", "nwb_models"


@dataclass(frozen=True)
class Target:
    """What is aimed at."""

    at_most: float
    of: Literal["floor", "seconds"] = "floor"
    """Times as long as the floor, or seconds."""
    later: float | None = None
    """What is aimed at with the direct reader of headers."""


@dataclass(frozen=True)
class Figure:
    """Something that is measured."""

    name: str
    title: str
    files: tuple[str, ...] = ()
    """The files that it is measured on, see `benchmarks.files`."""
    targets: dict[str, Target] = field(default_factory=dict)
    """File -> what is aimed at."""
    operation: str = ""
    """The function of each library, where it is not called as the figure."""
    process: Literal["kept", "fresh", "script", "import"] = "kept"
    """``kept``: one process does it again and again, and its first time is told apart; ``fresh``: a process for each
    time; ``script``: the time of a whole process, ``import``: of the imports in one."""
    clock: Literal["cpu", "wall", "peak"] = "cpu"
    repeats: int = 1
    """How often at most in each round, for what takes no more than milliseconds."""
    generated: Literal["kept", "none"] = "kept"
    """Whether models that were generated before are there still."""
    rounds: int | None = None
    note: str = ""

    @property
    def function(self) -> str:
        """The name of the function of each library."""
        return self.operation or self.name


MANY = ("few_series", "series", "many_series")
SIZES = ("little_data", "data", "much_data")

FIGURES = (
    Figure("import", "import", ("-",), {"-": Target(2.0)}, process="import", note="numpy and h5py are the floor"),
    Figure("cold", "cold process to one field", MANY[1:2], process="script", clock="wall"),
    Figure("one_field", "open, one field", (*MANY, *SIZES), dict.fromkeys((*MANY, *SIZES), Target(3.0)), repeats=15),
    Figure(
        "hierarchy",
        "whole hierarchy: paths and types",
        (*MANY, "sweeps"),
        dict.fromkeys((*MANY, "sweeps"), Target(1.5)),
    ),
    Figure(
        "metadata",
        "everything as models: attributes, shapes, dtypes",
        (*MANY, "sweeps"),
        dict.fromkeys((*MANY, "sweeps"), Target(1.0, later=0.3)),
    ),
    Figure("spikes", "spike times of one unit", ("units",), {"units": Target(2.0)}, repeats=9),
    Figure("all_spikes", "spike times of all units, one by one", ("units",)),
    Figure("samples", "2,000 samples, one by one", ("compressed",)),
    Figure("columns", "all columns of a table", ("trials",), note="PyNWB's are as stored, too"),
    Figure("dataframe", "table to pandas", ("trials",), {"trials": Target(2.0)}, note="floor: columns as stored"),
    Figure("rows", "rows added to a table, one by one", ("trials",), note="7 columns, one of them ragged"),
    Figure("from_dataframe", "pandas to table", ("trials",), note="7 columns, one of them ragged"),
    Figure("build", "series made in memory", MANY[1:2]),
    Figure("write", "series written from models", MANY[1:2], {MANY[1]: Target(2.0)}),
    Figure(
        "copy",
        "copy through models",
        SIZES,
        {SIZES[2]: Target(1.2)},
        clock="wall",
        note="floor: cp, synced, and the metadata; PyNWB does not sync",
    ),
    Figure("truncate", "truncate to 10 rows", MANY[1:2]),
    Figure(
        "generate",
        "first open, models generated",
        ("unseen_core", "extension"),
        {"unseen_core": Target(4.0, "seconds"), "extension": Target(2.0, "seconds")},
        operation="typed",
        process="fresh",
        generated="none",
    ),
    Figure(
        "reopen",
        "second open, in a new process",
        ("unseen_core", "extension", "few_series"),
        operation="typed",
        process="fresh",
    ),
    Figure(
        "memory",
        "peak memory, everything as models",
        MANY[1:],
        dict.fromkeys(MANY[1:], Target(1.5)),
        operation="metadata",
        process="fresh",
        clock="peak",
        rounds=3,
    ),
)


@dataclass(frozen=True)
class Growth:
    """How a figure is on one file, compared with another one; for each library by itself."""

    figure: str
    file: str
    than: str
    kind: Literal["times", "seconds more"]
    at_most: float | None = None


GROWTH = (
    Growth("one_field", MANY[2], MANY[0], "times", 1.5),
    Growth("one_field", SIZES[2], SIZES[0], "times", 1.5),
    Growth("hierarchy", MANY[2], MANY[0], "times", 18.0),
    Growth("metadata", MANY[2], MANY[0], "times", 18.0),
    Growth("copy", SIZES[2], SIZES[0], "times"),
    Growth("reopen", "unseen_core", MANY[0], "seconds more", 0.1),
    Growth("reopen", "extension", MANY[0], "seconds more", 0.1),
)
"""There are 16 times as many series in the last file of many as in the first, on every scale."""

IMPORTS = {OURS: "import nwb_models", PYNWB: "import pynwb", FLOOR: "import numpy, h5py"}

SCRIPTS = {
    OURS: "import nwb_models; print(nwb_models.read({path!r}).identifier)",
    PYNWB: "from pynwb import NWBHDF5IO; print(NWBHDF5IO({path!r}, 'r').read().identifier)",
    FLOOR: "import h5py; print(h5py.File({path!r})['identifier'].asstr()[()])",
}
"""Library -> a program that prints one field."""
