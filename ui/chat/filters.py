"""The filters above the question: a folded panel to choose from, what was chosen as chips, and a link to this view.

What is chosen is kept by the components in the browser and sent along with each question; the script puts the link into
the address, and an address is read when the page opens. What may be chosen is what the person behind the page may see.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from assistant.scope.scope import FIELD_OF, Scope
from corpus.errors import AssistantError
from ui.access.scoping import scope_of
from ui.chat import AT_ONCE
from ui.chat.conversation import Message, questions_of
from ui.languages.places import language_name, number
from ui.languages.shared import LANGUAGE, PUBLISHER, SOURCE
from ui.languages.words import Text, later
from ui.outward import outward
from ui.rendering import failure_as_line, one_line
from ui.wire.filters import QUESTION, SINCE, UNTIL, query_of, scope_from_query

if TYPE_CHECKING:
    from assistant.assembly import Assistant

HEADING = Text("Filters")
HINT = Text(
    "Only documents that match are read. Of several values of one kind any will do; of different kinds all must fit."
)
CHIPS = Text("Chosen filters; untick one to take it away")
LINK = Text("Link to this view")
DATES = Text("A year, month or day")
# On a chip, where the value itself says most of it.
SHORT = {
    "party": Text("{value}", "country or organisation chosen"),
    "topic": Text("Topic: {value}"),
    "publisher": Text("Publisher: {value}"),
    "language": Text("Language: {value}"),
    "source": Text("Source: {value}"),
    SINCE: Text("Since {value}"),
    UNTIL: Text("Until {value}"),
}
LABELS = {
    "party": Text("Country or organisation"),
    "topic": Text("Topic"),
    "publisher": PUBLISHER,
    "language": LANGUAGE,
    "source": SOURCE,
    SINCE: Text("Published since"),
    UNTIL: Text("Published until"),
}
# Of each kind the most frequent are offered; any other can be typed.
_MOST_OFFERED = 300


class FilterParts(NamedTuple):
    """The components: a field for each kind of value, and what shows what was chosen."""

    fields: Sequence[Any]
    hint: Any
    chips: Any
    link: Any


def make_filters(gradio: Any) -> FilterParts:
    """The panel and, below it, the chips; their values come when the page opens."""
    with gradio.Accordion(later(HEADING), open=False, elem_id="filters"):
        hint = gradio.Markdown(later(HINT), latex_delimiters=[], elem_id="filters-hint")
        with gradio.Row():
            fields = [_choice(gradio, field) for field in ("party", "topic")]
        with gradio.Row():
            fields += [_choice(gradio, field) for field in ("publisher", "language", "source")]
        with gradio.Row():
            fields += [_date(gradio, field) for field in (SINCE, UNTIL)]
    with gradio.Row(elem_id="chosen"):
        chips = gradio.CheckboxGroup(choices=[], label=later(CHIPS), container=False, visible=False, elem_id="chips")
        link = gradio.Markdown(latex_delimiters=[], elem_id="view")
    return FilterParts(fields, hint, chips, link)


def connect_filters(
    gradio: Any, assistant: "Assistant", page: Any, filters: FilterParts, parts: tuple[Any, Any], changes: Sequence[Any]
) -> None:
    """Wire the events. `parts` are the conversation and the question's field, `changes` what puts or clears one."""
    chat, question = parts
    shown = [filters.chips, filters.link]
    choices, dates = filters.fields[:-2], filters.fields[-2:]

    def view(messages: list[Message], *values: Any) -> tuple[Any, Any]:
        return _shown(gradio, _scope(values), (questions_of(messages) or [""])[-1])

    def link(messages: list[Message], *values: Any) -> Any:
        return view(messages, *values)[1]

    def untick(messages: list[Message], left: list[str]) -> tuple[Any, ...]:
        scope = scope_from_query(pair for text in left for pair in parse_qsl(text))
        return *_values(scope), *_shown(gradio, scope, (questions_of(messages) or [""])[-1])

    def opened(request: gradio.Request) -> tuple[Any, ...]:
        pairs = request.request.query_params.multi_items()
        scope, asked = scope_from_query(pairs), one_line(dict(pairs).get(QUESTION, ""))
        hint, offered = _offered(assistant, scope_of(request.request))
        fields = [
            gradio.Dropdown(choices=choices, value=value)
            for choices, value in zip(offered, _values(scope)[: len(offered)], strict=True)
        ]
        dates = _values(scope)[len(offered) :]
        return *fields, *dates, hint, *_shown(gradio, scope, asked), asked or gradio.skip()

    everything = [*filters.fields, filters.hint, *shown, question]
    page.load(opened, None, everything, **AT_ONCE)
    chosen = [event for field in choices for event in (field.input, field.blur)]  # what is typed counts once left
    chosen += [event for date in dates for event in (date.blur, date.submit)]
    # As one event: what is chosen while another choice is being shown is shown after it, neither lost nor overtaken.
    in_order = {"trigger_mode": "always_last", **AT_ONCE}
    gradio.on(chosen, view, [chat, *filters.fields], shown, **in_order)
    filters.chips.input(untick, [chat, filters.chips], [*filters.fields, *shown], **in_order)
    for change in changes:
        change.then(link, [chat, *filters.fields], filters.link, **AT_ONCE)


def chosen_scope(request: Any, values: Sequence[Any]) -> Scope:
    """The scope of a question: what is chosen on the page, within what the person behind it may see."""
    return scope_of(request, _scope(values))


def _choice(gradio: Any, field: str) -> Any:
    return gradio.Dropdown(
        choices=[],
        value=[],
        multiselect=True,
        # Whether a value is one is decided when a question is asked, also after a restart of the server.
        allow_custom_value=True,
        label=later(LABELS[field]),
        elem_id=f"filter-{field}",
        min_width=160,
    )


def _date(gradio: Any, field: str) -> Any:
    return gradio.Textbox(
        label=later(LABELS[field]),
        placeholder=later(DATES),
        max_length=10,
        max_lines=1,
        elem_id=f"filter-{field}",
        min_width=160,
    )


def _offered(assistant: "Assistant", scope: Scope) -> tuple[str, list[list[tuple[str, str]]]]:
    """The hint above the fields, and what each offers; where nothing can be offered, the hint says why."""
    try:
        values = assistant.filters(scope=scope)
    except AssistantError as error:
        return failure_as_line(outward(error)), [[] for _ in FIELD_OF]
    return str(HINT), [
        [
            (f"{_named(field, value)} ({number(count)})", value)
            for value, count in list(values[field].items())[:_MOST_OFFERED]
        ]
        for field in LABELS
        if field in values
    ]


def _named(field: str, value: str) -> str:
    """A value as the reader's language has it, where it is a language; others stay as documents write them."""
    return language_name(value) if field == "language" else one_line(value)


def _scope(values: Sequence[Any]) -> Scope:
    """What the fields hold, as an address would say it."""
    pairs = []
    for field, value in zip(LABELS, values, strict=True):
        pairs += [(field, str(item)) for item in (value if isinstance(value, list) else [value]) if item]
    return scope_from_query(pairs)


def _values(scope: Scope) -> list[Any]:
    """What the fields show for a scope."""
    chosen = scope.chosen()
    return [*(list(chosen.get(field, ())) for field in list(LABELS)[:-2]), scope.since or "", scope.until or ""]


def _shown(gradio: Any, scope: Scope, question: str) -> tuple[Any, Any]:
    """What was chosen as chips, and the link to this view; no link where there is nothing to link to."""
    chips = [
        (SHORT[field](value=_named(field, value)), urlencode([(field, value)]))
        for field, value in parse_qsl(query_of(scope))
    ]
    values = [value for _, value in chips]
    query = query_of(scope, question).replace("(", "%28").replace(")", "%29")
    return (
        gradio.CheckboxGroup(choices=chips, value=values, visible=bool(chips)),
        f"[{LINK}](/?{query})" if query else "",
    )
