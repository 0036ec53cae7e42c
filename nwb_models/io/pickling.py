"""Objects of a file, found again in another process."""

from __future__ import annotations

import pickle
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, NoReturn
from weakref import WeakValueDictionary

from nwb_models.errors import NWBError

if TYPE_CHECKING:
    from nwb_models.io.hdf5 import HDF5IO, Spec

KEPT = 16
"""How many files that objects have come from are remembered with their models, when nobody holds any of these."""

_arrived: WeakValueDictionary[bytes, HDF5IO] = WeakValueDictionary()
_kept: deque[HDF5IO] = deque(maxlen=KEPT)
_lock = threading.Lock()


def file_of(spec: Spec) -> HDF5IO:
    """Return the file that objects of this process come from, which is one for all that name the same.

    It is open only while something is read from it: a process that waits for work keeps nobody from the file.

    Raises
    ------
    ClosedFileError
        Where it is gone or another one by now, or was a file object.
    """
    from nwb_models.io.hdf5 import HDF5IO

    key = pickle.dumps(spec)
    with _lock:
        found = _arrived.get(key)
    if found is None or found.has_changes():
        found = HDF5IO.from_spec(spec)
        with _lock:
            other = _arrived.get(key)
            found = found if other is None or other.has_changes() else other
            _arrived[key] = found
            if found not in _kept:
                _kept.append(found)
    found.require_state(spec[3])
    return found


def found_again(spec: Spec, path: str, field: str | None = None) -> Any:
    """Return the object at a path of a file, or what a field of it holds; `Lost` where it cannot be read."""
    try:
        model = file_of(spec).read(path)
        return model if field is None else getattr(model, field)
    except (NWBError, OSError) as error:
        return Lost(error)


class Lost:
    """Stands for an object whose file was changed or removed on its way: whatever is done with it says so.

    It cannot be said earlier.  An error while something is unpickled ends the process of a
    ``concurrent.futures.ProcessPoolExecutor``, and lets the caller of a ``multiprocessing.Pool`` wait for ever.
    """

    def __init__(self, error: Exception) -> None:
        self._error = error

    def _refuse(self, *_: Any) -> NoReturn:
        raise self._error

    __getitem__ = __iter__ = __len__ = __contains__ = __array__ = _refuse

    def __getattr__(self, name: str) -> Any:
        """Refuse, whatever is asked for."""
        if name.startswith("__") or name == "_error":
            raise AttributeError(name)
        self._refuse()

    def __repr__(self) -> str:
        """Say what is wrong."""
        return f"<Lost: {self._error}>"
