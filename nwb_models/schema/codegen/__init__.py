"""LinkML -> Python source, and the check that stands before it is executed."""

VERSION = "1"
"""The version of the generator, as the headers of what it writes say it."""
