"""Specification -> LinkML -> pydantic."""

from typing import TYPE_CHECKING

from nwb_models.late import late

if TYPE_CHECKING:
    from nwb_models.schema.sources import load
    from nwb_models.schema.translation import from_linkml, to_linkml

__all__ = ["from_linkml", "load", "to_linkml"]

__getattr__ = late(
    __name__,
    {
        "from_linkml": "nwb_models.schema.translation:from_linkml",
        "load": "nwb_models.schema.sources:load",
        "to_linkml": "nwb_models.schema.translation:to_linkml",
    },
)
