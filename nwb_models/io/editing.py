"""What has changed -> a copy of the file: only that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from h5py import h5a, h5d, h5g, h5o, h5r, h5t

from nwb_models.errors import NWBError, UnreadableObjectError
from nwb_models.io.blocks import converted
from nwb_models.io.copying import copy_references, read_all, read_attribute, translated
from nwb_models.io.encode import has_references
from nwb_models.io.leaf_types import uses_heaps
from nwb_models.io.plan import NewDataset, NewGroup
from nwb_models.io.queue import join, key_of, paths_by_key
from nwb_models.io.revision import soft_path
from nwb_models.io.unflatten import REFUSALS, Writer
from nwb_models.io.values import decode, encode, region_of, target_of
from nwb_models.models.arrays import Array

if TYPE_CHECKING:
    from pathlib import Path

    import h5py

    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.plan import Identity, NewLink, NewObject, NewValue
    from nwb_models.io.referrers import Referrer
    from nwb_models.io.revision import Changes, Revision


class Editor(Writer):
    """Makes the changes in a copy of the file, in which every object has the address that it had.

    Parameters
    ----------
    revision, changes
        What is to stand in the file, and how that differs from what does.
    file
        The copy, open for writing.
    referrers
        What refers to what is taken away, or put elsewhere.
    folder
        The folder of the file.
    """

    def __init__(
        self, revision: Revision, changes: Changes, file: h5py.File, referrers: list[Referrer], folder: Path
    ) -> None:
        super().__init__(revision.plan, file, revision.sources, folder)
        self.revision, self.changes, self.referrers = revision, changes, referrers
        self.home = revision.home
        self._unplanned: dict[Any, str] | None = None

    def edit(self) -> None:
        """Make all changes.

        Raises
        ------
        UnreadableObjectError
            Where HDF5 cannot, because the file is damaged.
        """
        try:
            self._edit()
        except NWBError:
            raise
        except REFUSALS as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            msg = f"{self.home.filename} cannot be edited, and is as it was: {error}"
            raise UnreadableObjectError(msg) from error

    def _edit(self) -> None:
        """Links first, so that every path is right for what comes after."""
        self._relink()
        for made in self.plan.objects.values():
            if made.identity in self.changes.kept:
                self._revise(made)
        for made in self.plan.objects.values():
            if isinstance(made, NewGroup) and made.identity not in self.changes.kept:
                self.link(made)
        for made, link in self.changes.added:
            self._add_link(made, link)
        for referrer in self.referrers:
            if referrer.made.identity in self.changes.kept:
                self._references.append((referrer.made, lambda entry=referrer: self._refer_anew(entry)))  # type: ignore[misc]
        self.refer()

    # ------------------------------------------------------------------------------------------ links
    def _relink(self) -> None:
        """Take links away, then create what is new and put what is moved where it belongs, from the root down."""
        opened = {made.identity: self._stored(made) for made, _ in (*self.changes.dropped, *self.changes.added)}
        fresh = [made for made in self.plan.objects.values() if made.identity not in self.changes.kept]
        inside = [(made, link) for made in fresh if isinstance(made, NewGroup) for link in made.links.values()]
        incoming = [*self.changes.added, *inside]
        moved = {}
        for _, link in incoming:
            if link.kind == "hard" and link.target in self.changes.kept:
                moved[link.target] = self._stored(self.plan.objects[link.target])
        for group, stored in self.changes.dropped:
            opened[group.identity].unlink(encode(stored.name))
        lives_here = {join(made.path, link.name) for made, link in incoming}
        for made in self.plan.objects.values():
            if made.identity not in self.changes.kept:
                self.create(made)
            elif made.identity in moved and made.path in lives_here:
                h5o.link(moved[made.identity], self.file.id, encode(made.path))

    def _stored(self, made: NewObject) -> Any:
        """Open an object in the copy by the path that it had."""
        assert made.origin is not None
        return h5o.open(self.file.id, encode(made.origin.path))

    def _add_link(self, made: NewGroup, link: NewLink) -> None:
        """Create one link of a group that was there, unless its object was created or put there."""
        group = h5g.open(self.file.id, encode(made.path))
        if not group.links.exists(encode(link.name)):
            self._create_link(made, group, link)

    def _path(self, made: NewGroup, link: NewLink) -> str:
        return soft_path(self.plan, made, link, whole=self.revision.whole)

    # ------------------------------------------------------------------------------------------ objects
    def _revise(self, made: NewObject) -> None:
        """Write what is new of an object that stays."""
        value = made.value if isinstance(made, NewDataset) else None
        if not (made.attributes or made.without or value is not None):
            return
        with self.explained(made):
            if value is not None and not isinstance(value.data, Array):
                self._require_replaceable(self._source(made))
            obj = self._opened(made)
            for name in made.without:
                h5a.delete(obj, encode(name))
            for name, new in made.attributes.items():
                self._revise_attribute(made, obj, name, new)
            if value is not None and has_references(value.dtype):
                self._references.append((made, lambda: self._overwrite(self._opened(made), value, made.path)))
            elif value is not None:
                self._overwrite(obj, value, made.path)

    def _require_replaceable(self, source: h5d.DatasetID) -> None:
        """Read the texts that HDF5 looks for when it replaces them: where it does not find them, 2.0.0 crashes."""
        if uses_heaps(source.get_type()):
            read_all(source, self.home.limits)

    def _revise_attribute(self, made: NewObject, obj: Any, name: str, value: NewValue) -> None:
        if h5a.exists(obj, encode(name)):
            h5a.delete(obj, encode(name))
        self._new_attribute(made, name, value, obj)

    def _overwrite(self, obj: h5d.DatasetID, value: NewValue, where: str) -> None:
        """Write a value into a dataset that can take it; of an array that was appended to, the new rows."""
        if tuple(obj.shape) != tuple(value.data.shape):
            obj.set_extent(tuple(value.data.shape))
        if not isinstance(value.data, Array):
            self._write(obj, value, where)
            return
        source: Any = value.data.source
        first = source.base.shape[0]
        memory = h5t.py_create(value.dtype)
        for block in source.blocks:
            rows = converted(block, value.dtype)
            self._write_block(obj, rows, (first, *(0,) * (rows.ndim - 1)), memory, value.dtype)
            first += len(rows)

    # ------------------------------------------------------------------------------------------ references
    def _refer_anew(self, entry: Referrer) -> None:
        """Write the references of an attribute or dataset that lead elsewhere now, or nowhere."""
        obj = self._opened(entry.made)
        if entry.name is None:
            copy_references(
                obj, obj, lambda reference: self._translated(self.home, reference, entry.made.path), self.home.limits
            )
            return
        attribute = h5a.open(obj, entry.name)
        values, memory = read_attribute(attribute)
        where = f"{entry.made.path}@{decode(entry.name)}"
        attribute.write(translated(values, lambda reference: self._translated(self.home, reference, where)), memory)

    def _translated(self, io: HDF5IO, reference: h5r.Reference, where: str) -> h5r.Reference:
        """Return the reference for one that was read: the same one, where its object stays where it is."""
        if io is not self.home:
            return super()._translated(io, reference, where)
        if not reference:
            return reference
        original = self.sources.file(io)
        try:
            key = key_of(target_of(reference, original.id))
        except (ValueError, KeyError, RuntimeError, OSError, TypeError):
            return reference  # it led nowhere before
        identity = self.changes.replaced.get(key, (id(io), key))
        if identity in self.changes.kept or (not self.revision.whole and identity not in self.plan.objects):
            return reference
        if identity not in self.plan.objects:
            return type(reference)()  # this was asked for, and is noted: see `repair`
        if isinstance(reference, h5r.RegionReference):
            return self._same_region(identity, region_of(reference, original.id), where)
        return self._object(identity)

    def _object(self, identity: Identity) -> h5r.Reference:
        if identity in self.plan.objects:
            return super()._object(identity)
        if self._unplanned is None:  # an object of the file that nothing had to be known of so far
            self._unplanned = paths_by_key(self.sources.file(self.home))
        return h5r.create(self.file.id, encode(self._unplanned[identity[1]]), h5r.OBJECT)
