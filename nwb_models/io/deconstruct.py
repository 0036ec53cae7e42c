"""Models -> what is to be written: the inverse of `nwb_models.io.construct`.

Where an object lives is decided by its place in the tree of models: the first owner by the order of the schema.  What
was read from a file and is unchanged is not written from its model: the plan names where it lies, so that it comes out
as it was, and data goes from file to file.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from h5py import h5d, h5g

from nwb_models.errors import InvalidModelError, NWBError, UnreadableObjectError
from nwb_models.io.between import bring_along
from nwb_models.io.blocks import unwrapped
from nwb_models.io.encode import REFERENCES, TEXT, encode
from nwb_models.io.faults import FAULTS, require_none_of_h5py
from nwb_models.io.members import PENDING, Member, attributes, attributes_of_child, children
from nwb_models.io.nodes import StoredDataset, StoredGroup, StoredLink, StoredReference
from nwb_models.io.plan import (
    Identity,
    NewDataset,
    NewGroup,
    NewLink,
    NewObject,
    NewType,
    NewValue,
    Origin,
    Plan,
)
from nwb_models.io.queue import SPECLOC, join, key_of, links_of, walk
from nwb_models.io.sources import identity_of
from nwb_models.io.tables import check_fitting
from nwb_models.io.unchanged import same, same_data
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBGroup, NWBModel
from nwb_models.models.blocks import Blocks
from nwb_models.models.building import BUILDING
from nwb_models.models.check import DATES, date_problem, name_problem, shape_name
from nwb_models.models.convert import array_of
from nwb_models.models.garbage import collecting_later
from nwb_models.models.issues import Issue
from nwb_models.models.links import Region, Unreadable, Unresolved
from nwb_models.models.mapping import Children, Reference, StoredField, Value, fits, owns, storage, type_names
from nwb_models.models.mixins.tables import DynamicTableMixin, follow_columns

if TYPE_CHECKING:
    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.nodes import Key, StoredObject
    from nwb_models.io.sources import Sources

TYPE_ATTRIBUTES = ("namespace", "neurodata_type")
PLAIN = (str, int, float, bool)
MOST_KEPT = 1024
"""How many single values are kept as they are stored."""


def deconstruct(model: NWBModel, sources: Sources, *, repair: bool | None = None) -> Plan:
    """Return what is to be written for a model and all that it owns.

    Parameters
    ----------
    model
        The root of the new file.
    sources
        Opens the files that models were read from.
    repair
        See `~nwb_models.io.plan.Plan`.

    Raises
    ------
    InvalidModelError
        Where something is missing or not what its specification asks for, with all such places.
    ClosedFileError
        Where a file that models were read from was changed since.
    """
    walk_ = Deconstruction(sources)
    with BUILDING, collecting_later():
        walk_.plan.same, walk_.plan.repair = bring_along(model), repair
        walk_.own(identity_of(model), "/", model, Member("/", None, model))
        walk_.run()
    if walk_.issues:
        raise InvalidModelError(walk_.issues)
    return walk_.plan


class Deconstruction:
    """Goes through models and what is stored, and notes in a plan what is to be written.

    Parameters
    ----------
    sources
        Opens the files that models were read from.
    """

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.plan = Plan()
        self.issues: list[Issue] = []
        self.models: dict[Identity, NWBModel] = {}
        self.stored: dict[Identity, dict[str, StoredLink]] = {}
        """The links that groups had in the files that they come from."""
        self._fields: dict[Identity, StoredField] = {}
        """The fields that models which are new at their places stand in: these may ask for more than their types."""
        self._waiting: list[NewObject] = []
        self._soft: list[tuple[NewGroup, NewLink, Member]] = []
        """Links that can only be made when it is known where everything lives."""
        self._last: tuple[Origin, StoredObject] | None = None
        """What was asked for last of what is stored."""
        self._encoded_before: dict[tuple[int, type, str], NewValue] = {}
        """Single values by their field, type and text: these are checked, too."""
        self._streams: dict[int, str] = {}
        """Where iterators were given as data: their blocks come once."""
        self._targets: list[tuple[NewObject, str, Any]] = []
        """References of models that were made or changed by hand, to be looked for in the end."""

    def run(self) -> None:
        """Go through all that is owned; then settle the links."""
        made: NewObject | None = None
        try:
            while self._waiting:
                while self._waiting:
                    made = self._waiting.pop()
                    self._visit(made)
                self._settle()
        except FAULTS as error:
            if made is not None and made.origin is not None:
                require_none_of_h5py(error, made.origin.io.filename, made.origin.path)
            raise
        self._check_targets()
        check_fitting(self)

    # ------------------------------------------------------------------------------------------ objects
    def own(self, identity: Identity, path: str, model: NWBModel, member: Member) -> NewObject:
        """Take up a model that lives at a path."""
        source = model._source
        origin = Origin(source, str(model.path)) if source is not None else None
        made = (NewGroup if isinstance(model, NWBGroup) else NewDataset)(identity, path, type(model), origin)
        self._take(made, model)
        if member.entry is not None:
            self._fields[identity] = member.entry
        if member.name != path:
            self._check_name(made, model, member)
        return made

    def _take(self, made: NewObject, model: NWBModel | None) -> None:
        self.plan.objects[made.identity] = made
        if model is not None:
            self.models[made.identity] = model
        if not isinstance(made, NewType):
            self._waiting.append(made)

    def _visit(self, made: NewObject) -> None:
        model: Any = self.models.get(made.identity)
        before = len(self._waiting)
        if isinstance(model, DynamicTableMixin):
            follow_columns(model, self._links_before(made))
        if model is not None:
            self._attributes(made, model)
        if isinstance(made, NewGroup):
            self._children(made, model)
        elif isinstance(made, NewDataset) and model is not None:
            self._payload(made, model)
        self._waiting[before:] = reversed(self._waiting[before:])  # in the order of the schema, depth first

    # ------------------------------------------------------------------------------------------ attributes
    def _attributes(self, made: NewObject, model: NWBModel) -> None:
        """Note new and changed attributes, and those that are gone."""
        stored: dict[str, Any] = {}
        if made.origin is not None:
            stored = self._node(made.origin, _key_in(made.identity, made.origin)).attributes
        elif model.neurodata_type is not None:
            if not model.object_id:
                vars(model)["object_id"] = str(uuid.uuid4())
                model.model_fields_set.add("object_id")
            for name in TYPE_ATTRIBUTES:
                self._attribute(made, Member(name, None, getattr(model, name)), stored)
        seen = set()
        for member in attributes(model):
            seen.add(member.name)
            self._attribute(made, member, stored)
        kept = {SPECLOC, "data_type", *TYPE_ATTRIBUTES}
        made.without = {name for name in stored if name not in seen and name not in kept}
        if made.origin is None:
            self._missing(made, storage(type(model)).attributes.values(), seen)

    def _attribute(self, made: NewObject, member: Member, stored: dict[str, Any]) -> None:
        known = stored.get(member.name)
        if member.name in stored and made.origin is not None and self._same(known, member.value, made.origin.io):
            return
        like = getattr(known, "dtype", None)
        if like is None and type(member.value) in PLAIN and member.value == member.value:  # not so NaN: it has bits
            found = self._plain_value(made, member)
        else:
            found = self._encoded(made, member, f"@{member.name}", like)
        if found is not None:
            made.attributes[member.name] = found

    def _plain_value(self, made: NewObject, member: Member) -> NewValue | None:
        """Return a single value as it is to be stored: found once for each field, as most objects say the same.

        Of 20,000 attributes of 2,200 series 3,000 are encoded and checked, in a third of the time.
        """
        value: Any = member.value
        place = id(member.entry), type(value), repr(value)
        found = self._encoded_before.get(place)
        if found is None:
            issues = len(self.issues)
            found = self._encoded(made, member, f"@{member.name}", None)
            if found is not None and len(self.issues) == issues:
                if len(self._encoded_before) >= MOST_KEPT:
                    self._encoded_before.clear()
                self._encoded_before[place] = found
        return found

    def _payload(self, made: NewDataset, model: NWBModel) -> None:
        """Note the payload of a dataset where it is not the one that is stored."""
        entry = storage(type(model)).value
        value = getattr(model, "value", None)
        like = None
        if made.origin is not None:
            node = self._node(made.origin, _key_in(made.identity, made.origin))
            assert isinstance(node, StoredDataset)
            if same_data(node, value, made.origin.io, self._leads_for(made.origin.io)):
                return
            like = node.dtype
        if value is None:
            self._add(made, "", "missing", "a value", "none")
            return
        made.value = self._encoded(made, Member("value", self._narrower(made, entry), value), "", like)

    def _narrower(self, made: NewObject, entry: StoredField | None) -> StoredField | None:
        """Return the field that says what the payload of a dataset has to be: that of its place, or of its type."""
        place = self._fields.get(made.identity)
        if place is None or entry is None or (place.marker.dtype is None and place.marker.shape is None):
            return entry
        dtype = place.marker.dtype if place.marker.dtype is not None else entry.marker.dtype
        shape = place.marker.shape if place.marker.shape is not None else entry.marker.shape
        return replace(entry, marker=replace(entry.marker, dtype=dtype, shape=shape))

    def _encoded(self, made: NewObject, member: Member, where: str, like: Any) -> NewValue | None:
        """Return a value as it is to be stored; None, and an issue, where it cannot be."""
        entry, value = member.entry, member.value
        wanted = entry.marker.dtype if entry is not None else None
        if isinstance(entry, StoredField) and isinstance(entry.marker, Reference) and isinstance(value, NWBModel):
            self._check_type(made, where, entry, value)
            wanted = None
        try:
            if isinstance(value, list | tuple):
                value = array_of(value, wanted)
            if isinstance(value, Unreadable):
                self._add(made, where, "unreadable", "a value that can be written", value.reason)
                return None
            found = encode(value, wanted, like)
        except (ValueError, TypeError, OverflowError) as error:
            self._add(made, where, "value", "a value that HDF5 can store", str(error))
            return None
        problem = self._problem(entry, value, found) or self._shared_stream(made.path + where, found.data)
        problem = problem or _no_dates(wanted, value) or _wrong_targets(wanted, found.data)
        if problem is not None:
            self._add(made, where, *problem)
        self._targets += [(made, where, target) for target in _references(found)]
        return found

    @staticmethod
    def _problem(entry: StoredField | None, value: Any, found: NewValue) -> tuple[str, str, str] | None:
        """Return what is wrong with a value that is to be stored."""
        if entry is None or isinstance(value, NWBModel | Region | Unresolved):
            return None
        marker = entry.marker
        if marker.value is not None:
            return marker.problem(value)
        data = found.data if found.dtype.kind not in "OS" or found.dtype.names is not None else value
        problem = marker.problem(data)
        shape = getattr(value, "shape", None) or ()
        single = marker.shape is None and marker.dtype is not None and not isinstance(marker, Value)
        if problem is None and single and shape:
            return "shape", "a single value", shape_name(shape)
        return problem

    def _shared_stream(self, path: str, data: Any) -> tuple[str, str, str] | None:
        """Return what is wrong with an iterator that was given at another place as well."""
        blocks, _ = unwrapped(data)
        if not isinstance(blocks, Blocks):
            return None
        first = self._streams.setdefault(id(blocks.iterator), path)
        return (
            ("data", "an iterator of its own", f"the one of {first}, whose blocks come once") if first != path else None
        )

    # ------------------------------------------------------------------------------------------ children
    def _children(self, made: NewGroup, model: NWBModel | None) -> None:
        links = self._links_before(made)
        self.stored[made.identity] = links
        if model is None:
            found = [Member(name, None, PENDING) for name in links]
        else:
            assert isinstance(model, NWBGroup)
            listed = children(
                model, links, lambda name: self._skipped(made, name), lambda *at: self._unchanged(made, *at)
            )
            found = [self._renamed(made, member) for member in listed]
        for member in found:
            if member.name in made.links:
                self._add(made, f"/{member.name}", "name", "one child of this name", "two")
                continue
            link = self._link(made, member, links.get(member.name))
            if link is not None:
                made.links[member.name] = link
        if model is not None and made.origin is None:
            tables = storage(type(model))
            fields = {m.entry.field for m in found if m.entry is not None}
            entries = tables.members()
            self._missing(made, entries, {e.stored_name for e in entries if e.field in fields})

    def _links_before(self, made: NewObject) -> dict[str, StoredLink]:
        """Return the links that a group has in the file that it comes from."""
        return self._links(made.origin, _key_in(made.identity, made.origin)) if made.origin is not None else {}

    def _renamed(self, made: NewGroup, member: Member) -> Member:
        """Return a child under the name that it was given since it was read from this group."""
        value = member.value
        if made.origin is None or not isinstance(value, NWBModel) or value._source is None or value.path is None:
            return member
        if value._source is not made.origin.io or value.path != join(made.origin.path, member.name):
            return member
        if value.name == member.name:
            return member
        fixed = member.entry is not None and member.entry in storage(made.cls or NWBGroup).children.values()
        if fixed or value.name in ("", ".", "..") or "/" in value.name:
            wanted = f"the name {member.name!r} at this place" if fixed else "a name without '/'"
            self._add(made, f"/{member.name}", "name", wanted, repr(value.name))
            return member
        return Member(value.name, member.entry, value)

    def _skipped(self, made: NewGroup, name: str) -> bool:
        assert made.origin is not None
        return made.origin.io.is_skipped(join(made.origin.path, name))

    def _link(self, made: NewGroup, member: Member, stored: StoredLink | None) -> NewLink | None:
        """Return the link to a child; take up the child where it lives here."""
        value = member.value
        model = self.models.get(made.identity)
        if stored is not None and (value is PENDING or self._unchanged(made, stored, value)):
            return self._kept(made, member, stored, model)
        if isinstance(value, Unresolved):
            return self._leading_nowhere(made, member)
        if isinstance(value, NWBModel):
            return self._placed(made, member)
        return self._plain(made, member, stored, model)

    def _kept(self, made: NewGroup, member: Member, stored: StoredLink, model: NWBModel | None) -> NewLink:
        """Return a link as it was."""
        origin = made.origin
        assert origin is not None
        where = join(origin.path, stored.name)
        if stored.kind == "external":
            return NewLink(stored.name, "external", None, stored.path, stored.filename, origin.io.folder)
        if stored.kind == "soft":
            obj = walk(self.sources.file(origin.io), where)[0]
            target = (id(origin.io), key_of(obj)) if obj is not None else None
            link = NewLink(stored.name, "soft", target, stored.path)
            self._soft.append((made, link, member))
            return link
        identity = (id(origin.io), stored.key)
        if identity not in self.plan.objects:
            beside = None if member.value is PENDING or isinstance(member.value, NWBModel) else model
            self._own_stored(identity, join(made.path, stored.name), Origin(origin.io, where), beside)
        return NewLink(stored.name, "hard", identity)

    def _own_stored(self, identity: Identity, path: str, origin: Origin, beside: NWBModel | None) -> None:
        """Take up a stored object: with its model where there is one, else as it is.

        The attributes of a plain dataset are kept by the model of its group, `beside` it.
        """
        model = self._model_of(identity, origin)
        if model is not None:
            self.own(identity, path, model, Member(path, None, model))
            return
        obj = self._open(origin)
        kind = NewGroup if isinstance(obj, h5g.GroupID) else NewDataset if isinstance(obj, h5d.DatasetID) else NewType
        made = kind(identity, path, self._foreign_class(origin), origin)
        self._take(made, None)
        if beside is not None and kind is NewDataset:
            self._attributes_beside(made, beside, path.rpartition("/")[2])

    def _model_of(self, identity: Identity, origin: Origin) -> NWBModel | None:
        """Return the model of a stored object, where one was built."""
        model = origin.io.builder.models.get(identity[1])
        is_own = isinstance(model, NWBModel) and identity_of(model) == identity  # a plain dataset may refer to one
        return model if is_own else None

    def _foreign_class(self, origin: Origin) -> type | None:
        """Return the class of an object of another file than that of the root: its specifications are needed."""
        root = self.plan.root.origin
        home = root is not None and root.io is origin.io and root.path == "/"
        return None if home else origin.io.builder.classes.at(origin.path)

    def _attributes_beside(self, made: NewObject, above: NWBModel, name: str) -> None:
        """Note what has changed of the attributes of a plain dataset, which its group keeps."""
        origin = made.origin
        stored = self._node(origin, _key_in(made.identity, origin)).attributes if origin is not None else {}
        current = attributes_of_child(above, name)
        for key, value in current.items():
            self._attribute(made, Member(key, None, value), stored)
        made.without = set(stored) - set(current)

    def _leading_nowhere(self, made: NewGroup, member: Member) -> NewLink | None:
        value = member.value
        if value.kind not in ("soft", "external") or not value.path:
            self._add(made, f"/{member.name}", "link", "an object, or a link that names a path", repr(value))
            return None
        return NewLink(member.name, value.kind, None, value.path, value.filename or "", "")

    def _placed(self, made: NewGroup, member: Member) -> NewLink:
        """Return the link to a model that is new at this place; the model lives here where it may and has no place."""
        value, entry = member.value, member.entry
        self._check_type(made, f"/{member.name}", entry, value)
        identity = identity_of(value)
        if owns(entry) and identity not in self.plan.objects:
            self.own(identity, join(made.path, member.name), value, member)
            return NewLink(member.name, "hard", identity)
        link = NewLink(member.name, "soft", identity)
        self._soft.append((made, link, member))
        return link

    def _plain(self, made: NewGroup, member: Member, stored: StoredLink | None, model: NWBModel | None) -> NewLink:
        """Return the link to a plain dataset with a new value; its attributes stay."""
        origin, like = None, None
        if stored is not None and stored.kind == "hard" and made.origin is not None:
            origin = Origin(made.origin.io, join(made.origin.path, stored.name))
            node = self._node(origin, stored.key)
            like = node.dtype if isinstance(node, StoredDataset) else None
            origin = origin if isinstance(node, StoredDataset) else None
        new = NewDataset((0, (made.identity, member.name)), join(made.path, member.name), None, origin)
        self.plan.objects[new.identity] = new
        new.value = self._encoded(new, member, "", like)
        if model is not None:
            self._attributes_beside(new, model, member.name)
        return NewLink(member.name, "hard", new.identity)

    # ------------------------------------------------------------------------------------------ links
    def _settle(self) -> None:
        """Let objects that nothing owns any more live where a link of their own field leads to them."""
        for made, link, member in self._soft:
            if link.target is None or link.target in self.plan.objects:
                continue
            entry = member.entry or self._entry(made, link.name)
            if entry is None or not owns(entry) or isinstance(entry.marker, Children):
                continue
            link.kind, link.path = "hard", ""
            path = join(made.path, link.name)
            if isinstance(member.value, NWBModel):
                self.own(link.target, path, member.value, member)
            elif made.origin is not None:
                where = walk(self.sources.file(made.origin.io), join(made.origin.path, link.name))[1]
                self._own_stored(link.target, path, Origin(made.origin.io, where), None)

    def _entry(self, made: NewGroup, name: str) -> StoredField | None:
        """Return the field of a child of a group of which there is no model."""
        cls = made.origin.io.builder.classes.at(made.origin.path) if made.origin is not None else None
        return storage(cls).children.get(name) if cls is not None else None

    def _check_targets(self) -> None:
        """Note links and references to what is not written; find out which links say still what they said."""
        for made, link, member in self._soft:
            if link.target is None or link.kind != "soft":
                continue
            link.target = self.plan.same.get(link.target, link.target)
            if self._is_missing(link.target):
                self._lost(made, link, member)
        for holder, where, target in self._targets:
            identity = self.sources.identity(target)
            if identity is not None and self._is_missing(self.plan.same.get(identity, identity)):
                self._add(holder, where, "reference", "an object of the new file", _described(target, ""))

    def _is_missing(self, target: Identity) -> bool:
        """Tell whether nothing is written of an object; an edit knows of more that is there."""
        return target not in self.plan.objects

    def _lost(self, made: NewGroup, link: NewLink, member: Member) -> None:
        """Note a link to what is not written, or leave it out."""
        if self.plan.repair and link.path:  # otherwise it is a new link
            del made.links[link.name]
            self.plan.repaired.append(f"{join(made.path, link.name)} was a link to {link.path}")
            return
        self._add(made, f"/{link.name}", "link", "an object of the new file", _described(member.value, link.path))

    # ------------------------------------------------------------------------------------------ what is stored
    def _open(self, origin: Origin) -> Any:
        try:
            return self.sources.open(origin)
        except NWBError:
            raise
        except (KeyError, OSError, RuntimeError) as error:
            raise _unreadable(origin, error) from error

    def _node(self, origin: Origin, key: Key | None = None) -> Any:
        """Return what a stored object says of itself: attributes, data and links are asked for one after another."""
        if self._last is None or self._last[0] != origin:
            try:
                self._last = origin, self.sources.node(origin, key)
            except NWBError:
                raise
            except (KeyError, OSError, RuntimeError) as error:
                raise _unreadable(origin, error) from error
        return self._last[1]

    def _links(self, origin: Origin, key: Key | None) -> dict[str, StoredLink]:
        node = self._node(origin, key) if key is not None else None
        if isinstance(node, StoredGroup) and node.complete:
            return node.links
        try:
            return links_of(self._open(origin))
        except (OSError, RuntimeError) as error:
            msg = f"{origin.path} of {origin.io.filename} cannot be copied: HDF5 cannot list it ({error})"
            raise UnreadableObjectError(msg) from error

    def _leads_for(self, io: HDF5IO) -> Any:
        """Return what tells whether a reference of a file leads to something."""

        def leads(stored: StoredReference, target: Any) -> bool:
            if stored.key is None or target is None:
                return stored.key is not None and stored.key in io.builder.models
            known = io.builder.models.get(stored.key)
            if isinstance(target, NWBModel):
                return known is target
            return known is target or (not isinstance(known, Array) and _equal(known, target))

        return leads

    def _same(self, stored: Any, current: Any, io: HDF5IO) -> bool:
        return same(stored, current, self._leads_for(io))

    def _unchanged(self, made: NewGroup, stored: StoredLink, value: Any) -> bool:
        """Tell whether a link of the file leads to what stands in its place now."""
        assert made.origin is not None
        io, where = made.origin.io, join(made.origin.path, stored.name)
        if stored.kind == "hard" and isinstance(value, NWBModel):
            return stored.key is not None and io.builder.models.get(stored.key) is value
        if stored.kind != "hard" or isinstance(value, Unresolved):
            found = io.builder.through(where, stored)
            return found is value or (not isinstance(found, NWBModel) and _equal(found, value))
        node = self._node(Origin(io, where), stored.key)
        return isinstance(node, StoredDataset) and same_data(node, value, io, self._leads_for(io))

    # ------------------------------------------------------------------------------------------ issues
    def _add(self, made: NewObject, where: str, rule: str, expected: str, found: str) -> None:
        path = made.path.rstrip("/") + where if where.startswith("/") else made.path + where
        model = self.models.get(made.identity)
        self.issues.append(Issue(path, model.neurodata_type if model is not None else None, rule, expected, found))

    def _missing(self, made: NewObject, entries: Any, seen: set[str]) -> None:
        for entry in entries:
            if entry.required and entry.stored_name not in seen:
                wanted = f"{type(entry.marker).__name__.lower()} {entry.stored_name}"
                self._add(made, "", "missing", wanted, "none")

    def _check_name(self, made: NewObject, model: NWBModel, member: Member) -> None:
        name = made.path.rpartition("/")[2]
        problem = name_problem(member.name)
        if made.path != "/" and problem is not None:
            self._add(made, "", "name", problem, repr(member.name))
        elif made.origin is None and made.path != "/" and model.name != name:
            self._add(made, "", "name", f"the name {name!r} at this place", repr(model.name))

    def _check_type(self, made: NewObject, where: str, entry: StoredField | None, value: NWBModel) -> None:
        if entry is not None and entry.model is not None and not fits(type(value), entry.model):
            self._add(made, where, "type", entry.model.__name__, type(value).__name__)


def _key_in(identity: Identity, origin: Origin) -> Key | None:
    """Return the key of the stored object that an object comes from; None where it takes the place of that."""
    return identity[1] if identity[0] == id(origin.io) else None


def _unreadable(origin: Origin, error: Exception) -> UnreadableObjectError:
    return UnreadableObjectError(
        f"{origin.path} of {origin.io.filename} cannot be copied: HDF5 cannot read it ({error})"
    )


def _references(value: NewValue) -> list[Any]:
    """Return what the references in a new value lead to."""
    data = value.data
    if not hasattr(data, "dtype") or not hasattr(data, "flat"):
        return []
    if data.dtype.names is not None:
        return [found for name in data.dtype.names for found in _references(NewValue(data[name], data.dtype[name]))]
    if data.dtype.kind != "O" or value.dtype is TEXT:
        return []
    return [entry for entry in data.flat if isinstance(entry, REFERENCES)]


def _no_dates(wanted: Any, value: Any) -> tuple[str, str, str] | None:
    """Return what is wrong with the first text of an array in memory that is no date, where dates are wanted."""
    if wanted not in DATES or not isinstance(value, np.ndarray):
        return None
    problems = (date_problem(text, wanted) for text in value.flat if isinstance(text, str))
    return next((problem for problem in problems if problem is not None), None)


def _wrong_targets(wanted: Any, data: Any) -> tuple[str, str, str] | None:
    """Return what is wrong with references in an array in memory that lead to objects of another type."""
    if wanted is None or not isinstance(data, np.ndarray):
        return None
    if not isinstance(wanted, str):
        fields = ((dtype, name) for name, dtype in wanted if name in (data.dtype.names or ()))
        return next((found for dtype, name in fields if (found := _wrong_targets(dtype, data[name]))), None)
    held = wanted.partition(":")[2] if wanted.startswith("object:") else ""
    kinds = {type(target) for target in data.flat if isinstance(target, NWBModel)} if held else ()
    wrong = next((kind for kind in kinds if kind.specified and held not in type_names(kind)), None)
    return ("type", held, wrong.__name__) if wrong is not None else None


def _equal(found: Any, value: Any) -> bool:
    return same(found, value, lambda *_: False) if not isinstance(found, Unresolved) else found == value


def _described(value: Any, path: str) -> str:
    if isinstance(value, Region):
        value = value.target
    if isinstance(value, NWBModel):
        where = f", {value.path} of {value._source.filename}" if value._source is not None else ""
        return f"{type(value).__name__} {value.name!r}{where}, which no group of it holds: add it to one"
    return f"{path or value!r}, which is no longer in it"
