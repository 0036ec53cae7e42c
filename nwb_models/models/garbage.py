"""Making many objects at once, of which none is garbage."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = 20_000
"""How many objects have to be made for Python not to look at them soon."""
MOST = 100_000
"""How many of these there may be at least, before all objects are looked at."""


class _Counted:
    """What there is to be looked at."""

    def __init__(self) -> None:
        self.made = self.alive = 0
        """How many objects were made since all were last looked at, and how many were left then."""
        self.looks = 0
        """How often Python had looked at all of them by then."""

    def is_due(self) -> bool:
        """Tell whether as many were made as there were, with none of them looked at."""
        if _looks() != self.looks:
            self.made, self.looks = 0, _looks()
        return self.made > max(MOST, self.alive)

    def look(self) -> None:
        """Look at all, and count them."""
        gc.collect()
        if not gc.get_freeze_count():
            gc.freeze()
            self.alive = gc.get_freeze_count()
            gc.unfreeze()


def _looks() -> int:
    return int(gc.get_stats()[-1]["collections"])


_counted = _Counted()


@contextlib.contextmanager
def collecting_later() -> Iterator[None]:
    """Let Python look for garbage after many objects were made: it would look at all of them, many times.

    Of reading a file of 6,600 objects that is a fifth of the time, and of cutting 50,000 references to parts of
    series into rows two thirds, and there is no garbage among them.  Many of them count as old at once.  Python counts
    what grows old to know when to look at all objects, and does not see these; so once they are as many as all others,
    it looks before more are made: who reads one large file after another keeps none that he has let go of.
    """
    was_enabled = gc.isenabled()
    if was_enabled and _counted.is_due():
        _counted.look()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            new = gc.get_count()[0]
            if new > MANY and not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
                _counted.made += new
            gc.enable()
