"""What stands for a link or a reference that is not, or not only, another model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

from nwb_models.errors import AbsentError


class _Absent:
    """What stands for something that is not there: it has nothing of it, and says so."""

    __slots__ = ()

    place: str

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse: whoever asks for a member takes this for the object.

        Raises
        ------
        AbsentError
            With what this stands for.
        """
        if name.startswith("__"):  # Python looks what it can do
            raise AttributeError(name)
        msg = f"There is no {name!r}: {self._said()}"
        raise AbsentError(msg)

    def __getitem__(self, index: Any) -> NoReturn:
        """Refuse, see `__getattr__`."""
        msg = f"There is nothing to take a part of: {self._said()}"
        raise AbsentError(msg)

    def __bool__(self) -> bool:
        """Return True, whatever `__len__` says."""
        return True

    def __len__(self) -> NoReturn:
        """Refuse, see `__getattr__`."""
        msg = f"There is nothing to count: {self._said()}"
        raise AbsentError(msg)

    def __float__(self) -> NoReturn:
        """Refuse, see `__getattr__`."""
        msg = f"There is no number: {self._said()}"
        raise AbsentError(msg)

    def _said(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self!r} stands for what is not there, or cannot be read; the issues of the file say why"


@dataclass(frozen=True, slots=True)
class Unresolved(_Absent):
    """A link or reference whose target is not there, or is not followed.  It is kept as what it is."""

    kind: str
    """``soft``, ``external``, ``object`` or ``region``."""
    path: str | None
    """The path that it names, None for a null reference."""
    filename: str | None = None
    """The file that it names; None for the same file."""

    place: str = field(default="", compare=False, repr=False)
    """Where it is, with the name of the file, as far as that is known."""

    def __bool__(self) -> bool:
        """Return False: there is nothing behind it."""
        return False


@dataclass(frozen=True, slots=True)
class Region:
    """A region reference: an object and the part of it that is meant."""

    target: Any
    """The object."""
    selection: str
    """The bounding box of the part, as ``start:stop`` for each axis; ``all`` or ``none``."""


@dataclass(frozen=True, slots=True)
class Unreadable(_Absent):
    """Stands for a value that cannot be read, such as one of a type that HDF5 has and numpy has not."""

    reason: str
    """What HDF5 or numpy said."""
    place: str = field(default="", compare=False, repr=False)
    """Where it is, with the name of the file, as far as that is known."""
