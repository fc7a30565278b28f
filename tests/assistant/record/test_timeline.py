"""The timeline: who may be asked for, what comes in which order, and how it is drawn, tabulated and told."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from fakes import document
from hypothesis import assume, given
from hypothesis import strategies as st
from markup import MASTHEAD, Html, parse
from payloads import every_payload
from texts import hostile

from assistant.assembly import Assistant
from assistant.language.commitments import Status, StatusReport
from assistant.language.dates import EventDate, Period
from assistant.language.organisations import aliases_of
from assistant.language.parties import Party
from assistant.record.record import Commitment
from assistant.record.timeline import MOST_PARTIES, Timeline, TimelineError, directory_of, parties_called
from corpus.document import Span
from ui.pages.timeline.drawing import passage_url, summary, timeline_as_picture, timeline_as_table, timeline_as_text
from ui.pages.timeline.page import STYLE, timeline_page
from ui.rendering import one_line

LATVIA, AZERBAIJAN = Party("LV", "Latvia"), Party("AZ", "Azerbaijan")
DECLARED = ("Grindeks", "Ministry of Health, Labour and Welfare", "University of Latvia")
dates = st.one_of(
    st.none(),
    st.builds(EventDate, st.from_regex(r"[12]\d{3}(-\d\d(-\d\d)?)?", fullmatch=True), st.booleans()),
)


def commitment(
    text: str, status: Status = Status.SIGNED, event: EventDate | None = None, **about: object
) -> Commitment:
    return Commitment(
        document(text, **about), Span(0, len(text)), text, StatusReport(status), status, (LATVIA, AZERBAIJAN), event
    )


def timeline_of(*commitments: Commitment, period: Period = Period()) -> Timeline:  # noqa: B008 (it is frozen)
    return Timeline((LATVIA, AZERBAIJAN), period, commitments)


def told_everywhere(words: str, event: EventDate | None = EventDate("2025-12-04")) -> Timeline:  # noqa: B008
    """A timeline in which every word from outside is `words`."""
    item = commitment(words, event=event, title=words, publisher=words, published=words)
    return replace(timeline_of(item), parties=(Party("a", words), Party("b", words)))


def page_of(timeline: Timeline, chosen: Sequence[str] = ()) -> Html:
    return parse(timeline_page(timeline.parties, chosen, (None, None), timeline))


def points(picture: str) -> list[dict[str, str]]:
    """The attributes of every circle that is a point of the picture."""
    found = re.findall(
        r'<a class="point [^"]*" href="([^"]*)"><title>.*?</title>.*?<circle cx="(.*?)" cy="(.*?)"', picture
    )
    return [{"href": href.replace("&amp;", "&"), "x": x, "y": y} for href, x, y in found]


# Names


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Latvia,Azerbaijan"], ["Latvia", "Azerbaijan"]),
        (["latvia", " the Republic of  AZERBAIJAN ", ""], ["Latvia", "Azerbaijan"]),
        (["Turkey, Türkiye,turkiye"], ["Türkiye"]),
        (["who", "World Health Organization"], ["WHO"]),
        (["UK,USA,EU"], ["United Kingdom", "United States", "European Union"]),
        (["Ministry of Health, Labour and Welfare"], ["Ministry of Health, Labour and Welfare"]),
        (["university of Latvia"], ["University of Latvia"]),
    ],
)
def test_parties_go_by_any_of_their_names_and_count_once(names: list[str], expected: list[str]) -> None:
    assert [party.name for party in parties_called(names, directory_of(DECLARED))] == expected


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["Latvai"], "No country or organisation is called 'Latvai'; the nearest name is Latvia."),
        (["Latvia, Qqqq"], "No country or organisation is called 'Qqqq'; write its English name"),
        (["Latvia Azerbaijan"], "is called 'Latvia Azerbaijan'"),
        (["x" * 5000], f"is called '{'x' * 60}…'"),
        ([], "Name at least one country or organisation"),
        ([" , ,"], "Name at least one country or organisation"),
        (["UK,US,EU,Chad,Peru,Fiji,Malta,Iran,Iraq,Cuba,WHO"], f"Name at most {MOST_PARTIES}"),
    ],
)
def test_a_name_that_is_nobodys_is_one_sentence(names: list[str], sentence: str) -> None:
    with pytest.raises(TimelineError) as raised:
        parties_called(names, directory_of(DECLARED))
    assert sentence in str(raised.value)
    assert str(raised.value).endswith(".")


def test_every_name_of_an_organisation_finds_it_again() -> None:
    directory = directory_of(DECLARED)
    for party in directory.values():
        if not party.is_country:
            assert {directory[name.casefold()] for name in aliases_of(party)} == {party}


# Over the briefs


def test_the_timeline_of_two_countries_is_oldest_first_and_word_for_word(briefs: Assistant) -> None:
    timeline = briefs.timeline(["Latvia", "Lithuania"])
    dated = [item.event.iso for item in timeline.commitments if item.event]
    assert dated == sorted(dated)
    assert all(item.event is None for item in timeline.commitments[len(dated) :])
    assert all(item.span.of(item.document.text) == item.text for item in timeline.commitments)
    steps = [item.status for item in timeline.commitments]
    assert {Status.SIGNED, Status.APPROVED, Status.IN_FORCE} <= set(steps)


def test_a_period_keeps_its_first_and_its_last_year_and_nothing_undated(briefs: Assistant) -> None:
    whole = briefs.timeline(["Latvia,Lithuania"])
    part = briefs.timeline(["Latvia,Lithuania"], 2018, 2019)
    assert part.commitments == tuple(
        item for item in whole.commitments if item.event and item.event.iso[:4] in ("2018", "2019")
    )
    assert part.subject == "between Latvia and Lithuania from 2018 to 2019"
    with pytest.raises(TimelineError, match="ends in 2018, before it starts in 2019"):
        briefs.timeline(["Latvia"], 2019, 2018)


def test_an_organisation_has_a_timeline_and_strangers_have_none(briefs: Assistant) -> None:
    assert any(item.status is Status.SIGNED for item in briefs.timeline(["Azerbaijan", "WHO"]).commitments)
    strangers = briefs.timeline(["Latvia", "Chad"], since=2022)
    assert strangers.commitments == ()
    assert summary(strangers) == "No document reports a commitment between Latvia and Chad since 2022."
    assert strangers.to_dict() == {"parties": ["Latvia", "Chad"], "commitments": []}


def test_the_parties_to_choose_from_are_those_that_documents_name(briefs: Assistant) -> None:
    names = [party.name for party in briefs.parties()]
    assert {"Latvia", "Azerbaijan", "Türkiye", "WHO", "OTS", "TABIB"} <= set(names)
    assert names == sorted(set(names), key=str.casefold)
    assert "Chad" not in names
    assert all(briefs.timeline([name]).parties[0].name == name for name in names)


# The picture and the table


@given(st.lists(st.tuples(st.sampled_from(Status), dates), max_size=40))
def test_every_dated_sentence_is_a_point_and_every_sentence_a_row(items: list[tuple[Status, EventDate | None]]) -> None:
    timeline = timeline_of(*(commitment(f"Step {n}.", *item, id=f"d{n}") for n, item in enumerate(items)))
    drawn = points(timeline_as_picture(timeline))
    dated = [item for item in timeline.commitments if item.event]
    assert sorted(point["href"] for point in drawn) == sorted(map(passage_url, dated))
    assert len({(point["x"], point["y"]) for point in drawn}) == len(drawn), "no point covers another"
    assert all(0 < float(point["x"]) < 960 for point in drawn)
    table = parse(timeline_as_table(timeline))
    assert [link.attributes["href"] for link in table.all("a")] == [passage_url(item) for item in timeline.commitments]


def test_points_stand_by_status_and_by_time() -> None:
    steps = [(Status.DISCUSSED, "2010"), (Status.SIGNED, "2010-09"), (Status.SIGNED, "2012-05-02")]
    steps += [(Status.IN_FORCE, "2019-06-14"), (Status.WITHDRAWN, "2022-05-01")]
    timeline = timeline_of(*(commitment("Step.", status, EventDate(iso), id=iso) for status, iso in steps))
    drawn = {
        re.findall(r"documents/([\d-]+)", point["href"])[0]: point for point in points(timeline_as_picture(timeline))
    }
    x, y = ({iso: float(point[axis]) for iso, point in drawn.items()} for axis in "xy")
    assert x["2010"] < x["2010-09"] < x["2012-05-02"] < x["2019-06-14"] < x["2022-05-01"]
    assert y["2019-06-14"] < y["2012-05-02"] == y["2010-09"] < y["2010"] < y["2022-05-01"]


def test_the_picture_names_itself_and_keeps_its_links_outside_the_image() -> None:
    picture = timeline_as_picture(
        timeline_of(commitment("They signed it.", event=EventDate("2025-12-04", is_told=True)))
    )
    image = picture[picture.index('<g role="img"') : picture.index("</g>")]
    assert "<a" not in image
    assert "<title" in image
    assert "<desc" in image
    assert '<a class="point signed told"' in picture
    assert "<title>reported 4 December 2025, signed: They signed it.</title>" in picture
    assert "only the report is dated" in picture


def test_the_table_has_a_caption_and_headers_and_says_which_dates_are_of_the_report() -> None:
    told = commitment("They agreed.", Status.AGREED, EventDate("2025-12", is_told=True), publisher="Trend")
    table = parse(timeline_as_table(timeline_of(told, commitment("They met.", Status.DISCUSSED))))
    assert table.one("caption").text == "Commitments between Latvia and Azerbaijan: 2 sentences, oldest first."
    assert [head.attributes["scope"] for head in table.all("th")] == ["col"] * 4 + ["row"] * 2
    assert [head.text for head in table.all("th", scope="row")] == ["December 2025date of the report", "undated"]
    assert [cell.text for cell in table.all("td", class_="status")] == ["agreed", "discussed"]


def test_nothing_to_tell_is_one_sentence_and_no_empty_picture() -> None:
    empty = timeline_of(period=Period("2022", "2025"))
    sentence = "No document reports a commitment between Latvia and Azerbaijan from 2022 to 2025."
    assert timeline_as_picture(empty) == timeline_as_table(empty) == ""
    assert timeline_as_text(empty) == sentence
    page = page_of(empty)
    assert page.one("p", class_="notice").text == sentence
    assert not page.all("svg")
    assert timeline_as_picture(timeline_of(commitment("They met."))) == "", "nothing is dated"


def test_the_form_keeps_what_was_chosen_and_offers_one_field_more() -> None:
    page = page_of(timeline_of(), ["lv", "az"])
    assert [field.attributes["value"] for field in page.all("input", name="parties")] == ["Latvia", "Azerbaijan", ""]
    assert [option.attributes["value"] for option in page.all("option")] == ["Latvia", "Azerbaijan"]
    assert all("aria-label" in field.attributes for field in page.all("input", name="parties"))


# The terminal


def test_the_text_tells_date_status_sentence_and_document() -> None:
    text = timeline_as_text(
        timeline_of(
            commitment("They met.", Status.DISCUSSED, EventDate("2025-08"), title="A meeting", publisher="Trend"),
            commitment("It is approved.", Status.APPROVED, EventDate("2026-02-09", is_told=True)),
            commitment("They plan it.", Status.PROPOSED),
        )
    )
    assert text.splitlines() == [
        "Commitments between Latvia and Azerbaijan: 3 sentences, oldest first.",
        "",
        "  2025-08     discussed    They met.",
        "                           — A meeting, Trend",
        "",
        "≤ 2026-02-09  approved     It is approved.",
        "                           — A title",
        "",
        "undated       proposed     They plan it.",
        "                           — A title",
        "",
        "≤ only the report is dated: it happened then, or earlier",
    ]


# Hostile words


@every_payload
def test_hostile_words_are_shown_and_do_nothing(payload: str) -> None:
    timeline, harmless = told_everywhere(payload), told_everywhere("Plain words")
    page = page_of(timeline)
    assert without_values(page) == without_values(page_of(harmless))
    assert page.one("style").text == STYLE
    assert page.all("td")[1].text == one_line(payload)
    (sentence,) = timeline.commitments
    assert page.addresses == {passage_url(sentence), *MASTHEAD}


@given(hostile)
def test_no_text_is_markup_or_a_terminals_command(text: str) -> None:
    assume(one_line(text))
    timeline = told_everywhere(text)
    assert without_values(page_of(timeline)) == without_values(page_of(told_everywhere("Plain words")))
    refused = parse(timeline_page((), [text], (None, None), text))
    plain = parse(timeline_page((), ["Plain"], (None, None), "Plain"))
    assert without_values(refused) == without_values(plain)
    assert refused.one("p", class_="notice").text == one_line(text)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", timeline_as_text(timeline))


def without_values(page: Html) -> list[tuple[str, tuple[tuple[str, str | None], ...]]]:
    """The page's structure but for what its form's fields hold."""
    return [
        (tag, tuple((name, None if name == "value" else value) for name, value in attributes))
        for tag, attributes in page.structure
    ]
