"""The interface in each language: the catalogues are whole, each page is in the right one, none is left in English."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from each import each
from fakes import app_over, document
from fastapi.testclient import TestClient
from markup import parse

from assistant.answer import Answer, Citation, DocumentReference, Outcome, Statement
from assistant.assembly import Assistant
from assistant.scope.scope import NOTHING_CHOSEN
from ui.chat.filters import SHORT
from ui.chat.sources import age_in_words, cited_by, sources_as_markdown
from ui.export.briefing import make_briefing
from ui.export.markdown import briefing_as_markdown
from ui.languages import updating
from ui.languages.catalogues import ENGLISH, LANGUAGES, file_of, read_catalogue
from ui.languages.layer import translated_page
from ui.languages.marking import chooser, lang, marked, sentence
from ui.languages.places import ago, date_in_words, listed, number, plural_category
from ui.languages.scripts import PLACE, with_words
from ui.languages.shared import OTHER_PAGES, PRODUCT, STATUSES
from ui.languages.speaking import COOKIE, best_of, current, speaking, spoken
from ui.languages.words import TEXTS, PluralText, later, said
from ui.rendering import COUNTED_SOURCES, answer_as_markdown, readable_date

OTHERS = [language for language in LANGUAGES if language != ENGLISH]
every_other = each("language", OTHERS)
# What is no English, or English and another language at once.
SAME_EVERYWHERE = {"{value}", "{status}: {count}", "Status"}
# What Gradio calls its thumbs where nobody reads it, and words that also stand in names and attributes.
NOT_READ = {"Like", "Dislike", "Original", "Name", "Title", "Open"}


@pytest.fixture(autouse=True, scope="module")
def _all_texts() -> None:
    updating.load_all_texts()


# The catalogues


@every_other
def test_every_text_of_the_interface_is_in_every_catalogue(language: str) -> None:
    assert len(TEXTS) > 250, "the texts were found"
    assert updating.missing(language) == []


@every_other
def test_no_catalogue_has_a_text_that_the_interface_has_no_more(language: str) -> None:
    assert updating.superfluous(language) == []


@every_other
def test_placeholders_agree_and_no_translation_brings_markup(language: str) -> None:
    assert updating.at_odds(language) == []


@every_other
def test_nothing_is_left_in_english_in_a_catalogue(language: str) -> None:
    same = {english for english, context in TEXTS if _told(language, english, context) == english}
    assert same <= SAME_EVERYWHERE


def _told(language: str, english: str, context: str) -> str:
    text = TEXTS[english, context]
    with speaking(language):
        return text.form(1) if isinstance(text, PluralText) else text()


@every_other
def test_a_catalogue_is_as_the_update_would_write_it(language: str) -> None:
    before = file_of(language).read_text(encoding="utf-8")
    try:
        updating.update(language)
        assert file_of(language).read_text(encoding="utf-8") == before, "run: python -m ui.languages"
    finally:
        file_of(language).write_text(before, encoding="utf-8")


@every_other
def test_plural_forms_are_those_of_unicode(language: str) -> None:
    """The rule in the file's head sorts numbers just as CLDR does, so that the page and its scripts agree."""
    forms: dict[str, set[str]] = {}
    with speaking(language):
        for count in range(200):
            forms.setdefault(plural_category(count), set()).add(COUNTED_SOURCES.form(count))
    assert all(len(found) == 1 for found in forms.values()), forms
    assert read_catalogue(language).num_plurals >= len(forms)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", {1: "1 source", 2: "2 sources", 5: "5 sources", 21: "21 sources", 1200: "1,200 sources"}),
        (
            "ru",
            {
                **{0: "0 источников", 1: "1 источник", 2: "2 источника", 5: "5 источников", 11: "11 источников"},
                **{21: "21 источник", 22: "22 источника", 112: "112 источников", 1201: "1\xa0201 источник"},
            },
        ),
        (
            "lv",
            {
                **{0: "0 avotu", 1: "1 avots", 2: "2 avoti", 5: "5 avoti", 10: "10 avotu", 11: "11 avotu"},
                **{20: "20 avotu", 21: "21 avots", 22: "22 avoti", 111: "111 avotu"},
            },
        ),
        ("lt", {0: "0 šaltinių", 1: "1 šaltinis", 5: "5 šaltiniai", 11: "11 šaltinių", 21: "21 šaltinis"}),
        ("et", {0: "0 allikat", 1: "1 allikas", 5: "5 allikat", 21: "21 allikat"}),
        ("az", {0: "0 mənbə", 1: "1 mənbə", 5: "5 mənbə", 21: "21 mənbə", 1200: "1.200 mənbə"}),
    ],
)
def test_what_is_counted_has_the_right_form(language: str, told: dict[int, str]) -> None:
    with speaking(language):
        assert {count: COUNTED_SOURCES(count) for count in told} == told


def test_the_checks_of_a_catalogue_can_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a catalogue with a gap, a stray text, a lost place and markup is found out."""
    head = file_of("ru").read_text(encoding="utf-8").partition("\n\n")[0]
    broken = (
        'msgid "Sources"\nmsgstr ""\n\nmsgid "Gone long ago"\nmsgstr "Давно нет"\n\n'
        'msgid "Note: {text}"\nmsgstr "Примечание"\n\nmsgid "Show"\nmsgstr "<b>Показать</b>"\n'
    )
    (tmp_path / "ru.po").write_text(f"{head}\n\n{broken}", encoding="utf-8")
    monkeypatch.setattr("ui.languages.catalogues.FOLDER", tmp_path)
    assert "Sources" in updating.missing("ru")
    assert "Timeline" in updating.missing("ru")
    assert updating.superfluous("ru") == ["Gone long ago"]
    assert updating.at_odds("ru") == ["Примечание", "<b>Показать</b>"]


# Which language


@each(
    ("accepted", "language"),
    [
        ("", "en"),
        ("lv", "lv"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("es-ES,es;q=0.9,az;q=0.7,en;q=0.5", "az"),
        ("en;q=0.1, lv ;q = 0.5", "lv"),
        ("fr,es", "en"),
        ("*", "en"),
        ("ru;q=0", "en"),
        ("ru;q=nonsense,lv;q=0.1", "lv"),
        ("ru;q=0.8;x,,;;q=", "en"),
    ],
)
def test_the_browser_says_which_language_is_liked_best(accepted: str, language: str) -> None:
    assert best_of(accepted) == language


@pytest.fixture(scope="module")
def client(briefs: Assistant) -> Iterator[TestClient]:
    with TestClient(app_over(briefs)) as client:
        yield client


def language_of_page(client: TestClient, address: str, **headers: str) -> str | None:
    client.cookies.clear()
    page = client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    found = parse(page.text).one("html").attributes.get("lang")
    assert page.headers["content-language"] == found
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in page.headers["vary"].split(",")}
    return found


@pytest.mark.parametrize("place", ["/", "/timeline", "/documents", "/documents/none", "/review", "/nothing-here"])
def test_every_page_is_in_the_language_asked_for(client: TestClient, place: str) -> None:
    accept = "text/html"
    assert language_of_page(client, place, accept=accept) == "en"
    assert language_of_page(client, place, accept=accept, accept_language="lv") == "lv"
    assert language_of_page(client, place, accept=accept, accept_language="lv", cookie=f"{COOKIE}=az") == "az"
    assert language_of_page(client, f"{place}?lang=ru", accept=accept, cookie=f"{COOKIE}=az") == "ru"
    assert language_of_page(client, f"{place}?lang=xx", accept=accept, cookie=f"{COOKIE}=az") == "az"
    assert language_of_page(client, f"{place}?language=lv", accept=accept, cookie=f"{COOKIE}=az") == "lv"


@each("language", LANGUAGES)
@each("place", ["/timeline", "/documents", "/documents/none", "/review", "/nothing-here"])
def test_every_page_leads_to_the_others_in_its_language_and_says_where_one_is(
    client: TestClient, place: str, language: str
) -> None:
    page = parse(client.get(f"{place}?lang={language}", headers={"Accept": "text/html"}).text)
    links = [link for link in page.all("a") if "hreflang" not in link.attributes]
    with speaking(language):
        wanted = {str(PRODUCT): "/", **{str(name): path for name, path in OTHER_PAGES.items()}}
    assert {link.text: link.attributes["href"] for link in links[: len(wanted)]} == wanted
    here = [link.attributes["href"] for link in links if link.attributes.get("aria-current") == "page"]
    assert here == [place for place in [place] if place in OTHER_PAGES.values()]


def test_a_language_in_the_address_is_kept_and_a_wrong_one_is_not(client: TestClient) -> None:
    client.cookies.clear()
    assert COOKIE not in client.get("/timeline", headers={"Accept-Language": "ru"}).cookies
    assert COOKIE not in client.get("/timeline?lang=%0d%0aSet-Cookie:x").cookies
    assert client.get("/timeline?lang=lv").cookies[COOKIE] == "lv"
    assert 'lang="lv"' in client.get("/timeline").text, "the choice holds for the next page"
    client.cookies.clear()


def test_programs_are_answered_in_english_whatever_they_accept(client: TestClient) -> None:
    client.cookies.clear()
    for place in ("/api/v1/documents", "/api/v1/timeline?parties=Nobody", "/api/v1/documents/none"):
        plain, russian = (client.get(place, headers={"Accept-Language": language}) for language in ("en", "ru"))
        assert plain.text == russian.text
        assert "content-language" not in russian.headers


def test_each_page_leads_to_itself_in_every_language_and_keeps_what_was_asked(client: TestClient) -> None:
    page = parse(client.get("/timeline?parties=Latvia&since=2020&lang=az").text)
    links = [element for element in page.all("a") if element.attributes.get("hreflang")]
    assert [link.attributes["href"] for link in links] == [
        f"?parties=Latvia&since=2020&lang={language}" for language in LANGUAGES
    ]
    assert [link.attributes["lang"] for link in links] == list(LANGUAGES)
    assert [link.attributes["hreflang"] for link in links if "aria-current" in link.attributes] == ["az"]
    client.cookies.clear()


def test_a_hostile_query_stays_in_its_links() -> None:
    with speaking("en", 'q="><script>x</script>&lang=ru&language=lv'):
        page = parse(chooser())
    assert not page.all("script")
    assert "lang=en" in str(page.all("a")[0].attributes["href"])
    assert str(page.all("a")[0].attributes["href"]).count("lang=") == 1


# Dates, numbers, ages


@pytest.mark.parametrize(
    ("language", "day", "month", "age", "thousands"),
    [
        ("en", "24 September 2025", "September 2025", "3 months ago", "12,345"),
        ("lv", "2025. gada 24. septembris", "2025. g. septembris", "pirms 3 mēnešiem", "12\xa0345"),
        ("az", "24 sentyabr 2025", "sentyabr 2025", "3 ay öncə", "12.345"),
        ("ru", "24 сентября 2025\u202fг.", "сентябрь 2025\u202fг.", "3 месяца назад", "12\xa0345"),
    ],
)
def test_dates_numbers_and_ages_are_those_of_the_language(
    language: str, day: str, month: str, age: str, thousands: str
) -> None:
    with speaking(language):
        assert plain(readable_date("2025-09-24")) == plain(day)
        assert plain(readable_date("2025-09")) == plain(month)
        assert readable_date("2025") == "2025"
        assert age_in_words("2025-09-24", date(2025, 12, 30)) == age
        assert number(12345) == thousands
    assert date_in_words("2025-02-31") is None
    assert date_in_words("yesterday") is None


def plain(text: str) -> str:
    """The text with each kind of space as one; CLDR changes them between versions."""
    return " ".join(text.split())


def test_ages_and_lists_follow_grammar() -> None:
    with speaking("ru"):
        assert [ago(count, "month") for count in (1, 2, 5)] == ["1 месяц назад", "2 месяца назад", "5 месяцев назад"]
        assert listed(["A", "B", "C"]) == "A, B и C"
    assert ago(13, "month") == "13 months ago"
    assert ago(40, "day") == "40 days ago"
    assert ago(1, "year") == "1 year ago"


# Texts


def test_the_language_ends_with_its_block_and_with_each_item() -> None:
    def items() -> Iterator[str]:
        yield str(PRODUCT)
        yield str(PRODUCT)

    found = []
    for item in spoken("lv", items()):
        assert current() == ENGLISH
        found.append(item)
    assert found == ["Veselības sadarbības palīgs"] * 2
    with pytest.raises(KeyError), speaking("ru"):
        raise KeyError
    assert current() == ENGLISH


def test_a_text_that_is_said_later_is_said_in_the_language_of_then() -> None:
    source, hostile = SHORT["since"], 'openai:"<b>\u2028'
    page = f'<html lang="en"><head></head>{{"label": "{later(source, value="2024")}"}}</html>'
    with speaking("ru"):
        told = translated_page(page)
    assert '"label": "С: 2024"' in told
    assert '<html lang="ru" data-language="ru">' in told
    assert said(later(source, value=hostile)) == f"Since {hostile}"
    with speaking("lv"):
        assert said(later(COUNTED_SOURCES, count=21)) == "21 avots"


def test_scripts_get_their_texts_in_every_language_and_every_number() -> None:
    script = with_words(f"{PLACE} rest", {"one": PRODUCT, "many": COUNTED_SOURCES})
    assert script.endswith(" rest")
    for language in LANGUAGES:
        with speaking(language):
            assert str(PRODUCT) in script
    for form in ("{count} источника", "{count} avotu", "{count} mənbə"):
        assert form in script
    with pytest.raises(ValueError, match="at one line"):
        with_words("no line", {})


# Other languages are marked


def cited(language: str | None) -> Citation:
    reference = DocumentReference("d1", "s/a.md", "A title", "Trend", "2025-12-04", None, "0" * 64, language)
    return Citation(1, "They signed it.", 0, 15, None, reference, "signed")


def answer_with(language: str | None, **values: Any) -> Answer:
    told: dict[str, Any] = {
        "question": "What?",
        "standalone_question": "What?",
        "outcome": Outcome.ANSWERED,
        "statements": (Statement("They signed it.", (1,)),),
        "citations": (cited(language),),
    }
    return Answer(**{**told, **values})


@pytest.mark.parametrize(("of_document", "marked_as"), [("en", "en"), (None, "en"), ("lv", "lv"), ('"><x', "en")])
def test_sentences_and_quotes_are_marked_as_being_in_the_language_of_their_document(
    of_document: str | None, marked_as: str
) -> None:
    answer = answer_with(of_document)
    with speaking("ru"):
        assert f'<span lang="{marked_as}">They signed it.</span> <a class="marker"' in answer_as_markdown(answer)
        panel = sources_as_markdown(cited_by(answer, 1), lambda _: document("They signed it. So it was."))
    assert f'<span lang="{marked_as}"> <mark>They signed it.</mark>' in panel
    assert f'<span lang="{marked_as}">A title</span>' in panel
    assert '<span class="status signed">подписано</span>' in panel


def test_what_is_in_the_language_of_the_page_is_not_marked() -> None:
    assert "lang=" not in answer_as_markdown(answer_with("en"))
    with speaking("lv"):
        assert "lang=" not in answer_as_markdown(answer_with("lv"))
        assert marked("x", "lv") == "x"
        assert lang("de") == ' lang="de"'


def test_fixed_sentences_are_translated_and_remarks_are_marked_as_the_language_they_are_in() -> None:
    composed = "The documents do not answer this: none of them names Estonia."
    ours = "В документах нет ответа: ни в одном из них не упоминается: Эстония."
    answer = answer_with("en", statements=(Statement(NOTHING_CHOSEN), Statement(composed), Statement(ours)))
    with speaking("ru"):
        shown = answer_as_markdown(answer)
        assert sentence(NOTHING_CHOSEN)[0].startswith("Выбранным фильтрам")
    assert '<p class="remark">Выбранным фильтрам' in shown
    assert f'<p class="remark" lang="en">{composed}</p>' in shown
    assert f'<p class="remark">{ours}</p>' in shown
    assert f'<p class="remark" lang="ru">{ours}</p>' in answer_as_markdown(answer)


def test_every_status_has_its_words() -> None:
    from assistant.language.commitments import Status

    assert set(STATUSES) == {status.words for status in Status}


# Files


def test_a_file_has_its_headings_in_the_language_and_its_quotes_as_they_are(
    client: TestClient, briefs: Assistant
) -> None:
    answer = answer_with("en", as_of="2025-12-04", warnings=("A composed remark.",))
    with speaking("az"):
        told = briefing_as_markdown(make_briefing([answer], lambda _: document("They signed it."), date(2026, 2, 9)))
    assert "Hazırlanıb: 9 fevral 2026, Səhiyyə Əməkdaşlığı Köməkçisi." in told
    assert "Vəziyyət: 4 dekabr 2025" in told
    assert "“They signed it.”" in told
    wanted = {"question": "What did Latvia and Azerbaijan agree on?", "format": "markdown"}
    assert "Made on" in client.post("/api/v1/export", json=wanted, headers={"Accept-Language": "ru"}).text
    assert "Подготовлено" in client.post("/api/v1/export", json={**wanted, "language": "ru"}).text
    assert "Sagatavots" in client.post("/export?lang=lv", data=wanted).text
    assert client.post("/api/v1/export", json={**wanted, "language": "xx"}).status_code == 422


# No page of ours is left in English


@every_other
@each(
    "place",
    [
        "/",
        "/timeline",
        "/timeline?parties=Latvia,Azerbaijan&since=2020",
        "/timeline?parties=Chad,Peru",
        "/documents",
        "/documents?q=nothing+is+like+this",
        "/documents/none",
        "cited",
        "/review",
        "/nothing-here",
    ],
)
def test_no_english_text_of_the_interface_is_left_on_a_page(
    client: TestClient, briefs: Assistant, language: str, place: str
) -> None:
    if place == "cited":
        place = f"/documents/{briefs.ask('What did Latvia and Azerbaijan agree on?').citations[0].document.id}"
    query = "&" if "?" in place else "?"
    page = client.get(f"{place}{query}lang={language}", headers={"Accept": "text/html"}).text
    english = client.get(f"{place}{query}lang=en", headers={"Accept": "text/html"}).text
    client.cookies.clear()
    assert interface_texts_in(page) == set()
    assert len(interface_texts_in(english)) > 1, "the control: in English they are found"


def interface_texts_in(page: str) -> set[str]:
    """The English texts of the interface that stand alone in a page: as an element's text, an attribute, a property."""
    found = parse(page)
    told = {element.text.strip() for element in found.elements if element.attributes.get("lang") != ENGLISH}
    told |= {str(value) for element in found.elements for value in element.attributes.values()}
    told |= set(re.findall(r'"((?:[^"\\]|\\.)*)"', page))
    ours = {english for english, _ in TEXTS if " " in english or english.istitle()}
    return (told & ours) - SAME_EVERYWHERE - NOT_READ
