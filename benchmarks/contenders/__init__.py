"""Each figure as each library does it: a module for each library, with a function for each figure that it has.

A function is given a file and a folder to write to, and returns an `Operation`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MODULES = {"nwb_models": "ours", "PyNWB": "with_pynwb", "h5py": "floor"}
"""Library -> the module here; h5py is the floor."""

Answer = dict[str, Any]


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Operation:
    """Something that is measured."""

    run: Callable[[Any], Any]
    """What is timed; it is given what `prepare` returns."""
    answer: Callable[[Any], Answer]
    """What came out, from what `run` returned: of what two libraries say by the same name, both say the same."""
    prepare: Callable[[], Any] = _nothing
    """What has to be there before, each time."""


Function = Callable[[Path, Path], Operation]


def find(library: str, figure: str) -> Function | None:
    """Import a library and return its function for a figure; None where it cannot do this, or not yet."""
    module = importlib.import_module(f"benchmarks.contenders.{MODULES[library]}")
    found: Function | None = getattr(module, figure, None)
    return found if figure not in getattr(module, "missing", set)() else None
