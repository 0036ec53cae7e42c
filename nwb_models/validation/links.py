"""Links where a specification says ``linkable: false``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nwb_models.errors import SpecificationError
from nwb_models.io.queue import join, links_of, open_path
from nwb_models.models.base import NWBModel
from nwb_models.models.consistency import types_of
from nwb_models.schema.language import identity, members
from nwb_models.validation.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.schema.provider import SchemaProvider

    Unlinkable = dict[str, set[tuple[str, str | None, str | None]]]


def illegal_links(io: HDF5IO, models: Iterable[NWBModel]) -> Iterator[Finding]:
    """Yield soft and external links in the place of what may be none."""
    declared = unlinkable(io.provider)
    for model in models if declared else ():
        for owner in types_of(model) & declared.keys():
            for inner, name, kind in declared[owner]:
                where = join(str(model.path), inner) if inner else str(model.path)
                with io.reading(where) as file:
                    found = open_path(file, where)
                    links = links_of(found[0]) if found is not None else {}
                for link in links.values():
                    if link.kind == "hard" or (name is not None and link.name != name):
                        continue
                    target = model.get(join(inner, link.name).lstrip("/"))  # type: ignore[attr-defined]
                    if name is None and not (isinstance(target, NWBModel) and kind in types_of(target)):
                        continue
                    text = f"a {link.kind} link to {link.path}"
                    yield Finding(join(where, link.name), "link", "the object itself, no link", text, "error", owner)


def unlinkable(provider: SchemaProvider) -> Unlinkable:
    """Return the members that may be no links: of each type, (untyped group inside, name, type)."""
    found: Unlinkable = {}
    for namespace in provider.specifications or ():
        try:
            for name, entry in namespace.types.items():
                places = set(_unlinkable(entry.spec, ""))
                if places:
                    found.setdefault(name, set()).update(places)
        except SpecificationError:  # reading has noted it
            continue
    return found


def _unlinkable(spec: Any, inner: str) -> Iterator[tuple[str, str | None, str | None]]:
    for kind, member in members(spec):
        name, held = identity(member)
        if kind in ("dataset", "group") and member.get("linkable") is False:
            yield inner, name, held
        if kind == "group" and name is not None:
            yield from _unlinkable(member, f"{inner}/{name}".lstrip("/"))
