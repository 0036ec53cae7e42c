"""What of a stored group is still on disk: objects of its collections, and children that its fields hold.

A `Collection` has any number of named objects, listed at once and built when they are asked for.  The child of a field
is built when the field is touched: see `NWBGroup.__getattr__`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, get_args
from weakref import WeakKeyDictionary

from nwb_models.errors import ObjectNotFoundError, UnknownFieldError
from nwb_models.misspelt import meant
from nwb_models.models.building import BUILDING
from nwb_models.models.issues import printable
from nwb_models.models.links import Unresolved
from nwb_models.models.mapping import fits, storage
from nwb_models.naming import with_article

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

    from nwb_models.models.given import Many

T = TypeVar("T")

FEW = 12
"""The most names that are listed."""


class Pending(Protocol):
    """The children of a stored group that no model has been built of yet."""

    members: dict[str, str]
    """The fields whose children are built when they are touched, and the names of these; touched ones stay here."""

    @property
    def cls(self) -> type:
        """The class of the group."""
        ...

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such a child, without listing the others."""
        ...

    def names(self) -> Iterable[str]:
        """List them."""
        ...

    def field_of(self, name: str) -> str | None:
        """Return the field that a child belongs to, None where the class foresees no such child."""
        ...

    def exclude(self, name: str) -> None:
        """Leave out a child that was taken away, or that something else holds."""
        ...

    def note_change(self) -> None:
        """Take note that there are other children than those that are stored."""
        ...

    def located(self, field: str) -> Any:
        """Return what finds the collection of a field again in another process, as `pickle` asks for it."""
        ...

    def listed(self, fields: set[str | None]) -> None:
        """Take note of the fields that there are children for, once all are known."""
        ...

    def build(self, name: str) -> tuple[Any, str | None]:
        """Build a child, with what it refers to; return it and the field that it belongs to."""
        ...

    def below(self, name: str) -> Iterable[tuple[str, type]]:
        """Return path and class of a child and of all that is in it, upper levels first; links are left out."""
        ...

    def group(self) -> Any:
        """Return the model of the group."""
        ...

    def member(self, field: str) -> tuple[Any, dict[str, Any]]:
        """Build the child that a field holds; return it, and attributes that the group keeps for it."""
        ...


class Nothing:
    """Stands for the children that are on disk, where none are."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.members: dict[str, str] = {}

    def __contains__(self, name: object) -> bool:
        """Return False."""
        return False

    def names(self) -> Iterable[str]:
        """Return no name."""
        return ()

    def field_of(self, name: str) -> None:
        """Return None."""

    def exclude(self, name: str) -> None:
        """Do nothing."""

    def note_change(self) -> None:
        """Do nothing."""

    def located(self, field: str) -> None:
        """Return None: it is nowhere."""

    def __reduce__(self) -> Any:
        """Return what stands for nothing in another process, too."""
        from nwb_models.models.pickling import Named

        return Nothing, (Named(self.cls),)

    def listed(self, fields: set[str | None]) -> None:
        """Do nothing."""

    def below(self, name: str) -> Iterable[tuple[str, type]]:  # noqa: ARG002
        """Return nothing."""
        return ()

    def group(self) -> None:
        """Return None: it is nowhere."""

    def build(self, name: str) -> tuple[Any, str | None]:
        """Refuse: there is nothing."""
        raise KeyError(name)

    def member(self, field: str) -> tuple[Any, dict[str, Any]]:
        """Refuse: there is nothing."""
        raise KeyError(field)


class Shelf:
    """What a group and its collections share: the children that are still on disk."""

    __slots__ = ("_fields", "collections", "extras", "pending")

    def __init__(self, pending: Pending) -> None:
        self.pending = pending
        self.collections: dict[str, Collection[Any]] = {}
        self.extras: dict[str, Any] = {}
        """Children that the class does not foresee."""
        self._fields: dict[str, str | None] | None = None

    def fields(self) -> dict[str, str | None]:
        """Return the field of each child that is not built yet; this looks at the type of each."""
        with BUILDING:
            if self._fields is None:
                self._fields = {name: self.pending.field_of(name) for name in self.pending.names()}
                self.pending.listed(set(self._fields.values()))
            return self._fields

    def wanted(self, field: str) -> type | None:
        """Return the class of the objects that belong to a field."""
        return next((entry.model for entry in storage(self.pending.cls).collections if entry.field == field), None)

    def fetch(self, name: str) -> bool:
        """Build a child and put it where it belongs; False where there is none of this name."""
        with BUILDING:
            if name not in self.pending:
                return False
            self.put(name, *self.pending.build(name))
            return True

    def is_removed(self, name: str) -> bool:
        """Tell whether a collection has let go of a child that is on disk."""
        return any(collection.has_removed(name) for collection in self.collections.values())

    def remove(self, name: str) -> bool:
        """Take away a child that the class does not foresee; False where there is none of this name."""
        if name not in self.extras and not self.fetch(name):
            return False
        if name not in self.extras:
            return False
        del self.extras[name]
        self.pending.exclude(name)
        self.pending.note_change()
        self._fields = None
        return True

    def put(self, name: str, model: Any, field: str | None) -> None:
        """Put a child that was built where it belongs: into a collection, or with what the class does not foresee."""
        collection = self.collections.get(field) if field is not None else None
        if collection is None:
            self.extras[name] = model
        else:
            collection._items[name] = model


class Collection(MutableMapping[str, T]):
    """Named objects of one type, as a mapping from their names.

    Parameters
    ----------
    items
        The objects, or a mapping from their names.
    """

    if TYPE_CHECKING:  # what a constructor and an assignment may give a field that holds one: see `given`

        def __get__(self, instance: object | None, owner: type) -> Collection[T]: ...
        def __set__(self, instance: object, value: Collection[T] | Many[T]) -> None: ...

    holds_models: ClassVar[bool] = True
    __slots__ = ("_field", "_items", "_names", "_removed", "_shelf", "_wanted", "owner")

    def __init__(self, items: Mapping[str, T] | Iterable[T] = ()) -> None:
        if isinstance(items, Mapping):
            self._items = dict(items)
        else:
            self._items = {item.name: item for item in items}  # type: ignore[attr-defined]
        self._shelf: Shelf | None = None
        self._field = ""
        self._wanted: type | None = None
        self._removed: set[str] = set()
        self._names = names.given
        self.owner: Any = None
        """The object that holds it, where that is known."""

    @classmethod
    def on(cls, shelf: Shelf, field: str, kept: Collection[T] | None = None) -> Collection[T]:
        """Return the collection of a field whose objects are still on disk.

        Parameters
        ----------
        shelf, field
            Where they are, and what the class calls them.
        kept
            A collection that people hold already: it is what comes back, and its objects are found anew.
        """
        collection: Collection[T] = cls() if kept is None else kept
        collection._items, collection._removed = {}, set()
        collection._shelf, collection._field = shelf, field
        shelf.collections[field] = collection
        return collection

    def __getitem__(self, name: str) -> T:
        """Return an object, built now where it was not yet.

        Raises
        ------
        ObjectNotFoundError
            Where there is none of this name.
        """
        if not isinstance(name, str):
            msg = f"objects have names: {name!r:.60} is not one"  # type: ignore[unreachable]
            raise TypeError(msg)
        with BUILDING:
            self._settle_names()
            if name not in self._items and name not in self._removed and self._shelf is not None:
                self._shelf.fetch(name)
            try:
                item: T = self._items[name]
            except KeyError:
                if self._shelf is not None and name in self._shelf.extras and name in self:
                    return self._shelf.extras[name]  # type: ignore[no-any-return] # it has a type, and cannot be read
                raise ObjectNotFoundError(missing(name, list(self))) from None
            return item

    def bind(self, field: str, wanted: type | None) -> None:
        """Let it take objects of one class only; one whose objects are on disk knows already what it takes."""
        if self._shelf is None:
            self._field, self._wanted = field, wanted

    def __setitem__(self, name: str, item: T) -> None:
        """Put an object in under a name.

        Raises
        ------
        UnknownFieldError
            Where it is of another class than the group holds here.
        """
        wanted = self._wanted if self._shelf is None else self._shelf.wanted(self._field)
        owner = self.owner
        if owner is None and self._shelf is not None:
            owner = self._shelf.pending.group()
        problem = _problem(name, item, self._field, wanted) or _elsewhere(name, owner)
        if problem is not None:
            raise UnknownFieldError(problem)
        self._settle_names()
        self._items[name] = item
        self._removed.discard(name)
        if self._shelf is not None:
            self._shelf.pending.note_change()
        if owner is not None:
            from nwb_models.models.holders import note

            note(item, owner)

    def __delitem__(self, name: str) -> None:
        """Take an object out."""
        if name not in self:
            raise ObjectNotFoundError(missing(name, list(self)))
        self._items.pop(name, None)
        self._removed.add(name)
        if self._shelf is not None:
            self._shelf.pending.note_change()

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such an object, without building it."""
        with BUILDING:
            self._settle_names()
            if name in self._items:
                return True
            pending = self._shelf.pending if self._shelf is not None else ()
            if not isinstance(name, str) or name in self._removed or name not in pending:
                return False
            return self._shelf is not None and self._shelf.pending.field_of(name) == self._field

    def __iter__(self) -> Iterator[str]:
        """Yield the names, those of the file first; nothing is built."""
        with BUILDING:
            self._settle_names()
            listed: dict[str, None] = {}
            if self._shelf is not None:
                listed.update(dict.fromkeys(n for n, f in self._shelf.fields().items() if f == self._field))
            listed.update(dict.fromkeys(self._items))
            return iter([name for name in listed if name not in self._removed])

    def __len__(self) -> int:
        """Return how many there are; nothing is built."""
        return sum(1 for _ in self) if self._shelf is not None else len(self._items)

    def __bool__(self) -> bool:
        """Tell whether there are any, without counting them."""
        return any(True for _ in self)

    def add(self, item: T) -> T:
        """Put an object in under its own name."""
        if not isinstance(getattr(item, "name", None), str):
            msg = f"objects of NWB are added, each by itself, and {item!r:.60} is none"
            raise TypeError(msg)
        self[item.name] = item  # type: ignore[attr-defined]
        return item

    def has_built(self, name: str) -> bool:
        """Tell whether there is such an object, and it is in memory."""
        self._settle_names()
        return name in self._items

    def has_removed(self, name: str) -> bool:
        """Tell whether an object of this name was taken out, or has another name now."""
        self._settle_names()
        return name in self._removed

    def _settle_names(self) -> None:
        """Find the objects whose names were changed under their new names."""
        if self._names == names.given:
            return
        with BUILDING:
            given = names.given
            for name, item in list(self._items.items()):
                current = getattr(item, "name", name)
                if current != name and name in names.former(item) and current not in self._items:
                    self._items = {current if key == name else key: value for key, value in self._items.items()}
                    self._removed.add(name)
                    self._removed.discard(current)
            self._names = given

    def __reduce__(self) -> Any:
        """Return what finds it again in another process where it was read from a file, else what it holds."""
        from nwb_models.models.pickling import Named

        located = self._shelf.pending.located(self._field) if self._shelf is not None else None
        wanted = None if self._wanted is None else Named(self._wanted)
        state = {"_items": self._items, "_field": self._field, "_wanted": wanted}
        return located or (Collection, (), (None, state))

    def __repr__(self) -> str:
        """Return the names, the first few of many; nothing is built."""
        return f"<Collection {few(list(self))}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the objects, unfolding; the data of arrays is not read."""
        from nwb_models.models.html import html_of

        return html_of(self)

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same collection; comparing what they hold would build it."""
        return self is other

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take a collection, a mapping, or objects that have names; each has to be of the right class."""
        from pydantic_core import core_schema

        wanted = get_args(source)[0] if get_args(source) else None

        field = handler.field_name or ""

        def validated(value: Any) -> Collection[Any]:
            if hasattr(value, "neurodata_type"):
                value = [value]
            if isinstance(value, Iterable) and not isinstance(value, Mapping | str | bytes):
                value = list(value)  # a generator is gone through only once
            named = isinstance(value, list) and all(hasattr(item, "name") for item in value)
            if not named and not isinstance(value, Mapping):
                msg = f"objects or a mapping from their names are needed here, not {type(value).__name__}"
                raise ValueError(msg)
            collection: Collection[Any] = value if isinstance(value, Collection) else Collection(value)
            for name, item in collection._items.items():
                problem = _problem(name, item, field, wanted)
                if problem is not None:
                    raise ValueError(problem)
            collection.bind(field, wanted)
            return collection

        schema = core_schema.no_info_plain_validator_function(validated)
        each = with_article(getattr(wanted, "__name__", "object"))
        objects = {
            "type": "array",
            "items": {"type": ["object", "string"]},
            "description": f"Each {each}, or the path of one that is elsewhere.",
        }
        schema["metadata"] = {"pydantic_js_functions": [lambda _schema, _handler: objects]}
        return schema


def _problem(name: str, item: Any, field: str, wanted: type | None) -> str | None:
    """Say why an object may not be in the collection of a field; None where it may."""
    if wanted is None or isinstance(item, Unresolved) or fits(type(item), wanted):
        return None
    kind, needed = with_article(type(item).__name__), with_article(wanted.__name__)
    return f"{name!r} is {kind}, and has to be {needed} to be in {field!r}"


def _elsewhere(name: str, owner: Any) -> str | None:
    """Say where an object has to be put whose name the class of a group has a field for; None where it has none."""
    cls: Any = type(owner)
    entry = None if owner is None else storage(cls).children.get(name)
    if entry is None:
        return None
    return f"{name!r} has a field of its own in {owner!r}: set that, as with {owner.name}.{entry.field} = ..."


class Names:
    """How often an object was given another name, and the names that objects had before: few are, ever."""

    def __init__(self) -> None:
        self.given = 0
        self._former: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()

    def note(self, item: Any, former: str) -> None:
        """Note that an object has another name now."""
        self.given += 1
        self._former.setdefault(item, set()).add(former)

    def former(self, item: Any) -> set[str]:
        """Return the names that an object had."""
        return self._former.get(item, set())


names = Names()


def few(names: list[str]) -> str:
    """Return names as a line, the first few of many.

    >>> few(["one", "two"]), few([])
    ('one, two', '(empty)')
    """
    shown = ", ".join(map(printable, names[:FEW])) + (f", ... ({len(names)})" if len(names) > FEW else "")
    return shown or "(empty)"


def missing(name: str, names: list[str]) -> str:
    """Say that there is no child of a name, and which there are."""
    listed = ", ".join(names[:FEW]) + (", ..." if len(names) > FEW else "")
    return f"Nothing is called {name!r} here{meant(name, names)}; there are: {listed or 'none'}"
