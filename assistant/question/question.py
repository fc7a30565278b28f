"""A question understood: what is searched and read, about whom, of which time, and what kind of answer it wants.

What it asks for is told by probes on its vector (`shapes`), what it leaves to the conversation by `conversation`;
parties, dates and statuses are names of things. Nothing is translated: the search and the reader take every language.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from assistant.language.asked_status import asked_status, names_instrument
from assistant.language.commitments import Status
from assistant.language.dates import Period, dates_named, period
from assistant.language.organisations import Organisations
from assistant.language.parties import Party, countries, with_capitals, with_countries_of_capitals
from assistant.question.conversation import ABOUT, standing_alone
from assistant.question.shapes import Asked, Probes, Shape
from assistant.question.spelling import mended
from corpus.text.language import detect_language

ENGLISH = "en"
NO_OTHER_ORGANISATIONS = Organisations()
ANY_TIME = Period()
# A probe that is surer than this of a language is believed.
_SURE_OF_LANGUAGE = 0.8
# From this probability on, what the likeliest shape is counts; below it a question is read as any other.
SURE_OF_SHAPE = 0.4
# Talk has no answer in any document, so it must be surer.
SURE_OF_TALK = 0.7


@dataclass(frozen=True, slots=True)
class Question:
    """An understood question.

    `standalone` is what it is shown as, `read` what is searched and read by: the question, with what it leaves to the
    conversation in front. `kind` is the kind of thing asked for ("date", "money"). `dates` are those it names,
    `period` the years or months they span, `status` the status that it asks about, `names_instrument` whether it speaks
    of agreements or the like, `has_words` whether there is any word to look for. `mended` are names that were misspelt:
    what was typed, and how it is understood. `absent_parties`, filled in by retrieval, are those that no document
    names, and `absent_year` the one year asked about, where no document names it or is dated in it. `names_document`
    tells, after retrieval too, whether it names documents by their number, which alone are read then.
    """

    text: str
    standalone: str
    read: str
    language: str
    shape: Shape
    kind: str = ""
    countries: tuple[Party, ...] = ()
    organisations: tuple[Party, ...] = ()
    status: Status | None = None
    dates: frozenset[str] = frozenset()
    period: Period = ANY_TIME
    names_instrument: bool = False
    has_words: bool = True
    mended: tuple[tuple[str, str], ...] = ()
    absent_parties: tuple[Party, ...] = ()
    absent_year: str | None = None
    names_document: bool = False

    @property
    def parties(self) -> tuple[Party, ...]:
        """The countries and organisations it names."""
        return (*self.countries, *self.organisations)

    @property
    def asks_for_one_fact(self) -> bool:
        """Whether one sentence can answer: who, when, where, how many."""
        return self.shape is Shape.FACT


def understand(
    text: str,
    earlier: Sequence[str],
    probes: Probes,
    is_known: Callable[[str], bool],
    organisations: Organisations = NO_OTHER_ORGANISATIONS,
    terms: Callable[[str], Sequence[str]] = str.split,
) -> Question:
    """Read a question after the questions `earlier`, oldest first; `is_known` tells whether a document has a word.

    `terms` gives the words of a text that an index looks for.
    """
    told = partial(_language_of, probes=probes)
    language = told(text)
    typed, names = mended(_capitalised(text, language), language, is_known)
    alone = standing_alone(
        typed, [_capitalised(each, told(each)) for each in earlier], lambda each: probes.asked(each).leaning, told
    )
    asking = alone.shown.partition(ABOUT)[0]
    asked = probes.asked(asking)
    read = with_countries_of_capitals(alone.read) if language == ENGLISH else alone.read
    return Question(
        text=text,
        standalone=alone.shown if names or alone.shown != typed else text,
        read=read,
        language=language,
        shape=_shape(asked),
        kind=asked.kind,
        # "Türk Devletleri Teşkilatı" is not Türkiye.
        countries=tuple(party for party in countries(organisations.taken_out(read), language) if party.is_country),
        organisations=organisations.named_in(read),
        status=asked_status(asking, language),
        names_instrument=names_instrument(asking, language),
        has_words=any(any(map(str.isalnum, term)) for term in terms(read)),
        dates=dates_named(read),
        period=period(read),
        mended=names,
    )


def _shape(asked: Asked) -> Shape:
    least = SURE_OF_TALK if asked.shape is Shape.TALK else SURE_OF_SHAPE
    return asked.shape if asked.sure >= least else Shape.EXPLANATION


def _capitalised(text: str, language: str) -> str:
    return with_capitals(text) if language == ENGLISH else text


def _language_of(text: str, probes: Probes) -> str:
    """The language of a question: as its vector tells where that is sure, else as its letters and words do."""
    asking = text.partition(ABOUT)[0]
    asked = probes.asked(asking)
    if asked.language_sure >= _SURE_OF_LANGUAGE:
        return asked.language
    return detect_language(asking) or asked.language
