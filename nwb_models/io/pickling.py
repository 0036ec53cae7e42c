"""Objects of a file, found again in another process."""

from __future__ import annotations

import pickle
import reprlib
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, NoReturn
from weakref import WeakValueDictionary

from nwb_models.errors import NotReadableError, NWBError
from nwb_models.limits import DEFAULT, Limits
from nwb_models.models.base import NWBModel

if TYPE_CHECKING:
    from nwb_models.io.hdf5 import HDF5IO, Spec

OPTIONS = {"external_links", "limits", "schemas"}
"""What a file is opened again with."""
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
    NotReadableError
        Where that is no spec: what was pickled is damaged.
    """
    from nwb_models.io.hdf5 import HDF5IO

    if not _is_spec(spec):
        msg = f"What was pickled is damaged: it names no file, but {reprlib.repr(spec)}"
        raise NotReadableError(msg)
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


def _is_spec(spec: Any) -> bool:
    match spec:
        case (str(), str(), dict() as options, None | tuple()) if options.keys() <= OPTIONS:
            return isinstance(options.get("limits", DEFAULT), Limits)
    return False


def found_again(spec: Spec, path: Any, field: str | None = None) -> Any:
    """Return the object at a path of a file, or what a field of it holds; `Lost` where it cannot be read."""
    try:
        file = file_of(spec)
        model = file.read(path) if isinstance(path, str) else None
        if isinstance(model, NWBModel) and (field is None or field in type(model).model_fields):
            return model if field is None else getattr(model, field)
        msg = f"What was pickled is damaged: {file.filename} has no model {path!r} with a field {field!r}"
        return Lost(NotReadableError(msg))
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
