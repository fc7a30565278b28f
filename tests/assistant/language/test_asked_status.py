"""Statuses by their names, in the languages that are asked in."""

import pytest

from assistant.language.asked_status import asked_status, names_instrument
from assistant.language.commitments import Status


@pytest.mark.parametrize(
    ("question", "language", "status"),
    [
        ("Vai līgums ir stājies spēkā?", "lv", Status.IN_FORCE),
        ("Ko parakstīja Latvija?", "lv", Status.SIGNED),
        ("Вступило ли соглашение в силу?", "ru", Status.IN_FORCE),
        ("О чём договорились стороны?", "ru", Status.AGREED),
        ("Що підписали Латвія та Азербайджан?", "uk", Status.SIGNED),
        ("Saziş qüvvəyə minibmi?", "az", Status.IN_FORCE),
        ("Anlaşma yürürlükte mi?", "tr", Status.IN_FORCE),
        ("Wurde das Abkommen ratifiziert?", "de", Status.APPROVED),
        ("L'accord est-il en vigueur ?", "fr", Status.IN_FORCE),
        ("¿Qué firmaron?", "es", Status.SIGNED),
        ("Ar susitarimas galioja?", "lt", Status.IN_FORCE),
        ("Kas leping on jõus?", "et", Status.IN_FORCE),
        ("Who attended the meeting?", "en", None),
    ],
)
def test_a_status_is_named(question: str, language: str, status: Status | None) -> None:
    assert asked_status(question, language) is status


def test_a_language_without_names_of_its_own_is_read_as_english() -> None:
    assert asked_status("Was it signed?", "xx") is Status.SIGNED


@pytest.mark.parametrize(
    ("question", "language"),
    [("Which treaties has Latvia?", "en"), ("Kādi līgumi ir Latvijai?", "lv"), ("Какие соглашения?", "ru")],
)
def test_agreements_are_named(question: str, language: str) -> None:
    assert names_instrument(question, language)
    assert not names_instrument("Which hospitals?", "en")
