"""Where a new object belongs: the collection of its type, in the group itself or in an untyped group inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nwb_models.errors import UnknownFieldError
from nwb_models.models.children import Collection
from nwb_models.models.mapping import fits, storage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.models.base import NWBGroup, NWBModel
    from nwb_models.models.mapping import StoredField

MAX_STEPS = 8
"""The deepest that untyped groups are looked into; those of core go down to 3."""


@dataclass(frozen=True)
class Place:
    """A collection that may hold an object."""

    steps: tuple[StoredField, ...]
    """The fields that lead to its group."""
    entry: StoredField
    """The field of the collection."""

    def __str__(self) -> str:
        """Return the way to it, as one would write it."""
        return ".".join(step.field for step in self.steps) or "the group itself"


def collection_for(group: NWBGroup, child: NWBModel) -> Collection[Any]:
    """Return the collection that an object belongs to, made where it is not there yet.

    It is the one of the nearest type; in the group itself before one further down.

    Raises
    ------
    UnknownFieldError
        Where there is none, or several that are as near.
    """
    found = [place for place in _places(type(group)) if fits(type(child), _held(place))]
    here = [place for place in found if not place.steps]
    nearest = max((len(_held(place).__mro__) for place in here or found), default=0)
    best = [place for place in here or found if len(_held(place).__mro__) == nearest]
    if len(best) != 1:
        kind = type(child).__name__
        places = ", ".join(sorted({_held(place).__name__ for place in _places(type(group))})) or "named members only"
        msg = f"{group!r} holds no {kind} under a name of its own; it holds: {places}"
        if best:
            msg = f"a {kind} may be in several places of {group!r}; add it to one of them: {', '.join(map(str, best))}"
        raise UnknownFieldError(msg)
    owner: Any = group
    for step in best[0].steps:
        if getattr(owner, step.field) is None:
            setattr(owner, step.field, step.model(name=step.stored_name))  # type: ignore[misc]
        owner = getattr(owner, step.field)
    if getattr(owner, best[0].entry.field) is None:
        setattr(owner, best[0].entry.field, Collection())
    collection: Collection[Any] = getattr(owner, best[0].entry.field)
    return collection


def _held(place: Place) -> type:
    return place.entry.model or object


def _places(cls: type[NWBModel], steps: tuple[StoredField, ...] = ()) -> Iterator[Place]:
    """Yield the collections of a class, and those of its untyped groups at any depth."""
    table = storage(cls)
    yield from (Place(steps, entry) for entry in table.collections)
    for entry in table.children.values():
        model: Any = entry.model
        is_untyped = model is not None and getattr(model, "neurodata_type", "") is None and hasattr(model, "add")
        if is_untyped and len(steps) < MAX_STEPS:
            yield from _places(model, (*steps, entry))
