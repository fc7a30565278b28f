"""Python runs this at its start where this folder, and the one above it, are on `PYTHONPATH`: see `network_guard`."""

from offline import network_guard

network_guard.install()
