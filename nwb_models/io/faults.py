"""What h5py raises where a file is damaged, as errors that say which file and where."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING

from nwb_models.errors import NWBError, UnreadableObjectError

if TYPE_CHECKING:
    from collections.abc import Iterator

FAULTS = (OSError, RuntimeError, KeyError, ValueError, TypeError, SystemError)
"""What h5py raises where HDF5 cannot read something, depending on what it is; `SystemError` where two errors meet."""

ADVICE = "; the file is damaged there: get it again, or read the objects beside this one by their paths"


@contextmanager
def reading(filename: str, path: str) -> Iterator[None]:
    """Let errors of h5py say what was read; those of this library, and of its caller, pass as they are.

    Parameters
    ----------
    filename, path
        The file, and the path in it of what is read.

    Raises
    ------
    UnreadableObjectError
        In the place of an error that h5py raises.
    """
    try:
        yield
    except FAULTS as error:
        require_none_of_h5py(error, filename, path)
        raise


def require_none_of_h5py(error: BaseException, filename: str, path: str) -> None:
    """Raise `UnreadableObjectError` in the place of an error that h5py raises, see `reading`; pass over any other."""
    raise_interrupt(error)
    if isinstance(error, FAULTS) and not isinstance(error, NWBError) and is_of_h5py(error):
        msg = f"{filename}:{path} cannot be read: {reason_of(error)}{ADVICE}"
        raise UnreadableObjectError(msg) from error


def raise_interrupt(error: BaseException) -> None:
    """Raise what is no fault of HDF5's, an interrupt for one, where it came while HDF5 called what it was given.

    Of such a call h5py makes a `SystemError`, as one error meets another there.
    """
    if isinstance(error, SystemError) and error.__cause__ is not None and not isinstance(error.__cause__, FAULTS):
        raise error.__cause__


def reason_of(error: BaseException) -> str:
    """Return what HDF5 says in one line; of a `KeyError` without the quotes."""
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return " ".join(text.split()) or type(error).__name__


def is_of_h5py(error: BaseException) -> bool:
    """Tell whether h5py has raised an error, and not code that was called meanwhile."""
    trace, last = error.__traceback__, ""
    while trace is not None:
        last, trace = trace.tb_frame.f_code.co_filename, trace.tb_next
    return isinstance(error, SystemError) or "h5py" in PurePath(last).parts
