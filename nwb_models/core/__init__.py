"""The newest core that ships with the library: its models and those of what it includes, such as ``VectorData``.

``nwb_models.core.v2_11_0`` has them by version.
"""

from typing import TYPE_CHECKING

from nwb_models.core.v2_11_0 import *  # noqa: F403
from nwb_models.late import late as _late

if not TYPE_CHECKING:  # type checkers know the classes, and refuse what is none
    __getattr__ = _late(__name__, {})
