"""What `ic-factory quickstart` does, a module a part of it."""
