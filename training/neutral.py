"""Fits what takes the language out of vectors (`corpus/encoder/neutral.py`), on the clusters of `training/domain/`.

    python -m training.neutral [--out corpus/encoder/neutral.npz]

Learned from the passages and questions of the clusters that are trained on; of the held-back ones it prints how many
questions find a passage that answers among the twelve nearest of all clusters, by whether its language is theirs.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from corpus.encoder.e5 import E5Encoder
from corpus.encoder.neutral import FITTED, LanguageNeutral
from corpus.encoder.protocol import Vectors
from training.clusters import Cluster, Document, read_clusters
from training.reader.examples import cluster_is_held_back, lead_of

_PASSAGE_CHARACTERS = 700
_NEAREST = 12


@dataclass
class Texts:
    """Texts with the language of each, whether each is held back, and their vectors."""

    languages: list[str] = field(default_factory=list)
    held_back: list[bool] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))


def main() -> None:
    """Fit, write, and print what it brings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=FITTED)
    out = parser.parse_args().out
    encoder = E5Encoder(neutral=None)
    clusters = read_clusters()
    passages, questions, wanted = _read(clusters, encoder)
    neutral = fit(passages, questions)
    np.savez_compressed(
        out,
        passage_mean=neutral.passage_mean,
        question_mean=neutral.question_mean,
        directions=neutral.directions,
    )
    print(f"{out}: {len(neutral.directions)} directions")
    _print("as the model gives them", passages, questions, wanted, passages.vectors, questions.vectors)
    told = neutral.passages(passages.vectors), neutral.questions(questions.vectors)
    _print("without their language", passages, questions, wanted, *told)


def fit(passages: Texts, questions: Texts) -> LanguageNeutral:
    """The means of each kind, and the directions that the languages' means of passages span."""
    trained = ~np.asarray(passages.held_back)
    vectors, languages = passages.vectors[trained], np.asarray(passages.languages)[trained]
    mean = vectors.mean(axis=0)
    means = np.stack([vectors[languages == each].mean(axis=0) - mean for each in np.unique(languages)])
    directions = np.linalg.svd(means, full_matrices=False)[2][: len(means) - 1]
    asked = questions.vectors[~np.asarray(questions.held_back)].mean(axis=0)
    return LanguageNeutral(mean.astype(np.float32), asked.astype(np.float32), directions.astype(np.float32))


def _read(clusters: Sequence[Cluster], encoder: E5Encoder) -> tuple[Texts, Texts, list[tuple[str, ...]]]:
    """All passages, all questions that are answered, and for each of these the sentences that do."""
    passages, questions = Texts(), Texts()
    titles, wanted = [], []
    for cluster in clusters:
        is_held_back = cluster_is_held_back(cluster)
        for document in cluster.documents.values():
            for text in _passages(document):
                titles.append(lead_of(document))
                _add(passages, document.language, is_held_back, text)
        for question in cluster.questions:
            if question.answers and question.kind != "talk":
                _add(questions, question.language, is_held_back, " ".join([*question.history, question.text]))
                wanted.append(tuple(cluster.documents[d].sentences[n].text for d, n in question.answers))
    passages.vectors = encoder.encode_passages(titles, passages.texts)
    questions.vectors = np.stack([encoder.encode_query(text) for text in questions.texts])
    return passages, questions, wanted


def _passages(document: Document) -> list[str]:
    found = [""]
    for sentence in document.sentences.values():
        if len(found[-1]) > _PASSAGE_CHARACTERS:
            found.append("")
        found[-1] += f"{sentence.text} "
    return found


def _add(texts: Texts, language: str, is_held_back: bool, text: str) -> None:
    texts.languages.append(language)
    texts.held_back.append(is_held_back)
    texts.texts.append(text)


def _print(
    name: str, passages: Texts, questions: Texts, wanted: Sequence[tuple[str, ...]], told: Vectors, asked: Vectors
) -> None:
    found: dict[bool, list[bool]] = {True: [], False: []}
    for number in np.flatnonzero(questions.held_back):
        answering = {n for n, text in enumerate(passages.texts) if any(each in text for each in wanted[number])}
        nearest = set(np.argsort(-(told @ asked[number]))[:_NEAREST].tolist())
        own = any(passages.languages[n] == questions.languages[number] for n in answering)
        found[own].append(bool(answering & nearest))
    same, other = (f"{np.mean(found[own]):.3f} of {len(found[own])}" for own in (True, False))
    print(f"{name}: found in the question's own language {same}, in another {other}")


if __name__ == "__main__":
    main()
