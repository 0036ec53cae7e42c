"""The specifications that go into a new file: those of its source as they are, and those of what was added."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nwb_models.io.encode import OBJECT, encode
from nwb_models.io.plan import NewDataset, NewGroup, NewLink, NewValue, Target
from nwb_models.io.queue import SPECLOC, join
from nwb_models.io.specifications import DEFAULT
from nwb_models.models.base import NWBModel
from nwb_models.schema.language import source_name
from nwb_models.schema.provider import namespaces_of_classes

if TYPE_CHECKING:
    from nwb_models.io.plan import Identity, Plan
    from nwb_models.schema.language import Namespace


def add_specifications(plan: Plan) -> Plan:
    """Add the specifications of all classes that the file they came from, if any, does not have.

    A file that is copied keeps its specifications, or goes without them, as it was.
    """
    classes = foreign_classes(plan)
    namespaces = namespaces_of_classes(classes) if classes else []
    versions = _versions(plan) if namespaces else {}
    # an object of another version was looked at, see `nwb_models.io.versions`: a file has one version of a namespace
    namespaces = [entry for entry in namespaces if versions.get(entry.name, entry.version) == entry.version]
    if namespaces:
        group = _located(plan)
        for namespace in namespaces:
            _add(plan, group, namespace)
    return plan


def _versions(plan: Plan) -> dict[str, str]:
    """Return the versions of the namespaces that the root comes with."""
    root = plan.root
    if root.origin is not None:
        return root.origin.io.provider.versions
    if root.cls is None or not is_generated(root.cls):
        return {}
    return {entry.name: entry.version for entry in namespaces_of_classes([root.cls])}


def foreign_classes(plan: Plan) -> list[type]:
    """Return the generated classes of what does not come from the file that the root comes from.

    They are in the order of the plan, so that specifications are written in the same order each time.
    """
    home = plan.root.origin.io if plan.root.origin is not None and plan.root.origin.path == "/" else None
    classes = dict.fromkeys(
        made.cls
        for made in plan.objects.values()
        if made.cls is not None and (made.origin is None or made.origin.io is not home)
    )
    found = (next((base for base in cls.__mro__ if is_generated(base)), None) for cls in classes)
    return list(dict.fromkeys(cls for cls in found if cls is not None))


def is_generated(cls: type) -> bool:
    """Tell whether a class stands for something in a specification, and is not one of ours for want of one."""
    return issubclass(cls, NWBModel) and not cls.__module__.startswith(("nwb_models.io", "nwb_models.models"))


def _located(plan: Plan) -> NewGroup:
    """Return the group of the specifications: the one there is, or a new one."""
    link = plan.root.links.get(DEFAULT)
    found = plan.objects.get(link.target) if link is not None and link.target is not None else None
    if isinstance(found, NewGroup):
        return found
    group = _group(plan, plan.root, DEFAULT)
    reference = encode(Target(group.identity))
    plan.root.attributes[SPECLOC] = NewValue(reference.data, OBJECT)
    return group


def _add(plan: Plan, group: NewGroup, namespace: Namespace) -> None:
    versions = _group(plan, group, namespace.name)
    if namespace.version in versions.links:
        return
    documents = _group(plan, versions, namespace.version)
    for name, content in namespace.documents.items():
        text = json.dumps(_sourced(content), separators=(",", ":"), ensure_ascii=False)
        made = NewDataset((0, (documents.identity, name)), join(documents.path, name), value=encode(text))
        plan.objects[made.identity] = made
        documents.links[name] = NewLink(name, "hard", made.identity)


def _sourced(document: Any) -> Any:
    """Return a document with its sources named as the documents in a file are, and namespaces included as a whole.

    So does PyNWB, whose validator looks for all types in the namespace of an extension.
    Source: "Storing specifications in HDF5 files" in the NWB storage documentation.
    """
    if not isinstance(document, dict) or "namespaces" not in document:
        return document
    entries = [{**entry, "schema": [_named(part) for part in entry["schema"]]} for entry in document["namespaces"]]
    return {**document, "namespaces": entries}


def _named(part: dict[str, Any]) -> dict[str, Any]:
    return {"source": source_name(part["source"])} if "source" in part else {"namespace": part["namespace"]}


def _group(plan: Plan, parent: NewGroup, name: str) -> NewGroup:
    """Return the group of a name, made where it is not there."""
    link = parent.links.get(name)
    known = plan.objects.get(link.target) if link is not None and link.target is not None else None
    if isinstance(known, NewGroup):
        return known
    identity: Identity = (0, (parent.identity, name))
    made = NewGroup(identity, join(parent.path, name))
    plan.objects[identity] = made
    parent.links[name] = NewLink(name, "hard", identity)
    return made
