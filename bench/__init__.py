"""Measures the project's budgets: `python -m bench`."""
