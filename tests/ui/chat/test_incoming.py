"""What the page's messages may hold: whatever arrives, only text and choices of a known form go on to Gradio."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, DocumentReference, Outcome, Statement
from ui.chat.incoming import ADDRESSES, DEEPEST, KINDS, MARKS, Unfit, conversation, event, kept, read_object
from ui.chat.shapes import Function, Shapes
from ui.keeping.conversations import Conversation, as_data

CITED = DocumentReference("d", "a/b.txt", "T", None, None, "https://example.org/a", "0" * 64, "en")
ANSWER = Answer(
    "Where?", "Where?", Outcome.ANSWERED, (Statement("In Riga.", (1,)),), (Citation(1, "In Riga.", 0, 8, None, CITED),)
)
KEPT = as_data(Conversation("3", "Where?", "2026-12-01T03:02:28Z", (ANSWER,)))
SAID = [
    {"role": "user", "metadata": None, "options": None, "content": [{"type": "text", "text": "Where?"}]},
    {"role": "assistant", "content": "In Riga.", "options": [{"label": "Edit", "value": "Where?"}]},
]
# A message of each kind as a browser sends it, and the kinds of its arguments.
FITTING: dict[int, tuple[Function, list[Any]]] = {
    0: (Function(()), []),
    1: (Function(("textbox", "chatbot")), ["Where?", SAID]),
    2: (Function(("chatbot", "dropdown", "dropdown", "textbox")), [SAID, ["Latvia"], [], ""]),
    3: (Function(("chatbot", "json", "json", "state")), [SAID, KEPT, [{"key": "3", "title": "t", "updated": "u"}], 1]),
    4: (Function(("radio", "browserstate", "browserstate")), ["3", KEPT, None]),
    5: (Function(("chatbot", "button", "checkboxgroup"), takes_event=True), [SAID, "Go on", ["party=Latvia"]]),
}
SHAPES = Shapes({number: function for number, (function, _) in FITTING.items()}, frozenset({9}), frozenset({0, 7}))
ROUTES = ("queue/join", "run/predict")
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=9,
)


def body_of(number: int) -> dict[str, Any]:
    """What the page sends to one of the functions."""
    happened = {"index": 1, "value": {"text": "Where?"}, "liked": True}
    return {
        **{"fn_index": number, "data": json.loads(json.dumps(FITTING[number][1])), "trigger_id": 7},
        **{"session_hash": "word", "event_data": happened},
    }


def places(value: Any) -> list[Any]:
    """Every object and list within a value, itself among them."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [place for item in inner for place in places(item)] + ([value] if isinstance(value, dict | list) else [])


def keys_of(value: Any) -> set[str]:
    return {key for place in places(value) if isinstance(place, dict) for key in place}


@pytest.mark.parametrize("number", FITTING)
@pytest.mark.parametrize("route", ROUTES)
def test_what_the_page_sends_goes_on(number: int, route: str) -> None:
    """The control: the rule does not refuse everything."""
    fitted = SHAPES.fitted(route, read_object(json.dumps(body_of(number)).encode()))
    assert fitted.keys() == {"data", "event_data", "fn_index", "trigger_id", "session_hash"}
    assert len(fitted["data"]) == len(FITTING[number][1])


def test_a_conversation_is_made_of_roles_and_texts_alone() -> None:
    assert conversation([{**SAID[0], "feedback": "x", "metadata": {"title": "y"}}, SAID[1]]) == [
        {"role": "user", "content": [{"type": "text", "text": "Where?"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "In Riga."}]},
    ]


@given(st.data(), st.sampled_from(sorted(FITTING)), st.sampled_from(sorted(MARKS - ADDRESSES)), plain)
def test_a_mark_of_a_file_is_refused_wherever_it_stands(data: Any, number: int, mark: str, value: Any) -> None:
    body = body_of(number)
    place = data.draw(st.sampled_from(places(body)))
    if isinstance(place, dict):
        place[mark] = value
    else:
        place.insert(data.draw(st.integers(0, len(place))), {mark: value})
    with pytest.raises(Unfit):
        SHAPES.fitted(data.draw(st.sampled_from(ROUTES)), body)


@given(st.data(), st.sampled_from((1, 2, 5)), st.sampled_from(sorted(ADDRESSES)), plain)
def test_so_is_a_path_or_an_address_outside_of_a_kept_conversation(
    data: Any, number: int, mark: str, value: Any
) -> None:
    body = body_of(number)
    place = data.draw(st.sampled_from([place for place in places(body) if isinstance(place, dict)]))
    place[mark] = value
    with pytest.raises(Unfit):
        SHAPES.fitted("run/predict", body)


@given(st.data(), st.sampled_from(sorted(KINDS)), plain)
def test_whatever_is_sent_only_known_forms_come_out(data: Any, kind: str, value: Any) -> None:
    try:
        made = KINDS[kind](value)
    except Unfit:
        return
    assert keys_of(made) <= {"role", "content", "type", "text", "id", "key", "title", "updated"}


@given(plain)
def test_what_happened_is_told_in_four_words(value: Any) -> None:
    try:
        told = event({"index": value, "value": value, "liked": value, "other": value})
    except Unfit:
        return
    assert told is not None
    assert told.keys() <= {"index", "value", "liked", "selected"}
    assert isinstance(told["value"], str) or told["value"].keys() == {"text"}


def test_a_kept_conversation_keeps_what_belongs_to_it_and_nothing_else() -> None:
    assert kept(KEPT) == kept({**KEPT, "more": 1})
    assert keys_of(kept(KEPT)) >= ADDRESSES, "the control: its documents have addresses"
    assert kept({"path": "a", "title": "of another version"}) == {}


@given(plain.filter(lambda value: not isinstance(value, dict)))
def test_a_body_that_is_no_object_is_refused(value: Any) -> None:
    with pytest.raises(Unfit):
        read_object(json.dumps(value).encode())


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"\xff\xfe\x00", b'{"a": NaN}', b'{"a": 1e999}', b'{"a": "\\ud800"}', b'{"\\ud800": 1}'),
        *(b'{"a": ' + b"9" * 5000 + b"}", b'{"a": ' + b"9" * 20 + b"}"),
        *(b'{"a":' * depth + b"1" + b"}" * depth for depth in (DEEPEST + 2, 900, 100_000)),
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_what_no_later_reader_could_take_is_refused(body: bytes) -> None:
    with pytest.raises(Unfit):
        read_object(body)


def test_functions_components_and_counts_are_the_pages_own() -> None:
    for change in ({"fn_index": 77}, {"fn_index": True}, {"trigger_id": 8}, {"data": []}, {"session_hash": None}):
        with pytest.raises(Unfit):
            SHAPES.fitted("run/predict", {**body_of(1), **change})
    with pytest.raises(Unfit):
        SHAPES.fitted("run/predict", {**body_of(5), "event_data": None})
    with pytest.raises(Unfit):
        SHAPES.fitted("upload", body_of(1))
    with pytest.raises(Unfit):
        Shapes({0: Function(("image",))}).fitted("run/predict", {"fn_index": 0, "data": [None], "session_hash": "w"})


def test_only_an_event_of_the_same_session_is_stopped() -> None:
    shapes = Shapes({}, frozenset({9}), is_event_of=lambda session, event: (session, event) == ("mine", "e"))
    told = {"session_hash": "mine", "fn_index": 9, "event_id": "e"}
    assert shapes.fitted("cancel", told) == told
    assert shapes.fitted("cancel", {**told, "session_hash": "other"})["event_id"] == ""
