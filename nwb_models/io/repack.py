"""A file without the space that holds nothing any more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nwb_models.errors import NWBError
from nwb_models.io.atomic import require_target
from nwb_models.io.hdf5 import HDF5IO
from nwb_models.io.lock import FileLock
from nwb_models.io.opening import path_of
from nwb_models.io.write import write_file
from nwb_models.limits import DEFAULT

if TYPE_CHECKING:
    import os

    import h5py

    from nwb_models.limits import Limits


def repack(path: str | os.PathLike[str], *, backup: bool = False, limits: Limits = DEFAULT) -> int:
    """Write a file afresh, with nothing in it that nothing leads to, and put that in its place where it is smaller.

    Everything is as it was, but for the addresses; data goes from file to file as its filters left it.

    Parameters
    ----------
    path
        The file.
    backup
        Whether to keep the file as it was, beside it: as ``NAME.bak``, or ``NAME.bak2`` ... where that is taken.
    limits
        What is refused as too large.

    Returns
    -------
    int
        How many bytes shorter the file is.

    Raises
    ------
    NotReadableError, NotNWBError, UnreadableObjectError
        Where the file cannot be read.
    ClosedFileError
        Where somebody else changed it meanwhile.
    NotWritableError
        Where it cannot be written.  In all cases it is as it was.
    """
    path = path_of(path)
    target = Path(path).resolve()
    require_target(path, target, ())
    with FileLock(target), HDF5IO(path, limits=limits) as io:
        size = target.stat().st_size

        def check(file: h5py.File) -> None:
            if Path(file.filename).stat().st_size >= size:
                raise _NotSmallerError

        try:
            write_file(io.read(), path, backup=backup, locked=True, state=io.state, check=check)
        except _NotSmallerError:
            return 0
    return size - target.stat().st_size


class _NotSmallerError(NWBError):
    """There was nothing to be gained."""
