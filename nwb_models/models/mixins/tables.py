"""Behaviour of tables."""

from __future__ import annotations

from typing import Any, Protocol


class _Table(Protocol):
    id: Any


class DynamicTableMixin:
    """A table: its length is the number of its rows."""

    def __len__(self: _Table) -> int:
        """Return the number of rows."""
        return 0 if self.id is None else len(self.id)


class VectorIndexMixin:
    """The index of a ragged column: entry `i` is where row `i` ends in the target."""

    def row(self: Any, number: int) -> Any:
        """Return the values of one row of the ragged column, and read no other.

        Parameters
        ----------
        number
            The number of the row, from 0.

        Returns
        -------
        numpy.ndarray
            The values; where the target is itself an index, a list with the values of each of its rows.
        """
        start = int(self[number - 1]) if number > 0 else 0
        stop = int(self[number])
        if isinstance(self.target, VectorIndexMixin):
            return [self.target.row(inner) for inner in range(start, stop)]
        return self.target[start:stop]
