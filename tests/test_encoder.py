import shutil

import numpy as np
import pytest
from fakes import FakeEncoder

from corpus.encoder import SentenceTransformerEncoder, model_folder, verify_model
from corpus.errors import ModelMismatch


@pytest.fixture(params=["real", "fake"])
def any_encoder(request):
    """Both encoders must keep the protocol's promises, or tests with the fake one prove nothing."""
    return request.getfixturevalue("encoder") if request.param == "real" else FakeEncoder()


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
