"""The headings above a passage, by form alone."""

from fakes import FakeEncoder, document

from corpus.document import Span
from corpus.text.chunking import ChunkingParameters, passages
from corpus.text.sections import context_of, contexts_of, headings

TREATY = """#### CONSTITUTION

### CHAPTER  I

#### *Objective.*

### Article  1

The objective of the Organization shall be the attainment by all peoples of the highest possible level of health.

### CHAPTER  II

### Article  2

The functions of the Organization shall be to act as the directing authority on international health work.
"""


def at(text: str, words: str, **values: object) -> str:
    start = text.index(words)
    return context_of(document(text, **values), Span(start, start + len(words)))


def test_an_article_stands_in_its_chapter() -> None:
    assert at(TREATY, "The objective", title="Constitution") == "Constitution · CHAPTER I · Article 1"
    assert at(TREATY, "The functions", title="Constitution") == "Constitution · CHAPTER II · Article 2"


def test_unmarked_lines_of_a_word_and_a_number_are_headings_in_every_language() -> None:
    for word in ("Article", "Artikel", "Статья", "Maddə", "Pants"):
        text = f"{word} 1\n\nEach Party shall bear its own costs.\n\n{word} 2. Costs\n\nNo fee is due."
        assert at(text, "Each Party", title="T") == f"T · {word} 1"
        assert at(text, "No fee", title="T") == f"T · {word} 2. Costs"


def test_rows_of_a_table_do_not_count_up_and_are_no_headings() -> None:
    assert not headings("Deaths 12\nCases 140\nDeaths 9\nCases 120\n")
    assert len(headings("Chapter I\n\nWords.\n\nChapter II\n\nWords.\n\nChapter IV\n\nWords.\n")) == 3


def test_a_sentence_that_names_an_article_is_no_heading() -> None:
    assert not headings("Under Article 5 of this agreement each party bears its costs.\nArticle 5 says so, however;")


def test_title_and_date_stand_in_front_and_a_heading_that_is_the_title_is_not_told_twice() -> None:
    text = "# Talks in Riga\n\nThey met."
    assert at(text, "They met", title="Talks in Riga", published="2025-12-04") == "Talks in Riga · 2025-12-04"
    assert contexts_of(document("They met."), []) == []


def test_a_passage_begins_with_its_heading_where_the_one_before_holds_enough() -> None:
    found = passages(document(TREATY), FakeEncoder().count_tokens, ChunkingParameters(longest=60, enough=50, least=8))
    assert [passage.text.startswith("### Article  2") or "Article  2" not in passage.text for passage in found]
    assert any("Article  1" in passage.text and "Article  2" not in passage.text for passage in found)
    for passage in found:
        assert passage.span.of(TREATY) == passage.text
