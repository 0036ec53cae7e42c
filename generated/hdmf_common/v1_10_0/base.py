"""base of hdmf-common 1.10.0: generated from the specifications with sha256 72bf01a046bb8eca, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Children, Collection, Made, NWBDataset, NWBGroup

__all__ = ["Container", "Data", "SimpleMultiContainer"]


class Data(NWBDataset):
    """An abstract data type for a dataset."""

    neurodata_type: ClassVar[str] = "Data"
    namespace: ClassVar[str] = "hdmf-common"


class Container(NWBGroup):
    """An abstract data type for a group storing collections of data and metadata. Base type for all data and metadata
    containers.
    """

    neurodata_type: ClassVar[str] = "Container"
    namespace: ClassVar[str] = "hdmf-common"


class SimpleMultiContainer(Container):
    """A simple Container for holding onto multiple containers."""

    neurodata_type: ClassVar[str] = "SimpleMultiContainer"
    namespace: ClassVar[str] = "hdmf-common"

    data: Annotated[Collection[Data], Children(kind="dataset")] = Made(Collection)
    """Data objects held within this SimpleMultiContainer."""
    container: Annotated[Collection[Container], Children(kind="group")] = Made(Collection)
    """Container objects held within this SimpleMultiContainer."""
