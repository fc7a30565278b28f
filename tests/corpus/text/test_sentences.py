import time
from itertools import pairwise
from pathlib import Path

import pytest
from each import each
from hypothesis import given
from hypothesis import strategies as st
from texts import hostile

from corpus.document import Span
from corpus.text.sentences import blocks, sentences, without_marker


def split(text):
    """The sentences of a text, as strings."""
    return [span.of(text) for block in blocks(text) for span in sentences(text, block)]


def assert_exact(text, area, spans):
    """In order, not overlapping, trimmed, and covering every character of `area` that is not white space."""
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(area.start <= span.start < span.end <= area.end for span in spans)
    assert all(span.of(text) == span.of(text).strip() for span in spans)
    covered = {offset for span in spans for offset in range(span.start, span.end)}
    missed = [offset for offset in range(area.start, area.end) if offset not in covered and not text[offset].isspace()]
    assert not missed


@given(hostile)
def test_blocks_cover_the_text_exactly(text):
    assert_exact(text, Span(0, len(text)), list(blocks(text)))


@given(hostile, st.data())
def test_blocks_stay_within_the_part_they_are_asked_for(text, data):
    start = data.draw(st.integers(0, len(text)))
    area = Span(start, data.draw(st.integers(start, len(text))))
    assert_exact(text, area, list(blocks(text, area)))


@given(hostile)
def test_sentences_cover_their_block_exactly(text):
    for block in blocks(text):
        assert_exact(text, block, sentences(text, block))


@given(hostile)
def test_a_marker_is_only_ever_taken_from_the_front(text):
    for block in blocks(text):
        for span in sentences(text, block):
            bare = without_marker(text, span)
            assert span.start <= bare.start < bare.end == span.end


@each(
    "sentence",
    [
        "Dr. Musayev met Mr. Abu Meri and Prof. Skuja in Baku.",
        "J. Smith and A. B. Jones of the U.N. office signed it.",
        "Under Article 5.2. of the treaty this applies.",
        "Growth was 3.5 percent, or 1.250.000 people.",
        "See Art. 7, No. 12 and Fig. 3 of the report.",
        "Tools exist, e.g. Registries, and others, i.e. Surveys.",
        "Am 4. Dezember traf der Minister ein.",
        "Es geschah am 19. September in Riga.",
        "2022. gada 19. septembrī ministrs ieradās Baku.",
        "Sapulce notika 19. septembrī plkst. 10 Rīgā.",
        "В 2022 г. министр посетил Баку.",
        "“It is very useful for us,” he added.",
        "The cost was approx. 5 million, the cap. was higher.",
    ],
)
def test_an_abbreviation_or_number_does_not_end_a_sentence(sentence):
    assert split(sentence) == [sentence]


@each(
    ("text", "count"),
    [
        ("One thing. Another thing.", 2),
        ("Is it so? It is! Good.", 3),
        ("It applies under Article 5.2. The rest does not.", 2),
        ("“We agreed.” He left.", 2),
        ("He said (again.) She left.", 2),
        ("They met in Riga… Then they left.", 2),
        ("健康合作。我们同意。", 2),
        ("It cost 45. That was much.", 2),
        ("It happened in 2022. That was late.", 2),
        ("He met the minister.\r\nShe met the envoy.", 2),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text, count):
    assert len(split(text)) == count


def test_hard_wrapped_lines_are_one_sentence():
    text = (
        "The delegation met the Minister of Health of the Republic\n"
        "of Azerbaijan and the director of the agency in the capital\n"
        "to discuss the mission."
    )
    assert split(text) == [text]


def test_a_short_line_without_punctuation_is_its_own_block():
    assert split("Health cooperation\nThe ministers met in Baku.") == [
        "Health cooperation",
        "The ministers met in Baku.",
    ]


@each("marker", ["- ", "* ", "• ", "1. ", "2) ", "a) ", "# ", "> "])
def test_list_items_and_headings_are_separate_blocks(marker):
    first = f"{marker}A first item that is long enough to look like a wrapped line of prose"
    second = f"{marker}A second item"
    text = f"{first}\n{second}"
    assert [block.of(text) for block in blocks(text)] == [first, second]


def test_a_number_in_front_of_an_item_is_no_sentence():
    assert split("1. The first item stands here.") == ["1. The first item stands here."]


@pytest.mark.parametrize(("text", "bare"), [("- An item", "An item"), ("## Heading", "Heading"), ("> Quote", "Quote")])
def test_a_marker_is_layout_and_not_part_of_the_sentence(text, bare):
    assert without_marker(text, Span(0, len(text))).of(text) == bare


def test_a_book_in_one_paragraph_is_split_in_seconds():
    text = "A short sentence. " * 60_000
    started = time.monotonic()
    assert len(sentences(text, Span(0, len(text)))) == 60_000
    assert time.monotonic() - started < 10


CASES = Path(__file__).parents[2] / "cases"


@pytest.mark.parametrize(
    ("case", "sentences_in_it"),
    [("wrapped40.txt", 2), ("wrapped_abbr.txt", 1), ("wrapped_dash.txt", 1), ("footnote_markers.txt", 4)],
)
def test_a_line_break_or_a_note_number_neither_ends_nor_hides_an_end(case, sentences_in_it):
    found = split((CASES / "misc" / case).read_text())
    assert len(found) == sentences_in_it
    assert all(sentence.rstrip("0123456789[]").endswith(".") for sentence in found)


def test_a_short_line_of_markdown_that_goes_on_with_a_small_letter_is_one_sentence():
    assert split((CASES / "breaks" / "br.md").read_text())[1] == (
        "The health ministries of Latvia and Spain\nsigned an agreement on transplants\non 5 May 2025 in Madrid."
    )


def test_the_lines_of_a_list_item_are_one_sentence():
    assert len(split((CASES / "misc" / "hardwrap_list.md").read_text())) == 2


def test_a_word_parted_at_a_lines_end_is_in_one_sentence():
    text = "The ministries of Latvia and Slo-\nvenia signed it.³ It holds for ten years.[4] Dr.\nOzols was there."
    assert split(text)[:2] == ["The ministries of Latvia and Slo-\nvenia signed it.³", "It holds for ten years.[4]"]


@pytest.mark.parametrize(
    "text",
    [
        "Present: Ms. A. Kalnina (Latvia), Mr. B. Tavares (Cabo Verde)\nItem 1: Grants\nThe grant was raised.",
        "Short line\nAnother short line\nAnd a third one",
        "First point of the list;\n– second point of the list;\n– third point of the list.",
        "It covers versions 1.2 and 3.4 of it.\nThe rest is new.\nSo it is.",
    ],
)
def test_lines_that_stand_for_themselves_stay_apart(text):
    assert split(text) == text.split("\n")
