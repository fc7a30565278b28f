"""Scopes: what is chosen and what somebody may see hold for every part of an answer, and hidden names stay hidden."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from each import each
from fakes import FakeEncoder, document

from assistant.answer import Answer, Outcome, Turn
from assistant.assembly import Assistant, open_assistant
from assistant.record.timeline import TimelineError
from assistant.scope.scope import EVERYTHING, NOTHING_CHOSEN, Scope, ScopeError, parties_of, scope_for
from corpus.catalog.facets import FIELDS, PARTY, SOURCE
from corpus.errors import SourceError

OPEN = {
    "agreement.md": (
        'parties: ["Latvia", "Azerbaijan"]\ntopics: ["medical education"]\npublisher: "Trend"\npublished: "2025-12-04"',
        "The health ministries of Latvia and Azerbaijan signed a health agreement in Riga on 4 December 2025. "
        "The Latvia–Azerbaijan agreement covers medical education and clinical research.",
    ),
    "talks.md": (
        'parties: ["Latvia", "Azerbaijan"]\ntopics: ["hospitals"]\npublisher: "LETA"\npublished: "2022-09"',
        "Latvia and Azerbaijan discussed hospitals at a meeting of ministers in Baku on 20 September 2022. "
        "No document was signed by Latvia and Azerbaijan at the meeting of 20 September 2022.",
    ),
    "mission.md": (
        'parties: ["WHO", "Azerbaijan"]\ntopics: ["hospitals"]\npublisher: "WHO/Europe"\nlanguage: "en"',
        "Nine experts of WHO visited hospitals in Azerbaijan in September 2022 for an assessment mission.",
    ),
    "plain.txt": ("", "Georgia and the Republic of Moldova signed a memorandum on vaccines in Tbilisi on 3 May 2024."),
}
SECRET = {
    "later.md": (
        'parties: ["Latvia", "Azerbaijan"]\ntopics: ["moon bases"]\n'
        'publisher: "Zembla Gazette"\npublished: "2026-03-01"',
        "The Latvia–Azerbaijan health agreement of 4 December 2025 entered into force on 1 March 2026, "
        "the Zembla Gazette reported.",
    ),
    "tuvalu.md": (
        'parties: ["Tuvalu", "Order of Zembla"]\ntopics: ["moon bases"]\n'
        'publisher: "Zembla Gazette"\npublished: "2026-04"',
        "Tuvalu and the Order of Zembla signed a health agreement on xylophones with Doctor Kinbote on 2 April 2026. "
        "The Tuvalu agreement with the Order of Zembla costs EUR 12 million and covers 700 nurses.",
    ),
}
# Of all that there is in the secret documents only.
SECRETS = ("tuvalu", "zembla", "kinbote", "xylophone", "moon base", "2026")
QUESTIONS = (
    "What did Latvia and Azerbaijan agree on?",
    "Is the health agreement between Latvia and Azerbaijan in force?",
    "When did the Latvia–Azerbaijan agreement enter into force?",
    "Which agreements did Latvia sign?",
    "With which countries did Azerbaijan sign agreements in 2025 and 2026?",
    "What happened between Latvia and Azerbaijan since 2022?",
    "What did Tuvalu sign?",
    "What did the Order of Zembla sign?",
    "What was said by Kinbote about nurses?",
    "Which xylophones are covered?",
    "How many nurses are covered?",
    "What did Georgia and Moldova sign?",
    "How many experts did WHO send?",
    "О чём договорились Латвия и Тувалу?",
    "nurses xylophones 2026",
    "and?",
)


def write(folder: Path, files: dict[str, tuple[str, str]]) -> Path:
    folder.mkdir()
    for name, (matter, text) in files.items():
        (folder / name).write_text(f"---\n{matter}\n---\n\n{text}\n" if matter else text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Four open documents, and two that only the groups `staff` and `board` may see."""
    root = tmp_path_factory.mktemp("scope")
    assistant = open_assistant(root / "data", encoder=FakeEncoder())
    assistant.add(write(root / "open", OPEN))
    assistant.add(write(root / "secret", SECRET), name="secret", groups=["staff", "board"])
    yield assistant
    assistant.close()


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The same, had the secret documents never existed."""
    root = tmp_path_factory.mktemp("without")
    assistant = open_assistant(root / "data", encoder=FakeEncoder())
    assistant.add(write(root / "open", OPEN))
    yield assistant
    assistant.close()


STRANGER = EVERYTHING.visible_to(())
STAFF = EVERYTHING.visible_to(["staff", "others"])


def told(answer: Answer) -> dict[str, object]:
    """All of an answer that a reader gets, but for its timings."""
    return replace(answer, timings_ms={}).to_dict()


def paths(answer: Answer) -> set[str]:
    return {citation.document.path for citation in (*answer.citations, *answer.closest)}


# What somebody may not see


@each("question", QUESTIONS)
def test_a_stranger_is_told_what_they_would_be_had_the_hidden_documents_never_existed(
    question: str, assistant: Assistant, without: Assistant
) -> None:
    for history in ([], [Turn("What did Latvia and Tuvalu sign?")]):
        seen, expected = told(assistant.ask(question, history, STRANGER)), told(without.ask(question, history))
        assert seen == expected


@each("question", QUESTIONS)
def test_nothing_hidden_is_in_any_part_of_an_answer_that_the_question_did_not_bring(
    question: str, assistant: Assistant
) -> None:
    answer = assistant.ask(question, scope=STRANGER)
    text = json.dumps(told(answer), ensure_ascii=False).lower()
    brought = question.replace("Тувалу", "Tuvalu").lower()
    assert not [secret for secret in SECRETS if secret in text and secret not in brought]
    assert all(path.startswith("open/") for path in paths(answer))


def test_the_control_whoever_may_see_them_is_answered_from_them(assistant: Assistant) -> None:
    for scope in (STAFF, EVERYTHING):
        answer = assistant.ask("What did Tuvalu sign?", scope=scope)
        assert answer.outcome is Outcome.ANSWERED
        assert "secret/tuvalu.md" in paths(answer)
        later = assistant.ask("What did Latvia and Azerbaijan agree on?", scope=scope)
        assert "secret/later.md" in paths(later), "the later step is told"
    assert "none of them names Tuvalu" in assistant.ask("What did Tuvalu sign?", scope=STRANGER).text


def test_everyone_hidden_from_gets_the_same_timeline_suggestions_and_values(
    assistant: Assistant, without: Assistant
) -> None:
    assert [party.name for party in assistant.parties(STRANGER)] == [party.name for party in without.parties()]
    assert "Tuvalu" in [party.name for party in assistant.parties(STAFF)]
    seen = assistant.timeline(["Latvia", "Azerbaijan"], scope=STRANGER).to_dict()
    assert seen == without.timeline(["Latvia", "Azerbaijan"]).to_dict()
    assert "in force" in json.dumps(assistant.timeline(["Latvia", "Azerbaijan"], scope=STAFF).to_dict())
    assert assistant.filters(STRANGER) == without.filters()
    for ask in (assistant, without):
        with pytest.raises(TimelineError) as raised:
            ask.timeline(["Order of Zembl"], scope=STRANGER)
        assert "Zembla" not in str(raised.value)


@pytest.mark.parametrize(
    "chosen",
    [
        Scope(parties=("Tuvalu",)),
        Scope(parties=("Order of Zembla",)),
        Scope(parties=("order of zembl",)),
        Scope(topics=("moon bases",)),
        Scope(publishers=("Zembla Gazette",)),
        Scope(sources=("secret",)),
        Scope(sources=("secre",)),
    ],
)
def test_a_hidden_value_is_as_unknown_as_one_that_never_was(
    chosen: Scope, assistant: Assistant, without: Assistant
) -> None:
    sentences = []
    for ask in (assistant, without):
        with pytest.raises(ScopeError) as raised:
            ask.ask("What?", scope=chosen.visible_to(()))
        sentences.append(str(raised.value))
    assert sentences[0] == sentences[1]
    asked = str(chosen).lower()
    assert not [secret for secret in SECRETS if secret in sentences[0].lower() and secret not in asked]


def test_whether_a_document_opens_depends_on_groups_alone(assistant: Assistant) -> None:
    by_path = {item.path: item for item in assistant.store.catalog.documents()}
    later, talks = by_path["later.md"], by_path["talks.md"]
    assert assistant.document(later.id, STAFF) == assistant.document(later.id) == later
    assert assistant.document(later.id, STRANGER) is None
    assert assistant.document(talks.id, STRANGER) == talks
    assert assistant.document(talks.id, replace(STRANGER, parties=("WHO",))) == talks
    assert assistant.document("none", STRANGER) is None


def test_a_request_never_widens_what_groups_may_see() -> None:
    asked = Scope(parties=("Latvia",), groups=frozenset(("staff",)))
    assert scope_for(["guests"], asked) == Scope(parties=("Latvia",), groups=frozenset(("guests",)))
    assert scope_for([]) == STRANGER


def test_a_source_can_be_opened_and_closed_and_stays_closed_when_it_is_removed(tmp_path: Path) -> None:
    assistant = open_assistant(tmp_path / "data", encoder=FakeEncoder(), folder=write(tmp_path / "secret", SECRET))
    (tuvalu,) = (item for item in assistant.store.catalog.documents() if item.path == "tuvalu.md")
    question = "What did Tuvalu sign?"
    assert assistant.ask(question, scope=STRANGER).outcome is Outcome.ANSWERED
    assistant.restrict("secret", ["staff"])
    assert assistant.ask(question, scope=STRANGER).outcome is Outcome.NOT_FOUND
    assert assistant.ask(question, scope=STAFF).outcome is Outcome.ANSWERED
    assistant.restrict("secret", [])
    assert assistant.ask(question, scope=STRANGER).outcome is Outcome.ANSWERED
    assistant.restrict("secret", ["staff"])
    assistant.remove("secret")
    assert assistant.document(tuvalu.id, STAFF) == tuvalu
    assert assistant.document(tuvalu.id, STRANGER) is None, "an old citation does not open what was closed"
    assistant.restrict("secret", [])
    assert assistant.document(tuvalu.id, STRANGER) == tuvalu
    with pytest.raises(SourceError, match="no source 'secret'"):
        assistant.restrict("secret", ["staff"])
    assistant.close()


# What was chosen


@each("question", QUESTIONS)
@each(
    ("chosen", "expected"),
    [
        (Scope(parties=("Latvia",)), {"open/agreement.md", "open/talks.md", "secret/later.md"}),
        (Scope(parties=("WHO", "Georgia")), {"open/mission.md", "open/plain.txt"}),
        (Scope(parties=("azerbaijan",), topics=("Hospitals",)), {"open/talks.md", "open/mission.md"}),
        (Scope(publishers=("leta",)), {"open/talks.md"}),
        (Scope(sources=("open",)), {"open/agreement.md", "open/talks.md", "open/mission.md", "open/plain.txt"}),
        (Scope(since="2025"), {"open/agreement.md", "secret/later.md", "secret/tuvalu.md"}),
        (Scope(until="2022"), {"open/talks.md"}),
        (Scope(since="2022-09-30", until="2025-12"), {"open/agreement.md", "open/talks.md"}),
        (Scope(until="2001"), set()),
    ],
)
def test_an_answer_cites_and_shows_only_what_was_chosen(
    question: str, chosen: Scope, expected: set[str], assistant: Assistant
) -> None:
    answer = assistant.ask(question, scope=chosen)
    assert paths(answer) <= expected
    view = assistant.chain.views.of(chosen)
    assert view.allowed is not None
    found = assistant.store.catalog.documents_by_id(view.allowed.documents).values()
    assert {f"{item.source}/{item.path}" for item in found} == expected


def test_a_refusal_is_about_the_documents_chosen_and_says_so(assistant: Assistant) -> None:
    chosen = Scope(parties=("Latvia",))
    refused = assistant.ask("What did Tuvalu sign?", scope=chosen)
    assert refused.text == ("Within the chosen filters, the documents do not answer this: none of them names Tuvalu.")
    refused = assistant.ask("What was said by Kinbote about nurses?", scope=chosen)
    assert refused.text.startswith("Within the chosen filters, the documents do not answer this")
    assert assistant.ask("What did Georgia and Moldova sign?", scope=chosen).text.startswith("Within the chosen")
    assert assistant.ask("What did Tuvalu sign?", scope=Scope(until="2001")).text == NOTHING_CHOSEN
    assert not assistant.ask("What did Fiji sign?").text.startswith("Within")
    assert not assistant.ask("What did Fiji sign?", scope=STRANGER).text.startswith("Within")


def test_talks_are_told_as_talks_where_the_agreement_was_not_chosen(assistant: Assistant) -> None:
    answer = assistant.ask("What did Latvia and Azerbaijan agree on?", scope=Scope(until="2023"))
    assert answer.outcome is Outcome.PARTIAL
    assert answer.text.startswith("Within the chosen filters, ")
    assert paths(answer) == {"open/talks.md"}


def test_a_question_that_names_nothing_is_not_blamed_on_the_filters(assistant: Assistant) -> None:
    assert assistant.ask("and?", scope=Scope(parties=("Latvia",))).text.startswith("The question names nothing")


def test_the_chain_takes_a_scope_in_every_form(assistant: Assistant) -> None:
    question, chosen = "What did Latvia and Azerbaijan agree on?", Scope(until="2023")
    expected = told(assistant.ask(question, scope=chosen))
    given = {"question": question, "scope": chosen}
    assert told(assistant.chain.invoke(given)) == expected
    assert [told(answer) for answer in assistant.chain.batch([given])] == [expected]
    assert told(list(assistant.stream(question, (), chosen))[-1]) == expected


@each(
    ("chosen", "sentence"),
    [
        (Scope(parties=("Latvai",)), "No document has the party 'Latvai'; near it: Latvia."),
        (Scope(parties=("Fiji",)), "No document has the party 'Fiji'"),
        (Scope(topics=("hospital",)), "No document has the topic 'hospital'; near it: hospitals."),
        (Scope(publishers=("x" * 500,)), f"No document has the publisher '{'x' * 60}…'"),
        (Scope(languages=("lv",)), "No document has the language 'lv'; there is: en."),
        (Scope(since="yesterday"), "'yesterday' is no date; write a year, a month or a day"),
        (Scope(since="2024-13"), "'2024-13' is no date"),
        (Scope(since="2025", until="2024-06"), "The period ends in 2024-06, before it starts in 2025"),
        (Scope(topics=tuple(map(str, range(51)))), "Choose at most 50"),
    ],
)
def test_what_nobody_has_is_one_sentence_with_what_is_near(chosen: Scope, sentence: str, assistant: Assistant) -> None:
    with pytest.raises(ScopeError) as raised:
        assistant.ask("What?", scope=chosen)
    assert str(raised.value).startswith(sentence)
    assert str(raised.value).endswith(".") or "assistant filters" in str(raised.value)


def test_new_documents_are_in_scope_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path / "open", OPEN)
    assistant = open_assistant(tmp_path / "data", encoder=FakeEncoder(), folder=folder)
    chosen = Scope(parties=("Latvia",))
    before = len(assistant.chain.views.of(chosen).allowed or ())
    (folder / "new.md").write_text("Latvia and Fiji signed a health agreement in Suva.", encoding="utf-8")
    assistant.sync()
    assert "open/new.md" in paths(assistant.ask("What did Latvia and Fiji sign?", scope=chosen))
    assert len(assistant.chain.views.of(chosen).allowed or ()) == before + 1
    assistant.close()


# By which parties a document is found


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        (("Turkey", "Republic of Nowhere"), "", {"Türkiye", "Republic of Nowhere"}),
        (("University of Latvia",), "Estonia", {"University of Latvia", "Latvia"}),
        (("World Health Organization",), "", {"WHO"}),
        ((), "Latvian doctors met UNICEF and Estonia's minister.", {"Latvia", "Estonia", "UNICEF"}),
        ((), "Nobody.", set()),
    ],
)
def test_parties_go_by_one_name(declared: tuple[str, ...], text: str, expected: set[str]) -> None:
    made = document(text or "Text.", id=f"{declared}{text}", parties=declared)
    assert set(parties_of(made)) == expected


def test_what_is_listed_and_suggested_is_what_may_be_seen(assistant: Assistant, without: Assistant) -> None:
    assert assistant.holdings.overview(STRANGER) == without.holdings.overview()
    assert len(assistant.holdings.overview(STAFF).documents) == 6
    assert assistant.suggestions.starters(STRANGER) == without.suggestions.starters()
    assert any("Tuvalu" in text for text in assistant.suggestions.starters(STAFF))
    question = "What did Latvia and Azerbaijan agree on?"
    hidden = [item.id for item in assistant.store.catalog.documents() if item.source == "secret"]
    for cited in ([], hidden):
        asked = (question, ["What did Tuvalu sign?"], cited)
        assert assistant.suggestions.follow_ups(*asked, STRANGER) == without.suggestions.follow_ups(*asked)
    (searched, *_) = assistant.follow(question, (), STRANGER)
    assert searched == next(iter(without.follow(question)))


def test_every_field_has_its_values(assistant: Assistant) -> None:
    values = assistant.filters()
    assert tuple(values) == FIELDS
    assert values[PARTY]["Latvia"] == 3
    assert values[SOURCE] == {"open": 4, "secret": 2}
    assert set(assistant.filters(STRANGER)[SOURCE]) == {"open"}
