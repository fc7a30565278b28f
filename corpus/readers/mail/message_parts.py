"""The parts of an e-mail: texts to be read in it, and files that came with it.

Of alternatives that say the same one is read, and of those that do not each. Attached files, forwarded messages and
named texts are handed on as they are; pictures that a mail shows within its text are none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.message import Message

from corpus.document import Attachment
from corpus.readers.mail.calendar import events_as_text
from corpus.readers.mail.message_text import header, in_charset, is_flowed, text_of, unwrapped
from corpus.readers.mail.quoted import Told, of_lines, of_markup
from corpus.readers.metadata import one_line

_DEEPEST = 50
_MOST_PARTS = 20_000
_ENDINGS = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "application/epub+zip": ".epub",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.text": ".odt",
}
_ENCRYPTED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")
# What goes with a mail and says nothing: signatures, receipts, how to show it.
_SAYS_NOTHING = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_SAME = 0.8


@dataclass(slots=True)
class Parts:
    """What a message holds."""

    texts: list[Told] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    _left: int = _MOST_PARTS

    @classmethod
    def of(cls, message: Message) -> "Parts":
        """Those of a message, in order."""
        parts = cls()
        parts.texts = parts._texts(message, 0)
        parts.remarks = list(dict.fromkeys(parts.remarks))
        return parts

    def _texts(self, part: Message, depth: int) -> list[Told]:
        kind = part.get_content_type()
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            self.remarks.append("Some of its parts are nested too deeply, or too many, and were not read.")
        elif kind == "message/rfc822":
            self._pass_on_message(part)
        elif part.is_multipart():
            inner = [self._texts(item, depth + 1) for item in _children(part)]
            return _different(inner) if kind == "multipart/alternative" else [told for texts in inner for told in texts]
        elif kind in _ENCRYPTED:
            self.remarks.append("It is encrypted, and what is within was not read.")
        elif kind.startswith(("text/", "multipart/")) and not self._is_file(part, depth):
            return list(self._read(part, kind))
        elif kind not in _SAYS_NOTHING and not _is_shown_within(part, kind):
            self._pass_on(part, kind)
        return []

    def _is_file(self, part: Message, depth: int) -> bool:
        """Whether a text came as a file: the first, without a name, is the mail itself whatever it says."""
        if depth == 0:
            return False
        return part.get_content_disposition() == "attachment" or bool(_name(part))

    def _read(self, part: Message, kind: str) -> Iterator[Told]:
        text, remarks = text_of(part)
        self.remarks += remarks
        if kind == "text/calendar":
            told = of_lines(events_as_text(text))
        elif kind == "text/html":
            told = of_markup(text)
        elif kind in ("text/rfc822-headers", "text/x-amp-html", "text/css", "text/x-vcard", "text/vcard"):
            return
        else:
            told = of_lines(unwrapped(text, part) if is_flowed(part) else text)
        if told.text.strip():
            yield told

    def _pass_on_message(self, part: Message) -> None:
        for item in _children(part)[:1]:
            named = header(item, "subject") or "message"
            self.attachments.append(Attachment(f"{named}.eml", item.as_bytes()))

    def _pass_on(self, part: Message, kind: str) -> None:
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        if kind.startswith("text/plain") and not content.isascii():
            content = in_charset(content, (part.get_content_charset() or "").lower())[0].encode("utf-8", "replace")
        name = _name(part) or f"attachment {len(self.attachments) + 1}"
        suffix = _ENDINGS.get(kind, "")
        if suffix and not re.search(r"\.\w{2,8}$", name):
            name += suffix
        if content.strip():
            self.attachments.append(Attachment(name, content))
        else:
            self.remarks.append(f"The attachment “{name}” is empty.")


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [item for item in payload if isinstance(item, Message)] if isinstance(payload, list) else []


def _name(part: Message) -> str:
    """The file name, however it is written."""
    try:
        named = part.get_filename()
    except (LookupError, ValueError, TypeError, AttributeError):
        return ""
    if not named:
        return ""
    described = Message()
    described["name"] = named.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return header(described, "name") or one_line(named)


def _is_shown_within(part: Message, kind: str) -> bool:
    """A picture in the text, or in a signature: it has an address within the mail, or is not said to be attached."""
    is_attached = part.get_content_disposition() == "attachment"
    return kind.startswith("image/") and (not is_attached or part.get("content-id") is not None)


def _different(alternatives: Sequence[list[Told]]) -> list[Told]:
    """The alternatives that say something else than those before; of two that say the same, the fuller one."""
    kept: list[tuple[list[Told], set[str]]] = []
    for texts in alternatives:
        words = {word for told in texts for word in re.findall(r"\w+", told.text.lower())}
        if not words:
            continue
        for number, (_, others) in enumerate(kept):
            if len(words & others) >= _SAME * min(len(words), len(others)):
                if len(others) < _SAME * len(words):
                    kept[number] = (texts, words)
                break
        else:
            kept.append((texts, words))
    return [told for texts, _ in kept for told in texts]
