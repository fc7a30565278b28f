"""The HTTP application: a module for each family of routes. `ui.application` puts them together."""
