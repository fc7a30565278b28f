"""When something happened, as sentences write it."""

import pytest
from each import each
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.dates import EventDate, Period, dates_conflict, dates_named, event_date, period


@each(
    ("sentence", "iso"),
    [
        ("Both ministries signed it in Riga on 4 December 2025, Trend reported on 5 December 2025.", "2025-12-04"),
        ("A memorandum was signed on December 13, 2023.", "2023-12-13"),
        ("They signed it in early June 2024.", "2024-06"),
        ("It was signed in 2012.", "2012"),
        ("It was signed on 2024-08-19.", "2024-08-19"),
        ("It was signed on 04.12.2025.", "2025-12-04"),
        ("The ministers met on 19 August.", "2020-08-19"),
        ("Experts came to Baku on 29 July–1 August 2019.", "2019-07-29"),
        ("The agreement for 2024–2027 was concluded on 13 December 2023.", "2023-12-13"),
    ],
)
def test_the_date_nearest_to_what_is_told_is_its_date(sentence: str, iso: str) -> None:
    assert event_date(sentence, max(sentence.find("sign"), 0), "2020-05-05") == EventDate(iso)


def test_the_date_of_a_report_is_marked_as_such() -> None:
    told = event_date("Trend reported on 21 November 2025 that a memorandum had been signed.", 58, "2025-11-22")
    assert told == EventDate("2025-11-21", is_told=True)
    assert event_date("A memorandum was signed.", 17, "2025-11-22") == EventDate("2025-11-22", is_told=True)
    assert event_date("A memorandum was signed.", 17, None) is None


@given(st.text(max_size=80), st.integers(0, 80))
def test_any_text_has_a_date_or_none(text: str, place: int) -> None:
    found = event_date(text, place, None)
    assert found is None or 1900 <= int(found.iso[:4]) < 2100


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did Latvia sign in 2024 and 2025?", Period("2024", "2025")),
        ("How far did they get between 2022 and 2025?", Period("2022", "2025")),
        ("What was signed since 2012?", Period("2012", None)),
        ("What had been signed until 2015?", Period(None, "2015")),
        ("Trace the agreements from the 1990s until today.", Period("1990", None)),
        ("What did Latvia sign?", Period()),
    ],
)
def test_the_period_a_question_names(question: str, expected: Period) -> None:
    assert period(question) == expected


def test_a_period_holds_the_events_of_its_years() -> None:
    assert Period("2022", "2025").holds(EventDate("2022-01-01"))
    assert not Period("2022", "2025").holds(EventDate("2021-12"))
    assert Period().holds(None)
    assert not Period("2022").holds(None)


@each(
    "written",
    [
        "5 June 2025",
        "5 June, 2025",
        "June 5, 2025",
        "June 5th, 2025",
        "the 5th of June 2025",
        "2025-06-05",
        "5.6.2025",
        "05.06.2025",
        "5 juin 2025",
        "5. Juni 2025",
        "5. jūnijā 2025",
        "2025. gada 5. jūnijā",
        "2025 m. birželio 5 d.",
        "5 июня 2025 года",
        "5 червня 2025 року",
        "5 Haziran 2025",
        "5 iyun 2025-ci il",
        "5. juunil 2025",
        "5 de junio de 2025",
    ],
)
def test_a_day_is_the_same_however_it_is_written(written: str) -> None:
    assert dates_named(f"Signed on {written}.") == {"2025-06-05"}


@each(
    ("text", "expected"),
    [
        ("in May 2025", {"2025-05"}),
        ("en mai 2025", {"2025-05"}),
        ("2025. gada maijā", {"2025-05"}),
        ("в мае 2025 года", {"2025-05"}),
        ("Mayıs 2025'te", {"2025-05"}),
        ("in 2024 and in June 2025", {"2024", "2025-06"}),
        ("05/06/2025", {"2025-05-06", "2025-06-05"}),
        ("for 2024–2027", {"2024"}),
        ("nothing", set()),
    ],
)
def test_months_and_years_are_named_too(text: str, expected: set[str]) -> None:
    assert dates_named(text) == expected


@each(
    ("question", "expected"),
    [
        ("Which agreements did Latvia sign in May 2025?", Period("2025-05", "2025-05")),
        ("Kādus dokumentus Latvija ir parakstījusi kopš 2024. gada sākuma?", Period(first="2024")),
        ("Что подписано с 2021 года?", Period(first="2021")),
        ("Соглашение с Латвией 2024 года действует?", Period("2024", "2024")),
        ("Was wurde seit 2019 vereinbart?", Period(first="2019")),
        ("2022'den beri ne imzalandı?", Period(first="2022")),
        ("Qu'a-t-on signé depuis 2020 ?", Period(first="2020")),
        ("Що підписано до 2018 року?", Period(last="2018")),
    ],
)
def test_the_period_is_read_in_other_languages_and_to_the_month(question: str, expected: Period) -> None:
    assert period(question) == expected


def test_dates_conflict_where_none_can_be_the_one_asked_about() -> None:
    assert dates_conflict(frozenset({"2025-05"}), "It was signed on 4 June 2025.")
    assert dates_conflict(frozenset({"2025-06-05"}), "It was signed on 6 June 2025.")
    assert not dates_conflict(frozenset({"2025-06"}), "It was signed on 6 June 2025.")
    assert not dates_conflict(frozenset({"2025-06-05"}), "It was signed in 2025.")
    assert not dates_conflict(frozenset({"2025-06-05"}), "It was signed.")
