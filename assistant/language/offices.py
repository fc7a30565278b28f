"""Offices that a question asks after, and how sentences name whoever holds them: "Latvia's health minister".

Whoever shares words with the question is not the holder ("Latvia's health minister and Ukraine's ambassador"), so an
office is matched as it is written, in any order of its words. Patterns over English wording; a question that is not
plainly about one office of one party is no question of office. Who the holders are is found by
`assistant.compose.holders`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.language.organisations import aliases_of
from assistant.language.parties import Party, aliases

_HEADS = (
    r"minister|ambassador|president|director[- ]general|director|secretary[- ]general|secretary|chair(?:man|woman)?"
    r"|representative|rector|speaker|commissioner|chief|leader"
)
_ASKS_WHO = re.compile(
    r"(?:(?:and|so|but|then)\s+)?who(?:\s+(?:is|was|are|were)|['’]s)\s+(?:now\s+)?(?P<rest>[^?]+?)\s*\??", re.IGNORECASE
)
_WHEN = re.compile(
    r",?\s+(?:(?:in|as of|during|since|until|before|after)\s+(?:\w+\s+){0,2}(?:19|20)\d\d|now|today|currently|then"
    r"|at present|at the moment|these days)$",
    re.IGNORECASE,
)
_LINKS = re.compile(r"\b(?:of|for|in|at|the|current|present|acting|new|public|republic|care)\b|[-\s]+", re.IGNORECASE)
_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽƏ"
_NAME = (
    rf"(?P<name>[{_CAPITAL}][\w.'’-]*(?:\s+(?:(?:al|bin|da|de|del|den|der|di|du|la|le|van|von)\s+){{0,2}}"
    rf"[{_CAPITAL}][\w.'’-]*){{0,4}})"
)


@dataclass(frozen=True, slots=True)
class Office:
    """An office of a party: `role` in the words of the question ("health minister")."""

    role: str
    party: Party


def asked_office(question: str, parties: Sequence[Party]) -> Office | None:
    """The office whose holder is asked for: "who is Latvia's health minister?"; None where more or less is asked."""
    match = _ASKS_WHO.fullmatch(question.strip())
    if match is None or len(parties) != 1:
        return None
    asked = _WHEN.sub("", match["rest"])
    owner = _owner(parties[0])
    named = re.fullmatch(rf"(?:the\s+)?{owner}\s+(?P<role>.+)", asked) or re.fullmatch(
        rf"(?:the\s+)?(?P<role>.+?)\s+(?:of|for|at|in)\s+(?:the\s+)?(?:Republic of\s+)?{owner}", asked
    )
    if named is None:
        return None
    role = re.sub(r"^(?:(?:the|current|present|acting|new)\s+)+", "", named["role"].strip().lower())
    is_office = re.fullmatch(rf"(?:[\w-]+\s+){{0,2}}(?:{_HEADS})|(?:{_HEADS})\s+(?:of|for)(?:\s+[\w-]+){{1,3}}", role)
    return Office(role, parties[0]) if is_office and _words(role) else None


def search_words(office: Office) -> str:
    """What to look the office up by, in the keyword index."""
    return f"{' '.join(_names(office.party))} {office.role}"


def speaks_of(office: Office, text: str) -> bool:
    """Whether a text has both the party's name and the office's words, however they are joined."""
    return bool(re.search(_owner(office.party), text) and re.search(_role(office.role), text))


def holder_patterns(office: Office) -> tuple[re.Pattern[str], ...]:
    """What names a holder, as the group "name"."""
    owner, role = _owner(office.party), _role(office.role)
    of_owner = rf"(?:of|for|in|at)\s+(?:the\s+)?(?:Republic of\s+)?{owner}"
    return (
        re.compile(rf"{owner}\s+(?:then\s+|new\s+)?{role},?\s+{_NAME}"),
        re.compile(rf"{role}\s+{of_owner}(?:\s+\([^)]*\))?,?\s+{_NAME}"),
        re.compile(rf"{_NAME},\s+(?:the\s+)?(?:{owner}\s+{role}|{role}\s+{of_owner})"),
        re.compile(rf"{_NAME}\s+(?:is|was|became|has been)\s+(?:the\s+)?(?:{owner}\s+{role}|{role}\s+{of_owner})"),
    )


def _role(role: str) -> str:
    """A pattern for an office in any order of its words: "health minister", "minister of health"."""
    words = _words(role)
    head = next(word for word in reversed(words) if re.fullmatch(_HEADS, word.replace("_", "-")))
    field = r"[-\s]+".join(re.escape(word) for word in words if word != head)
    head = head.replace("_", "[- ]")
    if not field:
        return rf"(?i:{head})"
    field = field.replace("health", r"(?:public\s+)?health(?:[-\s]?care)?")
    return rf"(?i:{field}\s+{head}|{head}\s+(?:of|for)\s+(?:the\s+)?{field})"


def _words(role: str) -> list[str]:
    """The words that make an office what it is; two that belong together are one ("director_general")."""
    joined = re.sub(r"\b(director|secretary)[- ]general\b", r"\1_general", role.lower())
    return [word for word in _LINKS.split(joined.replace("healthcare", "health")) if word]


def _owner(party: Party) -> str:
    names = "|".join(re.escape(name) for name in sorted(_names(party), key=len, reverse=True))
    return rf"(?<!\w)(?:{names})(?:['’]s?)?(?!\w)"


def _names(party: Party) -> Sequence[str]:
    return aliases(party) if party.is_country else aliases_of(party)
