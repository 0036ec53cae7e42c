"""Behaviour of files."""

from __future__ import annotations

from datetime import datetime
from typing import Any


class NWBFileMixin:
    """A file: made by hand, it is made now, and its times count from the start of the session."""

    def __init__(self, /, **data: Any) -> None:
        data.setdefault("file_create_date", [datetime.now().astimezone()])
        if "session_start_time" in data:
            data.setdefault("timestamps_reference_time", data["session_start_time"])
        super().__init__(**data)
