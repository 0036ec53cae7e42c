"""Behaviour of some types: which generated class inherits which mixin.

Subclasses inherit it, so the table of every extension has it, too.
"""

from __future__ import annotations

MIXINS: dict[str, tuple[str, str]] = {
    "DynamicTable": ("nwb_models.models.mixins.tables", "DynamicTableMixin"),
    "DynamicTableRegion": ("nwb_models.models.mixins.columns", "DynamicTableRegionMixin"),
    "ImageSeries": ("nwb_models.models.mixins.series", "ImageSeriesMixin"),
    "NWBFile": ("nwb_models.models.mixins.files", "NWBFileMixin"),
    "TimeSeries": ("nwb_models.models.mixins.series", "TimeSeriesMixin"),
    "VectorData": ("nwb_models.models.mixins.columns", "VectorDataMixin"),
    "VectorIndex": ("nwb_models.models.mixins.columns", "VectorIndexMixin"),
}
"""neurodata_type -> (module, class)."""

FILLED: dict[str, frozenset[str]] = {
    "DynamicTableMixin": frozenset({"colnames", "id"}),
    "ImageSeriesMixin": frozenset({"data"}),
    "NWBFileMixin": frozenset({"file_create_date", "timestamps_reference_time"}),
}
"""Mixin -> required members that its constructor makes where they are not given; that of a table makes columns, too."""

NAMESPACES = ("hdmf-common", "core")
"""The namespaces whose types these are; before core 2.2 the tables were part of core."""
