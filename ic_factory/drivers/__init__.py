"""A typed client for each canister that this package knows."""
