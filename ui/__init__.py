"""How you reach the assistant: command line, web page, API, and the documents behind its citations.

The packages point one way, ui → assistant → corpus, never back: nothing below knows that a screen exists. This layer
decides nothing about answers; it shows them, escaped for where they are shown.
"""

# Characters; what is longer is not a question but a document.
LONGEST_QUESTION = 2_000
# Earlier questions of a conversation that are looked at, the newest ones.
LONGEST_HISTORY = 20
# The years that dates in documents are read from.
EARLIEST_YEAR, LATEST_YEAR = 1900, 2099
