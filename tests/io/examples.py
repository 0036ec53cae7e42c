"""Generated examples: an object of any class, filled in from its markers, in a file where it may stand."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.models import Children, Link, NWBModel, Reference, Value
from nwb_models.models.convert import array_of
from nwb_models.models.mapping import StoredField, fits, storage
from nwb_models.models.mixins.columns import VectorIndexMixin
from nwb_models.naming import snake_case
from nwb_models.schema.provider import types_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROWS = 2
ZONE = timezone(timedelta(hours=-7))
START = datetime(2026, 3, 1, 12, 30, 15, 250000, tzinfo=ZONE)
NUMBERS = {
    "float": "f4", "float32": "f4", "float64": "f8", "double": "f8", "numeric": "f8", "int": "i4", "int8": "i1",
    "int16": "i2", "int32": "i4", "int64": "i8", "uint": "u4", "uint8": "u1", "uint16": "u2", "uint32": "u4",
    "uint64": "u8", "short": "i2", "long": "i8", "byte": "i1",
}  # fmt: skip


class World:
    """A file that examples stand in, and what links and references lead to.

    Parameters
    ----------
    modules
        The modules with the classes, that of core last.
    """

    def __init__(self, *modules: ModuleType) -> None:
        found = (cls for module in modules for cls in types_of(module).values())
        self.types: dict[str, type[Any]] = {cls.neurodata_type: cls for cls in found}
        self.targets: dict[type[Any], NWBModel] = {}
        self.parents: dict[NWBModel, Any] = {}
        self.holders = 0
        self.depth = 0
        root = self.types["NWBFile"]
        self.file = root(
            file_create_date=[START],
            identifier="an example",
            session_description="of every type",
            session_start_time=START,
            timestamps_reference_time=START,
        )

    # ------------------------------------------------------------------------------------------ examples
    def example(
        self, cls: type[Any], name: str | None = None, *, full: bool = False, place: StoredField | None = None
    ) -> Any:
        """Return an object with what its class requires, or with all that it may have; its place may ask for more."""
        default = cls.model_fields["name"].default
        name = name or (default if isinstance(default, str) else snake_case(cls.neurodata_type or cls.__name__))
        values: dict[str, Any] = {"name": name}
        self.depth += 1
        for entry in entries(cls):
            usual = any(entry.field in USUAL.get(base.__name__, ()) for base in cls.__mro__)
            left_out = any(entry.field in LEFT_OUT.get(base.__name__, ()) for base in cls.__mro__)
            if entry.required or usual or (full and not left_out and self.depth < MAX_DEPTH):
                narrow = (
                    place is not None and isinstance(entry.marker, Value) and (place.marker.dtype or place.marker.shape)
                )
                value = CHOSEN.get((cls.__name__, entry.field), self.rows(name, entry))
                if value is None:
                    value = self.value(place if narrow else entry, plain=bool(narrow))  # type: ignore[arg-type]
                if isinstance(entry.marker, Value) and issubclass(cls, VectorIndexMixin):
                    value = value + np.uint8(1)  # each row has one entry
                if value is not None:
                    values[entry.field] = value
        self.depth -= 1
        made = cls(**values)
        consistent(made)
        return made

    def rows(self, name: str, entry: StoredField) -> Any:
        """Return compound rows, for columns whose fields do not say yet of what kind these are."""
        if not isinstance(entry.marker, Value) or name not in COMPOUND:
            return None
        return array_of([self.single(COMPOUND[name])] * ROWS, COMPOUND[name])

    def value(self, entry: StoredField, *, plain: bool = False) -> Any:
        """Return a value for a field."""
        marker = entry.marker
        if plain:
            return self.plain(marker.dtype, marker.shape or ((None,),))
        if marker.value is not None or entry.field == "object_id":
            return None
        if isinstance(marker, Link | Reference):
            return self.target(entry.model)
        if isinstance(marker, Children):
            made = self.target(entry.model) if marker.kind == "link" else self.example(self.concrete(entry.model))
            return [made]
        if entry.model is not None:
            name = None if getattr(marker, "unnamed", False) else entry.stored_name
            return self.example(self.concrete(entry.model), name, place=entry)
        return self.plain(marker.dtype, marker.shape)

    def plain(self, dtype: Any, shapes: Any) -> Any:
        """Return a single value or an array."""
        if shapes is None:
            return self.single(dtype) if dtype is not None else 1.5
        shape = tuple(ROWS if length is None else length for length in shapes[0])
        if dtype is None or dtype in NUMBERS:
            return np.arange(np.prod(shape), dtype=NUMBERS[dtype or "numeric"]).reshape(shape)
        filled = np.empty(shape, dtype=object)
        for index in np.ndindex(shape):
            filled[index] = self.single(dtype)
        return filled.tolist()

    def single(self, dtype: Any) -> Any:
        """Return one value."""
        if not isinstance(dtype, str):
            return tuple(self.single(kind) for _, kind in dtype)
        if dtype.startswith("object:"):
            return self.target(self.types[dtype.partition(":")[2]])
        if dtype in NUMBERS:
            return np.dtype(NUMBERS[dtype]).type(1)
        if dtype == "bool":
            return True
        if dtype in ("isodatetime", "datetime"):
            return START
        return "text, ä" if dtype in ("text", "utf8") else "text"

    def target(self, cls: type[Any]) -> Any:
        """Return an object of a class that stands in the file."""
        cls = self.concrete(cls)
        if cls not in self.targets:
            self.targets[cls] = self.example(cls, f"target_{snake_case(cls.__name__)}")
            self.place(self.targets[cls])
        return self.targets[cls]

    def concrete(self, cls: type[Any]) -> type[Any]:
        """Return a class to make an object of, where one is asked for that only others derive from."""
        return self.types.get(CONCRETE.get(cls.__name__, ""), cls)

    # ------------------------------------------------------------------------------------------ places
    def place(self, model: Any) -> None:
        """Put an object where the schema has a place for it."""
        at: Any = self.file
        for entry, cls in self.route(type(model)):
            holder = getattr(at, entry.field)
            if isinstance(entry.marker, Children):
                self.holders += 1
                at = holder.add(self.example(cls, f"holder_{self.holders}"))
            elif holder is None:
                made = self.example(cls, None if getattr(entry.marker, "unnamed", False) else entry.stored_name)
                setattr(at, entry.field, made)
                at = getattr(at, entry.field)
            else:
                at = holder
        if isinstance(model, VectorIndexMixin):  # in the table of its column
            model.name = f"{model.target.name}_index"
            at = self.parents[model.target]
        put(at, model)
        self.parents[model] = at

    def route(self, wanted: type[Any]) -> list[tuple[StoredField, type[Any]]]:
        """Return the fields that lead from the file to a group that may hold an object of a class."""
        queue: deque[tuple[type[Any], list[tuple[StoredField, type[Any]]]]] = deque([(type(self.file), [])])
        seen = set()
        while queue:
            cls, way = queue.popleft()
            if place_in(cls, wanted) is not None:
                return way
            for entry in entries(cls):
                if entry.model is None or isinstance(entry.marker, Link | Reference):
                    continue
                if entry.model.neurodata_type is not None and not isinstance(entry.marker, Children):
                    continue  # the place of one object only, which may come later
                for inner in (entry.model, *(t for t in self.types.values() if fits(t, entry.model))):
                    if inner not in seen and inner.__name__ not in CONCRETE:
                        seen.add(inner)
                        queue.append((inner, [*way, (entry, inner)]))
        msg = f"no place for a {wanted.__name__}"
        raise LookupError(msg)


CONCRETE = {
    "NWBDataInterface": "TimeSeries", "NWBContainer": "TimeSeries", "Container": "TimeSeries",
    "BaseImage": "GrayscaleImage", "Image": "GrayscaleImage", "NWBData": "ScratchData", "Data": "ScratchData",
}  # fmt: skip
"""Types that others derive from, and one of those."""

USUAL = {
    "TimeSeries": ("timestamps",), "Images": ("image",), "DynamicTable": ("vector_data",),
    "PlaneSegmentation": ("pixel_mask",),
}  # fmt: skip
"""Fields that no specification requires, and readers do."""

LEFT_OUT = {"TimeSeries": ("starting_time",), "AlignedDynamicTable": ("meanings_tables",)}
"""Fields that exclude another one, or that PyNWB cannot read there."""

MAX_DEPTH = 12

COMPOUND: dict[str, Any] = {
    "pixel_mask": (("x", "uint32"), ("y", "uint32"), ("weight", "float32")),
    "voxel_mask": (("x", "uint32"), ("y", "uint32"), ("z", "uint32"), ("weight", "float32")),
    "keys": (("key", "text"),),
    "files": (("file_object_id", "text"),),
    "entities": (("entity_id", "text"), ("entity_uri", "text")),
    "objects": (
        ("files_idx", "uint"), ("object_id", "text"), ("object_type", "text"), ("relative_path", "text"),
        ("field", "text"),
    ),
    "object_keys": (("objects_idx", "uint"), ("keys_idx", "uint")),
    "entity_keys": (("entities_idx", "uint"), ("keys_idx", "uint")),
}  # fmt: skip
"""Columns of compound rows."""

CHOSEN = {("ExternalImage", "image_format"): "PNG"}
"""Values of which a specification says in words what they have to be."""


def entries(cls: type[Any]) -> Iterator[StoredField]:
    """Yield the fields of a class."""
    tables = storage(cls)
    yield from (*tables.attributes.values(), *tables.children.values(), *tables.unnamed, *tables.collections)
    if tables.value is not None:
        yield tables.value


def place_in(cls: type[Any], wanted: type[Any]) -> StoredField | None:
    """Return the field of a class that may hold any object of another one."""
    owners = [
        entry
        for entry in (*storage(cls).collections, *storage(cls).unnamed)
        if entry.model is not None and fits(wanted, entry.model) and not isinstance(entry.marker, Link)
    ]
    named = [
        entry
        for entry in storage(cls).children.values()
        if entry.model is not None and entry.model.neurodata_type is not None and fits(wanted, entry.model)
        and not isinstance(entry.marker, Link) and wanted.__name__ != "DynamicTable"
    ]  # fmt: skip
    return next(iter((*owners, *named)), None)


def put(group: Any, model: Any) -> None:
    """Put an object into a group."""
    entry = place_in(type(group), type(model))
    assert entry is not None
    if isinstance(entry.marker, Children):
        getattr(group, entry.field).add(model)
        consistent(group)
    else:
        if not getattr(entry.marker, "unnamed", False):
            model.name = entry.stored_name
        setattr(group, entry.field, model)


def consistent(model: Any) -> None:
    """Make a table name its columns."""
    if "colnames" in type(model).model_fields:
        named = [
            c for c in storage(type(model)).children.values() if c.field != "id" and getattr(model, c.field) is not None
        ]
        columns = [c.stored_name for c in named if fits(c.model, vector_data(type(model)))] + list(model.vector_data)
        model.colnames = [name for name in columns if not name.endswith("_index")]
        point_at_columns(model)

    if "categories" in type(model).model_fields:
        tables = [c.stored_name for c in storage(type(model)).children.values() if "colnames" in c.model.model_fields]
        model.categories = [*tables, *model.dynamic_table]


def point_at_columns(table: Any) -> None:
    """Let the indexes of a table lead to its own columns, and the tables with meanings, too."""
    columns = {name: table[name] for name in table if hasattr(table[name], "dtype")}
    for name, column in columns.items():
        if name.endswith("_index") and name.removesuffix("_index") in columns:
            column.target = columns[name.removesuffix("_index")]
    for meanings in list(table.meanings_table.values()) if table.meanings_table is not None else ():
        meanings.target = next((columns[name] for name in table.colnames), meanings.target)
        del table.meanings_table[meanings.name]
        meanings.name = f"{meanings.target.name}_meanings"
        table.meanings_table.add(meanings)


def vector_data(cls: type[Any]) -> type[Any]:
    """Return the class of columns that a class of tables has."""
    return next(entry.model for entry in storage(cls).collections if entry.field == "vector_data")  # type: ignore[return-value]


NOW = datetime.now(UTC)
