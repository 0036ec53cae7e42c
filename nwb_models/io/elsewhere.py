"""Datasets whose data is in other files: external storage, and virtual datasets.

Nothing here opens another file.  HDF5 does so as soon as the data is read, and of a virtual dataset that grows with its
sources even when its shape is asked for.
"""

from __future__ import annotations

from h5py import h5d, h5p, h5s


def has_sources(dataset: h5d.DatasetID) -> bool:
    """Tell whether a dataset has its data in other datasets or files.

    What has a place in the file has no other: to ask for that first takes 0.8 us, and for how it was made 10 us.
    """
    if dataset.get_offset() is not None:
        return False
    return names_sources(dataset.get_create_plist())


def names_sources(options: h5p.PropDCID) -> bool:
    """Tell the same from how a dataset was made."""
    return bool(options.get_layout() == h5d.VIRTUAL or options.get_external_count())


def declared_space(dataset: h5d.DatasetID) -> h5s.SpaceID:
    """Return the dataspace of a dataset as it was made; for one that grows with its sources these are not asked."""
    options = dataset.get_create_plist()
    if options.get_layout() == h5d.VIRTUAL and options.get_virtual_count():
        return options.get_virtual_vspace(0)
    return dataset.get_space()
