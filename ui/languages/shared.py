"""Texts that more than one page shows, so that they are the same everywhere."""

from ui.languages.words import Text

PRODUCT = Text("Health Cooperation Assistant")
CHOOSE = Text("Language of the page")
PAGES = Text("Pages of the assistant")
# Pages of their own, besides the conversation, where everybody who may ask may go.
OTHER_PAGES = {Text("Documents"): "/documents", Text("Timeline"): "/timeline"}
SOURCES = Text("Sources")
CLOSEST_HEADING = Text("What comes closest")
UNDATED = Text("undated")
PUBLISHER = Text("Publisher")
PUBLISHED = Text("Published")
CONCERNS = Text("Concerns")
LANGUAGE = Text("Language")
SOURCE = Text("Source")
SHOW = Text("Show")
UNDERSTOOD = Text("Understood as: {question}")
AS_OF = Text("As of {date}, the date of the newest source cited.")
PAGE = Text("page {number}")
# What a sentence reports of a commitment, by `assistant.language.commitments.Status.words`.
STATUSES = {
    "withdrawn": Text("withdrawn", "status of a commitment"),
    "discussed": Text("discussed", "status of a commitment"),
    "proposed": Text("proposed", "status of a commitment"),
    "agreed": Text("agreed", "status of a commitment"),
    "signed": Text("signed", "status of a commitment"),
    "approved": Text("approved", "status of a commitment"),
    "in force": Text("in force", "status of a commitment"),
    "implemented": Text("implemented", "status of a commitment"),
}


def status_in_words(words: str) -> str:
    """A status in the language of the moment; one that nobody knows stays as it is."""
    return str(STATUSES.get(words, words))
