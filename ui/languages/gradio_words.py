"""The words of Gradio's own that can be seen or heard on the page, by the keys under which its frontend looks for them.

It speaks neither Latvian nor Azerbaijani, so it is told that the reader speaks English, and what its English is: these
words, said when the page is served.
"""

from ui.languages.words import Text, later

WORDS = {
    "chatbot.like": Text("Like"),
    "chatbot.dislike": Text("Dislike"),
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


def words_of_gradio() -> dict[str, str]:
    """The words, for Gradio's page to be built with."""
    return {key: later(text) for key, text in WORDS.items()}
