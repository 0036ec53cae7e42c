"""Models on their way to another process.

What was read from a file travels as where it is, and is found there again.  What was made by hand travels as what it
holds.  Classes that were generated from the specifications of a file cannot be imported: they travel as what they are
generated from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nwb_models.errors import NotReadableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nwb_models.models.base import NWBModel

    Reduced = tuple[Callable[..., Any], tuple[Any, ...]]

REDUCERS: list[Callable[[type], Reduced | None]] = []
"""Whoever makes classes that cannot be imported adds here what says how one is found; None for any other class."""


class Named:
    """Stands for a class in what is pickled, and arrives as that class."""

    def __init__(self, cls: type) -> None:
        self.cls = cls

    def __reduce__(self) -> Reduced:
        """Return what finds the class."""
        found = (reducer(self.cls) for reducer in REDUCERS)
        return next((entry for entry in found if entry is not None), (_itself, (self.cls,)))


def reduced(model: NWBModel) -> Any:
    """Return what `pickle` is to keep of a model.

    Raises
    ------
    UnsavedChangesError
        Where it was read from a file and changed since: at its place there is something else.
    """
    if model._source is not None:
        return model._source.located(model.path)
    return _empty, (Named(type(model)),), model.__getstate__()


def _itself(cls: type) -> type:
    return cls


def _empty(cls: Any) -> NWBModel:
    """Return a model that holds nothing yet: what it holds may lead back to it."""
    from nwb_models.models.base import NWBModel

    if not (isinstance(cls, type) and issubclass(cls, NWBModel)):
        msg = f"What was pickled is damaged: {cls!r} is no class of models"
        raise NotReadableError(msg)
    made: NWBModel = cls.__new__(cls)
    return made
