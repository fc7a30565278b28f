"""Which sentence answers: features of words, the trained network and its weights."""
