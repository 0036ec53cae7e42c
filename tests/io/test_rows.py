"""Rows as ranges: what any set of numbers does, and how it is read in parts."""

from __future__ import annotations

import doctest

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nwb_models.io import rows as module
from nwb_models.io.rows import Rows

NUMBERS = st.sets(st.integers(0, 30), max_size=20)
BOUNDS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)


def numbers_of(rows: Rows) -> set[int]:
    found = rows.numbers().tolist()
    assert found == sorted(set(found))
    assert len(found) == len(rows)
    assert all(stop < start for (_, stop), (start, _) in zip(list(rows), list(rows)[1:], strict=False))
    return set(found)


def test_the_examples() -> None:
    """What the docstrings show is what comes out."""
    found = doctest.testmod(module)
    assert found.attempted == 5
    assert found.failed == 0


@given(BOUNDS)
def test_from_bounds(bounds: list[tuple[int, int]]) -> None:
    """Ranges may overlap, touch, be empty, run backwards, and come in any order."""
    rows = Rows(*zip(*bounds, strict=True)) if bounds else Rows()
    assert numbers_of(rows) == {number for start, stop in bounds for number in range(start, stop)}


@given(NUMBERS, NUMBERS, st.integers(0, 40))
def test_as_sets(one: set[int], two: set[int], limit: int) -> None:
    """Rows do what sets of numbers do."""
    a, b = Rows.of(list(one)), Rows.of(list(two))
    assert numbers_of(a) == one
    assert numbers_of(a | b) == one | two
    assert numbers_of(a & b) == one & two
    assert numbers_of(a - b) == one - two
    assert (a == b) == (one == two)
    assert numbers_of(a.below(limit)) == {number for number in one if number < limit}
    assert numbers_of(a.first(limit)) == set(sorted(one)[:limit])
    assert numbers_of(a.hull()) == (set(range(min(one), max(one) + 1)) if one else set())
    assert a.is_whole(limit) == (set(range(limit)) <= one)


@given(NUMBERS, st.lists(st.integers(-5, 40)))
def test_rank(rows: set[int], numbers: list[int]) -> None:
    """A number is after as many rows as are below it."""
    found = Rows.of(list(rows)).rank(np.array(numbers, np.int64))
    assert found.tolist() == [sum(row < number for row in rows) for number in numbers]


@given(NUMBERS, st.integers(0, 6), st.integers(1, 8))
def test_runs(rows: set[int], gap: int, longest: int) -> None:
    """What is read at once is not long, leaves out little, and makes up all rows in their order."""
    runs = list(Rows.of(list(rows)).runs(gap, longest))
    assert [number for run in runs for number in run.numbers().tolist()] == sorted(rows)
    for run in runs:
        assert 0 < run.stops[-1] - run.starts[0] <= longest
        assert all(start - stop <= gap for stop, start in zip(run.stops[:-1], run.starts[1:], strict=True))
