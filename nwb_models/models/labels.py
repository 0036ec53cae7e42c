"""Labels of pandas: which rows of a table a Series, or the index of one of its DataFrames, is about.

Rows of a table are numbers from 0; the index of a DataFrame has their `id`.  What carries such an index means the rows
with these ids, in whatever order it has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models.mapping import type_names

if TYPE_CHECKING:
    Ids = np.ndarray[Any, Any]


def in_row_order(series: Any, owner: Any) -> Any:
    """Return a Series of one value for each row in the order of the rows; anything else as it is.

    Parameters
    ----------
    series
        What is given for a column, or as a mask.
    owner
        The table, or a column of it.

    Raises
    ------
    ValueError
        Where its index has neither the ids of the rows, in any order, nor their numbers, in theirs.
    """
    if not (hasattr(series, "iloc") and hasattr(series, "to_numpy") and getattr(series, "ndim", 0) == 1):
        return series
    labels, ids = series.index, ids_of(owner)
    if len(ids) and len(labels) != len(ids):  # which is said where rows are counted
        return series
    if len(np.unique(ids)) == len(ids) and labels.nlevels == 1 and labels.is_unique:
        places = labels.get_indexer(ids)
        if len(ids) and (places >= 0).all():
            return series.iloc[places]
    if any(np.array_equal(labels.to_numpy(), known) for known in (ids, np.arange(len(labels)))):
        return series
    msg = (
        f"the index of a Series, {list(labels[:3])!r:.60}, has neither the ids of the rows of {owner!r}, each once, "
        "nor their numbers from 0 on: give its values in the order of the rows, with .to_numpy()"
    )
    raise ValueError(msg)


def row_numbers_of(rows: Any, owner: Any) -> Any:
    """Return the numbers of the rows with some ids, where these are the index of a DataFrame; and a mask in row order.

    Parameters
    ----------
    rows
        What was asked for; where that is an index of several axes, its first entry is about rows.
    owner
        The table, or a column of it.

    Raises
    ------
    IndexError
        Where there is no row with such an id, or several; where a mask is about other rows.
    """
    if isinstance(rows, tuple):
        return tuple(row_numbers_of(entry, owner) if place == 0 else entry for place, entry in enumerate(rows))
    if not hasattr(rows, "to_numpy"):
        return rows
    if hasattr(rows, "get_indexer") and _is_of_ids(rows):
        return _found(np.asarray(rows), ids_of(owner), owner)
    if not hasattr(rows, "iloc"):
        return rows
    values = np.asarray(rows)
    if values.dtype.kind != "b":
        return values
    try:
        return np.asarray(in_row_order(rows, owner))
    except ValueError as error:
        raise IndexError(str(error)) from None


def ids_of(owner: Any) -> Ids:
    """Return the `id` of each row of a table, of a column of one, or of the rows that a region refers to.

    Rows without ids are numbered from 0.
    """
    if _is_a(owner, "DynamicTable"):
        return np.asarray(owner.id) if owner.id is not None else np.arange(len(owner))
    table = getattr(owner, "parent", None)
    if _is_a(table, "DynamicTable"):
        return ids_of(table)
    numbers = np.arange(len(owner))
    if _is_a(owner, "DynamicTableRegion") and _is_a(owner.table, "DynamicTable"):
        ids, numbers = ids_of(owner.table), np.asarray(owner.value)
        return ids[numbers] if np.isin(numbers, np.arange(len(ids))).all() else numbers
    return numbers


def _is_of_ids(index: Any) -> bool:
    """Tell whether an index of pandas is that of a DataFrame of a table; of an aligned one, its name is a pair."""
    name = index.name[-1] if isinstance(index.name, tuple) and index.name else index.name
    return name == "id" and index.dtype.kind in "iu"


def _found(wanted: Ids, ids: Ids, owner: Any) -> Ids:
    """Return the place of each id that is wanted among those of the rows."""
    order = np.argsort(ids, kind="stable")
    first, last = (np.searchsorted(ids, wanted, side, sorter=order) for side in ("left", "right"))
    wrong = np.flatnonzero(last - first != 1)
    if wrong.size:
        place = wrong[0]
        count = "no row" if last[place] == first[place] else f"{last[place] - first[place]} rows"
        msg = f"{owner!r} has {count} with the id {wanted[place]}: rows are asked for by number with .to_numpy()"
        raise IndexError(msg)
    return np.asarray(order[first])


def _is_a(model: Any, neurodata_type: str) -> bool:
    cls: Any = type(model)
    return neurodata_type in type_names(cls)
