"""dims and shape <-> LinkML arrays."""

from __future__ import annotations

import json
from typing import Any

Shape = tuple[int | None, ...]


def alternatives(value: Any) -> list[list[Any]] | None:
    """Return dims or shape as a list of alternatives, None where it has another form.

    >>> alternatives([None, 3]), alternatives([["x"], ["x", "y"]]), alternatives(None)
    ([[None, 3]], [['x'], ['x', 'y']], None)
    """
    if not isinstance(value, list) or not value:
        return None
    if all(isinstance(entry, list) for entry in value):
        return value
    if any(isinstance(entry, list) for entry in value):
        return None
    return [value]


def array(spec: dict[str, Any]) -> dict[str, Any]:
    """Return what dims and shape say of a slot.

    NWB::

        dims: [num_times, x]
        shape: [null, 3]

    LinkML::

        array: {dimensions: [{alias: num_times}, {alias: x, exact_cardinality: 3}]}

    Alternatives go into ``any_of``, beside the least and greatest number of dimensions: linkml's generators
    look for ``array`` in the slot itself.  What a LinkML array cannot say stays as an annotation:

    >>> array({"dims": ["t", "x"], "shape": [None, 3]})
    {'array': {'dimensions': [{'alias': 't'}, {'alias': 'x', 'exact_cardinality': 3}]}}
    >>> array({"shape": [[None], [None, 3]]})["array"]
    {'minimum_number_dimensions': 1, 'maximum_number_dimensions': 2}
    >>> array({"shape": [[None], [None, 3]]})["any_of"][1]
    {'array': {'dimensions': [{'minimum_cardinality': 0}, {'exact_cardinality': 3}]}}
    >>> array({"dims": ["x", "x, y"], "shape": [[None], [None, 2]]})["annotations"]
    {'dims': '["x", "x, y"]'}
    >>> array({})
    {}
    """
    dims, shape = alternatives(spec.get("dims")), alternatives(spec.get("shape"))
    known = shape if shape is not None else dims
    if known is None:
        return _annotated(spec, "dims", "shape")
    agree = dims is not None and list(map(len, dims)) == list(map(len, known))
    sizes = shape if shape is not None else [[None] * len(entry) for entry in known]
    names = dims if dims is not None and agree else [[None] * len(entry) for entry in known]
    arrays = [{"array": _dimensions(*pair)} for pair in zip(names, sizes, strict=True)]
    if len(arrays) == 1:
        result: dict[str, Any] = arrays[0]
    else:
        lengths = [len(entry) for entry in known]
        bounds = {"minimum_number_dimensions": min(lengths), "maximum_number_dimensions": max(lengths)}
        result = {"array": bounds, "any_of": arrays}
    return result | _annotated(spec, *(["dims"] if not agree else []), *(["shape"] if shape is None else []))


def _annotated(spec: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return the annotations that keep some keys of a specification as they are."""
    kept = {key: json.dumps(spec[key]) for key in keys if spec.get(key) is not None}
    return {"annotations": kept} if kept else {}


def _dimensions(names: list[Any], sizes: list[Any]) -> dict[str, Any]:
    dimensions = []
    for name, size in zip(names, sizes, strict=True):
        dimension: dict[str, Any] = {}
        if name is not None:
            dimension["alias"] = str(name)
        if isinstance(size, int):
            dimension["exact_cardinality"] = size
        # linkml's loader refuses an empty entry of a list
        dimensions.append(dimension or {"minimum_cardinality": 0})
    return {"dimensions": dimensions}


def shapes(slot: dict[str, Any]) -> tuple[Shape, ...] | None:
    """Return the shapes that a slot allows, None where it is no array: what `array` wrote, read back.

    >>> shapes(array({"shape": [[None], [None, 2]]}))
    ((None,), (None, 2))
    """
    found = _arrays(slot)
    return tuple(tuple(dimension.get("exact_cardinality") for dimension in entry) for entry in found) or None


def dims_and_shape(slot: dict[str, Any]) -> dict[str, Any]:
    """Return dims and shape of a slot as its specification has them: what `array` wrote, read back.

    >>> dims_and_shape(array({"dims": ["t", "x"], "shape": [None, 3]}))
    {'dims': ['t', 'x'], 'shape': [None, 3]}
    """
    found = _arrays(slot)
    names = [[dimension.get("alias") for dimension in entry] for entry in found]
    sizes = [[dimension.get("exact_cardinality") for dimension in entry] for entry in found]
    spec: dict[str, Any] = {}
    if any(name is not None for entry in names for name in entry):
        spec["dims"] = names if len(names) > 1 else names[0]
    if found:
        spec["shape"] = sizes if len(sizes) > 1 else sizes[0]
    annotations = slot.get("annotations", {})
    return spec | {key: json.loads(annotations[key]) for key in ("dims", "shape") if key in annotations}


def _arrays(slot: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the dimensions of each array that a slot allows."""
    entries = slot.get("any_of") or [slot]
    return [entry["array"]["dimensions"] for entry in entries if "dimensions" in entry.get("array", ())]
