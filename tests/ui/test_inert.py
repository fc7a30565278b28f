"""Hostile words make the same elements as harmless ones: nothing from outside is markup, wherever it is shown.

Whatever may come from outside is set to a payload, the Markdown is rendered with raw HTML allowed, and the HTML is
parsed: its elements and attributes must be the very ones that plain words give, and its links those of the citations.
"""

import html
from dataclasses import replace

import pytest
from each import each
from fakes import document
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markup import MASTHEAD, Html, parse
from payloads import NAMED, every_payload
from texts import hostile

from assistant.answer import Answer, Citation, DocumentReference, Outcome, Statement
from corpus.document import Document
from ui.chat.sources import cited_by, sources_as_markdown
from ui.pages.documents.page import document_page
from ui.rendering import (
    answer_as_markdown,
    document_url,
    escape_markdown,
    failure_as_markdown,
    one_line,
    readable_date,
    safe_url,
)
from ui.style import STYLE

HARMLESS = "Plain words"
OUTCOMES = (Outcome.ANSWERED, Outcome.PARTIAL, Outcome.NOT_FOUND)
every_outcome = each("outcome", OUTCOMES)
# Anything that Markdown gives a meaning to, in every order.
marks = st.text("#*_-+=`~[]()!<>|\\:/.@&;'\"$%^{} \n\t01axwW", min_size=1).filter(one_line)


def rendered(markdown: str) -> Html:
    return parse(MarkdownIt("js-default", {"html": True, "linkify": False}).render(markdown))


def answer_from(text: str, outcome: Outcome = Outcome.ANSWERED) -> tuple[Answer, Document]:
    """An answer in which every word from outside is `text`, and the document that it cites."""
    values = {"title": text, "publisher": text, "path": text, "source": text, "published": "2025-12-04"}
    found = document(f"{text} {text} {text}", **values)
    start, end = len(text) + 1, 2 * len(text) + 1
    cited = (Citation(1, found.text[start:end], start, end, None, DocumentReference.to(found)),)
    refused = outcome is Outcome.NOT_FOUND
    answer = Answer(
        question="What did they agree on?",
        standalone_question=text,
        outcome=outcome,
        statements=(Statement("A remark."), Statement(text, () if refused else (1,))),
        citations=() if refused else cited,
        closest=cited if refused else (),
        as_of=None if refused else text,
        warnings=(text,),
    )
    return answer, found


def conversation(answer: Answer) -> Html:
    return rendered(answer_as_markdown(answer))


def panel(answer: Answer, found: Document) -> Html:
    return rendered(sources_as_markdown(cited_by(answer, 1), lambda _: found))


def passage_urls(answer: Answer, *within: str) -> set[str]:
    """Where the links about an answer may lead: to its passages, and within the page."""
    return {document_url(citation) for citation in (*answer.citations, *answer.closest)} | set(within)


@every_payload
@every_outcome
def test_hostile_words_in_an_answer_are_shown_and_do_nothing(payload: str, outcome: Outcome) -> None:
    (answer, _), (harmless, _) = answer_from(payload, outcome), answer_from(HARMLESS, outcome)
    page = conversation(answer)
    assert page.structure == conversation(harmless).structure
    assert page.addresses == passage_urls(answer, "#sources-1")
    assert page.one("p", class_="warning").text == one_line(payload)


@every_payload
@every_outcome
def test_hostile_words_in_a_source_are_shown_and_do_nothing(payload: str, outcome: Outcome) -> None:
    (answer, found), (harmless, plain) = answer_from(payload, outcome), answer_from(HARMLESS, outcome)
    page = panel(answer, found)
    assert page.structure == panel(harmless, plain).structure
    assert page.addresses == passage_urls(answer, "#marker-1-1")
    assert page.one("mark").text == one_line(payload)
    assert page.one("h3").text.endswith(one_line(payload))
    assert page.one("p", class_="path").text == one_line(f"{payload}/{payload}")


@every_payload
def test_hostile_words_in_a_failure_are_shown_and_do_nothing(payload: str) -> None:
    page = rendered(failure_as_markdown(payload))
    assert page.structure == rendered(failure_as_markdown(HARMLESS)).structure
    assert one_line(payload) in page.text


@every_payload
def test_hostile_words_about_a_document_are_shown_and_do_nothing(payload: str) -> None:
    def page_about(words: str) -> Html:
        values = {"title": words, "publisher": words, "published": words, "path": words, "source": words}
        return parse(document_page(document("Text.", **values, parties=(words,), language=words, sha256=words)))

    page = page_about(payload)
    assert page.structure == page_about(HARMLESS).structure
    assert page.addresses == MASTHEAD
    assert page.one("h1").text == page.one("title").text == one_line(payload)
    assert [fact.text for fact in page.all("dd")] == [one_line(payload)] * 3
    assert page.one("style").text == STYLE


@given(marks, st.sampled_from(OUTCOMES))
def test_no_order_of_marks_acts_wherever_it_is_shown(text: str, outcome: Outcome) -> None:
    (answer, found), (harmless, plain) = answer_from(text, outcome), answer_from(HARMLESS, outcome)
    assert conversation(answer).structure == conversation(harmless).structure
    assert panel(answer, found).structure == panel(harmless, plain).structure
    assert panel(answer, found).one("mark").text == one_line(text)


@given(hostile | marks)
def test_escaped_text_is_one_paragraph_of_just_that_text(text: str) -> None:
    assume(one_line(text))
    page = rendered(escape_markdown(text))
    assert page.structure == [("p", ())]
    assert page.one("p").text == html.unescape(escape_markdown(text)) == one_line(text)


def test_rendering_without_escaping_would_be_noticed() -> None:
    markdown = answer_as_markdown(answer_from(HARMLESS)[0])
    unescaped = [rendered(markdown.replace(HARMLESS, payload)) for payload in NAMED.values()]
    noticed = [page.structure != rendered(markdown).structure for page in unescaped]
    assert sum(noticed) > len(NAMED) // 2, "the control: most payloads act where they are not escaped"


# Addresses and dates


@pytest.mark.parametrize(
    "url",
    [
        *("https://example.org/a_(b)_*c*", 'https://example.org/"onclick="alert(1)', "https://example.org/<img>?y=`z`"),
        *("https://example.org/?a&copy;b&lt;c", "https://example.org/&#41;&#x22;", "https://example.org/a\\)b"),
        "https://user:word@example.org/[x](javascript:alert(1))",
    ],
)
def test_the_originals_link_leads_just_there_and_is_only_a_link(url: str) -> None:
    answer, found = answer_from(HARMLESS)
    cited = replace(answer.citations[0], document=replace(answer.citations[0].document, url=url))
    page = panel(replace(answer, citations=(cited,)), found)
    assert page.addresses == {document_url(cited), safe_url(url), "#marker-1-1"}
    assert page.one("a", class_="original").attributes == {"href": safe_url(url), "class": "original"}
    original = parse(document_page(replace(found, url=url))).all("a")[-1]
    assert original.attributes["href"] == original.text == safe_url(url)
    assert original.attributes.keys() == {"href", "rel", "target"}


@each("payload", [payload for payload in NAMED.values() if safe_url(payload) is None])
def test_a_hostile_address_is_no_link_and_not_shown(payload: str) -> None:
    answer, found = answer_from(HARMLESS)
    cited = replace(answer.citations[0], document=replace(answer.citations[0].document, url=payload))
    hostile_one = cited_by(replace(answer, citations=(cited,)), 1)
    assert sources_as_markdown(hostile_one, lambda _: found) == sources_as_markdown(
        cited_by(answer, 1), lambda _: found
    )
    assert document_page(replace(found, url=payload)) == document_page(found)


@pytest.mark.parametrize("date", ["2025-13", "2025-00-01", "2025-01-32", "25-01-01", "2025-12-04T10:00"])
def test_what_is_no_date_is_not_made_one(date: str) -> None:
    assert readable_date(date) == date
