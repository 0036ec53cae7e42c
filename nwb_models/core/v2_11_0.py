"""The models of core 2.11.0."""

from nwb_models.generated.core.v2_11_0 import *  # noqa: F403
