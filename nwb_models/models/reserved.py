"""Names that a field or a class of a generated module cannot have, because something else has them."""

from __future__ import annotations

NAMES = frozenset(
    {
        "Absent", "Annotated", "Any", "Array", "Attribute", "Children", "ClassVar", "Collection", "Dataset",
        "DynamicTableMixin", "DynamicTableRegionMixin", "False", "Filled", "Given", "Group", "ImageSeriesMixin", "Link",
        "Literal", "Made", "Many", "NWBDataset", "NWBFileMixin", "NWBGroup", "NWBModel", "Name", "None", "Reference",
        "Shortcut", "TimeSeriesMixin", "True", "Value", "Values", "VectorDataMixin", "VectorIndexMixin", "annotations",
        "bool", "datetime", "float", "int", "str",
    }
)  # fmt: skip
"""Names of a generated module that are not its own classes."""

FIELDS = frozenset(
    {
        "name", "object_id", "neurodata_type", "namespace", "specified", "issues", "parent", "path",
        # members of pydantic.BaseModel
        "construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema",
        "schema_json", "update_forward_refs", "validate", "model_computed_fields", "model_config", "model_construct",
        "model_copy", "model_dump", "model_dump_json", "model_extra", "model_fields", "model_fields_set",
        "model_json_schema", "model_parametrized_name", "model_post_init", "model_rebuild", "model_validate",
        "model_validate_json", "model_validate_strings",
    }
)  # fmt: skip
"""Names that no field can have, because every model has a member of that name; a test compares them."""

GROUP_FIELDS = frozenset(
    {
        "add", "add_column", "add_row", "add_rows", "columns", "find", "from_dataframe", "get", "get_timestamps",
        "items", "keys", "scaled", "time_window", "to_dask", "to_dataframe", "to_xarray", "values",
    }
)  # fmt: skip
"""Names that no field of a group can have."""

DATASET_FIELDS = frozenset({"append", "value", "shape", "dtype", "ndim", "size", "row", "to_dataframe"})
"""Names that no field of a dataset can have, but for its payload, ``value``."""
