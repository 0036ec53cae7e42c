"""Nodes -> models: one stored object is one model, once per open file, whichever path or reference leads to it."""

from __future__ import annotations

import contextlib
import gc
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.errors import NotReadableError, NWBError, ObjectNotFoundError
from nwb_models.io.arrays import HDF5Array
from nwb_models.io.children import StoredChildren
from nwb_models.io.classes import Classes
from nwb_models.io.graph import construction_order
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
    paths_by_key,
    readable,
    references_of,
    walk,
)
from nwb_models.io.values import stored_reference
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBGroup, NWBModel
from nwb_models.models.check import DATES, dtype_name, shape_name
from nwb_models.models.children import Collection, Shelf
from nwb_models.models.issues import Issue
from nwb_models.models.links import Region, Unreadable, Unresolved
from nwb_models.models.mapping import Reference, Storage, StoredField, Value, fits, storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
        self._paths: dict[Key, str] | None = None
        self._noted: set[Issue] = set()
        self._fine: set[tuple[type, str, type]] = set()
        """Class, attribute and type of value of single values that are what the class asks for, whatever they are."""

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
        later = _collecting_later() if eager else contextlib.nullcontext()
        with self.io.opened() as file, readable(file, path), later:
            obj, where, out = walk(file, path)
            if out is not None:
                return self._follow_external(out, eager=eager, hops=hops)
            if obj is None:
                raise ObjectNotFoundError(_not_found(file, path))
            key = key_of(obj)
            if key not in self.models or eager:
                follow = None if eager else self._follow
                flat = flatten(
                    file,
                    [where],
                    follow=follow,
                    skip=self.io.is_skipped,
                    locate=self._locate,
                    damaged=self._damaged,
                )
                self._build(flat)
                if eager:
                    self._fetch_all(flat)
            return self.models[key]

    def forget_paths(self) -> None:
        """Look again where objects are: the file was edited."""
        self._paths = None

    def _damaged(self, path: str, reason: str) -> None:
        """Note an object that HDF5 cannot read; the link to it stays what it is."""
        self.add(Issue(path, None, "unreadable", "an object", reason))

    def _build(self, flat: Flat) -> None:
        """Construct the nodes, each after what it depends on; what circles leave open is filled in at the end."""
        batch = _Batch(flat)
        new = {key: node for key, node in flat.nodes.items() if key not in self.models}
        for node in new.values():
            self.classes.of(node)
        dependencies = {key: self._dependencies(node, flat) for key, node in new.items()}
        for key in construction_order(dependencies):
            self.models[key] = self._construct(new[key], batch)
        self._settle(batch.late)
        for where, link, put in batch.elsewhere:
            put(self.through(where, link))

    def _dependencies(self, node: StoredObject, flat: Flat) -> list[Key]:
        """Return what has to be there before a node: its children and what its attributes refer to."""
        needed = [r.key for r in references_of(node) if r.key is not None]
        if isinstance(node, StoredGroup):
            paths = (join(node.path, link.name) for link in node.links.values())
            needed += [flat.keys[path] for path in paths if path in flat.keys]
        return [key for key in needed if key != node.key]

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

    def _locate(self, reference: StoredReference, holder: str) -> str | None:
        """Return the path of an object that no link led to; None where its model is there already.

        Most references lead to a neighbour, as that of an index to its column.  Only for the others all addresses of
        the file are collected, once.
        """
        if reference.key is None or reference.key in self.models:
            return None
        above = holder.rpartition("/")[0] or "/"
        with self.io.opened() as file:
            found = open_path(file, above)
            is_group = found is not None and isinstance(found[0], h5py.h5g.GroupID)
            for link in links_of(found[0]).values() if found is not None and is_group else ():
                if link.key == reference.key:
                    return join(above, link.name)
            if self._paths is None:
                self._paths = paths_by_key(file)
        return self._paths.get(reference.key)

    def _fetch_all(self, flat: Flat) -> None:
        """Put every child that was built into its collection."""
        for key, node in flat.nodes.items():
            shelf = getattr(self.models[key], "_shelf", None)
            if not isinstance(shelf, Shelf) or not isinstance(node, StoredGroup):
                continue
            assert isinstance(shelf.pending, StoredChildren)
            fields: set[str | None] = set()
            for name, link in node.links.items():
                if name not in shelf.pending or name in shelf.extras:
                    continue
                child = flat.keys.get(join(node.path, name))
                known = child is not None and link.kind != "external"
                model = self.models[child] if known and child is not None else self.through(join(node.path, name), link)
                placed, field_name = shelf.pending.placed(name, model)
                shelf.put(name, placed, field_name)
                fields.add(field_name)
            shelf.pending.listed(fields)

    def _follow(self, node: StoredObject) -> Iterable[str] | None:
        """Return the children that are built together with a group: all but those of its collections."""
        if node.key in self.models:
            return ()
        cls = self.classes.of(node)
        if cls is None or not issubclass(cls, NWBGroup):
            return ()
        tables = storage(cls)
        if not tables.collections and not tables.unnamed:
            return None
        if not tables.unnamed:
            return tables.children
        fields = {entry.field for entry in tables.unnamed}
        children = StoredChildren(self, node.path, cls)
        return [*tables.children, *(name for name in children.names() if children.field_of(name) in fields)]

    # ------------------------------------------------------------------------------------------ models
    def _construct(self, node: StoredObject, batch: _Batch) -> Any:
        """Return the model of a node, or its value where it is a plain dataset."""
        if node.key in self.models:  # another file, linked to from this batch, has led back here
            return self.models[node.key]
        cls = self.classes.of(node)
        if cls is None:
            assert isinstance(node, StoredDataset)
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
            entry = storage(cls).value
            data["value"] = None
            self._value(node, batch, self._payload(node, entry, data))
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
        present = set(data)
        for name, info in _defaults(cls).items():
            if name in present:
                continue
            if shelf is not None and name in _collection_fields(cls):
                data[name] = Collection.on(shelf, name, kept.get(name))
            else:
                data[name] = None if info is None else info.get_default(call_default_factory=True)
        private: dict[str, Any] = {"_path": node.path, "_source": self.io, "_key": node.key}
        if issubclass(cls, NWBGroup):
            private["_shelf"] = shelf
        object.__setattr__(model, "__dict__", data)  # the same dict: what is late is filled into it
        object.__setattr__(model, "__pydantic_fields_set__", present)
        object.__setattr__(model, "__pydantic_extra__", extras)
        object.__setattr__(model, "__pydantic_private__", private)
        return model

    def _attributes(
        self, node: StoredObject, cls: type[NWBModel], data: dict[str, Any], extras: dict[str, Any], batch: _Batch
    ) -> None:
        tables = storage(cls)
        for name, stored in node.attributes.items():
            if name in TYPE_ATTRIBUTES or (node.path == "/" and name == SPECLOC):
                continue
            entry = tables.attributes.get(name)
            if entry is not None and (cls, name, type(stored)) in self._fine:
                data[entry.field] = stored
                continue
            where = f"{node.path}@{name}"
            if entry is not None:
                data[entry.field] = None
                self._linked(stored, batch, self._attribute(node, where, entry, stored, data))
                if _is_judged_by_type(entry, stored) and self._problem(entry, stored) is None:
                    self._fine.add((cls, name, type(stored)))
            else:
                key = name if name not in cls.model_fields else f"@{name}"
                extras[key] = None
                self._linked(stored, batch, self._extra(node, where, extras, key))
        for name, entry in tables.attributes.items():
            if entry.required and entry.field not in data:
                self._note(node, "missing", f"attribute {name}", "none", f"{node.path}@{name}")

    def _children(
        self, node: StoredGroup, cls: type[NWBModel], data: dict[str, Any], extras: dict[str, Any], batch: _Batch
    ) -> Shelf | None:
        """Fill in the children of a group; return the shelf with those that are built later."""
        tables = storage(cls)
        for name, entry in tables.children.items():
            link = node.links.get(name)
            if link is not None:
                self._child(node, link, entry, data, extras, batch)
            elif entry.required:
                self._note(node, "missing", f"{_marker_name(entry)} {name}", "none", join(node.path, name))
        children = StoredChildren(self, node.path, cls, list(node.links) if node.complete else None)
        shelf = Shelf(children)
        if tables.collections or tables.unnamed:
            self._unnamed(node, tables, children, data, extras, batch)
            return shelf
        for name, link in node.links.items():
            if name not in tables.children and not self.io.is_skipped(join(node.path, name)):
                shelf.extras[name] = None
                self._target(node, link, batch, self._extra_child(node, name, shelf.extras))
        return shelf if shelf.extras else None

    def _unnamed(
        self,
        node: StoredGroup,
        tables: Storage,
        children: StoredChildren,
        data: dict[str, Any],
        extras: dict[str, Any],
        batch: _Batch,
    ) -> None:
        """Fill in the single members that the specification gives no name: they are found by their types."""
        unnamed = {entry.field: entry for entry in tables.unnamed}
        for name, link in node.links.items() if unnamed else ():
            found = children.field_of(name) if name not in tables.children else None
            if found in unnamed and found not in data:
                self._child(node, link, unnamed[found], data, extras, batch)
                children.exclude(name)
        for entry in tables.unnamed:
            if entry.required and entry.field not in data:
                self._note(node, "missing", f"a {getattr(entry.model, 'neurodata_type', entry.field)}", "none")

    def _child(
        self,
        node: StoredGroup,
        link: StoredLink,
        entry: StoredField,
        data: dict[str, Any],
        extras: dict[str, Any],
        batch: _Batch,
    ) -> None:
        """Fill in one child that the class foresees; attributes of a plain dataset are kept beside it."""
        where = join(node.path, link.name)
        data[entry.field] = None
        key = batch.flat.keys.get(where)
        child = batch.flat.nodes.get(key) if key is not None else None
        self._target(node, link, batch, self._member(node, where, entry, data))
        if isinstance(child, StoredDataset) and self.classes.of(child) is None:
            for name, stored in child.attributes.items():
                key_name = f"{link.name}@{name}"
                extras[key_name] = None
                self._linked(stored, batch, self._extra(node, f"{where}@{name}", extras, key_name))

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
        with self.io.opened() as file:
            return walk(file, path)[2] is not None

    def through(self, where: str, link: StoredLink) -> Any:
        """Return what a link leads to, in this file or another one; the link itself where it leads nowhere."""
        try:
            return self.read(where)
        except (NWBError, OSError) as error:
            out = self.leads_out(where)
            wanted = f"an object at {link.path or where}" + (f" in {link.filename}" if link.filename else "")
            found = str(error) if out else "nothing that can be opened"
            self.add(Issue(where, self.classes.owner(where.rpartition("/")[0] or "/"), "link", wanted, found))
            return Unresolved(link.kind, link.path or where, link.filename or None)

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
        if stored.key not in self.models:
            path = self._locate(stored, holder)
            if path is None or self.io.is_skipped(path):
                return Unresolved(stored.kind, path)
            self.read(path)
        return _with_region(self.models[stored.key], stored)

    # ------------------------------------------------------------------------------------------ values
    def _value(self, node: StoredDataset, batch: _Batch, put: Put) -> None:
        """Hand over the value of a dataset: a handle for an array, the value itself where it is a single one."""
        if node.problem:
            self._note(node, "unreadable", "a dataset", node.problem)
            put(Unreadable(node.problem))
        elif node.shape is None:
            put(h5py.Empty(node.dtype))
        elif node.shape:
            put(self._array(node))
        else:
            self._linked(node.value, batch, put)

    def _array(self, node: StoredDataset) -> Array:
        """Return the handle of an array: a new one, or one that people hold."""
        vessel = self.vessels.get(node.key)
        array = getattr(vessel, "value", None) if isinstance(vessel, NWBModel) else self.vessels.pop(node.key, None)
        if not isinstance(array, Array):
            return Array(HDF5Array(self.io, node))
        array._source = HDF5Array(self.io, node)
        return array

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
                else:
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
        problem = self._problem(entry, value)
        if problem is not None:
            self._note(node, *problem, where)

    def _problem(self, entry: StoredField, value: Any) -> tuple[str, str, str] | None:
        """Return (rule, expected, found) where a value is not what its field asks for."""
        marker = entry.marker
        problem = marker.problem(value)
        if problem is None and marker.dtype in DATES and isinstance(value, str) and _date(value) is None:
            problem = ("dtype", "a date and time in ISO 8601", repr(value)[:80])
        shape = getattr(value, "shape", ())
        single = (
            marker.shape is None and marker.dtype is not None and entry.model is None and not isinstance(marker, Value)
        )
        if problem is None and single and shape:
            problem = ("shape", "a single value", shape_name(shape))
        return problem

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


def _is_none(info: FieldInfo) -> bool:
    return info.default is None and info.default_factory is None


@contextlib.contextmanager
def _collecting_later() -> Iterator[None]:
    """Let Python look for garbage after a whole file was built: it would look at all of its models, many times.

    For 6,600 objects that takes a fifth of the time, and there is no garbage among them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
        parsed = _date(value)
        return value if parsed is None else parsed
    return value


def _date(text: str) -> datetime | None:
    with contextlib.suppress(ValueError):
        return datetime.fromisoformat(text.strip())
    return None


def _described(value: Any) -> str:
    """Return what a value is, in a few words and one line."""
    if isinstance(value, NWBModel):
        return value.neurodata_type or f"an untyped {'group' if isinstance(value, NWBGroup) else 'dataset'}"
    if isinstance(value, Array):
        return f"an array of shape {value.shape}"
    return " ".join(repr(value).split())[:80]


def _is_judged_by_type(entry: StoredField, value: Any) -> bool:
    """Tell whether the type of a value says all that its field asks for: not for dates, constants and references."""
    marker = entry.marker
    is_single = type(value) is str or isinstance(value, np.number | np.bool_)
    return is_single and marker.value is None and marker.dtype not in DATES and not isinstance(marker, Reference)


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
