"""Namespaces as YAML of the NWB specification language, as extensions are published."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nwb_models.schema.language import source_name
from nwb_models.schema.shipping import yaml_text
from nwb_models.schema.translation.dtype import with_text

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from nwb_models.schema.language import Namespace


def namespace_files(namespaces: Iterable[Namespace]) -> dict[str, str]:
    """Return namespaces as files: ``ndx-pose.namespace.yaml`` and its sources -> their text.

    All lie beside each other.  A namespace with a file that is called like one of another namespace has a folder of
    its own.
    """
    found: dict[str, str] = {}
    for namespace in namespaces:
        files = _files(namespace)
        if found.keys() & files.keys():
            folder = file_name(f"{namespace.name}-{namespace.version}", {name.partition("/")[0] for name in found})
            files = {f"{folder}/{name}": text for name, text in files.items()}
        found |= files
    return found


def file_name(name: str, taken: Container[str] = ()) -> str:
    """Return a name that a file may have anywhere, and no other file has.

    >>> file_name("ndx-pose"), file_name("../x"), file_name("a/b", {"a_b"}), file_name("")
    ('ndx-pose', '_x', 'a_b_', '_')
    """
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).lstrip(".-")[:100] or "_"
    while plain in taken:
        plain += "_"
    return plain


def _files(namespace: Namespace) -> dict[str, str]:
    """Return the file of a namespace and those of its sources.

    Files of NWB name their sources without an ending, and PyNWB opens a source by the name that it has.
    """
    names: dict[str, str] = {}
    for source in namespace.sources:
        names[source] = file_name(source, {name.removesuffix(".yaml") for name in names.values()}) + ".yaml"
    schema = [
        entry | {"source": names[source_name(str(entry["source"]))]} if "source" in entry else entry
        for entry in namespace.header["schema"]
    ]
    files = {
        f"{file_name(namespace.name)}.namespace.yaml": {"namespaces": [namespace.header | {"schema": schema}]},
        **{name: namespace.documents[source] for source, name in names.items() if source in namespace.documents},
    }
    return {name: yaml_text(with_text(document)) for name, document in files.items()}
