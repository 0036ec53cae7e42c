"""Data that comes block by block, from an iterator or a generator."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Blocks:
    """Blocks of an array, one after another along its first axis; how many is known when all have come.

    They come once, when they are written.  The first one is asked for now, since it tells dtype and shape.

    Parameters
    ----------
    blocks
        Arrays, or lists, of one dtype, which are equally long along all axes but the first.

    Raises
    ------
    ValueError
        Where there is no block, or the first one is a single value.
    """

    def __init__(self, blocks: Iterable[Any]) -> None:
        iterator = iter(blocks)
        try:
            first = np.asarray(next(iterator))
        except StopIteration:
            msg = "an iterator without any block: its dtype and shape are not known; give an empty array"
            raise ValueError(msg) from None
        if first.ndim == 0:
            msg = f"an iterator of blocks is needed, arrays that follow each other, and it gave {first[()]!r}"
            raise ValueError(msg)
        self.dtype: np.dtype[Any] = first.dtype
        self.shape: tuple[int | None, ...] = (None, *first.shape[1:])
        """The lengths of the axes, None for the first one."""
        self._blocks: Iterator[Any] | None = chain([first], iterator)

    @property
    def is_spent(self) -> bool:
        """Whether the blocks have come already."""
        return self._blocks is None

    def astype(self, dtype: Any) -> Blocks:
        """Take the blocks as ones of another dtype."""
        self.dtype = np.dtype(dtype)
        return self

    def __iter__(self) -> Iterator[np.ndarray[Any, Any]]:
        """Yield the blocks, once.

        Raises
        ------
        ValueError
            Where they have come already, or one does not continue the others.
        """
        if self._blocks is None:
            msg = "the blocks of an iterator come once, and were written already: read them from that file"
            raise ValueError(msg)
        blocks, self._blocks = self._blocks, None
        for number, entry in enumerate(blocks):
            block = np.asarray(entry)
            if block.ndim != len(self.shape) or block.shape[1:] != self.shape[1:]:
                msg = f"block {number} has the shape {block.shape}, and the first one (*, {str(self.shape[1:])[1:]}"
                raise ValueError(msg)
            yield block

    def __repr__(self) -> str:
        """Return shape and dtype; no block is asked for."""
        return f"<Blocks {('*', *self.shape[1:])} {self.dtype}>"
