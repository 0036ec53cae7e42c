"""The rules by which the NWB specification language becomes LinkML, and LinkML that language again."""

from nwb_models.schema.translation.documents import from_linkml, to_linkml
from nwb_models.schema.translation.namespace import translate, translated_classes

__all__ = ["from_linkml", "to_linkml", "translate", "translated_classes"]
