"""Fits what stands in `assistant/reader/calibration.py`, on clusters that the network was never trained on.

    python -m training.reader.calibrate --data FOLDER [--questions 300]

The clusters' documents are ingested as a ministry's would be; the questions of the held-back ones are asked through
the product's own search and reading. Half of them fit the logistic regression. On these and the shipped questions,
each set counting as much as the other, its odds are scaled (Platt): the order stays, and a probability means the same
for questions on one folder of short documents and on many kinds of them. The other half, and the shipped questions,
give the figures: how reliable the probabilities are, which answers are refused, which sentences are told.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.assembly import Assistant, open_assistant
from assistant.compose.extractive import LONGEST, about_parties
from assistant.evaluation.cases import Case, read_cases, shipped_questions
from assistant.evaluation.facts import find, normalised
from assistant.question.question import Question as Understood
from assistant.reader.calibration import FEATURES, FURTHEST
from assistant.reader.reading import Candidate, Evidence
from training.clusters import Cluster, Document, Question, read_clusters
from training.reader.examples import cluster_is_held_back

_SEED = 20261201
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """A question with the features of every sentence read, whether each answers, and which may be told of its parties.

    `longest` is how many sentences its shape allows; `missed` how many answering sentences were not read at all.
    """

    question: Question
    features: Floats
    answers: npt.NDArray[np.bool_]
    about: npt.NDArray[np.bool_]
    longest: int
    missed: int


def main() -> None:
    """Ask, fit, and print what to write into the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder for the clusters' index, kept between runs")
    parser.add_argument("--questions", type=int, default=300)
    arguments = parser.parse_args()
    clusters = read_clusters()
    assistant = open_clusters(arguments.data, clusters)
    asked = [(c, q) for c in clusters if cluster_is_held_back(c) for q in c.questions if q.kind != "talk"]
    generator = random.Random(_SEED)
    generator.shuffle(asked)
    rows = [row_of(assistant, cluster, question) for cluster, question in asked[: arguments.questions]]
    half = len(rows) // 2
    shipped = shipped_rows(arguments.data / "briefs")
    model = scaled(fitted(rows[:half]), rows[:half], shipped)
    names = ", ".join(f"{weight:.3f}" for weight in model.coef_[0])
    print(f"{FEATURES}\nWEIGHTS = np.asarray(({names}))\nINTERCEPT = {model.intercept_[0]:.3f}")
    for name, measured in (("held-back clusters", rows[half:]), ("shipped questions", shipped)):
        print(f"\n{name}")
        report(measured, model)


def open_clusters(data: Path, clusters: Sequence[Cluster]) -> Assistant:
    """An assistant over the documents of all clusters."""
    folder = data / "documents"
    if not folder.is_dir():
        folder.mkdir(parents=True)
        for cluster in clusters:
            for document in cluster.documents.values():
                (folder / f"{cluster.name}-{document.letter}.md").write_text(_written(document), encoding="utf-8")
    return open_assistant(data / "index", folder=folder)


def row_of(assistant: Assistant, cluster: Cluster, question: Question) -> Row:
    """What the product's own steps make of a question."""
    chain = assistant.chain
    understood, hits = chain.found(question.text, question.history)
    candidates, features = chain.reader.features(understood, hits)
    gold = [cluster.documents[letter].sentences[number].text for letter, number in question.answers]
    answers = [any(_same(text, each) for each in gold) for _, _, text in candidates]
    read = [text for _, _, text in candidates]
    missed = sum(not any(_same(text, each) for text in read) for each in gold)
    return _row(question, understood, candidates, features, answers, missed)


def _row(
    question: Question,
    understood: Understood,
    candidates: Sequence[Candidate],
    features: Floats,
    answers: Sequence[bool],
    missed: int,
) -> Row:
    evidence = [Evidence(hit.document, span, text, 0.0) for hit, span, text in candidates]
    about = {id(item) for item in about_parties(understood, evidence)}
    return Row(
        question,
        features,
        np.asarray(answers, dtype=bool),
        np.asarray([id(item) in about for item in evidence], dtype=bool),
        max(1, LONGEST[understood.shape]),
        missed,
    )


def fitted(rows: Sequence[Row]) -> LogisticRegression:
    """The regression over all sentences."""
    features = np.clip(np.concatenate([row.features for row in rows]), -FURTHEST, FURTHEST)
    return LogisticRegression(C=10.0, max_iter=1000).fit(features, np.concatenate([row.answers for row in rows]))


def scaled(model: LogisticRegression, *sets: Sequence[Row]) -> LogisticRegression:
    """The same regression with its odds stretched and shifted to be right on average over these sets together."""
    odds, answers, weights = [], [], []
    for rows in sets:
        features = np.clip(np.concatenate([row.features for row in rows]), -FURTHEST, FURTHEST)
        odds.append(model.decision_function(features))
        answers.append(np.concatenate([row.answers for row in rows]))
        weights.append(np.full(len(features), 1.0 / len(features)))
    together = np.concatenate(weights)
    scale = LogisticRegression(C=100.0).fit(
        np.concatenate(odds)[:, np.newaxis],
        np.concatenate(answers),
        sample_weight=together * len(together) / together.sum(),
    )
    model.coef_ = model.coef_ * scale.coef_[0, 0]
    model.intercept_ = model.intercept_ * scale.coef_[0, 0] + scale.intercept_
    return model


def shipped_rows(data: Path) -> list[Row]:
    """What the product's own steps make of the shipped questions; a sentence answers that states one of their facts."""
    assistant = open_assistant(data)
    if not assistant.store.catalog.sources():
        assistant.add_briefs()
    rows = []
    for case in read_cases(shipped_questions()):
        understood, hits = assistant.chain.found(case.question, case.previous)
        candidates, features = assistant.chain.reader.features(understood, hits)
        answers = [hit.document.path in case.files and _states(text, case) for hit, _, text in candidates]
        gold = [f"{number}" for number in range(len(case.facts))]
        question = Question(
            case.question, case.previous, case.type, "full", case.lang, tuple((each, 0) for each in gold)
        )
        rows.append(_row(question, understood, candidates, features, answers, missed=0))
    return rows


def _states(text: str, case: Case) -> bool:
    said = normalised(text)
    return any(find(said, wording) is not None for fact in case.facts for wording in fact)


def report(rows: Sequence[Row], model: LogisticRegression) -> None:
    """Print reliability, and what each threshold refuses and tells."""
    scores = [
        model.predict_proba(np.clip(row.features, -FURTHEST, FURTHEST))[:, 1] if len(row.features) else np.zeros(0)
        for row in rows
    ]
    _print_reliability(rows, scores)
    answerable = np.asarray([bool(row.question.answers) for row in rows])
    best = np.asarray([_best(row, found) for row, found in zip(rows, scores, strict=True)])
    first = np.asarray([_first_is_right(row, found) for row, found in zip(rows, scores, strict=True)])
    in_english = np.asarray([row.question.language == "en" for row in rows])
    missed = sum(row.missed for row in rows)
    print(f"{len(rows)} questions; AUC of answerable {roc_auc_score(answerable, best):.3f};"
          f" first sentence right {first[answerable].mean():.3f} (English"
          f" {first[answerable & in_english].mean():.3f}, others {first[answerable & ~in_english].mean():.3f});"
          f" answering sentences not read {missed}")  # fmt: skip
    for threshold in np.arange(0.1, 0.75, 0.05):
        print(f"TELL {threshold:.2f}: unanswerable refused {(best[~answerable] < threshold).mean():.3f},"
              f" answerable refused {(best[answerable] < threshold).mean():.3f}")  # fmt: skip
    for threshold in np.arange(0.1, 0.75, 0.05):
        told = [_told(row, found, threshold) for row, found in zip(rows, scores, strict=True) if row.question.answers]
        right, all_told, wanted = (sum(each[n] for each in told) for n in range(3))
        precision, recall = right / all_told, right / wanted
        print(f"ADD {threshold:.2f}: precision {precision:.3f}, recall {recall:.3f},"
              f" F1 {2 * precision * recall / (precision + recall):.3f}")  # fmt: skip


def _print_reliability(rows: Sequence[Row], scores: Sequence[Floats]) -> None:
    told, right = np.concatenate(scores), np.concatenate([row.answers for row in rows])
    print("probability: sentences, share that answer")
    for low in np.arange(0.0, 1.0, 0.1):
        inside = (told >= low) & (told < low + 0.1)
        if inside.any():
            print(f"  {low:.1f}–{low + 0.1:.1f}: {inside.sum()}, {right[inside].mean():.2f}")


def _best(row: Row, scores: Floats) -> float:
    return float(scores[row.about].max()) if row.about.any() else 0.0


def _first_is_right(row: Row, scores: Floats) -> bool:
    if not row.about.any():
        return False
    return bool(row.answers[int(np.argmax(np.where(row.about, scores, -1.0)))])


def _told(row: Row, scores: Floats, threshold: float) -> tuple[int, int, int]:
    """How many sentences told are right, are told, and would be right."""
    order = [int(n) for n in np.argsort(-np.where(row.about, scores, -1.0)) if row.about[n]][: row.longest]
    chosen = [n for place, n in enumerate(order) if place == 0 or scores[n] >= threshold]
    return int(row.answers[chosen].sum()), len(chosen), len(row.question.answers)


def _same(read: str, written: str) -> bool:
    one, other = " ".join(read.split()), " ".join(written.split())
    return one in other or other in one


def _written(document: Document) -> str:
    """A document as a file, with what its cluster says of it in front."""
    head = {"title": document.title, "publisher": document.publisher, "published": document.published}
    lines = ["---", *(f'{key}: "{value}"' for key, value in head.items() if value), f"language: {document.language}"]
    text = ""
    for sentence in document.sentences.values():
        text += ("\n\n" if sentence.begins_paragraph and text else " " if text else "") + sentence.text
    return "\n".join((*lines, "---", "", text, ""))


if __name__ == "__main__":
    main()
