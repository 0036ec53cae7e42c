"""LinkML -> Python source, and the check that stands before it is executed."""

from nwb_models.schema.codegen.allowlist import checked
from nwb_models.schema.codegen.execute import execute

VERSION = "1"
"""The version of the generator, as the headers of what it writes say it."""

__all__ = ["VERSION", "checked", "execute"]
