"""What every document tells of commitments, and timelines made of it."""
