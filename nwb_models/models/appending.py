"""Rows that were added to an array on disk and are not written yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.models.check import dtype_name, shape_name
from nwb_models.models.convert import array_of, is_exact

if TYPE_CHECKING:
    from nwb_models.models.arrays import ArraySource


class Appended:
    """An array on disk and rows in memory behind it, as one source.

    Parameters
    ----------
    base
        The array on disk.
    blocks
        The rows, of its dtype.
    """

    def __init__(self, base: ArraySource, blocks: list[np.ndarray[Any, Any]]) -> None:
        self.base, self.blocks = base, blocks
        self.dtype = base.dtype
        self.shape = (base.shape[0] + sum(len(block) for block in blocks), *base.shape[1:])
        self.maxshape = base.maxshape
        self.chunks = base.chunks

    def read(self, index: tuple[Any, ...]) -> Any:
        """Read a part, of the file and of what is behind it."""
        first, rest = (index[0], index[1:]) if index else (slice(None), ())
        count = self.base.shape[0]
        if isinstance(first, int):
            return self.base.read(index) if first < count else self._added()[first - count, *rest]
        if isinstance(first, slice):
            first = np.arange(*first.indices(self.shape[0]))
        stored, added = first[first < count], first[first >= count] - count
        if not len(added):
            return self.base.read((_selection(stored), *rest))
        behind = self._added()[_selection(added), *rest]
        return np.concatenate([self.base.read((_selection(stored), *rest)), behind]) if len(stored) else behind

    def _added(self) -> np.ndarray[Any, Any]:
        return self.blocks[0] if len(self.blocks) == 1 else np.concatenate(self.blocks)

    def where(self) -> str:
        """Return the file and the path in it, for people."""
        return f"{self.base.where()}, with {self.shape[0] - self.base.shape[0]} rows that are not written yet"


def _selection(rows: np.ndarray[Any, Any]) -> Any:
    """Return rows in ascending order as a slice, where they are one: HDF5 is slow with lists."""
    if not len(rows):
        return slice(0, 0)
    steps = np.diff(rows)
    if len(steps) and (steps != steps[0]).any():
        return rows
    return slice(int(rows[0]), int(rows[-1]) + 1, int(steps[0]) if len(steps) else 1)


def fitting(block: Any, dtype: np.dtype[Any], shape: tuple[int, ...], where: str) -> np.ndarray[Any, Any]:
    """Return rows as an array that can be put behind another one.

    Raises
    ------
    ValueError
        Where they cannot.
    """
    if not shape:
        msg = f"{where} is a single value, which has no end to append to"
        raise ValueError(msg)
    if dtype.names is not None and not isinstance(block, np.ndarray):
        block = np.array([tuple(row) for row in block], dtype=dtype)
    if isinstance(block, Iterator):
        msg = f"append takes rows that are in memory, and got an iterator: append each of its blocks to {where}"
        raise ValueError(msg)
    given = block if isinstance(block, list | tuple | np.ndarray) else np.asarray(block)
    rows: np.ndarray[Any, Any] = array_of(given, None)
    if not rows.ndim:
        example = (
            f"[{block!r:.40}]" if len(shape) == 1 else f"an array of shape {shape_name((1, *shape[1:]))} for one row"
        )
        msg = f"append takes an array or a list of rows, such as {example}, and got {block!r:.40} for {where}"
        raise ValueError(msg)
    if rows.ndim != len(shape) or rows.shape[1:] != shape[1:]:
        msg = f"rows of shape {shape_name(rows.shape)} cannot follow those of {where}: {shape_name((None, *shape[1:]))}"
        raise ValueError(msg)
    problem = _problem(rows, dtype)
    if problem is not None:
        msg = f"{problem} cannot be stored in {where}, which holds {dtype_name(dtype)}"
        raise ValueError(msg)
    if dtype.kind == "O":
        return rows.astype(object).astype(dtype)
    return _texts(rows) if dtype.kind == "S" else rows.astype(dtype)


def _problem(rows: np.ndarray[Any, Any], dtype: np.dtype[Any]) -> str | None:
    """Say what would be lost in a dtype."""
    if not rows.size:
        return None
    if dtype.names is not None:
        if rows.dtype.names != dtype.names:
            return f"rows of {dtype_name(rows.dtype)}"
        return next((p for name in dtype.names if (p := _problem(rows[name], dtype[name])) is not None), None)
    text = h5py.check_string_dtype(dtype)
    if text is not None:
        return _text_problem(rows, text.length, text.encoding)
    if dtype.kind == "O":
        return f"rows of {dtype_name(rows.dtype)}" if rows.dtype.kind != "O" else None
    is_other = any((rows.dtype.kind == kind) != (dtype.kind == kind) for kind in "bc")
    if rows.dtype.kind not in "biufc" or is_other:
        return f"rows of {dtype_name(rows.dtype)}"
    return None if (rows.dtype.kind == "f" and dtype.kind == "f") or is_exact(rows, dtype) else "these values"


def _text_problem(rows: np.ndarray[Any, Any], length: int | None, encoding: str) -> str | None:
    for entry in rows.flat:
        if not isinstance(entry, str | bytes):
            return f"a value of type {type(entry).__name__}"
        raw = entry.encode() if isinstance(entry, str) else entry
        if (length is not None and len(raw) > length) or (encoding == "ascii" and not raw.isascii()):
            return f"{entry!r:.40}"
    return None


def _texts(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return text as the file gives it: ``str``, whatever the width that it is stored in."""
    result = np.empty(rows.shape, dtype=object)
    for index in np.ndindex(rows.shape):
        entry: Any = rows[index]
        result[index] = entry.decode() if isinstance(entry, bytes) else entry
    return result
