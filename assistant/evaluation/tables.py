"""A report, or the difference of two, for reading: Markdown that is readable in a terminal too."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assistant.evaluation.report import Figures, Report

# Table → its columns: heading and figure.
_TABLES: dict[str, dict[str, str]] = {
    "Retrieval of supporting documents": {
        "n": "questions",
        "hit@1": "hit@1",
        "hit@5": "hit@5",
        "hit@10": "hit@10",
        "MRR": "mrr",
        "nDCG@10": "ndcg@10",
    },
    "Answers": {
        "n": "questions",
        "as it should be": "as_it_should_be",
        "from": "from",
        "to": "to",
        "right": "right",
        "first right": "first_right",
        "not needed": "not_needed",
        "facts": "facts_found",
        "full": "fully_answered",
        "cited": "supporting_cited",
        "precision": "citation_precision",
        "recall": "citation_recall",
        "refused": "refused",
        "bad quotes": "quote_failures",
        "overclaims": "status_errors",
        "p50 ms": "p50_ms",
        "p95 ms": "p95_ms",
    },
}
_COUNTS = ("questions", "quote_failures", "status_checked", "status_errors")
_LONGEST_ANSWER = 400
_RETRIEVED_SHOWN = 5
_READING = """\
as it should be: right, the first sentence states what was asked, and at least a third of the sentences do, with its
95 % confidence interval; not needed: share of the sentences that state no required fact;
right: every fact stated and nothing overclaimed, or refused where the documents do not answer; facts: share of the
required facts stated; full: questions with all of them; cited: a supporting document is cited; precision and recall are
those of the cited documents; overclaims: claims beyond the status that the documents support; a dash: nothing to
measure."""


def report_as_text(report: Report) -> str:
    """The tables, the totals and the failures of a report."""
    by_group = report["figures"]
    rows = {
        **by_group["by_type"],
        **{f"language {language}": values for language, values in by_group["by_language"].items()},
        **by_group["by_english"],
        "total": by_group["total"],
    }
    tables = [f"## {title}\n\n{_group_table(rows, columns)}" for title, columns in _TABLES.items()]
    return "\n\n".join(
        [
            f"# Evaluation on {report['questions_file']}",
            *tables,
            _READING,
            f"## Totals\n\n{_totals(report)}",
            f"## Refusing by score alone\n\n{_curve_table(report['curve'], report['threshold'])}",
            _failures([entry for entry in report["questions"] if not entry["right"]]),
        ]
    )


def _group_table(rows: Mapping[str, Figures], columns: Mapping[str, str]) -> str:
    cells = [[group, *(_shown(name, values.get(name)) for name in columns.values())] for group, values in rows.items()]
    return table(["", *columns], cells)


def _totals(report: Report) -> str:
    shown = {name: _shown(name, value) for name, value in report["figures"]["total"].items()}
    lines = [
        f"- {shown['questions']} questions, right: {shown['right']}",
        f"- refusing: precision {shown['refusal_precision']}, recall {shown['refusal_recall']}; answerable questions "
        f"refused: {shown['answerable_refused']} (English {shown['answerable_refused_english']})",
        f"- quotes that differ from the stored text: {shown['quote_failures']} (must be 0)",
        f"- claims beyond the documents' status: {shown['status_errors']}, "
        f"looked for in the {shown['status_checked']} questions that say what must not be claimed",
        f"- latency: p50 {shown['p50_ms']} ms, p95 {shown['p95_ms']} ms",
    ]
    if report["facts_derived"]:
        lines.append(
            f"- the required facts of {report['facts_derived']} questions are not listed and were derived from the "
            "expected answers (their numbers, dates and names): read the shares of facts as estimates"
        )
    if report["without_facts"]:
        lines.append(
            f"- {report['without_facts']} answerable questions have no facts to look for; there an answer is right "
            "where it cites a supporting document"
        )
    return "\n".join(lines)


def _curve_table(curve: Sequence[Figures], in_use: float) -> str:
    names = ("threshold", "refusal_precision", "refusal_recall", "answerable_refused", "answerable_refused_english")
    rows = [[_shown(name, point[name]) for name in names] for point in curve]
    header = ["threshold", "precision", "recall", "answerable refused", "English answerable refused"]
    note = f"The threshold in use is {in_use}; beside it, the assistant has other reasons to refuse."
    return f"{table(header, rows)}\n\n{note}"


def _failures(entries: Sequence[Mapping[str, Any]]) -> str:
    if not entries:
        return "## Failures\n\nNone."
    return "\n\n".join([f"## Failures ({len(entries)})", *map(_failure, entries)])


def _failure(entry: Mapping[str, Any]) -> str:
    supporting = set(entry["supporting"])
    asked = entry["question"]
    if entry["standalone_question"] != asked:
        asked += f" → {entry['standalone_question']}"
    retrieved = [f"{'✓' if name in supporting else '·'} {name}" for name in entry["retrieved"][:_RETRIEVED_SHOWN]]
    lines = [
        f"- expected: {entry['expected'] or '–'}",
        f"- outcome: {entry['outcome']}; missing: {', '.join(entry['facts_missing']) or 'no fact'}",
        f"- answer: {_shortened(entry['answer'])}",
        *(f"- overclaim: {error}" for error in entry["status_errors"]),
        *([f"- quotes that differ: {entry['quote_failures']}"] if entry["quote_failures"] else []),
        f"- retrieved: {', '.join(retrieved) or 'nothing'}",
    ]
    return f"### {entry['id']} ({entry['type']}, {entry['lang']}): {asked}\n\n" + "\n".join(lines)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_ANSWER else text[:_LONGEST_ANSWER].rsplit(" ", 1)[0] + " …"


def comparison_as_text(comparison: Mapping[str, Any]) -> str:
    """Every figure in total, those of types and languages that changed, and the questions that went otherwise."""
    total = comparison["figures"]["total"]
    rows = [[name, *_change(name, values)] for name, values in total.items()]
    changed = [
        [f"{group}: {name}", *_change(name, values)]
        for kind in ("by_type", "by_language")
        for group, differences in comparison["figures"][kind].items()
        for name, values in differences.items()
        if values["before"] != values["now"] and not name.endswith("_ms")
    ]
    header = ["", "before", "now", "difference"]
    questions = "\n".join(
        f"- {heading}: {', '.join(comparison[key]) or 'none'}"
        for heading, key in (
            ("better", "better"),
            ("worse", "worse"),
            ("only in the earlier report", "only_before"),
            ("only in this one", "only_now"),
        )
    )
    groups = table(header, changed) if changed else "No figure changed."
    return (
        f"## Against the earlier report\n\n{table(header, rows)}\n\n"
        f"By type and language, what changed:\n\n{groups}\n\n{questions}"
    )


def _change(name: str, values: Figures) -> list[str]:
    difference = values["difference"]
    places = 0 if _is_whole(name) else 3
    shown = "–" if difference is None else f"{difference:+.{places}f}" if difference else "0"
    return [_shown(name, values["before"]), _shown(name, values["now"]), shown]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table with aligned columns, numbers to the right."""
    cells = [list(header), *map(list, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = [
        "| " + " | ".join(f"{cell:{'<>'[column > 0]}{widths[column]}}" for column, cell in enumerate(row)) + " |"
        for row in cells
    ]
    rule = "|".join("-" * (width + 1) + (":" if column else "-") for column, width in enumerate(widths))
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def _shown(name: str, value: float | None) -> str:
    return "–" if value is None else f"{value:.{0 if _is_whole(name) else 2}f}"


def _is_whole(name: str) -> bool:
    return name in _COUNTS or name.endswith("_ms")
