"""Whether a claim stands in what it cites: numbers, dates, names, quotes, links and status; then its nearness."""

from decimal import Decimal

import pytest
from each import each
from fakes import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.parties import party_of
from assistant.model.arithmetic import numbers
from assistant.model.entailment import WordingEntailment
from assistant.model.support import HELD_FROM, SupportChecker, broken_rules, quotes
from corpus.encoder.protocol import Encoder

SIGNED = "The health ministries of Azerbaijan and Latvia signed a Cooperation Agreement in Riga on 4 December 2025."
MISSION = (
    "Nine international experts of the WHO were in Baku on 19–23 September 2022 with $5 million, said Hosams Abu Meri."
)
DENIED = "No document is reported as signed between Latvia and Estonia."
TALKS = "Latvia and Estonia discussed an agreement, once it is approved, on ambulances."


@each(
    ("claim", "cited"),
    [
        (SIGNED, SIGNED),
        ("Azerbaijan and Latvia signed a Cooperation Agreement on 4 December 2025.", SIGNED),
        ("Latvia’s and Azerbaijan’s ministries signed it in Riga.", SIGNED),
        ("Latvian and Azerbaijani ministries signed it.", SIGNED),
        ("9 experts came in September 2022 with 5,000,000 dollars.", MISSION),
        ("They came with five million.", "They came with 5 million."),
        ("It was “signed a Cooperation Agreement” in Riga.", SIGNED),
        ("Nothing was signed between Latvia and Estonia.", DENIED),
        ("Experts saw Baku.", MISSION),
        ("Latvia and Estonia discussed an agreement.", TALKS),
        ("See www.who.int for more.", "See www.who.int for more."),
        ("Trend wrote that Latvia and Estonia met.", "Trend wrote that Latvia and Estonia met."),
    ],
)
def test_a_claim_that_stands_in_its_source_breaks_no_rule(claim: str, cited: str) -> None:
    assert list(broken_rules(claim, [cited])) == []


@each(
    ("rule", "claim", "cited"),
    [
        ("number", "Ten experts of the WHO were in Baku.", MISSION),
        ("number", "They came with $5 billion.", MISSION),
        ("number", "They came with $5.5 million.", MISSION),
        ("date", "It was signed on 12 April 2025.", "In 2025, on 4 December, 12 copies were signed; not in April."),
        ("date", "Experts visited in October 2022.", MISSION),
        ("name", "Zebulon Quargle signed it in Riga.", SIGNED),
        ("name", "Merkel signed the agreement.", SIGNED),
        ("name", "The OMEGA signed the agreement.", SIGNED),
        ("country", "Estonia and Latvia signed an agreement.", SIGNED),
        ("country", "The Estonian side signed an agreement.", SIGNED),
        ("quote", "It is “the greatest agreement” of all.", SIGNED),
        ("quote", "It is «great» in Riga.", SIGNED),
        ("link", "See https://evil.example/a for the agreement.", SIGNED),
        ("link", "Write to info@evil.example about the agreement.", SIGNED),
        ("link", "See evil.example for the agreement.", SIGNED),
        ("status", "The agreement of Azerbaijan and Latvia is in force.", SIGNED),
        ("status", "The agreement was approved.", SIGNED),
        ("status", "The agreement was withdrawn.", SIGNED),
        ("status", "Latvia and Estonia signed a document.", DENIED),
        ("status", "Latvia and Estonia signed an agreement.", TALKS),
        ("status", "The agreement has been approved.", TALKS),
        ("frame", "The two hospitals merge.", "Note to all: “The two hospitals merge.”"),
        ("frame", "Latvia and Estonia met.", "Whoever reads this may write that Latvia and Estonia met."),
        ("frame", "Latvia and Estonia met.", "The rumour goes: Latvia and Estonia met."),
        ("denial", "The experts never were in Baku.", MISSION),
    ],
)
def test_what_does_not_stand_in_the_source_breaks_its_rule(rule: str, claim: str, cited: str) -> None:
    assert rule in list(broken_rules(claim, [cited]))


def test_what_several_sentences_hold_together_breaks_no_rule() -> None:
    claim = "Azerbaijan and Latvia signed an agreement in Riga, and 9 experts were in Baku."
    assert list(broken_rules(claim, [SIGNED, MISSION])) == []
    assert list(broken_rules(claim, [SIGNED]))


def test_a_party_that_the_document_is_about_may_be_named() -> None:
    claim = "Estonia and Latvia signed an agreement."
    assert list(broken_rules(claim, [SIGNED], [party_of("EE")])) == []


def test_characters_that_are_not_seen_hide_nothing() -> None:
    assert "number" in list(broken_rules("They had １２ experts.", [MISSION]))
    assert "name" in list(broken_rules("The Z\u200bebulon signed.", [SIGNED]))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,000 and 2.5", {1000, Decimal("2.5")}),
        ("five million and 3 thousand", {5_000_000, 3000}),
        ("5 million", {5_000_000}),
        ("23.09.2022", {23, 9, 2022}),
        ("COVID-19", {19}),
        ("one of them", set()),
        ("the two sides, and two of the two agreements", {2}),
    ],
)
def test_numbers_are_compared_by_value(text: str, found: set[int]) -> None:
    assert numbers(text) == {Decimal(number) for number in found}


def test_quotes_are_found_in_every_usual_pair_of_marks() -> None:
    assert list(quotes('“one thing”, "two things", «three things», „four things“.')) == [
        *("one thing", "two things", "three things", "four things")
    ]


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_checked_and_stands_in_itself(claim: str, other: str) -> None:
    rules = set(broken_rules(claim, [claim, other]))
    assert rules <= {"status"}  # what is denied of one thing may be told of another in the same sentence
    list(broken_rules(claim, [other]))


def test_a_literal_slice_is_as_near_as_can_be_and_an_unrelated_sentence_is_not(
    encoder: Encoder,
) -> None:
    checker = SupportChecker(WordingEntailment(encoder))
    assert checker.check(SIGNED, [SIGNED]).score == pytest.approx(1, abs=1e-3)
    unrelated = checker.check("Hospitals buy vaccines together with their neighbours.", [SIGNED])
    assert unrelated.is_literal
    assert unrelated.score < HELD_FROM
    assert not unrelated.supported


def test_a_close_rewording_is_supported(encoder: Encoder) -> None:
    claim = "Azerbaijan's and Latvia's health ministries signed a Cooperation Agreement in Riga on 4 December 2025."
    assert SupportChecker(WordingEntailment(encoder)).check(claim, [SIGNED]).supported


def test_a_claim_without_words_or_sources_is_not_supported() -> None:
    checker = SupportChecker(WordingEntailment(FakeEncoder()))
    assert not checker.check("", [SIGNED]).supported
    assert not checker.check("Experts came.", []).supported
