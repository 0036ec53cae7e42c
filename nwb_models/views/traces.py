"""Pictures of series: traces of channels over time, and paths in space."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.check import dtype_name
from nwb_models.views.marks import notes
from nwb_models.views.windows import chosen, plain, require_data, thinned, titled, window_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHANNELS = 16
"""How many channels are drawn where nobody says which."""
SNIPPETS = 100
"""How many snippets of spikes are drawn."""
BINS = 2000
"""Into how many pieces of time a trace is divided, of each of which the least and the largest value are drawn."""
NO_UNIT = ("n.a.", "n/a", "na", "none", "unknown", "")
"""What is written where there is none."""
SYMBOLS = {
    "volts": "V", "volt": "V", "V": "V", "amperes": "A", "ampere": "A", "A": "A", "meters": "m", "meter": "m",
    "metres": "m", "m": "m", "watts": "W", "W": "W", "siemens": "S", "S": "S", "ohms": "Ω", "farads": "F", "F": "F",
}  # fmt: skip
"""Units that are written with a prefix, such as µV."""
PREFIXES = {9: "G", 6: "M", 3: "k", 0: "", -3: "m", -6: "µ", -9: "n", -12: "p"}
"""Those of powers of ten."""
LINE, INK = "#2f6f9f", "#444444"


def series(
    thing: Any, ax: Axes, /, *, start: float | None = None, stop: float | None = None, channels: Any = None
) -> None:
    """Draw a series over time: channels above each other, where there are several; text as notes."""
    if getattr(thing.data, "ndim", 0) == 1 and thing.data.dtype.kind in "OSU":
        notes(thing, ax, start=start, stop=stop)
        return
    columns, note = _channels(thing, channels)
    window = window_of(thing, start, stop, columns)
    if thing.data.dtype.kind not in "biuf":
        msg = f"{thing!r} holds {dtype_name(thing.data.dtype)}, which is no number: there is nothing to draw"
        raise ValueError(msg)
    times, values, is_part = thinned(thing, thing.scaled, window, columns)
    values, label = _prefixed(values, _unit(thing))
    if values.shape[1] == 1:
        ax.plot(*_envelope(times, values[:, 0]), color=LINE, linewidth=0.8)
        ax.set_ylabel(_axis(thing, label))
    else:
        _stacked(ax, times, values, columns, label)
    _decorated(ax, thing, [window.note, note, "thinned out" if is_part else ""])


def _stacked(ax: Axes, times: Any, values: Any, chosen: Any, label: str) -> None:
    """Draw channels above each other, the first one on top, with a bar that says how far apart they are."""
    center = np.array([_middle(column) for column in values.T])
    distances = np.abs(values - center)
    distances = distances[np.isfinite(distances)]
    spread = float(np.percentile(distances, 99)) if distances.size else 0.0
    step = _round(spread * 2.5) if spread > 0 else 1.0
    count = values.shape[1]
    for place in range(count):
        ax.plot(*_envelope(times, values[:, place] - center[place] - place * step), color=LINE, linewidth=0.6)
    ax.set_yticks([-place * step for place in range(count)], [str(number) for number in chosen])
    ax.set_ylabel(f"channel (one step: {step:g} {label})" if label else "channel")


def _middle(column: Any) -> float:
    numbers = column[np.isfinite(column)]
    return float(np.median(numbers)) if numbers.size else 0.0


def steps(thing: Any, ax: Axes, /, *, start: float | None = None, stop: float | None = None) -> None:
    """Draw a series of numbers that hold until the next one."""
    window = window_of(thing, start, stop, np.arange(1))
    times, values, is_part = thinned(thing, thing.data, window, np.arange(1))
    ax.step(times, values[:, 0], where="post", color=LINE, linewidth=0.9)
    ax.set_ylabel(plain(thing.name))
    _decorated(ax, thing, [window.note, "thinned out" if is_part else ""])


def snippets(thing: Any, ax: Axes, /, *, channel: int = 0) -> None:
    """Draw snippets around spikes over each other, of one channel."""
    shape: tuple[int, ...] = getattr(thing.data, "shape", ())
    require_data(thing, shape)
    if len(shape) not in (2, 3):
        msg = f"{thing!r} has the shape {shape}, and snippets have two axes or three"
        raise ValueError(msg)
    if len(shape) == 3:
        channel = int(chosen(channel, shape[1], "channel", thing)[0])
    values = thing.scaled[:SNIPPETS] if len(shape) == 2 else thing.scaled[:SNIPPETS, channel]
    values, label = _prefixed(values, _unit(thing))
    for snippet in values:
        ax.plot(snippet, color=LINE, linewidth=0.6, alpha=0.4)
    ax.set_ylabel(_axis(thing, label))
    ax.set_xlabel("sample")
    notes = [f"channel {channel} of {shape[1]}" if len(shape) == 3 else ""]
    notes += [f"first {len(values)} of {shape[0]:,}" if len(values) < shape[0] else ""]
    _decorated(ax, thing, notes, is_in_time=False)


def position(thing: Any, ax: Axes, /, *, start: float | None = None, stop: float | None = None) -> None:
    """Draw a position: the path where there are two coordinates, and each over time otherwise."""
    shape = thing.data.shape
    if len(shape) != 2 or shape[1] != 2:
        series(thing, ax, start=start, stop=stop)
        return
    window = window_of(thing, start, stop, np.arange(2))
    _, values, is_part = thinned(thing, thing.scaled, window, np.arange(2))
    values, label = _prefixed(values, _unit(thing))
    ax.plot(values[:, 0], values[:, 1], color=LINE, linewidth=0.8, alpha=0.8)
    ax.plot(values[:1, 0], values[:1, 1], "o", color=INK, markersize=4, label="start")
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xlabel(f"x [{label}]" if label else "x")
    ax.set_ylabel(f"y [{label}]" if label else "y")
    ax.legend(frameon=False, fontsize="small")
    _decorated(ax, thing, [window.note, "thinned out" if is_part else ""], is_in_time=False)


def _channels(thing: Any, channels: Any) -> tuple[Any, str]:
    """Return the numbers of the channels, and what there is to say about that."""
    shape = thing.data.shape
    count = math.prod(shape[1:])
    if channels is None:
        note = f"{CHANNELS} of {count} channels" if count > CHANNELS else ""
        return np.arange(min(count, CHANNELS)), note
    return chosen(channels, count, "channels", thing), ""


def _unit(thing: Any) -> str:
    unit = getattr(thing.data, "unit", None)
    return plain(unit, 20) if isinstance(unit, str) and unit.lower() not in NO_UNIT else ""


def _prefixed(values: Any, unit: str) -> tuple[Any, str]:
    """Return values with a prefix before their unit with which they are neither very large nor very small."""
    symbol = SYMBOLS.get(unit)
    largest = np.max(np.abs(values), initial=0.0, where=np.isfinite(values))
    if symbol is None or largest == 0:
        return values, symbol or unit
    power = 3 * math.floor(math.log10(float(largest)) / 3)
    power = min(max(power, -12), 9)
    return values / 10.0**power, PREFIXES[power] + symbol


def _axis(thing: Any, label: str) -> str:
    return f"{plain(thing.name)} [{label}]" if label else plain(thing.name)


def _envelope(times: Any, values: Any) -> tuple[Any, Any]:
    """Return a trace with the least and the largest value of each of `BINS` pieces, where it has many more."""
    if len(values) <= 4 * BINS:
        return times, values
    size = math.ceil(len(values) / BINS)
    whole = len(values) // size * size
    pieces = values[:whole].reshape(-1, size)
    low, high = np.fmin.reduce(pieces, axis=1), np.fmax.reduce(pieces, axis=1)  # NaN where there is nothing else
    middle = times[:whole].reshape(-1, size)[:, size // 2]
    return np.repeat(middle, 2), np.column_stack([low, high]).ravel()


def _round(value: float) -> float:
    """Return a round number that is not smaller: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999)


def _decorated(ax: Axes, thing: Any, notes: list[str], *, is_in_time: bool = True) -> None:
    if is_in_time:
        ax.set_xlabel("time [s]")
        ax.margins(x=0)
    titled(ax, thing, notes)
