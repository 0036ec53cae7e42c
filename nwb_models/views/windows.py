"""Which part of a recording is drawn: a window in time, of which a bounded number of values is read."""

from __future__ import annotations

import math
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.issues import printable
from nwb_models.models.outline import is_costly
from nwb_models.models.time_series_reference import rate_of, start_of, timestamps_of

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
    first = 0 if start is None else row_at(series, start, length)
    last = length if stop is None else row_at(series, stop, length)
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
    files = getattr(series, "external_file", None)
    if (not shape or 0 in shape) and files is not None and len(files):
        names = ", ".join(printable(str(name)) for name in files[:3])
        msg = f"{series!r} has no data of its own, its frames are in {names}: read them with a library for videos"
        raise ValueError(msg)
    if not shape or 0 in shape:
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


def time_of(series: Any, row: int) -> float:
    """Return the time of a sample, in seconds."""
    if series.timestamps is not None:
        return float(series.timestamps[row])
    begin, rate = _clock(series)
    return begin + row / rate


def times_of(series: Any, start: int, stop: int) -> Any:
    """Return the times of samples, in seconds."""
    if series.timestamps is not None:
        return np.asarray(series.timestamps[start:stop], dtype=float)
    begin, rate = _clock(series)
    return begin + np.arange(start, stop) / rate


def _clock(series: Any) -> tuple[float, float]:
    rate = rate_of(series)
    return start_of(series), rate


def row_at(series: Any, time: float, length: int) -> int:
    """Return the first sample that is not before a time, as far as timestamps ascend."""
    if series.timestamps is not None:
        return found_at(series.timestamps, time, 0, min(length, len(series.timestamps)))
    begin, rate = _clock(series)
    return min(max(math.ceil((time - begin) * rate - 1e-6), 0), length)


def found_at(values: Any, wanted: float, low: int, high: int) -> int:
    """Return the first place of an ascending array whose value is not smaller; some 30 values are read of it."""
    while high - low > 4096:
        middle = (low + high) // 2
        if float(values[middle]) < wanted:
            low = middle + 1
        else:
            high = middle
    return low + int(np.searchsorted(np.asarray(values[low:high]), wanted))


def thinned(series: Any, window: Window, columns: Any) -> tuple[Any, Any, bool]:
    """Return times and values of a window, and whether some are left out.

    Parameters
    ----------
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
        return times_of(series, window.start, window.stop), _rows(series, window.start, window.stop, columns), False
    chunks = getattr(series.data.value, "chunks", None) or (1,)
    pieces = min(PIECES, allowed, max(1, BYTES // (math.prod(chunks) * series.data.dtype.itemsize)))
    length = allowed // pieces
    starts = np.linspace(window.start, window.stop - length, pieces).astype(np.int64).tolist()
    times = np.concatenate([times_of(series, place, place + length) for place in starts])
    values = np.concatenate([_rows(series, place, place + length, columns) for place in starts])
    return times, values, True


def _rows(series: Any, start: int, stop: int, columns: Any) -> Any:
    if series.data.ndim == 2:
        low, high = _span(series.data.shape, columns)
        return np.asarray(series.data[start:stop, low:high])[:, columns - low]
    rows = np.asarray(series.data[start:stop])
    return rows.reshape(len(rows), -1)[:, columns]


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
