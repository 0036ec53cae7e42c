"""What a stored object is, in few words, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
from h5py import h5a, h5d, h5g, h5o, h5t

from nwb_models.io.elsewhere import declared_space
from nwb_models.io.heaps import watched
from nwb_models.io.outside import shape_of
from nwb_models.io.type_names import type_name
from nwb_models.io.values import decode, read_attribute
from nwb_models.models.check import shape_name

if TYPE_CHECKING:
    from nwb_models.io.nodes import StoredLink


def kind_of(obj: Any) -> str:
    """Return whether an open object is a group, a dataset or a named type."""
    return "group" if isinstance(obj, h5g.GroupID) else "dataset" if isinstance(obj, h5d.DatasetID) else "named type"


def described(obj: Any) -> str:
    """Return what an object is in few words: its type, its shape, and how much is in it."""
    if isinstance(obj, h5t.TypeID):
        return f"named type {type_name(obj)}"
    typed = read_attribute(obj, b"neurodata_type", str) if h5a.exists(obj, b"neurodata_type") else None
    words = [typed if isinstance(typed, str) else kind_of(obj)]
    if isinstance(obj, h5d.DatasetID):
        shape = shape_of(obj)
        words.append("empty" if shape is None else shape_name(shape))
        return ", ".join([*words, type_name(obj.get_type())])
    below: list[bytes] = []
    with watched(obj) as again:
        h5o.visit(again, below.append)
    return f"{words[0]}, {len(below) - 1} objects in it" if len(below) > 1 else f"{words[0]}, empty"


def link_text(link: StoredLink) -> str:
    """Return what a soft or external link says."""
    where = f"{link.filename}:{link.path}" if link.kind == "external" else link.path
    return f"{link.kind} link to {where}"


def storage_of(dataset: h5d.DatasetID) -> str:
    """Return how a dataset is stored."""
    options = dataset.get_create_plist()
    layouts = {h5d.COMPACT: "compact", h5d.CONTIGUOUS: "contiguous", h5d.CHUNKED: "chunks", h5d.VIRTUAL: "virtual"}
    layout = layouts.get(options.get_layout(), "unknown")
    words = [f"{layout} {shape_name(options.get_chunk())}" if layout == "chunks" else layout]
    for number in range(options.get_nfilters()):
        code, _, values, name = options.get_filter(number)
        words.append(f"{decode(name) or code} {values}" if values else decode(name) or str(code))
    shape = shape_of(dataset)
    if shape:
        limits = declared_space(dataset).get_simple_extent_dims(maxdims=True)
        unlimited = h5py.h5s.UNLIMITED
        grows = tuple(None if limit == unlimited else limit for limit in limits)
        words += [f"grows to {shape_name(grows)}"] if grows != shape else []
    if options.fill_value_defined() == h5d.FILL_VALUE_USER_DEFINED:
        words.append("fill value " + _fill_value(dataset))
    return ", ".join(words)


def _fill_value(dataset: h5d.DatasetID) -> str:
    try:
        return str(h5py.Dataset(dataset).fillvalue)
    except (TypeError, OSError, RuntimeError, ValueError):
        return "of its own"
