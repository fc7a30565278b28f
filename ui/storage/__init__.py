"""The database of what a web process keeps: its connection, and what several machines must share."""
