"""The newest core that ships with the library: its models and those of what it includes, such as ``VectorData``.

``nwb_models.core.v2_11_0`` has them by version.
"""

from nwb_models.core.v2_11_0 import *  # noqa: F403
