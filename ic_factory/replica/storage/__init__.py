"""Durability: what a replica keeps on disk, in one SQLite database, and how it comes back.

The log has each input before it is acted upon; checkpoints bound what is replayed of it.
"""
