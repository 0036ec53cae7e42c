"""Objects of one file in the tree of another one: what they link and refer to comes along.

Each object comes to the place that it had in its own file.  Where the same object, by its ``object_id``, is in the tree
already, that one is meant.  See docs/decisions/0011-objects-of-other-files.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.errors import InvalidModelError
from nwb_models.io.encode import has_references
from nwb_models.io.mappings import open_object
from nwb_models.io.queue import links_of
from nwb_models.io.sources import identity_of
from nwb_models.io.values import encode
from nwb_models.io.versions import version_issues
from nwb_models.models.arrays import Array
from nwb_models.models.base import NWBDataset, NWBGroup, NWBModel
from nwb_models.models.issues import Issue
from nwb_models.models.links import Region
from nwb_models.models.mapping import Children, Link, Reference, Storage, fits, storage
from nwb_models.models.members import put
from nwb_models.models.mixins.tables import DynamicTableMixin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.io.plan import Identity


def bring_along(root: NWBModel) -> dict[Identity, Identity]:
    """Add to a tree what objects of other files in it link and refer to; nothing is changed where that is refused.

    Parameters
    ----------
    root
        The root of the tree.

    Returns
    -------
    dict
        Objects of other files in whose place one of the tree is meant, by their identities.

    Raises
    ------
    InvalidModelError
        Where there is no place for something, or it is of a version that does not fit, with all such objects.
    """
    tree = _Tree(root)
    while tree.waiting:
        tree.look_at(tree.waiting.pop())
    issues = [*tree.issues, *version_issues(root, tree.foreign)]
    if issues:
        raise InvalidModelError(issues)
    for holder, model in tree.coming:
        _put(holder, model)
    return tree.same


@dataclass
class _Place:
    """A group that an object comes to: one of the tree, or untyped groups that are still to be made below one."""

    group: NWBGroup
    below: list[str] = field(default_factory=list)


class _Tree:
    """What is in the tree, and what has to come."""

    def __init__(self, root: NWBModel) -> None:
        self.root = root
        self.home = root._source
        self.foreign: list[NWBModel] = []
        """Objects of other files that are in the tree, or come to it."""
        self.coming: list[tuple[_Place, NWBModel]] = []
        self.same: dict[Identity, Identity] = {}
        self.issues: list[Issue] = []
        self.waiting: list[NWBModel] = []
        """Objects that were not looked at yet: what they refer to has to be in the tree."""
        self._owned: set[int] = set()
        self._taken: dict[tuple[int, tuple[str, ...]], NWBModel] = {}
        self._own(root)

    def _own(self, top: NWBModel) -> None:
        """Note a model and all below it, as far as that is built; of another file, all of it."""
        waiting = [top]
        while waiting:
            model = waiting.pop()
            if id(model) in self._owned:
                continue
            self._owned.add(id(model))
            if _is_foreign(model, self.home):
                self.foreign.append(model)
            self.waiting.append(model)
            waiting += [child for child in _children(model, self.home) if isinstance(child, NWBModel)]

    def look_at(self, model: NWBModel) -> None:
        """Let come what a model links and refers to, where that is of another file."""
        for target in _targets(model, self.home):
            if (
                _is_foreign(target, self.home)
                and id(target) not in self._owned
                and identity_of(target) not in self.same
            ):
                self._fetch(target, model)

    def _fetch(self, target: NWBModel, holder: NWBModel) -> None:
        model = _whole(target)
        if model.neurodata_type is None:
            return  # data of another object: it comes to where the link is, see `Deconstruction`
        place, problem = self._place(model)
        there = self._there(place, model) if place is not None else None
        if place is not None and there is None and not _fits(place, model):
            place, problem = None, f"a place for another type than {type(model).__name__}"
        if there is not None and _is_same(there, model):
            self._note_same(model, there)
        elif place is None or there is not None:
            found = problem or f"another {there!r}: let it refer to that one, or take that one away first"
            where = f"{model.path} of {model._source.filename}"
            self._refuse(holder, f"a place for {where}, which it refers to", found)
        else:
            self._taken[id(place.group), (*place.below, model.name)] = model
            self.coming.append((place, model))
            self._own(model)

    def _there(self, place: _Place, model: NWBModel) -> Any:
        """Return what has the name of a model at its place already."""
        if not place.below and model.name in place.group:
            return place.group[model.name]
        return self._taken.get((id(place.group), (*place.below, model.name)))

    def _note_same(self, model: NWBModel, there: NWBModel) -> None:
        """Note that an object of the tree is meant, with all that is in it."""
        self.same[identity_of(model)] = identity_of(there)
        if isinstance(model, NWBGroup) and isinstance(there, NWBGroup):
            for name, child in model.items():
                other = there.get(name)
                if isinstance(child, NWBModel) and isinstance(other, NWBModel) and child._source is model._source:
                    self._note_same(child, other)

    def _place(self, model: NWBModel) -> tuple[_Place | None, str]:
        """Return the group for an object: that of its own path in the tree; or None, and why there is none."""
        source, group = model._source, self.root
        parts = str(model.path).strip("/").split("/")[:-1]
        for number, name in enumerate(parts):
            if isinstance(group, NWBGroup) and name in group:
                group = group[name]
                continue
            for depth in range(number, len(parts)):
                path = "/" + "/".join(parts[: depth + 1])
                typed = source.read(path).neurodata_type
                if typed is not None:
                    return None, f"no {typed} at {path}: add that first, or the object itself where it is to be"
            return (_Place(group, parts[number:]), "") if isinstance(group, NWBGroup) else (None, "no group there")
        return (_Place(group), "") if isinstance(group, NWBGroup) else (None, "no group there")

    def _refuse(self, holder: NWBModel, expected: str, found: str) -> None:
        where = holder.path or holder.name
        self.issues.append(Issue(where, holder.neurodata_type, "reference", expected, found))


def _put(place: _Place, model: NWBModel) -> None:
    """Put an object into the tree, in groups that are made where they are missing."""
    group: Any = place.group
    for name in place.below:
        if name not in group:
            entry = _tables(group).children[name]
            made: Any = entry.model
            setattr(group, entry.field, made(name=name))
        group = group[name]
    named = _tables(group).children.get(model.name)
    if named is None:
        put(group, model.name, model)
        return
    vars(group)[named.field] = model  # pydantic would refuse a class of another version, which was looked at
    group.model_fields_set.add(named.field)


def _tables(group: NWBGroup) -> Storage:
    return storage(type(group))


def _fits(place: _Place, model: NWBModel) -> bool:
    """Tell whether a group, which may not be made yet, holds objects of the type of a model."""
    cls: Any = type(place.group)
    for name in place.below:
        entry = storage(cls).children.get(name)
        if entry is None or entry.model is None:
            return False
        cls = entry.model
    entry = storage(cls).children.get(model.name) or storage(cls).by_type(type(model))
    return entry is not None and entry.model is not None and fits(type(model), entry.model)


def _is_same(one: Any, two: NWBModel) -> bool:
    """Tell whether two models are of one object, or of copies of it."""
    return isinstance(one, NWBModel) and one.object_id is not None and one.object_id == two.object_id


def _whole(target: NWBModel) -> NWBModel:
    """Return what has to come: of a column its table, else the object itself."""
    above = str(target.path).rpartition("/")[0]
    if isinstance(target, NWBDataset) and above:
        holder = target._source.read(above)
        if isinstance(holder, DynamicTableMixin) and isinstance(holder, NWBModel):
            return holder
    return target


# -------------------------------------------------------------------------------- what a model holds
def built(root: NWBModel) -> Iterator[tuple[NWBModel, NWBModel]]:
    """Yield each model that was built below a root, with the one that it lives in."""
    waiting, seen = [root], {id(root)}
    while waiting:
        holder = waiting.pop()
        for child in _children(holder, root._source):
            if isinstance(child, NWBModel) and id(child) not in seen:
                seen.add(id(child))
                waiting.append(child)
                yield holder, child


def _children(model: NWBModel, home: Any) -> Iterator[Any]:
    """Yield what lives in a group: of a group of the tree what is built, of one of another file all."""
    if not isinstance(model, NWBGroup):
        return
    tables = storage(type(model))
    if _is_foreign(model, home):
        model._complete()
    found = [vars(model).get(name) for name in _living(type(model))]
    for entry in tables.collections:
        collection = getattr(model, entry.field)
        if collection is not None and not _is_link(entry.marker):
            found += collection.values() if _is_foreign(model, home) else collection._items.values()
    if model._shelf is not None:
        found += model._shelf.extras.values()
    elsewhere = {id(child) for child in _linked(model, home)}
    yield from (child for child in found if id(child) not in elsewhere)


def _is_link(marker: Any) -> bool:
    """Tell whether what a field holds lives elsewhere."""
    return isinstance(marker, Link) or (isinstance(marker, Children) and marker.kind == "link")


def _is_foreign(model: NWBModel, home: Any) -> bool:
    source = model._source
    return source is not None and source is not home


def _linked(model: NWBModel, home: Any) -> list[NWBModel]:
    """Return the objects to which soft links of a group of another file lead, those out of the group.

    A specification may foresee such a link or not: anything may stand in a group.
    """
    if not isinstance(model, NWBGroup) or not _is_foreign(model, home):
        return []
    with model._source.opened() as file:
        links = links_of(open_object(file, encode(str(model.path))))
    soft = (model.get(name) for name, link in links.items() if link.kind == "soft")
    found = [child for child in soft if isinstance(child, NWBModel) and child._source is model._source]
    return [child for child in found if not str(child.path).startswith(f"{model.path}/")]


def _targets(model: NWBModel, home: Any) -> Iterator[NWBModel]:
    """Yield the models that one links and refers to."""
    if _is_foreign(model, home):
        model._complete()
    tables = storage(type(model))
    for name in _leading(type(model)):
        yield from _models(vars(model).get(name))
    for entry in tables.collections:
        if _is_link(entry.marker):
            yield from _models(list((getattr(model, entry.field) or {}).values()))
    yield from _linked(model, home)
    for value in (model.__pydantic_extra__ or {}).values():
        yield from _models(value)
    value = vars(model).get("value")
    on_disk = isinstance(value, Array)
    if not on_disk or (model._source is not home and value is not None and value.dtype.hasobject):
        yield from _models(_read(value) if on_disk else value)


@cache
def _living(cls: type[NWBGroup]) -> tuple[str, ...]:
    """Return the fields of a class that hold a single thing which lives there."""
    entries = (*storage(cls).children.values(), *storage(cls).unnamed)
    return tuple(entry.field for entry in entries if not _is_link(entry.marker))


@cache
def _leading(cls: type[NWBModel]) -> tuple[str, ...]:
    """Return the fields of a class that hold a link or a reference."""
    tables = storage(cls)
    entries = (*tables.attributes.values(), *tables.children.values(), *tables.unnamed)
    return tuple(entry.field for entry in entries if isinstance(entry.marker, Link | Reference))


def _read(value: Any) -> Any:
    """Read data that may refer to something."""
    return value[...] if has_references(value.dtype) else None


def _models(value: Any) -> Iterator[NWBModel]:
    """Yield the models in a value: one, or those in an array or in the fields of its rows."""
    if isinstance(value, Region):
        value = value.target
    if isinstance(value, NWBModel):
        yield value
    elif isinstance(value, np.ndarray | np.void) and value.dtype.names is not None:
        for name in value.dtype.names:
            yield from _models(value[name])
    elif isinstance(value, np.ndarray) and value.dtype.kind == "O":
        for entry in value.flat:
            yield from _models(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _models(entry)
