"""All rules: those that need no data, and those that read it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from nwb_models.models.consistency import RULES as OF_SHAPES
from nwb_models.models.consistency import Rule, applying
from nwb_models.validation.references import NOWHERE, WRONG
from nwb_models.validation.references import RULES as OF_REFERENCES
from nwb_models.validation.series import RULES as OF_SERIES
from nwb_models.validation.tables import RULES as OF_TABLES

if TYPE_CHECKING:
    from nwb_models.models.consistency import Severity

OF_DATA: tuple[Rule, ...] = (*OF_TABLES, *OF_SERIES, *OF_REFERENCES)
"""Rules for which data is read, or for which more of the file is known than one object."""

RULES: tuple[Rule, ...] = (*OF_SHAPES, *OF_DATA, NOWHERE, WRONG)
"""All rules for what the specifications say in words; what they say formally is looked at in reading."""

OF_READING: dict[str, Severity] = {"unknown": "warning", "outside": "warning"}
"""The severity of what reading finds; ``error`` where nothing is said."""


@cache
def data_rules_of(cls: type) -> tuple[Rule, ...]:
    """Return the rules of `OF_DATA` for objects of a class."""
    return applying(OF_DATA, cls)
