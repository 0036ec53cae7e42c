"""Recordings small enough to ship: `example.nwb`, written by `scripts/make_example.py`."""
