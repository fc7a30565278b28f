"""Who is behind a request: keys, a proxy, a sign-in, tokens; and whether that still stands."""
