"""Which sentences are read, and how what the network makes of them becomes a probability."""

import numpy as np
from asking import FakeNetwork, ask
from fakes import with_passages

from assistant.reader.calibration import FEATURES, WEIGHTS, probabilities
from assistant.reader.reading import EvidenceReader, sentence_candidates
from assistant.search.retrieval import Hit
from corpus.document import Passage, Span

TEXT = "# A heading of several words\n\nThe ministers signed an agreement. The hall had many flowers. Too short."


def hit(text: str = TEXT, score: float = 1.0, **values: object) -> Hit:
    document, _ = with_passages(text, **values)
    span = Span(0, len(text))
    return Hit(Passage("p", document.id, 0, span, text), document, score)


def test_headings_and_fragments_are_no_sentences() -> None:
    found = [text for *_, text in sentence_candidates([hit()])]
    assert found == ["The ministers signed an agreement.", "The hall had many flowers."]


def test_a_sentence_that_two_passages_hold_is_read_once() -> None:
    assert len(sentence_candidates([hit(), hit()])) == 2


def test_the_best_comes_first_with_its_exact_place() -> None:
    best, other = EvidenceReader(FakeNetwork("signed")).read(ask("What was signed?"), [hit()])
    assert best.text == "The ministers signed an agreement."
    assert best.span.of(TEXT) == best.text
    assert best.score > other.score


def test_only_the_first_passages_are_read() -> None:
    hits = [hit(f"The ministers signed paper number {n}.", id=f"d{n}") for n in range(5)]
    assert len(EvidenceReader(FakeNetwork("signed"), passages_read=3).read(ask("What?"), hits)) == 3


def test_a_sentence_of_another_time_is_less_probable() -> None:
    network = FakeNetwork("signed")
    right, wrong = (
        EvidenceReader(network).read(ask("What was signed in 2024?"), [hit(f"It was signed in May {year}.")])[0]
        for year in (2024, 2019)
    )
    assert right.score > wrong.score


def test_what_the_network_says_counts_most_and_more_is_never_less() -> None:
    rows = np.asarray([[odds, 0.0, 0.5, 0.0, 0.5] for odds in (-4.0, 0.0, 4.0)])
    low, middle, high = probabilities(rows)
    assert low < middle < high
    assert len(WEIGHTS) == len(FEATURES)
    assert probabilities(np.zeros((0, len(FEATURES)))).shape == (0,)
