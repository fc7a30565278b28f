from collections.abc import Iterator
from pathlib import Path

import pytest
from each import each
from fakes import FakeEncoder
from fastapi.testclient import TestClient
from payloads import BEACON, PAYLOADS

from assistant.answer import Answer
from assistant.assembly import Assistant, open_assistant
from corpus.errors import DataFolderDamaged
from ui.application import create_app
from ui.wire.refusals import NOT_HERE

BRIEF = """---
title: "Iceland and Malta sign a health agreement"
publisher: "The Gazette"
published: "2024-05-03"
url: "https://gazette.example/1"
---

Iceland and Malta signed a health cooperation agreement in Valletta on 3 May 2024. It covers ambulances.
"""
QUESTION = {"question": "What did Iceland and Malta agree on?"}


class Failing:
    """An assistant whose index cannot be read."""

    def __init__(self, assistant: Assistant) -> None:
        self.store = assistant.store
        self.model = None

    def ask(self, *_: object, **_choices: object) -> Answer:
        raise DataFolderDamaged("The index cannot be opened; run: assistant reindex")

    def refresh(self) -> None:
        raise DataFolderDamaged("The index cannot be opened; run: assistant reindex")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "agreement.md").write_text(BRIEF, encoding="utf-8")
    (folder / "poisoned.md").write_text(
        "\n\n".join(f"Norway discussed {payload} with Chad." for payload in PAYLOADS), encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def assistant(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    assistant = open_assistant(tmp_path_factory.mktemp("data"), folder=corpus, encoder=FakeEncoder())
    yield assistant
    assistant.close()


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(assistant)) as client:
        yield client


def document_id(assistant: Assistant, path: str) -> str:
    return next(document.id for document in assistant.store.catalog.documents() if document.path == path)


# Questions


def test_an_answer_has_the_documented_shape_and_its_citations_hold(client: TestClient, assistant: Assistant) -> None:
    response = client.post("/api/v1/ask", json=QUESTION)
    assert response.status_code == 200
    told = response.json()
    assert list(told) == [
        *("question", "standalone_question", "outcome", "answer", "as_of"),
        *("citations", "closest", "composer", "warnings", "timings_ms"),
    ]
    assert told["outcome"] == "answered"
    assert told["citations"]
    for citation in told["citations"]:
        document = assistant.store.document(citation["document"]["id"])
        assert document is not None
        assert document.text[citation["start"] : citation["end"]] == citation["quote"]


def test_history_makes_a_follow_up_stand_alone(client: TestClient) -> None:
    told = client.post(
        "/api/v1/ask", json={"question": "when was it signed?", "history": [QUESTION["question"]]}
    ).json()
    assert "Iceland" in told["standalone_question"]


@each(
    "body",
    [
        {},
        {"question": ""},
        {"question": " \n "},
        {"question": "x" * 2_001},
        {"question": 7},
        {"question": "What?", "history": ["x"] * 21},
        {"question": "What?", "history": ["x" * 2_001]},
        [],
    ],
)
def test_what_is_not_a_question_is_refused_with_the_reason(client: TestClient, body: object) -> None:
    response = client.post("/api/v1/ask", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"].startswith("body")


def test_a_question_of_the_full_length_is_answered(client: TestClient) -> None:
    assert client.post("/api/v1/ask", json={"question": ("ambulance " * 200).strip() + "?"}).status_code == 200


def test_an_expected_failure_is_a_problem_with_its_sentence(assistant: Assistant) -> None:
    client = TestClient(create_app(Failing(assistant)))  # type: ignore[arg-type]
    for response in (client.post("/api/v1/ask", json=QUESTION), client.get("/health/ready")):
        assert response.status_code == 503
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["detail"] == "The index cannot be opened; run: assistant reindex"
    assert client.get("/health/live").status_code == 200


# The timeline


def test_a_timeline_has_the_documented_shape_and_each_sentence_opens(client: TestClient) -> None:
    told = client.get("/api/v1/timeline", params={"parties": "iceland,Malta", "since": "", "until": "2024"}).json()
    assert told.keys() == {"parties", "commitments"}
    assert told["parties"] == ["Iceland", "Malta"]
    (commitment,) = told["commitments"]
    assert (commitment["date"], commitment["status"]) == ("2024-05-03", "signed")
    page = client.get(commitment["passage_url"])
    assert f'<mark id="passage">{commitment["quote"]}</mark>' in page.text


def test_parties_may_be_given_one_by_one_and_may_have_nothing_in_common(client: TestClient) -> None:
    told = client.get("/api/v1/timeline?parties=Iceland&parties=Chad&since=2020").json()
    assert told == {"parties": ["Iceland", "Chad"], "commitments": []}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("parties=Icelnad", "No country or organisation is called 'Icelnad'; the nearest name is Iceland."),
        ("parties=", "Name at least one country or organisation"),
        ("parties=Iceland&since=2024&until=2020", "The period ends in 2020, before it starts in 2024"),
        ("parties=Iceland&since=lately", "query.since"),
        ("parties=Iceland&until=20240", "query.until"),
        (f"parties={'x' * 501}", "query.parties"),
        ("", "query.parties"),
    ],
)
def test_a_timeline_that_cannot_be_is_a_problem_with_its_sentence(
    client: TestClient, query: str, sentence: str
) -> None:
    response = client.get(f"/api/v1/timeline?{query}")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert sentence in response.json()["detail"]


def test_the_timeline_is_described_with_its_parameters(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/timeline"]["get"]
    assert "oldest first" in described["description"]
    assert [parameter["name"] for parameter in described["parameters"]] == ["parties", "since", "until"]
    assert all(parameter["description"] for parameter in described["parameters"])


def test_the_timelines_page_shows_picture_and_table_and_may_run_nothing(client: TestClient) -> None:
    page = client.get("/timeline?parties=Iceland&parties=Malta&parties=&since=&until=")
    assert page.status_code == 200
    assert page.text.count('<a class="point signed"') == page.text.count('<th scope="row">') == 1
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert " style=" not in page.text


def test_the_timelines_page_says_what_is_wrong_and_starts_with_an_empty_form(client: TestClient) -> None:
    wrong = client.get("/timeline?parties=Icelnad<script>")
    assert wrong.status_code == 422
    assert "No country or organisation is called &#x27;Icelnad&lt;script&gt;&#x27;" in wrong.text
    empty = client.get("/timeline")
    assert empty.status_code == 200
    assert '<option value="Iceland">' in empty.text
    assert "<table" not in empty.text


# Documents


def test_a_citation_opens_with_its_passage_marked(client: TestClient) -> None:
    (citation, *_) = client.post("/api/v1/ask", json=QUESTION).json()["citations"]
    place = {"start": citation["start"], "end": citation["end"]}
    page = client.get(f"/documents/{citation['document']['id']}", params=place)
    assert page.status_code == 200
    assert f'<mark id="passage">{citation["quote"]}</mark>' in page.text
    assert "Iceland and Malta sign a health agreement</h1>" in page.text


@pytest.mark.parametrize("query", ["", "?start=5", "?start=9&end=5", "?start=-1&end=5", "?start=0&end=99999999"])
def test_a_span_outside_the_text_opens_the_document_unmarked(
    client: TestClient, assistant: Assistant, query: str
) -> None:
    page = client.get(f"/documents/{document_id(assistant, 'agreement.md')}{query}")
    assert page.status_code == 200
    assert "<mark" not in page.text


@pytest.mark.parametrize("place", ["nothing", "%00", "<script>"])
def test_an_unknown_document_is_a_page_that_says_so(client: TestClient, place: str) -> None:
    page = client.get(f"/documents/{place}")
    assert page.status_code == 404
    assert "There is no such document here" in page.text
    assert "<script" not in page.text


def test_a_document_page_may_run_and_load_nothing(client: TestClient, assistant: Assistant) -> None:
    page = client.get(f"/documents/{document_id(assistant, 'poisoned.md')}")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "<img" not in page.text
    assert f'"{BEACON}"' not in page.text


def test_an_old_citation_still_opens_after_its_document_changed_and_vanished(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    file = folder / "brief.md"
    file.write_text(BRIEF, encoding="utf-8")
    assistant = open_assistant(tmp_path / "data", folder=folder, encoder=FakeEncoder())
    client = TestClient(create_app(assistant))
    old = document_id(assistant, "brief.md")
    file.write_text(BRIEF.replace("ambulances", "vaccines"), encoding="utf-8")
    assistant.sync()
    new = document_id(assistant, "brief.md")
    page = client.get(f"/documents/{old}").text
    assert "ambulances" in page
    assert f'<a href="/documents/{new}">See its current version</a>' in page
    assert "has since" not in client.get(f"/documents/{new}").text
    file.unlink()
    assistant.sync()
    assert "has since been removed" in client.get(f"/documents/{old}").text
    assistant.close()


# The rest


def test_health_tells_alive_from_ready(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    ready = client.get("/health/ready").json()
    assert ready["status"] == "ready"
    assert ready["passages"] == ready["indexed"] > 0


@pytest.mark.parametrize("path", ["/", "/documents/x", "/health/live", "/config", "/nothing", "/api/v1/openapi.json"])
def test_every_response_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_the_page_allows_its_own_scripts_by_hash_and_no_others(client: TestClient) -> None:
    page = client.get("/")
    scripts = next(part for part in page.headers["content-security-policy"].split("; ") if part.startswith("script"))
    assert scripts.count("'sha256-") == page.text.count("<script") - page.text.count(
        '<script type="module" crossorigin'
    )
    assert "unsafe" not in scripts
    assert 'content="Health Cooperation Assistant"' in page.text


@pytest.mark.parametrize("path", ["/config", "/api/v1/ask", "/gradio_api/queue/join"])
def test_no_other_origin_is_answered(client: TestClient, path: str) -> None:
    origin = {"Origin": "https://evil.example", "Host": "portal.example"}
    preflight = client.options(path, headers={**origin, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 400
    for response in (preflight, client.get(path, headers=origin)):
        assert "access-control-allow-origin" not in response.headers
        assert "access-control-allow-credentials" not in response.headers


def test_no_file_can_be_uploaded(client: TestClient) -> None:
    response = client.post("/gradio_api/upload", files={"files": ("a.txt", b"text")})
    assert response.status_code == 404
    assert response.json()["detail"] == NOT_HERE


def test_no_page_of_documentation_loads_from_another_host(client: TestClient) -> None:
    for path in ("/docs", "/redoc", "/gradio_api/docs"):
        assert client.get(path).status_code == 404
    assert "/api/v1/ask" in client.get("/api/v1/openapi.json").json()["paths"]


def test_the_events_of_the_page_are_no_public_interface(client: TestClient) -> None:
    assert client.get("/gradio_api/info").status_code == 404
    assert '"named_endpoints":{},"unnamed_endpoints":{}' in client.get("/").text.replace(" ", "")
