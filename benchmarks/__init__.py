"""Measurements: scripts that print tables. Nothing here is a test, and nothing in the product depends on it."""
