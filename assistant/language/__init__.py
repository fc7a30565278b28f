"""The only place with words in it: names of parties and offices, dates, statuses, and who gives orders."""
