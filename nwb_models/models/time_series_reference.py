"""What a cell of a `TimeSeriesReferenceVectorData` holds: a series, and the part of it that is meant."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from nwb_models.errors import printable


class TimeSeriesReference(NamedTuple):
    """A part of a series, in the order in which it is stored."""

    idx_start: int
    """Where the part starts, as a number along the axis of time."""
    count: int  # type: ignore[assignment]  # a tuple can count; NWB calls it so
    """How long it is, in samples."""
    timeseries: Any
    """The series."""

    @property
    def data(self) -> Any:
        """The data of this part, read now: ``timeseries.data[idx_start : idx_start + count]``."""
        frames_elsewhere(self.timeseries)
        return self.timeseries.data[self._window]

    @property
    def scaled(self) -> Any:
        """The data of this part in the unit of the series, read now."""
        return self.timeseries.scaled[self._window]

    @property
    def timestamps(self) -> np.ndarray[Any, Any]:
        """The time of each sample of this part, in seconds, read or reckoned from the rate of the series."""
        return times_of(self.timeseries, self._window)

    @property
    def _window(self) -> slice:
        return slice(self.idx_start, self.idx_start + self.count)


def is_of_parts(dtype: np.dtype[Any]) -> bool:
    """Tell whether values of a dtype are references to parts of series, in whatever order their fields are stored."""
    return set(dtype.names or ()) == set(TimeSeriesReference._fields)


def times_of(series: Any, index: Any) -> np.ndarray[Any, Any]:
    """Return when samples of a series were taken, in seconds: read, or reckoned from its rate.

    Raises
    ------
    ValueError
        Where it has neither timestamps nor a rate.
    """
    stored = timestamps_of(series)
    if stored is not None:
        times: np.ndarray[Any, Any] = stored[index]
        return times
    rate = rate_of(series)
    count = length_of(series)
    if np.ndim(index) == 0 and not isinstance(index, slice):
        is_number = isinstance(index, int | np.integer) and not isinstance(index, bool)
        if not is_number or not -count <= index < count:
            msg = f"{series!r} has {count} samples, counted from 0, and {index!r:.60} is the number of none"
            raise IndexError(msg)
    if isinstance(index, slice):
        numbers: Any = np.arange(*index.indices(count))
    elif np.ndim(index) == 0:
        numbers = range(count)[index]
    else:
        numbers = np.arange(count)[index]
    return np.asarray(numbers / rate + start_of(series))[()]


def timestamps_of(series: Any) -> Any:
    """Return the timestamps of a series, None where it has none.

    Raises
    ------
    ValueError
        Where they are no numbers along one axis.
    """
    times = series.timestamps
    shape, dtype = getattr(times, "shape", None), getattr(times, "dtype", None)
    if (shape is not None and len(shape) != 1) or (dtype is not None and dtype.kind not in "iuf"):
        msg = f"{series!r} has timestamps of shape {shape} and dtype {dtype}, which are no times of its samples"
        raise ValueError(msg)
    return times


def length_of(series: Any) -> int:
    """Return the number of samples: of the data, else of the timestamps, else as the series says it has frames."""
    length = 0 if series.data is None else series.data.shape[0] if series.data.ndim else 1
    if length == 0 and series.timestamps is not None:
        length = len(series.timestamps)
    said = series.num_samples if length == 0 and "num_samples" in type(series).model_fields else None
    return int(length if said is None else said)


def rate_of(series: Any) -> float:
    """Return the samples per second of a series without timestamps.

    Raises
    ------
    ValueError
        Where it has no rate either, or one that is none.
    """
    said = None if series.starting_time is None else series.rate
    rate = _finite(said)
    if rate is None or not rate > 0:
        what = "no rate" if said is None else f"a rate of {printable(str(said)):.60}"
        msg = f"{series!r} has no timestamps and {what}, so that nobody knows when its samples were taken"
        raise ValueError(msg)
    return rate


def start_of(series: Any) -> float:
    """Return when the first sample of a series with a rate was taken, in seconds.

    Raises
    ------
    ValueError
        Where the file says something else there than a number.
    """
    start = _finite(series.starting_time.value)
    if start is None:
        msg = f"{series!r} has no number for its starting_time, so that nobody knows when its samples were taken"
        raise ValueError(msg)
    return start


def _finite(value: Any) -> float | None:
    """Return a finite number as such, None for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def window_between(start: Any, stop: Any) -> tuple[float | None, float | None]:
    """Return where a window in time begins and ends, in seconds, None where nobody says so.

    Raises
    ------
    TypeError
        Where one of them is no number.
    ValueError
        Where one of them is NaN, or the window ends before it begins.
    """
    found: list[float | None] = []
    for name, time in (("start", start), ("stop", stop)):
        if time is not None and (isinstance(time, str | bytes) or np.ndim(time) or not hasattr(time, "__float__")):
            msg = f"{name} is a time in seconds, a number, and not {time!r:.80}"
            raise TypeError(msg)
        found.append(None if time is None else float(time))
        if time is not None and math.isnan(float(time)):
            msg = f"{name} is a time in seconds, and NaN is none"
            raise ValueError(msg)
    begin, end = found
    if begin is not None and end is not None and end < begin:
        msg = f"a window from {begin:g} s to {end:g} s ends before it begins: start comes first, then stop"
        raise ValueError(msg)
    return begin, end


def in_file(series: Any) -> str:
    """Return what a series is called in a message, with the file that it was read from."""
    return repr(series) if series._source is None else f"{series!r} of {series._source.filename}"


def frames_elsewhere(series: Any) -> None:
    """Refuse a series that has no data in the file.

    Raises
    ------
    ValueError
        Where it has no data, as some old files, or its frames are in other files, which it names.
    """
    if series.data is None:
        msg = f"{in_file(series)} has no data"
        raise ValueError(msg)
    if not series.data.size:
        require_frames(series)


def require_frames(series: Any) -> None:
    """Refuse a series without data whose frames are in other files.

    Raises
    ------
    ValueError
        With the names of the first of these.
    """
    files = getattr(series, "external_file", None)
    if files is not None and len(files):
        names = ", ".join(printable(str(name)) for name in files[:3]) + (", ..." if len(files) > 3 else "")
        what = f"{in_file(series)} has no data of its own, its frames are in {names}"
        msg = f"{what}: read them with a library for videos"
        raise ValueError(msg)
