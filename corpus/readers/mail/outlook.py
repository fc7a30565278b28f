"""An Outlook message (.msg): made into the e-mail that it was, and read as such.

Read by python-oxmsg (with olefile below it), which may be used with this project's licence; extract-msg, which knows
more of the format, is under the GPL. What is attached as a message is opened here, because python-oxmsg does not.
"""

import email.policy
from collections.abc import Iterator
from email import encoders
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import Any

from corpus.document import Extraction
from corpus.errors import UnreadableFile
from corpus.readers.mail.message import read_message
from corpus.readers.metadata import one_line
from corpus.readers.office.packages import reading

_DEEPEST = 5
_EMBEDDED = "__substg1.0_3701000D"
_SHORT_NAME, _DISPLAY_NAME, _PLAIN_TEXT = 0x3704, 0x3001, 0x1000
_HEADER_OF_EMBEDDED = 24  # bytes before the properties; 32 in a message that is a file
_LONGEST_LINE = 900


def read_outlook(content: bytes) -> Extraction:
    """The message, with everything that came with it."""
    with reading("Outlook message"):
        from oxmsg import Message

        made = _mail(Message.load(content), 0)
    return read_message(made.as_bytes(policy=email.policy.compat32))


def _mail(message: Any, depth: int) -> MIMEMultipart:
    made = MIMEMultipart()
    _describe(made, message)
    texts = MIMEMultipart("alternative")
    plain, markup = _plain(message), _markup(message)
    for text, kind in ((plain, "plain"), (markup, "html")):
        if text:
            texts.attach(MIMEText(text.encode("utf-8", "replace").decode(), kind, "utf-8"))
    if plain or markup:
        made.attach(texts)
    for attachment in message.attachments:
        for part in _attached(attachment, depth):
            made.attach(part)
    return made


def _describe(made: MIMEMultipart, message: Any) -> None:
    subject, sender = one_line(message.subject), one_line(message.sender)
    sent = message.sent_date
    date = format_datetime(sent) if sent else one_line(message.message_headers.get("Date"))
    for name, value in (("Subject", subject), ("From", sender), ("Date", date)):
        if value:
            made[name] = _folded(value)


def _folded(value: str) -> Any:
    from email.header import Header

    return Header(value.encode("utf-8", "replace").decode(), "utf-8", maxlinelen=_LONGEST_LINE)


def _plain(message: Any) -> str:
    return message.body or ""


def _markup(message: Any) -> str:
    """The body in HTML, also where its charset is not the one that is declared."""
    try:
        return message.html_body or ""
    except (UnicodeDecodeError, LookupError):
        from corpus.readers.characters import decoded

        return decoded(message.properties.binary_prop_value(0x1013))[0]


def _attached(attachment: Any, depth: int) -> Iterator[MIMEBase]:
    name = attachment.file_name or attachment.properties.str_prop_value(_SHORT_NAME)
    name = one_line(name or attachment.properties.str_prop_value(_DISPLAY_NAME)) or "attachment"
    embedded = next((storage for storage in attachment._storage.storages if storage.name == _EMBEDDED), None)
    if embedded is not None and depth < _DEEPEST:
        yield MIMEMessage(_mail(_embedded(embedded), depth + 1))
        return
    part = MIMEBase("application", "octet-stream")
    part.set_payload((attachment.file_bytes if embedded is None else None) or b"")
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    yield part


def _embedded(storage: Any) -> Any:
    """A message within a message, in which the properties stand a few bytes earlier."""
    from oxmsg import Message
    from oxmsg.properties import Properties

    if not storage.streams:
        raise UnreadableFile("a message within it is damaged")
    message = Message(storage)
    message.__dict__["_properties"] = Properties(storage, properties_header_offset=_HEADER_OF_EMBEDDED)
    return message
