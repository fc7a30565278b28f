"""What is told: sentences in reading order, or a refusal that names what is missing."""
