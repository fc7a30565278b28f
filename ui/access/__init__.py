"""What stands between a request and the routes: one outer layer, so that no route can forget it."""
