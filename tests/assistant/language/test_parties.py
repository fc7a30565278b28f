"""Countries by any of their names."""

import pytest
from each import each
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.parties import (
    countries,
    document_countries,
    mark_countries,
    marked_name,
    mentions,
    with_capitals,
    with_countries_of_capitals,
)
from corpus.document import Document


def codes(text: str, language: str = "en") -> list[str]:
    return [party.code for party in countries(text, language)]


@each(
    ("text", "expected"),
    [
        ("What did Latvia and Azerbaijan agree on?", ["LV", "AZ"]),
        ("Azerbaijani-Latvian cooperation", ["AZ", "LV"]),
        ("Azerbaijan–Latvia intergovernmental commission", ["AZ", "LV"]),
        ("Latvia's and Türkiye's ministers", ["LV", "TR"]),
        ("talks with Turkey, the UAE and the Holy See", ["TR", "AE", "VA"]),
        ("South Korea and North Macedonia", ["KR", "MK"]),
        ("turkey for dinner, china on the table", []),
        ("Georgetown and Malindi", []),
    ],
)
def test_english_names_and_adjectives_are_found_in_order(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Kad tika parakstīts Latvijas un Azerbaidžānas līgums?", "lv", ["LV", "AZ"]),
        ("Что подписали министерства Азербайджана и Беларуси?", "ru", ["AZ", "BY"]),
        ("Azərbaycan və Latviya arasında saziş", "az", ["AZ", "LV"]),
        ("Azerbaycan ve Türkiye sağlık bakanları", "tr", ["AZ", "TR"]),
        ("Was haben Lettland und Aserbaidschan vereinbart?", "de", ["LV", "AZ"]),
    ],
)
def test_names_are_found_in_other_languages_whatever_their_case(text: str, language: str, expected: list[str]) -> None:
    assert codes(text, language) == expected


def test_a_capital_that_does_something_is_its_government() -> None:
    assert with_countries_of_capitals("What sum did Tokyo hand over?") == "What sum did Japan hand over?"
    assert with_countries_of_capitals("How much did Riga earn?") == "How much did Latvia earn?"
    assert with_countries_of_capitals("Was it signed in Riga by both?") == "Was it signed in Riga by both?"


def test_a_question_typed_without_capitals_gets_those_of_countries() -> None:
    assert with_capitals("what did latvia sign with the uae?") == "what did Latvia sign with the UAE?"
    assert with_capitals("tell us about Latvia") == "tell us about Latvia"
    assert with_capitals("tell us more") == "tell us more"


def test_names_and_adjectives_of_a_country_become_one_word() -> None:
    assert mark_countries("Latvian and Latvia").split() == ["countrylvx", "and", "countrylvx"]
    assert marked_name("countrylvx") == "Latvia"
    assert marked_name("countryside") is None
    assert marked_name("agreement") is None


@given(st.text(alphabet=st.sampled_from("LatviaAzerbn –’'s\n ūāə"), max_size=80))
def test_mentions_stand_in_the_text_where_they_say(text: str) -> None:
    for start, end, code in mentions(text):
        assert 0 <= start < end <= len(text)
        assert codes(text[start:end]) == [code]


def document(text: str, **values: object) -> Document:
    return Document(text=text, id=str(hash((text, str(values)))), **{"title": "", **values})  # type: ignore[arg-type]


def test_a_document_is_about_the_parties_it_declares() -> None:
    brief = document("Estonia is named in passing.", parties=("Azerbaijan", "Latvia"))
    assert {party.code for party in document_countries(brief)} == {"AZ", "LV"}


def test_a_document_that_declares_none_is_about_those_it_names() -> None:
    assert {party.code for party in document_countries(document("Latvian talks in Georgia."))} == {"LV", "GE"}
