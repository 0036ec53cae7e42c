"""The rules by which the NWB specification language becomes LinkML."""

from nwb_models.schema.translation.namespace import merge, to_linkml

__all__ = ["merge", "to_linkml"]
