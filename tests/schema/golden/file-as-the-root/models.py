"""types of ndx-test 0.1.0: generated from the specifications with sha256 0000000000000000, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Dataset, Group, Made, NWBGroup, Name, Shortcut

from ...base.v1_0_0.types import Container

__all__ = ["File", "File__general"]


class File__general(NWBGroup):
    """Metadata."""

    lab: Annotated[str | None, Dataset(dtype="text")] = None
    """The lab."""


class File(Container):
    """The root of a file."""

    neurodata_type: ClassVar[str] = "File"
    namespace: ClassVar[str] = "ndx-test"

    name: Annotated[str, Name()] = "root"
    general: Annotated[File__general, Group()] = Made(lambda: File__general(name="general"))
    """Metadata."""

    lab: str | None = Shortcut("general", "lab")
