"""The probes, on questions that were not among those they were fitted on."""

import pytest

from assistant.question.features import features_by
from assistant.question.shapes import Probes, Shape
from corpus.encoder.protocol import Encoder


@pytest.fixture(scope="module")
def probes(encoder: Encoder) -> Probes:
    return Probes(features_by(encoder.question_as_it_is))


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("thanks a lot!", Shape.TALK),
        ("Paldies par palīdzību!", Shape.TALK),
        ("When was the memorandum on nursing signed?", Shape.FACT),
        ("Сколько медсестёр обучили?", Shape.FACT),
        ("Wie viel Geld gab die Kommission dafür?", Shape.FACT),
        ("Is the treaty in force yet?", Shape.STATUS),
        ("Please brief me on cooperation between Norway and Georgia.", Shape.BRIEFING),
        ("Why was the meeting put off?", Shape.EXPLANATION),
    ],
)
def test_what_is_asked_for_is_told_in_every_language(probes: Probes, question: str, shape: Shape) -> None:
    assert probes.asked(question).shape is shape


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Cik gultu ir slimnīcā?", "lv"),
        ("Скільки ліжок у лікарні?", "uk"),
        ("Xəstəxanada neçə çarpayı var?", "az"),
        ("How many beds?", "en"),
        ("Combien de lits ?", "fr"),
    ],
)
def test_a_short_question_is_in_its_language(probes: Probes, question: str, language: str) -> None:
    assert probes.asked(question).language == language


def test_a_question_that_points_back_leans_and_a_whole_one_does_not(probes: Probes) -> None:
    leaning = [probes.asked(text).leaning for text in ("who signed it there", "un kad tas stājās spēkā")]
    alone = probes.asked("What did Estonia and Jordan sign on nursing in 2023?").leaning
    assert min(leaning) > 0.5 > alone
