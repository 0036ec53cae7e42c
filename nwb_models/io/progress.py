"""How far long work has come, for who asks: `nwb_models.views.progress` does, the work itself shows nothing."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Report = Callable[[int, int | None], None]

_REPORT: ContextVar[Report | None] = ContextVar("report", default=None)


@contextmanager
def reported(report: Report) -> Iterator[None]:
    """Let something be told, in this block, how far work has come.

    Parameters
    ----------
    report
        Called with how many bytes (or objects, or pictures) were done just now, and how many there are in all; None
        where that was said already.
    """
    token = _REPORT.set(report)
    try:
        yield
    finally:
        _REPORT.reset(token)


def is_reported() -> bool:
    """Tell whether anybody asks."""
    return _REPORT.get() is not None


def report(done: int, total: int | None = None) -> None:
    """Say how much was done just now, and at the beginning how much there is."""
    found = _REPORT.get()
    if found is not None:
        found(done, total)
