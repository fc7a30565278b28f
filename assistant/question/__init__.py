"""What is asked: follow-ups made to stand alone, parties, kinds, dates, status, words."""
