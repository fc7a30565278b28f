"""Text by itself: sentences, page furniture, language, and the cutting into passages."""
