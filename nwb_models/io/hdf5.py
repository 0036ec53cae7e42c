"""`HDF5IO`: an NWB file in HDF5 as models; and functions that look at such a file without any."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import sys
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import h5py
from h5py import h5a

from nwb_models.errors import (
    ClosedFileError,
    DepartureError,
    NotNWBError,
    NotReadableError,
    NotWritableError,
    NWBError,
    ObjectNotFoundError,
    SpecificationError,
    UnreadableObjectError,
    UnsavedChangesError,
    warn,
)
from nwb_models.io.construct import Builder
from nwb_models.io.faults import FAULTS, require_none_of_h5py
from nwb_models.io.heaps import LookedAt, forget
from nwb_models.io.nodes import StoredDataset
from nwb_models.io.open_datasets import OpenDatasets
from nwb_models.io.opening import BEING_WRITTEN, opened, path_of, require_room, state_of
from nwb_models.io.queue import SPECLOC, open_path, read_node
from nwb_models.io.specifications import (
    SKIP_PATTERN,
    StoredSpecifications,
    is_specification,
    read_specs_as_dicts,
    stored_specifications,
    version_of,
)
from nwb_models.late import late
from nwb_models.limits import DEFAULT, Limits
from nwb_models.models.base import NWBGroup
from nwb_models.models.building import BUILDING
from nwb_models.models.issues import Issue
from nwb_models.schema.language import Namespace
from nwb_models.schema.provider import SchemaProvider
from nwb_models.schema.sources import gathered, listed

if TYPE_CHECKING:
    import io as stdio
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from nwb_models.io.dependencies import (
        filter_dependency_graph,
        find_references,
        get_references,
        hdf_dependency_graph,
        resolve_hardlink,
    )
    from nwb_models.io.edit import Edited
    from nwb_models.io.lock import FileLock
    from nwb_models.io.truncation import truncate_file
    from nwb_models.models.base import NWBModel

__all__ = [
    "HDF5IO",
    "SKIP_PATTERN",
    "filter_dependency_graph",
    "find_references",
    "get_references",
    "hdf_dependency_graph",
    "read_specs_as_dicts",
    "resolve_hardlink",
    "truncate_file",
]

__getattr__ = late(
    __name__,
    {
        "filter_dependency_graph": "nwb_models.io.dependencies:filter_dependency_graph",
        "find_references": "nwb_models.io.dependencies:find_references",
        "get_references": "nwb_models.io.dependencies:get_references",
        "hdf_dependency_graph": "nwb_models.io.dependencies:hdf_dependency_graph",
        "resolve_hardlink": "nwb_models.io.dependencies:resolve_hardlink",
        "truncate_file": "nwb_models.io.truncation:truncate_file",
    },
)
_handles: WeakSet[HDF5IO] = WeakSet()
"""All there are, for a process that is forked."""

Spec = tuple[str, str, dict[str, Any], tuple[int, ...] | None]
"""What finds a file again: (engine, path, options, state of the file when it was opened)."""


class HDF5IO:
    """An NWB file, open for reading, or a new one.

    Parameters
    ----------
    path
        A path, or a file object that can be read and sought.
    mode
        ``"r"`` to read; ``"r+"`` to edit, ``"a"`` to do so or, where there is no file, to write one; ``"w"`` to write a
        new file, and ``"x"`` to do so only where there is none yet.  A file has one editor at a time.
    schemas
        Specifications to use besides those in the file, for types that the file has none of: what `SchemaProvider`
        takes, e.g. a ``*.namespace.yaml``.
    external_links
        Whether other files are read that lie outside of the folder of the file: those that external links, external
        storage and virtual datasets name.  By default such links and such data are left alone, with an issue.
    limits
        What is refused as too large.
    progress
        Called with a line of text when models have to be generated; a line on the terminal otherwise.

    Raises
    ------
    NotReadableError
        Where the file is missing, a folder, not HDF5, cut off, or not ours to read.
    NotNWBError
        Where it is an HDF5 file, and nothing in it is NWB.
    NotWritableError
        Where it cannot be edited: somebody else does, or its folder may not be written to.

    Examples
    --------
    >>> with HDF5IO("session.nwb") as io:  # doctest: +SKIP
    ...     units = io.read("/units")
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | stdio.IOBase,
        mode: str = "r",
        *,
        schemas: Iterable[Namespace | str | Path] = (),
        external_links: bool = False,
        limits: Limits = DEFAULT,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        if mode not in ("r", "r+", "a", "w", "x"):
            msg = f"mode {mode!r}: files are read, 'r', edited, 'r+' or 'a', and written anew, 'w' or 'x'"
            raise ValueError(msg)
        given: Any = limits
        if not isinstance(given, Limits) or any(not isinstance(limit, int | None) for limit in given):
            msg = f"limits are made by nwb_models.Limits(...), of numbers, and not {limits!r:.120}"
            raise TypeError(msg)
        is_stream = hasattr(path, "seek") and not isinstance(path, os.PathLike)
        self._stream: Any = path if is_stream else None
        self.filename = str(getattr(path, "name", "a file object")) if is_stream else path_of(path)
        self.mode = mode
        self._schemas = listed(schemas)
        self.external_links = external_links
        """Whether files outside of the folder may be read."""
        self.limits = limits
        self._progress = progress or _tell
        self.location = str(Path(self.filename).absolute())
        """Where the file is, whatever the working directory is by now."""
        self._lock = threading.RLock()
        """Held while the file is opened or closed, and while models are told of an edit; not while it is read."""
        self._writing = threading.RLock()
        """Held from the beginning of an edit to its end."""
        self._users = 0
        """How many are reading at the moment."""
        self._linked: dict[str, HDF5IO] = {}
        """This file and those that external links lead to, once there are any, shared by all of them."""
        self._file: h5py.File | None = None
        self._closed = False
        self._state: tuple[int, ...] | None = None
        self._provider: SchemaProvider | None = None
        self._specifications: StoredSpecifications | None = None
        self._spec_issues: list[Issue] = []
        """What is wrong with the specifications in the file, once the provider has looked at them."""
        self.is_specified = True
        """Whether the file has the specifications of core that it is read with, once the provider has looked."""
        self._unsaved: set[str] = set()
        self._was_asked = False
        """Whether somebody has tried to write what was changed, here or elsewhere."""
        """The paths of models that were changed and not written since."""
        self.changes = 0
        """How often a model was changed, or the file."""
        self.builder = Builder(self)
        self.datasets = OpenDatasets(self)
        self._guard: FileLock | None = None
        """The right to edit the file."""
        self._is_there = mode in ("r", "r+") or (mode == "a" and self._stream is None and Path(self.location).exists())
        """Whether there is a file to read."""
        self._is_written = False
        """Whether this has written it."""
        _handles.add(self)
        if mode in ("r+", "a"):
            self._take()
        if self._is_there:
            self._begin()

    def _take(self) -> None:
        """Take the right to edit the file, or say why not."""
        from nwb_models.io.atomic import require_target
        from nwb_models.io.lock import FileLock

        if self._stream is not None:
            msg = f"{self.filename} is a file object, and cannot be edited in place: give the path of the file"
            raise NotWritableError(msg)
        target = Path(self.location).resolve()
        if self._is_there:
            if not target.exists():
                msg = f"{self.filename}: no such file"
                raise NotReadableError(msg)
            self.mode = "r+"
        require_target(self.filename, target, ())
        self._guard = FileLock(target).acquire()

    def _begin(self) -> None:
        """Open the file to read from it."""
        _warn_of_old_hdf5()
        try:
            self._state = state_of(self.location)
            self._file = self._open()
            self._require_nwb()
        except NWBError:
            self.close()
            raise
        except (OSError, RuntimeError, KeyError) as error:
            self.close()
            msg = f"{self.filename} is damaged, its root cannot be read: {error}"
            raise NotReadableError(msg) from None
        except BaseException:
            self.close()
            raise

    # ------------------------------------------------------------------------------------------ reading
    def read(self, path: str | None = None, *, eager: bool = False, strict: bool = False) -> Any:
        """Read the file, or one object of it and what it refers to.

        Parameters
        ----------
        path
            None for the whole file; else the path of a group or dataset, with or without a leading ``/``.
        eager
            Build everything below at once.  Otherwise each object is built when it is reached.
            The data of arrays stays on disk either way.
        strict
            Build everything and refuse a file that departs from its own specifications.

        Returns
        -------
        NWBModel
            The model of the object; for a dataset without attributes its value; an untyped group is a mapping.

        Raises
        ------
        ObjectNotFoundError
            Where there is no object at the path.
        DepartureError
            With ``strict=True``, naming every departure.
        """
        if path is not None and not isinstance(path, str):
            msg = f"the path of an object is text, such as '/units', and not {path!r:.80}"  # type: ignore[unreachable]
            raise TypeError(msg)
        where = "/" + (path or "").strip("/")
        if self.is_skipped(where):
            msg = f"{where} of {self.filename} holds specifications and no data: see HDF5IO.make_provider()"
            raise ObjectNotFoundError(msg)
        model = self.builder.read(where, eager=eager or strict)
        if strict and self.issues:
            raise DepartureError(self.filename, self.issues)
        return model

    def reach(self, path: str) -> None:
        """Let the model of the group that an object is in hold the model of that object."""
        above, _, name = path.rpartition("/")
        group = self.read(above or "/") if name else None
        if isinstance(group, NWBGroup):
            group.get(name)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Departures from the specifications in what was read so far; models ask for theirs here."""
        with BUILDING:
            problems = self._problems(self.provider)  # before the others: making the provider finds some of them
            return (*self._spec_issues, *problems, *self.builder.issues)

    def _problems(self, provider: SchemaProvider) -> list[Issue]:
        """Return what is wrong with specifications, as far as they were used."""
        return [
            Issue(f"{self._stored.path}/{name}/{version}", None, "specification", "a valid specification", text)
            for (name, version), text in provider.problems.items()
        ]

    # ------------------------------------------------------------------------------------------ writing
    def write(
        self, model: NWBModel, path: str | None = None, *, repair: bool = False, backup: bool = False
    ) -> Edited | None:
        """Write what has changed to the file that is edited; or a model and all below it to a new file.

        An edit is made in a copy that takes the place of the file when it is complete.  Only what has changed is
        written to it: everything else has the bytes and the addresses that it had.

        Parameters
        ----------
        model
            In a file that is edited: its root, as it was read, or a part of it, to write only what has changed there.
            For a new file: its root, made by hand, read from another file, or a mix; what was read and is unchanged
            comes out as it was stored, and data goes from file to file without passing through memory.
        path
            Where a new object goes in a file that is edited.
        repair
            Whether to make references null, and to remove soft links, that lead to what is taken away; otherwise it
            is refused to take that away.  Of a new file, a warning says which they are.
        backup
            Whether to keep the file as it was, beside it: as ``NAME.bak``, or ``NAME.bak2`` ... where that is taken.

        Returns
        -------
        Edited or None
            What was written, removed and repaired, and the space that is free now; None for a new file.

        Raises
        ------
        InvalidModelError
            Where the models cannot be written as they are; it names all places.
        DanglingReferenceError
            Where something refers to what is not, or no longer, in the file; it names all that do.
        ClosedFileError
            Where somebody else changed the file since it was read.
        NotWritableError
            Where the file cannot be written.  In all cases it is as it was.
        """
        try:
            return self._written(model, path, repair=repair, backup=backup)
        finally:
            for file in (self, getattr(model, "_source", None)):
                if isinstance(file, HDF5IO):
                    file._was_asked = True

    def _written(self, model: NWBModel, path: str | None, *, repair: bool, backup: bool) -> Edited | None:
        """Do what `write` does."""
        from nwb_models.io.edit import edit
        from nwb_models.io.write import require_root, write_file, write_stream

        if self.mode == "r":
            msg = f"{self.filename} was opened for reading: mode 'r+' edits a file, and 'w' writes a new one"
            if self._is_written:
                msg = f"{self.filename} was written, which is done once: mode 'a' or 'r+' goes on editing it"
            raise NotWritableError(msg)
        if self.mode == "r+":
            if self._guard is None:
                msg = f"{self.filename} is closed: open it again to write to it"
                raise NotWritableError(msg)
            with self._writing:
                edited = edit(self, model, path, repair=repair, backup=backup)
                self._unsaved -= set(self._below(str(model.path) if path is None else path.rpartition("/")[0]))
                return edited
        if path not in (None, "/"):
            msg = f"{self.filename} is new, and has no {path} yet: write the root first"
            raise NotWritableError(msg)
        require_root(model)
        if self._stream is not None:
            write_stream(model, self._stream, repair=repair)
        else:
            locked = self._guard is not None
            write_file(model, self.location, exclusive=self.mode == "x", backup=backup, locked=locked, repair=repair)
        self.mode = "r+" if self.mode == "a" else "r"
        self._is_there = self._is_written = True
        self._begin()
        return None

    def note_change(self, path: str) -> None:
        """Note that the model of an object was changed: the file does not say what it says until it is written."""
        self._unsaved.add(path)
        self._was_asked = False
        self.changes += 1

    def has_changes(self, path: str = "/") -> bool:
        """Tell whether the model of an object, or one below it, was changed and not written since."""
        return bool(self._below(path))

    def _below(self, path: str) -> list[str]:
        top = "/" + path.strip("/") + "/"
        return sorted(changed for changed in list(self._unsaved) if top == "//" or (changed + "/").startswith(top))

    @contextlib.contextmanager
    def replaced(self, *, respecified: bool) -> Iterator[None]:
        """Go on with the file that has taken the place of this one, which has the same objects at the same addresses.

        No other thread opens it before the end of the block, in which the models are told where everything is now.

        Parameters
        ----------
        respecified
            Whether it has other specifications.
        """
        with self._lock:
            self.changes += 1
            if self._users == 0:
                self._close_file()
            self.datasets.release()
            self._file = None  # whoever reads in another thread ends with the file that was
            self._state = state_of(self.location)
            if respecified:
                self._provider = None
                self._specifications = None
            yield

    # ------------------------------------------------------------------------------------------ specifications
    @property
    def provider(self) -> SchemaProvider:
        """The provider of the file's own specifications."""
        with BUILDING:
            if self._provider is None:
                self._provider = self.make_provider()
            return self._provider

    def make_provider(self) -> SchemaProvider:
        """Return the provider of the classes of this file.

        Its specifications are those in the file; where there are none, those shipped with the library that are
        nearest to the file's ``nwb_version``, which is said in a warning.
        """
        namespaces, defaults = self._namespaces()
        namespaces += gathered(self._schemas)
        provider = SchemaProvider(namespaces, defaults, progress=self._progress)
        if any(entry.name == "core" for entry in namespaces) and provider.is_usable("core"):
            return provider
        self._spec_issues += self._problems(provider)
        version = self._stored.version
        self.is_specified = False
        provider = SchemaProvider.nearest(version, namespaces, progress=self._progress)
        taken = provider.versions["core"]
        msg = (
            f"{self.filename} (NWB {version or 'of unknown version'}) holds no specification of core: it is read with "
            f"that of {taken}, which {'comes with the library' if taken == version else 'is the nearest that there is'}"
        )
        warn(msg)
        return provider

    def _namespaces(self) -> tuple[list[Namespace], dict[str, str]]:
        """Return the namespaces in the file that can be read, and the version of core that it says it has."""
        namespaces = []
        self._spec_issues = []
        if self._stored.problem:
            self._spec_issues.append(
                Issue(self._stored.path, None, "unreadable", "specifications", self._stored.problem)
            )
        if self._stored.is_misstated:
            wanted = "a reference to the group with the specifications"
            self._spec_issues.append(
                Issue(f"/@{SPECLOC}", "NWBFile", "reference", wanted, "a reference to something else")
            )
        for name, own_version, namespace in self._stored.namespaces:
            try:
                if namespace.name:
                    namespaces.append(namespace)
            except SpecificationError as error:
                where = f"{self._stored.path}/{name}/{own_version}"
                self._spec_issues.append(Issue(where, None, "specification", "a valid specification", str(error)))
        version = self._stored.version
        known = {namespace.version for namespace in namespaces if namespace.name == "core"}
        return namespaces, {"core": version} if version in known and version is not None else {}

    @property
    def _stored(self) -> StoredSpecifications:
        """The specifications in the file; where it is damaged there, what is wrong with it.

        A `functools.cached_property` has a lock in Python 3.11, which a process that is forked meanwhile never gets.
        """
        if self._specifications is None:
            try:
                with BUILDING, self.reading("/specifications") as file:
                    self._specifications = stored_specifications(file)
            except UnreadableObjectError as error:
                with self.reading("/") as file:
                    version = version_of(file)
                self._specifications = StoredSpecifications(
                    "/specifications", is_misstated=False, namespaces=(), version=version, problem=str(error)
                )
        return self._specifications

    def is_skipped(self, path: str) -> bool:
        """Tell whether a path leads to the specifications, which are not data."""
        return is_specification(path, self._stored.path)

    # ------------------------------------------------------------------------------------------ the file
    def opened(self) -> _Use:
        """Give the open file, in a ``with`` statement; after `close`, it is opened for the moment.

        Raises
        ------
        ClosedFileError
            Where the file is gone or another one by now.
        """
        return _Use(self, None)

    def reading(self, path: str) -> _Use:
        """Give the open file to read what is at a path, which errors of h5py then name.

        Raises
        ------
        ClosedFileError
            As `opened` does.
        UnreadableObjectError
            In the place of what h5py raises where the file is damaged.
        """
        return _Use(self, path)

    def _begin_use(self) -> h5py.File:
        """Open the file where it is not, and keep it open until as many have left as have come."""
        if not self._is_there:
            msg = f"{self.filename} is open for writing, and nothing was written yet"
            raise NotReadableError(msg)
        with self._lock:
            if self._file is None or not self._file.id.valid:
                if self._stream is None and self._state is not None and state_of(self.location) != self._state:
                    raise _changed(self.filename)
                self._file = self._open()
            self._users += 1
            return self._file

    def _end_use(self) -> None:
        with self._lock:
            self._users -= 1
            self._close_unused()

    def close(self) -> None:
        """Close the file.  What was read stays usable: arrays open it again for as long as they read."""
        if self._guard is not None:
            with self._writing:  # an edit in another thread is brought to its end
                guard, self._guard = self._guard, None
            if guard is not None:
                guard.release()
        with self._lock:
            self._closed = True
            self._close_unused()
        for other in list(self._linked.values()):
            if not other._closed:
                other.close()

    def _close_unused(self) -> None:
        """Close the file where that was asked for and nobody reads, in this thread or another one."""
        if self._closed and self._users == 0 and self._file is not None:
            self._close_file()
            self.builder.release()

    def _close_file(self) -> None:
        """Close the file with what else is open of it, where it is open."""
        self.datasets.release()
        if self._file is not None:
            forget(self._file.id.id)
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        """Return the file."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file; a warning says so where something was changed, and nobody has tried to write it."""
        if kind is None and self.mode in ("r+", "a") and self.has_changes() and not self._was_asked:
            changed = self._below("/")
            more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
            where = ", ".join(changed[:3]) + more
            warn(f"{self.filename}: what was changed at {where} is not in the file: io.write(...) puts it there")
        self.close()

    def __repr__(self) -> str:
        """Return file and state."""
        return f"<HDF5IO {self.filename!r} {'closed' if self._closed else 'open'}>"

    def resolve(self, reference: Any, holder: str = "/") -> Any:
        """Return the model that an HDF5 reference, found at the path `holder` of this file, leads to."""
        with self.reading(holder) as file:
            return self.builder.resolve(file, reference, holder)

    def external(self, filename: str) -> HDF5IO:
        """Return the file that an external link names.

        Raises
        ------
        NotReadableError
            Where it cannot be opened, or lies outside of the folder and `external_links` is not set.
        """
        from nwb_models.io.outside import why_not_followed

        reason = why_not_followed(self.folder, filename, anywhere=self.external_links)
        if reason:
            advice = "" if self.external_links else ": external_links=True follows it"
            msg = f"{filename!r} {reason} (named by {self.filename}){advice}"
            raise NotReadableError(msg)
        if not self._linked:
            self._linked[os.path.realpath(self.location)] = self
        key = str((Path(self.folder) / filename).resolve())
        if key not in self._linked:
            options = {"schemas": self._schemas, "external_links": self.external_links, "limits": self.limits}
            other = HDF5IO(key, **options, progress=self._progress)  # type: ignore[arg-type]
            other._linked = self._linked
            self._linked[key] = other
        return self._linked[key]

    @property
    def folder(self) -> str:
        """The folder of the file, where external links begin; "" for a file object."""
        return "" if self._stream is not None else str(Path(self.location).resolve().parent)

    @property
    def state(self) -> tuple[int, ...] | None:
        """What changes when the file does, as it was when the file was read."""
        return self._state

    @property
    def spec(self) -> Spec:
        """What finds this file again in another process."""
        if self._stream is not None:
            return "stream", self.filename, {}, None
        schemas = [entry if isinstance(entry, Namespace) else Path(entry).absolute() for entry in self._schemas]
        options = {"external_links": self.external_links, "limits": self.limits, "schemas": schemas}
        return "hdf5", self.location, options, self._state

    def located(self, path: str, field: str | None = None) -> Any:
        """Return what finds an object, or what a field of it holds, again in another process, as `pickle` asks for it.

        Raises
        ------
        UnsavedChangesError
            Where the object or something below it was changed since it was read: that is not in the file.
        ClosedFileError
            Where the file is a file object.
        """
        from nwb_models.io.pickling import found_again

        changed = self._below(path)
        if changed:
            msg = (
                f"{path} of {self.filename} travels to another process as where it is, and {changed[0]} was changed "
                "since it was read: write it first, or send a model_copy()"
            )
            raise UnsavedChangesError(msg)
        if self._stream is not None:
            msg = f"{path} was read from a file object, which does not travel to another process"
            raise ClosedFileError(msg)
        return found_again, (self.spec, path, field)

    def __reduce__(self) -> Any:
        """Refuse: what is open does not travel."""
        msg = f"{self!r} does not travel to another process: send its path, or models and arrays that were read from it"
        raise TypeError(msg)

    @classmethod
    def from_spec(cls, spec: Spec) -> HDF5IO:
        """Open the file that a spec names.

        Raises
        ------
        ClosedFileError
            Where it is gone or another one by now, or was a file object.
        """
        engine, path, options, state = spec
        if engine != "hdf5":
            msg = f"{path} was read from a file object, which does not travel to another process"
            raise ClosedFileError(msg)
        if state is not None and state_of(path) != state:
            raise _changed(path)
        opened = cls(path, **options)
        opened.close()
        opened.require_state(state)
        return opened

    def require_state(self, state: tuple[int, ...] | None) -> None:
        """Refuse a file that is another one than it was in some state.

        Raises
        ------
        ClosedFileError
            Where it is.
        """
        if state is not None and (self._state != state or state_of(self.location) != state):
            raise _changed(self.filename)

    def require_intact(self) -> None:
        """Refuse a file that was overwritten in place: while it is open, HDF5 takes the new bytes for the old ones.

        It is asked where something cannot be read, since a look at a file takes longer than to read a number of it.

        Raises
        ------
        ClosedFileError
            Where it was.
        """
        if self._stream is None and self._state is not None:
            now = state_of(self.location)
            if now is not None and now != self._state and now[2] == self._state[2]:
                raise _changed(self.filename)

    def _open(self) -> h5py.File:
        """Open the file, and say in one line why not."""
        if self._stream is not None:
            self._stream.seek(0)
        else:
            self._require_readable()
        require_room()
        try:
            return opened(self.location if self._stream is None else LookedAt(self._stream))
        except (OSError, RuntimeError, ValueError) as error:
            raise NotReadableError(self._reason(str(error))) from None

    def _require_readable(self) -> None:
        """Say of a path that is none of a file that can be read what it is: HDF5 does not tell them apart."""
        try:
            status = os.stat(self.location)  # noqa: PTH116 - a path of pathlib takes three times as long to make
        except OSError:
            if Path(self.location).exists():  # raises where that cannot be told
                raise
            what = "no such file"
            if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", self.filename):
                what = "an address, and no file of this computer: download it, or give an open file object of fsspec"
            msg = f"{self.filename}: {what}"
            raise NotReadableError(msg) from None
        if stat.S_ISDIR(status.st_mode):
            kind = (
                "a Zarr store, which this version does not read" if _is_zarr(self.filename) else "a folder, not a file"
            )
            msg = f"{self.filename} is {kind}"
            raise NotReadableError(msg)
        if not os.access(self.location, os.R_OK):
            msg = f"{self.filename} cannot be read: permission denied"
            raise NotReadableError(msg)
        if not stat.S_ISREG(status.st_mode):
            msg = f"{self.filename} is no regular file"
            raise NotReadableError(msg)
        if status.st_size == 0:
            msg = f"{self.filename} is empty"
            raise NotReadableError(msg)

    def _reason(self, said: str) -> str:
        if "signature not found" in said:
            return f"{self.filename} is not an HDF5 file"
        if "truncated file" in said:
            sizes = re.search(r"eof = (\d+).*stored_eof = (\d+)", said)
            detail = f": it has {sizes[1]} of {sizes[2]} bytes" if sizes else ""
            return f"{self.filename} is cut off{detail}"
        if "unable to lock" in said:
            return f"{self.filename} cannot be opened: {BEING_WRITTEN}"
        return f"{self.filename} cannot be opened as HDF5: {said.splitlines()[0]}"

    def _require_nwb(self) -> None:
        """Refuse an HDF5 file that is not NWB."""
        with self.opened() as file:
            marks = (b"neurodata_type", b"nwb_version", b"data_type", b".specloc")
            if any(h5a.exists(file.id, mark) for mark in marks):
                return
            found = open_path(file, "nwb_version")
            node = read_node(file, *found, self.limits) if found is not None else None
            if isinstance(node, StoredDataset):
                version = _text(node.value)
                msg = f"{self.filename} is NWB {version}: versions before 2.0 cannot be read"
                raise NotNWBError(msg)
        msg = f"{self.filename} is an HDF5 file and not NWB: its root has neither 'nwb_version' nor 'neurodata_type'"
        raise NotNWBError(msg)


class _Use:
    """A file in use; of `contextlib`, each use would take 2 us more, and to look at an object takes a few."""

    __slots__ = ("_io", "_path")

    def __init__(self, io: HDF5IO, path: str | None) -> None:
        self._io, self._path = io, path

    def __enter__(self) -> h5py.File:
        return self._io._begin_use()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._io._end_use()
        if isinstance(error, (NWBError, *FAULTS)):
            self._io.require_intact()
        if error is not None and self._path is not None:
            require_none_of_h5py(error, self._io.filename, self._path)


def _after_fork() -> None:
    """Let a process that was forked go on reading; what the one that it comes from edits, that one edits.

    The locks may be held by threads that the new process has not.  The open files are as they should be: h5py forks
    while no thread is inside of HDF5, which reads at given places of a file and has no place of its own in it.
    """
    for io in _handles:
        io._lock, io._writing, io._guard = threading.RLock(), threading.RLock(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _changed(filename: str) -> ClosedFileError:
    return ClosedFileError(f"{filename} was changed or removed since it was read: read it again")


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else None


@cache
def _warn_of_old_hdf5() -> None:
    """Say once what it means that HDF5 is an older one: conda has such packages of the newest h5py."""
    if h5py.version.hdf5_version_tuple[:1] < (2,):
        msg = (
            f"h5py {h5py.version.version} was built with HDF5 {h5py.version.hdf5_version}, which crashes on more "
            "damaged files than HDF5 2: 'pip install h5py' brings that, and 'nwb-models check' protects from crashes"
        )
        warn(msg)


def _tell(line: str) -> None:
    """Show a line of progress on a terminal, and nothing elsewhere."""
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write(line + "\n")


def _is_zarr(path: str) -> bool:
    return any((Path(path) / name).exists() for name in (".zgroup", ".zattrs", "zarr.json"))
