"""A file -> a smaller one that is still valid: some rows and objects, and all that these need."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from h5py import h5d

from nwb_models.errors import (
    NotNWBError,
    NotReadableError,
    NotWritableError,
    ObjectNotFoundError,
    SelectionError,
)
from nwb_models.io.atomic import new_file, require_target
from nwb_models.io.axes import WINDOW, Axes, row_numbers
from nwb_models.io.excerpt import Excerpt, Wanted, clock_of
from nwb_models.io.nodes import StoredDataset, StoredGroup, StoredLink
from nwb_models.io.opening import path_of
from nwb_models.io.outside import require_inside
from nwb_models.io.plan import Cut, NewDataset, NewGroup, NewLink, NewObject, NewType, NewValue, Origin, Plan
from nwb_models.io.queue import flatten, join, node_of, walk
from nwb_models.io.rows import Rows
from nwb_models.io.sources import Sources
from nwb_models.io.unflatten import unflatten
from nwb_models.io.values import encode as path_bytes
from nwb_models.io.values import stored_reference
from nwb_models.io.write import check_plan, write_file
from nwb_models.limits import DEFAULT
from nwb_models.models.mapping import storage

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    from nwb_models.io.axes import Axis
    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.nodes import Key, StoredObject
    from nwb_models.io.plan import Identity
    from nwb_models.limits import Limits

Externals = Literal["keep", "copy", "drop"]

N = 10
"""How many entries and rows stay where nothing is said."""


@dataclass(frozen=True, slots=True)
class Part:
    """What stays of a table, a series, or the like."""

    path: str
    kept: int
    """How many rows or entries there are now."""
    total: int
    """How many there were."""
    needed_by: tuple[str, ...] = ()
    """What refers to rows that would not be there otherwise."""
    because: str = ""
    """Why it is there as a whole."""

    def __str__(self) -> str:
        text = f"{self.path}: {self.kept} of {self.total}"
        reason = f"for the sake of {', '.join(self.needed_by)}" if self.needed_by else self.because
        return f"{text}, {reason}" if reason else text


@dataclass(frozen=True, slots=True)
class Truncated:
    """What became of a file."""

    target: Path
    """The new file."""
    parts: tuple[Part, ...] = ()
    """Tables and series of which not all is there, or of which more is there than was asked for."""
    dropped: tuple[str, ...] = ()
    """Objects that are not there, by the topmost paths."""
    clipped: dict[str, int] = field(default_factory=dict)
    """Path of TimeSeriesReferences -> how many of them are of fewer entries than they were."""
    externals: tuple[str, ...] = ()
    """What became of external links."""
    unsound: tuple[str, ...] = ()
    """What was wrong in the source, and is still."""

    def __str__(self) -> str:
        lines = [str(part) for part in self.parts]
        lines += [f"{path}: {count} ranges of time are clipped" for path, count in self.clipped.items()]
        lines += [*self.externals, *self.unsound]
        return "\n".join([*lines, f"{len(self.dropped)} other objects are not kept"] if self.dropped else lines)


def truncate_file(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str] | None = None,
    n: int | None = None,
    *,
    only: str | Iterable[str] = (),
    time: tuple[float | None, float | None] | None = None,
    rows: Mapping[str, slice] | None = None,
    externals: Externals = "keep",
    external_links: bool = False,
    limits: Limits = DEFAULT,
) -> Truncated:
    """Write a smaller file that is still valid: test data from real data.

    All objects stay, with attributes, types, filters, links and ids as they are, and of each series the first entries,
    of each table the first rows; rows that any of these refer to stay, too, in their order.  Other axes than the first
    one are never cut.

    Parameters
    ----------
    source
        The file; it is only read.
    target
        The new file; one that is there is replaced.  ``NAME_truncated`` with the suffix of the source where it is not
        given.
    n
        How many entries of each series, and rows of each table; 10 where nothing else says what stays, all otherwise.
    only
        Path or paths of the objects that stay, with what is in them and all that they refer to.
    time
        From when until before when, in seconds on the clock of the timestamps; None for no limit.  It holds for
        series, for tables of intervals and events, and for the spikes of units.
    rows
        Path of a table or series -> the rows of it that stay.
    externals
        What becomes of external links: ``keep`` them, ``copy`` what they lead to into the file, or ``drop`` them.
    external_links
        Whether links are followed, to be copied, that lead out of the folder of the file.
    limits
        What is refused as too large.

    Returns
    -------
    Truncated
        What was cut, and what stayed for the sake of what.

    Raises
    ------
    SelectionError
        Where `n` is not positive, or `time` or `rows` select nothing.
    ObjectNotFoundError
        Where there is nothing at a path.
    NotReadableError, NotNWBError, UnreadableObjectError
        Where the source cannot be read.
    NotWritableError
        Where the target cannot be written, or is the source.
    """
    from nwb_models.io.hdf5 import HDF5IO

    wanted = _wanted(n, only, time, rows)
    if externals not in get_args(Externals):
        msg = f"externals is {externals!r}: it has to be one of {', '.join(get_args(Externals))}"
        raise SelectionError(msg)
    path = Path(path_of(source))
    default = path.with_name(f"{path.stem}_truncated{path.suffix or '.hdf5'}")
    found = default if target is None else Path(path_of(target))
    with HDF5IO(path, external_links=external_links, limits=limits) as io, Sources() as sources, ExitStack() as stack:
        if found.exists() and found.samefile(io.location):
            msg = f"{found} is the source, which is only read: give another target"
            raise NotWritableError(msg)
        truncation = Truncation(io, sources, wanted, externals)
        truncation.run()
        in_use = {Path(file.location).resolve() for file in (*sources.all(), *truncation.outside)}
        require_target(str(found), found.resolve(), in_use)
        first = found
        if truncation.outside:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            first = folder / "0.nwb"
        with new_file(first, lambda file: check_plan(file, truncation.plan)) as file:
            unflatten(truncation.plan, file, sources, found.resolve().parent)
        if truncation.outside:
            _bring_in(truncation, first, found, n, time)
    return truncation.report(found)


def _bring_in(truncation: Truncation, first: Path, target: Path, n: int | None, time: Any) -> None:
    """Put truncated copies of objects of other files into a truncated file, with what they refer to there."""
    from nwb_models.io.hdf5 import HDF5IO

    with HDF5IO(first) as io, ExitStack() as stack:
        root = io.read()
        for number, (other, links) in enumerate(truncation.outside.items(), start=1):
            excerpt = first.with_name(f"{number}.nwb")
            truncate_file(
                other.location, excerpt, n, only=set(links.values()), time=time, externals="copy", limits=other.limits
            )
            copies = stack.enter_context(HDF5IO(excerpt))
            for where, path in links.items():
                root[where] = copies.read(path)
        write_file(root, target)


def _wanted(n: Any, only: Any, time: Any, rows: Any) -> Wanted:
    """Check what is asked for as far as that needs no file."""
    if n is not None and (isinstance(n, bool) or not isinstance(n, Integral) or n < 1):
        msg = f"n is {n!r}: at least 1 entry of each series and 1 row of each table have to stay"
        raise SelectionError(msg)
    if not isinstance(only, Iterable):
        msg = f"only is {only!r:.60}: give the path of an object, or several"
        raise SelectionError(msg)
    if rows is not None and not isinstance(rows, Mapping):
        msg = f"rows is {rows!r:.60}: give a dict from paths to slices"
        raise SelectionError(msg)
    paths = tuple(_path(name) for name in ([only] if isinstance(only, str) else only))
    selected = {_path(name): part for name, part in (rows or {}).items()}
    for name, part in selected.items():
        try:
            part.indices(0)
        except (AttributeError, TypeError, ValueError):
            msg = f"rows of {name} are {part!r}: give a slice, as in slice(0, 50)"
            raise SelectionError(msg) from None
    bounds = None if time is None else _bounds(time)
    if n is None and not paths and bounds is None and not selected:
        n = N
    return Wanted(n=n, only=paths, time=bounds, rows=selected)


def _bounds(time: Any) -> tuple[float, float]:
    """Return both ends of a range of time."""
    try:
        start, stop = time
        bounds = (-np.inf if start is None else float(start), np.inf if stop is None else float(stop))
    except (TypeError, ValueError):
        msg = f"time is {time!r}: give when it begins and when it ends, in seconds"
        raise SelectionError(msg) from None
    if not bounds[0] < bounds[1]:
        msg = f"time is {bounds[0]:g} to {bounds[1]:g}: it has to begin before it ends"
        raise SelectionError(msg)
    return bounds


def _path(name: str) -> str:
    return "/" + name.strip("/")


class Truncation:
    """Makes the plan of the smaller file."""

    def __init__(self, io: HDF5IO, sources: Sources, wanted: Wanted, externals: Externals) -> None:
        self.io, self.sources, self.wanted, self.externals = io, sources, wanted, externals
        self.plan = Plan()
        self.file = sources.file(io)
        self.flat = flatten(self.file, limits=io.limits)
        self.outside: dict[HDF5IO, dict[str, str]] = {}
        """Other file -> where a link to it is -> the path there of what is to be copied."""
        self._brought: dict[Key, Origin] = {}
        """Datasets of other files that take the places of links to them."""
        self._clipped: dict[str, int] = {}
        self._external: list[str] = []
        self._unsound: dict[str, str] = {}
        if externals == "copy":
            self._follow_externals()
        self.axes = Axes(io, self.flat, self._opened)
        self.excerpt = Excerpt(io, self.file, self.flat, self.axes, wanted)
        if externals == "drop":
            self.excerpt.gone.update(self._needing_externals())
        for path in (*wanted.only, *wanted.rows):
            self._require(path)

    def _require(self, path: str) -> None:
        key = self.flat.keys.get(path)
        if key is None:
            msg = f"No object at {path} in {self.io.filename}"
            raise ObjectNotFoundError(msg)
        if path in self.wanted.rows:
            axis = self.axes.of.get(key)
            if axis is None or key not in axis.owners:
                msg = f"{path} of {self.io.filename} is no table and no series: it has no rows"
                raise SelectionError(msg)
            if not len(range(axis.length)[self.wanted.rows[path]]):
                msg = f"{path} of {self.io.filename} has {axis.length} rows, and none of those asked for"
                raise SelectionError(msg)

    def run(self) -> None:
        """Find out what stays, and plan it."""
        self.excerpt.find()
        for key, node in self.flat.nodes.items():
            if self.excerpt.stays(key):
                made = self._planned(node)
                self.plan.objects[made.identity] = made
        for key, node in self.flat.nodes.items():
            if isinstance(node, StoredGroup) and self.excerpt.stays(key):
                self._shift_clock(node)
                group = self.plan.objects[self._identity(key)]
                assert isinstance(group, NewGroup)
                for link in node.links.values():
                    new = self._link(node, link)
                    if new is not None:
                        group.links[link.name] = new

    # ------------------------------------------------------------------------------------------ objects
    def _origin(self, node: StoredObject) -> Origin:
        return self._brought.get(node.key) or Origin(self.io, node.path)

    def _opened(self, node: StoredDataset) -> h5d.DatasetID:
        origin = self._origin(node)
        dataset = h5d.open(self.sources.file(origin.io).id, path_bytes(origin.path))
        if node.elsewhere and not self.io.external_links:
            require_inside(dataset, origin.io.filename, origin.path, self.io.limits.sources)
        return dataset

    def _identity(self, key: Key) -> Identity:
        origin = self._brought.get(key)
        return (id(self.io), key) if origin is None else (id(origin.io), ("", key[1]))

    def _planned(self, node: StoredObject) -> NewObject:
        origin = self._origin(node)
        if not isinstance(node, StoredDataset):
            return NewGroup(self._identity(node.key), node.path, None, origin)
        made = NewDataset(self._identity(node.key), node.path, None, origin)
        change = self._change(node)
        rows = self.excerpt.of(node)
        if rows is not None or change is not None:
            made.cut = Cut(rows if rows is not None else Rows.span(0, node.shape[0]), change)  # type: ignore[index]
        return made

    # ------------------------------------------------------------------------------------------ values
    def _change(self, node: StoredDataset) -> Callable[[Any], Any] | None:
        """Return what makes the new values of a dataset that numbers the rows of others."""
        axis = self.axes.of.get(self.axes.indexes.get(node.key)) or self.axes.numbered.get(node.key)  # type: ignore[arg-type]
        if node.key in self.axes.windows:
            change: Callable[[Any], Any] = self._clip
        elif axis is not None:
            is_index = node.key in self.axes.indexes
            change = lambda values: self._renumber(axis, values, is_index=is_index)  # noqa: E731
        else:
            return None
        changed = False
        for values in self.axes.read(node, self.excerpt.of(node)):
            new = change(values)
            if axis is not None:
                self._look_for_strays(node, axis, values)
            else:
                clipped = int(np.sum(new[WINDOW[1]] < values[WINDOW[1]]))
                self._clipped.update({node.path: self._clipped.get(node.path, 0) + clipped} if clipped else {})
            changed = changed or not np.array_equal(new, values)
        return change if changed else None

    def _look_for_strays(self, node: StoredDataset, axis: Axis, values: Any) -> None:
        """Note numbers of rows that were not there in the source."""
        if node.key in self.axes.indexes:
            if values.size and values.max() > axis.length:
                self._unsound[node.path] = f"{node.path}: went past its data in the source; it ends with it now"
        elif np.any((row_numbers(values) < 0) | (row_numbers(values) >= axis.length)):
            self._unsound[node.path] = f"{node.path}: has numbers of rows that are not there, as in the source"

    def _renumber(self, axis: Axis, values: Any, *, is_index: bool) -> Any:
        """Return numbers of rows as they are among those that stay; what is no row of the axis stays what it is."""
        result, numbers = values.copy(), row_numbers(values)
        new = self.excerpt.rows[id(axis)].rank(numbers)
        there = is_index | ((numbers >= 0) & (numbers < axis.length))
        row_numbers(result)[...] = np.where(there, new, numbers)
        return result

    def _clip(self, values: Any) -> Any:
        """Return ranges of time as far as their series has them still; where nothing is left, of no entries."""
        start, count, series = WINDOW
        result = values.copy()
        for old, new in zip(values.reshape(-1), result.reshape(-1), strict=True):
            reference = stored_reference(self.file.id, old[series])
            axis = self.axes.of.get(reference.key) if reference.key is not None else None
            if axis is None or (old[start] < 0 and old[count] < 0):
                continue
            kept = self.excerpt.rows[id(axis)]
            first = max(int(old[start]), 0)
            low, high = kept.rank([first, max(first, int(old[start]) + int(old[count]))]).tolist()
            new[start] = min(low, len(kept) - 1)
            new[count] = high - low if len(kept) else -1
        return result

    def _shift_clock(self, group: StoredGroup) -> None:
        """Let a series of which the beginning is not kept begin later."""
        axis, clock = self.axes.of.get(group.key), clock_of(self.axes, group)
        rows = self.excerpt.rows[id(axis)] if axis is not None else None
        if clock is None or rows is None or not len(rows) or not rows.starts[0]:
            return
        made = self.plan.objects[self._identity(clock.node.key)]
        assert isinstance(made, NewDataset)
        moment = clock.start + float(rows.starts[0]) / clock.rate
        made.value = NewValue(np.asarray(moment, clock.node.dtype), clock.node.dtype)

    # ------------------------------------------------------------------------------------------ links
    def _link(self, group: StoredGroup, link: StoredLink) -> NewLink | None:
        """Return a link of a group that stays, None where what it leads to does not."""
        where = join(group.path, link.name)
        if link.kind == "external":
            if self.externals == "drop":
                self._external.append(f"{where}: the link to {link.path} of {link.filename} is dropped")
                return None
            return NewLink(link.name, "external", None, link.path, link.filename, self.io.folder)
        if link.kind == "soft":
            key = self.flat.keys.get(where)
            if key is None:
                return NewLink(link.name, "soft", None, link.path) if group.key in self.excerpt.kept else None
            return NewLink(link.name, "soft", self._identity(key), link.path) if self.excerpt.stays(key) else None
        if link.key not in self.flat.nodes:
            return self._named_type(link, where) if group.key in self.excerpt.kept else None
        return NewLink(link.name, "hard", self._identity(link.key)) if self.excerpt.stays(link.key) else None

    def _follow_externals(self) -> None:
        """Note what external links lead to; a dataset that is no object of its own becomes one of its group at once."""
        for group in [node for node in self.flat.nodes.values() if isinstance(node, StoredGroup)]:
            for link in list(group.links.values()):
                if link.kind == "external":
                    where = join(group.path, link.name)
                    try:
                        self._follow_external(group, link, where)
                    except (NotReadableError, NotNWBError, ObjectNotFoundError) as error:
                        self._external.append(f"{where}: stays a link: {error}")

    def _needing_externals(self) -> Iterator[Key]:
        """Yield the groups that cannot be without something that is in another file."""
        for group in self.flat.nodes.values():
            for link in group.links.values() if isinstance(group, StoredGroup) else ():
                cls = self.io.builder.classes.of(group) if link.kind == "external" else None
                entry = storage(cls).children.get(link.name) if cls is not None else None
                if entry is not None and entry.required:
                    self._external.append(
                        f"{group.path}: dropped, as its {link.name} is {link.path} of {link.filename}"
                    )
                    yield group.key

    def _follow_external(self, group: StoredGroup, link: StoredLink, where: str) -> None:
        other = self.io.external(link.filename)
        file = self.sources.file(other)
        obj, path, _ = walk(file, link.path)
        if obj is None:
            msg = f"there is no {link.path} in {link.filename}"
            raise ObjectNotFoundError(msg)
        node = node_of(file, obj, path, self.io.limits)
        self._external.append(f"{where}: copied from {path} of {link.filename}")
        if isinstance(node, StoredGroup) or node.neurodata_type is not None:
            self.outside.setdefault(other, {})[where] = path
            return
        node.key, node.path, node.paths = (other.location, node.key[1]), where, [where]
        self._brought[node.key] = Origin(other, path)
        self.flat.nodes[node.key] = node
        self.flat.keys[where] = node.key
        group.links[link.name] = StoredLink(link.name, "hard", node.key)

    def _named_type(self, link: StoredLink, where: str) -> NewLink:
        """Return the link to a named datatype, which is no object of the queue."""
        assert link.key is not None
        identity = self._identity(link.key)
        if identity not in self.plan.objects:
            self.plan.objects[identity] = NewType(identity, where, None, Origin(self.io, where))
        return NewLink(link.name, "hard", identity)

    # ------------------------------------------------------------------------------------------ the report
    def report(self, target: Path) -> Truncated:
        """Return what became of the file."""
        parts = []
        for axis in dict.fromkeys(self.axes.of.values()):
            owners = [self.flat.nodes[key] for key in axis.owners if self.excerpt.stays(key)]
            kept, begun = len(self.excerpt.rows[id(axis)]), self.excerpt.begun.get(id(axis), Rows())
            needed = tuple(self.excerpt.needed_by.get(id(axis), ())) if kept > len(begun) else ()
            if kept < axis.length or (needed and self.wanted.n is not None):
                parts += [Part(node.path, kept, axis.length, needed) for node in owners]
            elif axis.whole and self.wanted.n is not None and kept > self.wanted.n:
                parts += [Part(node.path, kept, axis.length, (), axis.whole) for node in owners]
        gone = [node for key, node in self.flat.nodes.items() if not self.excerpt.stays(key)]
        dropped = [node.path for node in gone if self.excerpt.stays(self.flat.keys.get(posixpath.dirname(node.path)))]
        return Truncated(
            target, tuple(parts), tuple(dropped), self._clipped, tuple(self._external), tuple(self._unsound.values())
        )
