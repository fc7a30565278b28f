"""Answers as files. What is sent is questions; the answers are those given here, or given again, and checked."""

from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import parse_qsl

from fastapi import FastAPI, Form, Request, Response
from pydantic import BaseModel, Field

from assistant.answer import Answer
from assistant.scope.scope import Scope
from ui import LONGEST_HISTORY
from ui.access.audit import note_answer
from ui.access.scoping import scope_of
from ui.export.briefing import file_name, make_briefing
from ui.export.markdown import briefing_as_markdown
from ui.export.word import CONTENT_TYPE, briefing_as_word
from ui.languages.speaking import current, speaking
from ui.wire.addresses import own_address
from ui.wire.filters import scope_from_query
from ui.wire.problems import documented
from ui.wire.shapes import QuestionText

if TYPE_CHECKING:
    from ui.keeping.answer_cache import CachingAssistant
    from ui.keeping.user_data import UserData


class ExportRequest(BaseModel):
    """A question with the earlier ones of its conversation, oldest first, and what file is wanted of it."""

    question: QuestionText
    history: list[QuestionText] = Field(default_factory=list, max_length=LONGEST_HISTORY)
    format: Literal["docx", "markdown"] = "docx"
    scope: Literal["answer", "conversation"] = Field(
        default="answer", description="The answer to the question alone, or those to the earlier ones before it too."
    )
    filters: str = Field(
        default="",
        max_length=4_000,
        description="Which documents may be read, as in an address: party=Latvia&since=2024.",
    )
    language: Literal["en", "lv", "lt", "et", "az", "ru", "tr", "de"] | None = Field(
        default=None, description="The language of the file's headings; answers and quotes stay as they are."
    )


_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}, "example": f"the bytes of a {name}"}
            for kind, name in ((CONTENT_TYPE, "Word document"), ("text/markdown", "Markdown text"))
        },
    },
    **documented(400, 422, 503),
}


def add_export(app: FastAPI, user_data: "UserData") -> None:
    """`POST /api/v1/export`, and `POST /export` for the forms of the page."""

    def exported(wanted: ExportRequest, request: Request) -> Response:
        assistant = user_data.assistant
        scope = scope_of(request, scope_from_query(parse_qsl(wanted.filters)))
        answers = _answers(assistant, wanted, scope)
        for answer in answers:
            note_answer(request, answer, "export")
        with speaking(wanted.language or current()):
            return file_of(wanted, answers, own_address(request))

    def file_of(wanted: ExportRequest, answers: list[Answer], address: str) -> Response:
        briefing = make_briefing(answers, user_data.assistant.store.document)
        if wanted.format == "docx":
            return _file(briefing_as_word(briefing, address), CONTENT_TYPE, file_name(briefing, "docx"))
        text = briefing_as_markdown(briefing, address).encode()
        return _file(text, "text/markdown; charset=utf-8", file_name(briefing, "md"))

    @app.post("/api/v1/export", response_class=Response, responses=_RESPONSES, tags=["answers"])
    def export(wanted: ExportRequest, request: Request) -> Response:
        """An answer or a conversation as a Word briefing or as Markdown, with numbered footnotes."""
        return exported(wanted, request)

    @app.post("/export", response_class=Response, include_in_schema=False)
    def export_form(wanted: Annotated[ExportRequest, Form()], request: Request) -> Response:
        """Do the same for a form."""
        return exported(wanted, request)


def _answers(assistant: "CachingAssistant", wanted: ExportRequest, scope: Scope) -> list[Answer]:
    asked = [*wanted.history, wanted.question]
    first = 0 if wanted.scope == "conversation" else len(asked) - 1
    return [assistant.answer_again(asked[place], asked[:place], scope=scope) for place in range(first, len(asked))]


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
