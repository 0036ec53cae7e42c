"""Data that comes block by block, from an iterator or a generator."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from nwb_models.models.convert import require_unmasked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class _Start:
    """What is known of an iterator, however often it is given: the block that was asked for, and whether all came."""

    def __init__(self, first: np.ndarray[Any, Any]) -> None:
        self.first = first
        self.is_spent = False


_STARTS: WeakKeyDictionary[Any, _Start] = WeakKeyDictionary()


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
        self.iterator: Iterator[Any] = iter(blocks)
        """Where the blocks come from."""
        self._start = _start_of(self.iterator)
        first = self._start.first
        self.dtype: np.dtype[Any] = first.dtype
        self.shape: tuple[int | None, ...] = (None, *first.shape[1:])
        """The lengths of the axes, None for the first one."""

    @property
    def is_spent(self) -> bool:
        """Whether the blocks have come already."""
        return self._start.is_spent

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
        if self.is_spent:
            msg = "the blocks of an iterator come once, and were written already: read them from that file"
            raise ValueError(msg)
        self._start.is_spent = True
        for number, entry in enumerate(chain([self._start.first], self.iterator)):
            block = _block(entry)
            if block.ndim != len(self.shape) or block.shape[1:] != self.shape[1:]:
                msg = f"block {number} has the shape {block.shape}, and the first one (*, {str(self.shape[1:])[1:]}"
                raise ValueError(msg)
            yield block

    def __getitem__(self, index: Any) -> Any:
        """Refuse: blocks that are read are gone, and would not be written.

        Raises
        ------
        TypeError
            Always.
        """
        msg = f"{self!r} comes block by block when it is written: read the data from that file"
        raise TypeError(msg)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:  # noqa: FBT001 - numpy's
        """Refuse, as an index is refused."""
        return self[...]

    def __repr__(self) -> str:
        """Return shape and dtype; no block is asked for."""
        return f"<Blocks {('*', *self.shape[1:])} {self.dtype}>"


def _start_of(iterator: Iterator[Any]) -> _Start:
    """Ask an iterator for its first block, once: a constructor that was refused has asked for it already."""
    known = _STARTS.get(iterator) if _has_weakref(iterator) else None
    if known is not None:
        return known
    try:
        first = _block(next(iterator))
    except StopIteration:
        msg = "an iterator without any block: its dtype and shape are not known; give an empty array"
        raise ValueError(msg) from None
    if first.ndim == 0:
        msg = f"an iterator of blocks is needed, arrays that follow each other, and it gave {first[()]!r}"
        raise ValueError(msg)
    start = _Start(first)
    if _has_weakref(iterator):
        _STARTS[iterator] = start
    return start


def _has_weakref(iterator: Iterator[Any]) -> bool:
    """Tell whether an iterator can be a key here; generators can, those of lists cannot."""
    return type(iterator).__weakrefoffset__ > 0 and type(iterator).__hash__ is object.__hash__


def _block(entry: Any) -> np.ndarray[Any, Any]:
    require_unmasked(entry)
    return np.asarray(entry)
