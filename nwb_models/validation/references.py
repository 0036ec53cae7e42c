"""Rules for references in data, and for what has to be there once in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py

from nwb_models.models.base import NWBDataset, NWBModel
from nwb_models.models.consistency import Problem, Rule, types_of
from nwb_models.models.links import Region, Unresolved
from nwb_models.models.mapping import storage
from nwb_models.models.time_series_reference import is_of_parts
from nwb_models.validation.reading import Place, blocks_of, dtype_of, refers

if TYPE_CHECKING:
    from collections.abc import Iterator


def references(model: Any, place: Place) -> Iterator[tuple[Rule, Problem]]:
    """Yield references in data that lead nowhere, or to something else than the specification asks for."""
    dtype = dtype_of(model)
    if not refers(dtype):
        return
    asked = [place.dtype, _own(model)]
    for name in dtype.names or [None]:
        if h5py.check_ref_dtype(dtype[name] if name else dtype) is None:
            continue
        wanted = next((found for entry in asked if (found := _wanted(entry, name))), None)
        yield from _in_field(model, name, wanted)


def _in_field(model: Any, name: str | None, wanted: str | None) -> Iterator[tuple[Rule, Problem]]:
    noted: set[str] = set()
    fine: set[Any] = set()
    where = f"at row {{}}{f' of {name}' if name else ''}"
    for start, block in blocks_of(model):
        values = block[name] if name else block
        for number, target in enumerate(values.flat):
            if id(target) in fine:
                continue
            row = start + number // max(1, values[0].size if values.ndim > 1 else 1)
            if isinstance(target, Unresolved):
                is_none = is_of_parts(block.dtype) and block["idx_start"].flat[number] < 0
                if not is_none and NOWHERE.name not in noted:
                    noted.add(NOWHERE.name)
                    found = f"a reference to nothing, {where.format(row)}"
                    yield NOWHERE, Problem("", wanted or "an object", found)
                continue
            target = target.target if isinstance(target, Region) else target
            if wanted is None or wanted in types_of(target):
                fine.add(id(target))
            elif WRONG.name not in noted:
                noted.add(WRONG.name)
                kind = (target.neurodata_type if isinstance(target, NWBModel) else None) or "an object without a type"
                yield WRONG, Problem("", wanted, f"{kind}, {where.format(row)}")


def _wanted(dtype: Any, name: str | None) -> str | None:
    """Return the type that references have to lead to: of a dtype such as ``object:Device``, or of a field of one."""
    if dtype is not None and not isinstance(dtype, str):
        dtype = dict(dtype).get(name)
    return dtype.partition(":")[2] or None if isinstance(dtype, str) else None


NOWHERE = Rule("reference", (), "error", references, "NWB Specification Language: references")
WRONG = Rule("type", (), "error", references, "NWB Specification Language: references")


def _own(model: Any) -> Any:
    """Return the dtype that the type of a dataset asks for; None for a plain one, which has no type."""
    cls: Any = type(model)
    value = storage(cls).value if isinstance(model, NWBDataset) else None
    return value.marker.dtype if value is not None else None


def charset(model: Any, place: Place) -> Iterator[Problem]:
    """Yield arrays of text in UTF-8 where ASCII is asked for."""
    if "ascii" in (place.dtype, _own(model)):
        info = h5py.check_string_dtype(dtype_of(model))
        if info is not None and info.encoding != "ascii":
            yield Problem("", "text in ASCII", f"text in {info.encoding.upper()}")


CHARSET = Rule("charset", (), "warning", charset, "NWB Specification Language: dtypes")
RULES = (CHARSET,)
