"""PDF: characters and their places become columns, paragraphs, tables and notes."""
