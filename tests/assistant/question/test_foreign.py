"""Follow-ups in other languages, and English ones to a question in another: each stands alone and is read as meant."""

import re

import pytest
from each import each

from assistant.answer import Turn
from assistant.language.vocabulary import Vocabulary
from assistant.question.conversation import standalone
from assistant.question.foreign import standing_alone
from assistant.question.question import understand

GERMAN = "Was haben Lettland und Aserbaidschan vereinbart?"
LATVIAN = "Par ko Latvija un Azerbaidžāna vienojās?"
RUSSIAN = "О чём договорились Латвия и Азербайджан?"
AZERBAIJANI = "Latviya və Azərbaycan nə barədə razılaşdı?"
TURKISH = "Letonya ve Azerbaycan ne imzaladı?"
ENGLISH = "What did Latvia and Azerbaijan agree on?"


def alone(question: str, *earlier: str) -> str:
    return standing_alone(question, [Turn(text) for text in earlier])


def read(question: str) -> str:
    vocabulary = Vocabulary(str.split, lambda _: 1, passages=10)
    return understand(question, question, vocabulary).read


@each(
    ("first", "follow_up", "asks"),
    [
        (GERMAN, "Ist das schon in Kraft?", "in force"),
        (GERMAN, "Und wer hat es unterzeichnet?", "who signed"),
        (LATVIAN, "Vai tas ir stājies spēkā?", "in force"),
        (RUSSIAN, "Когда это вступило в силу?", "when in force"),
        (RUSSIAN, "Кто подписал?", "who signed"),
        (AZERBAIJANI, "Nə vaxt imzalandı?", "when signed"),
        (TURKISH, "Kim imzaladı?", "who signed"),
        (ENGLISH, "Ist das schon in Kraft?", "in force"),
        (ENGLISH, "Когда это вступило в силу?", "when in force"),
    ],
)
def test_a_follow_up_is_about_what_the_question_before_it_was_about(first: str, follow_up: str, asks: str) -> None:
    resolved = alone(follow_up, first)
    assert set(follow_up.rstrip("?").split()) <= set(re.findall(r"\w+", resolved)), "its own words can be corrected"
    in_english = read(resolved)
    assert set(asks.split()) <= set(in_english.split())
    assert "Latvia" in in_english
    assert "Azerbaijan" in in_english
    assert alone(resolved, first) == resolved, "asked again, it means the same"


@pytest.mark.parametrize(
    ("first", "follow_up", "other"),
    [
        (GERMAN, "Und mit Georgien?", "Georgia"),
        (LATVIAN, "Un ar Igauniju?", "Estonia"),
        (RUSSIAN, "А с Грузией?", "Georgia"),
        (GERMAN, "and with Georgia?", "Georgia"),
    ],
)
def test_another_party_takes_the_place_of_the_last_one(first: str, follow_up: str, other: str) -> None:
    resolved = alone(follow_up, first)
    assert other in resolved
    assert "Latvia" in resolved
    assert "Azerbaijan" not in resolved


def test_an_english_follow_up_gets_english_words_of_a_question_in_another_language() -> None:
    resolved = alone("so is it in force now?", GERMAN)
    assert {"Latvia", "Azerbaijan"} <= set(re.findall(r"\w+", resolved))
    assert "Lettland" not in resolved
    assert "haben" not in resolved


def test_a_third_question_leans_on_the_first_through_the_second() -> None:
    resolved = alone("Und wer hat es unterzeichnet?", GERMAN, "Ist das schon in Kraft?")
    assert {"who", "signed", "Latvia", "Azerbaijan"} <= set(read(resolved).split())


@pytest.mark.parametrize(
    ("question", "earlier"),
    [
        ("Was unterzeichneten Lettland und die Ukraine 2024?", GERMAN),
        ("Кто министр здравоохранения Грузии?", RUSSIAN),
        (GERMAN, ENGLISH),
        (ENGLISH, GERMAN),
        (GERMAN, ""),
    ],
)
def test_a_question_that_names_what_it_is_about_is_left_as_it_is(question: str, earlier: str) -> None:
    assert alone(question, earlier) == question


@pytest.mark.parametrize("question", ["so is it in force now?", "and with Georgia?", "", "Wo?", "When?"])
def test_an_english_conversation_is_resolved_as_ever(question: str) -> None:
    if question != "Wo?":
        assert alone(question, ENGLISH) == standalone(question, [Turn(ENGLISH)])
    assert alone(question) == question


def test_a_language_that_is_not_read_is_no_error() -> None:
    assert alone("Qu'est-ce qui a été signé en 2025 ?", "De quoi la Lettonie et la France ont-elles parlé ?")
