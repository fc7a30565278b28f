"""What is understood of a question: its parties, its time, its status, its shape."""

import pytest
from asking import FakeProbes, ask

from assistant.language.commitments import Status
from assistant.language.organisations import Organisations
from assistant.question.question import understand
from assistant.question.shapes import Asked, Shape


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("what did latvia and azerbaijan agree on", "en"),
        ("Ko Latvija un Azerbaidžāna parakstīja?", "lv"),
        ("О чём договорились Латвия и Азербайджан?", "ru"),
        ("Qu'ont signé la Lettonie et l'Azerbaïdjan ?", "fr"),
        ("Що підписали Латвія та Азербайджан?", "uk"),
        ("Was haben Lettland und Aserbaidschan vereinbart?", "de"),
        ("Letonya ile Azerbaycan ne imzaladı?", "tr"),
    ],
)
def test_the_same_parties_are_understood_in_every_language(asked: str, language: str) -> None:
    assert {party.code for party in ask(asked, language=language).countries} == {"LV", "AZ"}


def test_organisations_are_those_that_the_documents_declare_too() -> None:
    text = "What did the Turkic Drug Council agree with the WHO?"
    asked = understand(text, (), FakeProbes(), lambda _: True, Organisations(("Turkic Drug Council",)))
    assert {party.name for party in asked.organisations} == {"Turkic Drug Council", "WHO"}


def test_a_status_is_asked_for_by_its_name_and_agreements_are_named() -> None:
    asked = ask("Which agreements did Latvia ratify?")
    assert asked.status is Status.APPROVED
    assert asked.names_instrument
    assert not ask("Which hospitals did Latvia visit?").names_instrument


def test_a_shape_that_is_not_sure_counts_for_none() -> None:
    class Unsure(FakeProbes):
        def asked(self, question: str) -> Asked:
            return Asked(Shape.TALK, 0.6, "talk", 0.0, "en", 1.0)

    assert understand("so", (), Unsure(), lambda _: True).shape is Shape.EXPLANATION
    assert ask("thanks", shape=Shape.TALK).shape is Shape.TALK, "the control: it is sure"


def test_a_misspelt_country_is_understood_and_said() -> None:
    asked = understand("lativa and azerbaijen agreement", (), FakeProbes(), lambda word: word in ("and", "agreement"))
    assert {party.code for party in asked.countries} == {"LV", "AZ"}
    assert dict(asked.mended) == {"lativa": "Latvia", "azerbaijen": "Azerbaijan"}


@pytest.mark.parametrize("word", ["Lativa", "relation", "Kalmar"])
def test_a_word_that_the_documents_hold_is_no_error(word: str) -> None:
    asked = understand(f"What about {word}?", (), FakeProbes(), lambda _: True)
    assert not asked.mended
    assert asked.standalone == f"What about {word}?"


def test_a_common_word_of_another_language_is_no_misspelt_country() -> None:
    asked = understand("Pour combien d'années ?", (), FakeProbes(language="fr"), lambda _: False)
    assert not asked.mended
