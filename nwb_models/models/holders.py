"""What holds an object: noted where somebody puts it, and found by its path where it was read.

It is asked for seldom, and objects are read by the thousand: so models have no field for it.
"""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

from nwb_models.errors import ObjectNotFoundError
from nwb_models.models.children import Collection
from nwb_models.models.mapping import owns, storage

if TYPE_CHECKING:
    from nwb_models.models.base import NWBGroup, NWBModel
    from nwb_models.models.mapping import StoredField

_holders: WeakKeyDictionary[Any, ref[Any]] = WeakKeyDictionary()
"""Object -> the one that it was put into; whether it is there still is looked up."""


def note(child: Any, holder: Any) -> None:
    """Take note that an object was put into another one."""
    if hasattr(child, "neurodata_type"):
        _holders[child] = ref(holder)


def note_children(holder: NWBModel) -> None:
    """Take note of all that an object holds in memory."""
    tables = storage(type(holder))
    for entry in (*tables.children.values(), *tables.unnamed, *tables.collections):
        note_member(holder, entry)


def note_member(holder: NWBModel, entry: StoredField) -> None:
    """Take note of what a field holds in memory, unless it is a link."""
    value = vars(holder).get(entry.field)
    if value is None or not owns(entry):
        return
    if isinstance(value, Collection):
        value.owner = ref(holder)
        for child in value._items.values():
            note(child, holder)
    else:
        note(value, holder)


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
