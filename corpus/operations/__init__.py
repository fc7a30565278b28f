"""For whoever looks after a data folder: backup, restore, moving to PostgreSQL."""
