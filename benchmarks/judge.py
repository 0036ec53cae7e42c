"""What was measured, judged: medians, ratios, and whether they are what was aimed at.

A ratio is the median of those of the rounds, in each of which the libraries take turns; its spread is the lowest and
the highest of them.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.figures import FLOOR, GROWTH, OURS, PYNWB, Figure, Growth, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchmarks.measure import Row

UNITS = {"cpu": "s", "wall": "s", "peak": "MB"}


@dataclass(frozen=True)
class Ratio:
    """One library in the terms of another one."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, row: Row, library: str, than: str) -> Ratio | None:
        """Return the ratio of two libraries in one row, None where one of them is not there."""
        pairs = zip(row.measured.get(library, ()), row.measured.get(than, ()), strict=False)
        found = [one / other for one, other in pairs]
        return cls(statistics.median(found), min(found), max(found)) if found else None


@dataclass(frozen=True)
class Judged:
    """One line of the table."""

    figure: Figure
    row: Row
    label: str
    """The file, in words."""

    def median(self, library: str) -> float | None:
        """Return the median of a library, in seconds or megabytes."""
        found = self.row.measured.get(library)
        return statistics.median(found) if found else None

    @property
    def to_floor(self) -> Ratio | None:
        """`nwb_models` in terms of h5py."""
        return Ratio.of(self.row, OURS, FLOOR)

    @property
    def to_pynwb(self) -> Ratio | None:
        """`nwb_models` in terms of PyNWB."""
        return Ratio.of(self.row, OURS, PYNWB)

    @property
    def pynwb_to_floor(self) -> Ratio | None:
        """PyNWB in terms of h5py."""
        return Ratio.of(self.row, PYNWB, FLOOR)

    @property
    def first_to_floor(self) -> float | None:
        """The first time in a process, in terms of h5py as it is again and again."""
        floor = self.median(FLOOR)
        return self.row.first[OURS] / floor if OURS in self.row.first and floor else None

    @property
    def target(self) -> Target | None:
        """What is aimed at."""
        return self.figure.targets.get(self.row.file)

    @property
    def is_met(self) -> bool | None:
        """Whether it is reached; None where nothing is aimed at, or there is nothing yet."""
        if self.target is None:
            return None
        if self.target.of == "seconds":
            found = self.median(OURS)
        else:
            found = self.to_floor.median if self.to_floor is not None else None
        return None if found is None else found <= self.target.at_most

    @property
    def problems(self) -> list[str]:
        """What came out differently, or not at all."""
        return [f"{library}: {said}" for library, said in self.row.failed.items()] + differences(self.row.answers)


def differences(answers: dict[str, dict[str, str]]) -> list[str]:
    """Say what the libraries say differently."""
    said: dict[str, dict[str, str]] = {}
    for library, answer in answers.items():
        for key, value in answer.items():
            said.setdefault(key, {})[library] = value
    return [f"{key}: {values}" for key, values in said.items() if len(set(values.values())) > 1]


@dataclass(frozen=True)
class Grown:
    """One line of the table of growth."""

    growth: Growth
    title: str
    found: dict[str, float]
    """Library -> times, or seconds more."""

    @property
    def is_met(self) -> bool | None:
        """Whether `nwb_models` is at most what is aimed at."""
        if self.growth.at_most is None or OURS not in self.found:
            return None
        return self.found[OURS] <= self.growth.at_most


def grown(lines: Iterable[Judged]) -> list[Grown]:
    """Return how figures grow, of those that were measured on both files."""
    by_place = {(line.row.figure, line.row.file): line for line in lines}
    result = []
    for growth in GROWTH:
        large, small = by_place.get((growth.figure, growth.file)), by_place.get((growth.figure, growth.than))
        if large is None or small is None:
            continue
        compared: Callable[[float, float], float] = _KINDS[growth.kind]
        found = {}
        for library in (OURS, PYNWB, FLOOR):
            one, other = large.median(library), small.median(library)
            if one is not None and other is not None:
                found[library] = compared(one, other)
        title = f"{large.figure.title}: {large.label}, and {small.label}"
        result.append(Grown(growth, title, found))
    return result


_KINDS: dict[str, Callable[[float, float], float]] = {
    "times": lambda one, other: one / other,
    "seconds more": lambda one, other: one - other,
}
