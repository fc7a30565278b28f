"""What is kept is what was answered, each reader's own, within bounds; and nothing is taken from a browser's word."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from each import each
from fakes import document
from hypothesis import given
from hypothesis import strategies as st
from servers import ONE_CATALOG_EACH
from texts import hostile

from assistant.answer import Answer, Citation, DocumentReference, Outcome, Statement, Turn
from assistant.progress import ProgressEvent, Stage, Step
from corpus.document import Document
from corpus.index.servers import Servers
from ui.keeping.answer_cache import REMEMBERED, CachingAssistant
from ui.keeping.conversation_stores import (
    EMPTY,
    MOST_ON_SERVER,
    SLOTS,
    BrowserConversations,
    ConversationStore,
    ServerConversations,
    purge_conversations,
)
from ui.keeping.conversations import (
    LARGEST_CONVERSATION,
    LONGEST_TITLE,
    UNCHECKED,
    Conversation,
    Listed,
    as_data,
    checked,
    continued,
    from_data,
    in_order,
    list_as_data,
    list_from_data,
    title_from,
    with_listed,
    without_listed,
)
from ui.storage.database import Database

RIGA = document("Latvia and Azerbaijan signed an agreement. It covers training.", id="d1")
AT = "2026-02-09T08:00:00Z"


def answer_to(question: str, **changes: Any) -> Answer:
    cited = Citation(1, RIGA.text[:42], 0, 42, None, DocumentReference.to(RIGA))
    whole = Answer(question, question, Outcome.ANSWERED, (Statement(RIGA.text[:42], (1,)),), (cited,), as_of="2025")
    return replace(whole, **changes)


def conversation(title: str = "A title", *questions: str, at: str = AT) -> Conversation:
    return Conversation("", title, at, tuple(answer_to(question) for question in questions or ("What?",)))


# Conversations as data


def test_a_conversation_survives_json() -> None:
    kept = conversation("A title", "What?", "And <b>now</b>?")
    assert from_data(json.loads(json.dumps(as_data(kept)))) == kept


@given(hostile)
def test_any_text_survives_being_kept(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    kept = Conversation("1", text, AT, (answer_to(text, warnings=(text,), standalone_question=text),))
    assert from_data(json.loads(json.dumps(as_data(kept)))) == kept


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "answers", "title"]), inner)
        ),
        max_leaves=8,
    )
)
def test_what_is_no_conversation_is_taken_for_none(data: object) -> None:
    assert from_data(data) is None
    assert list_from_data(data) == []


def test_a_conversation_beyond_all_bounds_is_taken_for_none() -> None:
    data = as_data(conversation())
    assert from_data(data) is not None
    assert from_data({**data, "title": "x" * 3 * LARGEST_CONVERSATION}) is None


def test_a_conversation_is_titled_by_its_first_question_and_grows() -> None:
    first = continued(None, answer_to("What did  they\nagree on?", timings_ms={"read": 7}), AT)
    assert first.title == "What did they agree on?"
    assert first.answers[0].timings_ms == {}
    second = continued(first, answer_to("And now?"), "2026-02-10T08:00:00Z")
    assert (second.title, second.updated) == (first.title, "2026-02-10T08:00:00Z")
    assert [answer.question for answer in second.answers] == ["What did  they\nagree on?", "And now?"]


def test_the_oldest_answers_make_room_where_a_conversation_grows_too_large() -> None:
    grown: Conversation | None = None
    for number in range(20):
        grown = continued(grown, answer_to(f"Question {number}", warnings=("x" * 10_000,)), AT)
    assert grown is not None
    assert len(json.dumps(as_data(grown))) < LARGEST_CONVERSATION * 1.1
    assert grown.answers[-1].question == "Question 19"
    assert 5 < len(grown.answers) < 12


@given(hostile)
def test_a_title_is_one_short_line(text: str) -> None:
    title = title_from(text)
    assert len(title) <= LONGEST_TITLE + 1
    assert "\n" not in title


def test_a_list_is_newest_first_and_names_each_conversation_once() -> None:
    listed = [Listed("1", "Old", "2026-01-01T00:00:00Z"), Listed("2", "New", "2026-03-01T00:00:00Z")]
    listed = with_listed(listed, Conversation("1", "Renamed", "2026-04-01T00:00:00Z"))
    assert [item.title for item in listed] == ["Renamed", "New"]
    assert list_from_data(list_as_data(listed)) == listed == in_order(listed)
    assert [item.key for item in without_listed(listed, "1")] == ["2"]


# What is shown of a kept answer


def test_a_kept_answer_that_holds_is_shown_as_it_was() -> None:
    answer = answer_to("What?", statements=(Statement("A remark."), *answer_to("What?").statements))
    assert checked(answer, lambda _: RIGA) == answer


@pytest.mark.parametrize(
    "found", [None, replace(RIGA, sha256="1" * 64), replace(RIGA, text=RIGA.text.replace("signed", "refused"))]
)
def test_a_kept_sentence_whose_source_does_not_hold_is_not_shown(found: Document | None) -> None:
    answer = answer_to("What?", statements=(Statement("A remark."), *answer_to("What?").statements))
    shown = checked(replace(answer, closest=answer.citations, warnings=("Of that source.",)), lambda _: found)
    assert shown.citations == shown.closest == shown.statements == ()
    assert shown.warnings == (UNCHECKED,)
    assert shown.as_of is None


def test_of_a_kept_answer_only_what_rests_on_nothing_else_is_shown_where_one_source_of_two_holds() -> None:
    other = document("Latvia and Chad signed one too. It was in May.", id="d2", published="2026-05-01")
    older = replace(RIGA, published="2025-12-04")
    cited = (
        Citation(1, older.text[:42], 0, 42, None, DocumentReference.to(older)),
        Citation(2, other.text[:31], 0, 31, None, DocumentReference.to(other)),
    )
    told = (Statement("Two, with Chad:"), Statement("Of both.", (1, 2)), Statement("Of Riga.", (1,)))
    answer = answer_to("What?", statements=told, citations=cited, as_of="2026-05-01")
    shown = checked(answer, {"d1": older}.get)
    assert shown.statements == told[2:]
    assert [item.number for item in shown.citations] == [1]
    assert shown.as_of == "2025-12-04"


# Shelves: the same claims for both


class Reader:
    """A reader with a browser that holds what it is told to hold."""

    def __init__(self, conversation_store: ConversationStore, user: str) -> None:
        self.conversation_store = conversation_store
        self.user = user
        self.held: list[Any] = [None] * conversation_store.slots

    def put(self, kept: Conversation) -> Conversation:
        kept, writes = self.conversation_store.put(self.user, kept, self.listed())
        for slot, value in writes.items():
            self.held[slot] = json.loads(json.dumps(value))
        return kept

    def remove(self, key: str) -> None:
        for slot, value in self.conversation_store.remove(self.user, key).items():
            self.held[slot] = value

    def get(self, key: str) -> Conversation | None:
        return self.conversation_store.get(self.user, self.held, key)

    def listed(self) -> list[Listed]:
        return self.conversation_store.listed(self.user, self.held)


ON_SERVERS = ONE_CATALOG_EACH


@pytest.fixture
def database(tmp_path: Path, servers: Servers) -> Iterator[Database]:
    database = Database(tmp_path, servers.catalog)
    yield database
    database.close()


@pytest.fixture(params=["browser", "server"])
def reader(request: pytest.FixtureRequest, database: Database) -> Reader:
    return Reader(BrowserConversations() if request.param == "browser" else ServerConversations(database), "anna")


def test_a_conversation_is_listed_opened_renamed_and_removed(reader: Reader) -> None:
    assert reader.listed() == []
    kept = reader.put(conversation("First", "What?", "And now?"))
    assert reader.get(kept.key) == kept
    other = reader.put(conversation("Second", at="2026-02-10T08:00:00Z"))
    assert [item.title for item in reader.listed()] == ["Second", "First"]
    renamed = reader.put(replace(kept, title="Renamed"))
    assert renamed.key == kept.key
    assert [item.title for item in reader.listed()] == ["Second", "Renamed"]
    reader.remove(other.key)
    assert reader.get(other.key) is None
    assert [item.key for item in reader.listed()] == [kept.key]


@each("key", ["", "30", "99", "-1", "x", "0x1", "٣", "' OR 1=1 --", "1" * 500])
def test_a_key_that_is_nobodys_opens_and_removes_nothing(reader: Reader, key: str) -> None:
    kept = reader.put(conversation())
    assert reader.get(key) is None
    reader.remove(key)
    assert reader.get(kept.key) == kept


def test_a_conversation_at_hand_is_gone_on_with(reader: Reader) -> None:
    kept = reader.put(conversation())
    assert (
        reader.conversation_store.take_back(
            reader.user, json.loads(json.dumps(reader.conversation_store.hand_out(kept)))
        )
        == kept
    )
    for nothing in (None, {}, [], {"key": 7}, {"key": "nobody's"}):
        assert reader.conversation_store.take_back(reader.user, nothing) is None


# The browser's store


def test_two_windows_of_a_browser_rarely_write_to_the_same_slot() -> None:
    slots = {BrowserConversations().put("", conversation(), [])[0].key for _ in range(200)}
    assert len(slots) > SLOTS / 2


def test_a_full_browser_gives_up_one_of_its_oldest() -> None:
    reader = Reader(BrowserConversations(), "")
    for number in range(SLOTS):
        reader.put(conversation(f"Number {number:02}", at=f"2026-01-{number + 1:02}T00:00:00Z"))
    assert len(reader.listed()) == SLOTS
    reader.put(conversation("The newest", at="2026-03-01T00:00:00Z"))
    titles = {item.title for item in reader.listed()}
    assert len(titles) == SLOTS
    assert {"The newest", *(f"Number {number:02}" for number in range(5, SLOTS))} <= titles


def test_an_emptied_slot_is_written_so_that_the_browser_forgets_it() -> None:
    assert BrowserConversations().remove("", "7") == {7: EMPTY}
    assert EMPTY is not None


def test_slots_with_something_else_in_them_are_empty() -> None:
    conversation_store = BrowserConversations()
    held: list[object] = [None, {}, "x", {"title": "x"}, {**as_data(conversation("Mine")), "key": "29"}]
    assert [(item.key, item.title) for item in conversation_store.listed("", held)] == [("4", "Mine")], (
        "a key is the slot's"
    )


# The server's store


def test_nobody_sees_or_touches_the_conversations_of_another(database: Database) -> None:
    anna, boris = (Reader(ServerConversations(database), user) for user in ("anna", "boris"))
    kept = anna.put(conversation("Anna's"))
    assert boris.listed() == []
    assert boris.get(kept.key) is None
    boris.remove(kept.key)
    taken = boris.put(replace(kept, title="Boris's"))
    assert taken.key != kept.key
    assert [item.title for item in anna.listed()] == ["Anna's"]


@pytest.mark.one_folder
def test_whoever_has_no_name_keeps_nothing_on_the_server(database: Database) -> None:
    nobody = Reader(ServerConversations(database), "")
    assert nobody.put(conversation()).key == ""
    assert nobody.listed() == []
    assert not database.exists


def test_the_server_takes_no_answer_from_a_browser(database: Database) -> None:
    anna = Reader(ServerConversations(database), "anna")
    kept = anna.put(conversation("True"))
    forged = {**as_data(kept), "answers": as_data(conversation("Forged", "Forged?"))["answers"]}
    assert anna.conversation_store.hand_out(kept) == {"key": kept.key}
    assert anna.conversation_store.take_back("anna", forged) == kept


def test_the_server_keeps_so_many_of_one_reader(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.keeping.conversation_stores.MOST_ON_SERVER", 3)
    anna, boris = (Reader(ServerConversations(database), user) for user in ("anna", "boris"))
    boris.put(conversation("Boris's", at="2026-01-01T00:00:00Z"))
    for number in range(5):
        anna.put(conversation(f"Number {number}", at=f"2026-02-0{number + 1}T00:00:00Z"))
    assert [item.title for item in anna.listed()] == ["Number 4", "Number 3", "Number 2"]
    assert len(boris.listed()) == 1
    assert MOST_ON_SERVER > 3


def test_conversations_that_nobody_continued_can_be_purged(database: Database) -> None:
    anna = Reader(ServerConversations(database), "anna")
    anna.put(conversation("Old", at="2026-01-01T00:00:00Z"))
    anna.put(conversation("New", at="2026-03-01T00:00:00Z"))
    assert purge_conversations(database, "2026-02-01T00:00:00Z") == 1
    assert [item.title for item in anna.listed()] == ["New"]


# An assistant that remembers


class Documents:
    """The one document, and a generation."""

    def __init__(self) -> None:
        self.generation = 1
        self.found: Document | None = RIGA

    def document(self, _: str) -> Document | None:
        return self.found

    def documents(self, ids: Iterable[str]) -> dict[str, Document]:
        return {identity: self.found for identity in ids if self.found}


class Answering:
    """Answers every question by its number, and counts."""

    model: object | None = None

    def __init__(self) -> None:
        self.store = Documents()
        self.count = 0
        self.refreshed = 0

    def refresh(self) -> None:
        self.refreshed += 1

    def ask(self, question: str, history: Sequence[Turn | str] = ()) -> Answer:
        self.count += 1
        return answer_to(question, warnings=(f"Number {self.count}", *map(str, history)))

    def stream(self, question: str, history: Sequence[Turn | str] = ()) -> Iterator[Answer]:
        yield answer_to(question, statements=())
        yield self.ask(question, history)

    def follow(self, question: str, history: Sequence[Turn | str] = ()) -> Iterator[ProgressEvent]:
        yield Step(Stage.SEARCHING, 7)
        yield answer_to(question, is_draft=True)
        yield self.ask(question, history)


@pytest.fixture
def noticed() -> list[tuple[Answer, float]]:
    return []


@pytest.fixture
def answering() -> Answering:
    return Answering()


@pytest.fixture
def observed(answering: Answering, noticed: list[tuple[Answer, float]]) -> CachingAssistant:
    return CachingAssistant(answering, lambda answer, milliseconds: noticed.append((answer, milliseconds)))  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["stream", "follow"])
def test_what_was_answered_is_not_answered_again(
    way: str, observed: CachingAssistant, answering: Answering, noticed: list[tuple[Answer, float]]
) -> None:
    shown = list(getattr(observed, way)("What?", [Turn("Who?")]))[-1]
    assert observed.recall("What?", ["Who?"]) == observed.answer_again("What?", ["Who?"]) == shown
    assert answering.count == 1
    assert [answer for answer, _ in noticed] == [shown]
    assert noticed[0][1] >= 0


@pytest.mark.parametrize("model", [None, object()], ids=["without a model", "with a model"])
def test_every_ask_is_noticed_and_the_same_one_answered_once_unless_a_model_is_asked(
    observed: CachingAssistant, answering: Answering, noticed: list[tuple[Answer, float]], model: object | None
) -> None:
    answering.model = model
    shown = [observed.ask("What?"), *observed.stream("What?"), *observed.follow("What?")]
    answers = [told for told in shown if isinstance(told, Answer) and told.statements and not told.is_draft]
    assert [answer for answer, _ in noticed] == answers
    assert answering.count == (1 if model is None else 3)
    assert list(answers[1].timings_ms) == (["remember"] if model is None else [])
    answering.store.generation += 1
    observed.ask("What?")
    assert answering.count == (2 if model is None else 4), "another index may have another answer"


def test_answering_again_is_no_question_asked(observed: CachingAssistant, noticed: list[tuple[Answer, float]]) -> None:
    assert observed.recall("What?") is None
    answer = observed.answer_again("What?", ["Who?"])
    assert answer == observed.answer_again("What?", ["Who?"])
    assert noticed == []


def test_another_conversation_has_another_answer(observed: CachingAssistant) -> None:
    observed.ask("And now?", ["Latvia?"])
    assert observed.recall("And now?", ["Estonia?"]) is None
    assert observed.recall("And now?") is None


def test_an_answer_over_an_older_index_or_with_a_broken_quote_is_given_anew(
    observed: CachingAssistant, answering: Answering
) -> None:
    observed.ask("What?")
    answering.store.generation = 2
    assert observed.recall("What?") is None
    assert observed.answer_again("What?").warnings == ("Number 2",)
    answering.store.found = None
    assert observed.recall("What?") is None


def test_a_stopped_answer_is_neither_noticed_nor_remembered(
    observed: CachingAssistant, noticed: list[tuple[Answer, float]]
) -> None:
    for stream in (observed.stream("What?"), observed.follow("What?")):
        next(stream)
        stream.close()  # type: ignore[attr-defined]
    assert [type(told) for told in islice(observed.follow("What?"), 2)] == [Step, Answer]
    assert noticed == []
    assert observed.recall("What?") is None


def test_only_so_many_answers_are_remembered(observed: CachingAssistant) -> None:
    for number in range(REMEMBERED + 1):
        observed.ask(f"Question {number}")
    assert observed.recall("Question 0") is None
    assert observed.recall("Question 1") is not None


def test_the_rest_of_an_assistant_is_there_as_it_is(observed: CachingAssistant, answering: Answering) -> None:
    assert observed.store is answering.store
    observed.refresh()
    assert answering.refreshed == 1
