"""What a file holds that its specifications do not foresee."""

from __future__ import annotations

from dataclasses import dataclass

from nwb_models.errors import printable as printable


@dataclass(frozen=True, slots=True)
class Issue:
    """One departure of a file from its specifications.  What departs is read and kept all the same."""

    path: str
    """Where: the path of the object in the file, with ``@name`` behind it for an attribute."""
    neurodata_type: str | None
    """The type of the object concerned, or of the typed object that it belongs to."""
    rule: str
    """What kind of departure: ``missing``, ``unknown``, ``dtype``, ``shape``, ``value``, ``type`` ..."""
    expected: str
    """What the specification asks for."""
    found: str
    """What is there."""

    def __str__(self) -> str:
        """Return the departure in one line."""
        owner = f" ({self.neurodata_type})" if self.neurodata_type else ""
        return printable(f"{self.path}{owner}: {self.rule}: expected {self.expected}, found {self.found}")
