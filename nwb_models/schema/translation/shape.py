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

    Alternatives go into ``any_of``.  What a LinkML array cannot say stays as an annotation:

    >>> array({"dims": ["t", "x"], "shape": [None, 3]})
    {'array': {'dimensions': [{'alias': 't'}, {'alias': 'x', 'exact_cardinality': 3}]}}
    >>> array({"shape": [[2], [3]]})["any_of"][1]
    {'array': {'dimensions': [{'exact_cardinality': 3}]}}
    >>> array({"dims": ["x", "x, y"], "shape": [[None], [None, 2]]})["annotations"]
    {'dims': '["x", "x, y"]'}
    >>> array({})
    {}
    """
    dims, shape = alternatives(spec.get("dims")), alternatives(spec.get("shape"))
    known = shape if shape is not None else dims
    if known is None:
        return {"annotations": {key: json.dumps(spec[key]) for key in ("dims", "shape") if key in spec}} if (
            "dims" in spec or "shape" in spec
        ) else {}
    agree = dims is None or list(map(len, dims)) == list(map(len, known))
    sizes = shape if shape is not None else [[None] * len(entry) for entry in known]
    names = dims if dims is not None and agree else [[None] * len(entry) for entry in known]
    arrays = [{"array": _dimensions(*pair)} for pair in zip(names, sizes, strict=True)]
    result: dict[str, Any] = arrays[0] if len(arrays) == 1 else {"any_of": arrays}
    if not agree:
        result["annotations"] = {"dims": json.dumps(spec["dims"])}
    return result


def _dimensions(names: list[Any], sizes: list[Any]) -> dict[str, Any]:
    dimensions = []
    for name, size in zip(names, sizes, strict=True):
        dimension: dict[str, Any] = {}
        if name is not None:
            dimension["alias"] = str(name)
        if isinstance(size, int):
            dimension["exact_cardinality"] = size
        dimensions.append(dimension)
    return {"dimensions": dimensions}


def shapes(slot: dict[str, Any]) -> tuple[Shape, ...] | None:
    """Return the shapes that a slot allows, None where it is no array: what `array` wrote, read back.

    >>> shapes(array({"shape": [[None], [None, 2]]}))
    ((None,), (None, 2))
    """
    found = [slot["array"]] if "array" in slot else [entry["array"] for entry in slot.get("any_of", ()) if "array" in entry]
    if not found:
        return None
    return tuple(
        tuple(dimension.get("exact_cardinality") for dimension in entry.get("dimensions", ())) for entry in found
    )
