"""Pictures of what happens at some times: spikes, events, intervals and notes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.columns import Column, indexes_of
from nwb_models.models.mixins.series import found_at
from nwb_models.views.windows import MOST, chosen, nothing_between, plain, require_cheap, samples_between, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNITS = 200
"""How many units are drawn where nobody says which."""
EVENTS = 10_000
"""How many events or intervals are drawn."""
KINDS = 8
"""How many kinds of events are told apart."""
COLORS = ("#2f6f9f", "#c8652b", "#4f8f4f", "#8a5fa8", "#b59b2e", "#a34a5c", "#4a9a9a", "#777777")
OTHER = "#bbbbbb"


# ---------------------------------------------------------------------------------------------- units
def raster(
    table: Any, ax: Axes, /, *, start: float | None = None, stop: float | None = None, units: Any = None
) -> None:
    """Draw the spikes of units, a row for each."""
    model = table.get("spike_times")
    indexes = [] if model is None else indexes_of(model, table)
    if model is None or len(indexes) != 1:
        msg = f"{table!r} has no spike times to draw"
        raise ValueError(msg)
    spikes, ends = Column(model, indexes).data, Column(indexes[0], []).data
    require_cheap(spikes, model)
    count = len(ends)
    rows = chosen(units, count, "units", table, UNITS)
    bounds = np.concatenate([[0], np.asarray(ends[: int(rows.max(initial=-1)) + 1]).astype(np.int64)])
    bounds = np.clip(bounds, 0, len(spikes))
    parts = [(int(bounds[row]), int(bounds[row + 1])) for row in rows]
    times, until = _spikes(spikes, parts, start, stop)
    for place, (row, found) in enumerate(zip(rows, times, strict=True)):
        del row
        ax.plot(
            found, np.full(len(found), place), "|", color=COLORS[0], markersize=_mark(len(rows)), markeredgewidth=0.6
        )
    ax.set_ylim(len(rows) - 0.5, -0.5)
    if len(rows) <= 20:
        ax.set_yticks(range(len(rows)), [str(row) for row in rows])
    ax.set_ylabel("unit")
    ax.set_xlabel("time [s]")
    notes = [f"{len(rows)} of {count} units" if len(rows) < count and units is None else ""]
    notes += [f"up to {until:.4g} s" if until is not None else "", nothing_between(start, stop, sum(map(len, times)))]
    titled(ax, table, notes)


def _mark(rows: int) -> float:
    return float(np.clip(240 / max(1, rows), 1.2, 12))


def _spikes(
    spikes: Any, parts: list[tuple[int, int]], start: float | None, stop: float | None
) -> tuple[list[Any], float | None]:
    """Return the spikes of each unit in a window, and where that ends early since no more were read."""
    most = max(20, MOST.get() // max(1, len(parts)))
    found, until = [], None
    for begin, end in parts:
        first = begin if start is None else found_at(spikes, start, begin, end)
        last = end if stop is None else found_at(spikes, stop, first, end)
        times = np.asarray(spikes[first : min(last, first + most)], dtype=float)
        if last - first > most:
            until = float(times[-1]) if until is None else min(until, float(times[-1]))
        found.append(times)
    if until is not None:
        found = [times[times <= until] for times in found]
    return found, until


# ---------------------------------------------------------------------------------------------- intervals
def intervals(
    table: Any, ax: Axes, /, *, start: float | None = None, stop: float | None = None, by: str | None = None
) -> None:
    """Draw intervals as spans over the height of the axes, in a colour for each value of a column."""
    count = min(len(table), EVENTS)
    begins, ends = (np.asarray(table[name][:count], dtype=float) for name in ("start_time", "stop_time"))
    is_own = not ax.has_data()
    kinds, labels = _kinds(table, by, count)
    inside = (ends >= (-np.inf if start is None else start)) & (begins <= (np.inf if stop is None else stop))
    for kind, label in enumerate(labels):
        some = inside & (kinds == kind)
        spans = np.column_stack([begins[some], ends[some] - begins[some]])
        color = COLORS[kind] if kind < KINDS else OTHER
        ax.broken_barh(
            spans.tolist(), (0, 1), facecolors=color, edgecolors=color, alpha=0.35, linewidth=0.5,
            transform=ax.get_xaxis_transform(), label=label,
        )  # fmt: skip
    _finished(ax, table, labels, count, len(table), nothing_between(start, stop, inside.sum()), is_own=is_own)
    if is_own and inside.any():
        shown = begins[inside].min(), ends[inside][np.isfinite(ends[inside])].max(initial=begins[inside].max())
        ax.set_xlim(*(_margins(*shown)))


def interval_series(series: Any, ax: Axes, /, *, start: float | None = None, stop: float | None = None) -> None:
    """Draw the intervals of a series of their beginnings and ends."""
    first, last = _part(series, start, stop)
    values, times = np.asarray(series.data[first:last]), series.get_timestamps(slice(first, last))
    is_own = not ax.has_data()
    spans = [
        (begin, end - begin)
        for (begin, value), (end, following) in itertools.pairwise(zip(times, values, strict=True))
        if value > 0 and following == -value
    ]
    ax.broken_barh(spans, (0, 1), facecolors=COLORS[0], alpha=0.35, transform=ax.get_xaxis_transform())
    note = nothing_between(start, stop, len(spans))
    _finished(ax, series, [None], last - first, len(series.data), note, is_own=is_own)
    if is_own and len(times):
        ax.set_xlim(*_margins(float(times.min()), float(times.max())))


# ---------------------------------------------------------------------------------------------- events
def events(
    thing: Any, ax: Axes, /, *, start: float | None = None, stop: float | None = None, by: str | None = None
) -> None:
    """Draw events as lines over the height of the axes: of a table with timestamps, or of an object that has them."""
    column = next((thing.get(name) for name in ("timestamp", "timestamps") if thing.get(name) is not None), None)
    if column is None:
        msg = f"{thing!r} has no timestamps to draw"
        raise ValueError(msg)
    total = len(column)
    times = np.asarray(column[:EVENTS], dtype=float)
    kinds, labels = _kinds(thing, by, len(times))
    inside = (times >= (-np.inf if start is None else start)) & (times <= (np.inf if stop is None else stop))
    groups = [times[inside & (kinds == kind)] for kind in range(len(labels))]
    _lines(ax, thing, groups, labels, len(times), total, nothing_between(start, stop, inside.sum()))


def ragged_events(table: Any, ax: Axes, /, *, start: float | None = None, stop: float | None = None) -> None:
    """Draw a table with a kind of events in each row."""
    low, high = (-np.inf if start is None else start), (np.inf if stop is None else stop)
    rows = [np.asarray(table["event_times"][row][:EVENTS], dtype=float) for row in range(min(len(table), KINDS))]
    names = table.get("label")
    labels = [plain(names[row]) if names is not None else str(row) for row in range(len(rows))]
    groups = [times[(times >= low) & (times <= high)] for times in rows]
    _lines(ax, table, groups, labels, len(rows), len(table), nothing_between(start, stop, sum(map(len, groups))))


def notes(series: Any, ax: Axes, /, *, start: float | None = None, stop: float | None = None) -> None:
    """Draw notes: a line at the time of each, with its text where there are few."""
    first, last = _part(series, start, stop)
    times = series.get_timestamps(slice(first, last))
    _lines(ax, series, [times], [None], last - first, len(series.data), nothing_between(start, stop, len(times)))
    for time, text in zip(times, series.data[first:last], strict=True) if len(times) <= 20 else ():
        ax.text(
            time,
            0.98,
            plain(text, 30),
            rotation=90,
            va="top",
            ha="right",
            size="small",
            transform=ax.get_xaxis_transform(),
        )


def _lines(ax: Axes, thing: Any, groups: list[Any], labels: list[Any], shown: int, total: int, note: str) -> None:
    is_own = not ax.has_data()
    for kind, (times, label) in enumerate(zip(groups, labels, strict=True)):
        color = COLORS[kind] if kind < KINDS else OTHER
        ax.vlines(times, 0, 1, color=color, linewidth=0.8, alpha=0.8, transform=ax.get_xaxis_transform(), label=label)
    _finished(ax, thing, labels, shown, total, note, is_own=is_own)
    times = np.concatenate(groups) if groups else np.empty(0)
    if is_own and len(times):
        ax.set_xlim(*_margins(float(times.min()), float(times.max())))


def _finished(ax: Axes, thing: Any, labels: list[Any], shown: int, total: int, note: str, *, is_own: bool) -> None:
    if any(label is not None for label in labels):
        ax.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    if is_own:
        ax.set_xlabel("time [s]")
        ax.set_yticks([])
        ax.set_ylim(0, 1)
        titled(ax, thing, [note or (f"first {shown:,} of {total:,}" if shown < total else "")])
        ax.spines["left"].set_visible(False)


def _margins(low: float, high: float) -> tuple[float, float]:
    edge = (high - low) * 0.02 or 0.5
    return low - edge, high + edge


def _part(series: Any, start: float | None, stop: float | None) -> tuple[int, int]:
    first, last = samples_between(series, start, stop, len(series.data))
    return first, min(last, first + EVENTS)


def _kinds(table: Any, by: str | None, count: int) -> tuple[Any, list[Any]]:
    """Return a number for each row that says of which kind it is, and what the kinds are called.

    The most frequent have a kind of their own, and all others one together.
    """
    if by is None:
        return np.zeros(count, np.int64), [None]
    if not isinstance(by, str):
        msg = f"by={by!r:.80}: the name of a column is needed"  # type: ignore[unreachable]
        raise TypeError(msg)
    values = [plain(value, 30) for value in table[by][:count]]
    unique, places, counts = np.unique(np.array(values, dtype=str), return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    number = np.empty(len(unique), np.int64)
    number[order] = np.minimum(np.arange(len(unique)), KINDS)
    labels = [str(unique[place]) for place in order[:KINDS]]
    return number[places.reshape(-1)], labels + ["other"] * (len(unique) > KINDS)
