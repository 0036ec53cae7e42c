"""What is to be written -> HDF5: groups and data first, links and references last."""

from __future__ import annotations

import math
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from h5py import h5a, h5d, h5g, h5o, h5r, h5s, h5t

from nwb_models.errors import (
    DanglingReferenceError,
    InvalidModelError,
    NotWritableError,
    NWBError,
    UnreadableObjectError,
    warn,
)
from nwb_models.io.blocks import create_dataset, gathered, write_blocks
from nwb_models.io.copying import (
    attribute_names,
    copy_attribute,
    copy_data,
    copy_references,
    create_like,
    group_options,
    missing_filters,
    translated,
)
from nwb_models.io.cutting import copy_part, create_part, moved_region
from nwb_models.io.encode import encode as encoded
from nwb_models.io.encode import has_references
from nwb_models.io.heaps import ENDLESS, refusals
from nwb_models.io.leaf_types import is_odd, refers
from nwb_models.io.outside import is_self_contained, require_inside, shape_of
from nwb_models.io.plan import Cut, NewDataset, NewGroup, NewLink, NewObject, NewType, NewValue, Target
from nwb_models.io.progress import is_reported, report
from nwb_models.io.queue import join, key_of
from nwb_models.io.sources import Opener
from nwb_models.io.stored_types import space_of, types_of
from nwb_models.io.stream import require_written
from nwb_models.io.values import dtype_of, encode, region_of, target_of
from nwb_models.limits import DEFAULT
from nwb_models.models.issues import Issue
from nwb_models.models.links import Region, Unresolved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.plan import Identity, Plan
    from nwb_models.io.sources import Sources


REFUSALS = (OSError, RuntimeError, ValueError, KeyError, TypeError, OverflowError)
"""What h5py raises where HDF5 does not do what it is asked for."""


TOO_LARGE = "; an object in the oldest format of HDF5 holds attributes of 64 KiB at most"


REPAIR = "repair=True makes such references null, and removes such links"


def unflatten(plan: Plan, file: h5py.File, sources: Sources, folder: Path | None = None) -> None:
    """Write all objects of a plan into an empty file.

    Parameters
    ----------
    plan
        What is to be written.
    file
        Where to.
    sources
        The files that unchanged things come from.
    folder
        The folder of the file, from which external links are to be found; None where it has none.

    Raises
    ------
    DanglingReferenceError
        Where something that was read from a file refers to an object that is no longer there, naming all of them.
    """
    writer = Writer(plan, file, sources, folder)
    if is_reported():
        report(0, sum(writer.size(made) for made in plan.objects.values()))
    for made in plan.objects.values():
        writer.create(made)
    for made in plan.objects.values():
        if isinstance(made, NewGroup):
            writer.link(made)
    writer.refer()


def _require_names(plan: Plan) -> None:
    """Refuse names with a NUL character, where HDF5 would cut them off.

    Raises
    ------
    InvalidModelError
        With all such names.
    """
    found = [(made.path, made.path) for made in plan.objects.values() if "\0" in made.path]
    found += [
        (f"{made.path}@{name}", name) for made in plan.objects.values() for name in made.attributes if "\0" in name
    ]
    if found:
        wanted = "a name without a NUL character"
        raise InvalidModelError([Issue(where, None, "name", wanted, repr(name)) for where, name in found])


class Writer:
    """Writes a plan into a file: objects first, then links and references.

    Parameters
    ----------
    plan, file, sources, folder
        See `unflatten`.
    """

    def __init__(self, plan: Plan, file: h5py.File, sources: Sources, folder: Path | None) -> None:
        _require_names(plan)
        self.plan, self.file, self.sources, self.folder = plan, file, sources, folder
        self._opener = Opener(file)
        self._references: list[tuple[NewObject, Callable[[], None]]] = []
        """What is left to be done when every object is there."""
        self._made: dict[Identity, h5r.Reference] = {}
        self._dangling: list[str] = []
        self._nulled: list[str] = []
        """Where there are references that lead nowhere, though they are not null."""

    # ------------------------------------------------------------------------------------------ objects
    def create(self, made: NewObject) -> None:
        """Create an object with its attributes and data, but for what refers to other objects."""
        with self.explained(made):
            source = self._source(made)
            names = attribute_names(source) if source is not None else []
            whole = isinstance(made, NewDataset) and self._is_whole(made, source, names)
            sound = bool(names) and made.origin is not None and self.sources.is_sound(made.origin, source)
            obj = self._create(made, source, whole=whole, sound=sound)
            for name in () if whole else names:
                self._keep_attribute(made, name, source, obj, sound=sound)
            for key, value in made.attributes.items():
                self._new_attribute(made, key, value, obj)
            if is_reported() and not (isinstance(made, NewDataset) and (made.value or made.cut)):
                report(self.size(made))
            require_written(self.file)

    @contextmanager
    def explained(self, made: NewObject) -> Iterator[None]:
        """Let errors of HDF5 say which object they are about."""
        before = refusals()
        try:
            yield
        except REFUSALS as error:
            failed = self._failed(made, error, is_endless=refusals() != before)
            if failed is error:
                raise
            raise failed from error

    def size(self, made: NewObject) -> int:
        """Return how many bytes of data there are to write for an object, as far as that is known."""
        if not isinstance(made, NewDataset):
            return 0
        if made.cut is not None:
            source = self._source(made)
            return len(made.cut.rows) * int(math.prod(source.shape[1:]) * source.get_type().get_size())
        if made.value is None:
            return int(self._source(made).get_storage_size())
        shape = getattr(made.value.data, "shape", None) or ()
        return 0 if None in shape else math.prod(shape) * made.value.dtype.itemsize

    def _is_whole(self, made: NewDataset, source: Any, names: list[bytes]) -> bool:
        """Tell whether HDF5 can copy a dataset with all its attributes: nothing is new, and nothing is a reference."""
        if made.value is not None or made.cut is not None or made.attributes or made.without or missing_filters(source):
            return False
        if refers(source.get_type()):
            return False
        types = (h5a.open(source, name).get_type() for name in names)
        return not any(refers(stored) or is_odd(stored) for stored in types)

    def _failed(self, made: NewObject, error: Exception, *, is_endless: bool = False) -> Exception:
        """Return the error to raise: one of this library where HDF5 says what is wrong with what is read or written."""
        if is_endless and made.origin is not None and not isinstance(error, NWBError):  # HDF5 looked for what was there
            where = f"{made.origin.io.filename}:{made.origin.path}"
            return UnreadableObjectError(f"{where} cannot be edited, and is as it was: {ENDLESS}")
        if isinstance(error, NWBError) or (isinstance(error, OSError) and error.errno is not None):
            return error
        said = f"{error}{TOO_LARGE if 'header message is too large' in str(error) else ''}"
        stored = (
            self.sources.array(made.value.data) if isinstance(made, NewDataset) and made.value is not None else None
        )
        where = "" if stored is None else f" from {stored[1]} of {stored[0].filename}"
        if made.origin is not None:
            where = f" from {made.origin.path} of {made.origin.io.filename}"
        if not where or made.attributes or (isinstance(made, NewDataset) and made.value is not None):
            return NotWritableError(f"{made.path} cannot be written{where}: {said}")
        return UnreadableObjectError(f"{made.path} cannot be written{where}: {said}")

    def _create(self, made: NewObject, source: Any, *, whole: bool, sound: bool) -> Any:
        path = encode(made.path)
        if isinstance(made, NewGroup):
            return self._group(made, source)
        if isinstance(made, NewDataset) and made.value is not None:
            return self._dataset(made, path, made.value)
        if isinstance(made, NewDataset) and made.cut is not None:
            return self._part(made, path, source, made.cut)
        if isinstance(source, h5d.DatasetID) and refers(source.get_type()) and is_self_contained(source):
            create_like(source, self.file, path)
            self._references.append((made, lambda: self._fill_references(made, path)))
        else:
            assert made.origin is not None
            file, limits = self.sources.file(made.origin.io), made.origin.io.limits
            copy_data(file, encode(made.origin.path), self.file, path, attributes=whole, sound=sound, limits=limits)
        return None if whole or isinstance(made, NewType) else h5o.open(self.file.id, path)

    def _source(self, made: NewObject) -> Any:
        """Open the object that an object comes from."""
        if made.origin is None:
            return None
        return self.sources.open(made.origin)

    def _group(self, made: NewGroup, source: Any) -> h5g.GroupID:
        if made.path == "/":
            return h5g.open(self.file.id, b"/")
        group = h5g.create(*self._opener.near(made.path), gcpl=None if source is None else group_options(source))
        self._opener.keep(made.path, group)
        return group

    def _part(self, made: NewDataset, path: bytes, source: h5d.DatasetID, cut: Cut) -> h5d.DatasetID:
        """Create a dataset with some rows of one."""
        assert made.origin is not None
        io, change = made.origin.io, cut.change
        if not io.external_links:
            require_inside(source, io.filename, made.origin.path, io.limits.sources)
        obj = create_part(source, self.file, path, cut.rows)
        if not refers(source.get_type()):
            copy_part(source, obj, cut.rows, change, io.limits)
            return obj

        def fill() -> None:
            def moved(values: Any) -> Any:
                values = values if change is None else change(values)
                return translated(values, lambda reference: self._translated(io, reference, made.path))

            copy_part(self._source(made), h5d.open(self.file.id, path), cut.rows, moved, io.limits)

        self._references.append((made, fill))
        return obj

    def _dataset(self, made: NewDataset, path: bytes, value: NewValue) -> h5d.DatasetID:
        """Create a dataset with a new value."""
        stored = self.sources.array(value.data)
        if stored is not None:
            return self._from_file(made, path, *stored)
        if isinstance(value.data, h5py.Empty):
            return h5d.create(self.file.id, path, h5t.py_create(value.dtype, logical=True), h5s.create(h5s.NULL))
        source = self._source(made)
        obj = create_dataset(self._opener, made.path, value, source if isinstance(source, h5d.DatasetID) else None)
        if has_references(value.dtype):
            self._references.append((made, lambda: self._write(h5d.open(self.file.id, path), value, made.path)))
        else:
            self._write(obj, value, made.path)
        return obj

    def _from_file(self, made: NewDataset, path: bytes, file: h5py.File, stored: str) -> h5d.DatasetID:
        """Create a dataset with data of a file, another one or the same under another name."""
        source = h5d.open(file.id, encode(stored))
        if refers(source.get_type()) and is_self_contained(source):
            create_like(source, self.file, path)
            io = next((io for io in self.sources.all() if self.sources.file(io) == file), None)
            if io is None:
                msg = f"the references in {stored} of {file.filename} mean nothing in another file"
                raise ValueError(msg)
            self._references.append((made, lambda: self._translate_all(made, source, path, io)))
        else:
            limits = next((io.limits for io in self.sources.all() if self.sources.file(io) == file), DEFAULT)
            copy_data(file, encode(stored), self.file, path, limits=limits)
        return h5d.open(self.file.id, path)

    def _write(self, obj: h5d.DatasetID, value: NewValue, where: str) -> None:
        memory = types_of(value.dtype)[1]
        write_blocks(obj, value, lambda block, start: self._write_block(obj, block, start, memory, value.dtype), where)

    def _write_block(self, obj: h5d.DatasetID, part: Any, start: tuple[int, ...], memory: Any, dtype: Any) -> None:
        if part.size == 0:
            return
        report(part.nbytes)
        inner = outer = h5s.ALL
        if start and part.shape != obj.shape:  # to ask for the shape, HDF5 copies the dataspace
            inner, outer = h5s.create_simple(part.shape), obj.get_space()
            outer.select_hyperslab(start, part.shape)
        obj.write(inner, outer, self._in_memory(part, dtype), memory)
        require_written(self.file)  # as early as it is known: the next block may take long to come

    def _in_memory(self, part: np.ndarray[Any, Any], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
        """Return values with references in the place of models."""
        if not has_references(dtype) and part.flags.c_contiguous and part.dtype == dtype:
            return part
        result: np.ndarray[Any, Any] = np.empty(part.shape, dtype=dtype)
        if dtype.names is not None:
            for name in dtype.names:
                result[name] = self._in_memory(
                    part[name], dtype[name].base
                )  # numpy has the axes of a field in the array
        elif h5py.check_ref_dtype(dtype) is not None:
            for index in np.ndindex(part.shape):
                result[index] = self._reference(part[index])
        else:
            result[...] = part
        return result

    # ------------------------------------------------------------------------------------------ attributes
    def _keep_attribute(self, made: NewObject, name: bytes, source: Any, obj: Any, *, sound: bool = False) -> None:
        """Copy an attribute that is unchanged."""
        text = name.decode("utf-8", "surrogateescape")
        if text in made.attributes or text in made.without:
            return
        attribute = h5a.open(source, name)
        stored = attribute.get_type()
        if refers(stored):
            self._references.append((made, lambda: self._keep_reference(made, name)))
        else:
            copy_attribute(attribute, stored, obj, None, sound=sound)

    def _keep_reference(self, made: NewObject, name: bytes) -> None:
        assert made.origin is not None
        io = made.origin.io
        where = f"{made.path}@{name.decode('utf-8', 'replace')}"
        attribute = h5a.open(self._source(made), name)
        stored = attribute.get_type()
        copy_attribute(attribute, stored, self._opened(made), lambda r: self._translated(io, r, where))

    def _new_attribute(self, made: NewObject, name: str, value: NewValue, obj: Any) -> None:
        if not isinstance(value.data, np.ndarray):
            value = gathered(value, f"{made.path}@{name}")
        value = self._in_stored_type(made, name, value)
        if has_references(value.dtype):
            self._references.append((made, lambda: self._write_attribute(name, value, self._opened(made))))
        else:
            self._write_attribute(name, value, obj)

    def _in_stored_type(self, made: NewObject, name: str, value: NewValue) -> NewValue:
        """Return a changed attribute in the type that it had, where that can hold it: text in its kind and width."""
        if made.origin is None or isinstance(value.data, h5py.Empty) or has_references(value.dtype):
            return value
        source = self._source(made)
        if not h5a.exists(source, encode(name)):
            return value
        try:
            like = dtype_of(h5a.open(source, encode(name)).get_type())
        except TypeError:  # numpy has no such type
            return value
        is_ragged = h5py.check_vlen_dtype(like) is not None and h5py.check_string_dtype(like) is None
        return value if is_ragged or has_references(like) else encoded(value.data, None, like)

    def _write_attribute(self, name: str, value: NewValue, obj: Any) -> None:
        stored, memory = types_of(value.dtype)
        if isinstance(value.data, h5py.Empty):
            h5a.create(obj, encode(name), stored, h5s.create(h5s.NULL))
            return
        data = np.asarray(value.data)
        attribute = h5a.create(obj, encode(name), stored, space_of(data.shape))
        if data.size:
            attribute.write(self._in_memory(data, value.dtype), memory)

    def _opened(self, made: NewObject) -> Any:
        return h5o.open(*self._opener.near(made.path))

    # ------------------------------------------------------------------------------------------ links
    def link(self, made: NewGroup) -> None:
        """Create the links of a group, but for those by which its children were created."""
        links = [link for link in made.links.values() if not self._is_made(made, link)]
        if links:
            group = self._opener.open(made.path)
            for link in links:
                self._create_link(made, group, link)

    def _is_made(self, made: NewGroup, link: NewLink) -> bool:
        """Tell whether a link is the one by which its object was created."""
        return link.kind == "hard" and (
            link.target is None or self.plan.objects[link.target].path == join(made.path, link.name)
        )

    def _create_link(self, made: NewGroup, group: h5g.GroupID, link: NewLink) -> None:
        name = encode(link.name)
        if link.kind == "soft":
            group.links.create_soft(name, encode(self._path(made, link)))
        elif link.kind == "external":
            group.links.create_external(name, encode(relocated(link, self.folder)), encode(link.path))
        elif link.target is not None and not self._is_made(made, link):
            group.links.create_hard(name, self.file.id, encode(self.plan.objects[link.target].path))

    def _path(self, made: NewGroup, link: NewLink) -> str:
        """Return the path that a soft link names: the one it named, where it leads to the same object still."""
        if link.target is None or (link.path and self.plan.resolve(made, link.path) == link.target):
            return link.path
        return self.plan.objects[link.target].path

    # ------------------------------------------------------------------------------------------ references
    def refer(self) -> None:
        """Write all that refers to other objects."""
        for made, write in self._references:
            with self.explained(made):
                write()
        if self._dangling and not self.plan.repair:
            raise DanglingReferenceError(self._dangling, "" if self.plan.repair is None else REPAIR)
        if self._nulled:
            places = ", ".join(dict.fromkeys(self._nulled))
            warn(f"{len(self._nulled)} references led nowhere, and are null in the new file: in {places}")
        repaired = dict.fromkeys([*self.plan.repaired, *self._dangling])
        if repaired:
            warn(f"What led to objects that are not in the new file leads nowhere there: {'; '.join(repaired)}")

    def _fill_references(self, made: NewObject, path: bytes) -> None:
        assert made.origin is not None
        self._translate_all(made, self._source(made), path, made.origin.io)

    def _translate_all(self, made: NewObject, source: h5d.DatasetID, path: bytes, io: HDF5IO) -> None:
        target = h5d.open(self.file.id, path)
        copy_references(source, target, lambda reference: self._translated(io, reference, made.path), io.limits)

    def _translated(self, io: HDF5IO, reference: h5r.Reference, where: str) -> h5r.Reference:
        """Return the reference of the new file for one of a source."""
        file = self.sources.file(io)
        if not reference:
            return reference
        try:
            found = target_of(reference, file.id)
            identity = self._meant((id(io), key_of(found)))
        except (ValueError, KeyError, RuntimeError, OSError, TypeError):
            self._nulled.append(where)
            return type(reference)()
        if identity not in self.plan.objects:
            name = h5r.get_name(reference, file.id)
            self._dangling.append(f"{where} refers to {name.decode('utf-8', 'replace') if name else 'an object'}")
            return type(reference)()
        if isinstance(reference, h5r.RegionReference):
            return self._same_region(identity, region_of(reference, file.id), where)
        return self._object(identity)

    def _same_region(self, identity: Identity, space: h5s.SpaceID, where: str) -> h5r.RegionReference:
        """Return the reference to the same part of a dataset, which may be another one by now."""
        made = self.plan.objects[identity]
        if isinstance(made, NewDataset) and made.cut is not None:
            space = moved_region(space, made.cut.rows)
        path = made.path
        shape = shape_of(h5d.open(self.file.id, encode(path)))
        if not _lies_within(space, shape):
            self._dangling.append(f"{where} refers to a part of {path} that it does not have in its new shape, {shape}")
            return h5r.RegionReference()
        return self._region(identity, space)

    def _reference(self, target: Any) -> h5r.Reference:
        """Return the reference to what stands for it in a new value."""
        if isinstance(target, Region):
            return self._new_region(target)
        identity = target.identity if isinstance(target, Target) else self.sources.identity(target)
        if identity is None:
            return (
                h5r.RegionReference() if isinstance(target, Unresolved) and target.kind == "region" else h5r.Reference()
            )
        try:
            return self._object(self._meant(identity))
        except KeyError:  # of data that comes in blocks, nothing was known before
            msg = f"{target!r}, which no group of the file holds: add it to one"
            raise DanglingReferenceError([msg]) from None

    def _meant(self, identity: Identity) -> Identity:
        """Return the object of the plan that is meant by one, which may be its copy in another file."""
        return self.plan.same.get(identity, identity)

    def _object(self, identity: Identity) -> h5r.Reference:
        if identity not in self._made:
            path = encode(self.plan.objects[identity].path)
            self._made[identity] = h5r.create(self.file.id, path, h5r.OBJECT)
        return self._made[identity]

    def _region(self, identity: Identity, space: h5s.SpaceID) -> h5r.RegionReference:
        path = encode(self.plan.objects[identity].path)
        return h5r.create(self.file.id, path, h5r.DATASET_REGION, space)

    def _new_region(self, region: Region) -> h5r.RegionReference:
        identity = self.sources.identity(region)
        assert identity is not None
        identity = self._meant(identity)
        space = h5d.open(self.file.id, encode(self.plan.objects[identity].path)).get_space()
        select(space, region.selection)
        return self._region(identity, space)


def select(space: h5s.SpaceID, selection: str) -> None:
    """Select what a `~nwb_models.models.links.Region` says: ``all``, ``none`` or ``start:stop`` for each axis."""
    if selection == "all":
        space.select_all()
    elif selection == "none":
        space.select_none()
    else:
        bounds = [tuple(map(int, part.split(":"))) for part in selection.split(",")]
        space.select_hyperslab(tuple(a for a, _ in bounds), tuple(b - a for a, b in bounds))


def _lies_within(space: h5s.SpaceID, shape: tuple[int, ...] | None) -> bool:
    """Tell whether a dataset has all that is selected."""
    if shape is None or len(shape) != len(space.shape):
        return False
    if not shape or space.get_select_npoints() == 0:
        return True
    return all(last < length for last, length in zip(space.get_select_bounds()[1], shape, strict=True))


def relocated(link: NewLink, folder: Path | None) -> str:
    """Return the name of the file that an external link leads to, as seen from the folder of the new file."""
    if folder is None or not link.folder or Path(link.filename).is_absolute() or Path(link.folder) == folder:
        return link.filename
    found = Path(link.folder) / link.filename
    return os.path.relpath(found.resolve(), folder) if found.exists() else link.filename
