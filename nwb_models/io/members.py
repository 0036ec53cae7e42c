"""What a model holds, by the names in the file: its attributes and its children."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nwb_models.models.mapping import StoredField, storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from nwb_models.io.nodes import StoredLink
    from nwb_models.models.base import NWBGroup, NWBModel
    from nwb_models.models.children import Collection, Shelf

PENDING: Any = object()
"""Stands for a child of which no model was built: it is what the file says."""


@dataclass(slots=True)
class Member:
    """One child of a group, or one attribute of an object.  Not frozen: it would take three times as long to make."""

    name: str
    entry: StoredField | None
    """The field that holds it; None where the class foresees no such thing, or it is not known yet."""
    value: Any


def attributes(model: NWBModel) -> Iterator[Member]:
    """Yield the attributes of a model: those it was read with or given, and the defaults of one made by hand."""
    tables = storage(type(model))
    known = None if model._source is None else model.model_fields_set
    for name, entry in tables.attributes.items():
        value = getattr(model, entry.field)
        if value is not None and (known is None or entry.field in known):
            yield Member(name, entry, value)
    for key, value in (model.__pydantic_extra__ or {}).items():
        child = key.partition("@")[0]
        if key.startswith("@"):
            yield Member(key[1:], None, value)
        elif child == key or child not in tables.children:
            yield Member(key, None, value)


def attributes_of_child(model: NWBModel, name: str) -> dict[str, Any]:
    """Return the attributes of a plain dataset, which are kept beside it in its group."""
    extra = model.__pydantic_extra__ or {}
    return {key[len(name) + 1 :]: value for key, value in extra.items() if key.startswith(f"{name}@")}


def children(
    group: NWBGroup,
    links: Mapping[str, StoredLink],
    is_skipped: Callable[[str], bool],
    leads: Callable[[StoredLink, Any], bool],
) -> Iterator[Member]:
    """Yield the children of a group.

    Parameters
    ----------
    group
        The model.
    links
        The links of the stored group that it was read from.
    is_skipped
        Tells whether a child with this name was never read: it stays as it is.
    leads
        Tells whether a stored link leads to an object.
    """
    tables = storage(type(group))
    shelf: Shelf | None = group._shelf
    seen = set(tables.children)
    for name, entry in tables.children.items():
        if group._is_pending(entry.field):
            yield Member(name, entry, PENDING)
        elif group._holds(entry, stored=name in links):
            yield Member(name, entry, getattr(group, entry.field))
    collections = {entry.field: getattr(group, entry.field) for entry in tables.collections}
    for entry in tables.collections:
        found = collections[entry.field]
        for name, item in found._items.items() if found is not None else ():
            seen.add(name)
            yield Member(name, entry, item)
    for name, item in shelf.extras.items() if shelf is not None else ():
        seen.add(name)
        yield Member(name, None, item)
    pending = {group._name_in(entry) for entry in tables.unnamed if group._is_pending(entry.field)}
    rest = [name for name in links if name not in seen]
    for name in rest:
        if is_skipped(name) or name in pending or (shelf is not None and _is_pending(name, shelf, collections)):
            yield Member(name, None, PENDING)
    for entry in tables.unnamed:
        value = None if group._is_pending(entry.field) else getattr(group, entry.field)
        if value is not None:
            name = next((name for name in rest if leads(links[name], value)), getattr(value, "name", entry.field))
            yield Member(name, entry, value)


def _is_pending(name: str, shelf: Shelf, collections: Mapping[str, Collection[Any] | None]) -> bool:
    """Tell whether a stored child is still one that would be built when it is reached."""
    if name not in shelf.pending:
        return False
    if any(name in collection._removed for collection in collections.values() if collection is not None):
        return False
    replaced = {field for field, found in shelf.collections.items() if collections.get(field) is not found}
    return not replaced or shelf.pending.field_of(name) not in replaced
