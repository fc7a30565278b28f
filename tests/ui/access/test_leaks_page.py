"""What the page itself could tell: kept conversations, and each of Gradio's events, sessions and files.

Asked over real HTTP, as a browser asks and as somebody asks who knows more of another person's visit than they should:
the word for its session, the key of a conversation, the id of a document.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from doors import settings
from fakes import FakeEncoder, app_over
from serving import serving
from test_hidden import ASKED, SECRETS, words_of
from test_scope import OPEN, SECRET, write

from assistant.assembly import Assistant, open_assistant
from ui.access.layer import open_access
from ui.keeping.conversations import UNCHECKED
from ui.keeping.user_data import UserData

SETTINGS = {
    **{"proxy_user_header": "X-User", "proxy_groups_header": "X-Groups", "proxy_peers": "127.0.0.1/32"},
    **{"questions_per_minute": 100_000, "requests_per_minute": 1_000_000},
}
# What Gradio's components get where a test says nothing else.
NO_FILTERS: list[Any] = [[], [], [], [], [], "", ""]


class Site(NamedTuple):
    url: str
    assistant: Assistant
    secret: Path
    opened: ExitStack


class Person:
    """Somebody with the page open: `session` is the word that their browser chose."""

    def __init__(self, site: Site, name: str, groups: str, session: str) -> None:
        headers = {"X-User": name, "X-Groups": groups}
        self.client = site.opened.enter_context(httpx.Client(base_url=site.url, headers=headers, timeout=60))
        self.session = session
        self.config = self.client.get("/config").json()
        self.functions = {item["api_name"]: item for item in self.config["dependencies"] if item["backend_fn"]}

    def call(self, name: str, *data: Any, session: str | None = None, event: Any = None) -> str:
        """All that comes back of one of the page's functions."""
        function, session = self.functions[name], session or self.session
        body = {"fn_index": function["id"], "data": data, "session_hash": session, "event_data": event}
        body["trigger_id"] = function["targets"][0][0]
        if not function["queue"]:
            return self.client.post("/gradio_api/run/predict", json=body).text
        joined = self.client.post("/gradio_api/queue/join", json=body)
        return joined.text + self.stream(session)

    def stream(self, session: str) -> str:
        """What is told to whoever says the word."""
        heard: list[str] = []
        told = self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session})
        with told as answer, suppress(httpx.RemoteProtocolError):  # how Gradio ends it where there is no such session
            heard.extend(answer.iter_text())
        return "".join(heard)

    def asks(self, question: str, *earlier: dict[str, Any]) -> list[dict[str, Any]]:
        """The conversation after a question, as the page holds it."""
        told = self.call("answer", [*earlier, question_put(question)], *NO_FILTERS)
        (last,) = [item for item in events(told) if item["msg"] == "process_completed"]
        messages: list[dict[str, Any]] = last["output"]["data"][0]
        return messages

    def keeps(self, messages: list[dict[str, Any]], current: Any = None) -> str:
        """Has the last answer kept, and returns the conversation's key."""
        told = json.loads(self.call("keep", messages, current, [], *NO_FILTERS))
        key: str = told["data"][0]["key"]
        return key

    def reopens(self, key: str) -> str:
        """What comes of opening a kept conversation, the list of them loaded before."""
        return self.call("load") + self.call("reopen", key)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    assistant = open_assistant(tmp_path / "data", encoder=FakeEncoder())
    assistant.add(write(tmp_path / "open", OPEN))
    assistant.add(write(tmp_path / "secret", SECRET), groups=["staff"])
    user_data = UserData(assistant, conversations="server")
    app = app_over(assistant, open_access(settings(**SETTINGS), assistant.store.folder), user_data=user_data)
    with serving(app) as url, ExitStack() as opened:
        yield Site(url, assistant, tmp_path / "secret", opened)
    user_data.database.close()
    assistant.close()


@pytest.fixture
def anna(site: Site) -> Person:
    return Person(site, "anna", "staff", "annas-session")


@pytest.fixture
def eve(site: Site) -> Person:
    """Somebody who is in no group, and knows the words for other people's sessions."""
    return Person(site, "eve", "guests", "eves-session")


def question_put(text: str) -> dict[str, Any]:
    """A question as a browser sends it."""
    return {"role": "user", "content": [{"type": "text", "text": text}]}


def events(stream: str) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in stream.splitlines() if line.startswith("data: ")]


def secrets_in(text: str) -> list[str]:
    return [word for word in SECRETS if word in text.lower()]


def with_blanks(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The conversation with its markers and ids, and nothing else of what only the group may read."""
    text = json.dumps(messages)
    for word in SECRETS:
        text = re.sub(re.escape(word), "x", text, flags=re.IGNORECASE)
    blank: list[dict[str, Any]] = json.loads(text)
    return blank


# Kept conversations


def test_a_kept_conversation_is_its_readers_alone(anna: Person, eve: Person, site: Site) -> None:
    key = anna.keeps(anna.asks(ASKED))
    assert secrets_in(anna.reopens(key)), "the control: anna reads it"
    colleague = Person(site, "carl", "staff", "carls-session")
    for other in (eve, colleague):
        opened = other.reopens(key)
        assert secrets_in(opened) == []
        assert ASKED not in opened
        assert key not in other.call("load")


def test_whoever_goes_on_from_a_key_of_somebody_else_gets_and_changes_nothing_of_it(anna: Person, eve: Person) -> None:
    key = anna.keeps(anna.asks(ASKED))
    mine = eve.keeps(eve.asks("What did Latvia sign?", *eve.asks("And Georgia?")), {"key": key})
    assert mine != key
    assert ASKED not in eve.reopens(mine)
    eve.call("rename", key, "Taken", [], {"key": key})
    eve.call("delete", key, [{"key": key, "title": "x", "updated": "2026"}], {"key": key})
    opened = anna.reopens(key)
    assert ASKED in opened
    assert "Taken" not in opened
    assert "What did Latvia sign?" not in opened


def test_who_left_the_group_since_reads_of_their_own_conversation_what_is_for_everybody(
    anna: Person, site: Site
) -> None:
    questions = (ASKED, "Which agreements were signed in 2026?", "With which countries did Latvia sign agreements?")
    keys = [anna.keeps(anna.asks(question)) for question in questions]
    assert all(secrets_in(anna.reopens(key)) for key in keys[:2])
    since = Person(site, "anna", "guests", "another-session")
    for key, question in zip(keys, questions, strict=True):
        opened = since.reopens(key)
        assert question in opened, "the question is her own"
        assert secrets_in(opened) == []
        assert "1 March 2026" not in opened, "nor is the newest source's date left"
    assert UNCHECKED in since.reopens(keys[0])


def test_a_file_made_of_a_conversation_holds_what_its_reader_may_read_now(anna: Person, site: Site) -> None:
    anna.keeps(anna.asks(ASKED))
    since = Person(site, "anna", "guests", "another-session")
    for kind in ("docx", "markdown"):
        form = {"question": ASKED, "history": ASKED, "scope": "conversation", "format": kind}
        assert secrets_in(words_of(anna.client.post("/export", data=form))), "the control"
        assert secrets_in(words_of(since.client.post("/export", data=form))) == []


def test_what_was_kept_and_remembered_goes_with_the_source_that_is_restricted_afterwards(
    anna: Person, eve: Person, site: Site
) -> None:
    question = "What does the Latvia–Azerbaijan agreement cover?"
    key = eve.keeps(eve.asks(question))
    form = {"question": question, "scope": "answer", "format": "markdown"}
    assert "clinical research" in eve.reopens(key)
    assert "clinical research" in eve.client.post("/export", data=form).text
    site.assistant.restrict("open", ["staff"])
    assert "clinical research" not in eve.reopens(key)
    assert "clinical research" not in eve.client.post("/export", data=form).text
    assert "clinical research" not in json.dumps(eve.asks(question))
    assert "clinical research" in json.dumps(anna.asks(question)), "the control"


# Sessions and events


def test_who_says_the_word_of_somebody_elses_session_hears_nothing_of_it(anna: Person, eve: Person) -> None:
    function = anna.functions["answer"]
    data = [[question_put(ASKED)], *NO_FILTERS]
    body = {"fn_index": function["id"], "data": data, "session_hash": anna.session}
    event = anna.client.post("/gradio_api/queue/join", json=body).json()["event_id"]
    heard = eve.stream(anna.session)
    assert secrets_in(heard) == []
    assert event not in heard
    assert [item["msg"] for item in events(heard)] in ([], ["unexpected_error"])
    assert secrets_in(anna.stream(anna.session)), "the control: she hears it, and nobody took it away"


def test_what_was_found_in_somebody_elses_session_is_not_shown(anna: Person, eve: Person) -> None:
    messages = anna.asks("Which agreements were signed in 2026?")
    looked = anna.call("look", messages, *NO_FILTERS)
    assert "process_completed" in looked
    shown = anna.call("show", messages, None)
    assert '"visible":true' in shown, "the control: something was found"
    other = eve.call("show", messages, None, session=anna.session)
    assert '"visible":true' not in other
    assert secrets_in(other) == []


@pytest.mark.parametrize("path", ["/gradio_api/cancel", "/gradio_api/reset"])
def test_an_event_of_somebody_else_tells_nothing_when_it_is_named(anna: Person, eve: Person, path: str) -> None:
    data = [[question_put(ASKED)], *NO_FILTERS]
    body = {"fn_index": anna.functions["answer"]["id"], "data": data, "session_hash": anna.session}
    event = anna.client.post("/gradio_api/queue/join", json=body).json()["event_id"]
    named = {"session_hash": anna.session, "fn_index": body["fn_index"], "event_id": event}
    told = eve.client.post(path, json=named).text
    told += eve.client.post("/gradio_api/queue/join", json={**body, "session_hash": "eves", "event_id": event}).text
    told += eve.stream("eves")
    assert "process_completed" in told, "the control: her own question is answered"
    assert secrets_in(told) == []


def test_what_is_no_request_of_the_pages_is_refused_in_one_sentence(eve: Person) -> None:
    for body in (b"", b"[]", b"{", b"\xff", b'{"session_hash": 7}', b"[" * 100_000, b'{"a":' * 100_000):
        told = eve.client.post("/gradio_api/queue/join", content=body, headers={"Content-Type": "application/json"})
        assert told.status_code == 400, body[:20]
        assert told.json()["detail"].endswith("ask again.")


# Every function of the page, and files


def arguments(person: Person, function: Any, messages: Any, held: Any) -> list[Any]:
    kinds = {item["id"]: item["type"] for item in person.config["components"]}
    given = {"chatbot": messages, "textbox": ASKED, "json": held, "radio": "x", "button": ASKED, "dropdown": []}
    wanted = [kinds[number] for number in function["inputs"]]
    if "dropdown" in wanted:  # then the fields of text are for dates
        given["textbox"] = ""
    return [given.get(kind) for kind in wanted]


@pytest.mark.parametrize("who", ["anna", "eve"])
def test_no_function_of_the_page_tells_of_it_to_whom_it_is_not_for(
    who: str, anna: Person, eve: Person, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(who)
    messages = with_blanks(anna.asks(ASKED))
    assert secrets_in(json.dumps(messages)) == []
    key = anna.keeps(messages)
    anna.call("load")
    event = {"index": 1, "liked": False, "value": {"text": ASKED}, "selected": True}
    telling = set()
    for name, function in person.functions.items():
        if re.search(r"_\d+$", name) and name.rpartition("_")[0] in person.functions:
            continue  # the same function, after another event
        for held in ({"key": key}, [{"key": key, "title": "x", "updated": "2026"}]):
            for conversation in (messages, messages[:-1]):
                data = arguments(person, function, conversation, held)
                if name == "reopen":
                    data = [key]
                told = person.call(name, *data, event=event)
                telling |= {name} if secrets_in(told) else set()
    assert len(person.functions) > 40
    if who == "eve":
        assert telling == set()
    else:
        assert telling >= {"offer", "answer", "opened", "reopen"}, "the control"


def test_no_file_of_the_machine_comes_out_and_none_goes_in(anna: Person, site: Site) -> None:
    folder = site.assistant.store.folder
    wanted = [*site.secret.iterdir(), *folder.glob("*.sqlite3"), Path("/etc/passwd"), folder / "secret"]
    assert len(wanted) > 4
    for path in wanted:
        for way in (str(path), f"/{path}", f"..{path}", str(path).lstrip("/")):
            told = anna.client.get(f"/gradio_api/file={way}")
            assert told.status_code in (403, 404), way
            assert set(secrets_in(told.text)) <= set(secrets_in(way)), "the path asked for, at most"
    sent = anna.client.post("/gradio_api/upload", files={"files": ("a.txt", b"text")})
    assert sent.status_code == 404
