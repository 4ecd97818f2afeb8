"""The management canister: every method of `aaaaa-aa`, a file a group."""
