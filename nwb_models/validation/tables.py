"""Rules for columns of tables that read them: indexes, rows of other tables, labels, windows of series."""

# ruff: noqa: ARG001 - all rules are called alike

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.consistency import OF_NUMBERS, Problem, Rule, children_of, length_of, more, types_of
from nwb_models.models.time_series_reference import TimeSeriesReference, is_of_parts
from nwb_models.validation.reading import Place, blocks_of, dtype_of, numbers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_IDS = 1 << 24
"""How many row identifiers that are in no order are compared with each other: more would take too much memory."""


def electrodes_table(series: Any, place: Place) -> Iterator[Problem]:
    """Yield electrodes that are rows of another table than that of the electrodes."""
    electrodes = getattr(place.root, "electrodes", None) if "NWBFile" in types_of(place.root) else None
    table: Any = getattr(getattr(series, "electrodes", None), "table", None)
    if electrodes is not None and "DynamicTable" in types_of(table) and table is not electrodes:
        yield Problem("/electrodes@table", str(electrodes.path or electrodes.name), str(table.path or table.name))


def repeated_ids(table: Any, place: Place) -> Iterator[Problem]:
    """Yield row identifiers that a table has twice."""
    ids = getattr(table, "id", None)
    before, is_sorted = None, True
    for _, block in numbers_of(ids):
        joined = block if before is None else np.concatenate(([before], block))
        is_sorted = bool((joined[1:] > joined[:-1]).all())
        if not is_sorted:
            break
        before = block[-1] if len(block) else before
    if is_sorted or (length_of(ids) or 0) > MOST_IDS:
        return
    values, counts = np.unique(np.concatenate([block for _, block in numbers_of(ids)]), return_counts=True)
    again = np.flatnonzero(counts > 1)
    if len(again):
        found = f"{values[again[0]]} {counts[again[0]]} times{more(len(again))}"
        yield Problem("/id", "an identifier of its own for each row", found)


def windows(column: Any, place: Place) -> Iterator[Problem]:
    """Yield parts of series that these do not have; -1 stands for none.

    Source: TimeSeriesReferenceVectorData, in ``nwb.base.yaml`` of the core of NWB.
    """
    dtype = dtype_of(column)
    if not is_of_parts(dtype):
        return
    if any(dtype[name].kind not in "iu" for name in ("idx_start", "count")):
        return
    for start, block in blocks_of(column):
        for row, (first, count, series) in enumerate(zip(*(block[n].flat for n in TimeSeriesReference._fields))):  # noqa: B905
            length = _samples(series)
            if length is None or first < 0 or count < 0 or first + count <= length:
                continue
            where = getattr(series, "path", None) or series.name
            found = f"{first}:{first + count} of {where}, at row {start + row}"
            yield Problem("", f"parts of series, of which this one has {length} samples", found)
            return


def _samples(series: Any) -> int | None:
    """Return how many samples a series has; None where that is not known."""
    if "TimeSeries" not in types_of(series):
        return None
    children = dict(children_of(series))
    found = length_of(children.get("data"))
    return found or length_of(children.get("timestamps"))


def _reading(check: Callable[..., Iterator[Problem]]) -> Callable[..., Iterator[Problem]]:
    """Return a rule about numbers as one that reads them all."""
    return lambda model, _place: check(model, numbers_of(model))


RULES = (
    *(replace(rule, check=_reading(rule.check)) for rule in OF_NUMBERS),
    Rule(
        "region-table",
        ("ElectricalSeries", "FeatureExtraction", "Units"),
        "warning",
        electrodes_table,
        "core: ElectricalSeries, FeatureExtraction, Units",
    ),
    Rule("id-repeated", ("DynamicTable",), "warning", repeated_ids, "hdmf-common: DynamicTable"),
    Rule("window-range", ("VectorData",), "warning", windows, "core: TimeSeriesReferenceVectorData"),
)
