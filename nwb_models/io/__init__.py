"""File <-> models."""
