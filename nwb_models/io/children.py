"""The children of a stored group that are built when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nwb_models.errors import UnreadableObjectError
from nwb_models.io.queue import join, link_of, open_path
from nwb_models.models.base import NWBModel
from nwb_models.models.issues import Issue
from nwb_models.models.links import Unresolved
from nwb_models.models.mapping import storage
from nwb_models.naming import with_article

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nwb_models.io.construct import Builder
    from nwb_models.io.nodes import StoredGroup, StoredLink


class StoredChildren:
    """What a `~nwb_models.models.children.Shelf` asks for: the children that its fields hold, and the others.

    Parameters
    ----------
    builder
        Builds them.
    node, cls
        The group and its class.
    members
        The fields that hold a child which is built when it is touched, and the names of these children.
    eager
        Whether all is built at once: then the group is not needed any more.
    """

    def __init__(
        self, builder: Builder, node: StoredGroup, cls: type[NWBModel], members: dict[str, str], *, eager: bool
    ) -> None:
        self._builder, self._path, self.cls, self.members = builder, node.path, cls, members
        self._node = None if eager else node
        self._excluded: set[str] = set()
        self._names: Mapping[str, StoredLink | None] | None = None
        """The names of all children once they are listed, with their links where HDF5 need not be asked for them."""
        if node.complete:
            self._names = dict.fromkeys(node.links) if eager else node.links

    def member(self, field: str) -> tuple[Any, dict[str, Any]]:
        """Build the child that a field holds; return it, and attributes that the group keeps for it."""
        assert self._node is not None
        name = self.members[field]
        tables = storage(self.cls)
        entry = tables.children.get(name) or next(entry for entry in tables.unnamed if entry.field == field)
        return self._builder.member(self._node, name, entry)

    def exclude(self, name: str) -> None:
        """Leave out a child that a field holds."""
        self._excluded.add(name)

    def note_change(self) -> None:
        """Note that the group has other children than those that are stored."""
        self._builder.io.note_change(self._path)

    def located(self, field: str) -> Any:
        """Return what finds the collection of a field again in another process, as `pickle` asks for it."""
        return self._builder.io.located(self._path, field)

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such a child; the others are not listed for it."""
        if not isinstance(name, str) or "/" in name or not self._counts(name):
            return False
        return name in self._names if self._names is not None else self._link(name) is not None

    def names(self) -> list[str]:
        """Return the names, in the order of the file."""
        if self._names is None:
            self._names = self._builder.links(self._path)
        known, excluded, is_skipped = storage(self.cls).children, self._excluded, self._builder.io.is_skipped
        return [
            name
            for name in self._names
            if name not in known and name not in excluded and not is_skipped(join(self._path, name))
        ]

    def field_of(self, name: str) -> str | None:
        """Return the field whose type a child has."""
        path = join(self._path, name)
        cls = self._builder.classes.at(path)
        if cls is not None:
            return self._field(cls)
        return self.build(name)[1] if self._builder.leads_out(path) else None

    def build(self, name: str) -> tuple[Any, str | None]:
        """Build a child, or follow the link that it is; return it and the field that it belongs to."""
        link = self._link(name)
        if link is None:
            where = f"{self._builder.io.filename}:{join(self._path, name)}"
            msg = f"{where} is in the list of its group, and not found there: the file is damaged"
            raise UnreadableObjectError(msg)
        return self.placed(name, self._builder.child(join(self._path, name), link))

    def below(self, name: str) -> Iterator[tuple[str, type]]:
        """Yield path and class of a child and of all that is in it, upper levels first; links are left out."""
        from nwb_models.io.hierarchy import types_below

        link = self._link(name)
        if link is None or link.kind != "hard":
            return
        io = self._builder.io
        for path, neurodata_type in types_below(io, join(self._path, name)).items():
            cls = self._builder.classes.at(path) if neurodata_type is not None else None
            if cls is not None:
                yield path, cls

    def group(self) -> Any:
        """Return the model of the group."""
        return self._builder.read(self._path)

    def placed(self, name: str, model: Any) -> tuple[Any, str | None]:
        """Return a child and the field that it belongs to; note it where the class foresees no such child."""
        field = self._field(type(model)) if isinstance(model, NWBModel) else None
        if field is None and not isinstance(model, Unresolved):
            self._builder.note_unknown(self._path, name, model)
        elif any(entry.field == field for entry in storage(self.cls).unnamed):  # the first one is in that field
            found = f"another {model.neurodata_type}"
            self._builder.add(
                Issue(join(self._path, name), self.cls.neurodata_type, "quantity", f"one {model.neurodata_type}", found)
            )
        return model, field

    def listed(self, fields: set[str | None]) -> None:
        """Note the collections that have to hold something and do not."""
        for entry in storage(self.cls).collections:
            if entry.required and entry.field not in fields:
                wanted = with_article(getattr(entry.model, "neurodata_type", entry.field))
                self._builder.add(Issue(self._path, self.cls.neurodata_type, "missing", wanted, "none"))

    def _link(self, name: str) -> StoredLink | None:
        link = self._names.get(name) if self._names is not None else None
        if link is not None or (self._node is not None and self._node.complete):
            return link
        with self._builder.io.reading(self._path) as file:
            found = open_path(file, self._path)
            return link_of(found[0], name) if found is not None else None

    def _counts(self, name: str) -> bool:
        if name in self._excluded or name in storage(self.cls).children:
            return False
        return not self._builder.io.is_skipped(join(self._path, name))

    def _field(self, cls: type[NWBModel]) -> str | None:
        entry = storage(self.cls).by_type(cls)
        return entry.field if entry is not None else None
