"""What goes over the wire, typed: the shapes of questions, answers, timelines, health and problems, with examples.

Values are made elsewhere (`Answer.to_dict`, `Timeline.to_dict`); a test holds these models to them, so that what is
documented is what is sent. The Python client and the tools of `ui.mcp` speak in them too.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from assistant.answer import Outcome
from ui import LONGEST_HISTORY, LONGEST_QUESTION
from ui.wire.filters import Filters

# A letter, a digit or any other sign; white space around it does not count.
_SOMETHING = r"[^\s]"
QuestionText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION, pattern=_SOMETHING),
]

_DOCUMENT: dict[str, Any] = {
    "id": "1f0c6a1d9b7e4c52",
    "path": "briefs/2025-12-04_azerbaijan-latvia_agreement-signed.md",
    "title": "Azerbaijan and Latvia sign a health agreement",
    "publisher": "Report",
    "published": "2025-12-04",
    "url": "https://report.example/health",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "language": "en",
}
_QUOTE = "The health ministries of Azerbaijan and Latvia signed a Cooperation Agreement in Riga on 4 December 2025."
_CITATION: dict[str, Any] = {
    "number": 1,
    "quote": _QUOTE,
    "start": 120,
    "end": 120 + len(_QUOTE),
    "page": None,
    "document": _DOCUMENT,
    "status": "signed",
}
ASKING_EXAMPLE: dict[str, Any] = {
    "question": "Is it in force?",
    "history": ["What did Latvia and Azerbaijan agree on?"],
    "stream": False,
    "filters": {"parties": ["Latvia"], "since": "2024"},
}
ANSWER_EXAMPLE: dict[str, Any] = {
    "question": "What did Latvia and Azerbaijan sign?",
    "standalone_question": "What did Latvia and Azerbaijan sign?",
    "outcome": "answered",
    "answer": f"{_QUOTE} [1]",
    "as_of": "2025-12-04",
    "citations": [_CITATION],
    "closest": [],
    "composer": "extractive",
    "warnings": [],
    "timings_ms": {"retrieve": 11.2, "read": 160.4, "compose": 1.9},
}
TIMELINE_EXAMPLE: dict[str, Any] = {
    "parties": ["Latvia", "Azerbaijan"],
    "commitments": [
        {
            "date": "2025-12-04",
            "date_is_of_the_report": False,
            "status": "signed",
            "parties": ["Azerbaijan", "Latvia"],
            "quote": _QUOTE,
            "start": 120,
            "end": 120 + len(_QUOTE),
            "document": {key: _DOCUMENT[key] for key in ("id", "path", "title", "publisher", "published")},
            "passage_url": "/documents/1f0c6a1d9b7e4c52?start=120&end=225#passage",
        }
    ],
}


def _with_example(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class Asking(BaseModel):
    """A question, and the earlier questions of the conversation, oldest first."""

    model_config = _with_example(ASKING_EXAMPLE)

    question: QuestionText
    history: list[QuestionText] = Field(default_factory=list, max_length=LONGEST_HISTORY)
    stream: StrictBool = Field(
        default=False, description="Answer as server-sent events, as `Accept: text/event-stream` does."
    )
    filters: Filters = Field(default_factory=Filters, description="Which documents may be read for it; by default all.")


class DocumentShape(BaseModel):
    """A document cited; `sha256` is of the file's bytes, `published` an ISO date, possibly cut to month or year."""

    id: str
    path: str
    title: str
    publisher: str | None
    published: str | None
    url: str | None
    sha256: str
    language: str | None


class CitationShape(BaseModel):
    """A passage, word for word: characters `start` to `end` (code points, end excluded) of the document's text.

    `status` is what the quote reports of a commitment (`signed`, `in force`), where it reports one.
    """

    number: int
    quote: str
    start: int
    end: int
    page: int | None
    document: DocumentShape
    status: str | None


class AnswerShape(BaseModel):
    """An answer whose every citation was checked against the stored text.

    `composer` is `extractive` or the language model that put it into words; `closest` is what comes nearest to a
    question that is refused, and no source of an answer.
    """

    model_config = _with_example(ANSWER_EXAMPLE)

    question: str
    standalone_question: str
    outcome: Outcome
    answer: str = Field(description="The answer as text; [1] is the first citation.")
    as_of: str | None = Field(description="The newest date among the cited documents.")
    citations: list[CitationShape]
    closest: list[CitationShape]
    composer: str
    warnings: list[str]
    timings_ms: dict[str, float]


class ReportingDocument(BaseModel):
    """The document that reports a commitment."""

    id: str
    path: str
    title: str
    publisher: str | None
    published: str | None


class CommitmentShape(BaseModel):
    """A sentence that reports a step between parties; `passage_url` opens it."""

    date: str | None
    date_is_of_the_report: bool
    status: str
    parties: list[str]
    quote: str
    start: int
    end: int
    document: ReportingDocument
    passage_url: str


class TimelineShape(BaseModel):
    """What documents report between parties, oldest first."""

    model_config = _with_example(TIMELINE_EXAMPLE)

    parties: list[str]
    commitments: list[CommitmentShape]


class Live(BaseModel):
    """The process answers."""

    model_config = _with_example({"status": "live"})

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """Questions can be answered; `indexed` is never less than `passages`.

    To whoever may not administer, both count what they may see.
    """

    model_config = _with_example({"status": "ready", "generation": 98, "passages": 312, "indexed": 312})

    status: Literal["ready"] = "ready"
    generation: int | None = Field(default=None, description="Grows with every change; told to administrators alone.")
    passages: int
    indexed: int


class Problem(BaseModel):
    """What went wrong (RFC 9457); `detail` is the sentence for people."""

    model_config = _with_example(
        {
            "type": "about:blank",
            "title": "Service Unavailable",
            "status": 503,
            "detail": "The index cannot be opened; run: assistant reindex",
        }
    )

    type: str
    title: str
    status: int
    detail: str
