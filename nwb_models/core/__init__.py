"""The models of the newest core that ships with the library; ``nwb_models.core.v2_11_0`` has them by version."""

from nwb_models.core.v2_11_0 import *  # noqa: F403
