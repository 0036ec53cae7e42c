"""Specification -> LinkML -> pydantic."""
