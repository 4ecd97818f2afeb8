"""Work of several calls, which may fail half-way and be run again."""
