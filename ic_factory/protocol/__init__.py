"""Wire formats of the Internet Computer: bytes to values and back, no I/O, clock or randomness."""
