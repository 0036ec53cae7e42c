"""DataFrames of pandas -> tables, and data -> columns."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.errors import UnknownFieldError
from nwb_models.models.base import NWBDataset, NWBModel
from nwb_models.models.cells import (
    NO_DESCRIPTION,
    depth_of,
    ends_of,
    flattened,
    foreseen,
    known_columns,
    listed,
    named,
    series_in,
    values_of,
    with_parts,
)
from nwb_models.models.check import name_problem
from nwb_models.models.columns import column_names
from nwb_models.models.frames import row_count
from nwb_models.models.labels import in_row_order
from nwb_models.models.mapping import derived, storage, type_names
from nwb_models.naming import GENERATED, with_article

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from nwb_models.models.cells import Foreseen
    from nwb_models.models.mapping import StoredField


# ---------------------------------------------------------------------------------------------- tables
def table_of(
    cls: Any,
    frame: pd.DataFrame,
    *,
    name: str | None,
    description: str | None,
    columns: Mapping[str, str] | None,
    tables: Mapping[str, Any] | None,
    fields: Mapping[str, Any],
    enums: Iterable[Any] = (),
) -> Any:
    """Return a table of a class with what a DataFrame has; see `DynamicTableMixin.from_dataframe`."""
    if not (hasattr(frame, "columns") and hasattr(frame, "iloc")):
        msg = f"a DataFrame of pandas is needed, as pandas.DataFrame(...) makes it, and not {frame!r:.60}"
        raise TypeError(msg)
    for what, given, example in (("columns", columns, "descriptions"), ("tables", tables, "tables")):
        if given is not None and not hasattr(given, "keys"):
            msg = f"{what} is a dict from the names of columns to {example}, and not {given!r:.60}"
            raise TypeError(msg)
    enums = [enums] if isinstance(enums, str) else enums
    columns, tables, enums = dict(columns or {}), dict(tables or {}), dict.fromkeys(enums, True)
    if frame.columns.nlevels > 1:
        return _aligned(cls, frame, name, description, columns, tables, fields, enums)
    if "id" in frame.columns:
        frame = frame.set_index("id")
    names = list(frame.columns)
    _check_names(cls, names, columns, tables, enums)
    data: dict[str, Any] = {"colnames": names, "id": {"name": "id", "value": _ids(frame)}}
    for column in names:
        said = columns.get(column)
        if column in enums:
            made = enumeration(cls, column, frame[column], said)
        else:
            made = columns_for(cls, column, listed(frame[column]), description=said, table=tables.get(column))
        for model in made:
            if model.name in names and model is not made[0]:
                msg = f"the column {column!r} needs another dataset that is called {model.name!r}: rename that column"
                raise ValueError(msg)
            entry = storage(cls).children.get(model.name)
            if entry is not None:
                data[entry.field] = model
            else:
                field = storage(cls).by_type(type(model)).field  # type: ignore[union-attr]
                data.setdefault(field, []).append(model)
    return cls(**_of_table(cls, name, description), **data, **fields)


def _of_table(cls: Any, name: str | None, description: str | None) -> dict[str, Any]:
    """Return name and description, where they are given, or the schema says neither."""
    given = {} if name is None else {"name": name}
    if description is not None or cls.model_fields["description"].is_required():
        given["description"] = NO_DESCRIPTION if description is None else description
    return given


def _check_names(cls: Any, names: list[Any], *others: Mapping[str, Any]) -> None:
    """Refuse columns that a table cannot have.

    Raises
    ------
    ValueError
        Where one has no name that it can have in a file, two have one, or one that the class requires is not there.
    UnknownFieldError
        Where something is said of a column that is not there.
    """
    wrong = [name for name in names if foreseen(cls, name) is None]
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if wrong or twice:
        what = f"no column can be called {named(wrong)}" if wrong else f"several columns are called {named(twice)}"
        msg = f"{cls.__name__}: {what}: rename them in the DataFrame, as with frame.rename(columns=...)"
        raise ValueError(msg)
    gone = [column.name for column in known_columns(cls) if column.required and column.name not in names]
    if gone:
        msg = f"{cls.__name__} needs the columns {named(gone)}, and the DataFrame has {named(names) or 'none'}"
        raise ValueError(msg)
    unknown = [name for other in others for name in other if name not in names]
    if unknown:
        msg = f"the DataFrame has no columns {named(unknown)}; it has {named(names) or 'none'}"
        raise UnknownFieldError(msg)


def _ids(frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Return the index of a frame as row identifiers."""
    ids = frame.index.to_numpy()
    if frame.index.nlevels > 1 or (len(ids) and ids.dtype.kind not in "iu"):
        msg = (
            "the index of the DataFrame becomes the row identifiers, which are integers, and it holds "
            f"{ids[0]!r:.40}: to keep it as a column, call frame.reset_index() first"
        )
        raise ValueError(msg)
    return ids.astype(np.int64) if ids.dtype.kind not in "iu" else ids.copy()


def _aligned(
    cls: Any,
    frame: pd.DataFrame,
    name: str | None,
    description: str | None,
    columns: dict[str, Any],
    tables: dict[str, Any],
    fields: Mapping[str, Any],
    enums: dict[Any, bool],
) -> Any:
    """Return an aligned table: the first level of the columns names the table itself, or one inside.

    What is said of a column stands under ``(table, column)``, as the frame calls it.
    """
    import pandas as pd

    if "AlignedDynamicTable" not in type_names(cls):
        msg = f"{cls.__name__} holds no tables: a DataFrame with one level of columns is needed"
        raise ValueError(msg)
    default = cls.model_fields["name"].default
    own = name if name is not None else default if isinstance(default, str) else ""
    groups: dict[str, list[str]] = {own: []}
    pairs: Any = frame.columns
    for category, column in pairs:
        groups.setdefault(category, []).append(column)
    series = series_in(cell for _, cells in frame.select_dtypes(object).items() for cell in cells)
    data: dict[str, Any] = {"categories": [category for category in groups if category != own]}
    inside = []
    for category, found in groups.items():
        part = frame[[(category, column) for column in found]].droplevel(0, axis=1) if found else frame[[]]
        if not found:
            part.columns = []
        said = {
            "columns": _below(columns, category),
            "tables": _below(tables, category),
            "enums": _below(enums, category),
        }
        if category == own:
            main = (part, said)
            continue
        entry = storage(cls).children.get(category)
        kind = entry.model if entry is not None else _inner(cls)
        for column in found:
            cells = listed(part[column])
            filled = with_parts(foreseen(kind, column), cells, series)
            part = part if filled is cells else part.assign(**{column: pd.Series(filled, part.index, dtype=object)})
        made = table_of(kind, part, name=category, description=None, fields={}, **said)
        if entry is None:
            inside.append(made)
        else:
            data[entry.field] = made
    if inside:
        data[next(e.field for e in storage(cls).collections if e.model is _inner(cls))] = inside
    part, said = main
    return table_of(cls, part, name=name, description=description, fields={**data, **fields}, **said)


def _below(said: dict[Any, Any], category: str) -> dict[str, Any]:
    return {key[1]: value for key, value in said.items() if isinstance(key, tuple) and key[0] == category}


def _inner(cls: Any) -> Any:
    """Return the class of the tables inside an aligned table that it has no fields for."""
    return next(
        e.model for e in storage(cls).collections if e.model is not None and not issubclass(e.model, NWBDataset)
    )


def empty(cls: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a table without rows is made of: columns and tables that its class requires, with nothing in them.

    Raises
    ------
    ValueError
        Where one is a column of rows of a table that nobody has named.
    """
    found: dict[str, Any] = {"id": {"name": "id", "value": []}, "colnames": []}
    for column in known_columns(cls):
        if column.required and column.is_a("DynamicTableRegion"):
            raise ValueError(_needs_table(cls, column.name))
        if column.required:
            for model in columns_for(cls, column.name, [], depth=0):
                found[storage(cls).children[model.name].field] = model
            found["colnames"].append(column.name)
    for name, entry in storage(cls).children.items():
        if entry.required and entry.field not in data and is_table(entry):
            with suppress(ValueError):  # it is said to be missing
                inside: Any = entry.model
                found[entry.field] = inside(**_of_table(inside, name, None))
    return found


def is_table(entry: StoredField) -> bool:
    """Tell whether a table stands in a field."""
    return entry.model is not None and "DynamicTable" in type_names(entry.model)


def _needs_table(cls: Any, name: str) -> str:
    """Return what to do where a column of rows of a table is made without that."""
    column = foreseen(cls, name)
    ways = f"{cls.__name__}.from_dataframe(frame, tables={{{name!r}: other_table}})"
    if column is None or not column.required:
        ways = f"table.add_column({name!r}, table=other_table) before rows are added, or with {ways}"
    return f"{name!r} of {cls.__name__} holds numbers of rows of another table: say of which, with {ways}"


def with_columns(cls: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a table is made of, with columns made of the cells that are given for them, and their indexes.

    Cells of a ragged column are lists or arrays; where its index is given, too, they are the values of all rows, one
    behind the other.
    """
    found = dict(data)
    names = {entry.field: name for name, entry in storage(cls).children.items() if entry.field in data}
    for field, cells in data.items():
        column = foreseen(cls, names.get(field))
        if column is None or cells is None or isinstance(cells, NWBModel | dict):
            continue
        index = names.get(field, "") + "_index"
        ends = found.pop(storage(cls).children[index].field, None) if index in storage(cls).children else None
        if isinstance(ends, NWBModel | dict):
            found[storage(cls).children[index].field] = ends
            continue
        made = (
            columns_for(cls, column.name, listed(cells))
            if ends is None
            else column_models(cls, column, values_of(listed(cells), column), [np.asarray(ends)], None, None, {})
        )
        found |= {storage(cls).children[model.name].field: model for model in made}
    return found


# ---------------------------------------------------------------------------------------------- columns
def columns_for(
    cls: Any,
    name: str,
    cells: Any,
    *,
    description: str | None = None,
    depth: int | None = None,
    table: Any = None,
    fields: Mapping[str, Any] | None = None,
) -> list[Any]:
    """Return the models of a column: the column, its index where it is ragged, the index of that, and so on.

    Parameters
    ----------
    cls, name
        The class of the table, and the name of the column.
    cells
        One for each row.
    description, fields
        What the column says of itself; where no description is given, what the schema says.
    depth
        How many indexes it has; found from the cells where it is not given.
    table
        The table of a `DynamicTableRegion`.

    Raises
    ------
    ValueError
        Where the cells do not go together, or not into this column.
    """
    column = foreseen(cls, name)
    if column is None:
        msg = f"{cls.__name__} has no place for a column called {name!r}"
        raise UnknownFieldError(msg)
    depth = depth_of(cells, column) if depth is None else depth
    values, lengths = flattened(cells, depth, column)
    if not len(values) and column.shapes and all(len(shape) > 1 for shape in column.shapes) and values.ndim == 1:
        values = values.reshape(0, *(length or 0 for length in column.shapes[0][1:]))
    return column_models(cls, column, values, [ends_of(each) for each in lengths], description, table, fields or {})


def column_models(
    cls: Any,
    column: Foreseen,
    values: Any,
    ends: list[Any],
    description: str | None,
    table: Any,
    fields: Mapping[str, Any],
) -> list[Any]:
    """Return the models of a column whose values and indexes are known."""
    model, data = _class_for(column, values, table), dict(fields)
    if model is not column.model and column.depth is not None:
        msg = (
            f"{column.name!r} of {cls.__name__} is {with_article(column.model.__name__)}, and takes no rows of a table"
        )
        raise ValueError(msg)
    if "DynamicTableRegion" in type_names(model):
        if table is None:
            raise ValueError(_needs_table(cls, column.name))
        data["table"] = table
    data |= _described(
        model, column.description if description is None else description, is_given=description is not None
    )
    try:
        found = [model(name=column.name, value=values, **data)]
    except ValueError as error:
        error.add_note(f"in the column {column.name!r}")
        raise
    for end in ends:
        found.append(_index_for(cls, found[-1], end, column.model))
    return found


def enumeration(cls: Any, name: str, cells: Any, description: str | None = None) -> list[Any]:
    """Return the models of a column of numbers that stand for labels, and of the labels.

    Parameters
    ----------
    cells
        One label for each row, or a Categorical of pandas, whose categories are the labels in their order.

    Raises
    ------
    ValueError
        Where a cell is missing, which no number stands for; or the class of the table says what the column is.
    """
    import pandas as pd

    column = foreseen(cls, name)
    if column is None or column.depth is not None:
        msg = f"{name!r} of {cls.__name__} cannot be an enumeration"
        raise ValueError(msg)
    found = pd.Categorical(cells)
    numbers = np.asarray(found.codes)
    if (numbers < 0).any():
        row = int(np.flatnonzero(numbers < 0)[0])
        msg = f"{name!r} is an enumeration, and has no number for the missing cell in row {row}: add a label for it"
        raise ValueError(msg)
    labels = columns_for(cls, f"{name}_elements", listed(found.categories), description=f"Labels of {name}.", depth=0)
    kind = _enumerations(cls)
    said = NO_DESCRIPTION if description is None else description
    numbers = numbers.astype(np.min_scalar_type(max(len(found.categories) - 1, 0)))
    return [kind(name=name, description=said, value=numbers, elements=labels[0]), *labels]


def _enumerations(cls: Any) -> Any:
    """Return the class of enumerations that are columns of a class of tables.

    Source: EnumData of hdmf-experimental, which nothing imports that does not use it.
    """
    column = related(cls, "VectorData")
    for package in ("", f"{GENERATED}.hdmf_experimental"):
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__) if package else ():
            importlib.import_module(f"{package}.{module.name}")
        for found in derived(column):
            if found.neurodata_type == "EnumData":
                return found
    msg = f"there is no EnumData in the specifications of {cls.__name__}"
    raise UnknownFieldError(msg)


def _index_for(cls: Any, target: Any, ends: Any, column: Any) -> Any:
    """Return the index of a column or index."""
    name = f"{target.name}_index"
    entry = storage(cls).children.get(name)
    kind: Any = entry.model if entry is not None else related(column, "VectorIndex")
    more = _described(kind, f"Index for {target.name}.", is_given=False)
    return kind(name=name, value=ends, target=target, **more)


def _described(model: Any, description: str, *, is_given: bool) -> dict[str, str]:
    """Return the description of a column, where it has one and the schema does not fix it."""
    field = model.model_fields.get("description")
    return {"description": description} if field is not None and (is_given or field.is_required()) else {}


def _class_for(column: Foreseen, values: Any, table: Any) -> Any:
    """Return the class of a column: that of its field, else one that holds such values."""
    if table is not None and not column.is_a("DynamicTableRegion"):
        return related(column.model, "DynamicTableRegion")
    fields = getattr(getattr(values, "dtype", None), "names", None)
    if column.depth is None and fields is not None and len(values) and "timeseries" in fields:
        return related(type(values["timeseries"].flat[0]), "TimeSeriesReferenceVectorData")
    return column.model


def related(cls: Any, name: str) -> Any:
    """Return the class of a type that the specification defines beside a class, or beside one that it derives from.

    Raises
    ------
    UnknownFieldError
        Where there is none.
    """
    for base in cls.__mro__:
        found = getattr(sys.modules.get(base.__module__), name, None)
        if getattr(found, "neurodata_type", None) == name:
            return found
    msg = f"there is no {name} in the specifications of {cls.__name__}"
    raise UnknownFieldError(msg)


def add_column(
    table: Any,
    name: str,
    data: Any,
    *,
    description: str | None,
    index: Any,
    of: Any,
    enum: bool,
    fields: Mapping[str, Any],
) -> Any:
    """Add a column to a table; see `DynamicTableMixin.add_column`."""
    cls: Any = type(table)
    column = foreseen(cls, name)
    if column is None:
        problem = name_problem(name) if type(name) is str else "text"
        why = "" if problem is None else f": {problem} is needed"
        msg = f"{table!r} has no place for a column called {name!r}{why}"
        raise UnknownFieldError(msg)
    if name in table:
        msg = f"{table!r} has something called {name!r} already: remove it first, with del table[{name!r}]"
        raise ValueError(msg)
    if index is None or isinstance(index, bool | int | np.integer):
        data = in_row_order(data, table)
    if enum:
        values, ends, rows = data, [], len(data)
    elif isinstance(index, bool | int | np.integer) or index is None:
        values, lengths = parts_of(listed(data), column, None if index is None else int(index))
        ends = [ends_of(each) for each in lengths]
        rows = len(lengths[-1]) if lengths else len(values)
    else:
        where = np.asarray(index)
        if where.ndim != 1 or where.dtype.kind not in "iu":
            msg = f"index is how many indexes {name!r} has, or where each row ends in data, and not {index!r:.60}"
            raise TypeError(msg)
        values, ends = values_of(listed(data), column), [ends_of(np.diff(where, prepend=0))]
        rows = len(index)
    is_first = not table.columns and not row_count(table)
    if rows != row_count(table) and not is_first:
        msg = f"{table!r} has {row_count(table)} rows, and {rows} are given for {name!r}"
        raise ValueError(msg)
    if enum:
        made = enumeration(cls, name, data, description)
    else:
        made = column_models(cls, column, values, ends, description, of, fields)
    taken = [model.name for model in made[1:] if model.name in table]
    if taken:
        msg = f"{table!r} has something called {taken[0]!r} already, which {name!r} needs"
        raise ValueError(msg)
    place(table, made)
    if is_first and rows:
        table.id.value = np.arange(rows)
    return made[0]


def parts_of(cells: Any, column: Foreseen, depth: int | None) -> tuple[Any, list[Any]]:
    """Return the values of cells, one behind the other, and for each index how long its rows are.

    Where it is not said how many there are, cells of one array, which all have its further axes, have none.
    """
    if depth is None and isinstance(cells, np.ndarray) and cells.ndim > 1 and not column.depth:
        depth = 0
    if depth == 0 and isinstance(cells, np.ndarray):
        return values_of(cells, column), []
    return flattened(cells, depth_of(cells, column) if depth is None else depth, column)


def place(table: Any, models: list[Any]) -> None:
    """Put the models of a new column into a table, and its name behind the names of the others."""
    for model in models:
        table[model.name] = model
    names = column_names(table.colnames)
    if models[0].name not in names:
        table.colnames = [*names, models[0].name]
