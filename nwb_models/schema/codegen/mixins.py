"""Behaviour of some types: which generated class inherits which mixin.

Subclasses inherit it, so the table of every extension has it, too.
"""

from __future__ import annotations

MIXINS: dict[str, tuple[str, str]] = {
    "DynamicTable": ("nwb_models.models.mixins.tables", "DynamicTableMixin"),
    "DynamicTableRegion": ("nwb_models.models.mixins.columns", "DynamicTableRegionMixin"),
    "NWBFile": ("nwb_models.models.mixins.files", "NWBFileMixin"),
    "VectorData": ("nwb_models.models.mixins.columns", "VectorDataMixin"),
    "VectorIndex": ("nwb_models.models.mixins.columns", "VectorIndexMixin"),
}
"""neurodata_type -> (module, class)."""

NAMESPACES = ("hdmf-common", "core")
"""The namespaces whose types these are; before core 2.2 the tables were part of core."""
