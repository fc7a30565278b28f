"""What is kept of what was asked: conversations, feedback and, where that is wanted, every question with its outcome.

`conversations` are values, `shelves` are the places that hold them (the reader's browser or the server), `records` are
feedback and questions for whoever looks after the corpus, `observed` is an assistant that notes what it answers, and
`desk` puts them together. The server's part of it is one SQLite file of its own, opened in `ui.storage.database`.
"""
