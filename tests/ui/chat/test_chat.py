"""The page's own logic, apart from any browser: what the conversation becomes, and what is put to the assistant.

A browser sends a message's content as a list of parts and a program as one string; both are the same conversation.
"""

import html
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from each import each
from fakes import FakeEncoder, document
from hypothesis import given
from hypothesis import strategies as st
from payloads import NAMED
from texts import hostile

from assistant.answer import Answer, Citation, DocumentReference, Outcome, Statement, Turn
from assistant.assembly import Assistant, open_assistant
from assistant.progress import ProgressEvent, Stage, Step
from assistant.scope.scope import Scope
from corpus.document import Document
from corpus.errors import IndexMismatch
from ui import LONGEST_HISTORY, LONGEST_QUESTION
from ui.chat.conversation import (
    EDIT,
    Message,
    content_of,
    converse,
    further_questions,
    is_waiting,
    questions_of,
    resumed,
    steps_as_markdown,
    stopped,
    with_question,
    without_buttons,
)
from ui.chat.sources import CHANGED, age_in_words, cited_by, nothing_yet, sources_as_markdown
from ui.chat.start import COMMAND, LIMITS, NOTHING_YET, holdings_of
from ui.rendering import (
    DRAFT,
    STOPPED,
    answer_as_markdown,
    answer_as_text,
    escape_markdown,
    failure_as_markdown,
    one_line,
    readable_date,
)

RIGA = document("Latvia and Azerbaijan signed a health agreement in Riga. It covers medical education.", id="d1")
QUESTION = "What did Latvia & Azerbaijan agree on?"
SEARCHING = steps_as_markdown([])


def cited(start: int, end: int, number: int) -> Citation:
    status = "signed" if start == 0 else None
    return Citation(number, RIGA.text[start:end], start, end, None, DocumentReference.to(RIGA), status)


def growing_answer() -> list[Answer]:
    """An answer as it is streamed: first one statement, then two."""
    statements = (Statement(RIGA.text[:56], (1,)), Statement(RIGA.text[57:], (2,)))
    citations = (cited(0, 56, 1), cited(57, len(RIGA.text), 2))
    return [
        Answer(QUESTION, QUESTION, Outcome.ANSWERED, statements[:count], citations=citations[:count])
        for count in (1, 2)
    ]


class Documents:
    """What the page asks of a store, and of its catalog."""

    def __init__(self, *, current: bool = True) -> None:
        self.catalog = self
        self._current = current

    def document(self, document_id: str) -> Document | None:
        return RIGA if document_id == RIGA.id else None

    def documents_by_id(self, ids: Iterable[str]) -> dict[str, Document]:
        return {RIGA.id: RIGA} if self._current and RIGA.id in ids else {}


class Suggested:
    """Suggests what it was asked about."""

    def follow_ups(self, question: str, history: Sequence[str], cited: Iterable[str], _scope: Scope) -> tuple[str, ...]:
        return (f"More of {question} after {len(history)} with {sorted(cited)}",)


class FakeAssistant:
    """Tells these steps and answers, then fails if told to, and remembers what it was asked."""

    def __init__(self, *answers: ProgressEvent, failure: Exception | None = None) -> None:
        self.store = Documents()
        self.suggestions = Suggested()
        self.asked: list[tuple[str, list[str]]] = []
        self._answers = answers
        self._failure = failure

    def follow(self, question: str, history: Sequence[Turn], scope: Scope) -> Iterator[ProgressEvent]:
        assert scope == Scope()
        self.asked.append((question, [turn.question for turn in history]))
        yield from self._answers
        if self._failure is not None:
            raise self._failure


def conversing(assistant: FakeAssistant, messages: list[Message]) -> list[tuple[list[Message], str, str]]:
    return list(converse(assistant, messages))  # type: ignore[arg-type]


def as_a_browser_sends(messages: list[Message]) -> list[Message]:
    return [
        {**message, "content": [{"type": "text", "text": message["content"]}], "metadata": None, "options": None}
        for message in messages
    ]


def reply(markdown: str) -> Message:
    return {"role": "assistant", "content": markdown}


SHAPES = pytest.mark.parametrize("sent", [list, as_a_browser_sends], ids=["by a program", "by a browser"])


# Reading messages


@each(
    ("content", "text"),
    [
        ("words", "words"),
        ([{"type": "text", "text": "words"}], "words"),
        ([{"type": "text", "text": "two"}, {"type": "text", "text": "parts"}], "two parts"),
        (["two", {"text": "sorts"}], "two sorts"),
        *((odd, "") for odd in (None, [], 7, {"path": "a.png"}, [{"type": "file", "file": {"path": "a.png"}}])),
    ],
)
def test_a_messages_text_is_found_however_it_is_sent(content: Any, text: str) -> None:
    assert content_of({"role": "user", "content": content}) == text


def test_a_message_without_content_has_no_text() -> None:
    assert content_of({"role": "user"}) == ""


@SHAPES
def test_the_questions_of_a_conversation_are_those_the_reader_typed(sent: Any) -> None:
    messages = [*with_question([], QUESTION), reply("An answer."), *with_question([], "And <b>now</b>?"), reply("")]
    assert questions_of(sent(messages)) == [QUESTION, "And <b>now</b>?"]


def test_blank_messages_and_answers_are_no_questions() -> None:
    blank = [{"role": "user", "content": text} for text in ("", "  ", "&#32;&nbsp;")]
    assert questions_of([*blank, reply("What?"), {"content": "What?"}]) == []


@given(hostile)
def test_a_question_is_read_back_as_it_was_put(question: str) -> None:
    line = one_line(question)
    assert questions_of(as_a_browser_sends(with_question([], question))) == ([line] if line else [])


# Putting a question


@each("question", NAMED.values())
def test_a_question_with_markup_is_put_as_inert_text(question: str) -> None:
    (message,) = with_question([], question)
    assert message["role"] == "user"
    assert not set(message["content"]) & set("<>[]*_`~$\\|=@\n\x00\x1b\u202e")
    assert html.unescape(message["content"]) == one_line(question)


@SHAPES
def test_a_question_is_added_after_the_answer_to_the_last(sent: Any) -> None:
    before = sent([*with_question([], QUESTION), reply("An answer.")])
    *kept, added = with_question(before, "And now?")
    assert kept == before
    assert questions_of([added]) == ["And now?"]


WAITING = pytest.mark.parametrize("waiting", [[], [reply(SEARCHING)]], ids=["before the answer", "while searching"])


@SHAPES
@WAITING
def test_a_conversation_waits_from_a_question_to_its_answer(sent: Any, waiting: list[Message]) -> None:
    asked = with_question([], QUESTION)
    assert is_waiting(sent([*asked, *waiting]))
    assert not is_waiting(sent([*asked, reply("An answer.")]))
    assert not is_waiting([])


# Stopping an answer


@SHAPES
@WAITING
def test_a_stopped_question_is_told_as_stopped_and_the_next_one_may_be_put(sent: Any, waiting: list[Message]) -> None:
    asked = with_question([], QUESTION)
    after = stopped(sent([*asked, *waiting]))
    assert after == [*sent(asked), reply(f"*{STOPPED}*")]
    assert not is_waiting(after)
    assert questions_of(with_question(after, "And now?")) == [QUESTION, "And now?"]


def test_stopping_keeps_what_there_is_of_an_answer() -> None:
    told = [*with_question([], QUESTION), reply("Half an answer")]
    assert stopped(told) == told
    assert stopped([]) == []


# Answering


@SHAPES
def test_an_answer_grows_in_the_conversation_with_its_sources_and_its_text(sent: Any) -> None:
    messages = sent(with_question([], QUESTION))
    first, whole = growing_answer()
    searching, *grown = conversing(FakeAssistant(first, whole), messages)
    assert searching == ([*messages, reply(SEARCHING)], nothing_yet(), "")
    assert grown == [
        (
            [*messages, reply(answer_as_markdown(answer))],
            sources_as_markdown(cited_by(answer, 1), Documents().document),
            answer_as_text(answer),
        )
        for answer in (first, whole)
    ]


def test_the_steps_of_an_answer_are_told_as_they_begin() -> None:
    steps = [Step(Stage.SEARCHING, 1234), Step(Stage.READING, 12), Step(Stage.CHECKING, 1)]
    assistant = FakeAssistant(*steps, growing_answer()[1])
    *told, _ = (content_of(messages[-1]) for messages, _, _ in conversing(assistant, with_question([], QUESTION)))
    assert [text.count('class="doing"') for text in told] == [1] * 4
    assert [text.count('class="done"') for text in told] == [0, 1, 2, 3]
    assert "Searching 1,234 passages</p>" in told[-1], "a step that is done"
    assert "Checking 1 citation…</p>" in told[-1], "the step under way"
    assert all(is_waiting([reply(text)]) for text in told)


def test_the_panel_keeps_the_sources_of_earlier_answers_read_off_their_markers() -> None:
    first, whole = growing_answer()
    *_, (messages, _, _) = conversing(FakeAssistant(first), with_question([], QUESTION))
    *_, (after, panel, _) = conversing(FakeAssistant(whole), with_question(as_a_browser_sends(messages), "And now?"))
    store = Documents()
    assert panel.startswith(sources_as_markdown(cited_by(first, 1), store.document))
    assert panel.endswith(sources_as_markdown(cited_by(replace(whole, question=QUESTION), 2), store.document))
    assert 'id="answer-1"' in content_of(after[1])
    assert 'id="answer-2"' in content_of(after[3])


def test_an_earlier_answer_says_where_its_source_has_changed_since() -> None:
    *_, (messages, panel, _) = conversing(FakeAssistant(growing_answer()[0]), with_question([], QUESTION))
    assert str(CHANGED) not in panel
    assistant = FakeAssistant(failure=IndexMismatch("No."))
    assistant.store = Documents(current=False)
    *_, (_, panel, _) = conversing(assistant, with_question(messages, "And now?"))
    assert panel.count(str(CHANGED)) == 1
    assert RIGA.text[:56] in panel, "it is shown as it was cited"


def test_what_one_could_go_on_with_is_asked_about_the_last_answer_and_its_documents() -> None:
    assistant: Any = FakeAssistant(growing_answer()[1])
    *_, (messages, _, _) = conversing(assistant, with_question([], QUESTION))
    assert further_questions(assistant, messages) == (f"More of {QUESTION} after 0 with ['d1']",)
    for no_answer in ([], messages[:1], [*messages[:1], reply(f"*{STOPPED}*")], [*messages[:1], reply(SEARCHING)]):
        assert further_questions(assistant, no_answer) == ()


def test_the_questions_of_an_interrupted_conversation_are_put_again_and_the_last_is_answered() -> None:
    messages = resumed(json.dumps([QUESTION, "And <b>now</b>?"]))
    assert is_waiting(messages)
    assert questions_of(messages) == [QUESTION, "And <b>now</b>?"]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert "<b>" not in content_of(messages[-1])


@pytest.mark.parametrize("kept", ["", "no list", "7", "{}", "[1, null]", "[]", '"text"'])
def test_what_is_no_list_of_questions_resumes_nothing(kept: str) -> None:
    assert resumed(kept) == []


def test_a_draft_is_shown_as_one_and_gives_way_to_the_checked_text() -> None:
    draft, whole = (replace(answer, composer="openai:model") for answer in growing_answer())
    messages = with_question([], QUESTION)
    *_, (drafted, _, _), (settled, _, _) = conversing(FakeAssistant(replace(draft, is_draft=True), whole), messages)
    assert str(DRAFT) in content_of(drafted[-1])
    assert str(DRAFT) not in content_of(settled[-1])
    assert len(settled) == len(drafted) == len(messages) + 1


@SHAPES
def test_the_assistant_is_asked_what_was_typed_with_the_earlier_questions(sent: Any) -> None:
    assistant = FakeAssistant(growing_answer()[0])
    messages = with_question([*with_question([], QUESTION), reply("An answer.")], "Is <it> in force?")
    conversing(assistant, sent(messages))
    assert assistant.asked == [("Is <it> in force?", [QUESTION])]


def test_a_question_understood_as_another_comes_with_a_button_that_brings_that_one() -> None:
    messages = with_question([*with_question([], QUESTION), reply("An answer.")], "Is it in force?")
    answer = Answer("Is it in force?", "Is <the\nagreement> in force?", Outcome.NOT_FOUND, ())
    *_, (shown, _, _) = conversing(FakeAssistant(answer), messages)
    assert shown[-1]["options"] == [{"label": str(EDIT), "value": "Is <the agreement> in force?"}]
    assert without_buttons(shown) == [*messages, {**reply(answer_as_markdown(answer)), "options": []}]


def test_a_question_understood_as_typed_comes_without_a_button() -> None:
    *_, (shown, _, _) = conversing(FakeAssistant(*growing_answer()), with_question([], QUESTION))
    assert "options" not in shown[-1]
    assert without_buttons(shown) == shown


def test_only_the_newest_questions_are_looked_at() -> None:
    assistant = FakeAssistant(growing_answer()[0])
    messages = [message for number in range(50) for message in (*with_question([], f"Q{number}?"), reply("An answer."))]
    conversing(assistant, with_question(messages, QUESTION))
    ((question, history),) = assistant.asked
    assert question == QUESTION
    assert history == [f"Q{number}?" for number in range(50 - LONGEST_HISTORY, 50)]


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [reply("An answer.")],
        [*with_question([], QUESTION), reply("An answer.")],
        [{"role": "user", "content": " "}],
        [*with_question([], QUESTION), reply("An answer."), {"role": "user", "content": []}],
    ],
)
def test_where_nothing_is_asked_nothing_is_answered(messages: list[Message]) -> None:
    assistant = FakeAssistant(growing_answer()[0])
    assert conversing(assistant, messages) == []
    assert assistant.asked == []


def test_a_question_that_is_too_long_is_refused_with_a_sentence() -> None:
    assistant = FakeAssistant(growing_answer()[0])
    messages = with_question([], "a" * (LONGEST_QUESTION + 1))
    sentence = "The question is longer than 2,000 characters; please shorten it."
    assert conversing(assistant, messages) == [([*messages, reply(failure_as_markdown(sentence))], nothing_yet(), "")]
    assert assistant.asked == []


def test_the_longest_question_is_counted_as_typed_not_as_escaped() -> None:
    assistant = FakeAssistant(growing_answer()[0])
    conversing(assistant, with_question([], "?" * LONGEST_QUESTION))
    assert assistant.asked == [("?" * LONGEST_QUESTION, [])]


@pytest.mark.parametrize("told", [0, 1], ids=["at once", "half-way"])
def test_an_expected_failure_is_told_in_place_of_the_answer(told: int) -> None:
    sentence = "The index in <data> was built with another encoder; run: assistant reindex"
    messages = with_question([], QUESTION)
    assistant = FakeAssistant(*growing_answer()[:told], failure=IndexMismatch(sentence))
    shown = conversing(assistant, messages)
    assert shown[-1] == ([*messages, reply(failure_as_markdown(sentence))], nothing_yet(), "")
    assert len(shown) == told + 2


def test_a_bug_is_not_taken_for_an_expected_failure() -> None:
    with pytest.raises(ZeroDivisionError):
        conversing(FakeAssistant(failure=ZeroDivisionError()), with_question([], QUESTION))


# What the answers rest on


@pytest.fixture
def assistant(tmp_path: Path, folder: Path) -> Iterator[Assistant]:
    """An assistant over one dated document and two files that cannot be read."""
    (folder / "riga.md").write_text("---\npublished: 2025-12-04\n---\nSigned in Riga.\n", encoding="utf-8")
    (folder / "empty.txt").touch()
    (folder / "blank.txt").write_text(" \n")
    assistant = open_assistant(tmp_path / "data", folder=folder, encoder=FakeEncoder())
    yield assistant
    assistant.close()


def test_the_page_tells_what_the_answers_rest_on(assistant: Assistant) -> None:
    told = holdings_of(assistant)
    line, folded = told.split("\n\n")
    today = readable_date(datetime.now(UTC).date().isoformat())
    held = f"**1 document** · 1 passage · published 4 December 2025 · in English · last changed {today}. "
    assert line == held + str(LIMITS)
    assert "<summary>2 files could not be read</summary>" in folded
    for failure in assistant.store.catalog.failures():
        assert f"<li>documents/{failure.path}: {escape_markdown(failure.reason)}</li>" in folded


def test_the_page_tells_what_another_process_added(assistant: Assistant, folder: Path, tmp_path: Path) -> None:
    assert "published 4 December 2025" in holdings_of(assistant)
    (folder / "later.md").write_text("---\npublished: 2026-02\n---\nApproved in Baku.\n", encoding="utf-8")
    (folder / "empty.txt").unlink()
    other = open_assistant(tmp_path / "data", folder=folder, encoder=FakeEncoder())
    other.close()
    told = holdings_of(assistant)
    assert told.startswith("**2 documents** · 2 passages · published 4 December 2025 to February 2026 · ")
    assert "<summary>1 file could not be read</summary>" in told


def test_the_page_of_an_empty_data_folder_promises_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    empty = open_assistant(tmp_path / "empty", encoder=FakeEncoder())
    assert holdings_of(empty) == f"**0 documents.** {NOTHING_YET(command=COMMAND)} {LIMITS}"
    empty.close()


def test_the_names_and_reasons_of_failed_files_are_text(assistant: Assistant, folder: Path) -> None:
    (folder / "<img src=x>.txt").touch()
    assistant.sync()
    assert "<img" not in holdings_of(assistant)
    assert "&#60;img src&#61;x&#62;.txt" in holdings_of(assistant)


@given(st.lists(st.tuples(st.sampled_from(["user", "assistant", None]), st.text(max_size=20)), max_size=6))
def test_no_conversation_is_an_error(messages: list[tuple[str | None, str]]) -> None:
    sent = as_a_browser_sends([{"role": role, "content": content} for role, content in messages])
    conversing(FakeAssistant(*growing_answer()), with_question(stopped(sent), "And now?"))


@each(
    ("published", "told"),
    [
        ("2026-11-22", "new"),
        ("2026-10-30", "23 days ago"),
        ("2026-02-09", "9 months ago"),
        ("2025-12-04", "11 months ago"),
        ("2025-11-22", "1 year ago"),
        ("2024-12-01", "23 months ago"),
        ("2021-11-23", "4 years ago"),
        ("2026-11", None),
        ("2026-11-23", None),
        (None, None),
    ],
)
def test_an_age_is_told_as_people_count_it(published: str | None, told: str | None) -> None:
    assert age_in_words(published, date(2026, 11, 22)) == told
