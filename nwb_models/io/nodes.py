"""What one stored object says, in words that no storage engine owns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

Key = tuple[str, int]
"""What identifies an object: its file (empty for the file that is read) and its address there."""


TYPE_NAMES = ("neurodata_type", "data_type")
"""The attributes that name the type of an object: the second one counts where the first is not there."""


@dataclass(slots=True)
class StoredLink:
    """One link of a group.  Not frozen: there are many, and it would take three times as long to make one."""

    name: str
    kind: Literal["hard", "soft", "external"]
    key: Key | None = None
    """The object that a hard link leads to."""
    path: str = ""
    """The path that a soft or external link names."""
    filename: str = ""
    """The file that an external link names."""


@dataclass(frozen=True, slots=True)
class StoredReference:
    """One object or region reference."""

    kind: Literal["object", "region"]
    key: Key | None
    """The object that it leads to, None where it leads nowhere."""
    region: str = ""
    """The part of it that a region reference selects, for people."""
    lookup: Callable[[], str | None] | None = field(default=None, compare=False, repr=False)
    """Finds the path; HDF5 may search the whole file for it."""

    @property
    def path(self) -> str | None:
        """A path of the object, None where it leads nowhere.  Ask for it only where the key does not do."""
        return None if self.lookup is None else self.lookup()


@dataclass(slots=True)
class StoredObject:
    """What a stored group and a stored dataset have in common."""

    key: Key
    path: str
    """The path by which it was first found."""
    attributes: dict[str, Any] = field(default_factory=dict)
    """Name -> value: ``str``, numpy scalars and arrays, `StoredReference`, or `~nwb_models.models.links.Unreadable`."""
    paths: list[str] = field(default_factory=list)
    """Every path of hard links that leads to it, as far as the walk came by."""

    @property
    def neurodata_type(self) -> str | None:
        """The type that the object names, in either spelling."""
        ours, theirs = TYPE_NAMES
        found = self.attributes.get(ours, self.attributes.get(theirs))
        return found if type(found) is str else text_of(found)

    @property
    def namespace(self) -> str | None:
        """The namespace that the object names."""
        found = self.attributes.get("namespace")
        return found if type(found) is str else text_of(found)


@dataclass(slots=True)
class StoredGroup(StoredObject):
    """A group."""

    links: dict[str, StoredLink] = field(default_factory=dict)
    """The links that were followed or noted: all of them, unless the walk was told otherwise."""
    complete: bool = False
    """Whether these are all."""


@dataclass(slots=True)
class StoredDataset(StoredObject):
    """A dataset; its values are not read, unless it is a single one."""

    shape: tuple[int, ...] | None = ()
    """The lengths of the axes, None where the dataset is empty (a null dataspace)."""
    dtype: np.dtype[Any] = field(default_factory=lambda: np.dtype("O"))
    maxshape: tuple[int | None, ...] = ()
    chunks: tuple[int, ...] | None = None
    value: Any = None
    """Its value where it has a single one, as those of attributes are; None for an array."""
    problem: str = ""
    """Why it cannot be read, where it cannot."""
    elsewhere: bool = False
    """Whether the data is in other datasets or files; the shape is then the one that it was made with."""
    filtered: bool = True
    """Whether the data may have gone through filters, as compressed data has."""


def text_of(value: Any) -> str | None:
    """Return a value that is text, or an array of one text; None for any other."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(-1)[0]
    return value if isinstance(value, str) else None
