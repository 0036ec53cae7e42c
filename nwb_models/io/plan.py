"""What is to be written, object by object, before anything touches a disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.rows import Rows

Identity = tuple[int, Any]
"""What identifies an object: the file it was read from with its key there, or 0 with what it was made of by hand."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The stored object that an object comes from; what is not said to be new is taken from there as it is."""

    io: HDF5IO
    path: str


@dataclass(frozen=True, slots=True)
class Target:
    """A reference to an object of the plan."""

    identity: Identity


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value to be written."""

    data: Any
    """A numpy array, with models in the place of references; an empty dataspace; or an array that is on disk."""
    dtype: np.dtype[Any]
    """The dtype to be stored, with what h5py notes in it of text and references."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Some rows of the data of an origin."""

    rows: Rows
    change: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]] | None = None
    """What makes the values to be written of those in the file; None where these are the same."""


@dataclass(slots=True)
class NewLink:
    """One link of a group to be written."""

    name: str
    kind: Literal["hard", "soft", "external"]
    target: Identity | None = None
    """The object that it leads to; None for a link that leads nowhere, or out of the file."""
    path: str = ""
    """The path that a soft or external link named so far, "" for a new one."""
    filename: str = ""
    """The file that an external link names."""
    folder: str = ""
    """The folder from which that file was found so far."""


@dataclass(slots=True)
class NewObject:
    """What is to be written of one object."""

    identity: Identity
    path: str
    """Where it will live."""
    cls: type | None = None
    """Its class, where it has a model or comes from another file than the root."""
    origin: Origin | None = None
    attributes: dict[str, NewValue] = field(default_factory=dict)
    """New and changed attributes."""
    without: set[str] = field(default_factory=set)
    """Attributes of the origin that are no longer there."""


@dataclass(slots=True)
class NewGroup(NewObject):
    """A group."""

    links: dict[str, NewLink] = field(default_factory=dict)


@dataclass(slots=True)
class NewDataset(NewObject):
    """A dataset."""

    value: NewValue | None = None
    """None for the data of the origin."""
    cut: Cut | None = None
    """What is left of the data of the origin; None for all of it."""


@dataclass(slots=True)
class NewType(NewObject):
    """A named datatype, which is copied as it is."""


@dataclass(slots=True)
class Plan:
    """All objects, each after the group in which it lives."""

    objects: dict[Identity, NewObject] = field(default_factory=dict)
    same: dict[Identity, Identity] = field(default_factory=dict)
    """Objects of other files in whose place one of the plan is meant, see `nwb_models.io.between`."""

    repair: bool | None = None
    """Whether what leads to an object that is not written is to lead nowhere; None where nobody is asked."""
    repaired: list[str] = field(default_factory=list)
    """What led to such an object, one line each."""

    @property
    def root(self) -> NewGroup:
        """The first object."""
        root = next(iter(self.objects.values()))
        assert isinstance(root, NewGroup)
        return root

    def resolve(self, group: NewGroup, path: str) -> Identity | None:
        """Return the object that a path leads to, from a group or from the root; None where it leads nowhere."""
        here: NewObject | None = self.root if path.startswith("/") else group
        remaining = [part for part in reversed(path.split("/")) if part not in ("", ".")]
        followed = 0
        while remaining and isinstance(here, NewGroup):
            link = here.links.get(remaining.pop())
            followed += 1
            if link is None or link.kind == "external" or followed > 1000:
                return None
            if link.kind == "soft" and link.target is None:
                remaining += [part for part in reversed(link.path.split("/")) if part not in ("", ".")]
                here = self.root if link.path.startswith("/") else here
                continue
            here = self.objects.get(link.target) if link.target is not None else None
        return here.identity if here is not None and not remaining else None
