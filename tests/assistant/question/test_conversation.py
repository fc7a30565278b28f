"""What a follow-up is about: its parties, its period and what is read, whatever its words; not its wording."""

import pytest
from asking import ask

from assistant.question.conversation import ABOUT

SIGNED = "What did Latvia and Azerbaijan sign in 2024?"


def parties(text: str, *earlier: str, **told: object) -> list[str]:
    return [party.name for party in ask(text, *earlier, **told).countries]


@pytest.mark.parametrize(
    ("asked", "language", "found"),
    [
        ("And with Georgia?", "en", ["Latvia", "Georgia"]),
        ("What about Estonia and Lithuania?", "en", ["Estonia", "Lithuania"]),
        ("und mit Georgien?", "de", ["Latvia", "Georgia"]),
    ],
)
def test_a_party_alone_takes_the_place_of_the_last_one(asked: str, language: str, found: list[str]) -> None:
    assert parties(asked, SIGNED, language=language) == found


def test_a_party_after_with_comes_beside_the_only_one_asked_about() -> None:
    asked = ask("And with Georgia?", "What did Latvia sign?", leaning=("And with Georgia?",))
    assert [party.name for party in asked.countries] == ["Latvia", "Georgia"]


def test_a_year_alone_takes_the_place_of_the_last_one() -> None:
    asked = ask("And in 2025?", SIGNED)
    assert (asked.period.first, asked.period.last) == ("2025", "2025")
    assert [party.name for party in asked.countries] == ["Latvia", "Azerbaijan"]


def test_a_question_that_leans_is_read_with_the_one_before_it() -> None:
    asked = ask("When does it enter into force?", SIGNED, leaning=("When does it enter into force?",))
    assert asked.read == f"{SIGNED} When does it enter into force?"
    assert [party.name for party in asked.countries] == ["Latvia", "Azerbaijan"]
    assert ABOUT in asked.standalone
    assert asked.standalone.startswith("When does it enter into force")


def test_what_was_shown_means_the_same_when_it_is_asked_again() -> None:
    shown = ask("Who signed it?", SIGNED, leaning=("Who signed it?",))
    again = ask(shown.standalone)
    assert again.read == shown.read
    assert again.countries == shown.countries
    assert again.standalone == shown.standalone


def test_a_question_that_stands_alone_is_left_as_it_is() -> None:
    own = "Which hospitals did the Georgian delegation visit in Tallinn last spring?"
    assert ask(own, SIGNED).read == own


def test_one_follow_up_leans_on_another() -> None:
    first, second = "Who signed it?", "When was that?"
    asked = ask(second, SIGNED, first, leaning=(first, second))
    assert [party.name for party in asked.countries] == ["Latvia", "Azerbaijan"]
    assert asked.read.endswith(second)


def test_nothing_before_it_leaves_a_fragment_as_it_is() -> None:
    assert ask("And with Georgia?").read == "And with Georgia?"
    assert ask("", SIGNED).standalone == SIGNED, "an empty question says nothing new"
