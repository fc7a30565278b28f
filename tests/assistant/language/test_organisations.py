"""Organisations by any of their names."""

import pytest
from each import each

from assistant.language.organisations import Organisations, aliases_of, is_named
from assistant.language.parties import Party
from corpus.document import Document

ORGANISATIONS = Organisations(("DG NEAR", "Latvia", "TABIB"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What did WHO/Europe and the red cross federation sign?", ["WHO/Europe", "IFRC"]),
        ("who signed with the World Health Organization?", ["WHO"]),
        ("Turkic Council and OTS", ["OTS"]),
        ("What did DG NEAR pay?", ["DG NEAR"]),
        ("Latvia echoes the eco movement", []),
    ],
)
def test_names_are_found_in_order_and_acronyms_as_written(text: str, expected: list[str]) -> None:
    assert [party.name for party in ORGANISATIONS.named_in(text)] == expected


def test_an_organisation_is_no_country() -> None:
    assert not any(party.is_country for party in ORGANISATIONS.named_in("OTS, ECO, TABIB and DG NEAR"))


def test_a_full_name_becomes_the_acronym_that_documents_use() -> None:
    text = "Does the Economic Cooperation Organization have a memorandum with the Turkic Council?"
    assert ORGANISATIONS.with_short_names(text, lambda name: True) == text.replace(
        "Economic Cooperation Organization", "ECO"
    )
    assert ORGANISATIONS.with_short_names(text, lambda name: False) == text


def test_a_document_names_an_organisation_by_any_name_in_text_title_or_metadata() -> None:
    ots = Party("ots", "OTS")
    assert is_named(Document(text="The Turkic Council met.", title="", id="1"), ots)
    assert is_named(Document(text="They met.", title="Organization of Turkic States in Baku", id="2"), ots)
    assert is_named(Document(text="They met.", title="", parties=("OTS",), id="3"), ots)
    assert not is_named(Document(text="Hots and lots.", title="", id="4"), ots)
    assert "Turkic Council" in aliases_of(ots)


@each(
    ("text", "name"),
    [
        ("Всемирной организации здравоохранения", "WHO"),
        ("Pasaules Veselības organizācijas vadītājs", "WHO"),
        ("DSÖ Avrupa Ofisi ile", "WHO/Europe"),
        ("Türk Devletleri Teşkilatına üye", "OTS"),
        ("Организация тюркских государств", "OTS"),
        ("Baltijas Asamblejā", "Baltic Assembly"),
        ("la Commission européenne", "European Commission"),
        ("the World\nHealth  Organization", "WHO"),
    ],
)
def test_organisations_are_found_by_their_names_in_other_languages(text: str, name: str) -> None:
    assert [party.name for party in Organisations().named_in(text)] == [name]
