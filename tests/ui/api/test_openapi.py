"""The description of the interface is true: generated requests find no contradiction, and no model drifts from values.

The generator is schemathesis; its seed is fixed and its examples are few, so that the suite stays quick and the same.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
import schemathesis
from fakes import FakeEncoder, app_over
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic import BaseModel
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, FuzzScenarioFinished, NonFatalError, ScenarioFinished

from assistant.assembly import Assistant, open_assistant
from assistant.scope.holdings import Wanted
from corpus.ingest.uploads import Addition
from ui.api.timeline import told_with_links
from ui.wire.completion_shapes import COMPLETION_EXAMPLE, Completion
from ui.wire.document_shapes import (
    ADDED_EXAMPLE,
    DOCUMENT_EXAMPLE,
    LIST_EXAMPLE,
    Added,
    AdditionShape,
    DocumentList,
    FullDocument,
)
from ui.wire.shapes import ANSWER_EXAMPLE, ASKING_EXAMPLE, TIMELINE_EXAMPLE, AnswerShape, Asking, TimelineShape

BRIEF = """---
title: "Iceland and Malta sign a health agreement"
published: "2024-05-03"
url: "https://gazette.example/1"
---

Iceland and Malta signed a health cooperation agreement in Valletta on 3 May 2024. It covers ambulances.
"""
DESCRIPTION = "/api/v1/openapi.json"
GENERATOR = {
    "seed": 7,
    "generation": {"deterministic": True, "max-examples": 25, "database": "none"},
    "operations": [
        # What no schema can say: that a name is somebody's and a document has the value chosen, that a period ends
        # after it starts, and that there is a user's message with words in it.
        {"include-path": path, "checks": {"positive_data_acceptance": {"enabled": False}}}
        for path in ("/api/v1/ask", "/api/v1/timeline", "/timeline", "/feed.atom", "/v1/chat/completions")
    ],
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "agreement.md").write_text(BRIEF, encoding="utf-8")
    assistant = open_assistant(tmp_path_factory.mktemp("data"), folder=folder, encoder=FakeEncoder())
    yield assistant
    assistant.close()


@pytest.fixture(scope="module")
def app(assistant: Assistant) -> FastAPI:
    return app_over(assistant)


@pytest.fixture(scope="module")
def description(app: FastAPI) -> dict[str, Any]:
    with TestClient(app) as client:
        described: dict[str, Any] = client.get(DESCRIPTION).json()
    return described


def test_generated_requests_find_nothing(app: FastAPI, description: dict[str, Any]) -> None:
    tried, findings = tried_out(app)
    assert findings == []
    operations = {f"{method.upper()} {path}" for path, methods in description["paths"].items() for method in methods}
    assert operations <= tried.keys()
    assert sum(tried.values()) > 20 * len(operations)


def test_an_interface_that_is_not_as_described_is_found_out() -> None:
    app = FastAPI(openapi_url=DESCRIPTION)

    @app.get("/broken")
    def broken(number: int) -> JSONResponse:
        return JSONResponse({"number": number}, status_code=500)

    @app.get("/undocumented")
    def undocumented(number: int) -> JSONResponse:
        return JSONResponse({"number": number}, status_code=202)

    _, findings = tried_out(app)
    assert any(finding.startswith("GET /broken: Server error") for finding in findings)
    assert any(finding.startswith("GET /undocumented: Undocumented status code") for finding in findings)


def tried_out(app: FastAPI) -> tuple[dict[str, int], list[str]]:
    """How many requests each operation got, and everything that was wrong with a reply."""
    tried: dict[str, int] = {}
    findings: list[str] = []
    interface = schemathesis.openapi.from_asgi(DESCRIPTION, app, config=SchemathesisConfig.from_dict(GENERATOR))
    for event in from_schema(interface).execute():
        if isinstance(event, ScenarioFinished | FuzzScenarioFinished):
            tried[event.recorder.label] = tried.get(event.recorder.label, 0) + len(event.recorder.interactions)
            findings.extend(found_by(event.recorder))
        elif isinstance(event, NonFatalError | FatalError):
            findings.append(str(vars(event)))
    return tried, findings


def found_by(recorder: Any) -> list[str]:
    """What was found wrong, with the request that shows it."""
    return [
        f"{recorder.label}: {check.failure_info.failure.title}: {check.failure_info.failure.message}\n"
        f"{recorder.cases[case_id].value.as_curl_command()}"
        for case_id, checks in recorder.checks.items()
        for check in checks
        if check.failure_info is not None
    ]


# What is documented is what is sent


@pytest.mark.parametrize("question", ["What did Iceland and Malta agree on?", "What is the capital of Chad?", "so?"])
def test_an_answers_shape_has_neither_more_nor_less_than_an_answer(assistant: Assistant, question: str) -> None:
    told = assistant.ask(question).to_dict()
    assert AnswerShape.model_validate(told, extra="forbid").model_dump(mode="json") == told
    assert list(AnswerShape.model_fields) == list(told)


def test_a_timelines_shape_has_neither_more_nor_less_than_a_timeline(assistant: Assistant) -> None:
    told = told_with_links(assistant.timeline(["Iceland"]))
    assert told["commitments"]
    assert TimelineShape.model_validate(told, extra="forbid").model_dump(mode="json") == told


def test_the_shapes_of_documents_have_neither_more_nor_less_than_what_is_sent(
    app: FastAPI, assistant: Assistant
) -> None:
    (document,) = assistant.store.catalog.documents()
    made = {
        route.path: route.endpoint for route in app.routes if isinstance(route, APIRoute) and "GET" in route.methods
    }
    request = Request({"type": "http"})
    listed = made["/api/v1/documents"](request, Wanted())
    assert DocumentList.model_validate(listed, extra="forbid").total == 1
    whole = made["/api/v1/documents/{document_id}"](request, document.id, 0, 3)
    assert FullDocument.model_validate(whole, extra="forbid").highlight is not None
    addition = asdict(Addition("a.txt", "failed", reason="It is empty."))
    assert AdditionShape.model_validate(addition, extra="forbid").reason == "It is empty."


@pytest.mark.parametrize(
    ("shape", "example"),
    [
        (AnswerShape, ANSWER_EXAMPLE),
        (Asking, ASKING_EXAMPLE),
        (TimelineShape, TIMELINE_EXAMPLE),
        (Completion, COMPLETION_EXAMPLE),
        (DocumentList, LIST_EXAMPLE),
        (FullDocument, DOCUMENT_EXAMPLE),
        (Added, ADDED_EXAMPLE),
    ],
)
def test_an_example_is_a_whole_value_of_its_shape(shape: type[BaseModel], example: dict[str, Any]) -> None:
    shape.model_validate(example, strict=False, extra="forbid")
    assert example.keys() == shape.model_fields.keys()


def test_an_examples_offsets_are_those_of_its_quote() -> None:
    (citation,) = ANSWER_EXAMPLE["citations"]
    assert citation["end"] - citation["start"] == len(citation["quote"])
    message = COMPLETION_EXAMPLE["choices"][0]["message"]
    place = message["annotations"][0]["url_citation"]
    assert message["content"][place["start_index"] : place["end_index"]] == "[1]"


def test_every_operation_has_words_an_example_and_its_failures(description: dict[str, Any]) -> None:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["description"], where
            assert operation["tags"], where
            (done,) = operation["responses"].keys() & {"200", "201", "204", "303"}
            for kind, content in operation["responses"][done].get("content", {}).items():
                named = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
                examples = description["components"]["schemas"].get(named, {}).get("examples")
                assert "example" in content or examples, f"{where}: no example of {kind}"


def test_every_failure_is_documented_in_its_protocols_shape(description: dict[str, Any]) -> None:
    failures = [
        (path, content)
        for path, operations in description["paths"].items()
        for operation in operations.values()
        for status, response in operation["responses"].items()
        if int(status) >= 400
        for content in [response["content"]]
    ]
    assert len(failures) > 10
    for path, content in failures:
        if path.startswith("/v1/"):
            assert content["application/json"]["schema"]["$ref"].endswith("/OpenAIError")
        elif "text/html" not in content:
            assert content["application/problem+json"]["schema"]["$ref"].endswith("/Problem")
    assert "HTTPValidationError" not in str(description)
    for name in ("Problem", "OpenAIError", "ErrorShape"):
        assert name in description["components"]["schemas"]
