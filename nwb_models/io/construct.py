"""Nodes -> models.

One stored object becomes one model, once per open file, whichever path or reference leads to it.  The class of an
object follows from its own neurodata_type and from its place: an untyped group has no other, and a column of a table
that the specification describes has a class that refines its type.
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.errors import ObjectNotFoundError
from nwb_models.io.arrays import HDF5Array
from nwb_models.io.graph import construction_order
from nwb_models.io.nodes import Key, StoredDataset, StoredGroup, StoredLink, StoredObject, StoredReference
from nwb_models.io.queue import (
    SPECLOC,
    Flat,
    flatten,
    join,
    key_of,
    link_of,
    links_of,
    open_path,
    paths_by_key,
    read_node,
    references_of,
)
from nwb_models.io.values import stored_reference
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBDataset, NWBGroup, NWBModel
from nwb_models.models.check import DATES
from nwb_models.models.children import Collection, Shelf
from nwb_models.models.issues import Issue
from nwb_models.models.links import Region, Unreadable, Unresolved
from nwb_models.models.mapping import Storage, StoredField, refines, storage
from nwb_models.naming import class_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nwb_models.io.hdf5 import HDF5IO

_LATER = object()
"""Stands for the value of a dataset that refers to something in whose building it takes part itself."""

TYPE_ATTRIBUTES = frozenset({"neurodata_type", "data_type", "namespace"})
"""Attributes that say what class an object has, and are no fields of it."""


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
        self._models: dict[Key, Any] = {}
        self._classes: dict[str, type[NWBModel] | None] = {}
        self._paths: dict[Key, str] | None = None
        self._late: list[tuple[Key, Callable[[Any], None]]] = []
        self._noted: set[Issue] = set()

    # ------------------------------------------------------------------------------------------ building
    def read(self, path: str, *, eager: bool = False) -> Any:
        """Return the model of the object at a path, or the value of a plain dataset; build it where it is not yet.

        Raises
        ------
        ObjectNotFoundError
            Where there is no object.
        """
        with self.io.opened() as file:
            found = open_path(file, path)
            if found is None:
                raise ObjectNotFoundError(self._not_found(file, path))
            obj, path = found
            key = key_of(obj)
            if key not in self._models or eager:
                flat = flatten(
                    file, [path], follow=None if eager else self._follow, skip=self.io.is_skipped, locate=self._locate
                )
                if eager:
                    for node in flat.nodes.values():
                        self._class_of(node)
                self._build(flat)
                if eager:
                    self._fetch_all(flat)
            return self._models[key]

    def _build(self, flat: Flat) -> None:
        """Construct the nodes, each after what it depends on; what circles leave open is filled in at the end."""
        new = {key: node for key, node in flat.nodes.items() if key not in self._models}
        dependencies = {key: self._dependencies(node, flat) for key, node in new.items()}
        for key in construction_order(dependencies):
            self._models[key] = self._construct(new[key], flat)
        for key, patch in self._late:
            patch(self._models.get(key))
        self._late.clear()

    def _dependencies(self, node: StoredObject, flat: Flat) -> list[Key]:
        """Return what has to be there before a node: its children and what its attributes refer to."""
        needed = [r.key for r in references_of(node) if r.key is not None]
        if isinstance(node, StoredGroup):
            paths = (join(node.path, link.name) for link in node.links.values())
            needed += [flat.keys[path] for path in paths if path in flat.keys]
        return [key for key in needed if key != node.key]

    def _locate(self, reference: StoredReference, holder: str) -> str | None:
        """Return the path of an object that no link led to; None where its model is there already.

        Most references lead to a neighbour, as that of an index to its column.  Only for the others all addresses of
        the file are collected, once.
        """
        if reference.key is None or reference.key in self._models:
            return None
        above = holder.rpartition("/")[0] or "/"
        with self.io.opened() as file:
            found = open_path(file, above)
            for link in links_of(found[0]).values() if found is not None else ():
                if link.key == reference.key:
                    return join(above, link.name)
            if self._paths is None:
                self._paths = paths_by_key(file)
        return self._paths.get(reference.key)

    def _fetch_all(self, flat: Flat) -> None:
        """Put every child that was built into its collection."""
        for key, node in flat.nodes.items():
            shelf = getattr(self._models[key], "_shelf", None)
            if not isinstance(shelf, Shelf) or not isinstance(node, StoredGroup):
                continue
            assert isinstance(shelf.pending, StoredChildren)
            for name, link in node.links.items():
                if name not in shelf.pending or name in shelf.extras:
                    continue
                child = flat.keys.get(join(node.path, name))
                if link.kind == "external" or child is None:
                    shelf.fetch(name)
                else:
                    shelf.put(name, *shelf.pending.placed(name, self._models[child]))

    def _follow(self, node: StoredObject) -> Iterable[str] | None:
        """Return the children that are built together with a group: all but those of its collections."""
        if node.key in self._models:
            return ()
        cls = self._class_of(node)
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

    # ------------------------------------------------------------------------------------------ classes
    def class_at(self, path: str) -> type[NWBModel] | None:
        """Return the class of the object at a path; None for a dataset that is a plain value, or where nothing is."""
        if path not in self._classes:
            with self.io.opened() as file:
                found = open_path(file, path)
                if found is None:
                    return None
                obj, path = found
                if path not in self._classes:
                    self._class_of(read_node(file, obj, path))
        return self._classes[path]

    def _class_of(self, node: StoredObject) -> type[NWBModel] | None:
        """Return the class of a node: see the text of this module."""
        if node.path not in self._classes:
            self._classes[node.path] = self._find_class(node)
        return self._classes[node.path]

    def _find_class(self, node: StoredObject) -> type[NWBModel] | None:
        kind = NWBGroup if isinstance(node, StoredGroup) else NWBDataset
        own = self._own_class(node)
        if own is not None and not issubclass(own, kind):
            self._note(node, "type", f"a {'dataset' if kind is NWBGroup else 'group'}", _kind_name(node))
            own = None
        entry = self._declaration(node, own)
        declared = entry.model if entry is not None else None
        if declared is not None and not issubclass(declared, kind):
            declared = None
        if node.neurodata_type is None:
            if declared is not None:
                return declared
            if kind is NWBGroup:
                return NWBGroup
            return None if entry is not None or not node.attributes else NWBDataset
        if own is None:
            return self._unspecified(node, declared, kind)
        found = declared if declared is not None and refines(declared, own) else own
        if node.namespace not in (None, found.namespace):
            # the file names an older or wider namespace, as files do from before the tables left core
            return variant(found, node.neurodata_type, node.namespace, specified=True)
        return found

    def _own_class(self, node: StoredObject) -> type[Any] | None:
        """Return the class of the type that a node names."""
        if node.neurodata_type is None:
            if node.path == "/" and "nwb_version" in node.attributes:
                self._note(node, "missing", "attribute neurodata_type", "none")
                return self.io.provider.find_class("core", "NWBFile")
            return None
        return self.io.provider.find_class(node.namespace, node.neurodata_type)

    def _declaration(self, node: StoredObject, own: type[Any] | None) -> StoredField | None:
        """Return the field of the parent's class that an object belongs to."""
        if node.path == "/":
            return None
        parent, _, name = node.path.rpartition("/")
        above = self.class_at(parent or "/")
        if above is None:
            return None
        tables = storage(above)
        if name in tables.children:
            return tables.children[name]
        return tables.by_type(own) if own is not None else None

    def _unspecified(self, node: StoredObject, declared: type[Any] | None, kind: type[Any]) -> type[NWBModel]:
        """Return a class for a type that no specification defines: the nearest known one, marked."""
        assert node.neurodata_type is not None
        base = declared
        if base is None:
            plain = "Container" if kind is NWBGroup else "Data"
            names = (f"NWB{plain}", plain)
            found = (self.io.provider.find_class("core", name) for name in names)
            base = next((cls for cls in found if cls is not None), kind)
        self._note(
            node,
            "type",
            "a type of the file's specifications",
            f"{node.namespace or 'no namespace'}.{node.neurodata_type}, read as {base.__name__}",
        )
        return variant(base, node.neurodata_type, node.namespace, specified=False)

    # ------------------------------------------------------------------------------------------ models
    def _construct(self, node: StoredObject, flat: Flat) -> Any:
        """Return the model of a node, or its value where it is a plain dataset."""
        cls = self._class_of(node)
        if cls is None:
            assert isinstance(node, StoredDataset)
            value = self._value(node, flat, self._models, node.key)
            return _LATER if value is None else value
        tables = storage(cls)
        data: dict[str, Any] = {"name": self._name(node, cls)}
        extras: dict[str, Any] = {}
        self._attributes(node, tables, data, extras, flat)
        shelf = None
        if isinstance(node, StoredGroup):
            shelf = self._children(node, cls, tables, data, extras, flat)
        else:
            assert isinstance(node, StoredDataset)
            data["value"] = self._value(node, flat, data, "value")
            if tables.value is not None:
                self._check(node, node.path, tables.value, data["value"])
                data["value"] = _converted(data["value"], tables.value)
        return self._instance(cls, node, data, extras, shelf)

    def _instance(
        self, cls: type[NWBModel], node: StoredObject, data: dict[str, Any], extras: dict[str, Any], shelf: Shelf | None
    ) -> NWBModel:
        """Make a model without validating what was just read: departures are noted, and nothing is refused."""
        model = cls.__new__(cls)
        values = {}
        for name, info in cls.model_fields.items():
            if name in data:
                values[name] = data[name]
            elif shelf is not None and name in _collection_fields(cls):
                values[name] = Collection.on(shelf, name)
            else:
                values[name] = None if info.is_required() else info.get_default(call_default_factory=True)
        private = {"_path": node.path, "_issues": self.issues}
        if issubclass(cls, NWBGroup):
            private["_shelf"] = shelf
        object.__setattr__(model, "__dict__", values)
        object.__setattr__(model, "__pydantic_fields_set__", set(data))
        object.__setattr__(model, "__pydantic_extra__", extras)
        object.__setattr__(model, "__pydantic_private__", private)
        return model

    @staticmethod
    def _name(node: StoredObject, cls: type[NWBModel]) -> str:
        if node.path != "/":
            return node.path.rpartition("/")[2]
        default = cls.model_fields["name"].default
        return default if isinstance(default, str) else "root"

    def _attributes(
        self, node: StoredObject, tables: Storage, data: dict[str, Any], extras: dict[str, Any], flat: Flat
    ) -> None:
        for name, stored in node.attributes.items():
            if name in TYPE_ATTRIBUTES or (node.path == "/" and name == SPECLOC):
                continue
            entry = tables.attributes.get(name)
            target, field = (data, entry.field) if entry is not None else (extras, _free(name, data, extras))
            value = self._linked(stored, flat, target, field)
            target[field] = value
            where = f"{node.path}@{name}"
            if isinstance(value, Unreadable):
                self._note(node, "unreadable", "a value", value.reason, where)
            elif entry is None:
                self._note(node, "unknown", "no such attribute", _described(value), where)
            else:
                self._check(node, where, entry, stored)
                data[field] = _converted(value, entry)
        for name, entry in tables.attributes.items():
            if entry.required and entry.field not in data:
                self._note(node, "missing", f"attribute {name}", "none", f"{node.path}@{name}")

    def _children(
        self, node: StoredGroup, cls: type[NWBModel], tables: Storage, data: dict[str, Any], extras: dict[str, Any], flat: Flat
    ) -> Shelf | None:
        """Fill in the children of a group; return the shelf with those that are built later."""
        for name, entry in tables.children.items():
            link = node.links.get(name)
            if link is not None:
                self._child(node, link, entry, data, extras, flat)
            elif entry.required:
                self._note(node, "missing", f"{_marker_name(entry)} {name}", "none", join(node.path, name))
        children = StoredChildren(self, node.path, cls, list(node.links) if node.complete else None)
        if not tables.collections and not tables.unnamed:
            shelf = Shelf(children)
            for name, link in node.links.items():
                if name not in tables.children and not self.io.is_skipped(join(node.path, name)):
                    shelf.extras[name] = self._target(node, link, flat, shelf.extras, name)
                    self._note(node, "unknown", "no such child", _link_name(link), join(node.path, name))
            return shelf if shelf.extras else None
        return self._shelf(node, children, tables, data, extras, flat)

    def _shelf(
        self,
        node: StoredGroup,
        children: StoredChildren,
        tables: Storage,
        data: dict[str, Any],
        extras: dict[str, Any],
        flat: Flat,
    ) -> Shelf:
        """Return what the collections of a group share; nameless single members are taken out and built."""
        unnamed = {entry.field: entry for entry in tables.unnamed}
        if unnamed:
            for name, link in node.links.items():
                field = children.field_of(name) if name not in tables.children else None
                if field in unnamed and field not in data:
                    self._child(node, link, unnamed[field], data, extras, flat)
                    children.exclude(name)
            for entry in tables.unnamed:
                if entry.required and entry.field not in data:
                    wanted = getattr(entry.model, "neurodata_type", entry.field)
                    self._note(node, "missing", f"a {wanted}", "none")
        return Shelf(children)

    def _child(
        self, node: StoredGroup, link: StoredLink, entry: StoredField, data: dict[str, Any], extras: dict[str, Any], flat: Flat
    ) -> None:
        """Fill in one child that the class foresees."""
        where = join(node.path, link.name)
        value = self._target(node, link, flat, data, entry.field)
        key = flat.keys.get(where)
        child = flat.nodes.get(key) if key is not None else None
        if isinstance(value, NWBModel) and entry.model is None and isinstance(child, StoredGroup):
            self._note(node, "type", _marker_name(entry), _described(value), where)
        elif isinstance(value, NWBModel) and entry.model is not None:
            self._check_type(node, where, entry, value)
            self._check(node, where, entry, value)
        elif value is not None and entry.model is not None and not isinstance(value, Unresolved):
            self._note(node, "type", entry.model.__name__, _described(value), where)
        elif isinstance(child, StoredDataset):
            self._check(node, where, entry, value)
            value = _converted(value, entry)
            for name, attribute in child.attributes.items():
                extras[f"{link.name}@{name}"] = self._linked(attribute, flat, extras, f"{link.name}@{name}")
                self._note(node, "unknown", "no such attribute", _described(attribute), f"{where}@{name}")
        data[entry.field] = value

    def _target(self, node: StoredGroup, link: StoredLink, flat: Flat, holder: dict[str, Any], field: str) -> Any:
        """Return what a link leads to; where a circle leads back to it, it is filled in later."""
        where = join(node.path, link.name)
        if link.kind == "external":
            return self.external(where, link)
        key = flat.keys.get(where)
        if key is None:
            self._note(node, "link", f"an object at {link.path or where}", "nothing that can be opened", where)
            return Unresolved(link.kind, link.path or where)
        if self._models.get(key, _LATER) is _LATER:
            self._late.append((key, _filling(holder, field)))
            return None
        return self._models[key]

    def external(self, where: str, link: StoredLink) -> Any:
        """Return what an external link leads to; it is followed within the folder of the file only, unless allowed."""
        try:
            return self.io.external(link.filename).read(link.path)
        except (OSError, ValueError, KeyError) as error:
            self._add(Issue(where, None, "link", f"{link.path} in {link.filename}", str(error)))
            return Unresolved("external", link.path, link.filename)

    def _linked(self, stored: Any, flat: Flat, holder: Any, field: Any) -> Any:
        """Return the value of an attribute with models in the place of references."""
        if isinstance(stored, StoredReference):
            if stored.key in self._models:
                return _with_region(self._models[stored.key], stored)
            if stored.key is None or stored.key not in flat.nodes:
                return Unresolved(stored.kind, stored.path)
            self._late.append((stored.key, _filling(holder, field, stored)))
            return None
        if isinstance(stored, np.ndarray | np.void) and stored.dtype.hasobject:
            return self._linked_array(stored, flat)
        return stored

    def _linked_array(self, stored: Any, flat: Flat) -> Any:
        if stored.dtype.names is not None:
            result = stored.copy()
            for name in stored.dtype.names:
                if stored.dtype[name].hasobject:
                    result[name] = self._linked_array(np.asarray(stored[name], dtype=object), flat)
            return result
        result = np.empty(stored.shape, dtype=object)
        flat_result = result.reshape(-1)
        for number, value in enumerate(stored.reshape(-1)):
            flat_result[number] = value
            if isinstance(value, StoredReference):
                flat_result[number] = self._linked(value, flat, flat_result, number)
        return result if result.ndim else result[()]

    def resolve(self, file: h5py.File, reference: Any, holder: str) -> Any:
        """Return what a reference in the array at the path `holder` leads to."""
        stored = stored_reference(file.id, reference)
        if stored.key not in self._models:
            path = self._locate(stored, holder)
            if path is None or self.io.is_skipped(path):
                return Unresolved(stored.kind, path)
            self.read(path)
        return _with_region(self._models[stored.key], stored) if stored.key is not None else Unresolved(stored.kind, None)

    # ------------------------------------------------------------------------------------------ values
    def _value(self, node: StoredDataset, flat: Flat, holder: Any, place: Any) -> Any:
        """Return the value of a dataset: a handle for an array, the value itself where it is a single one."""
        if node.problem:
            self._note(node, "unreadable", "a dataset", node.problem)
            return Unreadable(node.problem)
        if node.shape is None:
            return h5py.Empty(node.dtype)
        if node.shape:
            return Array(HDF5Array(self.io, node))
        return self._linked(node.value, flat, holder, place)

    # ------------------------------------------------------------------------------------------ departures
    def _check(self, node: StoredObject, where: str, entry: StoredField, value: Any) -> None:
        """Note where a value is not what its field asks for."""
        if value is None or isinstance(value, Unresolved | Unreadable | StoredReference | h5py.Empty):
            if isinstance(value, h5py.Empty):
                self._note(node, "shape", "a value", "an empty dataspace", where)
            return
        problem = entry.marker.problem(value)
        if problem is None and entry.marker.dtype in DATES and isinstance(value, str) and _date(value) is None:
            problem = ("dtype", "a date and time in ISO 8601", repr(value)[:80])
        if problem is not None:
            self._note(node, *problem, where)

    def _check_type(self, node: StoredObject, where: str, entry: StoredField, value: NWBModel) -> None:
        wanted = entry.model
        if wanted is not None and not isinstance(value, wanted) and not refines(wanted, type(value)):
            self._note(node, "type", wanted.__name__, type(value).__name__, where)

    def _note(self, node: StoredObject, rule: str, expected: str, found: str, where: str | None = None) -> None:
        owner = node.neurodata_type
        self._add(Issue(where or node.path, owner, rule, expected, found))

    def _add(self, issue: Issue) -> None:
        if issue not in self._noted:
            self._noted.add(issue)
            self.issues.append(issue)

    @staticmethod
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


class StoredChildren:
    """The children of a stored group that its collections build when they are asked for."""

    def __init__(self, builder: Builder, path: str, cls: type[NWBModel], names: list[str] | None = None) -> None:
        self._builder, self._path, self._cls = builder, path, cls
        self._excluded = set(storage(cls).children)
        self._names = names

    def exclude(self, name: str) -> None:
        """Leave out a child that a field holds."""
        self._excluded.add(name)

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such a child; the others are not listed for it."""
        if not isinstance(name, str) or "/" in name or not self._counts(name):
            return False
        if self._names is not None:
            return name in self._names
        with self._builder.io.opened() as file:
            found = open_path(file, self._path)
            return found is not None and link_of(found[0], name) is not None

    def names(self) -> list[str]:
        """Return the names, in the order of the file."""
        if self._names is None:
            with self._builder.io.opened() as file:
                found = open_path(file, self._path)
                self._names = list(links_of(found[0])) if found is not None else []
        return [name for name in self._names if self._counts(name)]

    def _counts(self, name: str) -> bool:
        return name not in self._excluded and not self._builder.io.is_skipped(join(self._path, name))

    def field_of(self, name: str) -> str | None:
        """Return the field whose type a child has."""
        cls = self._builder.class_at(join(self._path, name))
        if cls is not None:
            return self._field(cls)
        with self._builder.io.opened() as file:
            found = open_path(file, self._path)
            link = link_of(found[0], name) if found is not None else None
        return self.build(name)[1] if link is not None and link.kind == "external" else None

    def build(self, name: str) -> tuple[Any, str | None]:
        """Build a child, or follow the link that it is; return it and the field that it belongs to."""
        path = join(self._path, name)
        with self._builder.io.opened() as file:
            found = open_path(file, self._path)
            link = link_of(found[0], name) if found is not None else None
            if link is not None and link.kind == "external":
                return self.placed(name, self._builder.external(path, link))
            try:
                return self.placed(name, self._builder.read(path))
            except ObjectNotFoundError:
                if link is None:
                    raise
                self._builder._add(Issue(path, None, "link", f"an object at {link.path or path}", "nothing"))
                return Unresolved(link.kind, link.path or path), None

    def placed(self, name: str, model: Any) -> tuple[Any, str | None]:
        """Return a child and the field that it belongs to; note it where the class foresees no such child."""
        field = self._field(type(model)) if isinstance(model, NWBModel) else None
        if field is None and not isinstance(model, Unresolved):
            owner = self._cls.neurodata_type
            self._builder._add(Issue(join(self._path, name), owner, "unknown", "no such child", _described(model)))
        return model, field

    def _field(self, cls: type[NWBModel]) -> str | None:
        entry = storage(self._cls).by_type(cls)
        return entry.field if entry is not None else None


@cache
def variant(base: type[NWBModel], neurodata_type: str, namespace: str | None, *, specified: bool) -> type[NWBModel]:
    """Return a class with the fields of `base` for an object whose file calls it something else."""
    content = {"neurodata_type": neurodata_type, "namespace": namespace, "specified": specified, "__module__": __name__}
    return type(base)(class_name(neurodata_type), (base,), content)


@cache
def _collection_fields(cls: type[NWBModel]) -> frozenset[str]:
    return frozenset(entry.field for entry in storage(cls).collections)


def _filling(holder: Any, place: Any, stored: StoredReference | None = None) -> Callable[[Any], None]:
    """Return what fills in a model once it is there."""

    def fill(model: Any) -> None:
        holder[place] = model if stored is None else _with_region(model, stored)

    return fill


def _with_region(model: Any, stored: StoredReference) -> Any:
    return Region(model, stored.region) if stored.kind == "region" else model


def _free(name: str, data: dict[str, Any], extras: dict[str, Any]) -> str:
    return name if name not in data and name not in extras else f"@{name}"


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
    if isinstance(value, NWBModel):
        return f"{value.neurodata_type or 'an untyped ' + ('group' if isinstance(value, NWBGroup) else 'dataset')}"
    if isinstance(value, Array):
        return f"an array of shape {value.shape}"
    return repr(value)[:80]


def _kind_name(node: StoredObject) -> str:
    return "a group" if isinstance(node, StoredGroup) else "a dataset"


def _marker_name(entry: StoredField) -> str:
    return type(entry.marker).__name__.lower()


def _link_name(link: StoredLink) -> str:
    return "an object" if link.kind == "hard" else f"a {link.kind} link to {link.path}"
