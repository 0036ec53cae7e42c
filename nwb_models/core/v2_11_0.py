"""The models of core 2.11.0, and those of hdmf-common 1.10.0, which it includes."""

from nwb_models.generated.core.v2_11_0 import *  # noqa: F403
from nwb_models.generated.hdmf_common.v1_10_0 import *  # noqa: F403
