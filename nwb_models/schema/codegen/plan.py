"""What is written into which module, and what stands where: the LinkML classes of a namespace as Python has them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from nwb_models.models.reserved import NAMES
from nwb_models.naming import GENERATED, identifier, module_name, version_name
from nwb_models.schema.codegen.mixins import FILLED, MIXINS, NAMESPACES
from nwb_models.schema.translation.dtype import ANY
from nwb_models.schema.translation.namespace import translated_classes
from nwb_models.schema.translation.shape import shapes

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from nwb_models.schema.language import Namespace, Specifications

Slot = dict[str, Any]


class Plan:
    """The classes of one namespace and of those that it includes, as plain dicts, and their modules.

    Parameters
    ----------
    namespace
        What is to be written.
    specifications
        Where the namespaces that it includes are found.
    shipped
        The namespaces whose models are imported from this library, not from beside the written ones.
    """

    def __init__(
        self, namespace: Namespace, specifications: Specifications, shipped: Container[Namespace] = ()
    ) -> None:
        self.namespace = namespace
        self.shipped = shipped
        translated = translated_classes(namespace, specifications)
        self.classes: dict[str, dict[str, Any]] = {
            ANY: {},
            **{entry.name: entry.definition for entry in translated},
        }
        self.home: dict[str, Namespace] = {entry.name: entry.namespace for entry in translated}
        self.document: dict[str, str] = {entry.name: entry.source for entry in translated}
        self.merged: dict[str, str] = {}
        """Document -> the one in whose module its classes are, for documents of the namespace that need each other."""
        self.documents = namespace.sources
        """The documents of the namespace, each after those that it needs."""
        self._modules: dict[Namespace, dict[str, str]] = {}
        self._orders: dict[tuple[Namespace, str], list[str]] = {}

    # ------------------------------------------------------------------------------------- modules
    def modules(self, namespace: Namespace) -> dict[str, str]:
        """Return the module of each document of a namespace."""
        if namespace not in self._modules:
            found = self._modules[namespace] = {}
            # in the package, modules stand beside classes
            classes = {self.plain(name) for name, home in self.home.items() if home is namespace}
            for source in namespace.sources:
                found[source] = identifier(source[:100].lower(), classes | set(found.values()), fallback="document")
        return self._modules[namespace]

    def merge(self, needs: Mapping[str, list[str]]) -> bool:
        """Order the documents by what they need, and give one module to those that need each other.

        Returns
        -------
        bool
            Whether there are such.
        """
        groups = circles(needs)
        self.documents = tuple(source for group in groups for source in group)
        self.merged = {source: group[0] for group in groups for source in group[1:]}
        self._orders.clear()
        return bool(self.merged)

    def moved(self, source: str) -> list[str]:
        """Return the classes of a document that are in the module of another one."""
        if source not in self.merged:
            return []
        own = (name for name, document in self.document.items() if document == source)
        return [name for name in own if self.home[name] is self.namespace and self.stored_as(name) != "compound"]

    def module_of(self, name: str) -> tuple[Namespace, str]:
        """Return namespace and module of a class."""
        home, document = self.home[name], self.document[name]
        if home is self.namespace:
            document = self.merged.get(document, document)
        return home, self.modules(home)[document]

    def path(self, name: str) -> str:
        """Return what the module of a class is imported from, seen from the modules of `namespace`."""
        home, module = self.module_of(name)
        if home is self.namespace:
            return f".{module}"
        place = f"{module_name(home.name)}.{version_name(home.version)}.{module}"
        return f"{GENERATED}.{place}" if home in self.shipped else f"...{place}"

    @cached_property
    def own_names(self) -> set[str]:
        """The names that the classes of the namespace have in Python."""
        return {self.plain(name) for name, home in self.home.items() if home is self.namespace}

    @cached_property
    def names(self) -> set[str]:
        """The names of all classes in Python."""
        return {*NAMES, *map(self.plain, self.home)}

    def plain(self, name: str) -> str:
        """Return what a class is called in its own module."""
        return str(self.classes[name].get("alias", name))

    def order(self, namespace: Namespace, module: str) -> list[str]:
        """Return the classes of a module in their order there.

        Each comes after the one that it inherits from, and after those that its fields hold unless these lead
        back to it.
        """
        place = namespace, module
        if place not in self._orders:
            self._orders[place] = self._ordered(place)
        return self._orders[place]

    def _ordered(self, place: tuple[Namespace, str]) -> list[str]:
        done: dict[str, None] = {}
        begun: set[str] = set()
        here = {name for name in self.home if self.module_of(name) == place}

        def visit(name: str) -> None:
            if name in done or name not in here or not begun.isdisjoint(self.chain(name)):
                return
            begun.add(name)
            slots = self.classes[name]["attributes"].values()
            for other in (self.classes[name].get("is_a"), *map(self.held, slots)):
                if other is not None:
                    visit(other)
            begun.remove(name)
            done[name] = None

        for name in self.home:
            visit(name)
        return [name for name in done if self.stored_as(name) != "compound"]

    # ------------------------------------------------------------------------------------- classes
    def chain(self, name: str | None) -> Iterator[str]:
        """Yield a class and those above it, nearest first."""
        while name is not None:
            yield name
            name = self.classes[name].get("is_a")

    def slots(self, name: str) -> dict[str, Slot]:
        """Return the slots of a class, inherited ones included."""
        found: dict[str, Slot] = {}
        for level in reversed(list(self.chain(name))):
            found.update(self.classes[level]["attributes"])
        return found

    def held(self, slot: Slot) -> str | None:
        """Return the class that the type of a field names, None for a plain value or an array."""
        target, annotations = slot["range"], slot["annotations"]
        if target == ANY or target not in self.classes or self.stored_as(target) == "compound":
            return None
        is_array = annotations["stored_as"] == "value" and annotations.get("reference")
        return target if is_collection(slot) or not (shapes(slot) is not None or is_array) else None

    def repeated(self, name: str) -> dict[str, Slot]:
        """Return the inherited slots that a class has to repeat.

        Where a class holds one that stands after it in its module, the type of the field is open until later, and
        pydantic (2.14) then evaluates it in the module of the subclass, where the name is missing or means something
        else.
        """
        found: dict[str, Slot] = {}
        for level in reversed(list(self.chain(self.classes[name].get("is_a")))):
            elsewhere = self.module_of(level) != self.module_of(name)
            names = self.order(*self.module_of(level))
            for slot_name, slot in self.classes[level]["attributes"].items():
                found.pop(slot_name, None)
                held = self.held(slot)
                if elsewhere and held in names and names.index(held) >= names.index(level):
                    found[slot_name] = slot
        return found

    def stored_as(self, name: str) -> str:
        """Return how a class is stored: ``group``, ``dataset`` or ``compound``."""
        return str(self.classes[name]["annotations"]["stored_as"])

    def mixin(self, name: str) -> tuple[str, str] | None:
        """Return module and name of the behaviour that a class has of its own, None for none."""
        annotations = self.classes[name]["annotations"]
        return MIXINS.get(annotations.get("neurodata_type", "")) if annotations.get("namespace") in NAMESPACES else None

    def fills(self, name: str, member: str) -> bool:
        """Tell whether the constructor of a class makes a member that it requires, where it is not given."""
        mixins = {mixin[1] for mixin in map(self.mixin, self.chain(name)) if mixin}
        held = {mixin[1] for mixin in map(self.mixin, self.chain(self.held(self.slots(name)[member]))) if mixin}
        is_column = "VectorDataMixin" in held and "DynamicTableRegionMixin" not in held
        return any(member in FILLED.get(mixin, ()) for mixin in mixins) or (is_column and "DynamicTableMixin" in mixins)

    def given_name(self, name: str) -> str | None:
        """Return what an object of a type is called where nobody gives it a name, None where one has to be given.

        That is what the specification of the type says; else the name of its place, where all of its namespace that
        hold it call it the same.
        """
        annotations = self.classes[name]["annotations"]
        if self.is_part(name):
            return None
        said = annotations.get("name", annotations.get("default_name"))
        if said is not None:
            return str(said)
        places = self._places.get(name, set())
        return next(iter(places)) if len(places) == 1 else None

    @cached_property
    def _places(self) -> dict[str, set[str | None]]:
        """The names of the members that hold objects of each type, None for any name, in its own namespace."""
        found: dict[str, set[str | None]] = {}
        for owner, home in self.home.items():
            for name, slot in self.classes[owner]["attributes"].items():
                held = next((c for c in self.chain(self.held(slot)) if not self.is_part(c)), None)
                annotations = slot["annotations"]
                if held is not None and self.home[held] is home and annotations["stored_as"] in ("group", "dataset"):
                    place = None if annotations.get("unnamed") else str(annotations.get("name", name))
                    found.setdefault(held, set()).add(place)
        return found

    def is_part(self, name: str) -> bool:
        """Tell whether a class is no type of its own, but what one of them says of a member."""
        return "neurodata_type" not in self.classes[name]["annotations"]

    def is_nested(self, name: str) -> bool:
        """Tell whether a class, with all above it, has no type of its own."""
        return all(map(self.is_part, self.chain(name)))


def is_collection(slot: Slot) -> bool:
    """Tell whether a slot stands for any number of named objects."""
    return bool(slot["annotations"].get("unnamed")) and bool(slot.get("multivalued"))


def circles(needs: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return names in groups, each group after those that it needs; names that need each other are in one.

    >>> circles({"a": ["b"], "b": [], "c": ["d"], "d": ["c", "a"]})
    [['b'], ['a'], ['c', 'd']]
    """
    places = {name: place for place, name in enumerate(needs)}
    reach = {name: {name} for name in needs}
    for _ in needs:  # few names: the documents of a namespace
        for name in needs:
            reach[name] |= {far for near in list(reach[name]) for far in needs[near]}
    groups: list[list[str]] = []
    for name in sorted(needs, key=lambda name: (len(reach[name]), places[name])):
        if not any(name in group for group in groups):
            groups.append([other for other in needs if name in reach[other] and other in reach[name]])
    return groups
