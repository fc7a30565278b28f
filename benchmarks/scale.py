"""How ingest, memory and answers grow with the number of passages.

    python benchmarks/scale.py [--sizes 1000 10000 100000] [--encode 6000] [--questions 40] [--keep FOLDER]

Texts are the passages of MedQuAD's and BioASQ's documents, five to a document, again from the beginning where they do
not reach. `--encode` of them, drawn at random, are encoded. Every further vector is one of those plus half the
difference of two others, made a unit again, which keeps how the directions are spread; questions are real ones and
are encoded. So searching is measured on a realistic index, and its quality is not: only recall@10 of the approximate
search against comparing all. Writing is measured without encoding, which `benchmarks/ingest.py` measures.
Each size is opened and asked in a process of its own: the answer's times are of the whole chain, the first round
(nothing remembered of the sentences) and a second. With `--keep` the data folders stay, and a size that is there
already is asked and not written again: a million passages take long to write, and answers want a quiet machine.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.assembly import Assistant, open_assistant
from benchmarks.peer_systems import resident_megabytes
from benchmarks.sets import load_documents, load_questions
from benchmarks.table import percentile, print_table
from corpus.catalog.entries import Change
from corpus.document import Document, Passage, Span, passage_id
from corpus.encoder.opening import open_encoder
from corpus.encoder.protocol import Vectors
from corpus.store.store import Store
from corpus.text.chunking import ChunkingParameters
from corpus.text.chunking import passages as cut

SETS = ("medquad", "bioasq")
TO_A_DOCUMENT = 5
_PER_STEP = 200  # documents


def main() -> None:
    """Build each size, ask it, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=(1_000, 10_000, 100_000))
    parser.add_argument("--encode", type=int, default=6_000)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--keep", type=Path, help="where the data folders stay")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        place = arguments.keep or Path(passing)
        written = _written(place, arguments.sizes, arguments.encode)
        rows = []
        for size in arguments.sizes:
            folder = place / str(size)
            disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
            rows.append((f"{size:,}", written.get(size, "-"), disk, *_asked_apart(folder, arguments.questions)))
    header = ("passages", "written/s", "disk MB", "MB", "open s", "search p50", "p95")
    header += ("answer p50", "p95", "again p50", "p95", "recall@10")
    print_table(f"{arguments.questions} questions, milliseconds", header, rows)


def _written(place: Path, sizes: list[int], encode: int) -> dict[int, float]:
    """Write the sizes that are not at that place yet; returns how many passages a second each took."""
    missing = [size for size in sizes if not (place / str(size)).exists()]
    if not missing:
        return {}
    pool = _pool(max(missing))
    vectors = _encoded(pool, min(encode, len(pool)))
    found = {}
    for size in missing:
        unfinished = place / f"{size}.part"
        found[size] = size / _build(unfinished, pool, vectors, size)
        unfinished.rename(place / str(size))
    return found


def _pool(most: int) -> list[tuple[str, str]]:
    """(title, text) of passages of the sets, as our own chunking cuts them, at most so many."""
    encoder, found = open_encoder(), list[tuple[str, str]]()
    documents = [document for name in SETS for document in load_documents(name)]
    random.Random(0).shuffle(documents)
    for document in documents:
        found += [
            (document.title, passage.text) for passage in cut(document, encoder.count_tokens, ChunkingParameters())
        ]
        if len(found) >= most:
            break
    return found[:most]


def _encoded(pool: list[tuple[str, str]], count: int) -> Vectors:
    chosen = random.Random(1).sample(pool, count)
    return open_encoder().encode_passages([title for title, _ in chosen], [text for _, text in chosen])


def _alike(vectors: Vectors, count: int, chance: np.random.Generator) -> Vectors:
    """Further unit vectors, spread as `vectors` are, shape (count, dimension)."""
    first, second, third = chance.integers(len(vectors), size=(3, count))
    made = vectors[first] + 0.5 * (vectors[second] - vectors[third])
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def _build(folder: Path, pool: list[tuple[str, str]], vectors: Vectors, size: int) -> float:
    """Fill a data folder; returns the seconds that writing took."""
    store, chance, spent = Store(folder, open_encoder()), np.random.default_rng(2), 0.0
    with store.writing():
        documents = _documents(pool, size)
        while step := list(islice(documents, _PER_STEP)):
            made = _alike(vectors, sum(len(passages) for _, passages in step), chance)
            started = time.perf_counter()
            store.index.add(step, made)
            store.index.commit()
            store.catalog.apply(Change(documents=step))
            spent += time.perf_counter() - started
    store.close()
    return spent


def _documents(pool: list[tuple[str, str]], size: int) -> Iterator[tuple[Document, list[Passage]]]:
    for first in range(0, size, TO_A_DOCUMENT):
        parts = [pool[place % len(pool)] for place in range(first, min(first + TO_A_DOCUMENT, size))]
        text = "\n\n".join(part for _, part in parts)
        year, month = 1990 + first // TO_A_DOCUMENT % 35, 1 + first % 12
        identity = f"{first:016x}"
        document = Document(
            text,
            parts[0][0],
            language="en",
            published=f"{year}-{month:02}-01",
            id=identity,
            source="s",
            path=f"{first}.txt",
        )
        spans, start = [], 0
        for _, part in parts:
            spans.append(Span(start, start + len(part)))
            start += len(part) + 2
        yield (
            document,
            [Passage(passage_id(identity, n), identity, n, span, span.of(text)) for n, span in enumerate(spans)],
        )


def _asked_apart(folder: Path, questions: int) -> list[float]:
    command = [sys.executable, str(Path(__file__)), "--ask", str(folder), str(questions)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: list[float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def ask(folder: str, count: int) -> list[float]:
    """What `_asked_apart` reports, measured in this process."""
    questions = [question.text for question in load_questions(SETS[0], load_documents(SETS[0]))]
    questions = random.Random(3).sample(questions, count)
    started = time.perf_counter()
    assistant = open_assistant(folder)
    assistant.retriever.search(questions[0])
    opened = time.perf_counter() - started
    searched = _times(lambda question: assistant.retriever.search(question), questions)
    assistant.ask("What is a passage?")
    rounds = [_times(assistant.ask, questions) for _ in range(2)]
    memory = resident_megabytes()
    times = [percentile(values, share) for values in (searched, *rounds) for share in (0.5, 0.95)]
    return [memory, opened, *times, _recall(assistant, questions)]


def _times(work: Any, questions: list[str]) -> list[float]:
    took = []
    for question in questions:
        started = time.perf_counter()
        work(question)
        took.append(1000 * (time.perf_counter() - started))
    return took


def _recall(assistant: Assistant, questions: list[str]) -> float:
    """The share of the ten nearest passages, all compared, that the vector index finds among its ten."""
    vectors, encoder = assistant.store.index.vectors, assistant.store.encoder
    ids, matrix = vectors.vectors_of(sorted(vectors.ids()))
    shares = []
    for question in questions:
        asked = encoder.encode_query(question)
        nearest = {ids[row] for row in np.argpartition(-(matrix @ asked), 10)[:10]}
        shares.append(len(nearest & {identity for identity, _ in vectors.search(asked, 50)[:10]}) / 10)
    return float(np.mean(shares))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ask"]:
        print(json.dumps(ask(sys.argv[2], int(sys.argv[3]))))
    else:
        main()
