"""Rules for times that read them."""

# ruff: noqa: ARG001 - all rules are called alike

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.check import DATES, date_problem
from nwb_models.models.consistency import Problem, Rule, first_of
from nwb_models.models.mapping import storage
from nwb_models.validation.reading import Place, blocks_of, dtype_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.models.base import NWBModel


def times_order(series: Any, place: Place) -> Iterator[Problem]:
    """Yield timestamps that are no times, and such that go back."""
    timestamps, before = getattr(series, "timestamps", None), None
    if dtype_of(timestamps).kind not in "iuf" or len(getattr(timestamps, "shape", None) or ()) != 1:
        return
    for start, block in blocks_of(timestamps):
        odd = np.flatnonzero(~np.isfinite(block))
        if len(odd):
            yield Problem("/timestamps", "finite numbers of seconds", first_of(block, odd, start))
            return
        if before is not None and len(block) and block[0] < before:
            yield _back(before, block[0], start)
            return
        wrong = np.flatnonzero(block[1:] < block[:-1])
        if len(wrong):
            yield _back(block[wrong[0]], block[wrong[0] + 1], start + int(wrong[0]) + 1)
            return
        before = block[-1] if len(block) else before


def _back(before: Any, time: Any, number: int) -> Problem:
    return Problem("/timestamps", "times that do not go down", f"{time} behind {before}, at number {number}")


def dates(model: Any, place: Place) -> Iterator[Problem]:
    """Yield text in arrays that is no date."""
    return _dates(model, "dtype")


def zones(model: Any, place: Place) -> Iterator[Problem]:
    """Yield times in arrays of which nobody can say when they were."""
    return _dates(model, "time-zone")


def _dates(model: NWBModel, rule: str) -> Iterator[Problem]:
    for name, field, dtype in _fields_of_dates(type(model)):
        for start, block in blocks_of(model.__dict__.get(field)):
            for number, text in enumerate(block.flat):
                problem = date_problem(text, dtype) if isinstance(text, str) else None
                if problem is not None and problem[0] == rule:
                    yield Problem(f"/{name}", problem[1], f"{problem[2]}, at number {start + number}")
                    return


@cache
def _fields_of_dates(cls: type) -> tuple[tuple[str, str, str], ...]:
    """Return name, field and dtype of the plain datasets of a group that hold dates."""
    children = storage(cls).children.items()
    return tuple(
        (name, entry.field, str(entry.marker.dtype))
        for name, entry in children
        if entry.marker.dtype in DATES and entry.model is None
    )


RULES = (
    Rule("time-order", ("TimeSeries",), "warning", times_order, "core: TimeSeries"),
    Rule("dtype", ("NWBContainer", "NWBFile"), "error", dates, "NWB Specification Language: isodatetime"),
    Rule("time-zone", ("NWBContainer", "NWBFile"), "error", zones, "NWB Specification Language: isodatetime"),
)
