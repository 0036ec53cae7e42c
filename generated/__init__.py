"""The models that ship with the library, written by its generator."""
