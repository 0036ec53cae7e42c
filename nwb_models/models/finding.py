"""Objects of a type, wherever they are in a tree of models; the types of those on disk are known without a model."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.errors import ObjectNotFoundError, UnknownFieldError
from nwb_models.misspelt import meant
from nwb_models.models.base import NWBDataset, NWBGroup, NWBModel, shortcuts
from nwb_models.models.links import Unresolved
from nwb_models.models.mapping import derived, fits, owns, storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Find = tuple[type, Callable[[], Any]]
    """The class of an object, and what returns it, built now where it was not yet."""

_MISSING = object()


def found(group: NWBGroup, kind: Any, where: Any, equal: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the objects below a group that are asked for: see `NWBGroup.find`."""
    if not (kind is None or isinstance(kind, str) or (isinstance(kind, type) and issubclass(kind, NWBModel))):
        msg = f"a type is a class of models, or the name of one, such as 'TimeSeries', and not {kind!r:.80}"
        raise TypeError(msg)
    if where is not None and not callable(where):
        msg = f"where is called with each object, as with lambda series: series.rate > 1, and cannot be {where!r:.80}"
        raise TypeError(msg)
    return _matching(group, kind, where, equal)


def _matching(
    group: NWBGroup, kind: type | str | None, where: Callable[[Any], bool] | None, equal: Mapping[str, Any]
) -> Iterator[Any]:
    is_known, unknown = not isinstance(kind, str), set(equal)
    for cls, get in _below(group, {id(group)}):
        if _is_kind(cls, kind):
            is_known = True
            model = get()
            if not isinstance(model, NWBModel):  # damaged
                continue
            unknown -= {name for name in unknown if getattr(model, name, _MISSING) is not _MISSING}
            if all(_has(model, name, value) for name, value in equal.items()) and (where is None or where(model)):
                yield model
    if not is_known:
        _require_type(group, str(kind))
    if unknown:
        _require_fields(kind, sorted(unknown))


def _require_fields(kind: type | str | None, names: list[str]) -> None:
    """Refuse names that no object which was looked at has, and no class of the type: they may be misspelt.

    Raises
    ------
    UnknownFieldError
        With the name that is nearest.
    """
    classes = [cls for cls in derived(NWBModel) if _is_kind(cls, kind)]
    fields = {field for cls in classes for field in (*cls.model_fields, *shortcuts(cls))}
    members = fields.union(*(vars(base) for cls in classes for base in cls.__mro__))
    for name in names if classes else ():
        if name not in members:
            what = "object" if kind is None else kind if isinstance(kind, str) else kind.__name__
            msg = f"no {what} has a field {name!r}{meant(name, ['type', 'where', *fields])}"
            raise UnknownFieldError(msg)


def _require_type(group: NWBGroup, kind: str) -> None:
    """Refuse the name of a type that there is none of: nothing was found of it, and it may be misspelt.

    A file knows the types of its own schemas.  Among models in memory, what is near to the name of a type that is
    loaded is taken for misspelt.

    Raises
    ------
    ObjectNotFoundError
        With the names that are nearest.
    """
    in_file = group._source is not None
    known = group._source.provider.types() if in_file else _loaded()
    namespace, _, name = kind.rpartition(":")
    if any(name in types and namespace in ("", owner) for owner, types in known.items()):
        return
    every = {type_: f"{owner}:{type_}" if namespace else type_ for owner, types in known.items() for type_ in types}
    folded = {type_.lower(): type_ for type_ in every}
    near = [every[folded[close]] for close in difflib.get_close_matches(name.lower(), folded, n=3)]
    if near or in_file:
        there = f"did you mean {' or '.join(near)}?" if near else f"it has those of {', '.join(known)}"
        whose = f"the schemas of {group._source.filename} have" if in_file else "there is"
        msg = f"{whose} no type {kind!r}: {there}"
        raise ObjectNotFoundError(msg)


def _loaded() -> dict[str, set[str]]:
    """Return the types of all classes that there are in this process, by their namespaces."""
    found: dict[str, set[str]] = {}
    for cls in derived(NWBModel):
        if cls.neurodata_type is not None:
            found.setdefault(str(cls.namespace), set()).add(cls.neurodata_type)
    return found


def _is_kind(cls: type, kind: type | str | None) -> bool:
    """Tell whether a class is of a type, or of one that includes it; None stands for any type."""
    if kind is None:
        return getattr(cls, "neurodata_type", None) is not None
    if not isinstance(kind, str):
        return fits(cls, kind)
    namespace, _, name = kind.rpartition(":")
    return any(
        vars(base).get("neurodata_type") == name and namespace in ("", vars(base).get("namespace"))
        for base in cls.__mro__
    )


def _has(model: NWBModel, name: str, wanted: Any) -> bool:
    """Tell whether a field or shortcut has a value; an array is read only where it has the right shape."""
    value: Any = getattr(model, name, _MISSING)
    if isinstance(value, NWBDataset) and value.neurodata_type is None and not isinstance(wanted, NWBModel):
        value = value.value
    shape = getattr(value, "shape", ())
    if shape != np.shape(wanted) or value is _MISSING:
        return False
    return bool(np.array_equal(value[...], wanted)) if shape else bool(value == wanted)


def _below(group: NWBGroup, seen: set[int]) -> Iterator[Find]:
    """Yield what a group holds, each object before those in it; what links lead to is found where it lives."""
    for name in dict.fromkeys(group._names()):
        child = _in_memory(group, name)
        if child is _MISSING:
            for path, cls in group._shelf.pending.below(name):
                yield cls, lambda path=path: group._source.read(path)  # type: ignore[misc]
        elif isinstance(child, NWBModel) and not isinstance(child, Unresolved) and id(child) not in seen:
            seen.add(id(child))
            yield type(child), lambda child=child: child  # type: ignore[misc]
            if isinstance(child, NWBGroup):
                yield from _below(child, seen)


def _in_memory(group: NWBGroup, name: str) -> Any:
    """Return a child that was built, None for a link and a plain value, and `_MISSING` for what is on disk only."""
    tables = storage(type(group))
    entries = [tables.children.get(name), *(entry for entry in tables.unnamed if group._name_in(entry) == name)]
    for entry in entries:
        if entry is not None:
            if not owns(entry):
                return None
            return _MISSING if group._is_pending(entry.field) else getattr(group, entry.field)
    for entry in tables.collections:
        collection = getattr(group, entry.field)
        if collection is not None and collection.has_built(name):
            return collection[name] if owns(entry) else None
    shelf = group._shelf
    return shelf.extras.get(name, _MISSING)
