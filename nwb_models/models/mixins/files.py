"""Behaviour of files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from nwb_models.errors import warn

REFERENCE = "timestamps_reference_time"


class NWBFileMixin:
    """A file: made by hand, it is made now, and its times count from the start of the session, where nobody says more.

    That they do is not changed in a file that was read, or where somebody says from when they count.
    """

    def __init__(self, /, **data: Any) -> None:
        data.setdefault("file_create_date", [datetime.now().astimezone()])
        follows = "session_start_time" in data and REFERENCE not in data
        if follows:
            data[REFERENCE] = data["session_start_time"]
        super().__init__(**data)
        if follows:
            model: Any = self
            model.model_fields_set.discard(REFERENCE)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a field, see `NWBModel.__setattr__`; what times count from follows the start where nobody gave it."""
        model: Any = self
        if name != "session_start_time" or REFERENCE not in type(model).model_fields:
            super().__setattr__(name, value)
            return
        follows = model._source is None and REFERENCE not in model.model_fields_set
        reference = getattr(model, REFERENCE)
        was_same = reference == model.session_start_time
        super().__setattr__(name, value)
        if follows:
            setattr(model, REFERENCE, model.session_start_time)
            model.model_fields_set.discard(REFERENCE)
        elif was_same and reference != model.session_start_time:
            warn(
                f"session_start_time is {model.session_start_time}, and times are still seconds from {reference}, "
                f"which {REFERENCE} says: set that as well where they count from the start of the session"
            )
