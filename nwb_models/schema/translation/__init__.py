"""The rules by which the NWB specification language becomes LinkML."""

from nwb_models.schema.translation.namespace import to_linkml, translated_classes

__all__ = ["to_linkml", "translated_classes"]
