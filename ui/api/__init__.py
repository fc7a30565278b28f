"""The HTTP application: `app` puts it together, each family of routes is a module, `problems` is what goes wrong."""
