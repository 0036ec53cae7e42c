"""The models of the namespace 'hdmf-common', by version."""
