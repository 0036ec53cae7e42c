"""What in a file refers to something that an edit takes away, or puts elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from h5py import h5a, h5d, h5r, h5t

from nwb_models.io.copying import attribute_names, read_attribute, read_blocks, translated
from nwb_models.io.leaf_types import refers
from nwb_models.io.mappings import open_object
from nwb_models.io.outside import is_self_contained
from nwb_models.io.plan import NewDataset
from nwb_models.io.queue import DAMAGE, join, key_of
from nwb_models.io.values import decode, encode, target_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import h5py

    from nwb_models.io.plan import NewObject
    from nwb_models.io.revision import Changes, Revision


@dataclass
class Referrer:
    """An attribute or dataset with references that an edit has to change."""

    made: NewObject
    name: bytes | None
    """The attribute; None for the data."""
    lost: dict[str, None] = field(default_factory=dict)
    """The paths of what is taken away, as far as they are known."""
    moved: bool = False
    """Whether it refers to what will stand elsewhere in the file."""

    def __str__(self) -> str:
        """Return one line on what it refers to."""
        where = self.made.path if self.name is None else f"{self.made.path}@{decode(self.name)}"
        return f"{where} refers to {', '.join(self.lost)}"


def referrers(revision: Revision, changes: Changes) -> list[Referrer]:
    """Return what refers to what is no longer there, or is elsewhere; the whole file is gone through."""
    file = revision.sources.file(revision.home)
    found = []
    for made in revision.plan.objects.values():
        if revision.is_home(made):
            found += [entry for entry in _of_object(revision, changes, file, made) if entry.lost or entry.moved]
    return found


def lost_links(revision: Revision) -> list[str]:
    """Return the soft links to what is taken away, one line each."""
    return [f"{join(made.path, link.name)} is a link to {link.path}" for made, link in revision.lost]


def _of_object(revision: Revision, changes: Changes, file: h5py.File, made: NewObject) -> Iterator[Referrer]:
    assert made.origin is not None
    try:
        obj = open_object(file, encode(made.origin.path))
        names = attribute_names(obj) if not isinstance(obj, h5t.TypeID) else []
    except (KeyError, *DAMAGE):  # what is damaged is not touched, and nothing is known of it
        return
    for name in names:
        text = decode(name)
        if text not in made.attributes and text not in made.without and refers(h5a.open(obj, name).get_type()):
            entry = Referrer(made, name)
            values, _ = read_attribute(h5a.open(obj, name))
            _look(revision, changes, file, entry, values)
            yield entry
    is_data = isinstance(obj, h5d.DatasetID) and not (isinstance(made, NewDataset) and made.value is not None)
    if is_data and refers(obj.get_type()) and is_self_contained(obj):
        entry = Referrer(made, None)
        for _, values, _ in read_blocks(obj, revision.home.limits):
            _look(revision, changes, file, entry, values)
        yield entry


def _look(revision: Revision, changes: Changes, file: h5py.File, entry: Referrer, values: Any) -> None:
    """Look at each reference in an array."""

    def seen(reference: Any) -> Any:
        try:
            key = key_of(target_of(reference, file.id)) if reference else None
        except (ValueError, KeyError, RuntimeError, OSError, TypeError):
            key = None  # it led nowhere before
        if key is not None and key in changes.replaced:
            entry.moved = True
        elif key is not None and (id(revision.home), key) not in revision.plan.objects:
            name = h5r.get_name(reference, file.id)
            entry.lost[decode(name) if name else "an object without a name"] = None
        return reference

    translated(values, seen)
