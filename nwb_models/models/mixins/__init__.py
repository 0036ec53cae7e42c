"""Behaviour of some types, inherited by their generated classes."""
