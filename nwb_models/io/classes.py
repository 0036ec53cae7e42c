"""The class of a stored object: it follows from its own neurodata_type and from its place.

An untyped group has no other class than that of its place, and a column of a table that the specification describes has
one that refines its type.
"""

from __future__ import annotations

import types
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.io.faults import reason_of
from nwb_models.io.nodes import StoredGroup, StoredObject
from nwb_models.io.queue import DAMAGE
from nwb_models.models.base import NWBDataset, NWBGroup, NWBModel
from nwb_models.models.building import BUILDING
from nwb_models.models.check import dtype_name
from nwb_models.models.issues import Issue
from nwb_models.models.mapping import Storage, StoredField, refines, storage
from nwb_models.models.pickling import REDUCERS, Named
from nwb_models.naming import class_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from nwb_models.io.hdf5 import HDF5IO

    Note = Callable[..., None]


SPECIFIED = "a type of the file's specifications"
"""What is expected in the place of a type that nothing specifies."""


class Classes:
    """The classes of the objects of one file, looked up once for each path.

    Parameters
    ----------
    io
        The file.
    note
        Called with (node, rule, expected, found, where) for what departs from the specifications.
    """

    def __init__(self, io: HDF5IO, note: Note) -> None:
        self._io, self._tell = io, note
        self._found: dict[str, type[NWBModel] | None] = {}
        self._alike: dict[tuple[Any, ...], type[NWBModel] | None] = {}
        """The class of objects that say the same, in the same place of the same class, where nothing was noted."""
        self._notes = 0
        self._owners: dict[str, str | None] = {}
        """What `owner` has found: of thousands of groups in groups, each would go all the way up."""

    def __len__(self) -> int:
        """Return how many objects were looked at."""
        return len(self._found)

    def forget(self) -> None:
        """Look again: the file was edited."""
        self._found.clear()
        self._alike.clear()
        self._owners.clear()

    def at(self, path: str) -> type[NWBModel] | None:
        """Return the class of the object at a path; None for a dataset that is a plain value, or where nothing is."""
        with BUILDING:
            return self._at(path)

    def _at(self, path: str) -> type[NWBModel] | None:
        if path not in self._found:
            with self._io.reading(path) as file:
                try:
                    node = self._io.builder.look(file, path)
                except DAMAGE as error:  # the objects beside it can be read
                    self._io.builder.add(Issue(path, None, "unreadable", "an object", reason_of(error)))
                    return None
                if node is None:
                    return None
                path = node.path
                self.of(node)
        return self._found[path]

    def of(self, node: StoredObject) -> type[NWBModel] | None:
        """Return the class of a node."""
        path = node.path
        if path in self._found:
            return self._found[path]
        alike = self._likeness(node)
        if alike in self._alike:
            found = self._alike[alike]
        else:
            notes = self._notes
            found = self._find(node)
            if alike is not None and self._notes == notes:
                self._alike[alike] = found
        self._found[path] = found
        if path in self._owners:  # something below was asked for before
            self._owners.clear()
        return found

    def _likeness(self, node: StoredObject) -> tuple[Any, ...] | None:
        """Return all that decides on the class of a node; None where that is more than one place."""
        parent, _, name = node.path.rpartition("/")
        above = self._found.get(parent or "/")
        if above is None or len(node.paths) > 1 or not name:
            return None
        place = name if name in storage(above).children else None
        named = "neurodata_type" in node.attributes
        return (
            above,
            place,
            isinstance(node, StoredGroup),
            node.neurodata_type,
            node.namespace,
            named,
            not node.attributes,
        )

    def _note(self, *departure: Any) -> None:
        self._notes += 1
        self._tell(*departure)

    def owner(self, path: str) -> str | None:
        """Return the type of the object at a path, or of the nearest typed one above it."""
        passed = []
        while path and path not in self._owners:
            passed.append(path)
            cls = self._found.get(path)
            if cls is not None and cls.neurodata_type is not None:
                self._owners[path] = cls.neurodata_type
                break
            path = "" if path == "/" else path.rpartition("/")[0] or "/"
        owner = self._owners.get(path)
        self._owners.update(dict.fromkeys(passed, owner))
        return owner

    def _find(self, node: StoredObject) -> type[NWBModel] | None:
        kind: type[NWBModel] = NWBGroup if isinstance(node, StoredGroup) else NWBDataset
        own = self._own(node)
        misplaced = own is not None and not issubclass(own, kind)
        if misplaced:
            self._note(node, "type", "a dataset" if kind is NWBGroup else "a group", _kind_name(node))
            own = None
        entry = self._declaration(node, own)
        declared = (
            entry.model if entry is not None and entry.model is not None and issubclass(entry.model, kind) else None
        )
        if node.neurodata_type is None:
            return own or self._untyped(node, kind, entry, declared)
        if own is None:
            return self._unspecified(node, declared, kind, noted=misplaced)
        found = declared if declared is not None and refines(declared, own) else own
        if node.namespace not in (None, found.namespace):
            # the file names an older or wider namespace, as files do from before the tables left core
            return variant(found, node.neurodata_type, node.namespace, specified=True)  # type: ignore[arg-type]
        return found

    def _untyped(
        self, node: StoredObject, kind: type[NWBModel], entry: StoredField | None, declared: type[Any] | None
    ) -> type[NWBModel] | None:
        """Return the class of an object that names no type."""
        self._check_type_attribute(node)
        if declared is not None:
            if declared.neurodata_type is not None:
                self._note(node, "missing", "attribute neurodata_type", "none", f"{node.path}@neurodata_type")
            return declared
        if kind is NWBGroup:
            return NWBGroup
        plain = entry is not None and entry.model is None
        return None if plain or not node.attributes else NWBDataset

    def _check_type_attribute(self, node: StoredObject) -> None:
        stored = node.attributes.get("neurodata_type")
        if stored is not None:
            found = dtype_name(getattr(stored, "dtype", np.dtype(object)))
            self._note(node, "dtype", "text", found, f"{node.path}@neurodata_type")

    def _own(self, node: StoredObject) -> type[Any] | None:
        """Return the class of the type that a node names; a root without a type is that of an NWB file."""
        if node.neurodata_type is None:
            if node.path != "/":
                return None
            self._note(node, "missing", "attribute neurodata_type", "none")
            return self._io.provider.find_class("core", "NWBFile")
        if node.namespace is None:
            self._note(node, "missing", "attribute namespace", "none", f"{node.path}@namespace")
        return self._io.provider.find_class(node.namespace, node.neurodata_type)

    def _declaration(self, node: StoredObject, own: type[Any] | None) -> StoredField | None:
        """Return the field that an object belongs to: of the class of its parent, by whichever path names one."""
        found = None
        for path in node.paths if node.path != "/" else ():
            parent, _, name = path.rpartition("/")
            above = self.at(parent or "/")
            tables = storage(above) if above is not None else Storage()
            if name in tables.children:
                return tables.children[name]
            if found is None and own is not None:
                found = tables.by_type(own)
        return found

    def _unspecified(
        self, node: StoredObject, declared: type[Any] | None, kind: type[Any], *, noted: bool
    ) -> type[NWBModel]:
        """Return a class for a type that no specification defines: the nearest known one, marked."""
        assert node.neurodata_type is not None
        base = declared
        if base is None:
            plain = "Container" if kind is NWBGroup else "Data"
            known = (self._io.provider.find_class("core", name) for name in (f"NWB{plain}", plain))
            base = next((cls for cls in known if cls is not None), kind)
        if not noted:
            named = f"{node.namespace or 'no namespace'}.{node.neurodata_type}"
            self._note(node, "type", SPECIFIED, f"{named}, read as {base.__name__}")
        return variant(base, node.neurodata_type, node.namespace, specified=False)  # type: ignore[arg-type]


@cache
def variant(base: type[Any], neurodata_type: str, namespace: str | None, *, specified: bool) -> type[NWBModel]:
    """Return a class with the fields of `base` for an object whose file calls it something else."""
    content = {"neurodata_type": neurodata_type, "namespace": namespace, "specified": specified, "__module__": __name__}
    made: type[NWBModel] = types.new_class(
        class_name(neurodata_type), (base,), exec_body=lambda space: space.update(content)
    )
    return made


def _same_variant(cls: type[Any]) -> Any:
    """Return what makes such a class in another process."""
    if cls.__module__ != __name__:
        return None
    names = cls.neurodata_type, cls.namespace, cls.specified
    return _variant_of, (Named(cls.__mro__[1]), *names)


def _variant_of(base: type[Any], neurodata_type: str, namespace: str | None, specified: bool) -> type[Any]:  # noqa: FBT001 - pickle's
    return variant(base, neurodata_type, namespace, specified=specified)  # type: ignore[arg-type]


REDUCERS.append(_same_variant)


def _kind_name(node: StoredObject) -> str:
    return "a group" if isinstance(node, StoredGroup) else "a dataset"
