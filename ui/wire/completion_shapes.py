"""OpenAI's chat protocol, as far as it is spoken here: what is read of a request, and what a reply holds.

Whatever else a client sends (temperature, tools, a system message's wishes) is taken and has no effect: an answer
depends on the documents alone. Figures of usage are zero: no language model's tokens are sold here.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from ui.wire.shapes import ANSWER_EXAMPLE, AnswerShape

MODEL = "health-cooperation-assistant"
# Of a conversation; what a chat client sends along is its whole history.
MOST_MESSAGES = 1_000
_MARKDOWN = (
    "The health ministries of Azerbaijan and Latvia signed a Cooperation Agreement. [1]\n\n"
    "**Sources**\n\n- [1] [Azerbaijan and Latvia sign a health agreement](http://127.0.0.1:7860/documents/1f0c6a1d9b7e4c52)"
)
COMPLETION_EXAMPLE: dict[str, Any] = {
    "id": "chatcmpl-5f2c9f0b8d6a4a7f",
    "object": "chat.completion",
    "created": 1770624000,
    "model": MODEL,
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": _MARKDOWN,
                "annotations": [
                    {
                        "type": "url_citation",
                        "url_citation": {
                            "start_index": 79,
                            "end_index": 82,
                            "title": "Azerbaijan and Latvia sign a health agreement",
                            "url": "http://127.0.0.1:7860/documents/1f0c6a1d9b7e4c52",
                        },
                    }
                ],
            },
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    "citations": ["http://127.0.0.1:7860/documents/1f0c6a1d9b7e4c52"],
    "answer": ANSWER_EXAMPLE,
}


class Part(BaseModel):
    """A part of a message; only text is read."""

    type: str
    text: str = ""


class Message(BaseModel):
    """One message of a conversation; those of users are the questions, and no other is read."""

    role: str
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """What is said in it."""
        if isinstance(self.content, str):
            return self.content.strip()
        return " ".join(part.text for part in self.content or () if part.type == "text").strip()

    @property
    def is_text(self) -> bool:
        """Whether it has no picture, sound or file."""
        return not isinstance(self.content, list) or all(part.type == "text" for part in self.content)


class StreamOptions(BaseModel):
    """What a stream holds besides the answer."""

    include_usage: StrictBool | None = None


class Completing(BaseModel):
    """A conversation whose last user message is the question."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": MODEL, "messages": [{"role": "user", "content": "What did Latvia and Azerbaijan sign?"}]}
            ]
        }
    )

    model: str = Field(max_length=200)
    messages: list[Message] = Field(min_length=1, max_length=MOST_MESSAGES)
    stream: StrictBool | None = False
    stream_options: StreamOptions | None = None


class UrlCitation(BaseModel):
    """Where in the text a source is cited (characters, end excluded), and where that source opens at its passage."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A citation of a message."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class ReplyMessage(BaseModel):
    """The answer as a message, in Markdown."""

    role: Literal["assistant"] = "assistant"
    content: str
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one choice there is."""

    index: Literal[0] = 0
    message: ReplyMessage
    finish_reason: Literal["stop"] = "stop"


class TokenUsage(BaseModel):
    """No tokens are counted here."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class Completion(BaseModel):
    """A whole reply. `citations` are the sources' addresses in order; `answer` is what `/api/v1/ask` answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [COMPLETION_EXAMPLE]})

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: TokenUsage = TokenUsage()
    citations: list[str]
    answer: AnswerShape


_MODEL: dict[str, Any] = {"id": MODEL, "object": "model", "created": 1770624000, "owned_by": MODEL}


class ModelShape(BaseModel):
    """The one model there is."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MODEL]})

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = MODEL


class ModelList(BaseModel):
    """All models."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"object": "list", "data": [_MODEL]}]})

    object: Literal["list"] = "list"
    data: list[ModelShape]


class ErrorShape(BaseModel):
    """What went wrong; `message` is the sentence for people."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(BaseModel):
    """A failure as OpenAI's clients expect it."""

    error: ErrorShape
