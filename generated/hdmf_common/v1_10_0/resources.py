"""resources of hdmf-common 1.10.0: generated from the specifications with sha256 72bf01a046bb8eca, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Dataset, Given, Values

from .base import Container, Data

__all__ = ["HERD"]


class HERD(Container):
    """HDMF External Resources Data Structure. A set of six tables for tracking external resource references in a file
    or across multiple files.
    """

    neurodata_type: ClassVar[str] = "HERD"
    namespace: ClassVar[str] = "hdmf-common"

    keys_: Annotated[Given[Data, Values], Dataset(name="keys", dtype=(("key", "text"),), shape=((None,),))]
    """A table for storing user terms that are used to refer to external resources."""
    files: Annotated[Given[Data, Values], Dataset(dtype=(("file_object_id", "text"),), shape=((None,),))]
    """A table for storing object ids of files used in external resources."""
    entities: Annotated[
        Given[Data, Values], Dataset(dtype=(("entity_id", "text"), ("entity_uri", "text")), shape=((None,),))
    ]
    """A table for mapping user terms (i.e., keys) to resource entities."""
    objects: Annotated[
        Given[Data, Values],
        Dataset(
            dtype=(
                ("files_idx", "uint"),
                ("object_id", "text"),
                ("object_type", "text"),
                ("relative_path", "text"),
                ("field", "text"),
            ),
            shape=((None,),),
        ),
    ]
    """A table for identifying which objects in a file contain references to external resources."""
    object_keys: Annotated[
        Given[Data, Values], Dataset(dtype=(("objects_idx", "uint"), ("keys_idx", "uint")), shape=((None,),))
    ]
    """A table for identifying which objects use which keys."""
    entity_keys: Annotated[
        Given[Data, Values], Dataset(dtype=(("entities_idx", "uint"), ("keys_idx", "uint")), shape=((None,),))
    ]
    """A table for identifying which keys use which entity."""
