"""Names that a module gives, and imports from elsewhere when they are asked for first."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from nwb_models.misspelt import NoAttributeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def late(module: str, places: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a module (PEP 562) for names that not all who import it need.

    The module imports them below ``if TYPE_CHECKING`` too, so that type checkers and editors know them.

    Parameters
    ----------
    module
        The ``__name__`` of the module.
    places
        Name -> where it is: ``package.module:name``, or a module itself, ``package.module``.

    Examples
    --------
    >>> find = late("nwb_models.late", {"OrderedDict": "collections:OrderedDict", "path": "os.path"})
    >>> find("OrderedDict").__name__
    'OrderedDict'
    """

    def find(name: str) -> Any:
        if name not in places:
            msg = f"module {module!r} has no attribute {name!r}"
            raise NoAttributeError(msg, name, lambda: [*places, *vars(sys.modules[module])])
        place, _, attribute = places[name].partition(":")
        found = importlib.import_module(place)
        if attribute:
            found = getattr(found, attribute)
        setattr(sys.modules[module], name, found)
        return found

    return find
