"""Where a replica comes from."""
