"""What may not be written is refused in each way that there is to write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import nwb_models as nwb
from nwb_models.errors import InvalidModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WAYS = ("by hand", "read", "in place")
"""Models made by hand in a new file, those of a file in another one, and in the file itself."""


def require_refused(file: Any, edit: Callable[[Any], Any], how: str, said: str, folder: Path) -> None:
    """Write a file that is edited first: that is refused, and what was there is as it was.

    Parameters
    ----------
    file
        The root of a file that can be written.
    edit
        What lets it be none.
    how
        One of `WAYS`.
    said
        What the error says.
    """
    path = folder / "a.nwb"
    if how == "by hand":
        edit(file)
        with pytest.raises(InvalidModelError, match=said):
            nwb.write(file, path)
        assert not path.exists()
        return
    nwb.write(file, path)
    before = path.read_bytes()
    with nwb.open(path, "r+") as io:
        file = io.read()
        edit(file)
        with pytest.raises(InvalidModelError, match=said):
            io.write(file) if how == "in place" else nwb.write(file, folder / "b.nwb")
    assert path.read_bytes() == before
