"""Follow-ups become questions that stand alone."""

import pytest

from assistant.answer import Turn
from assistant.conversation import standalone, subject_of


@pytest.mark.parametrize(
    ("previous", "question", "expected"),
    [
        ("What did Latvia and Azerbaijan agree on?", "and with Georgia?", "What did Latvia and Georgia agree on?"),
        ("What did Latvia agree on?", "What about Estonia?", "What did Estonia agree on?"),
        (
            "Has the Azerbaijan–Latvia health agreement been approved?",
            "So is it in force now?",
            "So is the Azerbaijan–Latvia health agreement in force now?",
        ),
        (
            "When was the WHO Pandemic Agreement adopted?",
            "Can countries sign it now?",
            "Can countries sign the WHO Pandemic Agreement now?",
        ),
        (
            "Where was the PROACT-Care project launched?",
            "How many people live in that district?",
            "How many people live in that district (about: the PROACT-Care project)?",
        ),
        (
            "What did Latvia and Azerbaijan agree on?",
            "So is it in force now?",
            "So is it in force now (about: what did Latvia and Azerbaijan agree on)?",
        ),
    ],
)
def test_a_follow_up_gets_what_it_leaves_to_the_conversation(previous: str, question: str, expected: str) -> None:
    assert standalone(question, [Turn(previous)]) == expected


@pytest.mark.parametrize(
    "question", ["What did Estonia and Latvia sign in 2010?", "How many beds does Riga East University Hospital have?"]
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert standalone(question, [Turn("What did Latvia and Azerbaijan agree on?")]) == question


def test_without_history_nothing_changes_but_white_space() -> None:
    assert standalone("  So is it\nin force now? ", []) == "So is it in force now?"


def test_the_subject_comes_from_the_last_question_that_has_one() -> None:
    history = [Turn("When was the WHO Pandemic Agreement adopted?"), Turn("why?")]
    assert "WHO Pandemic Agreement" in standalone("and who signed it?", history)


def test_a_question_less_its_asking_words_is_its_subject() -> None:
    assert subject_of("When was the health agreement between Azerbaijan and Latvia signed?") == (
        "the health agreement between Azerbaijan and Latvia"
    )
    assert subject_of("Why?") is None
