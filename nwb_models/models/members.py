"""Putting children into a group by their names, and taking them away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nwb_models.errors import InvalidModelError, ObjectNotFoundError, UnknownFieldError
from nwb_models.models.children import Collection, missing
from nwb_models.models.issues import Issue
from nwb_models.models.mapping import storage
from nwb_models.naming import with_article

if TYPE_CHECKING:
    from nwb_models.models.base import NWBGroup
    from nwb_models.models.children import Shelf
    from nwb_models.models.mapping import StoredField


def put(group: NWBGroup, name: str, child: Any) -> None:
    """Put a child in a group, in the place of what has its name there.

    Raises
    ------
    UnknownFieldError
        Where the class of the group foresees no such child.
    """
    tables = storage(type(group))
    entry = tables.children.get(name) or tables.by_type(type(child))
    if entry is None:
        msg = f"{group!r} has no place for {with_article(type(child).__name__)} called {name!r}"
        raise UnknownFieldError(msg)
    if name in tables.children:
        setattr(group, entry.field, child)
        return
    if name in group and group._child(name) is not child:
        take_away(group, name)
    if entry in tables.unnamed:
        setattr(group, entry.field, child)
        return
    if getattr(group, entry.field) is None:
        setattr(group, entry.field, Collection())
    getattr(group, entry.field)[name] = child


def take_away(group: NWBGroup, name: str) -> None:
    """Take a child out of a group.

    Raises
    ------
    ObjectNotFoundError
        Where there is none of this name.
    InvalidModelError
        Where the specification requires it.
    """
    tables = storage(type(group))
    entry = tables.children.get(name)
    if entry is not None and group._holds(entry):
        _clear(group, entry, name)
        return
    for collection in (getattr(group, entry.field) for entry in tables.collections):
        if collection is not None and name in collection:
            del collection[name]
            return
    for entry in tables.unnamed:
        if group._name_in(entry) == name:
            _clear(group, entry, name)
            return
    shelf: Shelf | None = group._shelf
    if shelf is None or not shelf.remove(name):
        msg = f"{group!r}: {missing(name, list(group.keys()))}"
        raise ObjectNotFoundError(msg)


def _clear(group: NWBGroup, entry: StoredField, name: str) -> None:
    """Leave a field empty."""
    if entry.required:
        path = f"{(group.path or group.name).rstrip('/')}/{name}"
        raise InvalidModelError(
            [Issue(path, group.neurodata_type, "missing", f"{entry.field}, which is required", "none")]
        )
    setattr(group, entry.field, None)
    group.__pydantic_fields_set__.discard(entry.field)
