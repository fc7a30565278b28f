"""Does a sentence stand in the passages it cites? Checked by rules first, then by one score.

The rules are literal: numbers, dates, names, parties, quotes, links and the status of commitments must stand in a cited
sentence, and nothing may be told as a fact that a source only has somebody say or order. The score is the mean of two:
how near the claim's strangest words are to a word of the cited sentences (late interaction over the encoder's token
vectors), and which share of its content words stands there. Its threshold was fitted on one half of WiCE and BEGIN by
`benchmarks/support.py`. Nothing is learned, no language model is asked, and what a sentence means is not understood:
who did what to whom may still be exchanged.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import numpy as np

from assistant.language.commitments import Status, report
from assistant.language.dates import MONTHS, days_named, months
from assistant.language.parties import Party, mentions, party_of
from corpus.encoder.protocol import Encoder, nearness

# Fitted by benchmarks/support.py, see docs/evaluation.md.
SUPPORTED_FROM = 0.56
# The nearness that a tenth of a claim's tokens does not reach: one strange word counts, however long the rest.
_STRANGEST = 0.1

_NUMBER_WORDS = {
    word: number
    for number, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)
}
_SCALES = {"thousand": 3, "million": 6, "mln": 6, "billion": 9, "bln": 9}
_NUMBER = re.compile(
    rf"(?:(?P<digits>\d+(?:[.,]\d+)*)|\b(?P<word>{'|'.join(_NUMBER_WORDS)})\b)(?:\s*(?P<scale>{'|'.join(_SCALES)})\b)?",
    re.IGNORECASE,
)
# As good as "they": whoever they are is checked by name.
_THE_TWO = re.compile(
    r"\b(?:the|these|those) two (?=sides|countries|parties|ministries|ministers|governments|states)", re.IGNORECASE
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
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
_EMPTY_WORDS = frozenset(
    """
    a an and are as at be been but by for from had has have he her his i in is it its of on or she that the their they
    this to was were which who will with you
    """.split()
)
_FRAME = re.compile(r":\s|\b(?:that|dass|que|что|ka)\b|[“„«\"]")
_MARKS_OF_END = frozenset(".!?:")
_MONTH_NAMES = frozenset(month.casefold() for month in MONTHS)


class Checker(Protocol):
    """What decides whether a claim may stand: `SupportChecker`, or a test's own."""

    def check(self, claim: str, cited: Sequence[str], parties: Collection[Party] = ()) -> "Verdict":
        """Whether `claim` stands in the sentences `cited`; `parties` may be named even where those do not."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: `reasons` are the literal rules that a claim breaks, `score` its nearness to its sources."""

    reasons: tuple[str, ...]
    score: float
    threshold: float = SUPPORTED_FROM

    @property
    def is_literal(self) -> bool:
        """Whether every number, date, name, quote, link and status stands in the cited sentences."""
        return not self.reasons

    @property
    def supported(self) -> bool:
        """Whether the claim may be shown as supported."""
        return self.is_literal and self.score >= self.threshold


class SupportChecker:
    """The rules and the score, over an encoder's token vectors."""

    def __init__(self, encoder: Encoder, threshold: float = SUPPORTED_FROM) -> None:
        self._encoder = encoder
        self._threshold = threshold

    def check(self, claim: str, cited: Sequence[str], parties: Collection[Party] = ()) -> Verdict:
        """See `Checker`; the score of a claim that breaks a rule is not computed and 0."""
        reasons = tuple(broken_rules(claim, cited, parties))
        return Verdict(reasons, 0.0 if reasons else self.score(claim, cited), self._threshold)

    def score(self, claim: str, cited: Sequence[str]) -> float:
        """From 0 to 1, 1 for a literal slice: the mean of the strangest tokens' nearness and of the word overlap."""
        vectors, *sources = self._encoder.token_vectors([claim, *cited])
        held = [source for source in sources if len(source)]
        if not len(vectors) or not held:
            return 0.0
        nearest = (vectors @ np.concatenate(held).T).max(axis=1)
        strangest = nearness(float(np.quantile(nearest, _STRANGEST)), self._encoder.unrelated)
        return (max(strangest, 0.0) + word_overlap(claim, cited)) / 2


def word_overlap(claim: str, cited: Sequence[str]) -> float:
    """The share of a claim's content words that stand in the cited sentences."""
    wanted, found = _words(claim) - _EMPTY_WORDS, _words(" ".join(cited))
    return len(wanted & found) / len(wanted) if wanted else 0.0


def broken_rules(claim: str, cited: Sequence[str], parties: Collection[Party] = ()) -> Iterator[str]:
    """What of `claim` stands in none of the sentences `cited`, one word for each sort of it."""
    claim, sources = _plain(claim), [_plain(text) for text in cited]
    together = " \n ".join(sources)
    if numbers(claim) - numbers(together):
        yield "number"
    if days_named(claim) - days_named(together) or not _months_stand(claim, together):
        yield "date"
    if set(names(claim)) - _words(together):
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


def numbers(text: str) -> frozenset[Decimal]:
    """The numbers that a text names, in digits or in words up to twelve; "5 million" is 5000000."""
    found = set()
    for match in _NUMBER.finditer(_THOUSANDS.sub("", _THE_TWO.sub("", text))):
        digits = match["digits"] or str(_NUMBER_WORDS[match["word"].lower()])
        whole, *rest = re.split(r"[.,]", digits)
        scale = Decimal(10) ** _SCALES.get((match["scale"] or "").lower(), 0)
        # More than one part is no decimal fraction ("23.09.2022"): each of its numbers counts.
        parts = [f"{whole}.{rest[0]}"] if len(rest) == 1 else [whole, *rest]
        found |= {Decimal(part) * scale for part in parts}
    return frozenset(found)


def names(text: str) -> Iterator[str]:
    """The capitalised words of a sentence that name something, in lower case; countries and months are left out."""
    spans = mentions(text)
    end = 0
    for match in _WORD.finditer(text):
        word = re.sub(r"['’]s?$", "", match.group())
        between, end = text[end : match.start()].rpartition("_")[2], match.end()
        is_first = len(between) == match.start() or not _MARKS_OF_END.isdisjoint(between)
        is_country = any(start <= match.start() < end for start, end, _ in spans)
        if is_country or word.isdigit() or word in ("I", word.lower()) or word.casefold() in _MONTH_NAMES:
            continue
        if not (is_first and word.casefold() in _STARTING_WORDS):
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


def _words(text: str) -> set[str]:
    return {_bare(word) for word in _WORD.findall(text)}


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word).casefold()


def _folded(text: str) -> str:
    return re.sub(r"[\s“”„«»\"'’‘]+", " ", text).casefold()


def _countries(text: str) -> set[str]:
    return {party_of(code).code for *_, code in mentions(text)}


def _months_stand(claim: str, together: str) -> bool:
    """Whether each month and year of the claim is one of the cited sentences', which may name the month as well."""
    known = months(together)
    return all(
        any(year == other_year and month in ("", other_month) for other_month, other_year in known)
        for month, year in months(claim)
    )


def _loses_its_frame(claim: str, source: str) -> bool:
    """Whether a claim tells as a fact what the source has somebody say, ask for or order.

    All its content words stand behind a colon or a "that", or between quotation marks, and none before it.
    """
    wanted = _words(claim) - _EMPTY_WORDS
    ends: dict[str, int] = {}  # of a word's first place, and the beginning of its last
    starts: dict[str, int] = {}
    for match in _WORD.finditer(source):
        word = _bare(match.group())
        ends.setdefault(word, match.end())
        starts[word] = match.start()
    if not wanted or not wanted <= starts.keys():
        return False
    told_from = min(ends[word] for word in wanted)
    told_behind = min(starts[word] for word in wanted)
    opened = min(end for word, end in ends.items() if word not in _EMPTY_WORDS)
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
