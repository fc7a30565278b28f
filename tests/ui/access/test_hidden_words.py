"""Whoever may not see a source cannot find out, word by word, what it holds: the same requests of two servers.

One holds a restricted source and the other never did; a guest asks both for everything with words that stand in it,
elsewhere and nowhere. Their replies must be the same, byte for byte, but for timings and for ids made by chance.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import pytest
from doors import settings
from fakes import FakeEncoder, app_over
from fastapi.testclient import TestClient
from serving import serving
from test_hidden import Send, get, post, tool
from test_leaks_page import NO_FILTERS, SETTINGS, Person, Site, events, question_put
from test_scope import OPEN, SECRET, write

from assistant.assembly import Assistant, open_assistant
from assistant.scope.scope import EVERYTHING
from assistant.search.retrieval import HybridRetriever
from ui.access.layer import open_access
from ui.keeping.user_data import UserData
from ui.wire.completion_shapes import MODEL

# What stands in the open source alone, in both, in the restricted one alone, and nowhere.
WORDS = ("Azerbaijan", "hospitals", "vaccines", "agreement", "ambulances", "nurses", "xylophones", "Kinbote", "Tuvalu")
WORDS += ("Order of Zembla", "moon bases", "Zembla Gazette", "Fiji", "telescopes")
QUESTIONS = (
    "What did Latvia and Azerbaijan agree on {}?",
    "Which agreements on {} were signed in 2025 and 2026?",
    "What was said of {}?",
    "How many {} are covered, and at what cost?",
    "What happened with {} since 2022?",
)
STAFF, GUESTS = EVERYTHING.visible_to(["staff"]), EVERYTHING.visible_to(["guests"])
# Made by chance or by the clock.
CHANCE = re.compile(
    r'\\*"timings_ms\\*":\s*\{[^}]*\}|chatcmpl-[0-9a-f]+|\\*"created\\*":\s*\d+|\\*"event_id\\*":\s*\\*"[0-9a-f]+'
    r'|\\*"(?:time|duration|average_duration|process_time|average_process_time|eta|rank_eta)\\*":\s*[\d.]+'
)


def more_open() -> dict[str, tuple[str, str]]:
    """So many open documents that more passages fit a question than are shown."""
    subjects = ("hospitals", "vaccines", "nurses", "ambulances", "clinics", "laboratories")
    countries = ("Latvia", "Georgia", "Estonia", "Azerbaijan", "Moldova")
    return {
        f"report{number}.txt": (
            "",
            f"{country} reported on {subject} in May 20{10 + number % 14}. The {subject} of {country} "
            f"cost EUR {number + 2} million. A health agreement on {subject} was discussed {'long ' * (number % 4)}.",
        )
        for number, (subject, country) in enumerate(product(subjects, countries))
    }


def hidden_documents(paragraphs: int) -> dict[str, tuple[str, str]]:
    """The restricted source: names and topics of its own, near duplicates of what is open, and much of some words."""
    twins = {f"twin-{name}": (matter, f"{text} Kinbote was there.") for name, (matter, text) in OPEN.items()}
    long = {
        f"long{number}.txt": (
            "",
            "\n\n".join(
                f"Paragraph {number}-{row} tells of nurses, xylophones and the hospitals of Tuvalu, agreed in 2026."
                for row in range(paragraphs // 20)
            ),
        )
        for number in range(20)
    }
    return SECRET | twins | long


def requests() -> dict[str, Send]:
    """Every question with every word, by every way to ask."""
    made: dict[str, Send] = {}
    for number, (question, word) in enumerate(product(QUESTIONS, WORDS)):
        text = question.format(word)
        chosen = {"parties": ["Azerbaijan"]} if number % 2 else {"since": "2012", "sources": ["open"]}
        ways: list[Send] = [post("/api/v1/ask", {"question": text})]
        if number % 4 < 3:
            ways += [post("/api/v1/ask", {"question": text, "filters": chosen}), tool("search", query=text, count=30)]
        else:
            body = {"model": MODEL, "messages": [{"role": "user", "content": text}]}
            ways += [post("/v1/chat/completions", body), tool("ask", question=text)]
            ways += [post("/api/v1/export", {"question": text, "format": "markdown", "scope": "answer"})]
        made |= {f"{text} #{way}": send for way, send in enumerate(ways)}
    for word in WORDS:
        made |= {
            path: get(path)
            for path in (
                f"/api/v1/documents?q={word}",
                f"/documents?q={word}",
                f"/api/v1/timeline?parties={word}&parties=Azerbaijan",
                f"/timeline?parties={word}",
            )
        }
        made[f"filter {word}"] = post("/api/v1/ask", {"question": "What?", "filters": {"topics": [word]}})
        made[f"timeline {word}"] = tool("timeline", parties=[word])
    return made | {
        path: get(path)
        for path in ("/api/v1/filters", "/api/v1/documents", "/health/ready", "/feed.atom", "/", "/config")
    }


REQUESTS = requests()


def replies(assistant: Assistant, groups: str, every: int = 1) -> dict[str, str]:
    """All that somebody of these groups is told, or of every so many requests."""
    access = open_access(settings(**SETTINGS), assistant.store.folder)
    app = app_over(assistant, access, user_data=UserData(assistant))
    headers = {"X-User": "somebody", "X-Groups": groups}
    with TestClient(app, headers=headers, client=("127.0.0.1", 50_000)) as client:
        asked = list(REQUESTS.items())[::every]
        return {name: comparable(send(client, "none").text, name) for name, send in asked}


def comparable(told: str, path: str = "") -> str:
    """What was told, without what chance makes: of the page's own description all numbers, as its parts have some.

    So of the feed, which tells when each document was stored, and has what came in one second in another order than
    what came in two.
    """
    if path == "/feed.atom":
        return "".join(sorted(re.sub("[0-9]+", "", told).replace("</feed>", "").split("<entry>")))
    return re.sub("[0-9]+", "", told) if path in ("/", "/config") else CHANCE.sub("", told)


def restricted_at_once(assistant: Assistant, secret: Path) -> None:
    assistant.add(secret, name="a secret", groups=["staff"])


def restricted_later(assistant: Assistant, secret: Path) -> None:
    """The source was open, and asked about, before."""
    assistant.add(secret, name="a secret")
    assistant.ask("What did Tuvalu sign?", scope=GUESTS)
    assistant.restrict("a secret", ["staff"])


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A server that never held the source; it has two open ones."""
    yield from opened(tmp_path_factory.mktemp("without"))


def opened(
    root: Path, add: Callable[[Assistant, Path], None] | None = None, paragraphs: int = 20
) -> Iterator[Assistant]:
    assistant = open_assistant(root / "data", encoder=FakeEncoder())
    if add is not None:
        add(assistant, write(root / "secret", hidden_documents(paragraphs)))
    for name, files in (("open", OPEN), ("reports", more_open())):
        assistant.add(write(root / name, files))
    yield assistant
    assistant.close()


@pytest.fixture(scope="module")
def expected(without: Assistant) -> dict[str, str]:
    return replies(without, "guests")


VARIANTS = {
    "few passages": (restricted_at_once, 20),
    "thousands of passages": (restricted_at_once, 2_400),
    "restricted later": (restricted_later, 200),
}


@pytest.fixture(scope="module", params=VARIANTS.values(), ids=VARIANTS)
def holding(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    yield from opened(tmp_path_factory.mktemp("holding"), *request.param)


def test_a_guest_gets_what_a_server_gives_that_never_held_the_source(
    holding: Assistant, expected: dict[str, str]
) -> None:
    seen = replies(holding, "guests")
    assert len(seen) > 196
    assert [name for name in seen if seen[name] != expected[name]] == []


def test_the_control_the_groups_own_replies_differ(holding: Assistant, expected: dict[str, str]) -> None:
    seen = replies(holding, "staff", every=5)
    assert len([name for name in seen if seen[name] != expected[name]]) >= len(seen) / 2


def test_scores_are_the_same_to_the_last_bit(holding: Assistant, without: Assistant) -> None:
    """Nobody outside sees them, but what is shown follows them; the control counts in what is hidden."""
    ours, others = [item.chain.views.of(GUESTS).allowed for item in (holding, without)]
    retrievers = [HybridRetriever(store=item.store) for item in (holding, without)]
    differing = 0
    for question, word in product(QUESTIONS, WORDS):
        text = question.format(word)
        found, wanted = (
            [(hit.passage.id, hit.score) for hit in retriever.search(text, 40, allowed)]
            for retriever, allowed in zip(retrievers, (ours, others), strict=True)
        )
        assert found == wanted
        everything = [hit for hit in retrievers[0].search(text, 200) if hit.document.source != "a secret"]
        differing += [(hit.passage.id, hit.score) for hit in everything[:40]] != wanted
    assert differing > len(QUESTIONS) * len(WORDS) / 2


def test_the_pages_functions_tell_a_guest_the_same(holding: Assistant, without: Assistant) -> None:
    told = [of_the_page(item, "guests") for item in (holding, without)]
    assert told[0] == told[1]
    assert of_the_page(holding, "staff") != told[1], "the control"


def of_the_page(assistant: Assistant, groups: str) -> list[str]:
    app = app_over(assistant, open_access(settings(**SETTINGS), assistant.store.folder), user_data=UserData(assistant))
    with serving(app) as url, ExitStack() as stack:
        person = Person(Site(url, assistant, Path(), stack), "somebody", groups, "a-session")
        told = [person.call("tell"), person.call("offer"), person.call("view", None, *NO_FILTERS)]
        for word in WORDS:
            conversation = [question_put(QUESTIONS[1].format(word))]
            told += [person.call("answer", conversation, *NO_FILTERS), person.call("look", conversation, *NO_FILTERS)]
        return [comparable(in_the_end(text)).replace(url, "") for text in told]


def in_the_end(told: str) -> str:
    """What a function of the page came to: how many steps are told on the way is the clock's business."""
    done = [event["output"] for event in events(told) if event["msg"] == "process_completed"]
    return json.dumps([output["data"] for output in done]) if done else told


def test_it_is_the_same_after_a_new_start_and_other_when_the_source_is_opened(
    tmp_path: Path, without: Assistant
) -> None:
    """Who may see a source is a line of the catalog, which a kill leaves as it was or changed; no index follows it."""
    for assistant in opened(tmp_path, restricted_at_once, 200):
        assistant.close()
        again = open_assistant(tmp_path / "data", encoder=FakeEncoder())
        asked = "Which agreements on nurses were signed in 2025 and 2026?"
        files = {path: path.read_bytes() for path in indexed(tmp_path)}
        expected, ours = without.chain.views.of(GUESTS), again.chain.views.of(GUESTS)
        assert weights(ours.vocabulary.weight) == weights(expected.vocabulary.weight)
        again.restrict("a secret", [])
        assert files == {path: path.read_bytes() for path in indexed(tmp_path)}, "nothing was written to an index"
        assert weights(again.chain.views.of(GUESTS).vocabulary.weight) != weights(expected.vocabulary.weight)
        assert "a secret/" in str(again.ask(asked, scope=GUESTS).to_dict())
        again.restrict("a secret", ["staff"])
        again.remove("a secret")
        assert weights(again.chain.views.of(GUESTS).vocabulary.weight) == weights(expected.vocabulary.weight)
        assert weights(again.chain.views.of(EVERYTHING).vocabulary.weight) == weights(expected.vocabulary.weight)
        again.close()


def indexed(root: Path) -> list[Path]:
    return sorted((root / "data" / "indexes").glob("*/keywords/*/*"))


def weights(weight: Callable[[str], float]) -> list[float]:
    return [weight(word) for word in ("nurs", "hospit", "agreement", "xylophon", "tuvalu", "georgia")]
