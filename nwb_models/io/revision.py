"""Models -> what has changed since they were read: what an edit of their file has to do.

What no model was built of is as it was, and is not even looked at, as long as nothing is taken away.  When something
is, anything may have referred to it: then the whole file is gone through, once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import h5py
from h5py import h5d, h5o, h5s, h5t

from nwb_models.errors import InvalidModelError, UnreadableObjectError
from nwb_models.io.between import bring_along
from nwb_models.io.copying import missing_filters
from nwb_models.io.deconstruct import Deconstruction
from nwb_models.io.elsewhere import has_sources
from nwb_models.io.mappings import open_object
from nwb_models.io.options import DatasetOptions, is_lossy
from nwb_models.io.plan import NewDataset, NewGroup, NewObject, Origin
from nwb_models.io.queue import key_of
from nwb_models.io.values import encode
from nwb_models.models.appending import Appended
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBModel
from nwb_models.models.blocks import Blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.members import Member
    from nwb_models.io.nodes import Key, StoredLink
    from nwb_models.io.plan import Identity, NewLink, NewValue, Plan
    from nwb_models.io.sources import Sources


ELSEWHERE = (h5py.Dataset, h5py.Empty, Blocks, DatasetOptions)
"""Data that goes into a dataset of its own: it is copied, of unknown length, or stored as it was asked for."""


class Revision(Deconstruction):
    """What is to stand in a file after an edit.

    Parameters
    ----------
    home
        The file that is edited.
    part
        The path of the object whose changes count, with those of all below it.
    whole
        Whether to go through what no model was built of, too.
    """

    def __init__(self, sources: Sources, home: HDF5IO, part: str, *, whole: bool) -> None:
        super().__init__(sources)
        self.home, self.part, self.whole = home, part, whole
        self.lost: list[tuple[NewGroup, NewLink]] = []
        """Soft links to what is taken away."""
        self.plan.same = bring_along(home.read())
        self._above = set() if whole else self._groups_above()
        root = (id(home), key_of(h5o.open(sources.file(home).id, b"/")))
        self._own_stored(root, "/", Origin(home, "/"), None)
        self.run()
        if self.issues:
            raise InvalidModelError(self.issues)

    def counts(self, model: Any) -> bool:
        """Tell whether the changes of a model of this file are to be written."""
        if not isinstance(model, NWBModel) or model._source is not self.home or model.path is None:
            return False
        return self.part == "/" or (model.path + "/").startswith(self.part + "/")

    def _groups_above(self) -> set[Key]:
        """Return the groups that have to be gone through to come to all models."""
        file = self.sources.file(self.home)
        found: dict[str, Key] = {}
        counting = {model.path: key for key, model in list(self.home.builder.models.items()) if self.counts(model)}
        for path in counting:
            while path != "/" and (path := path.rpartition("/")[0] or "/") not in found:
                found[path] = counting.get(path) or key_of(open_object(file, encode(path)))
        return set(found.values())

    def _model_of(self, identity: Identity, origin: Origin) -> NWBModel | None:
        model = super()._model_of(identity, origin)
        return model if origin.io is not self.home or self.counts(model) else None

    def _foreign_class(self, origin: Origin) -> type | None:
        return None if origin.io is self.home else super()._foreign_class(origin)

    def _own_stored(self, identity: Identity, path: str, origin: Origin, beside: NWBModel | None) -> None:
        """Take up a stored object; one that nothing has happened to is only known to be there."""
        is_reached = (
            self.whole
            or origin.io is not self.home
            or identity[1] in self._above
            or beside is not None
            or self._model_of(identity, origin) is not None
            or self.home.is_skipped(origin.path)  # specifications may be added to those that there are
        )
        if is_reached:
            try:
                super()._own_stored(identity, path, origin, beside)
            except UnreadableObjectError:
                if origin.io is not self.home or identity in self.plan.objects:
                    raise
                is_reached = False  # what is damaged stays as it is
        if not is_reached:
            self.plan.objects[identity] = NewObject(identity, path, None, origin)

    def _settle(self) -> None:
        """Settle links to other files; those to what was not looked at lead where they led."""
        links = self._soft
        if not self.whole:
            self._soft = [entry for entry in links if entry[1].target is not None and self._is_missing(entry[1].target)]
        super()._settle()
        self._soft = links

    def _is_missing(self, target: Identity) -> bool:
        """Tell whether there is no such object; what was not looked at is there, or was taken away: see `whole`."""
        return super()._is_missing(target) and (self.whole or target[0] != id(self.home))

    def _lost(self, made: NewGroup, link: NewLink, member: Member) -> None:
        if self.is_home(made) and link.path:  # otherwise it is a new link
            self.lost.append((made, link))
        else:
            super()._lost(made, link, member)

    def is_home(self, made: NewObject) -> bool:
        """Tell whether an object comes from the file that is edited."""
        return made.origin is not None and made.origin.io is self.home


@dataclass
class Changes:
    """How the plan of a file differs from the file."""

    kept: dict[Identity, Key] = field(default_factory=dict)
    """The objects that stay what they are, wherever they will live, and their keys."""
    replaced: dict[Key, Identity] = field(default_factory=dict)
    """The datasets in whose place others are written."""
    dropped: list[tuple[NewGroup, StoredLink]] = field(default_factory=list)
    """Links that go, or lead to something else."""
    added: list[tuple[NewGroup, NewLink]] = field(default_factory=list)
    """Links of kept groups that come in."""

    @property
    def is_removal(self) -> bool:
        """Whether something is no longer where links and references may look for it."""
        return bool(self.replaced) or any(link.kind == "hard" for _, link in self.dropped)


def changes_of(revision: Revision) -> Changes:
    """Return how what is planned differs from what is stored."""
    changes = Changes()
    for made in revision.plan.objects.values():
        _add_object(changes, revision, made)
    for made in revision.plan.objects.values():
        if isinstance(made, NewGroup) and made.identity in changes.kept:
            _add_links(changes, revision, made)
    return changes


def touched(changes: Changes, plan: Plan) -> Iterator[NewObject]:
    """Yield the objects that are new, or of which something is."""
    groups = {made.identity for made, _ in (*changes.dropped, *changes.added)}
    for made in plan.objects.values():
        new_value = isinstance(made, NewDataset) and made.value is not None
        is_kept = made.identity in changes.kept
        if not is_kept or made.attributes or made.without or new_value or made.identity in groups:
            yield made


def _add_object(changes: Changes, revision: Revision, made: NewObject) -> None:
    """Note whether an object is one of the file, or is to be created."""
    if not revision.is_home(made):
        return
    assert made.origin is not None
    value = made.value if isinstance(made, NewDataset) else None
    if value is None:
        changes.kept[made.identity] = made.identity[1]
        return
    stored = open_object(revision.sources.file(revision.home), encode(made.origin.path))
    key = key_of(stored)
    others = made.identity[0] == 0 and (
        (id(revision.home), key) in revision.plan.objects or (not revision.whole and h5o.get_info(stored).rc > 1)
    )
    if not others and fits_in_place(stored, value, made.origin):
        changes.kept[made.identity] = key
    else:
        changes.replaced[key] = made.identity


def _add_links(changes: Changes, revision: Revision, made: NewGroup) -> None:
    """Note the links of a group that differ."""
    stored = revision.stored.get(made.identity, {})
    for name, link in stored.items():
        new = made.links.get(name)
        if new is None or not _same(changes, revision, made, link, new):
            changes.dropped.append((made, link))
            if new is not None:
                changes.added.append((made, new))
    changes.added += [(made, link) for name, link in made.links.items() if name not in stored]


def _same(changes: Changes, revision: Revision, made: NewGroup, stored: StoredLink, new: NewLink) -> bool:
    """Tell whether a link is the one that is stored."""
    if stored.kind != new.kind:
        return False
    if stored.kind == "hard":
        return new.target is not None and changes.kept.get(new.target) == stored.key
    if stored.kind == "external":
        return (stored.filename, stored.path) == (new.filename, new.path)
    return stored.path == soft_path(revision.plan, made, new, whole=revision.whole)


def soft_path(plan: Plan, made: NewGroup, link: NewLink, *, whole: bool) -> str:
    """Return the path that a soft link names: the one it named, where it leads to the same object still."""
    if link.target not in plan.objects or (link.path and (not whole or plan.resolve(made, link.path) == link.target)):
        return link.path  # what is taken away is not in the plan: see `Revision.lost`
    return plan.objects[link.target].path


def fits_in_place(stored: h5d.DatasetID, value: NewValue, origin: Origin) -> bool:
    """Tell whether a value can be written into the dataset that is there: same type, and a shape that it can take."""
    if isinstance(value.data, Array):
        base = value.data.source.base if isinstance(value.data.source, Appended) else None
        if getattr(base, "path", None) != origin.path or getattr(base, "io", None) is not origin.io:
            return False
    elif not hasattr(value.data, "shape") or isinstance(value.data, ELSEWHERE):
        return False
    if has_sources(stored):  # the data is in other files, which nobody asked to change
        return False
    if stored.shape is None or len(stored.shape) != len(value.data.shape) or missing_filters(stored):
        return False
    if is_lossy(stored):  # it was meant for the values that there were
        return False
    if h5t.py_create(value.dtype, logical=True) != stored.get_type():
        return False
    if tuple(stored.shape) == tuple(value.data.shape):
        return True
    limits = stored.get_space().get_simple_extent_dims(maxdims=True)
    return stored.get_create_plist().get_layout() == h5d.CHUNKED and all(
        limit in (h5s.UNLIMITED, size) or size <= limit for limit, size in zip(limits, value.data.shape, strict=True)
    )
