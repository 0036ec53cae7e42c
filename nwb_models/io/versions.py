"""Whether objects of other files fit into a file: it has one version of each namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nwb_models.errors import ObjectNotFoundError, SpecificationError
from nwb_models.models.base import NWBModel
from nwb_models.models.issues import Issue
from nwb_models.models.mapping import StoredField, refines, storage
from nwb_models.schema.provider import SchemaProvider, namespaces_of_classes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def version_issues(root: NWBModel, models: Iterable[NWBModel]) -> list[Issue]:
    """Return which models do not fit the versions of the namespaces that a file has.

    A model fits where its namespace has the same version in the file, or where the class of its type in the version
    of the file accepts it: that knows all its members, finds all that it requires, and allows their dtypes and shapes.
    Of a type whose namespace the file does not have, the nearest class above that the file has is asked.
    """
    foreign = [model for model in models if model.neurodata_type is not None and model.specified]
    if not foreign:
        return []
    provider = provider_of(root)
    found = []
    for model in foreign:
        versions = model._source.provider.versions
        if any(provider.versions.get(name, version) != version for name, version in versions.items()):
            found += list(_issues(model, provider, versions))
    return found


def provider_of(root: NWBModel) -> SchemaProvider:
    """Return the provider of the specifications that the file of a root has, or will have."""
    if root._source is not None:
        provider: SchemaProvider = root._source.provider
        return provider
    return SchemaProvider(namespaces_of_classes([type(root)]))


def _issues(model: NWBModel, provider: SchemaProvider, versions: dict[str, str]) -> Iterator[Issue]:
    namespace, name = str(model.namespace), str(model.neurodata_type)
    known = namespace in provider.versions
    if known and provider.versions[namespace] == versions.get(namespace):
        return
    wanted = f"{name} of {namespace} {provider.versions[namespace]}" if known else f"{namespace}.{name}"
    cls = _accepting(model, provider)
    if cls is None:
        found = f"{namespace} {versions.get(namespace)}, and the file knows no such type"
        yield Issue(model.path or model.name, name, "version", wanted, found)
        return
    for problem in problems(_at_place(model, cls, provider), model, complete=cls.neurodata_type == name):
        found = f"{namespace} {versions.get(namespace)}: {problem}"
        yield Issue(model.path or model.name, name, "version", wanted, found)


def _at_place(model: NWBModel, cls: type[Any], provider: SchemaProvider) -> type[Any]:
    """Return the class of the place of a model in its group, which may know more of it than its type."""
    above: Any = None if model.parent is None else _accepting(model.parent, provider)
    entry = None if above is None else storage(above).children.get(model.name)
    return entry.model if entry is not None and entry.model is not None and refines(entry.model, cls) else cls


def _accepting(model: NWBModel, provider: SchemaProvider) -> type[Any] | None:
    """Return the class of the file for a model: of its type, or of the nearest one above in a namespace that it has."""
    for base in type(model).__mro__:
        space, name = getattr(base, "namespace", None), getattr(base, "neurodata_type", None)
        if name is None or (space not in provider.versions and base is not NWBModel):
            continue
        try:
            found = provider.find_class(space, name)
        except (ObjectNotFoundError, SpecificationError):
            found = None
        if found is not None or space == model.namespace:
            return found
    return None


def problems(cls: type[Any], model: NWBModel, *, complete: bool) -> Iterator[str]:
    """Yield why a class does not accept a model of another version of it.

    Parameters
    ----------
    complete
        Whether the class has to know all members, which one above that of the model does not.
    """
    target: Any = cls
    theirs, ours = _members(storage(type(model))), _members(storage(target))
    for name, entry in ours.items():
        value = _value(model, theirs.get(name))
        if value is None and entry.required:
            yield f"it has no {name!r}, which is required"
        elif isinstance(value, NWBModel):
            place: Any = entry.model
            if place is not None and value.neurodata_type is None and place.neurodata_type is None:
                yield from (f"{name}: {text}" for text in problems(place, value, complete=complete))
        elif value is not None:
            problem = entry.marker.problem(value)
            if problem is not None:
                yield f"{name!r} is {problem[2]}, and has to be {problem[1]}"
    if complete:
        for name, entry in theirs.items():
            if name not in ours and _value(model, entry) is not None:
                yield f"it has {name!r}, which is not known"


def _members(tables: Any) -> dict[str, StoredField]:
    """Return the members of a class that have names, and the value of a dataset."""
    value = {"value": tables.value} if tables.value is not None else {}
    return {**tables.attributes, **tables.children, **value}


def _value(model: NWBModel, entry: StoredField | None) -> Any:
    """Return what a model has of a member; None for a default that nobody gave."""
    if entry is None or (entry.field not in model.model_fields_set and not entry.required):
        return None
    return getattr(model, entry.field)
