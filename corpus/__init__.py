"""What we know: documents in, searchable passages out.

Nothing here knows a question, a language model or a screen; `assistant` and `ui` build on this package,
never the other way round.
"""
