"""Nodes -> models: one stored object is one model, once per open file, whichever path or reference leads to it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.errors import NotReadableError, NWBError, ObjectNotFoundError, UnreadableObjectError
from nwb_models.io.arrays import HDF5Array
from nwb_models.io.children import StoredChildren
from nwb_models.io.classes import Classes
from nwb_models.io.graph import construction_order
from nwb_models.io.mappings import open_object
from nwb_models.io.nodes import Key, StoredDataset, StoredGroup, StoredLink, StoredObject, StoredReference
from nwb_models.io.queue import (
    MAX_SOFT_LINKS,
    SPECLOC,
    Flat,
    flatten,
    join,
    key_of,
    links_of,
    open_path,
    walk,
)
from nwb_models.io.single import SingleObjects
from nwb_models.io.values import encode, stored_reference
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBGroup, NWBModel
from nwb_models.models.building import BUILDING
from nwb_models.models.check import DATES, date_of, date_problem, dtype_name, shape_name
from nwb_models.models.children import Collection, Shelf
from nwb_models.models.consistency import problems_of, rules_of
from nwb_models.models.garbage import collecting_later
from nwb_models.models.issues import Issue
from nwb_models.models.links import Region, Unreadable, Unresolved
from nwb_models.models.mapping import Reference, StoredField, Value, fits, storage
from nwb_models.naming import with_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic.fields import FieldInfo

    from nwb_models.io.hdf5 import HDF5IO

    Put = Callable[[Any], None]

TYPE_ATTRIBUTES = frozenset({"neurodata_type", "data_type", "namespace"})
"""Attributes that say what class an object has, and are no fields of it."""

_LATER = object()
"""Stands for the value of a dataset that refers to something in whose building it takes part itself."""


@dataclass
class _Batch:
    """Objects that are built together."""

    flat: Flat
    eager: bool
    """Whether the children of groups are among them; otherwise each is built when it is touched."""
    late: list[tuple[StoredReference | None, Key, Put]] = field(default_factory=list)
    """What circles leave open: filled in when every model of the batch is there."""
    elsewhere: list[tuple[str, StoredLink, Put]] = field(default_factory=list)
    """Links that lead out of the file, or nowhere: another file may lead back to models of this batch."""


class Builder:
    """The models of one open file: each object once, and what departs from the specifications.

    Parameters
    ----------
    io
        The file.
    """

    def __init__(self, io: HDF5IO) -> None:
        self.io = io
        self.issues: list[Issue] = []
        self.classes = Classes(io, self._note)
        self.models: dict[Key, Any] = {}
        self.vessels: dict[Key, Any] = {}
        """Models and arrays that people hold, to be filled with what the file says now in the place of new ones."""
        self._single = SingleObjects(io, self._wanted_links, self.models)
        self._beside: dict[Key, dict[str, Any]] = {}
        """The attributes of plain datasets that have some: the group keeps them."""
        self._noted: set[Issue] = set()
        self._fine: set[tuple[type, str, Any]] = set()
        """Class, field and kind of children that are what the class asks for, whatever their values are."""

    # ------------------------------------------------------------------------------------------ building
    def read(self, path: str, *, eager: bool = False, hops: int = 0) -> Any:
        """Return the model of the object at a path, or the value of a plain dataset; build it where it is not yet.

        Parameters
        ----------
        path
            Any path; where it leads through an external link, the model of the other file is returned.
        eager
            Whether to build everything below as well.
        hops
            How many external links have led here.

        Raises
        ------
        ObjectNotFoundError
            Where there is no object.
        NotReadableError
            Where another file cannot be followed.
        """
        with BUILDING, self.io.reading(path) as file, collecting_later() if eager else contextlib.nullcontext():
            known = None if eager else self._single.key_at(path)
            if known is not None and known in self.models:
                return self.models[known]
            obj, where, out = walk(file, path)
            if out is not None:
                return self._follow_external(out, eager=eager, hops=hops)
            if obj is None:
                raise ObjectNotFoundError(_not_found(file, path))
            key = key_of(obj)
            if eager:
                flat = flatten(
                    file,
                    [where],
                    skip=self.io.is_skipped,
                    locate=self._single.locate,
                    damaged=self._damaged,
                    limits=self.io.limits,
                )
                self._build(flat, eager=True)
                self._fetch_all(flat)
                self._compare(flat)
            elif key not in self.models:
                self._build(self._single.read(file, where, key))
            if key not in self.models:
                msg = f"{path} of {self.io.filename} holds specifications and no data"
                raise ObjectNotFoundError(msg)
            return self.models[key]

    def member(self, node: StoredGroup, name: str, entry: StoredField) -> tuple[Any, dict[str, Any]]:
        """Return a child that a field of a group holds, built now where it was not yet.

        Parameters
        ----------
        node
            The group.
        name, entry
            The name of the child, and the field.

        Returns
        -------
        tuple
            What the field holds, and the attributes of a plain dataset, by the names under which the group has them.
        """
        where, link = join(node.path, name), node.links[name]
        data: dict[str, Any] = {}
        extras: dict[str, Any] = {}
        with BUILDING:
            value = self.child(where, link)
            self._member(node, where, entry, data)(value)
            if self._beside and not isinstance(value, NWBModel | Unresolved):
                with self.io.reading(where) as file:
                    stored = self._beside.get(key_of(walk(file, where)[0]), {})
                self._attributes_beside(node, where, stored, extras, _Batch(Flat(), eager=False))
        return data[entry.field], extras

    def child(self, where: str, link: StoredLink) -> Any:
        """Return what a link of a group leads to, see `through`; a hard link that is known needs no path to follow."""
        if link.key in self.models:
            return self.models[link.key]
        with BUILDING, self.io.reading(where) as file:
            key = self._single.key_at(where)
            if key is not None:
                with contextlib.suppress(UnreadableObjectError):  # which is noted below
                    self._build(self._single.read(file, where, key))
            return self.models[key] if key in self.models else self.through(where, link)

    def look(self, file: h5py.File, path: str) -> StoredObject | None:
        """Return what an object says of itself, None where there is none; nothing is built."""
        return self._single.look(file, path)

    def links(self, path: str) -> Mapping[str, StoredLink | None]:
        """Return the names of all that is in a group, with the links where HDF5 need not be asked for them."""
        with BUILDING, self.io.reading(path) as file:
            return self._single.links(file, path)

    def release(self) -> None:
        """Let go of what is kept of an open file: it is closed."""
        self._single.release()

    def forget_paths(self) -> None:
        """Look again where objects are: the file was edited."""
        self._single.forget()

    def _damaged(self, path: str, reason: str) -> None:
        """Note an object that HDF5 cannot read; the link to it stays what it is."""
        self.add(Issue(path, None, "unreadable", "an object", reason))

    def _build(self, flat: Flat, *, eager: bool = False) -> None:
        """Construct the nodes, each after what it depends on; what circles leave open is filled in at the end."""
        batch = _Batch(flat, eager)
        new = {key: node for key, node in flat.nodes.items() if key not in self.models}
        for node in new.values():
            self.classes.of(node)
        order = list(new)
        if len(order) > 1:
            order = construction_order({key: self._dependencies(node, batch) for key, node in new.items()})
        for key in order:
            self.models[key] = self._construct(new[key], batch)
        self._settle(batch.late)
        for where, link, put in batch.elsewhere:
            put(self.through(where, link))

    def _dependencies(self, node: StoredObject, batch: _Batch) -> list[Key]:
        """Return what has to be there before a node: children that are built with it, and what attributes refer to."""
        needed = [reference.key for reference in batch.flat.references.get(node.key, ()) if reference.key is not None]
        if batch.eager and isinstance(node, StoredGroup):
            for name, link in node.links.items():
                key = link.key if link.kind == "hard" else batch.flat.keys.get(join(node.path, name))
                if key is not None:
                    needed.append(key)
        return [key for key in needed if key != node.key] if needed else needed

    def _settle(self, late: list[tuple[StoredReference | None, Key, Put]]) -> None:
        """Fill in what was not there at first; of values that lead to each other only, nothing is left."""
        while late:
            open_ones = []
            for stored, key, put in late:
                model = self.models.get(key, _LATER)
                if model is _LATER:
                    open_ones.append((stored, key, put))
                else:
                    put(model if stored is None else _with_region(model, stored))
            if len(open_ones) == len(late):
                references = [entry for entry in open_ones if entry[0] is not None]
                for stored, _, put in references or open_ones:
                    put(Unresolved(stored.kind, stored.path) if stored is not None else Unresolved("hard", None))
                open_ones = [entry for entry in open_ones if entry[0] is None] if references else []
            late = open_ones

    def _fetch_all(self, flat: Flat) -> None:
        """Put every child that was built into its collection."""
        for key, node in flat.nodes.items():
            model = self.models[key]
            shelf = model._shelf if isinstance(node, StoredGroup) else None
            if not isinstance(shelf, Shelf):
                continue
            assert isinstance(node, StoredGroup)
            pending = shelf.pending
            assert isinstance(pending, StoredChildren)
            model._complete()
            fields: dict[type, str | None] = {}
            for name in pending.names():
                link = node.links.get(name)
                if link is None or name in shelf.extras:
                    continue
                child = flat.keys.get(join(node.path, name))
                known = child is not None and link.kind != "external"
                model = self.models[child] if known and child is not None else self.through(join(node.path, name), link)
                field_name = fields.get(type(model))
                if field_name is None:
                    model, field_name = pending.placed(name, model)
                    fields[type(model)] = field_name
                shelf.put(name, model, field_name)
            pending.listed(set(fields.values()))

    def _compare(self, flat: Flat) -> None:
        """Note what does not fit together within an object, as far as shapes and attributes tell."""
        for key in flat.nodes:
            model = self.models[key]
            if isinstance(model, NWBModel) and rules_of(type(model), "error"):
                for rule, problem in problems_of(model, "error"):
                    where = f"{model.path}{problem.where}".replace("//", "/")
                    self.add(Issue(where, model.neurodata_type, rule.name, problem.expected, problem.found))

    def _wanted_links(self, node: StoredGroup) -> Iterable[str] | None:
        """Return the links of a group that have to be known when its model is made: all but those of collections."""
        cls = self.classes.of(node)
        assert cls is not None
        tables = storage(cls)
        return tables.children if tables.collections and not tables.unnamed else None

    # ------------------------------------------------------------------------------------------ models
    def _construct(self, node: StoredObject, batch: _Batch) -> Any:
        """Return the model of a node, or its value where it is a plain dataset."""
        if node.key in self.models:  # another file, linked to from this batch, has led back here
            return self.models[node.key]
        cls = self.classes.of(node)
        if cls is None:
            assert isinstance(node, StoredDataset)
            if node.attributes:
                self._beside[node.key] = node.attributes
            else:
                self._beside.pop(node.key, None)
            if type(node.value) is str:
                return self._single_value(node)
            values = {node.key: _LATER}
            self._value(
                node, batch, lambda value: _set(self.models if node.key in self.models else values, node.key, value)
            )
            return values[node.key]
        data: dict[str, Any] = {"name": _name(node, cls)}
        extras: dict[str, Any] = {}
        self._attributes(node, cls, data, extras, batch)
        shelf = self._children(node, cls, data, extras, batch) if isinstance(node, StoredGroup) else None
        if isinstance(node, StoredDataset):
            data["value"] = None
            self._fill_payload(node, cls, data, batch)
        return self._instance(cls, node, data, extras, shelf)

    def _instance(
        self, cls: type[NWBModel], node: StoredObject, data: dict[str, Any], extras: dict[str, Any], shelf: Shelf | None
    ) -> NWBModel:
        """Make a model without validating what was just read: departures are noted, and nothing is refused."""
        vessel = self.vessels.pop(node.key, None)
        is_same = isinstance(vessel, NWBModel) and vessel.neurodata_type == cls.neurodata_type
        model = vessel if is_same else cls.__new__(cls)
        kept = model.__dict__ if is_same else {}
        if type(model) is not cls:  # made by hand, as a class of another version than that of the file
            object.__setattr__(model, "__class__", cls)
        present = {*data, *shelf.pending.members} if shelf is not None else set(data)
        absent, made = _absent(cls, tuple(present) if shelf is not None and shelf.pending.members else tuple(data))
        data.update(absent)
        for name, info in made:
            if shelf is not None and name in _collection_fields(cls):
                data[name] = Collection.on(shelf, name, kept.get(name))
            elif info is not None:
                data[name] = info.get_default(call_default_factory=True)
        private: dict[str, Any] = {"_path": node.path, "_source": self.io, "_key": node.key}
        if isinstance(node, StoredGroup):
            private["_shelf"] = shelf
        object.__setattr__(model, "__dict__", data)  # the same dict: what is late is filled into it
        object.__setattr__(model, "__pydantic_fields_set__", present)
        object.__setattr__(model, "__pydantic_extra__", extras)
        object.__setattr__(model, "__pydantic_private__", private)
        return model

    def _attributes(
        self, node: StoredObject, cls: type[NWBModel], data: dict[str, Any], extras: dict[str, Any], batch: _Batch
    ) -> None:
        stored_types = tuple(map(type, node.attributes.values()))
        places, missing = _attribute_places(cls, tuple(node.attributes), stored_types)
        for place, (name, stored) in zip(places, node.attributes.items(), strict=True):
            if place is None or (name == SPECLOC and node.path == "/"):
                continue
            entry, is_fine = place
            if type(stored) is str and not stored.isascii():
                self._note_encoding(node, stored, f"{node.path}@{name}")
            if entry is not None and (
                is_fine or (entry.marker.value is not None and _same(entry.marker.value, stored))
            ):
                data[entry.field] = stored
                continue
            where = f"{node.path}@{name}"
            if entry is not None:
                data[entry.field] = None
                self._linked(stored, batch, self._attribute(node, where, entry, stored, data))
            else:
                key = name if name not in cls.model_fields else f"@{name}"
                extras[key] = None
                self._linked(stored, batch, self._extra(node, where, extras, key))
        for name in missing:
            self._note(node, "missing", f"attribute {name}", "none", f"{node.path}@{name}")

    def _children(
        self, node: StoredGroup, cls: type[NWBModel], data: dict[str, Any], extras: dict[str, Any], batch: _Batch
    ) -> Shelf | None:
        """Fill in the children of a group; return the shelf with those that are built later."""
        tables = storage(cls)
        members: dict[str, str] = {}
        for name, entry in tables.children.items():
            link = node.links.get(name)
            if link is None:
                if entry.required:
                    self._note(node, "missing", f"{_marker_name(entry)} {name}", "none", join(node.path, name))
            elif batch.eager:
                self._child(node, cls, link, entry, data, extras, batch)
            else:
                members[entry.field] = name
        is_whole = batch.eager and not tables.collections and not tables.unnamed
        if is_whole and node.links.keys() <= tables.children.keys():
            return None
        children = StoredChildren(self, node, cls, members, eager=batch.eager)
        shelf = Shelf(children)
        if not is_whole:
            if tables.unnamed:
                self._unnamed(node, cls, children, data, extras, batch)
            return shelf
        for name, link in node.links.items():
            if name not in tables.children and not self.io.is_skipped(join(node.path, name)):
                shelf.extras[name] = None
                self._target(node, link, batch, self._extra_child(node, name, shelf.extras))
        return shelf if shelf.extras else None

    def _unnamed(
        self,
        node: StoredGroup,
        cls: type[NWBModel],
        children: StoredChildren,
        data: dict[str, Any],
        extras: dict[str, Any],
        batch: _Batch,
    ) -> None:
        """Fill in the single members that the specification gives no name: they are found by their types."""
        tables = storage(cls)
        unnamed = {entry.field: entry for entry in tables.unnamed}
        for name, link in node.links.items():
            found = children.field_of(name) if name not in tables.children else None
            if found in unnamed and found not in data and found not in children.members:
                if batch.eager:
                    self._child(node, cls, link, unnamed[found], data, extras, batch)
                else:
                    children.members[found] = name
                children.exclude(name)
        for entry in tables.unnamed:
            if entry.required and entry.field not in data and entry.field not in children.members:
                self._note(node, "missing", with_article(getattr(entry.model, "neurodata_type", entry.field)), "none")

    def _child(
        self,
        node: StoredGroup,
        cls: type[NWBModel],
        link: StoredLink,
        entry: StoredField,
        data: dict[str, Any],
        extras: dict[str, Any],
        batch: _Batch,
    ) -> None:
        """Fill in one child that the class foresees; attributes of a plain dataset are kept beside it.

        One of a type, dtype and shape that was in order before is so here: most are, and to check each takes longer
        than to build it.
        """
        where = join(node.path, link.name)
        data[entry.field] = None
        key = batch.flat.keys.get(where)
        child = batch.flat.nodes.get(key) if key is not None else None
        model = _LATER if key is None else self.models.get(key, _LATER)
        kind = None if model is _LATER or child is None else _kind_of(entry, child, model)
        if kind is not None and (cls, entry.field, kind) in self._fine:
            data[entry.field] = model
        else:
            noted = len(self.issues)
            self._target(node, link, batch, self._member(node, where, entry, data))
            if kind is not None and len(self.issues) == noted:
                self._fine.add((cls, entry.field, kind))
        if isinstance(child, StoredDataset) and child.attributes and self.classes.of(child) is None:
            self._attributes_beside(node, where, child.attributes, extras, batch)

    def _attributes_beside(
        self, node: StoredGroup, where: str, attributes: dict[str, Any], extras: dict[str, Any], batch: _Batch
    ) -> None:
        """Keep the attributes of a plain dataset with its group."""
        for name, stored in attributes.items():
            key = f"{where.rpartition('/')[2]}@{name}"
            extras[key] = None
            self._linked(stored, batch, self._extra(node, f"{where}@{name}", extras, key))

    # ------------------------------------------------------------------------------------------ links, references
    def _target(self, node: StoredGroup, link: StoredLink, batch: _Batch, put: Put) -> None:
        """Hand over what a link leads to, now or when it is there."""
        where = join(node.path, link.name)
        key = batch.flat.keys.get(where)
        if key is None:
            batch.elsewhere.append((where, link, put))
        elif self.models.get(key, _LATER) is _LATER:
            batch.late.append((None, key, put))
        else:
            put(self.models[key])

    def _linked(self, stored: Any, batch: _Batch, put: Put) -> None:
        """Hand over the value of an attribute, with models in the place of references."""
        if isinstance(stored, StoredReference):
            if stored.key is None:
                put(Unresolved(stored.kind, None))
            elif self.models.get(stored.key, _LATER) is not _LATER:
                put(_with_region(self.models[stored.key], stored))
            elif stored.key in batch.flat.nodes:
                batch.late.append((stored, stored.key, put))
            else:
                put(Unresolved(stored.kind, stored.path))
            return
        if not isinstance(stored, np.ndarray | np.void) or not stored.dtype.hasobject:
            put(stored)
            return
        result = np.array(stored, dtype=stored.dtype)
        self._linked_elements(result, batch)
        put(result[()])  # of a single compound value this is a view: what is late is seen in it

    def _linked_elements(self, array: np.ndarray[Any, Any], batch: _Batch) -> None:
        """Put models in the place of the references in an array, in its compound fields and ragged rows, too."""
        if array.dtype.names is not None:
            for name in array.dtype.names:
                if array.dtype[name].hasobject:
                    self._linked_elements(array[name], batch)
            return
        for index in np.ndindex(array.shape):
            element = array[index]
            if isinstance(element, StoredReference | np.ndarray | np.void):
                self._linked(element, batch, lambda value, index=index: _set(array, index, value))  # type: ignore[misc]

    def leads_out(self, path: str) -> bool:
        """Tell whether a path leaves the file through an external link."""
        with self.io.reading(path) as file:
            return walk(file, path)[2] is not None

    def through(self, where: str, link: StoredLink) -> Any:
        """Return what a link leads to, in this file or another one; the link itself where it leads nowhere."""
        try:
            return self.read(where)
        except (NWBError, OSError) as error:
            self.io.require_intact()
            out = self.leads_out(where)
            wanted = f"an object at {link.path or where}" + (f" in {link.filename}" if link.filename else "")
            found = str(error) if out else "nothing that can be opened"
            self.add(Issue(where, self.classes.owner(where.rpartition("/")[0] or "/"), "link", wanted, found))
            place = f"{self.io.filename}:{where}"
            return Unresolved(link.kind, link.path or where, link.filename or None, place)

    def _follow_external(self, link: StoredLink, *, eager: bool, hops: int) -> Any:
        """Return the model in another file; it is followed within the folder of the file only, unless allowed."""
        if hops >= MAX_SOFT_LINKS:
            msg = f"external links lead round in a circle, at {link.path} in {link.filename}"
            raise NotReadableError(msg)
        return self.io.external(link.filename).builder.read(link.path, eager=eager, hops=hops + 1)

    def resolve(self, file: h5py.File, reference: Any, holder: str) -> Any:
        """Return what a reference in the array at the path `holder` leads to."""
        stored = stored_reference(file.id, reference)
        if stored.key is None:
            return Unresolved(stored.kind, None)
        with BUILDING:
            if stored.key not in self.models:
                path = self._single.locate(stored, holder)
                if path is None or self.io.is_skipped(path):
                    return Unresolved(stored.kind, path)
                self.read(path)
            return _with_region(self.models[stored.key], stored)

    # ------------------------------------------------------------------------------------------ values
    def _value(self, node: StoredDataset, batch: _Batch, put: Put) -> None:
        """Hand over the value of a dataset: a handle for an array, the value itself where it is a single one."""
        if node.problem:
            self._note(node, "unreadable", "a dataset", node.problem)
            put(Unreadable(node.problem, f"{self.io.filename}:{node.path}"))
        elif node.shape is None:
            put(h5py.Empty(node.dtype))
        elif node.shape:
            put(self._array(node))
        else:
            self._linked(self._single_value(node), batch, put)

    def _array(self, node: StoredDataset) -> Array:
        """Return the handle of an array: a new one, or one that people hold."""
        vessel = self.vessels.get(node.key)
        array = getattr(vessel, "value", None) if isinstance(vessel, NWBModel) else self.vessels.pop(node.key, None)
        if node.elsewhere:
            self._look_elsewhere(node)
        if not isinstance(array, Array):
            return Array(HDF5Array(self.io, node))
        array._source = HDF5Array(self.io, node)
        return array

    def _look_elsewhere(self, node: StoredDataset) -> None:
        """Note data that may not be read, since it is outside of the folder; take other shapes from there."""
        from nwb_models.io.outside import refusal

        with self.io.reading(node.path) as file:
            dataset = open_object(file, encode(node.path))
            reason = refusal(dataset, self.io.limits.sources, anywhere=self.io.external_links)
            if not reason:
                node.shape = dataset.shape
                return
        advice = "" if self.io.external_links else "; external_links=True allows it"
        self._note(node, "outside", "data in the file or its folder", reason + advice)

    def _fill_payload(self, node: StoredDataset, cls: type[NWBModel], data: dict[str, Any], batch: _Batch) -> None:
        """Fill in the payload of a dataset; one of a kind that was in order before is so here."""
        entry = storage(cls).value
        kind = None if entry is None else _kind_of(entry, node, node.value)
        if kind is not None and (cls, "value", kind) in self._fine:
            data["value"] = self._array(node) if node.shape else self._single_value(node)
            return
        noted = len(self.issues)
        self._value(node, batch, self._payload(node, entry, data))
        if kind is not None and len(self.issues) == noted:
            self._fine.add((cls, "value", kind))

    def _payload(self, node: StoredDataset, entry: StoredField | None, data: dict[str, Any]) -> Put:
        """Return what fills in the payload of a dataset."""

        def put(value: Any) -> None:
            if entry is not None:
                self._check(node, node.path, entry, value)
                value = _converted(value, entry)
            data["value"] = value

        return put

    def _attribute(self, node: StoredObject, where: str, entry: StoredField, stored: Any, data: dict[str, Any]) -> Put:
        """Return what fills in an attribute that the class foresees."""

        def put(value: Any) -> None:
            if isinstance(entry.marker, Reference) and entry.marker.shape is None:
                self._check_reference(node, where, entry, stored, value)
            elif isinstance(stored, StoredReference):
                self._note(node, "dtype", str(entry.marker.dtype), f"{stored.kind} reference", where)
            else:
                self._check(node, where, entry, value)
            data[entry.field] = _converted(value, entry)

        return put

    def _extra(self, node: StoredObject, where: str, extras: dict[str, Any], key: str) -> Put:
        """Return what fills in an attribute that the class does not foresee."""

        def put(value: Any) -> None:
            extras[key] = value
            if isinstance(value, Unreadable):
                self._note(node, "unreadable", "a value", value.reason, where)
            self._note(node, "unknown", "no such attribute", _described(value), where)

        return put

    def _extra_child(self, node: StoredGroup, name: str, extras: dict[str, Any]) -> Put:
        """Return what fills in a child that the class does not foresee."""

        def put(value: Any) -> None:
            extras[name] = value
            if not isinstance(value, Unresolved):
                self.note_unknown(node.path, name, value)

        return put

    def _member(self, node: StoredGroup, where: str, entry: StoredField, data: dict[str, Any]) -> Put:
        """Return what fills in a child that the class foresees."""

        def put(value: Any) -> None:
            is_model = isinstance(value, NWBModel)
            if entry.model is None and isinstance(value, NWBGroup):
                self._note(node, "type", _marker_name(entry), _described(value), where)
            elif entry.model is not None and not isinstance(value, Unresolved):
                if not is_model or not fits(type(value), entry.model):
                    self._note(node, "type", entry.model.__name__, _described(value), where)
                elif not isinstance(value, NWBGroup):
                    self._check(node, where, entry, value)
            elif not is_model:
                self._check(node, where, entry, value)
                value = _converted(value, entry)
            data[entry.field] = value

        return put

    # ------------------------------------------------------------------------------------------ departures
    def _check(self, node: StoredObject, where: str, entry: StoredField, value: Any) -> None:
        """Note where a value is not what its field asks for."""
        if value is None or isinstance(value, Unresolved):
            return
        if isinstance(value, Unreadable):
            self._note(node, "unreadable", "a value", value.reason, where)
            return
        if isinstance(value, h5py.Empty):
            self._note(node, "shape", "a value", "an empty dataspace", where)
            return
        problem = _problem(entry, value)
        if problem is not None:
            self._note(node, *problem, where)

    def _single_value(self, node: StoredDataset) -> Any:
        """Return the single value of a dataset; text that is no UTF-8 is noted."""
        value = node.value
        if type(value) is str and not value.isascii():
            self._note_encoding(node, value, node.path)
        return value

    def _note_encoding(self, node: StoredObject, text: str, where: str) -> None:
        """Note text that is no UTF-8: it has surrogates for the bytes that are none."""
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            self._note(node, "encoding", "text in UTF-8", repr(encode(text))[:80], where)

    def _check_reference(self, node: StoredObject, where: str, entry: StoredField, stored: Any, value: Any) -> None:
        """Note where an attribute that has to be a reference is none, or leads to something else."""
        marker, wanted = entry.marker, entry.model
        assert isinstance(marker, Reference)
        if not isinstance(stored, StoredReference):
            found = dtype_name(getattr(stored, "dtype", np.dtype(object)))
            self._note(node, "dtype", f"{marker.kind} reference", found, where)
        elif stored.kind != marker.kind:
            self._note(node, "dtype", f"{marker.kind} reference", f"{stored.kind} reference", where)
        elif isinstance(value, Unresolved):
            self._note(node, "reference", wanted.__name__ if wanted else "an object", "a reference to nothing", where)
        elif wanted is not None and marker.kind == "object" and not fits(type(value), wanted):
            self._note(node, "type", wanted.__name__, _described(value), where)

    def note_unknown(self, path: str, name: str, child: Any) -> None:
        """Note a child that the class of a group does not foresee."""
        self.add(Issue(join(path, name), self.classes.owner(path), "unknown", "no such child", _described(child)))

    def _note(self, node: StoredObject, rule: str, expected: str, found: str, where: str | None = None) -> None:
        owner = node.neurodata_type or self.classes.owner(node.path)
        self.add(Issue(where or node.path, owner, rule, expected, found))

    def add(self, issue: Issue) -> None:
        """Keep a departure, once."""
        if issue not in self._noted:
            self._noted.add(issue)
            self.issues.append(issue)


@cache
def _collection_fields(cls: type[NWBModel]) -> frozenset[str]:
    return frozenset(entry.field for entry in storage(cls).collections)


@cache
def _defaults(cls: type[NWBModel]) -> dict[str, FieldInfo | None]:
    """Return the fields of a class, with what knows the default; None where that is None, or there is none."""
    nothing = {name for name, info in cls.model_fields.items() if info.is_required() or _is_none(info)}
    return {name: None if name in nothing else info for name, info in cls.model_fields.items()}


@lru_cache(maxsize=10_000)
def _absent(
    cls: type[NWBModel], given: tuple[str, ...]
) -> tuple[dict[str, None], tuple[tuple[str, FieldInfo | None], ...]]:
    """Return the fields that are not given, None for each; and those of them whose default has to be made."""
    absent = {name: info for name, info in _defaults(cls).items() if name not in given}
    made = ((name, info) for name, info in absent.items() if info is not None or name in _collection_fields(cls))
    return dict.fromkeys(absent), tuple(made)


@lru_cache(maxsize=10_000)
def _attribute_places(
    cls: type[NWBModel], names: tuple[str, ...], kinds: tuple[type, ...]
) -> tuple[list[tuple[StoredField | None, bool] | None], list[str]]:
    """Return where attributes of some names and types of values go, and the names of those that are missing.

    Returns
    -------
    list
        For each attribute, its field, None for one that the class does not foresee; and whether a value of this type
        is what the field asks for, whichever it is.  None for an attribute that is no field.
    list
        What the class requires, and is not there.
    """
    attributes = storage(cls).attributes
    places: list[tuple[StoredField | None, bool] | None] = []
    for name, kind in zip(names, kinds, strict=True):
        entry = attributes.get(name)
        is_fine = entry is not None and _is_judged_by_type(entry, kind) and _problem(entry, kind()) is None
        places.append(None if name in TYPE_ATTRIBUTES else (entry, is_fine))
    fields = {place[0].field for place in places if place is not None and place[0] is not None}
    return places, [name for name, entry in attributes.items() if entry.required and entry.field not in fields]


def _kind_of(entry: StoredField, node: StoredObject, value: Any) -> tuple[Any, ...] | None:
    """Return what decides whether a child is what its field asks for; None where its value does as well."""
    if entry.marker.value is not None or entry.marker.dtype in DATES:
        return None
    if isinstance(node, StoredGroup):
        return (type(value),)
    assert isinstance(node, StoredDataset)
    if node.problem or node.elsewhere:
        return None
    if node.dtype.hasobject and type(value) is not str:  # numpy takes all objects for the same
        return None
    return type(value), node.dtype, node.shape


def _same(wanted: Any, stored: Any) -> bool:
    """Tell whether a value is the text that a specification fixes."""
    return type(stored) is str and stored == wanted


def _is_none(info: FieldInfo) -> bool:
    return info.default is None and info.default_factory is None


def _set(holder: Any, place: Any, value: Any) -> None:
    holder[place] = value


def _with_region(model: Any, stored: StoredReference) -> Any:
    return Region(model, stored.region) if stored.kind == "region" else model


def _name(node: StoredObject, cls: type[NWBModel]) -> str:
    if node.path != "/":
        return node.path.rpartition("/")[2]
    default = cls.model_fields["name"].default
    return default if isinstance(default, str) else "root"


def _converted(value: Any, entry: StoredField) -> Any:
    """Return text as a date where the specification says that it is one, and it is."""
    if entry.marker.dtype in DATES and isinstance(value, str):
        parsed = date_of(value)
        return value if parsed is None else parsed
    return value


def _described(value: Any) -> str:
    """Return what a value is, in a few words and one line."""
    if isinstance(value, NWBModel):
        return value.neurodata_type or f"an untyped {'group' if isinstance(value, NWBGroup) else 'dataset'}"
    if isinstance(value, Array):
        return f"an array of shape {value.shape}"
    return " ".join(repr(value).split())[:80]


def _is_judged_by_type(entry: StoredField, kind: type) -> bool:
    """Tell whether the type of a value says all that its field asks for: not for dates, constants and references."""
    marker = entry.marker
    is_single = kind is str or issubclass(kind, np.number | np.bool_)
    return is_single and marker.value is None and marker.dtype not in DATES and not isinstance(marker, Reference)


def _problem(entry: StoredField, value: Any) -> tuple[str, str, str] | None:
    """Return (rule, expected, found) where a value is not what its field asks for."""
    marker = entry.marker
    problem = marker.problem(value)
    if problem is None and marker.dtype in DATES and isinstance(value, str):
        problem = date_problem(value, str(marker.dtype))
    shape = getattr(value, "shape", ())
    single = marker.shape is None and marker.dtype is not None and entry.model is None and not isinstance(marker, Value)
    if problem is None and single and shape:
        problem = ("shape", "a single value", shape_name(shape))
    return problem


def _marker_name(entry: StoredField) -> str:
    return type(entry.marker).__name__.lower()


def _not_found(file: h5py.File, path: str) -> str:
    """Say where a path ends, and what is there instead."""
    parts = [part for part in path.split("/") if part]
    for depth in range(len(parts), -1, -1):
        above = "/" + "/".join(parts[:depth])
        found = open_path(file, above)
        if found is not None:
            names = list(links_of(found[0])) if isinstance(found[0], h5py.h5g.GroupID) else []
            listed = ", ".join(sorted(names)[:12]) + (", ..." if len(names) > 12 else "")
            return f"No object at {path!r} in {file.filename}; {above} holds: {listed or 'nothing'}"
    return f"No object at {path!r} in {file.filename}"
