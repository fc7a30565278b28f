import re
import time
from itertools import pairwise

import pytest
from each import each
from fakes import FakeEncoder, document
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import hostile

from corpus.document import Span
from corpus.encoder.protocol import LONGEST_INPUT, with_titles
from corpus.text.chunking import ChunkingParameters, passages
from corpus.text.furniture import furniture

SMALL = ChunkingParameters(longest=20, enough=8)
count_tokens = FakeEncoder().count_tokens


def cut(text, parameters=SMALL, **values):
    """The passages of a text, with its furniture left out as a reader would."""
    return passages(document(text, furniture=furniture(text), **values), count_tokens, parameters)


@given(hostile)
def test_every_passage_is_the_text_between_its_offsets(text):
    for passage in cut(text):
        assert passage.text == text[passage.span.start : passage.span.end] == passage.text.strip() != ""


@given(hostile)
def test_passages_are_in_order_and_never_overlap(text):
    made = cut(text)
    assert all(one.span.end <= other.span.start for one, other in pairwise(made))
    assert [passage.ordinal for passage in made] == list(range(len(made)))
    assert len({passage.id for passage in made}) == len(made)


@given(hostile)
def test_every_word_outside_the_furniture_is_in_a_passage(text):
    left = list(text)
    for span in [*furniture(text), *(passage.span for passage in cut(text))]:
        left[span.start : span.end] = " " * len(span)
    assert not "".join(left).strip()


@given(hostile)
def test_furniture_is_never_in_a_passage(text):
    assert not [1 for passage in cut(text) for span in furniture(text) if passage.span.overlaps(span)]


@given(hostile)
def test_no_passage_exceeds_its_budget(text):
    assert all(tokens <= SMALL.longest for tokens in count_tokens([passage.text for passage in cut(text)]))


@given(st.lists(st.text(alphabet="abc. \n", max_size=200), min_size=1, max_size=5))
def test_no_passage_crosses_the_end_of_a_page(texts):
    text, pages, start = "\n\n".join(texts), [], 0
    for page in texts:
        pages.append(Span(start, start + len(page)))
        start += len(page) + 2
    for passage in passages(document(text, pages=tuple(pages)), count_tokens, SMALL):
        assert any(page.start <= passage.span.start and passage.span.end <= page.end for page in pages)


def test_a_passage_is_of_whole_sentences():
    text = "One two three four five six seven. " * 20
    whole = re.compile(r"(?:One two three four five six seven\.\s?)+")
    assert all(whole.fullmatch(passage.text) for passage in cut(text))


def test_a_paragraph_with_enough_in_it_closes_its_passage():
    enough = "This paragraph holds ten words and is about one thing."
    assert [passage.text for passage in cut(f"{enough}\n\n{enough}")] == [enough, enough]


def test_short_paragraphs_share_a_passage():
    assert len(cut("A heading\n\nA short line.")) == 1


def test_a_sentence_over_the_budget_is_cut_at_white_space():
    text = " ".join(f"word{number}" for number in range(200))
    assert " ".join(passage.text for passage in cut(text)) == text


def test_a_word_over_the_budget_is_cut_inside():
    text = "-".join("ab" for _ in range(200))
    made = cut(text)
    assert len(made) > 1
    assert "".join(passage.text for passage in made) == text


def test_furniture_in_the_middle_of_a_paragraph_ends_the_passage():
    made = cut("The minister spoke.\nShare on social media\nThe envoy answered.")
    assert [passage.text for passage in made] == ["The minister spoke.", "The envoy answered."]


@pytest.mark.parametrize("text", ["", " \n\t\f ", "Share on social media"])
def test_a_text_without_words_has_no_passages(text):
    assert cut(text) == []


def test_a_character_of_more_tokens_than_a_passage_holds_is_a_clear_error():
    with pytest.raises(ValueError, match="one character makes more tokens"):
        passages(document("漢"), lambda texts: [99 for _ in texts], SMALL)


def test_a_page_full_of_furniture_is_cut_in_seconds():
    text = "Share on social media\nThe ministers met in Baku on Monday.\n" * 10_000
    started = time.monotonic()
    assert len(cut(text)) == 10_000
    assert time.monotonic() - started < 10


SCRIPTS = [
    "The ministers of health agreed to exchange specialists and medical students every year. " * 60,
    "Internationalization-of-telemedicine/interoperability_standards.v2;" * 60,
    "健康合作对两国都很重要" * 120,
    "보건 협력은 두 나라 모두에게 중요합니다. " * 60,
    "보건협력은두나라모두에게중요합니다" * 60,
    "👩‍⚕️🇱🇻🤝🇦🇿" * 100,
    "Sadarbība veselības aprūpē ir svarīga abām valstīm. " * 60,
    "Səhiyyə sahəsində əməkdaşlıq hər iki ölkə üçün vacibdir. " * 60,
    "e\u0301\u0323" * 400,
    "x" * 5000,
    "a1" * 3000,
    "!?;:" * 500,
    "".join(("internationalisation", "telemedicine", "unaffable", ".")[number * 7 % 11 % 4] for number in range(800)),
]


@each("text", SCRIPTS)
@each("title", ["A short title", "A very long title of many words " * 12, "標題" * 80, "x" * 300])
def test_the_model_reads_every_passage_in_full_together_with_its_title(encoder, text, title):
    made = passages(document(text, title=title), encoder.count_tokens, ChunkingParameters())
    assert all(tokens <= 190 for tokens in encoder.count_tokens([passage.text for passage in made]))
    inputs = with_titles([title] * len(made), [passage.text for passage in made], encoder.count_tokens)
    assert all(tokens + 5 <= LONGEST_INPUT == 512 for tokens in encoder.count_tokens(inputs))
    assert "".join("".join(passage.text for passage in made).split()) == "".join(text.split())


@settings(max_examples=60)
@given(hostile)
def test_the_model_reads_every_passage_of_any_text_in_full(encoder, text):
    parameters = ChunkingParameters()
    texts = [passage.text for passage in passages(document(text), encoder.count_tokens, parameters)]
    assert all(tokens <= parameters.longest for tokens in encoder.count_tokens(texts))
