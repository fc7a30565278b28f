"""The words of Gradio's own that can be seen or heard on the page, by the keys under which its frontend looks for them.

It speaks neither Latvian nor Azerbaijani, and its Russian is not ours; whatever is not named here cannot occur.
"""

from ui.languages.catalogues import ENGLISH, LANGUAGES
from ui.languages.speaking import speaking
from ui.languages.words import Text

WORDS = {
    "chatbot.like": Text("This answer is of use"),
    "chatbot.dislike": Text("This answer is of no use"),
    "chatbot.copy_message": Text("Copy the message"),
    "chatbot.copied_message": Text("Message copied"),
    "chatbot.clear": Text("Clear"),
    "chatbot.edit": Text("Edit"),
    "chatbot.retry": Text("Try again"),
    "chatbot.undo": Text("Undo"),
    "chatbot.submit": Text("Submit"),
    "chatbot.cancel": Text("Cancel"),
    "common.clear": Text("Clear"),
    "common.remove": Text("Remove"),
    "common.submit": Text("Submit"),
    "common.loading": Text("Loading"),
    "common.error": Text("Error"),
    "common.empty": Text("Empty"),
    "common.or": Text("or"),
    "common.copy": Text("Copy"),
    "dropdown.dropdown": Text("List to choose from"),
    "blocks.connection_can_break": Text("The connection can break while this page is not in the foreground."),
    "blocks.lost_connection": Text("The connection was lost; joining the queue again…"),
    "blocks.long_requests_queue": Text("Many questions are waiting for an answer."),
}


def words_of_gradio() -> dict[str, dict[str, str]]:
    """The words in every language of ours but English, in which Gradio has its own."""
    words = {}
    for language in LANGUAGES:
        if language != ENGLISH:
            with speaking(language):
                words[language] = {key: str(text) for key, text in WORDS.items()}
    return words
