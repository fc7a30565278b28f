"""The ways to search and read of `external.py` on the shipped questions, over the shipped briefs, in one run.

    python benchmarks/shipped.py

Documents are right where the question's author names them; a sentence is right where it stands in such a document and
states one of the question's facts. AUC tells the questions that the briefs answer from those they do not, by each way's
best score. Every question is searched as the assistant understands it, follow-ups with what they refer to.
"""

import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.assembly import Assistant, open_assistant
from assistant.evaluation.cases import Case, read_cases, shipped_questions
from assistant.evaluation.facts import states
from assistant.reader.ranking import ranked
from assistant.search.retrieval import CANDIDATES, Hit, fuse
from benchmarks.table import print_table

WAYS = ("vectors", "BM25", "fusion by score", "fusion + reader")
DEPTHS = (1, 5, 10)


def main() -> None:
    """Ask every question every way and print one table."""
    with tempfile.TemporaryDirectory() as folder:
        assistant = open_assistant(folder)
        assistant.add_briefs()
        cases = read_cases(shipped_questions())
        found = [_every_way(assistant, case) for case in cases]
        assistant.close()
    answerable = [case.answerable for case in cases]
    rows = []
    for number, way in enumerate(WAYS):
        results = [result[number] for result in found]
        hits = [_share([result[0] for result in results], cases, depth) for depth in DEPTHS]
        sentences = [result[2] for result in results if result[2] is not None]
        auc = roc_auc_score(answerable, [result[1] for result in results])
        figures = (*hits, float(np.mean(sentences)) if sentences else None, auc)
        rows.append((way, *("-" if figure is None else f"{figure:.3f}" for figure in figures)))
    print_table(
        f"{len(cases)} shipped questions, {sum(answerable)} of them answerable",
        ("way", *(f"doc hit@{depth}" for depth in DEPTHS), "sentence hit@1", "AUC"),
        rows,
    )


def _every_way(assistant: Assistant, case: Case) -> list[tuple[list[str], float, bool | None]]:
    """For each way the documents in order, the best score, and whether the best sentence is right."""
    store, searched = assistant.store, assistant.chain.understood(case.question, case.previous).read
    by_vector = store.index.vectors.search(store.encoder.encode_query(searched), CANDIDATES)
    by_keyword = store.index.keywords.search(searched, CANDIDATES)
    fused = fuse(by_vector, by_keyword, unrelated=store.encoder.unrelated)
    found: list[tuple[list[str], float, bool | None]] = []
    for ranking in (by_vector, by_keyword, fused):
        hits: list[Hit] = assistant.retriever.hits(ranking)
        found.append((_names(hit.document.path for hit in hits), ranking[0][1] if ranking else 0.0, None))
    evidence = assistant.chain.evidence(case.question, case.previous)
    documents = ranked(assistant.retriever.hits(fused), evidence)
    right = None
    if case.facts and evidence:
        of_the_right = PurePosixPath(evidence[0].document.path).name in case.files
        right = of_the_right and any(states(evidence[0].text, wording) for fact in case.facts for wording in fact)
    found.append((_names(document.path for document in documents), evidence[0].score if evidence else 0.0, right))
    return found


def _names(paths: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(PurePosixPath(path).name for path in paths))


def _share(rankings: Sequence[list[str]], cases: Sequence[Case], depth: int) -> float:
    kept = [(ranking, case) for ranking, case in zip(rankings, cases, strict=True) if case.files]
    return float(np.mean([not set(ranking[:depth]).isdisjoint(case.files) for ranking, case in kept]))


if __name__ == "__main__":
    main()
