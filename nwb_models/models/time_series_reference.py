"""What a cell of a `TimeSeriesReferenceVectorData` holds: a series, and the part of it that is meant."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


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
        return self.timeseries.data[self._window]

    @property
    def timestamps(self) -> np.ndarray[Any, Any]:
        """The time of each sample of this part, in seconds, read or reckoned from the rate of the series."""
        if self.timeseries.timestamps is not None:
            return np.asarray(self.timeseries.timestamps[self._window])
        start, rate = self.timeseries.starting_time.value, self.timeseries.rate
        return np.arange(self._window.start, self._window.stop) / float(rate) + float(start)

    @property
    def _window(self) -> slice:
        return slice(self.idx_start, self.idx_start + self.count)
