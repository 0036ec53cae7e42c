"""How a field is stored: one marker in the ``Annotated`` of each field, and what a class's markers say together.

    location: Annotated[str, Attribute(dtype="text")]
    device: Annotated[Device, Link()]

The markers make reading and writing a lookup: `storage` turns those of a class into tables, once.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

import numpy as np

from nwb_models.models.blocks import Blocks
from nwb_models.models.check import (
    DATES,
    array_problem,
    dtype_problem,
    name_problem,
    require_date,
    require_zone,
    shape_problem,
)
from nwb_models.models.convert import array_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

Shapes = tuple[tuple[int | None, ...], ...]
Dtype = str | tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """How one field is stored."""

    name: str | None = None
    """The name in the file, where it is not the name of the field."""
    dtype: Dtype | None = None
    """The dtype of the specification, the least that is allowed; pairs of name and dtype for a compound one."""
    shape: Shapes | None = None
    """The shapes that are allowed, each with None for any length; None where the specification names none."""
    value: Any = None
    """The value that is fixed by the specification, None where there is none."""

    def problem(self, value: Any) -> tuple[str, str, str] | None:
        """Return (rule, expected, found) where a value is not what the specification asks for."""
        if self.value is not None:
            same = bool(value == self.value) if getattr(value, "ndim", 0) == 0 else False
            return None if same else ("value", repr(self.value), repr(value)[:80])
        return dtype_problem(value, self.dtype) or shape_problem(value, self.shape)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check dtype and shape of arrays when a model is made or changed."""
        from pydantic_core import core_schema

        schema = handler(source)
        if self.dtype is None and self.shape is None:
            return schema
        return core_schema.no_info_wrap_validator_function(self._checked, schema)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Say in JSON Schema that an object may be a path: that of one that is elsewhere."""
        found = handler(schema)
        options = [found, *found.get("anyOf", ())]
        if not isinstance(self, Member | Reference) or not any("$ref" in one or "properties" in one for one in options):
            return found
        return {"anyOf": [found, {"type": "string", "description": "The path of the object."}]}

    def _checked(self, value: Any, handler: Callable[[Any], Any]) -> Any:
        if isinstance(value, Iterator):
            value = Blocks(value)
        if isinstance(value, str) and self.dtype == "text" and self.shape == ((None,),):
            value = [value]  # experimenter="Ada Lovelace"
        is_array = hasattr(value, "astype") and hasattr(value, "shape")
        if is_array or isinstance(value, list | tuple | range):
            value = array_of(value, self.dtype)
        if self.dtype in DATES:
            require_date(value)
        value = handler(value)
        if self.dtype in DATES:
            require_zone(value)
        # a typed dataset may have to hold more specific data at this place than its type asks for
        data = getattr(value, "value", None) if hasattr(value, "neurodata_type") else value
        problem = array_problem(
            array_of(data, self.dtype) if isinstance(data, np.ndarray) else data, self.dtype, self.shape
        )
        if problem is not None:
            raise ValueError(problem)
        return value


class Name(Stored):
    """The name of the object itself."""

    __slots__ = ()

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check that the object can be called so in a file, when a model is made or renamed."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(_as_name, handler(source))


def _as_name(name: str) -> str:
    problem = name_problem(name)
    if problem is not None:
        msg = f"{problem} is needed: a file has no object called {name!r}"
        raise ValueError(msg)
    return name


class Attribute(Stored):
    """An HDF5 attribute."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Stored):
    """An attribute that holds an object reference."""

    kind: str = "object"
    """``object`` or ``region``."""


class Value(Stored):
    """The payload of the dataset that the model stands for."""

    __slots__ = ()

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take options that were made for the model of a dataset as ones for its payload."""
        from pydantic_core import core_schema

        schema = super().__get_pydantic_core_schema__(source, handler)
        return core_schema.no_info_before_validator_function(_of_payload, schema)


def _of_payload(value: Any) -> Any:
    is_model = hasattr(value, "with_data") and hasattr(value.data, "neurodata_type")
    return value.with_data(value.data.value) if is_model else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Stored):
    """What a group has by a name, or by its type."""

    unnamed: bool = False
    """True where the specification gives no name: it is found by its type."""


class Dataset(Member):
    """A dataset inside the group."""

    __slots__ = ()


class Group(Member):
    """A group inside the group."""

    __slots__ = ()


class Link(Member):
    """A link to an object that lives elsewhere."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Children(Stored):
    """Any number of named objects of one type; see `Collection`."""

    kind: str = "group"
    """``group``, ``dataset`` or ``link``."""
    required: bool = False
    """Whether there has to be one at least; a constructor takes none, since objects are added later, too."""


@dataclass(frozen=True, slots=True)
class StoredField:
    """One field of a class and how it is stored."""

    field: str
    """The name of the field."""
    marker: Stored
    """Its marker."""
    model: type | None
    """The model class that it holds, None for a plain value."""
    required: bool
    """Whether the specification requires it."""

    @property
    def stored_name(self) -> str:
        """The name in the file."""
        return self.marker.name if self.marker.name is not None else self.field


@dataclass(slots=True)
class Storage:
    """How a class is stored: its fields by what holds them."""

    attributes: dict[str, StoredField] = field(default_factory=dict)
    """Attributes and references, by their names in the file."""
    children: dict[str, StoredField] = field(default_factory=dict)
    """Groups, datasets and links that have a name, by their names in the file."""
    unnamed: list[StoredField] = field(default_factory=list)
    """Single members without a name, found by their types."""
    collections: list[StoredField] = field(default_factory=list)
    """Members of any number, found by their types."""
    value: StoredField | None = None
    """The payload of a dataset."""

    def members(self) -> tuple[StoredField, ...]:
        """Return the fields of what is in a group."""
        return (*self.children.values(), *self.unnamed, *self.collections)

    def by_type(self, model: type) -> StoredField | None:
        """Return the field for a nameless child of a class: that of the nearest type, of any number before single."""
        fitting = [
            entry
            for entry in (*self.collections, *self.unnamed)
            if entry.model is not None and fits(model, entry.model)
        ]
        return max(fitting, key=lambda entry: len(entry.model.__mro__), default=None)  # type: ignore[union-attr]


def refines(declared: type, found: type) -> bool:
    """Tell whether `declared` has the type of `found`, and says more of it for the place where it stands."""
    return issubclass(declared, found) and getattr(declared, "neurodata_type", None) == getattr(
        found, "neurodata_type", None
    )


def fits(found: Any, declared: Any) -> bool:
    """Tell whether an object of the class `found` may stand where `declared` is foreseen.

    A subclass may, and the type that `declared` refines; and a class of the same name and type in a file of another
    version, which a link leads to: a type is what it is in every version.
    """
    return _fits(found, declared)


@cache
def type_names(cls: Any) -> frozenset[str]:
    """Return the types of a class: its own and those that it derives from, in any version; none of any other class."""
    return frozenset(name for base in cls.__mro__ if (name := getattr(base, "neurodata_type", None)) is not None)


def derived(cls: Any) -> Iterator[Any]:
    """Yield the classes that derive from one; without those that Python has not let go yet, whose module is gone."""
    for below in cls.__subclasses__():
        if below.__module__ in sys.modules:
            yield below
            yield from derived(below)


@cache
def _fits(found: Any, declared: Any) -> bool:
    if issubclass(found, declared) or refines(declared, found):
        return True
    wanted = declared.__name__, declared.neurodata_type, declared.namespace
    return any(
        (base.__name__, base.neurodata_type, base.namespace) == wanted
        for base in found.__mro__
        if hasattr(base, "neurodata_type")
    )


def owns(entry: StoredField | None) -> bool:
    """Tell whether objects live where a field says; those of links and references live elsewhere.

    None stands for a place that the class does not foresee: what is there lives there.
    """
    if entry is None:
        return True
    marker = entry.marker
    return not isinstance(marker, Link | Reference) and not (isinstance(marker, Children) and marker.kind == "link")


@cache
def storage(model: type) -> Storage:
    """Return how a class is stored.  The tables of the class above are taken over, so each marker is read once."""
    result = Storage()
    for base in reversed(model.__mro__[1:]):
        if hasattr(base, "model_fields") and "__annotations__" in vars(base):
            _add(result, base)
    _add(result, model)
    return result


@cache
def stored_fields(model: type) -> dict[str, StoredField]:
    """Return how the fields of a class are stored, by their own names."""
    tables = storage(model)
    entries = [*tables.attributes.values(), *tables.members()]
    return {entry.field: entry for entry in [*entries, *([tables.value] if tables.value is not None else [])]}


def _add(result: Storage, model: type) -> None:
    for entry in own_fields(model):
        for known in (result.unnamed, result.collections):
            known[:] = [other for other in known if other.field != entry.field]
        match entry.marker:
            case Attribute() | Reference():
                result.attributes[entry.stored_name] = entry
            case Value():
                result.value = entry
            case Children():
                result.collections.append(entry)
            case Dataset(unnamed=True) | Group(unnamed=True) | Link(unnamed=True):
                result.unnamed.append(entry)
            case Dataset() | Group() | Link():
                result.children[entry.stored_name] = entry


@cache
def own_fields(model: type) -> tuple[StoredField, ...]:
    """Return the fields that a class declares itself.

    The annotations are evaluated here and not taken from pydantic, which has them only after it has built the
    validators of every class that is mentioned: that costs a second for the core of NWB, and reading needs none.
    """
    found = []
    for name, annotation in inspect.get_annotations(model, eval_str=True).items():
        if str(annotation).startswith("typing.ClassVar") or name.startswith("_"):
            continue
        marker = next((m for m in getattr(annotation, "__metadata__", ()) if isinstance(m, Stored)), None)
        if marker is None:
            continue
        options = list(_options(annotation))
        kind = next((option for option in options if inspect.isclass(option) and _is_model(option)), None)
        required = type(None) not in options and not _has_default(model, name)
        found.append(StoredField(name, marker, kind, marker.required if isinstance(marker, Children) else required))
    return tuple(found)


def _has_default(model: type, name: str) -> bool:
    """Tell whether the field has a default that is not its fixed value."""
    info = model.model_fields.get(name)  # type: ignore[attr-defined]
    marker = None if info is None else next((m for m in info.metadata if isinstance(m, Stored)), None)
    fixed = marker is not None and marker.value is not None
    made = info is not None and info.default_factory is not None
    return info is not None and not fixed and not info.is_required() and not made


def _is_model(option: type) -> bool:
    return hasattr(option, "model_fields")


def _options(annotation: Any) -> Iterator[Any]:
    """Yield the types that an annotation allows, with those inside ``Annotated``, unions and collections."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _options(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for argument in get_args(annotation):
            yield from _options(argument)
    elif origin is not None and get_args(annotation) and getattr(origin, "holds_models", False):
        yield from _options(get_args(annotation)[0])
    else:
        yield annotation
