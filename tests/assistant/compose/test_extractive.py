"""The composer: two thresholds, lengths by shape, refusals that name only what is missing, remarks with evidence."""

from dataclasses import replace

import pytest
from asking import ask
from evidence import compose_sorted, found, texts

from assistant.answer import Outcome
from assistant.compose.extractive import LONGEST, compose
from assistant.language.parties import party_of
from assistant.question.shapes import Shape
from assistant.reader.calibration import ADD, NEAR, TELL

QUESTION = "What did Latvia and Azerbaijan sign?"
SIGNED = "Latvia and Azerbaijan signed a health agreement in Riga."
APPROVED = "The president of Azerbaijan signed a decree approving the agreement."
TALKED = "The ministers of Latvia and Azerbaijan discussed digital health."


def test_the_best_sentence_is_told_from_its_threshold_on() -> None:
    told = compose_sorted(QUESTION, [found(SIGNED, TELL)])
    assert (told.outcome, texts(told)) == (Outcome.ANSWERED, [SIGNED])
    refused = compose_sorted(QUESTION, [found(SIGNED, TELL - 0.01)])
    assert refused.outcome is Outcome.NOT_FOUND
    assert [item.text for item in refused.closest] == [SIGNED]


def test_a_further_sentence_is_added_from_its_threshold_on() -> None:
    best = max(TELL, ADD)
    assert len(texts(compose_sorted(QUESTION, [found(SIGNED, best), found(TALKED, ADD)]))) == 2
    assert len(texts(compose_sorted(QUESTION, [found(SIGNED, best), found(TALKED, ADD - 0.01)]))) == 1


def test_a_further_sentence_comes_near_to_the_best() -> None:
    assert len(texts(compose_sorted(QUESTION, [found(SIGNED, 0.9), found(TALKED, 0.9 * NEAR)]))) == 2
    assert len(texts(compose_sorted(QUESTION, [found(SIGNED, 0.9), found(TALKED, 0.9 * NEAR - 0.01)]))) == 1


@pytest.mark.parametrize("shape", [shape for shape in Shape if shape is not Shape.TALK])
def test_an_answer_is_as_long_as_its_shape_allows(shape: Shape) -> None:
    many = [found(f"{word * 9} {number} of Latvia and Azerbaijan.", 0.9) for number, word in enumerate("abcdefghijkl")]
    assert len(texts(compose_sorted(QUESTION, many, shape))) == LONGEST[shape]


def test_what_says_the_same_is_told_once() -> None:
    again = SIGNED.replace("a health", "the health")
    assert len(texts(compose_sorted(QUESTION, [found(SIGNED, 0.99), found(again, 0.98)]))) == 1


def test_a_party_that_no_document_names_is_named_in_the_refusal_and_nothing_else() -> None:
    asked = replace(ask("What did Latvia and Estonia sign?"), absent_parties=(party_of("EE"),))
    draft = compose(asked, [found(SIGNED, 0.99)])
    assert draft.outcome is Outcome.NOT_FOUND
    assert "Estonia" in draft.remark
    assert "Latvia" not in draft.remark


def test_a_year_that_no_document_is_of_is_named() -> None:
    draft = compose(replace(ask("What did Latvia sign in 1999?"), absent_year="1999"), [found(SIGNED, 0.99)])
    assert draft.outcome is Outcome.NOT_FOUND
    assert "1999" in draft.remark


def test_parties_that_no_document_is_about_together_are_said_to_be_apart() -> None:
    draft = compose_sorted("What did Latvia and Estonia sign?", [found(SIGNED, 0.99)])
    assert draft.outcome is Outcome.NOT_FOUND
    assert "together" in draft.remark


def test_less_than_was_asked_is_said_only_where_the_evidence_tells_how_far_it_is() -> None:
    question = "Is the agreement between Latvia and Azerbaijan in force?"
    draft = compose_sorted(question, [found(SIGNED, 0.99)], Shape.STATUS)
    assert draft.outcome is Outcome.PARTIAL
    assert "“in force”" in draft.remark
    assert "“signed”" in draft.remark
    in_force = "The agreement between Latvia and Azerbaijan has been in force since 2019."
    assert not compose_sorted(question, [found(SIGNED, 0.99), found(in_force, 0.9)], Shape.STATUS).remark
    untold = "Latvijas un Azerbaidžānas līgums tika parakstīts Rīgā."
    assert not compose_sorted(question, [found(untold, 0.99)], Shape.STATUS).remark, "nothing of it is understood"


def test_of_a_status_the_furthest_comes_first_and_what_denies_it_before_that() -> None:
    items = [found(TALKED, 0.99), found(SIGNED, 0.9), found(APPROVED, 0.8)]
    assert texts(compose_sorted(QUESTION, items, Shape.STATUS)) == [APPROVED, SIGNED, TALKED]
    denied = "The agreement between Latvia and Azerbaijan was not signed."
    assert texts(compose_sorted(QUESTION, [found(denied, 0.99), found(APPROVED, 0.8)], Shape.STATUS))[0] == denied


def test_a_comparison_has_a_sentence_of_each_party() -> None:
    ours = found("Latvia trained nine nurses.", 0.99, parties=("Latvia",), title="Nurses")
    theirs = found("Estonia trained four nurses.", 0.01, parties=("Estonia",), title="Nurses")
    draft = compose_sorted("Compare the nurses of Latvia and Estonia", [ours, theirs], Shape.COMPARISON)
    assert set(texts(draft)) == {ours.text, theirs.text}
    assert texts(compose_sorted("Nurses of Latvia", [ours, theirs], Shape.FACT)) == [ours.text], "the control"


def test_thanks_are_answered_by_what_can_be_asked_and_a_question_of_parties_is_no_thanks() -> None:
    assert compose(ask("thanks!", shape=Shape.TALK), []).outcome is Outcome.UNCLEAR
    assert compose(ask(QUESTION, shape=Shape.TALK), [found(SIGNED, 0.99)]).outcome is not Outcome.UNCLEAR
    assert compose(ask("?!"), []).outcome is Outcome.UNCLEAR


def test_a_refusal_is_in_the_language_of_the_question() -> None:
    asked = replace(ask("Ko parakstīja Igaunija?", language="lv"), absent_parties=(party_of("EE"),))
    assert "Igaunija" in compose(asked, []).remark
