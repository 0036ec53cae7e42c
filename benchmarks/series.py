"""The series that many figures are about: what they are made with, by whichever library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

SERIES_LENGTH = 100


def series_arguments(number: int) -> dict[str, Any]:
    """Return what a series is made with, by PyNWB and by others."""
    return {
        "name": f"series_{number:05d}",
        "description": f"synthetic signal number {number}",
        "data": np.random.default_rng(number).standard_normal(SERIES_LENGTH),
        "unit": "V",
        "rate": 100.0,
        "starting_time": float(number),
        "conversion": 0.001,
        "comments": "none",
    }


def module_of(number: int) -> str:
    """Return the processing module that a series is in."""
    return ("behavior", "ecephys")[number % 2]


def all_arguments(acquired: int) -> list[dict[str, Any]]:
    """Return what all series of a file are made with: those acquired, and a tenth as many behind them."""
    return [series_arguments(number) for number in range(with_tenth(acquired))]


def arguments_of(path: Path) -> list[dict[str, Any]]:
    """Return what the series of a file were made with."""
    with h5py.File(path, "r") as file:
        return all_arguments(len(file["acquisition"]))


def with_tenth(acquired: int) -> int:
    """Return how many series there are with those in processing modules."""
    return acquired + acquired // 10


def acquired_of(arguments: list[dict[str, Any]]) -> int:
    """Return how many of all series are in acquisition."""
    return len(arguments) - len(arguments) // 11


def name_of_typed(path: Path) -> str:
    """Return the name of an object of the type that a file is there for."""
    return "gained" if "extension" in path.stem else "series_00000"
