"""Other retrieval systems beside this project, with the same encoder: quality, ingest, latency, memory, in one run.

    python benchmarks/peers.py --python OTHER_ENVIRONMENT/bin/python [--documents 400] [--questions 150]

The other environment has the peers' packages (`benchmarks/peers.txt`) and its own torch. Every system runs in a process
of its own, one after another, over the same documents of each set, and is asked the same answerable questions. Their
documents are in memory; a document is found where any of its passages is. `hit@1` and `hit@5` are of documents. Ingest
is of documents a second, without loading libraries and model; memory is resident after the last question.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.assembly import Assistant
from assistant.ranking import ranked
from benchmarks.peer_systems import SYSTEMS, resident_megabytes
from benchmarks.peer_systems import asked as answers_to
from benchmarks.sets import SetQuestion, load_documents, load_questions
from benchmarks.table import percentile, print_table
from corpus.catalog import Change
from corpus.chunking import passages
from corpus.document import Document
from corpus.embedding import open_encoder
from corpus.model_files import model_folder
from corpus.store import Store

SETS = ("squad2", "clapnq", "qed", "covid_qa", "bioasq", "multihoprag_facts")
SEARCH, READ = "this project, search", "this project, search and reading"
_PER_STEP = 100


def main() -> None:
    """Measure and print, a table for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, required=True, help="the other environment's Python")
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--questions", type=int, default=150)
    arguments = parser.parse_args()
    for name in arguments.sets:
        documents, questions = chosen(name, arguments.documents, arguments.questions)
        job = {
            "model": str(model_folder()),
            "documents": [[document.path, document.title, document.text] for document in documents],
            "questions": [question.text for question in questions],
        }
        rows = [("this project, search", _in_a_process(sys.executable, job, SEARCH))]
        rows.append((READ, _in_a_process(sys.executable, job, READ)))
        for system in SYSTEMS:
            for kind in ("vectors", "hybrid"):
                rows.append((f"{system}, {kind}", _in_a_process(str(arguments.python), job, f"{system}, {kind}")))
        print_table(
            f"{name}: {len(documents)} documents, {len(questions)} questions",
            ("system", "hit@1", "hit@5", "documents/s", "p50 ms", "p95 ms", "MB"),
            [(system, *_measured(result, documents, questions)) for system, result in rows],
        )


def chosen(name: str, most_documents: int, most_questions: int) -> tuple[list[Document], list[SetQuestion]]:
    """The first documents of a set, and questions that they answer, spread evenly over them."""
    documents = load_documents(name)[:most_documents]
    held = {document.path for document in documents}
    answerable = [
        question
        for question in load_questions(name, documents)
        if question.answerable and question.gold and set(question.gold) <= held
    ]
    every = max(len(answerable) // most_questions, 1)
    return documents, answerable[::every][:most_questions]


def _measured(
    result: dict[str, Any], documents: list[Document], questions: list[SetQuestion]
) -> tuple[float, float, float, float, float, float]:
    hits = [
        [
            bool(set(found[:most]) & set(question.gold))
            for found, question in zip(result["found"], questions, strict=True)
        ]
        for most in (1, 5)
    ]
    return (
        *(sum(hit) / len(questions) for hit in hits),
        len(documents) / result["ingest"],
        percentile(result["took"], 0.5),
        percentile(result["took"], 0.95),
        result["memory"],
    )


def _in_a_process(python: str, job: dict[str, Any], system: str) -> dict[str, Any]:
    """Run one system; ours is this file with `--job`."""
    ours = system in (SEARCH, READ)
    script = Path(__file__) if ours else Path(__file__).with_name("peer_systems.py")
    done = subprocess.run(
        [python, str(script), *(["--job"] if ours else [])],
        input=json.dumps({**job, "system": system}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{system} failed:\n{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def do_job(job: dict[str, Any]) -> dict[str, Any]:
    """What this project makes of a job: in its own store, through its own steps."""
    encoder = open_encoder()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), encoder)
        store.index.count()
        begun = time.perf_counter()
        _ingest(store, [Document(text, title, id=key, source="set", path=key) for key, title, text in job["documents"]])
        ingest = time.perf_counter() - begun
        assistant = Assistant(store)

        def search(question: str) -> list[str]:
            return [hit.document.path for hit in assistant.retriever.search(question, 20)]

        def read(question: str) -> list[str]:
            evidence = assistant.chain.evidence(question)
            return [document.path for document in ranked(assistant.retriever.search(question, 20), evidence)]

        found = answers_to(read if job["system"] == READ else search, job["questions"])
        result = {"ingest": ingest, **found, "memory": resident_megabytes()}
        assistant.close()
    return result


def _ingest(store: Store, documents: list[Document]) -> None:
    with store.writing():
        for start in range(0, len(documents), _PER_STEP):
            step = documents[start : start + _PER_STEP]
            cut = [(document, passages(document, store.encoder.count_tokens, store.chunking)) for document in step]
            store.index.add(cut, store.catalog.encodings.encode(store.encoder, cut))
            store.index.commit()
            store.catalog.apply(Change(documents=cut))


if __name__ == "__main__":
    if sys.argv[1:] == ["--job"]:
        print(json.dumps(do_job(json.load(sys.stdin))))
    else:
        main()
