"""What may arrive in a message from the page: plain text and choices, and never the name of a file or an address.

Gradio has components that open files and fetch addresses which a message names. The page has none, so nothing that
arrives is handed on as it came: each value is built anew here from the little that its kind may hold. Which kinds a
function takes is in `shapes`; who asks, and what is answered, is decided elsewhere.
"""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from corpus.errors import AssistantError
from ui.keeping.conversations import as_data, from_data, list_as_data, list_from_data

NOT_READ = "The request's body is not a JSON object of the usual depth; reload the page and ask again."
NAMES_A_FILE = "The conversation takes text alone: nothing in it may name a file, an address or a component."
NOT_THE_PAGES = "This is not what the page sends; reload it and ask again."
# A kept conversation, the deepest thing that the page sends, is ten deep.
DEEPEST = 24
# The largest whole number that a browser can tell from its neighbours.
_LARGEST = 2**53
# What names a file, an address or a component, as a key of whatever part of a message.
ADDRESSES = frozenset({"path", "url"})
MARKS = ADDRESSES | frozenset(
    {
        *("_type", "__type__", "meta", "orig_name", "mime_type", "is_stream", "file", "files", "src", "icon"),
        *("alt_text", "component", "constructor_args", "props", "instance", "type_hint"),
    }
)
ROLES = ("user", "assistant")


class Unfit(AssistantError):
    """A request that the page would never send."""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; raises `Unfit` for anything else, and for what no later reader could write again."""
    try:
        told = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # no JSON, no text, or nested without end
        raise Unfit(NOT_READ) from error
    if not isinstance(told, dict):
        raise Unfit(NOT_READ)
    _walk(told, _check_scalar, frozenset())
    return told


def refuse_marks(value: object, marks: frozenset[str] = MARKS) -> None:
    """Raises `Unfit` where a key at any depth is one of `marks`."""
    _walk(value, lambda _: None, marks)


def _walk(value: object, check: Callable[[object], None], marks: frozenset[str]) -> None:
    """Look at every value, without recursion, and at the names of all keys."""
    left = [(value, 0)]
    while left:
        found, depth = left.pop()
        if depth > DEEPEST:
            raise Unfit(NOT_READ)
        if isinstance(found, dict):
            if not marks.isdisjoint(found):
                raise Unfit(NAMES_A_FILE)
            for key in found:
                check(key)
            left.extend((item, depth + 1) for item in found.values())
        elif isinstance(found, list):
            left.extend((item, depth + 1) for item in found)
        else:
            check(found)


def _check_scalar(value: object) -> None:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:  # half of a pair of surrogates, which no answer can carry
            raise Unfit(NOT_READ) from error
    elif (isinstance(value, float) and not math.isfinite(value)) or (isinstance(value, int) and abs(value) > _LARGEST):
        raise Unfit(NOT_READ)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def conversation(value: object) -> list[dict[str, Any]]:
    """The messages of a conversation, from role and text alone."""
    if value is None:
        return []
    refuse_marks(value)
    if not isinstance(value, list):
        raise Unfit(NOT_THE_PAGES)
    return [_message(item) for item in value]


def _message(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or value.get("role") not in ROLES:
        raise Unfit(NOT_THE_PAGES)
    return {"role": value["role"], "content": [{"type": "text", "text": _text(value.get("content"))}]}


def _text(content: object) -> str:
    """The text of a message: one string, or a list of parts that are text."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise Unfit(NOT_THE_PAGES)
    return " ".join(_part(part) for part in content)


def _part(part: object) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict) or part.get("type", "text") != "text" or not isinstance(part.get("text"), str):
        raise Unfit(NOT_THE_PAGES)
    text: str = part["text"]
    return text


def line(value: object) -> str | None:
    """What stands in a field of text, on a button, or is chosen of several."""
    if value is None or isinstance(value, str):
        return value
    refuse_marks(value)
    raise Unfit(NOT_THE_PAGES)


def lines(value: object) -> list[str] | None:
    """What is chosen where several may be."""
    if value is None:
        return None
    refuse_marks(value)
    found = value if isinstance(value, list) else [value]
    texts = [item for item in found if isinstance(item, str)]
    if len(texts) < len(found):
        raise Unfit(NOT_THE_PAGES)
    return texts


def kept(value: object) -> Any:
    """What the browser holds for the page: a kept conversation, the list of them, or the name of one thing.

    A kept conversation tells of its documents' addresses, in their places. What is of no such form counts as nothing,
    like a slot that was never written: a browser may hold what another version of the assistant wrote.
    """
    refuse_marks(value, MARKS - ADDRESSES)
    found = from_data(value) if isinstance(value, dict) else None
    if found is not None:
        return as_data(found)
    if isinstance(value, list):
        return list_as_data(list_from_data(value))
    if isinstance(value, dict):
        return {name: value[name] for name in ("id", "key") if isinstance(value.get(name), str)}
    return None


def nothing(value: object) -> None:
    """What the server itself holds for a session, whatever is said of it."""
    refuse_marks(value)


def event(value: object) -> dict[str, Any] | None:
    """What happened to a component: which of its parts, what stood there, and whether it was liked."""
    refuse_marks(value)
    if not isinstance(value, dict):
        return None
    told: dict[str, Any] = {"index": _index(value.get("index")), "value": _happened(value.get("value"))}
    for name in ("liked", "selected"):
        if isinstance(value.get(name), bool | str):
            told[name] = value[name]
    return told


def _index(value: object) -> int | None:
    place = value[0] if isinstance(value, list) and value else value
    return place if isinstance(place, int) and not isinstance(place, bool) else None


def _happened(value: object) -> str | dict[str, str]:
    if isinstance(value, Mapping):
        text = value.get("text")
        return {"text": text if isinstance(text, str) else ""}
    return value if isinstance(value, str) else ""


# By Gradio's names for its components; a component of another kind cannot be sent at all.
KINDS: Mapping[str, Callable[[object], Any]] = {
    "chatbot": conversation,
    **dict.fromkeys(("textbox", "button", "radio"), line),
    **dict.fromkeys(("dropdown", "checkboxgroup"), lines),
    **dict.fromkeys(("json", "browserstate"), kept),
    "state": nothing,
}
