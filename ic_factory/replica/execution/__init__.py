"""Runs canister code: a module and a message in, an outcome out. Never reaches into queues."""
