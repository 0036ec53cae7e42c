"""The children of a stored group that its collections build when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nwb_models.errors import UnreadableObjectError
from nwb_models.io.queue import join, link_of, links_of, open_path, readable
from nwb_models.models.base import NWBModel
from nwb_models.models.issues import Issue
from nwb_models.models.links import Unresolved
from nwb_models.models.mapping import storage

if TYPE_CHECKING:
    from nwb_models.io.construct import Builder
    from nwb_models.io.nodes import StoredLink


class StoredChildren:
    """What a `~nwb_models.models.children.Shelf` asks for: the children that no field of the group holds.

    Parameters
    ----------
    builder
        Builds them.
    path, cls
        The group and its class.
    names
        The names of all links of the group, where they are known already.
    """

    def __init__(self, builder: Builder, path: str, cls: type[NWBModel], names: list[str] | None = None) -> None:
        self._builder, self._path, self.cls = builder, path, cls
        self._excluded = set(storage(cls).children)
        self._names = None if names is None else dict.fromkeys(names)  # a dict, to be searched as well as listed

    def exclude(self, name: str) -> None:
        """Leave out a child that a field holds."""
        self._excluded.add(name)

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such a child; the others are not listed for it."""
        if not isinstance(name, str) or "/" in name or not self._counts(name):
            return False
        return name in self._names if self._names is not None else self._link(name) is not None

    def names(self) -> list[str]:
        """Return the names, in the order of the file."""
        if self._names is None:
            with self._builder.io.opened() as file:
                found = open_path(file, self._path)
                with readable(file, self._path):
                    self._names = dict.fromkeys(links_of(found[0]) if found is not None else ())
        return [name for name in self._names if self._counts(name)]

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
            msg = f"{join(self._path, name)} is in the list of its group, and not found there: the file is damaged"
            raise UnreadableObjectError(msg)
        return self.placed(name, self._builder.through(join(self._path, name), link))

    def placed(self, name: str, model: Any) -> tuple[Any, str | None]:
        """Return a child and the field that it belongs to; note it where the class foresees no such child."""
        field = self._field(type(model)) if isinstance(model, NWBModel) else None
        if field is None and not isinstance(model, Unresolved):
            self._builder.note_unknown(self._path, name, model)
        return model, field

    def listed(self, fields: set[str | None]) -> None:
        """Note the collections that have to hold something and do not."""
        for entry in storage(self.cls).collections:
            if entry.required and entry.field not in fields:
                wanted = f"a {getattr(entry.model, 'neurodata_type', entry.field)}"
                self._builder.add(Issue(self._path, self.cls.neurodata_type, "missing", wanted, "none"))

    def _link(self, name: str) -> StoredLink | None:
        with self._builder.io.opened() as file:
            found = open_path(file, self._path)
            with readable(file, self._path):
                return link_of(found[0], name) if found is not None else None

    def _counts(self, name: str) -> bool:
        return name not in self._excluded and not self._builder.io.is_skipped(join(self._path, name))

    def _field(self, cls: type[NWBModel]) -> str | None:
        entry = storage(self.cls).by_type(cls)
        return entry.field if entry is not None else None
