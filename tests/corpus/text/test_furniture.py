import time
from itertools import pairwise

import pytest
from each import each
from hypothesis import given
from texts import hostile

from corpus.text.furniture import furniture, stated_date, stated_publisher


@each(
    "line",
    [
        "Share on social media date 2022-09-19 + ↺ − 16 px",
        "date 2022-09-19 + ↺ − 16 px",
        "Published: 2022-09-19 10:35",
        "2022-09-19",
        "Share on social media",
        "Facebook | Twitter | WhatsApp",
        "Share  Tweet  Print 12",
        "Follow us on Telegram",
        "Subscribe to our newsletter",
        "Read more",
        "Related news:",
        "Advertisement",
        "This website uses cookies to improve your experience.",
        "© 2024 The Caspian Post",
        "All rights reserved.",
        "1204 views",
        "3 min read",
    ],
)
def test_a_line_of_page_furniture_is_found_whole(line):
    text = f"The ministers met in Baku.\n{line}\nThey agreed on much."
    assert [span.of(text) for span in furniture(text)] == [line]


@pytest.mark.parametrize(
    "line",
    [
        "The ministers share on this point a common view.",
        "2022-09-19 agreement signed",
        "2022-09-19: The Minister of Health visited Riga.",
        "Data protection is a matter of copyright, he said.",
        "Latvia's experience can be read more widely.",
        "16 px",
        "Views differ.",
    ],
)
def test_a_sentence_of_the_article_is_not_furniture(line):
    assert furniture(line) == ()


@given(hostile)
def test_furniture_is_in_order_whole_lines_and_never_overlaps(text):
    spans = furniture(text)
    assert all(one.end < other.start for one, other in pairwise(spans))
    for span in spans:
        assert span.start == 0 or text[span.start - 1] in "\r\n"
        assert span.end == len(text) or text[span.end] in "\r\n"


def test_the_date_of_a_furniture_line_is_the_publication_date():
    assert stated_date("An article.\ndate 2022-09-19 + ↺ − 16 px\n2021-01-01") == "2022-09-19"


def test_a_date_in_a_sentence_is_not_the_publication_date():
    assert stated_date("On 2022-09-19 the ministers met in Riga.") is None


@pytest.mark.parametrize(
    ("text", "publisher"),
    [
        ("He is on a working trip, The Caspian Post reports via the Ministry.", "The Caspian Post"),
        ("It aims at coverage, News.az reports citing WHO Country Mission.", "News.az"),
        ("“We agreed,” he said, Baltic News reported with reference to LETA.", "Baltic News"),
        ("The ministry reports that cases fell.", None),
        ("", None),
    ],
)
def test_the_publisher_is_the_one_the_text_names_as_reporting(text, publisher):
    assert stated_publisher(text) == publisher


@pytest.mark.parametrize("line", ["like  " * 30 + "!", "share " + " " * 190 + "!", "x | " * 49 + "!", "a+ " * 60 + "!"])
def test_no_line_makes_the_search_take_forever(line):
    started = time.monotonic()
    assert furniture(line) == ()
    assert time.monotonic() - started < 1
