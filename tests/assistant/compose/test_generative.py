"""An answer in a language model's words: nothing that a reader relies on is left to the model.

The model is the tests' own server, asked over real HTTP; the briefs and the encoder are the real ones.
"""

import asyncio
import logging
import time
from collections.abc import Iterator

import pytest
from each import each
from fake_provider import FAILURES, FakeProvider, evidence_in
from inspection import inventions

from assistant.answer import EXTRACTIVE, Answer, Layout, Outcome
from assistant.assembly import Assistant
from assistant.compose import remarks
from assistant.compose.checking import UNCONFIRMED
from assistant.compose.generative import LONGEST_ANSWER
from assistant.compose.written import WrittenSentence, written_sentences
from assistant.model.connection import connect
from assistant.model.provider import _EVIDENCE_CHARACTERS, LanguageModel

# Far more than the answer takes on a busy machine, for tests in which the model does answer.
PATIENT = 120.0
# So long that reading the evidence on a busy machine leaves the model some of it.
TIMEOUT = 5.0
FLAGSHIP = "what did Latvia and Azerbaijan agree on?"
QUESTIONS = (
    FLAGSHIP,
    "When did the Latvia–Lithuania ambulance agreement enter into force?",
    "Which countries belong to BeNeLuxA?",
    "Is the health agreement between Azerbaijan and Latvia in force?",
    "Which health documents did Latvia sign with other countries in 2024 and 2025?",
)


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        yield provider


@pytest.fixture
def model(provider: FakeProvider) -> LanguageModel:
    return connect("openai:fake", url=provider.url, key="none", timeout=PATIENT)


@pytest.fixture
def worded(briefs: Assistant, model: LanguageModel) -> Assistant:
    """The briefs, with a language model."""
    return Assistant(briefs.store, model=model)


def told(answer: Answer) -> list[str]:
    return [statement.text for statement in answer.statements if statement.citations]


# What is shown


def test_an_honest_model_words_the_answer_and_every_sentence_is_cited(
    worded: Assistant, provider: FakeProvider
) -> None:
    for question in QUESTIONS:
        answer = worded.ask(question)
        assert answer.composer == "openai:fake"
        assert told(answer)
        assert list(inventions(answer, worded.store)) == []
        numbers = [number for statement in answer.statements for number in statement.citations]
        assert list(dict.fromkeys(numbers)) == [citation.number for citation in answer.citations]


def test_a_provider_with_structured_output_is_used_with_it(briefs: Assistant, provider: FakeProvider) -> None:
    worded = Assistant(briefs.store, model=connect("openai:gpt-4o", url=provider.url, key="none", timeout=PATIENT))
    answer = worded.ask(FLAGSHIP)
    assert answer.composer == "openai:gpt-4o"
    assert "response_format" in provider.requests[-1]
    assert list(inventions(answer, worded.store)) == []


def test_of_a_lying_model_only_what_is_true_is_shown_and_the_rest_is_told_as_taken_out(
    worded: Assistant, provider: FakeProvider
) -> None:
    provider.mode = "liar"
    for question in QUESTIONS:
        answer = worded.ask(question)
        assert list(inventions(answer, worded.store)) == []
        assert "Quargle" not in answer.text
        assert "evil" not in answer.text
        assert any("taken out" in warning for warning in answer.warnings)


def test_the_outside_shape_stays_the_same(worded: Assistant, briefs: Assistant) -> None:
    assert worded.ask(FLAGSHIP).to_dict().keys() == briefs.ask(FLAGSHIP).to_dict().keys()


def test_no_remark_of_ours_stands_above_the_models_answer(worded: Assistant, briefs: Assistant) -> None:
    question = "Is the health agreement between Azerbaijan and Latvia in force?"
    ours, theirs = briefs.ask(question), worded.ask(question)
    assert theirs.outcome is ours.outcome
    assert theirs.composer == "openai:fake"
    assert all(statement.citations for statement in theirs.statements)


def test_a_list_is_told_whole_whatever_the_model_leaves_out(
    worded: Assistant, briefs: Assistant, provider: FakeProvider
) -> None:
    question = "Which health documents did Latvia sign with other countries in 2024 and 2025?"
    ours, theirs = briefs.ask(question), worded.ask(question)
    assert len(ours.citations) > 3
    assert theirs.composer == "openai:fake"
    quotes = [citation.quote for citation in theirs.citations]
    assert {citation.quote for citation in ours.citations} <= set(quotes)


def test_what_names_nothing_is_never_put_to_the_model(worded: Assistant, provider: FakeProvider) -> None:
    assert worded.ask("and?").composer == EXTRACTIVE
    assert provider.requests == []


def test_a_refusal_is_a_hint_to_the_model_and_no_gate(
    worded: Assistant, briefs: Assistant, provider: FakeProvider
) -> None:
    question = "What is the capital of France?"
    ours = briefs.ask(question)
    assert ours.outcome is Outcome.NOT_FOUND
    assert worded.ask(question).statements == ours.statements  # it says nothing of whether there is an answer
    assert ours.statements[0].text in provider.requests[-1]["messages"][-1]["content"]
    provider.mode = "full"
    answer = worded.ask(question)
    assert answer.outcome is Outcome.ANSWERED
    assert told(answer)
    assert answer.composer == "openai:fake"


def test_a_model_that_finds_no_answer_declines_in_our_words(worded: Assistant, provider: FakeProvider) -> None:
    provider.mode = "declining"
    answer = worded.ask(FLAGSHIP)
    assert answer.outcome is Outcome.NOT_FOUND
    assert [statement.text for statement in answer.statements] == [remarks.nothing("en")]
    assert answer.closest
    assert "sorry" not in answer.text


def test_the_models_order_paragraphs_and_items_stay(worded: Assistant, provider: FakeProvider) -> None:
    provider.mode = "laid out"
    answer = worded.ask(FLAGSHIP)
    assert [statement.layout for statement in answer.statements] == [Layout.RUNNING, Layout.ITEM, Layout.ITEM]
    given = evidence_in(provider.requests[0])
    assert told(answer) == [given[number] for number in sorted(given, reverse=True)[:3]]
    assert answer.text.count("\n- ") == 2


def test_a_sentence_without_a_marker_or_with_a_wrong_one_is_attributed(
    worded: Assistant, provider: FakeProvider
) -> None:
    for provider.mode in ("unmarked", "wrongly marked"):
        answer = worded.ask(FLAGSHIP)
        assert answer.composer == "openai:fake"
        quotes = {citation.number: citation.quote for citation in answer.citations}
        for statement in answer.statements:
            assert any(statement.text.split()[:5] == quotes[number].split()[:5] for number in statement.citations)


def test_the_model_is_given_whole_passages_numbered_by_document_between_fences(
    worded: Assistant, provider: FakeProvider
) -> None:
    worded.ask(FLAGSHIP)
    prompt = provider.requests[-1]["messages"][-1]["content"]
    first, *lines, last, hint, asked = prompt.splitlines()
    assert first.strip("<>") == last.strip("</>")
    assert first not in provider.requests[-1]["messages"][0]["content"].splitlines()
    assert asked.endswith(FLAGSHIP)
    assert hint.startswith("Hint: ")
    titles = [line for line in lines if line.startswith('{"document": ')]
    numbered = [line for line in lines if line not in titles]
    assert len(set(titles)) == len(titles) >= 4
    assert len(numbered) >= 30
    assert sum(map(len, lines)) < 2 * _EVIDENCE_CHARACTERS
    assert all(line.startswith(f'{{"number": {number},') for number, line in enumerate(numbered, start=1))
    assert '"status": "approved"' in prompt
    assert '"publisher": ' in titles[0]


def test_an_unsupported_sentence_is_marked_where_that_is_asked_for_but_never_an_invention(
    briefs: Assistant, model: LanguageModel, provider: FakeProvider
) -> None:
    provider.mode = "vague"
    dropping, marking = (
        Assistant(briefs.store, model=model),
        Assistant(briefs.store, model=model, marks_unsupported=True),
    )
    assert dropping.ask(FLAGSHIP).composer == EXTRACTIVE
    answer = marking.ask(FLAGSHIP)
    assert UNCONFIRMED in told(answer)[0]
    provider.mode = "inventor"
    assert "4,711" not in marking.ask(FLAGSHIP).text


# When the provider fails


@pytest.mark.parametrize("mode", [*FAILURES, "refusing"])
def test_a_failing_provider_gives_the_extractive_answer_labelled_and_on_time(
    mode: str, briefs: Assistant, provider: FakeProvider
) -> None:
    started = time.monotonic()
    expected = briefs.ask(FLAGSHIP)
    takes_without = time.monotonic() - started  # on a machine as busy as this one is now
    provider.mode = mode
    hurried = Assistant(briefs.store, model=connect("openai:fake", url=provider.url, key="none", timeout=TIMEOUT))
    started = time.monotonic()
    answer = hurried.ask(FLAGSHIP)
    assert time.monotonic() - started < TIMEOUT + 1 + takes_without
    assert answer.composer == EXTRACTIVE
    assert answer.statements == expected.statements
    assert answer.citations == expected.citations
    (warning,) = answer.warnings
    assert warning.endswith("; this answer is quoted word for word instead.")
    assert provider.requests


def test_no_question_stands_in_the_log(
    worded: Assistant, provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="assistant"):
        for provider.mode in ("liar", "failing"):
            worded.ask(FLAGSHIP)
    assert "compose: 100 tokens in" in caplog.text
    assert "HTTP 500" in caplog.text
    assert "Latvia" not in caplog.text
    assert "agree on" not in caplog.text


# Streaming


def test_a_streamed_answer_shows_checked_drafts_and_settles_on_the_checked_text(
    worded: Assistant, provider: FakeProvider
) -> None:
    provider.mode = "honest and then lying"
    *drafts, last = list(worded.stream(FLAGSHIP))
    assert drafts
    assert all(draft.is_draft for draft in drafts)
    assert not last.is_draft
    for answer in (*drafts, last):
        assert list(inventions(answer, worded.store)) == []
    assert drafts[0].statements == last.statements[: len(drafts[0].statements)]
    assert any("taken out" in warning for warning in last.warnings)
    assert not any(draft.warnings for draft in drafts)


def test_an_answer_by_a_schema_is_streamed_sentence_by_sentence_too(briefs: Assistant, provider: FakeProvider) -> None:
    worded = Assistant(briefs.store, model=connect("openai:gpt-4o", url=provider.url, key="none", timeout=PATIENT))
    *drafts, last = list(worded.stream(FLAGSHIP))
    assert "response_format" in provider.requests[-1]
    assert provider.requests[-1]["stream"]
    shown = list(dict.fromkeys(len(draft.statements) for draft in drafts))
    assert shown == list(range(1, len(shown) + 1))
    assert len(shown) >= 2
    assert last.statements[: len(drafts[-1].statements)] == drafts[-1].statements


def test_streaming_and_asking_end_in_the_same_answer_also_asynchronously(worded: Assistant) -> None:
    async def streamed() -> list[Answer]:
        return [answer async for answer in worded.chain.astream(FLAGSHIP)]

    asked = worded.ask(FLAGSHIP)
    for last in (list(worded.stream(FLAGSHIP))[-1], asyncio.run(streamed())[-1]):
        assert (last.statements, last.citations, last.composer) == (asked.statements, asked.citations, asked.composer)


def test_a_stream_that_nobody_listens_to_any_more_does_not_wait(worded: Assistant, provider: FakeProvider) -> None:
    provider.mode = "honest then dripping"
    answers = worded.chain.stream(FLAGSHIP)
    assert next(answers).is_draft
    started = time.monotonic()
    answers.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 0.5


# Reading what a model wrote


@each(
    ("text", "sentences"),
    [
        ("Latvia signed [1].", [("Latvia signed.", (1,))]),
        ("Latvia signed. [1] Estonia did [2][3].", [("Latvia signed.", (1,)), ("Estonia did.", (2, 3))]),
        ("- **Latvia** signed [1, 3]\n- Estonia did [2-4]", [("Latvia signed.", (1, 3)), ("Estonia did.", (2, 3, 4))]),
        ("1. Latvia signed【2†source】", [("Latvia signed.", (2,))]),
        ("<think>Hm [1].</think>Latvia signed [2].", [("Latvia signed.", (2,))]),
        ("<think>Hm, and no end [1].", []),
        ("```\nLatvia signed [1].\n```", [("Latvia signed.", (1,))]),
        ("[Latvia](https://evil.example) signed [1].", [("Latvia signed.", (1,))]),
        ('{"sentences": [{"text": "Latvia signed.", "evidence": [1]}]}', [("Latvia signed.", (1,))]),
        ('```json\n{"sentences": [{"text": "Latvia signed [9].", "evidence": [1]}]}\n```', [("Latvia signed.", (1,))]),
        ('{"sentences": [{"text": "Latvia signed", "evidence": [1]}, {"text": "Est', [("Latvia signed.", (1,))]),
        ('{"sentences": [{"text": 7, "evidence": "all"}]}', None),
        ("Latvia\u202e sig\u200bned\x00 [1].", [("Latvia signed.", (1,))]),
        ("", []),
        ("[1] [2]", []),
    ],
)
def test_sentences_and_their_numbers_are_read_in_the_forms_that_models_write(
    text: str, sentences: list[tuple[str, tuple[int, ...]]] | None
) -> None:
    written = written_sentences(text)
    if sentences is None:
        assert not any(item.numbers for item in written)
    else:
        assert written == [WrittenSentence(*sentence) for sentence in sentences]


def test_an_answer_has_an_end_however_long_the_model_goes_on(worded: Assistant, provider: FakeProvider) -> None:
    provider.mode = "everything"
    assert 0 < len(told(worded.ask(FLAGSHIP))) <= LONGEST_ANSWER + 1
