"""Putting children into a group by their names, and taking them away, or what other fields hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nwb_models.errors import InvalidModelError, ObjectNotFoundError, UnknownFieldError
from nwb_models.models.base import find_shortcut, unknown_field
from nwb_models.models.children import Collection, missing
from nwb_models.models.issues import Issue
from nwb_models.models.mapping import Children, storage, stored_fields
from nwb_models.naming import with_article

if TYPE_CHECKING:
    from nwb_models.models.base import NWBGroup, NWBModel
    from nwb_models.models.children import Shelf


def put(group: NWBGroup, name: str, child: Any) -> None:
    """Put a child in a group, in the place of what has its name there.

    Raises
    ------
    UnknownFieldError
        Where the class of the group foresees no such child.
    ValueError
        Where it is None, in the place of something that cannot be.
    """
    tables = storage(type(group))
    entry = tables.children.get(name) or tables.by_type(type(child))
    if child is None and (entry is None or entry.required):
        needed = ", which it has to have" if entry is not None else ""
        msg = f"{group!r}: None cannot be {name!r}{needed}: give something else, or take away what can be with 'del'"
        raise ValueError(msg)
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
        _clear(group, entry.field)
        return
    for collection in (getattr(group, entry.field) for entry in tables.collections):
        if collection is not None and name in collection:
            del collection[name]
            return
    for entry in tables.unnamed:
        if group._name_in(entry) == name:
            _clear(group, entry.field)
            return
    shelf: Shelf | None = group._shelf
    if shelf is None or not shelf.remove(name):
        msg = f"{group!r}: {missing(name, list(group.keys()))}"
        raise ObjectNotFoundError(msg)


def clear(model: NWBModel, name: str) -> None:
    """Take away what an attribute of a model stands for: see `NWBModel.__delattr__`.

    Raises
    ------
    UnknownFieldError
        Where there is no such field, shortcut, child or attribute.
    InvalidModelError
        Where the specification requires it.
    """
    cls: Any = type(model)
    extra = model.__pydantic_extra__ or {}
    shortcut = find_shortcut(cls, name)
    if name in cls.model_fields:
        _clear(model, name)
    elif shortcut is not None:
        target: Any = model
        for step in shortcut.steps[:-1]:
            target = None if target is None else getattr(target, step)
        if target is not None:
            delattr(target, shortcut.steps[-1])
    elif name in extra:
        if model._source is not None:
            model._source.note_change(model._path)
        del extra[name]
    elif isinstance(model, Mapping) and name in model:
        take_away(model, name)  # type: ignore[arg-type]
    else:
        raise UnknownFieldError(unknown_field(cls, name))


def _clear(model: NWBModel, field: str) -> None:
    """Leave a field empty."""
    entry = stored_fields(type(model)).get(field)
    if entry is not None and isinstance(entry.marker, Children):
        for child in list(getattr(model, field)):
            del getattr(model, field)[child]
        return
    if (entry is not None and entry.required) or type(model).model_fields[field].is_required():
        path = f"{(model.path or model.name).rstrip('/')}/{entry.stored_name if entry is not None else field}"
        issue = Issue(path, model.neurodata_type, "missing", f"{field}, which is required", "none")
        raise InvalidModelError([issue], "Nothing was taken away: the specification asks for it")
    setattr(model, field, None)
    model.__pydantic_fields_set__.discard(field)
