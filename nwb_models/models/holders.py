"""What holds an object: noted where somebody puts it, and found by its path where it was read.

It is asked for seldom, and objects are read by the thousand: so models have no field for it, but a slot that is empty
until somebody puts them somewhere.  What holds an object lives as long as the object.
"""

from __future__ import annotations

from functools import cache
from posixpath import dirname
from typing import TYPE_CHECKING, Any

from nwb_models.errors import ObjectNotFoundError
from nwb_models.models.children import Collection
from nwb_models.models.mapping import owns, storage

if TYPE_CHECKING:
    from nwb_models.models.base import NWBGroup, NWBModel


def note(child: Any, holder: Any) -> None:
    """Take note that an object was put into another one."""
    if hasattr(child, "neurodata_type"):
        object.__setattr__(child, "_held_by", holder)


def note_children(holder: NWBModel, *fields: str) -> None:
    """Take note of what an object holds in memory, in some fields or in all; links hold nothing."""
    values = vars(holder)
    owning = owning_fields(type(holder))
    for field in owning.intersection(fields) if fields else owning:
        value = values.get(field)
        if isinstance(value, Collection):
            value.owner = holder
            for item in value._items.values():
                note(item, holder)
        else:
            note(value, holder)


@cache
def owning_fields(cls: type[NWBModel]) -> frozenset[str]:
    """Return the fields of a class whose objects live in its own: that is, those that are no links."""
    tables = storage(cls)
    entries = tables.members()
    return frozenset(entry.field for entry in entries if entry.model is not None and owns(entry))


def holder_of(child: NWBModel) -> NWBGroup | None:
    """Return the group that holds an object, None for a root and for what nothing holds."""
    holder: Any = getattr(child, "_held_by", None)  # it may have let go of the object since
    if holder is None and child._source is not None and child._path not in (None, "/"):
        try:
            holder = child._source.read(dirname(str(child._path)))
        except ObjectNotFoundError:  # it was taken away
            return None
    return holder if holder is not None and holder.get(child.name) is child else None
