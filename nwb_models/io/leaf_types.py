"""What the single values of a stored type are, however deep in compounds, arrays and ragged rows they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from h5py import h5t

if TYPE_CHECKING:
    from collections.abc import Iterator


def leaves(stored: h5t.TypeID) -> Iterator[h5t.TypeID]:
    """Yield the types of the single values of a stored type; before those in ragged rows, the type of the rows."""
    kind = stored.get_class()
    if kind == h5t.COMPOUND:
        for number in range(stored.get_nmembers()):
            yield from leaves(stored.get_member_type(number))
        return
    if kind != h5t.ARRAY:
        yield stored
    if kind in (h5t.ARRAY, h5t.VLEN):
        yield from leaves(stored.get_super())


def refers(stored: h5t.TypeID) -> bool:
    """Tell whether a stored type has references in it."""
    return any(leaf.get_class() == h5t.REFERENCE for leaf in leaves(stored))


def uses_heaps(stored: h5t.TypeID) -> bool:
    """Tell whether values of a stored type are in heaps, or lead to one: text of any length, rows, regions."""
    return any(_is_elsewhere(leaf) or _is_region(leaf) for leaf in leaves(stored))


def has_pointers(stored: h5t.TypeID) -> bool:
    """Tell whether values of a type are stored elsewhere or are addresses: what a chunk holds then says nothing."""
    return any(_is_elsewhere(leaf) or leaf.get_class() == h5t.REFERENCE for leaf in leaves(stored))


def is_odd(stored: h5t.TypeID) -> bool:
    """Tell whether a stored type is, or has, one of any length that is neither rows nor text: HDF5 2.0.0 crashes there.

    Source: HDF5 File Format Specification, IV.A.2.d, class 9: the lowest four bits.  Before them, h5py puts two bytes.
    """
    return any(leaf.get_class() == h5t.VLEN and leaf.encode()[3] & 0x0F > 1 for leaf in leaves(stored))


def _is_elsewhere(leaf: h5t.TypeID) -> bool:
    kind = leaf.get_class()
    return bool(kind == h5t.VLEN or (kind == h5t.STRING and leaf.is_variable_str()))


def _is_region(leaf: h5t.TypeID) -> bool:
    return bool(leaf.get_class() == h5t.REFERENCE and not leaf.equal(h5t.STD_REF_OBJ))
