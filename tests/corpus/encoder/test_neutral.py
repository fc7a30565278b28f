"""A question finds what answers it in any language, not what is merely written in its own. All texts are invented."""

import numpy as np
import pytest
from each import each

from corpus.encoder.e5 import E5Encoder
from corpus.encoder.neutral import fitted

ENGLISH = [
    "Norway and Peru signed a memorandum on eye surgery in Lima on 4 May 2019.",
    "The hospital in Tromsø trained twelve Kenyan midwives in 2017.",
    "The agreement on blood products between Chile and Oman entered into force in March 2021.",
]
QUESTIONS = {
    "lv": [
        "Kad Norvēģija un Peru parakstīja memorandu par acu operācijām?",
        "Kurā slimnīcā apmācīja vecmātes no Kenijas?",
        "Kad stājās spēkā Čīles un Omānas līgums par asins produktiem?",
    ],
    "ru": [
        "Когда Норвегия и Перу подписали меморандум о глазной хирургии?",
        "Где обучали акушерок из Кении?",
        "Когда вступило в силу соглашение Чили и Омана о препаратах крови?",
    ],
    "tr": [
        "Norveç ile Peru göz ameliyatı mutabakatını ne zaman imzaladı?",
        "Kenyalı ebeler hangi hastanede eğitildi?",
        "Şili ile Umman arasındaki kan ürünleri anlaşması ne zaman yürürlüğe girdi?",
    ],
}
OTHERS = {
    "lv": [
        "Rīgas slimnīca 2018. gadā atvēra jaunu dzemdību nodaļu.",
        "Latvija 2020. gadā parakstīja līgumu par zālēm.",
        "Ministrija paziņoja, kad sāksies vakcinācija pret gripu.",
    ],
    "ru": [
        "Больница в Омске открыла новое родильное отделение в 2018 году.",
        "Соглашение о лекарствах подписали в 2020 году.",
        "Министерство сообщило, когда начнётся прививка от гриппа.",
    ],
    "tr": [
        "İzmir'deki hastane 2018'de yeni bir doğum bölümü açtı.",
        "İlaç anlaşması 2020 yılında imzalandı.",
        "Bakanlık grip aşısının ne zaman başlayacağını açıkladı.",
    ],
}


def found_first(encoder: E5Encoder, language: str) -> int:
    """Of the language's questions how many find their English answer before anything in their own language."""
    vectors = encoder.encode_passages([""] * 6, [*ENGLISH, *OTHERS[language]])
    nearest = [int(np.argmax(vectors @ encoder.encode_query(question))) for question in QUESTIONS[language]]
    return sum(place == wanted for wanted, place in enumerate(nearest))


@pytest.fixture(scope="module")
def as_it_is() -> E5Encoder:
    return E5Encoder(neutral=None)


def test_an_answer_in_another_language_comes_before_other_matters_in_the_questions_own(
    encoder: E5Encoder, as_it_is: E5Encoder
) -> None:
    found = {language: found_first(encoder, language) for language in QUESTIONS}
    assert sum(found.values()) >= 8, found
    assert sum(found_first(as_it_is, language) for language in QUESTIONS) < sum(found.values()), "the control"


@each("language", sorted(QUESTIONS))
def test_vectors_without_their_language_are_unit_vectors_of_the_same_shape(language: str, encoder: E5Encoder) -> None:
    vectors = encoder.encode_passages(["", "", ""], OTHERS[language])
    assert vectors.shape == (3, encoder.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.abs(vectors @ fitted().directions.T).max() < 1e-5


def test_an_index_of_vectors_with_their_language_is_another_index(encoder: E5Encoder, as_it_is: E5Encoder) -> None:
    assert encoder.fingerprint != as_it_is.fingerprint
