"""Datasets whose data is in other files: external storage, and virtual datasets.

Nothing here opens another file.  HDF5 does so as soon as the data is read, and of a virtual dataset that grows with its
sources even when its shape is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from h5py import h5d, h5s

if TYPE_CHECKING:
    from collections.abc import Iterator


class Source(NamedTuple):
    """Where data of a dataset comes from, in the words of the file."""

    kind: Literal["external storage", "virtual dataset", "external link"]
    filename: str
    """The file, ``"."`` for the one that says so."""
    path: str = ""
    """The dataset in it; of external storage, none."""

    def __str__(self) -> str:
        """Return the target, and how the file leads there."""
        return f"{f'{self.filename}:{self.path}' if self.path else self.filename!r} ({self.kind})"


def has_sources(dataset: h5d.DatasetID) -> bool:
    """Tell whether a dataset has its data in other datasets or files."""
    options = dataset.get_create_plist()
    return bool(options.get_layout() == h5d.VIRTUAL or options.get_external_count())


def sources_of(dataset: h5d.DatasetID) -> Iterator[Source]:
    """Yield where the data of a dataset comes from, each once; nothing where it is in the dataset itself."""
    options = dataset.get_create_plist()
    found: dict[Source, None] = {}
    if options.get_layout() == h5d.VIRTUAL:
        for number in range(options.get_virtual_count()):
            name, path = options.get_virtual_filename(number), options.get_virtual_dsetname(number)
            found[Source("virtual dataset", _text(name), _text(path))] = None
    for number in range(options.get_external_count()):
        found[Source("external storage", _text(options.get_external(number)[0]))] = None
    yield from found


def declared_space(dataset: h5d.DatasetID) -> h5s.SpaceID:
    """Return the dataspace of a dataset as it was made; for one that grows with its sources these are not asked."""
    options = dataset.get_create_plist()
    if options.get_layout() == h5d.VIRTUAL and options.get_virtual_count():
        return options.get_virtual_vspace(0)
    return dataset.get_space()


def _text(name: bytes | str) -> str:
    return name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
