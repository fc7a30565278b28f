"""Answers to take along: a Word briefing and Markdown, each with numbered footnotes.

`briefing` says what stands in it, `word` and `markdown` write it. Nothing is told that the answer does not tell, and
every quote is compared with its stored document once more.
"""
