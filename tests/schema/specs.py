"""Specifications for the tests: small ones written here, and those that pynwb and hdmf publish."""

from __future__ import annotations

import copy
from functools import cache
from importlib import resources
from typing import Any

import yaml

from nwb_models.schema.language import Namespace, Spec, Specifications, load_namespaces

BASE = """
groups:
- neurodata_type_def: Container
  doc: A group.
- neurodata_type_def: Device
  neurodata_type_inc: Container
  doc: A device.
- neurodata_type_def: Series
  neurodata_type_inc: Container
  doc: A series.
  datasets:
  - name: data
    doc: The data.
    dtype: numeric
    shape: [null]
    attributes:
    - {name: unit, dtype: text, doc: The unit.}
datasets:
- neurodata_type_def: Data
  doc: A dataset.
- neurodata_type_def: Column
  neurodata_type_inc: Data
  doc: A column.
  dims: [rows]
  shape: [null]
  attributes:
  - {name: description, dtype: text, doc: What it is.}
"""
"""Types that the extensions of the tests include, far fewer than core has."""

AWKWARD = """
groups:
- neurodata_type_def: TimeSeries
  neurodata_type_inc: NWBContainer
  doc: 'Redefines a type of core: "quotes" and {{ braces }} and \\ backslashes.'
  attributes:
  - {name: class, doc: A keyword., dtype: text, value: 'a: b'}
  - {name: 1st row, doc: No identifier., dtype: int8, default_value: 0}
  - {name: data, doc: As the dataset., dtype: bool, default_value: false}
  - {name: nothing, doc: Fixed to nothing., dtype: text, value: ''}
  datasets:
  - name: data
    doc: Alternatives.
    dtype: numeric
    dims: [[t, x], [x, t]]
    shape: [[null, 1], [1, null]]
    attributes:
    - {name: unit, doc: A unit., dtype: text}
  - {name: mask, doc: Compound., dtype: [{name: x y, dtype: int8, doc: X}], shape: [null], quantity: '?'}
  groups:
  - name: class
    doc: A group.
    datasets:
    - {neurodata_type_inc: VectorData, doc: Any name.}
  links:
  - {target_type: Device, doc: A device., quantity: '*'}
- {neurodata_type_def: My-Type, doc: One.}
- {neurodata_type_def: My Type, neurodata_type_inc: TimeSeries, doc: The other.}
"""
"""Types of an extension of core, with what is awkward about names, values and documentation."""


def namespace(
    name: str = "ndx-test",
    version: str = "0.1.0",
    *,
    text: str = "",
    includes: tuple[str, ...] = (),
    groups: Any = (),
    datasets: Any = (),
    **header: Any,
) -> Namespace:
    """Return a namespace with one document, from YAML or from lists of types."""
    document = yaml.safe_load(text) if text else {"groups": list(groups), "datasets": list(datasets)}
    schema: list[Spec] = [{"namespace": other} for other in includes]
    entry = {"name": name, "version": version, "doc": "For a test.", "schema": [*schema, {"source": "types"}]}
    return Namespace({"namespace": {"namespaces": [entry | header]}, "types": document})


def base() -> Namespace:
    """Return the namespace with the types of `BASE`."""
    return namespace("base", "1.0.0", text=BASE)


def extension(text: str, **more: Any) -> tuple[Namespace, Specifications]:
    """Return an extension of `BASE`, and it with what it includes."""
    found = namespace(text=text, includes=("base",), **more)
    return found, Specifications([base(), found])


@cache
def _published() -> tuple[Namespace, ...]:
    core = resources.files("pynwb") / "nwb-schema" / "core" / "nwb.namespace.yaml"
    common = resources.files("hdmf.common") / "hdmf-common-schema" / "common" / "namespace.yaml"
    return (*load_namespaces(str(core)), *load_namespaces(str(common)))


def published() -> list[Namespace]:
    """Return core, hdmf-common and hdmf-experimental as they are published, to be changed at will."""
    return [Namespace(copy.deepcopy(dict(entry.documents))) for entry in _published()]


def with_core(*extensions: Namespace) -> Specifications:
    """Return extensions together with what is published."""
    return Specifications([*_published(), *extensions])
