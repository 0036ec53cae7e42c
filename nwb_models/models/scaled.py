"""The data of a series in its unit, reckoned from what is stored when it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.check import dtype_name
from nwb_models.models.single_values import not_there

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_in_unit(series: Any) -> bool:
    """Tell whether the data of a series is stored in its unit, or is text, which has none to be reckoned in."""
    if series.data.dtype.kind not in "biufc":
        return True
    conversion, offset = getattr(series, "conversion", None), getattr(series, "offset", None)
    return conversion in (None, 1) and offset in (None, 0) and getattr(series, "channel_conversion", None) is None


class Scaled:
    """The data of a series in its unit, of the same shape; only what is indexed is read and reckoned.

    Parameters
    ----------
    series
        A series with `data`, `conversion` and `offset`, and perhaps `channel_conversion`.
    """

    def __init__(self, series: Any) -> None:
        self._series = series

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes; the first one is time."""
        return tuple(self._series.data.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """That of the results: floating data keeps its own, and integers become ``float64``."""
        found: np.dtype[Any] = self._times_conversion(np.empty(0, self._series.data.dtype)).dtype
        return found

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of values."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def chunks(self) -> Any:
        """The lengths of a chunk in the file, None where the data is in one piece or in memory."""
        return getattr(self._series.data.value, "chunks", None)

    @property
    def unit(self) -> str:
        """The unit of the values."""
        unit: str = self._series.unit
        return unit

    def __getitem__(self, index: Any) -> Any:
        """Read part of the data: what ``series.data`` can be indexed with.

        Raises
        ------
        ValueError
            Where the data is text, or `channel_conversion` does not fit it.
        """
        values = self._times_conversion(np.asarray(self._series.data[index]))
        channels = getattr(self._series, "channel_conversion", None)
        if channels is not None:
            axis = getattr(channels, "axis", 1)
            if axis >= self.ndim or len(channels) != self.shape[axis]:
                msg = f"{self._series!r}: {len(channels)} values of channel_conversion do not fit data of {self.shape}"
                raise ValueError(msg)
            factors = np.asarray(channels).reshape([-1 if number == axis else 1 for number in range(self.ndim)])
            # seen in the shape of the data, without memory for it, factors are indexed as the data is
            values = values * np.broadcast_to(factors, self.shape)[index].astype(values.dtype, copy=False)
        offset = float(getattr(self._series, "offset", None) or 0.0)  # core has it since 2.5
        return values + offset if offset else values

    def _times_conversion(self, values: np.ndarray[Any, Any]) -> Any:
        if values.dtype.kind not in "biufc":
            msg = f"{self._series!r} holds {dtype_name(values.dtype)}, which has no unit: read its data"
            raise ValueError(msg)
        conversion = getattr(self._series, "conversion", None)
        return values * (1.0 if conversion is None else float(conversion))

    def __len__(self) -> int:
        """Return the number of samples."""
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        """Yield the samples, reading about 1 MiB at a time."""
        step = max(1, (1 << 20) * len(self) // max(1, self.size * self.dtype.itemsize))
        for start in range(0, len(self), step):
            yield from self[start : start + step]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:  # noqa: FBT001 - numpy's
        """Read everything."""
        if copy is False:
            msg = "Data in its unit is reckoned, and cannot become a numpy array without a copy"
            raise ValueError(msg)
        return np.asarray(self[...], dtype=dtype)

    if not TYPE_CHECKING:  # type checkers know the attributes

        def __getattr__(self, name: str) -> Any:
            """Refuse an attribute; where numpy has it, say how to get there."""
            return not_there(self, name)

    def __repr__(self) -> str:
        """Return shape, dtype and unit; no value is read."""
        return f"<Scaled {self.shape} {self.dtype} in {self.unit!r} of {self._series!r}>"
