"""A language model: its provider, time and budget, what it is asked and how its words are checked."""
