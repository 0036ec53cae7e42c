"""What may have been meant by a name that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def meant(name: str, known: Iterable[str]) -> str:
    """Return the end of a message that says which name may have been meant, nothing where none is near.

    >>> "no field 'rat'" + meant("rat", ["data", "rate", "unit"])
    "no field 'rat': did you mean 'rate'?"
    >>> meant("x", ["data", "rate"])
    ''
    """
    import difflib  # takes 3 ms, which reading a file needs not

    near = difflib.get_close_matches(name, sorted(set(known)), n=1)
    return f": did you mean {near[0]!r}?" if near else ""


class NoAttributeError(AttributeError):
    """An attribute that is not there.  Which one may be meant is looked for when it is shown: ``getattr`` asks a lot.

    Python would say it as well at the end of a program, which notebooks would not: it is not told the name.

    Parameters
    ----------
    text
        What is not there.
    attribute, known
        Its name, and what returns the names that are there.
    """

    def __init__(self, text: str, attribute: str, known: Callable[[], Iterable[str]]) -> None:
        super().__init__(text, name=None)
        self._text, self._attribute, self._known = text, attribute, known

    def __str__(self) -> str:
        """Return what is not there, and what may be meant."""
        public = (name for name in self._known() if not name.startswith("_"))
        return self._text + ("" if self._attribute.startswith("_") else meant(self._attribute, public))

    def __reduce__(self) -> Any:
        """Return what an error of another process is made of: its text is finished."""
        return AttributeError, (str(self),)
