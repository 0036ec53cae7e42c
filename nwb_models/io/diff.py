"""What differs between two files, object by object, without a single model.

    files -> objects that stand at the same place -> their attributes, data, links and references

Objects are the same where the same path of hard links leads to them; a reference or a soft link says the same where it
leads to the same object.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from h5py import h5a, h5d, h5r, h5t

from nwb_models.errors import NWBError, TooLargeError, UnreadableObjectError
from nwb_models.io.copying import attribute_names, read_attribute
from nwb_models.io.described import described, kind_of, link_text, storage_of
from nwb_models.io.faults import reading
from nwb_models.io.hdf5 import HDF5IO
from nwb_models.io.mappings import open_object
from nwb_models.io.outside import refusal
from nwb_models.io.queue import SPECLOC, join, key_of, links_of, paths_by_key, walk
from nwb_models.io.type_names import family, type_name
from nwb_models.io.unequal import unequal_attributes, unequal_data
from nwb_models.io.values import decode, encode, region_of, target_of
from nwb_models.limits import DEFAULT
from nwb_models.models.check import shape_name

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from nwb_models.io.nodes import StoredLink
    from nwb_models.io.unequal import Unequal
    from nwb_models.limits import Limits

ROOM = 60
"""About how many characters of a value are shown."""
KINDS = {"object_id": "object_id", "neurodata_type": "type", "namespace": "type"}
"""Attributes that say what an object is, and what another value of them is called."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two files differ."""

    kind: str
    """``missing`` from the second file, ``added`` in it; ``object``, ``link``, ``type``, ``object_id``, ``dtype``,
    ``shape``, ``value``, ``reference``, ``storage``, or ``unreadable`` for what cannot be compared."""
    path: str
    """Where: the path of an object, with ``@name`` for an attribute."""
    one: str
    """What the first file says, "" for nothing."""
    two: str
    """What the second file says, "" for nothing."""
    note: str = ""
    """How many values differ, and where the first of them is."""

    def __str__(self) -> str:
        """Return one line."""
        said = " -> ".join(side for side in (self.one, self.two) if side)
        return f"{self.kind:<10} {self.path}  {self.note + ': ' if self.note else ''}{said}"

    def to_dict(self) -> dict[str, str]:
        """Return what it says as a dictionary, which ``json.dumps`` takes."""
        return asdict(self)


def diff(
    one: str | os.PathLike[str],
    two: str | os.PathLike[str],
    *,
    storage: bool = False,
    specifications: bool = False,
    limits: Limits = DEFAULT,
) -> list[Difference]:
    """Return what differs between two NWB files, in the order of their paths.

    Arrays are read block by block, and only where they are not stored as the same bytes.  NaN equals NaN.

    Parameters
    ----------
    one, two
        The files.
    storage
        Compare chunks, filters, fill values and maximal shapes, too.
    specifications
        Compare the specifications that the files carry, too.
    limits
        What is refused as too large.

    Returns
    -------
    list of Difference
        Empty where the files say the same.

    Raises
    ------
    NotReadableError, NotNWBError
        Where one of them is no NWB file that can be opened.
    UnreadableObjectError
        Where one of them is damaged.
    """
    with (
        HDF5IO(one, limits=limits) as first,
        HDF5IO(two, limits=limits) as second,
        first.opened() as a,
        second.opened() as b,
    ):
        sides = _Side(first, a), _Side(second, b)
        return _Comparison(*sides, storage=storage, specifications=specifications).run()


class _Side:
    """One of the two files."""

    def __init__(self, io: HDF5IO, file: h5py.File) -> None:
        self.io, self.file = io, file
        self.names: dict[Any, str] = {}
        """The key of each object that was met, and its path."""

    def open(self, path: str) -> Any:
        """Open an object by a path of hard links."""
        try:
            return open_object(self.file, encode(path))
        except NWBError:
            raise
        except (OSError, RuntimeError, KeyError, ValueError) as error:
            msg = f"{path} of {self.io.filename} cannot be read: {error}"
            raise UnreadableObjectError(msg) from error

    def links(self, path: str) -> dict[str, StoredLink]:
        """Return the links of a group."""
        with reading(self.io.filename, path):
            return links_of(self.open(path))

    def target(self, reference: Any) -> Any:
        """Return the key of the object that a reference leads to, None where it leads nowhere."""
        try:
            return key_of(target_of(reference, self.file.id)) if reference else None
        except (ValueError, KeyError, RuntimeError, OSError, TypeError):
            return None

    @cached_property
    def paths(self) -> dict[Any, str]:
        """The paths of all objects by their keys."""
        return paths_by_key(self.file)

    def led_to(self, path: str) -> Any:
        """Return the key of the object that a path leads to in this file, None where it leads nowhere."""
        obj = walk(self.file, path)[0]
        return key_of(obj) if obj is not None else None

    def name(self, key: Any) -> str:
        """Return the path of an object, for people."""
        if key is None:
            return "nothing"
        return self.names.get(key) or self.paths.get(key, "an object that no link leads to")

    def shown(self, value: Any) -> str:
        """Return a value in few characters."""
        if isinstance(value, h5py.Reference):
            return self.name(self.target(value))
        if isinstance(value, np.void) and value.dtype.names is not None:
            return "{" + ", ".join(f"{name}: {self.shown(value[name])}" for name in value.dtype.names) + "}"
        if isinstance(value, bytes | str | np.bytes_):
            return _cut(repr(decode(value)))
        return _cut(np.array2string(value, threshold=6) if isinstance(value, np.ndarray) else str(value))


class _Comparison:
    def __init__(self, one: _Side, two: _Side, *, storage: bool, specifications: bool) -> None:
        self.one, self.two = one, two
        self.storage, self.specifications = storage, specifications
        self.found: list[Difference] = []
        self._pairs: dict[Any, Any] = {}
        """The key of each object of the first file, and that of the same object of the second one."""
        self._taken: set[Any] = set()
        self._paths: list[str] = []
        """The paths of the objects that are in both."""
        self._linked: list[tuple[str, str, StoredLink, StoredLink]] = []
        self._single: list[tuple[str, str, StoredLink, _Side]] = []

    def run(self) -> list[Difference]:
        """Match the objects; then compare what they say, since by then it is known which are the same."""
        waiting = ["/"]
        while waiting:
            path = waiting.pop()
            with self._reading(path):
                waiting += reversed(self._match(path))
        for path, name, link, side in self._single:
            self._alone(path, name, link, side)
        for where in self._linked:
            self._links(*where)
        for path in self._paths:
            with self._reading(path):
                self._objects(path)
        return sorted(self.found, key=lambda found: _order(found.path))

    def _reading(self, path: str) -> AbstractContextManager[None]:
        """Let errors of h5py say where they come from: from one of the two files."""
        names = dict.fromkeys((self.one.io.filename, self.two.io.filename))
        return reading(" or ".join(names), path)

    def _add(self, kind: str, path: str, one: str = "", two: str = "", note: str = "") -> None:
        self.found.append(Difference(kind, path, one, two, note))

    # ------------------------------------------------------------------------------------------ what there is
    def _match(self, path: str) -> list[str]:
        """Note that both files have an object at a path; return the paths of its children to go on with."""
        first, second = self.one.open(path), self.two.open(path)
        keys = key_of(first), key_of(second)
        if keys[0] in self._pairs or keys[1] in self._taken:
            if self._pairs.get(keys[0]) != keys[1]:
                names = self.one.names.get(keys[0], path), self.two.names.get(keys[1], path)
                self._add(
                    "link",
                    path,
                    *(f"hard link to {name}" if name != path else "an object of its own" for name in names),
                )
            return []
        self._pairs[keys[0]] = keys[1]
        self._taken.add(keys[1])
        self.one.names[keys[0]] = self.two.names[keys[1]] = path
        kinds = kind_of(first), kind_of(second)
        if kinds[0] != kinds[1]:
            self._add("object", path, *kinds)
            return []
        self._paths.append(path)
        return self._children(path, links_of(first), links_of(second)) if kinds[0] == "group" else []

    def _children(self, path: str, first: dict[str, StoredLink], second: dict[str, StoredLink]) -> list[str]:
        found = []
        for name in sorted({*first, *second}):
            where = join(path, name)
            if not self.specifications and (self.one.io.is_skipped(where) or self.two.io.is_skipped(where)):
                continue
            one, two = first.get(name), second.get(name)
            if one is None or two is None:
                self._single.append((path, name, one or two, self.one if two is None else self.two))  # type: ignore[arg-type]
            elif one.kind == two.kind == "hard":
                found.append(where)
            else:
                self._linked.append((path, name, one, two))
        return found

    def _alone(self, path: str, name: str, link: StoredLink, side: _Side) -> None:
        """Note what only one of the files has."""
        where = join(path, name)
        if link.kind != "hard":
            said = link_text(link)
        elif link.key in side.names:
            said = f"hard link to {side.names[link.key]}"
        else:
            side.names[link.key] = where
            said = described(side.open(where))
        self._add(*(("missing", where, said) if side is self.one else ("added", where, "", said)))

    # ------------------------------------------------------------------------------------------ links
    def _links(self, path: str, name: str, one: StoredLink, two: StoredLink) -> None:
        where = join(path, name)
        if "hard" in (one.kind, two.kind) or one.kind != two.kind:
            shown = [
                link_text(link) if link.kind != "hard" else described(side.open(where))
                for link, side in ((one, self.one), (two, self.two))
            ]
            self._add("link", where, *shown)
        elif one.kind == "external":
            if one.path != two.path or not self._same_file(one, two):
                self._add("link", where, link_text(one), link_text(two))
        else:
            keys = self.one.led_to(where), self.two.led_to(where)
            if one.path != two.path:
                self._add("link", where, link_text(one), link_text(two))
            elif not self._same(*keys):
                sides = zip((self.one, self.two), keys, strict=True)
                self._add("link", where, *(f"soft link to {side.name(key)}" for side, key in sides))

    def _same_file(self, one: StoredLink, two: StoredLink) -> bool:
        """Tell whether two external links name the same file, by the same text or from folders of their own."""
        files = [Path(side.io.folder) / link.filename for side, link in ((self.one, one), (self.two, two))]
        return one.filename == two.filename or os.path.normpath(files[0]) == os.path.normpath(files[1])

    def _same(self, one: Any, two: Any) -> bool:
        """Tell whether objects of the two files, by their keys, are the same."""
        if one is None or two is None:
            return one is two
        if one in self._pairs or two in self._taken:
            return bool(self._pairs.get(one) == two)
        return self.one.paths.get(one) == self.two.paths.get(two)  # in one file only, or specifications

    def _same_target(self, one: Any, two: Any) -> bool:
        """Tell whether references lead to the same object, and the same region of it."""
        if not isinstance(one, h5py.Reference) or not isinstance(two, h5py.Reference):
            return False
        keys = self.one.target(one), self.two.target(two)
        if not self._same(*keys) or type(one) is not type(two):
            return False
        if keys[0] is None or not isinstance(one, h5r.RegionReference):
            return True
        spaces = region_of(one, self.one.file.id), region_of(two, self.two.file.id)
        return bool(spaces[0].encode() == spaces[1].encode())

    # ------------------------------------------------------------------------------------------ objects
    def _objects(self, path: str) -> None:
        first, second = self.one.open(path), self.two.open(path)
        if isinstance(first, h5t.TypeID):
            self._types(path, first, second)
        if isinstance(first, h5d.DatasetID):
            self._data(path, first, second)
        names = {decode(name): name for side in (first, second) for name in attribute_names(side)}
        for name in sorted(names):
            if path != "/" or name != SPECLOC or self.specifications:
                self._attributes(f"{path}@{name}", names[name], first, second)

    def _attributes(self, where: str, name: bytes, first: Any, second: Any) -> None:
        there = h5a.exists(first, name), h5a.exists(second, name)
        if not all(there):
            side, obj = (self.one, first) if there[0] else (self.two, second)
            said = _attribute_text(side, h5a.open(obj, name))
            self._add(*(("missing", where, said) if there[0] else ("added", where, "", said)))
            return
        one, two = h5a.open(first, name), h5a.open(second, name)
        self._types(where, one.get_type(), two.get_type())
        if self._comparable(where, one, two):
            kind = KINDS.get(where.rpartition("@")[2], "value")
            self._values(where, one, two, unequal_attributes, kind)

    def _data(self, path: str, one: h5d.DatasetID, two: h5d.DatasetID) -> None:
        self._types(path, one.get_type(), two.get_type())
        if self.storage and storage_of(one) != storage_of(two):
            self._add("storage", path, storage_of(one), storage_of(two))
        refused = refusal(one) or refusal(two)
        if refused:
            self._add("unreadable", path, f"the values cannot be compared: {refused}")
        elif self._comparable(path, one, two):
            self._values(path, one, two, partial(unequal_data, limits=self.one.io.limits), "value")

    def _types(self, where: str, one: h5t.TypeID, two: h5t.TypeID) -> None:
        names = type_name(one), type_name(two)
        if names[0] != names[1]:
            self._add("dtype", where, *names)

    def _comparable(self, where: str, one: Any, two: Any) -> bool:
        """Tell whether values can be compared; note where the shapes differ."""
        if one.shape != two.shape:
            self._add("shape", where, *("empty" if s is None else shape_name(s) for s in (one.shape, two.shape)))
        return (
            one.shape is not None and one.shape == two.shape and bool(family(one.get_type()) == family(two.get_type()))
        )

    def _values(self, where: str, one: Any, two: Any, unequal: Any, kind: str) -> None:
        try:
            found: Unequal | None = unequal(one, two, self._same_target)
        except (OSError, RuntimeError, TypeError, ValueError, TooLargeError) as error:
            self._add("unreadable", where, f"the values cannot be compared: {error}")
            return
        if found is not None:
            total = int(np.prod(one.shape, dtype=np.float64))
            first = ", ".join(map(str, found.first))
            note = f"{found.count} of {total}, first at [{first}]" if one.shape else ""
            is_reference = isinstance(found.one, h5py.Reference) or isinstance(found.two, h5py.Reference)
            shown = self.one.shown(found.one), self.two.shown(found.two)
            self._add("reference" if is_reference else kind, where, *shown, note)


def _attribute_text(side: _Side, attribute: h5a.AttrID) -> str:
    """Return an attribute in few characters."""
    if attribute.shape is None:
        return "empty"
    if int(np.prod(attribute.shape, dtype=np.float64)) != 1:
        return f"{type_name(attribute.get_type())} {shape_name(attribute.shape)}"
    try:
        values, _ = read_attribute(attribute)
    except (TypeError, OSError, RuntimeError, ValueError):
        return type_name(attribute.get_type())
    return side.shown(values.reshape(-1)[0])


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= ROOM else f"{line[: ROOM - 3]}..."


def _order(path: str) -> tuple[list[str], bool, str]:
    """Return what sorts paths: an object, its attributes, then what is in it."""
    place, at, name = path.rpartition("@") if "@" in path.rpartition("/")[2] else (path, "", "")
    return place.strip("/").split("/"), bool(at), name
