"""The timeline of chosen parties: everything the record holds between them, oldest first.

Parties are given by name, as people write them: "Latvia", "the Republic of Latvia", "türkiye", "WHO". A name that is
nobody's is an error with a sentence and never a guess; a near miss is told the name that it may have meant.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.language.dates import Period
from assistant.language.organisations import aliases_of, known_organisations
from assistant.language.parties import Party, aliases, every_country
from assistant.language.vocabulary import Vocabulary
from assistant.record.record import Commitment, Record
from corpus.errors import AssistantError

# Looking up a party costs a search; nobody reads what more of them have in common.
MOST_PARTIES = 10
# Longer than any name, so that a pasted page is not printed whole.
_LONGEST_SHOWN = 60
_FORMALLY = re.compile(r"^(?:the\s+)?(?:(?:republic|kingdom|state)\s+of\s+)?(?:the\s+)?", re.IGNORECASE)


class TimelineError(AssistantError):
    """The timeline that was asked for cannot be: nobody is named, or nobody is called so, or the period is none."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What documents report of commitments between `parties` in a period, oldest first; what has no date comes last."""

    parties: tuple[Party, ...]
    period: Period
    commitments: tuple[Commitment, ...]

    @property
    def subject(self) -> str:
        """The parties and the period in words: "between Latvia and Azerbaijan since 2022"."""
        *others, last = (party.name for party in self.parties)
        who = f"between {', '.join(others)} and {last}" if others else f"of {last}"
        return f"{who}{_in_words(self.period)}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, the one shape of the command line and the API."""
        return {
            "parties": [party.name for party in self.parties],
            "commitments": [commitment.to_dict() for commitment in self.commitments],
        }


def make_timeline(record: Record, parties: Sequence[Party], since: int | None, until: int | None) -> Timeline:
    """The timeline of `parties` from the year `since` to the year `until`, both included.

    Raises `TimelineError` where the period ends before it starts. An undated commitment lies in no period.
    """
    if since is not None and until is not None and until < since:
        raise TimelineError(f"The period ends in {until}, before it starts in {since}; exchange the two years.")
    period = Period(*(None if year is None else str(year) for year in (since, until)))
    within = [commitment for commitment in record.between(parties) if period.holds(commitment.event)]
    return Timeline(tuple(parties), period, tuple(sorted(within, key=_oldest_first)))


def parties_called(names: Iterable[str], directory: Mapping[str, Party]) -> tuple[Party, ...]:
    """The parties of these names, each once; one text may hold several names, separated by commas.

    `directory` is that of `directory_of`. Raises `TimelineError` where there is no name, or too many, or nobody's.
    """
    parties = tuple(dict.fromkeys(party for text in names for party in _called(text, directory)))
    if not parties:
        raise TimelineError("Name at least one country or organisation, for example Latvia or WHO.")
    if len(parties) > MOST_PARTIES:
        raise TimelineError(f"Name at most {MOST_PARTIES} countries and organisations.")
    return parties


@lru_cache(maxsize=4)
def directory_of(declared: tuple[str, ...]) -> Mapping[str, Party]:
    """Every name, in lower case → who is called so: countries, organisations, and whom documents declare as parties."""
    directory: dict[str, Party] = {}
    for party in every_country():
        directory |= {name.casefold(): party for name in (party.name, *aliases(party))}
    for organisation in known_organisations():
        directory = {name.casefold(): organisation for name in aliases_of(organisation)} | directory
    theirs = {name.casefold(): Party(name.casefold(), name) for name in declared if name.isprintable()}
    return theirs | directory


def parties_named(directory: Mapping[str, Party], vocabulary: Vocabulary) -> list[Party]:
    """The parties that documents name, by name: those that a timeline can be chosen for.

    A name counts where passages hold each of its words, which costs milliseconds whatever the number of documents.
    """
    named = {party for name, party in directory.items() if _occurs(name, vocabulary)}
    return sorted(named, key=lambda party: party.name.casefold())


def _called(text: str, directory: Mapping[str, Party]) -> Iterator[Party]:
    text = " ".join(text.split())
    if text.casefold() in directory:  # an organisation may have a comma in its name
        yield directory[text.casefold()]
        return
    for name in filter(None, map(str.strip, text.split(","))):
        party = directory.get(name.casefold()) or directory.get(_FORMALLY.sub("", name).casefold())
        if party is None:
            raise TimelineError(_nobody_is_called(name, directory))
        yield party


def _nobody_is_called(name: str, directory: Mapping[str, Party]) -> str:
    near = difflib.get_close_matches(name[:_LONGEST_SHOWN].casefold(), directory, n=1)
    shown = name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…"
    advice = f"the nearest name is {directory[near[0]].name}" if near else "write its English name, as in Latvia or WHO"
    return f"No country or organisation is called '{shown}'; {advice}."


def _occurs(name: str, vocabulary: Vocabulary) -> bool:
    terms = vocabulary.analyze(name)
    return bool(terms) and all(map(vocabulary.holds, terms))


def _oldest_first(commitment: Commitment) -> tuple[Any, ...]:
    event = commitment.event
    return event is None, event.iso if event else "", commitment.status, commitment.document.path, commitment.span


def _in_words(period: Period) -> str:
    if period.first and period.last:
        return f" in {period.first}" if period.first == period.last else f" from {period.first} to {period.last}"
    if period.first:
        return f" since {period.first}"
    return f" until {period.last}" if period.last else ""
