import shutil

import numpy as np
import pytest
from fakes import FakeEncoder

from corpus.encoder.model_files import model_folder, verify_model
from corpus.encoder.onnx_encoder import OnnxEncoder
from corpus.encoder.opening import open_encoder
from corpus.encoder.sentence_transformer import SentenceTransformerEncoder
from corpus.errors import ModelMismatch


@pytest.fixture(scope="module")
def reference():
    return SentenceTransformerEncoder()


@pytest.fixture(params=["encoder", "reference", "fake"])
def any_encoder(request):
    """All encoders must keep the protocol's promises, or tests with the fake one prove nothing."""
    return FakeEncoder() if request.param == "fake" else request.getfixturevalue(request.param)


TEXTS = [
    "",
    "Baku",
    "Who signed the memorandum on 24 September 2025?",
    "Azərbaycan və Latviya səhiyyə sahəsində əməkdaşlıq haqqında saziş imzaladı.",
    "Министры здравоохранения встретились в Риге. 🙂",
    "health cooperation " * 400,  # far beyond what the model reads
    *(f"The {number}th session was attended by {number} experts, " * (number % 12 + 1) for number in range(40)),
]


def test_the_default_model_has_the_vectors_of_the_reference(encoder, reference):
    assert isinstance(encoder, OnnxEncoder)
    assert encoder.fingerprint == reference.fingerprint, "so that an index fits either"
    titles = ["A title of four words"] * len(TEXTS)
    ours, theirs = encoder.encode_passages(titles, TEXTS), reference.encode_passages(titles, TEXTS)
    assert (ours * theirs).sum(axis=1).min() >= 0.9999
    assert (ours * np.roll(theirs, 1, axis=0)).sum(axis=1).max() < 0.9999, "the control: other texts are told apart"
    for text in TEXTS:
        assert encoder.encode_query(text) @ reference.encode_query(text) >= 0.9999
    assert encoder.count_tokens(TEXTS) == reference.count_tokens(TEXTS)


def test_sentences_are_compared_on_nearly_the_token_vectors_of_the_reference(encoder, reference):
    for ours, theirs in zip(encoder.token_vectors(TEXTS), reference.token_vectors(TEXTS), strict=True):
        assert ours.shape == theirs.shape
        assert not len(ours) or (ours * theirs).sum(axis=1).mean() > 0.96


def test_token_vectors_are_the_same_alone_and_among_others(encoder):
    for text, among in zip(TEXTS, encoder.token_vectors(TEXTS), strict=True):
        assert np.array_equal(among, encoder.token_vectors([text])[0])


def test_int8_is_nearly_the_reference_and_an_index_of_its_own(encoder, reference):
    int8 = open_encoder(precision="int8")
    assert int8.fingerprint != encoder.fingerprint
    titles = [""] * len(TEXTS)
    ours, theirs = int8.encode_passages(titles, TEXTS), reference.encode_passages(titles, TEXTS)
    assert (ours * theirs).sum(axis=1).min() > 0.97
    assert (ours * theirs).sum(axis=1).max() < 0.9999, "the control: it is not the reference"
    assert np.array_equal(ours[3:5], int8.encode_passages(titles[3:5], TEXTS[3:5])), "neighbours change nothing"


def test_another_model_cannot_be_had_in_int8():
    with pytest.raises(ModelMismatch, match="Only all-MiniLM-L6-v2 and multilingual-e5-small can be had in int8"):
        open_encoder(str(model_folder()), "int8")


def test_another_model_runs_on_sentence_transformers(encoder):
    ours = open_encoder(str(model_folder()))
    assert isinstance(ours, SentenceTransformerEncoder)
    assert ours.encode_query("Who met?") @ encoder.encode_query("Who met?") >= 0.9999


def test_passages_become_unit_vectors(any_encoder):
    vectors = any_encoder.encode_passages(["A title", ""], ["Health cooperation.", "Medical tourism."])
    assert vectors.shape == (2, any_encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-4)


def test_a_question_becomes_one_unit_vector(any_encoder):
    vector = any_encoder.encode_query("Who met in Baku?")
    assert vector.shape == (any_encoder.dimension,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


def test_every_token_has_a_unit_vector(any_encoder):
    texts = ["health cooperation", "medical tourism agreement"]
    matrices = any_encoder.token_vectors(texts)
    assert [matrix.shape for matrix in matrices] == [(2, any_encoder.dimension), (3, any_encoder.dimension)]
    for matrix in matrices:
        assert np.linalg.norm(matrix, axis=1) == pytest.approx(1, abs=1e-4)


def test_a_question_is_nearer_to_its_answer_than_to_another_text(any_encoder):
    answer, other = any_encoder.encode_passages(
        ["", ""], ["The ministers of health met in Baku.", "Sea level rises with every decade."]
    )
    question = any_encoder.encode_query("Where have the ministers of health met?")
    assert question @ answer > question @ other


def test_the_same_text_has_the_same_vector_every_time(any_encoder):
    one, other = (any_encoder.encode_passages(["T"], ["Health cooperation."]) for _ in range(2))
    assert np.array_equal(one, other)


def test_nothing_has_no_tokens(any_encoder):
    assert any_encoder.count_tokens([]) == []
    assert any_encoder.count_tokens(["", " \n"]) == [0, 0]
    assert any_encoder.token_vectors([]) == []


def test_long_texts_are_counted_in_full(encoder):
    assert encoder.count_tokens(["health " * 1000]) == [1000]


def test_a_long_title_does_not_push_the_passage_out_of_the_model(encoder):
    one, other = encoder.encode_passages(
        ["cooperation " * 500] * 2, ["Doctors met in Baku.", "Sea level rises with every decade."]
    )
    assert one @ other < 0.99


def test_the_fingerprint_names_the_model_its_bytes_and_its_dimension(encoder):
    name, digest, dimension = encoder.fingerprint.split(":")
    assert (name, dimension) == ("all-MiniLM-L6-v2", "384")
    assert len(digest) == 16


def test_a_model_folder_that_is_missing_is_named():
    with pytest.raises(ModelMismatch, match="no model folder nowhere/at/all"):
        model_folder("nowhere/at/all")


def test_a_model_folder_without_weights_is_refused(tmp_path):
    with pytest.raises(ModelMismatch, match=r"lacks model\.safetensors and tokenizer\.json"):
        SentenceTransformerEncoder(str(tmp_path))


def test_one_changed_byte_of_the_default_model_is_refused(tmp_path):
    for name in ("model.safetensors", "tokenizer.json"):
        shutil.copy(model_folder() / name, tmp_path)
    assert verify_model(tmp_path, pinned=True)
    with (tmp_path / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, 2)
        weights.write(b"\x00" if weights.read(1) != b"\x00" else b"\x01")
        weights.seek(-1, 2)
        byte = weights.read(1)
        weights.seek(-1, 2)
        weights.write(bytes([byte[0] ^ 1]))
    with pytest.raises(ModelMismatch, match=r"model\.safetensors is not the release"):
        verify_model(tmp_path, pinned=True)
    assert verify_model(tmp_path, pinned=False), "another model's bytes are its own business"
