"""Rows of an axis, as ranges: a few numbers stand for any part of a recording of any length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Numbers = np.ndarray[Any, np.dtype[np.int64]]


class Rows:
    """A set of row numbers, immutable.

    Parameters
    ----------
    starts, stops
        Where ranges begin and end; in any order, overlapping, empty or running backwards, which is empty.

    Examples
    --------
    >>> Rows.of([7, 3, 4]) | Rows.span(4, 6)
    Rows(3:6, 7:8)
    """

    __slots__ = ("_before", "starts", "stops")

    def __init__(self, starts: Any = (), stops: Any = ()) -> None:
        first, last = np.asarray(starts, np.int64).reshape(-1), np.asarray(stops, np.int64).reshape(-1)
        there = first < last
        first, last = first[there], last[there]
        if len(first) > 1:
            order = np.argsort(first, kind="stable")
            first, last = first[order], np.maximum.accumulate(last[order])
            apart = np.append(first[1:] > last[:-1], True)
            first, last = first[np.append(True, apart[:-1])], last[apart]
        self.starts: Numbers = first
        self.stops: Numbers = last
        self._before = np.append(0, np.cumsum(last - first))

    @classmethod
    def span(cls, start: int, stop: int) -> Rows:
        """Return all rows from `start`, and before `stop`."""
        return cls([start], [stop])

    @classmethod
    def of(cls, numbers: Any) -> Rows:
        """Return rows by their numbers."""
        found = np.unique(np.asarray(numbers, np.int64).reshape(-1))
        breaks = np.flatnonzero(np.diff(found) != 1)
        return cls(found[np.append(0, breaks + 1)], found[np.append(breaks, -1)] + 1) if len(found) else cls()

    def __len__(self) -> int:
        """Return how many rows there are."""
        return int(self._before[-1])

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Yield start and stop of each range."""
        return zip(self.starts.tolist(), self.stops.tolist(), strict=True)

    def __eq__(self, other: object) -> bool:
        """Tell whether these are the same rows."""
        return (
            isinstance(other, Rows)
            and np.array_equal(self.starts, other.starts)
            and np.array_equal(self.stops, other.stops)
        )

    __hash__ = None  # type: ignore[assignment]

    def __or__(self, other: Rows) -> Rows:
        """Return the rows of both."""
        return Rows(np.concatenate((self.starts, other.starts)), np.concatenate((self.stops, other.stops)))

    def __and__(self, other: Rows) -> Rows:
        """Return the rows that both have.

        >>> Rows([0, 10], [5, 20]) & Rows([3, 12], [11, 14])
        Rows(3:5, 10:11, 12:14)
        """
        points = np.unique(np.concatenate((self.starts, self.stops, other.starts, other.stops)))
        inside = (np.diff(self.rank(points)) > 0) & (np.diff(other.rank(points)) > 0)
        return Rows(points[:-1][inside], points[1:][inside])

    def __sub__(self, other: Rows) -> Rows:
        """Return the rows that others do not have.

        >>> Rows([0, 10], [5, 20]) - Rows([3, 12], [11, 14])
        Rows(0:3, 11:12, 14:20)
        """
        points = np.unique(np.concatenate((self.starts, self.stops, other.starts, other.stops)))
        inside = (np.diff(self.rank(points)) > 0) & (np.diff(other.rank(points)) == 0)
        return Rows(points[:-1][inside], points[1:][inside])

    def __repr__(self) -> str:
        ranges = [f"{start}:{stop}" for start, stop in self]
        return f"Rows({', '.join([*ranges[:5], '...'] if len(ranges) > 6 else ranges)})"

    def numbers(self) -> Numbers:
        """Return the number of each row."""
        return np.concatenate([np.arange(start, stop) for start, stop in self] or [np.empty(0, np.int64)])

    def below(self, length: int) -> Rows:
        """Return the rows that an axis of a length has."""
        if not len(self.stops) or self.stops[-1] <= length:
            return self
        return Rows(self.starts, np.minimum(self.stops, length))

    def hull(self) -> Rows:
        """Return all rows from the first one to the last one."""
        return Rows(self.starts[:1], self.stops[-1:])

    def first(self, number: int) -> Rows:
        """Return the first so many rows.

        >>> Rows([0, 10], [3, 20]).first(5)
        Rows(0:3, 10:12)
        """
        return Rows(self.starts, np.minimum(self.stops, self.starts + number - self._before[:-1]))

    def is_whole(self, length: int) -> bool:
        """Tell whether these are all rows of an axis of a length."""
        return len(self.below(length)) == length

    def rank(self, numbers: Any) -> Numbers:
        """Return how many of the rows are before some numbers: for one of the rows, its number among them.

        >>> Rows([2, 10], [4, 12]).rank([0, 2, 3, 5, 10, 99])
        array([0, 0, 1, 2, 2, 4])
        """
        values = np.asarray(numbers, np.int64)
        if not len(self.starts):
            return np.zeros_like(values)
        place = np.searchsorted(self.starts, values, side="right") - 1
        inside = np.minimum(values, self.stops[place]) - self.starts[place]
        return np.where(place < 0, 0, self._before[:-1][place] + inside)

    def runs(self, gap: int, longest: int) -> Iterator[Rows]:
        """Yield the rows in parts to be read at once: what lies between two of them is at most `gap` rows long.

        Parameters
        ----------
        gap
            How many rows in between are rather read than skipped.
        longest
            How many rows there are from the first one of a part to its last one, at most.
        """
        pending: list[tuple[int, int]] = []
        for start, stop in self._pieces(longest):
            if pending and (start - pending[-1][1] > gap or stop - pending[0][0] > longest):
                yield _joined(pending)
                pending = []
            pending.append((start, stop))
        if pending:
            yield _joined(pending)

    def _pieces(self, longest: int) -> Iterator[tuple[int, int]]:
        for start, stop in self:
            for begin in range(start, stop, longest):
                yield begin, min(begin + longest, stop)


def _joined(pieces: Iterable[tuple[int, int]]) -> Rows:
    starts, stops = zip(*pieces, strict=True)
    return Rows(starts, stops)
