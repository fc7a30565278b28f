"""An e-mail: every text in it, who sent it and when; what came with it goes on as documents of its own.

What the writer quotes of others is marked as furniture and never told as the writer's words; a message that is
forwarded with its sender named is one of the files that came with the mail. Which texts there are is `message_parts`,
how bytes become text `message_text`, and what is quoted `quoted`. The standard library takes the message apart, with
the older of its policies: the newer one reads headers by the letter, and gives up on many that mail programs write.
"""

import email
import email.policy
import email.utils
from datetime import datetime
from email.errors import MessageError
from email.message import Message

from corpus.document import Attachment, Extraction, Span
from corpus.errors import UnreadableFile
from corpus.readers.characters import decoded
from corpus.readers.mail.message_parts import Parts
from corpus.readers.mail.message_text import header
from corpus.readers.mail.quoted import Told, forwarded, marked
from corpus.readers.metadata import iso_date, one_line, printable

# E-mail is not much older; programs write the beginning of their time count where they know no date.
_FIRST_YEAR = 1975
_MANY_NULS = 40  # of the first 200 bytes: UTF-16 has a hundred
_QUOTES = "It quotes earlier messages; those are not read as its own words."


def read_message(content: bytes) -> Extraction:
    """The texts one after the other, with what is quoted in them as furniture."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or content[:200].count(0) > _MANY_NULS:
        content = decoded(content)[0].encode()
    from lxml.etree import LxmlError

    try:
        message = email.message_from_bytes(content.removeprefix(b"\xef\xbb\xbf"), policy=email.policy.compat32)
        return _extraction(message, Parts.of(message))
    # What the standard library was seen to raise on malformed messages.
    except (MessageError, LxmlError, LookupError, ValueError, AttributeError, TypeError) as error:
        raise UnreadableFile(f"the message cannot be decoded ({one_line(error)})") from error


def _extraction(message: Message, parts: Parts) -> Extraction:
    subject = header(message, "subject")
    attachments = list(parts.attachments)
    texts: list[Told] = []
    for told in parts.texts:
        own, passed_on = forwarded(told, subject, has_own_words=bool(texts))
        attachments += [Attachment(f"{name or subject or 'message'}.eml", whole) for name, whole in passed_on]
        texts.append(own)
    text, furniture = marked(texts)
    remarks = list(parts.remarks)
    if furniture and any(told.is_quoting for told in texts):
        remarks.append(_QUOTES)
    if not _has_words(text, furniture):
        text, furniture = _what_came(text, furniture, subject, attachments)
    return Extraction(
        text=printable(text),
        title=subject,
        publisher=header(message, "from") or None,
        published=iso_date(_sent(header(message, "date"))),
        furniture=furniture,
        remarks=tuple(remarks),
        attachments=tuple(attachments),
    )


def _has_words(text: str, furniture: tuple[Span, ...]) -> bool:
    position = 0
    for span in furniture:
        if any(character.isalnum() for character in text[position : span.start]):
            return True
        position = span.end
    return any(character.isalnum() for character in text[position:])


def _what_came(
    text: str, furniture: tuple[Span, ...], subject: str, attachments: list[Attachment]
) -> tuple[str, tuple[Span, ...]]:
    """A mail without a word of its own is told by its subject and by what came with it; quotes alone are read."""
    if attachments:
        named = [subject, *(f"- {one_line(attachment.name)}" for attachment in attachments)]
        return "\n\n".join(part for part in (text.rstrip(), *named) if part), furniture
    if any(character.isalnum() for character in text):
        return text, ()
    raise UnreadableFile("the message has no text part")


def _sent(value: str) -> datetime | None:
    """When it was sent, where the header says so in a way that can be understood."""
    try:
        sent = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return sent if sent.year >= _FIRST_YEAR else None
