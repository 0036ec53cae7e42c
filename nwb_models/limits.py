"""How much a file may ask for: files come from strangers, and may declare what no machine holds."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

CONTAINER = Path("/sys/fs/cgroup/memory.max")
"""Where Linux says how much memory a container may have."""


class Limits(NamedTuple):
    """What is refused as too large, with an error or an issue that says so.

    What is linear in the size of the file has no limit: objects, links, attributes, depth.

    Examples
    --------
    >>> Limits(array_bytes=1 << 40).array_bytes  # nwb.read("session.nwb", limits=Limits(array_bytes=1 << 40))
    1099511627776
    """

    array_bytes: int | None = None
    """The most bytes that one reading of an array may give; None for the memory of the
    machine, or what of it the process may have.  A file of a few
    kilobytes can declare an array of any size, since chunks that were never written take no space."""
    chunk_bytes: int | None = None
    """The most bytes that a compressed chunk may have, and may become unseen; None for a quarter of the memory.
    To read one entry, HDF5 inflates the chunk that it is in."""
    value_bytes: int = 1 << 26
    """The most bytes of an attribute, and of a dataset with a single value: what is larger is no metadata, and comes as
    `nwb_models.models.links.Unreadable`."""
    sources: int = 10_000
    """How many other datasets the data of a virtual dataset may come from, those of its sources included."""
    document_bytes: int = 1 << 24
    """The most bytes of a document of metadata that is applied: YAML can take two hundred times as many in memory."""

    def array_size(self) -> int:
        """Return the most bytes that one reading of an array may give."""
        return memory() if self.array_bytes is None else self.array_bytes

    def chunk_size(self) -> int:
        """Return the most bytes that a chunk may become."""
        return memory() // 4 if self.chunk_bytes is None else self.chunk_bytes


def memory() -> int:
    """Return how many bytes of memory this process may have: those of the machine, or fewer where it was limited."""
    try:
        import resource
    except ImportError:  # Windows
        return memory_of_machine()
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return memory_of_machine() if soft == resource.RLIM_INFINITY else min(soft, memory_of_machine())


@cache
def memory_of_machine() -> int:
    """Return the size of the memory in bytes; where that is not known, a size that no machine has."""
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 1 << 46
    try:
        return min(size, int(CONTAINER.read_text()))
    except (OSError, ValueError):  # no container, or one without limit
        return size


DEFAULT = Limits()


def raising(name: str) -> str:
    """Return how a limit is raised, for the end of an error.

    >>> raising("array_bytes")
    'raise it with limits=nwb_models.Limits(array_bytes=...), or --limit array_bytes=SIZE of a command'
    """
    return f"raise it with limits=nwb_models.Limits({name}=...), or --limit {name}=SIZE of a command"
