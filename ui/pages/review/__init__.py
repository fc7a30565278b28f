"""The page for whoever looks after the corpus: what people asked in vain, and which answers they found wanting."""
