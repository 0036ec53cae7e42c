"""Tests of `nwb_models.views`."""
