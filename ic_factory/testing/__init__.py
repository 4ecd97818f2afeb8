"""For tests of canisters: a replica in pytest."""
