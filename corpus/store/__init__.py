"""Catalog and indexes together: opened to be read, or to be written by the one writer."""
