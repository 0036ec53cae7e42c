"""Whether files and models are as their specifications say: `validate`, and the report that it gives."""

from nwb_models.validation.report import Finding, Report
from nwb_models.validation.validating import validate

__all__ = ["Finding", "Report", "validate"]
