"""Arrays that stay on disk.

An `Array` knows its shape and dtype and reads what is asked of it.  Where it reads is the business of its *source*;
`nwb_models.io.arrays` has the one for HDF5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from nwb_models.errors import NWBError
from nwb_models.models.blocks import Blocks
from nwb_models.models.convert import array_of, require_unmasked, without_labels
from nwb_models.models.single_values import not_there

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


@runtime_checkable
class ArraySource(Protocol):
    """Where the values of an array are.  It can be pickled, and finds its values again in another process."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    maxshape: tuple[int | None, ...]
    chunks: tuple[int, ...] | None

    def read(self, index: tuple[Any, ...]) -> Any:
        """Return the values at an index that has one entry for each axis at most, slices with positive steps."""
        ...

    def where(self) -> str:
        """Return the file and the path in it, for people."""
        ...


class Array:
    """An array of a file: reads what is indexed, and nothing before.

    It pickles as where it is, not what it holds, and reads again after the file was closed, or in another process.
    Text comes as ``str``, references as the objects that they lead to, compound rows as structured arrays.

    Parameters
    ----------
    source
        Where the values are.
    """

    __slots__ = ("_source",)

    def __init__(self, source: ArraySource) -> None:
        self._source = source

    @property
    def source(self) -> ArraySource:
        """Where the values are."""
        return self._source

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self._source.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype as it is stored; that of text and references is ``object``."""
        return self._source.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self._source.shape)

    @property
    def size(self) -> int:
        """The number of values."""
        return int(np.prod(self._source.shape, dtype=np.int64))

    @property
    def nbytes(self) -> int:
        """The size in bytes when read; of text and references, that of the pointers."""
        return self.size * self.dtype.itemsize

    @property
    def chunks(self) -> tuple[int, ...] | None:
        """The lengths of a chunk in the file, None where the array is stored in one piece."""
        return self._source.chunks

    @property
    def maxshape(self) -> tuple[int | None, ...]:
        """The lengths to which the array can grow, None for any."""
        return self._source.maxshape

    def append(self, block: Any) -> None:
        """Add rows at the end of the first axis; they are in memory until the file is written.

        Parameters
        ----------
        block
            Rows, as an array or list of the shape ``(any number, *array.shape[1:])``.

        Raises
        ------
        ValueError
            Where they do not fit behind those that there are, in shape or dtype.
        """
        from nwb_models.models.appending import Appended, fitting

        rows = fitting(block, self.dtype, self.shape, self._source.where())
        source = self._source
        if isinstance(source, Appended):
            self._source = Appended(source.base, [*source.blocks, rows])
        else:
            self._source = Appended(source, [rows])
            if hasattr(source, "note_change"):
                source.note_change()

    def __len__(self) -> int:
        """Return the length of the first axis."""
        if not self.shape:
            msg = "len() of an array with no axis"
            raise TypeError(msg)
        return self.shape[0]

    def __getitem__(self, index: Any) -> Any:
        """Read part of the array: numpy's basic indexing, and a list or mask along one axis.

        Raises
        ------
        IndexError
            Where the index lies outside of the array, or there is more than one list.
        """
        while True:
            source = self._source
            try:
                values = _read(source, index)
            except (NWBError, IndexError, TypeError, ValueError):
                if self._source is source:
                    raise
            else:
                if self._source is source:
                    return values
            # Another thread has edited the file meanwhile, and the array is elsewhere in it now: it is read again.

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:  # noqa: FBT001  # noqa: FBT001 - numpy's
        """Read everything."""
        if copy is False:
            msg = "An array on disk cannot become a numpy array without a copy"
            raise ValueError(msg)
        return np.asarray(self[...], dtype=dtype)

    def __iter__(self) -> Iterator[Any]:
        """Yield the entries along the first axis, reading a chunk at a time."""
        for block in self.iter_chunks():
            yield from block

    def iter_chunks(self, rows: int | None = None) -> Iterator[Any]:
        """Yield blocks along the first axis.

        Parameters
        ----------
        rows
            The length of a block; that of a stored chunk, or what makes about 1 MiB, where it is not given.

        Raises
        ------
        ValueError
            Where it is no number from 1 on.
        """
        if rows is not None and not (hasattr(rows, "__index__") and rows > 0):
            msg = f"rows is {rows!r:.60}: the length of a block is a number from 1 on"
            raise ValueError(msg)
        per_row = max(1, self.nbytes // max(1, len(self)))
        chunk, about = self.chunks[0] if self.chunks else 1, (1 << 20) // per_row
        step = rows or max(chunk, about - about % chunk)  # whole chunks: none is decompressed twice
        for start in range(0, len(self), step):
            yield self[start : start + step]

    if not TYPE_CHECKING:  # type checkers know the attributes

        def __getattr__(self, name: str) -> Any:
            """Refuse an attribute; where numpy has it, say how to get there."""
            return not_there(self, name)

    def __repr__(self) -> str:
        """Return shape, dtype and place; no value is read."""
        from nwb_models.models.check import dtype_name

        return f"<Array {self.shape} {dtype_name(self.dtype)} at {self._source.where()}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows; no value is read."""
        from nwb_models.models.html import html_of

        return html_of(self)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take anything that has a shape and a dtype, and lists, which become numpy arrays."""
        from pydantic_core import core_schema

        schema = core_schema.no_info_plain_validator_function(_as_array)
        schema["metadata"] = {"pydantic_js_functions": [lambda _schema, _handler: ARRAY_IN_JSON]}
        return schema


ARRAY_IN_JSON = {
    "description": "Values, in lists; or what an array is: shape and dtype, and its values where they are asked for.",
    "anyOf": [
        {"type": "array"},
        {
            "type": "object",
            "required": ["shape", "dtype"],
            "properties": {
                "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
                "dtype": {"type": "string"},
                "values": {},
            },
        },
    ],
}
"""What JSON Schema says of arrays, see `nwb_models.models.metadata`."""


def _as_array(value: Any) -> Any:
    require_unmasked(value)
    value = without_labels(value)
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return value
    if isinstance(value, list | tuple | range):
        return array_of(value, None)
    if isinstance(value, Iterator):
        return Blocks(value)
    msg = f"an array or a list is needed here, not {type(value).__name__}"
    raise ValueError(msg)


def _read(source: ArraySource, index: Any) -> Any:
    """Read part of an array."""
    entries = _expanded(index, len(source.shape))
    plain: list[Any] = []
    turns: list[slice] = []
    listed, pick = None, None
    for entry, length in zip(entries, source.shape, strict=False):
        forward, backward, picked = _forward(entry, length)
        plain.append(forward)
        if isinstance(forward, int):
            continue
        if isinstance(forward, np.ndarray):
            if listed is not None:
                msg = "an array on disk takes a list or mask along one axis only: read with one, then index"
                raise IndexError(msg)
            listed, pick = len(turns), picked
        turns.append(slice(None, None, -1) if backward else slice(None))
    values = source.read(tuple(plain))
    if pick is not None:
        values = np.take(values, pick, axis=listed)
    if any(turn.step for turn in turns):
        values = values[tuple(turns)]
    return values if listed is None or _together(index) else np.moveaxis(values, listed, 0)


def _expanded(index: Any, ndim: int) -> list[Any]:
    """Return one entry for each axis that the index names, ``...`` written out."""
    entries = list(index) if isinstance(index, tuple) else [index]
    dots = [number for number, entry in enumerate(entries) if entry is Ellipsis]
    if len(dots) > 1:
        msg = "an index can only have a single ellipsis ('...')"
        raise IndexError(msg)
    if dots:
        missing = ndim - (len(entries) - 1)
        entries[dots[0] : dots[0] + 1] = [slice(None)] * missing
    if len(entries) > ndim:
        msg = f"too many indices: the array has {ndim} axes, and {len(entries)} were indexed"
        raise IndexError(msg)
    return entries


def _together(index: Any) -> bool:
    """Tell whether the numbers and the list of an index stand side by side.

    To numpy, a number beside a list is a list too.  Where a slice stands between them, it has no place for the axis
    of the lists, and puts it first.  Source: "Combining advanced and basic indexing" in the guide of numpy.
    """
    entries = index if isinstance(index, tuple) else (index,)
    lists = [number for number, entry in enumerate(entries) if entry is not Ellipsis and not isinstance(entry, slice)]
    return lists[-1] - lists[0] == len(lists) - 1


def _forward(entry: Any, length: int) -> tuple[Any, bool, np.ndarray[Any, Any] | None]:
    """Return an entry as HDF5 can select it, whether to turn the result round, and what to pick from it."""
    if isinstance(entry, slice):
        start, stop, step = entry.indices(length)
        steps = min(abs(step), max(length, 1))  # HDF5 has no numbers for the steps that Python allows
        if step > 0:
            return slice(start, max(start, stop), steps), False, None
        count = len(range(start, stop, step))
        last = start + (count - 1) * step
        return (slice(last, start + 1, steps) if count else slice(0, 0)), True, None
    if isinstance(entry, int | np.integer) and not isinstance(entry, bool | np.bool_):
        place = int(entry)
        if not -length <= place < length:
            msg = f"index {place} is out of bounds for an axis of length {length}"
            raise IndexError(msg)
        return place % length, False, None
    picked = np.asarray(entry)
    if picked.dtype.kind == "b":
        if picked.shape != (length,):
            msg = f"a mask of shape {picked.shape} does not fit an axis of length {length}"
            raise IndexError(msg)
        return np.flatnonzero(picked), False, None
    if picked.ndim != 1 or (picked.size and picked.dtype.kind not in "iu"):
        msg = f"{entry!r} is no index: an array takes numbers, slices, '...', and a list or mask along one axis"
        raise IndexError(msg)
    picked = picked.astype(np.int64)
    if picked.size and not (-length <= picked.min() and picked.max() < length):
        msg = f"an index is out of bounds for an axis of length {length}"
        raise IndexError(msg)
    unique, order = np.unique(picked % max(length, 1), return_inverse=True)
    return unique, False, order
