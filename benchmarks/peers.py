"""Other retrieval systems beside this project, with the same encoder: quality, ingest, latency, memory, in one run.

    python benchmarks/peers.py --python OTHER_ENVIRONMENT/bin/python [--documents 150] [--questions 100]

The other environment has the peers' packages (`benchmarks/peers.txt`) and its own torch. Every system runs in a process
of its own, one after another, over the same documents of each set, and is asked the same answerable questions; every
other set in the opposite order. This project's search comes first and again last: what differs is the machine's noise,
and is printed. Documents are in memory; a document is found where any of its passages is. `hit@1` and `hit@5` are of
documents. Ingest is of documents a second, without loading libraries and model; memory is resident after the last
question. How the others are set up, and why, is told in `peer_systems`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.assembly import Assistant
from assistant.reader.ranking import ranked
from benchmarks.peer_figures import AGAIN, PROJECT, Figures, figures, overall_rows, set_rows, spread_rows
from benchmarks.peer_systems import SYSTEMS, WARM_UP, resident_megabytes
from benchmarks.peer_systems import asked as answers_to
from benchmarks.sets import SetQuestion, fold, load_documents, load_questions
from benchmarks.table import print_table
from corpus.catalog.entries import Change
from corpus.document import Document
from corpus.encoder.model_files import DEFAULT_MODEL, Precision
from corpus.encoder.opening import open_encoder
from corpus.store.store import Store
from corpus.text.chunking import passages
from training.encoder_folder import write_folder

SETS = ("squad2", "clapnq", "qed", "covid_qa", "bioasq", "multihoprag_facts")
_PER_STEP = 100


class Own(NamedTuple):
    """One way to run this project."""

    title: str
    precision: Precision
    reads: bool


# Name on the command line → what is run; the others are `peer_systems.SYSTEMS`.
OWN = {
    "project": Own(PROJECT, "int8", reads=False),
    "project-reading": Own("this project, search and reading", "int8", reads=True),
    "float32": Own("this project, float32, search", "float32", reads=False),
    "float32-reading": Own("this project, float32, search and reading", "float32", reads=True),
}


def main() -> None:
    """Measure and print, a table for each set and one over all."""
    arguments = _arguments()
    others = [name for name in (*OWN, *SYSTEMS) if name in arguments.systems and name != "project"]
    measured: dict[str, dict[str, Figures]] = {}
    model = Path(tempfile.mkdtemp()) / DEFAULT_MODEL  # as the others open it
    write_folder(model)
    for number, name in enumerate(arguments.sets):
        documents, questions = chosen(name, arguments.documents, arguments.words, arguments.questions)
        job = {
            "model": str(model),
            "documents": [[document.path, document.title, document.text] for document in documents],
            "questions": [question.text for question in questions],
        }
        gold = [question.gold.keys() for question in questions]
        found = {}
        for system in ("project", *(reversed(others) if number % 2 else others), "again"):
            result = _in_a_process(arguments.python, job, system, name)
            if result is not None:
                found[title_of(system)] = figures(result, gold, len(documents))
        measured[name] = {
            title: found[title] for title in map(title_of, ("project", *others, "again")) if title in found
        }
        print_table(
            f"{name}: {len(documents)} documents, {len(questions)} questions",
            ("system", "hit@1", "hit@5", "documents/s", "p50 ms", "p95 ms", "MB"),
            set_rows(measured[name]),
        )
    _print_overall(measured)


def title_of(system: str) -> str:
    """What a system is called in tables."""
    if system == "again":
        return AGAIN
    return OWN[system].title if system in OWN else SYSTEMS[system][0]


def chosen(
    name: str, most_documents: int, most_words: int, most_questions: int
) -> tuple[list[Document], list[SetQuestion]]:
    """Documents of a set, and questions that they answer, spread evenly over them.

    Asked are only questions of documents that this project's reader was neither trained nor fitted on; a document that
    answers each comes first, then as many others as there is room for.
    """
    everything = load_documents(name)
    asked = [
        question
        for question in load_questions(name, everything)
        if question.answerable and question.gold and fold(question.context) == "measured"
    ]
    answering = {min(question.gold) for question in asked}
    documents: list[Document] = []
    words = 0
    for document in sorted(everything, key=lambda document: document.path not in answering)[:most_documents]:
        words += len(document.text.split())
        if documents and words > most_words:
            break
        documents.append(document)
    held = {document.path for document in documents}
    answered = [question for question in asked if held & set(question.gold)]
    every = max(len(answered) // most_questions, 1)
    return documents, answered[::every][:most_questions]


def do_job(job: dict[str, Any]) -> dict[str, Any]:
    """What this project makes of a job: in its own store, through its own steps."""
    own = OWN[job["system"]]
    encoder = open_encoder(precision=own.precision)
    encoder.encode_passages([""], [WARM_UP[0]])
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

        found = answers_to(read if own.reads else search, job["questions"])
        result = {"ingest": ingest, **found, "memory": resident_megabytes()}
        assistant.close()
    return result


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, required=True, help="the other environment's Python")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--systems", nargs="+", choices=(*OWN, *SYSTEMS), default=(*OWN, *SYSTEMS))
    parser.add_argument("--documents", type=int, default=150, help="the most of each set")
    parser.add_argument("--words", type=int, default=100_000, help="the most in a set's documents together")
    parser.add_argument("--questions", type=int, default=100, help="the most of each set")
    return parser.parse_args()


def _in_a_process(python: Path, job: dict[str, Any], system: str, name: str) -> dict[str, Any] | None:
    """Run one system over one set; ours is this file with `--job`. None where it failed, which is told."""
    system = "project" if system == "again" else system
    ours = [sys.executable, __file__, "--job"]
    theirs = [str(python), str(Path(__file__).with_name("peer_systems.py"))]
    begun = time.perf_counter()
    done = subprocess.run(
        ours if system in OWN else theirs,
        input=json.dumps({**job, "system": system}),
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"{name}: {system} took {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    if done.returncode:
        print(f"{name}: {system} failed and is left out:\n{done.stderr[-2000:]}", file=sys.stderr, flush=True)
        return None
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def _ingest(store: Store, documents: list[Document]) -> None:
    with store.writing():
        for start in range(0, len(documents), _PER_STEP):
            step = documents[start : start + _PER_STEP]
            cut = [(document, passages(document, store.encoder.count_tokens, store.chunking)) for document in step]
            store.index.add(cut, store.catalog.encodings.encode(store.encoder, cut))
            store.index.commit()
            store.catalog.apply(Change(documents=cut))


def _print_overall(measured: dict[str, dict[str, Figures]]) -> None:
    print_table(
        "All sets: mean hits; medians of documents/s and p50 as multiples of this project's search; most memory",
        ("system", "sets", "hit@1", "hit@5", "documents/s, times", "p50, times", "MB"),
        overall_rows(measured),
    )
    print_table(
        "Noise: this project's search, measured last over measured first",
        ("set", "documents/s", "p50 ms"),
        spread_rows(measured),
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["--job"]:
        print(json.dumps(do_job(json.load(sys.stdin))))
    else:
        main()
