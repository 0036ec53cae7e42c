"""Where a new object belongs: the collection of its type, in the group itself or in an untyped group inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nwb_models.errors import UnknownFieldError
from nwb_models.models.base import shortcuts
from nwb_models.models.children import Collection
from nwb_models.models.mapping import fits, owns, storage
from nwb_models.naming import with_article

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.models.base import NWBGroup, NWBModel
    from nwb_models.models.mapping import StoredField

MAX_STEPS = 8
"""The deepest that untyped groups are looked into; those of core go down to 3."""


@dataclass(frozen=True)
class Place:
    """A collection or a member that may hold an object."""

    steps: tuple[StoredField, ...]
    """The fields that lead to its group."""
    entry: StoredField
    """The field of the collection, or of the named member."""

    @property
    def stored_names(self) -> tuple[str, ...]:
        """The way to it in the file."""
        return tuple(step.stored_name for step in (*self.steps, self.entry))

    def __str__(self) -> str:
        """Return the way to it, as one would write it."""
        return ".".join(step.field for step in self.steps) or self.entry.field


def collection_for(group: NWBGroup, child: NWBModel) -> tuple[NWBGroup, Collection[Any]]:
    """Return the group and the collection in it that an object belongs to, made where they are not there yet.

    It is the one of the nearest type; in the group itself before one further down.

    Raises
    ------
    UnknownFieldError
        Where there is none, or several that are as near.
    """
    if not hasattr(type(child), "neurodata_type"):
        msg = f"{group!r} holds objects of NWB, each added by itself, and {child!r:.60} is none"
        raise TypeError(msg)
    found = [place for place in _places(type(group)) if fits(type(child), _held(place))]
    here = [place for place in found if not place.steps]
    nearest = max((len(_held(place).__mro__) for place in here or found), default=0)
    best = [place for place in here or found if len(_held(place).__mro__) == nearest]
    if len(best) != 1:
        raise UnknownFieldError(_only_place(group, child, nearest) or _no_single_place(group, child, found))
    owner: Any = group
    for step in best[0].steps:
        if getattr(owner, step.field) is None:
            setattr(owner, step.field, step.model(name=step.stored_name))  # type: ignore[misc]
        owner = getattr(owner, step.field)
    if getattr(owner, best[0].entry.field) is None:
        setattr(owner, best[0].entry.field, Collection())
    collection: Collection[Any] = getattr(owner, best[0].entry.field)
    return owner, collection


def _only_place(group: NWBGroup, child: NWBModel, nearest: int) -> str | None:
    """Say where the only object of a type belongs, None where no named member is of a nearer type than collections."""
    kind = type(child).__name__
    members = [place for place in _places(type(group), named=True) if fits(type(child), _held(place))]
    members = [place for place in members if len(_held(place).__mro__) > nearest]
    if len(members) != 1:
        return None
    [place] = members
    fields = tuple(step.field for step in (*place.steps, place.entry))
    there: Any = group
    for field in fields:
        there = getattr(there, field, None)
    path = "/".join([(group.path or ("" if group.name == "root" else group.name)).rstrip("/"), *place.stored_names])
    short = next((name for name, steps in shortcuts(type(group)).items() if steps == fields), ".".join(fields))
    how = f"{type(group).__name__.rpartition('__')[2].lower()}.{short} = ..."
    if there is not None:
        return f"there is one already at {path}: {how!r} puts another {kind} in its place"
    return f"{with_article(kind)} has one place in {group!r}, {path}: set it with {how!r}"


def _no_single_place(group: NWBGroup, child: NWBModel, found: list[Place]) -> str:
    kind = type(child).__name__
    if not found:
        places = ", ".join(sorted({_held(place).__name__ for place in _places(type(group))})) or "named members only"
        return f"{group!r} holds no {kind} under a name of its own; it holds: {places}"
    places = ", ".join(dict.fromkeys(_as_written(group, place) for place in found))
    return f"{with_article(kind)} may be in several places of {group!r}; add it to one of them: {places}"


def _as_written(group: NWBGroup, place: Place) -> str:
    """Return how an object is put into a place: a group that is not there yet is set."""
    there: Any = group
    for step in place.steps:
        there = getattr(there, step.field, None)
    return f"{place}.add(...)" if there is not None else f"{place} = [...]"


def _held(place: Place) -> type:
    return place.entry.model or object


def _places(cls: type[NWBModel], steps: tuple[StoredField, ...] = (), *, named: bool = False) -> Iterator[Place]:
    """Yield the collections of a class, or its named members that have a type; those of its untyped groups, too."""
    table = storage(cls)
    if not named:
        yield from (Place(steps, entry) for entry in table.collections)
    for entry in table.children.values():
        model: Any = entry.model
        if model is None or not owns(entry):
            continue
        if model.neurodata_type is not None:
            yield from [Place(steps, entry)] if named else []
        elif hasattr(model, "add") and len(steps) < MAX_STEPS:
            yield from _places(model, (*steps, entry), named=named)
