"""The exceptions of this library, one tree.

    NWBError
    ├── NotReadableError (OSError)         the file cannot be opened: missing, a folder, not HDF5, cut off
    ├── NotNWBError (ValueError)           an HDF5 file, but nothing in it is NWB
    ├── ClosedFileError (OSError)          the file was replaced or removed since it was read
    ├── ObjectNotFoundError (KeyError)     no object at this path, or no type of this name
    ├── AbsentError (AttributeError)       asked of what stands for an object, or a value, that is not there
    ├── UnreadableObjectError (OSError)    an object of the file cannot be read
    │   └── OutsideError (PermissionError)  its data is in a file outside of the folder
    ├── TooLargeError (MemoryError)        it would take more memory than the limits allow
    ├── SpecificationError (ValueError)    a specification breaks the NWB specification language
    ├── UnsafeSourceError (ValueError)     generated source holds something that models never need
    ├── UnknownFieldError (TypeError)      a model was given a field that it does not have
    ├── DepartureError (ValueError)        ``strict=True``: the file departs from its specifications
    ├── InvalidModelError (ValueError)     models that cannot be written: something is missing or of the wrong kind
    ├── DanglingReferenceError (ValueError)  something that is to be written refers to what is not
    ├── SelectionError (ValueError)        what is asked for of a file is no part of it
    ├── DocumentError (ValueError)         a document of metadata cannot be applied to the file
    ├── UnsavedChangesError (PicklingError)  what travels as where it is was changed, and is something else there
    └── NotWritableError (OSError)         the file cannot be written: the disk is full, it is in use, it is there

    NWBWarning (UserWarning)               the file could be read, with something to know about it
    └── SpecificationWarning               a specification breaks its language, and is kept as it is

Each error also derives from the builtin that fits it, so ``except OSError`` and ``except KeyError`` work.
"""

from __future__ import annotations

import sys
import warnings
from pickle import PicklingError
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nwb_models.models.issues import Issue


def printable(text: str) -> str:
    """Return text that a terminal takes: names in a file may be no UTF-8, and hold line ends and control characters.

    >>> printable("bad" + chr(0xDCFF)) == "bad" + chr(92) + "udcff"
    True
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class NWBError(Exception):
    """Base of every error that this library raises."""

    def __str__(self) -> str:
        """Return the message, with escapes for what would control the terminal, as a name in a file can."""
        text = str(self.args[0]) if self.args else ""
        return "\n".join(map(printable, text.split("\n")))

    def __reduce__(self) -> Any:
        """Return what an error of another process is made of: its text is finished, whatever it was made of here."""
        return type(self).__new__, (type(self), *self.args), vars(self)


class NotReadableError(NWBError, OSError):
    """The file cannot be opened at all."""


class NotNWBError(NWBError, ValueError):
    """An HDF5 file that is not an NWB file."""


class ClosedFileError(NWBError, OSError):
    """The file that a model came from is gone, or is another one by now."""


class UnsavedChangesError(NWBError, PicklingError):
    """An object cannot be pickled as where it is in its file: it was changed since it was read."""


class ObjectNotFoundError(NWBError, KeyError):
    """Nothing of this name is there."""


class AbsentError(NWBError, AttributeError):
    """An object or a value is not there, or cannot be read, and something was asked of what stands for it."""


class UnreadableObjectError(NWBError, OSError):
    """An object of the file cannot be read."""


class OutsideError(UnreadableObjectError, PermissionError):
    """Data that is in a file outside of the folder, and that is read only where ``external_links=True`` says so."""


class TooLargeError(MemoryError, NWBError):  # the other way round, Python takes its __new__ for another one's
    """What would take more memory than the limits allow; see `nwb_models.Limits`."""


class SpecificationError(NWBError, ValueError):
    """A specification breaks the rules of the NWB specification language."""


class UnsafeSourceError(NWBError, ValueError):
    """Generated source holds something that is not on the allow-list."""


class UnknownFieldError(NWBError, TypeError):
    """A model was given a field that its class does not have."""


class DepartureError(NWBError, ValueError):
    """The file departs from its own specifications, and ``strict=True`` was asked for.

    Attributes
    ----------
    issues
        Every departure that was found, in the order of reading.
    """

    def __init__(self, filename: str, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        listed = "\n".join(f"  {issue}" for issue in self.issues)
        super().__init__(f"{filename} departs from its specifications in {len(self.issues)} places:\n{listed}")


class InvalidModelError(NWBError, ValueError):
    """Models that cannot be written as they are, and nothing was; or would be such without what is taken away.

    Attributes
    ----------
    issues
        All that is missing, or is not what its specification asks for.
    """

    def __init__(
        self,
        issues: Sequence[Issue],
        what: str = "Nothing was written: the models break their specifications in these places",
    ) -> None:
        self.issues = tuple(dict.fromkeys(issues))
        listed = "\n".join(f"  {issue}" for issue in self.issues)
        super().__init__(f"{what}:\n{listed}")


class DanglingReferenceError(NWBError, ValueError):
    """Something that is to be written refers to an object that is not; nothing was written.

    Attributes
    ----------
    referrers
        What refers to what, one line each.
    """

    def __init__(self, referrers: Sequence[str], advice: str = "") -> None:
        self.referrers = tuple(dict.fromkeys(referrers))
        listed = "\n".join(f"  {printable(line)}" for line in self.referrers)
        text = f"Nothing was written: these would refer to objects that are not in the file:\n{listed}"
        super().__init__(f"{text}\n{advice}" if advice else text)


class SelectionError(NWBError, ValueError):
    """What is asked for of a file selects nothing, or is no selection."""


class DocumentError(NWBError, ValueError):
    """A document of metadata that is none, is that of another file, or says what cannot be written.

    Attributes
    ----------
    problems
        All that is wrong with it, one line each.
    """

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([message, *(f"  {printable(problem)}" for problem in self.problems)]))


class NotWritableError(NWBError, OSError):
    """The file cannot be written.  What was at its place before is there still."""


class NWBWarning(UserWarning):
    """The file could be read, with something that its reader should know."""


class SpecificationWarning(NWBWarning):
    """A specification breaks the rules of the NWB specification language, and is kept as it is."""


def warn(message: str, category: type[NWBWarning] = NWBWarning) -> None:
    """Warn in the name of the line outside of this library that has led here."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(
        ("nwb_models", "contextlib", "functools")
    ):
        frame, level = frame.f_back, level + 1
    warnings.warn(printable(message), category, stacklevel=level)
