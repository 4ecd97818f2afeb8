"""The command line: typer commands over the library, and nothing that a script would want."""
