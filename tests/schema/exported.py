"""What the tests of the exports share: an extension with what is awkward for them, and its exports, made once."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema

from nwb_models.schema.export import exported_files
from nwb_models.schema.language import Specifications
from nwb_models.schema.sources import completed, shipped_namespaces
from tests.schema.specs import namespace

EXTENSION = r"""
groups:
- neurodata_type_def: Rig
  neurodata_type_inc: Device
  doc: "A rig.\u2028DROP TABLE Device; --\nDROP TABLE Device; */ alert(1) \"\"\" \\ <script> ``` ]]> {{ 1 }} %s"
  attributes:
  - {name: gain, doc: A constant., dtype: float32, value: -1.0}
  - {name: order, doc: A word of SQL., dtype: int64}
  - {name: class, doc: A word of TypeScript., dtype: bool, required: false}
  - {name: first, doc: A reference., dtype: {target_type: TimeSeries, reftype: object}, required: false}
  links:
  - {name: stand, target_type: Device, doc: What it stands on., quantity: '?'}
- neurodata_type_def: QuietSeries
  neurodata_type_inc: TimeSeries
  doc: A series whose data may be left out.
  datasets:
  - name: data
    dtype: numeric
    doc: The data.
    shape: [[null], [null, 3]]
    dims: [[t], [t, xyz]]
    quantity: '?'
  - name: rows
    doc: Compound.
    dtype: [{name: x y, dtype: int8, doc: X}, {name: of, dtype: {target_type: TimeSeries, reftype: object}, doc: Of}]
    shape: [null]
    quantity: '?'
  groups:
  - name: nothing
    doc: It holds nothing.
    quantity: '?'
- neurodata_type_def: QuietSeriesData
  neurodata_type_inc: NWBContainer
  doc: Its name is near that of the data of the series.
datasets:
- neurodata_type_def: Anything
  neurodata_type_inc: NWBData
  doc: Nothing is said of what is in it.
"""


@cache
def core() -> Specifications:
    """Return the newest core, with what it includes."""
    return Specifications(shipped_namespaces("core", "2.11.0"))


@cache
def extension() -> Specifications:
    """Return an extension of it."""
    return completed([namespace("ndx-rig", text=EXTENSION, includes=("core",))])


@cache
def exported(name: str, kind: str) -> dict[str, str]:
    """Return the files of an export: of ``core``, or of the extension."""
    return exported_files({"core": core, "ndx-rig": extension}[name](), kind)


def only(name: str, kind: str) -> str:
    """Return the one file of an export."""
    (text,) = exported(name, kind).values()
    return text


_VALIDATORS: dict[tuple[str, ...], jsonschema.Draft201909Validator] = {}


def validator(specifications: Specifications) -> jsonschema.Draft201909Validator:
    """Return what checks against the JSON Schema of all that is specified."""
    key = tuple(sorted(map(specifications.digest, specifications)))
    if key not in _VALIDATORS:
        files = exported_files(specifications, "json-schema")
        text = files["all.schema.json"] if len(files) > 1 else next(iter(files.values()))
        _VALIDATORS[key] = jsonschema.Draft201909Validator(json.loads(text))
    return _VALIDATORS[key]


def errors(specifications: Specifications, document: Any) -> list[str]:
    """Return what the JSON Schema of specifications has to say against a document, in one line each."""
    found = validator(specifications).iter_errors(document)
    best = [jsonschema.exceptions.best_match([error]) for error in found]
    return [f"{error.json_path}: {error.message}" for error in best if error is not None]
