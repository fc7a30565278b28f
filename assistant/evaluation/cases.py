"""The question file: JSON lines, one question each, with what its author knows about the answer.

Keys: id, type, question; optional lang, previous (earlier questions of the conversation), expected (the answer in
words), files (names of the supporting documents), facts (lists of alternative wordings), must_not (wordings), status.
Unknown keys are ignored. A line that cannot be used is named by its number.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.evaluation.facts import derived_facts
from assistant.language.commitments import Status
from corpus.errors import AssistantError

NOT_IN_CORPUS = "not-in-corpus"
_STATUSES = {status.words: status for status in Status}


@dataclass(frozen=True, slots=True)
class Case:
    """One question of the file and what its author knows about it.

    `facts` are the facts an answer must state, each as alternative wordings; `files` the names of the supporting
    documents; `status` the strongest status that they support.
    """

    id: str
    type: str
    question: str
    lang: str = "en"
    previous: tuple[str, ...] = ()
    expected: str = ""
    files: tuple[str, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    facts_derived: bool = False
    must_not: tuple[str, ...] = ()
    status: Status | None = None

    @property
    def answerable(self) -> bool:
        """Whether the documents answer the question."""
        return self.type != NOT_IN_CORPUS


def shipped_questions() -> Path:
    """The questions that come with the package, about the shipped briefs."""
    import corpus

    return Path(str(corpus.__file__)).parent / "questions.jsonl"


def read_cases(path: Path) -> list[Case]:
    """The questions of a JSON lines file, in order; unknown keys are ignored.

    Raises `AssistantError` with the line number where a line cannot be used.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(f"The question file {path} cannot be read: {error}.") from error
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            case = _case(json.loads(line))
            if case.id in cases:
                raise AssistantError(f"the id “{case.id}” was used before")
        except json.JSONDecodeError as error:
            raise AssistantError(f"Line {number} of {path.name} is not JSON: {error.msg}.") from error
        except AssistantError as error:
            raise AssistantError(f"Line {number} of {path.name}: {error}.") from error
        cases[case.id] = case
    if not cases:
        raise AssistantError(f"The question file {path} holds no question; it wants one JSON object per line.")
    return list(cases.values())


def _case(line: object) -> Case:
    if not isinstance(line, dict):
        raise AssistantError("a question is a JSON object")
    question, language, expected = _text(line, "question"), _text(line, "lang", "en"), _text(line, "expected", "")
    previous = _texts(line, "previous")
    given = line.get("facts") is not None
    facts = _facts(line) if given else derived_facts(expected, " ".join((*previous, question)), language)
    return Case(
        id=_text(line, "id"),
        type=_text(line, "type"),
        question=question,
        lang=language,
        previous=previous,
        expected=expected,
        files=_texts(line, "files"),
        facts=facts,
        facts_derived=not given,
        must_not=_texts(line, "must_not"),
        status=_status(line),
    )


def _text(line: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = line.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or (not value.strip() and default is None):
        raise AssistantError(f"“{key}” must be a text" + ("" if default is not None else " and is needed"))
    return value


def _texts(line: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of texts; one text stands for a list of one."""
    value = line.get(key)
    values = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) and item.strip() for item in values):
        raise AssistantError(f"“{key}” must be a list of texts, none of them empty")
    return tuple(values)


def _facts(line: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    facts = line["facts"]
    if not isinstance(facts, list) or not all(isinstance(fact, list) and fact for fact in facts):
        raise AssistantError("“facts” must be a list of lists, each the alternative wordings of one fact")
    return tuple(_texts({"facts": fact}, "facts") for fact in facts)


def _status(line: Mapping[str, Any]) -> Status | None:
    value = line.get("status")
    if value is None:
        return None
    status = _STATUSES.get(value.lower().replace("_", " ")) if isinstance(value, str) else None
    if status is None:
        raise AssistantError(f"“status” must be one of {', '.join(_STATUSES)}")
    return status
