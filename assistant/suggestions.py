"""Questions to start with, and to go on with after an answer, drawn from what the documents are about.

None is offered that was not tried: the chain is asked what would become of it, without a language model, and only what
would be answered in full is offered. What was found is remembered for as long as the documents stay the same.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain as chained
from itertools import islice
from typing import TypeVar

from assistant.answer import Outcome, Turn
from assistant.chain import AnswerChain
from assistant.compose.draft import repeats
from assistant.language.commitments import Status
from assistant.language.money import names_money
from assistant.language.organisations import Organisations
from assistant.language.parties import Party, countries
from assistant.record.record import Record
from assistant.scope.scope import EVERYTHING, Scope, visible_document
from assistant.scope.view import View
from corpus.document import Document
from corpus.store.store import Store

STARTERS = 6
FOLLOW_UPS = 3
AGREED = "What did {} and {} agree on?"
DISCUSSED = "What did {} and {} discuss?"
SIGNED = "When did {} and {} sign an agreement?"
IN_FORCE = "Is the agreement between {} and {} in force?"
SINCE = "What happened between {} and {} since {}?"
COVERS = "What does the agreement between {} and {} cover?"
MONEY = "How much money is reported for {} and {}?"
PARTNERS = "With which countries did {} sign agreements?"
TOLD_OF = "What do the documents say about “{}”?"
# The newest documents are looked at for parties and titles; what nobody has written of lately starts no conversation.
_HEADINGS_READ = 2_000
# Of each kind of question so many are tried until one is answered, and so many altogether.
_TRIED_OF_A_KIND = 4
_TRIED_FOR_FOLLOW_UPS = 10
_TITLES_TRIED = 10
_LONGEST_TITLE = 90
# "What happened since" asks so far back from the newest document.
_YEARS_BACK = 3
_PAIR = 2
# Countries whose English name takes an article; those that begin with "United" do too.
_WITH_ARTICLE = ("Netherlands", "Philippines", "Bahamas", "Gambia", "Maldives", "Seychelles", "Comoros")

# Starters are remembered for so many sorts of people, told apart by what they may see.
_SETS_OF_GROUPS = 16

Heading = tuple[str, tuple[str, ...]]
Pair = tuple[Party, Party]
Item = TypeVar("Item", Pair, Party)


class Suggestions:
    """Questions that the documents of a store answer."""

    def __init__(self, store: Store, chain: AnswerChain) -> None:
        self._store = store
        self._chain = chain
        self._is_answered = lru_cache(maxsize=4096)(self._tried)
        self._starters = lru_cache(maxsize=_SETS_OF_GROUPS)(self._found)
        self._finding = threading.Lock()

    def starters(self, scope: Scope = EVERYTHING) -> tuple[str, ...]:
        """Questions to begin with, at most `STARTERS`; the first call after a change of the documents takes seconds.

        They are for whoever has the groups in `scope`, whatever is chosen.
        """
        with self._finding:  # whoever comes meanwhile waits instead of looking as well
            return self._starters(scope.without_filters(), self._store.generation)

    def follow_ups(
        self,
        question: str,
        history: Sequence[Turn | str] = (),
        cited: Iterable[str] = (),
        scope: Scope = EVERYTHING,
    ) -> tuple[str, ...]:
        """Questions to go on with after the answer to `question`, at most `FOLLOW_UPS`, none of them asked before.

        They are about the countries that it names, or else about those of the documents with the ids `cited`, and are
        answered from the documents in `scope`.
        """
        asked = [turn.question if isinstance(turn, Turn) else turn for turn in (*history, question)]
        view = self._chain.views.of(scope)
        understood = self._chain.understood(question, history, scope)
        alone = [*asked, understood.standalone]
        found = (visible_document(self._store, document, scope) for document in cited)
        documents = [document for document in found if document is not None]
        theirs = [(document.title, document.parties) for document in documents]
        parties = understood.countries or tuple(_often_first(party for each in theirs for party in _countries(each)))
        bodies = _often_first(_with_organisations(theirs, view.organisations))
        held_between = partial(_held_between, view.record, documents)
        about = _about(parties, bodies[:_PAIR], self._headings(view), held_between)
        candidates = [
            text
            for text in _in_other_words(dict.fromkeys(about), asked)
            # It has to mean by itself what it will mean in this conversation, and be new to it.
            if not repeats(text, alone) and self._chain.understood(text, asked, scope).standalone == text
        ]
        answered = partial(self._answers, scope)
        return tuple(islice(filter(answered, candidates[:_TRIED_FOR_FOLLOW_UPS]), FOLLOW_UPS))

    def _found(self, scope: Scope, _generation: int) -> tuple[str, ...]:
        view, answered = self._chain.views.of(scope), partial(self._answers, scope)
        headings, newest = self._headings(view), self._store.catalog.holdings(view.hidden).newest
        kinds = _starting(headings, view.organisations, int(newest[:4]) if newest else None)
        told_of = filter(None, (_told_of(title) for title, _ in headings[:_TITLES_TRIED]))
        found = dict.fromkeys(text for kind in kinds for text in islice(filter(answered, kind), 1))
        more = (text for text in chained(*kinds, told_of) if text not in found and answered(text))
        return (*found, *islice(more, STARTERS - len(found)))[:STARTERS]

    def _answers(self, scope: Scope, text: str) -> bool:
        return self._is_answered(text, scope, self._store.generation)

    def _tried(self, text: str, scope: Scope, _generation: int) -> bool:
        return self._chain.outcome(text, scope=scope) is Outcome.ANSWERED

    def _headings(self, view: View) -> list[Heading]:
        return self._store.catalog.headings(_HEADINGS_READ, view.hidden)


def _starting(headings: Sequence[Heading], organisations: Organisations, newest: int | None) -> list[list[str]]:
    """Kinds of questions to begin with; of each, those about whom most, or the newest, is written first."""
    often = _often_first(_pairs(headings))[:_TRIED_OF_A_KIND]
    lately = list(dict.fromkeys(_pairs(headings)))[:_TRIED_OF_A_KIND]
    alone = _often_first(party for pair in _pairs(headings) for party in pair)[:_TRIED_OF_A_KIND]
    bodies = _often_first(_with_organisations(headings, organisations))[:_TRIED_OF_A_KIND]
    since = [SINCE.format(*map(_named, pair), newest - _YEARS_BACK) for pair in often[1:] if newest]
    return [
        _between(often, AGREED),
        [PARTNERS.format(_named(party)) for party in alone],
        _between(bodies, AGREED),
        _between(lately, DISCUSSED),
        _between(reversed(often), SIGNED),
        since,
    ]


def _about(
    parties: Sequence[Party],
    bodies: Sequence[Pair],
    headings: Sequence[Heading],
    held_between: Callable[[Pair], Sequence[str]],
) -> list[str]:
    """Questions about the parties of an answer, and those they have most to do with.

    `bodies` are the organisations of its documents, each with a country; `held_between` says which kinds of questions
    fit what the documents hold between two.
    """
    pairs = [pair for pair in _often_first(_pairs(headings)) if set(parties) & set(pair)]
    themselves = [pair for pair in pairs if set(pair) <= set(parties)][:1]
    others = [pair for pair in pairs if pair not in themselves][:_PAIR]
    return [
        *(text for pair in (*themselves, *bodies) for text in _between([pair], *held_between(pair))),
        *(PARTNERS.format(_named(party)) for party in parties[:_PAIR]),
        *(text for pair in others for text in _between([pair], *held_between(pair)[:_PAIR], AGREED)),
    ]


def _held_between(record: Record, cited: Sequence[Document], pair: Pair) -> list[str]:
    """The kinds of questions that what is recorded between two, and the documents just cited, have something for."""
    steps = record.between(pair)
    reached = {step.status for step in steps}
    years = sorted({step.event.iso[:4] for step in steps if step.event is not None})
    money = [MONEY] if any(names_money(document.text) for document in cited) else []
    signed = [COVERS, *money, SIGNED] if Status.SIGNED in reached else money
    since = [SINCE.replace("{}?", f"{years[0]}?")] if len(years) > 1 else []
    force = [IN_FORCE] if reached & {Status.APPROVED, Status.IN_FORCE} else []
    talks = [DISCUSSED] if reached & {Status.DISCUSSED, Status.PROPOSED} else []
    return [*signed, *since, *force, *talks, AGREED] if reached else [*money, DISCUSSED, AGREED]


def _in_other_words(texts: Iterable[str], asked: Sequence[str]) -> list[str]:
    """One question of each wording before a second one of any, and first those of wordings not asked yet."""
    used = {_wording(text) for text in asked}
    seen: Counter[str] = Counter()
    ranked = []
    for text in texts:
        wording = _wording(text)
        ranked.append((seen[wording], wording in used, text))
        seen[wording] += 1
    return [text for *_, text in sorted(ranked, key=lambda item: item[:2])]


def _wording(text: str) -> str:
    """What a question asks whoever it is about: its words but for names and numbers."""
    return " ".join(word for word in text.rstrip("?").split() if word.islower() or word in text.split()[:1])


def _between(pairs: Iterable[Pair], *texts: str) -> list[str]:
    return [text.format(*map(_named, pair)) for pair in pairs for text in texts or (AGREED, DISCUSSED)]


def _pairs(headings: Iterable[Heading]) -> Iterator[Pair]:
    """The two countries of each document that is between two, in the order of the alphabet."""
    for heading in headings:
        found = _countries(heading)
        if len(found) == _PAIR:
            yield found[0], found[1]


def _with_organisations(headings: Iterable[Heading], organisations: Organisations) -> Iterator[Pair]:
    """The first organisation that a heading names, with each country that it is about."""
    for title, declared in headings:
        named = organisations.named_in(". ".join((*declared, title)))
        yield from ((named[0], country) for country in _countries((title, declared)) if named)


def _countries(heading: Heading) -> list[Party]:
    title, declared = heading
    return sorted(set(countries(". ".join(declared)) or countries(title)))


def _told_of(title: str) -> str:
    """A question about what a document's title names; a title that asks something already is its own question."""
    line = " ".join(title.split()).rstrip(".")
    if len(line) > _LONGEST_TITLE or not line.isprintable():
        return ""
    return line if line.endswith("?") else TOLD_OF.format(line)


def _named(party: Party) -> str:
    takes_article = party.is_country and (party.name.startswith("United") or party.name in _WITH_ARTICLE)
    return f"the {party.name}" if takes_article else party.name


def _often_first(items: Iterable[Item]) -> list[Item]:
    return [item for item, _ in Counter(items).most_common()]
