"""Single objects of a file, without what is below them: what lazy reading needs when something is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py

from nwb_models.io.faults import reading
from nwb_models.io.headers import Headers
from nwb_models.io.nodes import StoredGroup
from nwb_models.io.queue import (
    Flat,
    join,
    key_of,
    links_of,
    open_path,
    paths_by_key,
    read_node,
    references_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.nodes import Key, StoredLink, StoredObject, StoredReference


class SingleObjects:
    """Reads an object and what its attributes refer to; groups with their links, and nothing that these lead to.

    Parameters
    ----------
    io
        The file.
    wanted
        Called with a group; returns the names of the links that have to be known, None for all of them.
    known
        The keys of objects that are not needed any more where a reference leads to them.
    """

    def __init__(
        self, io: HDF5IO, wanted: Callable[[StoredGroup], Iterable[str] | None], known: Container[Key]
    ) -> None:
        self._io, self._wanted, self._known = io, wanted, known
        self._opened: tuple[h5py.File, Headers] | None = None
        self._paths: dict[Key, str] | None = None
        self._groups: dict[str, StoredGroup] = {}
        """Groups whose links `Headers` has found: HDF5 finds them, too, and need not be asked."""

    def read(self, file: h5py.File, path: str, key: Key | None = None) -> Flat:
        """Return the object at a path, and those that attributes lead to from there.

        Parameters
        ----------
        file
            The open file.
        path
            Where it is.
        key
            The object itself, where `path` is one of hard links that lead to it for sure.

        Raises
        ------
        UnreadableObjectError
            Where the file is damaged there.
        """
        flat = Flat()
        waiting = [(path, key)]
        while waiting:
            path, key = waiting.pop()
            with reading(self._io.filename, path):
                node = self._node(file, path, key, flat)
            if node is None:
                continue
            references = references_of(node)
            if references:
                flat.references[node.key] = references
            for reference in references:
                found = None if reference.key in flat.nodes else self.locate(reference, node.path)
                if found is not None:
                    waiting.append((found, self.key_at(found)))
        return flat

    def look(self, file: h5py.File, path: str) -> StoredObject | None:
        """Return what an object says of itself, None where there is none; of a group, the links may not be there."""
        return self._object(file, path, self.key_at(path), Flat())[0]

    def links(self, file: h5py.File, path: str) -> Mapping[str, StoredLink | None]:
        """Return the names of all that is in a group, with the links where `Headers` finds them."""
        found = open_path(file, path)
        if found is None:
            return {}
        node = self._headers(file).node(key_of(found[0])[1], path)
        if isinstance(node, StoredGroup) and node.complete:
            self._groups[path] = node
            return node.links
        return dict.fromkeys(links_of(found[0]))

    def _node(self, file: h5py.File, path: str, key: Key | None, flat: Flat) -> StoredObject | None:
        """Read one object and the links of a group; None where it was read, or there is none that counts."""
        node, obj = self._object(file, path, key, flat)
        if isinstance(node, StoredGroup):
            if node.complete:
                self._groups[node.path] = node
            else:
                names = self._wanted(node)
                node.links, node.complete = links_of(obj, names), names is None
        return node

    def _object(self, file: h5py.File, path: str, key: Key | None, flat: Flat) -> tuple[StoredObject | None, Any]:
        """Read one object; return it, and the open object where HDF5 was needed."""
        if path in flat.keys or self._io.is_skipped(path):
            return None, None
        headers, obj = self._headers(file), None
        node = headers.node(key[1], path, whole=False) if key is not None else None
        if node is None:
            found = open_path(file, path)
            if found is None or self._io.is_skipped(found[1]):
                return None, None
            obj, path = found
            key = key_of(obj)
            flat.keys[path] = key
            if key in flat.nodes:
                return None, None
            node = headers.node(key[1], path, whole=False)
        if node is None:
            node = read_node(file, obj, path, self._io.limits)
        flat.keys[path] = node.key
        flat.nodes[node.key] = node
        return node, obj

    def _headers(self, file: h5py.File) -> Headers:
        """Return what reads headers of the open file; it is another one after that was closed."""
        if self._opened is None or self._opened[0] is not file:
            self._opened = file, Headers(file, self._io.limits)
        return self._opened[1]

    def key_at(self, path: str) -> Key | None:
        """Return the object to which a hard link leads, where HDF5 need not be asked."""
        above, _, name = path.rpartition("/")
        group = self._groups.get(above or "/")
        link = group.links.get(name) if group is not None else None
        return link.key if link is not None else None

    def locate(self, reference: StoredReference, holder: str) -> str | None:
        """Return the path of an object that no link led to; None where it is known already.

        Most references lead to a neighbour, as that of an index to its column.  Only for the others all addresses of
        the file are collected, once.
        """
        if reference.key is None or reference.key in self._known:
            return None
        above = holder.rpartition("/")[0] or "/"
        group = self._groups.get(above)
        with self._io.reading(holder) as file:
            if group is None:
                found = open_path(file, above)
                is_group = found is not None and isinstance(found[0], h5py.h5g.GroupID)
                links = links_of(found[0]) if found is not None and is_group else {}
            else:
                links = group.links
            for link in links.values():
                if link.key == reference.key:
                    return join(above, link.name)
            if self._paths is None:
                self._paths = paths_by_key(file)
        return self._paths.get(reference.key)

    def release(self) -> None:
        """Let go of the file."""
        self._opened = None

    def forget(self) -> None:
        """Look again where objects are: the file was edited."""
        self._paths = None
        self._groups.clear()
