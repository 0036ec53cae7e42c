"""Specification -> LinkML -> pydantic."""

from nwb_models.schema.sources import load
from nwb_models.schema.translation import from_linkml, to_linkml

__all__ = ["from_linkml", "load", "to_linkml"]
