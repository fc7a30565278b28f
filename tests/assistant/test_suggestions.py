"""What is offered to begin and to go on with is about the documents that are there, new, and answered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeEncoder

from assistant.answer import Outcome
from assistant.assembly import Assistant, open_assistant
from assistant.suggestions import FOLLOW_UPS, STARTERS

FLAGSHIP = "What did Latvia and Azerbaijan agree on?"
REPORT = """---
title: "Peru and Fiji sign a health agreement in Lima"
published: 2023-06-07
---

Peru and Fiji signed a health agreement in Lima on 7 June 2023. The agreement covers vaccines and training of nurses.
"""


@pytest.fixture
def foreign(tmp_path: Path, folder: Path) -> Iterator[Assistant]:
    (folder / "lima.md").write_text(REPORT, encoding="utf-8")
    assistant = open_assistant(tmp_path / "data", folder=folder, encoder=FakeEncoder())
    yield assistant
    assistant.close()


def test_questions_to_begin_with_are_six_and_each_is_answered(briefs: Assistant) -> None:
    offered = briefs.suggestions.starters()
    assert len(set(offered)) == len(offered) == STARTERS
    assert [briefs.ask(text).outcome for text in offered] == [Outcome.ANSWERED] * STARTERS


def test_questions_to_begin_with_are_about_the_documents_of_the_folder(foreign: Assistant) -> None:
    offered = foreign.suggestions.starters()
    assert offered
    assert all("Peru" in text or "Fiji" in text for text in offered)


def test_an_empty_folder_offers_nothing(tmp_path: Path) -> None:
    empty = open_assistant(tmp_path / "empty", encoder=FakeEncoder())
    assert empty.suggestions.starters() == ()
    assert empty.suggestions.follow_ups("What?") == ()
    empty.close()


def test_what_is_offered_follows_the_documents(foreign: Assistant, folder: Path) -> None:
    before = foreign.suggestions.starters()
    (folder / "lima.md").write_text(REPORT.replace("Peru", "Chile"), encoding="utf-8")
    foreign.sync()
    after = foreign.suggestions.starters()
    assert after
    assert not any("Peru" in text for text in after)
    assert any("Peru" in text for text in before)


def test_what_one_could_go_on_with_is_answered_in_the_conversation_and_was_not_asked(briefs: Assistant) -> None:
    history: list[str] = []
    question = FLAGSHIP
    for _ in range(3):
        offered = briefs.suggestions.follow_ups(question, history)
        assert 0 < len(offered) <= FOLLOW_UPS
        assert not {question, *history} & set(offered)
        history, question = [*history, question], offered[0]
        answer = briefs.ask(question, history)
        assert answer.outcome is Outcome.ANSWERED
        assert answer.standalone_question == question, "it is understood as it stands"


def test_after_a_question_that_names_nobody_the_documents_cited_say_whom_it_is_about(briefs: Assistant) -> None:
    cited = [citation.document.id for citation in briefs.ask(FLAGSHIP).citations]
    offered = briefs.suggestions.follow_ups("What was signed in Riga?", (), cited)
    assert offered
    assert all("Latvia" in text or "Azerbaijan" in text for text in offered)


def wording(text: str) -> str:
    return " ".join(word for word in text.rstrip("?").split()[1:] if word.islower())


def test_what_one_could_go_on_with_is_asked_in_different_words_through_a_conversation(briefs: Assistant) -> None:
    history: list[str] = []
    question, offers = FLAGSHIP, []
    for _ in range(3):
        cited = [citation.document.id for citation in briefs.ask(question, history).citations]
        offered = briefs.suggestions.follow_ups(question, history, cited)
        offers.append(offered)
        assert len({wording(text) for text in offered}) >= min(len(offered), 2)
        history, question = [*history, question], offered[0]
    assert len({wording(offered[0]) for offered in offers}) == len(offers), "nor does the first one repeat itself"


def test_what_is_offered_fits_what_the_documents_hold_between_two(foreign: Assistant, folder: Path) -> None:
    first = foreign.suggestions.follow_ups("What did Peru and Fiji sign?")
    assert "What does the agreement between Fiji and Peru cover?" in first
    (folder / "lima.md").write_text(
        REPORT.replace("signed a health agreement", "discussed a health agreement").replace("sign a", "discuss a"),
        encoding="utf-8",
    )
    foreign.sync()
    since = foreign.suggestions.follow_ups("What is known of Peru and Fiji?")
    assert since
    assert not any("cover" in text or "signed" in text for text in since), "nothing is signed"
