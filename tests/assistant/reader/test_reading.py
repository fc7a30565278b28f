"""The evidence reader runs its models for the most promising sentences alone, and is bounded in what that costs."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder

from assistant.assembly import Assistant
from assistant.language.vocabulary import Vocabulary
from assistant.question.question import Question, understand
from assistant.reader.cross_encoder import UNREAD
from assistant.reader.features import COMPARED, FEATURES, NETWORK
from assistant.reader.reading import EvidenceReader, sentence_candidates
from assistant.search.retrieval import Hit
from corpus.document import Span
from corpus.encoder.protocol import Vectors
from corpus.store.store import Store

QUESTION = "Which medicines did Latvia buy for hospitals?"
# What two of the passages below have together, and three have not.
TWO_PASSAGES = 280


class CountingNetwork:
    """Answers that the sentence with "buy" in it answers, and remembers which passages it was given."""

    def __init__(self, sure: float = 50.0) -> None:
        self.read: list[str] = []
        self._sure = sure

    def scores(
        self, question: str, titles: Sequence[str], texts: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> list[list[float]]:
        self.read += texts
        return [
            [self._sure if "buy" in span.of(text) else -3.0 for span in spans]
            for text, spans in zip(texts, sentences, strict=True)
        ]


class CountingEncoder(FakeEncoder):
    """Remembers which sentences were compared."""

    def __init__(self) -> None:
        super().__init__()
        self.compared: list[str] = []

    def token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        self.compared += [text for text in texts if not text.endswith("?")]
        return super().token_vectors(texts)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("files")
    for number in range(9):
        topic = "Latvia will buy medicines for its hospitals" if number == 6 else f"Town {number} has a new school"
        text = f"{topic}, the ministry said in spring. The weather of day {number} was mild and it rained a little."
        (folder / f"{number}.txt").write_text(text)
    store = Store(tmp_path_factory.mktemp("data"), FakeEncoder())
    Assistant(store).add(Path(folder))
    yield store
    store.close()


@pytest.fixture
def vocabulary(store: Store) -> Vocabulary:
    keywords = store.index.keywords
    return Vocabulary(keywords.analyze, keywords.document_frequency, keywords.count())


@pytest.fixture
def hits(store: Store) -> list[Hit]:
    return [
        Hit(passage, document, 0.5)
        for document in store.catalog.documents()
        for passage in store.catalog.passages(document)
    ]


def asked(text: str, vocabulary: Vocabulary) -> Question:
    return understand(text, text, vocabulary)


def test_the_models_are_run_for_the_most_promising_alone(hits, vocabulary):
    network, encoder = CountingNetwork(), CountingEncoder()
    reader = EvidenceReader(encoder, network, characters_read=TWO_PASSAGES, sentences_compared=3)
    evidence = reader.read(asked(QUESTION, vocabulary), hits, vocabulary)
    assert len(evidence) == len(sentence_candidates(hits)) == 18, "every sentence has a score all the same"
    assert len(network.read) == 2
    assert len(encoder.compared) == 3
    assert "buy medicines" in network.read[0], "the one that holds the question's words is read first"
    assert "buy medicines" in evidence[0].text


def test_what_was_not_read_counts_as_not_answering_and_as_no_nearer_than_what_was(hits, vocabulary):
    reader = EvidenceReader(FakeEncoder(), CountingNetwork(), characters_read=TWO_PASSAGES, sentences_compared=3)
    candidates = sentence_candidates(hits)
    (matrix,) = reader.features([asked(QUESTION, vocabulary)], candidates, vocabulary)
    assert matrix.shape == (18, len(FEATURES))
    unread = matrix[:, NETWORK] == UNREAD / -UNREAD
    assert unread.sum() == 18 - 4, "two passages of two sentences were read"
    assert matrix[:, NETWORK].max() == 1, "a score beyond what is known as certain is cut"
    nearest = matrix[:, COMPARED].max(axis=0)
    assert (matrix[unread][:, COMPARED] <= nearest).all()
    assert len(np.unique(matrix[:, COMPARED], axis=0)) <= 3


def test_where_nothing_sure_is_found_half_as_much_is_read_once_more(hits, vocabulary):
    network = CountingNetwork(sure=-3.0)
    reader = EvidenceReader(FakeEncoder(), network, characters_read=TWO_PASSAGES)
    (matrix,) = reader.features([asked(QUESTION, vocabulary)], sentence_candidates(hits), vocabulary)
    assert len(network.read) == len(set(network.read)) == 3
    assert (matrix[:, NETWORK] > UNREAD / -UNREAD).sum() == 6, "what the first turn found is kept"


def test_a_passage_longer_than_the_bound_is_read_all_the_same(hits, vocabulary):
    network = CountingNetwork()
    EvidenceReader(FakeEncoder(), network, characters_read=1).read(asked(QUESTION, vocabulary), hits, vocabulary)
    (read,) = network.read
    assert "buy medicines" in read


def test_with_no_bound_every_sentence_is_read(hits, vocabulary):
    network, encoder = CountingNetwork(), CountingEncoder()
    EvidenceReader(encoder, network, characters_read=9_999, sentences_compared=99).read(
        asked(QUESTION, vocabulary), hits, vocabulary
    )
    assert len(network.read) == 9
    assert len(set(encoder.compared)) == 18


def test_both_readings_of_a_follow_up_read_the_same_sentences(hits, vocabulary):
    network, encoder = CountingNetwork(), CountingEncoder()
    reader = EvidenceReader(encoder, network, characters_read=TWO_PASSAGES, sentences_compared=3)
    reader.read(
        asked(QUESTION, vocabulary), hits, vocabulary, asked=asked("What was the weather of day 3 like?", vocabulary)
    )
    assert len(network.read) == 4
    assert network.read[:2] == network.read[2:]
    assert len(encoder.compared) == 3, "and none is encoded twice"


def test_a_question_that_shares_no_word_is_read_all_the_same(hits, vocabulary):
    network = CountingNetwork()
    evidence = EvidenceReader(FakeEncoder(), network).read(asked("Quo vadis?", vocabulary), hits, vocabulary)
    assert len(evidence) == 18
    assert network.read


@pytest.mark.parametrize(
    "question",
    [
        "Did Latvia sign a contract on medicines?",
        "How do the medicines of town 3 and town 4 differ?",
        "Who bought medicines for hospitals?",
    ],
)
def test_asked_for_a_status_a_comparison_or_people_every_passage_is_read(question: str, hits, vocabulary):
    network, encoder = CountingNetwork(), CountingEncoder()
    reader = EvidenceReader(encoder, network, characters_read=TWO_PASSAGES, sentences_compared=3)
    reader.read(asked(question, vocabulary), hits, vocabulary)
    assert len(network.read) == 9, "for what answers may share no word with the question"
    assert len(encoder.compared) == 3


def test_of_nothing_nothing_is_read(vocabulary):
    network = CountingNetwork()
    assert EvidenceReader(FakeEncoder(), network).read(asked(QUESTION, vocabulary), [], vocabulary) == []
    assert not network.read
