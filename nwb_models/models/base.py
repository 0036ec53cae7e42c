"""The one base of every generated class: `NWBModel`, and its two kinds, `NWBGroup` and `NWBDataset`."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar, overload

import numpy as np
from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError, model_serializer
from pydantic_core import InitErrorDetails, PydanticCustomError, PydanticSerializationError, core_schema

from nwb_models.errors import NWBError, ObjectNotFoundError, UnknownFieldError
from nwb_models.misspelt import NoAttributeError, meant
from nwb_models.models.documentation import descriptions, own_text
from nwb_models.models.issues import printable
from nwb_models.models.mapping import Attribute, Name, StoredField, Value, owns, storage
from nwb_models.models.single_values import SingleValue, of_values
from nwb_models.naming import spoken

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from pydantic import (
        GetCoreSchemaHandler,
        GetJsonSchemaHandler,
        SerializationInfo,
        SerializerFunctionWrapHandler,
    )
    from pydantic._internal._model_construction import ModelMetaclass as Documented  # with the fields as parameters
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

    from nwb_models.models.children import Shelf
    from nwb_models.models.issues import Issue

else:
    from nwb_models.models.documentation import Documented

M = TypeVar("M", bound="NWBModel")
MAX_SHOWN = 60
"""How long a value may be that the representation of a dataset shows."""

_failed: ContextVar[NWBError | None] = ContextVar("failed", default=None)
"""What ended a serialization: of an error that comes through it, pydantic keeps the text only."""


def Shortcut(*steps: str) -> Any:  # noqa: N802 - as pydantic's Field, which gives a FieldInfo
    """Return what makes a member of an untyped child reachable from its parent: see `ShortcutInfo`.

    To type checkers it is the default of a field, so that constructors take what it leads to.
    """
    return ShortcutInfo(*steps)


class ShortcutInfo:
    """A member of an untyped child, reachable from its parent: ``series.unit`` for ``series.data.unit``.

    Not a data descriptor, so that a field of the same name in a subclass wins; `NWBModel.__setattr__` writes.

    Parameters
    ----------
    steps
        The fields that lead there.
    """

    def __init__(self, *steps: str) -> None:
        self.steps = steps
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """Take note of the name, and let pydantic know of no such field."""
        self._name = name
        owner.__annotations__.pop(name, None)

    def __get__(self, instance: object | None, owner: type) -> Any:
        """Follow the steps; None where one of them is not there."""
        if instance is None:
            # pydantic asks each base for a field's name, and would warn about a field that takes the place of this
            raise AttributeError(self.steps[-1])
        if self._name in getattr(type(instance), "model_fields", ()):  # of a subclass, read and not touched yet
            raise AttributeError(self._name)
        for step in self.steps:
            instance = getattr(instance, step)
            if instance is None:
                return None
        return instance


class NWBModel(BaseModel, metaclass=Documented):
    """One object of an NWB file.

    Attributes
    ----------
    neurodata_type, namespace
        The type of the object and the namespace that defines it; None for what has no type of its own.
    specified
        False where no specification defines the type that the file names.
    """

    model_config = ConfigDict(
        extra="allow",
        arbitrary_types_allowed=True,
        validate_assignment=True,
        ignored_types=(ShortcutInfo,),
        defer_build=True,  # validators are built when something is validated first: reading needs none
        protected_namespaces=(),
    )

    neurodata_type: ClassVar[str | None] = None
    namespace: ClassVar[str | None] = None
    specified: ClassVar[bool] = True

    name: Annotated[str, Name()]
    """The name of the object in its group."""
    object_id: Annotated[str | None, Attribute(dtype="text")] = None
    """The UUID of the object; files written before PyNWB 1.1 have none."""

    __slots__ = ("_held_by",)

    _path: str | None = PrivateAttr(None)
    _source: Any = PrivateAttr(None)
    """The open file that the model was read from; None for one made by hand."""
    _key: Any = PrivateAttr(None)
    """What identifies the stored object in that file."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take an object that was made of its type where the specification of the place says more of it.

        And one of another version of the schema, as collections do: whether the file can hold it is seen when it is
        written.  The schema goes by the reference of the model: where a class occurs several times in another one,
        pydantic takes what it knows under that for all but the first.
        """
        from nwb_models.models.refining import refined

        def taken(value: Any, validated: Any) -> Any:
            found = refined(value, cls)
            return found if isinstance(found, NWBModel) and not isinstance(found, cls) else validated(found)

        inner: Any = {**handler(source)}
        ref = inner.pop("ref", None)
        return core_schema.no_info_wrap_validator_function(taken, inner, ref=ref)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Say in JSON Schema what is written: the fields, where pydantic only knows that a function writes them."""
        plain: Any = {**schema}
        if "schema" in plain:
            plain["schema"] = {key: value for key, value in plain["schema"].items() if key != "serialization"}
        plain.pop("serialization", None)
        found = handler(plain)
        told = handler.resolve_ref_schema(found)
        if text := own_text(cls):
            told["description"] = text
        for name, said in descriptions(cls).items():
            if name in told.get("properties", ()):
                told["properties"][name].setdefault("description", said)
        if cls.neurodata_type is None:  # its place says how it is called
            told["required"] = [key for key in told.get("required", ()) if key != "name"]
        return found

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Let a field take the place of a shortcut of a class above, which pydantic counts as a class variable."""
        cls.__class_vars__ = {name for name in cls.__class_vars__ if name not in cls.__pydantic_fields__}

    def __init__(self, /, **data: Any) -> None:
        try:
            super().__init__(**_gathered(type(self), data))
        except ValidationError as error:
            raise _as_given(type(self), data, error) from None
        tables = storage(type(self))
        for entry in tables.collections:
            if getattr(self, entry.field) is not None:
                getattr(self, entry.field).bind(entry.field, entry.model)
        for entry in _named_members(type(self)):
            _name_by_place(self.__dict__[entry.field], entry)
        if isinstance(self, NWBGroup):
            _note_children(self)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a field, or what a shortcut leads to.

        Raises
        ------
        UnknownFieldError
            Where the class has no such field and the file no such member.
        """
        cls = type(self)
        if self._source is not None and not name.startswith("_"):
            self._source.note_change(self._path)
        if name == "name":
            from nwb_models.models.children import names

            former = self.name
            if self._source is not None and self._path is not None:
                self._source.reach(self._path)  # its group has to hold it, to know that its name is another one now
            super().__setattr__(name, value)
            names.note(self, former)
            return
        if name in cls.model_fields or name.startswith("_") or name in (self.__pydantic_extra__ or ()):
            value = _members(cls, name, value)
            entry = _untyped_dataset(cls, name, value)
            if entry is not None:
                child = getattr(self, name)
                if child is not None:
                    child.value = value
                    return
                value = _made(entry, {"value": value})
            self._touch(name)
            super().__setattr__(name, value)
            for entry in _named_members(cls):
                if entry.field == name:
                    _name_by_place(self.__dict__[name], entry)
            if isinstance(value, Iterable) or isinstance(self.__dict__.get(name), NWBModel):
                _note_children(self, name)
            return
        shortcut = find_shortcut(cls, name)
        if shortcut is None and isinstance(self, NWBGroup) and name in self:
            self[name] = value
            return
        if shortcut is None:
            raise UnknownFieldError(unknown_field(cls, name))
        target: Any = self
        for step in shortcut.steps[:-1]:
            holder, target = target, getattr(target, step)
            if target is None:
                target = _grown(holder, step)
            if target is None:
                means = ".".join(shortcut.steps)
                msg = f"{name!r} is {means} of {spoken(cls.__name__)}, and there is no {step!r} here: set it first"
                raise UnknownFieldError(msg)
        setattr(target, shortcut.steps[-1], value)

    def __delattr__(self, name: str) -> None:
        """Leave a field or what a shortcut leads to empty, or take away what the class does not foresee.

        In the file it goes when that is written; of a field of any number of objects, all go.

        Raises
        ------
        UnknownFieldError
            Where the class has no such field and the file no such member.
        InvalidModelError
            Where the specification requires it.
        """
        from nwb_models.models.members import clear

        if name.startswith("_"):
            super().__delattr__(name)
        else:
            clear(self, name)

    if not TYPE_CHECKING:  # type checkers know the fields, and refuse what is none

        def __getattr__(self, name: str) -> Any:
            """Return a private attribute at once: pydantic's own way to it takes five times as long, 140,000 times."""
            if name[:1] == "_" and name[:2] != "__":
                private = self.__pydantic_private__
                if private is not None and name in private:
                    return private[name]
            if name == "__next__":
                return self._next
            if name[:1] == "_" or name in (self.__pydantic_extra__ or ()):
                return super().__getattr__(name)
            return _not_there(self, name)

        def _next(self) -> None:
            """Refuse, as Python does: it looks at the class, which has no ``__next__``.

            Pandas looks at the object, and prints what has one as ``str`` does.  All else that is a mapping, as groups
            are, it prints as a dict, and reads every child for that.
            """
            msg = f"{type(self).__name__!r} object is not an iterator"
            raise TypeError(msg)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a new object like this one: it is in no file, has no ``object_id``, and is written as its own.

        What lives in the object is copied with it, and what the file has of it is listed for that.  What it links or
        refers to is shared, or the copy where that is copied, too.  Arrays on disk are not read, and stay where they
        are, deep or not; what is appended to one is not appended to the other.

        Parameters
        ----------
        update
            Fields and shortcuts to set in the copy; as when they are set one by one, they are checked.
        deep
            Whether arrays in memory are copied as well.  They are shared where this is not asked for.

        Examples
        --------
        >>> from nwb_models.core import TimeSeries
        >>> series = TimeSeries(name="raw", data=[1.0, 2.0], unit="V")
        >>> scaled = series.model_copy(update={"name": "scaled", "data": [1e3, 2e3], "unit": "mV"})
        >>> series.unit, series.data[0], scaled.unit, scaled.data[0]
        ('V', np.float64(1.0), 'mV', np.float64(1000.0))
        """
        from nwb_models.models.copies import copied

        made = copied(self, deep=deep)
        for name, value in (update or {}).items():
            setattr(made, name, value)
        return made

    def copy(self, **options: Any) -> Self:
        """Return what `model_copy` does: pydantic's own, of its first version, shares all that lives in an object."""
        return self.model_copy(**options)

    def __reduce__(self) -> Any:
        """Return what finds it again in another process where it was read from a file, else what it holds."""
        from nwb_models.models.pickling import reduced

        return reduced(self)

    def __setstate__(self, state: dict[Any, Any]) -> None:
        """Take what was pickled; what is held by it knows so again."""
        super().__setstate__(state)
        _note_children(self)

    def __copy__(self) -> Self:
        """Return a copy, see `model_copy`."""
        return self.model_copy()

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Return a deep copy, see `model_copy`."""
        from nwb_models.models.copies import copied

        return copied(self, deep=True, memo=memo)

    @property
    def path(self) -> str | None:
        """Where the object is in the file that it was read from; None for one made by hand."""
        return self._path

    @property
    def parent(self) -> NWBGroup | None:
        """The group that holds the object, also where that was not built yet; None for a root, and where none does.

        It lives as long as the object, which keeps it: no file is lost because only a part of it was returned.
        """
        from nwb_models.models.holders import holder_of

        return holder_of(self)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Departures of the file from its specifications, at this object and below, as far as it was read."""
        if self._source is None or self._path is None:
            return ()
        below = self._path.rstrip("/") + "/"
        return tuple(i for i in self._source.issues if (i.path + "/").startswith((below, self._path + "@")))

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """Return what pydantic's does; where the file cannot be read, the error is that of this library."""
        with _errors_kept():
            return super().model_dump(**options)

    def model_dump_json(self, **options: Any) -> str:
        """Return what pydantic's does, see `model_dump`."""
        with _errors_kept():
            return super().model_dump_json(**options)

    @model_serializer(mode="wrap")
    def _serialized(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> Any:
        """Give JSON what `nwb_models.models.metadata` says: pydantic would follow every reference."""
        if not isinstance(self, NWBModel):  # what stands for one that is not there
            return self  # type: ignore[unreachable]
        try:
            if info.mode_is_json():
                return _chosen(self, info)
            self._complete()
            return handler(self)
        except NWBError as error:
            _failed.set(error)
            raise

    def _touch(self, field: str) -> None:
        """Have a field in memory: what the file has there is known before something else takes its place."""

    def _complete(self) -> None:
        """Have all fields in memory."""

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same object; comparing contents would read them."""
        return self is other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        """Return type, name and place in one line; nothing is read."""
        if "name" not in self.__dict__:  # its constructor has failed, and an error shows it
            return f"<{type(self).__name__}, not made>"
        where = f" at {printable(self._path)}" if self._path else ""
        return f"<{printable(kind_of(self))} {self.name!r}{self._shown()}{where}>"

    def __str__(self) -> str:
        """Return what `__repr__` does."""
        return repr(self)

    def _shown(self) -> str:
        """Return what else the representation says."""
        return ""

    def _repr_html_(self) -> str:
        """Return what a notebook shows: what is in the object, unfolding; the data of arrays is not read."""
        from nwb_models.models.html import html_of

        return html_of(self)

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        """Yield name and place; pydantic's own would follow every reference."""
        yield "name", self.name
        yield "path", self._path

    def __bool__(self) -> bool:
        """Return True: an object is there, however much it holds."""
        return True


def kind_of(model: NWBModel) -> str:
    """Return the type of an object, and for one without whether it is a group or a dataset."""
    return model.neurodata_type or ("group" if isinstance(model, NWBGroup) else "dataset")


def _chosen(model: NWBModel, info: SerializationInfo) -> dict[str, Any]:
    """Return of what JSON says of a model the entries that are asked for."""
    from nwb_models.models.metadata import metadata

    kept, left_out = info.include or (), info.exclude or ()
    whole = isinstance(info.context, dict) and info.context.get("arrays") == "whole"
    return {
        key: value
        for key, value in metadata(model, whole=whole).items()
        if key not in left_out and (not kept or key in kept)
    }


@contextmanager
def _errors_kept() -> Iterator[None]:
    """Raise what ended a serialization in the place of what pydantic makes of it."""
    token = _failed.set(None)
    try:
        yield
    except PydanticSerializationError:
        error = _failed.get()
        if error is not None:
            raise error from None
        raise
    finally:
        _failed.reset(token)


def _grown(holder: Any, field: str) -> Any:
    """Make an untyped group that nothing is required in, for something that is put there; None for another child."""
    kind: Any = type(holder)
    entry = _children_by_field(kind).get(field)
    cls: Any = entry.model if entry is not None else None
    if entry is None or cls is None or not issubclass(cls, NWBGroup) or cls.neurodata_type is not None:
        return None
    if any(inner.required for inner in _children_by_field(cls).values()):
        return None
    setattr(holder, field, cls(name=entry.stored_name))
    return getattr(holder, field)


def find_shortcut(cls: type, name: str) -> ShortcutInfo | None:
    """Return the shortcut of a class by its name; the descriptor itself hides from ``getattr``."""
    for base in cls.__mro__:
        found = vars(base).get(name)
        if found is not None:
            return found if isinstance(found, ShortcutInfo) else None
    return None


def shortcuts(cls: type) -> dict[str, tuple[str, ...]]:
    """Return the shortcuts of a class, and where each leads."""
    found = ((name, value) for base in cls.__mro__ for name, value in vars(base).items())
    return {name: value.steps for name, value in found if isinstance(value, ShortcutInfo)}


def _not_there(model: NWBModel, name: str) -> Any:
    """Refuse an attribute that nothing knows; what the class knows has failed, and is asked again for its error."""
    if any(name in vars(base) for base in type(model).__mro__):
        return object.__getattribute__(model, name)

    def known() -> list[str]:
        with suppress(NWBError):
            return [*dir(model), *(model._names() if isinstance(model, NWBGroup) else ())]
        return []

    hint = of_values(name) if isinstance(model, NWBDataset) else ""
    msg = f"{spoken(type(model).__name__)!r} object has no attribute {name!r}{hint}"
    raise NoAttributeError(msg, name, list if hint else known)


class _Parts(dict[str, Any]):
    """What a constructor was given for a child that it has to make."""


def _gathered(cls: type[NWBModel], data: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a constructor with children made of what was given for them.

    ``TimeSeries(name="x", data=[1, 2], unit="V")`` gives the payload of `data` and, by a shortcut, its unit.

    Raises
    ------
    UnknownFieldError
        Where the class has no such field or shortcut.
    """
    result: dict[str, Any] = {}
    parts = _Parts()
    for key, value in data.items():
        if key in cls.model_fields:
            if _untyped_dataset(cls, key, value) is None:
                result[key] = _members(cls, key, value)
            else:
                parts.setdefault(key, _Parts())["value"] = value
            continue
        shortcut = find_shortcut(cls, key)
        if shortcut is None:
            raise UnknownFieldError(unknown_field(cls, key))
        inner = parts
        for step in shortcut.steps[:-1]:
            inner = inner.setdefault(step, _Parts())
        inner[shortcut.steps[-1]] = value
    for field, inner in parts.items():
        if isinstance(result.get(field), dict):
            result[field] = {**result[field], **_made(_child(cls, field), inner)}
        elif result.get(field) is not None:
            result[field] = _filled(_child(cls, field), result[field], inner)
        elif any(value is not None for value in inner.values()):
            result[field] = _made(_child(cls, field), inner)
    return result


def _as_given(cls: type[NWBModel], data: dict[str, Any], error: ValidationError) -> ValidationError:
    """Return an error with what is missing in a child called as a constructor is given it.

    The unit of ``data`` is ``unit``, and the value of ``starting_time`` is ``starting_time``: it is needed with a rate.
    """
    names: dict[tuple[int | str, ...], str] = {steps: name for name, steps in shortcuts(cls).items()}
    lines, found = error.errors(include_url=False), []
    for line in lines:
        place, message = line["loc"], line["msg"]
        if place in names:
            place = (names[place],)
        elif place[1:] == ("value",) and not isinstance(data.get(str(place[0])), dict):
            place = place[:1]
            given = [name for steps, name in names.items() if steps[:1] == place and name in data]
            message += f": {' and '.join(given)} cannot stand alone" if line["type"] == "missing" and given else ""
        found.append(InitErrorDetails(type=PydanticCustomError(line["type"], message), loc=place, input=line["input"]))
    is_other = [line["loc"] for line in found] != [line["loc"] for line in lines]
    return ValidationError.from_exception_data(error.title, found) if is_other else error


def _untyped_dataset(cls: type[NWBModel], field: str, value: Any) -> StoredField | None:
    """Return the entry of a field that holds a dataset which needs its data only, where `value` is that data.

    Such are untyped datasets with attributes, and those of types like the identifiers of rows.
    """
    if value is None or isinstance(value, NWBModel | dict):
        return None
    entry = _children_by_field(cls).get(field)
    if entry is None or entry.model is None or not issubclass(entry.model, NWBDataset):
        return None
    return entry if entry.model.neurodata_type is None or _needs_data_only(entry) else None


@cache
def _needs_data_only(entry: StoredField) -> bool:
    """Tell whether an object at a place with a name is made of its data alone."""
    needed = {name for name, info in entry.model.__pydantic_fields__.items() if info.is_required()}  # type: ignore[union-attr]
    return owns(entry) and not getattr(entry.marker, "unnamed", False) and needed <= {"name", "value"}


def _members(cls: type[NWBModel], field: str, value: Any) -> Any:
    """Return the untyped group of a field, made of the objects that are given for it; anything else as it is.

    ``NWBFile(acquisition=[series], ...)``: each goes into the collection of its type.
    """
    entry = _children_by_field(cls).get(field)
    kind: Any = entry.model if entry is not None else None
    if entry is None or kind is None or not issubclass(kind, NWBGroup) or kind.neurodata_type is not None:
        return value
    if isinstance(value, NWBModel | str) or not isinstance(value, Iterable):
        return value
    if isinstance(value, dict) and not all(isinstance(child, NWBModel) for child in value.values()):
        return value  # its fields
    if isinstance(value, dict) and value.keys() & kind.model_fields.keys():
        return value
    group = kind(name=entry.stored_name)
    for child in value.values() if isinstance(value, Mapping) else value:
        group.add(child)
    return group


def _name_by_place(child: Any, entry: StoredField) -> None:
    """Let an object that nobody gave a name be called as its place is: ``nwbfile.units = Units(...)``."""
    if isinstance(child, NWBModel) and "name" not in child.model_fields_set and child._source is None:
        child.name = entry.stored_name


def _child(cls: type[NWBModel], field: str) -> StoredField:
    return _children_by_field(cls)[field]


@cache
def _children_by_field(cls: type[NWBModel]) -> dict[str, StoredField]:
    tables = storage(cls)
    return {entry.field: entry for entry in (*tables.children.values(), *tables.unnamed)}


@cache
def _named_members(cls: type[NWBModel]) -> tuple[StoredField, ...]:
    """Return the fields that give a name to an object of a type."""
    entries = [entry for entry in storage(cls).children.values() if entry.model is not None and owns(entry)]
    return tuple(entry for entry in entries if getattr(entry.model, "neurodata_type", None) is not None)


def _note_children(holder: NWBModel, *fields: str) -> None:
    from nwb_models.models.holders import note_children

    note_children(holder, *fields)


def _made(entry: StoredField, parts: dict[str, Any]) -> dict[str, Any]:
    """Return what a child is made of: it is made where it is validated, so that an error says where it is."""
    assert entry.model is not None
    inner = {
        key: _made(_child(entry.model, key), value) if isinstance(value, _Parts) else value
        for key, value in parts.items()
    }
    return {"name": entry.stored_name, **inner}


def _filled(entry: StoredField, child: Any, parts: dict[str, Any]) -> Any:
    """Return a child that was given, with what shortcuts say of it: a copy, where that is not what it says itself.

    It may live in something else, whose unit is not changed by what is made of its data.
    """
    changed = {}
    for key, value in parts.items():
        current = getattr(child, key)
        if isinstance(value, _Parts):
            inner = _child(type(child), key)
            value = _made(inner, value) if current is None else _filled(inner, current, value)
        if not (value is current or (np.isscalar(value) and np.isscalar(current) and bool(value == current))):
            changed[key] = value
    cls: Any = entry.model
    if not changed:
        return child
    if type(child) is cls or cls.neurodata_type is not None:
        return child.model_copy(update=changed)
    copy = child.model_copy()  # of another type of series, which may fix the unit
    return {name: getattr(copy, name) for name in cls.model_fields if name in copy.model_fields_set} | changed


def unknown_field(cls: type[BaseModel], name: str) -> str:
    """Say that a class has no such field or shortcut, and which it has."""
    hint = meant(name, [*cls.model_fields, *shortcuts(cls)]) or f"; it has: {', '.join(cls.model_fields)}"
    return f"{spoken(cls.__name__)} has no field {name!r}{hint}"


class NWBGroup(NWBModel):
    """A group: its children are reachable by their names, ``group["name"]`` and ``group["name/of/a/child"]``."""

    _shelf: Any = PrivateAttr(None)

    def __str__(self) -> str:
        """Return type, name and place, and of a group without a type the names of what is in it; nothing is built."""
        from nwb_models.models.children import few

        shown = repr(self)
        if self.neurodata_type is not None or "name" not in self.__dict__:
            return shown
        with suppress(NWBError):
            shown = f"{shown[:-1]}: {few(list(self))}>"
        return shown

    def _children(self) -> Iterator[tuple[str, StoredField | None]]:
        """Yield the names of the children and the field that holds each, None where the class foresees none."""
        tables = storage(type(self))
        for stored_name, entry in tables.children.items():
            if self._holds(entry):
                yield stored_name, entry
        for entry in tables.unnamed:
            name = self._name_in(entry)
            if name is not None:
                yield name, entry
        seen = set()
        for entry in tables.collections:
            for name in getattr(self, entry.field) or ():
                seen.add(name)
                yield name, entry
        shelf: Shelf | None = self._shelf
        if shelf is not None:
            stored = (name for name, field in shelf.fields().items() if field is None and not shelf.is_removed(name))
            yield from ((name, None) for name in dict.fromkeys((*stored, *shelf.extras)) if name not in seen)

    def _names(self) -> Iterator[str]:
        """Yield the names of the children in any order, some of them twice; no type is looked at."""
        tables = storage(type(self))
        held = self.__dict__
        for stored_name, entry in tables.children.items():
            if held.get(entry.field, entry) is not None and self._holds(entry):
                yield stored_name
        yield from (name for entry in tables.unnamed if (name := self._name_in(entry)) is not None)
        for entry in tables.collections:
            collection = getattr(self, entry.field)
            if collection is not None:
                collection._settle_names()
                yield from collection._items
        shelf: Shelf | None = self._shelf
        if shelf is not None:
            yield from (name for name in shelf.pending.names() if not shelf.is_removed(name))
            yield from shelf.extras

    def _is_pending(self, field: str) -> bool:
        """Tell whether a field holds a child of which nothing was built yet."""
        if field in self.__dict__:
            return False
        shelf: Shelf | None = self._shelf
        return shelf is not None and field in shelf.pending.members

    def _fetch(self, field: str) -> Any:
        """Build the child that a field holds, and keep it."""
        child, attributes = self._shelf.pending.member(field)
        if self.__pydantic_extra__ is not None:
            self.__pydantic_extra__.update(attributes)
        return self.__dict__.setdefault(field, child)

    def _touch(self, field: str) -> None:
        """Build the child that a field holds, where it was not built yet."""
        if self._is_pending(field):
            self._fetch(field)

    def _complete(self) -> None:
        """Build the children of all fields that were not touched."""
        for field in self._shelf.pending.members if self._shelf is not None else ():
            self._touch(field)

    @property
    def model_extra(self) -> dict[str, Any] | None:
        """What the class does not foresee: attributes, also those of plain datasets as ``name@attribute``."""
        self._complete()
        return self.__pydantic_extra__

    def _name_in(self, entry: StoredField) -> str | None:
        """Return the name of the child in a field to which the specification gives none, None where there is none."""
        if self._is_pending(entry.field):
            name: str = self._shelf.pending.members[entry.field]
            return name
        child = getattr(self, entry.field)
        return None if child is None else getattr(child, "name", entry.field)

    def _holds(self, entry: StoredField, *, stored: bool = False) -> bool:
        """Tell whether a named child is there: a default that nobody gave is not, unless something is in it."""
        child = self.__dict__.get(entry.field, entry)
        if child is entry:  # which stands for nothing
            if self._is_pending(entry.field):
                return True
            child = getattr(self, entry.field)
        if child is None:  # as of most fields
            return False
        if stored or entry.field in self.__pydantic_fields_set__:
            return True
        if self._source is not None:
            return isinstance(child, NWBGroup) and child._is_filled()
        return entry.required or isinstance(child, NWBModel)

    def _is_filled(self) -> bool:
        """Tell whether there is anything in a group that was made for want of one in the file."""
        tables = storage(type(self))
        named = (getattr(self, entry.field) for entry in (*tables.children.values(), *tables.unnamed))
        inner = any(child._is_filled() if isinstance(child, NWBGroup) else child is not None for child in named)
        return inner or any(getattr(self, entry.field) for entry in tables.collections)

    def __getitem__(self, path: str) -> Any:
        """Return a child by its name in the file, or one further down by its path.

        Raises
        ------
        ObjectNotFoundError
            Where there is none.
        """
        if not isinstance(path, str):
            has_data = "data" in type(self).model_fields  # type: ignore[unreachable]
            hint = f"; the samples of {self!r} are in its data, as in .data[0]" if has_data else ""
            msg = f"children have names: {path!r:.60} is not one{hint}"
            raise TypeError(msg)
        name, _, rest = path.strip("/").partition("/")
        child = self._child(name)
        if not rest:
            return child
        if not isinstance(child, NWBGroup):
            msg = f"{name!r} of {self!r} is no group, so there is no {rest!r} in it"
            raise ObjectNotFoundError(msg)
        return child[rest]

    def _child(self, name: str) -> Any:
        tables = storage(type(self))
        if name in tables.children and self._holds(tables.children[name]):
            return getattr(self, tables.children[name].field)
        for entry in tables.collections:
            collection = getattr(self, entry.field)
            if collection is not None and collection.has_built(name):
                return collection[name]
        for entry in tables.unnamed:
            if self._name_in(entry) == name:
                return getattr(self, entry.field)
        shelf: Shelf | None = self._shelf
        if shelf is not None and (name in shelf.extras or (not shelf.is_removed(name) and shelf.fetch(name))):
            if name in shelf.extras:
                return shelf.extras[name]
            return self._child(name)
        from nwb_models.models.children import missing

        msg = f"{self!r}: {missing(name, list(self.keys()))}"
        raise ObjectNotFoundError(msg)

    if not TYPE_CHECKING:  # type checkers know the fields, and refuse what is none

        def __getattr__(self, name: str) -> Any:
            """Return a child that is built now that it is touched; or one that the class has no field for.

            Python calls this for what is not there: neither class nor object know the name.
            """
            if name.startswith("_"):
                return super().__getattr__(name)
            shelf: Shelf | None = (self.__pydantic_private__ or {}).get("_shelf")
            if shelf is not None and name in shelf.pending.members:
                return self._fetch(name)
            if name in (self.__pydantic_extra__ or ()):
                return self.__pydantic_extra__[name]
            if name not in type(self).__pydantic_fields__ and self.__pydantic_private__ is not None and name in self:
                return self._child(name)
            return _not_there(self, name)

    def __dir__(self) -> list[str]:
        """List the fields as well whose children were not touched yet, and the children that have none."""
        return sorted({*super().__dir__(), *type(self).model_fields, *filter(str.isidentifier, self._names())})

    def __contains__(self, path: object) -> bool:
        """Tell whether there is such a child, without building it."""
        if not isinstance(path, str):
            return False
        name, _, rest = path.strip("/").partition("/")
        if rest:
            return name in self and isinstance(child := self._child(name), NWBGroup) and rest in child
        shelf: Shelf | None = self._shelf
        if shelf is not None and (name in shelf.extras or (name in shelf.pending and not shelf.is_removed(name))):
            return True
        tables = storage(type(self))
        entry = tables.children.get(name)
        if entry is not None and self._holds(entry):
            return True
        for entry in tables.collections:
            collection = getattr(self, entry.field)
            if collection is not None and name in collection:
                return True
        return any(self._name_in(entry) == name for entry in tables.unnamed)

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]
        """Yield the names of the children."""
        return (name for name, _ in self._children())

    def __len__(self) -> int:
        """Return the number of children; their types are not looked at."""
        return len(set(self._names()))

    def keys(self) -> KeysView[str]:
        """Return the names of the children."""
        return KeysView(_Children(self))

    def values(self) -> ValuesView[Any]:
        """Return the children; each is built when it is reached."""
        return ValuesView(_Children(self))

    def items(self) -> ItemsView[str, Any]:
        """Return names and children; each child is built when it is reached."""
        return ItemsView(_Children(self))

    def add(self, child: M) -> M:
        """Add an object under its own name, where the objects of its type belong.

        That is in the group itself, else in an untyped group inside: a device of a file goes to ``/general/devices``.

        Returns
        -------
        NWBModel
            The object.

        Raises
        ------
        UnknownFieldError
            Where no objects of its type belong, or several places could be meant.
        ValueError
            Where something of this name is there already.
        """
        from nwb_models.models.places import collection_for

        owner, collection = collection_for(self, child)
        if child.name in collection or child.name in self or child.name in owner:
            msg = f"{self!r} has something called {child.name!r} already: remove it first, or set it under its name"
            raise ValueError(msg)
        entry = storage(type(owner)).children.get(child.name)
        if entry is None:
            added: M = collection.add(child)
            return added
        setattr(owner, entry.field, child)  # the schema has a place of this name, such as that of trials
        return child

    @overload
    def find(
        self,
        type: type[M],
        where: Callable[[M], bool] | None = None,
        **equal: Any,
    ) -> Iterator[M]: ...
    @overload
    def find(
        self,
        type: str | None = None,
        where: Callable[[Any], bool] | None = None,
        **equal: Any,
    ) -> Iterator[Any]: ...
    def find(self, type: Any = None, where: Any = None, **equal: Any) -> Iterator[Any]:
        """Yield the objects of a type that are anywhere in the group; on disk, no other object is built.

        Parameters
        ----------
        type
            A class, or the name of a type: ``"TimeSeries"``, or ``"ndx-x:Type"`` with its namespace.  Objects of types
            that include it count as well, and those of other versions; all objects that have a type where it is not
            given.
        where
            Called with each object of the type; those that it returns True for are wanted.
        **equal
            Fields or shortcuts, and the values that they have to have: ``unit="volts"``.

        Yields
        ------
        NWBModel
            Each object once, those that hold others before these.  What a link leads to is found where it lives.

        Raises
        ------
        ObjectNotFoundError
            Where nothing is found, and the schemas of the file have no type of this name: it names the nearest.
        UnknownFieldError
            Where neither an object nor a class of the type has a field that is asked for: it names the nearest.

        Examples
        --------
        >>> from nwb_models.core import ProcessingModule, TimeSeries
        >>> speed = TimeSeries(name="speed", data=[0.1], unit="m/s", rate=1.0)
        >>> behavior = ProcessingModule(name="behavior", description="d", nwb_data_interface=[speed])
        >>> list(behavior.find(TimeSeries, unit="m/s"))
        [<TimeSeries 'speed'>]
        >>> list(behavior.find("TimeSeries", lambda series: series.rate > 1))
        []
        """
        from nwb_models.models.finding import found

        return found(self, type, where, equal)

    def __setitem__(self, path: str, child: Any) -> None:
        """Put a child where the path says; what is there now is replaced.

        Raises
        ------
        ObjectNotFoundError
            Where there is no group to put it in.
        UnknownFieldError
            Where the class of that group foresees no such child.
        """
        from nwb_models.models.members import put

        put(*self._holder(path), child)

    def __delitem__(self, path: str) -> None:
        """Take a child away, by its name or path.

        In the file it goes when that is written, and not where something refers to it: see `HDF5IO.write`.

        Raises
        ------
        ObjectNotFoundError
            Where there is none.
        InvalidModelError
            Where the specification requires it.
        """
        from nwb_models.models.members import take_away

        take_away(*self._holder(path))

    def _holder(self, path: str) -> tuple[NWBGroup, str]:
        """Return the group that a path leads into, and the name of the child there."""
        above, _, name = path.strip("/").rpartition("/")
        holder = self[above] if above else self
        if not isinstance(holder, NWBGroup):
            msg = f"{above!r} of {self!r} is no group, so there is no {name!r} in it"
            raise ObjectNotFoundError(msg)
        return holder, name

    def get(self, path: str, default: Any = None) -> Any:
        """Return a child, or `default` where there is none."""
        return self[path] if path in self else default  # noqa: SIM401

    def __bool__(self) -> bool:
        """Return True for a typed object; for an untyped group, whether it has children."""
        return self.neurodata_type is not None or any(True for _ in self._children())


Mapping.register(NWBGroup)


class _Children(Mapping[str, Any]):
    """The children of a group as a mapping, also where the length of the group is something else, as of a table."""

    def __init__(self, group: NWBGroup) -> None:
        self._group = group

    def __getitem__(self, name: str) -> Any:
        return self._group._child(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._group._children())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        """Return the names, the first few of many; nothing is built."""
        from nwb_models.models.children import few

        return few(list(self))


class NWBDataset(SingleValue, NWBModel):
    """A dataset with attributes: behaves as the array, or as the single value, that is its ``value``.

    >>> from nwb_models.core import Subject, TimeSeries
    >>> series = TimeSeries(name="speed", data=[0.1, 0.3], unit="m/s", starting_time=2.5, rate=10.0)
    >>> series.data[0], series.starting_time + 1, f"{series.starting_time:.2f} s"
    (np.float64(0.1), 3.5, '2.50 s')
    >>> Subject(name="subject", age="P90D", species="Mus musculus").age == "P90D"
    True
    """

    _index: Any = PrivateAttr(None)
    """What makes rows of a column, where that was made by hand: a column stays ragged when nobody holds its table."""

    value: Annotated[Any, Value()]
    """The data: an array, or a single value."""

    def _shown(self) -> str:
        """Return a single value, if that is short."""
        value = self.__dict__.get("value")
        if isinstance(value, np.generic):
            value = value.item()
        return f": {value!r}" if isinstance(value, str | float | int) and len(repr(value)) <= MAX_SHOWN else ""

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes; ``()`` for a single value."""
        return tuple(self.value.shape or ()) if hasattr(self.value, "shape") else np.shape(self.value)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype as it is stored."""
        value = self.value
        return value.dtype if hasattr(value, "dtype") else np.dtype(object if isinstance(value, str) else type(value))

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def append(self, block: Any) -> None:
        """Add rows at the end of the first axis.

        Of data on disk, only these rows are written when the file is, where its chunks and its largest shape allow.

        Raises
        ------
        ValueError
            Where they do not fit behind those that there are, in shape or dtype.
        """
        from nwb_models.models.appending import fitting

        if hasattr(self.value, "append") and hasattr(self.value, "source"):
            self.value.append(block)
        else:
            value = np.asarray(self.value)
            rows = fitting(block, value.dtype, value.shape, repr(self))
            self.value = np.concatenate([value, rows])

    @property
    def size(self) -> int:
        """The number of values."""
        return int(np.prod(self.shape, dtype=np.int64))

    def __getitem__(self, index: Any) -> Any:
        """Read part of the data."""
        value = self.value
        if self.shape == () and (index == () or index is Ellipsis):
            return value
        return value[index]

    def __len__(self) -> int:
        """Return the length of the first axis."""
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        """Yield the entries along the first axis."""
        return iter(self.value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:  # noqa: FBT001
        """Read everything."""
        value = self.value
        return np.asarray(value, dtype=dtype) if copy is None else np.array(value, dtype=dtype, copy=copy)
