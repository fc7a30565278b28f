"""Feedback and recorded questions: bounded, without who asked, deleted in time, and read by nobody who may not."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql
from each import each
from fakes import FakeEncoder, document
from fastapi.testclient import TestClient
from markup import parse
from payloads import every_payload
from servers import ONE_CATALOG_EACH
from starlette.requests import Request
from typer.testing import CliRunner

from assistant.answer import Answer, Citation, DocumentReference, Outcome, Statement
from assistant.assembly import Assistant, open_assistant
from corpus.index.servers import Servers
from ui.access.admission import Admission
from ui.access.layer import Access
from ui.application import create_app
from ui.cli import app
from ui.identity.identification import Identification
from ui.identity.identity import Identity, note_identity
from ui.identity.reader import COOKIE, reader_of
from ui.keeping.feedback_store import LONGEST_REASON, FeedbackStore, ReviewPeriod, alike
from ui.keeping.user_data import UserData
from ui.pages.review.page import POLICY, STYLE, review_page
from ui.pages.review.table import inert_cell, review_as_csv
from ui.rendering import one_line
from ui.storage.database import Database, RecordsDamaged, moment

ALWAYS = ReviewPeriod()
BRIEF = """---
title: "Iceland and Malta sign a health agreement"
publisher: "The Gazette"
published: "2024-05-03"
url: "https://gazette.example/1"
---

Iceland and Malta signed a health cooperation agreement in Valletta on 3 May 2024. It covers ambulances.
"""
ASKED = "What did Iceland and Malta agree on?"
REFUSED = "What did Estonia sign?"


def answer_to(question: str, outcome: Outcome = Outcome.ANSWERED) -> Answer:
    found = document("Signed.", path="a.md", source="s")
    cited = tuple(Citation(number, "Signed.", 0, 7, None, DocumentReference.to(found)) for number in (1, 2))
    return Answer(question, question, outcome, (Statement("Signed.", (1, 2)),), cited, as_of="2024")


ON_SERVERS = ONE_CATALOG_EACH


@pytest.fixture
def database(tmp_path: Path, servers: Servers) -> Iterator[Database]:
    database = Database(tmp_path, servers.catalog)
    yield database
    database.close()


@pytest.fixture
def records(database: Database) -> FeedbackStore:
    return FeedbackStore(database, days=90)


def set_day(records: FeedbackStore, table: str, day: str) -> None:
    """Make all rows of a table so old."""
    with records._database.writing() as connection:
        connection.execute(sql.text(f"UPDATE {table} SET at = :at"), {"at": f"{day}T12:00:00Z"})


# Records


def test_alike_questions_are_counted_together(records: FeedbackStore) -> None:
    for question in ("What was signed?", "what was  SIGNED", "What was signed?!", "Who signed?"):
        records.note_question(answer_to(question), 12.34)
    most, other = records.asked(ALWAYS)
    assert (most.count, alike(most.question), most.outcome, round(most.milliseconds, 2)) == (
        3,
        "what was signed",
        "answered",
        12.3,
    )
    assert (other.count, other.question) == (1, "Who signed?")


def test_refused_questions_are_told_apart(records: FeedbackStore) -> None:
    for outcome in Outcome:
        records.note_question(answer_to(f"Ends as {outcome}", outcome), 1)
    assert {item.question for item in records.asked(ALWAYS, refused=True)} == {"Ends as not_found", "Ends as unclear"}
    assert records.outcomes(ALWAYS) == {"answered": 1, "partial": 1, "not_found": 1, "unclear": 1}


@pytest.mark.one_folder
def test_nothing_but_what_is_documented_is_stored(records: FeedbackStore) -> None:
    records.note_question(answer_to("What?"), 5)
    records.add_feedback(answer_to("What?"), 3, liked=False, reason="Too short")
    with records._database.reading() as connection:
        asked = connection.execute(sql.text("SELECT * FROM question")).one()
        judged = connection.execute(sql.text("SELECT * FROM feedback")).one()
    assert asked[2:] == ("What?", "what", "answered", "2024", '["s/a.md"]', 5.0)
    assert judged[2:] == ("What?", "answered", '["s/a.md"]', 3, 0, "Too short")


def test_a_judgement_gets_its_reason_later_and_can_be_taken_back(records: FeedbackStore) -> None:
    given = records.add_feedback(answer_to("What?"), 1, liked=True)
    assert records.give_reason(given, "  Just\nright ")
    assert [item.reason for item in records.judged(ALWAYS, liked=True)] == ["Just right"]
    assert not records.give_reason("nobody's", "Forged")
    assert not records.take_back("nobody's")
    assert records.take_back(given)
    assert records.judged(ALWAYS) == []


def test_texts_are_bounded(records: FeedbackStore) -> None:
    records.add_feedback(answer_to("x" * 10_000), 1, liked=False, reason="y" * 10_000)
    (judged,) = records.judged(ALWAYS)
    assert len(judged.reason) == LONGEST_REASON
    assert len(judged.question) == 2_000


def test_a_period_includes_both_of_its_days(records: FeedbackStore) -> None:
    records.note_question(answer_to("What?"), 1)
    set_day(records, "question", "2026-02-09")
    within = [(None, None), ("2026-02-09", "2026-02-09"), ("2026-02-01", None), (None, "2026-03-01")]
    outside = [("2026-02-10", None), (None, "2026-02-08")]
    for days, count in [*((days, 1) for days in within), *((days, 0) for days in outside)]:
        period = ReviewPeriod(*(date.fromisoformat(day) if day else None for day in days))
        assert len(records.asked(period)) == count


def test_what_is_old_is_purged(records: FeedbackStore) -> None:
    records.note_question(answer_to("Old?"), 1)
    records.add_feedback(answer_to("Old?"), 1, liked=True)
    for table in ("question", "feedback"):
        set_day(records, table, moment(days_before=100)[:10])
    records._cleaned = moment()[:10]  # today's own cleaning is done
    records.note_question(answer_to("New?"), 1)
    assert records.purge(101) == (0, 0)
    assert records.purge(99) == (1, 1)
    assert [item.question for item in records.asked(ALWAYS)] == ["New?"]


def test_what_is_older_than_the_setting_goes_by_itself_once_a_day(database: Database) -> None:
    FeedbackStore(database, days=90).note_question(answer_to("Old?"), 1)
    restarted = FeedbackStore(database, days=90)
    set_day(restarted, "question", moment(days_before=91)[:10])
    restarted.note_question(answer_to("New?"), 1)
    assert [item.question for item in restarted.asked(ALWAYS)] == ["New?"]


@pytest.mark.one_folder
def test_reading_makes_no_database(records: FeedbackStore, tmp_path: Path) -> None:
    assert records.asked(ALWAYS) == records.judged(ALWAYS) == []
    assert records.purge(0) == (0, 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.one_folder
def test_a_damaged_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(RecordsDamaged, match="remove the file"):
        FeedbackStore(Database(tmp_path), days=1).asked(ALWAYS)


# The command line


@pytest.mark.one_folder
def test_records_are_purged_from_the_command_line(records: FeedbackStore, tmp_path: Path) -> None:
    def purge(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["records", "purge", "--data-dir", str(tmp_path), *arguments])
        assert result.exit_code == 0
        return result.output.strip()

    assert purge("--older-than", "90") == "Nothing is kept here."
    records.note_question(answer_to("Old?"), 1)
    set_day(records, "question", moment(days_before=100)[:10])
    assert purge("--older-than", "101") == "Deleted: 0 of the questions, 0 of the judgements."
    assert purge("--older-than", "99", "--conversations") == (
        "Deleted: 1 of the questions, 0 of the judgements, 0 of the conversations."
    )


# CSV


@each("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert inert_cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"
    assert inert_cell(f"A {start} B") == f"A {start} B"


def test_figures_stay_figures() -> None:
    assert [inert_cell(value) for value in (7, -1, "7", None)] == [7, -1, "7", None]


def test_questions_and_feedback_are_tables(records: FeedbackStore) -> None:
    formula = '=HYPERLINK("http://evil.invalid","x")'
    records.note_question(answer_to(formula), 12)
    records.add_feedback(answer_to("What?"), 4, liked=False, reason='@SUM(1), "quoted"')
    questions = list(csv.reader(io.StringIO(review_as_csv(records, ALWAYS, "questions"))))
    assert questions[0] == ["question", "times asked", "last outcome", "last asked", "mean milliseconds"]
    assert questions[1][:3] == [f"'{formula}", "1", "answered"]
    header, row = csv.reader(io.StringIO(review_as_csv(records, ALWAYS, "feedback")))
    judged = dict(zip(header, row, strict=True))
    assert (judged["judged"], judged["reason"]) == ("disliked", '\'@SUM(1), "quoted"')
    assert (judged["documents"], judged["generation"]) == ("s/a.md", "4")


# The page


def test_an_empty_review_page_says_how_questions_come_to_be_recorded(records: FeedbackStore) -> None:
    page = review_page(records, ALWAYS, recording=False)
    assert "ASSISTANT_RECORD_QUESTIONS=true" in page
    assert page.count("Nothing in these days.") == 4
    assert "ASSISTANT_RECORD_QUESTIONS" not in review_page(records, ALWAYS, recording=True)
    assert "deleted after 90 days" in review_page(records, ALWAYS, recording=True)


@every_payload
def test_hostile_words_are_plain_text_on_the_review_page(records: FeedbackStore, payload: str) -> None:
    def page_of(text: str) -> Any:
        with records._database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM question")
            connection.exec_driver_sql("DELETE FROM feedback")
        text = text.encode("utf-8", "replace").decode()
        records.note_question(answer_to(text, Outcome.NOT_FOUND), 1)
        records.add_feedback(answer_to(text), 1, liked=False, reason=text)
        return parse(review_page(records, ALWAYS, recording=True))

    hostile, plain = page_of(payload), page_of("Plain words")
    assert hostile.structure == plain.structure
    assert one_line(payload.encode("utf-8", "replace").decode()) in hostile.text


def test_the_review_page_may_run_and_load_nothing(records: FeedbackStore) -> None:
    page = parse(review_page(records, ALWAYS, recording=True))
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY
    assert not page.all("script")
    assert not any("style" in element.attributes for element in page.elements)
    assert "@import" not in STYLE
    assert "url(" not in STYLE


# Over HTTP


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "agreement.md").write_text(BRIEF, encoding="utf-8")
    assistant = open_assistant(tmp_path_factory.mktemp("data"), folder=folder, encoder=FakeEncoder())
    yield assistant
    assistant.close()


@pytest.fixture
def user_data(assistant: Assistant, tmp_path: Path) -> Iterator[UserData]:
    user_data = UserData(assistant, conversations="server", record_questions=True, folder=tmp_path)
    yield user_data
    user_data.database.close()


@pytest.fixture
def client(assistant: Assistant, user_data: UserData) -> TestClient:
    """Somebody at this machine."""
    return TestClient(
        create_app(assistant, user_data=user_data), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 50_000)
    )


def test_a_question_asked_is_recorded_and_an_export_of_it_is_not(client: TestClient, user_data: UserData) -> None:
    for _ in range(2):
        assert client.post("/api/v1/ask", json={"question": REFUSED}).json()["outcome"] == "not_found"
    client.post("/api/v1/export", json={"question": REFUSED})
    (asked,) = user_data.records.asked(ALWAYS, refused=True)
    assert (asked.question, asked.count) == (REFUSED, 2)


def test_nothing_is_recorded_unless_it_is_switched_on(assistant: Assistant, tmp_path: Path) -> None:
    client = TestClient(create_app(assistant, user_data=UserData(assistant, folder=tmp_path)))
    assert client.post("/api/v1/ask", json={"question": ASKED}).status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_a_question_that_cannot_be_recorded_is_answered_all_the_same(
    assistant: Assistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "records.sqlite3").write_bytes(b"not a database" * 100)
    client = TestClient(create_app(assistant, user_data=UserData(assistant, record_questions=True, folder=tmp_path)))
    assert client.post("/api/v1/ask", json={"question": ASKED}).json()["outcome"] == "answered"
    assert "was not recorded" in caplog.text
    assert ASKED not in caplog.text


def test_feedback_is_stored_with_what_was_answered_here(client: TestClient, user_data: UserData) -> None:
    sent = {"question": ASKED, "liked": False, "reason": " Too short ", "answer": "Forged", "outcome": "forged"}
    response = client.post("/api/v1/feedback", json=sent)
    assert response.status_code == 201
    assert len(response.json()["id"]) > 20
    (judged,) = user_data.records.judged(ALWAYS)
    assert (judged.question, judged.outcome, judged.reason) == (ASKED, "answered", "Too short")
    assert [document.rpartition("/")[2] for document in judged.documents] == ["agreement.md"]
    assert judged.generation == user_data.assistant.store.generation
    assert 'assistant_feedback_total{verdict="bad"} 1.0' in client.get("/metrics").text


@pytest.mark.parametrize(
    "body",
    [
        {"question": ASKED},
        {"liked": True},
        {"question": "", "liked": True},
        {"question": "x" * 2_001, "liked": True},
        {"question": ASKED, "liked": True, "reason": "x" * 1_001},
        {"question": ASKED, "liked": "perhaps"},
        {"question": ASKED, "liked": True, "history": ["x"] * 21},
    ],
)
def test_what_is_no_judgement_is_refused_with_the_reason(client: TestClient, body: object) -> None:
    response = client.post("/api/v1/feedback", json=body)
    assert response.status_code == 422
    assert response.json()["detail"].startswith("body")


def test_an_export_is_answered_here_whatever_is_sent_along(client: TestClient) -> None:
    sent = {"question": ASKED, "format": "markdown", "answer": "Forged", "citations": ["Forged"]}
    response = client.post("/api/v1/export", json=sent)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    name = response.headers["content-disposition"]
    assert name.startswith('attachment; filename="what-did-iceland-and-malta-agree-on-')
    assert name.endswith('.md"')
    assert "Forged" not in response.text
    told = client.post("/api/v1/ask", json={"question": ASKED}).json()
    for citation in told["citations"]:
        assert f"[^{citation['number']}]: **Iceland and Malta sign" in response.text
        assert citation["quote"] in response.text
        assert citation["document"]["sha256"] in response.text
        place = f"http://127.0.0.1:7860/documents/{citation['document']['id']}?start={citation['start']}"
        assert place in response.text


def test_a_form_brings_the_whole_conversation_as_a_word_file(client: TestClient) -> None:
    form = {"question": "when was it signed?", "history": [ASKED, REFUSED], "scope": "conversation", "format": "docx"}
    response = client.post("/export", data=form)
    assert response.status_code == 200
    assert response.content.startswith(b"PK")
    import docx

    file = docx.Document(io.BytesIO(response.content))
    headings = [item.text for item in file.paragraphs if item.style is not None and item.style.name == "Heading 1"]
    assert headings == [ASKED, REFUSED, "when was it signed?"]


@pytest.mark.parametrize("path", ["/export", "/api/v1/export"])
@pytest.mark.parametrize(
    "body", [{}, {"question": ASKED, "format": "pdf"}, {"question": ASKED, "scope": "all"}, {"question": "x" * 2_001}]
)
def test_an_export_that_cannot_be_is_a_problem(client: TestClient, path: str, body: dict[str, str]) -> None:
    response = client.post(path, data=body) if path == "/export" else client.post(path, json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_the_review_page_and_table_show_what_was_asked_in_the_days_chosen(
    client: TestClient, user_data: UserData
) -> None:
    client.post("/api/v1/ask", json={"question": REFUSED})
    page = client.get("/review?since=&until=")
    assert page.status_code == 200
    assert page.headers["content-security-policy"] == POLICY
    assert f"<td>{REFUSED}</td><td>not found</td>" in page.text
    assert REFUSED in client.get("/api/v1/review.csv").text
    set_day(user_data.records, "question", "2026-02-09")
    assert REFUSED not in client.get("/review?since=2026-02-10").text
    assert REFUSED not in client.get("/api/v1/review.csv?since=2026-02-10").text
    for day in ("lately", "0", "2026-02-31", "2026-2-9"):
        assert client.get(f"/review?since={day}").status_code == 422


@pytest.mark.parametrize(("peer", "headers"), [("192.0.2.7", {}), ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"})])
def test_without_a_sign_in_only_the_machine_itself_may_review(
    assistant: Assistant, user_data: UserData, peer: str, headers: dict[str, str]
) -> None:
    access = Access(Admission(Identification(is_open=True)))
    app = create_app(assistant, user_data=user_data, access=access)
    client = TestClient(app, base_url="http://127.0.0.1:7860", client=(peer, 50_000), headers=headers)
    assert client.post("/api/v1/ask", json={"question": REFUSED}).status_code == 200
    for path in ("/review", "/api/v1/review.csv"):
        response = client.get(path)
        assert response.status_code in (401, 403)
        assert REFUSED not in response.text
    here = TestClient(app, base_url="http://127.0.0.1:7860", client=("127.0.0.1", 50_000))
    assert here.get("/review").status_code == 200


def test_whoever_signs_in_is_the_same_reader_with_any_cookie() -> None:
    scope: dict[str, Any] = {"type": "http", "headers": [(b"cookie", f"{COOKIE}={'x' * 43}".encode())]}
    assert reader_of(Request(scope)).startswith("cookie:")
    note_identity(scope, Identity("Anna", "sign-in", subject="7"))
    assert reader_of(Request(scope)) == "sign-in:7"
    assert reader_of(Request({"type": "http", "headers": []})) == ""


# Who is who


def test_whoever_opens_the_page_gets_a_cookie_of_their_own_once(client: TestClient) -> None:
    first = client.get("/").headers["set-cookie"]
    assert first.startswith(f"{COOKIE}=")
    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in first
    assert "Secure" not in first
    assert "set-cookie" not in client.get("/").headers


@pytest.mark.parametrize("forged", ["x", "x" * 42, "../" * 20, "x" * 5_000])
def test_a_cookie_not_of_our_making_is_replaced(client: TestClient, forged: str) -> None:
    assert "set-cookie" in client.get("/", headers={"Cookie": f"{COOKIE}={forged}"}).headers


def test_no_cookie_is_given_where_nothing_is_kept_on_the_server(assistant: Assistant, tmp_path: Path) -> None:
    for place in ("browser", "off"):
        user_data = UserData(assistant, conversations=place, folder=tmp_path)  # type: ignore[arg-type]
        assert "set-cookie" not in TestClient(create_app(assistant, user_data=user_data)).get("/").headers


def test_an_interface_for_programs_gives_no_cookie(client: TestClient) -> None:
    assert "set-cookie" not in client.post("/api/v1/ask", json={"question": ASKED}).headers
    assert "set-cookie" not in client.get("/health/live").headers
