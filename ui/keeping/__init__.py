"""What is kept of what was asked: conversations, feedback and, where that is wanted, every question with its outcome.

`conversations` are values, `conversation_stores` the places that hold them (the reader's browser or the server),
`feedback_store` has feedback and questions for whoever looks after the corpus, `answer_cache` is an assistant that
remembers what it answers, and `user_data` puts them together. The server's part of it is one SQLite file of its own,
opened in `ui.storage.database`.
"""
