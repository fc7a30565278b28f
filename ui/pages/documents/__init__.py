"""Documents as pages of their own, with what an answer cites highlighted."""
