"""The files that models were read from, open while they are written to another one."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
from h5py import h5d, h5g

from nwb_models.io.arrays import HDF5Array
from nwb_models.io.faults import reading
from nwb_models.io.headers import Headers
from nwb_models.io.mappings import open_object
from nwb_models.io.plan import Identity, Origin, Target
from nwb_models.io.queue import key_of, read_node
from nwb_models.io.values import encode
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBModel
from nwb_models.models.links import Region, Unreadable

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.nodes import Key, StoredObject


def identity_of(model: NWBModel) -> Identity:
    """Return what identifies a model among all that is written."""
    source = model._source
    return (0, id(model)) if source is None else (id(source), model._key)


class Opener:
    """Opens objects of a file from the groups that were opened before.

    From the root, HDF5 goes through a path name by name: of groups in groups, that takes the square of their number.
    """

    KEPT = 4096
    """How many groups are kept open.

    All children of a group are created before what is in them: of 2,200 series, each group would be opened again, which
    took a tenth of the time of writing them.
    """

    def __init__(self, file: h5py.File) -> None:
        self.file = file
        self._groups: dict[str, h5g.GroupID] = {}

    def open(self, path: str) -> Any:
        """Open the object at a path from the root."""
        group = self._groups.get(path)
        if group is not None:
            return group
        with reading(self.file.filename, path):
            group, name = self.near(path)
            obj = open_object(self.file, name, group)
        if isinstance(obj, h5g.GroupID):
            self.keep(path, obj)
        return obj

    def near(self, path: str) -> tuple[Any, bytes]:
        """Return the open group above an object, and the name there; of what is below the root, the file."""
        above, _, name = path.rpartition("/")
        if not above:
            return self.file.id, encode(path)
        group = self._groups.get(above)
        if group is None:
            group = open_object(self.file, encode(above))
            self.keep(above, group)
        return group, encode(name)

    def keep(self, path: str, group: h5g.GroupID) -> None:
        """Keep a group at hand."""
        if len(self._groups) >= self.KEPT:
            del self._groups[next(iter(self._groups))]
        self._groups[path] = group


class Sources:
    """Opens each file once, and keeps it open until all is written."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._files: dict[int, tuple[HDF5IO, h5py.File]] = {}
        self._openers: dict[int, Opener] = {}
        self._headers: dict[int, Headers] = {}

    def file(self, io: HDF5IO) -> h5py.File:
        """Return the open file."""
        if id(io) not in self._files:
            self._files[id(io)] = io, self._stack.enter_context(io.opened())
            self._openers[id(io)] = Opener(self._files[id(io)][1])
            self._headers[id(io)] = Headers(self._files[id(io)][1], io.limits)
        return self._files[id(io)][1]

    def open(self, origin: Origin) -> Any:
        """Open a stored object."""
        self.file(origin.io)
        return self._openers[id(origin.io)].open(origin.path)

    def node(self, origin: Origin, key: Key | None) -> StoredObject:
        """Return what a stored object says of itself.

        Parameters
        ----------
        origin
            The object.
        key
            Its key, where that is known: its header is read from the bytes of the file then, if it is a plain one.
        """
        file = self.file(origin.io)
        node = self._headers[id(origin.io)].node(key[1], origin.path) if key is not None else None
        return node if node is not None else read_node(file, self.open(origin), origin.path, origin.io.limits)

    def is_sound(self, origin: Origin, obj: Any) -> bool:
        """Tell whether HDF5 can read the attributes of an open object, or copy it, without Python in between.

        It can where each of them was read from the bytes of the file, as in most files: that looks at the heaps, and
        takes 20 us for an object, where `~nwb_models.io.heaps.watched` takes 40 us for an attribute.
        """
        node = self._headers[id(origin.io)].node(key_of(obj)[1], origin.path, whole=False)
        return node is not None and not any(isinstance(value, Unreadable) for value in node.attributes.values())

    def all(self) -> list[HDF5IO]:
        """Return the files."""
        return [io for io, _ in self._files.values()]

    def paths(self) -> set[Path]:
        """Return where the files are, symbolic links resolved."""
        return {Path(io.location).resolve() for io, _ in self._files.values()}

    def array(self, value: Any) -> tuple[h5py.File, str] | None:
        """Return the file and path of data that is in an HDF5 file; None for data that is elsewhere."""
        if isinstance(value, Array) and isinstance(value.source, HDF5Array):
            return self.file(value.source.io), value.source.path
        if isinstance(value, h5py.Dataset):
            return value.file, str(value.name)
        return None

    def identity(self, target: Any) -> Identity | None:
        """Return the identity of what a reference leads to, None for nothing."""
        if isinstance(target, Region):
            target = target.target
        if isinstance(target, Target):
            return target.identity
        if isinstance(target, NWBModel):
            return identity_of(target)
        if isinstance(target, Array) and isinstance(target.source, HDF5Array):
            io = target.source.io
            return id(io), key_of(h5d.open(self.file(io).id, encode(target.source.path)))
        return None

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the files, which say of an error whether they were overwritten meanwhile."""
        self._openers.clear()
        self._headers.clear()
        self._stack.__exit__(kind, error, trace)
