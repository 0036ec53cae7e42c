"""Cells that are replaced in a table, and rows that are taken away: all of it, or nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.errors import ObjectNotFoundError
from nwb_models.models.cells import ends_of, is_list
from nwb_models.models.columns import is_a, row_numbers
from nwb_models.models.growing_tables import Growing, growth_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.models.growing_tables import Growth

    Numbers = np.ndarray[Any, np.dtype[np.int64]]


def set_cells(table: Any, rows: Any, name: str, cells: Any) -> None:
    """Give rows of a column other cells; see `DynamicTableMixin.__setitem__`.

    They are put behind the others, which looks whether they fit and keeps the dtype, and taken from there.
    """
    if is_a(table.get(name), "VectorIndex"):
        msg = f"{name!r} says where rows of {table[name].target.name!r} end: set cells of that"
        raise TypeError(msg)
    column = Growing.of(table, name)
    numbers = row_numbers(rows, len(column), table)
    is_one = np.ndim(rows) == 0 and not isinstance(rows, slice)
    given = [cells] if is_one else list(cells) if is_list(cells) else [cells] * len(numbers)
    if len(given) != len(numbers):
        msg = f"{len(numbers)} rows of {table!r} are meant, and {len(given)} cells are given for {name!r}"
        raise ValueError(msg)
    order = np.arange(len(column))
    order[numbers] = len(column) + np.arange(len(given))
    for change, argument in column.grown(given):
        change(argument)
    for model, value in list(_picked([tail.model for tail in column.tails], order)):
        model.value = value


def remove_rows(table: Any, rows: Any) -> None:
    """Take rows away; see `DynamicTableMixin.__delitem__`."""
    growth = growth_of(table)
    numbers = row_numbers(rows, growth.count, table)
    if is_a(table.parent, "AlignedDynamicTable"):
        msg = f"{table!r} has a row for each of {table.parent!r}: take rows away from that"
        raise ValueError(msg)
    referring = [str(region.path or region.name) for region in _regions_of(table)]
    if referring and len(numbers):
        msg = (
            f"rows of {table!r} are referred to by number, from {', '.join(referring[:4])}: these numbers would mean "
            "others without some of them; take that away first, and make it again for the rows that are left"
        )
        raise ValueError(msg)
    kept = np.setdiff1d(np.arange(growth.count), numbers)
    for model, value in list(_rest(growth, kept)):
        model.value = value


def _regions_of(table: Any) -> Iterator[Any]:
    """Yield what refers to rows of a table, of all that is in the same file or tree."""
    root = table
    while root.parent is not None:
        root = root.parent
    with suppress(ObjectNotFoundError):
        yield from (region for region in root.find("DynamicTableRegion") if region.table is table)


def _rest(growth: Growth, kept: Numbers) -> Iterator[tuple[Any, Any]]:
    """Yield the datasets of a table, and of those inside, with what they have in some rows."""
    for column in (growth.ids, *growth.columns.values()):
        yield from _picked([tail.model for tail in column.tails], kept)
    for inner in growth.inside.values():
        yield from _rest(inner, kept)


def _picked(models: list[Any], rows: Numbers) -> Iterator[tuple[Any, Any]]:
    """Yield a column and its indexes, from the outermost one inwards, with what they have in some rows."""
    for index in reversed(models[1:]):
        stops = np.asarray(index.value[...]).astype(np.int64)
        counts = np.diff(stops, prepend=0)[rows]
        first = (stops - np.diff(stops, prepend=0))[rows]
        yield index, ends_of(counts)
        before = np.cumsum(counts) - counts
        rows = np.repeat(first - before, counts) + np.arange(counts.sum())
    yield models[0], models[0].value[...][rows]
