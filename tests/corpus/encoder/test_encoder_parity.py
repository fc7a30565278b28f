"""The default model is what sentence-transformers makes of the same weights, in every language that is promised.

That is so before its vectors lose their language (`test_neutral`).
"""

from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from corpus.encoder.e5 import E5Encoder
from corpus.encoder.opening import open_encoder
from corpus.encoder.protocol import Encoder
from training.clusters import LANGUAGES, read_clusters
from training.encoder_folder import write_folder

pytestmark = pytest.mark.skipif(
    find_spec("sentence_transformers") is None, reason="needs sentence-transformers (the extra `models`)"
)
TEXTS = 40


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    folder = tmp_path_factory.mktemp("reference") / "multilingual-e5-small"
    write_folder(folder)
    return open_encoder(str(folder))


@pytest.fixture(scope="module")
def float32() -> Encoder:
    return E5Encoder(precision="float32", neutral=None)


@pytest.fixture(scope="module")
def int8() -> Encoder:
    return E5Encoder(neutral=None)


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str]]:
    """(title, the first sentences) of invented documents, of each language in turn."""
    documents = [document for cluster in read_clusters() for document in cluster.documents.values()]
    of_each = [[document for document in documents if document.language == code] for code in sorted(LANGUAGES)]
    in_turn = [document for same in zip(*of_each, strict=False) for document in same][:TEXTS]
    assert len({document.language for document in in_turn}) == 11
    return [
        (document.title, " ".join(sentence.text for sentence in islice(document.sentences.values(), 6)))
        for document in in_turn
    ]


@pytest.mark.parametrize(("precision", "least"), [("float32", 0.9999), ("int8", 0.999)])
def test_passages_and_questions_have_the_vectors_of_the_reference(
    precision: str, least: float, texts: list[tuple[str, str]], reference: Encoder, request: pytest.FixtureRequest
) -> None:
    ours = request.getfixturevalue(precision)
    titles, passages = zip(*texts, strict=True)
    theirs = reference.encode_passages(titles, passages)
    found = ours.encode_passages(titles, passages)
    assert (found * theirs).sum(axis=1).min() >= least
    assert (found * np.roll(theirs, 1, axis=0)).sum(axis=1).max() < least, "the control: other texts are told apart"
    asked = [float(ours.encode_query(title) @ reference.encode_query(title)) for title in titles]
    assert min(asked) >= least
    without = [float(ours.encode_query(title) @ reference.encode_passages([""], [title])[0]) for title in titles]
    assert max(without) < least, "the control: a question is marked as one"


def test_tokens_are_counted_and_compared_as_by_the_reference(
    texts: list[tuple[str, str]], reference: Encoder, float32: Encoder
) -> None:
    passages = [text for _, text in texts]
    assert float32.count_tokens(passages) == reference.count_tokens(passages)
    for ours, theirs in zip(float32.token_vectors(passages), reference.token_vectors(passages), strict=True):
        assert ours.shape == theirs.shape
        assert (ours * theirs).sum(axis=1).min() >= 0.9999


def test_what_is_longer_than_the_model_reads_is_cut_where_the_reference_cuts_it(
    reference: Encoder, float32: Encoder
) -> None:
    long = "Health cooperation between both countries grows every year. " * 90
    assert float32.count_tokens([long])[0] > 512
    assert float32.encode_query(long) @ reference.encode_query(long) >= 0.9999
    assert [len(vectors) for vectors in float32.token_vectors([long])] == [510]


def test_the_reference_folder_says_what_goes_before_a_question(reference: Encoder, tmp_path: Path) -> None:
    question = "Who signed the memorandum?"
    (passage,) = reference.encode_passages([""], [question])
    assert reference.encode_query(question) @ passage < 0.999
