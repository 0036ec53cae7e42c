"""Whether what the direct reading of headers gives is exactly what h5py gives, for tests."""

from __future__ import annotations

import dataclasses
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import h5py
import numpy as np

from nwb_models.io import headers
from nwb_models.io.nodes import StoredGroup, StoredObject, StoredReference
from nwb_models.io.queue import Flat, flatten
from nwb_models.models.links import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def through_h5py() -> Iterator[None]:
    """Leave everything to h5py."""
    with patch.dict(os.environ, {headers.SETTING: "0"}):
        yield


@contextmanager
def counting() -> Iterator[Callable[[], int]]:
    """Count the objects whose headers were read directly."""
    made: list[headers.Headers] = []
    original = headers.Headers.__init__

    def init(self: headers.Headers, *given: Any) -> None:
        original(self, *given)
        made.append(self)

    with patch.object(headers.Headers, "__init__", init):
        yield lambda: sum(each.read for each in made)


def flattened(path: Path, **options: Any) -> tuple[Flat | str, list[str]]:
    """Return what a file holds, or which error it is; and the paths of what is damaged."""
    damaged: list[str] = []
    try:
        with h5py.File(path, "r") as file:
            locate = (lambda _reference, _holder: None) if "locate" not in options else options.pop("locate")
            return flatten(file, locate=locate, damaged=lambda where, _: damaged.append(where), **options), damaged
    except Exception as error:  # noqa: BLE001 (which it is gets compared)
        return type(error).__name__, damaged


def differences(path: Path, **options: Any) -> tuple[list[str], int, int]:
    """Return where the two ways differ, how many objects there are, and how many were read directly."""
    with counting() as count:
        ours, our_damage = flattened(path, **options)
    with through_h5py():
        theirs, their_damage = flattened(path, **options)
    if isinstance(ours, str) or isinstance(theirs, str):
        same = isinstance(ours, str) and isinstance(theirs, str)
        return ([] if same else [f"{ours if isinstance(ours, str) else 'read'}: {theirs}"]), 0, count()
    found = [f"damaged: {our_damage} {their_damage}"] if our_damage != their_damage else []
    if list(ours.nodes) != list(theirs.nodes) or ours.keys != theirs.keys:
        found.append(f"objects: {ours.keys.items() ^ theirs.keys.items()}")
    for key in ours.nodes.keys() & theirs.nodes.keys():
        found += unequal(ours.nodes[key], theirs.nodes[key])
    direct = count()
    return found + _unequal_outlines(path, theirs), len(theirs.nodes), direct


def _unequal_outlines(path: Path, flat: Flat) -> list[str]:
    """Return which objects have another type or other hard links where only these are looked for."""
    found = []
    with h5py.File(path, "r") as file:
        direct = headers.Headers(file)
        for (_, address), node in flat.nodes.items():
            outline = direct.outline(address, node.path)
            if outline is None or (isinstance(node, StoredGroup) and not node.complete):
                continue
            links = node.links.values() if isinstance(node, StoredGroup) else ()
            expected = node.neurodata_type, [(link.name, link.key[1]) for link in links if link.key is not None]
            if outline != expected:
                found.append(f"{node.path}: outline: {outline} {expected}")
    return found


def unequal(ours: StoredObject, theirs: StoredObject) -> list[str]:
    """Return which parts of two nodes differ."""
    if type(ours) is not type(theirs):
        return [f"{ours.path}: {type(ours)} {type(theirs)}"]
    return [
        f"{ours.path}: {entry.name}: {one!r} {two!r}"
        for entry in dataclasses.fields(ours)
        for one, two in [(getattr(ours, entry.name), getattr(theirs, entry.name))]
        if not (_same_problem(one, two) if entry.name == "problem" else same(one, two))
    ]


def _same_problem(one: str, two: str) -> bool:
    """Tell whether HDF5 says that the same is wrong; why depends on what it has cached and on stray memory."""
    return one.split(" (")[0] == two.split(" (")[0]


def same(one: Any, two: Any) -> bool:
    """Tell whether two values are the same to the last bit, in types, dtypes and the order of what they hold, too."""
    if type(one) is not type(two):
        return False
    if isinstance(one, dict):
        return list(one) == list(two) and all(same(one[key], two[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(two) and all(map(same, one, two))
    if isinstance(one, StoredReference):
        return one == two
    if isinstance(one, Unreadable):
        return _same_problem(one.reason, two.reason)
    if isinstance(one, np.dtype):
        return _same_dtypes(one, two)
    if isinstance(one, h5py.Empty):
        return _same_dtypes(one.dtype, two.dtype)
    if isinstance(one, np.ndarray | np.generic):
        if not _same_dtypes(one.dtype, two.dtype) or one.shape != two.shape:
            return False
        if one.dtype.names is not None:
            return all(same(one[name], two[name]) for name in one.dtype.names)
        if one.dtype.hasobject:
            return all(map(same, np.ravel(one), np.ravel(two)))
        return one.tobytes() == two.tobytes()
    return bool(one == two)


def _same_dtypes(one: np.dtype[Any], two: np.dtype[Any]) -> bool:
    if one != two or repr(one) != repr(two) or one.metadata != two.metadata:
        return False
    return one.names is None or all(_same_dtypes(one[name], two[name]) for name in one.names)
