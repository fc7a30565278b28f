"""Web pages as their readers see them: what is hidden or stands around the article is no evidence."""

import time
from contextlib import suppress
from pathlib import Path

import pytest

from corpus.errors import UnreadableFile
from corpus.readers.formats import read, read_content

CASES = Path(__file__).parents[2] / "cases"
PROSE = "The ministers of health met in Baku and agreed to exchange specialists, students and experience."


def page(body, head=""):
    return read_content(f"<html><head>{head}</head><body>{body}</body></html>".encode(), "a.html")


def lines(case):
    return read(CASES / case).text.splitlines()


def test_a_break_is_no_end_of_a_sentence_while_two_end_a_paragraph():
    assert (
        "Latvia and Malta\nsigned an agreement on rare diseases\non 3 May 2025" in read(CASES / "breaks/br.html").text
    )
    assert page("<p>One line<br>goes on<br><br>Another</p>").text == "One line\ngoes on\n\nAnother"


def test_raised_figures_are_not_read_into_numbers():
    text = read(CASES / "html/sub_sup.html").text
    assert "25³ thousand" in text
    assert "CO2" in text
    assert page(f"<p>10<sup>6</sup> people on the 1<sup>st</sup> day. {PROSE}</p>").text.startswith(
        "10⁶ people on the 1st"
    )


def test_marks_of_the_pages_own_notes_are_left_out():
    text = read(CASES / "chat/wiki.html").text
    assert "[" not in text
    assert "cancelled on 5 May 2025." in text


def test_every_cell_of_a_table_stands_under_its_own_head():
    assert "Country: Laos; Students: 40" in lines("html/table.html")
    assert "Country: Mali; Signed: 2 June 2025; Students: 8" in lines("html/table.html")


def test_a_table_that_lays_out_the_page_is_read_as_text():
    told = page(f"<table><tr><td><p>{PROSE}</p><table><tr><td>A</td><td>B</td></tr></table></td></tr></table>").text
    assert told.split("\n\n") == [PROSE, "A; B"]


def test_items_of_a_list_follow_the_sentence_that_opens_them_with_their_numbers():
    assert (
        "Article 3\nc. Samoa pays 15,000 euros.\nd. Latvia sends four nurses." in read(CASES / "html/lists.html").text
    )
    assert "Duration: Five years from 1 July 2025." in lines("html/lists.html")
    assert page("<p>They agreed:</p><ul><li>one<ul><li>inner</li></ul></li><li>two</li></ul><p>End.</p>").text == (
        "They agreed:\n- one\n- inner\n- two\n\nEnd."
    )


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>Secret.</p>",
        "<p style='display: none'>Secret.</p>",
        "<span style='visibility:hidden'>Secret.</span>",
        "<p style='font-size:0'>Secret.</p>",
        "<p class='gone'>Secret.</p>",
        "<div id=gone><p>Secret.</p></div>",
        "<!-- Secret. -->",
        "<template>Secret.</template>",
        "<div aria-hidden='true'>Secret.</div>",
        "<nav>Secret.</nav>",
        "<div class='cookie-banner'><p>Secret.</p></div>",
        "<section id='comments'><p>Secret.</p></section>",
        "<aside class='related'>Secret.</aside>",
    ],
)
def test_what_is_hidden_or_around_the_article_is_no_evidence(hidden):
    head = "<style>.gone, #gone { color: red; display:none }</style>"
    told = page(f"<article><h1>Talks</h1>{hidden}<p class='social-protection'>{PROSE}</p></article>", head).text
    assert told == f"Talks\n\n{PROSE}"


@pytest.mark.parametrize(("case", "word"), [("comments", "cancelled"), ("comments", "Ghana"), ("cookie", "cookies")])
def test_comments_and_banners_are_left_out(case, word):
    assert word not in read(CASES / f"html/{case}.html").text


@pytest.mark.parametrize(
    ("case", "published"),
    [
        ("dates", "2024-05-06"),
        ("date_js", None),
        ("wrong_meta", None),
        ("nometa_1251", None),
        ("table", None),
        ("saved_page", None),
    ],
)
def test_the_day_of_publication_is_stated_or_unknown(case, published):
    assert read(CASES / f"html/{case}.html").published == published


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","datePublished":"2025-12-04T10:00:00Z",'
        '"dateModified":"2026-01-01","publisher":{"name":"The Post"}}]}</script>',
        '<meta name="DC.date.issued" content="2025-12-04"><meta property="og:site_name" content="The Post">',
        '<meta property="og:site_name" content="The Post"><meta itemprop="datePublished" content="4 December 2025">',
    ],
)
def test_marks_of_the_head_and_linked_data_state_day_and_publisher(head):
    told = page(f"<article><p>{PROSE}</p></article>", head)
    assert (told.published, told.publisher) == ("2025-12-04", "The Post")


def test_the_title_is_the_main_heading_or_the_pages_own_less_the_sites_name():
    assert page(f"<main><h1>Agreement</h1><p>{PROSE}</p></main>", "<title>Ministry</title>").title == "Agreement"
    assert page(f"<p>{PROSE}</p>", "<title>Agreement with Chad on health | Ministry</title>").title == (
        "Agreement with Chad on health"
    )


def test_the_address_of_a_saved_page_is_known():
    assert read(CASES / "html/saved_page.html").url == "https://ministry.example/news/gabon"
    assert read(CASES / "html/dates.html").url == "https://example.org/benin"


def test_letters_are_right_whatever_the_page_says_of_them():
    assert "4 декабря 2025 года в Риге" in read(CASES / "html/nometa_1251.html").text
    assert "Rīgā" not in read(CASES / "html/wrong_meta.html").text
    assert "in Rīga on 3 June 2025 – after" in read(CASES / "html/wrong_meta.html").text
    assert "in Georgetown, and" in read(CASES / "html/mhtml_like.htm").text


def test_a_short_page_is_read_and_a_page_of_frames_says_so():
    assert read(CASES / "html/short.html").text == "Latvia and Belize signed an agreement on 3 June 2025."
    with pytest.raises(UnreadableFile, match="shows other files in frames"):
        read(CASES / "html/frameset.html")


def test_menus_around_an_article_that_is_not_marked_are_left_out():
    menu = "<div><a href='/a'>Home</a></div><div><a href='/b'>All the news</a></div><div><a href='/c'>Contact</a></div>"
    article = f"<div><h2>Talks in Baku</h2><p>{PROSE} It was the third meeting.</p><p>Later, {PROSE}</p></div>"
    told = page(f"{menu}{article}<div>Terms of use</div>").text
    assert "Later, The ministers" in told
    assert "All the news" not in told


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 20_000 + PROSE,
        "<table>" * 3_000 + PROSE,
        "<p>a" * 50_000,
        "<table>" + "<tr><td rowspan=9999999 colspan=999>a</td><td>b</td></tr>" * 2_000 + "</table>",
        "<br>" * 100_000 + PROSE,
    ],
)
def test_no_page_takes_long(body):
    started = time.monotonic()
    with suppress(UnreadableFile):
        page(body)
    assert time.monotonic() - started < 10
