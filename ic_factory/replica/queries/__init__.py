"""Queries: evaluated against the committed state, answered and signed."""
