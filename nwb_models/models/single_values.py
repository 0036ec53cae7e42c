"""Datasets that hold a single value behave as it: who reads an age compares it, and who reads a time adds to it."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.errors import warn

if TYPE_CHECKING:
    from collections.abc import Callable


READ_FIRST = "read it first, all of it with [...] or a part with [:10]"


def _value(dataset: Any) -> Any:
    """Return the single value of a dataset.

    Raises
    ------
    TypeError
        Where it has several.
    """
    if dataset.shape != ():
        msg = f"{dataset!r} has the shape {dataset.shape}: {READ_FIRST}"
        raise TypeError(msg)
    return dataset.value


def not_there(array: Any, name: str) -> Any:
    """Refuse an attribute that an array on disk does not have; what it has failed, and is asked again for its error.

    Raises
    ------
    AttributeError
        Always; where the values have the attribute once they are read, it says so.
    """
    if hasattr(type(array), name):
        return object.__getattribute__(array, name)
    msg = f"{type(array).__name__!r} object has no attribute {name!r}{of_values(name)}"
    raise AttributeError(msg)


def of_values(name: str) -> str:
    """Return how to get to an attribute that arrays of numpy have; nothing for any other name."""
    return "" if name.startswith("_") or not hasattr(np.ndarray, name) else f": {READ_FIRST}"


def _unary(apply: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *how: Any) -> Any:
        return apply(_value(self), *how)

    return method


def _binary(apply: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        return apply(_value(self), other)

    return method


def _reflected(apply: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        return apply(other, _value(self))

    return method


class SingleValue:
    """What a dataset does as its value does, where that is a single one; arrays are read first, with ``[...]``."""

    def __eq__(self: Any, other: Any) -> bool:
        """Tell whether it is the same object, or its value is a value, or that of another dataset without a type.

        Arrays are not compared, which would read them: a warning says so where one is compared with a value.
        """
        if self is other:
            return True
        if self.shape != () and isinstance(other, str | int | float | np.generic):
            warn(f"{self!r} is an array, which is never equal to {other!r}: compare what it holds, as with [...]")
        if self.neurodata_type is not None or self.shape != ():
            return False
        if isinstance(other, SingleValue):
            return other.neurodata_type is None and other.shape == () and bool(self.value == other.value)  # type: ignore[attr-defined]
        return self.value == other  # type: ignore[no-any-return]

    __hash__ = object.__hash__

    def __str__(self: Any) -> str:
        """Return the value as text."""
        return str(self.value) if self.shape == () else repr(self)

    def __format__(self: Any, form: str) -> str:
        """Return the value as text of a form."""
        return format(self.value if self.shape == () else repr(self), form)

    __float__, __int__, __complex__, __round__ = _unary(float), _unary(int), _unary(complex), _unary(round)
    __neg__, __pos__, __abs__ = _unary(operator.neg), _unary(operator.pos), _unary(operator.abs)
    __lt__, __le__ = _binary(operator.lt), _binary(operator.le)
    __gt__, __ge__ = _binary(operator.gt), _binary(operator.ge)
    __add__, __radd__ = _binary(operator.add), _reflected(operator.add)
    __sub__, __rsub__ = _binary(operator.sub), _reflected(operator.sub)
    __mul__, __rmul__ = _binary(operator.mul), _reflected(operator.mul)
    __truediv__, __rtruediv__ = _binary(operator.truediv), _reflected(operator.truediv)
    __floordiv__, __rfloordiv__ = _binary(operator.floordiv), _reflected(operator.floordiv)
    __mod__, __rmod__ = _binary(operator.mod), _reflected(operator.mod)
    __pow__, __rpow__ = _binary(operator.pow), _reflected(operator.pow)
