import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from each import each
from fakes import document
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from payloads import PAYLOADS
from texts import hostile

from assistant.answer import Answer, Citation, DocumentReference, Outcome, Statement
from corpus.document import Document, Span
from ui.chat.sources import SURROUNDINGS, cited_by, sources_as_markdown, surroundings
from ui.pages.documents.page import document_page, missing_document_page, span_within
from ui.rendering import (
    DRAFT,
    answer_as_markdown,
    answer_as_text,
    document_url,
    escape_markdown,
    failure_as_markdown,
    one_line,
    readable_date,
    safe_url,
)
from ui.style import STYLE_HASH

TEXT = "The ministers met in Riga. Latvia and Azerbaijan signed an agreement on 4 December 2025. It is not in force."
QUOTE = "Latvia and Azerbaijan signed an agreement on 4 December 2025."
SOURCE = document(
    TEXT,
    id="d1",
    title="An agreement",
    publisher="Trend",
    published="2025-12-04",
    url="https://example.org/a?b=c&d=(e)",
    path="folder/a.md",
    source="briefs",
)


def citation(source: Document = SOURCE, quote: str = QUOTE, number: int = 1) -> Citation:
    start = source.text.index(quote)
    return Citation(number, quote, start, start + len(quote), source.page_of(start), DocumentReference.to(source))


def answer(*citations: Citation, **values: object) -> Answer:
    settings = {
        "question": "What was agreed?",
        "standalone_question": "What was agreed?",
        "outcome": Outcome.ANSWERED,
        "statements": tuple(Statement(item.quote, (item.number,)) for item in citations),
        "citations": citations,
        **values,
    }
    return Answer(**settings)  # type: ignore[arg-type]


def refusal(*closest: Citation) -> Answer:
    remark = Statement("The documents do not answer this: none of them names France.")
    return answer(outcome=Outcome.NOT_FOUND, statements=(remark,), closest=closest)


class Parsed(HTMLParser):
    """The elements of an HTML text, their attributes, and their text, whole and by element id or tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in ("meta", "br", "hr", "img", "input"):
            self._open.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for name in {tag for tag, _ in self._open} | {"all"}:
            self.texts[name] = self.texts.get(name, "") + data

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    @property
    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.elements if tag == "a"]


def shown(markdown: str) -> Parsed:
    """Markdown as a permissive renderer shows it: HTML let through, tables and strikethrough on."""
    return Parsed(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))


def poisoned(payload: str) -> Document:
    return document(
        f"Before it. {payload} After it.",
        id=payload,
        title=payload,
        publisher=payload,
        published=payload,
        url=payload,
        path=payload,
        source=payload,
        language=payload,
        parties=(payload,),
        sha256=payload,
    )


def assert_inert(parsed: Parsed, allowed: set[str]) -> None:
    assert parsed.tags <= allowed
    for tag, attributes in parsed.elements:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
    for link in parsed.links:
        assert re.match(r"/(documents/|documents$|timeline$|$)|https?://|#(marker|sources)-\d|\?lang=", link), link
        assert not re.search(r"[\s<>\"'`\\]", link), link


# Markdown


@each("payload", PAYLOADS)
def test_a_payload_in_markdown_comes_out_as_the_text_it_is(payload: str) -> None:
    parsed = shown(escape_markdown(payload))
    assert parsed.tags <= {"p"}
    assert parsed.texts.get("all", "").strip() == one_line(payload)


@given(hostile)
def test_any_text_in_markdown_comes_out_as_the_text_it_is(text: str) -> None:
    parsed = shown(escape_markdown(text))
    assert parsed.tags <= {"p"}
    assert parsed.texts.get("all", "").strip() == one_line(text)


@each("payload", PAYLOADS)
def test_a_poisoned_answer_and_its_sources_hold_no_markup_but_ours(payload: str) -> None:
    source = poisoned(payload)
    cited = citation(source, f"{payload} After it.")
    given_answer = answer(
        cited,
        question=payload,
        standalone_question=f"{payload} ?",
        as_of=payload,
        warnings=(payload,),
        closest=(cited,),
    )
    for markdown in (answer_as_markdown(given_answer), failure_as_markdown(payload)):
        assert_inert(shown(markdown), {"div", "p", "a", "ul", "li"})
    panel = sources_as_markdown(cited_by(given_answer, 1), lambda _: source)
    assert_inert(shown(panel), {"section", "h2", "h3", "div", "p", "a", "span", "blockquote", "mark"})
    assert one_line(cited.quote) == shown(panel).texts["mark"]


def test_markers_open_their_passage() -> None:
    cited = citation()
    parsed = shown(answer_as_markdown(answer(cited)))
    assert parsed.links == [f"/documents/d1?start={cited.start}&end={cited.end}#passage", "#sources-1"]
    assert "[1]" in parsed.texts["a"]


def test_a_document_id_cannot_leave_its_place_in_the_link() -> None:
    reference = replace(citation().document, id="../x?y#z (a)")
    assert document_url(replace(citation(), document=reference)).startswith(
        "/documents/..%2Fx%3Fy%23z%20%28a%29?start="
    )


def test_a_marker_without_its_citation_is_not_shown() -> None:
    markdown = answer_as_markdown(answer(citation(), statements=(Statement("A claim.", (1, 7)),)))
    assert shown(markdown).texts["a"] == "[1]1 source"


def test_a_citation_used_twice_is_marked_twice_and_can_be_led_back_to_once() -> None:
    twice = answer(citation(), statements=(Statement("One claim.", (1,)), Statement("Another.", (1,))))
    markers = [item for tag, item in shown(answer_as_markdown(twice, 7)).elements if item.get("class") == "marker"]
    assert [marker.get("id") for marker in markers] == ["marker-7-1", None]
    assert len({marker["href"] for marker in markers}) == 1


def test_an_answer_tells_its_date_and_its_warnings() -> None:
    text = shown(answer_as_markdown(answer(citation(), as_of="2026-02", warnings=("Mind this.",)))).texts["all"]
    assert "As of February 2026" in text
    assert text.index("Mind this.") < text.index(QUOTE), "what has to be known of an answer is read before it"


def test_the_assistants_own_remark_is_told_apart_from_what_is_quoted() -> None:
    remark = Statement("The documents differ on this; what each of them reports:")
    parsed = shown(answer_as_markdown(answer(citation(), statements=(remark, Statement(QUOTE, (1,))))))
    assert [item["class"] for tag, item in parsed.elements if tag == "p" and item] == ["remark"]


def test_the_standalone_question_is_shown_only_where_it_differs() -> None:
    assert "Understood as" not in answer_as_markdown(answer(citation(), standalone_question="What  was agreed? "))
    followed = answer_as_markdown(answer(citation(), standalone_question="What did Latvia agree?"))
    assert "Understood as: What did Latvia agree?" in shown(followed).texts["all"]


def test_a_refusal_shows_the_closest_passages_as_closest_and_without_numbers() -> None:
    markdown = answer_as_markdown(refusal(citation()))
    assert 'class="answer not-found"' in markdown
    text = shown(markdown).texts["all"]
    assert text.index("Not found") < text.index("none of them names France") < text.index("comes closest")
    assert "[1]" not in text
    panel = shown(sources_as_markdown(cited_by(refusal(citation()), 1), lambda _: SOURCE))
    assert "What comes closest" in panel.texts["h2"]
    assert "span" not in panel.tags, "a passage that is no source carries no number"


def test_the_panel_shows_the_quote_within_its_surroundings() -> None:
    parsed = shown(sources_as_markdown(cited_by(answer(citation()), 1), lambda _: SOURCE))
    assert parsed.texts["mark"] == QUOTE
    assert " ".join(parsed.texts["blockquote"].split()) == TEXT
    assert "https://example.org/a?b=c&d=%28e%29" in parsed.links
    for fact in ("An agreement", "Trend", "4 December 2025", "briefs/folder/a.md"):
        assert fact in parsed.texts["all"]


def test_surroundings_are_short_whole_words_and_no_furniture() -> None:
    text = "HEADER " + "before " * 60 + "The quote." + " after" * 60 + " FOOTER"
    source = document(text, furniture=(Span(0, 7), Span(len(text) - 7, len(text))))
    before, after = surroundings(citation(source, "The quote."), source)
    assert set(before.removeprefix("…").split()) == {"before"}
    assert set(after.removesuffix("…").split()) == {"after"}
    assert SURROUNDINGS - 50 < len(before) + len(after) <= SURROUNDINGS + 2
    near = document("HEADER The quote. FOOTER", furniture=(Span(0, 7), Span(18, 24)))
    assert [part.strip() for part in surroundings(citation(near, "The quote."), near)] == ["", ""]


def test_surroundings_of_a_document_that_is_gone_or_differs_are_empty() -> None:
    assert surroundings(citation(), None) == ("", "")
    assert surroundings(citation(), document("Something else.")) == ("", "")


@each(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.example",
        "/documents/x",
        "http://",
        "http://[",
        "https://example.org/a b",
        "https://example.org/\n",
        "ftp://example.org",
        "httpsx://example.org",
    ],
)
def test_only_addresses_of_the_web_become_links(url: str | None) -> None:
    assert safe_url(url) is None


def test_an_address_cannot_end_its_link() -> None:
    assert safe_url('https://example.org/a)"><b>[x](y)') == "https://example.org/a%29%22%3E%3Cb%3E%5Bx%5D%28y%29"


@pytest.mark.parametrize(
    ("date", "told"),
    [("2025-12-04", "4 December 2025"), ("2025-11", "November 2025"), ("2025", "2025"), ("2025-13-40", "2025-13-40")],
)
def test_dates_read_as_people_write_them(date: str, told: str) -> None:
    assert readable_date(date) == told


# Text


def test_the_text_tells_where_each_source_stands() -> None:
    text = answer_as_text(answer(citation(), as_of="2025-12-04"))
    for part in (f"{QUOTE} [1]", "[1] An agreement", "Trend, 4 December 2025", "briefs/folder/a.md, characters 27–88"):
        assert part in text
    assert "https://example.org/a" in text
    assert f"“{QUOTE}”" not in text, "the answer has the quote word for word already"


def test_the_text_of_a_reworded_answer_gives_the_quote() -> None:
    assert f"“{QUOTE}”" in answer_as_text(answer(citation(), statements=(Statement("They signed.", (1,)),)))


def test_the_text_of_a_refusal_gives_the_closest_as_closest() -> None:
    text = answer_as_text(refusal(citation()))
    assert text.index("none of them names France") < text.index("not sources of an answer") < text.index(QUOTE)
    assert "\nSources" not in text


def test_text_for_a_letter_has_no_line_broken() -> None:
    long = answer(citation(), statements=(Statement("word " * 60, (1,)),))
    assert max(map(len, answer_as_text(long).splitlines())) <= 100
    assert f"{'word ' * 60}[1]" in answer_as_text(long, width=None)


@each("payload", PAYLOADS)
def test_a_terminal_gets_no_control_characters(payload: str) -> None:
    cited = citation(poisoned(payload), f"{payload} After it.")
    text = answer_as_text(answer(cited, standalone_question=payload, warnings=(payload,), closest=(cited,)))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


# The document page

PAGE_TAGS = set(
    "html head meta title style body main header nav p a h1 dl div dt dd article mark footer details summary".split()
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[Document, Span | None]:
    text = draw(hostile)
    edges = st.integers(0, len(text))
    spans = st.tuples(edges, edges).map(lambda pair: Span(min(pair), max(pair)))
    pages = sorted(draw(st.lists(edges, max_size=4)))
    made = document(
        text,
        furniture=tuple(draw(st.lists(spans, max_size=3))),
        pages=tuple(Span(first, last) for first, last in pairwise([*pages, len(text)])),
    )
    highlight = draw(st.none() | spans)
    return made, highlight if highlight is not None and len(highlight) else None


def representable(text: str) -> str:
    return re.sub("[\x00\ud800-\udfff]", "\ufffd", text)


@given(documents())
def test_the_page_shows_the_text_character_for_character(made: tuple[Document, Span | None]) -> None:
    source, highlight = made
    parsed = Parsed(document_page(source, highlight))
    assert parsed.texts.get("article", "") == representable(source.text)
    assert parsed.texts.get("mark", "") == (representable(highlight.of(source.text)) if highlight else "")
    assert [attributes.get("id") for tag, attributes in parsed.elements if tag == "mark"] == ["passage"] * bool(
        highlight
    )
    assert parsed.tags <= PAGE_TAGS


@each("payload", PAYLOADS)
def test_a_poisoned_document_is_shown_and_does_nothing(payload: str) -> None:
    source = poisoned(payload)
    highlight = Span(11, 11 + len(payload))
    page = document_page(source, highlight, current=False, newer=payload)
    parsed = Parsed(page)
    assert_inert(parsed, PAGE_TAGS)
    assert parsed.texts["article"] == representable(source.text)
    assert parsed.texts["h1"] == parsed.texts["title"] == one_line(payload)
    assert page.count("<style>") == page.count("<title>") == page.count("<h1") == 1


def test_the_passage_is_marked_exactly() -> None:
    start = TEXT.index(QUOTE)
    parsed = Parsed(document_page(SOURCE, span_within(SOURCE, start, start + len(QUOTE))))
    assert parsed.texts["mark"] == QUOTE
    assert ("h1", {"dir": "auto"}) in parsed.elements
    for fact in ("Trend", "4 December 2025", "briefs/folder/a.md", "characters 27–88"):
        assert fact in parsed.texts["main"]


@pytest.mark.parametrize(
    ("start", "end"), [(None, 3), (3, None), (-1, 3), (3, 3), (5, 3), (0, len(TEXT) + 1), (10**30, 10**31)]
)
def test_a_span_outside_the_text_is_not_highlighted(start: int | None, end: int | None) -> None:
    assert span_within(SOURCE, start, end) is None


def test_paragraphs_pages_headings_and_furniture_are_told_apart() -> None:
    text = "---\ntitle: x\n---\n\n# Heading\n\nOne line\nand its next.\n\nShare this\n\nSecond page."
    share = text.index("Share this")
    second = text.index("Second page.")
    source = document(
        text,
        furniture=(Span(0, 17), Span(share, share + 10)),
        pages=(Span(0, second), Span(second, len(text))),
    )
    page = document_page(source)
    assert "<details>" in page
    assert '<p class="heading"># Heading</p>' in page
    assert "<p>One line\nand its next.</p>" in page
    assert '<p class="furniture">Share this</p>' in page
    assert '<div class="page" data-page="Page 2"></div><p>Second page.</p>' in page


def test_a_superseded_document_says_so_and_links_to_the_current_one() -> None:
    assert "has since" not in document_page(SOURCE)
    changed = Parsed(document_page(SOURCE, current=False, newer="d2"))
    assert "has since changed" in changed.texts["main"]
    assert "/documents/d2" in changed.links
    assert "has since been removed" in document_page(SOURCE, current=False)


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    for page in (document_page(SOURCE), missing_document_page()):
        assert Parsed(page).tags <= PAGE_TAGS
        assert "url(" not in page
        assert "@import" not in page
    assert STYLE_HASH.startswith("sha256-")


# With a language model


def test_an_answer_in_a_models_words_says_so_and_a_quoted_one_does_not() -> None:
    quoted = answer(citation())
    worded = replace(quoted, composer="openai:<model>")
    assert "Worded by" not in answer_as_markdown(quoted) + answer_as_text(quoted)
    assert "Worded by openai:&#60;model&#62;; every sentence was checked" in answer_as_markdown(worded)
    assert "Worded by openai:<model>; every sentence was checked" in answer_as_text(worded, width=None)


def test_a_draft_is_called_one_until_it_has_settled() -> None:
    draft = replace(answer(citation()), composer="openai:model", is_draft=True)
    assert str(DRAFT) in answer_as_markdown(draft)
    assert "Worded by" not in answer_as_markdown(draft)
    assert str(DRAFT) not in answer_as_markdown(replace(draft, is_draft=False))
