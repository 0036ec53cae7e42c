"""`plot`: a picture of an object, by its type or the nearest one above that is known.

Each picture is made of a bounded part of the data, however long a recording is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nwb_models.misspelt import meant
from nwb_models.models.base import NWBGroup, NWBModel
from nwb_models.models.children import Collection
from nwb_models.models.mixins.tables import DynamicTableMixin
from nwb_models.models.time_series_reference import window_between
from nwb_models.views import marks, pictures, traces

if TYPE_CHECKING:
    from matplotlib.axes import Axes


Picture = Callable[..., None]
"""What draws objects of a type: called with the object, the axes, and options."""

PICTURES: dict[str, Picture] = {
    "AnnotationSeries": marks.notes,
    "EventsTable": marks.events,
    "Image": pictures.image,
    "ImageSeries": pictures.frame,
    "IndexSeries": traces.steps,
    "IntervalSeries": marks.interval_series,
    "PlaneSegmentation": pictures.rois,
    "SpikeEventSeries": traces.snippets,
    "SpatialSeries": traces.position,
    "TimeIntervals": marks.intervals,
    "TimeSeries": traces.series,
    "Units": marks.raster,
    # of ndx-events
    "AnnotatedEventsTable": marks.ragged_events,
    "Events": marks.events,
}
"""neurodata_type -> what draws it.  Types that derive from one of these are drawn as it; others can be put in."""


def plot(thing: NWBModel, ax: Axes | None = None, **options: Any) -> Axes:
    """Draw an object: a series, units, intervals, events, an image, a frame, or the regions of a segmentation.

    Parameters
    ----------
    thing
        A model.  Something that is drawn in no way of its own is drawn as the one child that is, or the one in its
        containers.
    ax
        The axes of matplotlib to draw in; new ones where they are not given.
    **options
        Of series: ``start`` and ``stop`` in seconds, and ``channels``, a list or slice.  Of positions, units, events
        and intervals: ``start`` and ``stop``; of units ``units``, a list or slice of rows; of intervals and events
        ``by``, the name of a column to tell them apart.  Of snippets of spikes ``channel``.  Of image series ``frame``,
        a number; of all images ``transpose``.  Of segmentations ``rois``, a list or slice of rows.

        What is not said is chosen such that little is read, and the title says so where that is not all, or where a
        window in time has nothing of units, events or intervals in it.

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn in.  Times are in seconds; data is in its unit, conversion and offset applied.

    Raises
    ------
    ImportError
        Where matplotlib is not installed.
    TypeError
        Where no picture of the object is known, or an option is not for it.
    IndexError
        Where there is no such channel, unit, region or frame.
    ValueError
        Where there is nothing to draw: no data, no times, nothing of a series in the window, or data that is in other
        files; where the window ends before it begins.

    Examples
    --------
    >>> import nwb_models as nwb
    >>> nwbfile = nwb.read("session.nwb")  # doctest: +SKIP
    >>> nwb.plot(nwbfile.acquisition["ElectricalSeries"], start=1.0, stop=1.5)  # doctest: +SKIP
    """
    drawn, draw = _found(thing)
    _require_options(drawn, draw, options)
    if ax is not None and not hasattr(ax, "plot"):
        msg = f"ax is what to draw in, axes of matplotlib, and not {ax!r:.80}: what else is asked for has a name"
        raise TypeError(msg)
    if ax is None:
        ax = _new_axes()
    draw(drawn, ax, **options)
    return ax


def _require_options(thing: Any, draw: Picture, options: dict[str, Any]) -> None:
    """Refuse an option that a picture has not, and a window in time that is none."""
    taken = inspect.signature(draw).parameters.values()
    known = [entry.name for entry in taken if entry.kind is entry.KEYWORD_ONLY]
    wrong = next((name for name in options if name not in known), None)
    if wrong is not None and not any(entry.kind is entry.VAR_KEYWORD for entry in taken):
        hint = meant(wrong, known)
        msg = f"plot has no option {wrong!r} for {thing!r}{hint or '; it has: ' + (', '.join(known) or 'none')}"
        raise TypeError(msg)
    window_between(options.get("start"), options.get("stop"))


def picture_of(model: Any) -> Picture | None:
    """Return what draws an object, by its type or the nearest one above; None where nothing does."""
    for base in type(model).__mro__ if getattr(model, "specified", True) else ():
        draw = PICTURES.get(getattr(base, "neurodata_type", None) or "")
        if draw is not None:
            return draw
    return None


def _found(thing: Any) -> tuple[Any, Picture]:
    draw = picture_of(thing)
    if draw is not None:
        return thing, draw
    inside = _inside(thing)
    if not inside:  # a processing module has containers, and these have what is drawn
        inside = [(f"{name}/{last}", child) for name, part in _children(thing) for last, child in _inside(part)]
    if len(inside) == 1:
        return _found(inside[0][1])
    known = ", ".join(sorted(PICTURES))
    hint = f"these are drawn: {known}, and what derives from them"
    if inside:
        hint = f"draw one of what is in it: {', '.join(repr(name) for name, _ in inside[:8])}"
    msg = f"{thing!r:.200} has no picture; {hint}"
    raise TypeError(msg)


def _inside(thing: Any) -> list[tuple[str, Any]]:
    """Return the children that are drawn, with their names."""
    return [(name, child) for name, child in _children(thing) if picture_of(child) is not None]


def _children(thing: Any) -> list[tuple[str, Any]]:
    """Return the children of a group or a collection, with their names; a table has none that are drawn."""
    has_children = isinstance(thing, NWBGroup | Collection) and not isinstance(thing, DynamicTableMixin)
    return [(name, thing[name]) for name in thing] if has_children else []


def _new_axes() -> Axes:
    require_matplotlib()
    from matplotlib import pyplot

    _, ax = pyplot.subplots(figsize=(8, 4.5), layout="constrained")
    return ax


def require_matplotlib() -> None:
    """Say what to install.

    Raises
    ------
    ImportError
        Where matplotlib is not there.
    """
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        msg = "Pictures are drawn with matplotlib, which is not installed: pip install 'pydantic-nwb[plot]'"
        raise ImportError(msg) from error
