"""Following an answer in the making: its steps as they begin, then the answer as it grows."""

import pytest

from assistant.answer import Answer, Outcome, Statement
from assistant.assembly import Assistant
from assistant.progress import Stage, Step, as_it_happens, growing

FLAGSHIP = "What did Latvia and Azerbaijan agree on?"
WHOLE = Answer("Q?", "Q?", Outcome.ANSWERED, (Statement("One."), Statement("Two.")))


def test_every_step_is_told_in_order_before_the_answer(briefs: Assistant) -> None:
    told = list(briefs.follow(FLAGSHIP))
    steps = [item for item in told if isinstance(item, Step)]
    assert [step.stage for step in steps] == [Stage.SEARCHING, Stage.READING, Stage.CHECKING]
    assert told[: len(steps)] == steps
    assert steps[0].count == briefs.store.index.keywords.count()
    answer = briefs.ask(FLAGSHIP)
    assert steps[2].count == len(answer.citations)
    last = told[-1]
    assert isinstance(last, Answer)
    assert (last.statements, last.citations) == (answer.statements, answer.citations)


def test_what_is_streamed_is_what_is_followed_without_its_steps(briefs: Assistant) -> None:
    streamed = [answer.text for answer in briefs.stream(FLAGSHIP)]
    assert streamed == [item.text for item in briefs.follow(FLAGSHIP) if isinstance(item, Answer)]
    assert len(streamed) > 1


def test_an_answer_grows_by_one_statement_at_a_time() -> None:
    assert [answer.text for answer in growing(WHOLE)] == ["One.", "One. Two."]


def test_what_happened_is_told_although_it_ends_in_a_failure() -> None:
    def fails(tell: object) -> Answer:
        assert callable(tell)
        tell(Step(Stage.SEARCHING, 7))
        raise ValueError("broken")

    happening = as_it_happens(fails)
    assert next(happening) == Step(Stage.SEARCHING, 7)
    with pytest.raises(ValueError, match="broken"):
        next(happening)


def test_the_outcome_is_that_of_the_answer(briefs: Assistant) -> None:
    for question in (FLAGSHIP, "What is the capital of France?", "Is the Azerbaijan–Latvia agreement in force?"):
        assert briefs.chain.outcome(question) is briefs.ask(question).outcome
