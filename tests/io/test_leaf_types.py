"""What the values of a stored type are, wherever in it they lie."""

import h5py
import numpy as np
import pytest
from h5py import h5t

from nwb_models.io.leaf_types import has_pointers, refers, uses_heaps

TEXT, OBJECT, REGION = h5py.string_dtype(), h5py.ref_dtype, h5py.regionref_dtype
ROWS = h5py.vlen_dtype(np.dtype("<f4"))

CASES = {
    "a number": (np.dtype("<f8"), False, False, False),
    "text of one length": (np.dtype("S8"), False, False, False),
    "text": (TEXT, False, True, True),
    "rows": (ROWS, False, True, True),
    "an object": (OBJECT, True, False, True),
    "a region": (REGION, True, True, True),
    "rows of objects": (h5py.vlen_dtype(OBJECT), True, True, True),
    "arrays of numbers": (np.dtype(("<i4", (2, 3))), False, False, False),
    "a compound of numbers": (np.dtype([("a", "<i4"), ("b", "S3")]), False, False, False),
    "a compound with text": (np.dtype([("a", "<i4"), ("b", TEXT)]), False, True, True),
    "a compound with an object": (np.dtype([("a", "<i4"), ("b", OBJECT)]), True, False, True),
    "a compound in a compound": (np.dtype([("a", [("b", "<i4"), ("c", REGION)])]), True, True, True),
}


@pytest.mark.parametrize("case", CASES)
def test_types_are_looked_into(case: str) -> None:
    dtype, *expected = CASES[case]
    stored = h5t.py_create(dtype, logical=True)
    assert [refers(stored), uses_heaps(stored), has_pointers(stored)] == expected


def test_arrays_of_objects_are_looked_into() -> None:
    stored = h5t.array_create(h5t.STD_REF_OBJ, (2,))
    assert [refers(stored), uses_heaps(stored), has_pointers(stored)] == [True, False, True]
