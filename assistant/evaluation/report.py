"""Results → figures, a report, and the difference of two reports; `tables` shows them.

A report is plain JSON values: `figures` in total, by question type and by language, the `curve` of refusing by score
alone, and one entry per question. Figures that cannot be told (no such question) are None and shown as a dash.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.evaluation.measuring import Result
from assistant.reader.calibration import TELL
from corpus.errors import AssistantError

Figures = dict[str, float | None]
Report = dict[str, Any]
CURVE_THRESHOLDS = tuple(round(0.02 * step, 2) for step in range(26))
_RETRIEVED_SHOWN = 10


# Figures


def make_report(results: Sequence[Result], *, questions: str) -> Report:
    """The report of a run; `questions` names the question file."""
    retrieval = retrieval_figures(
        {result.case.id: result.retrieved for result in results},
        {result.case.id: result.case.files for result in results if result.case.files},
    )

    def by(key: Callable[[Result], str]) -> dict[str, Figures]:
        groups = dict.fromkeys(map(key, results))
        return {group: figures([r for r in results if key(r) == group], retrieval) for group in groups}

    return {
        "questions_file": questions,
        "facts_derived": sum(result.case.facts_derived and bool(result.case.facts) for result in results),
        "without_facts": sum(result.case.answerable and not result.case.facts for result in results),
        "threshold": TELL,
        "figures": {
            "total": figures(results, retrieval),
            "by_type": by(lambda result: result.case.type),
            "by_language": by(lambda result: result.case.lang),
            "by_english": by(lambda result: "English" if result.case.lang == "en" else "other languages"),
        },
        "curve": abstention_curve(results),
        "questions": [_entry(result) for result in results],
    }


def measures() -> dict[Any, str]:
    """The retrieval measures and what we call them; raises `AssistantError` where ir_measures is not installed."""
    try:
        from ir_measures import RR, Success, nDCG
    except ModuleNotFoundError as error:
        raise AssistantError(
            "Evaluating needs the package ir_measures; install it with the extra: "
            "pip install 'health-cooperation-assistant[evaluation]'"
        ) from error
    return {Success @ 1: "hit@1", Success @ 5: "hit@5", Success @ 10: "hit@10", RR: "mrr", nDCG @ 10: "ndcg@10"}


def retrieval_figures(
    ranked: Mapping[str, Sequence[str]], supporting: Mapping[str, Iterable[str]]
) -> dict[str, dict[str, float]]:
    """Per question with supporting documents: hit@1, hit@5, hit@10, the reciprocal rank of the first, and nDCG@10.

    `ranked` are document names, best first; all supporting documents are equally relevant. Measured by ir_measures
    (MacAvaney et al., 2022), from ranks, so that ties cannot matter.
    """
    names = measures()
    from ir_measures import iter_calc

    relevant = {question: dict.fromkeys(documents, 1) for question, documents in supporting.items()}
    run = {
        question: {document: float(-rank) for rank, document in enumerate(ranked.get(question, ()))}
        for question in relevant
    }
    found: dict[str, dict[str, float]] = {question: {} for question in relevant}
    for metric in iter_calc(list(names), relevant, run) if relevant else ():
        found[metric.query_id][names[metric.measure]] = metric.value
    return found


def figures(results: Sequence[Result], retrieval: Mapping[str, Mapping[str, float]]) -> Figures:
    """All figures of a group of questions; `retrieval` as `retrieval_figures` returns it, by question id."""
    ranked = [retrieval[result.case.id] for result in results if result.case.id in retrieval]
    names = ("hit@1", "hit@5", "hit@10", "mrr", "ndcg@10")
    return {
        "questions": len(results),
        "right": _share(result.right for result in results),
        "as_it_should_be": _share(result.as_it_should_be for result in results),
        **interval(sum(result.as_it_should_be for result in results), len(results)),
        **{name: _mean([values[name] for values in ranked]) for name in names},
        **_answer_figures([result for result in results if result.case.answerable]),
        **abstention_figures(results),
        "quote_failures": sum(result.quote_failures for result in results),
        "status_checked": sum(result.status_checked for result in results),
        "status_errors": sum(len(result.status_errors) for result in results),
        "p50_ms": percentile([result.milliseconds for result in results], 0.5),
        "p95_ms": percentile([result.milliseconds for result in results], 0.95),
    }


def _answer_figures(results: Sequence[Result]) -> Figures:
    """Facts and citations of answerable questions; facts and documents are counted over all questions together."""
    with_facts = [result for result in results if result.case.facts]
    with_files = [result for result in results if result.case.files]
    told = [result for result in with_facts if result.first_is_right is not None]
    found = sum(len(result.facts_found) for result in with_facts)
    supporting_cited = sum(len(set(result.cited) & set(result.case.files)) for result in with_files)
    return {
        "facts_found": _ratio(found, sum(len(result.case.facts) for result in with_facts)),
        "first_right": _share(bool(result.first_is_right) for result in told),
        "not_needed": _ratio(sum(r.sentences - r.needed for r in told), sum(r.sentences for r in told)),
        "fully_answered": _share(not result.facts_missing for result in with_facts),
        "supporting_cited": _share(result.supporting_cited for result in with_files),
        "citation_precision": _ratio(supporting_cited, sum(len(result.cited) for result in with_files)),
        "citation_recall": _ratio(supporting_cited, sum(len(set(result.case.files)) for result in with_files)),
    }


def abstention_figures(results: Sequence[Result], refused: Callable[[Result], bool] = lambda r: r.refused) -> Figures:
    """Precision and recall of refusing, where refusing is right for questions that the documents do not answer."""
    refusals = [result for result in results if refused(result)]
    unanswerable = [result for result in results if not result.case.answerable]
    rightly = sum(not result.case.answerable for result in refusals)
    answerable = [result for result in results if result.case.answerable]
    return {
        "refused": _ratio(len(refusals), len(results)),
        "refusal_precision": _ratio(rightly, len(refusals)) if unanswerable else None,
        "refusal_recall": _ratio(rightly, len(unanswerable)),
        "answerable_refused": _share(map(refused, answerable)),
        "answerable_refused_english": _share(refused(result) for result in answerable if result.case.lang == "en"),
    }


def abstention_curve(results: Sequence[Result]) -> list[Figures]:
    """The abstention figures if the best sentence's score alone decided, for each threshold of `CURVE_THRESHOLDS`.

    The assistant's other reasons to refuse (no document names the country) are left out; a question without any
    sentence read counts by its outcome.
    """

    def figures_at(threshold: float) -> Figures:
        def refused(result: Result) -> bool:
            return result.refused if result.best_score is None else result.best_score < threshold

        return {"threshold": threshold, **abstention_figures(results, refused)}

    return [figures_at(threshold) for threshold in CURVE_THRESHOLDS]


def interval(right: int, of: int) -> Figures:
    """The 95 % confidence interval of a share (Wilson, 1927)."""
    if not of:
        return {"from": None, "to": None}
    share, z = right / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return {"from": round(middle - half, 4), "to": round(middle + half, 4)}


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of the values do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else None


def _share(truths: Iterable[bool]) -> float | None:
    return _mean([float(truth) for truth in truths])


def _mean(values: Sequence[float]) -> float | None:
    return _ratio(sum(values), len(values))


def _ratio(part: float, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _entry(result: Result) -> dict[str, Any]:
    case = result.case
    return {
        "id": case.id,
        "type": case.type,
        "lang": case.lang,
        "question": case.question,
        "standalone_question": result.standalone_question,
        "expected": case.expected,
        "right": result.right,
        "as_it_should_be": result.as_it_should_be,
        "outcome": result.outcome,
        "answer": result.answer,
        "facts_found": list(result.facts_found),
        "facts_missing": list(result.facts_missing),
        "supporting": list(case.files),
        "cited": list(result.cited),
        "supporting_cited": result.supporting_cited,
        "retrieved": list(result.retrieved[:_RETRIEVED_SHOWN]),
        "best_score": result.best_score,
        "quote_failures": result.quote_failures,
        "status_errors": list(result.status_errors),
        "milliseconds": result.milliseconds,
    }


# Comparing


def compare(before: Report, now: Report) -> dict[str, Any]:
    """What changed from one report to another, over the same questions or not.

    `figures` holds, for each group, every figure as before, now and difference; `better` and `worse` are ids of
    questions in both, `only_before` and `only_now` of those in one.
    """
    standings = {question["id"]: _standing(question) for question in now["questions"]}
    earlier = {question["id"]: _standing(question) for question in before["questions"]}
    both = [name for name in standings if name in earlier]
    return {
        "figures": {
            "total": _differences(before["figures"]["total"], now["figures"]["total"]),
            **{
                group: {
                    name: _differences(before["figures"][group].get(name, {}), values)
                    for name, values in now["figures"][group].items()
                }
                for group in ("by_type", "by_language")
            },
        },
        "better": [name for name in both if standings[name] > earlier[name]],
        "worse": [name for name in both if standings[name] < earlier[name]],
        "only_before": [name for name in earlier if name not in standings],
        "only_now": [name for name in standings if name not in earlier],
    }


def _standing(question: Mapping[str, Any]) -> tuple[float, ...]:
    """How well a question went, for comparing; more is better, the first difference decides."""
    facts = len(question["facts_found"]) + len(question["facts_missing"])
    errors = question["quote_failures"] + len(question["status_errors"])
    return (
        float(question["right"]),
        -float(errors),
        len(question["facts_found"]) / facts if facts else 0.0,
        float(question["supporting_cited"]),
    )


def _differences(before: Figures, now: Figures) -> dict[str, Figures]:
    return {name: _difference(before.get(name), value) for name, value in now.items()}


def _difference(before: float | None, now: float | None) -> Figures:
    difference = None if before is None or now is None else round(now - before, 4)
    return {"before": before, "now": now, "difference": difference}


# Files


def write_report(folder: Path, report: Report, text: str) -> None:
    """Write `report.json` and `report.md` (the report as text) to `folder`, which is made where it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        (folder / "report.md").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise AssistantError(f"The report cannot be written to {folder}: {error.strerror}.") from error


def read_report(path: Path) -> Report:
    """A report written by `write_report`."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        compare(report, report)
        return dict(report)
    except OSError as error:
        raise AssistantError(f"The report {path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AssistantError(
            f"{path} is not a report of this version; give the report.json that `assistant evaluate --report` wrote."
        ) from error
