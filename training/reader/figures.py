"""How good a reader is on documents that it was never trained on.

For every kind of question: hit@1 of sentences with the right passage given, and the AUC by which passages that answer
are told from those that do not, by their best sentence and by the passage's own head. For claims: of those that are
held how many are kept, of the others how many are shown, where the threshold keeps 95 %.
"""

import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer

from benchmarks.sets import fold, load_documents, load_questions
from training.reader.examples import (
    HELD,
    Pair,
    attributed,
    crossed_languages,
    cut,
    domain,
    held_back_clusters,
)
from training.reader.network import Encoded, Network, collate, encode, sentence_scores

_SEED = 3
_AT_MOST = 150
_PUBLIC = ("squad2", "qed", "clapnq")


def held_back_pairs() -> list[Pair]:
    """What is measured on: a sample of each kind, the same every time."""
    generator = random.Random(_SEED)
    found = [pair for name in _PUBLIC for pair in _public(name, generator)]
    crossed = crossed_languages(held_back=True, generator=generator)
    generator.shuffle(crossed)
    found += crossed[:800]
    found += domain(held_back_clusters(), generator)
    found += generator.sample(attributed(held_back=True), 300)
    return found


def measured(network: Network, tokenizer: Tokenizer) -> dict[str, dict[str, float]]:
    """The figures by kind."""
    encoded = [item for item in (encode(tokenizer, pair) for pair in held_back_pairs()) if item is not None]
    network.eval()
    questions, claims = defaultdict(list), defaultdict(list)
    for item, scores, passage, support in read(network, encoded):
        group = _group(item)
        if item.verdict is None:
            best = max(range(len(scores)), key=scores.__getitem__)
            for name in {group, f"{group.split(' ')[0]} all", f"{group.split(' ')[0]} in {item.language}"}:
                questions[name].append((any(item.answers), item.answers[best], scores[best], passage))
        else:
            for name in {group, f"{group.split(' ')[0]} claims"}:
                claims[name].append((item.verdict == HELD, support))
    network.train()
    return {
        **{name: _of_questions(rows) for name, rows in sorted(questions.items()) if len(rows) >= 20},
        **{f"claims {name}": row for name, row in _of_claims(claims).items()},
    }


def read(network: Network, encoded: Sequence[Encoded]) -> list[tuple[Encoded, list[float], float, float]]:
    """Each pair with its sentences' scores, its passage's, and how much a claim is held, as logits."""
    found = []
    order = sorted(encoded, key=lambda item: len(item.ids))
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(order), 16):
            some = order[start : start + 16]
            batch = collate(some)
            tokens, passage, support = network(batch["ids"], batch["mask"])
            scores = sentence_scores(tokens, batch["member"])
            odds = support[:, HELD] - support[:, 1:].logsumexp(1)
            for row, item in enumerate(some):
                own = scores[row, : len(item.answers)].tolist()
                found.append((item, own, float(passage[row]), float(odds[row])))
    return found


def _of_questions(rows: list[tuple[bool, bool, float, float]]) -> dict[str, float]:
    answerable = [row for row in rows if row[0]]
    found = {"N": len(rows)}
    if answerable:
        found["hit@1"] = round(float(np.mean([right for _, right, *_ in answerable])), 3)
    if 0 < len(answerable) < len(rows):
        labels = [row[0] for row in rows]
        found["AUC by sentence"] = round(float(roc_auc_score(labels, [row[2] for row in rows])), 3)
        found["AUC by passage"] = round(float(roc_auc_score(labels, [row[3] for row in rows])), 3)
    return found


def _of_claims(claims: dict[str, list[tuple[bool, float]]]) -> dict[str, dict[str, float]]:
    """By kind, at the threshold that keeps 95 % of all that is held of the same source."""
    found = {}
    for name, rows in sorted(claims.items()):
        source = f"{name.split(' ')[0]} claims"
        held = sorted(odds for is_held, odds in claims.get(source, rows) if is_held)
        threshold = held[int(0.05 * len(held))] if held else 0.0
        others = [odds for is_held, odds in rows if not is_held]
        own = [odds for is_held, odds in rows if is_held]
        row: dict[str, float] = {"N": len(rows)}
        if own:
            row["kept"] = round(sum(odds >= threshold for odds in own) / len(own), 3)
        if others:
            row["shown"] = round(sum(odds >= threshold for odds in others) / len(others), 3)
        if own and others:
            row["AUC"] = round(float(roc_auc_score([h for h, _ in rows], [o for _, o in rows])), 3)
        found[name] = row
    return found


def _group(item: Encoded) -> str:
    return item.kind


def _public(name: str, generator: random.Random) -> list[Pair]:
    documents = {document.path: document for document in load_documents(name)}
    asked = [q for q in load_questions(name, list(documents.values())) if fold(q.context) == "measured"]
    generator.shuffle(asked)
    found = []
    for question in asked[:_AT_MOST]:
        path = question.context if question.context in documents else next(iter(question.gold), "")
        if path in documents:
            document = documents[path]
            found.append(cut(name, "en", question.text, document.title, document.text, question.gold.get(path, ())))
    return found
