"""Web pages, as a browser would show them."""
