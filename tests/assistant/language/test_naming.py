"""The people and places that a question names, and the documents that an answer keeps to for them."""

import pytest
from evidence import compose_sorted, found, texts
from fakes import document

from assistant.answer import Outcome
from assistant.language.naming import binding, is_called, names_in
from assistant.language.organisations import Organisations
from corpus.index.keywords import analyze


def named(question: str) -> list[tuple[str, bool]]:
    return [(name.text, name.is_person) for name in names_in(Organisations().taken_out(question), analyze)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did Viktor Liashko say?", [("Viktor Liashko", True)]),
        ("What did Minister Abu Meri say in Cairo?", [("Abu Meri", True), ("Cairo", False)]),
        ("Whom did minister Musayev meet in May 2025?", [("Musayev", True)]),
        (
            "What did Carlos Enrique Valdes de la Concepcion discuss?",
            [("Carlos Enrique Valdes de la Concepcion", True)],
        ),
        ("What did Latvia sign with the World Health Organization on Friday?", []),
        ("What is Teymur Musayev's opinion of WHO?", [("Teymur Musayev", True)]),
        ("Who signed it?", []),
    ],
)
def test_names_are_found_without_titles_countries_organisations_and_dates(question: str, expected: list) -> None:
    assert named(question) == expected


def test_a_capital_that_may_stand_for_its_government_is_no_place() -> None:
    assert named("Did Riga and Tallinn agree on it?") == []
    assert named("What was said in Riga?") == [("Riga", False)]


def test_a_name_stands_together_and_in_its_order_whatever_its_accents() -> None:
    (name,) = names_in("What did Mehmet Muezzinoglu sign?", analyze)
    assert is_called(document("Türkiye's minister, Mehmet Müezzinoğlu, signed."), name)
    assert not is_called(document("Mehmet Oz met Ali Muezzinoglu."), name)
    (other,) = names_in("What did Hans Kluge say?", analyze)
    assert is_called(document("Hans Henri Kluge spoke."), other)


def test_names_bind_only_where_one_is_a_persons() -> None:
    texts_of = [document("The state agency for insurance met Viktor Liashko in Kyiv. https://x.ua/viktor-liashko")]
    assert binding(names_in("When was the State Agency founded in Izmir?", analyze), texts_of) == ()
    both = binding(names_in("What did Viktor Liashko see in Izmir?", analyze), texts_of)
    assert [name.text for name in both] == ["Viktor Liashko", "Izmir"]


def test_what_somebody_said_is_told_from_sentences_that_name_him() -> None:
    draft = compose_sorted(
        "What did Viktor Liashko say about hospitals?",
        [
            found("Teymur Musayev said about hospitals that they are many.", 0.6),
            found("Viktor Liashko said that hospitals are few.", 0.5),
        ],
    )
    assert texts(draft) == ["Viktor Liashko said that hospitals are few."]


def test_two_names_that_no_document_joins_are_refused_by_name() -> None:
    draft = compose_sorted(
        "When did Viktor Liashko visit Izmir?",
        [found("Viktor Liashko visited Baku in 2025.", 0.6), found("The training was held near Izmir in 2021.", 0.5)],
    )
    assert draft.outcome is Outcome.NOT_FOUND
    assert "Viktor Liashko and Izmir together" in draft.remark
    assert draft.closest
