"""What holds an object: noted where somebody puts it, and found by its path where it was read.

It is asked for seldom, and objects are read by the thousand: so models have no field for it.
"""

from __future__ import annotations

from functools import cache
from posixpath import dirname
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

from nwb_models.errors import ObjectNotFoundError
from nwb_models.models.children import Collection
from nwb_models.models.mapping import owns, storage

if TYPE_CHECKING:
    from nwb_models.models.base import NWBGroup, NWBModel

_holders: WeakKeyDictionary[Any, ref[Any]] = WeakKeyDictionary()
"""Object -> the one that it was put into; whether it is there still is looked up."""


def note(child: Any, holder: Any) -> None:
    """Take note that an object was put into another one."""
    if hasattr(child, "neurodata_type"):
        _holders[child] = ref(holder)


def note_children(holder: NWBModel, *fields: str) -> None:
    """Take note of what an object holds in memory, in some fields or in all; links hold nothing."""
    values, place = vars(holder), ref(holder)
    owning = owning_fields(type(holder))
    for field in owning.intersection(fields) if fields else owning:
        value = values.get(field)
        if isinstance(value, Collection):
            value.owner = place
            _holders.update((item, place) for item in value._items.values() if hasattr(item, "neurodata_type"))
        elif hasattr(value, "neurodata_type"):
            _holders[value] = place


@cache
def owning_fields(cls: type[NWBModel]) -> frozenset[str]:
    """Return the fields of a class whose objects live in its own: that is, those that are no links."""
    tables = storage(cls)
    entries = (*tables.children.values(), *tables.unnamed, *tables.collections)
    return frozenset(entry.field for entry in entries if entry.model is not None and owns(entry))


def holder_of(child: NWBModel) -> NWBGroup | None:
    """Return the group that holds an object, None for a root and for what nothing holds."""
    noted = _holders.get(child)
    holder: Any = noted() if noted is not None else None
    if holder is None and child._source is not None and child._path not in (None, "/"):
        try:
            holder = child._source.read(dirname(str(child._path)))
        except ObjectNotFoundError:  # it was taken away
            return None
    return holder if holder is not None and holder.get(child.name) is child else None
