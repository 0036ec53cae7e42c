"""Making many objects at once, of which none is garbage."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = 20_000
"""How many objects have to be made for Python not to look at them soon."""
_made = 0
"""How many were made so since all objects were last looked at."""
_is_due = False


@contextlib.contextmanager
def collecting_later() -> Iterator[None]:
    """Let Python look for garbage after many objects were made: it would look at all of them, many times.

    Of reading a file of 6,600 objects that is a fifth of the time, and of cutting 50,000 references to parts of
    series into rows two thirds, and there is no garbage among them.  Many of them count as old at once.  Python counts
    what grows old to know when to look at all objects, and does not see these; so once they are half of all there are,
    it looks before more are made: who reads one large file after another keeps none that he has let go of.
    """
    was_enabled = gc.isenabled()
    if was_enabled and _is_due:
        gc.collect()
        _note(0, due=False)
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            new = gc.get_count()[0]
            if new > MANY and not gc.get_freeze_count():
                gc.freeze()
                _note(_made + new, due=2 * (_made + new) > gc.get_freeze_count())
                gc.unfreeze()
            gc.enable()


def _note(made: int, *, due: bool) -> None:
    global _made, _is_due
    _made, _is_due = made, due
