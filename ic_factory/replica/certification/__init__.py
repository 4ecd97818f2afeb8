"""The state tree and the certificates over it."""
