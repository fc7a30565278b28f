"""A Python client of the HTTP interface, typed: the same shapes that the server documents.

    with Client("http://127.0.0.1:7860") as client:
        answer = client.ask("What did Latvia and Azerbaijan agree on?")
        print(answer.outcome, answer.answer, [citation.quote for citation in answer.citations])

What the server refuses is raised as `Refused`, with its sentence; what never reaches it, as httpx's own exceptions.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from corpus.errors import AssistantError
from ui.wire.document_shapes import DocumentList, FullDocument
from ui.wire.shapes import AnswerShape, Live, Problem, Ready, TimelineShape

# Seconds without a byte; a server at work sends a comment every ten.
TIMEOUT = 60.0


class Refused(AssistantError):
    """The server answered with a problem."""

    def __init__(self, problem: Problem, request_id: str | None = None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.request_id = request_id


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event of an answer in the making: a step that begins, a draft, or the answer, which `is_final`.

    `stage` is what is being done, to `count` things; it is empty with an answer.
    """

    answer: AnswerShape | None = None
    is_final: bool = False
    stage: str = ""
    count: int = 0


class Client:
    """A connection to one server; to be closed, or used as a context manager.

    `key` is sent as a bearer token. `transport` is httpx's, for tests and for proxies.
    """

    def __init__(
        self,
        address: str,
        *,
        key: str | None = None,
        timeout: float = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=address, headers=headers, timeout=timeout, transport=transport)

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def ask(self, question: str, history: Sequence[str] = ()) -> AnswerShape:
        """The answer to a question; `history` are the earlier questions of the conversation, oldest first."""
        response = self._http.post("/api/v1/ask", json={"question": question, "history": list(history)})
        return AnswerShape.model_validate_json(_content(response))

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[StreamEvent]:
        """The answer as it is made: steps as they begin, drafts that each replace the one before, the final answer."""
        body = {"question": question, "history": list(history), "stream": True}
        with self._http.stream("POST", "/api/v1/ask", json=body) as response:
            if response.is_error:
                response.read()
            _raise_where_refused(response)
            for kind, data in _events(response.iter_lines()):
                if kind == "problem":
                    raise Refused(Problem.model_validate(data), response.headers.get("X-Request-ID"))
                if kind == "step":
                    yield StreamEvent(stage=str(data["stage"]), count=int(data["count"]))
                elif kind in ("draft", "answer"):  # of other kinds there may be more some day
                    yield StreamEvent(AnswerShape.model_validate(data), is_final=kind == "answer")

    def timeline(self, parties: Sequence[str], since: int | None = None, until: int | None = None) -> TimelineShape:
        """What documents report of commitments between parties, oldest first."""
        years = {name: year for name, year in (("since", since), ("until", until)) if year is not None}
        response = self._http.get("/api/v1/timeline", params={"parties": list(parties), **years})
        return TimelineShape.model_validate_json(_content(response))

    def documents(self, words: str = "", *, page: int = 1) -> DocumentList:
        """One page of the documents whose title, publisher, parties or path hold all of these words."""
        response = self._http.get("/api/v1/documents", params={"q": words, "page": page})
        return DocumentList.model_validate_json(_content(response))

    def document(self, document_id: str) -> FullDocument:
        """A document with its text, current or superseded."""
        return FullDocument.model_validate_json(_content(self._http.get(f"/api/v1/documents/{quote(document_id, '')}")))

    def live(self) -> Live:
        """Whether the server answers at all."""
        return Live.model_validate_json(_content(self._http.get("/health/live")))

    def ready(self) -> Ready:
        """What the server can answer from; raises `Refused` with the reason where it cannot."""
        return Ready.model_validate_json(_content(self._http.get("/health/ready")))


def _content(response: httpx.Response) -> bytes:
    _raise_where_refused(response)
    return response.content


def _raise_where_refused(response: httpx.Response) -> None:
    if response.is_success:
        return
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:  # what stands between us and the server speaks for itself
        reason = response.reason_phrase or "no reason given"
        problem = Problem(type="about:blank", title=reason, status=response.status_code, detail=f"{reason}.")
    raise Refused(problem, response.headers.get("X-Request-ID"))


def _events(lines: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Server-sent events as (kind, data), comments left out."""
    kind, data = "message", ""
    for line in lines:
        name, _, value = line.partition(":")
        if not line and data:
            yield kind, json.loads(data)
            kind, data = "message", ""
        elif name == "event":
            kind = value.strip()
        elif name == "data":
            data += value
