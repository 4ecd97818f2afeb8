"""From a module's bytes to one that can run: inflate, parse, validate, rewrite."""
