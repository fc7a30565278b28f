"""What a question asks for: kinds of things, dates, words."""

import pytest
from each import each

from assistant.language.dates import dates_conflict, months
from assistant.language.vocabulary import Vocabulary
from assistant.question.conversation import ABOUT
from assistant.question.kinds import Kind, asked_kinds, shows
from assistant.question.question import Question, understand
from corpus.index.keywords import analyze


def understood(text: str) -> Question:
    return understand(text, text, Vocabulary(analyze, lambda term: term != "spahn", 10))


@each(
    ("question", "kinds"),
    [
        ("Who signed it?", {Kind.PERSON}),
        ("When and where was it signed?", {Kind.DATE, Kind.PLACE}),
        ("How many experts came?", {Kind.NUMBER}),
        ("How much cash did it earn?", {Kind.NUMBER, Kind.MONEY}),
        ("Which countries belong to it?", {Kind.COUNTRIES}),
        ("Who are the members of it?", {Kind.COUNTRIES, Kind.PERSON}),
        ("What did the mission to Baku cost?", {Kind.MONEY}),
        ("What is the overall budget of it?", {Kind.MONEY}),
        ("What does the agreement cover?", {Kind.LIST}),
        ("What did they agree on?", set()),
    ],
)
def test_the_wording_tells_which_kind_of_thing_is_asked_for(question: str, kinds: set[Kind]) -> None:
    assert set(asked_kinds(question)) == kinds


@each(
    ("kind", "sentence", "present"),
    [
        (Kind.NUMBER, "A team of 9 experts came.", True),
        (Kind.NUMBER, "A five-day mission.", True),
        (Kind.NUMBER, "It met on 29 August 2025.", False),
        (Kind.DATE, "It met on 29 August 2025.", True),
        (Kind.DATE, "It may meet.", False),
        (Kind.PERSON, "Minister Hosams Abu Meri spoke.", True),
        (Kind.PLACE, "It was signed in Riga.", True),
        (Kind.COUNTRIES, "Members are Latvia, Estonia and Lithuania.", True),
        (Kind.COUNTRIES, "Latvia joined.", False),
        (Kind.LIST, "It covers education, research and management.", True),
        (Kind.LIST, "It covers education.", False),
    ],
)
def test_a_sentence_shows_a_kind_only_where_it_holds_one(kind: Kind, sentence: str, present: bool) -> None:
    assert shows(kind, sentence) is present


@pytest.mark.parametrize(
    ("asked", "sentence", "conflict"),
    [
        ("in August 2025", "They met on 29 August 2025.", False),
        ("in August 2025", "It was signed on 4 December 2025.", True),
        ("in 2025", "It was signed on 4 December 2025.", False),
        ("in 2024", "It was signed on 4 December 2025.", True),
        ("in 2024", "It was signed.", False),
        ("recently", "It was signed on 4 December 2025.", False),
    ],
)
def test_dates_conflict_only_where_none_can_be_the_one_asked_about(asked: str, sentence: str, conflict: bool) -> None:
    assert dates_conflict(months(asked), sentence) is conflict


def test_words_that_only_ask_are_no_content_and_countries_are_one_term() -> None:
    question = understood("What do the documents say of Latvian vaccines?")
    assert question.terms == ("countrylvx", "vaccin")
    assert [party.code for party in question.countries] == ["LV"]


def test_specifics_leave_out_dates_statuses_and_the_type_of_thing_asked_for() -> None:
    question = understood("Which cities sign a vaccines agreement in June 2024?")
    assert question.specifics == ("vaccin",)


def test_the_counted_thing_is_the_noun_whose_number_is_asked() -> None:
    assert understood("How many international experts were there?").counted == ("expert",)
    assert understood("Who came?").counted == ()


def test_what_the_conversation_added_does_not_ask() -> None:
    question = understood(f"Which cities did he visit{ABOUT}what Latvia signed in June 2024)?")
    assert question.status is None
    assert [party.code for party in question.countries] == ["LV"]


def test_a_word_behind_a_term_is_given_back_as_it_was_typed() -> None:
    assert understood("Where are the Vaccines?").words["vaccin"] == "Vaccines"


def test_a_proper_name_that_no_passage_holds_is_unknown() -> None:
    assert understood("What does Jens Spahn think of Latvia?").unknown_names == ("Spahn",)
    assert understood("What does the minister think of Latvia?").unknown_names == ()


def test_in_another_language_no_name_is_called_unknown() -> None:
    assert understood("Was haben die Minister aus Lettland und Spahn in Riga gesagt?").unknown_names == ()


@pytest.mark.parametrize(
    ("question", "is_asked"),
    [
        ("How did it end (about: the talks between Azerbaijan and Cuba)?", True),
        ("How did the negotiations between Latvia and Lithuania end?", True),
        ("What became of the memorandum between Latvia and Egypt?", True),
        ("How did the WHO mission to Azerbaijan end?", False),
        ("When does the project of Latvia and Azerbaijan end?", False),
    ],
)
def test_how_talks_ended_is_asked_of_what_came_afterwards(question: str, is_asked: bool) -> None:
    asked = understand(question, question, Vocabulary(analyze, lambda _: 1, 10))
    assert asked.over_time is is_asked
    assert ("end" in asked.specifics) is ("end" in question and not is_asked)
