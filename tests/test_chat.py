"""The conversation as the page keeps it, without a page."""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from payloads import PAYLOADS

from assistant.answer import Answer, Outcome, Statement, Turn
from corpus.errors import DataFolderDamaged
from ui.chat import SEARCHING, content_of, converse, is_waiting, questions_of, stopped, with_question
from ui.rendering import STOPPED, one_line


class Echo:
    """An assistant that answers with the questions it was given."""

    store = SimpleNamespace(document=lambda _: None)

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[Turn]]] = []

    def stream(self, question: str, history: Sequence[Turn]) -> Iterator[Answer]:
        self.asked.append((question, list(history)))
        statements = (Statement("One."), Statement("Two."))
        for count in (1, 2):
            yield Answer(question, question, Outcome.ANSWERED, statements[:count])


class Broken(Echo):
    def stream(self, question: str, history: Sequence[Turn]) -> Iterator[Answer]:
        raise DataFolderDamaged("The index <b>cannot</b> be opened; run: assistant reindex")
        yield


def browser(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages as a browser sends them back."""
    return [
        {
            "role": item["role"],
            "content": [{"type": "text", "text": item["content"]}],
            "metadata": None,
            "options": None,
        }
        for item in messages
    ]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_question_comes_back_as_it_was_typed(payload: str) -> None:
    messages = with_question([], payload)
    assert questions_of(messages) == questions_of(browser(messages)) == [one_line(payload)]
    assert "<" not in content_of(messages[0])


def test_the_answer_grows_under_its_question() -> None:
    shown = list(converse(Echo(), browser(with_question([], "What was agreed?"))))
    assert [content_of(messages[-1]).count(".") for messages, _, _ in shown[1:]] == [1, 2]
    assert content_of(shown[0][0][-1]) == SEARCHING
    assert shown[-1][2] == "One.\n\nTwo."


def test_earlier_questions_are_the_history() -> None:
    assistant = Echo()
    messages = with_question([], "First?")
    *_, (messages, _, _) = converse(assistant, messages)
    list(converse(assistant, browser(with_question(messages, "Second?"))))
    assert assistant.asked == [("First?", []), ("Second?", [Turn("First?")])]


def test_an_expected_failure_is_one_sentence_and_inert() -> None:
    *_, (messages, _, text) = converse(Broken(), with_question([], "What?"))
    told = content_of(messages[-1])
    assert "be opened; run: assistant reindex" in told
    assert "<b>" not in told
    assert text == ""


def test_a_question_of_a_bug_still_raises() -> None:
    class Buggy(Echo):
        def stream(self, question: str, history: Sequence[Turn]) -> Iterator[Answer]:
            raise ZeroDivisionError
            yield

    with pytest.raises(ZeroDivisionError):
        list(converse(Buggy(), with_question([], "What?")))


def test_nothing_is_answered_without_a_question() -> None:
    assert list(converse(Echo(), [])) == []
    assert list(converse(Echo(), [{"role": "assistant", "content": "Hello."}])) == []


def test_a_question_past_the_limit_is_not_asked() -> None:
    assistant = Echo()
    ((messages, _, _),) = converse(assistant, with_question([], "x" * 2_001))
    assert "longer than 2000 characters" in content_of(messages[-1])
    assert assistant.asked == []


def test_stopping_ends_an_answer_in_the_making_and_nothing_else() -> None:
    asked = with_question([], "What?")
    making = [*asked, {"role": "assistant", "content": SEARCHING}]
    done = [*asked, {"role": "assistant", "content": "Done."}]
    assert is_waiting(asked)
    assert is_waiting(browser(making))
    assert not is_waiting(done)
    assert not is_waiting([])
    assert [content_of(item) for item in stopped(making)] == ["What?", STOPPED]
    assert [content_of(item) for item in stopped(asked)] == ["What?", STOPPED]
    assert stopped(done) == done


@pytest.mark.parametrize("content", [None, 7, [], [None], [{"type": "file"}], {"text": "x"}])
def test_content_of_any_shape_is_text(content: object) -> None:
    assert isinstance(content_of({"role": "user", "content": content}), str)
