"""What the ways to run the encoder cost in the quality of a search, and what they save.

    python benchmarks/precision.py [--sets squad2 bioasq covid_qa] [--documents 400] [--questions 200]

Vectors alone, all compared: whether the passage nearest to a question is of a document that answers it.
"""

import argparse
import random
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.sets import load_documents, load_questions
from benchmarks.table import print_table
from corpus.encoder.model_files import Precision
from corpus.encoder.opening import open_encoder
from corpus.text.chunking import ChunkingParameters, passages

PRECISIONS: tuple[Precision, ...] = ("float32", "int8")


def main() -> None:
    """Encode every set in each precision and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", default=("squad2", "bioasq", "covid_qa"))
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--questions", type=int, default=200)
    arguments = parser.parse_args()
    rows: list[tuple[object, ...]] = []
    for name in arguments.sets:
        rows += _measured(name, arguments.documents, arguments.questions)
    header = ("set", "precision", "passages", "passages/s", "lowest cosine", "N", "hit@1", "hit@5")
    print_table("Vectors alone, their lowest cosine to the first row's of a set", header, rows)


def _measured(name: str, most_documents: int, most_questions: int) -> list[tuple[object, ...]]:
    documents = load_documents(name)
    asked = [question for question in load_questions(name, documents) if question.answerable and question.gold]
    random.Random(7).shuffle(asked)
    wanted = dict.fromkeys(path for question in asked for path in question.gold)
    chosen = set(list(wanted)[:most_documents])
    asked = [question for question in asked if chosen & set(question.gold)][:most_questions]
    counter = open_encoder()
    cut = [
        (document, passage)
        for document in documents
        if document.path in chosen
        for passage in passages(document, counter.count_tokens, ChunkingParameters())
    ]
    rows: list[tuple[object, ...]] = []
    released = np.zeros((0, 0), dtype=np.float32)
    for precision in PRECISIONS:
        encoder = open_encoder(precision=precision)
        encoder.encode_passages(["opens"], ["it"])
        started = time.perf_counter()
        vectors = encoder.encode_passages([found.title for found, _ in cut], [passage.text for _, passage in cut])
        rate = len(cut) / (time.perf_counter() - started)
        released = vectors if precision == PRECISIONS[0] else released
        lowest = (vectors * released).sum(axis=1).min()
        ranks = []
        for question in asked:
            order = np.argsort(-(vectors @ encoder.encode_query(question.text)), kind="stable")
            best = list(dict.fromkeys(cut[place][0].path for place in order))
            ranks.append(next(rank for rank, path in enumerate(best) if path in question.gold))
        hits = [f"{np.mean([rank < depth for rank in ranks]):.3f}" for depth in (1, 5)]
        rows.append((name, precision, len(cut), rate, f"{lowest:.5f}", len(asked), *hits))
    return rows


if __name__ == "__main__":
    main()
