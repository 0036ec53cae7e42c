"""Changed models -> the file that they were read from: a copy with only the changes written, put in its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from h5py import h5o

from nwb_models.errors import DanglingReferenceError, InvalidModelError, NotWritableError
from nwb_models.io.adoption import adopt, complete_removed
from nwb_models.io.atomic import edited_file
from nwb_models.io.between import built
from nwb_models.io.editing import Editor
from nwb_models.io.faults import reading
from nwb_models.io.queue import join, key_of
from nwb_models.io.referrers import lost_links, referrers
from nwb_models.io.revision import Revision, changes_of, touched
from nwb_models.io.sources import Sources
from nwb_models.io.specified import add_specifications
from nwb_models.io.unflatten import REPAIR
from nwb_models.io.values import encode
from nwb_models.io.write import require_root_name
from nwb_models.models.base import NWBModel
from nwb_models.models.building import BUILDING
from nwb_models.models.issues import Issue

if TYPE_CHECKING:
    import h5py

    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.referrers import Referrer
    from nwb_models.io.revision import Changes


@dataclass(frozen=True)
class Edited:
    """What an edit did to a file."""

    written: tuple[str, ...] = ()
    """The paths of the objects that are new, or of which something was written."""
    removed: tuple[str, ...] = ()
    """The paths of the objects that were taken away, each with all below it."""
    repaired: tuple[str, ...] = ()
    """What referred to them and no longer does, one line each."""
    freed: int = 0
    """How many bytes of the file hold nothing any more; `nwb_models.repack` gives them back."""
    backup: str | None = None
    """Where the file is kept as it was."""

    def __bool__(self) -> bool:
        """Tell whether anything was written."""
        return bool(self.written or self.removed)


def edit(io: HDF5IO, model: Any, path: str | None = None, *, repair: bool = False, backup: bool = False) -> Edited:
    """Write what has changed of a model and all below it to the file that it was read from.

    Parameters
    ----------
    io
        The file, open for editing.
    model, path, repair, backup
        See `HDF5IO.write`.
    """
    with Sources() as sources:
        with BUILDING:
            part = _part(io, model, path)
        with BUILDING, reading(io.filename, part):
            revision, changes = _planned(io, sources, part)
            found = referrers(revision, changes) if changes.is_removal else []
            repaired = _require_no_referrers(revision, found, repair=repair)
            if repaired:
                changes = changes_of(revision)
            parts = [made.path for made in touched(changes, revision.plan)]
            if not parts and not found:
                return Edited()
            removed = tuple(_removed(revision, changes))
            _require_no_moves(revision, removed)
            if changes.is_removal:
                complete_removed(revision)

        def check(file: h5py.File) -> None:
            _check(file, revision, changes)

        with edited_file(io.location, io.state, check, backup=backup) as (file, replacement):
            Editor(revision, changes, file, found, Path(io.location).resolve().parent).edit()
            freed = file.id.get_freespace()
    with BUILDING, io.replaced(respecified=any(io.is_skipped(part) for part in parts)):
        adopt(revision, changes, found)
    kept = str(replacement.kept) if replacement.kept is not None else None
    return Edited(tuple(parts), removed, repaired, freed, kept)


def _part(io: HDF5IO, model: Any, path: str | None) -> str:
    """Return the path of the object whose changes are to be written; put what is new where it is asked for."""
    is_home = isinstance(model, NWBModel) and model._source is io and model.path is not None
    where = None if path is None else "/" + path.strip("/")
    if is_home and where in (None, model.path):
        if model.path == "/":
            require_root_name(model)
        renamed = model.path != "/" and model.name != model.path.rpartition("/")[2]
        return str(model.path.rpartition("/")[0] or "/") if renamed else str(model.path)
    if where is None or where == "/":
        msg = (
            f"{model!r} was not read from {io.filename}: io.read() gives what can be edited; "
            "say with path= where a new object goes, and write a new file with nwb_models.write"
        )
        raise NotWritableError(msg)
    above, _, name = where.rpartition("/")
    group = io.read(above or "/")
    group[name] = model
    return str(group.path)


def _planned(io: HDF5IO, sources: Sources, part: str) -> tuple[Revision, Changes]:
    """Return what is to stand in the file, and how that differs; the whole file is gone through where it has to be."""
    for whole in (False, True):
        revision = Revision(sources, io, part, whole=whole)
        add_specifications(revision.plan)
        changes = changes_of(revision)
        if not changes.is_removal:
            break
    return revision, changes


def _require_no_referrers(revision: Revision, found: list[Referrer], *, repair: bool) -> tuple[str, ...]:
    """Refuse to take away what others refer to, or let them refer to nothing; return one line on each."""
    lines = [*(str(entry) for entry in found if entry.lost), *lost_links(revision)]
    if lines and not repair:
        raise DanglingReferenceError(lines, REPAIR)
    for made, link in revision.lost:
        made.links.pop(link.name, None)
    return tuple(lines)


def _removed(revision: Revision, changes: Changes) -> list[str]:
    """Return the paths of what is taken away."""
    gone = []
    for made, link in changes.dropped:
        is_gone = link.kind == "hard" and (id(revision.home), link.key) not in revision.plan.objects
        if is_gone and link.key not in changes.replaced and made.origin is not None:
            gone.append(join(made.origin.path, link.name))
    return gone


def _require_no_moves(revision: Revision, removed: tuple[str, ...]) -> None:
    """Refuse to take away, in one part of the file, what the models hold in another part that is not written.

    Raises
    ------
    InvalidModelError
        Where that is so, with all such objects.
    """
    if revision.part == "/" or not removed:
        return
    issues = [
        Issue(str(child.path), child.neurodata_type, "place", "a part that is written, too", f"it moved to {holder!r}")
        for holder, child in built(revision.home.read())
        if child._source is revision.home and child.path in removed
    ]
    if issues:
        raise InvalidModelError(issues)


def _check(file: h5py.File, revision: Revision, changes: Changes) -> None:
    """Refuse a file in which HDF5 does not find what was written."""
    for made in touched(changes, revision.plan):
        try:
            key = key_of(h5o.open(file.id, encode(made.path)))
        except (KeyError, OSError, RuntimeError) as error:
            msg = f"{made.path} cannot be read back ({error}): {revision.home.filename} is as it was"
            raise NotWritableError(msg) from error
        if key != changes.kept.get(made.identity, key):
            msg = f"{made.path} is not the object that it was: {revision.home.filename} is as it was"
            raise NotWritableError(msg)
