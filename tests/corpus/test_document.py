import pytest
from fakes import document
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Span

spans = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda ends: Span(min(ends), max(ends)))


@given(spans, spans)
def test_spans_overlap_exactly_where_they_share_a_character(one, other):
    shared = set(range(one.start, one.end)) & set(range(other.start, other.end))
    assert one.overlaps(other) == bool(shared)
    assert other.overlaps(one) == bool(shared)


@given(spans, st.text(min_size=30))
def test_a_span_has_the_length_of_the_text_it_covers(span, text):
    assert len(span) == len(span.of(text))


@pytest.mark.parametrize("ends", [(-1, 3), (4, 3)])
def test_a_span_that_runs_backwards_is_refused(ends):
    with pytest.raises(ValueError, match="not a span"):
        Span(*ends)


def test_a_document_without_pages_has_no_page_numbers():
    assert document("Some text.").page_of(3) is None


def test_every_offset_of_a_paged_document_is_on_a_page():
    paged = document("One.\n\nTwo.\n\n\n\nFour.", pages=(Span(0, 4), Span(6, 10), Span(12, 12), Span(14, 19)))
    assert [paged.page_of(offset) for offset in (0, 3, 6, 9, 14, 18)] == [1, 1, 2, 2, 4, 4]
    assert paged.page_of(1000) == 4
