"""What people give for an array, as an array of the dtype that its specification asks for."""

from __future__ import annotations

import sys
from datetime import date, time
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.check import DATES, MINIMUM, TEXTS, allows

if TYPE_CHECKING:
    from nwb_models.models.mapping import Dtype

_SIZES = (1, 2, 4, 8)


def array_of(value: Any, dtype: Dtype | None) -> Any:
    """Return lists, numbers and numpy arrays as an array that the specification allows, where nothing is lost by it.

    Numbers become those of the least width that the specification asks for and that holds all of them; text and
    objects stand in arrays of objects.  An array that cannot be converted comes back as it is: whether it is allowed
    is decided by `nwb_models.models.check`.

    Raises
    ------
    ValueError
        Where a list is no array, for example because its rows differ in length; where a mask hides some values, or
        some are missing or of another kind; where no float that the specification allows holds some integers.

    >>> array_of([1, 2, 300], "uint8").dtype, array_of([1, 2], "float64").dtype, array_of(["a"], "text").dtype
    (dtype('uint16'), dtype('float64'), dtype('O'))
    """
    require_unmasked(value)
    value = without_labels(value)
    if hasattr(value, "astype") and not isinstance(value, np.ndarray | np.generic):
        return _promised(value, dtype)
    if dtype is not None and not isinstance(dtype, str):
        if isinstance(value, np.ndarray | np.void):
            return value
        single = isinstance(value, tuple) and not any(isinstance(row, tuple | list | np.void) for row in value)
        return _rows([value], dtype)[0] if single else _rows(value, dtype)
    array = value if isinstance(value, np.ndarray) else _listed(value)
    if array.dtype.kind == "U":
        array = array.astype(object)
    elif array.dtype.kind == "O":
        _require_one_kind(array)
    if array.size == 0 and not isinstance(value, np.ndarray):
        return array.astype(_empty(dtype))
    return _widened(array, dtype)


def require_unmasked(value: Any) -> None:
    """Refuse values that a mask hides, also those of arrays in a list: numpy would show them again.

    Raises
    ------
    ValueError
        Where there are some.
    """
    if isinstance(value, list | tuple):
        for entry in value:
            if isinstance(entry, list | tuple | np.ma.MaskedArray):
                require_unmasked(entry)
    elif isinstance(value, np.ma.MaskedArray) and np.ascontiguousarray(np.ma.getmaskarray(value)).view(bool).any():
        msg = "some values of a masked array are hidden, and HDF5 cannot hide them: fill them in, as with filled(nan)"
        raise ValueError(msg)


def without_labels(value: Any) -> Any:
    """Return a Series, an Index or an array of pandas as a numpy array, and a list of them as a list of those.

    A file has no labels: values are where they stand.  Anything else, such as an array on disk, comes back as it is.
    """
    if isinstance(value, list | tuple):
        return [without_labels(entry) for entry in value] if value and hasattr(value[0], "to_numpy") else value
    pandas: Any = sys.modules.get("pandas") if hasattr(value, "to_numpy") else None
    if pandas is None or not isinstance(value, pandas.Series | pandas.Index | pandas.api.extensions.ExtensionArray):
        return value
    plain = getattr(value.dtype, "numpy_dtype", None)  # dtypes that may have missing values have one without
    if plain is None or plain.kind not in "biuf":
        return value.to_numpy()
    if plain.kind == "f":
        return value.to_numpy(plain, na_value=np.nan)
    return value.to_numpy(object if value.isna().any() else plain)


def is_exact(array: np.ndarray[Any, Any], dtype: np.dtype[Any]) -> bool:
    """Tell whether a dtype holds all values of an array.

    They have to come back, too: to compare large integers with floats, numpy rounds them first.
    """
    floating = array.dtype.kind in "fc"
    with np.errstate(all="ignore"):
        converted = array.astype(dtype)
        back = converted.astype(array.dtype)
    return np.array_equal(converted, array, equal_nan=floating) and np.array_equal(back, array, equal_nan=floating)


def _promised(value: Any, dtype: Dtype | None) -> Any:
    """Return an array that is not in memory in the least dtype that the specification allows and holds all of its."""
    if not isinstance(dtype, str) or dtype not in MINIMUM or allows(dtype, value.dtype):
        return value
    kind, least = MINIMUM[dtype]
    if kind == "f" and value.dtype.kind in "iu" and value.dtype.itemsize > 4 and value.shape[:1] != (None,):
        return value  # not looked at: numpy would round large ones; blocks are, one by one
    wider = (np.dtype(f"{kind}{size}") for size in _SIZES if size >= max(least, 2 if kind == "f" else 1))
    target = next((found for found in wider if np.can_cast(value.dtype, found, "safe")), None)
    return value if target is None else value.astype(target)


def _listed(value: Any) -> np.ndarray[Any, Any]:
    """Return a list as an array; text and objects are put in one by one, as numpy would look into them."""
    leaf = value
    while isinstance(leaf, list | tuple) and leaf:
        leaf = leaf[0]
    if isinstance(leaf, np.ndarray | np.generic | int | float | complex) or not isinstance(value, list | tuple):
        try:
            array = np.asarray(value)
        except ValueError:
            msg = "the rows differ in length: a column of such rows is a VectorData with a VectorIndex"
            raise ValueError(msg) from None
        if array.dtype.kind not in "US" or isinstance(leaf, np.ndarray | str | bytes):
            return array
        # numpy has made text of numbers: the values are looked at as they were given
    array = np.empty(_shape(value), dtype=object)
    _fill(array, value)
    return array


def _require_one_kind(array: np.ndarray[Any, Any]) -> None:
    """Refuse an array of objects in which numbers, text and missing values stand together: HDF5 has one type for all.

    References may be missing.

    Raises
    ------
    ValueError
        Where they do, with the first that is not as those before it.
    """
    kinds = {found: _kind_of(found) for found in set(map(type, array.flat))}
    if len(there := set(kinds.values())) < 2 or "objects" in there:
        return
    main = next(kind for entry in array.flat if (kind := kinds[type(entry)]) != "nothing")
    place, wrong = next((place, entry) for place, entry in np.ndenumerate(array) if kinds[type(entry)] != main)
    where = "".join(f"[{number}]" for number in place)
    hint = "what is missing is nan among numbers and '' among text"
    msg = f"{wrong!r:.60} at {where} stands among {main}, and an array holds values of one kind: {hint}"
    raise ValueError(msg)


def _kind_of(cls: type) -> str:
    if cls is type(None) or cls.__name__ in ("NAType", "NaTType"):
        return "nothing"
    if issubclass(cls, str | bytes | date | time):
        return "text"
    return "numbers" if issubclass(cls, int | float | complex | np.number | np.bool_) else "objects"


def _shape(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        return ()
    return (len(value), *(_shape(value[0]) if value else ()))


def _fill(array: np.ndarray[Any, Any], value: Any) -> None:
    for number, entry in enumerate(value):
        if array.ndim == 1:
            array[number] = entry
        elif not isinstance(entry, list | tuple) or len(entry) != array.shape[1]:
            msg = "the rows differ in length"
            raise ValueError(msg)
        else:
            _fill(array[number], entry)


def _empty(dtype: str | None) -> Any:
    """Return the dtype of an array that holds nothing."""
    if dtype in MINIMUM:
        kind, size = MINIMUM[dtype]
        return np.dtype(f"{kind}{size}")
    if dtype == "bool":
        return np.dtype(bool)
    return np.dtype(
        object if dtype in TEXTS or dtype in DATES or str(dtype).startswith(("object", "region")) else float
    )


def _widened(array: np.ndarray[Any, Any], dtype: str | None) -> np.ndarray[Any, Any]:
    """Return numbers in the least dtype that the specification allows and that holds all of them."""
    if dtype not in MINIMUM or array.dtype.kind not in "iuf" or allows(dtype, array.dtype):
        return array
    kind, least = MINIMUM[dtype]
    if array.dtype.kind == "f" and kind != "f":
        return array
    for size in (size for size in _SIZES if size >= least):
        target = np.dtype(f"{kind}{size}")
        if kind != "f" and array.size and not _within(array, target):
            continue
        if is_exact(array, target):
            return array.astype(target)
    if kind == "f" and array.dtype.kind != "f":
        msg = f"no float holds these integers, up to {array.max()}, exactly: round them yourself, as with astype(float)"
        raise ValueError(msg)
    return array


def _within(array: np.ndarray[Any, Any], target: np.dtype[Any]) -> bool:
    limits = np.iinfo(target)
    return int(array.min()) >= limits.min and int(array.max()) <= limits.max


def _rows(value: Any, dtype: tuple[tuple[str, str], ...]) -> np.ndarray[Any, Any]:
    """Return a list of tuples as compound rows."""
    fields = [(name, _empty(kind)) for name, kind in dtype]
    array = np.empty(len(value), dtype=fields)
    for number, row in enumerate(value):
        entries = [row[name] for name, _ in fields] if isinstance(row, np.void) else list(row)
        if len(entries) != len(fields):
            msg = f"row {number} has {len(entries)} entries, and has to have {len(fields)}: {[n for n, _ in fields]}"
            raise ValueError(msg)
        for (name, _), entry in zip(fields, entries, strict=True):
            array[name][number] = entry
    return array
