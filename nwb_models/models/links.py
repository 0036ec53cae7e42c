"""What stands for a link or a reference that is not, or not only, another model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A link or reference whose target is not there, or is not followed.  It is kept as what it is."""

    kind: str
    """``soft``, ``external``, ``object`` or ``region``."""
    path: str | None
    """The path that it names, None for a null reference."""
    filename: str | None = None
    """The file that it names; None for the same file."""

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
class Unreadable:
    """Stands for a value that cannot be read, such as one of a type that HDF5 has and numpy has not."""

    reason: str
    """What HDF5 or numpy said."""
