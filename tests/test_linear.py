"""Time that grows as the text does, whoever wrote it: every pattern, and every function that reads foreign text."""

import re
import time
from collections.abc import Callable

import pytest
from each import each
from fakes import FakeEncoder
from growth import PIECES, grows_faster, patterns, repeated

from assistant.compose.draft import readable
from assistant.compose.written import written_sentences
from assistant.language.asked_status import asked_status, names_instrument
from assistant.language.commitments import describes_content, report, states_absence, tells_of_talks
from assistant.language.dates import dates_named, days_named, event_date, period
from assistant.language.orders import gives_orders
from assistant.language.organisations import Organisations
from assistant.language.parties import countries, mark_countries, with_capitals
from assistant.model.arithmetic import numbers
from assistant.model.support import broken_rules, names, quotes
from assistant.question.conversation import standing_alone
from assistant.question.spelling import mended
from assistant.scope.scope import parties_of
from corpus.document import Document
from corpus.errors import UnreadableFile
from corpus.index.keywords import analyze
from corpus.ingest.file_names import safe_name
from corpus.readers.formats import read_content
from corpus.readers.front_matter import NotForIndexing, split_front_matter
from corpus.text.chunking import LONGEST_CHARACTERS, ChunkingParameters, passages
from corpus.text.furniture import furniture, stated_publisher
from corpus.text.language import detect_language
from corpus.text.references import is_list_of_links, is_reference
from corpus.text.sentences import blocks, sentences

PATTERNS = patterns()
count_tokens = FakeEncoder().count_tokens


def _document(text: str) -> Document:
    return Document(text=text, title=text[:200], id=str(hash(text)), furniture=furniture(text))


def _read(name: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        try:
            return read_content(text.encode("utf-8", "replace"), name)
        except (UnreadableFile, NotForIndexing):
            return None

    return read


def _front_matter(text: str) -> object:
    try:
        return split_front_matter(f"---\n{text}")
    except UnreadableFile:
        return None


READERS: dict[str, Callable[[str], object]] = {
    "sentences": lambda text: [sentences(text, block) for block in blocks(text)],
    "passages": lambda text: passages(_document(text), count_tokens, ChunkingParameters()),
    "text": _read("a.txt"),
    "markdown": _read("a.md"),
    "front matter": _front_matter,
    "language": detect_language,
    "furniture": furniture,
    "publisher": stated_publisher,
    "index terms": analyze,
    "parties": lambda text: parties_of(_document(text)),
    "file name": safe_name,
}


# What follows is given a passage, a question or what a model wrote. These are bounded, and so is what they cost.
OF_SENTENCES: dict[str, Callable[[str], object]] = {
    "commitments": lambda text: (report(text), describes_content(text), states_absence(text), tells_of_talks(text)),
    "conversation": lambda text: standing_alone(
        text, ["What did Latvia and Azerbaijan sign in 2024?"], lambda _: 0.0, lambda _: "en"
    ),
    "spelling": lambda text: mended(text, "en", lambda _: False),
    "asked statuses": lambda text: (asked_status(text), names_instrument(text)),
    "dates": lambda text: (
        days_named(text),
        event_date(text, len(text) // 2, "2024-05-01"),
        dates_named(text),
        period(text),
    ),
    "readable": readable,
    "what a model wrote": written_sentences,
    "orders": gives_orders,
    "countries": lambda text: (mark_countries(text), with_capitals(text), countries(text, "ru")),
    "references": lambda text: (is_list_of_links(text), is_reference(text)),
    "organisations": Organisations().named_in,
    "support": lambda text: (list(broken_rules(text, [text])), numbers(text), list(names(text)), list(quotes(text))),
}
LONGEST = {"conversation": 2_000, "kinds": 2_000, "names of a question": 2_000, "offices": 2_000, "phrases": 2_000}
LONGEST |= {"translation": 2_000, "what a model wrote": 20_000, "readable": 20_000}


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 200
    assert "corpus.text.sentences._TERMINATOR[0]" in PATTERNS
    assert len(set(PIECES)) >= 60


# Patterns that are tried at one place only, or see nothing longer than a passage or a question, by how they begin.
# Searched for in any text, they take the square of its length; there they must take less than a second.
AT_ONE_PLACE = (
    *(r"\s*(?:#{1,6}\s|[-*+", r"\s*(?:\w+\s+){0,3}(?:bill", r"\s+(?:on|in|by|at", r"\s*[–—]\s+(?=[^\W\d_])"),
    *("(?P<name>[^\\W\\d_][^\\W\\d_]*", "(?P<name>[^\\W\\d_]{3,}", "(?:(?:19|20)\\d\\d-)?(?=[A-Z]*)"),
    *(r"\s*(?:\[[\w\s?.,–-]{1,24}", "[a-z0-9]*(?P<sign>[.#])", r"\s+(?!and\b|or\b)[a-zß-ÿ]"),
    *(r"[>\s*]*\*?([^\W\d_]", r"\s*[-_=*—]{2,}[\w"),
)
IN_SHORT_TEXT = (r"\([^)]*\)", r"\s+([.,;:!?…])")
BOUNDED = {where for where in PATTERNS if PATTERNS[where].pattern.startswith(AT_ONE_PLACE + IN_SHORT_TEXT)}


def test_a_bounded_pattern_takes_less_than_a_second_where_it_is_tried() -> None:
    slow = {}
    for where in BOUNDED:
        pattern = PATTERNS[where]
        at_one_place = pattern.pattern.startswith(AT_ONE_PLACE)
        for piece in PIECES:
            text = repeated(piece, LONGEST_CHARACTERS if at_one_place else 2_000)
            started = time.process_time()
            pattern.match(text) if at_one_place else sum(1 for _ in pattern.finditer(text))
            slow[where, piece] = time.process_time() - started
    assert not {what: seconds for what, seconds in slow.items() if seconds > 1}
    assert len(BOUNDED) >= len(AT_ONE_PLACE + IN_SHORT_TEXT)


@each("where", sorted(PATTERNS.keys() - BOUNDED))
def test_a_pattern_takes_time_as_the_text_grows(where: str) -> None:
    pattern = PATTERNS[where]
    found = [grows_faster(lambda text: sum(1 for _ in pattern.finditer(text)), piece) for piece in PIECES]
    assert not [told for told in found if told], pattern.pattern


@each("reader", READERS)
def test_what_reads_documents_takes_time_as_the_text_grows(reader: str) -> None:
    READERS[reader]("Latvia and Azerbaijan signed a paper.")  # what is loaded once does not count
    found = [grows_faster(READERS[reader], piece, suspicious=5e-6) for piece in PIECES]
    assert not [told for told in found if told]


@each("work", OF_SENTENCES)
def test_what_reads_bounded_texts_takes_less_than_seconds(work: str) -> None:
    slow = {}
    for piece in PIECES[:: 8 if work == "translation" else 1]:
        text = repeated(piece, LONGEST.get(work, LONGEST_CHARACTERS))
        started = time.process_time()
        OF_SENTENCES[work](text)
        slow[piece] = time.process_time() - started
    # A question in key words is looked up word by word, in two seconds at the worst.
    most = 5 if work == "translation" else 1
    assert not {piece: seconds for piece, seconds in slow.items() if seconds > most}


@pytest.mark.parametrize("pattern", [r"[.!?]+[)\"]*(?=\s)", r"\s+$", r"<a>.*</a>"])
def test_a_pattern_that_takes_the_square_is_found(pattern: str) -> None:
    compiled = re.compile(pattern)
    pieces = (*PIECES, "<a>")
    assert any(grows_faster(lambda text: sum(1 for _ in compiled.finditer(text)), piece) for piece in pieces)
