"""A question file → one result per question: what was found, what was answered, and what is wrong with it.

Everything is judged by code from what the questions' authors wrote down; no language model judges. This module reads
asks the questions of `cases` and judges the answers one by one; `report` makes figures and
tables of the results.
"""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from assistant.answer import Answer, Citation, Outcome
from assistant.evaluation.cases import Case
from assistant.evaluation.facts import find, normalised, states
from assistant.language.asked_status import asked_status
from assistant.language.commitments import report
from assistant.question.conversation import ABOUT
from assistant.reader.ranking import ranked
from corpus.document import Document

if TYPE_CHECKING:
    from assistant.assembly import Assistant

REFUSALS = (Outcome.NOT_FOUND.value, Outcome.UNCLEAR.value)
# How many passages the retrieval figures look at.
PASSAGES_RANKED = 50
# An answer is buried where it has more sentences than this for each that states a fact.
MOST_NOT_NEEDED = 3
_WARM_UP = "What did Latvia and Azerbaijan agree on?"
_DENIED_BEFORE = re.compile(r"\b(?:no|not|nothing|none|neither|nor|never|without|yet to)\b|n't\b")
_DENIED_AFTER = re.compile(r"^[^.;]*\b(?:is|are|was|were) not (?:reported|stated|given|mentioned|said)\b")
_CLAUSE = re.compile(r"[.;:!?](?=\s)|,? \b(?:but|while|whereas|although|though)\b|\n")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one question. Documents are given by file name; `retrieved` and `cited` best or first ones first.

    `best_score` is the reader's score of the best sentence, None where there was none to read. `facts_found` and
    `facts_missing` are first wordings. `sentences` are those of the answer that cite, `needed`
    those of them that state a fact asked for, and `first_is_right` whether the first is one; None where no fact is
    known. `status_checked` says whether the question's author gave anything to check.
    """

    case: Case
    standalone_question: str
    outcome: str
    answer: str
    retrieved: tuple[str, ...]
    cited: tuple[str, ...]
    best_score: float | None
    facts_found: tuple[str, ...]
    facts_missing: tuple[str, ...]
    quote_failures: int
    status_checked: bool
    status_errors: tuple[str, ...]
    milliseconds: float
    sentences: int = 0
    needed: int = 0
    first_is_right: bool | None = None

    @property
    def refused(self) -> bool:
        """Whether the assistant gave no answer."""
        return self.outcome in REFUSALS

    @property
    def supporting_cited(self) -> bool:
        """Whether at least one supporting document is cited."""
        return not set(self.cited).isdisjoint(self.case.files)

    @property
    def right(self) -> bool:
        """Whether nothing is wrong: refused where it should be, else every fact stated and nothing overclaimed.

        Where no fact is known, an answer that cites a supporting document counts.
        """
        if self.quote_failures or self.status_errors:
            return False
        if not self.case.answerable:
            return self.refused
        return not self.facts_missing if self.case.facts else self.supporting_cited

    @property
    def as_it_should_be(self) -> bool:
        """Whether it is right, opens with what was asked, and is not buried: a third of the sentences state a fact."""
        if not self.right or not self.case.answerable or self.first_is_right is None:
            return self.right
        return self.first_is_right and MOST_NOT_NEEDED * self.needed >= self.sentences


# Asking


def evaluate(assistant: "Assistant", cases: Sequence[Case], progress: Progress = lambda *_: None) -> list[Result]:
    """Ask every question once, one after another, and judge the answers. One question before them warms up."""
    assistant.ask(_WARM_UP)
    results = []
    for number, case in enumerate(cases):
        progress(case.id, number, len(cases))
        results.append(_asked(assistant, case))
    progress("", len(cases), len(cases))
    return results


def _asked(assistant: "Assistant", case: Case) -> Result:
    started = time.perf_counter()
    answer = assistant.ask(case.question, case.previous)
    milliseconds = (time.perf_counter() - started) * 1000
    evidence = assistant.chain.evidence(case.question, case.previous)
    searched = assistant.chain.understood(case.question, case.previous).read
    hits = assistant.retriever.search(searched, PASSAGES_RANKED)
    found, missing = facts_in(answer, case)
    stating = [_states_any(statement.text, case) for statement in answer.statements if statement.citations]
    return Result(
        case=case,
        standalone_question=answer.standalone_question,
        outcome=answer.outcome.value,
        answer=answer.text,
        retrieved=file_names(document.path for document in ranked(hits, evidence)),
        cited=file_names(citation.document.path for citation in answer.citations),
        best_score=evidence[0].score if evidence else None,
        facts_found=found,
        facts_missing=missing,
        quote_failures=quote_failures((*answer.citations, *answer.closest), assistant.store.document),
        status_checked=case.status is not None or bool(case.must_not),
        status_errors=status_errors(answer, case),
        milliseconds=round(milliseconds, 1),
        sentences=len(stating),
        needed=sum(stating),
        first_is_right=stating[0] if stating and case.facts else None,
    )


# Judging


def file_names(paths: Iterable[str]) -> tuple[str, ...]:
    """The file names of `paths` in order of their first appearance: of passages, documents by their best one."""
    return tuple(dict.fromkeys(PurePosixPath(path).name for path in paths))


def facts_in(answer: Answer, case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which of the question's facts the answer states, and which it does not.

    The assistant's own remarks repeat words of the question; there only what the question does not say counts.
    """
    cited = normalised("\n".join(statement.text for statement in answer.statements if statement.citations))
    remarks = normalised("\n".join(statement.text for statement in answer.statements if not statement.citations))

    def stated(wording: str) -> bool:
        in_remark = find(remarks, wording) is not None and not states(answer.standalone_question, wording)
        return find(cited, wording) is not None or in_remark

    found = tuple(fact[0] for fact in case.facts if any(map(stated, fact)))
    return found, tuple(fact[0] for fact in case.facts if not any(map(stated, fact)))


def _states_any(sentence: str, case: Case) -> bool:
    said = normalised(sentence)
    return any(find(said, wording) is not None for fact in case.facts for wording in fact)


def quote_failures(citations: Iterable[Citation], find_document: Callable[[str], Document | None]) -> int:
    """How many quotes are not, character for character, the stored text at their offsets; must be 0."""
    failures = 0
    for citation in citations:
        document = find_document(citation.document.id)
        failures += document is None or document.text[citation.start : citation.end] != citation.quote
    return failures


def status_errors(answer: Answer, case: Case) -> tuple[str, ...]:
    """Where the answer claims more than the documents support, each as a sentence; empty where it does not.

    Looks at the outcome, the assistant's own remarks, the cited sentences of an answer without reservation
    (`answered`), and the question's `must_not` wordings. A question whose `status` is given is a status question.
    """
    errors = [f"says “{wording}”" for wording in case.must_not if _claims(answer, wording)]
    if case.status is None:
        return tuple(errors)
    asked = asked_status(answer.standalone_question.partition(ABOUT)[0])
    answered = answer.outcome is Outcome.ANSWERED
    if answered and asked is not None and asked > case.status:
        errors.append(f"answers as {asked.words} what is {case.status.words} at most")
    for statement in answer.statements:
        reported = report(statement.text).reported
        if reported is not None and reported > case.status and (answered or not statement.citations):
            whose = "cites" if statement.citations else "remarks"
            errors.append(f"{whose} as {reported.words} what is {case.status.words} at most: {statement.text}")
    return tuple(errors)


def _claims(answer: Answer, wording: str) -> bool:
    """Whether a clause of the answer holds `wording` and does not deny it."""
    clauses = [normalised(clause) for statement in answer.statements for clause in _CLAUSE.split(statement.text)]
    matches = [(clause, match) for clause in clauses if (match := find(clause, wording)) is not None]
    return any(
        not _DENIED_BEFORE.search(clause[: match.start()]) and not _DENIED_AFTER.search(clause[match.end() :])
        for clause, match in matches
    )
