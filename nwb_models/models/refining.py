"""An object that was made of its type, at a place whose specification says more of it: it becomes one of that place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nwb_models.models.mapping import fits, refines
from nwb_models.naming import with_article

if TYPE_CHECKING:
    from nwb_models.models.base import NWBModel


def refined(value: Any, cls: type[NWBModel]) -> Any:
    """Return an object as one of the class of its place, which has more members than its type; others as they are.

    It stays the same Python object: an index may refer to it already.

    Raises
    ------
    ValueError
        Where it is an object of another type: groups are mappings, and pydantic would look for the fields in them.  Or
        where the place requires what the object does not have.

    >>> from nwb_models.core import v2_11_0 as core
    >>> from nwb_models.generated.hdmf_common import v1_10_0 as common
    >>> times = common.VectorData(name="spike_times", description="d", value=[0.1])
    >>> id_ = {"name": "id", "value": [0]}
    >>> units = core.Units(name="units", description="d", colnames=[], id=id_, spike_times=times)
    >>> units.spike_times is times, times.resolution
    (True, None)
    """
    found = type(value)
    if found is dict and "neurodata_type" in value:
        from nwb_models.models.from_json import is_object, model_of

        return model_of(value, cls) if is_object(value) else value
    if isinstance(value, cls):
        return value
    if not hasattr(found, "neurodata_type"):
        if value is None or isinstance(value, Mapping) or cls.neurodata_type is None:
            return value  # of which pydantic says what is wrong
        msg = f"{with_article(cls.__name__)} is needed here, not {value!r:.60}"
        raise ValueError(msg)
    if cls.neurodata_type is not None and not refines(cls, found) and fits(found, cls):
        return value  # of another version of the schema
    if cls.neurodata_type is None or value._source is not None or not refines(cls, found):
        is_namesake = found.__name__ == cls.__name__
        wanted, came = (f" of {c.__module__}" if is_namesake else "" for c in (cls, found))
        msg = f"{with_article(cls.__name__)}{wanted} is needed here, not {value!r}{came}"
        raise ValueError(msg)
    more = {name: info for name, info in cls.model_fields.items() if name not in vars(value)}
    missing = [name for name, info in more.items() if info.is_required()]
    if missing:
        kind = with_article(found.__name__)
        msg = f"{kind} at this place needs {', '.join(missing)}: make it with {cls.__name__}, or of a dict"
        raise ValueError(msg)
    value.__class__ = cls
    for name, info in more.items():
        vars(value)[name] = info.get_default(call_default_factory=True)
    return value
