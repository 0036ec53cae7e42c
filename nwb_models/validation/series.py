"""Rules for times that read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.io.construct import date_problem
from nwb_models.models.check import DATES
from nwb_models.models.consistency import Problem, Rule
from nwb_models.models.mapping import storage
from nwb_models.validation.reading import Place, blocks_of, dtype_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def times_order(series: Any, place: Place) -> Iterator[Problem]:  # noqa: ARG001 - all rules are called alike
    """Yield timestamps that go back."""
    timestamps, before = getattr(series, "timestamps", None), None
    if dtype_of(timestamps).kind not in "iuf" or len(getattr(timestamps, "shape", None) or ()) != 1:
        return
    for start, block in blocks_of(timestamps):
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


def dates(model: Any, place: Place) -> Iterator[Problem]:  # noqa: ARG001
    """Yield text in arrays that is no date, or a time of which nobody can say when it was."""
    tables = storage(type(model))
    for name, entry in tables.children.items():
        if entry.marker.dtype in DATES and entry.model is None:
            for start, block in blocks_of(getattr(model, entry.field, None)):
                for number, text in enumerate(block.flat):
                    problem = date_problem(text, str(entry.marker.dtype)) if isinstance(text, str) else None
                    if problem is not None:
                        rule, expected, found = problem
                        yield Problem(f"/{name}", expected, f"{found}, at number {start + number}")
                        break


RULES = (
    Rule("time-order", ("TimeSeries",), "warning", times_order, "core: TimeSeries"),
    Rule("time-zone", (), "error", dates, "NWB Specification Language: isodatetime"),
)
