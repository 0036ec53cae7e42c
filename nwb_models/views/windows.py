"""Which part of a recording is drawn: a window in time, of which a bounded number of values is read."""

from __future__ import annotations

import math
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.issues import printable
from nwb_models.models.outline import is_costly
from nwb_models.models.time_series_reference import require_frames, timestamps_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST: ContextVar[int] = ContextVar("most", default=2_000_000)
"""How many values are read for one picture."""
BYTES = 1 << 28
"""How many bytes of chunks are decompressed for one picture, about."""
PIECES = 200
"""In how many places a window is read that is too long to be read as a whole."""


@dataclass(frozen=True, slots=True)
class Window:
    """Samples of a series, and what there is to say about them."""

    start: int
    stop: int
    note: str


def window_of(series: Any, start: float | None, stop: float | None, columns: Any) -> Window:
    """Return the samples between two times; the first ones, as many as may be read, where no time is given.

    Raises
    ------
    ValueError
        Where there are none, the data is in other files, or nobody knows when they were taken.
    """
    shape: tuple[int, ...] = getattr(series.data, "shape", ())
    require_data(series, shape)
    times = timestamps_of(series)
    length = shape[0] if times is None else min(shape[0], len(times))
    first, last = samples_between(series, start, stop, length)
    if length == 0:
        msg = f"{series!r} has no timestamps, so that nobody knows when its samples were taken"
        raise ValueError(msg)
    if last <= first:
        begin, end = time_of(series, 0), time_of(series, length - 1)
        msg = f"{series!r} has nothing between {start} s and {stop} s: it goes from {begin:g} s to {end:g} s"
        raise ValueError(msg)
    allowed = _allowed(series, columns)
    if start is None and stop is None and last - first > allowed:
        seconds = time_of(series, allowed - 1) - time_of(series, 0)
        total = time_of(series, length - 1) - time_of(series, 0)
        return Window(0, allowed, f"first {seconds:.3g} s of {total:.3g} s")
    return Window(first, last, "")


def _allowed(series: Any, columns: Any) -> int:
    """Return how many samples are read at most: HDF5 reads whole chunks, so what these hold counts, too."""
    shape, chunks = series.data.shape, getattr(series.data.value, "chunks", None)
    low, high = _span(shape, columns)
    touched = high - low
    if chunks and len(shape) == 2:
        touched = (-(-high // chunks[1]) - low // chunks[1]) * chunks[1]
    bytes_of_row = max(1, touched * series.data.dtype.itemsize)
    return int(max(2, min(MOST.get() // max(1, high - low), BYTES // bytes_of_row)))


def _span(shape: tuple[int, ...], columns: Any) -> tuple[int, int]:
    """Return from which channel to which one is read."""
    if len(shape) != 2 or not len(columns):
        return 0, math.prod(shape[1:])
    return int(columns.min()), int(columns.max()) + 1


def require_data(series: Any, shape: Any) -> None:
    """Refuse what has no data in this file.

    Raises
    ------
    ValueError
        Where there is none.
    """
    if not shape or 0 in shape:
        require_frames(series)
        msg = f"{series!r} has no data to draw"
        raise ValueError(msg)
    require_cheap(series.data.value, series)


def require_cheap(array: Any, owner: Any) -> None:
    """Refuse an array of which the smallest part takes much memory.

    Raises
    ------
    ValueError
        Where it is stored in very large chunks.
    """
    if is_costly(array):
        msg = f"{owner!r} is stored in chunks of {array.chunks}, which are too large to be read for a picture"
        raise ValueError(msg)


def samples_between(series: Any, start: float | None, stop: float | None, length: int) -> tuple[int, int]:
    """Return the first sample of a window in time and the one behind its last, of so many that there are."""
    part = series.time_window(start, stop)
    return min(part.idx_start, length), min(part.idx_start + part.count, length)


def time_of(series: Any, row: int) -> float:
    """Return the time of a sample, in seconds."""
    return float(series.get_timestamps(row))


def thinned(series: Any, data: Any, window: Window, columns: Any) -> tuple[Any, Any, bool]:
    """Return times and values of a window, and whether some are left out.

    Parameters
    ----------
    data
        What is read: ``series.data``, or ``series.scaled``.
    columns
        The numbers of the channels, of all further axes together.

    Returns
    -------
    tuple
        Times of the shape ``(samples,)``, values of the shape ``(samples, channels)``, and whether it is a part: where
        a window is too long to be read, pieces of it are, evenly spread.
    """
    allowed = _allowed(series, columns)
    if window.stop - window.start <= allowed:
        times = series.get_timestamps(slice(window.start, window.stop))
        return times, _rows(data, window.start, window.stop, columns), False
    chunks = getattr(series.data.value, "chunks", None) or (1,)
    pieces = min(PIECES, allowed, max(1, BYTES // (math.prod(chunks) * series.data.dtype.itemsize)))
    length = allowed // pieces
    starts = np.linspace(window.start, window.stop - length, pieces).astype(np.int64).tolist()
    times = np.concatenate([series.get_timestamps(slice(place, place + length)) for place in starts])
    values = np.concatenate([_rows(data, place, place + length, columns) for place in starts])
    return times, values, True


def _rows(data: Any, start: int, stop: int, columns: Any) -> Any:
    if data.ndim == 2:
        low, high = _span(data.shape, columns)
        return np.asarray(data[start:stop, low:high])[:, columns - low]
    rows = np.asarray(data[start:stop])
    return rows.reshape(len(rows), -1)[:, columns]


def nothing_between(start: float | None, stop: float | None, count: Any) -> str:
    """Return what the title of a picture says where a window in time has nothing of so much that is drawn."""
    if count or (start is None and stop is None):
        return ""
    sides = [f"from {start:g} s" if start is not None else "", f"to {stop:g} s" if stop is not None else ""]
    return " ".join(["nothing", *(side for side in sides if side)])


def chosen(asked: Any, count: int, what: str, owner: Any, most: int | None = None) -> Any:
    """Return the numbers of what is drawn, of so many that there are; the first ones where nobody says which.

    Parameters
    ----------
    asked
        A number, or a slice, list or mask of them; None for the first `most`.
    what
        What the option is called.

    Raises
    ------
    IndexError
        Where there is no such one.
    ValueError
        Where none is chosen.
    TypeError
        Where it is nothing that chooses.
    """
    every = np.arange(count)
    if asked is None:
        return every[:most]
    listed = [asked] if isinstance(asked, int | np.integer) and not isinstance(asked, bool) else asked
    if not isinstance(listed, slice):
        listed = np.asarray(listed)
        listed = listed.astype(np.int64) if listed.size == 0 else listed
        if listed.ndim != 1 or listed.dtype.kind not in "iub":
            msg = f"{what}={asked!r:.80}: a number is needed, or a slice, list or mask of them"
            raise TypeError(msg)
    has = f"{owner!r} has {count}, counted from 0"
    try:
        found = every[listed]
    except IndexError:
        msg = f"{what}={asked!r:.80}: {has}"
        raise IndexError(msg) from None
    if not len(found) and (count or not isinstance(listed, slice)):
        msg = f"{what}={asked!r:.80} chooses none: {has}"
        raise ValueError(msg)
    return found


def titled(ax: Axes, thing: Any, notes: list[str]) -> None:
    """Say what is drawn, and which part of it."""
    said = ", ".join(note for note in notes if note)
    ax.set_title(f"{plain(thing.name)}{f' ({said})' if said else ''}", loc="left", fontsize="medium")
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def plain(text: Any, most: int = 60) -> str:
    """Return text of a file as matplotlib shows it: it takes what is between two dollars for a formula."""
    line = printable(str(text))
    return (line if len(line) <= most else line[: most - 1] + "…").replace("$", r"\$")
