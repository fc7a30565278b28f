"""Evaluating: what counts as a stated fact, a right refusal, an overclaim, and what a report says of them."""

import datetime
import json
import math
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from asking import FakeNetwork, FakeProbes
from each import each
from fakes import document
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from assistant.answer import Answer, Citation, DocumentReference, Outcome, Statement
from assistant.chain import AnswerChain
from assistant.evaluation.cases import Case, read_cases
from assistant.evaluation.facts import derived_facts, normalised, states
from assistant.evaluation.measuring import Result, evaluate, facts_in, quote_failures, status_errors
from assistant.evaluation.report import (
    abstention_curve,
    abstention_figures,
    compare,
    figures,
    make_report,
    percentile,
    read_report,
    retrieval_figures,
    write_report,
)
from assistant.evaluation.tables import comparison_as_text, report_as_text
from assistant.language.commitments import Status
from assistant.reader.reading import EvidenceReader
from assistant.search.retrieval import HybridRetriever
from corpus.document import Document, Passage, Span
from corpus.errors import AssistantError
from corpus.ingest.sync import sync
from corpus.store.store import Store
from ui.cli import app

SIGNED = document(
    "The ministries signed an agreement in Riga on 4 December 2025.", id="signed", path="2025/signed.md", source="b"
)
TALKS = document("The ministers discussed digital health in Baku.", id="talks", path="talks.md", source="b")


def cite(found: Document, number: int = 1, **changes: Any) -> Citation:
    whole = Citation(number, found.text, 0, len(found.text), None, DocumentReference.to(found))
    return replace(whole, **changes)


def answer(*texts: str, outcome: Outcome = Outcome.ANSWERED, remark: str = "", question: str = "What?") -> Answer:
    statements = [Statement(text, (number,)) for number, text in enumerate(texts, start=1)]
    return Answer(question, question, outcome, (*([Statement(remark)] if remark else []), *statements))


def case(id: str = "Q1", type: str = "single-fact", **values: Any) -> Case:
    return Case(id=id, type=type, question=values.pop("question", "What?"), **values)


def result(of: Case | None = None, **values: Any) -> Result:
    settings: dict[str, Any] = {
        "standalone_question": "What?",
        "outcome": "answered",
        "answer": "An answer. [1]",
        "retrieved": (),
        "cited": (),
        "best_score": 0.5,
        "facts_found": (),
        "facts_missing": (),
        "quote_failures": 0,
        "status_checked": False,
        "status_errors": (),
        "milliseconds": 10.0,
        **values,
    }
    return Result(case=of or case(), **settings)


class FakeAssistant:
    """Answers every question with its documents, cited in full; no index, no model."""

    def __init__(self, *documents: Document, outcome: Outcome = Outcome.ANSWERED) -> None:
        self.documents = documents
        self.outcome = outcome
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.store = SimpleNamespace(document={found.id: found for found in documents}.get)
        self.retriever = SimpleNamespace(search=self.search)
        self.chain = SimpleNamespace(
            evidence=lambda question, history: [SimpleNamespace(score=0.4, document=SIGNED)],
            understood=lambda question, history: SimpleNamespace(read=question),
        )

    def ask(self, question: str, history: tuple[str, ...] = ()) -> Answer:
        self.asked.append((question, history))
        cited = () if self.outcome is Outcome.NOT_FOUND else tuple(map(cite, self.documents))
        return replace(answer(*(found.quote for found in cited), outcome=self.outcome), citations=cited)

    def search(self, query: str, count: int) -> list[Any]:
        passages = [
            SimpleNamespace(
                score=1.0, document=found, passage=Passage(f"{found.id}-{ordinal}", found.id, ordinal, Span(0, 1), "")
            )
            for found in self.documents
            for ordinal in range(2)
        ]
        return passages[:count]


# Facts


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)), st.data())
def test_a_date_is_found_however_it_is_written(date: datetime.date, data: st.DataObject) -> None:
    month = ("January February March April May June July August September October November December").split()
    name = month[date.month - 1]
    written = (
        f"{date.day} {name} {date.year}",
        f"{name} {date.day}, {date.year}",
        f"{date.day}th of {name} {date.year}",
        f"{date.day} {name[:3]} {date.year}",
        f"{name[:3]}. {date.day}, {date.year}",
        date.isoformat(),
        f"{date.day}.{date.month}.{date.year}",
    )
    text, wanted = data.draw(st.sampled_from(written)), data.draw(st.sampled_from(written))
    assert states(f"It was signed on {text} in Riga.", wanted)
    assert states(f"It was signed on {text} in Riga.", f"{name} {date.year}")
    assert not states(f"It was signed on {text} in Riga.", f"{date.day} {name} {date.year + 1}")


@given(st.integers(0, 10**12), st.integers(0, 9))
def test_a_number_is_found_with_or_without_separators_and_never_inside_a_longer_one(number: int, digit: int) -> None:
    assert states(f"Some {number:,} people came.", str(number))
    assert states(f"Some {number} people came.", f"{number:,}")
    assert not states(f"Some {number}{digit} people came.", str(number))
    assert not states(f"Some {number}.{digit} people came.", str(number))


@each(
    ("text", "wanted"),
    [
        ("projects of EUR 4,232,963", "4232963"),
        ("projects of EUR 4 232 963", "4,232,963"),
        ("a grant of €12 million", "EUR 12 million"),
        ("a grant of EUR 12,000,000", "12 million"),
        ("nine international experts", "9 international experts"),
        ("more than a hundred operations", "more than 100"),
        ("about 30 per cent", "30%"),
        ("the mission of 19–23 September 2022", "23 September 2022"),
        ("from 19 to 23 September", "19-23 September"),
        ("signed in Joniškis", "Joniskis"),
        ("NOVARTIS gene therapies", "Novartis Gene Therapies"),
        ("Latvia’s minister", "Latvia's minister"),
        ("one\nline\u00a0break", "one line break"),
    ],
)
def test_a_fact_is_found_in_another_spelling(text: str, wanted: str) -> None:
    assert states(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("on 14 December 2025", "4 December 2025"),
        ("in December 2025", "4 December 2025"),
        ("the 12.5 million", "5 million"),
        ("Latvian experts", "Latvia"),
        ("Rigas Stradins", "Riga"),
    ],
)
def test_a_part_of_a_word_or_number_is_no_fact(text: str, wanted: str) -> None:
    assert not states(text, wanted)


@given(st.text())
def test_any_text_can_be_normalised_and_states_itself_or_nothing(text: str) -> None:
    assert "\n" not in normalised(text)
    states(text, text)


def test_any_alternative_states_a_fact() -> None:
    asked = case(facts=(("Edgars Skuja", "Skuja"), ("Baku",), ("Riga",)))
    found, missing = facts_in(answer("Ambassador Skuja came.", "It was in Baku."), asked)
    assert (found, missing) == (("Edgars Skuja", "Baku"), ("Riga",))


def test_a_remark_states_only_what_the_question_does_not_say() -> None:
    asked = case(facts=(("Estonia",), ("nothing",)))
    refusal = answer(remark="Nothing is reported of Estonia.", question="What did Estonia sign?")
    assert facts_in(refusal, asked) == (("nothing",), ("Estonia",))


def test_facts_are_derived_from_numbers_dates_and_names_that_the_question_does_not_say() -> None:
    expected = "None by Latvia; the Ministry of Health (or so) gave USD 5 million on 4 December 2025 in Riga."
    assert derived_facts(expected, "What did Latvia get?") == (
        ("4 december 2025",),
        ("5000000",),
        ("Ministry of Health",),
        ("Riga",),
    )
    assert derived_facts("Exchange of experience; up to 20 km.", "What?") == (("20",),)


def test_only_numbers_are_derived_in_other_languages() -> None:
    assert derived_facts("Vairāk nekā 540 Rīgā.", "Cik?", "lv") == (("540",),)


# Retrieval


def test_retrieval_figures_are_those_computed_by_hand() -> None:
    found = retrieval_figures(
        {"one": ["x", "a", "y", "b"], "none": [], "late": [*map(str, range(7)), "c"], "other": ["a"]},
        {"one": ["a", "b"], "none": ["z"], "late": ["c"]},
    )
    gain = (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3))
    assert found["one"] == pytest.approx({"hit@1": 0, "hit@5": 1, "hit@10": 1, "mrr": 0.5, "ndcg@10": gain})
    assert set(found["none"].values()) == {0.0}
    assert found["late"] == pytest.approx(
        {"hit@1": 0, "hit@5": 0, "hit@10": 1, "mrr": 1 / 8, "ndcg@10": 1 / math.log2(9)}
    )
    assert "other" not in found


def test_without_ir_measures_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(AssistantError, match=r"health-cooperation-assistant\[evaluation\]"):
        retrieval_figures({}, {})


def test_citation_precision_and_recall_count_documents_over_all_answerable_questions() -> None:
    results = [
        result(case("a", files=("1", "2")), cited=("1", "x")),
        result(case("b", files=("3",)), cited=("3",)),
        result(case("c", "not-in-corpus", files=("4",)), cited=("y", "z")),
    ]
    measured = figures(results, {})
    assert measured["citation_precision"] == pytest.approx(2 / 3, abs=1e-4)
    assert measured["citation_recall"] == pytest.approx(2 / 3, abs=1e-4)
    assert measured["supporting_cited"] == 1.0


def test_facts_are_counted_over_all_questions_together() -> None:
    results = [
        result(case("a", facts=(("1",), ("2",), ("3",))), facts_found=("1",), facts_missing=("2", "3")),
        result(case("b", facts=(("4",),)), facts_found=("4",)),
        result(case("c"), cited=()),
    ]
    measured = figures(results, {})
    assert (measured["facts_found"], measured["fully_answered"]) == (0.5, 0.5)


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([40, 10, 30, 20], 0.5) == 20
    assert percentile([40, 10, 30, 20], 0.95) == 40
    assert percentile([], 0.5) is None


# Refusing

REFUSALS = [
    result(case("a", "not-in-corpus"), outcome="not_found", best_score=0.05),
    result(case("b", "not-in-corpus"), outcome="partial", best_score=0.25),
    result(case("c"), outcome="answered", best_score=0.9),
    result(case("d"), outcome="unclear", best_score=None),
    result(case("e", lang="lv"), outcome="not_found", best_score=0.15),
    result(case("f"), outcome="partial", best_score=0.35),
]


def test_refusing_is_right_where_the_documents_do_not_answer() -> None:
    measured = abstention_figures(REFUSALS)
    assert measured == {
        "refused": 0.5,
        "refusal_precision": pytest.approx(1 / 3, abs=1e-4),
        "refusal_recall": 0.5,
        "answerable_refused": 0.5,
        "answerable_refused_english": pytest.approx(1 / 3, abs=1e-4),
    }


def test_a_group_without_unanswerable_questions_has_no_precision_of_refusing() -> None:
    measured = abstention_figures(REFUSALS[2:])
    assert measured["refusal_precision"] is None
    assert measured["refusal_recall"] is None


def test_the_curve_refuses_by_score_and_by_outcome_where_there_is_none() -> None:
    curve = {point["threshold"]: point for point in abstention_curve(REFUSALS)}
    assert (curve[0.0]["refusal_recall"], curve[0.0]["answerable_refused"]) == (0.0, 0.25)
    assert (curve[0.1]["refusal_precision"], curve[0.1]["refusal_recall"]) == (0.5, 0.5)
    assert (curve[0.3]["refusal_precision"], curve[0.3]["refusal_recall"]) == (0.5, 1.0)
    assert curve[0.3]["answerable_refused_english"] == pytest.approx(1 / 3, abs=1e-4)
    shares = [point["answerable_refused"] or 0 for point in abstention_curve(REFUSALS)]
    assert shares == sorted(shares)


# Overclaims

IN_FORCE = "The agreement has been in force since 14 June 2019."
APPROVED = "The president signed a decree approving the agreement."


def test_an_answer_beyond_the_documents_status_is_an_error_in_outcome_and_sentence() -> None:
    asked = case(status=Status.APPROVED)
    errors = status_errors(answer(APPROVED, IN_FORCE, question="Is the agreement in force?"), asked)
    assert len(errors) == 2
    assert errors[0] == "answers as in force what is approved at most"
    assert IN_FORCE in errors[1]


def test_an_answer_within_the_documents_status_is_no_error() -> None:
    within = answer(APPROVED, question="Has it been approved?")
    assert status_errors(within, case(status=Status.APPROVED)) == ()
    assert status_errors(answer(IN_FORCE, question="Is it in force?"), case(status=Status.IN_FORCE)) == ()


def test_sentences_told_with_a_reservation_are_no_error_and_the_remark_before_them_is() -> None:
    question = "What did they sign in Baku?"
    told = answer(
        APPROVED,
        outcome=Outcome.PARTIAL,
        remark="These documents report nothing as agreed or signed; they report what was discussed:",
        question=question,
    )
    assert status_errors(told, case(status=Status.DISCUSSED)) == ()
    boasting = replace(told, statements=(Statement("The furthest they report is signed:"), *told.statements[1:]))
    (error,) = status_errors(boasting, case(status=Status.DISCUSSED))
    assert error.startswith("remarks as signed what is discussed at most")


@pytest.mark.parametrize(
    "text",
    [
        "The agreement has been in force since then.",
        "It was not discussed; the agreement has been in force since then.",
        "Nothing else is known. The agreement is in force.",
        "No date is given, but the agreement is in force.",
    ],
)
def test_a_forbidden_wording_is_an_error(text: str) -> None:
    assert status_errors(answer(text), case(must_not=("in force",))) == ("says “in force”",)


@pytest.mark.parametrize(
    "text",
    [
        "The article does not say that the agreement is in force.",
        "The agreement isn’t in force yet.",
        "That it is in force is not reported.",
        "The force of the agreement is great.",
    ],
)
def test_a_forbidden_wording_is_no_error_where_it_is_denied(text: str) -> None:
    assert status_errors(answer(text), case(must_not=("in force",))) == ()


def test_a_question_that_says_nothing_of_status_is_not_checked() -> None:
    assert status_errors(answer(IN_FORCE, question="Is it in force?"), case()) == ()


# Quotes


def test_a_quote_that_differs_from_the_stored_text_is_counted() -> None:
    stored = {SIGNED.id: SIGNED}.get
    assert quote_failures([cite(SIGNED)], stored) == 0
    shifted = cite(SIGNED, start=1)
    changed = cite(SIGNED, quote=SIGNED.text.replace("signed", "ratified"))
    assert quote_failures([cite(SIGNED), shifted, changed, cite(TALKS)], stored) == 3


# A whole run, with a fake assistant


def run(tmp_path: Path, assistant: FakeAssistant, *questions: dict[str, Any]) -> tuple[list[Result], dict[str, Any]]:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(question) for question in questions), encoding="utf-8")
    results = evaluate(assistant, read_cases(path))  # type: ignore[arg-type]
    return results, make_report(results, questions=path.name)


SIGNED_WHEN = {
    "id": "Q1",
    "type": "single-fact",
    "lang": "en",
    "previous": "What did they do?",
    "question": "When was it signed?",
    "expected": "4 December 2025.",
    "files": ["signed.md"],
    "facts": [["4 December 2025"]],
    "status": "signed",
    "note": None,
    "a key nobody knows": 1,
}
HOW_MANY_BEDS = {"id": "Q2", "type": "not-in-corpus", "question": "How many beds are there?", "files": []}


def test_a_run_asks_with_the_earlier_question_and_measures_every_part(tmp_path: Path) -> None:
    assistant = FakeAssistant(SIGNED, TALKS)
    (signed, beds), report = run(tmp_path, assistant, SIGNED_WHEN, HOW_MANY_BEDS)
    assert assistant.asked[1:] == [("When was it signed?", ("What did they do?",)), ("How many beds are there?", ())]
    assert (signed.retrieved, signed.cited) == (("signed.md", "talks.md"), ("signed.md", "talks.md"))
    assert (signed.right, beds.right) == (True, False)
    total = report["figures"]["total"]
    assert (total["hit@1"], total["citation_precision"], total["refusal_recall"]) == (1.0, 0.5, 0.0)
    assert (total["quote_failures"], total["status_checked"], total["status_errors"]) == (0, 1, 0)
    assert set(report["figures"]["by_type"]) == {"single-fact", "not-in-corpus"}
    assert report["figures"]["by_type"]["not-in-corpus"]["mrr"] is None
    assert report["facts_derived"] == 0


def test_a_report_as_text_lists_the_failures_with_what_was_retrieved(tmp_path: Path) -> None:
    _, report = run(tmp_path, FakeAssistant(TALKS, SIGNED), {**SIGNED_WHEN, "facts": [["5 May"]]})
    text = report_as_text(report)
    assert "### Q1 (single-fact, en): When was it signed?" in text
    assert "missing: 5 May" in text
    assert "retrieved: ✓ signed.md, · talks.md" in text  # the document that was read comes first
    (header,) = {line for line in text.splitlines() if "hit@10" in line}
    assert {len(line) for line in text.partition("\n\n## Answers")[0].splitlines() if line[:1] == "|"} == {len(header)}


def test_derived_facts_are_told_in_the_report(tmp_path: Path) -> None:
    question = {key: value for key, value in SIGNED_WHEN.items() if key != "facts"}
    (signed,), report = run(tmp_path, FakeAssistant(SIGNED), question)
    assert signed.facts_found == ("4 december 2025",)
    assert report["facts_derived"] == 1
    assert "facts of 1 questions are not listed and were derived" in report_as_text(report)


def test_a_report_written_to_a_folder_is_read_back(tmp_path: Path) -> None:
    _, report = run(tmp_path, FakeAssistant(SIGNED), SIGNED_WHEN)
    write_report(tmp_path / "new" / "folder", report, "the text")
    assert read_report(tmp_path / "new" / "folder" / "report.json") == report
    assert (tmp_path / "new" / "folder" / "report.md").read_text(encoding="utf-8") == "the text\n"


def test_the_chain_gives_the_evidence_it_would_answer_from(store: Store, folder: Path) -> None:
    (folder / "signed.txt").write_text(f"{SIGNED.text}\n\nThe weather was mild that day.", encoding="utf-8")
    sync(store)
    chain = AnswerChain(store, HybridRetriever(store=store), EvidenceReader(FakeNetwork("signed")), FakeProbes())
    evidence = chain.evidence("When was that signed?", ["Which agreement did the ministries sign in Riga?"])
    assert evidence[0].text == SIGNED.text
    assert [item.score for item in evidence] == sorted((item.score for item in evidence), reverse=True)


# Two reports


def test_the_difference_of_two_reports_names_figures_and_questions(tmp_path: Path) -> None:
    worse_then = {**SIGNED_WHEN, "id": "Q3", "facts": [["discussed"]]}
    _, before = run(tmp_path, FakeAssistant(SIGNED), SIGNED_WHEN, worse_then, HOW_MANY_BEDS)
    _, now = run(tmp_path, FakeAssistant(TALKS), SIGNED_WHEN, worse_then, {**HOW_MANY_BEDS, "id": "Q9"})
    comparison = compare(before, now)
    assert (comparison["better"], comparison["worse"]) == (["Q3"], ["Q1"])
    assert (comparison["only_before"], comparison["only_now"]) == (["Q2"], ["Q9"])
    assert comparison["figures"]["total"]["hit@1"] == {"before": 1.0, "now": 0.0, "difference": -1.0}
    assert comparison["figures"]["by_type"]["single-fact"]["citation_recall"]["difference"] == -1.0
    assert set(comparison["figures"]["total"]) == set(now["figures"]["total"])
    text = comparison_as_text(comparison)
    assert "- better: Q3\n- worse: Q1\n" in text
    assert "| hit@1 " in text
    assert "-1.000 |" in text


def test_a_report_does_not_differ_from_itself(tmp_path: Path) -> None:
    _, report = run(tmp_path, FakeAssistant(SIGNED), SIGNED_WHEN, HOW_MANY_BEDS)
    comparison = compare(report, report)
    assert [comparison[key] for key in ("better", "worse", "only_before", "only_now")] == [[], [], [], []]
    assert not any(values["difference"] for values in comparison["figures"]["total"].values())
    assert "No figure changed." in comparison_as_text(comparison)


@pytest.mark.parametrize("content", ["not JSON", "[]", '{"figures": {}}', '{"figures": {"total": 1}, "questions": []}'])
def test_a_file_that_is_no_report_is_refused_in_one_sentence(content: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(content, encoding="utf-8")
    with pytest.raises(AssistantError, match=r"is not a report of this version; give the report\.json"):
        read_report(tmp_path / "report.json")


# Bad question files

GOOD = '{"id": "Q1", "type": "list", "question": "What?"}'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "Line 2 of questions.jsonl is not JSON"),
        ("[]", "Line 2 of questions.jsonl: a question is a JSON object."),
        ('{"id": "Q2", "type": "list"}', "Line 2 of questions.jsonl: “question” must be a text and is needed."),
        ('{"id": 2, "type": "list", "question": "What?"}', "“id” must be a text and is needed."),
        (GOOD, "Line 2 of questions.jsonl: the id “Q1” was used before."),
        (GOOD.replace("}", ', "files": [1]}').replace("Q1", "Q2"), "“files” must be a list of texts"),
        (GOOD.replace("}", ', "facts": ["Riga"]}').replace("Q1", "Q2"), "“facts” must be a list of lists"),
        (GOOD.replace("}", ', "facts": [[""]]}').replace("Q1", "Q2"), "“facts” must be a list of texts, none of them"),
        (GOOD.replace("}", ', "status": "done"}').replace("Q1", "Q2"), "“status” must be one of withdrawn, discussed,"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_by_its_number(line: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text(f"{GOOD}\n{line}\n", encoding="utf-8")
    with pytest.raises(AssistantError) as caught:
        read_cases(tmp_path / "questions.jsonl")
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe"])
def test_a_file_without_questions_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_bytes(content)
    with pytest.raises(AssistantError, match="question file"):
        read_cases(tmp_path / "questions.jsonl")


def test_absent_keys_and_null_are_the_same(tmp_path: Path) -> None:
    keys = ("lang", "previous", "expected", "files", "note", "facts", "must_not", "status")
    (tmp_path / "questions.jsonl").write_text(
        f"{GOOD}\n{json.dumps({**json.loads(GOOD), 'id': 'Q2', **dict.fromkeys(keys)})}", encoding="utf-8"
    )
    first, second = read_cases(tmp_path / "questions.jsonl")
    assert replace(second, id="Q1") == first


def test_the_command_tells_what_is_wrong_before_anything_is_opened(tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        app, ["evaluate", "--questions", str(tmp_path / "none.jsonl"), "--data-dir", str(tmp_path / "data")]
    )
    assert isinstance(ran.exception, AssistantError)
    assert not (tmp_path / "data").exists()
