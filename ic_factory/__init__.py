"""Tooling for people who give each of their users a canister of their own."""

__version__ = "0.1.0"
