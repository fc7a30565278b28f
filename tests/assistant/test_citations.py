"""A citation is a fact about text: what does not stand word for word at its place never reaches a reader."""

from dataclasses import replace

import pytest
from fakes import document
from hypothesis import assume, given
from hypothesis import strategies as st
from texts import hostile

from assistant.answer import Citation, DocumentReference, Outcome
from assistant.citations import cite, closest_from, documents_of, newest_date, readable, statements_from, verified
from assistant.compose.draft import Draft, Sentence
from assistant.reader.reading import Evidence
from corpus.document import Document, Span

TEXT = "Latvia and Azerbaijan met.\r\nThey signed in Riga 🇱🇻.\r\n\r\nNothing else was signed."
ARTICLE = document(TEXT)


def evidence_for(quote: str, source: Document = ARTICLE) -> Evidence:
    start = source.text.index(quote)
    return evidence_at(Span(start, start + len(quote)), source)


def evidence_at(span: Span, source: Document) -> Evidence:
    return Evidence(
        document=source,
        span=span,
        text=span.of(source.text),
        score=0.9,
    )


def holding(*documents: Document):
    return {item.id: item for item in documents}.get


GOOD = cite(evidence_for("They signed in Riga 🇱🇻."), 1)


def test_a_quote_that_stands_at_its_place_is_verified() -> None:
    assert verified(GOOD, holding(ARTICLE)) == GOOD
    assert TEXT[GOOD.start : GOOD.end] == GOOD.quote


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(replace(GOOD, start=GOOD.start + 1, end=GOOD.end + 1), id="offsets one to the right"),
        pytest.param(replace(GOOD, start=GOOD.start - 1), id="one character too many in front"),
        pytest.param(replace(GOOD, end=GOOD.end - 1), id="one character too few at the end"),
        pytest.param(replace(GOOD, start=GOOD.end, end=GOOD.start), id="offsets swapped"),
        pytest.param(replace(GOOD, start=GOOD.start - len(TEXT), end=GOOD.end - len(TEXT)), id="counted from the end"),
        pytest.param(replace(GOOD, start=len(TEXT) + 5, end=len(TEXT) + 5 + len(GOOD.quote)), id="past the end"),
        pytest.param(replace(GOOD, quote=GOOD.quote.replace("Riga", "Baku")), id="another word"),
        pytest.param(replace(GOOD, quote=GOOD.quote.lower()), id="another case"),
        pytest.param(replace(GOOD, quote=GOOD.quote + " "), id="white space added"),
        pytest.param(replace(GOOD, quote="", end=GOOD.start), id="empty"),
        pytest.param(replace(GOOD, quote="\r\n", start=26, end=28), id="nothing but white space"),
    ],
)
def test_a_citation_is_dropped_where_it_is(broken: Citation) -> None:
    assert verified(broken, holding(ARTICLE)) is None


def test_a_citation_that_runs_past_the_end_of_the_text_is_dropped() -> None:
    last = cite(evidence_for("Nothing else was signed."), 1)
    assert verified(replace(last, end=last.end + 10), holding(ARTICLE)) is None


def test_a_citation_to_a_document_that_nobody_holds_is_dropped() -> None:
    assert verified(GOOD, holding()) is None


def test_a_citation_to_another_version_of_the_document_is_dropped() -> None:
    assert verified(GOOD, holding(replace(ARTICLE, sha256="1" * 64))) is None


def test_the_text_is_looked_up_and_not_taken_from_the_evidence() -> None:
    """What the evidence carries is what was found; what the store holds is what a reader will open."""
    changed = replace(ARTICLE, text=TEXT.replace("Riga", "Baku"))
    assert verified(GOOD, holding(changed)) is None


# Statements


def test_every_statement_rests_on_its_own_verified_citation() -> None:
    found = [evidence_for("Nothing else was signed."), evidence_for("Latvia and Azerbaijan met.")]
    statements, citations = statements_from(found, holding(ARTICLE))
    assert [str(statement) for statement in statements] == [
        "Nothing else was signed. [1]",
        "Latvia and Azerbaijan met. [2]",
    ]
    assert [citation.quote for citation in citations] == [item.text for item in found]


def test_a_sentence_whose_citation_fails_is_dropped_and_leaves_no_gap_in_the_numbers() -> None:
    elsewhere = replace(ARTICLE, id="unknown")
    found = [
        evidence_for("Nothing else was signed.", elsewhere),
        evidence_for("Latvia and Azerbaijan met."),
        replace(evidence_for("They signed in Riga 🇱🇻."), text="They never signed it."),
        evidence_for("Nothing else was signed."),
    ]
    statements, citations = statements_from(found, holding(ARTICLE))
    assert [statement.text for statement in statements] == ["Latvia and Azerbaijan met.", "Nothing else was signed."]
    assert [citation.number for citation in citations] == [1, 2]


@given(st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)), st.booleans()), max_size=8))
def test_numbers_are_given_in_order_of_first_use(places: list[tuple[int, int, bool]]) -> None:
    found = [
        replace(evidence_at(Span(min(one, other), max(one, other)), ARTICLE), **({} if kept else {"text": "made up"}))
        for one, other, kept in places
    ]
    statements, citations = statements_from(found, holding(ARTICLE))
    used = [number for statement in statements for number in statement.citations]
    assert list(dict.fromkeys(used)) == list(range(1, len(citations) + 1))
    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
    assert all(TEXT[citation.start : citation.end] == citation.quote for citation in citations)


def test_what_comes_closest_is_verified_too() -> None:
    found = [replace(evidence_for("They signed in Riga 🇱🇻."), text="made up"), evidence_for("Nothing else was signed.")]
    closest = closest_from(found, holding(ARTICLE))
    assert [(citation.number, citation.quote) for citation in closest] == [(1, "Nothing else was signed.")]


def test_all_documents_of_a_draft_are_named_before_it_is_verified() -> None:
    """They are fetched in one look, and a citation of any other would be dropped."""
    sources = [replace(ARTICLE, id=name) for name in ("told", "prose", "closest")]
    told, worded, closest = (evidence_for("They signed in Riga 🇱🇻.", source) for source in sources)
    draft = Draft(Outcome.ANSWERED, evidence=(told,), closest=(closest,))
    assert documents_of(draft) == {"told", "closest"}
    assert documents_of(replace(draft, prose=(Sentence("They signed.", (worded, told)),))) == {
        item.id for item in sources
    }


def test_a_citation_says_on_which_page_it_stands() -> None:
    paged = document("First page.\n\nSecond page.", pages=(Span(0, 11), Span(13, 25)))
    assert cite(evidence_for("Second page.", paged), 1).page == 2
    assert GOOD.page is None


def test_a_reference_names_the_source_in_front_of_the_path() -> None:
    assert DocumentReference.to(document("x", source="briefs", path="a/b.md")).path == "briefs/a/b.md"


# Properties


@st.composite
def citations_of_anything(draw: st.DrawFn) -> tuple[Citation, Document]:
    """A citation of any span of any text that is not blank, and the document."""
    text = draw(hostile.filter(str.strip))
    start = draw(st.integers(0, len(text) - 1))
    span = Span(start, draw(st.integers(start + 1, len(text))))
    assume(span.of(text).strip())
    source = document(text)
    return cite(evidence_at(span, source), 1), source


@given(citations_of_anything())
def test_a_citation_made_from_a_text_verifies(made: tuple[Citation, Document]) -> None:
    citation, source = made
    assert verified(citation, holding(source)) == citation


@given(citations_of_anything(), st.data())
def test_a_quote_with_one_character_changed_does_not_verify(made: tuple[Citation, Document], data) -> None:
    citation, source = made
    place = data.draw(st.integers(0, len(citation.quote) - 1))
    other = data.draw(st.characters().filter(lambda character: character != citation.quote[place]))
    before, after = citation.quote[:place], citation.quote[place + 1 :]
    for quote in (before + other + after, before + after, before + other + citation.quote[place:]):
        assert verified(replace(citation, quote=quote), holding(source)) is None


@given(hostile, st.integers(-50, 400), st.integers(-50, 400), st.text(max_size=20))
def test_nothing_verifies_but_the_text_itself(text: str, start: int, end: int, made_up: str) -> None:
    source = document(text)
    for quote in (made_up, text[start:end]):
        citation = Citation(1, quote, start, end, None, DocumentReference.to(source))
        if verified(citation, holding(source)) is not None:
            assert 0 <= start < end <= len(text)
            assert source.text[start:end] == quote


# What is read


@pytest.mark.parametrize(
    ("quote", "prose"),
    [
        ("They signed\r\nin  Riga.", "They signed in Riga."),
        ("  The **Riga** agreement ", "The Riga agreement"),
        ("The __new__ agreement", "The new agreement"),
        ("See [the agreement](https://example.org/a?b=1).", "See the agreement."),
        ("3 * 4 ** 2", "3 * 4 ** 2"),
        ("A [note] in brackets", "A [note] in brackets"),
        ("", ""),
    ],
)
def test_a_quote_reads_as_prose(quote: str, prose: str) -> None:
    assert readable(quote) == prose


@given(hostile)
def test_prose_has_only_single_spaces(quote: str) -> None:
    assert readable(quote) == " ".join(readable(quote).split())


@given(st.text(alphabet=st.characters(exclude_characters="[]()*_")))
def test_prose_keeps_every_word_of_a_quote_without_markup(quote: str) -> None:
    assert readable(quote).split() == quote.split()


def dated(quote: str, published: str | None) -> Citation:
    return cite(evidence_for(quote, document(quote, published=published)), 1)


def test_an_answer_is_as_of_its_newest_source_unless_an_undated_one_speaks_of_later() -> None:
    may, december = dated("They met.", "2025-05-20"), dated("They signed.", "2025-12-04")
    assert newest_date([may, december]) == "2025-12-04"
    assert newest_date([]) is None
    assert newest_date([dated("It was extended on 1 May 2026.", None)]) is None
    assert newest_date([may, dated("It was extended on 1 May 2026.", None)]) is None
    assert newest_date([december, dated("It was proposed in May 2025, for all of 2027.", None)]) == "2025-12-04"
