"""The functions that a canister may import from `ic0`: a table, and a file a family."""
