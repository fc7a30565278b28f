"""Does a sentence stand in the passages it cites? Checked by rules first, then by one score.

The rules are literal: numbers (or what can be counted and added up), dates, names, parties, quotes, links and the
status of commitments must stand in a cited sentence, nothing may be told as a fact that a source only has somebody say
or order, and neither "not", "will" nor the order of two names may be lost or added (`turns`). Whether the sentences
hold the claim as a whole is for an `Entailment`. No language model is asked.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.language.commitments import Status, report
from assistant.language.dates import MONTHS, dates_named, days_named
from assistant.language.parties import Party, mentions, party_of
from assistant.model.arithmetic import computed, numbers
from assistant.model.entailment import Entailment, bare, content_words, words_of
from assistant.model.turns import turned

# A probability; `Entailment` is calibrated.
HELD_FROM = 0.5

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
_QUOTED = re.compile(r"[“„«\"]([^“”„«»\"]{2,}?)[”“»\"]|‘([^‘’]{3,}?)’")
_LINK = re.compile(
    # Bounded, and each only from where a word begins: a row of "@" would otherwise take the third power of its length.
    r"\b(?:[a-z][a-z0-9+.-]{0,30}://|www\.|mailto:|data:|javascript:)\S*|(?<![^\s@])[^\s@]++@[^\s@.]++\.\S+"
    r"|\b[a-z0-9-]{2,63}(?:\.[a-z0-9-]{2,63}){0,8}\.[a-z]{2,63}\b(?:/\S*)?",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\b(?:no|not|none|nothing|neither|nor|never|without|cannot|unsigned)\b|n['’]t\b", re.IGNORECASE)
# Capitalised at the start of a sentence without naming anybody.
_STARTING_WORDS = frozenset(
    """
    a about according after agreement agreements all also although among an and another any areas as at authorities
    because before between both but by cooperation countries country delegations discussions documents doctors during
    each earlier eight every exchanges experts five for four from further furthermore governments health he her his
    hospitals however if in it its joint later many medical medicines meanwhile meetings memorandum ministers ministries
    ministry more moreover most nine no nobody none not nothing nurses of officials on one only other over parties
    participants patients plans projects representatives seven several she since six so some specialists specifically
    such talks ten that the their then there these they this those three through to training twelve two under until
    vaccines visits when where whereas which while who with within you
    """.split()
)
# "Yes, ...", "No, ...", in any language: an answer to the question, which denies nothing of what follows.
_INTERJECTION = re.compile(r"^[^\W\d_]{1,3}[,:—–] +")
_FRAME = re.compile(r":\s|\b(?:that|dass|que|что|ka)\b|[“„«\"]")
_MARKS_OF_END = frozenset(".!?:")
_MONTH_NAMES = frozenset(month.casefold() for month in MONTHS)


class Checker(Protocol):
    """What decides whether a claim may stand: `SupportChecker`, or a test's own."""

    def check(self, claim: str, cited: Sequence[str], parties: Collection[Party] = (), known: str = "") -> "Verdict":
        """Whether `claim` stands in the sentences `cited`; `parties` and names in `known` need not stand there."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: `reasons` are the literal rules that a claim breaks, `score` how probably it is held."""

    reasons: tuple[str, ...]
    score: float
    threshold: float = HELD_FROM

    @property
    def is_literal(self) -> bool:
        """Whether every number, date, name, quote, link and status stands in the cited sentences."""
        return not self.reasons

    @property
    def supported(self) -> bool:
        """Whether the claim may be shown as supported."""
        return self.is_literal and self.score >= self.threshold


class SupportChecker:
    """The rules, then the probability that the cited sentences hold the claim."""

    def __init__(self, entailment: Entailment, threshold: float = HELD_FROM) -> None:
        self._entailment = entailment
        self._threshold = threshold

    def check(self, claim: str, cited: Sequence[str], parties: Collection[Party] = (), known: str = "") -> Verdict:
        """See `Checker`; of a claim that breaks a rule the probability is not asked for and 0."""
        claim = _INTERJECTION.sub("", claim)
        reasons = tuple(broken_rules(claim, cited, parties, known))
        if reasons or not claim.strip() or not cited:
            return Verdict(reasons, 0.0, self._threshold)
        is_slice = any(_folded(claim).rstrip(". ") in _folded(text) for text in cited)
        score = 1.0 if is_slice else self._entailment.held([(claim, " ".join(cited))])[0]
        return Verdict((), score, self._threshold)


def broken_rules(claim: str, cited: Sequence[str], parties: Collection[Party] = (), known: str = "") -> Iterator[str]:
    """What of `claim` stands in none of the sentences `cited`, one word for each sort of it.

    Names may stand in `known` too: whoever published the sentences.
    """
    claim, sources = _INTERJECTION.sub("", _plain(claim)), [_plain(text) for text in cited]
    together = " \n ".join(sources)
    if (missing := numbers(claim) - numbers(together)) and missing - computed(sources):
        yield "number"
    if days_named(claim) - days_named(together) or not _months_stand(claim, together):
        yield "date"
    if set(names(claim, together)) - words_of(together) - words_of(known):
        yield "name"
    if _countries(claim) - _countries(together) - {party.code for party in parties}:
        yield "country"
    if any(_folded(quote) not in _folded(together) for quote in quotes(claim)):
        yield "quote"
    if any(link.group() not in together for link in _LINK.finditer(claim)):
        yield "link"
    if not _status_stands(claim, sources):
        yield "status"
    if sources and all(_loses_its_frame(claim, source) for source in sources):
        yield "frame"
    if _DENIAL.search(claim) and not _DENIAL.search(together):
        yield "denial"
    yield from turned(claim, sources)


def names(text: str, known: str = "") -> Iterator[str]:
    """The capitalised words of a sentence that name something, in lower case; countries and months are left out.

    A first word names nobody where a comma follows it ("Yes, ...") or `known` has it in lower case.
    """
    spans = mentions(text)
    ordinary = {word for word in _WORD.findall(known) if word.islower()}
    end = 0
    for match in _WORD.finditer(text):
        word = re.sub(r"['’]s?$", "", match.group())
        between, end = text[end : match.start()].rpartition("_")[2], match.end()
        is_first = len(between) == match.start() or not _MARKS_OF_END.isdisjoint(between)
        is_country = any(start <= match.start() < end for start, end, _ in spans)
        if is_country or word.isdigit() or word in ("I", word.lower()) or word.casefold() in _MONTH_NAMES:
            continue
        begins = word.casefold() in _STARTING_WORDS or word.casefold() in ordinary or text[end : end + 1] == ","
        if not (is_first and begins):
            yield word.casefold()


def quotes(text: str) -> Iterator[str]:
    """What a text puts between quotation marks."""
    for match in _QUOTED.finditer(text):
        yield (match[1] or match[2]).strip(" .,;:!?…")


def _plain(text: str) -> str:
    """One line, compatibility characters resolved, without characters that are not seen."""
    seen = (
        each for each in unicodedata.normalize("NFKC", text) if each.isspace() or unicodedata.category(each)[0] != "C"
    )
    return " ".join("".join(seen).split())


def _folded(text: str) -> str:
    return re.sub(r"[\s“”„«»\"'’‘]+", " ", text).casefold()


def _countries(text: str) -> set[str]:
    return {party_of(code).code for *_, code in mentions(text)}


def _months_stand(claim: str, together: str) -> bool:
    """Whether each month and year of the claim is one of the cited sentences', which may name the month as well."""
    known = dates_named(together)
    return all(any(other.startswith(date[: len("2025-12")]) for other in known) for date in dates_named(claim))


def _loses_its_frame(claim: str, source: str) -> bool:
    """Whether a claim tells as a fact what the source has somebody say, ask for or order.

    All its content words stand behind a colon or a "that", or between quotation marks, and none before it.
    """
    wanted = content_words(claim)
    ends: dict[str, int] = {}  # of a word's first place, and the beginning of its last
    starts: dict[str, int] = {}
    for match in _WORD.finditer(source):
        word = bare(match.group())
        ends.setdefault(word, match.end())
        starts[word] = match.start()
    if not wanted or not wanted <= starts.keys():
        return False
    told_from = min(ends[word] for word in wanted)
    told_behind = min(starts[word] for word in wanted)
    opened = min(end for word, end in ends.items() if word in content_words(word))
    return any(opened <= frame.start() < told_from and frame.end() <= told_behind for frame in _FRAME.finditer(source))


def _status_stands(claim: str, cited: Sequence[str]) -> bool:
    """Whether some cited sentence reports as much of a commitment as the claim does, and ends and denies it too."""
    told = report(claim)
    known = [report(text) for text in cited]
    if told.ended and not any(other.ended for other in known):
        return False
    if told.denied is not None and not any(other.denied is not None for other in known):
        return False
    if told.reported is None or told.reported < Status.AGREED:
        return True
    return any(
        other.confirms(told.reported) and not (other.ended and told.reported is Status.IN_FORCE and not told.ended)
        for other in known
    )
