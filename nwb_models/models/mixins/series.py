"""Behaviour of series: when their samples were taken, part of them by time, and their data in its unit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.consistency import clock_problem, require_fitting
from nwb_models.models.scaled import Scaled, is_in_unit
from nwb_models.models.time_series_reference import (
    TimeSeriesReference,
    frames_elsewhere,
    in_file,
    length_of,
    rate_of,
    start_of,
    times_of,
    timestamps_of,
    window_between,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BLOCK = 1 << 16
"""How many timestamps are read at once, at the end of a search: fewer would take a disk as long."""


class _Reckoned:
    """A property that gives way to a field of its name in a subclass: the class itself does not show it."""

    def __init__(self, reckon: Callable[[Any], Any]) -> None:
        self.reckon, self.__doc__ = reckon, reckon.__doc__

    def __get__(self, series: Any, owner: type) -> Any:
        name = self.reckon.__name__
        if series is None or name in type(series).model_fields:  # the latter: read, and not touched yet
            raise AttributeError(name)
        return self.reckon(series)


class TimeSeriesMixin:
    """A series of samples in time, whether their times are stored or follow from a rate.

    A series that is made with a rate and without a starting time starts at 0 s.  One with other times than samples,
    with timestamps and a rate, or with an impossible rate or start is refused when it is made, and one without any
    times when it is written.
    """

    def __init__(self, /, **data: Any) -> None:
        for member in ("data", "timestamps"):
            if isinstance(data.get(member), TimeSeriesMixin):
                data[member] = getattr(data[member], member)
        if data.get("rate") is not None and data.get("starting_time") is None:
            data["starting_time"] = 0.0
        super().__init__(**data)
        require_fitting(self)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a field, see `NWBModel.__setattr__`; a rate or a starting time that are none are refused.

        Raises
        ------
        ValueError
            Where a rate is not a finite number above 0, or a starting time is not finite.
        """
        if name in ("rate", "starting_time"):
            wanted = clock_problem(name, getattr(value, "value", value))
            if wanted is not None:
                msg = f"{name} of {self!r} has to be {wanted}, and not {value}"
                raise ValueError(msg)
        super().__setattr__(name, value)

    @_Reckoned
    def num_samples(self: Any) -> int:
        """Return the number of samples: the length of the data, or of the timestamps where that is empty."""
        return length_of(self)

    @_Reckoned
    def duration(self: Any) -> float:
        """Return the seconds from the first sample to the last one; 0 where there are not two."""
        count = length_of(self)
        if count < 2:
            return 0.0
        times = timestamps_of(self)
        if times is not None:
            return float(times[count - 1] - times[0])
        return (count - 1) / rate_of(self)

    def get_timestamps(self: Any, index: Any = slice(None)) -> np.ndarray[Any, Any]:
        """Return when samples were taken: read, or reckoned from `starting_time` and `rate`.

        Parameters
        ----------
        index
            The number of a sample, or a slice, list or mask of them; all where it is not given.  No other time is read
            or made.

        Returns
        -------
        numpy.ndarray
            Seconds, of shape ``(samples,)``; a single one for a number.

        Raises
        ------
        ValueError
            Where the series has neither timestamps nor a rate.
        IndexError
            Where there is no such sample.
        """
        return times_of(self, index)

    def time_window(self: Any, start: float | None = None, stop: float | None = None) -> TimeSeriesReference:
        """Return the part of the series from `start` until before `stop`; nothing of it is read yet.

        Its `data`, `scaled` and `timestamps` read that part, and `idx_start` and `count` say which samples it has.  To
        find it, a few blocks of stored timestamps are read, and none where there is a rate.

        Parameters
        ----------
        start, stop
            Seconds, on the clock of `timestamps`; the beginning and the end of the series where they are not given.

        Returns
        -------
        TimeSeriesReference
            What ``TimeSeriesReferenceVectorData`` has in a cell, too.  It is empty where no sample is in the window.

        Raises
        ------
        TypeError
            Where `start` or `stop` is no number.
        ValueError
            Where `stop` is before `start`, or one of them is NaN; where the series has neither timestamps nor a rate;
            where timestamps that are read are NaN or go down.

        Notes
        -----
        Stored timestamps have to ascend.  Of those of a large series few are read, so that it is not always found where
        they do not: `nwb_models.validate` reads them all.

        Examples
        --------
        >>> from nwb_models.core import TimeSeries
        >>> series = TimeSeries(name="x", data=[1, 2, 3, 4], unit="V", conversion=0.5, rate=10.0)
        >>> window = series.time_window(0.1, 0.3)
        >>> window.data, window.scaled, window.timestamps
        (array([2, 3]), array([1. , 1.5]), array([0.1, 0.2]))
        """
        begin, until = window_between(start, stop)
        times = timestamps_of(self)
        ascending = None if times is None else _Ascending(self, times.value)
        first = 0 if begin is None else _first_from(self, ascending, begin)
        end = length_of(self) if until is None else _first_from(self, ascending, until)
        return TimeSeriesReference(first, max(0, end - first), self)

    @property
    def scaled(self: Any) -> Scaled:
        """The data in its `unit`: ``data * conversion + offset``, and times `channel_conversion` where there is one.

        It has the shape of `data`, and reads and reckons what is indexed: ``series.scaled[:100]``.
        """
        frames_elsewhere(self)
        return Scaled(self)

    def to_dask(self: Any, *, scaled: bool = False, chunks: Any = "auto") -> Any:
        """Return the data as an array of dask, which reads a block when it is computed.

        Parameters
        ----------
        scaled
            Whether the data is in its `unit`, see `scaled`, and not as it is stored.
        chunks
            The blocks, as ``dask.array.from_array`` takes them: ``(30_000, -1)`` are 30,000 samples of all channels.
            ``"auto"`` is whole chunks of the file, as large as dask likes them; of text, some 65,000 samples.

        Returns
        -------
        dask.array.Array
            Of the shape of `data`.

        Raises
        ------
        ImportError
            Where dask is not installed.
        ValueError
            Where the series has no data in its file, or is text and asked for in its unit.
        """
        frames_elsewhere(self)
        array = _module("dask.array", "dask[array]")
        source = self.scaled if scaled else self.data.value
        meta = np.empty((0,) * len(source.shape), source.dtype)
        if isinstance(chunks, str) and chunks == "auto" and source.dtype.hasobject:
            chunks = _blocks(source)  # dask does not know how large its values are
        return array.from_array(
            source, chunks, name=False, meta=meta, asarray=False if hasattr(source, "chunks") else None
        )

    def to_xarray(self: Any, *, scaled: bool = True, chunks: Any = "auto") -> Any:
        """Return the series as a ``DataArray`` with the dimension ``time``, in seconds, and the unit in its attributes.

        The data is read when it is computed where dask is installed, and now where it is not.

        Parameters
        ----------
        scaled
            Whether the data is in its `unit`, see `scaled`: what is stored in it, and text, keeps its dtype.  As it is
            stored, its attributes are `conversion`, `offset` and `channel_conversion`, and it has no unit where these
            change it.
        chunks
            The blocks of dask, as of `to_dask`.

        Returns
        -------
        xarray.DataArray
            Of the shape of `data`, with the coordinate ``time``, and the axes beyond the first as ``dim_1``, ``dim_2``.

        Raises
        ------
        ImportError
            Where xarray is not installed.
        ValueError
            As of `to_dask`, and where nobody knows when the samples were taken.
        """
        xarray = _module("xarray", "xarray")
        frames_elsewhere(self)
        is_stored = is_in_unit(self)
        scaled = scaled and not is_stored
        try:
            data = self.to_dask(scaled=scaled, chunks=chunks)
        except ImportError:
            data = np.asarray(self.scaled if scaled else self.data)
        attributes = {"description": self.description}
        if scaled or is_stored:
            attributes["unit"] = self.unit
        else:
            factors = {name: getattr(self, name, None) for name in ("conversion", "offset", "channel_conversion")}
            attributes |= {name: np.asarray(value)[()] for name, value in factors.items() if value is not None}
        names = ["time", *(f"dim_{axis}" for axis in range(1, data.ndim))]
        times = {"time": ("time", self.get_timestamps(), {"unit": "seconds"})}
        return xarray.DataArray(data, dims=names, coords=times, name=self.name, attrs=attributes)


class ImageSeriesMixin:
    """Images in time.  One that is made with `external_file` and without data has none, as the specification asks."""

    def __init__(self, /, **data: Any) -> None:
        if data.get("external_file") is not None and data.get("data") is None:
            data["data"] = np.empty((0, 0, 0), np.uint8)
            data.setdefault("unit", "unknown")
            data.setdefault("format", "external")
            if np.size(data["external_file"]) == 1:
                data.setdefault("starting_frame", [0])
        super().__init__(**data)


class _Ascending:
    """The timestamps of a series, for a search: what is read of them has to ascend.

    Parameters
    ----------
    series, times
        The series, and its timestamps.
    """

    def __init__(self, series: Any, times: Any) -> None:
        self._series, self._times = series, times
        self._read: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self._times)

    def __getitem__(self, index: int | slice) -> Any:
        """Read a timestamp, or some in a row.

        Raises
        ------
        ValueError
            Where one is NaN, or goes down.
        """
        found = self._times[index]
        block = np.atleast_1d(found)
        start = index if isinstance(index, int) else index.start
        if len(block):
            self._read |= {start: block[0], start + len(block) - 1: block[-1]}
        places = sorted(self._read)
        self._require(range(start, start + len(block)), block)
        self._require(places, np.array([self._read[place] for place in places]))
        return found

    def _require(self, places: Sequence[int], times: np.ndarray[Any, Any]) -> None:
        wrong = np.flatnonzero(~(times[1:] >= times[:-1]))
        if len(wrong) or (len(times) == 1 and times[0] != times[0]):
            number = int(wrong[0]) + 1 if len(wrong) else 0
            behind = f" behind {times[number - 1]}" if number else ""
            msg = (
                f"{in_file(self._series)} has timestamps that do not ascend, so that no window of time can be found: "
                f"{times[number]}{behind}, at number {places[number]}"
            )
            raise ValueError(msg)


def _first_from(series: Any, times: _Ascending | None, time: float) -> int:
    """Return the number of the first sample that was not taken before a time."""
    if times is not None:
        return found_at(times, time)
    count = length_of(series)
    rate, start = rate_of(series), start_of(series)
    near = math.ceil(min(max((time - start) * rate, 0), count))
    while near > 0 and (near - 1) / rate + start >= time:  # the last digit of a product may point to its neighbour
        near -= 1
    while near < count and near / rate + start < time:
        near += 1
    return near


def found_at(values: Any, wanted: float, low: int = 0, high: int | None = None) -> int:
    """Return the first place from `low` to `high` of ascending values, where one is not smaller than what is wanted.

    Few are read: one in each step of the search, and a block at last.
    """
    high = len(values) if high is None else high
    while high - low > BLOCK:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low + int(np.searchsorted(np.asarray(values[low:high]), wanted))


def _blocks(source: Any) -> tuple[int, ...]:
    """Return the lengths of blocks of about `BLOCK` values, whole chunks of the file along the first axis."""
    chunk = (getattr(source, "chunks", None) or (1,))[0]
    rows = BLOCK // max(1, int(np.prod(source.shape[1:], dtype=np.int64)))
    return (max(chunk, rows - rows % chunk), *source.shape[1:])


def _module(name: str, install: str) -> Any:
    """Import a library that this one does not need otherwise."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        msg = f"{package} is needed for this, and is not installed: pip install {install!r}"
        raise ImportError(msg, name=package) from error
