"""What a model is: the base classes, the markers, collections and arrays that generated classes are made of."""

from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBDataset, NWBGroup, NWBModel, Shortcut
from nwb_models.models.children import Collection
from nwb_models.models.given import Absent, Filled, Given, Made, Many, Values
from nwb_models.models.issues import Issue
from nwb_models.models.mapping import Attribute, Children, Dataset, Group, Link, Name, Reference, Value

__all__ = [
    "Absent",
    "Array",
    "Attribute",
    "Children",
    "Collection",
    "Dataset",
    "Filled",
    "Given",
    "Group",
    "Issue",
    "Link",
    "Made",
    "Many",
    "NWBDataset",
    "NWBGroup",
    "NWBModel",
    "Name",
    "Reference",
    "Shortcut",
    "Value",
    "Values",
]
