"""Copies of objects: what an object owns is copied with it, what it links or refers to is shared."""

from __future__ import annotations

from dataclasses import replace
from posixpath import dirname
from typing import TYPE_CHECKING, Any, TypeVar

import h5py
import numpy as np

from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBGroup, NWBModel
from nwb_models.models.children import Collection, Nothing, Shelf
from nwb_models.models.columns import note_target
from nwb_models.models.holders import note_children
from nwb_models.models.links import Region
from nwb_models.models.mapping import owns, storage

if TYPE_CHECKING:
    from nwb_models.models.mapping import StoredField

M = TypeVar("M", bound=NWBModel)


def copied(model: M, *, deep: bool = False, memo: dict[int, Any] | None = None) -> M:
    """Return a new object that is in no file: see `NWBModel.model_copy`.

    Parameters
    ----------
    deep
        Whether arrays in memory are copied as well.
    memo
        What `copy.deepcopy` has copied already, by its ``id``.
    """
    copies = _Copies({} if memo is None else memo, deep=deep)
    made: M = copies.of(model)
    for copy in copies.new:
        copies.lead_inside(copy)
        note_target(copy)
        note_children(copy)
    return made


class _Copies:
    """Copies of the objects of one tree."""

    def __init__(self, made: dict[int, Any], *, deep: bool) -> None:
        self.made, self.deep = made, deep
        self.new: list[NWBModel] = []

    def of(self, model: Any) -> Any:
        """Return the copy of an object, with copies of all that lives in it."""
        if id(model) in self.made:
            return self.made[id(model)]
        cls: Any = type(model)
        model._complete()
        made = self.made[id(model)] = cls.__new__(cls)
        self.new.append(made)
        tables = storage(cls)
        members = {entry.field: entry for entry in tables.members()}
        values = {
            name: self._member(model, value, members[name]) if name in members else self._value(value)
            for name, value in vars(model).items()
        }
        private = {name: attribute.get_default() for name, attribute in cls.__private_attributes__.items()}
        if isinstance(model, NWBGroup):
            unforeseen = [name for name, entry in model._children() if entry is None]
            private["_shelf"] = Shelf(Nothing(cls)) if unforeseen else None
            for name in unforeseen:
                private["_shelf"].extras[name] = self._lives(model, model._child(name))
        object.__setattr__(made, "__dict__", {**values, "object_id": None})
        object.__setattr__(made, "__pydantic_fields_set__", model.model_fields_set - {"object_id"})
        extra = {name: self._value(value) for name, value in (model.__pydantic_extra__ or {}).items()}
        object.__setattr__(made, "__pydantic_extra__", extra)
        object.__setattr__(made, "__pydantic_private__", private)
        return made

    def _member(self, holder: NWBModel, value: Any, entry: StoredField) -> Any:
        """Return what a field of a copy holds."""
        if not isinstance(value, Collection):
            return self._lives(holder, value) if owns(entry) else value
        collection = Collection(
            {key: self._lives(holder, item) if owns(entry) else item for key, item in value.items()}
        )
        collection.bind(entry.field, entry.model)
        return collection

    def _lives(self, holder: NWBModel, child: Any) -> Any:
        """Return a copy of what lives in an object; what a link of the file leads to lives elsewhere."""
        if not isinstance(child, NWBModel):
            return self._value(child)
        is_read = holder._source is not None and child._source is not None
        if is_read and (child._source is not holder._source or dirname(str(child.path)) != holder.path):
            return child
        return self.of(child)

    def _value(self, value: Any) -> Any:
        if isinstance(value, Array):
            return Array(value.source)  # rows that are appended to one are no rows of the other
        if self.deep and isinstance(value, np.ndarray):
            return value.copy()
        if self.deep and hasattr(value, "with_data"):
            return value.with_data(self._value(value.data))
        return value

    def lead_inside(self, made: NWBModel) -> None:
        """Let what leads from one copied object to another one lead to its copy."""
        for values in (vars(made), made.__pydantic_extra__ or {}):
            values.update({name: self._led(value) for name, value in values.items()})

    def _led(self, value: Any) -> Any:
        """Return a link, a reference, or several of them, as it is in the copy; itself where nothing changes."""
        if isinstance(value, NWBModel):
            return self.made.get(id(value), value)
        if isinstance(value, Collection):
            value._items = {name: self._led(item) for name, item in value._items.items()}
        elif isinstance(value, Region) and id(value.target) in self.made:
            return replace(value, target=self.made[id(value.target)])
        elif isinstance(value, Array) and _has_references(value.dtype):
            found = value[...]
            led = self._led(found)
            return value if led is found else led
        elif isinstance(value, np.ndarray) and value.dtype.hasobject:
            return self._led_array(value)
        return value

    def _led_array(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return an array of references, or of rows that have some."""
        parts = [array] if array.dtype.names is None else [array[name] for name in array.dtype.names]
        places = [
            (number, index, entry)
            for number, part in enumerate(parts)
            if part.dtype.hasobject
            for index, entry in enumerate(part.flat)
            if self._led(entry) is not entry
        ]
        if not places:
            return array
        array = array.copy()
        parts = [array] if array.dtype.names is None else [array[name] for name in array.dtype.names]
        for number, index, entry in places:
            parts[number].flat[index] = self._led(entry)
        return array


def _has_references(dtype: np.dtype[Any]) -> bool:
    if dtype.names is not None:
        return any(_has_references(dtype[name].base) for name in dtype.names)
    return h5py.check_ref_dtype(dtype) is not None
