"""Typed Python from the interface of a canister."""
