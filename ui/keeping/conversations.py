"""A conversation as it is kept: its questions and answers as data, never as markup.

What comes back from a browser or a database is data from outside: it is read strictly, within bounds, and each citation
is compared with its stored document again before anything of it is shown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.answer import Answer
from assistant.citations import newest_date, verified
from corpus.document import Document
from ui.rendering import one_line

LONGEST_TITLE = 80
# Characters of JSON; 30 of them, encrypted as Gradio does it, fit into the five million that a browser holds.
LARGEST_CONVERSATION = 100_000
UNCHECKED = "A source of this kept answer is no longer there as it was quoted; ask again."
FindDocument = Callable[[str], Document | None]
_ANSWER = TypeAdapter(Answer)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Answers in the order in which they were given; `key` is its place in a store, empty for one not kept yet."""

    key: str
    title: str
    updated: str
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation's line in the list of those kept."""

    key: str
    title: str
    updated: str


_CONVERSATION = TypeAdapter(Conversation)
_LIST = TypeAdapter(list[Listed])


def continued(conversation: Conversation | None, answer: Answer, at: str) -> Conversation:
    """The conversation with one more answer, the oldest left out where it grows too large; titled by its question."""
    before = conversation or Conversation("", title_from(answer.question), at)
    grown = replace(before, updated=at, answers=(*before.answers, replace(answer, timings_ms={})))
    while len(grown.answers) > 1 and len(_CONVERSATION.dump_json(grown)) > LARGEST_CONVERSATION:
        grown = replace(grown, answers=grown.answers[1:])
    return grown


def title_from(text: str) -> str:
    """A title on one line, cut at a word."""
    line = one_line(text)
    if len(line) <= LONGEST_TITLE:
        return line
    head = line[:LONGEST_TITLE]
    return f"{head.rpartition(' ')[0] or head}…"


def as_data(conversation: Conversation) -> dict[str, Any]:
    """The conversation as plain JSON values."""
    data: dict[str, Any] = _CONVERSATION.dump_python(conversation, mode="json")
    return data


def from_data(data: object) -> Conversation | None:
    """The conversation that `as_data` gave, or None for anything else."""
    try:
        found = _CONVERSATION.validate_python(data)
    except ValidationError:
        return None
    return found if len(_CONVERSATION.dump_json(found)) <= 2 * LARGEST_CONVERSATION else None


def list_from_data(data: object) -> list[Listed]:
    """The list that `list_as_data` gave, or an empty one for anything else."""
    try:
        return _LIST.validate_python(data)
    except ValidationError:
        return []


def list_as_data(listed: Sequence[Listed]) -> list[Mapping[str, str]]:
    """A list as plain JSON values."""
    return [{"key": item.key, "title": item.title, "updated": item.updated} for item in listed]


def with_listed(listed: Sequence[Listed], conversation: Conversation) -> list[Listed]:
    """The list with this conversation in it, newest first."""
    line = Listed(conversation.key, conversation.title, conversation.updated)
    return in_order([*without_listed(listed, line.key), line])


def without_listed(listed: Sequence[Listed], key: str) -> list[Listed]:
    """The list without the conversation of that key."""
    return [item for item in listed if item.key != key]


def in_order(listed: Sequence[Listed]) -> list[Listed]:
    """The list, newest first."""
    return sorted(listed, key=lambda item: item.updated, reverse=True)


def checked(answer: Answer, find_document: FindDocument) -> Answer:
    """The answer with only what still holds, and a warning where something does not.

    A source may be gone, or be kept from the reader since: then the assistant's own remarks, which may name what stood
    in it, go too, and so does the date of the newest source.
    """
    citations = tuple(item for item in answer.citations if verified(item, find_document))
    closest = tuple(item for item in answer.closest if verified(item, find_document))
    if citations == answer.citations and closest == answer.closest:
        return answer
    holding = {item.number for item in citations}
    statements = tuple(
        statement
        for statement in answer.statements
        if statement.citations
        and holding.issuperset(statement.citations)  # in a model's words, one may tell of several
    )
    kept = replace(answer, statements=statements, citations=citations, closest=closest)
    return replace(kept, as_of=newest_date(citations), warnings=(UNCHECKED,))
