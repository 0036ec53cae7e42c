"""table of hdmf-common 1.10.0: generated from the specifications with sha256 72bf01a046bb8eca, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import (
    Array,
    Attribute,
    Children,
    Collection,
    Dataset,
    Filled,
    Given,
    Group,
    Made,
    Many,
    NWBGroup,
    Name,
    Reference,
    Shortcut,
    Value,
    Values,
)
from nwb_models.models.mixins.columns import DynamicTableRegionMixin, VectorDataMixin, VectorIndexMixin
from nwb_models.models.mixins.tables import DynamicTableMixin

from .base import Container, Data

__all__ = ["AlignedDynamicTable", "DynamicTable", "DynamicTableRegion", "DynamicTable__meanings_tables"]
__all__ += ["ElementIdentifiers", "MeaningsTable", "VectorData", "VectorIndex"]


class VectorData(VectorDataMixin, Data):
    """An n-dimensional dataset representing a column of a DynamicTable. If used without an accompanying VectorIndex,
    first dimension is along the rows of the DynamicTable and each step along the first dimension is a cell of the
    larger table. VectorData can also be used to represent a ragged array if paired with a VectorIndex. This allows
    for storing arrays of varying length in a single cell of the DynamicTable by indexing into this VectorData. The
    first vector is at VectorData[0:VectorIndex[0]]. The second vector is at
    VectorData[VectorIndex[0]:VectorIndex[1]], and so on.
    """

    neurodata_type: ClassVar[str] = "VectorData"
    namespace: ClassVar[str] = "hdmf-common"

    value: Annotated[
        Given[Array, Values], Value(shape=((None,), (None, None), (None, None, None), (None, None, None, None)))
    ]
    description: Annotated[str, Attribute(dtype="text")]
    """Description of what these vectors represent."""


class VectorIndex(VectorIndexMixin, VectorData):
    """Used with VectorData to encode a ragged array. An array of indices into the first dimension of the target
    VectorData, forming a map between the rows of a DynamicTable and the indices of the VectorData. The name of the
    VectorIndex is expected to be the name of the target VectorData object followed by "_index".
    """

    neurodata_type: ClassVar[str] = "VectorIndex"
    namespace: ClassVar[str] = "hdmf-common"

    value: Annotated[Given[Array, Values], Value(dtype="uint8", shape=((None,),))]
    target: Annotated[VectorData, Reference()]
    """Reference to the target dataset that this index applies to."""


class ElementIdentifiers(Data):
    """A list of unique identifiers for values within a dataset, e.g. rows of a DynamicTable."""

    neurodata_type: ClassVar[str] = "ElementIdentifiers"
    namespace: ClassVar[str] = "hdmf-common"

    name: Annotated[str, Name()] = "element_id"
    value: Annotated[Given[Array, Values], Value(dtype="int32", shape=((None,),))]


class DynamicTable__meanings_tables(NWBGroup):
    """Group containing MeaningsTable objects that provide meanings for values in VectorData columns within this
    DynamicTable.
    """

    meanings_table: Annotated[Collection[MeaningsTable], Children(kind="group")] = Made(Collection)
    """MeaningsTable objects that provide meanings for values in VectorData columns within this DynamicTable. Tables
    should be named according to the column they provide meanings for with a "_meanings" suffix. e.g., if a
    VectorData column is named "stimulus_type", the corresponding MeaningsTable should be named
    "stimulus_type_meanings".
    """


class DynamicTable(DynamicTableMixin, Container):
    """A group containing multiple datasets that are aligned on the first dimension (Currently, this requirement is left
    up to APIs to check and enforce). These datasets represent different columns in the table. Apart from a column
    that contains unique identifiers for each row, there are no other required datasets. Users are free to add any
    number of custom VectorData objects (columns) here. DynamicTable also supports ragged array columns, where each
    element can be of a different size. To add a ragged array column, use a VectorIndex type to index the
    corresponding VectorData type. See documentation for VectorData and VectorIndex for more details. Unlike a
    compound data type, which is analogous to storing an array-of-structs, a DynamicTable can be thought of as a
    struct-of-arrays. This provides an alternative structure to choose from when optimizing storage for anticipated
    access patterns. Additionally, this type provides a way of creating a table without having to define a compound
    type up front. Although this convenience may be attractive, users should think carefully about how data will be
    accessed. DynamicTable is more appropriate for column-centric access, whereas a dataset with a compound type
    would be more appropriate for row-centric access. Finally, data size should also be taken into account. For small
    tables, performance loss may be an acceptable trade-off for the flexibility of a DynamicTable.
    """

    neurodata_type: ClassVar[str] = "DynamicTable"
    namespace: ClassVar[str] = "hdmf-common"

    colnames: Annotated[Given[Array, Values], Attribute(dtype="text", shape=((None,),))] = Filled
    """The names of the columns in this table. This should be used to specify an order to the columns."""
    description: Annotated[str, Attribute(dtype="text")]
    """Description of what is in this dynamic table."""
    id: Annotated[Given[ElementIdentifiers, Values], Dataset()] = Filled
    """Array of unique identifiers for the rows of this dynamic table."""
    vector_data: Annotated[Collection[VectorData], Children(kind="dataset")] = Made(Collection)
    """Vector columns, including index columns, of this dynamic table."""
    meanings_tables: Annotated[DynamicTable__meanings_tables | None, Group()] = None
    """Group containing MeaningsTable objects that provide meanings for values in VectorData columns within this
    DynamicTable.
    """

    meanings_table: Given[Collection[MeaningsTable] | None, Many[MeaningsTable]] = Shortcut(
        "meanings_tables", "meanings_table"
    )


class DynamicTableRegion(DynamicTableRegionMixin, VectorData):
    """DynamicTableRegion provides a link from one table to an index or region of another. The `table` attribute is a
    link to another `DynamicTable`, indicating which table is referenced, and the data is int(s) indicating the
    row(s) (0-indexed) of the target array. `DynamicTableRegion`s can be used to associate rows with repeated
    meta-data without data duplication. They can also be used to create hierarchical relationships between multiple
    `DynamicTable`s. `DynamicTableRegion` objects may be paired with a `VectorIndex` object to create ragged
    references, so a single cell of a `DynamicTable` can reference many rows of another `DynamicTable`.
    """

    neurodata_type: ClassVar[str] = "DynamicTableRegion"
    namespace: ClassVar[str] = "hdmf-common"

    value: Annotated[Given[Array, Values], Value(dtype="int32", shape=((None,),))]
    table: Annotated[DynamicTable, Reference()]
    """Reference to the DynamicTable object that this region applies to."""
    description: Annotated[str, Attribute(dtype="text")]
    """Description of what this table region points to."""


class AlignedDynamicTable(DynamicTable):
    """DynamicTable container that supports storing a collection of sub-tables. Each sub-table is a DynamicTable itself
    that is aligned with the main table by row index. I.e., all DynamicTables stored in this group MUST have the same
    number of rows. This type effectively defines a 2-level table in which the main data is stored in the main table
    implemented by this type and additional columns of the table are grouped into categories, with each category
    being represented by a separate DynamicTable stored within the group.
    """

    neurodata_type: ClassVar[str] = "AlignedDynamicTable"
    namespace: ClassVar[str] = "hdmf-common"

    categories: Annotated[Given[Array, Values], Attribute(dtype="text", shape=((None,),))]
    """The names of the categories in this AlignedDynamicTable. Each category is represented by one DynamicTable stored
    in the parent group. This attribute should be used to specify an order of categories and the category names must
    match the names of the corresponding DynamicTable in the group.
    """
    dynamic_table: Annotated[Collection[DynamicTable], Children(kind="group")] = Made(Collection)
    """A DynamicTable representing a particular category for columns in the AlignedDynamicTable parent container. The
    table MUST be aligned with (i.e., have the same number of rows) as all other DynamicTables stored in the
    AlignedDynamicTable parent container. The name of the category is given by the name of the DynamicTable and its
    description by the description attribute of the DynamicTable.
    """


class MeaningsTable(DynamicTable):
    """A table to store information about the meanings of values in a referenced VectorData object. All possible values
    of the referenced VectorData object should be present in the 'value' column of this table, even if the value is
    not observed in the data. Additional columns may be added to store additional metadata about each value. The name
    of the MeaningsTable should correspond to the name of the referenced VectorData object with a "_meanings" suffix.
    e.g., if the referenced VectorData object is named "stimulus_type", the corresponding MeaningsTable should be
    named "stimulus_type_meanings".
    """

    neurodata_type: ClassVar[str] = "MeaningsTable"
    namespace: ClassVar[str] = "hdmf-common"

    target: Annotated[VectorData, Reference()] = Filled
    """Reference to the VectorData object for which this table provides meanings."""
    value: Annotated[Given[VectorData, Values], Dataset()] = Filled
    """The value of a row in the referenced VectorData object."""
    meaning: Annotated[Given[VectorData, Values], Dataset(dtype="text")] = Filled
    """The meaning of the value in the referenced VectorData object."""
