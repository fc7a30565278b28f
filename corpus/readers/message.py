"""An e-mail: its subject, sender, date and the body that is meant to be read."""

import email
import email.policy

from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.readers.metadata import iso_date, one_line, printable
from corpus.readers.web_page import read_web_page


def read_message(content: bytes) -> Extraction:
    """The body, as text; one that is a web page is read as such."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    try:
        body = message.get_body(preferencelist=("plain", "html"))
        if body is None:
            raise UnreadableFile("the message has no text part")
        text = body.get_content()
        sent = message["date"].datetime if message["date"] else None
        subject, sender = one_line(message["subject"]), one_line(message["from"])
    # The standard library parses headers lazily, and these are what malformed ones were seen to raise.
    except (LookupError, ValueError, AttributeError, TypeError) as error:
        raise UnreadableFile(f"the message cannot be decoded ({one_line(error)})") from error
    if body.get_content_type() == "text/html":
        text = read_web_page(text.encode()).text
    return Extraction(text=printable(text), title=subject, publisher=sender or None, published=iso_date(sent))
