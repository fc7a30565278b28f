"""Folders become documents: which files, read in isolation, written so that any kill leaves it whole."""
