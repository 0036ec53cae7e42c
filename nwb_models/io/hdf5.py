"""`HDF5IO`: an NWB file in HDF5 as models; and functions that look at such a file without any."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
import warnings
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py

from nwb_models.errors import (
    ClosedFileError,
    DepartureError,
    NotNWBError,
    NotReadableError,
    NotWritableError,
    NWBError,
    NWBWarning,
    ObjectNotFoundError,
    SpecificationError,
)
from nwb_models.io.atomic import require_target, state_of, with_small_cache
from nwb_models.io.construct import Builder
from nwb_models.io.dependencies import (
    filter_dependency_graph,
    find_references,
    get_references,
    hdf_dependency_graph,
    resolve_hardlink,
)
from nwb_models.io.lock import FileLock
from nwb_models.io.queue import SPECLOC
from nwb_models.io.specifications import (
    SKIP_PATTERN,
    is_located,
    is_specification,
    read_specs_as_dicts,
    specifications_group,
    specifications_path,
    stored_documents,
)
from nwb_models.models.base import NWBGroup
from nwb_models.models.issues import Issue
from nwb_models.schema.language import Namespace
from nwb_models.schema.provider import SchemaProvider
from nwb_models.schema.sources import gathered

if TYPE_CHECKING:
    import io as stdio
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from nwb_models.io.edit import Edited
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
        Whether external links are followed that lead out of the folder of the file.
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
        progress: Callable[[str], None] | None = None,
    ) -> None:
        if mode not in ("r", "r+", "a", "w", "x"):
            msg = f"mode {mode!r}: files are read, 'r', edited, 'r+' or 'a', and written anew, 'w' or 'x'"
            raise ValueError(msg)
        self._stream = None if isinstance(path, str | os.PathLike) else path
        self.filename = str(getattr(path, "name", "a file object")) if self._stream is not None else os.fspath(path)  # type: ignore[arg-type]
        self.mode = mode
        self._schemas = list(schemas)
        self._external_links = external_links
        self._progress = progress or _tell
        self.location = str(Path(self.filename).absolute())
        """Where the file is, whatever the working directory is by now."""
        self._lock = threading.RLock()
        self._users = 0
        """How many are reading at the moment."""
        self._linked = {os.path.realpath(self.filename): self}
        """This file and those that external links lead to, shared by all of them."""
        self._file: h5py.File | None = None
        self._closed = False
        self._state: tuple[int, ...] | None = None
        self._spec_issues: list[Issue] = []
        """What is wrong with the specifications in the file, once the provider has looked at them."""
        self.builder = Builder(self)
        self._guard: FileLock | None = None
        """The right to edit the file."""
        self._is_there = mode in ("r", "r+") or (mode == "a" and self._stream is None and Path(self.location).exists())
        """Whether there is a file to read."""
        self._is_written = False
        """Whether this has written it."""
        if mode in ("r+", "a"):
            self._take()
        if self._is_there:
            self._begin()

    def _take(self) -> None:
        """Take the right to edit the file, or say why not."""
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
            Build everything below at once.  Otherwise the objects in collections are built when they are reached.
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
        problems = self._problems(self.provider)  # before the others: making the provider finds some of them
        return (*self._spec_issues, *problems, *self.builder.issues)

    def _problems(self, provider: SchemaProvider) -> list[Issue]:
        """Return what is wrong with specifications, as far as they were used."""
        return [
            Issue(f"{self._spec_path}/{name}/{version}", None, "specification", "a valid specification", text)
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
            with self._lock:
                return edit(self, model, path, repair=repair, backup=backup)
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

    def replaced(self, *, respecified: bool) -> None:
        """Go on with the file that has taken the place of this one, which has the same objects at the same addresses.

        Parameters
        ----------
        respecified
            Whether it has other specifications.
        """
        if self._file is not None and self._users == 0:
            self._file.close()
        self._file = None  # whoever reads in another thread ends with the file that was
        self._state = state_of(self.location)
        if respecified:
            vars(self).pop("provider", None)
            vars(self).pop("_spec_path", None)

    # ------------------------------------------------------------------------------------------ specifications
    @cached_property
    def provider(self) -> SchemaProvider:
        """The provider of the file's own specifications."""
        return self.make_provider()

    def make_provider(self) -> SchemaProvider:
        """Return the provider of the classes of this file.

        Its specifications are those in the file; where there are none, those shipped with the library that are
        nearest to the file's ``nwb_version``, which is said in a warning.
        """
        with self.opened() as file:
            namespaces, defaults = self._namespaces(file)
            namespaces += gathered(self._schemas)
            provider = SchemaProvider(namespaces, defaults, progress=self._progress)
            if any(entry.name == "core" for entry in namespaces) and provider.is_usable("core"):
                return provider
            self._spec_issues += self._problems(provider)
            version = _nwb_version(file)
        provider = SchemaProvider.nearest(version, namespaces, progress=self._progress)
        msg = (
            f"{self.filename} (NWB {version or 'of unknown version'}) holds no specification of core: "
            f"it is read with core {provider.versions['core']}, the nearest one that is shipped"
        )
        warnings.warn(msg, NWBWarning, stacklevel=_outside())
        return provider

    def _namespaces(self, file: h5py.File) -> tuple[list[Namespace], dict[str, str]]:
        """Return the namespaces in the file that can be read, and the version of core that it says it has."""
        group = specifications_group(file)
        namespaces = []
        self._spec_issues = []
        if SPECLOC in file.attrs and not is_located(file, group):
            wanted = "a reference to the group with the specifications"
            self._spec_issues.append(
                Issue(f"/@{SPECLOC}", "NWBFile", "reference", wanted, "a reference to something else")
            )
        for name, own_version, documents in stored_documents(group) if group is not None else ():
            try:
                namespace = Namespace(documents)
                if namespace.name:
                    namespaces.append(namespace)
            except SpecificationError as error:
                where = f"{self._spec_path}/{name}/{own_version}"
                self._spec_issues.append(Issue(where, None, "specification", "a valid specification", str(error)))
        version = _nwb_version(file)
        known = {namespace.version for namespace in namespaces if namespace.name == "core"}
        return namespaces, {"core": version} if version in known and version is not None else {}

    @cached_property
    def _spec_path(self) -> str:
        """The path of the specifications, "" where there are none."""
        with self.opened() as file:
            return specifications_path(file)

    def is_skipped(self, path: str) -> bool:
        """Tell whether a path leads to the specifications, which are not data."""
        return is_specification(path, self._spec_path)

    # ------------------------------------------------------------------------------------------ the file
    @contextlib.contextmanager
    def opened(self) -> Iterator[h5py.File]:
        """Give the open file; after `close`, it is opened for the moment.

        Raises
        ------
        ClosedFileError
            Where the file is gone or another one by now.
        """
        if not self._is_there:
            msg = f"{self.filename} is open for writing, and nothing was written yet"
            raise NotReadableError(msg)
        with self._lock:
            if self._file is None or not self._file.id.valid:
                if self._stream is None and self._state is not None and state_of(self.location) != self._state:
                    msg = f"{self.filename} was changed or removed since it was read: read it again"
                    raise ClosedFileError(msg)
                self._file = self._open()
            self._users += 1
            file = self._file
        try:
            yield file
        finally:
            with self._lock:
                self._users -= 1
                self._close_unused()

    def close(self) -> None:
        """Close the file.  What was read stays usable: arrays open it again for as long as they read."""
        with self._lock:
            self._closed = True
            self._close_unused()
            if self._guard is not None:
                self._guard.release()
                self._guard = None
        for other in list(self._linked.values()):
            if not other._closed:
                other.close()

    def _close_unused(self) -> None:
        """Close the file where that was asked for and nobody reads, in this thread or another one."""
        if self._closed and self._users == 0 and self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        """Return the file."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def __repr__(self) -> str:
        """Return file and state."""
        return f"<HDF5IO {self.filename!r} {'closed' if self._closed else 'open'}>"

    def resolve(self, reference: Any, holder: str = "/") -> Any:
        """Return the model that an HDF5 reference, found at the path `holder` of this file, leads to."""
        with self.opened() as file:
            return self.builder.resolve(file, reference, holder)

    def external(self, filename: str) -> HDF5IO:
        """Return the file that an external link names.

        Raises
        ------
        NotReadableError
            Where it cannot be opened, or lies outside of the folder and `external_links` is not set.
        """
        if self._stream is not None:
            msg = f"an external link to {filename!r} cannot be followed from a file object"
            raise NotReadableError(msg)
        folder = Path(self.location).resolve().parent
        target = (folder / filename).resolve()
        key = str(target)
        if key not in self._linked:
            if not self._external_links and not target.is_relative_to(folder):
                msg = f"{filename!r} lies outside of the folder of {self.filename}: external_links=True follows it"
                raise NotReadableError(msg)
            other = HDF5IO(key, schemas=self._schemas, external_links=self._external_links, progress=self._progress)
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
        return "hdf5", self.location, {"external_links": self._external_links}, self._state

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
            msg = f"{path} was changed or removed since it was read: read it again"
            raise ClosedFileError(msg)
        opened = cls(path, **options)
        opened.close()
        return opened

    def _open(self) -> h5py.File:
        """Open the file, and say in one line why not."""
        if self._stream is not None:
            self._stream.seek(0)
        elif not Path(self.location).exists():
            msg = f"{self.filename}: no such file"
            raise NotReadableError(msg)
        elif Path(self.location).is_dir():
            kind = (
                "a Zarr store, which this version does not read" if _is_zarr(self.filename) else "a folder, not a file"
            )
            msg = f"{self.filename} is {kind}"
            raise NotReadableError(msg)
        elif not os.access(self.location, os.R_OK):
            msg = f"{self.filename} cannot be read: permission denied"
            raise NotReadableError(msg)
        elif Path(self.location).stat().st_size == 0:
            msg = f"{self.filename} is empty"
            raise NotReadableError(msg)
        try:
            return with_small_cache(h5py.File(self._stream or self.location, "r"))
        except (OSError, RuntimeError, ValueError) as error:
            raise NotReadableError(self._reason(str(error))) from None

    def _reason(self, said: str) -> str:
        if "signature not found" in said:
            return f"{self.filename} is not an HDF5 file"
        if "truncated file" in said:
            sizes = re.search(r"eof = (\d+).*stored_eof = (\d+)", said)
            detail = f": it has {sizes[1]} of {sizes[2]} bytes" if sizes else ""
            return f"{self.filename} is cut off{detail}"
        if "unable to lock" in said:
            return f"{self.filename} is open for writing elsewhere"
        return f"{self.filename} cannot be opened as HDF5: {said.splitlines()[0]}"

    def _require_nwb(self) -> None:
        """Refuse an HDF5 file that is not NWB."""
        with self.opened() as file:
            marks = {"neurodata_type", "nwb_version", "data_type", ".specloc"}
            if marks & set(file.attrs):
                return
            if "nwb_version" in file and isinstance(file["nwb_version"], h5py.Dataset):
                version = _text(file["nwb_version"][()])
                msg = f"{self.filename} is NWB {version}: versions before 2.0 cannot be read"
                raise NotNWBError(msg)
        msg = f"{self.filename} is an HDF5 file and not NWB: its root has neither 'nwb_version' nor 'neurodata_type'"
        raise NotNWBError(msg)


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
        warnings.warn(msg, NWBWarning, stacklevel=_outside())


def _nwb_version(file: h5py.File) -> str | None:
    """Return the version of NWB that a file says it has; None where it says none that can be read."""
    try:
        return _text(file.attrs.get("nwb_version"))
    except (OSError, RuntimeError, TypeError):
        return None


def _tell(line: str) -> None:
    """Show a line of progress on a terminal, and nothing elsewhere."""
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write(line + "\n")


def _is_zarr(path: str) -> bool:
    return any((Path(path) / name).exists() for name in (".zgroup", ".zattrs", "zarr.json"))


def _outside() -> int:
    """Return how far up the stack the caller of this library is, for warnings."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(
        ("nwb_models", "contextlib", "functools")
    ):
        frame, level = frame.f_back, level + 1
    return level


def __getattr__(name: str) -> Any:
    """Import `truncate_file` when it is asked for."""
    if name == "truncate_file":
        from nwb_models.io.truncation import truncate_file

        return truncate_file
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
