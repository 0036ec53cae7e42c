"""What specifications say of members that models do not keep: which may be no links, and how many there are.

Both are rare: of core, no type says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nwb_models.errors import SpecificationError
from nwb_models.io.queue import join, links_of, open_path
from nwb_models.models.base import NWBGroup, NWBModel
from nwb_models.models.consistency import children_of, types_of
from nwb_models.schema.language import identity, members
from nwb_models.validation.report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.schema.provider import SchemaProvider


class Asked(NamedTuple):
    """What a type asks of one of its members."""

    inner: str
    """The untyped group inside the type in which it is; "" for the type itself."""
    name: str | None
    """Its name."""
    held: str | None
    """The type by which it is found where it has no name."""
    linkable: bool
    """Whether it may be a link."""
    number: int | None
    """How many there are, where that is a number above 1."""


def of_members(io: HDF5IO, models: Iterable[NWBModel]) -> Iterator[Finding]:
    """Yield links in the place of what may be none, and members that are not as many as they have to be."""
    asked = asked_of_members(io.provider)
    for model in models if asked else ():
        for owner in types_of(model) & asked.keys():
            for entry in asked[owner]:
                group = model.get(entry.inner) if entry.inner else model  # type: ignore[attr-defined]
                if isinstance(group, NWBGroup):
                    where = join(str(model.path), entry.inner) if entry.inner else str(model.path)
                    yield from _of_links(io, owner, where, group, entry)
                    yield from _of_counts(owner, where, group, entry)


def _of_links(io: HDF5IO, owner: str, where: str, group: NWBGroup, entry: Asked) -> Iterator[Finding]:
    if entry.linkable:
        return
    with io.reading(where) as file:
        found = open_path(file, where)
        links = links_of(found[0]) if found is not None else {}
    for link in links.values():
        is_meant = link.name == entry.name if entry.name is not None else entry.held in types_of(group.get(link.name))
        if is_meant and link.kind != "hard":
            text = f"a {link.kind} link to {link.path}"
            yield Finding(join(where, link.name), "link", "the object itself, no link", text, "error", owner)


def _of_counts(owner: str, where: str, group: NWBGroup, entry: Asked) -> Iterator[Finding]:
    if entry.number is not None:
        found = sum(entry.held in types_of(child) for _, child in children_of(group))
        if found not in (0, entry.number):  # that there is none was noted in reading
            yield Finding(where, "quantity", f"{entry.number} {entry.held}", str(found), "error", owner)


def asked_of_members(provider: SchemaProvider) -> dict[str, set[Asked]]:
    """Return what types ask of their members that models do not keep, by the names of the types."""
    found: dict[str, set[Asked]] = {}
    for namespace in provider.specifications or ():
        try:
            for name, entry in namespace.types.items():
                places = set(_asked(entry.spec, ""))
                if places:
                    found.setdefault(name, set()).update(places)
        except SpecificationError:  # reading has noted it
            continue
    return found


def _asked(spec: Any, inner: str) -> Iterator[Asked]:
    for kind, member in members(spec):
        name, held = identity(member)
        is_linkable = kind not in ("dataset", "group") or member.get("linkable") is not False
        quantity = member.get("quantity")
        number = quantity if isinstance(quantity, int) and quantity > 1 and name is None else None
        if not is_linkable or number is not None:
            yield Asked(inner, name, held, is_linkable, number)
        if kind == "group" and name is not None:
            yield from _asked(member, f"{inner}/{name}".lstrip("/"))
