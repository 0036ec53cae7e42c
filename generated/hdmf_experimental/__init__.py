"""The models of the namespace 'hdmf-experimental', by version."""
