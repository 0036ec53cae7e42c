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
