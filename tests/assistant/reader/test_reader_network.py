"""The trained network: its weights, how tokens become sentences, and that neighbours change nothing."""

from pathlib import Path

import numpy as np
import pytest

from assistant.reader.network import LONGEST, UNREAD, Passage, ReaderNetwork, read_weights
from corpus.document import Span
from corpus.errors import ModelMismatch

TOLD = "The ministers signed an agreement in Riga."
OTHER = "The hall had been decorated with flowers."


def passage(*sentences: str, lead: str = "Talks · 2025-12-04") -> Passage:
    text, spans = "", []
    for sentence in sentences:
        spans.append(Span(len(text), len(text) + len(sentence)))
        text += f"{sentence} "
    return Passage(lead, text.rstrip(), tuple(spans))


@pytest.fixture(scope="module")
def network() -> ReaderNetwork:
    return ReaderNetwork()


def test_the_sentence_that_answers_is_the_best(network: ReaderNetwork) -> None:
    (reading,) = network.read("What did the ministers sign?", [passage(OTHER, TOLD)])
    assert reading.sentences[1] > reading.sentences[0]


def test_a_question_is_read_in_another_language_than_the_passage(network: ReaderNetwork) -> None:
    (reading,) = network.read("Что подписали министры?", [passage(OTHER, TOLD)])
    assert reading.sentences[1] > reading.sentences[0]


def test_a_passage_is_read_alone_as_in_company(network: ReaderNetwork) -> None:
    alone = network.read("Where was it signed?", [passage(TOLD)])
    together = network.read("Where was it signed?", [passage(OTHER, OTHER, TOLD), passage(TOLD), passage(OTHER)])
    assert together[1] == alone[0]


def test_a_sentence_beyond_what_is_read_does_not_answer(network: ReaderNetwork) -> None:
    (reading,) = network.read("What was signed?", [passage(*[OTHER] * LONGEST, TOLD)])
    assert reading.sentences[-1] == UNREAD
    assert reading.sentences[0] > UNREAD


def test_a_claim_is_held_more_by_what_says_it_than_by_what_does_not(network: ReaderNetwork) -> None:
    claims = [("The ministers signed an agreement.", TOLD), ("The ministers signed an agreement.", OTHER)]
    held, untold = network.held(claims)
    assert held > untold


def test_nothing_to_read_is_nothing_read(network: ReaderNetwork) -> None:
    assert network.read("What?", []) == []


def test_missing_and_other_weights_are_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelMismatch, match="are missing; install the package again"):
        read_weights(tmp_path / "reader.npz", "0" * 64)
    np.savez(tmp_path / "reader.npz", a=np.zeros(1))
    with pytest.raises(ModelMismatch, match="are not those that were trained"):
        read_weights(tmp_path / "reader.npz", "0" * 64)
