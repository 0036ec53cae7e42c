"""NWB files as typed models, generated from the specifications that each file carries.

import nwb_models as nwb

nwbfile = nwb.read("session.nwb")
nwbfile.acquisition["ElectricalSeries"].data[:1000]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nwb_models.io.hdf5 import HDF5IO
from nwb_models.late import late
from nwb_models.limits import DEFAULT, Limits
from nwb_models.schema.provider import SchemaProvider

if TYPE_CHECKING:
    import os

    from nwb_models.io.checking import check
    from nwb_models.io.diff import diff
    from nwb_models.io.hierarchy import object_types
    from nwb_models.io.metadata import apply_metadata, metadata
    from nwb_models.io.options import DatasetOptions
    from nwb_models.io.repack import repack
    from nwb_models.io.truncation import truncate_file as truncate
    from nwb_models.models import NWBModel
    from nwb_models.validation.validating import validate
    from nwb_models.views.plot import plot
    from nwb_models.views.progress import progress

__all__ = [
    "HDF5IO",
    "DatasetOptions",
    "Limits",
    "SchemaProvider",
    "__version__",
    "apply_metadata",
    "check",
    "diff",
    "metadata",
    "object_types",
    "open",
    "plot",
    "progress",
    "read",
    "repack",
    "truncate",
    "validate",
    "write",
]

__version__ = "0.1.0"

__getattr__ = late(
    __name__,
    {
        "DatasetOptions": "nwb_models.io.options:DatasetOptions",
        "apply_metadata": "nwb_models.io.metadata:apply_metadata",
        "check": "nwb_models.io.checking:check",
        "core": "nwb_models.core",
        "diff": "nwb_models.io.diff:diff",
        "metadata": "nwb_models.io.metadata:metadata",
        "models": "nwb_models.models",
        "object_types": "nwb_models.io.hierarchy:object_types",
        "plot": "nwb_models.views.plot:plot",
        "progress": "nwb_models.views.progress:progress",
        "repack": "nwb_models.io.repack:repack",
        "schema": "nwb_models.schema",
        "truncate": "nwb_models.io.truncation:truncate_file",
        "validate": "nwb_models.validation.validating:validate",
    },
)


def open(path: str | os.PathLike[str], mode: str = "r", **options: Any) -> HDF5IO:
    """Open an NWB file.

    Parameters
    ----------
    path
        The file.
    mode
        ``"r"`` to read; ``"r+"`` to edit, ``"a"`` to do so or to write a file where there is none; ``"w"`` to write a
        new file, ``"x"`` to do so only where there is none yet.
    **options
        What `HDF5IO` takes: ``schemas``, ``external_links``, ``limits``, ``progress``.

    Returns
    -------
    HDF5IO
        A context manager; what was read from it stays usable after it is closed.

    Raises
    ------
    NotReadableError, NotNWBError
        Where it is no NWB file that can be opened.
    """
    return HDF5IO(path, mode, **options)


def read(
    path: str | os.PathLike[str],
    object_path: str | None = None,
    *,
    eager: bool = False,
    strict: bool = False,
    external_links: bool = False,
    limits: Limits = DEFAULT,
) -> Any:
    """Read an NWB file, or one object of it and what it refers to.

    Parameters
    ----------
    path
        The file.
    object_path
        The path of an object in it, with or without a leading ``/``; the whole file where it is not given.
    eager
        Build every object now, not when it is reached.  The data of arrays stays on disk.
    strict
        Build every object and refuse a file that departs from its own specifications.
    external_links
        Read other files, too, that lie outside of the folder of the file: those that external links, external storage
        and virtual datasets name.
    limits
        What is refused as too large.

    Returns
    -------
    NWBModel
        For the whole file, an ``NWBFile`` of the version that the file was written with.

    Raises
    ------
    NotReadableError, NotNWBError
        Where it is no NWB file that can be opened.
    ObjectNotFoundError
        Where there is no object at `object_path`.
    DepartureError
        With ``strict=True``, naming every departure.
    """
    io = HDF5IO(path, external_links=external_links, limits=limits)
    return io.read(object_path, eager=eager, strict=strict)


def write(
    model: NWBModel,
    path: str | os.PathLike[str],
    *,
    exclusive: bool = False,
    backup: bool = False,
    repair: bool = False,
) -> None:
    """Write an NWB file: from models made by hand, read from a file, or a mix.

    What was read from a file and is unchanged comes out as it was stored, and data goes from file to file without
    passing through memory.  The file appears at its path when it is complete.

    Parameters
    ----------
    model
        The root of the file, an ``NWBFile``.
    path
        The new file; one that is there is replaced.
    exclusive
        Refuse to replace a file.
    backup
        Keep a file that is replaced as it was, beside it: as ``NAME.bak``, or ``NAME.bak2`` ... where that is taken.
    repair
        Make references to what is no longer there null, and leave out such soft links, with a warning that names them.

    Raises
    ------
    TypeError
        Where model and path are exchanged.
    InvalidModelError, DanglingReferenceError
        Where the models cannot be written as they are; each names all places.
    NotWritableError
        Where the file cannot be written.  What was at its place before is there still.
    """
    from nwb_models.io.write import require_root

    require_root(model)
    with HDF5IO(path, "x" if exclusive else "w") as io:
        io.write(model, backup=backup, repair=repair)


def __dir__() -> list[str]:
    """List what is imported when it is asked for, too."""
    return sorted({*globals(), *__all__})
