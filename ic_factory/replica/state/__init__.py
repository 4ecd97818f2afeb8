"""The replica's state as plain data: what there is, not what happens to it."""
