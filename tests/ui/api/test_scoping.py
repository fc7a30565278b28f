"""Filters over HTTP and on the command line, and what a request may see of restricted sources."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fakes import FakeEncoder, app_over
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from test_scope import OPEN, SECRET, write
from typer.testing import CliRunner, Result

from assistant.assembly import Assistant, open_assistant
from assistant.scope.scope import FIELD_OF, Scope
from assistant.settings import Settings
from ui.access.layer import open_access
from ui.cli import app
from ui.wire.filters import QUESTION, query_of, scope_from_query

AGREED = "What did Latvia and Azerbaijan agree on?"


PROXY = "10.0.0.1"
SETTINGS = {"proxy_user_header": "X-User", "proxy_groups_header": "X-Groups", "proxy_peers": f"{PROXY}/32"}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    root = tmp_path_factory.mktemp("scoping")
    assistant = open_assistant(root / "data", encoder=FakeEncoder())
    assistant.add(write(root / "open", OPEN))
    assistant.add(write(root / "secret", SECRET), groups=["staff"])
    yield assistant
    assistant.close()


@pytest.fixture(scope="module")
def application(assistant: Assistant) -> Any:
    """The application behind a proxy that says who asks and of which groups."""
    access = open_access(Settings(**SETTINGS), assistant.store.folder)  # type: ignore[arg-type]
    return app_over(assistant, access=access)


def behind_the_proxy(application: Any, user: str, groups: str) -> TestClient:
    return TestClient(application, headers={"X-User": user, "X-Groups": groups}, client=(PROXY, 50_000))


@pytest.fixture(scope="module")
def stranger(application: Any) -> TestClient:
    return behind_the_proxy(application, "guest", "guests")


@pytest.fixture(scope="module")
def staff(application: Any) -> TestClient:
    return behind_the_proxy(application, "anna", "readers,staff")


def ask(client: TestClient, question: str = AGREED, **filters: object) -> Any:
    return client.post("/api/v1/ask", json={"question": question, "filters": filters})


def paths(answer: Any) -> set[str]:
    return {cited["document"]["path"] for cited in (*answer["citations"], *answer["closest"])}


# Over HTTP


def test_an_answer_over_http_cites_only_what_was_chosen(stranger: TestClient) -> None:
    answer = ask(stranger, parties=["latvia"], publishers=["LETA"], until="2023").json()
    assert answer["outcome"] == "partial"
    assert answer["answer"].startswith("Within the chosen filters, ")
    assert paths(answer) == {"open/talks.md"}
    everything = stranger.post("/api/v1/ask", json={"question": AGREED}).json()
    assert everything["answer"] == ask(stranger).json()["answer"], "no filters are no filter"
    assert "open/agreement.md" in paths(everything)


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"parties": ["Latvai"]}, "No document has the party 'Latvai'; near it: Latvia."),
        ({"since": "soon"}, "'soon' is no date"),
        ({"party": ["Latvia"]}, "party: Extra inputs are not permitted"),
        ({"groups": ["staff"]}, "groups: Extra inputs are not permitted"),
        ({"parties": "Latvia"}, "parties: Input should be a valid list"),
        ({"topics": ["x"] * 51}, "topics: List should have at most 50 items"),
        ({"sources": ["secret"]}, "No document has the source 'secret'; there is: open."),
    ],
)
def test_filters_that_make_no_sense_are_refused_in_a_sentence(
    filters: dict[str, object], sentence: str, stranger: TestClient
) -> None:
    refused = ask(stranger, **filters)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert sentence in refused.json()["detail"]


def test_the_values_there_are_come_with_their_numbers(stranger: TestClient, staff: TestClient) -> None:
    values = stranger.get("/api/v1/filters").json()
    assert values.keys() == {*FIELD_OF, "published"}
    assert {"value": "Latvia", "documents": 2} in values["parties"]
    assert values["sources"] == [{"value": "open", "documents": 4}]
    assert values["published"] == {"first": "2022-09", "last": "2025-12-04"}
    for name in FIELD_OF:
        counts = [item["documents"] for item in values[name]]
        assert counts == sorted(counts, reverse=True)
        for item in values[name]:
            assert ask(stranger, "What?", **{name: [item["value"]]}).status_code == 200, "each can be chosen"
    assert {"value": "secret", "documents": 2} in staff.get("/api/v1/filters").json()["sources"]


def test_what_a_source_holds_reaches_its_groups_alone(
    assistant: Assistant, stranger: TestClient, staff: TestClient
) -> None:
    (hidden,) = (item for item in assistant.store.catalog.documents() if item.path == "tuvalu.md")
    requests = {
        "ask": lambda client: ask(client, "Which agreements were signed in 2025 and 2026?"),
        "document": lambda client: client.get(f"/documents/{hidden.id}"),
        "filters": lambda client: client.get("/api/v1/filters"),
        "timeline": lambda client: client.get("/api/v1/timeline?parties=Latvia,Azerbaijan"),
        "timeline of a name": lambda client: client.get("/api/v1/timeline?parties=Order%20of%20Zembl"),
        "timeline page": lambda client: client.get("/timeline?parties=Latvia"),
        "page": lambda client: client.get("/"),
        "page's configuration": lambda client: client.get("/config"),
        "description": lambda client: client.get("/api/v1/openapi.json"),
    }
    told = {name: (send(stranger).text.lower(), send(staff).text.lower()) for name, send in requests.items()}
    secrets = ("tuvalu", "order of zembla", "zembla gazette", "moon bases", "tuvalu.md", "secret/", "1 march 2026")
    assert {name: word for name, (seen, _) in told.items() for word in secrets if word in seen} == {}
    seen_by_staff = {name for name, (_, seen) in told.items() if any(word in seen for word in secrets)}
    assert seen_by_staff >= {"ask", "document", "filters", "timeline", "timeline of a name", "timeline page"}
    missing = stranger.get("/documents/none")
    assert stranger.get(f"/documents/{hidden.id}").text == missing.text
    assert stranger.get(f"/documents/{hidden.id}").status_code == missing.status_code == 404


# As an address


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).map(lambda text: " ".join(text.split()))
names = st.lists(texts.filter(bool), max_size=3, unique=True).map(tuple)
scopes = st.builds(
    Scope,
    parties=names,
    topics=names,
    publishers=names,
    languages=names,
    sources=names,
    since=st.none() | st.just("2024"),
    until=st.none() | st.just("2025-05"),
)


@given(scopes, texts)
def test_an_address_brings_back_what_was_chosen_whatever_it_is_called(scope: Scope, question: str) -> None:
    from urllib.parse import parse_qsl

    pairs = parse_qsl(query_of(scope, question), keep_blank_values=True)
    assert scope_from_query(pairs) == scope
    assert dict(pairs).get(QUESTION, "") == question


def test_an_address_says_nothing_of_groups_and_what_is_no_filter_is_passed_over() -> None:
    pairs = [("groups", "staff"), ("__theme", "dark"), ("party", " Latvia "), ("party", ""), ("party", "Latvia")]
    assert scope_from_query(pairs) == Scope(parties=("Latvia",))
    assert query_of(Scope()) == ""
    assert query_of(Scope(parties=("Latvia", "Azerbaijan"), since="2024"), "What?") == (
        "party=Latvia&party=Azerbaijan&since=2024&q=What%3F"
    )


# On the command line


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("line")
    for name, files, options in (("open", OPEN, []), ("secret", SECRET, ["--groups", "staff, board"])):
        folder = write(root / name, files)
        assert run(root / "data", "ingest", str(folder), *options).exit_code == 0
    return root / "data"


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--data-dir", str(data)])


def test_options_choose_documents(data: Path) -> None:
    chosen = ("--party", "Latvia", "--party", "WHO", "--publisher", "LETA", "--since", "2022", "--until", "2023")
    result = run(data, "ask", AGREED, *chosen, "--json")
    assert result.exit_code == 0, result.output
    assert paths(json.loads(result.stdout)) == {"open/talks.md"}
    result = run(data, "ask", AGREED, "--topic", "hospitals", "--language", "en", "--source", "open", "--json")
    assert paths(json.loads(result.stdout)) <= {"open/talks.md", "open/mission.md"}


def test_a_value_that_no_document_has_is_one_sentence(data: Path) -> None:
    result = run(data, "ask", AGREED, "--party", "Latvai")
    assert str(result.exception) == "No document has the party 'Latvai'; near it: Latvia."


def test_the_values_are_listed(data: Path) -> None:
    result = run(data, "filters")
    assert result.exit_code == 0
    assert "--topic: hospitals (2), moon bases (2), medical education (1)" in result.stdout
    assert "--since, --until: 2022-09 to 2026-04" in result.stdout
    assert json.loads(run(data, "filters", "--json").stdout)["sources"] == [
        {"value": "open", "documents": 4},
        {"value": "secret", "documents": 2},
    ]


def test_sources_are_shown_with_their_groups_opened_and_restricted(data: Path) -> None:
    def listed() -> str:
        return run(data, "sources").stdout

    assert "(only for board, staff)" in listed()
    assert run(data, "sources", "open", "secret").stdout == "secret is for everybody.\n"
    assert "only for" not in listed()
    assert run(data, "sources", "restrict", "secret", "--groups", "staff").stdout == "secret is only for staff.\n"
    assert "(only for staff)" in listed()
    assert "no source 'none'" in str(run(data, "sources", "restrict", "none", "--groups", "staff").exception)
    assert run(data, "sources", "restrict", "secret", "--groups", " , ").exit_code == 2
    assert run(data, "ingest", "--groups", "staff").exit_code == 2


def test_the_feed_tells_nobody_of_what_they_may_not_see(application: Any) -> None:
    of_staff = behind_the_proxy(application, "anna", "staff").get("/feed.atom")
    of_others = behind_the_proxy(application, "berta", "").get("/feed.atom")
    assert of_staff.status_code == of_others.status_code == 200
    assert of_staff.headers["content-type"].startswith("application/atom+xml")
    name = "{http://www.w3.org/2005/Atom}entry"
    counts = [len(ElementTree.fromstring(reply.content).findall(name)) for reply in (of_staff, of_others)]
    assert counts == [len(OPEN) + len(SECRET), len(OPEN)]


def test_the_feed_of_a_party_that_nobody_is_is_refused_in_a_sentence(application: Any) -> None:
    reply = behind_the_proxy(application, "anna", "staff").get("/feed.atom?parties=Latvai")
    assert reply.status_code == 422
    assert "the nearest name is Latvia" in reply.json()["detail"]
