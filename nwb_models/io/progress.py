"""How far writing has come, for who asks: the commands do, the library itself shows nothing."""

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
    """Let something be told, in this block, how far writing has come.

    Parameters
    ----------
    report
        Called with bytes that were written just now, and how many there are in all; None where that was said already.
    """
    token = _REPORT.set(report)
    try:
        yield
    finally:
        _REPORT.reset(token)


def is_reported() -> bool:
    """Tell whether anybody asks."""
    return _REPORT.get() is not None


def report(written: int, total: int | None = None) -> None:
    """Say how many bytes were written just now."""
    found = _REPORT.get()
    if found is not None:
        found(written, total)
