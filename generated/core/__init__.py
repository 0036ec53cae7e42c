"""The models of the namespace 'core', by version."""
