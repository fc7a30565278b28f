"""Who may do what: what stands between a request and the routes, one outer layer, so that no route can forget it.

`layer` puts it together; `rules` is the table of routes and the right that each needs; `identity` is what a route may
ask about the person behind a request. Ways to say who one is: `keys`, `proxy`, `sign_in`, `tokens`.
"""
