import pickle
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder

from corpus.encoder.e5 import E5Encoder
from corpus.encoder.model_files import checksums, model_folder
from corpus.encoder.opening import open_encoder
from corpus.encoder.released import ReleasedWeights
from corpus.encoder.tokenization import PieceCounter
from corpus.errors import ModelMismatch


@pytest.fixture(params=["encoder", "fake"])
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


def test_the_default_model_is_run_in_int8(encoder):
    assert isinstance(encoder, E5Encoder)
    assert encoder.precision == "int8"


def test_int8_is_nearly_float32_and_an_index_of_its_own(encoder):
    float32 = open_encoder(precision="float32")
    assert float32.fingerprint != encoder.fingerprint
    titles = [""] * len(TEXTS)
    ours, theirs = encoder.encode_passages(titles, TEXTS), float32.encode_passages(titles, TEXTS)
    cosines = (ours * theirs).sum(axis=1)
    # Around their own mean the same vectors lie further apart than they do around nothing (`test_encoder_parity`).
    assert cosines.mean() > 0.997
    assert cosines.min() > 0.985, "of nothing, and of two words 400 times"
    assert cosines.max() < 0.99999, "the control: it is not the same"
    for exact, near in zip(float32.token_vectors(TEXTS), encoder.token_vectors(TEXTS), strict=True):
        assert exact.shape == near.shape
        assert not len(exact) or (exact * near).sum(axis=1).mean() > 0.99


def test_a_text_has_the_same_vectors_alone_and_among_others(encoder):
    for text, among in zip(TEXTS, encoder.token_vectors(TEXTS), strict=True):
        assert np.array_equal(among, encoder.token_vectors([text])[0])
    together = encoder.encode_passages([""] * len(TEXTS), TEXTS)
    assert np.array_equal(together[3:5], encoder.encode_passages(["", ""], TEXTS[3:5]))


def test_the_same_is_near_in_every_language_and_something_else_is_not(encoder):
    question = encoder.encode_query("Who is the health minister of Latvia?")
    told = [
        "The health minister of Latvia is Hosams Abu Meri.",
        "Latvijas veselības ministrs ir Hosams Abu Meri.",
        "Министр здравоохранения Латвии — Хосамс Абу Мери.",
        "Latviyanın səhiyyə naziri Hosams Abu Meridir.",
    ]
    other = ["Sea level rises.", "Jūras līmenis ceļas.", "Уровень моря растёт.", "Dəniz səviyyəsi qalxır."]
    near, far = (encoder.encode_passages([""] * 4, texts) @ question for texts in (told, other))
    assert near.min() > far.max()


def test_another_model_needs_what_runs_it_and_the_error_says_how_to_get_it(tmp_path, monkeypatch):
    for name in ("model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"{}")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelMismatch, match=r"pip install 'health-cooperation-assistant\[models\]'"):
        open_encoder(str(tmp_path))


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
    texts = ["health", "health for all"]
    matrices = any_encoder.token_vectors(texts)
    assert [matrix.shape for matrix in matrices] == [(1, any_encoder.dimension), (3, any_encoder.dimension)]
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


def test_tokens_are_counted_the_same_in_another_process(encoder):
    pickled = pickle.dumps(encoder.counter)
    assert len(pickled) < 200, "the tokenizer is made where it arrives"
    arrived = pickle.loads(pickled)
    assert isinstance(arrived, PieceCounter)
    assert arrived(TEXTS) == encoder.count_tokens(TEXTS)


def test_a_long_title_does_not_push_the_passage_out_of_the_model(encoder):
    one, other = encoder.encode_passages(
        ["cooperation " * 500] * 2, ["Doctors met in Baku.", "Sea level rises with every decade."]
    )
    assert one @ other < 0.99


def test_the_fingerprint_names_the_model_its_bytes_and_its_dimension(encoder):
    name, digest, dimension, neutral = encoder.fingerprint.split(":")
    assert (name, dimension) == ("multilingual-e5-small-int8", "384")
    assert (len(digest), len(neutral)) == (16, 8)


def test_a_model_folder_that_is_missing_is_named():
    with pytest.raises(ModelMismatch, match="no model folder nowhere/at/all"):
        model_folder("nowhere/at/all")


def test_a_model_folder_without_weights_is_refused(tmp_path):
    with pytest.raises(ModelMismatch, match=r"lacks model\.safetensors and tokenizer\.json"):
        checksums(tmp_path)


def test_one_changed_byte_of_the_default_model_is_refused(tmp_path):
    copied = Path(shutil.copy(ReleasedWeights().path, tmp_path))
    assert ReleasedWeights(tmp_path / "e5-small-q4.bin").shape.layers == 12
    with copied.open("r+b") as weights:
        weights.seek(-1, 2)
        last = weights.read(1)[0]
        weights.seek(-1, 2)
        weights.write(bytes([last ^ 1]))
    with pytest.raises(ModelMismatch, match=r"e5-small-q4\.bin is not the release"):
        ReleasedWeights(tmp_path / "e5-small-q4.bin")


def test_a_file_of_the_default_model_that_is_missing_is_named(tmp_path):
    with pytest.raises(ModelMismatch, match=r"e5-small-q4\.bin is missing"):
        ReleasedWeights(tmp_path / "e5-small-q4.bin")
