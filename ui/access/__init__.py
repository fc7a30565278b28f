"""Who may do what: what stands between a request and the routes, one outer layer, so that no route can forget it.

`layer` puts it together; `rules` is the table of routes and the right that each needs; `sign_in` is the
one way to say who one is that has routes of its own. The others, and what a route may ask about the person behind a
request, are in `ui.identity`.
"""
