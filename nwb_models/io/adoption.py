"""After an edit: the models that people hold say what the file says now, and belong to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from h5py import h5o

from nwb_models.io.arrays import HDF5Array, RemovedArray
from nwb_models.io.plan import NewDataset
from nwb_models.io.queue import key_of
from nwb_models.io.revision import touched
from nwb_models.io.values import encode
from nwb_models.models.appending import Appended
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBGroup, NWBModel
from nwb_models.models.mapping import storage

if TYPE_CHECKING:
    from nwb_models.io.nodes import Key
    from nwb_models.io.plan import Identity, NewObject
    from nwb_models.io.referrers import Referrer
    from nwb_models.io.revision import Changes, Revision


def adopt(revision: Revision, changes: Changes, referrers: list[Referrer]) -> None:
    """Let the models of what was written, moved or repaired be filled anew, and let go of what was removed.

    A model made by hand is one of the file from now on; its arrays are on disk.  In the place of a model of another
    file, the one of the copy is found.
    """
    io, builder = revision.home, revision.home.builder
    stale = _stale(revision, changes, referrers)
    builder.classes.forget()
    builder.forget_paths()
    with io.opened() as file:
        paths: dict[str, None] = {}
        for made in stale:
            key = key_of(h5o.open(file.id, encode(made.path)))
            vessel = _vessel(revision, made)
            former = _old_key(changes, made)
            if former is not None:
                builder.models.pop(former, None)
            if vessel is not None:
                builder.vessels[key] = vessel
            paths[made.path] = None
        if revision.whole:
            _let_go(revision)
        for path in paths:
            if not io.is_skipped(path):
                builder.read(path)
    builder.vessels.clear()


def complete_removed(revision: Revision) -> None:
    """Let models of what an edit removes have all that their fields hold, as long as the file still has it."""
    io, done = revision.home, set()
    while waiting := [key for key in io.builder.models if key not in done]:
        for key in waiting:
            held = io.builder.models[key]
            if (id(io), key) not in revision.plan.objects and isinstance(held, NWBModel):
                held._complete()
        done.update(waiting)


def _stale(revision: Revision, changes: Changes, referrers: list[Referrer]) -> list[NewObject]:
    """Return the objects whose models do not say what the file says, or have another place now."""
    plan = revision.plan
    found: dict[Identity, NewObject] = {made.identity: made for made in touched(changes, plan)}
    for made in list(found.values()):
        if made.identity[0] == 0 and isinstance(made.identity[1], tuple):  # a plain dataset, whose value its group has
            group = made.identity[1][0]
            found[group] = plan.objects[group]
    found.update({entry.made.identity: entry.made for entry in referrers})
    for key, held in revision.home.builder.models.items():
        planned = plan.objects.get((id(revision.home), key))
        if planned is not None and _path_of(held, revision.home) not in (planned.path, None):
            found[planned.identity] = planned
    return [made for made in found.values() if _is_built(revision, made)]


def _is_built(revision: Revision, made: NewObject) -> bool:
    """Tell whether somebody may hold the model of an object, or its value."""
    if made.identity in revision.models or made.identity[0] == 0:
        return True
    return made.identity[0] == id(revision.home) and made.identity[1] in revision.home.builder.models


def _path_of(held: Any, io: Any) -> str | None:
    """Return where a model or an array was in the file."""
    if isinstance(held, NWBModel):
        return held.path if held._source is io else None
    source = held.source if isinstance(held, Array) else None
    source = source.base if isinstance(source, Appended) else source
    return source.path if isinstance(source, HDF5Array) and source.io is io else None


def _old_key(changes: Changes, made: NewObject) -> Key | None:
    """Return the key that an object had in the file before."""
    if made.identity in changes.kept:
        return changes.kept[made.identity]
    return next((key for key, identity in changes.replaced.items() if identity == made.identity), None)


def _vessel(revision: Revision, made: NewObject) -> Any:
    """Return what people hold of an object: its model, or the array that a plain dataset is."""
    io = revision.home
    model: Any = revision.models.get(made.identity)
    if model is None and made.identity[0] == id(io):  # another thread came to it after this edit was planned
        model = io.builder.models.get(made.identity[1])
    if model is None and made.origin is not None and made.origin.io is io:
        held = next((v for k, v in io.builder.models.items() if _path_of(v, io) == made.origin.path), None)
        model = held if isinstance(made, NewDataset) and isinstance(held, Array) else None
    if not isinstance(model, NWBModel):
        return model
    if model._source is not None and model._source is not io:
        return None
    value = model.__dict__.get("value")
    if isinstance(value, Array) and (made.origin is None or _path_of(value, io) != made.origin.path):
        model.__dict__["value"] = None  # an array of something else, which stays what it is
    return model


def _let_go(revision: Revision) -> None:
    """Take what was removed for made by hand; its arrays say that they are gone."""
    io = revision.home
    for key, held in list(io.builder.models.items()):
        if (id(io), key) in revision.plan.objects:
            continue
        del io.builder.models[key]
        if isinstance(held, Array):
            held._source = RemovedArray(held.source)
        if isinstance(held, NWBModel) and held._source is io and held._key == key:
            _detach(held)


def _detach(model: NWBModel) -> None:
    value = model.__dict__.get("value")
    if isinstance(value, Array) and isinstance(value.source, HDF5Array | Appended):
        value._source = RemovedArray(value.source)
    model._path = model._source = model._key = None
    if isinstance(model, NWBGroup):
        model._shelf = None
        for entry in storage(type(model)).collections:
            collection = getattr(model, entry.field)
            if collection is not None:
                collection._shelf = None
