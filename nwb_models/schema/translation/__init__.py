"""The rules by which the NWB specification language becomes LinkML, and LinkML that language again.

They are imported when one of them is asked for: most files have specifications whose models are there already.
"""

from typing import TYPE_CHECKING

from nwb_models.late import late

if TYPE_CHECKING:
    from nwb_models.schema.translation.documents import from_linkml, to_linkml
    from nwb_models.schema.translation.handwritten import is_handwritten, normalized
    from nwb_models.schema.translation.namespace import translate, translated_classes

__all__ = ["from_linkml", "is_handwritten", "normalized", "to_linkml", "translate", "translated_classes"]

__getattr__ = late(
    __name__,
    {
        "from_linkml": "nwb_models.schema.translation.documents:from_linkml",
        "is_handwritten": "nwb_models.schema.translation.handwritten:is_handwritten",
        "normalized": "nwb_models.schema.translation.handwritten:normalized",
        "to_linkml": "nwb_models.schema.translation.documents:to_linkml",
        "translate": "nwb_models.schema.translation.namespace:translate",
        "translated_classes": "nwb_models.schema.translation.namespace:translated_classes",
    },
)
