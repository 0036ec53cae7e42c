"""Pictures of pictures: images, frames of series, and the regions of interest of a segmentation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.columns import Column, indexes_of
from nwb_models.views.marks import COLORS
from nwb_models.views.windows import MOST, chosen, require_cheap, require_data, time_of, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROIS = 500
"""How many regions are drawn where nobody says which."""


def image(model: Any, ax: Axes, /, *, transpose: bool = False) -> None:
    """Draw an image, its first axis downwards, as most programs store it."""
    shape = model.shape
    if len(shape) not in (2, 3) or 0 in shape:
        msg = f"{model!r} has the shape {shape}, which is no image"
        raise ValueError(msg)
    require_cheap(model.value, model)
    step = _step(shape)
    _shown(ax, np.asarray(model.value[::step, ::step]), transpose=transpose, step=step)
    titled(ax, model, [f"each {step}th pixel" if step > 1 else ""])


def frame(series: Any, ax: Axes, /, *, frame: int = 0, transpose: bool = True) -> None:
    """Draw one frame; its first axis goes to the right, as the specification of series of images has it."""
    shape: tuple[int, ...] = getattr(series.data, "shape", ())
    require_data(series, shape)
    if len(shape) < 3:
        msg = f"{series!r} has the shape {shape}, which is no series of images"
        raise ValueError(msg)
    frame = int(chosen(frame, shape[0], "frame", series)[0])
    step = _step(shape[1:])
    pixels = np.asarray(series.data[frame, ::step, ::step])
    is_volume = pixels.ndim == 3 and pixels.shape[-1] not in (3, 4)
    if is_volume:
        pixels = pixels[..., pixels.shape[-1] // 2]
    _shown(ax, pixels, transpose=transpose, step=step)
    number = range(shape[0])[frame]
    try:
        when = f" at {time_of(series, number):.3f} s"
    except ValueError:
        when = ""
    notes = [f"frame {number} of {shape[0]}{when}", "the plane in the middle" if is_volume else ""]
    titled(ax, series, [*notes, f"each {step}th pixel" if step > 1 else ""])


def _step(shape: tuple[int, ...]) -> int:
    return max(1, math.ceil(math.sqrt(math.prod(shape) / (4 * MOST.get()))))


def _shown(ax: Axes, pixels: Any, *, transpose: bool, step: int) -> None:
    if transpose:
        pixels = np.swapaxes(pixels, 0, 1)
    if pixels.ndim == 3 and pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    is_color = pixels.ndim == 3
    if is_color and pixels.shape[-1] not in (3, 4):
        msg = f"an image of {pixels.shape[-1]} colours cannot be shown: 3 or 4 are known"
        raise ValueError(msg)
    if is_color and pixels.dtype != np.uint8:
        top = float(np.nanmax(pixels, initial=0)) or 1.0
        pixels = np.clip(pixels / (top if top > 1 else 1.0), 0, 1)
    height, width = pixels.shape[:2]
    edges = (-0.5, width * step - 0.5, height * step - 0.5, -0.5)
    options: dict[str, Any] = {} if is_color else {"cmap": "gray"}
    ax.imshow(pixels, extent=edges, interpolation="nearest", **options)
    _pixel_axes(ax)


def _pixel_axes(ax: Axes) -> None:
    ax.set_xlabel("x [pixels]")
    ax.set_ylabel("y [pixels]")


# ---------------------------------------------------------------------------------------------- regions
def rois(table: Any, ax: Axes, /, *, rois: Any = None) -> None:
    """Draw the masks of regions of interest, each in a colour; voxels are seen from above."""
    count = len(table)
    rows = chosen(rois, count, "rois", table, ROIS)
    masks, rows = _masks(table, rows)
    width = max((int(x.max()) for x, _, _ in masks if len(x)), default=0) + 1
    height = max((int(y.max()) for _, y, _ in masks if len(y)), default=0) + 1
    image_mask = table.get("image_mask")
    if image_mask is not None:
        width, height = image_mask.shape[1:3]
    if width * height > 8 * MOST.get():
        msg = f"{table!r} is of {width} x {height} pixels, which is too large for a picture"
        raise ValueError(msg)
    canvas = np.zeros((height, width, 4))
    for number, (x, y, weight) in enumerate(masks):
        color = [int(COLORS[number % len(COLORS)][place : place + 2], 16) / 255 for place in (1, 3, 5)]
        strength = 0.25 + 0.65 * weight / (weight.max(initial=0) or 1)
        stronger = strength > canvas[y, x, 3]
        canvas[y[stronger], x[stronger], :3] = color
        canvas[y[stronger], x[stronger], 3] = strength[stronger]
        if len(masks) <= 60 and len(x):
            ax.text(x.mean(), y.mean(), str(rows[number]), ha="center", va="center", size="x-small")
    ax.imshow(canvas, interpolation="nearest")
    _pixel_axes(ax)
    titled(
        ax,
        table,
        [f"{len(masks)} of {count} regions" if len(masks) < count and rois is None else f"{len(masks)} regions"],
    )


def _masks(table: Any, rows: Any) -> tuple[list[tuple[Any, Any, Any]], Any]:
    """Return x, y and weight of the pixels of regions, and of which ones: no more than may be read."""
    most = 16 * MOST.get()
    image_mask = table.get("image_mask")
    if image_mask is not None:
        require_cheap(image_mask.value, image_mask)
        size = math.prod(image_mask.shape[1:])
        rows = rows[: max(1, most // max(1, size))]
        return [_of_image(np.asarray(image_mask.value[int(row)])) for row in rows], rows
    name = next((name for name in ("pixel_mask", "voxel_mask") if table.get(name) is not None), None)
    if name is None:
        msg = f"{table!r} has no masks to draw"
        raise ValueError(msg)
    model = table[name]
    column = Column(model, indexes_of(model, table))
    require_cheap(column.data, model)
    ends = np.asarray(Column(column.outermost, []).data[: int(rows.max(initial=-1)) + 1]).astype(np.int64)
    lengths = np.diff(ends, prepend=0)[rows]
    rows = rows[: max(1, int(np.searchsorted(np.cumsum(lengths), most)))]
    return [_of_pixels(cell) for cell in column.cells(rows)], rows


def _of_image(mask: Any) -> tuple[Any, Any, Any]:
    plane = np.nan_to_num(mask.max(axis=2) if mask.ndim == 3 else mask)
    x, y = np.nonzero(plane > 0)
    return x, y, plane[x, y].astype(float)


def _of_pixels(cell: Any) -> tuple[Any, Any, Any]:
    """Return x, y and weight: of compound rows, or of rows of numbers with the weight last, as old files have them."""
    cell = np.asarray(cell)
    columns = [cell[name] for name in ("x", "y", "weight")] if cell.dtype.names else [cell[:, at] for at in (0, 1, -1)]
    x, y = (column.astype(np.int64) for column in columns[:2])
    there = (x >= 0) & (y >= 0)
    return x[there], y[there], columns[2].astype(float)[there]
