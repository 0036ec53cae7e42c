"""An extension with something of everything, and changes of it at random: most of them break the language."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.schema.specs import base, namespace

PLAIN = st.one_of(st.sampled_from(["data", "unit", "name", "value", "Series", "Device", "Data"]), st.text())
"""Names that the documents use, and any text."""
KEYS = [
    *(
        "name",
        "doc",
        "dtype",
        "dims",
        "shape",
        "value",
        "default_value",
        "quantity",
        "required",
        "default_name",
    ),
    *("attributes", "datasets", "groups", "links", "target_type", "reftype", "version", "title", "author"),
    *("neurodata_type_def", "neurodata_type_inc", "data_type_def", "namespace", "source", "schema"),
]

EXTENSION = """
groups:
- neurodata_type_def: Rig
  neurodata_type_inc: Container
  doc: A rig.
  attributes:
  - {name: note, dtype: text, doc: A note., value: fixed}
  - {name: gain, dtype: float32, doc: A gain., default_value: 1.0}
  - {name: device, dtype: {target_type: Device, reftype: object}, doc: A device.}
  datasets:
  - name: image
    dtype: uint8
    dims: [[x, y], [x, y, 'r, g, b']]
    shape: [[null, null], [null, null, 3]]
    doc: An image.
    attributes: [{name: unit, dtype: text, doc: A unit.}]
  - name: mask
    dtype: [{name: x, dtype: uint32, doc: X.}, {name: w, dtype: float32, doc: W.}]
    doc: Rows.
    quantity: '?'
  - {neurodata_type_inc: Column, doc: Columns., quantity: '*'}
  groups:
  - name: general
    doc: A group.
    groups: [{name: deep, doc: Deep., quantity: '?'}]
  - name: series
    neurodata_type_inc: Series
    doc: A series.
    attributes: [{name: more, dtype: int, doc: More.}]
  links:
  - {name: link, target_type: Device, doc: A link.}
- neurodata_type_def: Special
  neurodata_type_inc: Series
  doc: Special.
  datasets:
  - name: data
    dtype: int16
    doc: Mine.
    attributes: [{name: unit, dtype: text, value: volts, doc: Fixed.}]
datasets:
- {neurodata_type_def: Note, neurodata_type_inc: Data, dtype: text, doc: A note.}
"""


def documents() -> list[Any]:
    """Return the documents of an extension and of what it includes, to be changed."""
    extension = namespace("ndx-evil", "0.1.0", text=EXTENSION, includes=("base",), title="T", author=["A"])
    return [json.loads(json.dumps(dict(entry.documents))) for entry in (extension, base())]


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a document, what is deeper before what is above."""
    found = []
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        found += [*places(child, (*path, key)), (*path, key)]
    return found


def put(document: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        document = document[key]
    document[path[-1]] = value


def values_of(words: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Return what JSON may hold, with these words for its text."""
    return st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | words,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
        max_leaves=4,
    )


@st.composite
def edited(draw: st.DrawFn, words: st.SearchStrategy[str]) -> list[Any]:
    """The documents with some entries changed or added at random."""
    changed, values = documents(), values_of(words)
    for _ in range(draw(st.integers(1, 4))):
        document = changed[draw(st.sampled_from([0, 0, 0, 0, 1]))]
        path = draw(st.sampled_from(places(document)))
        if draw(st.booleans()):
            put(document, path, draw(words if draw(st.booleans()) else values))
            continue
        target = document
        for key in path:
            target = target[key]
        if isinstance(target, dict):
            target[draw(st.sampled_from(KEYS) | words)] = draw(values)
        elif isinstance(target, list):
            target.append(draw(values))
    return changed
