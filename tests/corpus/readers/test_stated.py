"""What a document says of itself, and where it was found: title, day, publisher, numbers."""

from pathlib import Path

import pytest
from fakes import document

from corpus.ingest.neighbours import shared_lines, told_apart
from corpus.readers.formats import read, read_content
from corpus.readers.stated.datelines import dateline, day_in_address, day_in_name, is_dateline
from corpus.readers.stated.titles import title_in_name

CASES = Path(__file__).parents[2] / "cases"
PROSE = "The ministers of health met in Baku and agreed to exchange specialists, students and experience.\n"


def origins(extraction):
    return dict(extraction.origins)


@pytest.mark.parametrize(
    "line",
    [
        "Riga, 4 December 2025",
        "Rīgā, 2025. gada 4. decembrī",
        "Рига, 4 декабря 2025 года",
        "Bakı, 4 dekabr 2025-ci il",
        "Ankara, 4 Aralık 2025",
        "Berlin, den 4. Dezember 2025",
        "Vilnius, 2025 m. gruodžio 4 d.",
        "Tallinn, 4. detsember 2025",
        "Київ, 4 грудня 2025 року",
        "Paris, le 4 décembre 2025",
        "Madrid, 4 de diciembre de 2025",
        "THE WHITE HOUSE, December 4, 2025",
        "RIGA, December 4, 2025 (LETA) – The minister of health received the delegation.",
        "4 December 2025 - As of 2 December, 12 cases were reported.",
        "Thursday, 4 December 2025",
        "Date: 2025-12-04",
        "Published 4 Dec. 2025",
        "4 December 2025, Riga",
    ],
)
def test_a_line_of_place_and_day_states_the_day_in_eleven_languages(line):
    assert dateline(["A heading", "", line, "The text."]) == "2025-12-04"


@pytest.mark.parametrize(
    "line",
    [
        "On 4 December 2025, the ministers met.",
        "4 December 2025 was the day on which they met.",
        "The agreement of 4 December 2025",
        "Minutes of the meeting of 4 December 2025",
        "Updated: 4 December 2025",
        "Deadline: 4 December 2025",
        "Geneva, 4–6 December 2025",
        "4 December 2025 – 6 December 2025",
        "05/06/2025",
        "31 June 2025",
        "December 2025",
        "2025",
    ],
)
def test_a_day_in_a_sentence_or_of_something_else_is_no_dateline(line):
    assert dateline([line]) is None


def test_a_day_far_down_is_no_dateline():
    assert dateline([*["A line."] * 20, "Riga, 4 December 2025"]) is None


def test_a_day_without_a_year_is_no_title():
    assert is_dateline("26 June")
    assert not is_dateline("26 doctors")


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2021-01-20-executive-order-on-x", "2021-01-20"),
        ("SITREP_2026-05-17", "2026-05-17"),
        ("20251204_note", "2025-12-04"),
        ("2023-DON458", None),
        ("report 2019", None),
        ("2024-01-01_2024-12-31", None),
        ("2023-99-99", None),
    ],
)
def test_a_day_in_a_files_name_is_whole_and_one(name, day):
    assert day_in_name(name) == day


def test_an_address_may_state_the_day():
    assert day_in_address("https://example.org/news/2021/02/16/a-statement/") == "2021-02-16"
    assert day_in_address("https://example.org/2021/report") is None


def test_the_title_and_day_come_with_where_they_were_found():
    text = f"Controlling diseases after the storm\n\nRiga, 4 December 2025\n\n{PROSE}".encode()
    extraction = read_content(text, "2025-12-05-note.txt")
    assert (extraction.title, extraction.published) == ("Controlling diseases after the storm", "2025-12-04")
    assert origins(extraction) == {"title": "stated", "published": "dateline"}
    extraction = read_content(PROSE.encode(), "2025-12-05-DON12.txt")
    assert (extraction.title, extraction.published) == ("DON12", "2025-12-05")
    assert origins(extraction) == {"title": "file name", "published": "file name"}


def test_the_heading_of_a_section_is_no_title_while_a_name_in_it_makes_it_one():
    sections = f"Situation at a glance\n\n{PROSE}\nDescription of the situation\n\n{PROSE * 2}"
    assert read_content(sections.encode(), "DON7.txt").title == "DON7"
    assert read_content(sections.replace("at a glance", "in Baku").encode(), "DON7.txt").title == "Situation in Baku"
    marked = sections.replace("Situation at", "## Situation at").replace("Description", "## Description")
    assert read_content(marked.encode(), "DON7.md").title == "DON7"
    assert read_content(f"# Visit to Baku\n{marked}".encode(), "DON7.md").title == "Visit to Baku"


def test_notes_page_numbers_and_running_heads_are_no_title():
    pages = "Ministry of Health\nPage {}\n1 Document A66/20.\nWHA66.12 Neglected tropical diseases\n" + PROSE
    extraction = read_content("\n".join(pages.format(n) for n in range(1, 5)).encode(), "WHA66.12.txt")
    assert extraction.title == "WHA66.12 Neglected tropical diseases"
    extraction = read_content("\n".join(pages.format(n) for n in range(1, 5)).encode(), "other.txt")
    assert "Ministry" not in extraction.title
    assert "Page" not in extraction.title


@pytest.mark.parametrize(
    ("head", "name", "found"),
    [
        ("WHA66.12 Neglected tropical diseases", "WHA66.12.txt", "WHA66.12"),
        ("Situation Report 42", "a.txt", "Situation Report 42"),
        ("Decree No. 1234", "a.txt", "Decree No. 1234"),
        ("Rīkojums Nr. 17/2", "a.txt", "Rīkojums Nr. 17/2"),
        ("Приказ № 123", "a.txt", "Приказ № 123"),
        ("A heading", "2023-DON458.txt", "2023-DON458"),
        ("A heading", "2022-10-17-DON2771.txt", "DON2771"),
    ],
)
def test_a_document_goes_by_its_numbers(head, name, found):
    assert found in read_content(f"{head}\n\n{PROSE}".encode(), name).identifiers


@pytest.mark.parametrize("line", ["Article 1", "Page 3", "Meeting of May 12", "Action plan 2013", "Founded in 2002"])
def test_what_is_counted_otherwise_is_no_number_of_the_document(line):
    assert read_content(f"{line}\n\n{PROSE}\nArticle 2\n\nPage 4".encode(), "a.txt").identifiers == ()


def test_a_files_name_reads_as_words():
    assert title_in_name("2021-01-20-executive-order-on-health.md") == "Executive order on health"
    assert title_in_name("SITREP-MVE-12.pdf") == "SITREP-MVE-12"
    assert title_in_name("12.md") == "12"


def test_front_matter_that_is_no_yaml_loses_no_document():
    extraction = read(CASES / "misc" / "fm_bad.md")
    assert (extraction.title, extraction.published) == ("Latvia: and Ukraine: talks", "2025-06-13")
    assert "not valid YAML" in extraction.remarks[0]


def test_front_matter_is_understood_as_people_write_it():
    extraction = read(CASES / "misc" / "fm_dates.md")
    assert (extraction.published, extraction.language) == ("2025-06-13", "en")
    assert extraction.parties == ("Latvia", "Brazil")
    text = (
        "---\nTitle: A\nPublished: true\ndate: '2014-10-08 15:00'\nsource_url: https://www.example.org/a\n---\n" + PROSE
    )
    extraction = read_content(text.encode(), "a.md")
    assert (extraction.title, extraction.published, extraction.publisher) == ("A", "2014-10-08", "example.org")
    assert origins(extraction) == {"title": "stated", "published": "stated", "publisher": "address"}


def test_front_matter_that_names_its_source_and_no_day_leaves_the_day_open():
    text = f"---\ntitle: A\npublisher: WHO\n---\n{PROSE}".encode()
    assert read_content(text, "2024-05-06_a.md").published is None
    assert read_content(text.replace(b"publisher: WHO\n", b""), "2024-05-06_a.md").published == "2024-05-06"


def test_what_html_in_markdown_hides_is_no_evidence():
    extraction = read(CASES / "misc" / "html_in_md.md")
    hidden = " ".join(span.of(extraction.text) for span in extraction.furniture)
    assert "1 January 2020" in hidden
    assert "13 June 2025" not in hidden
    assert (extraction.published, extraction.title) == ("2025-06-12", "Note")
    text = f"# A\n\n<p style='display: none'>Hidden.</p>\n{PROSE}<script>x()</script>\n<b>Shown</b> words.\n"
    extraction = read_content(text.encode(), "a.md")
    hidden = " ".join(span.of(text) for span in extraction.furniture)
    assert "Hidden" in hidden
    assert "x()" in hidden
    assert "Shown" not in hidden


def test_a_line_that_neighbours_share_is_no_title_of_any(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / f"2024-05-0{ord(name) - 96}-DON{name}1.txt").write_text(f"Disease outbreak news\n\n{PROSE}{name}")
    (tmp_path / "d.txt").write_text(f"A visit to Baku\n\n{PROSE}")
    files = [(("s", path.name), path) for path in tmp_path.iterdir()]
    shared = shared_lines(files)
    assert ("s", ".", "Disease outbreak news") in shared
    assert ("s", ".", "A visit to Baku") not in shared
    bulletin = document(PROSE, source="s", path="2024-05-01-DONa1.txt", title="Disease outbreak news")
    assert told_apart(bulletin, shared).title == "DONa1"
    assert dict(told_apart(bulletin, shared).origins) == {"title": "file name"}
    visit = document(PROSE, source="s", path="d.txt", title="A visit to Baku")
    assert told_apart(visit, shared) is visit
    assert shared_lines(files[:2]) == frozenset()
