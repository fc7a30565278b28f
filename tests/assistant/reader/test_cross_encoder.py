"""The trained reader: what it must do whatever its weights, and the little that any weights shipped must get right."""

from pathlib import Path

import numpy as np
import pytest

from assistant.reader.cross_encoder import UNREAD, WEIGHTS, CrossEncoder
from corpus.document import Span
from corpus.errors import ModelMismatch
from corpus.text.sentences import blocks, sentences

TEXT = (
    "The minister arrived in Riga on Monday. "
    "The two ministries signed an agreement on ambulance services on 3 October 2018. "
    "The session was also attended by the ambassador. "
    "The weather was fine."
)


def spans(text: str) -> list[Span]:
    return [sentence for block in blocks(text) for sentence in sentences(text, block)]


@pytest.fixture(scope="module")
def reader() -> CrossEncoder:
    return CrossEncoder()


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("When was the agreement on ambulance services signed?", 1),
        ("Which services is the agreement about?", 1),
        ("Who else attended the session?", 2),
        ("When did the minister arrive in Riga?", 0),
    ],
)
def test_the_sentence_that_answers_scores_highest(reader: CrossEncoder, question: str, best: int) -> None:
    (scores,) = reader.scores(question, ["Ambulances across the border"], [TEXT], [spans(TEXT)])
    assert int(np.argmax(scores)) == best


def test_a_question_that_the_passage_does_not_answer_scores_lower(reader: CrossEncoder) -> None:
    questions = (
        "When was the agreement on ambulance services signed?",
        "How many vaccines did Estonia buy from Denmark?",
    )
    answered, unanswered = (max(reader.scores(q, ["Ambulances"], [TEXT], [spans(TEXT)])[0]) for q in questions)
    assert answered > unanswered + 2


def test_passages_keep_their_order_and_do_not_change_each_other(reader: CrossEncoder) -> None:
    texts = [TEXT, "Latvia has hospitals. They are in Riga.", f"{TEXT} {TEXT}", "One."] * 4
    cut = [spans(text) for text in texts]
    together = reader.scores("Where are the hospitals?", ["A title"] * len(texts), texts, cut)
    assert [len(scores) for scores in together] == [len(sentences_of) for sentences_of in cut]
    alone = reader.scores("Where are the hospitals?", ["A title"], texts[1:2], cut[1:2])[0]
    assert together[1] == alone
    assert together == reader.scores("Where are the hospitals?", ["A title"] * len(texts), texts, cut)


def test_what_lies_beyond_the_tokens_read_is_marked_unread(reader: CrossEncoder) -> None:
    long = "Nothing much happened that day. " * 80
    (scores,) = reader.scores("What happened?", [""], [long], [spans(long)])
    assert scores[0] != UNREAD
    assert scores[-1] == UNREAD


@pytest.mark.parametrize("question", ["", "word " * 900, "\ud800".encode("utf-8", "replace").decode(), "什么？"])
def test_any_question_can_be_read(reader: CrossEncoder, question: str) -> None:
    assert len(reader.scores(question, ["T"], [TEXT], [spans(TEXT)])[0]) == len(spans(TEXT))


def test_nothing_to_read_gives_nothing(reader: CrossEncoder) -> None:
    assert reader.scores("What?", [], [], []) == []


def test_weights_that_are_missing_or_changed_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMismatch, match="missing"):
        CrossEncoder(tmp_path / "none.onnx")
    changed = tmp_path / "reader.onnx"
    changed.write_bytes(WEIGHTS.read_bytes()[:-1] + b"\0\0")
    with pytest.raises(ModelMismatch, match="changed"):
        CrossEncoder(changed)
