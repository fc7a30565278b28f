"""Questions in other languages become English key words."""

import pytest

from assistant.kinds import Kind
from assistant.question import understand
from assistant.translation import key_words
from assistant.vocabulary import Vocabulary
from corpus.keywords import analyze


@pytest.mark.parametrize(
    ("language", "question", "expected"),
    [
        ("lv", "Kad tika parakstīts Latvijas un Azerbaidžānas līgums?", "when sign Latvia Azerbaijan agreement"),
        (
            "ru",
            "Что подписали министерства здравоохранения Азербайджана и Беларуси?",
            "what sign health ministry Azerbaijan Belarus",
        ),
        ("az", "Azərbaycan və Latviya arasında saziş qüvvədədir?", "Azerbaijan Latvia agreement in force"),
        ("tr", "Azerbaycan ve Türkiye yol haritasını nerede imzaladı?", "Azerbaijan Türkiye road map where sign"),
        (
            "de",
            "Wie viele Soldaten wurden im August 2024 rehabilitiert?",
            "how many soldier August 2024 rehabilitation",
        ),
    ],
)
def test_words_of_the_field_names_and_numbers_are_kept_in_order(language: str, question: str, expected: str) -> None:
    assert key_words(question, language) == expected


def test_proper_names_are_kept() -> None:
    assert key_words("Ko teica Hosams Abu Meri?", "lv") == "what Hosams Abu Meri"


def test_a_language_without_a_column_has_no_key_words() -> None:
    assert key_words("Mitä Latvia ja Azerbaidžan sopivat?", "fi") is None


def test_a_translated_question_is_understood_like_an_english_one() -> None:
    text = "Kad un kur tika parakstīts Latvijas un Azerbaidžānas veselības ministriju sadarbības līgums?"
    question = understand(text, text, Vocabulary(analyze, lambda _: 1, 10))
    assert question.standalone == text
    assert set(question.kinds) == {Kind.DATE, Kind.PLACE}
    assert [party.code for party in question.countries] == ["LV", "AZ"]
