"""What a field may be given beside what it holds, for type checkers and editors; nothing of it is there at run time.

    data: Annotated[Given[TimeSeries__data, Values], Dataset()]

reads as a ``TimeSeries__data``, and a constructor or an assignment may give it plain data as well.  To a type checker
it is a descriptor: what a descriptor may be set to is what the constructor takes (PEP 681).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Generic, Protocol, TypeAlias, TypeVar, overload

    import numpy as np

    R = TypeVar("R")
    V = TypeVar("V")
    T = TypeVar("T")

    class Given(Generic[R, V]):
        """A field that reads as the first type, and may be given either."""

        @overload
        def __get__(self, instance: None, owner: type) -> Given[R, V]: ...
        @overload
        def __get__(self, instance: object, owner: type) -> R: ...
        def __get__(self, instance: object | None, owner: type) -> Any: ...
        def __set__(self, instance: object, value: R | V) -> None: ...

    class _Shaped(Protocol):
        """An array of any library, or `DatasetOptions`."""

        @property
        def shape(self) -> Any: ...
        @property
        def dtype(self) -> Any: ...

    Values: TypeAlias = Sequence[Any] | np.ndarray[Any, Any] | _Shaped | Iterator[Any]
    """What an array is made of."""
    Many: TypeAlias = Iterable[T] | Mapping[str, T]
    """What a collection, or an untyped group, is made of."""
else:

    class Given:
        """The first of two types."""

        def __class_getitem__(cls, kinds: tuple[Any, Any]) -> Any:
            """Return what the field holds."""
            return kinds[0]

    class Many:
        """Nothing that is looked at."""

        def __class_getitem__(cls, kind: Any) -> Any:
            """Return nothing that is looked at."""
            return Any

    Values = Any

Absent: Any = None
"""None as the default of a field, where type checkers would say that it is none of the two types of `Given`."""
Filled: Any = Field()
"""The default of a field that is required, and that the constructor of its class fills in where it is not given."""


def Made(factory: Callable[[], Any]) -> Any:  # noqa: N802 - as pydantic's Field
    """Return the default of a field that holds a new object each time."""
    return Field(default_factory=factory)
