"""Commitments between parties over time: drawn and listed (`drawing`), as a page with its form (`page`)."""
