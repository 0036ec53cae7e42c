"""Models -> a new file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
from h5py import h5g, h5l, h5o

from nwb_models.errors import InvalidModelError, NotWritableError
from nwb_models.io.atomic import LIBVER, new_file
from nwb_models.io.deconstruct import deconstruct
from nwb_models.io.queue import key_of
from nwb_models.io.sources import Sources
from nwb_models.io.specified import add_specifications
from nwb_models.io.unflatten import unflatten
from nwb_models.models.base import NWBModel
from nwb_models.models.issues import Issue
from nwb_models.models.mixins.files import NWBFileMixin

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from nwb_models.io.opening import State
    from nwb_models.io.plan import Plan


def require_root(model: Any) -> None:
    """Refuse what cannot be the root of a file; what is that of the file that it was read from can.

    Raises
    ------
    TypeError
        Where it is no model.
    InvalidModelError
        Where it is another one than an ``NWBFile``.
    """
    if not isinstance(model, NWBModel):
        msg = f"the model comes first, and then the path: a model is needed here, not {model!r:.80}"
        raise TypeError(msg)
    was_root = model._source is not None and model.path == "/"
    if not was_root and not isinstance(model, NWBFileMixin):
        expected = "an NWBFile: add the object to one, and write that"
        raise InvalidModelError([Issue("/", model.neurodata_type, "root", expected, repr(model))])
    require_root_name(model)


def require_root_name(root: NWBModel) -> None:
    """Refuse another name for the root of a file, which has none in the file.

    Raises
    ------
    InvalidModelError
        Where it has one.
    """
    name = type(root).model_fields["name"].default
    if isinstance(name, str) and root.name != name:
        raise InvalidModelError(
            [Issue("/", root.neurodata_type, "name", f"the name {name!r} of a root", repr(root.name))]
        )


def write_file(
    model: NWBModel,
    path: str | os.PathLike[str],
    *,
    exclusive: bool = False,
    backup: bool = False,
    locked: bool = False,
    repair: bool | None = None,
    state: State | None = None,
    check: Callable[[h5py.File], None] | None = None,
) -> None:
    """Write a model and all below it to a new file.

    Parameters
    ----------
    model
        The root of the file, made by hand, read from a file, or a mix.
    path
        The file; it is replaced when the new one is complete.
    exclusive
        Whether to refuse a file that is there already.
    backup
        Whether to keep the file that is replaced, see `nwb_models.io.atomic.kept_beside`.
    locked
        Whether the caller has the lock of the file already.
    repair
        Whether references to what is not written become null, and soft links to it go; None where nobody is asked.
    state
        What `~nwb_models.io.opening.state_of` said of the file that is replaced, where it is the one that is read from:
        it must not have changed since.
    check
        Called with the finished file, open for reading; what it raises keeps the file that is there as it was.

    Raises
    ------
    InvalidModelError, DanglingReferenceError
        Where the models cannot be written as they are.
    NotWritableError
        Where the file cannot be written.
    """
    with Sources() as sources:
        plan = add_specifications(deconstruct(model, sources, repair=repair))
        in_use = sources.paths() if state is None else ()

        def checked(file: h5py.File) -> None:
            check_plan(file, plan)
            if check is not None:
                check(file)

        with new_file(
            path, checked, exclusive=exclusive, in_use=in_use, backup=backup, locked=locked, state=state
        ) as file:
            unflatten(plan, file, sources, Path(path).resolve().parent)


def write_stream(model: NWBModel, stream: Any, *, repair: bool | None = None) -> None:
    """Write a model and all below it to a file object that can be written and sought."""
    with Sources() as sources:
        plan = add_specifications(deconstruct(model, sources, repair=repair))
        with h5py.File(stream, "w", libver=LIBVER) as file:
            unflatten(plan, file, sources)


def check_plan(file: h5py.File, plan: Plan) -> None:
    """Refuse a file in which HDF5 does not find as many objects as were written."""
    found = {key_of(file.id)[1]}
    waiting: list[tuple[Any, bytes]] = [(file.id, b"/")]
    while waiting:
        group = h5o.open(*waiting.pop())
        if not isinstance(group, h5g.GroupID):
            continue

        def visit(name: bytes, info: Any, group: h5g.GroupID = group) -> None:
            if info.type == h5l.TYPE_HARD and info.u not in found:
                found.add(info.u)
                waiting.append((group, name))

        group.links.iterate(visit, info=True)
    if len(found) != len(plan.objects):
        msg = (
            f"{file.filename} holds {len(found)} objects, and {len(plan.objects)} were written: it is not put in place"
        )
        raise NotWritableError(msg)
